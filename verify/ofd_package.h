#ifndef HUILIU_VERIFY_OFD_PACKAGE_H
#define HUILIU_VERIFY_OFD_PACKAGE_H
/*
 * The container of an OFD file (GB/T 33190 section 5): a zip archive of XML documents that name
 * each other by location. A location is absolute ("/Doc_0/Document.xml") or relative; relative
 * ones are meant from the folder of the document they stand in, but many writers mean the root:
 * both are tried, in this order. Some programs on Windows separate all parts with "\"; a location
 * that has both signs is malformed. A location never leads out of the container.
 */
#include "verify/xml.h"
#include "verify/zip.h"

#define OFD_NAMESPACE    "http://www.ofdspec.org/2016"
#define OFD_NAMESPACE_0  "http://www.ofdspec.org" /* of the drafts; still written */
#define OFD_LOCATION_MAX 512

struct ofd_package {
    struct zip_archive *archive;
    const struct zip_member *root_member; /* OFD.xml */
    struct xml_document *root;
};

/* STATUS_NOT_FOUND when the archive holds no OFD.xml. The caller releases the package. */
enum status ofd_package_read(const void *bytes, size_t length, struct ofd_package *package,
                             struct error *error) MUST_CHECK;
void ofd_package_release(struct ofd_package *package);

/* NULL when there is no such member or the location is malformed. */
const struct zip_member *ofd_package_find(const struct ofd_package *package,
                                          const struct zip_member *from, const char *location);
/* The member named by the text of a child element. */
const struct zip_member *ofd_package_follow(const struct ofd_package *package,
                                            const struct zip_member *from,
                                            const struct xml_element *parent, const char *child);

/* The error names the member. */
enum status ofd_package_xml(const struct zip_member *member, struct xml_document **document,
                            struct error *error) MUST_CHECK;

#endif
