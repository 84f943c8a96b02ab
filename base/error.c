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

/* Appends to a text of ERROR_TEXT_MAX bytes what fits, in whole characters. */
static void append(char *text, const char *more)
{
    size_t used = strlen(text);
    size_t room = ERROR_TEXT_MAX - 1 - used;
    size_t length = strnlen(more, room);

    memcpy(text + used, more, length);
    text[used + length] = '\0';
    if (more[length])
        trim_torn_character(text);
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
    case ELOOP:
    case EPERM:
    case EROFS:
        return STATUS_REFUSED;
    default:
        return STATUS_IO;
    }
}

/* strerror() would answer in the session's character set; these go through our catalogue. */
static const char *reason_of_errno(int errnum)
{
    static const struct {
        int errnum;
        const char *reason;
    } reasons[] = {
        {EACCES, N_("permission denied")},       {EDQUOT, N_("your disk quota is used up")},
        {EEXIST, N_("it already exists")},       {EIO, N_("the disk does not answer properly")},
        {EISDIR, N_("it is a folder")},          {ELOOP, N_("it is a symbolic link")},
        {EMFILE, N_("too many files are open")}, {ENAMETOOLONG, N_("the name is too long")},
        {ENOENT, N_("no such file or folder")},  {ENOMEM, N_("the computer is out of memory")},
        {ENOSPC, N_("the disk is full")},        {ENOTDIR, N_("part of the path is not a folder")},
        {EPERM, N_("this is not permitted")},    {EROFS, N_("the disk is read-only")},
    };

    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].errnum == errnum)
            return _(reasons[i].reason);
    const char *description = strerrordesc_np(errnum);
    return description ? description : _("unknown reason");
}

enum status error_set_errno(struct error *error, int errnum, const char *format, ...)
{
    enum status status = status_of_errno(errnum);

    if (error) {
        va_list args;
        va_start(args, format);
        fill(error, status, errnum, format, args);
        va_end(args);
        append(error->text, ": ");
        append(error->text, reason_of_errno(errnum));
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
    struct error prefixed;
    va_list args;

    if (!error)
        return;
    va_start(args, format);
    fill(&prefixed, error->status, error->detail, format, args);
    va_end(args);
    append(prefixed.text, ": ");
    append(prefixed.text, error->text);
    *error = prefixed;
}
