#include "db/login_guard.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "db/journal.h"
#include "verify/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SETTING     "login.refused"
#define DIGITS      8
#define RECORD_SIZE 64

struct refusals {
    int count;
    char print[DIGITS + 1]; /* of what was refused */
    int64_t last_ms;        /* wall clock */
};

/* --- what is tried ---------------------------------------------------------------------------- */

static enum status fingerprint(const struct home *home, char print[DIGITS + 1], struct error *error)
{
    const char *user = home_upstream_user(home);
    const char *password = home_upstream_password(home);
    char digest[SHA256_HEX_MAX];
    struct buf text = {0};

    buf_printf(&text, "%s\n%s\n%s\n%s", home_device(home), home_upstream(home), user ? user : "",
               password ? password : "");
    enum status status =
        buf_failed(&text) ? error_nomem(error) : sha256_hex(text.data, text.length, digest, error);
    if (text.data)
        explicit_bzero(text.data, text.length);
    buf_release(&text);
    if (status == STATUS_OK)
        (void)snprintf(print, DIGITS + 1, "%.*s", DIGITS, digest);
    return status;
}

/* --- what is remembered ----------------------------------------------------------------------- */

static void parse(const char *text, struct refusals *out)
{
    struct refusals read = {0};

    if (sscanf(text, "%d %8s %" SCNd64, &read.count, read.print, &read.last_ms) == 3)
        *out = read;
}

static enum status load(struct outbox *outbox, struct refusals *refusals, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    struct sql *sql = outbox_lock(outbox);
    enum status status =
        sql_statement(sql, "SELECT value FROM setting WHERE key = '" SETTING "'", &stmt, error);

    if (status == STATUS_OK) {
        status = stmt_step(stmt, &row, error);
        const char *text = status == STATUS_OK && row ? stmt_text(stmt, 0) : NULL;
        if (text)
            parse(text, refusals);
        stmt_reset(stmt);
    }
    outbox_unlock(outbox);
    return status;
}

/* --- asking ----------------------------------------------------------------------------------- */

enum status login_guard_check(struct outbox *outbox, struct error *error)
{
    struct refusals refusals = {0};
    char print[DIGITS + 1];
    enum status status = fingerprint(outbox_home(outbox), print, error);

    if (status == STATUS_OK)
        status = load(outbox, &refusals, error);
    if (status != STATUS_OK)
        return status;
    int64_t since = clock_wall_ms() - refusals.last_ms;
    bool lately = since >= 0 && since < LOGIN_GUARD_PAUSE_MS;
    if (refusals.count < LOGIN_GUARD_ATTEMPTS || strcmp(refusals.print, print) != 0 || !lately)
        return STATUS_OK;
    return error_set(error, STATUS_REFUSED,
                     _("The platform has refused this station's name or password %d times. It is "
                       "not asked again before they are changed, or an hour has passed, so that "
                       "the account is not locked. Ask the administrator to set them again."),
                     refusals.count);
}

enum status login_guard_note(struct outbox *outbox, bool refused, struct error *error)
{
    struct refusals before = {0};
    char print[DIGITS + 1];
    char text[RECORD_SIZE];
    enum status status = load(outbox, &before, error);

    if (status != STATUS_OK || (!refused && before.count == 0))
        return status;
    status = fingerprint(outbox_home(outbox), print, error);
    if (status != STATUS_OK)
        return status;
    int count = strcmp(before.print, print) == 0 ? before.count : 0;
    if (count >= LOGIN_GUARD_ATTEMPTS)
        count = LOGIN_GUARD_ATTEMPTS - 1; /* the hourly attempt */
    (void)snprintf(text, sizeof text, "%d %s %" PRId64, refused ? count + 1 : 0, print,
                   clock_wall_ms());
    return setting_set(outbox, SETTING, text, error);
}
