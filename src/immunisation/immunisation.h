/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Immunisation: which doses count, which is next, when, and why. A schedule is data (`tram-schedule/1`, or CDC's CDSi
 * XML as published); the calculation (`forecast_patient`) is pure: no clock, no file, no global. It follows the CDC
 * Logic Specification for ACIP Recommendations 4.6, chapters 4 to 9, with the additions that Viet Nam needs: roll-out
 * by province and date, law as of a day, settings for what no text fixes.
 * How to read the format: docs/immunisation.md; how the files of this room hang together: README in this folder.
 */
#ifndef IMMUNISATION_H
#define IMMUNISATION_H

#include "base/err.h"

#include <stdio.h>

#define DAY_NONE INT32_MIN /* no such day; days are counts since 1970-01-01, see base/date.h */

struct schedule; /* read-only once loaded; may be shared by threads */

/* Loads and checks a schedule: a tram-schedule/1 file, a folder of them, a folder of CDC's XML as published,
 * the name of a schedule inside the program ("vn-epi.json", "who.json"), or empty for Viet Nam's. `as_published` takes CDC's data and the letter of the specification without our listed corrections (see
 * docs/immunisation.md); it is for comparing engines. Everything lives in `a`.
 * Error: ERR_INVALID with "FILE:LINE: reason" for the first fault, ERR_IO if a file cannot be read. */
err schedule_load(struct arena *a, str path, bool as_published, struct schedule **out);

/* Converts a folder of CDC's XML into one tram-schedule/1 text (nothing that a rule, a person or a code needs is left
 * out). Error: ERR_IO, ERR_INVALID with file and reason. */
err schedule_from_cdsi(struct arena *a, str folder, str *out);

/* What the file says about itself. */
str schedule_id(const struct schedule *s);
str schedule_version(const struct schedule *s);

struct dose_given {
    int32_t day;        /* DAY_NONE: unknown, reported and not evaluated */
    str vaccine;        /* key of the schedule's vaccines, or a CVX code */
    str maker, trade;   /* MVX and trade name, or empty */
    double volume;      /* ml, 0 = unknown */
    int32_t lot_expiry; /* DAY_NONE = unknown */
    int minute;         /* of the day, -1 = unknown */
    bool condition;     /* recalled, cold chain broken, partial: cannot be evaluated */
};

struct patient_observation {
    str code; /* of the schedule's observations */
    int32_t day; /* DAY_NONE = undated */
};

struct patient {
    int32_t birth;
    int birth_minute; /* of the day, -1 = unknown */
    double temperature; /* axillary, before the injection; 0 = not measured */
    char sex;      /* 'F', 'M', anything else = unknown */
    str area;      /* province (key or name in the schedule's areas), empty = unknown */
    str country;   /* of birth, empty = unknown */
    const struct dose_given *doses;
    size_t dose_count;
    const struct patient_observation *observations;
    size_t observation_count;
};

/* status of a dose: CDSi 6; of a series or group: CDSi 7.4 */
#define DOSE_STATUSES(X)                                                                                               \
    X(NONE, "", "", "")                                                                                                \
    X(VALID, "Valid", "counts", "hợp lệ")                                                                              \
    X(NOT_VALID, "Not Valid", "does not count", "không hợp lệ")                                                        \
    X(EXTRANEOUS, "Extraneous", "not needed", "ngoài lịch")                                                            \
    X(SUB_STANDARD, "Sub-standard", "cannot be evaluated", "không đạt điều kiện")
#define SERIES_STATUSES(X)                                                                                             \
    X(NONE, "", "", "")                                                                                                \
    X(COMPLETE, "Complete", "complete", "đã đủ mũi")                                                                   \
    X(NOT_COMPLETE, "Not Complete", "another dose is needed", "cần tiêm tiếp")                                         \
    X(NOT_RECOMMENDED, "Not Recommended", "not recommended now", "hiện không chỉ định")                                \
    X(IMMUNE, "Immune", "immune", "đã có miễn dịch")                                                                   \
    X(CONTRAINDICATED, "Contraindicated", "contraindicated", "chống chỉ định")                                         \
    X(AGED_OUT, "Aged Out", "too old for this series", "quá tuổi")
enum dose_status {
#define X(name, text, en, vi) DOSE_##name,
    DOSE_STATUSES(X)
#undef X
};
enum series_status {
#define X(name, text, en, vi) SERIES_##name,
    SERIES_STATUSES(X)
#undef X
};
const char *dose_status_text(enum dose_status s);
const char *series_status_text(enum series_status s);

