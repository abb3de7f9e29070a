/* The ledger process as its neighbours meet it: the test plays master, store, guard and seal. */
#include "unit.h"

#include "ipc/channel.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MS = 10000 };

static const char *program;

struct node {
	char path[64];
	pid_t process;
	struct channel *master, *guard, *seal, *store;
	struct arena arena;
	struct channel_message message;
};

static void give(struct node *node, const char *name, int descriptor)
{
	struct msg_give told = {.name = slice_text(name)};
	assert_int_equal(channel_send(node->master, MSG_GIVE, 0, &told, descriptor), ERR_OK);
	close(descriptor);
}

static struct channel *neighbor(struct node *node, enum role role)
{
	int ends[2];
	struct channel *channel;
	struct msg_neighbor told = {.role = (uint8_t)role};
	assert_int_equal(channel_pair(ends), ERR_OK);
	assert_int_equal(channel_send(node->master, MSG_NEIGHBOR, 0, &told, ends[1]), ERR_OK);
	close(ends[1]);
	assert_int_equal(channel_new(ends[0], role, ROLE_LEDGER, &channel), ERR_OK);
	return channel;
}

/* The next message on this channel. */
static const void *receive(struct node *node, struct channel *channel, enum message_type type)
{
	channel_message_done(&node->message);
	for (;;) {
		enum err err = channel_receive(channel, &node->arena, &node->message);
		if (err == ERR_OK)
			break;
		struct pollfd wait = {channel_descriptor(channel), POLLIN, 0};
		if (err != ERR_NOT_FOUND || poll(&wait, 1, ANSWER_MS) != 1)
			fail_msg("no answer from the ledger: %s", err_text(err));
	}
	assert_string_equal(message_name(node->message.type), message_name((uint16_t)type));
	return node->message.value;
}

