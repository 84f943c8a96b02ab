#include "db/bundle_trust.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "db/bundle_store.h"
#include "db/certificate_trust.h"
#include "verify/jwk.h"

#include <stdio.h>
#include <string.h>

static void refuse(struct bundle_trust *trust, bool may_vouch, const char *reason)
{
    trust->may_vouch = may_vouch;
    snprintf(trust->reason, sizeof trust->reason, "%s", reason);
}

/* --- by certificate --------------------------------------------------------------------------- */

static void judge_chain(const struct chain_state *chain, struct bundle_trust *trust)
{
    if (chain->revoked.name[0] != '\0')
        refuse(trust, false, _("The sender's certificate was revoked. Ask the platform."));
    else if (chain->answer != CHAIN_TRUSTED)
        refuse(trust, true, _("Nobody here knows this sender yet."));
    else if (chain->over[0] != '\0' || chain->not_yet[0] != '\0')
        refuse(trust, false,
               _("The sender's certificate is out of date, or this computer's clock is wrong."));
    else
        trust->trusted = trust->by_catalogue = true;
}

static enum status judge_certificate(struct reader *reader,
                                     const struct envelope_signature *signature,
                                     struct bundle_trust *trust, struct error *error)
{
    struct anchors *anchors = NULL;
    struct chain_state chain;
    enum status status = anchors_new(&anchors, error);

    if (status == STATUS_OK)
        status = certificate_trust_load(reader, "bundle", anchors, error);
    if (status == STATUS_OK)
        status = chain_judge(anchors, signature->signer, signature->others, signature->other_count,
                             clock_wall_ms(), &chain, error);
    if (status == STATUS_OK)
        judge_chain(&chain, trust);
    anchors_free(anchors);
    return status;
}

/* --- by key ----------------------------------------------------------------------------------- */

static bool is_for_bundles(const json_t *document)
{
    const json_t *uses = json_object_get(document, "use");

    for (size_t i = 0; i < json_array_size(uses); i++) {
        const char *use = json_string_value(json_array_get(uses, i));
        if (use && strcmp(use, "bundle") == 0)
            return true;
    }
    return false;
}

/* An instant of the entry; `fallback` when it does not say. What cannot be read counts against. */
static int64_t instant_of(const json_t *document, const char *member, int64_t fallback,
                          int64_t unreadable)
{
    const char *text = json_text(document, member, "");
    int64_t ms = unreadable;

    if (text[0] == '\0')
        return fallback;
    return instant_parse(text, &ms) ? ms : unreadable;
}

static bool is_in_force(const json_t *document)
{
    int64_t now = clock_wall_ms();

    return instant_of(document, "valid_from", 0, INT64_MAX) <= now &&
           instant_of(document, "valid_to", INT64_MAX, 0) >= now &&
           instant_of(document, "revoked_at", INT64_MAX, 0) > now;
}

static bool is_key_of(const json_t *document, const struct certificate *signer)
{
    struct jwk jwk;

    if (!is_for_bundles(document) || !is_in_force(document) ||
        jwk_read(json_object_get(document, "jwk"), &jwk, NULL) != STATUS_OK)
        return false;
    const struct public_key *key = certificate_key(signer);
    bool same = key && jwk.key && !jwk.has_private && public_key_equal(key, jwk.key);
    jwk_release(&jwk);
    return same;
}

static enum status find_key(struct reader *reader, const struct certificate *signer, bool *found,
                            struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        reader_cache(reader), "SELECT body FROM document WHERE key >= 'trust:' AND key < 'trust;'",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    while (!*found && (status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        json_t *document = NULL;
        const char *text = stmt_text(stmt, 0);
        if (text)
            status = json_parse(text, strlen(text), &document, NULL);
        if (status == STATUS_NOMEM) {
            (void)error_nomem(error);
            break;
        }
        *found = is_key_of(document, signer);
        json_decref(document);
        status = STATUS_OK;
    }
    stmt_reset(stmt);
    return status;
}

/* --- all of it -------------------------------------------------------------------------------- */

/* In that order: the catalogue, then what somebody here has said. */
static enum status judge_further(struct reader *reader, struct outbox *outbox,
                                 const struct envelope_signature *signature,
                                 struct bundle_trust *trust, struct error *error)
{
    char print[CERTIFICATE_PRINT_MAX];
    bool vouched = false;
    enum status status = find_key(reader, signature->signer, &trust->by_catalogue, error);

    certificate_fingerprint(signature->signer, print);
    if (status == STATUS_OK && !trust->by_catalogue)
        status = bundle_signer_known(outbox, print, &vouched, error);
    trust->trusted = trust->by_catalogue || vouched;
    if (trust->trusted)
        refuse(trust, false, "");
    return status;
}

enum status bundle_trust_judge(struct reader *reader, struct outbox *outbox,
                               const struct envelope_signature *signature,
                               struct bundle_trust *trust, struct error *error)
{
    *trust = (struct bundle_trust){0};
    if (!certificate_may_sign(signature->signer)) {
        refuse(trust, false, _("The sender's certificate is not made for signing."));
        return STATUS_OK;
    }
    enum status status = judge_certificate(reader, signature, trust, error);
    if (status == STATUS_OK && trust->may_vouch)
        status = judge_further(reader, outbox, signature, trust, error);
    return status;
}
