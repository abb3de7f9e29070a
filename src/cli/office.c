/* The release officer's and the watch's commands: release, recall, status. */
#include "cli/client.h"

#include "cli/office.h"
#include "cli/show.h"

/* "two persons must approve", "release approved, a second person must". Nothing where one does. */
static void show_persons(const json_t *item, const char *before)
{
	const char *first = json_string_value(json_array_get(json_object_get(item, "approved_by"), 0));
	if (json_integer_value(json_object_get(item, "persons")) < 2)
		return;
	if (first)
		printf("%sapproved by %s, a second person must approve", before, first);
	else
		printf("%stwo persons must approve", before);
}

static int release_list(int argc, char **argv)
{
	AUTO_ANSWER answer = {0};
	int code = client_fetch(&argc, argv, 0, NULL, "releases", "", &answer);
	if (code >= 0)
		return code;
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(answer.json, "releases"), i, item)
	{
		printf("%s\t", member_text(item, "id"));
		show_text(member_text(item, "marking"), 0);
		printf("\tby %s\tto", member_text(item, "author"));
		show_names(json_object_get(item, "nations"));
		printf("\tsince %s\t", member_text(item, "since"));
		show_text(member_text(item, "title"), 0);
		show_persons(item, "\t");
		putchar('\n');
	}
	if (i == 0)
		puts("Nothing waits for release.");
	return 0;
}

static int release_show(int argc, char **argv)
{
	AUTO_ANSWER answer = {0};
	int code = client_fetch(&argc, argv, 1, "show which release? give the object's id; 'bices release list' shows them", "releases", "", &answer);
	if (code >= 0)
		return code;
	printf("%s\n", member_text(answer.json, "id"));
	show_text(member_text(answer.json, "title"), 0);
	const char *since = member_text(answer.json, "since");
	printf("\nwritten by %s, %s%s\n", member_text(answer.json, "author"), *since ? "waiting since " : "nothing of it waits", since);
	show_persons(answer.json, "");
	puts(json_integer_value(json_object_get(answer.json, "persons")) < 2 ? "" : "\n");
	show_plan(answer.json);
	size_t i;
	json_t *precedent;
	json_array_foreach(json_object_get(answer.json, "precedents"), i, precedent)
	{
		fputs(i == 0 ? "\nPrecedents:\n  " : "  ", stdout);
		show_text(json_string_value(precedent), 0);
		putchar('\n');
	}
	if (*since)
		printf("\nNext: bices release approve %s, or bices release refuse %s --reason …\n", argv[0], argv[0]);
	else
		printf("\nTo take portions back: bices release withdraw %s --from NATION --portions N,… --reason …\n", argv[0]);
	return 0;
}

/* One decision. shown: what release show answered, or NULL for what this officer looked at last. */
static enum err decide_once(struct client *client, const char *path, const char *reason, const char *shown, enum err quiet)
{
	AUTO_ANSWER answer = {0};
	json_t *body = shown ? json_pack("{s:s, s:s}", "reason", reason, "shown", shown) : json_pack("{s:s}", "reason", reason);
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	struct client_request request = {.method = "POST", .path = path, .content_type = "application/json", .body = slice_text(text), .quiet = quiet};
	enum err err = text ? client_send(client, &request, &answer) : ERR_MEMORY;
	free(text);
	json_decref(body);
	return err;
}

/* An officer who was shown nothing yet is shown it now, and decides on exactly that. What changed since he looked is
 * refused: he must look again himself. */
static enum err decide_seen(struct client *client, const char *show_path, const char *path, const char *reason)
{
	enum err err = decide_once(client, path, reason, NULL, ERR_UNSEEN);
	if (err != ERR_UNSEEN)
		return err;
	AUTO_ANSWER answer = {0};
	struct client_request request = {.method = "GET", .path = show_path};
	TRY(client_send(client, &request, &answer));
	show_plan(answer.json);
	return decide_once(client, path, reason, member_text(answer.json, "shown"), ERR_OK);
}

/* Does it still wait for the second of two persons? What cannot be asked is taken as no. */
static bool waits_for_second(struct client *client, const char *show_path)
{
	AUTO_ANSWER answer = {0};
	struct client_request request = {.method = "GET", .path = show_path, .quiet = ERR_NOT_FOUND};
	return client_send(client, &request, &answer) == ERR_OK && json_array_size(json_object_get(answer.json, "approved_by")) > 0;
}

