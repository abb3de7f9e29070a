/* See stix_map.h. Must never take a marking for one that admits more people than it does. */
#include "object/stix_map.h"

#include <ctype.h>

/* ---- well-known markings ---- */

static const struct {
	const char *key, *id, *id_1; /* 2.0, and the level of 1.0 that means the same or less */
} TLP[TLP_COUNT] = {
	[TLP_CLEAR] = {"tlp:clear", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
		"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"},
	[TLP_GREEN] = {"tlp:green", "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
		"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"},
	[TLP_AMBER] = {"tlp:amber", "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
		"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"},
	[TLP_AMBER_STRICT] = {"tlp:amber+strict", "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", NULL},
	[TLP_RED] = {"tlp:red", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
		"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"},
};

#define TLP_EXTENSION "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

const char *stix_tlp_id(int tlp)
{
	return tlp >= 0 && tlp < TLP_COUNT ? TLP[tlp].id : TLP[TLP_RED].id;
}

int stix_tlp_of_id(struct slice id)
{
	for (int i = 0; i < TLP_COUNT; i++)
		if (slice_equal(id, slice_text(TLP[i].id)) || (TLP[i].id_1 && slice_equal(id, slice_text(TLP[i].id_1))))
			return i;
	return -1;
}

/* Lower case, without blanks; "white" of the first versions is "clear". */
static void put_key(const char *scheme, struct slice level, struct buf *key)
{
	size_t start = key->len;
	buf_put_text(key, scheme);
	for (size_t i = 0; i < level.len; i++)
		if (level.data[i] != ' ')
			buf_put_octet(key, (uint8_t)tolower(level.data[i]));
	if (key->err == ERR_OK && slice_has_suffix(buf_slice(key), SLICE(":white"))) {
		buf_truncate(key, start);
		buf_put_text(key, scheme);
		buf_put_text(key, "clear");
	}
}

static bool takes_scheme(struct slice text, struct buf *key)
{
	static const char *const schemes[] = {"tlp:", "pap:"};
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (text.len < 5 || strncasecmp(slice_chars(text), schemes[i], 4) != 0)
			continue;
		put_key(schemes[i], slice_skip(text, 4), key);
		return true;
	}
	return false;
}

void stix_map_key(struct slice id, const json_t *definition, struct buf *key)
{
	int tlp = stix_tlp_of_id(id);
	json_t *inner = json_object_get(definition, "definition");
	struct slice type = json_slice(json_object_get(definition, "definition_type"));
	struct slice level = json_slice(
		json_object_get(json_object_get(json_object_get(definition, "extensions"), TLP_EXTENSION), "tlp_2_0"));
	struct slice statement = json_slice(json_object_get(inner, "statement"));
	if (tlp >= 0)
		buf_put_text(key, TLP[tlp].key);
	else if (level.len)
		put_key("tlp:", level, key);
	else if (slice_equal(type, SLICE("tlp")))
		put_key("tlp:", json_slice(json_object_get(inner, "tlp")), key);
	else if (slice_equal(type, SLICE("pap")) || slice_equal(type, SLICE("PAP")))
		put_key("pap:", json_slice(json_object_get(inner, "pap")), key);
	else if (!takes_scheme(statement, key) && !takes_scheme(json_slice(json_object_get(definition, "name")), key))
		buf_put(key, statement);
}

/* ---- the table ---- */

static struct slice take_key(struct slice *line)
{
	struct slice key;
	*line = slice_trim(*line);
	if (line->len && line->data[0] == '"') {
		ptrdiff_t end = slice_find_octet(slice_skip(*line, 1), '"');
		key = end < 0 ? SLICE("") : slice_take(slice_skip(*line, 1), (size_t)end);
		*line = slice_skip(*line, key.len + 2);
		return key;
	}
	size_t len = 0;
	while (len < line->len && line->data[len] != ' ' && line->data[len] != '\t')
		len++;
	key = slice_take(*line, len);
	*line = slice_skip(*line, len);
	return key;
}

static enum err read_meaning(struct stix_map *map, struct slice text, struct stix_map_row *row, struct diag *reason)
{
	text = slice_trim(text);
	if (slice_equal(text, SLICE("keep")) || slice_equal(text, SLICE("refuse"))) {
		row->meaning = text.data[0] == 'k' ? MEANING_KEEP : MEANING_REFUSE;
		return ERR_OK;
	}
	row->meaning = MEANING_LABEL;
	return label_parse_marking(map->policies, text, map->arena, &row->label, reason);
}

