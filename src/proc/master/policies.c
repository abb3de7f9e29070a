/* Policies come as XML of strangers: only parse reads them. Master sends each file and takes the compiled form. */
#include "proc/master/node.h"

#include "os/clock.h"
#include "os/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

enum { COMPILE_MS = 30000 };

/* Waits for a message of parse until the deadline. */
static enum err await(struct part *parse, uint64_t deadline_ms, struct arena *arena, struct channel_message *ret_message)
{
	for (;;) {
		if (channel_flush(parse->channel) != ERR_OK)
			return ERR_UNAVAILABLE;
		enum err err = channel_receive(parse->channel, arena, ret_message);
		uint64_t now = clock_monotonic_ms();
		if (err != ERR_NOT_FOUND)
			return err;
		if (now >= deadline_ms)
			return ERR_UNAVAILABLE;
		short wanted = channel_has_output(parse->channel) ? POLLIN | POLLOUT : POLLIN;
		struct pollfd wait = {channel_descriptor(parse->channel), wanted, 0};
		poll(&wait, 1, (int)(deadline_ms - now));
	}
}

static enum err read_policy(const char *path, struct buf *xml, struct diag *diag)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (file < 0)
		return diag_fail(diag, ERR_NOT_FOUND, "policy %s: %s; correct the 'policy' line of node.conf", path, strerror(errno));
	uint8_t chunk[16384];
	ssize_t n;
	while ((n = read(file, chunk, sizeof(chunk))) > 0)
		buf_put(xml, slice_of(chunk, (size_t)n));
	close(file);
	return n < 0 || xml->err != ERR_OK ? diag_fail(diag, ERR_IO, "policy %s: cannot be read", path) : ERR_OK;
}

static enum err take_answer(const char *path, const struct channel_message *answer, struct buf *pack, struct diag *diag)
{
	if (answer->type == MSG_OCTETS) {
		const struct msg_octets *compiled = answer->value;
		pack_put(pack, compiled->octets);
		return pack->err;
	}
	if (answer->type != MSG_REFUSED)
		return diag_fail(diag, ERR_INTERNAL, "policy %s: parse answered %s", path, message_name(answer->type));
	const struct msg_refused *refused = answer->value;
	enum err err = refused->err > ERR_OK && refused->err < ERR_COUNT ? (enum err)refused->err : ERR_INTERNAL;
	return diag_fail(diag, err, "policy %s:%u: %.*s", path, refused->line, SLICE_ARG(refused->text));
}

static enum err compile_one(struct part *parse, const char *path, struct buf *pack, struct diag *diag)
{
	AUTO_BUF xml = buf_make(LIMIT_POLICY_XML);
	TRY(read_policy(path, &xml, diag));
	struct msg_octets source = {.octets = buf_slice(&xml)};
	TRY(channel_send(parse->channel, MSG_COMPILE, 1, &source, -1));
	AUTO_ARENA arena = {0};
	struct channel_message answer = {.descriptor = -1};
	enum err err = await(parse, clock_monotonic_ms() + COMPILE_MS, &arena, &answer);
	if (err != ERR_OK)
		return diag_fail(diag, err, "policy %s: the process that reads it does not answer; DIR/log tells why", path);
	err = take_answer(path, &answer, pack, diag);
	channel_message_done(&answer);
	return err;
}

static enum err await_ready(struct part *parse, struct diag *diag)
{
	AUTO_ARENA arena = {0};
	struct channel_message message = {.descriptor = -1};
	enum err err = await(parse, clock_monotonic_ms() + COMPILE_MS, &arena, &message);
	if (err == ERR_OK && message.type == MSG_READY) {
		const struct msg_ready *ready = message.value;
		snprintf(parse->layers, sizeof(parse->layers), "%.*s", SLICE_ARG(ready->layers));
		parse->ready = true;
	}
	if (err == ERR_OK)
		channel_message_done(&message);
	if (!parse->ready)
		return diag_fail(diag, ERR_UNAVAILABLE, "the role parse does not start; the last lines of DIR/log tell why");
	return ERR_OK;
}

enum err policies_compile(struct node *node, struct diag *diag)
{
	struct part *parse = &node->parts[ROLE_PARSE];
	AUTO_BUF pack = buf_make(LIMIT_MESSAGE);
	if (part_start(parse) != ERR_OK)
		return diag_fail(diag, ERR_IO, "the role parse cannot be started: %s", strerror(errno));
	TRY(await_ready(parse, diag));
	for (size_t i = 0; i < node->settings.policy_count; i++)
		TRY(compile_one(parse, (const char *)node->settings.policies[i].data, &pack, diag));
	part_end(parse); /* it starts anew with the others, with the policies in hand */
	configuration_digest(node, buf_slice(&pack));
	return gifts_add_policies(node, buf_slice(&pack), diag);
}
