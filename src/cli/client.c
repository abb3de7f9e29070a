/* HTTPS by libcurl; where the node is and who asks, from options, environment and run/coalition.json. */
#include "cli/client.h"

#include "base/limits.h"

#include <curl/curl.h>
#include <termios.h>
#include <unistd.h>

static const char coalition_file[] = "run/coalition.json";
enum { ANSWER_MAX = 256 * 1024 * 1024, TIMEOUT_S = 120 };

struct client {
	CURL *curl;
	struct arena arena;
	json_t *coalition;
	const json_t *entry;
	const char *url, *ca, *cert, *key, *user;
	struct buf password;
};

static const char *or_env(const char *option, const char *variable)
{
	if (option)
		return option;
	const char *value = getenv(variable);
	return value && *value ? value : NULL;
}

static const json_t *find_named(const json_t *list, const char *name)
{
	size_t i;
	json_t *item;
	json_array_foreach(list, i, item)
	{
		const char *found = json_string_value(json_object_get(item, "name"));
		if (found && strcmp(found, name) == 0)
			return item;
	}
	return NULL;
}

static enum err find_node(struct client *client, const char *node)
{
	if (strncmp(node, "https://", 8) == 0) {
		client->url = node;
		return ERR_OK;
	}
	if (strstr(node, "://"))
		return complain(ERR_USAGE, "%s: only https:// addresses are spoken to", node), ERR_USAGE;
	client->coalition = json_load_file(coalition_file, JSON_REJECT_DUPLICATES, NULL);
	if (!client->coalition)
		return complain(ERR_USAGE, "no %s here to find node '%s'; start ./demo, or give --node https://…", coalition_file, node),
		       ERR_USAGE;
	client->entry = find_named(json_object_get(client->coalition, "nodes"), node);
	client->url = json_string_value(json_object_get(client->entry, "url"));
	if (!client->url)
		return complain(ERR_USAGE, "%s names no node '%s'", coalition_file, node), ERR_USAGE;
	client->ca = json_string_value(json_object_get(client->entry, "ca_file"));
	return ERR_OK;
}

static enum err ask_password(struct client *client)
{
	if (!isatty(STDIN_FILENO))
		return complain(ERR_USAGE, "no password: give --password-file or BICES_PASSWORD_FILE, or --cert and --key"), ERR_USAGE;
	fprintf(stderr, "Password of %s: ", client->user);
	struct termios shown, hidden;
	tcgetattr(STDIN_FILENO, &shown);
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	char line[LIMIT_PASSWORD + 2] = "";
	bool got = fgets(line, sizeof(line), stdin) != NULL;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	fputc('\n', stderr);
	if (got)
		buf_put(&client->password, slice_of(line, strcspn(line, "\n")));
	explicit_bzero(line, sizeof(line));
	return got ? client->password.err : ERR_USAGE;
}

static enum err find_password(struct client *client, const char *file)
{
	client->password = buf_make(LIMIT_PASSWORD + 2);
	if (file) {
		TRY(file_read(file, &client->password));
		while (client->password.len && client->password.data[client->password.len - 1] == '\n')
			client->password.len--;
		return ERR_OK;
	}
	const json_t *user = find_named(json_object_get(client->entry, "users"), client->user);
	const char *known = json_string_value(json_object_get(user, "password"));
	if (!known)
		return ask_password(client);
	buf_put_text(&client->password, known);
	return client->password.err;
}

static enum err find_credentials(struct client *client, const struct client_options *options)
{
	client->cert = options->cert;
	client->key = options->key;
	if (client->cert || client->key) {
		if (client->cert && client->key)
			return ERR_OK;
		return complain(ERR_USAGE, "--cert and --key go together"), ERR_USAGE;
	}
	client->user = or_env(options->user, "BICES_USER");
	if (!client->user)
		return complain(ERR_USAGE, "who asks? give --user NAME or set BICES_USER"), ERR_USAGE;
	return find_password(client, or_env(options->password_file, "BICES_PASSWORD_FILE"));
}

