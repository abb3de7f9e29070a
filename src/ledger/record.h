/* What the ledger records. One record is a struct ledger_record in its binary form; its leaf is
 * SHA-256(0x00 || salt || record). Records name ids, digests and decisions, never content. */
#ifndef BICES_LEDGER_RECORD_H
#define BICES_LEDGER_RECORD_H

#include "base/limits.h"
#include "base/record.h"

/* value, name as printed */
#define LEDGER_KINDS(X) \
	X(LEDGER_START, 1, "start") X(LEDGER_STOP, 2, "stop") X(LEDGER_CONFIG, 3, "config") \
	X(LEDGER_SIGN_IN, 4, "sign-in") X(LEDGER_SIGN_IN_REFUSED, 5, "sign-in refused") \
	X(LEDGER_PUBLISH, 6, "publish") X(LEDGER_RELEASE, 7, "release") X(LEDGER_RELEASE_DENIED, 8, "release denied") \
	X(LEDGER_APPROVE, 9, "approve") X(LEDGER_REFUSE, 10, "refuse") X(LEDGER_RECEIVE, 11, "receive") \
	X(LEDGER_SHOW, 12, "show") X(LEDGER_SEARCH, 13, "search") X(LEDGER_RECALL, 14, "recall") \
	X(LEDGER_RECALL_APPLIED, 15, "recall applied") X(LEDGER_RECEIPT, 16, "receipt") X(LEDGER_KEY, 17, "key") \
	X(LEDGER_ROSTER, 18, "roster") X(LEDGER_POLICY, 19, "policy") X(LEDGER_READ, 20, "ledger read") \
	X(LEDGER_DELETE, 21, "delete") X(LEDGER_WITHDRAWAL, 22, "withdrawal") X(LEDGER_USER, 23, "user") \
	X(LEDGER_WITNESS, 24, "witness") X(LEDGER_SEE_AS, 40, "see as") X(LEDGER_TOKEN, 45, "token") \
	X(LEDGER_ALERT, 50, "alert") X(LEDGER_ACKNOWLEDGE, 51, "acknowledge") X(LEDGER_CLOSE, 52, "alert closed") \
	X(LEDGER_HAND_OVER, 53, "hand-over")

enum ledger_kind {
#define X(name, value, text) name = value,
	LEDGER_KINDS(X)
#undef X
};

struct ledger_record {
	uint8_t kind;     /* enum ledger_kind */
	uint64_t at;      /* ms */
	struct slice actor;     /* user or role that acts */
	struct slice subject;   /* object id, user, key … */
	struct slice recipient; /* nation */
	struct slice basis;     /* rule, approver or reason code */
	uint8_t digest[32];     /* rendition, keyed digest of a search, certificate, … */
	struct slice label_digest; /* 32 octets or empty */
	uint64_t sequence;
	/* of a release or its denial: what else it rested on, so that anybody who holds the rules can decide it again */
	struct slice roles;		   /* of the author, separated by one space */
	struct slice approver, approver2;  /* as guard was asked */
	uint8_t two_persons;		   /* 1: a portion's handling asks for two */
	uint64_t rules;			   /* place, from 1, of guard's start record: it names the rules in force */
	/* of guard's start: its rules; digest is that of the policies */
	uint8_t roster_digest[32], table_digest[32];
};
extern const struct schema ledger_record_schema;

enum { LEDGER_RECORD_MAX = 2048, LEDGER_SALT = 32, LEDGER_ROLES = 256 };

/* The name of a kind as printed, or NULL. */
const char *ledger_kind_name(uint8_t kind);

/* Decodes and checks what the shape alone does not: a known kind, a label digest of 0 or 32 octets.
 * ERR_MALFORMED, ERR_TOO_LARGE, ERR_MEMORY. Borrows from bytes. */
enum err ledger_record_decode(struct slice bytes, struct arena *arena, struct ledger_record *ret_record) MUST_USE;

#endif
