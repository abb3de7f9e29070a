/* release withdraw: portions taken back from nations that have them, and who has confirmed it. Portions are named by
 * the numbers that release show prints; the node refuses numbers of a version that this officer was not shown. */
#include "cli/office.h"

#include "cli/show.h"

/* "2,3" as a list of texts. */
static json_t *list_of(const char *text)
{
	json_t *list = json_array();
	struct slice rest = slice_text(text), one;
	while (list && rest.len) {
		rest = slice_split(rest, ',', &one);
		one = slice_trim(one);
		if (one.len)
			json_array_append_new(list, json_stringn((const char *)one.data, one.len));
	}
	return list;
}

/* ---- the order ---- */

struct withdraw_options {
	const char *from, *portions, *reason;
};

static enum err send_once(struct client *client, const char *path, const struct withdraw_options *options,
	const char *shown, enum err quiet)
{
	AUTO_ANSWER answer = {0};
	json_t *body = json_pack("{s:o, s:o, s:s}", "from", list_of(options->from), "portions",
		list_of(options->portions), "reason", options->reason);
	if (body && shown)
		json_object_set_new(body, "shown", json_string(shown));
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	struct client_request request = {
		.method = "POST", .path = path, .content_type = "application/json", .quiet = quiet};
	if (text)
		request.body = slice_text(text);
	enum err err = text ? client_send(client, &request, &answer) : ERR_MEMORY;
	free(text);
	json_decref(body);
	return err;
}

/* An officer who was shown no numbers yet is shown them now, and what he named is taken of exactly that. */
static enum err send_seen(
	struct client *client, const char *show_path, const char *path, const struct withdraw_options *options)
{
	enum err err = send_once(client, path, options, NULL, ERR_UNSEEN);
	if (err != ERR_UNSEEN)
		return err;
	AUTO_ANSWER answer = {0};
	struct client_request request = {.method = "GET", .path = show_path};
	TRY(client_send(client, &request, &answer));
	show_plan(answer.json);
	return send_once(client, path, options, member_text(answer.json, "shown"), ERR_OK);
}

static int order(int argc, char **argv)
{
	struct client_options common = {0};
	struct withdraw_options options = {0};
	bool all = false;
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {"--from", &options.from, NULL, NULL},
		{"--portions", &options.portions, NULL, NULL}, {"--reason", &options.reason, NULL, NULL},
		{"--all", NULL, &all, NULL}, {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && argc != 1)
		return complain(ERR_USAGE, "withdraw portions of which object? give one id");
	if (err == ERR_OK && !options.from)
		return complain(ERR_USAGE, "from whom? give --from NATION, several separated by commas, or --from all");
	if (err == ERR_OK && !options.portions == !all)
		return complain(ERR_USAGE,
			"which portions? give --portions N,… with the numbers of 'bices release show %s', or --all",
			argv[0]);
	if (err == ERR_OK && !options.reason)
		return complain(ERR_USAGE, "a withdrawal needs --reason: it is final, and the ledger keeps why");
	AUTO_ARENA arena = {0};
	AUTO_CLIENT *client = NULL;
	const char *path = NULL, *show_path = NULL;
	options.portions = all ? "all" : options.portions;
	if (err == ERR_OK)
		err = client_id_path(&arena, "releases", argv[0], "/withdraw", &path);
	if (err == ERR_OK)
		err = client_id_path(&arena, "releases", argv[0], "", &show_path);
	if (err == ERR_OK)
		err = client_open(&common, &client);
	if (err == ERR_OK)
		err = send_seen(client, show_path, path, &options);
	if (err != ERR_OK)
		return err_exit_code(err);
	fprintf(stderr, "bices: withdrawn; 'bices release withdraw status %s' names who has confirmed\n", argv[0]);
	return 0;
}

/* ---- how it went ---- */

static void print_holder(const json_t *holder)
{
	const json_t *number = json_object_get(holder, "portion");
	printf("%s\t", member_text(holder, "node"));
	if (number)
		printf("portion %" JSON_INTEGER_FORMAT, json_integer_value(number));
	else
		fputs(strcmp(member_text(holder, "kind"), "head") == 0 ? "title" : "an earlier portion", stdout);
	printf("\t%s\t%s\t", member_text(holder, "state"), member_text(holder, "at"));
	show_text(member_text(holder, "marking"), 0);
	putchar('\n');
}

static int status(int argc, char **argv)
{
	struct client_options common = {0};
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && argc != 1)
		return complain(ERR_USAGE, "the status of which withdrawal? give the object's id");
	AUTO_ARENA arena = {0};
	AUTO_ANSWER answer = {0};
	const char *path = NULL;
	if (err == ERR_OK)
		err = client_id_path(&arena, "releases", argv[0], "/withdraw", &path);
	if (err == ERR_OK)
		err = client_ask(&common, "GET", path, NULL, &answer);
	if (err != ERR_OK)
		return err_exit_code(err);
	size_t i = 0;
	json_t *holder;
	const json_t *holders = json_object_get(answer.json, "holders");
	if (common.json)
		client_print_json(&answer);
	else
		json_array_foreach(holders, i, holder) print_holder(holder);
	if (json_array_size(holders) > 0)
		return 0;
	if (!common.json)
		puts("Nothing of it was withdrawn.");
	return 1;
}

int release_withdraw(int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], "status") == 0)
		return status(argc - 1, argv + 1);
	return order(argc, argv);
}
