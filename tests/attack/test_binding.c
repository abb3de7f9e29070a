/* Signature wrapping on bindings: an attacker has a signed binding that says RESTRICTED and wants it to say
 * UNCLASSIFIED, without the key. Each variant is refused, or what comes out is only what was signed. Variants 1 to 8
 * follow the classes known from SAML: where the forged element stands (before, around, beside) and where the signed one
 * is hidden. */
#include "../unit/collect/signers.h"

#include "base/limits.h"

#define SIGNED "RESTRICTED"
#define FORGED "UNCLASSIFIED"

static const struct binding_resources nothing = {NULL, 0};

/* The pieces of a signed binding, as text. */
struct pieces {
	const char *all, *signature, *binding;
	const char *signature_open; /* the signature without its end tag */
};

static const char *between(const char *text, const char *from, const char *to)
{
	const char *start = strstr(text, from), *end = start ? strstr(start, to) : NULL;
	if (!end)
		fail_msg("no %s … %s", from, to);
	return arena_printf(keep(), "%.*s", (int)(end + strlen(to) - start), start);
}

static const char *replaced(const char *text, const char *what, const char *by)
{
	const char *at = strstr(text, what);
	if (!at)
		fail_msg("no '%s' in %s", what, text);
	return arena_printf(keep(), "%.*s%s%s", (int)(at - text), text, by, at + strlen(what));
}

static struct pieces pieces(void)
{
	static struct pieces made;
	if (made.all)
		return made;
	struct slice xml = signed_by("p256", binding_of(BINDING_ENCLOSED, SIGNED, "<report>words</report>"), &nothing);
	made.all = arena_text(keep(), xml);
	made.signature = between(made.all, "<ds:Signature", "</ds:Signature>");
	made.binding = between(made.all, "<mb:MetadataBinding ", "</mb:MetadataBinding>");
	made.signature_open = replaced(made.signature, "</ds:Signature>", "");
	return made;
}

/* The signed MetadataBinding with another classification, and an Id. */
static const char *forged(const char *id)
{
	return replaced(replaced(pieces().binding, SIGNED, FORGED), "Id=\"b1\"", id);
}

#define OPEN "<mb:BindingInformation xmlns:mb=\"urn:nato:stanag:4778:bindinginformation:1:0\">"
#define CLOSE "</mb:BindingInformation>\n"
#define CONTAINER(x) "<mb:MetadataBindingContainer>" x "</mb:MetadataBindingContainer>"

static enum err verify(const char *xml, struct verified_binding *verified, struct diag *diag)
{
	struct binding_trust trust = trust_in("ca.pem");
	return binding_verify(slice_text(xml), &trust, &nothing, keep(), verified, diag);
}

static void is_refused(const char *xml)
{
	struct verified_binding verified = {0};
	struct diag diag = {0};
	enum err err = verify(xml, &verified, &diag);
	if (err == ERR_OK)
		fail_msg("verified as %s: %s", classification_of(&verified), xml);
	if (err == ERR_INTERNAL || err == ERR_MEMORY || !diag.text[0])
		fail_msg("%s (%s)", err_text(err), diag.text);
	assert_null(verified.bindings);
}

static void says_what_was_signed(const char *xml)
{
	struct verified_binding verified;
	struct diag diag = {0};
	if (verify(xml, &verified, &diag) != ERR_OK)
		fail_msg("%s: %s", diag.text, xml);
	assert_string_equal(classification_of(&verified), SIGNED);
}

static void the_genuine_binding_verifies(void **state)
{
	(void)state;
	says_what_was_signed(pieces().all);
	is_refused(replaced(pieces().all, SIGNED, FORGED)); /* so these tests can fail */
}

static void wrapping_1_the_signed_binding_is_hidden_in_an_object_of_the_signature(void **state)
{
	(void)state;
	struct pieces p = pieces();
	is_refused(arena_printf(keep(), OPEN "%s<ds:Object>%s</ds:Object></ds:Signature>" CONTAINER("%s") CLOSE,
				p.signature_open, p.binding, forged("Id=\"b2\"")));
	is_refused(arena_printf(keep(), OPEN "%s<ds:Object>%s</ds:Object></ds:Signature>" CONTAINER("%s") CLOSE,
				p.signature_open, p.binding, forged("")));
}

