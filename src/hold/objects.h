/* Own objects: from what a user offers to rows in the database. */
#ifndef BICES_HOLD_OBJECTS_H
#define BICES_HOLD_OBJECTS_H

#include "hold/hold.h"

/* Where a portion version stands with one nation. Zero: it may never have it. */
enum release_state {
	STATE_NEVER = PLAN_NEVER,
	STATE_AT_ONCE = PLAN_AT_ONCE, /* may go, has not gone yet */
	STATE_AWAITING = PLAN_WAITS,  /* a release officer must decide */
	STATE_APPROVED,               /* decided, has not gone yet */
	STATE_SENT,
	STATE_REFUSED, /* by a release officer */
	STATE_FAILED,  /* guard said no */
	STATE_WITHDRAWN,
	STATE_AWAITING_TWO,    /* two release officers must approve */
	STATE_AWAITING_SECOND, /* one has */
};

/* One portion as it will be stored. */
struct hold_portion {
	struct portion portion;
	struct slice bytes; /* encoded portion */
	struct slice index_text, title, gist; /* title: head only */
	struct slice version; /* head only, see hold_seen */
	struct slice target, places; /* places: head only, encoded */
	bool mandatory;
	uint32_t line; /* of the input */
	uint64_t row;  /* a new version keeps this row; 0: a row of its own */
	bool hidden;   /* from the author: woven in again, never shown to him nor counted for him */
	bool follows;  /* it is a portion of the version before, changed or not */
	uint64_t withdrawn; /* from these nations (bits), in the version before */
};

/* An object on its way in. Made by hold_draft; the caller adds plan, manifest, signature and salts. */
struct hold_object {
	struct slice id, type;
	uint64_t created;
	struct slice author, roles, collection;
	uint8_t precedence;
	struct hold_portion *portions; /* reading order, head first */
	size_t count;
	uint64_t base_issued; /* of the version that this one follows; 0: a new object */
	uint32_t number;      /* of the object that it continues; 0: a new one */
	uint32_t namesakes;   /* own objects of this id when it was drafted, those hidden from the author too */
	bool recalled;        /* so was an object of this id, hidden from the author */
	uint64_t after;       /* its manifest must be issued later than this */
	bool unchanged;       /* what is offered is held already: nothing to publish */
	uint64_t wary;        /* nations (bits) from which something was withdrawn that the author may read: what is new waits */

	const struct nation_item *nations; /* the plan: one octet (enum plan_answer) per portion and nation */
	size_t nation_count;
	const uint8_t *answers;

	struct slice manifest, salts; /* salts: SALT octets a portion */
	uint8_t signature[SIGNATURE];
	uint64_t issued;
};

struct hold_offer {
	const struct offered_object *object;
	struct slice replaces;         /* id of an own object, or empty */
	struct slice author, roles;
	struct slice collection;       /* id of the channel, or empty */
	const struct slice *bundle;    /* ids offered together with it */
	size_t bundle_count;
	uint8_t precedence;
	uint64_t now_ms;
};

/* A fresh id of this type: type, "--", random UUID (version 4). */
enum err hold_object_id(struct slice type, struct arena *arena, struct slice *ret_id) MUST_USE;

/* Checks what is offered under the author's view and matches it with the version held: a portion of the same label and
 * content keeps its id and time, one of the same kind and label between two such keeps its id. Portions that the author
 * may not see stay as they are. An id that only objects use which the author does not see is as good as unused: his becomes
 * a second object of this id, so that no answer tells of the first.
 * ERR_INVALID: what and on which line; ERR_NOT_FOUND: replaces names nothing that he sees; ERR_CONFLICT: not his to write. */
enum err hold_draft(struct hold *hold, struct view *view, const struct hold_offer *offer, struct arena *arena,
		    struct hold_object *ret_object, struct diag *diag) MUST_USE;

/* What guard's plan for a label comes to for this portion and this nation: what was withdrawn stays so, and beside it nothing
 * new goes at once, so that no corrected text goes where an officer took the first one back. */
uint8_t hold_answer(const struct hold *hold, const struct hold_object *object, size_t portion, struct slice nation, uint8_t answer);

/* Stores a published draft, with its search rows and what is to be released: within a transaction.
 * ERR_CONFLICT: another version came first, or the id was recalled. */
enum err hold_put(struct hold *hold, const struct hold_object *object, uint64_t now_ms) MUST_USE;

/* What a reader sees of an object: "the version seen" (2-architecture 2.2). */
struct hold_seen {
	struct slice rendition; /* encoded; empty when only facts were asked for */
	struct slice originator, title, label; /* of the head */
	uint64_t issued;   /* of the manifest */
	uint64_t modified; /* latest change over what is visible */
	uint64_t admitted; /* ms, when the newest visible portion came in or something else of it came to be seen */
	uint64_t added;    /* the same in microseconds: no two objects share one */
	uint64_t row;      /* of that */
	struct slice version; /* `modified` as its author wrote it; empty: as moment_print writes it */
	bool own;
};

/* ERR_NOT_FOUND for a missing and for a hidden object alike. */
enum err hold_get(struct hold *hold, struct view *view, struct slice id, struct arena *arena, struct hold_seen *ret_seen) MUST_USE;
/* Facts of an object by its number. ERR_NOT_FOUND when the view sees nothing of it. */
enum err hold_object_seen(struct hold *hold, struct view *view, uint32_t object, struct arena *arena, struct slice *ret_id,
			  struct hold_seen *ret_seen) MUST_USE;
/* Who wrote it and through which channel; only objects the view sees. */
enum err hold_author(struct hold *hold, struct view *view, struct slice id, struct arena *arena, struct slice *ret_author,
		     struct slice *ret_collection, bool *ret_own) MUST_USE;

/* ---- received ---- */

/* Opens a rendition from a peer and verifies its manifest's signature: what parse may then index.
 * ERR_CRYPTO, ERR_MALFORMED, ERR_INVALID (another realm). */
enum err hold_received_check(struct hold *hold, struct slice rendition, const uint8_t originator_key[32], struct arena *arena,
			     struct rendition_view *ret_view, struct diag *diag) MUST_USE;

/* Admits it within a transaction: the union per version is kept, a recalled object is not admitted.
 * released_ms: when its sender released it. *ret_new: false when nothing of it was new. */
enum err hold_admit(struct hold *hold, const struct rendition_view *view, const struct msg_indexed *indexed,
		    uint64_t released_ms, uint64_t now_ms, bool *ret_new) MUST_USE;

#endif
