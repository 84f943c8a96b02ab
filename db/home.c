#include "db/home.h"

#include "base/buf.h"
#include "base/conf.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "db/cache.h"
#include "db/home_device.h"
#include "db/outbox.h"
#include "db/schema.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_FILE      "upstream.secret"
#define CA_FILE          "upstream-ca.pem"
#define LOCK_FILE        "lock"
#define LOG_FILE         "huiliu.log"
#define URL_MAX          1024
#define NAME_BYTES_MAX   128 /* of a station or an upstream user */
#define PASSWORD_MAX     1024
#define CA_MAX           ((size_t)1 << 20)
#define HOST_NAME_LENGTH 65

/* What the threads tell each other about cache.db. */
struct cache_note {
    atomic_bool suspect;
    atomic_uint generation;
};

struct home {
    atomic_bool writable; /* set by home_take_over() while readers look */
    char directory[PATH_MAX];
    char ca_path[PATH_MAX]; /* "" when the system's certificates are used */
    struct buf password;
    bool has_password;
    struct conf *conf;
    struct file_lock *lock;
    struct cache_note *cache;
    struct home_device device;
};

static struct home *home_alloc(enum home_mode mode)
{
    struct home *home = calloc(1, sizeof *home);

    if (home)
        home->cache = calloc(1, sizeof *home->cache);
    if (!home || !home->cache) {
        free(home);
        return NULL;
    }
    atomic_init(&home->writable, mode == HOME_WRITE);
    return home;
}

/* --- where ------------------------------------------------------------------------------------ */

static enum status put_path(char *out, size_t size, struct error *error, const char *first,
                            const char *second)
{
    int length = snprintf(out, size, "%s%s", first, second);

    if (length < 0 || (size_t)length >= size)
        return error_set(error, STATUS_INVALID, _("The path %s is too long."), first);
    return STATUS_OK;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value && value[0] ? value : NULL;
}

enum status home_default_directory(char *out, size_t size, struct error *error)
{
    const char *home = environment("HUILIU_HOME");
    if (home)
        return put_path(out, size, error, home, "");

    const char *data = environment("XDG_DATA_HOME");
    if (data && data[0] == '/') /* the specification says to ignore relative ones */
        return put_path(out, size, error, data, "/huiliu");

    const char *user = environment("HOME");
    if (!user)
        return error_set(error, STATUS_NOT_FOUND,
                         _("There is no home directory. Name a directory with --home."));
    return put_path(out, size, error, user, "/.local/share/huiliu");
}

enum status home_path(const struct home *home, const char *name, char *out, size_t size,
                      struct error *error)
{
    int length = snprintf(out, size, "%s/%s", home->directory, name);

    if (length < 0 || (size_t)length >= size)
        return error_set(error, STATUS_INVALID, _("The path %s is too long."), home->directory);
    return STATUS_OK;
}

static enum status resolve_directory(const char *directory, char out[PATH_MAX], struct error *error)
{
    char *real = realpath(directory, NULL);
    if (!real)
        return error_set_errno(error, errno, _("Cannot open %s"), directory);

    enum status status = put_path(out, PATH_MAX, error, real, "");
    free(real);
    return status;
}

/* --- settings --------------------------------------------------------------------------------- */

/* One line of readable text. */
static bool is_plain(const char *text, size_t most)
{
    size_t length = strlen(text);

    if (length == 0 || length > most || !text_is_valid(text, length))
        return false;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return false;
    return true;
}

static enum status check_url(const char *url, struct error *error)
{
    const char *host = NULL;

