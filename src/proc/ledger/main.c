/* The entry of the ledger: key, file, table of messages. It must never open a socket or write outside its directory. */
#include "proc/ledger/ledger.h"

#include <event2/event.h>

static void on_commit(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor, (void)what;
	ledger_commit(context);
}

/* Signs and verifies once: shows that the key is one, and has the library load what it needs while it still can. */
static enum err try_key(const uint8_t seed[ROLE_SEED])
{
	struct signing_key *key;
	uint8_t public_key[32], signature[64];
	TRY(signing_key_new(seed, &key));
	signing_key_public(key, public_key);
	enum err err = signing_key_sign(key, "bices/self-test/1", SLICE("ledger"), signature);
	signing_key_free(key);
	TRY(err);
	return signature_verify(public_key, "bices/self-test/1", SLICE("ledger"), signature) ? ERR_OK : ERR_CRYPTO;
}

static enum err prepare(struct self *self, struct diag *diag)
{
	struct ledger *ledger = role_context(self);
	TRY(role_seed(self, "key-ledger", ledger->seed, diag));
	TRY(try_key(ledger->seed));
	ledger->commit = event_new(role_events(self), -1, EV_PERSIST, on_commit, self);
	return ledger->commit ? ERR_OK : ERR_MEMORY;
}

/* Our own start is the first thing recorded: it makes sure that the disk takes records, and shows a repaired tail. */
static enum err record_start(struct self *self, bool repaired)
{
	struct ledger *ledger = role_context(self);
	struct ledger_record record = {.kind = LEDGER_START, .at = clock_now_ms(), .actor = SLICE("ledger"),
				       .subject = role_nation(self), .sequence = ledger_log_size(ledger->log)};
	AUTO_BUF bytes = buf_make(LEDGER_RECORD_MAX);
	uint8_t leaf[1][MERKLE_HASH];
	if (repaired)
		record.basis = SLICE("the last group was torn and is gone; it was never answered for");
	record_encode(&ledger_record_schema, &record, &bytes);
	TRY(bytes.err);
	struct slice encoded = buf_slice(&bytes);
	return ledger_log_append(ledger->log, &encoded, 1, leaf, NULL);
}

static enum err start(struct self *self, struct diag *diag)
{
	struct ledger *ledger = role_context(self);
	AUTO_BUF origin = buf_make(NOTE_NAME);
	bool repaired = false;
	TRY(ledger_origin(role_nation(self), &origin));
	enum err err = ledger_log_open(role_descriptor(self, "data"), buf_slice(&origin), ledger->seed, clock_now_ms(), diag, &repaired,
				       &ledger->log);
	explicit_bzero(ledger->seed, ROLE_SEED);
	TRY(err);
	if (repaired)
		log_line(LOG_WARNING, "the last group of the ledger was torn by a crash and was set to zero");
	log_line(LOG_NOTICE, "the ledger holds %llu records", (unsigned long long)ledger_log_size(ledger->log));
	err = record_start(self, repaired);
	/* a full disk is no reason not to serve what is there */
	return err == ERR_FULL ? ERR_OK : err;
}

static void stop(struct self *self)
{
	struct ledger *ledger = role_context(self);
	if (ledger->log)
		ledger_commit(self);
	if (ledger->commit)
		event_free(ledger->commit);
	ledger_log_close(ledger->log);
	arena_done(&ledger->queue);
	explicit_bzero(ledger->seed, ROLE_SEED);
}

static const struct role_handler handlers[] = {
	{MSG_RECORD, ROLE_STORE, ledger_on_record},   {MSG_RECORD, ROLE_GUARD, ledger_on_record},
	{MSG_RECORD, ROLE_SEAL, ledger_on_record},    {MSG_RECORD, ROLE_MASTER, ledger_on_record},
	{MSG_REPLAY, ROLE_GUARD, ledger_on_replay},   {MSG_REPLAY, ROLE_SEAL, ledger_on_replay},
	{MSG_PROVE, ROLE_STORE, ledger_on_prove},     {MSG_TREE, ROLE_SEAL, ledger_on_tree},
	{MSG_TREE, ROLE_STORE, ledger_on_tree},	      {MSG_WITNESS, ROLE_SEAL, ledger_on_witness},
	{MSG_WITNESS, ROLE_STORE, ledger_on_witness}, {0, 0, NULL},
};

int main(void)
{
	static const struct role_program program = {
		.role = ROLE_LEDGER, .handlers = handlers, .prepare = prepare, .start = start, .stop = stop};
	static struct ledger ledger = {.standing = LEDGER_CONSISTENT};
	return role_run(&program, &ledger);
}
