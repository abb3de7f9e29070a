/* The fourteen checks, one small function each. They must never call the label room or guard's code, and a check that
 * cannot be made denies. spec: trust 2.3 */
#include "release/seal_check.h"

#include "crypto/crypto.h"
#include "release/seal_label.h"
#include "release/seal_table.h"

static enum verdict permit_if(bool holds)
{
	return holds ? VERDICT_PERMIT : VERDICT_DENY;
}

static bool is_digest_of(const uint8_t digest[32], struct slice octets)
{
	uint8_t own[32];
	crypto_sha256(octets, own);
	return memcmp(own, digest, sizeof(own)) == 0;
}

/* ---- decoding ---- */

static enum err decode_portions(const struct rendition *rendition, struct arena *arena, struct portion **ret_portions)
{
	const struct disclosed *disclosed = rendition->disclosed.items;
	struct portion *portions = ARENA_ARRAY(arena, rendition->disclosed.count, struct portion);
	if (!portions)
		return ERR_MEMORY;
	for (size_t i = 0; i < rendition->disclosed.count; i++)
		TRY(record_decode(&portion_schema, disclosed[i].portion, arena, &portions[i]));
	*ret_portions = portions;
	return ERR_OK;
}

enum err seal_case_open(struct seal_case *at, struct arena *arena)
{
	if (at->token_octets.len > LIMIT_TOKEN || at->body.len > LIMIT_OBJECT_BYTES)
		return ERR_TOO_LARGE;
	TRY(record_decode(&token_schema, at->token_octets, arena, &at->token));
	TRY(record_decode(&rendition_schema, at->body, arena, &at->rendition));
	TRY(record_decode(&manifest_schema, at->rendition.manifest, arena, &at->manifest));
	at->count = at->rendition.disclosed.count;
	if (!at->count)
		return ERR_MALFORMED;
	at->recorded = (struct ledger_record){0};
	if (at->record.len && record_decode(&ledger_record_schema, at->record, arena, &at->recorded) != ERR_OK)
		return ERR_MALFORMED;
	return decode_portions(&at->rendition, arena, &at->portions);
}

/* ---- token and octets ---- */

static bool token_is_signed(const struct token *token, const uint8_t key[32])
{
	AUTO_BUF signed_octets = buf_make(LIMIT_TOKEN);
	record_encode(&token_unsigned_schema, token, &signed_octets);
	struct slice octets;
	return buf_finish(&signed_octets, &octets) == ERR_OK &&
	       signature_verify(key, TOKEN_DOMAIN, octets, token->signature);
}

static enum verdict check_signature(const struct seal_case *at)
{
	return permit_if(at->token.version == TOKEN_VERSION &&
			 token_is_signed(&at->token, at->state->self->release_key));
}

/* Each disclosed portion has the digest of a slot, and each slot serves once. */
static bool are_disclosed_from(const struct manifest *manifest, const struct rendition *rendition)
{
	const struct disclosed *disclosed = rendition->disclosed.items;
	size_t slots = manifest->digests.len / DIGEST;
	uint8_t issued[8];
	bool used[LIMIT_PORTIONS] = {false};
	if (manifest->digests.len % DIGEST || slots > LIMIT_PORTIONS)
		return false;
	for (size_t i = 0; i < sizeof(issued); i++)
		issued[i] = (uint8_t)(manifest->issued >> (56 - 8 * i));
	for (size_t i = 0; i < rendition->disclosed.count; i++) {
		const struct slice parts[] = {slice_of("bices/portion/1", 16), SLICE_ARRAY(disclosed[i].salt),
					      manifest->object_id, SLICE_ARRAY(issued), disclosed[i].portion};
		uint8_t digest[DIGEST];
		size_t slot = 0;
		crypto_sha256_parts(parts, 5, digest);
		while (slot < slots && memcmp(manifest->digests.data + slot * DIGEST, digest, DIGEST) != 0)
			slot++;
		if (slot == slots || used[slot])
			return false;
		used[slot] = true;
	}
	return true;
}

static enum verdict check_octets(const struct seal_case *at)
{
	return permit_if(is_digest_of(at->token.object_digest, at->body) &&
			 is_digest_of(at->token.manifest_digest, at->rendition.manifest) &&
			 are_disclosed_from(&at->manifest, &at->rendition));
}

/* ---- labels ---- */

