/* Reading and asking the release-authority table. It must never answer "at once" for anything no row names. */
#include "release/release_table.h"

enum { FIELDS_BEFORE_LEVEL = 4 };

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct slice skip_blanks(struct slice s)
{
	while (s.len && is_blank(s.data[0]))
		s = slice_skip(s, 1);
	return s;
}

/* The field at the front of *rest; empty at the end. */
static struct slice next_field(struct slice *rest)
{
	*rest = skip_blanks(*rest);
	size_t len = 0;
	while (len < rest->len && !is_blank(rest->data[len]))
		len++;
	struct slice field = slice_take(*rest, len);
	*rest = slice_skip(*rest, len);
	return field;
}

static bool is_row_name(struct slice name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	for (size_t i = 0; i < name.len; i++)
		if (!memchr(allowed, name.data[i], sizeof(allowed) - 1))
			return false;
	return name.len <= RELEASE_TABLE_NAME;
}

/* The classification's rank, found by reading the shortest label of this policy that carries it. */
static enum err find_hierarchy(const struct policy_set *policies, struct arena *arena, struct release_row *row)
{
	const struct label *label;
	char *text = arena_printf(arena, "%.*s|%.*s", SLICE_ARG(row->policy), SLICE_ARG(row->level));
	if (!text)
		return ERR_MEMORY;
	TRY(label_parse_compact(policies, slice_text(text), arena, &label, NULL));
	row->policy = label_policy_name(label);
	row->hierarchy = label_hierarchy(label);
	return ERR_OK;
}

static enum err parse_level(struct slice text, struct release_row *row)
{
	text = slice_trim(text);
	if (slice_find_octet(text, ':') <= 0)
		return ERR_MALFORMED;
	row->level = slice_split(text, ':', &row->policy);
	return row->level.len && slice_find_octet(text, '|') < 0 ? ERR_OK : ERR_MALFORMED;
}

static enum err parse_row(struct slice line, struct release_row *ret_row)
{
	struct slice fields[FIELDS_BEFORE_LEVEL];
	for (size_t i = 0; i < FIELDS_BEFORE_LEVEL; i++) {
		fields[i] = next_field(&line);
		if (!fields[i].len)
			return ERR_MALFORMED;
	}
	if (!is_row_name(fields[0]) || fields[3].len > LIMIT_NATION)
		return ERR_MALFORMED;
	*ret_row = (struct release_row){
		.name = fields[0], .role = fields[1], .type = fields[2], .recipient = fields[3]};
	struct slice rest = line;
	ret_row->two_persons = slice_equal(next_field(&rest), SLICE("two-persons"));
	if (ret_row->two_persons && !slice_equal(ret_row->role, SLICE("*")))
		return ERR_MALFORMED;
	return parse_level(ret_row->two_persons ? rest : line, ret_row);
}

static bool stands_among(struct slice levels, struct slice name)
{
	while (levels.len) {
		struct slice one;
		levels = slice_split(levels, ',', &one);
		if (slice_equal(one, name))
			return true;
	}
	return false;
}

/* The lowest of its levels counts for guard. Seal reads the names, so all above it must be named. */
static enum err find_two_persons(const struct policy_set *policies, struct arena *arena, struct release_row *row,
				 struct slice *ret_missing)
{
	struct slice levels = row->level, rest = levels;
	struct policy_class_facts facts;
	uint32_t lowest = UINT32_MAX;
	while (rest.len) {
		rest = slice_split(rest, ',', &row->level);
		TRY(find_hierarchy(policies, arena, row));
		lowest = row->hierarchy < lowest ? row->hierarchy : lowest;
	}
	row->level = levels;
	row->hierarchy = lowest;
	const struct policy *policy = policy_set_find(policies, row->policy);
	for (size_t i = 0; policy_list_class(policy, i, &facts); i++)
		if (facts.name.len && facts.hierarchy >= lowest && !stands_among(levels, facts.name)) {
			*ret_missing = facts.name;
			return ERR_MALFORMED;
		}
	return ERR_OK;
}

static bool has_row(const struct release_table *table, struct slice name)
{
	for (size_t i = 0; i < table->count; i++)
		if (slice_equal(table->rows[i].name, name))
			return true;
	return false;
}

