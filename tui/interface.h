#ifndef HUILIU_TUI_INTERFACE_H
#define HUILIU_TUI_INTERFACE_H
/*
 * The interactive program: what `huiliu` without a subcommand runs. Opens the home for writing (or
 * for reading only, and says so, when another window holds it), starts the workers, shows the
 * unlock page, and gives the terminal back whatever happens.
 */
#include "base/error.h"

#include <stdbool.h>

struct interface_options {
    const char *home;          /* directory */
    const char *account;       /* filled in on the unlock page; NULL: the clerk types it */
    const char *keymap_folder; /* NULL: only the built-in map */
    bool ascii;                /* boxes of + - | */
};

/* Returns when the user leaves. */
enum status interface_run(const struct interface_options *options, struct error *error) MUST_CHECK;

#endif
