/* A second, small reader of compact labels. It must never use the label room, and never permit on a doubt. */
#include "release/seal_label.h"

/* The parts of one line, borrowed: "policy|classifications|tag|tag…|M:mark". */
struct line {
	struct slice policy;
	struct slice classifications; /* separated by commas; a label has one */
	struct slice tags;	      /* all behind, separated by '|'; without the mark */
};

struct tag {
	uint8_t type; /* 'R', 'P' or 'I' */
	struct slice set;
	struct slice values; /* separated by commas; may be empty */
};

static bool is_reserved(uint8_t c)
{
	return c < 0x20 || c == '|' || c == '=' || c == ',' || c == '%';
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A name as it stands in the line: not empty, UTF-8, escapes exactly where they must be. */
static bool is_name(struct slice name)
{
	if (!name.len || !utf8_is_text(name))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] != '%') {
			if (is_reserved(name.data[i]))
				return false;
			continue;
		}
		int high = i + 2 < name.len ? hex_value(name.data[i + 1]) : -1;
		int low = high >= 0 ? hex_value(name.data[i + 2]) : -1;
		if (low < 0 || high + low == 0 || !is_reserved((uint8_t)(high << 4 | low)))
			return false;
		i += 2;
	}
	return true;
}

/* The octet a name has at *at, its escape undone; moves on. */
static uint8_t next_octet(struct slice name, size_t *at)
{
	if (name.data[*at] != '%')
		return name.data[(*at)++];
	uint8_t octet = (uint8_t)(hex_value(name.data[*at + 1]) << 4 | hex_value(name.data[*at + 2]));
	*at += 3;
	return octet;
}

/* Order of two well-formed names by their octets without escapes: <0, 0, >0. */
static int compare_names(struct slice a, struct slice b)
{
	size_t i = 0, j = 0;
	while (i < a.len && j < b.len) {
		int difference = next_octet(a, &i) - next_octet(b, &j);
		if (difference)
			return difference;
	}
	return (i < a.len) - (j < b.len);
}

/* Names separated by commas, strictly ascending. */
static bool is_name_list(struct slice list)
{
	struct slice previous = {0};
	for (size_t at = 0; at <= list.len;) {
		struct slice name;
		(void)slice_split(slice_skip(list, at), ',', &name);
		if (!is_name(name) || (previous.len && compare_names(previous, name) >= 0))
			return false;
		previous = name;
		at += name.len + 1;
	}
	return true;
}

/* The classifications of a clearance stand in the policy's order, which seal does not know: names, none twice. */
static bool is_name_set(struct slice list)
{
	for (struct slice rest = list;;) {
		struct slice name;
		struct slice behind = slice_split(rest, ',', &name);
		if (!is_name(name))
			return false;
		if (name.len == rest.len)
			return true;
		for (struct slice later = behind; later.len;) {
			struct slice other;
			later = slice_split(later, ',', &other);
			if (slice_equal(other, name))
				return false;
		}
		rest = behind;
	}
}

static int type_rank(uint8_t type)
{
	return type == 'R' ? 1 : type == 'P' ? 2 : type == 'I' ? 3 : 0;
}

/* The tag that stands here; its type is 0 where none does. */
static struct tag read_tag(struct slice text)
{
	static const struct tag none;
	if (text.len < 4 || !type_rank(text.data[0]) || text.data[1] != ':')
		return none;
	struct slice body = slice_skip(text, 2), set;
	struct slice values = slice_split(body, '=', &set);
	if (set.len == body.len || !is_name(set) || (values.len && !is_name_list(values)))
		return none;
	return (struct tag){text.data[0], set, values};
}

/* Takes the tag at the front of *rest. */
static struct tag next_tag(struct slice *rest)
{
	struct slice text;
	*rest = slice_split(*rest, '|', &text);
	return read_tag(text);
}

static bool is_after(const struct tag *tag, const struct tag *previous)
{
	int rank = type_rank(tag->type) - type_rank(previous->type);
	return rank > 0 || (rank == 0 && compare_names(tag->set, previous->set) > 0);
}

