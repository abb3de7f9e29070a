/* `bices watch`: the stream of what arrives and changes, a line an object, as it happens. */
#include "cli/client.h"
#include "cli/show.h"

struct watching {
	struct client *reader; /* asks for what the stream names; the other client is busy with the stream */
	bool json;
	uint64_t left; /* lines to print; 0: no end */
	bool limited, is_change;
	enum err err;
};

static void print_object(const json_t *object)
{
	const char *const members[] = {"id", "marking", "title"};
	for (size_t i = 0; i < 3; i++) {
		const char *text = json_string_value(json_object_get(object, members[i]));
		if (i)
			putchar('\t');
		show_text(text ? text : "", 0);
	}
	putchar('\n');
}

/* What is not there any more by the time it is asked for is passed over. */
static bool take_object(struct watching *watching, const char *id)
{
	AUTO_BUF path = buf_make(1024);
	AUTO_ANSWER answer = {0};
	struct client_request request = {.method = "GET", .quiet = ERR_NOT_FOUND};
	buf_put_text(&path, "/api/v1/objects/");
	client_put_encoded(&path, id);
	buf_put_text(&path, "?view=page");
	buf_put_octet(&path, 0);
	request.path = (const char *)path.data;
	enum err err = path.err == ERR_OK ? client_send(watching->reader, &request, &answer) : path.err;
	if (err == ERR_NOT_FOUND)
		return true;
	watching->err = err;
	if (err != ERR_OK)
		return false;
	print_object(answer.json);
	fflush(stdout);
	return !watching->limited || --watching->left > 0;
}

static bool take_change(struct watching *watching, const json_t *change)
{
	size_t i;
	json_t *id;
	if (watching->json) {
		json_dumpf(change, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
		fflush(stdout);
		return !watching->limited || --watching->left > 0;
	}
	json_array_foreach(json_object_get(change, "objects"), i, id)
		if (json_is_string(id) && !take_object(watching, json_string_value(id)))
			return false;
	if (json_is_true(json_object_get(change, "more")))
		fputs("bices: more arrived than is listed here; search shows it\n", stderr);
	return true;
}

/* spec: HTML Living Standard 9.2.6, of which the node uses "event" and one line of "data" */
static bool take_line(void *context, struct slice line)
{
	struct watching *watching = context;
	struct slice data = SLICE("data: ");
	if (slice_has_prefix(line, SLICE("event: ")))
		watching->is_change = slice_equal(line, SLICE("event: change"));
	if (!watching->is_change || !slice_has_prefix(line, data))
		return true;
	line = slice_skip(line, data.len);
	json_t *change = json_loadb((const char *)line.data, line.len, JSON_REJECT_DUPLICATES, NULL);
	bool more = !change || take_change(watching, change);
	json_decref(change);
	return more;
}

/* A session of its own: what a password alone opens ends after a minute or two. */
static enum err sign_in(struct client *client, struct client_answer *ret_session, const char **ret_token)
{
	const struct client_request request = {.method = "POST", .path = "/api/v1/session"};
	TRY(client_send(client, &request, ret_session));
	*ret_token = json_string_value(json_object_get(ret_session->json, "token"));
	return *ret_token ? ERR_OK : ERR_INTERNAL;
}

static enum err run(const struct client_options *common, struct watching *watching)
{
	AUTO_CLIENT *stream = NULL, *reader = NULL;
	AUTO_ANSWER session = {0};
	const char *token = NULL;
	TRY(client_open(common, &stream));
	TRY(client_open(common, &reader));
	TRY(sign_in(stream, &session, &token));
	watching->reader = reader;
	TRY(client_stream(stream, "/api/v1/events", token, take_line, watching));
	return watching->err;
}

static int watch(int argc, char **argv)
{
	struct client_options common = {0};
	struct watching watching = {0};
	const char *limit = NULL;
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {"--limit", &limit, NULL, NULL}, {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (argc > 0)
		return complain(ERR_USAGE, "watch takes no arguments; it shows what arrives from now on");
	if (limit && (slice_parse_u64(slice_text(limit), &watching.left) != ERR_OK || watching.left == 0))
		return complain(ERR_USAGE, "--limit takes a number from 1");
	watching.limited = limit != NULL;
	watching.json = common.json;
	return err_exit_code(run(&common, &watching));
}

const struct command watch_commands[] = {
	{"watch", "", "[--limit N] [--json]",
	 "what arrives and changes, as it happens: id, marking and title of each object, until stopped, or N lines; --json: each event", watch},
	{0}};
