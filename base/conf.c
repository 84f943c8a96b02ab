#include "base/conf.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CONF_SIZE_MAX ((size_t)64 << 10)
#define CONF_LINE_MAX ((size_t)INI_MAX_LINE - 3) /* inih cuts longer lines in two */

struct entry {
    char *key; /* "section.name" */
    char *value;
};

struct conf {
    struct entry *entries; /* in the order of the file */
    size_t count, capacity;
};

struct conf *conf_new(void)
{
    return calloc(1, sizeof(struct conf));
}

static void entry_release(struct entry *entry)
{
    free(entry->key);
    free(entry->value);
}

void conf_free(struct conf *conf)
{
    if (!conf)
        return;
    for (size_t i = 0; i < conf->count; i++)
        entry_release(&conf->entries[i]);
    free(conf->entries);
    free(conf);
}

/* --- Entries ---------------------------------------------------------------------------------- */

static struct entry *find(const struct conf *conf, const char *key)
{
    for (size_t i = 0; i < conf->count; i++)
        if (strcmp(conf->entries[i].key, key) == 0)
            return &conf->entries[i];
    return NULL;
}

static bool reserve(struct conf *conf)
{
    if (conf->count < conf->capacity)
        return true;
    size_t capacity = conf->capacity ? conf->capacity * 2 : 16;
    struct entry *entries = reallocarray(conf->entries, capacity, sizeof *entries);
    if (!entries)
        return false;
    conf->entries = entries;
    conf->capacity = capacity;
    return true;
}

/* Takes over `key`, also on failure. */
static bool append(struct conf *conf, char *key, const char *value)
{
    struct entry entry = {key, strdup(value)};

    if (!key || !entry.value || !reserve(conf)) {
        entry_release(&entry);
        return false;
    }
    conf->entries[conf->count++] = entry;
    return true;
}

static void forget(struct conf *conf, struct entry *entry)
{
    size_t after = (size_t)(conf->entries + conf->count - entry) - 1;

    entry_release(entry);
    memmove(entry, entry + 1, after * sizeof *entry);
    conf->count--;
}

const char *conf_get(const struct conf *conf, const char *key, const char *fallback)
{
    const struct entry *entry = find(conf, key);

    return entry ? entry->value : fallback;
}

long conf_get_long(const struct conf *conf, const char *key, long fallback)
{
    const char *text = conf_get(conf, key, NULL);
    char *end;

    if (!text || !*text)
        return fallback;
    errno = 0;
    long value = strtol(text, &end, 10);
    return errno == 0 && *end == '\0' ? value : fallback;
}

/* --- Loading ---------------------------------------------------------------------------------- */

struct loader {
    struct conf *conf;
    bool out_of_memory;
};

static char *join_key(const char *section, const char *name)
{
    struct buf key = {0};

    buf_str(&key, section);
    buf_char(&key, '.');
    buf_str(&key, name);
    return buf_take(&key);
}

/* inih's convention: 0 makes this line the error. A continuation line arrives as the same name
 * again, so a value over several lines is refused as a name that comes twice. */
static int load_entry(void *context, const char *section, const char *name, const char *value)
{
    struct loader *loader = context;
    if (loader->out_of_memory)
        return 0;
    char *key = join_key(section, name);
    if (key && (!*section || !*name || find(loader->conf, key))) {
        free(key);
        return 0;
    }
    loader->out_of_memory = !append(loader->conf, key, value);
    return !loader->out_of_memory;
}

/* Number of the first line that is too long, not UTF-8 or holds a NUL; 0 when there is none. */
static int unreadable_line(const char *text, size_t length)
{
    const char *end = text + length;

    for (int line = 1; text < end; line++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t size = (size_t)((newline ? newline : end) - text);
        if (size > CONF_LINE_MAX || memchr(text, '\0', size) || !text_is_valid(text, size))
            return line;
        text += size + 1;
    }
    return 0;
}

static enum status parse(const char *path, const struct buf *text, struct conf *conf,
                         struct error *error)
{
    struct loader loader = {.conf = conf};
    int line = unreadable_line(buf_text(text), text->length);

    if (line == 0)
        line = ini_parse_string(buf_text(text), load_entry, &loader);
    if (loader.out_of_memory || line < 0)
        return error_nomem(error);
    if (line > 0)
        return error_set_detail(error, STATUS_INVALID, line,
                                _("Line %d of %s cannot be understood. Correct it or delete it."),
                                line, path);
    return STATUS_OK;
}

