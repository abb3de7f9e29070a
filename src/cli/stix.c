/* stix check, stix id, stix mend: STIX documents held against the standard, without a node. */
#include "cli/stix.h"

#include "cli/command.h"

#include "base/limits.h"
#include "object/stix_check.h"
#include "object/stix_convert.h"
#include "object/stix_mend.h"

struct check_options {
	bool json, notes;
};

static json_t *finding_json(const struct stix_finding *finding, const char *level)
{
	json_t *object = json_pack("{s:s, s:s, s:o, s:o, s:o}", "level", level, "rule", finding->rule, "id",
		json_text(finding->id), "path", json_text(finding->path), "text", json_text(finding->text));
	if (object && finding->object != STIX_NO_OBJECT)
		json_object_set_new(object, "object", json_integer((json_int_t)finding->object));
	return object;
}

static size_t shown(size_t count)
{
	return count < LIMIT_FINDINGS ? count : LIMIT_FINDINGS;
}

static json_t *findings_json(const char *file, const struct stix_findings *findings, bool notes)
{
	json_t *list = json_array();
	for (size_t i = 0; i < shown(findings->error_count); i++)
		json_array_append_new(list, finding_json(&findings->errors[i], "error"));
	for (size_t i = 0; notes && i < shown(findings->note_count); i++)
		json_array_append_new(list, finding_json(&findings->notes[i], "note"));
	return json_pack("{s:s, s:b, s:I, s:I, s:o}", "file", file, "valid", findings->error_count == 0, "errors",
		(json_int_t)findings->error_count, "notes", (json_int_t)findings->note_count, "findings", list);
}

static void print_list(const char *file, const struct stix_finding *list, size_t count, const char *level)
{
	for (size_t i = 0; i < shown(count); i++) {
		AUTO_BUF line = buf_make(64 * 1024);
		stix_print_finding(&list[i], &line);
		printf("%s: %s: %.*s\n", file, level, SLICE_ARG(buf_slice(&line)));
	}
	if (count > LIMIT_FINDINGS)
		printf("%s: %zu more %ss\n", file, count - LIMIT_FINDINGS, level);
}

static void print_findings(const char *file, const struct stix_findings *findings, bool notes)
{
	print_list(file, findings->errors, findings->error_count, "error");
	if (notes)
		print_list(file, findings->notes, findings->note_count, "note");
	if (findings->error_count == 0)
		printf("%s: valid STIX 2.1%s\n", file,
			findings->note_count && !notes ? "; --notes shows what is unusual" : "");
}

static enum err read_json(const char *file, json_t **ret_document)
{
	struct diag diag = {0};
	AUTO_BUF text = buf_make(LIMIT_JSON_BYTES);
	TRY(file_read(file, &text));
	enum err err = json_read(buf_slice(&text), LIMIT_JSON_BYTES, ret_document, &diag);
	if (err != ERR_OK)
		complain_diag(err, file, &diag);
	return err;
}

/* 0 valid, 1 not, 2 unreadable. */
static int check_file(const char *file, const struct check_options *options, json_t *answers)
{
	AUTO_JSON *document = NULL;
	AUTO_ARENA arena = {0};
	struct diag diag = {0};
	struct stix_findings *findings = ARENA_NEW(&arena, struct stix_findings);
	if (!findings || read_json(file, &document) != ERR_OK)
		return 2;
	enum err err = stix_check(document, true, &arena, findings, &diag);
	if (err != ERR_OK)
		return complain_diag(err, file, &diag), 2;
	if (options->json)
		json_array_append_new(answers, findings_json(file, findings, options->notes));
	else
		print_findings(file, findings, options->notes);
	return findings->error_count > 0;
}

