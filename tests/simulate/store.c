/* Model of the store: one queue of requests, each durable whole or not at all. A crash loses the answers, and those requests
 * that had not come to disk. */
#include "simulate.h"

void store_ask(struct world *world, size_t self, const struct operation *operation)
{
	struct node *node = &world->nodes[self];
	if (node->operation_count == OPERATIONS_MAX)
		abort();
	node->operations[(node->operation_first + node->operation_count++) % OPERATIONS_MAX] = *operation;
	uint64_t at = world->now + 1 + draw(world, chance(world, 5) ? 400 : 8);
	if (at < world->store_due[self])
		at = world->store_due[self];
	world->store_due[self] = at;
	world_schedule(world, &(struct event){.at = at, .kind = EVENT_STORE, .node = self, .life = world->node_life[self]});
}

struct row *store_row(struct world *world, size_t self, size_t peer, const struct row *row)
{
	struct outgoing *to = &world->nodes[self].to[peer];
	size_t *count = row->kind ? &to->control_count : &to->data_count;
	if (*count == ROWS_MAX)
		abort();
	struct row *place = &(row->kind ? to->control : to->data)[(*count)++];
	*place = *row;
	return place;
}

void store_adopt(struct world *world, size_t self, uint64_t epoch)
{
	struct node *node = &world->nodes[self];
	if (epoch <= node->epoch)
		return;
	if (epoch != node->epoch + 1)
		broken(world, "a roster was applied out of turn");
	node->epoch = epoch;
	for (size_t peer = 0; peer < NODES; peer++)
		if (peer != self)
			store_row(world, self, peer, &(struct row){.kind = CONTROL_ROSTER, .number = epoch});
}

static bool commit_park(struct world *world, size_t self, struct operation *operation)
{
	struct outgoing *to = &world->nodes[self].to[operation->peer];
	size_t sequence = operation->frame.sequence;
	if (operation->frame.seq != to->count[sequence] + 1)
		broken(world, "a frame was parked out of turn");
	if (to->count[sequence] == to->capacity[sequence]) {
		to->capacity[sequence] = to->capacity[sequence] ? to->capacity[sequence] * 2 : 16;
		to->frames[sequence] = reallocarray(to->frames[sequence], to->capacity[sequence], sizeof(struct parked));
		if (!to->frames[sequence])
			abort();
	}
	to->frames[sequence][to->count[sequence]++] = operation->octets;
	operation->octets = (struct parked){0};
	operation->row->parked = true;
	operation->row->sealing = false;
	operation->row->seq = operation->frame.seq;
	if (operation->row->kind == CONTROL_ROSTER)
		to->announced = operation->row->number;
	return true;
}

static void remove_object(struct node *node, size_t object)
{
	node->tombstone[object] = true;
	memset(node->held[object], 0, sizeof(node->held[object]));
}

/* The peer passed a release over: it is due once more, unless it was recalled meanwhile. */
static void release_again(struct world *world, size_t self, size_t peer, const struct row *entry)
{
	struct outgoing *to = &world->nodes[self].to[peer];
	for (size_t i = 0; i < to->data_count; i++) {
		const struct row *row = &to->data[i];
		if (!row->parked || row->lane != entry->lane || row->seq != entry->number)
			continue;
		if (!world->nodes[self].tombstone[row->object])
			store_row(world, self, peer,
				  &(struct row){.lane = row->lane, .object = row->object, .version = row->version});
		return;
	}
	broken(world, "a release that was never made was reported as not admitted");
}

static void apply_control(struct world *world, size_t self, size_t peer, const struct row *entry)
{
	struct node *node = &world->nodes[self];
	if (entry->kind == CONTROL_ROSTER)
		store_adopt(world, self, entry->number);
	else if (entry->kind == CONTROL_RECEIPT)
		node->receipts[entry->object] |= 1u << peer;
	else if (entry->kind == CONTROL_NOT_ADMITTED)
		release_again(world, self, peer, entry);
	else if (entry->kind == CONTROL_RECALL) {
		remove_object(node, entry->object);
		store_row(world, self, peer, &(struct row){.kind = CONTROL_RECEIPT, .object = entry->object});
	}
}

/* One row per version, whatever arrives how often; nothing of what was recalled. */
static void insert(struct node *node, const struct operation *operation)
{
	size_t object = operation->body[0], version = operation->body[1];
	if (!node->tombstone[object])
		node->held[object][version] = 1;
}

static bool commit_admit(struct world *world, size_t self, const struct operation *operation)
{
	struct feed_position *position = &world->nodes[self].received[operation->peer][operation->frame.sequence];
	if (operation->frame.seq <= position->seq)
		return true; /* was durable before; the answer got lost */
	if (operation->frame.seq != position->seq + 1 || (world->faults && chance(world, 1)))
		return false;
	check_admission(world, self, operation);
	position->seq = operation->frame.seq;
	memcpy(position->digest, operation->frame.digest, 32);
	world->admitted++;
	if (operation->empty)
		world->passed++;
	else if (operation->frame.sequence == SEQUENCE_CONTROL)
		apply_control(world, self, operation->peer, &operation->entry);
	else
		insert(&world->nodes[self], operation);
	return true;
}

/* A nation proposes the next roster, unless another one was first. */
static bool commit_adopt(struct world *world, size_t self)
{
	if (world->nodes[self].epoch == world->epoch)
		store_adopt(world, self, ++world->epoch);
	return true;
}

bool store_commit(struct world *world, size_t self, struct operation *operation)
{
	switch (operation->kind) {
	case OPERATION_PARK: return commit_park(world, self, operation);
	case OPERATION_ADMIT: return commit_admit(world, self, operation);
	case OPERATION_REPORT:
		store_row(world, self, operation->peer, &operation->entry);
		return true;
	case OPERATION_ADOPT: return commit_adopt(world, self);
	default: return true;
	}
}
