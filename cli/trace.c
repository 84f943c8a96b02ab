#include "cli/trace.h"

#include "base/text.h"
#include "db/journal.h"

#include <string.h>

#define OBJECT_BYTES_MAX 160 /* of the raw text: three times that is under the journal's limit */
#define OBJECT_CELLS_MAX 160

/* Appends the terminal-safe beginning of a text. */
static void add_object(const char *raw, struct buf *out)
{
    size_t length = strlen(raw);
    struct buf shown = {0};

    text_show(&shown, raw, length < OBJECT_BYTES_MAX ? length : OBJECT_BYTES_MAX);
    buf_bytes(out, buf_text(&shown), text_fit(buf_text(&shown), OBJECT_CELLS_MAX, NULL));
    buf_release(&shown);
}

enum status trace_lookup(const struct seat *seat, const char *action, const char *object,
                         const char *purpose, struct error *error)
{
    struct buf safe = {0};

    if (!seat->outbox || !seat->logged_in)
        return STATUS_OK;
    add_object(object, &safe);
    enum status status = buf_failed(&safe) ? error_nomem(error)
                                           : journal_lookup(seat->outbox, &seat->session, action,
                                                            buf_text(&safe), purpose, error);
    buf_release(&safe);
    return status;
}

enum status trace_verdict(const struct seat *seat, const char *object, enum verdict verdict,
                          struct error *error)
{
    struct buf safe = {0};

    if (!seat->outbox || !seat->logged_in)
        return STATUS_OK;
    add_object(object, &safe);
    enum status status = buf_failed(&safe)
                             ? error_nomem(error)
                             : journal_verification(seat->outbox, &seat->session, buf_text(&safe),
                                                    verdict_name(verdict), error);
    buf_release(&safe);
    return status;
}
