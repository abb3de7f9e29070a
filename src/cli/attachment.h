/* Files as attachments: to the STIX form that put sends, and back to a file. */
#ifndef BICES_CLI_ATTACHMENT_H
#define BICES_CLI_ATTACHMENT_H

#include "cli/client.h"

/* Neither JSON nor text: what put sends as an attachment without being told. */
bool attachment_is_binary(struct slice bytes);
/* A report whose title is the file's name and whose one portion is the file, unmarked: the request brings the marking.
 * Complains: ERR_TOO_LARGE, ERR_USAGE. */
enum err attachment_wrap(const char *path, struct slice bytes, struct buf *json) MUST_USE;
/* The octets of attachment number (from 1, in reading order) of a rendition in STIX, checked against their digest, into out
 * ("-": standard output). Complains: ERR_NOT_FOUND, ERR_CRYPTO, ERR_IO. */
enum err attachment_save(const json_t *object, const char *number, const char *out) MUST_USE;

#endif
