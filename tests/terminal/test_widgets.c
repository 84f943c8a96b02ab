/* The parts of tui/ as a user meets them: a real program, a real pty, a real terminal model. */
#include "tests/terminal/driver.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#define ARGUMENTS_MAX 8

static char demo_path[4096];

static struct terminal *start_with(const struct terminal_options *options)
{
    struct terminal *terminal = terminal_start(options);

    assert_non_null(terminal);
    assert_true(terminal_wait_idle(terminal));
    return terminal;
}

/* The demonstration with up to six more arguments, NULL-terminated. */
static struct terminal *start_sized(int rows, int columns, const char *const *more)
{
    char *argv[ARGUMENTS_MAX] = {demo_path};

    for (size_t i = 0; more && more[i] && i + 2 < ARGUMENTS_MAX; i++)
        argv[i + 1] = (char *)(uintptr_t)more[i];
    return start_with(&(struct terminal_options){.rows = rows, .columns = columns, .argv = argv});
}

static struct terminal *start(void)
{
    return start_sized(0, 0, NULL);
}

#define START(...) start_sized(0, 0, (const char *const[]){__VA_ARGS__, NULL})

static void quit(struct terminal *terminal)
{
    int status;

    terminal_send(terminal, "\x11", 1);
    assert_true(terminal_wait_exit(terminal, &status));
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    terminal_free(terminal);
}

static void send(struct terminal *terminal, const char *bytes)
{
    terminal_send(terminal, bytes, strlen(bytes));
    assert_true(terminal_wait_idle(terminal));
}

static void type(struct terminal *terminal, const char *keys)
{
    assert_true(terminal_type(terminal, keys));
}

static void assert_shows(const struct terminal *terminal, const char *text)
{
    if (terminal_find(terminal, text) >= 0)
        return;
    char *dump = terminal_dump(terminal);
    print_error("not on the screen: %s\n%s", text, dump);
    free(dump);
    fail();
}

static void assert_row(const struct terminal *terminal, int row, const char *expected)
{
    char *text = terminal_row(terminal, row);

    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

static void assert_restored(const struct terminal *terminal)
{
    static const int off[] = {1, 1000, 1002, 1003, 1004, 1006, 1049, 2004, 2026};

    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++)
        if (terminal_mode_is_on(terminal, off[i]))
            fail_msg("mode %d was left on", off[i]);
    assert_true(terminal_mode_is_on(terminal, 25));
    assert_true(terminal_line_is_restored(terminal));
}

/* --- lists ------------------------------------------------------------------------------------ */

static bool row_is_reverse(const struct terminal *terminal, int row)
{
    for (int column = 0; column < terminal_columns(terminal); column++) {
        struct terminal_cell cell = terminal_cell(terminal, row, column);
        if (cell.width > 0 && !(cell.attributes & TERMINAL_REVERSE))
            return false;
    }
    return true;
}

static void a_list_moves_pages_and_ends(void **state)
{
    int row;
    int column;

    (void)state;
    struct terminal *terminal = start();
    assert_true(row_is_reverse(terminal, 1));
    type(terminal, "<Down><Down>");
    assert_false(row_is_reverse(terminal, 1));
    assert_true(row_is_reverse(terminal, 3));
    terminal_cursor(terminal, &row, &column);
    assert_int_equal(row, 3);
    assert_int_equal(column, 0);
    type(terminal, "<PageDown>");
    assert_shows(terminal, "row 23 ");
    type(terminal, "<End>");
    assert_shows(terminal, "row 100000");
    assert_true(row_is_reverse(terminal, 21));
    type(terminal, "<Home><A-Down>");
    assert_true(row_is_reverse(terminal, 6));
    assert_row(terminal, 2, "row 2      欧阳娜娜       440306199000010017  西乡街道1号");
    quit(terminal);
}

static void moves_cost_few_bytes(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<Down>");
    terminal_forget_output(terminal);
    type(terminal, "<Down>");
    assert_in_range(terminal_output_bytes(terminal), 1, 350);
    type(terminal, "<A-Down><A-Down><A-Down><A-Down>");
    terminal_forget_output(terminal);
    type(terminal, "<Down>");
    assert_shows(terminal, "row 23 ");
    assert_in_range(terminal_output_bytes(terminal), 1, 450);
    terminal_forget_output(terminal);
    type(terminal, "<PageDown>");
    assert_in_range(terminal_output_bytes(terminal), 1, 2000);
    quit(terminal);
}

