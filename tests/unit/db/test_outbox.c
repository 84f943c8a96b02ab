#include "base/file.h"
#include "db/outbox_log.h"
#include "db/overview.h"
#include "tests/unit/db/seat.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define KILL_ROUNDS 200

/* --- the log by itself ------------------------------------------------------------------------ */

struct seen {
    int count;
    char last[256];
};

static enum status see(void *context, const char *json, size_t length, struct error *error)
{
    struct seen *seen = context;

    (void)error;
    seen->count++;
    snprintf(seen->last, sizeof seen->last, "%.*s", (int)length, json);
    return STATUS_OK;
}

static struct outbox_log *open_log(const char *path, int64_t covered,
                                   struct outbox_log_report *report)
{
    struct error error = {0};
    struct outbox_log *log = NULL;

    seat_ok(outbox_log_open(path, covered, &log, report, &error), &error);
    return log;
}

static struct seen read_from(struct outbox_log *log, int64_t from)
{
    struct error error = {0};
    struct seen seen = {0};

    seat_ok(outbox_log_read(log, from, see, &seen, &error), &error);
    return seen;
}

static void append(struct outbox_log *log, const char *json)
{
    struct error error = {0};

    seat_ok(outbox_log_append(log, json, strlen(json), &error), &error);
}

/* A log with the lines {"n":1} … {"n":count}; returns its length. */
static int64_t write_log(const char *path, int count)
{
    struct outbox_log_report report;
    struct outbox_log *log = open_log(path, 0, &report);
    char json[32];

    for (int i = 1; i <= count; i++) {
        snprintf(json, sizeof json, "{\"n\":%d}", i);
        append(log, json);
    }
    int64_t length = outbox_log_length(log);
    outbox_log_close(log);
    return length;
}

static void patch(const char *path, long offset, const char *bytes)
{
    FILE *file = fopen(path, "r+b");

    assert_non_null(file);
    assert_int_equal(fseek(file, offset, offset < 0 ? SEEK_END : SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, strlen(bytes), file), strlen(bytes));
    fclose(file);
}

static void add_bytes(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "ab");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

static void lines_come_back_in_order(void **state)
{
    struct outbox_log_report report;
    const char *path = scratch_path(state, "log");
    int64_t length = write_log(path, 3);
    struct outbox_log *log = open_log(path, length, &report);

    assert_int_equal(report.replay_from, length);
    assert_int_equal(read_from(log, 0).count, 3);
    assert_string_equal(read_from(log, 0).last, "{\"n\":3}");
    assert_int_equal(read_from(log, length / 3).count, 2);
    assert_int_equal(read_from(log, length).count, 0);
    outbox_log_close(log);
}

static void the_format_is_the_documented_one(void **state)
{
    const char *path = scratch_path(state, "log");
    char line[64] = "";

    write_log(path, 1);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    /* printf '{"n":1}' | sha256sum | cut -c1-16 */
    assert_string_equal(line, "2bfd14f43d17fc7c {\"n\":1}\n");
}

static void a_torn_last_line_is_cut_off(void **state)
{
    static const char *const tails[] = {"0",
                                        "0123456789abcdef {\"n\":", "0123456789abcdef {\"n\":9}\n"};
    struct outbox_log_report report;
    const char *path = scratch_path(state, "log");
    int64_t length = write_log(path, 3);

    for (size_t i = 0; i < COUNT_OF(tails); i++) {
        add_bytes(path, tails[i], strlen(tails[i]));
        struct outbox_log *log = open_log(path, length, &report);
        assert_int_equal(report.bad_lines, 0);
        assert_int_equal(outbox_log_length(log), length);
        assert_int_equal(read_from(log, 0).count, 3);
        outbox_log_close(log);
    }
    add_bytes(path, "\0\0\0\0", 4);
    struct outbox_log *log = open_log(path, 0, &report);
    append(log, "{\"n\":4}");
    assert_int_equal(read_from(log, 0).count, 4);
    outbox_log_close(log);
}

static void damage_in_the_middle_is_kept_aside(void **state)
{
    struct outbox_log_report report;
    const char *path = scratch_path(state, "log");
    int64_t length = write_log(path, 3);

    patch(path, (long)length / 3 + 20, "X");
    struct outbox_log *log = open_log(path, length, &report);
    assert_int_equal(report.bad_lines, 1);
    assert_int_equal(report.replay_from, 0);
    assert_int_equal(access(report.aside, F_OK), 0);
    assert_int_equal(read_from(log, 0).count, 2);
    append(log, "{\"n\":4}");
    outbox_log_close(log);
    log = open_log(path, 0, &report);
    assert_int_equal(report.bad_lines, 0);
    assert_int_equal(read_from(log, 0).count, 3);
    outbox_log_close(log);
}

