/* The sending end: order, window, shares, resumption, and when it freezes. */
#include "made.h"

#include "protocol/feed_sender.h"

static struct feed_sender sender;

static void park(size_t sequence, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		struct feed_frame frame = made_frame(sequence, sender.out[sequence].head.seq + 1);
		assert_int_equal(feed_sender_parked(&sender, &frame), ERR_OK);
	}
}

static void connect_and_resume(void)
{
	struct checkpoint zero = made_checkpoint(0, 0);
	feed_sender_connected(&sender, 1);
	assert_int_equal(feed_sender_checkpoint(&sender, &zero, true, 1), FEED_GOOD);
}

static int set_up(void **state)
{
	(void)state;
	feed_sender_init(&sender);
	return 0;
}

/* Fetches and sends one range; answers its sequence, FEED_SEQUENCES for none. */
static size_t step(uint32_t *ret_count)
{
	struct feed_range range;
	if (!feed_sender_want(&sender, &range))
		return FEED_SEQUENCES;
	for (uint64_t seq = range.from_seq; seq < range.from_seq + range.count; seq++) {
		struct feed_frame frame = made_frame(range.sequence, seq);
		assert_true(feed_sender_offer(&sender, &frame, false, 1));
	}
	feed_sender_fetched(&sender, &range, range.count);
	*ret_count = range.count;
	return range.sequence;
}

static uint32_t send_all(void)
{
	uint32_t sum = 0, count = 0;
	while (step(&count) != FEED_SEQUENCES)
		sum += count;
	return sum;
}

static void nothing_goes_before_the_peer_asked_to_resume(void **state)
{
	(void)state;
	struct feed_range range;
	struct feed_frame frame = made_frame(3, 1);
	park(3, 1);
	assert_false(feed_sender_want(&sender, &range));
	feed_sender_connected(&sender, 1);
	assert_false(feed_sender_want(&sender, &range));
	assert_false(feed_sender_offer(&sender, &frame, true, 1));
	connect_and_resume();
	assert_true(feed_sender_offer(&sender, &frame, true, 1));
	assert_false(feed_sender_offer(&sender, &frame, true, 1));
}

static void control_goes_first_then_precedence(void **state)
{
	(void)state;
	uint32_t count;
	connect_and_resume();
	park(6, 1);
	park(2, 2);
	park(0, 1);
	assert_int_equal(step(&count), 0);
	assert_int_equal(step(&count), 2);
	assert_int_equal(count, 2);
	assert_int_equal(step(&count), 6);
	assert_int_equal(step(&count), FEED_SEQUENCES);
}

static void frame_in_hand_does_not_overtake_what_is_due_before_it(void **state)
{
	(void)state;
	connect_and_resume();
	park(0, 1);
	park(5, 1);
	struct feed_frame routine = made_frame(5, 1), control = made_frame(0, 1), flash = made_frame(2, 1);
	assert_false(feed_sender_offer(&sender, &routine, true, 1));
	assert_true(feed_sender_offer(&sender, &control, true, 1));
	park(2, 1);
	assert_false(feed_sender_offer(&sender, &routine, true, 1));
	assert_true(feed_sender_offer(&sender, &flash, true, 1));
	assert_true(feed_sender_offer(&sender, &routine, true, 1));
}

static void data_waits_for_the_control_it_names(void **state)
{
	(void)state;
	connect_and_resume();
	park(5, 1);
	struct feed_frame frame = made_frame(5, 1);
	frame.control_seq_required = 1;
	assert_false(feed_sender_offer(&sender, &frame, false, 1));
	park(0, 1);
	struct feed_frame control = made_frame(0, 1);
	assert_true(feed_sender_offer(&sender, &control, true, 1));
	assert_true(feed_sender_offer(&sender, &frame, true, 1));
}

static void lower_lane_gets_its_share(void **state)
{
	(void)state;
	connect_and_resume();
	uint64_t sent_routine = 0, acknowledged = 0;
	park(5, 10);
	for (int round = 0; round < 200 && sent_routine < 3; round++) {
		uint32_t count = 0;
		park(2, sender.out[2].head.seq - sender.out[2].sent < 32 ? 32 : 0);
		size_t sequence = step(&count);
		assert_int_not_equal(sequence, FEED_SEQUENCES);
		if (sequence == 5)
			assert_int_equal(count, 1);
		sent_routine += sequence == 5 ? count : 0;
		acknowledged = sender.out[2].sent;
		struct checkpoint c = made_checkpoint(2, acknowledged);
		c.positions[5] = made_position(5, sender.out[5].sent);
		assert_int_equal(feed_sender_checkpoint(&sender, &c, false, 1), FEED_GOOD);
	}
	assert_int_equal(sent_routine, 3);
	assert_true(acknowledged >= 3 * LANE_PATIENCE && acknowledged <= 3 * (LANE_PATIENCE + FETCH_FRAMES));
}

