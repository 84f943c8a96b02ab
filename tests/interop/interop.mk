# The upstream contract: `make contract-fixture`, `make contract-pouchdb`.
CONTRACT_SOURCES := $(wildcard tests/interop/*.c)
CONTRACT_OBJECTS  = $(patsubst %.c,$(B)/o/%.o,$(CONTRACT_SOURCES))
INTEROP          ?= $(B)/interop

.PHONY: contract contract-fixture contract-pouchdb
contract: contract-fixture contract-pouchdb

$(B)/tests/interop/contract: $(CONTRACT_OBJECTS) $(call lib,base)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)

contract-fixture: $(B)/tests/interop/contract $(B)/tests/upstream/upstream
	@B=$(B) tests/interop/contract-fixture.sh

# PouchDB Server runs in memory, and its optional native modules are never loaded: no install
# scripts, no compiler.
$(INTEROP)/installed: tests/interop/package.json tests/interop/package-lock.json
	@mkdir -p $(INTEROP)/scratch
	cp $^ $(INTEROP)
	cd $(INTEROP) && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

contract-pouchdb: $(B)/tests/interop/contract $(INTEROP)/installed
	@B=$(B) INTEROP=$(INTEROP) tests/interop/contract-pouchdb.sh

# `make asan` and `make tsan` use the copy the ordinary build has installed.
TEST_PROGRAMS += tests/interop/contract-fixture.sh tests/interop/contract-pouchdb.sh
TEST_NEEDS    += $(B)/tests/interop/contract
