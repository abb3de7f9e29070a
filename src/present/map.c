/* Places as GeoJSON. Must never place, count or order anything itself: the store did. spec: RFC 7946 */
#include "object/place.h"
#include "present/marking.h"
#include "present/route.h"
#include "present/write.h"

/* ---- the answer ---- */

/* "[longitude,latitude]" with as many decimals as are kept, exactly. */
static void write_angle(struct buf *json, uint32_t shifted, uint32_t zero)
{
	int64_t angle = (int64_t)shifted - zero;
	uint64_t size = (uint64_t)(angle < 0 ? -angle : angle);
	buf_printf(json, "%s%llu.%07llu", angle < 0 ? "-" : "", (unsigned long long)(size / PLACE_DEGREE),
		   (unsigned long long)(size % PLACE_DEGREE));
}

static void write_point(struct buf *json, const struct position *at)
{
	buf_put_octet(json, '[');
	write_angle(json, at->longitude, PLACE_LONGITUDE_ZERO);
	buf_put_octet(json, ',');
	write_angle(json, at->latitude, PLACE_LATITUDE_ZERO);
	buf_put_octet(json, ']');
}

/* Where it was last, as far as was asked. */
static void write_geometry(struct buf *json, const struct position *last)
{
	write_member_open(json, "geometry", '{');
	write_member(json, "type", SLICE("Point"));
	write_key(json, "coordinates");
	write_point(json, last);
	write_close(json, '}');
}

static void write_positions(struct buf *json, const struct record_list *positions)
{
	const struct position *items = positions->items;
	write_member_open(json, "positions", '[');
	for (size_t i = 0; i < positions->count; i++) {
		write_open(json, '{');
		write_key(json, "coordinates");
		write_point(json, &items[i]);
		write_member_moment(json, "since", items[i].since);
		write_member_moment(json, "until", items[i].until);
		write_close(json, '}');
	}
	write_close(json, ']');
}

static void write_feature(struct request *request, struct buf *json, const struct placed_object *placed)
{
	const struct position *items = placed->positions.items;
	write_open(json, '{');
	write_member(json, "type", SLICE("Feature"));
	write_member(json, "id", placed->id);
	write_geometry(json, &items[placed->positions.count - 1]);
	write_member_open(json, "properties", '{');
	write_member(json, "type", placed->type);
	write_member(json, "title", placed->title);
	write_member(json, "label", placed->label);
	write_mark(request, json, placed->label);
	write_marking(request, json, placed->label);
	write_member(json, "originator", placed->originator);
	if (placed->symbol.len)
		write_member(json, "sidc", placed->symbol);
	write_positions(json, &placed->positions);
	write_close(json, '}');
	write_close(json, '}');
}

static enum progress places_known(struct request *request, const void *answer)
{
	const struct msg_places *places = answer;
	const struct placed_object *objects = places->objects.items;
	struct buf *json = &request->response.body;
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	write_open(json, '{');
	write_member(json, "type", SLICE("FeatureCollection"));
	write_member_open(json, "features", '[');
	for (size_t i = 0; i < places->objects.count; i++) {
		if (!objects[i].positions.count)
			return request_refuse(request, ERR_INTERNAL, SLICE(""), 0, 0);
		write_feature(request, json, &objects[i]);
		buf_put(&labels, objects[i].label);
		buf_put_octet(&labels, '\n');
	}
	write_close(json, ']');
	write_member_bool(json, "more", places->more);
	write_marking(request, json, buf_slice(&labels));
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_GEOJSON);
}

/* ---- the question ---- */

/* A plain decimal number, such as -12.5, of at most seven decimals. */
static bool read_decimal(struct slice text, int64_t *ret_value)
{
	bool negative = text.len && text.data[0] == '-';
	int64_t value = 0;
	int decimals = -1;
	text = slice_skip(text, negative);
	if (!text.len || text.len > 12)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if (c == '.' && decimals < 0 && i && i + 1 < text.len)
			decimals = 0;
		else if (c < '0' || c > '9' || decimals == 7)
			return false;
		else {
			value = value * 10 + (c - '0');
			decimals += decimals >= 0;
		}
	}
	for (int i = decimals < 0 ? 0 : decimals; i < 7; i++)
		value *= 10;
	*ret_value = negative ? -value : value;
	return true;
}

/* "west,south,east,north" in degrees; west above east crosses the 180th meridian. spec: RFC 7946 5 */
static enum err take_box(struct request *request, struct msg_ask_places *ask)
{
	static const int64_t most[4] = {180, 90, 180, 90};
	bool there;
	struct slice text = query_find(&request->query, "bbox", &there), part;
	int64_t sides[4] = {-180LL * PLACE_DEGREE, -90LL * PLACE_DEGREE, 180LL * PLACE_DEGREE, 90LL * PLACE_DEGREE};
	bool good = !there || (text.len && text.data[text.len - 1] != ',');
	for (int i = 0; there && i < 4; i++) {
		good = good && (i == 0 || text.len);
		text = slice_split(text, ',', &part);
		good = good && read_decimal(part, &sides[i]) && sides[i] >= -most[i] * PLACE_DEGREE && sides[i] <= most[i] * PLACE_DEGREE;
	}
	if (!good || text.len || sides[1] > sides[3])
		return diag_fail(&request->diag, ERR_MALFORMED, "\"bbox\" must be west,south,east,north in degrees, south not above north");
	ask->west = (uint32_t)(sides[0] + PLACE_LONGITUDE_ZERO);
	ask->south = (uint32_t)(sides[1] + PLACE_LATITUDE_ZERO);
	ask->east = (uint32_t)(sides[2] + PLACE_LONGITUDE_ZERO);
	ask->north = (uint32_t)(sides[3] + PLACE_LATITUDE_ZERO);
	return ERR_OK;
}

static enum err take_question(struct request *request, struct msg_ask_places *ask)
{
	uint64_t limit;
	TRY(take_box(request, ask));
	TRY(query_moment(&request->query, "from", &ask->since, &request->diag));
	TRY(query_moment(&request->query, "to", &ask->until, &request->diag));
	TRY(query_number(&request->query, "limit", 1, LIMIT_MAP_FEATURES, LIMIT_MAP_DEFAULT, &limit, &request->diag));
	if (ask->until && ask->until < ask->since)
		return diag_fail(&request->diag, ERR_MALFORMED, "\"to\" is before \"from\"");
	ask->limit = (uint32_t)limit;
	memcpy(ask->session, request->session, SESSION);
	return ERR_OK;
}

enum progress map_get(struct request *request)
{
	struct msg_ask_places *ask = ARENA_NEW(&request->arena, struct msg_ask_places);
	enum err err = ask ? take_question(request, ask) : ERR_MEMORY;
	if (err != ERR_OK)
		return request_fail(request, err);
	return request_ask(request, MSG_PLACES, ask, MSG_PLACES_DONE, places_known);
}
