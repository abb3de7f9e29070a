/* Sealing, certificates and PEM: what is sealed opens for its recipient alone, also by the openssl command. */
#include "unit.h"

#include <unistd.h>

enum { PEM_MAX = 65536, SEALED_MAX = 4 * 1024 * 1024 };

struct identity {
	struct buf key_pem, certificate_pem, key_der, certificate_der;
};

static void identity_make(struct identity *ca, struct identity *ret_identity, const struct certificate_request *request)
{
	*ret_identity = (struct identity){buf_make(PEM_MAX), buf_make(PEM_MAX), buf_make(PEM_MAX), buf_make(PEM_MAX)};
	struct identity *i = ret_identity;
	assert_int_equal(request ? certificate_new(buf_slice(&ca->key_pem), buf_slice(&ca->certificate_pem), request, &i->key_pem,
						   &i->certificate_pem)
				 : certificate_new_ca("test authority", 30, &i->key_pem, &i->certificate_pem),
			 ERR_OK);
	assert_int_equal(key_pem_to_der(buf_slice(&i->key_pem), &i->key_der), ERR_OK);
	assert_int_equal(pem_to_der(buf_slice(&i->certificate_pem), &i->certificate_der), ERR_OK);
}

static void identity_done(struct identity *identity)
{
	buf_wipe(&identity->key_pem);
	buf_done(&identity->certificate_pem);
	buf_wipe(&identity->key_der);
	buf_done(&identity->certificate_der);
}

static struct identity ca, korea, lithuania;

static int set_up(void **state)
{
	(void)state;
	static const struct certificate_request request = {
		.common_name = "KOR seal", .uri = "bices://KOR", .key_agreement = true, .days = 30};
	identity_make(NULL, &ca, NULL);
	identity_make(&ca, &korea, &request);
	identity_make(&ca, &lithuania, &request);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	identity_done(&ca);
	identity_done(&korea);
	identity_done(&lithuania);
	return 0;
}

static void seal_for(const struct identity *identity, struct slice plaintext, struct buf *ret_sealed)
{
	struct seal_recipient *recipient;
	assert_int_equal(seal_recipient_new(buf_slice(&identity->certificate_der), &recipient), ERR_OK);
	assert_int_equal(crypto_seal(recipient, plaintext, ret_sealed), ERR_OK);
	seal_recipient_free(recipient);
}

static enum err open_as(const struct identity *identity, struct slice sealed, struct buf *ret_plaintext)
{
	struct seal_opener *opener;
	assert_int_equal(seal_opener_new(buf_slice(&identity->key_der), buf_slice(&identity->certificate_der), &opener), ERR_OK);
	enum err err = crypto_open(opener, sealed, ret_plaintext);
	seal_opener_free(opener);
	return err;
}

static void what_is_sealed_opens_for_its_recipient(void **state)
{
	(void)state;
	static uint8_t large[300000];
	memset(large, 0xa5, sizeof(large));
	const struct slice plaintexts[] = {SLICE(""), SLICE("x"), SLICE("line\nline\r\n\0octets"), slice_of(large, sizeof(large))};
	for (size_t i = 0; i < sizeof(plaintexts) / sizeof(plaintexts[0]); i++) {
		AUTO_BUF sealed = buf_make(SEALED_MAX), plaintext = buf_make(SEALED_MAX);
		seal_for(&korea, plaintexts[i], &sealed);
		assert_int_equal(open_as(&korea, buf_slice(&sealed), &plaintext), ERR_OK);
		assert_true(slice_equal(buf_slice(&plaintext), plaintexts[i]));
	}
}

static void another_recipient_cannot_open_it(void **state)
{
	(void)state;
	AUTO_BUF sealed = buf_make(SEALED_MAX), plaintext = buf_make(SEALED_MAX);
	seal_for(&korea, SLICE("for Korea"), &sealed);
	assert_int_equal(open_as(&lithuania, buf_slice(&sealed), &plaintext), ERR_CRYPTO);
	assert_int_equal(plaintext.len, 0);
}

