#ifndef HUILIU_CLI_LIST_WHERE_H
#define HUILIU_CLI_LIST_WHERE_H
/*
 * A list (db/lists.h) as the options of the command line describe it: --dataset, --where, --any,
 * --sort, --columns. Only the form is checked here; list_check() knows the catalogue.
 */
#include "base/json.h"
#include "cli/line.h"

/* The caller json_decref()s *list. */
enum status list_where_read(const struct line *line, json_t **list, struct error *error) MUST_CHECK;
/* One condition: "months>=12", "population.birth_date age>=80", "phone empty". */
enum status list_where_condition(const char *text, json_t **condition,
                                 struct error *error) MUST_CHECK;

#endif
