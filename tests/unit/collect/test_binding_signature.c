#include "signers.h"

#include "base/limits.h"

#define MB "urn:nato:stanag:4778:bindinginformation:1:0"
#define XMLSEC "--id-attr:Id " MB ":MetadataBinding"
#define EXCLUSIVE "http://www.w3.org/2001/10/xml-exc-c14n#"
#define MORE "http://www.w3.org/2001/04/xmldsig-more#"

static const struct binding_resource report = {.uri = {(const uint8_t *)"./report.txt", 12},
					       .octets = {(const uint8_t *)"any octets \0 \xff", 14}};
static const struct binding_resources with_report = {&report, 1};
static const struct binding_resources nothing = {NULL, 0};

static enum err verify(struct slice xml, const char *anchors, const struct binding_resources *resources,
		       struct verified_binding *verified)
{
	struct binding_trust trust = trust_in(anchors);
	struct diag diag = {0};
	enum err err = binding_verify(xml, &trust, resources, keep(), verified, &diag);
	if (err != ERR_OK && !diag.text[0])
		fail_msg("no reason for: %s", err_text(err));
	return err;
}

static void verifies(struct slice xml, const struct binding_resources *resources, const char *classification)
{
	struct verified_binding verified;
	struct binding_trust trust = trust_in("ca.pem");
	struct diag diag = {0};
	if (binding_verify(xml, &trust, resources, keep(), &verified, &diag) != ERR_OK)
		fail_msg("%s in %.*s", diag.text, SLICE_ARG(xml));
	assert_string_equal(classification_of(&verified), classification);
}

static void refused(struct slice xml, const struct binding_resources *resources, enum err err)
{
	struct verified_binding verified = {0};
	enum err got = verify(xml, "ca.pem", resources, &verified);
	if (got != err)
		fail_msg("%s, not %s: %.*s", err_text(got), err_text(err), SLICE_ARG(xml));
	assert_null(verified.bindings);
}

/* xml with the first `what` replaced. */
static struct slice changed(struct slice xml, const char *what, const char *by)
{
	const char *text = arena_text(keep(), xml), *at = strstr(text, what);
	if (!at)
		fail_msg("no '%s' in %s", what, text);
	return slice_text(arena_printf(keep(), "%.*s%s%s", (int)(at - text), text, by, at + strlen(what)));
}

static void each_kind_of_key_signs_and_verifies_in_each_form(void **state)
{
	(void)state;
	static const char *const keys[] = {"p256", "p384", "rsa", "chained"};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		verifies(signed_by(keys[i], binding_of(BINDING_DETACHED, "SECRET", "./report.txt"), &with_report),
			 &with_report, "SECRET");
		verifies(signed_by(keys[i], binding_of(BINDING_EMBEDDED, "SECRET", "<r xmlns='urn:x'><a/></r>"),
				   &nothing),
			 &nothing, "SECRET");
		verifies(signed_by(keys[i], binding_of(BINDING_ENCLOSED, "SECRET", "<r xmlns='urn:x'><a/></r>"),
				   &nothing),
			 &nothing, "SECRET");
	}
}

static void xmlsec1_verifies_what_we_sign(void **state)
{
	(void)state;
	static const char *const keys[] = {"p256", "p384", "rsa"};
	signers_write("report.txt", report.octets);
	for (size_t i = 0; i < 3; i++) {
		const struct slice documents[] = {
			signed_by(keys[i], binding_of(BINDING_DETACHED, "SECRET", "./report.txt"), &with_report),
			signed_by(keys[i], binding_of(BINDING_EMBEDDED, "SECRET", "<r xmlns='urn:x'><a/>&amp;</r>"),
				  &nothing),
			signed_by(keys[i], binding_of(BINDING_ENCLOSED, "SECRET", "<r xmlns='urn:x'><a/></r>"),
				  &nothing)};
		for (size_t k = 0; k < 3; k++) {
			signers_write("ours.bdo", documents[k]);
			if (signers_run("xmlsec1 --verify --trusted-pem ca.pem " XMLSEC " ours.bdo") != 0)
				fail_msg("%s: %.*s", keys[i], SLICE_ARG(signers_file("output")));
			signers_write("ours.bdo", changed(documents[k], ">SECRET<", ">RESTRICTED<"));
			assert_int_not_equal(signers_run("xmlsec1 --verify --trusted-pem ca.pem " XMLSEC " ours.bdo"),
					     0);
		}
	}
}

