#include "tests/upstream/request.h"

#include "tests/township/put.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void request_decode(char *text)
{
    char *out = text;
    for (; *text != '\0'; text++) {
        int high = *text == '%' ? hex_value(text[1]) : -1;
        int low = high >= 0 ? hex_value(text[2]) : -1;
        if (low >= 0) {
            *out++ = (char)(high << 4 | low);
            text += 2;
        } else {
            *out++ = *text == '+' ? ' ' : *text;
        }
    }
    *out = '\0';
}

static bool parse_parameters(struct request *request, char *query)
{
    char *rest = NULL;
    for (char *part = strtok_r(query, "&", &rest); part != NULL;
         part = strtok_r(NULL, "&", &rest)) {
        if (request->parameter_count == PARAMETERS_MAX)
            return false;
        struct parameter *parameter = &request->parameters[request->parameter_count];
        char *equals = strchr(part, '=');
        if (equals != NULL)
            *equals = '\0';
        parameter->name = strdup(part);
        parameter->value = strdup(equals == NULL ? "" : equals + 1);
        request->parameter_count++;
        if (parameter->name == NULL || parameter->value == NULL)
            return false;
        request_decode(parameter->name);
        request_decode(parameter->value);
    }
    return true;
}

/* "_design" and the name after it become one. */
static bool join_design(struct request *request)
{
    if (request->name_count < 3 || strcmp(request->names[1], "_design") != 0)
        return true;
    char *joined = NULL;
    if (asprintf(&joined, "_design/%s", request->names[2]) < 0)
        return false;
    free(request->names[1]);
    free(request->names[2]);
    request->names[1] = joined;
    request->name_count--;
    memmove(&request->names[2], &request->names[3],
            (request->name_count - 2) * sizeof request->names[0]);
    request->names[request->name_count] = NULL;
    return true;
}

static bool parse_names(struct request *request, char *path)
{
    char *rest = NULL;
    for (char *part = strtok_r(path, "/", &rest); part != NULL; part = strtok_r(NULL, "/", &rest)) {
        if (request->name_count == NAMES_MAX)
            return false;
        char *name = strdup(part);
        if (name == NULL)
            return false;
        request_decode(name);
        request->names[request->name_count++] = name;
    }
    return join_design(request);
}

bool request_parse_target(struct request *request, const char *target)
{
    char *copy = strdup(target);
    if (copy == NULL)
        return false;
    char *query = strchr(copy, '?');
    if (query != NULL)
        *query++ = '\0';
    request->path = strdup(copy);
    bool ok = request->path != NULL && parse_names(request, copy) &&
              (query == NULL || parse_parameters(request, query));
    free(copy);
    return ok;
}

void request_release(struct request *request)
{
    char **const owned[] = {&request->path,         &request->authorization,    &request->cookie,
                            &request->content_type, &request->content_encoding, &request->accept,
                            &request->if_match,     &request->if_none};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(*owned[i]);
    for (size_t i = 0; i < request->name_count; i++)
        free(request->names[i]);
    for (size_t i = 0; i < request->parameter_count; i++) {
        free(request->parameters[i].name);
        free(request->parameters[i].value);
    }
    buf_release(&request->body);
    memset(request, 0, sizeof *request);
}

const char *request_parameter(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->parameter_count; i++) {
        char *value = request->parameters[i].value;
        if (strcmp(request->parameters[i].name, name) != 0)
            continue;
        size_t length = strlen(value);
        if (length >= 2 && value[0] == '"' && value[length - 1] == '"') {
            memmove(value, value + 1, length - 2);
            value[length - 2] = '\0';
        }
        return value;
    }
    return NULL;
}

bool request_flag(const struct request *request, const char *name)
{
    const char *value = request_parameter(request, name);
    return value != NULL && strcmp(value, "true") == 0;
}

bool request_number(const struct request *request, const char *name, int64_t *out)
{
    const char *value = request_parameter(request, name);
    if (value == NULL)
        return true;
    char *end = NULL;
    long long number = strtoll(value, &end, 10);
    if (*value == '\0' || *end != '\0')
        return false;
    *out = number;
    return true;
}

/* --- replies ---------------------------------------------------------------------------------- */

void reply_header(struct reply *reply, const char *name, const char *value)
{
    if (reply->header_count == REPLY_HEADERS_MAX)
        return;
    snprintf(reply->headers[reply->header_count].name, sizeof reply->headers[0].name, "%s", name);
    snprintf(reply->headers[reply->header_count].value, sizeof reply->headers[0].value, "%s",
             value);
    reply->header_count++;
}

void reply_release(struct reply *reply)
{
    buf_release(&reply->body);
    if (reply->release != NULL)
        reply->release(reply->source);
    memset(reply, 0, sizeof *reply);
}

void put_json_string(struct buf *out, const char *text)
{
    put_string(out, text);
}

void reply_error(struct reply *reply, unsigned status, const char *name, const char *reason)
{
    reply->status = status;
    buf_clear(&reply->body);
    buf_str(&reply->body, "{\"error\":");
    put_json_string(&reply->body, name);
    buf_str(&reply->body, ",\"reason\":");
    put_json_string(&reply->body, reason);
    buf_str(&reply->body, "}\n");
    if (status == 413)
        reply->close = true;
}

void reply_failure(struct reply *reply, const struct error *error)
{
    reply_error(reply, 500, "unknown_error", error->text);
}

void reply_ok(struct reply *reply, unsigned status)
{
    reply->status = status;
    buf_str(&reply->body, "{\"ok\":true}\n");
}

/* --- JSON bodies ------------------------------------------------------------------------------ */

static bool gunzip(const struct buf *packed, struct buf *out)
{
    char block[65536];
    z_stream stream = {0};
    if (inflateInit2(&stream, 15 + 32) != Z_OK)
        return false;
    stream.next_in = (unsigned char *)packed->data;
    stream.avail_in = (unsigned)packed->length;
    out->limit = REQUEST_BODY_MAX;
    int result = Z_OK;
    while (result == Z_OK) {
        stream.next_out = (unsigned char *)block;
        stream.avail_out = sizeof block;
        result = inflate(&stream, Z_NO_FLUSH);
        buf_bytes(out, block, sizeof block - stream.avail_out);
        if (buf_failed(out))
            result = Z_MEM_ERROR;
    }
    inflateEnd(&stream);
    return result == Z_STREAM_END;
}

static bool unpack(struct request *request, struct reply *reply)
{
    const char *encoding = request->content_encoding;
    if (encoding == NULL || strcmp(encoding, "identity") == 0)
        return true;
    struct buf plain = {0};
    if (strcmp(encoding, "gzip") != 0 || !gunzip(&request->body, &plain)) {
        buf_release(&plain);
        reply_error(reply, 415, "bad_ctype", "Content-Encoding is not supported");
        return false;
    }
    buf_release(&request->body);
    request->body = plain;
    return true;
}

json_t *request_json(struct request *request, struct reply *reply)
{
    const char *type = request->content_type;
    bool is_json = type != NULL && strncmp(type, "application/json", 16) == 0;
    if (strcmp(request->method, "POST") == 0 && !is_json) {
        reply_error(reply, 415, "bad_content_type", "Content-Type must be application/json");
        return NULL;
    }
    if (!unpack(request, reply))
        return NULL;
    /* Duplicate members are legal and the last one wins, unlike in base/json.h. */
    json_t *value = json_loadb(request->body.data, request->body.length, JSON_ALLOW_NUL, NULL);
    if (value == NULL)
        reply_error(reply, 400, "bad_request", "invalid UTF-8 JSON");
    return value;
}
