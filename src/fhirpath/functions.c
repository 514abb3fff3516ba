/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of functions: name, number of arguments, code. Sorted by name for the look-up at compile time.
 */
#include "functions.h"

const struct function functions[] = {
    {"abs", 0, 0, f_abs, NULL}, {"aggregate", 1, 2, f_aggregate, NULL}, {"all", 1, 1, NULL, t_all}, {"allFalse", 0, 0, f_all_false, NULL}, {"allTrue", 0, 0, f_all_true, NULL},
    {"anyFalse", 0, 0, f_any_false, NULL}, {"anyTrue", 0, 0, f_any_true, NULL}, {"as", 1, 1, f_as, NULL}, {"avg", 0, 0, f_avg, NULL}, {"ceiling", 0, 0, f_ceiling, NULL},
    {"checkModifiers", 0, -1, f_check_modifiers, NULL}, {"children", 0, 0, f_children, NULL}, {"coalesce", 1, -1, f_coalesce, NULL}, {"combine", 1, 2, f_combine, NULL},
    {"comparable", 1, 1, f_comparable, NULL}, {"conformsTo", 1, 1, f_conforms_to, NULL}, {"contains", 1, 1, f_contains, NULL}, {"convertsToBoolean", 0, 0, f_converts_to, NULL},
    {"convertsToDate", 0, 1, f_converts_to, NULL}, {"convertsToDateTime", 0, 1, f_converts_to, NULL}, {"convertsToDecimal", 0, 0, f_converts_to, NULL},
    {"convertsToInteger", 0, 0, f_converts_to, NULL}, {"convertsToLong", 0, 0, f_converts_to, NULL}, {"convertsToQuantity", 0, 1, f_converts_to, NULL},
    {"convertsToString", 0, 0, f_converts_to, NULL}, {"convertsToTime", 0, 1, f_converts_to, NULL}, {"count", 0, 0, f_count, NULL}, {"decode", 1, 1, f_decode, NULL},
    {"defineVariable", 1, 2, f_define_variable, NULL}, {"descendants", 0, 0, f_descendants, NULL}, {"distinct", 0, 0, f_distinct, NULL}, {"empty", 0, 0, NULL, t_empty},
    {"encode", 1, 1, f_encode, NULL}, {"endsWith", 1, 1, f_ends_with, NULL}, {"escape", 1, 1, f_escape, NULL}, {"exclude", 1, 1, f_exclude, NULL}, {"exists", 0, 1, NULL, t_exists},
    {"exp", 0, 0, f_exp, NULL}, {"extension", 1, 1, f_extension, NULL}, {"first", 0, 0, f_first, NULL}, {"floor", 0, 0, f_floor, NULL}, {"getReferenceKey", 0, 1, f_get_reference_key, NULL},
    {"getResourceKey", 0, 0, f_get_resource_key, NULL}, {"getValue", 0, 0, f_get_value, NULL},
    {"hasValue", 0, 0, NULL, t_has_value}, {"highBoundary", 0, 1, f_boundary, NULL}, {"htmlChecks", 0, 0, f_html_checks, NULL}, {"iif", 2, 3, f_iif, NULL},
    {"indexOf", 1, 1, f_index_of, NULL}, {"intersect", 1, 1, f_intersect, NULL}, {"is", 1, 1, f_is, NULL}, {"isDistinct", 0, 0, f_is_distinct, NULL}, {"join", 0, 1, f_join, NULL},
    {"last", 0, 0, f_last, NULL}, {"lastIndexOf", 1, 1, f_last_index_of, NULL}, {"length", 0, 0, f_length, NULL}, {"ln", 0, 0, f_ln, NULL}, {"log", 1, 1, f_log, NULL},
    {"lowBoundary", 0, 1, f_boundary, NULL}, {"lower", 0, 0, f_lower, NULL}, {"matches", 1, 2, f_matches, NULL}, {"matchesFull", 1, 2, f_matches, NULL}, {"max", 0, 0, f_max, NULL},
    {"memberOf", 1, 1, f_member_of, NULL}, {"min", 0, 0, f_min, NULL}, {"not", 0, 0, NULL, t_not}, {"now", 0, 0, f_now, NULL}, {"ofType", 1, 1, f_of_type, NULL}, {"power", 1, 1, f_power, NULL}, {"precision", 0, 0, f_precision, NULL},
    {"repeat", 1, 1, f_repeat, NULL}, {"replace", 2, 2, f_replace, NULL}, {"replaceMatches", 2, 3, f_replace_matches, NULL}, {"resolve", 0, 0, f_resolve, NULL}, {"round", 0, 1, f_round, NULL},
    {"select", 1, 1, f_select, NULL}, {"single", 0, 0, f_single, NULL}, {"skip", 1, 1, f_skip, NULL}, {"sort", 0, -1, f_sort, NULL}, {"split", 1, 1, f_split, NULL}, {"sqrt", 0, 0, f_sqrt, NULL},
    {"startsWith", 1, 1, f_starts_with, NULL}, {"subsetOf", 1, 1, f_subset_of, NULL}, {"substring", 1, 2, f_substring, NULL}, {"sum", 0, 0, f_sum, NULL}, {"supersetOf", 1, 1, f_superset_of, NULL},
    {"tail", 0, 0, f_tail, NULL}, {"take", 1, 1, f_take, NULL}, {"timeOfDay", 0, 0, f_time_of_day, NULL}, {"toBoolean", 0, 0, f_to, NULL}, {"toChars", 0, 0, f_to_chars, NULL},
    {"toDate", 0, 1, f_to, NULL}, {"toDateTime", 0, 1, f_to, NULL}, {"toDecimal", 0, 0, f_to, NULL}, {"toInteger", 0, 0, f_to, NULL}, {"toLong", 0, 0, f_to, NULL}, {"toQuantity", 0, 1, f_to, NULL},
    {"toString", 0, 0, f_to, NULL}, {"toTime", 0, 1, f_to, NULL}, {"today", 0, 0, f_today, NULL}, {"trace", 1, 2, f_trace, NULL}, {"trim", 0, 0, f_trim, NULL}, {"truncate", 0, 0, f_truncate, NULL},
    {"type", 0, 0, f_type, NULL}, {"unescape", 1, 1, f_unescape, NULL}, {"union", 1, 1, f_union, NULL}, {"upper", 0, 0, f_upper, NULL}, {"where", 1, 1, f_where, NULL},
};
const size_t function_count = sizeof functions / sizeof *functions;
