/* Text with portions to an offer. Must never guess a label: a part without one takes the caller's or refuses the whole. */
#include "object/text.h"

#include "object/stix.h"

enum { HEAD_MAX = 8 * LIMIT_TITLE };

struct labeller {
	const struct policy_set *policies;
	struct slice label;
	struct arena *arena;
	struct diag *diag;
};

static enum err mark(struct labeller *labeller, const struct text_part *part, struct slice *ret_label)
{
	const struct label *label;
	struct diag reason = {0};
	if (!part->marking.len && labeller->label.len)
		return arena_copy(labeller->arena, labeller->label, ret_label);
	if (!part->marking.len)
		return diag_fail_at(labeller->diag, ERR_MALFORMED, part->line, 1,
				    "line %u: no marking; begin with (MARKING) or call with --marking", part->line);
	enum err err = label_parse_marking(labeller->policies, part->marking, labeller->arena, &label, &reason);
	if (err == ERR_MEMORY)
		return err;
	if (err != ERR_OK)
		return diag_fail_at(labeller->diag, err == ERR_AMBIGUOUS ? err : ERR_MALFORMED, part->line, 1,
				    "line %u: \"%.*s\" is not a marking: %s; write \\( for a literal parenthesis",
				    part->line, SLICE_ARG(slice_take(part->marking, 80)),
				    reason.text[0] ? reason.text : err_text(err));
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	label_print_compact(label, &text);
	TRY(text.err);
	return arena_copy(labeller->arena, buf_slice(&text), ret_label);
}

/* The head in canonical form: names in order, the title under "name". */
static enum err make_head(struct labeller *labeller, struct slice title, struct slice *ret_head)
{
	AUTO_BUF head = buf_make(HEAD_MAX);
	buf_put_text(&head, "{\"extensions\":{\"" STIX_REPORT "\":{\"extension_type\":\"new-sdo\"}},\"name\":");
	json_put_string(&head, title);
	buf_put_text(&head, ",\"spec_version\":\"2.1\"}");
	TRY(head.err);
	return arena_copy(labeller->arena, buf_slice(&head), ret_head);
}

static enum err offer_part(struct labeller *labeller, const struct text_part *part, bool head,
			   struct offer_portion *portion)
{
	portion->kind = head ? PORTION_HEAD : PORTION_TEXT;
	portion->line = part->line;
	portion->index_text = part->text;
	TRY(mark(labeller, part, &portion->label));
	if (head)
		return make_head(labeller, part->text, &portion->content);
	portion->content = part->text;
	return ERR_OK;
}

static enum err check_size(const struct offer_portion *portions, size_t count, struct diag *diag)
{
	size_t octets = 0;
	enum { FRAME = 256 };
	for (size_t i = 0; i < count; i++)
		octets += portions[i].content.len + portions[i].label.len + FRAME;
	return octets <= LIMIT_OBJECT_BYTES
		       ? ERR_OK
		       : diag_fail(diag, ERR_TOO_LARGE, "a report of more than %d octets", LIMIT_OBJECT_BYTES);
}

enum err text_offer(const struct policy_set *policies, struct slice text, struct slice label, struct arena *arena,
		    struct offer *ret_offer, struct diag *diag)
{
	struct labeller labeller = {policies, label, arena, diag};
	struct text_parts parts;
	TRY(text_split(text, arena, &parts, diag));
	struct offer_portion *portions = ARENA_ARRAY(arena, parts.count, struct offer_portion);
	if (!portions)
		return ERR_MEMORY;
	for (size_t i = 0; i < parts.count; i++)
		TRY(offer_part(&labeller, &parts.items[i], i == 0, &portions[i]));
	TRY(check_size(portions, parts.count, diag));
	*ret_offer = (struct offer){
		.type = SLICE(STIX_REPORT_TYPE), .title = parts.items[0].text, .portions = {portions, parts.count}};
	return ERR_OK;
}
