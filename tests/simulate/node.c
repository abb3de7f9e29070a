/* One node: drives the machines as seal does. */
#include "simulate.h"

static void send_octets(struct world *world, size_t self, size_t peer, struct slice octets)
{
	struct event record = {.record = RECORD_FRAME, .octets = {malloc(octets.len), octets.len}};
	if (!record.octets.octets)
		abort();
	memcpy(record.octets.octets, octets.data, octets.len);
	world_send(world, self, peer, record);
}

static void fetch(struct world *world, size_t self, size_t peer)
{
	struct operation operation = {.kind = OPERATION_UNPARK, .peer = peer};
	while (feed_sender_want(&world->nodes[self].sender[peer], &operation.range))
		store_ask(world, self, &operation);
}

static void send_note(struct world *world, size_t self, size_t peer)
{
	struct feed_receiver *receiver = &world->nodes[self].receiver[peer];
	for (enum feed_note note; (note = feed_receiver_note(receiver, world->now)) != NOTE_NONE;) {
		struct checkpoint *checkpoint = malloc(sizeof(*checkpoint));
		if (!checkpoint)
			abort();
		feed_receiver_checkpoint(receiver, checkpoint);
		enum record_kind kind = note == NOTE_RESUME ? RECORD_RESUME : RECORD_CHECKPOINT;
		world_send(world, self, peer, (struct event){.record = kind, .checkpoint = checkpoint});
	}
}

void node_start(struct world *world, size_t self)
{
	struct node *node = &world->nodes[self];
	world->node_life[self] = ++world->lives;
	world->store_due[self] = world->now;
	node->up = true;
	for (size_t peer = 0; peer < NODES; peer++) {
		feed_sender_init(&node->sender[peer]);
		feed_receiver_init(&node->receiver[peer], node->epoch);
		node->announcing[peer] = node->to[peer].announced;
		for (size_t i = 0; i < FEED_SEQUENCES; i++) {
			struct feed_position head = {.seq = node->to[peer].count[i]};
			if (head.seq) {
				const struct parked *newest = &node->to[peer].frames[i][head.seq - 1];
				frame_digest(slice_of(newest->octets, newest->len), head.digest);
			}
			node->sealed[peer][i] = head;
			feed_sender_head(&node->sender[peer], i, &head, node->to[peer].acknowledged[i]);
			feed_receiver_head(&node->receiver[peer], i, &node->received[peer][i]);
		}
	}
}

static void forget_operations(struct node *node)
{
	for (size_t i = 0; i < node->operation_count; i++)
		free(node->operations[(node->operation_first + i) % OPERATIONS_MAX].octets.octets);
	node->operation_first = node->operation_count = 0;
}

void node_crash(struct world *world, size_t self)
{
	struct node *node = &world->nodes[self];
	size_t on_disk = draw(world, node->operation_count + 1);
	for (size_t i = 0; i < on_disk; i++)
		(void)store_commit(world, self, &node->operations[(node->operation_first + i) % OPERATIONS_MAX]);
	forget_operations(node);
	node->up = false;
	world->crashes++;
	uint64_t down = 50 + draw(world, 4000);
	for (size_t peer = 0; peer < NODES; peer++) {
		world_cut(world, self, peer, 0);
		world_cut(world, peer, self, 0);
		feed_receiver_done(&node->receiver[peer]);
		for (size_t i = 0; i < node->to[peer].control_count; i++)
			node->to[peer].control[i].sealing = false;
		for (size_t i = 0; i < node->to[peer].data_count; i++)
			node->to[peer].data[i].sealing = false;
	}
	world_schedule(world, &(struct event){.at = world->now + down, .kind = EVENT_START, .node = self});
}

void node_free(struct node *node)
{
	forget_operations(node);
	for (size_t peer = 0; peer < NODES; peer++) {
		if (node->up)
			feed_receiver_done(&node->receiver[peer]);
		for (size_t i = 0; i < FEED_SEQUENCES; i++) {
			for (size_t f = 0; f < node->to[peer].count[i]; f++)
				free(node->to[peer].frames[i][f].octets);
			free(node->to[peer].frames[i]);
		}
	}
}

void node_connected(struct world *world, size_t from, size_t to)
{
	feed_sender_connected(&world->nodes[from].sender[to], world->now);
	feed_receiver_connected(&world->nodes[to].receiver[from]);
	send_note(world, to, from);
}

/* ---- receiving ---- */

static void raise_epoch(struct node *node, uint64_t epoch)
{
	for (size_t peer = 0; peer < NODES; peer++)
		feed_receiver_epoch(&node->receiver[peer], epoch);
}

static void pass_over(struct world *world, size_t self, struct operation *operation)
{
	struct operation report = {.kind = OPERATION_REPORT, .peer = operation->peer};
	report.entry = (struct row){.kind = CONTROL_NOT_ADMITTED, .lane = sequence_lane(operation->frame.sequence),
				    .number = operation->frame.seq};
	store_ask(world, self, &report);
	operation->empty = true;
	store_ask(world, self, operation);
}

