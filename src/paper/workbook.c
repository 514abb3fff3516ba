/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Workbooks read with libzip and libxml2's pull reader, a row at a time: which sheet is first (workbook.xml and its relations), the shared texts,
 * which cell formats are days (styles.xml), then the cells.
 */
#include "workbook.h"

#include "base/date.h"
#include "base/log.h"
#include "base/vec.h"

#include <libxml/xmlreader.h>
#include <zip.h>

enum { DAY_1970 = 25569, FORMATS = 4096 };

struct texts { str *at; size_t len, cap; };
struct book {
    struct arena *arena;
    zip_t *archive;
    size_t room; /* bytes that may still be unpacked */
    struct texts shared;
    bool day[FORMATS]; /* by number of the cell's format (cellXfs) */
};

bool workbook_is(str bytes) { return str_starts(bytes, STR("PK\x03\x04")) || str_starts(bytes, STR("\xD0\xCF\x11\xE0")); }

/* ---- xml ---------------------------------------------------------------------------------------------------------------- */

static bool begins(xmlTextReaderPtr x, const char *name) {
    return xmlTextReaderNodeType(x) == XML_READER_TYPE_ELEMENT && strcmp((const char *)xmlTextReaderConstLocalName(x), name) == 0;
}
static bool ends(xmlTextReaderPtr x, const char *name) {
    return xmlTextReaderNodeType(x) == XML_READER_TYPE_END_ELEMENT && strcmp((const char *)xmlTextReaderConstLocalName(x), name) == 0;
}

static str attribute(struct arena *a, xmlTextReaderPtr x, const char *name) {
    xmlChar *value = xmlTextReaderGetAttribute(x, (const xmlChar *)name);
    str copy = value ? str_copy(a, str_of((const char *)value)) : STR_NONE;
    xmlFree(value);
    return copy;
}

static void add_value(struct buf *out, xmlTextReaderPtr x) {
    int type = xmlTextReaderNodeType(x);
    if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA || type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE)
        buf_addz(out, (const char *)xmlTextReaderConstValue(x));
}

typedef void take_node(struct book *b, xmlTextReaderPtr x, void *context);

/* The unpacked part of that name; STR_NONE when there is none. What it unpacks to is believed of the archive only as a bound. */
static err read_part(struct book *b, const char *name, str *out) {
    zip_stat_t stat;
    *out = STR_NONE;
    if (zip_stat(b->archive, name, 0, &stat)) return OK_ERR;
    if (!(stat.valid & ZIP_STAT_SIZE) || stat.size > b->room)
        return err_make(b->arena, ERR_TOO_LONG, "zip", "the file unpacks to more than can be read");
    b->room -= (size_t)stat.size;
    zip_file_t *file = zip_fopen(b->archive, name, 0);
    bool locked = !file && zip_error_code_zip(zip_get_error(b->archive)) == ZIP_ER_NOPASSWD;
    if (locked) return err_make(b->arena, ERR_INVALID, "zip", "the file has a password");
    char *bytes = arena_alloc(b->arena, (size_t)stat.size + 1);
    zip_int64_t n = file ? zip_fread(file, bytes, stat.size) : -1; /* checks the sum at the end */
    bool whole = n == (zip_int64_t)stat.size && zip_fread(file, bytes + stat.size, 1) == 0;
    if (file && zip_fclose(file)) whole = false;
    if (!whole) return err_make(b->arena, ERR_INVALID, "zip", "the file is damaged: %s cannot be unpacked", name);
    *out = (str){bytes, (size_t)stat.size};
    return OK_ERR;
}

