/* Rows from a file, good and bad: the same way into the cache as from the network. */
#include "sync/pull.h"

#include "tests/unit/db/village.h"

struct text {
    struct buf bytes;
    size_t at, piece;
    bool cancelled_at_half;
};

static enum status give(void *context, char *bytes, size_t size, size_t *got, struct error *error)
{
    struct text *text = context;
    size_t left = text->bytes.length - text->at;
    if (text->cancelled_at_half && text->at > text->bytes.length / 2)
        return error_set(error, STATUS_CANCELLED, "stopped");
    *got = left < text->piece ? left : text->piece;
    assert_true(*got <= size);
    memcpy(bytes, text->bytes.data + text->at, *got);
    text->at += *got;
    return STATUS_OK;
}

static void begin_text(struct text *text)
{
    *text = (struct text){.piece = 1000};
    buf_str(&text->bytes, "{\"results\":[\n");
}

/* A row whose document has `member` (JSON, with its name) beside the usual ones. */
static void put_row(struct text *text, int number, const char *member)
{
    buf_printf(&text->bytes,
               "%s{\"seq\":\"%d-x\",\"id\":\"person:%d\",\"changes\":[{\"rev\":\"1-a\"}],\"doc\":{"
               "\"_id\":\"person:%d\",\"_rev\":\"1-a\",\"name\":\"测试%d\"",
               number > 1 ? ",\r\n" : "", number, number, number, number);
    if (member)
        buf_printf(&text->bytes, ",%s", member);
    buf_str(&text->bytes, "}}");
}

static void end_text(struct text *text, int last, int pending)
{
    buf_printf(&text->bytes, "\n],\n\"last_seq\":\"%d-x\",\"pending\":%d}\n", last, pending);
    assert_false(buf_failed(&text->bytes));
}

struct pulled {
    enum status status;
    int64_t rows;
    bool complete;
    char since[32];
    struct sync_progress told; /* the last that was told */
};

static void note_progress(const struct sync_progress *progress, void *context)
{
    struct pulled *pulled = context;
    pulled->told = *progress;
}

static struct pulled pull(struct village *village, struct text *text)
{
    struct pulled pulled = {0};
    const struct sync_options options = {.progress = note_progress, .context = &pulled};
    struct catalogue *catalogue = NULL;
    struct progress progress;
    assert_int_equal(cache_catalogue(village->cache, &catalogue, NULL), STATUS_OK);
    progress_start(&progress, &options, NULL);
    struct puller puller = {.cache = village->cache,
                            .progress = &progress,
                            .area = "990106001",
                            .catalogue = catalogue};
    struct feed feed = {.database = "population-990106001",
                        .name = "population",
                        .title = "Population",
                        .dataset = catalogue_find(catalogue, "population"),
                        .expected = -1};
    pulled.status = pull_from(&puller, &feed, give, text, NULL);
    progress_leave(&progress);
    pulled.rows = feed.pulled;
    pulled.complete = feed.complete;
    snprintf(pulled.since, sizeof(pulled.since), "%s", buf_text(&feed.since));
    feed_release(&feed);
    catalogue_free(catalogue);
    buf_release(&text->bytes);
    return pulled;
}

static int64_t number(struct village *village, const char *literal)
{
    int64_t value = -1;
    assert_int_equal(sql_integer(reader_cache(village->reader), literal, &value, NULL), STATUS_OK);
    return value;
}

static void test_a_file(void **state)
{
    struct village village;
    struct text text;
    village_make(&village, scratch_path(state, "home"));
    begin_text(&text);
    for (int i = 1; i <= 5000; i++)
        put_row(&text, i, NULL);
    end_text(&text, 5000, 0);
    struct pulled pulled = pull(&village, &text);
    assert_int_equal(pulled.status, STATUS_OK);
    assert_int_equal(pulled.rows, 5000);
    assert_true(pulled.complete);
    assert_string_equal(pulled.since, "\"5000-x\"");
    assert_int_equal(pulled.told.rows, 5000);
    assert_int_equal(number(&village, "SELECT count(*) FROM record"), 5000);
    village_leave(&village);
}

/* The end is missing: what has come is kept up to its last position, and more is asked for. */
static void test_half_a_file(void **state)
{
    struct village village;
    struct text text;
    village_make(&village, scratch_path(state, "home"));
    begin_text(&text);
    for (int i = 1; i <= 5000; i++)
        put_row(&text, i, NULL);
    struct pulled pulled = pull(&village, &text);
    assert_int_equal(pulled.status, STATUS_OFFLINE);
    assert_int_equal(pulled.rows, 4000);
    assert_false(pulled.complete);
    assert_string_equal(pulled.since, "\"4000-x\"");
    assert_int_equal(number(&village, "SELECT count(*) FROM record"), 4000);
    village_leave(&village);
}

