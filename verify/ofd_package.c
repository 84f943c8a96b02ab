#include "verify/ofd_package.h"

#include "base/i18n.h"

#include <string.h>

#define PATH_MAX_BYTES ((size_t)2 * OFD_LOCATION_MAX)

enum status ofd_package_xml(const struct zip_member *member, struct xml_document **document,
                            struct error *error)
{
    enum status status =
        xml_document_read(member->data, member->length, OFD_NAMESPACE, document, error);

    if (status == STATUS_UNSUPPORTED)
        status = xml_document_read(member->data, member->length, OFD_NAMESPACE_0, document, error);
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

/* The folder above; false at the root. */
static bool climb(char *path, size_t *length)
{
    if (*length == 0)
        return false;
    do
        (*length)--;
    while (*length > 0 && path[*length - 1] != '/');
    return true;
}

/* Puts `location` behind the folder that stands in `path`, "." and ".." followed; false when it
 * leads out of the container or is too long. */
static bool walk(char path[PATH_MAX_BYTES], size_t length, const char *location)
{
    while (*location) {
        size_t part = strcspn(location, "/"), whole = part + (location[part] == '/');
        if (part == 2 && memcmp(location, "..", 2) == 0) {
            if (!climb(path, &length))
                return false;
        } else if (part != 1 || *location != '.') {
            if (length + whole >= PATH_MAX_BYTES)
                return false;
            memcpy(path + length, location, whole);
            length += whole;
        }
        location += whole;
    }
    path[length] = '\0';
    return true;
}

static const struct zip_member *find_from(const struct ofd_package *package, char *path,
                                          size_t folder, const char *location)
{
    return walk(path, folder, location) ? zip_archive_find(package->archive, path) : NULL;
}

/* With "/" between the parts; false when it is malformed. */
static bool spell(const char *location, char out[OFD_LOCATION_MAX])
{
    size_t length = strlen(location);

    if (length >= OFD_LOCATION_MAX || (strchr(location, '\\') && strchr(location, '/')))
        return false;
    for (size_t i = 0; i <= length; i++)
        out[i] = location[i] == '\\' ? '/' : location[i];
    return true;
}

const struct zip_member *ofd_package_find(const struct ofd_package *package,
                                          const struct zip_member *from, const char *location)
{
    char path[PATH_MAX_BYTES], spelled[OFD_LOCATION_MAX];
    const char *slash = strrchr(from->name, '/');
    size_t folder = slash ? (size_t)(slash - from->name) + 1 : 0;

    if (!spell(location, spelled) || folder >= sizeof path)
        return NULL;
    if (spelled[0] == '/')
        return find_from(package, path, 0, spelled + 1);
    memcpy(path, from->name, folder);
    const struct zip_member *member = find_from(package, path, folder, spelled);
    return member ? member : find_from(package, path, 0, spelled);
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
