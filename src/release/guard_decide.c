/* Guard's decision on a release, out of facts and rules and nothing else: whoever has both decides the same. It must
 * never permit what it could not read. */
#include "release/guard_decide.h"

/* ---- grounds ---- */

static const char *const ground_names[] = {"",
#define X(name, text) text,
	GUARD_GROUNDS(X)
#undef X
};
enum { GROUND_COUNT = sizeof(ground_names) / sizeof(ground_names[0]) };

const char *guard_ground_name(enum guard_ground ground)
{
	return ground_names[ground];
}

enum guard_ground guard_ground_find(struct slice name)
{
	for (unsigned i = GROUND_NONE + 1; i < GROUND_COUNT; i++)
		if (slice_equal(name, slice_text(ground_names[i])))
			return (enum guard_ground)i;
	return GROUND_NONE;
}

/* ---- one decision ---- */

struct case_in_hand {
	const struct guard_rules *rules;
	const struct guard_facts *facts;
	uint64_t at;
	const struct guard_nation *nation;
	const struct label **labels;
	struct arena *arena;
	struct diag *diag;
};

/* A check answers the ground of its denial, or GROUND_NONE. */
static enum guard_ground deny(const struct case_in_hand *hand, enum guard_ground ground, const char *text)
{
	(void)diag_fail(hand->diag, ERR_REFUSED, "%s", text);
	return ground;
}

static enum guard_ground check_label(const struct case_in_hand *hand, size_t i)
{
	struct slice text = hand->facts->labels[i], name = hand->nation->name;
	struct diag why = {0};
	if (label_check(hand->labels[i], LABEL_READ, hand->at, NULL) != ERR_OK) {
		(void)diag_fail(
			hand->diag, ERR_REFUSED, "the label %.*s is not valid under our policies", SLICE_ARG(text));
		return GROUND_LABEL_INVALID;
	}
	if (hand->nation->clearance &&
		label_decide(hand->labels[i], hand->nation->clearance, 0, &why) == VERDICT_PERMIT)
		return GROUND_NONE;
	(void)diag_fail(
		hand->diag, ERR_REFUSED, "%.*s may not have %.*s: %s", SLICE_ARG(name), SLICE_ARG(text), why.text);
	return GROUND_LABEL_DENIED;
}

/* ERR_MEMORY is no answer; any other fault of a label denies. */
static enum err check_labels(struct case_in_hand *hand, enum guard_ground *ret_ground)
{
	const struct guard_facts *facts = hand->facts;
	enum guard_ground ground = GROUND_NONE;
	hand->labels = ARENA_ARRAY(hand->arena, facts->count, const struct label *);
	if (!hand->labels)
		return ERR_MEMORY;
	for (size_t i = 0; i < facts->count && ground == GROUND_NONE; i++) {
		enum err err = label_parse_compact(
			hand->rules->policies, facts->labels[i], hand->arena, &hand->labels[i], NULL);
		if (err == ERR_MEMORY)
			return err;
		if (err != ERR_OK)
			(void)diag_fail(hand->diag, ERR_REFUSED, "the label %.*s is not valid under our policies",
				SLICE_ARG(facts->labels[i]));
		ground = err == ERR_OK ? check_label(hand, i) : GROUND_LABEL_INVALID;
	}
	*ret_ground = ground;
	return ERR_OK;
}

/* The row under which the portion goes whose label ranks highest; NULL when one of them may not go at once. */
static const struct release_row *rule_for_all(const struct case_in_hand *hand)
{
	const struct guard_facts *facts = hand->facts;
	const struct release_row *highest = NULL;
	struct release_case what = {facts->roles, facts->type, hand->nation->name, hand->nation->member};
	for (size_t i = 0; i < facts->count; i++) {
		const struct release_row *row = release_table_find(&hand->rules->table, &what, hand->labels[i]);
		if (!row)
			return NULL;
		if (!highest || row->hierarchy > highest->hierarchy)
			highest = row;
	}
	return highest;
}

static bool is_writer(const struct guard_facts *facts, struct slice approver)
{
	return slice_equal(approver, facts->author) || word_stands_in(facts->writers, approver);
}

static bool needs_two(const struct case_in_hand *hand)
{
	const struct guard_facts *facts = hand->facts;
	struct release_case what = {facts->roles, facts->type, hand->nation->name, hand->nation->member};
	bool two = facts->two_persons;
	for (size_t i = 0; i < facts->count; i++)
		two |= release_table_needs_two(&hand->rules->table, &what, hand->labels[i]);
	return two;
}

static enum guard_ground check_approvers(const struct case_in_hand *hand, bool two)
{
	const struct guard_facts *facts = hand->facts;
	if (!facts->approver.len)
		return deny(hand, GROUND_WAITS, "no row lets this go at once: it waits for a release officer");
	if (is_writer(facts, facts->approver) || is_writer(facts, facts->approver2))
		return deny(hand, GROUND_OWN_WORDS, "nobody approves his own");
	if (slice_equal(facts->approver, facts->approver2))
		return deny(hand, GROUND_ONE_PERSON, "the second approver must be another person");
	if (two && !facts->approver2.len)
		return deny(hand, GROUND_SECOND_MISSING, "two approvers are asked for, and there is one");
	return GROUND_NONE;
}

static enum err permit(
	const struct case_in_hand *hand, const struct release_row *row, struct guard_verdict *ret_verdict)
{
	char *basis = row ? arena_printf(hand->arena, "rule:%.*s", SLICE_ARG(row->name))
			  : arena_printf(hand->arena, "user:%.*s", SLICE_ARG(hand->facts->approver));
	if (!basis)
		return ERR_MEMORY;
	*ret_verdict = (struct guard_verdict){.verdict = VERDICT_PERMIT,
		.basis = slice_text(basis),
		.approver2 = row ? (struct slice){0} : hand->facts->approver2,
		.nation = hand->nation};
	return ERR_OK;
}

static enum err decide(struct case_in_hand *hand, struct guard_verdict *ret_verdict)
{
	enum guard_ground ground = GROUND_NONE;
	const struct release_row *row = NULL;
	hand->nation = guard_find_nation(hand->rules, hand->facts->recipient);
	if (!hand->nation)
		ground = deny(hand, GROUND_RECIPIENT, "the roster names no such recipient");
	else
		TRY(check_labels(hand, &ground));
	if (ground == GROUND_NONE) {
		bool two = needs_two(hand);
		row = two ? NULL : rule_for_all(hand);
		ground = row ? GROUND_NONE : check_approvers(hand, two);
	}
	if (ground == GROUND_NONE)
		return permit(hand, row, ret_verdict);
	*ret_verdict = (struct guard_verdict){.ground = ground, .nation = hand->nation};
	return ERR_OK;
}

enum err guard_decide(const struct guard_rules *rules, const struct guard_facts *facts, uint64_t at,
	struct arena *arena, struct guard_verdict *ret_verdict, struct diag *diag)
{
	struct case_in_hand hand = {.rules = rules, .facts = facts, .at = at, .arena = arena, .diag = diag};
	return decide(&hand, ret_verdict);
}
