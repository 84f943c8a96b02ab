#include "cli/verify_ofd.h"

#include "cli/slip.h"
#include "cli/verdict_text.h"
#include "db/sealed_document.h"

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

static void print_document(struct output *out, const struct ofd_document *document)
{
    struct buf text = {0};

    sealed_document_describe(document, &text);
    for (const char *line = buf_text(&text); *line;) {
        size_t length = strcspn(line, "\n");
        output_line(out, "%.*s", (int)length, line);
        line += length + (line[length] == '\n');
    }
    buf_release(&text);
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
