/* The interface under a terminal: its start, and keys while nothing goes on and while a sync is
 * being applied. */
#include "base/conf.h"
#include "base/file.h"
#include "db/schema.h"
#include "tests/bench/bench.h"
#include "tests/bench/measure.h"
#include "tests/bench/queries.h"
#include "tests/bench/report.h"
#include "tests/bench/server.h"
#include "tests/terminal/driver.h"
#include "tui/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STARTS         15
#define QUERIES        60
#define SAMPLE         200
#define TOWN_RESIDENTS 100000 /* whose other datasets the sync brings */
#define FIELD_ROWS     3      /* the search field is in one of the first rows */

struct queries {
    struct query *items;
    size_t count;
};

struct screen {
    const struct bench *bench;
    char home[PATH_MAX];
    char program[PATH_MAX];
    struct subject_sample sample;
    struct spelling *spelling;
};

static enum status lost(struct error *error, const char *what)
{
    return error_set(error, STATUS_INTERNAL, "the interface did not %s", what);
}

/* --- starting --------------------------------------------------------------------------------- */

static struct terminal *start(const struct screen *screen)
{
    const char *const arguments[] = {screen->program, "--home", screen->home, "--as",
                                     BENCH_ACCOUNT,   "--lang", "en",         NULL};
    char *argv[sizeof arguments / sizeof *arguments];

    memcpy(argv, arguments, sizeof argv);
    return terminal_start(&(struct terminal_options){.argv = argv});
}

static enum status time_starts(const struct screen *screen, struct samples *times,
                               struct error *error)
{
    bool ok = true;

    for (int i = 0; i < STARTS && ok; i++) {
        double begun = seconds_now();
        struct terminal *terminal = start(screen);
        ok = terminal && terminal_wait_text(terminal, "Passphrase");
        samples_add(times, seconds_now() - begun);
        terminal_free(terminal);
    }
    return ok ? STATUS_OK : lost(error, "start");
}

static bool unlock(struct terminal *terminal, double *seconds)
{
    if (!terminal_wait_text(terminal, "Passphrase"))
        return false;
    terminal_send(terminal, BENCH_PASSPHRASE, strlen(BENCH_PASSPHRASE));
    double begun = seconds_now();
    terminal_send(terminal, "\r", 1);
    bool ok = terminal_wait_no_text(terminal, "Passphrase");
    *seconds = seconds_now() - begun;
    return ok;
}

/* --- keys ------------------------------------------------------------------------------------- */

/* Ctrl-U; the empty page says what can be typed. */
static bool clear_field(struct terminal *terminal)
{
    terminal_send(terminal, "\025", 1);
    return terminal_wait_text(terminal, "What can be typed");
}

/* The row of the search field, found by what is typed into it; -1 when nowhere. */
static int find_field(struct terminal *terminal)
{
    static const char mark[] = "qqqq";

    terminal_send(terminal, mark, strlen(mark));
    if (!terminal_wait_text(terminal, mark))
        return -1;
    int row = terminal_find(terminal, mark);
    return clear_field(terminal) && row < FIELD_ROWS ? row : -1;
}

/* Fast typing. Keys that follow each other more closely than people type are held back until it is
 * clear that they are no reader's (INPUT_SCAN_GAP_MS). */
static void pause_between_keys(void)
{
    (void)poll(NULL, 0, 2 * INPUT_SCAN_GAP_MS);
}

/* One key, until the screen shows the text with it and the hits that belong to it. */
static bool time_key(struct terminal *terminal, int row, const char *typed, struct samples *times)
{
    pause_between_keys();
    double begun = seconds_now();

    terminal_send(terminal, typed + strlen(typed) - 1, 1);
    if (!terminal_wait_row(terminal, row, typed) || !terminal_wait_no_text(terminal, "Searching"))
        return false;
    samples_add(times, seconds_now() - begun);
    return true;
}

/* Types a query; the first key is not timed, its letter stands on any screen. */
static bool type_query(struct terminal *terminal, int row, const char *query, struct samples *times)
{
    char typed[64];
    size_t length = strlen(query);
    bool ok = true;

    terminal_send(terminal, query, 1);
    for (size_t i = 2; i <= length && i < sizeof typed && ok; i++) {
        (void)snprintf(typed, sizeof typed, "%.*s", (int)i, query);
        ok = time_key(terminal, row, typed, times);
    }
    return clear_field(terminal) && ok;
}

/* Surname and first letters: "zhangwt". */
static enum status make_queries(struct screen *screen, struct query **queries, size_t *count,
                                struct error *error)
{
    for (size_t i = 0; i < query_class_count(); i++)
        if (strstr(query_class_at(i)->name, "zhangwt"))
            return queries_make(query_class_at(i), &screen->sample, screen->spelling, QUERIES,
                                queries, count, error);
    return error_set(error, STATUS_INTERNAL, "no such class of queries");
}

