/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * FHIR's XML (R4, xml.html) read into the tree that JSON gives, by the definitions: what repeats becomes a list, `value` a boolean, a number
 * or a string, id and extensions of a primitive its `_name`, a narrative the text of its div. Offsets of nodes are those of the XML, so that
 * issues have their line and column. What XML alone can get wrong (order, attributes, namespaces, loose text, a DOCTYPE) is an error here;
 * the rest is the validator's.
 */
#include "fhir.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

enum { DISORDER_MAX = 50 };
enum frame_kind { FRAME_OBJECT, FRAME_PRIMITIVE, FRAME_RESOURCE /* holds a resource */, FRAME_XHTML, FRAME_UNKNOWN };

struct frame {
    enum frame_kind kind;
    fhir_type type;                     /* of the object; of a primitive: Element */
    const struct fhir_element *element; /* in the frame above; NULL: the root or unknown */
    struct json *object;                /* its members go here; PRIMITIVE: id and extensions, NULL when there are none */
    struct json *value;                 /* PRIMITIVE */
    size_t order;                       /* number of the last element */
    struct json *last;                  /* of the members */
    struct run { struct json *list, *last; } values, extras; /* the list that is being filled, and that of its `_name` */
    size_t begin;
    size_t depth;                       /* XHTML, UNKNOWN: elements open inside */
};

struct reader {
    struct arena *arena;
    str source;
    xmlParserCtxtPtr parser;
    struct frame frames[JSON_DEPTH + 1];
    size_t depth;
    struct json *root;
    struct fhir_issues *issues; /* or NULL */
    unsigned disorder;          /* elements out of order */
    err problem;
};

static const char fhir_space[] = "http://hl7.org/fhir", xhtml_space[] = "http://www.w3.org/1999/xhtml", schema_space[] = "http://www.w3.org/2001/XMLSchema-instance";

static err problem_at(struct arena *a, str source, size_t offset, const char *why) {
    unsigned line, column;
    json_position(source, offset, &line, &column);
    return err_make(a, ERR_INVALID, NULL, "line %u, column %u: %s", line, column, why);
}

static void refuse(struct reader *r, size_t offset, const char *why) {
    if (r->problem.code) return;
    r->problem = problem_at(r->arena, r->source, offset, why);
    xmlStopParser(r->parser);
}

static size_t here(struct reader *r) {
    long n = xmlByteConsumed(r->parser);
    return n < 0 ? 0 : (size_t)n < r->source.len ? (size_t)n : r->source.len;
}

/* Where the tag begins that the parser has just read. */
static size_t tag_begin(struct reader *r) {
    size_t i = here(r);
    while (i > 0 && r->source.at[--i] != '<') continue;
    return i;
}

/* ---- the tree ------------------------------------------------------------------------------------------------------------------------ */

static struct json *new_node(struct reader *r, enum json_kind kind, size_t begin) {
    struct json *n = ARENA_NEW(r->arena, struct json);
    n->kind = kind;
    n->begin = n->key_begin = n->end = (uint32_t)begin;
    return n;
}

static void append(struct json *parent, struct json **last, struct json *child) {
    if (*last) (*last)->next = child;
    else parent->first = child;
    *last = child;
    parent->count++;
}

static struct json *add_member(struct frame *f, str key, struct json *value) {
    value->key = key;
    append(f->object, &f->last, value);
    return value;
}

static void add_text(struct reader *r, struct frame *f, str key, str text, size_t begin) {
    add_member(f, key, new_node(r, JSON_STRING, begin))->text = text;
}

static bool is_number(str s) {
    struct json *tree;
    struct arena *scratch = s.len && s.len < 400 ? arena_new() : NULL;
    bool yes = scratch && json_parse(scratch, s, &tree).code == ERR_OK && tree->kind == JSON_NUMBER && tree->text.len == s.len;
    arena_free(scratch);
    return yes;
}

/* The value attribute of a primitive; what does not fit its type stays a string, for the validator to refuse. */
static struct json *primitive(struct reader *r, fhir_type type, str text, size_t begin) {
    bool number = type == FHIR_TYPE_INTEGER || type == FHIR_TYPE_UNSIGNED_INT || type == FHIR_TYPE_POSITIVE_INT || type == FHIR_TYPE_DECIMAL;
    enum json_kind kind = JSON_STRING;
    if (type == FHIR_TYPE_BOOLEAN && str_is(text, "true")) kind = JSON_TRUE;
    if (type == FHIR_TYPE_BOOLEAN && str_is(text, "false")) kind = JSON_FALSE;
    if (number && is_number(text)) kind = JSON_NUMBER;
    struct json *n = new_node(r, kind, begin);
    if (kind == JSON_STRING || kind == JSON_NUMBER) n->text = text;
    return n;
}

