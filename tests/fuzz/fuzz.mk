# Fuzz targets: tests/fuzz/fuzz_NAME.c defines LLVMFuzzerTestOneInput().
#
#   make fuzz-NAME [FUZZ_SECONDS=60]   libFuzzer under clang with ASan and UBSan
#   make fuzz-corpora                  replays tests/fuzz/corpus/NAME/ in the ordinary build
#
# `make test` replays too. A file that made a target fail is added to its corpus with the fix.
FUZZ_SECONDS ?= 60
FUZZ_NAMES   := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

# The folder each target exercises; sync and keymaps together where nothing is said.
FUZZ_FOLDER_bundle  := sync
FUZZ_FOLDER_changes := sync
FUZZ_FOLDER_json    := base
FUZZ_FOLDER_jws     := verify
FUZZ_FOLDER_keymap  := keymaps
FUZZ_FOLDER_numbers := verify
FUZZ_FOLDER_ofd     := verify
FUZZ_FOLDER_plain   := sync
FUZZ_FOLDER_text    := base
FUZZ_FOLDER_trust   := verify
fuzz_libs = $(if $(FUZZ_FOLDER_$(1)),$(call libs_of,$(FUZZ_FOLDER_$(1))),\
            $(call lib,keymaps) $(call libs_of,sync))

FUZZ_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined

define fuzz_rules
$(B)/tests/fuzz/replay_$(1): $(B)/o/tests/fuzz/replay.o $(B)/o/tests/fuzz/fuzz_$(1).o \
    $(call fuzz_libs,$(1))
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS_ALL) -o $$@ $$^ $$(LDLIBS_ALL)

$(B)/tests/fuzz/fuzz_$(1): $(B)/o/tests/fuzz/fuzz_$(1).o $(call fuzz_libs,$(1))
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS_ALL) -fsanitize=fuzzer -o $$@ $$^ $$(LDLIBS_ALL)

.PHONY: fuzz-$(1)
fuzz-$(1):
	@$$(MAKE) --no-print-directory -s B=$(B)/fuzz CC=clang HARDEN=-fPIE \
	    SANITIZE='-fsanitize=fuzzer-no-link $(FUZZ_SANITIZE)' $(B)/fuzz/tests/fuzz/fuzz_$(1)
	@mkdir -p $(B)/fuzz/corpus/$(1) tests/fuzz/corpus/$(1)
	$(B)/fuzz/tests/fuzz/fuzz_$(1) -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -timeout=10 \
	    -print_final_stats=1 -artifact_prefix=$(B)/fuzz/$(1)- \
	    $(B)/fuzz/corpus/$(1) tests/fuzz/corpus/$(1)
endef
$(foreach n,$(FUZZ_NAMES),$(eval $(call fuzz_rules,$(n))))

FUZZ_REPLAYS  := $(FUZZ_NAMES:%=$(B)/tests/fuzz/replay_%)
TEST_PROGRAMS += $(FUZZ_REPLAYS)

.PHONY: fuzz-corpora
fuzz-corpora: $(FUZZ_REPLAYS)
	@set -e; for replay in $^; do $$replay; done
