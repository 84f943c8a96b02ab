#include "db/sql.h"
#include "tests/unit/base/support.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define APPLICATION 0x48554C54u

static struct sql_options options_for(const char *path, enum sql_role role)
{
    return (struct sql_options){
        .path = path, .role = role, .application_id = APPLICATION, .user_version_max = 3};
}

static struct sql *open_sql(const char *path, enum sql_role role)
{
    struct error error = {0};
    struct sql *sql = NULL;
    const struct sql_options options = options_for(path, role);

    if (sql_open(&options, &sql, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    return sql;
}

static enum status try_open(const char *path, enum sql_role role)
{
    struct error error = {0};
    struct sql *sql = NULL;
    const struct sql_options options = options_for(path, role);
    enum status status = sql_open(&options, &sql, &error);

    if (status != STATUS_OK) {
        assert_null(sql);
        assert_int_equal(error.status, status);
        assert_true(strlen(error.text) > 0);
    }
    sql_close(sql);
    return status;
}

static void ok(enum status status)
{
    assert_int_equal(status, STATUS_OK);
}

static int64_t one_int(struct sql *sql, const char *literal)
{
    struct stmt *stmt;
    bool row = false;

    ok(sql_statement(sql, literal, &stmt, NULL));
    ok(stmt_step(stmt, &row, NULL));
    assert_true(row);
    int64_t value = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return value;
}

static struct sql *writer_with_table(const char *path)
{
    struct sql *sql = open_sql(path, SQL_WRITER);

    ok(sql_exec(sql, "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, data BLOB)", NULL));
    return sql;
}

static void insert_row(struct sql *sql, const char *name)
{
    struct stmt *stmt;

    ok(sql_statement(sql, "INSERT INTO t(name) VALUES(?1)", &stmt, NULL));
    stmt_bind_text(stmt, 1, name);
    ok(stmt_run(stmt, NULL));
}

static char *slurp(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes = calloc(1, 1 << 20);

    assert_non_null(file);
    assert_non_null(bytes);
    *length = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
}

static void assert_untouched(const char *path, const char *before, size_t length)
{
    size_t now_length;
    char *now = slurp(path, &now_length);

    assert_int_equal(now_length, length);
    assert_memory_equal(now, before, length);
    free(now);
}

/* --- opening ---------------------------------------------------------------------------------- */

static void a_writer_makes_a_private_file(void **state)
{
    const char *path = scratch_path(state, "a.db");
    struct stat facts;
    struct sql *sql = writer_with_table(path);
    size_t length;

    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_equal(one_int(sql, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
    assert_int_equal(one_int(sql, "PRAGMA secure_delete"), 1);
    assert_int_equal(one_int(sql, "PRAGMA temp_store"), 2);
    sql_close(sql);
    char *bytes = slurp(path, &length);
    assert_memory_equal(bytes + 68, "\x48\x55\x4C\x54", 4);
    free(bytes);
}

static void a_reader_never_makes_a_file(void **state)
{
    const char *path = scratch_path(state, "absent.db");

    assert_int_equal(try_open(path, SQL_READER), STATUS_NOT_FOUND);
    assert_int_not_equal(access(path, F_OK), 0);
    write_file(path, "", 0);
    assert_int_equal(try_open(path, SQL_READER), STATUS_NOT_FOUND);
}

static void foreign_and_damaged_files_are_left_alone(void **state)
{
    const char *path = scratch_path(state, "foreign.db");
    struct sql *sql = writer_with_table(path);
    size_t length;

    ok(sql_exec(sql, "PRAGMA application_id=7", NULL));
    sql_close(sql);
    char *before = slurp(path, &length);
    assert_int_equal(try_open(path, SQL_WRITER), STATUS_REFUSED);
    assert_int_equal(try_open(path, SQL_READER), STATUS_REFUSED);
    assert_untouched(path, before, length);
    free(before);

    char junk[300];
    memset(junk, 'x', sizeof junk);
    write_file(path, junk, sizeof junk);
    assert_int_equal(try_open(path, SQL_WRITER), STATUS_CORRUPT);
    write_file(path, junk, 20);
    assert_int_equal(try_open(path, SQL_WRITER), STATUS_CORRUPT);
    assert_untouched(path, junk, 20);
}

static void a_newer_version_is_refused(void **state)
{
    const char *path = scratch_path(state, "newer.db");
    struct sql *sql = writer_with_table(path);
    size_t length;

    ok(sql_set_user_version(sql, 4, NULL));
    sql_close(sql);
    char *before = slurp(path, &length);
    assert_int_equal(try_open(path, SQL_WRITER), STATUS_UNSUPPORTED);
    assert_int_equal(try_open(path, SQL_READER), STATUS_UNSUPPORTED);
    assert_untouched(path, before, length);
    free(before);
}

static void in_a_child_that_dies(const char *path, int version)
{
    int how;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        struct sql *sql = writer_with_table(path);
        insert_row(sql, "left behind");
        if (sql_set_user_version(sql, version, NULL) == STATUS_OK)
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how));
}

static void what_a_killed_writer_left_is_read(void **state)
{
    const char *path = scratch_path(state, "killed.db");

    in_a_child_that_dies(path, 1);
    struct sql *reader = open_sql(path, SQL_READER);
    assert_int_equal(one_int(reader, "SELECT count(*) FROM t"), 1);
    sql_close(reader);
}

static void a_newer_version_in_the_log_is_refused(void **state)
{
    const char *path = scratch_path(state, "newer-wal.db");
    size_t length;

    in_a_child_that_dies(path, 9);
    char *before = slurp(path, &length);
    assert_int_equal(try_open(path, SQL_WRITER), STATUS_UNSUPPORTED);
    assert_untouched(path, before, length);
    free(before);
}

static void links_to_a_folder_are_followed_to_a_file_not(void **state)
{
    char target[PATH_MAX];
    char link_path[PATH_MAX];

    snprintf(target, sizeof target, "%s", scratch_path(state, "real"));
    snprintf(link_path, sizeof link_path, "%s", scratch_path(state, "link"));
    assert_int_equal(mkdir(target, 0700), 0);
    assert_int_equal(symlink(target, link_path), 0);
    sql_close(writer_with_table(scratch_path(state, "link/x.db")));
    assert_int_equal(access(scratch_path(state, "real/x.db"), F_OK), 0);

    snprintf(target, sizeof target, "%s", scratch_path(state, "real/x.db"));
    snprintf(link_path, sizeof link_path, "%s", scratch_path(state, "y.db"));
    assert_int_equal(symlink(target, link_path), 0);
    assert_int_not_equal(try_open(link_path, SQL_WRITER), STATUS_OK);
    assert_int_equal(try_open("relative.db", SQL_WRITER), STATUS_INVALID);
}

/* --- statements ------------------------------------------------------------------------------- */

static void values_come_back(void **state)
{
    struct sql *sql = writer_with_table(scratch_path(state, "v.db"));
    struct stmt *stmt;
    bool row = false;
    size_t length;

    ok(sql_statement(sql, "INSERT INTO t(id, name, data) VALUES(?1, ?2, ?3)", &stmt, NULL));
    stmt_bind_int(stmt, 1, INT64_MIN);
    stmt_bind_text(stmt, 2, "张伟");
    stmt_bind_blob(stmt, 3, "a\0b", 3);
    ok(stmt_run(stmt, NULL));
    assert_int_equal(sql_changes(sql), 1);
    assert_int_equal(sql_last_rowid(sql), INT64_MIN);
    ok(sql_statement(sql, "SELECT id, name, data, NULL FROM t", &stmt, NULL));
    ok(stmt_step(stmt, &row, NULL));
    assert_true(row);
    assert_int_equal(stmt_int(stmt, 0), INT64_MIN);
    assert_string_equal(stmt_text(stmt, 1), "张伟");
    assert_memory_equal(stmt_blob(stmt, 2, &length), "a\0b", 3);
    assert_int_equal(length, 3);
    assert_true(stmt_is_null(stmt, 3));
    assert_null(stmt_text(stmt, 3));
    ok(stmt_step(stmt, &row, NULL));
    assert_false(row);
    sql_close(sql);
}

static void empty_blob_is_not_null(void **state)
{
    struct sql *sql = writer_with_table(scratch_path(state, "b.db"));
    struct stmt *stmt;

    ok(sql_statement(sql, "INSERT INTO t(data) VALUES(?1)", &stmt, NULL));
    stmt_bind_blob(stmt, 1, NULL, 0);
    ok(stmt_run(stmt, NULL));
    assert_int_equal(one_int(sql, "SELECT data IS NULL FROM t"), 0);
    sql_close(sql);
}

static void a_statement_is_handed_out_clean(void **state)
{
    static const char literal[] = "SELECT ?1 IS NULL";
    struct sql *sql = writer_with_table(scratch_path(state, "c.db"));
    struct stmt *first;
    struct stmt *second;
    bool row = false;

    ok(sql_statement(sql, literal, &first, NULL));
    stmt_bind_text(first, 1, "bound");
    ok(stmt_step(first, &row, NULL));
    ok(sql_statement(sql, literal, &second, NULL));
    assert_ptr_equal(first, second);
    assert_int_equal(one_int(sql, literal), 1);
    sql_close(sql);
}

static void text_that_is_not_one_literal_is_refused(void **state)
{
    struct sql *sql = writer_with_table(scratch_path(state, "d.db"));
    struct stmt *stmt = NULL;
    char buffer[] = "SELECT 1";

    assert_int_equal(sql_statement(sql, "SELECT 1; SELECT 2", &stmt, NULL), STATUS_INTERNAL);
    assert_int_equal(sql_statement(sql, "", &stmt, NULL), STATUS_INTERNAL);
    assert_int_equal(sql_statement(sql, "SELECT \"no such column\"", &stmt, NULL), STATUS_INTERNAL);
    assert_int_equal(sql_statement(sql, "ATTACH ':memory:' AS other; ", &stmt, NULL), STATUS_OK);
    assert_int_not_equal(stmt_run(stmt, NULL), STATUS_OK);
    ok(sql_statement(sql, buffer, &stmt, NULL));
    buffer[7] = '2';
    assert_int_equal(sql_statement(sql, buffer, &stmt, NULL), STATUS_INTERNAL);
    sql_close(sql);
}

static void a_failed_bind_is_reported_by_the_step(void **state)
{
    struct sql *sql = writer_with_table(scratch_path(state, "e.db"));
    struct stmt *stmt;
    bool row = false;

    ok(sql_statement(sql, "SELECT ?1", &stmt, NULL));
    stmt_bind_int(stmt, 2, 1);
    assert_int_equal(stmt_step(stmt, &row, NULL), STATUS_INTERNAL);
    sql_close(sql);
}

/* --- transactions ----------------------------------------------------------------------------- */

static void rollback_takes_everything_back(void **state)
{
    struct sql *sql = writer_with_table(scratch_path(state, "f.db"));

    sql_rollback(sql);
    ok(sql_begin(sql, NULL));
    assert_true(sql_in_transaction(sql));
    insert_row(sql, "x");
    sql_rollback(sql);
    assert_false(sql_in_transaction(sql));
    assert_int_equal(one_int(sql, "SELECT count(*) FROM t"), 0);
    ok(sql_begin(sql, NULL));
    insert_row(sql, "x");
    ok(sql_commit(sql, NULL));
    ok(sql_checkpoint(sql, NULL));
    assert_int_equal(one_int(sql, "SELECT count(*) FROM t"), 1);
    sql_close(sql);
}

static void a_snapshot_stands_still(void **state)
{
    const char *path = scratch_path(state, "g.db");
    struct sql *writer = writer_with_table(path);
    struct sql *reader = open_sql(path, SQL_READER);
    int64_t before = 0;
    int64_t after = 0;

    ok(sql_data_version(reader, &before, NULL));
    ok(sql_snapshot_begin(reader, NULL));
    ok(sql_snapshot_begin(reader, NULL));
    assert_int_equal(one_int(reader, "SELECT count(*) FROM t"), 0);
    insert_row(writer, "x");
    assert_int_equal(one_int(reader, "SELECT count(*) FROM t"), 0);
    sql_snapshot_end(reader);
    assert_int_equal(one_int(reader, "SELECT count(*) FROM t"), 0);
    sql_snapshot_end(reader);
    assert_int_equal(one_int(reader, "SELECT count(*) FROM t"), 1);
    ok(sql_data_version(reader, &after, NULL));
    assert_int_not_equal(before, after);
    assert_int_not_equal(sql_exec(reader, "DELETE FROM t", NULL), STATUS_OK);
    sql_close(reader);
    sql_close(writer);
}

struct interrupter {
    struct sql *sql;
    atomic_bool done;
};

static void *interrupt_until_done(void *argument)
{
    struct interrupter *interrupter = argument;

    while (!atomic_load(&interrupter->done)) {
        sql_interrupt(interrupter->sql);
        sched_yield();
    }
    return NULL;
}

static void a_running_statement_can_be_stopped(void **state)
{
    struct interrupter interrupter = {.sql = writer_with_table(scratch_path(state, "h.db"))};
    struct stmt *stmt;
    pthread_t thread;
    bool row = false;

    ok(sql_statement(interrupter.sql,
                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                     " SELECT count(*) FROM n",
                     &stmt, NULL));
    assert_int_equal(pthread_create(&thread, NULL, interrupt_until_done, &interrupter), 0);
    assert_int_equal(stmt_step(stmt, &row, NULL), STATUS_CANCELLED);
    atomic_store(&interrupter.done, true);
    pthread_join(thread, NULL);
    sql_close(interrupter.sql);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(a_writer_makes_a_private_file),
        WITH_SCRATCH(a_reader_never_makes_a_file),
        WITH_SCRATCH(foreign_and_damaged_files_are_left_alone),
        WITH_SCRATCH(a_newer_version_is_refused),
        WITH_SCRATCH(what_a_killed_writer_left_is_read),
        WITH_SCRATCH(a_newer_version_in_the_log_is_refused),
        WITH_SCRATCH(links_to_a_folder_are_followed_to_a_file_not),
        WITH_SCRATCH(values_come_back),
        WITH_SCRATCH(empty_blob_is_not_null),
        WITH_SCRATCH(a_statement_is_handed_out_clean),
        WITH_SCRATCH(text_that_is_not_one_literal_is_refused),
        WITH_SCRATCH(a_failed_bind_is_reported_by_the_step),
        WITH_SCRATCH(rollback_takes_everything_back),
        WITH_SCRATCH(a_snapshot_stands_still),
        WITH_SCRATCH(a_running_statement_can_be_stopped),
    };

    sql_close(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
