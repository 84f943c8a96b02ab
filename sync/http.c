#include "sync/http.h"

#include "base/clock.h"
#include "base/i18n.h"

#include <curl/curl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONNECT_TIMEOUT_MS    5000L
#define QUICK_TIMEOUT_MS      30000L
#define PAGE_TIMEOUT_MS       300000L
#define UPLOAD_BYTES_PER_MS   1 /* a village line */
#define LOW_SPEED_BYTES       100L
#define LOW_SPEED_SECONDS     15L
#define PAGE_SILENCE_SECONDS  30L
#define POLL_MS               1000
#define RETRY_AFTER_MIN_MS    1000
#define RETRY_AFTER_MAX_MS    3600000
#define HEADER_COUNT_MAX      128
#define HEADER_BYTES_MAX      ((size_t)64 << 10)
#define HEADER_VALUE_MAX      128
#define INFLATE_RATIO_MAX     64
#define INFLATE_RATIO_GRACE   ((int64_t)1 << 20)
#define X509_IN_ORDER         0  /* X509_V_OK */
#define X509_NOT_TOLD         1  /* X509_V_ERR_UNSPECIFIED, what libcurl starts with */
#define X509_NOT_YET_VALID    9  /* X509_V_ERR_CERT_NOT_YET_VALID */
#define X509_HAS_EXPIRED      10 /* X509_V_ERR_CERT_HAS_EXPIRED */
#define REDIRECT_STATUS_LEAST 300

struct http {
    CURLM *multi;
    CURL *easy;
    struct curl_slist *headers; /* of every request */
    char *base_url, *user, *password, *ca_file, *proxy;
    long at_most_ms; /* 0: no limit of its own */
    atomic_bool cancelled;
    atomic_bool woken;
    int64_t arriving; /* bytes of the answer that is coming in */
};

/* One request under way. */
struct transfer {
    struct http *http;
    CURL *easy;
    const struct http_request *request;
    struct http_answer *answer;
    enum http_trouble noted; /* why a callback stopped the transfer */
    size_t header_count, header_bytes;
    int64_t content_length; /* -1: not stated */
    bool chunked;
    char retry_after[HEADER_VALUE_MAX]; /* as it came; "": not stated */
    size_t delivered;                   /* decoded bytes */
    struct curl_slist *headers;         /* of this request, when it has some of its own */
};

/* --- life ------------------------------------------------------------------------------------- */

static bool copy_text(char **copy, const char *text)
{
    if (!text)
        return true;
    *copy = strdup(text);
    return *copy != NULL;
}

static bool copy_settings(struct http *http, const struct http_settings *settings)
{
    if (!copy_text(&http->base_url, settings->base_url) ||
        !copy_text(&http->user, settings->user) ||
        !copy_text(&http->password, settings->password) ||
        !copy_text(&http->ca_file, settings->ca_file) || !copy_text(&http->proxy, settings->proxy))
        return false;
    size_t length = strlen(http->base_url);
    while (length > 0 && http->base_url[length - 1] == '/')
        http->base_url[--length] = '\0';
    return true;
}

static bool add_header(struct curl_slist **headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*headers, line);
    if (longer)
        *headers = longer;
    return longer != NULL;
}

/* `type` is the body's. */
static bool add_headers(struct curl_slist **headers, const char *type)
{
    char line[160];
    snprintf(line, sizeof(line), "Content-Type: %s", type);
    return add_header(headers, "Accept: application/json") && add_header(headers, line) &&
           add_header(headers, "Expect:");
}

