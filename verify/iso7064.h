#ifndef HUILIU_VERIFY_ISO7064_H
#define HUILIU_VERIFY_ISO7064_H
/*
 * The two systems of ISO/IEC 7064 that Chinese code numbers use: the pure system MOD 11-2
 * (GB 11643, resident numbers) and the hybrid system MOD 37,36 (GB/T 36904, electronic
 * certificates). Both find every single wrong character; MOD 11-2 also finds every swap of two
 * neighbours, MOD 37,36 all but about one in six hundred.
 *
 * Each gives the check character for the characters before it, or '\0' when there are none or one
 * is outside the alphabet. Pure and thread-safe.
 */
#include <stddef.h>

char iso7064_mod_11_2(const char *digits, size_t length);      /* 0-9 in; 0-9 or X out */
char iso7064_mod_37_36(const char *characters, size_t length); /* 0-9 A-Z in and out */

/* Place of c in 0-9 A-Z, or -1. */
int iso7064_value(char c);

#endif
