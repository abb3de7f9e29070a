/* A label's equivalent under another policy. The originator's policy says what its labels become when they are sent
 * ("encrypt"); only where it says nothing about the other policy does the reader's own policy say what it takes them
 * for ("decrypt"). The original label is never touched.
 *
 * Never widens: a label without equivalent, a limit that nothing in the result stands for, a choice that only people
 * can make and an invalid result all stop the mapping. docs/decisions/label-mapping.md tells why. */
#include "label/policy.h"

#include "base/limits.h"

struct mapping {
	const struct label *from;
	const struct policy *source, *target;
	const struct policy *author, *other; /* whose equivalences count, and the policy that they must name */
	uint32_t direction;                  /* APPLIED_ENCRYPT: the author is the source; else APPLIED_DECRYPT */
	struct label *to;
	uint64_t *image; /* target values that stand for what is looked at */
	struct diag *diag;
};

/* ---- names and numbers ---- */

static bool same_text(const struct policy *p, struct form_text a, struct slice b)
{
	return slice_equal(policy_text(p, a), b);
}

/* True if the author means the other policy by this reference. Where the author gives the other policy's OID, a
 * namesake of another OID is not meant. */
static bool names_other(const struct mapping *m, struct form_text ref)
{
	const struct policy *p = m->author;
	struct slice name = policy_text(p, ref), oid = policy_text(m->other, m->other->head->oid);
	for (uint32_t i = 0; i < p->peer_count; i++) {
		const struct peer_row *peer = &p->peers[i];
		if (!same_text(p, peer->name, name) && !same_text(p, peer->oid, name))
			continue;
		return peer->oid.len ? same_text(p, peer->oid, oid) : slice_equal(name, policy_name(m->other));
	}
	return slice_equal(name, policy_name(m->other)) || slice_equal(name, oid);
}

static bool counts(const struct mapping *m, const struct equivalent_row *row)
{
	return row->applied & m->direction && names_other(m, row->policy);
}

static bool is_set(const struct policy *p, uint32_t set, struct slice ref)
{
	return same_text(p, p->sets[set].oid, ref) || same_text(p, p->sets[set].name, ref);
}

static bool value_has_lacv(const struct policy *p, uint32_t value, uint32_t lacv)
{
	for (uint32_t e = p->values[value].first_entry; e != FORM_NONE; e = p->entries[e].next)
		if (p->entries[e].lacv == lacv)
			return true;
	return false;
}

/* The values of this tag set, type and lacv go into bits, if bits are given. Their number is answered: usually one. */
static uint32_t put_by_lacv(const struct policy *p, struct slice set_ref, uint32_t type, uint32_t lacv, uint64_t *bits)
{
	uint32_t count = 0;
	for (uint32_t t = 0; t < p->tag_count; t++) {
		const struct tag_row *tag = &p->tags[t];
		if (tag->type != type || !is_set(p, tag->set, set_ref))
			continue;
		for (uint32_t v = tag->values.first; v < tag->values.first + tag->values.count; v++)
			if (value_has_lacv(p, v, lacv)) {
				if (bits)
					bit_set(bits, v);
				count++;
			}
	}
	return count;
}

/* Policies in the wild give one lacv to several values. Where any one of them admits, it cannot be told who is meant.
 */
static bool is_clear(uint32_t type, uint32_t count)
{
	return type == TAG_PERMISSIVE ? count == 1 : count > 0;
}

static uint32_t class_by_lacv(const struct policy *p, uint32_t lacv)
{
	for (uint32_t c = 0; c < p->class_count; c++)
		if (p->classes[c].lacv == lacv)
			return c;
	return FORM_NONE;
}

/* ---- the equivalents of one value ---- */

/* What an author says about a value: nothing, its equivalents (or that it is left out), or what the target lacks. */
enum told { TOLD_NOTHING, TOLD, TOLD_WRONG };

static enum told sent_as(struct mapping *m, uint32_t value)
{
	const struct policy *p = m->source;
	enum told told = TOLD_NOTHING;
	for (uint32_t e = p->values[value].first_entry; e != FORM_NONE; e = p->entries[e].next) {
		struct form_span rows = p->entries[e].equivalents;
		for (uint32_t i = rows.first; i < rows.first + rows.count; i++) {
			const struct equivalent_row *row = &p->equivalents[i];
			if (!counts(m, row))
				continue;
			if (!row->discard && !is_clear(row->type, put_by_lacv(m->target, policy_text(p, row->set),
									      row->type, row->lacv, m->image)))
				return TOLD_WRONG;
			told = TOLD;
		}
	}
	return told;
}

