#ifndef HUILIU_TESTS_TOWNSHIP_OUTPUT_H
#define HUILIU_TESTS_TOWNSHIP_OUTPUT_H
/*
 * The databases of the township as files or as a stream, in constant memory.
 *
 * OUTPUT_BULK: every line is a body for POST /{db}/_bulk_docs with at most 1,000 documents; an
 * empty database is one line with none. OUTPUT_CHANGES: the bytes of GET
 * /{db}/_changes?include_docs=true as CouchDB 3.5 writes them (rows end in comma CR LF), with
 * revision ids that the same documents get when they are loaded into tests/upstream.
 */
#include "base/error.h"
#include "tests/township/people.h"

#include <stdio.h>

enum output_format { OUTPUT_BULK, OUTPUT_CHANGES };

struct output_total {
    uint64_t documents, bytes;
};

#define DATABASE_NAME_MAX 64

/* Names of the databases of a township, from 0; false behind the last. */
bool output_database_name(const struct township *town, uint32_t at, char out[DATABASE_NAME_MAX]);

/* Writes the whole of database number `at` to `file`, which stays open. */
enum status output_database(const struct township *town, uint32_t at, enum output_format format,
                            FILE *file, struct output_total *total, struct error *error) MUST_CHECK;

#endif