static void every_flipped_octet_is_refused(void **state)
{
	(void)state;
	AUTO_BUF sealed = buf_make(SEALED_MAX);
	seal_for(&korea, SLICE("some words"), &sealed);
	for (size_t i = 0; i < sealed.len; i++) {
		AUTO_BUF plaintext = buf_make(SEALED_MAX);
		sealed.data[i] ^= 0x01;
		assert_int_equal(open_as(&korea, buf_slice(&sealed), &plaintext), ERR_CRYPTO);
		assert_int_equal(plaintext.len, 0);
		sealed.data[i] ^= 0x01;
	}
}

static void a_cut_or_lengthened_message_is_refused(void **state)
{
	(void)state;
	AUTO_BUF sealed = buf_make(SEALED_MAX), plaintext = buf_make(SEALED_MAX);
	seal_for(&korea, SLICE("some words"), &sealed);
	buf_put_octet(&sealed, 0);
	assert_int_equal(open_as(&korea, buf_slice(&sealed), &plaintext), ERR_CRYPTO);
	assert_int_equal(open_as(&korea, slice_take(buf_slice(&sealed), sealed.len - 2), &plaintext), ERR_CRYPTO);
	assert_int_equal(open_as(&korea, slice_of(NULL, 0), &plaintext), ERR_CRYPTO);
}

/* The object identifiers must stand in the message: AuthEnvelopedData, dhSinglePass-stdDH-sha256kdf, aes256-GCM. */
static void the_message_names_the_algorithms_of_the_design(void **state)
{
	(void)state;
	static const struct {
		uint8_t len, octets[13];
	} oids[] = {
		{13, {0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17}},
		{8, {0x06, 0x06, 0x2b, 0x81, 0x04, 0x01, 0x0b, 0x01}},
		{11, {0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2e}},
	};
	AUTO_BUF sealed = buf_make(SEALED_MAX);
	seal_for(&korea, SLICE("some words"), &sealed);
	for (size_t i = 0; i < sizeof(oids) / sizeof(oids[0]); i++)
		assert_non_null(memmem(sealed.data, sealed.len, oids[i].octets, oids[i].len));
}

static void write_file(const char *folder, const char *name, struct slice bytes)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "wbe");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.data, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

static void openssl_runs(const char *folder, const char *arguments)
{
	char command[1024];
	snprintf(command, sizeof(command), "cd %s && openssl %s >out 2>err", folder, arguments);
	if (system(command) != 0) {
		snprintf(command, sizeof(command), "cat %s/err >&2", folder);
		fail_msg("openssl %s failed (%d)", arguments, system(command));
	}
}