static enum told read_as(struct mapping *m, uint32_t value)
{
	const struct policy *p = m->target;
	const struct tag_row *from = &m->source->tags[m->source->values[value].tag];
	enum told told = TOLD_NOTHING;
	for (uint32_t v = 0; v < p->value_count; v++)
		for (uint32_t e = p->values[v].first_entry; e != FORM_NONE; e = p->entries[e].next) {
			struct form_span rows = p->entries[e].equivalents;
			for (uint32_t i = rows.first; i < rows.first + rows.count; i++) {
				const struct equivalent_row *row = &p->equivalents[i];
				if (row->type != from->type || !value_has_lacv(m->source, value, row->lacv) ||
				    !counts(m, row) || !is_set(m->source, from->set, policy_text(p, row->set)))
					continue;
				if (!is_clear(row->type, put_by_lacv(m->source, policy_text(p, row->set), row->type,
								     row->lacv, NULL)))
					return TOLD_WRONG;
				if (!row->discard)
					bit_set(m->image, v);
				told = TOLD;
			}
		}
	return told;
}

/* The value of the same name in a tag set that is equivalent as a whole. */
static bool same_in_set(struct mapping *m, uint32_t value, uint32_t target_set)
{
	const struct policy *p = m->source;
	struct form_span tags = m->target->sets[target_set].tags;
	bool found = false;
	for (uint32_t t = tags.first; t < tags.first + tags.count; t++) {
		uint32_t same = m->target->tags[t].type == p->tags[p->values[value].tag].type
					? tag_value(m->target, t, policy_text(p, p->values[value].name))
					: FORM_NONE;
		if (same == FORM_NONE)
			continue;
		bit_set(m->image, same);
		found = true;
	}
	return found;
}

static bool in_equivalent_set(struct mapping *m, uint32_t value)
{
	const struct policy *author = m->author;
	uint32_t source_set = m->source->tags[m->source->values[value].tag].set;
	bool found = false, sending = m->direction == APPLIED_ENCRYPT;
	for (uint32_t target_set = 0; target_set < m->target->set_count; target_set++) {
		uint32_t own = sending ? source_set : target_set, foreign = sending ? target_set : source_set;
		struct form_span rows = author->sets[own].equivalents;
		for (uint32_t i = rows.first; i < rows.first + rows.count; i++) {
			const struct equivalent_row *row = &author->equivalents[i];
			if (counts(m, row) && is_set(m->other, foreign, policy_text(author, row->set)))
				found |= same_in_set(m, value, target_set);
		}
	}
	return found;
}

/* Adds the value's equivalents to the image; false if the author knows none, or one that the target lacks. */
static bool equivalents(struct mapping *m, uint32_t value)
{
	enum told told = m->direction == APPLIED_ENCRYPT ? sent_as(m, value) : read_as(m, value);
	return told == TOLD || (told == TOLD_NOTHING && in_equivalent_set(m, value));
}

static void image_clear(struct mapping *m)
{
	memset(m->image, 0, m->target->value_words * sizeof(uint64_t));
}

/* ---- the parts of a label ---- */

/* True if the label has a value of this tag set, type and lacv. */
static bool has_by_lacv(const struct label *label, struct slice set_ref, uint32_t type, uint32_t lacv)
{
	const struct policy *p = label->policy;
	for (uint32_t v = 0; v < p->value_count; v++)
		if (bit_get(label->bits, v) && p->tags[p->values[v].tag].type == type && value_has_lacv(p, v, lacv) &&
		    is_set(p, p->tags[p->values[v].tag].set, set_ref))
			return true;
	return false;
}

/* When reading, what an equivalent classification requires is a condition on the label that is read. */
static bool needs_met(const struct mapping *m, struct form_span needs)
{
	for (uint32_t i = needs.first; i < needs.first + needs.count; i++) {
		const struct need_row *need = &m->author->needs[i];
		if (!has_by_lacv(m->from, policy_text(m->author, need->set), need->type, need->lacv))
			return false;
	}
	return true;
}

/* The classification that a row of the author's class stands for, or FORM_NONE. */
static uint32_t class_of_row(const struct mapping *m, uint32_t author_class, const struct equivalent_row *row)
{
	if (!counts(m, row))
		return FORM_NONE;
	if (m->direction == APPLIED_ENCRYPT)
		return author_class == m->from->class ? class_by_lacv(m->target, row->lacv) : FORM_NONE;
	return row->lacv == m->source->classes[m->from->class].lacv && needs_met(m, row->needs) ? author_class
												: FORM_NONE;
}

