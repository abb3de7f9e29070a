/* Regular expressions in linear time: a list of states walked all at once, never back. What would need to go back (back
 * references, look-around) is refused. Must never take more steps than states times characters. spec: STIX 2.1 9.6.1 */
#include "object/pattern.h"

enum { STATES_MAX = 2048, SETS_MAX = 128, DEPTH_MAX = 32, REPEAT_MAX = 255 };

enum state_kind {
	STATE_CHARACTER,
	STATE_ANY,
	STATE_SET,
	STATE_SPLIT,
	STATE_START,
	STATE_END,
	STATE_WORD,
	STATE_NO_WORD,
	STATE_FOUND
};

struct state {
	uint8_t kind;
	bool negated; /* set */
	uint32_t character, set;
	uint32_t next, other; /* other: split */
};

struct range {
	uint32_t from, to;
};
struct set {
	struct range ranges[32];
	size_t count;
};

struct regex {
	struct state *states;
	size_t count;
	struct set *sets;
	size_t set_count;
	uint32_t start;
	bool fold; /* (?i) */
};

/* Part of the machine under way: its entry, and the first state of those that stand behind it. All states of a part are
 * neighbours, so that a part is copied by copying states. */
struct part {
	uint32_t from, to; /* states [from, to) */
};

struct level {
	struct part whole;  /* alternatives so far */
	struct part branch; /* the branch under way */
	struct part last;   /* its last atom: what a quantifier takes */
	bool has_whole, has_last;
};

struct reader {
	struct regex *regex;
	struct slice rest;
	struct level levels[DEPTH_MAX];
	size_t depth;
	struct diag *diag;
};

static enum err refuse(struct reader *reader, enum err err, const char *text)
{
	return diag_fail(reader->diag, err, "regular expression: %s", text);
}

/* Every part ends by running into the state behind it: offsets are relative, so parts can be moved and copied. */
static enum err add(struct reader *reader, struct state state, uint32_t *ret_at)
{
	if (reader->regex->count == STATES_MAX)
		return refuse(reader, ERR_TOO_LARGE, "it has too many parts");
	reader->regex->states[reader->regex->count] = state;
	*ret_at = (uint32_t)reader->regex->count++;
	return ERR_OK;
}

/* next and other are relative to the state's own place until the end. */
static enum err insert(struct reader *reader, uint32_t at, struct state state)
{
	struct regex *regex = reader->regex;
	if (regex->count == STATES_MAX)
		return refuse(reader, ERR_TOO_LARGE, "it has too many parts");
	memmove(&regex->states[at + 1], &regex->states[at], (regex->count - at) * sizeof(struct state));
	regex->states[at] = state;
	regex->count++;
	return ERR_OK;
}

static struct state split(uint32_t next, uint32_t other)
{
	return (struct state){.kind = STATE_SPLIT, .next = next, .other = other};
}

static uint32_t back(uint32_t distance)
{
	return (uint32_t) - (int32_t)distance;
}

/* ---- quantifiers ---- */

static enum err optional(struct reader *reader, struct part *part)
{
	TRY(insert(reader, part->from, split(1, part->to - part->from + 1)));
	part->to++;
	return ERR_OK;
}

/* At least once: a way back at its end. */
static enum err repeated(struct reader *reader, struct part *part)
{
	uint32_t at;
	TRY(add(reader, split(back(part->to - part->from), 1), &at));
	part->to = at + 1;
	return ERR_OK;
}

