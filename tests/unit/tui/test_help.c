/* The help page says all that the command table and the keymap say, on every page. */
#include "base/i18n.h"
#include "tui/app_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS    200
#define COLUMNS 100

/* The page on a screen that shows it whole. */
static char *help_on(struct app *app, enum context context)
{
    struct canvas *canvas = NULL;
    struct buf text = {0};
    struct view *help = help_view_new(app, context);

    assert_non_null(help);
    assert_int_equal(canvas_new(ROWS, COLUMNS, &canvas, NULL), STATUS_OK);
    help->ops->draw(help, canvas, canvas_area(canvas));
    canvas_dump(canvas, &text);
    help->ops->close(help);
    canvas_free(canvas);
    char *taken = buf_take(&text);
    assert_non_null(taken);
    return taken;
}

static bool works_in(const struct app *app, enum context context, enum command command)
{
    return command_is_available(command, context) &&
           keymap_binding_of(app->keymap, context, command, 0);
}

static void every_command_has_a_line(void **state)
{
    struct app *app = *state;
    bool told[COMMAND_END] = {false};

    for (size_t i = 0; i < CONTEXT_COUNT; i++) {
        enum context context = (enum context)i;
        char *page = help_on(app, context);
        for (enum command command = COMMAND_NONE + 1; command < COMMAND_END; command++) {
            if (!works_in(app, context, command))
                continue;
            if (!strstr(page, command_title(command, context)))
                fail_msg("%s is missing in [%s]", command_info(command)->id, context_id(context));
            told[command] = true;
        }
        free(page);
    }
    for (enum command command = COMMAND_NONE + 1; command < COMMAND_END; command++)
        if (!told[command])
            fail_msg("%s is on no help page", command_info(command)->id);
}

static void keys_stand_beside_what_they_do(void **state)
{
    char *page = help_on(*state, CONTEXT_QUEUE);
    const char *line = strstr(page, "Approve");

    assert_non_null(line);
    while (line > page && line[-1] != '\n')
        line--;
    assert_non_null(strstr(line, "F6, Alt-6"));
    free(page);
}

static int set_up(void **state)
{
    static struct app app;

    assert_int_equal(keymap_load(NULL, "default", &app.keymap, NULL), STATUS_OK);
    *state = &app;
    return 0;
}

static int tear_down(void **state)
{
    struct app *app = *state;

    keymap_free(app->keymap);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_has_a_line),
        cmocka_unit_test(keys_stand_beside_what_they_do),
    };

    assert_int_equal(i18n_start("en", "/nonexistent", NULL), STATUS_OK);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
