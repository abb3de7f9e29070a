#include "../../support/test.h"
#include "build.h"
#include "object/stix.h"
#include "object/text.h"
#include "policies.h"

static struct arena arena;
static struct offer offer;
static struct diag diag;
static const char *root;

static enum err offer_text(const char *text, const char *label)
{
	diag = (struct diag){0};
	offer = (struct offer){0};
	return text_offer(test_policies(root), slice_text(text), slice_text(label), &arena, &offer, &diag);
}

static const struct offer_portion *portion_at(size_t i)
{
	assert_true(i < offer.portions.count);
	return (const struct offer_portion *)offer.portions.items + i;
}

#define REPORT \
	"(NATO SECRET) Attack on the port of Aldermere\n\n(NATO SECRET) Members only.\n(NATO SECRET REL TO KOR) For Korea.\n" \
	"(NATO SECRET LTU, KOR ONLY) For two.\n\n(PUBLIC) \"Everybody\"\n\\(all).\n"

static void each_paragraph_gets_its_label(void **state)
{
	(void)state;
	assert_ok(offer_text(REPORT, ""));
	assert_slice(offer.type, STIX_REPORT_TYPE);
	assert_slice(offer.id, "");
	assert_slice(offer.title, "Attack on the port of Aldermere");
	assert_int_equal(offer.portions.count, 5);
	static const char *const LABELS[] = {LABEL_SECRET, LABEL_SECRET, LABEL_KOREA, LABEL_ONLY, LABEL_PUBLIC};
	for (size_t i = 0; i < 5; i++)
		assert_slice(portion_at(i)->label, LABELS[i]);
	assert_slice(portion_at(0)->content, "{\"extensions\":{\"" STIX_REPORT "\":{\"extension_type\":\"new-sdo\"}},"
					     "\"name\":\"Attack on the port of Aldermere\",\"spec_version\":\"2.1\"}");
	assert_slice(portion_at(4)->content, "\"Everybody\"\n(all).");
	assert_slice(portion_at(4)->index_text, "\"Everybody\"\n(all).");
	assert_int_equal(portion_at(4)->line, 7);
}

static void the_head_is_in_canonical_form(void **state)
{
	(void)state;
	assert_ok(offer_text("(PUBLIC) A \"quoted\" title\twith \\ and 한글\n", ""));
	AUTO_JSON *head = NULL;
	AUTO_BUF text = buf_make(65536);
	assert_ok(json_read(portion_at(0)->content, 65536, &head, NULL));
	json_canonical(head, &text);
	assert_true(slice_equal(buf_slice(&text), portion_at(0)->content));
	assert_slice(json_slice(json_object_get(head, "name")), "A \"quoted\" title\twith \\ and 한글");
}

static void a_part_without_a_marking_takes_the_callers_or_is_refused(void **state)
{
	(void)state;
	assert_ok(offer_text("Title\n\ntext\n\n(PUBLIC) more", LABEL_SECRET));
	assert_slice(portion_at(0)->label, LABEL_SECRET);
	assert_slice(portion_at(1)->label, LABEL_SECRET);
	assert_slice(portion_at(2)->label, LABEL_PUBLIC);
	assert_int_equal(offer_text("(PUBLIC) Title\n\n(PUBLIC) a\n\ntext", ""), ERR_MALFORMED);
	assert_int_equal(diag.line, 5);
	assert_non_null(strstr(diag.text, "--marking"));
	assert_int_equal(offer_text("Title\n\n(PUBLIC) a", ""), ERR_MALFORMED);
	assert_int_equal(diag.line, 1);
}

static void parentheses_that_hold_no_marking_name_their_line(void **state)
{
	(void)state;
	assert_int_equal(offer_text("(PUBLIC) Title\n\n(PUBLIC) a\n(see annex) b", LABEL_SECRET), ERR_MALFORMED);
	assert_int_equal(diag.line, 4);
	assert_non_null(strstr(diag.text, "see annex"));
	assert_non_null(strstr(diag.text, "line 4"));
	assert_null(offer.portions.items);
}

int main(int argc, char **argv)
{
	root = argc > 1 ? argv[1] : ".";
	json_start(1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_paragraph_gets_its_label),
		cmocka_unit_test(the_head_is_in_canonical_form),
		cmocka_unit_test(a_part_without_a_marking_takes_the_callers_or_is_refused),
		cmocka_unit_test(parentheses_that_hold_no_marking_name_their_line),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
