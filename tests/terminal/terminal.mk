# Programs under a terminal (libvterm). Other folders' screen tests link $(TERMINAL_DRIVER) and
# -lvterm -lutil.
TERMINAL_DRIVER := $(B)/o/tests/terminal/driver.o $(B)/o/tests/terminal/svg.o
TERMINAL_TESTS  := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/terminal/test_*.c))
# The core of tui/ needs nothing but keymaps/ and base/; the demonstration proves it.
TUI_CORE := app app_keys canvas dialog field frame fuzzy help input list loop overlay palette \
            restore screen
TUI_CORE_OBJECTS := $(TUI_CORE:%=$(B)/o/tui/%.o)

TEST_PROGRAMS += $(TERMINAL_TESTS)
TEST_NEEDS    += $(B)/tests/terminal/widgets_demo

$(B)/tests/terminal/widgets_demo: $(B)/o/tests/terminal/widgets_demo.o $(TUI_CORE_OBJECTS) \
    $(call libs_of,keymaps)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)

$(B)/tests/terminal/test_%: $(B)/o/tests/terminal/test_%.o $(TERMINAL_DRIVER) \
    $(call libs_of,keymaps)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka -lvterm -lutil $(LDLIBS_ALL)

.PHONY: test-terminal
test-terminal: $(B)/tests/terminal/widgets_demo $(TERMINAL_TESTS)
	@set -e; for t in $(TERMINAL_TESTS); do B=$(B) $$t; done
