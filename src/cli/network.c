/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * network: the network of a day, lists and boundaries in and out, and the provinces of the published tables replayed.
 */
#include "cli.h"

#include "base/date.h"
#include "base/vec.h"
#include "decisions/decisions.h"
#include "decisions/lists.h"
#include "rooms.h"

#include <stdio.h>

static err day_option(const struct invocation *in, const char *name, int32_t *out) {
    const char *value = option_value(in, name);
    if (value && !day_parse(str_of(value), out))
        return err_make(in->arena, ERR_USAGE, name, "'%s' is no day (YYYY-MM-DD)", value);
    return OK_ERR;
}

/* ---- the network of a day ---------------------------------------------------------------------------------------- */

static void write_text(struct arena *a, const struct network *n, int32_t day, struct buf *out) {
    struct network_counts c;
    char digits[11];
    (void)a;
    network_count(n, day, &c);
    buf_addf(out, "%s: %d communes, %d stations, %d points, %d stopped\n", day_format(day, digits), c.communes,
             c.of[PLACE_STATION], c.of[PLACE_POINT], c.stopped);
    for (int k = PLACE_HOSPITAL; k < PLACE_KIND_COUNT; k++)
        if (c.of[k]) buf_addf(out, "%6d %s\n", c.of[k], place_kind_code((enum place_kind)k));
    for (size_t i = 0; i < n->decision_count; i++) {
        const struct decision *d = &n->decisions[i];
        if (d->status == DECISION_SIGNED && d->effective_on <= day)
            buf_addf(out, "%s %s%.*s %.*s\n", day_format(d->effective_on, digits), d->assumed ? "[assumed] " : "",
                     STR_ARG(d->number), STR_ARG(d->title));
    }
}

