#include "tui/view_words.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define REQUEST_PREFIX "request:"

const char *words_value(enum field_type type, const char *value, char out[INSTANT_TEXT_MAX])
{
    int64_t instant;

    if (type != TYPE_TIME || !instant_parse(value, &instant))
        return value;
    instant_format_local(instant, out);
    return out;
}

size_t words_common(const char *a, const char *b)
{
    size_t length = 0, whole = 0;

    while (a[length] && a[length] == b[length]) {
        length++;
        if (((unsigned char)a[length] & 0xC0) != 0x80 && ((unsigned char)b[length] & 0xC0) != 0x80)
            whole = length;
    }
    return whole;
}

const char *words_subject_kind(enum subject_kind kind)
{
    switch (kind) {
    case SUBJECT_PERSON:
        return _("person");
    case SUBJECT_ENTERPRISE:
        return _("enterprise");
    case SUBJECT_PLACE:
        return _("place");
    case SUBJECT_INDICATOR:
        return _("indicator");
    case SUBJECT_NONE:
        break;
    }
    return "";
}

const char *words_request(const char *id)
{
    size_t length = strlen(REQUEST_PREFIX);

    return strncmp(id, REQUEST_PREFIX, length) == 0 ? id + length : id;
}

enum style words_delivery_style(enum delivery delivery)
{
    switch (delivery) {
    case DELIVERY_QUEUED:
    case DELIVERY_SENDING:
        return STYLE_PENDING;
    case DELIVERY_HELD:
        return STYLE_ERROR;
    case DELIVERY_WITHDRAWN:
        return STYLE_MUTED;
    case DELIVERY_DELIVERED:
        break;
    }
    return STYLE_OK;
}

enum style words_state_style(enum request_state state)
{
    if (state == REQUEST_RETURNED || state == REQUEST_NEEDS_MORE)
        return STYLE_WARNING;
    if (state == REQUEST_CORRECTED)
        return STYLE_OK;
    return request_state_is_final(state) ? STYLE_MUTED : STYLE_PENDING;
}

void words_progress(enum request_state state, enum delivery delivery, struct buf *out)
{
    buf_printf(out, "%s · %s", request_state_title(state), delivery_title(delivery));
}

void words_delivery(const struct request_row *row, const struct overview *overview, struct buf *out)
{
    const char *reason = row->delivery_reason ? row->delivery_reason : "";

    if (!reason[0] && row->delivery == DELIVERY_DELIVERED)
        reason = request_effect_sentence(row->effect);
    if (!reason[0] && row->delivery == DELIVERY_QUEUED && overview && overview->last_failure)
        reason = overview->last_failure;
    words_progress(row->state, row->delivery, out);
    if (reason[0])
        buf_printf(out, _(": %s"), reason);
}

bool words_refuse(char reason[VIEW_REASON_MAX], const char *text)
{
    (void)snprintf(reason, VIEW_REASON_MAX, "%s", text);
    return false;
}

void words_fold(const char *text, struct buf *out)
{
    text_fold_width(out, text, strlen(text));
    for (size_t i = 0; i < out->length; i++)
        if ((unsigned char)out->data[i] < 0x80)
            out->data[i] = (char)tolower((unsigned char)out->data[i]);
}

bool words_contain(const char *text, const char *needle)
{
    struct buf folded = {0};

    if (!*needle)
        return true;
    words_fold(text ? text : "", &folded);
    bool found = strstr(buf_text(&folded), needle) != NULL;
    buf_release(&folded);
    return found;
}
