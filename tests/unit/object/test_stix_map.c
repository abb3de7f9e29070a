/* Foreign markings and our labels: what they mean, and that nothing ever widens. */
#include "../../support/test.h"
#include "object/stix.h"
#include "policies.h"

static struct arena arena;
static const char *root;
static struct stix_map map;
static struct diag diag;

static enum err parse(const char *text, struct stix_map *ret_map)
{
	diag = (struct diag){0};
	return stix_map_parse(test_policies(root), slice_text(text), &arena, ret_map, &diag);
}

static int read_map(void **state)
{
	(void)state;
	return stix_map_parse(test_policies(root), test_file(root, "policy/tlp.map", &arena), &arena, &map, &diag) ==
			       ERR_OK
		       ? 0
		       : -1;
}

/* ---- the table ---- */

static void a_table_is_read_whole_or_refused_with_its_line(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum err err;
		uint32_t line;
	} rows[] = {
		{"", ERR_OK, 0},
		{"# only words\n\n", ERR_OK, 0},
		{"tlp:green NATO RESTRICTED\npap:red keep\n\"Copyright 2026\" refuse", ERR_OK, 0},
		{"tlp:green\n", ERR_MALFORMED, 1},
		{"tlp:green NATO RESTRICTED\ntlp:green PUBLIC", ERR_MALFORMED, 2},
		{"tlp:white PUBLIC\ntlp:clear PUBLIC", ERR_MALFORMED, 2},
		{"green NATO RESTRICTED", ERR_MALFORMED, 1},
		{"\"\" keep", ERR_MALFORMED, 1},
		{"tlp:green COSMIC", ERR_UNKNOWN, 1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct stix_map parsed;
		enum err err = parse(rows[i].text, &parsed);
		if (rows[i].err == ERR_MALFORMED)
			assert_int_not_equal(err, ERR_OK);
		else
			assert_int_equal(err, rows[i].err);
		assert_int_equal(diag.line, rows[i].line);
	}
}

static void limits_of_a_table_hold_at_their_edge(void **state)
{
	(void)state;
	for (int beyond = -1; beyond <= 1; beyond++) {
		struct stix_map parsed;
		AUTO_BUF rows = buf_make(STIX_MAP_TEXT), text = buf_make(2 * STIX_MAP_TEXT);
		for (int i = 0; i < STIX_MAP_ROWS + beyond; i++)
			buf_printf(&rows, "\"statement %d\" keep\n", i);
		enum err err = stix_map_parse(test_policies(root), buf_slice(&rows), &arena, &parsed, &diag);
		assert_int_equal(err, beyond > 0 ? ERR_TOO_LARGE : ERR_OK);
		while (text.len < (size_t)(STIX_MAP_TEXT + beyond))
			buf_put_octet(&text, '\n');
		err = stix_map_parse(test_policies(root), buf_slice(&text), &arena, &parsed, &diag);
		assert_int_equal(err, beyond > 0 ? ERR_TOO_LARGE : ERR_OK);
	}
}

static struct slice key_of(const char *id, const char *definition)
{
	AUTO_BUF key = buf_make(4096);
	AUTO_JSON *object = NULL;
	struct slice copy;
	if (definition)
		assert_ok(json_read(slice_text(definition), 4096, &object, NULL));
	stix_map_key(slice_text(id), object, &key);
	assert_ok(arena_copy(&arena, buf_slice(&key), &copy));
	return copy;
}

static void markings_are_known_by_id_and_by_definition(void **state)
{
	(void)state;
	assert_slice(key_of("marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", NULL), "tlp:green");
	assert_slice(key_of("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", NULL), "tlp:clear");
	assert_slice(key_of("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", NULL), "tlp:red");
	assert_slice(key_of("x", "{\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"WHITE\"}}"), "tlp:clear");
	assert_slice(
		key_of("x",
			"{\"extensions\":{\"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d\":{\"tlp_2_0\":"
			"\"amber+strict\"}}}"),
		"tlp:amber+strict");
	assert_slice(key_of("x", "{\"definition_type\":\"statement\",\"definition\":{\"statement\":\"PAP:RED\"}}"),
		"pap:red");
	assert_slice(key_of("x", "{\"definition_type\":\"statement\",\"definition\":{\"statement\":\"TLP: Amber\"}}"),
		"tlp:amber");
	assert_slice(key_of("x", "{\"definition_type\":\"statement\",\"definition\":{\"statement\":\"Copyright\"}}"),
		"Copyright");
	assert_slice(key_of("x", "{\"name\":\"TLP:GREEN\"}"), "tlp:green");
	assert_slice(key_of("x", NULL), "");
}

/* ---- in ---- */

#define TIMES                                                                                                          \
	"\"created\":\"2026-01-02T03:04:05.678Z\",\"modified\":\"2026-01-03T03:04:05.678Z\",\"spec_version\":\"2.1\""
