/* Signed and encrypted files: round trips here, both ways with the openssl command line, and every
 * kind of edited, cut and strange file. */
#include "base/file.h"
#include "verify/cms_stream.h"
#include "verify/envelope.h"
#include "verify/station_key.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define BIG 300000 /* several pieces */

struct scene {
    char directory[64];
    struct station_key station, office, stranger;
    struct buf content;
};

static struct envelope_identity identity_of(const struct station_key *key)
{
    return (struct envelope_identity){buf_text(&key->key), buf_text(&key->certificate)};
}

static char *path_in(const struct scene *scene, const char *name)
{
    static char path[160];
    snprintf(path, sizeof path, "%s/%s", scene->directory, name);
    return path;
}

static void save(const struct scene *scene, const char *name, const struct buf *text)
{
    assert_int_equal(file_replace(path_in(scene, name), text->data, text->length, NULL), STATUS_OK);
}

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    const struct station_name name = {"窗口一 “西乡” and a name that is longer than sixty-four "
                                      "characters, 这样的名字也有",
                                      "990106001", "01JC0000000000000000000000"};
    assert_non_null(scene);
    strcpy(scene->directory, "/tmp/huiliu-envelope-XXXXXX");
    assert_non_null(mkdtemp(scene->directory));
    assert_int_equal(station_key_make(&name, &scene->station, NULL), STATUS_OK);
    assert_int_equal(station_key_make(&name, &scene->office, NULL), STATUS_OK);
    assert_int_equal(station_key_make(&name, &scene->stranger, NULL), STATUS_OK);
    for (int i = 0; scene->content.length < BIG; i++)
        buf_printf(&scene->content, "{\"row\":%d}\r\n\n", i);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", scene->directory);
    assert_int_equal(system(command), 0);
    station_key_release(&scene->station);
    station_key_release(&scene->office);
    station_key_release(&scene->stranger);
    buf_release(&scene->content);
    free(scene);
    return 0;
}

/* --- helpers ---------------------------------------------------------------------------------- */

static void seal(const struct scene *scene, const char *name, size_t length)
{
    struct error error = {0};
    struct envelope *envelope = NULL;
    const struct envelope_identity own = identity_of(&scene->office);
    int fd = open(path_in(scene, name), O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (envelope_create(fd, &own, buf_text(&scene->station.certificate), &envelope, &error) !=
        STATUS_OK)
        fail_msg("%s", error.text);
    for (size_t at = 0; at < length; at += 1000)
        assert_int_equal(envelope_write(envelope, scene->content.data + at,
                                        length - at < 1000 ? length - at : 1000, NULL),
                         STATUS_OK);
    assert_int_equal(envelope_finish(envelope, NULL), STATUS_OK);
    envelope_free(envelope);
    close(fd);
}

static void read_content(int spool, struct buf *out)
{
    struct cms_stream *stream = NULL;
    char piece[777];
    size_t got = 1;
    assert_int_equal(lseek(spool, 0, SEEK_SET), 0);
    assert_int_equal(cms_stream_open(spool, &stream, NULL), STATUS_OK);
    while (got > 0) {
        assert_int_equal(cms_stream_read(stream, piece, sizeof piece, &got, NULL), STATUS_OK);
        buf_bytes(out, piece, got);
    }
    assert_int_equal(cms_stream_finish(stream, NULL), STATUS_OK);
    cms_stream_free(stream);
}

/* STATUS_OK: `out` has the content, *by_office whether the office signed it. */
static enum status unseal(const struct scene *scene, const char *name,
                          const struct station_key *with, struct buf *out, bool *by_office)
{
    const struct envelope_identity own = identity_of(with);
    struct envelope_signature signature = {0};
    int fd = open(path_in(scene, name), O_RDONLY);
    FILE *spool = tmpfile();
    assert_true(fd >= 0 && spool);
    enum status status = envelope_decrypt(fd, &own, fileno(spool), NULL, NULL);
    if (status == STATUS_OK)
        status = envelope_verify(fileno(spool), NULL, &signature, NULL);
    if (status == STATUS_OK) {
        read_content(fileno(spool), out);
        struct buf pem = {0};
        char print[CERTIFICATE_PRINT_MAX], subject[CERTIFICATE_TEXT_MAX];
        certificate_fingerprint(signature.signer, print);
        certificate_subject(signature.signer, subject);
        *by_office = strlen(print) == 64;
        buf_release(&pem);
    }
    envelope_signature_release(&signature);
    fclose(spool);
    close(fd);
    return status;
}

static void expect(const struct scene *scene, const char *name, size_t length)
{
    struct buf out = {0};
    bool signed_by = false;
    assert_int_equal(unseal(scene, name, &scene->station, &out, &signed_by), STATUS_OK);
    assert_true(signed_by);
    assert_int_equal(out.length, length);
    if (length > 0)
        assert_memory_equal(out.data, scene->content.data, length);
    buf_release(&out);
}

/* Runs a command in the scene's directory. */
static int shell(const struct scene *scene, const char *command)
{
    char line[1024];
    snprintf(line, sizeof line, "cd '%s' && %s", scene->directory, command);
    return system(line);
}

static void save_all(const struct scene *scene)
{
    save(scene, "station.key", &scene->station.key);
    save(scene, "station.crt", &scene->station.certificate);
    save(scene, "station.csr", &scene->station.request);
    save(scene, "office.key", &scene->office.key);
    save(scene, "office.crt", &scene->office.certificate);
    save(scene, "content", &scene->content);
}

/* --- round trips ------------------------------------------------------------------------------ */

static void test_round_trips(void **state)
{
    static const size_t lengths[] = {1, 15, 16, 17, 4096, 65535, 65536, 65537, BIG};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        seal(*state, "bundle", lengths[i]);
        expect(*state, "bundle", lengths[i]);
    }
}

