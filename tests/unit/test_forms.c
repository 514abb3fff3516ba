/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Forms: every paper in both languages with everything filled, with nothing filled, and with what is too long; read
 * back from the PDF.
 */
#include "paper_help.h"

#include "base/date.h"
#include "forms/appointment.h"
#include "forms/decision.h"
#include "forms/growth_chart.h"
#include "forms/list.h"
#include "forms/prescription.h"
#include "forms/referral.h"
#include "forms/summary.h"

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
    str text = text_of(pdf_of(prescription_paper(a, &form, 1)));
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
    text = text_of(pdf_of(prescription_paper(a, &form, 1)));
    assert_true(has(text, "PRESCRIPTION") && has(text, "The form in Vietnamese is the valid one") &&
                has(text, "Female"));
    form.kind = PRESCRIPTION_NARCOTIC; /* in three copies */
    form.frame.synthetic = true;
    form.who.name = long_name;
    form.replaces = STR("11025b2c3d4e-n");
    str pdf = pdf_of(prescription_paper(a, &form, 1));
    assert_int_equal(pages_of(pdf) % 3, 0);
    text = text_of(pdf);
    assert_true(has(text, "Copy 3 of 3") && has(text, "Synthetic data") && has(text, "replaces 11025b2c3d4e-n"));
    form = (struct prescription_form){.frame = {.vietnamese = true, .day = DAY_NONE}};
    text = text_of(pdf_of(prescription_paper(a, &form, 1)));
    assert_true(has(text, "Không có thuốc") && has(text, "ngày …… tháng …… năm"));
}

/* Every one of `said` (ended by NULL) stands on the paper. */
static str check(const struct paper *p, const char *const *said) {
    str text = text_of(pdf_of(p));
    for (; *said; said++)
        if (!has(text, *said)) fail_msg("not on the paper: %s\n%.*s", *said, STR_ARG(text));
    return text;
}
#define SAID(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_referral(void **state) {
    (void)state;
    struct referral_form form = {.frame = frame_of(true),
                                 .who = person_of(),
                                 .to = STR("Bệnh viện Đa khoa tỉnh Điện Biên"),
                                 .code = STR("urn:uuid:1"),
                                 .signs = STR("Huyết áp 190/115 mmHg, đau đầu, không yếu liệt"),
                                 .diagnosis = STR("Cơn tăng huyết áp (I10)"),
                                 .reason = STR("Vượt khả năng chuyên môn của trạm"),
                                 .doctor = {.name = STR("Lò Văn Thử")}};
    str pdf = pdf_of(referral_paper(a, &form));
    assert_int_equal(pages_of(pdf), 2);
    check(referral_paper(a, &form),
          SAID("PHIẾU CHUYỂN CƠ SỞ KHÁM BỆNH, CHỮA BỆNH", "Bệnh viện Đa khoa tỉnh Điện Biên", "190/115",
               "PHIẾU PHẢN HỒI", "Trang 2/2", "Lò Văn Thử", "Cơ sở tiếp nhận: ......"));
    struct referral_reply reply = {.from = {.name = STR("Bệnh viện Đa khoa tỉnh")},
                                   .day = 20500,
                                   .diagnosis = STR("I10, ổn định"),
                                   .signer = {.name = STR("Bs. Thử Hai")}};
    form.frame.vietnamese = false;
    form.reply = &reply;
    form.who.address = long_name;
    check(referral_paper(a, &form),
          SAID("REFERRAL", "REPLY TO A REFERRAL", "I10, ổn định", "Bs. Thử Hai", "16/02/2026"));
    form = (struct referral_form){.frame = {.vietnamese = true, .day = DAY_NONE}};
    check(referral_paper(a, &form), SAID("Kính gửi: ......"));
}

