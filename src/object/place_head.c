/* Places of heads. Must never guess: what is not a whole place within its bounds is refused. */
#include "object/place_head.h"

#include "base/moment.h"

/* ---- symbols ---- */

/* Two digits each. spec: APP-6D 1.3, MIL-STD-2525D table A-III */
static const char SYMBOL_SETS[] = "01 02 05 06 10 11 15 20 25 27 30 35 36 39 40 45 46 47 50 51 52 53 54 60";

static bool is_symbol_set(struct slice digits)
{
	for (const char *at = SYMBOL_SETS; *at; at += at[2] ? 3 : 2)
		if (digits.data[0] == at[0] && digits.data[1] == at[1])
			return true;
	return false;
}

bool place_is_symbol(struct slice text)
{
	if (text.len != 20 && text.len != 30)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	/* version, context (reality, exercise, simulation), identity, symbol set, status */
	return text.data[0] == '1' && text.data[1] <= '5' && text.data[2] <= '2' && text.data[3] <= '6' &&
	       is_symbol_set(slice_skip(text, 4)) && text.data[6] <= '5';
}

/* ---- parts of a place ---- */

static enum err read_angle(json_t *value, const char *name, int most, uint32_t *ret_angle, struct diag *diag)
{
	double degrees = json_number_value(value);
	if (!json_is_number(value) || degrees < -most || degrees > most)
		return diag_fail(diag, ERR_MALFORMED, "%s is no number from -%d to %d", name, most, most);
	*ret_angle = (uint32_t)((degrees + most) * PLACE_DEGREE + 0.5);
	return ERR_OK;
}

static enum err read_angles(json_t *object, struct place *place, struct diag *diag)
{
	TRY(read_angle(json_object_get(object, "latitude"), "latitude", 90, &place->latitude, diag));
	return read_angle(json_object_get(object, "longitude"), "longitude", 180, &place->longitude, diag);
}

static enum err read_moment(json_t *object, const char *name, bool required, uint64_t *ret_ms, struct diag *diag)
{
	json_t *value = json_object_get(object, name);
	struct slice text = json_slice(value);
	if (!value && !required)
		return ERR_OK;
	if (!text.len || text.data[text.len - 1] != 'Z' || moment_parse(text, ret_ms) != ERR_OK || !*ret_ms)
		return diag_fail(diag, ERR_MALFORMED, "%s is no time in UTC like 2026-01-31T12:00:00.000Z", name);
	return ERR_OK;
}

static enum err read_symbol(json_t *object, bool required, struct slice *ret_symbol, struct diag *diag)
{
	json_t *value = json_object_get(object, "sidc");
	*ret_symbol = json_slice(value);
	if ((value || required) && !place_is_symbol(*ret_symbol))
		return diag_fail(diag, ERR_MALFORMED, "sidc is no symbol code of APP-6D: 20 or 30 digits");
	return ERR_OK;
}

/* ---- types ---- */

static enum err read_location(json_t *head, struct place *items, size_t *ret_count, struct diag *diag)
{
	json_t *extension = json_object_get(json_object_get(head, "extensions"), STIX_PLACES);
	if (!json_object_get(head, "latitude") && !json_object_get(head, "longitude"))
		return ERR_OK; /* a region or a country by name */
	TRY(read_angles(head, &items[0], diag));
	TRY(read_symbol(extension, false, &items[0].symbol, diag));
	*ret_count = 1;
	return ERR_OK;
}

static enum err read_event(json_t *head, struct place *items, size_t *ret_count, struct diag *diag)
{
	struct place *place = &items[0];
	TRY(read_angles(head, place, diag));
	TRY(read_symbol(head, true, &place->symbol, diag));
	TRY(read_moment(head, "start", true, &place->since, diag));
	place->until = place->since;
	TRY(read_moment(head, "stop", false, &place->until, diag));
	if (place->until < place->since)
		return diag_fail(diag, ERR_MALFORMED, "stop is before start");
	*ret_count = 1;
	return ERR_OK;
}

static enum err read_positions(json_t *list, struct slice symbol, struct place *items, struct diag *diag)
{
	json_t *position;
	size_t i;
	json_array_foreach(list, i, position) {
		items[i].symbol = symbol;
		TRY(read_angles(position, &items[i], diag));
		TRY(read_moment(position, "at", true, &items[i].since, diag));
		if (i && items[i].since <= items[i - 1].since)
			return diag_fail(diag, ERR_MALFORMED, "positions do not rise in time (number %zu)", i + 1);
		if (i)
			items[i - 1].until = items[i].since;
	}
	return ERR_OK;
}

static enum err read_track(json_t *head, struct place *items, size_t *ret_count, struct diag *diag)
{
	json_t *list = json_object_get(head, "positions");
	size_t count = json_array_size(list);
	struct slice symbol;
	TRY(read_symbol(head, true, &symbol, diag));
	if (!count)
		return diag_fail(diag, ERR_MALFORMED, "positions must be a list with entries");
	if (count > LIMIT_POSITIONS)
		return diag_fail(diag, ERR_TOO_LARGE, "more than %d positions", LIMIT_POSITIONS);
	TRY(read_positions(list, symbol, items, diag));
	TRY(read_moment(head, "valid_until", false, &items[count - 1].until, diag));
	if (items[count - 1].until && items[count - 1].until < items[count - 1].since)
		return diag_fail(diag, ERR_MALFORMED, "valid_until is before the last position");
	*ret_count = count;
	return ERR_OK;
}

static const struct placed_type {
	const char *type;
	enum err (*read)(json_t *head, struct place *items, size_t *ret_count, struct diag *diag);
} TYPES[] = {{"location", read_location}, {"bices-event", read_event}, {"bices-track", read_track}};

enum err places_of_head(json_t *head, struct slice type, struct arena *arena, struct slice *ret_places, struct diag *diag)
{
	struct place items[LIMIT_POSITIONS] = {0};
	struct places places = {.items = {items, 0}};
	for (size_t i = 0; i < sizeof(TYPES) / sizeof(TYPES[0]); i++)
		if (slice_equal(type, slice_text(TYPES[i].type)))
			TRY(TYPES[i].read(head, items, &places.items.count, diag));
	*ret_places = (struct slice){0};
	if (!places.items.count)
		return ERR_OK;
	AUTO_BUF bytes = buf_make(LIMIT_PLACES_BYTES);
	record_encode(&places_schema, &places, &bytes);
	TRY(bytes.err);
	return arena_copy(arena, buf_slice(&bytes), ret_places);
}
