/* What the node's policies offer, and markings as the label engine reads and writes them. Must never answer anybody whom
 * the store does not know: every question is preceded by one for the session. */
#include "present/body.h"
#include "present/marking.h"
#include "present/route.h"
#include "present/write.h"

enum { LINES_MAX = 256 };

/* ---- policies ---- */

static void write_values(struct buf *json, const struct policy *policy, size_t tag)
{
	struct slice name;
	write_member_open(json, "values", '[');
	for (size_t i = 0; policy_list_value(policy, tag, i, &name); i++)
		if (name.len > 0)
			write_text(json, name);
	write_close(json, ']');
}

static void write_tags(struct buf *json, const struct policy *policy)
{
	struct policy_tag_facts tag;
	write_member_open(json, "sets", '[');
	for (size_t i = 0; policy_list_tag(policy, i, &tag); i++) {
		write_open(json, '{');
		write_member(json, "name", tag.set);
		write_member(json, "type", slice_text(tag.type));
		write_values(json, policy, i);
		write_close(json, '}');
	}
	write_close(json, ']');
}

/* The line by which people name a classification, and its mark: as the engine writes what it reads. */
static void write_class(struct request *request, struct buf *json, const struct policy *policy,
			const struct policy_class_facts *class)
{
	const struct label *label = NULL;
	const char *line = arena_printf(&request->arena, "%.*s %.*s", SLICE_ARG(policy_name(policy)), SLICE_ARG(class->name));
	AUTO_BUF compact = buf_make(LIMIT_LABEL_TEXT);
	bool known = line && label_parse_marking(request->site->policies, slice_text(line), &request->arena, &label, NULL) == ERR_OK;
	if (!known)
		known = label_parse_marking(request->site->policies, policy_name(policy), &request->arena, &label, NULL) == ERR_OK;
	write_open(json, '{');
	write_member(json, "name", class->name);
	write_member_number(json, "level", class->hierarchy);
	if (known && slice_equal(label_classification(label), class->name)) {
		label_print_compact(label, &compact);
		write_portion_marking(request, json, buf_slice(&compact));
	}
	write_close(json, '}');
}

static void write_policy(struct request *request, struct buf *json, const struct policy *policy)
{
	struct policy_class_facts class;
	write_open(json, '{');
	write_member(json, "name", policy_name(policy));
	write_member(json, "version", policy_version(policy));
	write_member_open(json, "classifications", '[');
	for (size_t i = 0; policy_list_class(policy, i, &class); i++)
		if (class.name.len > 0)
			write_class(request, json, policy, &class);
	write_close(json, ']');
	write_tags(json, policy);
	write_close(json, '}');
}

static enum progress policies_known(struct request *request, const void *answer)
{
	struct buf *json = &request->response.body;
	(void)answer;
	write_open(json, '{');
	write_member_open(json, "policies", '[');
	for (size_t i = 0; i < policy_set_count(request->site->policies); i++)
		write_policy(request, json, policy_set_at(request->site->policies, i));
	write_close(json, ']');
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress policies_get(struct request *request)
{
	return request_ask_session(request, MSG_COLLECTIONS, MSG_COLLECTIONS_DONE, policies_known);
}

/* ---- marking ---- */

/* A compact label as it stands, or a marking line of a label that may be given today. reasons: why not. */
static enum err read_line(struct request *request, struct slice line, struct buf *compact, struct buf *reasons)
{
	const struct policy_set *policies = request->site->policies;
	const struct label *label = NULL;
	struct diag diag = {0};
	bool is_compact = slice_find_octet(line, '|') >= 0;
	enum err err = is_compact ? label_parse_compact(policies, line, &request->arena, &label, &diag)
				  : label_parse_marking(policies, line, &request->arena, &label, &diag);
	if (err != ERR_OK) {
		buf_put_text(reasons, diag.text[0] ? diag.text : "no marking of a policy of this node");
		return err;
	}
	if (!is_compact)
		TRY(label_check(label, LABEL_NEW, request->head.now_ms, reasons));
	label_print_compact(label, compact);
	return compact->err;
}

static void write_line(struct request *request, struct buf *json, struct slice line, struct buf *lines)
{
	AUTO_BUF compact = buf_make(LIMIT_LABEL_TEXT), reasons = buf_make(LIMIT_MESSAGE_INLINE);
	enum err err = read_line(request, line, &compact, &reasons);
	write_open(json, '{');
	write_member(json, "line", line);
	if (err == ERR_OK) {
		write_member(json, "label", buf_slice(&compact));
		write_mark(request, json, buf_slice(&compact));
		write_marking(request, json, buf_slice(&compact));
		buf_put(lines, buf_slice(&compact));
		buf_put_octet(lines, '\n');
	} else {
		write_member_list(json, "problems", slice_trim(buf_slice(&reasons)), '\n');
	}
	write_close(json, '}');
}

static enum progress marked(struct request *request, const void *answer)
{
	struct slice rest = *(const struct slice *)request->work;
	struct buf *json = &request->response.body;
	AUTO_BUF lines = buf_make(LIMIT_MESSAGE);
	(void)answer;
	write_open(json, '{');
	write_member_open(json, "labels", '[');
	for (size_t i = 0; rest.len > 0 && i < LINES_MAX; i++) {
		struct slice line;
		rest = slice_split(rest, '\n', &line);
		write_line(request, json, slice_trim(line), &lines);
	}
	write_close(json, ']');
	write_marking(request, json, buf_slice(&lines));
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress labels_mark(struct request *request)
{
	struct slice *lines = ARENA_NEW(&request->arena, struct slice);
	if (!lines)
		return request_fail(request, ERR_MEMORY);
	const struct body_member members[] = {{"lines", '\n', true, BODY_SMALL_BYTES, lines}};
	enum err err = body_read(request, members, 1);
	size_t breaks = 0;
	for (size_t i = 0; i < lines->len; i++)
		breaks += lines->data[i] == '\n';
	if (err == ERR_OK && breaks >= LINES_MAX)
		err = diag_fail(&request->diag, ERR_TOO_LARGE, "\"lines\" may have at most %d entries", LINES_MAX);
	if (err != ERR_OK)
		return request_fail(request, err);
	request->work = lines;
	return request_ask_session(request, MSG_COLLECTIONS, MSG_COLLECTIONS_DONE, marked);
}
