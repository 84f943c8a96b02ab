# Figures, each beside a baseline measured in the same run (docs/performance.md).
#   make bench [BENCH_RESIDENTS=50000] [BENCH="load search"]
# The invented town and the baselines of the search are made once and kept in $(B)/bench.
BENCH_RESIDENTS ?= 1000000
BENCH           ?=
BENCH_OBJECTS   := $(patsubst %.c,$(B)/o/%.o,$(wildcard tests/bench/*.c))
BENCH_NEEDS     := $(B)/huiliu $(B)/tests/upstream/upstream $(B)/tests/township/township

$(B)/tests/bench/bench: $(BENCH_OBJECTS) $(B)/o/tests/terminal/driver.o \
    $(B)/o/tests/terminal/svg.o $(call lib,keymaps) $(call libs_of,sync)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lvterm -lutil $(LDLIBS_ALL)

bench: $(B)/tests/bench/bench $(BENCH_NEEDS)
	@mkdir -p $(B)/bench
	@$< --build $(B) --in $(B)/bench --residents $(BENCH_RESIDENTS) $(BENCH)

TEST_PROGRAMS += tests/bench/recall.sh
TEST_NEEDS    += $(B)/tests/bench/bench $(BENCH_NEEDS)