static enum err map_class(struct mapping *m, struct form_span *ret_needs)
{
	const struct policy *p = m->author;
	uint32_t found = FORM_NONE;
	for (uint32_t c = 0; c < p->class_count; c++) {
		struct form_span rows = p->classes[c].equivalents;
		for (uint32_t i = rows.first; i < rows.first + rows.count; i++) {
			uint32_t class = class_of_row(m, c, &p->equivalents[i]);
			if (class == FORM_NONE || class == found)
				continue;
			if (found != FORM_NONE)
				return diag_fail(
					m->diag, ERR_AMBIGUOUS,
					"classification %.*s has several equivalents in policy %.*s: %.*s, %.*s",
					SLICE_ARG(label_classification(m->from)), SLICE_ARG(policy_name(m->target)),
					SLICE_ARG(policy_text(m->target, m->target->classes[found].name)),
					SLICE_ARG(policy_text(m->target, m->target->classes[class].name)));
			found = class;
			*ret_needs = p->equivalents[i].needs;
		}
	}
	if (found == FORM_NONE)
		return diag_fail(m->diag, ERR_NOT_FOUND, "classification %.*s has no equivalent in policy %.*s",
				 SLICE_ARG(label_classification(m->from)), SLICE_ARG(policy_name(m->target)));
	m->to->class = found;
	return ERR_OK;
}

/* Puts the image into the result. */
static void add_image(struct mapping *m)
{
	const struct policy *p = m->target;
	for (uint32_t v = 0; v < p->value_count; v++)
		if (bit_get(m->image, v)) {
			bit_set(m->to->bits, v);
			bit_set(m->to->bits + p->value_words, p->values[v].tag);
		}
}

static enum err map_values(struct mapping *m)
{
	const struct policy *p = m->source;
	image_clear(m);
	for (uint32_t v = 0; v < p->value_count; v++)
		if (bit_get(m->from->bits, v) && !equivalents(m, v))
			return diag_fail(m->diag, ERR_NOT_FOUND, "'%.*s' has no equivalent in policy %.*s",
					 SLICE_ARG(policy_text(p, p->values[v].name)),
					 SLICE_ARG(policy_name(m->target)));
	add_image(m);
	return ERR_OK;
}

/* One requiredCategory of the author: needs [first, end). All of them are added; of a choice one must be there already,
 * because only people can choose. */
static enum err add_requirement(struct mapping *m, uint32_t first, uint32_t end)
{
	const struct policy *p = m->author;
	uint32_t operation = end - first > 1 ? p->needs[first].operation : REQUIRE_ALL, present = 0;
	image_clear(m);
	for (uint32_t i = first; i < end; i++) {
		const struct need_row *need = &p->needs[i];
		struct slice set = policy_text(p, need->set);
		present += has_by_lacv(m->to, set, need->type, need->lacv);
		if (!is_clear(need->type, put_by_lacv(m->target, set, need->type, need->lacv, m->image)))
			return diag_fail(m->diag, ERR_NOT_FOUND,
					 "policy %.*s requires a category that %.*s does not clearly have",
					 SLICE_ARG(policy_name(p)), SLICE_ARG(policy_name(m->target)));
	}
	if (operation == REQUIRE_ALL)
		add_image(m);
	else if (present == 0 || (present > 1 && operation == REQUIRE_ONLY_ONE))
		return diag_fail(m->diag, ERR_AMBIGUOUS,
				 "policy %.*s requires one of several categories in %.*s: people must choose",
				 SLICE_ARG(policy_name(p)), SLICE_ARG(policy_name(m->target)));
	return ERR_OK;
}

static enum err add_needs(struct mapping *m, struct form_span needs)
{
	for (uint32_t i = needs.first, end = i; i < needs.first + needs.count; i = end) {
		while (end < needs.first + needs.count &&
		       m->author->needs[end].requirement == m->author->needs[i].requirement)
			end++;
		TRY(add_requirement(m, i, end));
	}
	return ERR_OK;
}

static enum err add_all_needs(struct mapping *m, struct form_span of_class)
{
	const struct policy *p = m->author;
	if (m->direction != APPLIED_ENCRYPT)
		return ERR_OK;
	TRY(add_needs(m, of_class));
	for (uint32_t i = 0; i < p->peer_count; i++)
		if (names_other(m, p->peers[i].name))
			TRY(add_needs(m, p->peers[i].needs));
	return ERR_OK;
}

/* ---- nothing gets wider ---- */

/* True if whoever passes the result holds something that stands for the image: a restrictive value of it, or a
 * permissive tag that holds nothing else. */
