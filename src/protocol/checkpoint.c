/* The text of checkpoints, printed and strictly read. Never accepts a second spelling of the same statement. */
#include "protocol/checkpoint.h"

#include "crypto/crypto.h"

#define ORIGIN "bices/feed/"
#define DASH "\xe2\x80\x94 " /* U+2014, space: begins a signature line */

enum { SIGNED = NOTE_KEY_ID + 64 };

static uint64_t total(const struct checkpoint *checkpoint)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < FEED_SEQUENCES; i++)
		sum += checkpoint->positions[i].seq;
	return sum;
}

void checkpoint_root(const struct checkpoint *checkpoint, uint8_t ret_root[32])
{
	static const char domain[] = "bices/feed-root/1";
	uint8_t octets[FEED_SEQUENCES * 40];
	for (size_t i = 0; i < FEED_SEQUENCES; i++) {
		uint8_t *at = octets + i * 40;
		for (size_t j = 0; j < 8; j++)
			at[j] = (uint8_t)(checkpoint->positions[i].seq >> 8 * (7 - j));
		memcpy(at + 8, checkpoint->positions[i].digest, 32);
	}
	const struct slice parts[] = {slice_of(domain, sizeof(domain)), SLICE_ARRAY(octets)};
	crypto_sha256_parts(parts, 2, ret_root);
}

void checkpoint_print(const struct checkpoint *checkpoint, struct buf *text)
{
	uint8_t root[32];
	checkpoint_root(checkpoint, root);
	buf_printf(text, ORIGIN "%.*s/%.*s\n%llu\n", SLICE_ARG(checkpoint->from), SLICE_ARG(checkpoint->to),
		   (unsigned long long)total(checkpoint));
	buf_put_base64(text, SLICE_ARRAY(root));
	buf_printf(text, "\ntime %llu\nepoch %llu\n", (unsigned long long)checkpoint->time,
		   (unsigned long long)checkpoint->epoch);
	for (size_t i = 0; i < FEED_SEQUENCES; i++) {
		buf_printf(text, "%s %llu ", sequence_name(i), (unsigned long long)checkpoint->positions[i].seq);
		buf_put_base64(text, SLICE_ARRAY(checkpoint->positions[i].digest));
		buf_put_octet(text, '\n');
	}
}

void checkpoint_key_id(struct slice name, const uint8_t public_key[32], uint8_t ret_id[NOTE_KEY_ID])
{
	const uint8_t separator[] = {'\n', 0x01}; /* Ed25519 */
	const struct slice parts[] = {name, SLICE_ARRAY(separator), slice_of(public_key, 32)};
	uint8_t digest[32];
	crypto_sha256_parts(parts, 3, digest);
	memcpy(ret_id, digest, NOTE_KEY_ID);
}

static void put_signature_line(struct slice name, const uint8_t signed_octets[SIGNED], struct buf *note)
{
	buf_put_text(note, DASH);
	buf_put(note, name);
	buf_put_octet(note, ' ');
	buf_put_base64(note, slice_of(signed_octets, SIGNED));
	buf_put_octet(note, '\n');
}

void checkpoint_print_note(struct slice text, struct slice name, const uint8_t public_key[32],
			   const uint8_t signature[64], struct buf *note)
{
	uint8_t signed_octets[SIGNED];
	checkpoint_key_id(name, public_key, signed_octets);
	memcpy(signed_octets + NOTE_KEY_ID, signature, 64);
	buf_put(note, text);
	buf_put_octet(note, '\n');
	put_signature_line(name, signed_octets, note);
}

/* ---- reading ---- */

/* The next line without its newline, which must be there. */
static enum err take_line(struct slice *rest, struct slice *ret_line)
{
	if (slice_find_octet(*rest, '\n') < 0)
		return ERR_MALFORMED;
	*rest = slice_split(*rest, '\n', ret_line);
	return ERR_OK;
}

static enum err take_prefixed(struct slice *rest, struct slice prefix, struct slice *ret_value)
{
	struct slice line;
	TRY(take_line(rest, &line));
	if (!slice_has_prefix(line, prefix))
		return ERR_MALFORMED;
	*ret_value = slice_skip(line, prefix.len);
	return ERR_OK;
}

static enum err parse_fixed(struct slice text, size_t len, uint8_t *ret_octets)
{
	AUTO_BUF octets = buf_make(len + 1);
	TRY(base64_decode(text, &octets));
	if (octets.len != len)
		return ERR_MALFORMED;
	memcpy(ret_octets, octets.data, len);
	return ERR_OK;
}

