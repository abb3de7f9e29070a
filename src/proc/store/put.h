/* One PUT on its way: drafts, the plan, publication, one transaction. Shared by put.c and publish.c. */
#ifndef BICES_PROC_STORE_PUT_H
#define BICES_PROC_STORE_PUT_H

#include "proc/store/store.h"

enum { PUBLISH_WINDOW = 128 }; /* questions at guard at once */

/* Objects of one type with the same labels in the same order have the same plan. */
struct plan {
	uint8_t key[DIGEST];
	struct slice type;
	struct label_item *labels;
	size_t count;
	struct msg_plan_done done; /* copied */
	struct plan *next;
};

struct put_object {
	struct hold_object draft;
	struct plan *plan; /* NULL: unchanged */
};

struct put {
	struct role_caller caller;
	struct arena arena; /* holds all below */
	struct msg_put ask;
	struct slice author, roles;
	struct put_object *objects;
	size_t count;
	struct plan *plans;
	size_t open;      /* questions at guard */
	size_t published; /* objects asked for */
	enum err failed;  /* the first that was not ERR_OK */
	struct diag why;
};

void put_free(struct put *put);
void put_fail(struct put *put, enum err err, const struct diag *diag);
/* Answers REFUSED once nothing is open any more, and frees. True: it did, or will. */
bool put_end_failed(struct self *self, struct put *put);
/* What REFUSED said, in words for the author. */
void put_fail_answer(struct put *put, const struct role_message *answer, enum err err);
/* publish.c: everything is planned. */
void put_publish(struct self *self, struct put *put);

#endif
