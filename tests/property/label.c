/* Properties of labels that must hold for every policy: lattice laws, round trips, monotony. A small policy is
 * enumerated completely; the NATO one is sampled with a fixed seed. */
#include "../unit/label/engine.h"

#include "label/policy.h"

#define ENUM(kind) "tagType='enumerated' enumType='" kind "'"

/* Two classifications, two values in each of three tags: all 2·4·5·4 labels and as many clearances. */
static const char small_policy[] =
	"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' "
	"creationDate='20240101000000Z'><securityPolicyId name='SMALL' id='1.1'/>"
	"<securityClassifications><securityClassification name='LOW' lacv='1' hierarchy='1'/>"
	"<securityClassification name='HIGH' lacv='2' "
	"hierarchy='2'/></securityClassifications><securityCategoryTagSets>"
	"<securityCategoryTagSet name='R' id='1.2'><securityCategoryTag name='T' " ENUM(
		"restrictive") "><tagCategory name='r1' lacv='1'/>"
			       "<tagCategory name='r2' lacv='2'/><markingQualifier><qualifier "
			       "qualifierCode='separator' markingQualifier=', '/></markingQualifier>"
			       "</securityCategoryTag></securityCategoryTagSet>"
			       "<securityCategoryTagSet name='P' id='1.3'><securityCategoryTag name='T' " ENUM(
				       "permissive") "><tagCategory name='p1' lacv='1'/>"
						     "<tagCategory name='p2' lacv='2'/><markingQualifier><qualifier "
						     "qualifierCode='prefix' markingQualifier='FOR "
						     "'/></markingQualifier>"
						     "</securityCategoryTag></securityCategoryTagSet>"
						     "<securityCategoryTagSet name='Q' id='1.4'><securityCategoryTag "
						     "name='T' " ENUM(
							     "permissive") "><tagCategory name='q1' lacv='1'/>"
									   "<tagCategory name='q2' "
									   "lacv='2'/><markingQualifier><qualifier "
									   "qualifierCode='suffix' markingQualifier=' "
									   "EYES'/></markingQualifier>"
									   "</securityCategoryTag></"
									   "securityCategoryTagSet></"
									   "securityCategoryTagSets></SPIF>";

static const struct policy_set *small(void)
{
	static const struct policy_set *set;
	if (!set)
		set = policies_of_text(small_policy);
	return set;
}

enum { LABELS = 2 * 4 * 5 * 5, CLEARANCES = 4 * 4 * 4 * 4, ABSENT = 4 };

static const char *const pairs[3][4] = {
	{"", "r1", "r2", "r1,r2"}, {"", "p1", "p2", "p1,p2"}, {"", "q1", "q2", "q1,q2"}};

/* Label number i: classification, restrictive values, and per permissive tag 0 (empty) … 3, or ABSENT. */
static const struct label *small_label(unsigned i)
{
	static const struct label *made[LABELS];
	if (made[i])
		return made[i];
	unsigned class = i % 2, r = i / 2 % 4, p = i / 8 % 5, q = i / 40;
	const char *text = arena_printf(keep(), "SMALL|%s%s%s%s%s%s%s", class ? "HIGH" : "LOW", r ? "|R:R=" : "",
					pairs[0][r], p == ABSENT ? "" : "|P:P=", p == ABSENT ? "" : pairs[1][p],
					q == ABSENT ? "" : "|P:Q=", q == ABSENT ? "" : pairs[2][q]);
	return made[i] = compact(small(), text);
}

/* Clearance number i; classifications 0 stands for none, which only a missing clearance expresses. */
static const struct clearance *small_clearance(unsigned i)
{
	static const struct clearance *made[CLEARANCES];
	static const char *const classes[] = {NULL, "LOW", "HIGH", "LOW,HIGH"};
	if (made[i])
		return made[i];
	unsigned c = i % 4, r = i / 4 % 4, p = i / 16 % 4, q = i / 64;
	if (!c)
		return made[i] = cleared(small(), "");
	const char *text = arena_printf(keep(), "SMALL|%s%s%s%s%s%s%s", classes[c], r ? "|R:R=" : "", pairs[0][r],
					p ? "|P:P=" : "", pairs[1][p], q ? "|P:Q=" : "", pairs[2][q]);
	return made[i] = cleared(small(), text);
}

