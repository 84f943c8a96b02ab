/* Questions: yes or no, one line of text, one of several. Each is a view of the dialog layer that
 * answers its callback exactly once: with what was chosen, or with "dismissed" when it is closed
 * in any other way. */
#include "base/i18n.h"
#include "base/text.h"
#include "tui/app_private.h"
#include "tui/field.h"
#include "tui/fuzzy.h"
#include "tui/list.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX      66
#define PROMPT_LIMIT     200
#define CHOOSE_ROWS_MAX  12
#define CHOOSE_QUERY_MAX 40

/* First member of every dialog. */
struct asker {
    struct view view;
    app_answer_fn *answer; /* NULL once answered */
    void *data;
    uint32_t owner;
};

static void start_asking(struct asker *asker, struct app *app, const struct view_ops *ops,
                         app_answer_fn *answer, void *data)
{
    struct app_entry *entry = app_keyboard(app);

    asker->view.ops = ops;
    asker->answer = answer;
    asker->data = data;
    asker->owner = entry ? entry->view->id : 0;
}

static void tell(struct asker *asker, struct app *app, struct app_answer answer)
{
    app_answer_fn *callback = asker->answer;

    asker->answer = NULL;
    answer.data = asker->data;
    answer.owner = asker->owner;
    if (callback)
        callback(app, &answer);
}

/* There was no memory for the question: that is a "no". */
static void dismiss(struct app *app, app_answer_fn *answer, void *data)
{
    struct app_answer no = {.data = data, .text = ""};

    app_push_layer(app, NULL, LAYER_DIALOG);
    answer(app, &no);
}

static void tell_dismissed(struct asker *asker)
{
    tell(asker, asker->view.app, (struct app_answer){.text = ""});
}

static int box_columns(struct area area)
{
    return area.columns - 6 < COLUMNS_MAX ? area.columns - 6 : COLUMNS_MAX;
}

/* --- yes or no ----------------------------------------------------------------------------------
 */

struct confirm {
    struct asker asker;
    char *question, *detail;
    bool yes; /* the marked answer */
};

static enum context confirm_context(struct view *view)
{
    (void)view;
    return CONTEXT_DIALOG;
}

static int draw_button(struct canvas *canvas, struct area row, const char *label, bool marked)
{
    int width = canvas_printf(canvas, row, STYLE_NORMAL, "[ %s ]", label);

    if (marked) {
        canvas_select(canvas, area_columns(row, 0, width));
        canvas_cursor(canvas, row.row, row.column, true);
    }
    return width;
}

static void confirm_draw(struct view *view, struct canvas *canvas, struct area area)
{
    const struct confirm *confirm = (struct confirm *)view;
    int columns = box_columns(area);
    struct area text = {.rows = area.rows, .columns = columns};
    int question_rows = canvas_put_wrapped(NULL, text, STYLE_STRONG, confirm->question);
    int detail_rows = canvas_put_wrapped(NULL, text, STYLE_NORMAL, confirm->detail);
    struct area inside =
        overlay_box(canvas, area, question_rows + detail_rows + 2, columns, _("Question"));
    struct area buttons = area_row(inside, inside.rows - 1);

    inside = area_cut(inside, 0, 0, 1, 0);
    (void)canvas_put_wrapped(canvas, inside, STYLE_STRONG, confirm->question);
    (void)canvas_put_wrapped(canvas, area_cut(inside, question_rows, 0, 0, 0), STYLE_NORMAL,
                             confirm->detail);
    int used = draw_button(canvas, buttons, _("Yes"), confirm->yes);
    (void)draw_button(canvas, area_cut(buttons, 0, 0, 0, used + 2), _("No"), !confirm->yes);
}

static unsigned confirm_answer(struct confirm *confirm, bool yes)
{
    struct app *app = confirm->asker.view.app;
    struct asker asker = confirm->asker;

    confirm->asker.answer = NULL;
    app_close(app, &confirm->asker.view);
    tell(&asker, app, (struct app_answer){.yes = yes, .text = ""});
    return STALE_VIEW | STALE_FRAME;
}

static unsigned confirm_command(struct view *view, enum command command, const char *argument)
{
    struct confirm *confirm = (struct confirm *)view;

    (void)argument;
    if (command == COMMAND_ACCEPT)
        return confirm_answer(confirm, true);
    if (command == COMMAND_ANSWER)
        return confirm_answer(confirm, confirm->yes);
    if (command == COMMAND_BACK || command == COMMAND_CANCEL)
        return confirm_answer(confirm, false);
    if (command != COMMAND_NEXT_FIELD && command != COMMAND_PREV_FIELD)
        return STALE_UNHANDLED;
    confirm->yes = !confirm->yes;
    return STALE_VIEW;
}

static void confirm_close(struct view *view)
{
    struct confirm *confirm = (struct confirm *)view;

    tell_dismissed(&confirm->asker);
    free(confirm->question);
    free(confirm->detail);
    free(confirm);
}

