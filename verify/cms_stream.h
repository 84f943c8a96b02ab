#ifndef HUILIU_VERIFY_CMS_STREAM_H
#define HUILIU_VERIFY_CMS_STREAM_H
/*
 * A large CMS structure (RFC 5652: SignedData or EnvelopedData, in DER or BER) read in constant
 * memory. OpenSSL reads CMS only as a whole, a million records with it; but it does work with
 * content that is kept apart ("detached"). So this reader takes the structure apart: the content,
 * which may be gigabytes, comes out in pieces, and what remains is the same structure without its
 * content, which is small and which OpenSSL reads.
 *
 *     cms_stream_open(fd, &stream, &error);           // up to where the content begins
 *     cms_stream_shell(stream, &shell, &error);       // enough of an EnvelopedData to decrypt
 *     while (cms_stream_read(stream, bytes, size, &got, &error) == STATUS_OK && got > 0) …
 *     cms_stream_finish(stream, &error);              // what follows it, and that nothing else
 * does cms_stream_shell(stream, &shell, &error);       // the whole of a SignedData
 *     cms_stream_free(stream);
 *
 * The file is read from its present position on, forward only. Everything but the content is
 * limited to CMS_SHELL_MAX. STATUS_INVALID: it is no such structure, or its content is not in it;
 * also a file that ends too early. Nothing is verified here. One thread.
 */
#include "base/buf.h"
#include "base/error.h"

#include <stddef.h>

#define CMS_SHELL_MAX ((size_t)256 << 10)

struct cms_stream;

enum status cms_stream_open(int fd, struct cms_stream **stream, struct error *error) MUST_CHECK;
void cms_stream_free(struct cms_stream *stream);

/* *got is 0 at the end of the content and only there. */
enum status cms_stream_read(struct cms_stream *stream, void *out, size_t size, size_t *got,
                            struct error *error) MUST_CHECK;
/* Reads over what is left of the content first. */
enum status cms_stream_finish(struct cms_stream *stream, struct error *error) MUST_CHECK;

/* The structure without its content, as far as it has been read, closed properly. */
enum status cms_stream_shell(const struct cms_stream *stream, struct buf *shell,
                             struct error *error) MUST_CHECK;
/* The members of the content info before the content: its type and, of EnvelopedData, how it is
 * encrypted; DER. */
const struct buf *cms_stream_content_info(const struct cms_stream *stream);

#endif
