#include "tests/upstream/server.h"

#include "base/i18n.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CONNECTIONS_MAX   128
#define CONNECTION_MEMORY ((size_t)192 << 10)
#define BLOCK_BYTES       ((size_t)64 << 10)

struct server {
    struct upstream *upstream;
    struct MHD_Daemon *daemon;
};

/* A request in progress; later the reply being sent. */
struct exchange {
    struct server *server;
    char *target;
    struct request request;
    struct reply reply;
    struct fault fault;
    bool parsed, too_large;
    uint64_t sent;
};

static void *begin_exchange(void *context, const char *uri, struct MHD_Connection *connection)
{
    (void)connection;
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL)
        return NULL;
    exchange->server = context;
    exchange->target = strdup(uri);
    exchange->request.body.limit = REQUEST_BODY_MAX;
    return exchange;
}

static void release_exchange(struct exchange *exchange)
{
    request_release(&exchange->request);
    reply_release(&exchange->reply);
    free(exchange->target);
    free(exchange);
}

static char *copy_header(struct MHD_Connection *connection, const char *name)
{
    const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
    return value == NULL ? NULL : strdup(value);
}

static bool parse_head(struct exchange *exchange, struct MHD_Connection *connection,
                       const char *method)
{
    struct request *request = &exchange->request;
    exchange->parsed = true;
    snprintf(request->method, sizeof request->method, "%s", method);
    request->authorization = copy_header(connection, "Authorization");
    request->cookie = copy_header(connection, "Cookie");
    request->content_type = copy_header(connection, "Content-Type");
    request->content_encoding = copy_header(connection, "Content-Encoding");
    request->accept = copy_header(connection, "Accept");
    request->if_match = copy_header(connection, "If-Match");
    request->if_none = copy_header(connection, "If-None-Match");
    return exchange->target != NULL && request_parse_target(request, exchange->target);
}

static void sleep_ms(const struct exchange *exchange)
{
    struct store *store = exchange->server->upstream->store;
    struct timespec start;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    int64_t left = exchange->fault.ms;
    while (left > 0 && !store_is_stopped(store)) {
        store_wait(store, store_version(store), left);
        clock_gettime(CLOCK_MONOTONIC, &now);
        left = exchange->fault.ms - (now.tv_sec - start.tv_sec) * 1000 -
               (now.tv_nsec - start.tv_nsec) / 1000000;
    }
}

/* How much of the body may go out before the fault strikes. */
static uint64_t fault_room(const struct exchange *exchange)
{
    bool counts = exchange->fault.kind == FAULT_CUT || exchange->fault.kind == FAULT_TRUNCATE;
    uint64_t allowed = counts ? (uint64_t)exchange->fault.bytes : UINT64_MAX;
    return allowed > exchange->sent ? allowed - exchange->sent : 0;
}

/* A delay strikes once, when `bytes` of the body have been sent; a drip from then on. */
static void delay_if_due(struct exchange *exchange, size_t *size)
{
    struct fault *fault = &exchange->fault;
    if (fault->kind != FAULT_DELAY && fault->kind != FAULT_DRIP)
        return;
    uint64_t at = (uint64_t)fault->bytes;
    if (exchange->sent < at && at - exchange->sent < *size) {
        *size = (size_t)(at - exchange->sent);
    } else if (exchange->sent >= at) {
        sleep_ms(exchange);
        if (fault->kind == FAULT_DELAY)
            fault->kind = FAULT_NONE;
        else
            *size = 1;
    }
}

static size_t read_whole(struct exchange *exchange, uint64_t position, char *out, size_t size)
{
    const struct buf *body = &exchange->reply.body;
    size_t left = body->length - (size_t)position;
    size_t given = left < size ? left : size;
    if (given > 0)
        memcpy(out, body->data + position, given);
    return given;
}

static ssize_t read_reply(void *context, uint64_t position, char *out, size_t size)
{
    struct exchange *exchange = context;
    struct reply *reply = &exchange->reply;
    uint64_t room = fault_room(exchange);
    if (room == 0)
        return exchange->fault.kind == FAULT_CUT ? MHD_CONTENT_READER_END_WITH_ERROR
                                                 : MHD_CONTENT_READER_END_OF_STREAM;
    if (size > room)
        size = (size_t)room;
    delay_if_due(exchange, &size);
    size_t given = reply->read != NULL ? reply->read(reply->source, out, size)
                                       : read_whole(exchange, position, out, size);
    exchange->sent += given;
    return given > 0 ? (ssize_t)given : (ssize_t)MHD_CONTENT_READER_END_OF_STREAM;
}

