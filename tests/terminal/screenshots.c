/* Pictures for the README: the real program, in Chinese, walked through one correction.
 * usage: screenshots DIRECTORY */
#include "tests/terminal/journey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *directory;

static void take(const struct terminal *terminal, const char *name)
{
    char path[4096];

    assert_in_range(snprintf(path, sizeof path, "%s/%s.svg", directory, name), 1, sizeof path - 1);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    terminal_write_svg(terminal, file);
    assert_int_equal(fclose(file), 0);
    printf("%s\n", path);
}

static void one_correction(void **state)
{
    struct town *town = town_new();
    struct desk desk = desk_new(town, "窗口一", "zhang", "administrator,supervisor");
    (void)state;
    json_decref(desk_ask(0, &desk, "sync", NULL));
    town_stop_server(town);

    struct terminal *t = journey_open_in_chinese(&desk);
    journey_unlock_chinese(t, desk.account);
    take(t, "home");
    journey_keys(t, "zhang");
    take(t, "search");
    journey_keys(t, "<Enter>");
    journey_keys(t, "<F6>");
    journey_keys(t, "<Down><Down><Down><Down><Down><Down>19900001234");
    journey_keys(t, "<Down><Down><Down><Down><Down><Down>本人到窗口更正");
    take(t, "editor");
    journey_keys(t, "<F6>");
    take(t, "file");
    journey_keys(t, "<F8><Enter>");
    take(t, "request");
    journey_keys(t, "<F7>11010519491231002X<Enter>");
    take(t, "verify");
    terminal_free(t);
    desk_release(&desk);
    town_free(town);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest walk[] = {cmocka_unit_test(one_correction)};

    if (argc != 2) {
        fprintf(stderr, "usage: screenshots DIRECTORY\n");
        return 2;
    }
    directory = argv[1];
    return cmocka_run_group_tests(walk, NULL, NULL);
}
