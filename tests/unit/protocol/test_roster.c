/* Rosters: form, and that only a majority of the participants of one epoch makes the next. */
#include "made.h"

#include "crypto/crypto.h"
#include "protocol/roster.h"

enum { MANY = 5 };

static struct signing_key *keys[MANY];
static struct participant rows[MANY];
static struct roster_signature signatures[MANY];
static const char *const names[MANY] = {"DEU", "FRA", "KOR", "LTU", "USA"};

static int set_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		uint8_t seed[32] = {(uint8_t)(i + 1)};
		if (signing_key_new(seed, &keys[i]) != ERR_OK)
			return 1;
		rows[i] = (struct participant){.name = slice_text(names[i]), .clearance = SLICE("PUBLIC|UNMARKED"), .member = 1,
					       .seal_certificate = SLICE("c"), .ca_certificate = SLICE("a"),
					       .peer_address = SLICE("tls://127.0.0.1:1")};
		signing_key_public(keys[i], rows[i].originator_key);
		memset(rows[i].release_key, 0x10 + (int)i, 32);
		memset(rows[i].feed_key, 0x20 + (int)i, 32);
		memset(rows[i].ledger_key, 0x30 + (int)i, 32);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < MANY; i++)
		signing_key_free(keys[i]);
	return 0;
}

static struct roster first_roster(void)
{
	return (struct roster){.epoch = 1, .participants = {rows, MANY}};
}

/* The follower of the first, signed by those whose bit is set. */
static struct roster next_roster(unsigned signers)
{
	struct roster first = first_roster(), next = {.epoch = 2, .participants = {rows, MANY - 1}, .signatures = {signatures, 0}};
	AUTO_BUF octets = encoded(&roster_schema, &first);
	roster_digest(buf_slice(&octets), next.prev_digest);
	AUTO_BUF part = buf_make(LIMIT_MESSAGE);
	roster_signed_part(&next, &part);
	for (size_t i = 0; i < MANY; i++) {
		if (!(signers >> i & 1))
			continue;
		struct roster_signature *s = &signatures[next.signatures.count++];
		s->name = rows[i].name;
		assert_int_equal(signing_key_sign(keys[i], ROSTER_DOMAIN, buf_slice(&part), s->signature), ERR_OK);
	}
	return next;
}

static enum err follows(const struct roster *next)
{
	struct roster first = first_roster();
	AUTO_BUF octets = encoded(&roster_schema, &first);
	return roster_check_next(&first, buf_slice(&octets), next, NULL);
}

static enum err opens(const struct roster *roster)
{
	AUTO_ARENA arena = {0};
	AUTO_BUF octets = encoded(&roster_schema, roster);
	struct roster again;
	return roster_open(buf_slice(&octets), &arena, &again, NULL);
}

static void roster_opens_and_finds_its_participants(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	struct roster roster = first_roster(), again;
	AUTO_BUF octets = encoded(&roster_schema, &roster);
	assert_int_equal(roster_open(buf_slice(&octets), &arena, &again, NULL), ERR_OK);
	assert_int_equal(roster_index(&again, SLICE("KOR")), 2);
	assert_int_equal(roster_index(&again, SLICE("KO")), -1);
	assert_int_equal(roster_index(&again, (struct slice){0}), -1);
	assert_null(roster_find(&again, SLICE("NLD")));
	assert_true(slice_equal(roster_find(&again, SLICE("USA"))->name, SLICE("USA")));
}

static void roster_out_of_form_is_refused(void **state)
{
	(void)state;
	struct participant other[MANY];
	struct roster roster = {.epoch = 1, .participants = {other, MANY}};
	memcpy(other, rows, sizeof(rows));
	assert_int_equal(opens(&roster), ERR_OK);
	roster.epoch = 0;
	assert_int_equal(opens(&roster), ERR_INVALID);
	roster.epoch = 1;
	roster.participants.count = 0;
	assert_int_equal(opens(&roster), ERR_INVALID);
	roster.participants.count = MANY;
	static const char *const wrong[] = {"", "DEU", "fra", "FR/A", "ZZZ", "FR:A", "FR@A", "FR[A"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		other[1].name = slice_text(wrong[i]);
		assert_int_equal(opens(&roster), ERR_INVALID);
	}
	other[1] = rows[1];
	other[1].member = 2;
	assert_int_equal(opens(&roster), ERR_INVALID);
	other[1] = rows[1];
	memcpy(other[1].feed_key, rows[4].ledger_key, 32);
	assert_int_equal(opens(&roster), ERR_INVALID);
}

