#include "tui/view_editor.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "db/wording.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REASON_LIMIT  1000
#define KEEP_AFTER_MS 2000
#define CODES_MAX     128
#define PAGE_ITEMS    5
#define PATH_LIMIT    1000

/* --- items ----------------------------------------------------------------------------------- */

size_t editor_item_count(const struct editor_view *editor)
{
    return editor->value_count + EDITOR_TAIL_COUNT;
}

struct field *editor_item_field(struct editor_view *editor, size_t item)
{
    if (item < editor->value_count)
        return &editor->values[item].input;
    return item == editor->value_count + EDITOR_REASON ? &editor->reason : NULL;
}

struct editor_value *editor_focused_value(struct editor_view *editor)
{
    return editor->focus < editor->value_count ? &editor->values[editor->focus] : NULL;
}

static bool is_on(const struct editor_view *editor, enum editor_tail tail)
{
    return editor->focus == editor->value_count + (size_t)tail;
}

/* As long as the clerk has not chosen: a value that is missing is incomplete, another inaccurate.
 */
static enum editor_ground ground_of(const struct editor_view *editor)
{
    if (editor->ground != GROUND_BY_FORM)
        return editor->ground;
    for (size_t i = 0; i < editor->value_count; i++)
        if (editor_value_is_change(&editor->values[i]))
            return editor->values[i].source->base[0] ? GROUND_INACCURATE : GROUND_INCOMPLETE;
    return GROUND_INACCURATE;
}

const char *editor_ground_word(const struct editor_view *editor)
{
    return ground_of(editor) == GROUND_INCOMPLETE ? "incomplete" : "inaccurate";
}

void editor_edited(struct editor_view *editor)
{
    if (!editor->dirty)
        editor->edit_ms = clock_mono_ms();
    editor->dirty = true;
    editor->failure[0] = '\0';
    editor->again = false;
}

/* --- moving ---------------------------------------------------------------------------------- */

/* Leaves the item: what was typed is looked at and kept. */
static unsigned go_to(struct editor_view *editor, size_t item)
{
    struct editor_value *value = editor_focused_value(editor);

    if (value)
        editor_check_value(value);
    if (editor->dirty)
        editor_keep(editor, false);
    editor->focus = item;
    return STALE_VIEW | STALE_FRAME;
}

static unsigned next_item(struct editor_view *editor, int step)
{
    size_t count = editor_item_count(editor);

    return go_to(editor, (editor->focus + count + (size_t)(step + (int)count)) % count);
}

static unsigned page_items(struct editor_view *editor, int step)
{
    size_t last = editor_item_count(editor) - 1;

    if (step > 0)
        return go_to(editor, editor->focus + PAGE_ITEMS > last ? last : editor->focus + PAGE_ITEMS);
    return go_to(editor, editor->focus < PAGE_ITEMS ? 0 : editor->focus - PAGE_ITEMS);
}

/* --- choosing -------------------------------------------------------------------------------- */

static struct editor_view *owner(struct app *app, const struct app_answer *answer)
{
    struct editor_view *editor = (struct editor_view *)app_find_view(app, answer->owner);

    return editor && editor->source && !editor->saving ? editor : NULL;
}

static void set_value(struct editor_view *editor, struct editor_value *value, const char *text)
{
    field_set(&value->input, text);
    editor_check_value(value);
    editor_edited(editor);
    app_stale(editor->view.app, STALE_VIEW | STALE_FRAME);
}

