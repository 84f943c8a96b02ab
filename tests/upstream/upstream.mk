# The CouchDB-speaking fixture and its checks: `make upstream`, `make unit-upstream`.
UPSTREAM_SOURCES := $(filter-out tests/upstream/main.c tests/upstream/test_%.c, \
                      $(wildcard tests/upstream/*.c)) tests/township/put.c
UPSTREAM_OBJECTS  = $(patsubst %.c,$(B)/o/%.o,$(UPSTREAM_SOURCES))

.PHONY: upstream unit-upstream
upstream: $(B)/tests/upstream/upstream

$(B)/tests/upstream/upstream: $(B)/o/tests/upstream/main.o $(UPSTREAM_OBJECTS) $(call lib,base)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lmicrohttpd -lz $(LDLIBS_ALL)

$(B)/tests/upstream/test_upstream: $(B)/o/tests/upstream/test_upstream.o $(UPSTREAM_OBJECTS) \
                                   $(B)/o/tests/interop/client.o $(call lib,base)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lmicrohttpd -lz -lcmocka $(LDLIBS_ALL)

unit-upstream: $(B)/tests/upstream/test_upstream
	@$<

TEST_PROGRAMS += $(B)/tests/upstream/test_upstream
