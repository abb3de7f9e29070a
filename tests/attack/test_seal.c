/* A guard that was taken over, against the real seal: the test takes guard's place, holds its release key, and tries to get
 * octets out that no decision covers. Seal's own checks must stop each try, and nothing may reach the wire. */
#include "../unit/release/node.h"

#include "os/clock.h"

#include <unistd.h>

static struct coalition all;
static struct node *const nato = &all.nodes[WORLD_NATO];
static struct channel *guard; /* our end, as guard */
static struct seal_state state;
static struct seal_case sound;

static int set_up(void **context)
{
	int pair[2];
	struct msg_neighbor told = {ROLE_GUARD};
	(void)context;
	coalition_init(&all);
	coalition_connect(&all, true);
	/* an honest publication first: the ledger has records, seal knows guard's epoch */
	struct slice rendition = node_publish(&all, nato, WORLD_OBJECT, LABEL_RESTRICTED_KOR);
	assert_int_equal(node_release(&all, nato, rendition, NULL, true)->type, MSG_RELEASED);
	node_kill(&all, nato, ROLE_GUARD);
	assert_ok(channel_pair(pair));
	assert_ok(channel_send(nato->seal_master, MSG_NEIGHBOR, 0, &told, pair[1]));
	close(pair[1]);
	assert_ok(channel_new(pair[0], ROLE_GUARD, ROLE_SEAL, &guard));
	return 0;
}

static int tear_down(void **context)
{
	(void)context;
	channel_free(guard);
	guard = NULL;
	coalition_done(&all);
	return 0;
}

/* The answer to a SEAL: its type and error. */
static struct node_answer ask_seal(const struct msg_seal *ask)
{
	struct node_answer answer = {0};
	assert_ok(channel_send(guard, MSG_SEAL, 5, ask, -1));
	for (uint64_t end = clock_monotonic_ms() + NODE_PATIENCE_MS; clock_monotonic_ms() < end;) {
		AUTO_ARENA arena = {0};
		struct channel_message message = {.descriptor = -1};
		coalition_run(&all, 5);
		if (channel_receive(guard, &arena, &message) != ERR_OK)
			continue;
		if (message.type == MSG_FEEDS) { /* told, not answered */
			channel_message_done(&message);
			continue;
		}
		const struct msg_refused *refused = message.value;
		answer.type = message.type;
		answer.err = message.type == MSG_REFUSED ? refused->err : 0;
		channel_message_done(&message);
		return answer;
	}
	fail_msg("seal does not answer");
	return answer;
}

/* The release in hand, with this record in the ledger, or with the one that fits it. */
static struct msg_seal release_with(struct slice record)
{
	node_put_case(&all, nato, &sound, record);
	struct msg_seal ask = {.recipient = SLICE("KOR"),
			       .feed = FEED_DATA,
			       .lane = LANE_ROUTINE,
			       .token = sound.token_octets,
			       .body = sound.body,
			       .proof = sound.proof,
			       .checkpoint = sound.checkpoint,
			       .record = sound.record,
			       .ledger_index = sound.ledger_index};
	memcpy(ask.salt, sound.salt, sizeof(ask.salt));
	return ask;
}

static struct msg_seal recorded_release(void)
{
	return release_with(world_record(&all.world, &sound));
}

/* The index of guard's last start, plus one. */
static uint64_t newest_epoch(void)
{
	uint64_t epoch = 0;
	for (size_t i = 0; i < nato->record_count; i++) {
		struct ledger_record record;
		assert_ok(ledger_record_decode(nato->records[i], &all.world.arena, &record));
		if (record.kind == LEDGER_START && slice_equal(record.actor, SLICE("guard")))
			epoch = i + 1;
	}
	assert_true(epoch > 0);
	return epoch;
}

/* A release that seal would let pass: recorded in the real ledger, with the newest epoch and a fresh counter. */
static struct msg_seal sound_release(uint64_t counter)
{
	sound = world_case(&all.world, &state);
	sound.token.counter = counter;
	sound.token.control_seq = 0;
	sound.token.fencing_epoch = newest_epoch();
	sound.token.issued = clock_now_ms() - 1000;
	sound.token.not_after = clock_now_ms() + 60000;
	return recorded_release();
}

static void assert_nothing_left(const struct msg_seal *ask, size_t parked)
{
	struct node_answer answer = ask_seal(ask);
	assert_int_equal(answer.type, MSG_REFUSED);
	coalition_run(&all, 50);
	assert_int_equal(nato->parked_count, parked);
}

