#include "cli/dossier_text.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "cli/table.h"

/* --- JSON --------------------------------------------------------------------------------------
 */

static json_t *field_json(const struct dossier_field *field, bool *ok)
{
    json_t *value = json_object();

    json_put_text(value, "field", field->field->name, ok);
    json_put_text(value, "title", field->field->title, ok);
    json_put_text(value, "value", field->value, ok);
    json_put(value, "masked", json_boolean(field->masked), ok);
    json_put(value, "grade", json_integer(field->field->grade), ok);
    if (field->dated != DATED_WELL)
        json_put_text(value, "dated", dated_name(field->dated), ok);
    if (field->pending) {
        json_t *pending = json_object();
        json_put_text(pending, "value", field->pending, ok);
        json_put_text(pending, "id", field->pending_id, ok);
        json_put_text(pending, "state", field->pending_state, ok);
        json_put_text(pending, "by", field->pending_by, ok);
        put_instant(pending, "at", field->pending_ms, ok);
        json_put(pending, "others", json_integer((json_int_t)field->pending_others), ok);
        json_put(value, "pending", pending, ok);
    }
    return value;
}

static json_t *changes_json(const struct dossier_section *section, bool *ok)
{
    json_t *list = json_array();

    for (size_t i = 0; i < section->change_count; i++) {
        const struct dossier_change *change = &section->changes[i];
        json_t *value = json_object();
        put_instant(value, "at", change->at_ms, ok);
        json_put_text(value, "field", change->name, ok);
        json_put_text(value, "title", change->title, ok);
        json_put_text(value, "before", change->before, ok);
        json_put_text(value, "after", change->after, ok);
        json_put(value, "masked", json_boolean(change->masked), ok);
        json_add(list, value, ok);
    }
    return list;
}

static json_t *claim_json(const struct dossier_claim *claim, bool *ok)
{
    json_t *value = json_object();

    json_put_text(value, "dataset", claim->section->dataset, ok);
    json_put_text(value, "provider", claim->section->provider, ok);
    json_put_text(value, "record", claim->section->record, ok);
    json_put_text(value, "field", claim->field->field->name, ok);
    json_put_text(value, "title", claim->field->field->title, ok);
    json_put_text(value, "value", claim->value, ok);
    json_put(value, "derived", json_boolean(claim->derived), ok);
    json_put(value, "differs", json_boolean(claim->differs), ok);
    json_put(value, "correctable",
             json_boolean(claim->field->field->correctable && !claim->derived), ok);
    json_put_text(value, "as_of", claim->section->as_of, ok);
    if (claim->proposed)
        json_put_text(value, "proposed", claim->proposed, ok);
    return value;
}

static json_t *differences_json(const struct dossier *dossier, bool *ok)
{
    json_t *list = json_array();

    for (size_t i = 0; i < dossier->difference_count; i++) {
        const struct dossier_difference *difference = &dossier->differences[i];
        json_t *value = json_object();
        json_t *claims = json_array();
        json_put_text(value, "aspect", dossier_aspect_name(difference->aspect), ok);
        json_put_text(value, "title", dossier_aspect_title(difference->aspect), ok);
        for (size_t k = 0; k < difference->claim_count; k++)
            json_add(claims, claim_json(&difference->claims[k], ok), ok);
        json_put(value, "claims", claims, ok);
        json_add(list, value, ok);
    }
    return list;
}

static void put_verdict(json_t *object, enum verdict verdict, const char *reason, bool *ok)
{
    json_put_text(object, "verdict", verdict_name(verdict), ok);
    json_put_text(object, "verdict_reason", reason, ok);
}

static json_t *section_json(const struct dossier_section *section, bool *ok)
{
    json_t *value = json_object();
    json_t *fields = json_array();

    json_put_text(value, "dataset", section->dataset, ok);
    json_put_text(value, "title", section->title, ok);
    json_put_text(value, "provider", section->provider, ok);
    json_put_text(value, "record", section->record, ok);
    json_put_text(value, "rev", section->rev, ok);
    json_put_text(value, "as_of", section->as_of, ok);
    put_age_days(value, "age_days", section->age_ms, ok);
    json_put(value, "stale", json_boolean(section->stale), ok);
    if (section->ahead)
        json_put(value, "ahead", json_true(), ok);
    json_put(value, "withdrawn", json_boolean(section->withdrawn), ok);
    for (size_t i = 0; i < section->field_count; i++)
        json_add(fields, field_json(&section->fields[i], ok), ok);
    json_put(value, "fields", fields, ok);
    if (section->is_certificate)
        put_verdict(value, section->verdict, section->verdict_reason, ok);
    json_put(value, "changes", changes_json(section, ok), ok);
    return value;
}

