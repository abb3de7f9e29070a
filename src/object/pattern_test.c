/* One comparison against one observable: what its path leads to, and whether that holds.
 * Must never follow more references than the path has steps. spec: STIX 2.1 9.5 to 9.7 */
#include "object/pattern.h"

#include "object/stix_checker.h"

enum { VALUES_MAX = 4096, NODES_MAX = 8192 };

/* ---- the tree, flat ---- */

enum err pattern_list(const struct pattern_node *root, bool comparisons, struct arena *arena,
	const struct pattern_node ***ret_nodes, size_t *ret_count)
{
	const struct pattern_node **nodes = ARENA_ARRAY(arena, NODES_MAX, const struct pattern_node *);
	const struct pattern_node **open = ARENA_ARRAY(arena, NODES_MAX, const struct pattern_node *);
	size_t count = 0, waiting = 0;
	if (!nodes || !open)
		return ERR_MEMORY;
	open[waiting++] = root;
	/* parents first, right before left; turned around it is children first, left before right */
	while (waiting) {
		const struct pattern_node *node = open[--waiting];
		if (count == NODES_MAX || waiting + 2 > NODES_MAX)
			return ERR_TOO_LARGE;
		nodes[count++] = node;
		if (node->kind == PATTERN_OBSERVATION && !comparisons)
			continue;
		if (node->left)
			open[waiting++] = node->left;
		if (node->right)
			open[waiting++] = node->right;
	}
	for (size_t i = 0; i < count / 2; i++) {
		const struct pattern_node *swapped = nodes[i];
		nodes[i] = nodes[count - 1 - i];
		nodes[count - 1 - i] = swapped;
	}
	*ret_nodes = nodes;
	*ret_count = count;
	return ERR_OK;
}

/* ---- paths ---- */

struct values {
	json_t **items;
	size_t count;
};

static enum err put_value(struct values *values, json_t *value)
{
	if (!value)
		return ERR_OK;
	if (values->count == VALUES_MAX)
		return ERR_TOO_LARGE;
	values->items[values->count++] = value;
	return ERR_OK;
}

static enum err take_step(const struct pattern_step *step, json_t *value, json_t *known, struct values *into)
{
	if (!step->name.len && step->any) {
		for (size_t i = 0; i < json_array_size(value); i++)
			TRY(put_value(into, json_array_get(value, i)));
		return ERR_OK;
	}
	if (!step->name.len)
		return put_value(into, json_array_get(value, (size_t)step->index));
	if (json_is_string(value))
		value = json_object_get(known, json_string_value(value));
	return put_value(into, json_object_getn(value, slice_chars(step->name), step->name.len));
}

static enum err follow(
	const struct pattern_node *test, json_t *object, json_t *known, struct arena *arena, struct values *ret_values)
{
	struct values now = {ARENA_ARRAY(arena, VALUES_MAX, json_t *), 0},
		      next = {ARENA_ARRAY(arena, VALUES_MAX, json_t *), 0};
	if (!now.items || !next.items)
		return ERR_MEMORY;
	TRY(put_value(&now, object));
	for (const struct pattern_step *step = test->path; step && now.count; step = step->next) {
		next.count = 0;
		for (size_t i = 0; i < now.count; i++)
			TRY(take_step(step, now.items[i], known, &next));
		struct values swapped = now;
		now = next;
		next = swapped;
	}
	*ret_values = now;
	return ERR_OK;
}

/* ---- values ---- */

static bool order_octets(struct slice text, const struct pattern_literal *literal, bool hex, int *ret_order)
{
	AUTO_BUF a = buf_make(LIMIT_PORTION_BYTES), b = buf_make(LIMIT_PATTERN);
	if (hex) {
		struct slice sides[] = {text, literal->text};
		struct buf *into[] = {&a, &b};
		for (size_t side = 0; side < 2; side++)
			for (size_t i = 0; i < sides[side].len; i++)
				buf_put_octet(into[side], sides[side].data[i] | 0x20);
	} else if (base64_decode(text, &a) != ERR_OK || base64_decode(literal->text, &b) != ERR_OK) {
		return false;
	}
	*ret_order = slice_compare(buf_slice(&a), buf_slice(&b));
	return a.err == ERR_OK && b.err == ERR_OK;
}

