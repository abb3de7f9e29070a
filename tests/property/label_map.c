/* Mapping never widens: for our policies with random labels, and for random small policies with every label. Who stands
 * for whom is computed here once more, from the rows of the policies. */
#include "../unit/label/engine.h"

#include "label/policy.h"

static uint64_t seed = 20261124;

static uint32_t random_below(uint32_t bound)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 11) % bound;
}

/* ---- equivalents, once more ---- */

static bool text_is(const struct policy *p, struct form_text text, struct slice other)
{
	return slice_equal(policy_text(p, text), other);
}

static bool row_between(const struct policy *author, const struct equivalent_row *row, const struct policy *other,
			uint32_t direction)
{
	return row->applied & direction && text_is(author, row->policy, policy_name(other));
}

static uint32_t speaks(const struct policy *author, const struct policy *other, uint32_t direction)
{
	uint32_t count = 0;
	for (uint32_t c = 0; c < author->class_count; c++)
		for (uint32_t i = 0; i < author->classes[c].equivalents.count; i++)
			count += row_between(author, &author->equivalents[author->classes[c].equivalents.first + i],
					     other, direction);
	return count;
}

static bool class_stands(const struct policy *s, const struct policy *t, uint32_t a, uint32_t b)
{
	bool sending = speaks(s, t, APPLIED_ENCRYPT);
	const struct policy *author = sending ? s : t;
	const struct class_row *own = sending ? &s->classes[a] : &t->classes[b],
			       *foreign = sending ? &t->classes[b] : &s->classes[a];
	for (uint32_t i = 0; i < own->equivalents.count; i++) {
		const struct equivalent_row *row = &author->equivalents[own->equivalents.first + i];
		if (row_between(author, row, sending ? t : s, sending ? APPLIED_ENCRYPT : APPLIED_DECRYPT) &&
		    row->lacv == foreign->lacv)
			return true;
	}
	return false;
}

static bool set_is(const struct policy *p, uint32_t set, struct slice ref)
{
	return text_is(p, p->sets[set].oid, ref) || text_is(p, p->sets[set].name, ref);
}

/* Does value b of t stand for value a of s? */
static bool value_stands(const struct policy *s, const struct policy *t, uint32_t a, uint32_t b)
{
	bool sending = speaks(s, t, APPLIED_ENCRYPT);
	const struct policy *author = sending ? s : t, *other = sending ? t : s;
	uint32_t own = sending ? a : b, foreign = sending ? b : a;
	const struct entry_row *entry = &author->entries[author->values[own].first_entry],
			       *there = &other->entries[other->values[foreign].first_entry];
	const struct tag_row *own_tag = &author->tags[author->values[own].tag],
			     *tag = &other->tags[other->values[foreign].tag];
	uint32_t direction = sending ? APPLIED_ENCRYPT : APPLIED_DECRYPT;
	for (uint32_t i = 0; i < entry->equivalents.count; i++) {
		const struct equivalent_row *row = &author->equivalents[entry->equivalents.first + i];
		if (row_between(author, row, other, direction) && !row->discard && row->lacv == there->lacv &&
		    row->type == tag->type && set_is(other, tag->set, policy_text(author, row->set)))
			return true;
	}
	struct form_span whole = author->sets[own_tag->set].equivalents;
	for (uint32_t i = whole.first; i < whole.first + whole.count; i++)
		if (row_between(author, &author->equivalents[i], other, direction) && own_tag->type == tag->type &&
		    set_is(other, tag->set, policy_text(author, author->equivalents[i].set)) &&
		    text_is(author, author->values[own].name, policy_text(other, other->values[foreign].name)))
			return true;
	return false;
}

/* ---- labels and clearances as bits ---- */

static void put(const struct policy *p, uint64_t *bits, uint32_t value)
{
	bit_set(bits, value);
	bit_set(bits + p->value_words, p->values[value].tag);
}

static struct clearance *empty_clearance(const struct policy *p, struct arena *arena)
{
	struct clearance *clearance = ARENA_NEW(arena, struct clearance);
	struct clearance_part *part = ARENA_NEW(arena, struct clearance_part);
	part->policy = p;
	part->bits = policy_bits(p, arena);
	clearance->parts = part;
	return clearance;
}

