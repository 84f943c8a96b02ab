#include "tui/view_findings.h"

#include "base/i18n.h"
#include "tui/errand.h"
#include "tui/view_editor.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS   200
#define PANE_ROWS   4 /* at least */
#define NAME_CELLS  14
#define VALUE_CELLS 24

/* --- reading -----------------------------------------------------------------------------------
 */

struct load {
    struct errand errand;
    struct session session;
    enum quality_rule rule;
    char dataset[65];
    int64_t after;
    struct quality_page *page;
};

static enum status load_work(struct errand *errand, struct error *error)
{
    struct load *load = (struct load *)errand;
    const struct quality_filter filter = {.rule = (int)load->rule,
                                          .dataset = load->dataset,
                                          .after = load->after,
                                          .limit = PAGE_ROWS};

    return quality_page(workplace_reading_reader(errand->place), &load->session, &filter,
                        &load->page, error);
}

static size_t loaded(const struct findings_view *view)
{
    size_t count = 0;

    for (size_t i = 0; i < view->page_count; i++)
        count += view->pages[i]->count;
    return count;
}

static void drop_pages(struct findings_view *view)
{
    for (size_t i = 0; i < view->page_count; i++)
        quality_page_free(view->pages[i]);
    view->page_count = 0;
    view->complete = false;
}

static unsigned load_deliver(struct errand *errand, struct view *to)
{
    struct findings_view *view = (struct findings_view *)to;
    struct load *load = (struct load *)errand;

    view->loading = false;
    view->ready = true;
    view->complete = errand->status != STATUS_OK;
    if (errand->status != STATUS_OK) {
        (void)snprintf(view->failure, sizeof view->failure, "%s", errand->error.text);
        return STALE_VIEW | STALE_FRAME;
    }
    if (load->after == 0)
        drop_pages(view);
    view->complete = load->page->next == 0 || view->page_count + 1 == FINDINGS_PAGES_MAX;
    view->pages[view->page_count++] = load->page;
    load->page = NULL;
    list_set_count(&view->list, loaded(view));
    return STALE_VIEW | STALE_FRAME;
}

static void load_release(struct errand *errand)
{
    quality_page_free(((struct load *)errand)->page);
}

static void send_load(struct findings_view *view, int64_t after)
{
    static const struct errand_kind kind = {
        .work = load_work, .deliver = load_deliver, .release = load_release, .tells_failure = true};
    struct load *load = errand_new(view->place, &view->view, sizeof *load, &kind);

    if (!load) {
        view->complete = true;
        return;
    }
    load->session = *workplace_session(view->place);
    load->rule = view->rule;
    load->after = after;
    memcpy(load->dataset, view->dataset, sizeof load->dataset);
    view->loading = true;
    errand_send(&load->errand, workplace_reading(view->place));
}

void findings_reload(struct findings_view *view)
{
    if (!view->loading)
        send_load(view, 0);
}

/* The next page, when less than one is left below the selection. */
static void read_on(struct findings_view *view)
{
    if (view->loading || view->complete || view->list.selected + PAGE_ROWS < loaded(view))
        return;
    send_load(view, view->page_count > 0 ? view->pages[view->page_count - 1]->next : 0);
}

const struct quality_finding *findings_at(const struct findings_view *view, size_t index)
{
    for (size_t i = 0; i < view->page_count; i++) {
        if (index < view->pages[i]->count)
            return &view->pages[i]->findings[index];
        index -= view->pages[i]->count;
    }
    return NULL;
}

static const struct quality_finding *selected(const struct findings_view *view)
{
    return findings_at(view, view->list.selected);
}

/* --- marks -------------------------------------------------------------------------------------
 */

struct findings_mark *findings_mark_of(struct findings_view *view, int64_t id)
{
    for (size_t i = 0; i < view->mark_count; i++)
        if (view->marks[i].id == id)
            return &view->marks[i];
    return NULL;
}

const char *findings_value(struct findings_view *view, const struct quality_finding *finding)
{
    const struct findings_mark *mark = findings_mark_of(view, finding->id);

    return mark && mark->value[0] ? mark->value : finding->proposed;
}

