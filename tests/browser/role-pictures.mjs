// SPDX-License-Identifier: GPL-3.0-or-later
// The first screen and the daily pages of every role, as pictures in docs/pictures/roles, and docs/vi/vai-tro.md from the same table:
// make pictures (a demo node of this build, seed 7; the day is that on which it is run).
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { base, check, open, openPerson, root, runAll, signIn, test } from './lib.mjs';

const folder = join(root, 'docs/pictures/roles');
mkdirSync(folder, { recursive: true });

/** Role, its account of the demonstration, pictures: name, size, page ('person': somebody's record), what stands there, a sentence. */
const ROLES = [
    ['Điều dưỡng trạm', 'nurse', [
        ['home', 'desk', '', '.today', 'Ô tìm người đứng đầu; bên dưới là kết quả của chính trạm và những người cần gọi, cần xem thuốc.'],
        ['lists', 'desk', 'lists/overdue', 'main .rows li, main li', 'Danh sách quá hẹn: mỗi dòng là một cuộc gọi, một chạm ghi kết quả.'],
        ['person', 'phone', 'person', '#measure', 'Hồ sơ trên điện thoại: tên, tuổi, bản, chủ hộ luôn ở trên cùng.'],
    ]],
    ['Bác sĩ', 'doctor', [
        ['home', 'desk', '', '.today', 'Cùng trang đầu với điều dưỡng: tìm người, người đang chờ, người chưa kiểm soát.'],
        ['person', 'desk', 'person', '#measure', 'Hồ sơ một màn hình: vấn đề, thuốc, số đo, dòng thời gian; phím tắt mở khám bệnh, kê đơn, chuyển tuyến.'],
    ]],
    ['Nhân viên điểm trạm', 'worker', [
        ['home', 'phone', '', '.today', 'Trên điện thoại: người dân của điểm trạm.'],
        ['lists', 'phone', 'lists/overdue', 'main h1', 'Danh sách của điểm trạm, gọi ngay từ máy.'],
    ]],
    ['Nhân viên bảo hiểm y tế', 'insurance', [['home', 'desk', '', '.today', 'Tìm người bằng số thẻ, đăng ký; trang nói rõ giám định chưa có màn hình riêng.']]],
    ['Trưởng trạm', 'head', [
        ['home', 'desk', '', '.today', 'Việc của trạm hôm nay.'],
        ['openings', 'desk', 'rights/openings', '.rights table, .rights .muted', 'Ai đã mở hồ sơ nơi khác và lý do.'],
        ['facility', 'desk', 'rights/facilities', '.facilities li', 'Mã, điện thoại, địa chỉ của trạm mình in trên giấy.'],
    ]],
    ['Hộ sinh', 'midwife', [['children', 'desk', 'lists/child-due', 'main h1', 'Trẻ đến hạn cân đo, mỗi dòng mở thẳng phiếu cân đo.']]],
    ['Cán bộ dân số', 'population', [
        ['home', 'desk', '', '.today', 'Tìm người, hộ, và những gì làm được ở bản này.'],
        ['register', 'desk', 'register', 'form', 'Đăng ký người mới: quét CCCD hoặc gõ.'],
    ]],
    ['Phụ trách dược', 'pharmacist', [['home', 'phone', '', '.today', 'Trang nói rõ: kho và phát thuốc chưa có màn hình riêng.']]],
    ['Y tế thôn bản', 'village', [['home', 'phone', '', '.today', 'Chỉ tìm người của bản mình: họ tên, tuổi, nơi ở; không có dữ liệu khám bệnh.']]],
    ['Dịch tễ', 'epidemiologist', [
        ['home', 'desk', '', '.today', 'Cả địa bàn phụ trách.'],
        ['programme', 'desk', 'programmes', 'main h1', 'Chương trình theo xã và theo tháng.'],
    ]],
    ['Kế hoạch', 'planner', [
        ['home', 'desk', '', '.netmap svg', 'Trang đầu là mạng lưới của một ngày bất kỳ: kéo thanh ngày.'],
        ['siting', 'desk', 'siting', 'main svg', 'Phương án đặt trạm với năm tiêu chí.'],
    ]],
    ['Giám đốc Sở', 'director', [
        ['home', 'desk', '', 'main h1', 'Trang đầu là toàn tỉnh: số liệu đổi ngay khi một lượt khám được lưu; không có tên ai.'],
        ['home', 'phone', '', 'main h1', 'Cùng trang đó trên điện thoại.'],
    ]],
    ['Quản trị', 'admin', [
        ['home', 'desk', '', '.accounts h2', 'Trang đầu là tài khoản và nhiệm vụ; người quản trị không xem được hồ sơ của ai.'],
        ['facilities', 'desk', 'rights/facilities', '.facilities li', 'Mã, điện thoại, địa chỉ của mọi cơ sở, gõ từng nơi hoặc nhập từ Excel.'],
        ['audit', 'desk', 'rights/audit', '.rights table', 'Nhật ký truy cập.'],
    ]],
];

async function picture(who, [name, size, path, ready]) {
    const page = await open({ size });
    await signIn(page, who);
    if (path === 'person') await openPerson(page);
    else await page.goto(`${base}/#/${path}`);
    await page.waitForSelector(ready);
    await page.evaluate(() => document.fonts.ready.then(() => document.activeElement?.blur()));
    await page.mouse.move(2, 400);
    await page.waitForTimeout(700);
    const file = join(folder, `${who}-${name}-${size}.png`);
    await page.screenshot({ path: file });
    spawnSync('pngquant', ['--force', '--skip-if-larger', '--output', file, '48', '--', file]); // Debian's, when it is there
    const bytes = statSync(file).size;
    await page.context().close();
    check(bytes <= 60 * 1024, `${who}-${name}-${size}.png has ${bytes} bytes; is pngquant installed?`);
}

for (const [role, who, list] of ROLES)
    test(`pictures of ${role}`, async () => {
        for (const one of list) await picture(who, one);
    });
test('the page of roles', () => {
    const lines = ['# Mỗi người thấy gì', 'Mỗi nhiệm vụ có trang đầu và những trang hằng ngày của mình; quyền của từng nhiệm vụ ở [server.md](../server.md). Ảnh từ tỉnh mẫu (mọi người trong ảnh đều là giả lập),',
        'làm lại bằng `make pictures`. Tài khoản thử: tên trong ngoặc, mật khẩu `tram-demo`.', ''];
    for (const [role, who, list] of ROLES) {
        lines.push(`## ${role} (\`${who}\`)`);
        for (const [name, size, , , words] of list) lines.push(words, '', size === 'phone' ? `<img src="../pictures/roles/${who}-${name}-${size}.png" alt="${words}" width="260">` : `![${words}](../pictures/roles/${who}-${name}-${size}.png)`, '');
    }
    writeFileSync(join(root, 'docs/vi/vai-tro.md'), lines.join('\n'));
});
await runAll(process.argv.slice(2));
