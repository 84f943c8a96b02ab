/* What the contract cannot ask of every server: faults, the account, the log, loading, and feeds
 * longer than a page. The server runs in this process. */
#include "tests/interop/contract.h"
#include "tests/upstream/load.h"
#include "tests/upstream/server.h"

#include <curl/curl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

struct fixture {
    struct upstream upstream;
    struct server *server;
    struct client client;
    char base[64];
};

static int start(void **state, const char *user, const char *password)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct upstream *upstream = &fixture->upstream;
    *state = fixture;
    if (store_open(NULL, &upstream->store, NULL) != STATUS_OK ||
        journal_new(&upstream->journal, NULL) != STATUS_OK ||
        faults_new(&upstream->faults, NULL) != STATUS_OK ||
        auth_new(user, password, &upstream->auth, NULL) != STATUS_OK ||
        server_start(upstream, 0, &fixture->server, NULL) != STATUS_OK ||
        store_create_database(upstream->store, "db", NULL) != STATUS_OK)
        return 1;
    snprintf(fixture->base, sizeof fixture->base, "http://127.0.0.1:%u",
             server_port(fixture->server));
    fixture->client.base = fixture->base;
    snprintf(fixture->client.database, sizeof fixture->client.database, "db");
    fixture->client.curl = curl_easy_init();
    return fixture->client.curl == NULL;
}

static int set_up(void **state)
{
    return start(state, NULL, "");
}

static int set_up_with_account(void **state)
{
    return start(state, "clerk", "secret word");
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    curl_easy_cleanup(fixture->client.curl);
    buf_release(&fixture->client.body);
    buf_release(&fixture->client.headers);
    server_stop(fixture->server);
    faults_free(fixture->upstream.faults);
    journal_free(fixture->upstream.journal);
    auth_free(fixture->upstream.auth);
    store_close(fixture->upstream.store);
    free(fixture);
    return 0;
}

static void set_fault(struct client *client, const char *fault)
{
    assert_int_equal(client_json(client, "POST", "!/_fixture/fault", fault), 201);
}

static bool has(const struct client *client, const char *text)
{
    return strstr(buf_text(&client->body), text) != NULL;
}

static void fill(struct client *client, int count)
{
    struct buf body = {0};
    buf_str(&body, "{\"docs\":[");
    for (int i = 0; i < count; i++)
        buf_printf(&body, "%s{\"_id\":\"d%05d\",\"n\":%d}", i > 0 ? "," : "", i, i);
    buf_str(&body, "]}");
    assert_int_equal(client_json(client, "POST", "/_bulk_docs", buf_text(&body)), 201);
    buf_release(&body);
}

static void test_status_fault(void **state)
{
    struct client *client = &((struct fixture *)*state)->client;
    set_fault(client, "{\"kind\":\"status\",\"status\":503,\"retry_after\":7,\"count\":2,"
                      "\"path\":\"/db\",\"method\":\"PUT\"}");
    assert_int_equal(client_get(client, ""), 200); /* another method */
    assert_int_equal(client_json(client, "PUT", "/a", "{}"), 503);
    assert_true(client_has_header(client, "Retry-After: 7"));
    assert_int_equal(client_json(client, "PUT", "/a", "{}"), 503);
    assert_int_equal(client_get(client, "/a"), 404); /* nothing was carried out */
    assert_int_equal(client_json(client, "PUT", "/a", "{}"), 201);
}

static void test_drop_applies_the_write(void **state)
{
    struct client *client = &((struct fixture *)*state)->client;
    set_fault(client, "{\"kind\":\"drop\",\"path\":\"/db/a\"}");
    assert_int_equal(client_json(client, "PUT", "/a", "{\"n\":1}"), 0);
    assert_int_equal(client_get(client, "/a"), 200);
    set_fault(client, "{\"kind\":\"refuse\",\"path\":\"/db/b\",\"method\":\"PUT\"}");
    assert_int_equal(client_json(client, "PUT", "/b", "{\"n\":1}"), 0);
    assert_int_equal(client_get(client, "/b"), 404);
    assert_int_equal(client_get(client, "!/_fixture/log"), 200);
    assert_true(has(client, "{\"method\":\"PUT\",\"target\":\"/db/b\",\"status\":0,\"bytes\":7}"));
}

