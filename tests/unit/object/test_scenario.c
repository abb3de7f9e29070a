/* The written scenario is what its ORIGIN.md says: every report is offered whole, with labels that may be given today. */
#include "../../support/test.h"
#include "object/text.h"
#include "policies.h"

#include <dirent.h>

static const char *root;

static size_t check_report(const char *name)
{
	AUTO_ARENA arena = {0};
	struct offer offer;
	struct diag diag = {0};
	if (text_offer(test_policies(root), test_file(root, name, &arena), SLICE(""), &arena, &offer, &diag) != ERR_OK)
		fail_msg("%s: %s", name, diag.text);
	const struct offer_portion *portions = offer.portions.items;
	bool mixed = false;
	for (size_t i = 0; i < offer.portions.count; i++) {
		const struct label *label;
		AUTO_BUF reasons = buf_make(65536);
		assert_ok(label_parse_compact(test_policies(root), portions[i].label, &arena, &label, &diag));
		if (label_check(label, LABEL_NEW, 1790000000000, &reasons) != ERR_OK)
			fail_msg("%s, line %u: %.*s", name, portions[i].line, SLICE_ARG(buf_slice(&reasons)));
		mixed = mixed || !slice_equal(portions[i].label, portions[0].label);
	}
	if (offer.portions.count < 3)
		fail_msg("%s has fewer than three portions", name);
	return mixed;
}

static void every_report_of_the_scenario_is_offered_whole(void **state)
{
	(void)state;
	static const char *const NATIONS[] = {"NATO", "USA", "KOR", "LTU"};
	size_t reports = 0, mixed = 0;
	for (size_t i = 0; i < 4; i++) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/scenario/%s", root, NATIONS[i]);
		DIR *folder = opendir(path);
		assert_non_null(folder);
		for (struct dirent *entry; (entry = readdir(folder));) {
			if (!strstr(entry->d_name, ".txt"))
				continue; /* places and the like are STIX, put by the stories */
			snprintf(path, sizeof(path), "scenario/%s/%s", NATIONS[i], entry->d_name);
			mixed += check_report(path);
			reports++;
		}
		closedir(folder);
	}
	assert_int_equal(reports, 72);
	assert_true(mixed > reports / 2);
}

int main(int argc, char **argv)
{
	root = argc > 1 ? argv[1] : ".";
	json_start(1);
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_report_of_the_scenario_is_offered_whole)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
