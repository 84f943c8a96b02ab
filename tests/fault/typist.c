#include "tests/fault/typist.h"

#include "tests/cli/run.h"
#include "tests/terminal/driver.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#define SUBMIT "\033[17~" /* F6 */
#define SAVED  "Saved: 01"

static struct terminal *sit_down(const struct typist *typist)
{
    char *program = strdup(program_path("huiliu"));
    const char *arguments[] = {program,         "--home", typist->home, "--as",
                               typist->account, "--lang", "en",         NULL};
    char *argv[sizeof arguments / sizeof arguments[0]];

    memcpy(argv, arguments, sizeof argv);
    struct terminal *t = terminal_start(&(struct terminal_options){.argv = argv});
    assert_non_null(t);
    free(program);
    assert_true(terminal_wait_text(t, "Passphrase"));
    terminal_send(t, typist->passphrase, strlen(typist->passphrase));
    terminal_send(t, "\r", 1);
    assert_true(terminal_wait_text(t, "Returned data"));
    return t;
}

/* To the field of the address in the editor. A draft that is still there is begun anew. */
static void open_editor(struct terminal *t, const struct typist *typist)
{
    assert_true(terminal_type(t, "<F9>"));
    assert_true(terminal_type_slowly(t, typist->number));
    assert_true(terminal_wait_text(t, "1 found"));
    assert_true(terminal_type(t, "<Enter>"));
    assert_true(terminal_wait_text(t, "Population register"));
    assert_true(terminal_type(t, "<C-g>address<Enter>"));
    assert_true(terminal_wait_text(t, "only rows with \"address\""));
    assert_true(terminal_type(t, "<Home><Down><F6>"));
    assert_true(terminal_wait_text(t, "In the register now"));
}

static void fill_in(struct terminal *t, const struct typist *typist)
{
    assert_true(terminal_type(t, "<C-u>"));
    assert_true(terminal_type_slowly(t, typist->proposed));
    assert_true(terminal_type(t, "<PageDown><PageDown><PageDown><S-Tab><C-u>"));
    assert_true(terminal_type_slowly(t, "moved house"));
    assert_true(terminal_wait_text(t, "moved house"));
    assert_true(terminal_type(t, "<Tab>")); /* leaves the field: the draft is kept */
}

/* Busy rather than asleep, so that the moment falls anywhere. */
static void live_for(int64_t microseconds)
{
    struct timespec start, now;

    clock_gettime(CLOCK_MONOTONIC, &start);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - start.tv_sec) * 1000000 + (now.tv_nsec - start.tv_nsec) / 1000 <
           microseconds);
}

static bool said(const struct terminal *t, const char *text)
{
    size_t length = 0;
    const char *output = terminal_output(t, &length);

    return memmem(output, length, text, strlen(text)) != NULL;
}

bool typist_submits_and_dies(const struct typist *typist)
{
    int status = 0;
    struct terminal *t = sit_down(typist);

    open_editor(t, typist);
    fill_in(t, typist);
    assert_false(said(t, SAVED));
    pid_t program = terminal_watched_pid(t);
    assert_true(program > 0);
    terminal_send(t, SUBMIT, strlen(SUBMIT));
    live_for(typist->lives_us);
    assert_int_equal(kill(program, SIGKILL), 0);
    assert_true(terminal_wait_exit(t, &status));
    assert_true(terminal_line_is_restored(t));
    bool saved = said(t, SAVED);
    terminal_free(t);
    return saved;
}
