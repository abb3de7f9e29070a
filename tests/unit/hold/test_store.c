/* The real store process, between a guard, a ledger, a seal and a front that the test plays. */
#include "store_node.h"

#include <argon2.h>
#include <unistd.h>

#define IN "11111111-1111-4111-8111-111111111111"
#define KOREA "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO"
#define PUBLIC "PUBLIC|UNMARKED"

static const char *const roles[] = {"analyst", "release", "watch", "auditor", "admin", "reader", "taxii"};
enum { ANALYST, RELEASE, WATCH, AUDITOR, ADMIN, READER, TAXII, ROLES };

static struct store_node node;
static uint8_t sessions[ROLES][SESSION];

/* ---- one node for each test ---- */

static const char *users(void)
{
	static char text[8192];
	size_t len = 0;
	for (size_t i = 0; i < ROLES; i++) {
		char hash[128];
		assert_int_equal(argon2id_hash_encoded(1, 64, 1, roles[i], strlen(roles[i]), "saltsaltsalt", 12, 32, hash, sizeof(hash)),
				 ARGON2_OK);
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s\t%s\t%s\tNATO|UNCLASSIFIED,SECRET|P:Context=NATO|P:Releasable To=NATO;;PUBLIC|UNMARKED\n",
					roles[i], hash, roles[i]);
	}
	return text;
}

static void sign_in_all(void)
{
	for (size_t i = 0; i < ROLES; i++)
		store_node_sign_in(&node, roles[i], sessions[i]);
}

static int set_up(void **state)
{
	(void)state;
	store_node_open(&node, users());
	sign_in_all();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	store_node_close(&node);
	return 0;
}

/* ---- asking ---- */

static struct store_answer put_many(size_t as, const char *collection, const char *label, size_t count, bool dry_run)
{
	struct offered_portion portions[2] = {
		{.kind = PORTION_HEAD, .label = slice_text(label), .content = SLICE("{}"), .index_text = SLICE("harbour")},
		{.kind = PORTION_TEXT, .label = slice_text(label), .content = SLICE("quay"), .index_text = SLICE("quay")},
	};
	struct offered_object objects[64];
	assert_true(count <= 64);
	for (size_t i = 0; i < count; i++)
		objects[i] = (struct offered_object){.type = SLICE("report"), .title = SLICE("harbour"), .portions = {portions, 2}};
	struct msg_put ask = {.precedence = LANE_ROUTINE, .dry_run = dry_run, .collection = slice_text(collection), .objects = {objects, count}};
	memcpy(ask.session, sessions[as], SESSION);
	return store_node_ask(&node, node.front, MSG_PUT, &ask);
}

static struct store_answer put(size_t as, const char *label)
{
	return put_many(as, NULL, label, 1, false);
}

static const char *put_id(const struct store_answer *done)
{
	assert_int_equal(done->type, MSG_PUT_DONE);
	const struct id_item *ids = ((const struct msg_put_done *)done->value)->ids.items;
	return arena_text(&node.arena, ids[0].id);
}

static struct store_answer ask_object(size_t as, enum message_type type, const char *id, const char *collection)
{
	struct msg_ask_object ask = {.id = slice_text(id), .collection = slice_text(collection)};
	memcpy(ask.session, sessions[as], SESSION);
	return store_node_ask(&node, node.front, type, &ask);
}

static struct store_answer ask(size_t as, enum message_type type)
{
	struct msg_ask question = {{0}};
	memcpy(question.session, sessions[as], SESSION);
	return store_node_ask(&node, node.front, type, &question);
}

static uint64_t found(const char *text)
{
	struct msg_search search = {.text = slice_text(text), .limit = 10, .count_only = 1};
	memcpy(search.session, sessions[ANALYST], SESSION);
	struct store_answer answer = store_node_ask(&node, node.front, MSG_SEARCH, &search);
	assert_int_equal(answer.type, MSG_HITS);
	return ((const struct msg_hits *)answer.value)->count;
}

static struct store_answer decide(size_t as, const char *id, bool approve)
{
	struct msg_release_decide question = {.id = slice_text(id), .approve = approve, .reason = SLICE("as agreed")};
	memcpy(question.session, sessions[as], SESSION);
	return store_node_ask(&node, node.front, MSG_RELEASE_DECIDE, &question);
}