static const char *link_name(enum dossier_link_kind kind)
{
    switch (kind) {
    case LINK_HOUSEHOLD:
        return "household";
    case LINK_PERSON:
        return "person";
    case LINK_ENTERPRISE:
        return "enterprise";
    case LINK_CERTIFICATE:
        return "certificate";
    case LINK_PLACE:
        return "place";
    }
    return "";
}

static json_t *link_json(const struct dossier_link *link, bool *ok)
{
    json_t *value = json_object();

    json_put_text(value, "kind", link_name(link->kind), ok);
    json_put_text(value, "relation", link->relation, ok);
    json_put_text(value, "subject", link->target_shown, ok);
    json_put_text(value, "name", link->name, ok);
    json_put_text(value, "dataset", link->dataset, ok);
    json_put_text(value, "record", link->record, ok);
    if (link->kind == LINK_CERTIFICATE)
        put_verdict(value, link->verdict, link->verdict_reason, ok);
    return value;
}

enum status dossier_json(struct output *out, const struct dossier *dossier, struct error *error)
{
    json_t *value = json_object();
    json_t *flags = json_array();
    json_t *sections = json_array();
    json_t *links = json_array();
    bool ok = true;

    json_put_text(value, "kind", subject_kind_name(dossier->kind), &ok);
    json_put_text(value, "subject", dossier->subject_shown, &ok);
    json_put_text(value, "name", dossier->name, &ok);
    for (size_t i = 0; i < dossier->flag_count; i++)
        json_add(flags, json_string(dossier->flags[i]), &ok);
    json_put(value, "flags", flags, &ok);
    json_put(value, "pending", json_integer(dossier->pending), &ok);
    for (size_t i = 0; i < dossier->section_count; i++)
        json_add(sections, section_json(&dossier->sections[i], &ok), &ok);
    json_put(value, "sections", sections, &ok);
    for (size_t i = 0; i < dossier->link_count; i++)
        json_add(links, link_json(&dossier->links[i], &ok), &ok);
    json_put(value, "links", links, &ok);
    json_put(value, "differences", differences_json(dossier, &ok), &ok);
    return output_json(out, value, ok, error);
}

/* --- text --------------------------------------------------------------------------------------
 */

static void print_head(struct output *out, const struct dossier *dossier)
{
    output_line(out, "%s  %s", dossier->name ? dossier->name : "",
                dossier->subject_shown ? dossier->subject_shown : "");
    for (size_t i = 0; i < dossier->flag_count; i++)
        output_line(out, "! %s", dossier->flags[i]);
    if (dossier->pending > 0)
        output_line(out, _("%d open requests about this subject"), dossier->pending);
}

/* Side by side: the value, who says so. */
static void print_differences(struct output *out, const struct dossier *dossier,
                              struct table *table)
{
    for (size_t i = 0; i < dossier->difference_count; i++) {
        const struct dossier_difference *difference = &dossier->differences[i];
        output_line(out, "%s", "");
        output_line(out, _("! %s: the ministries do not agree"),
                    dossier_aspect_title(difference->aspect));
        for (size_t k = 0; k < difference->claim_count; k++) {
            const struct dossier_claim *claim = &difference->claims[k];
            table_cell(table, claim->value);
            table_cell(table,
                       claim->derived ? _("by the digits of the number") : claim->section->title);
            table_cell(table, claim->derived ? NULL : claim->section->provider);
        }
        table_print(table, 2, out);
    }
}

