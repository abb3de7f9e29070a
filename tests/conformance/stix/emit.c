/* Prints what a node emits, one JSON object a line: each valid document of tests/data/stix, taken apart, labelled,
 * signed over and put together again as its reader gets it; then the marking-definitions of labels. */
#include "../../unit/object/build.h"
#include "../../unit/object/policies.h"
#include "object/stix.h"

#include <stdarg.h>

static const char *const LABELS[] = {LABEL_PUBLIC, LABEL_SECRET, LABEL_KOREA, "NATO|RESTRICTED|P:Context=NATO"};
enum { LABEL_COUNT = 4 };

static void die(const char *what, enum err err, const struct diag *diag)
{
	fprintf(stderr, "%s: %s %s\n", what, err_text(err), diag ? diag->text : "");
	exit(1);
}

static void print_line(const struct buf *json)
{
	if (json->err != ERR_OK)
		die("print", json->err, NULL);
	fwrite(json->data, 1, json->len, stdout);
	putchar('\n');
}

static void emit_offer(
	const struct policy_set *policies, struct stix_map *map, const struct offer *offer, struct arena *arena)
{
	static struct build build;
	size_t positions[LIMIT_PORTIONS];
	struct rendition_view view;
	const struct offer_portion *portions = offer->portions.items;
	char *id = arena_text(arena, offer->id);
	AUTO_BUF json = buf_make(LIMIT_JSON_BYTES);
	build_start(&build);
	for (size_t i = 0; i < offer->portions.count; i++) {
		build_add_offered(&build, &portions[i]);
		positions[i] = i;
	}
	enum err err = build_manifest(&build, id);
	if (err == ERR_OK)
		err = rendition_open(build_rendition(&build, positions, offer->portions.count), arena, &view);
	if (err == ERR_OK)
		err = stix_print_mapped(policies, map, &view, offer->modified ? offer->modified : 1767323045678, &json);
	if (err != ERR_OK)
		die(id, err, NULL);
	print_line(&json);
	build_done(&build);
}

static void emit_document(const struct policy_set *policies, struct stix_map *map, json_t *document, const char *label)
{
	AUTO_ARENA arena = {0};
	struct offers offers;
	struct diag diag = {0};
	struct stix_input input = {policies, slice_text(label), NULL, 0, NULL, false};
	enum err err = stix_offer(&input, document, &arena, &offers, &diag);
	if (err != ERR_OK)
		die("offer", err, &diag);
	for (size_t i = 0; i < offers.count; i++)
		emit_offer(policies, map, &offers.items[i], &arena);
}

int main(int argc, char **argv)
{
	const char *root = argc > 1 ? argv[1] : ".";
	AUTO_ARENA arena = {0};
	struct stix_map map;
	struct diag diag = {0};
	json_start(13);
	const struct policy_set *policies = test_policies(root);
	enum err err = stix_map_parse(policies, test_file(root, "policy/tlp.map", &arena), &arena, &map, &diag);
	if (err != ERR_OK)
		die("policy/tlp.map", err, &diag);
	AUTO_JSON *documents = NULL;
	err = json_read(test_file(root, "tests/data/stix/valid.json", &arena), LIMIT_JSON_BYTES, &documents, &diag);
	if (err != ERR_OK)
		die("valid.json", err, &diag);
	for (size_t i = 0; i < json_array_size(documents); i++)
		emit_document(policies, &map, json_array_get(documents, i), LABELS[i % LABEL_COUNT]);
	for (size_t i = 0; i < LABEL_COUNT; i++) {
		AUTO_BUF json = buf_make(LIMIT_JSON_BYTES);
		err = stix_print_marking(policies, slice_text(LABELS[i]), &json);
		if (err != ERR_OK)
			die(LABELS[i], err, NULL);
		print_line(&json);
	}
	return 0;
}
