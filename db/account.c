#include "db/account.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "db/outbox_entry.h"
#include "db/passphrase.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FREE_ATTEMPTS 3
#define WAIT_MAX_MS   60000

/* --- roles ------------------------------------------------------------------------------------ */

static const struct {
    enum account_role role;
    const char *name, *title;
} roles_known[] = {
    {ACCOUNT_CLERK, "clerk", N_("clerk")},
    {ACCOUNT_SUPERVISOR, "supervisor", N_("supervisor")},
    {ACCOUNT_ADMINISTRATOR, "administrator", N_("administrator")},
    {ACCOUNT_AUDITOR, "auditor", N_("auditor")},
};

#define ROLE_COUNT (sizeof roles_known / sizeof *roles_known)

static bool role_named(const char *text, size_t length, unsigned *role)
{
    for (size_t i = 0; i < ROLE_COUNT; i++)
        if (strlen(roles_known[i].name) == length &&
            memcmp(roles_known[i].name, text, length) == 0) {
            *role = (unsigned)roles_known[i].role;
            return true;
        }
    return false;
}

enum status account_roles_parse(const char *text, unsigned *roles, struct error *error)
{
    unsigned found = 0;

    for (const char *at = text;; at++) {
        size_t length = strcspn(at, ",");
        const char *word;
        size_t kept = text_trim(at, length, &word);
        unsigned role = 0;
        if (!role_named(word, kept, &role))
            return error_set(error, STATUS_INVALID,
                             _("\"%.*s\" is no role; use clerk, supervisor, administrator or "
                               "auditor."),
                             (int)(kept < 64 ? kept : 64), word);
        found |= role;
        at += length;
        if (*at == '\0')
            break;
    }
    *roles = found;
    return STATUS_OK;
}

static void join_roles(unsigned roles, bool titles, const char *separator, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if (!(roles & (unsigned)roles_known[i].role))
            continue;
        int written = snprintf(out + used, size - used, "%s%s", used ? separator : "",
                               titles ? gettext(roles_known[i].title) : roles_known[i].name);
        if (written < 0 || (size_t)written >= size - used)
            return;
        used += (size_t)written;
    }
}

void account_roles_format(unsigned roles, char *out, size_t size)
{
    join_roles(roles, false, ",", out, size);
}

void account_roles_title(unsigned roles, char *out, size_t size)
{
    join_roles(roles, true, _(", "), out, size);
}

/* --- the row ---------------------------------------------------------------------------------- */

struct account_row {
    struct account account;
    int64_t revision;
    char passphrase[PASSPHRASE_TEXT_MAX];
    int64_t failures, failed_ms;
};

static enum status load_account(struct sql *sql, const char *name, struct account_row *out,
                                struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(sql,
                                       "SELECT roles, locked, created_ms, revision, passphrase,"
                                       " failures, failed_ms FROM account WHERE name = ?1",
                                       &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, name);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && !row)
        status = error_set(error, STATUS_NOT_FOUND, _("There is no account %s."), name);
    if (status == STATUS_OK) {
        const char *kept = stmt_text(stmt, 4);
        *out = (struct account_row){.account.roles = (unsigned)stmt_int(stmt, 0),
                                    .account.locked = stmt_int(stmt, 1) != 0,
                                    .account.created_ms = stmt_int(stmt, 2),
                                    .revision = stmt_int(stmt, 3),
                                    .failures = stmt_int(stmt, 5),
                                    .failed_ms = stmt_int(stmt, 6)};
        snprintf(out->account.name, sizeof out->account.name, "%s", name);
        snprintf(out->passphrase, sizeof out->passphrase, "%s", kept ? kept : "");
    }
    stmt_reset(stmt);
    return status;
}

/* The caller holds the lock. */
static enum status save_account(struct outbox *outbox, const struct account_row *row,
                                struct error *error)
{
    json_t *entry = outbox_entry_new("account");
    bool ok = entry != NULL;

    json_put_text(entry, "name", row->account.name, &ok);
    json_put(entry, "roles", json_integer((json_int_t)row->account.roles), &ok);
    json_put(entry, "locked", json_boolean(row->account.locked), &ok);
    json_put(entry, "created_ms", json_integer(row->account.created_ms), &ok);
    json_put(entry, "revision", json_integer(row->revision), &ok);
    json_put_text(entry, "passphrase", row->passphrase, &ok);
    enum status status = ok ? outbox_record(outbox, entry, error) : error_nomem(error);
    json_decref(entry);
    return status;
}

