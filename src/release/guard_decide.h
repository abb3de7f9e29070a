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
	uint8_t policy_digest[32], roster_digest[32], table_digest[32]; /* SHA-256 of what was given */
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
const struct label *guard_read_label(
	const struct guard_rules *rules, struct slice text, enum label_use use, uint64_t now_ms, struct arena *arena);

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

/* Why a release is denied. The names stand in the ledger, so they say nothing of labels or content. The first group is
 * seen in the octets, which the ledger does not hold; the second follows from the facts and the rules alone. */
#define GUARD_GROUNDS(X)                                                                                               \
	X(GROUND_PRECEDENCE, "no such precedence")                                                                     \
	X(GROUND_TOO_LARGE, "too large") X(GROUND_NO_RENDITION, "no rendition") X(GROUND_ORIGINATOR,                   \
		"another originator") X(GROUND_REALM, "another realm") X(GROUND_SIGNATURE, "not signed by us")         \
		X(GROUND_RECALLED, "recalled or withdrawn") X(GROUND_NAMES, "names too long")                          \
			X(GROUND_RECIPIENT, "no such recipient") X(GROUND_LABEL_INVALID, "label not valid")            \
				X(GROUND_LABEL_DENIED, "label not for the recipient")                                  \
					X(GROUND_WAITS, "waits for a release officer")                                 \
						X(GROUND_OWN_WORDS, "approver wrote of it")                            \
							X(GROUND_ONE_PERSON, "second approver is the first")           \
								X(GROUND_SECOND_MISSING, "second approver missing")
enum guard_ground {
	GROUND_NONE,
#define X(name, text) name,
	GUARD_GROUNDS(X)
#undef X
};
const char *guard_ground_name(enum guard_ground ground); /* "" for GROUND_NONE */
enum guard_ground guard_ground_find(struct slice name);	 /* GROUND_NONE: no such name */
static inline bool guard_ground_is_of_octets(enum guard_ground ground)
{
	return ground > GROUND_NONE && ground < GROUND_RECIPIENT;
}

/* All that a decision rests on beside the rules. */
struct guard_facts {
	struct slice recipient, author, roles, type;
	struct slice approver, approver2;
	struct slice writers;	    /* everybody who ever wrote of it, separated by one space */
	const struct slice *labels; /* of the disclosed portions, compact */
	size_t count;
	bool two_persons; /* a portion's handling asks for two approvers */
};

struct guard_verdict {
	enum verdict verdict;
	enum guard_ground ground; /* of a denial */
	struct slice basis;	  /* of a permit: "rule:" and the row, or "user:" and the approver; in the arena */
	struct slice approver2;	  /* of a permit by two */
	const struct guard_nation *nation;
};

/* Decides at this moment; the whole decision, and nothing but it, so that it can be repeated. diag says why for a
 * release officer. ERR_MEMORY: nothing is decided. */
enum err guard_decide(const struct guard_rules *rules, const struct guard_facts *facts, uint64_t at,
	struct arena *arena, struct guard_verdict *ret_verdict, struct diag *diag) MUST_USE;

/* All that a token says before the ledger gave its place. Slices live in the arena of the decision. */
struct guard_release {
	enum verdict verdict;
	enum guard_ground ground; /* of a denial */
	struct token token;
	struct slice object_id; /* empty when the octets are no rendition; then there are no labels either */
	size_t portions;
	bool two_persons; /* a portion's handling asks for them */
};

/* Decides anew over the octets in hand. ERR_OK: permitted, the token is complete but for id, times, counter, epoch of
 * fencing, ledger's place and signature. ERR_REFUSED: denied, diag says why for a release officer.
 * ERR_MALFORMED, ERR_CRYPTO, ERR_TOO_LARGE: denied, this is no rendition that we signed. ERR_MEMORY: nothing is
 * decided. *ret_release is set in every case; without ERR_OK its token holds no more than digests. */
enum err guard_decide_release(const struct guard_rules *rules, const struct msg_release *ask, uint64_t now_ms,
	struct arena *arena, struct guard_release *ret_release, struct diag *diag) MUST_USE;

/* ---- records ---- */

/* The records of a decision, to be encoded. at is now. Slices borrow from the arguments. */
struct ledger_record guard_record_publish(
	const struct msg_publish *ask, const struct guard_publication *made, uint64_t at);
/* Release or denial, with all that is needed to decide it again. rules: place, from 1, of the start record that names
 * them. */
struct ledger_record guard_record_release(
	const struct msg_release *ask, const struct guard_release *made, uint64_t rules, uint64_t at);
struct ledger_record guard_record_start(const struct guard_rules *rules, uint64_t at);
/* portion_id NULL: a recall of the whole object. */
struct ledger_record guard_record_order(
	const struct msg_order *ask, struct slice nation, const uint8_t *portion_id, uint64_t at);

/* Takes in one record of the ledger, old or new: recalls and withdrawals count and enter the set. */
enum err guard_apply_record(struct guard_rules *rules, const struct ledger_record *record) MUST_USE;
/* Back to no record at all, before all are read again. */
void guard_forget_records(struct guard_rules *rules);

#endif