/* NULL, and a sentence in the message line, when there are too many. */
static struct findings_mark *need_mark(struct findings_view *view,
                                       const struct quality_finding *finding)
{
    struct findings_mark *mark = findings_mark_of(view, finding->id);

    if (mark)
        return mark;
    if (view->mark_count == FINDINGS_MARKS_MAX) {
        app_say(view->view.app, STYLE_WARNING, _("At most %d can be marked at once."),
                FINDINGS_MARKS_MAX);
        return NULL;
    }
    mark = &view->marks[view->mark_count++];
    *mark = (struct findings_mark){.id = finding->id};
    return mark;
}

static unsigned toggle_mark(struct findings_view *view)
{
    const struct quality_finding *finding = selected(view);
    struct findings_mark *mark = finding ? need_mark(view, finding) : NULL;

    if (mark)
        mark->marked = !mark->marked;
    (void)list_command(&view->list, COMMAND_ROW_DOWN, "");
    return STALE_VIEW | STALE_FRAME;
}

static bool may_be_marked(struct findings_view *view, const struct quality_finding *finding)
{
    return finding->record[0] && finding->correctable && finding->state == QUALITY_SAME &&
           findings_value(view, finding);
}

/* False when there was nothing left to mark. */
static bool mark_every(struct findings_view *view)
{
    const struct quality_finding *finding;
    bool any = false;

    for (size_t i = 0; (finding = findings_at(view, i)) != NULL; i++) {
        const struct findings_mark *before = findings_mark_of(view, finding->id);
        if (!may_be_marked(view, finding) || (before && before->marked))
            continue;
        struct findings_mark *mark = need_mark(view, finding);
        if (!mark)
            return true; /* as many as can be raised at once */
        mark->marked = true;
        any = true;
    }
    return any;
}

/* All that have been read and whose right value is known; once more, none. */
static unsigned toggle_all(struct findings_view *view)
{
    if (!mark_every(view))
        for (size_t i = 0; i < view->mark_count; i++)
            view->marks[i].marked = false;
    return STALE_VIEW | STALE_FRAME;
}

static void answer_value(struct app *app, const struct app_answer *answer)
{
    struct findings_view *view = (struct findings_view *)app_find_view(app, answer->owner);
    const struct quality_finding *finding = view && answer->yes ? selected(view) : NULL;
    struct findings_mark *mark = finding ? need_mark(view, finding) : NULL;

    if (!mark)
        return;
    (void)snprintf(mark->value, sizeof mark->value, "%s", answer->text);
    mark->marked = true;
    app_stale(app, STALE_VIEW | STALE_FRAME);
}

static unsigned ask_value(struct findings_view *view)
{
    const struct quality_finding *finding = selected(view);
    const char *value = finding ? findings_value(view, finding) : NULL;
    char question[VIEW_REASON_MAX];
    const struct app_prompt prompt = {.question = question,
                                      .initial = value ? value : "",
                                      .limit = FINDINGS_VALUE_MAX / 4,
                                      .minimum = 1};

    if (!finding)
        return STALE_NOTHING;
    (void)snprintf(question, sizeof question, _("%s of %s: the right value"), finding->field_title,
                   finding->name);
    app_prompt(view->view.app, &prompt, answer_value, NULL);
    return STALE_VIEW | STALE_FRAME;
}

/* --- drawing -----------------------------------------------------------------------------------
 */

static const char *state_of(const struct quality_finding *finding)
{
    if (finding->state == QUALITY_CHANGED)
        return _("changed since the check");
    return finding->state == QUALITY_GONE ? _("gone since the check") : finding->detail;
}

static void draw_row(void *data, size_t index, struct canvas *canvas, struct area row)
{
    struct findings_view *view = data;
    const struct quality_finding *finding = findings_at(view, index);
    struct buf change = {0};

    if (!finding)
        return;
    const struct findings_mark *mark = findings_mark_of(view, finding->id);
    const char *value = mark && mark->value[0] ? mark->value : finding->proposed_shown;
    enum style style = finding->state == QUALITY_SAME ? STYLE_NORMAL : STYLE_MUTED;
    buf_str(&change, finding->value);
    if (value)
        buf_printf(&change, "%s→ %s", finding->value[0] ? " " : "", value);
    (void)canvas_put(canvas, area_columns(row, 0, 1), STYLE_KEY, mark && mark->marked ? "#" : " ");
    (void)canvas_put(canvas, area_columns(row, 2, NAME_CELLS), style,
                     finding->name[0] ? finding->name : finding->dataset_title);
    (void)canvas_put(canvas, area_columns(row, NAME_CELLS + 3, VALUE_CELLS),
                     value ? STYLE_PENDING : style, buf_text(&change));
    (void)canvas_put(canvas, area_cut(row, 0, 0, 0, NAME_CELLS + VALUE_CELLS + 4), style,
                     state_of(finding));
    buf_release(&change);
}

