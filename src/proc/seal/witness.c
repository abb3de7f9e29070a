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

static void stop_releasing(struct seal *seal, const char *why)
{
	if (!seal->rolled_back)
		log_line(LOG_ERROR, "%s: nothing is released until an operator has looked", why);
	seal->rolled_back = true;
}

/* What the ledger answered; false unless it is newer than, or the same as, what we had seen of it when we asked: meanwhile
 * guard may have shown us more. */
static bool take_tree(struct seal *seal, const struct role_message *answer, const struct seal_tree *known,
		      struct seal_tree *ret_tree)
{
	const struct msg_tree *done = answer->value;
	struct seal_tree tree;
	if (role_answer_err(answer, MSG_TREE_DONE) != ERR_OK ||
	    seal_ledger_read(done->checkpoint, seal->self->name, seal->self->ledger_key, &tree) != ERR_OK)
		return false;
	if (tree.size < known->size ||
	    (tree.size == known->size && memcmp(tree.root, known->root, sizeof(tree.root)) != 0)) {
		stop_releasing(seal, "our ledger is smaller than, or other than, what we saw of it");
		return false;
	}
	if (tree.size > seal->tree.size)
		seal->tree = tree;
	*ret_tree = tree;
	return true;
}

/* ---- showing it ---- */

/* A tree for one peer on its way out of our ledger. */
struct showing {
	struct seal_peer *peer;
	uint64_t from_size;
	struct seal_tree known; /* of it, when we asked */
};

static void put_on_wire(struct self *self, const struct showing *showing, const struct msg_tree *done)
{
	struct slice octets;
	struct shown_tree shown = {
		.from_size = showing->from_size, .proof = done->proof, .checkpoint = done->checkpoint};
	AUTO_BUF body = buf_make(WIRE_TREE_MAX);
	record_encode(&shown_tree_schema, &shown, &body);
	if (buf_finish(&body, &octets) == ERR_OK)
		seal_wire(self, showing->peer, false, WIRE_TREE, octets);
}

static void on_shown_tree(struct self *self, void *context, const struct role_message *answer)
{
	struct seal *seal = role_context(self);
	struct showing *showing = context;
	struct seal_peer *peer = showing->peer;
	struct seal_tree tree;
	peer->showing = false;
	if (take_tree(seal, answer, &showing->known, &tree) && peer->dialled) {
		peer->offered = tree.size;
		peer->proved = showing->from_size;
		put_on_wire(self, showing, answer->value);
	}
	free(showing);
}

void seal_show_tree(struct self *self, struct seal_peer *peer)
{
	const struct seal *seal = role_context(self);
	struct showing *showing = NULL;
	if (peer->dialled && !peer->showing && role_has_neighbor(self, ROLE_LEDGER))
		showing = calloc(1, sizeof(*showing));
	if (!showing)
		return;
	*showing = (struct showing){peer, peer->cosigned, seal->tree};
	peer->showing = true;
	struct msg_ask_tree ask = {.from_size = peer->cosigned};
	role_ask(self, ROLE_LEDGER, MSG_TREE, &ask, LEDGER_MS, on_shown_tree, showing);
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

static void on_tree(struct self *self, void *context, const struct role_message *answer)
{
	struct seal *seal = context;
	struct seal_tree tree;
	seal->tree_asked = false;
	if (take_tree(seal, answer, &seal->asked_at, &tree))
		show_to_all(self, seal);
}

void seal_ask_tree(struct self *self)
{
	struct seal *seal = role_context(self);
	if (seal->tree_asked || !role_has_neighbor(self, ROLE_LEDGER))
		return;
	seal->tree_asked = true;
	seal->asked_at = seal->tree;
	seal->tree_ms = clock_monotonic_ms();
	role_ask(self, ROLE_LEDGER, MSG_TREE, &(struct msg_ask_tree){0}, LEDGER_MS, on_tree, seal);
}

/* ---- what a peer says of it ---- */

/* A cosigned tree of ours on its way to our ledger. */
struct cosigned {
	struct seal_peer *peer;
	uint64_t size;
};

/* The peer saw another tree before the one it was shown: it is proved from there, once. */
static void on_witnessed(struct self *self, void *context, const struct role_message *answer)
{
	struct cosigned *cosigned = context;
	struct seal_peer *peer = cosigned->peer;
	enum err err = role_answer_err(answer, MSG_DONE);
	if (err == ERR_CONFLICT)
		stop_releasing(role_context(self), "a peer holds more, or other, of our ledger than we have");
	if (err == ERR_OK) {
		peer->cosigned = cosigned->size;
		if (peer->cosigned < peer->offered && peer->cosigned != peer->proved)
			seal_show_tree(self, peer);
	}
	free(cosigned);
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
	struct cosigned *cosigned = calloc(1, sizeof(*cosigned));
	if (!cosigned)
		return;
	*cosigned = (struct cosigned){peer, tree.size};
	struct msg_tree ask = {.size = tree.size, .checkpoint = note};
	role_ask(self, ROLE_LEDGER, MSG_WITNESS, &ask, LEDGER_MS, on_witnessed, cosigned);
}

/* ---- a peer's ledger ---- */

/* A tree of a peer on its way into our ledger. */
struct sighting {
	struct seal_peer *peer;
	struct seal_tree tree;
	struct buf note;
};

/* The largest tree that we saw, whatever was shown just now: so that the peer learns of it and proves from there. */
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
	peer->sighting = false;
	if (role_answer_err(answer, MSG_RECORDED) == ERR_OK) {
		seal->witnessed++;
		keep(&peer->tree, &peer->tree_note, &sighting->tree, buf_slice(&sighting->note));
		cosign(self, peer);
	}
	buf_done(&sighting->note);
	free(sighting);
}

