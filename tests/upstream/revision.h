#ifndef HUILIU_TESTS_UPSTREAM_REVISION_H
#define HUILIU_TESTS_UPSTREAM_REVISION_H
/*
 * Revision ids and sequence tokens in the shapes of CouchDB.
 *
 * A revision is "N-" and 32 hexadecimal digits, computed from the content and the parent: two
 * servers that make the same edit get the same id. A sequence is "N-g1AAAA" and base64url; it names
 * the instance of the database, so that a token of another instance is known (and answered as
 * CouchDB does: from the beginning). The number in front is decoration to clients, yet it is the
 * true position here. Pure functions; thread-safe.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_HEX_MAX    33
#define DIGEST_BASE64_MAX 25
#define REVISION_TEXT_MAX 48
#define SEQUENCE_TEXT_MAX 72

struct revision {
    uint32_t generation; /* from 1; at most REVISION_GENERATION_MAX */
    char digest[DIGEST_HEX_MAX];
};

#define REVISION_GENERATION_MAX 1000000u

/* "N-<1 to 32 hexadecimal digits>", whole string. */
bool revision_parse(const char *text, struct revision *revision);
void revision_format(const struct revision *revision, char out[REVISION_TEXT_MAX]);

/* The id of an edit. `parent` is the parent's text or NULL, `body` the compact JSON of the document
 * without members that begin with an underscore, `attachments` the compact JSON of its stubs or
 * NULL. */
void revision_make(uint32_t generation, const char *parent, bool deleted, const char *body,
                   size_t length, const char *attachments, char out[REVISION_TEXT_MAX]);

struct sequence {
    uint64_t number;
    uint64_t instance;
};

void sequence_format(const struct sequence *sequence, char out[SEQUENCE_TEXT_MAX]);
bool sequence_parse(const char *text, struct sequence *sequence);

/* MD5 as attachments carry it: base64 of the digest. */
void digest_base64(const void *data, size_t length, char out[DIGEST_BASE64_MAX]);
bool base64_decode(const char *text, size_t length, unsigned char *out, size_t *out_length);
size_t base64_length(size_t bytes); /* of the text, without the NUL */
void base64_encode(const void *data, size_t length, char *out);

#endif
