/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A unit expression becomes a decimal factor and a vector of exponents over seven base units; arbitrary units ([iU]) make a
 * dimension of their own. Celsius and Fahrenheit have an offset and are converted only when they stand alone.
 */
#include "ucum.h"

#include "value.h"

#include "ucum_units.h"

enum { DIMENSIONS = 7, UNIT_ROWS = sizeof ucum_rows / sizeof *ucum_rows, MOST_NESTED = 12 };
enum special { NOT_SPECIAL, CELSIUS, FAHRENHEIT };

struct unit {
    struct decimal factor;
    int power;         /* and times 10^power, kept apart so that prefixes stay exact */
    int exponents[DIMENSIONS];
    int arbitrary;     /* row + 1 of the arbitrary unit, 0 none */
    int arbitrary_exponent;
    enum special special;
};

struct reader {
    str text;
    size_t at;
    int depth;
};

static bool read_term(struct reader *r, struct unit *out);

str ucum_unit(const struct value *q) {
    static const char *const codes[] = {"a", "mo", "wk", "d", "h", "min", "s", "ms"}; /* in the order of moment_unit */
    enum moment_unit unit = q->calendar ? moment_unit_of_word(q->unit) : UNIT_NONE;
    if (unit != UNIT_NONE) return str_of(codes[unit]);
    return q->unit;
}

static struct unit one(void) { return (struct unit){.factor = {1, 0}}; }

/* Moves trailing zeros into the power. */
static void normalise(struct unit *u) {
    u->factor = decimal_trim(u->factor);
    u->power -= u->factor.scale;
    u->factor.scale = 0;
    while (u->factor.digits && u->factor.digits % 10 == 0) u->factor.digits /= 10, u->power++;
}

static bool times(struct unit *a, const struct unit *b) {
    if (a->special || b->special || (a->arbitrary && b->arbitrary && a->arbitrary != b->arbitrary)) return false;
    if (!decimal_multiply(a->factor, b->factor, &a->factor)) {
        double product = decimal_to_double(a->factor) * decimal_to_double(b->factor); /* beyond 38 digits */
        int power = 0;
        while (product >= 1e15) product /= 10, power++;
        if (!decimal_from_double(product, 10, &a->factor)) return false;
        a->power += power;
    }
    a->power += b->power;
    for (int i = 0; i < DIMENSIONS; i++) a->exponents[i] += b->exponents[i];
    if (b->arbitrary) a->arbitrary = b->arbitrary;
    a->arbitrary_exponent += b->arbitrary_exponent;
    normalise(a);
    return true;
}

static bool invert(struct unit *u) {
    struct decimal quotient;
    if (u->special) return false;
    /* 1/f with 30 significant digits: scale f's reciprocal up */
    int shift = 0;
    struct decimal numerator = {1, 0};
    for (; shift < 30; shift++) numerator.digits *= 10;
    if (!decimal_divide(numerator, u->factor, &quotient)) return false;
    if (!decimal_rescale(quotient, 0, ROUND_HALF_UP, &quotient)) return false;
    u->factor = quotient;
    u->power = -u->power - shift;
    for (int i = 0; i < DIMENSIONS; i++) u->exponents[i] = -u->exponents[i];
    u->arbitrary_exponent = -u->arbitrary_exponent;
    normalise(u);
    return true;
}

static bool raise(struct unit *u, int exponent) {
    struct unit base = *u, result = one();
    int n = exponent < 0 ? -exponent : exponent;
    if (n > 20 || (exponent != 1 && u->special)) return false;
    if (exponent == 1) return true;
    for (int i = 0; i < n; i++)
        if (!times(&result, &base)) return false;
    *u = result;
    return exponent >= 0 || invert(u);
}

