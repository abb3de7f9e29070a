/* Channels between the processes of a node. What comes in is checked against the message table before anybody sees it;
 * this file never blocks and never interprets a body. */
#include "ipc/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER = 16, FLAG_MEMORY = 1, FLAG_DESCRIPTOR = 2, PACKET_MAX = HEADER + LIMIT_MESSAGE_INLINE, PACKET_DESCRIPTORS = 2 };
enum { SEALS = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL };

/* A packet that the socket did not take yet. */
struct packet {
	struct packet *next;
	int descriptors[PACKET_DESCRIPTORS];
	size_t descriptor_count;
	size_t len;
	uint8_t octets[];
};

struct channel {
	int descriptor;
	enum role self, peer;
	struct packet *first, **last;
	size_t waiting, waiting_bytes;
};

/* ---- sealed memory ---- */

static enum err write_all(int descriptor, struct slice bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(descriptor, bytes.data, bytes.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ERR_IO;
		bytes = slice_skip(bytes, (size_t)n);
	}
	return ERR_OK;
}

enum err sealed_memory_new(const char *name, struct slice bytes, int *ret_descriptor)
{
	int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (descriptor < 0)
		return ERR_IO;
	if (write_all(descriptor, bytes) != ERR_OK || fcntl(descriptor, F_ADD_SEALS, SEALS) != 0) {
		close(descriptor);
		return ERR_IO;
	}
	*ret_descriptor = descriptor;
	return ERR_OK;
}

enum err sealed_memory_map(int descriptor, size_t expected, struct slice *ret_bytes)
{
	int seals = fcntl(descriptor, F_GET_SEALS);
	if (seals < 0 || (seals & SEALS) != SEALS)
		return ERR_MALFORMED;
	struct stat facts;
	if (fstat(descriptor, &facts) != 0 || facts.st_size < 0)
		return ERR_IO;
	size_t len = (size_t)facts.st_size;
	if (expected != SIZE_MAX && len != expected)
		return ERR_MALFORMED;
	if (len > LIMIT_MESSAGE)
		return ERR_TOO_LARGE;
	void *memory = len ? mmap(NULL, len, PROT_READ, MAP_PRIVATE, descriptor, 0) : NULL;
	if (memory == MAP_FAILED)
		return ERR_IO;
	*ret_bytes = slice_of(memory, len);
	return ERR_OK;
}

void sealed_memory_unmap(struct slice bytes)
{
	union { const uint8_t *read; void *memory; } address = {.read = bytes.data};
	if (bytes.len > 0)
		munmap(address.memory, bytes.len);
}

/* ---- the ends ---- */

enum err channel_pair(int ret_ends[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ret_ends) == 0 ? ERR_OK : ERR_IO;
}

enum err channel_new(int descriptor, enum role self, enum role peer, struct channel **ret_channel)
{
	struct channel *channel = calloc(1, sizeof(*channel));
	int flags = fcntl(descriptor, F_GETFL);
	if (!channel || flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) {
		enum err err = channel ? ERR_IO : ERR_MEMORY;
		free(channel);
		if (descriptor >= 0)
			close(descriptor);
		return err;
	}
	*channel = (struct channel){.descriptor = descriptor, .self = self, .peer = peer};
	channel->last = &channel->first;
	*ret_channel = channel;
	return ERR_OK;
}

static void packet_free(struct packet *packet)
{
	for (size_t i = 0; i < packet->descriptor_count; i++)
		close(packet->descriptors[i]);
	free(packet);
}

void channel_free(struct channel *channel)
{
	if (!channel)
		return;
	for (struct packet *packet = channel->first, *next; packet; packet = next) {
		next = packet->next;
		packet_free(packet);
	}
	close(channel->descriptor);
	free(channel);
}

int channel_descriptor(const struct channel *channel)
{
	return channel->descriptor;
}

bool channel_has_output(const struct channel *channel)
{
	return channel->first != NULL;
}

/* ---- sending ---- */

static void put_uint(uint8_t *to, size_t width, uint64_t value)
{
	for (size_t i = width; i-- > 0; value >>= 8)
		to[i] = (uint8_t)value;
}

static uint64_t get_uint(const uint8_t *from, size_t width)
{
	uint64_t value = 0;
	for (size_t i = 0; i < width; i++)
		value = value << 8 | from[i];
	return value;
}

