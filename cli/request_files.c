#include "cli/request_files.h"

enum status request_files_read(const struct line *line, struct arena *arena,
                               struct request_new *request, struct error *error)
{
    size_t count = line_option_count(line, "attach");
    struct request_attachment *files = arena_array(arena, count + 1, sizeof *files);

    if (!files)
        return error_nomem(error);
    for (size_t i = 0; i < count; i++)
        files[i].path = line_option_at(line, "attach", i);
    request->attachments = files;
    request->attachment_count = count;
    return STATUS_OK;
}
