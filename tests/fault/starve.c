#include "tests/fault/starve.h"

#include "cli/cli.h"
#include "tests/cli/run.h"
#include "tests/fault/memory.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ARGUMENTS_MAX 64
#define OUTPUT_MAX    ((size_t)16 << 20)
#define CHEAP_COST    16

static struct {
    long at;
    bool stays;
    bool interrupting, interrupted; /* to be, has been */
} next;

void starve_start(void)
{
    assert_true(memory_share());
    assert_true(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    umask(077); /* as main() does */
}

void starve_next(long at, bool stays)
{
    next.at = at;
    next.stays = stays;
}

void starve_interrupt_next(void)
{
    next.interrupting = true;
}

long starve_allocations(void)
{
    return memory_allocations();
}

bool starve_has_struck(void)
{
    return memory_has_failed();
}

/* --- passphrases --------------------------------------------------------------------------------
 */

int __real_EVP_PBE_scrypt(const char *pass, size_t passlen, const unsigned char *salt,
                          size_t saltlen, uint64_t N, uint64_t r, uint64_t p, uint64_t maxmem,
                          unsigned char *key, size_t keylen);
int __wrap_EVP_PBE_scrypt(const char *pass, size_t passlen, const unsigned char *salt,
                          size_t saltlen, uint64_t N, uint64_t r, uint64_t p, uint64_t maxmem,
                          unsigned char *key, size_t keylen);

int __wrap_EVP_PBE_scrypt(const char *pass, size_t passlen, const unsigned char *salt,
                          size_t saltlen, uint64_t N, uint64_t r, uint64_t p, uint64_t maxmem,
                          unsigned char *key, size_t keylen)
{
    (void)N;
    return __real_EVP_PBE_scrypt(pass, passlen, salt, saltlen, CHEAP_COST, r, p, maxmem, key,
                                 keylen);
}

/* --- the child ----------------------------------------------------------------------------------
 */

/* exit() and not _exit(): the leak checker of a sanitizer build runs then. */
_Noreturn static void be_program(const char *const *arguments, int in, int out, int err)
{
    static char name[] = "huiliu";
    char *argv[ARGUMENTS_MAX + 2] = {name};
    int argc = 1;

    for (; arguments[argc - 1] && argc <= ARGUMENTS_MAX; argc++)
        memcpy(&argv[argc], &arguments[argc - 1], sizeof argv[argc]);
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        _exit(126);
    memory_fail(next.at, next.stays);
    int code = cli_run(argc, argv);
    memory_return();
    exit(code);
}

static void interrupt_once(pid_t child)
{
    if (!next.interrupting || next.interrupted)
        return;
    next.interrupted = true;
    kill(child, SIGINT);
}

static void expect_no_report(const struct outcome *outcome, const char *const *arguments)
{
    const char *text = buf_text(&outcome->err);

    bool interrupted = outcome->code == 128 + SIGINT && next.interrupting;
    if ((outcome->code < 128 || interrupted) && !strstr(text, "Sanitizer") &&
        !strstr(text, "runtime error:"))
        return;
    for (; *arguments; arguments++)
        print_error("%s ", *arguments);
    fail_msg("\nallocation %ld%s: code %d: %s", next.at, next.stays ? " and all after it" : "",
             outcome->code, text);
}

struct outcome __wrap_run_arguments(const char *input, const char *const *arguments);

struct outcome __wrap_run_arguments(const char *input, const char *const *arguments)
{
    struct outcome outcome = {.out = {.limit = OUTPUT_MAX}, .err = {.limit = OUTPUT_MAX}};
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int out[2], err[2];

    assert_null(input);
    assert_true(in >= 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    assert_int_equal(pipe2(err, O_CLOEXEC), 0);
    fflush(NULL); /* nothing of the parent's is printed twice */
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        be_program(arguments, in, out[1], err[1]);
    close(in);
    close(out[1]);
    close(err[1]);
    collect_output(child, out[0], err[0], &outcome, interrupt_once);
    close(out[0]);
    close(err[0]);
    outcome.code = wait_code(child);
    expect_no_report(&outcome, arguments);
    next.at = 0;
    next.stays = next.interrupting = next.interrupted = false;
    return outcome;
}