#define TOOL(more)                                                                                                     \
	"{\"type\":\"tool\",\"id\":\"tool--0b1ce5e1-0000-4000-8000-00000000000a\"," TIMES ",\"name\":\"T\"" more "}"
#define REFS(ids) ",\"object_marking_refs\":[" ids "]"
#define GREEN "\"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb\""
#define AMBER "\"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421\""
#define AMBER_1 "\"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82\""
#define RED "\"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1\""
#define OTHER "\"marking-definition--0b1ce5e1-0000-4000-8000-00000000000b\""

static enum err offer(const char *text, const char *label, bool asserted, struct slice *ret_label)
{
	AUTO_JSON *document = NULL;
	struct offers offers;
	diag = (struct diag){0};
	assert_ok(json_read(slice_text(text), 65536, &document, NULL));
	struct stix_input input = {test_policies(root), slice_text(label), NULL, 0, &map, asserted};
	TRY(stix_offer(&input, document, &arena, &offers, &diag));
	*ret_label = ((const struct offer_portion *)offers.items[0].portions.items)->label;
	return ERR_OK;
}

static void the_strictest_marking_of_an_object_or_a_part_is_its_label(void **state)
{
	(void)state;
	struct slice label;
	assert_ok(offer(TOOL(REFS(GREEN)), "PUBLIC|UNMARKED", false, &label));
	assert_slice(label, "NATO|UNCLASSIFIED|P:Context=NATO");
	assert_ok(offer(TOOL(REFS(GREEN "," AMBER_1)), "PUBLIC|UNMARKED", false, &label));
	assert_slice(label, "NATO|RESTRICTED|P:Context=NATO");
	assert_ok(offer(TOOL(REFS(AMBER "," GREEN)), "PUBLIC|UNMARKED", false, &label));
	assert_slice(label, "NATO|RESTRICTED|P:Context=NATO");
	assert_ok(
		offer(TOOL(REFS(GREEN) ",\"granular_markings\":[{\"marking_ref\":" AMBER ",\"selectors\":[\"name\"]}]"),
			"PUBLIC|UNMARKED", false, &label));
	assert_slice(label, "NATO|RESTRICTED|P:Context=NATO");
}

static void what_has_no_meaning_takes_the_channel_and_what_a_person_says_counts(void **state)
{
	(void)state;
	struct slice label;
	assert_ok(offer(TOOL(REFS(OTHER)), LABEL_SECRET, false, &label));
	assert_slice(label, LABEL_SECRET);
	assert_ok(offer(TOOL(""), LABEL_SECRET, false, &label));
	assert_slice(label, LABEL_SECRET);
	assert_ok(offer(TOOL(REFS(GREEN)), LABEL_SECRET, true, &label));
	assert_slice(label, LABEL_SECRET);
}

static void red_comes_in_with_a_label_of_ours_only(void **state)
{
	(void)state;
	struct slice label;
	assert_int_equal(offer(TOOL(REFS(RED)), "PUBLIC|UNMARKED", false, &label), ERR_INVALID);
	assert_non_null(strstr(diag.text, "tlp:red"));
	assert_int_equal(
		offer(TOOL(REFS(GREEN) ",\"granular_markings\":[{\"marking_ref\":" RED ",\"selectors\":[\"name\"]}]"),
			"PUBLIC|UNMARKED", false, &label),
		ERR_INVALID);
	assert_ok(offer(TOOL(REFS(RED)), LABEL_SECRET, true, &label));
}

static void a_level_that_a_node_added_is_taken_out_again(void **state)
{
	(void)state;
	AUTO_JSON *document = NULL;
	struct offers offers;
	assert_ok(json_read(SLICE(TOOL(REFS(GREEN
				    "," AMBER) ",\"extensions\":{\"" STIX_PORTIONS "\":{\"extension_type\":"
					       "\"property-extension\",\"tlp\":" AMBER
					       ",\"portions\":[{\"kind\":\"head\",\"label\":\"" LABEL_SECRET "\"}]}}")),
		65536, &document, NULL));
	struct stix_input input = {test_policies(root), SLICE(""), NULL, 0, &map, false};
	assert_ok(stix_offer(&input, document, &arena, &offers, &diag));
	const struct offer_portion *head = offers.items[0].portions.items;
	char *text = arena_text(&arena, head->content);
	assert_non_null(strstr(text, "bab4a63c"));
	assert_null(strstr(text, "55d920b0"));
	assert_slice(head->label, LABEL_SECRET);
}

/* ---- out: never wider than the label ---- */

