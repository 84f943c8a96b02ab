#include "verify/ofd_signature.h"

#include "base/i18n.h"
#include "verify/key_revocation.h"
#include "verify/list_date.h"
#include "verify/timestamp.h"

#include <string.h>

#define FUTURE_TOLERANCE_MS (86400 * (int64_t)1000)

struct day_text {
    char text[INSTANT_TEXT_MAX];
};

static struct day_text day_of(int64_t ms)
{
    struct day_text day;

    instant_format(ms, day.text);
    day.text[10] = '\0'; /* YYYY-MM-DD */
    return day;
}

static const char *or_none(const char *reason)
{
    return *reason ? reason : _("no reason given");
}

/* --- a certificate at a time -------------------------------------------------------------------
 */

enum role { SIGNER, MAKER /* of the seal */ };

static const char *check_of(enum role role)
{
    return role == SIGNER ? "certificate" : "seal_maker";
}

static void judge_path(const struct ofd_case *item, enum role role, const char *name,
                       const struct chain_state *state)
{
    const char *check = check_of(role);

    switch (state->answer) {
    case CHAIN_TRUSTED:
        ofd_add(item, check, CHECK_PASS, VERDICT_VALID,
                role == SIGNER ? _("The signer's certificate leads to a trusted one: %s.")
                               : _("The seal maker's certificate leads to a trusted one: %s."),
                state->anchor);
        break;
    case CHAIN_UNKNOWN:
        ofd_add(item, check, CHECK_FAIL, VERDICT_UNKNOWN_ISSUER,
                role == SIGNER
                    ? _("Nobody who is trusted here vouches for the signer %s.")
                    : _("Nobody who is trusted here vouches for the maker of the seal, %s."),
                name);
        break;
    case CHAIN_BROKEN:
        ofd_add(item, check, CHECK_FAIL, VERDICT_SIGNATURE_INVALID,
                role == SIGNER ? _("The certificate of the signer %s is not good: %s.")
                               : _("The certificate of the seal's maker %s is not good: %s."),
                name, state->reason);
        break;
    }
}

static void judge_listed(const struct ofd_case *item, const struct chain_revocation *revoked)
{
    struct day_text day = {"?"};

    if (revoked->at_ms != 0)
        day = day_of(revoked->at_ms);
    switch (
        key_revocation_judge(revoked->at_ms, revoked->on_hold, item->time_ms, item->proven_ms)) {
    case KEY_REVOKED_AFTER_PROOF:
        ofd_note(item, "revocation", CHECK_WARN,
                 _("The certificate of %s was revoked on %s (%s), after it had signed: a time "
                   "stamp proves that."),
                 revoked->name, day.text, or_none(revoked->reason));
        break;
    case KEY_ON_HOLD:
        ofd_add(item, "revocation", CHECK_FAIL, VERDICT_SUSPENDED,
                _("The certificate of %s has been on hold since %s. It may come back: ask the "
                  "issuer."),
                revoked->name, day.text);
        break;
    case KEY_REVOKED_AFTER_STATEMENT:
        ofd_add(item, "revocation", CHECK_WARN, VERDICT_CANNOT_TELL,
                _("The certificate of %s was revoked on %s (%s). The signature says that it is "
                  "older, but no time stamp proves it: ask the issuer."),
                revoked->name, day.text, or_none(revoked->reason));
        break;
    case KEY_REVOKED:
        ofd_add(item, "revocation", CHECK_FAIL, VERDICT_REVOKED,
                _("The certificate of %s was revoked on %s: %s."), revoked->name, day.text,
                or_none(revoked->reason));
        break;
    }
    verdict_report_cite(item->run->report, revoked->source, revoked->as_of);
}

