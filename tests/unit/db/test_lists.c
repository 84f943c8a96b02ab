/* Lists: what fits, in which order, who may take it along, and ticking people off. */
#include "db/lists.h"
#include "db/request.h"
#include "tests/unit/db/village.h"

#include <sys/stat.h>
#include <unistd.h>

static const char population[] =
    "{\"_id\":\"dataset:population\",\"_rev\":\"2-b\",\"title\":{\"zh\":\"人口\"},"
    "\"subject\":\"person\",\"priority\":0,\"database\":\"population-{area}\",\"grade\":3,"
    "\"fields\":["
    "{\"name\":\"id_number\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4},"
    "{\"name\":\"name\",\"type\":\"text\",\"role\":\"title\"},"
    "{\"name\":\"sex\",\"type\":\"code\",\"codes\":\"GB/T 2261.1\"},"
    "{\"name\":\"birth_date\",\"type\":\"date\"},"
    "{\"name\":\"address\",\"type\":\"text\",\"role\":\"address\",\"title\":{\"zh\":\"住址\"}},"
    "{\"name\":\"household_id\",\"type\":\"text\",\"role\":\"household\"},"
    "{\"name\":\"status\",\"type\":\"text\",\"role\":\"status\"}]}";
static const char assistance[] =
    "{\"_id\":\"dataset:assistance\",\"_rev\":\"1-a\",\"title\":{\"zh\":\"低保\"},"
    "\"subject\":\"person\",\"priority\":4,\"database\":\"assistance-{area}\",\"fields\":["
    "{\"name\":\"id_number\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4},"
    "{\"name\":\"name\",\"type\":\"text\",\"role\":\"title\"},"
    "{\"name\":\"kind\",\"type\":\"text\"},"
    "{\"name\":\"members\",\"type\":\"integer\"},"
    "{\"name\":\"active\",\"type\":\"boolean\"}]}";
static const char visit[] =
    "{\"_id\":\"dataset:visit\",\"_rev\":\"1-a\",\"title\":{\"zh\":\"走访\"},"
    "\"accepts\":[\"new\"],\"subject\":\"person\",\"priority\":5,\"database\":\"visit-{area}\","
    "\"fields\":["
    "{\"name\":\"id_number\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4,"
    "\"correctable\":true},"
    "{\"name\":\"name\",\"type\":\"text\",\"role\":\"title\",\"correctable\":true},"
    "{\"name\":\"visited_on\",\"type\":\"date\",\"correctable\":true},"
    "{\"name\":\"note\",\"type\":\"text\",\"correctable\":true}]}";

#define OLD   "990106193001011235"
#define OTHER "99010619320202225X"
#define YOUNG "990106199003077635"

static void put(struct village *village, const char *dataset, const char *key, const char *members)
{
    char text[1024];

    snprintf(text, sizeof text, "{\"_id\":\"%s\",\"_rev\":\"1-a\",%s}", key, members);
    assert_true(village_put(village, dataset, text));
}

static void make(struct village *village, void **state)
{
    village_make(village, scratch_path(state, "home"));
    village_document(village, population);
    village_document(village, assistance);
    village_document(village, visit);
    put(village, "population", "person:" OLD,
        "\"id_number\":\"" OLD "\",\"name\":\"张老\",\"sex\":\"1\",\"birth_date\":\"1930-01-01\","
        "\"address\":\"西乡村3组\",\"household_id\":\"H1\",\"status\":\"正常\"");
    put(village, "population", "person:dead",
        "\"id_number\":\"990106193201011111\",\"name\":\"李逝\",\"sex\":\"2\","
        "\"birth_date\":\"1932-01-01\",\"household_id\":\"H1\",\"status\":\"死亡注销\"");
    put(village, "population", "person:" OTHER,
        "\"id_number\":\"" OTHER "\",\"name\":\"曹大\",\"sex\":\"2\","
        "\"birth_date\":\"1932-02-02\",\"household_id\":\"H2\",\"status\":\"正常\"");
    put(village, "population", "person:" YOUNG,
        "\"id_number\":\"" YOUNG "\",\"name\":\"安\\\"小\",\"sex\":\"1\","
        "\"birth_date\":\"1990-03-07\",\"household_id\":\"H2\",\"status\":\"正常\"");
    put(village, "assistance", "assistance:1",
        "\"id_number\":\"" OLD "\",\"name\":\"张老\",\"kind\":\"农村低保\",\"members\":1,"
        "\"active\":true");
    put(village, "assistance", "assistance:2",
        "\"id_number\":\"" OTHER "\",\"name\":\"曹大\",\"kind\":\"城市低保\",\"members\":12,"
        "\"active\":false");
}

