#include "base/clock.h"
#include "base/i18n.h"
#include "db/trust_list.h"
#include "tui/errand.h"
#include "tui/list.h"
#include "tui/refresh.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PANE_ROWS     5
#define PANE_AREA_MIN 13
#define STATE_COLUMNS 15
#define USE_COLUMNS   20
#define DAY_COLUMNS   10
#define LABEL_COLUMNS 18
#define FACTS_MAX     20
#define ID_BYTES      512

struct fact {
    const char *title; /* translated */
    struct buf value;
};

struct trust_view {
    struct view view;
    struct workplace *place;
    char id[ID_BYTES];        /* of the one this page is about; "": the page of all */
    struct trust_list *trust; /* NULL: not read yet */
    struct fact facts[FACTS_MAX];
    size_t fact_count;
    struct list list;
    char failure[ERROR_TEXT_MAX];
    bool loading;
    struct refresh refresh;
};

/* --- words -------------------------------------------------------------------------------------
 */

static void put_day(int64_t ms, struct buf *out)
{
    char text[INSTANT_TEXT_MAX];

    if (ms == 0)
        return;
    instant_format_local(ms, text);
    buf_bytes(out, text, strnlen(text, DAY_COLUMNS));
}

static void put_time(int64_t ms, struct buf *out)
{
    char text[INSTANT_TEXT_MAX];

    if (ms == 0)
        return;
    instant_format_local(ms, text);
    buf_str(out, text);
}

static const char *use_title(const char *use, size_t length)
{
    static const struct {
        const char *name, *title;
    } uses[] = {{"credential", N_("codes")}, {"seal", N_("seals")}, {"bundle", N_("bundles")}};

    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        if (strlen(uses[i].name) == length && memcmp(uses[i].name, use, length) == 0)
            return _(uses[i].title);
    return NULL;
}

/* "codes, seals"; a use that is not known here as it stands there. */
static void put_uses(const char *uses, struct buf *out)
{
    for (const char *at = uses; *at; at += strspn(at, ", ")) {
        size_t length = strcspn(at, ",");
        const char *title = use_title(at, length);
        buf_str(out, at == uses ? "" : _(", "));
        if (title)
            buf_str(out, title);
        else
            buf_bytes(out, at, length);
        at += length;
    }
}

static const char *owner_of(const struct trust_item *item)
{
    if (*item->name)
        return item->name;
    return *item->issuer ? item->issuer : item->id;
}

static enum style style_of(enum trust_state state)
{
    switch (state) {
    case TRUST_STATE_CURRENT:
        return STYLE_OK;
    case TRUST_STATE_NOT_YET:
    case TRUST_STATE_EXPIRED:
        return STYLE_MUTED;
    case TRUST_STATE_REVOKED:
    case TRUST_STATE_UNUSABLE:
        break;
    }
    return STYLE_ERROR;
}

static const char *state_of(const struct trust_item *item)
{
    return trust_item_is_rotated(item) ? _("replaced") : trust_state_title(item->state);
}

/* --- what is known about one ------------------------------------------------------------------ */

static void forget_facts(struct trust_view *page)
{
    for (size_t i = 0; i < page->fact_count; i++)
        buf_release(&page->facts[i].value);
    page->fact_count = 0;
}

static struct buf *new_fact(struct trust_view *page, const char *title)
{
    struct fact *fact = &page->facts[page->fact_count++];

    *fact = (struct fact){.title = title};
    return &fact->value;
}

static void add_text(struct trust_view *page, const char *title, const char *text)
{
    if (text && *text)
        buf_str(new_fact(page, title), text);
}

static void add_time(struct trust_view *page, const char *title, int64_t ms)
{
    if (ms != 0)
        put_time(ms, new_fact(page, title));
}

static const char *explain(const struct trust_item *item)
{
    if (item->state == TRUST_STATE_REVOKED)
        return _("What it signed before is not called valid on the signer's word alone: a time "
                 "stamp has to prove it. What it signed since then does not count.");
    if (trust_item_is_rotated(item))
        return _("What it signed while it was in use stays valid; new things are signed with the "
                 "key that follows.");
    return "";
}

