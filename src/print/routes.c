/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The routes that print. See print.h and docs/print.md.
 */
#include "print_int.h"

const struct route print_routes[] = {
    {ROUTE("GET", "/api/print/visit/{id}", PERMISSION_PERSON_READ, print_visit, "In các đơn thuốc của lần khám",
           "Print the prescriptions of a visit")},
    {ROUTE("GET", "/api/print/prescription/{id}", PERMISSION_PERSON_READ, print_prescription, "In một đơn thuốc",
           "Print one prescription")},
    {ROUTE("GET", "/api/print/appointment/{person}", PERMISSION_PERSON_READ, print_appointment, "In phiếu hẹn",
           "Print the appointment slip")},
    {ROUTE("GET", "/api/print/referral/{id}", PERMISSION_PERSON_READ, print_referral, "In phiếu chuyển và phản hồi",
           "Print a referral and its reply")},
    {ROUTE("GET", "/api/print/growth/{person}", PERMISSION_PERSON_READ, print_growth, "In biểu đồ tăng trưởng",
           "Print the growth chart")},
    {ROUTE("GET", "/api/print/summary/{person}", PERMISSION_PERSON_READ, print_summary, "In tóm tắt hồ sơ sức khỏe",
           "Print the patient summary")},
    {ROUTE("GET", "/api/print/register/{register}", PERMISSION_PERSON_READ, print_register, "In sổ của trạm theo tháng",
           "Print a register of the station")},
    {ROUTE("GET", "/api/print/access-log/{person}", PERMISSION_AUDIT_READ, print_access_log,
           "In nhật ký truy cập hồ sơ của một người", "Print who saw one person's record")},
    {.method = NULL}};
