/* Form and succession of rosters. Never trusts an order or a count that it did not check. */
#include "protocol/roster.h"

#include "crypto/crypto.h"

enum { CERTIFICATE_MAX = 16384, CLEARANCE_MAX = 65536 };

static const struct field participant_fields[] = {
	RECORD_TEXT(1, struct participant, name, LIMIT_NATION),
	RECORD_TEXT(2, struct participant, clearance, CLEARANCE_MAX),
	RECORD_UINT(3, struct participant, member),
	RECORD_FIXED(4, struct participant, originator_key),
	RECORD_FIXED(5, struct participant, release_key),
	RECORD_FIXED(6, struct participant, feed_key),
	RECORD_FIXED(7, struct participant, ledger_key),
	RECORD_BYTES(8, struct participant, seal_certificate, CERTIFICATE_MAX),
	RECORD_BYTES(9, struct participant, ca_certificate, CERTIFICATE_MAX),
	RECORD_TEXT(10, struct participant, peer_address, LIMIT_TITLE),
};
const struct schema participant_schema = RECORD_SCHEMA("participant", struct participant, participant_fields);

static const struct field signature_fields[] = {
	RECORD_TEXT(1, struct roster_signature, name, LIMIT_NATION),
	RECORD_FIXED(2, struct roster_signature, signature),
};
const struct schema roster_signature_schema = RECORD_SCHEMA("roster_signature", struct roster_signature, signature_fields);

#define SIGNED_FIELDS \
	RECORD_UINT(1, struct roster, epoch), RECORD_FIXED(2, struct roster, prev_digest), \
		RECORD_LIST(3, struct roster, participants, LIMIT_NATIONS, &participant_schema)

static const struct field roster_unsigned_fields[] = {SIGNED_FIELDS};
static const struct field roster_fields[] = {
	SIGNED_FIELDS, RECORD_LIST(4, struct roster, signatures, LIMIT_NATIONS, &roster_signature_schema)};
const struct schema roster_schema = RECORD_SCHEMA("roster", struct roster, roster_fields);
const struct schema roster_unsigned_schema = RECORD_SCHEMA("roster", struct roster, roster_unsigned_fields);

const struct participant *roster_at(const struct roster *roster, size_t index)
{
	return (const struct participant *)roster->participants.items + index;
}

static const struct roster_signature *signature_at(const struct roster *roster, size_t index)
{
	return (const struct roster_signature *)roster->signatures.items + index;
}

/* Names go into text formats and file names: upper-case letters and digits, nothing else. */
static bool name_is_sound(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!(name.data[i] >= 'A' && name.data[i] <= 'Z') && !(name.data[i] >= '0' && name.data[i] <= '9'))
			return false;
	return name.len > 0;
}

static bool shares_a_key(const struct participant *a, const struct participant *b)
{
	const uint8_t *mine[] = {a->originator_key, a->release_key, a->feed_key, a->ledger_key};
	const uint8_t *theirs[] = {b->originator_key, b->release_key, b->feed_key, b->ledger_key};
	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j < 4; j++)
			if (memcmp(mine[i], theirs[j], 32) == 0)
				return true;
	return false;
}

static enum err check_participants(const struct roster *roster, struct diag *diag)
{
	if (roster->participants.count == 0)
		return diag_fail(diag, ERR_INVALID, "the roster names no participant");
	for (size_t i = 0; i < roster->participants.count; i++) {
		const struct participant *p = roster_at(roster, i);
		if (!name_is_sound(p->name) || p->member > 1)
			return diag_fail(diag, ERR_INVALID, "participant %zu of the roster has no proper name or standing", i + 1);
		if (i > 0 && slice_compare(roster_at(roster, i - 1)->name, p->name) >= 0)
			return diag_fail(diag, ERR_INVALID, "participants of the roster are not in ascending order at %.*s",
					 SLICE_ARG(p->name));
		for (size_t j = 0; j < i; j++)
			if (shares_a_key(roster_at(roster, j), p))
				return diag_fail(diag, ERR_INVALID, "%.*s and %.*s have a key in common",
						 SLICE_ARG(roster_at(roster, j)->name), SLICE_ARG(p->name));
	}
	return ERR_OK;
}

enum err roster_open(struct slice octets, struct arena *arena, struct roster *ret_roster, struct diag *diag)
{
	struct roster roster;
	enum err err = record_decode(&roster_schema, octets, arena, &roster);
	if (err != ERR_OK)
		return diag_fail(diag, err, "the roster is not a well-formed record");
	if (roster.epoch == 0)
		return diag_fail(diag, ERR_INVALID, "the roster's epoch is 0; the first is 1");
	TRY(check_participants(&roster, diag));
	for (size_t i = 1; i < roster.signatures.count; i++)
		if (slice_compare(signature_at(&roster, i - 1)->name, signature_at(&roster, i)->name) >= 0)
			return diag_fail(diag, ERR_INVALID, "signatures of the roster are not in ascending order");
	*ret_roster = roster;
	return ERR_OK;
}

ptrdiff_t roster_index(const struct roster *roster, struct slice name)
{
	for (size_t i = 0; i < roster->participants.count; i++)
		if (slice_equal(roster_at(roster, i)->name, name))
			return (ptrdiff_t)i;
	return -1;
}

const struct participant *roster_find(const struct roster *roster, struct slice name)
{
	ptrdiff_t index = roster_index(roster, name);
	return index < 0 ? NULL : roster_at(roster, (size_t)index);
}

void roster_signed_part(const struct roster *roster, struct buf *octets)
{
	record_encode(&roster_unsigned_schema, roster, octets);
}

void roster_digest(struct slice octets, uint8_t ret_digest[32])
{
	crypto_sha256(octets, ret_digest);
}

size_t roster_count_signatures(const struct roster *roster, const struct roster *voters)
{
	AUTO_BUF octets = buf_make(LIMIT_MESSAGE);
	roster_signed_part(roster, &octets);
	struct slice signed_part;
	if (buf_finish(&octets, &signed_part) != ERR_OK)
		return 0;
	size_t count = 0;
	struct slice last = {0};
	for (size_t i = 0; i < roster->signatures.count; i++) {
		const struct roster_signature *s = signature_at(roster, i);
		const struct participant *voter = roster_find(voters, s->name);
		bool again = i > 0 && slice_compare(last, s->name) >= 0;
		last = s->name;
		if (voter && !again && signature_verify(voter->originator_key, ROSTER_DOMAIN, signed_part, s->signature))
			count++;
	}
	return count;
}

enum err roster_check_next(const struct roster *current, struct slice current_octets, const struct roster *next,
			   struct diag *diag)
{
	if (next->epoch != current->epoch + 1)
		return diag_fail(diag, ERR_INVALID, "the roster's epoch is %llu; after %llu comes %llu",
				 (unsigned long long)next->epoch, (unsigned long long)current->epoch,
				 (unsigned long long)current->epoch + 1);
	uint8_t digest[32];
	roster_digest(current_octets, digest);
	if (memcmp(digest, next->prev_digest, sizeof(digest)) != 0)
		return diag_fail(diag, ERR_INVALID, "the roster does not follow the current one");
	size_t count = roster_count_signatures(next, current), needed = current->participants.count / 2 + 1;
	if (count < needed)
		return diag_fail(diag, ERR_CRYPTO, "the roster has %zu valid signatures of current participants; it needs %zu", count,
				 needed);
	return ERR_OK;
}
