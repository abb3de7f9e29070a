/* STIX patterns to a flat tree: words, then comparisons and observations by one stack of open operators.
 * Must never accept what the grammar does not hold, nor call itself over the input. spec: STIX 2.1 9.2 to 9.8 */
#include "object/pattern.h"

#include "base/moment.h"
#include "object/pattern_words.h"

enum { NODES_MAX = 4096, DEPTH_MAX = 128 };

/* Operators that wait for their right side, and what they wait in: "[" and "(". */
enum open_kind { OPEN_BRACKET, OPEN_PARENTHESIS, OPEN_OPERATOR };

struct open {
	enum open_kind kind;
	enum pattern_kind joiner;
	uint32_t line, column;
};

struct parser {
	struct pattern_words words;
	struct pattern_node *values[DEPTH_MAX];
	struct open opens[2 * DEPTH_MAX];
	size_t value_count, open_count, nodes;
	size_t bracket;		       /* place of the "[" in opens plus one; 0: outside */
	struct slice types[DEPTH_MAX]; /* of values: what AND holds together; empty: mixed by OR */
	bool wants_value;
};

#define REFUSE(parser, ...) pattern_refuse(&(parser)->words, __VA_ARGS__)

static enum err make(struct parser *parser, enum pattern_kind kind, struct pattern_node **ret_node)
{
	if (++parser->nodes > NODES_MAX)
		return diag_fail(parser->words.diag, ERR_TOO_LARGE, "a pattern of more than %d parts", NODES_MAX);
	*ret_node = ARENA_NEW(parser->words.arena, struct pattern_node);
	if (!*ret_node)
		return ERR_MEMORY;
	(*ret_node)->kind = kind;
	return ERR_OK;
}

static enum err push_value(struct parser *parser, struct pattern_node *node, struct slice type)
{
	if (parser->value_count == DEPTH_MAX)
		return diag_fail(parser->words.diag, ERR_TOO_LARGE, "a pattern nested deeper than %d", DEPTH_MAX);
	parser->types[parser->value_count] = type;
	parser->values[parser->value_count++] = node;
	parser->wants_value = false;
	return ERR_OK;
}

static enum err push_open(struct parser *parser, enum open_kind kind, enum pattern_kind joiner)
{
	if (parser->open_count == 2 * DEPTH_MAX)
		return diag_fail(parser->words.diag, ERR_TOO_LARGE, "a pattern nested deeper than %d", DEPTH_MAX);
	parser->opens[parser->open_count++] =
		(struct open){kind, joiner, parser->words.word.line, parser->words.word.column};
	parser->wants_value = true;
	return ERR_OK;
}

/* ---- operators ---- */

static int strength(enum pattern_kind joiner)
{
	switch (joiner) {
	case PATTERN_AND:
	case PATTERN_BOTH:
		return 3;
	case PATTERN_OR:
	case PATTERN_EITHER:
		return 2;
	default:
		return 1;
	}
}

/* Joins the two topmost values by the topmost joiner. */
static enum err reduce(struct parser *parser)
{
	struct pattern_node *node;
	const struct open *open = &parser->opens[--parser->open_count];
	size_t at = parser->value_count - 2;
	struct slice left = parser->types[at], right = parser->types[at + 1];
	/* what holds together by AND is about one object */
	if (open->joiner == PATTERN_AND && left.len && right.len && !slice_equal(left, right))
		return diag_fail_at(parser->words.diag, ERR_MALFORMED, open->line, open->column,
			"AND within one observation joins comparisons of one type of object, not %.*s and %.*s",
			SLICE_ARG(slice_take(left, 60)), SLICE_ARG(slice_take(right, 60)));
	TRY(make(parser, open->joiner, &node));
	node->left = parser->values[at];
	node->right = parser->values[at + 1];
	parser->types[at] = slice_equal(left, right) ? left : SLICE("");
	parser->values[at] = node;
	parser->value_count--;
	return ERR_OK;
}

