/* One HTTP request from its head to its answer, without sockets: the carrier (proc/front) brings in the head, the body
 * and the answers of other processes; this room says what to do next. So all of it can be tested with plain calls.
 *
 *   request_begin()  ──▶ PROGRESS_ASK      send request->ask, then request_answer()
 *                    ──▶ PROGRESS_BODY     read the body (at most request->body_limit), then request_body()
 *                    ──▶ PROGRESS_RESPOND  send request->response; the request is finished
 *
 * Credentials are verified before a body is read. Everything of a request lives in its arena. Nothing here logs. */
#ifndef BICES_PRESENT_REQUEST_H
#define BICES_PRESENT_REQUEST_H

#include "ipc/messages.h"
#include "label/label.h"
#include "object/json.h"
#include "object/stix_map.h"
#include "present/files.h"
#include "present/media.h"
#include "present/query.h"

enum progress { PROGRESS_RESPOND, PROGRESS_ASK, PROGRESS_BODY };

struct request;
struct route;
struct statuses;
struct imports;

/* What holds for all requests; immutable but for the statuses and imports. */
struct site {
	const struct policy_set *policies;
	struct stix_map *map; /* of foreign markings; NULL: none */
	struct slice nation, realm;
	const struct files *files;
	struct statuses *statuses; /* of TAXII posts, see taxii.h */
	struct imports *imports;   /* see imports.h; NULL: nothing is noted */
};

enum certificate_state { CERTIFICATE_NONE, CERTIFICATE_GOOD, CERTIFICATE_BAD };

/* The head of a request as the carrier got it. Absent headers are empty. */
struct request_head {
	struct slice method;
	struct slice target; /* path and query, as sent */
	struct slice accept, authorization, content_type, origin, host, if_none_match;
	bool has_body;
	uint64_t body_len; /* by Content-Length; UINT64_MAX when chunked */
	bool ambiguous;    /* its length is said more than once: what follows may be read in two ways */
	enum certificate_state certificate;
	struct slice certificate_uri; /* of a good one */
	uint64_t now_ms;
};

/* Goes on with the answer: a struct of the expected type's shape, which ends when the step returns. */
typedef enum progress request_step(struct request *request, const void *answer);

struct ask {
	enum role to;
	enum message_type type, expected;
	const void *value;
	request_step *then;
};

enum { RESPONSE_HEADERS = 8, REQUEST_ID_TEXT = 32, RESPONSE_MAX = LIMIT_MESSAGE };

struct response {
	unsigned status;
	const char *content_type; /* NULL: no body */
	struct buf body;
	const struct file *file; /* instead of body */
	/* Not NULL: the answer goes on. The carrier sends the body at fixed beats and then asks for more; PROGRESS_RESPOND
	 * with a status other than 200 ends it. */
	enum progress (*next)(struct request *request);
	struct {
		const char *name, *value;
	} headers[RESPONSE_HEADERS];
	size_t header_count;
};

struct request {
	struct arena arena;
	struct request_head head;
	const struct site *site;
	char id[REQUEST_ID_TEXT + 1];

	const struct route *route;
	struct slice parameters[3]; /* of the path, decoded, in order */
	struct query query;
	struct slice body;
	size_t body_limit;

	uint8_t session[SESSION];
	struct slice user, roles; /* known after a sign-in */
	bool signed_in;

	void *work;	  /* of the handler between its steps */
	json_t *document; /* the body as JSON, released with the request; or NULL */
	struct ask ask;
	struct response response;
	struct diag diag;
	struct slice findings; /* JSON: what is wrong with the document, where more is told than diag holds; or empty */
	size_t finding_count;
};

/* site and head must outlive the request; id: 16 random octets. */
void request_init(struct request *request, const struct site *site, const struct request_head *head,
		  const uint8_t id[16]);
void request_done(struct request *request);

enum progress request_begin(struct request *request) MUST_USE;
enum progress request_body(struct request *request, struct slice body) MUST_USE;
/* type: of the answer; value: its struct. Any type but the expected one or REFUSED is an internal fault. */
enum progress request_answer(struct request *request, uint16_t type, const void *value) MUST_USE;

/* ---- for handlers ---- */

/* Asks another process; then runs when it answers with the expected type. REFUSED ends the request by request_refuse.
 * */
enum progress request_ask(struct request *request, enum message_type type, const void *value,
			  enum message_type expected, request_step *then);
enum progress request_ask_role(struct request *request, enum role to, enum message_type type, const void *value,
			       enum message_type expected, request_step *then);
/* The two commonest questions: of the session alone, and of one object (an id too long for any object: not found). */
enum progress request_ask_session(struct request *request, enum message_type type, enum message_type expected,
				  request_step *then);
enum progress request_ask_object(struct request *request, enum message_type type, struct slice id,
				 enum message_type expected, request_step *then);

/* Ends with a problem. text and line: for the one who asked; both are dropped for ERR_NOT_FOUND. */
enum progress request_refuse(struct request *request, enum err err, struct slice text, uint32_t line, uint32_t column);
/* With request->diag as text and place. */
enum progress request_fail(struct request *request, enum err err);
/* A status that no enum err stands for: 405, 406, 415. */
enum progress request_refuse_status(struct request *request, unsigned status, const char *text);

/* Ends with the body written so far into request->response.body. */
enum progress request_respond(struct request *request, unsigned status, enum media media);
enum progress request_respond_empty(struct request *request, unsigned status);
void request_header(struct request *request, const char *name, const char *value);

/* How errors are written. */
bool request_is_taxii(const struct request *request);

#endif
