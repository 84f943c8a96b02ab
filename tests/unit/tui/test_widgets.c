/* List, field, footer and matching, without a terminal. */
#include "base/i18n.h"
#include "tui/field.h"
#include "tui/frame.h"
#include "tui/fuzzy.h"
#include "tui/list.h"
#include "tui/view.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- list ------------------------------------------------------------------------------------- */

static void draw_number(void *data, size_t index, struct canvas *canvas, struct area row)
{
    size_t *drawn = data;

    (*drawn)++;
    (void)canvas_printf(canvas, row, STYLE_NORMAL, "%zu", index);
}

static size_t draw_list(struct list *list, struct canvas *canvas)
{
    size_t drawn = 0;

    canvas_fill(canvas, canvas_area(canvas), STYLE_NORMAL);
    list_draw(list, canvas, canvas_area(canvas), draw_number, &drawn);
    return drawn;
}

static struct canvas *make(int rows, int columns)
{
    struct canvas *canvas = NULL;

    assert_int_equal(canvas_new(rows, columns, &canvas, NULL), STATUS_OK);
    return canvas;
}

static void a_list_draws_only_what_is_seen(void **state)
{
    (void)state;
    struct canvas *canvas = make(5, 10);
    struct list list = {0};
    list_set_count(&list, 1000000000);
    assert_int_equal(draw_list(&list, canvas), 5);
    assert_int_equal(list_command(&list, COMMAND_ROW_LAST, ""), STALE_VIEW);
    assert_int_equal(list.selected, 999999999);
    assert_int_equal(draw_list(&list, canvas), 5);
    assert_int_equal(list_command(&list, COMMAND_ROW_DOWN, ""), STALE_NOTHING);
    assert_int_equal(list_command(&list, COMMAND_PAGE_UP, ""), STALE_VIEW);
    assert_int_equal(list.selected, 999999995);
    assert_int_equal(list_command(&list, COMMAND_ROW_UP, "9999"), STALE_VIEW);
    assert_int_equal(list.selected, 999989996);
    assert_int_equal(list_command(&list, COMMAND_HELP, ""), STALE_UNHANDLED);
    canvas_free(canvas);
}

static void an_empty_list_is_harmless(void **state)
{
    static const enum command moves[] = {COMMAND_ROW_DOWN, COMMAND_ROW_UP,    COMMAND_PAGE_DOWN,
                                         COMMAND_PAGE_UP,  COMMAND_ROW_FIRST, COMMAND_ROW_LAST};

    (void)state;
    struct canvas *canvas = make(5, 10);
    struct list list = {0};
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        assert_int_equal(list_command(&list, moves[i], "5"), STALE_NOTHING);
        assert_int_equal(draw_list(&list, canvas), 0);
    }
    canvas_free(canvas);
}

static void a_selection_survives_a_reload(void **state)
{
    (void)state;
    struct canvas *canvas = make(3, 10);
    struct list list = {0};
    list_set_count(&list, 10);
    list_select(&list, 7);
    list_set_count(&list, 12);
    assert_int_equal(list.selected, 7);
    list_set_count(&list, 4);
    assert_int_equal(list.selected, 3);
    assert_int_equal(draw_list(&list, canvas), 3);
    list_set_count(&list, 0);
    assert_int_equal(list.selected, 0);
    canvas_free(canvas);
}

/* Queued keys end up where the same keys typed one by one do. */
static void queued_moves_are_the_same_moves(void **state)
{
    static const enum command moves[] = {COMMAND_ROW_LAST, COMMAND_ROW_FIRST, COMMAND_ROW_DOWN,
                                         COMMAND_PAGE_DOWN, COMMAND_ROW_UP};

    (void)state;
    struct canvas *a = make(5, 10);
    struct canvas *b = make(5, 10);
    struct list one = {0};
    struct list many = {0};
    list_set_count(&one, 100);
    list_set_count(&many, 100);
    draw_list(&many, b);
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        draw_list(&one, a);
        (void)list_command(&one, moves[i], "");
        (void)list_command(&many, moves[i], "");
    }
    draw_list(&one, a);
    draw_list(&many, b);
    struct buf first = {0};
    struct buf second = {0};
    canvas_dump(a, &first);
    canvas_dump(b, &second);
    assert_string_equal(buf_text(&first), buf_text(&second));
    buf_release(&first);
    buf_release(&second);
    canvas_free(a);
    canvas_free(b);
}

/* --- field ------------------------------------------------------------------------------------ */

static void type(struct field *field, uint32_t code)
{
    struct input_event event = {.kind = INPUT_KEY, .key = {.code = code}};

    (void)field_text(field, &event);
}

