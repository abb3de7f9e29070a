/* Checkpoints: the text of a note that names a tree. Must never read two texts as the same tree. */
#include "ledger/note.h"

enum { ROOT_BASE64 = 44 };

enum err tree_head_parse(struct slice text, struct tree_head *ret_checkpoint)
{
	struct tree_head checkpoint = {.size = 0};
	struct slice size, root, rest;
	AUTO_BUF bytes = buf_make(MERKLE_HASH);
	if (text.len == 0 || text.data[text.len - 1] != '\n')
		return ERR_MALFORMED;
	rest = slice_split(text, '\n', &checkpoint.origin);
	rest = slice_split(rest, '\n', &size);
	rest = slice_split(rest, '\n', &root);
	if (rest.len != 0 || checkpoint.origin.len == 0 || checkpoint.origin.len > NOTE_NAME || root.len != ROOT_BASE64)
		return ERR_MALFORMED;
	TRY(slice_parse_u64(size, &checkpoint.size));
	TRY(base64_decode(root, &bytes));
	if (bytes.len != MERKLE_HASH || checkpoint.size > MERKLE_SIZE_MAX)
		return ERR_MALFORMED;
	memcpy(checkpoint.root, bytes.data, MERKLE_HASH);
	*ret_checkpoint = checkpoint;
	return ERR_OK;
}

enum err tree_head_print(const struct tree_head *checkpoint, struct buf *text)
{
	buf_put(text, checkpoint->origin);
	buf_printf(text, "\n%llu\n", (unsigned long long)checkpoint->size);
	buf_put_base64(text, SLICE_ARRAY(checkpoint->root));
	buf_put_octet(text, '\n');
	return text->err;
}

enum err tree_head_open(struct slice bytes, struct slice origin, const uint8_t public_key[32], struct note *ret_note,
			 struct tree_head *ret_checkpoint)
{
	struct tree_head checkpoint;
	struct note note;
	TRY(note_parse(bytes, &note));
	TRY(note_verify(&note, origin, public_key));
	TRY(tree_head_parse(note.text, &checkpoint));
	if (!slice_equal(checkpoint.origin, origin))
		return ERR_INVALID;
	*ret_note = note;
	*ret_checkpoint = checkpoint;
	return ERR_OK;
}

enum err ledger_origin(struct slice nation, struct buf *origin)
{
	if (nation.len == 0 || nation.len > 32)
		return ERR_INVALID;
	for (size_t i = 0; i < nation.len; i++) {
		uint8_t c = nation.data[i];
		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && c != '-' && c != '_' && c != '.')
			return ERR_INVALID;
	}
	buf_put_text(origin, "bices/");
	buf_put(origin, nation);
	buf_put_text(origin, "/ledger");
	return origin->err;
}
