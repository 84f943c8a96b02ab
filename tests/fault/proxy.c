#include "tests/fault/proxy.h"

#include "base/buf.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAUSE_MS       20
#define REPEAT_WAIT_MS 2000
#define PATIENCE_MS    300 /* of the far end, once a byte was spoiled */
#define LINES_MAX      4096
#define LOOK_MS        100 /* between two looks at whether the test is over */

struct proxy {
    int listener, port, upstream_port;
    pthread_t thread;
    pthread_mutex_t lock;
    enum line_trouble trouble;
    int64_t at, out, in;
    bool struck, stopping;
    pthread_t lines[LINES_MAX];
    size_t line_count;
};

/* One connection of the station's. */
struct line {
    struct proxy *proxy;
    int station, upstream;
    struct buf request; /* what was sent since the last answer, for LINE_REPEAT */
};

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    perror(what);
    abort();
}

static struct sockaddr_in local(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
}

static int connect_upstream(const struct proxy *proxy)
{
    struct sockaddr_in address = local(proxy->upstream_port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    must(fd >= 0, "socket");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool send_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        data += sent;
        length -= (size_t)sent;
    }
    return true;
}

/* --- what happens to a packet ----------------------------------------------------------------- */

/* How the trouble concerns these bytes: where in them it strikes, or -1. */
static ssize_t strikes_at(struct proxy *proxy, bool outward, size_t length,
                          enum line_trouble *trouble)
{
    pthread_mutex_lock(&proxy->lock);
    int64_t *seen = outward ? &proxy->out : &proxy->in;
    int64_t start = *seen;
    *seen += (int64_t)length;
    *trouble = proxy->trouble;
    bool concerns = outward ? *trouble == LINE_CUT_REQUEST
                            : *trouble == LINE_CUT_ANSWER || *trouble == LINE_SPOIL_ANSWER ||
                                  *trouble == LINE_PAUSE;
    bool now =
        concerns && !proxy->struck && proxy->at >= start && proxy->at < start + (int64_t)length;
    proxy->struck = proxy->struck || now;
    ssize_t at = now ? (ssize_t)(proxy->at - start) : -1;
    pthread_mutex_unlock(&proxy->lock);
    return at;
}

/* Until the time is up, or the station gives up. */
static void pause_line(int station)
{
    struct pollfd end = {.fd = station, .events = POLLRDHUP};

    (void)poll(&end, 1, PAUSE_MS);
}

static bool pass(int to, char *data, size_t length, ssize_t at, enum line_trouble trouble)
{
    if (at < 0)
        return send_all(to, data, length);
    if (trouble == LINE_SPOIL_ANSWER) {
        data[at] = (char)(data[at] ^ 0x15);
        return send_all(to, data, length);
    }
    if (!send_all(to, data, (size_t)at) || trouble != LINE_PAUSE)
        return false;
    pause_line(to);
    return send_all(to, data + at, 1) && send_all(to, data + at + 1, length - (size_t)at - 1);
}

/* The same bytes on a connection of their own, read to the end. */
static void repeat(struct line *line)
{
    char bytes[4096];
    int fd = line->request.length > 0 ? connect_upstream(line->proxy) : -1;

    if (fd >= 0 && send_all(fd, line->request.data, line->request.length)) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        shutdown(fd, SHUT_WR);
        while (poll(&wait, 1, REPEAT_WAIT_MS) > 0 && recv(fd, bytes, sizeof bytes, 0) > 0)
            ;
    }
    if (fd >= 0)
        close(fd);
    buf_clear(&line->request);
}

static enum line_trouble trouble_of(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    enum line_trouble trouble = proxy->trouble;
    pthread_mutex_unlock(&proxy->lock);
    return trouble;
}

static bool carry_out(struct line *line)
{
    char bytes[16384];
    enum line_trouble trouble;
    ssize_t got = recv(line->station, bytes, sizeof bytes, 0);
    if (got <= 0)
        return false;

    ssize_t at = strikes_at(line->proxy, true, (size_t)got, &trouble);
    if (trouble == LINE_NO_OUT)
        return false;
    if (trouble == LINE_REPEAT)
        buf_bytes(&line->request, bytes, (size_t)got);
    return pass(line->upstream, bytes, (size_t)got, at, trouble);
}

static bool carry_in(struct line *line)
{
    char bytes[16384];
    enum line_trouble trouble;
    ssize_t got = recv(line->upstream, bytes, sizeof bytes, 0);
    if (got <= 0)
        return false;

    ssize_t at = strikes_at(line->proxy, false, (size_t)got, &trouble);
    if (trouble == LINE_NO_IN || trouble == LINE_NO_OUT)
        return false;
    if (trouble == LINE_REPEAT && line->request.length > 0)
        repeat(line);
    return pass(line->station, bytes, (size_t)got, at, trouble);
}

/* --- connections ------------------------------------------------------------------------------ */

