/* Reading and writing the ledger's file. Must never write over what was written, but for a torn group at the end. */
#include "ledger/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ZEROS = 65536 };

enum err page_read(int file, uint64_t offset, uint8_t ret_page[PAGE])
{
	size_t len = 0;
	while (len < PAGE) {
		ssize_t n = pread(file, ret_page + len, PAGE - len, (off_t)(offset + len));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ERR_IO;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	memset(ret_page + len, 0, PAGE - len);
	return ERR_OK;
}

enum err file_size(int file, uint64_t *ret_size)
{
	struct stat status;
	if (fstat(file, &status) != 0 || status.st_size < 0)
		return ERR_IO;
	*ret_size = (uint64_t)status.st_size;
	return ERR_OK;
}

enum err file_zero_from(int file, uint64_t offset, uint64_t *ret_end)
{
	uint8_t page[PAGE];
	uint64_t size, end = offset;
	TRY(file_size(file, &size));
	for (uint64_t at = offset - offset % PAGE; at < size; at += PAGE) {
		TRY(page_read(file, at, page));
		for (size_t i = at < offset ? (size_t)(offset - at) : 0; i < PAGE; i++)
			if (page[i])
				end = at + i + 1;
	}
	*ret_end = end;
	return ERR_OK;
}

static bool is_no_room(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

static enum err write_all(int file, uint64_t offset, struct slice octets)
{
	while (octets.len) {
		ssize_t n = pwrite(file, octets.data, octets.len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 && is_no_room(errno) ? ERR_FULL : ERR_IO;
		offset += (uint64_t)n;
		octets = slice_skip(octets, (size_t)n);
	}
	return ERR_OK;
}

enum err file_write(int file, uint64_t offset, struct slice octets)
{
	TRY(write_all(file, offset, octets));
	return fdatasync(file) == 0 ? ERR_OK : ERR_IO;
}

/* Room first, then size, each at once: the file never ends between two steps because a disk filled on the way. Where the file
 * system cannot, the zeros alone do it. */
static enum err reserve(int file, uint64_t from, uint64_t to)
{
	static const int modes[] = {FALLOC_FL_KEEP_SIZE, 0};
	for (size_t i = 0; i < 2; i++)
		if (fallocate(file, modes[i], (off_t)from, (off_t)(to - from)) != 0 && is_no_room(errno))
			return ERR_FULL;
	return ERR_OK;
}

enum err file_extend(int file, uint64_t from, uint64_t to)
{
	static const uint8_t zeros[ZEROS];
	TRY(reserve(file, from, to));
	for (uint64_t at = from; at < to;) {
		uint64_t len = to - at < ZEROS ? to - at : ZEROS;
		TRY(write_all(file, at, slice_of(zeros, (size_t)len)));
		at += len;
	}
	return fsync(file) == 0 ? ERR_OK : ERR_IO;
}

void scan_from(struct scanner *scanner, int file, uint64_t offset)
{
	scanner->file = file;
	scanner->page_at = offset - offset % PAGE;
	scanner->at = (size_t)(offset % PAGE);
	scanner->loaded = false;
}

enum err scan_next(struct scanner *scanner, struct group *ret_group, uint64_t *ret_offset)
{
	for (;;) {
		if (!scanner->loaded)
			TRY(page_read(scanner->file, scanner->page_at, scanner->page));
		scanner->loaded = true;
		*ret_offset = scanner->page_at + scanner->at;
		enum err err = group_decode(slice_of(scanner->page + scanner->at, PAGE - scanner->at), ret_group);
		if (err == ERR_OK)
			scanner->at += ret_group->len;
		/* a page without any group ends the groups */
		if (err != ERR_NOT_FOUND || scanner->at == 0)
			return err;
		scan_from(scanner, scanner->file, scanner->page_at + PAGE);
	}
}

enum err tree_text(struct slice origin, const struct merkle_frontier *tree, struct buf *text)
{
	struct tree_head checkpoint = {.origin = origin, .size = tree->size};
	merkle_frontier_root(tree, checkpoint.root);
	return tree_head_print(&checkpoint, text);
}

bool tree_is_signed(struct slice origin, const struct merkle_frontier *tree, const uint8_t public_key[32],
		    const uint8_t signature[64])
{
	AUTO_BUF text = buf_make(NOTE_MAX);
	return tree_text(origin, tree, &text) == ERR_OK && signature_verify_plain(public_key, buf_slice(&text), signature);
}

void tree_add_group(struct merkle_frontier *tree, const struct group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		uint8_t leaf[MERKLE_HASH];
		merkle_leaf(group->entries[i].salted, leaf);
		merkle_frontier_append(tree, leaf);
	}
}
