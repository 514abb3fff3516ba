/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of commands.
 */
#include "cli.h"

#define NO_OPTIONS NULL
#define OPTIONS(...) (const struct option[]) { __VA_ARGS__, {NULL, NULL, NULL, NULL} }

const struct command commands[] = {
    {"init", "DIR", 1, 1, NO_OPTIONS, "makes an empty node in DIR", "tạo một nút trống trong DIR", NULL, command_init},
    {"demo", "DIR", 1, 1,
     OPTIONS(
         {"province", "CODE", "province to show (only 11, Điện Biên, so far)", "mã tỉnh (hiện chỉ có 11, Điện Biên)"},
         {"scale", "S", "share of the residents, up to 1 (default 0.02)", "phần dân số, đến 1 (mặc định 0.02)"},
         {"seed", "N", "same seed, same province (default 1)", "cùng số, cùng dữ liệu (mặc định 1)"},
         {"on", "DATE", "the day that is today in the demo (default today)", "ngày coi là hôm nay (mặc định hôm nay)"}),
     "fills a new node with a synthetic province", "làm một tỉnh giả lập trong một nút mới",
     "Places are real; every person, visit and code is synthetic and tagged so.", command_demo},
    {"serve", "DIR", 1, 1, serve_options, "serves the node over HTTP", "phục vụ nút qua HTTP",
     "Every option may stand in DIR/tram.conf as 'name = value' (flags: yes or no). An address that is not loopback "
     "needs a "
     "certificate or a proxy.",
     command_serve},
    {"import", "DIR FILE|-...", 2, -1,
     OPTIONS({"unpack", NULL, "store the entries of Bundles that are not transactions",
              "lưu từng mục của Bundle không phải giao dịch"}),
     "stores resources from JSON, NDJSON or Bundles (.gz, .zst)",
     "nhập tài nguyên từ JSON, NDJSON hoặc Bundle (.gz, .zst)",
     "Transaction and batch Bundles are executed, other Bundles stored. A resource with an id is put, one without is "
     "posted. Files are "
     "independent: a failed one leaves nothing, the rest goes on. The last line on stdout is 'N stored, M failed in S "
     "s'.",
     command_import_files},
    {"export", "DIR", 1, 1, OPTIONS({"type", "T,...", "only these types", "chỉ các loại này"}),
     "writes the current versions as NDJSON", "xuất phiên bản hiện hành dạng NDJSON", NULL, command_export},
    {"get", "DIR Type/id", 2, 2, NO_OPTIONS, "prints one resource", "in một tài nguyên", NULL, command_get},
    {"search", "DIR 'Type?name=value&...'", 2, 2, NO_OPTIONS, "prints the Bundle of a FHIR search",
     "in kết quả tìm kiếm FHIR", NULL, command_search},
    {"check", "DIR", 1, 1, NO_OPTIONS, "looks for problems, one a line", "tìm các vấn đề, mỗi dòng một", NULL,
     command_check},
    {"rebuild", "DIR", 1, 1, OPTIONS({"check", NULL, "only compare, change nothing", "chỉ so sánh, không thay đổi"}),
     "makes index and projections anew from the records", "dựng lại chỉ mục và bảng chiếu từ hồ sơ", NULL,
     command_rebuild},
    {"backup", "DIR FILE", 2, 2, NO_OPTIONS, "writes a copy of the node to a file (keep it as safe as the node)",
     "sao lưu nút ra một tệp", NULL, command_backup},
    {"restore", "FILE DIR", 2, 2, NO_OPTIONS, "makes a node from a backup, as a new incarnation",
     "phục hồi nút từ bản sao lưu", NULL, command_restore},
    {"stats", "DIR", 1, 1, OPTIONS({"json", NULL, "as one JSON object", "dạng JSON"}), "counts resources and bytes",
     "đếm tài nguyên và dung lượng", NULL, command_stats},
    {"user", "DIR add|list|password|disable|enable [NAME]", 2, 3,
     OPTIONS({"role", "ROLE", "admin, nurse, doctor, station-head, epidemiologist, planner, director", "vai trò"},
             {"place", "LOCATION", "id of the Location of the post", "mã nơi làm việc"},
             {"display", "TEXT", "name shown", "tên hiển thị"},
             {"practitioner", "ID", "id of the Practitioner", "mã Practitioner"},
             {"language", "vi|en", "language of the screens (default vi)", "ngôn ngữ màn hình (mặc định vi)"}),
     "keeps the accounts", "quản lý tài khoản", "The password is read from the terminal or standard input.",
     command_user},
    {"token", "DIR", 1, 1,
     OPTIONS({"role", "ROLE", "what the bearer may do (default program)", "vai trò (mặc định program)"},
             {"days", "N", "valid so many days (default 1)", "số ngày hiệu lực (mặc định 1)"},
             {"revoke", "TOKEN", "end this token", "thu hồi mã này"}),
     "prints a new bearer token", "cấp mã truy cập", NULL, command_token_issue},
    {"site", "FILE|-", 1, 1,
     OPTIONS({"method", "pmedian|pcenter|cover|capacitated", "the question (default: what the file says, else pmedian)",
              "bài toán"},
             {"p", "N", "open at most N sites (default: as the file says)", "mở nhiều nhất N điểm"},
             {"radius", "R", "cover: the greatest distance that counts", "bán kính phục vụ (cover)"},
             {"budget", "B", "the cost column may sum to this", "ngân sách"},
             {"rules", "FILE", "further conditions (JSON): staff, at least k of these, if A then B, within reach",
              "điều kiện thêm (JSON): nhân lực, ít nhất k điểm, có A thì có B, trong tầm đi"},
             {"glpk", "S", "p-median: what is still open then is given to glpsol for S seconds",
              "p-median: phần còn mở giao cho glpsol trong S giây"},
             {"gap", "G", "stop when proven this close, 0.001 = 0.1 % (default 0)",
              "dừng khi chứng minh được khoảng cách này"},
             {"time-limit", "S", "stop after S seconds (default: none)", "dừng sau S giây"}),
     "chooses sites, with a proof", "chọn địa điểm, có chứng minh",
     "FILE is an OR-Library graph or capacitated file, a TSPLIB EUC_2D file, or CSV (docs/planning.md). Prints one "
     "JSON object with value, "
     "bound, gap (a fraction), sites and proven. Ctrl-C stops and prints the best plan known.",
     command_site},
    {"travel", "[SITES VILLAGES]", 0, 2,
     OPTIONS({"province", "CODE", "the published tables of a province instead of files", "bảng công bố của tỉnh"},
             {"roads", "FILE", "roads: .osm.pbf, .osm or GeoJSON", "mạng đường: .osm.pbf, .osm hoặc GeoJSON"},
             {"speeds", "FILE", "class,label,speed,mode as AccessMod has it (default: assumptions)",
              "bảng tốc độ như AccessMod (mặc định: giả định)"},
             {"terrain", "FILES|DIR",
              "heights (SRTM .hgt, joined by commas, or a folder of tiles): walking legs by Tobler; alone: straight on "
              "foot",
              "độ cao (các tệp SRTM .hgt, hoặc thư mục): đi bộ theo Tobler"},
             {"season", "any|dry|wet", "roads closed in that season are left out", "mùa: bỏ đường bị chia cắt"},
             {"walk", "KMH", "speed on foot to the road (default 4)", "tốc độ đi bộ ra đường (mặc định 4)"},
             {"most-km", "KM", "farther from a road there is no way (default 5)",
              "xa đường hơn thì không có lối đi (mặc định 5)"},
             {"across", NULL, "pairs of all communes", "mọi cặp, không chỉ trong xã"}),
     "computes travel times from roads or heights, as CSV", "tính thời gian đi lại từ mạng đường hoặc độ cao, dạng CSV",
     "Prints from,to,minutes,mode,season,source,date, which choose and rounds take by --travel; 'none' where there is "
     "no way. A file that is cut, a class "
     "without a speed and a void in the heights are errors.",
     command_travel},
    {"rounds", "FILE|-", 1, 1,
     OPTIONS(
         {"vehicles", "N", "vehicles (default: as the file says, else 1)", "số xe"},
         {"days", "N", "days of the plan, up to 31 (default 1)", "số ngày (mặc định 1)"},
         {"room", "R", "what a vehicle carries a day, in the unit of demand", "sức chứa mỗi xe mỗi ngày"},
         {"travel", "FILE", "travel times: from,to,minutes,mode,season,source,date",
          "thời gian đi lại: from,to,minutes,mode,season,source,date"},
         {"season", "any|dry|wet", "whose times count (default any)", "mùa (mặc định any)"},
         {"time-limit", "S", "search for S seconds (default 10)", "tìm trong S giây (mặc định 10)"},
         {"tries", "N", "so many tries instead of a time: the same answer every time", "số lần thử thay cho thời gian"},
         {"seed", "N", "start of the dice (default 1)", "số khởi đầu (mặc định 1)"}),
     "plans mobile rounds: villages, days, vehicles, hours", "lập lịch lưu động: thôn bản, ngày, xe, giờ",
     "FILE is CSV with the columns id, name, demand, service, opens, closes, prize, days, latitude, longitude (or x, "
     "y), the first row being the "
     "station; Solomon's form; or VRPLIB with time windows and prizes. No bound is proven. Exit 1 when a village that "
     "must be visited is left out.",
     command_rounds},
    {"choose", "[SITES VILLAGES]", 0, 2,
     OPTIONS({"province", "CODE", "the published tables of a province (11, 12, 14, 22) instead of files",
              "bảng công bố của tỉnh (11, 12, 14, 22)"},
             {"survey", "FILE", "what is known of sites: code and any of the columns of SITES",
              "kết quả khảo sát: code và các cột của SITES"},
             {"travel", "FILE", "travel times: from,to,minutes,mode,season,source,date",
              "thời gian đi lại: from,to,minutes,mode,season,source,date"},
             {"season", "any|dry|wet", "whose times count (default any)", "mùa (mặc định any)"},
             {"estimate", NULL, "estimate the times that the table lacks, marked as such",
              "ước tính thời gian còn thiếu, có đánh dấu"},
             {"proposal", "FILE", "weights, scales and rules as JSON", "trọng số, thang điểm, quy tắc (JSON)"},
             {"weights", "L,T,P,I,S", "location, transport, population, infrastructure, staff (default 20 each)",
              "trọng số: vị trí, giao thông, dân số, cơ sở vật chất, nhân lực"},
             {"points", "N", "so many other sites stay as points, the best ones (default: all)",
              "giữ N điểm trạm (mặc định: tất cả)"},
             {"budget", "B", "the costs of the stations may sum to this", "ngân sách"},
             {"most-worse", "M", "no village may lose more minutes without a point or a round (default 30)",
              "xa thêm nhiều nhất M phút nếu không có điểm trạm hoặc đợt lưu động (mặc định 30)"},
             {"across", NULL, "people may use the station of another commune", "người dân được đến trạm của xã khác"},
             {"format", "json|pdf|draft", "pdf: a page to print; draft: the draft of a decision (default json)",
              "pdf: trang in; draft: dự thảo quyết định (mặc định json)"},
             {"why", "TEXT", "the reason that goes into the draft; needed for it", "lý do ghi vào dự thảo; bắt buộc"},
             {"time-limit", "S", "seconds for each solver (default 10)", "giây cho mỗi lời giải (mặc định 10)"}),
     "chooses the station of each commune by five criteria", "chọn trạm y tế cho từng xã theo năm tiêu chí",
     "SITES and VILLAGES are CSV with named columns (docs/planning.md). What nobody knows stays not known: such a "
     "criterion does not count in that "
     "commune, and the answer says how much better another site would have to be on it. Exit 1 when a commune could "
     "not be decided.",
     command_choose},
    {"forecast", "[OLD NEW]", 0, 2,
     OPTIONS({"schedule", "PATH", "a schedule file or folder, or CDC's XML (default: Viet Nam's)",
              "tệp hoặc thư mục lịch tiêm (mặc định: Việt Nam)"},
             {"on", "DATE", "assess on this day (default: the line's assessment_date, else today)", "ngày đánh giá"},
             {"explain", NULL, "say why, in both languages, with the source", "giải thích lý do, kèm căn cứ"},
             {"compare", NULL, "what schedule NEW changes against OLD: whom, and doses by vaccine and month",
              "lịch NEW thay đổi gì so với OLD: ai, và số liều theo vắc xin, tháng"},
             {"as-published", NULL, "CDC's data and specification to the letter, without our corrections",
              "đúng nguyên văn CDC"},
             {"convert", "FOLDER", "prints CDC's XML as one tram-schedule/1 file",
              "in XML của CDC thành một tệp tram-schedule/1"}),
     "forecasts immunisations for patients (NDJSON) on stdin", "tính lịch tiêm chủng cho từng người (NDJSON) từ stdin",
     "Each line is a patient: id, dob, sex, assessment_date, doses[{date, cvx}], observations[{code, date}], area; "
     "each line of the answer "
     "has groups and doses. A schedule that is not sound is refused with FILE:LINE: reason. See docs/immunisation.md.",
     command_forecast},
    {"network", "DIR [export|load|import FILE|boundaries FILE] | replay", 1, 3,
     OPTIONS({"at", "YYYY-MM-DD", "of this day (default: today)", "của ngày này (mặc định: hôm nay)"},
             {"known", "YYYY-MM-DD", "as it was known on that day", "theo những gì đã biết vào ngày đó"},
             {"json", NULL, "as JSON", "dạng JSON"},
             {"format", "csv|json", "of export: CSV or an mCSD Bundle", "dạng xuất: CSV hoặc gói mCSD"},
             {"province", "N", "of load and replay: 11, 12, 14 or 22", "khi load và replay: 11, 12, 14 hoặc 22"}),
     "shows the network of a day, imports and exports it", "xem mạng lưới của một ngày, nhập và xuất",
     "Without further words: the counts of the day, with --json every place. import reads a CSV list (.csv) or an mCSD "
     "Bundle (.json): its differences to the "
     "network become one signed decision, which another decision can revoke; a list with any error changes nothing. "
     "boundaries takes a GeoJSON FeatureCollection "
     "with properties.code. load stores a province of the tables inside the program as it was before the mergers, with "
     "what was decided; replay prints their figures. See docs/network.md. / Không có từ nào khác: số "
     "lượng của ngày đó, với --json là từng nơi. import đọc danh sách CSV hoặc gói mCSD: những khác biệt thành một "
     "quyết định đã ký, có thể bãi bỏ bằng quyết "
     "định khác; danh sách có lỗi thì không thay đổi gì. boundaries nhận GeoJSON. replay in số liệu các tỉnh có trong "
     "chương trình.",
     command_network},
    {"codes", "DIR [import LIST FILE|undo LIST|export LIST]", 1, 4,
     OPTIONS(
         {"from", "YYYY-MM-DD", "of import: in force from this day (default: today)",
          "khi import: dùng từ ngày này (mặc định: hôm nay)"},
         {"preview", NULL, "of import: only say what differs and what is wrong", "khi import: chỉ xem khác gì, sai gì"},
         {"at", "YYYY-MM-DD", "as in force on this day (default: today)", "đang dùng vào ngày này (mặc định: hôm nay)"},
         {"json", NULL, "as JSON", "dạng JSON"}),
     "shows the lists of codes, imports them from Excel or CSV, takes an import back",
     "xem danh mục mã, nhập từ Excel hoặc CSV, gỡ lần nhập",
     "LIST is icd-10, medicine or service. FILE is .xlsx or CSV (UTF-8; comma, semicolon or tab), its head among the "
     "first twenty rows. A file with any error "
     "changes nothing: each is told by line and column. An import is a version that is in force from its day; undo "
     "takes the last one back. export prints CSV. "
     "See docs/codes.md. / LIST là icd-10, medicine (thuốc) hoặc service (dịch vụ BHYT). FILE là .xlsx hoặc CSV "
     "(UTF-8), dòng tiêu đề trong hai mươi dòng đầu. "
     "Tệp có lỗi thì không thay đổi gì, mỗi lỗi báo theo dòng và cột. Mỗi lần nhập là một phiên bản có ngày hiệu lực; "
     "undo gỡ lần nhập sau cùng.",
     command_codes},
    {"growth", "", 0, 0, NO_OPTIONS, "gives children's measures (CSV on stdin) their WHO z-scores",
     "tính z-score WHO cho số đo của trẻ (CSV từ stdin)",
     "The first line names the columns: sex (1 or m, 2 or f), age_days or age_months, weight (kg), lenhei (cm), "
     "measure (l lying, h standing), "
     "headc, armc (cm), triskin, subskin (mm), oedema (y or n); others are passed on. Each row comes back with "
     "z-scores (zlen, zwei, zwfl, zbmi, "
     "zhc, zac, zts, zss) and flags of values that are not plausible (flen and so on). A wrong row is told by its "
     "line, has no z, and makes the "
     "exit code 1. See docs/growth.md. / Dòng đầu ghi tên cột: sex (1 hoặc m: nam, 2 hoặc f: nữ), age_days hoặc "
     "age_months (tuổi theo ngày, tháng), "
     "weight (kg), lenhei (cm), measure (l nằm, h đứng), headc, armc (vòng đầu, vòng cánh tay, cm), triskin, subskin "
     "(nếp gấp da, mm), oedema (phù: "
     "y, n); cột khác giữ nguyên. Mỗi dòng được thêm z-score và cờ giá trị không hợp lý. Dòng sai được báo theo số "
     "dòng, không có z, mã thoát là 1.",
     command_growth},
    {"fhirpath", "EXPR", 1, 1,
     OPTIONS(
         {"resource", "FILE|-", "evaluate on this resource, JSON or XML", "tính trên tài nguyên này, JSON hoặc XML"}),
     "evaluates a FHIRPath expression, one JSON value a line", "tính một biểu thức FHIRPath, mỗi dòng một giá trị JSON",
     "Strings, dates and times are JSON strings, quantities {\"value\":…,\"unit\":…}, elements FHIR JSON. Nothing "
     "found: no line. trace() goes to stderr.",
     command_fhirpath},
    {"validate", "FILE...", 1, -1, NO_OPTIONS, "checks resources, one OperationOutcome a line",
     "kiểm tra tài nguyên, mỗi dòng một OperationOutcome",
     "Files in JSON or XML. Base FHIR R4: structure, cardinality, types, required codes, references, invariants. "
     "Warnings do not change the exit code.",
     command_validate},
    {"view", "VIEW FILE...", 2, -1,
     OPTIONS({"format", "csv|ndjson", "how the rows are printed (default csv)", "cách in các dòng (mặc định csv)"}),
     "makes a flat table of resources by a ViewDefinition", "lập bảng phẳng từ tài nguyên theo ViewDefinition",
     "VIEW is a ViewDefinition of SQL-on-FHIR 2. Each FILE is a resource in JSON or XML, a Bundle (its entries count "
     "too) or NDJSON, a resource a line. "
     "A wrong definition or resource is told with its place and makes the exit code 1; rows printed before it stand. "
     "See docs/views.md.",
     command_view},
    {"config", "DIR", 1, 1, NO_OPTIONS, "prints the configuration in force", "in cấu hình đang dùng", NULL,
     command_config},
    {"help", "[COMMAND]", 0, 1, NO_OPTIONS, "explains a command", "giải thích một lệnh", NULL, command_help},
    {"manual", "", 0, 0, NO_OPTIONS, "prints the manual page (roff)", "in trang hướng dẫn (roff)", NULL,
     command_manual},
    {"completion", "bash", 1, 1, NO_OPTIONS, "prints the completion for a shell", "in phần hoàn thành lệnh cho shell",
     NULL, command_completion},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
