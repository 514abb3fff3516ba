/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ICD-10 codes and lists of them, as the annexes of circulars write them. Pure.
 */
#ifndef CODES_ICD_H
#define CODES_ICD_H

#include "base/text.h"

enum { ICD_TEXT = 8 };
/* "e119 " → "E11.9". False unless it has the form A00, A00.0 or A00.00 (dot, dagger and asterisk may be missing or there). */
bool icd_read(str text, char out[ICD_TEXT]);
/* Does a list of codes and ranges ("B20-B24 Z21", "F11.2-F11.9") cover a code as icd_read gives it? A code covers
 * everything below it; a range of three characters compares three, one of five compares five, and then a shorter code
 * is not inside. */
bool icd_covered(str list, str code);

#endif
