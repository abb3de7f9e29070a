/* Signed notes. Must never verify a note from which a known key's signature fails, and never take a line that the
 * standard does not allow: two readers of one note must see the same. */
#include "ledger/note.h"

#define DASH "\xe2\x80\x94 "

/* Unicode spaces (White_Space) and plus do not stand in a name. spec: C2SP signed-note, Format */
static bool name_is_valid(struct slice name)
{
	static const uint32_t spaces[] = {0x20, 0x2b, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000};
	if (name.len == 0 || name.len > NOTE_NAME)
		return false;
	while (name.len) {
		uint32_t code;
		size_t n = utf8_next(name, &code);
		if (n == 0 || code < 0x20 || code == 0x7f || (code >= 0x2000 && code <= 0x200a))
			return false;
		for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
			if (code == spaces[i])
				return false;
		name = slice_skip(name, n);
	}
	return true;
}

static bool text_is_valid(struct slice text)
{
	if (!utf8_is_text(text))
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < 0x20 && text.data[i] != '\n')
			return false;
	return true;
}

/* Decodes the base64 of a signature line; for a line in hand the buffer is scratch. */
static enum err decode_signature(struct slice encoded, struct buf *ret_bytes)
{
	TRY(base64_decode(encoded, ret_bytes));
	return ret_bytes->len > 4 ? ERR_OK : ERR_MALFORMED;
}

static enum err parse_line(struct slice line, struct note_signature *ret_signature)
{
	AUTO_BUF bytes = buf_make(NOTE_SIGNATURE_MAX);
	struct note_signature signature;
	if (!slice_has_prefix(line, SLICE(DASH)))
		return ERR_MALFORMED;
	signature.encoded = slice_split(slice_skip(line, sizeof(DASH) - 1), ' ', &signature.name);
	if (!name_is_valid(signature.name))
		return ERR_MALFORMED;
	TRY(decode_signature(signature.encoded, &bytes));
	memcpy(signature.key_id, bytes.data, sizeof(signature.key_id));
	*ret_signature = signature;
	return ERR_OK;
}

/* Where the last empty line begins, or -1. */
static ptrdiff_t find_separator(struct slice bytes)
{
	for (size_t i = bytes.len; i >= 2; i--)
		if (bytes.data[i - 1] == '\n' && bytes.data[i - 2] == '\n')
			return (ptrdiff_t)(i - 1);
	return -1;
}

enum err note_parse(struct slice bytes, struct note *ret_note)
{
	struct note note = {.count = 0};
	if (bytes.len > NOTE_MAX)
		return ERR_TOO_LARGE;
	ptrdiff_t at = text_is_valid(bytes) ? find_separator(bytes) : -1;
	if (at < 0)
		return ERR_MALFORMED;
	note.text = slice_take(bytes, (size_t)at);
	struct slice rest = slice_skip(bytes, (size_t)at + 1);
	if (rest.len == 0 || rest.data[rest.len - 1] != '\n')
		return ERR_MALFORMED;
	while (rest.len) {
		struct slice line;
		rest = slice_split(rest, '\n', &line);
		if (note.count == NOTE_SIGNATURES)
			return ERR_TOO_LARGE;
		TRY(parse_line(line, &note.signatures[note.count]));
		note.count++;
	}
	*ret_note = note;
	return ERR_OK;
}

void note_key_id(struct slice name, enum note_key_kind kind, const uint8_t public_key[32], uint8_t ret_id[4])
{
	const uint8_t middle[2] = {'\n', (uint8_t)kind};
	uint8_t digest[32];
	crypto_sha256_parts((struct slice[]){name, SLICE_ARRAY(middle), slice_of(public_key, 32)}, 3, digest);
	memcpy(ret_id, digest, 4);
}

/* Verifies one signature's octets (behind the key id) over the note's text. */
typedef bool verify_octets(struct slice text, const uint8_t public_key[32], struct slice octets, uint64_t *ret_seconds);

static bool verify_plain(struct slice text, const uint8_t public_key[32], struct slice octets, uint64_t *ret_seconds)
{
	*ret_seconds = 0;
	return octets.len == 64 && signature_verify_plain(public_key, text, octets.data);
}

/* What a cosignature signs. */
static enum err cosigned_text(struct slice text, uint64_t seconds, struct buf *message)
{
	buf_printf(message, "cosignature/v1\ntime %llu\n", (unsigned long long)seconds);
	buf_put(message, text);
	return message->err;
}