enum status http_new(const struct http_settings *settings, struct http **http, struct error *error)
{
    struct http *made = calloc(1, sizeof(*made));
    if (!made)
        return error_nomem(error);
    /* Counted by libcurl: one call here, one in http_free(). */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(made);
        return error_set(error, STATUS_INTERNAL, _("The network library cannot be started."));
    }
    made->at_most_ms = (long)settings->at_most_ms;
    made->multi = curl_multi_init();
    made->easy = curl_easy_init();
    if (!made->multi || !made->easy || !copy_settings(made, settings) ||
        !add_headers(&made->headers, "application/json")) {
        http_free(made);
        return error_nomem(error);
    }
    curl_multi_setopt(made->multi, CURLMOPT_MAXCONNECTS, 2L);
    *http = made;
    return STATUS_OK;
}

void http_free(struct http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->easy);
    curl_multi_cleanup(http->multi);
    curl_slist_free_all(http->headers);
    free(http->base_url);
    free(http->user);
    if (http->password)
        explicit_bzero(http->password, strlen(http->password));
    free(http->password);
    free(http->ca_file);
    free(http->proxy);
    free(http);
    curl_global_cleanup();
}

void http_cancel(struct http *http)
{
    atomic_store(&http->cancelled, true);
    curl_multi_wakeup(http->multi);
}

bool http_is_cancelled(const struct http *http)
{
    return atomic_load(&http->cancelled);
}

void http_rearm(struct http *http)
{
    atomic_store(&http->cancelled, false);
}

void http_wake(struct http *http)
{
    atomic_store(&http->woken, true);
    curl_multi_wakeup(http->multi);
}

void http_answer_release(struct http_answer *answer)
{
    buf_release(&answer->body);
}

/* --- headers ---------------------------------------------------------------------------------- */

int64_t http_parse_retry_after(const char *text, int64_t now_ms)
{
    char *end;
    int64_t wait_ms;
    long seconds = strtol(text, &end, 10);
    if (end != text && *end == '\0' && seconds >= 0) {
        wait_ms = seconds > RETRY_AFTER_MAX_MS / 1000 ? RETRY_AFTER_MAX_MS : seconds * 1000;
    } else {
        time_t when = curl_getdate(text, NULL);
        if (when == (time_t)-1)
            return -1;
        wait_ms = (int64_t)when * 1000 - now_ms;
    }
    if (wait_ms < RETRY_AFTER_MIN_MS)
        return RETRY_AFTER_MIN_MS;
    return wait_ms > RETRY_AFTER_MAX_MS ? RETRY_AFTER_MAX_MS : wait_ms;
}

/* The value of header `name` in the line, trimmed, or false. */
static bool header_value(const char *line, size_t length, const char *name,
                         char value[HEADER_VALUE_MAX])
{
    size_t name_length = strlen(name);
    if (length <= name_length || line[name_length] != ':' ||
        strncasecmp(line, name, name_length) != 0)
        return false;
    line += name_length + 1;
    length -= name_length + 1;
    while (length > 0 && (*line == ' ' || *line == '\t')) {
        line++;
        length--;
    }
    while (length > 0 && strchr(" \t\r\n", line[length - 1]))
        length--;
    if (length >= HEADER_VALUE_MAX)
        length = HEADER_VALUE_MAX - 1;
    memcpy(value, line, length);
    value[length] = '\0';
    return true;
}

static bool is_json_type(const char *value)
{
    static const char json[] = "application/json";
    size_t length = sizeof(json) - 1;
    return strncasecmp(value, json, length) == 0 &&
           (value[length] == '\0' || value[length] == ';' || value[length] == ' ');
}

/* A second, different length means that two parties would cut the stream at different places. */
static void note_content_length(struct transfer *transfer, const char *value)
{
    char *end;
    long long length = strtoll(value, &end, 10);
    if (end == value || *end != '\0' || length < 0 ||
        (transfer->content_length >= 0 && transfer->content_length != length))
        transfer->noted = TROUBLE_GARBLED;
    else
        transfer->content_length = length;
}

