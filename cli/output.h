#ifndef HUILIU_CLI_OUTPUT_H
#define HUILIU_CLI_OUTPUT_H
/*
 * What a command prints. With --json standard output carries exactly one JSON value and a newline
 * (one per line of input in the batch modes) and nothing else; otherwise lines of text for people.
 * Notes go to standard error in both forms.
 *
 * Every line of text passes text_show() here, so that nothing that came from the network can
 * reach the terminal raw; one call prints one line, whatever is in the data. Lines are dropped
 * when the form is JSON and values when it is text, so a command may offer both.
 *
 * A write that fails is remembered and reported by output_finish(). When there is no memory for a
 * note or an error, a fixed sentence is printed in its place. One thread.
 */
#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"

#include <stdbool.h>
#include <stdio.h>

struct output;

/* Both streams stay the caller's. */
enum status output_new(bool json, FILE *out, FILE *notes, struct output **output,
                       struct error *error) MUST_CHECK;
void output_free(struct output *output);
bool output_is_json(const struct output *output);
void output_become_json(struct output *output); /* for modes that have no form for people */

void output_line(struct output *output, const char *format, ...) PRINTF_LIKE(2, 3);
void output_note(struct output *output, const char *format, ...) PRINTF_LIKE(2, 3);
/* Several lines that are our own text (a help page, a table): '\n' stays. */
void output_block(struct output *output, const char *text);

/* Prints a value the command has built and drops the reference; `ok` is what the json_put()s
 * left behind. */
enum status output_json(struct output *output, json_t *value, bool ok,
                        struct error *error) MUST_CHECK;
/* Something has been done that an answer which cannot be made does not undo: `value` (an id, a
 * name, a path) is told under the name `member` then. */
void output_saved(struct output *output, const char *member, const char *value);
bool output_has_saved(const struct output *output);
/* Instead of the answer: that it is saved, and why no more can be said. Needs no memory. */
void output_tell_saved(struct output *output, const struct error *why);

/* {"error":{"status":…,"text":…}} */
void output_error_json(struct output *output, const struct error *error);
bool output_has_value(const struct output *output); /* a JSON value has been printed */

/* Flushes; STATUS_IO when anything could not be written. */
enum status output_finish(struct output *output, struct error *error) MUST_CHECK;

/* An RFC 3339 instant as people read it, in local time; what is none (a day, "") as it is. The
 * result is `out` or `instant` itself; NULL gives "". */
const char *local_instant(const char *instant, char out[INSTANT_TEXT_MAX]);

/* Text that may not be valid UTF-8 (a path, an argument) as a member. */
void put_shown(json_t *object, const char *name, const char *text, bool *ok);
/* RFC 3339 instant; null for 0. */
void put_instant(json_t *object, const char *name, int64_t ms, bool *ok);
/* Whole days of an age in milliseconds; null when it is negative (unknown). */
void put_age_days(json_t *object, const char *name, int64_t age_ms, bool *ok);

#endif