static bool verify_cosigned(struct slice text, const uint8_t public_key[32], struct slice octets, uint64_t *ret_seconds)
{
	AUTO_BUF message = buf_make(2 * NOTE_MAX);
	uint64_t seconds = 0;
	if (octets.len != 8 + 64)
		return false;
	for (size_t i = 0; i < 8; i++)
		seconds = seconds << 8 | octets.data[i];
	*ret_seconds = seconds;
	return seconds <= (uint64_t)INT64_MAX && cosigned_text(text, seconds, &message) == ERR_OK &&
	       signature_verify_plain(public_key, buf_slice(&message), octets.data + 8);
}

static enum err verify_all(const struct note *note, struct slice name, const uint8_t key_id[4], const uint8_t public_key[32],
			   verify_octets *verify, uint64_t *ret_seconds)
{
	bool any = false;
	uint64_t newest = 0;
	for (size_t i = 0; i < note->count; i++) {
		const struct note_signature *signature = &note->signatures[i];
		if (memcmp(signature->key_id, key_id, 4) != 0 || !slice_equal(signature->name, name))
			continue;
		AUTO_BUF bytes = buf_make(NOTE_SIGNATURE_MAX);
		uint64_t seconds;
		TRY(decode_signature(signature->encoded, &bytes));
		if (!verify(note->text, public_key, slice_skip(buf_slice(&bytes), 4), &seconds))
			return ERR_CRYPTO;
		newest = seconds > newest ? seconds : newest;
		any = true;
	}
	if (!any)
		return ERR_NOT_FOUND;
	*ret_seconds = newest;
	return ERR_OK;
}

enum err note_verify(const struct note *note, struct slice name, const uint8_t public_key[32])
{
	uint8_t key_id[4];
	uint64_t seconds;
	note_key_id(name, NOTE_ED25519, public_key, key_id);
	return verify_all(note, name, key_id, public_key, verify_plain, &seconds);
}

enum err note_verify_cosignature(const struct note *note, struct slice name, const uint8_t public_key[32],
				 uint64_t *ret_seconds)
{
	uint8_t key_id[4];
	note_key_id(name, NOTE_COSIGNATURE, public_key, key_id);
	return verify_all(note, name, key_id, public_key, verify_cosigned, ret_seconds);
}

static enum err put_line(struct slice name, const uint8_t key_id[4], struct slice octets, struct buf *line)
{
	AUTO_BUF bytes = buf_make(NOTE_SIGNATURE_MAX);
	if (!name_is_valid(name))
		return ERR_INVALID;
	buf_put(&bytes, slice_of(key_id, 4));
	buf_put(&bytes, octets);
	buf_put_text(line, DASH);
	buf_put(line, name);
	buf_put_octet(line, ' ');
	buf_put_base64(line, buf_slice(&bytes));
	buf_put_octet(line, '\n');
	return bytes.err != ERR_OK ? bytes.err : line->err;
}

enum err note_put_signature(struct slice name, const uint8_t public_key[32], const uint8_t signature[64], struct buf *line)
{
	uint8_t key_id[4];
	note_key_id(name, NOTE_ED25519, public_key, key_id);
	return put_line(name, key_id, slice_of(signature, 64), line);
}

enum err note_sign(struct slice text, struct slice name, const struct signing_key *key, struct buf *line)
{
	uint8_t public_key[32], signature[64];
	signing_key_public(key, public_key);
	TRY(signing_key_sign_plain(key, text, signature));
	return note_put_signature(name, public_key, signature, line);
}

enum err note_cosign(struct slice text, struct slice name, const struct signing_key *key, uint64_t seconds, struct buf *line)
{
	AUTO_BUF message = buf_make(2 * NOTE_MAX);
	uint8_t public_key[32], key_id[4], octets[8 + 64];
	if (seconds > (uint64_t)INT64_MAX)
		return ERR_INVALID;
	for (size_t i = 0; i < 8; i++)
		octets[i] = (uint8_t)(seconds >> (56 - 8 * i));
	TRY(cosigned_text(text, seconds, &message));
	TRY(signing_key_sign_plain(key, buf_slice(&message), octets + 8));
	signing_key_public(key, public_key);
	note_key_id(name, NOTE_COSIGNATURE, public_key, key_id);
	return put_line(name, key_id, SLICE_ARRAY(octets), line);
}
