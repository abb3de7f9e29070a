/* Guard's decision on a release and the records of all its decisions. It must never permit what it could not read, and
 * never trust the store's word for what a label, an originator or a recipient is. */
#include "release/guard_decide.h"

#include "crypto/crypto.h"

enum { LINK_SEALED = 1 };

/* ---- release ---- */

/* A release in hand. */
struct hand {
	const struct guard_rules *rules;
	const struct msg_release *ask;
	const struct guard_nation *nation;
	struct rendition_view view;
	struct slice type;
	const struct label **labels; /* one a portion */
	struct arena *arena;
	struct diag *diag;
};

static enum err check_origin(const struct hand *hand)
{
	const struct manifest *manifest = &hand->view.manifest;
	if (!slice_equal(manifest->originator, hand->rules->nation))
		return diag_fail(hand->diag, ERR_REFUSED, "%.*s originated this: it needs its consent",
				 SLICE_ARG(manifest->originator));
	if (!slice_equal(manifest->realm, hand->rules->realm))
		return diag_fail(hand->diag, ERR_REFUSED, "this belongs to another realm");
	if (!signature_verify(hand->rules->originator_key, "bices/manifest/1", hand->view.rendition.manifest,
			      hand->view.rendition.signature))
		return diag_fail(hand->diag, ERR_CRYPTO, "the manifest does not carry our signature");
	return ERR_OK;
}

static enum err check_recalled(const struct hand *hand)
{
	const struct recall_set *recalled = &hand->rules->recalled;
	struct slice id = hand->view.manifest.object_id;
	bool found = recall_set_has_object(recalled, id);
	for (size_t i = 0; i < hand->view.count; i++)
		found |= recall_set_has_portion(recalled, id, hand->view.portions[i].id);
	return found ? diag_fail(hand->diag, ERR_REFUSED, "it was recalled or withdrawn") : ERR_OK;
}

static enum err check_labels(struct hand *hand, uint64_t now_ms)
{
	hand->labels = ARENA_ARRAY(hand->arena, hand->view.count, const struct label *);
	if (!hand->labels)
		return ERR_MEMORY;
	for (size_t i = 0; i < hand->view.count; i++) {
		struct diag why = {0};
		struct slice text = hand->view.portions[i].label;
		hand->labels[i] = guard_read_label(hand->rules, text, LABEL_READ, now_ms, hand->arena);
		if (!hand->labels[i])
			return diag_fail(hand->diag, ERR_REFUSED, "the label %.*s is not valid under our policies",
					 SLICE_ARG(text));
		if (!hand->nation->clearance ||
		    label_decide(hand->labels[i], hand->nation->clearance, 0, &why) != VERDICT_PERMIT)
			return diag_fail(hand->diag, ERR_REFUSED, "%.*s may not have %.*s: %s",
					 SLICE_ARG(hand->nation->name), SLICE_ARG(text), why.text);
	}
	return ERR_OK;
}

static bool has_word(struct slice text, struct slice word)
{
	while (text.len) {
		struct slice one;
		text = slice_split(text, ' ', &one);
		if (slice_equal(one, word))
			return true;
	}
	return false;
}

static bool needs_two(const struct hand *hand)
{
	for (size_t i = 0; i < hand->view.count; i++)
		if (has_word(hand->view.portions[i].handling, SLICE(HANDLING_TWO_PERSON)))
			return true;
	return false;
}

static const struct release_row *row_for(const struct hand *hand, const struct label *label)
{
	struct release_case what = {hand->ask->roles, hand->type, hand->nation->name, hand->nation->member};
	return release_table_find(&hand->rules->table, &what, label);
}

/* The row under which the portion goes whose label ranks highest; NULL when one of them may not go at once. */
static const struct release_row *rule_for_all(const struct hand *hand)
{
	const struct release_row *highest = NULL;
	for (size_t i = 0; i < hand->view.count; i++) {
		const struct release_row *row = row_for(hand, hand->labels[i]);
		if (!row)
			return NULL;
		if (!highest || row->hierarchy > highest->hierarchy)
			highest = row;
	}
	return highest;
}

static bool is_writer(const struct msg_release *ask, struct slice approver)
{
	return slice_equal(approver, ask->author) || word_stands_in(ask->writers, approver);
}

static enum err check_approvers(const struct hand *hand, bool two)
{
	const struct msg_release *ask = hand->ask;
	if (!ask->approver.len)
		return diag_fail(hand->diag, ERR_REFUSED,
				 "no row lets this go at once: it waits for a release officer");
	if (is_writer(ask, ask->approver) || is_writer(ask, ask->approver2))
		return diag_fail(hand->diag, ERR_REFUSED, "nobody approves his own");
	if (slice_equal(ask->approver, ask->approver2))
		return diag_fail(hand->diag, ERR_REFUSED, "the second approver must be another person");
	if (two && !ask->approver2.len)
		return diag_fail(hand->diag, ERR_REFUSED, "a portion asks for two approvers");
	return ERR_OK;
}