static struct list_result *run_text(struct village *village, const char *text)
{
    struct error error = {0};
    struct list_result *result = NULL;
    json_t *list = village_parse(text);

    village_ok(list_run(village->reader, list, NULL, &result, &error), &error);
    json_decref(list);
    return result;
}

/* The names of the rows, in order, with blanks between them. */
static void expect(struct village *village, const char *list, const char *names)
{
    struct error error = {0};
    struct list_page *page = NULL;
    struct buf got = {0};
    struct list_result *result = run_text(village, list);

    village_ok(list_page(village->reader, &village_clerk, result, 0, 100, &page, &error), &error);
    for (size_t i = 0; i < page->count; i++)
        buf_printf(&got, "%s%s", i > 0 ? " " : "", page->rows[i].name);
    assert_string_equal(buf_text(&got), names);
    assert_int_equal(page->count, list_result_count(result));
    buf_release(&got);
    list_page_free(page);
    list_result_free(result);
}

#define WHERE(dataset, conditions) "{\"dataset\":\"" dataset "\",\"where\":[" conditions "]}"
#define IS(field, op, value)       "{\"field\":\"" field "\",\"op\":\"" op "\",\"value\":\"" value "\"}"

static void test_operators(void **state)
{
    struct village village;

    assert_string_equal(list_operator_title(LIST_FROM, TYPE_INTEGER), "at least");
    assert_string_equal(list_operator_title(LIST_FROM, TYPE_DATE), "from");
    make(&village, state);
    expect(&village, WHERE("population", ""), "张老 李逝 曹大 安\"小");
    expect(&village, WHERE("population", IS("sex", "equals", "2")), "李逝 曹大");
    expect(&village, WHERE("population", IS("sex", "equals", "女")), "李逝 曹大");
    expect(&village, WHERE("population", IS("sex", "not_equals", "2")), "张老 安\"小");
    expect(&village, WHERE("population", IS("name", "contains", "\\\"")), "安\"小");
    expect(&village, WHERE("population", IS("name", "starts", "张")), "张老");
    expect(&village, WHERE("population", IS("address", "empty", "")), "李逝 曹大 安\"小");
    expect(&village, WHERE("population", IS("address", "filled", "")), "张老");
    expect(&village,
           WHERE("population",
                 IS("birth_date", "from", "1932-01-01") "," IS("birth_date", "to", "19320202")),
           "李逝 曹大");
    expect(&village, WHERE("population", IS("birth_date", "age_from", "80")), "张老 李逝 曹大");
    expect(&village, WHERE("population", IS("id_number", "age_to", "79")), "安\"小");
    expect(&village, WHERE("assistance", IS("members", "from", "2")), "曹大");
    expect(&village, WHERE("assistance", IS("active", "equals", "是")), "张老");
    village_leave(&village);
}

/* The dead and those who have moved away do not live in a household. */
static void test_across_datasets(void **state)
{
    struct village village;

    make(&village, state);
    expect(&village,
           WHERE("assistance", IS("kind", "contains", "低保") "," IS(
                                   "population.birth_date", "age_from",
                                   "80") "," IS("population.household_id", "household_size", "1")),
           "张老");
    expect(&village,
           "{\"dataset\":\"assistance\",\"match\":\"any\",\"where\":[" IS(
               "members", "from", "12") "," IS("population.name", "equals", "张老") "]}",
           "张老 曹大");
    expect(&village, WHERE("population", IS("assistance.kind", "equals", "城市低保")), "曹大");
    village_leave(&village);
}

