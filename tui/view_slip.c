#include "base/i18n.h"
#include "db/slip.h"
#include "tui/errand.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"
#include "verify/qr_code.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_COLUMNS_MIN 24  /* beside the code; a narrower page shows the text alone */
#define TEXT_ROWS_MAX    512 /* a slip has some forty lines */

struct slip_view {
    struct view view;
    struct workplace *place;
    struct verdict_report report;
    char *object;
    bool asked;
    char failure[ERROR_TEXT_MAX]; /* "" */
    struct buf text;              /* lines of the slip; empty until it is kept */
    struct qr_code *code;
    int rows, height, top; /* of the text: all, on the screen, the first on the screen */
};

/* --- keeping it, on the desk worker --------------------------------------------------------------
 */

struct writing {
    struct errand errand;
    struct session session;
    struct verdict_report report;
    char *object;
    struct buf text;
    struct qr_code *code;
};

static enum status describe(const struct slip *slip, struct writing *writing, struct error *error)
{
    struct buf code = {0};

    slip_describe(slip, &writing->text);
    slip_code(slip, &code);
    enum status status = buf_failed(&writing->text) || buf_failed(&code)
                             ? error_nomem(error)
                             : qr_code_new(buf_text(&code), &writing->code, error);
    buf_release(&code);
    return status;
}

static enum status writing_work(struct errand *errand, struct error *error)
{
    struct writing *writing = (struct writing *)errand;
    struct slip *slip = NULL;
    enum status status = slip_make(workplace_outbox(errand->place), &writing->session,
                                   writing->object, &writing->report, &slip, error);

    if (status == STATUS_OK)
        status = describe(slip, writing, error);
    slip_free(slip);
    return status;
}

static unsigned writing_deliver(struct errand *errand, struct view *to)
{
    struct slip_view *view = (struct slip_view *)to;
    struct writing *writing = (struct writing *)errand;

    if (errand->status != STATUS_OK) {
        (void)snprintf(view->failure, sizeof view->failure, "%s", errand->error.text);
        return STALE_VIEW;
    }
    view->text = writing->text;
    view->code = writing->code;
    writing->text = (struct buf){0};
    writing->code = NULL;
    return STALE_VIEW;
}

static void writing_release(struct errand *errand)
{
    struct writing *writing = (struct writing *)errand;

    free(writing->object);
    buf_release(&writing->text);
    qr_code_free(writing->code);
}

static const struct errand_kind writing_kind = {
    .work = writing_work,
    .deliver = writing_deliver,
    .release = writing_release,
    .tells_failure = true,
};

static void write_slip(struct slip_view *view)
{
    struct writing *writing = errand_new(view->place, &view->view, sizeof *writing, &writing_kind);

    if (!writing)
        return;
    writing->session = *workplace_session(view->place);
    writing->report = view->report;
    writing->object = strdup(view->object);
    if (writing->object)
        errand_send(&writing->errand, workplace_desk(view->place));
    else
        errand_drop(&writing->errand);
}

/* --- drawing ------------------------------------------------------------------------------------
 */

static void draw_code(const struct qr_code *code, struct canvas *canvas, struct area area)
{
    struct buf row = {0};

    for (int i = 0; i < qr_code_rows(code); i++) {
        buf_clear(&row);
        qr_code_row(code, i, QR_CODE_ON_PAPER, &row);
        (void)canvas_put(canvas, area_row(area, i), STYLE_CODE, buf_text(&row));
    }
    buf_release(&row);
}