static uint64_t *held(struct clearance *clearance)
{
	return (uint64_t *)(uintptr_t)clearance->parts->bits;
}

/* Does b stand for a value of this tag that the label holds? */
static bool stands_for_tag(const struct label *from, uint32_t tag, const struct policy *t, uint32_t b)
{
	struct form_span span = from->policy->tags[tag].values;
	for (uint32_t v = span.first; v < span.first + span.count; v++)
		if (bit_get(from->bits, v) && value_stands(from->policy, t, v, b))
			return true;
	return false;
}

/* In this label, do other tags than a's put something into b's tag that a's tag does not? */
static bool shared_tag(const struct label *from, const struct policy *t, uint32_t a, uint32_t b)
{
	const struct policy *s = from->policy;
	struct form_span span = t->tags[t->values[b].tag].values;
	for (uint32_t w = span.first; w < span.first + span.count; w++)
		for (uint32_t tag = 0; tag < s->tag_count; tag++)
			if (tag != s->values[a].tag && stands_for_tag(from, tag, t, w) &&
			    !stands_for_tag(from, s->values[a].tag, t, w))
				return true;
	return false;
}

/* What a holder of `there` holds here: the classifications whose equivalents he holds, and the values that something he
 * holds stands for, in a tag where this label puts nothing else. */
static struct clearance *pulled_back(const struct label *from, const struct policy *t, struct clearance *there,
				     struct arena *arena)
{
	const struct policy *s = from->policy;
	struct clearance *here = empty_clearance(s, arena);
	for (uint32_t a = 0; a < s->class_count; a++)
		for (uint32_t b = 0; b < t->class_count; b++)
			if (there->parts->classes >> b & 1 && class_stands(s, t, a, b))
				here->parts->classes |= 1u << a;
	for (uint32_t a = 0; a < s->value_count; a++) {
		bool some = false, all = true;
		for (uint32_t b = 0; bit_get(from->bits, a) && b < t->value_count; b++) {
			if (!value_stands(s, t, a, b) || t->tags[t->values[b].tag].type > TAG_PERMISSIVE)
				continue;
			if (t->tags[t->values[b].tag].type == TAG_PERMISSIVE && shared_tag(from, t, a, b))
				continue;
			some |= bit_get(held(there), b);
			all &= t->tags[t->values[b].tag].type == TAG_PERMISSIVE || bit_get(held(there), b);
		}
		if (some && all)
			put(s, held(here), a);
	}
	return here;
}

/* ---- our policies ---- */

static const char *const names[] = {"NATO", "USA", "KOR", "LTU", "EXERCISE", "KOR-LTU", "PUBLIC"};
enum { POLICIES = 7 };

static const struct policy_set *all_policies(void)
{
	static const char *const files[] = {"nato", "usa", "kor", "ltu", "exercise", "bilateral", "public"};
	static struct policy_set *set;
	if (set)
		return set;
	set = policy_set_new();
	for (size_t i = 0; i < POLICIES; i++)
		assert_ok(policy_set_add(set, policy_of(file_of(arena_printf(keep(), "policy/%s.xml", files[i])))));
	return set;
}

static const struct policy *policy_named(const char *name)
{
	return policy_set_find(all_policies(), slice_text(name));
}

/* Adds what the values of a label require in any case. */
static void add_required(struct label *label)
{
	const struct policy *p = label->policy;
	for (uint32_t v = 0; v < p->value_count; v++) {
		struct form_span span = p->entries[p->values[v].first_entry].requirements;
		for (uint32_t r = span.first; bit_get(label->bits, v) && r < span.first + span.count; r++)
			for (uint32_t g = 0;
			     p->requirements[r].operation == REQUIRE_ALL && g < p->requirements[r].groups.count; g++)
				put(p, label->bits, p->refs[p->groups[p->requirements[r].groups.first + g].refs.first]);
	}
}

