#include "tests/bench/report.h"

#include <stdarg.h>
#include <stdio.h>

void report_section(const char *format, ...)
{
    va_list arguments;

    printf("\n");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n%-30s %-32s %-46s %-16s %s\n", "", "measured", "beside it, in the same run", "ratio",
           "aim");
    fflush(stdout);
}

void report_note(const char *format, ...)
{
    va_list arguments;

    printf("  ");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    fflush(stdout);
}

void report_cell(char cell[REPORT_CELL_MAX], const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(cell, REPORT_CELL_MAX, format, arguments);
    va_end(arguments);
}

void report_row(const struct report_row *row)
{
    printf("%-30s %-32s %-46s %-16s %s\n", row->what, row->figure, row->beside, row->ratio,
           row->aim);
    fflush(stdout);
}
