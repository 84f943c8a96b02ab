#ifndef HUILIU_TESTS_UPSTREAM_REQUEST_H
#define HUILIU_TESTS_UPSTREAM_REQUEST_H
/*
 * A request as the handlers see it, and the reply they fill in. The HTTP library stays behind
 * server.c.
 *
 * The path is split at '/' before it is decoded, so that %2F belongs to a name; '+' in a name is a
 * space, as in CouchDB. "_design/x" counts as one name.
 *
 * A reply holds its whole body, or a source that is asked for more until it says 0 (such a body is
 * sent chunked). Both live until the reply has been sent.
 */
#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

#define NAMES_MAX        8
#define PARAMETERS_MAX   32
#define REQUEST_BODY_MAX ((size_t)256 << 20)

struct parameter {
    char *name, *value;
};

struct request {
    char method[8];
    char *path; /* raw, without the query; for faults and the log */
    char *names[NAMES_MAX];
    size_t name_count;
    struct parameter parameters[PARAMETERS_MAX];
    size_t parameter_count;
    char *authorization, *cookie, *content_type, *content_encoding, *accept, *if_match, *if_none;
    struct buf body;
};

/* From "/a/b%20c?x=1". False when there are too many parts or memory runs out. */
bool request_parse_target(struct request *request, const char *target);
void request_release(struct request *request);

/* Decodes %XX and '+' in place. */
void request_decode(char *text);

/* A query parameter, NULL when absent; a JSON string value ("\"x\"") loses its quotes. */
const char *request_parameter(const struct request *request, const char *name);
bool request_flag(const struct request *request, const char *name);
/* False when the parameter is there and is not a number. */
bool request_number(const struct request *request, const char *name, int64_t *out);

#define REPLY_HEADERS_MAX 6

struct reply {
    unsigned status;
    struct {
        char name[32];
        char value[320];
    } headers[REPLY_HEADERS_MAX];
    size_t header_count;
    const char *content_type; /* NULL: application/json */
    struct buf body;
    size_t (*read)(void *source, char *out, size_t size); /* 0 at the end; may block */
    void (*release)(void *source);
    void *source;
    bool close; /* Connection: close */
};

void reply_header(struct reply *reply, const char *name, const char *value);
void reply_release(struct reply *reply);

/* {"error":...,"reason":...} */
void reply_error(struct reply *reply, unsigned status, const char *name, const char *reason);
/* 500 from a failure of the store. */
void reply_failure(struct reply *reply, const struct error *error);
void reply_ok(struct reply *reply, unsigned status); /* {"ok":true} */

/* Text as a JSON string. */
void put_json_string(struct buf *out, const char *text);

/* The body as JSON, gunzipped when it says so; otherwise the reply is filled in (400, 413, 415) and
 * NULL comes back. */
json_t *request_json(struct request *request, struct reply *reply);

#endif
