#ifndef HUILIU_TESTS_TOWNSHIP_RECORDS_H
#define HUILIU_TESTS_TOWNSHIP_RECORDS_H
/*
 * The data sets of the demonstration township: what the catalogue says about each, and the
 * documents of each, one at a time.
 *
 * A data set numbers its candidates from 0 to dataset_count() - 1; dataset_make() gives the
 * document of a candidate, or says that there is none (a bachelor has no marriage). Documents are
 * JSON text without the two members CouchDB adds: `key` becomes _id, `body` is the inside of the
 * object.
 *
 * Faults that are there on purpose, in every 10,000 documents unless said:
 *   population   phone missing 100, phone a digit short 50, recorded sex against the number 30,
 *                recorded birth date against the number 40, address stops at the street office 50,
 *                marital status missing 60, single though married 20 (of married people), dead but
 *                still "正常" 500 of 10,000 dead
 *   social_insurance  a character of the name is wrong 20
 *   assistance   paid on after death: 800 of 10,000 dead recipients
 *   certificate  check character of a deviating system 30, states other than 有效 280,
 *                replaced by a higher version 150
 *   enterprise   address missing 40
 * Every dead person has a death record, whatever the population register says.
 */
#include "tests/township/firms.h"

#define RECORD_KEY_MAX 128

struct field {
    const char *name, *zh, *en;
    const char *type, *role, *codes; /* role and codes may be NULL */
    uint8_t grade;                   /* 0: that of the data set */
    uint8_t correctable;             /* true, or REQUIRED: correctable and must be filled in */
};

#define REQUIRED 2

struct dataset {
    const char *name, *zh, *en;
    const char *provider_body, *provider_name; /* NULL body: a national ministry, see `uscc` */
    const char *provider_uscc;
    const char *sharing, *scope, *purpose, *cycle;
    int grade, max_age_days, retention_days, priority;
    const char *subject;
    const struct field *fields;
    size_t field_count;
    bool accepts_new; /* requests of kind "new" */
};

/* Remembers the household made last: neighbours are asked for one after the other. */
struct maker {
    const struct township *town;
    struct household household;
    bool has_household;
};

size_t dataset_total(void);
const struct dataset *dataset_at(size_t at);

uint32_t dataset_count(const struct dataset *dataset, const struct township *town);

/* False when candidate `index` has no document. `body` is cleared first. */
bool dataset_make(const struct dataset *dataset, struct maker *maker, uint32_t index,
                  char key[RECORD_KEY_MAX], struct buf *body);

/* The documents of the database `catalogue`, numbered like a data set's. */
uint32_t catalogue_count(void);
bool catalogue_make(const struct township *town, uint32_t index, char key[RECORD_KEY_MAX],
                    struct buf *body);

#endif
