#ifndef HUILIU_KEYMAPS_KEYMAP_H
#define HUILIU_KEYMAPS_KEYMAP_H
/*
 * Keymaps: text files that bind keys to commands, line by line.
 *
 *     # comment                       to the end of the line, also after a binding
 *     title en Standard               name of the map; also: title zh 标准键位
 *     include default.keys            a file of the same folder, up to 8 deep, no loops; what the
 *                                     including file says wins, before and after this line
 *     [list]                          a context; its parent's keys are inherited
 *     <Down> <C-n>    row-down        several keys, one command
 *     gg <C-x><C-t>   row-first       a chord: keys without a blank, up to 3; no time limit
 *     <A-Down>        row-down 10     a command with an argument
 *     override <F5>   refresh         changes what an inherited key means, and says so
 *     unbind <C-z>                    takes an inherited or included key away
 *     group g en Go                   what the first key of a chord stands for; also: zh
 *
 * keymap_parse() reads from memory and asks a loader for included files; keymap_load() reads
 * NAME.keys from a folder, and the standard map from inside the program when it is not there, so
 * that a missing folder locks nobody out. Neither fails because of what a file says: each wrong
 * line is left out and reported as a problem with file, line, column and a caret. The caller
 * decides: a map with errors is not put in place of a good one (keymap_error_count()).
 *
 * Checked while loading: key bound twice in one section; key that is the start of a chord;
 * hiding an inherited key without `override`; keys no terminal sends; unknown command, key or
 * context (with the nearest name); command not available in the context; help, back and quit
 * missing somewhere; a letter in a text context; a recorded act on a bare letter; counter
 * commands that only a letter reaches.
 *
 * A map is immutable after loading and may be read from any thread.
 */
#include "base/buf.h"
#include "base/error.h"
#include "keymaps/command.h"
#include "keymaps/key.h"

#define KEYMAP_CHORD_MAX    3 /* shorter than any command's id: a word of 4 letters is no chord */
#define KEYMAP_FILE_MAX     ((size_t)64 << 10)
#define KEYMAP_LINE_MAX     512
#define KEYMAP_BINDINGS_MAX 2048
#define KEYMAP_PROBLEMS_MAX 64
#define KEYMAP_INCLUDE_MAX  8  /* files inside each other */
#define KEYMAP_FILES_MAX    64 /* includes in all */
#define KEYMAP_ARGUMENT_MAX 64

struct keymap;

struct binding {
    enum context context;
    size_t key_count;
    struct key keys[KEYMAP_CHORD_MAX];
    enum command command; /* COMMAND_NONE: `unbind` */
    char argument[KEYMAP_ARGUMENT_MAX];
    const char *file; /* where it was bound; lives as long as the map */
    int line;
};

enum problem_level { PROBLEM_WARNING, PROBLEM_ERROR };

struct problem {
    enum problem_level level;
    const char *file;
    int line, column; /* from 1; 0 when the problem is about the whole map */
    char *text;       /* one sentence */
    char *source;     /* the line itself, "" when there is none */
};

/* Puts the text of `name` into `out`; STATUS_NOT_FOUND when there is no such file. */
struct keymap_loader {
    enum status (*read)(void *data, const char *name, struct buf *out, struct error *error);
    void *data;
};

/* `loader` may be NULL: then every include is a problem. Fails only for want of memory. */
enum status keymap_parse(const char *name, const char *text, size_t length,
                         const struct keymap_loader *loader, struct keymap **map,
                         struct error *error) MUST_CHECK;

/* `folder` may be NULL; `name` is "default", "vi", … without a suffix and without a slash.
 * STATUS_NOT_FOUND when neither the folder nor the program has it. */
enum status keymap_load(const char *folder, const char *name, struct keymap **map,
                        struct error *error) MUST_CHECK;

/* A file by its path, as `huiliu keymap check FILE` does; includes come from its folder. */
enum status keymap_load_file(const char *path, struct keymap **map, struct error *error) MUST_CHECK;

void keymap_free(struct keymap *map);

const struct problem *keymap_problems(const struct keymap *map, size_t *count);
size_t keymap_error_count(const struct keymap *map);
/* "file:line:column: error: sentence", then the line and a caret under the column. */
void keymap_print_problem(const struct problem *problem, struct buf *out);

/* Title in "zh" or "en"; the file's name when it gives none. */
const char *keymap_title(const struct keymap *map, const char *language);

enum keymap_answer {
    KEYMAP_NONE, /* nothing is bound and no chord begins like this */
    KEYMAP_WAIT, /* the beginning of a chord */
    KEYMAP_RUN,  /* *binding says what */
};
enum keymap_answer keymap_lookup(const struct keymap *map, enum context context,
                                 const struct key *keys, size_t count,
                                 const struct binding **binding);

/* The index-th binding that really runs `command` in `context` (nearest context first, then file
 * order), or NULL. Index 0 is what the footer shows. */
const struct binding *keymap_binding_of(const struct keymap *map, enum context context,
                                        enum command command, size_t index);

/* Label of a whole binding for people: "F1", "g g". */
void keymap_label(const struct binding *binding, struct buf *out);

/* Name a `group` line gives to the first keys of a chord, or NULL. */
const char *keymap_group(const struct keymap *map, enum context context, const struct key *keys,
                         size_t count, const char *language);

/* Everything in force, in file order, for `keymap list` and the which-key line. */
size_t keymap_binding_count(const struct keymap *map);
const struct binding *keymap_binding_at(const struct keymap *map, size_t index);

/* The effective map as a Markdown table: keys, command, title, where it was bound. */
void keymap_describe(const struct keymap *map, struct buf *out);

#endif
