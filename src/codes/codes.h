/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lists of codes of a node: what the program ships, and what an administrator has imported, in dated versions that can be taken
 * back. docs/codes.md is the page.
 */
#ifndef CODES_CODES_H
#define CODES_CODES_H

#include "list.h"
#include "server/server.h"

struct code_version {
    str id, title, person, applied;
    int32_t from;
    bool active;
    size_t codes;
};
struct code_versions { struct code_version *at; size_t len, cap; };
/* Every version of a list, the one imported last first. */
err code_versions_of(struct reader *r, struct arena *a, enum code_list list, struct code_versions *out);

/* One code as it is searched. */
struct code_entry {
    const struct code_row *row;
    str words, initials, plain; /* folded names of both languages; first letters of the Vietnamese one; the code in small letters without dots */
    str shipped;                /* folded names that the program ships for the same code */
    bool common;                /* the program ships it */
    bool outside;               /* only the program ships it: not in the imported list */
};
/* A list on a day: the imported version in force with what the program ships and it lacks; without one, what the program ships. */
struct code_table {
    enum code_list list;
    str version; /* empty: what the program ships */
    const struct code_entry *at;
    size_t len, inside; /* inside: without those outside */
    void *derived;      /* of the room that reads it (prescribing): made once, under the lock of code_table_derive */
};
/* In force on a day. It lives as long as the program: one is a few megabytes and there are few versions. A version of which a piece
 * has not arrived yet (from another node) is not in force. */
err code_table_on(struct reader *r, struct arena *a, enum code_list list, int32_t day, struct code_table **out);
/* What `make` gives for the table, made once. */
void *code_table_derive(struct code_table *t, void *(*make)(const struct code_table *t));

/* The best `most` entries for what was typed: code or its beginning, words of either language without accents in any order, or the
 * initials of the Vietnamese name. Pure. */
size_t code_search(const struct code_table *t, struct arena *a, str typed, const struct code_entry **out, size_t most);
const struct code_entry *code_find(const struct code_table *t, str code);

/* ---- changing ------------------------------------------------------------------------------------------------------------- */

struct code_import {
    struct store *store;
    str actor, person; /* person: the name shown beside the version */
    enum code_list list;
    str file, bytes;   /* name and content: .xlsx or CSV */
    int32_t from;
    bool apply;
};
/* Preview or apply, answered as JSON (docs/codes.md). *refused: the file has errors, nothing was changed. */
err code_import(struct arena *a, const struct code_import *in, struct buf *out, bool *refused);
/* Takes back the version imported last, which must be `version` when that is given. ERR_NOT_FOUND: there is none; ERR_CONFLICT: another
 * one is the last by now. */
err code_undo(struct store *s, struct arena *a, str actor, enum code_list list, str version, struct buf *out);
/* The list in force on a day with our own heads, as CSV or as a workbook. */
err code_export(struct reader *r, struct arena *a, enum code_list list, int32_t day, bool workbook, struct buf *out);
/* The lists, what is in force on a day, and their versions, as JSON. */
err code_lists_answer(struct reader *r, struct arena *a, int32_t day, struct buf *out);

extern const struct store_room codes_room;
extern const struct route codes_routes[];

/* The resources' marks: identifier of both, extension of the ValueSet. */
#define SYSTEM_CODES "urn:tram:codes"
#define EXTENSION_VALID_FROM "urn:tram:valid-from"
#define EXTENSION_CODES "urn:tram:code-count"

#endif
