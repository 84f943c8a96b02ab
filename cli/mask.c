#include "cli/mask.h"

void put_subject(json_t *object, const char *name, const struct session *session,
                 enum subject_kind kind, const char *number, bool *ok)
{
    struct buf shown = {0};

    session_show_subject(session, kind, number, &shown);
    *ok = *ok && !buf_failed(&shown);
    json_put_text(object, name, buf_text(&shown), ok);
    buf_release(&shown);
}
