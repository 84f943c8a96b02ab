#ifndef HUILIU_DB_VERIFICATION_H
#define HUILIU_DB_VERIFICATION_H
/*
 * Is this number, certificate or record genuine, as far as this workstation can tell? Brings
 * together what verify/ can judge by itself (form, dates, states) and what the cache holds: the
 * record, its newer versions, the revocation lists of the catalogue, the age of the data.
 *
 *     struct verdict_report report;
 *     verification_run(reader, &session, "1.2.156.3005.2.…", name, id, &report, &error);
 *
 * The input is a bare number of any kind verify/number.h knows, a document key
 * ("certificate:…", "person:…"), a key with its dataset ("population/person:…"), or a signed code
 * (db/signed_code.h: a compact JWS, or the shc:/ text of its QR code).
 *
 *   certificate  with a record: status, validity, revocation, version, holder, freshness, and the
 *                form of its identifier; without one: the form alone, and the revocation lists,
 *                which may know the number all the same
 *   any other    the form; and a check "record" that says whether this workstation holds a
 *                record about it, from which dataset and as of when. A deceased person's number
 *                and a struck-off enterprise are named there, as warnings: a number does not
 *                become wrong by that.
 *
 * Every check names its source and its as-of time. Nothing is sent anywhere; a report made from
 * cached data asks for a recheck. The holder is compared after folding; the name on record is never
 * part of the report. Reading needs a session that may read people's data (STATUS_REFUSED).
 * Thread: the reader's.
 */
#include "db/reader.h"
#include "db/session.h"
#include "db/signed_code.h"
#include "verify/verdict.h"

/* How the upstream is asked for a record as it is now: the layer above knows the network. STATUS_OK
 * with the document, which becomes the caller's; STATUS_NOT_FOUND when the upstream has none of
 * that key; anything else, with the reason: it could not be asked. */
struct verification_source {
    enum status (*fetch)(void *context, const struct dataset *dataset, const char *key,
                         json_t **document, struct error *error);
    void *context;
};

/* The same as verification_run() with the freshest record of a certificate first. A check "online"
 * says whether the upstream has the same, another, or none, or why it could not be asked. */
struct verification_question {
    const char *input;
    const char *holder_name, *holder_id;      /* NULL: not asked */
    const struct verification_source *source; /* NULL: nobody is asked */
};
enum status verification_run_online(struct reader *reader, const struct session *session,
                                    const struct verification_question *question,
                                    struct verdict_report *report, struct error *error) MUST_CHECK;

/* Once more what somebody was allowed to ask before (db/recheck.h), for nobody's eyes. */
enum status verification_repeat(struct reader *reader, const char *input, const char *holder_name,
                                const char *holder_id, struct verdict_report *report,
                                struct error *error) MUST_CHECK;

/* holder_name and holder_id may be NULL: not asked. `report` is complete on STATUS_OK only. */
enum status verification_run(struct reader *reader, const struct session *session,
                             const char *input, const char *holder_name, const char *holder_id,
                             struct verdict_report *report, struct error *error) MUST_CHECK;

/* A signed code, and where the session may read people's data also the record of the certificate it
 * is about: its checks stand in the report as record_status, record_validity, record_version,
 * record_holder_name …, and a graver verdict of the record counts. `session` NULL: nobody; `source`
 * NULL: the upstream is not asked. */
enum status verification_run_code(struct reader *reader, const struct session *session,
                                  const struct signed_code_question *question,
                                  const struct verification_source *source,
                                  struct verdict_report *report, struct error *error) MUST_CHECK;

#define BLIND_AS_OF_MAX INSTANT_TEXT_MAX

/* Blind check: do this name and this number (of a resident or an enterprise) belong together? Says
 * yes or no and as of when, and shows nothing: a number nobody here has is a no like any other. */
enum status blind_check(struct reader *reader, const char *name, const char *id, bool *match,
                        char as_of[BLIND_AS_OF_MAX], struct error *error) MUST_CHECK;

#endif
