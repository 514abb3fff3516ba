/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Type: text into lines. Pango picks fonts and shapes each word once (HarfBuzz inside, so Ẳ Ặ ỹ stack rightly and
 * scripts Noto Sans lacks come from its sisters); shaped words are kept, and lines are filled from them: a register
 * repeats the same few thousand words, and a line goes to cairo in one call with the text behind its glyphs, so that
 * the PDF can be searched and copied. Words are parted at spaces; a word wider than the line is broken between letters.
 * Right-to-left words are shaped rightly but stand from left to right.
 *
 * A press is not for two threads at once; those at rest wait in a short list under a lock.
 */
#include "paper_int.h"

#include "base/json.h"
#include "base/log.h"
#include "base/map.h"

#include <pango/pangocairo.h>
#include <pthread.h>

enum { PRESSES_KEPT = 4, FACES = 64, FONTS = 256, WORDS_KEPT = 60000, WORD_BYTES = 240 };

struct cluster {
    uint16_t bytes, glyphs;
    float width;
};
struct run { /* neighbours of one font and direction */
    cairo_scaled_font_t *font;
    cairo_glyph_t *glyphs; /* from 0,0 */
    struct cluster *clusters;
    size_t glyph_count, cluster_count, bytes;
    bool backward;
};
struct word {
    str text;
    struct face *face;
    struct run *runs;
    size_t run_count;
    double width;
};
struct face { /* one size and style */
    struct type type;
    bool serif;
    PangoFontDescription *description;
    double ascent, height, space;
    struct word *ascii[128]; /* digits and marks of numbers, one by one */
    struct map words;
};
struct press {
    struct press *next;
    PangoFontMap *map;
    PangoContext *context;
    PangoFont *fonts[FONTS]; /* held, so that their scaled fonts live */
    size_t font_count;
    struct arena *arena; /* words and faces */
    struct face *faces[FACES];
    size_t face_count, word_count;
    bool serif, shapes;
};

static pthread_mutex_t at_rest_lock = PTHREAD_MUTEX_INITIALIZER;
static struct press *at_rest;
static int at_rest_count;

/* The sisters of Noto Sans by name, so that the same font comes on every machine that has fonts-noto-core. */
static const char sans[] = "Noto Sans,Noto Sans Lao,Noto Sans Thai,Noto Sans Khmer";
static const char times[] = "Times New Roman,Liberation Serif,Noto Serif,Noto Serif Lao";

/* ---- presses ---------------------------------------------------------------------------------------------------- */

static void press_free(struct press *press) {
    for (size_t i = 0; i < press->face_count; i++) pango_font_description_free(press->faces[i]->description);
    for (size_t i = 0; i < press->font_count; i++) g_object_unref(press->fonts[i]);
    g_object_unref(press->context);
    g_object_unref(press->map);
    arena_free(press->arena);
}

static struct press *press_new(void) {
    struct arena *a = arena_new();
    struct press *press = ARENA_NEW(a, struct press);
    press->arena = a;
    press->map = pango_cairo_font_map_new();
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(press->map), 72);
    press->context = pango_font_map_create_context(press->map);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(press->context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(press->context, FALSE);
    return press;
}

static bool has_noto(struct press *press) {
    PangoFontDescription *d = pango_font_description_from_string("Noto Sans 10");
    PangoFont *font = pango_context_load_font(press->context, d);
    pango_font_description_free(d);
    if (!font) return false;
    const char *family = pango_font_family_get_name(pango_font_face_get_family(pango_font_get_face(font)));
    bool yes = !strcmp(family, "Noto Sans");
    g_object_unref(font);
    return yes;
}

err press_take(struct arena *a, const struct paper *p, struct press **out) {
    pthread_mutex_lock(&at_rest_lock);
    struct press *press = at_rest;
    if (press) {
        at_rest = press->next;
        at_rest_count--;
    }
    pthread_mutex_unlock(&at_rest_lock);
    if (!press) {
        press = press_new();
        if (!has_noto(press)) {
            press_free(press);
            return err_make(a, ERR_INTERNAL, "paper",
                            "the font Noto Sans is not installed (Debian package fonts-noto-core)");
        }
    }
    press->serif = p->serif;
    pango_context_set_language(press->context, pango_language_from_string(p->vietnamese ? "vi" : "en"));
    *out = press;
    return OK_ERR;
}

