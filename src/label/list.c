/* What a policy offers to choose from. Tells names and order; whether a choice may stand is label_check's to say. */
#include "label/policy.h"

bool policy_list_class(const struct policy *policy, size_t i, struct policy_class_facts *ret_facts)
{
	*ret_facts = (struct policy_class_facts){0};
	if (i >= policy->class_count)
		return false;
	const struct class_row *class = &policy->classes[i];
	if (!(class->flags & ROW_OBSOLETE))
		*ret_facts = (struct policy_class_facts){policy_text(policy, class->name),
							 policy_text(policy, class->color), class->hierarchy};
	return true;
}

bool policy_list_tag(const struct policy *policy, size_t i, struct policy_tag_facts *ret_facts)
{
	*ret_facts = (struct policy_tag_facts){0};
	if (i >= policy->tag_count)
		return false;
	const struct tag_row *tag = &policy->tags[i];
	const char *type = tag->type == TAG_NOT_APPLICABLE ? "NOT APPLICABLE" : tag_type_text((enum tag_type)tag->type);
	*ret_facts = (struct policy_tag_facts){policy_text(policy, policy->sets[tag->set].name), type};
	return true;
}

/* An obsolete value has no entry that is not. */
static bool is_offered(const struct policy *policy, const struct value_row *value)
{
	for (uint32_t e = value->first_entry; e != FORM_NONE; e = policy->entries[e].next)
		if (!(policy->entries[e].flags & ROW_OBSOLETE))
			return true;
	return false;
}

bool policy_list_value(const struct policy *policy, size_t tag, size_t i, struct slice *ret_name)
{
	*ret_name = slice_of(NULL, 0);
	if (tag >= policy->tag_count || i >= policy->tags[tag].values.count)
		return false;
	const struct value_row *value = &policy->values[policy->tags[tag].values.first + i];
	if (is_offered(policy, value))
		*ret_name = policy_text(policy, value->name);
	return true;
}
