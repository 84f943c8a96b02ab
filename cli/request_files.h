#ifndef HUILIU_CLI_REQUEST_FILES_H
#define HUILIU_CLI_REQUEST_FILES_H
/* The files of a request on the command line: every --attach FILE, in the arena. */
#include "base/arena.h"
#include "cli/line.h"
#include "db/request.h"

enum status request_files_read(const struct line *line, struct arena *arena,
                               struct request_new *request, struct error *error) MUST_CHECK;

#endif
