/* The canonical compact form in both directions. Only the canonical spelling is read: what is printed again is the same
 * octets, so equal labels of one policy are equal text. */
#include "label/policy.h"

#include "base/limits.h"

static bool must_escape(uint8_t c)
{
	return c == '|' || c == '=' || c == ',' || c == '%' || c < 0x20;
}

static void put_name(struct buf *text, struct slice name)
{
	size_t from = 0;
	for (size_t i = 0; i < name.len; i++)
		if (must_escape(name.data[i])) {
			buf_put(text, slice_of(name.data + from, i - from));
			buf_printf(text, "%%%02X", name.data[i]);
			from = i + 1;
		}
	buf_put(text, slice_skip(name, from));
}

void categories_print_compact(const struct policy *p, const uint64_t *bits, struct buf *text)
{
	static const char letters[TAG_TYPES] = {'R', 'P', 'I', '-'};
	struct category category = {.policy = p, .bits = bits};
	while (category_next(&category)) {
		buf_put_octet(text, '|');
		buf_put_octet(text, (uint8_t)letters[category_type(&category)]);
		buf_put_octet(text, ':');
		put_name(text, policy_text(p, p->sets[category_set(&category)].name));
		struct slice name;
		char before = '=';
		for (; category_next_value(&category, &name); before = ',') {
			buf_put_octet(text, (uint8_t)before);
			put_name(text, name);
		}
		if (before == '=') /* present without a value */
			buf_put_octet(text, '=');
	}
}

void label_print_compact(const struct label *label, struct buf *text)
{
	const struct policy *p = label->policy;
	put_name(text, policy_name(p));
	buf_put_octet(text, '|');
	put_name(text, policy_text(p, p->classes[label->class].name));
	categories_print_compact(p, label->bits, text);
	if (label->privacy_mark.len) {
		buf_put_text(text, "|M:");
		put_name(text, label->privacy_mark);
	}
}

static int hex_digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Resolves %XX; the escape of an octet that needs none is refused. */
static enum err unescape(struct slice written, struct arena *arena, struct slice *ret_name)
{
	if (written.len == 0)
		return ERR_MALFORMED;
	if (slice_find_octet(written, '%') < 0) {
		*ret_name = written;
		return ERR_OK;
	}
	uint8_t *to = arena_alloc(arena, written.len, 1);
	if (!to)
		return ERR_MEMORY;
	size_t n = 0;
	for (size_t i = 0; i < written.len; i++) {
		uint8_t c = written.data[i];
		if (c == '%') {
			int high = i + 2 < written.len ? hex_digit(written.data[i + 1]) : -1;
			int low = i + 2 < written.len ? hex_digit(written.data[i + 2]) : -1;
			c = high < 0 || low < 0 ? 0 : (uint8_t)(high << 4 | low);
			if (c == 0 || !must_escape(c))
				return ERR_MALFORMED;
			i += 2;
		}
		to[n++] = c;
	}
	*ret_name = slice_of(to, n);
	return ERR_OK;
}

/* The same, telling what it is that cannot be read. */
static enum err name_of(struct slice written, const char *what, struct arena *arena, struct slice *ret_name,
			struct diag *diag)
{
	enum err err = unescape(written, arena, ret_name);
	return err == ERR_MALFORMED ? diag_fail(diag, err, "%s is missing or badly escaped", what) : err;
}

