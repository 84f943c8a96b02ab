#include "db/cache_store.h"

#include "base/i18n.h"

#include <inttypes.h>
#include <string.h>

#define PLAIN_MAX 254

/* FNV-1a over dataset and key, cut to what SQLite stores without a sign. */
int64_t record_hash(int64_t dataset, const char *key)
{
    uint64_t hash = 0xCBF29CE484222325u ^ (uint64_t)dataset;

    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 0x100000001B3u;
    hash ^= hash >> 29;
    return (int64_t)(hash >> 1);
}

/* Most names and values are short and plain: those need none of the general printer's care. */
static bool print_plain(const char *text, size_t length, struct buf *out)
{
    char quoted[PLAIN_MAX + 2];

    if (length > PLAIN_MAX)
        return false;
    quoted[0] = '"';
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == '"' || text[i] == '\\')
            return false;
        quoted[i + 1] = text[i];
    }
    quoted[length + 1] = '"';
    buf_bytes(out, quoted, length + 2);
    return true;
}

static enum status print_value(const json_t *value, struct buf *out, struct error *error)
{
    if (json_is_string(value) &&
        print_plain(json_string_value(value), json_string_length(value), out))
        return STATUS_OK;
    if (json_is_integer(value)) {
        buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return STATUS_OK;
    }
    return json_print(value, out, error);
}

static enum status print_name(const char *name, struct buf *out, struct error *error)
{
    enum status status = STATUS_OK;

    if (!print_plain(name, strlen(name), out)) {
        json_t *text = json_string(name);
        status = text ? json_print(text, out, error) : error_nomem(error);
        json_decref(text);
    }
    buf_char(out, ':');
    return status;
}

enum status record_print(const json_t *document, struct buf *out, struct error *error)
{
    enum status status = STATUS_OK;
    const char *name;
    json_t *value;
    bool first = true;

    buf_char(out, '{');
    json_object_foreach((json_t *)(uintptr_t)document, name, value)
    {
        if (name[0] == '_')
            continue;
        if (!first)
            buf_char(out, ',');
        first = false;
        status = print_name(name, out, error);
        if (status == STATUS_OK)
            status = print_value(value, out, error);
        if (status != STATUS_OK)
            return status;
    }
    buf_char(out, '}');
    return buf_failed(out) ? error_nomem(error) : STATUS_OK;
}