static bool is_stopping(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    bool stopping = proxy->stopping;
    pthread_mutex_unlock(&proxy->lock);
    return stopping;
}

/* A spoiled length makes the station wait for bytes that nobody sends. A real server would hang up
 * on it after a while, and the station would after fifteen seconds: neither is waited for here. */
static bool is_out_of_patience(struct proxy *proxy, int silent_ms)
{
    pthread_mutex_lock(&proxy->lock);
    bool out = proxy->trouble == LINE_SPOIL_ANSWER && proxy->struck && silent_ms >= PATIENCE_MS;
    pthread_mutex_unlock(&proxy->lock);
    return out;
}

static void carry(struct line *line)
{
    bool alive = true;
    int silent_ms = 0;

    while (alive && !is_stopping(line->proxy) && !is_out_of_patience(line->proxy, silent_ms)) {
        struct pollfd ends[2] = {{.fd = line->station, .events = POLLIN},
                                 {.fd = line->upstream, .events = POLLIN}};
        int ready = poll(ends, 2, LOOK_MS);
        if (ready < 0)
            break;
        silent_ms = ready == 0 ? silent_ms + LOOK_MS : 0;
        if (ends[0].revents)
            alive = carry_out(line);
        if (alive && ends[1].revents)
            alive = carry_in(line);
    }
}

static void *serve(void *context)
{
    struct line *line = context;

    line->upstream = connect_upstream(line->proxy);
    if (line->upstream >= 0) {
        carry(line);
        close(line->upstream);
    }
    close(line->station);
    buf_release(&line->request);
    free(line);
    return NULL;
}

static void start_line(struct proxy *proxy, int station)
{
    int on = 1;
    struct line *line = calloc(1, sizeof *line);

    must(line && proxy->line_count < LINES_MAX, "too many lines");
    setsockopt(station, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    *line = (struct line){.proxy = proxy, .station = station};
    must(pthread_create(&proxy->lines[proxy->line_count++], NULL, serve, line) == 0, "thread");
}

/* Lines that have ended make room for others. */
static void collect_lines(struct proxy *proxy, bool all)
{
    size_t kept = 0;

    for (size_t i = 0; i < proxy->line_count; i++)
        if (all)
            pthread_join(proxy->lines[i], NULL);
        else if (pthread_tryjoin_np(proxy->lines[i], NULL) != 0)
            proxy->lines[kept++] = proxy->lines[i];
    proxy->line_count = kept;
}

static void *accept_lines(void *context)
{
    struct proxy *proxy = context;

    for (;;) {
        int station = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
        if (station < 0 || is_stopping(proxy)) {
            if (station >= 0)
                close(station);
            return NULL;
        }
        collect_lines(proxy, false);
        if (trouble_of(proxy) == LINE_NO_OUT)
            close(station);
        else
            start_line(proxy, station);
    }
}

struct proxy *proxy_start(int upstream_port)
{
    struct sockaddr_in address = local(0);
    socklen_t length = sizeof address;
    struct proxy *proxy = calloc(1, sizeof *proxy);

    must(proxy != NULL, "memory");
    proxy->upstream_port = upstream_port;
    proxy->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(proxy->listener >= 0, "socket");
    must(bind(proxy->listener, (struct sockaddr *)&address, length) == 0, "bind");
    must(getsockname(proxy->listener, (struct sockaddr *)&address, &length) == 0, "name");
    must(listen(proxy->listener, 64) == 0, "listen");
    proxy->port = ntohs(address.sin_port);
    pthread_mutex_init(&proxy->lock, NULL);
    must(pthread_create(&proxy->thread, NULL, accept_lines, proxy) == 0, "thread");
    return proxy;
}

void proxy_stop(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->stopping = true;
    pthread_mutex_unlock(&proxy->lock);
    shutdown(proxy->listener, SHUT_RDWR);
    pthread_join(proxy->thread, NULL);
    collect_lines(proxy, true);
    close(proxy->listener);
    pthread_mutex_destroy(&proxy->lock);
    free(proxy);
}

int proxy_port(const struct proxy *proxy)
{
    return proxy->port;
}

void proxy_set(struct proxy *proxy, enum line_trouble trouble, int64_t at_byte)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->trouble = trouble;
    proxy->at = at_byte;
    proxy->out = 0;
    proxy->in = 0;
    proxy->struck = false;
    pthread_mutex_unlock(&proxy->lock);
}

bool proxy_has_struck(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    bool struck = proxy->struck;
    pthread_mutex_unlock(&proxy->lock);
    return struck;
}

int64_t proxy_bytes_out(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    int64_t bytes = proxy->out;
    pthread_mutex_unlock(&proxy->lock);
    return bytes;
}

int64_t proxy_bytes_in(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    int64_t bytes = proxy->in;
    pthread_mutex_unlock(&proxy->lock);
    return bytes;
}
