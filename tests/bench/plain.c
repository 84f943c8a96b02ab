#include "tests/bench/plain.h"

#include "base/file.h"
#include "base/text.h"
#include "db/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX      4
#define INSERT_ROWS    10000
#define TRIGRAM_LENGTH 3
#define APPLICATION_ID 0x42454E50

struct plain {
    struct sql *sql;
    char path[PATH_MAX];
};

static const char schema[] =
    "CREATE TABLE plain(id INTEGER PRIMARY KEY, text TEXT NOT NULL);"
    "CREATE VIRTUAL TABLE trigrams USING fts5(text, tokenize='trigram', content='plain',"
    " content_rowid='id');"
    "CREATE VIRTUAL TABLE words USING fts5(text, tokenize='unicode61', content='plain',"
    " content_rowid='id')";

const char *plain_name(enum plain_way way)
{
    static const char *const names[] = {"LIKE", "trigram", "unicode61"};

    return names[way];
}

/* --- making ----------------------------------------------------------------------------------- */

struct making {
    struct sql *sql;
    struct spelling *spelling;
    struct buf text;
};

static void put_text(struct making *making, const struct subject *subject)
{
    const char *syllables[SYLLABLES_MAX];
    size_t count = spelling_name(making->spelling, subject->name, syllables, SYLLABLES_MAX);
    struct buf *text = &making->text;

    buf_clear(text);
    buf_printf(text, "%s ", subject->name);
    for (size_t i = 0; i < count; i++)
        buf_str(text, syllables[i]);
    buf_char(text, ' ');
    for (size_t i = 0; i < count; i++)
        buf_char(text, syllables[i][0]);
    buf_printf(text, " %s %s %s %s", subject->code, subject->birth, subject->phone,
               subject->address);
}

static enum status insert(void *context, const struct subject *subject, struct error *error)
{
    struct making *making = context;
    struct stmt *stmt;
    enum status status =
        sql_statement(making->sql, "INSERT INTO plain(id, text) VALUES(?1, ?2)", &stmt, error);

    if (status != STATUS_OK)
        return status;
    put_text(making, subject);
    stmt_bind_int(stmt, 1, subject->number);
    stmt_bind_text_n(stmt, 2, buf_text(&making->text), making->text.length);
    status = stmt_run(stmt, error);
    if (status == STATUS_OK && subject->number % INSERT_ROWS == 0) {
        status = sql_commit(making->sql, error);
        if (status == STATUS_OK)
            status = sql_begin(making->sql, error);
    }
    return status;
}

static enum status open_file(const char *path, struct sql **sql, struct error *error)
{
    const struct sql_options options = {.path = path,
                                        .role = SQL_WRITER,
                                        .application_id = APPLICATION_ID,
                                        .user_version_max = 1,
                                        .cache_kib = 65536};
    return sql_open(&options, sql, error);
}

static enum status fill(const struct bench *bench, struct spelling *spelling, struct sql *sql,
                        struct error *error)
{
    struct making making = {.sql = sql, .spelling = spelling};
    enum status status = sql_exec(sql, schema, error);

    if (status == STATUS_OK)
        status = sql_begin(sql, error);
    if (status == STATUS_OK)
        status = subjects_read(bench, insert, &making, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    if (status == STATUS_OK)
        status = sql_exec(sql,
                          "INSERT INTO trigrams(trigrams) VALUES('rebuild');"
                          "INSERT INTO trigrams(trigrams) VALUES('optimize');"
                          "INSERT INTO words(words) VALUES('rebuild');"
                          "INSERT INTO words(words) VALUES('optimize')",
                          error);
    buf_release(&making.text);
    return status == STATUS_OK ? sql_checkpoint(sql, error) : status;
}

/* Under another name until it is whole. */
static enum status make(const struct bench *bench, struct spelling *spelling, const char *path,
                        struct error *error)
{
    char unfinished[PATH_MAX];
    struct sql *sql = NULL;
    enum status status = bench_path(bench, "plain.unfinished", unfinished, error);

