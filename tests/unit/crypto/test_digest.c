/* Digests and message authentication against published vectors. */
#include "unit.h"

static void check_hex(struct slice bytes, const char *hex)
{
	AUTO_BUF text = buf_make(1024);
	buf_put_hex(&text, bytes);
	assert_true(slice_equal(buf_slice(&text), slice_text(hex)));
}

/* spec: FIPS 180-4, example "abc" and the empty message */
static void sha256_answers_the_published_values(void **state)
{
	(void)state;
	uint8_t digest[32];
	crypto_sha256(SLICE("abc"), digest);
	check_hex(SLICE_ARRAY(digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	crypto_sha256(slice_of(NULL, 0), digest);
	check_hex(SLICE_ARRAY(digest), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void parts_are_hashed_as_their_concatenation(void **state)
{
	(void)state;
	uint8_t whole[32], parts[32];
	crypto_sha256(SLICE("one two"), whole);
	crypto_sha256_parts((struct slice[]){SLICE("one"), SLICE(""), SLICE(" two")}, 3, parts);
	assert_memory_equal(whole, parts, 32);
}

/* spec: RFC 4231 4.2 and 4.3 */
static void hmac_answers_the_published_values(void **state)
{
	(void)state;
	uint8_t key[20], mac[32];
	memset(key, 0x0b, sizeof(key));
	crypto_hmac_sha256(SLICE_ARRAY(key), SLICE("Hi There"), mac);
	check_hex(SLICE_ARRAY(mac), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	crypto_hmac_sha256(SLICE("Jefe"), SLICE("what do ya want for nothing?"), mac);
	check_hex(SLICE_ARRAY(mac), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void random_octets_differ(void **state)
{
	(void)state;
	uint8_t a[32] = {0}, b[32] = {0};
	crypto_random(a, sizeof(a));
	crypto_random(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_answers_the_published_values),
		cmocka_unit_test(parts_are_hashed_as_their_concatenation),
		cmocka_unit_test(hmac_answers_the_published_values),
		cmocka_unit_test(random_octets_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
