#include "tests/e2e/tls_front.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define DAY_S     86400L
#define LINES_MAX 256
#define LOOK_MS   50

struct authority {
    EVP_PKEY *key;
    X509 *certificate;
};

struct tls_front {
    SSL_CTX *context;
    int listener, port, upstream_port;
    pthread_t thread;
    pthread_mutex_t lock;
    bool stopping;
    long bytes;
    pthread_t lines[LINES_MAX];
    size_t line_count;
};

struct line {
    struct tls_front *front;
    int client;
};

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    perror(what);
    ERR_print_errors_fp(stderr);
    abort();
}

/* --- certificates ----------------------------------------------------------------------------- */

static void name(X509 *certificate, const char *common_name)
{
    X509_NAME *subject = X509_get_subject_name(certificate);

    must(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)common_name,
                                    -1, -1, 0) == 1,
         "name");
}

static void extend(X509 *certificate, int kind, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);

    must(extension && X509_add_ext(certificate, extension, -1) == 1, "extension");
    X509_EXTENSION_free(extension);
}

static X509 *blank(EVP_PKEY *key, int from_days, int to_days, long serial)
{
    X509 *certificate = X509_new();

    must(certificate && X509_set_version(certificate, X509_VERSION_3) == 1, "certificate");
    must(X509_gmtime_adj(X509_getm_notBefore(certificate), from_days * DAY_S) &&
             X509_gmtime_adj(X509_getm_notAfter(certificate), to_days * DAY_S),
         "life");
    must(ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial) == 1, "serial");
    must(X509_set_pubkey(certificate, key) == 1, "key");
    return certificate;
}

struct authority *authority_new(const char *common_name)
{
    struct authority *authority = calloc(1, sizeof *authority);

    must(authority != NULL, "memory");
    authority->key = EVP_EC_gen("P-256");
    must(authority->key != NULL, "key");
    authority->certificate = blank(authority->key, -3650, 3650, 1);
    name(authority->certificate, common_name);
    must(X509_set_issuer_name(authority->certificate,
                              X509_get_subject_name(authority->certificate)) == 1,
         "issuer");
    extend(authority->certificate, NID_basic_constraints, "critical,CA:TRUE");
    extend(authority->certificate, NID_key_usage, "critical,keyCertSign");
    must(X509_sign(authority->certificate, authority->key, EVP_sha256()) > 0, "signature");
    return authority;
}

void authority_write(const struct authority *authority, const char *path)
{
    FILE *file = fopen(path, "we");

    must(file && PEM_write_X509(file, authority->certificate) == 1, path);
    must(fclose(file) == 0, path);
}

void authority_free(struct authority *authority)
{
    X509_free(authority->certificate);
    EVP_PKEY_free(authority->key);
    free(authority);
}

static X509 *issue(const struct authority *authority, EVP_PKEY *key,
                   const struct certificate_wanted *wanted)
{
    char alternative[64];
    X509 *certificate = blank(key, wanted->from_days, wanted->to_days, 2);

    snprintf(alternative, sizeof alternative, "IP:%s", wanted->address);
    name(certificate, "Test platform");
    extend(certificate, NID_subject_alt_name, alternative);
    must(X509_set_issuer_name(certificate, X509_get_subject_name(authority->certificate)) == 1,
         "issuer");
    must(X509_sign(certificate, authority->key, EVP_sha256()) > 0, "signature");
    return certificate;
}

static SSL_CTX *make_context(const struct authority *authority,
                             const struct certificate_wanted *wanted)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = issue(authority, key, wanted);
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    must(context && SSL_CTX_use_certificate(context, certificate) == 1 &&
             SSL_CTX_use_PrivateKey(context, key) == 1,
         "context");
    if (wanted->old_protocol) {
        SSL_CTX_set_security_level(context, 0);
        must(SSL_CTX_set_min_proto_version(context, TLS1_1_VERSION) == 1 &&
                 SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION) == 1,
             "protocol");
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
}

/* --- one connection --------------------------------------------------------------------------- */

static struct sockaddr_in local(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
}

