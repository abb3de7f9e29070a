/* Text with portions to parts. Must never let a line that looks like a marking pass as the text of another portion. */
#include "object/text.h"

enum { PARTS_MAX = LIMIT_PORTIONS, MARKING_SHOWN = 80 };

struct splitter {
	struct slice rest;
	uint32_t line; /* of the line last taken, from 1 */
	struct arena *arena;
	struct diag *diag;
	struct text_parts parts;
	size_t capacity;
	struct buf body; /* text of the part in hand */
	bool open;
};

static struct slice take_line(struct splitter *splitter)
{
	struct slice line;
	splitter->rest = slice_split(splitter->rest, '\n', &line);
	splitter->line++;
	if (line.len && line.data[line.len - 1] == '\r')
		line = slice_take(line, line.len - 1);
	return line;
}

/* Characters that a person does not see, with which a marking could be moved out of its place: first and last of each
 * range. */
static const uint32_t UNSEEN[][2] = {
	{0x00, 0x20}, {0x7f, 0xa0}, {0xad, 0xad}, {0x115f, 0x1160}, {0x1680, 0x1680}, {0x180e, 0x180e}, {0x2000, 0x200f},
	{0x2028, 0x202f}, {0x205f, 0x206f}, {0x3000, 0x3000}, {0x3164, 0x3164}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},
};

static bool is_unseen(uint32_t c)
{
	for (size_t i = 0; i < sizeof(UNSEEN) / sizeof(UNSEEN[0]); i++)
		if (c >= UNSEEN[i][0] && c <= UNSEEN[i][1])
			return true;
	return false;
}

static struct slice skip_blanks(struct slice line)
{
	uint32_t c;
	for (size_t len; line.len && (len = utf8_next(line, &c)) && is_unseen(c);)
		line = slice_skip(line, len);
	return line;
}

static enum err fail(struct splitter *splitter, enum err err, const char *what)
{
	return diag_fail_at(splitter->diag, err, splitter->line, 1, "line %u: %s", splitter->line, what);
}

static enum err grow(struct splitter *splitter)
{
	if (splitter->parts.count == PARTS_MAX)
		return fail(splitter, ERR_TOO_LARGE, "more portions than one report may have (1,023)");
	if (splitter->parts.count < splitter->capacity)
		return ERR_OK;
	size_t capacity = splitter->capacity ? 4 * splitter->capacity : 16;
	struct text_part *items = ARENA_ARRAY(splitter->arena, capacity, struct text_part);
	if (!items)
		return ERR_MEMORY;
	if (splitter->parts.count)
		memcpy(items, splitter->parts.items, splitter->parts.count * sizeof(*items));
	splitter->parts.items = items;
	splitter->capacity = capacity;
	return ERR_OK;
}

static enum err open_part(struct splitter *splitter, struct slice marking)
{
	TRY(grow(splitter));
	splitter->parts.items[splitter->parts.count++] = (struct text_part){.marking = marking, .line = splitter->line};
	buf_truncate(&splitter->body, 0);
	splitter->open = true;
	return ERR_OK;
}

static enum err close_part(struct splitter *splitter)
{
	if (!splitter->open)
		return ERR_OK;
	struct text_part *part = &splitter->parts.items[splitter->parts.count - 1];
	splitter->open = false;
	TRY(splitter->body.err);
	struct slice text = slice_trim(buf_slice(&splitter->body));
	if (!text.len)
		return diag_fail_at(splitter->diag, ERR_MALFORMED, part->line, 1,
				    "line %u: a marking without text behind it", part->line);
	return arena_copy(splitter->arena, text, &part->text);
}

/* The text behind a marking in parentheses at the start of the line. */
static enum err take_marking(struct splitter *splitter, struct slice line, struct slice *ret_marking,
			     struct slice *ret_rest)
{
	ptrdiff_t end = slice_find_octet(line, ')');
	if (end < 0)
		return fail(
			splitter, ERR_MALFORMED,
			"a marking begins with ( and is not closed on this line; write \\( for a literal parenthesis");
	struct slice marking = slice_trim(slice_take(slice_skip(line, 1), (size_t)end - 1));
	if (!marking.len || marking.len > LIMIT_MARKING_LINE)
		return fail(splitter, ERR_MALFORMED,
			    "the parentheses hold no marking; write \\( for a literal parenthesis");
	*ret_marking = marking;
	*ret_rest = slice_trim(slice_skip(line, (size_t)end + 1));
	return ERR_OK;
}

/* A run of backslashes in front of "(" at the start of a line loses one. */
static struct slice unescape(struct slice line)
{
	size_t slashes = 0;
	while (slashes < line.len && line.data[slashes] == '\\')
		slashes++;
	return slashes && slashes < line.len && line.data[slashes] == '(' ? slice_skip(line, 1) : line;
}