static enum status type_quietly(struct screen *screen, struct samples *login, struct samples *times,
                                struct error *error)
{
    struct query *queries = NULL;
    size_t count = 0;
    double seconds = 0;
    enum status status = make_queries(screen, &queries, &count, error);
    struct terminal *terminal = status == STATUS_OK ? start(screen) : NULL;
    bool ok = terminal && unlock(terminal, &seconds) && terminal_type(terminal, "<F9>");
    int row = ok ? find_field(terminal) : -1;

    samples_add(login, seconds);
    for (size_t i = 0; i < count && ok && row >= 0; i++)
        ok = type_query(terminal, row, queries[i].text, times);
    terminal_free(terminal);
    if (status != STATUS_OK)
        return status;
    return ok && row >= 0 ? STATUS_OK : lost(error, "take keys");
}

/* --- keys while a sync is being applied --------------------------------------------------------
 */

#define BATCH 4

/* Looks at the page of the exchange and comes back. */
static bool is_running(struct terminal *terminal, bool *running)
{
    terminal_send(terminal, "\033[23~", 5); /* F11 */
    bool ok = terminal_wait_text(terminal, "> Exchange");
    *running = terminal_find(terminal, "xchange is running") >= 0;
    terminal_send(terminal, "\033[20~", 5); /* F9 */
    return ok && terminal_wait_no_text(terminal, "> Exchange");
}

static enum status prepare_town(const struct screen *screen, char town[PATH_MAX],
                                struct error *error)
{
    static const char *const databases[] = {"catalogue",        "marriage", "education", "death",
                                            "social_insurance", "credit",   "place"};
    char residents[16];
    enum status status = bench_path(screen->bench, "screen-town", town, error);

    if (status != STATUS_OK || file_exists(town))
        return status;
    (void)snprintf(residents, sizeof residents, "%d", TOWN_RESIDENTS);
    status = file_make_directory(town, error);
    for (size_t i = 0; i < sizeof databases / sizeof *databases && status == STATUS_OK; i++) {
        const char *const arguments[] = {"--residents", residents, "--area",     BENCH_AREA,
                                         "--out",       town,      "--database", databases[i],
                                         "--quiet",     NULL};
        status = bench_run(screen->bench, "tests/township/township", arguments, error);
    }
    return status;
}

static enum status set_upstream(const struct screen *screen, const char *url, struct error *error)
{
    char path[PATH_MAX];
    struct conf *conf = NULL;
    int length = snprintf(path, sizeof path, "%s/" HOME_CONF_FILE, screen->home);

    if (length < 0 || length >= (int)sizeof path)
        return error_set(error, STATUS_TOO_LARGE, "%s", screen->home);
    enum status status = conf_load(path, &conf, error);
    if (status == STATUS_OK)
        status = conf_set(conf, "upstream.url", url, error);
    if (status == STATUS_OK)
        status = conf_save(conf, path, error);
    conf_free(conf);
    return status;
}

/* `huiliu sync --full` beside a window, which takes the home over and goes on with it. */
struct syncer {
    pid_t process; /* 0: the window was asked by a key */
    int notes;     /* what it says on standard error; open as long as it may say something */
};

static void run_sync(const struct screen *screen, int notes)
{
    const char *const arguments[] = {screen->program, "sync",   "--full", "--home",
                                     screen->home,    "--lang", "en",     NULL};
    char *argv[sizeof arguments / sizeof *arguments];

    memcpy(argv, arguments, sizeof argv);
    (void)dup2(notes, STDOUT_FILENO);
    (void)dup2(notes, STDERR_FILENO);
    execv(screen->program, argv);
    _exit(127);
}

/* It writes in this home when it has said its first word. */
static enum status start_sync(const struct screen *screen, struct syncer *syncer,
                              struct error *error)
{
    int ends[2];
    char first;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set_errno(error, errno, "pipe");
    fflush(NULL);
    pid_t process = fork();
    if (process == 0)
        run_sync(screen, ends[1]);
    close(ends[1]);
    *syncer = (struct syncer){process, ends[0]};
    return process > 0 && read(ends[0], &first, 1) == 1
               ? STATUS_OK
               : error_set(error, STATUS_INTERNAL, "huiliu sync did not start");
}

static void stop_sync(struct syncer *syncer)
{
    if (syncer->process > 0) {
        (void)kill(syncer->process, SIGKILL);
        (void)waitpid(syncer->process, NULL, 0);
        close(syncer->notes);
    }
    *syncer = (struct syncer){0};
}

