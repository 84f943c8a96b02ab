#include "base/i18n.h"
#include "keymaps/keymap_private.h"

#include <string.h>

static struct place place_of(const struct bound *bound)
{
    return (struct place){.file = bound->binding.file,
                          .source = bound->source,
                          .line = bound->binding.line,
                          .column = bound->column};
}

static bool runs(const struct bound *bound)
{
    return !bound->refused && bound->binding.command != COMMAND_NONE;
}

/* Both are looked at in one place: one context is the other's ancestor. */
static bool can_meet(enum context a, enum context b)
{
    return context_is_within(a, b) || context_is_within(b, a);
}

/* --- one binding by itself ------------------------------------------------------------------- */

static void check_typable(struct keymap *map, struct bound *bound)
{
    struct place place = place_of(bound);
    char written[KEY_TEXT_MAX];
    char sent[KEY_TEXT_MAX];

    for (size_t i = 0; i < bound->binding.key_count; i++) {
        struct key instead;
        if (!key_arrives_as(bound->binding.keys[i], &instead))
            continue;
        key_print(bound->binding.keys[i], written);
        key_print(instead, sent);
        keymap_add_problem(map, PROBLEM_WARNING, &place, _("terminals send %s as %s"), written,
                           sent);
    }
}

/* Letters belong to the text wherever a text field has, or may have, the keyboard. */
static void check_letters(struct keymap *map, struct bound *bound)
{
    const struct binding *binding = &bound->binding;
    struct place place = place_of(bound);

    if (!key_is_text(binding->keys[0]))
        return;
    if (binding->context == CONTEXT_GLOBAL || context_is_text(binding->context)) {
        keymap_add_problem(map, PROBLEM_ERROR, &place,
                           _("a character in [%s] would be taken away from text fields"),
                           context_id(binding->context));
        bound->refused = true;
    } else if (binding->key_count == 1 &&
               command_info(binding->command)->danger >= DANGER_RECORDED) {
        keymap_add_problem(map, PROBLEM_WARNING, &place,
                           _("%s leaves this desk: one character is too easily pressed"),
                           command_info(binding->command)->id);
    }
}

/* --- two bindings ---------------------------------------------------------------------------- */

/* What the keys would do there without this binding; NULL: nothing. */
static const struct binding *find_inherited(const struct keymap *map, const struct binding *binding)
{
    const struct binding *found = NULL;

    if (binding->context == CONTEXT_GLOBAL ||
        keymap_lookup(map, context_parent(binding->context), binding->keys, binding->key_count,
                      &found) != KEYMAP_RUN)
        return NULL;
    return found;
}

static void check_hiding(struct keymap *map, const struct bound *bound)
{
    struct place place = place_of(bound);
    const struct binding *hidden = find_inherited(map, &bound->binding);
    bool same = hidden && hidden->command == bound->binding.command;

    if (hidden && !same && !bound->overrides)
        keymap_add_problem(map, PROBLEM_WARNING, &place,
                           _("hides \"%s\" of [%s] (%s:%d); say \"override\" if that is meant"),
                           command_info(hidden->command)->id, context_id(hidden->context),
                           hidden->file, hidden->line);
    if (!hidden && bound->overrides)
        keymap_add_problem(map, PROBLEM_WARNING, &place,
                           _("there is no inherited key here to override"));
}

static void check_prefix(struct keymap *map, struct bound *bound, size_t before)
{
    const struct binding *binding = &bound->binding;
    struct place place = place_of(bound);

    for (size_t i = 0; i < before; i++) {
        const struct binding *other = &map->bounds[i].binding;
        size_t shorter =
            other->key_count < binding->key_count ? other->key_count : binding->key_count;
        if (!runs(&map->bounds[i]) || other->key_count == binding->key_count ||
            !can_meet(other->context, binding->context) ||
            !keys_equal(other->keys, binding->keys, shorter))
            continue;
        keymap_add_problem(map, PROBLEM_ERROR, &place,
                           _("one of these keys begins the other: \"%s\" in %s:%d"),
                           command_info(other->command)->id, other->file, other->line);
        bound->refused = true;
        return;
    }
}

/* --- the whole map --------------------------------------------------------------------------- */

static struct place whole(const struct keymap *map)
{
    return (struct place){.file = map->name};
}

/* A clerk who is lost has F1, a way back and a way out, wherever she is. */
static void check_way_out(struct keymap *map, enum command command)
{
    struct place place = whole(map);

    for (size_t i = 0; i < CONTEXT_COUNT; i++) {
        if (keymap_binding_of(map, (enum context)i, command, 0))
            continue;
        keymap_add_problem(map, PROBLEM_ERROR, &place, _("\"%s\" has no key in [%s]"),
                           command_info(command)->id, context_id((enum context)i));
        return;
    }
}

static bool needs_ime_off(const struct binding *binding)
{
    for (size_t i = 0; i < binding->key_count; i++)
        if (key_needs_ime_off(binding->keys[i]))
            return true;
    return false;
}

/* True when the command has keys there and each has a character in it. */
static bool only_characters(const struct keymap *map, enum context context, enum command command)
{
    bool bound = false;

    for (size_t i = 0; i < map->bound_count; i++) {
        const struct binding *binding = &map->bounds[i].binding;
        if (binding->command != command || !keymap_is_in_force(map, context, binding))
            continue;
        if (!needs_ime_off(binding))
            return false;
        bound = true;
    }
    return bound;
}

static void check_input_method(struct keymap *map)
{
    struct place place = whole(map);

    for (enum command command = COMMAND_NONE + 1; command < COMMAND_END; command++) {
        const struct command_info *info = command_info(command);
        for (size_t i = 0; (info->flags & COMMAND_COUNTER) && i < CONTEXT_COUNT; i++) {
            enum context context = (enum context)i;
            if (!(info->contexts & CONTEXT_BIT(context)) || !only_characters(map, context, command))
                continue;
            keymap_add_problem(map, PROBLEM_WARNING, &place,
                               _("with the input method on, no key reaches \"%s\" in [%s]"),
                               info->id, context_id(context));
        }
    }
}

static void drop_refused(struct keymap *map)
{
    size_t kept = 0;

    for (size_t i = 0; i < map->bound_count; i++)
        if (!map->bounds[i].refused)
            map->bounds[kept++] = map->bounds[i];
    map->bound_count = kept;
}

void keymap_check(struct keymap *map)
{
    for (size_t i = 0; i < map->bound_count; i++) {
        struct bound *bound = &map->bounds[i];
        if (bound->binding.command == COMMAND_NONE)
            continue;
        check_letters(map, bound);
        if (!bound->refused)
            check_prefix(map, bound, i);
    }
    drop_refused(map);
    for (size_t i = 0; i < map->bound_count; i++) {
        if (map->bounds[i].binding.command == COMMAND_NONE)
            continue;
        check_typable(map, &map->bounds[i]);
        check_hiding(map, &map->bounds[i]);
    }
    check_way_out(map, COMMAND_HELP);
    check_way_out(map, COMMAND_BACK);
    check_way_out(map, COMMAND_QUIT);
    check_input_method(map);
}
