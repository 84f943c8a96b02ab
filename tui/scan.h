#ifndef HUILIU_TUI_SCAN_H
#define HUILIU_TUI_SCAN_H
/*
 * Was this read by a reader of codes, or typed by a person?
 *
 * tui/input.h calls a burst of characters with a return at its end a scan. A slow line can deliver
 * what somebody typed in the same way, all in one piece. Where letters are text the words decide:
 * signed codes, whatever is longer than a person types, and whole numbers of persons, enterprises
 * and certificates are codes. Parts of such numbers, telephone numbers and division codes, which no
 * reader reads, and everything else are typing.
 *
 * Pure; thread-safe.
 */
#include <stdbool.h>

bool scan_is_code(const char *text);

#endif