/* Every node of a part of the archive; a part that is not there is empty when it need not be. */
static err each_node(struct book *b, const char *part, bool needed, take_node *take, void *context) {
    str xml;
    int more;
    TRY(read_part(b, part, &xml));
    if (!xml.len) return needed ? err_make(b->arena, ERR_INVALID, "xlsx", "the workbook has no part %s", part) : OK_ERR;
    xmlTextReaderPtr x = xmlReaderForMemory(xml.at, (int)xml.len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (!x) return err_make(b->arena, ERR_INVALID, "xlsx", "%s cannot be read", part);
    while ((more = xmlTextReaderRead(x)) == 1) take(b, x, context);
    xmlFreeTextReader(x);
    return more < 0 ? err_make(b->arena, ERR_INVALID, "xlsx", "%s is damaged", part) : OK_ERR;
}

/* ---- which sheet, texts, formats ------------------------------------------------------------------------------------------ */

struct first { str name, relation, target; };

static void take_sheet(struct book *b, xmlTextReaderPtr x, void *context) {
    struct first *f = context;
    if (f->relation.len || !begins(x, "sheet")) return;
    f->name = attribute(b->arena, x, "name");
    f->relation = attribute(b->arena, x, "r:id");
}

static void take_relation(struct book *b, xmlTextReaderPtr x, void *context) {
    struct first *f = context;
    if (begins(x, "Relationship") && str_eq(attribute(b->arena, x, "Id"), f->relation)) f->target = attribute(b->arena, x, "Target");
}

struct sharing { bool phonetic, text; struct buf value; };

static void take_shared(struct book *b, xmlTextReaderPtr x, void *context) {
    struct sharing *s = context;
    if (begins(x, "rPh")) s->phonetic = !xmlTextReaderIsEmptyElement(x);
    if (ends(x, "rPh")) s->phonetic = false;
    if (begins(x, "t")) s->text = !xmlTextReaderIsEmptyElement(x) && !s->phonetic;
    if (ends(x, "t")) s->text = false;
    if (s->text) add_value(&s->value, x);
    bool empty = begins(x, "si") && xmlTextReaderIsEmptyElement(x);
    if (!empty && !ends(x, "si")) return;
    VEC_PUSH(b->arena, &b->shared, str_trim(buf_str(&s->value)));
    s->value = buf_new(b->arena);
}

struct formats { bool own[FORMATS]; bool inside; size_t count; };

/* A format of days has d, m or y outside quotes and brackets. */
static bool writes_days(str code) {
    bool quoted = false, bracket = false;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.at[i];
        if (c == '\\') i++;
        else if (c == '"') quoted = !quoted;
        else if (c == '[' || c == ']') bracket = c == '[';
        else if (!quoted && !bracket && strchr("dDyY", c)) return true;
    }
    return false;
}

static void take_format(struct book *b, xmlTextReaderPtr x, void *context) {
    struct formats *f = context;
    int64_t id = -1;
    if (begins(x, "cellXfs")) f->inside = true;
    if (ends(x, "cellXfs")) f->inside = false;
    if (!begins(x, "numFmt") && !(f->inside && begins(x, "xf"))) return;
    if (!str_int64(attribute(b->arena, x, "numFmtId"), &id) || id < 0 || id >= FORMATS) id = 0;
    if (begins(x, "numFmt")) f->own[id] = writes_days(attribute(b->arena, x, "formatCode"));
    else if (f->count < FORMATS) b->day[f->count++] = (id >= 14 && id <= 17) || id == 22 || f->own[id]; /* ECMA-376 18.8.30 */
}

/* ---- cells ---------------------------------------------------------------------------------------------------------------- */

struct cells {
    struct grid *out;
    struct grid_cell row[GRID_COLUMNS];
    size_t count;
    unsigned number;
    int column;
    str type;
    int64_t style;
    bool value;
    struct buf text;
    bool too_many;
};

/* "BC12" → 54 */
static int column_of(str reference, int otherwise) {
    int n = 0;
    for (size_t i = 0; i < reference.len && reference.at[i] >= 'A' && reference.at[i] <= 'Z' && n < 10000; i++) n = n * 26 + reference.at[i] - 'A' + 1;
    return n ? n - 1 : otherwise;
}

static str day_text(struct arena *a, str serial) {
    double days;
    char text[11];
    if (!str_number(serial, &days) || days < 1 || days > 2958465) return serial;
    return str_copy(a, str_of(day_format((int32_t)days - DAY_1970, text)));
}

static struct grid_cell cell_of(struct book *b, const struct cells *c) {
    str raw = str_trim(buf_str(&c->text));
    int64_t n;
    if (str_is(c->type, "s")) return (struct grid_cell){GRID_TEXT, str_int64(raw, &n) && n >= 0 && (size_t)n < b->shared.len ? b->shared.at[n] : STR_NONE};
    if (str_is(c->type, "e")) return (struct grid_cell){GRID_ERROR, raw};
    if (str_is(c->type, "d")) return (struct grid_cell){GRID_DAY, raw};
    if (c->type.len && !str_is(c->type, "n")) return (struct grid_cell){GRID_TEXT, raw}; /* str, inlineStr, b */
    if (c->style >= 0 && c->style < FORMATS && b->day[c->style]) return (struct grid_cell){GRID_DAY, day_text(b->arena, raw)};
    return (struct grid_cell){raw.len ? GRID_NUMBER : GRID_TEXT, raw};
}

