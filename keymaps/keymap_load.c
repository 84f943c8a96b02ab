#include "base/file.h"
#include "base/i18n.h"
#include "keymaps/keymap_private.h"

#include <string.h>

#define SUFFIX       ".keys"
#define BUILTIN_NAME "default" SUFFIX

/* Where a map and what it includes come from. */
struct source {
    const char *folder; /* NULL: only what is built in */
    size_t folder_length;
};

static enum status read_builtin(const char *name, struct buf *out, struct error *error)
{
    if (strcmp(name, BUILTIN_NAME) != 0)
        return error_set(error, STATUS_NOT_FOUND, _("There is no keymap file %s."), name);
    buf_bytes(out, keymap_builtin_default, keymap_builtin_default_length);
    return buf_failed(out) ? error_nomem(error) : STATUS_OK;
}

static enum status read_source(void *data, const char *name, struct buf *out, struct error *error)
{
    const struct source *source = data;
    struct buf path = {0};
    enum status status = STATUS_NOT_FOUND;

    if (!source->folder)
        return read_builtin(name, out, error);
    buf_bytes(&path, source->folder, source->folder_length);
    buf_printf(&path, "/%s", name);
    struct error trouble = {0};
    status = buf_failed(&path) ? error_nomem(&trouble)
                               : file_read(buf_text(&path), KEYMAP_FILE_MAX, out, &trouble);
    buf_release(&path);
    if (status == STATUS_NOT_FOUND)
        return read_builtin(name, out, error);
    if (status != STATUS_OK && error)
        *error = trouble;
    return status;
}

static enum status parse_source(struct source *source, const char *name, struct keymap **map,
                                struct error *error)
{
    struct keymap_loader loader = {.read = read_source, .data = source};
    struct buf text = {0};
    enum status status = read_source(source, name, &text, error);

    if (status == STATUS_OK)
        status = keymap_parse(name, buf_text(&text), text.length, &loader, map, error);
    buf_release(&text);
    return status;
}

static bool is_map_name(const char *name)
{
    return name[0] != '\0' && name[0] != '.' && !strchr(name, '/') && strlen(name) < 48;
}

enum status keymap_load(const char *folder, const char *name, struct keymap **map,
                        struct error *error)
{
    struct source source = {.folder = folder, .folder_length = folder ? strlen(folder) : 0};
    struct buf file = {0};

    if (!is_map_name(name))
        return error_set(error, STATUS_NOT_FOUND, _("There is no keymap \"%.48s\"."), name);
    buf_printf(&file, "%s" SUFFIX, name);
    enum status status =
        buf_failed(&file) ? error_nomem(error) : parse_source(&source, buf_text(&file), map, error);
    buf_release(&file);
    return status;
}

enum status keymap_load_file(const char *path, struct keymap **map, struct error *error)
{
    const char *slash = strrchr(path, '/');
    struct source source = {.folder = slash ? path : ".",
                            .folder_length = slash ? (size_t)(slash - path) : 1};
    struct keymap_loader loader = {.read = read_source, .data = &source};
    struct buf text = {0};
    enum status status = file_read(path, KEYMAP_FILE_MAX, &text, error);

    if (status == STATUS_OK)
        status = keymap_parse(slash ? slash + 1 : path, buf_text(&text), text.length, &loader, map,
                              error);
    buf_release(&text);
    return status;
}