static enum err find_basis(const struct hand *hand, struct token *token)
{
	bool two = needs_two(hand);
	const struct release_row *row = two ? NULL : rule_for_all(hand);
	if (!row)
		TRY(check_approvers(hand, two));
	char *basis = row ? arena_printf(hand->arena, "rule:%.*s", SLICE_ARG(row->name))
			  : arena_printf(hand->arena, "user:%.*s", SLICE_ARG(hand->ask->approver));
	if (!basis)
		return ERR_MEMORY;
	token->basis = slice_text(basis);
	token->approver2 = row ? (struct slice){0} : hand->ask->approver2;
	return token->basis.len <= TOKEN_BASIS
		       ? ERR_OK
		       : diag_fail(hand->diag, ERR_TOO_LARGE, "the approver's name is too long");
}

static void fill_token(const struct hand *hand, struct token *token)
{
	const struct guard_rules *rules = hand->rules;
	token->version = TOKEN_VERSION;
	token->node = rules->nation;
	token->originator = rules->nation;
	token->recipient = hand->nation->name;
	token->link_class = LINK_SEALED;
	token->policy_version = rules->policy_version;
	token->roster_epoch = rules->roster_epoch;
	token->control_seq = hand->nation->orders;
	memcpy(token->policy_digest, rules->policy_digest, sizeof(token->policy_digest));
	memcpy(token->recipient_key_id, hand->nation->key_id, KEY_ID);
	crypto_sha256(hand->ask->rendition, token->object_digest);
	crypto_sha256(hand->view.rendition.manifest, token->manifest_digest);
	rendition_label_digest(&hand->view, token->label_digest);
}

/* All that is still zero has its full width already, so the length is the final one. */
static enum err check_length(const struct hand *hand, const struct token *token)
{
	AUTO_BUF octets = buf_make(LIMIT_TOKEN);
	record_encode(&token_schema, token, &octets);
	if (octets.err == ERR_TOO_LARGE)
		return diag_fail(hand->diag, ERR_REFUSED,
				 "the names in its token are together too long (%d octets for all of it)", LIMIT_TOKEN);
	return octets.err;
}

static enum err open_hand(struct hand *hand)
{
	hand->nation = guard_find_nation(hand->rules, hand->ask->recipient);
	if (!hand->nation)
		return diag_fail(hand->diag, ERR_REFUSED, "the roster names no such recipient");
	if (hand->ask->rendition.len > LIMIT_OBJECT_BYTES)
		return diag_fail(hand->diag, ERR_TOO_LARGE, "the rendition is larger than %d octets",
				 LIMIT_OBJECT_BYTES);
	enum err err = rendition_open(hand->ask->rendition, hand->arena, &hand->view);
	if (err != ERR_OK)
		return diag_fail(hand->diag, err, "this is no rendition: %s", err_text(err));
	return object_id_type(hand->view.manifest.object_id, &hand->type);
}

enum err guard_decide_release(const struct guard_rules *rules, const struct msg_release *ask, uint64_t now_ms,
			      struct arena *arena, struct guard_release *ret_release, struct diag *diag)
{
	struct hand hand = {.rules = rules, .ask = ask, .arena = arena, .diag = diag};
	struct guard_release release = {0};
	TRY(open_hand(&hand));
	TRY(check_origin(&hand));
	TRY(check_recalled(&hand));
	TRY(check_labels(&hand, now_ms));
	TRY(find_basis(&hand, &release.token));
	fill_token(&hand, &release.token);
	TRY(check_length(&hand, &release.token));
	release.object_id = hand.view.manifest.object_id;
	release.portions = hand.view.count;
	*ret_release = release;
	return ERR_OK;
}

/* ---- records ---- */

struct ledger_record guard_record_publish(const struct msg_publish *ask, const struct guard_publication *made,
					  uint64_t at)
{
	struct ledger_record record = {
		.kind = LEDGER_PUBLISH, .at = at, .actor = ask->author, .subject = ask->object_id};
	memcpy(record.digest, made->digest, sizeof(record.digest));
	return record;
}

struct ledger_record guard_record_release(const struct msg_release *ask, const struct guard_release *made, uint64_t at)
{
	struct ledger_record record = {.kind = LEDGER_RELEASE,
				       .at = at,
				       .actor = ask->author,
				       .subject = made->object_id,
				       .recipient = made->token.recipient,
				       .basis = made->token.basis,
				       .label_digest = SLICE_ARRAY(made->token.label_digest)};
	memcpy(record.digest, made->token.object_digest, sizeof(record.digest));
	return record;
}

struct ledger_record guard_record_denied(const struct msg_release *ask, struct slice object_id, struct slice reason,
					 uint64_t at)
{
	struct ledger_record record = {.kind = LEDGER_RELEASE_DENIED,
				       .at = at,
				       .actor = ask->author,
				       .subject = object_id,
				       .recipient = ask->recipient,
				       .basis = reason};
	crypto_sha256(ask->rendition, record.digest);
	return record;
}

struct ledger_record guard_record_order(const struct msg_order *ask, struct slice nation, const uint8_t *portion_id,
					uint64_t at)
{
	struct ledger_record record = {.kind = portion_id ? LEDGER_WITHDRAWAL : LEDGER_RECALL,
				       .at = at,
				       .actor = ask->user,
				       .subject = ask->object_id,
				       .recipient = nation,
				       .basis = ask->reason};
	if (portion_id)
		recall_key_portion(ask->object_id, portion_id, record.digest);
	return record;
}