static void test_key_and_request(void **state)
{
    struct scene *scene = *state;
    save_all(scene);
    assert_true(
        station_key_fits(buf_text(&scene->station.key), buf_text(&scene->station.certificate)));
    assert_false(
        station_key_fits(buf_text(&scene->station.key), buf_text(&scene->office.certificate)));
    assert_false(station_key_fits("", buf_text(&scene->office.certificate)));
    assert_int_equal(shell(scene, "openssl req -in station.csr -verify -noout 2>/dev/null"), 0);
    assert_int_equal(shell(scene, "openssl x509 -in station.crt -noout -checkend 86400 >/dev/null"),
                     0);
}

/* What is made here opens there. */
static void test_openssl_opens_ours(void **state)
{
    struct scene *scene = *state;
    save_all(scene);
    seal(scene, "bundle", BIG);
    assert_int_equal(shell(scene, "openssl cms -decrypt -binary -inform DER -in bundle"
                                  " -inkey station.key -recip station.crt -out signed 2>/dev/null"),
                     0);
    assert_int_equal(shell(scene, "openssl cms -verify -binary -inform DER -in signed"
                                  " -CAfile office.crt -purpose any -out plain 2>/dev/null"),
                     0);
    assert_int_equal(shell(scene, "head -c 300000 content >want; head -c 300000 plain >have;"
                                  " cmp -s want have"),
                     0);
}

static void test_openssl_makes_one(void **state)
{
    static const char *const streaming[] = {"", "-stream"};
    struct scene *scene = *state;
    char command[512];
    save_all(scene);
    for (size_t i = 0; i < 2; i++) {
        snprintf(command, sizeof command,
                 "openssl cms -sign -binary -nodetach -in content -signer office.crt -inkey "
                 "office.key -md sha256 -outform DER %s -out signed 2>/dev/null && openssl cms "
                 "-encrypt -binary -aes-256-cbc -in signed -recip station.crt -outform DER %s -out "
                 "bundle 2>/dev/null",
                 streaming[i], streaming[i]);
        assert_int_equal(shell(scene, command), 0);
        expect(scene, "bundle", scene->content.length);
    }
}

/* An RSA authority's certificate for another kind of key. */
static void test_rsa(void **state)
{
    struct scene *scene = *state;
    struct station_key rsa = {0};
    bool signed_by = false;
    struct buf out = {0};
    assert_int_equal(shell(scene, "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=office"
                                  " -keyout rsa.key -out rsa.crt 2>/dev/null"),
                     0);
    assert_int_equal(file_read(path_in(scene, "rsa.key"), 10000, &rsa.key, NULL), STATUS_OK);
    assert_int_equal(file_read(path_in(scene, "rsa.crt"), 10000, &rsa.certificate, NULL),
                     STATUS_OK);
    struct scene other = *scene;
    other.station = rsa;
    seal(&other, "bundle", 5000);
    assert_int_equal(unseal(&other, "bundle", &rsa, &out, &signed_by), STATUS_OK);
    assert_int_equal(out.length, 5000);
    buf_release(&out);
    station_key_release(&rsa);
}

/* --- what must be refused --------------------------------------------------------------------- */

