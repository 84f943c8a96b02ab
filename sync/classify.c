#include "sync/classify.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define REASON_WIDTH_MAX 76 /* cells: one line of a terminal */

/* --- the upstream's own words ----------------------------------------------------------------- */

/* *failure is NULL when the answer says nothing of the kind; STATUS_NOMEM when that is not known.
 */
static enum status read_failure(const struct http_answer *answer, json_t **failure)
{
    json_t *value = NULL;
    *failure = NULL;
    if (answer->trouble != TROUBLE_NONE || !answer->json)
        return STATUS_OK;
    if (json_parse(buf_text(&answer->body), answer->body.length, &value, NULL) == STATUS_NOMEM)
        return STATUS_NOMEM;
    if (json_text(value, "error", NULL))
        *failure = json_incref(value);
    json_decref(value);
    return STATUS_OK;
}

static json_t *parse_failure(const struct http_answer *answer)
{
    json_t *failure;
    return read_failure(answer, &failure) == STATUS_OK ? failure : NULL;
}

void classify_reason(const struct http_answer *answer, char reason[REASON_TEXT_MAX])
{
    json_t *failure = parse_failure(answer);
    reason[0] = '\0';
    if (!failure)
        return;
    const char *words = json_text(failure, "reason", json_text(failure, "error", ""));
    struct buf shown = {0};
    text_show(&shown, words, strlen(words));
    size_t length = text_fit(buf_text(&shown), REASON_WIDTH_MAX, NULL);
    if (length < REASON_TEXT_MAX) {
        memcpy(reason, buf_text(&shown), length);
        reason[length] = '\0';
    }
    buf_release(&shown);
    json_decref(failure);
}

bool classify_is_error(const struct http_answer *answer, const char *word)
{
    json_t *failure = parse_failure(answer);
    bool same = failure && strcmp(json_text(failure, "error", ""), word) == 0;
    json_decref(failure);
    return same;
}

bool classify_is_login(const struct http_answer *answer)
{
    /* CouchDB's own words; another 403 may say that anything else is locked or blocked. */
    static const char locked_account[] = "\"Account is temporarily locked";
    if (answer->status == 401)
        return true;
    /* Asked when everything else has failed too: it must not need memory. */
    return answer->status == 403 && answer->trouble == TROUBLE_NONE && answer->json &&
           strcasestr(buf_text(&answer->body), locked_account);
}

static bool reason_is(const struct http_answer *answer, const char *const *words, size_t count)
{
    json_t *failure = parse_failure(answer);
    const char *reason = json_text(failure, "reason", "");
    bool found = false;
    for (size_t i = 0; i < count; i++)
        found = found || strcasecmp(reason, words[i]) == 0;
    json_decref(failure);
    return found;
}

bool classify_is_about_document(const struct http_answer *answer)
{
    static const char *const about_login[] = {"Name or password is incorrect.",
                                              "Authentication required.", ""};
    return answer->status == 401 && classify_is_error(answer, "unauthorized") &&
           !reason_is(answer, about_login, sizeof(about_login) / sizeof(about_login[0]));
}

bool classify_is_missing_document(const struct http_answer *answer)
{
    static const char *const words[] = {"missing", "deleted"};
    return answer->status == 404 && classify_is_error(answer, "not_found") &&
           reason_is(answer, words, sizeof(words) / sizeof(words[0]));
}

/* --- on the way ------------------------------------------------------------------------------- */

struct trouble_row {
    enum http_trouble trouble;
    enum status status;
    const char *sentence;
};

static const struct trouble_row trouble_table[] = {
    {TROUBLE_ADDRESS, STATUS_INVALID,
     N_("The platform's address is not a valid web address. Ask the administrator to correct it in "
        "huiliu.conf.")},
    {TROUBLE_RESOLVE, STATUS_OFFLINE,
     N_("The platform's name cannot be looked up: there is no network. Work goes on offline; "
        "sending resumes by itself.")},
    {TROUBLE_CONNECT, STATUS_OFFLINE,
     N_("The platform cannot be reached. Work goes on offline; sending resumes by itself.")},
    {TROUBLE_PROXY, STATUS_OFFLINE,
     N_("The configured proxy does not answer. Check the network or ask the administrator.")},
    {TROUBLE_TIMEOUT, STATUS_OFFLINE,
     N_("The connection to the platform is too slow right now. What has arrived is kept; the rest "
        "follows at the next attempt.")},
    {TROUBLE_TLS, STATUS_TLS,
     N_("No secure connection could be made to the platform. If this network asks for a login, log "
        "in first; otherwise tell the administrator.")},
    {TROUBLE_TLS_UNTRUSTED, STATUS_TLS,
     N_("The platform's certificate is not trusted. Nothing was sent. If this network asks for a "
        "login, log in first; otherwise tell the administrator.")},
    {TROUBLE_TLS_NAME, STATUS_TLS,
     N_("The certificate at the platform's address is made out to another name. Nothing was sent. "
        "If this network asks for a login, log in first; otherwise the administrator should check "
        "the address in huiliu.conf.")},
    {TROUBLE_CA_FILE, STATUS_TLS,
     N_("The file of trusted authorities cannot be read. Ask the administrator to set it again.")},
    {TROUBLE_CUT, STATUS_OFFLINE,
     N_("The connection broke off in the middle of an answer. What has arrived is kept; the rest "
        "follows at the next attempt.")},
    {TROUBLE_GARBLED, STATUS_UPSTREAM,
     N_("The platform's answer is damaged. It is tried again later; if this goes on, tell the "
        "administrator.")},
    {TROUBLE_TOO_LARGE, STATUS_TOO_LARGE,
     N_("The platform's answer is larger than allowed and was not accepted. Tell the "
        "administrator.")},
    {TROUBLE_CANCELLED, STATUS_CANCELLED,
     N_("Stopped. What has arrived is kept and the next synchronisation goes on from there.")},
    {TROUBLE_WOKEN, STATUS_CANCELLED, N_("Waiting was ended.")},
};

