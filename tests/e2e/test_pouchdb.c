/* The common scenarios against PouchDB Server. */
#include "tests/e2e/reconciling.h"
#include "tests/e2e/scenarios.h"

int main(void)
{
    if (sql_start(NULL) != STATUS_OK)
        return 1;
    return scenarios_run(SERVER_POUCHDB, "sync against PouchDB Server") +
           scenarios_push_run(SERVER_POUCHDB, "requests to PouchDB Server") +
           scenarios_stations_run(SERVER_POUCHDB, "four stations and PouchDB Server") +
           reconciling_run(SERVER_POUCHDB);
}
