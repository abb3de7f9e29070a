/* What a reader of foreign input hands on: objects taken apart into labelled portions, before they have ids and times.
 *
 * The shapes follow struct offered_object and struct offered_portion of ipc/messages.h member by member; this room stands
 * above ipc and so has its own. All text lives in the arena given to the reader. */
#ifndef BICES_OBJECT_OFFER_H
#define BICES_OBJECT_OFFER_H

#include "base/arena.h"
#include "base/record.h"
#include "object/portion.h"

struct offer_portion {
	uint8_t kind;            /* enum portion_kind */
	struct slice label;      /* compact, never empty */
	struct slice content;    /* as in object/portion.h */
	struct slice index_text; /* what search finds of it; may be empty */
	struct slice target;     /* reference: target object id */
	struct slice places;     /* head: encoded, as in object/place.h; empty: none */
	uint8_t mandatory;       /* reference */
	struct slice gist;       /* object/gist.h; may be empty */
	uint8_t blob_sha256[32]; /* attachment */
	uint32_t line;           /* of the input; 0 where it has no lines */
};

struct offer {
	struct slice id; /* empty: the store draws one of the type */
	struct slice type;
	struct slice title;          /* at most LIMIT_TITLE octets, never empty */
	uint64_t created, modified;  /* ms, as the input says; 0: it does not say */
	struct slice version;        /* modified as written, where it has not three decimals; else empty */
	struct record_list portions; /* struct offer_portion, head first, reading order */
};

struct offers {
	struct offer *items; /* count entries */
	size_t count;
};

#endif
