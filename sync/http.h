#ifndef HUILIU_SYNC_HTTP_H
#define HUILIU_SYNC_HTTP_H
/*
 * One HTTP client for one upstream; the only module that knows libcurl. It moves bytes and notes
 * facts, it never judges: what an answer means is sync/classify.h's work.
 *
 *     http_new(&settings, &http, &error);
 *     http_send(http, &request, &answer);        // blocking, one request at a time
 *     if (classify_answer(&answer, &error) == STATUS_OK) use(&answer.body);
 *     http_answer_release(&answer);
 *     http_free(http);
 *
 * What is promised for every request:
 *   - Certificates are always verified; http:// is used only when the address says so. Redirects
 *     are not followed, cookies, .netrc and proxies of the environment are ignored.
 *   - It ends: connecting 5 s, low speed, and a total limit that depends on the class.
 *   - It is bounded: decoded bytes (`limit`), the ratio of a compressed answer, number and size of
 *     headers. The caps sit in the callbacks because libcurl's own do not see decoded bytes.
 *   - `trouble` is TROUBLE_NONE only when the answer is complete: Content-Length met or the last
 *     chunk seen. libcurl reports success for an answer that simply stops; we do not.
 *
 * A request with a `sink` gets its body streamed, but only when the answer is a 200 with JSON
 * content; every other body is kept in answer.body (at most HTTP_ERROR_BODY_MAX bytes).
 *
 * One thread uses a client; http_cancel() and http_wake() may be called from any thread.
 */
#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define HTTP_ERROR_BODY_MAX ((size_t)64 << 10)

struct http;

struct http_settings {
    const char *base_url;        /* http(s)://host[:port][/prefix], without credentials */
    const char *user, *password; /* NULL: no login */
    const char *ca_file;         /* PEM; NULL: the system's authorities */
    const char *proxy;           /* NULL: direct, whatever the environment says */
    int64_t at_most_ms;          /* connecting and any answer; 0: as long as its class */
};

/* How long a request may take. */
enum http_class {
    HTTP_QUICK, /* one small document: 30 s */
    HTTP_PAGE,  /* a page of rows: 300 s; a large upload: and a second more for each KiB */
    HTTP_WAIT,  /* a long poll: `wait_ms`, silence allowed, ended by http_wake() */
};

/* A body that is read while it is sent. */
struct http_upload {
    const char *type; /* media type */
    int64_t length;   /* in all */
    /* At most `room` bytes more, *got of them. Any status but OK ends the transfer as a sink's. */
    enum status (*read)(void *context, char *bytes, size_t room, size_t *got, struct error *error);
    void (*rewind)(void *context); /* from the start again: the connection is made anew */
    void *context;
};

struct http_request {
    const char *method; /* "GET", "PUT", "POST" */
    const char *path;   /* begins with '/', already percent-encoded */
    const char *body;   /* JSON; NULL: none */
    size_t body_length;
    const struct http_upload *upload; /* instead of `body` */
    enum http_class kind;
    int64_t wait_ms;
    size_t limit; /* decoded bytes of a good answer at most */
    /* Any status but OK ends the transfer; the answer's trouble is then TROUBLE_SINK. */
    enum status (*sink)(void *context, const char *bytes, size_t length, struct error *error);
    void *context;
};

/* What went wrong on the way, in our own words. */
enum http_trouble {
    TROUBLE_NONE,
    TROUBLE_ADDRESS,       /* the configured address is no URL */
    TROUBLE_RESOLVE,       /* no such host, or no name service */
    TROUBLE_CONNECT,       /* nobody answers */
    TROUBLE_PROXY,         /* the configured proxy does not answer or refuses */
    TROUBLE_TIMEOUT,       /* connected, then too slow */
    TROUBLE_TLS,           /* the handshake failed */
    TROUBLE_TLS_UNTRUSTED, /* the certificate is not one we accept */
    TROUBLE_TLS_NAME,      /* it is one of another host */
    TROUBLE_TLS_EARLY,     /* the certificate is not valid yet by this clock */
    TROUBLE_TLS_LATE,      /* the certificate has expired by this clock */
    TROUBLE_CA_FILE,       /* our own authority file cannot be read */
    TROUBLE_CUT,           /* the answer stopped before its end */
    TROUBLE_GARBLED,       /* not HTTP, contradictory lengths, broken compression */
    TROUBLE_TOO_LARGE,     /* over the limit, or a compression bomb */
    TROUBLE_CANCELLED,     /* http_cancel() */
    TROUBLE_WOKEN,         /* http_wake() ended a long poll */
    TROUBLE_SINK,          /* the sink or the upload refused; its error is in sink_error */
    TROUBLE_MEMORY,
    TROUBLE_OTHER,
};

struct http_answer {
    enum http_trouble trouble;
    int code;                /* libcurl's number behind the trouble, for support */
    int status;              /* HTTP status; 0 when none arrived */
    bool json;               /* content type application/json */
    int64_t retry_after_ms;  /* clamped to 1 s .. 1 h; -1: not stated */
    bool clock_known;        /* the answer had a Date */
    int64_t clock_offset_ms; /* upstream's clock minus ours, to the second */
    int64_t received;        /* bytes on the wire */
    struct buf body;         /* whole answer, or the body of a failure */
    struct error sink_error;
};

enum status http_new(const struct http_settings *settings, struct http **http,
                     struct error *error) MUST_CHECK;
void http_free(struct http *http);

/* Fills in *answer (no need to initialise it); release it whatever happened. */
void http_send(struct http *http, const struct http_request *request, struct http_answer *answer);
void http_answer_release(struct http_answer *answer);

/* Bytes of the answer that is coming in during http_send(); for its sink. */
int64_t http_arriving(const struct http *http);

/* Long polls, each over a connection of its own, or none at all: waits until one of them has a good
 * answer, all have failed, something can be read from the file descriptor `signal` (-1: none),
 * http_wake() or http_cancel(), or for `ms` milliseconds. Every answers[i] is filled in; release
 * it. */
#define HTTP_LISTEN_MAX 8
enum http_event {
    HTTP_EVENT_TIME,
    HTTP_EVENT_WOKEN, /* or cancelled */
    HTTP_EVENT_ANSWER,
    HTTP_EVENT_FAILED,
    HTTP_EVENT_SIGNAL,
    HTTP_EVENT_EMPTY, /* only couch_listen(): a good answer without anything new */
};
enum http_event http_listen(struct http *http, const struct http_request *requests, size_t count,
                            struct http_answer *answers, int64_t ms, int signal);

/* Stops what runs now, and everything later until http_rearm(). Any thread. */
void http_cancel(struct http *http);
bool http_is_cancelled(const struct http *http);
void http_rearm(struct http *http);
/* Ends the present or the next long poll or pause. Any thread. */
void http_wake(struct http *http);

/* Retry-After: seconds or an HTTP date, against `now_ms`; clamped; -1 when it is neither. */
int64_t http_parse_retry_after(const char *text, int64_t now_ms);

/* Appends `text` percent-encoded for a path segment or a query value: only letters, digits, '-',
 * '_', '.' and '~' stay ('+' would mean a space, '/' an attachment). */
void http_encode(struct buf *out, const char *text);

#endif
