/* Connections between two nations' links over a socket pair: who is let in, what may flow, and what ends it. */
#include "exchange/tls.h"

#include "crypto/crypto.h"

#include <event2/event.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { PEM_MAX = 65536 };

/* A nation's authority, and a certificate that somebody presents. */
struct authority {
	struct buf key, certificate, der;
};
struct card {
	struct buf key, certificate;
};

static struct authority korea, lithuania, netherlands;
static struct participant rows[3];
static struct roster roster = {.epoch = 1, .participants = {rows, 3}};
static struct event_base *base;

static void make_authority(struct authority *authority)
{
	*authority = (struct authority){buf_make(PEM_MAX), buf_make(PEM_MAX), buf_make(PEM_MAX)};
	assert_int_equal(certificate_new_ca("test authority", 30, &authority->key, &authority->certificate), ERR_OK);
	assert_int_equal(pem_to_der(buf_slice(&authority->certificate), &authority->der), ERR_OK);
}

static struct card make_card(struct authority *by, const char *uri)
{
	struct card card = {buf_make(PEM_MAX), buf_make(PEM_MAX)};
	const struct certificate_request request = {.common_name = "link", .uri = uri, .server = true, .client = true, .days = 30};
	assert_int_equal(certificate_new(buf_slice(&by->key), buf_slice(&by->certificate), &request, &card.key, &card.certificate),
			 ERR_OK);
	return card;
}

static int set_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	make_authority(&korea);
	make_authority(&lithuania);
	make_authority(&netherlands);
	rows[0] = (struct participant){.name = SLICE("KOR"), .ca_certificate = buf_slice(&korea.der)};
	rows[1] = (struct participant){.name = SLICE("LTU"), .ca_certificate = buf_slice(&lithuania.der)};
	rows[2] = (struct participant){.name = SLICE("NLD"), .ca_certificate = buf_slice(&netherlands.der)};
	base = event_base_new();
	return base ? 0 : 1;
}

static int tear_down(void **state)
{
	(void)state;
	struct authority *all[] = {&korea, &lithuania, &netherlands};
	for (size_t i = 0; i < 3; i++) {
		buf_done(&all[i]->key);
		buf_done(&all[i]->certificate);
		buf_done(&all[i]->der);
	}
	event_base_free(base);
	return 0;
}

/* ---- one end ---- */
struct end {
	struct tls_identity *identity;
	struct carrier *carrier;
	bool open, closed;
	const char *why;
	unsigned refuse; /* how many records to refuse first */
	size_t records;
	uint8_t last_type;
	size_t last_len;
};

static void on_open(struct carrier *carrier, void *context)
{
	(void)carrier;
	((struct end *)context)->open = true;
}

static bool on_record(struct carrier *carrier, void *context, struct slice octets)
{
	struct end *end = context;
	(void)carrier;
	if (end->refuse) {
		end->refuse--;
		return false;
	}
	end->records++;
	end->last_type = octets.data[0];
	end->last_len = octets.len;
	return true;
}

static void on_closed(struct carrier *carrier, void *context, const char *why)
{
	struct end *end = context;
	(void)carrier;
	assert_false(end->closed);
	end->closed = true;
	end->why = why;
	end->carrier = NULL;
}

static const struct carrier_events events = {on_open, on_record, on_closed};

static void identify(struct end *end, struct slice nation, struct slice realm, struct card card)
{
	struct diag diag = {0};
	assert_int_equal(tls_identity_new(buf_slice(&card.certificate), buf_slice(&card.key), &roster, nation, realm, &end->identity,
					  &diag), ERR_OK);
	buf_done(&card.key);
	buf_done(&card.certificate);
}

static void attach(struct end *end, int descriptor, struct slice expected)
{
	assert_int_equal(carrier_new(base, end->identity, descriptor, expected, &events, end, &end->carrier), ERR_OK);
}

static void finish(struct end *end)
{
	if (end->carrier)
		carrier_close(end->carrier, "the test ends");
	tls_identity_free(end->identity);
	*end = (struct end){0};
}

/* Turns the loop until *flag, at most about two seconds. */
static void turn_until(const bool *flag)
{
	for (int i = 0; i < 2000 && !*flag; i++) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		usleep(1000);
	}
}