/* The database stands for the last line: it cannot have been torn, so it was damaged. */
static void a_damaged_last_line_that_was_saved_is_damage(void **state)
{
    struct outbox_log_report report;
    const char *path = scratch_path(state, "log");
    int64_t length = write_log(path, 3);

    patch(path, -4, "X");
    struct outbox_log *log = open_log(path, length, &report);
    assert_int_equal(report.bad_lines, 1);
    assert_int_equal(read_from(log, 0).count, 2);
    outbox_log_close(log);
}

static void a_line_without_end_takes_no_memory(void **state)
{
    struct outbox_log_report report;
    const char *path = scratch_path(state, "log");
    size_t size = OUTBOX_LOG_LINE_MAX * 2 + 12345;
    char *junk = malloc(size);

    assert_non_null(junk);
    memset(junk, 'x', size);
    write_log(path, 2);
    add_bytes(path, junk, size);
    add_bytes(path, "\n", 1);
    struct outbox_log *log = open_log(path, 0, &report);
    append(log, "{\"n\":3}");
    outbox_log_close(log);
    log = open_log(path, 0, &report);
    assert_int_equal(read_from(log, 0).count, 3);
    free(junk);
    outbox_log_close(log);
}

static void a_line_taken_back_is_gone(void **state)
{
    struct error error = {0};
    struct outbox_log_report report;
    const char *path = scratch_path(state, "log");
    int64_t length = write_log(path, 2);
    struct outbox_log *log = open_log(path, length, &report);

    append(log, "{\"n\":3}");
    seat_ok(outbox_log_retract(log, &error), &error);
    seat_ok(outbox_log_retract(log, &error), &error);
    assert_int_equal(outbox_log_length(log), length);
    append(log, "{\"n\":4}");
    assert_string_equal(read_from(log, 0).last, "{\"n\":4}");
    assert_int_equal(read_from(log, 0).count, 3);
    outbox_log_close(log);
}

static void a_log_that_became_shorter_is_noticed(void **state)
{
    struct outbox_log_report report;
    const char *path = scratch_path(state, "log");
    int64_t length = write_log(path, 3);

    assert_int_equal(truncate(path, length / 3), 0);
    struct outbox_log *log = open_log(path, length, &report);
    assert_true(report.shorter);
    assert_int_equal(report.replay_from, 0);
    outbox_log_close(log);
}

/* --- the two copies --------------------------------------------------------------------------- */

static void copy_file(const char *from, const char *to)
{
    struct error error = {0};
    struct buf content = {0};

    seat_ok(file_read(from, (size_t)1 << 24, &content, &error), &error);
    write_file(to, buf_text(&content), content.length);
    buf_release(&content);
}

static int64_t one_int(struct seat *seat, const char *literal)
{
    struct stmt *stmt;
    bool row = false;

    assert_int_equal(sql_statement(reader_outbox(seat->reader), literal, &stmt, NULL), STATUS_OK);
    assert_int_equal(stmt_step(stmt, &row, NULL), STATUS_OK);
    int64_t value = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return value;
}

static void assert_present(struct seat *seat, const char *id, enum request_state expected)
{
    struct error error = {0};
    struct request_detail *detail = NULL;

    seat_ok(request_get(seat->reader, id, &detail, &error), &error);
    assert_int_equal(detail->row.state, expected);
    assert_int_equal(request_check(detail->document, NULL), STATUS_OK);
    request_detail_free(detail);
}

