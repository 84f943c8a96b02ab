#include "db/wording.h"

#include "base/i18n.h"

#include <stddef.h>
#include <string.h>

struct wording {
    const char *word, *title;
};

static const char *look_up(const struct wording *rows, size_t count, const char *word)
{
    for (size_t i = 0; word && i < count; i++)
        if (strcmp(rows[i].word, word) == 0)
            return _(rows[i].title);
    return word ? word : "";
}

#define LOOK_UP(rows, word) look_up(rows, sizeof(rows) / sizeof *(rows), word)

/* The three classes of the sharing regulation. */
const char *wording_sharing(const char *sharing)
{
    static const struct wording rows[] = {
        {"unconditional", N_("shared without conditions")},
        {"conditional", N_("shared on conditions")},
        {"none", N_("not shared")},
    };

    return LOOK_UP(rows, sharing);
}

const char *wording_mode(const char *mode)
{
    static const struct wording rows[] = {
        {"batch", N_("in batches")},
        {"query", N_("on query")},
        {"verify", N_("compared only")},
    };

    return LOOK_UP(rows, mode);
}

const char *wording_format(const char *format)
{
    static const struct wording rows[] = {
        {"json", "JSON"},
        {"xml", "XML"},
        {"csv", "CSV"},
    };

    return LOOK_UP(rows, format);
}

const char *wording_cycle(const char *update_cycle)
{
    static const struct wording rows[] = {
        {"realtime", N_("at once")},      {"hourly", N_("every hour")},
        {"daily", N_("every day")},       {"weekly", N_("every week")},
        {"monthly", N_("every month")},   {"quarterly", N_("every quarter")},
        {"yearly", N_("every year")},     {"annually", N_("every year")},
        {"irregular", N_("irregularly")}, {"once", N_("once only")},
    };

    return LOOK_UP(rows, update_cycle);
}

const char *wording_ground(const char *ground)
{
    static const struct wording rows[] = {
        {"inaccurate", N_("inaccurate")},
        {"incomplete", N_("incomplete")},
    };

    return LOOK_UP(rows, ground);
}

const char *wording_action(const char *action)
{
    static const struct wording rows[] = {
        {"submit", N_("submitted")},
        {"approve", N_("approved")},
        {"return", N_("returned")},
        {"withdraw", N_("withdrawn")},
        {"resubmit", N_("submitted again")},
        {"receive", N_("received")},
        {"check", N_("being checked")},
        {"correct", N_("corrected")},
        {"uphold", N_("upheld")},
        {"need_more", N_("more is needed")},
        {"close", N_("closed")},
        {"dispute", N_("disputed")},
        {"note", N_("note")},
    };

    return LOOK_UP(rows, action);
}

const char *wording_role(const char *role)
{
    static const struct wording rows[] = {
        {"clerk", N_("clerk")},
        {"supervisor", N_("supervisor")},
        {"provider", N_("provider")},
    };

    return LOOK_UP(rows, role);
}