/* KOR dials LTU with these cards. */
static void meet(struct end *kor, struct card kor_card, struct end *ltu, struct card ltu_card)
{
	int ends[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
	identify(kor, SLICE("KOR"), SLICE("real"), kor_card);
	identify(ltu, SLICE("LTU"), SLICE("real"), ltu_card);
	attach(kor, ends[0], SLICE("LTU"));
	attach(ltu, ends[1], (struct slice){0});
}

static void meet_properly(struct end *kor, struct end *ltu)
{
	meet(kor, make_card(&korea, "bices://KOR"), ltu, make_card(&lithuania, "bices://LTU"));
	turn_until(&kor->open);
	turn_until(&ltu->open);
	assert_true(kor->open && ltu->open);
}

/* ---- tests ---- */

static void two_nations_with_proper_certificates_meet(void **state)
{
	(void)state;
	struct end kor = {0}, ltu = {0};
	meet_properly(&kor, &ltu);
	assert_true(slice_equal(carrier_peer(kor.carrier), SLICE("LTU")));
	assert_true(slice_equal(carrier_peer(ltu.carrier), SLICE("KOR")));
	assert_false(carrier_is_inbound(kor.carrier));
	assert_true(carrier_is_inbound(ltu.carrier));
	finish(&kor);
	finish(&ltu);
}

static void refuse_caller(struct card card, const char *why)
{
	struct end kor = {0}, ltu = {0};
	meet(&kor, card, &ltu, make_card(&lithuania, "bices://LTU"));
	turn_until(&ltu.closed);
	assert_true(ltu.closed);
	assert_false(ltu.open);
	assert_string_equal(ltu.why, why);
	turn_until(&kor.closed);
	assert_false(kor.open);
	finish(&kor);
	finish(&ltu);
}

static void caller_whose_certificate_another_nation_issued_is_refused(void **state)
{
	(void)state;
	const char *why = "its certificate was not issued by the nation that it names, or is not valid now";
	refuse_caller(make_card(&netherlands, "bices://KOR"), why);
	/* LTU itself must not be able to mint a Korean identity */
	refuse_caller(make_card(&lithuania, "bices://KOR"), why);
}

static void called_nation_whose_certificate_another_nation_issued_is_refused(void **state)
{
	(void)state;
	struct end kor = {0}, ltu = {0};
	meet(&kor, make_card(&korea, "bices://KOR"), &ltu, make_card(&korea, "bices://LTU"));
	turn_until(&kor.closed);
	assert_true(kor.closed && !kor.open);
	assert_string_equal(kor.why, "its certificate was not issued by the nation that it names, or is not valid now");
	turn_until(&ltu.closed);
	assert_false(ltu.open);
	finish(&kor);
	finish(&ltu);
}

static void refuse_called(struct slice nation, struct card card, const char *why)
{
	int ends[2];
	struct end caller = {0}, called = {0};
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
	identify(&caller, SLICE("KOR"), SLICE("real"), make_card(&korea, "bices://KOR"));
	identify(&called, nation, SLICE("real"), card);
	attach(&caller, ends[0], SLICE("LTU"));
	attach(&called, ends[1], (struct slice){0});
	turn_until(&caller.closed);
	assert_true(caller.closed && !caller.open);
	assert_string_equal(caller.why, why);
	finish(&caller);
	finish(&called);
}

static void called_nation_that_is_not_the_dialled_one_is_refused(void **state)
{
	(void)state;
	refuse_called(SLICE("KOR"), make_card(&korea, "bices://KOR"), "its certificate names ourselves");
	refuse_called(SLICE("NLD"), make_card(&netherlands, "bices://NLD"),
		      "its certificate names another nation than the one dialled");
}

static void own_certificate_must_name_the_own_nation(void **state)
{
	(void)state;
	static const char *const names[] = {"bices://KOR/user/analyst", "bices://LTU", "https://KOR", "bices://kor"};
	for (size_t i = 0; i < 4; i++) {
		struct card card = make_card(&korea, names[i]);
		struct tls_identity *identity = NULL;
		assert_int_equal(tls_identity_new(buf_slice(&card.certificate), buf_slice(&card.key), &roster, SLICE("KOR"),
						  SLICE("real"), &identity, NULL), ERR_INVALID);
		assert_null(identity);
		buf_done(&card.key);
		buf_done(&card.certificate);
	}
}

static void certificate_and_key_must_fit(void **state)
{
	(void)state;
	struct card one = make_card(&korea, "bices://KOR"), other = make_card(&korea, "bices://KOR");
	struct tls_identity *identity = NULL;
	assert_int_equal(tls_identity_new(buf_slice(&one.certificate), buf_slice(&other.key), &roster, SLICE("KOR"), SLICE("real"),
					  &identity, NULL), ERR_INVALID);
	assert_int_equal(tls_identity_new(buf_slice(&one.certificate), SLICE("nothing"), &roster, SLICE("KOR"), SLICE("real"),
					  &identity, NULL), ERR_MALFORMED);
	struct buf *all[] = {&one.key, &one.certificate, &other.key, &other.certificate};
	for (size_t i = 0; i < 4; i++)
		buf_done(all[i]);
}

static void user_certificate_is_no_peer(void **state)
{
	(void)state;
	int ends[2];
	struct end user = {0}, ltu = {0};
	struct card card = make_card(&korea, "bices://USER1");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
	identify(&user, SLICE("USER1"), SLICE("real"), card);
	identify(&ltu, SLICE("LTU"), SLICE("real"), make_card(&lithuania, "bices://LTU"));
	attach(&user, ends[0], SLICE("LTU"));
	attach(&ltu, ends[1], (struct slice){0});
	turn_until(&ltu.closed);
	assert_string_equal(ltu.why, "its certificate names nobody on the roster");
	finish(&user);
	finish(&ltu);
}

static void another_realm_is_refused(void **state)
{
	(void)state;
	int ends[2];
	struct end kor = {0}, ltu = {0};
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
	identify(&kor, SLICE("KOR"), SLICE("exercise"), make_card(&korea, "bices://KOR"));
	identify(&ltu, SLICE("LTU"), SLICE("real"), make_card(&lithuania, "bices://LTU"));
	attach(&kor, ends[0], SLICE("LTU"));
	attach(&ltu, ends[1], (struct slice){0});
	turn_until(&kor.closed);
	assert_true(kor.closed && !kor.open && !ltu.open);
	finish(&kor);
	finish(&ltu);
}

static void plain_octets_end_the_connection(void **state)
{
	(void)state;
	int ends[2];
	struct end ltu = {0};
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
	identify(&ltu, SLICE("LTU"), SLICE("real"), make_card(&lithuania, "bices://LTU"));
	attach(&ltu, ends[1], (struct slice){0});
	assert_int_equal(write(ends[0], "GET / HTTP/1.1\r\n\r\n", 18), 18);
	turn_until(&ltu.closed);
	assert_true(ltu.closed && !ltu.open);
	close(ends[0]);
	finish(&ltu);
}

static void send_one(struct end *from, uint8_t type, size_t body_len, enum err expected)
{
	uint8_t *octets = calloc(1, body_len + 1);
	assert_non_null(octets);
	octets[0] = type;
	assert_int_equal(carrier_send(from->carrier, slice_of(octets, body_len + 1)), expected);
	free(octets);
}

static void turn_until_records(const struct end *end, size_t count)
{
	for (int i = 0; i < 5000 && end->records < count; i++) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		usleep(500);
	}
	assert_int_equal(end->records, count);
}

