#ifndef HUILIU_TESTS_UNIT_TUI_FAKE_PLACE_H
#define HUILIU_TESTS_UNIT_TUI_FAKE_PLACE_H
/*
 * A workplace and an application without terminal, threads or databases, for tests of one page: it
 * defines the functions of tui/workplace.h, tui/app.h, tui/syncing.h and base/worker.h that pages
 * call, so include it in one test program once. What the page sees is set in `fake`; what it did
 * is found there. Errands wait in `fake.jobs` until fake_work() runs them.
 */
#include "db/home.h"
#include "tui/app.h"
#include "tui/errand.h"
#include "tui/syncing.h"
#include "tui/workplace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAKE_JOBS_MAX 8

struct workplace {
    int unused;
};

static struct {
    struct workplace place;
    const struct home *home; /* for pages that look at it */
    struct outbox *outbox;   /* NULL: something that is not looked at */
    struct reader *reader;
    struct session session;
    struct overview overview;
    bool has_overview, is_read_only;
    struct syncing_state syncing;
    uint64_t revision;
    struct keymap *keymap;

    struct job *jobs[FAKE_JOBS_MAX];
    size_t job_count;
    int busy;

    struct view *view;   /* the page under test: on top, id 1 */
    struct view *pushed; /* what it put on top */
    char said[512];
    enum style said_style;
    enum command ran;
    char ran_argument[64];
} fake;

/* Makes every pointer that must not be NULL; nothing looks behind them. */
static int fake_nothing;
#define FAKE_POINTER ((void *)&fake_nothing)

/* --- the workplace -------------------------------------------------------------------------- */

const struct home *workplace_home(const struct workplace *place)
{
    (void)place;
    return fake.home;
}

struct outbox *workplace_outbox(const struct workplace *place)
{
    (void)place;
    if (fake.is_read_only)
        return NULL;
    return fake.outbox ? fake.outbox : FAKE_POINTER;
}

struct app *workplace_app(const struct workplace *place)
{
    (void)place;
    return FAKE_POINTER;
}

struct worker *workplace_desk(struct workplace *place)
{
    (void)place;
    return FAKE_POINTER;
}

struct worker *workplace_reading(struct workplace *place)
{
    (void)place;
    return FAKE_POINTER;
}

struct syncing *workplace_syncing(struct workplace *place)
{
    (void)place;
    return FAKE_POINTER;
}

struct reader *workplace_desk_reader(struct workplace *place)
{
    (void)place;
    return fake.reader ? fake.reader : FAKE_POINTER;
}

struct reader *workplace_reading_reader(struct workplace *place)
{
    (void)place;
    return fake.reader ? fake.reader : FAKE_POINTER;
}

const struct session *workplace_session(const struct workplace *place)
{
    (void)place;
    return &fake.session;
}

void workplace_set_session(struct workplace *place, const struct session *session)
{
    (void)place;
    fake.session = *session;
}

uint64_t workplace_revision(const struct workplace *place)
{
    (void)place;
    return fake.revision;
}

const struct overview *workplace_overview(const struct workplace *place)
{
    (void)place;
    return fake.has_overview ? &fake.overview : NULL;
}

const struct syncing_state *syncing_state(const struct syncing *syncing)
{
    (void)syncing;
    return &fake.syncing;
}

/* --- the application ------------------------------------------------------------------------ */

void app_say(struct app *app, enum style style, const char *format, ...)
{
    va_list args;

    (void)app;
    va_start(args, format);
    (void)vsnprintf(fake.said, sizeof fake.said, format, args);
    va_end(args);
    fake.said_style = style;
}

void app_unsay(struct app *app)
{
    (void)app;
    fake.said[0] = '\0';
}

void app_fail(struct app *app, const struct error *error)
{
    app_say(app, STYLE_ERROR, "%s", error->text);
}

void app_stale(struct app *app, unsigned stale)
{
    (void)app;
    (void)stale;
}

void app_busy(struct app *app, int change)
{
    (void)app;
    fake.busy += change;
}

