#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/interrupt.h"
#include "cli/table.h"
#include "db/ballast.h"
#include "db/cache.h"
#include "db/outbox.h"
#include "db/overview.h"
#include "db/search_check.h"
#include "db/sql.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLOCK_WARN_MS    60000
#define SPACE_WARN_BYTES (512LL << 20)
#define SPACE_FAIL_BYTES (32LL << 20)

enum health { HEALTH_PASS, HEALTH_WARN, HEALTH_FAIL };

/* Collects one line per examination. */
struct diagnosis {
    struct output *out;
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

/* A want of memory says nothing about the file; then there is no diagnosis. */
static void note_error(struct diagnosis *diagnosis, const char *check, const struct error *error)
{
    if (error->status == STATUS_NOMEM)
        diagnosis->ok = false;
    else
        note(diagnosis, check, HEALTH_FAIL, error->text);
}

/* What lasts says on a terminal what it is about. */
static void announce(const struct diagnosis *diagnosis, const char *name)
{
    if (isatty(STDERR_FILENO) == 1)
        output_note(diagnosis->out, _("Checking %s…"), name);
}

static void stop_reading(void *sql)
{
    sql_interrupt(sql);
}

static enum status quick_check(struct sql *sql, struct error *error)
{
    struct interrupt *interrupt = NULL;
    enum status status = interrupt_new(&interrupt, error);

    if (status != STATUS_OK)
        return status;
    interrupt_set_stop(interrupt, stop_reading, sql);
    status = sql_quick_check(sql, error);
    interrupt_free(interrupt);
    return status;
}

/* A gigabyte takes several seconds: Ctrl-C goes on to the next thing. */
static void check_database(struct diagnosis *diagnosis, const char *name, struct sql *sql)
{
    struct error error = {0};

    announce(diagnosis, name);
    enum status status = quick_check(sql, &error);

    if (status == STATUS_CANCELLED)
        note(diagnosis, name, HEALTH_WARN, _("Stopped: the file has not been checked."));
    else if (status == STATUS_OK)
        note(diagnosis, name, HEALTH_PASS, _("The file passes SQLite's check."));
    else if (status == STATUS_CORRUPT)
        note(diagnosis, name, HEALTH_FAIL,
             _("The file is damaged. Repair that with: huiliu doctor --repair"));
    else
        note_error(diagnosis, name, &error);
}

static void check_copy(struct diagnosis *diagnosis, const struct home *home)
{
    char detail[256];
    struct error error = {0};
    int64_t entries = 0;
    int64_t damaged = 0;

    if (outbox_copy_examine(home, &entries, &damaged, &error) != STATUS_OK) {
        note_error(diagnosis, "outbox.log", &error);
        return;
    }
    if (damaged == 0)
        (void)snprintf(detail, sizeof detail,
                       ngettext("The second copy holds %lld entry; it passes its check.",
                                "The second copy holds %lld entries; all pass their check.",
                                (unsigned long)entries),
                       (long long)entries);
    else
        (void)snprintf(detail, sizeof detail,
                       _("%lld entries of the second copy are damaged. Repair that with: huiliu "
                         "doctor --repair"),
                       (long long)damaged);
    note(diagnosis, "outbox.log", damaged == 0 ? HEALTH_PASS : HEALTH_FAIL, detail);
}

static void check_reserve(struct diagnosis *diagnosis, const struct home *home)
{
    if (ballast_is_laid(home))
        note(diagnosis, "reserve", HEALTH_PASS, _("There is a reserve for a full disk."));
    else
        note(diagnosis, "reserve", HEALTH_WARN,
             _("The reserve for a full disk is used up. Free some space; it is laid down again "
               "at the next start."));
}

static void check_kept(struct diagnosis *diagnosis, const struct home *home)
{
    if (cache_damage_is_kept(home))
        note(diagnosis, "kept", HEALTH_WARN,
             _("A damaged copy of the platform's data is kept as cache.db.bad-*. It is removed "
               "when the new one is complete: run huiliu sync."));
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
        ".",        "huiliu.conf",   "upstream.secret", "outbox.db", "outbox.log",
        "cache.db", "outbox.db-wal", "cache.db-wal",    "ballast"};
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

/* --- the search index --------------------------------------------------------------------------
 */

struct watched {
    struct interrupt *interrupt;
    struct output *out;
    int shown; /* per cent */
};

static bool watch(void *context, int64_t done, int64_t total)
{
    struct watched *watched = context;
    int percent = total > 0 ? (int)(done * 100 / total) : 0;

    if (isatty(STDERR_FILENO) == 1 && percent / 10 > watched->shown / 10) {
        watched->shown = percent;
        output_note(watched->out, _("Search index: %d %%"), percent);
    }
    return !interrupt_seen(watched->interrupt);
}

static void check_index(struct diagnosis *diagnosis, struct reader *reader)
{
    struct watched watched = {.out = diagnosis->out};
    const struct search_watch look = {watch, &watched};
    struct error error = {0};
    bool same = false;

    if (!reader_cache(reader))
        return;
    announce(diagnosis, _("the search index"));
    enum status status = interrupt_new(&watched.interrupt, &error);
    if (status == STATUS_OK)
        status = search_check(reader_cache(reader), &look, &same, &error);
    interrupt_free(watched.interrupt);
    if (status == STATUS_CANCELLED)
        note(diagnosis, "search index", HEALTH_WARN, error.text);
    else if (status != STATUS_OK)
        note_error(diagnosis, "search index", &error);
    else if (same)
        note(diagnosis, "search index", HEALTH_PASS, _("It has what the rows say, no more."));
    else
        note(diagnosis, "search index", HEALTH_FAIL,
             _("It differs from the rows: not everybody is found. Repair that with: huiliu doctor "
               "--repair"));
}

static void examine_content(struct diagnosis *diagnosis, struct reader *reader)
{
    struct overview *overview = NULL;
    struct error error = {0};

    check_database(diagnosis, "outbox.db", reader_outbox(reader));
    check_database(diagnosis, "cache.db", reader_cache(reader));
    check_index(diagnosis, reader);
    if (overview_read(reader, NULL, &overview, &error) != STATUS_OK) {
        note_error(diagnosis, "overview", &error);
        return;
    }
    check_space(diagnosis, overview);
    check_clock(diagnosis, overview);
    check_sync(diagnosis, overview);
    overview_free(overview);
}

static void examine(struct diagnosis *diagnosis, const struct home *home, struct reader *reader)
{
    struct error error = {0};
    struct reader *second = NULL;

    check_modes(diagnosis, home);
    check_copy(diagnosis, home);
    check_reserve(diagnosis, home);
    check_kept(diagnosis, home);
    if (reader) {
        examine_content(diagnosis, reader);
    } else if (reader_open(home, &second, &error) == STATUS_OK) {
        examine_content(diagnosis, second);
        reader_close(second);
    } else {
        note_error(diagnosis, "databases", &error);
    }
}

/* --- putting right ---------------------------------------------------------------------------- */

static enum status repair_outbox(struct diagnosis *diagnosis, const struct home *home,
                                 struct error *error)
{
    char detail[128];
    struct error damage = {0};
    struct outbox *outbox = NULL;
    enum status status = outbox_open(home, &outbox, error);
    if (status != STATUS_OK)
        return status;

