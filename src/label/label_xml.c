/* ADatP-4774 labels as XML, in and out, alone or in an ADatP-4778 binding, which may be embedded in its data. The known misprints of the standard's printed
 * examples are read and never written. Where a document leaves open which label counts, it is refused. */
#include "label/binding.h"
#include "label/xml_names.h"

#include "base/moment.h"

/* ---- ConfidentialityInformation ---- */

enum information_stage { INFO_POLICY = 1, INFO_CLASS, INFO_PRIVACY, INFO_CATEGORY };

static enum information_stage information_stage(const struct xml *x)
{
	static const struct xml_word members[] = {
		{SLICE_INIT("Category"), INFO_CATEGORY},      {SLICE_INIT("PolicyIdentifier"), INFO_POLICY},
		{SLICE_INIT("Classification"), INFO_CLASS},   {SLICE_INIT("PrivacyMark"), INFO_PRIVACY},
		{SLICE_INIT("PrimaryMark"), INFO_PRIVACY},
	};
	return x->space == SPACE_LABEL ? (enum information_stage)XML_MEANING(members, x->name) : 0;
}

static enum err information_member(struct xml *x, enum information_stage stage, const struct policy_set *set,
				   struct label **label)
{
	if (stage == INFO_POLICY) {
		const struct policy *policy;
		TRY(xml_policy(x, set, &policy));
		*label = label_new(policy, x->arena);
		return *label ? ERR_OK : ERR_MEMORY;
	}
	if (stage == INFO_CLASS)
		return xml_classification(x, (*label)->policy, &(*label)->class);
	if (stage == INFO_PRIVACY)
		return xml_token(x, &(*label)->privacy_mark);
	return xml_category(x, (*label)->policy, (*label)->bits);
}

static enum err information(struct xml *x, const struct policy_set *set, struct label **ret_label)
{
	enum information_stage before = 0;
	struct label *label = NULL;
	for (;;) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			break;
		if (before >= INFO_CLASS && x->space != SPACE_LABEL) {
			TRY(xml_skip(x)); /* extensions come last */
			before = INFO_CATEGORY + 1;
			continue;
		}
		enum information_stage stage = information_stage(x);
		if (stage && stage == before && stage != INFO_CATEGORY)
			return xml_fail(x, ERR_MALFORMED, "%.*s stands twice", SLICE_ARG(x->name));
		if (!stage || stage < before || (before < INFO_CLASS && stage != before + 1))
			return xml_misplaced(x);
		before = stage;
		TRY(information_member(x, stage, set, &label));
	}
	if (before < INFO_CLASS)
		return xml_fail(x, ERR_MALFORMED, "a label needs PolicyIdentifier and Classification");
	*ret_label = label;
	return ERR_OK;
}

/* ---- the label around it ---- */

static enum err date(struct xml *x, uint64_t *ret_ms)
{
	struct slice text;
	TRY(xml_token(x, &text));
	if (moment_parse(text, ret_ms) != ERR_OK)
		return xml_fail(x, ERR_MALFORMED, "not a moment such as 2026-01-31T12:00:00Z");
	return ERR_OK;
}

static enum err originator(struct xml *x)
{
	static const struct xml_word types[] = {
		{SLICE_INIT("rfc822Name"), 1},        {SLICE_INIT("dNSName"), 1},
		{SLICE_INIT("directoryName"), 1},     {SLICE_INIT("uniformResourceIdentifier"), 1},
		{SLICE_INIT("iPAddress"), 1},         {SLICE_INIT("x400Address"), 1},
		{SLICE_INIT("userPrincipalName"), 1}, {SLICE_INIT("jID"), 1},
	};
	const struct xml_attribute *type = xml_attribute(x, "IDType");
	if (!type || !XML_MEANING(types, slice_trim(type->value)))
		return xml_fail(x, ERR_MALFORMED, "OriginatorID needs an IDType of the standard");
	struct slice text;
	return xml_text(x, &text);
}

enum label_stage { LABEL_INFORMATION = 1, LABEL_ORIGINATOR, LABEL_CREATED, LABEL_SUCCESSION, LABEL_OTHER };