/* The moment between the two copies: the log has the act, the database does not. */
static void what_the_database_missed_is_put_back(void **state)
{
    struct seat seat;
    struct error error = {0};
    char directory[PATH_MAX];
    char database[PATH_MAX];
    char older[PATH_MAX];
    char id[48];
    char evidence[PATH_MAX];

    snprintf(directory, sizeof directory, "%s", scratch_path(state, "home"));
    snprintf(database, sizeof database, "%s", scratch_path(state, "home/outbox.db"));
    snprintf(older, sizeof older, "%s", scratch_path(state, "older.db"));
    snprintf(evidence, sizeof evidence, "%s", scratch_path(state, "e.txt"));
    write_file(evidence, "evidence", 8);
    seat_make(&seat, directory);
    seat_leave(&seat);
    copy_file(database, older);

    seat_sit(&seat, directory);
    const struct request_change change = {"address", "西乡 2"};
    const struct request_attachment attachment = {evidence};
    const struct request_new wanted = {.dataset = "population",
                                       .record = SEAT_RECORD,
                                       .changes = &change,
                                       .change_count = 1,
                                       .ground = "inaccurate",
                                       .reason = "moved",
                                       .attachments = &attachment,
                                       .attachment_count = 1};
    seat_ok(request_raise(seat.outbox, seat.reader, &seat_clerk, &wanted, id, &error), &error);
    seat_ok(request_act(seat.outbox, &seat_supervisor, id, "approve", NULL, &error), &error);
    seat_leave(&seat);
    copy_file(older, database);

    seat_sit(&seat, directory);
    assert_int_equal(outbox_replayed(seat.outbox), 2);
    assert_int_equal(outbox_health(seat.outbox, NULL), STATUS_OK);
    assert_present(&seat, id, REQUEST_APPROVED);
    assert_int_equal(
        one_int(&seat, "SELECT count(*) FROM evidence WHERE data = x'65766964656e6365'"), 1);
    assert_int_equal(one_int(&seat, "SELECT value FROM setting WHERE key = 'event.mono'"), 2);
    seat_leave(&seat);
    seat_sit(&seat, directory);
    assert_int_equal(outbox_replayed(seat.outbox), 0);
    assert_int_equal(one_int(&seat, "SELECT count(*) FROM request_event"), 2);
    seat_leave(&seat);
}

static void assert_noticed(struct seat *seat, const char *sentence)
{
    struct error error = {0};
    struct overview *overview = NULL;

    seat_ok(overview_read(seat->reader, NULL, &overview, &error), &error);
    assert_int_equal(overview->notice_count, 1);
    assert_string_equal(overview->notices[0], sentence);
    overview_free(overview);
}

static void a_damaged_database_is_built_again(void **state)
{
    struct seat seat;
    struct error error = {0};
    char directory[PATH_MAX];
    char id[48];

    snprintf(directory, sizeof directory, "%s", scratch_path(state, "home"));
    seat_make(&seat, directory);
    seat_raise(&seat, "西乡 2", id);
    seat_leave(&seat);
    char junk[6000];
    memset(junk, 'x', sizeof junk - 1);
    junk[sizeof junk - 1] = '\0';
    patch(scratch_path(state, "home/outbox.db"), 4096, junk);
    seat_sit(&seat, directory);
    assert_int_equal(outbox_health(seat.outbox, &error), STATUS_CORRUPT);
    assert_non_null(strstr(error.text, "outbox.db.bad-"));
    assert_present(&seat, id, REQUEST_PENDING_REVIEW);
    seat_leave(&seat);
    seat_sit(&seat, directory);
    assert_int_equal(outbox_health(seat.outbox, NULL), STATUS_OK);
    assert_noticed(&seat, error.text); /* also by those who look later */
    seat_leave(&seat);
}

static void a_damaged_log_loses_nothing_the_database_has(void **state)
{
    struct seat seat;
    struct error error = {0};
    char directory[PATH_MAX];
    char first[48];
    char second[48];

    snprintf(directory, sizeof directory, "%s", scratch_path(state, "home"));
    seat_make(&seat, directory);
    seat_raise(&seat, "西乡 2", first);
    seat_raise(&seat, "西乡 3", second);
    seat_leave(&seat);
    patch(scratch_path(state, "home/outbox.log"), 40, "XXXX");
    seat_sit(&seat, directory);
    assert_int_equal(outbox_health(seat.outbox, &error), STATUS_CORRUPT);
    assert_non_null(strstr(error.text, "outbox.log.bad-"));
    assert_present(&seat, first, REQUEST_PENDING_REVIEW);
    assert_present(&seat, second, REQUEST_PENDING_REVIEW);
    assert_int_equal(outbox_replayed(seat.outbox), 0);
    seat_leave(&seat);
    seat_sit(&seat, directory);
    assert_int_equal(outbox_health(seat.outbox, NULL), STATUS_OK);
    seat_leave(&seat);
}

/* --- the disk refuses ------------------------------------------------------------------------- */