static void with_folder(void (*act)(const char *folder))
{
	char folder[] = "/tmp/bices-crypto-XXXXXX", command[64];
	assert_non_null(mkdtemp(folder));
	act(folder);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

static void open_with_command(const char *folder)
{
	AUTO_BUF sealed = buf_make(SEALED_MAX);
	seal_for(&korea, SLICE("words\nfor Korea"), &sealed);
	write_file(folder, "sealed", buf_slice(&sealed));
	write_file(folder, "key.pem", buf_slice(&korea.key_pem));
	write_file(folder, "certificate.pem", buf_slice(&korea.certificate_pem));
	write_file(folder, "expected", SLICE("words\nfor Korea"));
	openssl_runs(folder, "cms -decrypt -binary -inform DER -in sealed -recip certificate.pem -inkey key.pem -out plain");
	char command[128];
	snprintf(command, sizeof(command), "cmp %s/plain %s/expected", folder, folder);
	assert_int_equal(system(command), 0);
}

static void the_openssl_command_opens_what_we_seal(void **state)
{
	(void)state;
	with_folder(open_with_command);
}

static void verify_with_command(const char *folder)
{
	static const struct certificate_request request = {.common_name = "KOR node", .uri = "bices://KOR", .ip = "127.0.0.1",
		.dns = "kor.example", .server = true, .client = true, .days = 30};
	struct identity node;
	identity_make(&ca, &node, &request);
	write_file(folder, "ca.pem", buf_slice(&ca.certificate_pem));
	write_file(folder, "node.pem", buf_slice(&node.certificate_pem));
	identity_done(&node);
	openssl_runs(folder, "verify -x509_strict -CAfile ca.pem -purpose sslserver -verify_ip 127.0.0.1 node.pem");
	openssl_runs(folder, "verify -x509_strict -CAfile ca.pem -purpose sslclient -verify_hostname kor.example node.pem");
	openssl_runs(folder, "x509 -noout -in node.pem -ext subjectAltName");
	char command[128];
	snprintf(command, sizeof(command), "grep -q URI:bices://KOR %s/out", folder);
	assert_int_equal(system(command), 0);
}

static void certificates_verify_under_their_authority(void **state)
{
	(void)state;
	with_folder(verify_with_command);
}

static void a_name_that_would_end_the_list_of_names_is_refused(void **state)
{
	(void)state;
	static const struct certificate_request request = {.common_name = "x", .uri = "bices://KOR,URI:bices://USA", .days = 1};
	AUTO_BUF key = buf_make(PEM_MAX), certificate = buf_make(PEM_MAX);
	assert_int_equal(certificate_new(buf_slice(&ca.key_pem), buf_slice(&ca.certificate_pem), &request, &key, &certificate),
			 ERR_CRYPTO);
	assert_int_equal(key.len + certificate.len, 0);
}

static void a_certificate_is_not_issued_with_anothers_key(void **state)
{
	(void)state;
	static const struct certificate_request request = {.common_name = "x", .days = 1};
	AUTO_BUF key = buf_make(PEM_MAX), certificate = buf_make(PEM_MAX);
	assert_int_equal(certificate_new(buf_slice(&korea.key_pem), buf_slice(&ca.certificate_pem), &request, &key, &certificate),
			 ERR_CRYPTO);
}

static void what_is_not_pem_is_refused(void **state)
{
	(void)state;
	AUTO_BUF der = buf_make(PEM_MAX);
	assert_int_equal(pem_to_der(SLICE(""), &der), ERR_MALFORMED);
	assert_int_equal(pem_to_der(SLICE("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"), &der), ERR_MALFORMED);
	assert_int_equal(key_pem_to_der(buf_slice(&ca.certificate_pem), &der), ERR_MALFORMED);
	assert_int_equal(der.len, 0);
}

static void a_key_does_not_open_under_anothers_certificate(void **state)
{
	(void)state;
	struct seal_opener *opener;
	assert_int_equal(seal_opener_new(buf_slice(&korea.key_der), buf_slice(&lithuania.certificate_der), &opener), ERR_CRYPTO);
	struct seal_recipient *recipient;
	assert_int_equal(seal_recipient_new(buf_slice(&korea.key_der), &recipient), ERR_CRYPTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sealed_opens_for_its_recipient),
		cmocka_unit_test(another_recipient_cannot_open_it),
		cmocka_unit_test(every_flipped_octet_is_refused),
		cmocka_unit_test(a_cut_or_lengthened_message_is_refused),
		cmocka_unit_test(the_message_names_the_algorithms_of_the_design),
		cmocka_unit_test(the_openssl_command_opens_what_we_seal),
		cmocka_unit_test(certificates_verify_under_their_authority),
		cmocka_unit_test(a_name_that_would_end_the_list_of_names_is_refused),
		cmocka_unit_test(a_certificate_is_not_issued_with_anothers_key),
		cmocka_unit_test(what_is_not_pem_is_refused),
		cmocka_unit_test(a_key_does_not_open_under_anothers_certificate),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