static void test_appointment(void **state) {
    (void)state;
    struct appointment_form form = {.frame = frame_of(true),
                                    .who = person_of(),
                                    .code = STR("tram:1234"),
                                    .time = STR("07:30"),
                                    .on = day_from_civil(2026, 3, 7),
                                    .what = STR("Khám huyết áp, lĩnh thuốc"),
                                    .bring = STR("thẻ BHYT, sổ khám")};
    str pdf = pdf_of(appointment_paper(a, &form));
    assert_true(has(piped("pdfinfo %s", pdf), "297.638 x 419.528")); /* A6 */
    check(appointment_paper(a, &form),
          SAID("Thứ Bảy, 07/03/2026", "07:30", "Nguyễn Thị Ẳng Hằng", "Khám huyết áp", "Hẹn ngày 05/02/2026"));
    form.receipt = true;
    form.frame.synthetic = true;
    form.frame.vietnamese = false;
    pdf = pdf_of(appointment_paper(a, &form));
    assert_int_equal(pages_of(pdf), 1);
    assert_true(has(piped("pdfinfo %s", pdf), "226.772 x ")); /* 80 mm, as long as needed */
    check(appointment_paper(a, &form), SAID("Saturday, 07/03/2026", "SYNTHETIC DATA"));
}

static void test_list(void **state) {
    (void)state;
    static const struct list_column columns[] = {{.head = STR("TT"), .share = 1},
                                                 {.head = STR("Họ và tên"), .share = 4},
                                                 {.head = STR("Nam"), .share = 2, .group = STR("Tuổi")},
                                                 {.head = STR("Nữ"), .share = 2, .group = STR("Tuổi")},
                                                 {.head = STR("Chẩn đoán"), .share = 6, .unverified = true}};
    str cells[8] = {long_name, STR("66"), STR(""), STR("ho"), STR("ນາງ ຄຳ"), STR(""), STR("34"), STR("sốt")};
    struct form_person who = person_of();
    struct list_form form = {.frame = frame_of(true),
                             .title = STR("SỔ KHÁM BỆNH (A1)"),
                             .under = STR("Tháng 02/2026"),
                             .columns = columns,
                             .column_count = 5,
                             .cells = cells,
                             .row_count = 2,
                             .numbered = true,
                             .first_is_number = true,
                             .signers = &(struct form_signer){.title = STR("Người lập sổ")},
                             .signer_count = 1};
    check(list_paper(a, &form),
          SAID("SỔ KHÁM BỆNH (A1)", "Tháng 02/2026", "Chẩn đoán*", "(5)", "chưa đối chiếu", "ນາງ ຄຳ", "Người lập sổ"));
    form.frame.vietnamese = false;
    form.row_count = 0;
    form.who = &who;
    form.portrait = true;
    check(list_paper(a, &form), SAID("No rows", "not checked against", "Page 1/1", "011159001234"));
}

static void test_growth(void **state) {
    (void)state;
    static double ages[61], curves[2][7][61];
    for (int i = 0; i <= 60; i++) {
        ages[i] = i;
        for (int z = 0; z < 7; z++) {
            curves[0][z][i] = (3.3 + 3.6 * (1 - 1 / (1 + i / 4.0)) * 2 + i * 0.14) * (1 + (z - 3) * 0.11);
            curves[1][z][i] = (50 + 30 * (1 - 1 / (1 + i / 9.0)) + i * 0.55) * (1 + (z - 3) * 0.036);
        }
    }
    static const double months[] = {0, 2.1, 4, 9.2, 18.5}, weights[] = {3, 4.6, 5.8, 7.6, 9.1},
                        lengths[] = {49, 55, 60.5, 67, 76};
    static const struct growth_measurement measured[] = {
        {STR("05/02/2026"), STR("18 tháng"), STR("9,1"), STR("76,0"), STR("CN/T -1,6; CC/T -2,4"), STR("Thấp còi")}};
    struct growth_form form = {.frame = frame_of(true),
                               .who = person_of(),
                               .chart_count = 2,
                               .measurements = measured,
                               .measurement_count = 1};
    for (int c = 0; c < 2; c++) {
        form.charts[c] = (struct growth_chart){.title = c ? STR("Chiều dài/cao theo tuổi") : STR("Cân nặng theo tuổi"),
                                               .unit = c ? STR("cm") : STR("kg"),
                                               .ages = ages,
                                               .age_count = 61,
                                               .months = months,
                                               .values = c ? lengths : weights,
                                               .point_count = 5};
        for (int z = 0; z < 7; z++) form.charts[c].curves[z] = curves[c][z];
    }
    str pdf = pdf_of(growth_chart_paper(a, &form));
    assert_int_equal(pages_of(pdf), 1);
    check(growth_chart_paper(a, &form),
          SAID("BIỂU ĐỒ TĂNG TRƯỞNG", "Cân nặng theo tuổi (kg)", "tháng tuổi", "+3", "Thấp còi"));
    form.frame.vietnamese = false;
    form.measurement_count = form.charts[0].point_count = form.charts[1].point_count = 0;
    form.charts[1].age_count = 0; /* nothing to draw: the chart is left empty, not the paper */
    check(growth_chart_paper(a, &form), SAID("GROWTH CHART", "Not measured yet", "age in months"));
}

