/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * QR codes (libqrencode): drawn on paper, or as SVG for the screen. Level M, with the quiet zone of four modules.
 */
#include "paper_int.h"

#include <qrencode.h>
#include <stdlib.h>

enum { QR_BYTES = 1200, QUIET = 4 };

static QRcode *encode(str text) {
    if (text.len == 0 || text.len > QR_BYTES) return NULL;
    return QRcode_encodeData((int)text.len, (const unsigned char *)text.at, 0, QR_ECLEVEL_M);
}

/* Calls fn for every run of dark modules in a row. */
static void dark_runs(const QRcode *code, void (*fn)(void *, int x, int y, int length), void *context) {
    for (int y = 0; y < code->width; y++) {
        const unsigned char *row = code->data + y * code->width;
        for (int x = 0; x < code->width; x++) {
            int from = x;
            while (x < code->width && row[x] & 1) x++;
            if (x > from) fn(context, from + QUIET, y + QUIET, x - from);
        }
    }
}

struct drawing {
    cairo_t *cairo;
    double x, y, module;
};
static void draw_run(void *context, int x, int y, int length) {
    const struct drawing *d = context;
    cairo_rectangle(d->cairo, d->x + x * d->module, d->y + y * d->module, length * d->module, d->module);
}

void qr_draw(struct room *r, str text, double x, double y, double side) {
    QRcode *code = encode(text);
    if (!code) {
        str word = r->paper->vietnamese ? STR("[không tạo được mã QR]") : STR("[no QR code]");
        press_label(r->press, r->cairo, r->scratch, word, (struct type){6, false, false}, x + side / 2, y + side / 2,
                    PAPER_CENTER);
        return;
    }
    struct drawing d = {r->cairo, x, y, side / (code->width + 2 * QUIET)};
    cairo_antialias_t before = cairo_get_antialias(r->cairo);
    cairo_set_antialias(r->cairo, CAIRO_ANTIALIAS_NONE); /* no hairlines between modules */
    dark_runs(code, draw_run, &d);
    cairo_fill(r->cairo);
    cairo_set_antialias(r->cairo, before);
    QRcode_free(code);
}

static void svg_run(void *context, int x, int y, int length) {
    buf_addf(context, "M%d %dh%dv1h-%dz", x, y, length, length);
}

err paper_qr_svg(struct arena *a, str text, struct buf *out) {
    QRcode *code = encode(text);
    if (!code) return err_make(a, ERR_TOO_LONG, "QR", "a QR code takes 1 to %d bytes, not %zu", QR_BYTES, text.len);
    int side = code->width + 2 * QUIET;
    buf_addf(out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
             "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
             side, side, side, side);
    dark_runs(code, svg_run, out);
    buf_addz(out, "\"/></svg>\n");
    QRcode_free(code);
    return OK_ERR;
}
