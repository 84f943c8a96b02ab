#include "tests/e2e/rig.h"

#include "base/file.h"
#include "base/random.h"
#include "db/journal.h"
#include "sync/http.h"

#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define USER      "station"
#define BULK_DOCS 1000

static const char population_entry[] =
    "{\"_id\":\"dataset:population\",\"type\":\"dataset\",\"title\":{\"zh\":\"自然人基础信息\","
    "\"en\":\"Population register\"},\"provider\":{\"uscc\":\"11100000000013127D\",\"name\":"
    "\"公安部\"},\"sharing\":\"conditional\",\"mode\":\"batch\",\"format\":\"json\",\"grade\":3,"
    "\"update_cycle\":\"daily\",\"max_age_days\":7,\"subject\":\"person\",\"database\":"
    "\"population-{area}\",\"priority\":0,\"fields\":["
    "{\"name\":\"id_number\",\"title\":{\"zh\":\"公民身份号码\",\"en\":\"Resident ID\"},\"type\":"
    "\"resident_id\",\"role\":\"subject\",\"grade\":4},"
    "{\"name\":\"name\",\"title\":{\"zh\":\"姓名\",\"en\":\"Name\"},\"type\":\"text\",\"role\":"
    "\"title\"},{\"name\":\"registered_address\",\"type\":\"text\",\"role\":\"address\","
    "\"correctable\":true,\"title\":{\"zh\":\"户籍地址\",\"en\":\"Registered address\"}}]}";

/* --- the server ------------------------------------------------------------------------------- */

/* $(B)/tests/upstream/upstream, next to $(B)/tests/e2e/. */
static void fixture_path(char path[4096])
{
    char directory[4000];
    file_executable_directory(directory, sizeof(directory));
    snprintf(path, 4096, "%s/../upstream/upstream", directory);
}

static void exec_fixture(const struct rig *rig)
{
    char path[4096], port[16], data[128];
    fixture_path(path);
    snprintf(port, sizeof(port), "%d", rig->port);
    snprintf(data, sizeof(data), "%s/upstream.db", rig->directory);
    if (rig->password_file[0])
        execl(path, path, "--port", port, "--data", data, "--faults", "--user", USER,
              "--password-file", rig->password_file, (char *)NULL);
    else
        execl(path, path, "--port", port, "--data", data, "--faults", (char *)NULL);
}

static void exec_pouchdb(const struct rig *rig)
{
    if (chdir(POUCHDB_DIRECTORY) == 0)
        execlp("node", "node", POUCHDB_PROGRAM, rig->directory, (char *)NULL);
}

static void exec_server(const struct rig *rig, int input, int output)
{
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (rig->kind == SERVER_FIXTURE)
        exec_fixture(rig);
    else
        exec_pouchdb(rig);
    _exit(127);
}

/* Waits for the line with the address; a server that cannot start closes its output instead. */
static void read_url(struct rig *rig)
{
    char line[256];
    while (fgets(line, sizeof(line), rig->server_output)) {
        const char *found = strstr(line, "http://127.0.0.1:");
        if (!found)
            continue;
        assert_int_equal(sscanf(found, "http://127.0.0.1:%d", &rig->port), 1);
        snprintf(rig->url, sizeof(rig->url), "http://127.0.0.1:%d", rig->port);
        break;
    }
    if (rig->url[0] == '\0')
        fail_msg("the upstream did not start");
}

/* Whatever else the server has to say: it must neither fill a pipe nor lose its reader. */
static void *drain(void *context)
{
    FILE *output = context;
    char line[256];
    while (fgets(line, sizeof(line), output))
        ;
    fclose(output);
    return NULL;
}

void rig_start_server(struct rig *rig)
{
    int input[2], output[2];
    rig->url[0] = '\0';
    assert_int_equal(pipe2(input, O_CLOEXEC), 0);
    assert_int_equal(pipe2(output, O_CLOEXEC), 0);
    rig->server = fork();
    assert_true(rig->server >= 0);
    if (rig->server == 0)
        exec_server(rig, input[0], output[1]);
    close(input[0]);
    close(output[1]);
    rig->server_input = input[1];
    rig->server_output = fdopen(output[0], "r");
    assert_non_null(rig->server_output);
    read_url(rig);
    assert_int_equal(pthread_create(&rig->drain, NULL, drain, rig->server_output), 0);
}

void rig_kill_server(struct rig *rig)
{
    if (rig->server == 0)
        return; /* killed already */
    kill(rig->server, SIGKILL);
    waitpid(rig->server, NULL, 0);
    close(rig->server_input);
    pthread_join(rig->drain, NULL);
    rig->server = 0;
}

