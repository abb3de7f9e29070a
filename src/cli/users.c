/* Users of a running node, for its administrator: list, set, remove. A password is read from a file and wiped; it never
 * stands in an argument. */
#include "cli/client.h"

#include "base/limits.h"
#include "cli/show.h"

#include <string.h>

static int user_list(int argc, char **argv)
{
	AUTO_ANSWER answer = {0};
	int code = client_fetch(&argc, argv, 0, NULL, "users", "", &answer);
	if (code >= 0)
		return code;
	size_t i;
	json_t *user;
	json_array_foreach(json_object_get(answer.json, "users"), i, user)
	{
		show_text(json_string_value(json_object_get(user, "name")), 0);
		printf("\t%s\t", json_array_size(json_object_get(user, "clearance")) ? "cleared" : "no clearance");
		show_names(json_object_get(user, "roles"));
		putchar('\n');
	}
	return 0;
}

/* The words of text between separators as an array; empty words are left out. */
static json_t *words(struct slice text, const char *separators)
{
	json_t *array = json_array();
	while (text.len > 0) {
		size_t len = 0;
		while (len < text.len && !strchr(separators, text.data[len]))
			len++;
		if (len > 0)
			json_array_append_new(array, json_stringn((const char *)text.data, len));
		text = slice_skip(text, len + (len < text.len));
	}
	return array;
}

/* Adds what a file holds as a member: the first line, or all lines as an array. */
static enum err add_file(json_t *body, const char *member, const char *file, bool lines)
{
	struct buf bytes = buf_make(lines ? LIMIT_LABEL_XML : LIMIT_PASSWORD + 1);
	enum err err = file_read(file, &bytes);
	struct slice text = buf_slice(&bytes);
	if (!lines && text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	if (err == ERR_OK) {
		json_t *value = lines ? words(text, "\n") : json_stringn((const char *)text.data, text.len);
		if (json_object_set_new(body, member, value) != 0) {
			complain(ERR_MALFORMED, "%s is not UTF-8 text", file);
			err = ERR_MALFORMED;
		}
	}
	buf_wipe(&bytes);
	return err;
}

static int user_set(int argc, char **argv)
{
	struct client_options common = {0};
	const char *roles = NULL, *clearance = NULL, *new_password = NULL;
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common),
					    {"--roles", &roles, NULL, NULL},
					    {"--clearance", &clearance, NULL, NULL},
					    {"--new-password-file", &new_password, NULL, NULL},
					    {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && (argc != 1 || !roles))
		return complain(ERR_USAGE, "user set needs NAME and --roles; a new user also --new-password-file; see 'bices help user'");
	AUTO_ANSWER answer = {0};
	json_t *body = json_object();
	if (err == ERR_OK)
		json_object_set_new(body, "name", json_string(argv[0]));
	if (err == ERR_OK)
		json_object_set_new(body, "roles", words(slice_text(roles), " ,"));
	if (err == ERR_OK && clearance)
		err = add_file(body, "clearance", clearance, true);
	if (err == ERR_OK && new_password)
		err = add_file(body, "password", new_password, false);
	if (err == ERR_OK)
		err = client_ask(&common, "POST", "/api/v1/users", body, &answer);
	json_decref(body);
	return err_exit_code(err);
}

static int user_remove(int argc, char **argv)
{
	return client_remove(argc, argv, "remove which user? give a NAME; 'bices user list' shows them", "users");
}

const struct command user_commands[] = {
	{"user", "list", "", "the users of a running node: name, cleared or not, roles", user_list},
	{"user", "set", "NAME --roles ROLES [--clearance FILE] [--new-password-file FILE]",
	 "adds a user to a running node, or changes one; what he may changes at once, his sessions end. Clearance: compact lines; without one he reads nothing",
	 user_set},
	{"user", "remove", "NAME", "removes a user from a running node; his sessions end", user_remove},
	{0}};