void app_confirm(struct app *app, const char *question, const char *detail,
                 enum command_danger danger, app_answer_fn *answer, void *data)
{
    static const struct view_ops ops = {.context = confirm_context,
                                        .draw = confirm_draw,
                                        .command = confirm_command,
                                        .close = confirm_close};
    struct confirm *confirm = calloc(1, sizeof *confirm);
    char *question_copy = strdup(question);
    char *detail_copy = strdup(detail ? detail : "");

    if (!confirm || !question_copy || !detail_copy) {
        free(confirm);
        free(question_copy);
        free(detail_copy);
        dismiss(app, answer, data);
        return;
    }
    start_asking(&confirm->asker, app, &ops, answer, data);
    confirm->question = question_copy;
    confirm->detail = detail_copy;
    confirm->yes = danger < DANGER_RECORDED;
    app_push_layer(app, &confirm->asker.view, LAYER_DIALOG);
}

/* --- one line of text
 * ----------------------------------------------------------------------------- */

struct prompt {
    struct asker asker;
    char *question;
    struct field field;
    size_t minimum;
};

static enum context prompt_context(struct view *view)
{
    (void)view;
    return CONTEXT_PROMPT;
}

static void prompt_draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct prompt *prompt = (struct prompt *)view;
    int columns = box_columns(area);
    struct area text = {.rows = area.rows, .columns = columns};
    int rows = canvas_put_wrapped(NULL, text, STYLE_NORMAL, prompt->question);
    struct area inside = overlay_box(canvas, area, rows + 1, columns, _("Question"));

    (void)canvas_put_wrapped(canvas, area_cut(inside, 0, 0, 1, 0), STYLE_NORMAL, prompt->question);
    field_draw(&prompt->field, canvas, area_row(inside, inside.rows - 1), true);
}

static unsigned prompt_submit(struct prompt *prompt)
{
    struct app *app = prompt->asker.view.app;
    struct asker asker = prompt->asker;
    const char *start;
    const char *typed = field_text_of(&prompt->field);
    size_t length = text_trim(typed, strlen(typed), &start);
    char *text = strndup(start, length);

    if (!text || text_length(text) < prompt->minimum) {
        app_say(app, STYLE_WARNING, _("At least %zu characters are needed."), prompt->minimum);
        free(text);
        return STALE_FRAME;
    }
    prompt->asker.answer = NULL;
    bool secret = prompt->field.secret;
    app_close(app, &prompt->asker.view);
    tell(&asker, app, (struct app_answer){.yes = true, .text = text});
    if (secret)
        explicit_bzero(text, length);
    free(text);
    return STALE_VIEW | STALE_FRAME;
}

static unsigned prompt_command(struct view *view, enum command command, const char *argument)
{
    struct prompt *prompt = (struct prompt *)view;

    (void)argument;
    if (command == COMMAND_SUBMIT)
        return prompt_submit(prompt);
    return field_command(&prompt->field, command);
}

static unsigned prompt_text(struct view *view, const struct input_event *event)
{
    return field_text(&((struct prompt *)view)->field, event);
}

/* A passphrase may come from a card; everything else a reader reads is for the verify page. */
static unsigned prompt_scan(struct view *view, const struct input_event *event)
{
    struct prompt *prompt = (struct prompt *)view;

    return prompt->field.secret ? field_text(&prompt->field, event) : STALE_UNHANDLED;
}

/* One field: there is nowhere to go and nothing to choose. */
static bool prompt_enabled(struct view *view, enum command command, char reason[VIEW_REASON_MAX])
{
    (void)view;
    (void)reason;
    return command != COMMAND_NEXT_FIELD && command != COMMAND_PREV_FIELD &&
           command != COMMAND_CHOOSE;
}

static void prompt_close(struct view *view)
{
    struct prompt *prompt = (struct prompt *)view;

    tell_dismissed(&prompt->asker);
    field_release(&prompt->field);
    free(prompt->question);
    free(prompt);
}

void app_prompt(struct app *app, const struct app_prompt *wanted, app_answer_fn *answer, void *data)
{
    static const struct view_ops ops = {.context = prompt_context,
                                        .draw = prompt_draw,
                                        .command = prompt_command,
                                        .text = prompt_text,
                                        .scan = prompt_scan,
                                        .enabled = prompt_enabled,
                                        .close = prompt_close};
    struct prompt *prompt = calloc(1, sizeof *prompt);
    char *question = strdup(wanted->question);

    if (!prompt || !question) {
        free(prompt);
        free(question);
        dismiss(app, answer, data);
        return;
    }
    start_asking(&prompt->asker, app, &ops, answer, data);
    prompt->question = question;
    prompt->minimum = wanted->minimum;
    field_init(&prompt->field, wanted->limit ? wanted->limit : PROMPT_LIMIT);
    prompt->field.secret = wanted->secret;
    if (wanted->initial)
        field_set(&prompt->field, wanted->initial);
    app_push_layer(app, &prompt->asker.view, LAYER_DIALOG);
}

