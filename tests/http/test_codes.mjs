// SPDX-License-Identifier: GPL-3.0-or-later
// Lists of codes over HTTP: a file in (preview, apply, undo), what the sheets then offer, the prescription's rules on an imported medicine.
import { Node, test, equal, ok, run, patient } from './harness.mjs';
import { deflateRawSync, crc32 as crcOf } from 'node:zlib';

const node = new Node().init();
const admin = node.token('program'), nurse = node.token('nurse');
await node.serve();
const call = (method, path, body, token = admin) => node.call(method, path, { body, token, headers: typeof body === 'string' ? { 'Content-Type': 'text/csv' } : {} });
const send = async (list, bytes, query) => {
    const r = await fetch(`${node.url}/api/codes/${list}/import?${query}`, { method: 'POST', body: bytes, headers: { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/octet-stream' } });
    return { status: r.status, json: await r.json() };
};
const codes = async q => (await call('GET', `/api/diagnoses?q=${encodeURIComponent(q)}`)).json.diagnoses;
const today = new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 10);

// A workbook as Excel itself writes it: shared texts with rich parts, a day format, deflated parts (a zip by hand: no packages here).
function crc(bytes) {
    if (crcOf) return crcOf(bytes);
    let c, n = 0xffffffff;
    for (const b of bytes) { c = (n ^ b) & 0xff; for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1; n = (n >>> 8) ^ c; }
    return (n ^ 0xffffffff) >>> 0;
}
function zip(parts) {
    const local = [], central = [];
    let at = 0;
    for (const [name, text] of Object.entries(parts)) {
        const raw = Buffer.from(text), packed = deflateRawSync(raw), head = Buffer.alloc(30), entry = Buffer.alloc(46);
        head.writeUInt32LE(0x04034b50, 0); head.writeUInt16LE(8, 8); head.writeUInt32LE(crc(raw), 14); head.writeUInt32LE(packed.length, 18);
        head.writeUInt32LE(raw.length, 22); head.writeUInt16LE(name.length, 26);
        entry.writeUInt32LE(0x02014b50, 0); entry.writeUInt16LE(8, 10); entry.writeUInt32LE(crc(raw), 16); entry.writeUInt32LE(packed.length, 20);
        entry.writeUInt32LE(raw.length, 24); entry.writeUInt16LE(name.length, 28); entry.writeUInt32LE(at, 42);
        local.push(head, Buffer.from(name), packed); central.push(entry, Buffer.from(name));
        at += 30 + name.length + packed.length;
    }
    const directory = Buffer.concat(central), end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0); end.writeUInt16LE(Object.keys(parts).length, 8); end.writeUInt16LE(Object.keys(parts).length, 10);
    end.writeUInt32LE(directory.length, 12); end.writeUInt32LE(at, 16);
    return Buffer.concat([...local, directory, end]);
}
const shared = ['DANH MỤC BỆNH', 'MÃ BỆNH', 'TÊN BỆNH', 'DISEASE NAME', 'A97', 'Sốt xuất huyết Dengue', 'Dengue', 'I10', 'Z99.9'];
const workbook = last => zip({
    '[Content_Types].xml': '<Types/>',
    'xl/workbook.xml': '<workbook xmlns:r="x"><sheets><sheet name="ICD" sheetId="7" r:id="rId9"/><sheet name="Khác" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId9" Target="/xl/worksheets/sheet7.xml"/></Relationships>',
    'xl/styles.xml': '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="d\\-mmm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>',
    'xl/sharedStrings.xml': `<sst>${shared.map(t => `<si><t>${t}</t></si>`).join('')}<si><r><t>Tăng </t></r><r><t>huyết áp</t></r><rPh><t>x</t></rPh></si></sst>`,
    'xl/worksheets/sheet1.xml': '<worksheet><sheetData/></worksheet>',
    'xl/worksheets/sheet7.xml': `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>
        <row r="3"><c r="B3" t="s"><v>1</v></c><c r="C3" t="s"><v>2</v></c><c r="D3" t="s"><v>3</v></c></row>
        <row r="4"><c r="A4"><v>1</v></c><c r="B4" t="s"><v>4</v></c><c r="C4" t="s"><v>5</v></c><c r="D4" t="s"><v>6</v></c></row>
        <row r="5"><c r="B5" t="inlineStr"><is><t>I10</t></is></c><c r="C5" t="s"><v>9</v></c></row>${last}</sheetData></worksheet>`,
});
let version;

test('a workbook: preview tells what differs and changes nothing', async () => {
    const p = await send('icd-10', workbook('<row r="6"><c r="B6" t="s"><v>8</v></c><c r="C6" t="str"><v>Phụ thuộc máy</v></c></row>'), 'step=preview');
    equal([p.status, p.json.rows, p.json.head, p.json.errors, p.json.new, p.json.version], [200, 3, 3, 0, 1, null]);
    equal([p.json.columns, p.json.ignored], ['MÃ BỆNH, TÊN BỆNH, DISEASE NAME', null]);
    ok(p.json.gone > 200, 'what the program ships and the file has not is said to go');
    equal(p.json.differences[0], { kind: 'new', line: 6, code: 'Z99.9', column: null, before: null, after: 'Phụ thuộc máy' });
    equal((await call('GET', '/api/codes')).json.lists[0].version, null);
});
test('faults are told by row and column; with one of them nothing is applied', async () => {
    const bad = await send('icd-10', workbook('<row r="6"><c r="B6" s="1"><v>46143</v></c><c r="C6" t="s"><v>5</v></c></row><row r="7"><c r="B7" t="e"><v>#N/A</v></c><c r="C7" t="s"><v>5</v></c></row>'), 'step=apply');
    equal([bad.status, bad.json.errors, bad.json.version], [422, 2, null]);
    equal(bad.json.problems.map(p => [p.line, p.column]), [[6, 'MÃ BỆNH (B)'], [7, 'MÃ BỆNH (B)']]);
    ok(/là ngày/.test(bad.json.problems[0].vi) && /is a day/.test(bad.json.problems[0].en), bad.json.problems[0].vi);
    for (const [bytes, word] of [[Buffer.from('a,b\n1,2\n'), 'tiêu đề'], [Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 0]), 'không mật khẩu'], [workbook('').subarray(0, 700), 'hỏng'],
        [Buffer.from('code,vi\nI10,T\xe3ng\n', 'latin1'), 'line 2, column B'], [Buffer.alloc(0), 'trống']]) {
        const p = (await send('icd-10', bytes, 'step=preview')).json;
        ok(p.errors === 1 && p.problems[0].vi.includes(word), p.problems?.[0]?.vi ?? JSON.stringify(p));
    }
    equal((await send('icd-9', workbook(''), 'step=preview')).status, 404);
    equal((await call('POST', '/api/codes/icd-10/import?step=preview', 'code,vi\nI10,x\n', nurse)).status, 403);
});
test('applied: the examination offers the list; what only the program ships stays, behind and marked; codes are in the store', async () => {
    const done = await send('icd-10', workbook('<row r="6"><c r="B6" t="s"><v>8</v></c><c r="C6" t="str"><v>Phụ thuộc máy</v></c></row>'), `step=apply&file=icd.xlsx&from=${today}`);
    equal([done.status, done.json.new], [200, 1]);
    version = done.json.version;
    equal((await codes('phu thuoc may')).map(d => [d.code, d.outside]), [['Z99.9', false]]);
    equal((await codes('ptm')).map(d => d.code), ['Z99.9'], 'initials');
    equal((await codes('vo can'))[0].code, 'I10', 'the words of the program still find the code'); // the list calls it "Tăng huyết áp" only
    equal((await codes('common cold')).map(d => [d.code, d.outside]), [['J00', true]]);
    equal((await codes('i10')).map(d => [d.code, d.vi, d.longSupply])[0], ['I10', 'Tăng huyết áp', true], 'the 90-day list keeps its own table');
    const lists = (await call('GET', '/api/codes')).json.lists;
    equal([lists[0].version, lists[0].codes, lists[0].versions.map(v => [v.title, v.from, v.inForce])], [version, 3, [['icd.xlsx', today, true]]]);
    const found = (await call('GET', `/fhir/CodeSystem?code=Z99.9`)).json;
    equal([found.total ?? found.entry.length, found.entry[0].resource.url], [1, 'http://hl7.org/fhir/sid/icd-10']);
    equal((await call('GET', `/fhir/ValueSet/${version}`)).json.status, 'active');
});
test('undo: the list before is in force; another undo or a wrong version is refused', async () => {
    equal((await call('POST', `/api/codes/icd-10/undo?version=${node.dir.length}`, '')).status, 409);
    equal((await call('POST', `/api/codes/icd-10/undo?version=${version}`, '')).json.undone, version);
    equal((await codes('phu thuoc may')).length, 0);
    equal((await codes('common cold')).map(d => [d.code, d.outside]), [['J00', false]]);
    equal((await call('POST', '/api/codes/icd-10/undo', '')).status, 404);
    equal((await call('GET', `/fhir/CodeSystem?code=Z99.9`)).json.entry.length, 1, 'its codes stay readable');
});
test('medicines: quantities, group and old prescriptions with an imported list', async () => {
    const list = 'Mã thuốc,Tên thuốc,Hàm lượng,Dạng bào chế,Đơn vị tính,Đơn vị liều,Dung tích,Đường dùng,Nhóm\n' +
        'T1,Ambroxol,15 mg/5 ml,Siro,Chai,ml,100 ml,Uống,\nT2,Morphin,10 mg,Thuốc tiêm,Ống,,,Tiêm bắp,gây nghiện\nT3,Seduxen,5 mg,Viên nén,Viên,,,Uống,hướng thần\n';
    equal((await send('medicine', Buffer.from(list), `step=apply&from=${today}`)).json.errors, 0);
    const offered = (await call('GET', '/api/medicines')).json.medicines;
    equal(offered.map(m => [m.code, m.text, m.unit, m.content, m.controlled?.kind ?? null]),
        [['T1', 'Ambroxol 15 mg/5 ml', 'Chai', '100', null], ['T2', 'Morphin 10 mg', 'Ống', '1', 'n'], ['T3', 'Seduxen 5 mg', 'Viên', '1', 'h']]);
    equal((await call('PUT', '/fhir/Patient/adult', { ...patient('adult'), birthDate: '1959-03-12' })).status, 201);
    const check = lines => call('POST', '/api/prescriptions/check', { patient: 'adult', kind: 'c', diagnoses: [{ code: 'J20' }], lines });
    const c = (await check([{ medicine: 'T1', dose: '10', times: '3', days: 7 }, { medicine: 'T3', dose: '1', times: '1', days: 7 },
        { medicine: 'amlodipin-5', dose: '1', times: '1', days: 7 }])).json;
    equal(c.lines.map(l => [l.text, l.total, l.quantityText, l.unit]), [['Ambroxol 15 mg/5 ml', '210', '03', 'Chai'], ['Seduxen 5 mg', '7', '07', 'Viên'],
        ['Amlodipin 5 mg', '7', '07', 'viên']], 'a medicine no longer on the list is still known by its code');
    equal(c.findings.filter(f => f.rule === 'form').map(f => [f.level, f.at]), [['refused', 'lines[1].medicine']]);
    equal((await call('POST', '/api/codes/medicine/undo', '')).status, 200);
    const protocol = 'code,name,unit,atc,strength\nA5,Amlor,Viên,C08CA01,5 mg\nX1,Ambroxol,Viên,R05CB06,30 mg\n';
    equal((await send('medicine', Buffer.from(protocol), `step=apply&from=${today}`)).json.errors, 0);
    equal((await call('GET', '/api/medicines?programme=hypertension')).json.medicines.map(m => m.text), ['Amlor 5 mg'], 'the protocol finds its substance in the list');
    equal((await call('POST', '/api/codes/medicine/undo', '')).status, 200);
    ok((await call('GET', '/api/medicines')).json.medicines.length > 100, 'the program’s own again');
});

await run(() => node.remove());
