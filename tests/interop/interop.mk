# The upstream contract: `make contract-fixture`, `make contract-pouchdb`.
CONTRACT_SOURCES := $(wildcard tests/interop/*.c)
CONTRACT_OBJECTS  = $(patsubst %.c,$(B)/o/%.o,$(CONTRACT_SOURCES))
INTEROP           = $(B)/interop

.PHONY: contract contract-fixture contract-pouchdb
contract: contract-fixture contract-pouchdb

$(B)/tests/interop/contract: $(CONTRACT_OBJECTS) $(call lib,base)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)

contract-fixture: $(B)/tests/interop/contract $(B)/tests/upstream/upstream
	@$< -- $(B)/tests/upstream/upstream --die-with-parent

# PouchDB Server runs in memory, and its optional native modules are never loaded: no install
# scripts, no compiler.
$(INTEROP)/installed: tests/interop/package.json tests/interop/package-lock.json
	@mkdir -p $(INTEROP)/scratch
	cp $^ $(INTEROP)
	cd $(INTEROP) && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

contract-pouchdb: $(B)/tests/interop/contract $(INTEROP)/installed
	@contract=$$(realpath $<); server=$$(realpath tests/interop/pouchdb.js); cd $(INTEROP) && \
	    $$contract --pouchdb -- node $$server scratch
