/* A document held against STIX 2.1: what it breaks (errors) and what is unusual (notes). spec: STIX 2.1
 *
 * Errors are what the standard forbids; a document with one is refused whole. Notes are open vocabularies, properties
 * and types that no table knows, and observables whose id is not the deterministic one; they refuse nothing. */
#ifndef BICES_OBJECT_STIX_CHECK_H
#define BICES_OBJECT_STIX_CHECK_H

#include "base/arena.h"
#include "base/diag.h"
#include "object/json.h"

/* One finding. Texts live in the arena or are static. */
struct stix_finding {
	size_t object;	   /* index in the bundle; STIX_NO_OBJECT: the bundle itself */
	struct slice id;   /* as written; may be empty */
	struct slice path; /* within the object, as a selector: "external_references.[0].url"; empty: the object */
	const char *rule;  /* one word: "required", "type", "timestamp", … docs/protocol/stix-rules.md */
	struct slice text; /* for people */
};
#define STIX_NO_OBJECT SIZE_MAX

/* The first LIMIT_FINDINGS of each kind, and how many there are. */
struct stix_findings {
	struct stix_finding errors[LIMIT_FINDINGS], notes[LIMIT_FINDINGS];
	size_t error_count, note_count;
};

/* Checks an object, or all objects of a bundle or envelope. notes: whether notes are wanted; they cost time.
 * ERR_OK whatever is found; ERR_MALFORMED when the document is no STIX object, bundle or envelope; ERR_MEMORY. */
enum err stix_check(json_t *document, bool notes, struct arena *arena, struct stix_findings *ret_findings,
	struct diag *diag) MUST_USE;

/* The line for one finding: "objects[3] malware--…, name: is missing (required)". */
void stix_print_finding(const struct stix_finding *finding, struct buf *text);

/* The deterministic id of an observable (UUIDv5 over its id-contributing properties); empty when its type has none or
 * none of these properties is there. spec: STIX 2.1 2.9 */
enum err stix_observable_id(json_t *object, struct arena *arena, struct slice *ret_id) MUST_USE;

#endif
