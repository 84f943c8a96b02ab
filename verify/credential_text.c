#include "verify/credential.h"

#include "base/i18n.h"
#include "base/text.h"
#include "verify/jws.h"
#include "verify/qr_numeric.h"

#include <string.h>

#define MEMBER "verifiableCredential"

/* A file of health cards: an object with an array of codes. Anything else in braces is none. */
static bool is_file(const char *text, size_t length)
{
    return length > 0 && text[0] == '{' && memmem(text, length, MEMBER, strlen(MEMBER)) != NULL;
}

bool credential_is_signed(const char *text, size_t length)
{
    const char *start;
    size_t trimmed = text_trim(text, length, &start);

    return qr_numeric_is(start, trimmed) || qr_numeric_is_damaged(start, trimmed) ||
           jws_is_compact(start, trimmed) || is_file(start, trimmed) || jws_is_json(start, trimmed);
}

static enum status no_more(struct error *error)
{
    return error_set(error, STATUS_NOT_FOUND, _("There are no more signed codes in it."));
}

static enum status from_file(const char *text, size_t length, size_t index, struct buf *jws,
                             struct error *error)
{
    json_t *value = NULL;
    enum status status = json_parse(text, length, &value, error);

    if (status != STATUS_OK) /* damaged as a whole: that is told once */
        return status != STATUS_NOMEM && index > 0 ? no_more(error) : status;
    const json_t *codes = json_object_get(value, MEMBER);
    const json_t *code = json_array_get(codes, index);
    if (json_is_string(code))
        buf_bytes(jws, json_string_value(code), json_string_length(code));
    else if (code || (json_array_size(codes) == 0 && index == 0))
        status = error_set(error, STATUS_INVALID, _("There is no signed code in the file."));
    else
        status = no_more(error);
    json_decref(value);
    return status;
}

enum status credential_text(const char *text, size_t length, size_t index, struct buf *jws,
                            struct error *error)
{
    const char *start;
    size_t trimmed = text_trim(text, length, &start);
    enum status status = STATUS_OK;

    if (length > CREDENTIAL_TEXT_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("The signed code is too long."));
    if (is_file(start, trimmed))
        status = from_file(start, trimmed, index, jws, error);
    else if (index > 0)
        status = no_more(error);
    else if (jws_is_json(start, trimmed))
        status = error_set(error, STATUS_INVALID,
                           _("This is a signed code in the JSON form, which is not read here. Ask "
                             "for its compact form: three parts with dots between them."));
    else if (qr_numeric_is(start, trimmed) || qr_numeric_is_damaged(start, trimmed))
        status = qr_numeric_decode(start, trimmed, jws, error);
    else
        buf_bytes(jws, start, trimmed);
    return status == STATUS_OK && buf_failed(jws) ? error_nomem(error) : status;
}