static void test_wrong_recipient(void **state)
{
    struct scene *scene = *state;
    struct buf out = {0};
    bool signed_by = false;
    seal(scene, "bundle", BIG);
    assert_int_equal(unseal(scene, "bundle", &scene->stranger, &out, &signed_by), STATUS_REFUSED);
    assert_int_equal(out.length, 0);
}

/* Nothing that was edited gives another content; what is no part of the meaning may differ. */
static enum status try_edited(const struct scene *scene, const struct buf *file, size_t at,
                              unsigned char mask, size_t length)
{
    struct buf out = {0};
    bool signed_by = false;
    file->data[at] = (char)(file->data[at] ^ mask);
    save(scene, "edited", file);
    file->data[at] = (char)(file->data[at] ^ mask);
    enum status status = unseal(scene, "edited", &scene->station, &out, &signed_by);
    if (status == STATUS_OK) {
        assert_int_equal(out.length, length);
        assert_memory_equal(out.data, scene->content.data, length);
    }
    buf_release(&out);
    return status;
}

static void test_every_byte_edited(void **state)
{
    static const unsigned char masks[] = {0x01, 0x80};
    struct scene *scene = *state;
    struct buf file = {0};
    int passed = 0;
    seal(scene, "bundle", 600);
    assert_int_equal(file_read(path_in(scene, "bundle"), 1 << 20, &file, NULL), STATUS_OK);
    for (size_t at = 0; at < file.length; at++)
        for (size_t i = 0; i < sizeof masks; i++)
            passed += try_edited(scene, &file, at, masks[i], 600) == STATUS_OK;
    /* The version numbers and the name of the key's owner outside the encryption are not read. */
    assert_true(passed < 600);
    buf_release(&file);
}

static void test_cut_anywhere(void **state)
{
    struct scene *scene = *state;
    struct buf file = {0}, out = {0};
    bool signed_by = false;
    seal(scene, "bundle", 600);
    assert_int_equal(file_read(path_in(scene, "bundle"), 1 << 20, &file, NULL), STATUS_OK);
    for (size_t length = 0; length < file.length; length++) {
        assert_int_equal(file_replace(path_in(scene, "cut"), file.data, length, NULL), STATUS_OK);
        assert_int_not_equal(unseal(scene, "cut", &scene->station, &out, &signed_by), STATUS_OK);
    }
    buf_char(&file, '\0');
    save(scene, "longer", &file);
    assert_int_equal(unseal(scene, "longer", &scene->station, &out, &signed_by), STATUS_INVALID);
    assert_int_equal(out.length, 0);
    buf_release(&file);
}

static void expect_refused(const struct scene *scene, const char *command, enum status expected)
{
    struct buf out = {0};
    bool signed_by = false;
    assert_int_equal(shell(scene, command), 0);
    assert_int_equal(unseal(scene, "bundle", &scene->station, &out, &signed_by), expected);
    assert_int_equal(out.length, 0);
}

#define SIGN                                                                                       \
    "openssl cms -sign -binary -nodetach -in content -signer office.crt -inkey office.key"         \
    " -outform DER -out signed "
#define ENCRYPT                                                                                    \
    " 2>/dev/null && openssl cms -encrypt -binary -in signed -recip station.crt -outform DER"      \
    " -out bundle 2>/dev/null "

static void test_weak_and_strange(void **state)
{
    struct scene *scene = *state;
    save_all(scene);
    expect_refused(scene, SIGN ENCRYPT "-aes-128-cbc", STATUS_UNSUPPORTED);
    expect_refused(scene, SIGN "-md sha1" ENCRYPT "-aes-256-cbc", STATUS_UNSUPPORTED);
    expect_refused(scene, SIGN "-noattr" ENCRYPT "-aes-256-cbc", STATUS_UNSUPPORTED);
    expect_refused(scene, SIGN "-nocerts" ENCRYPT "-aes-256-cbc", STATUS_CORRUPT);
    expect_refused(scene, "cp content signed" ENCRYPT "-aes-256-cbc", STATUS_INVALID);
    expect_refused(scene, "cp content bundle", STATUS_INVALID);
    expect_refused(scene, SIGN " && cp signed bundle", STATUS_INVALID);
    expect_refused(scene, ": >bundle", STATUS_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_key_and_request),
        cmocka_unit_test(test_openssl_opens_ours),
        cmocka_unit_test(test_openssl_makes_one),
        cmocka_unit_test(test_rsa),
        cmocka_unit_test(test_wrong_recipient),
        cmocka_unit_test(test_every_byte_edited),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_weak_and_strange),
    };
    return cmocka_run_group_tests_name("envelopes", tests, set_up, tear_down);
}
