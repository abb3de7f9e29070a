/* Which labels need two persons. It must never use guard's reader, and on a doubt it asks for two. */
#include "release/seal_table.h"

#include "release/seal_label.h"

/* The word at the front of *rest. */
static struct slice take_word(struct slice *rest)
{
	struct slice text = slice_trim(*rest);
	size_t len = 0;
	while (len < text.len && text.data[len] != ' ' && text.data[len] != '\t')
		len++;
	*rest = slice_skip(text, len);
	return slice_take(text, len);
}

static bool fits(struct slice pattern, struct slice value)
{
	return slice_equal(pattern, SLICE("*")) || slice_equal(pattern, value);
}

/* name, role, type, recipient, "two-persons", then policy and levels */
static bool row_asks(struct slice row, const struct seal_table_case *what, struct slice label)
{
	struct slice words[5], policy;
	for (size_t i = 0; i < 5; i++)
		words[i] = take_word(&row);
	if (!slice_equal(words[4], SLICE("two-persons")))
		return false;
	bool recipient = fits(words[3], what->recipient) || (what->member && slice_equal(words[3], SLICE("member")));
	if (!recipient || !fits(words[2], what->type))
		return false;
	struct slice levels = slice_split(slice_trim(row), ':', &policy);
	return !levels.len || seal_label_is_among(label, policy, levels);
}

bool seal_table_needs_two(struct slice table, const struct seal_table_case *what, struct slice label)
{
	while (table.len) {
		struct slice line, row;
		table = slice_split(table, '\n', &line);
		(void)slice_split(line, '#', &row);
		if (row_asks(row, what, label))
			return true;
	}
	return false;
}
