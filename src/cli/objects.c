/* put, get, search: what staffs do with objects, as one HTTPS request each. */
#include "cli/client.h"

#include "base/limits.h"
#include "cli/attachment.h"
#include "cli/show.h"
#include "cli/stix.h"

static void put_query(struct buf *path, const char *name, const char *value)
{
	if (!value)
		return;
	bool first = path->len == 0 || !memchr(path->data, '?', path->len);
	buf_printf(path, "%c%s=", first ? '?' : '&', name);
	client_put_encoded(path, value);
}

static enum err path_text(struct buf *path, const char **ret_path)
{
	buf_put_octet(path, '\0');
	if (path->err != ERR_OK)
		return path->err;
	*ret_path = (const char *)path->data;
	return ERR_OK;
}

/* ---- put ---- */

struct put_options {
	const char *marking, *label, *precedence, *replaces, *collection;
	bool dry_run, mend, attachment;
};

static void print_ids(const json_t *answer)
{
	size_t i;
	json_t *id, *line;
	json_array_foreach(json_object_get(answer, "converted"), i, line)
		fprintf(stderr, "bices: from STIX 2.0: %s\n", json_string_value(line));
	json_array_foreach(json_object_get(answer, "ids"), i, id) puts(json_string_value(id));
	json_int_t waiting = json_integer_value(json_object_get(answer, "waiting"));
	if (waiting > 0)
		fprintf(stderr, "bices: %" JSON_INTEGER_FORMAT " of them wait%s for a release officer before other nations see all of it; 'bices release list' shows what waits\n",
			waiting, waiting == 1 ? "s" : "");
}

static bool looks_like_json(struct slice bytes)
{
	bytes = slice_trim(bytes);
	return bytes.len > 0 && (bytes.data[0] == '{' || bytes.data[0] == '[');
}

/* A label file travels as base64 of its XML. */
static enum err put_label(const char *file, struct buf *path)
{
	AUTO_BUF xml = buf_make(LIMIT_LABEL_XML), text = buf_make(LIMIT_LABEL_XML * 2);
	TRY(file_read(file, &xml));
	buf_put_base64(&text, buf_slice(&xml));
	buf_put_octet(&text, '\0');
	if (text.err != ERR_OK)
		return text.err;
	put_query(path, "label_4774", (const char *)text.data);
	return path->err;
}

/* A file that is neither JSON nor text, or is to be sent as it is. */
static enum err wrap(const struct put_options *options, const char *file, struct buf *body)
{
	AUTO_BUF json = buf_make(LIMIT_JSON_BYTES);
	if (!options->marking && !options->label && !options->collection)
		return complain(ERR_USAGE, "%s is sent as an attachment, which carries no marking of its own: give --marking or --label", file), ERR_USAGE;
	TRY(attachment_wrap(file, buf_slice(body), &json));
	buf_truncate(body, 0);
	buf_put(body, buf_slice(&json));
	return body->err;
}

static int put_one(struct client *client, const struct client_options *common, const struct put_options *options, const char *file)
{
	AUTO_BUF body = buf_make(LIMIT_JSON_BYTES), path = buf_make(LIMIT_LABEL_XML * 4);
	enum err err = file_read(file, &body);
	if (err == ERR_OK && (options->attachment || attachment_is_binary(buf_slice(&body))))
		err = wrap(options, file, &body);
	buf_put_text(&path, "/api/v1/objects");
	put_query(&path, "marking", options->marking);
	put_query(&path, "replaces", options->replaces);
	put_query(&path, "precedence", options->precedence);
	put_query(&path, "collection", options->collection);
	put_query(&path, "dry_run", options->dry_run ? "true" : NULL);
	if (err == ERR_OK && options->mend && looks_like_json(buf_slice(&body)))
		err = stix_mend_text(file, &body);
	if (err == ERR_OK && options->label)
		err = put_label(options->label, &path);
	struct client_request request = {.method = "POST", .body = buf_slice(&body)};
	request.content_type = looks_like_json(request.body) ? "application/json" : "text/plain; charset=utf-8";
	AUTO_ANSWER answer = {0};
	if (err == ERR_OK)
		err = path_text(&path, &request.path);
	if (err == ERR_OK)
		err = client_send(client, &request, &answer);
	if (err != ERR_OK)
		return err_exit_code(err == ERR_NOT_FOUND && !options->replaces ? ERR_USAGE : err);
	if (common->json)
		client_print_json(&answer);
	else if (options->dry_run)
		show_plan(answer.json);
	else
		print_ids(answer.json);
	return 0;
}

