#include "db/session.h"

#include "base/text.h"

#include <string.h>

#define WORKING_ROLES ((unsigned)ACCOUNT_CLERK | (unsigned)ACCOUNT_SUPERVISOR)

bool session_may_read(const struct session *session)
{
    return (session->roles & WORKING_ROLES) != 0;
}

bool session_may_request(const struct session *session)
{
    return (session->roles & WORKING_ROLES) != 0;
}

bool session_may_review(const struct session *session)
{
    return (session->roles & ACCOUNT_SUPERVISOR) != 0;
}

bool session_may_administer(const struct session *session)
{
    return (session->roles & ACCOUNT_ADMINISTRATOR) != 0;
}

const char *session_event_role(const struct session *session, bool reviews)
{
    return reviews && session_may_review(session) ? "supervisor" : "clerk";
}

bool session_sees(const struct session *session, int grade)
{
    return grade <= (session_may_read(session) ? 3 : 2);
}

/* --- masking ---------------------------------------------------------------------------------- */

/* Bytes of the first `count` code points. */
static size_t bytes_of(const char *text, size_t count)
{
    size_t length = strlen(text);
    size_t at = 0;

    for (size_t used = 0; count > 0 && at < length; count--, at += used)
        text_decode(text + at, length - at, &used);
    return at;
}

static void stars(struct buf *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_char(out, '*');
}

/* A value too short to hide anything between its ends is hidden whole. */
static void mask_middle(const char *value, size_t head, size_t tail, struct buf *out)
{
    size_t length = text_length(value);

    if (length <= head + tail) {
        stars(out, length);
        return;
    }
    buf_bytes(out, value, bytes_of(value, head));
    stars(out, length - head - tail);
    buf_str(out, value + bytes_of(value, length - tail));
}

/* One, three or six stars: short, middling, long. */
static void mask_text(const char *value, struct buf *out)
{
    size_t length = text_length(value);

    stars(out, length == 0 ? 0 : length <= 4 ? 1 : length <= 12 ? 3 : 6);
}

/* A name, too, is text: names are told apart from other text by their role, not by their type. */
void field_mask(enum field_type type, const char *value, struct buf *out)
{
    switch (type) {
    case TYPE_RESIDENT_ID:
    case TYPE_USCC:
    case TYPE_CERTIFICATE_ID:
        mask_middle(value, 6, 4, out);
        break;
    case TYPE_PHONE:
        mask_middle(value, 3, 4, out);
        break;
    case TYPE_TEXT:
    case TYPE_CODE:
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_INTEGER:
    case TYPE_AMOUNT:
    case TYPE_BOOLEAN:
    case TYPE_DIVISION:
    case TYPE_LIST:
        mask_text(value, out);
        break;
    }
}

void name_mask(const char *value, struct buf *out)
{
    size_t length = text_length(value);

    if (length == 0)
        return;
    buf_bytes(out, value, length > 1 ? bytes_of(value, 1) : 0);
    stars(out, length > 1 ? length - 1 : 1);
}

void session_show_subject(const struct session *session, enum subject_kind kind, const char *number,
                          struct buf *out)
{
    if (!number)
        return;
    if (kind == SUBJECT_PERSON && !session_sees(session, 4))
        field_mask(TYPE_RESIDENT_ID, number, out);
    else
        buf_str(out, number);
}

void session_show_value(const struct session *session, const struct dataset_field *field,
                        const char *value, struct buf *out)
{
    if (session_sees(session, field ? field->grade : GRADE_UNKNOWN))
        buf_str(out, value);
    else
        field_mask(field ? field->type : TYPE_TEXT, value, out);
}
