// SPDX-License-Identifier: GPL-3.0-or-later
// All browser tests. Usage: ./run.sh [part of a test's name]...
import { runAll } from './lib.mjs';
import './rules.mjs';
import './main-job.mjs';
import './sheet.mjs';
import './find.mjs';
import './clinic.mjs';
import './register.mjs';
import './rights.mjs';
import './codes.mjs';
import './looks.mjs';
import './network.mjs';
import './siting.mjs';
import './care.mjs';

await runAll(process.argv.slice(2));