enum status conf_load(const char *path, struct conf **conf, struct error *error)
{
    struct buf text = {0};
    struct conf *loaded = conf_new();
    enum status status = loaded ? file_read(path, CONF_SIZE_MAX, &text, error) : error_nomem(error);

    if (status == STATUS_OK)
        status = parse(path, &text, loaded, error);
    buf_release(&text);
    if (status != STATUS_OK) {
        conf_free(loaded);
        return status;
    }
    *conf = loaded;
    return STATUS_OK;
}

/* --- Setting ---------------------------------------------------------------------------------- */

static size_t section_length(const char *key)
{
    return strcspn(key, ".");
}

static void write_section(struct buf *out, const char *key)
{
    buf_char(out, '[');
    buf_bytes(out, key, section_length(key));
    buf_str(out, "]\n");
}

static void write_entry(struct buf *out, const struct entry *entry)
{
    buf_str(out, entry->key + section_length(entry->key) + 1);
    buf_str(out, " = ");
    buf_str(out, entry->value);
    buf_char(out, '\n');
}

struct echo {
    const struct entry *entry;
    int matches;
};

static int compare_echo(void *context, const char *section, const char *name, const char *value)
{
    struct echo *echo = context;
    size_t length = section_length(echo->entry->key);
    bool same = strlen(section) == length && strncmp(section, echo->entry->key, length) == 0 &&
                strcmp(name, echo->entry->key + length + 1) == 0 &&
                strcmp(value, echo->entry->value) == 0;

    echo->matches += same;
    return same;
}

/* Would inih give back exactly this? It would not with a line break, " ;", a space at either end
 * or too great a length in it. */
static enum status check_comes_back(const struct entry *entry, struct error *error)
{
    struct buf text = {0};
    struct echo echo = {.entry = entry};
    enum status status = STATUS_OK;

    write_section(&text, entry->key);
    write_entry(&text, entry);
    if (buf_failed(&text))
        status = error_nomem(error);
    else if (unreadable_line(buf_text(&text), text.length) != 0 ||
             ini_parse_string(buf_text(&text), compare_echo, &echo) != 0 || echo.matches != 1)
        status = error_set(error, STATUS_INVALID,
                           _("The setting %s cannot be stored: it is too long, or has a line "
                             "break, a semicolon or spaces where there must be none."),
                           entry->key);
    buf_release(&text);
    return status;
}

static bool replace_value(struct entry *entry, const char *value)
{
    char *copy = strdup(value);

    if (!copy)
        return false;
    free(entry->value);
    entry->value = copy;
    return true;
}

enum status conf_set(struct conf *conf, const char *key, const char *value, struct error *error)
{
    struct entry *entry = find(conf, key);

    if (!value) {
        if (entry)
            forget(conf, entry);
        return STATUS_OK;
    }
    size_t section = section_length(key);
    if (section == 0 || key[section] != '.' || key[section + 1] == '\0')
        return error_set(error, STATUS_INVALID, _("A setting is named section.name, not %s."), key);
    struct entry wanted = {(char *)(uintptr_t)key, (char *)(uintptr_t)value};
    enum status status = check_comes_back(&wanted, error);
    if (status != STATUS_OK)
        return status;
    bool stored = entry ? replace_value(entry, value) : append(conf, strdup(key), value);
    return stored ? STATUS_OK : error_nomem(error);
}

/* --- Saving ----------------------------------------------------------------------------------- */

static bool same_section(const struct entry *a, const struct entry *b)
{
    size_t length = section_length(a->key);

    return section_length(b->key) == length && strncmp(a->key, b->key, length) == 0;
}

/* The section of entry `at` with all its entries, unless an earlier entry has brought it out. */
static void write_group(struct buf *out, const struct conf *conf, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (same_section(&conf->entries[i], &conf->entries[at]))
            return;
    if (at > 0)
        buf_char(out, '\n');
    write_section(out, conf->entries[at].key);
    for (size_t i = at; i < conf->count; i++)
        if (same_section(&conf->entries[i], &conf->entries[at]))
            write_entry(out, &conf->entries[i]);
}

enum status conf_save(const struct conf *conf, const char *path, struct error *error)
{
    struct buf text = {.limit = CONF_SIZE_MAX};

    for (size_t i = 0; i < conf->count; i++)
        write_group(&text, conf, i);
    enum status status =
        buf_failed(&text)
            ? error_set(error, STATUS_TOO_LARGE, _("There are too many settings for %s."), path)
            : file_replace(path, buf_text(&text), text.length, error);
    buf_release(&text);
    return status;
}
