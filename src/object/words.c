/* Searchable text and titles. Must never take text of one portion into another's: a word belongs where it is labelled. */
#include "object/words.h"

enum { WORDS_MAX = LIMIT_PORTION_BYTES, SHORTEST_TIME = 20, LONGEST_TIME = 35 };

static const char *const NOT_SEARCHED[] = {
	"spec_version", "extension_type", "lang", "object_marking_refs", "granular_markings", "media_type",
};

static bool is_searched(const char *name)
{
	for (size_t i = 0; i < sizeof(NOT_SEARCHED) / sizeof(NOT_SEARCHED[0]); i++)
		if (strcmp(name, NOT_SEARCHED[i]) == 0)
			return false;
	return true;
}

static bool is_time(struct slice s)
{
	return s.len >= SHORTEST_TIME && s.len <= LONGEST_TIME && s.data[4] == '-' && s.data[7] == '-' &&
	       s.data[10] == 'T' && s.data[s.len - 1] == 'Z';
}

static void put_words(struct slice s, struct buf *text)
{
	struct slice type;
	if (s.len == 0 || is_time(s) || object_id_type(s, &type) == ERR_OK)
		return;
	if (text->len)
		buf_put_octet(text, '\n');
	buf_put(text, s);
}

struct level {
	json_t *value;
	void *member; /* object: iterator */
	size_t next;  /* array */
};

/* The next item of the innermost open value, or NULL when it is at its end. */
static json_t *next_item(struct level *level)
{
	if (json_is_array(level->value))
		return json_array_get(level->value, level->next++);
	while (level->member) {
		void *at = level->member;
		level->member = json_object_iter_next(level->value, at);
		if (is_searched(json_object_iter_key(at)))
			return json_object_iter_value(at);
	}
	return NULL;
}

void words_of_json(json_t *value, struct buf *text)
{
	struct level levels[JSON_PRINT_DEPTH];
	size_t depth = 0;
	for (;;) {
		if (json_is_string(value))
			put_words(json_slice(value), text);
		else if ((json_is_object(value) || json_is_array(value)) && depth < JSON_PRINT_DEPTH)
			levels[depth++] = (struct level){
				value, json_is_object(value) ? json_object_iter(value) : NULL, 0};
		for (value = NULL; depth > 0 && !(value = next_item(&levels[depth - 1]));)
			depth--;
		if (!value)
			return;
	}
}

enum err words_of_portion(uint8_t kind, struct slice content, struct buf *text)
{
	if (kind == PORTION_REFERENCE)
		return ERR_OK;
	if (kind == PORTION_TEXT) {
		buf_put(text, content);
		return text->err;
	}
	AUTO_JSON *value = NULL;
	TRY(json_read(content, LIMIT_PORTION_BYTES, &value, NULL));
	if (kind == PORTION_ATTACHMENT) /* what is inside is not read here */
		put_words(json_slice(json_object_get(value, "name")), text);
	else
		words_of_json(value, text);
	return text->err;
}

/* Most telling first. */
static const char *const TITLES[] = {
	"name", "value", "title", "abstract", "path", "key", "user_id", "account_login", "display_name", "subject",
	"relationship_type", "pattern", "opinion", "explanation", "content", "product", "result_name", "country", "region",
	"command_line", "definition_type", "serial_number",
};

static struct slice cut_title(struct slice title)
{
	if (title.len <= LIMIT_TITLE)
		return title;
	size_t len = LIMIT_TITLE;
	while (len > 0 && (title.data[len] & 0xc0) == 0x80)
		len--;
	return slice_take(title, len);
}

enum err title_of_head(json_t *head, struct slice type, struct arena *arena, struct slice *ret_title)
{
	struct slice found = type, copy;
	for (size_t i = 0; i < sizeof(TITLES) / sizeof(TITLES[0]); i++) {
		struct slice s = slice_trim(json_slice(json_object_get(head, TITLES[i])));
		if (s.len) {
			found = s;
			break;
		}
	}
	TRY(arena_copy(arena, cut_title(found), &copy));
	uint8_t *line = arena_alloc(arena, copy.len, 1);
	if (!line)
		return ERR_MEMORY;
	for (size_t i = 0; i < copy.len; i++)
		line[i] = copy.data[i] < 0x20 ? ' ' : copy.data[i];
	*ret_title = slice_of(line, copy.len);
	return ERR_OK;
}
