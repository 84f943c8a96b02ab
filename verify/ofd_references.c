#include "verify/ofd_signature.h"

#include "base/i18n.h"
#include "verify/fold.h"

#include <stdarg.h>
#include <string.h>

#define REFERENCES_MAX   8192
#define CHECK_METHOD_MAX 64

struct references {
    size_t count;
    size_t failed;
    bool weak; /* the digest proves nothing */
};

static void fail(const struct ofd_case *item, struct references *references, const char *format,
                 ...) PRINTF_LIKE(3, 4);

/* The first one is listed by name, all count. */
static void fail(const struct ofd_case *item, struct references *references, const char *format,
                 ...)
{
    char sentence[CHECK_DETAIL_MAX];
    va_list arguments;

    if (references->failed++ > 0)
        return;
    va_start(arguments, format);
    fold_vprint(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    ofd_add(item, "references", CHECK_FAIL, VERDICT_SIGNATURE_INVALID, "%s", sentence);
}

/* A later signature has to add itself to the list that this one may have locked. */
static bool is_list_grown(const struct ofd_case *item, const struct zip_member *member)
{
    return member == item->list && !item->is_last;
}

static enum status judge_reference(struct ofd_case *item, const struct xml_element *reference,
                                   struct references *references, struct error *error)
{
    char location[OFD_LOCATION_MAX], claimed[DIGEST_BASE64_MAX], actual[DIGEST_BASE64_MAX];
    struct digest_value digest;

    if (!xml_attribute(reference, "FileRef", location, sizeof location) ||
        !xml_child_text(reference, "CheckValue", claimed, sizeof claimed)) {
        fail(item, references, _("A reference of %s is malformed."), item->file->name);
        return STATUS_OK;
    }
    const struct zip_member *member = ofd_package_find(item->run->package, item->file, location);
    if (!member) {
        fail(item, references, _("%s was signed, but is no longer in the file."), location);
        return STATUS_OK;
    }
    enum status status =
        digest_compute(item->check_method, member->data, member->length, &digest, error);
    if (status != STATUS_OK)
        return status;
    digest_base64(&digest, actual);
    bool same = strcmp(actual, claimed) == 0, grown = !same && is_list_grown(item, member);
    if (grown)
        ofd_note(item, "references", CHECK_WARN,
                 _("The list of signatures has grown since this signature."));
    else if (!same)
        fail(item, references, _("%s was changed after it was signed."), member->name);
    if (!grown)
        ofd_cover(item->run, member); /* it was signed, whatever became of it */
    return STATUS_OK;
}

enum status ofd_references_judge(struct ofd_case *item, struct error *error)
{
    const struct xml_element *list = xml_first(item->info, "References");
    const struct xml_element *reference = xml_first(list, "Reference");
    struct references references = {0};
    enum status status = STATUS_OK;
    char method[CHECK_METHOD_MAX];

    if (!list || !xml_attribute(list, "CheckMethod", method, sizeof method))
        memcpy(method, "MD5", sizeof "MD5"); /* the default of GB/T 33190 */
    item->check_method = digest_kind_of(method);
    if (item->check_method == DIGEST_NONE) {
        ofd_add(item, "references", CHECK_SKIPPED, VERDICT_CANNOT_TELL,
                _("Its digests (%s) prove nothing here: whether the document was changed is not "
                  "known."),
                method);
        return STATUS_OK;
    }
    for (; reference && status == STATUS_OK; reference = xml_next(reference)) {
        if (references.count++ == REFERENCES_MAX) {
            fail(item, &references, _("%s lists too many members."), item->file->name);
            break;
        }
        status = judge_reference(item, reference, &references, error);
    }
    if (status == STATUS_OK && references.count == 0)
        fail(item, &references, _("%s lists nothing that was signed."), item->file->name);
    if (status == STATUS_OK && references.failed == 0)
        ofd_add(item, "references", CHECK_PASS, VERDICT_VALID,
                ngettext("The member it signed is unchanged.",
                         "All %zu members it signed are unchanged.", references.count),
                references.count);
    return status;
}
