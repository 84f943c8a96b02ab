#include "sync/bundle_payload.h"

#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

static const char page_start[] = "{\"results\":[";

void payload_init(struct payload *payload)
{
    *payload = (struct payload){.head = {.limit = PAYLOAD_HEAD_MAX}};
}

void payload_release(struct payload *payload)
{
    for (size_t i = 0; i < payload->page_count; i++) {
        json_decref(payload->pages[i].head);
        free(payload->pages[i].since);
        free(payload->pages[i].last_seq);
    }
    free(payload->pages);
    buf_release(&payload->head);
    if (payload->in_page)
        lines_release(&payload->lines);
    *payload = (struct payload){0};
}

static enum status nonsense(struct error *error)
{
    return error_set(
        error, STATUS_INVALID,
        _("The content of this bundle is not what it should be. Ask whoever made it."));
}

/* --- heads ------------------------------------------------------------------------------------ */

static bool is_name(const json_t *head, const char *member, size_t limit)
{
    const char *text = json_text(head, member, "");

    return text[0] != '\0' && strlen(text) <= limit;
}

static enum status check_head(const json_t *head, struct error *error)
{
    const char *direction = json_text(head, "direction", "");

    if (json_int(head, "version", 0) > PAYLOAD_VERSION)
        return error_set(error, STATUS_UNSUPPORTED,
                         _("This bundle was made for a newer version of this program."));
    if (strcmp(direction, "up") == 0)
        return error_set(
            error, STATUS_INVALID,
            _("This bundle goes from a station to the platform; it is not read here."));
    if (json_int(head, "version", 0) != PAYLOAD_VERSION || strcmp(direction, "down") != 0 ||
        json_int(head, "number", 0) < 1 || !is_name(head, "origin", 64) ||
        !is_name(head, "area", 12) || !is_name(head, "database", 200))
        return nonsense(error);
    return STATUS_OK;
}

/* The pages of one bundle were made together. */
static bool belong_together(const json_t *a, const json_t *b)
{
    return strcmp(json_text(a, "origin", ""), json_text(b, "origin", "")) == 0 &&
           strcmp(json_text(a, "area", ""), json_text(b, "area", "")) == 0 &&
           json_int(a, "number", 0) == json_int(b, "number", 0);
}

static enum status add_page(struct payload *payload, json_t *head, struct error *error)
{
    if (payload->page_count == PAYLOAD_PAGES_MAX ||
        (payload->page_count > 0 && !belong_together(payload->pages[0].head, head)))
        return nonsense(error);
    struct payload_page *grown =
        realloc(payload->pages, (payload->page_count + 1) * sizeof(*grown));
    if (!grown)
        return error_nomem(error);
    payload->pages = grown;
    struct payload_page *page = &grown[payload->page_count++];
    *page = (struct payload_page){.head = json_incref(head), .rows_at = payload->offset};
    enum status status = lines_sequence(json_object_get(head, "since"), &page->since, error);
    if (status != STATUS_OK)
        return status;
    if (!page->since && json_object_get(head, "since") &&
        !json_is_null(json_object_get(head, "since")))
        return nonsense(error);
    return STATUS_OK;
}

static enum status no_row(void *context, const char *text, size_t length, bool whole,
                          struct error *error)
{
    (void)context, (void)text, (void)length, (void)whole, (void)error;
    return STATUS_OK;
}

static enum status start_page(struct payload *payload, struct error *error)
{
    payload->in_page = true;
    lines_init(&payload->lines, no_row, NULL);
    return lines_feed(&payload->lines, page_start, sizeof(page_start) - 1, error);
}

/* The head as it stands, closed: {"bundle":{…},"results":[]} and nothing else. */
static enum status read_head(struct payload *payload, struct error *error)
{
    json_t *value = NULL;
    buf_str(&payload->head, "]}");
    enum status status =
        buf_failed(&payload->head)
            ? STATUS_NOMEM
            : json_parse(buf_text(&payload->head), payload->head.length, &value, NULL);
    if (status == STATUS_NOMEM)
        return buf_over_limit(&payload->head) ? nonsense(error) : error_nomem(error);
    if (status != STATUS_OK)
        return nonsense(error);
    const json_t *docs = json_object_get(value, "docs");
    if (status == STATUS_OK && docs)
        status = check_head(json_object_get(value, "bundle"), error);
    if (status == STATUS_OK && (json_object_size(value) != 2 || !json_object_get(value, "results")))
        status = nonsense(error);
    json_t *head = json_object_get(value, "bundle");
    if (status == STATUS_OK)
        status = check_head(head, error);
    if (status == STATUS_OK)
        status = add_page(payload, head, error);
    if (status == STATUS_OK)
        status = start_page(payload, error);
    json_decref(value);
    buf_clear(&payload->head);
    return status;
}

/* Follows strings and brackets; true behind the '[' of the page's rows. */
static bool opens_rows(struct payload *payload, char c)
{
    if (payload->in_string) {
        if (payload->escaped)
            payload->escaped = false;
        else if (c == '\\')
            payload->escaped = true;
        else if (c == '"')
            payload->in_string = false;
        return false;
    }
    if (c == '"')
        payload->in_string = true;
    else if (c == '{' || c == '[')
        payload->depth++;
    else if (c == '}' || c == ']')
        payload->depth--;
    return c == '[' && payload->depth == 2;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static enum status feed_head(struct payload *payload, char c, struct error *error)
{
    payload->offset++;
    if (payload->depth == 0 && payload->head.length == 0 && is_space(c))
        return STATUS_OK;
    buf_char(&payload->head, c);
    if (buf_failed(&payload->head) || (payload->head.length == 1 && c != '{'))
        return nonsense(error);
    if (!opens_rows(payload, c))
        return payload->depth > 0 ? STATUS_OK : nonsense(error);
    payload->depth = 0;
    return read_head(payload, error);
}

/* --- pages ------------------------------------------------------------------------------------ */

static enum status feed_page(struct payload *payload, const char *bytes, size_t length,
                             size_t *used, struct error *error)
{
    struct lines *lines = &payload->lines;
    enum status status = lines_feed_page(lines, bytes, length, used, error);
    payload->offset += *used;
    if (status != STATUS_OK)
        return nonsense(error);
    if (!lines_is_done(lines))
        return STATUS_OK;
    struct payload_page *page = &payload->pages[payload->page_count - 1];
    page->end = payload->offset;
    page->rows = lines->rows;
    payload->rows += lines->rows;
    page->last_seq = lines->last_seq;
    lines->last_seq = NULL;
    if (lines->pending > 0)
        status =
            error_set(error, STATUS_INVALID,
                      _("This bundle ends in the middle of a dataset. Ask for a complete one."));
    lines_release(lines);
    payload->in_page = false;
    return status;
}

enum status payload_feed(struct payload *payload, const char *bytes, size_t length,
                         struct error *error)
{
    enum status status = STATUS_OK;
    while (length > 0 && status == STATUS_OK) {
        size_t used = 1;
        status = payload->in_page ? feed_page(payload, bytes, length, &used, error)
                                  : feed_head(payload, bytes[0], error);
        bytes += used;
        length -= used;
    }
    return status;
}

enum status payload_finish(struct payload *payload, struct error *error)
{
    if (payload->in_page || payload->head.length > 0 || payload->page_count == 0)
        return nonsense(error);
    return STATUS_OK;
}
