/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Days and instants. A day is a count of days since 1970-01-01 in the proleptic Gregorian calendar (the civil day, no
 * zone); an instant is int64 milliseconds since 1970-01-01T00:00Z. Nothing here reads a clock but clock_now_ms and day_today.
 * FHIR R4 2.24.0.1: date, dateTime, instant, time with partial precision. A day without zone is a day of +07:00
 * (Viet Nam has had no other zone since 1975).
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "text.h"

enum { VIETNAM_OFFSET_MINUTES = 420 };
#define DAY_NONE INT32_MIN /* no such day */

enum date_precision { DATE_YEAR, DATE_MONTH, DATE_DAY, DATE_MINUTE, DATE_SECOND, DATE_FRACTION };

struct date_time {
    int year, month, day, hour, minute, second; /* absent parts are at their least value */
    int32_t nanosecond;
    enum date_precision precision;
    bool has_zone;
    int offset_minutes; /* east positive; 0 when has_zone is false */
};

/* Days since 1970-01-01 of a civil date, and back. */
int32_t day_from_civil(int year, int month, int day);
void day_to_civil(int32_t day, int *year, int *month, int *day_of_month);
bool is_leap_year(int year);
int days_in_month(int year, int month);
/* The same day `months` later; a day that the month does not have becomes its last (CDSi and Vietnamese practice may
 * differ: rooms with a rule of their own carry it themselves). */
int32_t day_add_months(int32_t day, int months);
/* Completed years from birth to `on`. */
int age_years(int32_t birth, int32_t on);

/* Readers of parts, for every grammar of dates: each moves *i behind what it took, and is false when that is not there. Exactly
 * `digits` digits; one character; the digits of a fraction of a second (what is finer than a nanosecond is dropped). */
bool date_take_digits(str s, size_t *i, int digits, int *out);
bool date_take_char(str s, size_t *i, char c);
bool date_take_fraction(str s, size_t *i, int32_t *nanosecond);

/* FHIR date or dateTime: YYYY, YYYY-MM, YYYY-MM-DD, YYYY-MM-DDThh:mm:ss(.f+)?(Z|+hh:mm|-hh:mm); years 0001-9999;
 * real days only; second 60 allowed. `lenient` also takes hh:mm without seconds or zone (search parameters). */
bool date_parse(str s, bool lenient, struct date_time *out);
/* A whole day only: YYYY-MM-DD. */
bool day_parse(str s, int32_t *out);
/* The instants a partial date covers: [*from, *to) in ms; without zone in `default_offset_minutes`. */
void date_range(const struct date_time *d, int default_offset_minutes, int64_t *from, int64_t *to);

/* YYYY-MM-DD into out[11]. */
char *day_format(int32_t day, char out[11]);
/* The same for people, in both languages: dd/mm/yyyy. */
char *day_show(int32_t day, char out[11]);
/* YYYY-MM-DDThh:mm:ss.sssZ into out[25]. */
char *instant_format(int64_t ms, char out[25]);
/* The civil day of an instant at an offset. */
int32_t instant_day(int64_t ms, int offset_minutes);

/* The wall clock in ms, and the civil day of +07:00 that it is. Rules never call them: they take the day as an argument. */
int64_t clock_now_ms(void);
int32_t day_today(void);

#endif