static enum err encode_sighting(const struct seal_peer *peer, const struct seal_tree *tree, struct slice note,
				struct buf *octets)
{
	AUTO_BUF origin = buf_make(LIMIT_TITLE);
	buf_printf(&origin, "bices/%.*s/ledger", SLICE_ARG(peer->row->name));
	struct ledger_record record = {.kind = LEDGER_WITNESS,
				       .at = clock_now_ms(),
				       .actor = SLICE("seal"),
				       .subject = buf_slice(&origin),
				       .recipient = peer->row->name,
				       .basis = note,
				       .sequence = tree->size};
	memcpy(record.digest, tree->root, sizeof(record.digest));
	record_encode(&ledger_record_schema, &record, octets);
	return octets->err;
}

static void record_sighting(struct self *self, struct seal_peer *peer, const struct seal_tree *tree, struct slice note)
{
	AUTO_BUF octets = buf_make(LEDGER_RECORD_MAX);
	struct sighting *sighting = NULL;
	if (encode_sighting(peer, tree, note, &octets) == ERR_OK)
		sighting = calloc(1, sizeof(*sighting));
	if (!sighting)
		return;
	*sighting = (struct sighting){.peer = peer, .tree = *tree, .note = buf_make(WIRE_NOTE_MAX)};
	buf_put(&sighting->note, note);
	peer->sighting = true;
	struct record_item item = {.record = buf_slice(&octets)};
	const struct msg_record ask = {{&item, 1}};
	role_ask(self, ROLE_LEDGER, MSG_RECORD, &ask, LEDGER_MS, on_sighting_recorded, sighting);
}

/* Compares what a peer shows with what we saw of it. */
static void judge_tree(struct self *self, struct seal_peer *peer, const struct seal_tree *tree,
		       const struct shown_tree *shown)
{
	bool larger = tree->size > peer->tree.size;
	bool same = tree->size == peer->tree.size && memcmp(tree->root, peer->tree.root, sizeof(tree->root)) == 0;
	bool first = peer->tree.size == 0;
	bool proves_it = !first && shown->from_size == peer->tree.size;
	if (larger && (first || (proves_it && seal_ledger_extends(&peer->tree, tree, shown->proof) == VERDICT_PERMIT))) {
		record_sighting(self, peer, tree, shown->checkpoint);
		return;
	}
	if (!same && !(larger && !proves_it))
		log_line(LOG_ERROR, "the ledger of %.*s does not continue what we saw of it: it is not cosigned",
			 SLICE_ARG(peer->row->name));
	cosign(self, peer);
}

void seal_on_tree(struct self *self, struct seal_peer *peer, struct slice body)
{
	const struct seal *seal = role_context(self);
	AUTO_ARENA arena = {0};
	struct seal_tree tree;
	struct shown_tree shown;
	if (!seal_is_serving(seal) || peer->sighting)
		return; /* what we saw before is not yet read back or written down; the peer shows it again */
	if (record_decode(&shown_tree_schema, body, &arena, &shown) != ERR_OK ||
	    seal_ledger_read(shown.checkpoint, peer->row->name, peer->row->ledger_key, &tree) != ERR_OK)
		log_line(LOG_WARNING, "a checkpoint of the ledger of %.*s does not verify", SLICE_ARG(peer->row->name));
	else
		judge_tree(self, peer, &tree, &shown);
}

void seal_take_sighting(struct seal *seal, const struct ledger_record *record)
{
	struct seal_peer *peer = seal_find_peer(seal, record->recipient);
	struct seal_tree tree;
	if (peer && seal_ledger_read(record->basis, peer->row->name, peer->row->ledger_key, &tree) == ERR_OK &&
	    tree.size > peer->tree.size)
		keep(&peer->tree, &peer->tree_note, &tree, record->basis);
}
