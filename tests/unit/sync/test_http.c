/* The HTTP client against a server that sends exactly the bytes a test wants: truncated answers,
 * bombs, floods of headers, silence. One connection per test, all on loopback. */
#include "base/clock.h"
#include "sync/classify.h"
#include "sync/http.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

/* 200 are promised; the rest is for a machine busy with other tests. */
#define CANCEL_MS 500

#define JSON_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

/* --- the server ------------------------------------------------------------------------------- */

struct canned {
    int listener;
    char url[64];
    const char *bytes;
    size_t length;
    int drip_ms;                      /* > 0: then a blank each so long until it goes away */
    bool hold;                        /* keep the connection open until the client goes away */
    void (*asked)(struct http *http); /* called once the request has been read */
    struct http *http;
    char request[4096];
    pthread_t thread;
    sem_t told; /* posted when `asked` is through */
};

static void read_request(struct canned *canned, int peer)
{
    size_t length = 0;
    while (length < sizeof(canned->request) - 1 && !strstr(canned->request, "\r\n\r\n")) {
        ssize_t got = read(peer, canned->request + length, sizeof(canned->request) - 1 - length);
        if (got <= 0)
            break;
        length += (size_t)got;
        canned->request[length] = '\0';
    }
}

/* Looks for so long whether the client has hung up. */
static bool has_gone(int peer, int ms)
{
    struct pollfd end = {.fd = peer, .events = POLLIN | POLLRDHUP};
    return poll(&end, 1, ms) != 0;
}

static void *serve(void *context)
{
    struct canned *canned = context;
    char scratch[64];
    int peer = accept(canned->listener, NULL, NULL);
    read_request(canned, peer);
    for (size_t at = 0; at < canned->length;) {
        ssize_t sent = send(peer, canned->bytes + at, canned->length - at, MSG_NOSIGNAL);
        if (sent <= 0)
            break;
        at += (size_t)sent;
    }
    if (canned->asked) {
        canned->asked(canned->http);
        sem_post(&canned->told);
    }
    while (canned->drip_ms > 0 && !has_gone(peer, canned->drip_ms))
        (void)send(peer, " ", 1, MSG_NOSIGNAL);
    while (canned->hold && read(peer, scratch, sizeof(scratch)) > 0)
        ;
    close(peer);
    return NULL;
}

static int listen_on_loopback(char url[64])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    snprintf(url, 64, "http://127.0.0.1:%d", ntohs(address.sin_port));
    return listener;
}

/* --- one exchange ----------------------------------------------------------------------------- */

struct exchange {
    struct canned canned;
    struct http_settings settings;
    struct http_request request;
    struct http_answer answer;
    int64_t elapsed_ms;
    char *through_proxy; /* NULL, or 64 bytes: the server is a proxy */
};

static struct exchange exchange_of(const char *bytes, size_t length)
{
    return (struct exchange){
        .canned = {.bytes = bytes, .length = length},
        .request = {.method = "GET", .path = "/x", .limit = (size_t)1 << 20},
    };
}

static struct exchange exchange_text(const char *text)
{
    return exchange_of(text, strlen(text));
}

static void run(struct exchange *exchange)
{
    struct http *http = NULL;
    exchange->canned.listener = listen_on_loopback(exchange->canned.url);
    exchange->settings.base_url = exchange->canned.url;
    if (exchange->through_proxy) {
        memcpy(exchange->through_proxy, exchange->canned.url, sizeof(exchange->canned.url));
        exchange->settings.proxy = exchange->through_proxy;
        exchange->settings.base_url = "http://platform.example";
    }
    assert_int_equal(http_new(&exchange->settings, &http, NULL), STATUS_OK);
    exchange->canned.http = http;
    sem_init(&exchange->canned.told, 0, 0);
    pthread_create(&exchange->canned.thread, NULL, serve, &exchange->canned);
    int64_t start = clock_mono_ms();
    http_send(http, &exchange->request, &exchange->answer);
    exchange->elapsed_ms = clock_mono_ms() - start;
    while (exchange->canned.asked && sem_wait(&exchange->canned.told) != 0)
        ; /* the other thread still has its hands on `http` */
    http_free(http);
    pthread_join(exchange->canned.thread, NULL);
    sem_destroy(&exchange->canned.told);
    close(exchange->canned.listener);
}

