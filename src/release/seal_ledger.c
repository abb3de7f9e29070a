/* Reading and cosigning checkpoints, and the inclusion proof. It must never take a checkpoint for true whose signature
 * it did not verify. */
#include "release/seal_ledger.h"

#include "base/limits.h"
#include "ledger/merkle.h"

enum {
	NOTE_OCTETS = 65536,
	KEY_NAME = 4,
	SIGNATURE_OCTETS = 64,
	TIME_OCTETS = 8,
	ED25519 = 0x01,
	COSIGNATURE = 0x04,
	SECOND_MS = 1000
};

#define DASH "\xe2\x80\x94 "

struct note {
	struct slice text;	 /* what is signed; ends with a newline */
	struct slice signatures; /* lines, each with its newline */
};

/* Text, an empty line, signature lines. */
static bool read_note(struct slice octets, struct note *ret_note)
{
	if (octets.len > NOTE_OCTETS || !utf8_is_text(octets) || !slice_has_suffix(octets, SLICE("\n")))
		return false;
	for (size_t i = octets.len - 1; i > 1; i--)
		if (octets.data[i - 1] == '\n' && octets.data[i - 2] == '\n') {
			*ret_note = (struct note){slice_take(octets, i - 1), slice_skip(octets, i)};
			return ret_note->signatures.len > 0;
		}
	return false;
}

static void name_key(struct slice name, uint8_t kind, const uint8_t key[32], uint8_t ret_name[KEY_NAME])
{
	uint8_t digest[32];
	const struct slice parts[] = {name, SLICE("\n"), slice_of(&kind, 1), slice_of(key, 32)};
	crypto_sha256_parts(parts, 4, digest);
	memcpy(ret_name, digest, KEY_NAME);
}

/* The signature of this name and key among the lines, behind its key name: ERR_NOT_FOUND when there is none. */
static enum err find_signature(struct slice lines, struct slice name, const uint8_t key_name[KEY_NAME],
			       struct buf *signature)
{
	while (lines.len) {
		struct slice line, signer;
		lines = slice_split(lines, '\n', &line);
		if (!slice_has_prefix(line, SLICE(DASH)))
			return ERR_MALFORMED;
		struct slice encoded = slice_split(slice_skip(line, sizeof(DASH) - 1), ' ', &signer);
		if (!slice_equal(signer, name))
			continue;
		buf_truncate(signature, 0);
		TRY(base64_decode(encoded, signature));
		if (signature->len > KEY_NAME && memcmp(signature->data, key_name, KEY_NAME) == 0)
			return ERR_OK;
	}
	return ERR_NOT_FOUND;
}

static enum err check_signature(const struct note *note, struct slice name, const uint8_t key[32])
{
	uint8_t key_name[KEY_NAME];
	AUTO_BUF signature = buf_make(NOTE_OCTETS);
	name_key(name, ED25519, key, key_name);
	TRY(find_signature(note->signatures, name, key_name, &signature));
	if (signature.len != KEY_NAME + SIGNATURE_OCTETS)
		return ERR_CRYPTO;
	return signature_verify_plain(key, note->text, signature.data + KEY_NAME) ? ERR_OK : ERR_CRYPTO;
}

/* Exactly three lines: origin, size, root. */
static enum err read_tree(struct slice text, struct slice origin, struct seal_tree *ret_tree)
{
	struct slice lines[3];
	struct seal_tree tree;
	AUTO_BUF root = buf_make(sizeof(tree.root));
	for (size_t i = 0; i < 3; i++)
		text = slice_split(text, '\n', &lines[i]);
	if (text.len || !slice_equal(lines[0], origin))
		return ERR_MALFORMED;
	TRY(slice_parse_u64(lines[1], &tree.size));
	TRY(base64_decode(lines[2], &root));
	if (root.len != sizeof(tree.root) || tree.size == 0)
		return ERR_MALFORMED;
	memcpy(tree.root, root.data, sizeof(tree.root));
	*ret_tree = tree;
	return ERR_OK;
}

