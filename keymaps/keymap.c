#include "keymaps/keymap.h"

#include "base/i18n.h"
#include "base/text.h"
#include "keymaps/keymap_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void keymap_free(struct keymap *map)
{
    if (!map)
        return;
    arena_free(map->arena);
    free(map);
}

/* --- problems ------------------------------------------------------------------------------- */

void keymap_add_problem(struct keymap *map, enum problem_level level, const struct place *place,
                        const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list args;

    if (level == PROBLEM_ERROR)
        map->error_count++;
    if (map->problem_count >= KEYMAP_PROBLEMS_MAX)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char *kept = arena_str(map->arena, text);
    char *source = arena_str(map->arena, place->source ? place->source : "");
    if (!kept || !source)
        return;
    struct problem *problem =
        arena_push(map->arena, &map->problems, &map->problem_count, sizeof *map->problems);
    if (!problem)
        return;
    *problem = (struct problem){.level = level,
                                .file = place->file,
                                .line = place->line,
                                .column = place->column,
                                .text = kept,
                                .source = source};
}

const struct problem *keymap_problems(const struct keymap *map, size_t *count)
{
    *count = map->problem_count;
    return map->problems;
}

size_t keymap_error_count(const struct keymap *map)
{
    return map->error_count;
}

/* Cells of the part of the line before the column, as it is shown. */
static int width_before(const char *source, int column)
{
    size_t length = strlen(source);
    size_t at = 0;
    size_t used;
    struct buf shown = {0};

    for (int i = 1; i < column && at < length; i++, at += used)
        (void)text_decode(source + at, length - at, &used);
    text_show(&shown, source, at);
    int width = text_width(buf_text(&shown));
    buf_release(&shown);
    return width;
}

void keymap_print_problem(const struct problem *problem, struct buf *out)
{
    const char *level = problem->level == PROBLEM_ERROR ? _("error") : _("warning");

    text_show(out, problem->file, strlen(problem->file));
    if (problem->line > 0)
        buf_printf(out, ":%d:%d", problem->line, problem->column);
    buf_printf(out, ": %s: ", level);
    text_show(out, problem->text, strlen(problem->text));
    buf_char(out, '\n');
    if (problem->source[0] == '\0')
        return;
    buf_str(out, "    ");
    text_show(out, problem->source, strlen(problem->source));
    buf_printf(out, "\n    %*s^\n", width_before(problem->source, problem->column), "");
}

/* --- lookup --------------------------------------------------------------------------------- */

bool keys_equal(const struct key *a, const struct key *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!key_equal(a[i], b[i]))
            return false;
    return true;
}

/* What one context alone answers. */
static enum keymap_answer lookup_here(const struct keymap *map, enum context context,
                                      const struct key *keys, size_t count,
                                      const struct binding **binding)
{
    const struct binding *exact = NULL;

    for (size_t i = 0; i < map->bound_count; i++) {
        const struct binding *here = &map->bounds[i].binding;
        if (here->context != context || here->key_count < count ||
            !keys_equal(here->keys, keys, count))
            continue;
        if (here->key_count > count && here->command != COMMAND_NONE)
            return KEYMAP_WAIT;
        if (here->key_count == count)
            exact = here;
    }
    if (!exact)
        return KEYMAP_NONE;
    *binding = exact;
    return KEYMAP_RUN;
}

enum keymap_answer keymap_lookup(const struct keymap *map, enum context context,
                                 const struct key *keys, size_t count,
                                 const struct binding **binding)
{
    const struct binding *found = NULL;

    if (count == 0 || count > KEYMAP_CHORD_MAX)
        return KEYMAP_NONE;
    for (;; context = context_parent(context)) {
        enum keymap_answer answer = lookup_here(map, context, keys, count, &found);
        if (answer == KEYMAP_RUN && found->command == COMMAND_NONE)
            return KEYMAP_NONE;
        if (answer != KEYMAP_NONE) {
            if (answer == KEYMAP_RUN)
                *binding = found;
            return answer;
        }
        if (context == CONTEXT_GLOBAL)
            return KEYMAP_NONE;
    }
}

