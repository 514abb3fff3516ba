/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of functions: name, number of arguments, code. Sorted by name for the look-up at compile time.
 */
#include "functions.h"

const struct function functions[] = {
    {"abs", 0, 0, f_abs}, {"aggregate", 1, 2, f_aggregate}, {"all", 1, 1, f_all}, {"allFalse", 0, 0, f_all_false}, {"allTrue", 0, 0, f_all_true},
    {"anyFalse", 0, 0, f_any_false}, {"anyTrue", 0, 0, f_any_true}, {"as", 1, 1, f_as}, {"avg", 0, 0, f_avg}, {"ceiling", 0, 0, f_ceiling},
    {"checkModifiers", 0, -1, f_check_modifiers}, {"children", 0, 0, f_children}, {"coalesce", 1, -1, f_coalesce}, {"combine", 1, 2, f_combine},
    {"comparable", 1, 1, f_comparable}, {"conformsTo", 1, 1, f_conforms_to}, {"contains", 1, 1, f_contains}, {"convertsToBoolean", 0, 0, f_converts_to},
    {"convertsToDate", 0, 1, f_converts_to}, {"convertsToDateTime", 0, 1, f_converts_to}, {"convertsToDecimal", 0, 0, f_converts_to},
    {"convertsToInteger", 0, 0, f_converts_to}, {"convertsToLong", 0, 0, f_converts_to}, {"convertsToQuantity", 0, 1, f_converts_to},
    {"convertsToString", 0, 0, f_converts_to}, {"convertsToTime", 0, 1, f_converts_to}, {"count", 0, 0, f_count}, {"decode", 1, 1, f_decode},
    {"defineVariable", 1, 2, f_define_variable}, {"descendants", 0, 0, f_descendants}, {"distinct", 0, 0, f_distinct}, {"empty", 0, 0, f_empty},
    {"encode", 1, 1, f_encode}, {"endsWith", 1, 1, f_ends_with}, {"escape", 1, 1, f_escape}, {"exclude", 1, 1, f_exclude}, {"exists", 0, 1, f_exists},
    {"exp", 0, 0, f_exp}, {"extension", 1, 1, f_extension}, {"first", 0, 0, f_first}, {"floor", 0, 0, f_floor}, {"getValue", 0, 0, f_get_value},
    {"hasValue", 0, 0, f_has_value}, {"highBoundary", 0, 1, f_boundary}, {"htmlChecks", 0, 0, f_html_checks}, {"iif", 2, 3, f_iif},
    {"indexOf", 1, 1, f_index_of}, {"intersect", 1, 1, f_intersect}, {"is", 1, 1, f_is}, {"isDistinct", 0, 0, f_is_distinct}, {"join", 0, 1, f_join},
    {"last", 0, 0, f_last}, {"lastIndexOf", 1, 1, f_last_index_of}, {"length", 0, 0, f_length}, {"ln", 0, 0, f_ln}, {"log", 1, 1, f_log},
    {"lowBoundary", 0, 1, f_boundary}, {"lower", 0, 0, f_lower}, {"matches", 1, 2, f_matches}, {"matchesFull", 1, 2, f_matches}, {"max", 0, 0, f_max},
    {"min", 0, 0, f_min}, {"not", 0, 0, f_not}, {"now", 0, 0, f_now}, {"ofType", 1, 1, f_of_type}, {"power", 1, 1, f_power}, {"precision", 0, 0, f_precision},
    {"repeat", 1, 1, f_repeat}, {"replace", 2, 2, f_replace}, {"replaceMatches", 2, 3, f_replace_matches}, {"resolve", 0, 0, f_resolve}, {"round", 0, 1, f_round},
    {"select", 1, 1, f_select}, {"single", 0, 0, f_single}, {"skip", 1, 1, f_skip}, {"sort", 0, -1, f_sort}, {"split", 1, 1, f_split}, {"sqrt", 0, 0, f_sqrt},
    {"startsWith", 1, 1, f_starts_with}, {"subsetOf", 1, 1, f_subset_of}, {"substring", 1, 2, f_substring}, {"sum", 0, 0, f_sum}, {"supersetOf", 1, 1, f_superset_of},
    {"tail", 0, 0, f_tail}, {"take", 1, 1, f_take}, {"timeOfDay", 0, 0, f_time_of_day}, {"toBoolean", 0, 0, f_to}, {"toChars", 0, 0, f_to_chars},
    {"toDate", 0, 1, f_to}, {"toDateTime", 0, 1, f_to}, {"toDecimal", 0, 0, f_to}, {"toInteger", 0, 0, f_to}, {"toLong", 0, 0, f_to}, {"toQuantity", 0, 1, f_to},
    {"toString", 0, 0, f_to}, {"toTime", 0, 1, f_to}, {"today", 0, 0, f_today}, {"trace", 1, 2, f_trace}, {"trim", 0, 0, f_trim}, {"truncate", 0, 0, f_truncate},
    {"type", 0, 0, f_type}, {"unescape", 1, 1, f_unescape}, {"union", 1, 1, f_union}, {"upper", 0, 0, f_upper}, {"where", 1, 1, f_where},
};
const size_t function_count = sizeof functions / sizeof *functions;
