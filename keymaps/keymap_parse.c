#include "base/i18n.h"
#include "base/text.h"
#include "keymaps/keymap_private.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 32

struct word {
    const char *text;
    size_t length;
    int column;
};

/* One file being read; files above it are those that include it. */
struct reader {
    struct keymap *map;
    const struct keymap_loader *loader;
    const struct reader *above;
    const char *file;
    int depth; /* files above it */
    enum context context;
    /* the line at hand */
    const char *source;
    int line;
    struct word words[WORDS_MAX];
    size_t word_count;
};

static void read_text(struct reader *reader, const char *text, size_t length);

static struct place place_at(const struct reader *reader, int column)
{
    return (struct place){
        .file = reader->file, .source = reader->source, .line = reader->line, .column = column};
}

#define COMPLAIN(reader, level, column, ...)                                                       \
    do {                                                                                           \
        struct place complain_place = place_at(reader, column);                                    \
        keymap_add_problem((reader)->map, level, &complain_place, __VA_ARGS__);                    \
    } while (0)

#define WORD_SHOWN_MAX 40 /* bytes of a word in a sentence */

static int shown_length(const struct word *word)
{
    size_t length = 0;
    size_t used;

    for (; length < word->length; length += used) {
        (void)text_decode(word->text + length, word->length - length, &used);
        if (length + used > WORD_SHOWN_MAX)
            break;
    }
    return (int)length;
}

/* For "%.*s" in sentences: a word as it stands, cut at a character. */
#define WORD_ARGS(word) shown_length(word), (word)->text

static bool word_is(const struct word *word, const char *text)
{
    return strlen(text) == word->length && memcmp(word->text, text, word->length) == 0;
}

/* --- words ---------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Bytes of the word at the start of `text`; adds its characters to *column. */
static size_t word_length(const char *text, int *column)
{
    size_t length = strlen(text);
    size_t used;
    size_t at = 0;

    for (; at < length && !is_blank(text[at]); at += used, (*column)++)
        (void)text_decode(text + at, length - at, &used);
    return at;
}

/* Splits the line; a word that starts with '#' ends it. False when there are too many words. */
static bool split(struct reader *reader)
{
    const char *at = reader->source;
    int column = 1;

    reader->word_count = 0;
    while (*at != '\0' && *at != '#') {
        if (is_blank(*at)) {
            at++;
            column++;
            continue;
        }
        if (reader->word_count == WORDS_MAX)
            return false;
        struct word *word = &reader->words[reader->word_count++];
        *word = (struct word){.text = at, .column = column};
        word->length = word_length(at, &column);
        at += word->length;
    }
    return true;
}

/* The words from `first` on, as one text with single blanks; NULL without memory. */
static char *join(struct reader *reader, size_t first, size_t end)
{
    struct buf text = {0};

    for (size_t i = first; i < end; i++) {
        if (i > first)
            buf_char(&text, ' ');
        buf_bytes(&text, reader->words[i].text, reader->words[i].length);
    }
    char *kept = arena_str(reader->map->arena, buf_text(&text));
    buf_release(&text);
    return kept;
}

/* --- keys ----------------------------------------------------------------------------------- */

struct chord {
    struct key keys[KEYMAP_CHORD_MAX];
    size_t count;
};

static bool parse_chord(const struct word *word, struct chord *chord)
{
    struct chord found = {0};

    for (size_t at = 0; at < word->length;) {
        if (found.count == KEYMAP_CHORD_MAX)
            return false;
        size_t used = key_parse(word->text + at, word->length - at, &found.keys[found.count]);
        if (used == 0)
            return false;
        found.count++;
        at += used;
    }
    *chord = found;
    return true;
}

static struct bound *find_bound(struct reader *reader, const struct chord *chord)
{
    for (size_t i = 0; i < reader->map->bound_count; i++) {
        struct bound *bound = &reader->map->bounds[i];
        if (bound->binding.context == reader->context && bound->binding.key_count == chord->count &&
            keys_equal(bound->binding.keys, chord->keys, chord->count))
            return bound;
    }
    return NULL;
}

/* One chord of a line: new, or in place of what another file said, unless that file includes this
 * one. */
