/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The decision on paper (form of Decree 30/2020/NĐ-CP, forms/decision.h) and its annexes as a workbook. The articles
 * are made from the operations, so paper and network cannot differ: what is done, from when, who takes over what, who
 * carries it out. Always in Vietnamese; a draft says so on its face. Annex I lists every place, annex II the ledger.
 */
#include "base/date.h"
#include "base/fold.h"
#include "base/vec.h"
#include "decisions.h"
#include "forms/decision.h"
#include "paper/sheet.h"

struct printed {
    struct arena *a;
    struct decision decision;
    struct checked checked;
    VEC(str) bases, articles;
    VEC(struct paper_row) places, ledger;
};

/* STR for static tables */
#define HEAD(literal)                                                                                                  \
    { (literal), sizeof(literal) - 1 }

enum { PLACE_COLUMNS = 6, LEDGER_COLUMNS = 6 };
static const struct paper_column place_columns[PLACE_COLUMNS] = {
    {.head = HEAD("Số TT"), .share = 0.06, .align = PAPER_RIGHT},
    {.head = HEAD("Cơ sở, địa bàn"), .share = 0.24},
    {.head = HEAD("Mã"), .share = 0.14},
    {.head = HEAD("Xã, phường"), .share = 0.16},
    {.head = HEAD("Nội dung"), .share = 0.17},
    {.head = HEAD("Sau sắp xếp, nơi tiếp nhận"), .share = 0.23},
};
static const struct paper_column ledger_columns[LEDGER_COLUMNS] = {
    {.head = HEAD("Nội dung"), .share = 0.26},
    {.head = HEAD("Trước"), .share = 0.11, .align = PAPER_RIGHT},
    {.head = HEAD("Sau"), .share = 0.11, .align = PAPER_RIGHT},
    {.head = HEAD("Chênh lệch"), .share = 0.12, .align = PAPER_RIGHT},
    {.head = HEAD("Đã giải trình"), .share = 0.13, .align = PAPER_RIGHT},
    {.head = HEAD("Lý do"), .share = 0.27},
};

static str number(struct arena *a, int64_t n) { return str_format(a, "%lld", (long long)n); }

/* The name a place has on the day, before or after; its id when the network does not know it. */
static str name_of(const struct network *n, str id, int32_t day) {
    const struct place_state *s = network_at(n, id, day);
    return s && s->name.len ? s->name : id;
}

/* ---- annex I: every place ---------------------------------------------------------------------------------------- */

/* What the place is from the day of the decision on, and whom it belongs to when that changes. */
static str outcome(const struct printed *p, str id, const struct place_state *was) {
    int32_t day = p->decision.effective_on;
    const struct network *after = &p->checked.after;
    const struct place_state *s = network_at(after, id, day);
    if (!s || !s->exists) {
        str successor = network_successor(after, id, STR_NONE, day);
        return successor.len ? name_of(after, successor, day) : STR("Kết thúc hoạt động");
    }
    struct buf b = buf_new(p->a);
    if (s->kind == PLACE_POINT && s->point_of.len)
        buf_addf(&b, "Điểm của %.*s", STR_ARG(name_of(after, s->point_of, day)));
    else if (s->kind == PLACE_FORMER_COMMUNE && s->parent.len)
        buf_add(&b, name_of(after, s->parent, day));
    else
        buf_add(&b, s->name);
    static const char *const roles[HIERARCHY_COUNT] = {"quản lý", "chỉ đạo chuyên môn", "hợp đồng bảo hiểm y tế"};
    for (int h = 0; h < HIERARCHY_COUNT; h++)
        if (was && was->exists && s->above[h].len && !str_eq(s->above[h], was->above[h]))
            buf_addf(&b, "; %s: %.*s", roles[h], STR_ARG(name_of(after, s->above[h], day)));
    return buf_str(&b);
}