static enum err reduce_to(struct parser *parser, int stronger_than)
{
	while (parser->open_count && parser->opens[parser->open_count - 1].kind == OPEN_OPERATOR &&
		strength(parser->opens[parser->open_count - 1].joiner) >= stronger_than)
		TRY(reduce(parser));
	return ERR_OK;
}

static enum err read_operator(struct parser *parser)
{
	static const struct {
		const char *word;
		enum pattern_kind inside, outside;
	} rows[] = {{"AND", PATTERN_AND, PATTERN_BOTH}, {"OR", PATTERN_OR, PATTERN_EITHER},
		{"FOLLOWEDBY", PATTERN_FOLLOWED, PATTERN_FOLLOWED}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!pattern_is(&parser->words, rows[i].word))
			continue;
		if (parser->bracket && i == 2)
			return REFUSE(parser, "FOLLOWEDBY stands between observations, not within one");
		enum pattern_kind kind = parser->bracket ? rows[i].inside : rows[i].outside;
		TRY(reduce_to(parser, strength(kind)));
		TRY(push_open(parser, OPEN_OPERATOR, kind));
		return pattern_next(&parser->words);
	}
	return REFUSE(
		parser, "expected AND, OR%s or the end of it", parser->bracket ? "" : ", FOLLOWEDBY, a qualifier");
}

/* ---- closing ---- */

static enum err close_parenthesis(struct parser *parser)
{
	TRY(reduce_to(parser, 0));
	if (!parser->open_count || parser->opens[parser->open_count - 1].kind != OPEN_PARENTHESIS)
		return REFUSE(parser, "\")\" closes nothing");
	parser->open_count--;
	return pattern_next(&parser->words);
}

static enum err close_bracket(struct parser *parser)
{
	struct pattern_node *node;
	TRY(reduce_to(parser, 0));
	if (!parser->bracket || parser->open_count != parser->bracket)
		return REFUSE(parser, parser->bracket ? "\"(\" is not closed before \"]\"" : "\"]\" closes nothing");
	TRY(make(parser, PATTERN_OBSERVATION, &node));
	node->left = parser->values[parser->value_count - 1];
	parser->values[parser->value_count - 1] = node;
	parser->types[parser->value_count - 1] = SLICE("");
	parser->open_count--;
	parser->bracket = 0;
	return pattern_next(&parser->words);
}

/* ---- qualifiers ---- */

static enum err wrap(struct parser *parser, enum pattern_kind kind, struct pattern_node **ret_node)
{
	TRY(make(parser, kind, ret_node));
	(*ret_node)->left = parser->values[parser->value_count - 1];
	parser->values[parser->value_count - 1] = *ret_node;
	return ERR_OK;
}

static enum err expect(struct parser *parser, const char *word)
{
	if (!pattern_is(&parser->words, word))
		return REFUSE(parser, "expected %s", word);
	return pattern_next(&parser->words);
}

static enum err read_moment(struct parser *parser, uint64_t *ret_ms)
{
	if (parser->words.word.kind != WORD_TIME)
		return REFUSE(parser, "expected a time like t'2026-01-31T12:00:00Z'");
	if (moment_parse(parser->words.word.text, ret_ms) != ERR_OK)
		return REFUSE(parser, "the time lies before 1970");
	return pattern_next(&parser->words);
}

static enum err read_period(struct parser *parser)
{
	struct pattern_node *node;
	TRY(wrap(parser, PATTERN_PERIOD, &node));
	TRY(pattern_next(&parser->words));
	TRY(read_moment(parser, &node->start_ms));
	TRY(expect(parser, "STOP"));
	TRY(read_moment(parser, &node->stop_ms));
	return node->start_ms < node->stop_ms ? ERR_OK : REFUSE(parser, "STOP must be later than START");
}

