#include "tests/ofd/maker.h"

#include "base/clock.h"
#include "verify/asn1.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define NAMESPACE "xmlns:ofd=\"http://www.ofdspec.org/2016\""
#define HEAD      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
#define LIST      "Doc_0/Signs/Signatures.xml"
#define CHINA_MS  (8 * 3600 * (int64_t)1000)

/* --- the document ------------------------------------------------------------------------------
 */

void ofd_make_plain(struct pack *pack)
{
    buf_str(pack_file(pack, "OFD.xml"),
            HEAD "<ofd:OFD " NAMESPACE " Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo>"
                 "<ofd:DocID>1</ofd:DocID><ofd:Title>营业执照</ofd:Title><ofd:CustomDatas>"
                 "<ofd:CustomData Name=\"证照标识\">1.2.156.3005.2</ofd:CustomData>"
                 "</ofd:CustomDatas></ofd:DocInfo>"
                 "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
                 "<ofd:Signatures>/" LIST "</ofd:Signatures></ofd:DocBody></ofd:OFD>");
    buf_str(pack_file(pack, "Doc_0/Document.xml"),
            HEAD "<ofd:Document " NAMESPACE "><ofd:CommonData><ofd:TemplatePage ID=\"9\" "
                 "BaseLoc=\"Tpls/T.xml\"/></ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" "
                 "BaseLoc=\"Pages/Page_0.xml\"/><ofd:Page ID=\"2\" BaseLoc=\"Pages/Page_1.xml\"/>"
                 "</ofd:Pages></ofd:Document>");
    buf_str(pack_file(pack, "Doc_0/Pages/Page_0.xml"),
            HEAD "<ofd:Page " NAMESPACE "><ofd:Template TemplateID=\"9\"/><ofd:Content><ofd:Layer>"
                 "<ofd:TextObject ID=\"4\"><ofd:TextCode>云亭镇</ofd:TextCode></ofd:TextObject>"
                 "<ofd:TextObject ID=\"5\"><ofd:TextCode>有限</ofd:TextCode><ofd:TextCode>公司"
                 "</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>");
    buf_str(pack_file(pack, "Doc_0/Pages/Page_1.xml"),
            HEAD "<ofd:Page " NAMESPACE "><ofd:Content/></ofd:Page>");
    buf_str(pack_file(pack, "Doc_0/Tpls/T.xml"),
            HEAD "<ofd:Page " NAMESPACE "><ofd:Content><ofd:Layer><ofd:TextObject ID=\"6\">"
                 "<ofd:TextCode>底版</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content>"
                 "</ofd:Page>");
}

/* --- DER ---------------------------------------------------------------------------------------
 */

/* Wraps what stands in *body and empties it. */
static void wrap(struct buf *out, unsigned tag, struct buf *body)
{
    der_put(out, tag, buf_text(body), body->length);
    buf_release(body);
}

static void put_text(struct buf *out, unsigned tag, const char *text)
{
    der_put(out, tag, text, strlen(text));
}

static void put_small(struct buf *out, unsigned char value)
{
    der_put(out, DER_INTEGER, &value, 1);
}

static void put_bits(struct buf *out, struct buf *body)
{
    struct buf bits = {0};

    buf_char(&bits, '\0');
    buf_bytes(&bits, buf_text(body), body->length);
    buf_release(body);
    wrap(out, DER_BIT_STRING, &bits);
}

static void put_time(struct buf *out, unsigned tag, int64_t ms)
{
    char text[INSTANT_TEXT_MAX], digits[INSTANT_TEXT_MAX];
    size_t count = 0;

    instant_format(ms, text);
    for (const char *at = tag == DER_UTC_TIME ? text + 2 : text; *at && *at != '.'; at++)
        if (*at >= '0' && *at <= '9')
            digits[count++] = *at;
    digits[count++] = 'Z';
    der_put(out, tag, digits, count);
}

/* "2026-03-14 16:00:00" */
static void put_spelled_time(struct buf *out, int64_t ms)
{
    char text[INSTANT_TEXT_MAX];

    instant_format(ms + CHINA_MS, text);
    text[10] = ' ';
    buf_bytes(out, text, strlen("2026-03-14 16:00:00"));
}

