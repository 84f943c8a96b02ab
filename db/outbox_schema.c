#include "base/i18n.h"
#include "db/schema.h"

/*
 * request        one row for each request; `frozen` is its JSON and the truth, the columns after
 *                it repeat what lists filter by; state … unsent are the fold of its events,
 *                computed again in the transaction that changes them.
 * request_event  the set of events; one may arrive before its request does.
 * evidence       attachments: `data` when they are held here, `upstream` the stub the upstream
 *                gave when it has them.
 * aside          documents from upstream that were refused, with the reason.
 * feed           where the feed of a requests database stands.
 * notice         what accounts have to be told (db/notice.h); account '': everybody. A cause is
 *                told an account once. notice_seen: who has seen it, and when.
 */
static const char version_1[] = "CREATE TABLE request("
                                "  id TEXT PRIMARY KEY,"
                                "  hash TEXT NOT NULL,"
                                "  kind TEXT NOT NULL,"
                                "  dataset TEXT NOT NULL,"
                                "  record TEXT NOT NULL,"
                                "  subject_kind TEXT NOT NULL,"
                                "  subject TEXT NOT NULL,"
                                "  station TEXT NOT NULL,"
                                "  origin TEXT NOT NULL,"
                                "  born_here INTEGER NOT NULL,"
                                "  upstream_rev TEXT," /* NULL: not there yet */
                                "  sending INTEGER NOT NULL DEFAULT 0,"
                                "  hold_kind TEXT," /* a status_name(); NULL: not held */
                                "  hold_reason TEXT,"
                                "  defer_reason TEXT,"
                                "  state TEXT NOT NULL DEFAULT 'draft'," /* request_state_name() */
                                "  final INTEGER NOT NULL DEFAULT 0,"
                                "  maker TEXT NOT NULL DEFAULT '',"
                                "  received_at TEXT,"
                                "  created_ms INTEGER NOT NULL DEFAULT 0,"
                                "  last_event_ms INTEGER NOT NULL DEFAULT 0,"
                                "  unsent INTEGER NOT NULL DEFAULT 0," /* events not acknowledged */
                                "  frozen TEXT NOT NULL"
                                ") STRICT;"
                                "CREATE INDEX request_by_subject ON request(subject);"
                                "CREATE INDEX request_by_record ON request(record, dataset);"
                                "CREATE INDEX request_by_unsent ON request(id) WHERE unsent > 0;"
                                "CREATE TABLE request_event("
                                "  request TEXT NOT NULL,"
                                "  id TEXT NOT NULL,"
                                "  at_ms INTEGER NOT NULL,"
                                "  acknowledged INTEGER NOT NULL DEFAULT 0,"
                                "  body TEXT NOT NULL,"
                                "  PRIMARY KEY(request, id)"
                                ") STRICT, WITHOUT ROWID;"
                                "CREATE TABLE evidence("
                                "  request TEXT NOT NULL,"
                                "  name TEXT NOT NULL,"
                                "  type TEXT NOT NULL,"
                                "  length INTEGER NOT NULL,"
                                "  sha256 TEXT NOT NULL,"
                                "  upstream TEXT,"
                                "  data BLOB,"
                                "  PRIMARY KEY(request, name)"
                                ") STRICT;"
                                "CREATE TABLE aside("
                                "  id TEXT NOT NULL,"
                                "  rev TEXT NOT NULL,"
                                "  database TEXT NOT NULL,"
                                "  at_ms INTEGER NOT NULL,"
                                "  reason TEXT NOT NULL,"
                                "  body TEXT,"
                                "  PRIMARY KEY(id, rev)"
                                ") STRICT;"
                                "CREATE TABLE feed("
                                "  database TEXT PRIMARY KEY,"
                                "  since TEXT,"
                                "  instance TEXT,"
                                "  contact_ms INTEGER NOT NULL DEFAULT 0"
                                ") STRICT;"
                                "CREATE TABLE account("
                                "  name TEXT PRIMARY KEY,"
                                "  roles INTEGER NOT NULL,"
                                "  locked INTEGER NOT NULL,"
                                "  created_ms INTEGER NOT NULL,"
                                "  revision INTEGER NOT NULL," /* grows with every change */
                                "  passphrase TEXT NOT NULL,"  /* db/passphrase.h */
                                "  failures INTEGER NOT NULL DEFAULT 0,"
                                "  failed_ms INTEGER NOT NULL DEFAULT 0"
                                ") STRICT;"
                                "CREATE TABLE lookup("
                                "  id INTEGER PRIMARY KEY,"
                                "  at_ms INTEGER NOT NULL,"
                                "  account TEXT NOT NULL,"
                                "  action TEXT NOT NULL,"
                                "  object TEXT NOT NULL,"
                                "  purpose TEXT"
                                ") STRICT;"
                                "CREATE TABLE verification("
                                "  id INTEGER PRIMARY KEY,"
                                "  at_ms INTEGER NOT NULL,"
                                "  account TEXT NOT NULL,"
                                "  object TEXT NOT NULL,"
                                "  verdict TEXT NOT NULL"
                                ") STRICT;"
                                "CREATE TABLE draft("
                                "  account TEXT NOT NULL,"
                                "  dataset TEXT NOT NULL,"
                                "  record TEXT NOT NULL,"
                                "  saved_ms INTEGER NOT NULL,"
                                "  form TEXT NOT NULL,"
                                "  PRIMARY KEY(account, dataset, record)"
                                ") STRICT, WITHOUT ROWID;"
                                "CREATE TABLE setting("
                                "  key TEXT PRIMARY KEY,"
                                "  value TEXT NOT NULL"
                                ") STRICT, WITHOUT ROWID;";

