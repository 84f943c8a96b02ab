#ifndef HUILIU_BASE_ERROR_H
#define HUILIU_BASE_ERROR_H
/*
 * Errors as values.
 *
 * Every function that can fail returns an `enum status` and takes a `struct error *` as its last
 * parameter. The caller owns the error (usually on its stack, started with `struct error e = {0}`)
 * and may pass NULL when only the status matters. On success the error is untouched; on failure
 * the callee has filled in one complete sentence, already translated, that tells a clerk what
 * happened and what to do next. Out-parameters are untouched on failure.
 *
 *     struct error error = {0};
 *     if (thing_open(path, &thing, &error) != STATUS_OK)
 *         show(error.text);
 *
 * Callers that add context prefix the sentence with error_prefix(). No memory is allocated, so
 * reporting "out of memory" cannot fail. Threads: an error belongs to one thread at a time.
 */
#include <stddef.h>

/* status, short English name (for logs and --json; part of the command line contract) */
#define STATUS_LIST(X)                                                                             \
    X(OK, "ok")                                                                                    \
    X(INVALID, "invalid")         /* what the caller or the data said makes no sense */            \
    X(USAGE, "usage")             /* the command line is wrong */                                  \
    X(NOT_FOUND, "not_found")     /* there is no such thing */                                     \
    X(REFUSED, "refused")         /* login, permission or policy */                                \
    X(LOCKED, "locked")           /* another process is writing in this home */                    \
    X(OFFLINE, "offline")         /* the upstream cannot be reached */                             \
    X(PORTAL, "portal")           /* something else answers in the upstream's place */             \
    X(TLS, "tls")                 /* the upstream's certificate is not accepted */                 \
    X(BUSY, "busy")               /* the upstream asks us to come later */                         \
    X(UPSTREAM, "upstream")       /* the upstream is at fault */                                   \
    X(CONFLICT, "conflict")       /* the upstream has a newer revision */                          \
    X(TOO_LARGE, "too_large")     /* over a size limit */                                          \
    X(CANCELLED, "cancelled")     /* the user asked to stop */                                     \
    X(CORRUPT, "corrupt")         /* stored data fails its checks */                               \
    X(UNSUPPORTED, "unsupported") /* written by a newer version, or not built in */                \
    X(FULL, "full")               /* no space on the disk */                                       \
    X(IO, "io")                   /* the operating system reports a failure */                     \
    X(NOMEM, "nomem")             /* out of memory */                                              \
    X(INTERNAL, "internal")       /* a defect in this program */

enum status {
#define STATUS_ENUM(name, text) STATUS_##name,
    STATUS_LIST(STATUS_ENUM)
#undef STATUS_ENUM
};

#define ERROR_TEXT_MAX 512

struct error {
    enum status status;
    int detail;                /* sub-code of the failing library: errno, SQLite, curl or HTTP */
    char text[ERROR_TEXT_MAX]; /* one sentence, UTF-8, in the interface language */
};

#define MUST_CHECK                    __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, first) __attribute__((format(printf, format_at, first)))

/* Short English name of a status, never NULL. */
const char *status_name(enum status status);

/* Fills in `error` (when not NULL) and returns `status`. The text is cut at a character border. */
enum status error_set(struct error *error, enum status status, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* As error_set(), and keeps `detail`. */
enum status error_set_detail(struct error *error, enum status status, int detail,
                             const char *format, ...) PRINTF_LIKE(4, 5);

/* STATUS_IO (or FULL, NOMEM, NOT_FOUND, REFUSED) from an errno value and what was being done. */
enum status error_set_errno(struct error *error, int errnum, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Standard sentence for STATUS_NOMEM. */
enum status error_nomem(struct error *error);

/* Puts "text: " before the sentence already there. */
void error_prefix(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