/* The text may be longer than the page: what is not on the screen is counted below it. */
static void draw_text(struct slip_view *view, struct canvas *canvas, struct area area)
{
    const char *text = buf_text(&view->text);
    struct canvas *page = NULL;

    view->rows = canvas_put_wrapped(NULL, area, STYLE_NORMAL, text);
    view->height = view->rows > area.rows ? area.rows - 1 : area.rows;
    int last = view->rows - view->height;
    view->top = view->top > last ? last : view->top;
    if (canvas_new_like(canvas, TEXT_ROWS_MAX, area.columns, &page, NULL) != STATUS_OK)
        return;
    (void)canvas_put_wrapped(page, canvas_area(page), STYLE_NORMAL, text);
    canvas_copy(canvas, area_cut(area, 0, 0, area.rows - view->height, 0), page, view->top);
    canvas_free(page);
    int below = view->rows - view->top - view->height;
    if (below > 0)
        (void)canvas_printf(
            canvas, area_row(area, view->height), STYLE_MUTED,
            ngettext("%d more row below", "%d more rows below", (unsigned long)below), below);
}

static void draw(struct view *of, struct canvas *canvas, struct area area)
{
    struct slip_view *view = (struct slip_view *)of;

    if (view->failure[0]) {
        (void)part_marked_lines(canvas, area, STYLE_ERROR, view->failure);
        return;
    }
    if (!view->code) {
        (void)part_marked(canvas, area, STYLE_PENDING, _("Writing…"));
        return;
    }
    int columns = qr_code_columns(view->code);
    bool beside =
        area.columns - columns - 1 >= TEXT_COLUMNS_MIN && area.rows >= qr_code_rows(view->code);
    if (beside)
        draw_code(view->code, canvas, area_columns(area, area.columns - columns, columns));
    draw_text(view, canvas, area_cut(area, 0, beside ? columns + 1 : 0, 0, 0));
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static const char *title(struct view *of)
{
    (void)of;
    return _("Slip");
}

static enum context context(struct view *of)
{
    (void)of;
    return CONTEXT_LIST;
}

static unsigned scroll_to(struct slip_view *view, int top)
{
    int last = view->rows > view->height ? view->rows - view->height : 0, before = view->top;

    view->top = top > last ? last : top < 0 ? 0 : top;
    return view->top == before ? STALE_NOTHING : STALE_VIEW;
}

static unsigned command(struct view *of, enum command command, const char *argument)
{
    struct slip_view *view = (struct slip_view *)of;
    int page = view->height > 1 ? view->height - 1 : 1;

    (void)argument;
    switch ((int)command) {
    case COMMAND_ROW_DOWN:
        return scroll_to(view, view->top + 1);
    case COMMAND_ROW_UP:
        return scroll_to(view, view->top - 1);
    case COMMAND_PAGE_DOWN:
        return scroll_to(view, view->top + page);
    case COMMAND_PAGE_UP:
        return scroll_to(view, view->top - page);
    case COMMAND_ROW_FIRST:
        return scroll_to(view, 0);
    case COMMAND_ROW_LAST:
        return scroll_to(view, view->rows);
    default:
        return STALE_UNHANDLED;
    }
}

static bool enabled(struct view *of, enum command command, char reason[VIEW_REASON_MAX])
{
    (void)of;
    return command != COMMAND_OPEN || words_refuse(reason, _("There is nothing here to open."));
}

/* Its id is known once the page is on the stack. */
static unsigned tick(struct view *of, int64_t now, int *next)
{
    struct slip_view *view = (struct slip_view *)of;

    (void)now;
    *next = -1;
    if (!view->asked) {
        view->asked = true;
        write_slip(view);
    }
    return STALE_NOTHING;
}

static void close_page(struct view *of)
{
    struct slip_view *view = (struct slip_view *)of;

    free(view->object);
    buf_release(&view->text);
    qr_code_free(view->code);
    free(view);
}

static const struct view_ops slip_ops = {
    .title = title,
    .context = context,
    .draw = draw,
    .command = command,
    .enabled = enabled,
    .tick = tick,
    .close = close_page,
};

struct view *slip_view_new(struct workplace *place, const char *object,
                           const struct verdict_report *report)
{
    struct slip_view *view = calloc(1, sizeof *view);

    if (!view)
        return NULL;
    view->view.ops = &slip_ops;
    view->place = place;
    view->report = *report;
    view->object = strdup(object);
    if (!view->object) {
        free(view);
        return NULL;
    }
    return &view->view;
}
