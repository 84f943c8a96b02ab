#ifndef HUILIU_VERIFY_FINDING_H
#define HUILIU_VERIFY_FINDING_H
/*
 * What a check has to say about a number: a short list of sentences, each with a severity and a
 * stable code for scripts and tests.
 *
 * A note explains (how a legacy number was read), a warning asks the clerk to look twice (a region
 * nobody knows), an error says that the number cannot be right as it stands. Only errors condemn.
 *
 * The list is a plain value: start with `struct findings f = {0}`, no release. It is bounded; when
 * it is full, a more severe finding takes the place of the least severe one, so that the worst
 * severity is never lost. Callers translate the sentence with _() where they add it. Thread-safe.
 */
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define FINDING_TEXT_MAX 320
#define FINDINGS_MAX     12

enum severity { FINDING_NOTE, FINDING_WARNING, FINDING_ERROR };

struct finding {
    enum severity severity;
    const char *code;            /* static: "resident_id.check"; never translated */
    char text[FINDING_TEXT_MAX]; /* translated, UTF-8, cut at a character border */
};

struct findings {
    struct finding items[FINDINGS_MAX];
    size_t count;
};

void findings_add(struct findings *findings, enum severity severity, const char *code,
                  const char *format, ...) PRINTF_LIKE(4, 5);

/* FINDING_NOTE for an empty list. */
enum severity findings_worst(const struct findings *findings);
size_t findings_count(const struct findings *findings, enum severity severity);

/* The finding with that code, or NULL. */
const struct finding *findings_find(const struct findings *findings, const char *code);

#endif