static const char version_2[] = "CREATE TABLE notice("
                                "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
                                "  cause TEXT NOT NULL,"
                                "  account TEXT NOT NULL,"
                                "  kind TEXT NOT NULL,"
                                "  severity INTEGER NOT NULL,"
                                "  at_ms INTEGER NOT NULL,"
                                "  subject_kind TEXT NOT NULL,"
                                "  subject TEXT,"
                                "  dataset TEXT,"
                                "  record TEXT,"
                                "  request TEXT,"
                                "  parameters TEXT NOT NULL,"
                                "  UNIQUE(cause, account)"
                                ") STRICT;"
                                "CREATE TABLE notice_seen("
                                "  notice INTEGER NOT NULL,"
                                "  account TEXT NOT NULL,"
                                "  at_ms INTEGER NOT NULL,"
                                "  PRIMARY KEY(notice, account)"
                                ") STRICT, WITHOUT ROWID;";

/* slip: what was handed to a citizen about a verification (db/slip.h), as JSON. */
static const char version_3[] = "CREATE TABLE slip("
                                "  reference TEXT PRIMARY KEY,"
                                "  at_ms INTEGER NOT NULL,"
                                "  account TEXT NOT NULL,"
                                "  body TEXT NOT NULL"
                                ") STRICT;";

/* escrow: copies of records that unsent requests are about (db/escrow.h). */
static const char version_4[] = "CREATE TABLE escrow("
                                "  request TEXT PRIMARY KEY,"
                                "  at_ms INTEGER NOT NULL,"
                                "  name TEXT NOT NULL,"
                                "  body TEXT NOT NULL"
                                ") STRICT;";

/*
 * bundle_out          bundles written here; receipt_ms 0: the platform has not confirmed it.
 * bundle_out_request  what was in them: the revision it would get, the events, as JSON.
 * bundle_in           bundles applied here; finished_ms 0: begun and not finished; told_in is the
 *                     number of the bundle that carried our receipt, 0 none yet.
 * bundle_page         where the bundles of an origin stand in a database.
 * bundle_signer       signers somebody here vouched for, by the fingerprint of the certificate.
 */
static const char version_5[] = "CREATE TABLE bundle_out("
                                "  number INTEGER PRIMARY KEY,"
                                "  created_ms INTEGER NOT NULL,"
                                "  file TEXT NOT NULL,"
                                "  recipient TEXT NOT NULL,"
                                "  requests INTEGER NOT NULL,"
                                "  receipt_ms INTEGER NOT NULL DEFAULT 0"
                                ") STRICT;"
                                "CREATE TABLE bundle_out_request("
                                "  number INTEGER NOT NULL,"
                                "  request TEXT NOT NULL,"
                                "  rev TEXT NOT NULL,"
                                "  events TEXT NOT NULL,"
                                "  PRIMARY KEY(number, request)"
                                ") STRICT, WITHOUT ROWID;"
                                "CREATE TABLE bundle_in("
                                "  origin TEXT NOT NULL,"
                                "  number INTEGER NOT NULL,"
                                "  digest TEXT NOT NULL,"
                                "  created_at TEXT NOT NULL,"
                                "  signer TEXT NOT NULL,"
                                "  begun_ms INTEGER NOT NULL,"
                                "  finished_ms INTEGER NOT NULL DEFAULT 0,"
                                "  rows INTEGER NOT NULL DEFAULT 0,"
                                "  told_in INTEGER NOT NULL DEFAULT 0,"
                                "  PRIMARY KEY(origin, number)"
                                ") STRICT, WITHOUT ROWID;"
                                "CREATE TABLE bundle_page("
                                "  origin TEXT NOT NULL,"
                                "  database TEXT NOT NULL,"
                                "  since TEXT NOT NULL,"
                                "  PRIMARY KEY(origin, database)"
                                ") STRICT, WITHOUT ROWID;"
                                "CREATE TABLE bundle_signer("
                                "  fingerprint TEXT PRIMARY KEY,"
                                "  name TEXT NOT NULL,"
                                "  account TEXT NOT NULL,"
                                "  at_ms INTEGER NOT NULL"
                                ") STRICT, WITHOUT ROWID;";

