/* What must hold at every moment, and what must hold once the coalition has healed. It compares with the truth and knows
 * nothing of the rules that the machines apply. */
#include "simulate.h"

/* Asked before a frame takes effect in the store of self. */
void check_admission(struct world *world, size_t self, const struct operation *operation)
{
	struct node *node = &world->nodes[self];
	const struct outgoing *to = &world->nodes[operation->peer].to[self];
	const struct feed_frame *frame = &operation->frame;
	const struct feed_position *position = &node->received[operation->peer][frame->sequence];
	if (frame->seq > 1 && memcmp(position->digest, frame->prev_digest, 32) != 0)
		broken(world, "a frame was accepted that does not follow its predecessor");
	if (frame->seq > to->count[frame->sequence])
		broken(world, "a frame was accepted that was never parked");
	if (operation->empty || frame->sequence == SEQUENCE_CONTROL)
		return;
	if (frame->roster_epoch != node->epoch)
		broken(world, "a frame of another roster epoch was accepted");
	if (node->received[operation->peer][SEQUENCE_CONTROL].seq < frame->control_seq_required)
		broken(world, "an object was shown before the control entries that it needs");
	const struct truth *truth = &world->objects[operation->body[0]];
	if (memcmp(operation->body, truth->body[operation->body[1]], BODY) != 0)
		broken(world, "an object was shown whose octets guard never decided on");
	if (truth->replaces >= 0)
		for (size_t v = 0; v < VERSIONS_MAX; v++)
			if (node->held[truth->replaces][v])
				broken(world, "a correction was shown beside what it replaces");
}

void check_all(struct world *world)
{
	for (size_t n = 0; n < NODES; n++)
		for (size_t object = 0; object < world->object_count; object++)
			for (size_t v = 0; v < VERSIONS_MAX; v++)
				if (world->nodes[n].tombstone[object] && world->nodes[n].held[object][v])
					broken(world, "an object is shown after its recall was applied");
}

static void check_row(struct world *world, size_t self, size_t peer, const struct row *row)
{
	const struct truth *truth = &world->objects[row->object];
	const struct node *node = &world->nodes[peer];
	uint8_t held = row->kind ? 0 : node->held[row->object][row->version];
	if (row->cancelled)
		return;
	if (!row->parked)
		broken(world, "something that is due was never sealed");
	else if (row->kind == CONTROL_RECALL && !(world->nodes[self].receipts[row->object] & 1u << peer))
		broken(world, "a recall has no receipt");
	else if (!row->kind && truth->recalled && held)
		broken(world, "a recalled object is shown");
	else if (!row->kind && !truth->recalled && held != 1)
		broken(world, "a released object was lost");
}

static void check_feed(struct world *world, size_t self, size_t peer)
{
	struct node *node = &world->nodes[self];
	struct outgoing *to = &node->to[peer];
	for (size_t i = 0; i < to->control_count; i++)
		check_row(world, self, peer, &to->control[i]);
	for (size_t i = 0; i < to->data_count; i++)
		check_row(world, self, peer, &to->data[i]);
	for (size_t i = 0; i < FEED_SEQUENCES; i++)
		if (to->acknowledged[i] != to->count[i] || world->nodes[peer].received[self][i].seq != to->count[i])
			broken(world, "a feed did not catch up");
	if (node->sender[peer].frozen || node->receiver[peer].frozen)
		broken(world, "a feed between honest nations froze");
}

/* Nobody shows what was never released to him. */
static void check_strangers(struct world *world, size_t self)
{
	for (size_t object = 0; object < world->object_count; object++) {
		const struct truth *truth = &world->objects[object];
		const struct outgoing *to = &world->nodes[truth->origin].to[self];
		for (size_t v = 0; v < VERSIONS_MAX && truth->origin != self; v++) {
			bool released = false;
			for (size_t i = 0; i < to->data_count; i++)
				released |= to->data[i].object == object && to->data[i].version == v;
			if (world->nodes[self].held[object][v] && !released)
				broken(world, "an object is shown that was never released to its holder");
		}
	}
}

void check_converged(struct world *world)
{
	check_all(world);
	for (size_t self = 0; self < NODES && !world->broken; self++) {
		if (!world->nodes[self].up || world->nodes[self].epoch != world->epoch)
			broken(world, "a node did not come to the newest roster");
		check_strangers(world, self);
		for (size_t peer = 0; peer < NODES; peer++)
			if (peer != self)
				check_feed(world, self, peer);
	}
}
