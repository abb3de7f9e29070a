/* libbices-label: policies (XML-SPIF), confidentiality labels and clearances (ADatP-4774), decisions and markings.
 *
 * Pure: no files, no clock, no global state; time, limits and memory are arguments. Anything unknown denies. */
#ifndef BICES_LABEL_LABEL_H
#define BICES_LABEL_LABEL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "label/compact.h"

struct policy;     /* one security policy, compiled: immutable, position independent, shareable by memfd */
struct policy_set; /* policies by name; borrowed by everything below, must outlive it */
struct label;      /* a label whose every name was found in its policy */
struct clearance;  /* the clearances of one subject, at most one per policy */

/* ---- policies ---- */

enum finding_level { FINDING_WARNING = 1, FINDING_ERROR };
struct finding {
	enum finding_level level;
	uint32_t line, column;
	char text[192];
	struct finding *next;
};

/* Reads a SPIF (2.0, 2.1, 3.0). Findings, in order of line, go to *ret_findings (arena) also on failure.
 * ERR_MALFORMED: not such a document (DOCTYPE, wrong namespace, broken XML); ERR_INVALID: at least one error finding.
 * The compiled policy is appended to *compiled. */
enum err policy_compile(struct slice xml, struct arena *arena, struct finding **ret_findings,
			struct buf *compiled) MUST_USE;

/* Checks a compiled policy (every offset and bound) and opens it in place; the bytes must outlive it. */
enum err policy_open(struct slice compiled, struct arena *arena, const struct policy **ret_policy) MUST_USE;

struct slice policy_name(const struct policy *policy);
struct slice policy_version(const struct policy *policy);

/* ---- what a policy offers, for those who let people choose ---- obsolete classifications and values are left out */
struct policy_class_facts {
	struct slice name, color; /* color: "#RRGGBB" or empty */
	uint32_t hierarchy;
};
struct policy_tag_facts {
	struct slice set;  /* name of its tag set */
	const char *type;  /* "RESTRICTIVE", "PERMISSIVE", "INFORMATIVE", "NOT APPLICABLE" */
};
/* Each is false beyond the last one. What is left out has an empty name. */
bool policy_list_class(const struct policy *policy, size_t i, struct policy_class_facts *ret_facts);
bool policy_list_tag(const struct policy *policy, size_t i, struct policy_tag_facts *ret_facts);
bool policy_list_value(const struct policy *policy, size_t tag, size_t i, struct slice *ret_name);

struct policy_set *policy_set_new(void) MUST_USE; /* NULL when memory is exhausted */
void policy_set_free(struct policy_set *set);     /* frees the set, not the policies */
/* ERR_CONFLICT when a policy of this name or OID is there already with the same or a newer version;
 * a newer version takes the older one's place. */
enum err policy_set_add(struct policy_set *set, const struct policy *policy) MUST_USE;
const struct policy *policy_set_find(const struct policy_set *set, struct slice name); /* NULL if absent */
size_t policy_set_count(const struct policy_set *set);
const struct policy *policy_set_at(const struct policy_set *set, size_t i); /* NULL beyond the end */

/* ---- labels ---- all results live in the arena; diag tells what and where */

/* From the canonical compact form; refuses any other spelling (ERR_MALFORMED), unknown policy or value (ERR_UNKNOWN). */
enum err label_parse_compact(const struct policy_set *set, struct slice text, struct arena *arena,
			     const struct label **ret_label, struct diag *diag) MUST_USE;
void label_print_compact(const struct label *label, struct buf *text);

/* From ADatP-4774 XML, or the one label inside an ADatP-4778 binding. */
enum err label_parse_xml(const struct policy_set *set, struct slice xml, struct arena *arena,
			 const struct label **ret_label, struct diag *diag) MUST_USE;
/* The same from a document of up to LIMIT_BINDING_XML octets, whose binding may also be embedded in it: then it must hold
 * exactly one BindingInformation, and what that gives a label to must be the whole (DataReference URI=""). The structure
 * of a binding is held against the standard's; what stands inside Data is somebody else's. No signature is looked at.
 * ERR_MALFORMED also where more than one originator's label is bound, or a part has one: then no label is the whole's. */
enum err label_parse_document(const struct policy_set *set, struct slice document, struct arena *arena,
			      const struct label **ret_label, struct diag *diag) MUST_USE;
/* An originatorConfidentialityLabel, valid by the schema: CreationDateTime and ReviewDateTime (ms), OIDs as URIs. */
enum err label_print_xml(const struct label *label, uint64_t created_ms, uint64_t review_ms, struct buf *xml) MUST_USE;

/* The same as an alternativeConfidentialityLabel: what label_map() made, to stand beside the originator's label and never
 * in its place. spec: ADatP-4774.1 4.2 */