static int put(int argc, char **argv)
{
	struct client_options common = {0};
	struct put_options options = {0};
	const struct option_spec specs[] = {
		CLIENT_OPTION_SPECS(common), {"--marking", &options.marking, NULL, NULL}, {"--label", &options.label, NULL, NULL},
		{"--precedence", &options.precedence, NULL, NULL}, {"--replaces", &options.replaces, NULL, NULL},
		{"--collection", &options.collection, NULL, NULL}, {"--dry-run", NULL, &options.dry_run, NULL},
		{"--mend", NULL, &options.mend, NULL}, {"--attachment", NULL, &options.attachment, NULL}, {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (argc == 0)
		return complain(ERR_USAGE, "put what? give files, or - for standard input");
	if (options.marking && options.label)
		return complain(ERR_USAGE, "--marking and --label say the same thing; give one");
	AUTO_CLIENT *client = NULL;
	err = client_open(&common, &client);
	int code = err_exit_code(err);
	for (int i = 0; i < argc && code == 0; i++) {
		code = put_one(client, &common, &options, argv[i]);
		if (code != 0)
			fprintf(stderr, "bices: %s was not stored%s\n", argv[i], i + 1 < argc ? "; the files behind it were not tried" : "");
	}
	return code;
}

/* ---- get ---- */

/* What STIX 2.0 cannot say as it stood. */
static void print_changes(const json_t *answer)
{
	size_t i;
	json_t *line;
	json_array_foreach(json_object_get(answer, "x_bices_changes"), i, line)
		fprintf(stderr, "bices: to STIX 2.0: %s\n", json_string_value(line));
}

static int get(int argc, char **argv)
{
	struct client_options common = {0};
	const char *stix = NULL, *attachment = NULL, *out = NULL;
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {"--stix", &stix, NULL, NULL}, {"--attachment", &attachment, NULL, NULL},
		{"--out", &out, NULL, NULL}, {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (argc != 1)
		return complain(ERR_USAGE, "get which object? give one id");
	if (!attachment != !out || (attachment && stix))
		return complain(ERR_USAGE, "--attachment N and --out FILE go together, and without --stix; --out - writes to standard output");
	common.json |= stix != NULL;
	AUTO_BUF path = buf_make(4096);
	buf_put_text(&path, "/api/v1/objects/");
	client_put_encoded(&path, argv[0]);
	if (!common.json && !attachment)
		buf_put_text(&path, "?view=page");
	put_query(&path, "stix", stix);
	struct client_request request = {.method = "GET"};
	AUTO_ANSWER answer = {0};
	AUTO_CLIENT *client = NULL;
	err = path_text(&path, &request.path);
	if (err == ERR_OK)
		err = client_open(&common, &client);
	if (err == ERR_OK)
		err = client_send(client, &request, &answer);
	if (err != ERR_OK)
		return err_exit_code(err);
	print_changes(answer.json);
	if (attachment)
		err = attachment_save(answer.json, attachment, out);
	else if (common.json)
		fwrite(answer.body.data, 1, answer.body.len, stdout);
	else
		err = show_object(answer.json);
	return err_exit_code(err);
}

/* ---- search ---- */

static enum err search_path(const char *text, const char *type, const char *since, const char *limit, bool count, struct buf *path)
{
	buf_put_text(path, "/api/v1/search");
	put_query(path, "q", text);
	put_query(path, "type", type);
	put_query(path, "since", since);
	put_query(path, "limit", limit);
	put_query(path, "count", count ? "true" : NULL);
	return path->err;
}

static int search(int argc, char **argv)
{
	struct client_options common = {0};
	const char *type = NULL, *since = NULL, *limit = NULL;
	bool count = false;
	const struct option_spec specs[] = {
		CLIENT_OPTION_SPECS(common), {"--type", &type, NULL, NULL}, {"--since", &since, NULL, NULL},
		{"--limit", &limit, NULL, NULL}, {"--count", NULL, &count, NULL}, {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (argc > 1)
		return complain(ERR_USAGE, "search takes one text; put several words into quotes");
	uint64_t number;
	if (limit && (slice_parse_u64(slice_text(limit), &number) != ERR_OK || number < 1 || number > LIMIT_SEARCH_RESULTS))
		return complain(ERR_USAGE, "--limit takes 1 to %d", LIMIT_SEARCH_RESULTS);
	AUTO_BUF path = buf_make(16384);
	struct client_request request = {.method = "GET"};
	AUTO_ANSWER answer = {0};
	AUTO_CLIENT *client = NULL;
	err = search_path(argc ? argv[0] : "", type, since, limit, count, &path);
	if (err == ERR_OK)
		err = path_text(&path, &request.path);
	if (err == ERR_OK)
		err = client_open(&common, &client);
	if (err == ERR_OK)
		err = client_send(client, &request, &answer);
	if (err != ERR_OK)
		return err_exit_code(err);
	json_int_t found = json_integer_value(json_object_get(answer.json, "count"));
	if (common.json)
		client_print_json(&answer);
	else if (count)
		printf("%" JSON_INTEGER_FORMAT "\n", found);
	else
		show_hits(answer.json);
	return count ? found == 0 : json_array_size(json_object_get(answer.json, "objects")) == 0;
}

const struct command objects_commands[] = {
	{"put", "", "FILE… [--marking M | --label FILE] [--precedence P] [--replaces ID] [--collection NAME] [--mend] [--attachment] [--dry-run]",
	 "store objects, text with portions, or any other file as an attachment; prints one id a line; --mend gives objects that share an id ids of their own", put},
	{"get", "", "ID [--json] [--stix 2.0] [--attachment N --out FILE]",
	 "read an object as its portions are released to you, or take a file out of it; --stix 2.0 as a bundle for old tools, saying what that changes", get},
	{"search", "", "TEXT [--type T] [--since TIME] [--limit N] [--count]", "find objects; every word must stand in one portion", search},
	{0}};
