#include "tests/fault/memory.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

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

struct memory {
    _Atomic long at, seen;
    atomic_bool stays, failed;
};

static struct memory own;
static struct memory *memory = &own;
static bool spared; /* this process, whose children are not */

bool memory_share(void)
{
    void *page =
        mmap(NULL, sizeof *memory, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (page != MAP_FAILED)
        memory = page;
    spared = true;
    return page != MAP_FAILED;
}

void memory_fail(long at, bool stays)
{
    spared = false;
    memory->at = at;
    memory->stays = stays;
    memory->seen = 0;
    memory->failed = false;
}

void memory_return(void)
{
    memory->at = 0;
}

bool memory_has_failed(void)
{
    return memory->failed;
}

long memory_allocations(void)
{
    return memory->seen;
}

static bool refuses(void)
{
    if (spared)
        return false;
    long number = ++memory->seen;
    long at = memory->at;

    if (at == 0 || number < at || (number > at && !memory->stays))
        return false;
    memory->failed = true;
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