enum err seal_ledger_read(struct slice checkpoint, struct slice nation, const uint8_t key[32],
			  struct seal_tree *ret_tree)
{
	struct note note;
	struct slice origin;
	AUTO_BUF name = buf_make(LIMIT_TITLE);
	buf_put_text(&name, "bices/");
	buf_put(&name, nation);
	buf_put_text(&name, "/ledger");
	if (!read_note(checkpoint, &note))
		return ERR_MALFORMED;
	TRY(buf_finish(&name, &origin));
	TRY(check_signature(&note, origin, key));
	return read_tree(note.text, origin, ret_tree);
}

enum verdict seal_ledger_proves(const struct seal_proof *proof)
{
	struct seal_tree tree;
	if (seal_ledger_read(proof->checkpoint, proof->nation, proof->key, &tree) != ERR_OK || tree.size != proof->size)
		return VERDICT_DENY;
	if (tree.size == proof->held.size && memcmp(tree.root, proof->held.root, sizeof(tree.root)) != 0)
		return VERDICT_DENY;
	static const uint8_t leaf_prefix[] = {0};
	const struct slice entry[] = {SLICE_ARRAY(leaf_prefix), SLICE_ARRAY(proof->salt), proof->record};
	uint8_t leaf[32];
	crypto_sha256_parts(entry, 3, leaf);
	bool there = proof->record.len && merkle_inclusion_verify(proof->index, tree.size, leaf, proof->proof, tree.root);
	return there ? VERDICT_PERMIT : VERDICT_DENY;
}

/* ---- witnessing ---- */

enum verdict seal_ledger_extends(const struct seal_tree *older, const struct seal_tree *newer, struct slice proof)
{
	if (newer->size <= older->size)
		return VERDICT_DENY;
	return merkle_consistency_verify(older->size, newer->size, older->root, newer->root, proof) ? VERDICT_PERMIT : VERDICT_DENY;
}

static void cosigned_text(struct slice text, uint64_t seconds, struct buf *buf)
{
	buf_printf(buf, "cosignature/v1\ntime %llu\n", (unsigned long long)seconds);
	buf_put(buf, text);
}

enum err seal_ledger_cosign(struct slice checkpoint, struct slice name, const struct signing_key *key, uint64_t now_ms,
			    struct buf *buf)
{
	struct note note;
	struct slice message;
	uint8_t public_key[32], octets[KEY_NAME + TIME_OCTETS + SIGNATURE_OCTETS];
	uint64_t seconds = now_ms / SECOND_MS;
	AUTO_BUF text = buf_make(NOTE_OCTETS + LIMIT_TITLE);
	if (!read_note(checkpoint, &note))
		return ERR_MALFORMED;
	cosigned_text(note.text, seconds, &text);
	enum err err = buf_finish(&text, &message);
	if (err == ERR_OK)
		err = signing_key_sign_plain(key, message, octets + KEY_NAME + TIME_OCTETS);
	TRY(err);
	signing_key_public(key, public_key);
	name_key(name, COSIGNATURE, public_key, octets);
	for (size_t i = 0; i < TIME_OCTETS; i++)
		octets[KEY_NAME + i] = (uint8_t)(seconds >> (56 - 8 * i));
	buf_put(buf, checkpoint);
	buf_put_text(buf, DASH);
	buf_put(buf, name);
	buf_put_text(buf, " ");
	buf_put_base64(buf, SLICE_ARRAY(octets));
	buf_put_text(buf, "\n");
	return buf->err;
}

enum err seal_ledger_check_cosignature(struct slice octets, struct slice name, const uint8_t key[32])
{
	struct note note;
	struct slice message;
	uint8_t key_name[KEY_NAME];
	uint64_t seconds = 0;
	AUTO_BUF signature = buf_make(NOTE_OCTETS), text = buf_make(NOTE_OCTETS + LIMIT_TITLE);
	if (!read_note(octets, &note))
		return ERR_MALFORMED;
	name_key(name, COSIGNATURE, key, key_name);
	TRY(find_signature(note.signatures, name, key_name, &signature));
	if (signature.len != KEY_NAME + TIME_OCTETS + SIGNATURE_OCTETS)
		return ERR_CRYPTO;
	for (size_t i = 0; i < TIME_OCTETS; i++)
		seconds = seconds << 8 | signature.data[KEY_NAME + i];
	cosigned_text(note.text, seconds, &text);
	TRY(buf_finish(&text, &message));
	return signature_verify_plain(key, message, signature.data + KEY_NAME + TIME_OCTETS) ? ERR_OK : ERR_CRYPTO;
}
