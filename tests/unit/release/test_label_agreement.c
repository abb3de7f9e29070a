/* Property: seal's reader and the label room agree. On random labels and clearances of the project's policies, seal permits
 * exactly what the label room decides; on mutated octets, seal reads nothing that the label room refuses for its form. */
#include "../object/policies.h"
#include "../../support/test.h"

#include "release/seal_label.h"

#include <strings.h>

enum { ROUNDS = 20000, MUTATIONS = 20000 };

static const struct policy_set *policies;
static uint64_t random_state;

static uint32_t draw(uint32_t below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) % below;
}

struct tag_set {
	const char *head;
	const char *values[4]; /* ascending */
};
static const struct tag_set sets[] = {
	{"P:Context", {"NATO", "Releasable"}},
	{"P:Only", {"KOR", "LTU", "USA"}},
	{"P:Releasable To", {"KOR", "LTU", "NATO", "USA"}},
};
static const char *const levels[] = {"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET"};

static void put_tags(struct buf *text)
{
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		if (draw(3) == 0)
			continue;
		buf_printf(text, "|%s=", sets[i].head);
		char before = 0;
		for (size_t j = 0; j < 4 && sets[i].values[j]; j++) {
			if (draw(2))
				continue;
			buf_printf(text, "%.1s%s", before ? "," : "", sets[i].values[j]);
			before = ',';
		}
	}
}

static void put_label(struct buf *text)
{
	if (draw(8) == 0) {
		buf_put_text(text, "PUBLIC|UNMARKED");
		return;
	}
	buf_printf(text, "NATO|%s", levels[draw(5)]);
	put_tags(text);
}

/* As the label room prints it, so in its order. */
static bool put_clearance(struct buf *lines, struct arena *arena, const struct clearance **ret_clearance)
{
	AUTO_BUF text = buf_make(8192);
	uint32_t from = draw(5);
	buf_put_text(&text, "NATO|");
	for (uint32_t i = from, first = 1; i < 5; i++, first = 0)
		buf_printf(&text, "%.1s%s", first ? "" : ",", levels[i]);
	put_tags(&text);
	if (draw(2))
		buf_put_text(&text, "\nPUBLIC|UNMARKED");
	struct slice kept;
	assert_ok(arena_copy(arena, buf_slice(&text), &kept));
	if (clearance_parse_compact(policies, kept, arena, ret_clearance, NULL) != ERR_OK)
		return false;
	clearance_print_compact(*ret_clearance, lines);
	return true;
}

static enum verdict seal_says(struct slice label, struct slice lines)
{
	return seal_label_level(label, lines) == VERDICT_PERMIT ? seal_label_tags(label, lines) : VERDICT_DENY;
}

static void both_decide_alike(void **state)
{
	(void)state;
	size_t compared = 0, permitted = 0;
	random_state = 42;
	for (size_t i = 0; i < ROUNDS; i++) {
		AUTO_ARENA arena = {0};
		AUTO_BUF text = buf_make(8192);
		AUTO_BUF lines = buf_make(8192);
		const struct label *label;
		const struct clearance *clearance;
		put_label(&text);
		if (!put_clearance(&lines, &arena, &clearance))
			continue;
		if (label_parse_compact(policies, buf_slice(&text), &arena, &label, NULL) != ERR_OK)
			continue;
		enum verdict theirs = label_decide(label, clearance, 0, NULL);
		if (seal_says(buf_slice(&text), buf_slice(&lines)) != theirs)
			fail_msg("%.*s | %.*s: the label room %s", SLICE_ARG(buf_slice(&text)),
				 SLICE_ARG(buf_slice(&lines)), theirs == VERDICT_PERMIT ? "permits" : "denies");
		compared++;
		permitted += theirs == VERDICT_PERMIT;
	}
	assert_true(compared > ROUNDS / 2);
	assert_true(permitted > compared / 50 && permitted < compared / 2);
}

/* Only a policy tells that a name is the same but for its case: such a spelling is refused by the label room alone, and seal
 * knows no such name in any clearance. */
static bool is_matter_of_case(const struct diag *diag, struct slice text)
{
	const char *found = strstr(diag->text, "which is ");
	return found && strlen(found + 9) == text.len && strncasecmp(found + 9, (const char *)text.data, text.len) == 0;
}

static void seal_reads_no_form_that_the_label_room_refuses(void **state)
{
	(void)state;
	static const char alphabet[] = "|,=:%RPIM NATO7C\n";
	size_t read = 0;
	random_state = 7;
	for (size_t i = 0; i < MUTATIONS; i++) {
		AUTO_ARENA arena = {0};
		AUTO_BUF text = buf_make(8192);
		const struct label *label;
		struct diag diag = {0};
		put_label(&text);
		for (uint32_t n = draw(3); n; n--)
			text.data[draw((uint32_t)text.len)] = (uint8_t)alphabet[draw(sizeof(alphabet) - 1)];
		enum err err = label_parse_compact(policies, buf_slice(&text), &arena, &label, &diag);
		bool canonical = seal_label_is_canonical(buf_slice(&text));
		if (canonical && err == ERR_MALFORMED && !is_matter_of_case(&diag, buf_slice(&text)))
			fail_msg("only seal reads %.*s", SLICE_ARG(buf_slice(&text)));
		if (!canonical && err == ERR_OK)
			fail_msg("only the label room reads %.*s", SLICE_ARG(buf_slice(&text)));
		read += canonical;
	}
	assert_true(read > MUTATIONS / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_decide_alike),
		cmocka_unit_test(seal_reads_no_form_that_the_label_room_refuses),
	};
	policies = test_policies(TEST_ROOT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
