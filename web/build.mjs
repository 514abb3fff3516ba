// SPDX-License-Identifier: GPL-3.0-or-later
// Builds the browser part: src/ → OUT (default ../build/web): index.html and files whose names carry a hash of their
// content. Runs on Node 18. The types, and with them the completeness of both languages, are checked first.
// Usage: node build.mjs [OUT] [--no-check]
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const out = resolve(args.find((a) => !a.startsWith('-')) ?? join(here, '../build/web'));
// bytes of JavaScript and CSS after gzip -9, fonts apart: what is loaded at the start, and what a page or sheet adds
const CORE_BUDGET = 60 * 1024,
    ROOM_BUDGET = 30 * 1024,
    LIBRARY_BUDGET = 60 * 1024; // a library that is loaded when it is needed: the QR reader

function fail(word) {
    console.error(`web: ${word}`);
    process.exit(1);
}

if (!args.includes('--no-check')) {
    const tsc = join(here, 'node_modules/typescript/bin/tsc');
    const checked = spawnSync(process.execPath, [tsc, '--noEmit', '--pretty', 'false'], {
        cwd: here,
        encoding: 'utf8',
    });
    if (checked.status !== 0) fail(`types or texts are wrong\n${checked.stdout}${checked.stderr}`);
}

// every word of a catalogue is shown somewhere: the keys of its first object against the words of all other sources
{
    const { default: ts } = await import('typescript');
    const src = join(here, 'src');
    const sources = readdirSync(src, { recursive: true }).filter((f) => /\.tsx?$/.test(f)).map((f) => [f, readFileSync(join(src, f), 'utf8')]);
    const firstObject = (node) => (ts.isObjectLiteralExpression(node) ? node : ts.forEachChild(node, firstObject));
    for (const [file, text] of sources.filter(([f]) => /(^|\/)(texts|vi)\.ts$/.test(f))) {
        const words = new Set(sources.filter(([f]) => f !== file && f !== 'texts/en.ts').flatMap(([, t]) => t.match(/\w+/g)));
        const keys = firstObject(ts.createSourceFile(file, text, ts.ScriptTarget.Latest)).properties.map((p) => p.name.text);
        const unused = keys.filter((k) => !words.has(k));
        if (!keys.length || unused.length) fail(`${file}: nothing shows ${unused.join(', ')}`);
    }
}

const files = new Map(); // name → bytes

function hashed(name, bytes) {
    const dot = name.lastIndexOf('.');
    // a hash always has a digit: the server takes names with one as immutable
    const hash = createHash('sha256').update(bytes).digest('hex').replace(/\D*$/, '').slice(-10).padStart(10, '0');
    const full = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
    files.set(full, bytes);
    return full;
}

// fonts: Noto Sans 400 and 700, Latin and Vietnamese subsets, taken from the package and served by ourselves
const fonts = {};
for (const subset of ['latin', 'vietnamese'])
    for (const bold of [400, 700]) {
        const name = `noto-sans-${subset}-${bold}-normal.woff2`;
        const path = join(here, 'node_modules/@fontsource/noto-sans/files', name);
        fonts[`${subset}-${bold}`] = hashed(`noto-sans-${subset}-${bold}.woff2`, readFileSync(path));
    }

const common = {
    outdir: '/out',
    write: false,
    bundle: true,
    minify: true,
    metafile: true,
    target: ['chrome87', 'firefox98', 'safari15.4'],
    legalComments: 'none',
    charset: 'utf8',
    absWorkingDir: here,
    logLevel: 'warning',
    logLimit: 10,
};
const bundle = (options) => build({ ...common, ...options }).catch(() => fail('the bundle could not be made'));
const packed = (bytes) => gzipSync(bytes, { level: 9 }).length;

// style sheets first: the code names those of the rooms
const rooms = existsSync(join(here, 'src/rooms')) ? readdirSync(join(here, 'src/rooms')) : [];
const sheets = { style: join(here, 'src/style/style.css') };
for (const room of rooms) {
    const file = join(here, 'src/rooms', room, 'style.css');
    if (existsSync(file)) sheets[`room-${room}`] = file;
}
const styles = {}, // entry → { name, weight }
    roomStyles = {};
