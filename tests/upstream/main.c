/* upstream: a server that speaks the part of CouchDB's HTTP API that Huiliu uses, for tests and
 * demonstrations on one machine. */
#include "base/file.h"
#include "tests/upstream/load.h"
#include "tests/upstream/server.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char HELP[] =
    "upstream: a CouchDB-speaking fixture on the loopback interface\n"
    "\n"
    "  --port N             0 (default): any free port; printed as\n"
    "                       \"listening on http://127.0.0.1:PORT\"\n"
    "  --port-file FILE     the port number, written when it listens\n"
    "  --data FILE          keep everything in this SQLite file (default: in memory)\n"
    "  --load DIR           first load NAME.bulk.ndjson files (see township)\n"
    "  --create NAME        first make an empty database; may be repeated\n"
    "  --user NAME --password-file FILE\n"
    "                       one account; every request needs it\n"
    "  --faults             allow POST /_fixture/fault\n"
    "  --die-with-parent    end when the starting process ends\n"
    "\n"
    "GET /_fixture/log tells the last thousand requests. TERM and INT end it cleanly.\n";

#define CREATE_MAX 32

struct options {
    uint16_t port;
    const char *port_file, *data, *load, *user, *password_file;
    const char *create[CREATE_MAX];
    size_t create_count;
    bool faults, die_with_parent;
};

enum option_code {
    OPTION_PORT = 256,
    OPTION_PORT_FILE,
    OPTION_DATA,
    OPTION_LOAD,
    OPTION_CREATE,
    OPTION_USER,
    OPTION_PASSWORD_FILE,
    OPTION_FAULTS,
    OPTION_DIE_WITH_PARENT,
    OPTION_HELP
};

static const struct option OPTIONS[] = {
    {"port", required_argument, NULL, OPTION_PORT},
    {"port-file", required_argument, NULL, OPTION_PORT_FILE},
    {"data", required_argument, NULL, OPTION_DATA},
    {"load", required_argument, NULL, OPTION_LOAD},
    {"create", required_argument, NULL, OPTION_CREATE},
    {"user", required_argument, NULL, OPTION_USER},
    {"password-file", required_argument, NULL, OPTION_PASSWORD_FILE},
    {"faults", no_argument, NULL, OPTION_FAULTS},
    {"die-with-parent", no_argument, NULL, OPTION_DIE_WITH_PARENT},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static bool take_port(const char *text, uint16_t *port)
{
    char *end = NULL;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value > 65535)
        return false;
    *port = (uint16_t)value;
    return true;
}

static bool take_option(struct options *options, int code, const char *value)
{
    switch (code) {
    case OPTION_PORT:
        return take_port(value, &options->port);
    case OPTION_PORT_FILE:
        options->port_file = value;
        return true;
    case OPTION_DATA:
        options->data = value;
        return true;
    case OPTION_LOAD:
        options->load = value;
        return true;
    case OPTION_CREATE:
        if (options->create_count == CREATE_MAX)
            return false;
        options->create[options->create_count++] = value;
        return true;
    case OPTION_USER:
        options->user = value;
        return true;
    case OPTION_PASSWORD_FILE:
        options->password_file = value;
        return true;
    case OPTION_FAULTS:
        return options->faults = true;
    case OPTION_DIE_WITH_PARENT:
        return options->die_with_parent = true;
    default:
        return false;
    }
}

/* 0: go on; otherwise the process ends with result - 1. */
static int parse_options(int argc, char **argv, struct options *options)
{
    int code;
    while ((code = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        if (code == OPTION_HELP) {
            fputs(HELP, stdout);
            return 1;
        }
        if (!take_option(options, code, optarg)) {
            fprintf(stderr, "upstream: wrong option or value; see --help\n");
            return 3;
        }
    }
    if ((options->user == NULL) != (options->password_file == NULL) || optind < argc) {
        fprintf(stderr, "upstream: --user and --password-file go together; see --help\n");
        return 3;
    }
    return 0;
}

static enum status make_databases(const struct options *options, struct store *store,
                                  struct error *error)
{
    struct load_total total = {0};
    if (options->load != NULL) {
        enum status status = load_directory(store, options->load, &total, error);
        if (status != STATUS_OK)
            return status;
        fprintf(stderr, "loaded %llu documents into %llu databases\n",
                (unsigned long long)total.documents, (unsigned long long)total.databases);
    }
    for (size_t i = 0; i < options->create_count; i++) {
        enum status status = store_create_database(store, options->create[i], error);
        if (status != STATUS_OK && status != STATUS_CONFLICT)
            return status;
    }
    return STATUS_OK;
}

static enum status make_auth(const struct options *options, struct upstream *upstream,
                             struct error *error)
{
    struct buf password = {0};
    enum status status = STATUS_OK;
    if (options->password_file != NULL)
        status = file_read_secret(options->password_file, &password, error);
    if (status == STATUS_OK)
        status = auth_new(options->user, buf_text(&password), &upstream->auth, error);
    buf_release(&password);
    return status;
}

static enum status open_upstream(const struct options *options, struct upstream *upstream,
                                 struct error *error)
{
    enum status status = store_open(options->data, &upstream->store, error);
    if (status == STATUS_OK)
        status = journal_new(&upstream->journal, error);
    if (status == STATUS_OK && options->faults)
        status = faults_new(&upstream->faults, error);
    if (status == STATUS_OK)
        status = make_auth(options, upstream, error);
    if (status == STATUS_OK)
        status = make_databases(options, upstream->store, error);
    return status;
}

static void close_upstream(struct upstream *upstream)
{
    faults_free(upstream->faults);
    journal_free(upstream->journal);
    auth_free(upstream->auth);
    store_close(upstream->store);
}

static enum status tell_port(const struct options *options, uint16_t port, struct error *error)
{
    char text[16];
    int length = snprintf(text, sizeof text, "%u\n", port);
    if (options->port_file != NULL && length > 0) {
        enum status status = file_replace(options->port_file, text, (size_t)length, error);
        if (status != STATUS_OK)
            return status;
    }
    printf("listening on http://127.0.0.1:%u\n", port);
    if (fflush(stdout) != 0)
        return error_set_errno(error, errno, "Telling the port");
    return STATUS_OK;
}

static enum status serve(const struct options *options, struct upstream *upstream,
                         const sigset_t *ends, struct error *error)
{
    struct server *server = NULL;
    int received = 0;
    enum status status = server_start(upstream, options->port, &server, error);
    if (status != STATUS_OK)
        return status;
    status = tell_port(options, server_port(server), error);
    if (status == STATUS_OK)
        sigwait(ends, &received);
    server_stop(server);
    return status;
}

/* The signal is TERM, so that the end is clean. */
static bool follow_parent(pid_t parent)
{
    return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct upstream upstream = {0};
    struct error error = {0};
    sigset_t ends;
    pid_t parent = getppid();

    int ended = parse_options(argc, argv, &options);
    if (ended != 0)
        return ended - 1;
    /* Blocked before any thread exists, so that only sigwait() sees them. */
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (options.die_with_parent && !follow_parent(parent))
        return 1;
    enum status status = open_upstream(&options, &upstream, &error);
    if (status == STATUS_OK)
        status = serve(&options, &upstream, &ends, &error);
    if (status != STATUS_OK)
        fprintf(stderr, "upstream: %s\n", error.text);
    close_upstream(&upstream);
    return status == STATUS_OK ? 0 : 1;
}
