/* The store of the fake node: keeps what is put, in memory, without any view. One user "analyst" and one "taxii",
 * both with the password "secret:1". */
#include "fake_node.h"

#include "crypto/crypto.h"
#include "object/portion.h"

static void reply(struct channel *channel, const struct channel_message *to, enum message_type type, const void *value)
{
	if (channel_send_any(channel, type, to->request, value, -1) != ERR_OK)
		abort();
}

static void refuse(struct channel *channel, const struct channel_message *to, enum err err)
{
	struct msg_refused refused = {.err = (uint8_t)err};
	reply(channel, to, MSG_REFUSED, &refused);
}

static void on_sign_in(struct fake *fake, const struct channel_message *message)
{
	const struct msg_sign_in *ask = message->value;
	bool password = (slice_equal(ask->user, SLICE("analyst")) || slice_equal(ask->user, SLICE("taxii"))) &&
			slice_equal(ask->password, SLICE("secret:1"));
	bool certificate = slice_equal(ask->certificate_uri, SLICE("bices://KOR/user/analyst"));
	struct msg_session session = {.session = {1},
				      .user = ask->user.len ? ask->user : SLICE("analyst"),
				      .roles = SLICE("analyst"),
				      .clearance = SLICE("PUBLIC|UNMARKED"),
				      .expires = 4102444800000};
	if (password || certificate)
		reply(fake->store, message, MSG_SESSION, &session);
	else
		refuse(fake->store, message, ERR_SIGN_IN);
}

/* ---- objects ---- */

static enum err encode_portions(struct fake *fake, const struct offered_object *offered, uint64_t now,
				struct slice *encoded)
{
	const struct offered_portion *items = offered->portions.items;
	for (size_t i = 0; i < offered->portions.count; i++) {
		struct portion portion = {
			.kind = items[i].kind, .label = items[i].label, .content = items[i].content, .changed = now};
		AUTO_BUF bytes = buf_make(LIMIT_OBJECT_BYTES);
		crypto_random(portion.id, sizeof portion.id);
		record_encode(&portion_schema, &portion, &bytes);
		TRY(bytes.err);
		TRY(arena_copy(&fake->arena, buf_slice(&bytes), &encoded[i]));
	}
	return ERR_OK;
}

static enum err make_rendition(struct fake *fake, const struct offered_object *offered, struct slice id, uint64_t now,
			       struct slice *ret)
{
	static uint8_t salts[LIMIT_PORTIONS * SALT], noise[LIMIT_PORTIONS * 64];
	static struct slice encoded[LIMIT_PORTIONS];
	static struct disclosed disclosed[LIMIT_PORTIONS];
	size_t count = offered->portions.count, slots;
	AUTO_BUF manifest = buf_make(LIMIT_OBJECT_BYTES), bytes = buf_make(LIMIT_OBJECT_BYTES);
	struct manifest head = {.format = MANIFEST_FORMAT,
				.originator = SLICE("KOR"),
				.realm = SLICE("real"),
				.object_id = id,
				.issued = now};
	crypto_random(salts, sizeof salts);
	crypto_random(noise, sizeof noise);
	TRY(encode_portions(fake, offered, now, encoded));
	TRY(manifest_slots(offered->type, count, &slots));
	TRY(manifest_make(&head, encoded, salts, count, noise, slots, &manifest));
	for (size_t i = 0; i < count; i++) {
		memcpy(disclosed[i].salt, salts + i * SALT, SALT);
		disclosed[i].portion = encoded[i];
	}
	struct rendition rendition = {
		.manifest = buf_slice(&manifest), .signature = {1}, .disclosed = {disclosed, count}};
	record_encode(&rendition_schema, &rendition, &bytes);
	TRY(bytes.err);
	return arena_copy(&fake->arena, buf_slice(&bytes), ret);
}

static enum err make_id(struct fake *fake, struct slice type, struct slice *ret_id)
{
	const char *text = arena_printf(&fake->arena, "%.*s--00000000-0000-4000-8000-%012zu", SLICE_ARG(type),
					fake->count);
	*ret_id = slice_text(text);
	return text ? ERR_OK : ERR_MEMORY;
}

static enum err keep(struct fake *fake, const struct offered_object *offered)
{
	struct kept *kept = &fake->kept[fake->count];
	if (fake->count == sizeof fake->kept / sizeof fake->kept[0])
		return ERR_FULL;
	if (offered->id.len > 0)
		TRY(arena_copy(&fake->arena, offered->id, &kept->id));
	else
		TRY(make_id(fake, offered->type, &kept->id));
	kept->at = 1790000000000 + fake->count;
	TRY(arena_copy(&fake->arena, offered->title, &kept->title));
	TRY(make_rendition(fake, offered, kept->id, kept->at, &kept->rendition));
	fake->count++;
	return ERR_OK;
}