bool keymap_is_in_force(const struct keymap *map, enum context context,
                        const struct binding *binding)
{
    const struct binding *found = NULL;

    return context_is_within(context, binding->context) &&
           keymap_lookup(map, context, binding->keys, binding->key_count, &found) == KEYMAP_RUN &&
           found == binding;
}

const struct binding *keymap_binding_of(const struct keymap *map, enum context context,
                                        enum command command, size_t index)
{
    for (enum context here = context;; here = context_parent(here)) {
        for (size_t i = 0; i < map->bound_count; i++) {
            const struct binding *binding = &map->bounds[i].binding;
            if (binding->context != here || binding->command != command ||
                !keymap_is_in_force(map, context, binding))
                continue;
            if (index == 0)
                return binding;
            index--;
        }
        if (here == CONTEXT_GLOBAL)
            return NULL;
    }
}

size_t keymap_binding_count(const struct keymap *map)
{
    return map->bound_count;
}

const struct binding *keymap_binding_at(const struct keymap *map, size_t index)
{
    return index < map->bound_count ? &map->bounds[index].binding : NULL;
}

/* --- names ---------------------------------------------------------------------------------- */

static const char *in_language(const char *language, const char *zh, const char *en)
{
    if (strcmp(language, "zh") == 0)
        return zh ? zh : en;
    return en ? en : zh;
}

const char *keymap_title(const struct keymap *map, const char *language)
{
    const char *title = in_language(language, map->title_zh, map->title_en);

    return title ? title : map->name;
}

const char *keymap_group(const struct keymap *map, enum context context, const struct key *keys,
                         size_t count, const char *language)
{
    for (;; context = context_parent(context)) {
        for (size_t i = map->group_count; i > 0; i--) {
            const struct group_name *group = &map->groups[i - 1];
            if (group->context == context && group->key_count == count &&
                keys_equal(group->keys, keys, count))
                return in_language(language, group->zh, group->en);
        }
        if (context == CONTEXT_GLOBAL)
            return NULL;
    }
}

void keymap_label(const struct binding *binding, struct buf *out)
{
    char label[KEY_TEXT_MAX];

    for (size_t i = 0; i < binding->key_count; i++) {
        if (i > 0)
            buf_char(out, ' ');
        buf_bytes(out, label, key_label(binding->keys[i], label));
    }
}

static void describe_binding(const struct binding *binding, struct buf *out)
{
    char notation[KEY_TEXT_MAX];
    const struct command_info *info = command_info(binding->command);

    buf_str(out, "| `");
    for (size_t i = 0; i < binding->key_count; i++)
        buf_bytes(out, notation, key_print(binding->keys[i], notation));
    buf_str(out, "` | ");
    if (binding->command == COMMAND_NONE)
        buf_printf(out, "- | %s", _("nothing"));
    else
        buf_printf(out, "`%s%s%s` | %s", info->id, binding->argument[0] ? " " : "",
                   binding->argument, _(info->title));
    buf_printf(out, " | %s:%d |\n", binding->file, binding->line);
}

void keymap_describe(const struct keymap *map, struct buf *out)
{
    for (size_t context = 0; context < CONTEXT_COUNT; context++) {
        bool headed = false;
        for (size_t i = 0; i < map->bound_count; i++) {
            const struct binding *binding = &map->bounds[i].binding;
            if (binding->context != (enum context)context)
                continue;
            if (!headed)
                buf_printf(out, "%s## %s\n\n| %s | %s | %s | %s |\n|---|---|---|---|\n",
                           out->length ? "\n" : "", context_id((enum context)context), _("Keys"),
                           _("Command"), _("What it does"), _("Defined in"));
            headed = true;
            describe_binding(binding, out);
        }
    }
}
