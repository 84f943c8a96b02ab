#include "base/file.h"
#include "tests/unit/base/support.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>

static unsigned mode_of(const char *path)
{
    struct stat found;

    assert_int_equal(lstat(path, &found), 0);
    return found.st_mode & 07777;
}

static size_t entries_in(const char *directory)
{
    char command[PATH_MAX + 16];
    size_t count = 0;

    snprintf(command, sizeof command, "ls -A '%s'", directory);
    FILE *list = popen(command, "r");
    assert_non_null(list);
    for (int c; (c = getc(list)) != EOF;)
        count += c == '\n';
    pclose(list);
    return count;
}

/* --- Directories ------------------------------------------------------------------------------ */

static void makes_private_directories(void **state)
{
    mode_t before = umask(0);

    assert_int_equal(file_make_directory(scratch_path(state, "a/b/c//"), NULL), STATUS_OK);
    umask(before);
    assert_int_equal(mode_of(scratch_path(state, "a")), 0700);
    assert_int_equal(mode_of(scratch_path(state, "a/b/c")), 0700);
    assert_int_equal(file_make_directory(scratch_path(state, "a/b/c"), NULL), STATUS_OK);
    assert_true(file_exists(scratch_path(state, "a/b")));
    assert_false(file_exists(scratch_path(state, "a/x")));
}

static void refuses_what_is_no_directory(void **state)
{
    struct error error = {0};
    char link[PATH_MAX];

    write_file(scratch_path(state, "plain"), "x", 1);
    assert_int_not_equal(file_make_directory(scratch_path(state, "plain"), &error), STATUS_OK);
    assert_non_null(strstr(error.text, scratch_path(state, "plain")));
    assert_int_not_equal(file_make_directory(scratch_path(state, "plain/under"), NULL), STATUS_OK);
    assert_int_not_equal(file_make_directory("", NULL), STATUS_OK);
    strcpy(link, scratch_path(state, "link"));
    assert_int_equal(symlink("a", link), 0);
    assert_int_equal(file_make_directory(link, &error), STATUS_REFUSED);
    assert_int_equal(file_make_directory(scratch_path(state, "link/"), &error), STATUS_REFUSED);
    assert_int_equal(error.detail, ELOOP);
}

/* --- Reading ---------------------------------------------------------------------------------- */

static void reads_up_to_the_limit(void **state)
{
    static char content[200000];
    struct buf out = {0};
    struct error error = {0};
    const char *path = scratch_path(state, "big");

    memset(content, 'x', sizeof content);
    write_file(path, content, sizeof content);
    buf_str(&out, "before");
    assert_int_equal(file_read(path, sizeof content, &out, &error), STATUS_OK);
    assert_int_equal(out.length, 6 + sizeof content);
    assert_memory_equal(out.data + 6, content, sizeof content);
    buf_clear(&out);
    buf_str(&out, "before");
    assert_int_equal(file_read(path, sizeof content - 1, &out, &error), STATUS_TOO_LARGE);
    assert_string_equal(buf_text(&out), "before");
    assert_non_null(strstr(error.text, path));
    out.limit = 100000;
    assert_int_equal(file_read(path, sizeof content, &out, NULL), STATUS_TOO_LARGE);
    assert_string_equal(buf_text(&out), "before");
    assert_false(buf_failed(&out));
    buf_release(&out);
}

static void says_why_it_cannot_read(void **state)
{
    struct buf out = {0};
    struct error error = {0};

    assert_int_equal(file_read(scratch_path(state, "none"), 10, &out, &error), STATUS_NOT_FOUND);
    assert_int_equal(error.detail, ENOENT);
    assert_int_equal(file_read(((struct scratch *)*state)->directory, 10, &out, &error), STATUS_IO);
    assert_int_equal(error.detail, EISDIR);
    write_file(scratch_path(state, "empty"), "", 0);
    assert_int_equal(file_read(scratch_path(state, "empty"), 0, &out, &error), STATUS_OK);
    assert_int_equal(out.length, 0);
    buf_release(&out);
}

