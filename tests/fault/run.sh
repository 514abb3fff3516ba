#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Faults: the server is killed under load; no acknowledged write may be lost.
cd "$(dirname "$0")/../.."
exec node tests/fault/kill.mjs "${KILLS:-20}"