/* A random label, or NULL when it is not valid. */
static const struct label *random_label(const struct policy *p, struct arena *arena)
{
	struct label *label = label_new(p, arena);
	label->class = random_below(p->class_count);
	for (uint32_t t = 0; t < p->tag_count; t++) {
		struct form_span span = p->tags[t].values;
		bool context = text_is(p, p->sets[p->tags[t].set].name, SLICE("Context"));
		for (uint32_t n = context ? 0 : random_below(8) / 2; n > 0 && span.count; n--)
			put(p, label->bits, span.first + random_below(span.count));
		if (context)
			put(p, label->bits, tag_value(p, t, SLICE("NATO")));
	}
	for (uint32_t v = 0; v < p->value_count && random_below(2); v++) /* many outsiders make no label */
		if (random_below(3) == 0)
			bit_clear(label->bits, v);
	for (uint32_t t = 0; t < p->tag_count; t++)
		if (!bits_meet(label->bits, label->bits, p->tags[t].values) && random_below(20))
			bit_clear(label->bits + p->value_words, t);
	add_required(label);
	return label_check(label, LABEL_NEW, NOW, NULL) == ERR_OK ? label : NULL;
}

static struct clearance *random_clearance(const struct policy *p, struct arena *arena)
{
	struct clearance *clearance = empty_clearance(p, arena);
	uint32_t odds = 1 + random_below(4);
	clearance->parts->classes = random_below(1u << p->class_count);
	for (uint32_t v = 0; v < p->value_count; v++)
		if (random_below(4) < odds)
			put(p, held(clearance), v);
	return clearance;
}

/* Somebody of a nation, as an administrator would clear him: levels up to one, his nation wherever nations are named,
 * NATO if he belongs to it, and the partners' context if not. */
static struct clearance *regular_clearance(const struct policy *p, struct arena *arena)
{
	static const char *const nations[] = {"USA", "LTU", "DEU", "GBR", "KOR", "AUS", "JPN"};
	uint32_t nation = random_below(7), top = random_below(p->class_count);
	bool member = nation < 4;
	struct clearance *clearance = empty_clearance(p, arena);
	for (uint32_t c = 0; c < p->class_count; c++)
		if (p->classes[c].hierarchy <= p->classes[top].hierarchy)
			clearance->parts->classes |= 1u << c;
	for (uint32_t v = 0; v < p->value_count; v++) {
		struct form_text name = p->values[v].name;
		bool permissive = p->tags[p->values[v].tag].type == TAG_PERMISSIVE;
		if ((!permissive && random_below(2)) || text_is(p, name, slice_text(nations[nation])) ||
		    (member && text_is(p, name, SLICE("NATO"))) ||
		    (!member && (text_is(p, name, SLICE("Releasable")) || text_is(p, name, SLICE("NATO PARTNERS")))))
			put(p, held(clearance), v);
	}
	return clearance;
}

static const struct label *mapped_to(const struct policy_set *set, const struct label *label, const struct policy *t,
				     struct arena *arena)
{
	const struct label *mapped;
	return label_map(set, label, policy_name(t), NOW, arena, &mapped, NULL) == ERR_OK ? mapped : NULL;
}

static void nobody_reads_an_equivalent_who_could_not_read_the_label(void **state)
{
	(void)state;
	for (size_t a = 0; a < POLICIES; a++)
		for (size_t b = 0; b < POLICIES; b++) {
			const struct policy *s = policy_named(names[a]), *t = policy_named(names[b]);
			size_t mapped = 0, permitted = 0;
			for (int i = 0; a != b && i < 1500; i++) {
				AUTO_ARENA arena = {0};
				const struct label *label = random_label(s, &arena),
						   *other = label ? mapped_to(all_policies(), label, t, &arena) : NULL;
				if (!other)
					continue;
				mapped++;
				assert_ok(label_check(other, LABEL_READ, NOW, NULL));
				for (int k = 0; k < 30; k++) {
					struct clearance *there =
						k % 2 ? random_clearance(t, &arena) : regular_clearance(t, &arena);
					if (label_decide(other, there, 0, NULL) != VERDICT_PERMIT)
						continue;
					permitted++;
					if (label_decide(label, pulled_back(label, t, there, &arena), 0, NULL) !=
					    VERDICT_PERMIT)
						fail_msg("%s becomes %s, which somebody reads", printed(label),
							 printed(other));
				}
			}
			bool linked = speaks(s, t, APPLIED_ENCRYPT) || speaks(t, s, APPLIED_DECRYPT);
			if (linked != (mapped > 0) || (linked && permitted < 30))
				fail_msg("%s to %s: %zu mapped, %zu permitted", names[a], names[b], mapped, permitted);
		}
}

