#include "tests/fault/memory.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_reallocarray(void *block, size_t count, size_t size);
char *__real_strdup(const char *text);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_reallocarray(void *block, size_t count, size_t size);
char *__wrap_strdup(const char *text);

static struct {
    long at, seen;
    bool stays, failed;
} memory;

void memory_fail(long at, bool stays)
{
    memory.at = at;
    memory.stays = stays;
    memory.seen = 0;
    memory.failed = false;
}

bool memory_has_failed(void)
{
    return memory.failed;
}

long memory_allocations(void)
{
    return memory.seen;
}

static bool refuses(void)
{
    long number = ++memory.seen;

    if (memory.at == 0 || number < memory.at || (number > memory.at && !memory.stays))
        return false;
    memory.failed = true;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return refuses() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return refuses() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return refuses() ? NULL : __real_realloc(block, size);
}

char *__wrap_strdup(const char *text)
{
    return refuses() ? NULL : __real_strdup(text);
}

void *__wrap_reallocarray(void *block, size_t count, size_t size)
{
    return refuses() ? NULL : __real_reallocarray(block, count, size);
}