static void paste(struct field *field, enum input_kind kind, const char *text)
{
    struct input_event event = {.kind = kind, .text = text, .length = strlen(text)};

    (void)field_text(field, &event);
}

static void a_field_moves_by_clusters(void **state)
{
    (void)state;
    struct field field;
    field_init(&field, 20);
    type(&field, 'e');
    type(&field, 0x301);
    type(&field, 0x738B);
    type(&field, 0xE0101);
    type(&field, 'x');
    assert_int_equal(field_command(&field, COMMAND_DELETE_LEFT), STALE_VIEW);
    assert_int_equal(field_command(&field, COMMAND_DELETE_LEFT), STALE_VIEW);
    assert_string_equal(field_text_of(&field), "e\xcc\x81");
    assert_int_equal(field_command(&field, COMMAND_CURSOR_LEFT), STALE_VIEW);
    assert_int_equal(field.caret, 0);
    assert_int_equal(field_command(&field, COMMAND_CURSOR_LEFT), STALE_NOTHING);
    assert_int_equal(field_command(&field, COMMAND_DELETE_RIGHT), STALE_VIEW);
    assert_true(field_is_empty(&field));
    assert_int_equal(field_command(&field, COMMAND_ROW_DOWN), STALE_UNHANDLED);
    field_release(&field);
}

static void a_field_has_a_limit(void **state)
{
    (void)state;
    struct field field;
    field_init(&field, 3);
    paste(&field, INPUT_PASTE, "王小明国");
    assert_string_equal(field_text_of(&field), "王小明");
    type(&field, 'x');
    assert_string_equal(field_text_of(&field), "王小明");
    field_set(&field, "abcdef");
    assert_string_equal(field_text_of(&field), "abc");
    assert_int_equal(field.caret, 3);
    field_release(&field);
}

static void pastes_and_scans(void **state)
{
    (void)state;
    struct field field;
    field_init(&field, 50);
    type(&field, 'x');
    paste(&field, INPUT_PASTE, "a\tb\nc\x01\033\xff\xc2\x9b\n\n");
    assert_string_equal(field_text_of(&field), "xa b c");
    paste(&field, INPUT_SCAN, "440306");
    assert_string_equal(field_text_of(&field), "440306");
    assert_int_equal(field_command(&field, COMMAND_UNDO_EDIT), STALE_VIEW);
    assert_string_equal(field_text_of(&field), "xa b c");
    assert_int_equal(field_command(&field, COMMAND_UNDO_EDIT), STALE_VIEW);
    assert_string_equal(field_text_of(&field), "440306");
    field_release(&field);
}

static void digits_are_folded_where_wanted(void **state)
{
    (void)state;
    struct field field;
    field_init(&field, 50);
    field.fold = true;
    type(&field, 0xFF14);
    type(&field, 0x3002);
    paste(&field, INPUT_PASTE, "４０");
    assert_string_equal(field_text_of(&field), "4。40");
    field_release(&field);
}

static void words_and_ends_are_erased(void **state)
{
    (void)state;
    struct field field;
    field_init(&field, 50);
    field_set(&field, "one two  ");
    assert_int_equal(field_command(&field, COMMAND_DELETE_WORD), STALE_VIEW);
    assert_string_equal(field_text_of(&field), "one ");
    (void)field_command(&field, COMMAND_CURSOR_HOME);
    (void)field_command(&field, COMMAND_CURSOR_RIGHT);
    (void)field_command(&field, COMMAND_DELETE_TO_END);
    assert_string_equal(field_text_of(&field), "o");
    field_release(&field);
}

static void secrets_are_stars_and_not_kept(void **state)
{
    (void)state;
    struct canvas *canvas = make(1, 10);
    struct buf out = {0};
    struct field field;
    field_init(&field, 50);
    field.secret = true;
    paste(&field, INPUT_PASTE, "geheim王");
    field_draw(&field, canvas, canvas_area(canvas), true);
    canvas_dump(canvas, &out);
    assert_string_equal(buf_text(&out), "*******\n");
    (void)field_command(&field, COMMAND_CLEAR_FIELD);
    assert_int_equal(field_command(&field, COMMAND_UNDO_EDIT), STALE_NOTHING);
    assert_true(field_is_empty(&field));
    buf_release(&out);
    field_release(&field);
    canvas_free(canvas);
}

static void the_caret_is_always_in_the_window(void **state)
{
    int row;
    int column;
    bool visible;

    (void)state;
    struct canvas *canvas = make(1, 7);
    struct field field;
    field_init(&field, 100);
    for (uint32_t i = 0; i < 30; i++) {
        type(&field, i % 2 ? 'a' : 0x738B);
        field_draw(&field, canvas, canvas_area(canvas), true);
        canvas_cursor_get(canvas, &row, &column, &visible);
        assert_in_range(column, 0, 6);
    }
    for (int i = 0; i < 40; i++) {
        (void)field_command(&field, COMMAND_CURSOR_LEFT);
        field_draw(&field, canvas, canvas_area(canvas), true);
        canvas_cursor_get(canvas, &row, &column, &visible);
        assert_in_range(column, 0, 6);
    }
    assert_int_equal(column, 0);
    field_release(&field);
    canvas_free(canvas);
}