static void note_header(struct transfer *transfer, const char *line, size_t length)
{
    struct http_answer *answer = transfer->answer;
    char value[HEADER_VALUE_MAX];
    if (header_value(line, length, "Content-Length", value)) {
        note_content_length(transfer, value);
    } else if (header_value(line, length, "Transfer-Encoding", value)) {
        transfer->chunked = strcasecmp(value, "chunked") == 0;
    } else if (header_value(line, length, "Content-Type", value)) {
        answer->json = is_json_type(value);
    } else if (header_value(line, length, "Retry-After", value)) {
        memcpy(transfer->retry_after, value, sizeof value);
    } else if (header_value(line, length, "Date", value)) {
        time_t when = curl_getdate(value, NULL);
        answer->clock_known = when != (time_t)-1;
        if (answer->clock_known)
            answer->clock_offset_ms = (int64_t)when * 1000 - clock_wall_ms();
    }
}

/* A new status line: forget what an interim answer (100 Continue) said. */
static void start_headers(struct transfer *transfer)
{
    transfer->content_length = -1;
    transfer->chunked = false;
    transfer->answer->json = false;
    transfer->answer->retry_after_ms = -1;
    transfer->answer->clock_known = false;
    transfer->answer->clock_offset_ms = 0;
    transfer->retry_after[0] = '\0';
}

/* A day and an hour to come again are meant by the upstream's clock: ours may be wrong. */
static void end_headers(struct transfer *transfer)
{
    struct http_answer *answer = transfer->answer;
    if (transfer->retry_after[0])
        answer->retry_after_ms = http_parse_retry_after(transfer->retry_after,
                                                        clock_wall_ms() + answer->clock_offset_ms);
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t length = size * count;
    transfer->header_bytes += length;
    if (++transfer->header_count > HEADER_COUNT_MAX || transfer->header_bytes > HEADER_BYTES_MAX) {
        transfer->noted = TROUBLE_GARBLED;
        return 0;
    }
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0)
        start_headers(transfer);
    else if (length <= 2 && line[length - 1] == '\n')
        end_headers(transfer);
    else
        note_header(transfer, line, length);
    return transfer->noted == TROUBLE_NONE ? length : 0;
}

/* --- body ------------------------------------------------------------------------------------- */

static int64_t received_by(CURL *easy)
{
    curl_off_t received = 0;
    curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
    return (int64_t)received;
}

static bool is_bomb(const struct transfer *transfer)
{
    if ((int64_t)transfer->delivered <= INFLATE_RATIO_GRACE)
        return false;
    return (int64_t)transfer->delivered >
           received_by(transfer->easy) * INFLATE_RATIO_MAX + INFLATE_RATIO_GRACE;
}

static int http_status_of(CURL *easy)
{
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return (int)status;
}

/* The body of a failure is only read for its words: what is too much is dropped. */
static void keep_error_body(struct transfer *transfer, const char *bytes, size_t length)
{
    struct buf *body = &transfer->answer->body;
    size_t room = HTTP_ERROR_BODY_MAX - body->length;
    buf_bytes(body, bytes, length < room ? length : room);
}

static void keep_body(struct transfer *transfer, const char *bytes, size_t length)
{
    int status = http_status_of(transfer->easy);
    const struct http_request *request = transfer->request;
    struct http_answer *answer = transfer->answer;
    bool good = status < REDIRECT_STATUS_LEAST && answer->json;
    if (!good || (request->sink && status != 200)) {
        keep_error_body(transfer, bytes, length);
    } else if (request->sink) {
        if (request->sink(request->context, bytes, length, &answer->sink_error) != STATUS_OK)
            transfer->noted = TROUBLE_SINK;
    } else {
        buf_bytes(&answer->body, bytes, length);
    }
    if (buf_failed(&answer->body))
        transfer->noted = TROUBLE_MEMORY;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t length = size * count;
    if (length > transfer->request->limit - transfer->delivered || is_bomb(transfer)) {
        transfer->noted = TROUBLE_TOO_LARGE;
        return 0;
    }
    transfer->delivered += length;
    transfer->http->arriving = received_by(transfer->easy);
    if (http_is_cancelled(transfer->http))
        transfer->noted = TROUBLE_CANCELLED;
    else
        keep_body(transfer, bytes, length);
    return transfer->noted == TROUBLE_NONE ? length : 0;
}

