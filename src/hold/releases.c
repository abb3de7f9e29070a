/* The release plan and its execution: which nation may have which portion version, and what is still to be sent.
 * Asks guard for nothing itself and never widens a state: what waits goes only after a decision in decide.c. */
#include "hold/inside.h"

#include "hold/releases.h"
#include "protocol/frame.h"

enum { RIPPLE_NAMES = 512, RIPPLE_LEVELS = 4 };

static bool state_is_due(uint8_t state)
{
	return state == STATE_AT_ONCE || state == STATE_APPROVED;
}

static uint8_t state_of(const struct stored_portion *portion, unsigned nation)
{
	return nation < portion->states.len ? portion->states.data[nation] : STATE_NEVER;
}

struct slice hold_nation_name(const struct hold *hold, unsigned nation)
{
	return nation < hold->nation_count ? hold->nations[nation] : (struct slice){0};
}

size_t hold_nation_count(const struct hold *hold)
{
	return hold->nation_count;
}

/* ---- may this nation have it? ---- */

struct nation_reader {
	unsigned nation;
	bool withheld; /* a mandatory reference or its target is not for this nation */
	const struct stored_portion *portions;
	const uint64_t *targets; /* per portion */
};

static enum sight nation_shows(const struct hold *hold, const void *context, const struct stored_portion *portion)
{
	const struct nation_reader *reader = context;
	(void)hold;
	uint8_t state = state_of(portion, reader->nation);
	if (state == STATE_WITHDRAWN)
		return SIGHT_PAST;
	if (reader->withheld || (portion->until ? state != STATE_SENT : !state_goes(state)))
		return SIGHT_NONE;
	bool there = portion->kind != PORTION_REFERENCE || reader->targets[portion - reader->portions] >> reader->nation & 1;
	return there ? SIGHT_HAS : SIGHT_NONE;
}

static struct nation_reader reader_make(const struct hold *hold, unsigned nation, const struct stored_portion *portions, size_t count,
					const uint64_t *targets)
{
	struct nation_reader reader = {.nation = nation, .portions = portions, .targets = targets};
	bool withheld = false;
	for (size_t i = 0; i < count; i++)
		if (!portions[i].until && portions[i].mandatory && nation_shows(hold, &reader, &portions[i]) != SIGHT_HAS)
			withheld = true;
	reader.withheld = withheld;
	return reader;
}

/* ---- planning ---- */

static bool is_due(const struct stored_portion *portions, size_t count, const bool *shown, unsigned nation)
{
	for (size_t i = 0; i < count; i++)
		if (shown[i] && state_is_due(state_of(&portions[i], nation)))
			return true;
	return false;
}

static bool is_awaiting(const struct stored_portion *portions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; !portions[i].until && n < portions[i].states.len; n++)
			if (state_waits(portions[i].states.data[n]))
				return true;
	return false;
}

static enum err waiting_note(struct hold *hold, uint32_t object, bool awaiting, uint64_t now_ms)
{
	if (!awaiting && !hold->waiting_any)
		return ERR_OK;
	hold->waiting_any |= awaiting;
	AUTO_STATEMENT *put = statement_take(hold, awaiting ? STATEMENT_WAITING_PUT : STATEMENT_WAITING_DELETE);
	bind_u64(put, 1, object);
	if (awaiting)
		bind_u64(put, 2, now_ms);
	return statement_run(hold, put);
}

enum err duty_put(struct hold *hold, uint32_t object, uint64_t nations)
{
	if (!nations)
		return ERR_OK;
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_DUTY_PUT);
	bind_u64(put, 1, object);
	bind_u64(put, 2, nations);
	return statement_run(hold, put);
}