/* Writes beyond `bytes` into any file fail, as on a full disk. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static rlim_t size_of(const char *path)
{
    struct stat facts;

    assert_int_equal(stat(path, &facts), 0);
    return (rlim_t)facts.st_size;
}

static void a_log_that_cannot_be_written_refuses_the_act(void **state)
{
    struct seat seat;
    struct error error = {0};
    char log[PATH_MAX];
    char id[48];

    snprintf(log, sizeof log, "%s", scratch_path(state, "home/outbox.log"));
    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    rlim_t before = size_of(log);
    limit_files(before + 100);
    assert_int_not_equal(seat_try_raise(&seat, "address", "西乡 3", id, &error), STATUS_OK);
    limit_files(RLIM_INFINITY);
    assert_true(strlen(error.text) > 0);
    assert_int_equal(size_of(log), before);
    seat_raise(&seat, "西乡 4", id);
    assert_int_equal(one_int(&seat, "SELECT count(*) FROM request"), 2);
    seat_leave(&seat);
}

/* The log took the act, the database did not: what was refused must not come back by itself. */
static void a_database_that_cannot_be_written_takes_the_line_back(void **state)
{
    struct seat seat;
    struct error error = {0};
    char directory[PATH_MAX];
    char id[48];

    snprintf(directory, sizeof directory, "%s", scratch_path(state, "home"));
    seat_make(&seat, directory);
    limit_files(4000);
    assert_int_not_equal(seat_try_raise(&seat, "address", "西乡 3", id, &error), STATUS_OK);
    assert_true(size_of(scratch_path(state, "home/outbox.log")) == 0);
    limit_files(RLIM_INFINITY);
    seat_leave(&seat);
    seat_sit(&seat, directory);
    assert_int_equal(outbox_replayed(seat.outbox), 0);
    assert_int_equal(outbox_health(seat.outbox, NULL), STATUS_OK);
    assert_int_equal(one_int(&seat, "SELECT count(*) FROM request"), 0);
    seat_raise(&seat, "西乡 4", id);
    seat_leave(&seat);
}

/* --- killed at any moment --------------------------------------------------------------------- */

/* What the child tells its parent, in one write() each. */
struct told {
    char id[48];   /* "" when it only says that it is ready */
    char approved; /* the approval is saved too */
};

static void tell(int pipe_end, const struct told *told)
{
    if (write(pipe_end, told, sizeof *told) != (ssize_t)sizeof *told)
        _exit(1);
}

/* One request raised and approved; each step is told once the program says that it is saved. */
static void act_and_tell(struct seat *seat, int pipe_end)
{
    struct told told = {0};
    struct error error = {0};

    if (seat_try_raise(seat, "address", "西乡 2", told.id, &error) != STATUS_OK)
        _exit(2);
    tell(pipe_end, &told);
    if (request_act(seat->outbox, &seat_supervisor, told.id, "approve", NULL, &error) != STATUS_OK)
        _exit(3);
    told.approved = 1;
    tell(pipe_end, &told);
}

static void be_the_child(const char *directory, int pipe_end, bool traced)
{
    struct seat seat = {0};
    const struct told ready = {0};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    seat_sit(&seat, directory);
    if (traced && (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0 || raise(SIGSTOP) != 0))
        _exit(4);
    tell(pipe_end, &ready);
    do
        act_and_tell(&seat, pipe_end);
    while (!traced);
    _exit(0);
}

struct child {
    pid_t pid;
    int pipe_end;
};

static struct child start(const char *directory, bool traced)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        be_the_child(directory, ends[1], traced);
    }
    close(ends[1]);
    return (struct child){pid, ends[0]};
}

struct history {
    struct told *items;
    size_t count;
};

static void read_told(struct child *child, struct history *history)
{
    struct told told;

    while (read(child->pipe_end, &told, sizeof told) == (ssize_t)sizeof told) {
        if (!told.id[0])
            continue;
        struct told *grown = realloc(history->items, (history->count + 1) * sizeof *grown);
        assert_non_null(grown);
        history->items = grown;
        history->items[history->count++] = told;
    }
    close(child->pipe_end);
}

static void assert_all_there(struct seat *seat, const struct history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        const struct told *told = &history->items[i];
        struct error error = {0};
        struct request_detail *detail = NULL;
        seat_ok(request_get(seat->reader, told->id, &detail, &error), &error);
        if (told->approved)
            assert_int_equal(detail->row.state, REQUEST_APPROVED);
        assert_int_equal(detail->fold.step_count, detail->row.state == REQUEST_APPROVED ? 2 : 1);
        request_detail_free(detail);
    }
}

/* Everything told is there; nothing is there twice or half; at most one act of each round is there
 * without having been told. */
