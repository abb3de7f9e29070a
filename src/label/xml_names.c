/* Reading the ADatP-4774 pieces that labels and clearances share, with the misprints of the standard's printed examples
 * that are known to occur (tagName, type, Permissive). */
#include "label/xml_names.h"

/* Told with the place where the limit is passed. */
static enum err too_large(struct xml *x, struct slice document, size_t max, struct diag *diag)
{
	uint32_t line, column;
	x->document = document;
	x->counted.at = 0;
	x->counted.line = 1;
	xml_place(x, max, &line, &column);
	return diag_fail_at(diag, ERR_TOO_LARGE, line, column, "%s has at most %zu octets",
			    max == LIMIT_LABEL_XML ? "a label or clearance" : "a document with a label", max);
}

enum err xml_open_labels(struct xml *x, struct slice document, size_t max, struct arena *arena, struct diag *diag)
{
	static const struct slice spaces[] = {SLICE_INIT(LABEL_URI), SLICE_INIT(CLEARANCE_URI), SLICE_INIT(BINDING_URI)};
	if (document.len > max)
		return too_large(x, document, max, diag);
	TRY(xml_open(x, document, arena, diag));
	xml_know(x, spaces, sizeof(spaces) / sizeof(spaces[0]));
	return ERR_OK;
}

enum err xml_misplaced(struct xml *x)
{
	return xml_fail(x, ERR_MALFORMED, "element %.*s may not stand here", SLICE_ARG(slice_take(x->name, 64)));
}

enum err xml_token(struct xml *x, struct slice *ret_token)
{
	size_t at = x->event_at;
	struct slice text;
	TRY(xml_text(x, &text));
	x->event_at = at;
	if (slice_trim(text).len == 0)
		return xml_fail(x, ERR_MALFORMED, "%.*s is empty", SLICE_ARG(x->name));
	return xml_collapse(text, x->arena, ret_token);
}

enum err xml_element(struct xml *x)
{
	for (;;) {
		TRY(xml_next(x));
		if (x->event != XML_TEXT)
			return ERR_OK;
		if (slice_trim(x->text).len)
			return xml_fail(x, ERR_MALFORMED, "text where only elements may stand");
	}
}

/* *ret_oid is empty without a URI. */
static enum err oid_attribute(struct xml *x, struct slice *ret_oid)
{
	const struct xml_attribute *uri = xml_attribute(x, "URI");
	*ret_oid = slice_of(NULL, 0);
	if (!uri)
		return ERR_OK;
	struct slice value = slice_trim(uri->value);
	struct slice urn = slice_take(value, 8);
	if (value.len <= urn.len || (!octets_equal(urn, SLICE("urn:oid:")) &&
				     strncasecmp((const char *)urn.data, "urn:oid:", 8) != 0))
		return xml_fail(x, ERR_INVALID, "%.*s/@URI must be urn:oid: and an OID", SLICE_ARG(x->name));
	*ret_oid = slice_skip(value, urn.len);
	return ERR_OK;
}

enum err xml_policy(struct xml *x, const struct policy_set *set, const struct policy **ret_policy)
{
	struct slice oid, name;
	TRY(oid_attribute(x, &oid));
	TRY(xml_token(x, &name));
	const struct policy *policy = policy_set_find(set, name);
	if (!policy)
		return xml_fail(x, ERR_UNKNOWN, "policy '%.*s' is unknown here", SLICE_ARG(slice_take(name, 128)));
	if (oid.len && !octets_equal(oid, policy_text(policy, policy->head->oid)))
		return xml_fail(x, ERR_UNKNOWN, "policy '%.*s' has another OID than %.*s",
				SLICE_ARG(slice_take(name, 128)), SLICE_ARG(slice_take(oid, 128)));
	*ret_policy = policy;
	return ERR_OK;
}