static void records_flow_in_their_direction_only(void **state)
{
	(void)state;
	struct end kor = {0}, ltu = {0};
	meet_properly(&kor, &ltu);
	send_one(&kor, WIRE_FRAME, 100, ERR_OK);
	turn_until_records(&ltu, 1);
	assert_int_equal(ltu.last_type, WIRE_FRAME);
	assert_int_equal(ltu.last_len, 101);
	send_one(&ltu, WIRE_CHECKPOINT, 10, ERR_OK);
	turn_until_records(&kor, 1);
	send_one(&kor, WIRE_CHECKPOINT, 10, ERR_USAGE);
	send_one(&ltu, WIRE_FRAME, 10, ERR_USAGE);
	send_one(&ltu, 99, 10, ERR_MALFORMED);
	finish(&kor);
	finish(&ltu);
}

static void largest_frame_passes_and_one_octet_more_does_not(void **state)
{
	(void)state;
	struct end kor = {0}, ltu = {0};
	meet_properly(&kor, &ltu);
	send_one(&kor, WIRE_FRAME, LIMIT_FRAME + 1, ERR_TOO_LARGE);
	send_one(&kor, WIRE_FRAME, LIMIT_FRAME, ERR_OK);
	send_one(&kor, WIRE_FRAME, 1, ERR_OK);
	turn_until_records(&ltu, 2);
	assert_int_equal(ltu.last_len, 2);
	finish(&kor);
	finish(&ltu);
}

