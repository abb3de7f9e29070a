/* The watch's commands: warning problems, alerts, the chain, the inbox and the hand-over. */
#include "cli/client.h"

#include "base/moment.h"
#include "cli/show.h"
#include "cli/steps.h"

static const char *mark_of(const json_t *object)
{
	return member_text(json_object_get(object, "label"), "marking");
}

static long long number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* Texts of one line, separated by tabs. */
static void show_row(const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i)
			putchar('\t');
		show_text(texts[i], 0);
	}
	putchar('\n');
}
#define SHOW_ROW(...) show_row((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* POST or DELETE about one thing, with a body; takes ownership of body. */
static int send_act(const struct client_options *common, const char *method, const char *path, const char *id, const char *tail, json_t *body,
		    struct client_answer *answer)
{
	AUTO_BUF text = buf_make(4096);
	buf_printf(&text, "/api/v1/%s", path);
	if (id) {
		buf_put_octet(&text, '/');
		client_put_encoded(&text, id);
	}
	buf_put_text(&text, tail);
	buf_put_octet(&text, '\0');
	enum err err = text.err;
	if (err == ERR_OK)
		err = client_ask(common, method, (const char *)text.data, body, answer);
	json_decref(body);
	return err == ERR_OK ? 0 : err_exit_code(err);
}

/* ---- warnings ---- */

static int warning_list(int argc, char **argv)
{
	AUTO_ANSWER answer = {0};
	int code = client_fetch(&argc, argv, 0, "list takes no id", "warnings", "", &answer);
	size_t i;
	json_t *w;
	if (code >= 0)
		return code;
	json_array_foreach(json_object_get(answer.json, "warnings"), i, w)
		SHOW_ROW(member_text(w, "id"), mark_of(w), member_text(w, "level"), member_text(w, "title"));
	if (i == 0)
		puts("No warning problem is here.");
	return i == 0 ? 1 : 0;
}

static void show_indicator(const json_t *one)
{
	size_t i;
	json_t *piece;
	printf("  %-8s ", member_text(one, "state"));
	show_text(member_text(one, "question"), 0);
	printf("\n           weight %lld%s, owner ", number_of(one, "weight"), json_is_true(json_object_get(one, "critical")) ? ", critical" : "");
	show_text(member_text(one, "owner"), 0);
	printf(", last %s, %lld of %lld matches, %lld of %lld nations, %lld of %lld sources\n           rule: ",
	       *member_text(one, "last") ? member_text(one, "last") : "never", number_of(one, "seen"), number_of(one, "of"), number_of(one, "nations"),
	       number_of(one, "nations_needed"), number_of(one, "sources"), number_of(one, "sources_needed"));
	show_text(member_text(one, "rule"), 0);
	putchar('\n');
	json_array_foreach(json_object_get(one, "evidence"), i, piece)
	{
		printf("           %s %s ", member_text(piece, "seen"), json_is_true(json_object_get(piece, "calm")) ? "calm" : "seen");
		SHOW_ROW(member_text(piece, "originator"), member_text(piece, "id"), mark_of(piece), member_text(piece, "title"));
	}
}

static int warning_show(int argc, char **argv)
{
	AUTO_ANSWER answer = {0};
	int code = client_fetch(&argc, argv, 1, "show which problem? give its id; 'bices warning list' shows them", "warnings", "", &answer);
	size_t i;
	json_t *one;
	if (code >= 0)
		return code;
	show_text(member_text(json_object_get(answer.json, "page"), "marking"), 0);
	putchar('\n');
	SHOW_ROW(member_text(answer.json, "id"), mark_of(answer.json), member_text(answer.json, "title"));
	printf("level ");
	show_text(member_text(answer.json, "level"), 0);
	if (*member_text(answer.json, "since"))
		printf(" since %s, was %s", member_text(answer.json, "since"), member_text(answer.json, "was"));
	if (strcmp(member_text(answer.json, "level"), member_text(answer.json, "at_most")) != 0)
		printf("; with what is unknown it could be %s", member_text(answer.json, "at_most"));
	printf("\n%lld met, %lld not met, %lld unknown\n", number_of(answer.json, "met"), number_of(answer.json, "not_met"), number_of(answer.json, "unknown"));
	json_array_foreach(json_object_get(answer.json, "indicators"), i, one) show_indicator(one);
	json_array_foreach(json_object_get(answer.json, "rule"), i, one)
		if (i)
			SHOW_ROW(json_is_true(json_object_get(one, "holds")) ? "  holds" : "  -", member_text(one, "level"), member_text(one, "when"));
	return 0;
}