static void test_order_and_columns(void **state)
{
    struct village village;
    struct error error = {0};
    struct list_page *page = NULL;

    make(&village, state);
    expect(&village, "{\"dataset\":\"population\",\"sort\":\"name\"}", "安\"小 曹大 李逝 张老");
    expect(&village, "{\"dataset\":\"population\",\"sort\":\"-birth_date\"}",
           "安\"小 曹大 李逝 张老");
    expect(&village, "{\"dataset\":\"assistance\",\"sort\":\"members\"}", "张老 曹大");
    struct list_result *result = run_text(
        &village, "{\"dataset\":\"assistance\",\"columns\":[\"name\",\"population.address\","
                  "\"id_number\"]}");
    village_ok(list_page(village.reader, &village_clerk, result, 0, 1, &page, &error), &error);
    assert_int_equal(page->count, 1);
    assert_string_equal(page->rows[0].cells[1], "西乡村3组");
    assert_null(strstr(page->rows[0].cells[2], "19300101"));
    list_page_free(page);
    list_result_free(result);
    village_leave(&village);
}

static void test_lists_that_make_no_sense(void **state)
{
    static const char *const lists[] = {
        "{\"dataset\":\"nothing\"}",
        WHERE("population", IS("shoe_size", "equals", "1")),
        WHERE("population", IS("$.name') --", "equals", "1")),
        WHERE("population", IS("name", "from", "1")),
        WHERE("population", IS("name", "resembles", "1")),
        WHERE("population", IS("birth_date", "from", "spring")),
        WHERE("population", IS("birth_date", "age_from", "old")),
        WHERE("population", IS("enterprise.name", "equals", "x")),
        "{\"dataset\":\"population\",\"sort\":\"shoe_size\"}",
    };
    struct village village;

    make(&village, state);
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        json_t *list = village_parse(lists[i]);
        struct error error = {0};
        assert_int_equal(list_check(village.reader, list, &error), STATUS_INVALID);
        assert_string_not_equal(error.text, "");
        json_decref(list);
    }
    village_leave(&village);
}

static void test_rows_that_have_gone(void **state)
{
    struct village village;
    struct error error = {0};
    struct list_page *page = NULL;

    make(&village, state);
    struct list_result *result = run_text(&village, WHERE("assistance", ""));
    assert_true(village_delete(&village, "assistance", "assistance:1"));
    village_ok(list_page(village.reader, &village_clerk, result, 0, 10, &page, &error), &error);
    assert_int_equal(page->count, 2);
    assert_string_equal(page->rows[0].record, "");
    assert_string_equal(page->rows[1].record, "assistance:2");
    list_page_free(page);
    list_result_free(result);
    village_leave(&village);
}

/* --- saved ------------------------------------------------------------------------------------ */

static void test_saved_lists(void **state)
{
    struct village village;
    struct error error = {0};
    struct saved_lists *lists = NULL;
    json_t *list = village_parse(WHERE("population", ""));
    json_t *found = NULL;

    make(&village, state);
    village_ok(list_save(village.outbox, &village_clerk, "独居", list, false, &error), &error);
    village_ok(list_save(village.outbox, &village_clerk, "一起", list, true, &error), &error);
    village_ok(list_save(village.outbox, &village_clerk, "独居", list, false, &error), &error);
    village_ok(lists_saved(village.reader, &village_clerk, &lists, &error), &error);
    assert_int_equal(lists->count, 2);
    lists_saved_free(lists);
    assert_int_equal(list_load(village.reader, &village_supervisor, "独居", &found, &error),
                     STATUS_NOT_FOUND);
    village_ok(list_load(village.reader, &village_supervisor, "一起", &found, &error), &error);
    assert_true(json_equal(found, list));
    json_decref(found);
    assert_int_equal(list_remove(village.outbox, &village_supervisor, "一起", &error),
                     STATUS_NOT_FOUND);
    village_ok(list_remove(village.outbox, &village_clerk, "一起", &error), &error);
    assert_int_equal(list_load(village.reader, &village_clerk, "一起", &found, &error),
                     STATUS_NOT_FOUND);
    assert_int_equal(list_save(village.outbox, &village_clerk, "", list, false, &error),
                     STATUS_INVALID);
    json_decref(list);
    village_leave(&village);
}