/* Who, what stands there, and what is wrong with it, each as long as it is. Returns the rows used;
 * `canvas` NULL: needed. */
static int put_finding(const struct quality_finding *finding, struct canvas *canvas,
                       struct area area)
{
    struct buf who = {0}, value = {0};

    buf_printf(&who, "%s  %s  %s", finding->name, finding->subject_shown, finding->dataset_title);
    buf_printf(&value, "%s %s", finding->field_title, finding->value);
    int rows = canvas_put_wrapped(canvas, area, STYLE_STRONG, buf_text(&who));
    rows +=
        canvas_put_wrapped(canvas, area_cut(area, rows, 0, 0, 0), STYLE_NORMAL, buf_text(&value));
    rows +=
        canvas_put_wrapped(canvas, area_cut(area, rows, 0, 0, 0), STYLE_MUTED, state_of(finding));
    buf_release(&who);
    buf_release(&value);
    return rows;
}

/* The separator, and room for the finding, at most half the page. */
static int pane_rows(const struct findings_view *view, struct area area)
{
    const struct quality_finding *finding = selected(view);
    int rows = 1 + (finding ? put_finding(finding, NULL, area) : 0);

    rows = rows > PANE_ROWS ? rows : PANE_ROWS;
    return rows < area.rows / 2 ? rows : area.rows / 2;
}

static void draw_pane(struct findings_view *view, struct canvas *canvas, struct area area)
{
    const struct quality_finding *finding = selected(view);

    canvas_hline(canvas, area_row(area, 0), STYLE_BORDER);
    if (finding)
        (void)put_finding(finding, canvas, area_cut(area, 1, 0, 0, 0));
}

static size_t marked_count(const struct findings_view *view)
{
    size_t count = 0;

    for (size_t i = 0; i < view->mark_count; i++)
        count += view->marks[i].marked;
    return count;
}

static void draw_head(struct findings_view *view, struct canvas *canvas, struct area row)
{
    size_t marked = marked_count(view);
    struct buf text = {0};

    buf_printf(&text, view->complete ? _("%zu records") : _("%zu records and more"), loaded(view));
    int used = canvas_put(canvas, row, STYLE_MUTED, buf_text(&text));
    buf_clear(&text);
    if (marked > 0)
        buf_printf(&text, ngettext("# %zu marked", "# %zu marked", marked), marked);
    (void)canvas_put_right(canvas, area_cut(row, 0, 0, 0, used), STYLE_KEY, buf_text(&text));
    buf_release(&text);
}

static void draw(struct view *of, struct canvas *canvas, struct area area)
{
    struct findings_view *view = (struct findings_view *)of;

    if (view->list.count == 0) {
        (void)canvas_put_wrapped(canvas, area, STYLE_MUTED,
                                 !view->ready       ? _("Reading…")
                                 : view->failure[0] ? view->failure
                                                    : _("Nothing was found to be wrong."));
        canvas_cursor(canvas, area.row, area.column, true);
        return;
    }
    int pane = pane_rows(view, area);
    draw_head(view, canvas, area_row(area, 0));
    list_draw(&view->list, canvas, area_cut(area, 1, 0, pane, 0), draw_row, view);
    draw_pane(view, canvas, area_cut(area, area.rows - pane, 0, 0, 0));
}

/* --- keys --------------------------------------------------------------------------------------
 */

static const char *title(struct view *of)
{
    return quality_rule_title(((struct findings_view *)of)->rule);
}

static enum context context(struct view *of)
{
    (void)of;
    return CONTEXT_FINDINGS;
}

