#include "cli/commands.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "cli/table.h"
#include "db/trust_list.h"

/* --- JSON --------------------------------------------------------------------------------------
 */

static json_t *item_json(const struct trust_item *item, bool *ok)
{
    json_t *value = json_object();

    put_shown(value, "id", item->id, ok);
    json_put_text(value, "state", trust_state_name(item->state), ok);
    put_shown(value, "level", item->level, ok);
    put_shown(value, "use", item->uses, ok);
    put_shown(value, "issuer", item->issuer, ok);
    put_shown(value, "name", item->name, ok);
    json_put_text(value, "form", item->form, ok);
    put_shown(value, "fingerprint", item->fingerprint, ok);
    put_shown(value, "subject", item->subject, ok);
    put_shown(value, "signed_by", item->signed_by, ok);
    put_shown(value, "serial", item->serial, ok);
    put_instant(value, "valid_from", item->valid_from_ms, ok);
    put_instant(value, "valid_to", item->valid_to_ms, ok);
    put_instant(value, "revoked_at", item->revoked_ms, ok);
    put_shown(value, "revocation_reason", item->revocation_reason, ok);
    put_shown(value, "refusal", item->refusal, ok);
    put_shown(value, "followed_by", item->followed_by, ok);
    json_put_text(value, "source", "catalogue", ok);
    put_shown(value, "rev", item->rev, ok);
    put_instant(value, "received_at", item->received_ms, ok);
    return value;
}

static json_t *revocations_json(const struct trust_revocations *list, bool *ok)
{
    json_t *value = json_object();

    put_shown(value, "issuer", list->issuer, ok);
    json_put(value, "number", json_integer(list->number), ok);
    json_put(value, "entries", json_integer((json_int_t)list->entries), ok);
    json_put(value, "x509", json_boolean(list->has_crl), ok);
    put_instant(value, "issued_at", list->issued_ms, ok);
    put_instant(value, "next_update", list->next_ms, ok);
    json_put(value, "late", json_boolean(list->late), ok);
    put_shown(value, "rev", list->rev, ok);
    put_instant(value, "received_at", list->received_ms, ok);
    return value;
}

static enum status list_json(struct output *out, const struct trust_list *list, struct error *error)
{
    json_t *value = json_object(), *keys = json_array(), *lists = json_array();
    bool ok = true;

    for (size_t i = 0; i < list->key_count; i++)
        json_add(keys, item_json(&list->keys[i], &ok), &ok);
    for (size_t i = 0; i < list->list_count; i++)
        json_add(lists, revocations_json(&list->lists[i], &ok), &ok);
    json_put(value, "trusted", keys, &ok);
    json_put(value, "revocation_lists", lists, &ok);
    put_instant(value, "as_of", list->as_of_ms, &ok);
    return output_json(out, value, ok, error);
}

/* --- text --------------------------------------------------------------------------------------
 */

struct time_text {
    char text[INSTANT_TEXT_MAX];
};

static struct time_text local(int64_t ms)
{
    struct time_text time = {""};

    if (ms != 0)
        instant_format_local(ms, time.text);
    return time;
}

static void print_keys(struct output *out, const struct trust_list *list)
{
    struct table *table = table_new(6);

    for (size_t i = 0; i < list->key_count; i++) {
        const struct trust_item *item = &list->keys[i];
        table_cell(table, trust_state_title(item->state));
        table_cell(table, item->uses);
        table_cell(table, *item->name ? item->name : item->issuer);
        table_cell(table, item->id);
        table_cell(table, local(item->valid_from_ms).text);
        table_cell(table, local(item->valid_to_ms).text);
    }
    table_print(table, 2, out);
    table_free(table);
}

static void print_revocations(struct output *out, const struct trust_list *list)
{
    for (size_t i = 0; i < list->list_count; i++) {
        const struct trust_revocations *one = &list->lists[i];
        output_line(out, _("  Revocation list %lld of %s: %zu entries, issued %s"),
                    (long long)one->number, one->issuer, one->entries, local(one->issued_ms).text);
        if (one->late)
            output_line(out, "    %s", _("A newer list should have come by now. Synchronise."));
    }
}