static void bind(struct reader *reader, const struct word *word, const struct chord *chord,
                 const struct bound *value)
{
    struct keymap *map = reader->map;
    struct bound *bound = find_bound(reader, chord);

    if (bound && bound->binding.file == reader->file) {
        COMPLAIN(reader, PROBLEM_ERROR, word->column,
                 _("this key is bound twice in [%s], first in line %d"),
                 context_id(reader->context), bound->binding.line);
        return;
    }
    if (bound && bound->depth < reader->depth)
        return;
    if (!bound && map->bound_count >= KEYMAP_BINDINGS_MAX) {
        COMPLAIN(reader, PROBLEM_ERROR, word->column, _("more than %d keys"), KEYMAP_BINDINGS_MAX);
        return;
    }
    if (!bound)
        bound = arena_push(map->arena, &map->bounds, &map->bound_count, sizeof *map->bounds);
    if (!bound)
        return;
    *bound = *value;
    bound->column = word->column;
    bound->binding.key_count = chord->count;
    memcpy(bound->binding.keys, chord->keys, sizeof bound->binding.keys);
}

static struct bound new_bound(const struct reader *reader, enum command command)
{
    return (struct bound){.binding = {.context = reader->context,
                                      .command = command,
                                      .file = reader->file,
                                      .line = reader->line},
                          .source = reader->source,
                          .depth = reader->depth};
}

/* --- kinds of lines ----------------------------------------------------------------------------
 */

static void read_section(struct reader *reader)
{
    const struct word *word = &reader->words[0];
    const char *id = word->text + 1;
    size_t length = word->length - 2;

    if (context_from_id(id, length, &reader->context)) {
        if (reader->word_count > 1)
            COMPLAIN(reader, PROBLEM_ERROR, reader->words[1].column,
                     _("nothing may follow a section"));
        return;
    }
    const char *near = context_suggest(id, length);
    if (near)
        COMPLAIN(reader, PROBLEM_ERROR, word->column, _("there is no context %.*s, perhaps [%s]"),
                 WORD_ARGS(word), near);
    else
        COMPLAIN(reader, PROBLEM_ERROR, word->column, _("there is no context %.*s"),
                 WORD_ARGS(word));
}

static void read_title(struct reader *reader)
{
    if (reader->word_count < 3 ||
        (!word_is(&reader->words[1], "zh") && !word_is(&reader->words[1], "en"))) {
        COMPLAIN(reader, PROBLEM_ERROR, reader->words[0].column,
                 _("a title is: title en Words, or title zh Words"));
        return;
    }
    if (reader->depth > 0)
        return; /* what is included is the base of this map, not the map */
    const char *title = join(reader, 2, reader->word_count);
    if (word_is(&reader->words[1], "zh"))
        reader->map->title_zh = title;
    else
        reader->map->title_en = title;
}

static void read_group_names(struct reader *reader, struct group_name *group)
{
    size_t at = 2;

    while (at + 1 < reader->word_count &&
           (word_is(&reader->words[at], "zh") || word_is(&reader->words[at], "en"))) {
        size_t end = at + 1;
        while (end < reader->word_count && !word_is(&reader->words[end], "zh") &&
               !word_is(&reader->words[end], "en"))
            end++;
        *(word_is(&reader->words[at], "zh") ? &group->zh : &group->en) = join(reader, at + 1, end);
        at = end;
    }
}

static void read_group(struct reader *reader)
{
    struct group_name group = {.context = reader->context};
    struct chord chord;

    if (reader->word_count >= 4 && parse_chord(&reader->words[1], &chord))
        read_group_names(reader, &group);
    if (!group.zh && !group.en) {
        COMPLAIN(reader, PROBLEM_ERROR, reader->words[0].column,
                 _("a group is: group KEY en Words zh Words"));
        return;
    }
    group.key_count = chord.count;
    memcpy(group.keys, chord.keys, sizeof group.keys);
    struct keymap *map = reader->map;
    struct group_name *kept =
        arena_push(map->arena, &map->groups, &map->group_count, sizeof *map->groups);
    if (kept)
        *kept = group;
}

static void read_unbind(struct reader *reader)
{
    struct bound value = new_bound(reader, COMMAND_NONE);

    if (reader->word_count < 2)
        COMPLAIN(reader, PROBLEM_ERROR, reader->words[0].column, _("unbind needs a key"));
    for (size_t i = 1; i < reader->word_count; i++) {
        struct chord chord;
        if (parse_chord(&reader->words[i], &chord))
            bind(reader, &reader->words[i], &chord, &value);
        else
            COMPLAIN(reader, PROBLEM_ERROR, reader->words[i].column, _("\"%.*s\" is no key"),
                     WORD_ARGS(&reader->words[i]));
    }
}

/* --- bindings ------------------------------------------------------------------------------- */

static bool read_count(struct reader *reader, size_t at, struct bound *value)
{
    const struct word *word = &reader->words[at];
    size_t digits = 0;

    while (digits < word->length && word->text[digits] >= '0' && word->text[digits] <= '9')
        digits++;
    if (digits != word->length || digits > 4 || word->text[0] == '0' ||
        at + 1 != reader->word_count) {
        COMPLAIN(reader, PROBLEM_ERROR, word->column, _("only a number from 1 to 9999 may follow"));
        return false;
    }
    memcpy(value->binding.argument, word->text, word->length);
    return true;
}

