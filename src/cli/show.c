/* Answers as people read them. */
#include "cli/show.h"

#include "base/slice.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *member_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

/* Characters that are no text: controls, and those that turn or break lines for a reader (bidirectional controls, marks,
 * line and paragraph separators). */
static bool is_hazard(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

void show_text(const char *text, int lines)
{
	for (struct slice rest = slice_text(text); rest.len > 0;) {
		uint32_t code = 0;
		size_t len = utf8_next(rest, &code);
		if (len == 0)
			len = 1, code = rest.data[0];
		if (is_hazard(code) && !(code == '\n' && lines))
			printf("\\u{%x}", code);
		else
			fwrite(rest.data, 1, len, stdout);
		rest = slice_skip(rest, len);
	}
}

void show_names(const json_t *array)
{
	size_t i;
	json_t *name;
	json_array_foreach(array, i, name)
	{
		putchar(' ');
		show_text(json_string_value(name), 0);
	}
}

/* Colour of a marking only on a terminal; the policy's colour as background, black or white text, whichever reads. */
static void marking_line(const char *marking, const char *color)
{
	unsigned r, g, b;
	bool plain = !isatty(STDOUT_FILENO) || sscanf(color, "#%2x%2x%2x", &r, &g, &b) != 3;
	if (!plain)
		printf("\033[48;2;%u;%u;%um\033[%dm ", r, g, b, r * 299 + g * 587 + b * 114 > 140000 ? 30 : 97);
	show_text(marking, 0);
	puts(plain ? "" : " \033[0m");
}

static void show_attachment(const char *content, size_t number)
{
	json_t *attachment = json_loads(content, JSON_REJECT_DUPLICATES, NULL);
	printf("attachment %zu: ", number);
	show_text(member_text(attachment, "name"), 0);
	fputs(", ", stdout);
	show_text(member_text(attachment, "media_type"), 0);
	printf(", %" JSON_INTEGER_FORMAT " octets", json_integer_value(json_object_get(attachment, "size")));
	json_decref(attachment);
}

enum err show_object(const json_t *object)
{
	const json_t *portions = json_object_get(object, "portions");
	if (!json_is_array(portions))
		return ERR_MALFORMED;
	marking_line(member_text(object, "marking"), member_text(object, "color"));
	size_t i, attachments = 0;
	json_t *portion;
	json_array_foreach(portions, i, portion)
	{
		printf("\n(");
		show_text(member_text(portion, "marking"), 0);
		printf(") ");
		if (strcmp(member_text(portion, "kind"), "attachment") == 0)
			show_attachment(member_text(portion, "content"), ++attachments);
		else
			show_text(member_text(portion, "text"), 1);
		putchar('\n');
	}
	printf("\n%s, of %s, %s\n", member_text(object, "id"), member_text(object, "originator"), member_text(object, "modified"));
	marking_line(member_text(object, "marking"), member_text(object, "color"));
	return ERR_OK;
}

void show_hits(const json_t *answer)
{
	size_t i;
	json_t *hit;
	json_array_foreach(json_object_get(answer, "objects"), i, hit)
	{
		printf("%s\t", member_text(hit, "id"));
		show_text(member_text(hit, "marking"), 0);
		putchar('\t');
		show_text(member_text(hit, "title"), 0);
		putchar('\n');
	}
}

/* One cell of the plan: the word for an answer, padded to the column. */
static void plan_cell(const char *answer, size_t width)
{
	static const char *const words[][2] = {{"at once", "yes"}, {"sent", "has it"}, {"waits", "waits"}, {"never", "no"},
		{"head denied", "no (title)"}, {"refused", "refused"}, {"withdrawn", "withdrawn"}};
	const char *word = "no";
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], answer) == 0)
			word = words[i][1];
	printf("%-*s", (int)width, word);
}

enum { CELL = 12 };

static bool has_text(const json_t *list, const char *text)
{
	size_t i;
	const json_t *item;
	json_array_foreach(list, i, item)
	{
		if (strcmp(json_string_value(item), text) == 0)
			return true;
	}
	return false;
}

