# Trạm: one non-recursive Makefile. `make` builds build/tram; `make help` lists the rest.
VERSION  = 0.1.0
CC       = gcc
PREFIX  ?= /usr/local
BUILD   ?= build
PACKAGES = sqlite3 libmicrohttpd gnutls yajl libzstd zlib libsodium libutf8proc libpcre2-8 libxml-2.0 readosm pangocairo libqrencode xlsxwriter libzip
WARN     = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Werror
OPT     ?= -O2
CFLAGS  ?= -g
BASE_CFLAGS = -std=gnu11 $(OPT) $(WARN) -fno-strict-aliasing -ffile-prefix-map=$(CURDIR)=. -fstack-protector-strong -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 \
              -DTRAM_VERSION='"$(VERSION)"' -Isrc -I$(BUILD)/gen $(PKG_CFLAGS)
PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES))
LIBS    := $(shell pkg-config --libs $(PACKAGES)) -lm -lpthread
CMOCKA  := $(shell pkg-config --libs cmocka 2>/dev/null)

SRC      = $(sort $(shell find src -name '*.c'))
SCHEMAS  = $(sort $(wildcard src/*/schema.sql))
GEN_OBJ  = $(SCHEMAS:src/%/schema.sql=$(BUILD)/gen/schema_%.o) $(BUILD)/gen/assets.o $(BUILD)/gen/data_files.o
OBJ      = $(SRC:%.c=$(BUILD)/%.o) $(GEN_OBJ)
LIB_OBJ  = $(filter-out $(BUILD)/src/main.o,$(OBJ))
TESTS    = $(sort $(wildcard tests/unit/test_*.c))
TEST_BIN = $(TESTS:tests/unit/%.c=$(BUILD)/test/%)

all: $(BUILD)/tram

$(BUILD)/tram: $(OBJ)
	@mkdir -p $(@D); echo '  LINK $@'
	@$(CC) $(CFLAGS) $(OPT) $(LDFLAGS) -Wl,--build-id=none -o $@ $(OBJ) $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D); echo '  CC   $<'
	@$(CC) $(BASE_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# schema.sql of a room becomes the C text `schema_ROOM`
$(BUILD)/gen/schema_%.c: src/%/schema.sql
	@mkdir -p $(@D)
	@{ printf 'extern const char schema_$*[];\nconst char schema_$*[] =\n'; \
	   sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' $<; echo ';'; } > $@

# the browser part: web/ → build/web, embedded with its compressed forms; an empty table where npm is absent
WEB     ?= build/web
WEB_SRC  = web/build.mjs web/package.json web/package-lock.json web/tsconfig.json $(shell find web/src -type f 2>/dev/null)
WEB_DONE = $(if $(shell command -v npm 2>/dev/null),$(WEB)/index.html)
$(BUILD)/gen/assets.c: tools/embed.mjs src/server/asset.h $(WEB_DONE)
	@mkdir -p $(@D)
	@if [ -d $(WEB) ]; then node tools/embed.mjs $(WEB) $(@D)/web >$@.new && mv $@.new $@; \
	 else printf '#include "server/asset.h"\nconst struct asset assets[] = {{0}};\n' >$@; fi

web: $(WEB)/index.html
web/node_modules/.package-lock.json: web/package-lock.json
	@echo '  NPM  web'; cd web && npm ci --ignore-scripts >../web-npm.log 2>&1 && rm -f ../web-npm.log && touch node_modules/.package-lock.json || \
	 { tail -3 ../web-npm.log >&2; rm -f ../web-npm.log; echo "tram: the browser part needs its npm packages; is there a network?" >&2; exit 1; }
$(WEB)/index.html: $(WEB_SRC) web/node_modules/.package-lock.json
	@echo '  WEB  $(WEB)'; node web/build.mjs $(abspath $(WEB))

# tables under data/ become data_entries (src/base/data.h); CSV rows end by \n whatever the file had
DATA     = $(sort $(wildcard data/*/*.csv data/schedules/*.json data/programmes/*.json))
$(BUILD)/gen/data_files.c: $(DATA)
	@mkdir -p $(@D)
	@{ echo '#include "base/data.h"'; n=0; \
	   for f in $(DATA); do n=$$((n + 1)); echo "static const char file_$$n[] ="; \
	     sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/\r*$$/\\n"/' $$f; echo ';'; done; \
	   echo 'const struct data_entry data_entries[] = {'; n=0; \
	   for f in $(DATA); do n=$$((n + 1)); echo "    {\"$${f#data/}\", file_$$n, sizeof file_$$n - 1},"; done; \
	   echo '    {NULL, NULL, 0}};'; } > $@
$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	@$(CC) $(BASE_CFLAGS) -Wno-overlength-strings $(CFLAGS) -c -o $@ $<

# ---- tests -----------------------------------------------------------------------------------------------------------
$(BUILD)/test/%: tests/unit/%.c $(LIB_OBJ)
	@mkdir -p $(@D); echo '  TEST $@'
	@$(CC) $(BASE_CFLAGS) $(CFLAGS) -Itests -MMD -MP -o $@ $< $(LIB_OBJ) $(CMOCKA) $(LIBS)

unit-build: $(TEST_BIN)

unit: $(TEST_BIN)
	@for t in $(TEST_BIN); do $$t || exit 1; done

asan:
	$(MAKE) BUILD=$(BUILD)/asan OPT="-O1" CFLAGS="-g -fsanitize=address,undefined -fno-omit-frame-pointer -Wno-format-truncation" all unit

# ---- longer runs ------------------------------------------------------------------------------------------------------
tsan:
	$(MAKE) BUILD=$(BUILD)/tsan OPT="-O1" CFLAGS="-g -fsanitize=thread -Wno-format-truncation" unit-build
	@for t in $(BUILD)/tsan/test/test_store*; do case $$t in *.d) ;; *) $$t || exit 1;; esac; done

# the two-store proof at length: PROOF_RUNS random histories
PROOF_RUNS ?= 3000
proof: $(BUILD)/test/test_convergence
	TRAM_RUNS=$(PROOF_RUNS) $<

# the store beside a bare loop over the same rows: make bench-store NDJSON=file (resources, an empty line between commits)
$(BUILD)/bench/store: bench/bench_store.c bench/floor.c $(LIB_OBJ)
	@mkdir -p $(@D); echo '  LINK $@'
	@$(CC) $(BASE_CFLAGS) $(CFLAGS) -o $@ bench/bench_store.c bench/floor.c $(LIB_OBJ) $(LIBS)
.PHONY: pictures bench-http proof bench-store
bench-store: $(BUILD)/bench/store
	@d=$$(mktemp -d) && $< $(NDJSON) $$d/node; rm -rf $$d

# libFuzzer on every tests/fuzz/fuzz_*.c, FUZZ_SECONDS each
FUZZ_SECONDS ?= 60
FUZZERS  = $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
fuzz:
	$(MAKE) BUILD=$(BUILD)/fuzz CC=clang OPT="-O1" WARN="-Wall" CFLAGS="-g -fsanitize=fuzzer-no-link,address,undefined" \
	    $(FUZZERS:%=$(BUILD)/fuzz/%)
	@for f in $(FUZZERS); do mkdir -p $(BUILD)/fuzz/corpus-$$f; echo "$$f"; \
	    UBSAN_OPTIONS=halt_on_error=1 $(BUILD)/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	    $(BUILD)/fuzz/corpus-$$f $(wildcard tests/fuzz/seeds) 2>&1 | tail -8 || exit 1; done
$(BUILD)/fuzz_%: tests/fuzz/fuzz_%.c $(LIB_OBJ)
	@echo "  FUZZ $@"; $(CC) $(BASE_CFLAGS) $(CFLAGS) -fsanitize=fuzzer -o $@ $< $(LIB_OBJ) $(LIBS)

# the FHIR R4 tables, from HL7's definitions; -check says whether the committed ones are what comes out
definitions:
	cd tools && npm ci --no-audit --no-fund && node definitions.mjs
definitions-check:
	cd tools && npm ci --no-audit --no-fund && mkdir -p ../$(BUILD)/definitions && node definitions.mjs ../$(BUILD)/definitions/definitions_data.c
	cmp $(BUILD)/definitions/definitions_data.c src/fhir/definitions_data.c && cmp $(BUILD)/definitions/resource_types.h src/fhir/resource_types.h

# immunisation: the driver of its suites, its bench (src/immunisation/README)
SHARED  ?= $(firstword $(TRAM_SHARED) $(wildcard ../shared ../../shared))
$(BUILD)/forecast-driver: tests/immunisation/driver.c $(LIB_OBJ)
	@$(CC) $(BASE_CFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(LIB_OBJ) $(LIBS)
$(BUILD)/bench/forecast: tests/bench/bench_forecast.c $(LIB_OBJ)
	@mkdir -p $(@D)
	@$(CC) $(BASE_CFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(LIB_OBJ) $(LIBS)
bench-forecast: $(BUILD)/bench/forecast
	$< $(SHARED)/data/cdsi/supporting-data-4.64 $(SHARED)/data/cdsi/test-cases/healthy-v4.45.ndjson
	python3 tests/bench/vn_children.py > $(BUILD)/vn-children.ndjson
	$< data/schedules/vn-epi.json $(BUILD)/vn-children.ndjson
immunisation-cases: $(BUILD)/forecast-driver
	tests/immunisation/reference.py $< $(SHARED) --page docs/immunisation-cases.md
immunisation-vn: $(BUILD)/forecast-driver
	tests/immunisation/vn_cases.py $< data/schedules/vn-epi.json
# 20,000 random histories against the reference reading of the specification
immunisation-differential: $(BUILD)/forecast-driver
	tests/immunisation/differential.py $< $(SHARED) 20000
immunisation-mutations:
	tests/immunisation/mutations.py $(SHARED)
.PHONY: bench-forecast immunisation-vn immunisation-cases immunisation-differential immunisation-mutations

$(BUILD)/bench/http_load: bench/http_load.c
	@mkdir -p $(@D)
	@$(CC) $(BASE_CFLAGS) $(CFLAGS) -o $@ $<
bench-http: all $(BUILD)/bench/http_load
	node bench/http.mjs

bench: all
	bench/run.sh

# people: finding among all residents of the province and the province page (docs/find.md)
PEOPLE_DIR ?= /tmp/tram-bench-people
$(BUILD)/bench/people: bench/people.c $(LIB_OBJ)
	@mkdir -p $(@D)
	@$(CC) $(BASE_CFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(LIB_OBJ) $(LIBS)
# paper: prescription, register of 10,000 rows, workbook
$(BUILD)/bench/paper: bench/paper.c $(LIB_OBJ)
	@mkdir -p $(@D)
	@$(CC) $(BASE_CFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(LIB_OBJ) $(LIBS)
bench-paper: $(BUILD)/bench/paper
	$<
.PHONY: bench-paper
bench-people: $(BUILD)/bench/people
	$< $(PEOPLE_DIR) 1 people-only

# how well the suggestions while registering find who is there already (docs/people.md)
$(BUILD)/bench/likely: bench/likely.c $(LIB_OBJ)
	@mkdir -p $(@D)
	@$(CC) $(BASE_CFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(LIB_OBJ) $(LIBS)
.PHONY: bench-likely
bench-likely: all $(BUILD)/bench/likely
	d=$$(mktemp -d) && $(BUILD)/tram init $$d/node && $(BUILD)/tram demo $$d/node --scale 0.02 && $(BUILD)/bench/likely $$d/node; rm -rf $$d

# network: 10,000 random sequences of decisions beside a plain machine; the numbers of docs/network.md
network-property: $(BUILD)/test/test_network_replay
	TRAM_RUNS=10000 $<
$(BUILD)/bench/network: bench/network.c $(LIB_OBJ)
	@mkdir -p $(@D)
	@$(CC) $(BASE_CFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(LIB_OBJ) $(LIBS)
bench-network: $(BUILD)/bench/network
	$<
.PHONY: network-property bench-network
# the station's day: lists of a node made by tram demo (CARE_DIR), and 50 users saving visits in a small one (docs/programmes.md)
CARE_DIR ?= /tmp/tram-bench-care
bench-lists: all
	[ -f $(CARE_DIR)/tram.db ] || { $(BUILD)/tram init $(CARE_DIR) && $(BUILD)/tram demo $(CARE_DIR) --scale 1; }
	TRAM=$(BUILD)/tram node bench/care.mjs lists $(CARE_DIR)
bench-users: all
	d=$$(mktemp -d) && $(BUILD)/tram init $$d/node && $(BUILD)/tram demo $$d/node --scale 0.1 && \
	    { TRAM=$(BUILD)/tram node bench/care.mjs users $$d/node 30; rm -rf $$d; }
.PHONY: bench-lists bench-users

# ---- install, package ------------------------------------------------------------------------------------------------
deps:
	tools/deps.sh build test

install: all
	install -Dm755 $(BUILD)/tram $(DESTDIR)$(PREFIX)/bin/tram
	$(BUILD)/tram manual > $(BUILD)/tram.1
	install -Dm644 $(BUILD)/tram.1 $(DESTDIR)$(PREFIX)/share/man/man1/tram.1
	$(BUILD)/tram completion bash > $(BUILD)/tram.bash
	install -Dm644 $(BUILD)/tram.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/tram

deb:
	tools/deps.sh build deb
	dpkg-buildpackage -us -uc -b -nc
	@mkdir -p $(BUILD)/deb && mv ../tram_*.deb ../tram_*.buildinfo ../tram_*.changes $(BUILD)/deb/
	lintian --fail-on error,warning $(BUILD)/deb/*.deb

# two builds in two folders give the same bytes
# Pictures of docs/ from a demo node: the screens of all roles with their page, and the others.
pictures: all
	cd tests/browser && node=$$(ls -d node_modules/node-linux-*/bin/node | head -1) && $$node role-pictures.mjs && $$node pictures.mjs

repro:
	tools/repro.sh

floors:
	tools/floors.sh

# fhir: HL7's 5,306 examples and all Synthea patients through the validator; parse, validate, extract in microseconds
$(BUILD)/test/corpus: tests/fhir/corpus.c $(LIB_OBJ)
	@mkdir -p $(@D); $(CC) $(BASE_CFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(LIB_OBJ) $(LIBS)
test-examples: $(BUILD)/test/corpus
	@[ -d tools/node_modules/hl7.fhir.r4.examples ] || { cd tools && npm ci --no-audit --no-fund; }
	tests/fhir/run.sh examples
test-synthea: $(BUILD)/test/corpus
	tests/fhir/run.sh synthea
bench-fhir: $(BUILD)/test/corpus
	@for f in $$(ls $(SHARED)/data/fhir/synthea/blaze-120-bz2/*.bz2 | head -12); do bzcat $$f | $< bench | tail -1; done

# fhirpath: official suite (writes its page), walkers against evaluator, npm fhirpath as the other opinion, speed beside npm (docs/fhirpath.md)
$(BUILD)/fhirpath-driver: tests/fhirpath/driver.c $(LIB_OBJ)
	@mkdir -p $(@D); $(CC) $(BASE_CFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(LIB_OBJ) $(LIBS)
tests/fhirpath/node_modules/.package-lock.json: tests/fhirpath/package-lock.json
	@cd tests/fhirpath && npm ci --no-audit --no-fund --ignore-scripts && touch node_modules/.package-lock.json
fhirpath-suite: $(BUILD)/test/test_fhirpath_suite
	TRAM_WRITE_DOCS=docs/fhirpath-suite.md TRAM_SHARED=$(SHARED) $<
fhirpath-agree: $(BUILD)/fhirpath-driver
	find tools/node_modules/hl7.fhir.r4.examples -name '*.json' ! -name package.json | LC_ALL=C sort | xargs -n 10000 $< agree
fhirpath-differential: $(BUILD)/fhirpath-driver tests/fhirpath/node_modules/.package-lock.json
	node tests/fhirpath/differential.mjs $< $(SHARED) 100000
bench-fhirpath: $(BUILD)/fhirpath-driver tests/fhirpath/node_modules/.package-lock.json
	node tests/fhirpath/bench.mjs $< $(SHARED)
# the tests of SQL-on-FHIR 2; writes the page of verdicts
views-suite: $(BUILD)/test/test_views
	TRAM_WRITE_DOCS=docs/views-suite.md TRAM_SHARED=$(SHARED) $<
# one resource that breaks and one that keeps each invariant of R4, made anew (tests/unit/test_invariants.c)
fhirpath-invariants: $(BUILD)/fhirpath-driver tests/fhirpath/node_modules/.package-lock.json
	node tests/fhirpath/invariants.mjs $< tests/fhirpath/invariants.ndjson
.PHONY: views-suite fhirpath-invariants fhirpath-suite fhirpath-agree fhirpath-differential bench-fhirpath

# plan: every reference instance and the synthetic provinces as one table (docs/planning.md); SETS="pmed cap": only those
$(BUILD)/plan-measure: tests/plan/measure.c $(LIB_OBJ)
	@$(CC) $(BASE_CFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(LIB_OBJ) $(LIBS)
bench-plan: $(BUILD)/plan-measure
	bash -o pipefail -c '$< $(SHARED)/data/planning $(SETS) | tee $(BUILD)/bench-plan.txt'

clean:
	rm -rf $(BUILD)

.PHONY: bench-people test-examples test-synthea bench-fhir bench-forecast immunisation-cases immunisation-differential immunisation-mutations definitions definitions-check all web unit unit-build asan tsan fuzz bench deps install deb repro floors clean
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
