/* How far long work is: on a terminal only, not for short work, and Ctrl-C asks it to stop. */
#include "cli/percent.h"

#include "base/clock.h"
#include "tests/unit/base/support.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS 200
#define LIMIT_MS    20000

static const char what[] = "Checking";

/* Standard error of the test goes to `to` for a while. */
static int divert(int to)
{
    int before = dup(STDERR_FILENO);

    assert_true(before >= 0);
    assert_true(dup2(to, STDERR_FILENO) >= 0);
    return before;
}

static void give_back(int before)
{
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    close(before);
}

/* What has come so far; "" when nothing has. */
static const char *seen(int fd)
{
    static char text[4096];
    ssize_t got = read(fd, text, sizeof text - 1);

    text[got > 0 ? got : 0] = '\0';
    return text;
}

static bool has_come(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    return poll(&wait, 1, 0) == 1;
}

/* Goes on with work that stays at this number until it is told. */
static void work_until_told(struct percent *percent, int fd, int64_t done, int64_t total)
{
    int64_t until = clock_mono_ms() + LIMIT_MS;

    while (!has_come(fd) && clock_mono_ms() < until)
        assert_true(percent_show(percent, what, done, total));
}

static void open_terminal(int *master, int *slave)
{
    assert_int_equal(openpty(master, slave, NULL, NULL, NULL), 0);
    assert_int_equal(fcntl(*master, F_SETFL, O_NONBLOCK), 0);
}

static void long_work_is_told_on_a_terminal(void **state)
{
    struct percent *percent = NULL;
    int master, slave;

    (void)state;
    open_terminal(&master, &slave);
    int before = divert(slave);
    int64_t begun = clock_mono_ms();
    assert_int_equal(percent_new(&percent, NULL), STATUS_OK);
    assert_true(percent_show(percent, what, 1, 2));
    if (clock_mono_ms() - begun < PATIENCE_MS)
        assert_false(has_come(master));
    work_until_told(percent, master, 1, 2);
    assert_true(clock_mono_ms() - begun >= PATIENCE_MS);
    assert_string_equal(seen(master), "\r\033[KChecking  50 %");
    /* The same number is not written again, another one is; more than all is all. */
    assert_true(percent_show(percent, what, 1, 2));
    assert_false(has_come(master));
    assert_true(percent_show(percent, what, 9, 3));
    assert_string_equal(seen(master), "\r\033[KChecking 100 %");
    assert_true(percent_show(percent, "Writing", 0, 0));
    assert_string_equal(seen(master), "\r\033[KWriting   0 %");
    percent_free(percent);
    assert_string_equal(seen(master), "\r\033[K");
    give_back(before);
    close(slave);
    close(master);
}

static void a_file_is_told_nothing(void **state)
{
    struct percent *percent = NULL;
    int ends[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    int before = divert(ends[1]);
    assert_int_equal(percent_new(&percent, NULL), STATUS_OK);
    for (int64_t until = clock_mono_ms() + 2 * (int64_t)PATIENCE_MS; clock_mono_ms() < until;)
        assert_true(percent_show(percent, what, 1, 2));
    percent_free(percent);
    give_back(before);
    assert_false(has_come(ends[0]));
    close(ends[0]);
    close(ends[1]);
}

static void a_signal_asks_it_to_stop(void **state)
{
    struct percent *percent = NULL;
    int64_t until = clock_mono_ms() + LIMIT_MS;

    (void)state;
    assert_int_equal(percent_new(&percent, NULL), STATUS_OK);
    assert_true(percent_show(percent, what, 1, 2));
    assert_int_equal(kill(getpid(), SIGINT), 0);
    while (percent_show(percent, what, 1, 2))
        assert_true(clock_mono_ms() < until); /* another thread takes the signal */
    percent_free(percent);
    percent_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_work_is_told_on_a_terminal),
        cmocka_unit_test(a_file_is_told_nothing),
        cmocka_unit_test(a_signal_asks_it_to_stop),
    };

    return cmocka_run_group_tests_name("percent", tests, NULL, NULL);
}