static void plan_row(const json_t *nations, const json_t *row)
{
	size_t i;
	json_t *nation;
	const json_t *answers = json_object_get(row, "answers");
	printf("  ");
	json_array_foreach(nations, i, nation)
	{
		const char *name = json_string_value(nation);
		if (has_text(json_object_get(row, "two_persons"), name))
			printf("%-*s", CELL, "waits (2)");
		else
			plan_cell(member_text(answers, name), CELL);
	}
	const json_t *number = json_object_get(row, "portion");
	if (number)
		printf("%" JSON_INTEGER_FORMAT " ", json_integer_value(number));
	printf("(");
	show_text(member_text(row, "marking"), 0);
	printf(") ");
	show_text(member_text(row, "excerpt"), 0);
	putchar('\n');
}

void show_plan(const json_t *answer)
{
	const json_t *nations = json_object_get(answer, "nations"), *rows = json_object_get(answer, "rows");
	size_t i;
	json_t *item;
	bool waits = false, two = false, hidden_title = false;
	printf("  ");
	json_array_foreach(nations, i, item) printf("%-*s", CELL, json_string_value(item));
	puts("portion");
	json_array_foreach(rows, i, item)
	{
		const char *nation;
		json_t *cell;
		plan_row(nations, item);
		two |= json_array_size(json_object_get(item, "two_persons")) > 0;
		json_object_foreach(json_object_get(item, "answers"), nation, cell)
		{
			waits |= strcmp(json_string_value(cell), "waits") == 0;
			hidden_title |= strcmp(json_string_value(cell), "head denied") == 0;
		}
	}
	if (waits)
		puts("\n  waits: a release officer must approve before it leaves.");
	if (two)
		puts("  waits (2): two of them must, who are not the same person.");
	if (hidden_title)
		puts("\n  no (title): the marking would allow it, but the title is denied to that nation, so it sees nothing of the object.\n"
		     "  Give the title a lower marking to let this portion reach it.");
}

/* Only some roles are told numbers of the node. */
static void show_counts(const json_t *peer)
{
	const char *receipt = member_text(peer, "last_receipt");
	if (json_object_get(peer, "sent"))
		printf(": %" JSON_INTEGER_FORMAT " sent, %" JSON_INTEGER_FORMAT " received, %" JSON_INTEGER_FORMAT " waiting; last receipt %s",
		       json_integer_value(json_object_get(peer, "sent")), json_integer_value(json_object_get(peer, "received")),
		       json_integer_value(json_object_get(peer, "backlog")), *receipt ? receipt : "none");
	putchar('\n');
}

static void show_peers(const json_t *peers)
{
	size_t i;
	json_t *peer;
	json_array_foreach(peers, i, peer)
	{
		printf("  %-6s %s", member_text(peer, "node"), json_is_true(json_object_get(peer, "connected")) ? "connected" : "NOT CONNECTED");
		show_counts(peer);
	}
	if (i == 0)
		puts("  no peers");
}

void show_status(const json_t *answer)
{
	printf("%s, realm %s: %" JSON_INTEGER_FORMAT " objects you may see\n", member_text(answer, "nation"), member_text(answer, "realm"),
	       json_integer_value(json_object_get(answer, "objects")));
	if (json_is_true(json_object_get(answer, "degraded")))
		puts("DEGRADED: this node runs without full confinement");
	if (*member_text(answer, "notice"))
		printf("%s\n", member_text(answer, "notice"));
	puts("\nPeers");
	show_peers(json_object_get(answer, "peers"));
	puts("\nParts of the node");
	size_t i;
	json_t *role;
	json_array_foreach(json_object_get(answer, "roles"), i, role)
		printf("  %-8s %s\n", member_text(role, "role"), json_is_true(json_object_get(role, "up")) ? "up" : "DOWN");
	printf("\n%" JSON_INTEGER_FORMAT " waiting for release\n", json_integer_value(json_object_get(answer, "waiting")));
	if (json_object_get(answer, "ledger_size"))
		printf("the ledger holds %" JSON_INTEGER_FORMAT " records\n", json_integer_value(json_object_get(answer, "ledger_size")));
}