static void end_row(struct book *b, struct cells *c) {
    bool any = false;
    for (size_t i = 0; i < c->count; i++) any = any || c->row[i].text.len;
    c->too_many = c->too_many || c->out->len == GRID_ROWS;
    if (!any || c->too_many) return;
    struct grid_row row = {.number = c->number, .cells = ARENA_ARRAY(b->arena, struct grid_cell, c->count), .count = c->count};
    memcpy(row.cells, c->row, c->count * sizeof *c->row);
    VEC_PUSH(b->arena, c->out, row);
}

static void begin_cell(struct book *b, xmlTextReaderPtr x, struct cells *c) {
    c->column = column_of(attribute(b->arena, x, "r"), (int)c->count);
    c->type = attribute(b->arena, x, "t");
    if (!str_int64(attribute(b->arena, x, "s"), &c->style)) c->style = -1;
    c->text = buf_new(b->arena);
}

static void end_cell(struct book *b, struct cells *c) {
    if (c->column >= GRID_COLUMNS) return;
    while (c->count <= (size_t)c->column) c->row[c->count++] = (struct grid_cell){0};
    c->row[c->column] = cell_of(b, c);
}

static void take_cell(struct book *b, xmlTextReaderPtr x, void *context) {
    struct cells *c = context;
    if (begins(x, "row")) {
        int64_t n;
        c->number = str_int64(attribute(b->arena, x, "r"), &n) && n > 0 && n < 10000000 ? (unsigned)n : c->number + 1;
        c->count = 0;
    } else if (ends(x, "row")) {
        end_row(b, c);
    } else if (begins(x, "c")) {
        begin_cell(b, x, c);
    } else if (ends(x, "c")) {
        end_cell(b, c);
    } else if (begins(x, "v") || begins(x, "t")) {
        c->value = !xmlTextReaderIsEmptyElement(x);
    } else if (ends(x, "v") || ends(x, "t")) {
        c->value = false;
    } else if (c->value) {
        add_value(&c->text, x);
    }
}

static err read_sheet(struct arena *a, struct book *b, str *name, struct grid *out) {
    struct first f = {0};
    struct sharing s = {.value = buf_new(a)};
    struct formats *formats = ARENA_NEW(a, struct formats);
    struct cells *cells = ARENA_NEW(a, struct cells);
    cells->out = out;
    TRY(each_node(b, "xl/workbook.xml", true, take_sheet, &f));
    TRY(each_node(b, "xl/_rels/workbook.xml.rels", true, take_relation, &f));
    str target = str_starts(f.target, STR("/")) ? str_slice(f.target, 1, f.target.len) : str_format(a, "xl/%.*s", STR_ARG(f.target));
    TRY(each_node(b, "xl/sharedStrings.xml", false, take_shared, &s));
    TRY(each_node(b, "xl/styles.xml", false, take_format, formats));
    TRY(each_node(b, str_z(a, target), true, take_cell, cells));
    if (cells->too_many) return err_make(a, ERR_TOO_LONG, "rows", "more than %d rows", GRID_ROWS);
    *name = f.name;
    return OK_ERR;
}

err workbook_read(struct arena *a, str bytes, str *name, struct grid *out) {
    if (str_starts(bytes, STR("\xD0\xCF\x11\xE0")))
        return err_make(a, ERR_INVALID, "xlsx", "an old .xls file, or one with a password: save it as .xlsx without a password");
    struct book *b = ARENA_NEW(a, struct book);
    zip_source_t *source = zip_source_buffer_create(bytes.at, bytes.len, 0, NULL);
    if (!source) panic("out of memory: archive");
    *b = (struct book){.arena = a, .room = WORKBOOK_MOST, .archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, NULL)};
    if (!b->archive) {
        zip_source_free(source);
        return err_make(a, ERR_INVALID, "zip", "the file is damaged: it is no whole zip archive");
    }
    err e = read_sheet(a, b, name, out);
    zip_discard(b->archive);
    return e;
}

err workbook_or_csv(struct arena *a, str bytes, struct grid *out) {
    str name;
    if (!workbook_is(bytes)) return grid_read_csv(a, bytes, out);
    TRY(workbook_read(a, bytes, &name, out));
    size_t width = out->len ? out->at[0].count : 0;
    for (size_t i = 1; i < out->len; i++) {
        struct grid_row *row = &out->at[i];
        if (row->count >= width) continue;
        struct grid_cell *cells = ARENA_ARRAY(a, struct grid_cell, width); /* Excel leaves out what is empty at the end */
        memcpy(cells, row->cells, row->count * sizeof *cells);
        *row = (struct grid_row){row->number, cells, width};
    }
    return OK_ERR;
}
