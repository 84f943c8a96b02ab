#include "verify/credential.h"

#include "base/i18n.h"
#include "verify/credential_chain.h"
#include "verify/fold.h"
#include "verify/key_revocation.h"
#include "verify/list_date.h"

#include <stdlib.h>
#include <string.h>

#define TRIES_MAX 64 /* keys one code is tried with */

enum stage {
    STAGE_DAMAGED, /* no proper JWS */
    STAGE_UNKNOWN, /* no key of that name */
    STAGE_REFUSED, /* there is one, but it cannot be used */
    STAGE_FORGED,  /* the signature does not fit */
    STAGE_SIGNED
};

struct credential {
    struct jws jws;
    enum stage stage;
    struct error reason;         /* of a stage before the last */
    const struct trust_key *key; /* when signed; in the trust set or in the chain */
    struct credential_chain chain;
    bool by_chain; /* known by the certificates it brings along */
    bool opened;   /* payload and claims were read */
    bool unpacked; /* the content is not compressed, or as the header says */
    json_t *payload;
    struct claims claims;
    struct error content_reason; /* STATUS_OK when it is JSON */
};

/* --- opening ---------------------------------------------------------------------------------
 */

static enum status open_content(struct credential *credential, struct error *error)
{
    struct buf text = {0};
    enum status status = jws_payload(&credential->jws, &text, &credential->content_reason);

    credential->unpacked = status == STATUS_OK;
    if (status == STATUS_OK)
        status = json_parse(buf_text(&text), text.length, &credential->payload,
                            &credential->content_reason);
    buf_release(&text);
    if (status == STATUS_NOMEM)
        return error_nomem(error);
    claims_read(credential->payload, &credential->claims);
    credential->opened = true;
    return STATUS_OK;
}

static struct claim_time signing_time(const struct claims *claims)
{
    return claims->issued.reading == CLAIM_READ ? claims->issued : claims->not_before;
}

/* When it says it was signed; else now. */
static int64_t signed_ms(const struct claims *claims, int64_t now_ms)
{
    struct claim_time signing = signing_time(claims);

    return signing.reading == CLAIM_READ ? signing.ms : now_ms;
}

static bool is_in_time(const struct trust_key *key, int64_t at)
{
    return !(key->valid_from_ms && at < key->valid_from_ms - CLOCK_LEEWAY_MS) &&
           !(key->valid_to_ms && at > key->valid_to_ms);
}

/* One key may be listed several times: for an issuer of two names, prolonged, revoked. The entry
 * for the issuer the code names comes first, then a revoked one, then one that was valid. */
static int rank_entry(const struct trust_key *key, const struct claims *claims, int64_t now_ms)
{
    bool is_theirs =
        key->this_run_only || !*claims->issuer || strcmp(claims->issuer, key->issuer) == 0;

    return 4 * is_theirs + 2 * key->revoked + is_in_time(key, signed_ms(claims, now_ms));
}

static void note_unfit(struct credential *credential, const struct trust_key *key,
                       const struct error *reason)
{
    if (credential->stage == STAGE_SIGNED)
        return;
    if (!key->refusal) {
        credential->stage = STAGE_FORGED;
        credential->reason = *reason;
    } else if (credential->stage == STAGE_UNKNOWN) {
        credential->stage = STAGE_REFUSED;
        (void)error_set(&credential->reason, STATUS_REFUSED, "%s", key->refusal);
    }
}

static enum status try_keys(struct credential *credential, const struct credential_trust *trust,
                            const struct trust_wanted *wanted, struct error *error)
{
    const struct trust_key *key = NULL;
    int best = -1;

    credential->stage = STAGE_UNKNOWN;
    for (int tries = 0; tries < TRIES_MAX && (key = trust_next(trust->keys, wanted, key));
         tries++) {
        struct error reason = {0};
        if (key->refusal || jws_verify(&credential->jws, &key->jwk, &reason) != STATUS_OK) {
            note_unfit(credential, key, &reason);
            continue;
        }
        enum status status = credential->opened ? STATUS_OK : open_content(credential, error);
        if (status != STATUS_OK)
            return status;
        int rank = rank_entry(key, &credential->claims, trust->now_ms);
        if (rank > best) {
            best = rank;
            credential->key = key;
        }
        credential->stage = STAGE_SIGNED;
    }
    return STATUS_OK;
}

