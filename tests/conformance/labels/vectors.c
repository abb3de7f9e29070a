/* SPDX-License-Identifier: Apache-2.0
 * Holds the engine against the published vectors (README.md describes them): vectors FOLDER, or vectors FILE.json….
 * A label is given to the engine as ADatP-4774 XML; where the vector has its compact form, that must come out of it and
 * must mean the same. Every disagreement is printed with the case's id; nothing is skipped: an unknown kind fails. */
#include "support.h"

#include "base/moment.h"
#include "xml.h"

#include <glob.h>
#include <jansson.h>

struct book {
	struct policy_set *set;
	struct arena arena; /* of one case */
	char answer[8192];  /* what the engine says to the case */
	char fault[1024];   /* what else is wrong: set, the case fails */
	char reasons[1024]; /* the engine's own, for people */
	size_t cases, failed;
};

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

static void answer(struct book *book, const char *text)
{
	snprintf(book->answer, sizeof(book->answer), "%s", text ? text : "");
}

static void fault(struct book *book, const char *what, const char *detail)
{
	if (!book->fault[0])
		snprintf(book->fault, sizeof(book->fault), "%s: %s", what, detail);
}

static uint64_t now_of(const json_t *vector)
{
	uint64_t now_ms = UINT64_MAX;
	const char *text = text_of(vector, "now");
	if (text[0] && moment_parse(slice_text(text), &now_ms) != ERR_OK) {
		fprintf(stderr, "%s: no moment\n", text);
		exit(2);
	}
	return now_ms;
}

static const char *printed(struct book *book, const struct label *label)
{
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	label_print_compact(label, &text);
	return arena_text(&book->arena, buf_slice(&text));
}

/* The label of a vector, or NULL when the engine refuses it. Sets the fault when its forms do not agree. */
static const struct label *label_of(struct book *book, const json_t *vector)
{
	AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
	put_label(&xml, vector);
	const struct label *label = NULL;
	struct diag diag = {0};
	enum err err = label_parse_xml(book->set, buf_slice(&xml), &book->arena, &label, &diag);
	const char *compact = text_of(vector, "compact");
	if (err != ERR_OK) {
		if (compact[0])
			fault(book, "a label is refused", diag.text);
		return NULL;
	}
	if (!compact[0]) {
		fault(book, "a label is read that the oracle refuses", printed(book, label));
		return NULL;
	}
	const struct label *again = label_read(book->set, compact, &book->arena);
	if (strcmp(printed(book, label), compact) != 0)
		fault(book, "read from XML, the compact form is", printed(book, label));
	else if (!again || strcmp(printed(book, again), compact) != 0)
		fault(book, "the compact form is not read as itself", compact);
	return again ? again : label;
}

/* The lines of all clearances. */
static const struct clearance *clearance_of(struct book *book, const json_t *vectors)
{
	AUTO_BUF lines = buf_make(65536);
	size_t i;
	const json_t *vector;
	json_array_foreach(vectors, i, vector) {
		if (i)
			buf_put_octet(&lines, '\n');
		put_clearance(&lines, vector);
	}
	const struct clearance *clearance = NULL;
	enum err err = clearance_parse_compact(book->set, buf_slice(&lines), &book->arena, &clearance, NULL);
	if (json_array_size(vectors) == 1) {
		AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
		const struct clearance *other = NULL;
		put_clearance_xml(&xml, json_array_get(vectors, 0));
		struct diag diag = {0};
		enum err from_xml = clearance_parse_xml(book->set, buf_slice(&xml), &book->arena, &other, &diag);
		/* XML is read with white space and, where the policy says so, in any case: it may be read where lines are not */
		if (from_xml != ERR_OK && err == ERR_OK)
			fault(book, "the clearance is refused as XML", diag.text);
		return other;
	}
	return err == ERR_OK ? clearance : NULL;
}