static enum err counted(struct reader *reader, struct part *part, unsigned min, unsigned max, bool open)
{
	struct part one = *part;
	struct regex *regex = reader->regex;
	uint32_t len = one.to - one.from;
	struct state *atom = regex->states + one.from;
	if (min == 0 && max == 0 && !open) {
		regex->count = one.from;
		part->to = one.from;
		return ERR_OK;
	}
	unsigned copies = open ? (min ? min : 1) : max;
	if ((size_t)copies * (len + 1) + regex->count > STATES_MAX)
		return refuse(reader, ERR_TOO_LARGE, "it repeats too much");
	struct state kept[STATES_MAX];
	memcpy(kept, atom, len * sizeof(*kept));
	regex->count = one.from;
	for (unsigned i = 0; i < copies; i++) {
		struct part piece = {(uint32_t)regex->count, (uint32_t)regex->count + len};
		memcpy(&regex->states[regex->count], kept, len * sizeof(*kept));
		regex->count += len;
		if (open && i + 1 == copies)
			TRY(repeated(reader, &piece));
		if (i >= min)
			TRY(optional(reader, &piece));
	}
	part->to = (uint32_t)regex->count;
	return ERR_OK;
}

static bool take(struct reader *reader, char c)
{
	if (!reader->rest.len || reader->rest.data[0] != (uint8_t)c)
		return false;
	reader->rest = slice_skip(reader->rest, 1);
	return true;
}

static bool take_number(struct reader *reader, unsigned *ret_number)
{
	size_t len = 0;
	unsigned number = 0;
	for (; len < reader->rest.len && reader->rest.data[len] >= '0' && reader->rest.data[len] <= '9' && len < 4;
		len++)
		number = number * 10 + (reader->rest.data[len] - '0');
	reader->rest = slice_skip(reader->rest, len);
	*ret_number = number;
	return len > 0;
}

static enum err read_count(struct reader *reader, struct part *part)
{
	unsigned min = 0, max = 0;
	bool open = false;
	if (!take_number(reader, &min))
		return refuse(reader, ERR_MALFORMED, "a number is missing behind {");
	max = min;
	if (take(reader, ','))
		open = !take_number(reader, &max);
	if (!take(reader, '}') || (!open && max < min))
		return refuse(reader, ERR_MALFORMED, "{…} is no count");
	if (min > REPEAT_MAX || (!open && max > REPEAT_MAX))
		return refuse(reader, ERR_TOO_LARGE, "it repeats too much");
	return counted(reader, part, min, max, open);
}

static bool begins_count(const struct reader *reader)
{
	return reader->rest.len > 1 && reader->rest.data[0] == '{' && reader->rest.data[1] >= '0' &&
	       reader->rest.data[1] <= '9';
}

/* Whether shortest or longest is meant changes what is found, not whether. */
static enum err read_quantifier(struct reader *reader, struct level *level)
{
	bool optional_one = take(reader, '?'), any = !optional_one && take(reader, '*');
	bool many = !optional_one && !any && take(reader, '+');
	if (!level->has_last)
		return refuse(reader, ERR_MALFORMED, "there is nothing to repeat");
	if (many || any)
		TRY(repeated(reader, &level->last));
	if (optional_one || any)
		TRY(optional(reader, &level->last));
	if (!optional_one && !any && !many && take(reader, '{'))
		TRY(read_count(reader, &level->last));
	if (take(reader, '+'))
		return refuse(reader, ERR_UNSUPPORTED, "possessive quantifiers are not taken");
	take(reader, '?');
	level->branch.to = level->last.to;
	level->has_last = false;
	return ERR_OK;
}

/* ---- characters and sets ---- */

static void put_range(struct set *set, uint32_t from, uint32_t to)
{
	if (set->count < sizeof(set->ranges) / sizeof(set->ranges[0]))
		set->ranges[set->count] = (struct range){from, to};
	set->count++; /* one too many is seen by the caller */
}

/* The ranges of \d, \w and \s. False for other letters. */
static bool put_class(struct set *set, uint32_t c)
{
	switch (c) {
	case 'd':
		put_range(set, '0', '9');
		return true;
	case 'w':
		put_range(set, 'a', 'z'), put_range(set, 'A', 'Z'), put_range(set, '0', '9'), put_range(set, '_', '_');
		return true;
	case 's':
		put_range(set, 9, 13), put_range(set, ' ', ' ');
		return true;
	default:
		return false;
	}
}

