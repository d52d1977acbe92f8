# Gongji. `make help` lists what can be made. No rule names a source file: adding one never edits this file.

# --- What is built, and where -----------------------------------------------------------------------------------------
# SANITIZE=address,undefined or SANITIZE=thread builds beside the normal program, into build/<sanitizer>/.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
SANITIZE ?=
comma := ,
GEN := build/gen
BUILD := build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))
PROGRAM := $(BUILD)/gongji
SUBMAKE = $(MAKE) --no-print-directory -s $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
PYTHON := PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3

# --- Sources: whatever lies in the tree -------------------------------------------------------------------------------
SQL_FOLDERS := sql $(wildcard sql/*/)
SQL := $(wildcard sql/*.sql sql/*/*.sql)
SOURCES := $(wildcard src/*.c src/*/*.c)
GENERATED := $(GEN)/query.c $(GEN)/embedded_sql.c $(patsubst config/%.yaml,$(GEN)/%.c,$(wildcard config/*.yaml)) $(GEN)/docs.c
UNIT_SOURCES := $(wildcard tests/unit/*.c tests/unit/*/*.c)
OBJECTS := $(SOURCES:%.c=$(BUILD)/obj/%.o) $(GENERATED:$(GEN)/%.c=$(BUILD)/obj/gen/%.o)
UNITS := $(patsubst %.c,$(BUILD)/%,$(filter tests/unit/%,$(wildcard tests/unit/test_*.c tests/unit/*/test_*.c)))
LIBRARY := $(BUILD)/libgongji.a

# --- Compiler: C17 with GNU attributes, every warning an error, hardened ----------------------------------------------
LIBS := libmicrohttpd jansson libpq libjwt libcrypto inih libsystemd libcurl
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
            -Wvla -Wundef -Wwrite-strings -Wno-missing-field-initializers -Werror
HARDENING := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection \
             $(if $(filter x86_64,$(shell uname -m)),-fcf-protection)
LINK_HARDENING := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code
ifneq ($(SANITIZE),)
HARDENING := -O1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
LINK_HARDENING := -pie -fsanitize=$(SANITIZE)
endif
CPPFLAGS := -D_GNU_SOURCE -Iinclude -I$(GEN) -iquote src/db $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
CFLAGS := -std=gnu17 -g -pthread -fPIE $(HARDENING) $(WARNINGS)
LDFLAGS := -pthread $(LINK_HARDENING) -Wl,--as-needed
LDLIBS := $(shell pkg-config --libs $(LIBS) 2>/dev/null && echo -lm)
COMPILE = @echo "cc  $<"$(if $(LDLIBS),,$(error libraries are missing: run "make deps")); $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# --- For people -------------------------------------------------------------------------------------------------------
.PHONY: help deps build run test test-unit test-sql test-api soak bench test-sanitized lint golden fmt migrate clean units

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{ printf "make %-14s %s\n", $$1, $$2 }' Makefile

deps: ## install from Debian what building, running and testing need and is missing
	@deploy/local/deps.sh run test

build: $(PROGRAM) ## build/gongji; SANITIZE=address,undefined or thread: build/<sanitizer>/gongji

run: ## everything from nothing: private PostgreSQL, demonstration family, server on 127.0.0.1:8080 until Ctrl-C
	@deploy/local/deps.sh run
	@$(SUBMAKE) build
	@exec env GONGJI_BIN=$(PROGRAM) deploy/local/run.sh

test: ## every test there is; the last line counts them
	@deploy/local/deps.sh run test
	@$(SUBMAKE) build units
	@$(SUBMAKE) build SANITIZE=address,undefined
	@exec env GONGJI_BIN=$(PROGRAM) tests/run.sh unit lint sql api sanitized

test-unit: build units ## only the C modules (cmocka)
	@exec env GONGJI_BIN=$(PROGRAM) tests/run.sh unit

test-sql: build ## only the database functions (pgTAP)
	@exec env GONGJI_BIN=$(PROGRAM) tests/run.sh sql

test-api: build ## only the server, from outside (pytest, Hypothesis)
	@exec env GONGJI_BIN=$(PROGRAM) tests/run.sh api

test-sanitized: ## the server from outside, built with address and undefined-behaviour sanitizers
	@$(SUBMAKE) build SANITIZE=address,undefined
	@exec env GONGJI_BIN=build/address-undefined/gongji tests/run.sh sanitized

soak: build ## thousands of random families against the model of the rules; EXAMPLES=2000 of them, half an hour at most
	@exec env GONGJI_BIN=$(PROGRAM) GONGJI_MACHINE_EXAMPLES=$(or $(EXAMPLES),2000) tests/run.sh soak

bench: build ## what it does per second, beside what one would use instead; QUICK=1: a minute, GROWTH=1: 10 M ledger rows too
	@exec env GONGJI_BIN=$(PROGRAM) $(PYTHON) tests/bench/run.py

lint: build ## layers, banned words, tables against texts, golden copies, layout, OpenAPI
	@exec env GONGJI_BIN=$(PROGRAM) tests/run.sh lint

golden: build ## renew tests/golden on purpose: look at the difference before committing it
	@exec env GONGJI_BIN=$(PROGRAM) tests/run.sh golden

fmt: ## lay out all C as .clang-format says
	@clang-format-14 -i $(SOURCES) $(UNIT_SOURCES) $(wildcard src/*/*.h include/gongji/*/*.h)

migrate: build ## bring the configured database to the newest schema
	@exec $(PROGRAM) migrate

clean: ## remove build/; var/ with its database stays
	@rm -rf build

# --- The program, and one program a unit test -------------------------------------------------------------------------
units: $(UNITS)

$(PROGRAM): $(filter $(BUILD)/obj/src/main.o,$(OBJECTS)) $(LIBRARY)
	@echo "ld  $@"; $(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(LIBRARY): $(filter-out $(BUILD)/obj/src/main.o,$(OBJECTS))
	@rm -f $@; $(AR) rcsD $@ $^

$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(LIBRARY)
	@mkdir -p $(@D)
	@echo "ld  $@"; $(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

$(BUILD)/obj/gen/%.o: $(GEN)/%.c Makefile
	@mkdir -p $(@D)
	$(COMPILE)

$(BUILD)/obj/%.o: %.c Makefile | $(GEN)/gongji/db/query.h
	@mkdir -p $(@D)
	$(COMPILE)

# --- Written by programs: the table of queries, the schema inside the program, the interface's description and its page
# The writers leave a file that would not change untouched, so what includes it is not compiled again.
$(GEN)/sql.stamp: $(SQL) $(SQL_FOLDERS) $(wildcard src/db/gen_*.py)
	@mkdir -p $(@D)
	@echo "gen sql"; $(PYTHON) src/db/gen_query.py sql $(GEN); $(PYTHON) src/db/gen_embed.py sql $(GEN)
	@touch $@

$(GEN)/query.c $(GEN)/gongji/db/query.h $(GEN)/embedded_sql.c: $(GEN)/sql.stamp ;

$(GEN)/%.c: config/%.yaml src/api/gen_openapi.py
	@mkdir -p $(@D)
	@echo "gen $<"; $(PYTHON) src/api/gen_openapi.py $< $@

$(GEN)/docs.c: config/openapi.yaml include/gongji/base/status.def README.zh-CN.md $(wildcard src/api/gen_*.py src/api/*.css)
	@echo "gen docs"; $(PYTHON) src/api/gen_docs.py $(wordlist 1,3,$^) $@

.SECONDARY:
-include $(OBJECTS:.o=.d) $(UNIT_SOURCES:%.c=$(BUILD)/obj/%.d)