static enum label_stage label_stage(const struct xml *x)
{
	static const struct xml_word members[] = {
		{SLICE_INIT("ConfidentialityInformation"), LABEL_INFORMATION},
		{SLICE_INIT("CreationDateTime"), LABEL_CREATED},
		{SLICE_INIT("OriginatorID"), LABEL_ORIGINATOR},
		{SLICE_INIT("SuccessionHandling"), LABEL_SUCCESSION},
		{SLICE_INIT("CreationDataTime"), LABEL_CREATED},
	};
	return x->space == SPACE_LABEL ? (enum label_stage)XML_MEANING(members, x->name) : LABEL_OTHER;
}

/* Reads the members of a label up to its end, or up to the start of SuccessionHandling (*ret_succession). */
static enum err members(struct xml *x, const struct policy_set *set, enum label_stage before, struct label **label,
			bool *ret_succession)
{
	*ret_succession = false;
	for (;;) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			break;
		enum label_stage stage = label_stage(x);
		if (stage && stage == before && stage != LABEL_OTHER)
			return xml_fail(x, ERR_MALFORMED, "%.*s stands twice", SLICE_ARG(x->name));
		if (!stage || stage < before || (!before && stage != LABEL_INFORMATION))
			return xml_misplaced(x);
		before = stage;
		uint64_t created;
		if (stage == LABEL_INFORMATION)
			TRY(information(x, set, label));
		else if (stage == LABEL_ORIGINATOR)
			TRY(originator(x));
		else if (stage == LABEL_CREATED)
			TRY(date(x, &created));
		else if (stage == LABEL_OTHER)
			TRY(xml_skip(x));
		*ret_succession = stage == LABEL_SUCCESSION;
		if (*ret_succession)
			return ERR_OK;
	}
	return before ? ERR_OK : xml_fail(x, ERR_MALFORMED, "a label needs ConfidentialityInformation");
}

static enum err expect(struct xml *x, const char *name)
{
	TRY(xml_element(x));
	if (x->event != XML_START || x->space != SPACE_LABEL || !slice_equal(x->name, slice_text(name)))
		return xml_fail(x, ERR_MALFORMED, "element %s is expected here", name);
	return ERR_OK;
}

/* SuccessionHandling: a date, one successor (which has none of its own), then whatever else. */
static enum err succession(struct xml *x, const struct policy_set *set, struct label *label)
{
	struct label *successor = NULL;
	bool again;
	TRY(expect(x, "SuccessionDateTime"));
	TRY(date(x, &label->succession_ms));
	TRY(expect(x, "SuccessorConfidentialityLabel"));
	TRY(members(x, set, 0, &successor, &again));
	if (again)
		return xml_fail(x, ERR_UNSUPPORTED, "a successor with a successor of its own");
	label->successor = successor;
	for (;;) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			return ERR_OK;
		if (x->space == SPACE_LABEL)
			return xml_misplaced(x);
		TRY(xml_skip(x));
	}
}

/* At START of a label element: everything up to its end. */
static enum err whole_label(struct xml *x, const struct policy_set *set, struct label **ret_label)
{
	struct label *label = NULL;
	bool has_succession;
	uint64_t review_ms = 0;
	const struct xml_attribute *review = xml_attribute(x, "ReviewDateTime");
	if (review && moment_parse(slice_trim(review->value), &review_ms) != ERR_OK)
		return xml_fail(x, ERR_MALFORMED, "ReviewDateTime is not a moment such as 2026-01-31T12:00:00Z");
	TRY(members(x, set, 0, &label, &has_succession));
	label->review_ms = review_ms;
	if (has_succession) {
		TRY(succession(x, set, label));
		TRY(members(x, set, LABEL_SUCCESSION, &label, &has_succession));
	}
	*ret_label = label;
	return ERR_OK;
}

/* ---- which label ---- */

enum role { ROLE_NONE, ROLE_ORIGINATOR, ROLE_ALTERNATIVE, ROLE_METADATA };