static void judge_unlisted(const struct ofd_case *item, enum role role,
                           const struct chain_lists *lists)
{
    enum list_date date =
        list_date_judge(lists->newest_ms, lists->next_ms, item->run->policy->now_ms);
    bool signer = role == SIGNER;

    if (lists->unusable > 0)
        ofd_add(item, "revocation", CHECK_WARN, VERDICT_CANNOT_TELL,
                signer ? _("Whether a certificate on the signer's path was revoked cannot be told: "
                           "a revocation list of its issuer is here but cannot be used (%s).")
                       : _("Whether a certificate on the seal maker's path was revoked cannot be "
                           "told: a revocation list of its issuer is here but cannot be used "
                           "(%s)."),
                lists->obstacle);
    else if (lists->found > 0 && date == LIST_FAR_AHEAD)
        ofd_add(item, "revocation", CHECK_WARN, VERDICT_CANNOT_TELL, "%s",
                signer ? _("Whether a certificate on the signer's path was revoked cannot be told: "
                           "the revocation list is dated ahead of this computer's clock. Check the "
                           "clock.")
                       : _("Whether a certificate on the seal maker's path was revoked cannot be "
                           "told: the revocation list is dated ahead of this computer's clock. "
                           "Check the clock."));
    else if (lists->found == 0)
        ofd_note(item, "revocation", CHECK_SKIPPED, "%s",
                 signer ? _("Whether the signer's certificate was revoked could not be checked: "
                            "there is no revocation list of its issuer here.")
                        : _("Whether the seal maker's certificate was revoked could not be "
                            "checked: there is no revocation list of its issuer here."));
    else if (lists->found < lists->needed)
        ofd_note(item, "revocation", CHECK_WARN,
                 signer ? _("Nothing on the signer's path is on a revocation list, but only %zu "
                            "of its %zu certificates have one here.")
                        : _("Nothing on the seal maker's path is on a revocation list, but only "
                            "%zu of its %zu certificates have one here."),
                 lists->found, lists->needed);
    else if (date == LIST_LATE)
        ofd_note(item, "revocation", CHECK_WARN, "%s",
                 signer ? _("The signer's certificate is not on the revocation list, but a newer "
                            "list should have come by now.")
                        : _("The seal maker's certificate is not on the revocation list, but a "
                            "newer list should have come by now."));
    else if (date == LIST_AHEAD)
        ofd_note(item, "revocation", CHECK_WARN, "%s",
                 signer ? _("The signer's certificate is not on the revocation list, which is "
                            "dated a little ahead of this computer's clock.")
                        : _("The seal maker's certificate is not on the revocation list, which is "
                            "dated a little ahead of this computer's clock."));
    else
        ofd_note(item, "revocation", CHECK_PASS, "%s",
                 signer ? _("The signer's certificate is not on the revocation list.")
                        : _("The seal maker's certificate is not on the revocation list."));
    if (lists->found > 0)
        verdict_report_cite(item->run->report, lists->source, lists->as_of);
}

static void judge_revocation(const struct ofd_case *item, enum role role,
                             const struct chain_state *state)
{
    if (*state->revoked.name)
        judge_listed(item, &state->revoked);
    else
        judge_unlisted(item, role, &state->lists);
}

/* False when the path was not valid at that time. */
static bool judge_path_time(const struct ofd_case *item, enum role role, int64_t at_ms,
                            const struct chain_state *state)
{
    const char *check = role == SIGNER ? "time" : check_of(role);
    struct day_text day = day_of(at_ms);

    if (*state->not_yet)
        ofd_add(item, check, CHECK_FAIL, VERDICT_SIGNATURE_INVALID,
                role == SIGNER ? _("Signed on %s, before the certificate of %s was valid.")
                               : _("Seal made on %s, before the certificate of %s was valid."),
                day.text, state->not_yet);
    if (*state->over)
        ofd_add(item, check, CHECK_FAIL, VERDICT_EXPIRED,
                role == SIGNER ? _("Signed on %s, after the certificate of %s had expired.")
                               : _("Seal made on %s, after the certificate of %s had expired."),
                day.text, state->over);
    return !*state->not_yet && !*state->over;
}

