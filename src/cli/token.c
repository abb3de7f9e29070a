/* Tokens of tools: create, list, revoke. A secret is printed once and kept nowhere here. */
#include "cli/client.h"

#include "cli/show.h"

static json_t *names(const char *list)
{
	json_t *array = json_array();
	for (size_t len; *list; list += len + (list[len] != '\0')) {
		len = strcspn(list, " ,");
		if (len > 0)
			json_array_append_new(array, json_stringn(list, len));
	}
	return array;
}

static int token_create(int argc, char **argv)
{
	struct client_options common = {0};
	const char *collections = NULL, *access = NULL, *days = NULL;
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common),
					    {"--collections", &collections, NULL, NULL},
					    {"--access", &access, NULL, NULL},
					    {"--days", &days, NULL, NULL},
					    {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && argc != 1)
		return complain(ERR_USAGE, "token create needs NAME, that of the tool; see 'bices help token'");
	AUTO_ANSWER answer = {0};
	json_t *body = json_object();
	if (err == ERR_OK)
		json_object_set_new(body, "name", json_string(argv[0]));
	if (collections)
		json_object_set_new(body, "collections", names(collections));
	if (access)
		json_object_set_new(body, "access", json_string(access));
	if (days)
		json_object_set_new(body, "days", json_string(days));
	if (err == ERR_OK)
		err = client_ask(&common, "POST", "/api/v1/tokens", body, &answer);
	json_decref(body);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (common.json) {
		client_print_json(&answer);
		return 0;
	}
	printf("%s\n", json_string_value(json_object_get(answer.json, "token")));
	fprintf(stderr, "token %lld, valid until %s: keep it now, it is not shown again; tools send it as 'Authorization: Bearer TOKEN'\n",
		json_integer_value(json_object_get(answer.json, "id")), json_string_value(json_object_get(answer.json, "expires")));
	return 0;
}

static int token_list(int argc, char **argv)
{
	AUTO_ANSWER answer = {0};
	int code = client_fetch(&argc, argv, 0, NULL, "tokens", "", &answer);
	if (code >= 0)
		return code;
	size_t i;
	json_t *token;
	json_array_foreach(json_object_get(answer.json, "tokens"), i, token)
	{
		static const char *const members[] = {"name", "user", "access", "expires"};
		printf("%lld", json_integer_value(json_object_get(token, "id")));
		for (size_t k = 0; k < sizeof(members) / sizeof(members[0]); k++) {
			putchar('\t');
			show_text(json_string_value(json_object_get(token, members[k])), 0);
		}
		putchar('\t');
		if (json_array_size(json_object_get(token, "collections")))
			show_names(json_object_get(token, "collections"));
		else
			fputs("all collections", stdout);
		putchar('\n');
	}
	return 0;
}

static int token_revoke(int argc, char **argv)
{
	return client_remove(argc, argv, "revoke which token? give its number; 'bices token list' shows them", "tokens");
}

const struct command token_commands[] = {
	{"token", "create", "NAME [--collections ID,…] [--access read|write] [--days N]",
	 "a token for a tool, for TAXII only and as the user who makes it: within the collections (default all that he reaches), reading (default) or writing too, for N days (default 90, at most 730). stdout holds the token; it is not shown again",
	 token_create},
	{"token", "list", "", "one's tokens, or everybody's for an administrator: number, name, user, access, end, collections", token_list},
	{"token", "revoke", "NUMBER", "ends a token at once", token_revoke},
	{0}};
