#include "cli/mask.h"

static void rule_of(enum subject_kind kind, enum field_type *type, int *grade)
{
    switch (kind) {
    case SUBJECT_PERSON:
        *type = TYPE_RESIDENT_ID;
        *grade = 4;
        return;
    case SUBJECT_ENTERPRISE:
        *type = TYPE_USCC;
        *grade = 1;
        return;
    case SUBJECT_NONE:
    case SUBJECT_PLACE:
    case SUBJECT_INDICATOR:
        break;
    }
    *type = TYPE_TEXT;
    *grade = 2;
}

void mask_subject(const struct session *session, enum subject_kind kind, const char *number,
                  struct buf *out)
{
    enum field_type type;
    int grade;

    if (!number)
        return;
    rule_of(kind, &type, &grade);
    if (session_sees(session, grade))
        buf_str(out, number);
    else
        field_mask(type, number, out);
}

void put_subject(json_t *object, const char *name, const struct session *session,
                 enum subject_kind kind, const char *number, bool *ok)
{
    struct buf shown = {0};

    mask_subject(session, kind, number, &shown);
    *ok = *ok && !buf_failed(&shown);
    json_put_text(object, name, buf_text(&shown), ok);
    buf_release(&shown);
}