static uint64_t reply_size(const struct exchange *exchange)
{
    if (exchange->reply.read != NULL)
        return MHD_SIZE_UNKNOWN;
    uint64_t size = exchange->reply.body.length;
    uint64_t room = fault_room(exchange);
    return exchange->fault.kind == FAULT_TRUNCATE && room < size ? room : size;
}

static enum MHD_Result send_reply(struct exchange *exchange, struct MHD_Connection *connection)
{
    struct reply *reply = &exchange->reply;
    struct MHD_Response *response = MHD_create_response_from_callback(
        reply_size(exchange), BLOCK_BYTES, read_reply, exchange, NULL);
    if (response == NULL)
        return MHD_NO;
    const char *type = reply->content_type == NULL ? "application/json" : reply->content_type;
    if (*type != '\0')
        MHD_add_response_header(response, "Content-Type", type);
    MHD_add_response_header(response, "Server", "CouchDB/3.5.0 (Huiliu test fixture)");
    MHD_add_response_header(response, "Cache-Control", "must-revalidate");
    for (size_t i = 0; i < reply->header_count; i++)
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    if (reply->close)
        MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result result = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static bool is_for_fixture(const struct exchange *exchange)
{
    return strncmp(exchange->target, "/_fixture/", 10) == 0;
}

/* Carries the request out, with whatever is to go wrong. False: close without an answer. */
static bool answer(struct exchange *exchange)
{
    struct upstream *upstream = exchange->server->upstream;
    struct request *request = &exchange->request;
    struct reply *reply = &exchange->reply;
    if (upstream->faults != NULL && !is_for_fixture(exchange))
        exchange->fault = faults_take(upstream->faults, request->method, request->path);
    enum fault_kind kind = exchange->fault.kind;
    if (exchange->too_large)
        reply_error(reply, 413, "too_large", "the request entity is too large");
    else if (kind == FAULT_STATUS || kind == FAULT_PORTAL)
        fault_answer(&exchange->fault, reply);
    else if (kind != FAULT_REFUSE)
        upstream_handle(upstream, request, reply);
    if (kind == FAULT_CLOCK)
        fault_date(&exchange->fault, reply);
    bool silent = kind == FAULT_REFUSE || kind == FAULT_DROP;
    if (!is_for_fixture(exchange))
        journal_add(upstream->journal, request->method, exchange->target,
                    silent ? 0 : reply->status, request->body.length);
    return !silent;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **slot)
{
    (void)context;
    (void)url;
    (void)version;
    struct exchange *exchange = *slot;
    if (exchange == NULL)
        return MHD_NO;
    if (!exchange->parsed) {
        if (!parse_head(exchange, connection, method))
            return MHD_NO;
        return MHD_YES; /* the body follows */
    }
    if (*size > 0) {
        buf_bytes(&exchange->request.body, data, *size);
        exchange->too_large = buf_failed(&exchange->request.body);
        *size = 0;
        return MHD_YES;
    }
    if (exchange->reply.status != 0)
        return MHD_NO;
    return answer(exchange) ? send_reply(exchange, connection) : MHD_NO;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **slot,
                         enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)connection;
    (void)code;
    struct exchange *exchange = *slot;
    if (exchange != NULL)
        release_exchange(exchange);
    *slot = NULL;
}

static void stay_silent(void *context, const char *format, va_list arguments)
{
    (void)context;
    (void)format;
    (void)arguments;
}

enum status server_start(struct upstream *upstream, uint16_t port, struct server **out,
                         struct error *error)
{
    struct server *server = calloc(1, sizeof *server);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (server == NULL)
        return error_nomem(error);
    server->upstream = upstream;
    server->daemon = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
            MHD_USE_ERROR_LOG | MHD_USE_ITC,
        port, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, stay_silent, NULL,
        MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_URI_LOG_CALLBACK, begin_exchange, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
        MHD_OPTION_END);
    if (server->daemon == NULL) {
        free(server);
        return error_set_errno(error, errno, _("Listening on port %u"), (unsigned)port);
    }
    *out = server;
    return STATUS_OK;
}

uint16_t server_port(const struct server *server)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info == NULL ? 0 : info->port;
}

void server_stop(struct server *server)
{
    if (server == NULL)
        return;
    store_stop(server->upstream->store);
    MHD_stop_daemon(server->daemon);
    free(server);
}
