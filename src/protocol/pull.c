/* Decisions of a pull. Must never go on where a page did not bring it forward. */
#include "protocol/pull.h"

#include "base/moment.h"

static const char state_head[] = "bices-pull 1\n";

void pull_state_print(const struct pull_state *state, struct buf *text)
{
	buf_printf(text, "%safter %s\nlast %s\nnext %s\n", state_head, state->after, state->last, state->next);
}

/* "NAME TEXT\n" at the front of *rest. */
static enum err line_take(struct slice *rest, struct slice name, char *ret_text, size_t max)
{
	struct slice line;
	if (slice_find_octet(*rest, '\n') < 0)
		return ERR_MALFORMED;
	*rest = slice_split(*rest, '\n', &line);
	if (!slice_has_prefix(line, name) || line.len - name.len > max)
		return ERR_MALFORMED;
	line = slice_skip(line, name.len);
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] == '\0')
			return ERR_MALFORMED;
	memcpy(ret_text, line.data, line.len);
	ret_text[line.len] = '\0';
	return ERR_OK;
}

enum err pull_state_parse(struct slice text, struct pull_state *ret_state)
{
	struct pull_state state = {0};
	struct slice head = slice_text(state_head);
	if (text.len > 0) {
		if (!slice_has_prefix(text, head))
			return ERR_MALFORMED;
		text = slice_skip(text, head.len);
		TRY(line_take(&text, SLICE("after "), state.after, LIMIT_USER));
		TRY(line_take(&text, SLICE("last "), state.last, LIMIT_USER));
		TRY(line_take(&text, SLICE("next "), state.next, LIMIT_TITLE));
		if (text.len > 0)
			return ERR_MALFORMED;
	}
	*ret_state = state;
	return ERR_OK;
}

static void put_encoded(struct buf *query, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-_.~", c);
		buf_printf(query, plain ? "%c" : "%%%02X", c);
	}
}

void pull_query(const struct pull_state *state, unsigned limit, struct buf *query)
{
	buf_printf(query, "?limit=%u", limit);
	if (state->after[0])
		buf_put_text(query, "&added_after=");
	put_encoded(query, state->after);
	if (state->next[0])
		buf_put_text(query, "&next=");
	put_encoded(query, state->next);
}

static bool is_one_line(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < 0x20 || text.data[i] == 0x7f)
			return false;
	return true;
}

static enum err dates_check(const struct pull_state *state, const struct pull_page *page, struct diag *diag)
{
	uint64_t added = 0, before = 0;
	const char *bound = state->last[0] ? state->last : state->after;
	if (page->last_added.len > LIMIT_USER)
		return diag_fail(diag, ERR_TOO_LARGE, "the server's date of addition is longer than %d octets", LIMIT_USER);
	if (page->objects > 0 && moment_parse_micro(page->last_added, &added) != ERR_OK)
		return diag_fail(diag, ERR_INVALID, "the server does not say when its objects were added (X-TAXII-Date-Added-Last)");
	if (page->objects > 0 && bound[0] && moment_parse_micro(slice_text(bound), &before) == ERR_OK && added < before)
		return diag_fail(diag, ERR_INVALID, "the server's dates of addition run backwards: %.*s behind %s",
				 SLICE_ARG(page->last_added), bound);
	return ERR_OK;
}

enum err pull_check(const struct pull_state *state, const struct pull_page *page, struct diag *diag)
{
	TRY(dates_check(state, page, diag));
	if (page->next.len > LIMIT_TITLE || !is_one_line(page->next))
		return diag_fail(diag, ERR_TOO_LARGE, "the server's cursor is no line of at most %d octets", LIMIT_TITLE);
	if (!page->more)
		return ERR_OK;
	if (page->objects == 0)
		return diag_fail(diag, ERR_INVALID, "the server says that there is more and gives nothing");
	if (page->next.len > 0 && slice_equal(page->next, slice_text(state->next)))
		return diag_fail(diag, ERR_INVALID, "the server pages in a circle: its cursor does not move");
	bool moves = !slice_equal(page->last_added, slice_text(state->last[0] ? state->last : state->after));
	if (page->next.len == 0 && !moves)
		return diag_fail(diag, ERR_INVALID, "the server gives no cursor, and its dates of addition do not move");
	return ERR_OK;
}

static void put(char *text, struct slice value)
{
	memcpy(text, value.data, value.len);
	text[value.len] = '\0';
}

static bool is_spent(const struct pull_budget *budget, const struct pull_taken *taken)
{
	return taken->pages >= budget->pages || taken->objects >= budget->objects || taken->octets >= budget->octets ||
	       taken->seconds >= budget->seconds;
}

enum pull_step pull_advance(struct pull_state *state, const struct pull_page *page, const struct pull_budget *budget,
			    const struct pull_taken *taken)
{
	if (page->objects > 0)
		put(state->last, page->last_added);
	state->next[0] = '\0';
	if (page->more && page->next.len > 0) {
		put(state->next, page->next);
	} else if (state->last[0]) { /* a new series */
		memcpy(state->after, state->last, sizeof(state->after));
	}
	if (!page->more)
		return PULL_DONE;
	return is_spent(budget, taken) ? PULL_STOP : PULL_MORE;
}

/* ---- addresses ---- */

/* Networks that no foreign server stands in. spec: RFC 6890 */
static const struct {
	uint8_t octets[4], bits;
} closed[] = {{{0}, 8},		    {{10}, 8},		{{100, 64}, 10},  {{127}, 8},	     {{169, 254}, 16}, {{172, 16}, 12},
	      {{192, 0, 0}, 24},    {{192, 0, 2}, 24},	{{192, 168}, 16}, {{198, 18}, 15}, {{198, 51, 100}, 24},
	      {{203, 0, 113}, 24}, {{224}, 3}};

static bool has_bits(const uint8_t *octets, const uint8_t *net, unsigned bits)
{
	for (unsigned i = 0; i < bits; i++)
		if ((octets[i / 8] ^ net[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

static bool is_open_4(const uint8_t *octets)
{
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
		if (has_bits(octets, closed[i].octets, closed[i].bits))
			return false;
	return true;
}

/* Global unicast, 2000::/3, without those that carry an IPv4 address (6to4, Teredo) or stand in books. */
static bool is_open_6(const uint8_t *octets)
{
	static const uint8_t global[] = {0x20}, books[] = {0x20, 0x01, 0x0d, 0xb8}, special[] = {0x20, 0x01, 0x00}, six_to_four[] = {0x20, 0x02};
	return has_bits(octets, global, 3) && !has_bits(octets, books, 32) && !has_bits(octets, special, 23) &&
	       !has_bits(octets, six_to_four, 16);
}

bool pull_may_connect(const struct pull_address *address, const struct pull_address *list, size_t count)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct pull_address plain = *address;
	if (address->len == 16 && memcmp(address->octets, mapped, sizeof(mapped)) == 0) {
		plain = (struct pull_address){.len = 4};
		memcpy(plain.octets, address->octets + sizeof(mapped), 4);
	}
	for (size_t i = 0; i < count; i++)
		if (list[i].len == plain.len && memcmp(list[i].octets, plain.octets, plain.len) == 0)
			return true;
	if (count > 0)
		return false;
	return plain.len == 4 ? is_open_4(plain.octets) : plain.len == 16 && is_open_6(plain.octets);
}