static const char *reference(const char *uri, const char *transforms, const char *digest)
{
	return arena_printf(
		keep(),
		"<ds:Reference URI=\"%s\">%s<ds:DigestMethod Algorithm=\"%s\"/><ds:DigestValue/></ds:Reference>", uri,
		transforms, digest);
}

/* A binding with a signature template for xmlsec1. */
static struct slice template(struct slice binding, const char *c14n, const char *method, const char *references)
{
	const char *signature = arena_printf(
		keep(),
		"<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>"
		"<ds:CanonicalizationMethod Algorithm=\"%s\"/><ds:SignatureMethod Algorithm=\"%s\"/>%s</ds:SignedInfo>"
		"<ds:SignatureValue/><ds:KeyInfo><ds:X509Data/></ds:KeyInfo></"
		"ds:Signature><mb:MetadataBindingContainer>",
		c14n, method, references);
	return changed(binding, "<mb:MetadataBindingContainer>", signature);
}

static struct slice signed_by_xmlsec1(const char *key, struct slice template_)
{
	signers_write("template.xml", template_);
	if (signers_run("xmlsec1 --sign --privkey-pem %s.key,%s.pem " XMLSEC " --output theirs.bdo template.xml", key,
			key) != 0)
		fail_msg("%.*s", SLICE_ARG(signers_file("output")));
	return signers_file("theirs.bdo");
}

#define TRANSFORM(algorithm) "<ds:Transforms><ds:Transform Algorithm=\"" algorithm "\"/></ds:Transforms>"
#define ENVELOPED \
	"<ds:Transforms><ds:Transform " \
	"Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/></ds:Transforms>"

static struct slice theirs(const char *key, const char *c14n, const char *method, const char *digest)
{
	const char *references =
		arena_printf(keep(), "%s%s", reference("./report.txt", "", digest), reference("#b1", "", digest));
	return signed_by_xmlsec1(
		key, template(binding_of(BINDING_DETACHED, "SECRET", "./report.txt"), c14n, method, references));
}

static void we_verify_what_xmlsec1_signs(void **state)
{
	(void)state;
	static const char *const digests[] = {MORE "sha384", "http://www.w3.org/2001/04/xmlenc#sha256",
					      "http://www.w3.org/2001/04/xmlenc#sha512"};
	static const char *const canonical[] = {EXCLUSIVE, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
						"http://www.w3.org/2006/12/xml-c14n11"};
	signers_write("report.txt", report.octets);
	for (size_t i = 0; i < 3; i++) {
		verifies(theirs("p256", canonical[i], MORE "ecdsa-sha256", digests[i]), &with_report, "SECRET");
		verifies(theirs("p384", canonical[i], MORE "ecdsa-sha384", digests[i]), &with_report, "SECRET");
		verifies(theirs("rsa", canonical[i], MORE "rsa-sha256", digests[i]), &with_report, "SECRET");
	}
	const char *references = arena_printf(keep(), "%s%s", reference("#b1", TRANSFORM(EXCLUSIVE), digests[0]),
					      reference("", ENVELOPED, digests[0]));
	verifies(signed_by_xmlsec1("p256", template(binding_of(BINDING_EMBEDDED, "SECRET", "<r><a/></r>"), EXCLUSIVE,
						    MORE "ecdsa-sha256", references)),
		 &nothing, "SECRET");
}

