/* The receiving end: order, control before data, epochs, duplicates, equivocation, and what it answers. */
#include "made.h"

#include "protocol/feed_receiver.h"
#include "starve.h"

static struct feed_receiver receiver;

static int set_up(void **state)
{
	(void)state;
	feed_receiver_init(&receiver, 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	feed_receiver_done(&receiver);
	return 0;
}

static enum feed_answer take(const struct feed_frame *frame)
{
	return feed_receiver_frame(&receiver, frame, SLICE("octets of the frame"));
}

static enum feed_answer take_made(size_t sequence, uint64_t seq)
{
	struct feed_frame frame = made_frame(sequence, seq);
	return take(&frame);
}

static void admit_made(size_t sequence, uint64_t seq)
{
	assert_int_equal(take_made(sequence, seq), FEED_ADMIT);
	feed_receiver_admitted(&receiver, sequence, seq);
}

static bool take_from_shelf(void)
{
	AUTO_BUF octets = {0};
	return feed_receiver_take(&receiver, &octets);
}

static void frames_are_admitted_in_order_and_once(void **state)
{
	(void)state;
	admit_made(5, 1);
	assert_int_equal(take_made(5, 2), FEED_ADMIT);
	assert_int_equal(take_made(5, 2), FEED_DUPLICATE);
	assert_int_equal(take_made(5, 1), FEED_DUPLICATE);
	assert_int_equal(receiver.in[5].admitted.seq, 1);
	feed_receiver_admitted(&receiver, 5, 2);
	assert_int_equal(receiver.in[5].admitted.seq, 2);
}

static void frame_beyond_a_gap_is_kept_and_the_peer_is_asked_to_resume(void **state)
{
	(void)state;
	assert_int_equal(take_made(5, 2), FEED_HOLD);
	assert_int_equal(feed_receiver_note(&receiver, 10000), NOTE_RESUME);
	assert_int_equal(feed_receiver_note(&receiver, 10000), NOTE_NONE);
	assert_int_equal(take_made(5, 3), FEED_HOLD);
	assert_int_equal(feed_receiver_note(&receiver, 10001), NOTE_NONE); /* not twice in a second */
	assert_false(take_from_shelf());
	assert_int_equal(take_made(5, 1), FEED_ADMIT);
	assert_true(take_from_shelf());
	assert_int_equal(take_made(5, 2), FEED_ADMIT);
	assert_true(take_from_shelf());
	assert_int_equal(take_made(5, 3), FEED_ADMIT);
	assert_false(take_from_shelf());
}

static void data_is_held_until_its_control_is_durable(void **state)
{
	(void)state;
	struct feed_frame data = made_frame(5, 1);
	data.control_seq_required = 1;
	assert_int_equal(take(&data), FEED_HOLD);
	assert_int_equal(take_made(0, 1), FEED_ADMIT);
	assert_false(take_from_shelf()); /* given is not durable */
	struct checkpoint checkpoint;
	feed_receiver_checkpoint(&receiver, &checkpoint);
	assert_int_equal(checkpoint.positions[5].seq, 0);
	feed_receiver_admitted(&receiver, 0, 1);
	assert_true(take_from_shelf());
	assert_int_equal(take(&data), FEED_ADMIT);
}

static void data_of_an_old_epoch_is_passed_over(void **state)
{
	(void)state;
	admit_made(5, 1);
	feed_receiver_epoch(&receiver, 2);
	assert_int_equal(take_made(5, 2), FEED_PASS);
	feed_receiver_admitted(&receiver, 5, 2);
	struct feed_frame current = made_frame(5, 3);
	current.roster_epoch = 2;
	assert_int_equal(take(&current), FEED_ADMIT);
	feed_receiver_epoch(&receiver, 1);
	assert_int_equal(receiver.epoch, 2);
}

static void control_of_an_old_epoch_still_counts(void **state)
{
	(void)state;
	feed_receiver_epoch(&receiver, 2);
	assert_int_equal(take_made(0, 1), FEED_ADMIT);
}

static void frames_of_a_coming_epoch_wait_for_its_roster(void **state)
{
	(void)state;
	struct feed_frame coming = made_frame(5, 1);
	coming.roster_epoch = 2;
	assert_int_equal(take(&coming), FEED_HOLD);
	feed_receiver_epoch(&receiver, 2);
	assert_true(take_from_shelf());
	assert_int_equal(take(&coming), FEED_ADMIT);
}

static void second_frame_of_one_number_is_equivocation(void **state)
{
	(void)state;
	admit_made(5, 1);
	struct feed_frame other = made_frame(5, 1);
	other.digest[31] = 1;
	assert_int_equal(take(&other), FEED_EQUIVOCATION);
	assert_int_equal(receiver.evidence.seq, 1);
	assert_memory_equal(receiver.evidence.other, other.digest, 32);
	assert_int_equal(take_made(5, 2), FEED_DROP);
}

static void second_frame_of_one_number_on_the_shelf_is_equivocation(void **state)
{
	(void)state;
	struct feed_frame one = made_frame(5, 3), other = one;
	other.digest[31] = 1;
	assert_int_equal(take(&one), FEED_HOLD);
	assert_int_equal(take(&one), FEED_HOLD);
	assert_int_equal(take(&other), FEED_EQUIVOCATION);
}

static void frame_on_another_predecessor_is_equivocation(void **state)
{
	(void)state;
	admit_made(5, 1);
	struct feed_frame forked = made_frame(5, 2);
	forked.prev_digest[31] = 1;
	assert_int_equal(take(&forked), FEED_EQUIVOCATION);
	assert_true(receiver.frozen);
}

static void predecessor_is_known_after_a_restart(void **state)
{
	(void)state;
	struct feed_position position = made_position(5, 7);
	feed_receiver_head(&receiver, 5, &position);
	assert_int_equal(take_made(5, 6), FEED_DUPLICATE);
	struct feed_frame forked = made_frame(5, 8);
	forked.prev_digest[31] = 1;
	assert_int_equal(take_made(5, 8), FEED_ADMIT);
	feed_receiver_failed(&receiver, 5);
	assert_int_equal(take(&forked), FEED_EQUIVOCATION);
}

static void what_the_store_could_not_take_is_asked_for_again(void **state)
{
	(void)state;
	assert_int_equal(take_made(5, 1), FEED_ADMIT);
	assert_int_equal(take_made(5, 2), FEED_ADMIT);
	feed_receiver_failed(&receiver, 5);
	assert_int_equal(feed_receiver_note(&receiver, 5000), NOTE_RESUME);
	assert_int_equal(take_made(5, 1), FEED_ADMIT);
	feed_receiver_admitted(&receiver, 5, 9); /* nobody was given that */
	assert_int_equal(receiver.in[5].admitted.seq, 0);
}

static void checkpoint_goes_when_all_is_durable_or_enough_came(void **state)
{
	(void)state;
	for (uint64_t seq = 1; seq <= NOTE_EVERY + 1; seq++)
		assert_int_equal(take_made(5, seq), FEED_ADMIT);
	for (uint64_t seq = 1; seq < NOTE_EVERY; seq++) {
		feed_receiver_admitted(&receiver, 5, seq);
		assert_int_equal(feed_receiver_note(&receiver, 1), NOTE_NONE);
	}
	feed_receiver_admitted(&receiver, 5, NOTE_EVERY);
	assert_int_equal(feed_receiver_note(&receiver, 1), NOTE_CHECKPOINT);
	assert_int_equal(feed_receiver_note(&receiver, 1), NOTE_NONE);
	feed_receiver_admitted(&receiver, 5, NOTE_EVERY + 1);
	assert_int_equal(feed_receiver_note(&receiver, 1), NOTE_CHECKPOINT);
	assert_int_equal(take_made(5, 1), FEED_DUPLICATE); /* the peer does not know */
	assert_int_equal(feed_receiver_note(&receiver, 1), NOTE_CHECKPOINT);
	struct checkpoint checkpoint;
	feed_receiver_checkpoint(&receiver, &checkpoint);
	assert_int_equal(checkpoint.positions[5].seq, NOTE_EVERY + 1);
	assert_int_equal(checkpoint.epoch, 1);
}

static void new_connection_begins_with_a_resume_and_keeps_a_beat(void **state)
{
	(void)state;
	assert_int_equal(feed_receiver_note(&receiver, 100), NOTE_NONE);
	feed_receiver_connected(&receiver);
	assert_int_equal(feed_receiver_note(&receiver, 100), NOTE_RESUME);
	assert_int_equal(feed_receiver_note(&receiver, 1099), NOTE_NONE);
	assert_int_equal(feed_receiver_note(&receiver, 1100), NOTE_CHECKPOINT);
	assert_int_equal(feed_receiver_note(&receiver, 3099), NOTE_NONE);
	assert_int_equal(feed_receiver_note(&receiver, 3100), NOTE_CHECKPOINT);
	feed_receiver_cut(&receiver);
	assert_int_equal(feed_receiver_note(&receiver, 1000000), NOTE_NONE);
}

static void shelf_and_window_are_bounded(void **state)
{
	(void)state;
	for (uint64_t seq = 1; seq <= LIMIT_WINDOW_FRAMES; seq++)
		assert_int_equal(take_made(5, seq), FEED_ADMIT);
	assert_int_equal(take_made(5, LIMIT_WINDOW_FRAMES + 1), FEED_HOLD); /* the store is behind */
	for (uint64_t seq = 1; seq < SHELF_FRAMES; seq++)
		assert_int_equal(take_made(6, 1 + seq), FEED_HOLD);
	assert_int_equal(take_made(6, 1 + SHELF_FRAMES), FEED_DROP);
	feed_receiver_admitted(&receiver, 5, 1);
	assert_true(take_from_shelf());
	assert_int_equal(take_made(6, 1 + SHELF_FRAMES), FEED_HOLD);
}

static void large_frames_fill_the_shelf_by_octets(void **state)
{
	(void)state;
	uint8_t *octets = calloc(1, SHELF_OCTETS + 1);
	assert_non_null(octets);
	struct feed_frame two = made_frame(5, 2), three = made_frame(5, 3);
	assert_int_equal(feed_receiver_frame(&receiver, &two, slice_of(octets, SHELF_OCTETS + 1)), FEED_DROP);
	assert_int_equal(feed_receiver_frame(&receiver, &two, slice_of(octets, SHELF_OCTETS)), FEED_HOLD);
	assert_int_equal(feed_receiver_frame(&receiver, &three, slice_of(octets, 1)), FEED_DROP);
	free(octets);
}

static void frozen_feed_takes_nothing(void **state)
{
	(void)state;
	struct feed_frame frame = made_frame(0, 1);
	assert_int_equal(take(&frame), FEED_ADMIT);
	feed_receiver_freeze(&receiver, &frame);
	assert_int_equal(take_made(0, 2), FEED_DROP);
	assert_int_equal(take_made(5, 1), FEED_DROP);
}

static void numbers_out_of_range_are_dropped(void **state)
{
	(void)state;
	struct feed_frame frame = made_frame(5, 1);
	frame.sequence = FEED_SEQUENCES;
	assert_int_equal(take(&frame), FEED_DROP);
	frame = made_frame(5, 1);
	frame.seq = 0;
	assert_int_equal(take(&frame), FEED_DROP);
}

static void answers_about_what_was_not_given_change_nothing(void **state)
{
	(void)state;
	struct checkpoint checkpoint;
	admit_made(3, 1);
	admit_made(3, 2);
	feed_receiver_admitted(&receiver, 3, 1);
	feed_receiver_admitted(&receiver, 3, 9);
	feed_receiver_checkpoint(&receiver, &checkpoint);
	assert_int_equal(checkpoint.positions[3].seq, 2);
}

static void shelved_frame_whose_number_was_given_otherwise_is_dropped(void **state)
{
	(void)state;
	assert_int_equal(take_made(3, 2), FEED_HOLD);
	admit_made(3, 1);
	admit_made(3, 2); /* it came again before the shelf was looked at */
	assert_false(take_from_shelf());
	assert_int_equal(receiver.shelf_octets, 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
static void a_feed_of_which_nothing_is_held_begins_at_one(void **state)
{
	(void)state;
	struct feed_position nothing = {0};
	feed_receiver_head(&receiver, 5, &nothing);
	admit_made(5, 1);
}

static void an_empty_frame_is_not_kept(void **state)
{
	(void)state;
	struct feed_frame frame = made_frame(5, 2);
	assert_int_equal(feed_receiver_frame(&receiver, &frame, (struct slice){0}), FEED_DROP);
	assert_int_equal(take_made(5, 2), FEED_HOLD);
}

static void without_memory_a_frame_is_not_kept_and_asked_for_again(void **state)
{
	(void)state;
	feed_receiver_connected(&receiver);
	assert_int_equal(feed_receiver_note(&receiver, 1), NOTE_RESUME);
	starve_at(1);
	assert_int_equal(take_made(5, 2), FEED_DROP);
	starve_at(0);
	assert_int_equal(feed_receiver_note(&receiver, 1 + RESUME_MS), NOTE_RESUME);
	assert_int_equal(take_made(5, 2), FEED_HOLD);
}

static void a_duplicate_older_than_what_is_remembered_is_a_duplicate(void **state)
{
	(void)state;
	for (uint64_t seq = 1; seq <= 2 * RECENT_FRAMES; seq++)
		admit_made(5, seq);
	struct feed_frame other = made_frame(5, 1);
	other.digest[20] = 9;
	assert_int_equal(take(&other), FEED_DUPLICATE);
	other = made_frame(5, 2 * RECENT_FRAMES);
	other.digest[20] = 9;
	assert_int_equal(take(&other), FEED_EQUIVOCATION);
}

static void a_second_gap_waits_before_it_asks_again(void **state)
{
	(void)state;
	feed_receiver_connected(&receiver);
	assert_int_equal(feed_receiver_note(&receiver, 1), NOTE_RESUME);
	for (uint64_t i = 0; i <= SHELF_FRAMES; i++)
		(void)take_made(5, 2 + i); /* more than the shelf holds: a gap */
	assert_int_equal(feed_receiver_note(&receiver, RESUME_MS), NOTE_NONE);
	assert_int_equal(feed_receiver_note(&receiver, 1 + RESUME_MS), NOTE_RESUME);
}

static void the_beat_slows_down_to_its_longest(void **state)
{
	(void)state;
	feed_receiver_connected(&receiver);
	uint64_t now = 1, last = now;
	assert_int_equal(feed_receiver_note(&receiver, now), NOTE_RESUME);
	for (size_t beats = 0; beats < 12; now += RESUME_MS)
		if (feed_receiver_note(&receiver, now) == NOTE_CHECKPOINT) {
			assert_true(now - last <= BEAT_MAX_MS + RESUME_MS);
			last = now;
			beats++;
		}
	assert_int_equal(receiver.beat_again_ms, BEAT_MAX_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(frames_are_admitted_in_order_and_once),
		CASE(answers_about_what_was_not_given_change_nothing),
		CASE(shelved_frame_whose_number_was_given_otherwise_is_dropped),
		CASE(a_feed_of_which_nothing_is_held_begins_at_one),
		CASE(an_empty_frame_is_not_kept),
		CASE(without_memory_a_frame_is_not_kept_and_asked_for_again),
		CASE(a_duplicate_older_than_what_is_remembered_is_a_duplicate),
		CASE(a_second_gap_waits_before_it_asks_again),
		CASE(the_beat_slows_down_to_its_longest),
		CASE(frame_beyond_a_gap_is_kept_and_the_peer_is_asked_to_resume),
		CASE(data_is_held_until_its_control_is_durable),
		CASE(data_of_an_old_epoch_is_passed_over),
		CASE(control_of_an_old_epoch_still_counts),
		CASE(frames_of_a_coming_epoch_wait_for_its_roster),
		CASE(second_frame_of_one_number_is_equivocation),
		CASE(second_frame_of_one_number_on_the_shelf_is_equivocation),
		CASE(frame_on_another_predecessor_is_equivocation),
		CASE(predecessor_is_known_after_a_restart),
		CASE(what_the_store_could_not_take_is_asked_for_again),
		CASE(checkpoint_goes_when_all_is_durable_or_enough_came),
		CASE(new_connection_begins_with_a_resume_and_keeps_a_beat),
		CASE(shelf_and_window_are_bounded),
		CASE(large_frames_fill_the_shelf_by_octets),
		CASE(frozen_feed_takes_nothing),
		CASE(numbers_out_of_range_are_dropped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
