#include "store_node.h"

#include "../object/policies.h"

#include "os/clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct slice keep(struct store_node *node, struct slice bytes)
{
	struct slice copy;
	assert_ok(arena_copy(&node->arena, bytes, &copy));
	return copy;
}

/* ---- what the store is given ---- */

static struct slice policies(struct store_node *node)
{
	static const char *const names[] = {"policy/nato.xml", "policy/public.xml"};
	AUTO_BUF all = buf_make(2 * (size_t)LIMIT_POLICY_XML);
	for (size_t i = 0; i < 2; i++) {
		struct finding *findings = NULL;
		AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
		assert_ok(policy_compile(test_file(SOURCE_ROOT, names[i], &node->arena), &node->arena, &findings, &compiled));
		const uint8_t length[4] = {(uint8_t)(compiled.len >> 24), (uint8_t)(compiled.len >> 16),
					   (uint8_t)(compiled.len >> 8), (uint8_t)compiled.len};
		buf_put(&all, SLICE_ARRAY(length));
		buf_put(&all, buf_slice(&compiled));
	}
	return keep(node, buf_slice(&all));
}

static struct slice roster(struct store_node *node)
{
	struct roster empty = {.epoch = 1};
	AUTO_BUF bytes = buf_make(65536);
	record_encode(&roster_schema, &empty, &bytes);
	assert_ok(bytes.err);
	return keep(node, buf_slice(&bytes));
}

static void give(struct store_node *node, const char *name, struct slice bytes)
{
	int memory;
	struct msg_give ask = {slice_text(name)};
	assert_ok(sealed_memory_new(name, bytes, &memory));
	assert_ok(channel_send(node->master, MSG_GIVE, 0, &ask, memory));
	close(memory);
}

static struct channel *join(struct store_node *node, enum role as)
{
	int pair[2];
	struct channel *channel;
	struct msg_neighbor told = {(uint8_t)as};
	assert_ok(channel_pair(pair));
	assert_ok(channel_send(node->master, MSG_NEIGHBOR, 0, &told, pair[1]));
	close(pair[1]);
	assert_ok(channel_new(pair[0], as, ROLE_STORE, &channel));
	return channel;
}

static void process_start(struct store_node *node)
{
	int pair[2];
	assert_ok(channel_pair(pair));
	node->store = fork();
	if (node->store == 0) {
		if (dup2(pair[1], 3) < 0 || setenv("ASAN_OPTIONS", "detect_leaks=0", 1) != 0)
			_exit(98);
		execl(PROGRAMS "/bices-store", PROGRAMS "/bices-store", (char *)NULL);
		_exit(99);
	}
	close(pair[1]);
	assert_ok(channel_new(pair[0], ROLE_MASTER, ROLE_STORE, &node->master));
}

static const char *users_text;

