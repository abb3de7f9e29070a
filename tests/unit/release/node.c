#include "node.h"

#include "../object/policies.h"

#include "os/clock.h"
#include "release/release_table.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- what nodes are given ---- */

struct slice coalition_keep(struct coalition *coalition, struct slice bytes)
{
	struct slice copy;
	assert_ok(arena_copy(&coalition->world.arena, bytes, &copy));
	return copy;
}

static void make_certificate(struct coalition *coalition, size_t i)
{
	static struct buf ca_key, ca_certificate;
	struct world *world = &coalition->world;
	AUTO_BUF key = buf_make(65536);
	AUTO_BUF certificate = buf_make(65536);
	AUTO_BUF der = buf_make(65536);
	struct certificate_request request = {
		.common_name = "seal", .uri = "bices://X/seal", .key_agreement = true, .days = 10};
	ca_key = buf_make(65536);
	ca_certificate = buf_make(65536);
	assert_ok(certificate_new_ca("authority", 10, &ca_key, &ca_certificate));
	assert_ok(certificate_new(buf_slice(&ca_key), buf_slice(&ca_certificate), &request, &key, &certificate));
	assert_ok(pem_to_der(buf_slice(&certificate), &der));
	coalition->seal_key[i] = coalition_keep(coalition, buf_slice(&key));
	coalition->seal_certificate[i] = coalition_keep(coalition, buf_slice(&certificate));
	world->rows[i].seal_certificate = coalition_keep(coalition, buf_slice(&der));
	buf_done(&ca_key);
	buf_done(&ca_certificate);
}

static void make_policies(struct coalition *coalition)
{
	static const char *const names[] = {"policy/nato.xml", "policy/public.xml"};
	AUTO_BUF all = buf_make(2 * (size_t)LIMIT_POLICY_XML);
	for (size_t i = 0; i < 2; i++) {
		struct arena *arena = &coalition->world.arena;
		struct finding *findings = NULL;
		AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
		assert_ok(policy_compile(test_file(TEST_ROOT, names[i], arena), arena, &findings, &compiled));
		const uint8_t length[4] = {(uint8_t)(compiled.len >> 24), (uint8_t)(compiled.len >> 16),
					   (uint8_t)(compiled.len >> 8), (uint8_t)compiled.len};
		buf_put(&all, SLICE_ARRAY(length));
		buf_put(&all, buf_slice(&compiled));
	}
	coalition->policies = coalition_keep(coalition, buf_slice(&all));
}

void coalition_init(struct coalition *coalition)
{
	AUTO_BUF table = buf_make(65536);
	memset(coalition, 0, sizeof(*coalition));
	signal(SIGPIPE, SIG_IGN);
	world_init(&coalition->world);
	for (size_t i = 0; i < WORLD_NATIONS; i++)
		make_certificate(coalition, i);
	make_policies(coalition);
	release_table_print_default(&table);
	coalition->table = coalition_keep(coalition, buf_slice(&table));
	coalition->roster = world_roster(&coalition->world);
	for (size_t i = 0; i < WORLD_NATIONS; i++) {
		coalition->nodes[i].nation = (enum world_nation)i;
		if (i == WORLD_LTU)
			continue;
		node_start_guard(coalition, &coalition->nodes[i]);
		node_start_seal(coalition, &coalition->nodes[i]);
	}
}

/* ---- processes ---- */

static pid_t start_process(const char *name, struct channel **ret_master, enum role role)
{
	int pair[2];
	assert_ok(channel_pair(pair));
	pid_t pid = fork();
	if (pid == 0) {
		char path[4096];
		if (dup2(pair[1], 3) < 0 || snprintf(path, sizeof(path), "%s/%s", PROGRAMS, name) < 0)
			_exit(98);
		/* what is confined cannot be searched for leaks */
		if (setenv("ASAN_OPTIONS", "detect_leaks=0", 1) != 0)
			_exit(98);
		execl(path, path, (char *)NULL);
		_exit(99);
	}
	close(pair[1]);
	assert_ok(channel_new(pair[0], ROLE_MASTER, role, ret_master));
	return pid;
}

static void give(struct channel *master, const char *name, struct slice bytes)
{
	int memory;
	struct msg_give ask = {slice_text(name)};
	assert_ok(sealed_memory_new(name, bytes, &memory));
	assert_ok(channel_send(master, MSG_GIVE, 0, &ask, memory));
	close(memory);
}

/* Gives one end and keeps the other. */
static struct channel *join(struct channel *master, enum role as, enum role to)
{
	int pair[2];
	struct channel *channel;
	struct msg_neighbor told = {(uint8_t)as};
	assert_ok(channel_pair(pair));
	assert_ok(channel_send(master, MSG_NEIGHBOR, 0, &told, pair[1]));
	close(pair[1]);
	assert_ok(channel_new(pair[0], as, to, &channel));
	return channel;
}

/* Guard and seal of a node, to each other. */
static void join_both(struct node *node)
{
	int pair[2];
	struct msg_neighbor seal = {ROLE_SEAL}, guard = {ROLE_GUARD};
	assert_ok(channel_pair(pair));
	assert_ok(channel_send(node->guard_master, MSG_NEIGHBOR, 0, &seal, pair[0]));
	assert_ok(channel_send(node->seal_master, MSG_NEIGHBOR, 0, &guard, pair[1]));
	close(pair[0]);
	close(pair[1]);
}

