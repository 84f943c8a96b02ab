#ifndef HUILIU_KEYMAPS_COMMAND_H
#define HUILIU_KEYMAPS_COMMAND_H
/*
 * The one table of everything a user can do. A row of commands.def is a command; key lookup, the
 * footer, the help page, the palette, the manual and the tests are all made from these rows, so
 * that none of them can tell a different story. Keymap files bind keys to commands by id and
 * never to other keys.
 *
 * Contexts say where the keyboard is. Each has a parent whose keys it inherits (fixed here, see
 * CONTEXT_LIST); a view names the context it is in, and may change it as its focus moves:
 *
 *     global
 *     ├── list          rows and a selection
 *     │   ├── home  file  queue  compare  sync  bundles
 *     ├── text          a text field has the keyboard: letters are text, never commands
 *     │   ├── pick      a filter field over a list
 *     │   │   ├── search  help  palette
 *     │   └── form      several fields
 *     │       ├── editor  verify  unlock  prompt
 *     └── dialog        a question with answers
 *
 * A command is available in the contexts its row names and in all their descendants.
 *
 * To add a command: add a row to commands.def, handle COMMAND_<NAME> in the view (or in
 * tui/app.c), bind a key in default.keys. Titles are English sources for gettext.
 *
 * Everything here is constant and thread-safe.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* C name, id in keymap files, parent */
#define CONTEXT_LIST(X)                                                                            \
    X(GLOBAL, "global", GLOBAL)                                                                    \
    X(LIST, "list", GLOBAL)                                                                        \
    X(TEXT, "text", GLOBAL)                                                                        \
    X(PICK, "pick", TEXT)                                                                          \
    X(FORM, "form", TEXT)                                                                          \
    X(DIALOG, "dialog", GLOBAL)                                                                    \
    X(HOME, "home", LIST)                                                                          \
    X(FILE, "file", LIST)                                                                          \
    X(QUEUE, "queue", LIST)                                                                        \
    X(COMPARE, "compare", LIST)                                                                    \
    X(NOTICES, "notices", LIST)                                                                    \
    X(SYNC, "sync", LIST)                                                                          \
    X(BUNDLES, "bundles", LIST)                                                                    \
    X(QUALITY, "quality", LIST)                                                                    \
    X(FINDINGS, "findings", LIST)                                                                  \
    X(LISTS, "lists", LIST)                                                                        \
    X(ROWS, "rows", LIST)                                                                          \
    X(SEARCH, "search", PICK)                                                                      \
    X(HELP, "help", PICK)                                                                          \
    X(PALETTE, "palette", PICK)                                                                    \
    X(EDITOR, "editor", FORM)                                                                      \
    X(VERIFY, "verify", FORM)                                                                      \
    X(UNLOCK, "unlock", FORM)                                                                      \
    X(PROMPT, "prompt", FORM)

enum context {
#define CONTEXT_ENUM(name, id, parent) CONTEXT_##name,
    CONTEXT_LIST(CONTEXT_ENUM)
#undef CONTEXT_ENUM
        CONTEXT_COUNT
};

/* Rows of the help page, in this order. */
#define COMMAND_GROUP_LIST(X)                                                                      \
    X(GO, N_("Go to"))                                                                             \
    X(MOVE, N_("Move"))                                                                            \
    X(TEXT, N_("Text fields"))                                                                     \
    X(RECORD, N_("Records and requests"))                                                          \
    X(REVIEW, N_("Review and delivery"))                                                           \
    X(GENERAL, N_("General"))

enum command_group {
#define COMMAND_GROUP_ENUM(name, title) COMMAND_GROUP_##name,
    COMMAND_GROUP_LIST(COMMAND_GROUP_ENUM)
#undef COMMAND_GROUP_ENUM
        COMMAND_GROUP_COUNT
};

enum command_danger {
    DANGER_NONE,     /* looks, moves, types */
    DANGER_UNDOABLE, /* changes something the user can change back here */
    DANGER_RECORDED, /* leaves this desk: confirmed first, never on a bare letter */
};

/* Who normally does it; the view's own check decides, this one greys the palette. */
enum command_role {
    ROLE_ANYONE,
    ROLE_CLERK,
    ROLE_SUPERVISOR,
};

enum command_argument {
    ARGUMENT_NONE,
    ARGUMENT_COUNT, /* optional whole number from 1: how often */
    ARGUMENT_TEXT,  /* optional text up to the end of the line */
};

enum {
    COMMAND_COUNTER = 1, /* counter work: must have a key that works with the input method on */
    COMMAND_HIDDEN = 2,  /* plumbing (cursor keys): not offered by the palette */
};

enum command {
    COMMAND_NONE,
#define COMMAND_ROW(name, ...) COMMAND_##name,
#include "keymaps/commands.def"
#undef COMMAND_ROW
    COMMAND_END
};

struct command_info {
    enum command command;
    const char *id;    /* kebab-case, as in keymap files */
    uint32_t contexts; /* CONTEXT_BIT()s */
    const char *title; /* English; pass through gettext with _() */
    enum command_group group;
    int footer; /* 0: not in the footer; else 1 (kept longest) to 9 */
    enum command_danger danger;
    enum command_role role;
    unsigned flags; /* COMMAND_COUNTER | COMMAND_HIDDEN */
    enum command_argument argument;
};

#define CONTEXT_BIT(context) (1u << (context))

const char *context_id(enum context context);
enum context context_parent(enum context context); /* of CONTEXT_GLOBAL: itself */
bool context_from_id(const char *id, size_t length, enum context *context);
/* True when `context` is `ancestor` or inherits from it. */
bool context_is_within(enum context context, enum context ancestor);
/* A text field has the keyboard: letters must not be bound. */
bool context_is_text(enum context context);

const struct command_info *command_info(enum command command); /* command in 1..COMMAND_END-1 */
const char *command_group_title(enum command_group group);     /* English, for _() */
/* What the command is called where the keyboard is: its title, or a word that says more there
 * ("Unlock" for "Submit"). English, for _(). */
const char *command_title(enum command command, enum context context);
enum command command_from_id(const char *id, size_t length); /* COMMAND_NONE when unknown */
bool command_is_available(enum command command, enum context context);

/* The id nearest to a misspelt one (edit distance at most 3), or NULL. */
const char *command_suggest(const char *id, size_t length);
const char *context_suggest(const char *id, size_t length);

#endif
