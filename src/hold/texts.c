/* Texts of rows that sparse views asked for lately, kept in memory, so that the next question of such a view reads no page
 * of the database. A row is asked for only after the view's bit was tested, and a deleted one forgets all.
 * Must never answer for a row that may have another text by now. */
#include "hold/inside.h"

enum { TEXTS_SLOTS = 32768, TEXTS_MOST = TEXTS_SLOTS / 2, TEXTS_OCTETS = 16 * 1024 * 1024, TEXT_LONGEST = 8192 };

struct slot {
	uint64_t row; /* 0: free */
	uint32_t at, len;
};

struct texts {
	struct slot slots[TEXTS_SLOTS]; /* open addressing by the row */
	size_t count;
	struct buf octets;
};

static struct slot *slot_find(struct texts *texts, uint64_t row)
{
	size_t at = (size_t)(row * UINT64_C(0x9e3779b97f4a7c15) >> 32) % TEXTS_SLOTS;
	while (texts->slots[at].row && texts->slots[at].row != row)
		at = (at + 1) % TEXTS_SLOTS;
	return &texts->slots[at];
}

bool texts_find(const struct hold *hold, uint64_t row, struct slice *ret_text)
{
	if (!hold->texts)
		return false;
	const struct slot *slot = slot_find(hold->texts, row);
	if (slot->row)
		*ret_text = slice_of(hold->texts->octets.data + slot->at, slot->len);
	return slot->row != 0;
}

void texts_keep(struct hold *hold, uint64_t row, struct slice text)
{
	if (text.len > TEXT_LONGEST)
		return;
	if (hold->texts && (hold->texts->count == TEXTS_MOST || hold->texts->octets.len + text.len > TEXTS_OCTETS))
		texts_forget(hold);
	if (!hold->texts) {
		hold->texts = calloc(1, sizeof(*hold->texts));
		if (!hold->texts)
			return;
		hold->texts->octets = buf_make(TEXTS_OCTETS);
	}
	struct texts *texts = hold->texts;
	struct slot slot = {row, (uint32_t)texts->octets.len, (uint32_t)text.len};
	buf_put(&texts->octets, text);
	if (texts->octets.err != ERR_OK) {
		texts_forget(hold);
		return;
	}
	*slot_find(texts, row) = slot;
	texts->count++;
}

void texts_forget(struct hold *hold)
{
	if (!hold->texts)
		return;
	buf_wipe(&hold->texts->octets);
	free(hold->texts);
	hold->texts = NULL;
}