static bool row_unit(int row, int depth, struct unit *out) {
    const struct ucum_row *r = &ucum_rows[row];
    *out = one();
    if (!r->value) {
        out->exponents[r->unit[0] - '0'] = 1;
        return true;
    }
    if (strcmp(r->value, "arbitrary") == 0) {
        out->arbitrary = row + 1;
        out->arbitrary_exponent = 1;
        return true;
    }
    struct reader inner = {str_of(r->unit), 0, depth + 1};
    if (depth > MOST_NESTED) return false;
    if (strcmp(r->value, "special") == 0) {
        out->exponents[4] = 1;
        out->special = strcmp(r->code, "Cel") == 0 ? CELSIUS : FAHRENHEIT;
        return true;
    }
    struct unit factor = one();
    return decimal_parse(str_of(r->value), &factor.factor) && read_term(&inner, out) && times(out, &factor);
}

static int find_row(str code) {
    for (int i = 0; i < UNIT_ROWS; i++)
        if (str_is(code, ucum_rows[i].code)) return i;
    return -1;
}

/* A unit without exponent: a row, or a prefix and a metric row. */
static bool atom(str code, int depth, struct unit *out) {
    int row = find_row(code);
    if (row >= 0) return row_unit(row, depth, out);
    for (size_t i = 0; i < sizeof ucum_prefixes / sizeof *ucum_prefixes; i++) {
        str prefix = str_of(ucum_prefixes[i].code);
        if (!str_starts(code, prefix)) continue;
        row = find_row(str_slice(code, prefix.len, code.len));
        if (row < 0 || !ucum_rows[row].metric || !row_unit(row, depth, out)) continue;
        out->power += ucum_prefixes[i].exponent;
        if (out->special) return false;
        return true;
    }
    return false;
}

static bool digit_at(const struct reader *r, size_t i) { return i < r->text.len && r->text.at[i] >= '0' && r->text.at[i] <= '9'; }

static void skip_annotation(struct reader *r) {
    if (r->at < r->text.len && r->text.at[r->at] == '{') {
        while (r->at < r->text.len && r->text.at[r->at] != '}') r->at++;
        if (r->at < r->text.len) r->at++;
        else r->at = r->text.len + 1; /* not closed: no valid unit */
    }
}

/* Where the symbol that begins at r->at ends; brackets may hold anything, 10* and 10^ begin with digits. */
static size_t symbol_end(const struct reader *r) {
    size_t i = r->at;
    if (str_starts(str_slice(r->text, i, r->text.len), STR("10*")) || str_starts(str_slice(r->text, i, r->text.len), STR("10^"))) return i + 3;
    for (bool bracket = false; i < r->text.len; i++) {
        char c = r->text.at[i];
        if (c == '[') bracket = true;
        if (bracket) {
            if (c == ']') bracket = false;
            continue;
        }
        if (strchr("./(){}", c) || (c >= '0' && c <= '9') || ((c == '-' || c == '+') && digit_at(r, i + 1))) break;
    }
    return i;
}

static bool read_exponent(struct reader *r, struct unit *u) {
    int sign = 1, n = 0;
    size_t begin = r->at;
    if (r->at < r->text.len && (r->text.at[r->at] == '-' || r->text.at[r->at] == '+')) sign = r->text.at[r->at++] == '-' ? -1 : 1;
    size_t digits = r->at;
    while (digit_at(r, r->at) && n < 1000) n = n * 10 + (r->text.at[r->at++] - '0');
    if (r->at == digits) {
        r->at = begin;
        return true;
    }
    if (u->factor.digits == 10 || (u->power == 1 && u->factor.digits == 1 && begin >= 3 && (r->text.at[begin - 1] == '*' || r->text.at[begin - 1] == '^'))) {
        u->factor = decimal_from_int(1); /* 10*n */
        u->power = sign * n;
        return n <= 100;
    }
    return raise(u, sign * n);
}

