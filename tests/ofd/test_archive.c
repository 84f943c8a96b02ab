/*
 * Archives that were made to harm, and XML inside of them: every one is refused with a reason, none
 * is judged valid, and none costs more than its limits allow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/ofd/pack.h"
#include "verify/inflate.h"
#include "verify/xml.h"
#include "verify/zip.h"
#include "verify/zip_layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#define NAMESPACE       "http://www.ofdspec.org/2016"
#define COUNT_OF(a)     (sizeof(a) / sizeof((a)[0]))
#define LOCAL_BYTES     30
#define END_BYTES       22
#define DIRECTORY_BYTES 46
#define DIRECTORY_AT    16 /* in the end record */

/* Refused, or at least pointed out. */
static bool is_noticed(const struct buf *file)
{
    struct zip_archive *archive = NULL;
    bool noticed = zip_archive_read(buf_text(file), file->length, &archive, NULL) != STATUS_OK ||
                   zip_archive_odd(archive) != NULL;

    zip_archive_free(archive);
    return noticed;
}

static enum status open_archive(const struct buf *file, struct error *error)
{
    struct zip_archive *archive = NULL;
    enum status status = zip_archive_read(buf_text(file), file->length, &archive, error);

    zip_archive_free(archive);
    return status;
}

static void expect_refused(const struct buf *file, enum status expected, const char *words)
{
    struct error error = {0};

    assert_int_equal(open_archive(file, &error), expected);
    if (!strstr(error.text, words))
        fail_msg("\"%s\" instead of: %s", error.text, words);
}

static void write_one(const char *name, size_t length, struct buf *out)
{
    struct pack_writer writer = {.out = out};

    pack_member(&writer, name, length, "text", 4);
    pack_finish(&writer);
}

/* --- names -------------------------------------------------------------------------------------
 */

static void test_names(void **state)
{
    static const char *const forbidden[] = {
        "../x", "a/../../x", "/etc/passwd", "a\\b", "..",   ".",    "a/./b",
        "a//b", "C:x",       "a\nb",        "",     "\x7f", "a/..",
    };
    struct buf file = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(forbidden); i++) {
        buf_clear(&file);
        write_one(forbidden[i], strlen(forbidden[i]), &file);
        expect_refused(&file, STATUS_INVALID, "forbidden name");
    }
    buf_clear(&file);
    write_one("a\0b", 3, &file);
    expect_refused(&file, STATUS_INVALID, "forbidden name");
    char endless[ZIP_NAME_MAX + 1];
    memset(endless, 'a', sizeof endless);
    buf_clear(&file);
    write_one(endless, sizeof endless, &file);
    expect_refused(&file, STATUS_INVALID, "forbidden name");
    buf_clear(&file);
    write_one("营业执照/..a/b..xml", strlen("营业执照/..a/b..xml"), &file);
    assert_int_equal(open_archive(&file, NULL), STATUS_OK);
    buf_release(&file);
}

static void test_same_name_twice(void **state)
{
    struct buf file = {0};
    struct pack_writer writer = {.out = &file};

    (void)state;
    pack_member(&writer, "OFD.xml", 7, "one", 3);
    pack_member(&writer, "OFD.xml", 7, "two", 3);
    pack_finish(&writer);
    expect_refused(&file, STATUS_INVALID, "twice");
    buf_release(&file);
}

static void test_too_many(void **state)
{
    struct buf file = {0};
    struct pack_writer writer = {.out = &file};
    char name[16];

    (void)state;
    for (int i = 0; i <= ZIP_MEMBERS_MAX; i++) {
        int length = snprintf(name, sizeof name, "%d", i);
        pack_member(&writer, name, (size_t)length, "", 0);
    }
    pack_finish(&writer);
    expect_refused(&file, STATUS_TOO_LARGE, "too many");
    buf_release(&file);
}

/* --- bombs -------------------------------------------------------------------------------------
 */

