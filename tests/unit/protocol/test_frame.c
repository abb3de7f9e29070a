/* Form of frames, sealed plaintexts, control entries and tokens: what is accepted encodes to the same octets again, and
 * everything else is refused. */
#include "made.h"

static struct frame data_frame(void)
{
	return (struct frame){.format = FRAME_FORMAT, .feed = FEED_DATA, .lane = LANE_ROUTINE, .from = SLICE("KOR"), .to = SLICE("LTU"),
			      .seq = 1, .roster_epoch = 1, .sent = 5, .release_token = SLICE("t"), .payload = SLICE("p")};
}

static enum err opens(const struct frame *frame)
{
	AUTO_ARENA arena = {0};
	AUTO_BUF octets = encoded(&frame_schema, frame);
	struct frame again;
	return frame_open(buf_slice(&octets), &arena, &again);
}

static void frame_comes_back_as_it_was_encoded(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	struct frame frame = data_frame(), again;
	memset(frame.signature, 7, sizeof(frame.signature));
	AUTO_BUF octets = encoded(&frame_schema, &frame);
	AUTO_BUF unsigned_octets = encoded(&frame_unsigned_schema, &frame);
	assert_int_equal(frame_open(buf_slice(&octets), &arena, &again), ERR_OK);
	assert_int_equal(again.seq, 1);
	assert_true(slice_equal(again.to, SLICE("LTU")));
	assert_true(slice_equal(frame_signed_part(buf_slice(&octets)), buf_slice(&unsigned_octets)));
	assert_int_equal(frame_signed_part(SLICE("short")).len, 0);
}

static void frame_of_another_form_is_refused(void **state)
{
	(void)state;
	struct frame good = data_frame(), frame = good;
	assert_int_equal(opens(&frame), ERR_OK);
	frame.format = 2;
	assert_int_equal(opens(&frame), ERR_UNSUPPORTED);
#define REFUSED(member, value) frame = good, frame.member = (value), assert_int_equal(opens(&frame), ERR_MALFORMED)
	REFUSED(feed, 0);
	REFUSED(feed, 3);
	REFUSED(lane, LANE_COUNT);
	REFUSED(seq, 0);
	REFUSED(from, ((struct slice){0}));
	REFUSED(to, ((struct slice){0}));
	REFUSED(to, SLICE("KOR"));
	REFUSED(payload, ((struct slice){0}));
	REFUSED(release_token, ((struct slice){0}));
	REFUSED(seq, 2);           /* the second has a predecessor */
	REFUSED(prev_digest[0], 1); /* the first has none */
	REFUSED(feed, FEED_CONTROL); /* no lane and no token there */
#undef REFUSED
}

static void control_frame_has_no_lane_and_no_token(void **state)
{
	(void)state;
	struct frame frame = data_frame();
	frame.feed = FEED_CONTROL;
	frame.lane = 0;
	frame.release_token = (struct slice){0};
	assert_int_equal(opens(&frame), ERR_OK);
	frame.lane = 1;
	assert_int_equal(opens(&frame), ERR_MALFORMED);
	frame.lane = 0;
	frame.release_token = SLICE("token");
	assert_int_equal(opens(&frame), ERR_MALFORMED);
}

static void largest_frame_opens_and_a_larger_one_does_not(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	struct frame frame = data_frame(), again;
	uint8_t *payload = calloc(1, LIMIT_FRAME);
	assert_non_null(payload);
	frame.payload = slice_of(payload, LIMIT_FRAME - 2048);
	AUTO_BUF octets = encoded(&frame_schema, &frame);
	assert_true(octets.len <= LIMIT_FRAME);
	assert_int_equal(frame_open(buf_slice(&octets), &arena, &again), ERR_OK);
	AUTO_BUF larger = buf_make(LIMIT_FRAME * 2);
	frame.payload.len++;
	record_encode(&frame_schema, &frame, &larger);
	assert_int_equal(larger.err, ERR_TOO_LARGE);
	assert_int_equal(frame_open(slice_of(payload, LIMIT_FRAME), &arena, &again), ERR_MALFORMED);
	assert_int_equal(frame_open(slice_of(payload, (size_t)LIMIT_FRAME + 1), &arena, &again), ERR_TOO_LARGE);
	free(payload);
}

static void padding_hides_the_length_in_few_classes(void **state)
{
	(void)state;
	assert_int_equal(sealed_padding(0), 1024);
	assert_int_equal(sealed_padding(1), 1023);
	assert_int_equal(sealed_padding(1024), 0);
	assert_int_equal(sealed_padding(1025), 1023);
	size_t classes = 0, last = 0;
	for (size_t len = 0; len <= LIMIT_OBJECT_BYTES; len += 509) {
		size_t padded = len + sealed_padding(len);
		assert_true(padded >= last && padded <= LIMIT_OBJECT_BYTES + 8192);
		assert_true(padded <= 16384 || padded - len <= len / 8 + 1);
		classes += padded != last;
		last = padded;
	}
	assert_true(classes < 150);
	size_t most = 0;
	while (sealed_padding(most + 1) || sealed_padding(most + 2))
		most += 4096;
	assert_true(most >= LIMIT_OBJECT_BYTES); /* the largest class ends, and nothing is padded beyond it */
}

