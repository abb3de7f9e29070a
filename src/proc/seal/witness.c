/* Ledgers watched by each other: we show peers our newest checkpoint, cosign theirs, and hand back the largest we saw. A
 * node whose ledger was set back learns it here, and releases nothing from then on. What we saw of a peer is a record
 * of our own ledger (kind witness, with the note as basis), durable before the cosignature leaves. spec: trust 3.2 */
#include "proc/seal/seal.h"

#include "os/clock.h"
#include "os/log.h"

static void keep(struct seal_tree *tree, struct buf *kept, const struct seal_tree *newer, struct slice note)
{
	*tree = *newer;
	buf_truncate(kept, 0);
	buf_put(kept, note);
}

/* ---- our ledger ---- */

void seal_show_tree(struct self *self, struct seal_peer *peer)
{
	const struct seal *seal = role_context(self);
	if (peer->dialled && seal->tree.size && seal->tree_note.err == ERR_OK)
		seal_wire(self, peer, false, WIRE_TREE, buf_slice(&seal->tree_note));
}

/* To all, when the ledger grew by more than the trees of others that we recorded: else two idle nodes would keep each other
 * recording for ever. */
static void show_to_all(struct self *self, struct seal *seal)
{
	if (seal->tree.size - seal->shown <= seal->witnessed)
		return;
	seal->shown = seal->tree.size;
	seal->witnessed = 0;
	for (size_t i = 0; i < seal->count; i++)
		seal_show_tree(self, &seal->peers[i]);
}

static void stop_releasing(struct seal *seal, const char *why)
{
	if (!seal->rolled_back)
		log_line(LOG_ERROR, "%s: nothing is released until an operator has looked", why);
	seal->rolled_back = true;
}

static void on_tree(struct self *self, void *context, const struct role_message *answer)
{
	struct seal *seal = context;
	const struct msg_tree *done = answer->value;
	struct seal_tree tree;
	seal->tree_asked = false;
	if (role_answer_err(answer, MSG_TREE_DONE) != ERR_OK ||
	    seal_ledger_read(done->checkpoint, seal->self->name, seal->self->ledger_key, &tree) != ERR_OK)
		return;
	if (tree.size < seal->tree.size ||
	    (tree.size == seal->tree.size && memcmp(tree.root, seal->tree.root, sizeof(tree.root)) != 0)) {
		stop_releasing(seal, "our ledger is smaller than, or other than, what we saw of it");
		return;
	}
	keep(&seal->tree, &seal->tree_note, &tree, done->checkpoint);
	show_to_all(self, seal);
}

void seal_ask_tree(struct self *self)
{
	struct seal *seal = role_context(self);
	if (seal->tree_asked || !role_has_neighbor(self, ROLE_LEDGER))
		return;
	seal->tree_asked = true;
	seal->tree_ms = clock_monotonic_ms();
	role_ask(self, ROLE_LEDGER, MSG_TREE, &(struct msg_empty){0}, LEDGER_MS, on_tree, seal);
}

static void on_witnessed(struct self *self, void *context, const struct role_message *answer)
{
	enum err err = role_answer_err(answer, MSG_DONE);
	(void)self;
	if (err == ERR_CONFLICT)
		stop_releasing(context, "a peer holds more, or other, of our ledger than we have");
}

void seal_on_cosigned(struct self *self, struct seal_peer *peer, struct slice note)
{
	struct seal *seal = role_context(self);
	struct seal_tree tree;
	if (seal_ledger_read(note, seal->self->name, seal->self->ledger_key, &tree) != ERR_OK ||
	    seal_ledger_check_cosignature(note, peer->row->name, peer->row->feed_key) != ERR_OK) {
		log_line(LOG_WARNING, "a cosigned checkpoint of %.*s does not verify", SLICE_ARG(peer->row->name));
		return;
	}
	struct msg_tree ask = {.size = tree.size, .checkpoint = note};
	role_ask(self, ROLE_LEDGER, MSG_WITNESS, &ask, LEDGER_MS, on_witnessed, seal);
}

/* ---- a peer's ledger ---- */

static bool is_consistent(const struct seal_peer *peer, const struct seal_tree *tree)
{
	if (tree->size == peer->tree.size)
		return memcmp(tree->root, peer->tree.root, sizeof(tree->root)) == 0;
	return tree->size > peer->tree.size;
}

