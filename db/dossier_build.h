#ifndef HUILIU_DB_DOSSIER_BUILD_H
#define HUILIU_DB_DOSSIER_BUILD_H
/*
 * Putting a dossier together: dossier.c opens and owns it, dossier_section.c makes the sections,
 * dossier_link.c the links, dossier_certificate.c the verdicts, dossier_change.c the history,
 * dossier_difference.c what does not agree. Private to db/. Strings are copied into the dossier's
 * arena, because the catalogue and the records they come from do not live as long.
 */
#include "base/arena.h"
#include "db/dossier.h"
#include "db/record.h"

#define SECTIONS_MAX 400
#define LINKS_MAX    500

struct dossier_build {
    struct reader *reader;
    const struct session *session;
    const struct dossier_options *options;
    struct record_source source; /* with the dossier's arena */
    struct arena *arena;
    struct date today;
    struct dossier *dossier;
    struct record_list records; /* about the subject, in catalogue order */
    json_t *requests; /* open requests about the subject, newest first: see dossier_section.c */
    struct dossier_link *links;
    size_t link_count;
};

/* Masked for the session unless revealed or public enough; in the arena, NULL when out of memory.
 */
const char *dossier_shown(const struct dossier_build *build, const struct dataset *dataset,
                          const struct dataset_field *field, const char *value, bool *masked);

enum status dossier_read_requests(struct dossier_build *build, struct error *error) MUST_CHECK;
enum status dossier_make_sections(struct dossier_build *build, struct error *error) MUST_CHECK;
/* What is known about a certificate, in a word and a sentence. Every one there is a section or a
 * link for is judged; how many those are is bounded by SECTIONS_MAX and LINKS_MAX. */
enum status dossier_judge(struct dossier_build *build, const struct record *record,
                          enum verdict *verdict, const char **reason,
                          struct error *error) MUST_CHECK;
/* Fills in section->changes and the changed_ms of its fields. */
enum status dossier_read_changes(struct dossier_build *build, const struct record *record,
                                 struct dossier_section *section, struct dossier_field *fields,
                                 struct error *error) MUST_CHECK;
/* After the sections, which it refers to. */
enum status dossier_make_differences(struct dossier_build *build, struct error *error) MUST_CHECK;
enum status dossier_make_links(struct dossier_build *build, struct error *error) MUST_CHECK;

#endif
