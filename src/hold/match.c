/* Does one row match? The same tokens and the same meaning as the index: every word a phrase, all within one portion.
 * For views that see so little that asking their rows costs less, and tells less, than a pass over the index. */
#include "hold/inside.h"

enum { SNIPPET_TOKENS = 24, SNIPPET_BEFORE = 8 };

struct token {
	struct slice text;
	uint32_t place, from, to; /* from, to: octets of the indexed text */
};

struct phrase {
	struct token *tokens;
	size_t count;
	bool prefix;
};

struct matcher {
	struct phrase phrases[QUERY_WORDS];
	size_t count;
};

struct tokens {
	struct arena *arena;
	struct token *items;
	size_t count, capacity;
	uint32_t place; /* of the next token */
};

static int token_take(void *context, int flags, const char *text, int len, int from, int to)
{
	struct tokens *tokens = context;
	if (tokens->count == tokens->capacity) {
		size_t capacity = tokens->capacity ? tokens->capacity * 2 : 64;
		struct token *grown = ARENA_ARRAY(tokens->arena, capacity, struct token);
		if (!grown)
			return SQLITE_NOMEM;
		if (tokens->count)
			memcpy(grown, tokens->items, tokens->count * sizeof(*grown));
		tokens->items = grown;
		tokens->capacity = capacity;
	}
	struct token *token = &tokens->items[tokens->count];
	if (arena_copy(tokens->arena, slice_of(text, (size_t)len), &token->text) != ERR_OK)
		return SQLITE_NOMEM;
	if (flags & FTS5_TOKEN_COLOCATED && tokens->place)
		token->place = tokens->place - 1;
	else
		token->place = tokens->place++;
	token->from = (uint32_t)from;
	token->to = (uint32_t)to;
	tokens->count++;
	return SQLITE_OK;
}

static enum err tokens_make(struct hold *hold, int flags, struct slice text, struct tokens *tokens)
{
	return tokenizer_run(hold->tokenizer, flags, text, token_take, tokens);
}

enum err matcher_make(struct hold *hold, struct slice text, struct arena *arena, struct matcher **ret_matcher)
{
	struct query_word words[QUERY_WORDS];
	size_t count = 0;
	struct matcher *matcher = ARENA_NEW(arena, struct matcher);
	if (!matcher)
		return ERR_MEMORY;
	TRY(query_words(hold, text, words, &count));
	for (size_t i = 0; i < count; i++) {
		struct tokens tokens = {.arena = arena};
		TRY(tokens_make(hold, FTS5_TOKENIZE_QUERY, words[i].text, &tokens));
		matcher->phrases[matcher->count++] = (struct phrase){tokens.items, tokens.count, words[i].prefix};
	}
	*ret_matcher = matcher;
	return ERR_OK;
}

static bool token_matches(const struct token *token, const struct phrase *phrase, size_t at)
{
	bool prefix = phrase->prefix && at + 1 == phrase->count;
	return prefix ? slice_has_prefix(token->text, phrase->tokens[at].text) : slice_equal(token->text, phrase->tokens[at].text);
}

/* Does the phrase go on behind token i, place by place? */
static bool phrase_follows(const struct tokens *tokens, size_t i, const struct phrase *phrase)
{
	size_t at = 1;
	uint32_t place = tokens->items[i].place;
	for (size_t k = i + 1; at < phrase->count && k < tokens->count && tokens->items[k].place <= place + at; k++)
		if (tokens->items[k].place == place + at && token_matches(&tokens->items[k], phrase, at))
			at++;
	return at == phrase->count;
}

/* The token where it begins, or tokens->count. */
static size_t phrase_find(const struct tokens *tokens, const struct phrase *phrase)
{
	size_t i = 0;
	while (i < tokens->count && !(token_matches(&tokens->items[i], phrase, 0) && phrase_follows(tokens, i, phrase)))
		i++;
	return i;
}

/* ---- a look that spares the tokenizer ---- */

static bool is_ascii(struct slice text)
{
	uint8_t all = 0;
	for (size_t i = 0; i < text.len; i++)
		all |= text.data[i];
	return all < 0x80;
}

static uint8_t lower(uint8_t octet)
{
	return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + 32) : octet;
}

