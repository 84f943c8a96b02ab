#ifndef HUILIU_DB_DOSSIER_H
#define HUILIU_DB_DOSSIER_H
/*
 * The one-person and the one-enterprise file: everything the cache holds about a subject, section
 * by dataset, ready to be shown by the interface and printed by the command line. Values are
 * masked for the session; text is raw and passes text_show() on its way to a terminal. The dossier
 * owns all its memory.
 */
#include "db/dated.h"
#include "db/reader.h"
#include "db/session.h"
#include "verify/verdict.h"

#include <stdint.h>

struct dossier_field {
    const struct dataset_field *field; /* name, title, type, grade; lives in the dossier */
    const char *value;                 /* displayed form, masked when `masked`; "" when empty */
    const char *clear;                 /* displayed form unmasked; NULL when masked */
    bool masked, present;
    enum dated dated; /* of a date that is shown: whether it can be right */
    /* The newest open request that proposes another value for this field: */
    const char *pending; /* proposed value, displayed; NULL: none */
    const char *pending_id;
    const char *pending_state; /* translated "state · delivery" */
    const char *pending_by;    /* account of its maker, and the station when it is another one */
    int64_t pending_ms;
    size_t pending_others; /* further open requests that propose something for this field */
    int64_t changed_ms;    /* when it last became another value here; 0: not since it came */
};

/* A field became another value: when that arrived here, old and new, masked like the field. */
struct dossier_change {
    int64_t at_ms;
    const char *name, *title;
    const char *before, *after; /* "" when there was or is no value */
    bool masked;
};

struct dossier_section {
    const char *dataset, *title, *provider;
    const char *record, *rev;
    const char *as_of; /* RFC 3339 of the feed's last complete answer */
    int64_t age_ms;    /* since then; -1 unknown */
    bool stale;        /* older than the provider allows (max_age_days) */
    bool ahead;        /* as_of lies ahead of this computer's clock: the age is not known */
    bool withdrawn;
    const struct dossier_field *fields;
    size_t field_count;
    bool is_certificate;
    enum verdict verdict;       /* of a certificate, computed now from what is known here */
    const char *verdict_reason; /* the sentence that decides it; "" */
    const struct dossier_change *changes; /* newest first */
    size_t change_count;
};

enum dossier_link_kind {
    LINK_HOUSEHOLD,
    LINK_PERSON,
    LINK_ENTERPRISE,
    LINK_CERTIFICATE,
    LINK_PLACE
};
struct dossier_link {
    enum dossier_link_kind kind;
    const char *dataset, *record; /* record that holds the link */
    const char *relation;         /* field title or household relation */
    enum subject_kind target_kind;
    const char *target;       /* subject, unmasked: for opening */
    const char *target_shown; /* masked for the session */
    const char *name;         /* "" when not in the cache */
    enum verdict verdict;     /* LINK_CERTIFICATE: as in a section */
    const char *verdict_reason;
};

/* What the ministries say about one thing, where they do not agree. */
enum dossier_aspect { ASPECT_NAME, ASPECT_BIRTH, ASPECT_SEX, ASPECT_MARITAL, ASPECT_ADDRESS };
const char *dossier_aspect_name(enum dossier_aspect aspect);  /* "name", "birth_date" … */
const char *dossier_aspect_title(enum dossier_aspect aspect); /* translated */

struct dossier_claim {
    const struct dossier_section *section;
    const struct dossier_field *field; /* of the section */
    const char *value;                 /* as the field's, or what the digits of its number say */
    bool derived;                      /* from the digits of a resident number */
    bool masked;                       /* the value is */
    bool differs;                      /* from the first statement, which is trusted most */
    /* What the first that says otherwise says, as it would be typed into this field, and who that
     * is; NULL when nobody does, or it may not be seen. */
    const char *proposed;
    const struct dossier_claim *proposed_by;
};

struct dossier_difference {
    enum dossier_aspect aspect;
    const struct dossier_claim *claims; /* all there are, also those that agree */
    size_t claim_count;
};

struct dossier {
    enum subject_kind kind;
    const char *subject, *subject_shown, *name;
    const char *flags[8]; /* translated: deceased (and when), moved away … */
    size_t flag_count;
    const struct dossier_section *sections;
    size_t section_count;
    const struct dossier_link *links;
    size_t link_count;
    const struct dossier_difference *differences;
    size_t difference_count;
    int pending; /* open requests about this subject */
};

struct dossier_options {
    const char *const *reveal; /* "dataset.field" or "field" to show in clear; purpose was logged */
    size_t reveal_count;
};

/* subject: the resident id or credit code; STATUS_NOT_FOUND when nothing is known. */
enum status dossier_open(struct reader *reader, const struct session *session,
                         enum subject_kind kind, const char *subject,
                         const struct dossier_options *options, struct dossier **dossier,
                         struct error *error) MUST_CHECK;
/* One record of any dataset as a one-section dossier: `key` is a document key, with or without
 * "dataset/" before it. */
enum status dossier_open_record(struct reader *reader, const struct session *session,
                                const char *key, const struct dossier_options *options,
                                struct dossier **dossier, struct error *error) MUST_CHECK;
void dossier_free(struct dossier *dossier);

/* Raw body of one record: for verification and the request editor. Caller json_decref()s *body;
 * `rev` (96 bytes) may be NULL. STATUS_NOT_FOUND. */
enum status record_body(struct reader *reader, const char *dataset, const char *key, json_t **body,
                        char *rev, struct error *error) MUST_CHECK;

#endif
