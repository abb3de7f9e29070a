/* Deciding anew what a ledger says was decided: each release and each denial, by the same engine, with the rules that
 * guard's start record names by their digests and the labels that the decision names by theirs. Whoever holds ledger,
 * rules and label sets can do it; no node is needed. What a denial found in the octets themselves (a bad signature, a
 * recall) rests on those, which no ledger holds: it is held against the ledger's own recalls and otherwise taken as it
 * stands.
 *
 * Pure: the ledger's records come in one by one, in order; rules and labels come from a source. spec: mission S1 */
#ifndef BICES_RELEASE_REPLAY_H
#define BICES_RELEASE_REPLAY_H

#include "release/guard_decide.h"

/* The rules that were in force, as guard's start record names them. */
struct replay_rules {
	uint8_t policies[32], roster[32], table[32]; /* SHA-256 of what guard was given */
};

struct replay_source {
	void *context;
	/* ERR_NOT_FOUND: not at hand; diag says which part. Borrowed until the replay ends. */
	enum err (*rules)(void *context, const struct replay_rules *wanted, const struct guard_rules **ret_rules,
		struct diag *diag);
	/* The labels of this digest, separated by "\n". ERR_NOT_FOUND: not at hand. */
	enum err (*labels)(void *context, const uint8_t digest[32], struct arena *arena, struct slice *ret_labels);
};

struct replay;								/* heap */
struct replay *replay_new(const struct replay_source *source) MUST_USE; /* NULL: no memory */
void replay_free(struct replay *replay);

/* Takes the record at this index (from 0); all of a ledger, in order. diag names the decision and what is wrong with
 * it: ERR_CONFLICT: the engine decides otherwise. ERR_NOT_FOUND: what it rests on is not at hand. Other errors as the
 * source's. */
enum err replay_take(
	struct replay *replay, uint64_t index, const struct ledger_record *record, struct diag *diag) MUST_USE;

uint64_t replay_count(const struct replay *replay); /* decisions that agree so far */

#endif
