#include "base/clock.h"
#include "base/i18n.h"
#include "db/account.h"
#include "tui/errand.h"
#include "tui/field.h"
#include "tui/view_parts.h"
#include "tui/views.h"
#include "verify/division.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCOUNT_CHARACTERS    (ACCOUNT_NAME_MAX - 1)
#define PASSPHRASE_CHARACTERS (PASSPHRASE_MAX / 4)
#define AHEAD_MAX             200

#define BLOCK_COLUMNS 60
#define BLOCK_ROWS    17
#define LABEL_COLUMNS 12

struct unlock_view {
    struct view view;
    struct workplace *place;
    struct field account, passphrase;
    bool on_passphrase; /* which field has the keyboard */
    bool checking;      /* an errand is under way; the fields are closed until it is back */
    char failure[ERROR_TEXT_MAX];
    struct buf ahead; /* typed while the passphrase was being checked */
};

static struct field *focused(struct unlock_view *view)
{
    return view->on_passphrase ? &view->passphrase : &view->account;
}

static bool somebody_is_inside(const struct unlock_view *view)
{
    return workplace_session(view->place)->roles != 0;
}

/* --- logging in, on the desk worker --------------------------------------------------------------
 */

struct login {
    struct errand errand;
    char account[ACCOUNT_CHARACTERS * 4 + 1], passphrase[PASSPHRASE_MAX + 1];
    struct session session;
};

static enum status login_work(struct errand *errand, struct error *error)
{
    struct login *login = (struct login *)errand;
    struct workplace *place = errand->place;
    enum status status = account_login(workplace_desk_reader(place), workplace_outbox(place),
                                       login->account, login->passphrase, &login->session, error);

    explicit_bzero(login->passphrase, sizeof login->passphrase);
    return status;
}

static void forget_typed_ahead(struct unlock_view *view)
{
    if (view->ahead.data)
        explicit_bzero(view->ahead.data, view->ahead.capacity);
    buf_clear(&view->ahead);
}

/* What was typed meanwhile is the next attempt at the passphrase. */
static void refuse_login(struct unlock_view *view, const struct error *error)
{
    field_set(&view->passphrase, buf_text(&view->ahead));
    forget_typed_ahead(view);
    view->on_passphrase = true;
    (void)snprintf(view->failure, sizeof view->failure, "%s", error->text);
    app_say(view->view.app, STYLE_ERROR, "%s", _("Not unlocked."));
}

/* The session hook closes this page. What a fast clerk typed meanwhile opens the search; not after
 * a lock, where the page left behind comes back and must not be closed by it. */
static void let_in(struct unlock_view *view, const struct session *session)
{
    struct workplace *place = view->place;
    struct app *app = view->view.app;
    bool first = !somebody_is_inside(view);
    char *ahead = view->ahead.length && first ? buf_take(&view->ahead) : NULL;

    app_unsay(app); /* "checking the passphrase" */
    workplace_set_session(place, session);
    if (ahead)
        app_run_command(app, COMMAND_SEARCH, ahead);
    free(ahead);
}

static unsigned login_deliver(struct errand *errand, struct view *to)
{
    struct unlock_view *view = (struct unlock_view *)to;

    view->checking = false;
    if (errand->status == STATUS_OK)
        let_in(view, &((struct login *)errand)->session);
    else
        refuse_login(view, &errand->error);
    return STALE_VIEW | STALE_FRAME;
}

static void login_release(struct errand *errand)
{
    struct login *login = (struct login *)errand;

    explicit_bzero(login->passphrase, sizeof login->passphrase);
}

static const struct errand_kind login_kind = {
    .work = login_work,
    .deliver = login_deliver,
    .release = login_release,
    .tells_failure = true,
};

/* Enter: to the field that is still empty, or in. */
static unsigned submit(struct unlock_view *view)
{
    if (field_is_empty(&view->account) || field_is_empty(&view->passphrase)) {
        view->on_passphrase = !field_is_empty(&view->account);
        return STALE_VIEW;
    }
    struct login *login = errand_new(view->place, &view->view, sizeof *login, &login_kind);
    if (!login)
        return STALE_VIEW;
    (void)snprintf(login->account, sizeof login->account, "%s", field_text_of(&view->account));
    (void)snprintf(login->passphrase, sizeof login->passphrase, "%s",
                   field_text_of(&view->passphrase));
    field_set(&view->passphrase, "");
    view->checking = true;
    view->failure[0] = '\0';
    errand_send(&login->errand, workplace_desk(view->place));
    return STALE_VIEW | STALE_FRAME;
}