/* One tag: "P:Set=A,B" without the bar. */
static enum err parse_tag(const struct policy *p, struct slice tag, uint64_t *bits, struct arena *arena,
			  struct diag *diag)
{
	static const char letters[] = "RPI"; /* the text holds no NUL */
	const char *type = tag.len > 2 && tag.data[1] == ':' ? strchr(letters, tag.data[0]) : NULL;
	ptrdiff_t equals = slice_find_octet(tag, '=');
	if (!type || equals < 0)
		return diag_fail(diag, ERR_MALFORMED, "'%.*s' is not a tag of the compact form",
				 SLICE_ARG(slice_take(tag, 64)));
	struct slice set_name, head, rest = slice_skip(tag, (size_t)equals + 1);
	TRY(name_of(slice_skip(slice_take(tag, (size_t)equals), 2), "a tag set's name", arena, &set_name, diag));
	uint32_t set;
	TRY(category_open(p, (enum tag_type)(type - letters), set_name, bits, &set, diag));
	if (rest.len == 0 && type - letters != TAG_PERMISSIVE) /* it means nothing, and nothing is how that is written */
		return diag_fail(diag, ERR_MALFORMED, "'%.*s' has no value; only a permissive tag may stand without one",
				 SLICE_ARG(slice_take(tag, 64)));
	for (bool more = rest.len > 0; more;) {
		more = slice_find_octet(rest, ',') >= 0;
		rest = slice_split(rest, ',', &head);
		struct slice name;
		TRY(name_of(head, "a value", arena, &name, diag));
		TRY(category_value(p, (enum tag_type)(type - letters), set, name, bits, diag));
	}
	return ERR_OK;
}

enum err categories_parse_compact(const struct policy *p, struct slice *rest, uint64_t *bits, struct arena *arena,
				  struct diag *diag)
{
	while (rest->len && !slice_has_prefix(*rest, SLICE("M:"))) {
		struct slice tag;
		*rest = slice_split(*rest, '|', &tag);
		TRY(parse_tag(p, tag, bits, arena, diag));
	}
	return ERR_OK;
}

static enum err check_canonical(const struct label *label, struct slice text, struct diag *diag)
{
	AUTO_BUF again = buf_make(LIMIT_LABEL_TEXT);
	label_print_compact(label, &again);
	if (again.err != ERR_OK)
		return again.err;
	if (!slice_equal(buf_slice(&again), text))
		return diag_fail(diag, ERR_MALFORMED, "not the canonical spelling, which is %.*s",
				 SLICE_ARG(buf_slice(&again)));
	return ERR_OK;
}

static enum err parse_head(const struct policy_set *set, struct slice *rest, struct arena *arena,
			   const struct policy **ret_policy, struct slice *ret_classes, struct diag *diag)
{
	struct slice head, name;
	*rest = slice_split(*rest, '|', &head);
	TRY(name_of(head, "the policy's name", arena, &name, diag));
	*ret_policy = policy_set_find(set, name);
	if (!*ret_policy)
		return diag_fail(diag, ERR_UNKNOWN, "policy '%.*s' is unknown here", SLICE_ARG(slice_take(name, 128)));
	*rest = slice_split(*rest, '|', ret_classes);
	return ERR_OK;
}

static enum err parse_class(const struct policy *p, struct slice written, struct arena *arena, uint32_t *ret_class,
			    struct diag *diag)
{
	struct slice name;
	TRY(name_of(written, "the classification", arena, &name, diag));
	*ret_class = policy_class(p, name);
	if (*ret_class == FORM_NONE)
		return diag_fail(diag, ERR_UNKNOWN, "policy %.*s has no classification '%.*s'",
				 SLICE_ARG(policy_name(p)), SLICE_ARG(slice_take(name, 128)));
	return ERR_OK;
}

enum err label_parse_compact(const struct policy_set *set, struct slice text, struct arena *arena,
			     const struct label **ret_label, struct diag *diag)
{
	if (text.len > LIMIT_LABEL_TEXT)
		return diag_fail(diag, ERR_TOO_LARGE, "a label has at most %d octets", LIMIT_LABEL_TEXT);
	if (!utf8_is_text(text))
		return diag_fail(diag, ERR_MALFORMED, "a label is UTF-8 without NUL");
	const struct policy *p = NULL;
	struct slice rest = text, class_text;
	TRY(parse_head(set, &rest, arena, &p, &class_text, diag));
	struct label *label = label_new(p, arena);
	if (!label)
		return ERR_MEMORY;
	TRY(parse_class(p, class_text, arena, &label->class, diag));
	TRY(categories_parse_compact(p, &rest, label->bits, arena, diag));
	if (rest.len)
		TRY(name_of(slice_skip(rest, 2), "the privacy mark", arena, &label->privacy_mark, diag));
	TRY(check_canonical(label, text, diag));
	*ret_label = label;
	return ERR_OK;
}

