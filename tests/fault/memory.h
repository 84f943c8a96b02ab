#ifndef HUILIU_TESTS_FAULT_MEMORY_H
#define HUILIU_TESTS_FAULT_MEMORY_H
/*
 * Memory that runs out for our own code and for jansson, at a chosen allocation. Linked with
 * -Wl,--wrap for malloc, calloc, realloc and strdup; SQLite and the C library keep theirs.
 */
#include <stdbool.h>

/* The `at`th allocation from now on fails; `stays`: so do all after it. 0: none. Counts anew. */
void memory_fail(long at, bool stays);
bool memory_has_failed(void);
long memory_allocations(void); /* since memory_fail() */
/* Once, before the first JSON value: jansson asks the same memory. */
void memory_start(void);

#endif
