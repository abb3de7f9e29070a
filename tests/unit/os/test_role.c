/* The frame of a role: a child process runs as the store; this test is its master, its front and its guard. */
#include "os/clock.h"
#include "os/role.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 5000, ASK_MS = 300 };

/* ---- the role under test ---- */

struct asked {
	struct role_caller caller;
};

/* Front's STATUS makes it ask guard and pass the outcome on. */
static void on_plan(struct self *self, void *context, const struct role_message *answer)
{
	struct asked *asked = context;
	enum err err = role_answer_err(answer, MSG_PLAN_DONE);
	if (err != ERR_OK)
		role_refuse(self, asked->caller, err, 0, NULL);
	else
		role_done(self, asked->caller);
	free(asked);
}

static void on_status(struct self *self, const struct role_message *message)
{
	struct asked *asked = malloc(sizeof(*asked));
	struct msg_plan plan = {.author = SLICE("analyst")};
	asked->caller = message->caller;
	role_ask(self, ROLE_GUARD, MSG_PLAN, &plan, ASK_MS, on_plan, asked);
}

/* Front's GET answers what the master gave. */
static void on_get(struct self *self, const struct role_message *message)
{
	const struct msg_ask_object *ask = message->value;
	if (ask->id.len == 0) {
		role_refuse(self, message->caller, ERR_NOT_FOUND, 7, "a secret reason");
		return;
	}
	struct msg_text text = {role_given(self, "settings")};
	if (slice_equal(ask->id, SLICE("odd"))) {
		text.text = slice_of("\xff", 1); /* no text: it cannot be encoded */
		assert_int_equal(role_reply(self, message->caller, MSG_TEXT, &text), ERR_MALFORMED);
		return;
	}
	assert_int_equal(role_reply(self, message->caller, MSG_TEXT, &text), ERR_OK);
}

static void neighbor_up(struct self *self, enum role neighbor)
{
	if (neighbor == ROLE_FRONT) {
		struct msg_text text = {SLICE("hello")};
		assert_int_equal(role_send(self, ROLE_FRONT, MSG_TEXT, &text), ERR_OK);
	}
}

static _Noreturn void run_store(int master)
{
	static const struct role_handler handlers[] = {{MSG_STATUS, ROLE_FRONT, on_status}, {MSG_GET, ROLE_FRONT, on_get}, {0}};
	static const struct role_program program = {.role = ROLE_STORE, .handlers = handlers, .neighbor_up = neighbor_up};
	if (dup2(master, 3) < 0)
		_exit(99);
	_exit(role_run(&program, NULL));
}

/* ---- the world around it ---- */

struct world {
	pid_t child;
	struct channel *master, *front, *guard;
	struct arena arena;
};

static enum err await(struct world *world, struct channel *channel, struct channel_message *message)
{
	for (uint64_t end = clock_monotonic_ms() + PATIENCE_MS; clock_monotonic_ms() < end;) {
		*message = (struct channel_message){.descriptor = -1};
		enum err err = channel_receive(channel, &world->arena, message);
		if (err != ERR_NOT_FOUND)
			return err;
		struct pollfd wait = {channel_descriptor(channel), POLLIN, 0};
		poll(&wait, 1, 100);
	}
	return ERR_NOT_FOUND;
}

/* The next message is of this type. */
static const void *expect(struct world *world, struct channel *channel, enum message_type type)
{
	struct channel_message message;
	assert_int_equal(await(world, channel, &message), ERR_OK);
	assert_string_equal(message_name(message.type), message_name((uint16_t)type));
	return message.value;
}

static struct channel *connect_neighbor(struct world *world, enum role role)
{
	int pair[2];
	struct channel *channel;
	struct msg_neighbor told = {(uint8_t)role};
	assert_int_equal(channel_pair(pair), ERR_OK);
	assert_int_equal(channel_send(world->master, MSG_NEIGHBOR, 0, &told, pair[1]), ERR_OK);
	close(pair[1]);
	assert_int_equal(channel_new(pair[0], role, ROLE_STORE, &channel), ERR_OK);
	return channel;
}

static int start_world(void **state)
{
	int pair[2], memory;
	struct world *world = calloc(1, sizeof(*world));
	assert_int_equal(channel_pair(pair), ERR_OK);
	world->child = fork();
	if (world->child == 0)
		run_store(pair[1]);
	close(pair[1]);
	assert_int_equal(channel_new(pair[0], ROLE_MASTER, ROLE_STORE, &world->master), ERR_OK);
	struct msg_give give = {SLICE("settings")};
	assert_int_equal(sealed_memory_new("settings", SLICE("nation KOR"), &memory), ERR_OK);
	assert_int_equal(channel_send(world->master, MSG_GIVE, 0, &give, memory), ERR_OK);
	close(memory);
	world->front = connect_neighbor(world, ROLE_FRONT);
	world->guard = connect_neighbor(world, ROLE_GUARD);
	struct msg_begin begin = {.nation = SLICE("KOR"), .realm = SLICE("real"), .degraded = 1};
	assert_int_equal(channel_send(world->master, MSG_BEGIN, 0, &begin, -1), ERR_OK);
	const struct msg_ready *ready = expect(world, world->master, MSG_READY);
	assert_non_null(memmem(ready->layers.data, ready->layers.len, "calls", 5));
	expect(world, world->front, MSG_TEXT); /* neighbor_up */
	*state = world;
	return 0;
}

static int end_world(void **state)
{
	struct world *world = *state;
	int status = 0;
	channel_free(world->master); /* a role without a master ends */
	bool ended = false;
	for (int i = 0; i < 100 && !ended; i++) {
		ended = waitpid(world->child, &status, WNOHANG) == world->child;
		poll(NULL, 0, ended ? 0 : 20);
	}
	assert_true(ended);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	channel_free(world->front);
	channel_free(world->guard);
	arena_done(&world->arena);
	free(world);
	return 0;
}

