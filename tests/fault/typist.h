#ifndef HUILIU_TESTS_FAULT_TYPIST_H
#define HUILIU_TESTS_FAULT_TYPIST_H
/*
 * A person at the real window who types a correction to the end, presses the key that submits it,
 * and loses the program to kill -9 a given time after that key: before, during or after the save.
 */
#include <stdbool.h>
#include <stdint.h>

struct typist {
    const char *home, *account, *passphrase;
    const char *number;   /* of the resident, with an address that can be corrected */
    const char *proposed; /* the address; ASCII and new every time */
    int64_t lives_us;     /* after the key */
};

/* True when the window had said that it is saved. Fails the test when the editor is not reached or
 * the line is not put right. */
bool typist_submits_and_dies(const struct typist *typist);

#endif