/* --- export ----------------------------------------------------------------------------------- */

static void test_csv_cells(void **state)
{
    static const char *const cells[][2] = {
        {"plain", "plain"},
        {"a,b", "\"a,b\""},
        {"say \"no\"", "\"say \"\"no\"\"\""},
        {"=1+1", "\"'=1+1\""},
        {"+86", "\"'+86\""},
        {"-5", "\"'-5\""},
        {"@SUM(A1)", "\"'@SUM(A1)\""},
        {"\tx", "\"'\tx\""},
        {"\rx", "\"'\rx\""},
        {"＝1", "\"'＝1\""},
        {"two\nlines", "\"two\nlines\""},
        {"", ""},
    };
    struct buf out = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cells); i++) {
        buf_clear(&out);
        list_csv_cell(cells[i][0], &out);
        assert_string_equal(buf_text(&out), cells[i][1]);
    }
    buf_release(&out);
}

static void read_whole(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    out[fread(out, 1, size - 1, file)] = '\0';
    (void)fclose(file);
}

static int64_t lookups(struct village *village)
{
    struct error error = {0};
    int64_t count = -1;

    village_ok(sql_integer(reader_outbox(village->reader),
                           "SELECT count(*) FROM lookup WHERE action = 'export'"
                           " AND purpose = 'visit'",
                           &count, &error),
               &error);
    return count;
}

static enum status export_as(struct village *village, const struct session *session,
                             const struct list_result *result, const struct list_export *wanted,
                             struct error *error)
{
    enum status status = list_export_permit(village->outbox, session, result, wanted, error);

    return status == STATUS_OK
               ? list_export_write(village->reader, session, result, wanted, NULL, error)
               : status;
}