static void digits_may_stand_in_a_name(void **state)
{
	(void)state;
	struct participant other[MANY];
	struct roster roster = {.epoch = 1, .participants = {other, MANY}};
	memcpy(other, rows, sizeof(rows));
	other[1].name = SLICE("FR1");
	assert_int_equal(opens(&roster), ERR_OK);
}

static void what_is_no_record_is_no_roster(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	struct roster roster = {.epoch = 1};
	assert_int_equal(roster_open(SLICE("no roster"), &arena, &roster, NULL), ERR_MALFORMED);
}

static void signatures_of_a_roster_that_cannot_be_encoded_do_not_count(void **state)
{
	(void)state;
	struct roster next = next_roster(0x07);
	struct participant *first = next.participants.items, kept = *first;
	assert_int_equal(roster_count_signatures(&next, &next), 3);
	first->name = SLICE("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"); /* longer than LIMIT_NATION */
	assert_int_equal(roster_count_signatures(&next, &next), 0);
	*first = kept;
}

static void majority_of_the_previous_participants_makes_a_roster(void **state)
{
	(void)state;
	struct roster next = next_roster(0x07);
	assert_int_equal(follows(&next), ERR_OK);
	next = next_roster(0x03);
	assert_int_equal(follows(&next), ERR_CRYPTO);
	next = next_roster(0);
	assert_int_equal(follows(&next), ERR_CRYPTO);
	/* an expelled nation still votes on its own expulsion, and not afterwards */
	next = next_roster(0x13);
	assert_int_equal(follows(&next), ERR_OK);
	assert_int_equal(roster_count_signatures(&next, &next), 2);
}

static void signatures_out_of_order_or_twice_are_refused(void **state)
{
	(void)state;
	struct roster next = next_roster(7);
	assert_int_equal(next.signatures.count, 3);
	assert_int_equal(opens(&next), ERR_OK);
	struct roster_signature first = signatures[0];
	signatures[0] = signatures[1];
	assert_int_equal(opens(&next), ERR_INVALID); /* the same name twice */
	signatures[1] = first;
	assert_int_equal(opens(&next), ERR_INVALID);
}

static void signature_counts_once_and_only_when_valid(void **state)
{
	(void)state;
	struct roster next = next_roster(0x07);
	signatures[1].signature[5] ^= 1;
	assert_int_equal(follows(&next), ERR_CRYPTO);
	next = next_roster(0x03);
	signatures[2] = signatures[1];
	next.signatures.count = 3;
	assert_int_equal(follows(&next), ERR_CRYPTO);
	signatures[2].name = SLICE("KOR"); /* another's signature under one's name */
	assert_int_equal(follows(&next), ERR_CRYPTO);
	signatures[2].name = SLICE("NLD"); /* nobody */
	assert_int_equal(follows(&next), ERR_CRYPTO);
}

static void roster_follows_exactly_the_current_one(void **state)
{
	(void)state;
	struct roster next = next_roster(0x1f);
	next.epoch = 3;
	assert_int_equal(follows(&next), ERR_INVALID);
	next.epoch = 1;
	assert_int_equal(follows(&next), ERR_INVALID);
	next.epoch = 2;
	assert_int_equal(follows(&next), ERR_OK);
	next.prev_digest[0] ^= 1;
	assert_int_equal(follows(&next), ERR_INVALID);
}

/* Rosters wider than any: what another program might send. */
static const struct field wide_fields[] = {
	RECORD_UINT(1, struct roster, epoch), RECORD_FIXED(2, struct roster, prev_digest),
	RECORD_LIST(3, struct roster, participants, 1000, &participant_schema)};
