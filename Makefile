# Huiliu. `make` builds build/huiliu; `make help` lists the rest.
B        ?= build
PREFIX   ?= /usr/local
DESTDIR  ?=
ifeq ($(origin CC),default)
CC       := gcc
endif
VERSION  := 0.1.0

FOLDERS  := base verify db sync keymaps tui cli
PACKAGES := sqlite3 jansson libcurl libcrypto icu-uc icu-i18n ncursesw inih

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
            -Wmissing-prototypes -Wold-style-definition -Wvla -Wwrite-strings -Wpointer-arith \
            -Wformat=2 -Wundef -Wcast-align -Wswitch-enum -Wnull-dereference -Wdouble-promotion \
            -Werror
HARDEN   := -fstack-protector-strong -D_FORTIFY_SOURCE=3 -fPIE -fcf-protection -fstack-clash-protection
LDHARDEN := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
OPTIMISE ?= -O2 -g
CPPFLAGS_ALL = -D_GNU_SOURCE -I. -DHUILIU_VERSION='"$(VERSION)"' -DHUILIU_PREFIX='"$(PREFIX)"' \
               $(shell pkg-config --cflags $(PACKAGES)) $(CPPFLAGS)
CFLAGS_ALL   = -std=c17 $(WARNINGS) $(HARDEN) $(OPTIMISE) -fno-common -pthread $(SANITIZE) $(CFLAGS)
LDFLAGS_ALL  = $(LDHARDEN) -pthread $(SANITIZE) $(LDFLAGS)
LDLIBS_ALL   = $(shell pkg-config --libs $(PACKAGES)) -lm $(LDLIBS)

# Each folder is a library; a folder links against those to the right of it (see CONTRIBUTING.md).
LINK_base    := base
LINK_verify  := verify base
LINK_db      := db verify base
LINK_sync    := sync db verify base
LINK_keymaps := keymaps base
LINK_tui     := tui sync db verify keymaps base
LINK_cli     := cli $(LINK_tui)

lib = $(B)/lib$(1).a
libs_of = $(foreach l,$(LINK_$(1)),$(call lib,$(l)))

.PHONY: all
all: $(B)/huiliu $(B)/locale/zh_CN/LC_MESSAGES/huiliu.mo

# --- objects and libraries ------------------------------------------------------------------
sources = $(filter-out cli/main.c,$(wildcard $(1)/*.c))
objects = $(patsubst %.c,$(B)/o/%.o,$(call sources,$(1)))

$(B)/o/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

define folder_library
$(call lib,$(1)): $(call objects,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	ar rcsD $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call folder_library,$(f))))

$(B)/huiliu: $(B)/o/cli/main.o $(call libs_of,cli)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)

$(B)/locale/%/LC_MESSAGES/huiliu.mo: po/%.po
	@mkdir -p $(@D)
	msgfmt --check-format -o $@ $<

# --- unit tests: tests/unit/<folder>/test_*.c, one program each ---------------------------------
unit_programs = $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/unit/$(1)/test_*.c))
define folder_tests
$(B)/tests/unit/$(1)/%: $(B)/o/tests/unit/$(1)/%.o $(call libs_of,$(1))
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS_ALL) -o $$@ $$^ -lcmocka $$(LDLIBS_ALL)
unit-$(1): $(call unit_programs,$(1))
	@set -e; for t in $$^; do $$$$t; done
.PHONY: unit-$(1)
endef
$(foreach f,$(FOLDERS),$(eval $(call folder_tests,$(f))))
.PRECIOUS: $(B)/o/%.o

-include $(wildcard tests/*.mk tests/*/*.mk)

.PHONY: clean
clean:
	rm -rf $(B) build-*

-include $(shell find $(B)/o -name '*.d' 2>/dev/null)
