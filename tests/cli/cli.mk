# The command line from outside: the real program, the fixture upstream, an invented township.
CLI_TESTS   := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/cli/test_*.c))
CLI_SUPPORT := $(B)/o/tests/cli/run.o $(B)/o/tests/cli/town.o $(B)/o/tests/cli/cheap.o $(B)/o/tests/cli/provider.o
CLI_NEEDS   := $(B)/huiliu $(B)/tests/upstream/upstream $(B)/tests/township/township

TEST_PROGRAMS += $(CLI_TESTS)
TEST_NEEDS    += $(CLI_NEEDS)

$(B)/tests/cli/%: $(B)/o/tests/cli/%.o $(CLI_SUPPORT) $(call libs_of,sync)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka -lutil $(LDLIBS_ALL)

.PHONY: test-cli
test-cli: $(CLI_NEEDS) $(CLI_TESTS)
	@set -e; for t in $(CLI_TESTS); do $$t; done