/* What is not in the class, up to the end of Unicode. */
static bool put_other_class(struct set *set, uint32_t c)
{
	switch (c) {
	case 'D':
		put_range(set, 0, '0' - 1), put_range(set, '9' + 1, 0x10ffff);
		return true;
	case 'W':
		put_range(set, 0, '0' - 1), put_range(set, '9' + 1, 'A' - 1), put_range(set, 'Z' + 1, '_' - 1);
		put_range(set, '`', '`'), put_range(set, 'z' + 1, 0x10ffff);
		return true;
	case 'S':
		put_range(set, 0, 8), put_range(set, 14, ' ' - 1), put_range(set, ' ' + 1, 0x10ffff);
		return true;
	default:
		return false;
	}
}

static bool next_character(struct reader *reader, uint32_t *ret_c)
{
	size_t len = utf8_next(reader->rest, ret_c);
	reader->rest = slice_skip(reader->rest, len);
	return len > 0;
}

static enum err read_hex(struct reader *reader, uint32_t *ret_c)
{
	uint32_t c = 0;
	bool braced = take(reader, '{');
	size_t digits = 0, max = braced ? 6 : 2;
	for (; digits < max && reader->rest.len; digits++) {
		const char *all = "0123456789abcdef", *at = strchr(all, reader->rest.data[0] | 0x20);
		if (!at || !*at || reader->rest.data[0] < '0')
			break;
		c = c * 16 + (uint32_t)(at - all);
		reader->rest = slice_skip(reader->rest, 1);
	}
	if (digits == 0 || (!braced && digits != 2) || (braced && !take(reader, '}')) || c > 0x10ffff)
		return refuse(reader, ERR_MALFORMED, "\\x without its digits");
	*ret_c = c;
	return ERR_OK;
}

/* A character behind a backslash that stands for itself or a control character. */
static enum err read_escape(struct reader *reader, uint32_t c, uint32_t *ret_c)
{
	static const char from[] = "ntrfv0ae", to[] = "\n\t\r\f\v\0\a\033";
	if (c == 'x')
		return read_hex(reader, ret_c);
	const char *at = c < 0x80 ? memchr(from, (int)c, sizeof(from) - 1) : NULL;
	if (!at && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '1' && c <= '9')))
		return refuse(reader, ERR_UNSUPPORTED,
			"an escape that is not taken (back references and properties are not)");
	*ret_c = at ? (uint32_t)to[at - from] : c;
	return ERR_OK;
}

static enum err read_set_item(struct reader *reader, struct set *set)
{
	uint32_t from = 0, to = 0, c = 0;
	if (!next_character(reader, &from))
		return refuse(reader, ERR_MALFORMED, "[ is not closed");
	if (from == '[' && reader->rest.len && reader->rest.data[0] == ':')
		return refuse(reader, ERR_UNSUPPORTED, "named classes are not taken");
	if (from == '\\') {
		if (!next_character(reader, &c))
			return refuse(reader, ERR_MALFORMED, "a backslash at the end");
		if (put_class(set, c) || put_other_class(set, c))
			return ERR_OK;
		TRY(read_escape(reader, c == 'b' ? 'a' : c, &from));
		if (c == 'b')
			from = 8;
	}
	to = from;
	if (reader->rest.len > 1 && reader->rest.data[0] == '-' && reader->rest.data[1] != ']') {
		reader->rest = slice_skip(reader->rest, 1);
		if (!next_character(reader, &to))
			return refuse(reader, ERR_MALFORMED, "[ is not closed");
		if (to == '\\') {
			if (!next_character(reader, &c))
				return refuse(reader, ERR_MALFORMED, "a backslash at the end");
			TRY(read_escape(reader, c, &to));
		}
	}
	if (to < from)
		return refuse(reader, ERR_MALFORMED, "a range ends before it begins");
	put_range(set, from, to);
	return ERR_OK;
}

