#ifndef HUILIU_TESTS_CLI_RUN_H
#define HUILIU_TESTS_CLI_RUN_H
/*
 * Running the real program: build/huiliu, found beside the test program, with its output read to
 * the end. Everything is bounded by RUN_LIMIT_MS; a program that hangs is killed and fails the
 * test.
 *
 *     struct outcome o = run(NULL, "keymap", "list", "--json", NULL);
 *     assert_int_equal(o.code, 0);
 *     assert_string_equal(json_text(outcome_json(&o), "name", ""), "default");
 *     outcome_release(&o);
 */
#include "base/buf.h"
#include "base/json.h"

#include <sys/types.h>

#define RUN_LIMIT_MS 120000

struct outcome {
    int code; /* exit code; 128 + signal when it was killed */
    struct buf out, err;
    json_t *json; /* after outcome_json() */
};

/* Path of a program of this build: "huiliu", "tests/upstream/upstream". Static memory. */
const char *program_path(const char *name);

/* Starts a program of this build with these streams (-1: as the test's own). NULL-terminated
 * arguments without the program's own name. */
pid_t start_program(const char *name, int in, int out, int err, const char *const *arguments);

/* NULL-terminated argument list; `input` is standard input (NULL: /dev/null). */
struct outcome run_arguments(const char *input, const char *const *arguments);
struct outcome run(const char *input, ...) __attribute__((sentinel));
/* The same on a terminal of its own, where `answer` (NULL: nothing) is typed once a prompt has
 * appeared and the echo is off; what the terminal shows is in `out`. */
struct outcome run_on_terminal(const char *answer, const char *const *arguments);

/* Reads both streams of a child until they end; kills it when it takes too long. `heard` (may be
 * NULL) is called whenever it has said something. */
typedef void heard_fn(pid_t child);
void collect_output(pid_t child, int out, int err, struct outcome *outcome, heard_fn *heard);
/* Reads from `fd` until the end of a line; fails the test when none comes in time. */
void read_first_line(int fd, struct buf *line);
int wait_code(pid_t child); /* exit code; 128 + signal */

/* Standard output as exactly one JSON value on one line; fails the test otherwise. */
json_t *outcome_json(struct outcome *outcome);
/* Status in {"error":{"status":…}}; fails the test when there is none. */
const char *outcome_error(struct outcome *outcome);
void outcome_release(struct outcome *outcome);

/* Writes a file of this text and gives its path, which the caller frees. */
char *write_file(const char *directory, const char *name, const char *text);
char *join_path(const char *directory, const char *name);
char *make_directory(void);
void remove_directory(char *directory); /* and everything in it; frees the name */

#endif