/* --- drawing ------------------------------------------------------------------------------------
 */

static void draw_brand(const struct unlock_view *view, struct canvas *canvas, struct area area)
{
    const struct home *home = workplace_home(view->place);
    const char *province = division_province_name(home_area(home));
    struct buf where = {0};

    (void)canvas_put(canvas, area_row(area, 0), STYLE_STRONG, _("Huiliu"));
    (void)canvas_put(canvas, area_row(area, 1), STYLE_MUTED,
                     _("Returned data for townships and street offices"));
    part_labelled(canvas, area_row(area, 3), LABEL_COLUMNS, _("Station"), STYLE_NORMAL,
                  home_station(home));
    buf_printf(&where, "%s %s", home_area(home), province ? province : "");
    part_labelled(canvas, area_row(area, 4), LABEL_COLUMNS, _("Area"), STYLE_NORMAL,
                  buf_text(&where));
    buf_release(&where);
}

static void draw_fields(struct unlock_view *view, struct canvas *canvas, struct area area)
{
    struct area account = area_row(area, 0), passphrase = area_row(area, 1);

    (void)canvas_put(canvas, area_columns(account, 0, LABEL_COLUMNS), STYLE_MUTED, _("Account"));
    (void)canvas_put(canvas, area_columns(passphrase, 0, LABEL_COLUMNS), STYLE_MUTED,
                     _("Passphrase"));
    field_draw(&view->account, canvas, area_cut(account, 0, 0, 0, LABEL_COLUMNS),
               !view->on_passphrase);
    field_draw(&view->passphrase, canvas, area_cut(passphrase, 0, 0, 0, LABEL_COLUMNS),
               view->on_passphrase);
}

/* Beneath the fields, where the eyes are: what is going on, else what went wrong, else who may
 * come in. */
static void draw_answer(const struct unlock_view *view, struct canvas *canvas, struct area area)
{
    struct area at = area_cut(area, 0, 0, 0, LABEL_COLUMNS);
    struct buf text = {0};

    if (view->checking) {
        (void)part_marked(canvas, at, STYLE_PENDING, _("Checking…"));
    } else if (view->failure[0]) {
        (void)part_marked_lines(canvas, at, STYLE_ERROR, view->failure);
    } else if (somebody_is_inside(view)) {
        buf_printf(&text, _("Locked. %s goes on where they stopped; anyone else begins anew."),
                   workplace_session(view->place)->account);
        (void)canvas_put_wrapped(canvas, at, STYLE_MUTED, buf_text(&text));
    }
    buf_release(&text);
}

static void describe_data(const struct overview *overview, struct buf *out)
{
    size_t present = 0;

    for (size_t i = 0; i < overview->dataset_count; i++)
        present += overview->datasets[i].rows > 0;
    buf_printf(out, ngettext("%zu dataset here", "%zu datasets here", (unsigned long)present),
               present);
    buf_str(out, " · ");
    if (overview->contact_ms) {
        buf_str(out, _("last contact "));
        part_as_of(overview->contact_ms, out);
    } else {
        buf_str(out, _("never had contact with the upstream"));
    }
}

static enum style describe_unsent(const struct overview *overview, struct buf *out)
{
    int64_t unsent = overview->queued + overview->sending;

    if (!unsent && !overview->held) {
        buf_str(out, _("Everything entered here has been sent."));
        return STYLE_OK;
    }
    if (unsent)
        buf_printf(out,
                   ngettext("%lld request not sent yet", "%lld requests not sent yet",
                            (unsigned long)unsent),
                   (long long)unsent);
    if (unsent && overview->held)
        buf_str(out, " · ");
    if (overview->held)
        buf_printf(out,
                   ngettext("%lld request needs a decision", "%lld requests need a decision",
                            (unsigned long)overview->held),
                   (long long)overview->held);
    return overview->held ? STYLE_ERROR : STYLE_PENDING;
}

/* What is in this home, without a word about anybody in it. */
static void draw_inventory(const struct unlock_view *view, struct canvas *canvas, struct area area)
{
    const struct overview *overview = workplace_overview(view->place);
    struct buf data = {0}, unsent = {0};

    if (!overview) {
        (void)canvas_put(canvas, area, STYLE_MUTED, _("Reading what is on this computer…"));
        return;
    }
    describe_data(overview, &data);
    (void)canvas_put(canvas, area_cut(area_row(area, 0), 0, 0, 0, 2), STYLE_NORMAL,
                     buf_text(&data));
    enum style style = describe_unsent(overview, &unsent);
    (void)part_marked(canvas, area_row(area, 1), style, buf_text(&unsent));
    if (!workplace_outbox(view->place))
        (void)part_marked(canvas, area_row(area, 2), STYLE_WARNING,
                          _("Read only: another Huiliu window is open in this home."));
    buf_release(&data);
    buf_release(&unsent);
}