/* Room for the control message that carries up to two descriptors. */
union control {
	struct cmsghdr align;
	uint8_t octets[CMSG_SPACE(PACKET_DESCRIPTORS * sizeof(int))];
};

/* Hands one packet to the socket. ERR_NOT_FOUND: it takes none now. */
static enum err packet_write(int descriptor, const struct packet *packet)
{
	union { const uint8_t *read; void *memory; } octets = {.read = packet->octets};
	struct iovec part = {octets.memory, packet->len};
	union control control = {0};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	if (packet->descriptor_count > 0) {
		size_t len = packet->descriptor_count * sizeof(int);
		message.msg_control = control.octets;
		message.msg_controllen = CMSG_SPACE(len);
		struct cmsghdr *head = CMSG_FIRSTHDR(&message);
		*head = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(len)};
		memcpy(CMSG_DATA(head), packet->descriptors, len);
	}
	for (;;) {
		if (sendmsg(descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			return ERR_OK;
		if (errno == EINTR)
			continue;
		/* ETOOMANYREFS: too many descriptors are under way; the peer has to take some first */
		if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS || errno == ETOOMANYREFS)
			return ERR_NOT_FOUND;
		return errno == EPIPE || errno == ECONNRESET ? ERR_UNAVAILABLE : ERR_IO;
	}
}

enum err channel_flush(struct channel *channel)
{
	while (channel->first) {
		struct packet *packet = channel->first;
		enum err err = packet_write(channel->descriptor, packet);
		if (err == ERR_NOT_FOUND)
			return ERR_OK;
		TRY(err);
		channel->first = packet->next;
		if (!channel->first)
			channel->last = &channel->first;
		channel->waiting--;
		channel->waiting_bytes -= packet->len;
		packet_free(packet);
	}
	return ERR_OK;
}

/* Takes over packet. */
static enum err packet_send(struct channel *channel, struct packet *packet)
{
	enum err err = channel->first ? ERR_NOT_FOUND : packet_write(channel->descriptor, packet);
	if (err != ERR_NOT_FOUND) {
		packet_free(packet);
		return err;
	}
	if (channel->waiting >= CHANNEL_QUEUE_MESSAGES || channel->waiting_bytes + packet->len > CHANNEL_QUEUE_BYTES) {
		packet_free(packet);
		return ERR_FULL;
	}
	*channel->last = packet;
	channel->last = &packet->next;
	channel->waiting++;
	channel->waiting_bytes += packet->len;
	return ERR_OK;
}

/* Adds the body as sealed memory when it is large; the packet owns the descriptor. */
static enum err packet_add_body(struct packet *packet, struct slice body, uint16_t *flags)
{
	if (body.len <= LIMIT_MESSAGE_INLINE) {
		if (body.len > 0)
			memcpy(packet->octets + HEADER, body.data, body.len);
		packet->len += body.len;
		return ERR_OK;
	}
	TRY(sealed_memory_new("message", body, &packet->descriptors[0]));
	packet->descriptor_count = 1;
	*flags |= FLAG_MEMORY;
	return ERR_OK;
}

static enum err packet_add_descriptor(struct packet *packet, int descriptor, uint16_t *flags)
{
	if (descriptor < 0)
		return ERR_OK;
	int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
	if (copy < 0)
		return ERR_IO;
	packet->descriptors[packet->descriptor_count++] = copy;
	*flags |= FLAG_DESCRIPTOR;
	return ERR_OK;
}

enum err channel_send_any(struct channel *channel, enum message_type type, uint64_t request, const void *value,
			  int descriptor)
{
	const struct schema *schema = message_schema(type, channel->self, channel->peer);
	if (!schema)
		return ERR_INTERNAL;
	AUTO_BUF buf = buf_make(LIMIT_MESSAGE);
	record_encode(schema, value, &buf);
	struct slice body = {0};
	TRY(buf_finish(&buf, &body));
	struct packet *packet = calloc(1, sizeof(*packet) + HEADER + (body.len <= LIMIT_MESSAGE_INLINE ? body.len : 0));
	if (!packet)
		return ERR_MEMORY;
	uint16_t flags = 0;
	packet->len = HEADER;
	enum err err = packet_add_body(packet, body, &flags);
	if (err == ERR_OK)
		err = packet_add_descriptor(packet, descriptor, &flags);
	if (err != ERR_OK) {
		packet_free(packet);
		return err;
	}
	put_uint(packet->octets, 4, body.len);
	put_uint(packet->octets + 4, 2, type);
	put_uint(packet->octets + 6, 2, flags);
	put_uint(packet->octets + 8, 8, request);
	return packet_send(channel, packet);
}

