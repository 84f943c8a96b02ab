#include "verify/organisation_code.h"

#include "base/i18n.h"
#include "verify/fold.h"
#include "verify/iso7064.h"

#include <string.h>

char organisation_code_check_character(const char body[8])
{
    static const int weights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;

    for (size_t i = 0; i < 8; i++) {
        int value = iso7064_value(body[i]);
        if (value < 0)
            return '\0';
        sum += value * weights[i];
    }
    return "0123456789X"[(11 - sum % 11) % 11];
}

/* Nine characters without hyphen or spaces, in upper case. */
static bool normalise(const char *text, char out[ORGANISATION_CODE_TEXT_MAX])
{
    char folded[32];

    out[0] = '\0';
    if (!fold_code(text, folded, sizeof folded))
        return false;
    fold_drop(folded, '-');
    if (strlen(folded) != 9 || !fold_is_alnum(folded, 8) ||
        (folded[8] != 'X' && !fold_is_digits(folded + 8, 1)))
        return false;
    memcpy(out, folded, 10);
    return true;
}

bool organisation_code_check(const char *text, char out[ORGANISATION_CODE_TEXT_MAX],
                             struct findings *findings)
{
    if (!normalise(text, out)) {
        findings_add(findings, FINDING_ERROR, "organisation_code.shape",
                     _("An organisation code has eight digits or letters and a check "
                       "character."));
        return false;
    }
    char expected = organisation_code_check_character(out);
    if (expected == out[8])
        return true;
    findings_add(findings, FINDING_ERROR, "organisation_code.check",
                 _("The check character should be %c, not %c: a character was probably "
                   "mistyped."),
                 expected, out[8]);
    return false;
}