static void the_tries_below_start_from_a_release_that_passes(void **context)
{
	(void)context;
	struct msg_seal ask = sound_release(1000);
	assert_int_equal(ask_seal(&ask).type, MSG_SEALED);
	assert_int_equal(nato->parked_count, 2);
}

static void a_token_serves_once(void **context)
{
	(void)context;
	struct msg_seal ask = sound_release(1000);
	assert_int_equal(ask_seal(&ask).type, MSG_SEALED);
	assert_nothing_left(&ask, 2);
	ask = sound_release(999);
	assert_nothing_left(&ask, 2);
}

static void a_token_serves_no_other_octets(void **context)
{
	(void)context;
	static const struct world_portion portions[] = {{LABEL_PUBLIC, NULL, NULL},
							{LABEL_RESTRICTED_KOR, "other", NULL}};
	struct msg_seal ask = sound_release(1000);
	ask.body = world_rendition(&all.world, WORLD_NATO, portions, 2);
	assert_nothing_left(&ask, 1);
}

static void a_token_serves_no_other_recipient(void **context)
{
	(void)context;
	struct msg_seal ask = sound_release(1000);
	ask.recipient = SLICE("LTU");
	assert_nothing_left(&ask, 1);
	ask.recipient = SLICE("CHE");
	assert_nothing_left(&ask, 1);
}

static void the_release_key_alone_opens_no_label(void **context)
{
	(void)context;
	static const char *const labels[] = {LABEL_SECRET, LABEL_TOP_KOR,
					     "NATO|SECRET|P:Context=NATO,Releasable|P:Only=LTU,USA",
					     "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=NATO,KOR"};
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		const struct world_portion portions[] = {{LABEL_PUBLIC, NULL, NULL}, {labels[i], "hidden", NULL}};
		struct msg_seal ask = sound_release(1000 + i);
		world_put_body(&all.world, &sound, world_rendition(&all.world, WORLD_NATO, portions, 2));
		ask = recorded_release();
		assert_nothing_left(&ask, 1);
	}
}

static void without_its_record_in_the_ledger_nothing_goes(void **context)
{
	(void)context;
	struct msg_seal ask = sound_release(1000);
	ask.salt[0] ^= 1;
	assert_nothing_left(&ask, 1);
	ask = sound_release(1001);
	ask.checkpoint = world_checkpoint(&all.world, WORLD_NATO, WORLD_LEAVES);
	assert_nothing_left(&ask, 1);
}

static struct slice encoded_record(const struct ledger_record *record)
{
	AUTO_BUF buf = buf_make(LEDGER_RECORD_MAX);
	record_encode(&ledger_record_schema, record, &buf);
	assert_ok(buf.err);
	return coalition_keep(&all, buf_slice(&buf));
}

static void the_record_of_another_decision_opens_nothing(void **context)
{
	(void)context;
	struct msg_seal ask = sound_release(1000);
	struct ledger_record record = sound.recorded;
	record.kind = LEDGER_RELEASE_DENIED;
	ask = release_with(encoded_record(&record));
	assert_nothing_left(&ask, 1);
	record = sound.recorded;
	record.kind = LEDGER_RELEASE;
	record.recipient = SLICE("LTU");
	ask = release_with(encoded_record(&record));
	assert_nothing_left(&ask, 1);
	ask = release_with(nato->records[newest_epoch() - 1]); /* guard's own start: it stands there by right */
	assert_nothing_left(&ask, 1);
}

static void the_tokens_of_an_older_guard_end(void **context)
{
	(void)context;
	struct msg_seal ask = sound_release(1000);
	sound.token.fencing_epoch = newest_epoch() + 1; /* of a start that no ledger knows */
	ask = recorded_release();
	assert_nothing_left(&ask, 1);
}

static void the_control_feed_carries_no_content(void **context)
{
	(void)context;
	static const uint8_t kinds[] = {CONTROL_ROSTER, CONTROL_POLICY, CONTROL_LABEL_UPGRADE, CONTROL_RECEIPT,
					CONTROL_KEY_REVOKED};
	for (size_t i = 0; i < sizeof(kinds); i++) {
		struct control_entry entry = {.kind = kinds[i],
					      .body = SLICE("the words of a secret, in a control entry"),
					      .issued = WORLD_NOW};
		AUTO_BUF body = buf_make(LIMIT_CONTROL_ENTRY);
		if (kinds[i] != CONTROL_ROSTER)
			entry.subject = SLICE(WORLD_OBJECT);
		record_encode(&control_entry_schema, &entry, &body);
		struct msg_seal ask = sound_release(1000 + i);
		ask.feed = FEED_CONTROL;
		ask.lane = 0;
		ask.token = (struct slice){0};
		ask.body = buf_slice(&body);
		assert_nothing_left(&ask, 1);
	}
}

