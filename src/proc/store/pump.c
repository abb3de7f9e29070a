/* Drives what may be released: a batch of objects, by precedence and age, each for every nation it is due to. Guard
 * decides anew on each; what could not be asked is tried again, what guard refused is kept with its reason.
 * No rendition goes to guard before it is durable that its nation may hold a token from now on. */
#include "proc/store/store.h"

#include "os/clock.h"
#include "os/log.h"

enum { BATCH = 32 };

struct releasing {
	struct arena arena;
	struct hold_release release;
};

static void releasing_free(struct releasing *releasing)
{
	arena_done(&releasing->arena);
	free(releasing);
}

/* ---- answers ---- */

static bool is_passing(enum err err)
{
	return err == ERR_UNAVAILABLE || err == ERR_FULL || err == ERR_IO || err == ERR_MEMORY || err == ERR_INTERNAL;
}

static enum err outcome_store(struct self *self, const struct hold_release *release, const struct role_message *answer, enum err err)
{
	struct store *store = role_context(self);
	const struct msg_refused *refused = answer->value;
	uint64_t now = clock_now_ms();
	TRY(store_write(self));
	if (err == ERR_OK)
		return hold_release_sent(store->hold, release, now);
	struct slice reason = answer->type == MSG_REFUSED && refused->text.len ? refused->text : slice_text(err_text(err));
	return hold_release_failed(store->hold, release, slice_take(reason, LIMIT_REASON), now);
}

static void on_released(struct self *self, void *context, const struct role_message *answer)
{
	struct store *store = role_context(self);
	struct releasing *releasing = context;
	enum err err = role_answer_err(answer, MSG_RELEASED);
	store->releasing--;
	if (is_passing(err)) {
		store->release_failed = true;
	} else if (outcome_store(self, &releasing->release, answer, err) != ERR_OK) {
		store->release_failed = true;
		store_undo(self);
	}
	releasing_free(releasing);
	if (!store->releasing && !store->release_failed)
		store_pump(self);
}

/* ---- asking ---- */

static void release_ask(struct self *self, struct releasing *releasing)
{
	struct store *store = role_context(self);
	const struct hold_release *release = &releasing->release;
	struct msg_release ask = {.recipient = hold_nation_name(store->hold, release->nation), .author = release->author,
				  .roles = release->roles, .approver = release->approver, .precedence = release->precedence,
				  .rendition = release->rendition};
	store->releasing++;
	role_ask(self, ROLE_GUARD, MSG_RELEASE, &ask, RELEASE_MS, on_released, releasing);
}

/* A duty without anything to send ends. */
static enum err duty_end(struct self *self, const struct hold_duty *duty, unsigned nation)
{
	struct store *store = role_context(self);
	TRY(store_write(self));
	return hold_duty_drop(store->hold, duty->object, nation);
}

static enum err duty_do(struct self *self, const struct hold_duty *duty, unsigned nation)
{
	struct store *store = role_context(self);
	struct releasing *releasing = calloc(1, sizeof(*releasing));
	if (!releasing)
		return ERR_MEMORY;
	enum err err = hold_release_make(store->hold, duty, nation, &releasing->arena, &releasing->release);
	if (err == ERR_OK) {
		release_ask(self, releasing);
		return ERR_OK;
	}
	releasing_free(releasing);
	return err == ERR_NOT_FOUND ? duty_end(self, duty, nation) : err;
}

static enum err batch_do(struct self *self, const struct hold_duty *duties, size_t count)
{
	struct store *store = role_context(self);
	TRY(store_write(self));
	for (size_t i = 0; i < count; i++)
		TRY(hold_release_tried(store->hold, duties[i].object, duties[i].nations));
	TRY(store_settle(self));
	for (size_t i = 0; i < count; i++)
		for (unsigned n = 0; n < hold_nation_count(store->hold); n++)
			if (duties[i].nations >> n & 1)
				TRY(duty_do(self, &duties[i], n));
	return ERR_OK;
}

void store_pump(struct self *self)
{
	struct store *store = role_context(self);
	AUTO_ARENA arena = {0};
	struct hold_duty *duties = NULL;
	size_t count = 0;
	if (store->releasing || !store->hold || !role_has_neighbor(self, ROLE_GUARD))
		return;
	store->release_failed = false;
	if (store_settle(self) != ERR_OK)
		return;
	enum err err = hold_duties(store->hold, BATCH, &arena, &duties, &count);
	if (err == ERR_OK && count)
		err = batch_do(self, duties, count);
	if (err != ERR_OK) {
		log_line(LOG_ERROR, "release: %s", err_text(err));
		store_undo(self);
	}
}