static struct decision_form decision_of(void) {
    static const str bases[] = {
        STR("Căn cứ Luật Tổ chức chính quyền địa phương số 72/2025/QH15"),
        STR("Căn cứ Thông tư số 43/2025/TT-BYT ngày 15 tháng 11 năm 2025 của Bộ trưởng Bộ Y tế")};
    static const str articles[] = {
        STR("Tổ chức lại 129 trạm y tế xã thành 45 trạm y tế xã và 84 điểm trạm trực thuộc, theo Phụ lục kèm theo "
            "Quyết định này."),
        STR("Trách nhiệm thực hiện\n1. Sở Y tế bàn giao nhân lực, tài sản, hồ sơ trước ngày có hiệu lực.\n2. Ủy ban "
            "nhân dân các xã, phường tiếp nhận và quản lý."),
        STR("Quyết định này có hiệu lực kể từ ngày ký. Chánh Văn phòng Ủy ban nhân dân tỉnh, Giám đốc Sở Y tế, Chủ "
            "tịch Ủy ban nhân dân các xã, phường chịu trách nhiệm thi hành Quyết định này./.")};
    static const str recipients[] = {STR("Như Điều 3"), STR("Bộ Y tế (để báo cáo)"),
                                     STR("Thường trực Tỉnh ủy, HĐND tỉnh"), STR("Lưu: VT, KGVX")};
    static const struct paper_column columns[] = {{STR("TT"), 1, PAPER_CENTER, STR_NONE},
                                                  {STR("Trạm y tế hiện nay"), 5, 0, STR_NONE},
                                                  {STR("Sau khi tổ chức lại"), 5, 0, STR_NONE},
                                                  {STR("Đơn vị quản lý"), 5, 0, STR_NONE}};
    static str cells[200][4];
    static struct paper_row rows[200];
    for (size_t i = 0; i < 129; i++) {
        cells[i][0] = str_format(a, "%zu", i + 1);
        cells[i][1] = str_format(a, "Trạm Y tế xã Thử %zu", i + 1);
        cells[i][2] =
            i % 3 ? str_format(a, "Điểm trạm Thử %zu", i + 1) : str_format(a, "Trạm Y tế xã Mới %zu", i / 3 + 1);
        cells[i][3] = STR("UBND xã Mới");
        rows[i].cells = cells[i];
    }
    static struct decision_annex annex;
    annex = (struct decision_annex){STR("DANH SÁCH TRẠM Y TẾ VÀ ĐIỂM TRẠM"), columns, 4, rows, 129};
    return (struct decision_form){
        .issuer = STR("ỦY BAN NHÂN DÂN\nTỈNH ĐIỆN BIÊN"),
        .symbol = STR("QĐ-UBND"),
        .locality = STR("Điện Biên"),
        .day = DAY_NONE,
        .subject = STR("Về việc tổ chức lại trạm y tế xã, phường và điểm trạm\ntrên địa bàn tỉnh Điện Biên"),
        .authority = STR("ỦY BAN NHÂN DÂN TỈNH ĐIỆN BIÊN"),
        .bases = bases,
        .base_count = 2,
        .proposal = STR("Theo đề nghị của Giám đốc Sở Y tế tại Tờ trình số 123/TTr-SYT ngày 01 tháng 02 năm 2026"),
        .articles = articles,
        .article_count = 3,
        .recipients = recipients,
        .recipient_count = 4,
        .on_behalf = STR("TM. ỦY BAN NHÂN DÂN"),
        .post = STR("CHỦ TỊCH"),
        .annexes = &annex,
        .annex_count = 1};
}

