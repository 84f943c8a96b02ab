#include "verify/phone.h"

#include "base/i18n.h"
#include "verify/fold.h"

#include <stdio.h>
#include <string.h>

enum { RAW_MAX = 48, EXTENSION_MAX = 6 };

/* Digits of the number proper and of the extension, as typed. */
struct dialled {
    char digits[RAW_MAX];
    char extension[RAW_MAX];
};

/* Folds the number; the word for "extension" (U+8F6C, U+8F49) becomes '#'. */
static bool fold_number(const char *text, char raw[RAW_MAX])
{
    char plain[2 * RAW_MAX];
    const char *word = strstr(text, "\u8f6c");

    if (!word)
        word = strstr(text, "\u8f49");
    if (!word)
        return fold_code(text, raw, RAW_MAX);
    int length = snprintf(plain, sizeof plain, "%.*s#%s", (int)(word - text), text, word + 3);
    return length >= 0 && (size_t)length < sizeof plain && fold_code(plain, raw, RAW_MAX);
}

/* "0571-88881234-801", "#801", "x801": the last group is an extension when a landline number is
 * complete before it. */
static bool collect(const char *text, struct dialled *dialled)
{
    char raw[RAW_MAX];

    memset(dialled, 0, sizeof *dialled);
    if (!fold_number(text, raw))
        return false;
    fold_drop(raw, '(');
    fold_drop(raw, ')');
    fold_drop(raw, '.');
    char *mark = strpbrk(raw, "#X*");
    char *dash = strrchr(raw, '-');
    if (!mark && dash && dash - raw >= 10 && strlen(dash + 1) <= EXTENSION_MAX &&
        memchr(raw, '-', (size_t)(dash - raw)) && raw[0] == '0')
        mark = dash;
    if (mark) {
        fold_copy(dialled->extension, sizeof dialled->extension, mark + 1);
        *mark = '\0';
    }
    fold_drop(raw, '-');
    fold_copy(dialled->digits, sizeof dialled->digits, raw);
    size_t extension = strlen(dialled->extension);
    return !mark || (extension <= EXTENSION_MAX && fold_is_digits(dialled->extension, extension));
}

/* The national number without +86, 0086 or 86; NULL for another country. */
static const char *without_country(const char *digits)
{
    if (strncmp(digits, "+86", 3) == 0)
        return digits + 3;
    if (digits[0] == '+')
        return NULL;
    if (strncmp(digits, "0086", 4) == 0)
        return digits + 4;
    if (strncmp(digits, "86", 2) == 0 && strlen(digits) == 13)
        return digits + 2;
    return digits;
}

static bool is_mobile(const char *digits)
{
    return strlen(digits) == 11 && digits[0] == '1' && digits[1] >= '3';
}

/* Digits in the area code of a landline number that starts with 0; 0 when it is none. */
static size_t area_code_length(const char *digits)
{
    size_t length = strlen(digits);
    bool short_code = digits[1] == '1' || digits[1] == '2';
    size_t area = short_code ? 3 : 4;

    if (digits[0] != '0' || length < area || digits[1] == '0' ||
        (digits[1] == '1' && digits[2] != '0'))
        return 0;
    size_t local = length - area;
    bool fits = local == 8 || (local == 7 && !short_code);
    return fits && digits[area] >= '2' ? area : 0;
}

static void set_landline(struct phone *phone, const char *digits, size_t area,
                         const char *extension)
{
    phone->kind = PHONE_LANDLINE;
    snprintf(phone->number, sizeof phone->number, "%.*s-%.8s%s%.6s", (int)area, digits,
             digits + area, *extension ? "-" : "", extension);
}

static bool set_plain(struct phone *phone, enum phone_kind kind, const char *digits)
{
    phone->kind = kind;
    snprintf(phone->number, sizeof phone->number, "%.20s", digits);
    return true;
}

/* Abroad one dials a landline without the 0 of the area code: +86 571 8888 1234. */
static const char *with_trunk_zero(const char *digits, char out[RAW_MAX])
{
    if (digits[0] == '0' || is_mobile(digits))
        return digits;
    snprintf(out, RAW_MAX, "0%.40s", digits);
    return area_code_length(out) ? out : digits;
}

static bool recognise(struct phone *phone, const struct dialled *dialled)
{
    char trunk[RAW_MAX];
    const char *digits = without_country(dialled->digits);

    if (!digits || !fold_is_digits(digits, strlen(digits)))
        return false;
    if (digits != dialled->digits)
        digits = with_trunk_zero(digits, trunk);
    size_t length = strlen(digits), area = area_code_length(digits);
    if (area) {
        set_landline(phone, digits, area, dialled->extension);
        return true;
    }
    if (dialled->extension[0])
        return false;
    if (is_mobile(digits))
        return set_plain(phone, PHONE_MOBILE, digits);
    if (length == 10 && (strncmp(digits, "400", 3) == 0 || strncmp(digits, "800", 3) == 0))
        return set_plain(phone, PHONE_SERVICE, digits);
    if ((length == 7 || length == 8) && digits[0] >= '2')
        return set_plain(phone, PHONE_LOCAL, digits);
    return false;
}

/* Begins like a mobile number and is one digit short or long. */
static bool is_nearly_mobile(const char *digits)
{
    size_t length = strlen(digits);

    return (length == 10 || length == 12) && fold_is_digits(digits, length) && digits[0] == '1' &&
           digits[1] >= '3';
}

bool phone_check(const char *text, struct phone *phone, struct findings *findings)
{
    struct dialled dialled;

    memset(phone, 0, sizeof *phone);
    if (!collect(text, &dialled) || !recognise(phone, &dialled)) {
        if (is_nearly_mobile(dialled.digits))
            findings_add(findings, FINDING_ERROR, "phone.mobile_length",
                         _("A mobile number has 11 digits, this one has %zu."),
                         strlen(dialled.digits));
        else
            findings_add(findings, FINDING_ERROR, "phone.shape",
                         _("This is neither a mobile number nor a landline number with its area "
                           "code."));
        return false;
    }
    if (phone->kind == PHONE_LOCAL)
        findings_add(findings, FINDING_WARNING, "phone.area_code", _("The area code is missing."));
    return true;
}

bool phone_equal(const char *a, const char *b)
{
    struct phone left, right;
    struct findings ignored = {0};

    if (!phone_check(a, &left, &ignored) || !phone_check(b, &right, &ignored) ||
        left.kind != right.kind)
        return false;
    char *first = strrchr(left.number, '-'), *second = strrchr(right.number, '-');
    bool left_extended = first && strchr(left.number, '-') != first;
    bool right_extended = second && strchr(right.number, '-') != second;
    if (left_extended != right_extended)
        *(left_extended ? first : second) = '\0';
    return strcmp(left.number, right.number) == 0;
}
