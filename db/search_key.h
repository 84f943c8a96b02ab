#ifndef HUILIU_DB_SEARCH_KEY_H
#define HUILIU_DB_SEARCH_KEY_H
/*
 * What the search index is made of. Private to db/.
 *
 * One record becomes a set of terms in one FTS5 table (contentless, detail=none: a term and the
 * list of record ids, about a byte each). FTS5 does not know what the terms mean: the first
 * letter of a term is its class, see enum below. Every question a clerk can ask is turned into few
 * *whole* terms, so that SQLite streams posting lists in order of record and stops as soon as a
 * page is full; prefix queries, which FTS5 answers by first merging the lists of all terms in
 * the range, are left to ranges that are known to be short.
 *
 * The index is a filter, not the judge: db/search_match.c looks at each record it gives and says
 * how, and whether, the record fits. So a term may be vague but never wrong by omission.
 *
 * The same folding applies to records and to queries: width, case, traditional forms, and
 * everything that is no letter, digit or character is dropped.
 *
 * Removing a record from the index needs exactly the terms it was entered with. They are computed
 * again from the record and its catalogue entry, and therefore must depend on nothing else;
 * changing anything here means a new CACHE_SCHEMA_VERSION (db/schema.h).
 */
#include "base/buf.h"
#include "db/catalogue.h"
#include "db/pinyin.h"

#include <stdbool.h>
#include <stdint.h>

#define INITIALS_MAX 6  /* letters of TERM_INITIALS_HEAD at most, */
#define GIVEN_MAX    3  /* and of TERM_GIVEN_INITIALS, */
#define STARTS_MAX   16 /* which start at characters up to this one */

enum term_class {
    TERM_SUBJECT = 's',       /* subject, whole */
    TERM_HEAD = 'g',          /* its first 6 (person), 8 (enterprise), 12 (place) characters */
    TERM_BIRTH = 'y',         /* YYYY, YYYYMM and YYYYMMDD of a resident id */
    TERM_TAIL = 'l',          /* last 4 of the subject */
    TERM_NAME = 'n',          /* name, whole */
    TERM_NAME_HEAD = 'f',     /* its first character, and its first two */
    TERM_NAME_CHAR = 'c',     /* each later character of a short name */
    TERM_NAME_PAIR = 'b',     /* each two neighbours, of names longer than two */
    TERM_INITIALS = 'i',      /* first letters of the whole name */
    TERM_INITIALS_HEAD = 'j', /* of its first 2, 3 … characters */
    TERM_PINYIN = 'p',        /* name spelled out, whole */
    TERM_SYLLABLE = 'a',      /* first syllable */
    TERM_INNER = 'e',         /* syllable of each later character */
    TERM_GIVEN_INITIALS =
        'k',               /* of each two and three neighbours behind the first, up to the form */
    TERM_HOLDER = 'r',     /* holder of a certificate or place: name, spelled out, initials */
    TERM_PHONE = 't',      /* phone, whole */
    TERM_PHONE_HEAD = 'u', /* its first 3, 5 and 7 digits */
    TERM_PHONE_TAIL = 'v', /* last 4 */
    TERM_WORD = 'w',       /* word of an address */
    TERM_HOUSEHOLD = 'h',
    TERM_LINK = 'x',             /* subject this record points to */
    TERM_CERTIFICATE = 'z',      /* certificate number without its root, whole */
    TERM_SERIAL = 'o',           /* its serial number */
    TERM_GRAM = '3',             /* each three neighbours of a credit code or of a serial number */
    TERM_CERTIFICATE_HEAD = 'm', /* its type and issuer */
    TERM_ISSUE = 'q',            /* type, issuer and serial: all versions of one certificate */
    TERM_KIND = 'd',             /* "person", "enterprise", "certificate" … */
};

/* --- folding ---------------------------------------------------------------------------------- */

#define FOLDED_POINTS_MAX 128

struct folded {
    uint32_t points[FOLDED_POINTS_MAX];
    size_t count;
};

