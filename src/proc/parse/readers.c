/* The table of readers. Each takes one document and answers in the arena. */
#include "proc/parse/readers.h"

#include "collect/collect.h"

/* A SPIF to its compiled form. */
static enum err read_policy(const struct policy_set *policies, const struct msg_octets *document, struct arena *arena,
			    union reader_answer *ret_answer, struct diag *diag)
{
	(void)policies;
	struct finding *findings = NULL;
	AUTO_BUF compiled = buf_make(LIMIT_RECORD_VALUE);
	enum err err = policy_compile(document->octets, arena, &findings, &compiled);
	if (err == ERR_OK)
		return arena_copy(arena, buf_slice(&compiled), &ret_answer->octets.octets);
	while (findings && findings->level != FINDING_ERROR)
		findings = findings->next;
	if (findings)
		return diag_fail_at(diag, err, findings->line, findings->column, "%s", findings->text);
	return err;
}

/* A 4774 label, or the one inside a 4778 binding, to its compact form. */
static enum err read_label(const struct policy_set *policies, const struct msg_octets *document, struct arena *arena,
			   union reader_answer *ret_answer, struct diag *diag)
{
	return collect_label(policies, document->octets, arena, &ret_answer->text.text, diag);
}

/* A rendition to what search finds of it. */
static enum err read_rendition(const struct policy_set *policies, const struct msg_octets *document, struct arena *arena,
			       union reader_answer *ret_answer, struct diag *diag)
{
	(void)policies, (void)diag;
	return collect_index(document->octets, arena, &ret_answer->indexed);
}

static const struct reader table[] = {
	{MSG_COMPILE, MSG_OCTETS, ROLE_MASTER, read_policy},
	{MSG_LABEL_XML, MSG_TEXT, ROLE_FRONT, read_label},
	{MSG_INDEX, MSG_INDEXED, ROLE_STORE, read_rendition},
};

const struct reader *reader_find(uint16_t type, enum role from)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].type == type && table[i].from == from)
			return &table[i];
	return NULL;
}