/* --- uploads ---------------------------------------------------------------------------------- */

static size_t on_upload(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    const struct http_upload *upload = transfer->request->upload;
    size_t got = 0;
    if (http_is_cancelled(transfer->http))
        transfer->noted = TROUBLE_CANCELLED;
    else if (upload->read(upload->context, bytes, size * count, &got,
                          &transfer->answer->sink_error) != STATUS_OK)
        transfer->noted = TROUBLE_SINK;
    return transfer->noted == TROUBLE_NONE ? got : CURL_READFUNC_ABORT;
}

/* libcurl goes back only to the start: when a connection it had kept turns out to be dead. */
static int on_rewind(void *context, curl_off_t offset, int origin)
{
    const struct transfer *transfer = context;
    const struct http_upload *upload = transfer->request->upload;
    if (offset != 0 || origin != SEEK_SET)
        return CURL_SEEKFUNC_FAIL;
    upload->rewind(upload->context);
    return CURL_SEEKFUNC_OK;
}

/* --- options ---------------------------------------------------------------------------------- */

/* The library refuses an option only when it was built without it or memory is out; either way the
 * request must not be made. */
#define SET(option, value)                                                                         \
    do {                                                                                           \
        if (curl_easy_setopt(easy, option, value) != CURLE_OK)                                     \
            return false;                                                                          \
    } while (0)

static bool set_safety(CURL *easy, const struct http *http)
{
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (http->ca_file) {
        SET(CURLOPT_CAINFO, http->ca_file);
        SET(CURLOPT_CAPATH, NULL);
    }
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_UNRESTRICTED_AUTH, 0L);
    SET(CURLOPT_PROXY, http->proxy ? http->proxy : "");
    SET(CURLOPT_USERAGENT, "huiliu/" HUILIU_VERSION);
    SET(CURLOPT_ACCEPT_ENCODING, "gzip");
    return true;
}

static bool set_limits(const struct http *http, CURL *easy, const struct http_request *request)
{
    long total = request->kind == HTTP_PAGE ? PAGE_TIMEOUT_MS : QUICK_TIMEOUT_MS;
    if (request->upload)
        total += (long)(request->upload->length / UPLOAD_BYTES_PER_MS);
    if (request->kind == HTTP_WAIT)
        total = request->wait_ms > LONG_MAX - 1 ? LONG_MAX : (long)request->wait_ms;
    if (http->at_most_ms > 0 && http->at_most_ms < total)
        total = http->at_most_ms;
    SET(CURLOPT_CONNECTTIMEOUT_MS, total < CONNECT_TIMEOUT_MS ? total : CONNECT_TIMEOUT_MS);
    SET(CURLOPT_TIMEOUT_MS, total > 0 ? total : 1L);
    if (request->kind != HTTP_WAIT) {
        SET(CURLOPT_LOW_SPEED_LIMIT, LOW_SPEED_BYTES);
        SET(CURLOPT_LOW_SPEED_TIME,
            request->kind == HTTP_PAGE ? PAGE_SILENCE_SECONDS : LOW_SPEED_SECONDS);
    }
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_TCP_KEEPIDLE, 60L);
    SET(CURLOPT_TCP_KEEPINTVL, 30L);
    SET(CURLOPT_MAXAGE_CONN, 60L);
    SET(CURLOPT_MAXLIFETIME_CONN, 3600L);
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->limit);
    return true;
}