/* False when the certificate did not do for the role at that time. */
static bool judge_certificate(const struct ofd_case *item, enum role role,
                              const struct certificate *certificate, int64_t at_ms,
                              const struct chain_state *state)
{
    char name[CERTIFICATE_TEXT_MAX];

    certificate_subject(certificate, name);
    judge_path(item, role, name, state);
    if (!certificate_may_sign(certificate))
        ofd_add(item, check_of(role), CHECK_FAIL, VERDICT_SIGNATURE_INVALID,
                _("The certificate of %s is not meant for signing."), name);
    judge_revocation(item, role, state);
    return judge_path_time(item, role, at_ms, state);
}

/* --- the time stamp ----------------------------------------------------------------------------
 */

static void report_stamp(struct ofd_case *item, const struct timestamp *stamp)
{
    struct day_text day = day_of(stamp->time_ms);

    switch (stamp->answer) {
    case TIMESTAMP_GOOD:
        item->proven_ms = stamp->time_ms;
        ofd_note(item, "timestamp", CHECK_PASS,
                 _("A time stamp proves that it was signed by %s at the latest."), day.text);
        break;
    case TIMESTAMP_UNTRUSTED:
        ofd_note(item, "timestamp", CHECK_WARN,
                 _("It carries a time stamp of %s by %s, whom nobody who is trusted here vouches "
                   "for: it proves nothing."),
                 day.text, stamp->authority);
        break;
    case TIMESTAMP_WRONG:
        ofd_add(item, "timestamp", CHECK_FAIL, VERDICT_CANNOT_TELL,
                _("The time stamp was changed, or belongs to another signature."));
        break;
    case TIMESTAMP_UNREADABLE:
        ofd_add(item, "timestamp", CHECK_FAIL, VERDICT_CANNOT_TELL,
                _("The time stamp cannot be read, or is made in a way that proves nothing here."));
        break;
    }
    if (*stamp->authority)
        verdict_report_cite(item->run->report, stamp->authority, NULL);
    if (item->proven_ms != 0 && item->time_ms > item->proven_ms + FUTURE_TOLERANCE_MS)
        ofd_note(item, "timestamp", CHECK_WARN,
                 _("The time stamp is older than the time the signer states (%s)."),
                 day_of(item->time_ms).text);
}

enum status ofd_timestamp_judge(struct ofd_case *item, struct span token, struct span stamped,
                                struct error *error)
{
    struct timestamp stamp;

    if (!token.bytes)
        return STATUS_OK;
    enum status status = timestamp_judge(token.bytes, token.length, stamped.bytes, stamped.length,
                                         item->run->policy->trust, &stamp, error);
    if (status == STATUS_OK && stamp.answer == TIMESTAMP_GOOD &&
        list_date_judge(stamp.lists_ms, 0, item->run->policy->now_ms) == LIST_FAR_AHEAD)
        stamp.answer = TIMESTAMP_UNTRUSTED;
    if (status == STATUS_OK)
        report_stamp(item, &stamp);
    return status;
}

/* --- the signer --------------------------------------------------------------------------------
 */

/* When it was signed, as well as it is known: proven, said, or as if today. */
static int64_t judge_clock(const struct ofd_case *item)
{
    int64_t now = item->run->policy->now_ms;

    if (item->proven_ms != 0)
        return item->proven_ms;
    if (item->time_ms == 0) {
        ofd_add(item, "time", CHECK_WARN, VERDICT_VALID,
                _("When it was signed is not known: judged as if today."));
        return now;
    }
    if (item->time_ms > now + FUTURE_TOLERANCE_MS)
        ofd_add(item, "time", CHECK_FAIL, VERDICT_NOT_YET_VALID,
                _("It says that it was signed on %s, which is still to come."),
                day_of(item->time_ms).text);
    return item->time_ms;
}

enum status ofd_signer_judge(const struct ofd_case *item, const struct certificate *signer,
                             struct certificate *const *others, size_t other_count,
                             struct error *error)
{
    struct chain_state then, now;
    int64_t at_ms = judge_clock(item);
    enum status status =
        chain_judge(item->run->policy->trust, signer, others, other_count, at_ms, &then, error);

