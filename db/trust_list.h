#ifndef HUILIU_DB_TRUST_LIST_H
#define HUILIU_DB_TRUST_LIST_H
/*
 * What this workstation trusts, for people: every `trust:*` document of the catalogue with what its
 * key or certificate says about itself, and every `revocation:*` list with its number and age.
 *
 *     struct trust_list *list = NULL;
 *     trust_list_read(reader, clock_wall_ms(), &list, &error);
 *     … list->keys[i] … list->lists[i] …
 *     trust_list_free(list);
 *
 * Nothing is trusted by being listed: an entry that cannot be used stands there with the reason.
 * A revoked key keeps its date, because what it signed before is judged by it (docs/credential.md).
 * Strings live as long as the list and are raw. Thread: the reader's.
 */
#include "db/reader.h"

#include <stdbool.h>
#include <stdint.h>

/* state, stable name, title */
#define TRUST_STATE_LIST(X)                                                                        \
    X(CURRENT, "current", N_("in use"))                                                            \
    X(NOT_YET, "not_yet_valid", N_("not valid yet"))                                               \
    X(EXPIRED, "expired", N_("out of use"))                                                        \
    X(REVOKED, "revoked", N_("revoked"))                                                           \
    X(UNUSABLE, "unusable", N_("cannot be used"))

enum trust_state {
#define TRUST_STATE_ENUM(state, name, title) TRUST_STATE_##state,
    TRUST_STATE_LIST(TRUST_STATE_ENUM)
#undef TRUST_STATE_ENUM
};

const char *trust_state_name(enum trust_state state);  /* stable, English */
const char *trust_state_title(enum trust_state state); /* translated */
/* "root", "issuer" in words, translated; another level as it stands in the catalogue. */
const char *trust_level_title(const char *level);

struct trust_item {
    const char *id;     /* behind "trust:" */
    const char *rev;    /* of the catalogue document */
    const char *level;  /* "issuer", "root" */
    const char *uses;   /* "credential, seal" */
    const char *issuer; /* credit code or address; "" */
    const char *name;
    const char *form; /* "key", "certificate" */
    /* SHA-256: of a certificate's DER in hexadecimal; the thumbprint of a key (RFC 7638). */
    const char *fingerprint;
    const char *subject, *signed_by, *serial; /* of a certificate; "" */
    const char *revocation_reason;
    const char *refusal;     /* why it cannot be used; "" */
    const char *followed_by; /* id of the issuer's next key for the same use; "" */
    int64_t valid_from_ms, valid_to_ms;
    int64_t revoked_ms;  /* 0: not, or the date cannot be read */
    int64_t received_ms; /* when this workstation got it */
    enum trust_state state;
};

/* Out of use in the ordinary course of things: another key of its issuer has taken over. */
bool trust_item_is_rotated(const struct trust_item *item);

struct trust_revocations {
    const char *id; /* of the catalogue document, whole */
    const char *issuer, *rev;
    int64_t number;
    size_t entries;
    bool has_crl; /* an X.509 list is in it */
    int64_t issued_ms, next_ms, received_ms;
    bool late; /* a newer one should have come */
};

struct trust_list {
    struct trust_item *keys;
    size_t key_count;
    struct trust_revocations *lists;
    size_t list_count;
    int64_t as_of_ms; /* when the catalogue was last confirmed; 0: never */
    struct arena *arena;
};

enum status trust_list_read(struct reader *reader, int64_t now_ms, struct trust_list **list,
                            struct error *error) MUST_CHECK;
void trust_list_free(struct trust_list *list);

/* By id, name of the issuer, or the beginning of a fingerprint; NULL when none or several fit. */
const struct trust_item *trust_list_find(const struct trust_list *list, const char *text);

#endif
