/* A channel: one end of a SOCK_SEQPACKET socket pair between two processes of a node, carrying the messages of the table.
 *
 * One packet is one message: header (body length 32 bits, type 16, flags 16, request 64; big endian) and body. A body
 * above LIMIT_MESSAGE_INLINE travels as a memfd with all four seals (write, shrink, grow, seal); the receiver maps it
 * only when every seal is there and its size is exactly the length, so nobody can change it while it is read. One
 * further descriptor may be passed. Sending never blocks: what the socket does not take waits in a bounded queue.
 * A channel belongs to one thread and knows nothing of event loops. */
#ifndef BICES_IPC_CHANNEL_H
#define BICES_IPC_CHANNEL_H

#include "ipc/messages.h"

enum {
	CHANNEL_QUEUE_MESSAGES = 16384,              /* waiting for the peer to read */
	CHANNEL_QUEUE_BYTES = 64 * 1024 * 1024, /* of inline bodies among them */
};

struct channel;

/* One received message. */
struct channel_message {
	uint16_t type; /* enum message_type */
	uint64_t request;
	const void *value; /* the decoded struct of the type's shape; in the arena, slices borrow from body */
	struct slice body; /* as received; in the arena or mapped */
	int descriptor;    /* passed along, or -1; the receiver takes it by setting -1 */
	bool mapped;
};

/* Two connected ends, non-blocking, closed on exec. ERR_IO. */
enum err channel_pair(int ret_ends[2]) MUST_USE;

/* Takes over descriptor in every case. self and peer decide what the table allows. ERR_MEMORY, ERR_IO. */
enum err channel_new(int descriptor, enum role self, enum role peer, struct channel **ret_channel) MUST_USE;
void channel_free(struct channel *channel);

int channel_descriptor(const struct channel *channel); /* to be polled; stays the channel's */

/* Encodes value (a struct of the type's shape) and sends or queues it. descriptor is passed as a copy, or -1.
 * ERR_INTERNAL when the table does not allow it from here, ERR_TOO_LARGE, ERR_MALFORMED as record_encode; ERR_FULL
 * when the queue is full; ERR_UNAVAILABLE when the peer is gone. */
enum err channel_send_any(struct channel *channel, enum message_type type, uint64_t request, const void *value,
			  int descriptor) MUST_USE;
/* The same for a type that is written out, MSG_…: a value of another shape does not compile. */
#define channel_send(channel, type, request, value, descriptor) \
	channel_send_any(channel, type, request, message_body_##type(value), descriptor)

/* True while something waits: poll for writing, then flush. */
bool channel_has_output(const struct channel *channel);
enum err channel_flush(struct channel *channel) MUST_USE;

/* The next message. ERR_NOT_FOUND: none waits. Everything else ends the peer: ERR_UNAVAILABLE (it closed), ERR_MALFORMED
 * (not allowed by the table, trailing octets, missing seals, wrong size), ERR_TOO_LARGE, ERR_MEMORY, ERR_IO. */
enum err channel_receive(struct channel *channel, struct arena *arena, struct channel_message *ret_message) MUST_USE;

/* Unmaps the body and closes a descriptor that nobody took. Safe on a zeroed or finished message. */
void channel_message_done(struct channel_message *message);

/* ---- sealed memory ---- also used to give files to roles */

/* A memfd that holds exactly bytes, with all four seals; closed on exec. ERR_IO. */
enum err sealed_memory_new(const char *name, struct slice bytes, int *ret_descriptor) MUST_USE;

/* Maps a memfd for reading after checking its seals. expected: its exact size, or SIZE_MAX for any up to LIMIT_MESSAGE.
 * An empty one gives an empty slice. ERR_MALFORMED, ERR_TOO_LARGE, ERR_IO. */
enum err sealed_memory_map(int descriptor, size_t expected, struct slice *ret_bytes) MUST_USE;
void sealed_memory_unmap(struct slice bytes);

#endif