/* Why a dose has its status; several may hold. Code, CDSi's wording, English, Vietnamese. */
#define DOSE_REASONS(X)                                                                                                \
    X(EXPIRED, "Expired lot", "the lot had expired on that day", "lô vắc xin đã hết hạn vào ngày tiêm")                \
    X(CONDITION, "Dose condition", "the dose is marked recalled, partial or out of the cold chain",                    \
      "mũi tiêm bị đánh dấu thu hồi, thiếu liều hoặc đứt dây chuyền lạnh")                                             \
    X(INADVERTENT, "Inadvertent Vaccine", "this vaccine is never meant for this dose",                                 \
      "vắc xin này không dùng cho mũi này")                                                                            \
    X(TOO_YOUNG, "Age: Too Young", "given before the least age", "tiêm khi chưa đủ tuổi tối thiểu")                    \
    X(AGE_GRACE, "Age: Grace Period", "given within the days of grace before the minimum age",                         \
      "tiêm trong số ngày châm chước trước tuổi tối thiểu")                                                            \
    X(TOO_OLD, "Age: Too Old", "given after the last age", "tiêm khi đã quá tuổi")                                     \
    X(TOO_SOON, "Interval: Too Soon", "given too soon after an earlier dose or event",                                 \
      "tiêm quá sớm so với mũi trước hoặc sự kiện trước")                                                              \
    X(INTERVAL_GRACE, "Interval: Grace Period", "given within the days of grace before the minimum interval",          \
      "tiêm trong số ngày châm chước của khoảng cách tối thiểu")                                                       \
    X(CONFLICT, "Vaccine Conflict", "given too soon after another live vaccine",                                       \
      "tiêm quá sớm sau một vắc xin sống khác")                                                                        \
    X(VACCINE, "Vaccine: Not Preferable or Allowable", "this vaccine is not accepted for this dose",                   \
      "vắc xin này không được chấp nhận cho mũi này")                                                                  \
    X(VACCINE_AGE, "Vaccine: Outside Age Range", "this vaccine is accepted only at another age",                       \
      "vắc xin này chỉ được chấp nhận ở lứa tuổi khác")                                                                \
    X(TRADE_NAME, "Vaccine: Wrong Trade Name", "another product is required for this dose",                            \
      "mũi này cần sản phẩm khác")                                                                                     \
    X(VOLUME, "Volume: Less Than Recommended", "the volume is less than recommended",                                  \
      "thể tích tiêm ít hơn khuyến cáo")                                                                               \
    X(COMPLETE, "Series Already Complete", "the series was complete before", "đã đủ mũi từ trước")
enum dose_reason_bit {
#define X(name, text, en, vi) REASON_BIT_##name,
    DOSE_REASONS(X)
#undef X
    REASON_COUNT
};
#define REASON(name) (1u << REASON_BIT_##name)
const char *dose_reason_text(unsigned bit);

/* A finding about the input that a person should see. */
struct forecast_issue {
    const char *code; /* before-birth, future, unknown-vaccine, no-date, duplicate, unknown-observation, birth-partial */
    size_t dose;      /* index into patient.doses, or SIZE_MAX */
    str english, vietnamese;
};

struct explanation { /* one sentence in each language and the rule's source with its confidence */
    str english, vietnamese, source;
};

/* Was a birth dose given in time (hepatitis B within 24 hours)? A day alone may leave it open. */
enum dose_timely { TIMELY_NOT_ASKED, TIMELY_YES, TIMELY_NO, TIMELY_UNKNOWN };

struct dose_evaluation {
    const char *antigen;
    str series;
    enum dose_status status;
    unsigned reasons; /* REASON() bits */
    int target;       /* number of the target dose it was held against, 0 = none */
    enum dose_timely timely;
    struct explanation why; /* only when explained */
};

struct dose_result {
    const struct dose_evaluation *evaluations;
    size_t evaluation_count;
};

struct group_forecast {
    str group, group_name_vi, group_name_en;
    enum series_status status;
    int dose_number; /* 0 unless another dose is needed */
    int32_t earliest, recommended, past_due, latest; /* DAY_NONE = no such date */
    str series;      /* names of the best series, "; " between */
    const str *vaccines; /* keys recommended for the next dose */
    size_t vaccine_count;
    struct explanation why_status, why_earliest, why_recommended, why_past_due, why_latest; /* only when explained */
    str guidance;
};

/* Screening before the injection: the gravest finding decides. */
enum screening_decision { SCREENING_NONE, SCREENING_GO, SCREENING_DEFER, SCREENING_REFER, SCREENING_STOP };

struct screening_result {
    enum screening_decision decision; /* SCREENING_NONE: the schedule has no screening rules or nothing was measured */
    int32_t offer_again_by;           /* SCREENING_DEFER: the last day of the month, DAY_NONE otherwise */
    struct explanation why;
};

struct forecast {
    struct screening_result screening;
    const struct group_forecast *groups;
    size_t group_count;
    const struct dose_result *doses; /* as many as the patient's doses, same order */
    const struct forecast_issue *issues;
    size_t issue_count;
};

/* Evaluates the history and forecasts, as of day `on`. Pure; the result and all working memory come from `a` (reset it
 * per patient). `explain` adds the sentences. */
void forecast_patient(struct arena *a, const struct schedule *s, const struct patient *p, int32_t on, bool explain,
                      struct forecast *out);

enum forecast_language { LANGUAGE_BOTH, LANGUAGE_VIETNAMESE, LANGUAGE_ENGLISH };

struct forecast_options {
    str schedule;     /* file or folder, or empty: Viet Nam's, inside the program */
    str compare;      /* a second schedule: report what it changes instead of forecasts */
    int32_t on_day;   /* DAY_NONE: each line's own assessment_date, or else `today` */
    int32_t today;    /* the caller's clock */
    bool explain;
    bool as_published;
    enum forecast_language language;
};

/* `tram forecast`: one patient a line in, one line of JSON a patient out (or, with `compare`, one report at the end).
 * A line that cannot be read becomes {"id":…,"error":…} and does not stop the rest. Error: schedule or I/O. */
err forecast_stream(struct arena *a, const struct forecast_options *options, FILE *in, FILE *out);

#endif