static void describe_key(struct trust_view *page, const struct trust_item *item)
{
    add_text(page, _("State"), state_of(item));
    add_text(page, _("Why not"), item->refusal);
    add_text(page, _("Means"), explain(item));
    add_text(page, _("Whose it is"), item->name);
    add_text(page, _("Issuer"), item->issuer);
    if (*item->uses)
        put_uses(item->uses, new_fact(page, _("For")));
    add_time(page, _("Valid from"), item->valid_from_ms);
    add_time(page, _("Valid to"), item->valid_to_ms);
    add_time(page, _("Revoked"), item->revoked_ms);
    add_text(page, _("Reason"), item->revocation_reason);
    add_text(page, _("Followed by"), item->followed_by);
    add_text(page, _("SHA-256"), item->fingerprint);
    add_text(page, _("Level"), trust_level_title(item->level));
    add_text(page, _("Certificate of"), item->subject);
    add_text(page, _("Signed by"), item->signed_by);
    add_text(page, _("Serial number"), item->serial);
    add_text(page, _("Catalogue entry"), item->id);
    add_text(page, _("Its revision"), item->rev);
    add_time(page, _("Received"), item->received_ms);
}

static void describe_list(struct trust_view *page, const struct trust_revocations *list)
{
    add_text(page, _("State"),
             list->late ? _("A newer list should have come by now. Synchronise.") : _("current"));
    add_text(page, _("Issuer"), list->issuer);
    buf_printf(new_fact(page, _("Number")), "%lld", (long long)list->number);
    buf_printf(new_fact(page, _("Entries")), "%zu", list->entries);
    add_text(page, _("X.509 list"), list->has_crl ? _("is in it too") : NULL);
    add_time(page, _("Issued"), list->issued_ms);
    add_time(page, _("Next one due"), list->next_ms);
    add_text(page, _("Its revision"), list->rev);
    add_time(page, _("Received"), list->received_ms);
}

static const struct trust_item *find_key(const struct trust_view *page)
{
    for (size_t i = 0; i < page->trust->key_count; i++)
        if (strcmp(page->trust->keys[i].id, page->id) == 0)
            return &page->trust->keys[i];
    return NULL;
}

static const struct trust_revocations *find_list(const struct trust_view *page)
{
    for (size_t i = 0; i < page->trust->list_count; i++)
        if (strcmp(page->trust->lists[i].id, page->id) == 0)
            return &page->trust->lists[i];
    return NULL;
}

static void describe(struct trust_view *page)
{
    const struct trust_item *key = find_key(page);
    const struct trust_revocations *list = key ? NULL : find_list(page);

    forget_facts(page);
    if (key)
        describe_key(page, key);
    else if (list)
        describe_list(page, list);
}

/* --- reading -----------------------------------------------------------------------------------
 */

struct load {
    struct errand errand;
    struct trust_list *trust;
};

static enum status load_work(struct errand *errand, struct error *error)
{
    return trust_list_read(workplace_reading_reader(errand->place), clock_wall_ms(),
                           &((struct load *)errand)->trust, error);
}

static void load_release(struct errand *errand)
{
    trust_list_free(((struct load *)errand)->trust);
}

static size_t row_count(const struct trust_view *page)
{
    if (page->id[0])
        return page->fact_count;
    return page->trust ? page->trust->key_count + page->trust->list_count : 0;
}

static unsigned load_deliver(struct errand *errand, struct view *view)
{
    struct trust_view *page = (struct trust_view *)view;
    struct load *load = (struct load *)errand;

    page->loading = false;
    if (errand->status != STATUS_OK) {
        (void)snprintf(page->failure, sizeof page->failure, "%s", errand->error.text);
        return STALE_VIEW;
    }
    trust_list_free(page->trust);
    page->trust = load->trust;
    load->trust = NULL;
    page->failure[0] = '\0';
    if (page->id[0])
        describe(page);
    list_set_count(&page->list, row_count(page));
    return STALE_VIEW | STALE_FRAME;
}

static void send_load(struct trust_view *page)
{
    static const struct errand_kind kind = {
        .work = load_work, .deliver = load_deliver, .release = load_release, .tells_failure = true};
    struct load *load = errand_new(page->place, &page->view, sizeof *load, &kind);

    refresh_asked(&page->refresh, page->place);
    if (!load)
        return;
    page->loading = true;
    errand_send(&load->errand, workplace_reading(page->place));
}

static unsigned trust_tick(struct view *view, int64_t now, int *next)
{
    struct trust_view *page = (struct trust_view *)view;

    if (!page->loading && refresh_is_due(&page->refresh, page->place, view))
        send_load(page);
    return refresh_minute(&page->refresh, now, next);
}

/* --- commands ----------------------------------------------------------------------------------
 */

static const struct trust_item *selected_key(const struct trust_view *page)
{
    if (page->id[0] || !page->trust || page->list.selected >= page->trust->key_count)
        return NULL;
    return &page->trust->keys[page->list.selected];
}