static void there_and_back_never_widens(void **state)
{
	(void)state;
	size_t back = 0, permitted = 0;
	for (size_t a = 0; a < POLICIES; a++)
		for (size_t b = 0; b < POLICIES; b++)
			for (int i = 0; a != b && i < 1500; i++) {
				AUTO_ARENA arena = {0};
				const struct policy *s = policy_named(names[a]), *t = policy_named(names[b]);
				const struct label *label = random_label(s, &arena),
						   *other = label ? mapped_to(all_policies(), label, t, &arena) : NULL,
						   *again = other ? mapped_to(all_policies(), other, s, &arena) : NULL;
				back += again != NULL;
				for (int k = 0; again && k < 30; k++) {
					struct clearance *clearance = regular_clearance(s, &arena);
					if (label_decide(again, clearance, 0, NULL) != VERDICT_PERMIT)
						continue;
					permitted++;
					if (label_decide(label, clearance, 0, NULL) != VERDICT_PERMIT)
						fail_msg("%s comes back as %s", printed(label), printed(again));
				}
			}
	assert_true(back > 300 && permitted > 300);
}

static void markings_of_our_policies_read_back(void **state)
{
	(void)state;
	static const char *const languages[] = {"", "ko", "lt", "fr"}, *const places[] = {"pageTopBottom",
											  "portionMarking"};
	for (size_t a = 1; a < POLICIES; a++) {
		size_t valid = 0;
		for (int i = 0; i < 1500; i++) {
			AUTO_ARENA arena = {0};
			const struct label *label = random_label(policy_named(names[a]), &arena), *again;
			bool wordless = false;
			for (uint32_t t = 0; label && t < label->policy->tag_count; t++)
				wordless |= bit_get(tags_present(label->policy, label->bits), t) &&
					    !bits_meet(label->bits, label->bits, label->policy->tags[t].values);
			valid += label && !wordless;
			for (int k = 0; label && !wordless && k < 8; k++) {
				AUTO_BUF line = buf_make(LIMIT_LABEL_TEXT);
				struct diag diag = {0};
				label_mark(label, slice_text(places[k % 2]), slice_text(languages[k / 2]), &line);
				if (a == 4)
					assert_true(slice_has_prefix(buf_slice(&line), SLICE("EXERCISE")));
				if (label_parse_marking(all_policies(), buf_slice(&line), &arena, &again, &diag) !=
				    ERR_OK)
					fail_msg("%s: %.*s: %s", printed(label), SLICE_ARG(buf_slice(&line)),
						 diag.text);
				assert_string_equal(printed(again), printed(label));
			}
		}
		assert_true(valid > 100);
	}
}

/* ---- random small policies, every label, every clearance ---- */

static void put_rows(struct buf *xml, const char *other)
{
	static const char *const targets[] = {"tagSetId='R' tagType='restrictive'", "tagSetId='P' tagType='permissive'",
					      "tagSetId='Q' tagType='permissive'", "tagSetId='I' tagType='tagType7'"};
	for (uint32_t n = random_below(8) < 6 ? 1 + random_below(2) : 0; n > 0; n--)
		buf_printf(xml, "<equivalentSecCategoryTag policyRef='%s' %s lacv='%u' applied='%s'%s/>", other,
			   targets[random_below(4)], 1 + random_below(2), random_below(2) ? "both" : "encrypt",
			   random_below(6) ? "" : " action='discard'");
}