static void test_cancelled(void **state)
{
    char expected[32];
    struct village village;
    struct text text;
    village_make(&village, scratch_path(state, "home"));
    begin_text(&text);
    for (int i = 1; i <= 50000; i++)
        put_row(&text, i, NULL);
    end_text(&text, 50000, 0);
    text.cancelled_at_half = true;
    struct pulled pulled = pull(&village, &text);
    assert_int_equal(pulled.status, STATUS_CANCELLED);
    assert_true(pulled.rows >= 2000 && pulled.rows < 30000);
    snprintf(expected, sizeof(expected), "\"%lld-x\"", (long long)pulled.rows);
    assert_string_equal(pulled.since, expected); /* with their position */
    assert_int_equal(number(&village, "SELECT count(*) FROM record"), pulled.rows);
    village_leave(&village);
}

/* Each of these is kept aside with a reason of its own; the rows around them are not touched. */
static void test_rows_not_understood(void **state)
{
    struct village village;
    struct text text;
    struct buf deep = {0}, wide = {0}, pile = {0};
    village_make(&village, scratch_path(state, "home"));
    village_put(&village, "population", "{\"_id\":\"person:2\",\"_rev\":\"0-z\",\"name\":\"旧\"}");
    for (int i = 0; i < 40; i++)
        buf_str(&deep, i == 0 ? "\"x\":[" : "[");
    for (int i = 0; i < 40; i++)
        buf_str(&deep, "]");
    buf_str(&wide, "\"x\":\"");
    for (int i = 0; i < 200000; i++)
        buf_str(&wide, "中国");
    buf_str(&wide, "\"");
    buf_str(&pile, "\"x\":[0");
    for (int i = 0; i < 500000; i++)
        buf_str(&pile, ",0");
    buf_str(&pile, "]");
    begin_text(&text);
    put_row(&text, 1, NULL);
    put_row(&text, 2, "\"name\":\"twice\"");
    put_row(&text, 3, "\"x\":\"\\u0000\"");
    put_row(&text, 4, "\"x\":123456789012345678901234567890");
    put_row(&text, 5, buf_text(&deep));
    put_row(&text, 6, buf_text(&wide)); /* more than a megabyte */
    put_row(&text, 7, "\"x\":\"\xff\xfe\"");
    put_row(&text, 8, "\"x\":\"\\ud800\"");
    put_row(&text, 9, "\"x\":1e999");
    put_row(&text, 10, buf_text(&pile)); /* large, but within all limits */
    buf_str(&text.bytes, ",\r\n{\"seq\":\"11-x\",\"id\":\"person:11\"");
    buf_str(&text.bytes, ",\r\nthis is nothing at all");
    put_row(&text, 13, "\"x\":9223372036854775807");
    end_text(&text, 13, 0);
    struct pulled pulled = pull(&village, &text);
    assert_int_equal(pulled.status, STATUS_OK);
    assert_int_equal(pulled.rows, 13);
    assert_string_equal(pulled.since, "\"13-x\"");
    assert_int_equal(number(&village, "SELECT count(*) FROM record"), 3);
    assert_int_equal(number(&village, "SELECT count(*) FROM record WHERE key IN"
                                      " ('person:1', 'person:10', 'person:13')"),
                     3);
    assert_int_equal(number(&village, "SELECT count(*) FROM aside WHERE reason <> ''"), 10);
    assert_int_equal(number(&village, "SELECT count(*) FROM aside WHERE key = 'person:11'"), 1);
    buf_release(&deep);
    buf_release(&wide);
    buf_release(&pile);
    village_leave(&village);
}

/* A good revision of a row that was kept aside. */
static void test_aside_row_gets_better(void **state)
{
    struct village village;
    struct text text;
    village_make(&village, scratch_path(state, "home"));
    begin_text(&text);
    put_row(&text, 1, "\"x\":\"\\u0000\"");
    end_text(&text, 1, 0);
    assert_int_equal(pull(&village, &text).status, STATUS_OK);
    assert_int_equal(number(&village, "SELECT count(*) FROM aside"), 1);
    begin_text(&text);
    put_row(&text, 1, NULL);
    end_text(&text, 1, 0);
    assert_int_equal(pull(&village, &text).status, STATUS_OK);
    assert_int_equal(number(&village, "SELECT count(*) FROM aside"), 0);
    assert_int_equal(number(&village, "SELECT count(*) FROM record"), 1);
    village_leave(&village);
}

/* More will follow: the feed is not complete, its position is. */
static void test_first_of_several(void **state)
{
    struct village village;
    struct text text;
    village_make(&village, scratch_path(state, "home"));
    begin_text(&text);
    put_row(&text, 1, NULL);
    end_text(&text, 1, 17);
    struct pulled pulled = pull(&village, &text);
    assert_int_equal(pulled.status, STATUS_OK);
    assert_false(pulled.complete);
    assert_string_equal(pulled.since, "\"1-x\"");
    village_leave(&village);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_file, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_half_a_file, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_cancelled, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_rows_not_understood, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_aside_row_gets_better, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_first_of_several, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
