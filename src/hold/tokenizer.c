/* The tokenizer "bices" of the full-text index.
 *
 * Scripts written without spaces between the parts of a word (Hangul, Han, kana; also Thai, Lao, Myanmar, Khmer) become
 * overlapping grams of two characters; the last character of a run also stands alone, at the place of the last gram, so
 * that a query of one character finds it as a prefix everywhere. All else goes to SQLite's own unicode61 (words, case
 * and accents folded). Conjoining Hangul letters are composed first (Unicode 3.12), so that decomposed text is found.
 * Reads any octets; what is not UTF-8 separates. */
#include "hold/inside.h"

enum { GRAM_OCTETS = 8 };

struct tokenizer {
	fts5_tokenizer words; /* unicode61 */
	Fts5Tokenizer *instance;
};

/* One character of a run: a code point and the octets it came from. */
struct character {
	uint32_t point;
	size_t from, to;
};

static const struct {
	uint32_t first, last;
} dense_scripts[] = {
	{0x0e00, 0x0eff}, {0x1000, 0x109f}, {0x1100, 0x11ff}, {0x1780, 0x17ff}, {0x3005, 0x3007}, {0x3041, 0x3096},
	{0x3099, 0x309f}, {0x30a1, 0x30fa}, {0x30fc, 0x30ff}, {0x3131, 0x318e}, {0x31f0, 0x31ff}, {0x3400, 0x4dbf},
	{0x4e00, 0x9fff}, {0xa960, 0xa97f}, {0xac00, 0xd7a3}, {0xd7b0, 0xd7ff}, {0xf900, 0xfaff}, {0xff66, 0xff9d},
	{0x20000, 0x2fa1f}, {0x30000, 0x323af},
};

bool is_dense_script(uint32_t point)
{
	for (size_t i = 0; i < sizeof(dense_scripts) / sizeof(dense_scripts[0]); i++)
		if (point >= dense_scripts[i].first && point <= dense_scripts[i].last)
			return true;
	return false;
}

/* ---- characters ---- */

enum { L_FIRST = 0x1100, V_FIRST = 0x1161, T_BASE = 0x11a7, S_FIRST = 0xac00, L_COUNT = 19, V_COUNT = 21, T_COUNT = 28 };

/* spec: Unicode 3.12, composition of conjoining letters */
static bool compose(uint32_t *point, uint32_t next)
{
	if (*point - L_FIRST < L_COUNT && next - V_FIRST < V_COUNT) {
		*point = S_FIRST + ((*point - L_FIRST) * V_COUNT + (next - V_FIRST)) * T_COUNT;
		return true;
	}
	if (*point - S_FIRST < (uint32_t)L_COUNT * V_COUNT * T_COUNT && (*point - S_FIRST) % T_COUNT == 0 &&
	    next > T_BASE && next < T_BASE + T_COUNT) {
		*point += next - T_BASE;
		return true;
	}
	return false;
}

/* The next character of a run at `from`; false when the run ends there. */
static bool character_next(struct slice text, size_t from, struct character *ret_character)
{
	uint32_t point = 0, next = 0;
	size_t step = utf8_next(slice_skip(text, from), &point);
	if (!step || !is_dense_script(point))
		return false;
	size_t to = from + step;
	while ((step = utf8_next(slice_skip(text, to), &next)) && compose(&point, next))
		to += step;
	*ret_character = (struct character){point, from, to};
	return true;
}