static int show(struct invocation *in, const char *format) {
    struct network_view view = {.at = day_today(), .known = DAY_LAST, .bare = true};
    struct buf out = buf_new(in->arena);
    struct store *s = NULL;
    struct reader *r;
    struct network n;
    err e = day_option(in, "at", &view.at);
    if (!e.code) e = day_option(in, "known", &view.known);
    if (!e.code) e = open_node(in, in->arguments[0], STORE_READ, &s);
    if (e.code) return fail(in, e);
    e = reader_begin(s, in->arena, &r);
    if (!e.code && option_value(in, "json") && !format) {
        e = network_answer(r, in->arena, &view, &out);
        buf_addc(&out, '\n');
    } else if (!e.code) {
        e = network_load(r, in->arena, &(struct network_question){.known = view.known}, &n);
        if (!e.code && !format)
            write_text(in->arena, &n, view.at, &out);
        else if (!e.code && strcmp(format, "json") == 0)
            network_mcsd(in->arena, &n, view.at, &out);
        else if (!e.code)
            list_write_csv(in->arena, &n, view.at, &out);
    }
    if (!e.code) reader_end(r);
    store_close(s);
    return e.code ? fail(in, e) : print(in, buf_str(&out), EXIT_DONE);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* network-import DAY; data = the list. A refused list is ERR_INVALID, with the whole answer among the problems.
 */
err command_network_import(struct socket_call *call) {
    struct list_import list = {
        .store = call->store, .actor = call->actor, .bytes = call->data, .apply = true, .day = day_today()};
    struct buf answer = buf_new(call->arena);
    bool refused = false;
    if (call->argument_count != 1 || !day_parse(call->arguments[0], &list.day))
        return err_make(call->arena, ERR_USAGE, NULL, "network-import wants DAY");
    TRY(list_import(call->arena, &list, &answer, &refused));
    buf_add(refused ? &call->problems : &call->out, buf_str(&answer));
    return refused ? err_make(call->arena, ERR_INVALID, "list", "the list was refused, nothing was changed") : OK_ERR;
}

err command_network_boundaries(struct socket_call *call) {
    return boundaries_import(call->store, call->arena, call->data, &call->out);
}

struct loading {
    struct arena *arena;
    struct {
        struct change *at;
        size_t len, cap;
    } changes;
    err error;
};

static void add_resource(void *context, const char *type, str id, str json) {
    struct loading *l = context;
    struct json *tree = NULL;
    if (!l->error.code) l->error = json_parse(l->arena, json, &tree);
    struct change c = {.op = VERSION_UPDATE,
                       .type = fhir_type_by_name(str_of(type)),
                       .id = id,
                       .source = json,
                       .resource = tree,
                       .expect = EXPECT_ANYTHING};
    VEC_PUSH(l->arena, &l->changes, c);
}

/* network-load PROVINCE: the published tables and what was decided, as one commit; the same again changes nothing. */
err command_network_load(struct socket_call *call) {
    struct loading l = {.arena = call->arena};
    struct place_facts facts;
    if (call->argument_count != 1) return err_make(call->arena, ERR_USAGE, NULL, "network-load wants PROVINCE");
    TRY(network_facts(call->arena, call->arguments[0], &facts));
    TRY(network_resources(call->arena, &facts, add_resource, &l));
    TRY(l.error);
    struct commit commit = {.changes = l.changes.at, .count = l.changes.len, .actor = call->actor, .bulk = true};
    TRY(store_commit(call->store, call->arena, &commit));
    buf_addf(&call->out, "%zu resources of %.*s", l.changes.len, STR_ARG(facts.at[0].name));
    return OK_ERR;
}

static int hand_over(struct invocation *in, const struct socket_command *command, const str *arguments, size_t count) {
    struct hand_call call = {.command = command, .arguments = arguments, .count = count};
    struct node_hand hand;
    str out = STR_NONE, problems = STR_NONE;
    err e = in->count > 2 ? read_input(in->arena, in->arguments[2], &call.data) : OK_ERR;
    if (!e.code) e = hand_open(in, in->arguments[0], &hand);
    if (e.code) return fail(in, e);
    e = hand_run(&hand, in->arena, &call, &out, &problems);
    hand_close(&hand);
    if (problems.len) fprintf(stderr, "%.*s\n", STR_ARG(problems));
    if (e.code) return fail(in, e);
    out = str_format(in->arena, "%.*s\n", STR_ARG(out));
    return print(in, out, EXIT_DONE);
}

static int import_list(struct invocation *in) {
    static const struct socket_command command = {"network-import", command_network_import};
    int32_t day = day_today();
    char digits[11];
    err e = day_option(in, "at", &day);
    if (e.code) return fail(in, e);
    str arguments[1] = {str_of(day_format(day, digits))};
    return hand_over(in, &command, arguments, 1);
}

static int import_boundaries(struct invocation *in) {
    static const struct socket_command command = {"network-boundaries", command_network_boundaries};
    return hand_over(in, &command, NULL, 0);
}

static int load_province(struct invocation *in) {
    static const struct socket_command command = {"network-load", command_network_load};
    const char *province = option_value(in, "province");
    str arguments[1] = {str_of(province)};
    if (!province) return fail(in, err_make(in->arena, ERR_USAGE, "network", "load needs --province"));
    return hand_over(in, &command, arguments, 1);
}

/* ---- the published provinces replayed ---------------------------------------------------------------------------- */

static err replay_one(struct arena *a, str province, struct buf *out) {
    struct place_facts facts;
    struct decisions decisions;
    struct network_founding *founding;
    struct network_input in = {.known = DAY_LAST};
    struct network n;
    int32_t *days;
    size_t count;
    TRY(network_facts(a, province, &facts));
    TRY(network_fact_founding(a, &facts, &founding, &in.founding_count));
    TRY(network_fact_decisions(a, province, &decisions));
    in.founding = founding;
    in.decisions = decisions.at;
    in.decision_count = decisions.len;
    network_replay(a, &in, &n);
    network_days(a, &n, &days, &count);
    buf_addf(out, "%.*s %.*s\n", STR_ARG(province), STR_ARG(facts.at[0].name));
    for (size_t i = 0; i <= count; i++) {
        struct network_counts c;
        int32_t day = i ? days[i - 1] : count ? days[0] - 1 : day_today();
        char digits[11];
        network_count(&n, day, &c);
        buf_addf(out, "  %s  communes %3d  stations %3d  points %3d  stopped %2d", day_format(day, digits), c.communes,
                 c.of[PLACE_STATION], c.of[PLACE_POINT], c.stopped);
        buf_addf(out, "  hospitals %2d  regional %d  centres %2d  polyclinics %d  social units %d\n",
                 c.of[PLACE_HOSPITAL] + c.of[PLACE_REGIONAL_HOSPITAL], c.of[PLACE_REGIONAL_HOSPITAL],
                 c.of[PLACE_HEALTH_CENTRE], c.of[PLACE_POLYCLINIC], c.of[PLACE_SOCIAL_UNIT]);
        for (size_t d = 0; i && d < decisions.len; d++)
            if (decisions.at[d].effective_on == day)
                buf_addf(out, "      %s%.*s %.*s%s%.*s\n", decisions.at[d].assumed ? "[assumed] " : "",
                         STR_ARG(decisions.at[d].number), STR_ARG(decisions.at[d].title),
                         decisions.at[d].certainty_note.len ? "; " : "", STR_ARG(decisions.at[d].certainty_note));
    }
    return OK_ERR;
}

static int replay(struct invocation *in) {
    const char *province = option_value(in, "province");
    struct buf out = buf_new(in->arena);
    err e = OK_ERR;
    if (province) e = replay_one(in->arena, str_of(province), &out);
    for (size_t i = 0; !province && !e.code && network_provinces[i]; i++)
        e = replay_one(in->arena, str_of(network_provinces[i]), &out);
    return e.code ? fail(in, e) : print(in, buf_str(&out), EXIT_DONE);
}

int command_network(struct invocation *in) {
    const char *what = in->count > 1 ? in->arguments[1] : "";
    if (in->count == 1 && strcmp(in->arguments[0], "replay") == 0) return replay(in);
    if (in->count == 1) return show(in, NULL);
    if (strcmp(what, "export") == 0 && in->count == 2) {
        const char *format = option_value(in, "format");
        return show(in, format ? format : "csv");
    }
    if (strcmp(what, "load") == 0 && in->count == 2) return load_province(in);
    if (strcmp(what, "import") == 0 && in->count == 3) return import_list(in);
    if (strcmp(what, "boundaries") == 0 && in->count == 3) return import_boundaries(in);
    return fail(in, err_make(in->arena, ERR_USAGE, "network", "'%s' is not understood, or its file is missing", what));
}
