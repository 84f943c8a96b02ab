# End-to-end tests of sync/: a real upstream in its own process, real homes.
#   make e2e           against the fixture
#   make e2e-pouchdb   the common scenarios against PouchDB Server, installed in $(INTEROP)
INTEROP    ?= $(B)/interop
E2E_COMMON := $(patsubst %,$(B)/o/tests/e2e/%.o,rig scenarios scenarios_push scenarios_stations reconciling)
E2E_POUCHDB = $(if $(wildcard $(INTEROP)/node_modules/pouchdb-server),$(B)/tests/e2e/test_pouchdb)

$(B)/o/tests/e2e/rig.o: CPPFLAGS += -DPOUCHDB_DIRECTORY='"$(abspath $(INTEROP))"' \
    -DPOUCHDB_PROGRAM='"$(abspath tests/interop/pouchdb.js)"'

$(B)/tests/e2e/test_tls: LDLIBS += -lssl
$(B)/tests/e2e/test_tls: $(B)/o/tests/e2e/tls_front.o
$(B)/tests/e2e/%: $(B)/o/tests/e2e/%.o $(E2E_COMMON) $(call libs_of,sync) | $(B)/tests/upstream/upstream
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka $(LDLIBS_ALL)

.PHONY: e2e e2e-pouchdb
e2e: $(B)/tests/e2e/test_fixture $(B)/tests/e2e/test_pull $(B)/tests/e2e/test_push $(B)/tests/e2e/test_watch $(B)/tests/e2e/test_tls
	@set -e; for t in $^; do $$t; done
e2e-pouchdb: $(B)/tests/e2e/test_pouchdb
	@$<

TEST_PROGRAMS += $(B)/tests/e2e/test_watch $(B)/tests/e2e/test_tls $(B)/tests/e2e/test_fixture $(B)/tests/e2e/test_pull $(B)/tests/e2e/test_push $(E2E_POUCHDB)
