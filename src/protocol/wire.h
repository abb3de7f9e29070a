/* Records between the links of two nations, and what link and seal exchange of them.
 *
 * On the TLS connection: length (4 octets, big endian, of what follows), type (1 octet), body. A→B opens the
 * connection; A's frames and trees go one way, B's answers the other. MSG_WIRE carries type and body without length. */
#ifndef BICES_PROTOCOL_WIRE_H
#define BICES_PROTOCOL_WIRE_H

#include "base/limits.h"
#include "base/record.h"

enum wire_type {
	WIRE_HELLO = 1,      /* both ends, first and once: struct hello. link only */
	WIRE_PING = 2,       /* either end, empty: "I live". link only */
	WIRE_FRAME = 3,      /* opener → other: an encoded frame */
	WIRE_TREE = 4,       /* opener → other: struct shown_tree: our ledger's newest checkpoint, to be witnessed */
	WIRE_RESUME = 5,     /* other → opener: checkpoint of your feed; send from there on. First thing on a connection */
	WIRE_CHECKPOINT = 6, /* other → opener: checkpoint of your feed: acknowledged up to there */
	WIRE_COSIGNED = 7,   /* other → opener: your ledger's checkpoint with our cosignature */
};

enum {
	WIRE_VERSION = 1,
	WIRE_PREFIX = 4,
	WIRE_BODY_MAX = LIMIT_FRAME,
	WIRE_NOTE_MAX = 65536,
	WIRE_PROOF_MAX = 63 * 32,
	WIRE_TREE_MAX = WIRE_NOTE_MAX + WIRE_PROOF_MAX + 32,
};

struct hello {
	uint8_t version; /* WIRE_VERSION */
	struct slice nation;
	struct slice realm; /* real and exercise never meet */
};
extern const struct schema hello_schema;

/* A ledger's checkpoint as it is shown to a witness. The witness cosigns when the checkpoint is the log's and the proof leads
 * to it from the tree that the witness saw last; otherwise it answers with what it saw, and the opener proves from there. */
struct shown_tree {
	uint64_t from_size;      /* where the proof begins; 0: no proof */
	struct slice proof;      /* RFC 6962 2.1.2, 32 octets a hash */
	struct slice checkpoint; /* signed note */
};
extern const struct schema shown_tree_schema;

/* True when this type exists and may travel in this direction: by_opener is the side that opened the connection. */
bool wire_is_allowed(uint8_t type, bool by_opener);
/* True for what seal and link hand each other; false for link's own HELLO and PING. */
bool wire_is_for_seal(uint8_t type);

/* Appends type and body: the octets of MSG_WIRE. */
void wire_put(enum wire_type type, struct slice body, struct buf *octets);
/* Takes the octets of MSG_WIRE apart. ERR_MALFORMED: empty, or of an unknown type; ERR_TOO_LARGE. */
enum err wire_get(struct slice octets, uint8_t *ret_type, struct slice *ret_body) MUST_USE;

/* Writes a length in front. */
void wire_prefix(size_t len, uint8_t ret_prefix[WIRE_PREFIX]);
/* Looks for one whole record at the front of bytes. ERR_OK: *ret_record is type and body, *ret_used its octets with
 * length; ERR_NOT_FOUND: more octets are needed; ERR_TOO_LARGE, ERR_MALFORMED: the connection must end. The length and
 * type are judged as soon as they are there, before anything is collected. */
enum err wire_find(struct slice bytes, struct slice *ret_record, size_t *ret_used) MUST_USE;

#endif