    if (status == STATUS_OK)
        status = chain_judge(item->run->policy->trust, signer, others, other_count,
                             item->run->policy->now_ms, &now, error);
    if (status != STATUS_OK)
        return status;
    if (!judge_certificate(item, SIGNER, signer, at_ms, &then))
        return STATUS_OK;
    ofd_add(item, "time", CHECK_PASS, VERDICT_VALID,
            item->proven_ms != 0
                ? _("Signed by %s at the latest, as a time stamp proves, while its certificate "
                    "was valid.")
                : _("Signed on %s by the signer's own statement, while its certificate was "
                    "valid."),
            day_of(at_ms).text);
    if (*now.over && item->proven_ms != 0)
        ofd_note(item, "time", CHECK_WARN,
                 _("The certificate of %s has expired since; the time stamp proves that it had "
                   "signed before."),
                 now.over);
    else if (*now.over)
        ofd_note(item, "time", CHECK_WARN,
                 _("The certificate of %s has expired since. When it was signed is the signer's "
                   "own statement."),
                 now.over);
    return STATUS_OK;
}

/* --- the seal ----------------------------------------------------------------------------------
 */

/* A holder is listed by certificate, or by a digest of it whose name is not always right: SM3 and
 * SHA-256 are both tried when it is none. */
static enum status is_holder(const struct seal_holder *holder, const struct span *signer,
                             bool *found, struct error *error)
{
    static const enum digest_kind kinds[] = {DIGEST_SM3, DIGEST_SHA256};
    enum digest_kind named = digest_kind_of(holder->algorithm);
    struct digest_value digest;

    if (!holder->is_digest) {
        *found = holder->value.length == signer->length &&
                 memcmp(holder->value.bytes, signer->bytes, signer->length) == 0;
        return STATUS_OK;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && !*found; i++) {
        if (named != DIGEST_NONE && named != kinds[i])
            continue;
        enum status status =
            digest_compute(kinds[i], signer->bytes, signer->length, &digest, error);
        if (status != STATUS_OK)
            return status;
        *found = digest.length == holder->value.length &&
                 memcmp(digest.bytes, holder->value.bytes, digest.length) == 0;
    }
    return STATUS_OK;
}

static enum status judge_holder(const struct ofd_case *item, const struct seal_signature *signature,
                                struct error *error)
{
    const struct seal *seal = &signature->seal;
    enum status status = STATUS_OK;
    bool found = false;

    for (size_t i = 0; i < seal->holder_count && !found && status == STATUS_OK; i++)
        status = is_holder(&seal->holders[i], &signature->certificate, &found, error);
    if (status == STATUS_OK && !found)
        ofd_add(item, "seal", CHECK_FAIL, VERDICT_SIGNATURE_INVALID,
                _("The signer is not among the holders of the seal \"%s\"."), seal->name);
    return status;
}

/* The seal stored beside the signature is the one that is part of it. */
static void judge_stored_seal(const struct ofd_case *item, const struct seal *seal)
{
    const struct zip_member *stored = ofd_package_follow(item->run->package, item->file,
                                                         xml_first(item->info, "Seal"), "BaseLoc");

    if (!stored)
        return;
    if (stored->length == seal->whole.length &&
        memcmp(stored->data, seal->whole.bytes, stored->length) == 0)
        ofd_cover(item->run, stored);
    else
        ofd_add(item, "seal", CHECK_FAIL, VERDICT_SIGNATURE_INVALID,
                _("%s is another seal than the one that signed."), stored->name);
}

