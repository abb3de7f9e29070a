/* Settings: what is read, and that every mistake is named with its line. */
#include "os/pack.h"
#include "os/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define GOOD \
	"# a comment\n" \
	"nation KOR\nrealm real\n\nlisten-users 127.0.0.1:8445\n  listen-admin   127.0.0.1:8545  \nlisten-peers [::1]:8645\n" \
	"user-id-base 61020\npolicy ../a.xml\npolicy ../b.xml\nrelease-table release.table\nroster roster\nusers users\n"

static void every_setting_arrives_where_it_belongs(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	struct settings settings;
	struct slice text = SLICE(GOOD "web ../web\nsession-minutes 5\nhold guard\nhold seal\n"
				  "collection 3f3c1d38-94e4-5a56-8b54-8d1f0a0c0a01|inbox|In box|rw|NATO;SECRET;P:Context=NATO|for tools\n");
	assert_int_equal(settings_parse(text, &arena, &settings, NULL), ERR_OK);
	assert_string_equal((const char *)settings.nation.data, "KOR");
	assert_string_equal((const char *)settings.listen_admin.data, "127.0.0.1:8545");
	assert_int_equal(settings.user_id_base, 61020);
	assert_int_equal(settings.policy_count, 2);
	assert_string_equal((const char *)settings.policies[1].data, "../b.xml");
	assert_int_equal(settings.session_minutes, 5);
	assert_int_equal(settings.hold, 1u << ROLE_GUARD | 1u << ROLE_SEAL);
	assert_int_equal(settings.collection_count, 1);
	const struct setting_collection *collection = &settings.collections[0];
	assert_true(collection->writable);
	assert_string_equal((const char *)collection->title.data, "In box");
	assert_string_equal((const char *)collection->default_label.data, "NATO|SECRET|P:Context=NATO");
	assert_string_equal((const char *)collection->description.data, "for tools");
}

static void a_virtual_collection_has_a_question_and_may_have_readers(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	struct settings settings;
	struct slice text = SLICE(GOOD "virtual-collection 3f3c1d38-94e4-5a56-8b54-8d1f0a0c0a01|ports|Ports|type=indicator,malware&q=port attack&originator=KOR&community=EU|of ports\n"
				  "collection-for ports|analyst taxii|NATO;SECRET;P:Context=NATO\n");
	assert_int_equal(settings_parse(text, &arena, &settings, NULL), ERR_OK);
	assert_int_equal(settings.collection_count, 1);
	const struct setting_collection *collection = &settings.collections[0];
	assert_false(collection->writable);
	assert_true(slice_equal(collection->types, SLICE("indicator,malware")));
	assert_true(slice_equal(collection->words, SLICE("port attack")));
	assert_true(slice_equal(collection->originators, SLICE("KOR")));
	assert_true(slice_equal(collection->community, SLICE("EU")));
	assert_true(slice_equal(collection->roles, SLICE("analyst taxii")));
	assert_true(slice_equal(collection->audience, SLICE("NATO|SECRET|P:Context=NATO")));
	assert_string_equal((const char *)collection->description.data, "of ports");
}

static void an_empty_last_field_spoils_none_before_it(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	struct settings settings;
	struct slice text = SLICE(GOOD "collection 3f3c1d38-94e4-5a56-8b54-8d1f0a0c0a01|inbox|In box|rw|NATO;SECRET;P:Context=NATO|\n"
				  "collection-for inbox|analyst|\n");
	assert_int_equal(settings_parse(text, &arena, &settings, NULL), ERR_OK);
	assert_true(slice_equal(settings.collections[0].default_label, SLICE("NATO|SECRET|P:Context=NATO")));
	assert_true(slice_equal(settings.collections[0].roles, SLICE("analyst")));
	assert_string_equal((const char *)settings.collections[0].description.data, "");
}

static void what_may_be_left_out_has_its_default(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	struct settings settings;
	assert_int_equal(settings_parse(SLICE(GOOD), &arena, &settings, NULL), ERR_OK);
	assert_int_equal(settings.session_minutes, 480);
	assert_int_equal(settings.web.len, 0);
	assert_int_equal(settings.hold, 0);
}

