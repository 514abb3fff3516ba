/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules from the prose of R4 (bundle.html "Resource URL & Uniqueness rules", "Resolving references in Bundles", documents.html,
 * messaging.html, datatypes.html, security.html). Each says what it found in English and Vietnamese.
 */
#include "rules.h"

#include "base/map.h"

static void tell(const struct rules *r, const struct json *node, str path, const char *code, str en, str vi) { r->tell(r->context, true, node, path, code, en, vi); }

static str member_path(const struct rules *r, str path, const char *member) { return str_format(r->arena, "%.*s.%s", STR_ARG(path), member); }

/* ---- bundles: addresses --------------------------------------------------------------------------------------------------------- */

/* A scheme, then ':'. */
static bool is_absolute(str url) {
    size_t colon = str_find(url, ':'), slash = str_find(url, '/');
    return colon > 0 && colon < url.len && slash > colon;
}

static bool is_http(str url) { return str_starts(url, STR("http://")) || str_starts(url, STR("https://")); }

static void full_url(const struct rules *r, const struct json *entry, str path) {
    const struct json *url = JSON_GET(entry, "fullUrl"), *resource = JSON_GET(entry, "resource");
    if (!url || url->kind != JSON_STRING) return;
    str at = member_path(r, path, "fullUrl"), id = JSON_TEXT(resource, "id"), type = JSON_TEXT(resource, "resourceType");
    if (!is_absolute(url->text)) {
        tell(r, url, at, "invalid", str_format(r->arena, "the fullUrl must be an absolute URL, not '%.*s'", STR_ARG(url->text)),
             str_format(r->arena, "fullUrl phải là URL tuyệt đối, không phải '%.*s'", STR_ARG(url->text)));
        return;
    }
    struct fhir_reference ref = fhir_reference_parse(url->text);
    if (!is_http(url->text) || !ref.type || !ref.base.len || !resource) return;
    if (!id.len || !str_eq(ref.id, id) || !str_is(type, fhir_type_name(ref.type)))
        tell(r, url, at, "invalid", str_format(r->arena, "the fullUrl looks like an address of a server, so it must end with /%.*s/%.*s", STR_ARG(type), STR_ARG(id)),
             str_format(r->arena, "fullUrl giống địa chỉ của máy chủ nên phải kết thúc bằng /%.*s/%.*s", STR_ARG(type), STR_ARG(id)));
}

/* ---- bundles: links and searches -------------------------------------------------------------------------------------------------- */

static void links(const struct rules *r, const struct json *bundle, str path, bool pages) {
    static const char *const once[] = {"self", "first", "previous", "prev", "next", "last"};
    const struct json *list = JSON_GET(bundle, "link");
    unsigned seen = 0, i = 0;
    for (const struct json *link = list ? list->first : NULL; link; link = link->next, i++) {
        str relation = JSON_TEXT(link, "relation");
        for (unsigned k = 0; k < sizeof once / sizeof *once; k++) {
            if (!str_is(relation, once[k])) continue;
            str at = str_format(r->arena, "%.*s.link[%u].relation", STR_ARG(path), i);
            if (pages && (seen & 1u << k))
                tell(r, link, at, "invalid", str_format(r->arena, "the link '%s' may stand only once", once[k]), str_format(r->arena, "liên kết '%s' chỉ được có một lần", once[k]));
            if (!pages && k > 0)
                tell(r, link, at, "invalid", str_format(r->arena, "the link '%s' belongs to search results", once[k]),
                     str_format(r->arena, "liên kết '%s' chỉ dành cho kết quả tìm kiếm", once[k]));
            seen |= 1u << k;
        }
    }
}

/* The type a search names in its self link: ".../Patient?name=x"; FHIR_TYPE_NONE when it is not that clear. */
static fhir_type searched_type(const struct json *bundle) {
    const struct json *list = JSON_GET(bundle, "link");
    for (const struct json *link = list ? list->first : NULL; link; link = link->next) {
        if (!str_is(JSON_TEXT(link, "relation"), "self")) continue;
        str url = JSON_TEXT(link, "url");
        size_t question = str_find(url, '?');
        if (question == url.len) return FHIR_TYPE_NONE;
        size_t from = question;
        while (from > 0 && url.at[from - 1] != '/') from--;
        return fhir_type_by_name(str_slice(url, from, question));
    }
    return FHIR_TYPE_NONE;
}

