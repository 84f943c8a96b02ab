#ifndef HUILIU_TUI_INTERFACE_H
#define HUILIU_TUI_INTERFACE_H
/*
 * The interactive program: what `huiliu` without a subcommand runs. Opens the home for writing (or
 * for reading only, and says so, when another window holds it), starts the workers, shows the
 * unlock page, and gives the terminal back whatever happens.
 *
 * Settings of huiliu.conf: interface.keymap (name of a map), interface.kiosk (yes or no),
 * interface.idle_lock_minutes (0: never; 10 by default, a day at most).
 */
#include "base/error.h"

#include <stdbool.h>

struct interface_options {
    const char *home;          /* directory */
    const char *account;       /* filled in on the unlock page; NULL: the clerk types it */
    const char *keymap_folder; /* NULL: only the built-in map */
    const char *keymap;        /* name of the map; NULL: the setting interface.keymap */
    bool ascii;                /* boxes of + - | */
    bool kiosk;                /* no way to the shell; also the setting interface.kiosk */
};

/* Returns when the user leaves, with *signal_number 0, or in good order after TERM, HUP, INT or
 * QUIT, which it then is. */
enum status interface_run(const struct interface_options *options, int *signal_number,
                          struct error *error) MUST_CHECK;

#endif
