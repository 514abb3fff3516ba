/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nine of ten search expressions are plain paths. A walker is such a path as a list of steps that run straight over the JSON
 * tree: members (a choice takes whichever type is there), `as`, `[n]`, where(name='value'), where(resolve() is Type).
 */
#include "fhir_int.h"

/* ---- compiling ----------------------------------------------------------------------------------------------------------- */

struct path {
    struct arena *arena;
    str text;
    size_t at;
    struct step **tail;
    fhir_type type; /* static type at this point, FHIR_TYPE_NONE when several are possible */
    fhir_type only_target;
    bool indexed; /* it has its [n]: a walk counts for one */
};

static bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; }

static void skip_space(struct path *p) {
    while (p->at < p->text.len && (p->text.at[p->at] == ' ' || p->text.at[p->at] == '\n')) p->at++;
}

static bool take(struct path *p, const char *literal) {
    skip_space(p);
    if (!str_starts(str_slice(p->text, p->at, p->text.len), str_of(literal))) return false;
    p->at += strlen(literal);
    return true;
}

static str take_name(struct path *p) {
    skip_space(p);
    size_t begin = p->at;
    while (p->at < p->text.len && is_name(p->text.at[p->at])) p->at++;
    return str_slice(p->text, begin, p->at);
}

static struct step *add_step(struct path *p, enum step_kind kind, str name) {
    struct step *s = ARENA_NEW(p->arena, struct step);
    *s = (struct step){.kind = kind, .name = name};
    *p->tail = s;
    p->tail = &s->next;
    return s;
}

/* Static type of member `name` of the type: set when it is one. */
static bool member_type(fhir_type owner, str name, fhir_type *out) {
    const struct fhir_type_row *row = &fhir_types[owner];
    unsigned found = 0;
    for (size_t i = row->first; i < (size_t)row->first + row->count; i++)
        if (str_is(name, fhir_text(fhir_elements[i].name))) *out = fhir_elements[i].type, found++;
    if (found > 1) *out = FHIR_TYPE_NONE;
    return found > 0;
}

static bool add_member(struct path *p, str name) {
    struct step *s = add_step(p, STEP_MEMBER, name);
    s->owner = p->type;
    s->element = p->type ? fhir_element_find(p->type, name) : NULL;
    fhir_type next = FHIR_TYPE_NONE;
    if (p->type && !member_type(p->type, name, &next)) return false;
    p->type = next;
    return name.len > 0;
}

static bool add_cast(struct path *p, str type) {
    struct step *s = add_step(p, STEP_AS, type);
    s->type = p->type = fhir_type_find(type);
    return s->type != FHIR_TYPE_NONE;
}

/* name='value') or resolve() is Type) behind where( */
static bool add_filter(struct path *p) {
    if (take(p, "resolve()")) {
        if (!take(p, "is")) return false;
        fhir_type t = fhir_type_by_name(take_name(p));
        p->only_target = t;
        return t && take(p, ")");
    }
    struct step *s = add_step(p, STEP_WHERE, take_name(p));
    if (!take(p, "=") || !take(p, "'")) return false;
    size_t begin = p->at;
    while (p->at < p->text.len && p->text.at[p->at] != '\'') p->at++;
    s->value = str_slice(p->text, begin, p->at++);
    return take(p, ")");
}

static bool add_index(struct path *p) {
    int64_t n;
    if (!str_int64(take_name(p), &n) || n < 0 || n > 1000 || p->indexed) return false;
    p->indexed = true;
    add_step(p, STEP_INDEX, STR(""))->index = (unsigned)n;
    return take(p, "]");
}

/* what may follow a member: .name .as(T) .ofType(T) .where(…) [n] */
static bool add_rest(struct path *p) {
    for (;;) {
        skip_space(p);
        if (p->at >= p->text.len || p->text.at[p->at] == ')') return true;
        if (take(p, "[")) {
            if (!add_index(p)) return false;
        } else if (take(p, ".as(") || take(p, ".ofType(")) {
            if (!add_cast(p, take_name(p)) || !take(p, ")")) return false;
        } else if (take(p, ".where(")) {
            if (!add_filter(p)) return false;
        } else if (take(p, ".")) {
            if (!add_member(p, take_name(p))) return false;
        } else if (take(p, "as ")) {
            if (!add_cast(p, take_name(p))) return false;
        } else {
            return false;
        }
    }
}

/* "Patient.deceased.exists() and Patient.deceased != false": one of a kind in R4 */
static bool compile_not_false(struct path *p) {
    static const char middle[] = ".exists() and ", end[] = " != false";
    const char *at = memmem(p->text.at, p->text.len, middle, sizeof middle - 1);
    if (!at || !str_ends(p->text, STR(" != false"))) return false;
    str left = {p->text.at, (size_t)(at - p->text.at)};
    size_t from = left.len + sizeof middle - 1;
    if (!str_eq(left, str_slice(p->text, from, p->text.len - (sizeof end - 1)))) return false;
    p->text = left;
    return true;
}