static void window_bounds_what_is_unacknowledged_and_leaves_room_for_the_urgent(void **state)
{
	(void)state;
	connect_and_resume();
	park(6, 200);
	assert_int_equal(send_all(), LIMIT_WINDOW_FRAMES - 24);
	park(1, 200);
	assert_int_equal(send_all(), 24);
	park(0, 200);
	assert_int_equal(send_all(), LIMIT_WINDOW_FRAMES);
	assert_int_equal(sender.flight_count, 2 * LIMIT_WINDOW_FRAMES);
	struct checkpoint c = made_checkpoint(1, 10);
	assert_int_equal(feed_sender_checkpoint(&sender, &c, false, 1), FEED_GOOD);
	assert_int_equal(send_all(), 0); /* control is not out yet */
	c.positions[0] = made_position(0, 64);
	assert_int_equal(feed_sender_checkpoint(&sender, &c, false, 1), FEED_GOOD);
	assert_int_equal(send_all(), 64);
}

static void octets_in_flight_are_bounded(void **state)
{
	(void)state;
	connect_and_resume();
	park(5, 4);
	for (uint64_t seq = 1; seq <= 4; seq++) {
		struct feed_frame frame = made_frame(5, seq);
		frame.len = LIMIT_FRAME;
		assert_int_equal(feed_sender_offer(&sender, &frame, false, 1), seq <= 2);
	}
	struct checkpoint c = made_checkpoint(5, 1);
	assert_int_equal(feed_sender_checkpoint(&sender, &c, false, 1), FEED_GOOD);
	assert_int_equal(sender.flight_octets, LIMIT_FRAME);
	struct feed_range range;
	assert_true(feed_sender_want(&sender, &range));
	assert_int_equal(range.from_seq, 3);
}

static void cut_feed_resumes_where_the_peer_says(void **state)
{
	(void)state;
	connect_and_resume();
	park(5, 10);
	assert_int_equal(send_all(), 10);
	feed_sender_cut(&sender);
	assert_int_equal(send_all(), 0);
	feed_sender_connected(&sender, 2);
	struct checkpoint c = made_checkpoint(5, 7);
	assert_int_equal(feed_sender_checkpoint(&sender, &c, true, 2), FEED_GOOD);
	struct feed_range range;
	assert_true(feed_sender_want(&sender, &range));
	assert_int_equal(range.from_seq, 8);
	assert_int_equal(range.count, 3);
	assert_false(feed_sender_want(&sender, &range)); /* one request at a time */
}

static void first_checkpoint_stands_in_for_a_lost_resume(void **state)
{
	(void)state;
	park(5, 1);
	struct checkpoint c = made_checkpoint(5, 0);
	feed_sender_connected(&sender, 1);
	assert_int_equal(feed_sender_checkpoint(&sender, &c, false, 1), FEED_GOOD);
	assert_int_equal(send_all(), 1);
}

static void peer_that_knows_more_than_we_do_freezes_the_feed(void **state)
{
	(void)state;
	connect_and_resume();
	park(5, 3);
	struct checkpoint c = made_checkpoint(5, 4);
	assert_int_equal(feed_sender_checkpoint(&sender, &c, true, 1), FEED_WE_BEHIND);
	assert_int_equal(send_all(), 0);
	c = made_checkpoint(5, 0);
	assert_int_equal(feed_sender_checkpoint(&sender, &c, true, 1), FEED_FORKED);
	feed_sender_connected(&sender, 1);
	assert_int_equal(send_all(), 0);
}

static void peer_that_holds_another_frame_freezes_the_feed(void **state)
{
	(void)state;
	for (uint64_t seq = 1; seq <= 3; seq++) { /* newest, in flight, acknowledged */
		feed_sender_init(&sender);
		connect_and_resume();
		park(5, 3);
		assert_int_equal(send_all(), 3);
		struct checkpoint c = made_checkpoint(5, seq);
		if (seq == 1) {
			assert_int_equal(feed_sender_checkpoint(&sender, &c, false, 1), FEED_GOOD);
		}
		c.positions[5].digest[31] ^= 1;
		assert_int_equal(feed_sender_checkpoint(&sender, &c, false, 1), FEED_FORKED);
		assert_true(sender.frozen);
	}
}

