/* One question to a foreign TAXII server, which may be hostile: HTTPS with its own trust anchor, no redirections, no
 * compression, no proxy, only to addresses that protocol/pull.h opens, bounded in octets and time. */
#ifndef BICES_CLI_FOREIGN_H
#define BICES_CLI_FOREIGN_H

#include "cli/command.h"
#include "protocol/pull.h"

enum { FOREIGN_ADDRESSES = 64, FOREIGN_PAGE_BYTES = 16 * 1024 * 1024, FOREIGN_ANSWER_S = 120 };

struct foreign_options {
	const char *url;	   /* of the collection, https://…/ */
	const char *ca;		   /* PEM; NULL: the system's */
	const char *user;	   /* with password_file: Basic */
	const char *password_file, *token_file; /* the token as a bearer; at most one of them */
	struct option_list addresses; /* numeric; none: any public one */
};

struct foreign;
#define AUTO_FOREIGN __attribute__((cleanup(foreign_closep))) struct foreign

/* Connects to nobody yet. Complains on stderr: ERR_USAGE, ERR_NOT_FOUND (a file), ERR_MEMORY. options must outlive it. */
enum err foreign_open(const struct foreign_options *options, struct foreign **ret_foreign) MUST_USE;
void foreign_closep(struct foreign **foreign);

struct foreign_answer {
	long status;
	struct buf body;
	char last_added[LIMIT_USER + 1]; /* X-TAXII-Date-Added-Last, or empty */
};

/* GET URL/objects/ with this query. The answer is a whole page (status 200, TAXII 2.1), or a refusal of the question
 * (status 400 or 404, body empty). Everything else complains: ERR_REFUSED, ERR_UNAVAILABLE, ERR_UNSUPPORTED, ERR_TOO_LARGE. */
enum err foreign_get(struct foreign *foreign, struct slice query, size_t max, uint64_t seconds, struct foreign_answer *ret_answer) MUST_USE;
void foreign_answer_done(struct foreign_answer *answer);

#endif