enum err client_open(const struct client_options *options, struct client **ret_client)
{
	const char *node = or_env(options->node, "BICES_NODE");
	if (!node)
		return complain(ERR_USAGE, "which node? give --node NAME or https://…, or set BICES_NODE"), ERR_USAGE;
	struct client *client = calloc(1, sizeof(*client));
	if (!client)
		return ERR_MEMORY;
	enum err err = find_node(client, node);
	if (err == ERR_OK) {
		const char *ca = or_env(options->ca, "BICES_CA");
		client->ca = ca ? ca : client->ca;
		err = find_credentials(client, options);
	}
	if (err == ERR_OK && !(client->curl = curl_easy_init()))
		err = ERR_MEMORY;
	if (err != ERR_OK) {
		client_closep(&client);
		return err;
	}
	*ret_client = client;
	return ERR_OK;
}

void client_closep(struct client **client)
{
	struct client *c = *client;
	if (!c)
		return;
	if (c->curl)
		curl_easy_cleanup(c->curl);
	buf_wipe(&c->password);
	json_decref(c->coalition);
	arena_done(&c->arena);
	free(c);
	*client = NULL;
}

static size_t collect(char *data, size_t size, size_t count, void *into)
{
	struct buf *body = into;
	buf_put(body, slice_of(data, size * count));
	return body->err == ERR_OK ? size * count : 0;
}

static void authenticate(const struct client *client)
{
	if (client->cert) {
		curl_easy_setopt(client->curl, CURLOPT_SSLCERT, client->cert);
		curl_easy_setopt(client->curl, CURLOPT_SSLKEY, client->key);
		return;
	}
	curl_easy_setopt(client->curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
	curl_easy_setopt(client->curl, CURLOPT_USERNAME, client->user);
	char password[LIMIT_PASSWORD + 4] = "";
	memcpy(password, client->password.data ? (const char *)client->password.data : "", client->password.len);
	curl_easy_setopt(client->curl, CURLOPT_PASSWORD, password);
	explicit_bzero(password, sizeof(password));
}

/* status from, to, what it means */
static enum err meaning(long status)
{
	static const struct { long from, to; enum err err; } table[] = {
		{200, 299, ERR_OK}, {401, 401, ERR_SIGN_IN}, {404, 404, ERR_NOT_FOUND}, {409, 409, ERR_CONFLICT}, {428, 428, ERR_UNSEEN}, {400, 400, ERR_MALFORMED},
		{413, 413, ERR_TOO_LARGE}, {415, 415, ERR_UNSUPPORTED}, {422, 422, ERR_MALFORMED}, {507, 507, ERR_FULL}, {503, 504, ERR_UNAVAILABLE}};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (status >= table[i].from && status <= table[i].to)
			return table[i].err;
	return ERR_REFUSED;
}

/* The faults behind the first, which the detail tells. */
static void complain_findings(const struct client_answer *answer, enum err err)
{
	const json_t *findings = json_object_get(answer->json, "findings");
	for (size_t i = 1; i < json_array_size(findings); i++) {
		const json_t *one = json_array_get(findings, i), *object = json_object_get(one, "object");
		const char *id = json_string_value(json_object_get(one, "id")), *path = json_string_value(json_object_get(one, "path"));
		const char *text = json_string_value(json_object_get(one, "text")), *rule = json_string_value(json_object_get(one, "rule"));
		complain(err, "objects[%" JSON_INTEGER_FORMAT "] %s%s%s: %s (%s)", json_integer_value(object), id ? id : "",
			 path && *path ? ", " : "", path ? path : "", text ? text : "", rule ? rule : "");
	}
}

static void complain_problem(const struct client_answer *answer, enum err err)
{
	const char *detail = json_string_value(json_object_get(answer->json, "detail"));
	const char *title = json_string_value(json_object_get(answer->json, "title"));
	const json_t *line = json_object_get(answer->json, "line");
	if (err == ERR_NOT_FOUND)
		complain(err, "no such object");
	else if (json_is_integer(line) && detail && strncmp(detail, "line ", 5) != 0)
		complain(err, "line %" JSON_INTEGER_FORMAT ": %s", json_integer_value(line), detail ? detail : title ? title : err_text(err));
	else
		complain(err, "%s", detail ? detail : title ? title : err_text(err));
	complain_findings(answer, err);
}

static void prepare(struct client *client, const struct client_request *request, const char *url, struct client_answer *answer)
{
	CURL *curl = client->curl;
	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
	if (client->ca)
		curl_easy_setopt(curl, CURLOPT_CAINFO, client->ca);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer->body);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	authenticate(client);
	if (request->content_type) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.len ? (const char *)request->body.data : "");
	}
}