static void ask_status(struct world *world, uint64_t request)
{
	struct msg_ask ask = {{1}};
	assert_int_equal(channel_send(world->front, MSG_STATUS, request, &ask, -1), ERR_OK);
}

static void a_request_gets_the_answer_with_its_number(void **state)
{
	struct world *world = *state;
	struct msg_ask_object ask = {.id = SLICE("report--1")};
	struct channel_message message;
	assert_int_equal(channel_send(world->front, MSG_GET, 4711, &ask, -1), ERR_OK);
	assert_int_equal(await(world, world->front, &message), ERR_OK);
	assert_int_equal(message.type, MSG_TEXT);
	assert_int_equal(message.request, 4711);
	assert_true(slice_equal(((const struct msg_text *)message.value)->text, SLICE("nation KOR")));
}

static void not_found_carries_no_text_and_no_line(void **state)
{
	struct world *world = *state;
	struct msg_ask_object ask = {.session = {1}};
	assert_int_equal(channel_send(world->front, MSG_GET, 1, &ask, -1), ERR_OK);
	const struct msg_refused *refused = expect(world, world->front, MSG_REFUSED);
	assert_int_equal(refused->err, ERR_NOT_FOUND);
	assert_int_equal(refused->text.len, 0);
	assert_int_equal(refused->line, 0);
}

static void an_answer_that_cannot_be_sent_becomes_a_refusal(void **state)
{
	struct world *world = *state;
	struct msg_ask_object ask = {.id = SLICE("odd")};
	struct channel_message message;
	assert_int_equal(channel_send(world->front, MSG_GET, 12, &ask, -1), ERR_OK);
	assert_int_equal(await(world, world->front, &message), ERR_OK);
	assert_int_equal(message.type, MSG_REFUSED);
	assert_int_equal(message.request, 12);
}

static void an_answer_of_a_neighbour_finds_who_waits_for_it(void **state)
{
	struct world *world = *state;
	struct channel_message plan;
	struct msg_plan_done done = {.answers = SLICE("\1")};
	ask_status(world, 5);
	assert_int_equal(await(world, world->guard, &plan), ERR_OK);
	assert_int_equal(channel_send(world->guard, MSG_PLAN_DONE, plan.request, &done, -1), ERR_OK);
	expect(world, world->front, MSG_DONE);
}

static void a_neighbour_that_does_not_answer_in_time_is_unavailable_and_its_late_answer_is_dropped(void **state)
{
	struct world *world = *state;
	struct channel_message plan;
	struct msg_plan_done done = {0};
	ask_status(world, 6);
	assert_int_equal(await(world, world->guard, &plan), ERR_OK);
	const struct msg_refused *refused = expect(world, world->front, MSG_REFUSED);
	assert_int_equal(refused->err, ERR_UNAVAILABLE);
	assert_int_equal(channel_send(world->guard, MSG_PLAN_DONE, plan.request, &done, -1), ERR_OK);
	an_answer_of_a_neighbour_finds_who_waits_for_it(state);
}

static void requests_to_a_dead_neighbour_are_refused_at_once(void **state)
{
	struct world *world = *state;
	struct channel_message plan;
	ask_status(world, 7);
	assert_int_equal(await(world, world->guard, &plan), ERR_OK);
	channel_free(world->guard);
	world->guard = NULL;
	const struct msg_refused *refused = expect(world, world->front, MSG_REFUSED);
	assert_int_equal(refused->err, ERR_UNAVAILABLE);
	ask_status(world, 8);
	refused = expect(world, world->front, MSG_REFUSED);
	assert_int_equal(refused->err, ERR_UNAVAILABLE);
	world->guard = connect_neighbor(world, ROLE_GUARD);
	an_answer_of_a_neighbour_finds_who_waits_for_it(state);
}

static void an_answer_that_nobody_asked_for_ends_the_peer_and_is_reported(void **state)
{
	struct world *world = *state;
	struct msg_plan_done done = {0};
	struct channel_message message;
	assert_int_equal(channel_send(world->guard, MSG_PLAN_DONE, 999, &done, -1), ERR_OK);
	const struct msg_neighbor *accused = expect(world, world->master, MSG_ACCUSE);
	assert_int_equal(accused->role, ROLE_GUARD);
	assert_int_equal(await(world, world->guard, &message), ERR_UNAVAILABLE);
}

static void a_message_without_a_handler_ends_the_peer(void **state)
{
	struct world *world = *state;
	struct msg_ask ask = {{1}};
	assert_int_equal(channel_send(world->front, MSG_USERS, 1, &ask, -1), ERR_OK);
	const struct msg_neighbor *accused = expect(world, world->master, MSG_ACCUSE);
	assert_int_equal(accused->role, ROLE_FRONT);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, start_world, end_world)
	const struct CMUnitTest tests[] = {
		IN_WORLD(a_request_gets_the_answer_with_its_number),
		IN_WORLD(not_found_carries_no_text_and_no_line),
		IN_WORLD(an_answer_that_cannot_be_sent_becomes_a_refusal),
		IN_WORLD(an_answer_of_a_neighbour_finds_who_waits_for_it),
		IN_WORLD(a_neighbour_that_does_not_answer_in_time_is_unavailable_and_its_late_answer_is_dropped),
		IN_WORLD(requests_to_a_dead_neighbour_are_refused_at_once),
		IN_WORLD(an_answer_that_nobody_asked_for_ends_the_peer_and_is_reported),
		IN_WORLD(a_message_without_a_handler_ends_the_peer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
