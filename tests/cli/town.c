#include "tests/cli/town.h"

#include "tests/cli/cheap.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ARGUMENTS_MAX 56
#define PORT_MAX      8

struct town {
    char *directory;
    pid_t server;
    char port[PORT_MAX];
    char upstream[64];
};

/* --- programs of the fixture -------------------------------------------------------------------
 */

static void run_program(const char *program, const char *const *arguments)
{
    int status = -1;
    pid_t child = start_program(program, -1, -1, -1, arguments);

    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s ended with %d", program, status);
}

/* Gives the folder with the township's databases, which the caller frees. */
static char *generate(const struct town *town, int count)
{
    char *out = join_path(town->directory, "town");
    char residents[16];

    snprintf(residents, sizeof residents, "%d", count);
    const char *const arguments[] = {"--seed", "7",       "--residents", residents,
                                     "--area", TOWN_AREA, "--format",    "bulk",
                                     "--out",  out,       NULL};
    assert_int_equal(mkdir(out, 0700), 0);
    run_program("tests/township/township", arguments);
    return out;
}

/* Reads "listening on http://127.0.0.1:PORT". */
static void read_port(struct town *town, int out)
{
    struct buf line = {.limit = 4096};

    read_first_line(out, &line);
    const char *url = strstr(buf_text(&line), "http://127.0.0.1:");
    assert_non_null(url);
    assert_int_equal(sscanf(url, "http://127.0.0.1:%7[0-9]", town->port), 1);
    snprintf(town->upstream, sizeof town->upstream, "http://127.0.0.1:%s", town->port);
    buf_release(&line);
}

/* `load` NULL: with the data it had. */
static void start_server(struct town *town, const char *load)
{
    char *data = join_path(town->directory, "upstream.db");
    const char *arguments[] = {"--data",
                               data,
                               "--port",
                               town->port,
                               "--die-with-parent",
                               "--create",
                               "requests-" TOWN_AREA,
                               load ? "--load" : NULL,
                               load,
                               NULL};
    int out[2];

    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    town->server = start_program("tests/upstream/upstream", -1, out[1], -1, arguments);
    close(out[1]);
    read_port(town, out[0]);
    close(out[0]);
    free(data);
}

void town_start_server(struct town *town)
{
    start_server(town, NULL);
}

void town_stop_server(struct town *town)
{
    if (town->server <= 0)
        return;
    kill(town->server, SIGTERM);
    waitpid(town->server, NULL, 0);
    town->server = 0;
}

struct town *town_new(void)
{
    return town_new_of(TOWN_RESIDENTS);
}

struct town *town_new_of(int residents)
{
    struct town *town = calloc(1, sizeof *town);

    assert_non_null(town);
    town->directory = make_directory();
    snprintf(town->port, sizeof town->port, "0");
    char *load = generate(town, residents);
    start_server(town, load);
    free(load);
    return town;
}

void town_free(struct town *town)
{
    if (!town)
        return;
    town_stop_server(town);
    remove_directory(town->directory);
    free(town);
}

const char *town_directory(const struct town *town)
{
    return town->directory;
}

const char *town_upstream(const struct town *town)
{
    return town->upstream;
}

/* --- desks -------------------------------------------------------------------------------------
 */

static void passphrase_of(const char *account, char text[128])
{
    (void)snprintf(text, 128, "river-%s-stone", account);
}

static char *new_passphrase(struct town *town, const char *desk, const char *account)
{
    char name[128], text[128];

    snprintf(name, sizeof name, "%s-%s.pass", desk, account);
    passphrase_of(account, text);
    return write_file(town->directory, name, text);
}

static void make_cheap(const struct desk *desk)
{
    char text[128];

    passphrase_of(desk->account, text);
    cheap_passphrase(desk->home, desk->account, text);
}

struct desk desk_new(struct town *town, const char *name, const char *account, const char *roles)
{
    struct desk desk = {.home = join_path(town->directory, name), .account = account};

    desk.passphrase_file = new_passphrase(town, name, account);
    json_decref(desk_ask(0, &desk, "init", "--upstream", town->upstream, "--area", TOWN_AREA,
                         "--station", name, "--role", roles, NULL));
    make_cheap(&desk);
    return desk;
}

struct desk desk_colleague(struct town *town, const struct desk *by, const char *account,
                           const char *roles)
{
    struct desk desk = {.home = strdup(by->home), .account = account};

    assert_non_null(desk.home);
    desk.passphrase_file = new_passphrase(town, strrchr(by->home, '/') + 1, account);
    json_decref(desk_ask(0, by, "account", "add", account, "--role", roles, "--new-passphrase-file",
                         desk.passphrase_file, NULL));
    make_cheap(&desk);
    return desk;
}

void desk_release(struct desk *desk)
{
    free(desk->home);
    free(desk->passphrase_file);
    *desk = (struct desk){0};
}

static struct outcome run_list(const struct desk *desk, bool json, va_list list)
{
    const char *arguments[ARGUMENTS_MAX + 1] = {
        "--home", desk->home, "--as", desk->account, "--passphrase-file", desk->passphrase_file,
        "--lang", "en"};
    size_t count = 8;

    if (json)
        arguments[count++] = "--json";
    do {
        assert_true(count < ARGUMENTS_MAX);
        arguments[count] = va_arg(list, const char *);
    } while (arguments[count++]);
    return run_arguments(NULL, arguments);
}

struct outcome desk_run(const struct desk *desk, ...)
{
    va_list list;

    va_start(list, desk);
    struct outcome outcome = run_list(desk, true, list);
    va_end(list);
    return outcome;
}

struct outcome desk_print(const struct desk *desk, ...)
{
    va_list list;

    va_start(list, desk);
    struct outcome outcome = run_list(desk, false, list);
    va_end(list);
    return outcome;
}

json_t *desk_ask(int code, const struct desk *desk, ...)
{
    va_list list;

    va_start(list, desk);
    struct outcome outcome = run_list(desk, true, list);
    va_end(list);
    if (outcome.code != code)
        fail_msg("exit %d, not %d: %s%s", outcome.code, code, buf_text(&outcome.out),
                 buf_text(&outcome.err));
    json_t *value = json_incref(outcome_json(&outcome));
    outcome_release(&outcome);
    return value;
}

struct resident desk_find_resident(const struct desk *desk, const char *query)
{
    struct resident resident;
    json_t *value = desk_ask(0, desk, "search", "--kind", "person", "--limit", "1", query, NULL);
    const json_t *hit = json_array_get(json_object_get(value, "hits"), 0);
    const char *record = json_text(hit, "record", "");

    assert_memory_equal(record, "person:", 7);
    resident.record = strdup(record);
    resident.number = strdup(record + 7);
    resident.name = strdup(json_text(hit, "name", ""));
    json_decref(value);
    return resident;
}

void resident_release(struct resident *resident)
{
    free(resident->number);
    free(resident->name);
    free(resident->record);
}
