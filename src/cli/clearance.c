/* Clearances on the command line, from files and without a node: compact lines (what `user add` takes) to ADatP-4774
 * XML (what `label decide` takes) and back. The form is told from the file: XML begins with '<'. It must not decide
 * anything. */
#include "cli/engine.h"

#include "base/limits.h"

enum { YES = 0, WRONG = 2 };

struct request {
	struct option_list policies;
	const char *path, *policy;
	bool xml;
};

static enum err parse(struct engine *e, struct slice text, const struct clearance **ret_clearance, struct diag *diag)
{
	struct slice trimmed = slice_trim(text);
	if (slice_has_prefix(trimmed, SLICE("\xef\xbb\xbf")) || slice_has_prefix(trimmed, SLICE("<")))
		return clearance_parse_xml(e->set, text, &e->arena, ret_clearance, diag);
	if (text.len && text.data[text.len - 1] == '\n') /* a text file ends its last line */
		text.len--;
	return clearance_parse_compact(e->set, text, &e->arena, ret_clearance, diag);
}

static int read_clearance(struct engine *e, const char *path, const struct clearance **ret_clearance)
{
	AUTO_BUF bytes = buf_make(LIMIT_LABEL_XML + 1); /* the reader names its own limit */
	struct slice text;
	struct diag diag = {0};
	if (file_read(path, &bytes) != ERR_OK)
		return WRONG; /* file_read has complained */
	enum err err = arena_copy(&e->arena, buf_slice(&bytes), &text);
	if (err == ERR_OK)
		err = parse(e, text, ret_clearance, &diag);
	if (err == ERR_OK)
		return YES;
	return diag.text[0] ? complain_diag(err, path, &diag) : complain(err, "%s: %s", path, err_text(err));
}

static int put(const struct buf *text, bool line_end)
{
	if (text->err != ERR_OK)
		return complain(text->err, "%s", err_text(text->err));
	fwrite(text->data, 1, text->len, stdout);
	if (line_end && text->len)
		putchar('\n');
	return YES;
}

/* ---- print ---- */

/* The only policy of the clearance; empty if there is none or more than one. */
static struct slice only_policy(const struct buf *lines)
{
	struct slice name, rest = slice_split(buf_slice(lines), '|', &name);
	return memchr(rest.data, '\n', rest.len) ? slice_of(NULL, 0) : name;
}

static int print_xml(const struct clearance *clearance, const char *policy)
{
	AUTO_BUF lines = buf_make(LIMIT_LABEL_XML), xml = buf_make(LIMIT_LABEL_XML);
	clearance_print_compact(clearance, &lines);
	struct slice name = policy ? slice_text(policy) : lines.len ? only_policy(&lines) : slice_of(NULL, 0);
	if (name.len == 0 && lines.len)
		return complain(
			ERR_USAGE,
			"clearance print: the clearance is under several policies; --for POLICY says which is meant");
	enum err err = name.len ? clearance_print_xml(clearance, name, &xml) : ERR_NOT_FOUND;
	if (err == ERR_NOT_FOUND)
		return complain(err, "no clearance under %s%.*s", name.len ? "policy " : "any policy", SLICE_ARG(name));
	return err == ERR_OK ? put(&xml, false) : complain(err, "%s", err_text(err));
}

static int print(const struct clearance *clearance, const struct request *request)
{
	if (request->xml)
		return print_xml(clearance, request->policy);
	AUTO_BUF lines = buf_make(LIMIT_LABEL_XML);
	clearance_print_compact(clearance, &lines);
	return put(&lines, true);
}

/* ---- show ---- */

/* "P:Releasable To=KOR,NATO" as "  at least one of  Releasable To: KOR, NATO". */
static void show_tag(struct slice tag)
{
	static const struct {
		char letter;
		const char *words;
	} types[] = {{'R', "all of its values"}, {'P', "one of its values"}, {'I', "for information"}};
	struct slice name, values = slice_split(slice_skip(tag, 2), '=', &name), value;
	printf("  %.*s: ", SLICE_ARG(name));
	for (const char *between = ""; values.len; between = ", ") {
		values = slice_split(values, ',', &value);
		printf("%s%.*s", between, SLICE_ARG(value));
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (tag.len && tag.data[0] == types[i].letter)
			printf(" (a label asks for %s)", types[i].words);
	putchar('\n');
}

static void show_line(struct slice line)
{
	struct slice policy, levels, level, tag;
	line = slice_split(line, '|', &policy);
	line = slice_split(line, '|', &levels);
	printf("%.*s: ", SLICE_ARG(policy));
	for (const char *between = ""; levels.len; between = ", ") {
		levels = slice_split(levels, ',', &level);
		printf("%s%.*s", between, SLICE_ARG(level));
	}
	putchar('\n');
	while (line.len) {
		line = slice_split(line, '|', &tag);
		show_tag(tag);
	}
}

static int show(const struct clearance *clearance, const struct request *request)
{
	AUTO_BUF lines = buf_make(LIMIT_LABEL_XML);
	(void)request;
	clearance_print_compact(clearance, &lines);
	if (lines.err != ERR_OK)
		return complain(lines.err, "%s", err_text(lines.err));
	if (lines.len == 0)
		puts("no clearance");
	for (struct slice rest = buf_slice(&lines), line; rest.len;) {
		rest = slice_split(rest, '\n', &line);
		show_line(line);
	}
	return YES;
}

/* ---- commands ---- */

static int run(struct request *request, int (*answer)(const struct clearance *, const struct request *))
{
	AUTO_ENGINE e = {0};
	const struct clearance *clearance;
	int code = engine_open(&e, &request->policies, NULL);
	if (!code)
		code = read_clearance(&e, request->path, &clearance);
	return code ? code : answer(clearance, request);
}

static int show_command(int argc, char **argv)
{
	struct request request = {0};
	const struct option_spec specs[] = {{"--policy", .list = &request.policies}, {.name = NULL}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return WRONG;
	if (argc != 1)
		return complain(ERR_USAGE, "clearance show: exactly one FILE is needed");
	request.path = argv[0];
	return run(&request, show);
}

static int print_command(int argc, char **argv)
{
	struct request request = {0};
	const struct option_spec specs[] = {{"--policy", .list = &request.policies},
					    {"--xml", .flag = &request.xml},
					    {"--for", .value = &request.policy},
					    {.name = NULL}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return WRONG;
	if (argc != 1)
		return complain(ERR_USAGE, "clearance print: exactly one FILE is needed");
	if (request.policy && !request.xml)
		return complain(ERR_USAGE, "clearance print: --for goes with --xml");
	request.path = argv[0];
	return run(&request, print);
}

const struct command clearance_commands[] = {
	{"clearance", "show", "--policy FILE… FILE", "what a clearance holds, in words", show_command},
	{"clearance", "print", "--policy FILE… FILE [--xml [--for POLICY]]",
	 "a clearance as compact lines, or under one policy as ADatP-4774 XML", print_command},
	{.group = NULL},
};
