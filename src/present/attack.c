/* The matrix of techniques, and how much of what the reader sees is linked to each. Every step is a question under his
 * view: a hidden technique, tactic, report or link moves no cell and no number.
 *
 * Order: the columns stand as the matrix names its tactics; a phase that no visible tactic stands for keeps its name. */
#include "present/heads.h"
#include "present/marking.h"
#include "present/route.h"
#include "present/write.h"

enum { MATRICES_MAX = 8, TACTICS_MAX = 100, PHASES_MAX = 20, CHUNK = LIMIT_GRAPH_NODES - 1 };

struct matrix {
	struct slice *tactics; /* ids in order */
	size_t count;
};

struct tactic {
	struct slice name, external;
};

struct phase {
	struct slice chain, name;
};

struct technique {
	struct slice external;
	struct phase phases[PHASES_MAX];
	size_t phase_count;
	bool part, gone; /* of another technique; revoked or deprecated */
	struct graph_kind *kinds;
	size_t kind_count;
};

struct attack {
	struct heads matrices, tactics, techniques;
	struct msg_ask_graph ask;
	size_t asked; /* techniques whose links are known */
};

/* ---- what heads say ---- */

/* The number under which the knowledge base itself lists it: "T0803". */
static enum err take_external(struct request *request, json_t *head, struct slice *ret_external)
{
	json_t *list = json_object_get(head, "external_references"), *reference;
	size_t i;
	json_array_foreach (list, i, reference) {
		struct slice source = json_slice(json_object_get(reference, "source_name"));
		if (slice_has_prefix(source, SLICE("mitre-")))
			return head_text(request, reference, "external_id", ret_external);
	}
	return ERR_OK;
}

static enum err matrix_take(
	struct request *request, struct head_item *item, const struct rendition_view *view, json_t *head)
{
	struct matrix *matrix = item->kept = ARENA_NEW(&request->arena, struct matrix);
	(void)head;
	if (!matrix || !(matrix->tactics = ARENA_ARRAY(&request->arena, view->count + 1, struct slice)))
		return ERR_MEMORY;
	for (size_t i = 0; i < view->count; i++) {
		TRY(head_reference(request, &view->portions[i], "tactic_refs", &matrix->tactics[matrix->count]));
		matrix->count += matrix->tactics[matrix->count].len > 0;
	}
	return ERR_OK;
}

static enum err tactic_take(
	struct request *request, struct head_item *item, const struct rendition_view *view, json_t *head)
{
	struct tactic *tactic = item->kept = ARENA_NEW(&request->arena, struct tactic);
	(void)view;
	if (!tactic)
		return ERR_MEMORY;
	TRY(take_external(request, head, &tactic->external));
	return head_text(request, head, "x_mitre_shortname", &tactic->name);
}

static enum err technique_take(
	struct request *request, struct head_item *item, const struct rendition_view *view, json_t *head)
{
	struct technique *technique = item->kept = ARENA_NEW(&request->arena, struct technique);
	json_t *list = json_object_get(head, "kill_chain_phases"), *phase;
	size_t i;
	(void)view;
	if (!technique)
		return ERR_MEMORY;
	technique->part = json_is_true(json_object_get(head, "x_mitre_is_subtechnique"));
	technique->gone = json_is_true(json_object_get(head, "revoked")) ||
			  json_is_true(json_object_get(head, "x_mitre_deprecated"));
	json_array_foreach (list, i, phase) {
		struct phase *kept = &technique->phases[technique->phase_count];
		if (technique->phase_count == PHASES_MAX)
			break;
		TRY(head_text(request, phase, "kill_chain_name", &kept->chain));
		TRY(head_text(request, phase, "phase_name", &kept->name));
		technique->phase_count++;
	}
	return take_external(request, head, &technique->external);
}

/* ---- the answer ---- */

static void write_matrix(struct request *request, struct buf *json, const struct head_item *item)
{
	const struct matrix *matrix = item->kept;
	write_open(json, '{');
	write_hit_members(request, json, &item->hit);
	write_member_open(json, "tactics", '[');
	for (size_t i = 0; i < matrix->count; i++)
		write_text(json, matrix->tactics[i]);
	write_close(json, ']');
	write_close(json, '}');
}

static void write_tactic(struct request *request, struct buf *json, const struct head_item *item)
{
	const struct tactic *tactic = item->kept;
	write_open(json, '{');
	write_hit_members(request, json, &item->hit);
	write_member(json, "phase", tactic->name);
	if (tactic->external.len)
		write_member(json, "external_id", tactic->external);
	write_close(json, '}');
}

static void write_phases(struct buf *json, const struct technique *technique)
{
	write_member_open(json, "phases", '[');
	for (size_t i = 0; i < technique->phase_count; i++) {
		write_open(json, '{');
		write_member(json, "chain", technique->phases[i].chain);
		write_member(json, "phase", technique->phases[i].name);
		write_close(json, '}');
	}
	write_close(json, ']');
}

static void write_technique(struct request *request, struct buf *json, const struct head_item *item)
{
	const struct technique *technique = item->kept;
	write_open(json, '{');
	write_hit_members(request, json, &item->hit);
	if (technique->external.len)
		write_member(json, "external_id", technique->external);
	write_phases(json, technique);
	write_member_bool(json, "part", technique->part);
	write_member_open(json, "linked", '[');
	for (size_t i = 0; i < technique->kind_count; i++) {
		write_open(json, '{');
		write_member(json, "type", technique->kinds[i].type);
		write_member_number(json, "count", technique->kinds[i].count);
		write_close(json, '}');
	}
	write_close(json, ']');
	write_close(json, '}');
}