/* The decision once more, by arithmetic on the numbers: nothing of the engine is used. */
static bool expected(unsigned label, unsigned clearance)
{
	unsigned class = label % 2, r = label / 2 % 4, p = label / 8 % 5, q = label / 40;
	bool level = clearance % 4 >> class & 1, all = !(r & ~(clearance / 4 % 4));
	bool some_p = p == ABSENT || p & (clearance / 16 % 4), some_q = q == ABSENT || q & (clearance / 64);
	return level && all && some_p && some_q;
}

static void the_decision_equals_its_definition_on_every_pair(void **state)
{
	(void)state;
	size_t permitted = 0;
	for (unsigned l = 0; l < LABELS; l++)
		for (unsigned c = 0; c < CLEARANCES; c++) {
			bool yes = label_decide(small_label(l), small_clearance(c), 0, NULL) == VERDICT_PERMIT;
			assert_int_equal(yes, expected(l, c));
			permitted += yes;
		}
	assert_true(permitted > 1000 && permitted < (size_t)LABELS * CLEARANCES / 2);
}

static void more_clearance_never_narrows(void **state)
{
	(void)state;
	for (unsigned l = 0; l < LABELS; l++)
		for (unsigned c = 0; c < CLEARANCES; c++)
			for (unsigned bit = 1; bit < CLEARANCES; bit <<= 1)
				if (!(c & bit) &&
				    label_decide(small_label(l), small_clearance(c), 0, NULL) == VERDICT_PERMIT)
					assert_int_equal(
						label_decide(small_label(l), small_clearance(c | bit), 0, NULL),
						VERDICT_PERMIT);
}

/* A caveat: one more restrictive value, or a permissive tag where there was none. */
static void adding_a_caveat_never_widens(void **state)
{
	(void)state;
	for (unsigned l = 0; l < LABELS; l++) {
		unsigned r = l / 2 % 4, p = l / 8 % 5, q = l / 40;
		for (unsigned c = 0; c < CLEARANCES; c++) {
			if (label_decide(small_label(l), small_clearance(c), 0, NULL) == VERDICT_PERMIT)
				continue;
			for (unsigned bit = 1; bit < 4; bit <<= 1)
				if (!(r & bit))
					assert_int_equal(
						label_decide(small_label(l + 2 * bit), small_clearance(c), 0, NULL),
						VERDICT_DENY);
			for (unsigned value = 0; value < ABSENT; value++) {
				if (p == ABSENT)
					assert_int_equal(label_decide(small_label(l - 8 * (ABSENT - value)),
								      small_clearance(c), 0, NULL),
							 VERDICT_DENY);
				if (q == ABSENT)
					assert_int_equal(label_decide(small_label(l - 40 * (ABSENT - value)),
								      small_clearance(c), 0, NULL),
							 VERDICT_DENY);
			}
		}
	}
}

static void a_combined_label_admits_only_whom_all_parts_admit(void **state)
{
	(void)state;
	size_t combined = 0;
	for (unsigned a = 0; a < LABELS; a += 3)
		for (unsigned b = 0; b < LABELS; b++) {
			AUTO_ARENA arena = {0};
			const struct label *both[] = {small_label(a), small_label(b)}, *whole;
			if (label_dominant(small(), both, 2, &arena, &whole, NULL) != ERR_OK)
				continue;
			combined++;
			/* the level of the whole is the higher one; who holds both levels is the fair witness */
			for (unsigned c = 3; c < CLEARANCES; c += 4)
				if (label_decide(whole, small_clearance(c), 0, NULL) == VERDICT_PERMIT)
					for (size_t i = 0; i < 2; i++)
						assert_int_equal(label_decide(both[i], small_clearance(c), 0, NULL),
								 VERDICT_PERMIT);
		}
	assert_true(combined > 1000);
}