static enum err add_set(struct reader *reader, struct set *set, bool negated)
{
	uint32_t at;
	if (reader->regex->set_count == SETS_MAX || set->count > sizeof(set->ranges) / sizeof(set->ranges[0]))
		return refuse(reader, ERR_TOO_LARGE, "it has too many sets of characters");
	reader->regex->sets[reader->regex->set_count] = *set;
	return add(reader,
		(struct state){
			.kind = STATE_SET, .set = (uint32_t)reader->regex->set_count++, .negated = negated, .next = 1},
		&at);
}

static enum err read_set(struct reader *reader)
{
	struct set set = {.count = 0};
	bool negated = take(reader, '^');
	do
		TRY(read_set_item(reader, &set));
	while (!take(reader, ']'));
	return add_set(reader, &set, negated);
}

static enum err read_backslash(struct reader *reader)
{
	uint32_t c, at;
	struct set set = {.count = 0};
	if (!next_character(reader, &c))
		return refuse(reader, ERR_MALFORMED, "a backslash at the end");
	if (c == 'b' || c == 'B')
		return add(reader, (struct state){.kind = c == 'b' ? STATE_WORD : STATE_NO_WORD, .next = 1}, &at);
	if (c == 'A' || c == 'z' || c == 'Z')
		return add(reader, (struct state){.kind = c == 'A' ? STATE_START : STATE_END, .next = 1}, &at);
	if (put_class(&set, c) || put_other_class(&set, c))
		return add_set(reader, &set, false);
	TRY(read_escape(reader, c, &c));
	return add(reader, (struct state){.kind = STATE_CHARACTER, .character = c, .next = 1}, &at);
}

/* ---- structure ---- */

static void begin_atom(struct reader *reader, struct level *level)
{
	level->last = (struct part){(uint32_t)reader->regex->count, 0};
}

static void end_atom(struct reader *reader, struct level *level)
{
	level->last.to = level->branch.to = (uint32_t)reader->regex->count;
	level->has_last = true;
}

/* whole = whole | branch: a split in front of the first, a jump at its end over the second. */
static enum err join(struct reader *reader, struct level *level)
{
	if (!level->has_whole) {
		level->whole = level->branch;
		level->has_whole = true;
		return ERR_OK;
	}
	uint32_t first = level->whole.to - level->whole.from, second = level->branch.to - level->branch.from;
	TRY(insert(reader, level->branch.from, split(second + 1, second + 1)));
	TRY(insert(reader, level->whole.from, split(1, first + 2)));
	level->whole.to = (uint32_t)reader->regex->count;
	return ERR_OK;
}

static void begin_branch(struct reader *reader, struct level *level)
{
	level->branch = (struct part){(uint32_t)reader->regex->count, (uint32_t)reader->regex->count};
	level->has_last = false;
}

static enum err open_group(struct reader *reader)
{
	if (take(reader, '?') && !take(reader, ':')) {
		if (!(reader->rest.len > 1 && reader->rest.data[0] == 'i' && reader->rest.data[1] == ')' &&
			    reader->depth == 1 && reader->regex->count == 0))
			return refuse(
				reader, ERR_UNSUPPORTED, "look-around, names and options within groups are not taken");
		reader->rest = slice_skip(reader->rest, 2);
		reader->regex->fold = true;
		return ERR_OK;
	}
	if (reader->depth == DEPTH_MAX)
		return refuse(reader, ERR_TOO_LARGE, "it is nested too deeply");
	begin_atom(reader, &reader->levels[reader->depth - 1]);
	struct level *level = &reader->levels[reader->depth++];
	*level = (struct level){0};
	begin_branch(reader, level);
	return ERR_OK;
}

