#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "tests/unit/base/support.h"

#include <pthread.h>
#include <sys/stat.h>

#define READ_MAX ((size_t)8 << 20)

static void read_log(const char *path, struct buf *out)
{
    buf_clear(out);
    assert_int_equal(file_read(path, READ_MAX, out, NULL), STATUS_OK);
}

/* Asserts "<instant> <number> ..." on every line and returns the number of lines. */
static size_t check_lines(const struct buf *text, long *first, long *last)
{
    size_t count = 0;

    for (const char *at = buf_text(text); *at; count++) {
        char instant[25] = "";
        int64_t ms;
        memcpy(instant, at, 24);
        assert_true(instant_parse(instant, &ms));
        *last = strtol(at + 24, NULL, 10);
        if (count == 0)
            *first = *last;
        at = strchr(at, '\n');
        assert_non_null(at);
        at++;
    }
    return count;
}

static void writes_safe_lines(void **state)
{
    const char *path = scratch_path(state, "plain.log");
    struct buf text = {0};
    struct stat found;

    log_line("dropped: %d", 1);
    assert_int_equal(log_open(path, NULL), STATUS_OK);
    log_line("%d sync %s", 1, "ok\x1B[31m\nforged");
    log_close();
    log_line("dropped: %d", 2);
    read_log(path, &text);
    assert_string_equal(buf_text(&text) + 24, " 1 sync ok^[[31m↵forged\n");
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    assert_int_equal(log_open(path, NULL), STATUS_OK);
    log_line("%d", 2);
    log_close();
    long first = 0;
    long last = 0;
    read_log(path, &text);
    assert_int_equal(check_lines(&text, &first, &last), 2);
    buf_release(&text);
}

static void says_when_it_cannot_open(void **state)
{
    struct error error = {0};

    assert_int_equal(log_open(scratch_path(state, "none/x.log"), &error), STATUS_NOT_FOUND);
    assert_int_equal(symlink("elsewhere", scratch_path(state, "link.log")), 0);
    assert_int_equal(log_open(scratch_path(state, "link.log"), &error), STATUS_REFUSED);
    log_line("dropped");
}

static void keeps_the_newest_half(void **state)
{
    char filler[900];
    const char *path = scratch_path(state, "big.log");
    struct buf text = {0};
    long first = -1;
    long last = -1;
    const long count = 6000; /* 5.4 MB */

    memset(filler, 'x', sizeof filler - 1);
    filler[sizeof filler - 1] = '\0';
    assert_int_equal(log_open(path, NULL), STATUS_OK);
    for (long i = 1; i <= count; i++)
        log_line("%ld %s", i, filler);
    log_close();
    read_log(path, &text);
    assert_in_range(text.length, (size_t)2 << 20, (size_t)4 << 20);
    size_t lines = check_lines(&text, &first, &last);
    assert_int_equal(last, count);
    assert_int_equal(lines, last - first + 1);
    buf_release(&text);
}

/* As if another process had halved the log meanwhile. */
static void follows_the_file_of_that_name(void **state)
{
    const char *path = scratch_path(state, "moved.log");
    struct buf text = {0};

    assert_int_equal(log_open(path, NULL), STATUS_OK);
    log_line("%d", 1);
    assert_int_equal(unlink(path), 0);
    log_line("%d", 2);
    log_close();
    read_log(path, &text);
    assert_string_equal(buf_text(&text) + 24, " 2\n");
    buf_release(&text);
}

static void *write_many(void *context)
{
    (void)context;
    for (int i = 0; i < 500; i++)
        log_line("%d line of a thread", i);
    return NULL;
}

static void threads_write_whole_lines(void **state)
{
    const char *path = scratch_path(state, "threads.log");
    pthread_t threads[4];
    struct buf text = {0};
    long first = 0;
    long last = 0;

    assert_int_equal(log_open(path, NULL), STATUS_OK);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, NULL), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    log_close();
    read_log(path, &text);
    assert_int_equal(check_lines(&text, &first, &last), 2000);
    buf_release(&text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_safe_lines),
        cmocka_unit_test(says_when_it_cannot_open),
        cmocka_unit_test(keeps_the_newest_half),
        cmocka_unit_test(follows_the_file_of_that_name),
        cmocka_unit_test(threads_write_whole_lines),
    };

    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