static int check(int argc, char **argv)
{
	struct check_options options = {0};
	const struct option_spec specs[] = {
		{"--json", NULL, &options.json, NULL}, {"--notes", NULL, &options.notes, NULL}, {0}};
	int code = 0;
	if (options_take(specs, &argc, argv) != ERR_OK)
		return 2;
	if (argc == 0)
		return complain(ERR_USAGE, "check what? give STIX files, or - for standard input");
	AUTO_JSON *answers = json_array();
	for (int i = 0; i < argc; i++) {
		int one = check_file(argv[i], &options, answers);
		code = one > code ? one : code;
	}
	if (options.json) {
		json_dumpf(answers, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
		putchar('\n');
	}
	return code;
}

/* ---- ids ---- */

static void print_id(json_t *object, struct arena *arena)
{
	struct slice id;
	if (stix_observable_id(object, arena, &id) == ERR_OK && id.len)
		printf("%s\t%.*s\n",
			json_is_string(json_object_get(object, "id")) ? json_string_value(json_object_get(object, "id"))
								      : "-",
			SLICE_ARG(id));
}

static int id(int argc, char **argv)
{
	const struct option_spec specs[] = {{0}};
	AUTO_JSON *document = NULL;
	AUTO_ARENA arena = {0};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return 2;
	if (argc != 1)
		return complain(ERR_USAGE, "ids of which file? give one STIX file, or - for standard input");
	enum err err = read_json(argv[0], &document);
	if (err != ERR_OK)
		return 2;
	json_t *objects = json_object_get(document, "objects"), *object;
	size_t i;
	json_array_foreach(objects, i, object) print_id(object, &arena);
	if (!objects)
		print_id(document, &arena);
	return 0;
}

/* ---- mending ---- */

static void say(const char *file, struct slice lines)
{
	while (lines.len) {
		struct slice line;
		lines = slice_split(lines, '\n', &line);
		fprintf(stderr, "bices: %s: %.*s\n", file, SLICE_ARG(line));
	}
}

enum err stix_mend_text(const char *file, struct buf *text)
{
	AUTO_JSON *document = NULL;
	AUTO_BUF said = buf_make(LIMIT_JSON_BYTES);
	struct diag diag = {0};
	enum err err = json_read(buf_slice(text), LIMIT_JSON_BYTES, &document, &diag);
	if (err == ERR_OK)
		err = stix_mend(document, &said);
	if (err != ERR_OK)
		return complain_diag(err, file, &diag), err;
	say(file, buf_slice(&said));
	buf_truncate(text, 0);
	json_canonical(document, text);
	return text->err;
}

static int mend(int argc, char **argv)
{
	const struct option_spec specs[] = {{0}};
	AUTO_BUF text = buf_make(LIMIT_JSON_BYTES);
	if (options_take(specs, &argc, argv) != ERR_OK)
		return 2;
	if (argc != 1)
		return complain(ERR_USAGE, "mend which file? give one STIX file, or - for standard input");
	if (file_read(argv[0], &text) != ERR_OK || stix_mend_text(argv[0], &text) != ERR_OK)
		return 2;
	fwrite(text.data, 1, text.len, stdout);
	putchar('\n');
	return 0;
}

/* ---- versions of STIX ---- */

static enum err convert_document(json_t *document, bool old, struct arena *arena, json_t **ret_document)
{
	struct stix_report report;
	json_t *objects = json_object_get(document, "objects");
	AUTO_JSON *list = json_is_array(objects) ? json_incref(objects) : json_pack("[O]", document);
	if (!list)
		return ERR_MEMORY;
	if (old)
		TRY(stix_to_20(list, arena, &report, ret_document));
	else
		TRY(stix_to_21(document, arena, &report));
	for (size_t i = 0; i < shown(report.count); i++)
		fprintf(stderr, "bices: %.*s\n", SLICE_ARG(report.lines[i]));
	if (report.count > LIMIT_FINDINGS)
		fprintf(stderr, "bices: %zu more changes\n", report.count - LIMIT_FINDINGS);
	if (!old)
		*ret_document = json_incref(document);
	return ERR_OK;
}

static int convert(int argc, char **argv)
{
	const char *to = "2.1";
	const struct option_spec specs[] = {{"--to", &to, NULL, NULL}, {0}};
	AUTO_JSON *document = NULL;
	AUTO_JSON *converted = NULL;
	AUTO_ARENA arena = {0};
	AUTO_BUF text = buf_make(2 * (size_t)LIMIT_JSON_BYTES);
	if (options_take(specs, &argc, argv) != ERR_OK)
		return 2;
	if (argc != 1 || (strcmp(to, "2.0") != 0 && strcmp(to, "2.1") != 0))
		return complain(ERR_USAGE, "convert takes one STIX file (- for standard input) and --to 2.0 or 2.1");
	if (read_json(argv[0], &document) != ERR_OK)
		return 2;
	enum err err = convert_document(document, strcmp(to, "2.0") == 0, &arena, &converted);
	if (err != ERR_OK)
		return complain(err, "%s: %s", argv[0], err_text(err)), 2;
	json_canonical(converted, &text);
	fwrite(text.data, 1, text.len, stdout);
	putchar('\n');
	return 0;
}

const struct command stix_commands[] = {{"stix", "check", "FILE… [--notes] [--json]",
						"hold STIX 2.1 documents against the standard: each fault with object, "
						"path and rule; --notes adds what is unusual",
						check},
	{"stix", "id", "FILE",
		"deterministic ids of the observables in a document: the id written, a tab, the id from its properties",
		id},
	{"stix", "mend", "FILE",
		"print a document in which repeated objects stand once and objects that share an id have ids of their "
		"own; says each change",
		mend},
	{"stix", "convert", "FILE [--to 2.0|2.1]",
		"print a STIX document in the other version; says each thing that changed", convert},
	{0}};