static void queued_keys_are_painted_once(void **state)
{
    char keys[100 * 6 + 1] = "";

    (void)state;
    struct terminal *terminal = start();
    for (size_t i = 0; i < 100; i++)
        memcpy(keys + i * 6, "<Down>", 7);
    terminal_forget_output(terminal);
    type(terminal, keys);
    assert_shows(terminal, "row 101 ");
    assert_in_range(terminal_output_bytes(terminal), 1, 5000);
    quit(terminal);
}

static void idle_means_silent(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    terminal_forget_output(terminal);
    terminal_listen(terminal, 300);
    assert_int_equal(terminal_output_bytes(terminal), 0);
    quit(terminal);
}

/* --- keys ------------------------------------------------------------------------------------- */

static void every_spelling_of_a_function_key_works(void **state)
{
    static const char *const spellings[] = {"\033OP", "\033[11~", "\033[[A", "\0331"};

    (void)state;
    struct terminal *terminal = start();
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        send(terminal, spellings[i]);
        assert_shows(terminal, "Keys on this page");
        type(terminal, "<Esc>");
        assert_int_equal(terminal_find(terminal, "Keys on this page"), -1);
    }
    quit(terminal);
}

static void characters_may_come_in_pieces(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<F9>");
    send(terminal, "\xe7");
    send(terminal, "\x8e");
    send(terminal, "\x8b");
    assert_shows(terminal, "text=[王]");
    send(terminal, "\033");
    quit(terminal);
}

/* Over ssh, where a sequence has 100 ms to arrive. */
static void a_function_key_may_come_in_pieces(void **state)
{
    static const char *const env[] = {"SSH_CONNECTION=192.0.2.1 1 192.0.2.2 22", NULL};
    char *argv[] = {demo_path, NULL};

    (void)state;
    struct terminal *terminal = start_with(&(struct terminal_options){.argv = argv, .env = env});
    type(terminal, "<F9>");
    terminal_send(terminal, "ab\033", 3);
    terminal_send(terminal, "[", 1);
    send(terminal, "D");
    send(terminal, "x");
    assert_shows(terminal, "text=[axb]");
    quit(terminal);
}

static void stray_bytes_do_not_kill_the_keyboard(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<F9>");
    send(terminal, "\xff"
                   "a");
    send(terminal, "\xe7"
                   "b");
    send(terminal, "\x80\xbf\xc0\xaf"
                   "c");
    send(terminal, "\xed\xa0\x80"
                   "d");
    assert_shows(terminal, "text=[abcd]");
    quit(terminal);
}

static void answers_of_the_terminal_are_no_typing(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<F9>");
    send(terminal, "\033[24;80R\033[?62;22c\033]11;rgb:0000/0000/0000\033\\\033]10;x\007"
                   "\033[?2026;2$y\033[I\033P>|xterm\033\\ok");
    assert_shows(terminal, "text=[ok]");
    quit(terminal);
}

static void text_typed_on_a_list_opens_the_search(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    type(terminal, "汉");
    assert_shows(terminal, "text=[汉]");
    assert_shows(terminal, "Widgets > Field");
    quit(terminal);
}

static void full_width_keys_are_commands(void **state)
{
    (void)state;
    struct terminal *terminal = START("--keymap", "vi");
    send(terminal, "ｊ");
    assert_true(row_is_reverse(terminal, 2));
    send(terminal, "？");
    assert_shows(terminal, "Keys on this page");
    quit(terminal);
}

static void chords_show_what_comes_next(void **state)
{
    (void)state;
    struct terminal *terminal = START("--keymap", "vi");
    type(terminal, "jj");
    type(terminal, "g");
    assert_true(terminal_wait_text(terminal, "g Go to"));
    assert_shows(terminal, "g First row");
    type(terminal, "g");
    assert_true(row_is_reverse(terminal, 1));
    assert_int_equal(terminal_find(terminal, "g Go to"), -1);
    quit(terminal);
}

static void unbound_and_refused_keys_say_so(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<C-y>");
    assert_shows(terminal, "Ctrl-Y has no meaning here.");
    type(terminal, "<Delete>");
    assert_shows(terminal, "Withdraw: It was not yours.");
    type(terminal, "<F7>");
    assert_shows(terminal, "there is nothing to do here.");
    quit(terminal);
}