static void draw(struct view *of, struct canvas *canvas, struct area area)
{
    struct unlock_view *view = (struct unlock_view *)of;
    bool roomy = area.rows >= BLOCK_ROWS;
    struct area block = area_centre(area, roomy ? BLOCK_ROWS : area.rows, BLOCK_COLUMNS);

    if (roomy) {
        draw_brand(view, canvas, block);
        draw_inventory(view, canvas, area_cut(block, 13, 0, 0, 0));
        block = area_cut(block, 6, 0, 4, 0);
    }
    draw_answer(view, canvas, area_cut(block, 3, 0, 0, 0));
    draw_fields(view, canvas, block);
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static const char *title(struct view *of)
{
    (void)of;
    return _("Unlock");
}

static enum context context(struct view *of)
{
    (void)of;
    return CONTEXT_UNLOCK;
}

static unsigned command(struct view *of, enum command command, const char *argument)
{
    struct unlock_view *view = (struct unlock_view *)of;

    (void)argument;
    switch ((int)command) {
    case COMMAND_SUBMIT:
        return submit(view);
    case COMMAND_NEXT_FIELD:
    case COMMAND_PREV_FIELD:
        view->on_passphrase = !view->on_passphrase;
        return STALE_VIEW;
    default:
        return field_command(focused(view), command);
    }
}

/* Typed text waits while a passphrase is being checked: the fields belong to the attempt. */
static unsigned text_while_checking(struct unlock_view *view, const struct input_event *event)
{
    if (event->kind == INPUT_KEY && view->ahead.length < AHEAD_MAX)
        buf_codepoint(&view->ahead, event->key.code);
    return STALE_NOTHING;
}

static unsigned text(struct view *of, const struct input_event *event)
{
    struct unlock_view *view = (struct unlock_view *)of;

    if (view->checking)
        return text_while_checking(view, event);
    return field_text(focused(view), event);
}

/* A reader ends with a return. */
static unsigned scan(struct view *of, const struct input_event *event)
{
    struct unlock_view *view = (struct unlock_view *)of;
    unsigned stale = text(of, event);

    return view->checking ? stale : stale | submit(view);
}

static bool is_field_command(enum command command)
{
    return command == COMMAND_NEXT_FIELD || command == COMMAND_PREV_FIELD ||
           (command_info(command)->contexts & CONTEXT_BIT(CONTEXT_TEXT)) != 0;
}

static bool enabled(struct view *of, enum command command, char reason[VIEW_REASON_MAX])
{
    const struct unlock_view *view = (const struct unlock_view *)of;
    const char *why = NULL;

    if (command == COMMAND_HELP || command == COMMAND_QUIT || command == COMMAND_REFRESH)
        return true;
    if (command != COMMAND_SUBMIT && !is_field_command(command))
        why = _("Unlock first.");
    else if (view->checking)
        why = _("The passphrase is being checked.");
    if (why)
        (void)snprintf(reason, VIEW_REASON_MAX, "%s", why);
    return !why;
}

static void close_page(struct view *of)
{
    struct unlock_view *view = (struct unlock_view *)of;

    forget_typed_ahead(view);
    buf_release(&view->ahead);
    field_release(&view->account);
    field_release(&view->passphrase);
    free(view);
}

static const struct view_ops unlock_ops = {
    .title = title,
    .context = context,
    .draw = draw,
    .command = command,
    .text = text,
    .scan = scan,
    .enabled = enabled,
    .close = close_page,
};

struct view *unlock_view_new(struct workplace *place, const char *account)
{
    struct unlock_view *view = calloc(1, sizeof *view);

    if (!view)
        return NULL;
    view->view.ops = &unlock_ops;
    view->place = place;
    view->ahead.limit = AHEAD_MAX + 8;
    field_init(&view->account, ACCOUNT_CHARACTERS);
    field_init(&view->passphrase, PASSPHRASE_CHARACTERS);
    view->account.fold = true;
    view->passphrase.secret = true;
    field_set(&view->account, account ? account : "");
    view->on_passphrase = !field_is_empty(&view->account);
    return &view->view;
}
