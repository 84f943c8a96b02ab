#include "verify/ofd.h"

#include "base/i18n.h"
#include "verify/fold.h"
#include "verify/ofd_signature.h"
#include "verify/ofd_text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* --- one entry of a list of signatures ---------------------------------------------------------
 */

static void report_broken(struct ofd_run *run, const char *format, ...) PRINTF_LIKE(2, 3);

static void report_broken(struct ofd_run *run, const char *format, ...)
{
    char sentence[CHECK_DETAIL_MAX];
    va_list arguments;

    va_start(arguments, format);
    fold_vprint(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    verdict_report_add(run->report, "signature", CHECK_FAIL, VERDICT_SIGNATURE_INVALID, "%s",
                       sentence);
}

/* What can be read goes on; what cannot is a finding. Only memory is an error. */
static enum status report_unreadable(struct ofd_run *run, const struct error *found,
                                     struct error *error)
{
    if (found->status == STATUS_NOMEM)
        return error_nomem(error);
    report_broken(run, "%s", found->text);
    return STATUS_OK;
}

static enum status judge_file(struct ofd_case *item, struct error *error)
{
    struct ofd_run *run = item->run;
    struct xml_document *tree = NULL;
    struct error found = {0};

    if (ofd_package_xml(item->file, &tree, &found) != STATUS_OK)
        return report_unreadable(run, &found, error);
    enum status status = STATUS_OK;
    item->info = xml_first(xml_root(tree), "SignedInfo");
    item->value = ofd_package_follow(run->package, item->file, xml_root(tree), "SignedValue");
    if (!item->info || !xml_is(xml_root(tree), "Signature")) {
        report_broken(run, _("%s lists nothing that was signed."), item->file->name);
    } else if (!item->value) {
        report_broken(run, _("The value of the signature %s is missing."), item->file->name);
    } else {
        ofd_cover(run, item->file);
        ofd_cover(run, item->value);
        status = ofd_signature_judge(item, error);
    }
    xml_document_free(tree);
    return status;
}

/* As XML wants it of something that identifies. */
static bool is_identifier(const char *text)
{
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < 0x80 && !isalnum((unsigned char)*at) && !strchr("_-.", *at))
            return false;
    return *text != '\0';
}

/* What GB/T 33190 knows of an entry. Programs leave out its number and its kind. */
static bool is_regular_entry(const struct xml_element *entry)
{
    char text[OFD_LOCATION_MAX];
    bool located = xml_attribute(entry, "BaseLoc", text, sizeof text);
    bool numbered = xml_attribute(entry, "ID", text, sizeof text);
    bool regular = !numbered || is_identifier(text);
    bool kind = xml_attribute(entry, "Type", text, sizeof text);

    regular = regular && (!kind || strcmp(text, "Seal") == 0 || strcmp(text, "Sign") == 0);
    return regular &&
           xml_attribute_count(entry) == (size_t)located + (size_t)numbered + (size_t)kind;
}

static bool is_regular_list(const struct xml_element *root)
{
    for (const struct xml_element *at = xml_first(root, NULL); at; at = xml_after(root, at))
        if (!xml_is(at, "MaxSignId") && (!xml_is(at, "Signature") || !is_regular_entry(at)))
            return false;
    return !xml_has_stranger(root);
}

static enum status judge_entry(struct ofd_run *run, const struct zip_member *list,
                               const struct xml_element *entry, struct error *error)
{
    char location[OFD_LOCATION_MAX];
    struct ofd_case item = {.run = run, .list = list, .is_last = xml_next(entry) == NULL};

    if (!xml_attribute(entry, "BaseLoc", location, sizeof location)) {
        report_broken(run, _("An entry of %s is malformed."), list->name);
        return STATUS_OK;
    }
    item.file = ofd_package_find(run->package, list, location);
    if (!item.file) {
        report_broken(run, _("The signature %s is listed, but is not in the file."), location);
        return STATUS_OK;
    }
    return judge_file(&item, error);
}

/* Later signatures add themselves to the list: many producers leave it out of every signature. */
static void judge_list_itself(struct ofd_run *run, const struct zip_member *list)
{
    if (!ofd_is_covered(run, list) && run->document->signer_count > 0)
        verdict_report_note(run->report, "coverage", CHECK_WARN,
                            _("The list of signatures, %s, is not signed itself: whether one was "
                              "taken off it cannot be seen."),
                            list->name);
    ofd_cover(run, list);
}

static enum status judge_list(struct ofd_run *run, const struct zip_member *list, size_t *count,
                              struct error *error)
{
    struct xml_document *tree = NULL;
    struct error found = {0};
    enum status status = STATUS_OK;

    if (ofd_package_xml(list, &tree, &found) != STATUS_OK)
        return report_unreadable(run, &found, error);
    const struct xml_element *root = xml_root(tree);
    const struct xml_element *entry =
        xml_is(root, "Signatures") ? xml_first(root, "Signature") : NULL;
    if (!is_regular_list(root))
        verdict_report_add(run->report, "coverage", CHECK_WARN, VERDICT_CANNOT_TELL,
                           _("%s has an entry of no known kind: the list was changed, or the "
                             "program that made it does not keep to the standard."),
                           list->name);
    for (; entry && status == STATUS_OK; entry = xml_next(entry)) {
        if ((*count)++ == OFD_SIGNERS_MAX) {
            report_broken(run, _("%s lists too many signatures."), list->name);
            break;
        }
        status = judge_entry(run, list, entry, error);
    }
    xml_document_free(tree);
    judge_list_itself(run, list);
    return status;
}

