/* A successor of the roster that arrives by a peer's control feed. Signed by a majority of the roster before it, it ends
 * that one at once: nothing is admitted or sealed under the old epoch any more. That it was seen is a record of our ledger
 * before the control entry is admitted, so that no new start forgets it. Seal never works with another roster than the one
 * it was given: the operator installs the successor, and the node starts again. spec: trust 1.4, A30 */
#include "proc/seal/seal.h"

#include "os/clock.h"
#include "os/log.h"

/* For every peer at once. */
static void know_epoch(struct seal *seal, uint64_t epoch)
{
	if (epoch <= seal->epoch)
		return;
	seal->epoch = epoch;
	log_line(LOG_WARNING, "a roster of epoch %llu is in force and ours has %llu: nothing is released until it is installed",
		 (unsigned long long)epoch, (unsigned long long)seal->roster.epoch);
	for (size_t i = 0; i < seal->count; i++)
		feed_receiver_epoch(&seal->peers[i].receiver, epoch);
}

/* A valid successor, while our ledger makes it durable. */
struct succession {
	struct seal_peer *peer;
	struct feed_frame facts;
	uint32_t turn;
	uint64_t sent, epoch;
	struct buf body; /* the control entry */
};

/* Keeps the octets: the next successor is judged by this one. */
static enum err keep_newest(struct seal *seal, struct slice body)
{
	AUTO_ARENA arena = {0};
	struct control_entry entry;
	struct roster roster;
	struct slice octets;
	TRY(control_entry_open(body, &arena, &entry));
	TRY(arena_copy(&seal->arena, entry.body, &octets));
	TRY(roster_open(octets, &seal->arena, &roster, NULL));
	seal->newest = roster;
	seal->newest_octets = octets;
	return ERR_OK;
}

static void on_recorded(struct self *self, void *context, const struct role_message *answer)
{
	struct seal *seal = role_context(self);
	struct succession *next = context;
	struct seal_peer *peer = next->peer;
	struct slice body = buf_slice(&next->body);
	enum err err = role_answer_err(answer, MSG_RECORDED);
	if (err == ERR_OK && next->epoch > seal->epoch)
		err = keep_newest(seal, body);
	if (err == ERR_OK)
		know_epoch(seal, next->epoch);
	if (next->turn == peer->turn[SEQUENCE_CONTROL]) {
		if (err == ERR_OK)
			seal_admit_control(self, peer, &next->facts, next->sent, body);
		else
			seal_forget_given(peer, SEQUENCE_CONTROL);
		seal_after_frames(self, peer);
	}
	buf_done(&next->body);
	free(next);
}

static enum err ask_record(struct self *self, struct succession *next, struct slice octets)
{
	struct ledger_record record = {.kind = LEDGER_ROSTER,
				       .at = clock_now_ms(),
				       .actor = SLICE("seal"),
				       .subject = SLICE("roster"),
				       .recipient = next->peer->row->name,
				       .sequence = next->epoch};
	AUTO_BUF encoded = buf_make(LEDGER_RECORD_MAX);
	roster_digest(octets, record.digest);
	record_encode(&ledger_record_schema, &record, &encoded);
	TRY(encoded.err);
	struct record_item item = {.record = buf_slice(&encoded)};
	const struct msg_record ask = {{&item, 1}};
	role_ask(self, ROLE_LEDGER, MSG_RECORD, &ask, LEDGER_MS, on_recorded, next);
	return ERR_OK;
}

static enum err begin(struct self *self, struct seal_peer *peer, const struct feed_frame *facts, uint64_t sent,
		      struct slice body, const struct roster *roster, struct slice octets)
{
	struct succession *next = calloc(1, sizeof(*next));
	if (!next)
		return ERR_MEMORY;
	*next = (struct succession){.peer = peer,
				    .facts = *facts,
				    .turn = peer->turn[SEQUENCE_CONTROL],
				    .sent = sent,
				    .epoch = roster->epoch,
				    .body = buf_make(LIMIT_CONTROL_ENTRY)};
	buf_put(&next->body, body);
	enum err err = next->body.err == ERR_OK ? ask_record(self, next, octets) : next->body.err;
	if (err != ERR_OK) {
		buf_done(&next->body);
		free(next);
	}
	return err;
}

enum err seal_take_succession(struct seal *seal, const struct ledger_record *record)
{
	uint8_t digest[32];
	roster_digest(seal->given, digest);
	if (record->sequence == seal->roster.epoch && memcmp(record->digest, digest, sizeof(digest)) != 0) {
		log_line(LOG_ERROR, "the roster of epoch %llu that was installed is not the one that was signed and recorded",
			 (unsigned long long)record->sequence);
		return ERR_INVALID;
	}
	know_epoch(seal, record->sequence);
	return ERR_OK;
}

bool seal_succeeds(struct self *self, struct seal_peer *peer, const struct feed_frame *facts, uint64_t sent, struct slice body,
		   const struct control_entry *entry)
{
	const struct seal *seal = role_context(self);
	AUTO_ARENA arena = {0};
	struct roster roster;
	struct diag why = {0};
	enum err err = roster_open(entry->body, &arena, &roster, &why);
	if (err == ERR_OK && roster.epoch <= seal->epoch)
		return false; /* others brought it before */
	if (err == ERR_OK)
		err = roster_check_next(&seal->newest, seal->newest_octets, &roster, &why);
	if (err != ERR_OK) {
		log_line(LOG_ERROR, "the roster that %.*s sent has no effect: %s", SLICE_ARG(peer->row->name), why.text);
		return false;
	}
	if (begin(self, peer, facts, sent, body, &roster, entry->body) != ERR_OK)
		seal_forget_given(peer, SEQUENCE_CONTROL);
	return true;
}
