# Trạm: one non-recursive Makefile. `make` builds build/tram; `make help` lists the rest.
CC      ?= gcc
PREFIX  ?= /usr/local
BUILD   ?= build
PACKAGES = sqlite3 libmicrohttpd gnutls yajl libzstd zlib libsodium libutf8proc libpcre2-8
WARN     = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Werror
OPT     ?= -O2
CFLAGS  ?= -g
BASE_CFLAGS = -std=gnu11 $(OPT) $(WARN) -fno-strict-aliasing -fstack-protector-strong -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 \
              -Isrc -I$(BUILD)/gen $(shell pkg-config --cflags $(PACKAGES))
LIBS     = $(shell pkg-config --libs $(PACKAGES)) -lm -lpthread

SRC      = $(sort $(shell find src -name '*.c'))
OBJ      = $(SRC:%.c=$(BUILD)/%.o) $(GEN_OBJ)
LIB_OBJ  = $(filter-out $(BUILD)/src/main.o,$(OBJ))
TESTS    = $(sort $(wildcard test/unit/test_*.c))
TEST_BIN = $(TESTS:test/unit/%.c=$(BUILD)/test/%)

all: $(BUILD)/tram

$(BUILD)/tram: $(OBJ)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(OPT) $(LDFLAGS) -o $@ $(OBJ) $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# schema.sql of a room becomes the C text `schema_ROOM`
SCHEMAS  = $(sort $(wildcard src/*/schema.sql))
GEN_OBJ += $(SCHEMAS:src/%/schema.sql=$(BUILD)/gen/schema_%.o)
$(BUILD)/gen/schema_%.c: src/%/schema.sql
	@mkdir -p $(@D)
	@{ printf 'extern const char schema_$*[];\nconst char schema_$*[] =\n'; \
	   sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' $<; echo ';'; } > $@
$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	$(CC) $(BASE_CFLAGS) -Wno-overlength-strings $(CFLAGS) -c -o $@ $<

# ---- tests -----------------------------------------------------------------------------------------------------------
$(BUILD)/test/%: test/unit/%.c $(LIB_OBJ)
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -Itest -MMD -MP -o $@ $< $(LIB_OBJ) $(shell pkg-config --libs cmocka) $(LIBS)

unit: $(TEST_BIN)
	@for t in $(TEST_BIN); do $$t || exit 1; done

asan:
	$(MAKE) BUILD=$(BUILD)/asan OPT="-O1" CFLAGS="-g -fsanitize=address,undefined -fno-omit-frame-pointer" all unit

clean:
	rm -rf $(BUILD)

.PHONY: all unit asan clean
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
