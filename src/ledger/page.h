/* The octets of the ledger's one file: a head page, then groups of records in pages. Pure.
 *
 * The file is a sequence of pages. A group never crosses a page's end, so it is written by one write into one page, and
 * whoever reads or copies the file meanwhile sees all of it or nothing. What no group fills is zero.
 *
 * head page   "bices-ledger/1\n" and a zero octet (16) · public key (32) · created, ms (8) · length of origin (2) · origin ·
 *             signature (64) over "bices/ledger-head/1\0" and all before it · zeros
 * group       length (2) of all of it · version 1 (1) · number of entries (1) · entries · signature (64)
 * entry       length (2) · salt (32) · record
 *
 * Integers are big endian. The signature of a group is the log's signature over the checkpoint of the tree that ends with
 * it: the file holds every checkpoint that was ever given out. The leaf of an entry is SHA-256(0x00, salt, record). */
#ifndef BICES_LEDGER_PAGE_H
#define BICES_LEDGER_PAGE_H

#include "crypto/crypto.h"
#include "ledger/note.h"
#include "ledger/record.h"

enum {
	PAGE = 4096,
	STEP = 1024 * 1024, /* the file has a whole number of these octets */
	GROUP_HEAD = 4,
	GROUP_SIGNATURE = 64,
	GROUP_ENTRIES = 255,
	ENTRY_HEAD = 2 + LEDGER_SALT,
	GROUP_MIN = GROUP_HEAD + ENTRY_HEAD + 1 + GROUP_SIGNATURE,
};

struct ledger_head {
	struct slice origin;
	uint8_t public_key[32];
	uint64_t created; /* ms */
};
/* Fills a whole page. ERR_INVALID for an origin beyond NOTE_NAME. */
enum err head_encode(const struct ledger_head *head, const struct signing_key *key, uint8_t ret_page[PAGE]) MUST_USE;
/* The origin borrows from the page. ERR_MALFORMED; ERR_CRYPTO when its signature does not verify under its own key:
 * whether that key is the right one is the caller's question. */
enum err head_decode(const uint8_t page[PAGE], struct ledger_head *ret_head) MUST_USE;

/* One entry of a group; borrows. */
struct ledger_entry {
	struct slice salted; /* salt and record: what the leaf is made of */
	struct slice record; /* encoded struct ledger_record */
};
struct group {
	struct ledger_entry entries[GROUP_ENTRIES];
	size_t count;
	size_t len; /* octets of the whole group */
	const uint8_t *signature;
};
/* Reads the group at the start of rest (what remains of a page). ERR_NOT_FOUND: rest is zero, no group begins here.
 * ERR_MALFORMED: neither a group nor zero. Does not verify the signature nor decode records. */
enum err group_decode(struct slice rest, struct group *ret_group) MUST_USE;

/* Writes a group step by step into the room that is left in a page. */
struct group_writer {
	uint8_t octets[PAGE];
	size_t len, count;
	size_t room; /* at most PAGE */
};
void group_begin(struct group_writer *writer, size_t room);
/* Does an entry with a record of this length fit beside what is there? */
bool group_fits(const struct group_writer *writer, size_t record_len);
/* Adds an entry; it must fit. */
void group_add(struct group_writer *writer, const uint8_t salt[LEDGER_SALT], struct slice record);
/* Closes the group. */
void group_end(struct group_writer *writer, const uint8_t signature[GROUP_SIGNATURE]);

#endif
