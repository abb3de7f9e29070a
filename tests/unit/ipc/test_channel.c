/* Channels: what goes through, what ends the peer, and what a full or dead peer means. */
#include "ipc/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct ends {
	struct channel *store, *guard; /* the store's and the guard's end */
	int raw;                       /* instead of guard: a socket that speaks whatever it likes to the store */
};

static void open_ends(struct ends *ends, bool raw)
{
	int pair[2];
	assert_int_equal(channel_pair(pair), ERR_OK);
	*ends = (struct ends){.raw = -1};
	assert_int_equal(channel_new(pair[0], ROLE_STORE, ROLE_GUARD, &ends->store), ERR_OK);
	if (raw)
		ends->raw = pair[1];
	else
		assert_int_equal(channel_new(pair[1], ROLE_GUARD, ROLE_STORE, &ends->guard), ERR_OK);
}

static void close_ends(struct ends *ends)
{
	channel_free(ends->store);
	channel_free(ends->guard);
	if (ends->raw >= 0)
		close(ends->raw);
}

static enum err receive(struct channel *channel, struct arena *arena, struct channel_message *message)
{
	*message = (struct channel_message){.descriptor = -1};
	return channel_receive(channel, arena, message);
}

static void a_message_arrives_as_it_was_sent(void **state)
{
	(void)state;
	struct ends ends;
	open_ends(&ends, false);
	struct msg_release sent = {.recipient = SLICE("KOR"), .author = SLICE("analyst"), .precedence = 3, .rendition = SLICE("octets")};
	assert_int_equal(channel_send(ends.store, MSG_RELEASE, 77, &sent, -1), ERR_OK);
	AUTO_ARENA arena = {0};
	struct channel_message message;
	assert_int_equal(receive(ends.guard, &arena, &message), ERR_OK);
	const struct msg_release *got = message.value;
	assert_int_equal(message.type, MSG_RELEASE);
	assert_int_equal(message.request, 77);
	assert_true(slice_equal(got->recipient, sent.recipient) && slice_equal(got->rendition, sent.rendition));
	assert_int_equal(got->precedence, 3);
	assert_int_equal(message.descriptor, -1);
	channel_message_done(&message);
	assert_int_equal(receive(ends.guard, &arena, &message), ERR_NOT_FOUND);
	close_ends(&ends);
}

/* Sends a rendition so large that the body has exactly len octets. */
static void roundtrip_of(size_t body_len, bool mapped)
{
	struct ends ends;
	open_ends(&ends, false);
	enum { OVERHEAD = 4 };
	uint8_t *octets = malloc(body_len);
	assert_non_null(octets);
	memset(octets, 'x', body_len);
	struct msg_release sent = {.rendition = slice_of(octets, body_len - OVERHEAD)};
	assert_int_equal(channel_send(ends.store, MSG_RELEASE, 1, &sent, -1), ERR_OK);
	AUTO_ARENA arena = {0};
	struct channel_message message;
	assert_int_equal(receive(ends.guard, &arena, &message), ERR_OK);
	const struct msg_release *got = message.value;
	assert_int_equal(message.body.len, body_len);
	assert_int_equal(message.mapped, mapped);
	assert_true(slice_equal(got->rendition, sent.rendition));
	channel_message_done(&message);
	free(octets);
	close_ends(&ends);
}

static void bodies_travel_inline_up_to_the_limit_and_as_sealed_memory_above(void **state)
{
	(void)state;
	roundtrip_of(LIMIT_MESSAGE_INLINE - 1, false);
	roundtrip_of(LIMIT_MESSAGE_INLINE, false);
	roundtrip_of(LIMIT_MESSAGE_INLINE + 1, true);
	roundtrip_of(5 * 1024 * 1024, true);
}

static void the_table_forbids_sending_what_the_role_may_not_say(void **state)
{
	(void)state;
	struct ends ends;
	open_ends(&ends, false);
	struct msg_released released = {0};
	assert_int_equal(channel_send(ends.store, MSG_RELEASED, 1, &released, -1), ERR_INTERNAL);
	assert_int_equal(channel_send(ends.guard, MSG_RELEASED, 1, &released, -1), ERR_OK);
	close_ends(&ends);
}

