/* Errands between their worker, their mailbox and the end of the program: what must be saved is
 * saved once, whatever comes first. */
#include "tui/errand.h"

#include "tui/app.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* --- the parts of an application that errands call ---------------------------------------------
 */

struct counts {
    int worked, delivered, released, busy;
};

static struct {
    struct counts counts;
    char place; /* what the workplace's address points to */
} desk;

static struct workplace *place(void)
{
    return (struct workplace *)(void *)&desk.place;
}

struct app *workplace_app(const struct workplace *of)
{
    assert_ptr_equal(of, place());
    return (struct app *)(void *)&desk.place;
}

struct reader *workplace_reading_reader(struct workplace *of)
{
    assert_ptr_equal(of, place());
    return NULL;
}

struct view *app_find_view(const struct app *app, uint32_t id)
{
    (void)app;
    (void)id;
    return NULL; /* every page has been closed */
}

void app_busy(struct app *app, int change)
{
    (void)app;
    desk.counts.busy += change;
}

void app_stale(struct app *app, unsigned stale)
{
    (void)app;
    (void)stale;
}

void app_fail(struct app *app, const struct error *error)
{
    (void)app;
    fail_msg("%s", error->text);
}

/* --- errands ----------------------------------------------------------------------------------
 */

static enum status work(struct errand *errand, struct error *error)
{
    (void)error;
    assert_ptr_equal(errand->place, place());
    desk.counts.worked++;
    return STATUS_OK;
}

static unsigned deliver(struct errand *errand, struct view *view)
{
    (void)errand;
    assert_null(view);
    desk.counts.delivered++;
    return 0;
}

static void release(struct errand *errand)
{
    (void)errand;
    desk.counts.released++;
}

static const struct errand_kind saving = {
    .work = work, .deliver = deliver, .release = release, .must_run = true};
static const struct errand_kind reading = {.work = work, .deliver = deliver, .release = release};

struct rig {
    struct mailbox *mailbox;
    struct worker *worker;
};

static int set_up(void **state)
{
    static struct rig rig;

    desk.counts = (struct counts){0};
    assert_int_equal(mailbox_new(&rig.mailbox, NULL), STATUS_OK);
    assert_int_equal(worker_new("desk", rig.mailbox, &rig.worker, NULL), STATUS_OK);
    *state = &rig;
    return 0;
}

static void send(const struct rig *rig, const struct errand_kind *kind)
{
    struct errand *errand = errand_new(place(), NULL, sizeof *errand, kind);

    assert_non_null(errand);
    errand_send(errand, rig->worker);
}

/* In no thread: as if the worker had ended before it began. */
static void abandon_unbegun(const struct errand_kind *kind)
{
    struct errand *errand = errand_new(place(), NULL, sizeof *errand, kind);

    assert_non_null(errand);
    errand->job.abandon(&errand->job);
}

/* --- tests ------------------------------------------------------------------------------------
 */

static void a_finished_errand_is_delivered_once(void **state)
{
    const struct rig *rig = *state;

    send(rig, &saving);
    worker_free(rig->worker); /* lets it finish, or runs it here */
    (void)mailbox_drain(rig->mailbox);
    mailbox_free(rig->mailbox);
    assert_int_equal(desk.counts.worked, 1);
    assert_int_equal(desk.counts.released, 1);
}

/* The program leaves between the end of the work and its delivery. */
static void what_was_saved_is_not_saved_again(void **state)
{
    const struct rig *rig = *state;

    send(rig, &saving);
    send(rig, &reading);
    while (worker_pending(rig->worker) > 0)
        ;
    worker_free(rig->worker);
    mailbox_free(rig->mailbox);
    assert_int_equal(desk.counts.worked, 2);
    assert_int_equal(desk.counts.delivered, 0);
    assert_int_equal(desk.counts.released, 2);
}

static void what_must_be_saved_is_saved_at_the_end(void **state)
{
    const struct rig *rig = *state;

    abandon_unbegun(&saving);
    assert_int_equal(desk.counts.worked, 1);
    abandon_unbegun(&reading);
    assert_int_equal(desk.counts.worked, 1);
    assert_int_equal(desk.counts.released, 2);
    worker_free(rig->worker);
    mailbox_free(rig->mailbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_finished_errand_is_delivered_once, set_up),
        cmocka_unit_test_setup(what_was_saved_is_not_saved_again, set_up),
        cmocka_unit_test_setup(what_must_be_saved_is_saved_at_the_end, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