static bool set_upload(CURL *easy, struct transfer *transfer)
{
    const struct http_upload *upload = transfer->request->upload;
    if (!add_headers(&transfer->headers, upload->type))
        return false;
    SET(CURLOPT_HTTPHEADER, transfer->headers);
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)upload->length);
    SET(CURLOPT_READFUNCTION, on_upload);
    SET(CURLOPT_READDATA, transfer);
    SET(CURLOPT_SEEKFUNCTION, on_rewind);
    SET(CURLOPT_SEEKDATA, transfer);
    return true;
}

static bool set_body(CURL *easy, struct transfer *transfer)
{
    const struct http_request *request = transfer->request;
    SET(CURLOPT_HTTPHEADER, transfer->http->headers);
    if (request->upload)
        return set_upload(easy, transfer);
    if (strcmp(request->method, "GET") != 0) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        SET(CURLOPT_POSTFIELDS, request->body ? request->body : "");
    }
    return true;
}

static bool set_request(CURL *easy, struct transfer *transfer, const char *url)
{
    const struct http *http = transfer->http;
    SET(CURLOPT_URL, url);
    if (!set_body(easy, transfer))
        return false;
    SET(CURLOPT_CUSTOMREQUEST, transfer->request->method);
    if (http->user) {
        SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        SET(CURLOPT_USERNAME, http->user);
        SET(CURLOPT_PASSWORD, http->password ? http->password : "");
    }
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, transfer);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, transfer);
    return true;
}

static bool prepare(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    struct buf url = {0};
    curl_easy_reset(easy);
    buf_str(&url, transfer->http->base_url);
    buf_str(&url, transfer->request->path);
    bool ready = !buf_failed(&url) && set_safety(easy, transfer->http) &&
                 set_limits(transfer->http, easy, transfer->request) &&
                 set_request(easy, transfer, buf_text(&url));
    buf_release(&url);
    return ready;
}

/* --- outcome ---------------------------------------------------------------------------------- */

/* Whether the chain is in order is asked first, by OpenSSL; whose it is afterwards, by libcurl,
 * which then leaves the verdict at its start. */
static enum http_trouble trouble_of_certificate(CURL *easy)
{
    long verdict = X509_NOT_TOLD;
    curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
    if (verdict == X509_IN_ORDER || verdict == X509_NOT_TOLD)
        return TROUBLE_TLS_NAME;
    if (verdict == X509_NOT_YET_VALID)
        return TROUBLE_TLS_EARLY;
    return verdict == X509_HAS_EXPIRED ? TROUBLE_TLS_LATE : TROUBLE_TLS_UNTRUSTED;
}

/* A time-out before the request went out means that nobody is there. */
static enum http_trouble trouble_of_timeout(CURL *easy)
{
    curl_off_t started_us = 0;
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &started_us);
    return started_us > 0 ? TROUBLE_TIMEOUT : TROUBLE_CONNECT;
}

static enum http_trouble trouble_of_code(CURL *easy, CURLcode code)
{
    static const struct {
        CURLcode code;
        enum http_trouble trouble;
    } table[] = {
        {CURLE_OK, TROUBLE_NONE},
        {CURLE_URL_MALFORMAT, TROUBLE_ADDRESS},
        {CURLE_COULDNT_RESOLVE_HOST, TROUBLE_RESOLVE},
        {CURLE_COULDNT_CONNECT, TROUBLE_CONNECT},
        {CURLE_COULDNT_RESOLVE_PROXY, TROUBLE_PROXY},
        {CURLE_PROXY, TROUBLE_PROXY},
        {CURLE_SSL_CONNECT_ERROR, TROUBLE_TLS},
        {CURLE_SSL_CACERT_BADFILE, TROUBLE_CA_FILE},
        {CURLE_PARTIAL_FILE, TROUBLE_CUT},
        {CURLE_GOT_NOTHING, TROUBLE_CUT},
        {CURLE_SEND_ERROR, TROUBLE_CUT},
        {CURLE_RECV_ERROR, TROUBLE_CUT},
        {CURLE_UNSUPPORTED_PROTOCOL, TROUBLE_GARBLED}, /* a banner that is no status line */
        {CURLE_WEIRD_SERVER_REPLY, TROUBLE_GARBLED},
        {CURLE_BAD_CONTENT_ENCODING, TROUBLE_GARBLED},
        {CURLE_OUT_OF_MEMORY, TROUBLE_GARBLED}, /* what 7.88 says of a 400 kB header line */
        {CURLE_FILESIZE_EXCEEDED, TROUBLE_TOO_LARGE},
    };
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        return trouble_of_certificate(easy);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return trouble_of_timeout(easy);
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (table[i].code == code)
            return table[i].trouble;
    return TROUBLE_OTHER;
}