static enum err parse_number_line(struct slice *rest, struct slice prefix, uint64_t *ret_value)
{
	struct slice value;
	TRY(take_prefixed(rest, prefix, &value));
	return slice_parse_u64(value, ret_value);
}

static enum err parse_position(struct slice *rest, size_t sequence, struct feed_position *ret_position)
{
	static const uint8_t zero[32];
	struct slice value, number;
	TRY(take_prefixed(rest, slice_text(sequence_name(sequence)), &value));
	if (value.len == 0 || value.data[0] != ' ')
		return ERR_MALFORMED;
	struct slice digest = slice_split(slice_skip(value, 1), ' ', &number);
	TRY(slice_parse_u64(number, &ret_position->seq));
	TRY(parse_fixed(digest, 32, ret_position->digest));
	/* bounded, so that the sum of all cannot overflow */
	if (ret_position->seq > UINT64_MAX / (2 * FEED_SEQUENCES))
		return ERR_MALFORMED;
	return (ret_position->seq == 0) == (memcmp(ret_position->digest, zero, 32) == 0) ? ERR_OK : ERR_MALFORMED;
}

static bool is_name(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(s.data[i] >= 'A' && s.data[i] <= 'Z') && !(s.data[i] >= '0' && s.data[i] <= '9'))
			return false;
	return s.len > 0 && s.len <= LIMIT_NATION;
}

static enum err parse_text(struct slice text, struct checkpoint *ret_checkpoint)
{
	struct slice rest = text, origin, line;
	uint64_t size;
	TRY(take_prefixed(&rest, SLICE(ORIGIN), &origin));
	ret_checkpoint->to = slice_split(origin, '/', &ret_checkpoint->from);
	if (!is_name(ret_checkpoint->from) || !is_name(ret_checkpoint->to))
		return ERR_MALFORMED;
	TRY(parse_number_line(&rest, (struct slice){0}, &size));
	TRY(take_line(&rest, &line)); /* the root: compared as text by the caller */
	TRY(parse_number_line(&rest, SLICE("time "), &ret_checkpoint->time));
	TRY(parse_number_line(&rest, SLICE("epoch "), &ret_checkpoint->epoch));
	for (size_t i = 0; i < FEED_SEQUENCES; i++)
		TRY(parse_position(&rest, i, &ret_checkpoint->positions[i]));
	return rest.len == 0 ? ERR_OK : ERR_MALFORMED;
}

/* What was read, printed again, is the note: so root, size and every spelling are right. */
static enum err check_spelling(struct slice note, const struct checkpoint_note *read)
{
	uint8_t signed_octets[SIGNED];
	memcpy(signed_octets, read->key_id, NOTE_KEY_ID);
	memcpy(signed_octets + NOTE_KEY_ID, read->signature, 64);
	AUTO_BUF again = buf_make(2 * CHECKPOINT_TEXT_MAX);
	checkpoint_print(&read->checkpoint, &again);
	buf_put_octet(&again, '\n');
	put_signature_line(read->checkpoint.to, signed_octets, &again);
	struct slice printed = {0};
	enum err err = buf_finish(&again, &printed); /* without memory nothing was printed, which is no note */
	return slice_equal(printed, note) ? err : ERR_MALFORMED;
}

enum err checkpoint_parse(struct slice note, struct checkpoint_note *ret_note)
{
	struct checkpoint_note read = {0};
	if (note.len > CHECKPOINT_TEXT_MAX)
		return ERR_TOO_LARGE;
	size_t end = 0;
	while (end + 1 < note.len && !(note.data[end] == '\n' && note.data[end + 1] == '\n'))
		end++;
	if (end + 1 >= note.len)
		return ERR_MALFORMED;
	read.text = slice_take(note, end + 1);
	struct slice rest = slice_skip(note, end + 2), line, name;
	TRY(parse_text(read.text, &read.checkpoint));
	TRY(take_prefixed(&rest, SLICE(DASH), &line));
	struct slice base64 = slice_split(line, ' ', &name);
	uint8_t signed_octets[SIGNED];
	TRY(parse_fixed(base64, SIGNED, signed_octets));
	memcpy(read.key_id, signed_octets, NOTE_KEY_ID);
	memcpy(read.signature, signed_octets + NOTE_KEY_ID, 64);
	TRY(check_spelling(note, &read));
	*ret_note = read;
	return ERR_OK;
}