static int connect_upstream(int port)
{
    struct sockaddr_in address = local(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    must(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0, "upstream");
    return fd;
}

static bool is_stopping(struct tls_front *front)
{
    pthread_mutex_lock(&front->lock);
    bool stopping = front->stopping;
    pthread_mutex_unlock(&front->lock);
    return stopping;
}

static bool carry_out(struct tls_front *front, SSL *ssl, int upstream)
{
    char bytes[16384];
    int got = SSL_read(ssl, bytes, sizeof bytes);
    if (got <= 0)
        return false;

    pthread_mutex_lock(&front->lock);
    front->bytes += got;
    pthread_mutex_unlock(&front->lock);
    return send(upstream, bytes, (size_t)got, MSG_NOSIGNAL) == got;
}

static bool carry_in(SSL *ssl, int upstream)
{
    char bytes[16384];
    ssize_t got = recv(upstream, bytes, sizeof bytes, 0);

    return got > 0 && SSL_write(ssl, bytes, (int)got) == got;
}

static void carry(struct tls_front *front, SSL *ssl, int client, int upstream)
{
    bool alive = true;

    while (alive && !is_stopping(front)) {
        struct pollfd ends[2] = {{.fd = client, .events = POLLIN},
                                 {.fd = upstream, .events = POLLIN}};
        int ready = SSL_pending(ssl) > 0 ? 1 : poll(ends, 2, LOOK_MS);
        if (ready > 0 && (SSL_pending(ssl) > 0 || ends[0].revents))
            alive = carry_out(front, ssl, upstream);
        if (alive && ready > 0 && ends[1].revents)
            alive = carry_in(ssl, upstream);
    }
}

static void *serve(void *context)
{
    struct line *line = context;
    struct tls_front *front = line->front;

    pthread_mutex_lock(&front->lock);
    SSL *ssl = SSL_new(front->context);
    pthread_mutex_unlock(&front->lock);
    must(ssl && SSL_set_fd(ssl, line->client) == 1, "ssl");
    if (SSL_accept(ssl) == 1) {
        int upstream = connect_upstream(front->upstream_port);
        carry(front, ssl, line->client, upstream);
        close(upstream);
    }
    ERR_clear_error();
    SSL_free(ssl);
    close(line->client);
    free(line);
    return NULL;
}

/* --- the server ------------------------------------------------------------------------------- */

static void *accept_lines(void *context)
{
    struct tls_front *front = context;

    for (;;) {
        int client = accept4(front->listener, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0)
            return NULL;
        struct line *line = malloc(sizeof *line);
        must(line && front->line_count < LINES_MAX, "too many connections");
        *line = (struct line){front, client};
        must(pthread_create(&front->lines[front->line_count++], NULL, serve, line) == 0, "thread");
    }
}

struct tls_front *tls_front_start(const struct authority *authority,
                                  const struct certificate_wanted *wanted, int upstream_port)
{
    struct sockaddr_in address = local(0);
    socklen_t size = sizeof address;
    struct tls_front *front = calloc(1, sizeof *front);

    must(front != NULL, "memory");
    (void)signal(SIGPIPE, SIG_IGN);
    front->context = make_context(authority, wanted);
    front->upstream_port = upstream_port;
    front->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(front->listener >= 0, "socket");
    must(bind(front->listener, (struct sockaddr *)&address, size) == 0, "bind");
    must(getsockname(front->listener, (struct sockaddr *)&address, &size) == 0, "name");
    must(listen(front->listener, 16) == 0, "listen");
    front->port = ntohs(address.sin_port);
    pthread_mutex_init(&front->lock, NULL);
    must(pthread_create(&front->thread, NULL, accept_lines, front) == 0, "thread");
    return front;
}

void tls_front_use(struct tls_front *front, const struct authority *authority,
                   const struct certificate_wanted *wanted)
{
    SSL_CTX *context = make_context(authority, wanted);

    pthread_mutex_lock(&front->lock);
    SSL_CTX_free(front->context);
    front->context = context;
    pthread_mutex_unlock(&front->lock);
}

int tls_front_port(const struct tls_front *front)
{
    return front->port;
}

long tls_front_bytes(struct tls_front *front)
{
    pthread_mutex_lock(&front->lock);
    long bytes = front->bytes;
    pthread_mutex_unlock(&front->lock);
    return bytes;
}

void tls_front_stop(struct tls_front *front)
{
    pthread_mutex_lock(&front->lock);
    front->stopping = true;
    pthread_mutex_unlock(&front->lock);
    shutdown(front->listener, SHUT_RDWR);
    pthread_join(front->thread, NULL);
    for (size_t i = 0; i < front->line_count; i++)
        pthread_join(front->lines[i], NULL);
    close(front->listener);
    SSL_CTX_free(front->context);
    pthread_mutex_destroy(&front->lock);
    free(front);
}
