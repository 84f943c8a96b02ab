#include "tui/view_words.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define REQUEST_PREFIX "request:"

/* The numbers of persons are the most sensitive thing there is, those of enterprises are public. */
static bool subject_rule(enum subject_kind kind, enum field_type *type, int *grade)
{
    if (kind == SUBJECT_PERSON) {
        *type = TYPE_RESIDENT_ID;
        *grade = 4;
    } else if (kind == SUBJECT_ENTERPRISE) {
        *type = TYPE_USCC;
        *grade = 1;
    } else {
        return false;
    }
    return true;
}

void words_subject(const struct session *session, enum subject_kind kind, const char *number,
                   struct buf *out)
{
    enum field_type type;
    int grade;

    if (!number)
        return;
    if (subject_rule(kind, &type, &grade) && !session_sees(session, grade))
        field_mask(type, number, out);
    else
        buf_str(out, number);
}

void words_value(const struct session *session, const struct dataset_field *field,
                 const char *value, struct buf *out)
{
    if (field && !session_sees(session, field->grade))
        field_mask(field->type, value, out);
    else
        buf_str(out, value);
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

struct word_row {
    const char *word, *title;
};

static const char *look_up(const struct word_row *rows, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].word, word) == 0)
            return _(rows[i].title);
    return word;
}

const char *words_ground(const char *ground)
{
    static const struct word_row rows[] = {
        {"inaccurate", N_("inaccurate")},
        {"incomplete", N_("incomplete")},
    };

    return look_up(rows, sizeof rows / sizeof *rows, ground);
}

const char *words_action(const char *action)
{
    static const struct word_row rows[] = {
        {"submit", N_("submitted")},
        {"approve", N_("approved")},
        {"return", N_("returned")},
        {"withdraw", N_("withdrawn")},
        {"resubmit", N_("submitted again")},
        {"receive", N_("received")},
        {"check", N_("being checked")},
        {"correct", N_("corrected")},
        {"uphold", N_("upheld")},
        {"need_more", N_("more is needed")},
        {"close", N_("closed")},
        {"dispute", N_("disputed")},
        {"note", N_("note")},
    };

    return look_up(rows, sizeof rows / sizeof *rows, action);
}

const char *words_role(const char *role)
{
    static const struct word_row rows[] = {
        {"clerk", N_("clerk")},
        {"supervisor", N_("supervisor")},
        {"provider", N_("provider")},
    };

    return look_up(rows, sizeof rows / sizeof *rows, role);
}

enum style words_delivery_style(enum delivery delivery)
{
    switch (delivery) {
    case DELIVERY_QUEUED:
    case DELIVERY_SENDING:
        return STYLE_PENDING;
    case DELIVERY_HELD:
        return STYLE_ERROR;
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

    if (!reason[0] && row->delivery == DELIVERY_QUEUED && overview && overview->last_failure)
        reason = overview->last_failure;
    words_progress(row->state, row->delivery, out);
    if (reason[0])
        buf_printf(out, ": %s", reason);
}

void words_age(int64_t since_ms, struct buf *out)
{
    char age[64];

    if (since_ms <= 0)
        return;
    duration_format(clock_wall_ms() - since_ms, age, sizeof age);
    buf_str(out, age);
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