static void wrapping_2_the_signed_binding_is_hidden_behind_the_container(void **state)
{
	(void)state;
	struct pieces p = pieces();
	is_refused(arena_printf(keep(), OPEN "%s" CONTAINER("%s") "<hidden>%s</hidden>" CLOSE, p.signature,
				forged("Id=\"b2\""), p.binding));
	is_refused(arena_printf(keep(), OPEN "%s" CONTAINER("%s") "%s" CLOSE, p.signature, forged("Id=\"b2\""),
				p.binding));
}

static void wrapping_3_a_forged_binding_stands_beside_the_signed_one(void **state)
{
	(void)state;
	struct pieces p = pieces();
	is_refused(
		arena_printf(keep(), OPEN "%s" CONTAINER("%s%s") CLOSE, p.signature, forged("Id=\"b2\""), p.binding));
	is_refused(arena_printf(keep(), OPEN "%s" CONTAINER("%s%s") CLOSE, p.signature, forged(""), p.binding));
	is_refused(
		arena_printf(keep(), OPEN "%s" CONTAINER("%s%s") CLOSE, p.signature, p.binding, forged("Id=\"b2\"")));
	is_refused(arena_printf(keep(), OPEN "%s" CONTAINER("%s") CONTAINER("%s") CLOSE, p.signature,
				forged("Id=\"b2\""), p.binding));
}

static void wrapping_4_a_forged_binding_stands_around_the_signed_one(void **state)
{
	(void)state;
	struct pieces p = pieces();
	const char *around = replaced(forged("Id=\"b2\""), "<report>words</report>", p.binding);
	is_refused(arena_printf(keep(), OPEN "%s" CONTAINER("%s") CLOSE, p.signature, around));
	is_refused(arena_printf(keep(), OPEN "%s" CONTAINER("%s") CLOSE, p.signature,
				replaced(forged("Id=\"b2\""), "<mb:Data>", "<mb:Data/><mb:Data>")));
}

static void wrapping_5_the_forged_binding_has_the_same_id(void **state)
{
	(void)state;
	struct pieces p = pieces();
	is_refused(arena_printf(keep(), OPEN "%s" CONTAINER("%s<hidden>%s</hidden>") CLOSE, p.signature,
				forged("Id=\"b1\""), p.binding));
	is_refused(arena_printf(keep(), OPEN "%s" CONTAINER("%s") "<hidden>%s</hidden>" CLOSE, p.signature, p.binding,
				forged("Id=\"b1\"")));
}

static void wrapping_6_the_same_id_and_the_signed_one_in_the_signature(void **state)
{
	(void)state;
	struct pieces p = pieces();
	is_refused(arena_printf(keep(), OPEN "%s<ds:Object>%s</ds:Object></ds:Signature>" CONTAINER("%s") CLOSE,
				p.signature_open, p.binding, forged("Id=\"b1\"")));
	is_refused(arena_printf(keep(), OPEN "%s%s</ds:Signature>" CONTAINER("%s") CLOSE, p.signature_open, p.binding,
				forged("Id=\"b1\"")));
}

static void wrapping_7_the_signed_binding_is_hidden_in_an_extension(void **state)
{
	(void)state;
	struct pieces p = pieces();
	static const char *const forms[] = {"Id=\"b2\"",    "ID=\"b1\"",  "id=\"b1\"", "xml:id=\"b1\"",
					    "mb:Id=\"b1\"", "Id=\" b1\"", ""};
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		is_refused(arena_printf(keep(),
					OPEN "%s" CONTAINER("%s<x:Extension xmlns:x='urn:x'>%s</x:Extension>") CLOSE,
					p.signature, forged(forms[i]), p.binding));
		is_refused(arena_printf(
			keep(), "<x:Extension xmlns:x='urn:x'>" OPEN "%s" CONTAINER("%s") CLOSE "%s</x:Extension>",
			p.signature, forged(forms[i]),
			replaced(p.binding, "<mb:MetadataBinding",
				 "<mb:MetadataBinding xmlns:mb=\"urn:nato:stanag:4778:bindinginformation:1:0\"")));
	}
}

