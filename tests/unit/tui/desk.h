#ifndef HUILIU_TESTS_UNIT_TUI_DESK_H
#define HUILIU_TESTS_UNIT_TUI_DESK_H
/*
 * One page over real data: the workplace of fake_place.h with the home of tests/unit/db/seat.h
 * behind it, and what pages ask (confirm, prompt, choose) caught. Work is done by fake_work(), so
 * that a test can look at the screen while an answer is on its way.
 *
 *     desk_open(state, &desk, &seat_clerk);
 *     desk_page(search_view_new(&fake.place, "zw"));
 *     fake_work(); assert_true(fake_shows(21, 80, "…"));
 *     desk_leave(&desk);
 */
#include "tests/unit/db/seat.h"
#include "tests/unit/tui/fake_place.h"
#include "tui/checking.h"
#include "tui/views.h"

#include "base/clock.h"
#include "db/sql.h"

struct desk {
    struct seat seat;
};

static struct {
    char question[2048]; /* of the dialog that is open; "" none */
    app_answer_fn *answer;
    void *data;
    uint32_t owner;
    bool closed; /* the page closed itself */
    int syncs;   /* how often "sync now" was asked for */
} asked;

/* --- what pages call ----------------------------------------------------------------------------
 */

static void desk_ask(const char *question, const char *detail, app_answer_fn *answer, void *data)
{
    (void)snprintf(asked.question, sizeof asked.question, "%s\n%s", question, detail);
    asked.answer = answer;
    asked.data = data;
    asked.owner = fake.view ? fake.view->id : 0;
}

void app_confirm(struct app *app, const char *question, const char *detail,
                 enum command_danger danger, app_answer_fn *answer, void *data)
{
    (void)app;
    (void)danger;
    desk_ask(question, detail ? detail : "", answer, data);
}

void app_prompt(struct app *app, const struct app_prompt *prompt, app_answer_fn *answer, void *data)
{
    (void)app;
    desk_ask(prompt->question, prompt->initial ? prompt->initial : "", answer, data);
}

void app_choose(struct app *app, const char *title, const char *const *items, size_t count,
                size_t selected, app_answer_fn *answer, void *data)
{
    (void)app;
    (void)selected;
    desk_ask(title, count > 0 ? items[0] : "", answer, data);
}

void app_close(struct app *app, struct view *view)
{
    (void)app;
    asked.closed = true;
    if (fake.view == view)
        fake.view = NULL;
    view->ops->close(view);
}

void workplace_changed(struct workplace *place)
{
    (void)place;
    fake.revision++;
}

static struct checking *desk_checking; /* NULL until it is asked for */

struct checking *workplace_checking(struct workplace *place)
{
    if (!desk_checking)
        desk_checking = checking_new(place);
    assert_non_null(desk_checking);
    return desk_checking;
}

void syncing_now(struct syncing *syncing)
{
    (void)syncing;
    asked.syncs++;
}

/* --- for tests
 * ------------------------------------------------------------------------------------ */

static inline void desk_open(void **state, struct desk *desk, const struct session *session)
{
    fake_reset();
    memset(&asked, 0, sizeof asked);
    seat_make(&desk->seat, scratch_path(state, "home"));
    fake.home = desk->seat.home;
    fake.outbox = desk->seat.outbox;
    fake.reader = desk->seat.reader;
    fake.session = *session;
    fake.overview.last_failure = "";
}

static inline void desk_drop_pushed(void)
{
    if (fake.pushed)
        fake.pushed->ops->close(fake.pushed);
    fake.pushed = NULL;
}

static inline void desk_leave(struct desk *desk)
{
    desk_drop_pushed();
    fake_close();
    fake_work();
    checking_end(desk_checking);
    checking_free(desk_checking);
    desk_checking = NULL;
    seat_leave(&desk->seat);
}

/* What the application does once per turn. */
static inline void desk_tick(void)
{
    int next = -1;

    if (fake.view && fake.view->ops->tick)
        (void)fake.view->ops->tick(fake.view, clock_mono_ms(), &next);
}