static void a_mistake_is_named_with_its_line(void **state)
{
	(void)state;
	static const struct {
		const char *line, *says;
		enum err err;
	} rows[] = {
		{"colour red\n", "colour", ERR_MALFORMED},
		{"nation USA\n", "second time", ERR_MALFORMED},
		{"session-minutes none\n", "whole number", ERR_MALFORMED},
		{"session-minutes 0\n", "whole number", ERR_MALFORMED},
		{"session-minutes 9999999999\n", "whole number", ERR_MALFORMED},
		{"session-minutes\n", "value", ERR_MALFORMED},
		{"hold master\n", "front, store", ERR_MALFORMED},
		{"hold clerk\n", "front, store", ERR_MALFORMED},
		{"collection x|y\n", "UUID", ERR_MALFORMED},
		{"collection 3f3c1d38-94e4-5a56-8b54-8d1f0a0c0a01|a|t|maybe||d\n", "UUID", ERR_MALFORMED},
		{"virtual-collection 3f3c1d38-94e4-5a56-8b54-8d1f0a0c0a01|a|t||d\n", "question", ERR_MALFORMED},
		{"virtual-collection 3f3c1d38-94e4-5a56-8b54-8d1f0a0c0a01|a|t|colour=red|d\n", "question", ERR_MALFORMED},
		{"virtual-collection 3f3c1d38-94e4-5a56-8b54-8d1f0a0c0a01|a|t|type=|d\n", "question", ERR_MALFORMED},
		{"virtual-collection 3f3c1d38-94e4-5a56-8b54-8d1f0a0c0a01|a|t|q=a&q=b|d\n", "question", ERR_MALFORMED},
		{"virtual-collection 3f3c1d38-94e4-5a56-8b54-8d1f0a0c0a01|a|t|q=a\n", "UUID", ERR_MALFORMED},
		{"virtual-collection short|a|t|q=a|d\n", "UUID", ERR_MALFORMED},
		{"collection-for a|analyst|\n", "above", ERR_MALFORMED},
		{"collection-for a||\n", "roles", ERR_MALFORMED},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		AUTO_ARENA arena = {0};
		AUTO_BUF text = buf_make(4096);
		struct settings settings = {.session_minutes = 77};
		struct diag diag = {0};
		buf_put_text(&text, GOOD);
		buf_put_text(&text, rows[i].line);
		assert_int_equal(settings_parse(buf_slice(&text), &arena, &settings, &diag), rows[i].err);
		assert_int_equal(diag.line, 14);
		assert_non_null(strstr(diag.text, rows[i].says));
		assert_int_equal(settings.session_minutes, 77); /* untouched */
	}
}

static void addresses_and_names_are_checked(void **state)
{
	(void)state;
	static const char *const lines[] = {"nation kor\n",		    "nation 1KOR\n",
					    "realm two words\n",	    "listen-users 127.0.0.1\n",
					    "listen-users :80\n",	    "listen-users 127.0.0.1:0\n",
					    "listen-users 127.0.0.1:65536\n", "listen-admin 10.0.0.1:8545\n"};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		AUTO_ARENA arena = {0};
		struct settings settings;
		struct diag diag = {0};
		assert_int_equal(settings_parse(slice_text(lines[i]), &arena, &settings, &diag), ERR_MALFORMED);
		assert_int_equal(diag.line, 1);
	}
}

static void a_realm_has_at_most_its_limit(void **state)
{
	(void)state;
	for (size_t len = LIMIT_REALM - 1; len <= LIMIT_REALM + 1; len++) {
		AUTO_ARENA arena = {0};
		AUTO_BUF text = buf_make(4096);
		struct settings settings;
		struct diag diag = {0};
		buf_put_text(&text, "realm ");
		for (size_t i = 0; i < len; i++)
			buf_put_octet(&text, 'r');
		buf_put_text(&text, "\nnation 1\n"); /* the next fault */
		assert_int_equal(settings_parse(buf_slice(&text), &arena, &settings, &diag), ERR_MALFORMED);
		assert_int_equal(diag.line, len <= LIMIT_REALM ? 2 : 1);
	}
}

static void a_missing_setting_is_named(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	struct settings settings;
	struct diag diag = {0};
	assert_int_equal(settings_parse(SLICE("nation KOR\n"), &arena, &settings, &diag), ERR_MALFORMED);
	assert_non_null(strstr(diag.text, "realm"));
}

static void packed_pieces_come_out_in_order_and_a_cut_pack_is_refused(void **state)
{
	(void)state;
	AUTO_BUF pack = buf_make(100);
	struct slice piece;
	pack_put(&pack, SLICE("one"));
	pack_put(&pack, SLICE(""));
	pack_put(&pack, SLICE("three"));
	struct slice rest = buf_slice(&pack);
	assert_int_equal(pack_next(&rest, &piece), ERR_OK);
	assert_true(slice_equal(piece, SLICE("one")));
	assert_int_equal(pack_next(&rest, &piece), ERR_OK);
	assert_int_equal(piece.len, 0);
	assert_int_equal(pack_next(&rest, &piece), ERR_OK);
	assert_true(slice_equal(piece, SLICE("three")));
	assert_int_equal(pack_next(&rest, &piece), ERR_NOT_FOUND);
	for (size_t len = 12; len < pack.len; len++) {
		rest = slice_skip(slice_take(buf_slice(&pack), len), 11);
		assert_int_equal(pack_next(&rest, &piece), ERR_MALFORMED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_setting_arrives_where_it_belongs),
		cmocka_unit_test(what_may_be_left_out_has_its_default), cmocka_unit_test(an_empty_last_field_spoils_none_before_it),
		cmocka_unit_test(a_virtual_collection_has_a_question_and_may_have_readers),
		cmocka_unit_test(a_mistake_is_named_with_its_line),
		cmocka_unit_test(addresses_and_names_are_checked),
		cmocka_unit_test(a_realm_has_at_most_its_limit), cmocka_unit_test(a_missing_setting_is_named),
		cmocka_unit_test(packed_pieces_come_out_in_order_and_a_cut_pack_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