enum err client_send(struct client *client, const struct client_request *request, struct client_answer *ret_answer)
{
	AUTO_ANSWER answer = {.body = buf_make(ANSWER_MAX)};
	char *url = arena_printf(&client->arena, "%s%s", client->url, request->path);
	char *type = arena_printf(&client->arena, "Content-Type: %s", request->content_type ? request->content_type : "");
	if (!url || !type)
		return ERR_MEMORY;
	prepare(client, request, url, &answer);
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	if (request->content_type)
		headers = curl_slist_append(headers, type);
	curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
	CURLcode code = curl_easy_perform(client->curl);
	curl_slist_free_all(headers);
	if (code != CURLE_OK)
		return complain(ERR_UNAVAILABLE, "%s: %s; is the node running?", client->url, curl_easy_strerror(code)), ERR_UNAVAILABLE;
	curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &answer.status);
	answer.json = json_loadb(answer.body.data ? (const char *)answer.body.data : "", answer.body.len,
				 JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	enum err err = meaning(answer.status);
	if (err != ERR_OK) {
		if (err != request->quiet)
			complain_problem(&answer, err);
		return err;
	}
	*ret_answer = answer;
	answer = (struct client_answer){0};
	return ERR_OK;
}

/* ---- answers that go on ---- */

struct line_reader {
	CURL *curl;
	struct client_answer *refusal; /* the body of another status than 200 */
	struct buf line;
	bool (*take)(void *context, struct slice line);
	void *context;
	bool ended;
};

static size_t collect_lines(char *data, size_t size, size_t count, void *into)
{
	struct line_reader *reader = into;
	struct slice rest = slice_of(data, size * count);
	curl_easy_getinfo(reader->curl, CURLINFO_RESPONSE_CODE, &reader->refusal->status);
	if (reader->refusal->status != 200)
		return collect(data, size, count, &reader->refusal->body);
	while (rest.len > 0 && !reader->ended && reader->line.err == ERR_OK) {
		ptrdiff_t end = slice_find_octet(rest, '\n');
		buf_put(&reader->line, slice_take(rest, end < 0 ? rest.len : (size_t)end));
		if (end < 0)
			break;
		rest = slice_skip(rest, (size_t)end + 1);
		reader->ended = !reader->take(reader->context, buf_slice(&reader->line));
		buf_truncate(&reader->line, 0);
	}
	return !reader->ended && reader->line.err == ERR_OK ? size * count : 0;
}

/* The node shows a sign of life every 15 s: after a minute without an octet it is gone. */
enum { SILENT_S = 60 };

