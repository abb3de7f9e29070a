/* What was recalled or withdrawn for good: a set that only grows. Guard and seal each keep one and fill it from the
 * ledger before they serve, so that no order of events revives a recalled object.
 *
 * A recall is for everybody: its entry is the SHA-256 of ("bices/recall/1\0" || object id). A withdrawal is from one
 * nation: SHA-256("bices/withdrawn/1\0" || portion key || nation), where the portion key, which the ledger's record
 * carries as digest, is SHA-256("bices/recall/1\0" || object id || 0x00 || portion id). */
#ifndef BICES_RELEASE_RECALL_SET_H
#define BICES_RELEASE_RECALL_SET_H

#include "object/portion.h"

enum { RECALL_KEY = 32, RECALL_SET_MAX = 4 * 1024 * 1024 };

struct recall_set {		     /* zero-initialised is a valid, empty set */
	uint8_t (*keys)[RECALL_KEY]; /* ascending; owned */
	size_t count, capacity;
};

void recall_set_done(struct recall_set *set);

void recall_key_object(struct slice object_id, uint8_t ret_key[RECALL_KEY]);
void recall_key_portion(struct slice object_id, const uint8_t portion_id[PORTION_ID], uint8_t ret_key[RECALL_KEY]);
void recall_key_withdrawn(const uint8_t portion_key[RECALL_KEY], struct slice nation, uint8_t ret_key[RECALL_KEY]);

/* Adds a key; one that is there already is fine. ERR_MEMORY; ERR_FULL beyond RECALL_SET_MAX entries. */
enum err recall_set_put(struct recall_set *set, const uint8_t key[RECALL_KEY]) MUST_USE;
bool recall_set_has(const struct recall_set *set, const uint8_t key[RECALL_KEY]);

bool recall_set_has_object(const struct recall_set *set, struct slice object_id);
/* Was this portion withdrawn from this nation? */
bool recall_set_has_portion(const struct recall_set *set, struct slice object_id, const uint8_t portion_id[PORTION_ID],
			    struct slice nation);

#endif