static bool read_argument(struct reader *reader, size_t at, struct bound *value)
{
    if (at >= reader->word_count)
        return true;
    switch (command_info(value->binding.command)->argument) {
    case ARGUMENT_COUNT:
        return read_count(reader, at, value);
    case ARGUMENT_TEXT: {
        const char *text = join(reader, at, reader->word_count);
        if (!text)
            return false;
        if (strlen(text) < KEYMAP_ARGUMENT_MAX) {
            memcpy(value->binding.argument, text, strlen(text));
            return true;
        }
        COMPLAIN(reader, PROBLEM_ERROR, reader->words[at].column, _("this text is too long"));
        return false;
    }
    case ARGUMENT_NONE:
        break;
    }
    COMPLAIN(reader, PROBLEM_ERROR, reader->words[at].column, _("nothing may follow \"%s\""),
             command_info(value->binding.command)->id);
    return false;
}

/* The first word that names a command, or the number of words. */
static size_t find_command(const struct reader *reader, size_t from, enum command *command)
{
    for (size_t i = from; i < reader->word_count; i++) {
        *command = command_from_id(reader->words[i].text, reader->words[i].length);
        if (*command != COMMAND_NONE)
            return i;
    }
    return reader->word_count;
}

static void complain_no_command(struct reader *reader, size_t from)
{
    struct chord chord;
    size_t at = from;

    while (at < reader->word_count && parse_chord(&reader->words[at], &chord))
        at++;
    if (at == reader->word_count) {
        COMPLAIN(reader, PROBLEM_ERROR, reader->words[at - 1].column, _("keys without a command"));
        return;
    }
    const struct word *word = &reader->words[at];
    const char *near = command_suggest(word->text, word->length);
    if (near)
        COMPLAIN(reader, PROBLEM_ERROR, word->column,
                 _("\"%.*s\" is neither a key nor a command, perhaps \"%s\""), WORD_ARGS(word),
                 near);
    else
        COMPLAIN(reader, PROBLEM_ERROR, word->column, _("\"%.*s\" is neither a key nor a command"),
                 WORD_ARGS(word));
}

static void read_binding(struct reader *reader, size_t from, bool overrides)
{
    enum command command = COMMAND_NONE;
    size_t at = find_command(reader, from, &command);

    if (at == reader->word_count) {
        complain_no_command(reader, from);
        return;
    }
    if (at == from) {
        COMPLAIN(reader, PROBLEM_ERROR, reader->words[at].column, _("a command without a key"));
        return;
    }
    if (!command_is_available(command, reader->context)) {
        COMPLAIN(reader, PROBLEM_ERROR, reader->words[at].column,
                 _("\"%s\" does not exist in [%s]"), command_info(command)->id,
                 context_id(reader->context));
        return;
    }
    struct bound value = new_bound(reader, command);
    value.overrides = overrides;
    if (!read_argument(reader, at + 1, &value))
        return;
    for (size_t i = from; i < at; i++) {
        struct chord chord;
        if (parse_chord(&reader->words[i], &chord))
            bind(reader, &reader->words[i], &chord, &value);
        else
            COMPLAIN(reader, PROBLEM_ERROR, reader->words[i].column, _("\"%.*s\" is no key"),
                     WORD_ARGS(&reader->words[i]));
    }
}

static void read_override(struct reader *reader)
{
    if (reader->word_count < 3)
        COMPLAIN(reader, PROBLEM_ERROR, reader->words[0].column,
                 _("override needs a key and a command"));
    else
        read_binding(reader, 1, true);
}

/* --- including ------------------------------------------------------------------------------ */

static bool is_plain_file_name(const char *name)
{
    return name[0] != '.' && name[0] != '\0' && !strchr(name, '/') && strlen(name) < 64;
}

static bool is_being_read(const struct reader *reader, const char *name)
{
    for (; reader; reader = reader->above)
        if (strcmp(reader->file, name) == 0)
            return true;
    return false;
}

static void include(struct reader *reader, const char *name, int column)
{
    struct buf text = {.limit = KEYMAP_FILE_MAX};
    struct error error = {0};

    if (!reader->loader ||
        reader->loader->read(reader->loader->data, name, &text, &error) != STATUS_OK) {
        COMPLAIN(reader, PROBLEM_ERROR, column, _("%s cannot be included%s%s"), name,
                 error.text[0] ? ": " : "", error.text);
    } else {
        struct reader below = {.map = reader->map,
                               .loader = reader->loader,
                               .above = reader,
                               .file = name,
                               .depth = reader->depth + 1};
        read_text(&below, buf_text(&text), text.length);
    }
    buf_release(&text);
}

