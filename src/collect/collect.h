/* Foreign documents to what the node may use. Linked into parse only: what is read here may be hostile, and the process
 * that reads it dies with the document. */
#ifndef BICES_COLLECT_COLLECT_H
#define BICES_COLLECT_COLLECT_H

#include "ipc/messages.h"
#include "label/label.h"

/* What to index of an encoded rendition: type, title, when the object was created (ms; 0 where it does not say), and for
 * each portion in the rendition's order its searchable text and, of a reference, target and mandatory.
 * The rendition is checked as rendition_open does; the signature is the caller's. All lives in the arena.
 * ERR_MALFORMED also for a head, table or reference that is not what portion.h says. */
enum err collect_index(struct slice rendition, struct arena *arena, struct msg_indexed *ret_indexed) MUST_USE;

/* An ADatP-4774 label, or the one label inside an ADatP-4778 binding, to its compact form. */
enum err collect_label(const struct policy_set *policies, struct slice xml, struct arena *arena,
		       struct slice *ret_compact, struct diag *diag) MUST_USE;

#endif
