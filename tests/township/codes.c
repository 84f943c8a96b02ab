#include "tests/township/codes.h"

#include <stddef.h>
#include <string.h>

static const char SYMBOLS_36[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char SYMBOLS_31[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int value_in(const char *symbols, char c)
{
    const char *at = strchr(symbols, c);
    return at == NULL ? 0 : (int)(at - symbols);
}

char code_resident_check(const char *body)
{
    int sum = 0; /* Horner's form of MOD 11-2 */
    for (size_t i = 0; i < 17; i++)
        sum = (sum + (body[i] - '0')) * 2 % 11;
    return "10X98765432"[sum];
}

char code_uscc_check(const char *body)
{
    int sum = 0;
    int weight = 1;
    for (size_t i = 0; i < 17; i++) {
        sum += value_in(SYMBOLS_31, body[i]) * weight;
        weight = weight * 3 % 31;
    }
    return SYMBOLS_31[(31 - sum % 31) % 31];
}

char code_organisation_check(const char *body)
{
    static const int weights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (size_t i = 0; i < 8; i++)
        sum += value_in(SYMBOLS_36, body[i]) * weights[i];
    return "0123456789X"[(11 - sum % 11) % 11];
}

static int mod_37_36(const char *text, int letter_offset)
{
    int product = 36;
    for (; *text != '\0'; text++) {
        int value = value_in(SYMBOLS_36, *text);
        product = (product + value + (value > 9 ? letter_offset : 0)) % 36;
        product = (product == 0 ? 36 : product) * 2 % 37;
    }
    return (37 - product) % 36;
}

char code_certificate_check(const char *text)
{
    return SYMBOLS_36[mod_37_36(text, 0)];
}

char code_certificate_check_wrong(const char *text)
{
    int right = mod_37_36(text, 0);
    int wrong = mod_37_36(text, 1);
    return SYMBOLS_36[wrong == right ? (right + 1) % 36 : wrong];
}

char code_uscc_symbol(unsigned n)
{
    return SYMBOLS_31[n % 31];
}
