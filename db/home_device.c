#include "db/home_device.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "verify/digest.h"

#include <stdio.h>
#include <string.h>

#define DEVICE_MAX ((size_t)64 << 10)
#define BEFORE_MAX 100
#define MACHINE_ID "/etc/machine-id"
#define OUR_SALT   "huiliu device 1\n" /* the id itself is confidential: machine-id(5) */

/* "" when this computer does not say which one it is. */
static enum status machine_digest(char digest[SHA256_HEX_MAX], struct error *error)
{
    struct buf id = {0}, salted = {0};
    enum status status = STATUS_OK;

    digest[0] = '\0';
    if (file_read(MACHINE_ID, DEVICE_MAX, &id, NULL) == STATUS_OK && id.length > 1) {
        buf_str(&salted, OUR_SALT);
        buf_bytes(&salted, id.data, id.length);
        status = buf_failed(&salted) ? error_nomem(error)
                                     : sha256_hex(salted.data, salted.length, digest, error);
    }
    buf_release(&id);
    buf_release(&salted);
    return status;
}

/* A damaged file is as good as none: NULL. */
static enum status read_file(const char *path, json_t **known, struct error *error)
{
    struct buf text = {0};
    json_t *value = NULL;
    enum status status = file_read(path, DEVICE_MAX, &text, NULL);

    if (status == STATUS_OK)
        status = json_parse(buf_text(&text), text.length, &value, NULL);
    buf_release(&text);
    if (status == STATUS_NOMEM)
        return error_nomem(error);
    if (strlen(json_text(value, "device", "")) == ULID_TEXT_MAX - 1)
        *known = json_incref(value);
    json_decref(value);
    return STATUS_OK;
}

static enum status write_file(const char *path, const json_t *value, struct error *error)
{
    struct buf text = {0};
    enum status status = json_print(value, &text, error);

    buf_char(&text, '\n');
    if (status == STATUS_OK && buf_failed(&text))
        status = error_nomem(error);
    if (status == STATUS_OK)
        status = file_replace(path, text.data, text.length, error);
    buf_release(&text);
    return status;
}

static enum status begin(const char *path, const char *first, const char *machine,
                         struct error *error)
{
    json_t *value = json_object();
    bool ok = value != NULL;

    json_put_text(value, "device", first, &ok);
    json_put_text(value, "machine", machine, &ok);
    enum status status = ok ? write_file(path, value, error) : error_nomem(error);
    json_decref(value);
    return status;
}

static json_t *ids_before(const json_t *old, bool *ok)
{
    const json_t *kept = json_object_get(old, "before");
    size_t count = json_array_size(kept);
    json_t *before = json_array();

    for (size_t i = count < BEFORE_MAX ? 0 : count - BEFORE_MAX; i < count; i++)
        json_add(before, json_incref(json_array_get(kept, i)), ok);
    json_add(before, json_string(json_text(old, "device", "")), ok);
    return before;
}

/* The same home on another computer. */
static enum status move(const char *path, const json_t *old, const char *machine,
                        struct home_device *device, struct error *error)
{
    struct home_device made = {.moved_ms = clock_wall_ms()};
    char at[INSTANT_TEXT_MAX];
    json_t *value = json_object();
    bool ok = value != NULL;
    enum status status = ulid_new(made.id, error);

    instant_format(made.moved_ms, at);
    json_put_text(value, "device", made.id, &ok);
    json_put_text(value, "machine", machine, &ok);
    json_put_text(value, "moved_at", at, &ok);
    json_put(value, "before", ids_before(old, &ok), &ok);
    if (status == STATUS_OK)
        status = ok ? write_file(path, value, error) : error_nomem(error);
    json_decref(value);
    if (status != STATUS_OK)
        return status;
    log_line("home: another computer, new device id");
    *device = made;
    return STATUS_OK;
}

/* What cannot be written is tried again at the next start: a full disk keeps nobody from working.
 */
static void settle(const char *path, const char *first, const json_t *known, const char *machine,
                   struct home_device *device)
{
    enum status status = STATUS_OK;

    if (!known)
        status = begin(path, first, machine, NULL);
    else if (strcmp(json_text(known, "machine", ""), machine) != 0)
        status = move(path, known, machine, device, NULL);
    if (status != STATUS_OK)
        log_line("home: %s is not written: %s", HOME_DEVICE_FILE, status_name(status));
}

enum status home_device_find(const char *path, const char *first, bool writable,
                             struct home_device *device, struct error *error)
{
    char machine[SHA256_HEX_MAX];
    struct home_device found = {0};
    enum status status = machine_digest(machine, error);
    if (status != STATUS_OK)
        return status;

    json_t *known = NULL;
    status = read_file(path, &known, error);
    if (status != STATUS_OK)
        return status;
    if (known) {
        snprintf(found.id, sizeof found.id, "%s", json_text(known, "device", ""));
        (void)instant_parse(json_text(known, "moved_at", ""), &found.moved_ms);
    }
    if (writable && machine[0])
        settle(path, first, known, machine, &found);
    json_decref(known);
    *device = found;
    return STATUS_OK;
}