static enum status follow_chain(struct credential *credential, const struct credential_trust *trust,
                                struct error *error)
{
    struct credential_chain *chain = &credential->chain;
    enum status status = credential->opened ? STATUS_OK : open_content(credential, error);

    if (status == STATUS_OK)
        status = credential_chain_follow(chain, trust->roots,
                                         signed_ms(&credential->claims, trust->now_ms),
                                         credential->claims.issuer, error);
    if (status != STATUS_OK)
        return status;
    credential->by_chain = true;
    if (chain->state.answer == CHAIN_TRUSTED) {
        credential->stage = STAGE_SIGNED;
        credential->key = &chain->key;
    } else if (chain->state.answer == CHAIN_BROKEN) {
        credential->stage = STAGE_REFUSED;
        (void)error_set(&credential->reason, STATUS_REFUSED, "%s", chain->state.reason);
    }
    return STATUS_OK;
}

/* No key of the catalogue: the certificates the code brings along may lead to a trusted one. */
static enum status try_chain(struct credential *credential, const struct credential_trust *trust,
                             struct error *error)
{
    struct error reason = {0};
    enum status status = credential_chain_read(&credential->jws, &credential->chain, &reason);

    if (status == STATUS_NOMEM)
        return error_nomem(error);
    if (status != STATUS_OK) {
        credential->stage = STAGE_REFUSED;
        credential->reason = reason;
        return STATUS_OK;
    }
    if (jws_verify(&credential->jws, &credential->chain.key.jwk, &reason) == STATUS_OK)
        return follow_chain(credential, trust, error);
    credential->stage = STAGE_FORGED;
    credential->reason = reason;
    return STATUS_OK;
}

/* A code without the name of a key is tried with the keys of the issuer it names. */
static enum status find_key(struct credential *credential, const struct credential_trust *trust,
                            struct error *error)
{
    struct trust_wanted wanted = {.kid = credential->jws.kid};

    if (!wanted.kid) {
        enum status status = open_content(credential, error);
        if (status != STATUS_OK)
            return status;
        wanted.issuer = credential->claims.issuer;
    }
    enum status status = try_keys(credential, trust, &wanted, error);
    if (status == STATUS_OK && credential->stage != STAGE_SIGNED &&
        credential_chain_is(&credential->jws) && trust->roots)
        return try_chain(credential, trust, error);
    return status;
}

enum status credential_open(const char *jws, size_t length, const struct credential_trust *trust,
                            struct credential **credential, struct error *error)
{
    struct credential *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    enum status status = jws_parse(jws, length, &made->jws, &made->reason);
    if (status == STATUS_OK)
        status = find_key(made, trust, error);
    else if (status == STATUS_NOMEM)
        (void)error_nomem(error);
    else
        status = STATUS_OK;
    if (status == STATUS_OK)
        *credential = made;
    else
        credential_free(made);
    return status;
}

bool credential_brings_certificates(const char *jws, size_t length)
{
    struct jws read = {0};
    bool brings = jws_parse(jws, length, &read, NULL) == STATUS_OK && credential_chain_is(&read);

    jws_release(&read);
    return brings;
}

void credential_free(struct credential *credential)
{
    if (!credential)
        return;
    json_decref(credential->payload);
    credential_chain_release(&credential->chain);
    jws_release(&credential->jws);
    free(credential);
}

struct credential_identity credential_identity(const struct credential *credential)
{
    struct credential_identity identity = {.issuer = ""};

    if (credential->stage == STAGE_SIGNED) {
        identity.issuer =
            *credential->key->issuer ? credential->key->issuer : credential->claims.issuer;
        identity.ids = credential->claims.ids;
        identity.id_count = credential->claims.id_count;
    }
    return identity;
}

struct credential_subject credential_subject(const struct credential *credential)
{
    const struct claims *claims = &credential->claims;

    if (credential->stage != STAGE_SIGNED || claims->flaw)
        return (struct credential_subject){"", "", ""};
    return (struct credential_subject){claims->certificate_id, claims->holder_name,
                                       claims->holder_id};
}