static bool order_times(struct slice text, struct slice literal, int *ret_order)
{
	size_t decimals;
	*ret_order = stix_is_time(text, &decimals) ? stix_time_compare(text, literal) : 0;
	return stix_is_time(text, &decimals);
}

/* False when the two cannot be compared: then no comparison holds. */
static bool order_of(json_t *value, const struct pattern_literal *literal, int *ret_order)
{
	double number = json_number_value(value);
	switch (literal->kind) {
	case LITERAL_INTEGER:
	case LITERAL_FLOAT:
		*ret_order = (number > literal->number) - (number < literal->number);
		return json_is_number(value);
	case LITERAL_BOOLEAN:
		*ret_order = json_is_true(value) - literal->truth;
		return json_is_boolean(value);
	case LITERAL_TEXT:
		*ret_order = slice_compare(json_slice(value), literal->text);
		return json_is_string(value);
	case LITERAL_TIME:
		return json_is_string(value) && order_times(json_slice(value), literal->text, ret_order);
	default:
		return json_is_string(value) &&
		       order_octets(json_slice(value), literal, literal->kind == LITERAL_HEX, ret_order);
	}
}

static bool is_any_of(json_t *value, const struct pattern_literal *literal)
{
	int order;
	for (; literal; literal = literal->next)
		if (order_of(value, literal, &order) && order == 0)
			return true;
	return false;
}

/* '%' any text, '_' one character; the last '%' is where it tries again. */
static bool is_like(struct slice text, struct slice like)
{
	size_t at = 0, in = 0, again_at = 0, again_in = SIZE_MAX;
	uint32_t c;
	while (at < text.len) {
		size_t step = utf8_next(slice_skip(text, at), &c);
		step = step ? step : 1;
		if (in < like.len && like.data[in] == '%') {
			again_in = ++in;
			again_at = at;
		} else if (in < like.len && like.data[in] == '_') {
			at += step;
			in++;
		} else if (in < like.len && like.data[in] == text.data[at]) {
			at++;
			in++;
		} else if (again_in != SIZE_MAX) {
			size_t skip = utf8_next(slice_skip(text, again_at), &c);
			again_at += skip ? skip : 1;
			at = again_at;
			in = again_in;
		} else {
			return false;
		}
	}
	while (in < like.len && like.data[in] == '%')
		in++;
	return in == like.len;
}

/* ---- networks ---- */

struct network {
	uint8_t octets[16];
	unsigned bits, length; /* 32 or 128 */
};

static bool read_ipv4(struct slice text, uint8_t ret_octets[4])
{
	for (int i = 0; i < 4; i++) {
		struct slice part;
		uint64_t number = 0;
		text = slice_split(text, '.', &part);
		if (slice_parse_u64(part, &number) != ERR_OK || number > 255)
			return false;
		ret_octets[i] = (uint8_t)number;
	}
	return true;
}

