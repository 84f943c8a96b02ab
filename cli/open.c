#include "cli/open.h"

#include "base/i18n.h"
#include "cli/places.h"
#include "db/home.h"
#include "tui/interface.h"

#include <limits.h>
#include <unistd.h>

enum status open_interface(const struct line *line, struct error *error)
{
    char directory[PATH_MAX], keymaps[PATH_MAX];
    struct interface_options options = {
        .home = line_option(line, "home"),
        .account = line_option(line, "as"),
        .keymap_folder = keymaps,
    };

    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1)
        return error_set(error, STATUS_UNSUPPORTED,
                         _("The interface needs a terminal, and this is none. `huiliu help` "
                           "lists the commands that work without one."));
    if (!options.home) {
        enum status status = home_default_directory(directory, sizeof directory, error);
        if (status != STATUS_OK)
            return status;
        options.home = directory;
    }
    places_keymaps(keymaps, sizeof keymaps);
    return interface_run(&options, error);
}
