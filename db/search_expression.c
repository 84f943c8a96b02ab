#include "db/search_expression.h"

#include <stdio.h>
#include <string.h>

#define BOUND_TEXT_MAX 256

/* --- writing alternatives --------------------------------------------------------------------- */

/* A list "a OR b OR …" in `out`; empty while nothing was added. */
void next_alternative(struct buf *out)
{
    if (out->length > 0)
        buf_str(out, " OR ");
}

void put_term(struct buf *out, enum term_class class, const char *text, size_t length)
{
    buf_char(out, '"');
    buf_char(out, (char)class);
    buf_bytes(out, text, length);
    buf_char(out, '"');
}

void alternative(struct buf *out, enum term_class class, const char *text)
{
    next_alternative(out);
    put_term(out, class, text, strlen(text));
}

void alternative_part(struct buf *out, enum term_class class, const char *text, size_t length)
{
    next_alternative(out);
    put_term(out, class, text, length);
}

/* All terms that begin so: only where few do. */
void alternative_range(struct buf *out, enum term_class class, const char *text)
{
    alternative(out, class, text);
    buf_char(out, '*');
}

void put_points(struct buf *out, enum term_class class, const struct folded *folded, size_t from,
                size_t count)
{
    buf_char(out, '"');
    buf_char(out, (char)class);
    folded_append(folded, from, count, out);
    buf_char(out, '"');
}

void alternative_points(struct buf *out, enum term_class class, const struct folded *folded,
                        size_t from, size_t count)
{
    next_alternative(out);
    put_points(out, class, folded, from, count);
}

void and_term(struct buf *out, bool *any, enum term_class class, const char *text, size_t length)
{
    if (*any)
        buf_str(out, " AND ");
    put_term(out, class, text, length);
    *any = true;
}

/* text followed by each digit: the ten terms one character longer. */
void alternative_digits(struct buf *out, enum term_class class, const char *text)
{
    char longer[WORD_CODE_MAX + 2];

    for (char digit = '0'; digit <= '9'; digit++) {
        snprintf(longer, sizeof longer, "%s%c", text, digit);
        alternative(out, class, longer);
    }
}

void alternative_digits_before(struct buf *out, enum term_class class, const char *text)
{
    char longer[WORD_CODE_MAX + 2];

    for (char digit = '0'; digit <= '9'; digit++) {
        snprintf(longer, sizeof longer, "%c%s", digit, text);
        alternative(out, class, longer);
    }
}

/* --- dictionaries ----------------------------------------------------------------------------- */

/* Binds the smallest text behind everything that begins with `text`. */
static void bind_end(struct stmt *stmt, const char *text, size_t length)
{
    char bound[BOUND_TEXT_MAX];
    static const char last[] = "\xF4\x8F\xBF\xBF";

    if (length > sizeof bound - sizeof last)
        length = sizeof bound - sizeof last;
    memcpy(bound, text, length);
    memcpy(bound + length, last, sizeof last);
    stmt_bind_text_n(stmt, 2, bound, length + sizeof last - 1);
}

/* Everything that begins with `text`. */
void bind_range(struct stmt *stmt, const char *text, size_t length)
{
    stmt_bind_text_n(stmt, 1, text, length < BOUND_TEXT_MAX ? length : BOUND_TEXT_MAX);
    bind_end(stmt, text, length);
}

enum status add_heads(struct sql *cache, enum term_class class, const char *code, struct buf *out,
                      struct error *error)
{
    char text[WORD_CODE_MAX + 2];
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        cache, "SELECT head FROM head WHERE head >= ?1 AND head < ?2 LIMIT ?3", &stmt, error);

    if (status != STATUS_OK)
        return status;
    snprintf(text, sizeof text, "%c%s", (char)class, code);
    bind_range(stmt, text, strlen(text));
    stmt_bind_int(stmt, 3, EXPANSION_MAX);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        const char *head = stmt_text(stmt, 0);
        if (head && *head)
            alternative(out, class, head + 1);
    }
    stmt_reset(stmt);
    return status;
}

enum status head_known(struct sql *cache, enum term_class class, const char *code, size_t length,
                       bool *known, struct error *error)
{
    char text[WORD_CODE_MAX + 2];
    struct stmt *stmt;
    enum status status = sql_statement(cache, "SELECT 1 FROM head WHERE head = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    snprintf(text, sizeof text, "%c%.*s", (char)class, (int)length, code);
    stmt_bind_text(stmt, 1, text);
    status = stmt_step(stmt, known, error);
    stmt_reset(stmt);
    return status;
}

/* What begins with `text` and goes on with a character from `first` on ('\0': or with nothing) and
 * below `last` ('\0': whatever it is). */
static void bind_continued(struct stmt *stmt, const struct buf *text, char first, char last)
{
    char bound[BOUND_TEXT_MAX + 1];
    size_t length = text->length < BOUND_TEXT_MAX ? text->length : BOUND_TEXT_MAX;

    bind_range(stmt, text->data, length);
    memcpy(bound, text->data, length);
    bound[length] = first;
    if (first)
        stmt_bind_text_n(stmt, 1, bound, length + 1);
    bound[length] = last;
    if (last)
        stmt_bind_text_n(stmt, 2, bound, length + 1);
}

static enum status read_words(struct sql *cache, const struct buf *text, const char range[2],
                              struct words *words, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        cache, "SELECT word FROM word WHERE ending >= ?1 AND ending < ?2 LIMIT ?3", &stmt, error);

    if (status != STATUS_OK || words->count >= words->max)
        return status;
    bind_continued(stmt, text, range[0], range[1]);
    stmt_bind_int(stmt, 3, (int64_t)(words->max - words->count));
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        const char *word = stmt_text(stmt, 0);
        if (words->out && word)
            alternative(words->out, TERM_WORD, word);
        words->count++;
    }
    stmt_reset(stmt);
    return status;
}

/* Of a number first those that go on with something else than a digit: 1号 before 11号. */
enum status find_words(struct sql *cache, const struct folded *folded, size_t from, size_t count,
                       struct words *words, struct error *error)
{
    static const char all[2] = {'\0', '\0'};
    static const char behind[2] = {'9' + 1, '\0'};
    static const char before[2] = {'\0', '9' + 1};
    bool number = count > 0 && folded->points[from + count - 1] >= '0' &&
                  folded->points[from + count - 1] <= '9';
    struct buf text = {0};

    folded_append(folded, from, count, &text);
    enum status status = buf_failed(&text) ? error_nomem(error) : STATUS_OK;
    if (status == STATUS_OK && text.length > 0)
        status = read_words(cache, &text, number ? behind : all, words, error);
    if (status == STATUS_OK && number)
        status = read_words(cache, &text, before, words, error);
    buf_release(&text);
    return status;
}
