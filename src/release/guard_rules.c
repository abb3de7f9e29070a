/* Loading guard's rules and keeping count of recalls. It must never fall back to a wider rule when a part does not read. */
#include "release/guard_decide.h"

#include "crypto/crypto.h"
#include "protocol/roster.h"

enum { LENGTH_OCTETS = 4 };

static uint32_t leading_number(struct slice text)
{
	enum { DIGITS = 9 };
	uint32_t number = 0;
	text = slice_take(text, DIGITS);
	for (size_t i = 0; i < text.len && (uint8_t)(text.data[i] - '0') < 10; i++)
		number = number * 10 + (uint8_t)(text.data[i] - '0');
	return number;
}

static enum err load_policy(struct slice compiled, struct arena *arena, struct guard_rules *rules)
{
	const struct policy *policy;
	TRY(policy_open(compiled, arena, &policy));
	uint32_t version = leading_number(policy_version(policy));
	rules->policy_version = version > rules->policy_version ? version : rules->policy_version;
	return policy_set_add(rules->policies, policy);
}

static enum err load_policies(struct slice bytes, struct arena *arena, struct guard_rules *rules, struct diag *diag)
{
	crypto_sha256(bytes, rules->policy_digest);
	while (bytes.len) {
		if (bytes.len < LENGTH_OCTETS)
			return diag_fail(diag, ERR_MALFORMED, "the given policies are cut off");
		size_t len = (size_t)bytes.data[0] << 24 | (size_t)bytes.data[1] << 16 | (size_t)bytes.data[2] << 8 |
			     bytes.data[3];
		bytes = slice_skip(bytes, LENGTH_OCTETS);
		if (len > bytes.len)
			return diag_fail(diag, ERR_MALFORMED, "the given policies are cut off");
		enum err err = load_policy(slice_take(bytes, len), arena, rules);
		if (err != ERR_OK)
			return diag_fail(diag, err, "a given policy does not open: %s", err_text(err));
		bytes = slice_skip(bytes, len);
	}
	return ERR_OK;
}

static void load_nation(const struct participant *participant, struct arena *arena, struct guard_rules *rules)
{
	struct guard_nation *nation = &rules->nations[rules->count++];
	*nation = (struct guard_nation){.name = participant->name, .member = participant->member == 1};
	key_id(participant->seal_certificate, nation->key_id);
	if (clearance_parse_compact(rules->policies, participant->clearance, arena, &nation->clearance, NULL) != ERR_OK)
		nation->clearance = NULL;
}

static enum err load_roster(const struct guard_given *given, struct arena *arena, struct guard_rules *rules,
			    struct diag *diag)
{
	struct roster roster;
	TRY(roster_open(given->roster, arena, &roster, diag));
	const struct participant *participants = roster.participants.items;
	bool found = false;
	crypto_sha256(given->roster, rules->roster_digest);
	rules->roster_epoch = roster.epoch;
	rules->nations = ARENA_ARRAY(arena, roster.participants.count + 1, struct guard_nation);
	if (!rules->nations)
		return ERR_MEMORY;
	for (size_t i = 0; i < roster.participants.count; i++) {
		if (!slice_equal(participants[i].name, given->nation)) {
			load_nation(&participants[i], arena, rules);
			continue;
		}
		found = true;
		memcpy(rules->originator_key, participants[i].originator_key, sizeof(rules->originator_key));
	}
	return found ? ERR_OK : diag_fail(diag, ERR_INVALID, "the roster does not name this nation");
}

static enum err load(const struct guard_given *given, struct arena *arena, struct guard_rules *rules, struct diag *diag)
{
	TRY(load_policies(given->policies, arena, rules, diag));
	TRY(load_roster(given, arena, rules, diag));
	crypto_sha256(given->table, rules->table_digest);
	return release_table_parse(given->table, rules->policies, arena, &rules->table, diag);
}

enum err guard_rules_load(const struct guard_given *given, struct arena *arena, struct guard_rules *ret_rules,
			  struct diag *diag)
{
	struct guard_rules rules = {.nation = given->nation, .realm = given->realm, .policies = policy_set_new()};
	if (!rules.policies)
		return ERR_MEMORY;
	enum err err = load(given, arena, &rules, diag);
	if (err != ERR_OK) {
		guard_rules_done(&rules);
		return err;
	}
	*ret_rules = rules;
	return ERR_OK;
}

void guard_rules_done(struct guard_rules *rules)
{
	policy_set_free(rules->policies);
	recall_set_done(&rules->recalled);
	*rules = (struct guard_rules){0};
}

struct guard_nation *guard_find_nation(const struct guard_rules *rules, struct slice name)
{
	for (size_t i = 0; i < rules->count; i++)
		if (slice_equal(rules->nations[i].name, name))
			return &rules->nations[i];
	return NULL;
}

enum err guard_apply_record(struct guard_rules *rules, const struct ledger_record *record)
{
	uint8_t key[RECALL_KEY];
	if (record->kind == LEDGER_RECALL)
		recall_key_object(record->subject, key);
	else if (record->kind == LEDGER_WITHDRAWAL)
		recall_key_withdrawn(record->digest, record->recipient, key);
	else
		return ERR_OK;
	TRY(recall_set_put(&rules->recalled, key));
	struct guard_nation *nation = guard_find_nation(rules, record->recipient);
	if (nation)
		nation->orders++;
	return ERR_OK;
}

void guard_forget_records(struct guard_rules *rules)
{
	recall_set_done(&rules->recalled);
	for (size_t i = 0; i < rules->count; i++)
		rules->nations[i].orders = 0;
}

const struct label *guard_read_label(const struct guard_rules *rules, struct slice text, enum label_use use,
				     uint64_t now_ms, struct arena *arena)
{
	const struct label *label;
	if (label_parse_compact(rules->policies, text, arena, &label, NULL) != ERR_OK)
		return NULL;
	return label_check(label, use, now_ms, NULL) == ERR_OK ? label : NULL;
}
