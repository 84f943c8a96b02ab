#include "tui/view_search.h"

#include "base/i18n.h"
#include "base/text.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"

#include <string.h>

#define CELL_BYTES_MAX 12 /* a character and two marks on it */
#define PANE_ROWS      3
#define PANE_AREA_MIN  12

static const char *kind_title(enum search_kind kind)
{
    switch (kind) {
    case SEARCH_PERSON:
        return _("person");
    case SEARCH_ENTERPRISE:
        return _("enterprise");
    case SEARCH_CERTIFICATE:
        return _("certificate");
    case SEARCH_PLACE:
        return _("place");
    case SEARCH_INDICATOR:
        return _("indicator");
    case SEARCH_ALL:
        break;
    }
    return "";
}

static const char *matched_title(const char *matched)
{
    static const struct {
        const char *matched, *title;
    } rows[] = {
        {"identity", N_("number")},         {"name", N_("name")},
        {"name_prefix", N_("name begins")}, {"pinyin", N_("pinyin")},
        {"initials", N_("initials")},       {"inside", N_("part of name")},
        {"id_prefix", N_("number begins")}, {"id_suffix", N_("last digits")},
        {"birth_date", N_("born")},         {"phone", N_("phone")},
        {"address", N_("address")},         {"certificate", N_("certificate")},
        {"household", N_("household")},     {"holder", N_("holder")},
        {"number_inside", N_("in number")},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].matched, matched) == 0)
            return _(rows[i].title);
    return matched;
}

static const char *dataset_title(const struct search_view *search, const char *dataset)
{
    for (size_t i = 0; i < search->title_count; i++)
        if (strcmp(search->titles[i].dataset, dataset) == 0)
            return search->titles[i].title;
    return dataset;
}

/* Widths of the columns, from the width of the page and the kind of hit, so that nothing moves with
 * the data. Names of enterprises of one place begin alike and are long: they have more room. */
struct columns {
    int name, subject, kind, detail, matched;
};

static int widest_kind(const struct canvas *canvas)
{
    int widest = 0;

    for (int kind = SEARCH_PERSON; kind <= SEARCH_INDICATOR; kind++) {
        const char *title = kind_title((enum search_kind)kind);
        int width = canvas_measure(canvas, title, strlen(title));
        widest = width > widest ? width : widest;
    }
    return widest;
}

static struct columns columns_for(const struct canvas *canvas, int width, enum search_kind kind)
{
    struct columns columns = {.subject = 18, .kind = widest_kind(canvas), .matched = 12};

    if (width < 70)
        columns.matched = 0;
    int rest = width - 2 - columns.subject - columns.kind - columns.matched - 4;
    columns.name = kind == SEARCH_ENTERPRISE ? rest * 7 / 10 : rest * 2 / 5;
    columns.name = columns.name < 12 ? 12 : columns.name;
    columns.detail = rest > columns.name ? rest - columns.name : 0;
    return columns;
}

static void subject_of(const struct search_view *search, const struct search_hit *hit,
                       struct buf *out)
{
    enum subject_kind kind = hit->kind == SEARCH_PERSON       ? SUBJECT_PERSON
                             : hit->kind == SEARCH_ENTERPRISE ? SUBJECT_ENTERPRISE
                                                              : SUBJECT_NONE;

    session_show_subject(workplace_session(search->place), kind, hit->subject, out);
}

/* What must not be overlooked comes first. */
static enum style flags_of(const struct search_hit *hit, struct buf *out)
{
    if (hit->deceased)
        buf_printf(out, "%s ", _("deceased"));
    if (hit->pending > 0)
        buf_printf(out, ngettext("%d request", "%d requests", (unsigned long)hit->pending),
                   hit->pending);
    if (out->length > 0)
        buf_str(out, "  ");
    if (hit->deceased)
        return STYLE_WARNING;
    return hit->pending > 0 ? STYLE_PENDING : STYLE_NORMAL;
}

/* The end of a text that is much too long anyway. */
static const char *last_bytes(const char *text, size_t most)
{
    size_t length = strlen(text);

    if (length <= most)
        return text;
    text += length - most;
    while (((unsigned char)*text & 0xC0) == 0x80)
        text++;
    return text;
}

