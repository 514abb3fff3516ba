/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Roles → permissions → resource types. A role is what a post is for; whom it sees follows from the post's place and is asked of
 * the rooms above (server_options.access_of). Every answer of the matrix test (tests/http/rights.tsv) comes from these tables:
 * a change here shows there as a difference.
 */
#include "server_int.h"

#include <pthread.h>

#define MAY(p) (1u << PERMISSION_##p)
#define STAFF (MAY(SIGNED_IN) | MAY(INDICATOR_READ) | MAY(FHIR))
#define DESK (STAFF | MAY(PERSON_FIND) | MAY(PERSON_REGISTER) | MAY(PERSON_OPEN))
#define CLINICAL (DESK | MAY(PERSON_READ) | MAY(PERSON_WRITE))
#define PROGRAM "program"
#define EVERY_PERMISSION (~0u << PERMISSION_SIGNED_IN)

static const struct role roles[] = {
    /* for the token of a program that imports or exchanges whole records; no person's post */
    {PROGRAM, "Chương trình nhập dữ liệu", "Importing program", EVERY_PERMISSION & ~MAY(ACCOUNTS), SCOPE_EVERYBODY, true},
    /* the house, not the people in it: no record of anybody; who also treats has a post for that and chooses it */
    {"admin", "Quản trị", "Administrator", STAFF | MAY(METRICS) | MAY(ADMINISTER) | MAY(NETWORK_PLAN) | MAY(NETWORK_SIGN) | MAY(ACCOUNTS) |
     MAY(FACILITY) | MAY(AUDIT_READ) | MAY(OPENINGS_READ), SCOPE_NOBODY, false},
    {"doctor", "Bác sĩ", "Doctor", CLINICAL | MAY(PRESCRIBE), SCOPE_POST, false},
    {"physician-assistant", "Y sĩ", "Physician assistant", CLINICAL | MAY(PRESCRIBE), SCOPE_POST, false},
    /* the follow-up of blood pressure and diabetes repeats the programme's medicines, which is a prescription in FHIR */
    {"nurse", "Điều dưỡng", "Nurse", CLINICAL | MAY(PRESCRIBE), SCOPE_POST, false},
    {"point-worker", "Nhân viên điểm trạm", "Point worker", CLINICAL | MAY(PRESCRIBE) | MAY(DISPENSE), SCOPE_POST, false},
    {"midwife", "Hộ sinh", "Midwife", CLINICAL | MAY(PRESCRIBE), SCOPE_POST, false},
    {"station-head", "Trưởng trạm", "Station head", CLINICAL | MAY(PRESCRIBE) | MAY(DISPENSE) | MAY(SUPPLY) | MAY(REGISTER_SIGN) |
     MAY(AUDIT_READ) | MAY(OPENINGS_READ) | MAY(FACILITY), SCOPE_POST, false},
    {"pharmacist", "Phụ trách dược", "Pharmacy keeper", STAFF | MAY(PERSON_FIND) | MAY(DISPENSE) | MAY(SUPPLY) | MAY(PERSON_OPEN), SCOPE_POST, false},
    {"insurance-clerk", "Nhân viên BHYT", "Insurance clerk", DESK | MAY(INSURANCE), SCOPE_POST, false},
    {"population-officer", "Cán bộ dân số", "Population officer", STAFF | MAY(PERSON_FIND) | MAY(PERSON_REGISTER), SCOPE_POST, false},
    /* names, hamlets and tasks: no /fhir, where a Patient carries numbers and addresses */
    {"village-health-worker", "Nhân viên y tế thôn bản", "Village health worker", MAY(SIGNED_IN) | MAY(PERSON_FIND), SCOPE_POST, false},
    /* traces cases; does not treat; without a place (a token) over the whole node */
    {"epidemiologist", "Dịch tễ", "Epidemiologist", STAFF | MAY(PERSON_FIND) | MAY(PERSON_READ), SCOPE_POST, false},
    {"auditor", "Thanh tra dữ liệu", "Auditor", STAFF | MAY(PERSON_FIND) | MAY(PERSON_READ) | MAY(AUDIT_READ) | MAY(OPENINGS_READ), SCOPE_EVERYBODY, false},
    {"planner", "Kế hoạch", "Planner", STAFF | MAY(NETWORK_PLAN), SCOPE_NOBODY, false},
    {"director", "Giám đốc Sở", "Director", STAFF | MAY(NETWORK_PLAN) | MAY(NETWORK_SIGN), SCOPE_NOBODY, false},
    {"none", "Không còn nhiệm vụ", "No post", MAY(SIGNED_IN), SCOPE_NOBODY, false}, /* the last post has ended */
    {"metrics", "Giám sát máy", "Monitoring", MAY(METRICS), SCOPE_NOBODY, false}, /* for the token of a monitoring program */
};
enum { ROLES = sizeof roles / sizeof *roles };