static void show_plan(struct fake *fake, const struct channel_message *message, const struct offered_object *object)
{
	static const uint8_t answers[] = {PLAN_AT_ONCE, PLAN_WAITS};
	static struct nation_item nations[] = {{{(const uint8_t *)"KOR", 3}}, {{(const uint8_t *)"USA", 3}}};
	static struct plan_row rows[LIMIT_PORTIONS];
	const struct offered_portion *items = object->portions.items;
	for (size_t i = 0; i < object->portions.count; i++)
		rows[i] = (struct plan_row){.kind = items[i].kind,
					    .label = items[i].label,
					    .excerpt = slice_take(items[i].content, 20),
					    .answers = SLICE_ARRAY(answers)};
	struct msg_plan_shown plan = {{nations, 2}, {rows, object->portions.count}};
	reply(fake->store, message, MSG_PLAN_SHOWN, &plan);
}

static void on_put(struct fake *fake, const struct channel_message *message)
{
	const struct msg_put *put = message->value;
	const struct offered_object *objects = put->objects.items;
	static struct id_item ids[4096];
	size_t before = fake->count;
	if (put->dry_run) {
		show_plan(fake, message, objects);
		return;
	}
	for (size_t i = 0; i < put->objects.count; i++) {
		enum err err = keep(fake, &objects[i]);
		if (err != ERR_OK) {
			fake->count = before;
			refuse(fake->store, message, err);
			return;
		}
		ids[i].id = fake->kept[before + i].id;
	}
	struct msg_put_done done = {.ids = {ids, put->objects.count}};
	reply(fake->store, message, MSG_PUT_DONE, &done);
}

static const struct kept *find(const struct fake *fake, struct slice id)
{
	for (size_t i = 0; i < fake->count; i++)
		if (slice_equal(fake->kept[i].id, id))
			return &fake->kept[i];
	return NULL;
}

static void on_get(struct fake *fake, const struct channel_message *message)
{
	const struct msg_ask_object *ask = message->value;
	const struct kept *kept = find(fake, ask->id);
	if (!kept) {
		refuse(fake->store, message, ERR_NOT_FOUND);
		return;
	}
	struct msg_object object = {.rendition = kept->rendition,
				    .admitted = kept->at,
				    .modified = kept->at,
				    .originator = SLICE("KOR"),
				    .own = 1};
	reply(fake->store, message, MSG_OBJECT, &object);
}

static void on_search(struct fake *fake, const struct channel_message *message)
{
	const struct msg_search *search = message->value;
	static struct hit hits[4096];
	size_t count = 0;
	for (size_t i = 0; i < fake->count; i++) {
		const struct kept *kept = &fake->kept[i];
		if (!memmem(kept->rendition.data, kept->rendition.len, search->text.data, search->text.len))
			continue;
		hits[count++] = (struct hit){.id = kept->id,
					     .type = SLICE("x"),
					     .title = kept->title,
					     .label = SLICE("PUBLIC|UNMARKED"),
					     .snippet = search->text,
					     .snippet_label = SLICE("NATO|SECRET|P:Context=NATO"),
					     .originator = SLICE("KOR"),
					     .admitted = kept->at,
					     .modified = kept->at};
	}
	struct msg_hits done = {.count = count, .hits = {hits, count < search->limit ? count : search->limit}};
	reply(fake->store, message, MSG_HITS, &done);
}

/* ---- TAXII ---- */

static void on_collections(struct fake *fake, const struct channel_message *message)
{
	static struct collection list[2];
	list[0] = (struct collection){.id = SLICE("11111111-1111-4111-8111-111111111111"),
				      .title = SLICE("in and out"),
				      .alias = SLICE("inbox"),
				      .can_read = 1,
				      .can_write = 1,
				      .default_label = SLICE("PUBLIC|UNMARKED")};
	list[1] = (struct collection){
		.id = SLICE("22222222-2222-4222-8222-222222222222"), .title = SLICE("out"), .can_read = 1};
	struct msg_collections_done done = {{list, 2}};
	reply(fake->store, message, MSG_COLLECTIONS_DONE, &done);
}

static bool page_has(const struct msg_page *page, const struct kept *kept)
{
	struct slice type;
	if (object_id_type(kept->id, &type) != ERR_OK || kept->at <= page->added_after)
		return false;
	return (page->match_id.len == 0 || slice_equal(page->match_id, kept->id)) &&
	       (page->match_type.len == 0 || slice_equal(page->match_type, type));
}