/* The same item with every length of a constructed one left open and octet strings in two. */
static void put_open(struct buf *out, const struct der_item *item)
{
    static const char end[2];
    struct der inside = der_of(item->content, item->length);
    struct der_item part;
    size_t half = item->length / 2;

    if (item->tag != DER_OCTET_STRING && !(item->tag & 0x20)) {
        buf_bytes(out, item->whole, item->whole_length);
        return;
    }
    buf_char(out, (char)(item->tag | 0x20));
    buf_char(out, (char)0x80);
    if (item->tag == DER_OCTET_STRING) {
        der_put(out, DER_OCTET_STRING, item->content, half);
        der_put(out, DER_OCTET_STRING, item->content + half, item->length - half);
    }
    while (item->tag != DER_OCTET_STRING && der_next(&inside, &part))
        put_open(out, &part);
    buf_bytes(out, end, sizeof end);
}

static void put_extensions(struct buf *out)
{
    static const unsigned char oid[] = {0x2a, 0x03, 0x04};
    struct buf one = {0}, list = {0};

    der_put(&one, DER_OID, oid, sizeof oid);
    put_text(&one, DER_OCTET_STRING, "of the maker's own");
    wrap(&list, DER_SEQUENCE, &one);
    wrap(out, DER_SEQUENCE, &list);
}

static void put_algorithm(struct buf *out, const struct key *key, bool short_oid)
{
    static const unsigned char sm2[] = {0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75};
    static const unsigned char shorter[] = {0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x83, 0x75};
    static const unsigned char rsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b};

    if (key_sort(key) == SORT_RSA)
        der_put(out, DER_OID, rsa, sizeof rsa);
    else if (short_oid)
        der_put(out, DER_OID, shorter, sizeof shorter);
    else
        der_put(out, DER_OID, sm2, sizeof sm2);
}

static void put_certificate(struct buf *out, const struct key *key)
{
    struct buf der = {0};

    key_put_certificate(key, &der);
    wrap(out, DER_OCTET_STRING, &der);
}

static void put_stamp(struct buf *out, const struct ofd_recipe *recipe, const struct buf *value)
{
    const char *other = "something else";

    if (recipe->stamp_other)
        key_put_timestamp(recipe->stamper, other, strlen(other), recipe->stamped_ms, out);
    else
        key_put_timestamp(recipe->stamper, value->data, value->length, recipe->stamped_ms, out);
}

static void put_signature(struct buf *out, const struct key *key, const struct buf *data, bool raw)
{
    struct buf value = {0};

    key_sign(key, buf_text(data), data->length, raw, &value);
    put_bits(out, &value);
}

/* --- the seal ----------------------------------------------------------------------------------
 */

static void put_holders(struct buf *out, const struct ofd_recipe *recipe)
{
    const struct key *holder = recipe->holder ? recipe->holder : recipe->signer;
    struct buf list = {0}, entry = {0}, der = {0}, digest = {0};

    if (recipe->holder_digest) {
        key_put_certificate(holder, &der);
        key_digest(holder, der.data, der.length, &digest);
        put_text(&entry, DER_PRINTABLE, key_check_method(holder));
        wrap(&entry, DER_OCTET_STRING, &digest);
        wrap(&list, DER_SEQUENCE, &entry);
        buf_release(&der);
    } else {
        put_certificate(&list, holder);
    }
    wrap(out, DER_SEQUENCE, &list);
}

static void put_seal_info(struct buf *out, const struct ofd_recipe *recipe)
{
    bool old = recipe->form == FORM_SEAL_V1;
    unsigned time = old ? DER_UTC_TIME : DER_GENERALIZED_TIME;
    struct buf info = {0}, header = {0}, property = {0}, picture = {0};

    put_text(&header, DER_IA5, "ES");
    put_small(&header, old ? 1 : 4);
    put_text(&header, DER_IA5, "TEST");
    wrap(&info, DER_SEQUENCE, &header);
    put_text(&info, DER_IA5, "seal-1");
    put_small(&property, 1);
    put_text(&property, DER_UTF8, "云亭镇人民政府");
    if (!old)
        put_small(&property, recipe->holder_digest ? 2 : 1);
    put_holders(&property, recipe);
    put_time(&property, time, recipe->seal_made_ms);
    put_time(&property, time, recipe->seal_from_ms);
    put_time(&property, time, recipe->seal_to_ms);
    wrap(&info, DER_SEQUENCE, &property);
    put_text(&picture, DER_IA5, "PNG");
    put_text(&picture, DER_OCTET_STRING, "picture");
    put_small(&picture, 40);
    put_small(&picture, 40);
    wrap(&info, DER_SEQUENCE, &picture);
    if (recipe->extensions)
        put_extensions(&info);
    wrap(out, DER_SEQUENCE, &info);
}

