/* Search as you type: what is on the screen is what was asked, whoever types faster. */
#include "tests/unit/tui/desk.h"

static struct desk desk;

static void open_search(void **state, const char *text)
{
    desk_open(state, &desk, &seat_clerk);
    desk_page(search_view_new(&fake.place, text));
}

static void key(uint32_t code)
{
    struct input_event event = {.kind = INPUT_KEY, .key = {.code = code}};

    (void)fake.view->ops->text(fake.view, &event);
}

static void an_empty_field_says_what_can_be_typed(void **state)
{
    open_search(state, "");
    assert_true(desk_shows("What can be typed:"));
    assert_false(desk_enabled(COMMAND_OPEN));
    desk_stays_inside();
    desk_leave(&desk);
}

static void hits_are_masked(void **state)
{
    open_search(state, "张伟");
    assert_true(desk_shows("1 found"));
    assert_true(desk_shows("990106********7635"));
    assert_true(desk_hides(SEAT_PERSON));
    assert_true(desk_shows("西乡 1"));
    desk_stays_inside();
    desk_leave(&desk);
}

static void the_old_hits_are_not_those_of_the_new_text(void **state)
{
    open_search(state, "张伟");
    key(0x5F3A);
    assert_true(desk_shows("Searching"));
    assert_true(desk_hides("1 found"));
    fake_work();
    assert_true(desk_shows("Nothing in the returned data fits."));
    assert_true(desk_hides("990106********7635"));
    desk_leave(&desk);
}

/* Three letters while the first question is on its way: one more question, the last one. */
static void only_the_last_text_is_answered(void **state)
{
    open_search(state, "");
    key('z');
    assert_int_equal(fake.job_count, 1);
    key('w');
    key('q');
    assert_int_equal(fake.job_count, 1);
    fake_work();
    assert_true(desk_shows("Nothing in the returned data fits."));
    (void)fake_command(COMMAND_DELETE_LEFT);
    fake_work();
    assert_true(desk_shows("1 found"));
    desk_leave(&desk);
}

static void enter_waits_for_the_answer(void **state)
{
    open_search(state, "");
    key('z');
    key('w');
    assert_true(desk_enabled(COMMAND_OPEN));
    (void)fake_command(COMMAND_OPEN);
    assert_null(fake.pushed);
    assert_true(fake.view->ops->waits(fake.view));
    fake_work();
    assert_non_null(fake.pushed);
    assert_false(fake.view->ops->waits(fake.view));
    desk_leave(&desk);
}

static void enter_with_no_answer_opens_nothing(void **state)
{
    open_search(state, "");
    key('q');
    key('q');
    (void)fake_command(COMMAND_OPEN);
    fake_work();
    assert_null(fake.pushed);
    assert_non_null(strstr(fake.said, "Nothing was found."));
    assert_false(desk_enabled(COMMAND_OPEN));
    desk_leave(&desk);
}

/* Enterprises of one place begin alike: so much of the name is there that they are told apart. */
static void names_of_enterprises_have_room(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    seat_describe(&desk.seat,
                  "{\"_id\":\"dataset:firm\",\"type\":\"dataset\",\"subject\":\"enterprise\","
                  "\"database\":\"firm-{area}\",\"priority\":22,\"fields\":["
                  "{\"name\":\"code\",\"type\":\"uscc\",\"role\":\"subject\"},"
                  "{\"name\":\"firm\",\"type\":\"text\",\"role\":\"title\"}]}");
    seat_put(&desk.seat, "firm", "1-a",
             "{\"_id\":\"f:1\",\"code\":\"91990106MA5L2K4N7X\",\"firm\":"
             "\"溪回县望川街道东岭村股份经济合作社\"}");
    desk_page(search_view_new(&fake.place, "东岭村股份"));
    assert_true(desk_shows("\n  溪回县望川街道东岭村股~ 91990106MA5L2K4N7X "));
    desk_leave(&desk);
}

static void kinds_are_told_apart(void **state)
{
    open_search(state, "张伟");
    assert_true(desk_shows("[All]"));
    (void)fake_command(COMMAND_NEXT_SECTION);
    fake_work();
    assert_true(desk_shows("[Persons]"));
    assert_true(desk_shows("1 found"));
    (void)fake_command(COMMAND_NEXT_SECTION);
    fake_work();
    assert_true(desk_shows("[Enterprises]"));
    assert_true(desk_shows("Nothing in the returned data fits."));
    desk_leave(&desk);
}

/* What a reader reads is not looked up: the page leaves it to the application. */
static void scans_are_not_for_the_search(void **state)
{
    open_search(state, "qq");
    assert_null(fake.view->ops->scan);
    desk_leave(&desk);
}

static void pending_requests_appear_without_typing(void **state)
{
    char id[48];

    open_search(state, "张伟");
    assert_true(desk_hides("1 request"));
    seat_raise(&desk.seat, "西乡 2", id);
    workplace_changed(&fake.place);
    desk_turn();
    assert_true(desk_shows("1 request"));
    desk_leave(&desk);
}

static void who_may_not_read_does_not_search(void **state)
{
    static const struct session auditor = {"shen", ACCOUNT_AUDITOR};

    desk_open(state, &desk, &auditor);
    desk_page(search_view_new(&fake.place, "张伟"));
    assert_int_equal(fake.job_count, 0);
    assert_true(desk_shows("Your role does not look people up."));
    assert_true(desk_hides("990106"));
    assert_false(desk_enabled(COMMAND_OPEN));
    desk_leave(&desk);
}

static void put_namesakes(int count)
{
    for (int i = 0; i < count; i++) {
        char text[256];
        (void)snprintf(text, sizeof text,
                       "{\"_id\":\"r%04d\",\"_rev\":\"1-a\",\"id_number\":\"99010619900101%04d\","
                       "\"name\":\"柳青\",\"address\":\"西乡 9\"}",
                       i, i);
        seat_put_record(&desk.seat, "1-a", text);
    }
}

/* A screenful first; the rest when the selection comes near its end, which stays where it was. */
static void more_hits_come_when_they_are_wanted(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    put_namesakes(120);
    desk_page(search_view_new(&fake.place, "柳青"));
    assert_true(desk_shows("the first 50 of at least 100"));
    for (int i = 0; i < 24; i++)
        (void)fake_command(COMMAND_ROW_DOWN);
    assert_int_equal(fake.job_count, 0);
    (void)fake_command(COMMAND_ROW_DOWN);
    assert_int_equal(fake.job_count, 1);
    assert_true(desk_shows("990106********0025"));
    fake_work();
    assert_true(desk_shows("120 found"));
    assert_true(desk_shows("990106********0025"));
    (void)fake_command(COMMAND_ROW_LAST);
    assert_int_equal(fake.job_count, 0);
    assert_true(desk_shows("990106********0119"));
    desk_leave(&desk);
}

int main(void)
{
#define IN_HOME(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        IN_HOME(an_empty_field_says_what_can_be_typed),
        IN_HOME(hits_are_masked),
        IN_HOME(the_old_hits_are_not_those_of_the_new_text),
        IN_HOME(only_the_last_text_is_answered),
        IN_HOME(enter_waits_for_the_answer),
        IN_HOME(enter_with_no_answer_opens_nothing),
        IN_HOME(names_of_enterprises_have_room),
        IN_HOME(kinds_are_told_apart),
        IN_HOME(scans_are_not_for_the_search),
        IN_HOME(pending_requests_appear_without_typing),
        IN_HOME(who_may_not_read_does_not_search),
        IN_HOME(more_hits_come_when_they_are_wanted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
