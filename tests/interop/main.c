/* contract: runs the upstream contract against a server that it starts and ends itself.
 *
 *     contract [--pouchdb] -- PROGRAM ARGUMENTS…      the program prints "listening on URL"
 *     contract [--pouchdb] URL
 */
#include "tests/interop/contract.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
    pid_t pid;
    FILE *output;
};

static bool start_child(char **command, struct child *child)
{
    int ends[2];
    pid_t parent = getpid();
    if (pipe(ends) != 0)
        return false;
    child->pid = fork();
    if (child->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent || dup2(ends[1], STDOUT_FILENO) < 0)
            _exit(127);
        close(ends[0]);
        close(ends[1]);
        execvp(command[0], command);
        fprintf(stderr, "contract: %s: %s\n", command[0], strerror(errno));
        _exit(127);
    }
    close(ends[1]);
    child->output = child->pid < 0 ? NULL : fdopen(ends[0], "r");
    return child->output != NULL;
}

/* Reads lines until the one that names the address. */
static bool await_address(const struct child *child, char *out, size_t size)
{
    static const char mark[] = "listening on ";
    char line[512];
    while (fgets(line, sizeof line, child->output) != NULL) {
        if (strncmp(line, mark, strlen(mark)) != 0)
            continue;
        line[strcspn(line, "\r\n")] = '\0';
        snprintf(out, size, "%.200s", line + strlen(mark));
        return true;
    }
    return false;
}

/* False when the server did not end as asked. */
static bool end_child(const struct child *child)
{
    int status = 0;
    if (child->pid <= 0)
        return true;
    kill(child->pid, SIGTERM);
    pid_t ended = waitpid(child->pid, &status, 0);
    if (child->output != NULL)
        fclose(child->output);
    return ended == child->pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Every test has a database of its own, so that none depends on another. */
static void run_test(struct client *client, const struct contract_test *test, size_t number)
{
    snprintf(client->database, sizeof client->database, "contract-%zu", number);
    client->failure = NULL;
    client_send(client, "DELETE", "", NULL, NULL, 0);
    if (client_send(client, "PUT", "", NULL, NULL, 0) != 201)
        client->failure = "the database can be made";
    else
        test->run(client);
    client_send(client, "DELETE", "", NULL, NULL, 0);
}

static int run_all(const char *base, bool pouchdb)
{
    struct client client = {.base = base, .pouchdb = pouchdb};
    unsigned passed = 0;
    unsigned failed = 0;
    unsigned other = 0;
    client.curl = curl_easy_init();
    if (client.curl == NULL)
        return 1;
    for (size_t i = 0; i < CONTRACT_TEST_COUNT; i++) {
        const struct contract_test *test = &CONTRACT_TESTS[i];
        if (pouchdb && test->differs != NULL) {
            printf("differs %zu - %s: %s\n", i + 1, test->name, test->differs);
            other++;
            continue;
        }
        run_test(&client, test, i + 1);
        if (client.failure == NULL)
            passed++;
        else
            failed++;
        printf("%s %zu - %s\n", client.failure == NULL ? "ok" : "not ok", i + 1, test->name);
        if (client.failure != NULL)
            printf("#   line %d: %s\n", client.failure_line, client.failure);
    }
    if (other > 0)
        printf("# %u known differences, see docs/upstream-contract.md\n", other);
    printf("%u passed, %u failed\n", passed, failed);
    curl_easy_cleanup(client.curl);
    buf_release(&client.body);
    buf_release(&client.headers);
    return failed == 0 && passed > 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    char address[256];
    struct child child = {0};
    int at = 1;
    bool pouchdb = at < argc && strcmp(argv[at], "--pouchdb") == 0;
    at += pouchdb;
    if (at >= argc) {
        fprintf(stderr, "usage: contract [--pouchdb] URL | -- PROGRAM ARGUMENTS\n");
        return 2;
    }
    bool spawns = strcmp(argv[at], "--") == 0 && at + 1 < argc;
    snprintf(address, sizeof address, "%s", argv[at]);
    setvbuf(stdout, NULL, _IOLBF, 0);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int result = 1;
    if (!spawns ||
        (start_child(argv + at + 1, &child) && await_address(&child, address, sizeof address)))
        result = run_all(address, pouchdb);
    else
        fprintf(stderr, "contract: the server did not start\n");
    if (!end_child(&child)) {
        fprintf(stderr, "contract: the server did not end cleanly\n");
        result = 1;
    }
    curl_global_cleanup();
    return result;
}