static enum status judge_seal_signature(const struct ofd_case *item, const struct seal *seal,
                                        const struct certificate *maker, struct error *error)
{
    struct buf covered = {0};

    seal_signed_bytes(seal, &covered);
    if (buf_failed(&covered)) {
        buf_release(&covered);
        return error_nomem(error);
    }
    switch (signature_verify_oid(certificate_key(maker), seal->algorithm, covered.data,
                                 covered.length, seal->signature.bytes, seal->signature.length)) {
    case SIGNATURE_GOOD:
        ofd_add(item, "seal", CHECK_PASS, VERDICT_VALID,
                _("The seal \"%s\" is as its maker made it."), seal->name);
        break;
    case SIGNATURE_BAD:
        ofd_add(item, "seal", CHECK_FAIL, VERDICT_SIGNATURE_INVALID,
                _("The seal \"%s\" was changed, or is not of the maker it names."), seal->name);
        break;
    case SIGNATURE_UNSUPPORTED:
        ofd_add(item, "seal", CHECK_SKIPPED, VERDICT_CANNOT_TELL,
                _("The seal \"%s\" is signed in a way that proves nothing here (%s)."), seal->name,
                seal->algorithm);
        break;
    }
    buf_release(&covered);
    return STATUS_OK;
}

static void judge_seal_time(const struct ofd_case *item, const struct seal *seal)
{
    int64_t now = item->run->policy->now_ms;
    int64_t said_ms = item->time_ms != 0 ? item->time_ms : now;
    int64_t at_ms = item->proven_ms != 0 ? item->proven_ms : said_ms;
    struct day_text at = day_of(at_ms), from = day_of(seal->valid_from_ms);
    struct day_text to = day_of(seal->valid_to_ms);

    if (at_ms < seal->valid_from_ms)
        ofd_add(item, "seal_validity", CHECK_FAIL, VERDICT_SIGNATURE_INVALID,
                _("The seal was used on %s, before it was valid (from %s to %s)."), at.text,
                from.text, to.text);
    else if (at_ms > seal->valid_to_ms)
        ofd_add(item, "seal_validity", CHECK_FAIL, VERDICT_EXPIRED,
                _("The seal was used on %s, after it had expired (valid from %s to %s)."), at.text,
                from.text, to.text);
    else
        ofd_add(item, "seal_validity", CHECK_PASS, VERDICT_VALID,
                _("The seal was used on %s while it was valid (from %s to %s)."), at.text,
                from.text, to.text);
    if (at_ms <= seal->valid_to_ms && now > seal->valid_to_ms)
        ofd_note(item, "seal_validity", CHECK_WARN, _("The seal has expired since."));
}

static enum status judge_maker(const struct ofd_case *item, const struct seal *seal,
                               struct error *error)
{
    struct certificate *maker = NULL;
    struct chain_state state;

    enum status status = certificate_read(seal->maker.bytes, seal->maker.length, &maker, NULL);
    if (status == STATUS_NOMEM)
        return error_nomem(error);
    if (status != STATUS_OK) {
        ofd_add(item, "seal_maker", CHECK_FAIL, VERDICT_SIGNATURE_INVALID,
                _("The certificate of the maker of the seal cannot be read."));
        return STATUS_OK;
    }
    status = judge_seal_signature(item, seal, maker, error);
    if (status == STATUS_OK)
        status =
            chain_judge(item->run->policy->trust, maker, NULL, 0, seal->created_ms, &state, error);
    if (status == STATUS_OK)
        (void)judge_certificate(item, MAKER, maker, seal->created_ms, &state);
    certificate_free(maker);
    return status;
}

enum status ofd_seal_judge(struct ofd_case *item, const struct seal_signature *signature,
                           const struct certificate *signer, struct error *error)
{
    const struct seal *seal = &signature->seal;
    enum status status =
        ofd_timestamp_judge(item, signature->timestamp, signature->signature, error);

    if (status == STATUS_OK)
        status = judge_maker(item, seal, error);
    if (status == STATUS_OK)
        status = judge_holder(item, signature, error);
    if (status != STATUS_OK)
        return status;
    judge_stored_seal(item, seal);
    judge_seal_time(item, seal);
    return ofd_signer_judge(item, signer, NULL, 0, error);
}
