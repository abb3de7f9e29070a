/* The ledger: opens, appends, proves. Must never answer for a record that is not durable, never sign two different trees
 * of one size, and never go on writing after the disk failed. */
#include "ledger/log.h"

#include "ledger/journal.h"
#include "ledger/tiles.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Where the entries of a tile of leaves begin. */
struct bundle {
	uint64_t offset; /* of the group that holds the first of them */
	uint64_t index;  /* of that group's first entry */
};

struct ledger_log {
	int file;
	struct signing_key *key;
	uint8_t public_key[32];
	char origin_text[NOTE_NAME];
	struct slice origin;
	uint64_t end;      /* where the next group may go */
	uint64_t capacity; /* octets of the file that are there for use */
	bool broken;
	struct merkle_frontier tree;
	uint8_t signature[GROUP_SIGNATURE]; /* of the newest checkpoint */
	struct tiles tiles;
	struct bundle *bundles;
	size_t bundle_capacity;
	uint64_t cached_tile;
	uint8_t cache[TILE][MERKLE_HASH];
};

/* ---- the tree in memory ---- */

static enum err reserve(struct ledger_log *log, size_t count)
{
	size_t need = (size_t)(log->tree.size / TILE) + count / TILE + 2;
	TRY(tiles_reserve(&log->tiles, count));
	if (need <= log->bundle_capacity)
		return ERR_OK;
	struct bundle *bundles = reallocarray(log->bundles, need * 2, sizeof(*bundles));
	if (!bundles)
		return ERR_MEMORY;
	log->bundles = bundles;
	log->bundle_capacity = need * 2;
	return ERR_OK;
}

/* Takes a leaf into the tree; its group stands at offset and begins with entry first. */
static void add_leaf(struct ledger_log *log, const uint8_t leaf[MERKLE_HASH], uint64_t offset, uint64_t first)
{
	if (log->tree.size % TILE == 0)
		log->bundles[log->tree.size / TILE] = (struct bundle){offset, first};
	merkle_frontier_append(&log->tree, leaf);
	tiles_add(&log->tiles, leaf);
}

static enum err add_group(struct ledger_log *log, const struct group *group, uint64_t offset)
{
	uint64_t first = log->tree.size;
	TRY(reserve(log, group->count));
	for (size_t i = 0; i < group->count; i++) {
		uint8_t leaf[MERKLE_HASH];
		merkle_leaf(group->entries[i].salted, leaf);
		add_leaf(log, leaf, offset, first);
	}
	memcpy(log->signature, group->signature, GROUP_SIGNATURE);
	log->end = offset + group->len;
	return ERR_OK;
}

struct leaf_collector {
	struct ledger_log *log;
	uint64_t first; /* leaf of the tile */
};

static bool collect_leaf(void *context, uint64_t index, const struct ledger_entry *entry)
{
	const struct leaf_collector *collector = context;
	merkle_leaf(entry->salted, collector->log->cache[index - collector->first]);
	return index - collector->first + 1 < TILE;
}

/* The leaves of a full tile, made anew from their entries. */
static enum err tile_leaves(void *context, uint64_t tile, const uint8_t (**ret_leaves)[MERKLE_HASH])
{
	struct ledger_log *log = context;
	struct leaf_collector collector = {log, tile * TILE};
	if (log->cached_tile != tile) {
		log->cached_tile = UINT64_MAX;
		TRY(ledger_log_visit(log, collector.first, collect_leaf, &collector));
		log->cached_tile = tile;
	}
	*ret_leaves = (const uint8_t(*)[MERKLE_HASH])log->cache;
	return ERR_OK;
}

/* ---- opening ---- */

static enum err log_new(int file, struct ledger_log **ret_log)
{
	struct ledger_log *log = calloc(1, sizeof(*log));
	if (!log) {
		close(file);
		return ERR_MEMORY;
	}
	log->file = file;
	log->cached_tile = UINT64_MAX;
	log->end = PAGE;
	log->tiles.leaves = tile_leaves;
	log->tiles.context = log;
	*ret_log = log;
	return ERR_OK;
}

