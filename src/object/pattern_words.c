/* See pattern_words.h. Must never let a literal pass whose form is not the grammar's. */
#include "object/pattern_words.h"

#include "base/moment.h"
#include "object/stix_checker.h"

#include <stdarg.h>

enum { STEPS_MAX = 32, SET_MAX = 4096, REGEX_PARTS_MAX = 65536 };

enum err pattern_refuse(struct pattern_words *words, const char *format, ...)
{
	char text[256];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return diag_fail_at(words->diag, ERR_MALFORMED, words->word.line, words->word.column, "%s", text);
}

bool pattern_is(const struct pattern_words *words, const char *text)
{
	return (words->word.kind == WORD_NAME || words->word.kind == WORD_SIGN) &&
	       slice_equal(words->word.text, slice_text(text));
}

/* ---- words ---- */

static void skip(struct pattern_words *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t c = words->rest.data[i];
		if (c == '\n') {
			words->line++;
			words->column = 1;
		} else if ((c & 0xc0) != 0x80) {
			words->column++;
		}
	}
	words->rest = slice_skip(words->rest, n);
}

static bool begins(const struct pattern_words *words, const char *text)
{
	return slice_has_prefix(words->rest, slice_text(text));
}

static enum err skip_comment(struct pattern_words *words)
{
	bool block = begins(words, "/*");
	words->word.line = words->line;
	words->word.column = words->column;
	skip(words, 2);
	while (words->rest.len && !(block ? begins(words, "*/") : words->rest.data[0] == '\n'))
		skip(words, 1);
	if (block && !words->rest.len)
		return pattern_refuse(words, "a comment is not closed");
	skip(words, block ? 2 : 0);
	return ERR_OK;
}

static enum err skip_blanks(struct pattern_words *words)
{
	for (;;) {
		if (words->rest.len && strchr(" \t\r\n\f\v", words->rest.data[0]) && words->rest.data[0])
			skip(words, 1);
		else if (begins(words, "//") || begins(words, "/*"))
			TRY(skip_comment(words));
		else
			return ERR_OK;
	}
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_octet(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-';
}

/* 'text' with \' and \\ ; spec: STIX 2.1 9.2 (StringLiteral) */
static enum err read_quoted(struct pattern_words *words, struct slice *ret_text)
{
	AUTO_BUF text = buf_make(LIMIT_PATTERN);
	size_t at = 1;
	while (at < words->rest.len && words->rest.data[at] != '\'') {
		if (words->rest.data[at] == '\\') {
			at++;
			if (at == words->rest.len || (words->rest.data[at] != '\\' && words->rest.data[at] != '\''))
				return pattern_refuse(words, "a backslash in a text stands before \\ or ' only");
		}
		buf_put_octet(&text, words->rest.data[at++]);
	}
	if (at >= words->rest.len)
		return pattern_refuse(words, "a text is not closed");
	skip(words, at + 1);
	TRY(text.err);
	return arena_copy(words->arena, buf_slice(&text), ret_text);
}

static enum err check_literal(struct pattern_words *words, enum word_kind kind, struct slice text)
{
	size_t decimals;
	AUTO_BUF bytes = buf_make(LIMIT_PATTERN);
	if (kind == WORD_TIME && !stix_is_time(text, &decimals))
		return pattern_refuse(words, "a time is like t'2026-01-31T12:00:00Z'");
	if (kind == WORD_BINARY && base64_decode(text, &bytes) != ERR_OK)
		return pattern_refuse(words, "a binary literal is base64");
	for (size_t i = 0; kind == WORD_HEX && i < text.len; i++)
		if (!is_digit(text.data[i]) && !((text.data[i] | 0x20) >= 'a' && (text.data[i] | 0x20) <= 'f'))
			return pattern_refuse(words, "a hexadecimal literal has hexadecimal digits");
	if (kind == WORD_HEX && text.len % 2 != 0)
		return pattern_refuse(words, "a hexadecimal literal has pairs of digits");
	return ERR_OK;
}

static enum err read_prefixed(struct pattern_words *words, enum word_kind kind)
{
	skip(words, 1);
	words->word.kind = kind;
	TRY(read_quoted(words, &words->word.text));
	return check_literal(words, kind, words->word.text);
}

static enum err read_number(struct pattern_words *words)
{
	char text[64];
	size_t len = strchr("+-", words->rest.data[0]) ? 1 : 0, first = len;
	bool real = false;
	while (len < words->rest.len && (is_digit(words->rest.data[len]) || (words->rest.data[len] == '.' && !real)))
		real |= words->rest.data[len++] == '.';
	bool zeros = words->rest.data[first] == '0' && len > first + 1 && is_digit(words->rest.data[first + 1]);
	if (len >= sizeof(text) || zeros || (len < words->rest.len && is_name_octet(words->rest.data[len])))
		return pattern_refuse(words, "no number");
	if (real && !is_digit(words->rest.data[len - 1]))
		return pattern_refuse(words, "digits are missing behind the point");
	memcpy(text, words->rest.data, len);
	text[len] = 0;
	words->word.kind = real ? WORD_FLOAT : WORD_INTEGER;
	words->word.number = strtod(text, NULL);
	TRY(arena_copy(words->arena, slice_of(text, len), &words->word.text));
	skip(words, len);
	return ERR_OK;
}

static bool begins_number(const struct pattern_words *words)
{
	size_t at = words->rest.data[0] == '-' || words->rest.data[0] == '+' ? 1 : 0;
	bool point = at < words->rest.len && words->rest.data[at] == '.';
	return at + point < words->rest.len && is_digit(words->rest.data[at + point]);
}

static enum err read_sign(struct pattern_words *words)
{
	static const char *const signs[] = {
		"==", "!=", "<>", "<=", ">=", "=", "<", ">", "[", "]", "(", ")", ":", ".", ",", "*"};
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (!begins(words, signs[i]))
			continue;
		words->word.kind = WORD_SIGN;
		words->word.text = slice_text(signs[i]);
		skip(words, strlen(signs[i]));
		return ERR_OK;
	}
	return pattern_refuse(words, "\"%.*s\" has no meaning here", SLICE_ARG(utf8_take(words->rest, 4)));
}

