/* The offline label engine on the command line: policies and labels from files, no node. It must not decide anything
 * itself: every verdict is libbices-label's. */
#include "cli/label.h"

#include "base/limits.h"

enum { YES = 0, NO = 1, WRONG = 2 };

static void print_findings(const char *path, const struct finding *findings)
{
	for (; findings; findings = findings->next)
		printf("%s:%u:%u: %s: %s\n", path, findings->line, findings->column,
		       findings->level == FINDING_ERROR ? "error" : "warning", findings->text);
}

/* ---- labels and clearances ---- */

/* Reads a file into the arena. */
enum err label_read_document(struct engine *e, const char *path, struct slice *ret_bytes)
{
	AUTO_BUF bytes = buf_make(LIMIT_BINDING_XML + 1); /* the readers name their own limits */
	TRY(file_read(path, &bytes));
	return arena_copy(&e->arena, buf_slice(&bytes), ret_bytes);
}

/* The exit code of a complaint about an input that could not be read: a missing file is a wrong call. */
static int unreadable(enum err err)
{
	return err == ERR_NOT_FOUND || err == ERR_IO ? WRONG : err_exit_code(err);
}

/* The label of a file, or that of the binding in it, as it is in force now. *ret_code is the exit code on failure; `diag` says why. */
static enum err read_label(struct engine *e, const char *path, const struct label **ret_label, struct diag *diag)
{
	struct slice bytes;
	enum err err = label_read_document(e, path, &bytes);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND || err == ERR_IO ? ERR_USAGE : err;
	const struct label *label;
	err = label_parse_document(e->set, bytes, &e->arena, &label, diag);
	if (err != ERR_OK)
		return diag_fail(diag, err, "%s", err_text(err));
	*ret_label = label_in_force(label, e->now_ms);
	return ERR_OK;
}

enum err label_read_clearance(struct engine *e, const char *path, const struct clearance **ret_clearance,
			       struct diag *diag)
{
	struct slice bytes;
	enum err err = label_read_document(e, path, &bytes);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND || err == ERR_IO ? ERR_USAGE : err;
	err = clearance_parse_xml(e->set, bytes, &e->arena, ret_clearance, diag);
	return err == ERR_OK ? ERR_OK : diag_fail(diag, err, "%s", err_text(err));
}

/* True for what is well formed but cannot be accepted: that is a "no", not a wrong call. */
static bool is_no(enum err err)
{
	return err == ERR_UNKNOWN || err == ERR_INVALID;
}

static void put_json_text(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		if ((unsigned char)*text < 0x20)
			printf("\\u%04x", (unsigned)*text);
		else
			putchar(*text);
	}
	putchar('"');
}

/* One answer with its reasons (lines), as text or JSON. */
static int answer(bool json, const char *key, const char *word, bool yes, const char *reasons)
{
	if (!json) {
		puts(word);
		if (*reasons)
			fputs(reasons, stdout);
		if (*reasons && reasons[strlen(reasons) - 1] != '\n')
			putchar('\n');
		return yes ? YES : NO;
	}
	printf("{\"%s\":", key);
	put_json_text(word);
	printf(",\"reasons\":[");
	struct slice rest = slice_text(reasons), line;
	for (bool first = true; rest.len; first = false) {
		char text[600];
		rest = slice_split(rest, '\n', &line);
		snprintf(text, sizeof(text), "%.*s", SLICE_ARG(line));
		if (!first)
			putchar(',');
		put_json_text(text);
	}
	puts("]}");
	return yes ? YES : NO;
}

/* Reasons as a terminated text in the arena. */
static const char *reasons_text(struct engine *e, const struct buf *reasons)
{
	const char *text = arena_text(&e->arena, buf_slice(reasons));
	return text ? text : "";
}

/* ---- policy check ---- */

