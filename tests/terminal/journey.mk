# Journeys: the real program, the fixture upstream and an invented township under a terminal.
JOURNEYS        := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/terminal/journey_*.c))
JOURNEY_SUPPORT := $(B)/o/tests/terminal/journey.o $(B)/o/tests/terminal/chinese.o \
                   $(B)/o/tests/cli/run.o $(B)/o/tests/cli/town.o $(B)/o/tests/cli/cheap.o $(B)/o/tests/cli/provider.o
JOURNEY_NEEDS   := $(B)/huiliu $(B)/tests/upstream/upstream $(B)/tests/township/township

TEST_PROGRAMS += $(JOURNEYS)
TEST_NEEDS    += $(JOURNEY_NEEDS)

$(B)/tests/terminal/journey_%: $(B)/o/tests/terminal/journey_%.o $(JOURNEY_SUPPORT) \
    $(B)/o/tests/terminal/driver.o $(B)/o/tests/terminal/svg.o $(call lib,keymaps) $(call libs_of,sync)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka -lvterm -lutil $(LDLIBS_ALL)

.PHONY: test-journeys
test-journeys: $(JOURNEY_NEEDS) $(JOURNEYS)
	@set -e; for t in $(JOURNEYS); do $$t; done

# The pictures of the README.
$(B)/tests/terminal/screenshots: $(B)/o/tests/terminal/screenshots.o $(JOURNEY_SUPPORT) \
    $(B)/o/tests/terminal/driver.o $(B)/o/tests/terminal/svg.o $(call lib,keymaps) $(call libs_of,sync)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka -lvterm -lutil $(LDLIBS_ALL)

screenshots: all $(JOURNEY_NEEDS) $(B)/tests/terminal/screenshots
	@mkdir -p docs/screenshots
	@$(B)/tests/terminal/screenshots docs/screenshots
