/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Structural validation of a resource against the generated tables: one walk over the tree, no allocation unless there is
 * something to report. Where the walk stands is a chain of frames on the stack; expression, line and column are made from it
 * only for an issue. Invariants and profiles are not checked here.
 */
#include "fhir_int.h"

enum { ISSUES_MAX = 200, WARNINGS_MAX = 150, SEEN_WORDS = 8 };

struct fhir_walk {
    struct arena *arena;
    str source;
    struct fhir_issues *out;
    size_t errors;
    size_t last_offset; /* cache of the position of the issue before */
    unsigned last_line, last_column;
    const struct fhir_visitor *visitor; /* or NULL */
    unsigned bundles;   /* how many Bundles we are in: their requests may carry conditional references */
    bool contained;
};

static void check_resource(struct fhir_walk *c, fhir_type expected, const struct json *node, const struct fhir_place *at);
static void check_members(struct fhir_walk *c, fhir_type type, const struct json *node, const struct fhir_place *at, bool resource);

/* ---- reporting ------------------------------------------------------------------------------------------------------ */

static void write_path(struct buf *b, const struct fhir_place *at) {
    if (at->up) {
        write_path(b, at->up);
        buf_addc(b, '.');
    }
    buf_add(b, at->element && !at->name.len ? str_of(fhir_text(at->element->name)) : at->name);
    if (at->index >= 0) buf_addf(b, "[%ld]", at->index);
}

str fhir_place_path(struct arena *a, const struct fhir_place *at) {
    struct buf path = buf_new(a);
    write_path(&path, at);
    return buf_str(&path);
}

static void position(struct fhir_walk *c, size_t offset, unsigned *line, unsigned *column) {
    if (offset < c->last_offset || !c->last_line) {
        json_position(c->source, offset, &c->last_line, &c->last_column);
    } else {
        unsigned more_lines, more_columns;
        json_position(str_slice(c->source, c->last_offset, c->source.len), offset - c->last_offset, &more_lines, &more_columns);
        c->last_column = more_lines > 1 ? more_columns : c->last_column + more_columns - 1;
        c->last_line += more_lines - 1;
    }
    c->last_offset = offset;
    *line = c->last_line;
    *column = c->last_column;
}

void fhir_walk_tell(struct fhir_walk *c, size_t offset, struct fhir_issue issue) {
    c->errors += issue.severity <= FHIR_ERROR;
    if (c->out->len >= (issue.severity <= FHIR_ERROR ? ISSUES_MAX : WARNINGS_MAX)) return;
    if (c->source.len) position(c, offset, &issue.line, &issue.column);
    fhir_issue_add(c->arena, c->out, issue);
}

static void report_texts(struct fhir_walk *c, const struct fhir_place *at, size_t offset, const char *code, str en, str vi) {
    fhir_walk_tell(c, offset, (struct fhir_issue){.severity = FHIR_ERROR, .code = code, .expression = fhir_place_path(c->arena, at), .en = en, .vi = vi});
}

/* Nothing more is written down: only counted. */
static bool is_full(struct fhir_walk *c) {
    if (c->out->len < ISSUES_MAX) return false;
    c->errors++;
    return true;
}

/* An error at `offset`. Both formats take the same arguments in the same order. */
static void __attribute__((format(printf, 5, 7))) report(struct fhir_walk *c, const struct fhir_place *at, size_t offset, const char *code,
                                                         const char *en, const char *vi, ...) {
    if (is_full(c)) return;
    va_list args;
    va_start(args, vi);
    str en_text = str_vformat(c->arena, en, args);
    va_end(args);
    va_start(args, vi);
    str vi_text = str_vformat(c->arena, vi, args);
    va_end(args);
    report_texts(c, at, offset, code, en_text, vi_text);
}

