#ifndef HUILIU_BASE_LOG_H
#define HUILIU_BASE_LOG_H
/*
 * A diagnostic log for support: events and codes, never names, numbers or secrets. Lines go to
 * the file log_open() was given (0600, cut to the newest half at 4 MiB); without one they are
 * dropped. Thread-safe.
 */
#include "base/error.h"

enum status log_open(const char *path, struct error *error) MUST_CHECK;
void log_line(const char *format, ...) PRINTF_LIKE(1, 2);
void log_close(void);

#endif
