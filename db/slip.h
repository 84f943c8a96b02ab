#ifndef HUILIU_DB_SLIP_H
#define HUILIU_DB_SLIP_H
/*
 * The slip about a verification: what a citizen takes away and an office can look up later.
 *
 *     struct slip *slip;
 *     slip_make(outbox, &session, number, &report, &slip, &error);   // kept, then handed out
 *     slip_describe(slip, &text);                                    // lines for paper
 *     slip_code(slip, &code);                                        // what its QR code says
 *     slip_free(slip);
 *
 *     slip_find(reader, "01JD…", &slip, &error);                     // by the reference on it
 *
 * A slip carries no personal data beyond need. The number it is about is masked; of the checks it
 * keeps those whose sentences speak about the document and its issuer, and says how many others
 * there were. It names station and area, and not the clerk, whom only the office can look up. It
 * proves nothing by itself: whoever is shown one asks the office for the reference.
 *
 * References are ULIDs. They are read as people copy them: in either case, with blanks and hyphens,
 * O for 0 and I or L for 1 (Crockford base 32). Slips live in outbox.db. Thread-safe as far as
 * outbox and reader are.
 */
#include "base/random.h"
#include "db/outbox.h"
#include "db/reader.h"
#include "db/session.h"
#include "verify/verdict.h"

#define SLIP_OBJECT_MAX  64
#define SLIP_STATION_MAX 128
#define SLIP_AREA_MAX    16
#define SLIP_KIND_MAX    32

struct slip {
    char reference[ULID_TEXT_MAX];
    int64_t at_ms; /* wall clock of the station */
    char station[SLIP_STATION_MAX], area[SLIP_AREA_MAX];
    char account[ACCOUNT_NAME_MAX]; /* who verified: for the office, never described */
    char kind[SLIP_KIND_MAX];       /* as in struct verdict_report */
    char object[SLIP_OBJECT_MAX];   /* masked */
    enum verdict verdict;
    bool recheck; /* from the data of the station alone */
    struct check *checks;
    size_t check_count;
    size_t left_out; /* checks whose sentences may speak about a person */
};

/* `object`: the number, a record key, or "code:…" / "file:…" with a digest. The slip is in the
 * database when this returns STATUS_OK; the caller frees it. */
enum status slip_make(struct outbox *outbox, const struct session *session, const char *object,
                      const struct verdict_report *report, struct slip **slip,
                      struct error *error) MUST_CHECK;
/* STATUS_NOT_FOUND: no slip of this workstation. */
enum status slip_find(struct reader *reader, const char *reference, struct slip **slip,
                      struct error *error) MUST_CHECK;
void slip_free(struct slip *slip); /* accepts NULL */

/* Appends lines in the interface language, each with its line end; raw text. */
void slip_describe(const struct slip *slip, struct buf *out);
/* Appends "HUILIU:SLIP:<reference>:<area>:<verdict>:<day>" in the characters that make a small QR
 * code; the day is that of UTC. */
void slip_code(const struct slip *slip, struct buf *out);

#endif