/* --- judging: who signed it ------------------------------------------------------------------
 */

struct judging {
    const struct credential *credential;
    const struct credential_circumstances *around;
    struct verdict_report *report;
};

static const char *or_else(const char *text, const char *other)
{
    return text && *text ? text : other;
}

static void cite_trust(const struct judging *judging)
{
    const struct trust_key *key = judging->credential->key;

    if (key && key->this_run_only)
        verdict_report_cite(judging->report, _("file named for this run"), NULL);
    else
        verdict_report_cite(judging->report, judging->around->trust_source,
                            judging->around->trust_as_of);
}

static void judge_format(const struct judging *judging)
{
    const struct credential *credential = judging->credential;

    if (credential->stage == STAGE_DAMAGED)
        verdict_report_add(judging->report, "format", CHECK_FAIL, VERDICT_SIGNATURE_INVALID, "%s",
                           credential->reason.text);
    else
        verdict_report_note(judging->report, "format", CHECK_PASS,
                            _("It has the form of a signed code."));
    verdict_report_cite(judging->report, "RFC 7515", NULL);
}

/* Said also where the issuer is not known: no synchronisation helps. */
static void judge_algorithm(const struct judging *judging)
{
    const struct jws *jws = &judging->credential->jws;

    if (!jws->algorithm_known)
        verdict_report_note(judging->report, "algorithm", CHECK_FAIL,
                            _("It is signed in a way that is not used here (%.40s). Known are "
                              "ES256, ES384, EdDSA, PS256, RS256 and SM2SM3."),
                            json_text(jws->header, "alg", "?"));
}

static void judge_signature(const struct judging *judging)
{
    const struct credential *credential = judging->credential;
    struct verdict_report *report = judging->report;

    if (credential->stage == STAGE_FORGED)
        verdict_report_add(report, "signature", CHECK_FAIL, VERDICT_SIGNATURE_INVALID, "%s",
                           credential->reason.text);
    else if (credential->stage == STAGE_SIGNED)
        verdict_report_add(report, "signature", CHECK_PASS, VERDICT_VALID,
                           _("The signature (%s) fits the content and the issuer's key."),
                           signature_algorithm_name(credential->jws.algorithm));
    else
        verdict_report_note(report, "signature", CHECK_SKIPPED,
                            _("The signature cannot be checked without the issuer's key."));
}

static void judge_signer(const struct judging *judging)
{
    const struct credential *credential = judging->credential;
    const struct trust_key *key = credential->key;
    struct verdict_report *report = judging->report;
    const char *claimed = credential->claims.issuer;

    if (key->this_run_only && *claimed)
        verdict_report_add(report, "issuer", CHECK_WARN, VERDICT_VALID,
                           _("Signed with a key from the file named for this run only: the "
                             "platform does not vouch for it. The code says it is from %s."),
                           claimed);
    else if (key->this_run_only)
        verdict_report_add(report, "issuer", CHECK_WARN, VERDICT_VALID,
                           _("Signed with a key from the file named for this run only: the "
                             "platform does not vouch for it. The code does not say who issued "
                             "it."));
    else if (*claimed && strcmp(claimed, key->issuer) != 0)
        verdict_report_add(report, "issuer", CHECK_FAIL, VERDICT_UNKNOWN_ISSUER,
                           _("The code says it is from %s, but the key belongs to %s."), claimed,
                           key->issuer);
    else
        verdict_report_add(report, "issuer", CHECK_PASS, VERDICT_VALID, _("Issued by %s."),
                           or_else(key->name, key->issuer));
}

static void judge_issuer(const struct judging *judging)
{
    const struct credential *credential = judging->credential;
    struct verdict_report *report = judging->report;

    if (credential->stage == STAGE_SIGNED)
        judge_signer(judging);
    else if (credential->stage == STAGE_REFUSED)
        verdict_report_add(report, "issuer", CHECK_FAIL, VERDICT_UNKNOWN_ISSUER,
                           _("The issuer's key cannot be used: %s"), credential->reason.text);
    else if (credential->stage == STAGE_UNKNOWN && credential->by_chain)
        verdict_report_add(report, "issuer", CHECK_FAIL, VERDICT_UNKNOWN_ISSUER,
                           _("The code brings the certificate of %s along, but nobody who is "
                             "trusted here vouches for it."),
                           credential->chain.name);
    else if (credential->stage == STAGE_UNKNOWN)
        verdict_report_add(report, "issuer", CHECK_FAIL, VERDICT_UNKNOWN_ISSUER,
                           _("No key this workstation trusts is called %s. Synchronise, then "
                             "try again."),
                           or_else(credential->jws.kid, or_else(credential->claims.issuer, "?")));
    else
        return; /* the signature says it */
    cite_trust(judging);
}

