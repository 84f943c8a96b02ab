#include "cli/places.h"

#include "base/file.h"

#include <limits.h>
#include <stdio.h>

/* `built` is relative to the executable's directory; taken only when `probe` is there. */
static void choose(const char *built, const char *probe, const char *installed, char *out,
                   size_t size)
{
    char here[PATH_MAX], path[PATH_MAX];

    file_executable_directory(here, sizeof here);
    int length = snprintf(path, sizeof path, "%s/%s/%s", here, built, probe);
    if (here[0] != '\0' && length > 0 && (size_t)length < sizeof path && file_exists(path))
        length = snprintf(out, size, "%s/%s", here, built);
    else
        length = snprintf(out, size, "%s", installed);
    if (length < 0 || (size_t)length >= size)
        out[0] = '\0';
}

void places_catalogues(char *out, size_t size)
{
    choose("locale", "zh_CN", HUILIU_PREFIX "/share/locale", out, size);
}

void places_keymaps(char *out, size_t size)
{
    choose("keymaps", "default.keys", HUILIU_PREFIX "/share/huiliu/keymaps", out, size);
}
