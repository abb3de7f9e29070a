/* Foreign markings (TLP, PAP, statements) and our labels, by a table that belongs to the policies.
 *
 * Text, one row a line, the most open first; '#' begins a comment, blank lines are skipped:
 *
 *   MARKING  MEANING
 *
 *   MARKING  tlp:clear, tlp:green, tlp:amber, tlp:amber+strict, tlp:red (TLP 2.0; tlp:white of TLP 1.0 reads as
 * tlp:clear), pap:clear to pap:red (pap:white reads as pap:clear), or a statement's text in quotes MEANING  a marking
 * line as people write it: the label that an object with this marking gets; "keep": it says nothing about readers and
 * stays as its author's words; "refuse": such an object comes in only with a label of ours
 *
 * Several markings on one object: the one label that is at least as strict as all of theirs, or else refused. A marking
 * that no row names is "keep". On the way out a label travels as the first row's TLP whose own label is at least as
 * strict, and as tlp:red where there is none: whoever reads it back by this table never admits more people.
 *
 * Pure: no files, no clock. Not shared between threads: it remembers what it found. */
#ifndef BICES_OBJECT_STIX_MAP_H
#define BICES_OBJECT_STIX_MAP_H

#include "label/label.h"
#include "object/json.h"

enum { STIX_MAP_ROWS = 256, STIX_MAP_TEXT = 64 * 1024, STIX_MAP_REMEMBERED = 64 };

enum stix_meaning { MEANING_REFUSE, MEANING_KEEP, MEANING_LABEL };

struct stix_map_row {
	struct slice key; /* "tlp:green", "pap:red", or a statement */
	enum stix_meaning meaning;
	const struct label *label; /* MEANING_LABEL */
};

struct stix_map {
	const struct policy_set *policies;
	struct stix_map_row *rows;
	size_t count;
	struct {
		struct slice label;
		int tlp;
	} remembered[STIX_MAP_REMEMBERED];
	size_t remembered_count;
	struct arena *arena;
};

/* Reads the whole text or nothing; rows live in the arena, and so does what is remembered. policies must outlive it.
 * ERR_MALFORMED (form, twice), ERR_UNKNOWN or ERR_AMBIGUOUS (marking line), ERR_TOO_LARGE; diag names the line. */
enum err stix_map_parse(const struct policy_set *policies, struct slice text, struct arena *arena,
	struct stix_map *ret_map, struct diag *diag) MUST_USE;

/* Appends the key of a marking: of a well-known id, or of its marking-definition (NULL: not at hand). Nothing when it
 * is neither TLP nor PAP nor a statement. */
void stix_map_key(struct slice id, const json_t *definition, struct buf *key);

/* The row of a key; NULL: keep. */
const struct stix_map_row *stix_map_find(const struct stix_map *map, struct slice key);

/* The TLP 2.0 levels in rising order of strictness, and the ids that the standard gives them. */
enum { TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED, TLP_COUNT };
const char *stix_tlp_id(int tlp);
/* The level whose TLP 2.0 or 1.0 marking-definition has this id; -1: none. */
int stix_tlp_of_id(struct slice id);

/* The level that a label in compact form travels as. TLP_RED for whatever cannot be read. */
int stix_map_export(struct stix_map *map, struct slice label);

/* True when everybody whom label admits is admitted by under, too, as far as both can be compared. */
bool stix_map_is_stricter(const struct policy_set *policies, const struct label *label, const struct label *under);

#endif
