/* Reading the label sets of a store: one line a set, its digest, then its labels, separated by tabs. */
#include "cli/ledger_labels.h"

#include "object/portion.h"

enum { FILE_MAX = 1024 * 1024 * 1024 };

struct set {
	uint8_t digest[DIGEST];
	struct slice labels; /* separated by tabs */
};

struct label_sets {
	struct buf text;
	struct set *sets; /* ascending */
	size_t count;
};

static int by_digest(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST);
}

static bool read_line(struct slice line, struct set *ret_set)
{
	AUTO_BUF digest = buf_make(DIGEST);
	struct slice name, labels = slice_split(line, '\t', &name);
	if (hex_decode(name, &digest) != ERR_OK || digest.len != DIGEST)
		return false;
	memcpy(ret_set->digest, digest.data, DIGEST);
	ret_set->labels = labels;
	return true;
}

static enum err read_sets(struct label_sets *sets)
{
	struct slice rest = buf_slice(&sets->text), line;
	size_t lines = 1;
	for (size_t i = 0; i < rest.len; i++)
		lines += rest.data[i] == '\n';
	sets->sets = calloc(lines, sizeof(*sets->sets));
	if (!sets->sets)
		return ERR_MEMORY;
	while (rest.len) {
		rest = slice_split(rest, '\n', &line);
		sets->count += read_line(line, &sets->sets[sets->count]);
	}
	qsort(sets->sets, sets->count, sizeof(*sets->sets), by_digest);
	return ERR_OK;
}

enum err label_sets_open(const char *path, struct label_sets **ret_sets)
{
	struct label_sets *sets = calloc(1, sizeof(*sets));
	if (!sets)
		return ERR_MEMORY;
	sets->text = buf_make(FILE_MAX);
	enum err err = file_read(path, &sets->text);
	if (err == ERR_OK)
		err = read_sets(sets);
	if (err == ERR_OK)
		*ret_sets = sets;
	else
		label_sets_close(sets);
	return err;
}

void label_sets_close(struct label_sets *sets)
{
	if (!sets)
		return;
	buf_done(&sets->text);
	free(sets->sets);
	free(sets);
}

static enum err copy_labels(struct slice labels, struct arena *arena, struct slice *ret_labels)
{
	uint8_t *copy = arena_alloc(arena, labels.len, 1);
	if (!copy)
		return ERR_MEMORY;
	for (size_t i = 0; i < labels.len; i++)
		copy[i] = labels.data[i] == '\t' ? '\n' : labels.data[i];
	*ret_labels = slice_of(copy, labels.len);
	return ERR_OK;
}

/* A torn line may have the digest of a whole one: the whole one counts. */
static bool fits(const struct set *set)
{
	struct slice labels[LIMIT_PORTIONS], rest = set->labels;
	uint8_t digest[DIGEST];
	size_t count = 0;
	while (rest.len && count < LIMIT_PORTIONS)
		rest = slice_split(rest, '\t', &labels[count++]);
	label_set_digest(labels, count, digest);
	return memcmp(digest, set->digest, DIGEST) == 0;
}

enum err label_sets_find(
	const struct label_sets *sets, const uint8_t digest[32], struct arena *arena, struct slice *ret_labels)
{
	size_t low = 0, high = sets->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (memcmp(sets->sets[middle].digest, digest, DIGEST) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < sets->count && memcmp(sets->sets[low].digest, digest, DIGEST) == 0; low++)
		if (fits(&sets->sets[low]))
			return copy_labels(sets->sets[low].labels, arena, ret_labels);
	return ERR_NOT_FOUND;
}