/* --- paste and scan ------------------------------------------------------------------------------
 */

static void a_paste_is_text_and_never_a_command(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<F9>");
    send(terminal, "\033[200~one\r\ntwo\tq\033[A\x01\033[201~");
    assert_shows(terminal, "text=[one two q[A]");
    assert_shows(terminal, "last=paste");
    quit(terminal);
}

static void a_burst_is_one_scan(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    send(terminal, "44030619900101001X\r");
    assert_shows(terminal, "text=[44030619900101001X]");
    assert_shows(terminal, "last=scan");
    send(terminal, "9144030071526726XG\r");
    assert_shows(terminal, "text=[9144030071526726XG]");
    type(terminal, "<C-u>");
    send(terminal, "short\r");
    assert_shows(terminal, "text=[short]");
    assert_shows(terminal, "last=enter");
    quit(terminal);
}

static void a_burst_runs_no_hot_keys(void **state)
{
    (void)state;
    struct terminal *terminal = START("--keymap", "vi");
    send(terminal, "jjjjjjjjjjqq\r");
    assert_shows(terminal, "text=[jjjjjjjjjjqq]");
    quit(terminal);
}

/* --- fields ----------------------------------------------------------------------------------- */

static void a_field_is_edited_by_characters(void **state)
{
    int row;
    int column;

    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<F9>");
    send(terminal, "王a小");
    type(terminal, "<Left><Left>");
    terminal_cursor(terminal, &row, &column);
    assert_int_equal(row, 1);
    assert_int_equal(column, 8);
    type(terminal, "<Backspace>");
    assert_shows(terminal, "text=[a小]");
    type(terminal, "<End>x<Home><Delete>");
    assert_shows(terminal, "text=[小x]");
    type(terminal, "<C-u>");
    assert_shows(terminal, "text=[]");
    type(terminal, "<C-_>");
    assert_shows(terminal, "text=[小x]");
    quit(terminal);
}

static void a_long_field_scrolls(void **state)
{
    int row;
    int column;

    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<F9>");
    send(terminal, "\033[200~一二三四五六七八九十甲乙丙丁\033[201~");
    assert_row(terminal, 1, "Text: 六七八九十甲乙丙丁");
    terminal_cursor(terminal, &row, &column);
    assert_int_equal(column, 6 + 18);
    type(terminal, "<Home>");
    assert_row(terminal, 1, "Text: 一二三四五六七八九 ~");
    quit(terminal);
}

/* --- overlays and questions
 * ----------------------------------------------------------------------- */

static void what_is_not_there_is_said(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<F2>");
    send(terminal, "qqqq");
    assert_shows(terminal, "There is no command of that name.");
    type(terminal, "<F3>");
    type(terminal, "<F1>");
    send(terminal, "qqqq");
    assert_shows(terminal, "There is no command of that name.");
    type(terminal, "<F3>");
    type(terminal, "<C-g>");
    send(terminal, "qqqq");
    assert_shows(terminal, "There is nothing of that name to choose.");
    quit(terminal);
}

static void the_palette_finds_and_runs(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<F2>");
    assert_shows(terminal, "All commands");
    send(terminal, "withd");
    assert_shows(terminal, "It was not yours.");
    type(terminal, "<C-u>");
    send(terminal, "sea");
    type(terminal, "<Enter>");
    assert_shows(terminal, "Widgets > Field");
    quit(terminal);
}

static void help_filters_and_runs(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<F1>");
    send(terminal, "appr");
    assert_shows(terminal, "F6, Alt-6");
    assert_int_equal(terminal_find(terminal, "Withdraw"), -1);
    type(terminal, "<Enter>");
    assert_shows(terminal, "Approve?");
    quit(terminal);
}

static void a_key_of_the_page_works_through_help(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<F1><F9>");
    assert_shows(terminal, "Widgets > Field");
    assert_int_equal(terminal_find(terminal, "Keys on this page"), -1);
    quit(terminal);
}

static void a_grave_question_prefers_no(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<F6><Enter>");
    assert_shows(terminal, "answer: no");
    type(terminal, "<F6><Tab><Enter>");
    assert_shows(terminal, "answer: yes");
    type(terminal, "<F6><F6>");
    assert_shows(terminal, "answer: yes");
    type(terminal, "<F6><Esc>");
    assert_shows(terminal, "answer: no");
    type(terminal, "<F6><F9>");
    assert_shows(terminal, "Answer the question first.");
    quit(terminal);
}