static void put_seal(struct buf *out, const struct ofd_recipe *recipe)
{
    bool old = recipe->form == FORM_SEAL_V1;
    struct buf info = {0}, maker = {0}, seal = {0}, covered = {0}, parts = {0};

    put_seal_info(&info, recipe);
    put_certificate(&maker, recipe->maker);
    put_algorithm(&maker, recipe->maker, false);
    if (old) {
        buf_bytes(&parts, info.data, info.length);
        buf_bytes(&parts, maker.data, maker.length);
        wrap(&covered, DER_SEQUENCE, &parts);
    } else {
        buf_bytes(&covered, info.data, info.length);
    }
    put_signature(&maker, recipe->maker, &covered, recipe->raw);
    buf_bytes(&seal, info.data, info.length);
    if (old)
        wrap(&seal, DER_SEQUENCE, &maker);
    else
        buf_bytes(&seal, maker.data, maker.length);
    wrap(out, DER_SEQUENCE, &seal);
    buf_release(&info);
    buf_release(&maker);
    buf_release(&covered);
}

static void put_sealed(struct buf *out, const struct ofd_recipe *recipe, const struct buf *seal,
                       const struct buf *file, const char *path)
{
    bool old = recipe->form == FORM_SEAL_V1;
    struct buf body = {0}, to_sign = {0}, digest = {0}, time = {0}, whole = {0};

    put_small(&body, old ? 1 : 4);
    buf_bytes(&body, seal->data, seal->length);
    if (recipe->spelled_time)
        put_spelled_time(&time, recipe->signed_ms);
    else
        put_time(&time, old ? DER_UTC_TIME : DER_GENERALIZED_TIME, recipe->signed_ms);
    if (old) {
        put_bits(&body, &time);
    } else {
        buf_bytes(&body, time.data, time.length);
        buf_release(&time);
    }
    key_digest(recipe->signer, file->data, file->length, &digest);
    put_bits(&body, &digest);
    put_text(&body, DER_IA5, path);
    if (old) {
        put_certificate(&body, recipe->signer);
        put_algorithm(&body, recipe->signer, recipe->short_oid);
    }
    if (recipe->extensions)
        put_extensions(&body);
    wrap(&to_sign, DER_SEQUENCE, &body);
    buf_bytes(&whole, to_sign.data, to_sign.length);
    if (!old) {
        put_certificate(&whole, recipe->signer);
        put_algorithm(&whole, recipe->signer, recipe->short_oid);
    }
    struct buf value = {0}, stamp = {0}, bits = {0};
    key_sign(recipe->signer, buf_text(&to_sign), to_sign.length, recipe->raw, &value);
    if (recipe->stamper && !old)
        put_stamp(&stamp, recipe, &value);
    put_bits(&whole, &value);
    if (stamp.length > 0) {
        put_bits(&bits, &stamp);
        wrap(&whole, DER_CONTEXT_0, &bits);
    }
    wrap(out, DER_SEQUENCE, &whole);
    buf_release(&to_sign);
}

/* --- without a seal ----------------------------------------------------------------------------
 */

static void put_attribute(struct buf *out, const unsigned char *oid, size_t length,
                          struct buf *value)
{
    struct buf attribute = {0};

    der_put(&attribute, DER_OID, oid, length);
    wrap(&attribute, DER_SET, value);
    wrap(out, DER_SEQUENCE, &attribute);
}

static void put_attributes(struct buf *out, const struct ofd_recipe *recipe, const struct buf *file)
{
    static const unsigned char digest_oid[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                                               0x0d, 0x01, 0x09, 0x04};
    static const unsigned char time_oid[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x05};
    struct buf digest = {0}, value = {0};

    key_digest(recipe->signer, file->data, file->length, &digest);
    wrap(&value, DER_OCTET_STRING, &digest);
    put_attribute(out, digest_oid, sizeof digest_oid, &value);
    put_time(&value, DER_UTC_TIME, recipe->signed_ms);
    put_attribute(out, time_oid, sizeof time_oid, &value);
}

static void put_identifier(struct buf *out, const unsigned char *oid, size_t length)
{
    struct buf identifier = {0};

    der_put(&identifier, DER_OID, oid, length);
    wrap(out, DER_SEQUENCE, &identifier);
}

static void put_digest_name(struct buf *out, const struct key *key)
{
    static const unsigned char sm3[] = {0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x11};
    static const unsigned char sha256[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};

    if (key_sort(key) == SORT_SM2)
        put_identifier(out, sm3, sizeof sm3);
    else
        put_identifier(out, sha256, sizeof sha256);
}

