#include "sync/multipart.h"

#include "base/i18n.h"
#include "base/random.h"

#include <stdio.h>
#include <string.h>

/* --- the text between ------------------------------------------------------------------------- */

/* Inside quotation marks of a header, as browsers write file names of forms. */
static void put_quoted(struct buf *out, const char *name)
{
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        if (c == '"' || c < 0x20 || c == 0x7F)
            buf_printf(out, "%%%02X", c);
        else
            buf_char(out, *name);
    }
}

/* A media type goes into a header: nothing that could end it. */
static void put_type(struct buf *out, const char *type)
{
    for (; *type; type++)
        buf_char(out, (unsigned char)*type < 0x20 || *type == 0x7F ? ' ' : *type);
}

static void put_part_head(struct buf *out, const char *boundary, const struct multipart_part *part)
{
    buf_printf(out, "\r\n--%s\r\nContent-Disposition: attachment; filename=\"", boundary);
    put_quoted(out, part->name);
    buf_str(out, "\"\r\nContent-Type: ");
    put_type(out, part->type);
    buf_printf(out, "\r\nContent-Length: %lld\r\n\r\n", (long long)part->length);
}

static void put_text(struct multipart *body, const char *boundary, const char *document,
                     size_t length)
{
    const struct multipart_parts *parts = body->parts;
    buf_printf(&body->text, "--%s\r\nContent-Type: application/json\r\n\r\n", boundary);
    buf_bytes(&body->text, document, length);
    for (size_t i = 0; i < parts->count; i++) {
        put_part_head(&body->text, boundary, &parts->items[i]);
        body->ends[i] = body->text.length;
        body->length += parts->items[i].length;
    }
    buf_printf(&body->text, "\r\n--%s--", boundary);
    body->ends[parts->count] = body->text.length;
    body->length += (int64_t)body->text.length;
}

enum status multipart_init(struct multipart *body, const char *document, size_t length,
                           const struct multipart_parts *parts, struct error *error)
{
    char boundary[ULID_TEXT_MAX];
    *body = (struct multipart){.parts = parts};
    if (parts->count > MULTIPART_PARTS_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("At most %d attachments are possible."),
                         MULTIPART_PARTS_MAX);
    enum status status = ulid_new(boundary, error);
    if (status != STATUS_OK)
        return status;
    snprintf(body->type, sizeof(body->type), "multipart/related;boundary=\"%s\"", boundary);
    put_text(body, boundary, document, length);
    if (!buf_failed(&body->text))
        return STATUS_OK;
    multipart_release(body);
    return error_nomem(error);
}

void multipart_release(struct multipart *body)
{
    buf_release(&body->text);
    *body = (struct multipart){0};
}

/* --- giving it out ---------------------------------------------------------------------------- */

static size_t text_start(const struct multipart *body)
{
    size_t index = body->section / 2;
    return index == 0 ? 0 : body->ends[index - 1];
}

static bool is_text(const struct multipart *body)
{
    return body->section % 2 == 0;
}

static int64_t section_length(const struct multipart *body)
{
    size_t index = body->section / 2;
    return is_text(body) ? (int64_t)(body->ends[index] - text_start(body))
                         : body->parts->items[index].length;
}

static enum status copy_section(struct multipart *body, char *bytes, size_t length,
                                struct error *error)
{
    const struct multipart_parts *parts = body->parts;
    if (!is_text(body))
        return parts->read(parts->context, body->section / 2, body->offset, bytes, length, error);
    memcpy(bytes, buf_text(&body->text) + text_start(body) + body->offset, length);
    return STATUS_OK;
}

static enum status read_some(void *context, char *bytes, size_t room, size_t *got,
                             struct error *error)
{
    struct multipart *body = context;
    enum status status = STATUS_OK;
    size_t used = 0;
    while (status == STATUS_OK && used < room && body->section <= 2 * body->parts->count) {
        int64_t left = section_length(body) - body->offset;
        size_t length = left < (int64_t)(room - used) ? (size_t)left : room - used;
        if (length > 0)
            status = copy_section(body, bytes + used, length, error);
        used += length;
        body->offset += (int64_t)length;
        if (body->offset < section_length(body))
            continue;
        body->section++;
        body->offset = 0;
    }
    if (status == STATUS_OK)
        *got = used;
    return status;
}

static void start_again(void *context)
{
    struct multipart *body = context;
    body->section = 0;
    body->offset = 0;
}

struct http_upload multipart_upload(struct multipart *body)
{
    return (struct http_upload){.type = body->type,
                                .length = body->length,
                                .read = read_some,
                                .rewind = start_again,
                                .context = body};
}
