# The CouchDB-speaking fixture: `make upstream`.
UPSTREAM_SOURCES := $(wildcard tests/upstream/*.c) tests/township/put.c
UPSTREAM_OBJECTS  = $(patsubst %.c,$(B)/o/%.o,$(UPSTREAM_SOURCES))

.PHONY: upstream
upstream: $(B)/tests/upstream/upstream

$(B)/tests/upstream/upstream: $(UPSTREAM_OBJECTS) $(call lib,base)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lmicrohttpd -lz $(LDLIBS_ALL)
