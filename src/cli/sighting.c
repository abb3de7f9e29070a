/* sighting, sightings: what was seen, in one line, and by whom. */
#include "cli/client.h"

#include "base/limits.h"
#include "object/json.h"

static enum err make_body(
	const char *of, const char *count, const char *const *texts, const char *const *names, struct buf *body)
{
	AUTO_JSON *object = json_pack("{s:s}", "of", of);
	uint64_t number = 1;
	if (count && slice_parse_u64(slice_text(count), &number) != ERR_OK)
		return complain(ERR_USAGE, "--count takes a number"), ERR_USAGE;
	bool good = object && json_object_set_new(object, "count", json_integer((json_int_t)number)) == 0;
	for (size_t i = 0; good && names[i]; i++)
		good = !texts[i] || json_object_set_new(object, names[i], json_string(texts[i])) == 0;
	char *text = good ? json_dumps(object, JSON_COMPACT) : NULL;
	if (!text)
		return complain(ERR_USAGE, "what was seen must be UTF-8 text"), ERR_USAGE;
	buf_put_text(body, text);
	free(text);
	return body->err;
}

static void print_sighting(const json_t *answer)
{
	size_t i;
	json_t *id;
	json_array_foreach(json_object_get(answer, "ids"), i, id) puts(json_string_value(id));
	json_array_foreach(json_object_get(answer, "of"), i, id)
		fprintf(stderr, "bices: a sighting of %s\n", json_string_value(id));
	if (json_integer_value(json_object_get(answer, "waiting")) > 0)
		fputs("bices: it waits for a release officer before other nations see it\n", stderr);
}

static int sighting(int argc, char **argv)
{
	struct client_options common = {0};
	const char *count = NULL, *texts[4] = {0};
	static const char *const names[] = {"first", "last", "marking", "description", NULL};
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {"--count", &count, NULL, NULL},
		{"--first", &texts[0], NULL, NULL}, {"--last", &texts[1], NULL, NULL},
		{"--marking", &texts[2], NULL, NULL}, {"--description", &texts[3], NULL, NULL}, {0}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return 2;
	if (argc != 1)
		return complain(
			ERR_USAGE, "a sighting of what? give an object's id, or a value that an indicator names");
	AUTO_BUF body = buf_make(LIMIT_MESSAGE_INLINE);
	AUTO_ANSWER answer = {0};
	AUTO_CLIENT *client = NULL;
	enum err err = make_body(argv[0], count, texts, names, &body);
	struct client_request request = {.method = "POST",
		.path = "/api/v1/sightings",
		.content_type = "application/json",
		.body = buf_slice(&body),
		.quiet = ERR_NOT_FOUND};
	if (err == ERR_OK)
		err = client_open(&common, &client);
	if (err == ERR_OK)
		err = client_send(client, &request, &answer);
	if (err == ERR_NOT_FOUND)
		return complain(err, "no object and no indicator that you may read is or names %s", argv[0]), 1;
	if (err != ERR_OK)
		return err_exit_code(err);
	if (common.json)
		client_print_json(&answer);
	else
		print_sighting(answer.json);
	return 0;
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "-";
}

static void print_sightings(const json_t *answer)
{
	size_t i;
	json_t *nation, *decay = json_object_get(answer, "decay");
	json_array_foreach(json_object_get(answer, "nations"), i, nation)
		printf("%s\t%" JSON_INTEGER_FORMAT "\t%s\t%s\n", text_of(nation, "nation"),
			json_integer_value(json_object_get(nation, "count")), text_of(nation, "first"),
			text_of(nation, "last"));
	if (decay)
		printf("score %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT ": %" JSON_INTEGER_FORMAT
		       " of %" JSON_INTEGER_FORMAT " days since %s%s\n%s\n",
			json_integer_value(json_object_get(decay, "score")),
			json_integer_value(json_object_get(decay, "base")),
			json_integer_value(json_object_get(decay, "age_days")),
			json_integer_value(json_object_get(decay, "lifetime_days")), text_of(decay, "since"),
			json_is_true(json_object_get(decay, "ended")) ? ", and no longer valid" : "",
			text_of(decay, "formula"));
	if (json_is_true(json_object_get(answer, "more")))
		fputs("bices: there are more; the newest are counted\n", stderr);
}

static int sightings(int argc, char **argv)
{
	struct client_options common = {0};
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {0}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return 2;
	if (argc != 1)
		return complain(ERR_USAGE, "sightings of which object? give one id");
	AUTO_BUF path = buf_make(4096);
	AUTO_ANSWER answer = {0};
	AUTO_CLIENT *client = NULL;
	buf_put_text(&path, "/api/v1/objects/");
	client_put_encoded(&path, argv[0]);
	buf_put_text(&path, "/sightings");
	buf_put_octet(&path, '\0');
	struct client_request request = {.method = "GET", .path = (const char *)path.data};
	enum err err = path.err != ERR_OK ? path.err : client_open(&common, &client);
	if (err == ERR_OK)
		err = client_send(client, &request, &answer);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (common.json)
		client_print_json(&answer);
	else
		print_sightings(answer.json);
	return json_array_size(json_object_get(answer.json, "nations")) == 0;
}

const struct command sighting_commands[] = {
	{"sighting", "", "ID_OR_VALUE [--count N] [--first TIME] [--last TIME] [--marking M] [--description TEXT]",
		"say that it was seen: an object, every indicator that names the value, else the observables that are it; without --marking a "
		"sighting has the label of what was seen",
		sighting},
	{"sightings", "", "ID",
		"who saw it, nation by nation, as far as you may know; of an indicator also what time leaves of it",
		sightings},
	{0}};