static void launch(struct node *node)
{
	int ends[2], key;
	assert_int_equal(channel_pair(ends), ERR_OK);
	node->process = fork();
	if (node->process == 0) {
		if (dup2(ends[1], 3) == 3 && fcntl(3, F_SETFD, 0) == 0)
			execl(program, program, NULL);
		_exit(127);
	}
	close(ends[1]);
	assert_int_equal(channel_new(ends[0], ROLE_MASTER, ROLE_LEDGER, &node->master), ERR_OK);
	assert_int_equal(sealed_memory_new("key", SLICE_ARRAY(unit_seed), &key), ERR_OK);
	give(node, "data", open(node->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	give(node, "key-ledger", key);
	node->guard = neighbor(node, ROLE_GUARD);
	node->seal = neighbor(node, ROLE_SEAL);
	node->store = neighbor(node, ROLE_STORE);
	struct msg_begin begin = {.nation = SLICE("KOR"), .realm = SLICE("real"), .degraded = 1};
	assert_int_equal(channel_send(node->master, MSG_BEGIN, 0, &begin, -1), ERR_OK);
	receive(node, node->master, MSG_READY);
}

static void halt(struct node *node)
{
	int status;
	channel_message_done(&node->message);
	channel_free(node->guard);
	channel_free(node->seal);
	channel_free(node->store);
	channel_free(node->master); /* its end is the process's end */
	assert_int_equal(waitpid(node->process, &status, 0), node->process);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The store shows what it holds of the ledger. */
static void present(struct node *node, struct slice checkpoint)
{
	struct msg_tree held = {.checkpoint = checkpoint};
	assert_int_equal(channel_send(node->store, MSG_WITNESS, 9, &held, -1), ERR_OK);
}

static int set_up(void **state)
{
	static struct node node;
	node = (struct node){.path = "/tmp/bices-role-XXXXXX", .message = {.descriptor = -1}};
	if (!mkdtemp(node.path))
		return -1;
	*state = &node;
	launch(&node);
	present(&node, (struct slice){0});
	receive(&node, node.store, MSG_DONE);
	return 0;
}

static void remove_file(const struct node *node)
{
	char file[128];
	snprintf(file, sizeof(file), "%s/%s", node->path, LEDGER_FILE);
	unlink(file);
}

static int tear_down(void **state)
{
	struct node *node = *state;
	halt(node);
	remove_file(node);
	arena_done(&node->arena);
	return rmdir(node->path);
}

static void ask_record(struct node *node, uint64_t request, uint8_t kind, size_t count)
{
	struct record_item items[64];
	for (size_t i = 0; i < count; i++)
		items[i].record = unit_record(&node->arena, kind, "report--1");
	struct msg_record ask = {.records = {items, count}};
	assert_int_equal(channel_send(node->guard, MSG_RECORD, request, &ask, -1), ERR_OK);
}

static void check_recorded(const struct msg_recorded *recorded, size_t count)
{
	struct signing_key *key;
	uint8_t public_key[32];
	struct note note;
	struct tree_head head;
	assert_int_equal(signing_key_new(unit_seed, &key), ERR_OK);
	signing_key_public(key, public_key);
	signing_key_free(key);
	assert_int_equal(tree_head_open(recorded->checkpoint, ORIGIN, public_key, &note, &head), ERR_OK);
	assert_int_equal(head.size, recorded->size);
	assert_int_equal(recorded->proofs.count, count);
	const struct record_proof *proofs = recorded->proofs.items;
	for (size_t i = 0; i < count; i++)
		assert_true(merkle_inclusion_verify(proofs[i].index, head.size, proofs[i].leaf, proofs[i].proof, head.root));
}

static void each_request_is_answered_with_proofs_under_a_signed_checkpoint(void **state)
{
	struct node *node = *state;
	uint64_t next = 1; /* the ledger's own start stands before */
	for (uint64_t request = 1; request <= 30; request++)
		ask_record(node, request, LEDGER_RELEASE, 1 + request % 3);
	for (uint64_t request = 1; request <= 30; request++) {
		const struct msg_recorded *recorded = receive(node, node->guard, MSG_RECORDED);
		const struct record_proof *proofs = recorded->proofs.items;
		assert_int_equal(node->message.request, request);
		check_recorded(recorded, 1 + request % 3);
		assert_int_equal(proofs[0].index, next);
		next += 1 + request % 3;
	}
}

static void a_malformed_record_is_refused_and_nothing_of_its_request_is_kept(void **state)
{
	struct node *node = *state;
	struct record_item items[2] = {{unit_record(&node->arena, LEDGER_SHOW, "x")}, {SLICE("nonsense")}};
	struct msg_record ask = {.records = {items, 2}};
	assert_int_equal(channel_send(node->guard, MSG_RECORD, 1, &ask, -1), ERR_OK);
	const struct msg_refused *refused = receive(node, node->guard, MSG_REFUSED);
	assert_int_equal(refused->err, ERR_MALFORMED);
	struct msg_ask_tree nothing = {0};
	assert_int_equal(channel_send(node->seal, MSG_TREE, 2, &nothing, -1), ERR_OK);
	const struct msg_tree *tree = receive(node, node->seal, MSG_TREE_DONE);
	assert_int_equal(tree->size, 1);
}

static void a_replay_gives_the_kinds_asked_for_until_it_ends(void **state)
{
	struct node *node = *state;
	const uint8_t kinds[] = {LEDGER_RECALL};
	ask_record(node, 1, LEDGER_RECALL, 3);
	ask_record(node, 2, LEDGER_SHOW, 5);
	ask_record(node, 3, LEDGER_RECALL, 2);
	for (int i = 0; i < 3; i++)
		receive(node, node->guard, MSG_RECORDED);
	struct msg_replay ask = {.from_index = 0, .kinds = SLICE_ARRAY(kinds)};
	assert_int_equal(channel_send(node->seal, MSG_REPLAY, 1, &ask, -1), ERR_OK);
	const struct msg_replayed *replayed = receive(node, node->seal, MSG_REPLAYED);
	const struct replay_item *items = replayed->items.items;
	assert_int_equal(replayed->items.count, 5);
	assert_int_equal(items[0].index, 1);
	assert_int_equal(items[3].index, 9);
	ask.from_index = replayed->next_index;
	assert_int_equal(channel_send(node->seal, MSG_REPLAY, 2, &ask, -1), ERR_OK);
	replayed = receive(node, node->seal, MSG_REPLAYED);
	assert_int_equal(replayed->items.count, 0);
}

static struct slice tree_of(struct node *node)
{
	struct msg_ask_tree nothing = {0};
	struct slice copy;
	assert_int_equal(channel_send(node->seal, MSG_TREE, 77, &nothing, -1), ERR_OK);
	const struct msg_tree *tree = receive(node, node->seal, MSG_TREE_DONE);
	assert_int_equal(arena_copy(&node->arena, tree->checkpoint, &copy), ERR_OK);
	return copy;
}

static void a_ledger_that_was_rolled_back_refuses_to_record_releases(void **state)
{
	struct node *node = *state;
	ask_record(node, 1, LEDGER_RELEASE, 4);
	receive(node, node->guard, MSG_RECORDED);
	struct msg_tree held = {.checkpoint = tree_of(node)};
	assert_int_equal(channel_send(node->seal, MSG_WITNESS, 1, &held, -1), ERR_OK);
	receive(node, node->seal, MSG_DONE);
	halt(node);
	remove_file(node);
	launch(node);
	present(node, (struct slice){0});
	receive(node, node->store, MSG_DONE);
	ask_record(node, 1, LEDGER_RELEASE, 1);
	receive(node, node->guard, MSG_RECORDED);
	assert_int_equal(channel_send(node->seal, MSG_WITNESS, 2, &held, -1), ERR_OK);
	const struct msg_refused *refused = receive(node, node->seal, MSG_REFUSED);
	assert_int_equal(refused->err, ERR_CONFLICT);
	static const uint8_t withheld[] = {LEDGER_RELEASE, LEDGER_PUBLISH};
	for (size_t i = 0; i < sizeof(withheld); i++) {
		ask_record(node, 2, withheld[i], 1);
		refused = receive(node, node->guard, MSG_REFUSED);
		assert_int_equal(refused->err, ERR_CONFLICT);
		assert_true(slice_has_prefix(refused->text, SLICE("the ledger is older than a checkpoint that is held of it")));
	}
	ask_record(node, 3, LEDGER_SHOW, 1);
	receive(node, node->guard, MSG_RECORDED);
}

static void a_checkpoint_that_is_not_ours_changes_nothing(void **state)
{
	struct node *node = *state;
	struct msg_tree held = {.checkpoint = SLICE("bices/KOR/ledger\n9\nnonsense\n")};
	assert_int_equal(channel_send(node->seal, MSG_WITNESS, 1, &held, -1), ERR_OK);
	receive(node, node->seal, MSG_REFUSED);
	ask_record(node, 2, LEDGER_RELEASE, 1);
	receive(node, node->guard, MSG_RECORDED);
}

static void nothing_is_released_before_the_store_has_shown_what_it_holds(void **state)
{
	struct node *node = *state;
	ask_record(node, 1, LEDGER_RELEASE, 4);
	receive(node, node->guard, MSG_RECORDED);
	struct slice held = tree_of(node);
	halt(node);
	launch(node);
	ask_record(node, 1, LEDGER_RELEASE, 1);
	const struct msg_refused *refused = receive(node, node->guard, MSG_REFUSED);
	assert_int_equal(refused->err, ERR_UNAVAILABLE);
	ask_record(node, 2, LEDGER_RECALL, 1);
	receive(node, node->guard, MSG_RECORDED);
	present(node, held);
	receive(node, node->store, MSG_DONE);
	ask_record(node, 3, LEDGER_RELEASE, 1);
	receive(node, node->guard, MSG_RECORDED);
}

static void a_ledger_that_the_store_knows_larger_releases_nothing(void **state)
{
	struct node *node = *state;
	ask_record(node, 1, LEDGER_RELEASE, 4);
	receive(node, node->guard, MSG_RECORDED);
	struct slice held = tree_of(node);
	halt(node);
	remove_file(node);
	launch(node);
	present(node, SLICE("nonsense"));
	receive(node, node->store, MSG_REFUSED);
	ask_record(node, 1, LEDGER_RELEASE, 1);
	receive(node, node->guard, MSG_REFUSED);
	present(node, held);
	const struct msg_refused *refused = receive(node, node->store, MSG_REFUSED);
	assert_int_equal(refused->err, ERR_CONFLICT);
	present(node, (struct slice){0});
	receive(node, node->store, MSG_DONE);
	ask_record(node, 2, LEDGER_RELEASE, 1);
	refused = receive(node, node->guard, MSG_REFUSED);
	assert_int_equal(refused->err, ERR_CONFLICT);
}

static void a_tree_comes_with_the_proof_from_the_size_asked_for(void **state)
{
	struct node *node = *state;
	uint8_t roots[2][32];
	struct tree_head heads[2];
	struct note note;
	uint8_t key[32];
	struct signing_key *signing;
	assert_int_equal(signing_key_new(unit_seed, &signing), ERR_OK);
	signing_key_public(signing, key);
	signing_key_free(signing);
	assert_int_equal(tree_head_open(tree_of(node), ORIGIN, key, &note, &heads[0]), ERR_OK);
	memcpy(roots[0], heads[0].root, 32);
	ask_record(node, 1, LEDGER_SHOW, 6);
	receive(node, node->guard, MSG_RECORDED);
	struct msg_ask_tree ask = {.from_size = heads[0].size};
	assert_int_equal(channel_send(node->seal, MSG_TREE, 3, &ask, -1), ERR_OK);
	const struct msg_tree *tree = receive(node, node->seal, MSG_TREE_DONE);
	assert_int_equal(tree_head_open(tree->checkpoint, ORIGIN, key, &note, &heads[1]), ERR_OK);
	assert_int_equal(heads[1].size, heads[0].size + 6);
	assert_true(merkle_consistency_verify(heads[0].size, heads[1].size, roots[0], heads[1].root, tree->proof));
	ask.from_size = heads[1].size + 1;
	assert_int_equal(channel_send(node->seal, MSG_TREE, 4, &ask, -1), ERR_OK);
	const struct msg_refused *refused = receive(node, node->seal, MSG_REFUSED);
	assert_int_equal(refused->err, ERR_INVALID);
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_request_is_answered_with_proofs_under_a_signed_checkpoint),
		TEST(a_malformed_record_is_refused_and_nothing_of_its_request_is_kept),
		TEST(a_replay_gives_the_kinds_asked_for_until_it_ends),
		TEST(a_ledger_that_was_rolled_back_refuses_to_record_releases),
		TEST(a_checkpoint_that_is_not_ours_changes_nothing),
		TEST(nothing_is_released_before_the_store_has_shown_what_it_holds),
		TEST(a_ledger_that_the_store_knows_larger_releases_nothing),
		TEST(a_tree_comes_with_the_proof_from_the_size_asked_for),
	};
	if (argc != 2)
		return 2;
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
