/* pattern check, pattern match: STIX patterns without a node. */
#include "cli/command.h"

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

static int match(int argc, char **argv)
{
	const struct option_spec specs[] = {{0}};
	const struct pattern_node *pattern;
	AUTO_ARENA arena = {0};
	AUTO_JSON *document = NULL;
	AUTO_BUF text = buf_make(LIMIT_JSON_BYTES);
	struct diag diag = {0};
	bool matches = false;
	if (options_take(specs, &argc, argv) != ERR_OK)
		return 2;
	if (argc != 2)
		return complain(ERR_USAGE, "give one pattern in quotes, and one STIX file with observed data or "
					   "observables (- for standard input)");
	if (parse(argv[0], &arena, &pattern) != ERR_OK || file_read(argv[1], &text) != ERR_OK)
		return 2;
	enum err err = json_read(buf_slice(&text), LIMIT_JSON_BYTES, &document, &diag);
	if (err != ERR_OK)
		return complain_diag(err, argv[1], &diag), 2;
	if (match_document(pattern, document, argv[1], &matches) != ERR_OK)
		return 2;
	return !matches;
}

const struct command pattern_commands[] = {
	{"pattern", "check", "PATTERN…",
		"parse STIX patterns; a fault is told with its place; exit 1 if one has a fault", check},
	{"pattern", "match", "PATTERN FILE",
		"match a pattern against the observed data and observables of a STIX document; prints the ids by which "
		"it matches; exit 1 if it does not",
		match},
	{0}};
