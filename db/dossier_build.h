#ifndef HUILIU_DB_DOSSIER_BUILD_H
#define HUILIU_DB_DOSSIER_BUILD_H
/*
 * Putting a dossier together: dossier.c opens and owns it, dossier_section.c makes the sections,
 * dossier_link.c the links. Private to db/. Strings are copied into the dossier's arena, because
 * the catalogue and the records they come from do not live as long.
 */
#include "base/arena.h"
#include "db/dossier.h"
#include "db/search_key.h"

#define SECTIONS_MAX 400
#define LINKS_MAX    500

/* A record about the subject while the dossier is being made. */
struct dossier_record {
    const struct dataset *dataset; /* in the catalogue */
    size_t rank;                   /* of the dataset in the catalogue's order */
    const char *key, *rev;
    int64_t flags;
    json_t *body;
    struct facts facts; /* into `body` */
};

struct dossier_build {
    struct reader *reader;
    const struct session *session;
    const struct dossier_options *options;
    const struct catalogue *catalogue;
    struct arena *arena;
    struct dossier *dossier;
    struct dossier_record *records;
    size_t record_count;
    json_t *requests; /* open requests about the subject, newest first: see dossier_section.c */
    struct dossier_link *links;
    size_t link_count;
};

/* Reads the records whose terms fit the FTS5 expression, at most `max`, in catalogue order. The
 * caller releases them. */
enum status dossier_collect(struct dossier_build *build, const char *expression, size_t max,
                            struct dossier_record **records, size_t *count,
                            struct error *error) MUST_CHECK;
void dossier_records_release(struct dossier_record *records, size_t count);

/* One expression: the subject (or link, household) behind its term class, in quotes. */
void dossier_term(enum term_class class, const char *text, struct buf *out);
bool dossier_same(const char *a, const char *b); /* equal after folding */

/* Masked for the session unless revealed or public enough; in the arena, NULL when out of memory.
 */
const char *dossier_shown(const struct dossier_build *build, const struct dataset *dataset,
                          const struct dataset_field *field, const char *value, bool *masked);

enum status dossier_read_requests(struct dossier_build *build, struct error *error) MUST_CHECK;
enum status dossier_make_sections(struct dossier_build *build, struct error *error) MUST_CHECK;
enum status dossier_make_links(struct dossier_build *build, struct error *error) MUST_CHECK;

#endif
