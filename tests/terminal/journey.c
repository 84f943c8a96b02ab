#include "tests/terminal/journey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#define MORE_MAX 8

struct opening {
    const char *language;
    const char *const *more; /* options; NULL: none */
    int rows, columns;
    const char *sees; /* on the unlock page */
};

static struct terminal *start(const struct desk *desk, const struct opening *opening)
{
    char *program = strdup(program_path("huiliu"));
    const char *arguments[MORE_MAX + 8] = {program,       "--home", desk->home,       "--as",
                                           desk->account, "--lang", opening->language};
    char *argv[sizeof arguments / sizeof arguments[0]];

    for (size_t i = 0; opening->more && opening->more[i] && i < MORE_MAX; i++)
        arguments[i + 7] = opening->more[i];
    memcpy(argv, arguments, sizeof argv);
    struct terminal *terminal = terminal_start(&(struct terminal_options){
        .rows = opening->rows, .columns = opening->columns, .argv = argv});
    assert_non_null(terminal);
    journey_see(terminal, opening->sees);
    free(program);
    return terminal;
}

struct terminal *journey_open_sized(const struct desk *desk, int rows, int columns)
{
    return start(desk, &(struct opening){"en", NULL, rows, columns, "Passphrase"});
}

struct terminal *journey_open_with(const struct desk *desk, const char *const *options)
{
    return start(desk, &(struct opening){"en", options, 24, 80, "Passphrase"});
}

struct terminal *journey_open_in_chinese(const struct desk *desk)
{
    return start(desk, &(struct opening){"zh_CN", NULL, 24, 80, TOWN_AREA});
}

struct terminal *journey_open(const struct desk *desk)
{
    return journey_open_sized(desk, 24, 80);
}

const char *journey_passphrase(const char *account)
{
    static char text[128];

    (void)snprintf(text, sizeof text, "river-%s-stone", account);
    return text;
}

void journey_unlock(struct terminal *terminal, const char *account)
{
    journey_press(terminal, journey_passphrase(account));
    journey_press(terminal, "\r");
    assert_true(terminal_wait_no_text(terminal, "Passphrase"));
}

void journey_unlock_chinese(struct terminal *terminal, const char *account)
{
    journey_press(terminal, journey_passphrase(account));
    journey_press(terminal, "\r");
    assert_true(terminal_wait_no_text(terminal, TOWN_AREA));
    assert_true(terminal_wait_idle(terminal));
}

void journey_keys(struct terminal *terminal, const char *keys)
{
    assert_true(terminal_type(terminal, keys));
}

void journey_press(struct terminal *terminal, const char *bytes)
{
    terminal_send(terminal, bytes, strlen(bytes));
}

void journey_see(struct terminal *terminal, const char *text)
{
    assert_true(terminal_wait_text(terminal, text));
}

void journey_see_in_row(struct terminal *terminal, int row, const char *text)
{
    assert_true(terminal_wait_row(terminal, row, text));
}

void journey_not_see(struct terminal *terminal, const char *text)
{
    if (terminal_find(terminal, text) < 0)
        return;
    char *screen = terminal_dump(terminal);
    print_error("on the screen: %s\n%s\n", text, screen);
    free(screen);
    fail();
}

void journey_leave(struct terminal *terminal)
{
    int status = -1;

    journey_press(terminal, "\x11");
    assert_true(terminal_wait_exit(terminal, &status));
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(terminal_line_is_restored(terminal));
    assert_false(terminal_mode_is_on(terminal, 1049));
    terminal_free(terminal);
}

int journey_end(void **state)
{
    (void)state;
    terminal_free_all();
    return 0;
}
