/* Decisions, tasks, outcomes, requirements and the watch log: made from words on the command line or from a file, published
 * like any other object. */
#include "cli/client.h"

#include "base/limits.h"
#include "base/moment.h"
#include "cli/show.h"
#include "cli/steps.h"
#include "object/stix.h"

#include <sys/random.h>
#include <time.h>

struct step_options {
	struct client_options common;
	const char *title, *marking, *precedence, *choice, *reason, *authority, *problem, *alert, *decision, *owner, *due, *result, *question, *requirement;
	struct option_list options, basis, about;
};

#define STEP_SPECS(o) \
	CLIENT_OPTION_SPECS((o).common), {"--title", &(o).title, NULL, NULL}, {"--marking", &(o).marking, NULL, NULL}, \
		{"--precedence", &(o).precedence, NULL, NULL}, {"--choice", &(o).choice, NULL, NULL}, {"--reason", &(o).reason, NULL, NULL}, \
		{"--authority", &(o).authority, NULL, NULL}, {"--problem", &(o).problem, NULL, NULL}, {"--alert", &(o).alert, NULL, NULL}, \
		{"--decision", &(o).decision, NULL, NULL}, {"--owner", &(o).owner, NULL, NULL}, {"--due", &(o).due, NULL, NULL}, \
		{"--result", &(o).result, NULL, NULL}, {"--question", &(o).question, NULL, NULL}, {"--option", NULL, NULL, &(o).options}, \
		{"--basis", NULL, NULL, &(o).basis}, {"--about", NULL, NULL, &(o).about}, {0}

/* ---- publishing ---- */

static json_t *step_new(const char *type, const char *title)
{
	char now[MOMENT_TEXT + 1];
	struct timespec at;
	clock_gettime(CLOCK_REALTIME, &at);
	moment_print((uint64_t)at.tv_sec * 1000 + (uint64_t)at.tv_nsec / 1000000, now);
	uint8_t r[16];
	if (getrandom(r, sizeof(r), 0) != sizeof(r))
		return NULL;
	r[6] = (uint8_t)((r[6] & 0x0f) | 0x40);
	r[8] = (uint8_t)((r[8] & 0x3f) | 0x80);
	char id[LIMIT_OBJECT_ID];
	snprintf(id, sizeof(id), "%s--%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", type, r[0], r[1], r[2], r[3], r[4], r[5], r[6],
		 r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15]);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:{s:{s:s}}}", "type", type, "spec_version", "2.1", "id", id, "created", now, "modified", now,
			 "name", title, "extensions", STIX_NEXT_STEPS, "extension_type", "new-sdo");
}

static void put_text(json_t *object, const char *name, const char *text)
{
	if (text)
		json_object_set_new(object, name, json_string(text));
}

static void put_list(json_t *object, const char *name, const struct option_list *list)
{
	json_t *array = json_array();
	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array, json_string(list->items[i]));
	if (list->count)
		json_object_set(object, name, array);
	json_decref(array);
}

static int publish(const struct step_options *options, struct slice body)
{
	AUTO_CLIENT *client = NULL;
	AUTO_ANSWER answer = {0};
	AUTO_BUF path = buf_make(16384);
	buf_put_text(&path, "/api/v1/objects?precedence=");
	client_put_encoded(&path, options->precedence ? options->precedence : "routine");
	if (options->marking) {
		buf_put_text(&path, "&marking=");
		client_put_encoded(&path, options->marking);
	}
	buf_put_octet(&path, '\0');
	enum err err = path.err;
	if (err == ERR_OK)
		err = client_open(&options->common, &client);
	struct client_request request = {.method = "POST", .path = (const char *)path.data, .content_type = "application/json", .body = body};
	if (err == ERR_OK)
		err = client_send(client, &request, &answer);
	if (err != ERR_OK)
		return err_exit_code(err);
	puts(json_string_value(json_array_get(json_object_get(answer.json, "ids"), 0)));
	return 0;
}

/* Takes the object. */
static int publish_json(const struct step_options *options, json_t *object)
{
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	json_decref(object);
	if (!text)
		return complain(ERR_MALFORMED, "a text on the command line is not UTF-8");
	int code = publish(options, slice_text(text));
	free(text);
	return code;
}

