/* A store with a real database, the own policies, a guard that answers from the labels, and peers. */
#ifndef BICES_TEST_HOLD_FIXTURE_H
#define BICES_TEST_HOLD_FIXTURE_H

#include "../../support/test.h"
#include "crypto/crypto.h"
#include "hold/exchange.h"
#include "hold/hold.h"
#include "hold/objects.h"
#include "hold/pages.h"
#include "hold/releases.h"
#include "hold/search.h"
#include "hold/users.h"
#include "protocol/frame.h"

#define LABEL_SECRET "NATO|SECRET|P:Context=NATO"
#define LABEL_KOR "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO"
#define LABEL_ONLY "NATO|SECRET|P:Context=NATO,Releasable|P:Only=KOR,LTU"
#define LABEL_UNCLASSIFIED "NATO|UNCLASSIFIED|P:Context=NATO"
#define LABEL_TOP "NATO|TOP SECRET|P:Context=NATO"
#define LABEL_PUBLIC "PUBLIC|UNMARKED"

#define LEVELS "UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET"
#define CLEARED_MEMBER(nation) \
	"NATO|" LEVELS "|P:Context=NATO|P:Only=" nation "|P:Releasable To=" nation "\nPUBLIC|UNMARKED"
#define CLEARED_NATO CLEARED_MEMBER("NATO")
#define CLEARED_USA CLEARED_MEMBER("NATO,USA")
#define CLEARED_LTU CLEARED_MEMBER("LTU,NATO")
#define CLEARED_KOR "NATO|" LEVELS "|P:Context=Releasable|P:Only=KOR|P:Releasable To=KOR\nPUBLIC|UNMARKED"
#define CLEARED_PUBLIC "PUBLIC|UNMARKED"

#define COLLECTION_IN "11111111-1111-4111-8111-111111111111"  /* writable, default label NATO UNCLASSIFIED */
#define COLLECTION_ALL "22222222-2222-4222-8222-222222222222" /* read-only */
#define COLLECTION_KINDS "33333333-3333-4333-8333-333333333333" /* virtual: indicators and malware */
#define COLLECTION_WORDS "44444444-4444-4444-8444-444444444444" /* virtual: grey harbour */
#define COLLECTION_FOR_KOR "55555555-5555-4555-8555-555555555555" /* virtual: marked for KOR; for readers and tools of members */
#define COLLECTION_FROM "66666666-6666-4666-8666-666666666666" /* virtual: of KOR and LTU */

struct fixture {
	char path[64]; /* directory */
	const char *nation;
	struct hold *hold;
	struct arena arena;
	struct signing_key *key;
	uint8_t public_key[32];
	uint64_t now;
	bool two_persons; /* what waits waits for two */
};

/* Nations that the guard of the fixture knows besides the own one. */
enum { FIXTURE_NATIONS = 3 };
extern const char *const fixture_nations[FIXTURE_NATIONS];

const struct policy_set *fixture_policies(void);
void fixture_open(struct fixture *fixture, const char *nation);
void fixture_reopen(struct fixture *fixture);
void fixture_leave(struct fixture *fixture); /* closes the database, keeps its files */
void fixture_close(struct fixture *fixture);
int fixture_setup(void **state); /* NATO */
int fixture_teardown(void **state);

/* Text that lives as long as the fixture. */
const char *text_of(struct fixture *fixture, struct slice slice);

struct piece {
	const char *label, *text;
	const char *target; /* makes it a reference */
	bool mandatory;
};

struct put {
	const char *id, *replaces, *type; /* type: NULL for "report" */
	const char *title, *label;        /* of the head */
	const struct piece *pieces;
	size_t count;
	const char *author;    /* NULL: "analyst" */
	const char *clearance; /* NULL: CLEARED_NATO */
	const char *collection;
	uint64_t modified;
	const char *version; /* as written */
	uint8_t precedence; /* 0: routine */
	struct slice places; /* encoded */
	struct slice gist;   /* of the head, encoded */
};
enum err fixture_draft(struct fixture *fixture, const struct put *put, struct hold_object *ret_draft, struct diag *diag);
enum err fixture_try(struct fixture *fixture, const struct put *put, const char **ret_id, struct diag *diag);
/* Publishes; the test fails if that fails. Answers the id. */
const char *fixture_put(struct fixture *fixture, const struct put *put);
/* One head and any number of pieces, all text. */
#define PUT_TEXT(fixture, title_, head_label, ...) \
	fixture_put(fixture, &(struct put){.title = (title_), .label = (head_label), .pieces = (const struct piece[]){__VA_ARGS__}, \
					   .count = sizeof((struct piece[]){__VA_ARGS__}) / sizeof(struct piece)})

struct view *view_of(struct fixture *fixture, const char *clearance); /* own staff of the fixture's nation */
uint64_t found(struct fixture *fixture, const char *clearance, const char *text);
struct msg_hits hits_of(struct fixture *fixture, const char *clearance, const char *text);
bool is_seen(struct fixture *fixture, const char *clearance, const char *id);
struct hold_seen seen_of(struct fixture *fixture, const char *clearance, const char *id);

/* Does what is due for one nation: answers the last rendition for this id, or an empty slice. *ret_count: all. */
struct slice release_to(struct fixture *fixture, const char *nation, const char *id, size_t *ret_count);
enum err admit_to(struct fixture *to, struct slice rendition, const struct fixture *from, bool *ret_new);

/* True when a file of the database holds these octets. */
bool files_hold(const struct fixture *fixture, const char *octets);

#endif
