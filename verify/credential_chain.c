#include "verify/credential_chain.h"

#include "base/i18n.h"
#include "verify/fold.h"
#include "verify/key_revocation.h"
#include "verify/list_date.h"

#include <string.h>

bool credential_chain_is(const struct jws *jws)
{
    return json_object_get(jws->header, "x5c") != NULL;
}

enum status credential_chain_read(const struct jws *jws, struct credential_chain *chain,
                                  struct error *error)
{
    struct credential_chain made = {0};
    enum status status = x5c_read(json_object_get(jws->header, "x5c"), &made.x5c, error);

    if (status == STATUS_OK)
        status = jwk_from_certificate(made.x5c.certificates[0], &made.key.jwk, error);
    if (status != STATUS_OK) {
        credential_chain_release(&made);
        return status;
    }
    *chain = made;
    certificate_subject(chain->x5c.certificates[0], chain->name);
    chain->key.kid = "";
    chain->key.valid_from_ms = chain->key.jwk.valid_from_ms;
    chain->key.valid_to_ms = chain->key.jwk.valid_to_ms;
    return STATUS_OK;
}

void credential_chain_release(struct credential_chain *chain)
{
    jwk_release(&chain->key.jwk);
    x5c_release(&chain->x5c);
    *chain = (struct credential_chain){0};
}

enum status credential_chain_follow(struct credential_chain *chain, const struct anchors *roots,
                                    int64_t signed_ms, const char *issuer, struct error *error)
{
    const struct certificate *signer = chain->x5c.certificates[0];
    enum status status = chain_judge(roots, signer, chain->x5c.certificates + 1,
                                     chain->x5c.count - 1, signed_ms, &chain->state, error);

    if (status != STATUS_OK)
        return status;
    chain->key.issuer = *issuer && certificate_names(signer, issuer) ? issuer : chain->name;
    chain->key.name = chain->name;
    chain->key.this_run_only = chain->state.anchor_is_temporary;
    return STATUS_OK;
}

/* --- judging ---------------------------------------------------------------------------------- */

static void judge_lists(const struct chain_lists *lists, int64_t now_ms,
                        struct verdict_report *report)
{
    enum list_date date = list_date_judge(lists->newest_ms, lists->next_ms, now_ms);

    if (lists->unusable > 0)
        verdict_report_add(report, "key_revocation", CHECK_WARN, VERDICT_CANNOT_TELL,
                           _("Whether a certificate on the signer's path was revoked cannot be "
                             "told: a revocation list of its issuer is here but cannot be used "
                             "(%s)."),
                           lists->obstacle);
    else if (lists->found > 0 && date == LIST_FAR_AHEAD)
        verdict_report_add(report, "key_revocation", CHECK_WARN, VERDICT_CANNOT_TELL,
                           _("Whether a certificate on the signer's path was revoked cannot be "
                             "told: the revocation list is dated ahead of this computer's clock. "
                             "Check the clock."));
    else if (lists->found == 0)
        verdict_report_note(report, "key_revocation", CHECK_SKIPPED,
                            _("Whether the signer's certificate was revoked could not be checked: "
                              "there is no revocation list of its issuer here."));
    else if (lists->found < lists->needed)
        verdict_report_note(report, "key_revocation", CHECK_WARN,
                            _("Nothing on the signer's path is on a revocation list, but only %zu "
                              "of its %zu certificates have one here."),
                            lists->found, lists->needed);
    else if (date == LIST_LATE)
        verdict_report_note(report, "key_revocation", CHECK_WARN,
                            _("The signer's certificate is not on the revocation list, but a newer "
                              "list should have come by now."));
    else if (date == LIST_AHEAD)
        verdict_report_note(report, "key_revocation", CHECK_WARN,
                            _("The signer's certificate is not on the revocation list, which is "
                              "dated a little ahead of this computer's clock."));
    else
        verdict_report_note(report, "key_revocation", CHECK_PASS,
                            _("The signer's certificate is not on the revocation list."));
    if (lists->found > 0)
        verdict_report_cite(report, lists->source, lists->as_of);
}

static const char *or_none(const char *reason)
{
    return *reason ? reason : _("no reason given");
}

static void judge_revoked(const struct chain_revocation *revoked, int64_t signed_ms, bool said,
                          struct verdict_report *report)
{
    char day[INSTANT_TEXT_MAX] = "?";

    if (revoked->at_ms != 0)
        instant_format_local(revoked->at_ms, day);
    switch (key_revocation_judge(revoked->at_ms, revoked->on_hold, said ? signed_ms : 0, 0)) {
    case KEY_ON_HOLD:
        verdict_report_add(report, "key_revocation", CHECK_FAIL, VERDICT_SUSPENDED,
                           _("The certificate of %s has been on hold since %s. It may come back: "
                             "ask the issuer."),
                           revoked->name, day);
        break;
    case KEY_REVOKED_AFTER_STATEMENT:
        verdict_report_add(report, "key_revocation", CHECK_WARN, VERDICT_CANNOT_TELL,
                           _("The certificate of %s was revoked on %s (%s). The code says it was "
                             "signed before, but no time stamp proves it, and whoever has the key "
                             "can write that: ask the issuer."),
                           revoked->name, day, or_none(revoked->reason));
        break;
    case KEY_REVOKED_AFTER_PROOF: /* a code carries no time stamp */
    case KEY_REVOKED:
        verdict_report_add(report, "key_revocation", CHECK_FAIL, VERDICT_REVOKED,
                           _("The certificate of %s was revoked (%s: %s), and the code was not "
                             "signed before."),
                           revoked->name, day, or_none(revoked->reason));
        break;
    }
    verdict_report_cite(report, revoked->source, revoked->as_of);
}

static void judge_times(const struct credential_chain *chain, const char *day, bool said,
                        int64_t now_ms, struct verdict_report *report)
{
    const struct chain_state *state = &chain->state;
    const char *wrong = *state->not_yet ? state->not_yet : state->over;

    if (*wrong)
        verdict_report_add(report, "key", CHECK_FAIL, VERDICT_UNKNOWN_ISSUER,
                           said ? _("The certificate of %s was not valid when the code was signed "
                                    "(%s).")
                                : _("The certificate of %s is not valid now (%s), and the code "
                                    "does not say when it was signed."),
                           wrong, day);
    else if (chain->key.valid_to_ms < now_ms)
        verdict_report_note(report, "key", CHECK_WARN,
                            _("The signer's certificate was valid when the code was signed (%s) "
                              "and has expired since. When it was signed is the signer's own "
                              "statement."),
                            day);
    else
        verdict_report_note(
            report, "key", CHECK_PASS,
            said ? _("The signer's certificate was valid at the time the code itself "
                     "states (%s), and is today.")
                 : _("The signer's certificate is valid now (%s); the code does "
                     "not say when it was signed."),
            day);
}

void credential_chain_judge(const struct credential_chain *chain, int64_t signed_ms, bool said,
                            int64_t now_ms, struct verdict_report *report)
{
    const struct chain_state *state = &chain->state;
    char day[INSTANT_TEXT_MAX];

    instant_format_local(signed_ms, day);
    verdict_report_note(report, "chain", CHECK_PASS,
                        _("The signer's certificate leads to a trusted one: %s."), state->anchor);
    judge_times(chain, day, said, now_ms, report);
    if (*state->revoked.name)
        judge_revoked(&state->revoked, signed_ms, said, report);
    else
        judge_lists(&state->lists, now_ms, report);
}