void ledger_log_close(struct ledger_log *log)
{
	if (!log)
		return;
	close(log->file);
	signing_key_free(log->key);
	tiles_done(&log->tiles);
	free(log->bundles);
	free(log);
}

static void set_origin(struct ledger_log *log, struct slice origin)
{
	memcpy(log->origin_text, origin.data, origin.len);
	log->origin = slice_of(log->origin_text, origin.len);
}

/* Writes the head page of a new ledger; the file is zero. */
static enum err write_head(struct ledger_log *log, uint64_t now_ms)
{
	struct ledger_head head = {.origin = log->origin, .created = now_ms};
	uint8_t page[PAGE];
	memcpy(head.public_key, log->public_key, 32);
	TRY(head_encode(&head, log->key, page));
	TRY(file_extend(log->file, 0, STEP));
	log->capacity = STEP;
	return file_write(log->file, 0, SLICE_ARRAY(page));
}

/* A crash, or a full disk, while the file grew may have left it between two steps. */
static enum err grow_to_step(struct ledger_log *log)
{
	uint64_t whole = (log->capacity + STEP - 1) / STEP * STEP;
	if (whole == log->capacity || !log->key)
		return ERR_OK;
	enum err err = file_extend(log->file, log->capacity, whole);
	if (err == ERR_OK)
		log->capacity = whole;
	return err == ERR_FULL ? ERR_OK : err;
}

/* Reads the head and takes origin and key from it, or begins the ledger where the file is still zero. */
static enum err open_head(struct ledger_log *log, uint64_t now_ms, struct diag *diag)
{
	uint8_t page[PAGE];
	struct ledger_head head;
	uint64_t end;
	TRY(file_size(log->file, &log->capacity));
	TRY(file_zero_from(log->file, 0, &end));
	if (end == 0 && log->key)
		return write_head(log, now_ms);
	TRY(page_read(log->file, 0, page));
	if (head_decode(page, &head) != ERR_OK)
		return diag_fail(diag, ERR_INVALID, "the ledger's head page is damaged");
	if (log->key && (memcmp(head.public_key, log->public_key, 32) != 0 || !slice_equal(head.origin, log->origin)))
		return diag_fail(diag, ERR_CRYPTO, "the ledger belongs to %.*s with another key", SLICE_ARG(head.origin));
	memcpy(log->public_key, head.public_key, 32);
	set_origin(log, head.origin);
	return grow_to_step(log);
}

/* Finds where the last group begins (0: there is none) and where the octets that form no group begin and end. */
struct extent {
	uint64_t last, end, used;
};

/* Does a group begin anywhere behind this octet in its page? Then what stands at the octet is no torn write, which nothing
 * can follow, but damage to something that was answered for. */
static enum err is_followed(int file, uint64_t offset, bool *ret_followed)
{
	uint8_t page[PAGE];
	struct group group;
	bool followed = false;
	TRY(page_read(file, offset - offset % PAGE, page));
	for (size_t at = (size_t)(offset % PAGE) + 1; at < PAGE && !followed; at++)
		followed = group_decode(slice_of(page + at, PAGE - at), &group) == ERR_OK;
	*ret_followed = followed;
	return ERR_OK;
}

static enum err find_extent(int file, struct extent *ret_extent)
{
	struct extent extent = {.last = 0, .end = PAGE};
	struct scanner scanner;
	struct group group;
	uint64_t at;
	enum err err;
	scan_from(&scanner, file, PAGE);
	while ((err = scan_next(&scanner, &group, &at)) == ERR_OK) {
		extent.last = at;
		extent.end = at + group.len;
	}
	if (err != ERR_NOT_FOUND && err != ERR_MALFORMED)
		return err;
	if (err == ERR_MALFORMED)
		extent.end = at;
	TRY(file_zero_from(file, extent.end, &extent.used));
	*ret_extent = extent;
	return ERR_OK;
}