static void begin(const struct coalition *coalition, const struct node *node, struct channel *master)
{
	struct msg_begin ask = {
		.nation = coalition->world.rows[node->nation].name, .realm = SLICE("real"), .degraded = 1};
	assert_ok(channel_send(master, MSG_BEGIN, 0, &ask, -1));
}

void node_start_guard(struct coalition *coalition, struct node *node)
{
	const uint8_t originator[32] = {(uint8_t)node->nation, 1, 7}, release[32] = {(uint8_t)node->nation, 2, 7};
	node->guard = start_process("bices-guard", &node->guard_master, ROLE_GUARD);
	give(node->guard_master, "policies", coalition->policies);
	give(node->guard_master, "roster", coalition->roster);
	give(node->guard_master, "release-table", coalition->table);
	give(node->guard_master, "key-originator", SLICE_ARRAY(originator));
	give(node->guard_master, "key-release", SLICE_ARRAY(release));
	begin(coalition, node, node->guard_master);
	node->guard_store = join(node->guard_master, ROLE_STORE, ROLE_GUARD);
	node->guard_ledger = join(node->guard_master, ROLE_LEDGER, ROLE_GUARD);
	if (node->seal_master)
		join_both(node);
}

void node_start_seal(struct coalition *coalition, struct node *node)
{
	const uint8_t feed[32] = {(uint8_t)node->nation, 3, 7};
	node->seal = start_process("bices-seal", &node->seal_master, ROLE_SEAL);
	give(node->seal_master, "roster", coalition->roster);
	give(node->seal_master, "release-table", coalition->table);
	give(node->seal_master, "key-feed", SLICE_ARRAY(feed));
	give(node->seal_master, "key-seal", coalition->seal_key[node->nation]);
	give(node->seal_master, "seal-certificate", coalition->seal_certificate[node->nation]);
	give(node->seal_master, "ledger-key-public", SLICE_ARRAY(coalition->world.rows[node->nation].ledger_key));
	begin(coalition, node, node->seal_master);
	node->seal_store = join(node->seal_master, ROLE_STORE, ROLE_SEAL);
	node->seal_ledger = join(node->seal_master, ROLE_LEDGER, ROLE_SEAL);
	node->seal_link = join(node->seal_master, ROLE_LINK, ROLE_SEAL);
	if (node->guard_master)
		join_both(node);
}

static void drop(struct channel **channel)
{
	channel_free(*channel);
	*channel = NULL;
}

void node_kill(struct coalition *coalition, struct node *node, enum role role)
{
	pid_t *pid = role == ROLE_GUARD ? &node->guard : &node->seal;
	(void)coalition;
	if (*pid > 0) {
		kill(*pid, SIGKILL);
		assert_int_equal(waitpid(*pid, NULL, 0), *pid);
	}
	*pid = 0;
	if (role == ROLE_GUARD) {
		drop(&node->guard_master), drop(&node->guard_store), drop(&node->guard_ledger);
	} else {
		drop(&node->seal_master), drop(&node->seal_store), drop(&node->seal_ledger), drop(&node->seal_link);
	}
}

void node_cut_ledger(struct coalition *coalition, struct node *node)
{
	(void)coalition;
	drop(&node->guard_ledger);
	drop(&node->seal_ledger);
}

void node_give_ledger(struct coalition *coalition, struct node *node)
{
	(void)coalition;
	node->guard_ledger = join(node->guard_master, ROLE_LEDGER, ROLE_GUARD);
	node->seal_ledger = join(node->seal_master, ROLE_LEDGER, ROLE_SEAL);
}

void coalition_done(struct coalition *coalition)
{
	for (size_t i = 0; i < WORLD_NATIONS; i++) {
		node_kill(coalition, &coalition->nodes[i], ROLE_GUARD);
		node_kill(coalition, &coalition->nodes[i], ROLE_SEAL);
	}
	world_done(&coalition->world);
}

/* ---- the loop ---- */

static void serve(struct coalition *coalition, struct node *node, struct channel *channel)
{
	while (channel) {
		AUTO_ARENA arena = {0};
		struct channel_message message = {.descriptor = -1};
		if (channel_receive(channel, &arena, &message) != ERR_OK)
			return;
		if (channel == node->guard_ledger || channel == node->seal_ledger)
			node_serve_ledger(coalition, node, channel, &message);
		else if (channel == node->seal_store)
			node_serve_store(coalition, node, &message);
		else if (channel == node->guard_store)
			node_take_answer(coalition, node, &message);
		else if (channel == node->seal_link)
			node_serve_link(coalition, node, &message);
		else if (message.type != MSG_READY)
			fail_msg("the master got %s", message_name(message.type));
		channel_message_done(&message);
	}
}

