/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loader of schedules, small values: durations (also through a named setting), days, phrases in two languages, vaccine
 * tokens `KEY[@from..to][/MVX][:TRADE][#ml][*]` and sets of them.
 */
#include "schedule_reader.h"

#include "base/date.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

err reader_fail(struct reader *r, const struct json *node, const char *format, ...) {
    va_list args;
    va_start(args, format);
    str why = str_vformat(r->a, format, args);
    va_end(args);
    unsigned line = 1, column = 1;
    if (node) json_position(r->file->text, node->begin, &line, &column);
    return err_make(r->a, ERR_INVALID, "schedule", "%.*s:%u: %.*s", STR_ARG(r->file->file), line, STR_ARG(why));
}

static bool in_list(str key, const char *keys) {
    for (const char *at = keys; *at;) {
        size_t n = strcspn(at, " ");
        if (n == key.len && memcmp(at, key.at, n) == 0) return true;
        at += n;
        while (*at == ' ') at++;
    }
    return false;
}

err reader_keys(struct reader *r, const struct json *object, const char *keys) {
    if (object->kind != JSON_OBJECT) return reader_fail(r, object, "an object {...} is expected here");
    for (const struct json *m = object->first; m; m = m->next)
        if (!in_list(m->key, keys) && !in_list(m->key, "source confidence note"))
            return reader_fail(r, m, "unknown key \"%.*s\" (known here: %s)", STR_ARG(m->key), keys);
    return OK_ERR;
}

static duration_ref intern_duration(struct reader *r, struct duration d) {
    str key = duration_text(r->a, d);
    size_t at = (size_t)(uintptr_t)map_get(&r->duration_index, key);
    if (at) return (duration_ref)at;
    if (!r->durations.len) VEC_PUSH(r->a, &r->durations, (struct duration){0}); /* 0 = none */
    VEC_PUSH(r->a, &r->durations, d);
    at = r->durations.len - 1;
    map_put(&r->duration_index, key, (void *)(uintptr_t)at);
    return (duration_ref)at;
}

err reader_duration(struct reader *r, const struct json *node, duration_ref *out) {
    *out = 0;
    if (!node || node->kind == JSON_NULL) return OK_ERR;
    if (node->kind != JSON_STRING) return reader_fail(r, node, "a duration such as \"6w-4d\" is expected here");
    str text = node->text;
    if (text.len && text.at[0] == '$') {
        const struct json *value = map_get(&r->settings, str_slice(text, 1, text.len));
        if (!value) return reader_fail(r, node, "unknown setting \"%.*s\"", STR_ARG(text));
        if (value->kind == JSON_NULL) return OK_ERR; /* the setting says: no rule */
        text = value->text;
    }
    struct duration d;
    if (!duration_parse(text, &d))
        return reader_fail(r, node, "\"%.*s\" is no duration (write \"2m\", \"6w-4d\", \"8m+1d\")", STR_ARG(text));
    if (r->durations.len >= UINT16_MAX) return reader_fail(r, node, "too many different durations");
    *out = intern_duration(r, d);
    return OK_ERR;
}

err reader_range(struct reader *r, const struct json *node, duration_ref *begin, duration_ref *end) {
    *begin = *end = 0;
    if (!node || node->kind == JSON_NULL) return OK_ERR;
    if (node->kind != JSON_ARRAY || node->count != 2)
        return reader_fail(r, node, "a pair [from, to] is expected here; null leaves a side open");
    TRY(reader_duration(r, node->first, begin));
    return reader_duration(r, node->first->next, end);
}

err reader_day(struct reader *r, const struct json *node, int32_t absent, int32_t *out) {
    *out = absent;
    if (!node || node->kind == JSON_NULL) return OK_ERR;
    if (node->kind != JSON_STRING || !day_parse(node->text, out))
        return reader_fail(r, node, "a day YYYY-MM-DD is expected here");
    return OK_ERR;
}

err reader_text(struct reader *r, const struct json *node, str *out) {
    *out = STR_NONE;
    if (!node || node->kind == JSON_NULL) return OK_ERR;
    if (node->kind != JSON_STRING) return reader_fail(r, node, "a text is expected here");
    *out = node->text;
    return OK_ERR;
}

err reader_phrase(struct reader *r, const struct json *node, struct phrase *out) {
    *out = (struct phrase){STR_NONE, STR_NONE};
    if (!node || node->kind == JSON_NULL) return OK_ERR;
    if (node->kind == JSON_STRING) {
        out->en = node->text;
        return OK_ERR;
    }
    TRY(reader_keys(r, node, "vi en"));
    TRY(reader_text(r, JSON_GET(node, "vi"), &out->vi));
    return reader_text(r, JSON_GET(node, "en"), &out->en);
}

err reader_bool(struct reader *r, const struct json *node, bool *out) {
    *out = node && node->kind == JSON_TRUE;
    if (node && node->kind != JSON_TRUE && node->kind != JSON_FALSE)
        return reader_fail(r, node, "true or false is expected here");
    return OK_ERR;
}

err reader_int(struct reader *r, const struct json *node, int absent, int *out) {
    int64_t n = absent;
    if (node && (node->kind != JSON_NUMBER || !str_int64(node->text, &n) || n < 0 || n > 10000))
        return reader_fail(r, node, "a whole number is expected here");
    *out = (int)n;
    return OK_ERR;
}