static void a_prompt_wants_an_answer(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<F4><Enter>");
    assert_shows(terminal, "At least 2 characters");
    send(terminal, "与原件不符");
    type(terminal, "<Enter>");
    assert_shows(terminal, "answer: 与原件不符");
    quit(terminal);
}

static void one_of_several_is_chosen(void **state)
{
    (void)state;
    struct terminal *terminal = start();
    type(terminal, "<C-g><Enter>");
    assert_shows(terminal, "answer: yes 1");
    type(terminal, "<C-g>三<Enter>");
    assert_shows(terminal, "answer: yes 2");
    quit(terminal);
}

/* --- sizes ------------------------------------------------------------------------------------ */

static void sizes_change_in_a_storm(void **state)
{
    static const int sizes[][2] = {{10, 40}, {50, 200}, {5, 20}, {1, 1}, {24, 80}, {24, 81}};

    (void)state;
    struct terminal *terminal = start();
    for (size_t i = 0; i < 5 * sizeof sizes / sizeof sizes[0]; i++)
        terminal_resize(terminal, sizes[i % 6][0], sizes[i % 6][1]);
    terminal_resize(terminal, 30, 100);
    assert_true(terminal_wait_row(terminal, 29, "F1 Help"));
    assert_shows(terminal, "row 27 ");
    quit(terminal);
}

/* A canvas has at most a thousand rows and columns; a terminal may say anything. */
static void a_window_too_large_is_drawn_in_part(void **state)
{
    (void)state;
    struct terminal *terminal = start_sized(24, 1500, NULL);
    type(terminal, "<Down><PageDown><End>");
    terminal_resize(terminal, 1200, 90);
    assert_true(terminal_wait_idle(terminal));
    type(terminal, "<Home>");
    terminal_resize(terminal, 24, 80);
    assert_true(terminal_wait_idle(terminal));
    assert_shows(terminal, "demo");
    quit(terminal);
}

static void a_window_too_small_still_lets_one_out(void **state)
{
    (void)state;
    struct terminal *terminal = start_sized(8, 30, NULL);
    assert_shows(terminal, "too small");
    assert_shows(terminal, "F10: Quit");
    type(terminal, "<F10>");
    int status;
    assert_true(terminal_wait_exit(terminal, &status));
    assert_restored(terminal);
    terminal_free(terminal);
}

/* --- hostile text --------------------------------------------------------------------------------
 */

/* No byte of ours but ESC sequences, and none of those with a payload's letters. */
static void hostile_rows_do_nothing_to_the_terminal(void **state)
{
    (void)state;
    struct terminal *terminal = START("--payload");
    size_t length;
    const char *output = terminal_output(terminal, &length);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)output[i];
        bool allowed = byte >= 0x20 || byte == '\033' || byte == '\r' || byte == '\n' ||
                       byte == '\b' || byte == '\007';
        if (!allowed || byte == 0x7F)
            fail_msg("byte 0x%02x at %zu of the output", byte, i);
    }
    assert_null(memmem(output, length, "\033]0", 3));
    assert_null(memmem(output, length, "\xc2\x9b", 2));
    assert_null(memmem(output, length, "\xe2\x80\xae", 3));
    assert_null(memmem(output, length, "\xe2\x80\x8b", 3));
    assert_null(memmem(output, length, "\xef\xbb\xbf", 3));
    assert_null(memmem(output, length, "\xf3\xa0\x81\x81", 4));
    assert_row(terminal, 1, "osc ^[]0;owned^G end");
    assert_row(terminal, 3, "c1 <9B>31m end");
    assert_row(terminal, 5, "rlo □abc end");
    assert_row(terminal, 11, "cr ␍over end");
    assert_row(terminal, 12, "lf ↵ tab ␉ bs ^H del ^? end");
    assert_row(terminal, 13, "bad \\xFF\\xFE \\xE7\\x8E end");
    quit(terminal);
}

/* --- the end
 * -------------------------------------------------------------------------------------- */

