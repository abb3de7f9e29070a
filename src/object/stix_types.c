/* Finding rows in the tables of STIX. Must never guess: what no table holds is a custom type. */
#include "object/stix_schema.h"

static const struct stix_type *find_in(const struct stix_type *types, struct slice type)
{
	for (; types->name; types++)
		if (types->name[0] == type.data[0] && slice_equal(type, slice_text(types->name)))
			return types;
	return NULL;
}

const struct stix_type *stix_type_find(struct slice type)
{
	static const struct stix_type *const tables[] = {stix_domain_types, stix_observable_types, stix_meta_types};
	const struct stix_type *found = NULL;
	for (size_t i = 0; type.len && !found && i < sizeof(tables) / sizeof(tables[0]); i++)
		found = find_in(tables[i], type);
	return found;
}

const struct stix_shape *stix_extension_find(struct slice name, const char **ret_type)
{
	for (const struct stix_extension *row = stix_extensions; row->name; row++) {
		if (!slice_equal(name, slice_text(row->name)))
			continue;
		*ret_type = row->type;
		return row->shape;
	}
	return NULL;
}

bool stix_listed(const char *words, struct slice word)
{
	struct slice rest = slice_text(words), item;
	while (rest.len) {
		rest = slice_split(rest, '|', &item);
		if (slice_equal(item, word))
			return true;
	}
	return false;
}

static bool is_named(const char *words, struct slice type, const struct stix_type *row)
{
	if (stix_listed(words, type))
		return true;
	if (!row)
		return false;
	return (row->class == STIX_OBSERVABLE && stix_listed(words, SLICE("@sco"))) ||
	       (row->class == STIX_RELATION && stix_listed(words, SLICE("@sro")));
}

bool stix_allows_target(const char *words, struct slice type)
{
	if (!words)
		return true;
	const struct stix_type *row = stix_type_find(type);
	if (words[0] == '!')
		return !is_named(words + 1, type, row);
	if (words[0] == '=')
		return is_named(words + 1, type, row);
	bool custom = !row && !slice_equal(type, SLICE("bundle"));
	return custom || is_named(words, type, row);
}