static void reads_secrets(void **state)
{
    static const struct {
        const char *content;
        size_t length;
        enum status status;
        const char *secret;
    } cases[] = {
        {"open sesame", 11, STATUS_OK, "open sesame"},
        {"open sesame\n", 12, STATUS_OK, "open sesame"},
        {"芝麻开门\r\nrest", 18, STATUS_OK, "芝麻开门"},
        {" spaces count \n", 15, STATUS_OK, " spaces count "},
        {"", 0, STATUS_INVALID, NULL},
        {"\nsecond line", 12, STATUS_INVALID, NULL},
        {"\r\n", 2, STATUS_INVALID, NULL},
        {"a\0b\n", 4, STATUS_INVALID, NULL},
    };
    const char *path = scratch_path(state, "secret");

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf out = {0};
        write_file(path, cases[i].content, cases[i].length);
        assert_int_equal(file_read_secret(path, &out, NULL), cases[i].status);
        assert_string_equal(buf_text(&out), cases[i].secret ? cases[i].secret : "");
        buf_release(&out);
    }
}

static void bounds_secrets(void **state)
{
    char content[1100];
    struct buf out = {0};
    const char *path = scratch_path(state, "secret");

    memset(content, 's', sizeof content);
    content[1024] = '\n';
    write_file(path, content, sizeof content);
    assert_int_equal(file_read_secret(path, &out, NULL), STATUS_OK);
    assert_int_equal(out.length, 1024);
    buf_clear(&out);
    memcpy(content + 1024, "\r\n", 2);
    write_file(path, content, sizeof content);
    assert_int_equal(file_read_secret(path, &out, NULL), STATUS_OK);
    assert_int_equal(out.length, 1024);
    memcpy(content + 1024, "s\n", 2);
    write_file(path, content, sizeof content);
    assert_int_equal(file_read_secret(path, &out, NULL), STATUS_TOO_LARGE);
    memset(content, 's', sizeof content);
    write_file(path, content, sizeof content);
    assert_int_equal(file_read_secret(path, &out, NULL), STATUS_TOO_LARGE);
    assert_int_equal(file_read_secret(scratch_path(state, "none"), &out, NULL), STATUS_NOT_FOUND);
    buf_release(&out);
}

/* --- Replacing -------------------------------------------------------------------------------- */

static void replaces_whole_files(void **state)
{
    struct buf out = {0};
    char path[PATH_MAX];

    assert_int_equal(file_make_directory(scratch_path(state, "replace"), NULL), STATUS_OK);
    strcpy(path, scratch_path(state, "replace/file"));
    assert_int_equal(file_replace(path, "one", 3, NULL), STATUS_OK);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(file_replace(path, "second", 6, NULL), STATUS_OK);
    assert_int_equal(file_read(path, 100, &out, NULL), STATUS_OK);
    assert_string_equal(buf_text(&out), "second");
    assert_int_equal(file_replace(path, "", 0, NULL), STATUS_OK);
    buf_clear(&out);
    assert_int_equal(file_read(path, 100, &out, NULL), STATUS_OK);
    assert_int_equal(out.length, 0);
    assert_int_equal(entries_in(scratch_path(state, "replace")), 1);
    buf_release(&out);
}

static void replaces_a_link_itself(void **state)
{
    struct buf out = {0};
    char target[PATH_MAX];

    strcpy(target, scratch_path(state, "target"));
    write_file(target, "precious", 8);
    assert_int_equal(symlink(target, scratch_path(state, "to-target")), 0);
    assert_int_equal(file_replace(scratch_path(state, "to-target"), "new", 3, NULL), STATUS_OK);
    assert_int_equal(file_read(target, 100, &out, NULL), STATUS_OK);
    assert_string_equal(buf_text(&out), "precious");
    buf_release(&out);
}

