/* One packet on a channel between any two roles: whatever it holds, it is refused or it is exactly one message of the
 * table. Input: sender, receiver, form (0: the rest is the packet; 1: 16 octets of header, the rest in sealed memory;
 * 2: a proper header is made for type and rest), then the rest. */
#include "ipc/channel.h"

#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PREFIX = 3, HEADER = 16, INPUT_MAX = 32768 };

static void send_packet(int socket, struct slice packet, int descriptor)
{
	union { const uint8_t *read; void *memory; } octets = {.read = packet.data};
	struct iovec part = {octets.memory, packet.len};
	union { struct cmsghdr align; uint8_t octets[CMSG_SPACE(sizeof(int))]; } control = {0};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	if (descriptor >= 0) {
		message.msg_control = control.octets;
		message.msg_controllen = sizeof(control.octets);
		struct cmsghdr *head = CMSG_FIRSTHDR(&message);
		*head = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
		memcpy(CMSG_DATA(head), &descriptor, sizeof(int));
	}
	if (sendmsg(socket, &message, MSG_NOSIGNAL) < 0)
		abort();
}

static void send_input(int socket, unsigned form, struct slice rest)
{
	uint8_t packet[HEADER + INPUT_MAX] = {0};
	int memory = -1;
	if (form == 1 && rest.len >= HEADER) {
		if (sealed_memory_new("fuzz", slice_skip(rest, HEADER), &memory) != ERR_OK)
			abort();
		send_packet(socket, slice_take(rest, HEADER), memory);
		close(memory);
	} else if (form == 2 && rest.len >= 1) {
		size_t len = rest.len - 1;
		packet[2] = (uint8_t)(len >> 8);
		packet[3] = (uint8_t)len;
		packet[5] = rest.data[0];
		memcpy(packet + HEADER, rest.data + 1, len);
		send_packet(socket, slice_of(packet, HEADER + len), -1);
	} else {
		send_packet(socket, rest, -1);
	}
}

/* What was accepted has exactly one encoding. */
static void check_message(enum role from, enum role to, const struct channel_message *message)
{
	AUTO_BUF again = buf_make(LIMIT_MESSAGE);
	const struct schema *schema = message_schema((enum message_type)message->type, from, to);
	if (!schema)
		abort();
	record_encode(schema, message->value, &again);
	if (again.err != ERR_OK || !slice_equal(buf_slice(&again), message->body))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int ends[2];
	struct channel *channel = NULL;
	if (size <= PREFIX || size > INPUT_MAX)
		return 0;
	enum role from = data[0] % ROLE_COUNT, to = data[1] % ROLE_COUNT;
	if (channel_pair(ends) != ERR_OK || channel_new(ends[0], to, from, &channel) != ERR_OK)
		abort();
	send_input(ends[1], data[2] % 3, slice_of(data + PREFIX, size - PREFIX));
	AUTO_ARENA arena = {.max_bytes = 64 * 1024 * 1024};
	struct channel_message message = {.descriptor = -1};
	if (channel_receive(channel, &arena, &message) == ERR_OK) {
		check_message(from, to, &message);
		channel_message_done(&message);
	}
	channel_free(channel);
	close(ends[1]);
	return 0;
}
