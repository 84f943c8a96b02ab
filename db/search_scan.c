#include "db/search_key.h"

#include <string.h>

/*
 * Bodies are written by record_print(): one object, compact, members with plain names. That makes
 * finding its text members a matter of skipping over values.
 */

struct scan {
    const char *at, *end;
};

/* A string without escapes: sets *text and *length, leaves `at` behind the closing quote. */
static bool scan_string(struct scan *scan, const char **text, size_t *length)
{
    const char *start = scan->at + 1;

    if (scan->at >= scan->end || *scan->at != '"')
        return false;
    const char *quote = memchr(start, '"', (size_t)(scan->end - start));
    if (!quote || memchr(start, '\\', (size_t)(quote - start)))
        return false;
    *text = start;
    *length = (size_t)(quote - start);
    scan->at = quote + 1;
    return true;
}

/* Over any value; brackets inside strings do not count. */
static bool skip_value(struct scan *scan)
{
    size_t depth = 0;
    const char *text;
    size_t length;

    while (scan->at < scan->end) {
        char c = *scan->at;
        if (c == '"') {
            if (!scan_string(scan, &text, &length))
                return false;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}'))
            return true;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        scan->at++;
    }
    return false;
}

static const struct dataset_field *field_with_role(const struct dataset *dataset, const char *name,
                                                   size_t length)
{
    for (size_t i = 0; i < dataset->field_count; i++) {
        const struct dataset_field *field = &dataset->fields[i];
        if (role_is_searched(field->role) && strlen(field->name) == length &&
            memcmp(field->name, name, length) == 0)
            return field;
    }
    return NULL;
}

/* Texts by position of their field, so that they are taken in the order of the catalogue. */
#define SCAN_FIELDS_MAX 128

struct found_text {
    const char *text;
    size_t length;
};

static bool scan_members(struct scan *scan, const struct dataset *dataset,
                         struct found_text found[SCAN_FIELDS_MAX])
{
    const char *name;
    size_t length;

    while (scan->at < scan->end && *scan->at != '}') {
        if (!scan_string(scan, &name, &length) || scan->at >= scan->end || *scan->at != ':')
            return false;
        scan->at++;
        const struct dataset_field *field = field_with_role(dataset, name, length);
        if (field && scan->at < scan->end && *scan->at == '"') {
            struct found_text *text = &found[field - dataset->fields];
            if (!scan_string(scan, &text->text, &text->length))
                return false;
        } else if (!skip_value(scan)) {
            return false;
        }
        if (scan->at < scan->end && *scan->at == ',')
            scan->at++;
    }
    return scan->at < scan->end;
}

bool facts_scan(const struct dataset *dataset, const char *body, size_t length, struct buf *strings,
                struct facts *facts)
{
    struct found_text found[SCAN_FIELDS_MAX] = {{0}};
    struct scan scan = {body + 1, body + length};
    size_t total = 0;

    if (dataset->field_count > SCAN_FIELDS_MAX || length < 2 || body[0] != '{' ||
        !scan_members(&scan, dataset, found))
        return false;
    for (size_t i = 0; i < dataset->field_count; i++) {
        buf_bytes(strings, found[i].text ? found[i].text : "", found[i].length);
        buf_bytes(strings, "", 1);
    }
    if (buf_failed(strings))
        return false;
    facts_start(dataset, facts);
    for (size_t i = 0; i < dataset->field_count; i++) {
        facts_add(facts, &dataset->fields[i], strings->data + total);
        total += found[i].length + 1;
    }
    return true;
}