/* SHA-256 over the labels, each behind its length. */
static bool is_label_digest(const uint8_t digest[32], const struct portion *portions, size_t count)
{
	AUTO_BUF all = buf_make((size_t)LIMIT_PORTIONS * (LIMIT_LABEL_TEXT + 4));
	struct slice octets;
	for (size_t i = 0; i < count; i++) {
		size_t len = portions[i].label.len;
		const uint8_t length[4] = {(uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
					   (uint8_t)len};
		if (!seal_label_is_canonical(portions[i].label))
			return false;
		buf_put(&all, SLICE_ARRAY(length));
		buf_put(&all, portions[i].label);
	}
	return buf_finish(&all, &octets) == ERR_OK && is_digest_of(digest, octets);
}

static enum verdict check_labels(const struct seal_case *at)
{
	return permit_if(is_label_digest(at->token.label_digest, at->portions, at->count));
}

typedef enum verdict label_rule(struct slice label, struct slice clearance);

static enum verdict every_label(const struct seal_case *at, label_rule *rule)
{
	if (!at->state->peer)
		return VERDICT_DENY;
	for (size_t i = 0; i < at->count; i++)
		if (rule(at->portions[i].label, at->state->peer->clearance) != VERDICT_PERMIT)
			return VERDICT_DENY;
	return VERDICT_PERMIT;
}

static enum verdict check_level(const struct seal_case *at)
{
	return every_label(at, seal_label_level);
}

static enum verdict check_tags(const struct seal_case *at)
{
	return every_label(at, seal_label_tags);
}

/* ---- recipient, origin, roster ---- */

static bool is_key_of(const uint8_t key_id[KEY_ID], const struct participant *participant)
{
	uint8_t digest[32];
	crypto_sha256(participant->seal_certificate, digest);
	return memcmp(digest, key_id, KEY_ID) == 0;
}

static enum verdict check_recipient(const struct seal_case *at)
{
	const struct participant *peer = at->state->peer;
	return permit_if(peer && peer != at->state->self && slice_equal(at->token.recipient, at->recipient) &&
			 slice_equal(at->token.recipient, peer->name) && is_key_of(at->token.recipient_key_id, peer));
}

/* Consent of another originator is not yet an accepted ground: a token that names one is refused. */
static bool names_us(const struct seal_case *at)
{
	const struct slice names[] = {at->token.node, at->token.originator, at->manifest.originator};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!slice_equal(names[i], at->state->self->name))
			return false;
	return slice_equal(at->manifest.realm, at->state->realm) &&
	       slice_is_zero(SLICE_ARRAY(at->token.consent_digest));
}

static enum verdict check_originator(const struct seal_case *at)
{
	const struct rendition *rendition = &at->rendition;
	return permit_if(names_us(at) && signature_verify(at->state->self->originator_key, MANIFEST_DOMAIN,
							  rendition->manifest, rendition->signature));
}

static enum verdict check_roster(const struct seal_case *at)
{
	return permit_if(at->token.roster_epoch == at->state->roster_epoch);
}

/* ---- recall, epoch, time ---- */

static enum verdict check_recall(const struct seal_case *at)
{
	if (at->token.control_seq < at->state->orders ||
	    recall_set_has_object(at->state->recalled, at->manifest.object_id))
		return VERDICT_DENY;
	for (size_t i = 0; i < at->count; i++)
		if (recall_set_has_portion(at->state->recalled, at->manifest.object_id, at->portions[i].id, at->recipient))
			return VERDICT_DENY;
	return VERDICT_PERMIT;
}

static enum verdict check_fencing(const struct seal_case *at)
{
	return permit_if(at->state->fencing_epoch && at->token.fencing_epoch == at->state->fencing_epoch);
}

static enum verdict check_time(const struct seal_case *at)
{
	return permit_if(at->token.issued <= at->state->now_ms && at->state->now_ms <= at->token.not_after &&
			 at->token.counter > at->state->last_counter);
}

/* The record is of this very decision: a proof of any other record proves nothing. */
static bool is_recorded(const struct seal_case *at)
{
	const struct ledger_record *record = &at->recorded;
	const struct token *token = &at->token;
	return record->kind == LEDGER_RELEASE && slice_equal(record->subject, at->manifest.object_id) &&
	       slice_equal(record->recipient, token->recipient) && slice_equal(record->basis, token->basis) &&
	       memcmp(record->digest, token->object_digest, sizeof(record->digest)) == 0 &&
	       slice_equal(record->label_digest, SLICE_ARRAY(token->label_digest)) && record->rules == token->fencing_epoch &&
	       (!token->approver2.len || slice_equal(record->approver2, token->approver2));
}

static enum verdict check_ledger(const struct seal_case *at)
{
	struct seal_proof proof = {.checkpoint = at->checkpoint,
				   .proof = at->proof,
				   .index = at->token.ledger_index,
				   .size = at->token.ledger_size,
				   .nation = at->state->self->name,
				   .held = at->state->ledger};
	if (at->token.ledger_index != at->ledger_index || !is_recorded(at))
		return VERDICT_DENY;
	proof.record = at->record;
	memcpy(proof.salt, at->salt, sizeof(proof.salt));
	memcpy(proof.key, at->state->self->ledger_key, sizeof(proof.key));
	return seal_ledger_proves(&proof);
}