static inline void desk_turn(void)
{
    desk_tick();
    fake_work();
}

static inline void desk_page(struct view *view)
{
    assert_non_null(view);
    fake_open(view);
    desk_turn();
}

/* The upstream deleted the record of the seat's person. */
static inline void desk_delete_record(struct desk *desk)
{
    struct error error = {0};
    struct cache *cache = NULL;
    struct catalogue *catalogue = NULL;
    bool changed = false;
    const struct change_row row = {.key = SEAT_RECORD, .rev = "9-z", .deleted = true};

    seat_ok(cache_open(desk->seat.home, &cache, &error), &error);
    seat_ok(cache_catalogue(cache, &catalogue, &error), &error);
    seat_ok(cache_begin(cache, &error), &error);
    seat_ok(cache_apply(cache, catalogue_find(catalogue, "population"), &row, &changed, &error),
            &error);
    seat_ok(cache_commit(cache, &error), &error);
    catalogue_free(catalogue);
    cache_close(cache);
    workplace_changed(&fake.place);
}

/* It wrote another address into it. */
static inline void desk_move_person(struct desk *desk, const char *address)
{
    char text[512];

    (void)snprintf(text, sizeof text,
                   "{\"_id\":\"" SEAT_RECORD "\",\"_rev\":\"4-def\",\"id_number\":\"" SEAT_PERSON
                   "\",\"name\":\"张伟\",\"address\":\"%s\",\"phone\":\"19900001234\"}",
                   address);
    seat_put_record(&desk->seat, "4-def", text);
    workplace_changed(&fake.place);
}

static inline int64_t desk_count(struct desk *desk, const char *sql)
{
    struct error error = {0};
    struct stmt *stmt = NULL;
    bool row = false;

    seat_ok(sql_statement(reader_outbox(desk->seat.reader), sql, &stmt, &error), &error);
    seat_ok(stmt_step(stmt, &row, &error), &error);
    assert_true(row);
    int64_t count = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return count;
}

static inline void desk_answer(bool yes, const char *text, size_t index)
{
    const struct app_answer answer = {
        .data = asked.data, .owner = asked.owner, .yes = yes, .text = text, .index = index};
    app_answer_fn *callback = asked.answer;

    assert_non_null(callback);
    asked.answer = NULL;
    asked.question[0] = '\0';
    callback(FAKE_POINTER, &answer);
}

static inline bool desk_enabled(enum command command)
{
    char reason[VIEW_REASON_MAX] = "";
    bool enabled = !fake.view->ops->enabled || fake.view->ops->enabled(fake.view, command, reason);

    assert_true(enabled || reason[0]);
    (void)snprintf(fake.said, sizeof fake.said, "%s", reason);
    return enabled;
}

static inline bool desk_shows(const char *text)
{
    return fake_shows(21, 80, text);
}

static inline bool desk_hides(const char *text)
{
    return fake_hides(21, 80, text);
}

/* The page draws nothing outside the area it is given, in every size. */
static inline void desk_stays_inside(void)
{
    static const int sizes[][2] = {{21, 80}, {7, 40}, {13, 60}, {21, 41}, {45, 160}, {1, 20}};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct canvas *canvas = NULL;
        struct error error = {0};
        int rows = sizes[i][0], columns = sizes[i][1];
        seat_ok(canvas_new(rows + 2, columns + 2, &canvas, &error), &error);
        fake.view->ops->draw(fake.view, canvas, (struct area){1, 1, rows, columns});
        for (int row = 0; row < rows + 2; row++)
            for (int column = 0; column < columns + 2; column++) {
                const struct cell *cell = canvas_cell(canvas, row, column);
                bool inside = row > 0 && row <= rows && column > 0 && column <= columns;
                if (!inside && (cell->codepoints[0] != ' ' || cell->line != LINE_NONE))
                    fail_msg("%d x %d: something at %d, %d", rows, columns, row, column);
            }
        canvas_free(canvas);
    }
}

#endif