static void search_entry(const struct rules *r, const struct json *entry, fhir_type wanted, str path) {
    const struct json *resource = JSON_GET(entry, "resource");
    str mode = JSON_TEXT(JSON_GET(entry, "search"), "mode"), at = member_path(r, path, "resource");
    fhir_type type = fhir_type_of(resource);
    if (!type || type == FHIR_TYPE_OPERATION_OUTCOME) return;
    if (!JSON_TEXT(resource, "id").len) tell(r, resource, at, "invalid", STR("results of a search have ids"), STR("kết quả tìm kiếm phải có id"));
    if (wanted && type != wanted && !str_is(mode, "include") && !str_is(mode, "outcome"))
        tell(r, resource, at, "invalid", str_format(r->arena, "the search is for %s, this is %s", fhir_type_name(wanted), fhir_type_name(type)),
             str_format(r->arena, "tìm kiếm %s nhưng đây là %s", fhir_type_name(wanted), fhir_type_name(type)));
}

/* ---- bundles: references -------------------------------------------------------------------------------------------------------------- */

struct first {
    const struct rules *rules;
    const struct json *bundle;
    struct map entries; /* fullUrl → how many */
    str url;            /* fullUrl of the source */
    unsigned *scans;    /* versions are looked for entry by entry; not for ever */
};
enum { SCANS_MAX = 1000, CONDITIONS_MAX = 100 };

/* How many entries a reference meets, by the rules of fullUrl: a relative one takes the base of its source's fullUrl. */
static size_t matches(const struct first *f, str reference) {
    const struct rules *r = f->rules;
    str source_url = f->url;
    struct fhir_reference ref = fhir_reference_parse(reference), source = fhir_reference_parse(source_url);
    str wanted = ref.url, version = ref.version;
    size_t n = 0;
    if (version.len) wanted = str_slice(wanted, 0, wanted.len - version.len - (sizeof "/_history/" - 1));
    if (!is_absolute(wanted)) {
        if (!source.type || !is_http(source_url)) return 0;
        wanted = str_format(r->arena, "%.*s/%.*s", STR_ARG(source.base), STR_ARG(wanted));
    }
    if (!version.len || !map_has(&f->entries, wanted) || ++*f->scans > SCANS_MAX) return (size_t)(uintptr_t)map_get(&f->entries, wanted);
    const struct json *entries = JSON_GET(f->bundle, "entry");
    for (const struct json *entry = entries ? entries->first : NULL; entry; entry = entry->next) {
        if (!str_eq(JSON_TEXT(entry, "fullUrl"), wanted)) continue;
        n += str_eq(JSON_TEXT(JSON_GET(JSON_GET(entry, "resource"), "meta"), "versionId"), version);
    }
    return n;
}

static void one_reference(const struct first *f, const struct json *node, str path) {
    str reference = JSON_TEXT(node, "reference");
    if (!reference.len || reference.at[0] == '#') return;
    size_t n = matches(f, reference);
    struct arena *a = f->rules->arena;
    if (n == 0) tell(f->rules, node, path, "not-found", str_format(a, "'%.*s' is not in the bundle", STR_ARG(reference)), str_format(a, "không có '%.*s' trong gói", STR_ARG(reference)));
    if (n > 1) tell(f->rules, node, path, "invalid", str_format(a, "'%.*s' fits %zu entries of the bundle", STR_ARG(reference), n), str_format(a, "'%.*s' khớp %zu mục trong gói", STR_ARG(reference), n));
}

/* A reference or a list of them. */
static void references(const struct first *f, const struct json *object, const char *member, str path) {
    const struct json *node = json_get(object, str_of(member));
    str at = member_path(f->rules, path, member);
    if (node && node->kind == JSON_OBJECT) one_reference(f, node, at);
    if (!node || node->kind != JSON_ARRAY) return;
    size_t i = 0;
    for (const struct json *item = node->first; item; item = item->next, i++) one_reference(f, item, str_format(f->rules->arena, "%.*s[%zu]", STR_ARG(at), i));
}

static void sections(const struct first *f, const struct json *object, str path) {
    const struct json *list = JSON_GET(object, "section");
    size_t i = 0;
    for (const struct json *section = list ? list->first : NULL; section; section = section->next, i++) {
        str at = str_format(f->rules->arena, "%.*s.section[%zu]", STR_ARG(path), i);
        references(f, section, "author", at);
        references(f, section, "focus", at);
        references(f, section, "entry", at);
        sections(f, section, at);
    }
}

