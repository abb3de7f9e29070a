/* The pieces of ADatP-4774 XML that labels and clearances share on their way out. */
#include "label/xml_write.h"

void xml_put_text(struct buf *xml, struct slice text)
{
	size_t from = 0;
	for (size_t i = 0; i < text.len; i++) {
		const char *entity;
		switch (text.data[i]) {
		case '&': entity = "&amp;"; break;
		case '<': entity = "&lt;"; break;
		case '>': entity = "&gt;"; break;
		case '"': entity = "&quot;"; break;
		default: continue;
		}
		buf_put(xml, slice_of(text.data + from, i - from));
		buf_put_text(xml, entity);
		from = i + 1;
	}
	buf_put(xml, slice_skip(text, from));
}

/* spec: ADatP-4774: URI is urn:oid: and the OID */
static void put_oid(struct buf *xml, struct slice oid)
{
	buf_put_text(xml, " URI=\"urn:oid:");
	xml_put_text(xml, oid);
	buf_put_text(xml, "\"");
}

void xml_put_policy(struct buf *xml, const struct policy *p, const char *prefix)
{
	buf_printf(xml, "<%sPolicyIdentifier", prefix);
	put_oid(xml, policy_text(p, p->head->oid));
	buf_put_text(xml, ">");
	xml_put_text(xml, policy_name(p));
	buf_printf(xml, "</%sPolicyIdentifier>", prefix);
}

void xml_put_categories(struct buf *xml, const struct policy *p, const uint64_t *bits, const char *prefix)
{
	struct category category = {.policy = p, .bits = bits};
	while (category_next(&category)) {
		const struct set_row *set = &p->sets[category_set(&category)];
		buf_printf(xml, "<%sCategory TagName=\"", prefix);
		xml_put_text(xml, policy_text(p, set->name));
		buf_printf(xml, "\" Type=\"%s\"", tag_type_text(category_type(&category)));
		put_oid(xml, policy_text(p, set->oid));
		buf_put_text(xml, ">");
		for (struct slice name; category_next_value(&category, &name);) {
			buf_printf(xml, "<%sGenericValue>", prefix);
			xml_put_text(xml, name);
			buf_printf(xml, "</%sGenericValue>", prefix);
		}
		buf_printf(xml, "</%sCategory>", prefix);
	}
}