static const struct trust_revocations *selected_list(const struct trust_view *page)
{
    if (page->id[0] || !page->trust || page->list.selected < page->trust->key_count ||
        page->list.selected >= row_count(page))
        return NULL;
    return &page->trust->lists[page->list.selected - page->trust->key_count];
}

static const char *selected_id(const struct trust_view *page)
{
    const struct trust_item *key = selected_key(page);
    const struct trust_revocations *list = selected_list(page);

    return key ? key->id : list ? list->id : NULL;
}

static struct view *page_new(struct workplace *place, const char *id);

static unsigned trust_command(struct view *view, enum command command, const char *argument)
{
    struct trust_view *page = (struct trust_view *)view;

    if (command == COMMAND_OPEN && selected_id(page)) {
        app_push(view->app, page_new(page->place, selected_id(page)));
        return STALE_VIEW | STALE_FRAME;
    }
    if (command == COMMAND_REFRESH) {
        if (!page->loading)
            send_load(page);
        return STALE_VIEW | STALE_FRAME | STALE_REPAINT;
    }
    return list_command(&page->list, command, argument) | STALE_FRAME;
}

static bool trust_enabled(struct view *view, enum command command, char reason[VIEW_REASON_MAX])
{
    const struct trust_view *page = (const struct trust_view *)view;

    return command != COMMAND_OPEN || selected_id(page) ||
           words_refuse(reason, _("There is nothing here to open."));
}

/* No key falls on rows that are about to be others. */
static bool trust_waits(struct view *view)
{
    const struct trust_view *page = (const struct trust_view *)view;

    return page->loading || refresh_is_due(&page->refresh, page->place, view);
}

/* --- drawing -----------------------------------------------------------------------------------
 */

static void draw_key(const struct trust_item *item, struct canvas *canvas, struct area row)
{
    struct area rest = area_cut(row, 0, 0, 0, 3 + STATE_COLUMNS);
    struct buf text = {0};

    (void)part_marked(canvas, area_columns(row, 0, 2 + STATE_COLUMNS), style_of(item->state),
                      state_of(item));
    (void)canvas_put(canvas, area_cut(rest, 0, USE_COLUMNS + DAY_COLUMNS + 2, 0, 0), STYLE_NORMAL,
                     owner_of(item));
    rest = area_cut(rest, 0, 0, 0, rest.columns - USE_COLUMNS - DAY_COLUMNS - 1);
    put_uses(item->uses, &text);
    (void)canvas_put(canvas, area_columns(rest, 0, USE_COLUMNS), STYLE_MUTED, buf_text(&text));
    buf_clear(&text);
    put_day(item->revoked_ms != 0 ? item->revoked_ms : item->valid_to_ms, &text);
    (void)canvas_put_right(canvas, rest, STYLE_MUTED, buf_text(&text));
    buf_release(&text);
}

static void draw_list(const struct trust_revocations *list, struct canvas *canvas, struct area row)
{
    struct area rest = area_cut(row, 0, 0, 0, 3 + STATE_COLUMNS);
    struct buf text = {0};

    (void)part_marked(canvas, area_columns(row, 0, 2 + STATE_COLUMNS),
                      list->late ? STYLE_WARNING : STYLE_OK,
                      list->late ? _("overdue") : _("current"));
    buf_printf(&text, _("revocation list %lld, %zu entries: %s"), (long long)list->number,
               list->entries, list->issuer);
    (void)canvas_put(canvas, area_cut(rest, 0, DAY_COLUMNS + 1, 0, 0), STYLE_NORMAL,
                     buf_text(&text));
    buf_clear(&text);
    put_day(list->issued_ms, &text);
    (void)canvas_put_right(canvas, rest, STYLE_MUTED, buf_text(&text));
    buf_release(&text);
}

static void draw_row(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct trust_view *page = data;

    if (index < page->trust->key_count)
        draw_key(&page->trust->keys[index], canvas, row);
    else
        draw_list(&page->trust->lists[index - page->trust->key_count], canvas, row);
}

static void draw_fact(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct trust_view *page = data;
    const struct fact *fact = &page->facts[index];

    (void)canvas_put(canvas, area_columns(row, 0, LABEL_COLUMNS - 1), STYLE_MUTED, fact->title);
    (void)canvas_put(canvas, area_cut(row, 0, 0, 0, LABEL_COLUMNS), STYLE_NORMAL,
                     buf_text(&fact->value));
}

