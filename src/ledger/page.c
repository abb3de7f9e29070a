/* Encoding of head page and groups. Must never accept two forms of one content: whatever is not content is zero. */
#include "ledger/page.h"

enum { MAGIC_LEN = 16, HEAD_FIXED = MAGIC_LEN + 32 + 8 + 2, GROUP_VERSION = 1 };

static const uint8_t magic[MAGIC_LEN] = "bices-ledger/1\n";
static const char head_domain[] = "bices/ledger-head/1";

static void put_number(uint8_t *at, uint64_t value, size_t octets)
{
	for (size_t i = octets; i > 0; i--, value >>= 8)
		at[i - 1] = (uint8_t)value;
}

static uint64_t get_number(const uint8_t *at, size_t octets)
{
	uint64_t value = 0;
	for (size_t i = 0; i < octets; i++)
		value = value << 8 | at[i];
	return value;
}

enum err head_encode(const struct ledger_head *head, const struct signing_key *key, uint8_t ret_page[PAGE])
{
	uint8_t page[PAGE] = {0};
	size_t len = HEAD_FIXED + head->origin.len;
	if (head->origin.len == 0 || head->origin.len > NOTE_NAME)
		return ERR_INVALID;
	memcpy(page, magic, MAGIC_LEN);
	memcpy(page + MAGIC_LEN, head->public_key, 32);
	put_number(page + MAGIC_LEN + 32, head->created, 8);
	put_number(page + MAGIC_LEN + 40, head->origin.len, 2);
	memcpy(page + HEAD_FIXED, head->origin.data, head->origin.len);
	TRY(signing_key_sign(key, head_domain, slice_of(page, len), page + len));
	memcpy(ret_page, page, PAGE);
	return ERR_OK;
}

enum err head_decode(const uint8_t page[PAGE], struct ledger_head *ret_head)
{
	struct ledger_head head;
	size_t origin_len = get_number(page + MAGIC_LEN + 40, 2), len = HEAD_FIXED + origin_len;
	if (memcmp(page, magic, MAGIC_LEN) != 0 || origin_len == 0 || origin_len > NOTE_NAME ||
	    !slice_is_zero(slice_of(page + len + 64, PAGE - len - 64)))
		return ERR_MALFORMED;
	memcpy(head.public_key, page + MAGIC_LEN, 32);
	head.created = get_number(page + MAGIC_LEN + 32, 8);
	head.origin = slice_of(page + HEAD_FIXED, origin_len);
	if (!signature_verify(head.public_key, head_domain, slice_of(page, len), page + len))
		return ERR_CRYPTO;
	*ret_head = head;
	return ERR_OK;
}

static enum err entry_decode(struct slice *rest, struct ledger_entry *ret_entry)
{
	if (rest->len < ENTRY_HEAD)
		return ERR_MALFORMED;
	size_t len = get_number(rest->data, 2);
	if (len <= LEDGER_SALT || len > LEDGER_SALT + LEDGER_RECORD_MAX || len > rest->len - 2)
		return ERR_MALFORMED;
	ret_entry->salted = slice_of(rest->data + 2, len);
	ret_entry->record = slice_skip(ret_entry->salted, LEDGER_SALT);
	*rest = slice_skip(*rest, 2 + len);
	return ERR_OK;
}

enum err group_decode(struct slice rest, struct group *ret_group)
{
	if (rest.len < 2 || get_number(rest.data, 2) == 0)
		return slice_is_zero(rest) ? ERR_NOT_FOUND : ERR_MALFORMED;
	size_t len = get_number(rest.data, 2);
	if (len < GROUP_MIN || len > rest.len || rest.data[2] != GROUP_VERSION || rest.data[3] == 0)
		return ERR_MALFORMED;
	struct slice entries = slice_of(rest.data + GROUP_HEAD, len - GROUP_HEAD - GROUP_SIGNATURE);
	ret_group->count = 0;
	for (size_t i = 0; i < rest.data[3]; i++) {
		TRY(entry_decode(&entries, &ret_group->entries[i]));
		ret_group->count++;
	}
	if (entries.len != 0)
		return ERR_MALFORMED;
	ret_group->len = len;
	ret_group->signature = rest.data + len - GROUP_SIGNATURE;
	return ERR_OK;
}

void group_begin(struct group_writer *writer, size_t room)
{
	*writer = (struct group_writer){.len = GROUP_HEAD, .room = room};
}

bool group_fits(const struct group_writer *writer, size_t record_len)
{
	return writer->count < GROUP_ENTRIES && writer->len + ENTRY_HEAD + record_len + GROUP_SIGNATURE <= writer->room;
}

void group_add(struct group_writer *writer, const uint8_t salt[LEDGER_SALT], struct slice record)
{
	uint8_t *at = writer->octets + writer->len;
	put_number(at, LEDGER_SALT + record.len, 2);
	memcpy(at + 2, salt, LEDGER_SALT);
	memcpy(at + ENTRY_HEAD, record.data, record.len);
	writer->len += ENTRY_HEAD + record.len;
	writer->count++;
}

void group_end(struct group_writer *writer, const uint8_t signature[GROUP_SIGNATURE])
{
	memcpy(writer->octets + writer->len, signature, GROUP_SIGNATURE);
	writer->len += GROUP_SIGNATURE;
	put_number(writer->octets, writer->len, 2);
	writer->octets[2] = GROUP_VERSION;
	writer->octets[3] = (uint8_t)writer->count;
}
