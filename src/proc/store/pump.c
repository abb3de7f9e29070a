/* Drives what may be released: a batch of objects, by precedence and age, each for every nation it is due to. Guard
 * decides anew on each; what could not be asked is tried again, what guard refused is kept with its reason. A nation that
 * cannot be served now rests, longer each time, and then is asked for with one object only, so that it never stands in the way
 * of the others. Each lane has its own batch under way: what is urgent never waits for bulk.
 * No rendition goes to guard before it is durable that its nation may hold a token from now on. */
#include "proc/store/store.h"

#include "os/clock.h"
#include "os/log.h"

enum { BATCH = 32, REST_FIRST_MS = 500, REST_MOST_MS = 8000, STUCK = 4 };

struct releasing {
	struct arena arena;
	struct hold_release release;
	bool alone; /* asked for by itself, since the nation could not be served before */
};

static void releasing_free(struct releasing *releasing)
{
	arena_done(&releasing->arena);
	free(releasing);
}

/* ---- answers ---- */

static bool is_passing(enum err err)
{
	return err == ERR_FULL || err == ERR_IO || err == ERR_MEMORY || err == ERR_INTERNAL;
}

/* Answers that came in together count once. */
static void rest_begin(struct rest *rest)
{
	uint64_t now = clock_monotonic_ms(), most = REST_FIRST_MS;
	if (rest->until_ms > now)
		return;
	rest->failures++;
	for (unsigned i = 1; i < rest->failures && most < REST_MOST_MS; i++)
		most *= 2;
	rest->until_ms = now + most;
}

void store_pump_wake(struct store *store)
{
	for (size_t n = 0; n < LIMIT_NATIONS; n++)
		store->rests[n].until_ms = 0;
	store->orders_now = true;
}

static uint64_t nations_ready(const struct store *store)
{
	uint64_t now = clock_monotonic_ms(), ready = 0;
	for (size_t n = 0; n < hold_nation_count(store->hold) && n < LIMIT_NATIONS; n++)
		if (store->rests[n].until_ms <= now && !(store->rests[n].failures && store->rests[n].asking))
			ready |= UINT64_C(1) << n;
	return ready;
}

static enum err outcome_store(struct self *self, const struct hold_release *release, const struct role_message *answer, enum err err)
{
	struct store *store = role_context(self);
	const struct msg_refused *refused = answer->value;
	uint64_t now = clock_now_ms();
	TRY(store_write(self));
	if (err == ERR_OK) {
		const struct msg_released *released = answer->value;
		store_checkpoint_take(self, released->ledger_size, released->checkpoint);
		return hold_release_sent(store->hold, release, now);
	}
	struct slice reason = answer->type == MSG_REFUSED && refused->text.len ? refused->text : slice_text(err_text(err));
	return hold_release_failed(store->hold, release, slice_take(reason, LIMIT_REASON), now);
}

/* What could not be asked or done now. An object that fails again and again while it is asked for alone lets another try. */
static enum err passing(struct self *self, const struct releasing *releasing, enum err err)
{
	struct store *store = role_context(self);
	const struct hold_release *release = &releasing->release;
	struct rest *rest = &store->rests[release->nation];
	bool own_fault = err != ERR_UNAVAILABLE && err != ERR_FULL;
	if (!own_fault)
		rest_begin(rest);
	if (!own_fault && (!releasing->alone || rest->failures % STUCK))
		return ERR_OK;
	TRY(store_write(self));
	return hold_release_later(store->hold, release->object, release->nation, own_fault ? slice_text(err_text(err)) : (struct slice){0},
				  clock_now_ms());
}

static enum err answer_take(struct self *self, const struct releasing *releasing, const struct role_message *answer)
{
	struct store *store = role_context(self);
	struct rest *rest = &store->rests[releasing->release.nation];
	enum err err = role_answer_err(answer, MSG_RELEASED);
	if (releasing->alone)
		rest->asking = false;
	if (err == ERR_UNAVAILABLE || is_passing(err))
		return passing(self, releasing, err);
	rest->failures = 0;
	rest->until_ms = 0;
	return outcome_store(self, &releasing->release, answer, err);
}

static void on_released(struct self *self, void *context, const struct role_message *answer)
{
	struct store *store = role_context(self);
	struct releasing *releasing = context;
	store->releasing[releasing->release.precedence]--;
	if (answer_take(self, releasing, answer) != ERR_OK) {
		store->pausing = true;
		store_undo(self);
	}
	releasing_free(releasing);
	store_pump(self);
}

/* ---- asking ---- */