/* Addresses differ at their end: what does not fit is cut off at the front. */
static void put_tail(struct canvas *canvas, struct area area, enum style style, const char *whole)
{
    const char *text = last_bytes(whole, (size_t)area.columns * CELL_BYTES_MAX);
    size_t length = strlen(text);
    size_t used;
    bool cut = text != whole;

    if (area_is_empty(area))
        return;
    while (length > 0 && canvas_measure(canvas, text, length) > area.columns - (cut ? 1 : 0)) {
        (void)text_decode(text, length, &used);
        text += used;
        length -= used;
        cut = true;
    }
    if (cut)
        (void)canvas_put(canvas, area, STYLE_MUTED, "~");
    (void)canvas_put_bytes(canvas, area_cut(area, 0, 0, 0, cut ? 1 : 0), style, text, length);
}

static int next_column(struct area *rest, int columns)
{
    *rest = area_cut(*rest, 0, 0, 0, columns + 1);
    return columns;
}

static void draw_hit(const struct search_view *search, const struct search_hit *hit,
                     struct canvas *canvas, struct area row, bool current)
{
    struct columns columns = columns_for(canvas, row.columns, hit->kind);
    enum style normal = current ? STYLE_NORMAL : STYLE_MUTED;
    struct area rest = row;
    struct buf subject = {0};
    struct buf flags = {0};
    enum style flag = flags_of(hit, &flags);

    subject_of(search, hit, &subject);
    (void)canvas_put(canvas, area_columns(rest, 0, 1), flag, style_mark(flag));
    (void)next_column(&rest, 1);
    (void)canvas_put(canvas, area_columns(rest, 0, columns.name),
                     current ? STYLE_STRONG : STYLE_MUTED, hit->name);
    (void)next_column(&rest, columns.name);
    (void)canvas_put(canvas, area_columns(rest, 0, columns.subject), normal, buf_text(&subject));
    (void)next_column(&rest, columns.subject);
    (void)canvas_put(canvas, area_columns(rest, 0, columns.kind), STYLE_MUTED,
                     kind_title(hit->kind));
    (void)next_column(&rest, columns.kind);
    struct area detail = area_columns(rest, 0, columns.detail);
    int used = canvas_put(canvas, detail, flag, buf_text(&flags));
    put_tail(canvas, area_cut(detail, 0, 0, 0, used), normal, hit->detail);
    (void)canvas_put_right(
        canvas, area_columns(row, row.columns - columns.matched, columns.matched), STYLE_MUTED,
        hit->found_as ? _("other record") : matched_title(hit->matched));
    buf_release(&subject);
    buf_release(&flags);
}

static void draw_row(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct search_view *search = data;
    const struct search_hit *hit = search_hit_at(search, index);

    if (hit)
        draw_hit(search, hit, canvas, row, true);
}

/* The hits of an earlier text, until the new ones are there: nothing can be done with them. */
static void draw_stale_hits(const struct search_view *search, struct canvas *canvas,
                            struct area area)
{
    for (int row = 0; row < area.rows; row++) {
        const struct search_hit *hit = search_hit_at(search, (size_t)row);
        if (hit)
            draw_hit(search, hit, canvas, area_row(area, row), false);
    }
}

static void put_count(const struct search_view *search, struct buf *out)
{
    const struct search_result *result = search->result;

    if (search_is_pending(search)) {
        buf_str(out,
                search->open_answer ? _("Searching; then the first hit opens") : _("Searching…"));
        return;
    }
    if (!result)
        return;
    if (result->total_at_least > (int64_t)result->count)
        buf_printf(out, _("the first %zu of at least %lld"), result->count,
                   (long long)result->total_at_least);
    else
        buf_printf(out, ngettext("%zu found", "%zu found", result->count), result->count);
    buf_printf(out, _(", %.1f ms"), result->seconds * 1000.0);
}

static void draw_kinds(const struct search_view *search, struct canvas *canvas, struct area row)
{
    const char *const titles[] = {_("All"), _("Persons"), _("Enterprises"), _("Certificates")};
    struct buf count = {0};
    int at = 0;

    for (int kind = SEARCH_ALL; kind <= SEARCH_CERTIFICATE; kind++) {
        bool chosen = (enum search_kind)kind == search->now.kind;
        struct area place = area_cut(row, 0, 0, 0, at);
        int used = canvas_printf(canvas, place, chosen ? STYLE_STRONG : STYLE_MUTED,
                                 chosen ? "[%s]" : " %s ", titles[kind]);
        at += used + 1;
    }
    put_count(search, &count);
    (void)canvas_put_right(canvas, area_cut(row, 0, 0, 0, at), STYLE_MUTED, buf_text(&count));
    buf_release(&count);
}