static int publish_file(const struct step_options *options, const char *file)
{
	AUTO_BUF body = buf_make(LIMIT_JSON_BYTES);
	enum err err = file_read(file, &body);
	return err == ERR_OK ? publish(options, buf_slice(&body)) : err_exit_code(err);
}

/* Options, and at most one operand: a file. */
static int take(struct step_options *options, int *argc, char **argv)
{
	const struct option_spec specs[] = {STEP_SPECS(*options)};
	enum err err = options_take(specs, argc, argv);
	if (err != ERR_OK)
		return err_exit_code(err);
	return *argc <= 1 ? 0 : complain(ERR_USAGE, "one at a time");
}

int warning_create(int argc, char **argv)
{
	struct step_options options = {0};
	int code = take(&options, &argc, argv);
	if (code)
		return code;
	if (argc != 1)
		return complain(ERR_USAGE, "create which problem? give a file; docs/protocol/next-steps.md shows one");
	return publish_file(&options, argv[0]);
}

static int decision_create(int argc, char **argv)
{
	struct step_options options = {0};
	int code = take(&options, &argc, argv);
	if (code || argc == 1)
		return code ? code : publish_file(&options, argv[0]);
	if (!options.title || !options.choice || !options.reason || !options.options.count)
		return complain(ERR_USAGE, "a decision needs --title, one --option for each, --choice (one of them) and --reason, or a file");
	json_t *object = step_new("bices-decision", options.title), *choices = json_array();
	for (size_t i = 0; i < options.options.count; i++)
		json_array_append_new(choices, json_pack("{s:s}", "name", options.options.items[i]));
	json_object_set_new(object, "options", choices);
	put_text(object, "choice", options.choice);
	put_text(object, "reason", options.reason);
	put_text(object, "authority", options.authority);
	put_text(object, "alert", options.alert);
	put_text(object, "problem_ref", options.problem);
	put_list(object, "basis_refs", &options.basis);
	return publish_json(&options, object);
}

static int task_create(int argc, char **argv)
{
	struct step_options options = {0};
	int code = take(&options, &argc, argv);
	if (code || argc == 1)
		return code ? code : publish_file(&options, argv[0]);
	if (!options.title || !options.owner || !options.due)
		return complain(ERR_USAGE, "a task needs --title, --owner NATION/USER or NATION/ROLE, and --due 2026-01-31T12:00:00Z, or a file");
	const char *slash = strchr(options.owner, '/');
	if (!slash || slash == options.owner || !slash[1])
		return complain(ERR_USAGE, "--owner is NATION/USER or NATION/ROLE, as NATO/watch");
	json_t *object = step_new("bices-task", options.title);
	json_object_set_new(object, "owner_nation", json_stringn(options.owner, (size_t)(slash - options.owner)));
	put_text(object, "owner", slash + 1);
	put_text(object, "due", options.due);
	put_text(object, "state", "open");
	put_text(object, "decision_ref", options.decision);
	return publish_json(&options, object);
}

static int task_done(int argc, char **argv)
{
	struct step_options options = {0};
	int code = take(&options, &argc, argv);
	if (code)
		return code;
	if (argc != 1 || !options.result)
		return complain(ERR_USAGE, "which task is done, and with what result? give its id and --result TEXT");
	json_t *object = step_new("bices-outcome", options.title ? options.title : options.result);
	put_text(object, "result", options.result);
	json_object_set_new(object, "task_refs", json_pack("[s]", argv[0]));
	return publish_json(&options, object);
}

static int watchlog_add(int argc, char **argv)
{
	struct step_options options = {0};
	int code = take(&options, &argc, argv);
	if (code)
		return code;
	if (argc != 1)
		return complain(ERR_USAGE, "add what? give the text in quotes");
	json_t *object = step_new("bices-watch-entry", options.title ? options.title : argv[0]);
	put_text(object, "text", argv[0]);
	put_list(object, "about_refs", &options.about);
	return publish_json(&options, object);
}

static int requirement_create(int argc, char **argv)
{
	struct step_options options = {0};
	int code = take(&options, &argc, argv);
	if (code || argc == 1)
		return code ? code : publish_file(&options, argv[0]);
	if (!options.title || !options.question)
		return complain(ERR_USAGE, "a requirement needs --title and --question, or a file");
	json_t *object = step_new("bices-requirement", options.title);
	put_text(object, "question", options.question);
	put_text(object, "owner", options.owner);
	put_text(object, "due", options.due);
	return publish_json(&options, object);
}

