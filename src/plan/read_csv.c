#include "read_int.h"
err plan_read_csv(struct arena *a, str text, struct plan_file *out) { (void)text; (void)out; return err_make(a, ERR_NOT_SUPPORTED, "file", "unknown form"); }
