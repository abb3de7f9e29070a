/* A small coalition for tests: NATO is we, KOR a partner, LTU a member. Keys and salts are fixed; nothing is random. */
#ifndef BICES_TEST_RELEASE_WORLD_H
#define BICES_TEST_RELEASE_WORLD_H

#include "../../support/test.h"

#include "crypto/crypto.h"
#include "release/seal_check.h"

enum { WORLD_NATIONS = 3, WORLD_PORTIONS = 8, WORLD_LEAVES = 5, WORLD_INDEX = 3, WORLD_NOW_MS = 1790000000 };

#define WORLD_NOW ((uint64_t)WORLD_NOW_MS * 1000)
#define WORLD_OBJECT "report--6f1f4c2e-0b7e-4c55-8d7c-3a51f2a3b0c1"
#define LABEL_PUBLIC "PUBLIC|UNMARKED"
#define LABEL_SECRET "NATO|SECRET|P:Context=NATO"
#define LABEL_RESTRICTED_KOR "NATO|RESTRICTED|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO"
#define LABEL_SECRET_KOR "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO"
#define LABEL_TOP_KOR "NATO|TOP SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO"

enum world_nation { WORLD_KOR, WORLD_LTU, WORLD_NATO }; /* ascending by name */

struct world_portion {
	const char *label, *content, *handling;
};

struct world {
	struct arena arena;
	struct participant rows[WORLD_NATIONS];
	struct roster roster;
	struct signing_key *originator[WORLD_NATIONS], *release[WORLD_NATIONS], *feed[WORLD_NATIONS],
		*ledger[WORLD_NATIONS];
	uint8_t leaves[WORLD_LEAVES][32];
};

void world_init(struct world *world);
void world_done(struct world *world);

/* The encoded roster. */
struct slice world_roster(struct world *world);

/* A rendition of this nation with these portions, the first being the head. All of it lives in the world's arena. */
struct slice world_rendition(struct world *world, enum world_nation originator, const struct world_portion *portions,
			     size_t count);

/* Encodes and signs a token with this nation's release key. */
struct slice world_token(struct world *world, enum world_nation signer, struct token *token);

/* The proof of leaf index in the tree of all leaves, and a checkpoint of it by this nation's ledger. */
struct slice world_proof(struct world *world, uint64_t index);
struct slice world_checkpoint(struct world *world, enum world_nation nation, uint64_t size);

/* Appends the proof that the tree of one size is the beginning of the tree of another. */
void world_consistency(struct world *world, uint64_t from, uint64_t to, struct buf *proof);

/* A release to KOR that all fourteen checks let pass. state is filled; both borrow from the world. */
struct seal_case world_case(struct world *world, struct seal_state *state);
/* Signs the case's token anew after a change of it, puts the record that fits it into the ledger, and decodes all again. */
void world_sign_again(struct world *world, struct seal_case *at);
/* The case's rendition, changed, becomes its body, and the token names its digest; to be signed again. */
void world_put_rendition(struct world *world, struct seal_case *at);
/* The record of the decision that the case's token speaks of. */
struct slice world_record(struct world *world, const struct seal_case *at);
/* Signs the token anew, and nothing else. */
void world_sign_token(struct world *world, struct seal_case *at);
/* Puts this record into the ledger in place of the case's, with its proof. */
void world_put_record(struct world *world, struct seal_case *at, struct slice record);
/* Puts another body into the case, with a token that fits it. */
void world_put_body(struct world *world, struct seal_case *at, struct slice body);

#endif