static void quitting_restores(void **state)
{
    int status;

    (void)state;
    struct terminal *terminal = start();
    assert_true(terminal_mode_is_on(terminal, 1049));
    assert_true(terminal_mode_is_on(terminal, 2004));
    type(terminal, "<F10>");
    assert_true(terminal_wait_exit(terminal, &status));
    assert_int_equal(status, 0);
    assert_restored(terminal);
    terminal_free(terminal);
}

static void check_signal(int signal_number, const char *watch)
{
    int status;

    struct terminal *terminal = watch ? START(watch) : start();
    assert_int_equal(kill(terminal_pid(terminal), signal_number), 0);
    assert_true(terminal_wait_exit(terminal, &status));
    bool orderly = signal_number == SIGTERM || signal_number == SIGHUP || signal_number == SIGINT ||
                   signal_number == SIGQUIT;
    if (orderly)
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 128 + signal_number);
    else
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == signal_number);
    assert_restored(terminal);
    terminal_free(terminal);
}

static void signals_restore(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGSEGV, SIGABRT, SIGBUS};

    (void)state;
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        check_signal(signals[i], NULL);
        if (signals[i] != SIGSEGV && signals[i] != SIGABRT && signals[i] != SIGBUS)
            check_signal(signals[i], "--watch");
    }
}

static void being_killed_restores(void **state)
{
    static const int signals[] = {SIGKILL, SIGSEGV};

    (void)state;
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        int status;
        struct terminal *terminal = START("--watch");
        pid_t watched = terminal_watched_pid(terminal);
        assert_true(watched > 0);
        assert_int_equal(kill(watched, signals[i]), 0);
        assert_true(terminal_wait_exit(terminal, &status));
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == signals[i]);
        assert_restored(terminal);
        terminal_free(terminal);
    }
}

static void no_terminal_is_said_in_words(void **state)
{
    static const char *const terms[] = {"dumb", "no-such-terminal"};

    (void)state;
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        char *argv[] = {demo_path, NULL};
        int status;
        struct terminal *terminal =
            terminal_start(&(struct terminal_options){.term = terms[i], .argv = argv});
        assert_non_null(terminal);
        assert_true(terminal_wait_exit(terminal, &status));
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
        assert_shows(terminal, terms[i]);
        assert_true(terminal_line_is_restored(terminal));
        terminal_free(terminal);
    }
}

static void other_terminals_work_too(void **state)
{
    static const char *const terms[] = {"vt100", "linux", "xterm", "screen-256color",
                                        "tmux-256color"};

    (void)state;
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        char *argv[] = {demo_path, NULL};
        struct terminal *terminal =
            start_with(&(struct terminal_options){.term = terms[i], .argv = argv});
        type(terminal, "<Down><F1>");
        assert_shows(terminal, "Keys on this page");
        quit(terminal);
    }
}

static void no_colour_means_no_colour(void **state)
{
    static const char *const env[] = {"NO_COLOR=1", NULL};
    char *argv[] = {demo_path, NULL};

    (void)state;
    struct terminal *terminal = start_with(&(struct terminal_options){.argv = argv, .env = env});
    for (int row = 0; row < terminal_rows(terminal); row++)
        for (int column = 0; column < terminal_columns(terminal); column++)
            assert_false(terminal_cell(terminal, row, column).coloured);
    assert_true(row_is_reverse(terminal, 1));
    quit(terminal);
}

/* --- sessions that are not UTF-8
 * ------------------------------------------------------------------- */

/* A GB18030 locale in a folder of its own; false where the system cannot make one. */
static bool make_gb18030(char *folder)
{
    char command[256];

    if (!mkdtemp(folder))
        return false;
    snprintf(command, sizeof command,
             "localedef -f GB18030 -i zh_CN %s/zh_CN.GB18030 >/dev/null 2>&1", folder);
    return system(command) == 0;
}