static bool are_tags(struct slice rest)
{
	struct tag previous = {0};
	while (rest.len) {
		struct tag tag = next_tag(&rest);
		if (!tag.type || (previous.type && !is_after(&tag, &previous)))
			return false;
		previous = tag;
	}
	return true;
}

/* Cuts the privacy mark off the end of the tags; false when what stands there is not one. */
static bool cut_mark(struct slice *tags)
{
	for (size_t at = 0; at < tags->len;) {
		struct slice text;
		(void)slice_split(slice_skip(*tags, at), '|', &text);
		if (slice_has_prefix(text, SLICE("M:"))) {
			if (at + text.len != tags->len || !is_name(slice_skip(text, 2)))
				return false;
			*tags = slice_take(*tags, at ? at - 1 : 0);
			return true;
		}
		at += text.len + 1;
	}
	return true;
}

static bool read_line(struct slice text, struct line *ret_line)
{
	struct line line;
	if (!text.len || text.data[text.len - 1] == '|')
		return false;
	struct slice behind = slice_split(text, '|', &line.policy);
	line.tags = slice_split(behind, '|', &line.classifications);
	if (!is_name(line.policy))
		return false;
	*ret_line = line;
	return true;
}

static bool read_label(struct slice text, struct line *ret_line)
{
	struct line line;
	if (text.len > LIMIT_LABEL_TEXT || !read_line(text, &line) || !is_name(line.classifications))
		return false;
	if (!cut_mark(&line.tags) || !are_tags(line.tags))
		return false;
	*ret_line = line;
	return true;
}

bool seal_label_is_canonical(struct slice label)
{
	struct line line;
	return read_label(label, &line);
}

/* The one line of this policy. */
static bool find_clearance(struct slice clearance, struct slice policy, struct line *ret_line)
{
	bool found = false;
	while (clearance.len) {
		struct slice text;
		struct line line;
		clearance = slice_split(clearance, '\n', &text);
		if (!read_line(text, &line) || !is_name_set(line.classifications) || !are_tags(line.tags))
			return false;
		if (!slice_equal(line.policy, policy))
			continue;
		if (found)
			return false;
		found = true;
		*ret_line = line;
	}
	return found;
}

static bool list_has(struct slice list, struct slice name)
{
	while (list.len) {
		struct slice one;
		list = slice_split(list, ',', &one);
		if (slice_equal(one, name))
			return true;
	}
	return false;
}

bool seal_label_is_among(struct slice label, struct slice policy, struct slice classifications)
{
	struct line line;
	return read_label(label, &line) && slice_equal(line.policy, policy) && list_has(classifications, line.classifications);
}

enum verdict seal_label_level(struct slice label, struct slice clearance)
{
	struct line line, held;
	if (!read_label(label, &line) || !find_clearance(clearance, line.policy, &held))
		return VERDICT_DENY;
	return list_has(held.classifications, line.classifications) ? VERDICT_PERMIT : VERDICT_DENY;
}

/* What the clearance holds under a tag: an empty list when it has no such tag. */
static struct slice held_values(struct slice tags, const struct tag *wanted)
{
	while (tags.len) {
		struct tag tag = next_tag(&tags);
		if (tag.type == wanted->type && slice_equal(tag.set, wanted->set))
			return tag.values;
	}
	return (struct slice){0};
}

static bool passes(const struct tag *tag, struct slice held)
{
	bool some = false, all = true;
	for (struct slice rest = tag->values; rest.len;) {
		struct slice value;
		rest = slice_split(rest, ',', &value);
		bool has = list_has(held, value);
		some |= has;
		all &= has;
	}
	const bool by_rank[] = {false, all, some, true}; /* no tag, restrictive, permissive, informative */
	return by_rank[type_rank(tag->type)];
}

enum verdict seal_label_tags(struct slice label, struct slice clearance)
{
	struct line line, held;
	if (!read_label(label, &line) || !find_clearance(clearance, line.policy, &held))
		return VERDICT_DENY;
	for (struct slice rest = line.tags; rest.len;) {
		struct tag tag = next_tag(&rest);
		if (!passes(&tag, held_values(held.tags, &tag)))
			return VERDICT_DENY;
	}
	return VERDICT_PERMIT;
}
