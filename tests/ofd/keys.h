#ifndef HUILIU_TESTS_OFD_KEYS_H
#define HUILIU_TESTS_OFD_KEYS_H
/* Fresh keys and certificates for tests, SM2, RSA or Ed25519, signed as an authority in China
 * would: SM2 with the identifier 1234567812345678. Everything aborts on failure: a test has no use
 * for less.
 */
#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

enum key_sort { SORT_SM2, SORT_RSA, SORT_ED25519 };

struct key; /* with its certificate */

struct key_recipe {
    enum key_sort kind;
    const char *name;
    const struct key *issuer; /* NULL: signs itself */
    const struct key *same;   /* the same key pair with another certificate; NULL: a fresh one */
    bool authority;
    bool only_encrypts;            /* a key usage without signing */
    bool stamps;                   /* an authority of time stamps; RSA only */
    const char *uri;               /* a further name of the subject; NULL: none */
    bool broken;                   /* the signature on the certificate is wrong */
    const char *constraint;        /* of an authority: "pathlen:0"; NULL: none */
    const char *permitted;         /* name constraint of an authority: "URI:.example"; NULL: none */
    const struct key *list_issuer; /* who issues the revocation list in the issuer's place */
    const char *purposes;          /* extended key usage: "serverAuth"; NULL: none */
    bool no_certificates;          /* an authority whose key usage is without keyCertSign */
    bool no_lists;                 /* without cRLSign */
    int64_t from_ms, to_ms;
};

struct key *key_new(const struct key_recipe *recipe);
void key_free(struct key *key);

void key_put_certificate(const struct key *key, struct buf *out); /* DER */
void key_put_pem(const struct key *key, struct buf *out);
/* The signature value; `raw` gives r || s instead of DER. */
void key_sign(const struct key *key, const void *data, size_t length, bool raw, struct buf *out);
/* A time stamp token (RFC 3161) over the data, by an authority of time stamps. */
void key_put_timestamp(const struct key *key, const void *data, size_t length, int64_t at_ms,
                       struct buf *out);

/* What a list says of itself in a critical extension. */
enum list_part {
    LIST_WHOLE,
    LIST_OF_USERS,
    LIST_OF_AUTHORITIES,
    LIST_OF_SOME_REASONS,
    LIST_OF_SEVERAL_ISSUERS,
    LIST_NOT_UNDERSTOOD
};

struct list_recipe {
    const struct key *issuer;
    const struct key *revoked; /* NULL: nothing is */
    int64_t revoked_ms, issued_ms, next_ms;
    enum list_part part;
    const struct key *signer;   /* signs in the issuer's place; NULL: the issuer itself */
    const struct key *by_other; /* whose certificate the revoked one is, if not the issuer's */
    bool broken;                /* the signature on the list is wrong */
    bool removed;               /* from the list again: of a delta list */
    long number;                /* of the list; 0: it has none */
    long base;                  /* a delta list to the whole one of that number; 0: it is none */
    bool has_deltas;            /* it says that there are delta lists to it */
    bool hold;                  /* for the time being */
    const char *pss;            /* digest of a signature by RSA-PSS; NULL: not PSS */
};
void key_put_list(const struct list_recipe *recipe, struct buf *out); /* PEM */

/* Digest that goes with the key: SM3 or SHA-256. */
void key_digest(const struct key *key, const void *data, size_t length, struct buf *out);
const char *key_check_method(const struct key *key);
/* DER of issuer name and serial number, one behind the other. */
void key_put_named(const struct key *key, struct buf *out);
enum key_sort key_sort(const struct key *key);

#endif
