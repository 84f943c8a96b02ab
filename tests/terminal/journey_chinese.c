/* Every page as most people see it: in Chinese, in a window of 80 by 24. Nothing is cut where it
 * would not be understood, nothing is left in English, and the columns of every list stand one
 * below the other although half of what is in them takes two cells. */
#include "tests/terminal/chinese.h"
#include "tests/terminal/journey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DATASETS 11

struct office {
    struct town *town;
    struct desk clerk, supervisor;
    struct terminal *terminal; /* of the test that runs */
};

static void raise(const struct desk *desk, const char *name, const char *phone)
{
    struct resident person = desk_find_resident(desk, name);
    char set[64];

    (void)snprintf(set, sizeof set, "phone=%s", phone);
    json_decref(desk_ask(0, desk, "request", "new", "--dataset", "population", "--record",
                         person.record, "--set", set, "--ground", "inaccurate", "--reason",
                         "本人到窗口更正", NULL));
    resident_release(&person);
}

static int open_office(void **state)
{
    struct office *office = calloc(1, sizeof *office);

    assert_non_null(office);
    chinese_start();
    office->town = town_new();
    office->supervisor = desk_new(office->town, "窗口一", "zhang", "administrator,supervisor");
    office->clerk = desk_colleague(office->town, &office->supervisor, "wang", "clerk");
    json_decref(desk_ask(0, &office->supervisor, "sync", NULL));
    raise(&office->clerk, "张博文", "19900001111");
    raise(&office->clerk, "张博洋", "19900002222");
    raise(&office->supervisor, "张敏华", "19900003333");
    *state = office;
    return 0;
}

static int close_office(void **state)
{
    struct office *office = *state;

    desk_release(&office->clerk);
    desk_release(&office->supervisor);
    town_free(office->town);
    free(office);
    return 0;
}

static struct terminal *sit_down(struct office *office)
{
    office->terminal = journey_open_in_chinese(&office->supervisor);
    journey_unlock_chinese(office->terminal, "zhang");
    return office->terminal;
}

static void leave(struct office *office)
{
    journey_leave(office->terminal);
    office->terminal = NULL;
}

static int close_window(void **state)
{
    struct office *office = *state;

    office->terminal = NULL;
    return journey_end(state);
}

/* Keys, and what is then on the screen. */
static void go(struct terminal *t, const char *keys, const char *see)
{
    if (*keys)
        journey_keys(t, keys);
    journey_see(t, see);
    assert_true(terminal_wait_idle(t));
}

/* ... and whether the screen is as it should be. */
static void visit(struct terminal *t, const char *page, const char *keys, const char *see)
{
    go(t, keys, see);
    chinese_check(t, page, false);
}

/* Of commands or of fields. */
static void visit_ids(struct terminal *t, const char *page, const char *keys, const char *see)
{
    go(t, keys, see);
    chinese_check(t, page, true);
}

/* --- pages ----------------------------------------------------------------------------------- */

static void the_first_page_and_what_lies_over_it(void **state)
{
    struct office *office = *state;
    struct terminal *t = journey_open_in_chinese(&office->supervisor);

    office->terminal = t;
    visit(t, "unlock", "", "口令");
    journey_unlock_chinese(t, "zhang");
    visit(t, "start page", "", "待我审核");
    int first = chinese_row(t, "回流数据") + 1;
    chinese_begins(t, "start page", first, DATASETS, 2);
    chinese_ends_below(t, "start page", "条数", DATASETS);
    chinese_ends_below(t, "start page", "距今", DATASETS);
    visit(t, "requests of the start page", "<Tab>", "他人提交");
    visit(t, "help", "<F1>", "本页按键");
    visit_ids(t, "palette", "<F3><F2>", "命令面板");
    journey_keys(t, "<F3>");
    visit(t, "nothing to do", "<F6>", "F6在这里没有作用");
    leave(office);
}