static void padding_must_be_zero_and_exact(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	uint8_t zero[1024] = {0};
	struct sealed sealed = {.body = SLICE("body"), .padding = slice_of(zero, 1020)}, again;
	AUTO_BUF good = encoded(&sealed_schema, &sealed);
	assert_int_equal(sealed_open(buf_slice(&good), &arena, &again), ERR_OK);
	assert_true(slice_equal(again.body, SLICE("body")));
	zero[1000] = 1;
	AUTO_BUF dirty = encoded(&sealed_schema, &sealed);
	assert_int_equal(sealed_open(buf_slice(&dirty), &arena, &again), ERR_MALFORMED);
	zero[1000] = 0;
	sealed.padding.len--;
	AUTO_BUF shorter = encoded(&sealed_schema, &sealed);
	assert_int_equal(sealed_open(buf_slice(&shorter), &arena, &again), ERR_MALFORMED);
}

static enum err entry_opens(struct control_entry entry)
{
	AUTO_ARENA arena = {0};
	AUTO_BUF octets = encoded(&control_entry_schema, &entry);
	struct control_entry again;
	return control_entry_open(buf_slice(&octets), &arena, &again);
}

static void control_entries_bring_what_their_kind_asks_for(void **state)
{
	(void)state;
	const struct slice id = SLICE("report--1"), portion = SLICE("0123456789abcdef"), none = {0};
	const struct {
		uint8_t kind;
		struct slice subject, body;
		enum err err;
	} cases[] = {
		{0, id, none, ERR_MALFORMED},
		{CONTROL_NOT_ADMITTED + 1, id, none, ERR_MALFORMED},
		{CONTROL_ROSTER, none, portion, ERR_OK},
		{CONTROL_ROSTER, none, none, ERR_MALFORMED},
		{CONTROL_ROSTER, id, portion, ERR_MALFORMED},
		{CONTROL_RECALL, id, none, ERR_OK},
		{CONTROL_RECALL, none, none, ERR_MALFORMED},
		{CONTROL_RECALL, id, portion, ERR_MALFORMED},
		{CONTROL_WITHDRAWAL, id, portion, ERR_OK},
		{CONTROL_WITHDRAWAL, id, SLICE("0123456789abcde"), ERR_MALFORMED},
		{CONTROL_WITHDRAWAL, id, none, ERR_MALFORMED},
		{CONTROL_RECEIPT, id, none, ERR_OK},
		{CONTROL_RECEIPT, id, portion, ERR_OK},
		{CONTROL_RECEIPT, id, SLICE("0123456789abcde"), ERR_MALFORMED},
		{CONTROL_RECEIPT, none, portion, ERR_MALFORMED},
		{CONTROL_LABEL_UPGRADE, id, portion, ERR_MALFORMED},
		{CONTROL_NOT_ADMITTED, none, SLICE("123456789"), ERR_OK},
		{CONTROL_NOT_ADMITTED, none, SLICE("12345678"), ERR_MALFORMED},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(entry_opens((struct control_entry){.kind = cases[i].kind, .subject = cases[i].subject,
								    .body = cases[i].body, .issued = 1}), cases[i].err);
}

static void position_of_a_passed_frame_comes_back(void **state)
{
	(void)state;
	uint8_t lane = 0;
	uint64_t seq = 0;
	AUTO_BUF body = buf_make(64);
	control_put_position(LANE_DEFERRED, 0x0102030405060708, &body);
	assert_int_equal(control_get_position(buf_slice(&body), &lane, &seq), ERR_OK);
	assert_int_equal(lane, LANE_DEFERRED);
	assert_true(seq == 0x0102030405060708);
	body.data[0] = LANE_COUNT;
	assert_int_equal(control_get_position(buf_slice(&body), &lane, &seq), ERR_MALFORMED);
	memset(body.data, 0, body.len);
	assert_int_equal(control_get_position(buf_slice(&body), &lane, &seq), ERR_MALFORMED);
	assert_int_equal(control_get_position(slice_take(buf_slice(&body), 8), &lane, &seq), ERR_MALFORMED);
}

static struct token good_token(void)
{
	return (struct token){.version = TOKEN_VERSION, .node = SLICE("KOR"), .originator = SLICE("KOR"), .recipient = SLICE("LTU"),
			      .basis = SLICE("rule:members"), .issued = 10, .not_after = 20, .ledger_index = 4, .ledger_size = 5};
}

static enum err token_opens(const struct token *token)
{
	AUTO_ARENA arena = {0};
	AUTO_BUF octets = encoded(&token_schema, token);
	struct token again;
	return token_open(buf_slice(&octets), &arena, &again);
}

static void token_form_is_checked(void **state)
{
	(void)state;
	struct token good = good_token(), token = good;
	AUTO_BUF octets = encoded(&token_schema, &token);
	AUTO_BUF unsigned_octets = encoded(&token_unsigned_schema, &token);
	assert_true(octets.len <= LIMIT_TOKEN);
	assert_true(slice_has_prefix(buf_slice(&octets), buf_slice(&unsigned_octets)));
	assert_int_equal(token_opens(&token), ERR_OK);
	token.version = 2;
	assert_int_equal(token_opens(&token), ERR_UNSUPPORTED);
	AUTO_ARENA arena = {0};
	assert_int_equal(token_open(SLICE("no token"), &arena, &token), ERR_MALFORMED);
#define REFUSED(member, value) token = good, token.member = (value), assert_int_equal(token_opens(&token), ERR_MALFORMED)
	REFUSED(node, ((struct slice){0}));
	REFUSED(originator, ((struct slice){0}));
	REFUSED(recipient, ((struct slice){0}));
	REFUSED(basis, ((struct slice){0}));
	REFUSED(not_after, 10);
	REFUSED(ledger_size, 4);
#undef REFUSED
}

static void token_above_its_limit_is_refused(void **state)
{
	(void)state;
	static const char long_name[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
	static const char basis[TOKEN_BASIS + 1] = "user:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	struct token token = good_token();
	token.node = token.originator = token.recipient = slice_of(long_name, LIMIT_NATION);
	token.basis = slice_of(basis, TOKEN_BASIS);
	assert_int_equal(token_opens(&token), ERR_TOO_LARGE);
}

static void facts_of_a_frame_are_what_it_says(void **state)
{
	(void)state;
	struct frame frame = {.feed = FEED_DATA, .lane = LANE_FLASH, .seq = 7, .prev_digest = {9}, .control_seq_required = 3, .roster_epoch = 2};
	struct feed_frame facts;
	uint8_t digest[32];
	feed_frame_of(&frame, SLICE("octets"), &facts);
	frame_digest(SLICE("octets"), digest);
	assert_int_equal(facts.sequence, 1 + LANE_FLASH);
	assert_int_equal(facts.seq, 7);
	assert_int_equal(facts.prev_digest[0], 9);
	assert_int_equal(facts.control_seq_required, 3);
	assert_int_equal(facts.roster_epoch, 2);
	assert_int_equal(facts.len, 6);
	assert_memory_equal(facts.digest, digest, 32);
}

static void what_is_cut_or_too_large_does_not_open(void **state)
{
	(void)state;
	static const uint8_t octets[LIMIT_CONTROL_ENTRY + 1];
	AUTO_ARENA arena = {0};
	struct sealed sealed;
	struct control_entry entry;
	assert_int_equal(sealed_open(SLICE("no record"), &arena, &sealed), ERR_MALFORMED);
	assert_int_equal(control_entry_open(SLICE("no record"), &arena, &entry), ERR_MALFORMED);
	assert_int_equal(control_entry_open(slice_of(octets, LIMIT_CONTROL_ENTRY), &arena, &entry), ERR_MALFORMED);
	assert_int_equal(control_entry_open(SLICE_ARRAY(octets), &arena, &entry), ERR_TOO_LARGE);
}

static void sequences_are_named_there_and_back(void **state)
{
	(void)state;
	assert_int_equal(feed_sequence(FEED_CONTROL, 0), SEQUENCE_CONTROL);
	assert_int_equal(feed_sequence(FEED_CONTROL, 1), FEED_SEQUENCES);
	assert_int_equal(feed_sequence(FEED_DATA, LANE_COUNT), FEED_SEQUENCES);
	assert_int_equal(feed_sequence(0, 0), FEED_SEQUENCES);
	for (size_t i = 0; i < FEED_SEQUENCES; i++)
		assert_int_equal(feed_sequence(sequence_feed(i), sequence_lane(i)), i);
	assert_string_equal(sequence_name(0), "control");
	assert_string_equal(sequence_name(6), "deferred");
	assert_string_equal(sequence_name(7), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frame_comes_back_as_it_was_encoded),
		cmocka_unit_test(frame_of_another_form_is_refused),
		cmocka_unit_test(control_frame_has_no_lane_and_no_token),
		cmocka_unit_test(largest_frame_opens_and_a_larger_one_does_not),
		cmocka_unit_test(padding_hides_the_length_in_few_classes),
		cmocka_unit_test(padding_must_be_zero_and_exact),
		cmocka_unit_test(control_entries_bring_what_their_kind_asks_for),
		cmocka_unit_test(position_of_a_passed_frame_comes_back),
		cmocka_unit_test(token_form_is_checked),
		cmocka_unit_test(token_above_its_limit_is_refused),
		cmocka_unit_test(facts_of_a_frame_are_what_it_says),
		cmocka_unit_test(what_is_cut_or_too_large_does_not_open),
		cmocka_unit_test(sequences_are_named_there_and_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