/* ---- receiving ---- */

struct received {
	size_t len;
	int descriptors[PACKET_DESCRIPTORS];
	size_t descriptor_count;
	bool cut; /* the packet or its descriptors did not fit */
};

static void take_descriptors(struct msghdr *message, struct received *received)
{
	for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head; head = CMSG_NXTHDR(message, head)) {
		if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
			continue;
		size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int descriptor = -1;
			memcpy(&descriptor, CMSG_DATA(head) + i * sizeof(int), sizeof(int));
			if (received->descriptor_count < PACKET_DESCRIPTORS)
				received->descriptors[received->descriptor_count++] = descriptor;
			else
				close(descriptor);
		}
	}
}

static enum err packet_read(int descriptor, uint8_t octets[PACKET_MAX], struct received *received)
{
	struct iovec part = {octets, PACKET_MAX};
	union control control = {0};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.octets, .msg_controllen = sizeof(control.octets)};
	ssize_t n;
	do
		n = recvmsg(descriptor, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? ERR_NOT_FOUND : errno == ECONNRESET ? ERR_UNAVAILABLE : ERR_IO;
	if (n == 0)
		return ERR_UNAVAILABLE;
	received->len = (size_t)n;
	received->cut = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
	take_descriptors(&message, received);
	return ERR_OK;
}

/* Finds the body: behind the header or in the sealed memory. */
static enum err take_body(const uint8_t *octets, struct received *received, struct arena *arena,
			  struct channel_message *message)
{
	if (received->cut || received->len < HEADER)
		return ERR_MALFORMED;
	size_t len = (size_t)get_uint(octets, 4);
	uint64_t flags = get_uint(octets + 6, 2);
	size_t expected = ((flags & FLAG_MEMORY) != 0) + ((flags & FLAG_DESCRIPTOR) != 0);
	if ((flags & ~(uint64_t)(FLAG_MEMORY | FLAG_DESCRIPTOR)) != 0 || received->descriptor_count != expected)
		return ERR_MALFORMED;
	if (flags & FLAG_DESCRIPTOR) {
		message->descriptor = received->descriptors[--received->descriptor_count];
	}
	if (!(flags & FLAG_MEMORY))
		return len != received->len - HEADER ? ERR_MALFORMED
						    : arena_copy(arena, slice_of(octets + HEADER, len), &message->body);
	if (received->len != HEADER || len <= LIMIT_MESSAGE_INLINE)
		return ERR_MALFORMED;
	TRY(sealed_memory_map(received->descriptors[0], len, &message->body));
	message->mapped = true;
	return ERR_OK;
}

static enum err decode(const struct channel *channel, struct arena *arena, struct channel_message *message)
{
	const struct schema *schema = message_schema(message->type, channel->peer, channel->self);
	if (!schema)
		return ERR_MALFORMED;
	void *value = arena_alloc(arena, 1, schema->size);
	if (!value)
		return ERR_MEMORY;
	TRY(record_decode(schema, message->body, arena, value));
	message->value = value;
	return ERR_OK;
}

enum err channel_receive(struct channel *channel, struct arena *arena, struct channel_message *ret_message)
{
	static uint8_t octets[PACKET_MAX]; /* copied out before this returns */
	struct received received = {0};
	TRY(packet_read(channel->descriptor, octets, &received));
	struct channel_message message = {.descriptor = -1};
	enum err err = take_body(octets, &received, arena, &message);
	if (err == ERR_OK) {
		message.type = (uint16_t)get_uint(octets + 4, 2);
		message.request = get_uint(octets + 8, 8);
		err = decode(channel, arena, &message);
	}
	for (size_t i = 0; i < received.descriptor_count; i++)
		close(received.descriptors[i]);
	if (err == ERR_OK)
		*ret_message = message;
	else
		channel_message_done(&message);
	return err == ERR_NOT_FOUND ? ERR_MALFORMED : err;
}

void channel_message_done(struct channel_message *message)
{
	if (message->mapped)
		sealed_memory_unmap(message->body);
	message->mapped = false;
	message->body = (struct slice){0};
	if (message->descriptor > 0)
		close(message->descriptor);
	message->descriptor = -1;
}
