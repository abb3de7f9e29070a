/* What one nation sends another: control and data frames, control entries, and the roster they rest on. */
#ifndef BICES_PROTOCOL_FRAME_H
#define BICES_PROTOCOL_FRAME_H

#include "base/limits.h"
#include "base/record.h"
#include "protocol/token.h"

enum feed_kind { FEED_CONTROL = 1, FEED_DATA = 2 };
enum lane { LANE_OVERRIDE, LANE_FLASH, LANE_IMMEDIATE, LANE_PRIORITY, LANE_ROUTINE, LANE_DEFERRED, LANE_COUNT };

/* spec: trust 1.4 rule 1. Signed by the sender's seal with its feed key over "bices/frame/1\0" || encoding without
 * signature. payload: CMS AuthEnvelopedData (DER) for the recipient's sealing certificate. */
struct frame {
	uint8_t format; /* 1 */
	uint8_t feed;   /* enum feed_kind */
	uint8_t lane;   /* enum lane; 0 for control */
	struct slice from, to;
	uint64_t seq;            /* dense from 1, per (from, to, feed, lane) */
	uint8_t prev_digest[32]; /* SHA-256 of the previous frame of this sequence; zero for the first */
	uint64_t control_seq_required; /* the receiver shows nothing of it before it applied A's control feed up to here */
	uint64_t roster_epoch;
	uint64_t sent;             /* ms */
	uint8_t object_digest[32]; /* SHA-256 of the plaintext that matters: rendition or control entry */
	struct slice release_token; /* encoded token; empty for control */
	struct slice payload;
	uint8_t signature[64];
};
extern const struct schema frame_schema, frame_unsigned_schema;

enum { FRAME_FORMAT = 1 };
#define FRAME_DOMAIN "bices/frame/1" /* for signing_key_sign and signature_verify */

/* Decodes a frame and checks its form: size, format, feed and lane, names present and different, dense numbering
 * begins at 1 with a zero prev_digest, a token on data and none on control. The signature is the caller's to verify.
 * ERR_MALFORMED, ERR_TOO_LARGE, ERR_UNSUPPORTED (another format), ERR_MEMORY. */
enum err frame_open(struct slice octets, struct arena *arena, struct frame *ret_frame) MUST_USE;

/* The octets that its signature covers: the encoding without its last field. Empty when octets are too short. */
struct slice frame_signed_part(struct slice octets);

/* SHA-256 of the whole encoding: prev_digest of the next frame. */
void frame_digest(struct slice octets, uint8_t ret_digest[32]);

/* Inside the seal: the plaintext, padded to a size class so that length tells little. */
struct sealed {
	struct slice body;    /* rendition, or control entry */
	struct slice padding; /* zero octets */
};
extern const struct schema sealed_schema;

/* Zero octets to add to a body of this length: up to the next of eight steps per power of two, at least 1 KiB in all. */
size_t sealed_padding(size_t body_len);

/* Decodes a plaintext; ERR_MALFORMED when its padding is not zero or not sealed_padding() octets long. */
enum err sealed_open(struct slice octets, struct arena *arena, struct sealed *ret_sealed) MUST_USE;

enum control_kind {
	CONTROL_ROSTER = 1,     /* body: encoded roster */
	CONTROL_KEY_REVOKED,    /* subject: nation, digest: key */
	CONTROL_POLICY,         /* subject: policy name, body: version */
	CONTROL_RECALL,         /* subject: object id */
	CONTROL_WITHDRAWAL,     /* subject: object id, body: portion ids, 16 octets each */
	CONTROL_LABEL_UPGRADE,  /* subject: object id, body: portion id and new label */
	CONTROL_RECEIPT,        /* subject: object id of a recall applied by the sender, or, with a body, of a withdrawal of
	                         * these portions; copies: how many went */
	CONTROL_NOT_ADMITTED,   /* a data frame of the receiver was passed over: body: lane (1 octet), seq (8 octets, big
	                         * endian); reason: a code. What it carried is to be released anew, if it still may be. */
};
struct control_entry {
	uint8_t kind;
	struct slice subject;
	struct slice body;
	uint64_t copies;
	uint64_t issued; /* ms */
	struct slice reason; /* a code, of kind NOT_ADMITTED only; never content */
};
extern const struct schema control_entry_schema;

/* Decodes a control entry and checks its form: known kind, the subject it asks for, the size of its body.
 * ERR_MALFORMED, ERR_TOO_LARGE, ERR_MEMORY. */
enum err control_entry_open(struct slice octets, struct arena *arena, struct control_entry *ret_entry) MUST_USE;

/* Body of CONTROL_NOT_ADMITTED, appended and read; ERR_MALFORMED. */
void control_put_position(uint8_t lane, uint64_t seq, struct buf *body);
enum err control_get_position(struct slice body, uint8_t *ret_lane, uint64_t *ret_seq) MUST_USE;

/* One participant. Keys are raw Ed25519 public keys (32 octets); sealing certificate is DER (EC P-256). */
struct participant {
	struct slice name;      /* "KOR" */
	struct slice clearance; /* what may be released to it at all: compact clearance lines */
	uint8_t member;         /* 1: member of the alliance, 0: partner */
	uint8_t originator_key[32], release_key[32], feed_key[32], ledger_key[32];
	struct slice seal_certificate;
	struct slice ca_certificate; /* DER: trust anchor of this nation's peer and user certificates */
	struct slice peer_address;   /* "tls://127.0.0.1:8645" */
};
struct roster {
	uint64_t epoch;
	uint8_t prev_digest[32];
	struct record_list participants; /* struct participant, ascending by name */
	struct record_list signatures;   /* struct roster_signature */
};
struct roster_signature {
	struct slice name;
	uint8_t signature[64]; /* by the originator key, over "bices/roster/1\0" || encoding without signatures */
};
extern const struct schema participant_schema, roster_signature_schema, roster_schema, roster_unsigned_schema;

#endif
