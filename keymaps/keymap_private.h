#ifndef HUILIU_KEYMAPS_KEYMAP_PRIVATE_H
#define HUILIU_KEYMAPS_KEYMAP_PRIVATE_H
/*
 * What the parser, the checks and the lookup share. Everything a map holds lives in its arena;
 * when that runs out of memory building goes on with less and keymap_parse() fails at the end.
 */
#include "base/arena.h"
#include "keymaps/keymap.h"

/* A binding with what the checks need to complain about it. First member is the public part. */
struct bound {
    struct binding binding;
    const char *source; /* its line */
    int column;         /* of its keys */
    int depth;          /* of its file: 0 is the map's own, 1 what that includes, … */
    bool overrides;     /* said `override` */
    bool refused;       /* a check left it out */
};

struct group_name {
    enum context context;
    size_t key_count;
    struct key keys[KEYMAP_CHORD_MAX];
    const char *zh, *en;
};

struct keymap {
    struct arena *arena;
    const char *name;
    const char *title_zh, *title_en;
    struct bound *bounds;
    size_t bound_count;
    struct group_name *groups;
    size_t group_count;
    struct problem *problems;
    size_t problem_count;
    int file_count;     /* included */
    size_t error_count; /* also those beyond KEYMAP_PROBLEMS_MAX */
};

struct place {
    const char *file;
    const char *source;
    int line, column;
};

void keymap_add_problem(struct keymap *map, enum problem_level level, const struct place *place,
                        const char *format, ...) PRINTF_LIKE(4, 5);

/* True when its keys run this very binding in the context. */
bool keymap_is_in_force(const struct keymap *map, enum context context,
                        const struct binding *binding);

bool keys_equal(const struct key *a, const struct key *b, size_t count);

/* Reports what only the whole map shows, and leaves refused bindings out. */
void keymap_check(struct keymap *map);

/* default.keys as compiled in (made by keymaps.mk). */
extern const unsigned char keymap_builtin_default[];
extern const size_t keymap_builtin_default_length;

#endif