/* Takes in all groups before this place. */
static enum err load(struct ledger_log *log, uint64_t before)
{
	struct scanner scanner;
	struct group group;
	uint64_t at;
	scan_from(&scanner, log->file, PAGE);
	for (;;) {
		enum err err = scan_next(&scanner, &group, &at);
		if (err == ERR_NOT_FOUND || (err == ERR_MALFORMED && at >= before))
			return ERR_OK;
		if (err != ERR_OK || at >= before)
			return err;
		TRY(add_group(log, &group, at));
	}
}

static bool is_signed(const struct ledger_log *log)
{
	return log->tree.size == 0 || tree_is_signed(log->origin, &log->tree, log->public_key, log->signature);
}

/* The group at offset, if it completes a tree that our key signed. */
static enum err load_last(struct ledger_log *log, uint64_t offset, bool *ret_valid)
{
	struct scanner scanner;
	struct group group;
	uint64_t at;
	struct merkle_frontier tree = log->tree;
	scan_from(&scanner, log->file, offset);
	TRY(scan_next(&scanner, &group, &at));
	tree_add_group(&tree, &group);
	*ret_valid = tree_is_signed(log->origin, &tree, log->public_key, group.signature);
	return *ret_valid ? add_group(log, &group, at) : ERR_OK;
}

/* Sets octets to zero that a crash left behind the last whole group. They lie within one page: a further page is begun
 * only after the one before is durable. */
static enum err repair(struct ledger_log *log, const struct extent *torn, struct diag *diag, bool *ret_repaired)
{
	static const uint8_t zeros[PAGE];
	uint64_t end = torn->used;
	bool followed;
	TRY(is_followed(log->file, torn->end, &followed));
	if (followed || torn->end / PAGE != (end - 1) / PAGE || !is_signed(log))
		return diag_fail(diag, ERR_INVALID, "the ledger is damaged near octet %llu of its file; compare it with a backup",
				 (unsigned long long)torn->end);
	*ret_repaired = true;
	return file_write(log->file, torn->end, slice_of(zeros, (size_t)(end - torn->end)));
}

static enum err open_groups(struct ledger_log *log, struct diag *diag, bool *ret_repaired)
{
	struct extent extent;
	bool valid = true;
	TRY(find_extent(log->file, &extent));
	if (extent.used > extent.end) {
		TRY(load(log, extent.end));
		return repair(log, &extent, diag, ret_repaired);
	}
	if (extent.last == 0)
		return ERR_OK;
	TRY(load(log, extent.last));
	TRY(load_last(log, extent.last, &valid));
	if (valid)
		return ERR_OK;
	struct extent torn = {.end = extent.last, .used = extent.end};
	return repair(log, &torn, diag, ret_repaired);
}

