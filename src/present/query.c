/* Request targets, see query.h. Must never repair: what is broken is refused with its name. */
#include "present/query.h"

#include "base/moment.h"

static int hex_value(uint8_t octet)
{
	if (octet >= '0' && octet <= '9')
		return octet - '0';
	octet |= 0x20;
	return octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
}

enum err percent_decode(struct slice text, bool plus, struct arena *arena, struct slice *ret_text)
{
	uint8_t *out = arena_alloc(arena, text.len + 1, 1);
	size_t len = 0;
	if (!out)
		return ERR_MEMORY;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t octet = text.data[i];
		if (octet == '%') {
			int high = i + 2 < text.len ? hex_value(text.data[i + 1]) : -1;
			int low = i + 2 < text.len ? hex_value(text.data[i + 2]) : -1;
			if (high < 0 || low < 0)
				return ERR_MALFORMED;
			octet = (uint8_t)(high << 4 | low);
			i += 2;
		} else if (octet == '+' && plus) {
			octet = ' ';
		}
		out[len++] = octet;
	}
	struct slice decoded = slice_of(out, len);
	if (!utf8_is_text(decoded))
		return ERR_MALFORMED;
	*ret_text = decoded;
	return ERR_OK;
}

static enum err add(struct query *query, struct slice pair, struct arena *arena, struct diag *diag)
{
	struct slice name, value = slice_split(pair, '=', &name);
	if (query->count == QUERY_PARAMETERS)
		return diag_fail(diag, ERR_TOO_LARGE, "more than %d query parameters", QUERY_PARAMETERS);
	if (percent_decode(name, true, arena, &name) != ERR_OK || percent_decode(value, true, arena, &value) != ERR_OK)
		return diag_fail(diag, ERR_MALFORMED, "query parameter %zu: broken percent encoding or not UTF-8",
				 query->count + 1);
	if (name.len == 0)
		return diag_fail(diag, ERR_MALFORMED, "query parameter %zu has no name", query->count + 1);
	for (size_t i = 0; i < query->count; i++)
		if (slice_equal(query->parameters[i].name, name))
			return diag_fail(diag, ERR_MALFORMED, "query parameter \"%.*s\" appears twice",
					 SLICE_ARG(slice_take(name, 64)));
	query->parameters[query->count].name = name;
	query->parameters[query->count].value = value;
	query->count++;
	return ERR_OK;
}

enum err query_parse(struct slice text, struct arena *arena, struct query *ret_query, struct diag *diag)
{
	struct query query = {.count = 0};
	if (text.len > QUERY_BYTES)
		return diag_fail(diag, ERR_TOO_LARGE, "the query is longer than %d octets", QUERY_BYTES);
	while (text.len > 0) {
		struct slice pair;
		text = slice_split(text, '&', &pair);
		if (pair.len > 0)
			TRY(add(&query, pair, arena, diag));
	}
	*ret_query = query;
	return ERR_OK;
}

struct slice query_find(const struct query *query, const char *name, bool *ret_there)
{
	struct slice wanted = slice_text(name);
	for (size_t i = 0; i < query->count; i++) {
		if (!slice_equal(query->parameters[i].name, wanted))
			continue;
		if (ret_there)
			*ret_there = true;
		return query->parameters[i].value;
	}
	if (ret_there)
		*ret_there = false;
	return (struct slice){NULL, 0};
}

enum err query_number(const struct query *query, const char *name, uint64_t min, uint64_t max, uint64_t fallback,
		      uint64_t *ret_number, struct diag *diag)
{
	bool there;
	uint64_t number = fallback;
	struct slice text = query_find(query, name, &there);
	if (there && (slice_parse_u64(text, &number) != ERR_OK || number < min || number > max))
		return diag_fail(diag, ERR_MALFORMED, "\"%s\" must be a whole number from %llu to %llu", name,
				 (unsigned long long)min, (unsigned long long)max);
	*ret_number = number;
	return ERR_OK;
}

enum err query_flag(const struct query *query, const char *name, bool *ret_flag, struct diag *diag)
{
	bool there;
	struct slice text = query_find(query, name, &there);
	bool yes = slice_equal(text, SLICE("true")) || slice_equal(text, SLICE("1"));
	bool no = !there || slice_equal(text, SLICE("false")) || slice_equal(text, SLICE("0"));
	if (!yes && !no)
		return diag_fail(diag, ERR_MALFORMED, "\"%s\" must be true or false", name);
	*ret_flag = yes;
	return ERR_OK;
}

enum err query_moment(const struct query *query, const char *name, uint64_t *ret_ms, struct diag *diag)
{
	bool there;
	uint64_t ms = 0;
	struct slice text = query_find(query, name, &there);
	if (there && moment_parse(text, &ms) != ERR_OK)
		return diag_fail(diag, ERR_MALFORMED, "\"%s\" must be a time such as 2026-11-24T06:00:00Z", name);
	*ret_ms = ms;
	return ERR_OK;
}
