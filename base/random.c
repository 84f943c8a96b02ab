#include "base/random.h"

#include "base/clock.h"
#include "base/i18n.h"

#include <errno.h>
#include <pthread.h>
#include <sys/random.h>

#define ULID_LOW_BITS 40
#define ULID_LOW_MASK (((uint64_t)1 << ULID_LOW_BITS) - 1)
#define ULID_MS_MASK  (((uint64_t)1 << 48) - 1)

enum status random_bytes(void *out, size_t length, struct error *error)
{
    unsigned char *bytes = out;

    while (length > 0) {
        ssize_t got = getrandom(bytes, length, 0);
        if (got < 0 && errno != EINTR)
            return error_set_errno(error, errno, _("The system gives no random numbers"));
        if (got > 0) {
            bytes += got;
            length -= (size_t)got;
        }
    }
    return STATUS_OK;
}

/* 48 bits of time and 80 random bits in two halves of 40. */
struct ulid {
    uint64_t ms, high, low;
};

static void write_base32(uint64_t value, int digits, char *out)
{
    static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    for (int i = digits - 1; i >= 0; i--, value >>= 5)
        out[i] = crockford[value & 31];
}

static void write_ulid(const struct ulid *ulid, char out[ULID_TEXT_MAX])
{
    write_base32(ulid->ms, 10, out);
    write_base32(ulid->high, 8, out + 10);
    write_base32(ulid->low, 8, out + 18);
    out[26] = '\0';
}

/* Within a millisecond (or while the clock stands still or runs back) the next one is a random
 * step of up to 2^32 ahead: it grows, and a forked child does not make its parent's ids. */
static void step(struct ulid *ulid, const uint64_t noise[2])
{
    ulid->low += 1 + (noise[0] & UINT32_MAX);
    ulid->high += ulid->low >> ULID_LOW_BITS;
    ulid->ms += ulid->high >> ULID_LOW_BITS;
    ulid->low &= ULID_LOW_MASK;
    ulid->high &= ULID_LOW_MASK;
    ulid->ms &= ULID_MS_MASK;
}

/* By this computer's clock, or by another one that is known better. */
enum ulid_clock { CLOCK_OWN, CLOCK_OTHER };

/* "Only grows within a process" needs a memory of the process: the one in this module. */
static void next_ulid(enum ulid_clock clock, uint64_t now_ms, const uint64_t noise[2],
                      struct ulid *next)
{
    static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
    static struct ulid lasts[2];
    struct ulid *last = &lasts[clock];

    pthread_mutex_lock(&guard);
    if (now_ms > last->ms)
        *last = (struct ulid){now_ms, noise[0] & ULID_LOW_MASK, noise[1] & ULID_LOW_MASK};
    else
        step(last, noise);
    *next = *last;
    pthread_mutex_unlock(&guard);
}

static enum status make_ulid(enum ulid_clock clock, int64_t now, char out[ULID_TEXT_MAX],
                             struct error *error)
{
    uint64_t noise[2];
    struct ulid ulid;
    enum status status = random_bytes(noise, sizeof noise, error);

    if (status != STATUS_OK)
        return status;
    next_ulid(clock, now > 0 ? (uint64_t)now & ULID_MS_MASK : 0, noise, &ulid);
    write_ulid(&ulid, out);
    return STATUS_OK;
}

enum status ulid_new(char out[ULID_TEXT_MAX], struct error *error)
{
    return make_ulid(CLOCK_OWN, clock_wall_ms(), out, error);
}

enum status ulid_new_by(int64_t offset_ms, char out[ULID_TEXT_MAX], struct error *error)
{
    return make_ulid(CLOCK_OTHER, clock_wall_ms() + offset_ms, out, error);
}