enum err xml_classification(struct xml *x, const struct policy *p, uint32_t *ret_class)
{
	if (xml_attribute(x, "URI"))
		return xml_fail(x, ERR_INVALID, "Classification must not have a URI");
	struct slice name;
	TRY(xml_token(x, &name));
	uint32_t class = policy_class(p, name);
	if (class == FORM_NONE)
		return xml_fail(x, ERR_UNKNOWN, "policy %.*s has no classification '%.*s'", SLICE_ARG(policy_name(p)),
				SLICE_ARG(slice_take(name, 128)));
	*ret_class = class;
	return ERR_OK;
}

static enum err category_type_of(struct xml *x, enum tag_type *ret_type)
{
	static const struct xml_word types[] = {
		{SLICE_INIT("RESTRICTIVE"), TAG_RESTRICTIVE + 1}, {SLICE_INIT("PERMISSIVE"), TAG_PERMISSIVE + 1},
		{SLICE_INIT("INFORMATIVE"), TAG_INFORMATIVE + 1}, {SLICE_INIT("Restrictive"), TAG_RESTRICTIVE + 1},
		{SLICE_INIT("Permissive"), TAG_PERMISSIVE + 1},   {SLICE_INIT("Informative"), TAG_INFORMATIVE + 1},
	};
	const struct xml_attribute *type = xml_attribute(x, "Type");
	if (!type)
		type = xml_attribute(x, "type");
	int meaning = type ? XML_MEANING(types, slice_trim(type->value)) : 0;
	if (!meaning)
		return xml_fail(x, ERR_MALFORMED, "Category needs a Type: RESTRICTIVE, PERMISSIVE or INFORMATIVE");
	*ret_type = (enum tag_type)(meaning - 1);
	return ERR_OK;
}

static enum err category_start(struct xml *x, const struct policy *p, uint64_t *bits, enum tag_type *ret_type,
			       uint32_t *ret_set)
{
	struct slice oid, name;
	const struct xml_attribute *tag_name = xml_attribute(x, "TagName");
	if (!tag_name)
		tag_name = xml_attribute(x, "tagName");
	if (!tag_name)
		return xml_fail(x, ERR_MALFORMED, "Category needs a TagName");
	TRY(xml_collapse(tag_name->value, x->arena, &name));
	TRY(category_type_of(x, ret_type));
	TRY(oid_attribute(x, &oid));
	TRY(xml_placed(x, category_open(p, *ret_type, name, bits, ret_set, x->diag)));
	if (oid.len && !octets_equal(oid, policy_text(p, p->sets[*ret_set].oid)))
		return xml_fail(x, ERR_UNKNOWN, "tag set '%.*s' has another OID than %.*s",
				SLICE_ARG(slice_take(name, 128)), SLICE_ARG(slice_take(oid, 128)));
	return ERR_OK;
}

enum category_member { MEMBER_VALUE = 1, MEMBER_OTHER_VALUE };

static enum err category_child(struct xml *x, const struct policy *p, enum tag_type type, uint32_t set, uint64_t *bits)
{
	static const struct xml_word members[] = {
		{SLICE_INIT("GenericValue"), MEMBER_VALUE},
		{SLICE_INIT("IntegerValue"), MEMBER_OTHER_VALUE},
		{SLICE_INIT("BitStringValue"), MEMBER_OTHER_VALUE},
	};
	int member = x->space == SPACE_LABEL ? XML_MEANING(members, x->name) : 0;
	if (!member)
		return xml_fail(x, ERR_MALFORMED, "element %.*s may not stand in a Category",
				SLICE_ARG(slice_take(x->name, 64)));
	if (member == MEMBER_OTHER_VALUE)
		return xml_fail(x, ERR_INVALID, "only GenericValue may stand in a Category");
	struct slice value;
	TRY(xml_token(x, &value));
	return xml_placed(x, category_value(p, type, set, value, bits, x->diag));
}

enum err xml_category(struct xml *x, const struct policy *p, uint64_t *bits)
{
	enum tag_type type = TAG_NOT_APPLICABLE;
	uint32_t set = 0;
	TRY(category_start(x, p, bits, &type, &set));
	for (;;) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			return ERR_OK;
		TRY(category_child(x, p, type, set, bits));
	}
}