enum err label_print_alternative_xml(const struct label *label, uint64_t created_ms, uint64_t review_ms,
				     struct buf *xml) MUST_USE;

/* From a marking line as people write it: "NATO SECRET REL TO KOR", "NATO SECRET LTU, KOR ONLY", "PUBLIC", "NS".
 * ERR_AMBIGUOUS: diag holds the choices; ERR_UNKNOWN: diag names the words that mean nothing. */
enum err label_parse_marking(const struct policy_set *set, struct slice line, struct arena *arena,
			     const struct label **ret_label, struct diag *diag) MUST_USE;

/* Valid for its policy? LABEL_NEW: may it be given today; LABEL_READ: may it be read (obsolete values allowed).
 * now_ms: the time the dates are held against; UINT64_MAX leaves dates aside, for labels that are only compared.
 * ERR_INVALID otherwise; every reason is appended to *reasons (one a line) when reasons is not NULL. */
enum label_use { LABEL_NEW, LABEL_READ };
enum err label_check(const struct label *label, enum label_use use, uint64_t now_ms, struct buf *reasons) MUST_USE;

/* One line of marking. location: "pageTopBottom", "portionMarking", … (4-labels 6); lang: BCP 47 or empty. */
void label_mark(const struct label *label, struct slice location, struct slice lang, struct buf *text);

/* The label that is in force: the successor named by its SuccessionHandling once ReviewDateTime, or without one
 * SuccessionDateTime, has passed; else the label itself. Only labels read from XML have successors. */
const struct label *label_in_force(const struct label *label, uint64_t now_ms);

/* When the label is to be reviewed (ReviewDateTime, ms); zero if it does not say. A mapped label has its original's. */
uint64_t label_review_ms(const struct label *label);

struct slice label_policy_name(const struct label *label);
struct slice label_classification(const struct label *label);
/* Order within the policy; higher is more sensitive. */
uint32_t label_hierarchy(const struct label *label);
/* "#RRGGBB" from the policy, or empty. */
struct slice label_color(const struct label *label);

/* The label's equivalent under another policy, by the equivalences that the label's own policy applies when sending
 * ("encrypt" or "both"); if that one has none for the other policy at all, by those that the other policy applies when
 * reading ("decrypt" or "both"). Never admits more people: every value must have an equivalent, every limit something
 * that stands for it, and label and result must be valid at now_ms. The given label stays as it is; it is also the
 * result where it is under that policy already. ERR_UNKNOWN: no such policy; ERR_NOT_FOUND: not mappable; ERR_AMBIGUOUS:
 * people must choose; ERR_INVALID: the label or the result is not valid; diag says why. */
enum err label_map(const struct policy_set *set, const struct label *label, struct slice policy_name, uint64_t now_ms,
		   struct arena *arena, const struct label **ret_label, struct diag *diag) MUST_USE;

/* Dominant label (4-labels 5, the project's decision). ERR_AMBIGUOUS: people must decide; diag says why. */
enum err label_dominant(const struct policy_set *set, const struct label *const *labels, size_t count,
			struct arena *arena, const struct label **ret_label, struct diag *diag) MUST_USE;

/* The line that stands above a whole product: the highest classification, every restrictive and informative category, and
 * those permissive ones that all parts have in the same way. Where parts admit different people, are under different
 * policies or cannot stand in one label, "PORTIONS DIFFER" follows. PUBLIC UNMARKED is neutral. ERR_USAGE without labels. */
enum err label_mark_aggregate(const struct policy_set *set, const struct label *const *labels, size_t count,
			      struct slice lang, struct buf *text) MUST_USE;

/* ---- clearances and decisions ---- */

enum err clearance_parse_compact(const struct policy_set *set, struct slice lines, struct arena *arena,
				 const struct clearance **ret_clearance, struct diag *diag) MUST_USE;
enum err clearance_parse_xml(const struct policy_set *set, struct slice xml, struct arena *arena,
			     const struct clearance **ret_clearance, struct diag *diag) MUST_USE;
void clearance_print_compact(const struct clearance *clearance, struct buf *lines);
/* ADatP-4774 clearance XML of one policy's clearance; ERR_NOT_FOUND when the subject holds none. */
enum err clearance_print_xml(const struct clearance *clearance, struct slice policy_name, struct buf *xml) MUST_USE;

enum { DECIDE_OWN_STAFF = 1 }; /* the originating nation's own staff: permissive tags are waived, nothing else */

/* The access control decision (4-labels 1) of a *valid* label; the caller checks validity where the label enters.
 * Label and clearance must have been read under the same policy set: another version of a policy is not comparable.
 * No allocation. explain, if given, receives the tag and values that deny, in a release officer's words. */
enum verdict label_decide(const struct label *label, const struct clearance *clearance, unsigned flags,
			  struct diag *explain);

#endif
