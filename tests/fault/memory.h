#ifndef HUILIU_TESTS_FAULT_MEMORY_H
#define HUILIU_TESTS_FAULT_MEMORY_H
/*
 * Memory that runs out for our own code, and for jansson, which asks base/json.c, at a chosen
 * allocation. Linked with -Wl,--wrap; SQLite, the other libraries and the C library keep theirs.
 * Allocations of all threads are counted.
 */
#include <stdbool.h>

/* The `at`th allocation from now on fails; `stays`: so do all after it. 0: none. Counts anew. */
void memory_fail(long at, bool stays);
void memory_return(void); /* none fails any more; what was counted stays */
bool memory_has_failed(void);
long memory_allocations(void); /* since memory_fail() */

/* From now on what children count can be read here, and nothing fails in a process that has not
 * called memory_fail() itself. */
bool memory_share(void);

#endif