static void test_cut_and_truncate(void **state)
{
    struct client *client = &((struct fixture *)*state)->client;
    fill(client, 1000);
    set_fault(client, "{\"kind\":\"cut\",\"path\":\"/db/_changes\",\"bytes\":5000}");
    assert_int_equal(client_get(client, "/_changes"), 0); /* an error below HTTP */
    assert_int_equal(client->body.length, 5000);
    set_fault(client, "{\"kind\":\"truncate\",\"path\":\"/db/_changes\",\"bytes\":5000}");
    assert_int_equal(client_get(client, "/_changes"), 200); /* whole as HTTP, torn as JSON */
    assert_int_equal(client->body.length, 5000);
    assert_null(client_answer(client));
    set_fault(client, "{\"kind\":\"truncate\",\"path\":\"/db/d00001\",\"bytes\":9}");
    assert_int_equal(client_get(client, "/d00001"), 200);
    assert_int_equal(client->body.length, 9);
    set_fault(client, "{\"kind\":\"cut\",\"path\":\"/db/d00001\",\"bytes\":0}");
    assert_int_equal(client_get(client, "/d00001"), 0);
    assert_int_equal(client_get(client, "/d00001"), 200);
}

static void test_portal_and_delay(void **state)
{
    struct client *client = &((struct fixture *)*state)->client;
    set_fault(client, "{\"kind\":\"portal\",\"skip\":1}");
    assert_int_equal(client_get(client, ""), 200);
    assert_true(has(client, "doc_count"));
    assert_int_equal(client_get(client, ""), 200);
    assert_true(client_has_header(client, "Content-Type: text/html"));
    assert_true(has(client, "<html>"));
    set_fault(client, "{\"kind\":\"delay\",\"ms\":30,\"bytes\":4}");
    assert_int_equal(client_get(client, ""), 200);
    assert_true(has(client, "doc_count"));
}

static void test_faults_are_listed_and_forgotten(void **state)
{
    struct client *client = &((struct fixture *)*state)->client;
    set_fault(client, "{\"kind\":\"status\",\"path\":\"/x\",\"count\":3}");
    assert_int_equal(client_get(client, "!/_fixture/fault"), 200);
    assert_true(has(client, "[{\"kind\":\"status\",\"path\":\"/x\",\"skip\":0,\"count\":3}]"));
    assert_int_equal(client_send(client, "DELETE", "!/_fixture/fault", NULL, NULL, 0), 200);
    assert_int_equal(client_get(client, "!/_fixture/fault"), 200);
    assert_string_equal(buf_text(&client->body), "[]\n");
    assert_int_equal(client_json(client, "POST", "!/_fixture/fault", "{\"kind\":\"flood\"}"), 400);
}

static void test_pages_join(void **state)
{
    struct client *client = &((struct fixture *)*state)->client;
    static const char *const lists[] = {"/_all_docs", "/_all_docs?descending=true",
                                        "/_changes?include_docs=true", "/_changes?descending=true"};
    fill(client, 1201);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(client_get(client, lists[i]), 200);
        json_t *answer = client_answer(client);
        const json_t *rows = json_object_get(answer, i < 2 ? "rows" : "results");
        assert_int_equal(json_array_size(rows), 1201);
        for (size_t k = 0; k < 1201; k++) {
            char id[16];
            snprintf(id, sizeof id, "d%05zu", i % 2 == 0 ? k : 1200 - k);
            assert_string_equal(json_text(json_array_get(rows, k), "id", ""), id);
        }
        json_decref(answer);
    }
}

/* The database goes away when the feed has begun; the feed says where it was, and ends. */
static void test_deleted_database_ends_its_feed(void **state)
{
    struct client *client = &((struct fixture *)*state)->client;
    fill(client, 1);
    assert_true(client_watch(client, "/_changes?feed=continuous&timeout=15000", "\"last_seq\"",
                             "DELETE", "!/db", NULL));
}

static void test_gzip_body(void **state)
{
    struct client *client = &((struct fixture *)*state)->client;
    static const char plain[] = "{\"docs\":[{\"_id\":\"z\",\"n\":1}]}";
    unsigned char packed[256];
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)plain,
                       .avail_in = sizeof plain - 1,
                       .next_out = packed,
                       .avail_out = sizeof packed};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t length = sizeof packed - stream.avail_out;
    deflateEnd(&stream);
    assert_int_equal(client_send(client, "POST", "/_bulk_docs",
                                 "application/json\r\nContent-Encoding: gzip", (const char *)packed,
                                 length),
                     201);
    assert_int_equal(client_get(client, "/z"), 200);
}

static void test_account(void **state)
{
    struct client *client = &((struct fixture *)*state)->client;
    char base[128];
    assert_int_equal(client_get(client, "!/"), 401);
    assert_true(client_has_header(client, "WWW-Authenticate: Basic"));
    assert_true(has(client, "Authentication required."));
    snprintf(base, sizeof base, "http://clerk:secret%%20word@%s", client->base + 7);
    client->base = base;
    assert_int_equal(client_get(client, ""), 200);
    assert_int_equal(client_get(client, "!/_session"), 200);
    assert_true(has(client, "\"name\":\"clerk\""));
}

