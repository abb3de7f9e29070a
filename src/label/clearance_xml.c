/* ADatP-4774 clearances as XML, in and out. spec: ADatP-4774 App 2 Annex A */
#include "label/xml_names.h"

static enum err classification_list(struct xml *x, struct clearance_part *part)
{
	for (;;) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			break;
		if (x->space != SPACE_LABEL || !slice_equal(x->name, SLICE("Classification"))) {
			if (x->space)
				return xml_fail(x, ERR_MALFORMED, "element %.*s may not stand in a ClassificationList",
						SLICE_ARG(slice_take(x->name, 64)));
			TRY(xml_skip(x));
			continue;
		}
		uint32_t class;
		TRY(xml_classification(x, part->policy, &class));
		part->classes |= 1u << class;
	}
	return part->classes ? ERR_OK : xml_fail(x, ERR_MALFORMED, "a ClassificationList without a Classification");
}

enum stage { STAGE_POLICY = 1, STAGE_LIST, STAGE_CATEGORY, STAGE_EXTENSIONS };

static enum stage stage_of(const struct xml *x)
{
	static const struct xml_word of_label[] = {{SLICE_INIT("PolicyIdentifier"), STAGE_POLICY},
						   {SLICE_INIT("Category"), STAGE_CATEGORY}},
				     of_clearance[] = {
					     {SLICE_INIT("ClassificationList"), STAGE_LIST},
					     {SLICE_INIT("ConfidentialityClearanceExtensions"), STAGE_EXTENSIONS}};
	int stage = 0;
	if (x->space == SPACE_LABEL)
		stage = XML_MEANING(of_label, x->name);
	if (x->space == SPACE_CLEARANCE)
		stage = XML_MEANING(of_clearance, x->name);
	return (enum stage)stage;
}

static enum err member(struct xml *x, enum stage stage, const struct policy_set *set, struct clearance_part *part,
		       uint64_t **bits)
{
	if (stage == STAGE_POLICY) {
		TRY(xml_policy(x, set, &part->policy));
		*bits = policy_bits(part->policy, x->arena);
		part->bits = *bits;
		return *bits ? ERR_OK : ERR_MEMORY;
	}
	if (stage == STAGE_LIST)
		return classification_list(x, part);
	return stage == STAGE_CATEGORY ? xml_category(x, part->policy, *bits) : xml_skip(x);
}

static enum err body(struct xml *x, const struct policy_set *set, struct clearance_part *part)
{
	uint64_t *bits = NULL;
	enum stage before = 0;
	for (;;) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			break;
		enum stage stage = stage_of(x);
		if (!stage || stage < before || (stage == before && stage != STAGE_CATEGORY) ||
		    (before < STAGE_LIST && stage > before + 1))
			return xml_misplaced(x);
		before = stage;
		TRY(member(x, stage, set, part, &bits));
	}
	return before >= STAGE_LIST
		       ? ERR_OK
		       : xml_fail(x, ERR_MALFORMED, "a clearance needs PolicyIdentifier and ClassificationList");
}

enum err clearance_parse_xml(const struct policy_set *set, struct slice xml, struct arena *arena,
			     const struct clearance **ret_clearance, struct diag *diag)
{
	XML_READER x;
	TRY(xml_open_labels(&x, xml, LIMIT_LABEL_XML, arena, diag));
	TRY(xml_next(&x));
	if (!xml_is(&x, SLICE(CLEARANCE_URI), "ConfidentialityClearance"))
		return xml_fail(&x, ERR_MALFORMED, "not a ConfidentialityClearance of %s", CLEARANCE_URI);
	struct clearance *clearance = ARENA_NEW(arena, struct clearance);
	struct clearance_part *part = ARENA_NEW(arena, struct clearance_part);
	if (!clearance || !part)
		return ERR_MEMORY;
	TRY(body(&x, set, part));
	TRY(xml_next(&x)); /* nothing may follow */
	clearance->parts = part;
	*ret_clearance = clearance;
	return ERR_OK;
}

enum err clearance_print_xml(const struct clearance *clearance, struct slice policy_name_, struct buf *xml)
{
	const struct clearance_part *part = clearance->parts;
	while (part && !name_equal(part->policy, policy_name(part->policy), policy_name_))
		part = part->next;
	if (!part)
		return ERR_NOT_FOUND;
	const struct policy *p = part->policy;
	buf_put_text(xml, "<ConfidentialityClearance xmlns=\"" CLEARANCE_URI "\" xmlns:slab=\"" LABEL_URI "\">");
	xml_put_policy(xml, p, "slab:");
	buf_put_text(xml, "<ClassificationList>");
	for (uint32_t c = 0; c < p->class_count; c++)
		if (part->classes >> c & 1) {
			buf_put_text(xml, "<slab:Classification>");
			xml_put_text(xml, policy_text(p, p->classes[c].name));
			buf_put_text(xml, "</slab:Classification>");
		}
	buf_put_text(xml, "</ClassificationList>");
	xml_put_categories(xml, p, part->bits, "slab:");
	buf_put_text(xml, "</ConfidentialityClearance>\n");
	return xml->err;
}
