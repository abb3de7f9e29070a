/* Ed25519: published vectors, domains, and that nothing else verifies. */
#include "unit.h"

static void from_hex(const char *hex, uint8_t *ret_bytes, size_t len)
{
	AUTO_BUF bytes = buf_make(len);
	assert_int_equal(hex_decode(slice_text(hex), &bytes), ERR_OK);
	assert_int_equal(bytes.len, len);
	memcpy(ret_bytes, bytes.data, len);
}

/* spec: RFC 8032 7.1, tests 1 and 2 */
static void the_published_keys_give_the_published_signatures(void **state)
{
	(void)state;
	static const struct {
		const char *seed, *public_key, *message, *signature;
	} vectors[] = {
		{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		 "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
		 "d25bf5f0595bbe24655141438e7a100b"},
		{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		 "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
		 "387b2eaeb4302aeeb00d291612bb0c00"},
	};
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		uint8_t seed[32], expected_public[32], public_key[32], message[1], expected[64], signature[64];
		size_t len = strlen(vectors[i].message) / 2;
		from_hex(vectors[i].seed, seed, 32);
		from_hex(vectors[i].public_key, expected_public, 32);
		from_hex(vectors[i].signature, expected, 64);
		if (len)
			from_hex(vectors[i].message, message, len);
		struct signing_key *key;
		assert_int_equal(signing_key_new(seed, &key), ERR_OK);
		signing_key_public(key, public_key);
		assert_memory_equal(public_key, expected_public, 32);
		assert_int_equal(signing_key_sign_plain(key, slice_of(message, len), signature), ERR_OK);
		assert_memory_equal(signature, expected, 64);
		assert_true(signature_verify_plain(public_key, slice_of(message, len), signature));
		signing_key_free(key);
	}
}

struct signer {
	struct signing_key *key;
	uint8_t public_key[32], signature[64];
};

static int set_up(void **state)
{
	static struct signer signer;
	static const uint8_t seed[32] = {7};
	if (signing_key_new(seed, &signer.key) != ERR_OK ||
	    signing_key_sign(signer.key, "bices/test/1", SLICE("octets"), signer.signature) != ERR_OK)
		return -1;
	signing_key_public(signer.key, signer.public_key);
	*state = &signer;
	return 0;
}

static int tear_down(void **state)
{
	signing_key_free(((struct signer *)*state)->key);
	return 0;
}

static void a_signature_verifies_in_its_domain_only(void **state)
{
	const struct signer *signer = *state;
	assert_true(signature_verify(signer->public_key, "bices/test/1", SLICE("octets"), signer->signature));
	assert_false(signature_verify(signer->public_key, "bices/test/2", SLICE("octets"), signer->signature));
	assert_false(signature_verify(signer->public_key, "bices/test/", SLICE("1octets"), signer->signature));
	assert_false(signature_verify_plain(signer->public_key, SLICE("octets"), signer->signature));
}

static void the_domains_terminator_is_signed(void **state)
{
	const struct signer *signer = *state;
	assert_true(signature_verify_plain(signer->public_key, SLICE("bices/test/1\0octets"), signer->signature));
}

static void each_flipped_bit_of_a_signature_is_refused(void **state)
{
	const struct signer *signer = *state;
	for (size_t bit = 0; bit < 512; bit++) {
		uint8_t wrong[64];
		memcpy(wrong, signer->signature, 64);
		wrong[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(signature_verify(signer->public_key, "bices/test/1", SLICE("octets"), wrong));
	}
}

static void another_key_does_not_verify(void **state)
{
	const struct signer *signer = *state;
	static const uint8_t seed[32] = {8};
	struct signing_key *other;
	uint8_t public_key[32];
	assert_int_equal(signing_key_new(seed, &other), ERR_OK);
	signing_key_public(other, public_key);
	signing_key_free(other);
	assert_false(signature_verify(public_key, "bices/test/1", SLICE("octets"), signer->signature));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_keys_give_the_published_signatures),
		cmocka_unit_test(a_signature_verifies_in_its_domain_only),
		cmocka_unit_test(the_domains_terminator_is_signed),
		cmocka_unit_test(each_flipped_bit_of_a_signature_is_refused),
		cmocka_unit_test(another_key_does_not_verify),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
