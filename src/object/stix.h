/* STIX 2.1 in and out.
 *
 * Carriage (docs/protocol/stix-carriage.md). A label is a marking-definition with our property extension STIX_LABEL:
 * "label" (compact form) and "label_4774" (base64 of the XML). An object that went through a node has our property
 * extension STIX_PORTIONS: originator, realm, manifest, signature, top marking, and one item for each portion shown, in
 * reading order. Everything but content is of fixed length and nothing counts or numbers what is not shown. */
#ifndef BICES_OBJECT_STIX_H
#define BICES_OBJECT_STIX_H

#include "base/diag.h"
#include "label/label.h"
#include "object/json.h"
#include "object/offer.h"
#include "object/stix_map.h"

#define STIX_PORTIONS "extension-definition--25fd6fcf-962d-4376-8a61-6393e95b79a5"
#define STIX_REPORT "extension-definition--85832a93-8367-4274-9591-75a9b6cf0372"
#define STIX_LABEL "extension-definition--ba753ead-00be-4973-8133-e2341ba80ac2"
#define STIX_NEXT_STEPS "extension-definition--6f0c7d5e-2b1a-4c39-9a57-3c6e1d80f4b2" /* docs/protocol/next-steps.md */
#define STIX_REPORT_TYPE "bices-report"

/* ---- in ---- */

/* A label that the caller had read elsewhere, because this room reads no XML. */
struct stix_label {
	struct slice marking_id;
	struct slice compact;
};

struct stix_input {
	const struct policy_set *policies;
	struct slice
		label; /* compact: for what has none (the caller's marking or the channel's default); empty: refuse */
	const struct stix_label *labels; /* labels_count entries: answers to stix_label_documents() */
	size_t labels_count;
	const struct stix_map *map; /* what foreign markings mean; NULL: they are words */
	bool asserted; /* label was said by a person for these objects, whatever foreign markings they have */
};

/* Takes an object, or all of a bundle's or an envelope's objects, apart. Whole or not at all: the first fault refuses
 * everything, and diag names index, id and property.
 *
 * - The head keeps what portion.h says, in canonical form, and `modified` where it was not written with three decimals. A foreign marking (TLP, a statement) stays in the head as the
 *   author's words; only our labels decide.
 * - Each target of a top-level *_ref or *_refs is one reference portion with the head's label, mandatory where the type
 *   demands the property.
 * - An object without a label takes what its foreign markings mean by input->map, the strictest of all, those of its parts
 *   included; where they mean nothing, or input->label was asserted, it takes input->label. Without that, ERR_INVALID. The
 *   label is written into its portions.
 * - Marking-definitions that carry our labels are read and not offered.
 *
 * ERR_MALFORMED, ERR_INVALID, ERR_UNKNOWN (label), ERR_AMBIGUOUS (two labels), ERR_UNSUPPORTED, ERR_TOO_LARGE. */
enum err stix_offer(const struct stix_input *input, json_t *document, struct arena *arena, struct offers *ret_offers,
		    struct diag *diag) MUST_USE;

/* The labels of this document that stand in it as XML only, so that the caller can have them read (parse) and pass them
 * back in struct stix_input: ids, and the XML decoded from base64. count may be 0. */
struct stix_document {
	struct slice marking_id;
	struct slice xml;
};
enum err stix_label_documents(json_t *document, struct arena *arena, struct stix_document **ret_documents,
			      size_t *ret_count, struct diag *diag) MUST_USE;

/* ---- out ---- */

/* Appends the STIX form of a rendition, one canonical JSON object. modified: ms, as its reader is to see it.
 * ERR_UNKNOWN when a label means nothing under these policies: then nothing is shown. */
enum err stix_print(const struct policy_set *policies, const struct rendition_view *view, uint64_t modified,
		    struct buf *json) MUST_USE;

/* The same, and by the map as TLP: object_marking_refs names the level that admits nobody more than the portions shown do,
 * and our extension's "tlp" says that a node put it there. map may be NULL. */
enum err stix_print_mapped(const struct policy_set *policies, struct stix_map *map, const struct rendition_view *view,
			   uint64_t modified, struct buf *json) MUST_USE;

/* Appends the marking-definition of one label: the same octets for the same label at every node. */
enum err stix_print_marking(const struct policy_set *policies, struct slice compact, struct buf *json) MUST_USE;

/* The id of a label's marking-definition: "marking-definition--b1ce51ab-e1ab-5…", the free 74 bits from
 * SHA-256("bices/marking/1\0" || compact). The fixed front lets a reader tell a label that is missing from the bundle
 * from a foreign marking. */
enum { STIX_MARKING_ID = 56 };
void stix_marking_id(struct slice compact, char ret_id[STIX_MARKING_ID + 1]);

#endif
