# Fault harnesses, each with a seed: short in `make test`, long with `make fault ROUNDS=N SEED=S`.
#   make fault-power …   one of them alone
FAULT_DISK_CALLS  := open close mkostemp write fsync fdatasync ftruncate fallocate rename link \
                     unlink unlinkat
fault_wrap         = $(foreach c,$(1),-Wl,--wrap=$(c))
fault_objects      = $(patsubst %,$(B)/o/tests/fault/%.o,$(1))

FAULT_MEMORY_CALLS := malloc calloc realloc reallocarray strdup

FAULT_NAMES       := power disk memory commands kill line stations

$(B)/tests/fault/test_power $(B)/tests/fault/test_disk: $(B)/tests/fault/%: $(B)/o/tests/fault/%.o \
    $(call fault_objects,station disk disk_vfs disk_calls) $(call libs_of,db)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) $(call fault_wrap,$(FAULT_DISK_CALLS)) -o $@ $^ -lcmocka $(LDLIBS_ALL)

$(B)/tests/fault/test_memory: $(call fault_objects,test_memory memory station) $(call libs_of,db)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) $(call fault_wrap,$(FAULT_MEMORY_CALLS)) -o $@ $^ -lcmocka $(LDLIBS_ALL)

# Whole commands, in children of the test; their passphrases are cheap.
$(B)/tests/fault/test_commands: $(call fault_objects,test_commands starve memory) \
    $(patsubst %,$(B)/o/tests/%.o,cli/run cli/town cli/cheap cli/provider ofd/maker ofd/keys ofd/pack) $(call libs_of,cli) \
    | $(B)/tests/upstream/upstream $(B)/tests/township/township
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) $(call fault_wrap,$(FAULT_MEMORY_CALLS) run_arguments EVP_PBE_scrypt) \
	    -o $@ $^ -lcmocka -lutil $(LDLIBS_ALL)

$(B)/tests/fault/test_stations $(B)/tests/fault/test_line $(B)/tests/fault/test_damage: $(B)/tests/fault/%: $(B)/o/tests/fault/%.o \
    $(call fault_objects,district proxy) $(B)/o/tests/e2e/rig.o $(call libs_of,sync) \
    | $(B)/tests/upstream/upstream
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka $(LDLIBS_ALL)

$(B)/tests/fault/test_kill: $(call fault_objects,test_kill typist) $(B)/o/tests/e2e/rig.o \
                            $(B)/o/tests/cli/run.o $(B)/o/tests/terminal/driver.o \
                            $(B)/o/tests/terminal/svg.o $(call lib,keymaps) $(call libs_of,sync) \
                            | $(B)/tests/upstream/upstream $(B)/huiliu
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka -lvterm -lutil $(LDLIBS_ALL)

FAULT_TESTS   := $(FAULT_NAMES:%=$(B)/tests/fault/test_%) $(B)/tests/fault/test_damage
TEST_PROGRAMS += $(FAULT_TESTS)

# In memory when there is any: kill -9 loses nothing that was written, and the disk is spared.
FAULT_PLACE ?= $(firstword $(wildcard /dev/shm) /tmp)
ROUNDS ?= 1000
SEED   ?= 1
.PHONY: fault $(FAULT_NAMES:%=fault-%)
fault: $(FAULT_NAMES:%=fault-%)
$(FAULT_NAMES:%=fault-%): fault-%: $(B)/tests/fault/test_%
	@TMPDIR=$(FAULT_PLACE) FAULT_ROUNDS=$(ROUNDS) FAULT_SEED=$(SEED) $<
