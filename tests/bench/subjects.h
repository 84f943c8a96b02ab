#ifndef HUILIU_TESTS_BENCH_SUBJECTS_H
#define HUILIU_TESTS_BENCH_SUBJECTS_H
/*
 * The rows of the town as the measurements of the search need them: each as a few texts, and a
 * seeded sample of them from which queries are drawn.
 */
#include "base/arena.h"
#include "base/json.h"
#include "tests/bench/bench.h"
#include "tests/bench/spelling.h"
#include "tests/township/dice.h"

enum subject_group { GROUP_PERSON, GROUP_ENTERPRISE, GROUP_CERTIFICATE, GROUP_COUNT };

#define SYLLABLES_MAX 40

struct subject {
    enum subject_group group;
    int64_t number;   /* from 1, over all groups, in order of the files */
    const char *key;  /* of the document */
    const char *code; /* id number, credit code, certificate number */
    const char *name;
    const char *phone, *address; /* "" when absent */
    const char *birth;           /* YYYYMMDD; "" */
};

typedef enum status (*subject_sink)(void *context, const struct subject *subject,
                                    struct error *error);

/* All rows, in the order of the files; strings live until the sink returns. */
enum status subjects_read(const struct bench *bench, subject_sink sink, void *context,
                          struct error *error) MUST_CHECK;

struct subject_sample {
    struct arena *arena;
    struct subject *items[GROUP_COUNT];
    size_t counts[GROUP_COUNT];
    size_t sizes[GROUP_COUNT]; /* rows of the group altogether */
};

/* About `wanted` of each group, spread over its file by chance. */
enum status subjects_sample(const struct bench *bench, size_t wanted, struct subject_sample *sample,
                            struct error *error) MUST_CHECK;
void subject_sample_release(struct subject_sample *sample);

#endif