static void take_frame(struct world *world, size_t self, size_t peer, struct slice octets)
{
	struct node *node = &world->nodes[self];
	struct operation operation = {.kind = OPERATION_ADMIT, .peer = peer};
	AUTO_ARENA arena = {0};
	struct frame frame;
	if (!seal_verify(peer, self, octets, &arena, &frame))
		return;
	feed_frame_of(&frame, octets, &operation.frame);
	enum feed_answer answer = feed_receiver_frame(&node->receiver[peer], &operation.frame, octets);
	if (answer == FEED_EQUIVOCATION)
		broken(world, "an honest nation was accused of equivocation");
	if (answer != FEED_PASS && answer != FEED_ADMIT)
		return;
	bool opens = answer == FEED_ADMIT && seal_open(&frame, &operation);
	if (!opens && frame.feed == FEED_CONTROL)
		broken(world, "an honest control entry does not open");
	else if (!opens)
		pass_over(world, self, &operation);
	else {
		if (operation.entry.kind == CONTROL_ROSTER)
			raise_epoch(node, operation.entry.number);
		store_ask(world, self, &operation);
	}
}

static void after_frames(struct world *world, size_t self)
{
	struct node *node = &world->nodes[self];
	for (size_t peer = 0; peer < NODES; peer++) {
		AUTO_BUF octets = {0};
		while (feed_receiver_take(&node->receiver[peer], &octets)) {
			take_frame(world, self, peer, buf_slice(&octets));
			buf_done(&octets);
		}
		send_note(world, self, peer);
	}
}

static void take_checkpoint(struct world *world, size_t self, size_t peer, const struct event *event)
{
	struct node *node = &world->nodes[self];
	bool resume = event->record == RECORD_RESUME;
	enum feed_standing standing = feed_sender_checkpoint(&node->sender[peer], event->checkpoint, resume, world->now);
	if (standing == FEED_FORKED || standing == FEED_WE_BEHIND)
		broken(world, "an honest nation was taken for one that was set back");
	for (size_t i = 0; i < FEED_SEQUENCES; i++)
		node->to[peer].acknowledged[i] = node->sender[peer].out[i].acknowledged.seq;
	fetch(world, self, peer);
}

void node_record(struct world *world, const struct event *event)
{
	if (event->record == RECORD_FRAME) {
		take_frame(world, event->node, event->peer, slice_of(event->octets.octets, event->octets.len));
		after_frames(world, event->node);
	} else {
		take_checkpoint(world, event->node, event->peer, event);
	}
}

/* ---- answers of the store ---- */

static void parked(struct world *world, size_t self, const struct operation *operation, struct slice octets)
{
	struct feed_sender *sender = &world->nodes[self].sender[operation->peer];
	if (feed_sender_parked(sender, &operation->frame) != ERR_OK)
		broken(world, "a parked frame does not follow its predecessor");
	if (feed_sender_offer(sender, &operation->frame, true, world->now))
		send_octets(world, self, operation->peer, octets);
}

static void unparked(struct world *world, size_t self, const struct operation *operation)
{
	const struct feed_range *range = &operation->range;
	const struct outgoing *to = &world->nodes[self].to[operation->peer];
	struct feed_sender *sender = &world->nodes[self].sender[operation->peer];
	size_t count = 0;
	for (uint64_t seq = range->from_seq; count < range->count && seq <= to->count[range->sequence]; seq++, count++) {
		const struct parked *p = &to->frames[range->sequence][seq - 1];
		struct slice octets = slice_of(p->octets, p->len);
		struct feed_frame f;
		AUTO_ARENA arena = {0};
		struct frame frame;
		if (!seal_verify(self, operation->peer, octets, &arena, &frame))
			broken(world, "a parked frame does not verify");
		feed_frame_of(&frame, octets, &f);
		if (feed_sender_offer(sender, &f, false, world->now))
			send_octets(world, self, operation->peer, octets);
	}
	feed_sender_fetched(sender, range, count);
}

static void admitted(struct world *world, size_t self, const struct operation *operation, bool done)
{
	struct feed_receiver *receiver = &world->nodes[self].receiver[operation->peer];
	if (done)
		feed_receiver_admitted(receiver, operation->frame.sequence, operation->frame.seq);
	else
		feed_receiver_failed(receiver, operation->frame.sequence);
	after_frames(world, self);
}

void node_store_done(struct world *world, size_t self)
{
	struct node *node = &world->nodes[self];
	struct operation operation = node->operations[node->operation_first];
	node->operation_first = (node->operation_first + 1) % OPERATIONS_MAX;
	node->operation_count--;
	struct slice octets = slice_of(operation.octets.octets, operation.octets.len);
	bool done = store_commit(world, self, &operation);
	if (operation.kind == OPERATION_PARK)
		parked(world, self, &operation, octets);
	else if (operation.kind == OPERATION_UNPARK)
		unparked(world, self, &operation);
	else if (operation.kind == OPERATION_ADMIT)
		admitted(world, self, &operation, done);
	seal_pending(world, self);
	for (size_t peer = 0; peer < NODES; peer++)
		fetch(world, self, peer);
}

void node_tick(struct world *world, size_t self)
{
	seal_pending(world, self);
	for (size_t peer = 0; peer < NODES; peer++) {
		feed_sender_tick(&world->nodes[self].sender[peer], world->now);
		fetch(world, self, peer);
	}
	after_frames(world, self);
}
