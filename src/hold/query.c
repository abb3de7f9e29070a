/* From what a user types to an index expression, and the sealed cursor between two pages.
 * User text never becomes index syntax: each word is a quoted string. */
#include "hold/inside.h"

#include "crypto/crypto.h"
#include "hold/search.h"

enum { CURSOR_HALF = 8, CURSOR_TEXT = 4 * CURSOR_HALF };

/* ---- expression ---- */

/* Ends in a run of one character: only a prefix finds the grams that begin with it. */
static bool ends_in_single(struct slice word)
{
	size_t run = 0;
	uint32_t point = 0;
	while (word.len) {
		size_t step = utf8_next(word, &point);
		run = step && is_dense_script(point) ? run + 1 : 0;
		word = slice_skip(word, step ? step : 1);
	}
	return run == 1;
}

static int token_count(void *context, int flags, const char *token, int len, int from, int to)
{
	size_t *count = context;
	(void)flags;
	(void)token;
	(void)len;
	(void)from;
	(void)to;
	++*count;
	return SQLITE_OK;
}

/* A word that is only punctuation would match nothing and hide the rest. */
static enum err has_token(struct hold *hold, struct slice word, bool *ret_has)
{
	size_t count = 0;
	TRY(tokenizer_run(hold->tokenizer, FTS5_TOKENIZE_QUERY, word, token_count, &count));
	*ret_has = count != 0;
	return ERR_OK;
}

enum err query_words(struct hold *hold, struct slice text, struct query_word ret_words[QUERY_WORDS], size_t *ret_count)
{
	size_t count = 0;
	if (text.len > LIMIT_SEARCH_TEXT)
		return ERR_TOO_LARGE;
	if (!utf8_is_text(text))
		return ERR_MALFORMED;
	for (size_t i = 0; i < text.len;) {
		while (i < text.len && text.data[i] <= ' ')
			i++;
		size_t from = i;
		while (i < text.len && text.data[i] > ' ')
			i++;
		struct slice word = slice_of(text.data + from, i - from);
		bool has = false;
		TRY(has_token(hold, word, &has));
		if (!has)
			continue;
		if (count == QUERY_WORDS)
			return ERR_TOO_LARGE;
		ret_words[count++] = (struct query_word){word, ends_in_single(word)};
	}
	*ret_count = count;
	return ERR_OK;
}

static void word_put(const struct query_word *word, struct buf *expression)
{
	buf_put_text(expression, expression->len ? " AND \"" : "\"");
	for (size_t i = 0; i < word->text.len; i++) {
		if (word->text.data[i] == '"')
			buf_put_octet(expression, '"');
		buf_put_octet(expression, word->text.data[i]);
	}
	buf_put_text(expression, word->prefix ? "\" *" : "\"");
}

enum err query_print(const struct query_word *words, size_t count, struct buf *expression)
{
	for (size_t i = 0; i < count; i++)
		word_put(&words[i], expression);
	return expression->err;
}

enum err query_make(struct hold *hold, struct slice text, struct buf *expression)
{
	struct query_word words[QUERY_WORDS];
	size_t count = 0;
	TRY(query_words(hold, text, words, &count));
	return query_print(words, count, expression);
}

/* ---- cursor: tag = HMAC(row), sealed row = row XOR HMAC(tag) ---- */

static void mac(struct hold *hold, char purpose, const uint8_t input[CURSOR_HALF], struct slice bound, uint8_t ret_mac[32])
{
	uint8_t bytes[1 + CURSOR_HALF + 32] = {(uint8_t)purpose};
	memcpy(bytes + 1, input, CURSOR_HALF);
	crypto_sha256(bound, bytes + 1 + CURSOR_HALF);
	crypto_hmac_sha256(SLICE_ARRAY(hold->settings.key), SLICE_ARRAY(bytes), ret_mac);
}

enum err cursor_print(struct hold *hold, uint64_t row, struct slice bound, struct arena *arena, struct slice *ret_cursor)
{
	uint8_t plain[CURSOR_HALF], tag[32], mask[32], sealed[2 * CURSOR_HALF];
	for (int i = 0; i < CURSOR_HALF; i++)
		plain[i] = (uint8_t)(row >> (56 - 8 * i));
	mac(hold, 't', plain, bound, tag);
	mac(hold, 'm', tag, bound, mask);
	memcpy(sealed, tag, CURSOR_HALF);
	for (int i = 0; i < CURSOR_HALF; i++)
		sealed[CURSOR_HALF + i] = plain[i] ^ mask[i];
	AUTO_BUF text = buf_make(CURSOR_TEXT);
	buf_put_hex(&text, SLICE_ARRAY(sealed));
	struct slice done;
	TRY(buf_finish(&text, &done));
	return arena_copy(arena, done, ret_cursor);
}

enum err cursor_parse(struct hold *hold, struct slice cursor, struct slice bound, uint64_t *ret_row)
{
	uint8_t plain[CURSOR_HALF], tag[32], mask[32];
	AUTO_BUF sealed = buf_make(CURSOR_TEXT);
	if (cursor.len != CURSOR_TEXT || hex_decode(cursor, &sealed) != ERR_OK || sealed.len != 2 * CURSOR_HALF)
		return ERR_USAGE;
	mac(hold, 'm', sealed.data, bound, mask);
	uint64_t row = 0;
	for (int i = 0; i < CURSOR_HALF; i++) {
		plain[i] = sealed.data[CURSOR_HALF + i] ^ mask[i];
		row = row << 8 | plain[i];
	}
	mac(hold, 't', plain, bound, tag);
	if (!slice_equal_secret(slice_of(tag, CURSOR_HALF), slice_of(sealed.data, CURSOR_HALF)))
		return ERR_USAGE;
	*ret_row = row;
	return ERR_OK;
}