static int warning_alerts(int argc, char **argv)
{
	AUTO_ANSWER answer = {0};
	int code = client_fetch(&argc, argv, 0, "alerts takes no id", "alerts", "", &answer);
	size_t i;
	json_t *a;
	if (code >= 0)
		return code;
	json_array_foreach(json_object_get(answer.json, "alerts"), i, a)
		SHOW_ROW(member_text(a, "id"), member_text(a, "precedence"), member_text(a, "state"), member_text(a, "at"), member_text(a, "from"), member_text(a, "to"), mark_of(a),
			 member_text(a, "title"));
	if (i == 0)
		puts("No alert.");
	return i == 0 ? 1 : 0;
}

static int alert_act(int argc, char **argv, const char *tail, bool needs_reason)
{
	struct client_options common = {0};
	const char *reason = NULL;
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {"--reason", &reason, NULL, NULL}, {0}};
	AUTO_ANSWER answer = {0};
	enum err err = options_take(specs, &argc, argv);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (argc != 1)
		return complain(ERR_USAGE, "which alert? give its id; 'bices warning alerts' shows them");
	if (needs_reason && !reason)
		return complain(ERR_USAGE, "closing an alert without a decision needs --reason");
	return send_act(&common, "POST", "alerts", argv[0], tail, reason ? json_pack("{s:s}", "reason", reason) : json_object(), &answer);
}

static int warning_ack(int argc, char **argv)
{
	return alert_act(argc, argv, "/acknowledge", false);
}

static int warning_close(int argc, char **argv)
{
	return alert_act(argc, argv, "/close", true);
}

static int chain(int argc, char **argv)
{
	AUTO_ANSWER answer = {0};
	int code = client_fetch(&argc, argv, 1, "the chain of which object? give its id", "chain", "", &answer);
	size_t i;
	json_t *one;
	if (code >= 0)
		return code;
	json_array_foreach(json_object_get(answer.json, "links"), i, one)
		SHOW_ROW(member_text(one, "stage"), member_text(one, "id"), mark_of(one), member_text(one, "originator"), member_text(one, "at"), member_text(one, "ledger"),
			 member_text(one, "title"));
	json_array_foreach(json_object_get(answer.json, "arrows"), i, one)
		SHOW_ROW("arrow", member_text(one, "from"), member_text(one, "relation"), member_text(one, "to"));
	return 0;
}

/* ---- inbox ---- */

static int inbox(int argc, char **argv)
{
	AUTO_ANSWER answer = {0};
	int code = client_fetch(&argc, argv, 0, "inbox shows what waits for you; further: inbox ack KEY, inbox snooze KEY --until TIME, inbox undo KEY", "inbox", "", &answer);
	size_t i;
	json_t *one;
	if (code >= 0)
		return code;
	json_array_foreach(json_object_get(answer.json, "items"), i, one)
		SHOW_ROW(member_text(one, "key"), member_text(one, "precedence"), member_text(one, "state"), *member_text(one, "due") ? member_text(one, "due") : member_text(one, "at"),
			 mark_of(one), member_text(one, "title"), member_text(one, "text"));
	if (i == 0)
		puts("Nothing waits for you.");
	return i == 0 ? 1 : 0;
}

static int inbox_ack(int argc, char **argv)
{
	if (argc > 0 && strncmp(argv[0], "alert:", 6) == 0)
		argv[0] += 6;
	return warning_ack(argc, argv);
}

static int inbox_snooze(int argc, char **argv)
{
	struct client_options common = {0};
	const char *until = NULL;
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {"--until", &until, NULL, NULL}, {0}};
	AUTO_ANSWER answer = {0};
	enum err err = options_take(specs, &argc, argv);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (argc != 1 || !until)
		return complain(ERR_USAGE, "put off what, and until when? give the key from 'bices inbox' and --until 2026-01-31T12:00:00Z");
	return send_act(&common, "POST", "inbox/snooze", NULL, "", json_pack("{s:s, s:s}", "key", argv[0], "until", until), &answer);
}