    if (status == STATUS_OK)
        status = bench_remove(unfinished, error);
    if (status == STATUS_OK)
        status = open_file(unfinished, &sql, error);
    if (status == STATUS_OK)
        status = fill(bench, spelling, sql, error);
    sql_close(sql);
    if (status == STATUS_OK && rename(unfinished, path) != 0)
        status = error_set(error, STATUS_IO, "%s cannot be renamed", unfinished);
    return status;
}

enum status plain_open(const struct bench *bench, struct spelling *spelling, struct plain **out,
                       struct error *error)
{
    struct plain *plain = calloc(1, sizeof *plain);

    if (!plain)
        return error_nomem(error);
    enum status status = bench_path(bench, "plain.db", plain->path, error);
    if (status == STATUS_OK && !file_exists(plain->path))
        status = make(bench, spelling, plain->path, error);
    if (status == STATUS_OK)
        status = open_file(plain->path, &plain->sql, error);
    if (status != STATUS_OK) {
        free(plain);
        return status;
    }
    *out = plain;
    return STATUS_OK;
}

void plain_close(struct plain *plain)
{
    if (!plain)
        return;
    sql_close(plain->sql);
    free(plain);
}

long long plain_size(const struct plain *plain)
{
    return bench_file_size(plain->path);
}

/* --- searching -------------------------------------------------------------------------------- */

struct words {
    char patterns[WORDS_MAX][256]; /* for LIKE */
    size_t count;
    struct buf match; /* for FTS5 */
};

/* Which words LIKE looks for, and which the index does. */
static void split(const char *query, enum plain_way way, struct words *words)
{
    const char *at = query;

    for (size_t length; *(at += strspn(at, " ")) != '\0'; at += length) {
        char word[200];
        length = strcspn(at, " ");
        (void)snprintf(word, sizeof word, "%.*s", (int)length, at);
        bool indexed =
            way == PLAIN_WORDS || (way == PLAIN_TRIGRAM && text_length(word) >= TRIGRAM_LENGTH);
        if (indexed)
            buf_printf(&words->match, "\"%s\"%s ", word, way == PLAIN_WORDS ? "*" : "");
        else if (words->count < WORDS_MAX)
            (void)snprintf(words->patterns[words->count++], sizeof words->patterns[0], "%%%s%%",
                           word);
    }
}

#define LIKE_ALL                                                                                   \
    " (?2 IS NULL OR text LIKE ?2) AND (?3 IS NULL OR text LIKE ?3)"                               \
    " AND (?4 IS NULL OR text LIKE ?4) AND (?5 IS NULL OR text LIKE ?5) LIMIT 50"

static const char *statement_for(enum plain_way way, const struct words *words)
{
    static const char like[] = "SELECT id FROM plain WHERE ?1 IS NULL AND" LIKE_ALL;
    static const char trigrams_like[] = "SELECT rowid FROM trigrams WHERE ?1 IS NULL AND" LIKE_ALL;
    static const char trigrams[] =
        "SELECT rowid FROM trigrams WHERE trigrams MATCH ?1 AND" LIKE_ALL;
    static const char by_words[] = "SELECT rowid FROM words WHERE words MATCH ?1 LIMIT 50";

    if (way == PLAIN_LIKE)
        return like;
    if (way == PLAIN_WORDS)
        return by_words;
    return words->match.length > 0 ? trigrams : trigrams_like;
}

enum status plain_search(struct plain *plain, enum plain_way way, const char *query, size_t *found,
                         struct error *error)
{
    struct words words = {0};
    struct stmt *stmt;
    bool row = true;

    *found = 0;
    split(query, way, &words);
    enum status status = buf_failed(&words.match)
                             ? error_nomem(error)
                             : sql_statement(plain->sql, statement_for(way, &words), &stmt, error);
    if (status == STATUS_OK) {
        if (words.match.length > 0)
            stmt_bind_text(stmt, 1, buf_text(&words.match));
        for (size_t i = 0; i < words.count; i++)
            stmt_bind_text(stmt, (int)i + 2, words.patterns[i]);
        while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
            (*found)++;
        stmt_reset(stmt);
    }
    buf_release(&words.match);
    return status;
}
