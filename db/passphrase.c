#include "db/passphrase.h"

#include "base/i18n.h"
#include "base/random.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SALT_SIZE  16
#define KEY_SIZE   32
#define COST       131072 /* N = 2^17 */
#define COST_MAX   1048576
#define BLOCK_SIZE 8
#define PARALLEL   1
#define MEMORY_MAX ((uint64_t)1280 << 20) /* room for N = 2^20 */

/* --- memory -------------------------------------------------------------------------------------
 */

#define LARGE_PAGE  ((size_t)2 << 20)
#define LARGE_BLOCK ((size_t)32 << 20)

static void *take(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (size < LARGE_BLOCK || size > SIZE_MAX - LARGE_PAGE)
        return malloc(size);
    size = (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    void *block = aligned_alloc(LARGE_PAGE, size);
    if (block)
        (void)madvise(block, size, MADV_HUGEPAGE); /* small pages do as well */
    return block;
}

static void *change(void *block, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return realloc(block, size);
}

static void give_back(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    free(block);
}

void passphrase_prepare(void)
{
    (void)CRYPTO_set_mem_functions(take, change, give_back);
}

/* --- deriving -----------------------------------------------------------------------------------
 */

struct kept {
    uint64_t cost, block_size, parallel;
    unsigned char salt[SALT_SIZE];
    unsigned char key[KEY_SIZE];
};

static enum status derive(const char *passphrase, const struct kept *parameters,
                          unsigned char key[KEY_SIZE], struct error *error)
{
    int done = EVP_PBE_scrypt(passphrase, strlen(passphrase), parameters->salt, SALT_SIZE,
                              parameters->cost, parameters->block_size, parameters->parallel,
                              MEMORY_MAX, key, KEY_SIZE);

    return done == 1 ? STATUS_OK : error_nomem(error);
}

static void print_hex(const unsigned char *bytes, size_t count, char *out)
{
    for (size_t i = 0; i < count; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static bool parse_hex(const char *text, unsigned char *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";

    if (strlen(text) != 2 * count || strspn(text, digits) != 2 * count)
        return false;
    for (size_t i = 0; i < count; i++) {
        long high = strchr(digits, text[2 * i]) - digits;
        long low = strchr(digits, text[2 * i + 1]) - digits;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static bool parse_kept(const char *text, struct kept *kept)
{
    char salt[2 * SALT_SIZE + 1];
    char key[2 * KEY_SIZE + 1];

    if (sscanf(text, "scrypt$%8" SCNu64 "$%2" SCNu64 "$%2" SCNu64 "$%32[0-9a-f]$%64[0-9a-f]",
               &kept->cost, &kept->block_size, &kept->parallel, salt, key) != 5)
        return false;
    return kept->cost >= 2 && kept->cost <= COST_MAX && kept->block_size == BLOCK_SIZE &&
           kept->parallel == PARALLEL && parse_hex(salt, kept->salt, SALT_SIZE) &&
           parse_hex(key, kept->key, KEY_SIZE);
}

enum status passphrase_keep(const char *passphrase, char out[PASSPHRASE_TEXT_MAX],
                            struct error *error)
{
    struct kept kept = {.cost = COST, .block_size = BLOCK_SIZE, .parallel = PARALLEL};
    char salt[2 * SALT_SIZE + 1];
    char key[2 * KEY_SIZE + 1];
    enum status status = random_bytes(kept.salt, SALT_SIZE, error);

    if (status == STATUS_OK)
        status = derive(passphrase, &kept, kept.key, error);
    if (status != STATUS_OK)
        return status;
    print_hex(kept.salt, SALT_SIZE, salt);
    print_hex(kept.key, KEY_SIZE, key);
    snprintf(out, PASSPHRASE_TEXT_MAX, "scrypt$%d$%d$%d$%s$%s", COST, BLOCK_SIZE, PARALLEL, salt,
             key);
    return STATUS_OK;
}

enum status passphrase_check(const char *passphrase, const char *text, bool *match,
                             struct error *error)
{
    struct kept kept = {.cost = COST, .block_size = BLOCK_SIZE, .parallel = PARALLEL};
    unsigned char key[KEY_SIZE];

    if (text && !parse_kept(text, &kept))
        return error_set(error, STATUS_CORRUPT,
                         _("The account is damaged. Ask the administrator for a new passphrase."));
    enum status status = derive(passphrase, &kept, key, error);
    if (status != STATUS_OK)
        return status;
    *match = text && CRYPTO_memcmp(key, kept.key, KEY_SIZE) == 0;
    OPENSSL_cleanse(key, sizeof key);
    return STATUS_OK;
}
