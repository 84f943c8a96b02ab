/* The QR code: its fixed patterns stand where the standard puts them, and the rows of characters
 * say the same as the modules. */
#include "verify/qr_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define QUIET 2

static struct qr_code *make(const char *text)
{
    struct qr_code *code = NULL;
    struct error error = {0};

    assert_int_equal(qr_code_new(text, &code, &error), STATUS_OK);
    return code;
}

/* ISO/IEC 18004, 6.3.3: seven modules, dark ring, light ring, dark middle of three. */
static void expect_finder(const struct qr_code *code, int top, int left)
{
    for (int row = 0; row < 7; row++)
        for (int column = 0; column < 7; column++) {
            int ring = row < 6 - row ? row : 6 - row;
            int across = column < 6 - column ? column : 6 - column;
            int depth = ring < across ? ring : across;
            assert_int_equal(qr_code_is_dark(code, top + row, left + column), depth != 1);
        }
}

static void finders_stand_in_three_corners(void **state)
{
    struct qr_code *code = make("HUILIU:SLIP:01JD0000000000000000000000:990106001:VALID:20260314");
    int side = qr_code_columns(code) - 2 * QUIET;

    (void)state;
    assert_int_equal((side - 17) % 4, 0);
    assert_true(side <= 29); /* fits beside the text on a page of 80 columns and 24 rows */
    expect_finder(code, QUIET, QUIET);
    expect_finder(code, QUIET, QUIET + side - 7);
    expect_finder(code, QUIET + side - 7, QUIET);
    qr_code_free(code);
}

static void the_quiet_zone_is_light(void **state)
{
    struct qr_code *code = make("x");
    int columns = qr_code_columns(code);

    (void)state;
    for (int i = -1; i <= columns; i++)
        for (int edge = 0; edge < QUIET; edge++) {
            assert_false(qr_code_is_dark(code, edge, i));
            assert_false(qr_code_is_dark(code, columns - 1 - edge, i));
            assert_false(qr_code_is_dark(code, i, edge));
            assert_false(qr_code_is_dark(code, i, columns - 1 - edge));
        }
    qr_code_free(code);
}

static unsigned upper_and_lower(const char *character)
{
    static const char *const blocks[] = {" ", "▀", "▄", "█"};

    for (unsigned i = 0; i < 4; i++)
        if (strncmp(character, blocks[i], strlen(blocks[i])) == 0)
            return i;
    fail_msg("%s is no block", character);
    return 0;
}

static void rows_say_what_the_modules_say(void **state)
{
    struct qr_code *code = make("HUILIU");
    struct buf paper = {0}, screen = {0};

    (void)state;
    for (int row = 0; row < qr_code_rows(code); row++) {
        buf_clear(&paper);
        buf_clear(&screen);
        qr_code_row(code, row, QR_CODE_ON_PAPER, &paper);
        qr_code_row(code, row, QR_CODE_ON_SCREEN, &screen);
        const char *ink = buf_text(&paper), *light = buf_text(&screen);
        for (int column = 0; column < qr_code_columns(code); column++) {
            unsigned dark = upper_and_lower(ink), shining = upper_and_lower(light);
            assert_int_equal(dark & 1, qr_code_is_dark(code, 2 * row, column));
            assert_int_equal(dark >> 1, qr_code_is_dark(code, 2 * row + 1, column));
            assert_int_equal(dark ^ shining, 3);
            ink += dark ? 3 : 1;
            light += shining ? 3 : 1;
        }
        assert_string_equal(ink, "");
    }
    buf_release(&paper);
    buf_release(&screen);
    qr_code_free(code);
}

static void another_text_is_another_code(void **state)
{
    struct qr_code *a = make("A"), *b = make("B");
    int different = 0;

    (void)state;
    for (int row = 0; row < qr_code_columns(a); row++)
        for (int column = 0; column < qr_code_columns(a); column++)
            different += qr_code_is_dark(a, row, column) != qr_code_is_dark(b, row, column);
    assert_true(different > 0);
    qr_code_free(a);
    qr_code_free(b);
}

static void a_long_text_is_refused(void **state)
{
    char text[QR_CODE_TEXT_MAX + 2];
    struct qr_code *code = NULL;

    (void)state;
    memset(text, 'A', sizeof text);
    text[QR_CODE_TEXT_MAX] = '\0';
    assert_int_equal(qr_code_new(text, &code, NULL), STATUS_OK);
    qr_code_free(code);
    code = NULL;
    text[QR_CODE_TEXT_MAX] = 'A';
    text[QR_CODE_TEXT_MAX + 1] = '\0';
    assert_int_equal(qr_code_new(text, &code, NULL), STATUS_TOO_LARGE);
    assert_null(code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finders_stand_in_three_corners),
        cmocka_unit_test(the_quiet_zone_is_light),
        cmocka_unit_test(rows_say_what_the_modules_say),
        cmocka_unit_test(another_text_is_another_code),
        cmocka_unit_test(a_long_text_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