static void every_small_label_survives_all_its_forms(void **state)
{
	(void)state;
	for (unsigned l = 0; l < LABELS; l++) {
		const struct label *label = small_label(l);
		AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
		assert_ok(label_print_xml(label, NOW, NOW, &xml));
		assert_string_equal(printed(label_of_xml(small(), arena_text(keep(), buf_slice(&xml)))),
				    printed(label));
		/* a permissive tag without a value has no words; every other label reads back from its marking */
		if (l / 8 % 5 && l / 40)
			assert_string_equal(printed(marking(small(), marked(label, "pageTopBottom", ""))),
					    printed(label));
	}
}

/* ---- the NATO policy, sampled ---- */

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A random label; most are invalid, so the caller filters. */
static const struct label *random_label(const struct policy *p, struct arena *arena, uint64_t *seed)
{
	struct label *label = label_new(p, arena);
	assert_non_null(label);
	label->class = (uint32_t)(next_random(seed) % p->class_count);
	for (uint32_t t = 0; t < p->tag_count; t++) {
		struct form_span span = p->tags[t].values;
		uint64_t count = next_random(seed) % 4;
		for (uint64_t i = 0; i < count && span.count; i++) {
			bit_set(label->bits, span.first + (uint32_t)(next_random(seed) % span.count));
			bit_set(label->bits + p->value_words, t);
		}
	}
	return label;
}

/* One context, and `Releasable` exactly when somebody outside is named: what a careful author would write. */
static const struct label *careful_label(struct arena *arena, uint64_t *seed)
{
	const struct policy *p = policy_set_find(own_policies(), SLICE("NATO"));
	struct label *label = (struct label *)(uintptr_t)random_label(p, arena, seed);
	uint32_t set = policy_set_index(p, SLICE("Context")), tag = p->sets[set].tags.first,
		 releasable = tag_value(p, tag, SLICE("Releasable"));
	struct form_span span = p->tags[tag].values;
	for (uint32_t v = span.first; v < span.first + span.count; v++)
		bit_clear(label->bits, v);
	bit_set(label->bits, span.first + (uint32_t)(next_random(seed) % span.count));
	bit_set(label->bits + p->value_words, tag);
	bit_clear(label->bits, releasable);
	AUTO_BUF why = buf_make(LIMIT_LABEL_XML);
	if (label_check(label, LABEL_NEW, NOW, &why) == ERR_INVALID &&
	    memmem(why.data, why.len, "Context Releasable", 18))
		bit_set(label->bits, releasable);
	return label;
}

static void valid_nato_labels_read_back_from_every_form(void **state)
{
	(void)state;
	uint64_t seed = 20261124;
	size_t valid = 0, released = 0;
	for (int i = 0; i < 20000; i++) {
		AUTO_ARENA arena = {0};
		const struct label *label = careful_label(&arena, &seed), *again;
		if (label_check(label, LABEL_NEW, NOW, NULL) != ERR_OK)
			continue;
		valid++;
		AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT), xml = buf_make(LIMIT_LABEL_XML),
			 other = buf_make(LIMIT_LABEL_TEXT);
		label_print_compact(label, &text);
		released += memmem(text.data, text.len, "Releasable|", 11) != NULL;
		assert_ok(label_parse_compact(own_policies(), buf_slice(&text), &arena, &again, NULL));
		assert_ok(label_print_xml(again, NOW, NOW, &xml));
		assert_ok(label_parse_xml(own_policies(), buf_slice(&xml), &arena, &again, NULL));
		label_print_compact(again, &other);
		assert_true(slice_equal(buf_slice(&text), buf_slice(&other)));
		static const char *const places[] = {"pageTopBottom", "portionMarking"}, *const languages[] = {"", "ko",
													       "fr"};
		for (int k = 0; k < 6; k++) {
			AUTO_BUF line = buf_make(LIMIT_LABEL_TEXT), back = buf_make(LIMIT_LABEL_TEXT);
			label_mark(label, slice_text(places[k % 2]), slice_text(languages[k / 2]), &line);
			struct diag diag = {0};
			if (label_parse_marking(own_policies(), buf_slice(&line), &arena, &again, &diag) != ERR_OK)
				fail_msg("%.*s: %s (%s)", SLICE_ARG(buf_slice(&line)), diag.text,
					 arena_text(&arena, buf_slice(&text)));
			label_print_compact(again, &back);
			if (!slice_equal(buf_slice(&text), buf_slice(&back)))
				fail_msg("%.*s: read back as %.*s, was %.*s", SLICE_ARG(buf_slice(&line)),
					 SLICE_ARG(buf_slice(&back)), SLICE_ARG(buf_slice(&text)));
		}
	}
	assert_true(valid > 1000 && released > 300);
}

