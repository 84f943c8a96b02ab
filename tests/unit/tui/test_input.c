/* Bytes to keys, with the clock in our hand. */
#include "tui/input.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ESCAPE_MS 25

static struct input *make(void)
{
    struct input *input = NULL;

    assert_int_equal(input_new(ESCAPE_MS, &input, NULL), STATUS_OK);
    return input;
}

static void feed(struct input *input, const char *bytes, int64_t now)
{
    input_feed(input, bytes, strlen(bytes), now);
}

/* All events there are now, written down: keys in notation, {paste:…}, {scan+leaked:…}. */
static char *events(struct input *input, int64_t now)
{
    struct input_event event;
    struct buf out = {0};
    char notation[KEY_TEXT_MAX];

    while (input_next(input, now, &event)) {
        if (event.kind == INPUT_KEY)
            buf_bytes(&out, notation, key_print(event.key, notation));
        else if (event.kind == INPUT_PASTE)
            buf_printf(&out, "{paste%s:%.*s}", event.cut ? "-cut" : "", (int)event.length,
                       event.text);
        else
            buf_printf(&out, "{scan+%zu:%s}", event.leaked, event.text);
    }
    char *text = buf_take(&out);
    assert_non_null(text);
    return text;
}

static void assert_events(struct input *input, int64_t now, const char *expected)
{
    char *text = events(input, now);

    assert_string_equal(text, expected);
    free(text);
}

/* One packet, and what it gives once all waiting is over. */
static void assert_decodes(const char *bytes, const char *expected)
{
    struct input *input = make();

    feed(input, bytes, 1000);
    char *now = events(input, 1000);
    char *later = events(input, 10000);
    struct buf all = {0};
    buf_printf(&all, "%s%s", now, later);
    assert_string_equal(buf_text(&all), expected);
    assert_int_equal(input_wait(input, 10000), -1);
    buf_release(&all);
    free(now);
    free(later);
    input_free(input);
}

static void plain_keys(void **state)
{
    (void)state;
    assert_decodes("a", "a");
    assert_decodes("\r", "<Enter>");
    assert_decodes("\t", "<Tab>");
    assert_decodes("\177", "<Backspace>");
    assert_decodes("\010", "<Backspace>");
    assert_decodes("\020", "<C-p>");
    assert_decodes("\037", "<C-_>");
    assert_decodes("\034", "<C-\\>");
    assert_decodes("\n", "<C-j>");
    assert_decodes(" ", "<Space>");
    assert_decodes("王", "王");
    assert_decodes("ｍ", "ｍ");
    assert_decodes("𠀀", "𠀀");
    struct input *input = make();
    input_feed(input, "", 1, 0);
    assert_events(input, 0, "<C-Space>");
    input_free(input);
}

static void sequences(void **state)
{
    (void)state;
    assert_decodes("\033[A\033OB\033[C\033OD", "<Up><Down><Right><Left>");
    assert_decodes("\033[H\033[F\033[1~\033[4~\033[7~\033[8~", "<Home><End><Home><End><Home><End>");
    assert_decodes("\033[2~\033[3~\033[5~\033[6~", "<Insert><Delete><PageUp><PageDown>");
    assert_decodes("\033OP\033[11~\033[[A\033[P", "<F1><F1><F1><F1>");
    assert_decodes("\033OS\033[14~\033[[D", "<F4><F4><F4>");
    assert_decodes("\033[15~\033[[E\033[24~\033[34~", "<F5><F5><F12><F20>");
    assert_decodes("\033[Z", "<S-Tab>");
    assert_decodes("\033[1;5C\033[1;3A\033[1;8D", "<C-Right><A-Up><C-A-S-Left>");
    assert_decodes("\033[3;5~\033[1;2P\033O5A", "<C-Delete><S-F1><C-Up>");
    assert_decodes("\033[a\033[5^\033[5$", "<S-Up><C-PageUp><S-PageUp>");
    assert_decodes("\033OM\033Ok\033Oq", "<Enter>+1");
    assert_decodes("\033x\033X\033\r\033王", "<A-x><A-X><A-Enter><A-王>");
    assert_decodes("\033\033", "<Esc><Esc>");
    assert_decodes("\033\033[A", "<Esc><Up>");
    assert_decodes("\0331", "<A-1>");
}

