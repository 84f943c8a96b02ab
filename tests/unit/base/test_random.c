#include "base/clock.h"
#include "base/random.h"
#include "tests/unit/base/support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

/* base/random.c asks for the time here: in this program the clock does what a test wants. */
static _Atomic int64_t now_ms = 1773475509123;

int64_t clock_wall_ms(void)
{
    return now_ms;
}

static void make(char out[ULID_TEXT_MAX])
{
    struct error error = {0};

    if (ulid_new(out, &error) != STATUS_OK)
        fail_msg("%s", error.text);
}

static void fills_any_length(void **state)
{
    unsigned char bytes[1000] = {0};
    unsigned seen = 0;

    (void)state;
    assert_int_equal(random_bytes(bytes, 0, NULL), STATUS_OK);
    assert_int_equal(bytes[0], 0);
    assert_int_equal(random_bytes(bytes, sizeof bytes - 1, NULL), STATUS_OK);
    assert_int_equal(bytes[sizeof bytes - 1], 0);
    for (size_t i = 0; i < sizeof bytes; i++)
        seen |= bytes[i];
    assert_int_equal(seen, 0xFF);
}

static void writes_crockford_base_32(void **state)
{
    char id[ULID_TEXT_MAX];

    (void)state;
    make(id);
    assert_int_equal(strlen(id), 26);
    assert_int_equal(strspn(id, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 26);
    assert_memory_equal(id, "01KKNP1CW3", 10); /* 1773475509123 ms */
}

static void grows_in_every_weather(void **state)
{
    static const int64_t jumps[] = {0, 0, 0, 1, -3600000, 0, 0, 5, 86400000, -86400000, 0};
    int64_t start = now_ms;
    char last[ULID_TEXT_MAX] = "";
    char id[ULID_TEXT_MAX];

    (void)state;
    for (int i = 0; i < 100000; i++) {
        now_ms += jumps[(size_t)i % COUNT_OF(jumps)];
        make(id);
        assert_true(strcmp(last, id) < 0);
        memcpy(last, id, sizeof id);
    }
    now_ms = -1;
    make(id);
    assert_true(strcmp(last, id) < 0);
    now_ms = start;
}

#define THREADS    4
#define PER_THREAD 5000

struct maker {
    pthread_t thread;
    char ids[PER_THREAD][ULID_TEXT_MAX];
    bool failed;
};

static void *make_many(void *context)
{
    struct maker *maker = context;

    for (int i = 0; i < PER_THREAD; i++)
        if (ulid_new(maker->ids[i], NULL) != STATUS_OK ||
            (i > 0 && strcmp(maker->ids[i - 1], maker->ids[i]) >= 0))
            maker->failed = true;
    return NULL;
}

static int compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, ULID_TEXT_MAX);
}

static void assert_all_different(char (*ids)[ULID_TEXT_MAX], size_t count)
{
    qsort(ids, count, ULID_TEXT_MAX, compare_ids);
    for (size_t i = 1; i < count; i++)
        assert_string_not_equal(ids[i - 1], ids[i]);
}

static void threads_never_share_an_id(void **state)
{
    struct maker *makers = calloc(THREADS, sizeof *makers);
    char(*all)[ULID_TEXT_MAX] = calloc((size_t)THREADS * PER_THREAD, ULID_TEXT_MAX);

    (void)state;
    assert_non_null(makers);
    assert_non_null(all);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&makers[i].thread, NULL, make_many, &makers[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(makers[i].thread, NULL), 0);
        assert_false(makers[i].failed);
        memcpy(all + (size_t)i * PER_THREAD, makers[i].ids, sizeof makers[i].ids);
    }
    assert_all_different(all, (size_t)THREADS * PER_THREAD);
    free(all);
    free(makers);
}

#define PER_PROCESS 500

/* The child starts from its parent's last id, in the same millisecond. */
static void processes_never_share_an_id(void **state)
{
    static char ids[2 * PER_PROCESS][ULID_TEXT_MAX];
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        for (int i = 0; i < PER_PROCESS; i++)
            if (ulid_new(ids[i], NULL) != STATUS_OK)
                _exit(1);
        size_t bytes = (size_t)PER_PROCESS * ULID_TEXT_MAX;
        _exit(write(ends[1], ids, bytes) == (ssize_t)bytes ? 0 : 1);
    }
    close(ends[1]);
    for (int i = PER_PROCESS; i < 2 * PER_PROCESS; i++)
        make(ids[i]);
    FILE *from_child = fdopen(ends[0], "rb");
    assert_non_null(from_child);
    assert_int_equal(fread(ids, ULID_TEXT_MAX, PER_PROCESS, from_child), PER_PROCESS);
    fclose(from_child);
    int result = -1;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    assert_all_different(ids, COUNT_OF(ids));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_crockford_base_32),    cmocka_unit_test(fills_any_length),
        cmocka_unit_test(grows_in_every_weather),      cmocka_unit_test(threads_never_share_an_id),
        cmocka_unit_test(processes_never_share_an_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
