#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "db/codes.h"
#include "tui/view_editor.h"
#include "tui/view_words.h"
#include "verify/certificate_id.h"
#include "verify/division.h"
#include "verify/phone.h"
#include "verify/resident_id.h"
#include "verify/uscc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODES_MAX   128
#define CODES_NAMED 5

/* --- codes ----------------------------------------------------------------------------------- */

static size_t add_code(const char *system, const char *code, char codes[][8], char *titles[],
                       size_t count)
{
    struct buf entry = {0};
    const char *title = code_title(system, code);

    if (!title)
        return count;
    buf_printf(&entry, "%s  %s", code, title);
    titles[count] = buf_take(&entry);
    if (!titles[count])
        return count;
    (void)snprintf(codes[count], sizeof codes[count], "%s", code);
    return count + 1;
}

/* "1" and "01" are one code: which of them is the other's double, where records have two digits
 * unless this one has one? */
static bool is_double(const struct editor_source_value *source, int number, bool short_form)
{
    char other[8] = "";
    bool record_is_short = source->raw && strlen(source->raw) == 1;

    if (number >= 10 || short_form == record_is_short)
        return false;
    (void)snprintf(other, sizeof other, short_form ? "%02d" : "%d", number);
    return code_title(source->codes, other) != NULL;
}

/* The tables are small and their codes have one or two digits: every one is tried. */
size_t editor_codes(const struct editor_source_value *source, char codes[][8], char *titles[],
                    size_t most)
{
    char code[8] = "";
    size_t count = 0;

    for (int i = 0; i < 110 && count < most; i++) {
        bool short_form = i < 10;
        int number = short_form ? i : i - 10;
        if (is_double(source, number, short_form))
            continue;
        (void)snprintf(code, sizeof code, short_form ? "%d" : "%02d", number);
        count = add_code(source->codes, code, codes, titles, count);
    }
    return count;
}

/* The code of a name that was typed; false when it is none. */
static bool code_of_name(const struct editor_source_value *source, const char *name, char out[8])
{
    char codes[CODES_MAX][8];
    char *titles[CODES_MAX];
    size_t count = editor_codes(source, codes, titles, CODES_MAX);
    bool found = false;

    for (size_t i = 0; i < count; i++) {
        if (!found && strcmp(code_title(source->codes, codes[i]), name) == 0) {
            memcpy(out, codes[i], sizeof codes[i]);
            found = true;
        }
        free(titles[i]);
    }
    return found;
}

/* --- notes ----------------------------------------------------------------------------------- */

static void note(struct editor_value *value, enum style style, const char *text)
{
    value->note_style = style;
    (void)snprintf(value->note, sizeof value->note, "%s", text);
}

/* The worst thing found. */
static void note_findings(struct editor_value *value, const struct findings *findings)
{
    static const enum style styles[] = {
        [FINDING_NOTE] = STYLE_MUTED,
        [FINDING_WARNING] = STYLE_WARNING,
        [FINDING_ERROR] = STYLE_ERROR,
    };
    enum severity worst = findings_worst(findings);

    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].severity == worst) {
            note(value, styles[worst], findings->items[i].text);
            return;
        }
}

/* Names the first codes of the table. */
static void refuse_code(struct editor_value *value)
{
    char codes[CODES_MAX][8];
    char *titles[CODES_MAX];
    size_t count = editor_codes(value->source, codes, titles, CODES_MAX);
    struct buf text = {0};

    buf_str(&text, _("Not in the code table; choose one from the list: "));
    for (size_t i = 0; i < count; i++) {
        if (i < CODES_NAMED)
            buf_printf(&text, "%s%s %s", i > 0 ? _(", ") : "", codes[i],
                       code_title(value->source->codes, codes[i]));
        free(titles[i]);
    }
    buf_str(&text, count > CODES_NAMED ? "…" : "");
    note(value, STYLE_ERROR, buf_text(&text));
    buf_release(&text);
}