/* --- matching --------------------------------------------------------------------------------- */

static void better_matches_score_higher(void **state)
{
    (void)state;
    assert_true(fuzzy_score("", "anything") > 0);
    assert_int_equal(fuzzy_score("xyz", "anything"), 0);
    assert_true(fuzzy_score("search", "Search") > fuzzy_score("sea", "Search"));
    assert_true(fuzzy_score("sea", "Search") > fuzzy_score("arch", "Search"));
    assert_true(fuzzy_score("arch", "Search") > fuzzy_score("srh", "Search"));
    assert_true(fuzzy_score("rn", "request-new") > fuzzy_score("eu", "request-new"));
    assert_true(fuzzy_score("核验", "一键核验") > 0);
    assert_true(fuzzy_score("ｓｅａ", "Search") > 0);
    assert_true(fuzzy_score("new req", "new requests") > 0);
    assert_int_equal(fuzzy_score("searchh", "Search"), 0);
}

/* --- frame ------------------------------------------------------------------------------------ */

static bool only_these(void *data, enum command command)
{
    (void)data;
    return command != COMMAND_PALETTE;
}

static void the_footer_comes_from_the_tables(void **state)
{
    struct keymap *map = NULL;
    struct buf out = {0};

    (void)state;
    assert_int_equal(keymap_load(NULL, "default", &map, NULL), STATUS_OK);
    struct canvas *canvas = make(1, 40);
    frame_draw_footer(canvas, canvas_area(canvas), map, CONTEXT_HOME, only_these, NULL);
    canvas_dump(canvas, &out);
    assert_string_equal(buf_text(&out), "Enter Open  F1 Help  F3 Back  F10 Quit\n");
    buf_clear(&out);
    canvas_free(canvas);
    canvas = make(1, 12);
    frame_draw_footer(canvas, canvas_area(canvas), map, CONTEXT_HOME, only_these, NULL);
    canvas_dump(canvas, &out);
    assert_string_equal(buf_text(&out), "F1 Help\n");
    canvas_free(canvas);
    buf_release(&out);
    keymap_free(map);
}

static void the_breadcrumb_loses_its_head_first(void **state)
{
    const char *const parts[] = {"Start page", "Search", "王小明"};
    struct buf out = {0};

    (void)state;
    struct canvas *canvas = make(1, 30);
    frame_draw_title(canvas, canvas_area(canvas), parts, 3, "3 min", STYLE_TITLE);
    canvas_dump(canvas, &out);
    assert_string_equal(buf_text(&out), "Search > 王小明          3 min\n");
    buf_release(&out);
    canvas_free(canvas);
}

static void layouts_by_size(void **state)
{
    (void)state;
    assert_true(frame_layout((struct area){0, 0, 9, 80}).too_small);
    assert_true(frame_layout((struct area){0, 0, 24, 39}).too_small);
    assert_false(frame_layout((struct area){0, 0, 10, 40}).too_small);
    assert_true(frame_layout((struct area){0, 0, 10, 40}).narrow);
    assert_false(frame_layout((struct area){0, 0, 16, 60}).narrow);
    struct frame_layout layout = frame_layout((struct area){0, 0, 24, 80});
    assert_int_equal(layout.view.row, 1);
    assert_int_equal(layout.view.rows, 21);
    assert_int_equal(layout.message.row, 22);
    assert_int_equal(layout.footer.row, 23);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_draws_only_what_is_seen),
        cmocka_unit_test(an_empty_list_is_harmless),
        cmocka_unit_test(a_selection_survives_a_reload),
        cmocka_unit_test(queued_moves_are_the_same_moves),
        cmocka_unit_test(a_field_moves_by_clusters),
        cmocka_unit_test(a_field_has_a_limit),
        cmocka_unit_test(pastes_and_scans),
        cmocka_unit_test(digits_are_folded_where_wanted),
        cmocka_unit_test(words_and_ends_are_erased),
        cmocka_unit_test(secrets_are_stars_and_not_kept),
        cmocka_unit_test(the_caret_is_always_in_the_window),
        cmocka_unit_test(better_matches_score_higher),
        cmocka_unit_test(the_footer_comes_from_the_tables),
        cmocka_unit_test(the_breadcrumb_loses_its_head_first),
        cmocka_unit_test(layouts_by_size),
    };

    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