static bool still_syncs(struct terminal *terminal, const struct syncer *syncer, bool *running)
{
    siginfo_t info = {0};

    if (syncer->process == 0)
        return is_running(terminal, running);
    bool asked = waitid(P_PID, (id_t)syncer->process, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
    *running = asked && info.si_pid == 0;
    return asked;
}

/* Keys count only in batches after which the sync still runs. */
static bool type_batches(struct terminal *terminal, int row, const struct syncer *syncer,
                         const struct queries *queries, struct samples *times)
{
    bool running = true;
    bool ok = true;

    for (size_t i = 0; i + BATCH <= queries->count && ok && running; i += BATCH) {
        struct samples batch = {0};
        for (size_t j = i; j < i + BATCH && ok; j++)
            ok = type_query(terminal, row, queries->items[j].text, &batch);
        ok = ok && still_syncs(terminal, syncer, &running);
        for (size_t j = 0; j < batch.count && ok && running; j++)
            samples_add(times, batch.values[j]);
        samples_release(&batch);
    }
    return ok;
}

static enum status type_while(struct screen *screen, const struct syncer *syncer, const char *keys,
                              struct samples *times, struct error *error)
{
    struct queries queries = {0};
    double seconds;
    enum status status = make_queries(screen, &queries.items, &queries.count, error);
    struct terminal *terminal = status == STATUS_OK ? start(screen) : NULL;

    if (terminal && unlock(terminal, &seconds)) {
        terminal_send(terminal, keys, strlen(keys));
        int row = find_field(terminal);
        if (row < 0 || !type_batches(terminal, row, syncer, &queries, times))
            status = lost(error, "take keys during a sync");
    }
    terminal_free(terminal);
    return status;
}

/* The window's own exchange, then another process that reads everything again. */
static enum status type_in_sync(struct screen *screen, struct samples *own, struct samples *beside,
                                struct error *error)
{
    char town[PATH_MAX];
    struct server server = {0};
    struct syncer syncer = {0};
    enum status status = prepare_town(screen, town, error);

    if (status == STATUS_OK)
        status = server_start(screen->bench, town, &server, error);
    if (status == STATUS_OK)
        status = set_upstream(screen, server.url, error);
    if (status == STATUS_OK) /* F9, F5 */
        status = type_while(screen, &syncer, "\033[20~\033[15~", own, error);
    if (status == STATUS_OK)
        status = start_sync(screen, &syncer, error);
    if (status == STATUS_OK)
        status = type_while(screen, &syncer, "\033[20~", beside, error);
    stop_sync(&syncer);
    server_stop(&server);
    return status;
}

/* --- the table -------------------------------------------------------------------------------- */

static void report_times(const char *what, struct samples *times, const char *aim)
{
    struct report_row row = {0};

    report_cell(row.what, "%s", what);
    report_cell(row.figure, "p50 %.1f p99 %.1f max %.1f ms", samples_at(times, 0.5) * 1e3,
                samples_at(times, 0.99) * 1e3, samples_at(times, 1) * 1e3);
    report_cell(row.beside, "n=%zu", times->count);
    report_cell(row.aim, "%s", aim);
    report_row(&row);
}

static enum status measure_all(struct screen *screen, struct error *error)
{
    struct samples starts = {0};
    struct samples login = {0};
    struct samples quiet = {0};
    struct samples busy = {0};
    struct samples beside = {0};
    enum status status = time_starts(screen, &starts, error);

    if (status == STATUS_OK)
        status = type_quietly(screen, &login, &quiet, error);
    if (status == STATUS_OK)
        status = type_in_sync(screen, &busy, &beside, error);
    if (status == STATUS_OK) {
        report_times("start to first painted screen", &starts, "<= 50 ms");
        report_times("log-in to painted start page", &login, "<= 400 ms");
        report_times("key to painted hits", &quiet, "p99 <= 30 ms");
        report_times("  while its exchange is applied", &busy, "p99 <= 30 ms");
        report_times("  while `huiliu sync --full` runs", &beside, "p99 <= 30 ms");
    }
    samples_release(&starts);
    samples_release(&login);
    samples_release(&quiet);
    samples_release(&busy);
    samples_release(&beside);
    return status;
}

enum status bench_screen(const struct bench *bench, struct error *error)
{
    struct screen screen = {.bench = bench};
    char home[PATH_MAX];
    enum status status = bench_path(bench, "home", home, error);

    report_section("The interface at 80x24, %u residents in the cache", (unsigned)bench->residents);
    (void)snprintf(screen.program, sizeof screen.program, "%s/huiliu", bench->build);
    if (status == STATUS_OK)
        status = bench_path(bench, "screen-home", screen.home, error);
    if (status == STATUS_OK)
        status = bench_copy(home, screen.home, error);
    if (status == STATUS_OK)
        status = spelling_new(&screen.spelling, error);
    if (status == STATUS_OK)
        status = subjects_sample(bench, SAMPLE, &screen.sample, error);
    if (status == STATUS_OK)
        status = measure_all(&screen, error);
    subject_sample_release(&screen.sample);
    spelling_free(screen.spelling);
    enum status removed = bench_remove(screen.home, error);
    return status == STATUS_OK ? removed : status;
}
