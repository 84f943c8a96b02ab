#ifndef HUILIU_CLI_TABLE_H
#define HUILIU_CLI_TABLE_H
/*
 * Columns of text lined up by display width, for people. Cells pass text_show() as they come in.
 * Errors are sticky: table_print() reports them through the output's own failure.
 *
 *     struct table *table = table_new(2);
 *     table_cell(table, _("Name"));   table_cell(table, _("Rows"));
 *     table_cell(table, row->name);   table_cellf(table, "%d", row->rows);
 *     table_print(table, out);
 *     table_free(table);
 */
#include "base/error.h"
#include "cli/output.h"

#include <stddef.h>

#define TABLE_COLUMNS_MAX 12

struct table;

/* NULL when memory runs out; every function accepts NULL and then does nothing. */
struct table *table_new(size_t columns);
void table_free(struct table *table);

/* The next cell, from left to right and line by line; NULL is empty. */
void table_cell(struct table *table, const char *text);
void table_cellf(struct table *table, const char *format, ...) PRINTF_LIKE(2, 3);

/* Prints all full lines, `indent` blanks before each, and starts again. */
void table_print(struct table *table, int indent, struct output *output);

#endif