static bool image_binds(const struct mapping *m)
{
	const struct policy *p = m->target;
	for (uint32_t t = 0; t < p->tag_count; t++) {
		struct form_span span = p->tags[t].values;
		uint32_t in_image = 0, in_label = 0;
		for (uint32_t v = span.first; v < span.first + span.count; v++) {
			in_image += bit_get(m->image, v);
			in_label += bit_get(m->to->bits, v);
		}
		if (in_image &&
		    (p->tags[t].type == TAG_RESTRICTIVE || (p->tags[t].type == TAG_PERMISSIVE && in_image == in_label)))
			return true;
	}
	return false;
}

static enum err loses(const struct mapping *m, struct slice limit)
{
	return diag_fail(m->diag, ERR_NOT_FOUND, "nothing in policy %.*s stands for the limits of %.*s",
			 SLICE_ARG(policy_name(m->target)), SLICE_ARG(limit));
}

/* Each restrictive value, and each permissive tag as a whole, must bind readers of the result as well. */
static enum err check_limits(struct mapping *m)
{
	const struct policy *p = m->source;
	for (uint32_t t = 0; t < p->tag_count; t++) {
		const struct tag_row *tag = &p->tags[t];
		image_clear(m);
		for (uint32_t v = tag->values.first; v < tag->values.first + tag->values.count; v++) {
			if (tag->type > TAG_PERMISSIVE || !bit_get(m->from->bits, v))
				continue;
			equivalents(m, v);
			if (tag->type == TAG_RESTRICTIVE && !image_binds(m))
				return loses(m, policy_text(p, p->values[v].name));
			if (tag->type == TAG_RESTRICTIVE)
				image_clear(m);
		}
		if (tag->type == TAG_PERMISSIVE && bit_get(tags_present(p, m->from->bits), t) && !image_binds(m))
			return loses(m, policy_text(p, p->sets[tag->set].name));
	}
	return ERR_OK;
}

static enum err check_valid(const struct label *label, uint64_t now_ms, const char *which, struct diag *diag)
{
	AUTO_BUF reasons = buf_make(LIMIT_LABEL_XML);
	enum err err = label_check(label, LABEL_READ, now_ms, &reasons);
	struct slice first;
	slice_split(buf_slice(&reasons), '\n', &first);
	return err == ERR_OK ? ERR_OK
			     : diag_fail(diag, err, "the %s label is not valid: %.*s", which, SLICE_ARG(first));
}

/* ---- all together ---- */

/* True if the policy has an equivalent classification for the other one in this direction. */
static bool speaks(struct mapping *m, const struct policy *author, const struct policy *other, uint32_t direction)
{
	m->author = author;
	m->other = other;
	m->direction = direction;
	for (uint32_t c = 0; c < author->class_count; c++) {
		struct form_span rows = author->classes[c].equivalents;
		for (uint32_t i = rows.first; i < rows.first + rows.count; i++)
			if (counts(m, &author->equivalents[i]))
				return true;
	}
	return false;
}

static enum err map(struct mapping *m, uint64_t now_ms)
{
	struct form_span needs = {0};
	if (!speaks(m, m->source, m->target, APPLIED_ENCRYPT) && !speaks(m, m->target, m->source, APPLIED_DECRYPT))
		return diag_fail(m->diag, ERR_NOT_FOUND, "classification %.*s has no equivalent in policy %.*s",
				 SLICE_ARG(label_classification(m->from)), SLICE_ARG(policy_name(m->target)));
	TRY(check_valid(m->from, now_ms, "given", m->diag));
	TRY(map_class(m, &needs));
	TRY(map_values(m));
	TRY(add_all_needs(m, needs));
	TRY(check_limits(m));
	return check_valid(m->to, now_ms, "mapped", m->diag);
}

enum err label_map(const struct policy_set *set, const struct label *label, struct slice target_name, uint64_t now_ms,
		   struct arena *arena, const struct label **ret_label, struct diag *diag)
{
	struct mapping m = {
		.from = label, .source = label->policy, .target = policy_set_find(set, target_name), .diag = diag};
	if (!m.target)
		return diag_fail(diag, ERR_UNKNOWN, "policy '%.*s' is unknown here",
				 SLICE_ARG(slice_take(target_name, 128)));
	if (m.target == label->policy) {
		*ret_label = label;
		return ERR_OK;
	}
	m.to = label_new(m.target, arena);
	m.image = policy_bits(m.target, arena);
	if (!m.to || !m.image)
		return ERR_MEMORY;
	m.to->review_ms = label->review_ms;
	TRY(map(&m, now_ms));
	*ret_label = m.to;
	return ERR_OK;
}