/* --- judging: the key ------------------------------------------------------------------------
 */

static void judge_revoked_key(const struct judging *judging, const struct claim_time *signing)
{
    const struct trust_key *key = judging->credential->key;
    char day[INSTANT_TEXT_MAX] = "?";

    if (key->revoked_ms)
        instant_format_local(key->revoked_ms, day);
    if (key_revocation_judge(key->revoked_ms, false,
                             signing->reading == CLAIM_READ ? signing->ms : 0,
                             0) == KEY_REVOKED_AFTER_STATEMENT)
        verdict_report_add(judging->report, "key", CHECK_WARN, VERDICT_CANNOT_TELL,
                           _("The issuer's key was revoked on %s. The code says it was signed "
                             "before, but no time stamp proves it, and whoever has the key can "
                             "write that: ask the issuer."),
                           day);
    else
        verdict_report_add(judging->report, "key", CHECK_FAIL, VERDICT_REVOKED,
                           _("The issuer's key was revoked (%s), and the code was not signed "
                             "before."),
                           day);
}

static void judge_key_time(const struct judging *judging, int64_t at, bool said)
{
    const struct trust_key *key = judging->credential->key;
    struct verdict_report *report = judging->report;
    char day[INSTANT_TEXT_MAX];

    instant_format_local(at, day);
    if (!is_in_time(key, at))
        verdict_report_add(report, "key", CHECK_FAIL, VERDICT_UNKNOWN_ISSUER,
                           said ? _("The issuer's key was not valid when the code was signed (%s).")
                                : _("The issuer's key is not valid now (%s), and the code does not "
                                    "say when it was signed."),
                           day);
    else if (key->valid_to_ms && key->valid_to_ms < judging->around->now_ms)
        verdict_report_note(report, "key", CHECK_WARN,
                            _("The issuer's key was valid when the code was signed (%s) and has "
                              "been out of use since. When it was signed is the signer's own "
                              "statement."),
                            day);
    else
        verdict_report_note(report, "key", CHECK_PASS,
                            said ? _("The issuer's key was valid at the time the code itself "
                                     "states (%s).")
                                 : _("The issuer's key is valid now (%s); the code does not say "
                                     "when it was signed."),
                            day);
}

static void judge_key(const struct judging *judging)
{
    const struct credential *credential = judging->credential;
    struct claim_time signing = signing_time(&credential->claims);
    bool said = signing.reading == CLAIM_READ;
    int64_t now = judging->around->now_ms;
    int64_t at = said ? signing.ms : now;

    if (credential->by_chain) {
        credential_chain_judge(&credential->chain, at, said, now, judging->report);
        return;
    }
    if (credential->key->revoked)
        judge_revoked_key(judging, &signing);
    else
        judge_key_time(judging, at, said);
    cite_trust(judging);
}

/* --- judging: the content --------------------------------------------------------------------
 */

/* What SMART Health Cards ask of the envelope beyond RFC 7515. */
static const char *health_card_flaw(const struct credential *credential)
{
    const struct jws *jws = &credential->jws;

    if (!jws->deflated)
        return _("The content of a health card must be compressed; this is not.");
    if (jws->algorithm != SIGNATURE_ES256)
        return _("A health card must be signed with ES256; this is not.");
    if (!jws->kid || strcmp(jws->kid, credential->key->jwk.thumbprint) != 0)
        return _("A health card must name its key by the thumbprint; this does not.");
    return NULL;
}

