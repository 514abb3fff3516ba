/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lists and their columns. Heads of other people's sheets are those of the Ministry's and hospital programs' files as far as they
 * are known; a sheet with other heads is read when its heads are the names of our own columns.
 */
#include "list.h"

#include "base/vocabulary.h"

static const struct code_list_kind kinds[LIST_COUNT] = {
    [LIST_ICD10] = {"icd-10", SYSTEM_ICD10, "Bệnh (ICD-10)", "Diseases (ICD-10)",
        {{"code", "ma benh|ma icd|ma icd10|ma icd-10|ma icd 10|ma", FORM_ICD, true, "Mã", "Code"},
         {"vi", "ten benh|ten benh tieng viet|ten tieng viet|ten icd|ten", FORM_TEXT, true, "Tên bệnh", "Name"},
         {"en", "disease name|ten benh tieng anh|ten tieng anh|english", FORM_TEXT, false, "Tên tiếng Anh", "English name"}},
        "prescribing/diagnoses.csv"},
    [LIST_MEDICINE] = {"medicine", SYSTEM_MEDICINE, "Thuốc", "Medicines",
        {{"code", "ma thuoc|ma|ma noi bo|ma duoc", FORM_WORD, true, "Mã", "Code"},
         {"name", "ten thuoc|ten|biet duoc|ten hoat chat|hoat chat", FORM_TEXT, true, "Tên thuốc", "Name"},
         {"name_en", "ten tieng anh|english", FORM_TEXT, false, "Tên tiếng Anh", "English name"},
         {"atc", "ma atc|atc", FORM_ATC, false, "Mã ATC", "ATC"},
         {"strength", "ham luong|nong do|nong do, ham luong|nong do/ham luong|nong do - ham luong", FORM_TEXT, false, "Hàm lượng", "Strength"},
         {"form", "dang bao che|dang", FORM_DOSAGE, false, "Dạng bào chế", "Form"},
         {"unit", "don vi tinh|dvt|don vi", FORM_TEXT, true, "Đơn vị tính", "Unit counted"},
         {"dose_unit", "don vi lieu|don vi dung", FORM_TEXT, false, "Đơn vị liều", "Unit of a dose"},
         {"content", "so don vi lieu|the tich|dung tich|quy cach", FORM_FRACTION, false, "Đơn vị liều trong một đơn vị tính", "Dose units in one counted unit"},
         {"route", "duong dung", FORM_ROUTE, false, "Đường dùng", "Route"},
         {"usual_dose", "lieu thuong dung", FORM_FRACTION, false, "Liều mỗi lần", "Usual dose"},
         {"usual_times", "so lan", FORM_FRACTION, false, "Số lần mỗi ngày", "Times a day"},
         {"programme", "chuong trinh", FORM_WORD, false, "Chương trình", "Programme"},
         {"group", "nhom kiem soat|phan loai|nhom thuoc|nhom", FORM_GROUP, false, "Thuốc kiểm soát đặc biệt", "Controlled"}},
        "prescribing/medicines.csv"},
    [LIST_SERVICE] = {"service", "urn:tram:insurance-service", "Dịch vụ (BHYT)", "Services (insurance)",
        {{"code", "ma dich vu|ma dvkt|ma tuong duong|ma", FORM_WORD, true, "Mã", "Code"},
         {"name", "ten dich vu|ten dvkt|ten dich vu phe duyet|ten", FORM_TEXT, true, "Tên dịch vụ", "Name"},
         {"name_en", "ten tieng anh|english", FORM_TEXT, false, "Tên tiếng Anh", "English name"},
         {"unit", "don vi tinh|dvt|don vi", FORM_TEXT, false, "Đơn vị tính", "Unit"},
         {"price", "don gia|gia|muc gia", FORM_MONEY, false, "Đơn giá", "Price"}},
        NULL},
};

const struct code_list_kind *code_list_kind(enum code_list list) { return &kinds[list]; }

bool code_list_read(str text, enum code_list *out) {
    for (int l = 0; l < LIST_COUNT; l++)
        if (str_is(text, kinds[l].code)) {
            *out = (enum code_list)l;
            return true;
        }
    return false;
}

size_t code_list_columns(enum code_list list) {
    size_t n = 0;
    while (n < CODE_COLUMNS && kinds[list].columns[n].name) n++;
    return n;
}