static int decide(int argc, char **argv, const char *tail, const char *done)
{
	struct client_options common = {0};
	const char *reason = NULL;
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {"--reason", &reason, NULL, NULL}, {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && argc != 1)
		return complain(ERR_USAGE, "which object? give its id; 'bices release list' shows what waits");
	if (err == ERR_OK && !reason && strcmp(tail, "/refuse") == 0)
		return complain(ERR_USAGE, "a refusal needs --reason: the author reads it");
	AUTO_ARENA arena = {0};
	AUTO_CLIENT *client = NULL;
	const char *path = NULL, *show_path = NULL;
	if (err == ERR_OK)
		err = client_id_path(&arena, "releases", argv[0], tail, &path);
	if (err == ERR_OK)
		err = client_id_path(&arena, "releases", argv[0], "", &show_path);
	if (err == ERR_OK)
		err = client_open(&common, &client);
	if (err == ERR_OK)
		err = decide_seen(client, show_path, path, reason ? reason : "");
	if (err != ERR_OK)
		return err_exit_code(err);
	if (strcmp(tail, "/approve") == 0 && waits_for_second(client, show_path))
		done = "is approved by you; it leaves when a second release officer approves it";
	fprintf(stderr, "bices: %s %s\n", argv[0], done);
	return 0;
}

static int release_approve(int argc, char **argv)
{
	return decide(argc, argv, "/approve", "is approved; it leaves now");
}

static int release_refuse(int argc, char **argv)
{
	return decide(argc, argv, "/refuse", "is refused; nothing of it leaves beyond what was released before");
}

static int recall_status(int argc, char **argv)
{
	struct client_options common = {0};
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && argc != 1)
		return complain(ERR_USAGE, "the status of which recall? give the object's id");
	AUTO_ARENA arena = {0};
	AUTO_ANSWER answer = {0};
	const char *path = NULL;
	if (err == ERR_OK)
		err = client_id_path(&arena, "objects", argv[0], "/recall", &path);
	if (err == ERR_OK)
		err = client_ask(&common, "GET", path, NULL, &answer);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (common.json) {
		client_print_json(&answer);
		return 0;
	}
	size_t i;
	json_t *holder;
	json_array_foreach(json_object_get(answer.json, "holders"), i, holder)
		printf("%s\t%s\t%s\n", member_text(holder, "node"), member_text(holder, "state"), member_text(holder, "at"));
	if (i == 0)
		puts("No other nation ever held it.");
	return 0;
}

static int recall(int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], "status") == 0)
		return recall_status(argc - 1, argv + 1);
	struct client_options common = {0};
	const char *reason = NULL;
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {"--reason", &reason, NULL, NULL}, {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && argc != 1)
		return complain(ERR_USAGE, "recall which object? give one id");
	if (err == ERR_OK && !reason)
		return complain(ERR_USAGE, "a recall needs --reason: it is final, and the ledger keeps why");
	AUTO_ARENA arena = {0};
	AUTO_ANSWER answer = {0};
	const char *path = NULL;
	if (err == ERR_OK)
		err = client_id_path(&arena, "objects", argv[0], "/recall", &path);
	json_t *body = json_pack("{s:s}", "reason", reason ? reason : "");
	if (err == ERR_OK)
		err = client_ask(&common, "POST", path, body, &answer);
	json_decref(body);
	if (err != ERR_OK)
		return err_exit_code(err);
	fprintf(stderr, "bices: %s is recalled; 'bices recall status %s' names who has confirmed\n", argv[0], argv[0]);
	return 0;
}

static int status(int argc, char **argv)
{
	AUTO_ANSWER answer = {0};
	int code = client_fetch(&argc, argv, 0, NULL, "status", "", &answer);
	if (code >= 0)
		return code;
	show_status(answer.json);
	return 0;
}

static int not_built(int argc, char **argv)
{
	(void)argc, (void)argv;
	return complain(ERR_UNAVAILABLE, "this command is not built yet");
}

const struct command office_commands[] = {
	{"release", "list", "", "what waits for a release officer", release_list},
	{"release", "show", "ID", "an own object portion by portion: who has it, what waits, precedents", release_show},
	{"release", "approve", "ID [--reason R]", "let it leave (never one's own)", release_approve},
	{"release", "refuse", "ID --reason R", "keep it; the author reads the reason", release_refuse},
	{"release", "withdraw", "ID --from NATION,… --portions N,… --reason R | status ID",
	 "take portions back from nations that have them, for good; 'all' for either; who has confirmed", release_withdraw},
	{"release", "request", "ID", "ask its originator for more (not built yet)", not_built},
	{"release", "tearline", "ID --portions …", "a new object from some portions (not built yet)", not_built},
	{"recall", "", "ID --reason R | status ID", "pull an object back from every holder; who has confirmed", recall},
	{"status", "", "", "peers, backlog, last receipts, roles", status},
	{"consent", "", "ask|grant|withdraw …", "originator's consent for third parties (not built yet)", not_built},
	{"peer", "", "list|invite|admit|approve|expel|test …", "participants (not built yet)", not_built},
	{"export", "", "--to PEER --out FILE", "a bundle by disc (not built yet)", not_built},
	{"import", "", "FILE", "a bundle from disc (not built yet)", not_built},
	{"rfi", "", "…", "requests for information (not built yet)", not_built},
	{"taxii", "", "reset|import …", "for tests (not built yet)", not_built},
	{"backup", "", "…", "(not built yet)", not_built},
	{"restore", "", "…", "(not built yet)", not_built},
	{0}};