static void assert_nothing_lost(const char *directory, const struct history *history, int rounds)
{
    struct seat seat;

    seat_sit(&seat, directory);
    assert_int_equal(outbox_health(seat.outbox, NULL), STATUS_OK);
    assert_all_there(&seat, history);
    assert_int_equal(one_int(&seat, "SELECT count(*) FROM request WHERE state NOT IN"
                                    " ('pending_review', 'approved')"),
                     0);
    assert_int_equal(one_int(&seat, "SELECT count(*) FROM request_event WHERE request NOT IN"
                                    " (SELECT id FROM request)"),
                     0);
    assert_in_range(one_int(&seat, "SELECT count(*) FROM request_event"), history->count,
                    history->count + (size_t)rounds);
    seat_leave(&seat);
}

/* Lets `calls` entries to and exits from system calls pass, then kills. False when the child was
 * done before. */
static bool kill_after_calls(const struct child *child, int calls)
{
    int how;

    assert_int_equal(waitpid(child->pid, &how, 0), child->pid);
    assert_true(WIFSTOPPED(how));
    for (int i = 0; i < calls; i++) {
        assert_int_equal(ptrace(PTRACE_SYSCALL, child->pid, NULL, NULL), 0);
        assert_int_equal(waitpid(child->pid, &how, 0), child->pid);
        if (!WIFSTOPPED(how)) {
            assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
            return false;
        }
    }
    kill(child->pid, SIGKILL);
    assert_int_equal(waitpid(child->pid, &how, 0), child->pid);
    return true;
}

/* Files change in system calls only: killed before and after each of them, one round each. */
static void killed_between_any_two_system_calls(void **state)
{
    struct seat seat;
    struct history history = {0};
    char directory[PATH_MAX];
    bool killed = true;
    int64_t replayed = 0;
    int round = 0;

    snprintf(directory, sizeof directory, "%s", scratch_path(state, "home"));
    seat_make(&seat, directory);
    seat_leave(&seat);
    for (; killed; round++) {
        struct child child = start(directory, true);
        killed = kill_after_calls(&child, round);
        read_told(&child, &history);
        seat_sit(&seat, directory);
        replayed += outbox_replayed(seat.outbox);
        seat_leave(&seat);
    }
    assert_in_range(round, 20, 5000);
    assert_in_range(replayed, 2, round); /* the moments between log and database were met */
    assert_nothing_lost(directory, &history, round);
    free(history.items);
}

/* Busy until the moment has come: the kill falls anywhere, not where a timer would put it. */
static void spin_microseconds(long microseconds)
{
    struct timespec start_time;
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &start_time);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - start_time.tv_sec) * 1000000 + (now.tv_nsec - start_time.tv_nsec) / 1000 <
           microseconds);
}

static void killed_at_random_moments(void **state)
{
    struct seat seat;
    struct history history = {0};
    char directory[PATH_MAX];
    uint64_t seed = 20260314;

    snprintf(directory, sizeof directory, "%s", scratch_path(state, "home"));
    seat_make(&seat, directory);
    seat_leave(&seat);
    for (int round = 0; round < KILL_ROUNDS; round++) {
        struct told ready;
        struct child child = start(directory, false);
        assert_int_equal(read(child.pipe_end, &ready, sizeof ready), sizeof ready);
        spin_microseconds((long)(next_number(&seed) % 8000));
        kill(child.pid, SIGKILL);
        assert_int_equal(waitpid(child.pid, NULL, 0), child.pid);
        read_told(&child, &history);
    }
    assert_nothing_lost(directory, &history, KILL_ROUNDS);
    free(history.items);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(lines_come_back_in_order),
        WITH_SCRATCH(the_format_is_the_documented_one),
        WITH_SCRATCH(a_torn_last_line_is_cut_off),
        WITH_SCRATCH(damage_in_the_middle_is_kept_aside),
        WITH_SCRATCH(a_damaged_last_line_that_was_saved_is_damage),
        WITH_SCRATCH(a_line_without_end_takes_no_memory),
        WITH_SCRATCH(a_line_taken_back_is_gone),
        WITH_SCRATCH(a_log_that_became_shorter_is_noticed),
        WITH_SCRATCH(what_the_database_missed_is_put_back),
        WITH_SCRATCH(a_damaged_database_is_built_again),
        WITH_SCRATCH(a_damaged_log_loses_nothing_the_database_has),
        WITH_SCRATCH(a_log_that_cannot_be_written_refuses_the_act),
        WITH_SCRATCH(a_database_that_cannot_be_written_takes_the_line_back),
        WITH_SCRATCH(killed_between_any_two_system_calls),
        WITH_SCRATCH(killed_at_random_moments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