static void the_exchange_and_a_dataset(void **state)
{
    struct office *office = *state;
    struct terminal *t = sit_down(office);

    journey_keys(t, "<F5>");
    journey_see(t, "刚刚连通");
    visit(t, "exchange", "<F11>", "最近一次同步");
    int first = chinese_row(t, "本机条数") + 1;
    chinese_begins(t, "exchange", first, DATASETS, 2);
    chinese_ends_below(t, "exchange", "本机条数", DATASETS);
    chinese_ends_below(t, "exchange", "上次收到", DATASETS);
    chinese_ends_below(t, "exchange", "距今", DATASETS);
    visit_ids(t, "dataset", "<Down><Enter>", "有条件共享");
    journey_see(t, "每日");
    journey_see(t, "批量提供 · JSON");
    visit(t, "not sent", "<F3><Tab>", "录入的内容已全部发送。");
    leave(office);
}

static void searching(void **state)
{
    struct office *office = *state;
    struct terminal *t = sit_down(office);

    visit(t, "empty search", "<F9>", "可以输入");
    visit(t, "hits", "zhang", "前50条");
    chinese_begins(t, "hits", 3, 10, 2);
    chinese_in_line(t, "hits", 3, 10, "********");
    chinese_in_line(t, "hits", 3, 10, " 个人 ");
    chinese_in_line(t, "hits", 3, 10, "拼音");
    visit(t, "hits of a kind", "<Tab>", "[个人]");
    visit(t, "no hits", "<C-u>qqqq", "没有符合的内容");
    leave(office);
}

/* The values of a form stand below each other. */
static void values_are_in_line(struct terminal *t, const char *page, const char *heading,
                               const char *const *labels, size_t count)
{
    int cell = chinese_cell(t, chinese_row(t, heading), "张博文");

    for (size_t i = 0; i < count; i++)
        chinese_begins(t, page, chinese_row(t, labels[i]), 1, cell);
}

static void open_file(struct terminal *t)
{
    journey_keys(t, "<F9>");
    journey_keys(t, "张博文<Enter>");
    journey_see(t, "自然人基础信息");
}

static void a_file(void **state)
{
    static const char *const labels[] = {"公民身份号码  ", "性别  ", "出生日期  ", "户号  ",
                                         "婚姻状况  "};
    struct office *office = *state;
    struct terminal *t = sit_down(office);

    open_file(t);
    visit(t, "file", "", "19900001111");
    values_are_in_line(t, "file", "姓名  ", labels, sizeof labels / sizeof labels[0]);
    visit(t, "no masked row", "<F4>", "此行未脱敏");
    visit(t, "purpose", "<Down><F4>", "用途是什么");
    visit(t, "end of the file", "<F3><End>", "同户人员");
    visit(t, "what to show", "<C-g>", "只显示含有此文字的行");
    visit(t, "filtered file", "联系<Enter>", "含“联系”的行");
    leave(office);
}

/* Down to the field for the marital state. */
static void go_to_marital_state(struct terminal *t)
{
    for (int i = 0; i < 20 && terminal_find(t, "婚姻状况：") < 0; i++)
        journey_keys(t, "<Down>");
    journey_see(t, "婚姻状况：");
}

static void the_editor(void **state)
{
    static const char *const labels[] = {"性别  ", "出生日期  ", "联系电话  ", "婚姻状况  "};
    struct office *office = *state;
    struct terminal *t = sit_down(office);

    open_file(t);
    visit(t, "editor", "<F6>", "应改为");
    values_are_in_line(t, "editor", "姓名  ", labels, sizeof labels / sizeof labels[0]);
    go_to_marital_state(t);
    visit(t, "codes", "<F4>", "离婚");
    visit(t, "wrong code", "<F3>", "应改为");
    visit(t, "wrong code", "13812345678<Tab><S-Tab>", "不在代码表中，请从列表选择：10 未婚");
    visit(t, "wrong code refused", "<F6>", "不在代码表中");
    visit(t, "the code of a name", "<C-u>离婚<Tab><S-Tab>", "离婚");
    chinese_cell(t, chinese_row(t, "婚姻状况  "), "40");
    visit(t, "throw away", "<C-x>", "[ 否 ]");
    journey_keys(t, "<F6>");
    leave(office);
}

