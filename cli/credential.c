#include "cli/commands.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/random.h"
#include "db/trust_list.h"
#include "verify/issue.h"
#include "verify/jwk.h"
#include "verify/qr_numeric.h"

#include <stdlib.h>
#include <string.h>

#define KEY_FILE_MAX ((size_t)64 << 10)
#define DAYS_MAX     3650
#define MS_PER_DAY   ((int64_t)86400 * 1000)

/* --- the key ----------------------------------------------------------------------------------
 */

static enum status make_key(const char *path, const char *algorithm, struct signing_key **key,
                            struct error *error)
{
    enum signature_algorithm named;
    struct buf pem = {0};

    if (!signature_algorithm_parse(algorithm, &named) || named == SIGNATURE_RS256)
        return error_set(error, STATUS_USAGE,
                         _("--new-key takes ES256, ES384, EdDSA, PS256 or SM2SM3."));
    if (file_exists(path))
        return error_set(error, STATUS_CONFLICT,
                         _("%s is there already: a key is never overwritten."), path);
    enum status status = signing_key_generate(named, key, error);
    if (status == STATUS_OK)
        status = signing_key_write(*key, &pem, error);
    if (status == STATUS_OK)
        status = file_replace(path, pem.data, pem.length, error);
    if (pem.data)
        explicit_bzero(pem.data, pem.length);
    buf_release(&pem);
    return status;
}

static enum status read_key(const char *path, struct signing_key **key, struct error *error)
{
    struct buf pem = {0};
    enum status status = file_read(path, KEY_FILE_MAX, &pem, error);

    if (status == STATUS_OK)
        status = signing_key_read(buf_text(&pem), pem.length, key, error);
    if (pem.data)
        explicit_bzero(pem.data, pem.length);
    buf_release(&pem);
    return status;
}

/* A code that others would take for genuine is not made here. */
static enum status refuse_trusted(struct cli *cli, const json_t *jwk, const char *issuer,
                                  struct error *error)
{
    struct trust_list *list = NULL;
    enum status status = trust_list_read(cli->seat->reader, clock_wall_ms(), &list, error);

    for (size_t i = 0; status == STATUS_OK && i < list->key_count; i++) {
        if (strcmp(list->keys[i].fingerprint, json_text(jwk, "kid", "")) == 0)
            status = error_set(error, STATUS_REFUSED,
                               _("The catalogue trusts this key: its codes count everywhere. "
                                 "Demonstrations need a key of their own (--new-key)."));
        else if (strcmp(list->keys[i].issuer, issuer) == 0)
            status = error_set(error, STATUS_REFUSED,
                               _("%s is an issuer of the catalogue: a demonstration must not "
                                 "speak in its name."),
                               issuer);
    }
    trust_list_free(list);
    return status;
}

/* --- the code ---------------------------------------------------------------------------------
 */

static enum status read_days(const struct line *line, int64_t now_ms, int64_t *expires_ms,
                             struct error *error)
{
    const char *text = line_option(line, "valid-days");
    char *end = NULL;
    long days = text ? strtol(text, &end, 10) : 0;

    if (!text)
        return STATUS_OK;
    if (*end || end == text || days < 1 || days > DAYS_MAX)
        return error_set(error, STATUS_USAGE, _("--valid-days takes a number from 1 to %d."),
                         DAYS_MAX);
    *expires_ms = now_ms + days * MS_PER_DAY;
    return STATUS_OK;
}

static enum status print(struct cli *cli, const struct buf *code, json_t *jwk, struct error *error)
{
    json_t *value = json_object();
    struct buf qr = {0};
    bool ok = true;

    qr_numeric_encode(buf_text(code), code->length, &qr);
    output_line(cli->out, "%s", buf_text(code));
    output_note(cli->out, "%s",
                _("For tests and demonstrations only: the code says so itself, and nobody trusts "
                  "its key. Verify it with --trust and a file that holds the key."));
    json_put_text(value, "code", buf_text(code), &ok);
    json_put_text(value, "qr", buf_text(&qr), &ok);
    json_put(value, "jwk", jwk, &ok);
    json_put(value, "demonstration", json_true(), &ok);
    ok = ok && !buf_failed(&qr);
    buf_release(&qr);
    return output_json(cli->out, value, ok, error);
}

static enum status issue(struct cli *cli, const struct signing_key *key, struct error *error)
{
    const struct line *line = cli->line;
    char number[ULID_TEXT_MAX];
    struct issue_recipe recipe = {
        .issuer = line_option(line, "issuer"),
        .number = number,
        .certificate_id = line_option(line, "certificate"),
        .certificate_name = line_option(line, "certificate-name"),
        .holder_name = line_option(line, "holder"),
        .holder_id = line_option(line, "holder-id"),
        .issued_ms = clock_wall_ms(),
    };
    struct buf code = {0};
    json_t *jwk = NULL;
    enum status status = read_days(line, recipe.issued_ms, &recipe.expires_ms, error);

    if (status == STATUS_OK)
        status = ulid_new(number, error);
    if (status == STATUS_OK)
        status = issue_jwk(key, &jwk, error);
    if (status == STATUS_OK)
        status = refuse_trusted(cli, jwk, recipe.issuer, error);
    if (status == STATUS_OK)
        status = issue_code(key, &recipe, &code, error);
    if (status == STATUS_OK)
        status = print(cli, &code, jwk, error);
    else
        json_decref(jwk);
    buf_release(&code);
    return status;
}

static enum status run(struct cli *cli, struct error *error)
{
    const char *path = line_option(cli->line, "key");
    const char *algorithm = line_option(cli->line, "new-key");
    struct signing_key *key = NULL;
    enum status status =
        algorithm ? make_key(path, algorithm, &key, error) : read_key(path, &key, error);

    if (status == STATUS_OK)
        status = issue(cli, key, error);
    signing_key_free(key);
    return status;
}

static const struct option_row options[] = {
    {"key", "FILE", OPTION_REQUIRED, N_("private key of the demonstration (PEM)")},
    {"new-key", "ALG", 0, N_("make that key first: ES256, ES384, EdDSA, PS256 or SM2SM3")},
    {"issuer", "NAME", OPTION_REQUIRED, N_("who issues it: credit code or address")},
    {"certificate", "ID", 0, N_("identifier of the certificate it is about")},
    {"certificate-name", "NAME", 0, N_("title of that certificate")},
    {"holder", "NAME", 0, N_("name of the holder")},
    {"holder-id", "NUMBER", 0, N_("number of the holder")},
    {"valid-days", "N", 0, N_("how long it is valid")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_credential_issue = {
    .name = "credential",
    .action = "issue",
    .operands = "",
    .summary = N_("Make a signed code for a test or a demonstration; never a genuine one."),
    .options = options,
    .needs = SEAT_HOME,
    .run = run,
};