static void turn(struct coalition *coalition)
{
	struct pollfd waits[WORLD_NATIONS * 7];
	nfds_t count = 0;
	for (size_t i = 0; i < WORLD_NATIONS; i++) {
		struct node *node = &coalition->nodes[i];
		struct channel *const all[] = {node->guard_master, node->seal_master,  node->guard_store,
					       node->seal_store,   node->guard_ledger, node->seal_ledger,
					       node->seal_link};
		for (size_t j = 0; j < 7; j++) {
			serve(coalition, node, all[j]);
			if (all[j] && channel_has_output(all[j]))
				assert_ok(channel_flush(all[j]));
			if (all[j])
				waits[count++] = (struct pollfd){channel_descriptor(all[j]), POLLIN, 0};
		}
	}
	poll(waits, count, 10);
}

void coalition_run(struct coalition *coalition, unsigned ms)
{
	for (uint64_t end = clock_monotonic_ms() + ms; clock_monotonic_ms() < end;)
		turn(coalition);
}

bool coalition_until(struct coalition *coalition, bool (*done)(struct coalition *))
{
	for (uint64_t end = clock_monotonic_ms() + NODE_PATIENCE_MS; clock_monotonic_ms() < end;) {
		turn(coalition);
		if (done(coalition))
			return true;
	}
	return false;
}

/* ---- asking ---- */

struct node_answer *node_ask_guard(struct coalition *coalition, struct node *node, enum message_type type,
				   const void *value)
{
	uint64_t request = ++node->request;
	assert_ok(channel_send_any(node->guard_store, type, request, value, -1));
	for (uint64_t end = clock_monotonic_ms() + NODE_PATIENCE_MS; clock_monotonic_ms() < end;) {
		turn(coalition);
		for (size_t i = 0; i < NODE_ANSWERS; i++)
			if (node->answers[i].request == request)
				return &node->answers[i];
	}
	fail_msg("guard does not answer %s", message_name((uint16_t)type));
	return NULL;
}

static struct node_answer *ask_patiently(struct coalition *coalition, struct node *node, enum message_type type,
					 const void *value)
{
	struct node_answer *answer = NULL;
	for (int i = 0; i < 100; i++) {
		answer = node_ask_guard(coalition, node, type, value);
		if (answer->type != MSG_REFUSED || answer->err != ERR_UNAVAILABLE)
			return answer;
		coalition_run(coalition, 50);
	}
	return answer;
}

static struct slice encode(struct coalition *coalition, const struct schema *schema, const void *value)
{
	AUTO_BUF buf = buf_make(LIMIT_OBJECT_BYTES);
	record_encode(schema, value, &buf);
	assert_ok(buf.err);
	return coalition_keep(coalition, buf_slice(&buf));
}

struct slice node_publish(struct coalition *coalition, struct node *node, const char *object_id, const char *label)
{
	struct portion_item items[2];
	struct disclosed disclosed[2];
	for (size_t i = 0; i < 2; i++) {
		struct portion portion = {.kind = i ? PORTION_TEXT : PORTION_HEAD,
					  .id = {(uint8_t)(i + 1)},
					  .label = slice_text(i ? label : LABEL_PUBLIC),
					  .changed = WORLD_NOW,
					  .content = SLICE("{}")};
		items[i].portion = encode(coalition, &portion_schema, &portion);
	}
	struct msg_publish ask = {.author = SLICE("analyst"),
				  .object_id = slice_text(object_id),
				  .realm = SLICE("real"),
				  .portions = {items, 2}};
	struct node_answer *answer = ask_patiently(coalition, node, MSG_PUBLISH, &ask);
	if (answer->type != MSG_PUBLISHED)
		fail_msg("not published: %s", answer->text);
	struct msg_published published;
	assert_ok(record_decode(message_schema(MSG_PUBLISHED, ROLE_GUARD, ROLE_STORE), answer->raw,
				&coalition->world.arena, &published));
	struct rendition rendition = {.manifest = published.manifest, .disclosed = {disclosed, 2}};
	memcpy(rendition.signature, published.signature, sizeof(rendition.signature));
	for (size_t i = 0; i < 2; i++) {
		memcpy(disclosed[i].salt, published.salts.data + i * SALT, SALT);
		disclosed[i].portion = items[i].portion;
	}
	return encode(coalition, &rendition_schema, &rendition);
}

struct node_answer *node_release(struct coalition *coalition, struct node *node, struct slice rendition,
				 const char *approver, bool patient)
{
	struct msg_release ask = {.recipient = coalition->world.rows[node_other_end(coalition, node)->nation].name,
				  .author = SLICE("analyst"),
				  .roles = SLICE("analyst"),
				  .approver = slice_text(approver),
				  .precedence = LANE_ROUTINE,
				  .rendition = rendition};
	return patient ? ask_patiently(coalition, node, MSG_RELEASE, &ask)
		       : node_ask_guard(coalition, node, MSG_RELEASE, &ask);
}

size_t node_count_records(struct coalition *coalition, const struct node *node, enum ledger_kind kind)
{
	size_t count = 0;
	for (size_t i = 0; i < node->record_count; i++) {
		struct ledger_record record;
		assert_ok(ledger_record_decode(node->records[i], &coalition->world.arena, &record));
		count += record.kind == kind;
	}
	return count;
}