/* One row a place, whatever number of operations name it. */
static void add_place(struct printed *p, struct map *rows, const struct operation *o, str id) {
    int32_t day = p->decision.effective_on;
    str what = str_of(operation_kind_name(o->kind, true));
    size_t known = (size_t)(uintptr_t)map_get(rows, id);
    if (known) {
        str *cell = (str *)&p->places.at[known - 1].cells[4];
        if (!str_contains(*cell, what)) *cell = str_format(p->a, "%.*s; %.*s", STR_ARG(*cell), STR_ARG(what));
        return;
    }
    const struct place_state *was = network_at(&p->checked.before, id, day - 1);
    bool lived = was && was->exists;
    const struct network *then = lived ? &p->checked.before : &p->checked.after;
    str commune = network_commune(then, id, lived ? day - 1 : day);
    str *cells = arena_alloc(p->a, PLACE_COLUMNS * sizeof *cells);
    cells[0] = number(p->a, (int64_t)p->places.len + 1);
    cells[1] = name_of(then, id, lived ? day - 1 : day);
    cells[2] = was ? was->code : STR_NONE;
    cells[3] = commune.len && !str_eq(commune, id) ? name_of(then, commune, lived ? day - 1 : day) : STR_NONE;
    cells[4] = what;
    cells[5] = outcome(p, id, was);
    VEC_PUSH(p->a, &p->places, (struct paper_row){.cells = cells});
    map_put(rows, id, (void *)(uintptr_t)p->places.len);
}

/* ---- annex II: the ledger ---------------------------------------------------------------------------------------- */

static void add_ledger_row(struct printed *p, const struct ledger_row *row) {
    str *cells = arena_alloc(p->a, LEDGER_COLUMNS * sizeof *cells);
    struct buf reasons = buf_new(p->a);
    for (size_t i = 0; i < row->reasons.len; i++) {
        if (i) buf_addz(&reasons, "; ");
        buf_add(&reasons, row->reasons.at[i]);
    }
    cells[0] = str_of(holding_name(row->what, true));
    cells[1] = number(p->a, row->before);
    cells[2] = number(p->a, row->after);
    cells[3] = number(p->a, row->after - row->before);
    cells[4] = number(p->a, row->explained);
    cells[5] = buf_str(&reasons);
    VEC_PUSH(p->a, &p->ledger, (struct paper_row){.cells = cells});
}

/* ---- articles ---------------------------------------------------------------------------------------------------- */

/* Article 1: what is done, one line for each kind of operation with its count; few places are named, many are in the
 * annex. */
static str article_what(const struct printed *p) {
    const struct decision *d = &p->decision;
    struct buf b = buf_new(p->a);
    buf_addf(&b, "%.*s, gồm:", STR_ARG(d->title));
    int line = 0;
    for (int kind = 0; kind < OPERATION_KIND_COUNT; kind++) {
        size_t places = 0, operations = 0;
        const struct operation *one = NULL;
        for (size_t i = 0; i < d->operations.len; i++) {
            if (d->operations.at[i].kind != (enum operation_kind)kind) continue;
            one = &d->operations.at[i];
            operations++;
            places += one->places.len;
        }
        if (!operations) continue;
        buf_addf(&b, "\n%d. %.*s: ", ++line,
                 STR_ARG(text_capital(p->a, str_of(operation_kind_name((enum operation_kind)kind, true)))));
        if (operations == 1 && one->places.len == 1)
            buf_add(&b, name_of(&p->checked.before, one->places.at[0], d->effective_on - 1));
        else
            buf_addf(&b, "%zu nơi", places ? places : operations);
        buf_addz(&b, " (Phụ lục I).");
    }
    if (d->revokes.len) buf_addf(&b, "\n%d. Bãi bỏ quyết định nêu tại trích yếu.", ++line);
    return buf_str(&b);
}