static bool read_component(struct reader *r, struct unit *out) {
    skip_annotation(r);
    if (r->at > 0 && r->at <= r->text.len && r->text.at[r->at - 1] == '}' && (r->at == r->text.len || strchr("./)", r->text.at[r->at]))) {
        *out = one(); /* {score} alone */
        return true;
    }
    if (r->at >= r->text.len) return false;
    if (r->text.at[r->at] == '(') {
        r->at++;
        if (++r->depth > MOST_NESTED || !read_term(r, out) || r->at >= r->text.len || r->text.at[r->at] != ')') return false;
        r->at++;
        r->depth--;
        return read_exponent(r, out);
    }
    size_t end = symbol_end(r);
    if (end == r->at) { /* a number */
        int64_t n;
        while (digit_at(r, end)) end++;
        *out = one();
        if (!str_int64(str_slice(r->text, r->at, end), &n) || n <= 0) return false;
        out->factor = decimal_from_int(n);
        r->at = end;
        normalise(out);
        return true;
    }
    str code = str_slice(r->text, r->at, end);
    r->at = end;
    if (!atom(code, r->depth, out)) return false;
    normalise(out);
    if (!read_exponent(r, out)) return false;
    skip_annotation(r);
    return r->at <= r->text.len;
}

static bool read_term(struct reader *r, struct unit *out) {
    *out = one();
    bool divide = r->at < r->text.len && r->text.at[r->at] == '/';
    if (divide) r->at++;
    for (;;) {
        struct unit next;
        if (!read_component(r, &next) || (divide && !invert(&next))) return false;
        bool first = out->power == 0 && out->factor.digits == 1 && !out->special && !out->arbitrary;
        for (int i = 0; i < DIMENSIONS; i++) first = first && !out->exponents[i];
        if (first) *out = next;
        else if (!times(out, &next)) return false;
        if (r->at >= r->text.len || (r->text.at[r->at] != '.' && r->text.at[r->at] != '/')) return true;
        divide = r->text.at[r->at++] == '/';
    }
}

static bool read_unit(str text, struct unit *out) {
    struct reader r = {text, 0, 0};
    if (!text.len || str_is(text, "1")) return *out = one(), true;
    return text.len <= 200 && read_term(&r, out) && r.at == text.len;
}

bool ucum_valid(str unit) {
    struct unit u;
    return read_unit(unit, &u);
}

static bool same_dimension(const struct unit *a, const struct unit *b) {
    for (int i = 0; i < DIMENSIONS; i++)
        if (a->exponents[i] != b->exponents[i]) return false;
    return a->arbitrary_exponent == b->arbitrary_exponent && (!a->arbitrary_exponent || a->arbitrary == b->arbitrary);
}

static bool shift_decimal(struct decimal d, int power, struct decimal *out) {
    struct decimal ten = {1, 0};
    for (int i = 0; i < (power < 0 ? -power : power) && i <= 37; i++) ten.digits *= 10;
    if (power > 37 || power < -37) return false;
    if (power >= 0) return decimal_multiply(d, ten, out);
    d = decimal_trim(d);
    d.scale -= power;
    *out = d;
    return d.scale <= DECIMAL_SCALE || decimal_rescale(d, DECIMAL_SCALE, ROUND_HALF_UP, out);
}

static bool constant(const char *text, struct decimal *out) { return decimal_parse(str_of(text), out); }

/* Kelvin of a temperature scale, and back. */
static bool to_kelvin(struct decimal x, enum special scale, struct decimal *out) {
    struct decimal offset, five = {5, 0}, nine = {9, 0};
    if (scale == CELSIUS) return constant("273.15", &offset) && decimal_add(x, offset, out);
    return constant("459.67", &offset) && decimal_add(x, offset, &x) && decimal_multiply(x, five, &x) && decimal_divide(x, nine, out);
}

static bool from_kelvin(struct decimal x, enum special scale, struct decimal *out) {
    struct decimal offset, five = {5, 0}, nine = {9, 0};
    if (scale == CELSIUS) return constant("273.15", &offset) && decimal_subtract(x, offset, out);
    return constant("459.67", &offset) && decimal_multiply(x, nine, &x) && decimal_divide(x, five, &x) && decimal_subtract(x, offset, out);
}

