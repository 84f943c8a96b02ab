/* `huiliu verify FILE`: exit codes, the trust of one run, what is printed beside the verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "tests/cli/run.h"
#include "tests/ofd/maker.h"

#include <stdlib.h>
#include <string.h>

struct office {
    char *home, *passphrase, *directory;
    char *document, *copy, *trust; /* paths; the copy has a name that says nothing */
};

static char *save(const char *directory, const char *name, const struct buf *data)
{
    char *path = join_path(directory, name);

    assert_int_equal(file_replace(path, data->data, data->length, NULL), STATUS_OK);
    return path;
}

static void make_files(struct office *office)
{
    struct buf file = {0}, pem = {0};

    ofd_make_licence(&file, &pem);
    office->document = save(office->directory, "licence.ofd", &file);
    office->copy = save(office->directory, "download", &file);
    office->trust = save(office->directory, "root.pem", &pem);
    buf_release(&file);
    buf_release(&pem);
}

static int start(void **state)
{
    static struct office office;

    office.directory = make_directory();
    office.home = join_path(office.directory, "home");
    office.passphrase = write_file(office.directory, "passphrase", "a long enough secret 1\n");
    make_files(&office);
    struct outcome outcome =
        run(NULL, "init", "--home", office.home, "--upstream", "http://127.0.0.1:9/", "--area",
            "990106017", "--as", "li", "--passphrase-file", office.passphrase, NULL);
    assert_int_equal(outcome.code, 0);
    outcome_release(&outcome);
    *state = &office;
    return 0;
}

static int stop(void **state)
{
    struct office *office = *state;

    free(office->home);
    free(office->passphrase);
    free(office->document);
    free(office->copy);
    free(office->trust);
    remove_directory(office->directory);
    return 0;
}

static void expect(struct outcome outcome, int code, const char *verdict)
{
    assert_int_equal(outcome.code, code);
    const json_t *value = outcome_json(&outcome);
    const json_t *document = json_object_get(value, "document");
    assert_string_equal(json_text(value, "kind", ""), "ofd");
    assert_string_equal(json_text(value, "verdict", ""), verdict);
    assert_string_equal(json_text(document, "title", ""), "营业执照");
    assert_int_equal(json_int(document, "pages", 0), 2);
    outcome_release(&outcome);
}

static void test_trust_of_one_run(void **state)
{
    const struct office *office = *state;

    expect(run(NULL, "verify", office->document, "--home", office->home, "--json", NULL), 6,
           "unknown_issuer");
    expect(run(NULL, "verify", office->document, "--trust", office->trust, "--home", office->home,
               "--json", NULL),
           0, "valid");
    expect(run(NULL, "verify", office->copy, "--trust", office->trust, "--home", office->home,
               "--json", NULL),
           0, "valid");
}

static void test_text(void **state)
{
    const struct office *office = *state;
    struct outcome outcome = run(NULL, "verify", office->document, "--trust", office->trust,
                                 "--home", office->home, "--lang", "en", NULL);

    assert_int_equal(outcome.code, 0);
    assert_non_null(strstr(buf_text(&outcome.out), "云亭镇"));
    assert_non_null(strstr(buf_text(&outcome.out), "证照标识: 1.2.156.3005.2"));
    assert_non_null(strstr(buf_text(&outcome.out), "for this run only"));
    outcome_release(&outcome);
}

static void test_files_that_are_not_there(void **state)
{
    const struct office *office = *state;
    struct outcome outcome =
        run(NULL, "verify", "/nonexistent/x.ofd", "--home", office->home, "--json", NULL);

    assert_int_equal(outcome.code, 1);
    assert_string_equal(outcome_error(&outcome), "not_found");
    outcome_release(&outcome);
    outcome = run(NULL, "verify", office->document, "--trust", office->passphrase, "--home",
                  office->home, "--json", NULL);
    assert_int_equal(outcome.code, 2);
    assert_string_equal(outcome_error(&outcome), "invalid");
    outcome_release(&outcome);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trust_of_one_run),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_files_that_are_not_there),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
