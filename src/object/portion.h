/* Portions, manifests and renditions: the unit of protection and how it is signed once and shown to each reader.
 *
 * An object consists of portions; each has exactly one label. A manifest lists one digest per slot: the digests of the
 * portions, filled up with decoys, in ascending order, so that nobody who holds a part can count the rest. A rendition
 * is a manifest, the originator's signature over it, and those portions (each with its salt) that its reader may have.
 *
 * digest = SHA-256("bices/portion/1\0" || salt || object id || issued (8 octets, big endian) || portion)
 * decoy  = SHA-256("bices/portion/1\0" || 64 fresh random octets)
 * signature = Ed25519 over "bices/manifest/1\0" || manifest, by the originator's key (held by guard) */
#ifndef BICES_OBJECT_PORTION_H
#define BICES_OBJECT_PORTION_H

#include "base/limits.h"
#include "base/record.h"

enum portion_kind { PORTION_HEAD = 1, PORTION_TEXT, PORTION_TABLE, PORTION_ATTACHMENT, PORTION_REFERENCE };

enum { PORTION_ID = 16, DIGEST = 32, SALT = 32, SIGNATURE = 64 };

/* One portion. Carries no position: reading order is the order within the rendition.
 *
 * content by kind:
 *   head        the object's remaining properties as canonical JSON (RFC 8785), never id, type, references or
 *               the markings that carry our labels; created stays as it was written, where the object has it
 *   text        UTF-8
 *   table       canonical JSON: {"columns":[…],"rows":[[…]]}
 *   attachment  canonical JSON: {"data","media_type","name","size"}, see object/attachment.h; blob_sha256: of its octets
 *   reference   canonical JSON: {"property":"created_by_ref","target":"identity--…"} and, for a mandatory reference
 *               (source_ref, target_ref, object_refs of a type that demands it), "mandatory":true */
struct portion {
	uint8_t kind;            /* enum portion_kind */
	uint8_t id[PORTION_ID];  /* random, kept over versions */
	struct slice label;      /* canonical compact form, see label/compact.h */
	uint64_t changed;        /* ms */
	struct slice content;
	uint8_t blob_sha256[32]; /* attachment only */
	/* reserved: carried and kept, not yet acted upon */
	struct slice classification_change; /* canonical JSON: next level and its date */
	struct slice retention;             /* retention class */
	uint8_t legal_hold;
	struct slice handling;       /* handling codes, separated by one space */
	struct slice language;       /* BCP 47 */
	uint8_t translation_of[PORTION_ID];
	uint64_t access_expires;     /* ms */
	uint64_t created; /* ms; head only: when the object was first written, where its properties do not say */
};
extern const struct schema portion_schema;

/* What the table of fields cannot say: a known kind, a label, a hash exactly where there is an attachment, created only
 * in a head. ERR_MALFORMED. */
enum err portion_check(const struct portion *portion) MUST_USE;

struct manifest {
	uint8_t format; /* 1 */
	struct slice originator;
	struct slice realm; /* "real" or an exercise's name */
	struct slice object_id;
	uint64_t issued;      /* ms, strictly rising per object */
	struct slice digests; /* 1, 64 or 1,024 times 32 octets, strictly ascending */
};
extern const struct schema manifest_schema;

struct disclosed {
	uint8_t salt[SALT];
	struct slice portion; /* encoded */
};
struct rendition {
	struct slice manifest; /* encoded */
	uint8_t signature[SIGNATURE];
	struct record_list disclosed; /* struct disclosed, in reading order, the head first */
};
extern const struct schema disclosed_schema, rendition_schema;

enum { MANIFEST_FORMAT = 1 };
#define MANIFEST_DOMAIN "bices/manifest/1" /* for signing_key_sign and signature_verify */

/* Slots of a type's manifests: 1 where the type has neither further portions nor optional references, else 64; beyond
 * 64 portions, 1,024. ERR_TOO_LARGE beyond that; ERR_INVALID for further portions of a type that has one slot, because
 * the step would show them, and for no portion at all. */
enum err manifest_slots(struct slice type, size_t portions, size_t *ret_slots) MUST_USE;

/* The type in front of "--" of a well-formed STIX id (type, "--", lower-case UUID); ERR_MALFORMED otherwise. */
enum err object_id_type(struct slice object_id, struct slice *ret_type) MUST_USE;

/* SHA-256 as above. */
void portion_digest(const uint8_t salt[SALT], struct slice object_id, uint64_t issued, struct slice portion,
		    uint8_t ret_digest[DIGEST]);

/* Makes the manifest of these encoded portions. salts: SALT octets each. noise: 64 octets of fresh randomness for each
 * slot that is not a portion. Both are arguments because this room has no source of randomness.
 * Refuses two equal digests. Appends the encoded manifest. */
enum err manifest_make(const struct manifest *head, const struct slice *portions, const uint8_t *salts, size_t count,
		       const uint8_t *noise, size_t slots, struct buf *manifest) MUST_USE;

/* A decoded and checked rendition. */
struct rendition_view {
	struct rendition rendition;
	struct manifest manifest;
	struct portion *portions; /* count entries, decoded, reading order */
	size_t count;
	struct portion *head; /* points into portions */
};

/* Decodes a rendition and checks all but the signature: form, id, slot count, order of digests, each disclosed portion
 * decodes, has the digest of one slot and appears once, exactly one head and it comes first.
 * The caller verifies the signature over the manifest, under MANIFEST_DOMAIN. */
enum err rendition_open(struct slice bytes, struct arena *arena, struct rendition_view *ret_view) MUST_USE;

/* SHA-256 over the compact labels of the disclosed portions in order, each preceded by its length (4 octets, big endian):
 * the "label digest" of a release token. */
void rendition_label_digest(const struct rendition_view *view, uint8_t ret_digest[DIGEST]);
/* The same over these labels, at most LIMIT_PORTIONS of them (further ones do not count). */
void label_set_digest(const struct slice *labels, size_t count, uint8_t ret_digest[DIGEST]);

#endif
