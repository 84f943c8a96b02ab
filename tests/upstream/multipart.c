#include "tests/upstream/multipart.h"

#include <stdio.h>
#include <string.h>

#define BOUNDARY_MAX 80

static bool find_boundary(const char *content_type, char out[BOUNDARY_MAX])
{
    const char *at = strstr(content_type, "boundary=");
    if (at == NULL)
        return false;
    at += strlen("boundary=");
    bool quoted = *at == '"';
    at += quoted;
    size_t length = strcspn(at, quoted ? "\"" : "; ");
    if (length == 0 || length > 70)
        return false;
    snprintf(out, BOUNDARY_MAX, "--%.*s", (int)length, at);
    return true;
}

bool multipart_split(const struct buf *body, const char *content_type, struct multipart *out)
{
    char boundary[BOUNDARY_MAX];
    char separator[BOUNDARY_MAX + 4];
    memset(out, 0, sizeof *out);
    if (!find_boundary(content_type, boundary))
        return false;
    snprintf(separator, sizeof separator, "\r\n%s", boundary);
    const char *end = buf_text(body) + body->length;
    const char *at = memmem(buf_text(body), body->length, boundary, strlen(boundary));
    if (at == NULL)
        return false;
    at += strlen(boundary);
    while (end - at >= 2 && memcmp(at, "--", 2) != 0) {
        const char *content = memmem(at, (size_t)(end - at), "\r\n\r\n", 4);
        const char *next = content == NULL ? NULL
                                           : memmem(content + 2, (size_t)(end - content - 2),
                                                    separator, strlen(separator));
        if (next == NULL || out->count == MULTIPART_PARTS_MAX)
            return false;
        content += 4;
        out->data[out->count] = content;
        out->lengths[out->count++] = next < content ? 0 : (size_t)(next - content);
        at = next + strlen(separator);
    }
    return true;
}
