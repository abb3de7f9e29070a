/* Search: one pass over the matching visible rows gives hits, count and facets together; of one phrase the index hands
 * over all rows at once, without a step of the statement machine for each.
 * Nothing here sees a hidden row: the view's bit is tested inside the query, and the rows of a sparse view are asked one
 * by one (match.c), so that the time follows what is visible. No ranking: statistics over hidden rows would tell. */
#include "hold/inside.h"

#include "hold/search.h"

/* A view of at most so many rows, and of less than this part of all, is asked row by row: 1.5 µs each. In the index a hidden
 * portion with the word costs about 0.1 µs: above these bounds a word that many hidden portions hold takes longer. */
enum { SPARSE_SHARE = 2, SPARSE_ROWS = 8192, FACET_KINDS = 3 };

struct pass {
	struct hold *hold;
	struct view *view;
	const struct hold_query *query;
	uint32_t type, originator, label; /* terms and label, or 0 */
	uint64_t first_row;   /* by `since` */
	uint64_t before;      /* by the cursor: only rows below; 0: all */
	struct bit_set seen;  /* objects counted */
	struct bit_set matched; /* visible rows with the one phrase */
	uint64_t count;
	uint64_t *rows;       /* one per hit: the row that brought it */
	size_t hits;
	struct buf expression; /* of the text, for the index */
	struct matcher *matcher; /* of the text, for single rows; NULL: no text */
	bool more, counted;   /* counted: count and facets are done, only hits are wanted */
	uint32_t *facets[FACET_KINDS]; /* counts by term, term, label */
};

/* ---- one row ---- */

static void facets_count(struct pass *pass, const struct catalog_object *object)
{
	if (!pass->query->facets)
		return;
	pass->facets[0][object->type]++;
	pass->facets[1][object->originator]++;
	pass->facets[2][pass->hold->catalog.rows[object->head].label]++;
}

static bool is_asked_for(const struct pass *pass, const struct catalog_object *object)
{
	return (!pass->type || object->type == pass->type) && (!pass->originator || object->originator == pass->originator) &&
	       (!pass->label || pass->hold->catalog.rows[object->head].label == pass->label);
}

/* Rows come newest first, so an object's first row is its place in the order. */
static void row_take(struct pass *pass, uint64_t row)
{
	uint32_t number = pass->hold->catalog.rows[row].object;
	const struct catalog_object *object = &pass->hold->catalog.objects[number];
	if (bit_has(&pass->seen, number) || !is_asked_for(pass, object))
		return;
	bit_put(&pass->seen, number);
	if (!pass->counted) {
		pass->count++;
		facets_count(pass, object);
	}
	if (pass->query->count_only || (pass->before && row >= pass->before))
		return;
	if (pass->hits < pass->query->limit)
		pass->rows[pass->hits++] = row;
	else
		pass->more = true;
}

/* The highest row of a set below `from`, or NO_ROW. */
static uint64_t row_below(const struct bit_set *rows, uint64_t from)
{
	if (from > rows->count * 64)
		from = rows->count * 64;
	while (from > 0) {
		uint64_t top = from - 1, word = rows->words[top / 64];
		word &= UINT64_MAX >> (63 - top % 64);
		if (word)
			return (top / 64) * 64 + 63 - (uint64_t)__builtin_clzll(word);
		from = (top / 64) * 64;
	}
	return NO_ROW;
}

/* ---- four ways over the rows ---- */

static void tally_take(void *context, uint64_t row)
{
	struct pass *pass = context;
	if (!view_has(pass->view, row) || row < pass->first_row)
		return;
	bit_put(&pass->matched, row);
	uint32_t number = pass->hold->catalog.rows[row].object;
	const struct catalog_object *object = &pass->hold->catalog.objects[number];
	if (bit_has(&pass->seen, number) || !is_asked_for(pass, object))
		return;
	bit_put(&pass->seen, number);
	pass->count++;
	facets_count(pass, object);
}

/* One phrase: count and facets want no order, and what was counted is then walked from the newest row until the page is
 * full. A hidden row that matches costs one test of a bit, however far back the page's last visible one stands. */