/* A deflated archive through libzip, with members 0, 1, ... of these contents. */
static void write_deflated(const struct buf *contents, size_t count, struct buf *out)
{
    static const char *const names[] = {"OFD.xml", "a", "b", "c"};
    zip_error_t failure;
    zip_error_init(&failure);
    zip_source_t *archive = zip_source_buffer_create(NULL, 0, 0, &failure);
    assert_non_null(archive);
    zip_source_keep(archive);
    zip_t *zip = zip_open_from_source(archive, ZIP_TRUNCATE, &failure);
    assert_non_null(zip);
    assert_true(count <= COUNT_OF(names));
    for (size_t i = 0; i < count; i++) {
        zip_source_t *source = zip_source_buffer(zip, contents[i].data, contents[i].length, 0);
        assert_true(zip_file_add(zip, names[i], source, 0) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
    assert_int_equal(zip_source_open(archive), 0);
    char block[4096];
    zip_int64_t got;
    while ((got = zip_source_read(archive, block, sizeof block)) > 0)
        buf_bytes(out, block, (size_t)got);
    zip_source_close(archive);
    zip_source_free(archive);
    zip_error_fini(&failure);
}

static void write_zeros(size_t length, struct buf *out)
{
    char *zeros = calloc(1, length);
    struct buf content = {0};

    assert_non_null(zeros);
    buf_bytes(&content, zeros, length);
    write_deflated(&content, 1, out);
    buf_release(&content);
    free(zeros);
}

static void put_four(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> (8 * i));
}

static void test_bombs(void **state)
{
    struct buf file = {0};

    (void)state;
    write_zeros((size_t)8 << 20, &file);
    expect_refused(&file, STATUS_TOO_LARGE, "too big unpacked");
    buf_clear(&file);
    write_zeros(ZIP_MEMBER_BYTES_MAX + 1, &file);
    expect_refused(&file, STATUS_TOO_LARGE, "too big unpacked");

    /* One that says of itself that it is small. */
    unsigned char *bytes = (unsigned char *)file.data;
    unsigned char *end = bytes + file.length - END_BYTES;
    size_t directory = (size_t)end[DIRECTORY_AT] | (size_t)end[DIRECTORY_AT + 1] << 8 |
                       (size_t)end[DIRECTORY_AT + 2] << 16;
    put_four(bytes + 22, 1000);
    put_four(bytes + directory + 24, 1000);
    assert_int_not_equal(open_archive(&file, NULL), STATUS_OK);
    buf_release(&file);
}

/* --- what does not fit together ----------------------------------------------------------------
 */

/* No checksum covers the bits that fill up the last byte. */
static void test_packed_bits(void **state)
{
    struct buf file = {0};

    (void)state;
    write_zeros(5000, &file);
    assert_false(is_noticed(&file));
    const unsigned char *end = (const unsigned char *)file.data + file.length - END_BYTES;
    size_t directory = (size_t)end[DIRECTORY_AT] | (size_t)end[DIRECTORY_AT + 1] << 8;
    for (size_t bit = 8 * (directory - 1); bit < 8 * directory; bit++) {
        file.data[bit / 8] ^= (char)(1 << bit % 8);
        if (!is_noticed(&file))
            fail_msg("a change of bit %zu of byte %zu was not noticed", bit % 8, bit / 8);
        file.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    buf_release(&file);
}

static bool unpacks_to(const unsigned char *packed, size_t length, const struct buf *content)
{
    struct buf out = {0};
    bool same = inflate_raw(packed, length, &out, NULL) == STATUS_OK &&
                out.length == content->length &&
                memcmp(out.data, content->data, content->length) == 0;

    buf_release(&out);
    return same;
}

/* Every byte but the last, which may only fill up, to every value. Returns how many changes unpack
 * to the same, so that no checksum tells. */
static size_t expect_noticed(struct buf *file, const struct zip_entry *entry,
                             const struct buf *content)
{
    unsigned char *packed = (unsigned char *)file->data + entry->content;
    size_t unseen = 0;

    for (size_t i = 0; i + 1 < entry->packed; i++) {
        unsigned char was = packed[i];
        for (unsigned by = 1; by < 256; by++) {
            packed[i] = (unsigned char)(was ^ by);
            if (!unpacks_to(packed, entry->packed, content))
                continue;
            unseen++;
            if (!is_noticed(file))
                fail_msg("byte %zu: a change by %02x was not noticed", i, by);
        }
        packed[i] = was;
    }
    return unseen;
}

/* A match may point to any place with the same text. */
static void test_matches_that_point_elsewhere(void **state)
{
    struct buf contents[4] = {{0}}, file = {0};
    struct zip_layout layout = {0};
    unsigned n = 1;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(contents); i++)
        for (int line = 0; line < 24; line++) {
            n = n * 1103515245u + 12345u;
            buf_printf(&contents[i], "<T X=\"%u\" Y=\"%u\" D=\"g %u 3.2\"/>\n", n >> 8 & 15,
                       n >> 12 & 7, n >> 16 & 31);
        }
    write_deflated(contents, COUNT_OF(contents), &file);
    assert_false(is_noticed(&file));
    assert_int_equal(zip_layout_read((const unsigned char *)file.data, file.length, &layout, NULL),
                     STATUS_OK);
    assert_int_equal(layout.count, COUNT_OF(contents));
    size_t unseen = 0;
    for (size_t i = 0; i < layout.count; i++)
        unseen += expect_noticed(&file, &layout.entries[i], &contents[i]);
    assert_true(unseen > 0); /* otherwise nothing was tried */
    zip_layout_release(&layout);
    for (size_t i = 0; i < COUNT_OF(contents); i++)
        buf_release(&contents[i]);
    buf_release(&file);
}

/* A folder has a name and nothing in it: what is packed there must be exactly nothing. */
static void test_packed_folder(void **state)
{
    static const char nothing[] = {3, 0}; /* DEFLATE of no bytes at all */
    struct buf file = {0};
    struct pack_writer writer = {.out = &file};

    (void)state;
    pack_member(&writer, "d/", 2, nothing, sizeof nothing);
    pack_finish(&writer);
    unsigned char *local = (unsigned char *)file.data, *packed = local + LOCAL_BYTES + 2;
    unsigned char *directory = packed + sizeof nothing;
    local[8] = directory[10] = ZIP_METHOD_DEFLATED;
    put_four(local + 14, 0);
    put_four(local + 22, 0);
    put_four(directory + 16, 0);
    put_four(directory + 24, 0);
    assert_false(is_noticed(&file));
    for (size_t bit = 0; bit < 8 * sizeof nothing; bit++) {
        packed[bit / 8] ^= (unsigned char)(1u << bit % 8);
        if (!is_noticed(&file))
            fail_msg("a change of bit %zu was not noticed", bit);
        packed[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    buf_release(&file);
}

/* Anybody can write a comment, and no signature covers it. */
static void test_comment(void **state)
{
    struct buf file = {0};

    (void)state;
    write_one("a", 1, &file);
    unsigned char *end = (unsigned char *)file.data + file.length - END_BYTES;
    unsigned char *directory = end - DIRECTORY_BYTES - 1;
    directory[32] = 1; /* what follows is no longer a directory */
    expect_refused(&file, STATUS_INVALID, "directory");
    directory[28] = 0; /* the name becomes the comment */
    expect_refused(&file, STATUS_UNSUPPORTED, "comments");
    buf_release(&file);
}

static void test_contradictions(void **state)
{
    struct buf file = {0}, changed = {0};
    struct pack_writer writer = {.out = &file};

    (void)state;
    pack_member(&writer, "a", 1, "one", 3);
    pack_member(&writer, "b", 1, "two", 3);
    pack_finish(&writer);
    assert_false(is_noticed(&file));
    for (size_t i = 0; i < file.length; i++) {
        buf_clear(&changed);
        buf_bytes(&changed, file.data, file.length);
        changed.data[i] ^= 1;
        if (!is_noticed(&changed))
            fail_msg("a change at byte %zu was not noticed", i);
        changed.length = i; /* cut off */
        assert_int_not_equal(open_archive(&changed, NULL), STATUS_OK);
    }
    buf_clear(&changed);
    buf_str(&changed, "before");
    buf_bytes(&changed, file.data, file.length);
    assert_int_not_equal(open_archive(&changed, NULL), STATUS_OK);
    buf_clear(&changed);
    buf_bytes(&changed, file.data, file.length);
    buf_str(&changed, "behind");
    assert_int_not_equal(open_archive(&changed, NULL), STATUS_OK);
    buf_release(&file);
    buf_release(&changed);
}

/* --- XML ---------------------------------------------------------------------------------------
 */

static enum status read_xml(const char *text, struct error *error)
{
    struct xml_document *document = NULL;
    enum status status = xml_document_read(text, strlen(text), NAMESPACE, &document, error);

    xml_document_free(document);
    return status;
}

static void test_declarations(void **state)
{
    static const char *const texts[] = {
        "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
        "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><r xmlns=\"" NAMESPACE "\">&c;</r>",
        "<!DOCTYPE r SYSTEM \"file:///etc/passwd\"><r xmlns=\"" NAMESPACE "\"/>",
        "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><r xmlns=\"" NAMESPACE
        "\" a=\"&x;\">&x;</r>",
        "<!DOCTYPE r><r xmlns=\"" NAMESPACE "\"/>",
    };
    struct error error = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_int_equal(read_xml(texts[i], &error), STATUS_INVALID);
        assert_non_null(strstr(error.text, "document type"));
    }
    assert_int_equal(read_xml("<r xmlns=\"" NAMESPACE "\">&c;</r>", &error), STATUS_INVALID);
    assert_int_equal(read_xml("<r xmlns=\"http://example.org/\"/>", &error), STATUS_UNSUPPORTED);
    assert_int_equal(read_xml("<r/>", &error), STATUS_UNSUPPORTED);
    assert_int_equal(read_xml("", &error), STATUS_INVALID);
    assert_int_equal(read_xml("<r xmlns=\"" NAMESPACE "\"/>", &error), STATUS_OK);
}

static void nest(int depth, struct buf *out)
{
    buf_clear(out);
    buf_str(out, "<r xmlns=\"" NAMESPACE "\">");
    for (int i = 1; i < depth; i++)
        buf_str(out, "<r>");
    for (int i = 1; i < depth; i++)
        buf_str(out, "</r>");
    buf_str(out, "</r>");
}

static void test_depth(void **state)
{
    static const int too_deep[] = {XML_DEPTH_MAX + 1, 200, 5000, 200000};
    struct buf text = {0};

    (void)state;
    nest(XML_DEPTH_MAX, &text);
    assert_int_equal(read_xml(buf_text(&text), NULL), STATUS_OK);
    for (size_t i = 0; i < COUNT_OF(too_deep); i++) {
        nest(too_deep[i], &text);
        assert_int_equal(read_xml(buf_text(&text), NULL), STATUS_INVALID);
    }
    buf_release(&text);
}

static void put_utf16(const char *text, struct buf *out)
{
    for (; *text; text++) {
        buf_char(out, *text);
        buf_char(out, '\0');
    }
}

/* Half a pair of UTF-16, so far behind that it is met long after the beginning was understood. */
static void make_half_pair(struct buf *text)
{
    buf_str(text, "\xff\xfe");
    put_utf16("<?xml version=\"1.0\" encoding=\"UTF-16\"?><r xmlns=\"" NAMESPACE "\">", text);
    for (int i = 0; i < 6000; i++)
        put_utf16("a", text);
    buf_bytes(text, "\x63\xd9", 2);
    put_utf16("behind it</r>", text);
}

/* What is printed there stands in the middle of the interface's screen. */
static void test_nothing_is_printed(void **state)
{
    FILE *printed = tmpfile();
    int kept = dup(STDERR_FILENO);
    struct buf text = {0};
    struct xml_document *document = NULL;

    (void)state;
    make_half_pair(&text);
    fflush(stderr);
    assert_int_equal(dup2(fileno(printed), STDERR_FILENO), STDERR_FILENO);
    enum status status = xml_document_read(text.data, text.length, NAMESPACE, &document, NULL);
    fflush(stderr);
    assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(status, STATUS_INVALID);
    assert_int_equal(lseek(fileno(printed), 0, SEEK_END), 0);
    close(kept);
    fclose(printed);
    buf_release(&text);
}

static void test_cursor(void **state)
{
    static const char text[] =
        "<o:r xmlns:o=\"" NAMESPACE "\" xmlns:x=\"urn:x\"><o:a n=\" 1 \"> one </o:a><x:a/>"
        "<o:b/><o:a><![CDATA[two]]><o:c>in</o:c></o:a></o:r>";
    struct xml_document *document = NULL;
    char value[16];

    (void)state;
    assert_int_equal(xml_document_read(text, sizeof text - 1, NAMESPACE, &document, NULL),
                     STATUS_OK);
    const struct xml_element *root = xml_root(document);
    const struct xml_element *first = xml_first(root, "a");
    assert_true(xml_attribute(first, "n", value, sizeof value));
    assert_string_equal(value, "1");
    assert_false(xml_attribute(first, "m", value, sizeof value));
    assert_true(xml_text(first, value, sizeof value));
    assert_string_equal(value, "one");
    const struct xml_element *second = xml_next(first);
    assert_true(xml_text(second, value, sizeof value));
    assert_string_equal(value, "two");
    assert_null(xml_next(second));
    assert_false(xml_text(second, value, 3));
    size_t seen = 0;
    for (const struct xml_element *at = xml_after(root, root); at; at = xml_after(root, at))
        seen++;
    assert_int_equal(seen, 4);
    xml_document_free(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_same_name_twice),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_contradictions),
        cmocka_unit_test(test_packed_bits),
        cmocka_unit_test(test_matches_that_point_elsewhere),
        cmocka_unit_test(test_packed_folder),
        cmocka_unit_test(test_comment),
        cmocka_unit_test(test_declarations),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_nothing_is_printed),
        cmocka_unit_test(test_cursor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
