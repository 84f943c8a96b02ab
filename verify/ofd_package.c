#include "verify/ofd_package.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

enum status ofd_package_xml(const struct zip_member *member, struct xml_document **document,
                            struct error *error)
{
    enum status status =
        xml_document_read(member->data, member->length, OFD_NAMESPACE, document, error);

    if (status != STATUS_OK)
        error_prefix(error, "%s", member->name);
    return status;
}

enum status ofd_package_read(const void *bytes, size_t length, struct ofd_package *package,
                             struct error *error)
{
    struct ofd_package read = {0};
    enum status status = zip_archive_read(bytes, length, &read.archive, error);

    if (status == STATUS_OK) {
        read.root_member = zip_archive_find(read.archive, "OFD.xml");
        status = read.root_member ? ofd_package_xml(read.root_member, &read.root, error)
                                  : error_set(error, STATUS_NOT_FOUND,
                                              _("It is an archive, but not an OFD document."));
    }
    if (status == STATUS_OK)
        *package = read;
    else
        ofd_package_release(&read);
    return status;
}

void ofd_package_release(struct ofd_package *package)
{
    xml_document_free(package->root);
    zip_archive_free(package->archive);
    *package = (struct ofd_package){0};
}

/* Members have no "..", so a location that has one leads nowhere by itself. */
const struct zip_member *ofd_package_find(const struct ofd_package *package,
                                          const struct zip_member *from, const char *location)
{
    char path[2 * OFD_LOCATION_MAX];
    const char *slash = strrchr(from->name, '/');
    int folder = slash ? (int)(slash - from->name) + 1 : 0;

    if (location[0] == '/')
        return zip_archive_find(package->archive, location + 1);
    if (strncmp(location, "./", 2) == 0)
        location += 2;
    int length = snprintf(path, sizeof path, "%.*s%s", folder, from->name, location);
    if (length < 0 || (size_t)length >= sizeof path)
        return NULL;
    const struct zip_member *member = zip_archive_find(package->archive, path);
    return member ? member : zip_archive_find(package->archive, location);
}

const struct zip_member *ofd_package_follow(const struct ofd_package *package,
                                            const struct zip_member *from,
                                            const struct xml_element *parent, const char *child)
{
    char location[OFD_LOCATION_MAX];

    return xml_child_text(parent, child, location, sizeof location)
               ? ofd_package_find(package, from, location)
               : NULL;
}