void press_give(struct press *press) {
    pthread_mutex_lock(&at_rest_lock);
    bool keep = at_rest_count < PRESSES_KEPT && press->word_count < WORDS_KEPT;
    if (keep) {
        press->next = at_rest;
        at_rest = press;
        at_rest_count++;
    }
    pthread_mutex_unlock(&at_rest_lock);
    if (!keep) press_free(press);
}

/* ---- words ------------------------------------------------------------------------------------------------------ */

static cairo_scaled_font_t *hold(struct press *press, PangoFont *font) {
    size_t i = 0;
    while (i < press->font_count && press->fonts[i] != font) i++;
    if (i == press->font_count) {
        if (i == FONTS) return NULL; /* never: faces × scripts are few */
        press->fonts[press->font_count++] = g_object_ref(font);
    }
    return pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font));
}

static bool begins_cluster(const PangoGlyphString *g, int i) {
    return i == 0 || g->log_clusters[i] != g->log_clusters[i - 1];
}

/* Bytes of the cluster whose first byte is `from`: up to the next greater cluster start. */
static int cluster_end(const PangoGlyphString *g, int from, int length) {
    int end = length;
    for (int i = 0; i < g->num_glyphs; i++)
        if (g->log_clusters[i] > from && g->log_clusters[i] < end) end = g->log_clusters[i];
    return end;
}

static void run_of(struct press *press, struct run *run, const PangoItem *item, const PangoGlyphString *g, double *x) {
    struct arena *a = press->arena;
    size_t n = (size_t)g->num_glyphs;
    run->font = hold(press, item->analysis.font);
    run->backward = item->analysis.level & 1;
    run->bytes = (size_t)item->length;
    run->glyphs = ARENA_ARRAY(a, cairo_glyph_t, n);
    run->clusters = ARENA_ARRAY(a, struct cluster, n);
    for (int i = 0; i < g->num_glyphs; i++) {
        const PangoGlyphInfo *info = &g->glyphs[i];
        double width = info->geometry.width / (double)PANGO_SCALE;
        if (begins_cluster(g, i))
            run->clusters[run->cluster_count++].bytes =
                (uint16_t)(cluster_end(g, g->log_clusters[i], item->length) - g->log_clusters[i]);
        struct cluster *c = &run->clusters[run->cluster_count - 1];
        c->width += (float)width;
        if (info->glyph != PANGO_GLYPH_EMPTY) {
            run->glyphs[run->glyph_count++] = (cairo_glyph_t){
                .index = info->glyph & PANGO_GLYPH_UNKNOWN_FLAG ? 0 : info->glyph, /* 0 is the font's box */
                .x = *x + info->geometry.x_offset / (double)PANGO_SCALE,
                .y = info->geometry.y_offset / (double)PANGO_SCALE};
            c->glyphs++;
        }
        *x += width;
    }
    for (size_t i = 0, j = run->cluster_count; run->backward && i + 1 < j;
         i++) { /* cairo wants them in the order of the text */
        struct cluster c = run->clusters[i];
        run->clusters[i] = run->clusters[--j];
        run->clusters[j] = c;
    }
    if (!run->font) run->glyph_count = run->cluster_count = 0;
}

static struct word *shape(struct press *press, struct face *face, str text) {
    struct arena *a = press->arena;
    struct word *w = ARENA_NEW(a, struct word);
    w->text = str_copy(a, text);
    w->face = face;
    pango_context_set_font_description(press->context, face->description);
    PangoAttrList *none = pango_attr_list_new();
    GList *items = pango_itemize(press->context, w->text.at, 0, (int)text.len, none, NULL);
    pango_attr_list_unref(none);
    w->runs = ARENA_ARRAY(a, struct run, g_list_length(items));
    PangoGlyphString *glyphs = pango_glyph_string_new();
    for (GList *i = items; i; i = i->next) {
        PangoItem *item = i->data;
        pango_shape_full(w->text.at + item->offset, item->length, w->text.at, (int)text.len, &item->analysis, glyphs);
        run_of(press, &w->runs[w->run_count++], item, glyphs, &w->width);
        pango_item_free(item);
    }
    pango_glyph_string_free(glyphs);
    g_list_free(items);
    press->word_count++;
    return w;
}