/* An answer without a length that ended because the connection did may be half an answer. */
static bool is_framed(const struct transfer *transfer)
{
    return transfer->chunked || transfer->content_length >= 0;
}

static void judge(struct transfer *transfer, CURLcode code)
{
    struct http_answer *answer = transfer->answer;
    CURL *easy = transfer->easy;
    answer->code = (int)code;
    answer->status = http_status_of(easy);
    answer->received = received_by(easy);
    if (transfer->noted != TROUBLE_NONE)
        answer->trouble = transfer->noted;
    else
        answer->trouble = trouble_of_code(easy, code);
    if (answer->trouble == TROUBLE_CONNECT && transfer->http->proxy)
        answer->trouble = TROUBLE_PROXY; /* nobody else is ever connected to */
    if (answer->trouble == TROUBLE_NONE && !is_framed(transfer))
        answer->trouble = TROUBLE_CUT;
}

/* --- the loop --------------------------------------------------------------------------------- */

/* True when somebody asked to stop; notes which. */
static bool is_stopped(struct transfer *transfer)
{
    if (http_is_cancelled(transfer->http)) {
        transfer->noted = TROUBLE_CANCELLED;
        return true;
    }
    if (transfer->request->kind == HTTP_WAIT && atomic_exchange(&transfer->http->woken, false)) {
        transfer->noted = TROUBLE_WOKEN;
        return true;
    }
    return false;
}

static CURLcode finished_code(CURLM *multi)
{
    int left;
    const CURLMsg *message = curl_multi_info_read(multi, &left);
    return message && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
}

static CURLcode run(struct transfer *transfer)
{
    CURLM *multi = transfer->http->multi;
    CURLcode code = CURLE_FAILED_INIT;
    int running = 1;
    if (curl_multi_add_handle(multi, transfer->easy) != CURLM_OK)
        return code;
    while (running && !is_stopped(transfer)) {
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            break;
        if (running && curl_multi_poll(multi, NULL, 0, POLL_MS, NULL) != CURLM_OK)
            break;
    }
    if (!running)
        code = finished_code(multi);
    curl_multi_remove_handle(multi, transfer->easy);
    return code;
}

static struct transfer transfer_of(struct http *http, const struct http_request *request,
                                   struct http_answer *answer)
{
    *answer = (struct http_answer){.retry_after_ms = -1};
    return (struct transfer){
        .http = http, .request = request, .answer = answer, .content_length = -1};
}

void http_send(struct http *http, const struct http_request *request, struct http_answer *answer)
{
    struct transfer transfer = transfer_of(http, request, answer);
    transfer.easy = http->easy;
    if (prepare(&transfer)) {
        CURLcode code = run(&transfer);
        judge(&transfer, code);
        curl_easy_reset(http->easy);
    } else {
        answer->trouble = TROUBLE_MEMORY;
    }
    http->arriving = 0;
    curl_slist_free_all(transfer.headers);
}

int64_t http_arriving(const struct http *http)
{
    return http->arriving;
}

/* --- waiting ---------------------------------------------------------------------------------- */

struct listening {
    struct http *http;
    struct transfer *transfers;
    size_t count, over; /* transfers; how many have ended without a good answer */
    bool answered;
};