/* The list called `key`: a new one, unless what repeats does not stand together. */
static struct run find_run(struct reader *r, struct frame *f, str key, size_t begin) {
    struct json *there = (struct json *)(uintptr_t)json_get(f->object, key), *last = there ? there->first : NULL;
    while (last && last->next) last = last->next;
    return (struct run){there ? there : add_member(f, key, new_node(r, JSON_ARRAY, begin)), last};
}

/* `value` in the list called `key`, behind `before` others: a list that begins late is filled with null. */
static void add_item(struct reader *r, struct frame *f, struct run *run, str key, struct json *value, size_t before) {
    if (!run->list || !str_eq(run->list->key, key)) *run = find_run(r, f, key, value->begin);
    while (run->list->count < before) append(run->list, &run->last, new_node(r, JSON_NULL, value->begin));
    append(run->list, &run->last, value);
}

/* What may come once: a second one makes a list of two, which the validator refuses; that is enough. */
static void add_once(struct reader *r, struct frame *f, str key, struct json *value) {
    struct json *there = (struct json *)(uintptr_t)json_get(f->object, key);
    if (!there) {
        add_member(f, key, value);
    } else if (there->kind != JSON_ARRAY) {
        struct json *first = ARENA_NEW(r->arena, struct json);
        *first = *there;
        first->next = value;
        there->kind = JSON_ARRAY;
        there->first = first;
        there->count = 2;
    }
}

static void end_primitive(struct reader *r, struct frame *f) {
    struct frame *up = f - 1;
    str key = str_of(fhir_text(f->element->key)), extra = str_format(r->arena, "_%.*s", STR_ARG(key));
    if (!f->value && !f->object) f->value = new_node(r, JSON_STRING, f->begin); /* neither value nor extension: an empty text */
    if (!(f->element->flags & ELEMENT_MANY)) {
        if (f->value) add_once(r, up, key, f->value);
        if (f->object) add_once(r, up, extra, f->object);
        return;
    }
    size_t before = up->values.list && str_eq(up->values.list->key, key) ? up->values.list->count : 0;
    bool extras = f->object || (up->extras.list && str_eq(up->extras.list->key, extra));
    add_item(r, up, &up->values, key, f->value ? f->value : new_node(r, JSON_NULL, f->begin), before);
    if (extras) add_item(r, up, &up->extras, extra, f->object ? f->object : new_node(r, JSON_NULL, f->begin), before);
}

/* ---- attributes ------------------------------------------------------------------------------------------------------------------------ */

struct attribute { str name; const char *space; str value; };

static struct attribute attribute_of(struct reader *r, const xmlChar **all, int i) {
    const char *begin = (const char *)all[5 * i + 3], *end = (const char *)all[5 * i + 4];
    return (struct attribute){str_copy(r->arena, str_of((const char *)all[5 * i])), (const char *)all[5 * i + 2], str_copy(r->arena, (str){begin, (size_t)(end - begin)})};
}

static bool is_schema(const struct attribute *a) { return a->space && strcmp(a->space, schema_space) == 0; }

static void take_attributes(struct reader *r, struct frame *f, int count, const xmlChar **all) {
    bool resource = fhir_is_resource(f->type);
    for (int i = 0; i < count && !r->problem.code; i++) { /* refusing frees what the parser gave */
        struct attribute a = attribute_of(r, all, i);
        if (is_schema(&a) || f->kind == FRAME_UNKNOWN) continue;
        bool plain = !a.space && f->kind != FRAME_RESOURCE && !resource;
        if (plain && f->kind == FRAME_PRIMITIVE && str_is(a.name, "value")) {
            f->value = primitive(r, f->element->type, a.value, f->begin);
        } else if (plain && str_is(a.name, "id")) {
            if (!f->object) f->object = new_node(r, JSON_OBJECT, f->begin);
            add_text(r, f, STR("id"), a.value, f->begin);
        } else if (plain && f->type == FHIR_TYPE_EXTENSION && str_is(a.name, "url")) {
            add_text(r, f, STR("url"), a.value, f->begin);
        } else {
            refuse(r, f->begin, str_z(r->arena, str_format(r->arena, "unknown attribute '%.*s'", STR_ARG(a.name))));
        }
    }
}

/* ---- elements ---------------------------------------------------------------------------------------------------------------------------- */

static struct frame *push(struct reader *r, enum frame_kind kind, size_t begin) {
    if (r->depth > JSON_DEPTH) return refuse(r, begin, "nested deeper than 100 levels"), NULL;
    struct frame *f = &r->frames[r->depth++];
    *f = (struct frame){.kind = kind, .begin = begin};
    return f;
}