static void expect(const char *text, enum http_trouble trouble, enum status status)
{
    struct exchange exchange = exchange_text(text);
    run(&exchange);
    assert_int_equal(exchange.answer.trouble, trouble);
    assert_int_equal(classify_answer(&exchange.answer, NULL), status);
    http_answer_release(&exchange.answer);
}

/* --- completeness ----------------------------------------------------------------------------- */

static void test_whole_answers(void **state)
{
    (void)state;
    struct exchange exchange =
        exchange_text(JSON_HEAD "Date: Sat, 14 Mar 2026 08:05:09 GMT\r\nRetry-After: 7\r\n"
                                "Content-Length: 2\r\n\r\n{}");
    exchange.settings.user = "station";
    exchange.settings.password = "secret";
    run(&exchange);
    assert_int_equal(exchange.answer.trouble, TROUBLE_NONE);
    assert_int_equal(exchange.answer.status, 200);
    assert_true(exchange.answer.json);
    assert_int_equal(exchange.answer.retry_after_ms, 7000);
    assert_true(exchange.answer.clock_known);
    int64_t there = clock_wall_ms() + exchange.answer.clock_offset_ms;
    assert_true(llabs(there - 1773475509000) < 5000);
    assert_string_equal(buf_text(&exchange.answer.body), "{}");
    assert_non_null(strstr(exchange.canned.request, "Accept: application/json\r\n"));
    assert_non_null(
        strstr(exchange.canned.request, "Authorization: Basic c3RhdGlvbjpzZWNyZXQ=\r\n"));
    http_answer_release(&exchange.answer);

    expect(JSON_HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", TROUBLE_NONE,
           STATUS_OK);
    expect("HTTP/1.1 100 Continue\r\n\r\n" JSON_HEAD "Content-Length: 2\r\n\r\n{}", TROUBLE_NONE,
           STATUS_OK);
}

