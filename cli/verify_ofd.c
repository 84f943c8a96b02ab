#include "cli/verify_ofd.h"

#include "base/i18n.h"
#include "cli/slip.h"
#include "cli/verdict_text.h"

#include <string.h>

static json_t *signer_json(const struct ofd_signer *signer, bool *ok)
{
    json_t *value = json_object();

    put_shown(value, "name", signer->name, ok);
    put_shown(value, "issuer", signer->issuer, ok);
    put_shown(value, "seal", *signer->seal ? signer->seal : NULL, ok);
    put_instant(value, "time", signer->time_ms, ok);
    return value;
}

static json_t *document_json(const struct ofd_document *document, bool *ok)
{
    json_t *value = json_object(), *fields = json_array(), *signers = json_array();

    put_shown(value, "title", *document->title ? document->title : NULL, ok);
    json_put(value, "pages", json_integer((json_int_t)document->pages), ok);
    put_shown(value, "text", buf_text(&document->text), ok);
    for (size_t i = 0; i < document->field_count; i++) {
        json_t *field = json_object();
        put_shown(field, "name", document->fields[i].name, ok);
        put_shown(field, "value", document->fields[i].value, ok);
        json_add(fields, field, ok);
    }
    for (size_t i = 0; i < document->signer_count; i++)
        json_add(signers, signer_json(&document->signers[i], ok), ok);
    json_put(value, "custom", fields, ok);
    json_put(value, "signers", signers, ok);
    return value;
}

static void print_text(struct output *out, const struct buf *text)
{
    const char *line = buf_text(text);

    while (*line) {
        size_t length = strcspn(line, "\n");
        output_line(out, "    %.*s", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

static void print_signers(struct output *out, const struct ofd_document *document)
{
    char time[INSTANT_TEXT_MAX];

    for (size_t i = 0; i < document->signer_count; i++) {
        const struct ofd_signer *signer = &document->signers[i];
        memcpy(time, "?", sizeof "?");
        if (signer->time_ms != 0)
            instant_format_local(signer->time_ms, time);
        if (*signer->seal)
            output_line(out, _("  Sealed with \"%s\" by %s (certificate from %s), %s"),
                        signer->seal, signer->name, signer->issuer, time);
        else
            output_line(out, _("  Signed by %s (certificate from %s), %s"),
                        *signer->name ? signer->name : "?", *signer->issuer ? signer->issuer : "?",
                        time);
    }
}

static void print_document(struct output *out, const struct ofd_document *document)
{
    if (*document->title)
        output_line(out, _("Title: %s"), document->title);
    for (size_t i = 0; i < document->field_count; i++)
        output_line(out, "  %s: %s", document->fields[i].name, document->fields[i].value);
    print_signers(out, document);
    if (document->text.length == 0)
        return;
    output_line(out, "%s", _("Text of the first page, to be compared with the paper:"));
    print_text(out, &document->text);
    if (document->text_is_cut)
        output_line(out, "    %s", _("(cut: there is more)"));
}

enum status verify_ofd_print(struct cli *cli, const struct verdict_report *report,
                             const struct ofd_document *document, const struct slip *slip,
                             struct error *error)
{
    bool ok = true;

    if (!output_is_json(cli->out)) {
        verdict_print(cli->out, report);
        print_document(cli->out, document);
        return slip ? slip_print(cli, slip, error) : STATUS_OK;
    }
    json_t *value = verdict_value(report, &ok);
    json_put(value, "document", document_json(document, &ok), &ok);
    if (slip)
        json_put(value, "slip", slip_value(slip, &ok), &ok);
    return output_json(cli->out, value, ok, error);
}