static enum err parse_line(const struct policy_set *set, struct slice line, struct arena *arena,
			   struct clearance_part *part, struct diag *diag)
{
	struct slice classes, head;
	TRY(parse_head(set, &line, arena, &part->policy, &classes, diag));
	uint64_t *bits = policy_bits(part->policy, arena);
	if (!bits)
		return ERR_MEMORY;
	for (bool more = true; more;) {
		more = slice_find_octet(classes, ',') >= 0;
		classes = slice_split(classes, ',', &head);
		uint32_t class;
		TRY(parse_class(part->policy, head, arena, &class, diag));
		if (part->classes >> class & 1)
			return diag_fail(diag, ERR_MALFORMED, "a clearance names a classification twice");
		part->classes |= 1u << class;
	}
	TRY(categories_parse_compact(part->policy, &line, bits, arena, diag));
	if (line.len)
		return diag_fail(diag, ERR_MALFORMED, "a clearance has no privacy mark");
	part->bits = bits;
	return ERR_OK;
}

/* In order of policy names; a policy may come once. */
static enum err insert(struct clearance *clearance, struct clearance_part *part, struct diag *diag)
{
	struct clearance_part **at = &clearance->parts;
	while (*at && slice_compare(policy_name((*at)->policy), policy_name(part->policy)) < 0)
		at = &(*at)->next;
	if (*at && (*at)->policy == part->policy)
		return diag_fail(diag, ERR_MALFORMED, "two clearances under policy %.*s",
				 SLICE_ARG(policy_name(part->policy)));
	part->next = *at;
	*at = part;
	return ERR_OK;
}

enum err clearance_parse_compact(const struct policy_set *set, struct slice lines, struct arena *arena,
				 const struct clearance **ret_clearance, struct diag *diag)
{
	if (lines.len > LIMIT_LABEL_XML)
		return diag_fail(diag, ERR_TOO_LARGE, "clearances have at most %d octets", LIMIT_LABEL_XML);
	if (!utf8_is_text(lines))
		return diag_fail(diag, ERR_MALFORMED, "a clearance is UTF-8 without NUL");
	struct clearance *clearance = ARENA_NEW(arena, struct clearance);
	if (!clearance)
		return ERR_MEMORY;
	for (struct slice rest = lines, line; rest.len;) {
		bool ended = rest.data[rest.len - 1] == '\n';
		rest = slice_split(rest, '\n', &line);
		if (ended && rest.len == 0)
			return diag_fail(diag, ERR_MALFORMED, "a clearance ends without a line end");
		struct clearance_part *part = ARENA_NEW(arena, struct clearance_part);
		if (!part)
			return ERR_MEMORY;
		TRY(parse_line(set, line, arena, part, diag));
		TRY(insert(clearance, part, diag));
	}
	*ret_clearance = clearance;
	return ERR_OK;
}

/* The classifications ascending by hierarchy, as people list them. */
static void print_classes(const struct clearance_part *part, struct buf *lines)
{
	const struct policy *p = part->policy;
	uint32_t left = part->classes;
	for (char before = 0; left; before = ',') {
		uint32_t lowest = FORM_NONE;
		for (uint32_t c = 0; c < p->class_count; c++)
			if (left >> c & 1 &&
			    (lowest == FORM_NONE || p->classes[c].hierarchy < p->classes[lowest].hierarchy))
				lowest = c;
		if (before)
			buf_put_octet(lines, (uint8_t)before);
		put_name(lines, policy_text(p, p->classes[lowest].name));
		left &= ~(1u << lowest);
	}
}

void clearance_print_compact(const struct clearance *clearance, struct buf *lines)
{
	for (const struct clearance_part *part = clearance->parts; part; part = part->next) {
		put_name(lines, policy_name(part->policy));
		buf_put_octet(lines, '|');
		print_classes(part, lines);
		categories_print_compact(part->policy, part->bits, lines);
		if (part->next)
			buf_put_octet(lines, '\n');
	}
}