static void answers_are_swallowed(void **state)
{
    (void)state;
    assert_decodes("\033[24;80Ra", "a");
    assert_decodes("\033[?64;1;22ca", "a");
    assert_decodes("\033[>0;276;0ca", "a");
    assert_decodes("\033]11;rgb:ffff/ffff/ffff\033\\a", "a");
    assert_decodes("\033]11;rgb:ffff/ffff/ffff\007a", "a");
    assert_decodes("\033P1$r0m\033\\a", "a");
    assert_decodes("\033[?2026;2$ya", "a");
    assert_decodes("\033[Ia", "a");
    assert_decodes("\033[201~a", "a");
    assert_decodes("\033[99999999999999999999Aa", "a");
}

static void bad_bytes_are_dropped(void **state)
{
    (void)state;
    assert_decodes("\xff"
                   "abc",
                   "abc");
    assert_decodes("\xe7"
                   "abc",
                   "abc");
    assert_decodes("\xe7\x8e"
                   "a",
                   "a");
    assert_decodes("\xc0\xaf\xed\xa0\x80\xf5\x80q", "q");
    assert_decodes("\xe7\xe7\x8e\x8b", "王");
    assert_decodes("\xc2\x9b"
                   "31m",
                   "31m");
    assert_decodes("\xe7\033[A", "<Up>");
}

static void pieces_are_put_together(void **state)
{
    (void)state;
    struct input *input = make();
    feed(input, "\xe7", 0);
    assert_events(input, 0, "");
    assert_int_equal(input_wait(input, 0), -1);
    feed(input, "\x8e", 120);
    assert_events(input, 120, "");
    feed(input, "\x8b", 5000);
    assert_events(input, 5000, "王");

    feed(input, "\033", 6000);
    assert_events(input, 6000, "");
    assert_int_equal(input_wait(input, 6000), ESCAPE_MS);
    feed(input, "[", 6020);
    assert_events(input, 6020, "");
    feed(input, "1", 6100);
    feed(input, "5", 6160);
    assert_events(input, 6160, "");
    feed(input, "~", 6220);
    assert_events(input, 6220, "<F5>");
    input_free(input);
}

static void a_lone_escape_is_a_key(void **state)
{
    (void)state;
    struct input *input = make();
    feed(input, "\033", 0);
    assert_events(input, ESCAPE_MS - 1, "");
    assert_int_equal(input_wait(input, ESCAPE_MS - 1), 1);
    assert_events(input, ESCAPE_MS, "<Esc>");
    assert_int_equal(input_wait(input, ESCAPE_MS), -1);
    feed(input, "x", ESCAPE_MS + 50);
    assert_events(input, ESCAPE_MS + 50, "x");
    input_free(input);
}

/* F5 whose Esc came 60 ms before the rest: a cancel that cannot be helped, but no garbage. */
static void a_late_continuation_is_no_typing(void **state)
{
    (void)state;
    struct input *input = make();
    feed(input, "\033", 0);
    assert_events(input, 60, "<Esc>");
    feed(input, "[15~a", 61);
    assert_events(input, 1000, "<F5>a");
    feed(input, "\033", 2000);
    assert_events(input, 2060, "<Esc>");
    feed(input, "[a", 3000);
    assert_events(input, 4000, "[a");
    input_free(input);
}

static void an_endless_sequence_is_given_up(void **state)
{
    (void)state;
    struct input *input = make();
    feed(input, "\033[1;", 0);
    assert_int_equal(input_wait(input, 0), 1000);
    assert_events(input, 1000, "");
    feed(input, "a", 1001);
    assert_events(input, 1001, "a");
    feed(input, "\033]0;", 2000);
    for (int i = 0; i < 5000; i++)
        feed(input, "x", 2000);
    char *rest = events(input, 9000);
    assert_in_range(strlen(rest), 1, 1000);
    free(rest);
    input_free(input);
}