static void stop_one(struct listening *listening, struct transfer *transfer)
{
    if (!transfer->easy)
        return;
    curl_multi_remove_handle(listening->http->multi, transfer->easy);
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    transfer->easy = NULL;
    transfer->headers = NULL;
}

static void start_one(struct listening *listening, struct transfer *transfer)
{
    transfer->easy = curl_easy_init();
    if (transfer->easy && prepare(transfer) &&
        curl_multi_add_handle(listening->http->multi, transfer->easy) == CURLM_OK)
        return;
    transfer->answer->trouble = TROUBLE_MEMORY;
    stop_one(listening, transfer);
    listening->over++;
}

static void end_one(struct listening *listening, const CURLMsg *message)
{
    for (size_t i = 0; i < listening->count; i++) {
        struct transfer *transfer = &listening->transfers[i];
        if (transfer->easy != message->easy_handle)
            continue;
        judge(transfer, message->data.result);
        const struct http_answer *answer = transfer->answer;
        bool good = answer->trouble == TROUBLE_NONE && answer->status == 200 && answer->json;
        listening->answered = listening->answered || good;
        listening->over += !good;
        stop_one(listening, transfer);
        return;
    }
}

static void end_finished(struct listening *listening)
{
    const CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(listening->http->multi, &left)) != NULL)
        if (message->msg == CURLMSG_DONE)
            end_one(listening, message);
}

/* One turn: what there is to do, then sleep for at most `ms`. */
static enum http_event turn(struct listening *listening, int64_t ms, int signal)
{
    struct http *http = listening->http;
    struct curl_waitfd extra = {.fd = signal, .events = CURL_WAIT_POLLIN};
    int running;
    if (http_is_cancelled(http) || atomic_exchange(&http->woken, false))
        return HTTP_EVENT_WOKEN;
    if (curl_multi_perform(http->multi, &running) != CURLM_OK)
        return HTTP_EVENT_FAILED;
    end_finished(listening);
    if (listening->answered)
        return HTTP_EVENT_ANSWER;
    if (listening->count > 0 && listening->over == listening->count)
        return HTTP_EVENT_FAILED;
    if (curl_multi_poll(http->multi, &extra, signal >= 0 ? 1 : 0, ms < POLL_MS ? (int)ms : POLL_MS,
                        NULL) != CURLM_OK)
        return HTTP_EVENT_FAILED;
    return extra.revents ? HTTP_EVENT_SIGNAL : HTTP_EVENT_TIME;
}

static enum http_event listen_until(struct listening *listening, int64_t end_ms, int signal)
{
    enum http_event event = HTTP_EVENT_TIME;
    while (event == HTTP_EVENT_TIME) {
        int64_t left = end_ms - clock_mono_ms();
        if (left <= 0)
            break;
        event = turn(listening, left, signal);
    }
    return event;
}

enum http_event http_listen(struct http *http, const struct http_request *requests, size_t count,
                            struct http_answer *answers, int64_t ms, int signal)
{
    struct transfer transfers[HTTP_LISTEN_MAX];
    struct listening listening = {.http = http, .transfers = transfers, .count = count};
    int64_t end_ms = clock_mono_ms() + ms;
    for (size_t i = 0; i < count; i++) {
        transfers[i] = transfer_of(http, &requests[i], &answers[i]);
        start_one(&listening, &transfers[i]);
    }
    enum http_event event = listen_until(&listening, end_ms, signal);
    for (size_t i = 0; i < count; i++)
        stop_one(&listening, &transfers[i]);
    http->arriving = 0;
    return event;
}

void http_encode(struct buf *out, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     c == '-' || c == '_' || c == '.' || c == '~';
        if (plain) {
            buf_char(out, (char)c);
        } else {
            buf_char(out, '%');
            buf_char(out, hex[c >> 4]);
            buf_char(out, hex[c & 15]);
        }
    }
}
