/* The policies in force, by name. A policy is never silently replaced by an older one or by a namesake. */
#include "label/policy.h"

enum { SET_MOST = 256 };

struct policy_set {
	const struct policy **policies;
	size_t count, capacity;
};

struct policy_set *policy_set_new(void)
{
	return calloc(1, sizeof(struct policy_set));
}

void policy_set_free(struct policy_set *set)
{
	if (set)
		free(set->policies);
	free(set);
}

static bool same_name(const struct policy *a, struct slice name)
{
	return name_equal(a, policy_name(a), name);
}

static bool same_oid(const struct policy *a, const struct policy *b)
{
	return slice_equal(policy_text(a, a->head->oid), policy_text(b, b->head->oid));
}

static enum err append(struct policy_set *set, const struct policy *policy)
{
	if (set->count == SET_MOST)
		return ERR_TOO_LARGE;
	if (set->count == set->capacity) {
		size_t capacity = set->capacity ? set->capacity * 2 : 4;
		const struct policy **policies = reallocarray(set->policies, capacity, sizeof(const struct policy *));
		if (!policies)
			return ERR_MEMORY;
		set->policies = policies;
		set->capacity = capacity;
	}
	set->policies[set->count++] = policy;
	return ERR_OK;
}

enum err policy_set_add(struct policy_set *set, const struct policy *policy)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct policy *there = set->policies[i];
		bool name = same_name(there, policy_name(policy)) || same_name(policy, policy_name(there)),
		     oid = same_oid(there, policy);
		if (!name && !oid)
			continue;
		if (!name || !oid || version_compare(policy_version(policy), policy_version(there)) <= 0)
			return ERR_CONFLICT;
		set->policies[i] = policy;
		return ERR_OK;
	}
	return append(set, policy);
}

const struct policy *policy_set_find(const struct policy_set *set, struct slice name)
{
	for (size_t i = 0; i < set->count; i++)
		if (same_name(set->policies[i], name))
			return set->policies[i];
	return NULL;
}

size_t policy_set_count(const struct policy_set *set)
{
	return set->count;
}

const struct policy *policy_set_at(const struct policy_set *set, size_t i)
{
	return i < set->count ? set->policies[i] : NULL;
}
