#ifndef HUILIU_VERIFY_OFD_TEXT_H
#define HUILIU_VERIFY_OFD_TEXT_H
/* What an OFD document says, as plain text: title, custom data, number of pages and the text of the
 * first page with its templates, in the order of the file. Parts that cannot be read are left out;
 * whether they are genuine is for the report. Part of verify/ofd.h. */
#include "verify/ofd.h"
#include "verify/ofd_package.h"

/* Only STATUS_NOMEM fails. */
enum status ofd_text_read(const struct ofd_package *package, struct ofd_document *document,
                          struct error *error) MUST_CHECK;

#endif