static void put_signer_info(struct buf *out, const struct ofd_recipe *recipe,
                            const struct buf *attributes, const struct buf *covered)
{
    static const unsigned char stamp_oid[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                              0x01, 0x09, 0x10, 0x02, 0x0e};
    static const unsigned char other_oid[] = {0x2a, 0x03, 0x04};
    struct buf info = {0}, named = {0}, algorithm = {0}, value = {0};

    put_small(&info, 1);
    key_put_named(recipe->signer, &named);
    wrap(&info, DER_SEQUENCE, &named);
    put_digest_name(&info, recipe->signer);
    if (attributes->length > 0)
        der_put(&info, DER_CONTEXT_0, attributes->data, attributes->length);
    put_algorithm(&algorithm, recipe->signer, false);
    wrap(&info, DER_SEQUENCE, &algorithm);
    key_sign(recipe->signer, covered->data, covered->length, false, &value);
    struct buf stamp = {0}, attribute = {0};
    if (recipe->stamper)
        put_stamp(&stamp, recipe, &value);
    wrap(&info, DER_OCTET_STRING, &value);
    if (stamp.length > 0)
        put_attribute(&attribute, stamp_oid, sizeof stamp_oid, &stamp);
    if (recipe->addition) {
        put_small(&value, 7);
        put_attribute(&attribute, other_oid, sizeof other_oid, &value);
    }
    if (attribute.length > 0)
        wrap(&info, DER_CONTEXT_1, &attribute);
    wrap(out, DER_SEQUENCE, &info);
}

static void put_whole(struct buf *out, const struct ofd_recipe *recipe, struct buf *data)
{
    struct der reader = der_of(data->data, data->length);
    struct der_item item;

    if (recipe->open_lengths && der_next(&reader, &item))
        put_open(out, &item);
    else
        buf_bytes(out, data->data, data->length);
    buf_release(data);
}

static void put_certificates(struct buf *out, const struct ofd_recipe *recipe)
{
    key_put_certificate(recipe->signer, out);
    if (recipe->carried)
        key_put_certificate(recipe->carried, out);
    if (recipe->carried_damaged) /* in the signature on it, at its end */
        out->data[out->length - 3] ^= 1;
}

static void put_cms(struct buf *out, const struct ofd_recipe *recipe, const struct buf *file)
{
    static const unsigned char data_oid[] = {0x2a, 0x81, 0x1c, 0xcf, 0x55,
                                             0x06, 0x01, 0x04, 0x02, 0x01};
    static const unsigned char signed_oid[] = {0x2a, 0x81, 0x1c, 0xcf, 0x55,
                                               0x06, 0x01, 0x04, 0x02, 0x02};
    struct buf data = {0}, content = {0}, part = {0}, attributes = {0}, covered = {0}, info = {0};

    put_small(&data, 1);
    wrap(&data, DER_SET, &part);
    der_put(&content, DER_OID, data_oid, sizeof data_oid);
    if (recipe->form == FORM_CMS_DIGEST) {
        key_digest(recipe->signer, file->data, file->length, &covered);
        der_put(&part, DER_OCTET_STRING, covered.data, covered.length);
        wrap(&content, DER_CONTEXT_0, &part);
    } else {
        put_attributes(&attributes, recipe, file);
        der_put(&covered, DER_SET, attributes.data, attributes.length);
    }
    wrap(&data, DER_SEQUENCE, &content);
    put_certificates(&part, recipe);
    wrap(&data, DER_CONTEXT_0, &part);
    put_signer_info(&part, recipe, &attributes, &covered);
    wrap(&data, DER_SET, &part);
    der_put(&info, DER_OID, signed_oid, sizeof signed_oid);
    wrap(&part, DER_SEQUENCE, &data);
    if (recipe->unwrapped) {
        buf_bytes(&data, part.data, part.length);
        buf_release(&part);
        buf_release(&info);
    } else {
        wrap(&info, DER_CONTEXT_0, &part);
        wrap(&data, DER_SEQUENCE, &info);
    }
    put_whole(out, recipe, &data);
    buf_release(&attributes);
    buf_release(&covered);
}

/* --- the list of what is signed ----------------------------------------------------------------
 */

static void put_reference(struct buf *out, const struct ofd_recipe *recipe,
                          const struct pack_file *file)
{
    unsigned char text[128];
    struct buf digest = {0};

    key_digest(recipe->signer, buf_text(&file->data), file->data.length, &digest);
    (void)EVP_EncodeBlock(text, (const unsigned char *)digest.data, (int)digest.length);
    buf_printf(out,
               "<ofd:Reference FileRef=\"%s%s\"><ofd:CheckValue>%s</ofd:CheckValue>"
               "</ofd:Reference>",
               recipe->climbing   ? ".././../../"
               : recipe->relative ? ""
                                  : "/",
               file->name, (const char *)text);
    buf_release(&digest);
}