/* A value as it may stand in a message: cut at a character's edge. */
static str shown(str s) {
    enum { SHOWN_BYTES = 60 };
    if (s.len <= SHOWN_BYTES) return s;
    size_t n = SHOWN_BYTES;
    while (n && ((unsigned char)s.at[n] & 0xC0) == 0x80) n--;
    return str_slice(s, 0, n);
}

static const char *const kind_en[] = {"null", "false", "true", "a number", "a string", "an array", "an object"};
static const char *const kind_vi[] = {"null", "false", "true", "một số", "một chuỗi", "một mảng", "một đối tượng"};

static void wrong_kind(struct fhir_walk *c, const struct fhir_place *at, const struct json *node, const char *need_en, const char *need_vi) {
    if (is_full(c)) return;
    report_texts(c, at, node->begin, "structure", str_format(c->arena, "must be %s, not %s", need_en, kind_en[node->kind]),
                 str_format(c->arena, "phải là %s, không phải %s", need_vi, kind_vi[node->kind]));
}

/* ---- values --------------------------------------------------------------------------------------------------------- */

static bool set_is_closed(const struct fhir_element *e) { return e->strength == 1 && e->set && fhir_sets[e->set].known; }

static void check_code(struct fhir_walk *c, const struct fhir_element *e, const struct json *node, const struct fhir_place *at) {
    if (set_is_closed(e) && !fhir_set_has(e->set, STR_NONE, node->text))
        report(c, at, node->begin, "code-invalid", "'%.*s' is not a code of the required value set %s",
               "'%.*s' không phải mã của tập giá trị bắt buộc %s", STR_ARG(shown(node->text)), fhir_text(fhir_sets[e->set].url));
}

static bool coding_fits(const struct fhir_element *e, const struct json *coding) {
    str code = JSON_TEXT(coding, "code");
    return code.len && fhir_set_has(e->set, JSON_TEXT(coding, "system"), code);
}

/* A required binding on Coding and CodeableConcept: one coding must be of the set. */
static void check_concept(struct fhir_walk *c, const struct fhir_element *e, const struct json *node, const struct fhir_place *at) {
    if (!set_is_closed(e) || node->kind != JSON_OBJECT) return;
    bool fits = false;
    if (e->type == FHIR_TYPE_CODEABLE_CONCEPT) {
        const struct json *codings = JSON_GET(node, "coding");
        if (!codings && JSON_GET(node, "extension")) return; /* data-absent-reason and the like stand for the value */
        for (const struct json *i = codings ? codings->first : NULL; i && !fits; i = i->next) fits = coding_fits(e, i);
    } else {
        if (!JSON_GET(node, "code")) return;
        fits = coding_fits(e, node);
    }
    if (!fits)
        report(c, at, node->begin, "code-invalid", "no coding is of the required value set %s",
               "không có mã nào thuộc tập giá trị bắt buộc %s", fhir_text(fhir_sets[e->set].url));
}

static void check_primitive(struct fhir_walk *c, const struct fhir_element *e, const struct json *node, const struct fhir_place *at) {
    switch (e->type) {
    case FHIR_TYPE_BOOLEAN:
        if (node->kind != JSON_TRUE && node->kind != JSON_FALSE) wrong_kind(c, at, node, "true or false", "true hoặc false");
        return;
    case FHIR_TYPE_INTEGER: case FHIR_TYPE_UNSIGNED_INT: case FHIR_TYPE_POSITIVE_INT: case FHIR_TYPE_DECIMAL:
        if (node->kind != JSON_NUMBER) {
            wrong_kind(c, at, node, "a number", "một số");
            return;
        }
        break;
    default:
        if (node->kind != JSON_STRING) {
            wrong_kind(c, at, node, "a string", "một chuỗi");
            return;
        }
    }
    const char *problem;
    if (!node->text.len) {
        report(c, at, node->begin, "value", "must not be empty", "không được để trống");
    } else if (e->type == FHIR_TYPE_XHTML) {
        if ((problem = xhtml_problem(node->text)))
            report(c, at, node->begin, "value", "not valid XHTML of a narrative: %s", "XHTML của phần tường thuật không hợp lệ: %s", problem);
    } else if (!fhir_primitive_valid(e->type, node->text)) {
        report(c, at, node->begin, "value", "'%.*s' is not a valid %s", "'%.*s' không phải giá trị %s hợp lệ",
               STR_ARG(shown(node->text)), fhir_type_name(e->type));
    } else if (e->strength == 1) {
        check_code(c, e, node, at);
    }
}

