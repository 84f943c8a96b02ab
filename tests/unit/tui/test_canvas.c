/* The grid: nothing unsafe gets in, nothing is cut in the middle. */
#include "tui/canvas.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct canvas *make(int rows, int columns)
{
    struct canvas *canvas = NULL;

    assert_int_equal(canvas_new(rows, columns, &canvas, NULL), STATUS_OK);
    return canvas;
}

static void assert_dump(struct canvas *canvas, const char *expected)
{
    struct buf out = {0};

    canvas_dump(canvas, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_release(&out);
}

static struct area at(int row, int column, int columns)
{
    return (struct area){row, column, 1, columns};
}

static void text_is_cut_at_characters(void **state)
{
    (void)state;
    struct canvas *canvas = make(4, 8);
    assert_int_equal(canvas_put(canvas, at(0, 0, 8), STYLE_NORMAL, "王小明"), 6);
    assert_int_equal(canvas_put(canvas, at(1, 0, 5), STYLE_NORMAL, "王小明"), 5);
    assert_int_equal(canvas_put(canvas, at(2, 0, 4), STYLE_NORMAL, "王小明"), 4);
    assert_int_equal(canvas_put(canvas, at(3, 6, 9), STYLE_NORMAL, "abc"), 3);
    assert_dump(canvas, "王小明\n王小~\n王 ~\n      ab\n");
    canvas_free(canvas);
}

static void half_a_character_is_none(void **state)
{
    (void)state;
    struct canvas *canvas = make(3, 6);
    for (int row = 0; row < 3; row++)
        (void)canvas_put(canvas, at(row, 0, 6), STYLE_NORMAL, "王小明");
    (void)canvas_put(canvas, at(0, 1, 1), STYLE_NORMAL, "x");
    (void)canvas_put(canvas, at(1, 2, 1), STYLE_NORMAL, "x");
    (void)canvas_put(canvas, at(2, 1, 2), STYLE_NORMAL, "国");
    assert_dump(canvas, " x小明\n王x 明\n 国 明\n");
    canvas_free(canvas);
}

static void drawing_outside_is_harmless(void **state)
{
    (void)state;
    struct canvas *canvas = make(2, 3);
    (void)canvas_put(canvas, at(-1, 0, 3), STYLE_NORMAL, "no");
    (void)canvas_put(canvas, at(5, 0, 3), STYLE_NORMAL, "no");
    (void)canvas_put(canvas, at(0, -1, 4), STYLE_NORMAL, "ab");
    (void)canvas_put(canvas, at(1, 2, 4), STYLE_NORMAL, "王");
    canvas_fill(canvas, (struct area){-5, -5, 3, 3}, STYLE_ERROR);
    canvas_box(canvas, (struct area){0, 0, 50, 50}, STYLE_BORDER);
    canvas_select(canvas, (struct area){1, 1, 9, 9});
    assert_null(canvas_cell(canvas, 2, 0));
    canvas_cursor(canvas, 99, 99, true);
    int row;
    int column;
    bool visible;
    canvas_cursor_get(canvas, &row, &column, &visible);
    assert_int_equal(row, 1);
    assert_int_equal(column, 2);
    canvas_free(canvas);
}

static void hostile_text_becomes_visible(void **state)
{
    (void)state;
    struct canvas *canvas = make(3, 40);
    (void)canvas_put(canvas, at(0, 0, 40), STYLE_NORMAL, "a\033[31m\r\n\tb\x7f");
    (void)canvas_put(canvas, at(1, 0, 40), STYLE_NORMAL,
                     "\xe2\x80\xae"
                     "abc\xff");
    assert_dump(canvas, "a^[[31m↵␉b^?\n□abc\\xFF\n\n");
    for (int column = 0; column < 40; column++) {
        uint32_t codepoint = canvas_cell(canvas, 0, column)->codepoints[0];
        assert_true(codepoint >= 0x20 && codepoint != 0x7F);
    }
    canvas_free(canvas);
}

static void marks_stay_with_their_letter(void **state)
{
    (void)state;
    struct canvas *canvas = make(1, 10);
    assert_int_equal(canvas_put(canvas, at(0, 0, 10), STYLE_NORMAL, "e\xcc\x81x"), 2);
    const struct cell *cell = canvas_cell(canvas, 0, 0);
    assert_int_equal(cell->codepoints[0], 'e');
    assert_int_equal(cell->codepoints[1], 0x301);
    assert_int_equal(canvas_cell(canvas, 0, 1)->codepoints[0], 'x');
    canvas_free(canvas);
}

static int wide_dot(uint32_t codepoint)
{
    return codepoint == 0xB7 ? 2 : codepoint == 0x738B ? -1 : 1;
}

static void widths_are_the_terminals(void **state)
{
    (void)state;
    struct canvas *canvas = make(1, 10);
    canvas_set_width(canvas, wide_dot);
    assert_int_equal(canvas_measure(canvas, "a·b", strlen("a·b")), 4);
    assert_int_equal(canvas_put(canvas, at(0, 0, 10), STYLE_NORMAL, "王"), 1);
    assert_int_equal(canvas_cell(canvas, 0, 0)->codepoints[0], 0x3013);
    canvas_free(canvas);
}

static void long_text_is_wrapped(void **state)
{
    (void)state;
    struct canvas *canvas = make(6, 10);
    struct area all = canvas_area(canvas);
    const char *text = "one two three\n核验证书，再提交。abcdefghijklm";
    assert_int_equal(canvas_put_wrapped(NULL, all, STYLE_NORMAL, text), 6);
    assert_int_equal(canvas_put_wrapped(canvas, all, STYLE_NORMAL, text), 6);
    assert_dump(canvas, "one two\nthree\n核验证书，\n再提交。\nabcdefghij\nklm\n");
    canvas_free(canvas);
}

static void areas_are_cut_and_centred(void **state)
{
    (void)state;
    struct area all = {2, 3, 10, 20};
    struct area centre = area_centre(all, 4, 40);
    assert_int_equal(centre.row, 5);
    assert_int_equal(centre.column, 3);
    assert_int_equal(centre.columns, 20);
    assert_true(area_is_empty(area_cut(all, 9, 0, 9, 0)));
    assert_true(area_is_empty(area_row(all, 10)));
    assert_int_equal(area_columns(all, 15, 20).columns, 5);
    assert_true(area_is_empty(area_columns(all, 25, 5)));
}

static void boxes_and_right_sides(void **state)
{
    (void)state;
    struct canvas *canvas = make(3, 8);
    canvas_box(canvas, canvas_area(canvas), STYLE_BORDER);
    (void)canvas_put_right(canvas, at(1, 1, 6), STYLE_NORMAL, "王");
    assert_dump(canvas, "+------+\n|    王|\n+------+\n");
    canvas_free(canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_at_characters),
        cmocka_unit_test(half_a_character_is_none),
        cmocka_unit_test(drawing_outside_is_harmless),
        cmocka_unit_test(hostile_text_becomes_visible),
        cmocka_unit_test(marks_stay_with_their_letter),
        cmocka_unit_test(widths_are_the_terminals),
        cmocka_unit_test(long_text_is_wrapped),
        cmocka_unit_test(areas_are_cut_and_centred),
        cmocka_unit_test(boxes_and_right_sides),
    };

    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
