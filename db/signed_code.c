#include "db/signed_code.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "db/kept_trust.h"
#include "db/name.h"
#include "db/search_key.h"
#include "db/sql.h"
#include "verify/credential.h"
#include "verify/digest.h"
#include "verify/fold.h"
#include "verify/number.h"

#include <stdio.h>
#include <string.h>

#define CODES_MAX 16

struct judging {
    struct sql *cache;
    struct arena *arena;
    struct reader *reader;
    struct kept_trust *kept;
    const struct trust *keys;
    const struct anchors *roots; /* NULL until a code needs them */
    const struct signed_code_question *question;
    char as_of[INSTANT_TEXT_MAX]; /* of the catalogue */
};

bool signed_code_is(const char *text)
{
    return credential_is_signed(text, strlen(text));
}

/* Drops what is not the text itself. */
static void strip(struct buf *text)
{
    static const char mark[] = "\xef\xbb\xbf"; /* a byte order mark */
    const char *start;

    if (text->length >= sizeof mark - 1 && memcmp(text->data, mark, sizeof mark - 1) == 0)
        buf_consume(text, sizeof mark - 1);
    size_t length = text_trim(text->data, text->length, &start);
    buf_consume(text, (size_t)(start - text->data));
    text->data[length] = '\0';
    text->length = length;
}

enum status signed_code_read(const char *path, struct buf *text, struct error *error)
{
    struct buf file = {0};
    enum status status = file_read(path, CREDENTIAL_TEXT_MAX, &file, error);

    if (status == STATUS_OK && (file.length == 0 || memchr(file.data, '\0', file.length)))
        status =
            error_set(error, STATUS_INVALID, _("%s holds no number and no signed code."), path);
    if (status == STATUS_OK) {
        strip(&file);
        buf_bytes(text, buf_text(&file), file.length);
        if (buf_failed(text))
            status = error_nomem(error);
    }
    buf_release(&file);
    return status;
}

/* --- the catalogue ----------------------------------------------------------------------------
 */

/* When the catalogue was last confirmed; "" when never. */
static enum status read_as_of(struct judging *judging, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        judging->cache, "SELECT contact_ms FROM feed WHERE database = 'catalogue'", &stmt, error);

    if (status != STATUS_OK)
        return status;
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row && stmt_int(stmt, 0) > 0)
        instant_format(stmt_int(stmt, 0), judging->as_of);
    stmt_reset(stmt);
    return status;
}

/* --- revocation ------------------------------------------------------------------------------- */

struct searching {
    struct arena *arena;
    struct credential_identity identity;
    char codes[CLAIMS_IDS_MAX][CERTIFICATE_CODE_MAX]; /* "": no certificate's number */
    struct credential_circumstances *found;
};

/* Lists are long: what the code says about itself is brought into one form once. */
static void read_codes(struct searching *searching)
{
    struct number_report number;

    for (size_t i = 0; i < searching->identity.id_count; i++) {
        const char *id = searching->identity.ids[i];
        (void)number_check(id, &number);
        if (number.kind != NUMBER_CERTIFICATE_ID ||
            !certificate_code(id, searching->codes[i], sizeof searching->codes[i]))
            searching->codes[i][0] = '\0';
    }
}

static bool same_certificate(const char *code, const char *id)
{
    char other[CERTIFICATE_CODE_MAX];

    return *code && certificate_code(id, other, sizeof other) && strcmp(code, other) == 0;
}

/* On the issuer's own list any of its names counts, on another only that of a certificate. */
static bool names(const json_t *entry, const struct searching *searching, bool own)
{
    const char *id = json_text(entry, "id", "");

    for (size_t i = 0; i < searching->identity.id_count; i++)
        if ((own && strcmp(id, searching->identity.ids[i]) == 0) ||
            same_certificate(searching->codes[i], id))
            return true;
    return false;
}

static enum status take_list(const struct searching *searching, const json_t *list, bool own,
                             struct error *error)
{
    struct credential_circumstances *found = searching->found;
    const json_t *revoked = json_object_get(list, "revoked");
    const json_t *entry = NULL;