/* --- one of several
 * ------------------------------------------------------------------------------- */

struct choose {
    struct asker asker;
    char *title;
    char **items;
    size_t count;
    size_t *shown; /* indices of items that match */
    struct field query;
    struct list list;
};

static enum context choose_context(struct view *view)
{
    (void)view;
    return CONTEXT_PICK;
}

static void choose_filter(struct choose *choose)
{
    size_t matching = 0;

    for (size_t i = 0; i < choose->count; i++)
        if (fuzzy_score(field_text_of(&choose->query), choose->items[i]) > 0)
            choose->shown[matching++] = i;
    list_set_count(&choose->list, matching);
    list_select(&choose->list, 0);
}

static void choose_draw_row(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct choose *choose = data;

    (void)canvas_put(canvas, row, STYLE_NORMAL, choose->items[choose->shown[index]]);
}

static void choose_draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct choose *choose = (struct choose *)view;
    int rows = choose->count < CHOOSE_ROWS_MAX ? (int)choose->count : CHOOSE_ROWS_MAX;
    struct area inside = overlay_box(canvas, area, rows + 1, box_columns(area), choose->title);

    field_draw(&choose->query, canvas, area_row(inside, 0), true);
    if (choose->list.count == 0)
        (void)canvas_put_wrapped(canvas, area_cut(inside, 1, 0, 0, 0), STYLE_MUTED,
                                 _("There is nothing of that name to choose."));
    else
        list_draw(&choose->list, canvas, area_cut(inside, 1, 0, 0, 0), choose_draw_row, choose);
}

static unsigned choose_take(struct choose *choose)
{
    struct app *app = choose->asker.view.app;
    struct asker asker = choose->asker;

    if (choose->list.count == 0)
        return STALE_NOTHING;
    size_t index = choose->shown[choose->list.selected];
    choose->asker.answer = NULL;
    app_close(app, &choose->asker.view);
    tell(&asker, app, (struct app_answer){.yes = true, .text = "", .index = index});
    return STALE_VIEW | STALE_FRAME;
}

static unsigned choose_command(struct view *view, enum command command, const char *argument)
{
    struct choose *choose = (struct choose *)view;

    if (command == COMMAND_OPEN)
        return choose_take(choose);
    unsigned stale = field_command(&choose->query, command);
    if (stale == STALE_VIEW)
        choose_filter(choose);
    return stale & STALE_UNHANDLED ? list_command(&choose->list, command, argument) : stale;
}

static unsigned choose_text(struct view *view, const struct input_event *event)
{
    struct choose *choose = (struct choose *)view;

    if (field_text(&choose->query, event) != STALE_NOTHING)
        choose_filter(choose);
    return STALE_VIEW;
}

static void choose_release(struct choose *choose)
{
    for (size_t i = 0; choose->items && i < choose->count; i++)
        free(choose->items[i]);
    free(choose->items);
    free(choose->shown);
    free(choose->title);
    field_release(&choose->query);
    free(choose);
}

static void choose_close(struct view *view)
{
    struct choose *choose = (struct choose *)view;

    tell_dismissed(&choose->asker);
    choose_release(choose);
}

/* Copies what the list shows; false without memory. */
static bool choose_copy(struct choose *choose, const char *title, const char *const *items,
                        size_t count)
{
    choose->title = strdup(title);
    choose->items = calloc(count + 1, sizeof *choose->items);
    choose->shown = calloc(count + 1, sizeof *choose->shown);
    if (!choose->title || !choose->items || !choose->shown)
        return false;
    for (; choose->count < count; choose->count++) {
        choose->items[choose->count] = strdup(items[choose->count]);
        if (!choose->items[choose->count])
            return false;
    }
    return true;
}

void app_choose(struct app *app, const char *title, const char *const *items, size_t count,
                size_t selected, app_answer_fn *answer, void *data)
{
    static const struct view_ops ops = {.context = choose_context,
                                        .draw = choose_draw,
                                        .command = choose_command,
                                        .text = choose_text,
                                        .close = choose_close};
    struct choose *choose = calloc(1, sizeof *choose);

    if (!choose || !choose_copy(choose, title, items, count)) {
        if (choose)
            choose_release(choose);
        dismiss(app, answer, data);
        return;
    }
    start_asking(&choose->asker, app, &ops, answer, data);
    field_init(&choose->query, CHOOSE_QUERY_MAX);
    choose->query.hint = _("Type to narrow the list");
    choose->list.keep_cursor = true;
    choose_filter(choose);
    list_select(&choose->list, selected);
    app_push_layer(app, &choose->asker.view, LAYER_DIALOG);
}