/* What a document's Composition and a message's header point to is in the bundle. */
static void first_entry(const struct rules *r, const struct json *bundle, str path, bool document) {
    static const char *const of_composition[] = {"subject", "encounter", "author", "custodian"};
    const struct json *entry = json_item(JSON_GET(bundle, "entry"), 0), *resource = JSON_GET(entry, "resource");
    struct first f = {r, bundle, map_new(r->arena), JSON_TEXT(entry, "fullUrl"), &(unsigned){0}};
    for (const struct json *e = entry; e; e = e->next) {
        str url = JSON_TEXT(e, "fullUrl");
        if (url.len) map_put(&f.entries, url, (void *)((uintptr_t)map_get(&f.entries, url) + 1));
    }
    str at = str_format(r->arena, "%.*s.entry[0].resource", STR_ARG(path));
    fhir_type type = fhir_type_of(resource);
    if (document && type == FHIR_TYPE_COMPOSITION) {
        for (size_t i = 0; i < sizeof of_composition / sizeof *of_composition; i++) references(&f, resource, of_composition[i], at);
        sections(&f, resource, at);
    } else if (!document && type == FHIR_TYPE_MESSAGE_HEADER) {
        references(&f, resource, "focus", at);
    }
}

void rules_bundle(const struct rules *r, const struct json *bundle, str path) {
    str type = JSON_TEXT(bundle, "type");
    bool document = str_is(type, "document"), message = str_is(type, "message"), searchset = str_is(type, "searchset");
    fhir_type wanted = searchset ? searched_type(bundle) : FHIR_TYPE_NONE;
    const struct json *entries = JSON_GET(bundle, "entry");
    size_t i = 0;
    if (searchset || document || message) links(r, bundle, path, searchset);
    for (const struct json *entry = entries ? entries->first : NULL; entry; entry = entry->next, i++) {
        str at = str_format(r->arena, "%.*s.entry[%zu]", STR_ARG(path), i);
        full_url(r, entry, at);
        if (searchset) search_entry(r, entry, wanted, at);
    }
    if (document || message) first_entry(r, bundle, path, document);
}

/* ---- data types ------------------------------------------------------------------------------------------------------------------------- */

/* Bytes of base64 text; white space does not count. */
static size_t base64_size(str s) {
    size_t n = 0, padding = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == ' ' || (s.at[i] >= '\t' && s.at[i] <= '\r')) continue;
        n++;
        padding += s.at[i] == '=';
    }
    return n / 4 * 3 - (padding > 2 ? 0 : padding);
}

static str member_at(const struct rules *r, const struct fhir_place *at, const char *member) { return member_path(r, fhir_place_path(r->arena, at), member); }

static void attachment(const struct rules *r, const struct json *node, const struct fhir_place *at) {
    const struct json *size = JSON_GET(node, "size"), *data = JSON_GET(node, "data");
    int64_t said;
    if (!size || !data || data->kind != JSON_STRING || !str_int64(size->text, &said)) return;
    size_t real = base64_size(data->text);
    if ((uint64_t)said != real)
        tell(r, size, member_at(r, at, "size"), "invalid", str_format(r->arena, "the size says %lld bytes, the data have %zu", (long long)said, real),
             str_format(r->arena, "size ghi %lld byte, dữ liệu có %zu", (long long)said, real));
}