/* A resource: the root, or what stands in contained, entry.resource … */
static void begin_resource(struct reader *r, str name, struct json *object, size_t begin, int count, const xmlChar **attributes) {
    struct frame *f = push(r, FRAME_OBJECT, begin);
    if (!f) return;
    f->type = fhir_type_by_name(name);
    f->object = object;
    add_text(r, f, STR("resourceType"), str_copy(r->arena, name), begin);
    if (!f->type) f->kind = FRAME_UNKNOWN;
    take_attributes(r, f, count, attributes);
}

/* The element of a frame's type; NULL for what is an attribute in XML. */
static const struct fhir_element *element_of(const struct frame *f, str name) {
    bool attribute = !fhir_is_resource(f->type) && (str_is(name, "id") || (f->type == FHIR_TYPE_EXTENSION && str_is(name, "url")));
    return attribute ? NULL : fhir_element_find(f->type, name);
}

/* Told where somebody listens; a resource that is all disorder is refused. */
static void disorder(struct reader *r, const struct fhir_element *e, size_t begin) {
    struct fhir_issue issue = {.severity = FHIR_ERROR, .code = "structure", .expression = str_of(fhir_text(e->name))};
    if (++r->disorder > DISORDER_MAX) refuse(r, begin, "the elements are in no order");
    if (!r->issues) return;
    issue.en = str_format(r->arena, "'%s' is out of order", fhir_text(e->key));
    issue.vi = str_format(r->arena, "'%s' không đúng thứ tự", fhir_text(e->key));
    json_position(r->source, begin, &issue.line, &issue.column);
    fhir_issue_add(r->arena, r->issues, issue);
}

static void check_order(struct reader *r, struct frame *f, const struct fhir_element *e, size_t begin) {
    size_t number = (size_t)(e - &fhir_elements[fhir_types[f->type].first]);
    if (number < f->order) disorder(r, e, begin);
    f->order = number;
}

static void begin_element(struct reader *r, struct frame *up, const struct fhir_element *e, size_t begin, int count, const xmlChar **attributes) {
    enum fhir_kind kind = fhir_types[e->type].kind;
    struct frame *f = push(r, e->type == FHIR_TYPE_XHTML ? FRAME_XHTML : kind == KIND_PRIMITIVE ? FRAME_PRIMITIVE
                            : kind == KIND_ABSTRACT || kind == KIND_RESOURCE ? FRAME_RESOURCE : FRAME_OBJECT, begin);
    if (!f) return;
    f->element = e;
    f->type = f->kind == FRAME_PRIMITIVE ? FHIR_TYPE_ELEMENT : e->type;
    if (!up->object) up->object = new_node(r, JSON_OBJECT, up->begin); /* extensions of a primitive */
    check_order(r, up, e, begin);
    if (f->kind == FRAME_XHTML) return;
    if (f->kind != FRAME_PRIMITIVE) {
        f->object = new_node(r, JSON_OBJECT, begin);
        str key = str_of(fhir_text(e->key));
        if (e->flags & ELEMENT_MANY) add_item(r, up, &up->values, key, f->object, 0);
        else add_once(r, up, key, f->object);
    }
    take_attributes(r, f, count, attributes);
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *space, int namespaces, const xmlChar **declared, int count,
                     int defaulted, const xmlChar **attributes) {
    (void)prefix, (void)namespaces, (void)declared, (void)defaulted;
    struct reader *r = context;
    if (r->problem.code) return;
    size_t begin = tag_begin(r);
    struct frame *up = r->depth ? &r->frames[r->depth - 1] : NULL;
    str local = str_of((const char *)name);
    if (up && (up->kind == FRAME_XHTML || up->kind == FRAME_UNKNOWN)) {
        up->depth++;
        return;
    }
    const struct fhir_element *e = up && up->kind != FRAME_RESOURCE ? element_of(up, local) : NULL;
    bool narrative = e && e->type == FHIR_TYPE_XHTML;
    if (!space || strcmp((const char *)space, narrative ? xhtml_space : fhir_space) != 0) {
        refuse(r, begin, narrative ? "the div of a narrative is in the namespace http://www.w3.org/1999/xhtml" : "elements are in the namespace http://hl7.org/fhir");
    } else if (!up) {
        r->root = new_node(r, JSON_OBJECT, begin);
        begin_resource(r, local, r->root, begin, count, attributes);
    } else if (up->kind == FRAME_RESOURCE) {
        if (up->object->first) refuse(r, begin, "a second resource where one may stand");
        else begin_resource(r, local, up->object, begin, count, attributes);
    } else if (e) {
        begin_element(r, up, e, begin, count, attributes);
    } else {
        if (!up->object) up->object = new_node(r, JSON_OBJECT, up->begin);
        add_once(r, up, str_copy(r->arena, local), new_node(r, JSON_OBJECT, begin)); /* the validator says: unknown element */
        push(r, FRAME_UNKNOWN, begin);
    }
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *space) {
    (void)name, (void)prefix, (void)space;
    struct reader *r = context;
    if (r->problem.code || !r->depth) return;
    struct frame *f = &r->frames[r->depth - 1];
    if (f->depth) {
        f->depth--;
        return;
    }
    if (f->kind == FRAME_PRIMITIVE) end_primitive(r, f);
    if (f->kind == FRAME_XHTML) add_text(r, &f[-1], str_of(fhir_text(f->element->key)), str_slice(r->source, f->begin, here(r)), f->begin);
    if (f->object) f->object->end = (uint32_t)here(r);
    r->depth--;
}

