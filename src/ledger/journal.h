/* The ledger's file: pages read in order, groups written at the end. Inside this room only. */
#ifndef BICES_LEDGER_JOURNAL_H
#define BICES_LEDGER_JOURNAL_H

#include "base/diag.h"
#include "ledger/page.h"

/* Reads groups in order. In place; no resources. */
struct scanner {
	int file;
	uint64_t page_at;  /* of the page in hand */
	size_t at;         /* in the page: where the next group begins */
	bool loaded;
	uint8_t page[PAGE];
};

/* The scanner begins at this octet of the file, where a group begins or a page. */
void scan_from(struct scanner *scanner, int file, uint64_t offset);
/* The next group and its place in the file; borrows from the scanner until the next call. ERR_NOT_FOUND at the end of the
 * groups: *ret_offset is then where it was looked for last. ERR_MALFORMED for what is neither a group nor zero. ERR_IO. */
enum err scan_next(struct scanner *scanner, struct group *ret_group, uint64_t *ret_offset) MUST_USE;

/* Reads a whole page; what lies behind the end of the file is zero. ERR_IO. */
enum err page_read(int file, uint64_t offset, uint8_t ret_page[PAGE]) MUST_USE;
/* The end of the last octet of the file from offset on that is not zero, or offset when there is none. ERR_IO. */
enum err file_zero_from(int file, uint64_t offset, uint64_t *ret_end) MUST_USE;
enum err file_size(int file, uint64_t *ret_size) MUST_USE;

/* Writes all of it and returns once it is durable. ERR_FULL, ERR_IO. */
enum err file_write(int file, uint64_t offset, struct slice octets) MUST_USE;
/* Writes zeros up to size and returns once file and size are durable. ERR_FULL, ERR_IO. */
enum err file_extend(int file, uint64_t from, uint64_t to) MUST_USE;

/* Does this signature belong to the checkpoint of this tree? */
bool tree_is_signed(struct slice origin, const struct merkle_frontier *tree, const uint8_t public_key[32],
		    const uint8_t signature[64]);
/* The text of that checkpoint. */
enum err tree_text(struct slice origin, const struct merkle_frontier *tree, struct buf *text) MUST_USE;
/* Appends the leaves of a group. */
void tree_add_group(struct merkle_frontier *tree, const struct group *group);

#endif