    if (strncmp(url, "https://", 8) == 0)
        host = url + 8;
    else if (strncmp(url, "http://", 7) == 0)
        host = url + 7;
    if (!host)
        return error_set(error, STATUS_INVALID,
                         _("The upstream address must begin with https:// or http://."));
    size_t authority = strcspn(host, "/");
    if (memchr(host, '@', authority))
        return error_set(error, STATUS_INVALID,
                         _("The upstream address must not contain a user or a password: give "
                           "them separately."));
    bool clean = authority > 0 && host[0] != ':' && strlen(url) <= URL_MAX;
    for (const char *c = url; clean && *c; c++)
        clean = *c > 0x20 && *c < 0x7F && !strchr("?#\"<>\\^`{|}", *c);
    if (!clean)
        return error_set(error, STATUS_INVALID,
                         _("The upstream address is not a complete address such as "
                           "https://share.example.gov.cn:6984."));
    return STATUS_OK;
}

static enum status check_area(const char *area, struct error *error)
{
    size_t length = strlen(area);

    if ((length != 6 && length != 9 && length != 12) || strspn(area, "0123456789") != length)
        return error_set(error, STATUS_INVALID,
                         _("The area must be a division code of 6, 9 or 12 digits."));
    return STATUS_OK;
}

static enum status check_settings(const struct home_settings *settings, struct error *error)
{
    if (!settings->upstream || !settings->area)
        return error_set(error, STATUS_INVALID,
                         _("The upstream address and the area must be given."));
    enum status status = check_url(settings->upstream, error);
    if (status == STATUS_OK)
        status = check_area(settings->area, error);
    if (status != STATUS_OK)
        return status;
    if (settings->station && !is_plain(settings->station, NAME_BYTES_MAX))
        return error_set(error, STATUS_INVALID,
                         _("The name of the station must be one line of at most %d bytes."),
                         NAME_BYTES_MAX);
    if (settings->upstream_user && !is_plain(settings->upstream_user, NAME_BYTES_MAX))
        return error_set(error, STATUS_INVALID,
                         _("The upstream user must be one line of at most %d bytes."),
                         NAME_BYTES_MAX);
    if (settings->upstream_user && strchr(settings->upstream_user, ':'))
        return error_set(error, STATUS_INVALID, _("The upstream user must not contain a colon."));
    if (settings->upstream_password && !is_plain(settings->upstream_password, PASSWORD_MAX))
        return error_set(error, STATUS_INVALID,
                         _("The upstream password must be one line of at most %d bytes."),
                         PASSWORD_MAX);
    return STATUS_OK;
}

static void default_station(char out[HOST_NAME_LENGTH])
{
    if (gethostname(out, HOST_NAME_LENGTH) != 0 || out[0] == '\0')
        snprintf(out, HOST_NAME_LENGTH, "%s", "station");
    out[HOST_NAME_LENGTH - 1] = '\0';
}

static enum status set_url(struct conf *conf, const char *url, struct error *error)
{
    char trimmed[URL_MAX + 1];
    size_t length = strlen(url);

    while (length > 0 && url[length - 1] == '/')
        length--;
    memcpy(trimmed, url, length);
    trimmed[length] = '\0';
    return conf_set(conf, "upstream.url", trimmed, error);
}

static enum status fill_conf(struct conf *conf, const struct home_settings *settings,
                             struct error *error)
{
    char station[HOST_NAME_LENGTH];
    char device[ULID_TEXT_MAX];

    default_station(station);
    enum status status = ulid_new(device, error);
    if (status == STATUS_OK)
        status = set_url(conf, settings->upstream, error);
    if (status == STATUS_OK && settings->upstream_user)
        status = conf_set(conf, "upstream.user", settings->upstream_user, error);
    if (status == STATUS_OK)
        status = conf_set(conf, "station.area", settings->area, error);
    if (status == STATUS_OK)
        status =
            conf_set(conf, "station.name", settings->station ? settings->station : station, error);
    if (status == STATUS_OK)
        status = conf_set(conf, "station.device", device, error);
    if (status == STATUS_OK)
        status = conf_set(conf, "interface.keymap", "default", error);
    return status;
}

/* --- creating --------------------------------------------------------------------------------- */

static enum status write_secret(const struct home *home, const char *password, struct error *error)
{
    char path[PATH_MAX];
    enum status status = home_path(home, SECRET_FILE, path, sizeof path, error);

