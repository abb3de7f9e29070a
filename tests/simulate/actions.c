/* What users and misfortune do. */
#include "simulate.h"

static size_t own_object(struct world *world, size_t self)
{
	if (world->object_count == 0)
		return OBJECTS_MAX;
	size_t object = draw(world, world->object_count);
	bool usable = world->objects[object].origin == self && !world->objects[object].recalled;
	return usable ? object : (size_t)OBJECTS_MAX;
}

static void add_version(struct world *world, size_t object)
{
	struct truth *truth = &world->objects[object];
	uint8_t *body = truth->body[truth->versions];
	body[0] = (uint8_t)object;
	body[1] = (uint8_t)truth->versions;
	for (size_t i = 8; i < BODY; i++)
		body[i] = (uint8_t)draw(world, 256);
	world->nodes[truth->origin].held[object][truth->versions++] = 1;
}

static void release_to(struct world *world, size_t object, size_t version, uint64_t recipients)
{
	size_t self = world->objects[object].origin;
	struct row row = {.lane = (uint8_t)draw(world, LANE_COUNT), .object = (uint16_t)object, .version = (uint16_t)version};
	for (size_t peer = 0; peer < NODES; peer++)
		if (peer != self && recipients >> peer & 1)
			store_row(world, self, peer, &row);
}

/* Who ever was to get the object, or this version of it. */
static uint64_t recipients_of(const struct world *world, size_t object, int version)
{
	const struct node *node = &world->nodes[world->objects[object].origin];
	uint64_t recipients = 0;
	for (size_t peer = 0; peer < NODES; peer++)
		for (size_t i = 0; i < node->to[peer].data_count; i++) {
			const struct row *row = &node->to[peer].data[i];
			if (row->object == object && (version < 0 || row->version == version) && !row->cancelled)
				recipients |= 1u << peer;
		}
	return recipients;
}

static void publish(struct world *world, size_t self, int replaces)
{
	if (world->object_count == OBJECTS_MAX)
		return;
	size_t object = world->object_count++;
	world->objects[object] = (struct truth){.origin = self, .replaces = replaces};
	add_version(world, object);
	release_to(world, object, 0, draw(world, 1u << NODES));
}

static void release_later(struct world *world, size_t self)
{
	size_t object = own_object(world, self);
	if (object == OBJECTS_MAX)
		return;
	size_t newest = world->objects[object].versions - 1;
	release_to(world, object, newest, draw(world, 1u << NODES) & ~recipients_of(world, object, (int)newest));
}

static void edit(struct world *world, size_t self)
{
	size_t object = own_object(world, self);
	if (object == OBJECTS_MAX || world->objects[object].versions == VERSIONS_MAX)
		return;
	uint64_t recipients = recipients_of(world, object, -1);
	add_version(world, object);
	release_to(world, object, world->objects[object].versions - 1, recipients);
}

static void recall(struct world *world, size_t self)
{
	size_t object = own_object(world, self);
	if (object == OBJECTS_MAX)
		return;
	struct node *node = &world->nodes[self];
	world->objects[object].recalled = node->tombstone[object] = true;
	world->recalls++;
	memset(node->held[object], 0, sizeof(node->held[object]));
	for (size_t peer = 0; peer < NODES; peer++) {
		bool any = false;
		for (size_t i = 0; i < node->to[peer].data_count; i++) {
			struct row *row = &node->to[peer].data[i];
			if (row->object != object)
				continue;
			row->cancelled |= !row->parked && !row->sealing;
			any |= !row->cancelled;
		}
		if (any)
			store_row(world, self, peer, &(struct row){.kind = CONTROL_RECALL, .object = (uint16_t)object});
	}
	if (chance(world, 60))
		publish(world, self, (int)object);
}

static void change_roster(struct world *world, size_t self)
{
	struct node *node = &world->nodes[self];
	if (node->epoch != world->epoch || world->epoch >= 6)
		return;
	for (size_t peer = 0; peer < NODES; peer++)
		feed_receiver_epoch(&node->receiver[peer], node->epoch + 1);
	store_ask(world, self, &(struct operation){.kind = OPERATION_ADOPT});
}

static void cut(struct world *world, size_t self)
{
	size_t peer = draw(world, NODES);
	uint64_t ms = draw(world, chance(world, 20) ? 8000 : 800);
	world_cut(world, self, peer, ms);
	if (chance(world, 50))
		world_cut(world, peer, self, ms);
}

void action_random(struct world *world)
{
	size_t self = draw(world, NODES);
	uint64_t dice = draw(world, 100);
	if (!world->nodes[self].up)
		return;
	if (dice < 40)
		publish(world, self, -1);
	else if (dice < 50)
		release_later(world, self);
	else if (dice < 60)
		edit(world, self);
	else if (dice < 70)
		recall(world, self);
	else if (dice < 73)
		change_roster(world, self);
	else if (dice < 88)
		cut(world, self);
	else if (dice < 94)
		node_crash(world, self);
	if (world->nodes[self].up)
		seal_pending(world, self);
}