static void assert_refused(struct store_answer answer, enum err err)
{
	assert_int_equal(answer.type, MSG_REFUSED);
	assert_int_equal(answer.err, err);
}

/* ---- publication ---- */

static void object_is_stored_when_guard_signed_it(void **state)
{
	(void)state;
	struct store_answer done = put(ANALYST, PUBLIC);
	const char *id = put_id(&done);
	assert_int_equal(ask_object(ANALYST, MSG_GET, id, NULL).type, MSG_OBJECT);
	assert_int_equal(found("quay"), 1);
}

static void nothing_is_stored_when_guard_refuses(void **state)
{
	(void)state;
	node.refuse_publish_at = 1;
	struct store_answer answer = put(ANALYST, PUBLIC);
	assert_refused(answer, ERR_REFUSED);
	assert_non_null(strstr(answer.text, "guard says no"));
	assert_int_equal(found("quay"), 0);
}

static void nothing_is_stored_when_guard_stays_silent(void **state)
{
	(void)state;
	node.guard_silent = true;
	struct store_answer answer = put(ANALYST, PUBLIC);
	assert_refused(answer, ERR_UNAVAILABLE);
	assert_non_null(strstr(answer.text, "nothing was stored"));
	node.guard_silent = false;
	assert_int_equal(found("quay"), 0);
	assert_int_equal(put(ANALYST, PUBLIC).type, MSG_PUT_DONE); /* and goes on afterwards */
	assert_int_equal(found("quay"), 1);
}

static void bundle_with_one_refused_object_is_refused_whole(void **state)
{
	(void)state;
	node.refuse_publish_at = 37;
	assert_refused(put_many(ANALYST, NULL, PUBLIC, 40, false), ERR_REFUSED);
	assert_int_equal(found("quay"), 0);
	assert_int_equal(put_many(ANALYST, NULL, PUBLIC, 40, false).type, MSG_PUT_DONE);
	assert_int_equal(found("quay"), 40);
}

static void dry_run_shows_the_plan_and_asks_for_no_signature(void **state)
{
	(void)state;
	struct store_answer shown = put_many(ANALYST, NULL, KOREA, 1, true);
	assert_int_equal(shown.type, MSG_PLAN_SHOWN);
	const struct msg_plan_shown *plan = shown.value;
	assert_int_equal(plan->rows.count, 2);
	assert_int_equal(plan->nations.count, 1);
	assert_int_equal(node.published, 0);
	assert_int_equal(found("quay"), 0);
}

/* ---- who may what ---- */

#define ALL ((1u << ROLES) - 1)
#define MAY(role) (1u << (role))

static void every_message_serves_only_the_roles_of_its_row(void **state)
{
	static const struct {
		enum message_type type;
		unsigned may; /* the others hear ERR_REFUSED */
	} rows[] = {
		{MSG_GET, ALL}, {MSG_PROOF, ALL}, {MSG_AUDIENCE, ALL},
		{MSG_RELEASE_SHOW, MAY(RELEASE) | MAY(ANALYST)},
		{MSG_RECALL_STATUS, MAY(RELEASE) | MAY(ANALYST) | MAY(AUDITOR) | MAY(WATCH)},
		{MSG_DELETE, MAY(TAXII) | MAY(ANALYST)},
		{MSG_COLLECTIONS, ALL}, {MSG_STATUS, ALL},
		{MSG_RELEASE_LIST, MAY(RELEASE) | MAY(ANALYST)},
		{MSG_USERS, MAY(ADMIN)}, {MSG_TOKENS, MAY(TAXII) | MAY(ANALYST) | MAY(READER) | MAY(ADMIN)},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t role = 0; role < ROLES; role++) {
			bool listing = rows[i].type == MSG_COLLECTIONS || rows[i].type == MSG_STATUS || rows[i].type == MSG_RELEASE_LIST ||
				       rows[i].type == MSG_USERS || rows[i].type == MSG_TOKENS;
			if (rows[i].type == MSG_PROOF && role == AUDITOR)
				continue; /* the ledger answers him */
			struct store_answer answer = listing ? ask(role, rows[i].type)
							     : ask_object(role, rows[i].type, "report--99999999-9999-4999-8999-999999999999", IN);
			bool refused = answer.type == MSG_REFUSED && answer.err == ERR_REFUSED;
			if (refused == (rows[i].may >> role & 1))
				fail_msg("%s as %s: %s", message_name((uint16_t)rows[i].type), roles[role], err_text((enum err)answer.err));
		}
}

