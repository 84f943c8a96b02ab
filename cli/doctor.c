#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/table.h"
#include "db/overview.h"
#include "db/sql.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CLOCK_WARN_MS    60000
#define SPACE_WARN_BYTES (512LL << 20)
#define SPACE_FAIL_BYTES (32LL << 20)

enum health { HEALTH_PASS, HEALTH_WARN, HEALTH_FAIL };

/* Collects one line per examination. */
struct diagnosis {
    json_t *checks;
    struct table *table;
    enum health worst;
    bool ok; /* memory */
};

static void note(struct diagnosis *diagnosis, const char *check, enum health health,
                 const char *detail)
{
    static const char *const names[] = {"pass", "warn", "fail"};
    const char *const titles[] = {_("in order"), _("look at this"), _("broken")};
    json_t *value = json_object();

    if (health > diagnosis->worst)
        diagnosis->worst = health;
    json_put_text(value, "check", check, &diagnosis->ok);
    json_put_text(value, "result", names[health], &diagnosis->ok);
    put_shown(value, "detail", detail, &diagnosis->ok);
    json_add(diagnosis->checks, value, &diagnosis->ok);
    table_cell(diagnosis->table, titles[health]);
    table_cell(diagnosis->table, check);
    table_cell(diagnosis->table, detail);
}

/* SQLite's own examination: one row that says "ok", or a row for each fault. */
static void check_database(struct diagnosis *diagnosis, const char *name, struct sql *sql)
{
    struct stmt *stmt = NULL;
    struct error error = {0};
    bool row = false;

    if (!sql) {
        note(diagnosis, name, HEALTH_WARN, _("This database is not there yet: run huiliu sync."));
        return;
    }
    enum status status = sql_statement(sql, "PRAGMA quick_check(1)", &stmt, &error);
    if (status == STATUS_OK)
        status = stmt_step(stmt, &row, &error);
    const char *answer = stmt && row ? stmt_text(stmt, 0) : NULL;
    if (status != STATUS_OK)
        note(diagnosis, name, HEALTH_FAIL, error.text);
    else if (answer && strcmp(answer, "ok") == 0)
        note(diagnosis, name, HEALTH_PASS, _("The file passes SQLite's check."));
    else
        note(diagnosis, name, HEALTH_FAIL, answer ? answer : _("The check gave no answer."));
    if (stmt)
        stmt_reset(stmt);
}

static void check_mode(struct diagnosis *diagnosis, const struct home *home, const char *name)
{
    char path[PATH_MAX], detail[PATH_MAX + 64];
    struct stat facts;

    if (home_path(home, name, path, sizeof path, NULL) != STATUS_OK || stat(path, &facts) != 0)
        return; /* not every file exists in every home */
    if ((facts.st_mode & 077) == 0)
        return;
    (void)snprintf(detail, sizeof detail, _("Others can open %s. Repair that with: chmod go= %s"),
                   name, path);
    note(diagnosis, "permissions", HEALTH_FAIL, detail);
}

static void check_modes(struct diagnosis *diagnosis, const struct home *home)
{
    static const char *const names[] = {
        ".",          "huiliu.conf", "upstream.secret", "outbox.db",
        "outbox.log", "cache.db",    "outbox.db-wal",   "cache.db-wal"};
    enum health before = diagnosis->worst;

    diagnosis->worst = HEALTH_PASS;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        check_mode(diagnosis, home, names[i]);
    if (diagnosis->worst == HEALTH_PASS)
        note(diagnosis, "permissions", HEALTH_PASS, _("Only this user can open the files."));
    if (before > diagnosis->worst)
        diagnosis->worst = before;
}

static void check_space(struct diagnosis *diagnosis, const struct overview *overview)
{
    char detail[128];
    long long free_bytes = overview->disk_free;

    if (free_bytes < 0) {
        note(diagnosis, "disk", HEALTH_WARN, _("The free space is not known."));
        return;
    }
    (void)snprintf(detail, sizeof detail, _("%lld MiB are free."), free_bytes >> 20);
    note(diagnosis, "disk",
         free_bytes < SPACE_FAIL_BYTES   ? HEALTH_FAIL
         : free_bytes < SPACE_WARN_BYTES ? HEALTH_WARN
                                         : HEALTH_PASS,
         detail);
}

static void check_clock(struct diagnosis *diagnosis, const struct overview *overview)
{
    char detail[128];

    if (!overview->clock_offset_known) {
        note(diagnosis, "clock", HEALTH_WARN,
             _("The clock has not been compared with the platform yet."));
        return;
    }
    (void)snprintf(detail, sizeof detail, _("%+.1f s against the platform."),
                   (double)overview->clock_offset_ms / 1000.0);
    note(diagnosis, "clock",
         llabs((long long)overview->clock_offset_ms) > CLOCK_WARN_MS ? HEALTH_WARN : HEALTH_PASS,
         detail);
}

static void check_sync(struct diagnosis *diagnosis, const struct overview *overview)
{
    if (overview->last_failure && overview->last_failure[0] != '\0')
        note(diagnosis, "sync", HEALTH_WARN, overview->last_failure);
    else if (overview->contact_ms == 0)
        note(diagnosis, "sync", HEALTH_WARN, _("Nothing has been fetched yet: run huiliu sync."));
    else
        note(diagnosis, "sync", HEALTH_PASS, _("The last synchronisation succeeded."));
}

static void examine(struct cli *cli, struct diagnosis *diagnosis)
{
    struct overview *overview = NULL;
    struct error error = {0};

    check_database(diagnosis, "outbox.db", reader_outbox(cli->seat->reader));
    check_database(diagnosis, "cache.db", reader_cache(cli->seat->reader));
    check_modes(diagnosis, cli->seat->home);
    if (overview_read(cli->seat->reader, NULL, &overview, &error) != STATUS_OK) {
        note(diagnosis, "overview", HEALTH_FAIL, error.text);
        return;
    }
    check_space(diagnosis, overview);
    check_clock(diagnosis, overview);
    check_sync(diagnosis, overview);
    overview_free(overview);
}

static enum status run(struct cli *cli, struct error *error)
{
    struct diagnosis diagnosis = {.checks = json_array(), .table = table_new(3), .ok = true};
    json_t *value = json_object();

    examine(cli, &diagnosis);
    table_print(diagnosis.table, 0, cli->out);
    table_free(diagnosis.table);
    json_put(value, "ok", json_boolean(diagnosis.worst != HEALTH_FAIL), &diagnosis.ok);
    json_put(value, "checks", diagnosis.checks, &diagnosis.ok);
    cli->exit_code = diagnosis.worst == HEALTH_FAIL ? CLI_FAILED : CLI_DONE;
    return output_json(cli->out, value, diagnosis.ok, error);
}

const struct cli_command command_doctor = {
    .name = "doctor",
    .operands = "",
    .summary = N_("Examine the files, the disk and the clock of this workstation."),
    .needs = SEAT_HOME,
    .run = run,
};
