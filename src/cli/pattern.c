/* pattern check, pattern match: STIX patterns, without a node, or against what a node holds. */
#include "cli/client.h"

#include "base/limits.h"
#include "object/pattern.h"

static enum err parse(const char *text, struct arena *arena, const struct pattern_node **ret_pattern)
{
	struct diag diag = {0};
	enum err err = pattern_parse(slice_text(text), arena, ret_pattern, &diag);
	if (err != ERR_OK)
		complain_diag(err, "pattern", &diag);
	return err;
}

static int check(int argc, char **argv)
{
	const struct option_spec specs[] = {{0}};
	int code = 0;
	if (options_take(specs, &argc, argv) != ERR_OK)
		return 2;
	if (argc == 0)
		return complain(ERR_USAGE, "check what? give patterns, each as one argument in quotes");
	for (int i = 0; i < argc; i++) {
		AUTO_ARENA arena = {0};
		const struct pattern_node *pattern;
		if (parse(argv[i], &arena, &pattern) != ERR_OK)
			code = 1;
		else
			printf("valid: %s\n", argv[i]);
	}
	return code;
}

static enum err match_document(
	const struct pattern_node *pattern, json_t *document, const char *file, bool *ret_matches)
{
	AUTO_ARENA arena = {0};
	AUTO_JSON *keep = NULL;
	struct pattern_observation *observations;
	struct diag diag = {0};
	size_t count;
	bool *matched;
	enum err err = pattern_observations(document, &arena, &observations, &count, &keep, &diag);
	if (err == ERR_OK)
		err = pattern_match(pattern, observations, count, &arena, ret_matches, &matched);
	if (err == ERR_TOO_LARGE && !diag.text[0])
		diag_fail(&diag, err, "there is too much to combine; narrow the pattern or divide the observations");
	if (err != ERR_OK)
		return complain_diag(err, file, &diag), err;
	for (size_t i = 0; *ret_matches && i < count; i++)
		if (matched[i])
			printf("%.*s\n", SLICE_ARG(observations[i].id));
	return ERR_OK;
}

static int match_file(const char *pattern_text, const char *file)
{
	const struct pattern_node *pattern;
	AUTO_ARENA arena = {0};
	AUTO_JSON *document = NULL;
	AUTO_BUF text = buf_make(LIMIT_JSON_BYTES);
	struct diag diag = {0};
	bool matches = false;
	if (parse(pattern_text, &arena, &pattern) != ERR_OK || file_read(file, &text) != ERR_OK)
		return 2;
	enum err err = json_read(buf_slice(&text), LIMIT_JSON_BYTES, &document, &diag);
	if (err != ERR_OK)
		return complain_diag(err, file, &diag), 2;
	if (match_document(pattern, document, file, &matches) != ERR_OK)
		return 2;
	return !matches;
}

static void print_matches(const json_t *answer)
{
	static const char *const lists[] = {"alone", "together"};
	for (size_t k = 0; k < 2; k++) {
		size_t i;
		json_t *id;
		json_array_foreach(json_object_get(answer, lists[k]), i, id) puts(json_string_value(id));
	}
	fprintf(stderr, "bices: %" JSON_INTEGER_FORMAT " observations were looked at\n",
		json_integer_value(json_object_get(answer, "observations")));
}

/* The node reads the pattern as well; a fault is told here, without asking it. */
static int match_held(const struct client_options *common, const char *text, const char *since)
{
	const struct pattern_node *pattern;
	AUTO_ARENA arena = {0};
	AUTO_ANSWER answer = {0};
	if (parse(text, &arena, &pattern) != ERR_OK)
		return 2;
	json_t *body = json_pack("{s:s, s:s*}", "pattern", text, "since", since);
	enum err err = client_ask(common, "POST", "/api/v1/patterns/match", body, &answer);
	json_decref(body);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (common->json)
		client_print_json(&answer);
	else
		print_matches(answer.json);
	return !json_is_true(json_object_get(answer.json, "matches"));
}

static int match(int argc, char **argv)
{
	struct client_options common = {0};
	const char *since = NULL;
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {"--since", &since, NULL, NULL}, {0}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return 2;
	if (argc < 1 || argc > 2 || (argc == 2 && since))
		return complain(ERR_USAGE, "give one pattern in quotes, and for a match without a node one STIX file with observed "
					   "data or observables (- for standard input)");
	return argc == 2 ? match_file(argv[0], argv[1]) : match_held(&common, argv[0], since);
}

const struct command pattern_commands[] = {
	{"pattern", "check", "PATTERN…",
		"parse STIX patterns; a fault is told with its place; exit 1 if one has a fault", check},
	{"pattern", "match", "PATTERN [FILE | --since TIME]",
		"match a pattern against the observed data and observables of a STIX document or, without one, of what the node holds "
		"and you may see (admitted since then; at most 1,024 observations); prints the ids by which it matches: all that do so by "
		"themselves, else those that do together; exit 1 if it does not",
		match},
	{0}};