static void run_decision(struct book *book, const json_t *vector)
{
	const struct label *label = label_of(book, json_object_get(vector, "label"));
	const struct clearance *clearance = clearance_of(book, json_object_get(vector, "clearances"));
	if (!label || !clearance) {
		answer(book, "refused");
		return;
	}
	unsigned flags = json_is_true(json_object_get(vector, "own_staff")) ? DECIDE_OWN_STAFF : 0;
	struct diag explain = {0};
	enum verdict verdict = label_decide(label, clearance, flags, &explain);
	if (verdict != label_decide(label, clearance, flags, NULL))
		fault(book, "the decision depends on being explained", explain.text);
	if (verdict == VERDICT_DENY && !explain.text[0])
		fault(book, "a denial is not explained", "");
	/* the engine answers "not comparable" as a denial */
	bool foreign = strcmp(text_of(vector, "expect"), "not comparable") == 0;
	answer(book, verdict == VERDICT_PERMIT ? "permit" : foreign ? "not comparable" : "deny");
}

static void run_validity(struct book *book, const json_t *vector)
{
	const struct label *label = label_of(book, json_object_get(vector, "label"));
	if (!label) {
		answer(book, "refused");
		return;
	}
	enum label_use use = strcmp(text_of(vector, "use"), "new") == 0 ? LABEL_NEW : LABEL_READ;
	AUTO_BUF reasons = buf_make(65536);
	bool valid = label_check(label, use, now_of(vector), &reasons) == ERR_OK;
	if (valid != (reasons.len == 0))
		fault(book, "verdict and reasons differ", arena_text(&book->arena, buf_slice(&reasons)));
	snprintf(book->reasons, sizeof(book->reasons), "%.*s", SLICE_ARG(buf_slice(&reasons)));
	answer(book, valid ? "valid" : "invalid");
}

static void run_marking(struct book *book, const json_t *vector)
{
	const struct label *label = label_of(book, json_object_get(vector, "label"));
	AUTO_BUF line = buf_make(LIMIT_LABEL_TEXT);
	if (label)
		label_mark(label, slice_text(text_of(vector, "location")), slice_text(text_of(vector, "language")), &line);
	answer(book, arena_text(&book->arena, buf_slice(&line)));
}

static void run_mapping(struct book *book, const json_t *vector)
{
	const struct label *label = label_of(book, json_object_get(vector, "label")), *mapped = NULL;
	struct diag diag = {0};
	struct slice target = slice_text(text_of(vector, "target"));
	if (label && label_map(book->set, label, target, now_of(vector), &book->arena, &mapped, &diag) == ERR_OK)
		answer(book, printed(book, mapped));
	snprintf(book->reasons, sizeof(book->reasons), "%s", diag.text);
}

static void run_aggregation(struct book *book, const json_t *vector)
{
	const struct label *labels[16], *whole = NULL;
	const json_t *list = json_object_get(vector, "labels");
	size_t count = json_array_size(list);
	for (size_t i = 0; i < count && i < 16; i++)
		if (!(labels[i] = label_of(book, json_array_get(list, i))))
			return;
	struct diag diag = {0};
	if (label_dominant(book->set, labels, count, &book->arena, &whole, &diag) == ERR_OK)
		answer(book, printed(book, whole));
	snprintf(book->reasons, sizeof(book->reasons), "%s", diag.text);
}

static void run_reading(struct book *book, const json_t *vector)
{
	const struct label *label = NULL;
	if (label_parse_xml(book->set, slice_text(text_of(vector, "xml")), &book->arena, &label, NULL) == ERR_OK)
		answer(book, printed(book, label));
}