static void judge_content(const struct judging *judging)
{
    const struct credential *credential = judging->credential;
    const char *flaw = credential->claims.flaw;

    if (credential->content_reason.status == STATUS_TOO_LARGE)
        flaw = credential->content_reason.text;
    else if (!credential->unpacked)
        flaw = _("What was signed cannot be read, compressed as it is.");
    if (!flaw && credential->claims.health_card)
        flaw = health_card_flaw(credential);
    if (flaw)
        verdict_report_add(judging->report, "content", CHECK_FAIL, VERDICT_CANNOT_TELL, "%s", flaw);
    else
        verdict_report_note(judging->report, "content", CHECK_PASS,
                            credential->claims.health_card
                                ? _("It is a health card (SMART Health Card).")
                                : _("It is a certificate in the form of the signed code."));
}

static void judge_dates(const struct judging *judging)
{
    const struct claims *claims = &judging->credential->claims;
    struct verdict_report *report = judging->report;
    int64_t now = judging->around->now_ms;
    char time[INSTANT_TEXT_MAX];

    if (claims->not_before.reading == CLAIM_READ && claims->not_before.ms > now + CLOCK_LEEWAY_MS) {
        instant_format_local(claims->not_before.ms, time);
        verdict_report_add(report, "validity", CHECK_FAIL, VERDICT_NOT_YET_VALID,
                           _("It becomes valid on %s."), time);
    } else if (claims->expires.reading == CLAIM_READ && claims->expires.ms <= now) {
        instant_format_local(claims->expires.ms, time);
        verdict_report_add(report, "validity", CHECK_FAIL, VERDICT_EXPIRED,
                           _("Its validity ended on %s."), time);
    } else if (claims->issued.reading == CLAIM_READ && claims->issued.ms > now + CLOCK_LEEWAY_MS) {
        instant_format_local(claims->issued.ms, time);
        verdict_report_add(report, "validity", CHECK_WARN, VERDICT_CANNOT_TELL,
                           _("It says that it was signed in the future (%s): check the clock of "
                             "this computer."),
                           time);
    } else if (claims->expires.reading == CLAIM_READ) {
        instant_format_local(claims->expires.ms, time);
        verdict_report_add(report, "validity", CHECK_PASS, VERDICT_VALID,
                           _("It is valid until %s."), time);
    } else {
        verdict_report_add(report, "validity", CHECK_PASS, VERDICT_VALID,
                           _("It has no end of validity."));
    }
}

static void judge_validity(const struct judging *judging)
{
    const struct claims *claims = &judging->credential->claims;
    struct verdict_report *report = judging->report;

    if (claims->issued.reading == CLAIM_UNREADABLE ||
        claims->not_before.reading == CLAIM_UNREADABLE ||
        claims->expires.reading == CLAIM_UNREADABLE)
        verdict_report_add(
            report, "validity", CHECK_WARN, VERDICT_CANNOT_TELL,
            _("The dates in the code are not written as they should be (seconds since "
              "1970): ask the issuer."));
    else if (claims->not_before.reading == CLAIM_READ && claims->expires.reading == CLAIM_READ &&
             claims->expires.ms < claims->not_before.ms)
        verdict_report_add(report, "validity", CHECK_WARN, VERDICT_CANNOT_TELL,
                           _("Its validity ends before it begins: the code is wrong."));
    else
        judge_dates(judging);
}

/* --- judging: revocation and holder ----------------------------------------------------------
 */

static void judge_revocation(const struct judging *judging)
{
    const struct credential_circumstances *around = judging->around;
    struct verdict_report *report = judging->report;

    if (judging->credential->claims.id_count == 0)
        verdict_report_note(report, "revocation", CHECK_SKIPPED,
                            _("The code has no number by which it could be revoked."));
    else if (around->revocation == REVOCATION_UNKNOWN)
        verdict_report_note(report, "revocation", CHECK_SKIPPED,
                            _("There is no revocation list of this issuer."));
    else if (around->revocation == REVOCATION_CLEAR)
        list_date_clear(report, around->revocation_number, around->revocation_issued_at,
                        around->revocation_next_update, around->now_ms);
    else
        verdict_report_add(report, "revocation", CHECK_FAIL, VERDICT_REVOKED,
                           _("It was revoked (%s): revocation list %lld of the issuer. %s"),
                           or_else(around->revoked_at, _("date unknown")),
                           (long long)around->revocation_number,
                           or_else(around->revocation_reason, ""));
    if (around->revocation != REVOCATION_UNKNOWN)
        verdict_report_cite(report, around->revocation_source, around->revocation_issued_at);
}