static void put_validity(const struct trust_item *item, struct buf *out)
{
    struct buf from = {0}, to = {0};

    put_day(item->valid_from_ms, &from);
    put_day(item->valid_to_ms, &to);
    if (from.length && to.length)
        buf_printf(out, _("Valid from %s to %s"), buf_text(&from), buf_text(&to));
    else if (from.length)
        buf_printf(out, _("Valid from %s, without an end"), buf_text(&from));
    else if (to.length)
        buf_printf(out, _("Valid to %s"), buf_text(&to));
    else
        buf_str(out, _("It says neither from when nor until when it is valid"));
    buf_release(&from);
    buf_release(&to);
}

/* What does not fit into the row of a key: its fingerprint, since when and from where. */
static void describe_selected(const struct trust_item *item, struct buf *out)
{
    buf_printf(out, "%s  SHA-256 %s\n", item->id, item->fingerprint);
    if (*item->refusal)
        buf_printf(out, "%s\n", item->refusal);
    put_validity(item, out);
    if (item->revoked_ms != 0) {
        buf_str(out, _(", revoked "));
        put_time(item->revoked_ms, out);
    }
    if (*item->followed_by)
        buf_printf(out, _(", followed by %s"), item->followed_by);
    buf_printf(out, _("\nFrom the catalogue, revision %s, received "), item->rev);
    put_time(item->received_ms, out);
}

static void draw_pane(const struct trust_view *page, struct canvas *canvas, struct area area)
{
    const struct trust_item *item = selected_key(page);
    const struct trust_revocations *list = selected_list(page);
    struct buf text = {0};

    canvas_hline(canvas, area_row(area, 0), STYLE_BORDER);
    if (item)
        describe_selected(item, &text);
    else if (list && list->late)
        buf_str(&text, _("A newer list should have come by now. Synchronise."));
    else if (page->id[0] && page->list.selected < page->fact_count)
        buf_str(&text, buf_text(&page->facts[page->list.selected].value));
    (void)canvas_put_wrapped(canvas, area_cut(area, 1, 0, 0, 0), STYLE_NORMAL, buf_text(&text));
    buf_release(&text);
}

static const char *why_empty(const struct trust_view *page)
{
    if (!page->trust)
        return _("Reading…");
    return page->id[0] ? _("The catalogue does not have it any more.")
                       : _("Nobody is trusted yet: the catalogue has no keys. Synchronise first.");
}

static void draw_head(const struct trust_view *page, struct canvas *canvas, struct area row)
{
    struct buf text = {0};

    if (page->id[0]) {
        buf_str(&text, page->id);
    } else if (page->trust && page->trust->as_of_ms != 0) {
        buf_printf(&text,
                   _("Keys and certificates: %zu · revocation lists: %zu · catalogue as of "),
                   page->trust->key_count, page->trust->list_count);
        part_as_of(page->trust->as_of_ms, &text);
    }
    (void)canvas_put(canvas, row, page->id[0] ? STYLE_STRONG : STYLE_MUTED, buf_text(&text));
    buf_release(&text);
}

static void trust_draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct trust_view *page = (struct trust_view *)view;
    int pane = area.rows >= PANE_AREA_MIN ? PANE_ROWS : 0;
    struct area body = area_cut(area, 2, 0, pane, 0);

    draw_head(page, canvas, area_row(area, 0));
    if (page->failure[0]) {
        (void)part_marked_lines(canvas, body, STYLE_ERROR, page->failure);
        return;
    }
    if (row_count(page) > 0)
        list_draw(&page->list, canvas, body, page->id[0] ? draw_fact : draw_row, page);
    else
        (void)canvas_put_wrapped(canvas, body, STYLE_MUTED, why_empty(page));
    if (pane > 0)
        draw_pane(page, canvas, area_cut(area, area.rows - pane, 0, 0, 0));
}

/* --- life --------------------------------------------------------------------------------------
 */

static const char *trust_title(struct view *view)
{
    return ((struct trust_view *)view)->id[0] ? _("Entry") : _("What is trusted");
}

static void trust_close(struct view *view)
{
    struct trust_view *page = (struct trust_view *)view;

    forget_facts(page);
    trust_list_free(page->trust);
    free(page);
}

static struct view *page_new(struct workplace *place, const char *id)
{
    static const struct view_ops ops = {.title = trust_title,
                                        .draw = trust_draw,
                                        .command = trust_command,
                                        .tick = trust_tick,
                                        .enabled = trust_enabled,
                                        .waits = trust_waits,
                                        .close = trust_close};
    struct trust_view *page = calloc(1, sizeof *page);

    if (!page)
        return NULL;
    page->view.ops = &ops;
    page->place = place;
    (void)snprintf(page->id, sizeof page->id, "%s", id);
    return &page->view;
}

struct view *trust_view_new(struct workplace *place)
{
    return page_new(place, "");
}
