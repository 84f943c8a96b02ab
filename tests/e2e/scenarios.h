#ifndef HUILIU_TESTS_E2E_SCENARIOS_H
#define HUILIU_TESTS_E2E_SCENARIOS_H
/*
 * What must hold with every CouchDB-speaking upstream: run against the fixture and against
 * PouchDB Server. Returns the number of failed tests.
 */
#include "tests/e2e/rig.h"

int scenarios_run(enum server_kind kind, const char *name);
int scenarios_push_run(enum server_kind kind, const char *name);
int scenarios_stations_run(enum server_kind kind, const char *name);

#endif
