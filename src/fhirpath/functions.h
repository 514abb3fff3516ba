/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Declarations of the functions in functions_*.c; each does what its name says in FHIRPath 5, R4's additions (2.9.1.2) or the
 * drafts of HL7's suite.
 */
#ifndef FHIRPATH_FUNCTIONS_H
#define FHIRPATH_FUNCTIONS_H

#include "eval.h"

FUNCTION(f_abs); FUNCTION(f_aggregate); FUNCTION(f_all_false); FUNCTION(f_all_true); FUNCTION(f_any_false); FUNCTION(f_any_true);
FUNCTION(f_as); FUNCTION(f_avg); FUNCTION(f_boundary); FUNCTION(f_ceiling); FUNCTION(f_check_modifiers); FUNCTION(f_children); FUNCTION(f_coalesce);
FUNCTION(f_combine); FUNCTION(f_comparable); FUNCTION(f_conforms_to); FUNCTION(f_contains); FUNCTION(f_converts_to); FUNCTION(f_count); FUNCTION(f_decode);
FUNCTION(f_define_variable); FUNCTION(f_descendants); FUNCTION(f_distinct); FUNCTION(f_encode); FUNCTION(f_ends_with); FUNCTION(f_escape);
FUNCTION(f_exclude); FUNCTION(f_exp); FUNCTION(f_extension); FUNCTION(f_first); FUNCTION(f_floor); FUNCTION(f_get_reference_key); FUNCTION(f_get_resource_key); FUNCTION(f_get_value); 
FUNCTION(f_html_checks); FUNCTION(f_iif); FUNCTION(f_index_of); FUNCTION(f_intersect); FUNCTION(f_is); FUNCTION(f_is_distinct); FUNCTION(f_join); FUNCTION(f_last);
FUNCTION(f_last_index_of); FUNCTION(f_length); FUNCTION(f_ln); FUNCTION(f_log); FUNCTION(f_lower); FUNCTION(f_matches); FUNCTION(f_max); FUNCTION(f_member_of); FUNCTION(f_min);
FUNCTION(f_now); FUNCTION(f_of_type); FUNCTION(f_power); FUNCTION(f_precision); FUNCTION(f_repeat); FUNCTION(f_replace); FUNCTION(f_replace_matches);
FUNCTION(f_resolve); FUNCTION(f_round); FUNCTION(f_select); FUNCTION(f_single); FUNCTION(f_skip); FUNCTION(f_sort); FUNCTION(f_split); FUNCTION(f_sqrt);
FUNCTION(f_starts_with); FUNCTION(f_subset_of); FUNCTION(f_substring); FUNCTION(f_sum); FUNCTION(f_superset_of); FUNCTION(f_tail); FUNCTION(f_take);
FUNCTION(f_time_of_day); FUNCTION(f_to); FUNCTION(f_to_chars); FUNCTION(f_today); FUNCTION(f_trace); FUNCTION(f_trim); FUNCTION(f_truncate); FUNCTION(f_type);
FUNCTION(f_unescape); FUNCTION(f_union); FUNCTION(f_upper); FUNCTION(f_where);

TEST(t_all); TEST(t_empty); TEST(t_exists); TEST(t_has_value); TEST(t_not);

/* Index in the table, or function_count. */
size_t function_find(str name);

static inline bool give(struct evaluation *e, struct values *out, struct value v) { values_add(e->arena, out, v); return true; }
static inline bool give_all(struct evaluation *e, struct values *out, const struct values *from) {
    for (size_t i = 0; i < from->len; i++) values_add(e->arena, out, from->at[i]);
    return true;
}

#endif
