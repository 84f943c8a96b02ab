#include "sync/lines.h"

#include "base/i18n.h"
#include "sync/classify.h"

#include <stdlib.h>
#include <string.h>

static const char head[] = "{\"results\":[";

void lines_init(struct lines *lines, lines_row on_row, void *context)
{
    *lines = (struct lines){.pending = -1, .on_row = on_row, .context = context};
}

void lines_release(struct lines *lines)
{
    buf_release(&lines->held);
    free(lines->last_seq);
    lines->last_seq = NULL;
}

enum status lines_sequence(const json_t *seq, char **text, struct error *error)
{
    *text = NULL;
    if (!json_is_string(seq) && !json_is_integer(seq))
        return STATUS_OK;
    *text = json_dumps(seq, JSON_ENCODE_ANY | JSON_COMPACT);
    return *text ? STATUS_OK : error_nomem(error);
}

/* The sum of a thousand of these still fits into an int64_t. */
#define COUNT_MAX ((json_int_t)1 << 50)

int64_t lines_count(const json_t *object, const char *name)
{
    json_int_t count = json_int(object, name, -1);
    return count >= 0 && count <= COUNT_MAX ? count : -1;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* --- head and tail ---------------------------------------------------------------------------- */

static enum status feed_head(struct lines *lines, char c, struct error *error)
{
    if (is_space(c))
        return STATUS_OK;
    if (c != head[lines->depth])
        return classify_nonsense(error);
    lines->depth++;
    if (head[lines->depth] == '\0') {
        lines->state = LINES_BETWEEN;
        lines->depth = 0;
    }
    return STATUS_OK;
}

static enum status read_tail(struct lines *lines, const char *text, size_t length,
                             struct error *error)
{
    json_t *tail = NULL;
    enum status status = json_parse(text, length, &tail, NULL);
    if (status == STATUS_NOMEM)
        return error_nomem(error);
    if (status != STATUS_OK)
        return classify_nonsense(error);
    status = lines_sequence(json_object_get(tail, "last_seq"), &lines->last_seq, error);
    lines->pending = lines_count(tail, "pending");
    json_decref(tail);
    if (status != STATUS_OK)
        return status;
    if (!lines->last_seq)
        return classify_nonsense(error);
    lines->state = LINES_DONE;
    return STATUS_OK;
}

/* The `]` of the results has been read; what follows up to the closing brace becomes an object. */
static void start_tail(struct lines *lines)
{
    lines->state = LINES_TAIL;
    lines->depth = 1;
    lines->held.limit = LINES_TAIL_MAX;
    buf_clear(&lines->held);
    buf_char(&lines->held, '{');
}

/* Follows strings and brackets; true when `c` closes the outermost one. */
static bool closes(struct lines *lines, char c)
{
    if (lines->in_string) {
        if (lines->escaped)
            lines->escaped = false;
        else if (c == '\\')
            lines->escaped = true;
        else if (c == '"')
            lines->in_string = false;
        return false;
    }
    if (c == '"')
        lines->in_string = true;
    else if (c == '{' || c == '[')
        lines->depth++;
    else if (c == '}' || c == ']')
        return --lines->depth == 0;
    return false;
}

static enum status feed_tail(struct lines *lines, char c, struct error *error)
{
    bool leading = lines->held.length == 1 && (c == ',' || is_space(c));
    if (leading)
        return STATUS_OK;
    buf_char(&lines->held, c);
    if (buf_failed(&lines->held))
        return buf_over_limit(&lines->held) ? classify_nonsense(error) : error_nomem(error);
    if (!closes(lines, c))
        return STATUS_OK;
    return read_tail(lines, buf_text(&lines->held), lines->held.length, error);
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Keeps the part of a row that lies in this chunk, up to the limit. */
static enum status hold(struct lines *lines, const char *bytes, size_t length, struct error *error)
{
    size_t room = LINES_ROW_MAX - lines->held.length;
    lines->row_length += length;
    buf_bytes(&lines->held, bytes, length < room ? length : room);
    return buf_failed(&lines->held) ? error_nomem(error) : STATUS_OK;
}

static enum status hand_over(struct lines *lines, const char *text, size_t length, bool whole,
                             struct error *error)
{
    lines->state = LINES_BETWEEN;
    lines->rows++;
    return lines->on_row(lines->context, text, length, whole, error);
}

/* The row ends with the `length` bytes of this chunk. */
static enum status end_row(struct lines *lines, const char *bytes, size_t length, bool whole,
                           struct error *error)
{
    const char *text = bytes;
    if (lines->row_length > 0) {
        enum status status = hold(lines, bytes, length, error);
        if (status != STATUS_OK)
            return status;
        text = buf_text(&lines->held);
        length = lines->row_length;
    }
    if (length > LINES_ROW_MAX) {
        length = LINES_ROW_MAX;
        whole = false;
    }
    return hand_over(lines, text, length, whole, error);
}

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* A byte that is zero becomes 0x80; the bytes above one may, too. */
static uint64_t zeros(uint64_t word)
{
    return (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80);
}

static bool is_plain(uint64_t word)
{
    return (zeros(word ^ EACH_BYTE('"')) | zeros(word ^ EACH_BYTE('\\')) |
            zeros(word ^ EACH_BYTE('\n'))) == 0;
}

/* Plain bytes need no attention: most of a row is the inside of strings. */
static size_t skip_plain(const struct lines *lines, const char *bytes, size_t at, size_t length)
{
    uint64_t word;
    if (!lines->in_string || lines->escaped)
        return at;
    for (; at + sizeof(word) <= length; at += sizeof(word)) {
        memcpy(&word, bytes + at, sizeof(word));
        if (!is_plain(word))
            break;
    }
    while (at < length && bytes[at] != '"' && bytes[at] != '\\' && bytes[at] != '\n')
        at++;
    return at;
}

/* Reads on in a row; *used bytes of the chunk belong to it, the line feed not included. */
static enum status feed_row(struct lines *lines, const char *bytes, size_t length, size_t *used,
                            struct error *error)
{
    for (size_t at = skip_plain(lines, bytes, 0, length); at < length;
         at = skip_plain(lines, bytes, at + 1, length)) {
        if (bytes[at] == '\n') {
            *used = at;
            return end_row(lines, bytes, at, false, error);
        }
        if (closes(lines, bytes[at])) {
            *used = at + 1;
            return end_row(lines, bytes, at + 1, true, error);
        }
    }
    *used = length;
    return hold(lines, bytes, length, error);
}

/* Something that does not even start like a row: it ends with its line. */
static enum status feed_junk(struct lines *lines, const char *bytes, size_t length, size_t *used,
                             struct error *error)
{
    const char *end = memchr(bytes, '\n', length);
    *used = end ? (size_t)(end - bytes) : length;
    return end ? end_row(lines, bytes, *used, false, error) : hold(lines, bytes, length, error);
}

/* Between rows: decides what comes next. */
static enum lines_state start_row(struct lines *lines, char c)
{
    if (is_space(c) || c == ',')
        return LINES_BETWEEN;
    if (c == ']') {
        start_tail(lines);
        return LINES_TAIL;
    }
    buf_clear(&lines->held);
    lines->row_length = 0;
    lines->depth = 0;
    lines->in_string = false;
    lines->escaped = false;
    return c == '{' ? LINES_ROW : LINES_JUNK;
}

/* --- the stream ------------------------------------------------------------------------------- */

static enum status feed_some(struct lines *lines, const char *bytes, size_t length, size_t *used,
                             struct error *error)
{
    *used = 1;
    switch (lines->state) {
    case LINES_HEAD:
        return feed_head(lines, bytes[0], error);
    case LINES_BETWEEN:
        lines->state = start_row(lines, bytes[0]);
        if (lines->state == LINES_ROW || lines->state == LINES_JUNK)
            *used = 0;
        return STATUS_OK;
    case LINES_ROW:
        return feed_row(lines, bytes, length, used, error);
    case LINES_JUNK:
        return feed_junk(lines, bytes, length, used, error);
    case LINES_TAIL:
        return feed_tail(lines, bytes[0], error);
    case LINES_DONE:
        break;
    }
    return is_space(bytes[0]) ? STATUS_OK : classify_nonsense(error);
}

bool lines_is_done(const struct lines *lines)
{
    return lines->state == LINES_DONE;
}

enum status lines_feed_page(struct lines *lines, const char *bytes, size_t length, size_t *used,
                            struct error *error)
{
    size_t at = 0;
    while (at < length && lines->failed == STATUS_OK && !lines_is_done(lines)) {
        size_t taken;
        lines->failed = feed_some(lines, bytes + at, length - at, &taken, error);
        at += taken;
    }
    *used = at;
    return lines->failed;
}

enum status lines_feed(struct lines *lines, const char *bytes, size_t length, struct error *error)
{
    while (length > 0 && lines->failed == STATUS_OK) {
        size_t used;
        lines->failed = feed_some(lines, bytes, length, &used, error);
        bytes += used;
        length -= used;
    }
    return lines->failed;
}

enum status lines_finish(struct lines *lines, struct error *error)
{
    if (lines->failed != STATUS_OK)
        return lines->failed;
    if (lines->state == LINES_DONE)
        return STATUS_OK;
    if (lines->state == LINES_HEAD && lines->depth == 0)
        return classify_nonsense(error);
    return error_set(error, STATUS_OFFLINE,
                     _("The connection broke off in the middle of an answer. What has arrived is "
                       "kept; the rest follows at the next attempt."));
}