/* --- administration --------------------------------------------------------------------------- */

static bool is_name_character(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '_' || c == '-' || (c != TEXT_BAD && c > 0x7F && text_is_han(c));
}

static enum status check_name(const char *name, struct error *error)
{
    size_t length = strlen(name);
    size_t used = 0;
    bool good = length > 0 && length < ACCOUNT_NAME_MAX;

    for (size_t at = 0; good && at < length; at += used)
        good = is_name_character(text_decode(name + at, length - at, &used));
    if (good)
        return STATUS_OK;
    return error_set(error, STATUS_INVALID,
                     _("An account name has 1 to 64 bytes: letters, digits, Chinese characters, "
                       "dot, dash or underscore."));
}

static enum status check_passphrase(const char *passphrase, struct error *error)
{
    if (text_length(passphrase) < PASSPHRASE_MIN || strlen(passphrase) > PASSPHRASE_MAX)
        return error_set(error, STATUS_INVALID,
                         _("A passphrase has at least %d characters and at most %d bytes."),
                         PASSPHRASE_MIN, PASSPHRASE_MAX);
    return STATUS_OK;
}

enum status account_add(struct outbox *outbox, const char *name, unsigned roles,
                        const char *passphrase, struct error *error)
{
    struct account_row row = {0};
    struct account_row older;
    enum status status = check_name(name, error);

    if (status == STATUS_OK)
        status = check_passphrase(passphrase, error);
    if (status == STATUS_OK && roles == 0)
        status = error_set(error, STATUS_INVALID, _("An account needs at least one role."));
    if (status == STATUS_OK)
        status = passphrase_keep(passphrase, row.passphrase, error);
    if (status != STATUS_OK)
        return status;
    row.account.roles = roles;
    row.account.created_ms = clock_wall_ms();
    row.revision = 1;
    snprintf(row.account.name, sizeof row.account.name, "%s", name);

    struct error why = {0};
    struct sql *sql = outbox_lock(outbox);
    status = load_account(sql, name, &older, &why);
    if (status == STATUS_NOT_FOUND)
        status = save_account(outbox, &row, error);
    else if (status == STATUS_OK)
        status = error_set(error, STATUS_REFUSED, _("The account %s exists already."), name);
    else if (error)
        *error = why;
    outbox_unlock(outbox);
    return status;
}

enum status account_set_passphrase(struct outbox *outbox, const char *name, const char *passphrase,
                                   struct error *error)
{
    struct account_row row;
    char kept[PASSPHRASE_TEXT_MAX];
    enum status status = check_passphrase(passphrase, error);

    if (status == STATUS_OK)
        status = passphrase_keep(passphrase, kept, error);
    if (status != STATUS_OK)
        return status;
    struct sql *sql = outbox_lock(outbox);
    status = load_account(sql, name, &row, error);
    if (status == STATUS_OK) {
        memcpy(row.passphrase, kept, sizeof kept);
        row.revision++;
        status = save_account(outbox, &row, error);
    }
    outbox_unlock(outbox);
    return status;
}

/* Nobody could unlock the last one. */
static enum status keep_an_administrator(struct sql *sql, const char *name, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(sql,
                                       "SELECT count(*) FROM account"
                                       " WHERE locked = 0 AND roles & ?2 AND name <> ?1",
                                       &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, name);
    stmt_bind_int(stmt, 2, ACCOUNT_ADMINISTRATOR);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && stmt_int(stmt, 0) == 0)
        status = error_set(error, STATUS_REFUSED,
                           _("%s is the last administrator and cannot be locked."), name);
    stmt_reset(stmt);
    return status;
}

enum status account_set_locked(struct outbox *outbox, const char *name, bool locked,
                               struct error *error)
{
    struct account_row row;
    struct sql *sql = outbox_lock(outbox);
    enum status status = load_account(sql, name, &row, error);

    if (status == STATUS_OK && locked && (row.account.roles & ACCOUNT_ADMINISTRATOR))
        status = keep_an_administrator(sql, name, error);
    if (status == STATUS_OK && row.account.locked != locked) {
        row.account.locked = locked;
        row.revision++;
        status = save_account(outbox, &row, error);
    }
    outbox_unlock(outbox);
    return status;
}