static void raw_send(int socket, const void *octets, size_t len, const int *descriptors, size_t count)
{
	union { const void *read; void *memory; } data = {.read = octets};
	struct iovec part = {data.memory, len};
	union { struct cmsghdr align; uint8_t octets[CMSG_SPACE(4 * sizeof(int))]; } control = {0};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	if (count > 0) {
		message.msg_control = control.octets;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		struct cmsghdr *head = CMSG_FIRSTHDR(&message);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(head), descriptors, count * sizeof(int));
	}
	assert_true(sendmsg(socket, &message, 0) == (ssize_t)len);
}

static void expect_end(const void *octets, size_t len, const int *descriptors, size_t count)
{
	struct ends ends;
	open_ends(&ends, true);
	raw_send(ends.raw, octets, len, descriptors, count);
	AUTO_ARENA arena = {0};
	struct channel_message message;
	assert_int_equal(receive(ends.store, &arena, &message), ERR_MALFORMED);
	close_ends(&ends);
}

/* Header for a message to the store: RELEASED is 65 = 0x41, DONE is 7. */
#define HEADER(len1, len0, type, flags) 0, 0, len1, len0, 0, type, 0, flags, 0, 0, 0, 0, 0, 0, 0, 1

static void whatever_is_not_exactly_a_message_ends_the_peer(void **state)
{
	(void)state;
	static const uint8_t short_header[] = {0, 0, 0};
	static const uint8_t trailing[] = {HEADER(0, 0, 7, 0), 'x'};
	static const uint8_t wrong_length[] = {HEADER(0, 9, 7, 0)};
	static const uint8_t unknown_type[] = {HEADER(0, 0, 250, 0)};
	static const uint8_t not_its_to_send[] = {HEADER(0, 0, 64, 0)};
	static const uint8_t unknown_flag[] = {HEADER(0, 0, 7, 4)};
	static const uint8_t unknown_field[] = {HEADER(0, 5, 7, 0), 99, 0, 0, 1, 'x'};
	static const uint8_t promised_descriptor[] = {HEADER(0, 0, 7, 2)};
	static const uint8_t plain[] = {HEADER(0, 0, 7, 0)};
	static const uint8_t memory_for_a_small_body[] = {HEADER(0, 0, 7, 1)};
	int extra[3] = {0, 1, 2};
	expect_end(short_header, sizeof(short_header), NULL, 0);
	expect_end(trailing, sizeof(trailing), NULL, 0);
	expect_end(wrong_length, sizeof(wrong_length), NULL, 0);
	expect_end(unknown_type, sizeof(unknown_type), NULL, 0);
	expect_end(not_its_to_send, sizeof(not_its_to_send), NULL, 0);
	expect_end(unknown_flag, sizeof(unknown_flag), NULL, 0);
	expect_end(unknown_field, sizeof(unknown_field), NULL, 0);
	expect_end(promised_descriptor, sizeof(promised_descriptor), NULL, 0);
	expect_end(plain, sizeof(plain), extra, 1);
	expect_end(plain, sizeof(plain), extra, 3);
	expect_end(memory_for_a_small_body, sizeof(memory_for_a_small_body), extra, 1);
}