static str day_words(struct arena *a, int32_t day) {
    int y, m, d;
    if (day == DAY_FIRST) return STR("ngày ... tháng ... năm ......");
    day_to_civil(day, &y, &m, &d);
    return str_format(a, "ngày %02d tháng %s%d năm %d", d, m < 3 ? "0" : "", m, y);
}

static void add_articles(struct printed *p) {
    const struct decision *d = &p->decision;
    VEC_PUSH(p->a, &p->articles, article_what(p));
    VEC_PUSH(
        p->a, &p->articles,
        STR("Người bệnh đang quản lý, lịch hẹn, hồ sơ, nhân lực, tài sản, vật tư và hợp đồng bảo hiểm y tế của cơ sở "
            "được sắp xếp do nơi ghi tại "
            "Phụ lục I tiếp nhận; không gián đoạn dịch vụ. Đối chiếu số lượng trước và sau sắp xếp tại Phụ lục II."));
    str in_force = str_format(p->a, "Quyết định này có hiệu lực từ %.*s.", STR_ARG(day_words(p->a, d->effective_on)));
    if (d->operational_on != DAY_FIRST && d->operational_on != d->effective_on)
        in_force = str_format(p->a, "%.*s Các cơ sở hoạt động theo mô hình mới từ %.*s.", STR_ARG(in_force),
                              STR_ARG(day_words(p->a, d->operational_on)));
    VEC_PUSH(p->a, &p->articles, in_force);
    VEC_PUSH(p->a, &p->articles,
             STR("Chánh Văn phòng Ủy ban nhân dân tỉnh, Giám đốc Sở Y tế, Chủ tịch Ủy ban nhân dân các xã, phường, đặc "
                 "khu và thủ "
                 "trưởng các đơn vị liên quan chịu trách nhiệm thi hành Quyết định này./."));
}

/* ---- the paper --------------------------------------------------------------------------------------------------- */

static err gather(struct request *r, struct printed *p) {
    struct reader *reader;
    struct version v;
    *p = (struct printed){.a = r->arena};
    TRY(request_reader(r, &reader));
    TRY(decision_load(reader, r->arena, r->parameters[0], &v, &p->decision));
    TRY(decision_check(reader, r->arena, &p->decision, false, &p->checked));
    struct map rows = map_new(p->a);
    const struct decision *d = &p->checked.decision; /* resolved: every place is named */
    for (size_t i = 0; i < d->operations.len; i++) {
        const struct operation *o = &d->operations.at[i];
        for (size_t k = 0; k < o->places.len; k++) add_place(p, &rows, o, o->places.at[k]);
    }
    for (int h = 0; h < HOLDING_COUNT; h++)
        if (p->checked.ledger.rows[h].stated) add_ledger_row(p, &p->checked.ledger.rows[h]);
    for (size_t i = 0; i < d->legal_basis.len; i++) {
        str basis = d->legal_basis.at[i];
        VEC_PUSH(p->a, &p->bases,
                 str_starts(basis, STR("Căn cứ")) ? basis : str_format(p->a, "Căn cứ %.*s", STR_ARG(basis)));
    }
    add_articles(p);
    return OK_ERR;
}

/* "Tỉnh Điện Biên" → "Điện Biên" */
static str locality(const struct printed *p) {
    str name = name_of(&p->checked.before, p->decision.province, p->decision.effective_on);
    str head = STR("Tỉnh ");
    return str_starts(name, head) ? str_slice(name, head.len, name.len) : name;
}