/* A tree of a peer on its way into our ledger. */
struct sighting {
	struct seal_peer *peer;
	struct seal_tree tree;
	struct buf note;
};

static void cosign(struct self *self, const struct seal_peer *peer)
{
	const struct seal *seal = role_context(self);
	AUTO_BUF cosigned = buf_make(WIRE_NOTE_MAX);
	struct slice octets;
	if (peer->tree_note.len &&
	    seal_ledger_cosign(buf_slice(&peer->tree_note), seal->self->name, seal->feed_key, clock_now_ms(),
			       &cosigned) == ERR_OK &&
	    buf_finish(&cosigned, &octets) == ERR_OK)
		seal_wire(self, peer, true, WIRE_COSIGNED, octets);
}

static void on_sighting_recorded(struct self *self, void *context, const struct role_message *answer)
{
	struct seal *seal = role_context(self);
	struct sighting *sighting = context;
	struct seal_peer *peer = sighting->peer;
	if (role_answer_err(answer, MSG_RECORDED) == ERR_OK) {
		seal->witnessed++;
		if (sighting->tree.size > peer->tree.size)
			keep(&peer->tree, &peer->tree_note, &sighting->tree, buf_slice(&sighting->note));
		cosign(self, peer);
	}
	buf_done(&sighting->note);
	free(sighting);
}

static void record_sighting(struct self *self, struct seal_peer *peer, const struct seal_tree *tree, struct slice note)
{
	AUTO_BUF origin = buf_make(LIMIT_TITLE);
	AUTO_BUF octets = buf_make(LEDGER_RECORD_MAX);
	buf_printf(&origin, "bices/%.*s/ledger", SLICE_ARG(peer->row->name));
	struct ledger_record record = {.kind = LEDGER_WITNESS,
				       .at = clock_now_ms(),
				       .actor = SLICE("seal"),
				       .subject = buf_slice(&origin),
				       .recipient = peer->row->name,
				       .basis = note,
				       .sequence = tree->size};
	memcpy(record.digest, tree->root, sizeof(record.digest));
	record_encode(&ledger_record_schema, &record, &octets);
	struct sighting *sighting = octets.err == ERR_OK ? calloc(1, sizeof(*sighting)) : NULL;
	if (!sighting)
		return;
	*sighting = (struct sighting){.peer = peer, .tree = *tree, .note = buf_make(WIRE_NOTE_MAX)};
	buf_put(&sighting->note, note);
	struct record_item item = {.record = buf_slice(&octets)};
	role_ask(self, ROLE_LEDGER, MSG_RECORD, &(struct msg_record){{&item, 1}}, LEDGER_MS, on_sighting_recorded,
		 sighting);
}

void seal_on_tree(struct self *self, struct seal_peer *peer, struct slice note)
{
	const struct seal *seal = role_context(self);
	struct seal_tree tree;
	if (!seal_is_serving(seal))
		return; /* what we saw before is not read back yet; the peer shows it again */
	if (seal_ledger_read(note, peer->row->name, peer->row->ledger_key, &tree) != ERR_OK) {
		log_line(LOG_WARNING, "a checkpoint of the ledger of %.*s does not verify", SLICE_ARG(peer->row->name));
		return;
	}
	if (!is_consistent(peer, &tree)) {
		log_line(LOG_ERROR, "the ledger of %.*s is smaller than, or other than, what we saw of it",
			 SLICE_ARG(peer->row->name));
		cosign(self, peer); /* the largest we saw, so that it learns of it */
	} else if (tree.size == peer->tree.size) {
		cosign(self, peer);
	} else {
		record_sighting(self, peer, &tree, note);
	}
}

void seal_take_sighting(struct seal *seal, const struct ledger_record *record)
{
	struct seal_peer *peer = seal_find_peer(seal, record->recipient);
	struct seal_tree tree;
	if (peer && seal_ledger_read(record->basis, peer->row->name, peer->row->ledger_key, &tree) == ERR_OK &&
	    tree.size > peer->tree.size)
		keep(&peer->tree, &peer->tree_note, &tree, record->basis);
}
