#include "db/search_key.h"

#include <string.h>

/*
 * Bodies are written by record_print(): one object, compact, members with plain names. That makes
 * finding its text members a matter of skipping over values.
 */

struct scan {
    const char *at, *end;
    bool all; /* lists and objects in fields that are searched for must not be passed over */
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

struct found {
    const char *text; /* or what is between the brackets */
    size_t length;
    bool is_list;
    size_t count; /* of texts in the list */
};

static void take_comma(struct scan *scan)
{
    if (scan->at < scan->end && *scan->at == ',')
        scan->at++;
}

/* Only of texts: where there is an object in it, facts_read() has to look. */
static bool scan_list(struct scan *scan, struct found *found)
{
    const char *text;
    size_t length;

    *found = (struct found){.text = ++scan->at, .is_list = true};
    while (scan->at < scan->end && *scan->at == '"') {
        if (!scan_string(scan, &text, &length))
            return false;
        found->count++;
        found->length = (size_t)(scan->at - found->text);
        take_comma(scan);
    }
    return scan->at < scan->end && *scan->at++ == ']';
}

static bool scan_field(struct scan *scan, const struct dataset_field *field, struct found *found)
{
    char first = scan->at < scan->end ? *scan->at : '\0';

    if (first == '"')
        return scan_string(scan, &found->text, &found->length);
    if (!scan->all || !facts_are_many(field->role) || (first != '[' && first != '{'))
        return skip_value(scan);
    return first == '[' && scan_list(scan, found);
}

static bool scan_members(struct scan *scan, const struct dataset *dataset,
                         struct found found[SCAN_FIELDS_MAX])
{
    const char *name;
    size_t length;

    while (scan->at < scan->end && *scan->at != '}') {
        if (!scan_string(scan, &name, &length) || scan->at >= scan->end || *scan->at != ':')
            return false;
        scan->at++;
        const struct dataset_field *field = field_with_role(dataset, name, length);
        if (field ? !scan_field(scan, field, &found[field - dataset->fields]) : !skip_value(scan))
            return false;
        take_comma(scan);
    }
    return scan->at < scan->end;
}

static void keep_text(struct buf *strings, const char *text, size_t length)
{
    buf_bytes(strings, text, length);
    buf_bytes(strings, "", 1);
}

static void keep_found(struct buf *strings, const struct found *found)
{
    const char *text;
    size_t length;

    if (!found->text || !found->is_list) {
        keep_text(strings, found->text ? found->text : "", found->length);
        return;
    }
    struct scan scan = {.at = found->text, .end = found->text + found->length};
    while (scan_string(&scan, &text, &length)) {
        keep_text(strings, text, length);
        take_comma(&scan);
    }
}

/* The kept texts become facts, one field after the other. */
static void add_found(struct facts *facts, const struct found found[SCAN_FIELDS_MAX],
                      const char *strings)
{
    for (size_t i = 0; i < facts->dataset->field_count; i++)
        for (size_t n = found[i].is_list ? found[i].count : 1; n > 0; n--) {
            facts_add(facts, &facts->dataset->fields[i], strings);
            strings += strlen(strings) + 1;
        }
}

static bool scan_body(const struct dataset *dataset, struct scan scan, struct buf *strings,
                      struct facts *facts)
{
    struct found found[SCAN_FIELDS_MAX] = {{0}};

    if (dataset->field_count > SCAN_FIELDS_MAX || scan.end - scan.at < 2 || *scan.at != '{')
        return false;
    scan.at++;
    if (!scan_members(&scan, dataset, found))
        return false;
    for (size_t i = 0; i < dataset->field_count; i++)
        keep_found(strings, &found[i]);
    if (buf_failed(strings))
        return false;
    facts_start(dataset, facts);
    add_found(facts, found, strings->data);
    return true;
}

bool facts_scan(const struct dataset *dataset, const char *body, size_t length, struct buf *strings,
                struct facts *facts)
{
    return scan_body(dataset, (struct scan){body, body + length, false}, strings, facts);
}

bool facts_scan_all(const struct dataset *dataset, const char *body, size_t length,
                    struct buf *strings, struct facts *facts)
{
    return scan_body(dataset, (struct scan){body, body + length, true}, strings, facts);
}