static enum err close_group(struct reader *reader)
{
	if (reader->depth == 1)
		return refuse(reader, ERR_MALFORMED, ") closes nothing");
	TRY(join(reader, &reader->levels[reader->depth - 1]));
	reader->depth--;
	end_atom(reader, &reader->levels[reader->depth - 1]);
	return ERR_OK;
}

static enum err read_atom(struct reader *reader, struct level *level)
{
	uint32_t c, at;
	begin_atom(reader, level);
	if (!next_character(reader, &c))
		return refuse(reader, ERR_MALFORMED, "it is not UTF-8");
	enum err err;
	if (c == '\\')
		err = read_backslash(reader);
	else if (c == '[')
		err = read_set(reader);
	else if (c == '.')
		err = add(reader, (struct state){.kind = STATE_ANY, .next = 1}, &at);
	else if (c == '^' || c == '$')
		err = add(reader, (struct state){.kind = c == '^' ? STATE_START : STATE_END, .next = 1}, &at);
	else
		err = add(reader, (struct state){.kind = STATE_CHARACTER, .character = c, .next = 1}, &at);
	TRY(err);
	end_atom(reader, level);
	return ERR_OK;
}

static enum err read_next(struct reader *reader)
{
	struct level *level = &reader->levels[reader->depth - 1];
	if (take(reader, '('))
		return open_group(reader);
	if (take(reader, ')'))
		return close_group(reader);
	if (take(reader, '|')) {
		TRY(join(reader, level));
		begin_branch(reader, level);
		return ERR_OK;
	}
	if (strchr("*+?", reader->rest.data[0]) || begins_count(reader))
		return read_quantifier(reader, level);
	return read_atom(reader, level);
}

static enum err read_all(struct reader *reader)
{
	uint32_t at;
	begin_branch(reader, &reader->levels[0]);
	while (reader->rest.len)
		TRY(read_next(reader));
	if (reader->depth > 1)
		return refuse(reader, ERR_MALFORMED, "( is not closed");
	TRY(join(reader, &reader->levels[0]));
	return add(reader, (struct state){.kind = STATE_FOUND}, &at);
}

/* What is kept has the size of what was said, not of what could be. */
static enum err copy_regex(const struct regex *made, struct arena *arena, struct regex **ret_regex)
{
	struct regex *regex = ARENA_NEW(arena, struct regex);
	struct state *states = ARENA_ARRAY(arena, made->count, struct state);
	struct set *sets = ARENA_ARRAY(arena, made->set_count + 1, struct set);
	if (!regex || !states || !sets)
		return ERR_MEMORY;
	memcpy(states, made->states, made->count * sizeof(*states));
	if (made->set_count)
		memcpy(sets, made->sets, made->set_count * sizeof(*sets));
	*regex = *made;
	regex->states = states;
	regex->sets = sets;
	*ret_regex = regex;
	return ERR_OK;
}

enum err regex_parse(struct slice text, struct arena *arena, struct regex **ret_regex, struct diag *diag)
{
	AUTO_ARENA work = {0};
	struct reader *reader = ARENA_NEW(&work, struct reader);
	struct regex made = {.states = ARENA_ARRAY(&work, STATES_MAX, struct state),
		.sets = ARENA_ARRAY(&work, SETS_MAX, struct set)};
	if (!reader || !made.states || !made.sets)
		return ERR_MEMORY;
	*reader = (struct reader){.regex = &made, .rest = text, .depth = 1, .diag = diag};
	if (!utf8_is_text(text))
		return refuse(reader, ERR_MALFORMED, "it is not UTF-8 text");
	TRY(read_all(reader));
	return copy_regex(&made, arena, ret_regex);
}

size_t regex_size(const struct regex *regex)
{
	return regex->count;
}

/* ---- walking ---- */

struct walk {
	const struct regex *regex;
	uint32_t *now, *next, *open; /* lists of states; open: those to look at */
	size_t now_count, next_count;
	uint32_t *seen; /* by state: the step at which it was added */
	uint32_t step;
	bool found;
};

