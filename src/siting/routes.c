/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * POST /api/siting: a proposal comes in, the whole answer goes out; the same as a page to print and as the draft of a
 * decision. The province is one of the node's network, from the published tables; a survey and a travel table of the planner come in the request. Nothing is
 * stored: what is kept is the decision that a person makes of it (network/).
 */
#include "routes.h"

#include "base/date.h"
#include "base/members.h"
#include "network/network.h"
#include "paper/paper.h"
#include "siting.h"
#include "surveys/surveys.h"

#include <time.h>

enum { BODY = 8 * 1024 * 1024, SOLVER_SECONDS = 5 };

static double now(void *user) {
    struct timespec t;
    (void)user;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static err text_member(struct arena *a, const struct json *body, const char *name, str *out) {
    const struct json *x = json_get(body, str_of(name));
    *out = STR_NONE;
    if (!x || x->kind == JSON_NULL) return OK_ERR;
    if (x->kind != JSON_STRING) return err_make(a, ERR_INVALID, "body", "%s is not a text", name);
    *out = x->text;
    return OK_ERR;
}

static err check_members(struct arena *a, const struct json *body) {
    static const char *const known[] = {"province", "at", "proposal", "survey", "travel", "season", "language", "why", "effectiveOn"};
    if (body->kind != JSON_OBJECT) return err_make(a, ERR_INVALID, "body", "not a JSON object");
    for (const struct json *m = body->first; m; m = m->next) {
        size_t k = 0;
        while (k < sizeof known / sizeof *known && !str_is(m->key, known[k])) k++;
        if (k == sizeof known / sizeof *known)
            return err_make(a, ERR_INVALID, "body", "%.*s is not known: province, at, proposal, survey, travel, season, language, why and effectiveOn are", STR_ARG(m->key));
    }
    return OK_ERR;
}

/* ---- provinces ------------------------------------------------------------------------------------------------------- */

struct offer {
    str code, name;
    bool held; /* by the node's network */
};

/* The provinces of the node's network, those of which there are tables; a node without a network is offered all tables. */
static err read_offers(struct request *r, struct offer *out, size_t *count) {
    struct arena *a = r->arena;
    struct reader *reader;
    struct network n;
    size_t held = 0;
    TRY(request_reader(r, &reader));
    TRY(network_live(reader, a, &n));
    *count = 0;
    for (size_t k = 0; network_provinces[k]; k++) {
        struct place_facts facts;
        struct offer *o = &out[(*count)++];
        *o = (struct offer){.code = str_of(network_provinces[k])};
        TRY(network_facts(a, o->code, &facts));
        for (size_t f = 0; f < facts.len; f++)
            if (facts.at[f].kind == PLACE_PROVINCE) o->name = facts.at[f].name;
        const struct place_state *s = network_at(&n, str_format(a, "province-%.*s", STR_ARG(o->code)), day_today());
        o->held = s && s->exists;
        held += o->held;
    }
    if (!held) return OK_ERR;
    size_t kept = 0;
    for (size_t k = 0; k < *count; k++)
        if (out[k].held) out[kept++] = out[k];
    *count = kept;
    return OK_ERR;
}

enum { OFFERS = 64 };

static err answer_provinces(struct request *r) {
    struct offer offer[OFFERS];
    size_t count;
    TRY(read_offers(r, offer, &count));
    buf_addz(&r->out, "{\"provinces\":[");
    for (size_t k = 0; k < count; k++) {
        buf_addz(&r->out, k ? ",{" : "{");
        add_text(&r->out, "code", offer[k].code), add_text(&r->out, "name", offer[k].name);
        add_bool(&r->out, "held", offer[k].held);
        buf_addc(&r->out, '}');
    }
    buf_addz(&r->out, "]}");
    return OK_ERR;
}

/* ---- the question ---------------------------------------------------------------------------------------------------- */

static err day_member(struct arena *a, const struct json *body, const char *name, int32_t *out) {
    str text;
    TRY(text_member(a, body, name, &text));
    if (text.len && !day_parse(text, out)) return err_make(a, ERR_INVALID, "body", "%s is a day (YYYY-MM-DD), not \"%.*s\"", name, STR_ARG(text));
    return OK_ERR;
}

/* The sites as they are in the node's network of a day. */
static err take_network(struct request *r, struct siting_problem *q, int32_t day) {
    struct reader *reader;
    struct network n;
    TRY(request_reader(r, &reader));
    TRY(network_live(reader, r->arena, &n));
    return siting_as_of(r->arena, q, &n, day);
}

/* What the surveys of the node say until `day` goes into the sites, as a list of the planner's would. */
static err take_surveys(struct request *r, struct siting_problem *q, int32_t day) {
    struct survey_sites known;
    struct survey_places places = {0};
    struct buf list = buf_new(r->arena);
    struct reader *reader;
    TRY(request_reader(r, &reader));
    TRY(surveys_known(reader, r->arena, day, &known));
    for (uint32_t j = 0; j < q->sites; j++) {
        struct survey_place p = {.code = q->site[j].code, .id = str_format(r->arena, "station-%.*s", STR_ARG(q->site[j].code))};
        if (surveys_find(&known, p.id)) VEC_PUSH(r->arena, &places, p);
    }
    survey_list_values(&places, &known, &list);
    q->surveyed = (uint32_t)places.len;
    return siting_survey(r->arena, buf_str(&list), q);
}

/* {"province":"11","at":"YYYY-MM-DD","proposal":{…},"survey":"CSV","travel":"CSV","season":"any|dry|wet","language":"vi|en"
 * (of the page),"why":"…","effectiveOn":"YYYY-MM-DD" (both of the draft)}, every member may be absent; without a province it
 * is the first of GET /api/siting/provinces; without `at` the sites are what they were before every decision. Surveys count until `at`, else until today. */
static err read_question(struct request *r, struct siting_problem *q, struct siting_act *act) {
    struct arena *a = r->arena;
    struct json *body;
    str province, survey, travel, season, language;
    struct offer offer[OFFERS];
    size_t offers;
    TRY(request_json(r, &body));
    TRY(check_members(a, body));
    TRY(text_member(a, body, "province", &province));
    TRY(text_member(a, body, "survey", &survey));
    TRY(text_member(a, body, "travel", &travel));
    TRY(text_member(a, body, "season", &season));
    TRY(text_member(a, body, "language", &language));
    if (language.len) r->vietnamese = !str_is(language, "en");
    if (season.len && !str_is(season, "any") && !str_is(season, "dry") && !str_is(season, "wet"))
        return err_make(a, ERR_INVALID, "body", "season is any, dry or wet, not \"%.*s\"", STR_ARG(season));
    if (!province.len) TRY(read_offers(r, offer, &offers));
    TRY(siting_province(a, province.len ? province : offer[0].code, q));
    int32_t at = DAY_FIRST;
    TRY(day_member(a, body, "at", &at));
    if (act) {
        *act = (struct siting_act){.effective = day_today(), .computed = day_today()};
        TRY(text_member(a, body, "why", &act->why));
        TRY(day_member(a, body, "effectiveOn", &act->effective));
        at = act->effective; /* what the decision will find */
    }
    if (at != DAY_FIRST) TRY(take_network(r, q, at));
    TRY(take_surveys(r, q, at != DAY_FIRST ? at : day_today()));
    if (survey.len) TRY(siting_survey(a, survey, q));
    const struct json *proposal = JSON_GET(body, "proposal");
    if (proposal) TRY(siting_proposal_of(a, proposal, &q->proposal));
    return siting_times(a, q, travel, str_is(season, "wet") ? TRAVEL_WET : str_is(season, "dry") ? TRAVEL_DRY : TRAVEL_ANY, true);
}

/* `act`: of a draft, else NULL. */
static err solve(struct request *r, struct siting_problem *q, struct siting_act *act, struct siting_result *out) {
    struct siting_clock clock = {now, NULL, SOLVER_SECONDS};
    TRY(read_question(r, q, act));
    request_set_header(r, "Cache-Control", STR("no-store"));
    return siting_solve(r->arena, q, &clock, out);
}

static err answer_json(struct request *r) {
    struct siting_problem q;
    struct siting_result x;
    TRY(solve(r, &q, NULL, &x));
    siting_json(&r->out, &q, &x);
    return OK_ERR;
}

static err answer_page(struct request *r) {
    struct siting_problem q;
    struct siting_result x;
    TRY(solve(r, &q, NULL, &x));
    r->type = "application/pdf";
    return paper_pdf(r->arena, siting_page(r->arena, &q, &x, r->vietnamese), &r->out);
}

static err answer_draft(struct request *r) {
    struct siting_problem q;
    struct siting_result x;
    struct siting_act act;
    struct decision d;
    TRY(solve(r, &q, &act, &x));
    TRY(siting_decision(r->arena, &q, &x, &act, &d));
    decision_write(&r->out, &d);
    return OK_ERR;
}

const struct route siting_routes[] = {
    {ROUTE("GET", "/api/siting/provinces", PERMISSION_NETWORK_PLAN, answer_provinces, "Các tỉnh có thể lập phương án trạm", "Provinces whose stations can be planned")},
    {ROUTE("POST", "/api/siting", PERMISSION_NETWORK_PLAN, answer_json, "Chọn trạm y tế theo một phương án", "The choice of stations for a proposal"), .body_limit = BODY},
    {ROUTE("POST", "/api/siting/page", PERMISSION_NETWORK_PLAN, answer_page, "Trang in của phương án (PDF)", "The proposal on one page (PDF)"), .body_limit = BODY},
    {ROUTE("POST", "/api/siting/draft", PERMISSION_NETWORK_PLAN, answer_draft, "Dự thảo quyết định từ phương án", "The draft of a decision from the proposal"), .body_limit = BODY},
    {.method = NULL}};