static enum err pass_phrase(struct pass *pass, struct arena *arena)
{
	pass->matched.count = pass->hold->catalog.row_count / 64 + 1;
	pass->matched.words = ARENA_ARRAY(arena, pass->matched.count, uint64_t);
	if (!pass->matched.words)
		return ERR_MEMORY;
	TRY(tally_run(pass->hold, buf_slice(&pass->expression), &(struct tally){tally_take, pass}));
	pass->counted = true;
	if (pass->query->count_only)
		return ERR_OK;
	memset(pass->seen.words, 0, pass->seen.count * sizeof(*pass->seen.words));
	for (uint64_t row = row_below(&pass->matched, UINT64_MAX); row && !pass->more; row = row_below(&pass->matched, row))
		row_take(pass, row);
	return ERR_OK;
}

/* Every row that matches, newest first, tested inside the query. */
static enum err pass_text(struct pass *pass)
{
	AUTO_STATEMENT *find = statement_take(pass->hold, pass->query->count_only ? STATEMENT_WORDS_COUNT : STATEMENT_WORDS_FIND);
	bind_text(find, 1, buf_slice(&pass->expression));
	bind_u64(find, 2, pass->first_row);
	pass->hold->asking = pass->view;
	enum err err = ERR_OK;
	while ((err = statement_row(pass->hold, find)) == ERR_OK)
		row_take(pass, column_u64(find, 0));
	pass->hold->asking = NULL;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err pass_sparse(struct pass *pass)
{
	for (uint64_t row = row_below(&pass->view->rows, UINT64_MAX); row && row >= pass->first_row; row = row_below(&pass->view->rows, row)) {
		bool matches = false;
		TRY(matcher_row_kept(pass->hold, pass->matcher, row, &matches));
		if (matches)
			row_take(pass, row);
	}
	return ERR_OK;
}

/* Without text the count is a population count, and the walk ends with the page. */
static enum err pass_newest(struct pass *pass)
{
	bool whole = pass->query->facets || pass->first_row > 1 || pass->originator || pass->label;
	uint64_t from = whole || !pass->before ? UINT64_MAX : pass->before;
	for (uint64_t row = row_below(&pass->view->rows, from); row && row >= pass->first_row; row = row_below(&pass->view->rows, row)) {
		if (!whole && (pass->more || pass->query->count_only))
			break;
		if (view_last_row(pass->hold, pass->view, pass->hold->catalog.rows[row].object) == row)
			row_take(pass, row);
	}
	if (!whole)
		pass->count = hold_view_objects(pass->hold, pass->view, pass->query->type);
	return ERR_OK;
}

static bool is_sparse(const struct pass *pass)
{
	return pass->view->visible_rows <= SPARSE_ROWS &&
	       pass->view->visible_rows * SPARSE_SHARE < pass->hold->catalog.row_count;
}

static enum err pass_words(struct pass *pass, struct arena *arena)
{
	struct query_word words[QUERY_WORDS];
	size_t count = 0;
	TRY(query_words(pass->hold, pass->query->text, words, &count));
	TRY(query_print(words, count, &pass->expression));
	if (!count)
		return ERR_OK;
	TRY(matcher_make(pass->hold, pass->query->text, arena, &pass->matcher));
	if (is_sparse(pass))
		return pass_sparse(pass);
	return count == 1 && !words[0].prefix ? pass_phrase(pass, arena) : pass_text(pass);
}

static enum err pass_run(struct pass *pass, struct arena *arena)
{
	if ((pass->query->type.len && !pass->type) || (pass->query->originator.len && !pass->originator) ||
	    (pass->query->label.len && !pass->label))
		return ERR_OK; /* a name that nobody ever used */
	return pass->query->text.len ? pass_words(pass, arena) : pass_newest(pass);
}

/* ---- the answer ---- */

static enum err hit_make(struct pass *pass, uint64_t row, struct arena *arena, struct hit *ret_hit)
{
	struct hold *hold = pass->hold;
	uint32_t number = hold->catalog.rows[row].object;
	struct hold_seen seen;
	TRY(view_seen(hold, pass->view, number, false, arena, &seen));
	struct hit hit = {.type = term_text(hold, hold->catalog.objects[number].type), .title = seen.title, .label = seen.label,
			  .originator = seen.originator, .admitted = seen.admitted, .modified = seen.modified};
	TRY(name_text(hold, hold->catalog.objects[number].name, arena, &hit.id));
	if (pass->matcher)
		TRY(matcher_snippet(hold, pass->matcher, row, arena, &hit.snippet));
	if (hit.snippet.len)
		hit.snippet_label = label_text(hold, hold->catalog.rows[row].label);
	*ret_hit = hit;
	return ERR_OK;
}

static enum err hits_make(struct pass *pass, struct arena *arena, struct msg_hits *hits)
{
	struct hit *items = ARENA_ARRAY(arena, pass->hits + 1, struct hit);
	if (!items)
		return ERR_MEMORY;
	for (size_t i = 0; i < pass->hits; i++)
		TRY(hit_make(pass, pass->rows[i], arena, &items[i]));
	hits->hits = (struct record_list){items, pass->hits};
	return pass->more && pass->hits ? cursor_print(pass->hold, pass->rows[pass->hits - 1], (struct slice){0}, arena, &hits->next) : ERR_OK;
}

static enum err facets_make(struct pass *pass, struct arena *arena, struct msg_hits *hits)
{
	static const char *const names[FACET_KINDS] = {"type", "originator", "label"};
	if (!pass->query->facets)
		return ERR_OK;
	size_t terms = pass->hold->terms.count, labels = pass->hold->labels.count, used = 0;
	struct facet *items = ARENA_ARRAY(arena, 2 * terms + labels + 1, struct facet);
	if (!items)
		return ERR_MEMORY;
	for (size_t kind = 0; kind < FACET_KINDS; kind++)
		for (uint32_t i = 1; i < (kind == 2 ? labels : terms); i++)
			if (pass->facets[kind][i])
				items[used++] = (struct facet){slice_text(names[kind]),
							       kind == 2 ? label_text(pass->hold, i) : term_text(pass->hold, i),
							       pass->facets[kind][i]};
	hits->facets = (struct record_list){items, used};
	return ERR_OK;
}

static enum err pass_prepare(struct pass *pass, struct arena *arena)
{
	const struct hold_query *query = pass->query;
	pass->first_row = 1;
	pass->type = query->type.len ? term_find(pass->hold, query->type) : 0;
	pass->originator = query->originator.len ? term_find(pass->hold, query->originator) : 0;
	pass->label = query->label.len ? label_find(pass->hold, query->label) : 0;
	if (query->since_ms)
		TRY(catalog_row_since(pass->hold, query->since_ms * 1000, &pass->first_row));
	if (query->cursor.len)
		TRY(cursor_parse(pass->hold, query->cursor, (struct slice){0}, &pass->before));
	pass->rows = ARENA_ARRAY(arena, (size_t)query->limit + 1, uint64_t);
	pass->seen.count = pass->hold->catalog.object_count / 64 + 1;
	pass->seen.words = ARENA_ARRAY(arena, pass->seen.count, uint64_t);
	size_t sizes[FACET_KINDS] = {pass->hold->terms.count + 1, pass->hold->terms.count + 1, pass->hold->labels.count + 1};
	for (size_t i = 0; i < FACET_KINDS; i++)
		if (query->facets && !(pass->facets[i] = ARENA_ARRAY(arena, sizes[i], uint32_t)))
			return ERR_MEMORY;
	return pass->rows && pass->seen.words ? ERR_OK : ERR_MEMORY;
}

static enum err rows_find(struct pass *pass, struct arena *arena)
{
	TRY(pass_prepare(pass, arena));
	return pass_run(pass, arena);
}

enum err search_rows(struct hold *hold, struct view *view, const struct hold_query *query, struct arena *arena,
		     struct slice *ret_rows, uint64_t *ret_count)
{
	struct pass pass = {.hold = hold, .view = view, .query = query, .expression = buf_make(LIMIT_SEARCH_TEXT * 16)};
	enum err err = rows_find(&pass, arena);
	buf_done(&pass.expression);
	if (err != ERR_OK)
		return err;
	*ret_rows = slice_of(pass.rows, pass.hits * sizeof(*pass.rows));
	*ret_count = pass.count;
	return ERR_OK;
}

static enum err search(struct pass *pass, struct arena *arena, struct msg_hits *hits)
{
	TRY(rows_find(pass, arena));
	hits->count = pass->count;
	TRY(hits_make(pass, arena, hits));
	return facets_make(pass, arena, hits);
}

enum err hold_search(struct hold *hold, struct view *view, const struct hold_query *query, struct arena *arena,
		     struct msg_hits *ret_hits)
{
	struct pass pass = {.hold = hold, .view = view, .query = query, .expression = buf_make(LIMIT_SEARCH_TEXT * 16)};
	struct msg_hits hits = {0};
	enum err err = search(&pass, arena, &hits);
	buf_done(&pass.expression);
	if (err == ERR_OK)
		*ret_hits = hits;
	return err;
}