for (const file of (await bundle({ entryPoints: sheets, external: ['font:*'] })).outputFiles) {
    const name = basename(file.path);
    const text = file.text.replace(/font:([a-z]+-\d+)/g, (_, key) => `/${fonts[key] ?? fail(`no font ${key}`)}`);
    const bytes = Buffer.from(text);
    styles[basename(name, '.css')] = { name: hashed(name, bytes), weight: packed(bytes) };
}
for (const room of rooms) if (styles[`room-${room}`]) roomStyles[room] = `/${styles[`room-${room}`].name}`;

// code: the core and, by import(), chunks of the rooms; names carry a digit for the server's rule of immutable files
const code = await bundle({
    entryPoints: { app: join(here, 'src/main.tsx') },
    format: 'esm',
    splitting: true,
    entryNames: '[name]-0[hash]',
    chunkNames: '[name]-0[hash]',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { ROOM_STYLES: JSON.stringify(roomStyles) },
});
const weights = {};
for (const file of code.outputFiles) {
    files.set(basename(file.path), Buffer.from(file.contents));
    weights[basename(file.path)] = packed(file.contents);
}
const outputs = Object.fromEntries(Object.entries(code.metafile.outputs).map(([path, o]) => [basename(path), o]));
/** The file and all that it imports at once. */
function closure(name, seen = new Set()) {
    if (!seen.has(name)) {
        seen.add(name);
        for (const i of outputs[name].imports) if (i.kind === 'import-statement') closure(basename(i.path), seen);
    }
    return seen;
}
const app = Object.keys(outputs).find((name) => outputs[name].entryPoint === 'src/main.tsx');
const core = closure(app);
const weight = styles.style.weight + [...core].reduce((sum, name) => sum + weights[name], 0);
if (weight > CORE_BUDGET) fail(`the core weighs ${weight} bytes after gzip, more than ${CORE_BUDGET}`);
for (const [name, o] of Object.entries(outputs)) {
    if (!o.entryPoint || name === app) continue;
    const room = /src\/rooms\/([^/]+)\//.exec(o.entryPoint)?.[1];
    const own = [...closure(name)].filter((n) => !core.has(n)).reduce((sum, n) => sum + weights[n], styles[`room-${room}`]?.weight ?? 0);
    const budget = o.entryPoint.startsWith('node_modules/') ? LIBRARY_BUDGET : ROOM_BUDGET;
    if (own > budget) fail(`${o.entryPoint} adds ${own} bytes after gzip, more than ${budget}`);
}

const icon = hashed('icon.svg', readFileSync(join(here, 'src/icon.svg')));
const page = readFileSync(join(here, 'src/index.html'), 'utf8')
    .replace('{app}', app)
    .replace('{style}', styles.style.name)
    .replace('{preload}', [...core].filter((n) => n !== app).map((n) => `<link rel="modulepreload" href="/${n}">`).join('\n'))
    .replace('{icon}', icon)
    .replace('{font-latin}', fonts['latin-400'])
    .replace('{font-vietnamese}', fonts['vietnamese-400'])
    .replace('{font-latin-bold}', fonts['latin-700'])
    .replace('{font-vietnamese-bold}', fonts['vietnamese-700']);
if (/\{[a-z-]+\}/.test(page)) fail('a name is left open in index.html');
files.set('index.html', Buffer.from(page));
files.set(
    'fonts.txt',
    Buffer.from(
        `Noto Sans (subsets latin and vietnamese), ${readFileSync(
            join(here, 'node_modules/@fontsource/noto-sans/LICENSE'),
            'utf8',
        )}`,
    ),
);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const [name, bytes] of files) writeFileSync(join(out, name), bytes);
console.log(`web: ${files.size} files, core ${(weight / 1024).toFixed(1)} KB after gzip`);