static void policies_found_in_the_wild_give_labels_that_read_back(void **state)
{
	(void)state;
	static const char *const files[] = {"tests/data/spif/acme.xml", "tests/data/spif/nato-v88.xml",
					    "tests/data/spif/public-v1.xml"};
	uint64_t seed = 88;
	for (size_t f = 0; f < 3; f++) {
		const struct policy_set *set = policies_of_file(files[f]);
		for (int i = 0; i < 2000; i++) {
			AUTO_ARENA arena = {0};
			const struct label *label = random_label(policy_set_at(set, 0), &arena, &seed), *again;
			AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT), other = buf_make(LIMIT_LABEL_TEXT),
				 xml = buf_make(LIMIT_LABEL_XML);
			label_print_compact(label, &text);
			assert_ok(label_parse_compact(set, buf_slice(&text), &arena, &again, NULL));
			assert_ok(label_print_xml(again, NOW, NOW, &xml));
			assert_ok(label_parse_xml(set, buf_slice(&xml), &arena, &again, NULL));
			label_print_compact(again, &other);
			assert_true(slice_equal(buf_slice(&text), buf_slice(&other)));
		}
	}
}

/* ---- any policy, sampled ---- */

enum { PAIRS = 20000 };

static const char *const found_policies[] = {"tests/data/spif/acme.xml", "tests/data/spif/nato-v88.xml", "policy/nato.xml"};

struct pair {
	struct label *label;
	struct clearance clearance;
	struct clearance_part part;
	uint64_t *bits; /* of the clearance */
};

/* A label of few words and a clearance that holds much, so that about as many are permitted as denied. */
static void random_pair(const struct policy *p, struct arena *arena, uint64_t *seed, struct pair *pair)
{
	pair->label = (struct label *)(uintptr_t)random_label(p, arena, seed);
	pair->bits = policy_bits(p, arena);
	assert_non_null(pair->bits);
	for (uint32_t v = 0; v < p->value_count; v++)
		if (next_random(seed) % 4)
			bit_set(pair->bits, v);
	pair->part = (struct clearance_part){
		.policy = p, .classes = (uint32_t)(next_random(seed) | next_random(seed)), .bits = pair->bits};
	pair->clearance.parts = &pair->part;
}

static bool permits(const struct label *label, const struct pair *pair)
{
	return label_decide(label, &pair->clearance, 0, NULL) == VERDICT_PERMIT;
}

static uint32_t random_of(uint64_t *seed, uint32_t count)
{
	return (uint32_t)(next_random(seed) % count);
}

static void more_clearance_never_narrows_under_any_policy(void **state)
{
	(void)state;
	uint64_t seed = 4774;
	for (size_t f = 0; f < sizeof(found_policies) / sizeof(found_policies[0]); f++) {
		const struct policy *p = policy_set_at(policies_of_file(found_policies[f]), 0);
		size_t permitted = 0;
		for (int i = 0; i < PAIRS; i++) {
			AUTO_ARENA arena = {0};
			struct pair pair;
			random_pair(p, &arena, &seed, &pair);
			bool before = permits(pair.label, &pair);
			permitted += before;
			pair.part.classes |= 1u << random_of(&seed, p->class_count);
			for (int k = 0; k < 3; k++)
				bit_set(pair.bits, random_of(&seed, p->value_count));
			assert_true(!before || permits(pair.label, &pair));
		}
		assert_true(permitted > PAIRS / 50 && permitted < PAIRS);
	}
}