    if (status != STATUS_OK || !password)
        return status;
    struct buf line = {0};
    buf_str(&line, password);
    buf_char(&line, '\n');
    status =
        buf_failed(&line) ? error_nomem(error) : file_replace(path, line.data, line.length, error);
    if (line.data)
        explicit_bzero(line.data, line.length);
    buf_release(&line);
    return status;
}

static enum status copy_ca(const struct home *home, const char *ca_file, struct error *error)
{
    char path[PATH_MAX];
    struct buf pem = {0};

    if (!ca_file)
        return STATUS_OK;
    enum status status = home_path(home, CA_FILE, path, sizeof path, error);
    if (status == STATUS_OK)
        status = file_read(ca_file, CA_MAX, &pem, error);
    if (status == STATUS_OK && !strstr(buf_text(&pem), "-----BEGIN CERTIFICATE-----"))
        status =
            error_set(error, STATUS_INVALID, _("%s holds no certificate in PEM form."), ca_file);
    if (status == STATUS_OK)
        status = file_replace(path, pem.data, pem.length, error);
    buf_release(&pem);
    return status;
}

static enum status create_databases(const struct home *home, struct error *error)
{
    struct outbox *outbox = NULL;
    struct cache *cache = NULL;

    enum status status = outbox_open(home, &outbox, error);
    outbox_close(outbox);
    if (status == STATUS_OK)
        status = cache_open(home, &cache, error);
    cache_close(cache);
    return status;
}

/* The lock is taken before the look for an older home: two `init` at once cannot both succeed. */
static enum status claim(struct home *home, const char *directory, struct error *error)
{
    char path[PATH_MAX];
    enum status status = file_make_directory(directory, error);

    if (status == STATUS_OK)
        status = resolve_directory(directory, home->directory, error);
    if (status == STATUS_OK)
        status = home_path(home, LOCK_FILE, path, sizeof path, error);
    if (status == STATUS_OK)
        status = file_lock_take(path, &home->lock, error);
    if (status == STATUS_OK)
        status = home_path(home, HOME_CONF_FILE, path, sizeof path, error);
    if (status == STATUS_OK && file_exists(path))
        status = error_set(error, STATUS_REFUSED,
                           _("%s already holds a workstation; nothing was changed."), directory);
    if (status == STATUS_OK && chmod(home->directory, 0700) != 0)
        status = error_set_errno(error, errno, _("Cannot make %s private"), directory);
    return status;
}

static enum status fill_home(struct home *home, const struct home_settings *settings,
                             struct error *error)
{
    char path[PATH_MAX];
    enum status status = copy_ca(home, settings->ca_file, error);

    if (status == STATUS_OK)
        status = write_secret(home, settings->upstream_password, error);
    if (status == STATUS_OK)
        status = fill_conf(home->conf, settings, error);
    if (status == STATUS_OK)
        status = create_databases(home, error);
    if (status == STATUS_OK)
        status = home_path(home, HOME_CONF_FILE, path, sizeof path, error);
    if (status == STATUS_OK)
        status = conf_save(home->conf, path, error);
    return status;
}

enum status home_create(const char *directory, const struct home_settings *settings,
                        struct error *error)
{
    enum status status = check_settings(settings, error);
    if (status != STATUS_OK)
        return status;

    struct home *home = home_alloc(HOME_WRITE);
    if (!home)
        return error_nomem(error);
    home->conf = conf_new();
    status = home->conf ? claim(home, directory, error) : error_nomem(error);
    if (status == STATUS_OK)
        status = fill_home(home, settings, error);
    home_close(home);
    return status;
}

/* --- opening ---------------------------------------------------------------------------------- */

static enum status no_home(const char *directory, struct error *error)
{
    return error_set(error, STATUS_NOT_FOUND,
                     _("There is no workstation in %s. Set one up with `huiliu init`."), directory);
}

/* What may not be looked at is something else than what is not there. */
static enum status expect_home(const char *path, const char *directory, struct error *error)
{
    struct stat facts;