static void on_page(struct fake *fake, const struct channel_message *message)
{
	const struct msg_page *page = message->value;
	static struct page_item items[4096];
	static char next[32];
	struct msg_page_done done = {.items = {items, 0}};
	uint64_t at = 0;
	if (page->next.len > 0 && slice_parse_u64(page->next, &at) != ERR_OK) {
		refuse(fake->store, message, ERR_MALFORMED);
		return;
	}
	for (; at < fake->count; at++) {
		const struct kept *kept = &fake->kept[at];
		if (!page_has(page, kept))
			continue;
		if (done.items.count == page->limit) {
			snprintf(next, sizeof next, "%llu", (unsigned long long)at);
			done.more = 1;
			done.next = slice_text(next);
			break;
		}
		items[done.items.count++] = (struct page_item){.id = kept->id,
							       .added = kept->at,
							       .modified = kept->at,
							       .rendition = page->manifest_only ? SLICE("")
												: kept->rendition};
	}
	reply(fake->store, message, MSG_PAGE_DONE, &done);
}

static void on_delete(struct fake *fake, const struct channel_message *message)
{
	const struct msg_ask_object *ask = message->value;
	struct msg_empty empty = {0};
	const struct kept *kept = find(fake, ask->id);
	if (!kept) {
		refuse(fake->store, message, ERR_NOT_FOUND);
		return;
	}
	size_t at = (size_t)(kept - fake->kept);
	memmove(fake->kept + at, fake->kept + at + 1, (fake->count - at - 1) * sizeof *kept);
	fake->count--;
	reply(fake->store, message, MSG_DONE, &empty);
}

/* ---- others ---- */

static void on_metrics(struct fake *fake, const struct channel_message *message)
{
	struct msg_text text = {SLICE("bices_objects 1\n")};
	reply(fake->store, message, MSG_TEXT, &text);
}

static void on_status(struct fake *fake, const struct channel_message *message)
{
	static struct peer_status peer;
	peer = (struct peer_status){.nation = SLICE("USA"), .connected = 1};
	struct msg_status_done status = {
		.nation = SLICE("KOR"), .realm = SLICE("real"), .objects_visible = fake->count, .peers = {&peer, 1}};
	reply(fake->store, message, MSG_STATUS_DONE, &status);
}

/* A stream: it begins, tells of one object, and then the session has ended. */
static void on_watch(struct fake *fake, const struct channel_message *message)
{
	const struct msg_watch *ask = message->value;
	const struct watch_mark *before = ask->marks.items;
	struct watch_mark mark = {.rows = ask->marks.count ? before->rows + 1 : 1};
	struct id_item id = {SLICE("report--00000000-0000-4000-8000-000000000001")};
	struct msg_watched watched = {.marks = {&mark, 1}, .ids = {&id, mark.rows == 2}};
	if (mark.rows > 2)
		refuse(fake->store, message, ERR_SIGN_IN);
	else
		reply(fake->store, message, MSG_WATCHED, &watched);
}

static void on_done(struct fake *fake, const struct channel_message *message)
{
	struct msg_empty empty = {0};
	reply(fake->store, message, MSG_DONE, &empty);
}

static void on_releases(struct fake *fake, const struct channel_message *message)
{
	struct msg_releases none = {0};
	reply(fake->store, message, MSG_RELEASES, &none);
}

static const struct {
	uint16_t type;
	void (*handle)(struct fake *fake, const struct channel_message *message);
} handlers[] = {
	{MSG_SIGN_IN, on_sign_in},
	{MSG_METRICS, on_metrics},
	{MSG_SIGN_OUT, on_done},
	{MSG_PUT, on_put},
	{MSG_GET, on_get},
	{MSG_SEARCH, on_search},
	{MSG_COLLECTIONS, on_collections},
	{MSG_PAGE, on_page},
	{MSG_DELETE, on_delete},
	{MSG_STATUS, on_status},
	{MSG_WATCH, on_watch},
	{MSG_RECALL, on_done},
	{MSG_RELEASE_LIST, on_releases},
};

void fake_store_handle(struct fake *fake, const struct channel_message *message)
{
	bool open = message->type == MSG_SIGN_IN || message->type == MSG_METRICS;
	const uint8_t *session = message->value; /* the first member of all others */
	if (fake->mute)
		return;
	if (!open && session[0] != 1) {
		refuse(fake->store, message, ERR_SIGN_IN);
		return;
	}
	for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++) {
		if (handlers[i].type == message->type) {
			handlers[i].handle(fake, message);
			return;
		}
	}
	refuse(fake->store, message, ERR_NOT_FOUND);
}

void fake_parse_handle(struct fake *fake, const struct channel_message *message)
{
	const struct msg_octets *ask = message->value;
	const struct label *label;
	AUTO_ARENA arena = {0};
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	enum err err = label_parse_xml(fake->policies, ask->octets, &arena, &label, NULL);
	if (err != ERR_OK) {
		refuse(fake->parse, message, err);
		return;
	}
	label_print_compact(label, &text);
	struct msg_text done = {buf_slice(&text)};
	reply(fake->parse, message, MSG_TEXT, &done);
}