static void on_text(void *context, const xmlChar *text, int len) {
    struct reader *r = context;
    bool inside = r->depth && (r->frames[r->depth - 1].kind == FRAME_XHTML || r->frames[r->depth - 1].kind == FRAME_UNKNOWN);
    if (inside || r->problem.code) return;
    if (str_trim((str){(const char *)text, (size_t)len}).len) refuse(r, here(r), "text outside a narrative");
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system) {
    (void)name, (void)external, (void)system;
    refuse(context, here(context), "a DOCTYPE is not allowed");
}

static void on_error(void *context, xmlErrorPtr error) {
    struct reader *r = context;
    if (r->problem.code || error->level < XML_ERR_ERROR) return;
    str why = str_trim(str_of(error->message ? error->message : "not XML"));
    refuse(r, here(r), str_z(r->arena, why));
}

/* encoding="…" of the declaration, when it is not UTF-8 */
static bool other_encoding(str source) {
    str head = str_slice(source, 0, str_find(source, '>'));
    const char *at = str_starts(head, STR("<?xml")) ? memmem(head.at, head.len, "encoding", 8) : NULL;
    if (!at) return false;
    str rest = str_slice(head, (size_t)(at - head.at) + 8, head.len);
    size_t quote = str_find(rest, '"') < rest.len ? str_find(rest, '"') : str_find(rest, '\'');
    rest = str_slice(rest, quote + 1, rest.len);
    return strncasecmp(rest.at, "utf-8", rest.len < 5 ? rest.len : 5) != 0 && strncasecmp(rest.at, "us-ascii", rest.len < 8 ? rest.len : 8) != 0;
}

bool fhir_is_xml(str source) {
    str text = str_trim(str_starts(source, STR("\xEF\xBB\xBF")) ? str_slice(source, 3, source.len) : source);
    return text.len && text.at[0] == '<';
}

err fhir_xml_parse(struct arena *a, str source, struct fhir_issues *issues, struct json **out) {
    struct reader *r = ARENA_NEW(a, struct reader);
    size_t bad = utf8_valid(source);
    *out = NULL;
    *r = (struct reader){.arena = a, .source = source, .issues = issues};
    if (source.len > INT32_MAX) return err_make(a, ERR_TOO_LONG, NULL, "more than 2 GiB of XML");
    if (bad < source.len) return problem_at(a, source, bad, "invalid UTF-8");
    if (other_encoding(source)) return problem_at(a, source, 0, "FHIR's XML is in UTF-8");
    r->parser = xmlCreateMemoryParserCtxt(source.at, (int)source.len);
    if (!r->parser) return problem_at(a, source, 0, "not XML");
    *r->parser->sax = (xmlSAXHandler){.initialized = XML_SAX2_MAGIC, .startElementNs = on_start, .endElementNs = on_end, .characters = on_text,
                                      .ignorableWhitespace = on_text, .cdataBlock = on_text, .internalSubset = on_doctype, .serror = on_error};
    r->parser->userData = r;
    xmlCtxtUseOptions(r->parser, XML_PARSE_NONET | XML_PARSE_NOENT); /* &amp; as text; a DOCTYPE that declares others stops the parser */
    xmlParseDocument(r->parser);
    xmlFreeParserCtxt(r->parser);
    if (!r->problem.code && !r->root) r->problem = problem_at(a, source, 0, "no element");
    if (!r->problem.code) *out = r->root;
    return r->problem;
}

err fhir_read(struct arena *a, str source, struct fhir_issues *issues, struct json **out) {
    return fhir_is_xml(source) ? fhir_xml_parse(a, source, issues, out) : json_parse(a, source, out);
}
