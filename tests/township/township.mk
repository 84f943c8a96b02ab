# The generator of an invented township, and its checks: `make township`, `make unit-township`.
TOWNSHIP_SOURCES := $(filter-out tests/township/main.c tests/township/test_%.c, \
                      $(wildcard tests/township/*.c)) tests/upstream/revision.c
TOWNSHIP_OBJECTS  = $(patsubst %.c,$(B)/o/%.o,$(TOWNSHIP_SOURCES))

.PHONY: township unit-township
township: $(B)/tests/township/township

$(B)/tests/township/township: $(B)/o/tests/township/main.o $(TOWNSHIP_OBJECTS) $(call lib,base)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)

$(B)/tests/township/test_township: $(B)/o/tests/township/test_township.o $(TOWNSHIP_OBJECTS) \
                                   $(call lib,base)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka $(LDLIBS_ALL)

unit-township: $(B)/tests/township/test_township
	@$<

TEST_PROGRAMS += $(B)/tests/township/test_township