static size_t utf8_put(uint32_t point, char *to)
{
	if (point < 0x10000) { /* dense scripts start at three octets */
		to[0] = (char)(0xe0 | point >> 12);
		to[1] = (char)(0x80 | (point >> 6 & 0x3f));
		to[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | point >> 18);
	to[1] = (char)(0x80 | (point >> 12 & 0x3f));
	to[2] = (char)(0x80 | (point >> 6 & 0x3f));
	to[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

/* ---- tokens ---- */

struct sink {
	token_sink *emit;
	void *context;
	size_t offset; /* of the segment, for the delegated tokenizer */
};

static int gram_emit(const struct sink *sink, int flags, const struct character *first, const struct character *second)
{
	char gram[GRAM_OCTETS];
	size_t len = utf8_put(first->point, gram);
	if (second)
		len += utf8_put(second->point, gram + len);
	return sink->emit(sink->context, flags, gram, (int)len, (int)first->from, (int)(second ? second->to : first->to));
}

static int run_emit(const struct sink *sink, struct slice text, bool query, size_t *at)
{
	struct character last, next;
	bool alone = true;
	int code = SQLITE_OK;
	if (!character_next(text, *at, &last))
		return SQLITE_OK;
	while (code == SQLITE_OK && character_next(text, last.to, &next)) {
		code = gram_emit(sink, 0, &last, &next);
		last = next;
		alone = false;
	}
	*at = last.to;
	if (code != SQLITE_OK || (query && !alone))
		return code;
	return gram_emit(sink, alone ? 0 : FTS5_TOKEN_COLOCATED, &last, NULL);
}

static int word_emit(void *context, int flags, const char *token, int len, int from, int to)
{
	const struct sink *sink = context;
	return sink->emit(sink->context, flags, token, len, from + (int)sink->offset, to + (int)sink->offset);
}

/* Where the next run of a dense script begins, or the end. */
static size_t segment_end(struct slice text, size_t from)
{
	uint32_t point = 0;
	while (from < text.len) {
		if (text.data[from] < 0x80) {
			from++;
			continue;
		}
		size_t step = utf8_next(slice_skip(text, from), &point);
		if (step && is_dense_script(point))
			break;
		from += step ? step : 1;
	}
	return from;
}

static int tokenize(Fts5Tokenizer *handle, void *context, int flags, const char *data, int len, token_sink *emit)
{
	struct tokenizer *tokenizer = (struct tokenizer *)handle;
	struct slice text = slice_of(data, len > 0 ? (size_t)len : 0);
	struct sink sink = {.emit = emit, .context = context};
	int code = SQLITE_OK;
	for (size_t at = 0; code == SQLITE_OK && at < text.len;) {
		size_t end = segment_end(text, at);
		if (end > at) {
			sink.offset = at;
			code = tokenizer->words.xTokenize(tokenizer->instance, &sink, flags, data + at, (int)(end - at), word_emit);
			at = end;
		} else {
			code = run_emit(&sink, text, flags & FTS5_TOKENIZE_QUERY, &at);
		}
	}
	return code;
}

/* ---- registration ---- */

static void tokenizer_delete(Fts5Tokenizer *handle)
{
	struct tokenizer *tokenizer = (struct tokenizer *)handle;
	if (tokenizer && tokenizer->instance)
		tokenizer->words.xDelete(tokenizer->instance);
	free(tokenizer);
}

static int tokenizer_create(void *context, const char **arguments, int count, Fts5Tokenizer **ret_handle)
{
	static const char *words_arguments[] = {"remove_diacritics", "2"};
	fts5_api *api = context;
	(void)arguments;
	void *user = NULL;
	if (count)
		return SQLITE_ERROR;
	struct tokenizer *tokenizer = calloc(1, sizeof(*tokenizer));
	if (!tokenizer)
		return SQLITE_NOMEM;
	int code = api->xFindTokenizer(api, "unicode61", &user, &tokenizer->words);
	if (code == SQLITE_OK)
		code = tokenizer->words.xCreate(user, words_arguments, 2, &tokenizer->instance);
	if (code != SQLITE_OK) {
		tokenizer_delete((Fts5Tokenizer *)tokenizer);
		return code;
	}
	*ret_handle = (Fts5Tokenizer *)tokenizer;
	return SQLITE_OK;
}

enum err fts_api(sqlite3 *db, fts5_api **ret_api)
{
	fts5_api *api = NULL;
	sqlite3_stmt *ask = NULL;
	TRY(sqlite_err(sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &ask, NULL)));
	sqlite3_bind_pointer(ask, 1, &api, "fts5_api_ptr", NULL);
	sqlite3_step(ask);
	sqlite3_finalize(ask);
	if (!api)
		return ERR_UNSUPPORTED;
	*ret_api = api;
	return ERR_OK;
}

enum err tokenizer_register(sqlite3 *db)
{
	static fts5_tokenizer methods = {tokenizer_create, tokenizer_delete, tokenize};
	fts5_api *api = NULL;
	TRY(fts_api(db, &api));
	return sqlite_err(api->xCreateTokenizer(api, "bices", api, &methods, NULL));
}

enum err tokenizer_open(sqlite3 *db, struct tokenizer **ret_tokenizer)
{
	fts5_api *api = NULL;
	Fts5Tokenizer *handle = NULL;
	TRY(fts_api(db, &api));
	TRY(sqlite_err(tokenizer_create(api, NULL, 0, &handle)));
	*ret_tokenizer = (struct tokenizer *)handle;
	return ERR_OK;
}

void tokenizer_close(struct tokenizer *tokenizer)
{
	tokenizer_delete((Fts5Tokenizer *)tokenizer);
}

enum err tokenizer_run(struct tokenizer *tokenizer, int flags, struct slice text, token_sink *sink, void *context)
{
	return sqlite_err(tokenize((Fts5Tokenizer *)tokenizer, context, flags, (const char *)text.data, (int)text.len, sink));
}