enum err client_stream(struct client *client, const char *path, const char *token, bool (*take)(void *context, struct slice line),
		       void *context)
{
	AUTO_ANSWER answer = {.body = buf_make(ANSWER_MAX)};
	struct line_reader reader = {.curl = client->curl, .refusal = &answer, .line = buf_make(LIMIT_JSON_BYTES), .take = take, .context = context};
	const struct client_request request = {.method = "GET"};
	char *url = arena_printf(&client->arena, "%s%s", client->url, path);
	char *authorization = arena_printf(&client->arena, "Authorization: Bearer %s", token);
	if (!url || !authorization)
		return ERR_MEMORY;
	prepare(client, &request, url, &answer);
	struct curl_slist *headers = curl_slist_append(NULL, authorization);
	curl_easy_setopt(client->curl, CURLOPT_HTTPAUTH, CURLAUTH_NONE);
	curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(client->curl, CURLOPT_TIMEOUT, 0L);
	curl_easy_setopt(client->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(client->curl, CURLOPT_LOW_SPEED_TIME, (long)SILENT_S);
	curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, collect_lines);
	curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, &reader);
	CURLcode code = curl_easy_perform(client->curl);
	curl_slist_free_all(headers);
	buf_done(&reader.line);
	if (reader.ended)
		return ERR_OK;
	if (code != CURLE_OK)
		return complain(ERR_UNAVAILABLE, "%s: %s; is the node running?", client->url, curl_easy_strerror(code)), ERR_UNAVAILABLE;
	curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &answer.status);
	answer.json = json_loadb(answer.body.data ? (const char *)answer.body.data : "", answer.body.len, JSON_REJECT_DUPLICATES, NULL);
	enum err err = answer.status == 200 ? ERR_UNAVAILABLE : meaning(answer.status);
	if (answer.status == 200)
		complain(err, "the node ended the stream: the session ended, or the node restarts; start it again");
	else
		complain_problem(&answer, err);
	return err;
}

void client_answer_done(struct client_answer *answer)
{
	buf_done(&answer->body);
	json_decref(answer->json);
	answer->json = NULL;
}

void client_put_encoded(struct buf *path, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
		if (plain)
			buf_put_octet(path, c);
		else
			buf_printf(path, "%%%02X", c);
	}
}

void client_print_json(const struct client_answer *answer)
{
	if (answer->json && json_dumpf(answer->json, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY) == 0)
		putchar('\n');
	else
		fwrite(answer->body.data, 1, answer->body.len, stdout);
}

enum err client_ask(const struct client_options *options, const char *method, const char *path, const json_t *body,
		    struct client_answer *ret_answer)
{
	AUTO_CLIENT *client = NULL;
	TRY(client_open(options, &client));
	struct client_request request = {.method = method, .path = path};
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	if (body && !text)
		return ERR_MEMORY;
	if (text) {
		request.content_type = "application/json";
		request.body = slice_text(text);
	}
	enum err err = client_send(client, &request, ret_answer);
	free(text);
	return err;
}

enum err client_id_path(struct arena *arena, const char *head, const char *id, const char *tail, const char **ret_path)
{
	AUTO_BUF path = buf_make(4096);
	buf_printf(&path, "/api/v1/%s/", head);
	client_put_encoded(&path, id);
	buf_put_text(&path, tail);
	if (path.err != ERR_OK)
		return path.err;
	*ret_path = arena_text(arena, buf_slice(&path));
	return *ret_path ? ERR_OK : ERR_MEMORY;
}

int client_fetch(int *argc, char **argv, int operands, const char *complaint, const char *path, const char *tail,
		 struct client_answer *answer)
{
	struct client_options common = {0};
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {0}};
	AUTO_BUF text = buf_make(4096);
	enum err err = options_take(specs, argc, argv);
	if (err == ERR_OK && complaint && *argc != operands)
		return complain(ERR_USAGE, "%s", complaint);
	buf_printf(&text, "/api/v1/%s", path);
	if (err == ERR_OK && operands) {
		buf_put_octet(&text, '/');
		client_put_encoded(&text, argv[0]);
	}
	buf_put_text(&text, tail);
	buf_put_octet(&text, '\0');
	if (err == ERR_OK)
		err = text.err;
	if (err == ERR_OK)
		err = client_ask(&common, "GET", (const char *)text.data, NULL, answer);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (!common.json)
		return -1;
	client_print_json(answer);
	return 0;
}

int client_remove(int argc, char **argv, const char *complaint, const char *path)
{
	struct client_options common = {0};
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && argc != 1)
		return complain(ERR_USAGE, "%s", complaint);
	AUTO_ARENA arena = {0};
	AUTO_ANSWER answer = {0};
	const char *whole = NULL;
	if (err == ERR_OK)
		err = client_id_path(&arena, path, argv[0], "", &whole);
	if (err == ERR_OK)
		err = client_ask(&common, "DELETE", whole, NULL, &answer);
	return err_exit_code(err);
}