static enum err read_row(struct stix_map *map, struct slice line, uint32_t number, struct diag *diag)
{
	bool quoted = line.len && line.data[0] == '"';
	struct slice written = take_key(&line);
	struct stix_map_row row = {.meaning = MEANING_REFUSE};
	struct diag reason = {0};
	AUTO_BUF key = buf_make(LIMIT_MARKING_LINE);
	if (quoted)
		buf_put(&key, written);
	else if (!takes_scheme(written, &key))
		return diag_fail_at(diag, ERR_MALFORMED, number, 1,
			"\"%.*s\" is neither tlp:… nor pap:… nor a quoted statement",
			SLICE_ARG(slice_take(written, 60)));
	if (key.len == 0 || key.err != ERR_OK)
		return diag_fail_at(diag, ERR_MALFORMED, number, 1, "the marking is empty or too long");
	TRY(arena_copy(map->arena, buf_slice(&key), &row.key));
	if (stix_map_find(map, row.key))
		return diag_fail_at(
			diag, ERR_MALFORMED, number, 1, "%.*s stands twice", SLICE_ARG(slice_take(row.key, 100)));
	enum err err = read_meaning(map, line, &row, &reason);
	if (err != ERR_OK)
		return diag_fail_at(diag, err, number, 1,
			"what %.*s means is no marking of the policies, \"keep\" or \"refuse\": %s",
			SLICE_ARG(slice_take(row.key, 100)), reason.text);
	map->rows[map->count++] = row;
	return ERR_OK;
}

enum err stix_map_parse(const struct policy_set *policies, struct slice text, struct arena *arena,
	struct stix_map *ret_map, struct diag *diag)
{
	struct stix_map map = {.policies = policies, .arena = arena};
	map.rows = ARENA_ARRAY(arena, STIX_MAP_ROWS, struct stix_map_row);
	if (!map.rows)
		return ERR_MEMORY;
	if (text.len > STIX_MAP_TEXT)
		return diag_fail(diag, ERR_TOO_LARGE, "a table of more than %d octets", STIX_MAP_TEXT);
	if (!utf8_is_text(text))
		return diag_fail(diag, ERR_MALFORMED, "the table is not UTF-8 text");
	for (uint32_t number = 1; text.len; number++) {
		struct slice line;
		text = slice_split(text, '\n', &line);
		line = slice_trim(line);
		if (!line.len || line.data[0] == '#')
			continue;
		if (map.count == STIX_MAP_ROWS)
			return diag_fail_at(diag, ERR_TOO_LARGE, number, 1, "more than %d rows", STIX_MAP_ROWS);
		TRY(read_row(&map, line, number, diag));
	}
	*ret_map = map;
	return ERR_OK;
}

const struct stix_map_row *stix_map_find(const struct stix_map *map, struct slice key)
{
	for (size_t i = 0; i < map->count; i++)
		if (slice_equal(map->rows[i].key, key))
			return &map->rows[i];
	return NULL;
}

/* ---- out ---- */

static bool same_label(const struct label *a, const struct label *b)
{
	AUTO_BUF one = buf_make(LIMIT_LABEL_TEXT), other = buf_make(LIMIT_LABEL_TEXT);
	label_print_compact(a, &one);
	label_print_compact(b, &other);
	return one.err == ERR_OK && other.err == ERR_OK && slice_equal(buf_slice(&one), buf_slice(&other));
}

/* A label that stays as it is when the other is added to it is at least as strict. */
bool stix_map_is_stricter(const struct policy_set *policies, const struct label *label, const struct label *under)
{
	AUTO_ARENA arena = {0};
	const struct label *both[] = {label, under}, *dominant;
	if (same_label(label, under))
		return true;
	return label_dominant(policies, both, 2, &arena, &dominant, NULL) == ERR_OK && same_label(dominant, label);
}

static int find_tlp(const struct stix_map *map, struct slice text)
{
	AUTO_ARENA arena = {0};
	const struct label *label;
	if (label_parse_compact(map->policies, text, &arena, &label, NULL) != ERR_OK)
		return TLP_RED;
	for (int tlp = 0; tlp < TLP_RED; tlp++) {
		const struct stix_map_row *row = stix_map_find(map, slice_text(TLP[tlp].key));
		if (row && row->meaning == MEANING_LABEL && stix_map_is_stricter(map->policies, row->label, label))
			return tlp;
	}
	return TLP_RED;
}

int stix_map_export(struct stix_map *map, struct slice label)
{
	for (size_t i = 0; i < map->remembered_count; i++)
		if (slice_equal(map->remembered[i].label, label))
			return map->remembered[i].tlp;
	int tlp = find_tlp(map, label);
	size_t at = map->remembered_count;
	if (at < STIX_MAP_REMEMBERED && arena_copy(map->arena, label, &map->remembered[at].label) == ERR_OK) {
		map->remembered[at].tlp = tlp;
		map->remembered_count++;
	}
	return tlp;
}