    if (outbox_health(outbox, &damage) != STATUS_OK)
        note(diagnosis, "repair", HEALTH_WARN, damage.text);
    if (outbox_replayed(outbox) > 0) {
        (void)snprintf(detail, sizeof detail,
                       ngettext("%lld entry was put back from the second copy.",
                                "%lld entries were put back from the second copy.",
                                (unsigned long)outbox_replayed(outbox)),
                       (long long)outbox_replayed(outbox));
        note(diagnosis, "repair", HEALTH_WARN, detail);
    }
    (void)outbox_lock(outbox);
    status = outbox_compact(outbox, error);
    outbox_unlock(outbox);
    outbox_close(outbox);
    return status;
}

static enum status repair_cache(struct diagnosis *diagnosis, const struct home *home,
                                struct error *error)
{
    bool renewed = false;
    enum status status = cache_repair(home, &renewed, error);

    if (status == STATUS_OK && renewed)
        note(diagnosis, "repair", HEALTH_WARN,
             _("The copy of the platform's data was damaged and put aside. Run huiliu sync to "
               "fill the new one."));
    return status;
}

/* Made anew only when it is wrong: that may last. */
static enum status repair_index(struct diagnosis *diagnosis, const struct home *home,
                                struct error *error)
{
    struct watched watched = {.out = diagnosis->out};
    const struct search_watch look = {watch, &watched};
    struct reader *reader = NULL;
    bool same = true;
    enum status status = interrupt_new(&watched.interrupt, error);

    if (status == STATUS_OK)
        status = reader_open(home, &reader, error);
    if (status == STATUS_OK && reader_cache(reader))
        status = search_check(reader_cache(reader), &look, &same, error);
    reader_close(reader);
    watched.shown = 0;
    if (status == STATUS_OK && !same)
        status = search_repair(home, &look, error);
    interrupt_free(watched.interrupt);
    if (status == STATUS_OK && !same)
        note(diagnosis, "repair", HEALTH_WARN, _("The search index was made anew."));
    return status;
}

/* Opening for writing is already most of it. */
static enum status repair(struct diagnosis *diagnosis, const struct home *seen, struct error *error)
{
    struct home *home = NULL;
    enum status status = home_open(home_directory(seen), HOME_WRITE, &home, error);

    if (status == STATUS_OK)
        status = repair_outbox(diagnosis, home, error);
    if (status == STATUS_OK)
        status = repair_cache(diagnosis, home, error);
    if (status == STATUS_OK)
        status = repair_index(diagnosis, home, error);
    if (status == STATUS_OK && diagnosis->worst == HEALTH_PASS)
        note(diagnosis, "repair", HEALTH_PASS, _("Nothing had to be repaired."));
    home_close(home);
    return status;
}

static enum status run(struct cli *cli, struct error *error)
{
    struct diagnosis diagnosis = {
        .out = cli->out, .checks = json_array(), .table = table_new(3), .ok = true};
    const struct seat *seat = cli->seat;
    json_t *value = json_object();
    bool mend = line_switch(cli->line, "repair");
    enum status status = mend ? repair(&diagnosis, seat->home, error) : STATUS_OK;

    if (status == STATUS_OK) {
        examine(&diagnosis, seat->home, mend ? NULL : seat->reader);
        table_print(diagnosis.table, 0, cli->out);
    }
    table_free(diagnosis.table);
    json_put(value, "ok", json_boolean(diagnosis.worst != HEALTH_FAIL), &diagnosis.ok);
    json_put(value, "checks", diagnosis.checks, &diagnosis.ok);
    if (status != STATUS_OK) {
        json_decref(value);
        return status;
    }
    cli->exit_code = diagnosis.worst == HEALTH_FAIL ? CLI_FAILED : CLI_DONE;
    return output_json(cli->out, value, diagnosis.ok, error);
}

static const struct option_row options[] = {
    {"repair", NULL, 0, N_("put right what can be put right from the second copy")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_doctor = {
    .name = "doctor",
    .operands = "",
    .summary = N_("Examine the files, the disk and the clock of this workstation."),
    .options = options,
    .needs = SEAT_HOME | SEAT_BROKEN_TOO,
    .run = run,
};