/* --- the document ------------------------------------------------------------------------------
 */

static enum status judge_bodies(struct ofd_run *run, struct error *error)
{
    const struct xml_element *body = xml_first(xml_root(run->package->root), "DocBody");
    enum status status = STATUS_OK;
    size_t count = 0, unsigned_bodies = 0;

    for (; body && status == STATUS_OK; body = xml_next(body)) {
        const struct xml_element *named = xml_first(body, "Signatures");
        size_t before = count;
        const struct zip_member *list =
            ofd_package_follow(run->package, run->package->root_member, body, "Signatures");
        if (list)
            status = judge_list(run, list, &count, error);
        else if (named)
            report_broken(run, _("The list of signatures that %s names is missing."),
                          run->package->root_member->name);
        if (count == before)
            unsigned_bodies++;
    }
    if (status == STATUS_OK && (count == 0 || unsigned_bodies > 0))
        verdict_report_add(run->report, "signature", CHECK_SKIPPED, VERDICT_CANNOT_TELL,
                           _("The document carries no signature: nothing vouches for it."));
    return status;
}

/* A member nobody signed may have been added or changed by anybody. */
static void judge_coverage(struct ofd_run *run)
{
    size_t count = zip_archive_count(run->package->archive), missing = 0;
    const char *first = "";

    for (size_t i = 0; i < count; i++) {
        if (run->covered[i])
            continue;
        if (missing++ == 0)
            first = zip_archive_at(run->package->archive, i)->name;
    }
    if (missing == 0)
        verdict_report_add(run->report, "coverage", CHECK_PASS, VERDICT_VALID,
                           _("Every part of the file is signed."));
    else if (missing == 1)
        verdict_report_add(run->report, "coverage", CHECK_WARN, VERDICT_CANNOT_TELL,
                           _("No signature covers %s: anybody may have added or changed it."),
                           first);
    else
        verdict_report_add(
            run->report, "coverage", CHECK_WARN, VERDICT_CANNOT_TELL,
            _("No signature covers %s and %zu more: anybody may have added or changed them."),
            first, missing - 1);
}

static enum status judge_package(const struct ofd_package *package, const struct ofd_policy *policy,
                                 struct verdict_report *report, struct ofd_document *document,
                                 struct error *error)
{
    size_t count = zip_archive_count(package->archive);
    struct ofd_run run = {.package = package,
                          .policy = policy,
                          .report = report,
                          .document = document,
                          .covered = calloc(count + 1, sizeof *run.covered)};

    if (!run.covered)
        return error_nomem(error);
    enum status status = ofd_text_read(package, document, error);
    if (status != STATUS_OK) {
        free(run.covered);
        return status;
    }
    verdict_report_note(report, "container", CHECK_PASS,
                        _("The container is sound: %zu members can be read."), count);
    const char *odd = zip_archive_odd(package->archive);
    if (odd)
        verdict_report_add(report, "container", CHECK_WARN, VERDICT_CANNOT_TELL,
                           _("The archive describes %s unlike its other members: another program "
                             "put it in, or the archive was changed."),
                           odd);
    status = judge_bodies(&run, error);
    if (status == STATUS_OK && document->signer_count > 0)
        judge_coverage(&run);
    if (status == STATUS_OK && run.good == 0 && report->verdict == VERDICT_VALID)
        verdict_report_add(report, "signature", CHECK_SKIPPED, VERDICT_CANNOT_TELL,
                           _("None of its signatures could be judged."));
    free(run.covered);
    return status;
}

/* --- entrances ---------------------------------------------------------------------------------
 */

bool ofd_is_archive(const void *bytes, size_t length)
{
    return length >= 4 && memcmp(bytes, "PK\003\004", 4) == 0;
}

static void report_refused(struct verdict_report *report, const struct error *found)
{
    verdict_report_add(report, "container", CHECK_FAIL,
                       found->status == STATUS_INVALID ? VERDICT_SIGNATURE_INVALID
                                                       : VERDICT_CANNOT_TELL,
                       "%s", found->text);
}

enum status ofd_verify(const void *bytes, size_t length, const struct ofd_policy *policy,
                       struct verdict_report *report, struct ofd_document *document,
                       struct error *error)
{
    struct ofd_package package = {0};
    struct error found = {0};

    verdict_report_init(report, "ofd");
    enum status status = ofd_package_read(bytes, length, &package, &found);
    if (status == STATUS_NOMEM)
        return error_nomem(error);
    if (status != STATUS_OK) {
        report_refused(report, &found);
        return STATUS_OK;
    }
    status = judge_package(&package, policy, report, document, error);
    ofd_package_release(&package);
    return status;
}

void ofd_document_release(struct ofd_document *document)
{
    buf_release(&document->text);
    *document = (struct ofd_document){0};
}