static void weak_and_unknown_algorithms_are_refused(void **state)
{
	(void)state;
	signers_write("report.txt", report.octets);
	refused(theirs("p256", EXCLUSIVE, MORE "ecdsa-sha256", "http://www.w3.org/2000/09/xmldsig#sha1"), &with_report,
		ERR_UNSUPPORTED);
	refused(theirs("rsa", EXCLUSIVE, "http://www.w3.org/2000/09/xmldsig#rsa-sha1", MORE "sha384"), &with_report,
		ERR_UNSUPPORTED);
	refused(theirs("p256", EXCLUSIVE "WithComments", MORE "ecdsa-sha256", MORE "sha384"), &with_report,
		ERR_UNSUPPORTED);
	struct slice good = theirs("rsa", EXCLUSIVE, MORE "rsa-sha256", MORE "sha384");
	static const char *const methods[] = {MORE "rsa-md5", MORE "hmac-sha256",
					      "http://www.w3.org/2000/09/xmldsig#hmac-sha1", "urn:x", ""};
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		refused(changed(good, MORE "rsa-sha256", methods[i]), &with_report, ERR_UNSUPPORTED);
	refused(changed(good, MORE "sha384", "http://www.w3.org/2001/04/xmldsig-more#md5"), &with_report,
		ERR_UNSUPPORTED);
	refused(changed(good, "<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyName>x</ds:KeyName>"), &with_report, ERR_UNSUPPORTED);
}

static void transforms_other_than_canonical_and_enveloped_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		TRANSFORM("http://www.w3.org/TR/1999/REC-xslt-19991116"),
		TRANSFORM("http://www.w3.org/2000/09/xmldsig#base64"),
		"<ds:Transforms><ds:Transform "
		"Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>1=0</ds:XPath></ds:Transform></"
		"ds:Transforms>",
		"<ds:Transforms><ds:Transform "
		"Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"/></ds:Transforms>",
		ENVELOPED,
		"<ds:Transforms><ds:Transform Algorithm=\"" EXCLUSIVE "\"/><ds:Transform Algorithm=\"" EXCLUSIVE
		"\"/></ds:Transforms>",
		TRANSFORM(EXCLUSIVE "WithComments"),
		"<ds:Transforms><x/></ds:Transforms>",
	};
	struct slice binding = binding_of(BINDING_ENCLOSED, "SECRET", "<r/>");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct slice signed_xml = signed_by("p256", binding, &nothing);
		refused(changed(signed_xml, TRANSFORM(EXCLUSIVE), bad[i]), &nothing, ERR_UNSUPPORTED);
	}
	struct slice detached = signed_by("p256", binding_of(BINDING_DETACHED, "SECRET", "./report.txt"), &with_report);
	refused(changed(detached, "<ds:Reference URI=\"./report.txt\">",
			"<ds:Reference URI=\"./report.txt\">" TRANSFORM(EXCLUSIVE)),
		&with_report, ERR_UNSUPPORTED);
}

static void only_the_callers_octets_are_the_data(void **state)
{
	(void)state;
	struct slice xml = signed_by("p256", binding_of(BINDING_DETACHED, "SECRET", "./report.txt"), &with_report);
	struct binding_resource other = {report.uri, SLICE("other octets")};
	refused(xml, &(struct binding_resources){&other, 1}, ERR_CRYPTO);
	refused(xml, &nothing, ERR_NOT_FOUND);
	/* the file itself is at hand, but nobody gave it */
	struct slice file = SLICE("root"), path = SLICE("/etc/hostname");
	struct binding_resource passwd = {path, file};
	struct slice of_file = signed_by("p256", binding_of(BINDING_DETACHED, "SECRET", "/etc/hostname"),
					 &(struct binding_resources){&passwd, 1});
	refused(of_file, &nothing, ERR_NOT_FOUND);
	verifies(of_file, &(struct binding_resources){&passwd, 1}, "SECRET");
	struct binding_resource remote = {SLICE("http://127.0.0.1:1/a%20b"), file};
	verifies(signed_by("p256", binding_of(BINDING_DETACHED, "SECRET", "http://127.0.0.1:1/a%20b"),
			   &(struct binding_resources){&remote, 1}),
		 &(struct binding_resources){&remote, 1}, "SECRET");
}