static void remove_folder(const char *folder)
{
    char command[256];

    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void expect_bytes(struct terminal *terminal, const char *bytes)
{
    size_t length;
    const char *output = terminal_output(terminal, &length);

    assert_non_null(memmem(output, length, bytes, strlen(bytes)));
}

static void a_gb18030_session_reads_and_writes_gb18030(void **state)
{
    char folder[] = "/tmp/huiliu-locale-XXXXXX";
    char path[64];
    const char *const env[] = {path, "LC_ALL=zh_CN.GB18030", NULL};
    char *argv[] = {demo_path, NULL};

    (void)state;
    bool made = make_gb18030(folder);
    snprintf(path, sizeof path, "LOCPATH=%s", folder);
    if (made) {
        struct terminal *terminal =
            start_with(&(struct terminal_options){.argv = argv, .env = env});
        expect_bytes(terminal, "\xcd\xf5\xd0\xa1\xc3\xf7"); /* 王小明 */
        expect_bytes(terminal, "\xa1\xa4");                 /* the dot of a Uyghur name */
        type(terminal, "<F9>");
        terminal_forget_output(terminal);
        send(terminal, "\xcd");
        send(terminal, "\xf5");
        send(terminal, "\x95\x32\x82\x36"); /* 𠀀, four bytes, two of them digits */
        expect_bytes(terminal, "\xcd\xf5");
        expect_bytes(terminal, "\x95\x32\x82\x36");
        send(terminal, "\xff"
                       "q");
        expect_bytes(terminal, "q");
        quit(terminal);
    }
    remove_folder(folder);
    if (!made)
        skip();
}

/* --- pictures
 * -------------------------------------------------------------------------------------- */

static void a_screen_becomes_a_picture(void **state)
{
    char *svg = NULL;
    size_t size = 0;

    (void)state;
    struct terminal *terminal = start();
    FILE *file = open_memstream(&svg, &size);
    assert_non_null(file);
    terminal_write_svg(terminal, file);
    assert_int_equal(fclose(file), 0);
    assert_non_null(strstr(svg, "<svg "));
    assert_non_null(strstr(svg, "王</tspan>")); /* each wide character by itself */
    assert_non_null(strstr(svg, "明</tspan>"));
    assert_non_null(strstr(svg, "font-weight=\"bold\""));
    assert_non_null(strstr(svg, "</svg>"));
    free(svg);
    quit(terminal);
}

static void find_demo(void)
{
    const char *build = getenv("B");

    snprintf(demo_path, sizeof demo_path, "%s/tests/terminal/widgets_demo",
             build ? build : "build");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_moves_pages_and_ends),
        cmocka_unit_test(moves_cost_few_bytes),
        cmocka_unit_test(queued_keys_are_painted_once),
        cmocka_unit_test(idle_means_silent),
        cmocka_unit_test(every_spelling_of_a_function_key_works),
        cmocka_unit_test(characters_may_come_in_pieces),
        cmocka_unit_test(a_function_key_may_come_in_pieces),
        cmocka_unit_test(stray_bytes_do_not_kill_the_keyboard),
        cmocka_unit_test(answers_of_the_terminal_are_no_typing),
        cmocka_unit_test(text_typed_on_a_list_opens_the_search),
        cmocka_unit_test(full_width_keys_are_commands),
        cmocka_unit_test(chords_show_what_comes_next),
        cmocka_unit_test(unbound_and_refused_keys_say_so),
        cmocka_unit_test(a_paste_is_text_and_never_a_command),
        cmocka_unit_test(a_burst_is_one_scan),
        cmocka_unit_test(a_burst_runs_no_hot_keys),
        cmocka_unit_test(a_field_is_edited_by_characters),
        cmocka_unit_test(a_long_field_scrolls),
        cmocka_unit_test(the_palette_finds_and_runs),
        cmocka_unit_test(what_is_not_there_is_said),
        cmocka_unit_test(help_filters_and_runs),
        cmocka_unit_test(a_key_of_the_page_works_through_help),
        cmocka_unit_test(a_grave_question_prefers_no),
        cmocka_unit_test(a_prompt_wants_an_answer),
        cmocka_unit_test(one_of_several_is_chosen),
        cmocka_unit_test(sizes_change_in_a_storm),
        cmocka_unit_test(a_window_too_large_is_drawn_in_part),
        cmocka_unit_test(a_window_too_small_still_lets_one_out),
        cmocka_unit_test(hostile_rows_do_nothing_to_the_terminal),
        cmocka_unit_test(quitting_restores),
        cmocka_unit_test(signals_restore),
        cmocka_unit_test(being_killed_restores),
        cmocka_unit_test(no_terminal_is_said_in_words),
        cmocka_unit_test(other_terminals_work_too),
        cmocka_unit_test(no_colour_means_no_colour),
        cmocka_unit_test(a_gb18030_session_reads_and_writes_gb18030),
        cmocka_unit_test(a_screen_becomes_a_picture),
    };

    find_demo();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
