/* The entry of guard: keys and rules, then the table of messages. It must never open a socket or a file. */
#include "proc/guard/guard.h"

static enum err load_key(struct self *self, const char *name, struct signing_key **ret_key, struct diag *diag)
{
	uint8_t seed[ROLE_SEED];
	TRY(role_seed(self, name, seed, diag));
	enum err err = signing_key_new(seed, ret_key);
	explicit_bzero(seed, sizeof(seed));
	return err;
}

/* The roster must name the keys we hold: anything else would make signatures that no peer accepts. */
static enum err check_keys(struct self *self, const struct guard *guard, struct diag *diag)
{
	AUTO_ARENA arena = {0};
	struct roster roster;
	uint8_t release[32], originator[32];
	TRY(roster_open(role_given(self, "roster"), &arena, &roster, diag));
	const struct participant *own = roster_find(&roster, guard->rules.nation);
	signing_key_public(guard->release, release);
	signing_key_public(guard->originator, originator);
	if (!own || memcmp(own->release_key, release, 32) || memcmp(own->originator_key, originator, 32))
		return diag_fail(diag, ERR_INVALID, "the roster does not name the keys of this node");
	return ERR_OK;
}

static enum err prepare(struct self *self, struct diag *diag)
{
	struct guard *guard = role_context(self);
	struct guard_given given = {.nation = role_nation(self),
				    .realm = role_realm(self),
				    .policies = role_given(self, "policies"),
				    .roster = role_given(self, "roster"),
				    .table = role_given(self, "release-table")};
	TRY(load_key(self, "key-originator", &guard->originator, diag));
	TRY(load_key(self, "key-release", &guard->release, diag));
	TRY(guard_rules_load(&given, &guard->arena, &guard->rules, diag));
	return check_keys(self, guard, diag);
}

static void neighbor_up(struct self *self, enum role neighbor)
{
	struct guard *guard = role_context(self);
	if (neighbor == ROLE_LEDGER)
		guard_start(self);
	if (neighbor == ROLE_SEAL)
		guard->seal_serves = false; /* until it says so */
}

static void stop(struct self *self)
{
	struct guard *guard = role_context(self);
	role_timer_free(guard->retry);
	signing_key_free(guard->originator);
	signing_key_free(guard->release);
	guard_rules_done(&guard->rules);
	guard_orders_done(guard);
	arena_done(&guard->arena);
}

static const struct role_handler handlers[] = {
	{MSG_PLAN, ROLE_STORE, guard_on_plan},
	{MSG_PUBLISH, ROLE_STORE, guard_on_publish},
	{MSG_RELEASE, ROLE_STORE, guard_on_release},
	{MSG_ORDER_RECALL, ROLE_STORE, guard_on_order},
	{MSG_FEEDS, ROLE_SEAL, guard_on_feeds},
	{0, 0, NULL},
};

int main(void)
{
	static const struct role_program program = {
		.role = ROLE_GUARD, .handlers = handlers, .prepare = prepare, .stop = stop, .neighbor_up = neighbor_up};
	static struct guard guard;
	return role_run(&program, &guard);
}
