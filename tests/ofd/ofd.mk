# Sealed documents: made here with fresh keys, judged by verify/ofd.h.
OFD_TESTS := $(patsubst tests/ofd/%.c,$(B)/tests/ofd/%,$(wildcard tests/ofd/test_*.c))
OFD_MAKER := $(B)/o/tests/ofd/maker.o $(B)/o/tests/ofd/keys.o $(B)/o/tests/ofd/pack.o \
             $(B)/o/tests/cli/run.o

$(B)/tests/ofd/%: $(B)/o/tests/ofd/%.o $(OFD_MAKER) $(call libs_of,verify)
	@mkdir -p $(@D)
	$(quiet) $(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka -lutil $(LDLIBS_ALL)

TEST_PROGRAMS += $(OFD_TESTS)
TEST_NEEDS    += $(B)/huiliu

.PHONY: test-ofd
test-ofd: $(B)/huiliu $(OFD_TESTS)
	@set -e; for t in $(OFD_TESTS); do $$t; done
