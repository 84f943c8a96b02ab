#ifndef HUILIU_CLI_DOSSIER_TEXT_H
#define HUILIU_CLI_DOSSIER_TEXT_H
/*
 * A person's or an enterprise's file (db/dossier.h) on standard output: as one JSON value, or as
 * sections of lined-up text. Masking has been done by the dossier; links show the masked number.
 */
#include "cli/output.h"
#include "db/dossier.h"

enum status dossier_json(struct output *out, const struct dossier *dossier,
                         struct error *error) MUST_CHECK;
void dossier_print(struct output *out, const struct dossier *dossier);

#endif