/* Looks like a marking to a person, but is not one: the parenthesis of Korean, Chinese and Japanese keyboards. */
static bool has_wide_parenthesis(struct slice line)
{
	return slice_has_prefix(line, SLICE("\xef\xbc\x88"));
}

/* Adds text to the open portion. */
static enum err put_text(struct splitter *splitter, struct slice text)
{
	buf_put(&splitter->body, text);
	return splitter->body.err == ERR_TOO_LARGE ? fail(splitter, ERR_TOO_LARGE, "a portion of more than 4 MiB")
						   : splitter->body.err;
}

static enum err add_line(struct splitter *splitter, struct slice line)
{
	struct slice visible = skip_blanks(line), marking;
	if (!visible.len)
		return close_part(splitter);
	if (has_wide_parenthesis(visible))
		return fail(splitter, ERR_MALFORMED,
			    "a line begins with a full-width parenthesis; markings take the plain ones: (MARKING)");
	if (visible.data[0] == '(') {
		TRY(close_part(splitter));
		TRY(take_marking(splitter, visible, &marking, &line));
		TRY(open_part(splitter, marking));
		return put_text(splitter, line);
	}
	if (!splitter->open)
		TRY(open_part(splitter, (struct slice){0}));
	if (splitter->body.len)
		buf_put_octet(&splitter->body, '\n');
	return put_text(splitter, visible.data[0] == '\\' ? unescape(visible) : line);
}

/* "Title (MARKING)": the last parentheses, when they end the line and are not escaped. */
static bool find_trailing(struct slice line, struct slice *ret_title, struct slice *ret_marking)
{
	if (!line.len || line.data[line.len - 1] != ')')
		return false;
	size_t at = line.len - 1;
	while (at > 0 && line.data[at] != '(')
		at--;
	if (line.data[at] != '(' || at == 0 || line.data[at - 1] == '\\')
		return false;
	*ret_title = slice_trim(slice_take(line, at));
	*ret_marking = slice_trim(slice_take(slice_skip(line, at + 1), line.len - at - 2));
	return true;
}

/* In a title every "\(" is a literal parenthesis. */
static enum err put_title(struct splitter *splitter, struct slice title)
{
	for (size_t i = 0; i < title.len; i++)
		if (title.data[i] != '\\' || i + 1 == title.len || title.data[i + 1] != '(')
			buf_put_octet(&splitter->body, title.data[i]);
	if (splitter->body.len > LIMIT_TITLE)
		return fail(splitter, ERR_TOO_LARGE, "the title is longer than 1,024 octets");
	return close_part(splitter);
}

static enum err add_title(struct splitter *splitter, struct slice line)
{
	struct slice title = slice_trim(skip_blanks(line)), marking = {0};
	if (!title.len)
		return fail(splitter, ERR_MALFORMED, "the first line must be the title");
	if (has_wide_parenthesis(title))
		return fail(splitter, ERR_MALFORMED,
			    "the title begins with a full-width parenthesis; markings take the plain ones: (MARKING)");
	if (title.data[0] == '(')
		TRY(take_marking(splitter, title, &marking, &title));
	else if (find_trailing(title, &title, &marking) && !marking.len)
		return fail(splitter, ERR_MALFORMED,
			    "the parentheses hold no marking; write \\( for a literal parenthesis");
	TRY(open_part(splitter, marking));
	return put_title(splitter, title);
}

static enum err split(struct splitter *splitter)
{
	TRY(add_title(splitter, take_line(splitter)));
	if (splitter->rest.len && slice_trim(take_line(splitter)).len)
		return fail(splitter, ERR_MALFORMED,
			    "a blank line must stand between the title and the first paragraph");
	while (splitter->rest.len)
		TRY(add_line(splitter, take_line(splitter)));
	return close_part(splitter);
}

/* Names the first line that holds what is not text. */
static enum err check_octets(struct slice text, struct diag *diag)
{
	for (unsigned line = 1; text.len; line++) {
		struct slice head;
		text = slice_split(text, '\n', &head);
		if (!utf8_is_text(head))
			return diag_fail_at(diag, ERR_MALFORMED, line, 1, "line %u: not valid UTF-8, or a NUL", line);
	}
	return ERR_OK;
}

enum err text_split(struct slice text, struct arena *arena, struct text_parts *ret_parts, struct diag *diag)
{
	TRY(check_octets(text, diag));
	if (slice_has_prefix(text, SLICE("\xef\xbb\xbf")))
		text = slice_skip(text, 3);
	struct splitter splitter = {
		.rest = text, .arena = arena, .diag = diag, .body = buf_make(LIMIT_PORTION_BYTES)};
	enum err err = split(&splitter);
	buf_done(&splitter.body);
	TRY(err);
	*ret_parts = splitter.parts;
	return ERR_OK;
}
