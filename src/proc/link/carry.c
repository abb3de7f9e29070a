/* Records between seal and the peers' connections. */
#include "proc/link/link.h"

#include "os/log.h"

struct link_peer *link_find(struct link *link, struct slice name)
{
	for (size_t i = 0; i < link->count; i++)
		if (slice_equal(link->peers[i].row->name, name))
			return &link->peers[i];
	return NULL;
}

void link_tell(struct link_peer *peer, bool inbound, bool connected)
{
	struct msg_peer_state state = {.peer = peer->row->name, .inbound = inbound, .connected = connected};
	peer->frames = inbound ? 0 : peer->frames;
	peer->octets = inbound ? 0 : peer->octets;
	if (connected)
		log_line(LOG_NOTICE, "%.*s: %s connection is open", SLICE_ARG(peer->row->name), inbound ? "its" : "our");
	enum err err = role_send(peer->link->self, ROLE_SEAL, MSG_PEER_STATE, &state);
	if (err != ERR_OK && err != ERR_UNAVAILABLE)
		log_line(LOG_ERROR, "seal takes no state of %.*s: %s", SLICE_ARG(peer->row->name), err_text(err));
}

/* A frame too many waits on the peer's connection until seal has caught up: it holds up nobody else. */
static bool has_credit(const struct link_peer *peer, struct slice octets)
{
	return octets.data[0] != WIRE_FRAME || (peer->frames < CREDIT_FRAMES && peer->octets < CREDIT_OCTETS);
}

bool link_record(struct carrier *carrier, void *context, struct slice octets)
{
	struct link *link = context;
	struct link_peer *peer = link_find(link, carrier_peer(carrier));
	struct msg_wire wire = {.peer = carrier_peer(carrier), .inbound = carrier_is_inbound(carrier), .octets = octets};
	if (!peer || !link->running)
		return true;
	if (!has_credit(peer, octets))
		return false;
	enum err err = role_send(link->self, ROLE_SEAL, MSG_WIRE, &wire);
	if (err == ERR_FULL)
		return false;
	if (err == ERR_OK && octets.data[0] == WIRE_FRAME) {
		peer->frames++;
		peer->octets += octets.len;
	}
	return true;
}

void link_on_wire(struct self *self, const struct role_message *message)
{
	struct link *link = role_context(self);
	const struct msg_wire *wire = message->value;
	struct link_peer *peer = link_find(link, wire->peer);
	uint8_t type;
	struct slice body;
	if (!peer || wire_get(wire->octets, &type, &body) != ERR_OK || !wire_is_for_seal(type)) {
		log_line(LOG_ERROR, "seal gave a record for nobody, or of no known type");
		return;
	}
	struct carrier *carrier = wire->inbound ? peer->accepted : peer->dialled_open ? peer->dialled : NULL;
	if (!carrier)
		return; /* cut meanwhile: the feed resumes from the peer's checkpoint */
	enum err err = carrier_send(carrier, wire->octets);
	if (err == ERR_FULL || err == ERR_MEMORY)
		carrier_close(carrier, "it takes too little of what we send");
	else if (err != ERR_OK)
		log_line(LOG_ERROR, "a record of seal may not go to %.*s: %s", SLICE_ARG(wire->peer), err_text(err));
	else if (type == WIRE_RESUME || type == WIRE_CHECKPOINT) {
		peer->frames = peer->octets = 0;
		carrier_retry(carrier);
	}
}
