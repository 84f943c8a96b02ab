#include "verify/certificate_id.h"

#include "base/i18n.h"
#include "verify/fold.h"
#include "verify/iso7064.h"
#include "verify/uscc.h"

#include <stdio.h>
#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

char certificate_id_check_character(const char *type_issuer_serial_version)
{
    char joined[CERTIFICATE_ID_TEXT_MAX];
    size_t length = strlen(type_issuer_serial_version);

    if (length >= sizeof joined)
        return '\0';
    memcpy(joined, type_issuer_serial_version, length + 1);
    fold_drop(joined, '.');
    return iso7064_mod_37_36(joined, strlen(joined));
}

/* The deviating routine seen in circulation: letters count from 11, the intermediate sum is
 * reduced modulo 37 first when such a letter carries it over 37, and the result 36 is a Z. */
static char deviating_check_character(const char *joined)
{
    int product = 36;

    for (const char *c = joined; *c; c++) {
        int value = iso7064_value(*c);
        if (value < 0)
            return '\0';
        if (value >= 10)
            value++;
        int sum = product + value;
        if (value > 10 && sum > 37)
            sum %= 37;
        sum %= 36;
        product = (sum ? sum : 36) * 2 % 37;
    }
    return alphabet[36 - product];
}

static bool is_credit_code(const char *text)
{
    return strlen(text) == USCC_TEXT_MAX - 1 && uscc_check_character(text) == text[17];
}

static bool is_type_code(const char *type)
{
    char body[USCC_TEXT_MAX];

    if (strlen(type) != 21 || !fold_is_digits(type + 18, 3))
        return false;
    memcpy(body, type, 18);
    body[18] = '\0';
    return is_credit_code(body);
}

/* Cuts the last dotted part off `text`; false when there is none or it does not fit. */
static bool take_last(char *text, char *part, size_t size)
{
    char *dot = strrchr(text, '.');
    const char *start = dot ? dot + 1 : text;
    size_t length = strlen(start);

    if (length == 0 || length >= size)
        return false;
    memcpy(part, start, length + 1);
    *(dot ? dot : text) = '\0';
    return true;
}

static bool split(struct certificate_id *id)
{
    char rest[CERTIFICATE_ID_TEXT_MAX], check[2];

    memcpy(rest, id->text, sizeof rest);
    if (!take_last(rest, check, sizeof check) ||
        !take_last(rest, id->version, sizeof id->version) ||
        !take_last(rest, id->serial, sizeof id->serial) ||
        !take_last(rest, id->issuer, sizeof id->issuer) ||
        !take_last(rest, id->type, sizeof id->type) || strlen(rest) >= sizeof id->root)
        return false;
    memcpy(id->root, rest, strlen(rest) + 1);
    id->check = check[0];
    return strcmp(id->root, CERTIFICATE_ID_ROOT) == 0 || is_type_code(id->type);
}

static bool only_known_symbols(const struct certificate_id *id)
{
    static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-";

    return strspn(id->root, "0123456789.") == strlen(id->root) &&
           fold_is_alnum(id->type, strlen(id->type)) &&
           fold_is_alnum(id->issuer, strlen(id->issuer)) &&
           strspn(id->serial, allowed) == strlen(id->serial) &&
           fold_is_alnum(id->version, strlen(id->version)) && fold_is_alnum(&id->check, 1);
}

static bool is_issuer_code(const char *issuer)
{
    size_t length = strlen(issuer);

    return is_credit_code(issuer) ||
           (fold_is_digits(issuer, length) && (length == 6 || length == 9 || length == 12));
}

static void check_parts(const struct certificate_id *id, struct findings *findings)
{
    if (id->root[0] == '\0')
        findings_add(findings, FINDING_NOTE, "certificate_id.no_root",
                     _("The root %s was left out."), CERTIFICATE_ID_ROOT);
    else if (strcmp(id->root, CERTIFICATE_ID_ROOT) != 0)
        findings_add(findings, FINDING_WARNING, "certificate_id.root",
                     _("The root is %s; electronic certificates have %s."), id->root,
                     CERTIFICATE_ID_ROOT);
    if (!is_type_code(id->type))
        findings_add(findings, FINDING_WARNING, "certificate_id.type",
                     _("The certificate type %s is not a credit code with three digits."),
                     id->type);
    if (!is_issuer_code(id->issuer))
        findings_add(findings, FINDING_WARNING, "certificate_id.issuer",
                     _("The issuer %s is neither a valid credit code nor a division code."),
                     id->issuer);
    if (strlen(id->version) != 3 || !fold_is_digits(id->version, 3))
        findings_add(findings, FINDING_WARNING, "certificate_id.version",
                     _("The version %s does not have three digits."), id->version);
}

static void check_check(const struct certificate_id *id, struct findings *findings)
{
    char joined[4 * CERTIFICATE_ID_PART_MAX];

    snprintf(joined, sizeof joined, "%s%s%s%s", id->type, id->issuer, id->serial, id->version);
    char expected = certificate_id_check_character(joined);
    if (!expected)
        findings_add(findings, FINDING_NOTE, "certificate_id.check_skipped",
                     _("The serial number holds a hyphen or an underscore, so the check "
                       "character cannot be worked out."));
    else if (expected == id->check)
        return;
    else if (deviating_check_character(joined) == id->check)
        findings_add(findings, FINDING_NOTE, "certificate_id.check_variant",
                     _("The check character %c follows a known deviating computation instead of "
                       "the standard, which gives %c. This says nothing against the "
                       "certificate."),
                     id->check, expected);
    else
        findings_add(findings, FINDING_WARNING, "certificate_id.check",
                     _("The check character is %c, the standard gives %c: mistyped, or the "
                       "issuing system computes it differently. Only the signature and the "
                       "record decide."),
                     id->check, expected);
}

bool certificate_id_split(const char *text, struct certificate_id *id)
{
    memset(id, 0, sizeof *id);
    if (fold_code(text, id->text, sizeof id->text) && split(id))
        return true;
    memset(id, 0, sizeof *id);
    return false;
}

bool certificate_id_check(const char *text, struct certificate_id *id, struct findings *findings)
{
    if (!certificate_id_split(text, id)) {
        findings_add(findings, FINDING_ERROR, "certificate_id.shape",
                     _("A certificate number has the parts type, issuer, serial number, version "
                       "and check character, separated by dots."));
        return false;
    }
    if (!only_known_symbols(id)) {
        findings_add(findings, FINDING_ERROR, "certificate_id.symbol",
                     _("The certificate number holds a sign that never occurs in one: only "
                       "digits, letters and dots do."));
        return false;
    }
    check_parts(id, findings);
    check_check(id, findings);
    return true;
}

/* Versions are decimal; leading zeros do not count. */
static int compare_versions(const char *a, const char *b)
{
    a += strspn(a, "0");
    b += strspn(b, "0");
    size_t left = strlen(a), right = strlen(b);
    if (left != right)
        return left < right ? -1 : 1;
    return strcmp(a, b);
}

bool certificate_id_supersedes(const struct certificate_id *newer,
                               const struct certificate_id *older)
{
    return newer->check && older->check && strcmp(newer->type, older->type) == 0 &&
           strcmp(newer->issuer, older->issuer) == 0 && strcmp(newer->serial, older->serial) == 0 &&
           compare_versions(newer->version, older->version) > 0;
}