static bool target_allowed(uint16_t list, fhir_type type) {
    if (!list) return true;
    for (size_t i = fhir_target_first[list]; i < fhir_target_first[list + 1]; i++)
        if (fhir_target_types[i] == type) return true;
    return false;
}

/* Patient?identifier=…: allowed inside a Bundle only (a transaction resolves it before anything is stored). */
static bool is_conditional(const struct fhir_walk *c, str text) {
    size_t question = str_find(text, '?');
    return c->bundles && question + 1 < text.len && fhir_type_by_name(str_slice(text, 0, question));
}

/* A path of several segments without white space. */
static bool is_relative_url(str text) {
    size_t slash = str_find(text, '/');
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] <= 0x20) return false;
    return slash > 0 && slash + 1 < text.len && !str_contains(text, STR("//"));
}

static void check_reference(struct fhir_walk *c, const struct fhir_element *e, const struct json *node, const struct fhir_place *at) {
    const struct json *member = JSON_GET(node, "reference");
    if (!member || member->kind != JSON_STRING || !member->text.len) return;
    struct fhir_place here = {at, STR("reference"), -1, NULL};
    str text = member->text;
    struct fhir_reference r = fhir_reference_parse(text);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] <= 0x20) r.kind = REFERENCE_NONE;
    if (r.kind == REFERENCE_NONE && is_conditional(c, text)) return;
    if (r.kind == REFERENCE_NONE && is_relative_url(text)) /* "XXX/_history/1": HL7's validator too only warns */
        fhir_walk_tell(c, member->begin, (struct fhir_issue){.severity = FHIR_WARNING, .code = "value", .expression = fhir_place_path(c->arena, &here),
            .en = str_format(c->arena, "'%.*s' does not look like a reference", STR_ARG(shown(text))), .vi = str_format(c->arena, "'%.*s' không giống một tham chiếu", STR_ARG(shown(text)))});
    else if (r.kind == REFERENCE_NONE)
        report(c, &here, member->begin, "value", "'%.*s' is not a valid reference", "'%.*s' không phải tham chiếu hợp lệ", STR_ARG(shown(text)));
    else if (r.kind == REFERENCE_LOCAL && !target_allowed(e->targets, r.type))
        report(c, &here, member->begin, "structure", "a reference to %s is not allowed here", "không được tham chiếu tới %s ở đây",
               fhir_type_name(r.type));
}

/* ext-1: either extensions or a value. */
static void check_extension(struct fhir_walk *c, const struct json *node, const struct fhir_place *at) {
    bool value = false, nested = false;
    for (const struct json *m = node->first; m; m = m->next) {
        str key = m->key.len && m->key.at[0] == '_' ? str_slice(m->key, 1, m->key.len) : m->key;
        if (str_starts(key, STR("value"))) value = true;
        else if (str_is(key, "extension")) nested = true;
    }
    if (value && nested)
        report(c, at, node->begin, "structure", "an extension has either a value or extensions, not both",
               "phần mở rộng có một giá trị hoặc các phần mở rộng con, không cả hai");
    if (!value && !nested)
        report(c, at, node->begin, "structure", "an extension needs a value or extensions", "phần mở rộng phải có một giá trị hoặc các phần mở rộng con");
}

static inline void visit(struct fhir_walk *c, const struct json *node, const struct fhir_place *at) {
    if (c->visitor) c->visitor->element(c->visitor->context, c, node, at);
}