static void test_export(void **state)
{
    struct village village;
    struct error error = {0};
    struct stat stat_of = {0};
    char path[PATH_MAX], text[512];

    make(&village, state);
    snprintf(path, sizeof path, "%s", scratch_path(state, "list.csv"));
    struct list_result *result = run_text(
        &village, "{\"dataset\":\"assistance\",\"columns\":[\"name\",\"kind\"],\"sort\":\"name\"}");
    struct list_export wanted = {.form = LIST_CSV_BOM, .path = path, .purpose = ""};
    assert_int_equal(export_as(&village, &village_clerk, result, &wanted, &error), STATUS_INVALID);
    wanted.purpose = "visit";
    assert_int_equal(export_as(&village, &village_auditor, result, &wanted, &error),
                     STATUS_REFUSED);
    assert_int_equal(lookups(&village), 0);
    village_ok(export_as(&village, &village_clerk, result, &wanted, &error), &error);
    read_whole(path, text, sizeof text);
    assert_string_equal(text, "\xEF\xBB\xBFname,kind\r\n曹大,城市低保\r\n张老,农村低保\r\n");
    assert_int_equal(stat(path, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 0777, 0600);
    assert_int_equal(lookups(&village), 1);
    assert_int_equal(export_as(&village, &village_clerk, result, &wanted, &error), STATUS_REFUSED);
    assert_int_equal(lookups(&village), 1); /* nothing was taken along */
    list_result_free(result);
    village_leave(&village);
}

#define FAR_AWAY "云汀省澜州市溪回县望川街道桂花社区书院巷120号望川花园24栋2单元404室"

/* On paper nothing is cut off: what does not fit its column goes on below. */
static void test_printed_lists_are_whole(void **state)
{
    struct village village;
    struct error error = {0};
    char path[PATH_MAX], text[2048];

    make(&village, state);
    village_person(&village, "990106199103077630", "李远", "15499001234", FAR_AWAY);
    snprintf(path, sizeof path, "%s", scratch_path(state, "list.txt"));
    struct list_result *result = run_text(
        &village, "{\"dataset\":\"population\",\"columns\":[\"name\",\"address\"],"
                  "\"where\":[{\"field\":\"name\",\"op\":\"equals\",\"value\":\"李远\"}]}");
    const struct list_export wanted = {
        .form = LIST_TEXT, .path = path, .purpose = "visit", .name = "far \033[2Jaway"};
    village_ok(export_as(&village, &village_clerk, result, &wanted, &error), &error);
    read_whole(path, text, sizeof text);
    assert_non_null(strstr(text, "人口 · far "));
    assert_non_null(strstr(text, "away · 1 · as of -\nvisit · li\n\n"));
    assert_null(strchr(text, '\033'));
    assert_non_null(strstr(text, "李远  云汀省澜州市溪回县望川街道桂花社区书院巷\n"));
    assert_non_null(strstr(text, "\n      120号望川花园24栋2单元404室\n"));
    list_result_free(result);
    village_leave(&village);
}

static bool stop_at_once(const struct list_progress *now, void *context)
{
    (void)now;
    (void)context;
    return false;
}

static void test_a_stopped_export_leaves_no_file(void **state)
{
    const struct list_options options = {.progress = stop_at_once};
    struct village village;
    struct error error = {0};
    char path[PATH_MAX];

    make(&village, state);
    snprintf(path, sizeof path, "%s", scratch_path(state, "list.csv"));
    struct list_result *result = run_text(&village, "{\"dataset\":\"assistance\"}");
    const struct list_export wanted = {.form = LIST_CSV, .path = path, .purpose = "visit"};
    assert_int_equal(
        list_export_write(village.reader, &village_clerk, result, &wanted, &options, &error),
        STATUS_CANCELLED);
    assert_int_equal(access(path, F_OK), -1);
    list_result_free(result);
    village_leave(&village);
}

/* --- roll call -------------------------------------------------------------------------------- */

static void test_ticks(void **state)
{
    struct village village;
    struct error error = {0};
    struct request_detail *detail = NULL;
    struct roll_mark mark = {0};
    struct roll_counts counts = {0};
    struct roll_place places[ROLL_PLACES_MAX];
    size_t place_count = 0;
    char id[48] = "", again[48] = "";
    struct roll_tick tick = {.dataset = "visit",
                             .list_dataset = "population",
                             .record = "person:" OLD,
                             .note = "身体好"};

    make(&village, state);
    village_ok(roll_places(village.reader, SUBJECT_PERSON, places, &place_count, &error), &error);
    assert_int_equal(place_count, 1);
    assert_string_equal(places[0].dataset, "visit");
    assert_string_equal(places[0].title, "走访");
    village_ok(roll_places(village.reader, SUBJECT_ENTERPRISE, places, &place_count, &error),
               &error);
    assert_int_equal(place_count, 0);
    village_ok(roll_tick(village.outbox, village.reader, &village_clerk, &tick, id, &error),
               &error);
    village_ok(request_get(village.reader, id, &detail, &error), &error);
    assert_string_equal(detail->row.kind, "new");
    assert_string_equal(detail->row.subject, OLD);
    assert_int_equal(json_array_size(json_object_get(detail->document, "changes")), 4);
    request_detail_free(detail);
    /* Not twice a day, wherever it is asked from. */
    tick.list_dataset = "assistance";
    tick.record = "assistance:1";
    assert_int_equal(
        roll_tick(village.outbox, village.reader, &village_clerk, &tick, again, &error),
        STATUS_REFUSED);
    village_ok(roll_ticked(village.reader, "visit", OLD, &mark, &error), &error);
    assert_string_equal(mark.id, id);
    assert_true(mark.unsent);
    village_ok(roll_count(village.reader, "visit", &counts, &error), &error);
    assert_int_equal(counts.ticked, 1);
    assert_int_equal(counts.unsent, 1);
    /* A tick that was returned was none. */
    village_ok(request_act(village.outbox, &village_supervisor, id, "return", "who?", &error),
               &error);
    village_ok(roll_ticked(village.reader, "visit", OLD, &mark, &error), &error);
    assert_string_equal(mark.id, "");
    village_ok(roll_tick(village.outbox, village.reader, &village_clerk, &tick, again, &error),
               &error);
    tick.dataset = "population";
    assert_int_equal(
        roll_tick(village.outbox, village.reader, &village_clerk, &tick, again, &error),
        STATUS_INVALID);
    village_leave(&village);
}

/* Whom a tick is about is part of it also where neither number nor name can ever be corrected. */
static void test_a_tick_says_whom_it_is_about(void **state)
{
    static const char bees[] =
        "{\"_id\":\"dataset:bees\",\"_rev\":\"1-a\",\"accepts\":[\"new\"],\"subject\":\"person\","
        "\"priority\":6,\"database\":\"bees-{area}\",\"fields\":["
        "{\"name\":\"keeper\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4},"
        "{\"name\":\"called\",\"type\":\"text\",\"role\":\"title\"},"
        "{\"name\":\"since\",\"type\":\"date\"},"
        "{\"name\":\"note\",\"type\":\"text\"}]}";
    struct village village;
    struct error error = {0};
    struct request_detail *detail = NULL;
    char id[48] = "";
    const struct roll_tick tick = {
        .dataset = "bees", .list_dataset = "population", .record = "person:" OLD, .note = "三箱"};

    make(&village, state);
    village_document(&village, bees);
    village_ok(roll_tick(village.outbox, village.reader, &village_clerk, &tick, id, &error),
               &error);
    village_ok(request_get(village.reader, id, &detail, &error), &error);
    assert_string_equal(detail->row.subject, OLD);
    assert_string_equal(detail->row.subject_name, "张老");
    assert_string_equal(detail->row.summary, "三箱"); /* no number where it is not masked */
    assert_int_equal(detail->row.summary_grade, 0);
    assert_int_equal(detail->field_count, 2);
    assert_string_equal(json_text(detail->document, "reason", ""), "三箱");
    request_detail_free(detail);
    assert_int_equal(roll_tick(village.outbox, village.reader, &village_clerk, &tick, id, &error),
                     STATUS_REFUSED);
    /* 990106193001011236: no check character fits, but that is how the register has him. */
    put(&village, "population", "person:mistyped",
        "\"id_number\":\"990106193001011236\",\"name\":\"张误\"");
    const struct roll_tick mistyped = {
        .dataset = "bees", .list_dataset = "population", .record = "person:mistyped"};
    village_ok(roll_tick(village.outbox, village.reader, &village_clerk, &mistyped, id, &error),
               &error);
    village_leave(&village);
}

/* A tick is on the disk when it is said to be: without a word of farewell it is still there, once.
 */
static void test_ticks_survive(void **state)
{
    struct village village;
    struct error error = {0};
    struct roll_mark found = {0};
    char id[48] = "";
    const struct roll_tick tick = {
        .dataset = "visit", .list_dataset = "population", .record = "person:" OLD};

    make(&village, state);
    village_ok(roll_tick(village.outbox, village.reader, &village_clerk, &tick, id, &error),
               &error);
    village_leave(&village);
    village_enter(&village);
    village_ok(roll_ticked(village.reader, "visit", OLD, &found, &error), &error);
    assert_string_equal(found.id, id);
    assert_int_equal(roll_tick(village.outbox, village.reader, &village_clerk, &tick, id, &error),
                     STATUS_REFUSED);
    village_leave(&village);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_operators, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_across_datasets, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_order_and_columns, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_lists_that_make_no_sense, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_rows_that_have_gone, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_saved_lists, scratch_setup, scratch_teardown),
        cmocka_unit_test(test_csv_cells),
        cmocka_unit_test_setup_teardown(test_export, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_printed_lists_are_whole, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_a_stopped_export_leaves_no_file, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_ticks, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_ticks_survive, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_a_tick_says_whom_it_is_about, scratch_setup,
                                        scratch_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
