/* Packed memory: how several files travel in one memfd.
 *
 * "policies" is a sequence of (length, compiled policy); "files" a sequence of (length, path, length, content) with paths
 * relative to the web directory, '/' between parts, ascending. Lengths are 32 bits, big endian. */
#ifndef BICES_OS_PACK_H
#define BICES_OS_PACK_H

#include "base/buf.h"

/* Takes the next piece out of *rest. ERR_NOT_FOUND at the end, ERR_MALFORMED when it is cut. */
enum err pack_next(struct slice *rest, struct slice *ret_piece) MUST_USE;
void pack_put(struct buf *buf, struct slice piece);

#endif
