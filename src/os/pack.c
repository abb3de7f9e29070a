/* Length-prefixed pieces; see pack.h. */
#include "os/pack.h"

enum { PREFIX = 4 };

enum err pack_next(struct slice *rest, struct slice *ret_piece)
{
	if (rest->len == 0)
		return ERR_NOT_FOUND;
	if (rest->len < PREFIX)
		return ERR_MALFORMED;
	size_t len = 0;
	for (size_t i = 0; i < PREFIX; i++)
		len = len << 8 | rest->data[i];
	if (len > rest->len - PREFIX)
		return ERR_MALFORMED;
	*ret_piece = slice_of(rest->data + PREFIX, len);
	*rest = slice_skip(*rest, PREFIX + len);
	return ERR_OK;
}

void pack_put(struct buf *buf, struct slice piece)
{
	if (piece.len > UINT32_MAX) {
		buf->err = buf->err ? buf->err : ERR_TOO_LARGE;
		return;
	}
	for (unsigned shift = 32; shift > 0; shift -= 8)
		buf_put_octet(buf, (uint8_t)(piece.len >> (shift - 8)));
	buf_put(buf, piece);
}