static enum role role_of(const struct xml *x)
{
	static const struct xml_word roots[] = {
		{SLICE_INIT("originatorConfidentialityLabel"), ROLE_ORIGINATOR},
		{SLICE_INIT("OriginatorConfidentialityLabel"), ROLE_ORIGINATOR},
		{SLICE_INIT("ConfidentialityLabel"), ROLE_ORIGINATOR},
		{SLICE_INIT("alternativeConfidentialityLabel"), ROLE_ALTERNATIVE},
		{SLICE_INIT("alternateConfidentialityLabel"), ROLE_ALTERNATIVE},
		{SLICE_INIT("metadataConfidentialityLabel"), ROLE_METADATA},
	};
	return x->space == SPACE_LABEL ? (enum role)XML_MEANING(roots, x->name) : ROLE_NONE;
}

struct found {
	struct label *originator, *alternative;
	size_t originators;
	struct diag unknown; /* why the originator's label cannot be read here */
};

/* A label of an unknown policy gives way to an alternative one. spec: ADatP-4774.1 4.2
 * The reader stands somewhere inside it then, and goes on to its end. */
static enum err bound_label(struct xml *x, const struct policy_set *set, struct found *found)
{
	enum role role = role_of(x);
	size_t depth = x->depth;
	struct diag *asked = x->diag, diag = {0};
	struct label *label = NULL;
	if (role == ROLE_METADATA)
		return xml_skip(x);
	found->originators += role == ROLE_ORIGINATOR;
	if (found->originators > 1)
		return xml_fail(x, ERR_MALFORMED, "the binding holds more than one originator's label");
	x->diag = &diag;
	enum err err = whole_label(x, set, &label);
	x->diag = asked;
	if (err == ERR_UNKNOWN) {
		while (x->event != XML_END || x->depth >= depth)
			TRY(xml_next(x));
		if (role == ROLE_ORIGINATOR)
			found->unknown = diag;
		return ERR_OK;
	}
	if (err != ERR_OK)
		return diag_fail_at(x->diag, err, diag.line, diag.column, "%s", diag.text);
	if (role == ROLE_ORIGINATOR)
		found->originator = label;
	else if (!found->alternative)
		found->alternative = label;
	return ERR_OK;
}

/* At START of BindingInformation. Labels count only where the standard binds them: BindingInformation /
 * MetadataBindingContainer / MetadataBinding / Metadata / label. What stands inside Data is somebody else's.
 * spec: ADatP-4778 */
static enum err bound_labels(struct xml *x, const struct policy_set *set, struct found *found)
{
	static const struct slice path[] = {SLICE_INIT("BindingInformation"), SLICE_INIT("MetadataBindingContainer"),
					    SLICE_INIT("MetadataBinding"), SLICE_INIT("Metadata")};
	enum { LABEL_DEPTH = sizeof(path) / sizeof(path[0]) };
	size_t top = x->depth;
	while (x->depth >= top) {
		TRY(xml_next(x));
		if (x->event != XML_START)
			continue;
		size_t depth = x->depth - top;
		if (depth == LABEL_DEPTH && role_of(x) != ROLE_NONE)
			TRY(bound_label(x, set, found));
		else if (depth >= LABEL_DEPTH || x->space != SPACE_BINDING || !slice_equal(x->name, path[depth]))
			TRY(xml_skip(x));
	}
	return ERR_OK;
}

static bool at_binding(const struct xml *x)
{
	return x->space == SPACE_BINDING && slice_equal(x->name, SLICE("BindingInformation"));
}

/* At START of BindingInformation. */
static enum err binding(struct xml *x, const struct policy_set *set, const struct label **ret_label)
{
	struct found found = {0};
	TRY(bound_labels(x, set, &found));
	struct label *label = found.originator ? found.originator : found.alternative;
	if (!label && found.unknown.text[0])
		return diag_fail_at(x->diag, ERR_UNKNOWN, found.unknown.line, found.unknown.column, "%s",
				    found.unknown.text);
	if (!label)
		return diag_fail(x->diag, ERR_MALFORMED, "the binding holds no label");
	*ret_label = label;
	return ERR_OK;
}