    if (lstat(path, &facts) == 0)
        return STATUS_OK;
    if (errno == ENOENT || errno == ENOTDIR)
        return no_home(directory, error);
    return error_set_errno(error, errno, _("Cannot open %s"), directory);
}

/* Others must not be able to plant or exchange files. */
static enum status check_private(const char *directory, struct error *error)
{
    struct stat facts;

    if (stat(directory, &facts) != 0)
        return error_set_errno(error, errno, _("Cannot open %s"), directory);
    if (facts.st_mode & (S_IWGRP | S_IWOTH))
        return error_set(error, STATUS_REFUSED,
                         _("Other users can write into %s. Repair that with: chmod 700 %s"),
                         directory, directory);
    return STATUS_OK;
}

static enum status check_conf(const struct home *home, const char *path, struct error *error)
{
    enum status status = check_url(conf_get(home->conf, "upstream.url", ""), error);

    if (status == STATUS_OK)
        status = check_area(conf_get(home->conf, "station.area", ""), error);
    if (status == STATUS_OK && strlen(home_device(home)) != ULID_TEXT_MAX - 1)
        status = error_set(error, STATUS_INVALID, _("The setting station.device is missing."));
    if (status != STATUS_OK)
        error_prefix(error, "%s", path);
    return status;
}

/* A broken file is damage, not something that was typed wrong just now. */
static enum status load_conf(struct home *home, struct error *error)
{
    char path[PATH_MAX];
    struct error why = {0};
    enum status status = home_path(home, HOME_CONF_FILE, path, sizeof path, &why);

    if (status == STATUS_OK)
        status = conf_load(path, &home->conf, &why);
    if (status == STATUS_OK)
        status = check_conf(home, path, &why);
    if (status == STATUS_INVALID)
        return error_set(error, STATUS_CORRUPT, "%s", why.text);
    if (status != STATUS_OK && error)
        *error = why;
    return status;
}

static enum status load_secret(struct home *home, struct error *error)
{
    char path[PATH_MAX];
    enum status status = home_path(home, SECRET_FILE, path, sizeof path, error);

    if (status != STATUS_OK || !file_exists(path))
        return status;
    status = file_read_secret(path, &home->password, error);
    home->has_password = status == STATUS_OK;
    return status;
}

static enum status find_device(struct home *home, struct error *error)
{
    char path[PATH_MAX];
    enum status status = home_path(home, HOME_DEVICE_FILE, path, sizeof path, error);

    return status == STATUS_OK ? home_device_find(path, conf_get(home->conf, "station.device", ""),
                                                  home_is_writable(home), &home->device, error)
                               : status;
}

static enum status find_ca(struct home *home, struct error *error)
{
    enum status status = home_path(home, CA_FILE, home->ca_path, sizeof home->ca_path, error);

    if (status == STATUS_OK && !file_exists(home->ca_path))
        home->ca_path[0] = '\0';
    return status;
}

static enum status take_lock(struct home *home, struct error *error)
{
    char path[PATH_MAX];

    enum status status = home_path(home, LOCK_FILE, path, sizeof path, error);
    return status == STATUS_OK ? file_lock_take(path, &home->lock, error) : status;
}

/* Work goes on without a log. */
static void start_log(const struct home *home)
{
    char path[PATH_MAX];
    enum status status = home_path(home, LOG_FILE, path, sizeof path, NULL);

    if (status == STATUS_OK)
        status = log_open(path, NULL);
    if (status != STATUS_OK)
        log_close();
}

static enum status open_at(struct home *home, const char *directory, struct error *error)
{
    char path[PATH_MAX];
    enum status status = resolve_directory(directory, home->directory, error);