static void release_ask(struct self *self, struct releasing *releasing)
{
	struct store *store = role_context(self);
	const struct hold_release *release = &releasing->release;
	struct rest *rest = &store->rests[release->nation];
	struct msg_release ask = {.recipient = hold_nation_name(store->hold, release->nation), .author = release->author,
				  .roles = release->roles, .writers = release->writers, .approver = release->approver,
				  .approver2 = release->approver2, .precedence = release->precedence,
				  .rendition = release->rendition};
	releasing->alone = rest->failures > 0;
	rest->asking = releasing->alone;
	store->releasing[release->precedence]++;
	role_ask(self, ROLE_GUARD, MSG_RELEASE, &ask, RELEASE_MS, on_released, releasing);
}

/* Nothing can be sent: there is nothing any more, or nothing can be made of it, now or at all. The others go on. */
static enum err duty_end(struct self *self, const struct hold_duty *duty, unsigned nation, enum err err)
{
	struct store *store = role_context(self);
	struct slice reason = slice_text(err_text(err));
	TRY(store_write(self));
	if (err == ERR_NOT_FOUND)
		return hold_duty_drop(store->hold, duty->object, nation);
	log_line(LOG_ERROR, "a release to %.*s cannot be made: %s", SLICE_ARG(hold_nation_name(store->hold, nation)), err_text(err));
	return is_passing(err) ? hold_release_later(store->hold, duty->object, nation, reason, clock_now_ms())
			       : hold_release_fail(store->hold, duty->object, nation, true, reason, clock_now_ms());
}

/* Releases made for one batch, in the order they are asked. */
struct batch {
	struct releasing *made[BATCH * LIMIT_NATIONS];
	size_t count;
};

static enum err duty_make(struct self *self, const struct hold_duty *duty, unsigned nation, struct batch *batch)
{
	struct store *store = role_context(self);
	struct releasing *releasing = calloc(1, sizeof(*releasing));
	if (!releasing)
		return ERR_MEMORY;
	enum err err = hold_release_make(store->hold, duty, nation, &releasing->arena, &releasing->release);
	if (err == ERR_OK) {
		batch->made[batch->count++] = releasing;
		return label_sets_put(store->label_sets, releasing->release.label_digest, releasing->release.labels);
	}
	releasing_free(releasing);
	return duty_end(self, duty, nation, err);
}

static enum err batch_make(struct self *self, const struct hold_duty *duties, size_t count, struct batch *batch)
{
	struct store *store = role_context(self);
	TRY(store_write(self));
	for (size_t i = 0; i < count; i++) {
		TRY(hold_release_tried(store->hold, duties[i].object, duties[i].nations));
		for (unsigned n = 0; n < hold_nation_count(store->hold); n++)
			if (duties[i].nations >> n & 1)
				TRY(duty_make(self, &duties[i], n, batch));
	}
	TRY(label_sets_keep(store->label_sets));
	return store_settle(self);
}

/* What was made is asked only once it is durable that it may have gone, and what labels it has. */
static enum err batch_do(struct self *self, const struct hold_duty *duties, size_t count)
{
	struct store *store = role_context(self);
	struct batch batch = {.count = 0};
	enum err err = batch_make(self, duties, count, &batch);
	for (size_t i = 0; i < batch.count; i++) {
		struct rest *rest = &store->rests[batch.made[i]->release.nation];
		if (err == ERR_OK && !(rest->failures && rest->asking))
			release_ask(self, batch.made[i]);
		else
			releasing_free(batch.made[i]);
	}
	return err;
}

/* ---- the pump ---- */

static enum err lane_pump(struct self *self, unsigned lane)
{
	struct store *store = role_context(self);
	AUTO_ARENA arena = {0};
	struct hold_duty *duties = NULL;
	size_t count = 0;
	if (store->releasing[lane])
		return ERR_OK;
	TRY(hold_duties(store->hold, nations_ready(store), lane, BATCH, &arena, &duties, &count));
	return count ? batch_do(self, duties, count) : ERR_OK;
}

static void pump_failed(struct self *self, enum err err)
{
	struct store *store = role_context(self);
	log_line(LOG_ERROR, "release: %s", err_text(err));
	store->pausing = true;
	store_undo(self);
}

void store_pump(struct self *self)
{
	struct store *store = role_context(self);
	if (!store->hold || !role_has_neighbor(self, ROLE_GUARD) || store->pausing || store_settle(self) != ERR_OK)
		return;
	enum err err = ERR_OK;
	for (unsigned lane = 0; lane < LANE_COUNT && err == ERR_OK; lane++)
		err = lane_pump(self, lane);
	if (err != ERR_OK)
		pump_failed(self, err);
}

void store_pump_tick(struct self *self)
{
	struct store *store = role_context(self);
	bool any = false;
	uint64_t now = clock_now_ms();
	store->pausing = false;
	enum err err = hold_again(store->hold, now, &any);
	if (err == ERR_OK && any)
		err = store_write(self);
	if (err == ERR_OK && any)
		err = hold_again(store->hold, now, &any);
	if (err != ERR_OK)
		pump_failed(self, err);
	else
		store_pump(self);
}