/* ---- size, approval ---- */

static enum verdict check_size(const struct seal_case *at)
{
	return permit_if(at->token_octets.len <= LIMIT_TOKEN && at->body.len <= LIMIT_OBJECT_BYTES &&
			 at->count <= LIMIT_PORTIONS);
}

static bool asks_for_two(struct slice handling)
{
	while (handling.len) {
		struct slice word;
		handling = slice_split(handling, ' ', &word);
		if (slice_equal(word, SLICE("TWO-PERSON")))
			return true;
	}
	return false;
}

static bool needs_two(const struct seal_case *at)
{
	const struct participant *peer = at->state->peer;
	struct seal_table_case what = {.recipient = at->recipient, .member = peer && peer->member == 1};
	if (object_id_type(at->manifest.object_id, &what.type) != ERR_OK)
		return true;
	for (size_t i = 0; i < at->count; i++)
		if (asks_for_two(at->portions[i].handling) ||
		    seal_table_needs_two(at->state->table, &what, at->portions[i].label))
			return true;
	return false;
}

static enum verdict check_approval(const struct seal_case *at)
{
	struct slice basis = at->token.basis, second = at->token.approver2;
	bool by_user = slice_has_prefix(basis, SLICE("user:")) && basis.len > 5;
	bool by_rule = slice_has_prefix(basis, SLICE("rule:")) && basis.len > 5;
	bool two = by_user && second.len && !slice_equal(slice_skip(basis, 5), second);
	if (!two && (second.len || needs_two(at)))
		return VERDICT_DENY;
	return permit_if(by_user || by_rule);
}

const struct seal_check seal_checks[SEAL_CHECKS] = {
	{1, "signature of the release key", check_signature, false},
	{2, "digests of the octets in hand", check_octets, false},
	{3, "labels as signed", check_labels, false},
	{4, "level within the peer's ceiling", check_level, false},
	{5, "tags of the peer", check_tags, false},
	{6, "recipient and its pinned key", check_recipient, false},
	{7, "originator", check_originator, false},
	{8, "roster epoch", check_roster, true},
	{9, "recalls", check_recall, true},
	{10, "fencing epoch", check_fencing, true},
	{11, "validity and counter", check_time, true},
	{12, "inclusion in the ledger", check_ledger, true},
	{13, "size", check_size, false},
	{14, "approval", check_approval, false},
};

const struct seal_check *seal_check_all(const struct seal_case *at)
{
	for (size_t i = 0; i < SEAL_CHECKS; i++)
		if (seal_checks[i].check(at) != VERDICT_PERMIT)
			return &seal_checks[i];
	return NULL;
}

/* ---- at the recipient ---- */

static bool is_for_us(const struct admit_case *at, const struct token *token)
{
	const struct seal_state *state = at->state;
	return slice_equal(token->node, state->peer->name) && slice_equal(token->originator, state->peer->name) &&
	       slice_is_zero(SLICE_ARRAY(token->consent_digest)) &&
	       slice_equal(token->recipient, state->self->name) && is_key_of(token->recipient_key_id, state->self);
}

static bool is_in_time(const struct admit_case *at, const struct token *token)
{
	uint64_t sent = at->frame->sent, now = at->state->now_ms;
	return sent >= token->issued && sent <= token->not_after && now <= token->not_after &&
	       token->issued <= now + SEAL_CLOCK_SLACK_MS;
}

enum verdict seal_admits(const struct admit_case *at, struct arena *arena)
{
	struct seal_case in = {.token_octets = at->frame->release_token, .body = at->body};
	if (seal_case_open(&in, arena) != ERR_OK || in.token.version != TOKEN_VERSION)
		return VERDICT_DENY;
	return permit_if(token_is_signed(&in.token, at->state->peer->release_key) && is_for_us(at, &in.token) &&
			 is_in_time(at, &in.token) && is_digest_of(at->frame->object_digest, at->body) &&
			 is_label_digest(in.token.label_digest, in.portions, in.count) &&
			 check_octets(&in) == VERDICT_PERMIT &&
			 slice_equal(in.manifest.originator, at->state->peer->name) &&
			 slice_equal(in.manifest.realm, at->state->realm) &&
			 signature_verify(at->state->peer->originator_key, MANIFEST_DOMAIN, in.rendition.manifest,
					  in.rendition.signature) &&
			 !recall_set_has_object(at->state->recalled, in.manifest.object_id));
}