static void an_empty_file_can_be_bound(void **state)
{
	(void)state;
	struct binding_resource empty = {report.uri, slice_of("", 0)};
	struct binding_resources resources = {&empty, 1};
	verifies(signed_by("p256", binding_of(BINDING_DETACHED, "SECRET", "./report.txt"), &resources), &resources,
		 "SECRET");
}

static void verified_octets_are_what_was_signed(void **state)
{
	(void)state;
	struct verified_binding verified;
	struct slice xml = signed_by(
		"p256", binding_of(BINDING_EMBEDDED, "SECRET", "<r b='2' a='1'><!-- c --><x/></r>"), &nothing);
	assert_ok(verify(xml, "ca.pem", &nothing, &verified));
	assert_slice(verified.signer, "CN=p256,O=Test");
	assert_null(verified.data->next);
	assert_true(slice_has_prefix(verified.data->octets, SLICE("<r a=\"1\" b=\"2\"><mb:BindingInformation")));
	assert_true(slice_has_suffix(verified.data->octets, SLICE("<x></x></r>")));
	assert_null(memmem(verified.data->octets.data, verified.data->octets.len, "ds:Signature", 12));
	assert_ok(verify(signed_by("rsa", binding_of(BINDING_DETACHED, "SECRET", "./report.txt"), &with_report),
			 "ca.pem", &with_report, &verified));
	assert_true(slice_equal(verified.data->octets, report.octets));
}

static void a_part_of_the_document_can_be_bound(void **state)
{
	(void)state;
	struct verified_binding verified;
	struct slice xml = changed(
		binding_of(BINDING_EMBEDDED, "SECRET", "<r><part id='p1'>text</part><part id='p2'>more</part></r>"),
		"DataReference URI=\"\"", "DataReference URI=\"#p1\"");
	xml = signed_by("p256", xml, &nothing);
	assert_ok(verify(xml, "ca.pem", &nothing, &verified));
	assert_slice(verified.data->octets, "<part id=\"p1\">text</part>");
	assert_ok(verify(changed(xml, ">more<", ">else<"), "ca.pem", &nothing, &verified));
	refused(changed(xml, ">text<", ">else<"), &nothing, ERR_CRYPTO);
	refused(changed(xml, "'p2'", "'p1'"), &nothing, ERR_INVALID);
	refused(changed(xml, "id='p1'", "id='p3'"), &nothing, ERR_NOT_FOUND);
}

static void a_signer_counts_only_with_a_chain_to_a_given_anchor(void **state)
{
	(void)state;
	struct verified_binding verified;
	struct slice binding = binding_of(BINDING_ENCLOSED, "SECRET", "<r/>"),
		     xml = signed_by("p256", binding, &nothing);
	assert_int_equal(verify(xml, "other-ca.pem", &nothing, &verified), ERR_CRYPTO);
	assert_int_equal(verify(signed_by("foreign", binding, &nothing), "ca.pem", &nothing, &verified), ERR_CRYPTO);
	assert_int_equal(verify(signed_by("sealing", binding, &nothing), "ca.pem", &nothing, &verified), ERR_CRYPTO);
	assert_int_equal(verify(signed_by("toolong", binding, &nothing), "ca.pem", &nothing, &verified), ERR_CRYPTO);
	assert_int_equal(verify(xml, "ca.key", &nothing, &verified), ERR_CRYPTO);
	assert_ok(verify(xml, "p256.pem", &nothing, &verified)); /* the signer himself is pinned */
	assert_ok(signers_run("cat other-ca.pem ca.pem >both.pem"));
	assert_ok(verify(xml, "both.pem", &nothing, &verified));
	struct binding_trust trust = trust_in("ca.pem");
	trust.now_ms = UINT64_C(4102444800000); /* 2100 */
	assert_int_equal(binding_verify(xml, &trust, &nothing, keep(), &verified, NULL), ERR_CRYPTO);
	trust.now_ms = 0;
	assert_int_equal(binding_verify(xml, &trust, &nothing, keep(), &verified, NULL), ERR_CRYPTO);
}

