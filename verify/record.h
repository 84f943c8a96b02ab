#ifndef HUILIU_VERIFY_RECORD_H
#define HUILIU_VERIFY_RECORD_H
/*
 * Judging a certificate from its record: what the issuer asserts, what the dates say, whether it
 * is on the revocation list, whether there is a newer version, and whether it belongs to the
 * person at the counter.
 *
 * The caller fills in plain facts; everything here is a pure function of them (today and now
 * included), so that the same facts give the same verdict on every station. All text is raw, NULL
 * or "" means "not known" (or, for the two asked_ fields, "not asked").
 *
 * Checks, in the order they are listed: status (asserted), validity (computed from the dates, kept
 * apart), revocation, version, holder_name, holder_id, freshness. Their precedence is that of
 * verdict.h. A certificate is valid on its last day. A record with neither a status nor dates is
 * cannot_tell; so is an unknown status word. Old data do not change the verdict: they warn, and a
 * report that was not made online asks for a recheck.
 */
#include "base/clock.h"
#include "verify/verdict.h"

#include <stdbool.h>
#include <stdint.h>

enum revocation_answer {
    REVOCATION_UNKNOWN, /* no list of this issuer */
    REVOCATION_CLEAR,
    REVOCATION_LISTED
};

struct certificate_record {
    const char *kind;       /* of the report; NULL: "certificate" */
    const char *status;     /* the issuer's word or code */
    const char *valid_from; /* see day.h */
    const char *valid_to;
    const char *newer_version; /* number of a newer version, when one is known */
    const char *holder_name;   /* on record */
    const char *holder_id;
    const char *asked_name; /* on the document or said at the counter */
    const char *asked_id;

    enum revocation_answer revocation;
    const char *revoked_at;        /* when listed */
    const char *revocation_reason; /* when listed */
    const char *revocation_source; /* issuer of the list */
    const char *revocation_as_of;  /* RFC 3339 */
    int64_t revocation_number;     /* of the list; 0: it has none */
    const char *revocation_next;   /* when a newer list should be there, RFC 3339 */

    const char *source; /* provider of the record */
    int64_t as_of_ms;   /* of the record; 0 when unknown */
    int max_age_days;   /* 0: no limit */
    bool online;        /* the record was fetched just now */

    struct date today;
    int64_t now_ms;
};

/* Numbers of holders: persons (15 and 18 digits alike) or anything else, compared folded. */
bool holder_id_equal(const char *a, const char *b);

void verdict_from_record(const struct certificate_record *record, struct verdict_report *report);

#endif
