#include "verify/finding.h"

#include "verify/fold.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Where the next finding goes: a free place, or that of the least severe one below `severity`. */
static struct finding *place_for(struct findings *findings, enum severity severity)
{
    if (findings->count < FINDINGS_MAX)
        return &findings->items[findings->count++];
    struct finding *least = &findings->items[0];
    for (size_t i = 1; i < FINDINGS_MAX; i++) {
        if (findings->items[i].severity < least->severity)
            least = &findings->items[i];
    }
    return least->severity < severity ? least : NULL;
}

void findings_add(struct findings *findings, enum severity severity, const char *code,
                  const char *format, ...)
{
    struct finding *finding = place_for(findings, severity);

    if (!finding)
        return;
    finding->severity = severity;
    finding->code = code;
    va_list arguments;
    va_start(arguments, format);
    fold_vprint(finding->text, sizeof finding->text, format, arguments);
    va_end(arguments);
}

enum severity findings_worst(const struct findings *findings)
{
    enum severity worst = FINDING_NOTE;

    for (size_t i = 0; i < findings->count; i++) {
        if (findings->items[i].severity > worst)
            worst = findings->items[i].severity;
    }
    return worst;
}

size_t findings_count(const struct findings *findings, enum severity severity)
{
    size_t count = 0;

    for (size_t i = 0; i < findings->count; i++)
        count += findings->items[i].severity == severity;
    return count;
}

const struct finding *findings_find(const struct findings *findings, const char *code)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (strcmp(findings->items[i].code, code) == 0)
            return &findings->items[i];
    }
    return NULL;
}
