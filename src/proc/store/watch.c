/* WATCH: what changed for a reader since his stream was told last. Front asks at fixed beats, whatever happened or not. */
#include "proc/store/store.h"

#include "hold/changes.h"

/* Who is connected, and which parts of the node are up: told to everybody. */
static uint64_t node_digest(struct self *self)
{
	struct store *store = role_context(self);
	uint64_t digest = role_up_set(self) + 1;
	for (size_t i = 0; i < store->peer_count; i++)
		digest = digest * 31 + 2 + store->peers[i].connected;
	return digest;
}

static void watch_answer(struct self *self, const struct role_message *message, const struct hold_changes *changes, uint64_t node_before)
{
	const struct hold_mark *mark = &changes->mark;
	struct watch_mark next = {.rows = mark->rows, .shown = mark->shown, .waiting = mark->waiting, .recalls = mark->recalls,
				  .writes = mark->writes, .node = node_digest(self)};
	struct msg_watched answer = {.marks = {&next, 1}, .ids = changes->ids, .more = changes->more, .gone = changes->gone,
				     .releases = changes->waiting, .recalls = changes->recalls,
				     .node = node_before != 0 && node_before != next.node};
	(void)role_reply(self, message->caller, MSG_WATCHED, &answer);
}

void store_on_watch(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_watch *ask = message->value;
	const struct watch_mark *before = ask->marks.count ? ask->marks.items : &(const struct watch_mark){0};
	const struct session *session = NULL;
	struct view *view = NULL;
	struct hold_changes changes;
	if (!store_session(self, message, ask->session, 0, &session))
		return;
	unsigned may = session->may;
	struct hold_mark since = {before->rows, before->shown, before->waiting, before->recalls, before->writes};
	enum err err = store_view(store, session, &view);
	if (err == ERR_OK)
		err = hold_changes(store->hold, view, &since, (may & (USER_RELEASE | USER_ANALYST)) != 0,
				   (may & (USER_RELEASE | USER_ANALYST | USER_WATCH)) != 0, message->arena, &changes);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		watch_answer(self, message, &changes, before->node);
}