static void check_value(struct fhir_walk *c, const struct fhir_element *e, const struct json *node, const struct fhir_place *at) {
    if (fhir_types[e->type].kind == KIND_PRIMITIVE) {
        check_primitive(c, e, node, at);
        visit(c, node, at);
        return;
    }
    if (node->kind != JSON_OBJECT) {
        wrong_kind(c, at, node, "an object", "một đối tượng");
        return;
    }
    if (fhir_types[e->type].kind == KIND_ABSTRACT || fhir_types[e->type].kind == KIND_RESOURCE) {
        bool contained = str_is(str_of(fhir_text(e->key)), "contained"), outer = c->contained;
        c->contained = contained;
        check_resource(c, e->type, node, at);
        c->contained = outer;
        return;
    }
    if (!node->first) {
        report(c, at, node->begin, "structure", "must not be empty (ele-1)", "không được để trống (ele-1)");
        return;
    }
    visit(c, node, at);
    check_members(c, e->type, node, at, false);
    if (e->type == FHIR_TYPE_REFERENCE) check_reference(c, e, node, at);
    else if (e->type == FHIR_TYPE_EXTENSION) check_extension(c, node, at);
    else if (e->strength == 1 && (e->type == FHIR_TYPE_CODEABLE_CONCEPT || e->type == FHIR_TYPE_CODING)) check_concept(c, e, node, at);
}

/* ---- members -------------------------------------------------------------------------------------------------------- */

static const struct json *sibling(struct fhir_walk *c, const struct json *object, const struct json *member) {
    if (member->key.at[0] == '_') return json_get(object, str_slice(member->key, 1, member->key.len));
    return json_get(object, str_format(c->arena, "_%.*s", STR_ARG(member->key)));
}

/* id and extensions of a primitive, under `_key`. */
static void check_primitive_extra(struct fhir_walk *c, const struct json *node, const struct fhir_place *at) {
    if (node->kind != JSON_OBJECT) wrong_kind(c, at, node, "an object", "một đối tượng");
    else if (!node->first) report(c, at, node->begin, "structure", "must not be empty (ele-1)", "không được để trống (ele-1)");
    else check_members(c, FHIR_TYPE_ELEMENT, node, at, false);
}

static void check_item(struct fhir_walk *c, const struct fhir_element *e, const struct json *node, const struct fhir_place *at, bool extra) {
    if (extra) check_primitive_extra(c, node, at);
    else check_value(c, e, node, at);
}

/* null stands in a list of primitives where only the other list (`_key` beside `key`) says something: it is walked alongside
 * from the first null on. */
static void check_items(struct fhir_walk *c, const struct fhir_element *e, const struct json *object, const struct json *member, struct fhir_place *at,
                        bool extra) {
    const struct json *other = NULL;
    bool asked = fhir_types[e->type].kind != KIND_PRIMITIVE;
    for (const struct json *item = member->first; item; item = item->next) {
        at->index++;
        if (item->kind != JSON_NULL) {
            check_item(c, e, item, at, extra);
        } else {
            if (!asked) other = json_item(sibling(c, object, member), (size_t)at->index);
            asked = true;
            bool told = extra && other; /* null in both: the list of the values tells it */
            if (!told && (!other || other->kind == JSON_NULL))
                report(c, at, item->begin, "structure", "null is not allowed here", "không được dùng null ở đây");
        }
        if (other) other = other->next;
    }
}

