/* What is worked out once when a policy is opened, so that decisions, names and markings need not search. Everything here
 * follows from the checked form and is not part of it: there is nothing in it that somebody could have changed. */
#include "label/policy.h"

static int compact_compare(const struct policy *p, uint32_t a, uint32_t b)
{
	if (p->tags[a].type != p->tags[b].type)
		return p->tags[a].type < p->tags[b].type ? -1 : 1;
	return slice_compare(policy_text(p, p->sets[p->tags[a].set].name), policy_text(p, p->sets[p->tags[b].set].name));
}

static enum err derive_tags(struct policy *p, struct arena *arena)
{
	uint64_t *restrictive = ARENA_ARRAY(arena, p->value_words, uint64_t);
	uint32_t *order = ARENA_ARRAY(arena, p->tag_count, uint32_t);
	if (!restrictive || !order)
		return ERR_MEMORY;
	for (uint32_t v = 0; v < p->value_count; v++)
		if (p->tags[p->values[v].tag].type == TAG_RESTRICTIVE)
			bit_set(restrictive, v);
	for (uint32_t t = 0; t < p->tag_count; t++) { /* tags that compare equal stay in their order */
		uint32_t at = t;
		for (; at > 0 && compact_compare(p, t, order[at - 1]) < 0; at--)
			order[at] = order[at - 1];
		order[at] = t;
	}
	p->restrictive = restrictive;
	p->compact_order = order;
	return ERR_OK;
}

/* ---- languages ---- */

static enum err language_of(struct policy *p, struct slice text, uint8_t *ret_language)
{
	uint32_t i = 0;
	while (i < p->language_count && !octets_equal(p->languages[i], text))
		i++;
	if (i == POLICY_LANGUAGES)
		return ERR_TOO_LARGE;
	if (i == p->language_count)
		p->languages[p->language_count++] = text;
	*ret_language = (uint8_t)i;
	return ERR_OK;
}

static enum err derive_languages(struct policy *p, struct arena *arena)
{
	uint8_t *of_marking = ARENA_ARRAY(arena, p->marking_count, uint8_t),
		*of_qualifier = ARENA_ARRAY(arena, p->qualifier_count, uint8_t);
	if (!of_marking || !of_qualifier)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < p->marking_count; i++)
		TRY(language_of(p, policy_text(p, p->markings[i].lang), &of_marking[i]));
	for (uint32_t i = 0; i < p->qualifier_count; i++)
		TRY(language_of(p, policy_text(p, p->qualifiers[i].lang), &of_qualifier[i]));
	p->marking_language = of_marking;
	p->qualifier_language = of_qualifier;
	return ERR_OK;
}

/* ---- entries ---- */

static bool replaces_policy(const struct policy *p, struct form_span markings)
{
	for (uint32_t i = markings.first; i < markings.first + markings.count; i++)
		if (p->markings[i].codes & CODE_REPLACE_POLICY)
			return true;
	return false;
}

/* Has markings, and none of them shows anything. */
static bool shows_nothing(const struct policy *p, struct form_span markings)
{
	for (uint32_t i = markings.first; i < markings.first + markings.count; i++) {
		const struct marking_row *m = &p->markings[i];
		if (!(m->codes & (CODE_NO_NAME | CODE_NO_MARKING)) && !(m->has_phrase && m->phrase.len == 0))
			return false;
	}
	return markings.count > 0;
}

static enum err derive_entries(struct policy *p, struct arena *arena)
{
	struct replacing *replacing = ARENA_ARRAY(arena, p->entry_count, struct replacing);
	uint64_t *hidden = ARENA_ARRAY(arena, (p->entry_count + 63) / 64, uint64_t);
	if (!replacing || !hidden)
		return ERR_MEMORY;
	for (uint32_t e = 0; e < p->entry_count; e++)
		if (replaces_policy(p, p->entries[e].markings))
			replacing[p->replacing_count++] = (struct replacing){e, p->entries[e].value};
		else if (shows_nothing(p, p->entries[e].markings))
			bit_set(hidden, e);
	p->replacing = replacing;
	p->hidden = hidden;
	return ERR_OK;
}

enum err policy_derive(struct policy *p, struct arena *arena)
{
	TRY(derive_tags(p, arena));
	TRY(derive_languages(p, arena));
	TRY(derive_entries(p, arena));
	return policy_index_names(p, arena);
}
