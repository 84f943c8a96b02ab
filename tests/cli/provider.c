#include "tests/cli/provider.h"

#include "sync/couch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Takes the reference to the member's new value. */
static void set_member(const struct town *town, const char *database, const char *id,
                       const char *member, json_t *value)
{
    const struct http_settings settings = {.base_url = town_upstream(town)};
    struct couch *couch = NULL;
    json_t *document = NULL;
    char rev[COUCH_REV_MAX];

    assert_int_equal(couch_open(&settings, &couch, NULL), STATUS_OK);
    assert_int_equal(couch_get(couch, database, id, NULL, &document, NULL), STATUS_OK);
    assert_int_equal(json_object_set_new(document, member, value), 0);
    assert_int_equal(couch_put(couch, database, id, document, rev, NULL), STATUS_OK);
    json_decref(document);
    couch_close(couch);
}

void provider_change(const struct town *town, const char *database, const char *id,
                     const char *member, const char *value)
{
    set_member(town, database, id, member, json_string(value));
}

void provider_delete(const struct town *town, const char *database, const char *id)
{
    set_member(town, database, id, "_deleted", json_true());
}