static void the_queue(void **state)
{
    struct office *office = *state;
    struct terminal *t = sit_down(office);

    visit(t, "to review", "<F8>", "[待审核 2]");
    chinese_in_line(t, "to review", 3, 2, "已送达");
    chinese_in_line(t, "to review", 3, 2, "张博");
    chinese_in_line(t, "to review", 3, 2, "联系电话：");
    visit(t, "marked", "<Insert><Insert>", "已标记2件");
    visit(t, "approve", "<F6>", "同意2件申请？");
    visit(t, "mine", "<F3><A-n>", "[我的申请 1]");
    visit(t, "nothing held", "<A-k>", "没有需人工处理的申请");
    visit(t, "compare", "<A-r><Enter>", "提交时");
    int row = chinese_row(t, "19900002222");
    int head = chinese_row(t, "提交时");
    chinese_begins(t, "compare", row, 1, chinese_cell(t, head, "提交时"));
    chinese_begins(t, "compare", row, 1, chinese_cell(t, head, "当前值"));
    assert_int_equal(chinese_cell(t, head, "拟更正为"), chinese_cell(t, row, "19900002222"));
    visit(t, "return", "<F4>", "请写明退回原因");
    leave(office);
}

static void verifying(void **state)
{
    struct office *office = *state;
    struct terminal *t = sit_down(office);

    visit(t, "verify", "<F7>", "持有人姓名");
    visit(t, "verdict", "11010519491231002X<Enter>", "格式正确");
    journey_see_in_row(t, 23, "核验");
    visit(t, "wrong number", "<C-u>110105194912310021<Enter>", "校验");
    visit(t, "no number", "<C-u>abc<Enter>", "核验");
    leave(office);
}

/* --- what only this journey would see ----------------------------------------------------------
 */

static void a_message_goes_with_its_page(void **state)
{
    struct office *office = *state;
    struct terminal *t = sit_down(office);

    journey_keys(t, "<F9>");
    visit(t, "no effect", "<F6>", "F6在这里没有作用");
    journey_keys(t, "<F3>");
    journey_not_see(t, "没有作用");
    leave(office);
}

static bool has_background(const struct terminal *t, int column, const uint8_t background[3])
{
    struct terminal_cell cell = terminal_cell(t, 0, column);
    bool right_half = cell.width == 0;

    return right_half || (cell.coloured && memcmp(cell.background, background, 3) == 0);
}

/* Also when the exchange fails: the bar stays one, and nothing there can be misread. */
static void the_title_bar_is_whole(void **state)
{
    struct office *office = *state;
    struct terminal *t = sit_down(office);

    town_stop_server(office->town);
    journey_keys(t, "<F5>");
    journey_see_in_row(t, 0, "离线，上次连通 ");
    journey_not_see(t, "刚刚连通");
    for (int column = 0; column < terminal_columns(t); column++)
        if (!has_background(t, column, terminal_cell(t, 0, 0).background))
            fail_msg("the bar is broken at cell %d", column);
    visit(t, "offline", "<F11>", "失败");
    leave(office);
    town_start_server(office->town);
}

int main(void)
{
#define AT_DESK(test) cmocka_unit_test_teardown(test, close_window)
    const struct CMUnitTest tests[] = {
        AT_DESK(the_first_page_and_what_lies_over_it),
        AT_DESK(the_exchange_and_a_dataset),
        AT_DESK(searching),
        AT_DESK(a_file),
        AT_DESK(the_editor),
        AT_DESK(the_queue),
        AT_DESK(verifying),
        AT_DESK(a_message_goes_with_its_page),
        AT_DESK(the_title_bar_is_whole),
    };

    return cmocka_run_group_tests(tests, open_office, close_office);
}