struct view *app_find_view(const struct app *app, uint32_t id)
{
    (void)app;
    return fake.view && fake.view->id == id ? fake.view : NULL;
}

struct view *app_top(const struct app *app)
{
    (void)app;
    return fake.view;
}

void app_push(struct app *app, struct view *view)
{
    (void)app;
    fake.pushed = view;
}

void app_run_command(struct app *app, enum command command, const char *argument)
{
    (void)app;
    fake.ran = command;
    (void)snprintf(fake.ran_argument, sizeof fake.ran_argument, "%s", argument);
}

const struct keymap *app_keymap(const struct app *app)
{
    (void)app;
    return fake.keymap;
}

/* --- the workers ---------------------------------------------------------------------------- */

void worker_post(struct worker *worker, struct job *job)
{
    (void)worker;
    if (fake.job_count == FAKE_JOBS_MAX)
        abort();
    fake.jobs[fake.job_count++] = job;
}

/* Workers that pages have of their own: their jobs wait with the others. A page is not closed
 * before fake_work() has run them. */
struct mailbox *app_mailbox(struct app *app)
{
    (void)app;
    return FAKE_POINTER;
}

enum status worker_new(const char *name, struct mailbox *mailbox, struct worker **worker,
                       struct error *error)
{
    (void)name;
    (void)mailbox;
    (void)error;
    *worker = FAKE_POINTER;
    return STATUS_OK;
}

void worker_free(struct worker *worker)
{
    if (worker && fake.job_count > 0)
        abort();
}

/* Runs what has been sent, and what that sends. */
static inline void fake_work(void)
{
    while (fake.job_count > 0) {
        struct job *job = fake.jobs[0];
        memmove(fake.jobs, fake.jobs + 1, --fake.job_count * sizeof fake.jobs[0]);
        job->run(job);
        job->done(job);
    }
}

/* --- the page under test ---------------------------------------------------------------------- */

static inline void fake_open(struct view *view)
{
    view->app = FAKE_POINTER;
    view->id = 1;
    fake.view = view;
}

static inline void fake_close(void)
{
    if (fake.view)
        fake.view->ops->close(fake.view);
    fake.view = NULL;
    keymap_free(fake.keymap);
    fake.keymap = NULL;
}

/* Everything as new: standard keys, nobody at work, no data. */
static inline void fake_reset(void)
{
    fake_close();
    memset(&fake, 0, sizeof fake);
    fake.revision = 1;
    if (keymap_load(NULL, "default", &fake.keymap, NULL) != STATUS_OK)
        abort();
}

/* What the page looks like in this size; the caller frees. */
static inline char *fake_screen(int rows, int columns, struct canvas **canvas)
{
    struct buf text = {0};

    if (canvas_new(rows, columns, canvas, NULL) != STATUS_OK)
        abort();
    fake.view->ops->draw(fake.view, *canvas, canvas_area(*canvas));
    canvas_dump(*canvas, &text);
    char *taken = buf_take(&text);
    if (!taken)
        abort();
    return taken;
}

static inline bool fake_shows(int rows, int columns, const char *text)
{
    struct canvas *canvas;
    char *screen = fake_screen(rows, columns, &canvas);
    bool found = strstr(screen, text) != NULL;

    if (!found)
        fprintf(stderr, "not on the screen: %s\n%s", text, screen);
    free(screen);
    canvas_free(canvas);
    return found;
}

static inline bool fake_hides(int rows, int columns, const char *text)
{
    struct canvas *canvas;
    char *screen = fake_screen(rows, columns, &canvas);
    bool found = strstr(screen, text) != NULL;

    if (found)
        fprintf(stderr, "on the screen: %s\n%s", text, screen);
    free(screen);
    canvas_free(canvas);
    return !found;
}

static inline unsigned fake_command(enum command command)
{
    return fake.view->ops->command(fake.view, command, "");
}

static inline void fake_type(const char *text)
{
    struct input_event event = {.kind = INPUT_PASTE, .text = text, .length = strlen(text)};

    (void)fake.view->ops->text(fake.view, &event);
}

#endif