static void check_member(struct fhir_walk *c, const struct fhir_element *e, const struct json *object, const struct json *member,
                         const struct fhir_place *up) {
    bool extra = member->key.at[0] == '_';
    struct fhir_place at = {up, STR_NONE, -1, e};
    if (extra && fhir_types[e->type].kind != KIND_PRIMITIVE) {
        report(c, &at, member->key_begin, "structure", "'%.*s' is allowed beside a primitive only",
               "'%.*s' chỉ được đứng cạnh một giá trị nguyên thủy", STR_ARG(shown(member->key)));
        return;
    }
    if (!(e->flags & ELEMENT_MANY)) {
        if (member->kind == JSON_ARRAY)
            report(c, &at, member->begin, "structure", "must be a single value, not an array", "phải là một giá trị, không phải mảng");
        else check_item(c, e, member, &at, extra);
        return;
    }
    if (member->kind != JSON_ARRAY) {
        wrong_kind(c, &at, member, "an array", "một mảng");
        return;
    }
    if (!member->first) report(c, &at, member->begin, "structure", "an array must not be empty", "mảng không được để trống");
    if (extra) {
        const struct json *values = sibling(c, object, member);
        if (values && values->kind == JSON_ARRAY && values->count != member->count)
            report(c, &at, member->begin, "structure", "'%.*s' has %u items, its values %u", "'%.*s' có %u phần tử, còn các giá trị có %u",
                   STR_ARG(shown(member->key)), member->count, values->count);
    }
    check_items(c, e, object, member, &at, extra);
}

struct seen { uint64_t bits[SEEN_WORDS]; };
static inline void seen_set(struct seen *s, size_t i) { s->bits[i / 64 % SEEN_WORDS] |= 1ull << (i % 64); }
static inline bool seen_has(const struct seen *s, size_t i) { return s->bits[i / 64 % SEEN_WORDS] >> (i % 64) & 1; }

/* Another type of the same choice was there already? */
static bool choice_taken(const struct seen *s, size_t first, size_t count, size_t i) {
    uint32_t name = fhir_elements[first + i].name;
    size_t from = i, to = i + 1;
    while (from > 0 && fhir_elements[first + from - 1].name == name) from--;
    while (to < count && fhir_elements[first + to].name == name) to++;
    for (size_t k = from; k < to; k++)
        if (k != i && seen_has(s, k)) return true;
    return false;
}

static void check_required(struct fhir_walk *c, fhir_type type, const struct json *node, const struct fhir_place *at, const struct seen *seen) {
    const struct fhir_type_row *row = fhir_type_row(type);
    const struct fhir_element *e = &fhir_elements[row->first];
    size_t count;
    const uint16_t *required = fhir_required(type, &count);
    for (size_t k = 0; k < count; k++) {
        size_t i = required[k], next = i + 1;
        bool present = seen_has(seen, i);
        if (e[i].flags & ELEMENT_CHOICE)
            for (; next < row->count && e[next].name == e[i].name; next++) present = present || seen_has(seen, next);
        if (present) continue;
        struct fhir_place here = {at, STR_NONE, -1, &e[i]};
        report(c, &here, node->begin, "required", "'%s' is required", "thiếu '%s' bắt buộc", fhir_text(e[i].name));
    }
}

static void check_members(struct fhir_walk *c, fhir_type type, const struct json *node, const struct fhir_place *at, bool resource) {
    const struct fhir_type_row *row = fhir_type_row(type);
    const struct fhir_element *next = &fhir_elements[row->first];
    struct seen seen = {{0}};
    for (const struct json *m = node->first; m; m = m->next) {
        bool extra = m->key.len > 1 && m->key.at[0] == '_';
        str key = extra ? str_slice(m->key, 1, m->key.len) : m->key;
        if (resource && !extra && str_is(key, "resourceType")) continue;
        const struct fhir_element *e = key.len ? fhir_element_next(type, key, next) : NULL;
        if (!e) {
            struct fhir_place here = {at, m->key, -1, NULL};
            report(c, key.len < 64 ? &here : at, m->key_begin, "structure", "unknown element '%.*s'", "không có phần tử '%.*s'", STR_ARG(shown(m->key)));
            continue;
        }
        size_t i = (size_t)(e - &fhir_elements[row->first]);
        if (e->flags & ELEMENT_CHOICE && choice_taken(&seen, row->first, row->count, i)) {
            struct fhir_place here = {at, str_of(fhir_text(e->name)), -1, NULL};
            report(c, &here, m->key_begin, "structure", "only one type of '%s[x]' is allowed", "chỉ được dùng một kiểu của '%s[x]'", fhir_text(e->name));
        }
        seen_set(&seen, i);
        check_member(c, e, node, m, at);
        next = e + 1;
    }
    check_required(c, type, node, at, &seen);
}