static void test_wrong_passwords_lock(void **state)
{
    struct fixture *fixture = *state;
    struct client *client = &fixture->client;
    char wrong[128];
    char right[128];
    snprintf(wrong, sizeof wrong, "http://clerk:guess@%s", fixture->base + 7);
    snprintf(right, sizeof right, "http://clerk:secret%%20word@%s", fixture->base + 7);
    client->base = wrong;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(client_get(client, ""), 401);
        assert_true(has(client, "Name or password is incorrect."));
    }
    assert_int_equal(client_get(client, ""), 403);
    client->base = right;
    assert_int_equal(client_get(client, ""), 403);
    assert_true(has(client, "temporarily locked"));
}

static void test_cookie(void **state)
{
    struct fixture *fixture = *state;
    struct client *client = &fixture->client;
    char header[256];
    char type[400];
    assert_int_equal(
        client_json(client, "POST", "!/_session", "{\"name\":\"clerk\",\"password\":\"no\"}"), 401);
    assert_int_equal(client_send(client, "POST", "!/_session", "application/x-www-form-urlencoded",
                                 "name=clerk&password=secret+word", 31),
                     200);
    const char *cookie = strstr(buf_text(&client->headers), "AuthSession=");
    assert_non_null(cookie);
    snprintf(header, sizeof header, "%.*s", (int)strcspn(cookie, ";"), cookie);
    snprintf(type, sizeof type, "application/json\r\nCookie: %s", header);
    assert_int_equal(client_send(client, "PUT", "/a", type, "{}", 2), 201);
    header[strlen(header) - 1] ^= 1;
    snprintf(type, sizeof type, "application/json\r\nCookie: %s", header);
    assert_int_equal(client_send(client, "PUT", "/b", type, "{}", 2), 401);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void test_load(void **state)
{
    struct fixture *fixture = *state;
    struct load_total total = {0};
    struct error error = {0};
    char directory[] = "/tmp/upstream-load-XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/loaded.bulk.ndjson", directory);
    write_file(path, "{\"docs\":[{\"_id\":\"a\",\"n\":1},{\"_id\":\"b\"}]}\n{\"docs\":[]}\n");
    assert_int_equal(load_directory(fixture->upstream.store, directory, &total, &error), STATUS_OK);
    assert_int_equal(total.documents, 2);
    assert_int_equal(client_get(&fixture->client, "!/loaded/a"), 200);
    assert_int_equal(load_directory(fixture->upstream.store, directory, &total, &error), STATUS_OK);
    assert_int_equal(total.documents, 2); /* it was there already */
    unlink(path);
    snprintf(path, sizeof path, "%s/broken.bulk.ndjson", directory);
    write_file(path, "{\"docs\":[{\"_id\":\"a\"}]}\nnot JSON\n");
    assert_int_equal(load_directory(fixture->upstream.store, directory, &total, &error),
                     STATUS_INVALID);
    assert_int_equal(client_get(&fixture->client, "!/broken"), 404); /* all or nothing */
    unlink(path);
    assert_int_equal(rmdir(directory), 0);
}

static void test_tokens(void **state)
{
    (void)state;
    struct sequence sequence = {12345, UINT64_C(0xfedcba9876543210)};
    struct sequence back = {0, 0};
    char text[SEQUENCE_TEXT_MAX];
    sequence_format(&sequence, text);
    assert_memory_equal(text, "12345-g1AAAA", 12);
    assert_null(strpbrk(text, "+/=&"));
    assert_true(sequence_parse(text, &back));
    assert_int_equal(back.number, sequence.number);
    assert_true(back.instance == sequence.instance);
    text[strlen(text) - 1] = '\0';
    assert_false(sequence_parse(text, &back));
    assert_false(sequence_parse("5", &back));
    struct revision revision;
    assert_true(revision_parse("3-00000000000000000000000000000abc", &revision));
    assert_false(revision_parse("3-", &revision));
    assert_false(revision_parse("0-abc", &revision));
    assert_false(revision_parse("3-xyz", &revision));
    assert_false(revision_parse("99999999-abc", &revision));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_status_fault, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_drop_applies_the_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cut_and_truncate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_portal_and_delay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_faults_are_listed_and_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pages_join, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_deleted_database_ends_its_feed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gzip_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_account, set_up_with_account, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_passwords_lock, set_up_with_account, tear_down),
        cmocka_unit_test_setup_teardown(test_cookie, set_up_with_account, tear_down),
        cmocka_unit_test_setup_teardown(test_load, set_up, tear_down),
        cmocka_unit_test(test_tokens),
    };
    return cmocka_run_group_tests_name("upstream", tests, NULL, NULL);
}