/* One more restrictive value, or a permissive tag where there was none. */
static bool add_caveat(struct label *label, uint64_t *seed)
{
	const struct policy *p = label->policy;
	uint32_t v = random_of(seed, p->value_count), t = p->values[v].tag;
	bool there = bit_get(tags_present(p, label->bits), t);
	if (p->tags[t].type != TAG_RESTRICTIVE && (p->tags[t].type != TAG_PERMISSIVE || there))
		return false;
	bit_set(label->bits, v);
	bit_set(label->bits + p->value_words, t);
	return true;
}

static void adding_a_caveat_never_widens_under_any_policy(void **state)
{
	(void)state;
	uint64_t seed = 4778;
	for (size_t f = 0; f < sizeof(found_policies) / sizeof(found_policies[0]); f++) {
		const struct policy *p = policy_set_at(policies_of_file(found_policies[f]), 0);
		size_t added = 0;
		for (int i = 0; i < PAIRS; i++) {
			AUTO_ARENA arena = {0};
			struct pair pair;
			random_pair(p, &arena, &seed, &pair);
			bool before = permits(pair.label, &pair);
			added += add_caveat(pair.label, &seed);
			assert_true(before || !permits(pair.label, &pair));
		}
		assert_true(added > PAIRS / 50);
	}
}

/* Each permissive tag that both labels have is the same in both. */
static bool same_people(const struct label *a, const struct label *b)
{
	const struct policy *p = a->policy;
	for (uint32_t t = 0; t < p->tag_count; t++) {
		bool both = bit_get(tags_present(p, a->bits), t) && bit_get(tags_present(p, b->bits), t);
		struct form_span span = p->tags[t].values;
		for (uint32_t v = span.first; both && p->tags[t].type == TAG_PERMISSIVE && v < span.first + span.count; v++)
			if (bit_get(a->bits, v) != bit_get(b->bits, v))
				return false;
	}
	return true;
}

/* Who holds every classification sees the whole only if he sees every part; and, where the whole speaks of the same
 * people as its parts, always then. */
static void a_whole_admits_whom_all_parts_admit_under_any_policy(void **state)
{
	(void)state;
	static const char *const files[] = {"tests/data/spif/nato-v88.xml", "policy/nato.xml"};
	uint64_t seed = 44;
	for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++) {
		const struct policy_set *set = policies_of_file(files[f]);
		const struct policy *p = policy_set_at(set, 0);
		size_t combined = 0, equal = 0;
		for (int i = 0; i < PAIRS; i++) {
			AUTO_ARENA arena = {0};
			struct pair pair, other;
			random_pair(p, &arena, &seed, &pair);
			random_pair(p, &arena, &seed, &other);
			if (i % 2) { /* the same but for what it restricts and tells */
				memcpy(other.label->bits, pair.label->bits, (p->value_words + p->tag_words) * sizeof(uint64_t));
				(void)add_caveat(other.label, &seed);
			}
			pair.part.classes = UINT32_MAX;
			const struct label *both[] = {pair.label, other.label}, *whole;
			if (label_dominant(set, both, 2, &arena, &whole, NULL) != ERR_OK)
				continue;
			combined++;
			bool parts = permits(both[0], &pair) && permits(both[1], &pair);
			assert_true(!permits(whole, &pair) || parts);
			if (!same_people(whole, both[0]) || !same_people(whole, both[1]))
				continue;
			equal++;
			assert_int_equal(permits(whole, &pair), parts);
		}
		assert_true(combined > 20 && equal > 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_decision_equals_its_definition_on_every_pair),
		cmocka_unit_test(more_clearance_never_narrows),
		cmocka_unit_test(adding_a_caveat_never_widens),
		cmocka_unit_test(a_combined_label_admits_only_whom_all_parts_admit),
		cmocka_unit_test(every_small_label_survives_all_its_forms),
		cmocka_unit_test(valid_nato_labels_read_back_from_every_form),
		cmocka_unit_test(policies_found_in_the_wild_give_labels_that_read_back),
		cmocka_unit_test(more_clearance_never_narrows_under_any_policy),
		cmocka_unit_test(adding_a_caveat_never_widens_under_any_policy),
		cmocka_unit_test(a_whole_admits_whom_all_parts_admit_under_any_policy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