static int memory_of(size_t len, int seals)
{
	int memory = memfd_create("test", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	assert_true(memory >= 0);
	assert_int_equal(ftruncate(memory, (off_t)len), 0);
	assert_int_equal(fcntl(memory, F_ADD_SEALS, seals), 0);
	return memory;
}

static void memory_without_every_seal_or_of_another_size_ends_the_peer(void **state)
{
	(void)state;
	static const uint8_t packet[] = {0, 1, 0, 1, 0, 7, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}; /* 65537 octets */
	const int all = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
	const int lacking[] = {F_SEAL_WRITE, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_SEAL};
	for (size_t i = 0; i < 4; i++) {
		int memory = memory_of(65537, all & ~lacking[i]);
		expect_end(packet, sizeof(packet), &memory, 1);
		close(memory);
	}
	for (size_t len = 65536; len <= 65538; len += 2) {
		int memory = memory_of(len, all);
		expect_end(packet, sizeof(packet), &memory, 1);
		close(memory);
	}
	int pipe_ends[2];
	assert_int_equal(pipe(pipe_ends), 0);
	expect_end(packet, sizeof(packet), &pipe_ends[0], 1);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

static void a_passed_descriptor_arrives_and_belongs_to_the_receiver(void **state)
{
	(void)state;
	int pair[2], pipe_ends[2];
	struct channel *master, *front;
	assert_int_equal(channel_pair(pair), ERR_OK);
	assert_int_equal(channel_new(pair[0], ROLE_MASTER, ROLE_FRONT, &master), ERR_OK);
	assert_int_equal(channel_new(pair[1], ROLE_FRONT, ROLE_MASTER, &front), ERR_OK);
	assert_int_equal(pipe(pipe_ends), 0);
	struct msg_give give = {SLICE("settings")};
	assert_int_equal(channel_send(master, MSG_GIVE, 0, &give, pipe_ends[1]), ERR_OK);
	close(pipe_ends[1]);
	AUTO_ARENA arena = {0};
	struct channel_message message;
	assert_int_equal(receive(front, &arena, &message), ERR_OK);
	assert_true(message.descriptor >= 0);
	assert_true(fcntl(message.descriptor, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(write(message.descriptor, "x", 1), 1);
	channel_message_done(&message);
	uint8_t octet[2];
	assert_int_equal(read(pipe_ends[0], octet, 2), 1);
	assert_int_equal(read(pipe_ends[0], octet, 2), 0); /* every copy is closed */
	close(pipe_ends[0]);
	channel_free(master);
	channel_free(front);
}

static void what_the_socket_does_not_take_waits_in_order_and_the_queue_is_bounded(void **state)
{
	(void)state;
	struct ends ends;
	open_ends(&ends, false);
	struct msg_release message = {.recipient = SLICE("KOR")};
	uint64_t sent = 0;
	enum err err;
	while ((err = channel_send(ends.store, MSG_RELEASE, sent + 1, &message, -1)) == ERR_OK)
		sent++;
	assert_int_equal(err, ERR_FULL);
	assert_true(sent >= CHANNEL_QUEUE_MESSAGES);
	assert_true(channel_has_output(ends.store));
	for (uint64_t i = 1; i <= sent; i++) {
		AUTO_ARENA arena = {0};
		struct channel_message got;
		while ((err = receive(ends.guard, &arena, &got)) == ERR_NOT_FOUND)
			assert_int_equal(channel_flush(ends.store), ERR_OK);
		assert_int_equal(err, ERR_OK);
		assert_int_equal(got.request, i);
		channel_message_done(&got);
	}
	assert_false(channel_has_output(ends.store));
	close_ends(&ends);
}

static void a_closed_peer_is_unavailable_in_both_directions(void **state)
{
	(void)state;
	struct ends ends;
	open_ends(&ends, false);
	channel_free(ends.guard);
	ends.guard = NULL;
	struct msg_release message = {.recipient = SLICE("KOR")};
	assert_int_equal(channel_send(ends.store, MSG_RELEASE, 1, &message, -1), ERR_UNAVAILABLE);
	AUTO_ARENA arena = {0};
	struct channel_message got;
	assert_int_equal(receive(ends.store, &arena, &got), ERR_UNAVAILABLE);
	close_ends(&ends);
}

static void sealed_memory_cannot_be_changed_any_more(void **state)
{
	(void)state;
	int memory = -1;
	assert_int_equal(sealed_memory_new("test", SLICE("secret"), &memory), ERR_OK);
	assert_int_equal(pwrite(memory, "x", 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_not_equal(ftruncate(memory, 3), 0);
	assert_ptr_equal(mmap(NULL, 6, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0), MAP_FAILED);
	struct slice bytes;
	assert_int_equal(sealed_memory_map(memory, 6, &bytes), ERR_OK);
	assert_true(slice_equal(bytes, SLICE("secret")));
	sealed_memory_unmap(bytes);
	assert_int_equal(sealed_memory_map(memory, 5, &bytes), ERR_MALFORMED);
	close(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_arrives_as_it_was_sent),
		cmocka_unit_test(bodies_travel_inline_up_to_the_limit_and_as_sealed_memory_above),
		cmocka_unit_test(the_table_forbids_sending_what_the_role_may_not_say),
		cmocka_unit_test(whatever_is_not_exactly_a_message_ends_the_peer),
		cmocka_unit_test(memory_without_every_seal_or_of_another_size_ends_the_peer),
		cmocka_unit_test(a_passed_descriptor_arrives_and_belongs_to_the_receiver),
		cmocka_unit_test(what_the_socket_does_not_take_waits_in_order_and_the_queue_is_bounded),
		cmocka_unit_test(a_closed_peer_is_unavailable_in_both_directions),
		cmocka_unit_test(sealed_memory_cannot_be_changed_any_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