static void leaves_nothing_behind_on_failure(void **state)
{
    struct error error = {0};
    char longest[PATH_MAX + 8];

    assert_int_equal(file_make_directory(scratch_path(state, "busy/inside"), NULL), STATUS_OK);
    assert_int_equal(file_replace(scratch_path(state, "busy/inside"), "x", 1, &error), STATUS_IO);
    assert_int_equal(error.detail, EISDIR);
    assert_int_equal(entries_in(scratch_path(state, "busy")), 1);
    assert_int_equal(file_replace(scratch_path(state, "no/such"), "x", 1, &error),
                     STATUS_NOT_FOUND);
    memset(longest, 'n', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(file_replace(longest, "x", 1, &error), STATUS_IO);
    assert_int_equal(error.detail, ENAMETOOLONG);
}

#define PAGE 8192

struct watcher {
    const char *path;
    _Atomic bool stop;
    size_t reads, torn;
};

static bool is_uniform(const struct buf *content)
{
    for (size_t i = 1; i < content->length; i++)
        if (content->data[i] != content->data[0])
            return false;
    return content->length == PAGE;
}

static void *watch(void *context)
{
    struct watcher *watcher = context;

    while (!watcher->stop || watcher->reads == 0) {
        struct buf content = {0};
        watcher->torn +=
            file_read(watcher->path, PAGE, &content, NULL) != STATUS_OK || !is_uniform(&content);
        watcher->reads++;
        buf_release(&content);
    }
    return NULL;
}

static void readers_see_old_or_new(void **state)
{
    char page[PAGE];
    struct watcher watcher = {.path = scratch_path(state, "watched")};
    pthread_t thread;

    memset(page, 'a', sizeof page);
    assert_int_equal(file_replace(watcher.path, page, sizeof page, NULL), STATUS_OK);
    assert_int_equal(pthread_create(&thread, NULL, watch, &watcher), 0);
    for (int i = 0; i < 300; i++) {
        memset(page, 'a' + i % 26, sizeof page);
        assert_int_equal(file_replace(watcher.path, page, sizeof page, NULL), STATUS_OK);
    }
    watcher.stop = true;
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(watcher.reads > 0);
    assert_int_equal(watcher.torn, 0);
}

/* --- Locking ---------------------------------------------------------------------------------- */

/* What a second process is told when it tries. */
static enum status try_elsewhere(const char *path)
{
    pid_t child = fork();
    int result = 0;

    assert_true(child >= 0);
    if (child == 0) {
        struct file_lock *lock = NULL;
        _exit((int)file_lock_take(path, &lock, NULL));
    }
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result));
    return (enum status)WEXITSTATUS(result);
}

static void one_process_holds_the_lock(void **state)
{
    const char *path = scratch_path(state, "lock");
    struct file_lock *lock = NULL;
    struct file_lock *second = NULL;
    struct error error = {0};

    assert_int_equal(file_lock_take(path, &lock, &error), STATUS_OK);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(try_elsewhere(path), STATUS_LOCKED);
    assert_int_equal(file_lock_take(path, &second, &error), STATUS_LOCKED);
    assert_null(second);
    assert_non_null(strstr(error.text, path));
    file_lock_release(lock);
    assert_int_equal(try_elsewhere(path), STATUS_OK);
    assert_int_equal(try_elsewhere(path), STATUS_OK); /* gone with the process */
    file_lock_release(NULL);
}

static void locks_follow_no_link(void **state)
{
    struct file_lock *lock = NULL;

    assert_int_equal(symlink("lock-target", scratch_path(state, "lock-link")), 0);
    assert_int_equal(file_lock_take(scratch_path(state, "lock-link"), &lock, NULL), STATUS_REFUSED);
    assert_false(file_exists(scratch_path(state, "lock-target")));
    assert_true(file_exists(scratch_path(state, "lock-link")));
}

/* --- Places ----------------------------------------------------------------------------------- */

static void knows_its_place(void **state)
{
    char directory[PATH_MAX];
    char small[2] = "x";

    file_executable_directory(directory, sizeof directory);
    assert_int_equal(directory[0], '/');
    assert_int_not_equal(directory[strlen(directory) - 1], '/');
    strcat(directory, "/test_file");
    assert_int_equal(access(directory, X_OK), 0);
    file_executable_directory(small, sizeof small);
    assert_string_equal(small, "");
    assert_true(file_free_space(((struct scratch *)*state)->directory) > 0);
    assert_int_equal(file_free_space(scratch_path(state, "none/at/all")), -1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_private_directories),
        cmocka_unit_test(refuses_what_is_no_directory),
        cmocka_unit_test(reads_up_to_the_limit),
        cmocka_unit_test(says_why_it_cannot_read),
        cmocka_unit_test(reads_secrets),
        cmocka_unit_test(bounds_secrets),
        cmocka_unit_test(replaces_whole_files),
        cmocka_unit_test(replaces_a_link_itself),
        cmocka_unit_test(leaves_nothing_behind_on_failure),
        cmocka_unit_test(readers_see_old_or_new),
        cmocka_unit_test(one_process_holds_the_lock),
        cmocka_unit_test(locks_follow_no_link),
        cmocka_unit_test(knows_its_place),
    };

    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
