/* The pace of releases that come back: what a nation passed over, or what could not be made, is due again after a distance
 * that doubles, and fails in the end, so that no object and no peer keeps this node busy for ever. Durable. */
#include "hold/inside.h"

#include "hold/releases.h"

enum { TRIES_MAX = 16, FIRST_MS = 1000, ASIDE_MS = 8000, MOST_MS = 3600 * 1000, FORGET_MS = 24 * 3600 * 1000, BATCH = 256 };

struct pace {
	uint32_t object;
	unsigned nation;
	uint64_t tries, at;
};

static enum err pace_get(struct hold *hold, uint32_t object, unsigned nation, struct pace *ret_pace)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_PACE_GET);
	bind_u64(ask, 1, object);
	bind_u64(ask, 2, nation);
	enum err err = statement_row(hold, ask);
	*ret_pace = (struct pace){.object = object, .nation = nation};
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	ret_pace->tries = column_u64(ask, 0);
	ret_pace->at = column_u64(ask, 1);
	return ERR_OK;
}

static enum err pace_put(struct hold *hold, const struct pace *pace, uint64_t again)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_PACE_PUT);
	bind_u64(put, 1, pace->object);
	bind_u64(put, 2, pace->nation);
	bind_u64(put, 3, pace->tries);
	bind_u64(put, 4, pace->at);
	bind_u64(put, 5, again);
	return statement_run(hold, put);
}

static uint64_t distance(uint64_t tries)
{
	uint64_t ms = FIRST_MS;
	for (uint64_t i = 1; i < tries && ms < MOST_MS; i++)
		ms *= 2;
	return ms < MOST_MS ? ms : MOST_MS;
}

enum err pace_reset(struct hold *hold, uint32_t object)
{
	AUTO_STATEMENT *reset = statement_take(hold, STATEMENT_PACE_RESET);
	bind_u64(reset, 1, object);
	return statement_run(hold, reset);
}

enum err pace_end(struct hold *hold, uint32_t object, unsigned nation)
{
	AUTO_STATEMENT *end = statement_take(hold, STATEMENT_PACE_END);
	bind_u64(end, 1, object);
	bind_u64(end, 2, nation);
	return statement_run(hold, end);
}

enum err hold_release_later(struct hold *hold, uint32_t object, unsigned nation, struct slice reason, uint64_t now_ms)
{
	struct pace pace;
	TRY(pace_get(hold, object, nation, &pace));
	TRY(hold_duty_drop(hold, object, nation));
	if (!reason.len)
		return pace_put(hold, &pace, now_ms + ASIDE_MS);
	if (pace.at + FORGET_MS < now_ms)
		pace.tries = 0;
	pace.tries++;
	pace.at = now_ms;
	if (pace.tries > TRIES_MAX)
		return hold_release_fail(hold, object, nation, true, reason, now_ms);
	return pace_put(hold, &pace, now_ms + distance(pace.tries));
}

enum err hold_again(struct hold *hold, uint64_t now_ms, bool *ret_any)
{
	struct pace due[BATCH];
	size_t count = 0;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_PACE_DUE);
	bind_u64(ask, 1, now_ms);
	bind_u64(ask, 2, BATCH);
	enum err err = ERR_OK;
	while (count < BATCH && (err = statement_row(hold, ask)) == ERR_OK)
		due[count++] = (struct pace){.object = (uint32_t)column_u64(ask, 0), .nation = (unsigned)column_u64(ask, 1),
					     .tries = column_u64(ask, 2), .at = column_u64(ask, 3)};
	sqlite3_reset(ask);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	*ret_any = count > 0;
	for (size_t i = 0; hold->writing && i < count; i++) {
		TRY(duty_put(hold, due[i].object, UINT64_C(1) << due[i].nation));
		TRY(pace_put(hold, &due[i], 0));
	}
	return ERR_OK;
}