static void wrapping_8_the_whole_signed_document_is_hidden_in_a_forged_one(void **state)
{
	(void)state;
	struct pieces p = pieces();
	const char *whole = replaced(p.all, "\n", "");
	is_refused(arena_printf(keep(), OPEN "%s<ds:Object>%s</ds:Object></ds:Signature>" CONTAINER("%s") CLOSE,
				p.signature_open, whole, forged("Id=\"b2\"")));
	is_refused(arena_printf(keep(), OPEN CONTAINER("%s") CLOSE,
				replaced(forged("Id=\"b2\""), "<report>words</report>", whole)));
	is_refused(arena_printf(keep(), "<outer>" OPEN CONTAINER("%s") CLOSE "%s</outer>", forged("Id=\"b2\""), whole));
	is_refused(arena_printf(keep(), "<outer>%s" OPEN CONTAINER("%s") CLOSE "</outer>", whole, forged("Id=\"b2\"")));
	/* moved as it is: it still says what was signed, and nothing around it counts */
	says_what_was_signed(arena_printf(keep(), "<outer><originatorConfidentialityLabel/>%s</outer>", whole));
}

static void the_signature_may_not_be_moved_out_of_its_place(void **state)
{
	(void)state;
	struct pieces p = pieces();
	is_refused(arena_printf(keep(), OPEN CONTAINER("%s") "%s" CLOSE, p.binding, p.signature));
	is_refused(arena_printf(keep(), OPEN CONTAINER("%s%s") CLOSE, p.binding, p.signature));
	is_refused(arena_printf(keep(), OPEN "<o>%s</o>" CONTAINER("%s") CLOSE, p.signature, p.binding));
	is_refused(arena_printf(keep(), OPEN "%s%s" CONTAINER("%s") CLOSE, p.signature, p.signature, p.binding));
	is_refused(arena_printf(
		keep(), OPEN "<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/>%s" CONTAINER("%s") CLOSE,
		p.signature, p.binding));
	is_refused(arena_printf(keep(), OPEN CONTAINER("%s") CLOSE, p.binding));
}

static void an_id_twice_is_refused_wherever_it_stands(void **state)
{
	(void)state;
	struct pieces p = pieces();
	static const char *const twice[] = {"<report Id='b1'>", "<report ID='b1'>", "<report id='b1'>",
					    "<report xml:id='b1'>", "<report id='x' xml:id='x'>"};
	for (size_t i = 0; i < sizeof(twice) / sizeof(twice[0]); i++)
		is_refused(replaced(p.all, "<report>", twice[i]));
	is_refused(arena_printf(keep(), "<outer id='b1'>%s</outer>", replaced(p.all, "\n", "")));
	is_refused(arena_printf(keep(), "<outer><x id='a'/><y Id='a'/>%s</outer>", replaced(p.all, "\n", "")));
}

static void a_comment_that_splits_a_value_changes_nothing(void **state)
{
	(void)state;
	struct pieces p = pieces();
	says_what_was_signed(replaced(p.all, ">" SIGNED "<",
				      ">"
				      "RES<!-- -->TRICTED"
				      "<"));
	says_what_was_signed(replaced(p.all, ">" SIGNED "<", "><!--" FORGED "-->" SIGNED "<"));
	says_what_was_signed(replaced(p.all, ">" SIGNED "<", "><![CDATA[RES]]>TRICTED<"));
	is_refused(replaced(p.all, ">" SIGNED "<", ">" FORGED "<!--" SIGNED "--><"));
	is_refused(replaced(p.all, ">" SIGNED "<", "><?x y?>" SIGNED "<"));
	/* a value that another reader would take for the forged one */
	struct slice tricky = signed_by("p256", binding_of(BINDING_ENCLOSED, FORGED "<!-- -->.evil", "<r/>"), &nothing);
	struct verified_binding verified;
	struct diag diag = {0};
	assert_ok(verify(arena_text(keep(), tricky), &verified, &diag));
	assert_string_equal(classification_of(&verified), FORGED ".evil");
}

