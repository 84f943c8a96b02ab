#include "keymaps/command.h"

#include "base/i18n.h"

#include <string.h>

static const struct command_info commands[] = {
    {.command = COMMAND_NONE, .id = "", .title = ""},
#define COMMAND_ROW(name, id, contexts, title, group, footer, danger, role, flags, argument)       \
    {COMMAND_##name, id,     contexts, title, COMMAND_GROUP_##group,                               \
     footer,         danger, role,     flags, argument},
#include "keymaps/commands.def"
#undef COMMAND_ROW
};

static const struct {
    const char *id;
    enum context parent;
} contexts[] = {
#define CONTEXT_ROW(name, id, parent) {id, CONTEXT_##parent},
    CONTEXT_LIST(CONTEXT_ROW)
#undef CONTEXT_ROW
};

static const char *const group_titles[] = {
#define COMMAND_GROUP_ROW(name, title) title,
    COMMAND_GROUP_LIST(COMMAND_GROUP_ROW)
#undef COMMAND_GROUP_ROW
};

const char *context_id(enum context context)
{
    return contexts[context].id;
}

enum context context_parent(enum context context)
{
    return contexts[context].parent;
}

static bool is_id(const char *id, const char *text, size_t length)
{
    return strlen(id) == length && memcmp(id, text, length) == 0;
}

bool context_from_id(const char *id, size_t length, enum context *context)
{
    for (size_t i = 0; i < CONTEXT_COUNT; i++) {
        if (is_id(contexts[i].id, id, length)) {
            *context = (enum context)i;
            return true;
        }
    }
    return false;
}

bool context_is_within(enum context context, enum context ancestor)
{
    while (context != ancestor && context != CONTEXT_GLOBAL)
        context = context_parent(context);
    return context == ancestor;
}

bool context_is_text(enum context context)
{
    return context_is_within(context, CONTEXT_TEXT);
}

const struct command_info *command_info(enum command command)
{
    return &commands[command < COMMAND_END ? command : COMMAND_NONE];
}

const char *command_group_title(enum command_group group)
{
    return group_titles[group];
}

static const struct {
    enum command command;
    enum context context; /* and what lies below it, unless a row of its own comes first */
    const char *title;
} local_titles[] = {
    {COMMAND_SUBMIT, CONTEXT_VERIFY, N_("Verify")},
    {COMMAND_SUBMIT, CONTEXT_UNLOCK, N_("Unlock")},
    {COMMAND_SUBMIT, CONTEXT_PROMPT, N_("OK")},
    {COMMAND_OPEN, CONTEXT_SEARCH, N_("Open")},
    {COMMAND_OPEN, CONTEXT_HELP, N_("Run")},
    {COMMAND_OPEN, CONTEXT_PALETTE, N_("Run")},
    {COMMAND_OPEN, CONTEXT_PICK, N_("Choose")},
    {COMMAND_OPEN, CONTEXT_VERIFY, N_("Open the file")},
};

const char *command_title(enum command command, enum context context)
{
    for (size_t i = 0; i < sizeof local_titles / sizeof *local_titles; i++)
        if (local_titles[i].command == command &&
            context_is_within(context, local_titles[i].context))
            return local_titles[i].title;
    return command_info(command)->title;
}

enum command command_from_id(const char *id, size_t length)
{
    for (size_t i = 1; i < COMMAND_END; i++)
        if (is_id(commands[i].id, id, length))
            return commands[i].command;
    return COMMAND_NONE;
}

bool command_is_available(enum command command, enum context context)
{
    uint32_t where = command_info(command)->contexts;

    for (;;) {
        if (where & CONTEXT_BIT(context))
            return true;
        if (context == CONTEXT_GLOBAL)
            return false;
        context = context_parent(context);
    }
}

/* --- nearest names -------------------------------------------------------------------------- */

#define SUGGEST_LENGTH_MAX   24
#define SUGGEST_DISTANCE_MAX 3

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Levenshtein distance over one row; ids and words longer than the row are never near. */
static int edit_distance(const char *id, const char *word, size_t length)
{
    int row[SUGGEST_LENGTH_MAX + 1];
    size_t id_length = strlen(id);

    if (length > SUGGEST_LENGTH_MAX || id_length > SUGGEST_LENGTH_MAX)
        return SUGGEST_DISTANCE_MAX + 1;
    for (size_t j = 0; j <= length; j++)
        row[j] = (int)j;
    for (size_t i = 0; i < id_length; i++) {
        int diagonal = row[0];
        row[0] = (int)i + 1;
        for (size_t j = 0; j < length; j++) {
            int above = row[j + 1];
            int change = diagonal + (id[i] != word[j]);
            row[j + 1] = least(least(above + 1, row[j] + 1), change);
            diagonal = above;
        }
    }
    return row[length];
}

struct nearest {
    const char *id;
    int distance;
};

static void consider(struct nearest *nearest, const char *id, const char *word, size_t length)
{
    int distance = edit_distance(id, word, length);

    if (distance < nearest->distance && (size_t)distance < length)
        *nearest = (struct nearest){id, distance};
}

const char *command_suggest(const char *id, size_t length)
{
    struct nearest nearest = {.distance = SUGGEST_DISTANCE_MAX + 1};

    for (size_t i = 1; i < COMMAND_END; i++)
        consider(&nearest, commands[i].id, id, length);
    return nearest.id;
}

const char *context_suggest(const char *id, size_t length)
{
    struct nearest nearest = {.distance = SUGGEST_DISTANCE_MAX + 1};

    for (size_t i = 0; i < CONTEXT_COUNT; i++)
        consider(&nearest, contexts[i].id, id, length);
    return nearest.id;
}
