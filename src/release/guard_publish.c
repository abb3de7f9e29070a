/* Guard's plan (who may have what) and its last look at an object before the manifest is signed. It must never sign
 * a portion whose label it could not read, and never reuse a salt or a decoy. */
#include "release/guard_decide.h"

#include "crypto/crypto.h"

enum { NOISE = 64 };

/* ---- plan ---- */

static enum plan_answer answer(const struct guard_rules *rules, const struct msg_plan *ask, const struct label *label,
			       const struct guard_nation *nation)
{
	if (!label || !nation->clearance || label_decide(label, nation->clearance, 0, NULL) != VERDICT_PERMIT)
		return PLAN_NEVER;
	struct release_case what = {ask->roles, ask->type, nation->name, nation->member};
	if (release_table_needs_two(&rules->table, &what, label))
		return PLAN_WAITS_TWO;
	return release_table_find(&rules->table, &what, label) ? PLAN_AT_ONCE : PLAN_WAITS;
}

static enum plan_answer below_head(enum plan_answer head, enum plan_answer own)
{
	if (own == PLAN_NEVER)
		return PLAN_NEVER;
	if (head == PLAN_NEVER)
		return PLAN_HEAD_DENIED;
	return head == PLAN_WAITS_TWO || own == PLAN_AT_ONCE ? head : own;
}

enum err guard_plan(const struct guard_rules *rules, const struct msg_plan *ask, uint64_t now_ms, struct arena *arena,
		    struct msg_plan_done *ret_plan)
{
	const struct label_item *labels = ask->labels.items;
	size_t rows = ask->labels.count, columns = rules->count;
	if (rows > LIMIT_PORTIONS)
		return ERR_TOO_LARGE;
	struct nation_item *nations = ARENA_ARRAY(arena, columns, struct nation_item);
	uint8_t *answers = ARENA_ARRAY(arena, rows * columns, uint8_t);
	if (!nations || !answers)
		return ERR_MEMORY;
	for (size_t j = 0; j < columns; j++)
		nations[j].name = rules->nations[j].name;
	for (size_t i = 0; i < rows; i++) {
		const struct label *label = guard_read_label(rules, labels[i].label, LABEL_NEW, now_ms, arena);
		for (size_t j = 0; j < columns; j++) {
			enum plan_answer own = answer(rules, ask, label, &rules->nations[j]);
			answers[i * columns + j] = (uint8_t)(i ? below_head(answers[j], own) : own);
		}
	}
	*ret_plan = (struct msg_plan_done){{nations, columns}, slice_of(answers, rows * columns)};
	return ERR_OK;
}

/* ---- publish ---- */

static enum err check_portion(const struct guard_rules *rules, const struct portion *portion, uint64_t now_ms, struct arena *arena,
			      struct diag *diag)
{
	const struct label *label;
	if (portion_check(portion) != ERR_OK)
		return diag_fail(diag, ERR_MALFORMED, "a portion is not well formed");
	if (slice_is_zero(SLICE_ARRAY(portion->id)) || !portion->changed)
		return diag_fail(diag, ERR_MALFORMED, "a portion has no id or no time of change");
	TRY(label_parse_compact(rules->policies, portion->label, arena, &label, diag));
	AUTO_BUF reasons = buf_make(LIMIT_LABEL_TEXT);
	enum err err = label_check(label, LABEL_NEW, now_ms, &reasons);
	if (err != ERR_OK)
		return diag_fail(diag, err, "the label %.*s is not valid: %.*s", SLICE_ARG(portion->label),
				 SLICE_ARG(buf_slice(&reasons)));
	return ERR_OK;
}

static bool has_id_before(const struct portion *portions, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (memcmp(portions[i].id, portions[index].id, PORTION_ID) == 0)
			return true;
	return false;
}

static enum err check_portions(const struct guard_rules *rules, const struct msg_publish *ask, uint64_t now_ms,
			       struct arena *arena, struct slice *encoded, struct diag *diag)
{
	size_t count = ask->portions.count;
	const struct portion_item *items = ask->portions.items;
	struct portion *portions = ARENA_ARRAY(arena, count, struct portion);
	if (!portions)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		encoded[i] = items[i].portion;
		if (record_decode(&portion_schema, encoded[i], arena, &portions[i]) != ERR_OK)
			return diag_fail(diag, ERR_MALFORMED, "a portion does not decode");
		TRY(check_portion(rules, &portions[i], now_ms, arena, diag));
		if ((portions[i].kind == PORTION_HEAD) != (i == 0))
			return diag_fail(diag, ERR_MALFORMED, "an object has exactly one head, and it comes first");
		if (has_id_before(portions, i))
			return diag_fail(diag, ERR_MALFORMED, "two portions have the same id");
	}
	return ERR_OK;
}

static enum err check_publish(const struct guard_rules *rules, const struct msg_publish *ask, struct diag *diag)
{
	if (!slice_equal(ask->realm, rules->realm))
		return diag_fail(diag, ERR_REFUSED, "this node publishes in the realm %.*s only",
				 SLICE_ARG(rules->realm));
	if (recall_set_has_object(&rules->recalled, ask->object_id))
		return diag_fail(diag, ERR_REFUSED, "the object was recalled; a corrected text needs a new id");
	if (!ask->portions.count || ask->portions.count > LIMIT_PORTIONS)
		return diag_fail(diag, ERR_TOO_LARGE, "an object has 1 to %d portions", LIMIT_PORTIONS);
	return ERR_OK;
}

static enum err make_manifest(const struct guard_rules *rules, const struct msg_publish *ask,
			      const struct slice *encoded, struct arena *arena, struct guard_publication *made)
{
	struct slice type;
	size_t count = ask->portions.count, slots;
	TRY(object_id_type(ask->object_id, &type));
	TRY(manifest_slots(type, count, &slots));
	uint8_t *salts = arena_alloc(arena, count, SALT), *noise = arena_alloc(arena, slots - count, NOISE);
	if (!salts || !noise)
		return ERR_MEMORY;
	crypto_random(salts, count * SALT);
	crypto_random(noise, (slots - count) * NOISE);
	struct manifest head = {.format = MANIFEST_FORMAT,
				.originator = rules->nation,
				.realm = rules->realm,
				.object_id = ask->object_id,
				.issued = made->issued};
	AUTO_BUF buf = buf_make(LIMIT_OBJECT_BYTES);
	TRY(manifest_make(&head, encoded, salts, count, noise, slots, &buf));
	crypto_sha256(buf_slice(&buf), made->digest);
	made->salts = slice_of(salts, count * SALT);
	return arena_copy(arena, buf_slice(&buf), &made->manifest);
}

enum err guard_publish(const struct guard_rules *rules, const struct msg_publish *ask, uint64_t now_ms,
		       struct arena *arena, struct guard_publication *ret_publication, struct diag *diag)
{
	TRY(check_publish(rules, ask, diag));
	struct slice *encoded = ARENA_ARRAY(arena, ask->portions.count, struct slice);
	if (!encoded)
		return ERR_MEMORY;
	TRY(check_portions(rules, ask, now_ms, arena, encoded, diag));
	struct guard_publication made = {.issued = now_ms > ask->after ? now_ms : ask->after + 1};
	enum err err = make_manifest(rules, ask, encoded, arena, &made);
	if (err != ERR_OK)
		return diag_fail(diag, err, "no manifest can be made for %.*s: %s", SLICE_ARG(ask->object_id),
				 err_text(err));
	*ret_publication = made;
	return ERR_OK;
}