static bool is_listed(const struct ofd_recipe *recipe, const char *name)
{
    if (recipe->left_out && strcmp(name, recipe->left_out) == 0)
        return false;
    if (strcmp(name, LIST) == 0)
        return recipe->lock_list;
    return !strstr(name, "Signature.xml") && !strstr(name, "SignedValue.dat");
}

static void put_file(struct buf *out, const struct ofd_recipe *recipe, const struct pack *pack,
                     const char *folder, bool has_seal)
{
    buf_printf(out, HEAD "<ofd:Signature " NAMESPACE "><ofd:SignedInfo><ofd:Provider "
                         "ProviderName=\"test\"/><ofd:SignatureMethod>1.2.156.10197.1.501"
                         "</ofd:SignatureMethod>"
                         "<ofd:SignatureDateTime>2026-03-14 10:00:00</ofd:SignatureDateTime>");
    if (has_seal)
        buf_printf(out, "<ofd:Seal><ofd:BaseLoc>/%sSeal.esl</ofd:BaseLoc></ofd:Seal>", folder);
    buf_printf(out, "<ofd:References CheckMethod=\"%s\">",
               recipe->check_method ? recipe->check_method : key_check_method(recipe->signer));
    for (size_t i = 0; i < pack->count; i++)
        if (is_listed(recipe, pack->files[i].name))
            put_reference(out, recipe, &pack->files[i]);
    buf_printf(out,
               "</ofd:References></ofd:SignedInfo><ofd:SignedValue>%s%sSignedValue.dat"
               "</ofd:SignedValue></ofd:Signature>",
               recipe->relative ? "" : "/", recipe->relative ? "" : folder);
}

static void write_list(struct pack *pack, int number)
{
    struct buf *list = pack_file(pack, LIST);

    buf_clear(list);
    buf_str(list, HEAD "<ofd:Signatures " NAMESPACE "><ofd:MaxSignId>9</ofd:MaxSignId>");
    for (int i = 0; i <= number; i++)
        buf_printf(list, "<ofd:Signature ID=\"%d\" BaseLoc=\"/Doc_0/Signs/S%d/Signature.xml\"/>",
                   i + 1, i);
    buf_str(list, "</ofd:Signatures>");
}

void ofd_sign(struct pack *pack, const struct ofd_recipe *recipe, int number)
{
    bool has_seal = recipe->form == FORM_SEAL_V4 || recipe->form == FORM_SEAL_V1;
    char folder[64], name[128], path[128];
    struct buf seal = {0};

    (void)snprintf(folder, sizeof folder, "Doc_0/Signs/S%d/", number);
    (void)snprintf(path, sizeof path, "/%sSignature.xml", folder);
    write_list(pack, number);
    if (has_seal) {
        put_seal(&seal, recipe);
        (void)snprintf(name, sizeof name, "%sSeal.esl", folder);
        buf_bytes(pack_file(pack, name), seal.data, seal.length);
    }
    struct buf file = {0}, value = {0};
    put_file(&file, recipe, pack, folder, has_seal);
    if (has_seal)
        put_sealed(&value, recipe, &seal, &file, path);
    else if (recipe->form == FORM_BARE)
        key_sign(recipe->signer, file.data, file.length, false, &value);
    else
        put_cms(&value, recipe, &file);
    buf_bytes(pack_file(pack, path + 1), file.data, file.length);
    (void)snprintf(name, sizeof name, "%sSignedValue.dat", folder);
    buf_bytes(pack_file(pack, name), value.data, value.length);
    buf_release(&seal);
    buf_release(&file);
    buf_release(&value);
}

#define DAY (86400 * (int64_t)1000)

void ofd_make_licence(struct buf *file, struct buf *root_pem)
{
    int64_t now = clock_wall_ms();
    struct key *root = key_new(&(struct key_recipe){
        .name = "Root", .authority = true, .from_ms = now - 9 * DAY, .to_ms = now + 9 * DAY});
    struct key *signer = key_new(&(struct key_recipe){
        .name = "Office", .issuer = root, .from_ms = now - 9 * DAY, .to_ms = now + 9 * DAY});
    const struct ofd_recipe recipe = {.signer = signer,
                                      .maker = signer,
                                      .signed_ms = now - DAY,
                                      .seal_from_ms = now - 2 * DAY,
                                      .seal_to_ms = now + DAY,
                                      .seal_made_ms = now - 2 * DAY,
                                      .lock_list = true};
    struct pack pack = {0};

    ofd_make_plain(&pack);
    ofd_sign(&pack, &recipe, 0);
    pack_write(&pack, file);
    key_put_pem(root, root_pem);
    pack_release(&pack);
    key_free(signer);
    key_free(root);
}