static unsigned open_selected(struct findings_view *view)
{
    const struct quality_finding *finding = selected(view);
    bool file =
        finding && finding->subject[0] &&
        (finding->subject_kind == SUBJECT_PERSON || finding->subject_kind == SUBJECT_ENTERPRISE);

    if (finding)
        app_push(view->view.app,
                 file ? file_view_new(view->place, finding->subject_kind, finding->subject)
                      : record_view_new(view->place, finding->dataset, finding->record));
    return STALE_VIEW | STALE_FRAME;
}

static unsigned edit_selected(struct findings_view *view)
{
    const struct quality_finding *finding = selected(view);
    struct view *editor =
        finding ? editor_view_new(view->place, finding->dataset, finding->record, "") : NULL;

    if (!finding)
        return STALE_NOTHING;
    if (editor) {
        editor_view_focus(editor, finding->field);
        if (findings_value(view, finding))
            editor_view_propose(editor, findings_value(view, finding), _("the check of the data"));
    }
    app_push(view->view.app, editor);
    return STALE_VIEW | STALE_FRAME;
}

static unsigned command(struct view *of, enum command command, const char *argument)
{
    struct findings_view *view = (struct findings_view *)of;
    unsigned stale;

    switch ((int)command) {
    case COMMAND_OPEN:
        return open_selected(view);
    case COMMAND_MARK:
        return toggle_mark(view);
    case COMMAND_MARK_ALL:
        return toggle_all(view);
    case COMMAND_SET_VALUE:
        return ask_value(view);
    case COMMAND_REQUEST_NEW:
        return edit_selected(view);
    case COMMAND_RAISE:
        return findings_raise(view);
    case COMMAND_REFRESH:
        findings_reload(view);
        return STALE_VIEW | STALE_FRAME | STALE_REPAINT;
    default:
        stale = list_command(&view->list, command, argument) | STALE_FRAME;
        read_on(view);
        return stale;
    }
}

static bool may_correct(const struct quality_finding *finding, char reason[VIEW_REASON_MAX])
{
    if (!finding->field[0])
        return words_refuse(reason, _("This is about the whole record: open it."));
    if (!finding->correctable)
        return words_refuse(reason, _("This field cannot be corrected here; ask its provider."));
    if (finding->state != QUALITY_SAME)
        return words_refuse(reason, _("The record has changed since: check the data again."));
    return true;
}

static bool enabled(struct view *of, enum command command, char reason[VIEW_REASON_MAX])
{
    struct findings_view *view = (struct findings_view *)of;
    const struct quality_finding *finding = selected(view);
    bool acts = command == COMMAND_OPEN || command == COMMAND_MARK ||
                command == COMMAND_SET_VALUE || command == COMMAND_REQUEST_NEW ||
                command == COMMAND_RAISE;

    if (command == COMMAND_NEXT_SECTION || command == COMMAND_PREV_SECTION)
        return words_refuse(reason, _("This page has one section."));
    if (acts && (!finding || !finding->record[0]))
        return words_refuse(reason, _("There is no record here."));
    if (command == COMMAND_MARK || command == COMMAND_SET_VALUE)
        return may_correct(finding, reason);
    if (command == COMMAND_RAISE)
        return findings_may_raise(view, reason);
    return true;
}

static unsigned tick(struct view *of, int64_t now, int *next)
{
    struct findings_view *view = (struct findings_view *)of;

    (void)now;
    *next = -1;
    if (!view->ready)
        read_on(view);
    return STALE_NOTHING;
}

static bool waits(struct view *of)
{
    return !((struct findings_view *)of)->ready;
}

static void close_page(struct view *of)
{
    struct findings_view *view = (struct findings_view *)of;

    drop_pages(view);
    free(view->pages);
    free(view);
}

struct view *findings_view_new(struct workplace *place, enum quality_rule rule, const char *dataset)
{
    static const struct view_ops ops = {.title = title,
                                        .context = context,
                                        .draw = draw,
                                        .command = command,
                                        .tick = tick,
                                        .enabled = enabled,
                                        .waits = waits,
                                        .close = close_page};
    struct findings_view *view = calloc(1, sizeof *view);

    if (!view)
        return NULL;
    view->pages = calloc(FINDINGS_PAGES_MAX, sizeof(struct quality_page *));
    if (!view->pages) {
        free(view);
        return NULL;
    }
    view->view.ops = &ops;
    view->place = place;
    view->rule = rule;
    (void)snprintf(view->dataset, sizeof view->dataset, "%s", dataset);
    return &view->view;
}