/* Nobody issues certificates for the future, so this clock is behind; one that has expired may be
 * the platform's neglect as well. The date is named: whoever reads it sees whether it is right. */
static enum status wrong_time(const struct http_answer *answer, struct error *error)
{
    char today[DATE_TEXT_MAX];
    date_format(date_today(), today);
    if (answer->trouble == TROUBLE_TLS_EARLY)
        return error_set_detail(
            error, STATUS_TLS, answer->code,
            _("This computer's clock is behind: it shows %s, and the platform's "
              "certificate is younger. Set date and time, then synchronise "
              "again. Nothing was sent."),
            today);
    return error_set_detail(error, STATUS_TLS, answer->code,
                            _("By this computer's clock (%s) the platform's certificate has "
                              "expired. If the date is wrong, set it; if it is right, tell the "
                              "administrator. Nothing was sent."),
                            today);
}

static enum status classify_trouble(const struct http_answer *answer, struct error *error)
{
    if (answer->trouble == TROUBLE_TLS_EARLY || answer->trouble == TROUBLE_TLS_LATE)
        return wrong_time(answer, error);
    if (answer->trouble == TROUBLE_MEMORY)
        return error_nomem(error);
    if (answer->trouble == TROUBLE_SINK) {
        if (error)
            *error = answer->sink_error;
        return answer->sink_error.status;
    }
    for (size_t i = 0; i < sizeof(trouble_table) / sizeof(trouble_table[0]); i++) {
        const struct trouble_row *row = &trouble_table[i];
        if (row->trouble == answer->trouble)
            return error_set_detail(error, row->status, answer->code, "%s", _(row->sentence));
    }
    return error_set_detail(error, STATUS_OFFLINE, answer->code,
                            _("The connection to the platform failed (code %d). It is tried again "
                              "later."),
                            answer->code);
}

/* --- by HTTP status --------------------------------------------------------------------------- */

static enum status portal(const struct http_answer *answer, struct error *error)
{
    return error_set_detail(error, STATUS_PORTAL, answer->status,
                            _("Something else answers in the platform's place (status %d): this "
                              "network may ask for a login. Open a web browser, log in to the "
                              "network, then synchronise again."),
                            answer->status);
}

static enum status proxy_login(const struct http_answer *answer, struct error *error)
{
    return error_set_detail(error, STATUS_PORTAL, answer->status,
                            _("The network's proxy asks for a name and a password. Ask the "
                              "administrator to set them in huiliu.conf (upstream.proxy)."));
}

static enum status login(const struct http_answer *answer, struct error *error)
{
    if (answer->status == 403)
        return error_set_detail(error, STATUS_REFUSED, answer->status,
                                _("The platform has locked this station's account after wrong "
                                  "passwords. Wait five minutes; if it happens again, ask the "
                                  "administrator for the right password."));
    return error_set_detail(error, STATUS_REFUSED, answer->status,
                            _("The platform does not accept this station's name or password. Ask "
                              "the administrator to set them again; nothing is lost meanwhile."));
}

static enum status busy(const struct http_answer *answer, struct error *error)
{
    if (answer->retry_after_ms < 0)
        return error_set_detail(error, STATUS_BUSY, answer->status,
                                _("The platform is busy and asks to come later. It is tried again "
                                  "by itself."));
    return error_set_detail(error, STATUS_BUSY, answer->status,
                            _("The platform is busy and asks to come again in %lld seconds. This "
                              "happens by itself."),
                            (long long)((answer->retry_after_ms + 999) / 1000));
}

/* The upstream's words as they stand inside a sentence: ' ("…")', or nothing. */
static void quote_reason(const struct http_answer *answer, char quoted[REASON_TEXT_MAX + 16])
{
    char reason[REASON_TEXT_MAX];
    classify_reason(answer, reason);
    quoted[0] = '\0';
    if (reason[0] != '\0')
        snprintf(quoted, REASON_TEXT_MAX + 16, _(" (\u201c%s\u201d)"), reason);
}

