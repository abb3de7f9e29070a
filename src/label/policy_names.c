/* Finding names in a policy: one open-addressed table of all names of classifications, tag sets and values. Its hash folds
 * case, so that one look finds the exact name and, where the policy folds case, one that differs in case only. */
#include "label/policy.h"

struct name_slot {
	uint32_t hash;
	uint32_t group; /* whose name: GROUP_CLASS, GROUP_SET, or a tag's number; NOBODY in a free slot */
	uint32_t row;
};

enum { GROUP_CLASS = INT32_MAX - 2, GROUP_SET, NOBODY }; /* beyond every tag */

/* Over the name in lower case, a word at a time; what is no letter may change too, since equal names stay equal. */
static inline uint64_t mix(uint64_t hash, uint64_t word)
{
	const uint64_t lower = UINT64_C(0x2020202020202020), odd = UINT64_C(0x9e3779b97f4a7c15);
	hash = (hash ^ (word | lower)) * odd;
	return hash ^ hash >> 32;
}

static uint32_t name_hash(uint32_t group, struct slice name)
{
	uint64_t hash = (uint64_t)group << 32 | name.len;
	for (; name.len > OCTETS; name = slice_skip(name, OCTETS)) {
		struct octets_words words = octets_words(slice_take(name, OCTETS));
		hash = mix(mix(hash, words.first), words.last);
	}
	if (name.len == 0)
		return 0;
	struct octets_words words = octets_words(name);
	return (uint32_t)mix(mix(hash, words.first), words.last);
}

static struct slice slot_name(const struct policy *p, const struct name_slot *slot)
{
	if (slot->group == GROUP_CLASS)
		return policy_text(p, p->classes[slot->row].name);
	return policy_text(p, slot->group == GROUP_SET ? p->sets[slot->row].name : p->values[slot->row].name);
}

static void put(struct name_slot *slots, uint32_t mask, struct name_slot slot)
{
	uint32_t at = slot.hash & mask;
	while (slots[at].group != NOBODY)
		at = (at + 1) & mask;
	slots[at] = slot;
}

enum err policy_index_names(struct policy *p, struct arena *arena)
{
	uint32_t size = 8;
	while (size / 2 < p->class_count + p->set_count + p->value_count)
		size *= 2;
	struct name_slot *slots = ARENA_ARRAY(arena, size, struct name_slot);
	if (!slots)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < size; i++)
		slots[i].group = NOBODY;
	p->names = slots;
	p->name_mask = size - 1;
	for (uint32_t i = 0; i < p->class_count; i++)
		put(slots, size - 1,
		    (struct name_slot){name_hash(GROUP_CLASS, policy_text(p, p->classes[i].name)), GROUP_CLASS, i});
	for (uint32_t i = 0; i < p->set_count; i++)
		put(slots, size - 1, (struct name_slot){name_hash(GROUP_SET, policy_text(p, p->sets[i].name)), GROUP_SET, i});
	for (uint32_t v = 0; v < p->value_count; v++)
		put(slots, size - 1,
		    (struct name_slot){name_hash(p->values[v].tag, policy_text(p, p->values[v].name)), p->values[v].tag, v});
	return ERR_OK;
}

static bool equal_folded(struct slice a, struct slice b)
{
	return a.len == b.len && strncasecmp(slice_chars(a), slice_chars(b), a.len) == 0;
}

bool name_equal(const struct policy *policy, struct slice a, struct slice b)
{
	return octets_equal(a, b) || (policy->head->fold_case && equal_folded(a, b));
}

/* A policy that folds case has no two names that differ in case only: spif_check() sees to that. */
static uint32_t find(const struct policy *p, uint32_t group, struct slice name)
{
	uint32_t hash = name_hash(group, name);
	for (uint32_t at = hash & p->name_mask; p->names[at].group != NOBODY; at = (at + 1) & p->name_mask) {
		const struct name_slot *slot = &p->names[at];
		if (!((slot->hash ^ hash) | (slot->group ^ group)) && name_equal(p, slot_name(p, slot), name))
			return slot->row;
	}
	return FORM_NONE;
}

uint32_t policy_class(const struct policy *p, struct slice name)
{
	return find(p, GROUP_CLASS, name);
}

uint32_t policy_set_index(const struct policy *p, struct slice name)
{
	return find(p, GROUP_SET, name);
}

uint32_t tag_value(const struct policy *p, uint32_t tag, struct slice name)
{
	return find(p, tag, name);
}
