/* The entry of front: policies, files and listeners, then the loop. It must never open a file, nor a connection to
 * anybody. */
#include "proc/front/connection.h"

#include "crypto/crypto.h"
#include "object/json.h"
#include "os/pack.h"

static enum err load_policies(struct front *front, struct diag *diag)
{
	struct slice rest = role_given(front->self, "policies"), piece;
	enum err err;
	front->policies = policy_set_new();
	if (!front->policies)
		return ERR_MEMORY;
	while ((err = pack_next(&rest, &piece)) == ERR_OK) {
		const struct policy *policy;
		TRY(policy_open(piece, &front->arena, &policy));
		TRY(policy_set_add(front->policies, policy));
	}
	return err == ERR_NOT_FOUND ? ERR_OK : diag_fail(diag, err, "the compiled policies are cut off");
}

/* Without the table, markings of others are words, and our labels travel as themselves only. */
static enum err load_map(struct front *front, struct stix_map **ret_map, struct diag *diag)
{
	struct slice text = role_given(front->self, "marking-map");
	*ret_map = NULL;
	if (text.len == 0)
		return ERR_OK;
	TRY(stix_map_parse(front->policies, text, &front->arena, &front->map, diag));
	*ret_map = &front->map;
	return ERR_OK;
}

static void sweep(struct self *self, void *context)
{
	(void)self;
	connections_sweep(context);
}

static enum err prepare(struct self *self, struct diag *diag)
{
	struct front *front = role_context(self);
	uint64_t seed;
	front->self = self;
	crypto_random(&seed, sizeof seed);
	json_start(seed);
	TRY(load_policies(front, diag));
	struct stix_map *map;
	TRY(load_map(front, &map, diag));
	TRY(files_open(role_given(self, "files"), &front->arena, &front->files));
	front->site = (struct site){.policies = front->policies,
				    .map = map,
				    .nation = role_nation(self),
				    .realm = role_realm(self),
				    .files = &front->files,
				    .statuses = &front->statuses,
				    .imports = &front->imports};
	TRY(serve_start(front, diag));
	TRY(streams_start(front));
	TRY(admin_start(front, diag));
	return role_timer_new(self, SWEEP_MS, true, sweep, front, &front->sweep);
}

static void stop(struct self *self)
{
	struct front *front = role_context(self);
	role_timer_free(front->sweep);
	streams_stop(front);
	serve_stop(front);
	carrier_stop(&front->admin);
	statuses_done(&front->statuses);
	policy_set_free(front->policies);
	arena_done(&front->arena);
}

static const struct role_handler handlers[] = {{0, 0, NULL}};

int main(void)
{
	static const struct role_program program = {
		.role = ROLE_FRONT, .handlers = handlers, .prepare = prepare, .stop = stop};
	struct front front = {0};
	return role_run(&program, &front);
}
