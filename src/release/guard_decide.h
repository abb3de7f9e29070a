/* Guard's decisions: who may have what (plan), is this fit to be signed (publish), may these octets go (release).
 *
 * Pure but for fresh salts and decoys. A decision rests on guard's own policies, roster and release-authority table,
 * never on what the store believes. Every decision names the ledger record that must be durable before it takes effect.
 * Only what this nation originated can be released; another nation's information needs its consent and is refused.
 * spec: architecture 2.2 to 2.4, trust 2.3 */
#ifndef BICES_RELEASE_GUARD_DECIDE_H
#define BICES_RELEASE_GUARD_DECIDE_H

#include "base/diag.h"
#include "ipc/messages.h"
#include "label/label.h"
#include "ledger/record.h"
#include "object/portion.h"
#include "protocol/frame.h"
#include "release/recall_set.h"
#include "release/release_table.h"

enum {
	TOKEN_DAYS = 30, /* validity of a release token: the longest a parked frame may wait for its peer */
};

/* A portion that carries this handling code leaves only with two approvers, neither of them its author. */
#define HANDLING_TWO_PERSON "TWO-PERSON"

struct guard_nation {
	struct slice name;
	const struct clearance *clearance; /* NULL: nothing may be released to it */
	bool member;
	uint8_t key_id[KEY_ID]; /* of its sealing certificate */
	uint64_t orders;	/* recalls and withdrawals recorded for it */
};

struct guard_rules {
	struct slice nation, realm; /* ours */
	struct policy_set *policies;
	struct release_table table;
	struct guard_nation *nations; /* all of the roster but ourselves */
	size_t count;
	uint64_t roster_epoch;
	uint8_t policy_digest[32]; /* SHA-256 over the compiled policies */
	uint32_t policy_version;
	uint8_t originator_key[32]; /* ours, public */
	struct recall_set recalled;
};

/* What guard is given at its start; everything must outlive the rules. */
struct guard_given {
	struct slice nation, realm;
	struct slice policies; /* sequence of (length: 4 octets big endian, compiled policy) */
	struct slice roster;   /* encoded */
	struct slice table;    /* text of the release-authority table */
};

/* Loads the rules; memory comes from the arena, which must outlive them. A nation whose clearance does not read under
 * these policies may have nothing. Errors are fatal for the process; diag names the faulty part. */
enum err guard_rules_load(const struct guard_given *given, struct arena *arena, struct guard_rules *ret_rules,
			  struct diag *diag) MUST_USE;
void guard_rules_done(struct guard_rules *rules);

/* NULL when the roster does not name it or it is ourselves. */
struct guard_nation *guard_find_nation(const struct guard_rules *rules, struct slice name);

/* The label when it is known and valid for this use, otherwise NULL. */
const struct label *guard_read_label(const struct guard_rules *rules, struct slice text, enum label_use use,
				     uint64_t now_ms, struct arena *arena);

/* ---- plan ---- */

/* For each label and nation: never, at once, waits, or permitted while the head is denied. The first label is the
 * head's; where it waits, everything waits. A label that is unknown or not valid reaches nobody.
 * *ret_plan lives in the arena. */
enum err guard_plan(const struct guard_rules *rules, const struct msg_plan *ask, uint64_t now_ms, struct arena *arena,
		    struct msg_plan_done *ret_plan) MUST_USE;

/* ---- publish ---- */

struct guard_publication {
	struct slice manifest; /* to be signed once the record is durable */
	struct slice salts;    /* SALT octets a portion */
	uint64_t issued;
	uint8_t digest[32]; /* SHA-256 of manifest */
};

/* Checks every portion and its label and makes the manifest with fresh salts and decoys.
 * ERR_MALFORMED, ERR_UNKNOWN, ERR_INVALID, ERR_TOO_LARGE as diag says; ERR_REFUSED for a recalled object or portion and
 * for another realm. */
enum err guard_publish(const struct guard_rules *rules, const struct msg_publish *ask, uint64_t now_ms,
		       struct arena *arena, struct guard_publication *ret_publication, struct diag *diag) MUST_USE;

/* ---- release ---- */

/* All that a token says before the ledger gave its place. Slices live in the arena of the decision. */
struct guard_release {
	struct token token;
	struct slice object_id;
	size_t portions;
};

/* Decides anew over the octets in hand. ERR_OK: permitted, the token is complete but for id, times, counter, epoch of
 * fencing, ledger's place and signature. ERR_REFUSED: denied, diag says why for a release officer.
 * ERR_MALFORMED, ERR_CRYPTO: this is no rendition that we signed. */
enum err guard_decide_release(const struct guard_rules *rules, const struct msg_release *ask, uint64_t now_ms,
			      struct arena *arena, struct guard_release *ret_release, struct diag *diag) MUST_USE;

/* ---- records ---- */

/* The records of a decision, to be encoded. at is now. Slices borrow from the arguments. */
struct ledger_record guard_record_publish(const struct msg_publish *ask, const struct guard_publication *made,
					  uint64_t at);
struct ledger_record guard_record_release(const struct msg_release *ask, const struct guard_release *made, uint64_t at);
/* reason: why not, for the record. object_id may be empty when the octets were no rendition. */
struct ledger_record guard_record_denied(const struct msg_release *ask, struct slice object_id, struct slice reason,
					 uint64_t at);
/* portion_id NULL: a recall of the whole object. */
struct ledger_record guard_record_order(const struct msg_order *ask, struct slice nation, const uint8_t *portion_id,
					uint64_t at);

/* Takes in one record of the ledger, old or new: recalls and withdrawals count and enter the set. */
enum err guard_apply_record(struct guard_rules *rules, const struct ledger_record *record) MUST_USE;
/* Back to no record at all, before all are read again. */
void guard_forget_records(struct guard_rules *rules);

#endif
