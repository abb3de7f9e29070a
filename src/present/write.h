/* Writing JSON into a buffer: values one after another, commas where they belong, never any white space.
 *
 * The writer has no state of its own: whether a comma is due is read from the last octet. Text must be UTF-8 without
 * NUL. */
#ifndef BICES_PRESENT_WRITE_H
#define BICES_PRESENT_WRITE_H

#include "base/buf.h"

void write_open(struct buf *json, char bracket);  /* '{' or '[' as the next value */
void write_close(struct buf *json, char bracket); /* '}' or ']' */
void write_key(struct buf *json, const char *key);
void write_text(struct buf *json, struct slice text);
void write_number(struct buf *json, uint64_t number);
void write_bool(struct buf *json, bool value);
void write_raw(struct buf *json, struct slice value); /* one JSON value as it is */

/* Members. */
void write_member_open(struct buf *json, const char *key, char bracket);
void write_member(struct buf *json, const char *key, struct slice text);
void write_member_number(struct buf *json, const char *key, uint64_t number);
void write_member_bool(struct buf *json, const char *key, bool value);
void write_member_moment(struct buf *json, const char *key, uint64_t ms); /* RFC 3339, three decimals; null for 0 */
/* Text as an array of its words or lines. */
void write_member_list(struct buf *json, const char *key, struct slice text, uint8_t separator);

#endif
