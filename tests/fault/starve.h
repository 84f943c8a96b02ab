#ifndef HUILIU_TESTS_FAULT_STARVE_H
#define HUILIU_TESTS_FAULT_STARVE_H
/*
 * Whole commands of the program, run in a child whose memory runs out. Linking with
 * -Wl,--wrap=run_arguments puts this in the place of tests/cli/run.h's run_arguments(), so that
 * tests/cli/town.h's desks work as ever; a passphrase costs next to nothing here.
 *
 *     starve_start();
 *     starve_next(17, false);
 *     struct outcome outcome = desk_run(&clerk, "search", "zw", NULL);
 *     if (starve_has_struck()) ...
 *
 * A child that is killed, hangs or is reported by a sanitizer fails the test.
 */
#include <stdbool.h>

void starve_start(void);
/* The next command, and only that: its `at`th allocation fails, with `stays` all after it too. */
void starve_next(long at, bool stays);
/* … and is interrupted (SIGINT) as soon as it has printed something. */
void starve_interrupt_next(void);

/* Of the last command. */
long starve_allocations(void);
bool starve_has_struck(void);

#endif
