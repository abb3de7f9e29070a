/* Reading the ADatP-4774 pieces that labels and clearances share, with the misprints of the standard's printed examples
 * that are known to occur (tagName, type, Permissive). */
#include "label/xml_names.h"

enum err xml_token(struct xml *x, struct slice *ret_token)
{
	size_t at = x->event_at;
	struct slice text, token;
	TRY(xml_text(x, &text));
	TRY(xml_collapse(text, x->arena, &token));
	x->event_at = at;
	if (token.len == 0)
		return xml_fail(x, ERR_MALFORMED, "%.*s is empty", SLICE_ARG(x->name));
	*ret_token = token;
	return ERR_OK;
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
	if (value.len <= 8 || strncasecmp((const char *)value.data, "urn:oid:", 8) != 0)
		return xml_fail(x, ERR_INVALID, "%.*s/@URI must be urn:oid: and an OID", SLICE_ARG(x->name));
	*ret_oid = slice_skip(value, 8);
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
	if (oid.len && !slice_equal(oid, policy_text(policy, policy->head->oid)))
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
	static const struct {
		const char *text;
		enum tag_type type;
	} types[] = {
		{"RESTRICTIVE", TAG_RESTRICTIVE}, {"PERMISSIVE", TAG_PERMISSIVE}, {"INFORMATIVE", TAG_INFORMATIVE},
		{"Restrictive", TAG_RESTRICTIVE}, {"Permissive", TAG_PERMISSIVE}, {"Informative", TAG_INFORMATIVE},
	};
	const struct xml_attribute *type = xml_attribute(x, "Type");
	if (!type)
		type = xml_attribute(x, "type");
	for (size_t i = 0; type && i < sizeof(types) / sizeof(types[0]); i++)
		if (slice_equal(slice_trim(type->value), slice_text(types[i].text))) {
			*ret_type = types[i].type;
			return ERR_OK;
		}
	return xml_fail(x, ERR_MALFORMED, "Category needs a Type: RESTRICTIVE, PERMISSIVE or INFORMATIVE");
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
	struct diag diag = {0};
	enum err err = category_open(p, *ret_type, name, bits, ret_set, &diag);
	if (err != ERR_OK)
		return xml_fail(x, err, "%s", diag.text);
	if (oid.len && !slice_equal(oid, policy_text(p, p->sets[*ret_set].oid)))
		return xml_fail(x, ERR_UNKNOWN, "tag set '%.*s' has another OID than %.*s",
				SLICE_ARG(slice_take(name, 128)), SLICE_ARG(slice_take(oid, 128)));
	return ERR_OK;
}

static enum err category_child(struct xml *x, const struct policy *p, enum tag_type type, uint32_t set, uint64_t *bits)
{
	if (xml_is(x, SLICE(LABEL_URI), "IntegerValue") || xml_is(x, SLICE(LABEL_URI), "BitStringValue"))
		return xml_fail(x, ERR_INVALID, "only GenericValue may stand in a Category");
	if (!xml_is(x, SLICE(LABEL_URI), "GenericValue"))
		return xml_fail(x, ERR_MALFORMED, "element %.*s may not stand in a Category",
				SLICE_ARG(slice_take(x->name, 64)));
	struct slice value;
	TRY(xml_token(x, &value));
	struct diag diag = {0};
	enum err err = category_value(p, type, set, value, bits, &diag);
	return err == ERR_OK ? ERR_OK : xml_fail(x, err, "%s", diag.text);
}

enum err xml_category(struct xml *x, const struct policy *p, uint64_t *bits)
{
	enum tag_type type;
	uint32_t set;
	TRY(category_start(x, p, bits, &type, &set));
	for (;;) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			return ERR_OK;
		TRY(category_child(x, p, type, set, bits));
	}
}