static void read_include(struct reader *reader)
{
    const struct word *word = &reader->words[reader->word_count > 1];
    char *name = arena_strn(reader->map->arena, word->text, word->length);

    if (!name)
        return;
    if (reader->word_count != 2 || !is_plain_file_name(name))
        COMPLAIN(reader, PROBLEM_ERROR, word->column,
                 _("include takes the name of one file of the same folder"));
    else if (is_being_read(reader, name))
        COMPLAIN(reader, PROBLEM_ERROR, word->column, _("%s includes itself"), name);
    else if (reader->depth + 1 >= KEYMAP_INCLUDE_MAX)
        COMPLAIN(reader, PROBLEM_ERROR, word->column, _("more than %d files inside each other"),
                 KEYMAP_INCLUDE_MAX);
    else if (++reader->map->file_count >= KEYMAP_FILES_MAX)
        COMPLAIN(reader, PROBLEM_ERROR, word->column, _("more than %d files in all"),
                 KEYMAP_FILES_MAX);
    else
        include(reader, name, word->column);
}

/* --- lines ---------------------------------------------------------------------------------- */

static void read_words(struct reader *reader)
{
    static const struct {
        const char *word;
        void (*read)(struct reader *reader);
    } kinds[] = {
        {"title", read_title},   {"group", read_group},       {"include", read_include},
        {"unbind", read_unbind}, {"override", read_override},
    };
    const struct word *first = &reader->words[0];

    if (first->length > 2 && first->text[0] == '[' && first->text[first->length - 1] == ']') {
        read_section(reader);
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (word_is(first, kinds[i].word)) {
            kinds[i].read(reader);
            return;
        }
    }
    read_binding(reader, 0, false);
}

static void read_line(struct reader *reader, const char *line, size_t length)
{
    if (length > 0 && line[length - 1] == '\r')
        length--;
    reader->source = NULL;
    if (length > KEYMAP_LINE_MAX) {
        COMPLAIN(reader, PROBLEM_ERROR, 1, _("this line is longer than %d bytes"), KEYMAP_LINE_MAX);
        return;
    }
    if (memchr(line, '\0', length) || !text_is_valid(line, length)) {
        COMPLAIN(reader, PROBLEM_ERROR, 1, _("this line is not UTF-8 text"));
        return;
    }
    reader->source = arena_strn(reader->map->arena, line, length);
    if (!reader->source)
        return;
    if (!split(reader))
        COMPLAIN(reader, PROBLEM_ERROR, 1, _("more than %d words in one line"), WORDS_MAX);
    else if (reader->word_count > 0)
        read_words(reader);
}

/* A byte order mark, as some editors put before their text, is no part of it. */
static size_t mark_length(const char *text, size_t length)
{
    static const char mark[] = "\xEF\xBB\xBF";

    return length >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0 ? sizeof mark - 1
                                                                                 : 0;
}

static void read_text(struct reader *reader, const char *text, size_t length)
{
    size_t at = mark_length(text, length);

    for (reader->line = 1; at < length; reader->line++) {
        const char *newline = memchr(text + at, '\n', length - at);
        size_t line_length = newline ? (size_t)(newline - (text + at)) : length - at;
        read_line(reader, text + at, line_length);
        at += line_length + 1;
    }
}

static struct keymap *new_map(const char *name)
{
    struct keymap *map = calloc(1, sizeof *map);

    if (!map)
        return NULL;
    map->arena = arena_new();
    map->name = map->arena ? arena_str(map->arena, name) : NULL;
    if (!map->name) {
        keymap_free(map);
        return NULL;
    }
    return map;
}

enum status keymap_parse(const char *name, const char *text, size_t length,
                         const struct keymap_loader *loader, struct keymap **map,
                         struct error *error)
{
    struct keymap *made = new_map(name);

    if (!made)
        return error_nomem(error);
    struct reader reader = {.map = made, .loader = loader, .file = made->name};
    if (length > KEYMAP_FILE_MAX)
        COMPLAIN(&reader, PROBLEM_ERROR, 0, _("the file is larger than %zu bytes"),
                 KEYMAP_FILE_MAX);
    else
        read_text(&reader, text, length);
    keymap_check(made);
    if (arena_failed(made->arena)) {
        keymap_free(made);
        return error_nomem(error);
    }
    *map = made;
    return STATUS_OK;
}