static void only_analysts_publish_and_taxii_users_only_through_their_collection(void **state)
{
	(void)state;
	for (size_t role = 0; role < ROLES; role++) {
		bool direct = put(role, PUBLIC).type == MSG_PUT_DONE;
		bool channel = put_many(role, IN, PUBLIC, 1, false).type == MSG_PUT_DONE;
		assert_int_equal(direct, role == ANALYST);
		assert_int_equal(channel, role == ANALYST || role == TAXII);
	}
}

static void only_release_officers_decide_and_recall(void **state)
{
	(void)state;
	struct store_answer done = put(ANALYST, KOREA);
	const char *id = put_id(&done);
	struct msg_recall recall = {.id = slice_text(id), .reason = SLICE("error")};
	for (size_t role = 0; role < ROLES; role++) {
		if (role == RELEASE)
			continue;
		assert_refused(decide(role, id, true), ERR_REFUSED);
		memcpy(recall.session, sessions[role], SESSION);
		assert_refused(store_node_ask(&node, node.front, MSG_RECALL, &recall), ERR_REFUSED);
	}
	assert_refused(decide(RELEASE, id, true), ERR_UNSEEN);
	assert_int_equal(ask_object(RELEASE, MSG_RELEASE_SHOW, id, NULL).type, MSG_RELEASE_SHOWN);
	assert_int_equal(decide(RELEASE, id, true).type, MSG_DONE);
	store_node_run(&node, 300);
	assert_int_equal(node.released, 1);
	assert_int_equal(node.records[LEDGER_APPROVE], 1);
	memcpy(recall.session, sessions[RELEASE], SESSION);
	assert_int_equal(store_node_ask(&node, node.front, MSG_RECALL, &recall).type, MSG_DONE);
	store_node_run(&node, 300);
	assert_int_equal(node.ordered, 1);
	assert_refused(ask_object(ANALYST, MSG_GET, id, NULL), ERR_NOT_FOUND);
}

static void only_administrators_set_users_and_they_see_no_object(void **state)
{
	(void)state;
	struct msg_user_set set = {.user = SLICE("new"), .password = SLICE("new"), .roles = SLICE("reader"), .clearance = SLICE(PUBLIC)};
	struct store_answer done = put(ANALYST, PUBLIC);
	const char *id = put_id(&done);
	for (size_t role = 0; role < ROLES; role++) {
		memcpy(set.session, sessions[role], SESSION);
		struct store_answer answer = store_node_ask(&node, node.front, MSG_USER_SET, &set);
		assert_int_equal(answer.type, role == ADMIN ? MSG_DONE : MSG_REFUSED);
		bool blind = role == ADMIN || role == AUDITOR;
		assert_int_equal(ask_object(role, MSG_GET, id, NULL).type, blind ? MSG_REFUSED : MSG_OBJECT);
	}
	uint8_t session[SESSION];
	store_node_sign_in(&node, "new", session);
	store_node_run(&node, 200);
	assert_int_equal(node.records[LEDGER_USER], 1);
}

static void without_a_session_nobody_is_served(void **state)
{
	(void)state;
	struct store_answer done = put(ANALYST, PUBLIC);
	const char *id = put_id(&done);
	memset(sessions[ANALYST], 7, SESSION);
	assert_refused(ask_object(ANALYST, MSG_GET, id, NULL), ERR_SIGN_IN);
	assert_refused(put(ANALYST, PUBLIC), ERR_SIGN_IN);
	assert_refused(ask(ANALYST, MSG_STATUS), ERR_SIGN_IN);
}

/* ---- records ---- */

static struct store_answer admit_recall(uint64_t seq)
{
	struct control_entry entry = {.kind = CONTROL_RECALL, .subject = SLICE("report--99999999-9999-4999-8999-999999999999"), .issued = 1};
	AUTO_BUF body = buf_make(4096);
	record_encode(&control_entry_schema, &entry, &body);
	assert_ok(body.err);
	struct msg_admit admit = {.peer = SLICE("KOR"), .feed = FEED_CONTROL, .seq = seq, .body = buf_slice(&body), .sent = 1};
	return store_node_ask(&node, node.seal, MSG_ADMIT, &admit);
}

