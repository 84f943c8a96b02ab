#ifndef HUILIU_TESTS_UNIT_BASE_SUPPORT_H
#define HUILIU_TESTS_UNIT_BASE_SUPPORT_H
/*
 * What the tests of base share: cmocka with the headers it wants before it, a scratch directory
 * that is removed at the end, and numbers that look random and are the same in every run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct scratch {
    char directory[64];
    char path[PATH_MAX];
};

static inline int scratch_setup(void **state)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);

    if (!scratch)
        return -1;
    snprintf(scratch->directory, sizeof scratch->directory, "/tmp/huiliu-test-XXXXXX");
    *state = scratch;
    return mkdtemp(scratch->directory) ? 0 : -1;
}

static inline int scratch_remove_one(const char *path, const struct stat *found, int kind,
                                     struct FTW *place)
{
    (void)found;
    (void)kind;
    (void)place;
    return remove(path);
}

static inline int scratch_teardown(void **state)
{
    struct scratch *scratch = *state;
    int failed = nftw(scratch->directory, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);

    free(scratch);
    return failed;
}

/* The path of `name` in the scratch directory, until the next call. */
static inline const char *scratch_path(void **state, const char *name)
{
    struct scratch *scratch = *state;
    int length = snprintf(scratch->path, sizeof scratch->path, "%s/%s", scratch->directory, name);

    assert_in_range(length, 1, sizeof scratch->path - 1);
    return scratch->path;
}

static inline void write_file(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static inline uint32_t next_number(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*seed >> 33);
}

#endif