void store_node_start(struct store_node *node)
{
	static const char settings[] = "nation NATO\nrealm real\nlisten-users 127.0.0.1:1\nlisten-admin 127.0.0.1:1\n"
				       "listen-peers 127.0.0.1:1\nuser-id-base 61000\npolicy nato.xml\nrelease-table t\nroster r\n"
				       "users u\nweb w\n"
				       "collection 11111111-1111-4111-8111-111111111111|in|In|rw|NATO;UNCLASSIFIED;P:Context=NATO|In\n";
	const uint8_t key[32] = {1, 2, 3};
	struct msg_begin begin = {.nation = SLICE("NATO"), .realm = SLICE("real"), .degraded = 1};
	struct msg_give data = {SLICE("data")};
	process_start(node);
	int directory = open(node->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(directory >= 0);
	assert_ok(channel_send(node->master, MSG_GIVE, 0, &data, directory));
	close(directory);
	give(node, "policies", policies(node));
	give(node, "settings", slice_text(settings));
	give(node, "roster", roster(node));
	give(node, "users", slice_text(users_text));
	give(node, "key-search", SLICE_ARRAY(key));
	assert_ok(channel_send(node->master, MSG_BEGIN, 0, &begin, -1));
	node->front = join(node, ROLE_FRONT);
	node->guard = join(node, ROLE_GUARD);
	node->ledger = join(node, ROLE_LEDGER);
	node->seal = join(node, ROLE_SEAL);
}

void store_node_open(struct store_node *node, const char *users)
{
	const uint8_t seed[32] = {9};
	*node = (struct store_node){.plan_answer = PLAN_WAITS};
	signal(SIGPIPE, SIG_IGN);
	users_text = users;
	snprintf(node->directory, sizeof(node->directory), "/tmp/bices-store-XXXXXX");
	assert_non_null(mkdtemp(node->directory));
	assert_ok(signing_key_new(seed, &node->key));
	store_node_start(node);
}

void store_node_kill(struct store_node *node)
{
	struct channel **const all[] = {&node->master, &node->front, &node->guard, &node->ledger, &node->seal};
	kill(node->store, SIGKILL);
	assert_int_equal(waitpid(node->store, NULL, 0), node->store);
	for (size_t i = 0; i < 5; i++) {
		channel_free(*all[i]);
		*all[i] = NULL;
	}
}

void store_node_close(struct store_node *node)
{
	store_node_kill(node);
	DIR *directory = opendir(node->directory);
	assert_non_null(directory);
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
		if (entry->d_type == DT_REG)
			(void)unlinkat(dirfd(directory), entry->d_name, 0);
	closedir(directory);
	(void)rmdir(node->directory);
	signing_key_free(node->key);
	arena_done(&node->arena);
}

/* ---- the test as guard ---- */

static void refuse(struct channel *to, uint64_t request, enum err err, const char *text)
{
	struct msg_refused refused = {.err = (uint8_t)err, .text = slice_text(text)};
	assert_ok(channel_send(to, MSG_REFUSED, request, &refused, -1));
}

static void on_plan(struct store_node *node, uint64_t request, const struct msg_plan *ask)
{
	struct nation_item korea = {SLICE("KOR")};
	uint8_t answers[LIMIT_PORTIONS];
	memset(answers, node->plan_answer, sizeof(answers));
	struct msg_plan_done done = {.nations = {&korea, 1}, .answers = slice_of(answers, ask->labels.count)};
	assert_ok(channel_send(node->guard, MSG_PLAN_DONE, request, &done, -1));
}

static void on_publish(struct store_node *node, uint64_t request, const struct msg_publish *ask)
{
	const struct portion_item *items = ask->portions.items;
	struct slice portions[LIMIT_SLOTS_SMALL], type;
	uint8_t salts[LIMIT_SLOTS_SMALL * SALT], noise[LIMIT_SLOTS_SMALL * 64];
	size_t slots = 0, count = ask->portions.count;
	if (++node->published == node->refuse_publish_at) {
		refuse(node->guard, request, ERR_REFUSED, "guard says no");
		return;
	}
	assert_true(count <= LIMIT_SLOTS_SMALL);
	crypto_random(salts, sizeof(salts));
	crypto_random(noise, sizeof(noise));
	for (size_t i = 0; i < count; i++)
		portions[i] = items[i].portion;
	struct manifest head = {.format = MANIFEST_FORMAT, .originator = SLICE("NATO"), .realm = SLICE("real"),
				.object_id = ask->object_id, .issued = clock_now_ms() + node->published};
	if (head.issued <= ask->after)
		head.issued = ask->after + 1;
	AUTO_BUF manifest = buf_make(65536);
	assert_ok(object_id_type(ask->object_id, &type));
	assert_ok(manifest_slots(type, count, &slots));
	assert_ok(manifest_make(&head, portions, salts, count, noise, slots, &manifest));
	struct msg_published done = {.manifest = buf_slice(&manifest), .salts = slice_of(salts, count * SALT), .issued = head.issued};
	assert_ok(signing_key_sign(node->key, "bices/manifest/1", done.manifest, done.signature));
	assert_ok(channel_send(node->guard, MSG_PUBLISHED, request, &done, -1));
}

static void serve_guard(struct store_node *node, const struct channel_message *message)
{
	struct msg_released released = {0};
	if (node->guard_silent)
		return;
	if (message->type == MSG_PLAN) {
		on_plan(node, message->request, message->value);
	} else if (message->type == MSG_PUBLISH) {
		on_publish(node, message->request, message->value);
	} else if (message->type == MSG_RELEASE) {
		node->released++;
		assert_ok(channel_send(node->guard, MSG_RELEASED, message->request, &released, -1));
	} else if (message->type == MSG_ORDER_RECALL) {
		node->ordered++;
		struct msg_ordered ordered = {.nations = ((const struct msg_order *)message->value)->nations};
		assert_ok(channel_send(node->guard, MSG_ORDERED, message->request, &ordered, -1));
	}
}

/* ---- the test as ledger and seal ---- */

static void serve_ledger(struct store_node *node, const struct channel_message *message)
{
	const struct msg_record *ask = message->value;
	struct msg_recorded done = {0}; /* no checkpoint, so it has no size to vouch for */
	if (node->ledger_silent)
		return;
	if (message->type != MSG_RECORD) {
		if (message->type == MSG_WITNESS)
			assert_ok(channel_send(node->ledger, MSG_DONE, message->request, &(struct msg_empty){0}, -1));
		return;
	}
	for (size_t i = 0; i < ask->records.count; i++) {
		struct ledger_record record;
		assert_ok(ledger_record_decode(((const struct record_item *)ask->records.items)[i].record, &node->arena, &record));
		node->records[record.kind]++;
	}
	assert_ok(channel_send(node->ledger, MSG_RECORDED, message->request, &done, -1));
}

static void serve_seal(struct store_node *node, const struct channel_message *message)
{
	if (message->type != MSG_RECEIPT)
		return;
	node->receipts++;
	assert_ok(channel_send(node->seal, MSG_DONE, message->request, &(struct msg_empty){0}, -1));
}

/* ---- the loop ---- */

static struct store_answer *expected;
static uint64_t expected_request;

static void answer_take(struct store_node *node, struct channel *channel, const struct channel_message *message)
{
	if (!expected || message->request != expected_request)
		return;
	const struct schema *schema = message_schema(message->type, ROLE_STORE, channel == node->seal ? ROLE_SEAL : ROLE_FRONT);
	*expected = (struct store_answer){.type = message->type, .body = keep(node, message->body)};
	void *value = arena_alloc(&node->arena, 1, 4096);
	assert_non_null(schema);
	assert_non_null(value);
	assert_ok(record_decode(schema, expected->body, &node->arena, value));
	expected->value = value;
	if (message->type == MSG_REFUSED) {
		const struct msg_refused *refused = value;
		expected->err = refused->err;
		snprintf(expected->text, sizeof(expected->text), "%.*s", SLICE_ARG(refused->text));
	}
	expected = NULL;
}

static void serve(struct store_node *node, struct channel *channel)
{
	for (;;) {
		AUTO_ARENA arena = {0};
		struct channel_message message = {.descriptor = -1};
		if (channel_receive(channel, &arena, &message) != ERR_OK)
			return;
		if (channel == node->guard)
			serve_guard(node, &message);
		else if (channel == node->ledger)
			serve_ledger(node, &message);
		else if (channel == node->seal && message.type == MSG_RECEIPT)
			serve_seal(node, &message);
		else if (channel != node->master)
			answer_take(node, channel, &message);
		channel_message_done(&message);
	}
}

static void turn(struct store_node *node)
{
	struct channel *const all[] = {node->master, node->front, node->guard, node->ledger, node->seal};
	struct pollfd waits[5];
	for (size_t i = 0; i < 5; i++) {
		serve(node, all[i]);
		if (channel_has_output(all[i]))
			assert_ok(channel_flush(all[i]));
		waits[i] = (struct pollfd){channel_descriptor(all[i]), POLLIN, 0};
	}
	poll(waits, 5, 10);
	if (waitpid(node->store, NULL, WNOHANG) == node->store)
		fail_msg("the store ended");
}

void store_node_run(struct store_node *node, unsigned ms)
{
	for (uint64_t end = clock_monotonic_ms() + ms; clock_monotonic_ms() < end;)
		turn(node);
}

struct store_answer store_node_ask(struct store_node *node, struct channel *channel, enum message_type type, const void *value)
{
	struct store_answer answer = {0};
	expected = &answer;
	expected_request = ++node->request;
	assert_ok(channel_send_any(channel, type, expected_request, value, -1));
	for (uint64_t end = clock_monotonic_ms() + NODE_PATIENCE_MS; expected && clock_monotonic_ms() < end;)
		turn(node);
	if (expected)
		fail_msg("the store does not answer %s", message_name((uint16_t)type));
	return answer;
}

void store_node_sign_in(struct store_node *node, const char *user, uint8_t ret_session[SESSION])
{
	struct msg_sign_in ask = {.user = slice_text(user), .password = slice_text(user)};
	struct store_answer answer = store_node_ask(node, node->front, MSG_SIGN_IN, &ask);
	assert_int_equal(answer.type, MSG_SESSION);
	memcpy(ret_session, ((const struct msg_session *)answer.value)->session, SESSION);
}