static void predecessor_that_the_peer_does_not_hold_freezes_the_feed(void **state)
{
	(void)state;
	struct feed_position head = made_position(5, 9);
	feed_sender_head(&sender, 5, &head, 0);
	feed_sender_connected(&sender, 1);
	struct checkpoint c = made_checkpoint(5, 4);
	c.positions[5].digest[31] ^= 1; /* after a restart nothing is known of the fourth */
	assert_int_equal(feed_sender_checkpoint(&sender, &c, true, 1), FEED_GOOD);
	struct feed_frame fifth = made_frame(5, 5);
	assert_false(feed_sender_offer(&sender, &fifth, false, 1));
	assert_true(sender.frozen);
}

static void old_checkpoint_is_ignored_and_an_old_resume_sends_again(void **state)
{
	(void)state;
	connect_and_resume();
	park(5, 5);
	assert_int_equal(send_all(), 5);
	struct checkpoint five = made_checkpoint(5, 5), two = made_checkpoint(5, 2);
	assert_int_equal(feed_sender_checkpoint(&sender, &five, false, 1), FEED_GOOD);
	assert_int_equal(feed_sender_checkpoint(&sender, &two, false, 1), FEED_STALE);
	assert_int_equal(sender.out[5].acknowledged.seq, 5);
	assert_int_equal(feed_sender_checkpoint(&sender, &two, true, 1), FEED_PEER_BEHIND);
	assert_int_equal(send_all(), 3);
}

static void unacknowledged_frames_are_sent_again_after_a_while(void **state)
{
	(void)state;
	connect_and_resume();
	park(5, 2);
	assert_int_equal(send_all(), 2);
	feed_sender_tick(&sender, RESEND_MS);
	assert_int_equal(send_all(), 0);
	feed_sender_tick(&sender, RESEND_MS + 1);
	assert_int_equal(send_all(), 2);
}

static void frames_that_the_store_does_not_have_are_not_asked_for_in_a_loop(void **state)
{
	(void)state;
	struct feed_range range;
	connect_and_resume();
	park(5, 2);
	assert_true(feed_sender_want(&sender, &range));
	feed_sender_fetched(&sender, &range, 0);
	assert_false(feed_sender_want(&sender, &range));
	feed_sender_tick(&sender, RESEND_MS + 1);
	assert_true(feed_sender_want(&sender, &range));
}

static void parked_frame_must_follow_its_predecessor(void **state)
{
	(void)state;
	struct feed_frame frame = made_frame(5, 2);
	assert_int_equal(feed_sender_parked(&sender, &frame), ERR_CONFLICT);
	park(5, 1);
	frame.prev_digest[0] ^= 1;
	assert_int_equal(feed_sender_parked(&sender, &frame), ERR_CONFLICT);
	frame.prev_digest[0] ^= 1;
	assert_int_equal(feed_sender_parked(&sender, &frame), ERR_OK);
	assert_int_equal(feed_sender_parked(&sender, &frame), ERR_CONFLICT);
}

#define CASE(test) cmocka_unit_test_setup(test, set_up)
static void checkpoint_without_a_connection_counts_and_resumes_nothing(void **state)
{
	(void)state;
	struct feed_range range;
	struct checkpoint one = made_checkpoint(3, 1);
	park(3, 2);
	assert_int_equal(feed_sender_checkpoint(&sender, &one, false, 1), FEED_GOOD);
	assert_int_equal(sender.out[3].acknowledged.seq, 1);
	assert_false(feed_sender_want(&sender, &range));
}

static void checkpoint_that_says_nothing_new_is_no_progress(void **state)
{
	(void)state;
	struct checkpoint zero = made_checkpoint(0, 0);
	connect_and_resume();
	assert_int_equal(feed_sender_checkpoint(&sender, &zero, false, 99), FEED_GOOD);
	assert_int_not_equal(sender.progress_ms, 99);
}

/* Sends on lane 2 until lanes 4 and 6 have waited for long; 4 began to wait one frame later. */
static void two_lanes_wait(void)
{
	connect_and_resume();
	park(2, 2 * LANE_PATIENCE);
	park(6, 3);
	for (uint64_t seq = 1; seq <= LANE_PATIENCE + 2; seq++) {
		struct feed_frame frame = made_frame(2, seq);
		if (seq == 2)
			park(4, 3);
		assert_true(feed_sender_offer(&sender, &frame, false, 1));
	}
}