static void judge_asked(const struct judging *judging, const char *check, bool absent, bool same,
                        const char *const sentences[3])
{
    if (absent)
        verdict_report_add(judging->report, check, CHECK_WARN, VERDICT_CANNOT_TELL, "%s",
                           sentences[0]);
    else if (same)
        verdict_report_add(judging->report, check, CHECK_PASS, VERDICT_VALID, "%s", sentences[1]);
    else
        verdict_report_add(judging->report, check, CHECK_FAIL, VERDICT_MISMATCH, "%s",
                           sentences[2]);
}

static void judge_holder(const struct judging *judging)
{
    const struct claims *claims = &judging->credential->claims;
    const char *name = or_else(judging->around->asked_name, NULL);
    const char *id = or_else(judging->around->asked_id, NULL);
    const char *const of_name[] = {_("The code has no holder's name to compare with."),
                                   _("The holder's name matches."),
                                   _("The holder's name is different from the one in the code.")};
    const char *const of_id[] = {_("The code has no holder's number to compare with."),
                                 _("The holder's number matches."),
                                 _("The holder's number is different from the one in the code.")};

    if (name)
        judge_asked(judging, "holder_name", !*claims->holder_name,
                    name_equal(name, claims->holder_name) ||
                        name_equal(name, claims->holder_reversed),
                    of_name);
    if (id)
        judge_asked(judging, "holder_id", !*claims->holder_id,
                    holder_id_equal(id, claims->holder_id), of_id);
}

/* What the clerk compares with the paper and the person. */
static void show_content(const struct judging *judging)
{
    const struct claims *claims = &judging->credential->claims;
    struct verdict_report *report = judging->report;

    if (claims->demonstration && judging->credential->key->this_run_only)
        verdict_report_note(report, "demonstration", CHECK_WARN,
                            _("It says that it was made for a demonstration: it certifies "
                              "nothing."));
    else if (claims->demonstration)
        verdict_report_add(report, "demonstration", CHECK_FAIL, VERDICT_CANNOT_TELL,
                           _("It says that it was made for a demonstration, and yet is signed "
                             "with a trusted key: ask the issuer."));
    if (*claims->certificate_id && *claims->certificate_name)
        verdict_report_note(report, "certificate", CHECK_PASS, _("It is about: %s %s."),
                            claims->certificate_name, claims->certificate_id);
    else if (*claims->certificate_id || *claims->certificate_name)
        verdict_report_note(report, "certificate", CHECK_PASS, _("It is about: %s."),
                            or_else(claims->certificate_name, claims->certificate_id));
    if (*claims->holder_name && *claims->birth_date)
        verdict_report_note(report, "holder", CHECK_PASS,
                            _("It was issued to %s, born on %s. Compare with the person."),
                            claims->holder_name, claims->birth_date);
    else if (*claims->holder_name)
        verdict_report_note(report, "holder", CHECK_PASS,
                            _("It was issued to %s. Compare with the person."),
                            claims->holder_name);
}

void credential_judge(const struct credential *credential,
                      const struct credential_circumstances *circumstances,
                      struct verdict_report *report)
{
    struct judging judging = {credential, circumstances, report};

    verdict_report_init(report, CREDENTIAL_KIND);
    judge_format(&judging);
    if (credential->stage == STAGE_DAMAGED)
        return;
    judge_algorithm(&judging);
    judge_issuer(&judging);
    judge_signature(&judging);
    report->recheck = credential->stage != STAGE_FORGED;
    if (credential->stage != STAGE_SIGNED)
        return;
    report->recheck = !credential->key->this_run_only;
    judge_key(&judging);
    judge_content(&judging);
    if (!credential->payload)
        return;
    judge_validity(&judging);
    judge_revocation(&judging);
    judge_holder(&judging);
    show_content(&judging);
}

void credential_judge_damaged(const struct error *reason, struct verdict_report *report)
{
    verdict_report_init(report, CREDENTIAL_KIND);
    verdict_report_add(report, "format", CHECK_FAIL, VERDICT_CANNOT_TELL, "%s", reason->text);
}
