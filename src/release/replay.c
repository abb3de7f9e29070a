/* Replaying a ledger's decisions; see replay.h. It must never count a decision that it did not decide anew. */
#include "release/replay.h"

#include "base/moment.h"

enum { LISTS = 1 << 12 }; /* as many as the upper bits of a hash tell apart */

/* A word kept under an object's id: who wrote of it, or that it was recalled. */
struct note {
	struct note *next;
	struct slice subject, word;
};

struct start {
	struct start *next;
	uint64_t place; /* of the record, from 1 */
	struct replay_rules names;
	const struct guard_rules *rules; /* NULL until a decision needs them */
};

struct replay {
	struct replay_source source;
	struct arena arena;
	struct start *starts; /* newest first */
	struct note *notes[LISTS];
	uint64_t count;
};

static const struct slice word_recalled = {.data = (const uint8_t *)"\0", .len = 1}; /* no user's name */

struct replay *replay_new(const struct replay_source *source)
{
	struct replay *replay = calloc(1, sizeof(*replay));
	if (replay)
		replay->source = *source;
	return replay;
}

void replay_free(struct replay *replay)
{
	if (replay)
		arena_done(&replay->arena);
	free(replay);
}

uint64_t replay_count(const struct replay *replay)
{
	return replay->count;
}

/* ---- what earlier records say ---- */

static struct note **list_of(struct replay *replay, struct slice subject)
{
	uint32_t hash = 2166136261;
	for (size_t i = 0; i < subject.len; i++)
		hash = (hash ^ subject.data[i]) * 16777619;
	return &replay->notes[hash >> 20];
}

static bool is_noted(struct replay *replay, struct slice subject, struct slice word)
{
	for (const struct note *note = *list_of(replay, subject); note; note = note->next)
		if (slice_equal(note->subject, subject) && slice_equal(note->word, word))
			return true;
	return false;
}

static enum err note_put(struct replay *replay, struct slice subject, struct slice word)
{
	if (is_noted(replay, subject, word))
		return ERR_OK;
	struct note *note = ARENA_NEW(&replay->arena, struct note), **list = list_of(replay, subject);
	if (!note)
		return ERR_MEMORY;
	note->next = *list;
	TRY(arena_copy(&replay->arena, subject, &note->subject));
	TRY(arena_copy(&replay->arena, word, &note->word));
	*list = note;
	return ERR_OK;
}

static enum err start_put(struct replay *replay, uint64_t index, const struct ledger_record *record)
{
	struct start *start = ARENA_NEW(&replay->arena, struct start);
	if (!start)
		return ERR_MEMORY;
	*start = (struct start){.next = replay->starts, .place = index + 1};
	memcpy(start->names.policies, record->digest, sizeof(start->names.policies));
	memcpy(start->names.roster, record->roster_digest, sizeof(start->names.roster));
	memcpy(start->names.table, record->table_digest, sizeof(start->names.table));
	replay->starts = start;
	return ERR_OK;
}

/* ---- one decision ---- */

struct decision {
	struct replay *replay;
	uint64_t index;
	const struct ledger_record *record;
	const struct guard_rules *rules;
	struct arena *arena;
	struct diag *diag;
};

static enum err fail(const struct decision *decision, enum err err, const char *text, struct slice detail)
{
	const struct ledger_record *record = decision->record;
	char at[MOMENT_TEXT + 1];
	moment_print(record->at, at);
	return diag_fail(decision->diag, err, "record %llu, %s of %.*s to %.*s at %s: %s%.*s",
		(unsigned long long)decision->index, ledger_kind_name(record->kind),
		SLICE_ARG(record->subject.len ? record->subject : SLICE("no object")), SLICE_ARG(record->recipient), at,
		text, SLICE_ARG(detail));
}

static enum err find_rules(struct decision *decision)
{
	struct replay *replay = decision->replay;
	struct start *start = replay->starts;
	struct diag why = {0};
	while (start && start->place != decision->record->rules)
		start = start->next;
	if (!start)
		return fail(
			decision, ERR_CONFLICT, "it names no start of guard before it, so no rules", (struct slice){0});
	if (!start->rules) {
		enum err err = replay->source.rules(replay->source.context, &start->names, &start->rules, &why);
		if (err != ERR_OK)
			return fail(decision, err, "", slice_text(why.text));
	}
	decision->rules = start->rules;
	return ERR_OK;
}