static void of_two_lanes_that_waited_the_one_that_waited_longest_goes_first(void **state)
{
	(void)state;
	uint32_t count;
	two_lanes_wait();
	assert_int_equal(step(&count), 6);
	assert_int_equal(count, 1);
	assert_int_equal(step(&count), 4);
	assert_int_equal(count, 1);
	assert_int_equal(step(&count), 2);
	feed_sender_init(&sender);
	two_lanes_wait();
	sender.out[4].waited = sender.out[6].waited + 1;
	assert_int_equal(step(&count), 4);
}

static void fresh_frame_passes_a_lane_whose_frames_are_missing_but_not_one_that_waited(void **state)
{
	(void)state;
	struct feed_range range;
	struct feed_frame frame = made_frame(4, 1);
	connect_and_resume();
	park(2, 1);
	park(4, 1);
	assert_false(feed_sender_offer(&sender, &frame, true, 1));
	assert_true(feed_sender_want(&sender, &range));
	assert_int_equal(range.sequence, 2);
	feed_sender_fetched(&sender, &range, 0);
	assert_true(feed_sender_offer(&sender, &frame, true, 1));
	feed_sender_init(&sender);
	two_lanes_wait();
	frame = made_frame(2, LANE_PATIENCE + 3);
	assert_false(feed_sender_offer(&sender, &frame, true, 1));
	assert_true(feed_sender_want(&sender, &range));
	feed_sender_fetched(&sender, &range, 0);
	range.sequence = 4;
	feed_sender_fetched(&sender, &range, 0);
	assert_true(feed_sender_offer(&sender, &frame, true, 1));
}

static void frame_that_was_never_parked_is_not_sent(void **state)
{
	(void)state;
	struct feed_frame frame = made_frame(2, 1);
	connect_and_resume();
	assert_false(feed_sender_offer(&sender, &frame, false, 1));
}

static void answers_to_old_questions_change_nothing(void **state)
{
	(void)state;
	struct feed_range range = {2, 1, 1};
	park(2, 2);
	feed_sender_fetched(&sender, &range, 0);
	assert_false(sender.out[2].missing);
	connect_and_resume();
	range.from_seq = 2;
	feed_sender_fetched(&sender, &range, 0);
	assert_false(sender.out[2].missing);
	range.from_seq = 1;
	feed_sender_fetched(&sender, &range, 0);
	assert_true(sender.out[2].missing);
}

static void nothing_is_sent_again_when_nothing_is_open(void **state)
{
	(void)state;
	struct checkpoint ahead = made_checkpoint(2, 9);
	feed_sender_tick(&sender, 2 * RESEND_MS);
	connect_and_resume();
	feed_sender_tick(&sender, 2 * RESEND_MS);
	assert_int_not_equal(sender.progress_ms, 2 * RESEND_MS);
	assert_int_equal(feed_sender_checkpoint(&sender, &ahead, false, 1), FEED_WE_BEHIND);
	feed_sender_tick(&sender, 2 * RESEND_MS);
	assert_int_not_equal(sender.progress_ms, 2 * RESEND_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(nothing_goes_before_the_peer_asked_to_resume),
		CASE(control_goes_first_then_precedence),
		CASE(frame_in_hand_does_not_overtake_what_is_due_before_it),
		CASE(data_waits_for_the_control_it_names),
		CASE(lower_lane_gets_its_share),
		CASE(window_bounds_what_is_unacknowledged_and_leaves_room_for_the_urgent),
		CASE(octets_in_flight_are_bounded),
		CASE(cut_feed_resumes_where_the_peer_says),
		CASE(first_checkpoint_stands_in_for_a_lost_resume),
		CASE(peer_that_knows_more_than_we_do_freezes_the_feed),
		CASE(peer_that_holds_another_frame_freezes_the_feed),
		CASE(predecessor_that_the_peer_does_not_hold_freezes_the_feed),
		CASE(old_checkpoint_is_ignored_and_an_old_resume_sends_again),
		CASE(unacknowledged_frames_are_sent_again_after_a_while),
		CASE(frames_that_the_store_does_not_have_are_not_asked_for_in_a_loop),
		CASE(parked_frame_must_follow_its_predecessor),
		CASE(checkpoint_without_a_connection_counts_and_resumes_nothing),
		CASE(checkpoint_that_says_nothing_new_is_no_progress),
		CASE(of_two_lanes_that_waited_the_one_that_waited_longest_goes_first),
		CASE(fresh_frame_passes_a_lane_whose_frames_are_missing_but_not_one_that_waited),
		CASE(frame_that_was_never_parked_is_not_sent),
		CASE(answers_to_old_questions_change_nothing),
		CASE(nothing_is_sent_again_when_nothing_is_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