static void draw_pane(const struct search_view *search, struct canvas *canvas, struct area area)
{
    const struct search_hit *hit = search_selected_hit(search);
    struct buf subject = {0};

    canvas_hline(canvas, area_row(area, 0), STYLE_BORDER);
    if (!hit)
        return;
    subject_of(search, hit, &subject);
    int used = canvas_put(canvas, area_row(area, 1), STYLE_STRONG, hit->name);
    (void)canvas_printf(canvas, area_cut(area_row(area, 1), 0, 0, 0, used), STYLE_NORMAL,
                        "  %s  %s  %s", buf_text(&subject), kind_title(hit->kind),
                        dataset_title(search, hit->dataset));
    used = hit->found_as ? canvas_printf(canvas, area_row(area, 2), STYLE_NORMAL,
                                         _("Found as \"%s\" in: %s  "), hit->found_as,
                                         dataset_title(search, hit->found_in))
                         : 0;
    (void)canvas_put(canvas, area_cut(area_row(area, 2), 0, 0, 0, used), STYLE_MUTED, hit->detail);
    buf_release(&subject);
}

static void draw_hint(struct canvas *canvas, struct area area)
{
    const char *const lines[][2] = {
        {_("name, or a part of it"), "王秀英   秀英"},
        {_("pinyin, whole or initials"), "wangxiuying   wxy"},
        {_("born in, on"), "1990   19900314"},
        {_("ID number: beginning, last digits"), "440306   021X"},
        {_("phone: beginning, last digits"), "139   1234"},
        {_("enterprise, credit code, address"), "云汀 合作社   9144"},
        {_("all of it in any order"), "wxy 1990 云汀"},
    };

    (void)canvas_put(canvas, area_row(area, 1), STYLE_MUTED, _("What can be typed:"));
    for (int i = 0; i < (int)(sizeof lines / sizeof *lines); i++) {
        struct area row = area_row(area, i + 2);
        (void)canvas_put(canvas, area_columns(row, 2, 36), STYLE_MUTED, lines[i][0]);
        (void)canvas_put(canvas, area_cut(row, 0, 0, 0, 40), STYLE_NORMAL, lines[i][1]);
    }
}

static void draw_nothing_found(const struct search_view *search, struct canvas *canvas,
                               struct area area)
{
    if (search->failure[0]) {
        (void)part_marked_lines(canvas, area_cut(area, 1, 0, 0, 0), STYLE_ERROR, search->failure);
        return;
    }
    (void)canvas_put(canvas, area_row(area, 1), STYLE_NORMAL,
                     _("Nothing in the returned data fits."));
    (void)canvas_put_wrapped(canvas, area_cut(area, 2, 0, 0, 0), STYLE_MUTED,
                             _("Try less: a part of the name, initials, the year of birth; or look "
                               "among all kinds."));
}

static void draw_body(struct search_view *search, struct canvas *canvas, struct area area)
{
    if (!search_is_allowed(search))
        (void)part_marked_lines(canvas, area, STYLE_WARNING,
                                _("Your role does not look people up."));
    else if (search_is_blank(search))
        draw_hint(canvas, area);
    else if (search_is_pending(search))
        draw_stale_hits(search, canvas, area);
    else if (search->result && search->result->count > 0)
        list_draw(&search->list, canvas, area, draw_row, search);
    else
        draw_nothing_found(search, canvas, area);
}

void search_draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct search_view *search = (struct search_view *)view;
    int pane = area.rows >= PANE_AREA_MIN ? PANE_ROWS : 0;

    draw_kinds(search, canvas, area_row(area, 1));
    draw_body(search, canvas, area_cut(area, 2, 0, pane, 0));
    if (pane > 0)
        draw_pane(search, canvas, area_cut(area, area.rows - pane, 0, 0, 0));
    field_draw(&search->query, canvas, area_row(area, 0), true);
}
