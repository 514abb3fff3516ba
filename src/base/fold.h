/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unicode for search and equality. The index is folded by NFKD, marks off, case folded, đ→d; equality is on NFC;
 * bodies are never touched.
 */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include "text.h"

/* "Nguyễn Đức" → "nguyen duc". Invalid UTF-8 gives the bytes back as they are. White space runs become one space. */
str text_fold(struct arena *a, str s);

/* The same with its marks: "nguyễn đức" (FHIRPath's equivalence of strings). */
str text_caseless(struct arena *a, str s);

/* Every letter in upper or lower case, by itself ("ỦY BAN"). Stops at bytes that are no UTF-8. */
str text_case(struct arena *a, str s, bool upper);
/* The first letter in upper case. */
str text_capital(struct arena *a, str s);

/* Normal form C. */
str text_nfc(struct arena *a, str s);

#endif
