#include "base/error.h"

#include "base/i18n.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *status_name(enum status status)
{
    switch (status) {
#define STATUS_CASE(name, text)                                                                    \
    case STATUS_##name:                                                                            \
        return text;
        STATUS_LIST(STATUS_CASE)
#undef STATUS_CASE
    }
    return "internal";
}

/* vsnprintf() may cut a UTF-8 sequence in two; drop the torn one. */
static void trim_torn_character(char *text)
{
    size_t length = strlen(text);
    size_t start = length;

    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (length - (start - 1) < want)
        text[start - 1] = '\0';
}

__attribute__((format(printf, 4, 0))) static enum status fill(struct error *error,
                                                              enum status status, int detail,
                                                              const char *format, va_list args)
{
    if (error) {
        error->status = status;
        error->detail = detail;
        int length = vsnprintf(error->text, sizeof error->text, format, args);
        if (length < 0)
            error->text[0] = '\0';
        else if ((size_t)length >= sizeof error->text)
            trim_torn_character(error->text);
    }
    return status;
}

enum status error_set(struct error *error, enum status status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fill(error, status, 0, format, args);
    va_end(args);
    return status;
}

enum status error_set_detail(struct error *error, enum status status, int detail,
                             const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fill(error, status, detail, format, args);
    va_end(args);
    return status;
}

static enum status status_of_errno(int errnum)
{
    switch (errnum) {
    case ENOSPC:
    case EDQUOT:
        return STATUS_FULL;
    case ENOMEM:
        return STATUS_NOMEM;
    case ENOENT:
    case ENOTDIR:
        return STATUS_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return STATUS_REFUSED;
    default:
        return STATUS_IO;
    }
}

enum status error_set_errno(struct error *error, int errnum, const char *format, ...)
{
    enum status status = status_of_errno(errnum);

    if (error) {
        va_list args;
        va_start(args, format);
        fill(error, status, errnum, format, args);
        va_end(args);
        size_t used = strlen(error->text);
        char reason[128];
        snprintf(error->text + used, sizeof error->text - used, ": %s",
                 strerror_r(errnum, reason, sizeof reason));
        trim_torn_character(error->text);
    }
    return status;
}

enum status error_nomem(struct error *error)
{
    return error_set(error, STATUS_NOMEM,
                     _("The computer is out of memory. Close other programs and try again."));
}

void error_prefix(struct error *error, const char *format, ...)
{
    if (!error)
        return;
    char text[ERROR_TEXT_MAX];
    va_list args;

    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (length < 0 || (size_t)length + 3 >= sizeof text)
        return;
    snprintf(text + length, sizeof text - (size_t)length, ": %s", error->text);
    memcpy(error->text, text, sizeof text);
    trim_torn_character(error->text);
}
