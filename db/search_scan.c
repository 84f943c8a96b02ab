#include "db/search_key.h"

#include <string.h>

/*
 * Bodies are written by record_print(): one object, compact, members with plain names. That makes
 * finding its text members a matter of skipping over values. It is done in a copy, in which the
 * quotes behind the texts then become their ends; a body with escapes is not for us.
 */

struct scan {
    char *at, *end;
    bool all;    /* lists and objects in fields that are searched for must not be passed over */
    size_t next; /* field that probably comes next: most bodies follow the catalogue */
};

/* A string: sets *text and *length, leaves `at` behind the closing quote. */
static bool scan_string(struct scan *scan, char **text, size_t *length)
{
    char *start = scan->at + 1;

    if (scan->at >= scan->end || *scan->at != '"')
        return false;
    char *quote = memchr(start, '"', (size_t)(scan->end - start));
    if (!quote)
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
    char *text;
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

static bool is_named(const struct dataset_field *field, const char *name, size_t length)
{
    return strncmp(field->name, name, length) == 0 && field->name[length] == '\0';
}

/* Its position; the dataset's count when there is none. */
static size_t find_field(struct scan *scan, const struct dataset *dataset, const char *name,
                         size_t length)
{
    size_t count = dataset->field_count;
    size_t at = scan->next;

    if (at >= count || !is_named(&dataset->fields[at], name, length))
        for (at = 0; at < count && !is_named(&dataset->fields[at], name, length);)
            at++;
    scan->next = at < count ? at + 1 : scan->next;
    return at;
}

/* Texts by position of their field, so that they are taken in the order of the catalogue. */
#define SCAN_FIELDS_MAX 128

struct found {
    char *text; /* or what is between the brackets */
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
    char *text;
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
    char *name;
    size_t length;

    while (scan->at < scan->end && *scan->at != '}') {
        if (!scan_string(scan, &name, &length) || scan->at >= scan->end || *scan->at != ':')
            return false;
        scan->at++;
        size_t at = find_field(scan, dataset, name, length);
        bool searched = at < dataset->field_count && role_is_searched(dataset->fields[at].role);
        if (searched ? !scan_field(scan, &dataset->fields[at], &found[at]) : !skip_value(scan))
            return false;
        take_comma(scan);
    }
    return scan->at < scan->end;
}

static void add_list(struct facts *facts, const struct dataset_field *field,
                     const struct found *found)
{
    struct scan scan = {.at = found->text, .end = found->text + found->length};
    char *text;
    size_t length;

    while (scan_string(&scan, &text, &length)) {
        text[length] = '\0';
        facts_add(facts, field, text);
        take_comma(&scan);
    }
}

/* One field after the other, in the order of the catalogue. */
static void add_found(struct facts *facts, struct found found[SCAN_FIELDS_MAX])
{
    for (size_t i = 0; i < facts->dataset->field_count; i++) {
        const struct dataset_field *field = &facts->dataset->fields[i];
        if (found[i].is_list)
            add_list(facts, field, &found[i]);
        else if (found[i].text)
            found[i].text[found[i].length] = '\0';
        if (!found[i].is_list)
            facts_add(facts, field, found[i].text ? found[i].text : "");
    }
}

static bool scan_body(const struct dataset *dataset, struct scan scan, struct facts *facts)
{
    struct found found[SCAN_FIELDS_MAX];

    if (dataset->field_count > SCAN_FIELDS_MAX || scan.end - scan.at < 2 || *scan.at != '{')
        return false;
    memset(found, 0, dataset->field_count * sizeof *found);
    scan.at++;
    if (!scan_members(&scan, dataset, found))
        return false;
    facts_start(dataset, facts);
    add_found(facts, found);
    return true;
}

static bool scan_copy(const struct dataset *dataset, const char *body, size_t length, bool all,
                      struct buf *strings, struct facts *facts)
{
    if (length == 0 || memchr(body, '\\', length))
        return false;
    buf_bytes(strings, body, length);
    return !buf_failed(strings) &&
           scan_body(dataset,
                     (struct scan){.at = strings->data, .end = strings->data + length, .all = all},
                     facts);
}

bool facts_scan(const struct dataset *dataset, const char *body, size_t length, struct buf *strings,
                struct facts *facts)
{
    return scan_copy(dataset, body, length, false, strings, facts);
}

bool facts_scan_all(const struct dataset *dataset, const char *body, size_t length,
                    struct buf *strings, struct facts *facts)
{
    return scan_copy(dataset, body, length, true, strings, facts);
}
