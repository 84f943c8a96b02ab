#include "verify/iso7064.h"

int iso7064_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
}

char iso7064_mod_11_2(const char *digits, size_t length)
{
    unsigned product = 0;

    for (size_t i = 0; i < length; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return '\0';
        product = (product + (unsigned)(digits[i] - '0')) * 2 % 11;
    }
    return length ? "0123456789X"[(12 - product) % 11] : '\0';
}

char iso7064_mod_37_36(const char *characters, size_t length)
{
    int product = 36;

    for (size_t i = 0; i < length; i++) {
        int value = iso7064_value(characters[i]);
        if (value < 0)
            return '\0';
        int sum = (product + value) % 36;
        product = (sum ? sum : 36) * 2 % 37;
    }
    return length ? "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(37 - product) % 36] : '\0';
}
