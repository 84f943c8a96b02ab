#ifndef HUILIU_TESTS_CLI_PROVIDER_H
#define HUILIU_TESTS_CLI_PROVIDER_H
/* What the provider of the data does meanwhile, at the town's upstream. */
#include "tests/cli/town.h"

/* Changes one member of a document. */
void provider_change(const struct town *town, const char *database, const char *id,
                     const char *member, const char *value);

/* Deletes a document. */
void provider_delete(const struct town *town, const char *database, const char *id);

#endif
