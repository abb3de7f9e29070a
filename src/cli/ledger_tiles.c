/* A ledger as static files that any tlog-tiles client reads: checkpoint, tiles of hashes, bundles of entries. An entry is
 * salt and record, so whoever gets these files can read the records: they are for the auditor, not for witnesses. */
#include "cli/ledger.h"

#include <errno.h>
#include <sys/stat.h>

enum { WIDTH = 256, LEVELS = 8, PATH = 4096, BUNDLE_MAX = WIDTH * (2 + LEDGER_SALT + LEDGER_RECORD_MAX) };

struct tile {
	uint8_t hashes[WIDTH][MERKLE_HASH];
	size_t width;
	uint64_t number;
};

struct exporter {
	const char *out;
	struct tile levels[LEVELS];
	struct buf bundle;
	enum err err;
};

static enum err make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		int failed = mkdir(path, 0755) != 0 && errno != EEXIST;
		*slash = '/';
		if (failed)
			return complain(ERR_IO, "%s: %s", path, strerror(errno)), ERR_IO;
	}
	return ERR_OK;
}

static enum err write_file(char *path, struct slice bytes)
{
	TRY(make_folders(path));
	FILE *file = fopen(path, "wbxe");
	if (!file)
		return complain(ERR_IO, "%s: %s", path, strerror(errno)), ERR_IO;
	bool written = fwrite(bytes.data, 1, bytes.len, file) == bytes.len;
	if (fclose(file) != 0 || !written)
		return complain(ERR_IO, "%s: %s", path, strerror(errno)), ERR_IO;
	return ERR_OK;
}

/* "x001/x234/067" for 1234067, and ".p/WIDTH" behind a partial tile. */
static void put_number(struct buf *path, uint64_t number, size_t width)
{
	unsigned parts[7], count = 0;
	do {
		parts[count++] = (unsigned)(number % 1000);
		number /= 1000;
	} while (number);
	while (count > 1)
		buf_printf(path, "x%03u/", parts[--count]);
	buf_printf(path, "%03u", parts[0]);
	if (width < WIDTH)
		buf_printf(path, ".p/%zu", width);
	buf_put_octet(path, 0);
}

static enum err write_tile(const struct exporter *exporter, const char *kind, const struct tile *tile, struct slice bytes)
{
	AUTO_BUF path = buf_make(PATH);
	buf_printf(&path, "%s/tile/%s/", exporter->out, kind);
	put_number(&path, tile->number, tile->width);
	return path.err != ERR_OK ? path.err : write_file((char *)path.data, bytes);
}

static enum err write_level(struct exporter *exporter, size_t level)
{
	struct tile *tile = &exporter->levels[level];
	char kind[4];
	snprintf(kind, sizeof(kind), "%zu", level);
	if (level == 0)
		TRY(write_tile(exporter, "entries", tile, buf_slice(&exporter->bundle)));
	return write_tile(exporter, kind, tile, slice_of(tile->hashes, tile->width * MERKLE_HASH));
}

/* Adds a hash to its level; a tile that is full is written, and its root is the next level's hash. */
static enum err add_hash(struct exporter *exporter, const uint8_t leaf[MERKLE_HASH])
{
	uint8_t hash[MERKLE_HASH];
	memcpy(hash, leaf, sizeof(hash));
	for (size_t level = 0; level < LEVELS; level++) {
		struct tile *tile = &exporter->levels[level];
		struct merkle_frontier root = {.size = 0};
		memcpy(tile->hashes[tile->width++], hash, sizeof(hash));
		if (tile->width < WIDTH)
			return ERR_OK;
		TRY(write_level(exporter, level));
		for (size_t i = 0; i < WIDTH; i++)
			merkle_frontier_append(&root, tile->hashes[i]);
		merkle_frontier_root(&root, hash);
		tile->width = 0;
		tile->number++;
		if (level == 0)
			buf_truncate(&exporter->bundle, 0);
	}
	return ERR_OK;
}

static bool export_entry(void *context, uint64_t index, const struct ledger_entry *entry)
{
	struct exporter *exporter = context;
	uint8_t leaf[MERKLE_HASH];
	(void)index;
	buf_put_octet(&exporter->bundle, (uint8_t)(entry->salted.len >> 8));
	buf_put_octet(&exporter->bundle, (uint8_t)entry->salted.len);
	buf_put(&exporter->bundle, entry->salted);
	merkle_leaf(entry->salted, leaf);
	exporter->err = exporter->bundle.err != ERR_OK ? exporter->bundle.err : add_hash(exporter, leaf);
	return exporter->err == ERR_OK;
}

static enum err write_checkpoint(struct ledger_log *log, const char *out)
{
	AUTO_BUF path = buf_make(PATH), note = buf_make(NOTE_MAX);
	TRY(ledger_log_checkpoint(log, &note));
	buf_printf(&path, "%s/checkpoint", out);
	buf_put_octet(&path, 0);
	return path.err != ERR_OK ? path.err : write_file((char *)path.data, buf_slice(&note));
}

enum err tiles_write(struct ledger_log *log, const char *out)
{
	struct exporter *exporter = calloc(1, sizeof(*exporter));
	if (!exporter)
		return ERR_MEMORY;
	exporter->out = out;
	exporter->bundle = buf_make(BUNDLE_MAX);
	enum err err = ledger_log_visit(log, 0, export_entry, exporter);
	if (err == ERR_OK)
		err = exporter->err;
	for (size_t level = 0; level < LEVELS && err == ERR_OK; level++)
		if (exporter->levels[level].width)
			err = write_level(exporter, level);
	if (err == ERR_OK)
		err = write_checkpoint(log, out);
	buf_done(&exporter->bundle);
	free(exporter);
	return err;
}
