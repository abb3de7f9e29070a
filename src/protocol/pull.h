/* A pull from a foreign TAXII server: where it stands, what it may still take, and to which addresses it may go. Pure: the
 * carrier fetches, this decides. The foreign server is believed in nothing that would make the pull endless.
 *
 *   state ──pull_query──▶ GET ──▶ page stored by our node ──pull_advance──▶ state, kept durably ──▶ again while PULL_MORE
 *
 * A page counts only once it is stored: a pull that was cut asks for the same page again, and what is held unchanged is
 * not taken twice. A series of pages is one question (added_after) walked by the server's own cursor (next). */
#ifndef BICES_PROTOCOL_PULL_H
#define BICES_PROTOCOL_PULL_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/limits.h"

/* Where it stands: the one thing that is kept between pulls. Texts are the server's own. */
struct pull_state {
	char after[LIMIT_USER + 1]; /* the series asks for what was added after; empty: for all */
	char last[LIMIT_USER + 1];  /* added last, of the newest page stored; begins the next series */
	char next[LIMIT_TITLE + 1]; /* the server's cursor within the series; empty: at its beginning */
};

/* "bices-pull 1\nafter TEXT\nlast TEXT\nnext TEXT\n". Reading: ERR_MALFORMED for anything else; an empty text is the
 * beginning. */
void pull_state_print(const struct pull_state *state, struct buf *text);
enum err pull_state_parse(struct slice text, struct pull_state *ret_state) MUST_USE;

/* The query of the next page: "?limit=N[&added_after=…][&next=…]". */
void pull_query(const struct pull_state *state, unsigned limit, struct buf *query);

/* What one run may take at most. */
struct pull_budget {
	uint64_t pages, objects, octets, seconds;
};

/* What one run took. */
struct pull_taken {
	uint64_t pages, objects, octets, seconds;
};

enum pull_step {
	PULL_STOP = 0, /* the budget is used up: the next run goes on */
	PULL_MORE,
	PULL_DONE, /* nothing is left */
};

/* What a page said; its objects are stored, or it has none. */
struct pull_page {
	size_t objects;
	bool more;
	struct slice next, last_added; /* X-TAXII-Date-Added-Last, or empty */
};

/* May this page be taken? Asked before its objects are stored. ERR_INVALID says what is wrong with the server: more without
 * objects, without a way on or in a circle; dates that run backwards; objects without dates. ERR_TOO_LARGE: a text too long. */
enum err pull_check(const struct pull_state *state, const struct pull_page *page, struct diag *diag) MUST_USE;
/* After the page is stored: the state behind it, and whether to go on. The page was checked. */
enum pull_step pull_advance(struct pull_state *state, const struct pull_page *page, const struct pull_budget *budget,
			    const struct pull_taken *taken);

/* An address as the network has it: 4 octets (IPv4) or 16 (IPv6). */
struct pull_address {
	uint8_t octets[16];
	uint8_t len;
};
/* May a connection go there? With a list only what stands in it. Without one: nothing of this machine, of a private or a
 * link's network, of many at once, or of no use; an IPv4 address inside an IPv6 one counts as itself. */
bool pull_may_connect(const struct pull_address *address, const struct pull_address *list, size_t count);

#endif