/* ---- resources ------------------------------------------------------------------------------------------------------ */

static void check_id(struct fhir_walk *c, const struct json *node, const struct fhir_place *at) {
    const struct json *id = JSON_GET(node, "id");
    struct fhir_place here = {at, STR("id"), -1, NULL};
    if (id && id->kind == JSON_STRING && !fhir_id_valid(id->text))
        report(c, &here, id->begin, "value", "'%.*s' is not a valid id (1 to 64 of A-Z a-z 0-9 - .)",
               "'%.*s' không phải mã định danh hợp lệ (1 đến 64 ký tự A-Z a-z 0-9 - .)", STR_ARG(shown(id->text)));
    if (!c->contained) return;
    if (!id) report(c, &here, node->begin, "required", "a contained resource needs an id", "tài nguyên lồng bên trong phải có id");
    const struct json *nested = JSON_GET(node, "contained");
    here.name = STR("contained");
    if (nested) report(c, &here, nested->key_begin, "structure", "a contained resource contains no others",
                       "tài nguyên lồng bên trong không được chứa tài nguyên khác");
}

/* `expected`: Resource, or the one type that may stand here. */
static void check_resource(struct fhir_walk *c, fhir_type expected, const struct json *node, const struct fhir_place *at) {
    const struct json *name = JSON_GET(node, "resourceType");
    struct fhir_place here = {at, STR("resourceType"), -1, NULL};
    if (!name) {
        report(c, at, node->begin, "required", "resourceType is missing", "thiếu resourceType");
        return;
    }
    fhir_type type = name->kind == JSON_STRING ? fhir_type_by_name(name->text) : FHIR_TYPE_NONE;
    if (!type) {
        report(c, &here, name->begin, "structure", "unknown resource type '%.*s'", "không có loại tài nguyên '%.*s'",
               STR_ARG(shown(name->text)));
        return;
    }
    if (!fhir_type_is(type, expected))
        report(c, &here, name->begin, "structure", "must be %s, not %s", "phải là %s, không phải %s", fhir_type_name(expected), fhir_type_name(type));
    if (type == FHIR_TYPE_BUNDLE) c->bundles++;
    if (c->visitor) c->visitor->enter(c->visitor->context, c, type, node, at);
    check_members(c, type, node, at, true);
    check_id(c, node, at);
    if (c->visitor) c->visitor->leave(c->visitor->context);
    if (type == FHIR_TYPE_BUNDLE) c->bundles--;
}

bool fhir_validate(struct arena *a, str source, const struct json *resource, str path, struct fhir_issues *out) {
    return fhir_walk(a, source, resource, path, NULL, out);
}

bool fhir_walk(struct arena *a, str source, const struct json *resource, str path, const struct fhir_visitor *visitor, struct fhir_issues *out) {
    struct fhir_walk c = {.arena = a, .source = source, .out = out, .visitor = visitor, .bundles = str_starts(path, STR("Bundle.")) ? 1 : 0};
    fhir_type type = fhir_type_of(resource);
    struct fhir_place root = {NULL, path.len ? path : type ? str_of(fhir_type_name(type)) : STR("Resource"), -1, NULL};
    if (!resource || resource->kind != JSON_OBJECT) {
        report(&c, &root, resource ? resource->begin : 0, "structure", "a resource must be a JSON object", "tài nguyên phải là một đối tượng JSON");
        return false;
    }
    check_resource(&c, FHIR_TYPE_RESOURCE, resource, &root);
    return c.errors == 0;
}