const struct role *role_find(str code) {
    for (size_t i = 0; i < ROLES; i++)
        if (str_is(code, roles[i].code)) return &roles[i];
    return NULL;
}

bool role_finds_cases(const struct role *role) { return strcmp(role->code, "epidemiologist") == 0; }
bool role_known(str role) { return role_find(role) != NULL; }
bool role_of_people(str role) { return role_known(role) && !str_is(role, PROGRAM); }
const char *role_name(size_t n) { return n < ROLES ? roles[n].code : NULL; }
const char *role_title(size_t n, bool vietnamese) { return n >= ROLES ? NULL : vietnamese ? roles[n].vi : roles[n].en; }

/* ---- resource types -------------------------------------------------------------------------------------------------------- */

/* Each permission of `read` (`write`) is enough. */
struct type_group { const char *types; uint32_t read, write; };

static const struct type_group groups[] = {
    {"Patient Group Person RelatedPerson", MAY(PERSON_FIND), MAY(PERSON_REGISTER)},
    {"Coverage CoverageEligibilityRequest CoverageEligibilityResponse EnrollmentRequest EnrollmentResponse", MAY(PERSON_READ) | MAY(INSURANCE),
     MAY(PERSON_REGISTER) | MAY(INSURANCE)},
    {"Claim ClaimResponse ExplanationOfBenefit Account ChargeItem ChargeItemDefinition Invoice PaymentNotice PaymentReconciliation",
     MAY(PERSON_READ) | MAY(INSURANCE), MAY(INSURANCE)},
    {"Encounter Condition Procedure ServiceRequest", MAY(PERSON_READ) | MAY(INSURANCE), MAY(PERSON_WRITE)}, /* what a claim is made of */
    {"MedicationRequest", MAY(PERSON_READ) | MAY(DISPENSE) | MAY(INSURANCE), MAY(PRESCRIBE)},
    {"MedicationDispense", MAY(PERSON_READ) | MAY(DISPENSE) | MAY(INSURANCE), MAY(DISPENSE)},
    {"AllergyIntolerance", MAY(PERSON_READ) | MAY(DISPENSE), MAY(PERSON_WRITE)},
    {"Consent", MAY(PERSON_READ) | MAY(PERSON_REGISTER), MAY(PERSON_WRITE) | MAY(PERSON_REGISTER)},
    {"AuditEvent", MAY(AUDIT_READ) | MAY(OPENINGS_READ), 0}, /* written by the program alone */
    {"Practitioner PractitionerRole", MAY(FHIR), MAY(ACCOUNTS)},
    {"Organization Location HealthcareService OrganizationAffiliation Endpoint", MAY(FHIR), MAY(ADMINISTER) | MAY(NETWORK_SIGN)},
    {"Medication MedicationKnowledge Substance DeviceDefinition", MAY(FHIR), MAY(SUPPLY)},
    {"SupplyDelivery SupplyRequest", MAY(SUPPLY) | MAY(PERSON_READ), MAY(SUPPLY)},
    /* containers of anything, of no person that the store could name: only who reads every type */
    {"Bundle Binary Parameters MessageHeader Linkage OperationOutcome", 0, 0},
};
static const struct type_group person_group = {NULL, MAY(PERSON_READ), MAY(PERSON_WRITE)};     /* all others of a person */
static const struct type_group definition_group = {NULL, MAY(FHIR), MAY(ADMINISTER)};          /* all others */

static bool names_type(const char *list, const char *type) {
    size_t n = strlen(type);
    for (const char *at = strstr(list, type); at; at = strstr(at + 1, type))
        if ((at == list || at[-1] == ' ') && (at[n] == 0 || at[n] == ' ')) return true;
    return false;
}

static const struct type_group *group_of(fhir_type type) {
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (names_type(groups[i].types, fhir_type_name(type))) return &groups[i];
    return search_type_has_person(type) ? &person_group : &definition_group;
}

bool role_reads(const struct role *role, fhir_type type) {
    return role->all_types || (role->permissions & MAY(FHIR) && group_of(type)->read & role->permissions);
}

bool role_writes(const struct role *role, fhir_type type) {
    return role->all_types || (role->permissions & MAY(FHIR) && group_of(type)->write & role->permissions);
}

static bool readable[ROLES][FHIR_TYPE_MAX], writable[ROLES][FHIR_TYPE_MAX];
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static void make_tables(void) {
    for (size_t i = 0; i < ROLES; i++)
        for (int t = 1; t < FHIR_TYPE_MAX; t++) {
            if (!fhir_is_resource((fhir_type)t)) continue;
            readable[i][t] = role_reads(&roles[i], (fhir_type)t);
            writable[i][t] = role_writes(&roles[i], (fhir_type)t);
        }
}

void role_types(const struct role *role, struct access *out) {
    pthread_once(&tables_once, make_tables);
    out->readable = role->all_types ? NULL : readable[role - roles];
    out->writable = role->all_types ? NULL : writable[role - roles];
}
