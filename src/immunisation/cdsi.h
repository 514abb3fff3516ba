/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading CDC's published XML (private to the loader).
 */
#ifndef IMMUNISATION_CDSI_H
#define IMMUNISATION_CDSI_H

#include "immunisation.h"

/* As schedule_from_cdsi; unless `as_published`, with the corrections of cdsi_corrections.c. */
err cdsi_convert(struct arena *a, str folder, bool as_published, str *out);

/* Appends the indications that a correction gives to this series, `{...}` objects with commas as needed. */
void cdsi_extra_indications(bool as_published, str antigen, str series, struct buf *rows);

/* The last age to start that a correction gives to this series, or `published`. */
str cdsi_start_maximum(bool as_published, str antigen, str series, str published);

#endif