static void refused_records_are_offered_again_in_order(void **state)
{
	(void)state;
	struct end kor = {0}, ltu = {0};
	meet_properly(&kor, &ltu);
	ltu.refuse = 3;
	for (size_t i = 1; i <= 50; i++)
		send_one(&kor, WIRE_FRAME, i, ERR_OK);
	turn_until_records(&ltu, 50);
	assert_int_equal(ltu.last_len, 51);
	assert_int_equal(ltu.refuse, 0);
	finish(&kor);
	finish(&ltu);
}

static void output_for_a_peer_that_reads_nothing_is_bounded(void **state)
{
	(void)state;
	struct end kor = {0}, ltu = {0};
	meet_properly(&kor, &ltu);
	size_t frames = 0;
	static uint8_t frame[1024 * 1024] = {WIRE_FRAME};
	while (carrier_send(kor.carrier, SLICE_ARRAY(frame)) == ERR_OK && frames < 1000)
		frames++;
	assert_int_equal(frames, CARRIER_OUTPUT / (sizeof(frame) + WIRE_PREFIX));
	finish(&kor);
	finish(&ltu);
}

static void closing_is_told_once_to_both_ends(void **state)
{
	(void)state;
	struct end kor = {0}, ltu = {0};
	meet_properly(&kor, &ltu);
	carrier_close(kor.carrier, "enough");
	assert_true(kor.closed);
	assert_string_equal(kor.why, "enough");
	turn_until(&ltu.closed);
	assert_string_equal(ltu.why, "it ended the connection");
	finish(&kor);
	finish(&ltu);
}

static void addresses_are_numeric_with_a_port(void **state)
{
	(void)state;
	static const char *const wrong[] = {"127.0.0.1:1", "tls://", "tls://localhost:1", "tls://127.0.0.1", "tls://127.0.0.1:99999"};
	int descriptor = -1;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_not_equal(carrier_connect(slice_text(wrong[i]), &descriptor), ERR_OK);
	assert_int_equal(descriptor, -1);
	enum err err = carrier_connect(SLICE("tls://127.0.0.1:1"), &descriptor);
	assert_true(err == ERR_OK || err == ERR_IO);
	if (err == ERR_OK)
		close(descriptor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_nations_with_proper_certificates_meet),
		cmocka_unit_test(caller_whose_certificate_another_nation_issued_is_refused),
		cmocka_unit_test(called_nation_whose_certificate_another_nation_issued_is_refused),
		cmocka_unit_test(called_nation_that_is_not_the_dialled_one_is_refused),
		cmocka_unit_test(own_certificate_must_name_the_own_nation),
		cmocka_unit_test(certificate_and_key_must_fit),
		cmocka_unit_test(user_certificate_is_no_peer),
		cmocka_unit_test(another_realm_is_refused),
		cmocka_unit_test(plain_octets_end_the_connection),
		cmocka_unit_test(records_flow_in_their_direction_only),
		cmocka_unit_test(largest_frame_passes_and_one_octet_more_does_not),
		cmocka_unit_test(refused_records_are_offered_again_in_order),
		cmocka_unit_test(output_for_a_peer_that_reads_nothing_is_bounded),
		cmocka_unit_test(closing_is_told_once_to_both_ends),
		cmocka_unit_test(addresses_are_numeric_with_a_port),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
