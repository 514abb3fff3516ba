/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers that are files: a printed paper as PDF, a list as an Excel workbook. The convention for every list route:
 * `?format=xlsx` answers the same rows as a workbook (docs/api.md).
 */
#ifndef SERVER_FILES_H
#define SERVER_FILES_H

#include "paper/paper.h"
#include "paper/sheet.h"
#include "server.h"

/* Does the request ask for a workbook (?format=xlsx)? ERR_INVALID for a format that is neither that nor json. */
err request_wants_workbook(struct request *r, bool *out);
/* The answer; `name` (ASCII, without ending) becomes the file's name. PDFs are shown, workbooks saved; neither is stored by
 * the browser. Errors of paper_pdf and sheet_workbook. */
err request_pdf(struct request *r, const struct paper *paper, const char *name);
err request_workbook(struct request *r, const struct sheet *sheets, size_t count, const char *name);

#endif