static uint32_t group_value(struct slice group)
{
	uint32_t value = 0;
	for (size_t i = 0; i < group.len; i++) {
		uint8_t c = group.data[i];
		value = value * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

/* Of a form that was checked. Groups in front of "::" from the left, those behind it from the right. */
static void read_ipv6(struct slice text, uint8_t octets[16])
{
	size_t at = 0, gap = SIZE_MAX;
	uint8_t groups[32] = {0};
	while (text.len && at <= 14) {
		struct slice group;
		if (slice_has_prefix(text, SLICE("::"))) {
			gap = at;
			text = slice_skip(text, 2);
			continue;
		}
		text = slice_split(text, ':', &group);
		if (text.data && text.len && text.data[0] == ':') /* the split took the first of "::" */
			text = slice_of(text.data - 1, text.len + 1);
		if (slice_find_octet(group, '.') >= 0) {
			at += read_ipv4(group, groups + at) ? 4 : 0;
			continue;
		}
		uint32_t value = group_value(group);
		groups[at++] = (uint8_t)(value >> 8);
		groups[at++] = (uint8_t)value;
	}
	size_t front = gap == SIZE_MAX ? at : gap, behind = at > front ? at - front : 0;
	memset(octets, 0, 16);
	memcpy(octets, groups, front < 16 ? front : 16);
	if (behind && behind <= 16)
		memcpy(octets + 16 - behind, groups + front, behind);
}

static bool read_network(struct slice text, struct network *ret_network)
{
	struct slice address, prefix;
	struct network network = {0};
	uint64_t bits = 0;
	bool four = stix_form_ipv4(text);
	if (!four && !stix_form_ipv6(text))
		return false;
	network.length = four ? 32 : 128;
	prefix = slice_split(text, '/', &address);
	bits = network.length;
	if (prefix.len && slice_parse_u64(prefix, &bits) != ERR_OK)
		return false;
	network.bits = (unsigned)bits;
	if (four && !read_ipv4(address, network.octets))
		return false;
	if (!four)
		read_ipv6(address, network.octets);
	*ret_network = network;
	return true;
}

static bool is_within(const struct network *inner, const struct network *outer)
{
	if (inner->length != outer->length || inner->bits < outer->bits)
		return false;
	for (unsigned bit = 0; bit < outer->bits; bit++)
		if ((inner->octets[bit / 8] ^ outer->octets[bit / 8]) & (0x80 >> bit % 8))
			return false;
	return true;
}

static bool is_part(struct slice value, struct slice literal, bool superset)
{
	struct network a, b;
	if (!read_network(value, &a) || !read_network(literal, &b))
		return false;
	return superset ? is_within(&b, &a) : is_within(&a, &b);
}

/* ---- one test ---- */

static bool holds_order(enum pattern_operator comparator, int order)
{
	switch (comparator) {
	case OPERATOR_EQUAL:
		return order == 0;
	case OPERATOR_NOT_EQUAL:
		return order != 0;
	case OPERATOR_GREATER:
		return order > 0;
	case OPERATOR_LESS:
		return order < 0;
	case OPERATOR_GREATER_EQUAL:
		return order >= 0;
	default:
		return order <= 0;
	}
}

static enum err holds(const struct pattern_node *test, json_t *value, struct arena *arena, bool *ret_true)
{
	struct slice text = json_slice(value);
	bool is_text = json_is_string(value), yes = false, comparable = is_text;
	int order = 0;
	switch (test->comparator) {
	case OPERATOR_IN:
		comparable = true;
		yes = is_any_of(value, test->literal);
		break;
	case OPERATOR_LIKE:
		yes = is_text && is_like(text, test->literal->text);
		break;
	case OPERATOR_MATCHES:
		if (is_text)
			TRY(regex_find(test->regex, text, arena, &yes));
		break;
	case OPERATOR_SUBSET:
	case OPERATOR_SUPERSET:
		yes = is_text && is_part(text, test->literal->text, test->comparator == OPERATOR_SUPERSET);
		break;
	default:
		comparable = order_of(value, test->literal, &order);
		yes = comparable && holds_order(test->comparator, order);
	}
	*ret_true = comparable && yes != test->negated;
	return ERR_OK;
}

static enum err test_one(
	const struct pattern_node *test, json_t *object, json_t *known, struct arena *arena, bool *ret_true)
{
	struct values values = {0};
	bool yes = false;
	*ret_true = false;
	if (!slice_equal(json_slice(json_object_get(object, "type")), test->type))
		return ERR_OK;
	TRY(follow(test, object, known, arena, &values));
	if (test->comparator == OPERATOR_EXISTS)
		yes = (values.count > 0) != test->negated;
	for (size_t i = 0; i < values.count && !yes && test->comparator != OPERATOR_EXISTS; i++)
		TRY(holds(test, values.items[i], arena, &yes));
	*ret_true = yes;
	return ERR_OK;
}

enum err pattern_test_object(const struct pattern_node *comparison, json_t *object, json_t *known, bool *ret_true)
{
	AUTO_ARENA work = {0};
	const struct pattern_node **nodes;
	size_t count, top = 0;
	TRY(pattern_list(comparison, true, &work, &nodes, &count));
	bool *values = ARENA_ARRAY(&work, count + 1, bool);
	if (!values)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		if (nodes[i]->kind == PATTERN_TEST) {
			AUTO_ARENA one = {0};
			TRY(test_one(nodes[i], object, known, &one, &values[top++]));
			continue;
		}
		top--;
		values[top - 1] =
			nodes[i]->kind == PATTERN_AND ? values[top - 1] && values[top] : values[top - 1] || values[top];
	}
	*ret_true = values[0];
	return ERR_OK;
}
