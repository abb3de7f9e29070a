/* Records: the one binary form of every message, frame, token, manifest and portion.
 *
 * A record is a sequence of fields: tag (1 octet), length (3 octets, big endian), value. Tags rise strictly, except that
 * the items of a list repeat theirs. One value has one encoding: integers have the width of their member, an optional
 * field that is zero or empty is absent, and unknown tags, missing fields, wrong widths and trailing octets are errors.
 * So encode(decode(b)) = b for every b that is accepted. A record type is a table of fields (struct schema). */
#ifndef BICES_BASE_RECORD_H
#define BICES_BASE_RECORD_H

#include "base/arena.h"
#include "base/buf.h"

enum field_kind {
	FIELD_UINT,  /* uint8_t, uint16_t, uint32_t or uint64_t; big endian */
	FIELD_FIXED, /* uint8_t[n], n octets */
	FIELD_BYTES, /* struct slice, at most max octets */
	FIELD_TEXT,  /* struct slice, at most max octets of UTF-8 without NUL */
	FIELD_LIST,  /* struct record_list, at most max items of another schema */
};

struct record_list {
	void *items; /* array of the item type, count entries */
	size_t count;
};

struct field {
	const char *name; /* as in JSON and in the manuals */
	uint8_t tag;      /* from 1, rising within a schema */
	uint8_t kind;
	bool optional; /* absent when zero or empty */
	uint32_t max;  /* FIELD_BYTES, FIELD_TEXT: octets; FIELD_LIST: items */
	size_t offset; /* in the struct */
	size_t size;   /* of the member */
	const struct schema *of; /* FIELD_LIST */
};

struct schema {
	const char *name;
	const struct field *fields;
	size_t count;
	size_t size; /* of the struct */
};

#define RECORD_MEMBER_SIZE(type, member) sizeof(((type *)0)->member)
#define RECORD_FIELD(tag_, kind_, type, member, optional_, max_, of_) \
	{ \
		.name = #member, .tag = (tag_), .kind = (kind_), .optional = (optional_), .max = (max_), \
		.offset = offsetof(type, member), .size = RECORD_MEMBER_SIZE(type, member), .of = (of_) \
	}

/* Required fields. */
#define RECORD_UINT(tag, type, member) RECORD_FIELD(tag, FIELD_UINT, type, member, false, 0, NULL)
#define RECORD_FIXED(tag, type, member) RECORD_FIELD(tag, FIELD_FIXED, type, member, false, 0, NULL)
#define RECORD_BYTES(tag, type, member, max) RECORD_FIELD(tag, FIELD_BYTES, type, member, false, max, NULL)
#define RECORD_TEXT(tag, type, member, max) RECORD_FIELD(tag, FIELD_TEXT, type, member, false, max, NULL)
/* Optional fields: absent when zero or empty (an all-zero FIELD_FIXED is absent). */
#define RECORD_UINT_OPT(tag, type, member) RECORD_FIELD(tag, FIELD_UINT, type, member, true, 0, NULL)
#define RECORD_FIXED_OPT(tag, type, member) RECORD_FIELD(tag, FIELD_FIXED, type, member, true, 0, NULL)
#define RECORD_BYTES_OPT(tag, type, member, max) RECORD_FIELD(tag, FIELD_BYTES, type, member, true, max, NULL)
#define RECORD_TEXT_OPT(tag, type, member, max) RECORD_FIELD(tag, FIELD_TEXT, type, member, true, max, NULL)
/* Lists may be empty. */
#define RECORD_LIST(tag, type, member, max, schema) RECORD_FIELD(tag, FIELD_LIST, type, member, true, max, schema)

#define RECORD_SCHEMA(name_, type, fields_) \
	{ \
		.name = (name_), .fields = (fields_), .count = sizeof(fields_) / sizeof((fields_)[0]), .size = sizeof(type) \
	}

/* Appends the encoding of *value (a struct of the schema's type). Errors stick to the buffer: ERR_TOO_LARGE for a value
 * beyond its field's maximum, ERR_MALFORMED for text that is not UTF-8. */
void record_encode(const struct schema *schema, const void *value, struct buf *buf);

/* Decodes exactly all of bytes into *ret_value; slices borrow from bytes, lists live in the arena.
 * ERR_MALFORMED, ERR_TOO_LARGE or ERR_MEMORY; *ret_value is untouched then. */
enum err record_decode(const struct schema *schema, struct slice bytes, struct arena *arena, void *ret_value) MUST_USE;

#endif