/* A book of its own: policies one after the other. The answers are joined by commas. */
static void run_loading(struct book *book, const json_t *vector)
{
	struct policy_set *set = policy_set_new();
	AUTO_BUF answers = buf_make(1024);
	size_t i;
	const json_t *name;
	json_array_foreach(json_object_get(vector, "load"), i, name) {
		enum err err = policy_set_add(set, policy_load(json_string_value(name)));
		buf_printf(&answers, "%s%s", i ? "," : "", err == ERR_OK ? "added" : err == ERR_CONFLICT ? "conflict" : "failed");
	}
	policy_set_free(set);
	answer(book, arena_text(&book->arena, buf_slice(&answers)));
}

static const struct {
	const char *name;
	void (*run)(struct book *book, const json_t *vector);
} kinds[] = {
	{"decision", run_decision}, {"validity", run_validity}, {"marking", run_marking}, {"mapping", run_mapping},
	{"aggregation", run_aggregation}, {"reading", run_reading}, {"loading", run_loading},
};

/* The expectation as text: a string, "" for null, a list joined by commas. */
static void expected(const json_t *vector, struct buf *text)
{
	const json_t *expect = json_object_get(vector, "expect"), *part;
	size_t i;
	if (json_is_string(expect))
		buf_put_text(text, json_string_value(expect));
	json_array_foreach(expect, i, part)
		buf_printf(text, "%s%s", i ? "," : "", json_string_value(part));
}

static void run_case(struct book *book, const char *kind, const json_t *vector)
{
	AUTO_BUF want = buf_make(65536);
	expected(vector, &want);
	book->answer[0] = book->fault[0] = book->reasons[0] = '\0';
	size_t k = 0;
	while (k < sizeof(kinds) / sizeof(kinds[0]) && strcmp(kinds[k].name, kind) != 0)
		k++;
	if (k < sizeof(kinds) / sizeof(kinds[0]))
		kinds[k].run(book, vector);
	else
		fault(book, "unknown kind", kind);
	book->cases++;
	if (book->fault[0] || !slice_equal(slice_text(book->answer), buf_slice(&want))) {
		book->failed++;
		printf("%s (%s): expected \"%.*s\", engine \"%s\" %s%s\n", text_of(vector, "id"), text_of(vector, "note"),
		       SLICE_ARG(buf_slice(&want)), book->answer, book->fault, book->reasons);
	}
	arena_done(&book->arena);
}

static void run_file(const char *name, size_t *cases, size_t *failed)
{
	struct slice bytes = file_read(name);
	json_error_t error;
	json_t *root = json_loadb((const char *)bytes.data, bytes.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	if (!root || strcmp(text_of(root, "format"), "openbices-label-vectors-1") != 0) {
		fprintf(stderr, "%s: %s\n", name, root ? "not a file of vectors" : error.text);
		exit(2);
	}
	struct book book = {.set = policy_set_new()};
	size_t i;
	const json_t *item;
	json_array_foreach(json_object_get(root, "policies"), i, item)
		if (policy_set_add(book.set, policy_load(json_string_value(item))) != ERR_OK)
			exit(2);
	json_array_foreach(json_object_get(root, "cases"), i, item) {
		char kind[32] = "";
		sscanf(text_of(item, "id"), "%*[^/]/%31[a-z]", kind);
		run_case(&book, kind, item);
	}
	*cases += book.cases;
	*failed += book.failed;
	policy_set_free(book.set);
	json_decref(root);
}

int main(int argc, char **argv)
{
	size_t cases = 0, failed = 0;
	for (int i = 1; i < argc; i++) {
		bool file = slice_has_suffix(slice_text(argv[i]), SLICE(".json"));
		glob_t found = {0};
		if (glob(file ? argv[i] : arena_printf(kept(), "%s/*.json", argv[i]), 0, NULL, &found) != 0)
			fprintf(stderr, "%s: nothing there\n", argv[i]);
		for (size_t j = 0; j < found.gl_pathc; j++)
			run_file(found.gl_pathv[j], &cases, &failed);
		globfree(&found);
	}
	printf("%zu cases, %zu disagreements\n", cases, failed);
	arena_done(kept());
	return failed || !cases ? 1 : 0;
}