static void free_titles(char *titles[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(titles[i]);
}

static void answer_code(struct app *app, const struct app_answer *answer)
{
    struct editor_view *editor = owner(app, answer);
    struct editor_value *value = editor ? editor_focused_value(editor) : NULL;
    char codes[CODES_MAX][8];
    char *titles[CODES_MAX];

    if (!value || !answer->yes || !value->source->codes)
        return;
    size_t count = editor_codes(value->source, codes, titles, CODES_MAX);
    if (answer->index < count)
        set_value(editor, value, codes[answer->index]);
    free_titles(titles, count);
}

static bool choose_code(struct editor_view *editor, const struct editor_value *value)
{
    char codes[CODES_MAX][8];
    char *titles[CODES_MAX];
    size_t selected = 0;

    if (!value->source->codes)
        return false;
    size_t count = editor_codes(value->source, codes, titles, CODES_MAX);
    for (size_t i = 0; i < count; i++)
        if (strcmp(codes[i], field_text_of(&value->input)) == 0)
            selected = i;
    if (count > 0)
        app_choose(editor->view.app, value->source->title, (const char *const *)titles, count,
                   selected, answer_code, NULL);
    free_titles(titles, count);
    return count > 0;
}

static void answer_boolean(struct app *app, const struct app_answer *answer)
{
    struct editor_view *editor = owner(app, answer);
    struct editor_value *value = editor ? editor_focused_value(editor) : NULL;

    if (value && answer->yes)
        set_value(editor, value, answer->index == 0 ? _("yes") : _("no"));
}

static void answer_ground(struct app *app, const struct app_answer *answer)
{
    struct editor_view *editor = owner(app, answer);

    if (!editor || !answer->yes)
        return;
    editor->ground = answer->index == 0 ? GROUND_INACCURATE : GROUND_INCOMPLETE;
    editor_edited(editor);
    app_stale(app, STALE_VIEW);
}

static void choose_of_two(struct editor_view *editor, const char *title, const char *first,
                          const char *second, size_t selected, app_answer_fn *answer)
{
    const char *const items[] = {first, second};

    app_choose(editor->view.app, title, items, 2, selected, answer, NULL);
}

/* The value as it stands, to be changed instead of typed again; for a date, today. */
static void offer_value(struct editor_view *editor, struct editor_value *value)
{
    char today[DATE_TEXT_MAX];

    if (value->source->raw && value->source->raw[0] && field_is_empty(&value->input)) {
        set_value(editor, value, value->source->raw);
    } else if (value->source->type == TYPE_DATE) {
        date_format(date_today(), today);
        set_value(editor, value, today);
    }
}

static unsigned choose(struct editor_view *editor)
{
    struct editor_value *value = editor_focused_value(editor);

    if (is_on(editor, EDITOR_GROUND))
        choose_of_two(editor, _("Ground"), wording_ground("inaccurate"),
                      wording_ground("incomplete"), ground_of(editor) == GROUND_INCOMPLETE,
                      answer_ground);
    else if (value && value->source->type == TYPE_BOOLEAN)
        choose_of_two(editor, value->source->title, _("yes"), _("no"), 0, answer_boolean);
    else if (value && !choose_code(editor, value))
        offer_value(editor, value);
    return STALE_VIEW | STALE_FRAME;
}

/* --- commands -------------------------------------------------------------------------------- */

static void answer_path(struct app *app, const struct app_answer *answer)
{
    struct editor_view *editor = owner(app, answer);

    if (editor && answer->yes)
        editor_attach(editor, answer->text);
}

static unsigned attach(struct editor_view *editor)
{
    const struct app_prompt prompt = {
        .question = _("File to attach (PDF or picture, at most 4 MiB):"),
        .limit = PATH_LIMIT,
        .minimum = 1,
    };

    app_prompt(editor->view.app, &prompt, answer_path, NULL);
    return STALE_VIEW | STALE_FRAME;
}

static void answer_discard(struct app *app, const struct app_answer *answer)
{
    struct editor_view *editor = owner(app, answer);

    if (!editor || !answer->yes)
        return;
    editor_drop_draft(editor);
    editor->dismissed = true;
    app_close(app, &editor->view);
}

static unsigned discard(struct editor_view *editor)
{
    app_confirm(editor->view.app, _("Throw away what was entered here?"),
                _("The draft is removed from this computer. Nothing has been submitted."),
                DANGER_RECORDED, answer_discard, NULL);
    return STALE_VIEW | STALE_FRAME;
}

static unsigned submit(struct editor_view *editor)
{
    struct buf what = {0};
    size_t item = 0;

    if (editor_check(editor, &item, &what)) {
        if (editor->dirty)
            editor_keep(editor, false);
        editor_submit(editor);
    } else {
        (void)go_to(editor, item);
        app_say(editor->view.app, STYLE_ERROR, "%s", buf_text(&what));
    }
    buf_release(&what);
    return STALE_VIEW | STALE_FRAME;
}

static unsigned remove_evidence(struct editor_view *editor)
{
    if (editor->evidence_count == 0)
        return STALE_NOTHING;
    free(editor->evidence[--editor->evidence_count]);
    editor_edited(editor);
    return STALE_VIEW;
}

static unsigned edit_ground(struct editor_view *editor, enum command command)
{
    if (command != COMMAND_CURSOR_LEFT && command != COMMAND_CURSOR_RIGHT)
        return STALE_NOTHING;
    editor->ground = ground_of(editor) == GROUND_INCOMPLETE ? GROUND_INACCURATE : GROUND_INCOMPLETE;
    editor_edited(editor);
    return STALE_VIEW;
}

/* Commands of the text context go to the focused item. */
static unsigned edit(struct editor_view *editor, enum command command)
{
    struct field *field = editor_item_field(editor, editor->focus);
    struct editor_value *value = editor_focused_value(editor);

    if (!command_is_available(command, CONTEXT_TEXT) ||
        command_info(command)->contexts == CONTEXT_BIT(CONTEXT_GLOBAL))
        return STALE_UNHANDLED;
    if (!field && is_on(editor, EDITOR_GROUND))
        return edit_ground(editor, command);
    if (!field)
        return command == COMMAND_CLEAR_FIELD || command == COMMAND_DELETE_RIGHT
                   ? remove_evidence(editor)
                   : STALE_NOTHING;
    size_t before = field->text.length;
    unsigned stale = field_command(field, command);
    if (field->text.length != before) {
        editor_edited(editor);
        if (value)
            value->note[0] = '\0';
    }
    return stale;
}

static unsigned editor_command(struct view *view, enum command command, const char *argument)
{
    struct editor_view *editor = (struct editor_view *)view;

    (void)argument;
    switch ((int)command) {
    case COMMAND_NEXT_FIELD:
        return next_item(editor, 1);
    case COMMAND_PREV_FIELD:
        return next_item(editor, -1);
    case COMMAND_PAGE_DOWN:
        return page_items(editor, 1);
    case COMMAND_PAGE_UP:
        return page_items(editor, -1);
    case COMMAND_CHOOSE:
        return choose(editor);
    case COMMAND_ATTACH:
        return attach(editor);
    case COMMAND_DISCARD:
        return discard(editor);
    case COMMAND_SAVE_DRAFT:
        editor_keep(editor, true);
        return STALE_VIEW;
    case COMMAND_SUBMIT:
        return submit(editor);
    default:
        return edit(editor, command);
    }
}

/* Ground and evidence are chosen, not typed: a character there must not vanish without a word. */
static unsigned refuse_typing(struct editor_view *editor)
{
    bool ground = is_on(editor, EDITOR_GROUND);
    struct buf key = {0};

    part_key(editor->view.app, CONTEXT_EDITOR, ground ? COMMAND_CHOOSE : COMMAND_ATTACH, &key);
    app_say(editor->view.app, STYLE_MUTED,
            ground ? _("This is chosen: %s shows the list, left and right change it.")
                   : _("Files are attached, not typed: %s asks for one."),
            buf_text(&key));
    buf_release(&key);
    return STALE_FRAME;
}

static unsigned editor_text(struct view *view, const struct input_event *event)
{
    struct editor_view *editor = (struct editor_view *)view;
    struct field *field = editor_item_field(editor, editor->focus);
    struct editor_value *value = editor_focused_value(editor);

    if (!editor->source || editor->saving)
        return STALE_NOTHING;
    if (!field)
        return refuse_typing(editor);
    if (field_text(field, event) == STALE_NOTHING)
        return STALE_NOTHING;
    editor_edited(editor);
    if (value)
        value->note[0] = '\0';
    return STALE_VIEW;
}

/* --- what is possible ------------------------------------------------------------------------ */

static bool may_choose(struct editor_view *editor, char reason[VIEW_REASON_MAX])
{
    const struct editor_value *value = editor_focused_value(editor);

    if (is_on(editor, EDITOR_GROUND))
        return true;
    if (!value)
        return words_refuse(reason, _("There is nothing to choose from here."));
    if (value->source->codes || value->source->type == TYPE_BOOLEAN ||
        value->source->type == TYPE_DATE)
        return true;
    return (value->source->raw && value->source->raw[0] && field_is_empty(&value->input)) ||
           words_refuse(reason, _("There is nothing to choose from here."));
}

static bool editor_enabled(struct view *view, enum command command, char reason[VIEW_REASON_MAX])
{
    struct editor_view *editor = (struct editor_view *)view;

    if (command_info(command)->contexts == CONTEXT_BIT(CONTEXT_GLOBAL))
        return true;
    if (!editor->source)
        return words_refuse(reason, _("The record has not been read yet."));
    if (editor->saving)
        return words_refuse(reason, _("The request is being saved."));
    if (command == COMMAND_CHOOSE)
        return may_choose(editor, reason);
    if (command == COMMAND_ATTACH && editor->evidence_count == EDITOR_EVIDENCE_MAX)
        return words_refuse(reason, _("No more files can be attached."));
    if (command == COMMAND_SUBMIT && !workplace_outbox(editor->place))
        return words_refuse(reason, _("This window can only read; another one is open."));
    return true;
}

static unsigned editor_tick(struct view *view, int64_t now, int *next)
{
    struct editor_view *editor = (struct editor_view *)view;
    int64_t wait = editor->edit_ms + KEEP_AFTER_MS - now;

    if (!editor->loading && !editor->saving &&
        refresh_is_due(&editor->refresh, editor->place, view))
        editor_load(editor);
    if (!editor->dirty || editor->saving)
        return STALE_NOTHING;
    if (wait <= 0)
        editor_keep(editor, false);
    else if (*next < 0 || wait < *next)
        *next = (int)wait;
    return STALE_NOTHING;
}

static bool editor_waits(struct view *view)
{
    const struct editor_view *editor = (const struct editor_view *)view;

    return editor->saving || (!editor->source && !editor->failure[0]);
}

/* --- life ------------------------------------------------------------------------------------ */

static const char *editor_title(struct view *view)
{
    (void)view;
    return _("Correction");
}

static enum context editor_context(struct view *view)
{
    (void)view;
    return CONTEXT_EDITOR;
}

static void editor_close(struct view *view)
{
    struct editor_view *editor = (struct editor_view *)view;

    if ((editor->dirty || editor->has_draft) && !editor->dismissed && !editor->saving)
        editor_keep(editor, true);
    for (size_t i = 0; i < editor->value_count; i++)
        field_release(&editor->values[i].input);
    for (size_t i = 0; i < editor->evidence_count; i++)
        free(editor->evidence[i]);
    field_release(&editor->reason);
    free(editor->values);
    free(editor->proposal);
    free(editor->proposed_by);
    editor_source_free(editor->source);
    free(editor);
}

void editor_view_focus(struct view *view, const char *field)
{
    struct editor_view *editor = (struct editor_view *)view;

    (void)snprintf(editor->focus_field, sizeof editor->focus_field, "%s", field);
}

void editor_view_propose(struct view *view, const char *value, const char *by)
{
    struct editor_view *editor = (struct editor_view *)view;
    char *proposal = strdup(value), *proposed_by = strdup(by);

    free(editor->proposal);
    free(editor->proposed_by);
    if (!proposal || !proposed_by) {
        free(proposal);
        free(proposed_by);
        proposal = proposed_by = NULL;
    }
    editor->proposal = proposal;
    editor->proposed_by = proposed_by;
}

struct view *editor_view_new(struct workplace *place, const char *dataset, const char *record,
                             const char *previous)
{
    static const struct view_ops ops = {.title = editor_title,
                                        .context = editor_context,
                                        .draw = editor_draw,
                                        .command = editor_command,
                                        .text = editor_text,
                                        .tick = editor_tick,
                                        .enabled = editor_enabled,
                                        .waits = editor_waits,
                                        .close = editor_close};
    struct editor_view *editor = calloc(1, sizeof *editor);

    if (!editor)
        return NULL;
    editor->view.ops = &ops;
    editor->place = place;
    (void)snprintf(editor->dataset, sizeof editor->dataset, "%s", dataset);
    (void)snprintf(editor->record, sizeof editor->record, "%s", record);
    (void)snprintf(editor->previous, sizeof editor->previous, "%s", previous);
    field_init(&editor->reason, REASON_LIMIT);
    return &editor->view;
}
