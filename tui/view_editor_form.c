#include "base/i18n.h"
#include "tui/view_editor.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_LIMIT 500 /* characters */

static void init_input(struct field *input, enum field_type type)
{
    field_init(input, VALUE_LIMIT);
    input->fold = type == TYPE_RESIDENT_ID || type == TYPE_USCC || type == TYPE_CERTIFICATE_ID ||
                  type == TYPE_PHONE || type == TYPE_DATE || type == TYPE_INTEGER ||
                  type == TYPE_AMOUNT || type == TYPE_CODE || type == TYPE_DIVISION;
    input->hint = _("unchanged");
}

static struct editor_value *find_value(struct editor_view *editor, const char *name)
{
    for (size_t i = 0; i < editor->value_count; i++)
        if (strcmp(editor->values[i].source->name, name) == 0)
            return &editor->values[i];
    return NULL;
}

/* Moves the input of a field that was there before; its value may be another one by now. */
static void carry_over(struct editor_view *editor, struct editor_value *fresh)
{
    struct editor_value *before = find_value(editor, fresh->source->name);

    if (!before)
        return;
    field_release(&fresh->input);
    fresh->input = before->input;
    field_init(&before->input, VALUE_LIMIT);
    fresh->base_changed =
        before->base_changed || strcmp(before->source->base, fresh->source->base) != 0;
    editor_check_value(fresh);
}

static bool make_values(struct editor_view *editor, const struct editor_source *source)
{
    struct editor_value *values = calloc(source->value_count + 1, sizeof *values);

    if (!values)
        return false;
    for (size_t i = 0; i < source->value_count; i++) {
        values[i].source = &source->values[i];
        init_input(&values[i].input, source->values[i].type);
        carry_over(editor, &values[i]);
    }
    for (size_t i = 0; i < editor->value_count; i++)
        field_release(&editor->values[i].input);
    free(editor->values);
    editor->values = values;
    editor->value_count = source->value_count;
    return true;
}

static void add_path(struct editor_view *editor, const char *path)
{
    char *copy = path && path[0] ? strdup(path) : NULL;

    if (copy && editor->evidence_count < EDITOR_EVIDENCE_MAX)
        editor->evidence[editor->evidence_count++] = copy;
    else
        free(copy);
}

static enum editor_ground ground_from(const char *word)
{
    if (strcmp(word, "inaccurate") == 0)
        return GROUND_INACCURATE;
    return strcmp(word, "incomplete") == 0 ? GROUND_INCOMPLETE : GROUND_BY_FORM;
}

static void tell_draft(struct editor_view *editor, const json_t *draft)
{
    struct buf text = {0}, age = {0};

    part_ago(json_int(draft, "saved_ms", 0), &age);
    if (age.length > 0)
        buf_printf(&text, _("Your draft is continued; it was kept %s."), buf_text(&age));
    else
        buf_str(&text, _("Your draft is continued."));
    if (strcmp(json_text(draft, "rev", ""), editor->source->rev) != 0)
        buf_str(&text, _(" The record has changed since; the values shown are new."));
    (void)snprintf(editor->notice, sizeof editor->notice, "%s", buf_text(&text));
    buf_release(&text);
    buf_release(&age);
}

static void take_draft(struct editor_view *editor, const json_t *draft)
{
    const json_t *values = json_object_get(draft, "values");
    const json_t *paths = json_object_get(draft, "evidence");

    for (size_t i = 0; i < editor->value_count; i++) {
        struct editor_value *value = &editor->values[i];
        field_set(&value->input, json_text(values, value->source->name, ""));
        editor_check_value(value);
    }
    editor->ground = ground_from(json_text(draft, "ground", ""));
    field_set(&editor->reason, json_text(draft, "reason", ""));
    for (size_t i = 0; i < json_array_size(paths); i++)
        add_path(editor, json_string_value(json_array_get(paths, i)));
    if (!editor->previous[0])
        (void)snprintf(editor->previous, sizeof editor->previous, "%s",
                       json_text(draft, "previous", ""));
    editor->has_draft = true;
    tell_draft(editor, draft);
}

static void take_previous(struct editor_view *editor)
{
    const struct editor_source *source = editor->source;

    for (size_t i = 0; i < editor->value_count; i++)
        if (source->values[i].previous) {
            field_set(&editor->values[i].input, source->values[i].previous);
            editor_check_value(&editor->values[i]);
        }
    if (source->previous_ground)
        editor->ground = ground_from(source->previous_ground);
    if (source->previous_reason)
        field_set(&editor->reason, source->previous_reason);
    if (source->return_reason)
        (void)snprintf(editor->notice, sizeof editor->notice, _("Returned: %s"),
                       source->return_reason);
}

/* A draft of another submission is not mixed into a resubmission. */
static bool draft_belongs(const struct editor_view *editor)
{
    const json_t *draft = editor->source->draft;

    return draft && (!editor->previous[0] ||
                     strcmp(json_text(draft, "previous", ""), editor->previous) == 0);
}

/* The clerk sees where it comes from, and has nothing to take back by leaving. */
static void take_proposal(struct editor_view *editor)
{
    struct editor_value *value = find_value(editor, editor->focus_field);
    struct buf text = {0};

    if (!editor->proposal || !value || field_text_of(&value->input)[0])
        return;
    field_set(&value->input, editor->proposal);
    editor_check_value(value);
    buf_printf(&text, _("Filled in as \"%s\" says: see whether it is right."), editor->proposed_by);
    buf_printf(&text, "%s%s", editor->notice[0] ? "  " : "", editor->notice);
    (void)snprintf(editor->notice, sizeof editor->notice, "%s", buf_text(&text));
    buf_release(&text);
}

static void start_form(struct editor_view *editor)
{
    editor->focus = 0;
    for (size_t i = 0; i < editor->value_count; i++)
        if (strcmp(editor->values[i].source->name, editor->focus_field) == 0)
            editor->focus = i;
    if (editor->source->open_requests > 0)
        (void)snprintf(editor->notice, sizeof editor->notice,
                       ngettext("There is %zu open request about this record already.",
                                "There are %zu open requests about this record already.",
                                editor->source->open_requests),
                       editor->source->open_requests);
    if (editor->previous[0])
        take_previous(editor);
    if (draft_belongs(editor))
        take_draft(editor, editor->source->draft);
    take_proposal(editor);
}

void editor_take_source(struct editor_view *editor, struct editor_source *source)
{
    bool first = !editor->source;

    if (!make_values(editor, source)) {
        editor_source_free(source);
        return;
    }
    editor_source_free(editor->source);
    editor->source = source;
    if (editor->focus >= editor_item_count(editor))
        editor->focus = 0;
    if (first)
        start_form(editor);
}