enum err release_plan(struct hold *hold, uint32_t object, uint64_t changed_nations, uint64_t now_ms)
{
	AUTO_ARENA scratch = {0};
	struct stored_portion *portions = NULL;
	size_t count = 0;
	uint64_t send = 0, *targets = NULL;
	if (!hold->nation_count)
		return ERR_OK;
	TRY(portions_of(hold, object, &scratch, &portions, &count));
	TRY(targets_find(hold, portions, count, &scratch, &targets));
	for (unsigned nation = 0; nation < hold->nation_count; nation++) {
		struct nation_reader reader = reader_make(hold, nation, portions, count, targets);
		struct standing standing;
		TRY(standing_find(hold, portions, count, nation_shows, &reader, AT_NEWEST, &scratch, &standing));
		bool changed = changed_nations >> nation & 1;
		if (standing.issued && (changed || is_due(portions, count, standing.shown, nation)))
			send |= UINT64_C(1) << nation;
	}
	TRY(duty_put(hold, object, send));
	return waiting_note(hold, object, is_awaiting(portions, count), now_ms);
}

/* Names whose referrers are planned anew. */
struct ripple {
	uint32_t names[RIPPLE_NAMES];
	size_t count;
};

static void ripple_add(struct ripple *ripple, uint32_t name)
{
	for (size_t i = 0; i < ripple->count; i++)
		if (ripple->names[i] == name)
			return;
	if (ripple->count < RIPPLE_NAMES)
		ripple->names[ripple->count++] = name;
}

static bool stands_by(const struct catalog *catalog, uint32_t object, uint32_t name)
{
	for (uint32_t row = catalog->objects[object].first; row; row = catalog->rows[row].next)
		if (catalog->rows[row].flags & ROW_CURRENT && catalog->rows[row].flags & ROW_MANDATORY && catalog_target(catalog, row) == name)
			return true;
	return false;
}

static enum err referrers_plan(struct hold *hold, struct ripple *ripple, uint32_t name, uint64_t now_ms)
{
	AUTO_BUF found = buf_make(LIMIT_BUNDLE_OBJECTS * sizeof(uint32_t) * 8);
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_REFERRERS);
	bind_u64(ask, 1, name);
	enum err err = ERR_OK;
	while ((err = statement_row(hold, ask)) == ERR_OK) {
		uint32_t referrer = (uint32_t)column_u64(ask, 0);
		buf_put(&found, slice_of(&referrer, sizeof(referrer)));
	}
	sqlite3_reset(ask);
	struct slice all;
	if (err != ERR_NOT_FOUND)
		return err;
	TRY(buf_finish(&found, &all));
	for (size_t at = 0; at < all.len; at += sizeof(uint32_t)) {
		uint32_t referrer;
		memcpy(&referrer, all.data + at, sizeof(referrer));
		const struct catalog_object *entry = &hold->catalog.objects[referrer];
		if (entry->originator != hold->own_term)
			continue;
		if (hold->catalog.names[entry->name].referred && stands_by(&hold->catalog, referrer, name))
			ripple_add(ripple, entry->name);
		TRY(release_plan(hold, referrer, 0, now_ms));
	}
	return ERR_OK;
}

/* Objects that refer to this one may now go where it goes; and those that refer to what stands by it. */
enum err release_plan_referrers(struct hold *hold, uint32_t object, uint64_t now_ms)
{
	struct ripple ripple;
	uint32_t name = hold->catalog.objects[object].name;
	if (!hold->catalog.names[name].referred)
		return ERR_OK;
	ripple.names[0] = name;
	ripple.count = 1;
	for (size_t level = 0, at = 0; level < RIPPLE_LEVELS && at < ripple.count; level++)
		for (size_t end = ripple.count; at < end; at++)
			TRY(referrers_plan(hold, &ripple, ripple.names[at], now_ms));
	return ERR_OK;
}

/* ---- doing it ---- */

enum err hold_duties(struct hold *hold, uint64_t nations, unsigned lane, size_t max, struct arena *arena, struct hold_duty **ret_duties,
		     size_t *ret_count)
{
	struct hold_duty *duties = ARENA_ARRAY(arena, max + 1, struct hold_duty);
	if (!duties)
		return ERR_MEMORY;
	size_t count = 0;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_DUTY_NEXT);
	bind_u64(ask, 1, max);
	bind_u64(ask, 2, nations);
	bind_u64(ask, 3, lane == LANE_COUNT ? 0 : lane);
	bind_u64(ask, 4, lane == LANE_COUNT ? UINT8_MAX : lane);
	enum err err = ERR_OK;
	while (count < max && (err = statement_row(hold, ask)) == ERR_OK)
		duties[count++] = (struct hold_duty){.object = (uint32_t)column_u64(ask, 0), .precedence = (uint8_t)column_u64(ask, 1),
						     .nations = column_u64(ask, 2) & nations};
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	*ret_duties = duties;
	*ret_count = count;
	return ERR_OK;
}

