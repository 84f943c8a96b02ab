/*
 * Any bytes, in one of five doors by the first byte: a whole file, XML, a seal, a seal's signature,
 * a CMS signature. Nothing is trusted, so nothing may come out as valid, whatever it says.
 */
#include "verify/cms.h"
#include "verify/ofd.h"
#include "verify/xml.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void try_file(const uint8_t *data, size_t size)
{
    struct anchors *trust = NULL;
    struct verdict_report report;
    struct ofd_document document = {0};

    require(anchors_new(&trust, NULL) == STATUS_OK);
    struct ofd_policy policy = {.trust = trust, .now_ms = 1773475200000};
    require(ofd_verify(data, size, &policy, &report, &document, NULL) == STATUS_OK);
    require(report.verdict != VERDICT_VALID && report.count > 0);
    ofd_document_release(&document);
    anchors_free(trust);
}

static void try_xml(const uint8_t *data, size_t size)
{
    struct xml_document *document = NULL;
    struct buf text = {0};

    if (xml_document_read(data, size, "http://www.ofdspec.org/2016", &document, NULL) != STATUS_OK)
        return;
    const struct xml_element *root = xml_root(document);
    for (const struct xml_element *at = root; at; at = xml_after(root, at))
        xml_put_text(at, &text);
    require(text.length <= 4 * size); /* other encodings become longer */
    buf_release(&text);
    xml_document_free(document);
}

static bool is_inside(struct span span, const uint8_t *data, size_t size)
{
    return !span.bytes || (span.bytes >= data && span.bytes + span.length <= data + size);
}

static void try_seal(const uint8_t *data, size_t size)
{
    struct seal seal;
    struct buf covered = {0};

    if (!seal_read(data, size, &seal))
        return;
    require(is_inside(seal.maker, data, size) && is_inside(seal.info, data, size));
    seal_signed_bytes(&seal, &covered);
    require(!buf_failed(&covered) && covered.length >= seal.info.length);
    buf_release(&covered);
}

static void try_signature(const uint8_t *data, size_t size)
{
    struct seal_signature signature;

    if (seal_signature_read(data, size, &signature))
        require(is_inside(signature.to_sign, data, size) &&
                is_inside(signature.certificate, data, size) &&
                is_inside(signature.signature, data, size));
}

static void try_cms(const uint8_t *data, size_t size)
{
    struct cms_signature signature;

    if (cms_signature_read(data, size, &signature))
        require(is_inside(signature.content, data, size) &&
                is_inside(signature.attributes, data, size) &&
                is_inside(signature.signature, data, size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const doors[])(const uint8_t *, size_t) = {try_file, try_xml, try_seal,
                                                             try_signature, try_cms};

    if (size > 0)
        doors[data[0] % 5](data + 1, size - 1);
    return 0;
}
