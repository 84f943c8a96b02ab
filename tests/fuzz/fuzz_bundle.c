/*
 * Fuzz target: what a bundle is before and after it is decrypted. The first byte chooses: even, the
 * scanner of the content, cut in two ways, whose outcome must be the same; odd, the reader of large
 * CMS structures, whose content must be the same whether it is read in one piece or in small ones,
 * and whose shell must stay bounded.
 */
#include "sync/bundle_payload.h"
#include "verify/cms_stream.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct scanned {
    enum status outcome;
    size_t pages;
    int64_t rows;
    uint64_t ends; /* of all pages together */
};

static struct scanned scan(const char *bytes, size_t length, size_t piece)
{
    struct scanned seen = {0};
    struct payload payload;
    payload_init(&payload);
    for (size_t at = 0; at < length && seen.outcome == STATUS_OK; at += piece)
        seen.outcome =
            payload_feed(&payload, bytes + at, length - at < piece ? length - at : piece, NULL);
    if (seen.outcome == STATUS_OK)
        seen.outcome = payload_finish(&payload, NULL);
    if (seen.outcome == STATUS_OK) {
        seen.pages = payload.page_count;
        seen.rows = payload.rows;
        for (size_t i = 0; i < payload.page_count; i++) {
            const struct payload_page *page = &payload.pages[i];
            if (page->rows_at > page->end || page->end > length || !page->last_seq)
                abort();
            seen.ends += page->end;
        }
    }
    payload_release(&payload);
    return seen;
}

static void check_scanner(const char *bytes, size_t length)
{
    struct scanned whole = scan(bytes, length, length ? length : 1);
    struct scanned cut = scan(bytes, length, 7);
    if (whole.outcome != cut.outcome || whole.pages != cut.pages || whole.rows != cut.rows ||
        whole.ends != cut.ends)
        abort();
}

static enum status read_structure(int fd, size_t piece, struct buf *content)
{
    char bytes[4096];
    struct cms_stream *stream = NULL;
    struct buf shell = {0};
    size_t got = 1;
    if (lseek(fd, 0, SEEK_SET) != 0)
        abort();
    enum status status = cms_stream_open(fd, &stream, NULL);
    while (status == STATUS_OK && got > 0) {
        status = cms_stream_read(stream, bytes, piece, &got, NULL);
        if (status == STATUS_OK)
            buf_bytes(content, bytes, got);
    }
    if (status == STATUS_OK)
        status = cms_stream_finish(stream, NULL);
    if (status == STATUS_OK && (cms_stream_shell(stream, &shell, NULL) != STATUS_OK ||
                                shell.length > 4 * CMS_SHELL_MAX + 64))
        abort();
    buf_release(&shell);
    cms_stream_free(stream);
    return status;
}

static void check_structure(const uint8_t *bytes, size_t length)
{
    struct buf whole = {0}, parts = {0};
    int fd = memfd_create("bundle", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
        abort();
    enum status first = read_structure(fd, 4096, &whole);
    enum status second = read_structure(fd, 3, &parts);
    if (first != second || whole.length > length ||
        (first == STATUS_OK &&
         (whole.length != parts.length ||
          (whole.length > 0 && memcmp(whole.data, parts.data, whole.length) != 0))))
        abort();
    buf_release(&whole);
    buf_release(&parts);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    if (data[0] % 2 == 0)
        check_scanner((const char *)data + 1, size - 1);
    else
        check_structure(data + 1, size - 1);
    return 0;
}
