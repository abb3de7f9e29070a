/* Time, network and chance. */
#include "simulate.h"

/* splitmix64 */
static uint64_t next_random(struct world *world)
{
	uint64_t z = (world->random += 0x9e3779b97f4a7c15ULL);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

uint64_t draw(struct world *world, uint64_t below)
{
	return below ? next_random(world) % below : 0;
}

bool chance(struct world *world, uint64_t percent)
{
	return draw(world, 100) < percent;
}

void broken(struct world *world, const char *what)
{
	if (world->broken)
		return;
	world->broken = what;
	world->broken_at = world->now;
}

/* ---- events, earliest first ---- */

static bool is_before(const struct event *a, const struct event *b)
{
	return a->at != b->at ? a->at < b->at : a->number < b->number;
}

static void swap_events(struct event *a, struct event *b)
{
	struct event t = *a;
	*a = *b;
	*b = t;
}

void world_schedule(struct world *world, const struct event *event)
{
	if (world->heap_count == world->heap_capacity) {
		world->heap_capacity = world->heap_capacity ? world->heap_capacity * 2 : 256;
		world->heap = reallocarray(world->heap, world->heap_capacity, sizeof(*world->heap));
		if (!world->heap)
			abort();
	}
	size_t at = world->heap_count++;
	world->heap[at] = *event;
	world->heap[at].number = ++world->numbers;
	while (at > 0 && is_before(&world->heap[at], &world->heap[(at - 1) / 2])) {
		swap_events(&world->heap[at], &world->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
}

static struct event take_event(struct world *world)
{
	struct event first = world->heap[0];
	world->heap[0] = world->heap[--world->heap_count];
	for (size_t at = 0;;) {
		size_t least = at, left = 2 * at + 1, right = 2 * at + 2;
		if (left < world->heap_count && is_before(&world->heap[left], &world->heap[least]))
			least = left;
		if (right < world->heap_count && is_before(&world->heap[right], &world->heap[least]))
			least = right;
		if (least == at)
			return first;
		swap_events(&world->heap[at], &world->heap[least]);
		at = least;
	}
}

static void event_free(struct event *event)
{
	free(event->octets.octets);
	free(event->checkpoint);
}

/* ---- the network ---- */

static struct parked copy_octets(struct parked from)
{
	struct parked copy = {.octets = from.len ? malloc(from.len) : NULL, .len = from.len};
	if (from.len && !copy.octets)
		abort();
	if (from.len)
		memcpy(copy.octets, from.octets, from.len);
	return copy;
}

/* Somebody keeps a copy, to bring it back when nobody expects it. */
static void keep_for_later(struct world *world, const struct event *record)
{
	if (world->bag_count == BAG_MAX || record->record != RECORD_FRAME)
		return;
	struct event *kept = &world->bag[world->bag_count++];
	*kept = *record;
	kept->octets = copy_octets(record->octets);
	kept->life = 0;
}

static void deliver(struct world *world, struct event record, bool in_order)
{
	uint64_t *last = &world->last_due[record.peer][record.node][record.record != RECORD_FRAME];
	record.at = world->now + 1 + draw(world, world->faults && chance(world, 10) ? 3000 : 40);
	if (in_order && record.at < *last)
		record.at = *last;
	if (record.at > *last)
		*last = record.at;
	world_schedule(world, &record);
}

void world_send(struct world *world, size_t from, size_t to, struct event record)
{
	bool is_frame = record.record == RECORD_FRAME;
	record.kind = EVENT_RECORD;
	record.node = to;
	record.peer = from;
	record.life = is_frame ? world->connection[from][to] : world->connection[to][from];
	if (record.life == 0 || (world->faults && chance(world, 3))) {
		event_free(&record);
		return;
	}
	world->frames_sent += is_frame;
	if (world->faults && chance(world, 8))
		keep_for_later(world, &record);
	if (world->faults && is_frame && chance(world, 4)) {
		struct event again = record;
		again.octets = copy_octets(record.octets);
		deliver(world, again, false);
	}
	if (world->faults && is_frame && chance(world, 2))
		record.octets.octets[draw(world, record.octets.len)] ^= (uint8_t)(1u << draw(world, 8));
	deliver(world, record, !world->faults || !chance(world, 10));
}

void world_cut(struct world *world, size_t from, size_t to, uint64_t ms)
{
	if (world->connection[from][to]) {
		world->connection[from][to] = 0;
		if (world->nodes[from].up)
			feed_sender_cut(&world->nodes[from].sender[to]);
		if (world->nodes[to].up)
			feed_receiver_cut(&world->nodes[to].receiver[from]);
	}
	if (world->cut_until[from][to] < world->now + ms)
		world->cut_until[from][to] = world->now + ms;
}

static void connect_pairs(struct world *world)
{
	for (size_t from = 0; from < NODES; from++)
		for (size_t to = 0; to < NODES; to++) {
			bool both = from != to && world->nodes[from].up && world->nodes[to].up;
			if (!both || world->connection[from][to] || world->cut_until[from][to] > world->now)
				continue;
			world->connection[from][to] = ++world->lives;
			world->last_due[from][to][0] = world->last_due[to][from][1] = world->now;
			node_connected(world, from, to);
		}
	world_schedule(world, &(struct event){.at = world->now + 200, .kind = EVENT_CONNECT});
}

/* ---- the course of one seed ---- */

static void open_bag(struct world *world, size_t count)
{
	while (count-- && world->bag_count) {
		size_t at = draw(world, world->bag_count);
		struct event record = world->bag[at];
		world->bag[at] = world->bag[--world->bag_count];
		record.at = world->now + 1 + draw(world, 500);
		world_schedule(world, &record);
	}
}

static void happen(struct world *world, struct event *event)
{
	bool up = world->nodes[event->node].up;
	if (event->kind == EVENT_CONNECT)
		connect_pairs(world);
	else if (event->kind == EVENT_START)
		node_start(world, event->node);
	else if (event->kind == EVENT_STORE && up && event->life == world->node_life[event->node])
		node_store_done(world, event->node);
	else if (event->kind == EVENT_RECORD && up) {
		uint64_t life = event->record == RECORD_FRAME ? world->connection[event->peer][event->node]
							      : world->connection[event->node][event->peer];
		if (event->life == 0 || event->life == life)
			node_record(world, event);
	} else if (event->kind == EVENT_TICK) {
		if (up)
			node_tick(world, event->node);
		world_schedule(world, &(struct event){.at = world->now + 500, .kind = EVENT_TICK, .node = event->node});
	} else if (event->kind == EVENT_ACTION && world->faults) {
		action_random(world);
		if (chance(world, 10))
			open_bag(world, 1 + draw(world, 4));
		world_schedule(world, &(struct event){.at = world->now + 1 + draw(world, 150), .kind = EVENT_ACTION});
	}
}

static void run_until(struct world *world, uint64_t end)
{
	while (!world->broken && world->heap_count && world->heap[0].at <= end) {
		struct event event = take_event(world);
		world->now = event.at;
		happen(world, &event);
		event_free(&event);
		if (world->numbers % 64 == 0)
			check_all(world);
	}
	world->now = end;
}

static void heal(struct world *world)
{
	world->faults = false;
	for (size_t from = 0; from < NODES; from++)
		for (size_t to = 0; to < NODES; to++)
			world->cut_until[from][to] = 0;
}

void world_run(struct world *world, uint64_t seed)
{
	enum { STORM = 20000, CALM = 40000, AFTERWARDS = 15000 };
	*world = (struct world){.seed = seed, .random = seed * 0x2545f4914f6cdd1dULL, .now = 1000, .faults = true, .epoch = 1};
	world->nodes = calloc(NODES, sizeof(*world->nodes));
	if (!world->nodes)
		abort();
	for (size_t i = 0; i < NODES; i++) {
		world->nodes[i].epoch = 1;
		for (size_t j = 0; j < NODES; j++)
			world->nodes[i].to[j].announced = 1;
		node_start(world, i);
		world_schedule(world, &(struct event){.at = world->now + 70 * i, .kind = EVENT_TICK, .node = i});
	}
	world_schedule(world, &(struct event){.at = world->now, .kind = EVENT_CONNECT});
	world_schedule(world, &(struct event){.at = world->now + 10, .kind = EVENT_ACTION});
	run_until(world, world->now + STORM);
	heal(world);
	run_until(world, world->now + CALM);
	check_converged(world);
	open_bag(world, BAG_MAX);
	run_until(world, world->now + AFTERWARDS);
	check_converged(world);
	for (size_t i = 0; i < world->heap_count; i++)
		event_free(&world->heap[i]);
	for (size_t i = 0; i < world->bag_count; i++)
		event_free(&world->bag[i]);
	free(world->heap);
	for (size_t i = 0; i < NODES; i++)
		node_free(&world->nodes[i]);
	free(world->nodes);
}