static int check_one(const char *path)
{
	AUTO_ARENA arena = {0};
	struct finding *findings;
	struct slice compiled;
	const struct policy *policy;
	enum err err = engine_compile(&arena, path, &findings, &compiled);
	print_findings(path, findings);
	if (err == ERR_OK)
		err = policy_open(compiled, &arena, &policy);
	if (err == ERR_OK)
		printf("%s: usable: policy %.*s, version %.*s\n", path, SLICE_ARG(policy_name(policy)),
		       SLICE_ARG(policy_version(policy)));
	else if (err == ERR_INVALID)
		printf("%s: not usable\n", path);
	return unreadable(err);
}

static int policy_check(int argc, char **argv)
{
	const struct option_spec specs[] = {{.name = NULL}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return WRONG;
	if (argc == 0)
		return complain(ERR_USAGE, "policy check: which FILE?");
	int worst = YES;
	for (int i = 0; i < argc; i++) {
		int code = check_one(argv[i]);
		worst = code > worst ? code : worst;
	}
	return worst;
}

/* ---- label check ---- */

static int label_check_command(int argc, char **argv)
{
	AUTO_ENGINE e = {0};
	AUTO_BUF reasons = buf_make(LIMIT_LABEL_XML);
	struct option_list policies = {0};
	const char *now = NULL;
	bool json = false, new = false;
	const struct option_spec specs[] = {{"--policy", .list = &policies},
					    {"--now", .value = &now},
					    {"--json", .flag = &json},
					    {"--new", .flag = &new},
					    {.name = NULL}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return WRONG;
	if (argc != 1)
		return complain(ERR_USAGE, "label check: exactly one LABEL is needed");
	int code = engine_open(&e, &policies, now);
	if (code)
		return code;
	const struct label *label;
	struct diag diag = {0};
	enum err err = read_label(&e, argv[0], &label, &diag);
	if (is_no(err))
		return answer(json, "check", "invalid", false, diag.text);
	if (err != ERR_OK)
		return diag.text[0] ? complain_diag(err, argv[0], &diag) : err_exit_code(err);
	err = label_check(label, new ? LABEL_NEW : LABEL_READ, e.now_ms, &reasons);
	return answer(json, "check", err == ERR_OK ? "valid" : "invalid", err == ERR_OK, reasons_text(&e, &reasons));
}

/* ---- label decide ---- */

/* The decision about a label and a clearance that could be read. An invalid label is denied. */
static int decide(struct engine *e, const struct label *label, const struct clearance *clearance, bool explain,
		  bool json)
{
	AUTO_BUF reasons = buf_make(LIMIT_LABEL_XML);
	if (label_check(label, LABEL_READ, e->now_ms, &reasons) != ERR_OK) /* an invalid label admits nobody */
		return answer(json, "verdict", "deny", false, reasons_text(e, &reasons));
	struct diag why = {0};
	bool yes = label_decide(label, clearance, 0, &why) == VERDICT_PERMIT;
	bool say = explain || strncmp(why.text, "not comparable", 14) == 0;
	return answer(json, "verdict", yes ? "permit" : "deny", yes, say ? why.text : "");
}

static int label_decide_command(int argc, char **argv)
{
	AUTO_ENGINE e = {0};
	struct option_list policies = {0};
	const char *now = NULL, *label_path = NULL, *clearance_path = NULL;
	bool json = false, explain = false;
	const struct option_spec specs[] = {{"--policy", .list = &policies},
					    {"--now", .value = &now},
					    {"--label", .value = &label_path},
					    {"--clearance", .value = &clearance_path},
					    {"--explain", .flag = &explain},
					    {"--json", .flag = &json},
					    {.name = NULL}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return WRONG;
	if (!label_path || !clearance_path || argc)
		return complain(ERR_USAGE, "label decide: --label FILE and --clearance FILE are needed");
	int code = engine_open(&e, &policies, now);
	if (code)
		return code;
	const struct label *label;
	const struct clearance *clearance;
	struct diag diag = {0};
	struct diag of_clearance = {0};
	enum err err = read_label(&e, label_path, &label, &diag);
	enum err clearance_err = label_read_clearance(&e, clearance_path, &clearance, &of_clearance);
	/* what cannot be read at all comes before any verdict */
	if (err != ERR_OK && !is_no(err))
		return diag.text[0] ? complain_diag(err, label_path, &diag) : err_exit_code(err);
	if (clearance_err != ERR_OK && !is_no(clearance_err))
		return of_clearance.text[0] ? complain_diag(clearance_err, clearance_path, &of_clearance)
					    : err_exit_code(clearance_err);
	if (err != ERR_OK || clearance_err != ERR_OK)
		return answer(json, "verdict", "deny", false, err != ERR_OK ? diag.text : of_clearance.text);
	return decide(&e, label, clearance, explain, json);
}

/* ---- label mark, map, dominant, parse ---- */

/* Reads one label for a command that must have it; complains otherwise. */
int label_need(struct engine *e, const char *path, const struct label **ret_label)
{
	struct diag diag = {0};
	enum err err = read_label(e, path, ret_label, &diag);
	if (err == ERR_OK)
		return YES;
	return diag.text[0] ? complain_diag(err, path, &diag) : err_exit_code(err);
}

static int print_buf(const struct buf *text, bool line_end)
{
	if (text->err != ERR_OK)
		return complain(text->err, "%s", err_text(text->err));
	fwrite(text->data, 1, text->len, stdout);
	if (line_end)
		putchar('\n');
	return YES;
}

static int label_mark_command(int argc, char **argv)
{
	AUTO_ENGINE e = {0};
	AUTO_BUF text = buf_make(LIMIT_LABEL_XML);
	struct option_list policies = {0};
	const char *path = NULL, *at = "pageTopBottom", *lang = NULL;
	const struct option_spec specs[] = {{"--policy", .list = &policies},
					    {"--label", .value = &path},
					    {"--at", .value = &at},
					    {"--lang", .value = &lang},
					    {.name = NULL}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return WRONG;
	if (!path || argc)
		return complain(ERR_USAGE, "label mark: --label FILE is needed");
	int code = engine_open(&e, &policies, NULL);
	const struct label *label;
	if (!code)
		code = label_need(&e, path, &label);
	if (code)
		return code;
	label_mark(label, slice_text(at), slice_text(lang), &text);
	return print_buf(&text, true);
}

/* A new label's dates: created now, to be reviewed after ten years. */
static int print_label(struct engine *e, const struct label *label)
{
	AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
	const uint64_t ten_years_ms = UINT64_C(3652) * 86400000;
	enum err err = label_print_xml(label, e->now_ms, e->now_ms + ten_years_ms, &xml);
	return err == ERR_OK ? print_buf(&xml, false) : complain(err, "%s", err_text(err));
}

/* The equivalent of a label, beside it; the label itself where it is under that policy already. */
static int print_mapped(struct engine *e, const struct label *label, const struct label *mapped)
{
	AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
	const uint64_t ten_years_ms = UINT64_C(3652) * 86400000;
	uint64_t review_ms = label_review_ms(mapped) ? label_review_ms(mapped) : e->now_ms + ten_years_ms;
	enum err err = mapped == label ? label_print_xml(mapped, e->now_ms, review_ms, &xml)
				       : label_print_alternative_xml(mapped, e->now_ms, review_ms, &xml);
	return err == ERR_OK ? print_buf(&xml, false) : complain(err, "%s", err_text(err));
}

static int label_map_command(int argc, char **argv)
{
	AUTO_ENGINE e = {0};
	struct option_list policies = {0};
	const char *path = NULL, *to = NULL, *now = NULL;
	const struct option_spec specs[] = {{"--policy", .list = &policies},
					    {"--label", .value = &path},
					    {"--to", .value = &to},
					    {"--now", .value = &now},
					    {.name = NULL}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return WRONG;
	if (!path || !to || argc)
		return complain(ERR_USAGE, "label map: --label FILE and --to POLICY are needed");
	int code = engine_open(&e, &policies, now);
	const struct label *label, *mapped;
	if (!code)
		code = label_need(&e, path, &label);
	if (code)
		return code;
	struct diag diag = {0};
	enum err err = label_map(e.set, label, slice_text(to), e.now_ms, &e.arena, &mapped, &diag);
	return err == ERR_OK ? print_mapped(&e, label, mapped) : complain_diag(err, NULL, &diag);
}

static int label_dominant_command(int argc, char **argv)
{
	AUTO_ENGINE e = {0};
	struct option_list policies = {0};
	const char *now = NULL;
	const struct option_spec specs[] = {{"--policy", .list = &policies}, {"--now", .value = &now}, {.name = NULL}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return WRONG;
	if (argc == 0)
		return complain(ERR_USAGE, "label dominant: at least one LABEL is needed");
	int code = engine_open(&e, &policies, now);
	const struct label **labels = ARENA_ARRAY(&e.arena, (size_t)argc, const struct label *);
	if (!labels)
		return complain(ERR_MEMORY, "%s", err_text(ERR_MEMORY));
	for (int i = 0; !code && i < argc; i++)
		code = label_need(&e, argv[i], &labels[i]);
	if (code)
		return code;
	const struct label *dominant;
	struct diag diag = {0};
	enum err err = label_dominant(e.set, labels, (size_t)argc, &e.arena, &dominant, &diag);
	return err == ERR_OK ? print_label(&e, dominant) : complain_diag(err, NULL, &diag);
}

static int label_parse_command(int argc, char **argv)
{
	AUTO_ENGINE e = {0};
	struct option_list policies = {0};
	const char *now = NULL;
	bool compact = false;
	const struct option_spec specs[] = {{"--policy", .list = &policies},
					    {"--now", .value = &now},
					    {"--compact", .flag = &compact},
					    {.name = NULL}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return WRONG;
	if (argc != 1)
		return complain(ERR_USAGE, "label parse: one marking line is needed, in quotes");
	int code = engine_open(&e, &policies, now);
	if (code)
		return code;
	const struct label *label;
	struct diag diag = {0};
	enum err err = label_parse_marking(e.set, slice_text(argv[0]), &e.arena, &label, &diag);
	if (err != ERR_OK)
		return complain_diag(err, NULL, &diag);
	AUTO_BUF text = buf_make(LIMIT_LABEL_XML);
	if (label_check(label, LABEL_NEW, e.now_ms, &text) != ERR_OK)
		return complain(ERR_INVALID, "'%s' is not valid: %.*s", argv[0],
				SLICE_ARG(slice_trim(buf_slice(&text))));
	if (!compact)
		return print_label(&e, label);
	label_print_compact(label, &text);
	return print_buf(&text, true);
}

const struct command label_commands[] = {
	{"policy", "check", "FILE…", "is a security policy (XML-SPIF) usable? every finding with its place",
	 policy_check},
	{"label", "check", "--policy FILE… [--now T] [--new] [--json] LABEL", "is a label valid for its policy?",
	 label_check_command},
	{"label", "decide", "--policy FILE… --label LABEL --clearance CLEARANCE [--now T] [--explain] [--json]",
	 "permit or deny; LABEL: a label, a binding or a document with one (signatures: bices binding verify)",
	 label_decide_command},
	{"label", "mark", "--policy FILE… --label LABEL [--at LOCATION] [--lang TAG]",
	 "the marking of a label, one line", label_mark_command},
	{"label", "map", "--policy FILE… --to POLICY --label LABEL [--now T]",
	 "the equivalent label under another policy", label_map_command},
	{"label", "dominant", "--policy FILE… [--now T] LABEL…", "the label of a whole made of labelled parts",
	 label_dominant_command},
	{"label", "parse", "--policy FILE… [--now T] [--compact] MARKING", "the label that a marking line means",
	 label_parse_command},
	{"label", "bench", "--policy FILE… --label LABEL… --clearance CLEARANCE [--json]",
	 "how fast the label engine is here", label_bench_command},
	{.group = NULL},
};