static struct face *face_get(struct press *press, struct type type) {
    for (size_t i = 0; i < press->face_count; i++) {
        struct face *f = press->faces[i];
        if (f->type.size == type.size && f->type.bold == type.bold && f->type.italic == type.italic &&
            f->serif == press->serif)
            return f;
    }
    if (press->face_count == FACES) panic("paper: more than %d faces", FACES);
    struct face *f = press->faces[press->face_count++] = ARENA_NEW(press->arena, struct face);
    f->type = type;
    f->serif = press->serif;
    f->words = map_new(press->arena);
    f->description = pango_font_description_from_string(press->serif ? times : sans);
    pango_font_description_set_size(f->description, (int)(type.size * PANGO_SCALE + 0.5));
    pango_font_description_set_weight(f->description, type.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(f->description, type.italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    PangoFontMetrics *m = pango_context_get_metrics(press->context, f->description, pango_language_from_string("vi"));
    f->ascent = pango_font_metrics_get_ascent(m) / (double)PANGO_SCALE;
    f->height = f->ascent + pango_font_metrics_get_descent(m) / (double)PANGO_SCALE;
    pango_font_metrics_unref(m);
    f->space = shape(press, f, STR(" "))->width;
    return f;
}

/* Characters of numbers and codes are set one by one: they are the words that never come twice, and figures are not
 * kerned. */
static struct word *figures(struct press *press, struct face *face, str text) {
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789/-.:,", text.at[i])) return NULL;
    struct arena *a = press->arena;
    struct word *w = ARENA_NEW(a, struct word);
    w->text = str_copy(a, text);
    w->face = face;
    w->runs = ARENA_NEW(a, struct run);
    w->run_count = 1;
    struct run *run = w->runs;
    run->glyphs = ARENA_ARRAY(a, cairo_glyph_t, text.len);
    run->clusters = ARENA_ARRAY(a, struct cluster, text.len);
    run->glyph_count = run->cluster_count = run->bytes = text.len;
    for (size_t i = 0; i < text.len; i++) {
        struct word **one = &face->ascii[(unsigned char)text.at[i]];
        if (!*one) *one = shape(press, face, str_slice(text, i, i + 1));
        if ((*one)->run_count != 1 || (*one)->runs[0].glyph_count != 1) return NULL;
        run->font = (*one)->runs[0].font;
        run->glyphs[i] = (cairo_glyph_t){.index = (*one)->runs[0].glyphs[0].index, .x = w->width};
        run->clusters[i] = (struct cluster){1, 1, (float)(*one)->width};
        w->width += (*one)->width;
    }
    press->word_count++;
    return w;
}

static const struct word *word_get(struct press *press, struct face *face, str text) {
    struct word *w = map_get(&face->words, text);
    if (w) return w;
    w = text.len ? figures(press, face, text) : NULL;
    if (!w) w = shape(press, face, text);
    map_put(&face->words, w->text, w);
    return w;
}

/* ---- lines ------------------------------------------------------------------------------------------------------ */

struct setting { /* a text on its way into lines */
    struct press *press;
    struct arena *arena;
    struct lines *out;
    VEC(struct atom) line, group; /* the line being filled; what must stay together: from one space to the next */
    double width, room;           /* of a line; of this line */
    double used, group_used;
};

static void end_line(struct setting *s, bool ends) {
    struct atom *atoms = arena_alloc(s->arena, s->line.len * sizeof *atoms + 1);
    if (s->line.len) memcpy(atoms, s->line.at, s->line.len * sizeof *atoms);
    size_t spaces = 0;
    for (size_t i = 1; i < s->line.len; i++) spaces += atoms[i].space;
    VEC_PUSH(s->arena, s->out, (struct line){atoms, s->line.len, s->used, spaces, ends});
    s->line.len = 0;
    s->used = 0;
    s->room = s->width;
}

static void put(struct setting *s, struct atom atom) {
    if (s->line.len && atom.space) s->used += atom.word->face->space;
    VEC_PUSH(s->arena, &s->line, atom);
    s->used += atom.word->width;
}

/* How many bytes of the word fit into `room`; at least its first cluster. */
static size_t fitting(const struct word *w, double room) {
    size_t bytes = 0;
    double x = 0;
    for (size_t r = 0; r < w->run_count; r++) {
        const struct run *run = &w->runs[r];
        if (run->backward) return bytes ? bytes : w->text.len; /* right to left: never cut inside */
        for (size_t c = 0; c < run->cluster_count; c++) {
            x += (double)run->clusters[c].width;
            if (x > room && bytes) return bytes;
            bytes += run->clusters[c].bytes;
        }
    }
    return w->text.len;
}

static void put_broken(struct setting *s, struct atom atom) {
    const struct word *w = atom.word;
    while (w->width > s->room - s->used + 0.01) {
        if (s->line.len) end_line(s, false);
        size_t n = fitting(w, s->room);
        if (n >= w->text.len) break;
        put(s, (struct atom){word_get(s->press, w->face, str_slice(w->text, 0, n)), atom.space});
        end_line(s, false);
        w = word_get(s->press, w->face, str_slice(w->text, n, w->text.len));
    }
    put(s, (struct atom){w, atom.space});
}

static void end_group(struct setting *s) {
    if (!s->group.len) return;
    double lead = s->line.len && s->group.at[0].space ? s->group.at[0].word->face->space : 0;
    bool fits = s->used + lead + s->group_used <= s->room + 0.01;
    if (!fits && s->line.len) end_line(s, false);
    fits = fits || s->group_used <= s->room + 0.01;
    for (size_t i = 0; i < s->group.len; i++) {
        if (fits)
            put(s, s->group.at[i]);
        else
            put_broken(s, s->group.at[i]);
    }
    s->group.len = 0;
    s->group_used = 0;
}

/* Dots to the end of the line; a whole line of them when little is left. */
static void put_dots(struct setting *s, struct face *face) {
    end_group(s);
    double dot = word_get(s->press, face, STR("."))->width, left = s->room - s->used - face->space;
    if (left < 8 * dot) {
        if (s->line.len) end_line(s, false);
        left = s->room;
    }
    if (!(left < 1e6)) return; /* a label has no end */
    size_t count = (size_t)(left / dot);
    char *dots = arena_alloc(s->arena, count + 1);
    memset(dots, '.', count);
    put(s, (struct atom){word_get(s->press, face, (str){dots, count}), true});
}

static bool is_mark(char c) { return (unsigned char)c < 0x20 || c == 0x7f; }

static void set_text(struct setting *s, str text, struct type plain) {
    struct type type = plain;
    bool space = false;
    for (size_t i = 0; i < text.len;) {
        char c = text.at[i];
        if (c == ' ' || is_mark(c)) {
            if (c == PAPER_B[0])
                type.bold = true;
            else if (c == PAPER_I[0])
                type.italic = true;
            else if (c == PAPER_N[0])
                type = plain;
            else if (c == PAPER_DOTS[0])
                put_dots(s, face_get(s->press, type));
            else {
                end_group(s);
                space = true;
                if (c == '\n') {
                    end_line(s, true);
                    space = false;
                }
            }
            i++;
            continue;
        }
        size_t from = i;
        while (i < text.len && text.at[i] != ' ' && !is_mark(text.at[i]) &&
               (i - from < WORD_BYTES || (text.at[i] & 0xc0) == 0x80))
            i++;
        const struct word *w = word_get(s->press, face_get(s->press, type), str_slice(text, from, i));
        VEC_PUSH(s->arena, &s->group, (struct atom){w, space});
        s->group_used += w->width;
        space = false;
    }
    end_group(s);
    end_line(s, true);
}

/* Bytes that are no UTF-8 become "?": Pango must never see them. */
static str only_utf8(struct arena *a, str text) {
    size_t bad = utf8_valid(text);
    if (bad == text.len) return text;
    char *fixed = str_z(a, text);
    for (str rest = text; (bad = utf8_valid(rest)) < rest.len; rest = str_slice(rest, bad + 1, rest.len))
        fixed[(size_t)(rest.at - text.at) + bad] = '?';
    return (str){fixed, text.len};
}

void press_lines(struct press *press, struct arena *a, str text, struct type type, double width, double first,
                 struct lines *out) {
    *out = (struct lines){0};
    struct face *face = face_get(press, type);
    out->height = face->height;
    out->ascent = face->ascent;
    struct setting s = {.press = press, .arena = a, .out = out, .width = width, .room = width - first};
    set_text(&s, only_utf8(a, text), type);
}

/* ---- drawing ---------------------------------------------------------------------------------------------------- */

enum { PART_GLYPHS = 512 };
struct part { /* of a line: neighbours of one font, sent to cairo together */
    cairo_t *cairo;
    cairo_scaled_font_t *font;
    bool backward, shapes;
    cairo_glyph_t glyphs[PART_GLYPHS];
    cairo_text_cluster_t clusters[PART_GLYPHS];
    char text[PART_GLYPHS * 4];
    int glyph_count, cluster_count, bytes;
};

static void send(struct part *p) {
    int glyphs = p->glyph_count, clusters = p->cluster_count, bytes = p->bytes;
    p->glyph_count = p->cluster_count = p->bytes = 0;
    if (!p->font || !clusters) return;
    cairo_set_scaled_font(p->cairo, p->font);
    if (p->shapes) {
        cairo_glyph_path(p->cairo, p->glyphs, glyphs);
        cairo_fill(p->cairo);
    } else {
        cairo_show_text_glyphs(p->cairo, p->text, bytes, p->glyphs, glyphs, p->clusters, clusters,
                               p->backward ? CAIRO_TEXT_CLUSTER_FLAG_BACKWARD : 0);
    }
}

static void add_run(struct part *p, const struct run *run, const char *text, double x, double y) {
    if (run->font != p->font || run->backward != p->backward || run->backward ||
        p->glyph_count + (int)run->glyph_count > PART_GLYPHS ||
        p->cluster_count + (int)run->cluster_count > PART_GLYPHS || p->bytes + (int)run->bytes > (int)sizeof p->text)
        send(p);
    p->font = run->font;
    p->backward = run->backward;
    if (run->glyph_count > PART_GLYPHS || run->bytes > sizeof p->text)
        return; /* never: lines are shorter than a page is wide */
    for (size_t i = 0; i < run->glyph_count; i++)
        p->glyphs[p->glyph_count++] = (cairo_glyph_t){run->glyphs[i].index, x + run->glyphs[i].x, y + run->glyphs[i].y};
    for (size_t i = 0; i < run->cluster_count; i++)
        p->clusters[p->cluster_count++] = (cairo_text_cluster_t){run->clusters[i].bytes, run->clusters[i].glyphs};
    memcpy(p->text + p->bytes, text, run->bytes);
    p->bytes += (int)run->bytes;
}

void press_line(struct press *press, cairo_t *cairo, const struct line *line, double x, double y, double stretch) {
    struct part part;
    part.cairo = cairo;
    part.font = NULL;
    part.backward = false;
    part.shapes = press->shapes;
    part.glyph_count = part.cluster_count = part.bytes = 0;
    for (size_t i = 0; i < line->count; i++) {
        const struct word *w = line->atoms[i].word;
        if (i && line->atoms[i].space) {
            const struct word *blank = word_get(press, w->face, STR(" "));
            if (blank->run_count) add_run(&part, &blank->runs[0], " ", x, y);
            x += blank->width + stretch;
        }
        const char *text = w->text.at;
        for (size_t r = 0; r < w->run_count; r++) {
            add_run(&part, &w->runs[r], text, x, y);
            text += w->runs[r].bytes;
        }
        x += w->width;
    }
    send(&part);
}

void press_shapes(struct press *press, bool shapes) { press->shapes = shapes; }

double press_width(struct press *press, struct arena *a, str text, struct type type) {
    struct lines lines;
    press_lines(press, a, text, type, 1e9, 0, &lines);
    return lines.at[0].width;
}

void press_label(struct press *press, cairo_t *cairo, struct arena *a, str text, struct type type, double x, double y,
                 enum paper_align align) {
    struct lines lines;
    press_lines(press, a, text, type, 1e9, 0, &lines);
    double width = lines.at[0].width;
    press_line(press, cairo, &lines.at[0],
               align == PAPER_CENTER  ? x - width / 2
               : align == PAPER_RIGHT ? x - width
                                      : x,
               y, 0);
}