static enum err add_row(struct release_table *table, struct slice line, const struct policy_set *policies,
			struct arena *arena, struct diag *diag, uint32_t number)
{
	struct release_row row;
	if (table->count == RELEASE_TABLE_ROWS)
		return diag_fail_at(diag, ERR_TOO_LARGE, number, 1, "more than %d rows", RELEASE_TABLE_ROWS);
	if (parse_row(line, &row) != ERR_OK)
		return diag_fail_at(diag, ERR_MALFORMED, number, 1,
				    "a row reads NAME ROLE TYPE RECIPIENT POLICY:LEVEL, or NAME * TYPE RECIPIENT two-persons "
				    "POLICY:LEVEL,LEVEL");
	if (has_row(table, row.name))
		return diag_fail_at(diag, ERR_MALFORMED, number, 1,
				    "a second row named %.*s; give it a name of its own", SLICE_ARG(row.name));
	struct slice missing = {0};
	enum err err = row.two_persons ? find_two_persons(policies, arena, &row, &missing)
				       : find_hierarchy(policies, arena, &row);
	if (missing.len)
		return diag_fail_at(diag, err, number, 1, "%.*s lies above a level of this row and is left out: name it too",
				    SLICE_ARG(missing));
	if (err != ERR_OK)
		return diag_fail_at(diag, err == ERR_MEMORY ? err : ERR_UNKNOWN, number, 1,
				    "no classification %.*s in a policy %.*s; write it as the policy file does",
				    SLICE_ARG(row.level), SLICE_ARG(row.policy));
	table->rows[table->count++] = row;
	return ERR_OK;
}

static size_t count_lines(struct slice text)
{
	size_t count = 1;
	for (size_t i = 0; i < text.len; i++)
		count += text.data[i] == '\n';
	return count;
}

enum err release_table_parse(struct slice text, const struct policy_set *policies, struct arena *arena,
			     struct release_table *ret_table, struct diag *diag)
{
	if (!utf8_is_text(text))
		return diag_fail(diag, ERR_MALFORMED, "the release-authority table is not UTF-8 text");
	size_t lines = count_lines(text);
	struct release_table table = {0};
	table.rows = ARENA_ARRAY(arena, lines < RELEASE_TABLE_ROWS ? lines : RELEASE_TABLE_ROWS, struct release_row);
	if (!table.rows)
		return ERR_MEMORY;
	for (uint32_t number = 1; text.len; number++) {
		struct slice line, content;
		text = slice_split(text, '\n', &line);
		(void)slice_split(line, '#', &content);
		content = slice_trim(content);
		if (content.len)
			TRY(add_row(&table, content, policies, arena, diag, number));
	}
	*ret_table = table;
	return ERR_OK;
}

static bool matches(struct slice pattern, struct slice value)
{
	return slice_equal(pattern, SLICE("*")) || slice_equal(pattern, value);
}

static bool row_fits(const struct release_row *row, const struct release_case *what, const struct label *label)
{
	bool role = slice_equal(row->role, SLICE("*")) || word_stands_in(what->roles, row->role);
	bool recipient = matches(row->recipient, what->recipient) ||
			 (what->member && slice_equal(row->recipient, SLICE("member")));
	return role && recipient && matches(row->type, what->type) && slice_equal(row->policy, label_policy_name(label));
}

const struct release_row *release_table_find(const struct release_table *table, const struct release_case *what,
					     const struct label *label)
{
	for (size_t i = 0; i < table->count; i++)
		if (!table->rows[i].two_persons && row_fits(&table->rows[i], what, label) &&
		    label_hierarchy(label) <= table->rows[i].hierarchy)
			return &table->rows[i];
	return NULL;
}

bool release_table_needs_two(const struct release_table *table, const struct release_case *what, const struct label *label)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].two_persons && row_fits(&table->rows[i], what, label) &&
		    label_hierarchy(label) >= table->rows[i].hierarchy)
			return true;
	return false;
}

void release_table_print_default(struct buf *text)
{
	static const char *const roles[] = {"analyst", "taxii", "release", "watch"};
	buf_put_text(text, "# What may go out at once. Whatever no row allows waits for a release officer.\n"
			   "# NAME ROLE TYPE RECIPIENT POLICY:LEVEL\n"
			   "# What needs two release officers, its levels named up to the highest:\n"
			   "# NAME * TYPE RECIPIENT two-persons POLICY:LEVEL,LEVEL\n");
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		buf_printf(text,
			   "%s-member-secret %s * member NATO:SECRET\n"
			   "%s-member-public %s * member PUBLIC:UNMARKED\n"
			   "%s-kor-restricted %s * KOR NATO:RESTRICTED\n"
			   "%s-kor-public %s * KOR PUBLIC:UNMARKED\n",
			   roles[i], roles[i], roles[i], roles[i], roles[i], roles[i], roles[i], roles[i]);
}
