// SPDX-License-Identifier: GPL-3.0-or-later
// The ethnic groups of Decision 121-TCTK/PPCĐ of 1979, by code: 01 … 54, and 55 for foreigners.
const names =
    'Kinh|Tày|Thái|Hoa|Khơ-me|Mường|Nùng|Mông|Dao|Gia-rai|Ngái|Ê-đê|Ba-na|Xơ-đăng|Sán Chay|Cơ-ho|Chăm|Sán Dìu|Hrê|Mnông|' +
    'Ra-glai|Xtiêng|Bru - Vân Kiều|Thổ|Giáy|Cơ-tu|Gié - Triêng|Mạ|Khơ Mú|Co|Tà-ôi|Chơ-ro|Kháng|Xinh Mun|Hà Nhì|Chu-ru|Lào|' +
    'La Chí|La Ha|Phù Lá|La Hủ|Lự|Lô Lô|Chứt|Mảng|Pà Thẻn|Cơ Lao|Cống|Bố Y|Si La|Pu Péo|Brâu|Ơ Đu|Rơ-măm|Người nước ngoài';
export const ethnicGroups = names.split('|').map((name, i) => ({ code: String(i + 1).padStart(2, '0'), name }));