static void record_of_an_applied_recall_outlives_the_process(void **state)
{
	(void)state;
	node.ledger_silent = true;
	assert_int_equal(admit_recall(1).type, MSG_DONE);
	store_node_run(&node, 200);
	assert_int_equal(node.records[LEDGER_RECALL_APPLIED], 0);
	assert_int_equal(node.receipts, 1);
	store_node_kill(&node);
	node.ledger_silent = false;
	store_node_start(&node);
	for (int i = 0; i < 50 && !node.records[LEDGER_RECALL_APPLIED]; i++)
		store_node_run(&node, 100);
	assert_int_equal(node.records[LEDGER_RECALL_APPLIED], 1);
	store_node_run(&node, 1500);
	store_node_kill(&node);
	store_node_start(&node);
	store_node_run(&node, 1500);
	assert_int_equal(node.records[LEDGER_RECALL_APPLIED], 1); /* taken once, it is not told again */
	assert_int_equal(node.receipts, 1);
}

static void what_was_stored_outlives_the_process_and_sessions_do_not(void **state)
{
	(void)state;
	struct store_answer done = put(ANALYST, PUBLIC);
	const char *id = put_id(&done);
	store_node_kill(&node);
	store_node_start(&node);
	assert_refused(ask_object(ANALYST, MSG_GET, id, NULL), ERR_SIGN_IN);
	store_node_sign_in(&node, "analyst", sessions[ANALYST]);
	assert_int_equal(ask_object(ANALYST, MSG_GET, id, NULL).type, MSG_OBJECT);
}

/* The lines of the store's file of label sets. */
static size_t label_lines(void)
{
	char path[128], line[8192];
	size_t lines = 0;
	snprintf(path, sizeof(path), "%s/label-sets", node.directory);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		lines += line[64] == '\t';
	fclose(file);
	return lines;
}

static void labels_of_what_goes_to_guard_are_kept_once_and_before_it_is_asked(void **state)
{
	(void)state;
	node.plan_answer = PLAN_AT_ONCE;
	node.guard_silent = false;
	put(ANALYST, PUBLIC);
	store_node_run(&node, 300);
	assert_true(node.released >= 1);
	assert_int_equal(label_lines(), 1);
	put(ANALYST, PUBLIC);
	store_node_run(&node, 300);
	assert_int_equal(label_lines(), 1);
	put(ANALYST, KOREA);
	store_node_run(&node, 300);
	assert_int_equal(label_lines(), 2);
}

static void a_torn_line_of_labels_is_left_behind_and_written_anew(void **state)
{
	(void)state;
	char path[128];
	node.plan_answer = PLAN_AT_ONCE;
	put(ANALYST, PUBLIC);
	store_node_run(&node, 300);
	store_node_kill(&node);
	snprintf(path, sizeof(path), "%s/label-sets", node.directory);
	assert_int_equal(truncate(path, 70), 0);
	store_node_start(&node);
	store_node_sign_in(&node, "analyst", sessions[ANALYST]);
	put(ANALYST, PUBLIC);
	store_node_run(&node, 300);
	assert_int_equal(label_lines(), 2); /* the torn one and a whole one */
	store_node_kill(&node);
	store_node_start(&node);
	store_node_sign_in(&node, "analyst", sessions[ANALYST]);
	put(ANALYST, PUBLIC);
	store_node_run(&node, 300);
	assert_int_equal(label_lines(), 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(object_is_stored_when_guard_signed_it),
		CASE(nothing_is_stored_when_guard_refuses),
		CASE(nothing_is_stored_when_guard_stays_silent),
		CASE(bundle_with_one_refused_object_is_refused_whole),
		CASE(dry_run_shows_the_plan_and_asks_for_no_signature),
		CASE(every_message_serves_only_the_roles_of_its_row),
		CASE(only_analysts_publish_and_taxii_users_only_through_their_collection),
		CASE(only_release_officers_decide_and_recall),
		CASE(only_administrators_set_users_and_they_see_no_object),
		CASE(without_a_session_nobody_is_served),
		CASE(record_of_an_applied_recall_outlives_the_process),
		CASE(labels_of_what_goes_to_guard_are_kept_once_and_before_it_is_asked),
		CASE(a_torn_line_of_labels_is_left_behind_and_written_anew),
		CASE(what_was_stored_outlives_the_process_and_sessions_do_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
