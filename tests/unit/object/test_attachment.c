/* Attachments: safe names and types, the digest of the octets, the limit. */
#include "../../support/test.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "object/attachment.h"

static json_t *attachment_make(const char *name, const char *type, size_t octets, char filler)
{
	AUTO_BUF bytes = buf_make(LIMIT_ATTACHMENT_BYTES + 16), text = buf_make(2 * (LIMIT_ATTACHMENT_BYTES + 16));
	for (size_t i = 0; i < octets; i++)
		buf_put_octet(&bytes, (uint8_t)filler);
	buf_put_base64(&text, buf_slice(&bytes));
	assert_ok(text.err);
	return json_pack("{s:s, s:s, s:I, s:s#}", "name", name, "media_type", type, "size", (json_int_t)octets, "data",
		text.len ? (const char *)text.data : "", (int)text.len);
}

static enum err check(const char *name, const char *type, struct diag *diag)
{
	uint8_t sha256[32] = {0};
	AUTO_JSON *attachment = attachment_make(name, type, 3, 'x');
	return attachment_check(attachment, sha256, diag);
}

static void a_name_is_one_component_without_hidden_characters(void **state)
{
	(void)state;
	char name[ATTACHMENT_NAME + 2];
	static const char *const good[] = {"a", "plan.pdf", "사진 1.png", ".profile", "a..b", "-rf", "con"};
	static const char *const bad[] = {"", ".", "..", "a/b", "/etc/passwd", "..\\a", "a\nb", "a\x7f", " a", "a ",
		"\xe2\x80\xae"
		"fdp.exe",
		"a\xe2\x80\x8b",
		"\xef\xbb\xbf"
		"a",
		"a\xc2\x85"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_ok(check(good[i], "text/plain", NULL));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(check(bad[i], "text/plain", NULL), ERR_MALFORMED);
	for (size_t len = ATTACHMENT_NAME - 1; len <= ATTACHMENT_NAME + 1; len++) {
		memset(name, 'a', len);
		name[len] = '\0';
		assert_int_equal(check(name, "text/plain", NULL), len <= ATTACHMENT_NAME ? ERR_OK : ERR_MALFORMED);
	}
}

static void a_media_type_is_a_plain_one(void **state)
{
	(void)state;
	char type[ATTACHMENT_TYPE + 2] = "a/";
	static const char *const good[] = {
		"application/pdf", "application/vnd.oasis.opendocument.text", "image/svg+xml", "x/y"};
	static const char *const bad[] = {"", "pdf", "/", "a/", "/b", "a/b/c", "text/html; charset=utf-8", "Text/Plain",
		"a/b\r\nX: y", "a/\"b\"", "a/.b"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_ok(check("a", good[i], NULL));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(check("a", bad[i], NULL), ERR_MALFORMED);
	for (size_t len = ATTACHMENT_TYPE - 1; len <= ATTACHMENT_TYPE + 1; len++) {
		memset(type + 2, 'b', len - 2);
		type[len] = '\0';
		assert_int_equal(check("a", type, NULL), len <= ATTACHMENT_TYPE ? ERR_OK : ERR_MALFORMED);
	}
}

static void octets_come_back_and_only_those_of_the_digest(void **state)
{
	(void)state;
	uint8_t sha256[32] = {0}, other[32] = {1};
	AUTO_JSON *attachment = attachment_make("a", "x/y", 5, 'z');
	AUTO_BUF octets = buf_make(LIMIT_ATTACHMENT_BYTES), again = buf_make(LIMIT_ATTACHMENT_BYTES);
	assert_ok(attachment_check(attachment, sha256, NULL));
	assert_ok(attachment_octets(attachment, sha256, &octets));
	assert_slice(buf_slice(&octets), "zzzzz");
	assert_int_equal(attachment_check(attachment, other, NULL), ERR_MALFORMED);
	assert_int_equal(attachment_octets(attachment, other, &again), ERR_CRYPTO);
}

static void size_data_and_digest_must_agree(void **state)
{
	(void)state;
	struct {
		const char *text;
		enum err err;
	} cases[] = {
		{"{\"name\":\"a\",\"media_type\":\"x/y\",\"size\":0,\"data\":\"\"}", ERR_OK},
		{"{\"name\":\"a\",\"media_type\":\"x/y\",\"size\":3,\"data\":\"enp6\"}", ERR_OK},
		{"{\"name\":\"a\",\"media_type\":\"x/y\",\"size\":2,\"data\":\"enp6\"}", ERR_MALFORMED},
		{"{\"name\":\"a\",\"media_type\":\"x/y\",\"size\":-1,\"data\":\"enp6\"}", ERR_MALFORMED},
		{"{\"name\":\"a\",\"media_type\":\"x/y\",\"size\":3,\"data\":\"enp\"}", ERR_MALFORMED},
		{"{\"name\":\"a\",\"media_type\":\"x/y\",\"size\":3,\"data\":7}", ERR_MALFORMED},
		{"{\"name\":\"a\",\"media_type\":\"x/y\",\"size\":3,\"data\":\"enp6\",\"more\":1}", ERR_MALFORMED},
		{"{\"name\":\"a\",\"media_type\":\"x/y\",\"size\":3}", ERR_MALFORMED}, /* nothing says which octets */
		{"{\"name\":\"a\",\"media_type\":\"x/y\",\"data\":\"enp6\"}", ERR_MALFORMED},
		{"[]", ERR_MALFORMED},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_JSON *attachment = NULL;
		uint8_t sha256[32] = {0};
		struct diag diag = {0};
		assert_ok(json_read(slice_text(cases[i].text), LIMIT_JSON_BYTES, &attachment, NULL));
		assert_int_equal(attachment_check(attachment, sha256, &diag), cases[i].err);
		assert_int_equal(diag.text[0] != '\0', cases[i].err != ERR_OK);
	}
}

static void an_attachment_has_at_most_its_limit(void **state)
{
	(void)state;
	for (size_t len = LIMIT_ATTACHMENT_BYTES - 1; len <= LIMIT_ATTACHMENT_BYTES + 1; len++) {
		uint8_t sha256[32] = {0};
		AUTO_JSON *attachment = attachment_make("a", "x/y", len, 'q');
		AUTO_BUF content = buf_make(LIMIT_PORTION_BYTES);
		assert_int_equal(attachment_check(attachment, sha256, NULL),
			len <= LIMIT_ATTACHMENT_BYTES ? ERR_OK : ERR_TOO_LARGE);
		json_canonical(attachment, &content);
		assert_ok(content.err); /* a portion has room for the largest one */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_one_component_without_hidden_characters),
		cmocka_unit_test(a_media_type_is_a_plain_one),
		cmocka_unit_test(octets_come_back_and_only_those_of_the_digest),
		cmocka_unit_test(size_data_and_digest_must_agree),
		cmocka_unit_test(an_attachment_has_at_most_its_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