static void pastes_are_single_events(void **state)
{
    (void)state;
    assert_decodes("\033[200~a\r\nb\rc\n\033[A\x01\033[201~q", "{paste:a\nb\nc\n\033[A\x01}q");
    assert_decodes("\033[200~\033[201~", "{paste:}");
    assert_decodes("\033[200~1\033[201~\033[200~2\033[201~", "{paste:1}{paste:2}");
    struct input *input = make();
    feed(input, "\033[200~begin \033[20", 0);
    assert_events(input, 0, "");
    feed(input, "1~x", 900);
    assert_events(input, 900, "{paste:begin }x");
    feed(input, "\033[200~no end", 2000);
    assert_events(input, 5000, "{paste:no end}");
    input_free(input);
}

static void a_huge_paste_is_cut(void **state)
{
    struct input_event event;

    (void)state;
    struct input *input = make();
    feed(input, "\033[200~", 0);
    for (size_t i = 0; i < INPUT_PASTE_MAX; i++)
        feed(input, "12345", 0);
    feed(input, "\033[201~after", 0);
    assert_true(input_next(input, 0, &event));
    assert_int_equal(event.kind, INPUT_PASTE);
    assert_int_equal(event.length, INPUT_PASTE_MAX);
    assert_true(event.cut);
    assert_events(input, 100, "after");
    input_free(input);
}

/* The limit falls inside a character: it goes whole. */
static void a_huge_paste_is_cut_between_characters(void **state)
{
    struct input_event event;

    (void)state;
    struct input *input = make();
    feed(input, "\033[200~a", 0);
    for (size_t i = 0; i < INPUT_PASTE_MAX; i++)
        feed(input, "\xE6\xB1\x9F", 0);
    feed(input, "\033[201~", 0);
    assert_true(input_next(input, 0, &event));
    assert_true(event.cut);
    assert_in_range(event.length, INPUT_PASTE_MAX - 3, INPUT_PASTE_MAX);
    assert_int_equal((event.length - 1) % 3, 0);
    input_free(input);
}

/* --- bursts ---------------------------------------------------------------------------------- */

static void type_at(struct input *input, const char *text, int64_t start, int64_t gap, char *out,
                    size_t size)
{
    int64_t now = start;
    struct buf all = {0};

    for (; *text; text++, now += gap) {
        input_feed(input, text, 1, now);
        char *got = events(input, now);
        buf_str(&all, got);
        free(got);
    }
    char *got = events(input, now + 1000);
    buf_str(&all, got);
    free(got);
    snprintf(out, size, "%s", buf_text(&all));
    buf_release(&all);
}

static void assert_typed(bool hold, const char *text, int64_t gap, const char *expected)
{
    char out[512];
    struct input *input = make();

    input_hold(input, hold);
    type_at(input, text, 1000, gap, out, sizeof out);
    assert_string_equal(out, expected);
    input_free(input);
}

static void a_reader_is_told_from_a_hand(void **state)
{
    (void)state;
    assert_typed(true, "0123456789\r", 5, "{scan+0:0123456789}");
    assert_typed(true, "0123456789\r", 0, "{scan+0:0123456789}");
    assert_typed(true, "0123456789\r", 10, "0123456789<Enter>");
    assert_typed(true, "012345678\r", 5, "012345678<Enter>");
    assert_typed(true, "0123456789", 5, "0123456789");
    assert_typed(false, "0123456789\r", 5, "0{scan+1:0123456789}");
    assert_typed(false, "0123456789\r", 50, "0123456789<Enter>");
    assert_typed(false, "0123456789\rab", 5, "0{scan+1:0123456789}ab");
    assert_typed(true, "0123456789\r0123456789\r", 2, "{scan+0:0123456789}{scan+0:0123456789}");
}

static void a_hand_never_waits(void **state)
{
    (void)state;
    struct input *input = make();
    feed(input, "a", 0);
    assert_events(input, 0, "a");
    feed(input, "b", 80);
    assert_events(input, 80, "b");
    feed(input, "王小明", 200);
    assert_events(input, 200, "王小明");
    input_hold(input, true);
    feed(input, "j", 1000);
    assert_events(input, 1000, "");
    assert_int_equal(input_wait(input, 1000), INPUT_SCAN_GAP_MS);
    assert_events(input, 1000 + INPUT_SCAN_GAP_MS, "j");
    feed(input, "\033[A", 2000);
    assert_events(input, 2000, "<Up>");
    input_free(input);
}

static void full_width_scans_are_folded(void **state)
{
    (void)state;
    struct input *input = make();
    input_hold(input, true);
    feed(input, "４４０３０６１９９０\r", 0);
    assert_events(input, 0, "{scan+0:4403061990}");
    input_free(input);
}

