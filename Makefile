# Switchback. One Makefile, no recursion: every folder becomes an archive, programs and tests link the
# archives that they may use. Two flavours of everything: "release" (hardened) and "asan" (tests).
#
#   make          release build into build/            make demo    play it here, everything set up
#   make check    lint and every test, sanitized       make start / make stop   the demo in the background
#   make bench    figures side by side with peers      make fuzz    libFuzzer on all that reads outside bytes
#   make install  DESTDIR= PREFIX=                     make format  lay the code out with clang-format
#   make train-lang  LANG_SETS=.../dev.tsv  the language model's table anew; make judge-lang: how well unseen lines are told
#   make storm-calls  CALLS=500 scripted calls, a fault in each: nobody in silence, nothing lost (docs/practice-line.md)

SHELL := /bin/bash
BUILD ?= build
PREFIX ?= /usr/local
VERSION := 0.1.0
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif

# ---- libraries -------------------------------------------------------------------------------------
PKGS := libuv libpq libcurl jansson libjwt libcrypto libxcrypt libssl glib-2.0 libutf8proc expat ncursesw
# What compiles here needs Debian's packages: deps.sh sees to them before the flags are read. The commands
# (check, demo, ...) do that themselves, and then call make again.
ifneq ($(filter-out check lint demo start stop bench bench-streams bench-console bench-calls storm-calls fuzz format clean deps help,$(or $(MAKECMDGOALS),all)),)
ifneq ($(shell tests/support/deps.sh build >&2 || echo missing),)
$(error packages are missing (see above))
endif
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null | sed 's/-I\([^ ]*\)/-isystem \1/g')
endif
lib = $(shell pkg-config --libs $(1) 2>/dev/null)

