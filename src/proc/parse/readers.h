/* What parse can read: one row per kind of request. Runs in a child that reads one document and ends. */
#ifndef BICES_PROC_PARSE_READERS_H
#define BICES_PROC_PARSE_READERS_H

#include "base/diag.h"
#include "ipc/messages.h"
#include "label/label.h"

/* The answer's shape follows from the row's answer type. */
union reader_answer {
	struct msg_octets octets;
	struct msg_indexed indexed;
	struct msg_text text;
};

struct reader {
	enum message_type type;   /* of the request: struct msg_octets */
	enum message_type answer; /* of a good answer */
	enum role from;
	enum err (*read)(const struct policy_set *policies, const struct msg_octets *document, struct arena *arena,
			 union reader_answer *ret_answer, struct diag *diag) MUST_USE;
};

/* The row, or NULL. */
const struct reader *reader_find(uint16_t type, enum role from);

#endif
