// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the C table `assets` (src/server/asset.h) for all files below a folder, with gzip and brotli forms made at the
// highest level. Usage: node tools/embed.mjs build/web build/gen/web > build/gen/assets.c
// The bytes go to files beside the table and are taken in by the assembler (.incbin): a megabyte compiles in no time.
// The same input gives the same output, so the binary is reproducible. Runs on Node 18 without packages.
import { readdirSync, readFileSync, writeFileSync, mkdirSync, existsSync } from 'node:fs';
import { join, extname } from 'node:path';
import { createHash } from 'node:crypto';
import { gzipSync, brotliCompressSync, constants } from 'node:zlib';

const types = {
    '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8', '.json': 'application/json', '.webmanifest': 'application/manifest+json',
    '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.webp': 'image/webp', '.ico': 'image/x-icon',
    '.woff2': 'font/woff2', '.txt': 'text/plain; charset=utf-8', '.map': 'application/json',
};

function walk(folder, below = '') {
    const found = [];
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
        if (entry.name.startsWith('.')) continue;
        const name = `${below}/${entry.name}`;
        if (entry.isDirectory()) found.push(...walk(folder, name));
        else if (entry.isFile()) found.push(name);
    }
    return found;
}

const [folder, out] = process.argv.slice(2);
const paths = folder && existsSync(folder) ? walk(folder).sort() : [];
const lines = ['/* made by tools/embed.mjs */', '#include "server/asset.h"', ''];
const rows = [];
if (paths.length) mkdirSync(out, { recursive: true });

function take(n, kind, bytes) {
    const symbol = `asset_${n}_${kind}`, file = join(out, symbol);
    writeFileSync(file, bytes);
    lines.push(`__asm__(".pushsection .rodata\\n.balign 16\\n.global ${symbol}\\n${symbol}:\\n.incbin \\"${file}\\"\\n.popsection\\n");`,
               `extern const unsigned char ${symbol}[];`);
    return symbol;
}

paths.forEach((path, n) => {
    const raw = readFileSync(join(folder, path));
    const gz = gzipSync(raw, { level: 9 });
    gz[9] = 255; // "unknown system": the same bytes wherever they are made
    const br = brotliCompressSync(raw, { params: {
        [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } });
    const etag = createHash('sha256').update(raw).digest('base64url').slice(0, 22);
    const immutable = /[-.](?=[0-9A-Za-z_]*[0-9])[0-9A-Za-z_]{8,}\.[a-z0-9]+$/.test(path); // esbuild's [name]-[hash]
    const part = (kind, bytes) => bytes.length < raw.length * 0.95 ? [take(n, kind, bytes), bytes.length] : ['0', 0];
    const [g, gn] = part('gz', gz), [b, bn] = part('br', br), r = take(n, 'raw', raw);
    rows.push(`    {.path = ${JSON.stringify(path)}, .type = ${JSON.stringify(types[extname(path)] ?? 'application/octet-stream')}, ` +
              `.etag = "\\"${etag}\\"", .immutable = ${immutable},\n     .raw = ${r}, .raw_size = ${raw.length}, ` +
              `.gz = ${g}, .gz_size = ${gn}, .br = ${b}, .br_size = ${bn}},`);
});
lines.push('', 'const struct asset assets[] = {', ...rows, '    {0},', '};', '');
process.stdout.write(lines.join('\n'));