static const struct schema wide_schema = RECORD_SCHEMA("roster", struct roster, wide_fields);

static void a_coalition_has_at_most_its_limit_of_nations(void **state)
{
	(void)state;
	static struct participant many[LIMIT_NATIONS + 1];
	static char many_names[LIMIT_NATIONS + 1][8];
	for (size_t i = 0; i < LIMIT_NATIONS + 1; i++) {
		snprintf(many_names[i], sizeof(many_names[i]), "N%03zu", i);
		many[i] = rows[0];
		many[i].name = slice_text(many_names[i]);
		uint8_t *const own[] = {many[i].originator_key, many[i].release_key, many[i].feed_key, many[i].ledger_key};
		for (size_t k = 0; k < 4; k++)
			memset(own[k], (int)i, 30), own[k][31] = (uint8_t)k;
	}
	for (size_t count = LIMIT_NATIONS - 1; count <= LIMIT_NATIONS + 1; count++) {
		AUTO_ARENA arena = {0};
		struct roster made = {.epoch = 1, .participants = {many, count}}, opened = {0};
		AUTO_BUF octets = encoded(&wide_schema, &made);
		assert_int_equal(roster_open(buf_slice(&octets), &arena, &opened, NULL), count <= LIMIT_NATIONS ? ERR_OK : ERR_TOO_LARGE);
		assert_int_equal(opened.participants.count, count <= LIMIT_NATIONS ? count : 0);
	}
}

static const struct field long_fields[] = {
	RECORD_TEXT(1, struct participant, name, 1000), RECORD_TEXT(2, struct participant, clearance, 1000),
	RECORD_UINT(3, struct participant, member), RECORD_FIXED(4, struct participant, originator_key),
	RECORD_FIXED(5, struct participant, release_key), RECORD_FIXED(6, struct participant, feed_key),
	RECORD_FIXED(7, struct participant, ledger_key), RECORD_BYTES(8, struct participant, seal_certificate, 1000),
	RECORD_BYTES(9, struct participant, ca_certificate, 1000), RECORD_TEXT(10, struct participant, peer_address, 1000)};
static const struct schema long_schema = RECORD_SCHEMA("participant", struct participant, long_fields);
static const struct field long_roster_fields[] = {
	RECORD_UINT(1, struct roster, epoch), RECORD_FIXED(2, struct roster, prev_digest),
	RECORD_LIST(3, struct roster, participants, 1000, &long_schema)};
static const struct schema long_roster_schema = RECORD_SCHEMA("roster", struct roster, long_roster_fields);

static void the_name_of_a_nation_has_at_most_its_limit(void **state)
{
	(void)state;
	static char name[LIMIT_NATION + 2];
	memset(name, 'K', sizeof(name));
	for (size_t len = LIMIT_NATION - 1; len <= LIMIT_NATION + 1; len++) {
		AUTO_ARENA arena = {0};
		struct participant one = rows[0];
		struct roster made = {.epoch = 1, .participants = {&one, 1}}, opened;
		one.name = slice_of(name, len);
		AUTO_BUF octets = encoded(&long_roster_schema, &made);
		assert_int_equal(roster_open(buf_slice(&octets), &arena, &opened, NULL), len <= LIMIT_NATION ? ERR_OK : ERR_TOO_LARGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roster_opens_and_finds_its_participants),
		cmocka_unit_test(roster_out_of_form_is_refused),
		cmocka_unit_test(digits_may_stand_in_a_name),
		cmocka_unit_test(what_is_no_record_is_no_roster),
		cmocka_unit_test(signatures_of_a_roster_that_cannot_be_encoded_do_not_count),
		cmocka_unit_test(majority_of_the_previous_participants_makes_a_roster),
		cmocka_unit_test(signatures_out_of_order_or_twice_are_refused),
		cmocka_unit_test(signature_counts_once_and_only_when_valid),
		cmocka_unit_test(roster_follows_exactly_the_current_one),
		cmocka_unit_test(a_coalition_has_at_most_its_limit_of_nations),
		cmocka_unit_test(the_name_of_a_nation_has_at_most_its_limit),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
