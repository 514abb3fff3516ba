/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a person is written in the answers of routes (docs/api.md): the same members everywhere.
 */
#ifndef PEOPLE_ANSWER_H
#define PEOPLE_ANSWER_H

#include "base/members.h"
#include "network/network.h"
#include "people.h"
#include "server/server.h"

/* id, name, birth, age, sex. */
void add_who(struct buf *out, const struct person *p, int32_t today);
/* "place": {id, hamlet, formerCommune, commune[, province]} or null. */
void add_place(struct buf *out, const struct place_path *path, bool province);
/* NAME: {id, name} of the household's head, or null. */
void add_head(struct buf *out, const char *name, const struct person *p);
/* {…}: all of these, the household's id, numbers (masked, for who may read them), phone, dead, moved. */
err add_person(struct buf *out, struct request *q, struct reader *r, const struct person *p, int32_t today);
/* First `head` and last four characters, the rest as dots: "099059••4821". */
str masked_number(struct arena *a, str number, size_t head);
str spaced_phone(struct arena *a, str phone);

#endif
