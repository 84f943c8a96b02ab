/*
 * Runs a fuzz target over its corpus without libFuzzer, with any compiler, and reports in TAP.
 *
 *     replay_NAME [FILE…]        without files: all of tests/fuzz/corpus/NAME, in order of name
 *
 * Besides each file as it is, the target sees it cut at every length up to a bound and with single
 * bytes changed; the changes are drawn from a fixed seed, so that every run is the same. A target
 * that finds a fault aborts: its test then has no "ok" line.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    FILE_MAX = 1 << 20,
    CUTS_MAX = 256,
    CHANGES = 256,
};

/* The target gets a block of exactly the right size: a sanitizer sees one byte too far. */
static void run_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    if (!copy) {
        fputs("Bail out! out of memory\n", stdout);
        exit(EXIT_FAILURE);
    }
    if (size)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void run_variants(uint8_t *data, size_t size)
{
    uint32_t state = 2463534242U;

    run_copy(data, size);
    for (size_t cut = 0; cut < size && cut < CUTS_MAX; cut++)
        run_copy(data, cut);
    for (size_t i = 0; size && i < CHANGES; i++) {
        size_t at = next_random(&state) % size;
        uint8_t kept = data[at];
        data[at] = (uint8_t)next_random(&state);
        run_copy(data, size);
        data[at] = kept;
    }
}

static bool run_file(const char *path)
{
    static uint8_t data[FILE_MAX];
    FILE *file = fopen(path, "rb");

    if (!file)
        return false;
    size_t size = fread(data, 1, sizeof data, file);
    bool read = !ferror(file) && feof(file);
    fclose(file);
    if (read)
        run_variants(data, size);
    return read;
}

static bool report(const char *path, int number)
{
    printf("# %s\n", path);
    fflush(stdout);
    bool passed = run_file(path);
    printf("%s %d - %s\n", passed ? "ok" : "not ok", number, path);
    return passed;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static const char *name_of(const char *program)
{
    static const char prefix[] = "replay_";
    const char *base = strrchr(program, '/');

    base = base ? base + 1 : program;
    return strncmp(base, prefix, sizeof prefix - 1) == 0 ? base + sizeof prefix - 1 : base;
}

static bool run_corpus(const char *name)
{
    char directory[256], path[512];
    struct dirent **entries;
    bool passed = true;

    snprintf(directory, sizeof directory, "tests/fuzz/corpus/%s", name);
    int count = scandir(directory, &entries, is_visible, alphasort);
    if (count <= 0) {
        printf("not ok 1 - %s holds no files\n", directory);
        if (count == 0)
            free(entries);
        return false;
    }
    for (int i = 0; i < count; i++) {
        int length = snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        passed = length > 0 && (size_t)length < sizeof path && report(path, i + 1) && passed;
        free(entries[i]);
    }
    free(entries);
    printf("1..%d\n", count);
    return passed;
}

int main(int argc, char **argv)
{
    bool passed = true;

    run_copy(NULL, 0);
    if (argc < 2)
        return run_corpus(name_of(argv[0])) ? EXIT_SUCCESS : EXIT_FAILURE;
    for (int i = 1; i < argc; i++)
        passed = report(argv[i], i) && passed;
    return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
