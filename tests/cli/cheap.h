#ifndef HUILIU_TESTS_CLI_CHEAP_H
#define HUILIU_TESTS_CLI_CHEAP_H
/*
 * Log-ins that cost nothing. A passphrase is kept with the parameters of its derivation, and those
 * of the program take 0.3 s and 128 MiB: hundreds of commands would mostly derive keys. What is
 * kept of an account is replaced by the same passphrase derived cheaply; the program checks it
 * along the same lines. The real cost is for tests/unit/db/test_account.c and
 * tests/cli/test_seat.c.
 */

/* While no program has the home open. */
void cheap_passphrase(const char *home, const char *account, const char *passphrase);

#endif