static void check_code(struct editor_value *value, const char *text)
{
    char code[8] = "";
    const char *system = value->source->codes;

    if (!system)
        return;
    if (code_of_name(value->source, text, code)) {
        field_set(&value->input, code);
        text = field_text_of(&value->input);
    }
    const char *title = code_title(system, text);
    if (title)
        note(value, STYLE_MUTED, title);
    else if (code_system_is_known(system))
        refuse_code(value);
}

static void check_number(struct editor_value *value, const char *text)
{
    struct findings findings = {0};
    struct resident_id person;
    struct uscc uscc;
    struct certificate_id certificate;
    struct phone phone;
    struct division division;

    switch ((int)value->source->type) {
    case TYPE_RESIDENT_ID:
        (void)resident_id_check(text, date_today(), &person, &findings);
        break;
    case TYPE_USCC:
        (void)uscc_check(text, &uscc, &findings);
        break;
    case TYPE_CERTIFICATE_ID:
        (void)certificate_id_check(text, &certificate, &findings);
        break;
    case TYPE_PHONE:
        (void)phone_check(text, &phone, &findings);
        break;
    case TYPE_DIVISION:
        (void)division_check(text, &division, &findings);
        break;
    default:
        break;
    }
    note_findings(value, &findings);
}

static bool is_number(const char *text, bool fraction)
{
    const char *at = text[0] == '-' ? text + 1 : text;
    size_t digits = strspn(at, "0123456789");

    if (fraction && digits > 0 && at[digits] == '.')
        return at[digits + 1] && strspn(at + digits + 1, "0123456789") == strlen(at + digits + 1);
    return digits > 0 && at[digits] == '\0';
}

static void check_plain(struct editor_value *value, const char *text)
{
    struct date date;

    switch ((int)value->source->type) {
    case TYPE_DATE:
        if (!date_parse(text, &date))
            note(value, STYLE_ERROR, _("Not a date; write it like 2026-03-14."));
        break;
    case TYPE_INTEGER:
        if (!is_number(text, false))
            note(value, STYLE_ERROR, _("Not a whole number."));
        break;
    case TYPE_AMOUNT:
        if (!is_number(text, true))
            note(value, STYLE_ERROR, _("Not an amount; write it like 1250.50."));
        break;
    case TYPE_CODE:
        check_code(value, text);
        break;
    default:
        check_number(value, text);
        break;
    }
}

static char *trimmed(const struct field *field)
{
    const char *start;
    const char *text = field_text_of(field);
    size_t length = text_trim(text, strlen(text), &start);

    return strndup(start, length);
}

static bool is_same(const struct editor_value *value, const char *text)
{
    return value->source->raw && strcmp(value->source->raw, text) == 0;
}

void editor_check_value(struct editor_value *value)
{
    char *text = trimmed(&value->input);

    value->note[0] = '\0';
    value->note_style = STYLE_MUTED;
    if (!text || !text[0])
        ; /* stays as it is */
    else if (is_same(value, text))
        note(value, STYLE_WARNING, _("This is the value it already has."));
    else
        check_plain(value, text);
    free(text);
}

bool editor_value_is_change(const struct editor_value *value)
{
    char *text = trimmed(&value->input);
    bool change = text && text[0] && !is_same(value, text);

    free(text);
    return change;
}

/* --- the whole form -------------------------------------------------------------------------- */

static bool refuse(size_t *item, size_t at, struct buf *what, const char *text)
{
    *item = at;
    buf_str(what, text);
    return false;
}

bool editor_check(struct editor_view *editor, size_t *item, struct buf *what)
{
    size_t changes = 0;
    char *reason;

    for (size_t i = 0; i < editor->value_count; i++) {
        struct editor_value *value = &editor->values[i];
        editor_check_value(value);
        changes += editor_value_is_change(value);
        if (value->note[0] && value->note_style == STYLE_ERROR)
            return refuse(item, i, what, value->note);
    }
    if (changes == 0)
        return refuse(item, editor->focus < editor->value_count ? editor->focus : 0, what,
                      _("Nothing is to be changed yet: enter the right value."));
    reason = trimmed(&editor->reason);
    bool given = reason && reason[0];
    free(reason);
    return given || refuse(item, editor->value_count + EDITOR_REASON, what,
                           _("Say why: the reviewer and the provider read the reason."));
}