static enum status client_error(const struct http_answer *answer, struct error *error)
{
    char quoted[REASON_TEXT_MAX + 16];
    int status = answer->status;
    quote_reason(answer, quoted);
    if (status == 409 || status == 412)
        return error_set_detail(error, STATUS_CONFLICT, status,
                                _("The platform holds a newer version. It is fetched and compared "
                                  "first."));
    if (status == 404)
        return error_set_detail(error, STATUS_NOT_FOUND, status,
                                _("The platform does not have this%s. Ask the administrator "
                                  "whether the area is set up there."),
                                quoted);
    if (status == 403)
        return error_set_detail(error, STATUS_REFUSED, status,
                                _("The platform refuses this%s. Correct it and raise it again, or "
                                  "ask the administrator for the permission."),
                                quoted);
    return error_set_detail(error, STATUS_INVALID, status,
                            _("The platform does not accept this%s. Look at it and raise it again "
                              "if it is still needed."),
                            quoted);
}

static enum status server_error(const struct http_answer *answer, struct error *error)
{
    return error_set_detail(error, STATUS_UPSTREAM, answer->status,
                            _("The platform has a fault (status %d). It is tried again later; if "
                              "this goes on, tell the platform's administrators."),
                            answer->status);
}

/* Whether the upstream itself says that it refuses this or does not have it. */
static enum status is_own_refusal(const struct http_answer *answer, bool *own)
{
    json_t *failure;
    enum status status = read_failure(answer, &failure);
    const char *word = json_text(failure, "error", "");
    *own = strcmp(word, "forbidden") == 0 || strcmp(word, "not_found") == 0;
    json_decref(failure);
    return status;
}

enum status classify_answer(const struct http_answer *answer, struct error *error)
{
    int status = answer->status;
    /* CouchDB closes the connection under an upload it does not want. */
    bool cut_refusal = status == 413 && answer->trouble == TROUBLE_CUT;
    if (answer->trouble != TROUBLE_NONE && !cut_refusal)
        return classify_trouble(answer, error);
    if (status == 413)
        return error_set_detail(error, STATUS_TOO_LARGE, status,
                                _("This is larger than the platform accepts. Raise it again with "
                                  "fewer or smaller attachments."));
    if (status == 429 || status == 503)
        return busy(answer, error);
    if (status >= 500 && status != 511)
        return server_error(answer, error);
    if (classify_is_login(answer))
        return login(answer, error);
    if (status == 407)
        return proxy_login(answer, error);
    if (!answer->json || status < 200 || (status >= 300 && status < 400) || status == 511)
        return portal(answer, error);
    if (status < 300)
        return STATUS_OK;
    bool own = true;
    if ((status == 403 || status == 404) && is_own_refusal(answer, &own) != STATUS_OK)
        return error_nomem(error);
    return own ? client_error(answer, error) : portal(answer, error);
}

enum status classify_nonsense(struct error *error)
{
    return error_set(error, STATUS_PORTAL,
                     _("The answer is not the platform's: something else speaks in its place, or "
                       "the address is wrong. Log in to the network with a web browser, or ask the "
                       "administrator to check the address."));
}

/* --- reports ---------------------------------------------------------------------------------- */

bool classify_stops_run(enum status status)
{
    static const enum status fatal[] = {STATUS_OFFLINE,   STATUS_PORTAL, STATUS_TLS,
                                        STATUS_BUSY,      STATUS_FULL,   STATUS_IO,
                                        STATUS_CANCELLED, STATUS_NOMEM,  STATUS_CORRUPT};
    for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
        if (status == fatal[i])
            return true;
    return false;
}

static int severity(enum status status)
{
    static const enum status ascending[] = {STATUS_OK,        STATUS_CONFLICT, STATUS_NOT_FOUND,
                                            STATUS_TOO_LARGE, STATUS_INVALID,  STATUS_BUSY,
                                            STATUS_UPSTREAM,  STATUS_OFFLINE,  STATUS_PORTAL,
                                            STATUS_TLS,       STATUS_REFUSED,  STATUS_CANCELLED};
    const int count = (int)(sizeof(ascending) / sizeof(ascending[0]));
    for (int i = 0; i < count; i++)
        if (status == ascending[i])
            return i;
    return count; /* failures of this computer are worst */
}

enum status classify_worse(enum status a, enum status b)
{
    return severity(b) > severity(a) ? b : a;
}

bool classify_is_home_failure(enum status status)
{
    return status == STATUS_FULL || status == STATUS_IO || status == STATUS_CORRUPT ||
           status == STATUS_NOMEM || status == STATUS_INTERNAL || status == STATUS_LOCKED ||
           status == STATUS_UNSUPPORTED;
}