static const struct policy *small_policy(const char *name, const char *oid, const char *other)
{
	static const char *const tags[][2] = {
		{"R", "restrictive"}, {"P", "permissive"}, {"Q", "permissive"}, {"I", "tagType7"}};
	AUTO_BUF xml = buf_make(LIMIT_POLICY_XML);
	buf_printf(&xml,
		   "<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' creationDate='20240101000000Z'>"
		   "<securityPolicyId name='%s' id='%s'/><securityClassifications>",
		   name, oid);
	for (uint32_t c = 1; c <= 2; c++)
		buf_printf(&xml,
			   "<securityClassification name='C%u' lacv='%u' hierarchy='%u'><equivalentClassification "
			   "policyRef='%s' lacv='%u' applied='both'/></securityClassification>",
			   c, c, c, other, 1 + random_below(2));
	buf_put_text(&xml, "</securityClassifications><securityCategoryTagSets>");
	for (uint32_t t = 0; t < 4; t++) {
		buf_printf(&xml,
			   "<securityCategoryTagSet name='%s' id='%s.%u'><securityCategoryTag name='%s' tagType='%s'>",
			   tags[t][0], oid, t, tags[t][0], tags[t][1]);
		for (uint32_t v = 1; v <= 2; v++) {
			buf_printf(&xml, "<tagCategory name='%s%u' lacv='%u'>", tags[t][0], v, v);
			put_rows(&xml, other);
			buf_put_text(&xml, "</tagCategory>");
		}
		buf_put_text(&xml, "</securityCategoryTag></securityCategoryTagSet>");
	}
	buf_printf(&xml, "</securityCategoryTagSets><equivalentPolicies><equivalentPolicy name='%s'>", other);
	if (random_below(3) == 0)
		buf_printf(&xml,
			   "<requiredCategory operation='all'><categoryGroup tagSetRef='P' tagType='permissive' "
			   "lacv='%u'/></requiredCategory>",
			   1 + random_below(2));
	buf_put_text(&xml, "</equivalentPolicy></equivalentPolicies></SPIF>");
	return policy_of(buf_slice(&xml));
}

/* Every label of a small policy: 2 classifications, 4 sets of values in each of three tags and 2 in the last. */
static const struct label *numbered_label(const struct policy *p, uint32_t i, struct arena *arena)
{
	struct label *label = label_new(p, arena);
	label->class = i & 1;
	for (uint32_t bit = 0; bit < 7; bit++)
		if (i >> (1 + bit) & 1)
			put(p, label->bits, bit);
	return label;
}

static void no_small_policy_finds_a_way_to_widen(void **state)
{
	(void)state;
	size_t mapped = 0, refused = 0, permitted = 0;
	for (int round = 0; round < 60; round++) {
		const struct policy *s = small_policy("S", "1.1", "T"), *t = small_policy("T", "1.2", "S");
		struct policy_set *set = policy_set_new();
		assert_ok(policy_set_add(set, s));
		assert_ok(policy_set_add(set, t));
		for (uint32_t i = 0; i < 256; i++) {
			AUTO_ARENA arena = {0};
			const struct label *label = numbered_label(s, i, &arena),
					   *other = mapped_to(set, label, t, &arena);
			mapped += other != NULL;
			refused += other == NULL;
			for (uint32_t c = 0; other && c < 256; c += 1 + random_below(5)) {
				struct clearance *there = empty_clearance(t, &arena);
				there->parts->classes = 1u << (c & 1);
				for (uint32_t bit = 0; bit < 7; bit++)
					if (c >> (1 + bit) & 1)
						put(t, held(there), bit);
				if (label_decide(other, there, 0, NULL) != VERDICT_PERMIT)
					continue;
				permitted++;
				if (label_decide(label, pulled_back(label, t, there, &arena), 0, NULL) !=
				    VERDICT_PERMIT)
					fail_msg("%s becomes %s", printed(label), printed(other));
			}
		}
		policy_set_free(set);
	}
	assert_true(mapped > 500 && refused > 500 && permitted > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_reads_an_equivalent_who_could_not_read_the_label),
		cmocka_unit_test(there_and_back_never_widens),
		cmocka_unit_test(markings_of_our_policies_read_back),
		cmocka_unit_test(no_small_policy_finds_a_way_to_widen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