static const char *const CLASSES[] = {"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET"};
static const char *const TAGS[] = {
	"|P:Context=NATO",
	"|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO",
	"|P:Context=NATO,Releasable|P:Only=KOR,LTU",
	"|P:Context=NATO|P:Only=LTU,USA",
	"|P:Context=NATO|P:Only=LTU",
	"|R:Additional Sensitivity=DEMO|P:Context=NATO",
};
static const char *const HOLDINGS[] = {
	"|P:Context=NATO|P:Only=LTU,NATO|P:Releasable To=LTU,NATO",
	"|P:Context=NATO|P:Only=NATO,USA|P:Releasable To=NATO,USA",
	"|P:Context=Releasable|P:Only=KOR|P:Releasable To=KOR",
	"|R:Additional Sensitivity=DEMO|P:Context=NATO|P:Only=NATO,USA|P:Releasable To=NATO,USA",
	"|P:Context=NATO",
	"",
};
enum { CLASS_COUNT = 5, TAG_COUNT = 6, HOLDING_COUNT = 6 };

static const struct label *read_label(const char *text)
{
	const struct label *label;
	return label_parse_compact(test_policies(root), slice_text(text), &arena, &label, NULL) == ERR_OK ? label
													  : NULL;
}

static const struct clearance *read_clearance(size_t classes, const char *holding)
{
	AUTO_BUF text = buf_make(4096);
	const struct clearance *clearance;
	buf_put_text(&text, "NATO|");
	for (size_t i = 0; i < classes; i++)
		buf_printf(&text, "%s%s", i ? "," : "", CLASSES[i]);
	buf_printf(&text, "%s\nPUBLIC|UNMARKED", holding);
	assert_ok(clearance_parse_compact(test_policies(root), buf_slice(&text), &arena, &clearance, &diag));
	return clearance;
}

static bool admits(const struct label *label, const struct clearance *clearance)
{
	return label_decide(label, clearance, 0, NULL) == VERDICT_PERMIT;
}

static void check_never_wider(const char *text, size_t *compared)
{
	const struct label *label = read_label(text);
	if (!label || label_check(label, LABEL_READ, UINT64_MAX, NULL) != ERR_OK)
		return;
	int tlp = stix_map_export(&map, slice_text(text));
	static const char *const keys[] = {"tlp:clear", "tlp:green", "tlp:amber", "tlp:amber+strict", "tlp:red"};
	const struct stix_map_row *row = stix_map_find(&map, slice_text(keys[tlp]));
	assert_non_null(row);
	assert_int_equal(row->meaning, tlp == TLP_RED ? MEANING_REFUSE : MEANING_LABEL);
	for (size_t classes = 1; row->label && classes <= CLASS_COUNT; classes++)
		for (size_t i = 0; i < HOLDING_COUNT; i++) {
			const struct clearance *clearance = read_clearance(classes, HOLDINGS[i]);
			if (admits(row->label, clearance) && !admits(label, clearance))
				fail_msg("%s goes out as %s and comes back wider", text, keys[tlp]);
			(*compared)++;
		}
}

static void a_label_that_goes_out_as_tlp_and_comes_back_admits_nobody_more(void **state)
{
	(void)state;
	char text[512];
	size_t compared = 0;
	check_never_wider(LABEL_PUBLIC, &compared);
	for (size_t i = 0; i < CLASS_COUNT; i++)
		for (size_t j = 0; j < TAG_COUNT; j++) {
			snprintf(text, sizeof(text), "NATO|%s%s", CLASSES[i], TAGS[j]);
			check_never_wider(text, &compared);
		}
	assert_true(compared >= 90);
	assert_int_equal(stix_map_export(&map, SLICE(LABEL_PUBLIC)), TLP_CLEAR);
	assert_int_equal(stix_map_export(&map, SLICE("NATO|RESTRICTED|P:Context=NATO")), TLP_AMBER);
	assert_int_equal(stix_map_export(&map, SLICE(LABEL_SECRET)), TLP_RED);
	assert_int_equal(stix_map_export(&map, SLICE("no label")), TLP_RED);
}

int main(int argc, char **argv)
{
	root = argc > 1 ? argv[1] : ".";
	json_start(9);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_is_read_whole_or_refused_with_its_line),
		cmocka_unit_test(limits_of_a_table_hold_at_their_edge),
		cmocka_unit_test(markings_are_known_by_id_and_by_definition),
		cmocka_unit_test(the_strictest_marking_of_an_object_or_a_part_is_its_label),
		cmocka_unit_test(what_has_no_meaning_takes_the_channel_and_what_a_person_says_counts),
		cmocka_unit_test(red_comes_in_with_a_label_of_ours_only),
		cmocka_unit_test(a_level_that_a_node_added_is_taken_out_again),
		cmocka_unit_test(a_label_that_goes_out_as_tlp_and_comes_back_admits_nobody_more),
	};
	return cmocka_run_group_tests(tests, read_map, NULL);
}