enum err pattern_next(struct pattern_words *words)
{
	static const struct {
		const char *prefix;
		enum word_kind kind;
	} prefixes[] = {{"t'", WORD_TIME}, {"b'", WORD_BINARY}, {"h'", WORD_HEX}};
	TRY(skip_blanks(words));
	words->word = (struct pattern_word){.line = words->line, .column = words->column};
	if (!words->rest.len)
		return ERR_OK;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (begins(words, prefixes[i].prefix))
			return read_prefixed(words, prefixes[i].kind);
	if (words->rest.data[0] == '\'') {
		words->word.kind = WORD_TEXT;
		return read_quoted(words, &words->word.text);
	}
	if (begins_number(words))
		return read_number(words);
	size_t len = 0;
	while (len < words->rest.len && is_name_octet(words->rest.data[len]))
		len++;
	if (!len || words->rest.data[0] == '-')
		return read_sign(words);
	words->word.kind = WORD_NAME;
	TRY(arena_copy(words->arena, slice_take(words->rest, len), &words->word.text));
	skip(words, len);
	return ERR_OK;
}

/* ---- paths ---- */

static bool is_property(struct slice name)
{
	return name.len && slice_find_octet(name, '-') < 0 && !is_digit(name.data[0]);
}

static enum err add_step(struct pattern_words *words, struct pattern_step ***tail, struct pattern_step step)
{
	struct pattern_step *added = ARENA_NEW(words->arena, struct pattern_step);
	if (!added)
		return ERR_MEMORY;
	*added = step;
	**tail = added;
	*tail = &added->next;
	return pattern_next(words);
}

static enum err read_property(struct pattern_words *words, struct pattern_step ***tail)
{
	bool quoted = words->word.kind == WORD_TEXT;
	if (!(quoted && words->word.text.len) && !(words->word.kind == WORD_NAME && is_property(words->word.text)))
		return pattern_refuse(words, "expected a property; a name with a hyphen stands in quotes");
	return add_step(words, tail, (struct pattern_step){.name = words->word.text});
}

static enum err read_index(struct pattern_words *words, struct pattern_step ***tail)
{
	struct pattern_step step = {.any = pattern_is(words, "*")};
	if (!step.any && words->word.kind != WORD_INTEGER)
		return pattern_refuse(words, "an index is a number or *");
	if (!step.any && (words->word.number < 0 || words->word.number > LIMIT_PATTERN))
		return pattern_refuse(words, "an index is from 0 to %d", LIMIT_PATTERN);
	step.index = (int64_t)words->word.number;
	TRY(add_step(words, tail, step));
	if (!pattern_is(words, "]"))
		return pattern_refuse(words, "\"[\" of an index is not closed");
	return pattern_next(words);
}

static enum err read_path(struct pattern_words *words, struct pattern_node *test)
{
	struct pattern_step **tail = &test->path;
	if (words->word.kind != WORD_NAME)
		return pattern_refuse(words, "expected a comparison like ipv4-addr:value = '…'");
	test->type = words->word.text;
	TRY(pattern_next(words));
	if (!pattern_is(words, ":"))
		return pattern_refuse(words, "expected \":\" behind the type of an object");
	TRY(pattern_next(words));
	TRY(read_property(words, &tail));
	for (size_t steps = 1; pattern_is(words, ".") || pattern_is(words, "["); steps++) {
		bool index = pattern_is(words, "[");
		if (steps == STEPS_MAX)
			return pattern_refuse(words, "a path of more than %d steps", STEPS_MAX);
		TRY(pattern_next(words));
		TRY(index ? read_index(words, &tail) : read_property(words, &tail));
	}
	return ERR_OK;
}

/* ---- literals ---- */