/* Opens the file, or makes it; a crash in between leaves zeros, which open_head() begins anew. */
static enum err open_file(int directory, struct diag *diag, int *ret_file)
{
	int file = openat(directory, LEDGER_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (file < 0)
		return diag_fail(diag, errno == ENOSPC ? ERR_FULL : ERR_IO, "the ledger's file '%s' cannot be opened (error %d)",
				 LEDGER_FILE, errno);
	if (fsync(directory) != 0) {
		close(file);
		return diag_fail(diag, ERR_IO, "the ledger's directory cannot be made durable (error %d)", errno);
	}
	*ret_file = file;
	return ERR_OK;
}

enum err ledger_log_open(int directory, struct slice origin, const uint8_t seed[32], uint64_t now_ms, struct diag *diag,
			 bool *ret_repaired, struct ledger_log **ret_log)
{
	struct ledger_log *log;
	bool repaired = false;
	int file = -1;
	if (origin.len == 0 || origin.len > NOTE_NAME)
		return ERR_INVALID;
	TRY(open_file(directory, diag, &file));
	TRY(log_new(file, &log));
	set_origin(log, origin);
	enum err err = signing_key_new(seed, &log->key);
	if (err == ERR_OK) {
		signing_key_public(log->key, log->public_key);
		err = open_head(log, now_ms, diag);
	}
	if (err == ERR_OK)
		err = open_groups(log, diag, &repaired);
	if (err != ERR_OK) {
		ledger_log_close(log);
		return err;
	}
	*ret_repaired = repaired;
	*ret_log = log;
	return ERR_OK;
}

enum err ledger_log_open_read(int directory, struct diag *diag, struct ledger_log **ret_log)
{
	struct ledger_log *log;
	int file = openat(directory, LEDGER_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (file < 0)
		return diag_fail(diag, ERR_IO, "no ledger there: '%s' cannot be opened (error %d)", LEDGER_FILE, errno);
	TRY(log_new(file, &log));
	uint64_t used = 0;
	enum err err = open_head(log, 0, diag);
	if (err == ERR_OK)
		err = file_zero_from(file, PAGE, &used);
	if (err == ERR_OK)
		err = load(log, used);
	if (err == ERR_OK && !is_signed(log))
		err = diag_fail(diag, ERR_INVALID, "the newest checkpoint does not verify");
	if (err != ERR_OK) {
		ledger_log_close(log);
		return err;
	}
	log->broken = true; /* never to be written */
	*ret_log = log;
	return ERR_OK;
}

/* ---- facts ---- */

uint64_t ledger_log_size(const struct ledger_log *log)
{
	return log->tree.size;
}

void ledger_log_public_key(const struct ledger_log *log, uint8_t ret_public_key[32])
{
	memcpy(ret_public_key, log->public_key, 32);
}

/* ---- appending ---- */

/* A group in the making: its octets, its leaves, and the tree that it leads to. */
struct making {
	struct group_writer writer;
	struct merkle_frontier tree;
	uint64_t offset;
};

static void begin(const struct ledger_log *log, size_t record_len, struct making *making)
{
	making->tree = log->tree;
	making->offset = log->end;
	group_begin(&making->writer, PAGE - log->end % PAGE);
	if (group_fits(&making->writer, record_len))
		return;
	making->offset += PAGE - log->end % PAGE;
	group_begin(&making->writer, PAGE);
}

static void put(struct making *making, struct slice record, uint8_t ret_leaf[MERKLE_HASH], uint8_t ret_salt[LEDGER_SALT])
{
	uint8_t salted[LEDGER_SALT + LEDGER_RECORD_MAX];
	crypto_random(ret_salt, LEDGER_SALT);
	group_add(&making->writer, ret_salt, record);
	memcpy(salted, ret_salt, LEDGER_SALT);
	memcpy(salted + LEDGER_SALT, record.data, record.len);
	merkle_leaf(slice_of(salted, LEDGER_SALT + record.len), ret_leaf);
	merkle_frontier_append(&making->tree, ret_leaf);
}

/* Signs, writes, and takes in the group. */
static enum err finish(struct ledger_log *log, struct making *making, const uint8_t (*leaves)[MERKLE_HASH])
{
	AUTO_BUF text = buf_make(NOTE_MAX);
	uint8_t signature[GROUP_SIGNATURE];
	uint64_t first = log->tree.size;
	TRY(tree_text(log->origin, &making->tree, &text));
	TRY(signing_key_sign_plain(log->key, buf_slice(&text), signature));
	group_end(&making->writer, signature);
	if (making->offset + making->writer.len > log->capacity) {
		uint64_t capacity = log->capacity - log->capacity % STEP + STEP;
		TRY(file_extend(log->file, log->capacity, capacity));
		log->capacity = capacity;
	}
	if (file_write(log->file, making->offset, slice_of(making->writer.octets, making->writer.len)) != ERR_OK) {
		log->broken = true;
		return ERR_IO;
	}
	for (size_t i = 0; i < making->writer.count; i++)
		add_leaf(log, leaves[i], making->offset, first);
	memcpy(log->signature, signature, sizeof(signature));
	log->end = making->offset + making->writer.len;
	return ERR_OK;
}

enum err ledger_log_append(struct ledger_log *log, const struct slice *records, size_t count,
			   uint8_t (*ret_leaves)[MERKLE_HASH], uint8_t (*ret_salts)[LEDGER_SALT])
{
	if (log->broken)
		return ERR_IO;
	for (size_t i = 0; i < count; i++)
		if (records[i].len == 0 || records[i].len > LEDGER_RECORD_MAX)
			return ERR_TOO_LARGE;
	if (count > MERKLE_SIZE_MAX - log->tree.size)
		return ERR_TOO_LARGE;
	TRY(reserve(log, count));
	for (size_t done = 0; done < count;) {
		struct making making;
		size_t first = done;
		begin(log, records[done].len, &making);
		while (done < count && group_fits(&making.writer, records[done].len)) {
			uint8_t salt[LEDGER_SALT];
			put(&making, records[done], ret_leaves[done], ret_salts ? ret_salts[done] : salt);
			done++;
		}
		TRY(finish(log, &making, (const uint8_t(*)[MERKLE_HASH])ret_leaves + first));
	}
	return ERR_OK;
}

/* ---- proving ---- */

enum err ledger_log_checkpoint(const struct ledger_log *log, struct buf *note)
{
	if (log->tree.size == 0)
		return ERR_NOT_FOUND;
	TRY(tree_text(log->origin, &log->tree, note));
	buf_put_octet(note, '\n');
	return note_put_signature(log->origin, log->public_key, log->signature, note);
}

static struct merkle_source source_of(struct ledger_log *log)
{
	return (struct merkle_source){tiles_subtree, &log->tiles};
}

enum err ledger_log_inclusion(struct ledger_log *log, uint64_t index, uint64_t size, struct buf *proof)
{
	struct merkle_source source = source_of(log);
	return size > log->tree.size ? ERR_INVALID : merkle_inclusion(&source, index, size, proof);
}

enum err ledger_log_consistency(struct ledger_log *log, uint64_t old_size, uint64_t size, struct buf *proof)
{
	struct merkle_source source = source_of(log);
	return size > log->tree.size ? ERR_INVALID : merkle_consistency(&source, old_size, size, proof);
}

enum err ledger_log_root(struct ledger_log *log, uint64_t size, uint8_t ret_root[MERKLE_HASH])
{
	struct merkle_source source = source_of(log);
	return size > log->tree.size ? ERR_INVALID : merkle_root(&source, size, ret_root);
}

enum err ledger_log_visit(struct ledger_log *log, uint64_t from_index, ledger_visit *visit, void *context)
{
	if (from_index >= log->tree.size)
		return ERR_OK;
	const struct bundle *bundle = &log->bundles[from_index / TILE];
	uint64_t index = bundle->index, at;
	struct scanner scanner;
	struct group group;
	scan_from(&scanner, log->file, bundle->offset);
	while (index < log->tree.size) {
		enum err err = scan_next(&scanner, &group, &at);
		if (err != ERR_OK)
			return ERR_IO; /* what was there is gone: the disk lies */
		for (size_t i = 0; i < group.count; i++, index++)
			if (index >= from_index && !visit(context, index, &group.entries[i]))
				return ERR_OK;
	}
	return ERR_OK;
}

enum err ledger_log_compare(struct ledger_log *log, struct slice note, enum ledger_standing *ret_standing, uint64_t *ret_size)
{
	struct note parsed;
	struct tree_head checkpoint;
	uint8_t root[MERKLE_HASH];
	enum ledger_standing standing = LEDGER_INCONSISTENT;
	TRY(tree_head_open(note, log->origin, log->public_key, &parsed, &checkpoint));
	if (checkpoint.size > log->tree.size) {
		standing = LEDGER_BEHIND;
	} else {
		TRY(ledger_log_root(log, checkpoint.size, root));
		if (memcmp(root, checkpoint.root, sizeof(root)) == 0)
			standing = LEDGER_CONSISTENT;
	}
	*ret_standing = standing;
	*ret_size = checkpoint.size;
	return ERR_OK;
}