bool walker_compile(struct arena *a, str alternative, fhir_type type, struct walker *out, fhir_type *only_target, bool *other) {
    struct path p = {.arena = a, .text = str_trim(alternative), .tail = &out->first, .type = type};
    out->first = NULL;
    *other = false;
    bool truth = compile_not_false(&p), parenthesis = take(&p, "(");
    str root = take_name(&p);
    if (!str_is(root, fhir_type_name(type)) && !str_is(root, "Resource") && !str_is(root, "DomainResource")) {
        *other = fhir_type_find(root) != FHIR_TYPE_NONE;
        if (*other || !add_member(&p, root)) return false; /* InsurancePlan's "name | alias" leave the type out */
    }
    if (!add_rest(&p)) return false;
    if (parenthesis && (!take(&p, ")") || !add_rest(&p))) return false;
    out->not_false = truth;
    *only_target = p.only_target;
    return p.at == p.text.len;
}

/* ---- running ------------------------------------------------------------------------------------------------------------- */

void fhir_nodes_add(struct arena *a, struct fhir_nodes *list, struct fhir_node node) { VEC_PUSH(a, list, node); }

/* `as` keeps subtypes of complex types, but a canonical is no uri (HL7's suite: gender.as(string) is empty). */
static bool fits(fhir_type type, fhir_type wanted) {
    return type == wanted || (fhir_types[type].kind != KIND_PRIMITIVE && fhir_type_is(type, wanted));
}

/* A walk goes down the steps depth first, so that no list of nodes is made on the way; [n] counts what reaches it. */
struct run {
    struct arena *arena;
    struct fhir_nodes *out;
    unsigned reached; /* the [n] of the path */
};

static void go(struct run *r, const struct step *s, struct fhir_node n);

/* The node, or the items of an array; a resource inside tells its own type. */
static void go_items(struct run *r, const struct step *s, const struct json *node, const struct fhir_element *e) {
    if (node->kind == JSON_NULL) return;
    if (node->kind == JSON_ARRAY) {
        for (const struct json *i = node->first; i; i = i->next) go_items(r, s, i, e);
        return;
    }
    fhir_type type = fhir_types[e->type].kind == KIND_ABSTRACT ? fhir_type_of(node) : e->type;
    go(r, s, (struct fhir_node){node, type, e->strength == 1 ? e->set : (uint16_t)0});
}

/* value[x]: the members whose name begins with that of the choice. */
static void go_choice(struct run *r, const struct step *s, struct fhir_node n) {
    if (n.node->kind != JSON_OBJECT) return;
    for (const struct json *m = n.node->first; m; m = m->next) {
        if (m->key.len <= s->name.len || memcmp(m->key.at, s->name.at, s->name.len) != 0) continue;
        const struct fhir_element *e = fhir_element_find(n.type, m->key);
        if (e && (e->flags & ELEMENT_CHOICE) && str_is(s->name, fhir_text(e->name))) go_items(r, s->next, m, e);
    }
}

/* json_get for the innermost loop of all */
static inline const struct json *member(const struct json *object, str key) {
    if (object->kind != JSON_OBJECT) return NULL;
    const struct json *m = object->first;
    while (m && (m->key.len != key.len || m->key.at[0] != key.at[0] || memcmp(m->key.at, key.at, key.len) != 0)) m = m->next;
    return m;
}

static void go_member(struct run *r, const struct step *s, struct fhir_node n) {
    const struct fhir_element *e = n.type == s->owner && s->owner ? s->element : fhir_element_find(n.type, s->name);
    const struct json *node = e ? member(n.node, s->name) : NULL;
    if (!e) go_choice(r, s, n);
    else if (node) go_items(r, s->next, node, e);
}

static void go(struct run *r, const struct step *s, struct fhir_node n) {
    for (; s; s = s->next) {
        switch (s->kind) {
        case STEP_MEMBER: go_member(r, s, n); return;
        case STEP_AS: if (!fits(n.type, s->type)) return; break;
        case STEP_INDEX: if (r->reached++ != s->index) return; break;
        case STEP_WHERE: if (!str_eq(json_text(n.node, s->name), s->value)) return; break;
        }
    }
    fhir_nodes_add(r->arena, r->out, n);
}

void walker_run(struct arena *a, const struct walker *w, fhir_type type, const struct json *resource, struct fhir_nodes *out) {
    static const struct json truth = {.kind = JSON_TRUE}, falsehood = {.kind = JSON_FALSE};
    size_t before = out->len;
    struct run r = {a, out, 0};
    go(&r, w->first, (struct fhir_node){resource, type, 0});
    if (!w->not_false) return;
    bool yes = out->len > before && out->at[before].node->kind != JSON_FALSE;
    out->len = before;
    fhir_nodes_add(a, out, (struct fhir_node){yes ? &truth : &falsehood, FHIR_TYPE_BOOLEAN, 0});
}