/* ---- lists ---- */

static int list(int argc, char **argv, const char *path, const char *const *members)
{
	struct client_options common = {0};
	const char *about = NULL, *state = NULL;
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {"--about", &about, NULL, NULL}, {"--state", &state, NULL, NULL}, {0}};
	AUTO_ANSWER answer = {0};
	AUTO_BUF text = buf_make(4096);
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && argc)
		return complain(ERR_USAGE, "list takes no id; --about ID lists what refers to it");
	buf_printf(&text, "/api/v1/%s?about=", path);
	client_put_encoded(&text, about ? about : "");
	buf_put_text(&text, "&state=");
	client_put_encoded(&text, state ? state : "");
	buf_put_octet(&text, '\0');
	if (err == ERR_OK)
		err = text.err == ERR_OK ? client_ask(&common, "GET", (const char *)text.data, NULL, &answer) : text.err;
	if (err != ERR_OK)
		return err_exit_code(err);
	if (common.json) {
		client_print_json(&answer);
		return 0;
	}
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(answer.json, "items"), i, one)
	{
		printf("%s\t", member_text(one, "id"));
		show_text(member_text(json_object_get(one, "label"), "marking"), 0);
		for (size_t k = 0; members[k]; k++) {
			putchar('\t');
			show_text(member_text(one, members[k]), 0);
		}
		putchar('\n');
	}
	return i == 0 ? 1 : 0;
}

static int decision_list(int argc, char **argv)
{
	static const char *const members[] = {"created", "choice", "title", NULL};
	return list(argc, argv, "decisions", members);
}

static int task_list(int argc, char **argv)
{
	static const char *const members[] = {"state", "due", "owner_nation", "owner", "holder", "title", NULL};
	return list(argc, argv, "tasks", members);
}

static int watchlog_list(int argc, char **argv)
{
	static const char *const members[] = {"created", "text", NULL};
	return list(argc, argv, "watchlog", members);
}

static int requirement_list(int argc, char **argv)
{
	static const char *const members[] = {"due", "title", "question", NULL};
	return list(argc, argv, "requirements", members);
}

static int show(int argc, char **argv)
{
	struct client_options common = {0};
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {0}};
	AUTO_ANSWER answer = {0};
	AUTO_BUF text = buf_make(4096);
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && argc != 1)
		return complain(ERR_USAGE, "show which one? give its id");
	buf_put_text(&text, "/api/v1/objects/");
	client_put_encoded(&text, err == ERR_OK ? argv[0] : "");
	buf_put_text(&text, common.json ? "" : "?view=page");
	buf_put_octet(&text, '\0');
	if (err == ERR_OK)
		err = text.err == ERR_OK ? client_ask(&common, "GET", (const char *)text.data, NULL, &answer) : text.err;
	if (err != ERR_OK)
		return err_exit_code(err);
	if (common.json)
		client_print_json(&answer);
	else
		return err_exit_code(show_object(answer.json));
	return 0;
}

const struct command steps_commands[] = {
	{"decision", "create", "FILE | --title T --option A … --choice A --reason R [--problem ID] [--alert ALERT] [--basis ID]… [--authority WHO], [--marking M]",
	 "publish a decision with its options, choice, reason and basis", decision_create},
	{"decision", "list", "[--about ID]", "decisions, newest first", decision_list},
	{"decision", "show", "ID", "one decision", show},
	{"task", "create", "FILE | --title T --owner NATION/WHO --due TIME [--decision ID], [--marking M]", "publish a task", task_create},
	{"task", "list", "[--state open|done|cancelled] [--about ID]", "tasks, newest first", task_list},
	{"task", "show", "ID", "one task", show},
	{"task", "done", "ID --result TEXT [--title T] [--marking M]", "publish the outcome that closes a task", task_done},
	{"watchlog", "list", "[--about ID]", "the watch log, newest first", watchlog_list},
	{"watchlog", "add", "TEXT [--title T] [--about ID]… [--marking M]", "write into the watch log", watchlog_add},
	{"requirement", "create", "FILE | --title T --question Q [--owner WHO] [--due TIME], [--marking M]", "publish a requirement", requirement_create},
	{"requirement", "list", "", "requirements, newest first", requirement_list},
	{0}};