/* word: folded already. */
static bool holds_word(struct slice text, struct slice word)
{
	const uint8_t first = word.len ? word.data[0] : 0, upper = first >= 'a' && first <= 'z' ? (uint8_t)(first - 32) : first;
	for (size_t i = 0; word.len && i + word.len <= text.len; i++) {
		if (text.data[i] != first && text.data[i] != upper)
			continue;
		size_t same = 1;
		while (same < word.len && lower(text.data[i + same]) == word.data[same])
			same++;
		if (same == word.len)
			return true;
	}
	return false;
}

/* Of ASCII the tokenizer folds nothing but case, so a token stands in the text as it is. False only when it cannot match. */
static bool may_match(const struct matcher *matcher, struct slice text)
{
	if (!is_ascii(text))
		return true;
	for (size_t i = 0; i < matcher->count; i++)
		for (size_t k = 0; k < matcher->phrases[i].count; k++)
			if (!holds_word(text, matcher->phrases[i].tokens[k].text))
				return false;
	return true;
}

static enum err text_matches(struct hold *hold, const struct matcher *matcher, struct slice text, bool *ret_matches)
{
	AUTO_ARENA scratch = {0};
	struct tokens tokens = {.arena = &scratch};
	bool matches = matcher->count != 0 && may_match(matcher, text);
	if (matches)
		TRY(tokens_make(hold, FTS5_TOKENIZE_DOCUMENT, text, &tokens));
	for (size_t i = 0; matches && i < matcher->count; i++)
		matches = phrase_find(&tokens, &matcher->phrases[i]) < tokens.count;
	*ret_matches = matches;
	return ERR_OK;
}

/* A mark has no text and matches nothing. */
static enum err row_matches(struct hold *hold, const struct matcher *matcher, uint64_t row, bool keep, bool *ret_matches)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_BODY_WORDS);
	bind_u64(ask, 1, row);
	enum err err = statement_row(hold, ask);
	struct slice text = err == ERR_OK ? column_slice(ask, 0) : SLICE("");
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (keep)
		texts_keep(hold, row, text);
	return text_matches(hold, matcher, text, ret_matches);
}

enum err matcher_row(struct hold *hold, const struct matcher *matcher, uint64_t row, bool *ret_matches)
{
	return row_matches(hold, matcher, row, false, ret_matches);
}

enum err matcher_row_kept(struct hold *hold, const struct matcher *matcher, uint64_t row, bool *ret_matches)
{
	struct slice text;
	return texts_find(hold, row, &text) ? text_matches(hold, matcher, text, ret_matches)
					    : row_matches(hold, matcher, row, true, ret_matches);
}

/* ---- the words around the first match ---- */

static struct slice window(const struct tokens *tokens, size_t at, struct slice text, bool *ret_before, bool *ret_behind)
{
	size_t first = at > SNIPPET_BEFORE ? at - SNIPPET_BEFORE : 0, last = first + SNIPPET_TOKENS;
	if (last > tokens->count)
		last = tokens->count;
	size_t from = first ? tokens->items[first].from : 0, to = last < tokens->count ? tokens->items[last - 1].to : text.len;
	*ret_before = from > 0;
	*ret_behind = to < text.len;
	return slice_take(slice_skip(text, from), to - from);
}

enum err matcher_snippet(struct hold *hold, const struct matcher *matcher, uint64_t row, struct arena *arena, struct slice *ret_snippet)
{
	AUTO_ARENA scratch = {0};
	struct tokens tokens = {.arena = &scratch};
	bool before = false, behind = false;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_BODY_WORDS);
	bind_u64(ask, 1, row);
	TRY(statement_row(hold, ask));
	struct slice text = column_slice(ask, 0);
	TRY(tokens_make(hold, FTS5_TOKENIZE_DOCUMENT, text, &tokens));
	size_t at = matcher->count ? phrase_find(&tokens, &matcher->phrases[0]) : tokens.count;
	if (at == tokens.count)
		return ERR_OK;
	struct slice words = window(&tokens, at, text, &before, &behind);
	const char *made = arena_printf(arena, "%s%.*s%s", before ? "…" : "", SLICE_ARG(words), behind ? "…" : "");
	if (!made)
		return ERR_MEMORY;
	*ret_snippet = slice_text(made);
	return ERR_OK;
}
