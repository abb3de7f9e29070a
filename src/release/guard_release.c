/* A release in octets: what they say is found out, decided (guard_decide.c), and put into a token. It must never trust
 * the store's word for what a label, an originator or a recipient is. */
#include "release/guard_decide.h"

#include "crypto/crypto.h"

enum { LINK_SEALED = 1 };

struct hand {
	const struct guard_rules *rules;
	const struct msg_release *ask;
	struct rendition_view view;
	struct slice type;
	struct guard_release *release;
	struct arena *arena;
	struct diag *diag;
};

/* ---- what the octets say ---- */

static enum err check_precedence(struct hand *hand)
{
	return hand->ask->precedence < LANE_COUNT ? ERR_OK : diag_fail(hand->diag, ERR_MALFORMED, "no such precedence");
}

static enum err check_size(struct hand *hand)
{
	return hand->ask->rendition.len <= LIMIT_OBJECT_BYTES
		       ? ERR_OK
		       : diag_fail(hand->diag, ERR_TOO_LARGE, "the rendition is larger than %d octets",
				 LIMIT_OBJECT_BYTES);
}

static bool asks_for_two(const struct rendition_view *view)
{
	for (size_t i = 0; i < view->count; i++)
		if (word_stands_in(view->portions[i].handling, SLICE(HANDLING_TWO_PERSON)))
			return true;
	return false;
}

static enum err check_rendition(struct hand *hand)
{
	enum err err = rendition_open(hand->ask->rendition, hand->arena, &hand->view);
	if (err == ERR_OK)
		err = object_id_type(hand->view.manifest.object_id, &hand->type);
	if (err != ERR_OK)
		return diag_fail(hand->diag, err, "this is no rendition: %s", err_text(err));
	hand->release->object_id = hand->view.manifest.object_id;
	hand->release->portions = hand->view.count;
	hand->release->two_persons = asks_for_two(&hand->view);
	rendition_label_digest(&hand->view, hand->release->token.label_digest);
	return ERR_OK;
}

static enum err check_originator(struct hand *hand)
{
	struct slice originator = hand->view.manifest.originator;
	return slice_equal(originator, hand->rules->nation)
		       ? ERR_OK
		       : diag_fail(hand->diag, ERR_REFUSED, "%.*s originated this: it needs its consent",
				 SLICE_ARG(originator));
}

static enum err check_realm(struct hand *hand)
{
	return slice_equal(hand->view.manifest.realm, hand->rules->realm)
		       ? ERR_OK
		       : diag_fail(hand->diag, ERR_REFUSED, "this belongs to another realm");
}

static enum err check_signature(struct hand *hand)
{
	const struct rendition *rendition = &hand->view.rendition;
	return signature_verify(
		       hand->rules->originator_key, MANIFEST_DOMAIN, rendition->manifest, rendition->signature)
		       ? ERR_OK
		       : diag_fail(hand->diag, ERR_CRYPTO, "the manifest does not carry our signature");
}

static enum err check_recalled(struct hand *hand)
{
	const struct recall_set *recalled = &hand->rules->recalled;
	struct slice id = hand->view.manifest.object_id;
	bool found = recall_set_has_object(recalled, id);
	for (size_t i = 0; i < hand->view.count; i++)
		found |= recall_set_has_portion(recalled, id, hand->view.portions[i].id, hand->ask->recipient);
	return found ? diag_fail(hand->diag, ERR_REFUSED, "it was recalled, or withdrawn from this nation") : ERR_OK;
}

static enum err check_roles(struct hand *hand)
{
	return hand->ask->roles.len <= LEDGER_ROLES
		       ? ERR_OK
		       : diag_fail(hand->diag, ERR_REFUSED, "the names of the author's roles are together too long");
}

static const struct step {
	enum err (*check)(struct hand *hand);
	enum guard_ground ground;
} steps[] = {
	{check_precedence, GROUND_PRECEDENCE},
	{check_size, GROUND_TOO_LARGE},
	{check_rendition, GROUND_NO_RENDITION},
	{check_originator, GROUND_ORIGINATOR},
	{check_realm, GROUND_REALM},
	{check_signature, GROUND_SIGNATURE},
	{check_recalled, GROUND_RECALLED},
	{check_roles, GROUND_NAMES},
};

/* ---- the decision ---- */

static void fill_token(const struct hand *hand, const struct guard_verdict *verdict)
{
	const struct guard_rules *rules = hand->rules;
	struct token *token = &hand->release->token;
	token->version = TOKEN_VERSION;
	token->node = rules->nation;
	token->originator = rules->nation;
	token->recipient = verdict->nation->name;
	token->link_class = LINK_SEALED;
	token->policy_version = rules->policy_version;
	token->roster_epoch = rules->roster_epoch;
	token->control_seq = verdict->nation->orders;
	token->basis = verdict->basis;
	token->approver2 = verdict->approver2;
	memcpy(token->policy_digest, rules->policy_digest, sizeof(token->policy_digest));
	memcpy(token->recipient_key_id, verdict->nation->key_id, KEY_ID);
	crypto_sha256(hand->view.rendition.manifest, token->manifest_digest);
}

/* All that is still zero has its full width already, so the length is the final one. */
static enum err check_length(struct hand *hand)
{
	AUTO_BUF octets = buf_make(LIMIT_TOKEN);
	record_encode(&token_schema, &hand->release->token, &octets);
	if (octets.err == ERR_OK)
		return ERR_OK;
	hand->release->verdict = VERDICT_DENY;
	if (octets.err != ERR_TOO_LARGE)
		return octets.err;
	hand->release->ground = GROUND_NAMES;
	return diag_fail(hand->diag, ERR_REFUSED,
		"the names in its token are together too long (%d octets for all of it)", LIMIT_TOKEN);
}

static enum err decide(struct hand *hand, uint64_t now_ms)
{
	const struct msg_release *ask = hand->ask;
	struct slice *labels = ARENA_ARRAY(hand->arena, hand->view.count, struct slice);
	struct guard_verdict verdict = {0};
	if (!labels)
		return ERR_MEMORY;
	for (size_t i = 0; i < hand->view.count; i++)
		labels[i] = hand->view.portions[i].label;
	struct guard_facts facts = {.recipient = ask->recipient,
		.author = ask->author,
		.roles = ask->roles,
		.type = hand->type,
		.approver = ask->approver,
		.approver2 = ask->approver2,
		.writers = ask->writers,
		.labels = labels,
		.count = hand->view.count,
		.two_persons = hand->release->two_persons};
	TRY(guard_decide(hand->rules, &facts, now_ms, hand->arena, &verdict, hand->diag));
	hand->release->verdict = verdict.verdict;
	hand->release->ground = verdict.ground;
	if (verdict.verdict != VERDICT_PERMIT)
		return ERR_REFUSED;
	fill_token(hand, &verdict);
	return check_length(hand);
}

enum err guard_decide_release(const struct guard_rules *rules, const struct msg_release *ask, uint64_t now_ms,
	struct arena *arena, struct guard_release *ret_release, struct diag *diag)
{
	struct hand hand = {.rules = rules, .ask = ask, .release = ret_release, .arena = arena, .diag = diag};
	*ret_release = (struct guard_release){0};
	crypto_sha256(ask->rendition, ret_release->token.object_digest);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		enum err err = steps[i].check(&hand);
		if (err == ERR_OK)
			continue;
		ret_release->ground = err == ERR_MEMORY ? GROUND_NONE : steps[i].ground;
		return err;
	}
	return decide(&hand, now_ms);
}