struct source_note reader_source(struct reader *r, const struct json *object) {
    struct source_note note = {JSON_TEXT(object, "source"), JSON_TEXT(object, "confidence")};
    const struct json *list = JSON_GET(object, "source");
    if (list && list->kind == JSON_ARRAY) {
        struct buf b = buf_new(r->a);
        for (const struct json *m = list->first; m; m = m->next) {
            if (b.len) buf_addz(&b, "; ");
            buf_add(&b, m->text);
        }
        note.text = buf_str(&b);
    }
    return note;
}

err reader_vaccine(struct reader *r, const struct json *node, str key, unsigned *out) {
    size_t at = (size_t)(uintptr_t)map_get(&r->s->vaccine_index, vaccine_code(key));
    bool cvx = key.len > 0 && r->s->open_cvx; /* a bare CVX table may leave out codes that have no antigen */
    for (size_t i = 0; i < key.len; i++) cvx &= key.at[i] >= '0' && key.at[i] <= '9';
    if (!at && cvx && r->vaccines.len < MAX_VACCINES) {
        VEC_PUSH(r->a, &r->vaccines, (struct vaccine){.key = key});
        at = r->vaccines.len;
        map_put(&r->s->vaccine_index, vaccine_code(key), (void *)(uintptr_t)at);
    }
    if (!at) return reader_fail(r, node, "unknown vaccine \"%.*s\": it is not in `vaccines`", STR_ARG(key));
    *out = (unsigned)(at - 1);
    return OK_ERR;
}

err reader_observation(struct reader *r, const struct json *node, str code, unsigned *out) {
    code = observation_code(r->a, code);
    if (!code.len) return reader_fail(r, node, "an observation code is expected here");
    size_t at = (size_t)(uintptr_t)map_get(&r->s->observation_index, code);
    if (!at) {
        if (r->observations.len >= MAX_OBSERVATIONS) return reader_fail(r, node, "too many observations");
        VEC_PUSH(r->a, &r->observations, (struct observation){.code = code});
        at = r->observations.len;
        map_put(&r->s->observation_index, code, (void *)(uintptr_t)at);
    }
    *out = (unsigned)(at - 1);
    return OK_ERR;
}

/* Cuts what follows the last `mark` off *rest. */
static str cut_after(str *rest, char mark) {
    for (size_t i = rest->len; i-- > 0;)
        if (rest->at[i] == mark) {
            str tail = str_slice(*rest, i + 1, rest->len);
            *rest = str_slice(*rest, 0, i);
            return tail;
        }
    return STR_NONE;
}

static err token_range(struct reader *r, const struct json *node, str range, struct vaccine_rule *out) {
    size_t dots = str_find(range, '.');
    if (dots + 1 >= range.len || range.at[dots + 1] != '.')
        return reader_fail(r, node, "an age window is written KEY@from..to");
    str part[2] = {str_slice(range, 0, dots), str_slice(range, dots + 2, range.len)};
    duration_ref *to[2] = {&out->begin, &out->end};
    for (int i = 0; i < 2; i++) {
        if (!part[i].len) continue;
        struct json side = {.kind = JSON_STRING, .text = part[i], .begin = node->begin};
        TRY(reader_duration(r, &side, to[i]));
    }
    return OK_ERR;
}

static err read_token(struct reader *r, const struct json *node, struct vaccine_rule *out) {
    if (node->kind != JSON_STRING) return reader_fail(r, node, "a vaccine such as \"MR@9m..18m*\" is expected here");
    *out = (struct vaccine_rule){0};
    str t = node->text;
    if (t.len && t.at[t.len - 1] == '*') out->forecast = true, t.len--;
    str volume = cut_after(&t, '#');
    if (volume.len) {
        out->volume = strtod(str_z(r->a, volume), NULL);
        if (!(out->volume > 0)) return reader_fail(r, node, "\"%.*s\" is no volume in ml", STR_ARG(volume));
    }
    out->trade = cut_after(&t, ':');
    out->maker = cut_after(&t, '/');
    str range = cut_after(&t, '@');
    if (range.len) TRY(token_range(r, node, range, out));
    unsigned vaccine = 0;
    TRY(reader_vaccine(r, node, t, &vaccine));
    out->vaccine = (uint16_t)vaccine;
    return OK_ERR;
}

err reader_tokens(struct reader *r, const struct json *node, const struct vaccine_rule **out, size_t *count) {
    *out = NULL, *count = 0;
    if (!node || node->kind == JSON_NULL) return OK_ERR;
    const struct json *list = node;
    if (node->kind == JSON_STRING) {
        list = json_get(r->sets, node->text);
        if (!list) return reader_fail(r, node, "unknown set \"%.*s\": it is not in `sets`", STR_ARG(node->text));
    }
    if (list->kind != JSON_ARRAY) return reader_fail(r, list, "a list of vaccines is expected here");
    struct vaccine_rule *rules = ARENA_ARRAY(r->a, struct vaccine_rule, list->count + 1u);
    size_t n = 0;
    for (const struct json *m = list->first; m; m = m->next) TRY(read_token(r, m, &rules[n++]));
    *out = rules, *count = n;
    return OK_ERR;
}

err reader_vaccine_set(struct reader *r, const struct json *node, const struct bits **out) {
    const struct vaccine_rule *rules;
    size_t count;
    TRY(reader_tokens(r, node, &rules, &count));
    struct bits *set = ARENA_NEW(r->a, struct bits);
    for (size_t i = 0; i < count; i++) bits_add(set, rules[i].vaccine);
    *out = count ? set : NULL;
    return OK_ERR;
}
