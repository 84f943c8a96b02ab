/*
 * The program. Before anything is opened the process gives up what it never needs: core files
 * (they would hold passphrases and people's data), being traced by its own user, new privileges,
 * and files others can read.
 */
#include "cli/cli.h"
#include "db/passphrase.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* The leak checker of a sanitizer build reads its own process through ptrace. */
static int hide_memory(void)
{
#ifdef __SANITIZE_ADDRESS__
    return 0;
#else
    return prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
#endif
}

static int harden(void)
{
    const struct rlimit none = {0, 0};

    umask(077);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return -1;
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return -1;
    if (hide_memory() != 0)
        return -1;
    return prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL);
}

int main(int argc, char **argv)
{
    if (harden() != 0) {
        perror("huiliu");
        return CLI_FAILED;
    }
    passphrase_prepare();
    return cli_run(argc, argv);
}