static enum ucum_result convert(struct decimal x, const struct unit *from, const struct unit *to, struct decimal *out) {
    if (!same_dimension(from, to)) return UCUM_DIFFERENT;
    if (from->special || to->special) {
        if (from->special == to->special) return *out = x, UCUM_OK;
        if (from->special) {
            if (!to_kelvin(x, from->special, &x)) return UCUM_UNKNOWN;
        } else if (!decimal_multiply(x, from->factor, &x) || !shift_decimal(x, from->power, &x)) {
            return UCUM_UNKNOWN;
        }
        if (to->special) return from_kelvin(x, to->special, out) ? UCUM_OK : UCUM_UNKNOWN;
        return decimal_divide(x, to->factor, &x) && shift_decimal(x, -to->power, out) ? UCUM_OK : UCUM_UNKNOWN;
    }
    if (from->factor.digits != to->factor.digits && (!decimal_multiply(x, from->factor, &x) || !decimal_divide(x, to->factor, &x))) return UCUM_UNKNOWN;
    return shift_decimal(x, from->power - to->power, out) ? UCUM_OK : UCUM_UNKNOWN;
}

enum ucum_result ucum_convert(struct decimal x, str from, str to, struct decimal *out) {
    struct unit a, b;
    if (str_eq(from, to)) return *out = x, UCUM_OK;
    if (!read_unit(from, &a) || !read_unit(to, &b)) return UCUM_UNKNOWN;
    return convert(x, &a, &b, out);
}

/* Size of a unit for finding the finer one. */
static double size_of(const struct unit *u) {
    double size = decimal_to_double(u->factor);
    for (int i = 0; i < u->power; i++) size *= 10;
    for (int i = 0; i > u->power; i--) size /= 10;
    return size;
}

static enum ucum_result into_one(struct decimal x, str x_unit, struct decimal y, str y_unit, bool finer, struct decimal *left, struct decimal *right) {
    struct unit a, b;
    *left = x;
    *right = y;
    if (str_eq(x_unit, y_unit)) return UCUM_OK;
    if (!read_unit(x_unit, &a) || !read_unit(y_unit, &b)) return UCUM_UNKNOWN;
    bool first = finer ? size_of(&a) <= size_of(&b) : size_of(&a) >= size_of(&b);
    return first ? convert(y, &b, &a, right) : convert(x, &a, &b, left);
}

enum ucum_result ucum_common(struct decimal x, str x_unit, struct decimal y, str y_unit, struct decimal *left, struct decimal *right) {
    return into_one(x, x_unit, y, y_unit, true, left, right);
}

enum ucum_result ucum_coarser(struct decimal x, str x_unit, struct decimal y, str y_unit, struct decimal *left, struct decimal *right) {
    return into_one(x, x_unit, y, y_unit, false, left, right);
}

enum ucum_result ucum_compare(struct decimal x, str x_unit, struct decimal y, str y_unit, int *order) {
    struct decimal left, right;
    enum ucum_result r = ucum_common(x, x_unit, y, y_unit, &left, &right);
    if (r == UCUM_OK) *order = decimal_compare(left, right);
    return r;
}

enum ucum_result ucum_multiply(struct arena *arena, struct decimal x, str x_unit, struct decimal y, str y_unit, bool divide, struct decimal *out, str *unit) {
    static const char *const names[] = {"m", "s", "g", "rad", "K", "C", "cd"};
    struct unit a, b;
    if (!read_unit(x_unit, &a) || !read_unit(y_unit, &b) || a.special || b.special) return UCUM_UNKNOWN;
    if (!(divide ? decimal_divide(x, y, out) : decimal_multiply(x, y, out))) return UCUM_UNKNOWN;
    if (divide && !invert(&b)) return UCUM_UNKNOWN;
    if (!times(&a, &b) || !decimal_multiply(*out, a.factor, out) || !shift_decimal(*out, a.power, out)) return UCUM_UNKNOWN;
    struct buf text = buf_new(arena);
    for (int i = 0; i < DIMENSIONS; i++)
        if (a.exponents[i]) {
            buf_addf(&text, "%s%s", text.len ? "." : "", names[i]);
            if (a.exponents[i] != 1) buf_addf(&text, "%d", a.exponents[i]);
        }
    if (a.arbitrary_exponent) buf_addf(&text, "%s%s", text.len ? "." : "", ucum_rows[a.arbitrary - 1].code);
    if (a.arbitrary_exponent && a.arbitrary_exponent != 1) buf_addf(&text, "%d", a.arbitrary_exponent);
    *unit = text.len ? buf_str(&text) : STR("1");
    return UCUM_OK;
}