static void system_of(const struct rules *r, const struct json *node, bool coding, const struct fhir_place *at) {
    const struct json *system = JSON_GET(node, "system");
    if (!system || system->kind != JSON_STRING) return;
    if (!is_absolute(system->text))
        tell(r, system, member_at(r, at, "system"), "invalid", STR("the system must be an absolute URI"), STR("system phải là URI tuyệt đối"));
    else if (coding && (str_starts(system->text, STR("http://hl7.org/fhir/ValueSet/")) || str_starts(system->text, STR("http://terminology.hl7.org/ValueSet/"))))
        tell(r, system, member_at(r, at, "system"), "invalid", STR("the system is a value set, not a code system"), STR("system là tập giá trị, không phải hệ mã"));
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* "<script>", "<b class=x>": a tag name, then nothing or white space and more, then '>' (a comparison such as "a < b > c" is none). */
static bool has_tag(str s) {
    for (size_t i = 0; i + 2 < s.len; i++) {
        if (s.at[i] != '<' || !is_letter(s.at[i + 1])) continue;
        size_t k = i + 1;
        while (k < s.len && (is_letter(s.at[k]) || (s.at[k] >= '0' && s.at[k] <= '9') || s.at[k] == '_')) k++;
        if (k < s.len && s.at[k] == '>') return true;
        if (k < s.len && s.at[k] != ' ' && s.at[k] != '\t' && s.at[k] != '\n') continue;
        while (k < s.len && s.at[k] != '<' && s.at[k] != '>') k++;
        if (k < s.len && s.at[k] == '>') return true;
    }
    return false;
}

bool rules_ask(fhir_type type) {
    return type == FHIR_TYPE_STRING || type == FHIR_TYPE_ATTACHMENT || type == FHIR_TYPE_CODING || type == FHIR_TYPE_IDENTIFIER || type == FHIR_TYPE_EXTENSION;
}

void rules_element(const struct rules *r, const struct json *node, const struct fhir_place *at) {
    switch (at->element->type) {
    case FHIR_TYPE_STRING:
        if (node->kind == JSON_STRING && memchr(node->text.at, '<', node->text.len) && has_tag(node->text))
            r->tell(r->context, false, node, fhir_place_path(r->arena, at), "invalid", STR("a string should not carry HTML tags"), STR("chuỗi không nên chứa thẻ HTML"));
        return;
    case FHIR_TYPE_ATTACHMENT: attachment(r, node, at); return;
    case FHIR_TYPE_CODING: case FHIR_TYPE_IDENTIFIER: system_of(r, node, at->element->type == FHIR_TYPE_CODING, at); return;
    case FHIR_TYPE_EXTENSION: {
        const struct json *url = JSON_GET(node, "url");
        bool nested = at->up->element && at->up->element->type == FHIR_TYPE_EXTENSION;
        if (!nested && url && url->kind == JSON_STRING && !is_absolute(url->text))
            tell(r, url, member_at(r, at, "url"), "invalid", STR("the url of an extension must be absolute"), STR("url của phần mở rộng phải là tuyệt đối"));
        return;
    }
    default: return;
    }
}

/* ---- questionnaires ----------------------------------------------------------------------------------------------------------------------- */

static bool has_link(const struct json *items, str link) {
    for (const struct json *item = items ? items->first : NULL; item; item = item->next)
        if (str_eq(JSON_TEXT(item, "linkId"), link) || has_link(JSON_GET(item, "item"), link)) return true;
    return false;
}

static void collect_links(struct map *links_of, const struct json *items) {
    for (const struct json *item = items ? items->first : NULL; item; item = item->next) {
        map_put(links_of, JSON_TEXT(item, "linkId"), NULL);
        collect_links(links_of, JSON_GET(item, "item"));
    }
}

static void questions(const struct rules *r, const struct map *all, const struct json *items, str path) {
    size_t i = 0;
    for (const struct json *item = items ? items->first : NULL; item; item = item->next, i++) {
        const struct json *conditions = JSON_GET(item, "enableWhen");
        str at = str_format(r->arena, "%.*s.item[%zu]", STR_ARG(path), i);
        size_t k = 0;
        for (const struct json *c = conditions ? conditions->first : NULL; c; c = c->next, k++) {
            str question = JSON_TEXT(c, "question"), where = str_format(r->arena, "%.*s.enableWhen[%zu].question", STR_ARG(at), k);
            if (question.len && !map_has(all, question))
                tell(r, c, where, "not-found", str_format(r->arena, "no item has the linkId '%.*s'", STR_ARG(question)), str_format(r->arena, "không có mục nào mang linkId '%.*s'", STR_ARG(question)));
            else if (k < CONDITIONS_MAX && has_link(JSON_GET(item, "item"), question))
                tell(r, c, where, "invalid", STR("the condition of an item cannot be an item inside it"), STR("điều kiện của một mục không thể là mục nằm trong nó"));
        }
        questions(r, all, JSON_GET(item, "item"), at);
    }
}

void rules_questionnaire(const struct rules *r, const struct json *questionnaire, str path) {
    const struct json *items = JSON_GET(questionnaire, "item");
    struct map all = map_new(r->arena);
    collect_links(&all, items);
    questions(r, &all, items, path);
}