    for (size_t i = 0; i < json_array_size(revoked) && !entry; i++)
        if (names(json_array_get(revoked, i), searching, own))
            entry = json_array_get(revoked, i);
    if (found->revocation == REVOCATION_LISTED || (!entry && !own))
        return STATUS_OK;
    found->revocation = entry ? REVOCATION_LISTED : REVOCATION_CLEAR;
    found->revocation_number = json_int(list, "number", 0);
    found->revoked_at = arena_str(searching->arena, json_text(entry, "at", ""));
    found->revocation_reason = arena_str(searching->arena, json_text(entry, "reason", ""));
    found->revocation_source = arena_str(searching->arena, json_text(list, "issuer", ""));
    found->revocation_issued_at = arena_str(searching->arena, json_text(list, "issued_at", ""));
    found->revocation_next_update = arena_str(searching->arena, json_text(list, "next_update", ""));
    return arena_failed(searching->arena) ? error_nomem(error) : STATUS_OK;
}

static enum status take_row(const struct judging *judging, const struct searching *searching,
                            struct stmt *stmt, struct error *error)
{
    const json_t *list = NULL;
    size_t length = 0;
    const char *text = stmt_blob(stmt, 0, &length), *key = stmt_text(stmt, 2);
    enum status status =
        kept_trust_list(judging->kept, key ? key : "", text ? text : "", length, &list, error);

    return status == STATUS_OK ? take_list(searching, list, stmt_int(stmt, 1) != 0, error) : status;
}

static enum status look_for_revocation(const struct judging *judging,
                                       const struct credential *credential,
                                       struct credential_circumstances *found, struct error *error)
{
    struct searching searching = {
        .arena = judging->arena, .identity = credential_identity(credential), .found = found};
    struct stmt *stmt;
    bool row = false;

    if (searching.identity.id_count == 0)
        return STATUS_OK;
    read_codes(&searching);
    enum status status = sql_statement(judging->cache,
                                       "SELECT body, key = 'revocation:' || ?1, key FROM document"
                                       " WHERE key >= 'revocation:' AND key < 'revocation;'"
                                       " AND (key = 'revocation:' || ?1 OR instr(body, ?2) > 0"
                                       " OR instr(body, ?3) > 0 OR instr(body, ?4) > 0)",
                                       &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, searching.identity.issuer);
    for (size_t i = 0; i < 3; i++)
        stmt_bind_text(stmt, 2 + (int)i,
                       i < searching.identity.id_count ? searching.identity.ids[i] : NULL);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
        if ((status = take_row(judging, &searching, stmt, error)) != STATUS_OK)
            break;
    stmt_reset(stmt);
    return status;
}

/* --- judging ---------------------------------------------------------------------------------- */

static void keep_subject(const struct credential *credential, struct signed_code_subject *subject)
{
    struct credential_subject says = credential_subject(credential);

    fold_copy(subject->certificate, sizeof subject->certificate, says.certificate_id);
    fold_copy(subject->holder_name, sizeof subject->holder_name, says.holder_name);
    fold_copy(subject->holder_id, sizeof subject->holder_id, says.holder_id);
}

static enum status judge_one(struct judging *judging, const struct buf *jws,
                             struct verdict_report *report, struct signed_code_subject *subject,
                             struct error *error)
{
    struct credential *credential = NULL;
    struct credential_circumstances around = {
        .now_ms = clock_wall_ms(),
        .trust_source = _("catalogue"),
        .trust_as_of = judging->as_of,
        .asked_name = judging->question->holder_name,
        .asked_id = judging->question->holder_id,
    };
    enum status status = STATUS_OK;

    if (!judging->roots && credential_brings_certificates(buf_text(jws), jws->length))
        status = kept_trust_roots(judging->kept, judging->reader, TRUST_OF_CODES, &judging->roots,
                                  error);
    const struct credential_trust trust = {judging->keys, judging->roots, around.now_ms};
    if (status == STATUS_OK)
        status = credential_open(buf_text(jws), jws->length, &trust, &credential, error);
    if (status == STATUS_OK)
        status = look_for_revocation(judging, credential, &around, error);
    if (status == STATUS_OK) {
        const char *said = credential_subject(credential).holder_name;
        bool otherwise =
            around.asked_name && name_compare(around.asked_name, said) == NAME_SPELLED_OTHERWISE;
        if (otherwise)
            around.asked_name = said;
        credential_judge(credential, &around, report);
        if (otherwise)
            verdict_report_note(report, "holder_spelling", CHECK_WARN,
                                _("The name is the same in other characters (traditional or "
                                  "simplified, or the middle dot). Compare with the document."));
        keep_subject(credential, subject);
    }
    credential_free(credential);
    return status;
}

