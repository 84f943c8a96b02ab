#ifndef HUILIU_TESTS_BENCH_REPORT_H
#define HUILIU_TESTS_BENCH_REPORT_H
/*
 * The table on standard output, a line as soon as it is known: what was measured, the figure, what
 * was measured beside it in the same run, how they compare, and the figure to reach.
 */
#include "base/error.h"

void report_section(const char *format, ...) PRINTF_LIKE(1, 2);
void report_note(const char *format, ...) PRINTF_LIKE(1, 2);

#define REPORT_CELL_MAX 96

struct report_row {
    char what[REPORT_CELL_MAX];
    char figure[REPORT_CELL_MAX];
    char beside[REPORT_CELL_MAX];
    char ratio[REPORT_CELL_MAX];
    char aim[REPORT_CELL_MAX];
};

/* Fills in one cell. */
void report_cell(char cell[REPORT_CELL_MAX], const char *format, ...) PRINTF_LIKE(2, 3);
void report_row(const struct report_row *row);

#endif
