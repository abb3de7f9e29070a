/* Seal's independent checks before it seals: fourteen, each on its own, all must hold. They repeat what guard decided
 * with other code (seal_label.h, own digests); only the record codec, the cryptography and the Merkle proof are shared.
 *
 * Pure: time and all state are arguments. spec: trust 2.3 */
#ifndef BICES_RELEASE_SEAL_CHECK_H
#define BICES_RELEASE_SEAL_CHECK_H

#include "object/portion.h"
#include "protocol/frame.h"
#include "release/recall_set.h"
#include "release/seal_ledger.h"

enum { SEAL_CHECKS = 14, SEAL_CLOCK_SLACK_MS = 300000 };

/* What seal knows of itself, one recipient and the ledger when a token arrives. */
struct seal_state {
	const struct participant *self, *peer; /* rows of the roster; peer NULL: no such nation */
	struct slice realm;
	uint64_t roster_epoch;
	uint64_t orders;		   /* recalls and withdrawals seal has counted for this peer */
	const struct recall_set *recalled; /* ours */
	struct slice table;		   /* the release-authority table, for what needs two persons */
	uint64_t fencing_epoch;		   /* of the newest guard in the ledger */
	uint64_t last_counter;		   /* of that guard */
	struct seal_tree ledger;	   /* newest checkpoint verified so far */
	uint64_t now_ms;
};

/* A release in hand: what guard sent, then what seal decoded of it. */
struct seal_case {
	struct slice recipient, token_octets, body, proof, checkpoint, record;
	uint64_t ledger_index;
	uint8_t salt[32];
	const struct seal_state *state;

	struct token token;
	struct rendition rendition;
	struct manifest manifest;
	struct portion *portions; /* one per disclosed, decoded */
	size_t count;
	struct ledger_record recorded; /* what the ledger holds of this decision; kind 0: it does not read */
};

struct seal_check {
	unsigned number; /* as in trust 2.3 */
	const char *name;
	enum verdict (*check)(const struct seal_case *);
	bool renew; /* a token made anew may pass: the state moved between decision and seal */
};
extern const struct seal_check seal_checks[SEAL_CHECKS];

/* Decodes token, rendition, manifest and portions. ERR_MALFORMED, ERR_TOO_LARGE or ERR_MEMORY: refuse. */
enum err seal_case_open(struct seal_case *at, struct arena *arena) MUST_USE;

/* The first check that does not hold, or NULL when all hold. */
const struct seal_check *seal_check_all(const struct seal_case *at);

/* ---- at the recipient ---- */

/* What came from a peer, opened. state->self is we, state->peer the sender. */
struct admit_case {
	const struct frame *frame;
	struct slice body; /* rendition, out of the seal */
	const struct seal_state *state;
};

/* The token of an incoming frame: signed by the peer's release key, made for us and our key, for exactly these octets and
 * labels, of the sender's own origin and our realm, valid when it was sent and not stale now. */
enum verdict seal_admits(const struct admit_case *at, struct arena *arena);

#endif
