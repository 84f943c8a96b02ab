#include "db/list_query.h"

#include "base/text.h"
#include "db/search_key.h"
#include "verify/resident_id.h"

#include <stdlib.h>
#include <string.h>

#define SET_MAX ((size_t)LIST_ROWS_MAX * 4)

/* --- sets of hashes --------------------------------------------------------------------------- */

void hash_set_release(struct hash_set *set)
{
    free(set->items);
    *set = (struct hash_set){0};
}

enum status hash_set_add(struct hash_set *set, uint64_t hash, struct error *error)
{
    if (set->count == set->room) {
        size_t room = set->room ? set->room * 2 : 4096;
        uint64_t *grown = set->count < SET_MAX ? realloc(set->items, room * sizeof *grown) : NULL;
        if (!grown)
            return error_nomem(error);
        set->items = grown;
        set->room = room;
    }
    set->items[set->count++] = hash;
    return STATUS_OK;
}

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;

    return left < right ? -1 : left > right;
}

void hash_set_sort(struct hash_set *set)
{
    if (set->count > 1)
        qsort(set->items, set->count, sizeof *set->items, compare);
}

/* Index of the first that is not below. */
static size_t lower_bound(const struct hash_set *set, uint64_t hash)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set->items[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t hash_set_times(const struct hash_set *set, uint64_t hash)
{
    size_t first = lower_bound(set, hash);
    size_t end = first;

    while (end < set->count && set->items[end] == hash)
        end++;
    return end - first;
}

uint64_t list_text_hash(const char *text)
{
    uint64_t hash = 0xCBF29CE484222325u;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001B3u;
    hash ^= hash >> 32;
    return hash * 0x9E3779B97F4A7C15u;
}

uint64_t list_subject_hash(enum subject_kind kind, const char *number)
{
    char upgraded[RESIDENT_ID_TEXT_MAX];
    struct buf folded = {0};

    if (kind == SUBJECT_PERSON && strlen(number) == 15 && resident_id_upgrade(number, upgraded))
        number = upgraded;
    search_subject(number, &folded);
    uint64_t hash = list_text_hash(buf_text(&folded));
    buf_release(&folded);
    return hash;
}

/* --- values of a stored body ------------------------------------------------------------------ */

void list_body_release(struct list_body *body)
{
    json_decref(body->parsed);
    body->parsed = NULL;
}

/* Bodies are compact JSON with plain member names (db/cache_body.c): behind a quote, a name, a
 * quote and a colon stands a value, if that is not inside a string. Anything out of the ordinary
 * is parsed. */
struct scan {
    const char *at, *end;
};

static bool skip_string(struct scan *scan)
{
    const char *quote = memchr(scan->at + 1, '"', (size_t)(scan->end - scan->at - 1));

    if (!quote)
        return false;
    scan->at = quote + 1;
    return true;
}

static bool skip_value(struct scan *scan)
{
    int depth = 0;

    while (scan->at < scan->end) {
        char c = *scan->at;
        if (c == '"') {
            if (!skip_string(scan))
                return false;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}'))
            return true;
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        scan->at++;
    }
    return false;
}

/* Leaves the scan at the value of the member; false when there is none. */
static bool find_member(struct scan *scan, const char *name)
{
    size_t length = strlen(name);

    for (scan->at++; scan->at < scan->end && *scan->at == '"';) {
        const char *key = scan->at + 1;
        if (!skip_string(scan) || scan->at >= scan->end)
            return false;
        bool found = (size_t)(scan->at - 1 - key) == length && memcmp(key, name, length) == 0;
        scan->at++; /* the colon */
        if (found)
            return true;
        if (!skip_value(scan))
            return false;
        scan->at++; /* the comma */
    }
    return false;
}

static bool scanned_value(const struct list_body *body, const char *field, struct buf *out)
{
    struct scan scan = {body->text, body->text + body->length};

    if (!find_member(&scan, field) || scan.at >= scan.end)
        return false;
    const char *start = scan.at;
    if (!skip_value(&scan))
        return false;
    size_t length = (size_t)(scan.at - start);
    if (*start == '"' && length >= 2)
        buf_bytes(out, start + 1, length - 2);
    else if (length != 4 || memcmp(start, "null", 4) != 0)
        buf_bytes(out, start, length);
    return out->length > 0 && strcmp(buf_text(out), "[]") != 0;
}

static bool parsed_value(struct list_body *body, const char *field, struct buf *out)
{
    if (!body->parsed) {
        enum status status = json_parse(body->text, body->length, &body->parsed, NULL);
        body->starved = body->starved || status == STATUS_NOMEM;
    }
    const json_t *value = json_object_get(body->parsed, field);
    if (json_is_string(value))
        buf_str(out, json_string_value(value));
    else if (value && !json_is_null(value) && json_array_size(value) + !json_is_array(value) > 0 &&
             json_is_number(value))
        buf_printf(out, "%.15g", json_number_value(value));
    else if (json_is_boolean(value))
        buf_str(out, json_is_true(value) ? "true" : "false");
    else if (json_array_size(value) > 0 && json_print(value, out, NULL) != STATUS_OK)
        return false;
    return out->length > 0;
}

bool list_value(struct list_body *body, const char *field, struct buf *out)
{
    buf_clear(out);
    bool plain = !body->parsed && body->length >= 2 && !memchr(body->text, '\\', body->length);
    bool filled = plain ? scanned_value(body, field, out) : parsed_value(body, field, out);

    body->starved = body->starved || buf_failed(out);
    return filled;
}

/* --- operators -------------------------------------------------------------------------------- */

static bool value_date(const char *text, struct date *date)
{
    char day[DATE_TEXT_MAX];

    snprintf(day, sizeof day, "%.10s", text);
    return date_parse(text, date) || date_parse(day, date);
}

/* -1, 0, 1; 2 when the value cannot be compared. */
static int order(const struct list_condition *condition, const char *value)
{
    struct date date;
    char *end = NULL;

    if (condition->field->type == TYPE_DATE || condition->field->type == TYPE_TIME) {
        if (!value_date(value, &date))
            return 2;
        int difference = date_compare(date, condition->date);
        return difference < 0 ? -1 : difference > 0;
    }
    double number = strtod(value, &end);
    if (end == value || *end != '\0')
        return 2;
    return number < condition->number ? -1 : number > condition->number;
}

static int age_of(const struct list_query *query, const struct list_condition *condition,
                  const char *value)
{
    char digits[9];
    struct date birth;

    if (condition->field->type == TYPE_RESIDENT_ID) {
        if (!subject_birth(value, digits) || !date_parse(digits, &birth))
            return -1;
    } else if (!value_date(value, &birth)) {
        return -1;
    }
    return date_age(birth, query->today);
}

static bool is_same(const struct list_condition *condition, const char *value)
{
    enum field_type type = condition->field->type;

    if (type == TYPE_DATE || type == TYPE_INTEGER || type == TYPE_AMOUNT)
        return order(condition, value) == 0;
    return strcmp(value, condition->value) == 0 ||
           (condition->code && strcmp(value, condition->code) == 0);
}

static bool is_in_household(const struct list_part *part, const struct list_condition *condition,
                            const char *value)
{
    return hash_set_times(&part->households, list_text_hash(value)) == (size_t)condition->number;
}

static bool holds(const struct list_query *query, const struct list_part *part,
                  const struct list_condition *condition, const char *value)
{
    int age;

    switch (condition->op) {
    case LIST_EQUALS:
        return is_same(condition, value);
    case LIST_NOT_EQUALS:
        return !is_same(condition, value);
    case LIST_CONTAINS:
        return strstr(value, condition->value) != NULL;
    case LIST_STARTS:
        return strncmp(value, condition->value, strlen(condition->value)) == 0;
    case LIST_FROM:
        return order(condition, value) == 0 || order(condition, value) == 1;
    case LIST_TO:
        return order(condition, value) <= 0;
    case LIST_AGE_FROM:
        age = age_of(query, condition, value);
        return age >= 0 && age >= (int)condition->number;
    case LIST_AGE_TO:
        age = age_of(query, condition, value);
        return age >= 0 && age <= (int)condition->number;
    case LIST_HOUSEHOLD_SIZE:
        return is_in_household(part, condition, value);
    case LIST_EMPTY:
    case LIST_FILLED:
    case LIST_OPERATOR_COUNT:
        break;
    }
    return condition->op == LIST_FILLED;
}

static bool meets(const struct list_query *query, const struct list_part *part,
                  const struct list_condition *condition, struct list_body *body,
                  struct buf *scratch)
{
    bool filled = list_value(body, condition->field->name, scratch);

    if (!filled)
        return condition->op == LIST_EMPTY || condition->op == LIST_NOT_EQUALS;
    return holds(query, part, condition, buf_text(scratch));
}

bool list_match(const struct list_query *query, const struct list_part *part,
                struct list_body *body, struct buf *scratch)
{
    for (size_t i = 0; i < part->count; i++)
        if (meets(query, part, &part->conditions[i], body, scratch) == query->any)
            return query->any;
    return !query->any;
}