static void test_truncated_answers(void **state)
{
    (void)state;
    expect(JSON_HEAD "Content-Length: 100\r\n\r\n{\"ok\":true}", TROUBLE_CUT, STATUS_OFFLINE);
    expect(JSON_HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", TROUBLE_CUT, STATUS_OFFLINE);
    /* libcurl calls this one a success */
    expect(JSON_HEAD "Connection: close\r\n\r\n{\"ok\":true}", TROUBLE_CUT, STATUS_OFFLINE);
    expect("", TROUBLE_CUT, STATUS_OFFLINE);
    expect("HTTP/1.1 200 OK\r\nContent-Ty", TROUBLE_CUT, STATUS_OFFLINE);
}

static void test_garbled_answers(void **state)
{
    (void)state;
    expect("220 mail.example ESMTP\r\n", TROUBLE_GARBLED, STATUS_UPSTREAM);
    expect(JSON_HEAD "Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}   ", TROUBLE_GARBLED,
           STATUS_UPSTREAM);
    expect(JSON_HEAD "Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\nnot gzip at all",
           TROUBLE_GARBLED, STATUS_UPSTREAM);
}

static void test_strangers(void **state)
{
    (void)state;
    expect("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
           TROUBLE_NONE, STATUS_PORTAL);
    expect("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/login\r\nContent-Length: 0\r\n\r\n",
           TROUBLE_NONE, STATUS_PORTAL);
    expect("HTTP/1.1 200 OK\r\nContent-Type: application/jsonp\r\nContent-Length: 2\r\n\r\n{}",
           TROUBLE_NONE, STATUS_PORTAL);
}

/* --- bounds ----------------------------------------------------------------------------------- */

static void test_body_limit(void **state)
{
    (void)state;
    struct exchange exchange =
        exchange_text(JSON_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n");
    exchange.request.limit = 4;
    run(&exchange);
    assert_int_equal(exchange.answer.trouble, TROUBLE_TOO_LARGE);
    http_answer_release(&exchange.answer);
}

/* Zeros, compressed a thousandfold; returns the whole answer. */
static void put_bomb(struct buf *out, size_t size)
{
    char *zeros = calloc(1, size);
    uLong room = compressBound(size) + 64;
    unsigned char *packed = malloc(room);
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (unsigned char *)zeros;
    stream.avail_in = (uInt)size;
    stream.next_out = packed;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    buf_printf(out, JSON_HEAD "Content-Encoding: gzip\r\nContent-Length: %lu\r\n\r\n",
               stream.total_out);
    buf_bytes(out, packed, stream.total_out);
    deflateEnd(&stream);
    free(packed);
    free(zeros);
}

static void test_compression_bomb(void **state)
{
    (void)state;
    struct buf bomb = {0};
    put_bomb(&bomb, (size_t)32 << 20);
    struct exchange exchange = exchange_of(bomb.data, bomb.length);
    exchange.request.limit = (size_t)1 << 30;
    run(&exchange);
    assert_int_equal(exchange.answer.trouble, TROUBLE_TOO_LARGE);
    assert_true(exchange.answer.body.length < (size_t)16 << 20);
    http_answer_release(&exchange.answer);
    buf_release(&bomb);
}

static void test_header_flood(void **state)
{
    (void)state;
    struct buf flood = {0};
    buf_str(&flood, JSON_HEAD);
    for (int i = 0; i < 200; i++)
        buf_printf(&flood, "X-%d: y\r\n", i);
    buf_str(&flood, "Content-Length: 2\r\n\r\n{}");
    expect(buf_text(&flood), TROUBLE_GARBLED, STATUS_UPSTREAM);
    buf_clear(&flood);
    buf_str(&flood, JSON_HEAD "X: ");
    for (int i = 0; i < 400000; i++)
        buf_char(&flood, 'x');
    buf_str(&flood, "\r\nContent-Length: 2\r\n\r\n{}");
    expect(buf_text(&flood), TROUBLE_GARBLED, STATUS_UPSTREAM);
    buf_release(&flood);
}

/* --- streaming -------------------------------------------------------------------------------- */

static enum status refuse(void *context, const char *bytes, size_t length, struct error *error)
{
    size_t *seen = context;
    (void)bytes;
    *seen += length;
    return error_set(error, STATUS_FULL, "no room");
}

static void test_sink_decides(void **state)
{
    (void)state;
    size_t seen = 0;
    struct error error = {0};
    struct exchange exchange = exchange_text(JSON_HEAD "Content-Length: 2\r\n\r\n{}");
    exchange.request.sink = refuse;
    exchange.request.context = &seen;
    run(&exchange);
    assert_int_equal(exchange.answer.trouble, TROUBLE_SINK);
    assert_int_equal(classify_answer(&exchange.answer, &error), STATUS_FULL);
    assert_string_equal(error.text, "no room");
    assert_int_equal(seen, 2);
    http_answer_release(&exchange.answer);
}

static void test_sink_sees_only_good_answers(void **state)
{
    (void)state;
    size_t seen = 0;
    struct exchange exchange = exchange_text(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>");
    exchange.request.sink = refuse;
    exchange.request.context = &seen;
    run(&exchange);
    assert_int_equal(seen, 0);
    assert_string_equal(buf_text(&exchange.answer.body), "<html>");
    http_answer_release(&exchange.answer);
}

/* What is asked for as a stream is never kept whole, whatever the status says. */
static void test_stream_is_not_kept(void **state)
{
    (void)state;
    size_t seen = 0;
    struct buf text = {0};
    buf_printf(&text,
               "HTTP/1.1 206 Partial Content\r\nContent-Type: application/json\r\n"
               "Content-Length: %zu\r\n\r\n",
               4 * HTTP_ERROR_BODY_MAX);
    for (size_t i = 0; i < 4 * HTTP_ERROR_BODY_MAX; i++)
        buf_char(&text, ' ');
    struct exchange exchange = exchange_text(buf_text(&text));
    exchange.request.sink = refuse;
    exchange.request.context = &seen;
    exchange.request.limit = 8 * HTTP_ERROR_BODY_MAX;
    run(&exchange);
    assert_int_equal(exchange.answer.trouble, TROUBLE_NONE);
    assert_int_equal(seen, 0);
    assert_int_equal(exchange.answer.body.length, HTTP_ERROR_BODY_MAX);
    http_answer_release(&exchange.answer);
    buf_release(&text);
}

struct heard {
    struct buf text;
    int pieces;
};

static enum status hear(void *context, const char *bytes, size_t length, struct error *error)
{
    struct heard *heard = context;
    (void)error;
    buf_bytes(&heard->text, bytes, length);
    heard->pieces++;
    return STATUS_OK;
}

static void put_gzip(struct buf *out, const struct buf *plain)
{
    uLong room = compressBound(plain->length) + 64;
    unsigned char *packed = malloc(room);
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (unsigned char *)plain->data;
    stream.avail_in = (uInt)plain->length;
    stream.next_out = packed;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    buf_str(out, JSON_HEAD "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (size_t at = 0; at < stream.total_out; at += 1000) {
        size_t piece = stream.total_out - at < 1000 ? stream.total_out - at : 1000;
        buf_printf(out, "%zx\r\n", piece);
        buf_bytes(out, packed + at, piece);
        buf_str(out, "\r\n");
    }
    buf_str(out, "0\r\n\r\n");
    deflateEnd(&stream);
    free(packed);
}

/* A proxy on the way compresses a long page: every byte of it arrives, in pieces, once. */
static void test_compressed_stream(void **state)
{
    (void)state;
    struct heard heard = {0};
    struct buf plain = {0}, answer = {0};
    for (int i = 0; i < 20000; i++)
        buf_printf(&plain, "{\"seq\":%d,\"id\":\"person:%d\"},\n", i, i * 7919 % 20011);
    put_gzip(&answer, &plain);
    struct exchange exchange = exchange_of(answer.data, answer.length);
    exchange.request.sink = hear;
    exchange.request.context = &heard;
    run(&exchange);
    assert_int_equal(exchange.answer.trouble, TROUBLE_NONE);
    assert_non_null(strstr(exchange.canned.request, "Accept-Encoding: gzip\r\n"));
    assert_int_equal(heard.text.length, plain.length);
    assert_memory_equal(heard.text.data, plain.data, plain.length);
    assert_true(heard.pieces > 1);
    assert_true(exchange.answer.received < (int64_t)plain.length / 2);
    http_answer_release(&exchange.answer);

    answer.data[answer.length / 2] = (char)(answer.data[answer.length / 2] ^ 0x15);
    exchange = exchange_of(answer.data, answer.length);
    exchange.request.sink = hear;
    exchange.request.context = &heard;
    run(&exchange);
    assert_int_not_equal(exchange.answer.trouble, TROUBLE_NONE);
    http_answer_release(&exchange.answer);
    buf_release(&heard.text);
    buf_release(&plain);
    buf_release(&answer);
}

/* --- ends ------------------------------------------------------------------------------------- */

static void test_nobody_there(void **state)
{
    (void)state;
    char url[64];
    struct http *http = NULL;
    struct http_answer answer;
    close(listen_on_loopback(url));
    const struct http_settings settings = {.base_url = url};
    const struct http_request request = {.method = "GET", .path = "/", .limit = 100};
    assert_int_equal(http_new(&settings, &http, NULL), STATUS_OK);
    http_send(http, &request, &answer);
    assert_int_equal(answer.trouble, TROUBLE_CONNECT);
    http_answer_release(&answer);
    http_free(http);
}

static void expect_wait(const char *headers, int64_t least, int64_t most)
{
    char text[512];
    snprintf(text, sizeof text,
             "HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\n%sContent-Length: 2\r\n\r\n{}",
             headers);
    struct exchange exchange = exchange_text(text);
    run(&exchange);
    assert_int_equal(exchange.answer.status, 503);
    if (exchange.answer.retry_after_ms < least || exchange.answer.retry_after_ms > most)
        fail_msg("%s: %lld ms", headers, (long long)exchange.answer.retry_after_ms);
    http_answer_release(&exchange.answer);
}

/* "Come again at 08:06:09" is said by a clock that shows 08:05:09, whatever ours shows. */
static void test_come_again_by_the_clock_of_the_platform(void **state)
{
    static const char date[] = "Date: Sat, 14 Mar 2026 08:05:09 GMT\r\n";
    static const char again[] = "Retry-After: Sat, 14 Mar 2026 08:06:09 GMT\r\n";
    char text[256];
    (void)state;
    snprintf(text, sizeof text, "%s%s", date, again);
    expect_wait(text, 58000, 61000);
    snprintf(text, sizeof text, "%s%s", again, date);
    expect_wait(text, 58000, 61000);
    expect_wait("Retry-After: Sat, 14 Mar 2020 08:06:09 GMT\r\n", 1000, 1000);
    expect_wait("Retry-After: soon\r\n", -1, -1);
}

/* A redirect is not followed, whatever it promises: nobody there is ever connected to, let alone
 * given the password. */
static void test_redirect_is_not_followed(void **state)
{
    (void)state;
    static const int statuses[] = {301, 302, 303, 307, 308};
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        char elsewhere[64], answer[256];
        int listener = listen_on_loopback(elsewhere);
        snprintf(answer, sizeof(answer),
                 "HTTP/1.1 %d Moved\r\nContent-Type: application/json\r\nLocation: %s/x\r\n"
                 "Content-Length: 2\r\n\r\n{}",
                 statuses[i], elsewhere);
        struct exchange exchange = exchange_text(answer);
        exchange.settings.user = "station";
        exchange.settings.password = "secret";
        run(&exchange);
        assert_non_null(strstr(exchange.canned.request, "Authorization: Basic"));
        assert_int_equal(classify_answer(&exchange.answer, NULL), STATUS_PORTAL);
        assert_int_equal(fcntl(listener, F_SETFL, O_NONBLOCK), 0);
        assert_int_equal(accept(listener, NULL, NULL), -1);
        http_answer_release(&exchange.answer);
        close(listener);
    }
}

/* A proxy that is not there is told apart from a platform that is not there. */
static void test_proxy_is_named(void **state)
{
    (void)state;
    char nobody[64];
    struct http *http = NULL;
    struct http_answer answer;
    close(listen_on_loopback(nobody));
    const struct http_settings settings = {.base_url = "http://platform.example", .proxy = nobody};
    const struct http_request request = {.method = "GET", .path = "/", .limit = 100};
    assert_int_equal(http_new(&settings, &http, NULL), STATUS_OK);
    http_send(http, &request, &answer);
    assert_int_equal(answer.trouble, TROUBLE_PROXY);
    assert_int_equal(classify_answer(&answer, NULL), STATUS_OFFLINE);
    http_answer_release(&answer);
    http_free(http);
}

/* With a proxy the platform's answers come through it. */
static void test_proxy_is_used(void **state)
{
    (void)state;
    char proxy[64];
    struct exchange exchange = exchange_text(JSON_HEAD "Content-Length: 2\r\n\r\n{}");
    exchange.through_proxy = proxy;
    run(&exchange);
    assert_int_equal(classify_answer(&exchange.answer, NULL), STATUS_OK);
    assert_int_equal(strncmp(exchange.canned.request, "GET http://platform.example/x HTTP/1.1", 38),
                     0);
    http_answer_release(&exchange.answer);
}

/* The environment's proxy leads nowhere and must not be asked. */
static void test_environment_is_ignored(void **state)
{
    (void)state;
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    expect(JSON_HEAD "Content-Length: 2\r\n\r\n{}", TROUBLE_NONE, STATUS_OK);
    unsetenv("http_proxy");
}

static void test_silence_ends(void **state)
{
    (void)state;
    struct exchange exchange = exchange_text(JSON_HEAD "Content-Length: 2\r\n\r\n{");
    exchange.canned.hold = true;
    exchange.request.kind = HTTP_WAIT;
    exchange.request.wait_ms = 200;
    run(&exchange);
    assert_int_equal(exchange.answer.trouble, TROUBLE_TIMEOUT);
    assert_true(exchange.elapsed_ms >= 190);
    http_answer_release(&exchange.answer);
}

/* A byte every twenty milliseconds keeps nobody longer than what the request may take. */
static void test_drip_ends(void **state)
{
    (void)state;
    struct exchange exchange = exchange_text(JSON_HEAD "Content-Length: 1000\r\n\r\n");
    exchange.canned.hold = true;
    exchange.canned.drip_ms = 20;
    exchange.settings.at_most_ms = 300;
    run(&exchange);
    assert_int_equal(exchange.answer.trouble, TROUBLE_TIMEOUT);
    assert_int_equal(classify_answer(&exchange.answer, NULL), STATUS_OFFLINE);
    assert_true(exchange.answer.body.length > 1);
    assert_true(exchange.answer.body.length < 100);
    assert_in_range(exchange.elapsed_ms, 290, 5000);
    http_answer_release(&exchange.answer);
}

static void test_cancel_is_quick(void **state)
{
    (void)state;
    struct exchange exchange = exchange_text(JSON_HEAD "Content-Length: 2\r\n\r\n{");
    exchange.canned.hold = true;
    exchange.canned.asked = http_cancel;
    run(&exchange);
    assert_int_equal(exchange.answer.trouble, TROUBLE_CANCELLED);
    assert_int_equal(classify_answer(&exchange.answer, NULL), STATUS_CANCELLED);
    assert_true(exchange.elapsed_ms < CANCEL_MS);
    http_answer_release(&exchange.answer);
}

static void test_wake_ends_only_a_wait(void **state)
{
    (void)state;
    struct exchange exchange = exchange_text("");
    exchange.canned.hold = true;
    exchange.canned.asked = http_wake;
    exchange.request.kind = HTTP_WAIT;
    exchange.request.wait_ms = 60000;
    run(&exchange);
    assert_int_equal(exchange.answer.trouble, TROUBLE_WOKEN);
    http_answer_release(&exchange.answer);

    exchange = exchange_text(JSON_HEAD "Content-Length: 2\r\n\r\n{}");
    exchange.canned.asked = http_wake;
    run(&exchange);
    assert_int_equal(exchange.answer.trouble, TROUBLE_NONE);
    http_answer_release(&exchange.answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_answers),
        cmocka_unit_test(test_truncated_answers),
        cmocka_unit_test(test_garbled_answers),
        cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_body_limit),
        cmocka_unit_test(test_compression_bomb),
        cmocka_unit_test(test_header_flood),
        cmocka_unit_test(test_sink_decides),
        cmocka_unit_test(test_sink_sees_only_good_answers),
        cmocka_unit_test(test_stream_is_not_kept),
        cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_environment_is_ignored),
        cmocka_unit_test(test_come_again_by_the_clock_of_the_platform),
        cmocka_unit_test(test_redirect_is_not_followed),
        cmocka_unit_test(test_proxy_is_named),
        cmocka_unit_test(test_proxy_is_used),
        cmocka_unit_test(test_silence_ends),
        cmocka_unit_test(test_drip_ends),
        cmocka_unit_test(test_compressed_stream),
        cmocka_unit_test(test_cancel_is_quick),
        cmocka_unit_test(test_wake_ends_only_a_wait),
    };
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
