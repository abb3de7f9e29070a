/* A node without store, guard or disk, for tests of a real bices-front: this process is its master, store and parse. */
#ifndef BICES_TEST_FAKE_NODE_H
#define BICES_TEST_FAKE_NODE_H

#include "ipc/channel.h"
#include "label/label.h"

struct fake {
	struct arena arena;
	struct policy_set *policies;
	struct channel *master, *store, *parse;
	struct kept {
		struct slice id, title, rendition;
		uint64_t at;
	} kept[4096];
	size_t count;
	bool mute; /* the store does not answer */
};

/* Answers one message of front to the store or to parse. */
void fake_store_handle(struct fake *fake, const struct channel_message *message);
void fake_parse_handle(struct fake *fake, const struct channel_message *message);

#endif