/* request: whether a write was ever begun (then the upstream may have it, whatever was heard of
 * it); the record's revision a person has seen and keeps the request with; given up before the
 * upstream had it, so that there is nothing to send. What was there before may have been sent. */
static const char version_6[] =
    "ALTER TABLE request ADD COLUMN offered INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE request ADD COLUMN accepted_rev TEXT;"
    "ALTER TABLE request ADD COLUMN closed_here INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE request_event ADD COLUMN made_here INTEGER NOT NULL DEFAULT 0;"
    "UPDATE request SET offered = 1;";

/* recheck: verdicts given from stored data, to be repeated (db/recheck.h). */
static const char version_7[] = "CREATE TABLE recheck("
                                "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
                                "  at_ms INTEGER NOT NULL,"
                                "  account TEXT NOT NULL,"
                                "  object TEXT NOT NULL,"
                                "  holder_name TEXT NOT NULL,"
                                "  holder_id TEXT NOT NULL,"
                                "  verdict TEXT NOT NULL,"
                                "  UNIQUE(account, object, holder_name, holder_id)"
                                ") STRICT;";

/* Saved lists (db/lists.h); `shared` ones are seen by every account. */
static const char version_8[] = "CREATE TABLE list("
                                "  account TEXT NOT NULL,"
                                "  name TEXT NOT NULL,"
                                "  shared INTEGER NOT NULL,"
                                "  saved_ms INTEGER NOT NULL,"
                                "  body TEXT NOT NULL,"
                                "  PRIMARY KEY(account, name)"
                                ") STRICT, WITHOUT ROWID;";

/* watch: what accounts have marked (db/watch.h); `state` is what they remember of it. */
static const char version_9[] = "CREATE TABLE watch("
                                "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
                                "  account TEXT NOT NULL,"
                                "  kind TEXT NOT NULL,"
                                "  target TEXT NOT NULL,"
                                "  name TEXT NOT NULL,"
                                "  since_ms INTEGER NOT NULL,"
                                "  state TEXT NOT NULL,"
                                "  UNIQUE(account, kind, target)"
                                ") STRICT;";

/* recheck_answer: those that turned out otherwise, for the notice about each. */
static const char version_10[] = "CREATE TABLE recheck_answer("
                                 "  id INTEGER PRIMARY KEY,"
                                 "  at_ms INTEGER NOT NULL,"
                                 "  account TEXT NOT NULL,"
                                 "  object TEXT NOT NULL,"
                                 "  holder_name TEXT NOT NULL,"
                                 "  holder_id TEXT NOT NULL,"
                                 "  verdict TEXT NOT NULL,"
                                 "  answer TEXT NOT NULL,"
                                 "  answered_ms INTEGER NOT NULL"
                                 ") STRICT;";

static const char *const versions[] = {version_1, version_2, version_3, version_4, version_5,
                                       version_6, version_7, version_8, version_9, version_10};
_Static_assert(sizeof versions / sizeof *versions == OUTBOX_SCHEMA_VERSION,
               "one migration for each version");

static enum status step(struct sql *sql, int version, struct error *error)
{
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = sql_exec(sql, versions[version - 1], error);
    if (status == STATUS_OK)
        status = sql_set_user_version(sql, version, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    return status;
}

enum status outbox_migrate(struct sql *outbox, struct error *error)
{
    int version = 0;
    enum status status = sql_user_version(outbox, &version, error);

    while (status == STATUS_OK && version < OUTBOX_SCHEMA_VERSION)
        status = step(outbox, ++version, error);
    if (status != STATUS_OK)
        error_prefix(error, _("The outbox could not be brought to version %d"), version);
    return status;
}