static int inbox_undo(int argc, char **argv)
{
	struct client_options common = {0};
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {0}};
	AUTO_ANSWER answer = {0};
	enum err err = options_take(specs, &argc, argv);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (argc != 1)
		return complain(ERR_USAGE, "take back what? give the key");
	return send_act(&common, "DELETE", "inbox/snooze", argv[0], "", NULL, &answer);
}

/* ---- hand-over ---- */

static void show_charges(const json_t *list, const char *indent)
{
	size_t i;
	json_t *one;
	json_array_foreach(list, i, one)
	{
		fputs(indent, stdout);
		SHOW_ROW(member_text(one, "key"), mark_of(one), member_text(one, "title"), member_text(one, "why"));
	}
}

static int handover_list(int argc, char **argv)
{
	AUTO_ANSWER answer = {0};
	int code = client_fetch(&argc, argv, 0, "handover lists; further: handover to USER, handover accept|refuse|withdraw ID", "handovers", "", &answer);
	size_t i;
	json_t *one;
	if (code >= 0)
		return code;
	fputs("watch:", stdout);
	show_names(json_object_get(answer.json, "on_watch"));
	puts("\nyours, open:");
	show_charges(json_object_get(answer.json, "mine"), "  ");
	json_array_foreach(json_object_get(answer.json, "handovers"), i, one)
	{
		SHOW_ROW(member_text(one, "id"), member_text(one, "state"), member_text(one, "at"), member_text(one, "from"), member_text(one, "to"));
		show_charges(json_object_get(one, "items"), "  ");
	}
	return 0;
}

static int handover_to(int argc, char **argv)
{
	struct client_options common = {0};
	const char *entry = NULL;
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {"--entry", &entry, NULL, NULL}, {0}};
	AUTO_ANSWER answer = {0};
	enum err err = options_take(specs, &argc, argv);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (argc > 1)
		return complain(ERR_USAGE, "hand over to whom? give one user of the watch's role");
	json_t *body = json_pack("{s:s, s:s}", "to", argc ? argv[0] : "", "entry", entry ? entry : "");
	int code = send_act(&common, "POST", "handovers", NULL, "", body, &answer);
	if (code == 0)
		SHOW_ROW(member_text(answer.json, "id"));
	return code;
}

static int handover_end(int argc, char **argv, const char *tail)
{
	struct client_options common = {0};
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {0}};
	AUTO_ANSWER answer = {0};
	enum err err = options_take(specs, &argc, argv);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (argc != 1)
		return complain(ERR_USAGE, "which hand-over? give its id; 'bices handover' shows them");
	return send_act(&common, "POST", "handovers", argv[0], tail, json_object(), &answer);
}

static int handover_accept(int argc, char **argv)
{
	return handover_end(argc, argv, "/accept");
}

static int handover_refuse(int argc, char **argv)
{
	return handover_end(argc, argv, "/refuse");
}

static int handover_withdraw(int argc, char **argv)
{
	return handover_end(argc, argv, "/withdraw");
}

const struct command warning_commands[] = {
	{"warning", "list", "", "warning problems and their levels, as you see them", warning_list},
	{"warning", "show", "ID", "level, indicators, evidence and rule of one problem", warning_show},
	{"warning", "create", "FILE [--marking M]", "publish a problem (docs/protocol/next-steps.md)", warning_create},
	{"warning", "alerts", "", "alerts of the watch, by precedence", warning_alerts},
	{"warning", "ack", "ALERT", "acknowledge an alert by your name", warning_ack},
	{"warning", "close", "ALERT --reason R", "close an alert without a decision", warning_close},
	{"chain", "", "ID", "requirement, evidence, warning, decision, task, outcome: all that hangs together, both ways", chain},
	{"inbox", "ack", "KEY", "acknowledge an alert", inbox_ack},
	{"inbox", "snooze", "KEY --until TIME", "put it off, for you alone", inbox_snooze},
	{"inbox", "undo", "KEY", "take that back", inbox_undo},
	{"inbox", "", "", "what waits for you", inbox},
	{"handover", "to", "USER [--entry ID]", "offer the watch; refused with a list when something would be left without owner", handover_to},
	{"handover", "accept", "ID", "take the watch: what is open is yours", handover_accept},
	{"handover", "refuse", "ID", "leave it where it is", handover_refuse},
	{"handover", "withdraw", "ID", "take your offer back", handover_withdraw},
	{"handover", "", "", "who has the watch's role, what is yours, past hand-overs", handover_list},
	{0}};