static enum err read_within(struct parser *parser)
{
	struct pattern_node *node;
	TRY(wrap(parser, PATTERN_WITHIN, &node));
	TRY(pattern_next(&parser->words));
	bool number = parser->words.word.kind == WORD_INTEGER || parser->words.word.kind == WORD_FLOAT;
	node->seconds = parser->words.word.number;
	if (!number || !(node->seconds > 0) || node->seconds > 1e12)
		return REFUSE(parser, "WITHIN takes a number of seconds above 0");
	TRY(pattern_next(&parser->words));
	return expect(parser, "SECONDS");
}

static enum err read_repeats(struct parser *parser)
{
	struct pattern_node *node;
	TRY(wrap(parser, PATTERN_REPEATS, &node));
	TRY(pattern_next(&parser->words));
	double times = parser->words.word.number;
	if (parser->words.word.kind != WORD_INTEGER || times < 1 || times > LIMIT_PATTERN_OBSERVATIONS)
		return REFUSE(parser, "REPEATS takes 1 to %d", LIMIT_PATTERN_OBSERVATIONS);
	node->times = (uint64_t)times;
	TRY(pattern_next(&parser->words));
	return expect(parser, "TIMES");
}

static enum err read_behind_value(struct parser *parser)
{
	if (pattern_is(&parser->words, ")"))
		return close_parenthesis(parser);
	if (pattern_is(&parser->words, "]"))
		return close_bracket(parser);
	if (!parser->bracket && pattern_is(&parser->words, "START"))
		return read_period(parser);
	if (!parser->bracket && pattern_is(&parser->words, "WITHIN"))
		return read_within(parser);
	if (!parser->bracket && pattern_is(&parser->words, "REPEATS"))
		return read_repeats(parser);
	return read_operator(parser);
}

static enum err read_value(struct parser *parser)
{
	struct pattern_node *test;
	if (pattern_is(&parser->words, "(")) {
		TRY(push_open(parser, OPEN_PARENTHESIS, PATTERN_TEST));
		return pattern_next(&parser->words);
	}
	if (!parser->bracket) {
		if (!pattern_is(&parser->words, "["))
			return REFUSE(parser, "expected \"[\" or \"(\"");
		TRY(push_open(parser, OPEN_BRACKET, PATTERN_TEST));
		parser->bracket = parser->open_count;
		return pattern_next(&parser->words);
	}
	TRY(make(parser, PATTERN_TEST, &test));
	TRY(pattern_read_test(&parser->words, test));
	return push_value(parser, test, test->type);
}

static enum err finish(struct parser *parser)
{
	TRY(reduce_to(parser, 0));
	if (parser->open_count) {
		const struct open *open = &parser->opens[parser->open_count - 1];
		return diag_fail_at(parser->words.diag, ERR_MALFORMED, open->line, open->column, "\"%c\" is not closed",
			open->kind == OPEN_BRACKET ? '[' : '(');
	}
	return ERR_OK;
}

enum err pattern_parse(
	struct slice text, struct arena *arena, const struct pattern_node **ret_pattern, struct diag *diag)
{
	struct parser *parser = ARENA_NEW(arena, struct parser);
	if (!parser)
		return ERR_MEMORY;
	if (text.len > LIMIT_PATTERN)
		return diag_fail(
			diag, ERR_TOO_LARGE, "a pattern of %zu octets; at most %d are read", text.len, LIMIT_PATTERN);
	if (!utf8_is_text(text))
		return diag_fail(diag, ERR_MALFORMED, "a pattern is UTF-8 text");
	parser->words = (struct pattern_words){.rest = text, .arena = arena, .diag = diag, .line = 1, .column = 1};
	parser->wants_value = true;
	TRY(pattern_next(&parser->words));
	while (parser->words.word.kind != WORD_END)
		TRY(parser->wants_value ? read_value(parser) : read_behind_value(parser));
	if (parser->wants_value)
		return REFUSE(
			parser, "it ends where %s should stand", parser->bracket ? "a comparison" : "an observation");
	TRY(finish(parser));
	*ret_pattern = parser->values[0];
	return ERR_OK;
}
