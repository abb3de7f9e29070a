/* The labels of every rendition that went to guard, under the digest by which the ledger names them: text, one line a
 * set, added to and never changed, and durable before guard is asked. It holds no id and no content, so it outlives
 * every recall; without it no decision could be decided again. A line torn by a crash stays and counts for nothing: its
 * digest does not fit. */
#include "proc/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { FILE_MAX = 1024 * 1024 * 1024, PENDING_MAX = 64 * 1024 * 1024, FIRST_SLOTS = 256, DIGEST_TEXT = 2 * DIGEST };

struct label_sets {
	int file;
	bool torn;		  /* the file does not end with a line feed */
	struct buf pending;	  /* lines that are not yet durable */
	uint8_t (*known)[DIGEST]; /* open addressing; slots is a power of two */
	bool *used;
	size_t slots, count;
};

/* ---- which digests are there ---- */

static size_t slot_of(const struct label_sets *sets, const uint8_t digest[DIGEST])
{
	uint32_t start;
	memcpy(&start, digest, sizeof(start));
	size_t slot = start & (sets->slots - 1);
	while (sets->used[slot] && memcmp(sets->known[slot], digest, DIGEST) != 0)
		slot = (slot + 1) & (sets->slots - 1);
	return slot;
}

static enum err grow(struct label_sets *sets)
{
	struct label_sets bigger = {.slots = sets->slots ? 2 * sets->slots : FIRST_SLOTS};
	bigger.known = calloc(bigger.slots, sizeof(*bigger.known));
	bigger.used = calloc(bigger.slots, sizeof(*bigger.used));
	if (!bigger.known || !bigger.used) {
		free(bigger.known);
		free(bigger.used);
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < sets->slots; i++)
		if (sets->used[i]) {
			size_t slot = slot_of(&bigger, sets->known[i]);
			memcpy(bigger.known[slot], sets->known[i], DIGEST);
			bigger.used[slot] = true;
		}
	free(sets->known);
	free(sets->used);
	sets->known = bigger.known;
	sets->used = bigger.used;
	sets->slots = bigger.slots;
	return ERR_OK;
}

/* *ret_new: it was not there before. */
static enum err known_put(struct label_sets *sets, const uint8_t digest[DIGEST], bool *ret_new)
{
	if (2 * sets->count >= sets->slots)
		TRY(grow(sets));
	size_t slot = slot_of(sets, digest);
	*ret_new = !sets->used[slot];
	if (!sets->used[slot]) {
		memcpy(sets->known[slot], digest, DIGEST);
		sets->used[slot] = true;
		sets->count++;
	}
	return ERR_OK;
}

/* ---- the file ---- */

/* A line counts when its digest is that of its labels. */
static enum err line_take(struct label_sets *sets, struct slice line)
{
	struct slice labels[LIMIT_PORTIONS], name, rest = slice_split(line, '\t', &name);
	AUTO_BUF digest = buf_make(DIGEST);
	uint8_t own[DIGEST];
	size_t count = 0;
	bool fresh;
	if (hex_decode(name, &digest) != ERR_OK || digest.len != DIGEST)
		return ERR_OK;
	while (rest.len && count < LIMIT_PORTIONS)
		rest = slice_split(rest, '\t', &labels[count++]);
	label_set_digest(labels, count, own);
	return memcmp(own, digest.data, DIGEST) == 0 ? known_put(sets, own, &fresh) : ERR_OK;
}

static enum err read_all(struct label_sets *sets)
{
	AUTO_BUF text = buf_make(FILE_MAX);
	uint8_t chunk[16384];
	ssize_t n;
	while ((n = read(sets->file, chunk, sizeof(chunk))) > 0)
		buf_put(&text, slice_of(chunk, (size_t)n));
	if (n < 0 || text.err != ERR_OK)
		return n < 0 ? ERR_IO : text.err;
	struct slice rest = buf_slice(&text), line;
	sets->torn = rest.len && rest.data[rest.len - 1] != '\n';
	while (rest.len) {
		rest = slice_split(rest, '\n', &line);
		TRY(line_take(sets, line));
	}
	return ERR_OK;
}

enum err label_sets_open(const char *path, struct label_sets **ret_sets, struct diag *diag)
{
	struct label_sets *sets = calloc(1, sizeof(*sets));
	if (!sets)
		return ERR_MEMORY;
	sets->pending = buf_make(PENDING_MAX);
	sets->file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	enum err err = sets->file < 0 ? diag_fail(diag, ERR_IO, "%s cannot be opened (error %d)", path, errno)
				      : read_all(sets);
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
	if (sets->file >= 0)
		close(sets->file);
	buf_done(&sets->pending);
	free(sets->known);
	free(sets->used);
	free(sets);
}

enum err label_sets_put(struct label_sets *sets, const uint8_t digest[DIGEST], struct slice labels)
{
	bool fresh = false;
	if (sets->pending.err != ERR_OK)
		return sets->pending.err;
	TRY(known_put(sets, digest, &fresh));
	if (!fresh)
		return ERR_OK;
	buf_put_hex(&sets->pending, slice_of(digest, DIGEST));
	while (labels.len) {
		struct slice label;
		labels = slice_split(labels, '\n', &label);
		buf_put_octet(&sets->pending, '\t');
		buf_put(&sets->pending, label);
	}
	buf_put_octet(&sets->pending, '\n');
	return sets->pending.err;
}

static enum err write_all(int file, struct slice octets, bool *ret_began)
{
	while (octets.len) {
		ssize_t n = write(file, octets.data, octets.len);
		if (n < 0)
			return errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
		*ret_began = true;
		octets = slice_skip(octets, (size_t)n);
	}
	return fdatasync(file) == 0 ? ERR_OK : ERR_IO;
}

enum err label_sets_keep(struct label_sets *sets)
{
	if (!sets->pending.len)
		return sets->pending.err;
	if (sets->torn) {
		TRY(write_all(sets->file, SLICE("\n"), &sets->torn));
		sets->torn = false;
	}
	TRY(write_all(sets->file, buf_slice(&sets->pending), &sets->torn));
	sets->torn = false;
	buf_truncate(&sets->pending, 0);
	return ERR_OK;
}
