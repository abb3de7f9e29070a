/* What was recalled or withdrawn for good: a set that only grows. Guard and seal each keep one and fill it from the
 * ledger before they serve, so that no order of events revives a recalled object.
 *
 * An entry is the SHA-256 of ("bices/recall/1\0" || object id), or, for one portion, of
 * ("bices/recall/1\0" || object id || 0x00 || portion id). The ledger's records of withdrawals carry it as digest. */
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

/* Adds a key; one that is there already is fine. ERR_MEMORY; ERR_FULL beyond RECALL_SET_MAX entries. */
enum err recall_set_put(struct recall_set *set, const uint8_t key[RECALL_KEY]) MUST_USE;
bool recall_set_has(const struct recall_set *set, const uint8_t key[RECALL_KEY]);

bool recall_set_has_object(const struct recall_set *set, struct slice object_id);
bool recall_set_has_portion(const struct recall_set *set, struct slice object_id, const uint8_t portion_id[PORTION_ID]);

#endif