static void keys_that_are_not_accepted_do_not_sign(void **state)
{
	(void)state;
	static const struct {
		const char *key, *certificate;
		enum err err;
	} rows[] = {{"weak.key", "weak.pem", ERR_UNSUPPORTED}, {"p521.key", "p521.pem", ERR_UNSUPPORTED},
		    {"p256.key", "p384.pem", ERR_CRYPTO},      {"p256.pem", "p256.pem", ERR_CRYPTO},
		    {"p256.key", "p256.key", ERR_CRYPTO},      {"locked.key", "p256.pem", ERR_CRYPTO}};
	assert_int_equal(signers_run("openssl pkey -in p256.key -aes128 -passout pass:x -out locked.key"), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		AUTO_BUF out = buf_make(LIMIT_BINDING_XML);
		struct binding_signer signer = {signers_file(rows[i].key), signers_file(rows[i].certificate)};
		struct diag diag = {0};
		assert_int_equal(binding_sign(binding_of(BINDING_ENCLOSED, "SECRET", "<r/>"), &signer, &nothing, keep(),
					      &out, &diag),
				 rows[i].err);
		assert_true(diag.text[0] && out.len == 0);
	}
}

static void a_key_that_is_too_weak_does_not_verify(void **state)
{
	(void)state;
	signers_write("report.txt", report.octets);
	refused(theirs("weak", EXCLUSIVE, MORE "rsa-sha256", MORE "sha384"), &with_report, ERR_CRYPTO);
	refused(theirs("p521", EXCLUSIVE, MORE "ecdsa-sha256", MORE "sha384"), &with_report, ERR_CRYPTO);
}

static void what_cannot_be_signed_as_a_whole_is_not_signed(void **state)
{
	(void)state;
	AUTO_BUF out = buf_make(2 * (size_t)LIMIT_BINDING_XML);
	struct binding_signer signer = signer_of("p256");
	struct slice binding = binding_of(BINDING_ENCLOSED, "SECRET", "<r/>");
	const struct {
		struct slice xml;
		enum err err;
	} rows[] = {{signed_by("p256", binding, &nothing), ERR_CONFLICT},
		    {changed(binding, " Id=\"b1\"", ""), ERR_INVALID},
		    {changed(binding, "Id=\"b1\"", "Id=\"b(1)\""), ERR_INVALID},
		    {changed(binding, "<r", "<r id='b1'"), ERR_INVALID},
		    {changed(binding, "<mb:Data>", "<mb:DataReference URI='#b1'/><mb:Data>"), ERR_INVALID},
		    {changed(binding, "<mb:Data>", "<mb:DataReference URI='#none'/><mb:Data>"), ERR_NOT_FOUND},
		    {changed(binding, "<mb:Data>", "<mb:DataReference URI='./none'/><mb:Data>"), ERR_NOT_FOUND},
		    {changed(binding, "<mb:Data>", "<mb:DataReference URI='./a.xml#x'/><mb:Data>"), ERR_UNSUPPORTED},
		    {changed(binding, "<mb:Data>", "<mb:MetadataReference URI='./m'/><mb:Data>"), ERR_UNSUPPORTED},
		    {changed(binding, "<mb:Data>",
			     "<mb:DataReference URI=''><ds:Transforms "
			     "xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/></mb:DataReference><mb:Data>"),
		     ERR_UNSUPPORTED},
		    {SLICE("<x/>"), ERR_NOT_FOUND},
		    {SLICE("x"), ERR_MALFORMED}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct diag diag = {0};
		enum err got = binding_sign(rows[i].xml, &signer, &nothing, keep(), &out, &diag);
		if (got != rows[i].err || !diag.text[0] || out.len)
			fail_msg("%s (%s), not %s: %.*s", err_text(got), diag.text, err_text(rows[i].err),
				 SLICE_ARG(rows[i].xml));
	}
}