static void a_pause_in_a_burst_ends_it(void **state)
{
    (void)state;
    struct input *input = make();
    input_hold(input, true);
    feed(input, "01234", 0);
    assert_events(input, 5, "");
    feed(input, "56789", 50);
    assert_events(input, 50, "01234");
    feed(input, "\r", 51);
    assert_events(input, 51, "56789<Enter>");
    input_free(input);
}

/* A line delivers a long code in packets, and the return comes in one of its own. */
static void a_long_burst_may_pause(void **state)
{
    static const char code[] = "01234567890123456789012345678901234567890123456789";
    char scanned[80], typed[80];

    (void)state;
    (void)snprintf(scanned, sizeof scanned, "{scan+0:%s5678}", code);
    (void)snprintf(typed, sizeof typed, "%s5678<Enter>", code);
    for (int late = 0; late < 2; late++) {
        struct input *input = make();
        input_hold(input, true);
        feed(input, code, 0);
        assert_events(input, 20, "");
        assert_int_equal(input_wait(input, 20), INPUT_SCAN_LONG_GAP_MS - 20);
        feed(input, "5678", 60);
        assert_events(input, 150, "");
        feed(input, "\r", late ? 160 : 159);
        assert_events(input, 160, late ? typed : scanned);
        input_free(input);
    }
}

static void a_burst_without_end_is_delivered(void **state)
{
    (void)state;
    struct input *input = make();
    input_hold(input, true);
    for (size_t i = 0; i < INPUT_SCAN_MAX + 100; i++)
        feed(input, "x", 0);
    feed(input, "\r", 0);
    char *text = events(input, 0);
    assert_int_equal(strlen(text), INPUT_SCAN_MAX + 100 + strlen("<Enter>"));
    free(text);
    input_free(input);
}

static void terminfo_spellings_are_learnt(void **state)
{
    (void)state;
    struct input *input = make();
    input_define(input, "\033[57~", (struct key){.code = KEY_CODE_F1});
    input_define(input, "\177", (struct key){.code = KEY_CODE_F2});
    feed(input, "\033[57~\177", 0);
    assert_events(input, 0, "<F1><Backspace>");
    input_free(input);
}

/* Whatever bytes come and however they are cut, the keyboard lives on. */
static void noise_never_kills_the_keyboard(void **state)
{
    uint32_t seed = 20260314;

    (void)state;
    for (int round = 0; round < 300; round++) {
        struct input *input = make();
        int64_t now = 0;
        for (int i = 0; i < 400; i++) {
            seed = seed * 1664525u + 1013904223u;
            char byte = (char)(seed >> 24);
            if ((seed & 7) == 0)
                byte = "\033[O]~;0P"[seed >> 8 & 7];
            now += seed >> 16 & 31;
            input_feed(input, &byte, 1, now);
            free(events(input, now));
        }
        free(events(input, now + 20000));
        feed(input, "\033[A", now + 30000);
        assert_events(input, now + 30000, "<Up>");
        input_free(input);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_keys),
        cmocka_unit_test(sequences),
        cmocka_unit_test(answers_are_swallowed),
        cmocka_unit_test(bad_bytes_are_dropped),
        cmocka_unit_test(pieces_are_put_together),
        cmocka_unit_test(a_lone_escape_is_a_key),
        cmocka_unit_test(a_late_continuation_is_no_typing),
        cmocka_unit_test(an_endless_sequence_is_given_up),
        cmocka_unit_test(pastes_are_single_events),
        cmocka_unit_test(a_huge_paste_is_cut),
        cmocka_unit_test(a_huge_paste_is_cut_between_characters),
        cmocka_unit_test(a_reader_is_told_from_a_hand),
        cmocka_unit_test(a_hand_never_waits),
        cmocka_unit_test(full_width_scans_are_folded),
        cmocka_unit_test(a_pause_in_a_burst_ends_it),
        cmocka_unit_test(a_long_burst_may_pause),
        cmocka_unit_test(a_burst_without_end_is_delivered),
        cmocka_unit_test(terminfo_spellings_are_learnt),
        cmocka_unit_test(noise_never_kills_the_keyboard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