# llhttp: pkg-config's where there is one, else the C source that Debian 12 ships.
LLHTTP_LIBS := $(shell pkg-config --libs libllhttp 2>/dev/null)
ifeq ($(LLHTTP_LIBS),)
LLHTTP_SRC := $(wildcard /usr/share/llhttp/*.c)
LLHTTP_CFLAGS := -isystem /usr/share/include/llhttp
endif

# ---- flags -----------------------------------------------------------------------------------------
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Werror
COMMON := -std=c17 -D_GNU_SOURCE -DSWITCHBACK_VERSION='"$(VERSION)"' -I. -g -pthread $(PKG_CFLAGS) $(LLHTTP_CFLAGS)
HARDEN := -fPIE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fcf-protection \
          -ftrivial-auto-var-init=zero -Werror=format-security
release_CFLAGS := $(COMMON) -O2 $(HARDEN)
release_LDFLAGS := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed -Wl,--gc-sections
asan_CFLAGS := $(COMMON) -O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
# Two hundred programs are linked: gold, where there is one, takes a quarter of the time.
asan_LDFLAGS := -fsanitize=address,undefined -Wl,--as-needed $(if $(shell command -v ld.gold),-fuse-ld=gold)
release_BIN := $(BUILD)
asan_BIN := $(BUILD)/asan
MODES := release asan
# Criterion's assertions take the optimizer ten times as long as they save.
TEST_PROGRAMS := $(foreach d,unit store flow screen e2e,tests/$(d)/%)

# ---- what there is ---------------------------------------------------------------------------------
SERVICE_DIRS := server server/webhook server/api server/jobs server/staff server/store server/events server/voice server/agent \
                server/twilio server/elevenlabs server/net server/db server/core
CTL_DIRS := server/ctl
SIM_DIRS := tests/sim tests/sim/voice tests/sim/eleven
SIM_BASE_DIRS := server/core server/net
KEEP_DIRS := server/keep
TUI_DIRS := tui tui/model tui/view tui/draw tui/keys tui/words tui/paint tui/link
SUPPORT_DIRS := tests/support
SHARED_DIRS := shared shared/wire
DIRS := $(foreach d,$(SHARED_DIRS) $(SERVICE_DIRS) $(CTL_DIRS) $(SIM_DIRS) $(KEEP_DIRS) $(TUI_DIRS) $(SUPPORT_DIRS),$(if $(wildcard $(d)/*.c),$(d)))

SERVICE_LIBS = $(call lib,libuv libpq libcurl jansson libjwt libcrypto libxcrypt libssl glib-2.0 libutf8proc) $(LLHTTP_LIBS) -lm
CTL_LIBS = $(SERVICE_LIBS) -lcsv
TUI_LIBS = $(call lib,libcurl jansson ncursesw libutf8proc)
SIM_LIBS = $(SERVICE_LIBS) $(call lib,expat ncursesw)
TEST_LIBS = $(SIM_LIBS) -lcsv $(call lib,criterion yaml-0.1)

# $(call archive,MODE,DIR): the archive of a folder; $(call archives,MODE,DIRS): of those that exist.
archive = $(BUILD)/obj/$(1)/$(2)/lib.a
archives = $(foreach d,$(filter $(2),$(DIRS)),$(call archive,$(1),$(d)))

# ---- rules, once per flavour -----------------------------------------------------------------------
# A main.c is no part of its folder's archive. The schema's texts are part of server/db's.
define folder_rules
$(call archive,$(1),$(2)): $(patsubst %.c,$(BUILD)/obj/$(1)/%.o,$(filter-out %/main.c,$(wildcard $(2)/*.c))) $(if $(filter server/db,$(2)),$(BUILD)/obj/$(1)/gen/schema_files.o)
	@rm -f $$@
	@ar rcs $$@ $$^
endef

define mode_rules
$(BUILD)/obj/$(1)/llhttp/%.o: /usr/share/llhttp/%.c Makefile
	@mkdir -p $$(@D)
	@$(CC) $$($(1)_CFLAGS) -w -c $$< -o $$@

$(BUILD)/obj/$(1)/llhttp/lib.a: $(patsubst /usr/share/llhttp/%.c,$(BUILD)/obj/$(1)/llhttp/%.o,$(LLHTTP_SRC))
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcs $$@ $$^

$(BUILD)/obj/$(1)/gen/%.o: $(BUILD)/gen/%.c Makefile
	@mkdir -p $$(@D)
	@$(CC) $$($(1)_CFLAGS) $(WARN) -Wconversion -MMD -MP -c $$< -o $$@

$(BUILD)/obj/$(1)/tests/%.o: tests/%.c Makefile
	@mkdir -p $$(@D)
	@echo "  CC[$(1)]  $$<"
	@$(CC) $$($(1)_CFLAGS) $$(if $$(filter $(TEST_PROGRAMS),$$<),-O0) $(WARN) -Wno-format-truncation -MMD -MP -c $$< -o $$@

$(BUILD)/obj/$(1)/%.o: %.c Makefile
	@mkdir -p $$(@D)
	@echo "  CC[$(1)]  $$<"
	@$(CC) $$($(1)_CFLAGS) $(WARN) -Wconversion -MMD -MP -c $$< -o $$@

$(foreach d,$(DIRS),$(eval $(call folder_rules,$(1),$(d))))

$($(1)_BIN)/switchbackd: $(BUILD)/obj/$(1)/server/main.o $(call archives,$(1),$(SERVICE_DIRS) $(SHARED_DIRS)) $(BUILD)/obj/$(1)/llhttp/lib.a
	@mkdir -p $$(@D)
	@echo "  LD[$(1)]  $$@"
	@$(CC) $$($(1)_LDFLAGS) -pthread -o $$@ -Wl,--start-group $$^ -Wl,--end-group $$(SERVICE_LIBS)

$($(1)_BIN)/switchbackctl: $(BUILD)/obj/$(1)/server/ctl/main.o $(BUILD)/obj/$(1)/server/api/roles.o $(BUILD)/obj/$(1)/server/store/store_json.o $(call archives,$(1),$(CTL_DIRS) server/db server/agent server/twilio server/elevenlabs $(SHARED_DIRS))
	@mkdir -p $$(@D)
	@echo "  LD[$(1)]  $$@"
	@$(CC) $$($(1)_LDFLAGS) -pthread -o $$@ -Wl,--start-group $$^ -Wl,--end-group $$(CTL_LIBS)

$($(1)_BIN)/switchback-keep: $(BUILD)/obj/$(1)/server/keep/main.o $(call archives,$(1),$(KEEP_DIRS) $(SHARED_DIRS))
	@mkdir -p $$(@D)
	@echo "  LD[$(1)]  $$@"
	@$(CC) $$($(1)_LDFLAGS) -o $$@ -Wl,--start-group $$^ -Wl,--end-group

$($(1)_BIN)/switchback-sim: $(BUILD)/obj/$(1)/tests/sim/main.o $(call archives,$(1),$(SIM_DIRS) $(SIM_BASE_DIRS) $(SHARED_DIRS)) $(BUILD)/obj/$(1)/llhttp/lib.a
	@mkdir -p $$(@D)
	@echo "  LD[$(1)]  $$@"
	@$(CC) $$($(1)_LDFLAGS) -pthread -o $$@ -Wl,--start-group $$^ -Wl,--end-group $$(SIM_LIBS)

$($(1)_BIN)/switchback: $(BUILD)/obj/$(1)/tui/main.o $(call archives,$(1),$(TUI_DIRS) $(SHARED_DIRS))
	@mkdir -p $$(@D)
	@echo "  LD[$(1)]  $$@"
	@$(CC) $$($(1)_LDFLAGS) -pthread -o $$@ -Wl,--start-group $$^ -Wl,--end-group $$(TUI_LIBS)
endef
$(foreach m,$(MODES),$(eval $(call mode_rules,$(m))))

# schema/ as C; the folders are prerequisites too, so a file that goes away is noticed.
$(BUILD)/gen/schema_files.c: server/db/schema_list.sh $(wildcard schema schema/functions schema/*.sql schema/functions/*.sql)
	@mkdir -p $(@D)
	@$< > $@

PROGRAMS := $(if $(wildcard server/main.c),switchbackd) $(if $(wildcard server/ctl/main.c),switchbackctl) \
            $(if $(wildcard server/keep/main.c),switchback-keep) $(if $(wildcard tests/sim/main.c),switchback-sim) \
            $(if $(wildcard tui/main.c),switchback)

.PHONY: all asan
all: $(addprefix $(BUILD)/,$(PROGRAMS))
asan: $(addprefix $(BUILD)/asan/,$(PROGRAMS))

# ---- tests: one program a file, Criterion, under the sanitizers -----------------------------------
TEST_SRC := $(wildcard tests/unit/*.c tests/unit/*/*.c tests/store/*.c tests/flow/*.c tests/screen/*.c tests/e2e/*.c)
TEST_BIN := $(patsubst tests/%.c,$(BUILD)/asan/tests/%,$(TEST_SRC))
TEST_ARCHIVES := $(call archives,asan,$(SUPPORT_DIRS) $(SIM_DIRS) $(CTL_DIRS) $(SERVICE_DIRS) $(SHARED_DIRS)) $(BUILD)/obj/asan/llhttp/lib.a

# A unit test links its own folder and what every folder stands on, so it builds while others are in pieces.
UNIT_ARCHIVES := $(call archives,asan,$(SUPPORT_DIRS) shared shared/wire server/core server/net server/events server/voice server/store server/twilio server/elevenlabs server/agent server/staff server/db server/ctl) $(BUILD)/obj/asan/server/api/roles.o $(BUILD)/obj/asan/server/api/address.o $(BUILD)/obj/asan/llhttp/lib.a

# The console's tests link the console, and of the service no more than the other end of a line.
TUI_TEST_ARCHIVES := $(call archives,asan,$(TUI_DIRS) $(SHARED_DIRS) $(SUPPORT_DIRS) server/net server/core) $(BUILD)/obj/asan/llhttp/lib.a
define tui_test_rule
$(BUILD)/asan/tests/$(1)/%: $(BUILD)/obj/asan/tests/$(1)/%.o $$(TUI_TEST_ARCHIVES)
	@mkdir -p $$(@D)
	@$(CC) $(asan_LDFLAGS) -pthread -o $$@ $$< -Wl,--start-group $$(TUI_TEST_ARCHIVES) -Wl,--end-group $(TEST_LIBS)
endef
$(foreach d,unit/tui screen,$(eval $(call tui_test_rule,$(d))))

$(BUILD)/asan/tests/unit/%: $(BUILD)/obj/asan/tests/unit/%.o $(UNIT_ARCHIVES)
	@mkdir -p $(@D)
	@$(CC) $(asan_LDFLAGS) -pthread -o $@ $< -Wl,--start-group $(UNIT_ARCHIVES) -Wl,--end-group $(TEST_LIBS)

$(BUILD)/asan/tests/%: $(BUILD)/obj/asan/tests/%.o $(TEST_ARCHIVES)
	@mkdir -p $(@D)
	@$(CC) $(asan_LDFLAGS) -pthread -o $@ $< -Wl,--start-group $(TEST_ARCHIVES) -Wl,--end-group $(TEST_LIBS)

.PHONY: tests
tests: $(TEST_BIN)
.SECONDARY:

# The load generators of bench and crash tests: plain release code, a program each over what they share.
BENCH_PROGRAMS := load streams calls relay console logins
BENCH_SHARED := $(patsubst %.c,$(BUILD)/obj/release/%.o,$(filter-out $(BENCH_PROGRAMS:%=tests/bench/%.c) tests/bench/bridge_daemon.c tests/bench/understand.c,$(wildcard tests/bench/*.c)))
$(BENCH_PROGRAMS:%=$(BUILD)/bench/%): $(BUILD)/bench/%: $(BUILD)/obj/release/tests/bench/%.o $(BENCH_SHARED) $(call archives,release,shared)
	@mkdir -p $(@D)
	@$(CC) $(release_LDFLAGS) -o $@ $^ $(call lib,libcrypto libutf8proc)
# The bridge without the service around it: what the audio path itself costs.
$(BUILD)/bench/bridge_daemon: $(BUILD)/obj/release/tests/bench/bridge_daemon.o $(call archives,release,server/voice server/agent server/elevenlabs server/twilio server/net server/core $(SHARED_DIRS)) $(BUILD)/obj/release/llhttp/lib.a
	@mkdir -p $(@D)
	@$(CC) $(release_LDFLAGS) -pthread -o $@ -Wl,--start-group $^ -Wl,--end-group $(SERVICE_LIBS)

# The pure part of the agent, call by call.
$(BUILD)/bench/understand: $(BUILD)/obj/release/tests/bench/understand.o $(call archives,release,server/agent $(SHARED_DIRS))
	@mkdir -p $(@D)
	@$(CC) $(release_LDFLAGS) -o $@ -Wl,--start-group $^ -Wl,--end-group $(SERVICE_LIBS)

# The consoles that are cut and the staff who race: the other side of end-to-end tests.
STORM := $(BUILD)/storm/followers $(BUILD)/storm/racers
$(STORM): $(BUILD)/storm/%: $(BUILD)/obj/release/tests/storm/%.o \
		$(patsubst %.c,$(BUILD)/obj/release/%.o,tests/storm/follow.c tests/storm/ask.c) $(call archives,release,shared)
	@mkdir -p $(@D)
	@$(CC) $(release_LDFLAGS) -o $@ $^ $(call lib,libcrypto)
# The callers who are put through every fault, and their judge.
$(BUILD)/storm/calls: $(patsubst %.c,$(BUILD)/obj/release/%.o,$(wildcard tests/storm/calls*.c)) $(call archives,release,shared)
	@mkdir -p $(@D)
	@$(CC) $(release_LDFLAGS) -pthread -o $@ $^ $(call lib,libcurl jansson libpq libcrypto libutf8proc)
.PHONY: storm
storm: $(STORM) $(BUILD)/storm/calls

# ---- the models of server/agent: tables made from lines ----------------------------------------------
# Sets that are no part of this tree are added: make train-lang LANG_SETS=.../lang/dev.tsv
LANG_LINES := tests/train/lang_neutral.tsv tests/train/lang_lines.tsv
$(BUILD)/train/lang: $(patsubst %.c,$(BUILD)/obj/release/%.o,$(wildcard tests/train/lang*.c)) $(call archives,release,server/agent shared)
	@mkdir -p $(@D)
	@$(CC) $(release_LDFLAGS) -o $@ -Wl,--start-group $^ -Wl,--end-group $(call lib,libutf8proc glib-2.0 libcrypto) -lm
$(BUILD)/obj/release/tests/train/%.o: release_CFLAGS += -ffp-contract=off
.PHONY: train-lang judge-lang
train-lang: $(BUILD)/train/lang
	@$< table $(LANG_LINES) $(LANG_SETS) > $(BUILD)/train/detect_table.c
	@mv $(BUILD)/train/detect_table.c server/agent/detect_table.c
judge-lang: $(BUILD)/train/lang
	@$< judge -v $(LANG_LINES) tests/train/lang_held.tsv $(LANG_SETS)

# ---- fuzzing: libFuzzer, clang ---------------------------------------------------------------------
FUZZ_SRC := $(wildcard tests/fuzz/*.c)
FUZZ_BIN := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(FUZZ_SRC))
FUZZ_FLAGS = $(COMMON) -O1 -Wno-everything
# A target takes of the service what it calls, and compiles none of it twice.
FUZZ_DIRS := shared shared/wire server server/core server/net server/db server/store server/events server/voice server/twilio server/elevenlabs \
             server/agent server/staff server/api server/jobs server/webhook
FUZZ_OBJ = $(patsubst %.c,$(BUILD)/obj/fuzz/%.o,$(filter-out %/main.c,$(foreach d,$(FUZZ_DIRS),$(wildcard $(d)/*.c))))
$(BUILD)/obj/fuzz/%.o: %.c Makefile
	@mkdir -p $(@D)
	@clang $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,address,undefined -MMD -MP -c $< -o $@
$(BUILD)/obj/fuzz/lib.a: $(FUZZ_OBJ)
	@rm -f $@
	@ar rcs $@ $^
$(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/obj/fuzz/lib.a
	@mkdir -p $(@D)
	@echo "  LD[fuzz]  $@"
	@clang $(FUZZ_FLAGS) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LLHTTP_SRC) $(SERVICE_LIBS)
.PHONY: fuzz fuzz-build
fuzz-build: $(FUZZ_BIN)
fuzz:
	@tests/support/deps.sh build fuzz
	@$(MAKE) --no-print-directory fuzz-build
	@tests/fuzz/run.sh $(BUILD)/fuzz

# ---- the commands (each a script of its own) -------------------------------------------------------
.PHONY: deps check lint demo start stop bench bench-streams bench-console bench-calls bench-understand storm-calls install clean format help
deps:
	@tests/support/deps.sh build run check
# A variable of this file, for scripts: make -s show-COMMON
show-%:
	@: $(info $($*))
check:
	@tests/check/run.sh
lint:
	@tests/check/lint.sh
demo:
	@tests/support/demo.sh
start:
	@tests/support/start.sh
stop:
	@tests/support/stop.sh
bench:
	@tests/bench/run.sh
bench-streams bench-console bench-calls bench-understand:
	@tests/bench/$(@:bench-%=%).sh
storm-calls:
	@tests/support/deps.sh build run check
	@$(MAKE) --no-print-directory all storm
	@CALLS=$(or $(CALLS),500) PARALLEL=$(or $(PARALLEL),16) KILLS=$(or $(KILLS),40) SWITCHBACK_BIN=$(BUILD) tests/e2e/storm_calls.sh
install: all
	@tests/support/install.sh "$(DESTDIR)" "$(PREFIX)" "$(BUILD)"
format:
	@git ls-files '*.c' '*.h' | xargs clang-format -i
clean:
	rm -rf $(BUILD)
help:
	@sed -n '/^#   make/s/^#//p' Makefile

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
