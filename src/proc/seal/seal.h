/* The seal process: what its files share. Seal repeats the core checks with its own code, seals and opens frames, and
 * speaks with other nations' seals through link. It has no sockets, no files and no policies, and its state is memory:
 * what must last is with the store (parked frames, positions) and the ledger (recalls), and is read back at the start. */
#ifndef BICES_PROC_SEAL_SEAL_H
#define BICES_PROC_SEAL_SEAL_H

#include "crypto/crypto.h"
#include "ledger/record.h"
#include "os/role.h"
#include "protocol/feed_receiver.h"
#include "protocol/feed_sender.h"
#include "protocol/roster.h"
#include "protocol/wire.h"
#include "release/seal_check.h"

enum {
	TICK_MS = 500,
	STORE_MS = 30000,   /* patience with the store */
	LEDGER_MS = 15000,  /* patience with the ledger */
	TREE_MS = 10000,    /* between two looks at our ledger's checkpoint */
	WAITING_MAX = 4096, /* orders of guard and receipts that wait */
};

/* Everything about one other nation. */
struct seal_peer {
	const struct participant *row;
	struct seal_recipient *recipient;
	bool dialled, accepted; /* the connection we opened, the one it opened */

	/* our feed to it */
	struct feed_sender sender;
	struct feed_position made[FEED_SEQUENCES]; /* newest frame built; it may not be parked yet */
	uint64_t orders;			   /* recalls and withdrawals we counted for it */
	struct buf resume;			   /* a RESUME that came before we served */

	/* its feed to us */
	struct feed_receiver receiver;
	uint32_t turn[FEED_SEQUENCES]; /* rises when given frames were forgotten: older answers of the store are void */
	struct recall_set recalled;    /* by it, since our start: the store keeps the tombstones */

	/* its ledger, as we saw it last, and the note */
	struct seal_tree tree;
	struct buf tree_note;
	bool sighting; /* a newer tree of it is on its way into our ledger: nothing is compared meanwhile */

	/* our ledger, as it saw it */
	uint64_t cosigned; /* size of the tree that it cosigned last; 0: not yet known */
	uint64_t offered;  /* size of the tree that it was shown last, */
	uint64_t proved;   /* and from where that was proved */
	bool showing;	   /* a question to our ledger about it is open */
};

/* An order that waits: guard's, while we read the ledger anew; or a receipt, until it is parked. */
struct waiting {
	struct role_caller caller;
	uint16_t type;
	struct buf raw;
	struct waiting *next;
};

struct seal {
	struct arena arena; /* as long as the process */
	struct slice given;   /* the roster that we work by, encoded */
	struct slice table;   /* the release-authority table */
	struct roster roster;
	struct roster newest; /* the newest one whose octets we hold */
	struct slice newest_octets;
	uint64_t epoch; /* of the newest one that we know of: nothing is sealed while ours is older */
	const struct participant *self;
	struct signing_key *feed_key;
	struct seal_opener *opener;
	struct seal_peer *peers;
	size_t count;
	struct role_timer *tick;

	bool heads_known, heads_asked; /* what the store holds */
	bool records_known, replaying; /* what the ledger holds */
	uint64_t replayed;	       /* records below this index are taken in */
	size_t parks;		       /* PARKs without an answer */
	bool rolled_back;	       /* somebody holds more of our ledger than we do: nothing is released */

	struct recall_set recalled; /* by us */
	uint64_t fencing_epoch, counter;
	struct seal_tree tree; /* our ledger's newest checkpoint */
	bool tree_asked;
	struct seal_tree asked_at; /* what we knew of it then */
	uint64_t tree_ms;
	uint64_t shown, witnessed; /* size that all peers were shown; trees of others recorded since */

	uint64_t told_frozen; /* what guard was told: bits by place of the peer */
	bool told_serving, told_releasing;

	struct waiting *first, **last;
	size_t waiting;
};

struct seal_peer *seal_find_peer(struct seal *seal, struct slice name);
bool seal_is_serving(const struct seal *seal);

/* ---- start.c ---- */
/* Asks store and ledger for what is not known yet. Safe to call at any time. */
void seal_start(struct self *self);
/* Something about the store's side is unsure: positions are read again before anything is built. */
void seal_resync(struct self *self);
/* Reads the ledger's newer records. */
void seal_refresh(struct self *self);

/* Tells guard what can be sealed, if that changed, or always. */
void seal_tell_feeds(struct self *self, bool always);

/* ---- outgoing.c ---- */
void seal_on_seal(struct self *self, const struct role_message *message);
void seal_on_receipt(struct self *self, const struct role_message *message);
/* Goes on with what waited. */
void seal_drain(struct self *self);

/* ---- parking.c ---- */
/* What is to go into a frame. */
struct outgoing {
	struct seal_peer *peer;
	size_t sequence;
	struct slice body, token, object_id;
	struct role_caller caller; /* request 0: nobody waits */
	enum message_type answer;  /* MSG_SEALED or MSG_DONE */
};
/* Seals, chains, signs and parks; answers the caller once it is durable and puts it on the wire. */
enum err seal_send(struct self *self, const struct outgoing *out) MUST_USE;

/* ---- feed_out.c ---- */
/* Fetches and sends what the peer's window takes. */
void seal_pump(struct self *self, struct seal_peer *peer);
void seal_wire(struct self *self, const struct seal_peer *peer, bool inbound, enum wire_type type, struct slice body);
/* RESUME or CHECKPOINT of our feed. */
void seal_on_checkpoint(struct self *self, struct seal_peer *peer, bool resume, struct slice note);
void seal_dialled(struct self *self, struct seal_peer *peer, bool connected);

/* ---- incoming.c ---- */
void seal_on_frame(struct self *self, struct seal_peer *peer, struct slice octets);
void seal_accepted(struct self *self, struct seal_peer *peer, bool connected);
/* Takes kept frames whose time has come and sends a checkpoint when one is due. */
void seal_after_frames(struct self *self, struct seal_peer *peer);

/* Control entries carry no token. */
void seal_admit_control(struct self *self, struct seal_peer *peer, const struct feed_frame *facts, uint64_t sent, struct slice body);
/* What was given of this sequence and is not durable is to come again; answers of the store to it are void. */
void seal_forget_given(struct seal_peer *peer, size_t sequence);

/* ---- succession.c ---- */
/* A successor that we recorded earlier. ERR_INVALID: the roster that we were given has its epoch and is another one. */
enum err seal_take_succession(struct seal *seal, const struct ledger_record *record) MUST_USE;
/* A control entry that brings a roster. True: it is valid and new, and is admitted once it is recorded; false: it has no
 * effect, and only its place in the feed is to be admitted. */
bool seal_succeeds(struct self *self, struct seal_peer *peer, const struct feed_frame *facts, uint64_t sent, struct slice body,
		   const struct control_entry *entry);

/* ---- witness.c ---- */
void seal_on_tree(struct self *self, struct seal_peer *peer, struct slice body);
void seal_on_cosigned(struct self *self, struct seal_peer *peer, struct slice note);
/* Shows a peer our ledger's newest checkpoint, with the proof from what it saw last. */
void seal_show_tree(struct self *self, struct seal_peer *peer);
void seal_ask_tree(struct self *self);
/* A tree of a peer that we recorded earlier. */
void seal_take_sighting(struct seal *seal, const struct ledger_record *record);

#endif