static void put_labels(struct buf *lines, const struct heads *heads)
{
	for (size_t i = 0; i < heads->count; i++) {
		buf_put(lines, heads->items[i].hit.label);
		buf_put_octet(lines, '\n');
	}
}

static enum progress answer_all(struct request *request, const struct attack *attack)
{
	struct buf *json = &request->response.body;
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	write_open(json, '{');
	write_member_open(json, "matrices", '[');
	for (size_t i = 0; i < attack->matrices.count; i++)
		write_matrix(request, json, &attack->matrices.items[i]);
	write_close(json, ']');
	write_member_open(json, "tactics", '[');
	for (size_t i = 0; i < attack->tactics.count; i++)
		write_tactic(request, json, &attack->tactics.items[i]);
	write_close(json, ']');
	write_member_open(json, "techniques", '[');
	for (size_t i = 0; i < attack->techniques.count; i++)
		if (!((const struct technique *)attack->techniques.items[i].kept)->gone)
			write_technique(request, json, &attack->techniques.items[i]);
	write_close(json, ']');
	write_member_bool(json, "more", attack->techniques.total > attack->techniques.count);
	put_labels(&labels, &attack->matrices);
	put_labels(&labels, &attack->tactics);
	put_labels(&labels, &attack->techniques);
	write_marking(request, json, buf_slice(&labels));
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

/* ---- what is linked: techniques are kept in a picture without steps, as many at once as it holds ---- */

static enum progress next_links(struct request *request, struct attack *attack);

static struct technique *technique_of(const struct attack *attack, struct slice id)
{
	for (size_t i = 0; i < attack->techniques.count; i++)
		if (slice_equal(attack->techniques.items[i].hit.id, id))
			return attack->techniques.items[i].kept;
	return NULL;
}

static size_t kinds_of(const struct msg_graph *graph, size_t node, size_t from)
{
	const struct graph_kind *kinds = graph->kinds.items;
	size_t count = 0;
	while (from + count < graph->kinds.count && kinds[from + count].node == node)
		count++;
	return count;
}

static enum err take_links(struct request *request, struct attack *attack, const struct msg_graph *graph)
{
	const struct graph_node *nodes = graph->nodes.items;
	const struct graph_kind *kinds = graph->kinds.items;
	for (size_t i = 0, at = 0; i < graph->nodes.count; i++) {
		struct technique *technique = technique_of(attack, nodes[i].id);
		size_t count = kinds_of(graph, i, at);
		if (technique && !technique->kinds) {
			technique->kinds = ARENA_ARRAY(&request->arena, count + 1, struct graph_kind);
			if (!technique->kinds)
				return ERR_MEMORY;
			for (size_t j = 0; j < count; j++) {
				technique->kinds[j].count = kinds[at + j].count;
				TRY(arena_copy(&request->arena, kinds[at + j].type, &technique->kinds[j].type));
			}
			technique->kind_count = count;
		}
		at += count;
	}
	return ERR_OK;
}

static enum progress links_known(struct request *request, const void *answer)
{
	struct attack *attack = request->work;
	enum err err = take_links(request, attack, answer);
	return err == ERR_OK ? next_links(request, attack) : request_fail(request, err);
}

static enum progress next_links(struct request *request, struct attack *attack)
{
	size_t left = attack->techniques.count - attack->asked, count = left < CHUNK ? left : CHUNK;
	if (!count)
		return answer_all(request, attack);
	struct id_item *ids = ARENA_ARRAY(&request->arena, count, struct id_item);
	if (!ids)
		return request_fail(request, ERR_MEMORY);
	for (size_t i = 0; i < count; i++)
		ids[i].id = attack->techniques.items[attack->asked + i].hit.id;
	attack->asked += count;
	attack->ask = (struct msg_ask_graph){.id = ids[0].id, .limit = LIMIT_GRAPH_NODES, .also = {ids, count}};
	memcpy(attack->ask.session, request->session, SESSION);
	return request_ask(request, MSG_GRAPH, &attack->ask, MSG_GRAPH_DONE, links_known);
}

/* ---- one list after another ---- */

static enum progress techniques_read(struct request *request, struct heads *heads)
{
	request->work = heads->owner;
	return next_links(request, heads->owner);
}

static enum progress tactics_read(struct request *request, struct heads *heads)
{
	return heads_start(request, &((struct attack *)heads->owner)->techniques);
}

static enum progress matrices_read(struct request *request, struct heads *heads)
{
	return heads_start(request, &((struct attack *)heads->owner)->tactics);
}

static struct heads list_of(struct attack *attack, const char *type, uint32_t limit, head_take *take, heads_then *then)
{
	return (struct heads){.search = {.type = slice_text(type), .limit = limit}, .take = take, .then = then, .owner = attack};
}

enum progress attack_get(struct request *request)
{
	struct attack *attack = ARENA_NEW(&request->arena, struct attack);
	if (!attack)
		return request_fail(request, ERR_MEMORY);
	attack->matrices = list_of(attack, "x-mitre-matrix", MATRICES_MAX, matrix_take, matrices_read);
	attack->tactics = list_of(attack, "x-mitre-tactic", TACTICS_MAX, tactic_take, tactics_read);
	attack->techniques = list_of(attack, "attack-pattern", LIMIT_SEARCH_RESULTS, technique_take, techniques_read);
	return heads_start(request, &attack->matrices);
}