    if (status == STATUS_OK)
        status = home_path(home, HOME_CONF_FILE, path, sizeof path, error);
    if (status == STATUS_OK)
        status = expect_home(path, directory, error);
    if (status == STATUS_OK)
        status = check_private(home->directory, error);
    if (status == STATUS_OK && home->writable)
        status = take_lock(home, error);
    if (status == STATUS_OK)
        status = load_conf(home, error);
    if (status == STATUS_OK)
        status = load_secret(home, error);
    if (status == STATUS_OK)
        status = find_ca(home, error);
    if (status == STATUS_OK && home->writable)
        start_log(home);
    if (status == STATUS_OK)
        status = find_device(home, error);
    if (status != STATUS_OK || !home->writable)
        return status;
    return cache_ensure(home, error);
}

enum status home_open(const char *directory, enum home_mode mode, struct home **out,
                      struct error *error)
{
    enum status status = expect_home(directory, directory, error);
    if (status != STATUS_OK)
        return status;

    struct home *home = home_alloc(mode);
    if (!home)
        return error_nomem(error);
    status = open_at(home, directory, error);
    if (status != STATUS_OK) {
        home_close(home);
        return status;
    }
    *out = home;
    return STATUS_OK;
}

static void give_up_writing(struct home *home)
{
    home->writable = false;
    log_close();
    file_lock_release(home->lock);
    home->lock = NULL;
}

enum status home_take_over(struct home *home, struct error *error)
{
    if (home->writable)
        return STATUS_OK;
    enum status status = take_lock(home, error);
    if (status != STATUS_OK)
        return status;
    start_log(home);
    home->writable = true;
    status = cache_ensure(home, error);
    if (status == STATUS_OK)
        home_cache_replaced(home); /* the other process may have done so */
    else
        give_up_writing(home);
    return status;
}

void home_let_go(struct home *home)
{
    if (home->writable)
        give_up_writing(home);
}

void home_close(struct home *home)
{
    if (!home)
        return;
    if (home->password.data)
        explicit_bzero(home->password.data, home->password.length);
    buf_release(&home->password);
    conf_free(home->conf);
    free(home->cache);
    if (home->lock)
        log_close();
    file_lock_release(home->lock);
    free(home);
}

void home_format(char out[HOME_FORMAT_MAX])
{
    (void)snprintf(out, HOME_FORMAT_MAX, "cache %d, outbox %d", CACHE_SCHEMA_VERSION,
                   OUTBOX_SCHEMA_VERSION);
}

/* --- asking ----------------------------------------------------------------------------------- */

const char *home_directory(const struct home *home)
{
    return home->directory;
}

bool home_is_writable(const struct home *home)
{
    return home->writable;
}

const char *home_upstream(const struct home *home)
{
    return conf_get(home->conf, "upstream.url", "");
}

const char *home_upstream_user(const struct home *home)
{
    return conf_get(home->conf, "upstream.user", NULL);
}

const char *home_upstream_password(const struct home *home)
{
    return home->has_password ? buf_text(&home->password) : NULL;
}

const char *home_ca_file(const struct home *home)
{
    return home->ca_path[0] ? home->ca_path : NULL;
}

const char *home_area(const struct home *home)
{
    return conf_get(home->conf, "station.area", "");
}

const char *home_station(const struct home *home)
{
    return conf_get(home->conf, "station.name", "");
}

const char *home_device(const struct home *home)
{
    return home->device.id[0] ? home->device.id : conf_get(home->conf, "station.device", "");
}

int64_t home_moved_ms(const struct home *home)
{
    return home->device.moved_ms;
}

const char *home_setting(const struct home *home, const char *key, const char *fallback)
{
    return conf_get(home->conf, key, fallback);
}

/* --- the cache, as the threads see it --------------------------------------------------------- */

void home_suspect_cache(const struct home *home)
{
    atomic_store(&home->cache->suspect, true);
}

bool home_cache_is_suspect(const struct home *home)
{
    return atomic_load(&home->cache->suspect);
}

void home_trust_cache(const struct home *home)
{
    atomic_store(&home->cache->suspect, false);
}

unsigned home_cache_generation(const struct home *home)
{
    return atomic_load(&home->cache->generation);
}

void home_cache_replaced(const struct home *home)
{
    atomic_fetch_add(&home->cache->generation, 1);
    home_trust_cache(home);
}