static void print_section_head(struct output *out, const struct dossier_section *section)
{
    char age[32] = "", as_of[INSTANT_TEXT_MAX];

    if (section->age_ms >= 0)
        duration_format(section->age_ms, age, sizeof age);
    output_line(out, "%s", "");
    output_line(out, "%s  %s  %s", section->title ? section->title : section->dataset,
                section->provider ? section->provider : "", section->record);
    if (section->withdrawn)
        output_line(out, "  ! %s", _("access to this dataset was withdrawn"));
    else if (section->age_ms < 0)
        output_line(out, "  ! %s", _("never fetched completely"));
    else if (section->ahead)
        output_line(out, _("  ! as of %s, which lies ahead of this computer's clock"),
                    local_instant(section->as_of, as_of));
    else if (section->stale)
        output_line(out, _("  ! older than its provider allows: %s"), age);
    else
        output_line(out, _("  as of %s (%s ago)"), local_instant(section->as_of, as_of), age);
    if (section->is_certificate)
        output_line(out, _("  %s %s: %s"), section->verdict == VERDICT_VALID ? "+" : "!",
                    verdict_title(section->verdict), section->verdict_reason);
}

static void print_fields(const struct dossier_section *section, struct table *table)
{
    char local[INSTANT_TEXT_MAX];

    for (size_t i = 0; i < section->field_count; i++) {
        const struct dossier_field *field = &section->fields[i];
        if (!field->present && !field->pending)
            continue;
        table_cell(table, field->field->title);
        table_cell(table, field->field->type == TYPE_TIME ? local_instant(field->value, local)
                                                          : field->value);
        if (field->pending)
            table_cellf(table, _("→ %s  (%s, %s)"), field->pending,
                        field->pending_state ? field->pending_state : "",
                        field->pending_by ? field->pending_by : "");
        else if (field->dated != DATED_WELL)
            table_cellf(table, "! %s", dated_remark(field->dated));
        else
            table_cell(table, NULL);
    }
}

static void print_changes(struct output *out, const struct dossier *dossier, struct table *table)
{
    char at[INSTANT_TEXT_MAX];
    bool any = false;

    for (size_t i = 0; i < dossier->section_count; i++) {
        const struct dossier_section *section = &dossier->sections[i];
        for (size_t k = 0; k < section->change_count; k++) {
            const struct dossier_change *change = &section->changes[k];
            instant_format_local(change->at_ms, at);
            table_cell(table, at);
            table_cellf(table, "%s · %s", section->title, change->title);
            table_cellf(table, _("%s → %s"), change->before[0] ? change->before : "-",
                        change->after[0] ? change->after : "-");
            any = true;
        }
    }
    if (!any)
        return;
    output_line(out, "%s", "");
    output_line(out, "%s", _("Changed since it came"));
    table_print(table, 2, out);
}

static bool has_links(const struct dossier *dossier, bool household)
{
    for (size_t i = 0; i < dossier->link_count; i++)
        if ((dossier->links[i].kind == LINK_HOUSEHOLD) == household)
            return true;
    return false;
}

static void print_links(struct output *out, const struct dossier *dossier, struct table *table,
                        bool household)
{
    if (!has_links(dossier, household))
        return;
    output_line(out, "%s", "");
    output_line(out, "%s", household ? _("Household: what they are to its head") : _("Connected"));
    for (size_t i = 0; i < dossier->link_count; i++) {
        const struct dossier_link *link = &dossier->links[i];
        if ((link->kind == LINK_HOUSEHOLD) != household)
            continue;
        table_cell(table, link->relation);
        if (link->kind == LINK_CERTIFICATE)
            table_cellf(table, "%s  %s  (%s)", link->name ? link->name : "", link->target_shown,
                        verdict_title(link->verdict));
        else
            table_cellf(table, "%s  %s", link->name ? link->name : "", link->target_shown);
        table_cell(table, link->record);
    }
    table_print(table, 2, out);
}

void dossier_print(struct output *out, const struct dossier *dossier)
{
    struct table *table = table_new(3);

    print_head(out, dossier);
    print_differences(out, dossier, table);
    for (size_t i = 0; i < dossier->section_count; i++) {
        print_section_head(out, &dossier->sections[i]);
        print_fields(&dossier->sections[i], table);
        table_print(table, 2, out);
    }
    print_links(out, dossier, table, true);
    print_links(out, dossier, table, false);
    print_changes(out, dossier, table);
    table_free(table);
}
