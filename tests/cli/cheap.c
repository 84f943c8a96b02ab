#include "tests/cli/cheap.h"

#include "db/passphrase.h"
#include "db/schema.h"
#include "db/sql.h"
#include "tests/cli/run.h"

#include <limits.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COST      16
#define SALT_SIZE 16
#define KEY_SIZE  32

/* As db/passphrase.h has it. */
static void keep_cheaply(const char *passphrase, char kept[PASSPHRASE_TEXT_MAX])
{
    static const unsigned char salt[SALT_SIZE] = "no secret at all";
    unsigned char key[KEY_SIZE];
    struct buf text = {.limit = PASSPHRASE_TEXT_MAX};

    assert_int_equal(EVP_PBE_scrypt(passphrase, strlen(passphrase), salt, sizeof salt, COST, 8, 1,
                                    0, key, sizeof key),
                     1);
    buf_printf(&text, "scrypt$%d$8$1$", COST);
    for (size_t i = 0; i < sizeof salt; i++)
        buf_printf(&text, "%02x", salt[i]);
    buf_char(&text, '$');
    for (size_t i = 0; i < sizeof key; i++)
        buf_printf(&text, "%02x", key[i]);
    snprintf(kept, PASSPHRASE_TEXT_MAX, "%s", buf_text(&text));
    buf_release(&text);
}

void cheap_passphrase(const char *home, const char *account, const char *passphrase)
{
    char *path = join_path(home, "outbox.db");
    char kept[PASSPHRASE_TEXT_MAX];
    struct sql *sql = NULL;
    struct stmt *stmt = NULL;

    keep_cheaply(passphrase, kept);
    const struct sql_options options = {.path = path,
                                        .role = SQL_WRITER,
                                        .application_id = OUTBOX_APPLICATION_ID,
                                        .user_version_max = INT_MAX};
    assert_int_equal(sql_open(&options, &sql, NULL), STATUS_OK);
    assert_int_equal(
        sql_statement(sql, "UPDATE account SET passphrase = ?2 WHERE name = ?1", &stmt, NULL),
        STATUS_OK);
    stmt_bind_text(stmt, 1, account);
    stmt_bind_text(stmt, 2, kept);
    assert_int_equal(stmt_run(stmt, NULL), STATUS_OK);
    assert_int_equal(sql_changes(sql), 1);
    sql_close(sql);
    free(path);
}