static void test_decision(void **state) {
    (void)state;
    struct decision_form form = decision_of();
    assert_true(decision_is_draft(&form));
    str text = check(decision_paper(a, &form),
                     SAID("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số: ……/QĐ-UBND",
                          "Điện Biên, ngày …… tháng …… năm", "Bản dự thảo", "Căn cứ Luật Tổ chức",
                          "QUYẾT ĐỊNH:", "Điều 1. Tổ chức lại", "Điều 3.", "Nơi nhận:", "- Như Điều 3;",
                          "- Lưu: VT, KGVX.", "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "PHỤ LỤC", "Trạm Y tế xã Thử 129"));
    assert_true(count_of(text, "Trạm y tế hiện nay") >= 3); /* the head on every page of the annex */
    form.number = STR("05/QĐ-UBND");
    form.day = day_from_civil(2026, 2, 5);
    assert_true(decision_is_draft(&form)); /* nobody signed */
    form.signer = STR("Người Ký Thử");
    assert_false(decision_is_draft(&form));
    text =
        check(decision_paper(a, &form), SAID("Số: 05/QĐ-UBND", "Điện Biên, ngày 05 tháng 02 năm 2026", "Người Ký Thử",
                                             "(Kèm theo Quyết định số 05/QĐ-UBND ngày 05 tháng 02 năm 2026"));
    assert_false(has(text, "dự thảo"));
    str fonts = piped("pdffonts %s", pdf_of(decision_annex_paper(a, &form, 0)));
    assert_true(has(fonts, "Serif") || has(fonts, "Times"));
    assert_true(has(piped("pdfinfo %s", pdf_of(decision_annex_paper(a, &form, 0))), "841.89 x 595.276"));
}

static void test_summary(void **state) {
    (void)state;
    static const struct paper_column columns[] = {{STR("Vấn đề"), 5, 0, STR_NONE}, {STR("Từ ngày"), 2, 0, STR_NONE}};
    static const str cells[] = {STR("Tăng huyết áp vô căn (I10)"), STR("03/2021")};
    static const struct paper_row row = {.cells = cells};
    const struct summary_section sections[] = {{STR("Vấn đề sức khỏe"), SUMMARY_ROWS, columns, 2, &row, 1},
                                               {STR("Dị ứng"), SUMMARY_KNOWN_NONE, NULL, 0, NULL, 0},
                                               {STR("Thuốc"), SUMMARY_ROWS, columns, 2, NULL, 0}};
    struct summary_form form = {.frame = frame_of(true), .who = person_of(), .sections = sections, .section_count = 3};
    check(summary_paper(a, &form),
          SAID("TÓM TẮT HỒ SƠ SỨC KHỎE", "Tăng huyết áp vô căn (I10)", "Đã hỏi: không có.", "Không có thông tin."));
    form.frame.vietnamese = false;
    check(summary_paper(a, &form),
          SAID("PATIENT SUMMARY", "Asked: none known.", "No information.", "sensitive personal data"));
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
        cmocka_unit_test_setup_teardown(test_referral, begin, tear_down),
        cmocka_unit_test_setup_teardown(test_appointment, begin, tear_down),
        cmocka_unit_test_setup_teardown(test_list, begin, tear_down),
        cmocka_unit_test_setup_teardown(test_growth, begin, tear_down),
        cmocka_unit_test_setup_teardown(test_decision, begin, tear_down),
        cmocka_unit_test_setup_teardown(test_summary, begin, tear_down),
    };
    return cmocka_run_group_tests_name("forms", tests, NULL, NULL);
}
