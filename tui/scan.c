#include "tui/scan.h"

#include "db/signed_code.h"
#include "verify/number.h"

#include <string.h>

#define TYPED_MAX 40 /* characters: nobody types more into a field with a return at the end */

static bool is_mostly_digits(const char *text)
{
    size_t digits = 0;

    for (const char *p = text; *p; p++)
        digits += *p >= '0' && *p <= '9';
    return digits * 2 > strlen(text);
}

bool scan_is_code(const char *text)
{
    struct number_report report;

    if (strlen(text) > TYPED_MAX || signed_code_is(text))
        return true;
    if (strchr(text, ' ') || !is_mostly_digits(text))
        return false;
    (void)number_check(text, &report);
    return report.kind != NUMBER_UNKNOWN && report.kind != NUMBER_PHONE &&
           report.kind != NUMBER_DIVISION;
}
