#include "db/sealed_document.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "db/kept_trust.h"
#include "verify/digest.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- is it one? --------------------------------------------------------------------------------
 */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);

    return length >= tail && strcasecmp(text + length - tail, end) == 0;
}

bool sealed_document_is(const char *path)
{
    struct buf file = {0};

    if (ends_with(path, ".ofd"))
        return true;
    bool is = strlen(path) < PATH_MAX && file_exists(path) &&
              file_read(path, OFD_BYTES_MAX, &file, NULL) == STATUS_OK &&
              ofd_is_archive(buf_text(&file), file.length);
    buf_release(&file);
    return is;
}

/* --- judging -----------------------------------------------------------------------------------
 */

static void note_trust(const struct anchors *trust, const char *file, struct verdict_report *report)
{
    if (file)
        verdict_report_note(report, "trust", CHECK_WARN,
                            _("Certificates from %s are trusted for this run only."), file);
    else if (anchors_count(trust) == 0)
        verdict_report_note(report, "trust", CHECK_SKIPPED,
                            _("This workstation has no certificates it trusts for seals."));
}

static enum status find_trust(struct reader *reader, const char *path, const struct anchors **trust,
                              struct error *error)
{
    struct kept_trust *kept = NULL;
    struct buf file = {0};
    enum status status = path ? file_read(path, TRUST_BYTES_MAX, &file, error) : STATUS_OK;

    if (status == STATUS_OK)
        status = kept_trust_find(reader, path ? buf_text(&file) : NULL, file.length, &kept, error);
    if (status == STATUS_OK) {
        status = kept_trust_roots(kept, reader, TRUST_OF_SEALS, trust, error);
        if (status == STATUS_INVALID && path)
            error_prefix(error, "%s", path);
    }
    buf_release(&file);
    return status;
}

static enum status judge_with(struct reader *reader, const struct buf *file, const char *trust_file,
                              struct verdict_report *report, struct ofd_document *document,
                              struct error *error)
{
    const struct anchors *trust = NULL;
    enum status status = find_trust(reader, trust_file, &trust, error);
    struct ofd_policy policy = {.trust = trust, .now_ms = clock_wall_ms()};

    if (status == STATUS_OK)
        status = ofd_verify(buf_text(file), file->length, &policy, report, document, error);
    if (status != STATUS_OK || document->signer_count == 0)
        return status;
    note_trust(trust, trust_file, report);
    report->recheck = !trust_file && report->verdict != VERDICT_SIGNATURE_INVALID;
    return STATUS_OK;
}

static enum status name_object(const struct buf *file, char object[SEALED_DOCUMENT_OBJECT_MAX],
                               struct error *error)
{
    char digest[SHA256_HEX_MAX];
    enum status status = sha256_hex(buf_text(file), file->length, digest, error);

    if (status == STATUS_OK)
        (void)snprintf(object, SEALED_DOCUMENT_OBJECT_MAX, "file:%s", digest);
    return status;
}

enum status sealed_document_judge(struct reader *reader, const char *path, const char *trust_file,
                                  char object[SEALED_DOCUMENT_OBJECT_MAX],
                                  struct verdict_report *report, struct ofd_document *document,
                                  struct error *error)
{
    struct buf file = {0};
    enum status status = file_read(path, OFD_BYTES_MAX, &file, error);

    if (status == STATUS_OK)
        status = name_object(&file, object, error);
    if (status == STATUS_OK)
        status = judge_with(reader, &file, trust_file, report, document, error);
    buf_release(&file);
    return status;
}

/* --- again -------------------------------------------------------------------------------------
 */

#define OBJECT_PREFIX "file:"
#define OBJECT_LENGTH (strlen(OBJECT_PREFIX) + SHA256_HEX_MAX - 1)

enum status sealed_document_remember(const char *object, const char *path, struct buf *out,
                                     struct error *error)
{
    char *whole = realpath(path, NULL);

    if (!whole)
        return error_set_errno(error, errno, "%s", path);
    buf_printf(out, "%s %s", object, whole);
    free(whole);
    return buf_failed(out) ? error_nomem(error) : STATUS_OK;
}

const char *sealed_document_path(const char *remembered)
{
    if (strncmp(remembered, OBJECT_PREFIX, strlen(OBJECT_PREFIX)) != 0 ||
        strlen(remembered) <= OBJECT_LENGTH + 1 || remembered[OBJECT_LENGTH] != ' ')
        return NULL;
    return remembered + OBJECT_LENGTH + 1;
}

enum status sealed_document_repeat(struct reader *reader, const char *remembered,
                                   struct verdict_report *report, struct error *error)
{
    char object[SEALED_DOCUMENT_OBJECT_MAX] = "";
    struct ofd_document document = {0};
    struct verdict_report found;
    enum status status = sealed_document_judge(reader, sealed_document_path(remembered), NULL,
                                               object, &found, &document, error);

    ofd_document_release(&document);
    if (status == STATUS_OK && strncmp(object, remembered, OBJECT_LENGTH) != 0)
        status = error_set(error, STATUS_NOT_FOUND, _("%s is another file now."),
                           sealed_document_path(remembered));
    if (status == STATUS_OK)
        *report = found;
    return status;
}

/* --- what it says ------------------------------------------------------------------------------
 */

static void describe_signer(const struct ofd_signer *signer, struct buf *out)
{
    char time[INSTANT_TEXT_MAX] = "?";

    if (signer->time_ms != 0)
        instant_format_local(signer->time_ms, time);
    if (*signer->seal)
        buf_printf(out, _("  Sealed with \"%s\" by %s (certificate from %s), %s"), signer->seal,
                   signer->name, signer->issuer, time);
    else
        buf_printf(out, _("  Signed by %s (certificate from %s), %s"),
                   *signer->name ? signer->name : "?", *signer->issuer ? signer->issuer : "?",
                   time);
    buf_char(out, '\n');
}

static void describe_text(const struct ofd_document *document, struct buf *out)
{
    const char *line = buf_text(&document->text);

    buf_printf(out, "%s\n", _("Text of the first page, to be compared with the paper:"));
    while (*line) {
        size_t length = strcspn(line, "\n");
        buf_printf(out, "    %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    if (document->text_is_cut)
        buf_printf(out, "    %s\n", _("(cut: there is more)"));
}

/* A line end in a value would begin a line that looks like one of ours. */
static void describe_value(const char *before, const char *value, struct buf *out)
{
    size_t from = out->length;

    buf_printf(out, "%s%s", before, value);
    for (size_t i = from; i < out->length; i++)
        if (out->data[i] == '\n' || out->data[i] == '\r')
            out->data[i] = ' ';
}

void sealed_document_describe(const struct ofd_document *document, struct buf *out)
{
    if (*document->title) {
        describe_value(_("Title: "), document->title, out);
        buf_char(out, '\n');
    }
    for (size_t i = 0; i < document->field_count; i++) {
        describe_value("  ", document->fields[i].name, out);
        describe_value(": ", document->fields[i].value, out);
        buf_char(out, '\n');
    }
    for (size_t i = 0; i < document->signer_count; i++)
        describe_signer(&document->signers[i], out);
    if (document->text.length > 0)
        describe_text(document, out);
}