static void a_rendition_does_not_pass_for_a_control_entry(void **context)
{
	(void)context;
	struct msg_seal ask = sound_release(1000);
	ask.feed = FEED_CONTROL;
	ask.lane = 0;
	assert_nothing_left(&ask, 1);
	ask.feed = FEED_DATA;
	ask.lane = LANE_COUNT;
	assert_nothing_left(&ask, 1);
	ask.feed = 9;
	assert_nothing_left(&ask, 1);
}

/* The ledger holds the record of such an order to KOR. */
static void put_order_record(struct msg_seal *ask, uint8_t kind, const char *object_id)
{
	struct ledger_record record = {
		.kind = kind, .at = WORLD_NOW, .subject = slice_text(object_id), .recipient = SLICE("KOR")};
	node_put_case(&all, nato, &sound, encoded_record(&record));
	ask->record = sound.record;
	ask->proof = sound.proof;
	ask->checkpoint = sound.checkpoint;
	ask->ledger_index = sound.ledger_index;
}

static void a_recall_without_its_record_is_not_sent(void **context)
{
	(void)context;
	struct control_entry entry = {.kind = CONTROL_RECALL, .subject = SLICE(WORLD_OBJECT), .issued = WORLD_NOW};
	AUTO_BUF body = buf_make(LIMIT_CONTROL_ENTRY);
	struct msg_seal recall = sound_release(1000);
	record_encode(&control_entry_schema, &entry, &body);
	recall.feed = FEED_CONTROL;
	recall.lane = 0;
	recall.token = (struct slice){0};
	recall.body = buf_slice(&body);
	assert_nothing_left(&recall, 1);
	put_order_record(&recall, LEDGER_WITHDRAWAL, WORLD_OBJECT);
	assert_nothing_left(&recall, 1);
	put_order_record(&recall, LEDGER_RECALL, "report--00000000-0000-4000-8000-000000000000");
	assert_nothing_left(&recall, 1);
	put_order_record(&recall, LEDGER_RECALL, WORLD_OBJECT);
	recall.salt[9] = 1;
	assert_nothing_left(&recall, 1);
}

/* A reason is free text without a label, and every holder reads it. */
static void a_recall_that_carries_a_reason_is_not_sent(void **context)
{
	(void)context;
	struct control_entry entry = {.kind = CONTROL_RECALL, .subject = SLICE(WORLD_OBJECT), .issued = WORLD_NOW,
				      .reason = SLICE("names a source that KOR may not know")};
	AUTO_BUF body = buf_make(LIMIT_CONTROL_ENTRY);
	struct msg_seal recall = sound_release(1000);
	record_encode(&control_entry_schema, &entry, &body);
	recall.feed = FEED_CONTROL;
	recall.lane = 0;
	recall.token = (struct slice){0};
	recall.body = buf_slice(&body);
	put_order_record(&recall, LEDGER_RECALL, WORLD_OBJECT);
	assert_nothing_left(&recall, 1);
}

static void a_recalled_object_does_not_go_by_a_sound_token(void **context)
{
	(void)context;
	struct control_entry entry = {.kind = CONTROL_RECALL, .subject = SLICE(WORLD_OBJECT), .issued = WORLD_NOW};
	AUTO_BUF body = buf_make(LIMIT_CONTROL_ENTRY);
	struct msg_seal recall = sound_release(1000);
	record_encode(&control_entry_schema, &entry, &body);
	recall.feed = FEED_CONTROL;
	recall.lane = 0;
	recall.token = (struct slice){0};
	recall.body = buf_slice(&body);
	put_order_record(&recall, LEDGER_RECALL, WORLD_OBJECT);
	assert_int_equal(ask_seal(&recall).type, MSG_SEALED);
	struct msg_seal ask = sound_release(1001);
	assert_nothing_left(&ask, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_tries_below_start_from_a_release_that_passes),
		TEST(a_token_serves_once),
		TEST(a_token_serves_no_other_octets),
		TEST(a_token_serves_no_other_recipient),
		TEST(the_release_key_alone_opens_no_label),
		TEST(without_its_record_in_the_ledger_nothing_goes),
		TEST(the_record_of_another_decision_opens_nothing),
		TEST(the_tokens_of_an_older_guard_end),
		TEST(a_recall_without_its_record_is_not_sent),
		TEST(a_recall_that_carries_a_reason_is_not_sent),
		TEST(the_control_feed_carries_no_content),
		TEST(a_rendition_does_not_pass_for_a_control_entry),
		TEST(a_recalled_object_does_not_go_by_a_sound_token),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
