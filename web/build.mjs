// SPDX-License-Identifier: GPL-3.0-or-later
// Builds the browser part: src/ → OUT (default ../build/web): index.html and files whose names carry a hash of their
// content. Runs on Node 18. The types, and with them the completeness of both languages, are checked first.
// Usage: node build.mjs [OUT] [--no-check]
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const out = resolve(args.find((a) => !a.startsWith('-')) ?? join(here, '../build/web'));
const BUDGET = 60 * 1024; // bytes of JavaScript and CSS after gzip -9; fonts apart

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

const files = new Map(); // name → bytes
let weight = 0;

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

const result = await build({
    entryPoints: { app: join(here, 'src/main.tsx'), style: join(here, 'src/style/style.css') },
    outdir: '/out',
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome87', 'firefox98', 'safari15.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    charset: 'utf8',
    external: ['font:*'],
    absWorkingDir: here,
    logLevel: 'warning',
    logLimit: 10,
}).catch(() => fail('the bundle could not be made'));

const names = {};
for (const file of result.outputFiles) {
    let text = file.text;
    const name = file.path.split('/').pop();
    text = text.replace(/font:([a-z]+-\d+)/g, (_, key) => `/${fonts[key] ?? fail(`no font ${key}`)}`);
    const bytes = Buffer.from(text);
    weight += gzipSync(bytes, { level: 9 }).length;
    names[name] = hashed(name, bytes);
}
if (weight > BUDGET) fail(`JavaScript and CSS weigh ${weight} bytes after gzip, more than ${BUDGET}`);

const icon = hashed('icon.svg', readFileSync(join(here, 'src/icon.svg')));
const page = readFileSync(join(here, 'src/index.html'), 'utf8')
    .replace('{app}', names['app.js'])
    .replace('{style}', names['style.css'])
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