enum err hold_duty_count(struct hold *hold, struct slice nation, uint64_t *ret_count)
{
	int number = nation_find(hold, nation);
	*ret_count = 0;
	if (number < 0)
		return ERR_OK;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_DUTY_COUNT);
	bind_u64(ask, 1, UINT64_C(1) << number);
	TRY(statement_row(hold, ask));
	*ret_count = column_u64(ask, 0);
	AUTO_STATEMENT *later = statement_take(hold, STATEMENT_PACE_COUNT);
	bind_u64(later, 1, (uint64_t)number);
	TRY(statement_row(hold, later));
	*ret_count += column_u64(later, 0);
	return ERR_OK;
}

enum err approval_get(struct hold *hold, uint64_t row, struct arena *arena, struct approval *ret_approval)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_APPROVAL_GET);
	struct approval approval = {0};
	bind_u64(ask, 1, row);
	TRY(statement_row(hold, ask));
	approval.at = column_u64(ask, 1);
	TRY(column_copy(ask, 0, arena, &approval.approver));
	TRY(column_copy(ask, 2, arena, &approval.approver2));
	*ret_approval = approval;
	return ERR_OK;
}

/* The latest approval among the shown rows speaks for the rendition; one by two persons before any by one. */
static enum err approval_find(struct hold *hold, uint64_t row, struct arena *arena, struct approval *best)
{
	struct approval approval;
	enum err err = approval_get(hold, row, arena, &approval);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	bool two = approval.approver2.len != 0, best_two = best->approver2.len != 0;
	if (two != best_two ? two : approval.at >= best->at)
		*best = approval;
	return ERR_OK;
}

static enum err labels_find(struct hold_release *release, struct arena *arena)
{
	struct rendition_view view;
	struct slice joined;
	AUTO_BUF text = buf_make((size_t)LIMIT_PORTIONS * (LIMIT_LABEL_TEXT + 1));
	TRY(rendition_open(release->rendition, arena, &view));
	for (size_t i = 0; i < view.count; i++) {
		buf_put_text(&text, i ? "\n" : "");
		buf_put(&text, view.portions[i].label);
	}
	TRY(buf_finish(&text, &joined));
	rendition_label_digest(&view, release->label_digest);
	return arena_copy(arena, joined, &release->labels);
}

enum err hold_release_make(struct hold *hold, const struct hold_duty *duty, unsigned nation, struct arena *arena,
			   struct hold_release *ret_release)
{
	struct stored_portion *portions = NULL;
	size_t count = 0;
	struct standing standing;
	struct object_facts facts;
	uint64_t *targets = NULL;
	TRY(portions_of(hold, duty->object, arena, &portions, &count));
	TRY(targets_find(hold, portions, count, arena, &targets));
	struct nation_reader reader = reader_make(hold, nation, portions, count, targets);
	TRY(standing_find(hold, portions, count, nation_shows, &reader, AT_NEWEST, arena, &standing));
	if (!standing.issued)
		return ERR_NOT_FOUND;
	struct hold_release release = {.object = duty->object, .nation = nation, .precedence = duty->precedence,
				       .issued = standing.issued, .rows = ARENA_ARRAY(arena, count + 1, uint64_t)};
	if (!release.rows)
		return ERR_MEMORY;
	struct approval approval = {0};
	for (size_t i = 0; i < count; i++) {
		if (!standing.shown[i])
			continue;
		release.rows[release.row_count++] = portions[i].row;
		TRY(approval_find(hold, portions[i].row, arena, &approval));
	}
	release.approver = approval.approver;
	release.approver2 = approval.approver2;
	TRY(object_get(hold, duty->object, arena, &facts));
	release.author = facts.author;
	release.roles = facts.roles;
	release.writers = facts.writers;
	TRY(name_text(hold, hold->catalog.objects[duty->object].name, arena, &release.object_id));
	TRY(rendition_make(hold, duty->object, portions, count, &standing, arena, &release.rendition));
	TRY(labels_find(&release, arena));
	*ret_release = release;
	return ERR_OK;
}