struct answer {
    struct verdict_report report;
    struct signed_code_subject subject;
};

/* Number `index` of the text; STATUS_NOT_FOUND behind the last. */
static enum status judge_index(struct judging *judging, size_t index, struct answer *answer,
                               struct error *error)
{
    const char *text = judging->question->text;
    struct error reason = {0};
    struct buf jws = {0};
    enum status status = credential_text(text, strlen(text), index, &jws, &reason);

    if (status == STATUS_OK)
        status = judge_one(judging, &jws, &answer->report, &answer->subject, error);
    else if (status == STATUS_NOMEM)
        (void)error_nomem(error);
    else if (status != STATUS_NOT_FOUND) {
        credential_judge_damaged(&reason, &answer->report);
        status = STATUS_OK;
    }
    buf_release(&jws);
    return status;
}

static void tell_others(struct verdict_report *report, size_t count, size_t index)
{
    if (count < 2)
        return;
    if (report->verdict == VERDICT_VALID)
        verdict_report_note(report, "codes", CHECK_PASS,
                            _("There are %zu signed codes in it, and all are valid. The checks "
                              "shown are those of number %zu."),
                            count, index + 1);
    else
        verdict_report_note(report, "codes", CHECK_WARN,
                            _("There are %zu signed codes in it. The verdict and the checks "
                              "are about number %zu, the gravest: verify the others one by one."),
                            count, index + 1);
}

/* The first answer, or a graver one than the last. */
static enum status judge_all(struct judging *judging, struct answer *kept, struct error *error)
{
    size_t index = 0;

    for (size_t i = 0; i <= CODES_MAX; i++) {
        struct answer next = {.report.verdict = VERDICT_CANNOT_TELL};
        enum status status = judge_index(judging, i, &next, error);
        if (status == STATUS_NOT_FOUND) {
            tell_others(&kept->report, i, index);
            return STATUS_OK;
        }
        if (status != STATUS_OK)
            return status;
        if (i == 0 || verdict_is_graver(next.report.verdict, kept->report.verdict)) {
            *kept = next;
            index = i;
        }
    }
    return error_set(error, STATUS_TOO_LARGE,
                     _("There are too many signed codes in it. Verify them one by one."));
}

enum status signed_code_judge(struct reader *reader, const struct signed_code_question *question,
                              struct verdict_report *report, struct signed_code_subject *subject,
                              struct error *error)
{
    struct judging judging = {.cache = reader_cache(reader),
                              .reader = reader,
                              .arena = arena_new(),
                              .question = question};
    struct answer answer = {.report.verdict = VERDICT_CANNOT_TELL};

    if (!judging.arena)
        return error_nomem(error);
    enum status status = sql_snapshot_begin(judging.cache, error);
    if (status == STATUS_OK) {
        status = kept_trust_find(reader, question->more_trust, question->more_trust_length,
                                 &judging.kept, error);
        if (status == STATUS_OK)
            status = kept_trust_keys(judging.kept, reader, &judging.keys, error);
        if (status == STATUS_OK)
            status = read_as_of(&judging, error);
        if (status == STATUS_OK)
            status = judge_all(&judging, &answer, error);
        sql_snapshot_end(judging.cache);
    }
    if (status == STATUS_OK) {
        *report = answer.report;
        if (subject)
            *subject = answer.subject;
    }
    arena_free(judging.arena);
    return status;
}

enum status signed_code_object(const char *text, char out[SIGNED_CODE_OBJECT_MAX],
                               struct error *error)
{
    char digest[SHA256_HEX_MAX];
    const char *start;
    size_t length = text_trim(text, strlen(text), &start);
    enum status status = sha256_hex(start, length, digest, error);

    if (status == STATUS_OK)
        (void)snprintf(out, SIGNED_CODE_OBJECT_MAX, "code:%s", digest);
    return status;
}