static void a_signature_property_may_be_signed_beside_the_binding(void **state)
{
	(void)state;
	const char *references = arena_printf(keep(), "%s%s", reference("#b1", TRANSFORM(EXCLUSIVE), MORE "sha384"),
					      reference("#when", "", MORE "sha384"));
	struct slice with_object = changed(
		template(binding_of(BINDING_ENCLOSED, "SECRET", "<r/>"), EXCLUSIVE, MORE "ecdsa-sha256", references),
		"</ds:Signature>", "<ds:Object Id=\"when\">2026-11-24T22:16:13Z</ds:Object></ds:Signature>");
	signers_write("template.xml", with_object);
	assert_int_equal(signers_run("xmlsec1 --sign --privkey-pem p256.key,p256.pem " XMLSEC
				     " --id-attr:Id Object --output theirs.bdo template.xml"),
			 0);
	verifies(signers_file("theirs.bdo"), &nothing, "SECRET");
	refused(changed(signers_file("theirs.bdo"), "2026", "2027"), &nothing, ERR_CRYPTO);
}

static void more_references_than_the_limit_are_refused(void **state)
{
	(void)state;
	static struct binding_resource resources[300];
	static struct slice uris[300];
	for (size_t extra = 0; extra < 3; extra++) {
		size_t count = 254 + extra; /* and one for the binding itself: limit -1, 0, +1 */
		for (size_t i = 0; i < count; i++) {
			uris[i] = slice_text(arena_printf(keep(), "./%zu", i));
			resources[i] = (struct binding_resource){uris[i], SLICE("x")};
		}
		AUTO_BUF xml = buf_make(LIMIT_BINDING_XML), out = buf_make(LIMIT_BINDING_XML);
		struct slice label = label_saying("SECRET");
		struct binding_parts parts = {
			.labels = &label, .label_count = 1, .uris = uris, .uri_count = count, .id = SLICE("b1")};
		struct binding_signer signer = signer_of("p256");
		struct binding_resources all = {resources, count};
		assert_ok(binding_print(&parts, keep(), &xml, NULL));
		assert_int_equal(binding_sign(buf_slice(&xml), &signer, &all, keep(), &out, NULL),
				 extra == 2 ? ERR_TOO_LARGE : ERR_OK);
		if (extra < 2)
			verifies(buf_slice(&out), &all, "SECRET");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_key_signs_and_verifies_in_each_form),
		cmocka_unit_test(xmlsec1_verifies_what_we_sign),
		cmocka_unit_test(we_verify_what_xmlsec1_signs),
		cmocka_unit_test(weak_and_unknown_algorithms_are_refused),
		cmocka_unit_test(transforms_other_than_canonical_and_enveloped_are_refused),
		cmocka_unit_test(only_the_callers_octets_are_the_data),
		cmocka_unit_test(an_empty_file_can_be_bound),
		cmocka_unit_test(verified_octets_are_what_was_signed),
		cmocka_unit_test(a_part_of_the_document_can_be_bound),
		cmocka_unit_test(a_signer_counts_only_with_a_chain_to_a_given_anchor),
		cmocka_unit_test(keys_that_are_not_accepted_do_not_sign),
		cmocka_unit_test(a_key_that_is_too_weak_does_not_verify),
		cmocka_unit_test(what_cannot_be_signed_as_a_whole_is_not_signed),
		cmocka_unit_test(a_signature_property_may_be_signed_beside_the_binding),
		cmocka_unit_test(more_references_than_the_limit_are_refused),
	};
	return cmocka_run_group_tests(tests, signers_make, signers_remove);
}