void search_fold(const char *text, size_t length, struct folded *folded);
void folded_append(const struct folded *folded, size_t from, size_t count, struct buf *out);
/* How many characters of an enterprise's name stand before its legal form. */
size_t search_form_begin(const struct folded *name);
/* A name without what stands in brackets in it, as people say it: 华星（深圳）科技. `joined` is the
 * first character behind such brackets. False when there are none with something on both sides. */
bool search_fold_outside(const char *text, struct folded *folded, size_t *joined);
/* Only ASCII letters and digits, in lower case; false when the text had anything else but
 * separators (space . - / _ · and brackets) or does not fit. */
bool search_fold_code(const char *text, char *out, size_t size);

/* --- what a record says ----------------------------------------------------------------------- */

#define FACTS_MAX   48
#define SUBJECT_MAX 64

struct fact {
    const struct dataset_field *field;
    const char *text; /* in the document */
};

struct facts {
    const struct dataset *dataset;
    /* "" when absent; borrowed */
    const char *subject, *name, *certificate, *status, *issuer, *holder;
    bool is_certificate;
    struct fact items[FACTS_MAX]; /* addresses, phones, households, links */
    size_t count;
};

void facts_read(const struct dataset *dataset, const json_t *document, struct facts *facts);
/* Step by step: the text of each field, in the order of the catalogue; "" where there is none. */
void facts_start(const struct dataset *dataset, struct facts *facts);
void facts_add(struct facts *facts, const struct dataset_field *field, const char *text);
/* The same from the stored text of a body, without building a document: a look at a candidate must
 * be cheap. Only single texts are read, no lists: enough to judge and to show a hit. Strings are
 * kept in `strings`, which must be empty and outlive the facts. False when the text has anything
 * out of the ordinary (escapes); then parse it. */
bool facts_scan(const struct dataset *dataset, const char *body, size_t length, struct buf *strings,
                struct facts *facts);
/* The same with everything facts_read() would find: false also when a field whose texts are
 * searched for holds a list or an object. */
bool facts_scan_all(const struct dataset *dataset, const char *body, size_t length,
                    struct buf *strings, struct facts *facts);
/* Fields of which a record may have several, for which facts keep a list. */
bool facts_are_many(enum field_role role);
bool facts_deceased(const struct facts *facts);

/* The name of a place is where it lies: words of an address, not a name. */
bool facts_named_by_address(const struct facts *facts);

/* Appends a subject, household or link in the form it has behind its term class. */
void search_subject(const char *text, struct buf *out);

/* Appends all terms of a record, separated by blanks. */
void search_terms(const struct facts *facts, struct buf *out);

/* --- parts of numbers and addresses ----------------------------------------------------------- */

/* Certificate number as ASCII letters and digits without the root OID. */
#define CERTIFICATE_CODE_MAX 160
bool certificate_code(const char *text, char *out, size_t size);
/* Its serial number, "type+issuer" and "type+issuer+serial"; false for another shape. */
struct certificate_parts {
    char tail[CERTIFICATE_CODE_MAX]; /* serial, version and check: what is left behind `head` */
    char serial[CERTIFICATE_CODE_MAX];
    char head[CERTIFICATE_CODE_MAX];
    char issue[CERTIFICATE_CODE_MAX];
};
bool certificate_split(const char *text, struct certificate_parts *parts);

/* Birth date in a resident id of 18 or 15 digits as YYYYMMDD; false when there is none. */
bool subject_birth(const char *subject, char out[9]);

/* The words of a folded address, as ranges. */
#define ADDRESS_WORDS_MAX 32
struct address_words {
    struct {
        size_t from, count;
    } items[ADDRESS_WORDS_MAX];
    size_t count;
};
void address_split(const struct folded *address, struct address_words *words);

/* Head of a subject for the dictionary: its length, 0 when the kind has none. */
size_t subject_head_length(enum subject_kind kind);

#endif