static err print_decision(struct request *r) {
    struct printed p;
    TRY(gather(r, &p));
    const struct decision *d = &p.decision;
    const struct decision_annex annexes[] = {
        {.title = STR("Danh mục các nơi được sắp xếp"),
         .columns = place_columns,
         .column_count = PLACE_COLUMNS,
         .rows = p.places.at,
         .row_count = p.places.len},
        {.title = STR("Đối chiếu trước và sau sắp xếp"),
         .columns = ledger_columns,
         .column_count = LEDGER_COLUMNS,
         .rows = p.ledger.at,
         .row_count = p.ledger.len},
    };
    const str recipients[] = {STR("Như Điều 4"), STR("Lưu: VT")};
    str issuer = text_case(r->arena,
                           d->authority.len ? d->authority
                                            : str_format(r->arena, "Ủy ban nhân dân tỉnh %.*s", STR_ARG(locality(&p))),
                           true);
    bool signed_paper = d->status == DECISION_SIGNED;
    struct decision_form form = {
        .made = p.checked.decision.recorded_on == DAY_FIRST ? 0 : (int64_t)p.checked.decision.recorded_on * 86400000,
        .issuer = issuer,
        .number = signed_paper ? d->number : STR_NONE,
        .symbol = STR("QĐ-UBND"),
        .locality = locality(&p),
        .day = signed_paper && d->signed_on != DAY_FIRST ? d->signed_on : DAY_NONE,
        .subject = d->title,
        .authority = issuer,
        .bases = p.bases.at,
        .base_count = p.bases.len,
        .articles = p.articles.at,
        .article_count = p.articles.len,
        .recipients = recipients,
        .recipient_count = 2,
        .on_behalf = STR("TM. ỦY BAN NHÂN DÂN"),
        .post = STR("CHỦ TỊCH"),
        .signer = signed_paper ? d->signer : STR_NONE,
        .annexes = annexes,
        .annex_count = p.ledger.len ? 2 : 1};
    TRY(paper_pdf(r->arena, decision_paper(r->arena, &form), &r->out));
    r->type = "application/pdf";
    request_set_header(r, "Content-Disposition", STR("inline; filename=\"quyet-dinh.pdf\""));
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

/* ---- the workbook ------------------------------------------------------------------------------------------------ */

static struct sheet sheet_of(struct arena *a, str name, const struct paper_column *columns, size_t count,
                             const struct paper_row *rows, size_t len) {
    struct sheet_column *heads = arena_alloc(a, count * sizeof *heads);
    struct sheet_cell *cells = arena_alloc(a, (len ? len : 1) * count * sizeof *cells);
    for (size_t c = 0; c < count; c++) heads[c] = (struct sheet_column){.head = columns[c].head};
    for (size_t i = 0; i < len; i++)
        for (size_t c = 0; c < count; c++) {
            int64_t n;
            bool is_number = columns[c].align == PAPER_RIGHT && str_int64(rows[i].cells[c], &n);
            cells[i * count + c] = is_number ? sheet_number((double)n) : sheet_text(rows[i].cells[c]);
        }
    return (struct sheet){.name = name, .columns = heads, .column_count = count, .cells = cells, .row_count = len};
}

static err print_workbook(struct request *r) {
    struct printed p;
    TRY(gather(r, &p));
    struct sheet sheets[] = {
        sheet_of(r->arena, STR("Phụ lục I"), place_columns, PLACE_COLUMNS, p.places.at, p.places.len),
        sheet_of(r->arena, STR("Phụ lục II"), ledger_columns, LEDGER_COLUMNS, p.ledger.at, p.ledger.len),
    };
    sheets[0].title = p.decision.title;
    TRY(sheet_workbook(r->arena, sheets, 2, 0, &r->out));
    r->type = SHEET_TYPE;
    request_set_header(r, "Content-Disposition", STR("attachment; filename=\"phu-luc.xlsx\""));
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

const struct route decision_print_routes[] = {
    {ROUTE("GET", "/api/decisions/{id}/print.pdf", PERMISSION_INDICATOR_READ, print_decision, "In quyết định",
           "Print a decision")},
    {ROUTE("GET", "/api/decisions/{id}/print.xlsx", PERMISSION_INDICATOR_READ, print_workbook,
           "Phụ lục của quyết định dạng Excel", "Annexes of a decision as Excel")},
    {.method = NULL}};
