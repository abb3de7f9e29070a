/* A request of any head and body ends in one answer: a status, and a body that is UTF-8 (strict JSON where it says so).
 * Input: lines of method, target, Accept, Content-Type, Authorization, Origin; the rest is the body. Whatever is asked of
 * another process is answered with REFUSED. */
#include "object/json.h"
#include "present/taxii.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { QUESTIONS = 8 };

static void check(const struct request *request)
{
	const struct response *response = &request->response;
	struct slice body = buf_slice(&response->body);
	AUTO_JSON *json = NULL;
	if (response->status < 200 || response->status > 599 || !utf8_is_text(body))
		abort();
	if (response->content_type && strstr(response->content_type, "json") &&
	    json_read(body, RESPONSE_MAX, &json, NULL) != ERR_OK)
		abort();
}

static void run(struct request *request, struct slice body)
{
	static const struct msg_refused refused = {.err = ERR_NOT_FOUND};
	static struct collection known = {.can_read = 1, .can_write = 1};
	known.id = known.alias = SLICE("inbox");
	const struct msg_collections_done collections = {{&known, 1}};
	const struct msg_session session = {.user = SLICE("analyst")};
	enum progress progress = request_begin(request);
	for (int i = 0; i < QUESTIONS && progress != PROGRESS_RESPOND; i++) {
		if (progress == PROGRESS_BODY)
			progress = request_body(request, body);
		else if (request->ask.type == MSG_COLLECTIONS)
			progress = request_answer(request, MSG_COLLECTIONS_DONE, &collections);
		else if (request->ask.type == MSG_SIGN_IN)
			progress = request_answer(request, MSG_SESSION, &session);
		else
			progress = request_answer(request, MSG_REFUSED, &refused);
	}
	if (progress != PROGRESS_RESPOND)
		abort();
	check(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t id[16];
	static struct files files;
	static struct statuses statuses;
	struct slice rest = slice_of(data, size);
	struct request_head head = {.host = SLICE("node:8445"), .now_ms = 1};
	struct slice *lines[] = {&head.method,	     &head.target,	  &head.accept,
				 &head.content_type, &head.authorization, &head.origin};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		rest = slice_split(rest, '\n', lines[i]);
	head.has_body = rest.len > 0;
	head.body_len = rest.len;
	struct policy_set *policies = policy_set_new();
	struct site site = {.policies = policies,
			    .nation = SLICE("KOR"),
			    .realm = SLICE("real"),
			    .files = &files,
			    .statuses = &statuses};
	struct request request;
	if (policies) {
		request_init(&request, &site, &head, id);
		run(&request, rest);
		request_done(&request);
	}
	policy_set_free(policies);
	return 0;
}