static enum err read_literal(struct pattern_words *words, struct pattern_literal **ret_literal)
{
	static const enum pattern_literal_kind kinds[] = {[WORD_TEXT] = LITERAL_TEXT,
		[WORD_INTEGER] = LITERAL_INTEGER,
		[WORD_FLOAT] = LITERAL_FLOAT,
		[WORD_BINARY] = LITERAL_BINARY,
		[WORD_HEX] = LITERAL_HEX,
		[WORD_TIME] = LITERAL_TIME};
	struct pattern_literal *literal = ARENA_NEW(words->arena, struct pattern_literal);
	if (!literal)
		return ERR_MEMORY;
	if (pattern_is(words, "true") || pattern_is(words, "false")) {
		literal->kind = LITERAL_BOOLEAN;
		literal->truth = pattern_is(words, "true");
	} else if (words->word.kind >= WORD_TEXT) {
		*literal = (struct pattern_literal){
			.kind = kinds[words->word.kind], .text = words->word.text, .number = words->word.number};
	} else {
		return pattern_refuse(words, "expected a value like 'text', 5, true, t'…', h'…' or b'…'");
	}
	*ret_literal = literal;
	return pattern_next(words);
}

static enum err read_set(struct pattern_words *words, struct pattern_node *test)
{
	struct pattern_literal **tail = &test->literal;
	if (!pattern_is(words, "("))
		return pattern_refuse(words, "IN takes values in parentheses");
	size_t count = 0;
	do {
		TRY(pattern_next(words));
		if (++count > SET_MAX)
			return pattern_refuse(words, "a set of more than %d values", SET_MAX);
		TRY(read_literal(words, tail));
		tail = &(*tail)->next;
	} while (pattern_is(words, ","));
	if (!pattern_is(words, ")"))
		return pattern_refuse(words, "expected \",\" or \")\"");
	return pattern_next(words);
}

/* ---- comparisons ---- */

static const struct {
	const char *word;
	enum pattern_operator comparator;
} OPERATORS[] = {
	{"=", OPERATOR_EQUAL},
	{"==", OPERATOR_EQUAL},
	{"!=", OPERATOR_NOT_EQUAL},
	{"<>", OPERATOR_NOT_EQUAL},
	{">", OPERATOR_GREATER},
	{"<", OPERATOR_LESS},
	{">=", OPERATOR_GREATER_EQUAL},
	{"<=", OPERATOR_LESS_EQUAL},
	{"IN", OPERATOR_IN},
	{"LIKE", OPERATOR_LIKE},
	{"MATCHES", OPERATOR_MATCHES},
	{"ISSUBSET", OPERATOR_SUBSET},
	{"ISSUPERSET", OPERATOR_SUPERSET},
};

static enum err read_regex(struct pattern_words *words, struct pattern_node *test)
{
	TRY(regex_parse(test->literal->text, words->arena, &test->regex, words->diag));
	words->regex_parts += regex_size(test->regex);
	if (words->regex_parts > REGEX_PARTS_MAX)
		return diag_fail(words->diag, ERR_TOO_LARGE,
			"the regular expressions of a pattern have more than %d parts", REGEX_PARTS_MAX);
	return ERR_OK;
}

static enum err read_comparison(struct pattern_words *words, struct pattern_node *test)
{
	size_t at = 0, count = sizeof(OPERATORS) / sizeof(OPERATORS[0]);
	while (at < count && !pattern_is(words, OPERATORS[at].word))
		at++;
	if (at == count)
		return pattern_refuse(words, "expected =, !=, <, >, <=, >=, IN, LIKE, MATCHES, ISSUBSET or ISSUPERSET");
	test->comparator = OPERATORS[at].comparator;
	TRY(pattern_next(words));
	if (test->comparator == OPERATOR_IN)
		return read_set(words, test);
	struct pattern_word value = words->word;
	TRY(read_literal(words, &test->literal));
	bool text_only = test->comparator >= OPERATOR_LIKE;
	bool ordered = test->comparator >= OPERATOR_GREATER && test->comparator <= OPERATOR_LESS_EQUAL;
	if (text_only && test->literal->kind != LITERAL_TEXT)
		return diag_fail_at(
			words->diag, ERR_MALFORMED, value.line, value.column, "%s takes a text", OPERATORS[at].word);
	if (ordered && test->literal->kind == LITERAL_BOOLEAN)
		return diag_fail_at(
			words->diag, ERR_MALFORMED, value.line, value.column, "true and false have no order");
	return test->comparator == OPERATOR_MATCHES ? read_regex(words, test) : ERR_OK;
}

enum err pattern_read_test(struct pattern_words *words, struct pattern_node *test)
{
	bool negated = pattern_is(words, "NOT");
	if (negated)
		TRY(pattern_next(words));
	if (pattern_is(words, "EXISTS")) {
		test->comparator = OPERATOR_EXISTS;
		test->negated = negated;
		TRY(pattern_next(words));
		return read_path(words, test);
	}
	if (negated)
		return pattern_refuse(words, "NOT stands behind the path, or before EXISTS");
	TRY(read_path(words, test));
	test->negated = pattern_is(words, "NOT");
	if (test->negated)
		TRY(pattern_next(words));
	return read_comparison(words, test);
}