static bool is_word(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool may_pass(const struct state *state, bool at_start, bool at_end, bool boundary)
{
	switch (state->kind) {
	case STATE_START:
		return at_start;
	case STATE_END:
		return at_end;
	case STATE_WORD:
		return boundary;
	default:
		return !boundary;
	}
}

/* Adds a state and all that is reached from it without a character. */
static void reach(struct walk *walk, uint32_t state_at, bool at_start, bool at_end, bool boundary)
{
	size_t count = 0;
	walk->open[count++] = state_at;
	while (count) {
		uint32_t at = walk->open[--count];
		if (walk->seen[at] == walk->step)
			continue;
		walk->seen[at] = walk->step;
		const struct state *state = &walk->regex->states[at];
		if (state->kind == STATE_FOUND) {
			walk->found = true;
		} else if (state->kind == STATE_SPLIT) {
			walk->open[count++] = at + state->other;
			walk->open[count++] = at + state->next;
		} else if (state->kind >= STATE_START) {
			if (may_pass(state, at_start, at_end, boundary))
				walk->open[count++] = at + state->next;
		} else {
			walk->next[walk->next_count++] = at;
		}
	}
}

static uint32_t lower(uint32_t c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static bool in_set(const struct set *set, uint32_t c)
{
	for (size_t i = 0; i < set->count; i++)
		if (c >= set->ranges[i].from && c <= set->ranges[i].to)
			return true;
	return false;
}

static bool takes(const struct regex *regex, const struct state *state, uint32_t c)
{
	if (state->kind == STATE_ANY)
		return c != '\n';
	if (state->kind == STATE_CHARACTER)
		return state->character == c || (regex->fold && lower(state->character) == lower(c));
	const struct set *set = &regex->sets[state->set];
	bool in = in_set(set, c);
	if (regex->fold && !in && lower(c) >= 'a' && lower(c) <= 'z')
		in = in_set(set, c ^ 0x20);
	return in != state->negated;
}

static enum err walk_new(const struct regex *regex, struct arena *arena, struct walk *ret_walk)
{
	struct walk walk = {.regex = regex};
	walk.now = ARENA_ARRAY(arena, regex->count + 1, uint32_t);
	walk.next = ARENA_ARRAY(arena, regex->count + 1, uint32_t);
	walk.open = ARENA_ARRAY(arena, 3 * regex->count + 2, uint32_t);
	walk.seen = ARENA_ARRAY(arena, regex->count + 1, uint32_t);
	*ret_walk = walk;
	return walk.now && walk.next && walk.open && walk.seen ? ERR_OK : ERR_MEMORY;
}

enum err regex_find(const struct regex *regex, struct slice text, struct arena *arena, bool *ret_found)
{
	struct walk walk;
	uint32_t before = 0, c = 0;
	bool at_start = true;
	TRY(walk_new(regex, arena, &walk));
	for (;;) {
		size_t len = text.len ? utf8_next(text, &c) : 0;
		bool at_end = text.len == 0, has_next = len > 0;
		bool boundary = (!at_start && is_word(before)) != (has_next && is_word(c));
		walk.step++;
		uint32_t *list = walk.now;
		size_t count = walk.now_count;
		walk.next_count = 0;
		for (size_t i = 0; i < count; i++)
			reach(&walk, list[i], at_start, at_end, boundary);
		reach(&walk, regex->start, at_start, at_end, boundary);
		if (walk.found || at_end || !has_next)
			break;
		count = 0;
		for (size_t i = 0; i < walk.next_count; i++) {
			const struct state *state = &regex->states[walk.next[i]];
			if (takes(regex, state, c))
				walk.now[count++] = walk.next[i] + state->next;
		}
		walk.now_count = count;
		text = slice_skip(text, len);
		before = c;
		at_start = false;
	}
	*ret_found = walk.found;
	return ERR_OK;
}
