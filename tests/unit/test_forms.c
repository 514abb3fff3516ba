/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Forms: every paper in both languages with everything filled, with nothing filled, and with what is too long; read
 * back from the PDF.
 */
#include "paper_help.h"

#include "base/date.h"
#include "forms/prescription.h"

static str long_name; /* 400 characters */

static struct form_frame frame_of(bool vi) {
    return (struct form_frame){.vietnamese = vi,
                               .day = day_from_civil(2026, 2, 5),
                               .made = 1770253200000,
                               .facility = {STR("UBND xã Mường Phăng"), STR("Trạm Y tế xã Mường Phăng"), STR("11025"),
                                            STR("Bản Phăng, xã Mường Phăng, tỉnh Điện Biên"), STR("0215 3812 345"),
                                            STR("Mường Phăng")}};
}
static struct form_person person_of(void) {
    return (struct form_person){.name = STR("Nguyễn Thị Ẳng Hằng"),
                                .birth = STR("1959-03-12"),
                                .age = STR("66 tuổi"),
                                .sex = STR("female"),
                                .identity = STR("011159001234"),
                                .insurance = STR("HT 3 11 0123456789"),
                                .phone = STR("0912 345 678"),
                                .address = STR("Bản Co Mận, xã Mường Phăng, tỉnh Điện Biên"),
                                .ethnic = STR("Thái")};
}

static struct prescription_form prescription_of(bool vi) {
    static const str diagnoses[] = {STR("Tăng huyết áp vô căn (I10)"), STR("Đái tháo đường típ 2 (E11)")};
    static const struct prescription_medicine medicines[] = {
        {STR("Amlodipin (Amlor) 5 mg"), STR("30 viên"), STR("Uống 01 viên/lần × 1 lần/ngày, buổi sáng, sau ăn")},
        {STR("Metformin hydroclorid 500 mg"), STR("60 viên"),
         STR("Uống 01 viên/lần × 2 lần/ngày, sáng – chiều, trong bữa ăn")},
        {STR("Paracetamol 120 mg/5 ml, siro"), STR("01 lọ"),
         STR("Uống 5 ml/lần khi sốt trên 38,5 °C, cách ít nhất 6 giờ")}};
    return (struct prescription_form){.frame = frame_of(vi),
                                      .who = person_of(),
                                      .code = STR("11025a7k2m9q-c"),
                                      .diagnoses = diagnoses,
                                      .diagnosis_count = 2,
                                      .medicines = medicines,
                                      .medicine_count = 3,
                                      .days = 30,
                                      .advice = STR("Ăn giảm muối, đi bộ 30 phút mỗi ngày"),
                                      .revisit = STR("07/03/2026"),
                                      .prescriber = {STR("Bác sĩ khám bệnh"), STR(""), STR("Lò Văn Thử")}};
}

static void test_prescription(void **state) {
    (void)state;
    struct prescription_form form = prescription_of(true);
    str text = text_of(pdf_of(prescription_paper(a, &form)));
    const char *said[] = {"ĐƠN THUỐC",
                          "Nguyễn Thị Ẳng Hằng",
                          "12/03/1959 (66 tuổi)",
                          "011159001234",
                          "Tăng huyết áp vô căn (I10); Đái tháo đường",
                          "Amlodipin (Amlor) 5 mg",
                          "30 viên",
                          "Thuốc điều trị (30 ngày)",
                          "11025a7k2m9q-c",
                          "07/03/2026",
                          "Mường Phăng, ngày 05 tháng 02 năm 2026",
                          "Lò Văn Thử"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (!has(text, said[i])) fail_msg("not on the paper: %s\n%.*s", said[i], STR_ARG(text));
    form.frame.vietnamese = false;
    text = text_of(pdf_of(prescription_paper(a, &form)));
    assert_true(has(text, "PRESCRIPTION") && has(text, "The form in Vietnamese is the valid one") &&
                has(text, "Female"));
    form.kind = PRESCRIPTION_NARCOTIC; /* in three copies */
    form.frame.synthetic = true;
    form.who.name = long_name;
    form.replaces = STR("11025b2c3d4e-n");
    str pdf = pdf_of(prescription_paper(a, &form));
    assert_int_equal(pages_of(pdf) % 3, 0);
    text = text_of(pdf);
    assert_true(has(text, "Copy 3 of 3") && has(text, "Synthetic data") && has(text, "replaces 11025b2c3d4e-n"));
    form = (struct prescription_form){.frame = {.vietnamese = true, .day = FORM_NO_DAY}};
    text = text_of(pdf_of(prescription_paper(a, &form)));
    assert_true(has(text, "Không có thuốc") && has(text, "ngày …… tháng …… năm"));
}

static int begin(void **state) {
    set_up(state);
    struct buf name = buf_new(a);
    for (int i = 0; i < 40; i++) buf_addz(&name, "Nguyễn Ẵẳ ");
    long_name = buf_str(&name);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_prescription, begin, tear_down),
    };
    return cmocka_run_group_tests_name("forms", tests, NULL, NULL);
}
