/* The beginning of a marking line: a policy's words and a classification's, or one phrase that stands for both. Where the
 * longest match has two meanings, the line is refused with both. */
#include "label/marking_words.h"

enum { CHOICES_MOST = 8 };

struct heads {
	struct marking_head best[CHOICES_MOST]; /* all of one length */
	size_t count;
};

static void offer(struct heads *heads, struct marking_head head)
{
	if (head.end == 0 || (heads->count && head.end < heads->best[0].end))
		return;
	if (heads->count && head.end > heads->best[0].end)
		heads->count = 0;
	for (size_t i = 0; i < heads->count; i++)
		if (heads->best[i].policy == head.policy && heads->best[i].class == head.class &&
		    heads->best[i].value == head.value)
			return;
	if (heads->count < CHOICES_MOST)
		heads->best[heads->count++] = head;
}

/* A classification behind the policy's words, which end at `at`. */
static void offer_classes(struct heads *heads, const struct marking_line *line, struct marking_head head, size_t at,
			  uint32_t only_class)
{
	const struct policy *p = head.policy;
	for (uint32_t c = 0; at && c < p->class_count; c++) {
		const struct class_row *class = &p->classes[c];
		if (only_class != FORM_NONE && c != only_class)
			continue;
		size_t next = skip_blank(line->text, at);
		head.class = c;
		head.end = longer(
			match_words(line->text, next, policy_text(p, class->name)),
			match_phrases(p, line->text, next, class->markings, 0, CODE_PORTION | CODE_REPLACE_POLICY));
		offer(heads, head);
		head.end = has_code(p, class->markings, CODE_SUPPRESS_CLASS | CODE_NO_MARKING) ? at : 0;
		offer(heads, head);
	}
}

static void offer_policy(struct heads *heads, const struct marking_line *line, const struct policy *p)
{
	struct marking_head head = {.policy = p, .value = FORM_NONE};
	struct slice text = line->text;
	size_t name = longer(match_words(text, 0, policy_name(p)), match_phrases(p, text, 0, p->head->markings, 0, 0));
	offer_classes(heads, line, head, name, FORM_NONE);
	for (uint32_t c = 0; c < p->class_count; c++) {
		struct form_span markings = p->classes[c].markings;
		offer_classes(heads, line, head, match_phrases(p, text, 0, markings, CODE_REPLACE_POLICY, 0), c);
		head.class = c;
		head.end = match_phrases(p, text, 0, markings, CODE_PORTION, CODE_REPLACE_POLICY);
		offer(heads, head);
	}
	for (uint32_t v = 0; v < p->value_count; v++)
		for (uint32_t e = p->values[v].first_entry; e != FORM_NONE; e = p->entries[e].next) {
			size_t end = match_phrases(p, text, 0, p->entries[e].markings, CODE_REPLACE_POLICY, 0);
			head.value = v;
			for (uint32_t c = 0; end && c < p->class_count; c++)
				if (p->entries[e].classes >> c & 1)
					offer_classes(heads, line, head, end, c);
		}
}

/* What the line could mean, for people. */
static void name_head(const struct marking_head *head, struct buf *text)
{
	const struct policy *p = head->policy;
	if (text->len)
		buf_put_text(text, "; ");
	if (head->value == FORM_NONE)
		buf_put(text, policy_name(p));
	else
		buf_put(text, policy_text(p, p->values[head->value].name));
	buf_put_octet(text, ' ');
	buf_put(text, policy_text(p, p->classes[head->class].name));
}

/* Nothing matched: perhaps the policy's name was left out. */
static enum err explain_no_head(const struct marking_line *line)
{
	AUTO_BUF choices = buf_make(400);
	bool any = false;
	for (size_t i = 0; i < policy_set_count(line->set); i++) {
		const struct policy *p = policy_set_at(line->set, i);
		for (uint32_t c = 0; c < p->class_count; c++)
			if (match_words(line->text, 0, policy_text(p, p->classes[c].name)) ||
			    match_phrases(p, line->text, 0, p->classes[c].markings, 0, CODE_REPLACE_POLICY)) {
				name_head(&(struct marking_head){.policy = p, .class = c, .value = FORM_NONE}, &choices);
				any = true;
			}
	}
	if (any)
		return diag_fail(line->diag, ERR_AMBIGUOUS, "of which policy? Choices: %.*s",
				 SLICE_ARG(buf_slice(&choices)));
	return diag_fail(line->diag, ERR_UNKNOWN,
			 "'%.*s' does not begin with a policy and a classification, such as NATO SECRET",
			 SLICE_ARG(slice_take(line->text, 100)));
}

enum err marking_parse_head(const struct marking_line *line, struct marking_head *ret_head)
{
	struct heads heads = {.count = 0};
	for (size_t i = 0; i < policy_set_count(line->set); i++)
		offer_policy(&heads, line, policy_set_at(line->set, i));
	if (heads.count == 0)
		return explain_no_head(line);
	if (heads.count > 1) {
		AUTO_BUF choices = buf_make(400);
		for (size_t i = 0; i < heads.count; i++)
			name_head(&heads.best[i], &choices);
		return diag_fail(line->diag, ERR_AMBIGUOUS, "'%.*s' has several meanings: %.*s",
				 SLICE_ARG(slice_take(line->text, 100)), SLICE_ARG(buf_slice(&choices)));
	}
	*ret_head = heads.best[0];
	return ERR_OK;
}