static void list_print(struct output *out, const struct trust_list *list)
{
    if (list->key_count == 0)
        output_line(out, "%s",
                    _("Nobody is trusted yet: the catalogue has no keys. Synchronise first."));
    print_keys(out, list);
    print_revocations(out, list);
    if (list->as_of_ms != 0)
        output_line(out, _("As of %s. `huiliu trust show ID` says more about one."),
                    local(list->as_of_ms).text);
}

static void fact(struct table *table, const char *title, const char *text)
{
    if (!text || !*text)
        return;
    table_cell(table, title);
    table_cell(table, text);
}

static void item_print(struct output *out, const struct trust_item *item)
{
    struct table *table = table_new(2);

    output_line(out, "%s  %s", item->id, trust_state_title(item->state));
    fact(table, _("Why not"), item->refusal);
    fact(table, _("Whose it is"), item->name);
    fact(table, _("Issuer"), item->issuer);
    fact(table, _("For"), item->uses);
    fact(table, _("Level"), trust_level_title(item->level));
    fact(table, _("Certificate of"), item->subject);
    fact(table, _("Signed by"), item->signed_by);
    fact(table, _("Serial number"), item->serial);
    fact(table, _("SHA-256"), item->fingerprint);
    fact(table, _("Valid from"), local(item->valid_from_ms).text);
    fact(table, _("Valid to"), local(item->valid_to_ms).text);
    fact(table, _("Revoked"), local(item->revoked_ms).text);
    fact(table, _("Reason"), item->revocation_reason);
    fact(table, _("Followed by"), item->followed_by);
    fact(table, _("From the catalogue"), item->rev);
    fact(table, _("Received"), local(item->received_ms).text);
    table_print(table, 2, out);
    table_free(table);
    if (item->state == TRUST_STATE_REVOKED)
        output_line(out, "%s",
                    _("What it signed before is not called valid on the signer's word: a time "
                      "stamp has to prove it."));
}

/* --- commands ----------------------------------------------------------------------------------
 */

static enum status run_list(struct cli *cli, struct error *error)
{
    struct trust_list *list = NULL;
    enum status status = trust_list_read(cli->seat->reader, clock_wall_ms(), &list, error);

    if (status == STATUS_OK && output_is_json(cli->out))
        status = list_json(cli->out, list, error);
    else if (status == STATUS_OK)
        list_print(cli->out, list);
    trust_list_free(list);
    return status;
}

static enum status show(struct output *out, const struct trust_item *item, struct error *error)
{
    bool ok = true;

    if (!output_is_json(out)) {
        item_print(out, item);
        return STATUS_OK;
    }
    json_t *value = item_json(item, &ok);
    return output_json(out, value, ok, error);
}

static enum status run_show(struct cli *cli, struct error *error)
{
    const char *wanted = cli->line->operands[0];
    struct trust_list *list = NULL;
    enum status status = trust_list_read(cli->seat->reader, clock_wall_ms(), &list, error);
    const struct trust_item *item = status == STATUS_OK ? trust_list_find(list, wanted) : NULL;

    if (status == STATUS_OK && !item)
        status = error_set(error, STATUS_NOT_FOUND,
                           _("There is no key %.80s, or several fit. `huiliu trust list` names "
                             "them."),
                           wanted);
    if (status == STATUS_OK)
        status = show(cli->out, item, error);
    trust_list_free(list);
    return status;
}

const struct cli_command command_trust_list = {
    .name = "trust",
    .action = "list",
    .operands = "",
    .summary = N_("List whose keys and certificates are trusted, and the revocation lists."),
    .needs = SEAT_HOME,
    .run = run_list,
};

const struct cli_command command_trust_show = {
    .name = "trust",
    .action = "show",
    .operands = "ID",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Show a trusted key or certificate: for what, since when, from where."),
    .needs = SEAT_HOME,
    .run = run_show,
};