enum err label_parse_xml(const struct policy_set *set, struct slice xml, struct arena *arena,
			 const struct label **ret_label, struct diag *diag)
{
	XML_READER x;
	TRY(xml_open_labels(&x, xml, LIMIT_LABEL_XML, arena, diag));
	TRY(xml_next(&x));
	if (role_of(&x) != ROLE_NONE) {
		struct label *label = NULL;
		TRY(whole_label(&x, set, &label));
		TRY(xml_next(&x)); /* nothing may follow */
		*ret_label = label;
		return ERR_OK;
	}
	if (!at_binding(&x))
		return xml_fail(&x, ERR_MALFORMED, "neither a label of %s nor a binding of %s", LABEL_URI, BINDING_URI);
	const struct label *label;
	TRY(binding(&x, set, &label));
	TRY(xml_next(&x)); /* nothing may follow */
	*ret_label = label;
	return ERR_OK;
}

/* True if what has a label is the document as a whole: DataReference URI="". */
static bool labels_the_whole(const struct metadata_binding *bindings)
{
	for (const struct metadata_binding *b = bindings; b; b = b->next) {
		bool label = false, whole = false;
		for (const struct binding_item *i = b->items; i; i = i->next) {
			label |= i->is_label;
			whole |= i->is_data && i->is_reference && !i->is_transformed && !i->uri.len;
		}
		if (label && !whole)
			return false;
	}
	return true;
}

enum err label_parse_document(const struct policy_set *set, struct slice document, struct arena *arena,
			      const struct label **ret_label, struct diag *diag)
{
	XML_READER x;
	struct binding bound;
	struct diag none = {0};
	TRY(xml_open_labels(&x, document, LIMIT_BINDING_XML, arena, diag));
	TRY(xml_next(&x));
	if (role_of(&x) != ROLE_NONE)
		return label_parse_xml(set, document, arena, ret_label, diag);
	enum err err = binding_read(document, arena, &bound, &none);
	if (err == ERR_NOT_FOUND)
		return xml_fail(&x, ERR_MALFORMED, "neither a label of %s nor a document with a binding of %s",
				LABEL_URI, BINDING_URI);
	if (err != ERR_OK)
		return diag_fail_at(diag, err, none.line, none.column, "%s", none.text);
	while (x.event != XML_START || !at_binding(&x))
		TRY(xml_next(&x));
	if (bound.is_embedded && !labels_the_whole(bound.bindings))
		return xml_fail(&x, ERR_MALFORMED,
				"the binding labels a part of this document: no label is that of the whole");
	return binding(&x, set, ret_label);
}

static enum err print_as(const char *root, const struct label *label, uint64_t created_ms, uint64_t review_ms,
			 struct buf *xml)
{
	const struct policy *p = label->policy;
	char created[MOMENT_TEXT + 1], review[MOMENT_TEXT + 1];
	moment_print(created_ms, created);
	moment_print(review_ms, review);
	buf_printf(xml, "<%s xmlns=\"" LABEL_URI "\" ReviewDateTime=\"%s\"><ConfidentialityInformation>", root, review);
	xml_put_policy(xml, p, "");
	buf_put_text(xml, "<Classification>");
	xml_put_text(xml, label_classification(label));
	buf_put_text(xml, "</Classification>");
	if (label->privacy_mark.len) {
		buf_put_text(xml, "<PrivacyMark>");
		xml_put_text(xml, label->privacy_mark);
		buf_put_text(xml, "</PrivacyMark>");
	}
	xml_put_categories(xml, p, label->bits, "");
	buf_printf(xml, "</ConfidentialityInformation><CreationDateTime>%s</CreationDateTime></%s>\n", created, root);
	return xml->err;
}

enum err label_print_xml(const struct label *label, uint64_t created_ms, uint64_t review_ms, struct buf *xml)
{
	return print_as("originatorConfidentialityLabel", label, created_ms, review_ms, xml);
}

enum err label_print_alternative_xml(const struct label *label, uint64_t created_ms, uint64_t review_ms,
				     struct buf *xml)
{
	return print_as("alternativeConfidentialityLabel", label, created_ms, review_ms, xml);
}
