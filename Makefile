# Huiliu. `make` builds build/huiliu; `make help` lists the rest.
B        ?= build
PREFIX   ?= /usr/local
DESTDIR  ?=
ifeq ($(origin CC),default)
CC       := gcc
endif
VERSION  := 0.1.0

# gettext, then the folders from bottom to top.
FOLDERS  := base verify db sync keymaps tui cli
PACKAGES := sqlite3 jansson libcurl libcrypto zlib icu-uc icu-i18n ncursesw inih libzip libxml-2.0 libqrencode

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

# V=1 shows whole command lines.
ifeq ($(V),1)
say =
quiet =
else
say = @echo "$(1) $(@:$(B)/%=%)";
quiet = @
endif

lib = $(B)/lib$(1).a
libs_of = $(foreach l,$(LINK_$(1)),$(call lib,$(l)))

.PHONY: all
all: $(B)/huiliu $(B)/locale/zh_CN/LC_MESSAGES/huiliu.mo

# --- objects and libraries ------------------------------------------------------------------
sources = $(filter-out cli/main.c,$(wildcard $(1)/*.c))
objects = $(patsubst %.c,$(B)/o/%.o,$(call sources,$(1)))

$(B)/o/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC ) $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

define folder_library
$(call lib,$(1)): $(call objects,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(quiet) ar rcsD $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call folder_library,$(f))))

$(B)/huiliu: $(B)/o/cli/main.o $(call libs_of,cli)
	$(call say,LD ) $(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)

$(B)/locale/%/LC_MESSAGES/huiliu.mo: po/%.po
	@mkdir -p $(@D)
	$(quiet) msgfmt --check-format -o $@ $<

# --- unit tests: tests/unit/<folder>/test_*.c, one program each ---------------------------------
unit_programs = $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/unit/$(1)/test_*.c))
define folder_tests
$(B)/tests/unit/$(1)/%: $(B)/o/tests/unit/$(1)/%.o $(call libs_of,$(1))
	@mkdir -p $$(@D)
	$$(quiet) $$(CC) $$(LDFLAGS_ALL) -o $$@ $$^ -lcmocka $$(LDLIBS_ALL)
unit-$(1): $(call unit_programs,$(1))
	@set -e; for t in $$^; do $$$$t; done
.PHONY: unit-$(1)
endef
$(foreach f,$(FOLDERS),$(eval $(call folder_tests,$(f))))
.PRECIOUS: $(B)/o/%.o

# Fragments: keymaps/ and db/ generate sources; tests/*/ add programs to the lists below.
#   TEST_PROGRAMS  run without arguments by `make test`, print TAP lines
#   TEST_NEEDS     built before them
-include $(wildcard */*.mk tests/*/*.mk)
UNIT_PROGRAMS := $(foreach f,$(FOLDERS),$(call unit_programs,$(f)))

# --- what people call ------------------------------------------------------------------------
.PHONY: help deps demo test test-run lint format asan tsan bench install screenshots po clean
help:
	@echo "make              build $(B)/huiliu"
	@echo "make demo         a township to try it on: installs, builds, starts everything, cleans up"
	@echo "make test         all tests (under five minutes on two cores)"
	@echo "make lint         warnings with clang, house rules, format, translations, cppcheck"
	@echo "make format       clang-format over the tree"
	@echo "make asan, tsan   the tests under AddressSanitizer + UBSan, ThreadSanitizer"
	@echo "make bench        figures, each beside its baseline"
	@echo "make fault        power cuts, failing disks and lines, kill -9: ROUNDS=N SEED=S"
	@echo "make screenshots  the pictures of README.md"
	@echo "make install      DESTDIR= PREFIX=$(PREFIX)"

deps:
	@sh tests/tools/deps.sh build

demo:
	@sh tests/tools/deps.sh demo
	@$(MAKE) --no-print-directory -s -j$(shell nproc) demo-programs
	@sh tests/tools/demo.sh $(B)

.PHONY: demo-programs
demo-programs: all $(B)/tests/upstream/upstream $(B)/tests/township/township

test:
	@sh tests/tools/deps.sh test
	@$(MAKE) --no-print-directory -s -j$(shell nproc) $(INTEROP)/installed test-programs
	@$(MAKE) --no-print-directory -s test-run

.PHONY: test-programs
test-programs: all $(UNIT_PROGRAMS) $(TEST_NEEDS) $(filter $(B)/%,$(TEST_PROGRAMS))

test-run: test-programs
	@B=$(B) INTEROP=$(abspath $(INTEROP)) sh tests/tools/run-tests.sh $(B)/test-logs $(TEST_PROGRAMS) $(UNIT_PROGRAMS)

asan:
	@sh tests/tools/deps.sh test
	@$(MAKE) --no-print-directory -s $(INTEROP)/installed
	@TEST_TIMEOUT=900 $(MAKE) --no-print-directory -s -j$(shell nproc) B=build-asan HARDEN='-fPIE' \
	    SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer' \
	    INTEROP=$(B)/interop test-run

# What has threads: the other programs would only be slower.
THREADED = $(filter $(B)/tests/unit/base/% $(B)/tests/unit/sync/% $(B)/tests/unit/tui/% \
             $(B)/tests/e2e/test_fixture $(B)/tests/terminal/journey_%, \
             $(TEST_PROGRAMS) $(UNIT_PROGRAMS))
.PHONY: test-threads
test-threads: all $(THREADED) $(TEST_NEEDS)
	@B=$(B) sh tests/tools/run-tests.sh $(B)/test-logs $(THREADED)

tsan:
	@TEST_TIMEOUT=900 $(MAKE) --no-print-directory -s -j$(shell nproc) B=build-tsan HARDEN='-fPIE' \
	    SANITIZE='-fsanitize=thread -fno-omit-frame-pointer' INTEROP=$(B)/interop test-threads

FORMATTED = $(wildcard $(FOLDERS:%=%/*.[ch]) tests/*/*.[ch] tests/*/*/*.[ch])
format:
	clang-format -i $(FORMATTED)

lint:
	@sh tests/tools/deps.sh lint
	@clang-format --dry-run -Werror $(FORMATTED)
	@B=$(B) sh tests/lint/house.sh
	@sh tests/lint/translations.sh
	@sh tests/lint/failures.sh
	@cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr --library=posix,gnu \
	    --enable=warning,portability --suppress=missingIncludeSystem --suppress=unknownMacro \
	    --suppress=internalAstError --suppress=normalCheckLevelMaxBranches \
	    -D_GNU_SOURCE '-D__attribute__(x)=' -I. -j $(shell nproc) $(FOLDERS)

po:
	@sh tests/lint/translations.sh --update

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/huiliu/keymaps \
	    $(DESTDIR)$(PREFIX)/share/locale/zh_CN/LC_MESSAGES $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(B)/huiliu $(DESTDIR)$(PREFIX)/bin/huiliu
	install -m 644 keymaps/*.keys $(DESTDIR)$(PREFIX)/share/huiliu/keymaps/
	install -m 644 $(B)/locale/zh_CN/LC_MESSAGES/huiliu.mo \
	    $(DESTDIR)$(PREFIX)/share/locale/zh_CN/LC_MESSAGES/
	install -m 644 docs/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1/

clean:
	rm -rf $(B) build-*

-include $(shell find $(B)/o -name '*.d' 2>/dev/null)