/* --- login ------------------------------------------------------------------------------------ */

/* 1, 2, 4 … 60 seconds from the fourth wrong passphrase on. A clock that was set back does not
 * make the wait longer. */
static int64_t wait_left(const struct account_row *row)
{
    int64_t since = clock_wall_ms() - row->failed_ms;

    if (row->failures < FREE_ATTEMPTS || since < 0)
        return 0;
    int64_t doublings = row->failures - FREE_ATTEMPTS;
    int64_t wait = doublings > 6 ? WAIT_MAX_MS : (int64_t)1000 << doublings;
    wait = wait > WAIT_MAX_MS ? WAIT_MAX_MS : wait;
    return since < wait ? wait - since : 0;
}

static enum status count_failure(struct outbox *outbox, const char *name, bool failed,
                                 struct error *error)
{
    struct stmt *stmt;
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = sql_statement(sql,
                               "UPDATE account SET failures = iif(?2, failures + 1, 0),"
                               " failed_ms = ?3 WHERE name = ?1",
                               &stmt, error);
    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, name);
        stmt_bind_int(stmt, 2, failed);
        stmt_bind_int(stmt, 3, failed ? clock_wall_ms() : 0);
        status = stmt_run(stmt, error);
    }
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    return status;
}

static enum status refuse(struct error *error)
{
    return error_set(error, STATUS_REFUSED, _("The account or the passphrase is wrong."));
}

static enum status judge(struct outbox *outbox, const struct account_row *row, bool match,
                         struct error *error)
{
    if (outbox && (!match || row->failures > 0)) {
        enum status status = count_failure(outbox, row->account.name, !match, error);
        if (status != STATUS_OK)
            return status;
    }
    if (!match)
        return refuse(error);
    if (row->account.locked)
        return error_set(error, STATUS_REFUSED, _("The account is locked. Ask the administrator."));
    return STATUS_OK;
}

enum status account_login(struct reader *reader, struct outbox *outbox, const char *name,
                          const char *passphrase, struct session *session, struct error *error)
{
    struct account_row row;
    struct error why = {0};
    bool match = false;
    enum status found = load_account(reader_outbox(reader), name, &row, &why);

    if (found != STATUS_OK && found != STATUS_NOT_FOUND) {
        if (error)
            *error = why;
        return found;
    }
    int64_t wait = found == STATUS_OK ? wait_left(&row) : 0;
    if (wait > 0)
        return error_set(error, STATUS_REFUSED, _("Too many attempts: wait %d s."),
                         (int)((wait + 999) / 1000));
    enum status status =
        passphrase_check(passphrase, found == STATUS_OK ? row.passphrase : NULL, &match, error);
    if (status != STATUS_OK)
        return status;
    if (found != STATUS_OK)
        return refuse(error);
    status = judge(outbox, &row, match, error);
    if (status != STATUS_OK)
        return status;
    *session = (struct session){.roles = row.account.roles};
    snprintf(session->account, sizeof session->account, "%s", row.account.name);
    return STATUS_OK;
}

/* --- list ------------------------------------------------------------------------------------- */

static enum status push_account(struct stmt *stmt, struct account **accounts, size_t *count,
                                struct error *error)
{
    const char *name = stmt_text(stmt, 0);
    struct account *grown = realloc(*accounts, (*count + 1) * sizeof *grown);

    if (!grown)
        return error_nomem(error);
    *accounts = grown;
    struct account *account = &grown[(*count)++];
    *account = (struct account){.roles = (unsigned)stmt_int(stmt, 1),
                                .locked = stmt_int(stmt, 2) != 0,
                                .created_ms = stmt_int(stmt, 3)};
    snprintf(account->name, sizeof account->name, "%s", name ? name : "");
    return STATUS_OK;
}

enum status account_list(struct reader *reader, struct account **out, size_t *out_count,
                         struct error *error)
{
    struct stmt *stmt;
    struct account *accounts = NULL;
    size_t count = 0;
    bool row = false;
    enum status status = sql_statement(
        reader_outbox(reader), "SELECT name, roles, locked, created_ms FROM account ORDER BY name",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
        if ((status = push_account(stmt, &accounts, &count, error)) != STATUS_OK)
            break;
    stmt_reset(stmt);
    if (status != STATUS_OK) {
        free(accounts);
        return status;
    }
    *out = accounts;
    *out_count = count;
    return STATUS_OK;
}
