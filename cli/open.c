#include "cli/open.h"

#include "base/i18n.h"
#include "cli/places.h"
#include "db/home.h"
#include "tui/interface.h"
#include "tui/screen.h"

#include <limits.h>
#include <unistd.h>

/* A shell's way to say that a signal ended a program, which has nevertheless left in good order. */
#define EXIT_BY_SIGNAL 128

static enum status run(const struct line *line, int *exit_code, struct error *error)
{
    int signal_number = 0;
    char directory[PATH_MAX], keymaps[PATH_MAX];
    struct interface_options options = {
        .home = line_option(line, "home"),
        .account = line_option(line, "as"),
        .keymap_folder = keymaps,
        .keymap = line_option(line, "keymap"),
        .kiosk = line_switch(line, "kiosk"),
        .ascii = line_switch(line, "ascii"),
    };

    if (!options.home) {
        enum status status = home_default_directory(directory, sizeof directory, error);
        if (status != STATUS_OK)
            return status;
        options.home = directory;
    }
    places_keymaps(keymaps, sizeof keymaps);
    enum status status = interface_run(&options, &signal_number, error);
    if (status == STATUS_OK && signal_number != 0)
        *exit_code = EXIT_BY_SIGNAL + signal_number;
    return status;
}

enum status open_interface(const struct line *line, int *exit_code, struct error *error)
{
    struct screen_guard guard = {0};

    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1)
        return error_set(error, STATUS_UNSUPPORTED,
                         _("The interface needs a terminal, and this is none. `huiliu help` "
                           "lists the commands that work without one."));
    enum status status = screen_watch(&guard, error);
    if (status != STATUS_OK || !guard.is_parent)
        return status == STATUS_OK ? run(line, exit_code, error) : status;
    *exit_code = guard.exit_code;
    return STATUS_OK;
}