static void open_couch(struct rig *rig, const char *password)
{
    const struct http_settings settings = {
        .base_url = rig->url, .user = password ? USER : NULL, .password = password};
    assert_int_equal(couch_open(&settings, &rig->couch, NULL), STATUS_OK);
}

static void write_password(struct rig *rig, const char *password)
{
    snprintf(rig->password_file, sizeof(rig->password_file), "%s/password", rig->directory);
    assert_int_equal(file_replace(rig->password_file, password, strlen(password), NULL), STATUS_OK);
}

void rig_start(struct rig *rig, enum server_kind kind, const char *password)
{
    const char *place = getenv("TMPDIR");
    *rig = (struct rig){.kind = kind};
    snprintf(rig->directory, sizeof(rig->directory), "%.40s/huiliu-e2e-XXXXXX",
             place && place[0] ? place : "/tmp");
    assert_non_null(mkdtemp(rig->directory));
    if (password)
        write_password(rig, password);
    rig_start_server(rig);
    open_couch(rig, password);
    rig_create(rig, "catalogue");
    rig_create(rig, PEOPLE);
    rig_put(rig, "catalogue", json_loads(population_entry, 0, NULL));
}

static int remove_entry(const char *path, const struct stat *info, int flag, struct FTW *walk)
{
    (void)info;
    (void)flag;
    (void)walk;
    return remove(path);
}