static void no_reference_may_be_added_dropped_or_bent(void **state)
{
	(void)state;
	struct pieces p = pieces();
	const char *reference = between(p.all, "<ds:Reference", "</ds:Reference>");
	is_refused(replaced(p.all, reference, ""));
	is_refused(replaced(p.all, reference, arena_printf(keep(), "%s%s", reference, reference)));
	static const char *const uris[] = {"URI=\"\"",
					   "",
					   "URI=\"#b2\"",
					   "URI=\"#xpointer(id('b1'))\"",
					   "URI=\"#xpointer(/)\"",
					   "URI=\"./b1\"",
					   "URI=\"#\"",
					   "URI=\"#b1 \"",
					   "URI=\"file:///etc/hostname\"",
					   "URI=\"http://127.0.0.1:1/\""};
	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++)
		is_refused(replaced(p.all, "URI=\"#b1\"", uris[i]));
	is_refused(replaced(p.all, "<ds:Reference ", "<ds:Manifest/><ds:Reference "));
	is_refused(replaced(p.all, "#ecdsa-sha256\"/>",
			    "#ecdsa-sha256\"><ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>"));
}

static void another_key_in_the_document_does_not_count(void **state)
{
	(void)state;
	struct pieces p = pieces();
	struct slice theirs =
		signed_by("foreign", binding_of(BINDING_ENCLOSED, FORGED, "<report>words</report>"), &nothing);
	const char *text = arena_text(keep(), theirs),
		   *own = between(text, "<ds:X509Certificate>", "</ds:X509Certificate>");
	const char *trusted = between(p.all, "<ds:X509Certificate>", "</ds:X509Certificate>");
	is_refused(text);
	is_refused(replaced(text, own, trusted)); /* a trusted certificate that did not sign */
	is_refused(replaced(text, own, arena_printf(keep(), "%s%s", trusted, own)));
	is_refused(replaced(text, own, arena_printf(keep(), "%s%s", own, trusted)));
	is_refused(replaced(text, own, ""));
	is_refused(replaced(p.all, p.signature, between(text, "<ds:Signature", "</ds:Signature>")));
}

static void a_doctype_is_refused_before_anything_else_reads_it(void **state)
{
	(void)state;
	struct pieces p = pieces();
	is_refused(arena_printf(keep(), "<!DOCTYPE x [<!ATTLIST report id ID 'b1'>]>%s", p.all));
	is_refused(arena_printf(keep(), "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>%s",
				replaced(p.all, "words", "&e;")));
	is_refused(replaced(p.all, "words", "&e;"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_genuine_binding_verifies),
		cmocka_unit_test(wrapping_1_the_signed_binding_is_hidden_in_an_object_of_the_signature),
		cmocka_unit_test(wrapping_2_the_signed_binding_is_hidden_behind_the_container),
		cmocka_unit_test(wrapping_3_a_forged_binding_stands_beside_the_signed_one),
		cmocka_unit_test(wrapping_4_a_forged_binding_stands_around_the_signed_one),
		cmocka_unit_test(wrapping_5_the_forged_binding_has_the_same_id),
		cmocka_unit_test(wrapping_6_the_same_id_and_the_signed_one_in_the_signature),
		cmocka_unit_test(wrapping_7_the_signed_binding_is_hidden_in_an_extension),
		cmocka_unit_test(wrapping_8_the_whole_signed_document_is_hidden_in_a_forged_one),
		cmocka_unit_test(the_signature_may_not_be_moved_out_of_its_place),
		cmocka_unit_test(an_id_twice_is_refused_wherever_it_stands),
		cmocka_unit_test(a_comment_that_splits_a_value_changes_nothing),
		cmocka_unit_test(no_reference_may_be_added_dropped_or_bent),
		cmocka_unit_test(another_key_in_the_document_does_not_count),
		cmocka_unit_test(a_doctype_is_refused_before_anything_else_reads_it),
	};
	return cmocka_run_group_tests(tests, signers_make, signers_remove);
}
