#ifndef HUILIU_TESTS_E2E_RECONCILING_H
#define HUILIU_TESTS_E2E_RECONCILING_H
/* Reconciliation with a real upstream; more against the fixture, which can fail on demand. Returns
 * the number of failed tests. */
#include "tests/e2e/rig.h"

int reconciling_run(enum server_kind kind);

#endif