static enum err find_labels(const struct decision *decision, struct guard_facts *facts)
{
	const struct replay_source *source = &decision->replay->source;
	const struct ledger_record *record = decision->record;
	struct slice *labels = ARENA_ARRAY(decision->arena, LIMIT_PORTIONS, struct slice), rest;
	uint8_t digest[DIGEST];
	if (!labels)
		return ERR_MEMORY;
	if (record->label_digest.len != DIGEST)
		return fail(decision, ERR_CONFLICT, "it names no labels", (struct slice){0});
	enum err err = source->labels(source->context, record->label_digest.data, decision->arena, &rest);
	if (err != ERR_OK)
		return fail(decision, err, "the labels it names are not at hand", (struct slice){0});
	while (rest.len && facts->count < LIMIT_PORTIONS)
		rest = slice_split(rest, '\n', &labels[facts->count++]);
	label_set_digest(labels, facts->count, digest);
	if (memcmp(digest, record->label_digest.data, DIGEST) != 0)
		return fail(
			decision, ERR_NOT_FOUND, "the labels at hand are not those that it names", (struct slice){0});
	facts->labels = labels;
	return ERR_OK;
}

/* Whom the ledger saw writing of the object; the approvers are looked for among them. */
static struct slice writers_among(const struct decision *decision, const struct guard_facts *facts)
{
	const struct slice approvers[] = {facts->approver, facts->approver2};
	for (size_t i = 0; i < 2; i++)
		if (approvers[i].len && is_noted(decision->replay, decision->record->subject, approvers[i]))
			return approvers[i];
	return (struct slice){0};
}

static enum err compare(const struct decision *decision, const struct guard_verdict *verdict, const struct diag *why)
{
	const struct ledger_record *record = decision->record;
	if (verdict->verdict != VERDICT_PERMIT)
		return record->kind == LEDGER_RELEASE_DENIED &&
				       slice_equal(record->basis, slice_text(guard_ground_name(verdict->ground)))
			       ? ERR_OK
			       : fail(decision, ERR_CONFLICT, "the engine denies it: ", slice_text(why->text));
	return record->kind == LEDGER_RELEASE && slice_equal(record->basis, verdict->basis)
		       ? ERR_OK
		       : fail(decision, ERR_CONFLICT, "the engine permits it by ", verdict->basis);
}

static enum err decide(struct decision *decision)
{
	const struct ledger_record *record = decision->record;
	struct guard_facts facts = {.recipient = record->recipient,
		.author = record->actor,
		.roles = record->roles,
		.approver = record->approver,
		.approver2 = record->approver2,
		.two_persons = record->two_persons == 1};
	struct guard_verdict verdict;
	struct diag why = {0};
	TRY(find_rules(decision));
	if (object_id_type(record->subject, &facts.type) != ERR_OK)
		return fail(decision, ERR_CONFLICT, "it names no object", (struct slice){0});
	TRY(find_labels(decision, &facts));
	facts.writers = writers_among(decision, &facts);
	TRY(guard_decide(decision->rules, &facts, record->at, decision->arena, &verdict, &why));
	return compare(decision, &verdict, &why);
}

/* A denial for what stood in the octets. */
static enum err check_octets(const struct decision *decision, enum guard_ground ground)
{
	if (ground == GROUND_RECALLED && !is_noted(decision->replay, decision->record->subject, word_recalled))
		return fail(
			decision, ERR_CONFLICT, "no recall or withdrawal of it stands before it", (struct slice){0});
	return ERR_OK;
}

static enum err take_decision(
	struct replay *replay, uint64_t index, const struct ledger_record *record, struct diag *diag)
{
	AUTO_ARENA arena = {0};
	struct decision decision = {.replay = replay, .index = index, .record = record, .arena = &arena, .diag = diag};
	enum guard_ground ground =
		record->kind == LEDGER_RELEASE_DENIED ? guard_ground_find(record->basis) : GROUND_NONE;
	TRY(guard_ground_is_of_octets(ground) ? check_octets(&decision, ground) : decide(&decision));
	replay->count++;
	return ERR_OK;
}

enum err replay_take(struct replay *replay, uint64_t index, const struct ledger_record *record, struct diag *diag)
{
	switch (record->kind) {
	case LEDGER_START:
		return slice_equal(record->actor, SLICE("guard")) ? start_put(replay, index, record) : ERR_OK;
	case LEDGER_PUBLISH:
		return note_put(replay, record->subject, record->actor);
	case LEDGER_RECALL:
	case LEDGER_WITHDRAWAL:
		return note_put(replay, record->subject, word_recalled);
	case LEDGER_RELEASE:
	case LEDGER_RELEASE_DENIED:
		return take_decision(replay, index, record, diag);
	default:
		return ERR_OK;
	}
}