enum err hold_release_tried(struct hold *hold, uint32_t object, uint64_t nations)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_HOLDERS_ADD);
	bind_u64(put, 1, object);
	bind_u64(put, 2, nations);
	return statement_run(hold, put);
}

enum err state_set(struct hold *hold, uint64_t row, struct slice states, unsigned nation, uint8_t state)
{
	uint8_t changed[LIMIT_NATIONS] = {0};
	memcpy(changed, states.data ? (const void *)states.data : "", states.len < LIMIT_NATIONS ? states.len : LIMIT_NATIONS);
	changed[nation] = state;
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_PORTION_STATES);
	bind_u64(put, 1, row);
	bind_bytes(put, 2, slice_of(changed, hold->nation_count));
	return statement_run(hold, put);
}

static enum err rows_become(struct hold *hold, const struct hold_release *release, uint8_t state)
{
	AUTO_ARENA scratch = {0};
	struct stored_portion *portions = NULL;
	size_t count = 0;
	TRY(portions_of(hold, release->object, &scratch, &portions, &count));
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < release->row_count; k++)
			if (portions[i].row == release->rows[k] && state_is_due(state_of(&portions[i], release->nation)))
				TRY(state_set(hold, portions[i].row, portions[i].states, release->nation, state));
	return ERR_OK;
}

enum err hold_duty_drop(struct hold *hold, uint32_t object, unsigned nation)
{
	AUTO_STATEMENT *clear = statement_take(hold, STATEMENT_DUTY_CLEAR);
	bind_u64(clear, 1, object);
	bind_u64(clear, 2, UINT64_C(1) << nation);
	TRY(statement_run(hold, clear));
	TRY(pace_end(hold, object, nation));
	AUTO_STATEMENT *end = statement_take(hold, STATEMENT_DUTY_END);
	bind_u64(end, 1, object);
	return statement_run(hold, end);
}

/* The duty ends unless the object moved on while guard was at work. */
enum err hold_release_sent(struct hold *hold, const struct hold_release *release, uint64_t now_ms)
{
	AUTO_ARENA scratch = {0};
	struct hold_release again = {0};
	struct hold_duty duty = {.object = release->object, .precedence = release->precedence};
	TRY(rows_become(hold, release, STATE_SENT));
	TRY(hold_duty_drop(hold, release->object, release->nation));
	if (!hold->catalog.objects[release->object].name) /* recalled meanwhile */
		return ERR_OK;
	enum err err = hold_release_make(hold, &duty, release->nation, &scratch, &again);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	uint64_t moved = again.issued != release->issued ? UINT64_C(1) << release->nation : 0;
	return release_plan(hold, release->object, moved, now_ms);
}

enum err hold_release_failed(struct hold *hold, const struct hold_release *release, struct slice reason, uint64_t now_ms)
{
	TRY(rows_become(hold, release, STATE_FAILED));
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_REFUSAL_PUT);
	bind_u64(put, 1, release->object);
	bind_u64(put, 2, release->nation);
	bind_text(put, 3, reason);
	bind_u64(put, 4, now_ms);
	TRY(statement_run(hold, put));
	return hold_duty_drop(hold, release->object, release->nation);
}

/* Nothing of it that is there now goes to this nation any more; what ended stays as it was, so that its end is not forgotten. */
enum err hold_release_fail(struct hold *hold, uint32_t object, unsigned nation, bool all, struct slice reason, uint64_t now_ms)
{
	AUTO_ARENA scratch = {0};
	struct stored_portion *portions = NULL;
	size_t count = 0;
	struct hold_release release = {.object = object, .nation = nation};
	TRY(portions_of(hold, object, &scratch, &portions, &count));
	for (size_t i = 0; i < count; i++)
		if (!portions[i].until && (all ? state_goes(state_of(&portions[i], nation)) : state_of(&portions[i], nation) == STATE_SENT))
			TRY(state_set(hold, portions[i].row, portions[i].states, nation, STATE_FAILED));
	TRY(hold_release_failed(hold, &release, reason, now_ms));
	return release_plan(hold, object, 0, now_ms);
}