void rig_stop(struct rig *rig)
{
    couch_close(rig->couch);
    rig_kill_server(rig);
    nftw(rig->directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* --- the provider's side ---------------------------------------------------------------------- */

static void expect_ok(enum status status, const struct error *error)
{
    if (status != STATUS_OK)
        fail_msg("%s: %s", status_name(status), error->text);
}

void rig_create(struct rig *rig, const char *database)
{
    struct error error = {0};
    expect_ok(couch_create_database(rig->couch, database, &error), &error);
}

json_t *rig_ask(struct rig *rig, const char *method, const char *path, const char *body,
                int expected_status)
{
    struct http_answer answer;
    json_t *value = NULL;
    const struct http_request request = {.method = method,
                                         .path = path,
                                         .body = body,
                                         .body_length = body ? strlen(body) : 0,
                                         .limit = JSON_TEXT_MAX};
    http_send(couch_http(rig->couch), &request, &answer);
    if (answer.status != expected_status)
        fail_msg("%s %s: status %d, trouble %d: %s", method, path, answer.status, answer.trouble,
                 buf_text(&answer.body));
    if (answer.body.length > 0)
        value = json_loads(buf_text(&answer.body), JSON_DECODE_ANY, NULL);
    http_answer_release(&answer);
    return value;
}

void rig_drop(struct rig *rig, const char *database)
{
    char path[256];
    snprintf(path, sizeof(path), "/%s", database);
    json_decref(rig_ask(rig, "DELETE", path, NULL, 200));
}

json_t *rig_get(struct rig *rig, const char *database, const char *id)
{
    struct error error = {0};
    json_t *document = NULL;
    expect_ok(couch_get(rig->couch, database, id, NULL, &document, &error), &error);
    return document;
}

void rig_put(struct rig *rig, const char *database, json_t *document)
{
    struct error error = {0};
    char rev[COUCH_REV_MAX];
    assert_non_null(document);
    expect_ok(
        couch_put(rig->couch, database, json_text(document, "_id", ""), document, rev, &error),
        &error);
    json_decref(document);
}

void rig_person_id(int number, char id[32])
{
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    char body[32];
    int sum = 0;
    snprintf(body, sizeof(body), "990106%04d%02d%02d%03d", 1930 + number / 336000,
             1 + number / 28000 % 12, 1 + number / 1000 % 28, number % 1000);
    for (int i = 0; i < 17; i++)
        sum += (body[i] - '0') * weights[i];
    snprintf(id, 32, "person:%.17s%c", body, "10X98765432"[sum % 11]);
}

static json_t *person(int number, const char *address)
{
    char id[32], name[64], place[96];
    rig_person_id(number, id);
    snprintf(name, sizeof(name), "测试%d", number);
    snprintf(place, sizeof(place), "东村%d号", number);
    return json_pack("{s:s, s:s, s:s, s:s}", "_id", id, "id_number", id + strlen("person:"), "name",
                     name, "registered_address", address ? address : place);
}

static void load_batch(struct rig *rig, int first, int count)
{
    struct error error = {0};
    json_t *documents = json_array(), *results = NULL;
    for (int i = 0; i < count; i++)
        json_array_append_new(documents, person(first + i, NULL));
    expect_ok(couch_bulk_docs(rig->couch, PEOPLE, documents, &results, &error), &error);
    for (size_t i = 0; i < json_array_size(results); i++)
        assert_non_null(json_text(json_array_get(results, i), "rev", NULL));
    json_decref(results);
    json_decref(documents);
}

void rig_load_people(struct rig *rig, int first, int count)
{
    for (int done = 0; done < count; done += BULK_DOCS)
        load_batch(rig, first + done, count - done < BULK_DOCS ? count - done : BULK_DOCS);
}

void rig_change_person(struct rig *rig, int number, const char *address, char rev[COUCH_REV_MAX])
{
    struct error error = {0};
    char id[32];
    rig_person_id(number, id);
    json_t *document = rig_get(rig, PEOPLE, id);
    if (address)
        json_object_set_new(document, "registered_address", json_string(address));
    else
        json_object_set_new(document, "_deleted", json_true());
    expect_ok(couch_put(rig->couch, PEOPLE, id, document, rev, &error), &error);
    json_decref(document);
}

void rig_fault(struct rig *rig, const char *json)
{
    struct http_answer answer;
    const struct http_request request = {.method = "POST",
                                         .path = "/_fixture/fault",
                                         .body = json,
                                         .body_length = strlen(json),
                                         .limit = JSON_TEXT_MAX};
    http_send(couch_http(rig->couch), &request, &answer);
    if (answer.status / 100 != 2)
        fail_msg("fault refused: %s", buf_text(&answer.body));
    http_answer_release(&answer);
}

void rig_forget_faults(struct rig *rig)
{
    json_decref(rig_ask(rig, "DELETE", "/_fixture/fault", NULL, 200));
}

int rig_count_requests(struct rig *rig, const char *method, const char *target_prefix)
{
    int found = 0;
    json_t *log = rig_ask(rig, "GET", "/_fixture/log", NULL, 200);
    for (size_t i = 0; i < json_array_size(log); i++) {
        const json_t *entry = json_array_get(log, i);
        found += strcmp(json_text(entry, "method", ""), method) == 0 &&
                 strncmp(json_text(entry, "target", ""), target_prefix, strlen(target_prefix)) == 0;
    }
    json_decref(log);
    json_decref(rig_ask(rig, "DELETE", "/_fixture/log", NULL, 200));
    return found;
}

/* --- seats ------------------------------------------------------------------------------------ */

static void open_parts(struct seat *seat)
{
    struct error error = {0};
    expect_ok(home_open(seat->directory, HOME_WRITE, &seat->home, &error), &error);
    expect_ok(outbox_open(seat->home, &seat->outbox, &error), &error);
    expect_ok(sync_new(seat->home, seat->outbox, &seat->sync, &error), &error);
    expect_ok(reader_open(seat->home, &seat->reader, &error), &error);
}

void seat_open_with(struct rig *rig, struct seat *seat, const char *name, const char *url,
                    const char *password)
{
    struct error error = {0};
    const struct home_settings settings = {.upstream = url,
                                           .upstream_user = password ? USER : NULL,
                                           .upstream_password = password,
                                           .area = AREA,
                                           .station = name};
    *seat = (struct seat){.rig = rig};
    snprintf(seat->directory, sizeof(seat->directory), "%s/%s", rig->directory, name);
    if (!file_exists(seat->directory))
        expect_ok(home_create(seat->directory, &settings, &error), &error);
    open_parts(seat);
}

void seat_open(struct rig *rig, struct seat *seat, const char *name, const char *account,
               unsigned roles)
{
    seat_open_with(rig, seat, name, rig->url, NULL);
    snprintf(seat->session.account, sizeof(seat->session.account), "%s", account);
    seat->session.roles = roles;
}

void seat_close(struct seat *seat)
{
    reader_close(seat->reader);
    sync_free(seat->sync);
    outbox_close(seat->outbox);
    home_close(seat->home);
}

struct sync_report *seat_sync_report(struct seat *seat, const struct sync_options *options,
                                     enum status expected)
{
    struct error error = {0};
    struct sync_report *report = NULL;
    expect_ok(sync_run(seat->sync, options, &report, &error), &error);
    if (report->result != expected)
        fail_msg("sync: %s, not %s: %s", status_name(report->result), status_name(expected),
                 report->reason);
    assert_int_equal(report->reason[0] == '\0', expected == STATUS_OK);
    return report;
}

void seat_sync(struct seat *seat, enum status expected)
{
    const struct sync_options options = {0};
    sync_report_free(seat_sync_report(seat, &options, expected));
}

const struct sync_dataset_report *seat_dataset(const struct sync_report *report, const char *name)
{
    for (size_t i = 0; i < report->dataset_count; i++)
        if (strcmp(report->datasets[i].dataset, name) == 0)
            return &report->datasets[i];
    fail_msg("no dataset %s in the report", name);
    return NULL;
}

/* --- what is in a seat ------------------------------------------------------------------------ */

/* All (key, rev) of the dataset as one sorted text. */
static void list_cache(struct seat *seat, const char *dataset, json_t *out)
{
    struct stmt *stmt;
    bool row = false;
    assert_int_equal(sql_statement(reader_cache(seat->reader),
                                   "SELECT key, rev FROM record WHERE dataset ="
                                   " (SELECT id FROM dataset WHERE name = ?1)",
                                   &stmt, NULL),
                     STATUS_OK);
    stmt_bind_text(stmt, 1, dataset);
    while (stmt_step(stmt, &row, NULL) == STATUS_OK && row)
        json_object_set_new(out, stmt_text(stmt, 0), json_string(stmt_text(stmt, 1)));
    assert_false(row);
    stmt_reset(stmt);
}

int64_t seat_rows(struct seat *seat, const char *dataset)
{
    json_t *rows = json_object();
    list_cache(seat, dataset, rows);
    int64_t count = (int64_t)json_object_size(rows);
    json_decref(rows);
    return count;
}

static enum status note_row(void *context, const struct couch_row *row, struct error *error)
{
    json_t *rows = context;
    (void)error;
    assert_non_null(row->id);
    if (row->deleted)
        json_object_del(rows, row->id);
    else
        json_object_set_new(rows, row->id, json_string(row->rev));
    return STATUS_OK;
}

void seat_expect_upstream(struct seat *seat)
{
    struct error error = {0};
    struct couch_page page = {0};
    const struct couch_query query = {.database = PEOPLE, .limit = 10000000, .form = CHANGES_BARE};
    json_t *ours = json_object(), *theirs = json_object();
    expect_ok(couch_changes(seat->rig->couch, &query, note_row, theirs, &page, &error), &error);
    list_cache(seat, "population", ours);
    assert_int_equal(json_object_size(ours), json_object_size(theirs));
    assert_true(json_equal(ours, theirs));
    couch_page_release(&page);
    json_decref(ours);
    json_decref(theirs);
}

void seat_feed_state(struct seat *seat, const char *database, char state[32], bool *complete)
{
    struct stmt *stmt;
    bool row = false;
    assert_int_equal(sql_statement(reader_cache(seat->reader),
                                   "SELECT state, complete FROM feed WHERE database = ?1", &stmt,
                                   NULL),
                     STATUS_OK);
    stmt_bind_text(stmt, 1, database);
    assert_int_equal(stmt_step(stmt, &row, NULL), STATUS_OK);
    snprintf(state, 32, "%s", row ? stmt_text(stmt, 0) : "");
    *complete = row && stmt_int(stmt, 1);
    stmt_reset(stmt);
}

void seat_setting(struct seat *seat, const char *key, char *value, size_t size)
{
    struct buf text = {0};
    struct error error = {0};
    expect_ok(setting_get(seat->reader, key, &text, &error), &error);
    snprintf(value, size, "%s", buf_text(&text));
    buf_release(&text);
}

void seat_raise_with(struct seat *seat, int number, const char *address,
                     const struct request_attachment *files, size_t count, char id[48])
{
    char record[32];
    struct error error = {0};
    const struct request_change change = {"registered_address", address};
    const struct request_new request = {.dataset = "population",
                                        .record = record,
                                        .changes = &change,
                                        .change_count = 1,
                                        .ground = "inaccurate",
                                        .reason = "moved to another house",
                                        .attachments = files,
                                        .attachment_count = count};
    rig_person_id(number, record);
    expect_ok(request_raise(seat->outbox, seat->reader, &seat->session, &request, id, &error),
              &error);
}

void seat_raise(struct seat *seat, int number, const char *address, char id[48])
{
    seat_raise_with(seat, number, address, NULL, 0, id);
}

void seat_act(struct seat *seat, const char *id, const char *action)
{
    struct error error = {0};
    if (request_act(seat->outbox, &seat->session, id, action, "seen", &error) != STATUS_OK)
        fail_msg("%s: %s", action, error.text);
}

void seat_expect_request(struct seat *seat, const char *id, enum request_state state,
                         enum delivery delivery, char reason[512])
{
    struct error error = {0};
    struct request_detail *detail = NULL;
    expect_ok(request_get(seat->reader, id, &detail, &error), &error);
    if (detail->row.state != state || detail->row.delivery != delivery)
        fail_msg("request is %s, %s (%s), not %s, %s", request_state_name(detail->row.state),
                 delivery_name(detail->row.delivery), detail->row.delivery_reason,
                 request_state_name(state), delivery_name(delivery));
    if (reason)
        snprintf(reason, 512, "%s", detail->row.delivery_reason);
    request_detail_free(detail);
}
