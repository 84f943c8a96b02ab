#include "tui/sync_compared.h"

#include "base/i18n.h"
#include "tui/view_parts.h"

#define NUMBER_COLUMNS 10
#define NARROW_COLUMNS 68 /* below that: only what is wrong */
#define COLUMN_COUNT   5

/* here, there, missing, superfluous, different */
static int first_column(struct area row)
{
    return row.columns < NARROW_COLUMNS ? 2 : 0;
}

static struct area column_of(struct area row, int column)
{
    return area_columns(row, row.columns - (COLUMN_COUNT - column) * NUMBER_COLUMNS,
                        NUMBER_COLUMNS);
}

static struct survey_counts counts_of(const struct reconcile_dataset *dataset)
{
    return dataset->repaired ? dataset->after : dataset->counts;
}

void compared_draw_head(struct canvas *canvas, struct area row)
{
    const char *const titles[] = {_("here"), _("platform"), _("missing"), _("extra"),
                                  _("different")};

    for (int i = first_column(row); i < COLUMN_COUNT; i++)
        (void)canvas_put_right(canvas, column_of(row, i), STYLE_MUTED, titles[i]);
}

static void draw_counts(const struct survey_counts *counts, struct canvas *canvas, struct area row)
{
    const int64_t numbers[] = {counts->local, counts->upstream, counts->missing, counts->extra,
                               counts->different};

    for (int i = first_column(row); i < COLUMN_COUNT; i++) {
        struct buf text = {0};
        bool wrong = i >= 2 && numbers[i] > 0;
        part_number(numbers[i], &text);
        (void)canvas_put_right(canvas, column_of(row, i),
                               wrong    ? STYLE_WARNING
                               : i >= 2 ? STYLE_MUTED
                                        : STYLE_NORMAL,
                               buf_text(&text));
        buf_release(&text);
    }
}

void compared_draw(const struct reconcile_dataset *dataset, struct canvas *canvas, struct area row)
{
    const struct survey_counts counts = counts_of(dataset);
    bool wrong = !dataset->compared || reconcile_differences(&counts) > 0;
    int left = row.columns - (COLUMN_COUNT - first_column(row)) * NUMBER_COLUMNS - 1;

    (void)part_marked(canvas, area_columns(row, 0, left), wrong ? STYLE_WARNING : STYLE_OK,
                      dataset->title && dataset->title[0] ? dataset->title : dataset->dataset);
    if (dataset->compared)
        draw_counts(&counts, canvas, row);
    else
        (void)canvas_put(canvas, area_cut(row, 0, 0, 0, left + 1), STYLE_WARNING,
                         _("not compared"));
}

void compared_describe(const struct reconcile_dataset *dataset, int64_t at_ms, struct buf *out)
{
    const struct survey_counts counts = counts_of(dataset);
    struct buf when = {0};

    part_as_of(at_ms, &when);
    buf_printf(out, _("%s: compared %s. "), dataset->title ? dataset->title : dataset->dataset,
               buf_text(&when));
    buf_release(&when);
    if (dataset->repaired_rows > 0)
        buf_printf(out, _("%lld records were fetched again or removed. "),
                   (long long)dataset->repaired_rows);
    if (counts.newer > 0)
        buf_printf(out, _("%lld changed there since; they come with the next exchange. "),
                   (long long)counts.newer);
    if (counts.aside > 0)
        buf_printf(out, _("%lld were not understood and are kept aside. "),
                   (long long)counts.aside);
    if (dataset->reason && dataset->reason[0])
        buf_str(out, dataset->reason);
    else if (reconcile_differences(&counts) == 0)
        buf_str(out, _("Everything is as the platform has it."));
}
