#include "engine.h"
#include "label/binding.h"

#define SECRET \
	LABEL_XML("<PolicyIdentifier>NATO</PolicyIdentifier><Classification>SECRET</Classification>" \
		  "<Category TagName=\"Context\" Type=\"PERMISSIVE\"><GenericValue>NATO</GenericValue></Category>")
#define PUBLIC LABEL_XML("<PolicyIdentifier>PUBLIC</PolicyIdentifier><Classification>UNMARKED</Classification>")
#define MB "urn:nato:stanag:4778:bindinginformation:1:0"
#define BOUND(inside) "<mb:BindingInformation xmlns:mb='" MB "'>" inside "</mb:BindingInformation>"
#define CONTAINED(inside) BOUND("<mb:MetadataBindingContainer>" inside "</mb:MetadataBindingContainer>")
#define ONE(inside) CONTAINED("<mb:MetadataBinding>" inside "</mb:MetadataBinding>")
#define METADATA "<mb:Metadata><m/></mb:Metadata>"
#define DATA "<mb:DataReference URI='./a'/>"
#define SIGNATURE "<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/>"

static struct binding reads(const char *xml)
{
	struct binding binding;
	struct diag diag = {0};
	enum err err = binding_read(slice_text(xml), keep(), &binding, &diag);
	if (err != ERR_OK)
		fail_msg("%s: %s", xml, diag.text);
	return binding;
}

static void refused(const char *xml, enum err err)
{
	struct binding binding;
	struct diag diag = {0};
	enum err got = binding_read(slice_text(xml), keep(), &binding, &diag);
	if (got != err || !diag.text[0])
		fail_msg("%s: %s (%s), not %s", xml, err_text(got), diag.text, err_text(err));
}

static enum err print(const struct binding_parts *parts, const char **ret_xml)
{
	AUTO_BUF xml = buf_make(LIMIT_BINDING_XML);
	struct diag diag = {0};
	enum err err = binding_print(parts, keep(), &xml, &diag);
	if (err != ERR_OK)
		assert_true(diag.text[0] != 0);
	else
		*ret_xml = arena_text(keep(), buf_slice(&xml));
	return err;
}

static const char *made(enum binding_form form, const char *label, const char *data, const char *uri)
{
	struct slice label_ = slice_text(label), uri_ = slice_text(uri);
	struct binding_parts parts = {.form = form,
				      .labels = &label_,
				      .label_count = 1,
				      .uris = &uri_,
				      .uri_count = uri_.len ? 1 : 0,
				      .data = slice_text(data),
				      .id = SLICE("binding-1")};
	const char *xml = NULL;
	assert_ok(print(&parts, &xml));
	return xml;
}

static const char *label_of(const struct binding *binding, const char *uri)
{
	AUTO_BUF xml = buf_make(LIMIT_BINDING_XML);
	assert_ok(binding_labels(binding->bindings, slice_text(uri), &xml, NULL));
	return printed(label_of_xml(own_policies(), arena_text(keep(), buf_slice(&xml))));
}

static void a_detached_binding_names_its_data_and_its_label_decides(void **state)
{
	(void)state;
	const char *xml = made(BINDING_DETACHED, SECRET, NULL, "./a & b.pdf");
	struct binding binding = reads(xml);
	assert_slice(binding.bindings->id, "binding-1");
	assert_false(binding.is_embedded);
	assert_int_equal(binding.signatures, 0);
	const struct binding_item *label = binding.bindings->items, *data = label->next;
	assert_true(label->is_label && !label->is_data && !label->is_reference);
	assert_true(data->is_data && data->is_reference && !data->is_transformed && !data->next);
	assert_slice(data->uri, "./a & b.pdf");
	assert_string_equal(label_of(&binding, "./a & b.pdf"), "NATO|SECRET|P:Context=NATO");
	assert_string_equal(printed(label_of_xml(own_policies(), xml)), "NATO|SECRET|P:Context=NATO");
}

static void an_embedded_binding_leaves_the_document_as_it_was(void **state)
{
	(void)state;
	const char *data = "<?xml version='1.0'?>\n<!-- c --><r a='1' xmlns='urn:x'>\n <b/>&amp;</r>\n<!-- d -->";
	const char *xml = made(BINDING_EMBEDDED, SECRET, data, "");
	struct binding binding = reads(xml);
	assert_true(binding.is_embedded);
	assert_slice(binding.bindings->items->next->uri, "");
	assert_string_equal(label_of(&binding, ""), "NATO|SECRET|P:Context=NATO");
	const char *from = strstr(xml, "<mb:BindingInformation"), *to = strstr(xml, "</mb:BindingInformation>");
	assert_non_null(from);
	assert_non_null(to);
	assert_string_equal(
		arena_printf(keep(), "%.*s%s", (int)(from - xml), xml, to + strlen("</mb:BindingInformation>")), data);
}

static void an_empty_root_takes_an_embedded_binding(void **state)
{
	(void)state;
	const char *xml = made(BINDING_EMBEDDED, PUBLIC, "<p:r xmlns:p='urn:x' />", "");
	struct binding binding = reads(xml);
	assert_string_equal(label_of(&binding, ""), "PUBLIC|UNMARKED");
	assert_non_null(strstr(xml, "</mb:BindingInformation></p:r>"));
}

static void an_enclosed_document_comes_out_as_it_went_in(void **state)
{
	(void)state;
	struct binding binding = reads(made(BINDING_ENCLOSED, SECRET, "<?xml version='1.0'?><r a='1'> <b/></r>\n", ""));
	const struct binding_item *data = binding.bindings->items->next;
	assert_true(data->is_data && !data->is_reference);
	assert_slice(data->content, "<r xmlns:mb=\"" MB "\" a='1'> <b/></r>");
}

static void several_labels_are_bound_together(void **state)
{
	(void)state;
	const struct slice labels[] = {
		SLICE("<alternativeConfidentialityLabel xmlns='" LABEL_NS "'><ConfidentialityInformation>"
		      "<PolicyIdentifier>PUBLIC</PolicyIdentifier><Classification>UNMARKED</Classification>"
		      "</ConfidentialityInformation></alternativeConfidentialityLabel>"),
		SLICE(SECRET)};
	const struct slice uris[] = {SLICE("./a"), SLICE("./b")};
	struct binding_parts parts = {.labels = labels,
				      .label_count = 2,
				      .uris = uris,
				      .uri_count = 2,
				      .id = SLICE("x"),
				      .content_type = SLICE("text/plain")};
	const char *xml = NULL;
	assert_ok(print(&parts, &xml));
	struct binding binding = reads(xml);
	assert_string_equal(label_of(&binding, "./b"), "NATO|SECRET|P:Context=NATO");
	assert_slice(binding.bindings->items->next->next->next->content_type, "text/plain");
	AUTO_BUF none = buf_make(LIMIT_BINDING_XML);
	assert_int_equal(binding_labels(binding.bindings, SLICE("./c"), &none, NULL), ERR_NOT_FOUND);
}

static void a_label_keeps_its_meaning_when_its_prefixes_are_declared_further_up(void **state)
{
	(void)state;
	struct binding binding =
		reads("<o:x xmlns:o='urn:o' xmlns='urn:default' xmlns:s='urn:other'><BindingInformation xmlns='" MB
		      "' xmlns:s='" LABEL_NS "'>"
		      "<MetadataBindingContainer><MetadataBinding><Metadata><s:ConfidentialityLabel><s:"
		      "ConfidentialityInformation>"
		      "<s:PolicyIdentifier>PUBLIC</s:PolicyIdentifier><s:Classification>UNMARKED</s:Classification>"
		      "</s:ConfidentialityInformation></s:ConfidentialityLabel></Metadata><DataReference "
		      "URI='#p'/></MetadataBinding>"
		      "</MetadataBindingContainer></BindingInformation></o:x>");
	assert_string_equal(label_of(&binding, "#p"), "PUBLIC|UNMARKED");
	struct slice content = binding.bindings->items->content;
	assert_true(slice_has_prefix(content, SLICE("<s:ConfidentialityLabel xmlns:o=\"urn:o\" xmlns=\"" MB
						    "\" xmlns:s=\"" LABEL_NS "\">")));
}

static void text_beside_the_one_child_is_passed_over(void **state)
{
	(void)state;
	struct binding binding = reads(ONE("<mb:Metadata>text <m/> text</mb:Metadata><mb:Data> <d/>.</mb:Data>"));
	assert_slice(binding.bindings->items->content, "<m xmlns:mb=\"" MB "\"/>");
}

static void signatures_and_foreign_elements_stand_where_the_standard_lets_them(void **state)
{
	(void)state;
	struct binding binding =
		reads(BOUND(SIGNATURE SIGNATURE "<mb:MetadataBindingContainer><mb:MetadataBinding Id='i'>" METADATA DATA
						"</mb:MetadataBinding><o/></mb:MetadataBindingContainer><o/>"));
	assert_int_equal(binding.signatures, 2);
	assert_int_equal(binding.signature_at, strlen("<mb:BindingInformation xmlns:mb='" MB "'>"));
	assert_slice(binding.bindings->id, "i");
}

static void what_stands_inside_data_is_somebody_elses(void **state)
{
	(void)state;
	const char *inner = made(BINDING_DETACHED, PUBLIC, NULL, "./x");
	const char *outer = arena_printf(keep(),
					 "<mb:BindingInformation xmlns:mb='" MB
					 "'><mb:MetadataBindingContainer><mb:MetadataBinding><mb:Metadata>%s"
					 "</mb:Metadata><mb:Data>%s</mb:Data></mb:MetadataBinding></"
					 "mb:MetadataBindingContainer></mb:BindingInformation>",
					 SECRET, inner);
	struct binding binding = reads(outer);
	assert_null(binding.bindings->next);
	assert_string_equal(label_of(&binding, ""), "NATO|SECRET|P:Context=NATO");
}

static void metadata_that_are_no_labels_are_left_out_of_the_labels(void **state)
{
	(void)state;
	const char *xml = arena_printf(keep(),
				       "<mb:BindingInformation xmlns:mb='" MB
				       "'><mb:MetadataBindingContainer><mb:MetadataBinding>" METADATA DATA
				       "</mb:MetadataBinding><mb:MetadataBinding>" METADATA
				       "<mb:Metadata>%s</mb:Metadata>" DATA "</mb:MetadataBinding>"
				       "</mb:MetadataBindingContainer></mb:BindingInformation>",
				       SECRET);
	struct binding binding = reads(xml);
	AUTO_BUF labels = buf_make(LIMIT_BINDING_XML), none = buf_make(LIMIT_BINDING_XML);
	assert_ok(binding_labels(binding.bindings, SLICE("./a"), &labels, NULL));
	struct binding again = reads(arena_text(keep(), buf_slice(&labels)));
	assert_null(again.bindings->next);
	assert_null(again.bindings->items->next->next);
	binding.bindings->next = NULL;
	assert_int_equal(binding_labels(binding.bindings, SLICE("./a"), &none, NULL), ERR_NOT_FOUND);
}

static void a_broken_structure_is_refused(void **state)
{
	(void)state;
	refused("<x/>", ERR_NOT_FOUND);
	refused("<BindingInformation/>", ERR_NOT_FOUND);
	refused(BOUND(""), ERR_MALFORMED);
	refused(BOUND("<o/>"), ERR_MALFORMED);
	refused(BOUND("text"), ERR_MALFORMED);
	refused(CONTAINED(""), ERR_MALFORMED);
	refused(CONTAINED("<o/>"), ERR_MALFORMED);
	refused(CONTAINED("<mb:Metadata/>"), ERR_MALFORMED);
	refused(ONE(""), ERR_MALFORMED);
	refused(ONE(METADATA), ERR_MALFORMED);
	refused(ONE(DATA), ERR_MALFORMED);
	refused(ONE(DATA METADATA), ERR_MALFORMED);
	refused(ONE(METADATA DATA METADATA), ERR_MALFORMED);
	refused(ONE(METADATA DATA "<o/>"), ERR_MALFORMED);
	refused(ONE("<mb:Metadata/>" DATA), ERR_MALFORMED);
	refused(ONE("<mb:Metadata><a/><b/></mb:Metadata>" DATA), ERR_MALFORMED);
	refused(ONE(METADATA "<mb:Data>base64</mb:Data>"), ERR_MALFORMED);
	refused(ONE(METADATA "<mb:DataReference/>"), ERR_MALFORMED);
	refused(ONE(METADATA "<mb:DataReference URI='a'><x/></mb:DataReference>"), ERR_MALFORMED);
	refused(ONE(METADATA "<mb:DataReference xmlns:o='urn:o' o:URI='a'/>"), ERR_MALFORMED);
	refused(ONE(METADATA DATA) "<x/>", ERR_MALFORMED);
	refused("<!DOCTYPE x>" ONE(METADATA DATA), ERR_MALFORMED);
	refused("<x>" ONE(METADATA DATA) ONE(METADATA DATA) "</x>", ERR_MALFORMED);
	refused(BOUND("<mb:MetadataBindingContainer><mb:MetadataBinding>" METADATA DATA
		      "</mb:MetadataBinding></mb:MetadataBindingContainer>" SIGNATURE),
		ERR_MALFORMED);
	refused(BOUND("<mb:MetadataBindingContainer><mb:MetadataBinding>" METADATA DATA
		      "</mb:MetadataBinding></mb:MetadataBindingContainer><mb:Metadata/>"),
		ERR_MALFORMED);
	refused(CONTAINED("<mb:MetadataBinding>" METADATA DATA
			  "</mb:MetadataBinding><o/><mb:MetadataBinding>" METADATA DATA "</mb:MetadataBinding>"),
		ERR_MALFORMED);
}

static void a_metadata_binding_is_read_alone(void **state)
{
	(void)state;
	struct metadata_binding *binding;
	struct diag diag = {0};
	assert_ok(metadata_binding_read(
		SLICE("<mb:MetadataBinding xmlns:mb='" MB "' Id='a'>" METADATA DATA "</mb:MetadataBinding>"), keep(),
		&binding, &diag));
	assert_slice(binding->id, "a");
	assert_int_equal(metadata_binding_read(SLICE(ONE(METADATA DATA)), keep(), &binding, &diag), ERR_MALFORMED);
	assert_int_equal(metadata_binding_read(SLICE("<MetadataBinding/>"), keep(), &binding, &diag), ERR_MALFORMED);
}

static void parts_that_do_not_fit_are_not_written(void **state)
{
	(void)state;
	const char *xml = NULL;
	struct slice label = SLICE(SECRET), uri = SLICE("./a");
	const struct binding_parts good = {
		.labels = &label, .label_count = 1, .uris = &uri, .uri_count = 1, .id = SLICE("a")};
	struct binding_parts parts = good;
	parts.label_count = 0;
	assert_int_equal(print(&parts, &xml), ERR_USAGE);
	parts = good;
	parts.uri_count = 0;
	assert_int_equal(print(&parts, &xml), ERR_USAGE);
	parts = good;
	parts.id = SLICE("1a");
	assert_int_equal(print(&parts, &xml), ERR_USAGE);
	parts = good;
	uri = SLICE("\xff");
	assert_int_equal(print(&parts, &xml), ERR_USAGE);
	uri = SLICE("./a");
	label = SLICE("<x/>");
	assert_int_equal(print(&parts, &xml), ERR_MALFORMED);
	label = SLICE("<!DOCTYPE x>" SECRET);
	assert_int_equal(print(&parts, &xml), ERR_MALFORMED);
	label = SLICE(SECRET);
	parts.form = BINDING_ENCLOSED;
	parts.data = SLICE("not XML");
	assert_int_equal(print(&parts, &xml), ERR_MALFORMED);
	parts.form = BINDING_EMBEDDED;
	parts.data = SLICE("<x>" ONE(METADATA DATA) "</x>");
	assert_int_equal(print(&parts, &xml), ERR_INVALID);
	assert_null(xml);
}

static void an_id_is_a_plain_name(void **state)
{
	(void)state;
	assert_true(binding_is_id(SLICE("a-1._B")));
	assert_true(binding_is_id(SLICE("_")));
	const char *const bad[] = {"", "1", "-a", ".a", "a b", "a'", "a)", "\xc3\xa4", "a:b"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(binding_is_id(slice_text(bad[i])));
}

static void a_binding_has_at_most_its_limit(void **state)
{
	(void)state;
	for (size_t over = 0; over < 3; over++) {
		AUTO_BUF xml = buf_make(2 * (size_t)LIMIT_BINDING_XML);
		struct binding binding;
		buf_put_text(&xml, ONE(METADATA DATA));
		size_t fill = LIMIT_BINDING_XML - 1 + over - xml.len;
		uint8_t *space = buf_grow(&xml, fill);
		assert_non_null(space);
		memset(space, '\n', fill);
		assert_int_equal(binding_read(buf_slice(&xml), keep(), &binding, NULL),
				 over == 2 ? ERR_TOO_LARGE : ERR_OK);
	}
}

static void long_declarations_do_not_multiply_without_bound(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	AUTO_BUF xml = buf_make(LIMIT_BINDING_XML);
	struct binding binding;
	struct diag diag = {0};
	buf_put_text(&xml, "<mb:BindingInformation xmlns:mb='" MB "' xmlns:long='urn:");
	uint8_t *uri = buf_grow(&xml, 1 << 20);
	assert_non_null(uri);
	memset(uri, 'u', 1 << 20);
	buf_put_text(&xml, "'><mb:MetadataBindingContainer><mb:MetadataBinding>");
	for (size_t i = 0; i < 1000; i++)
		buf_put_text(&xml, METADATA);
	buf_put_text(&xml, DATA "</mb:MetadataBinding></mb:MetadataBindingContainer></mb:BindingInformation>");
	assert_ok(xml.err);
	assert_int_equal(binding_read(buf_slice(&xml), &arena, &binding, &diag), ERR_TOO_LARGE);
	assert_true(arena.used_bytes < 5 * (size_t)LIMIT_BINDING_XML);
}

static void a_reference_with_transforms_says_so(void **state)
{
	(void)state;
#define TRANSFORMS "<ds:Transforms xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:Transform/></ds:Transforms>"
	struct binding binding = reads(ONE(METADATA "<mb:DataReference URI='a'>" TRANSFORMS "</mb:DataReference>"));
	assert_true(binding.bindings->items->next->is_transformed);
	refused(ONE(METADATA "<mb:DataReference URI='a'>" TRANSFORMS TRANSFORMS "</mb:DataReference>"), ERR_MALFORMED);
}

static void metadata_may_be_named_instead_of_given(void **state)
{
	(void)state;
	struct binding binding = reads(ONE("<mb:MetadataReference URI='m'/>" METADATA "<mb:Data><d/></mb:Data>"));
	assert_true(binding.bindings->items->is_reference && !binding.bindings->items->is_data);
	assert_slice(binding.bindings->items->uri, "m");
	AUTO_BUF none = buf_make(LIMIT_BINDING_XML);
	assert_int_equal(binding_labels(binding.bindings, SLICE("./a"), &none, NULL), ERR_NOT_FOUND);
	struct metadata_binding *alone;
	assert_int_equal(metadata_binding_read(SLICE("\xff"), keep(), &alone, NULL), ERR_MALFORMED);
}

static void a_default_namespace_taken_back_stays_taken_back(void **state)
{
	(void)state;
	struct binding binding =
		reads("<o xmlns='urn:o'><mb:BindingInformation xmlns:mb='" MB "' xmlns=''>"
		      "<mb:MetadataBindingContainer><mb:MetadataBinding>" METADATA DATA
		      "</mb:MetadataBinding></mb:MetadataBindingContainer></mb:BindingInformation></o>");
	assert_slice(binding.bindings->items->content, "<m xmlns:mb=\"" MB "\"/>");
}

/* Every document that ends too early must be refused: no loop waits for what does not come. */
static void a_document_that_is_cut_off_anywhere_is_refused(void **state)
{
	(void)state;
	const char *texts[] = {
		made(BINDING_EMBEDDED, SECRET, "<r>&amp;</r>", ""),
		BOUND(SIGNATURE
		      "<mb:MetadataBindingContainer><mb:MetadataBinding>" METADATA
		      "<mb:DataReference URI='a'>" TRANSFORMS
		      "</mb:DataReference></mb:MetadataBinding><o> </o></mb:MetadataBindingContainer><o> </o>"),
		"<mb:MetadataBinding xmlns:mb='" MB "' Id='a'>" METADATA
		"<mb:Data> <d> </d> </mb:Data></mb:MetadataBinding>",
	};
	for (size_t i = 0; i < 3; i++)
		for (size_t len = 0; texts[i][len + 1]; len++) {
			AUTO_ARENA arena = {0};
			struct binding binding = {.bindings = NULL};
			struct metadata_binding *alone = NULL;
			struct diag diag = {0};
			struct slice cut = slice_of(texts[i], len);
			assert_int_not_equal(binding_read(cut, &arena, &binding, &diag), ERR_OK);
			assert_int_not_equal(metadata_binding_read(cut, &arena, &alone, &diag), ERR_OK);
			assert_true(diag.text[0] && !binding.bindings && !alone);
		}
}

static void what_follows_a_document_is_refused(void **state)
{
	(void)state;
	struct metadata_binding *alone;
	struct slice label = SLICE(SECRET "x"), uri = SLICE("");
	struct binding_parts parts = {
		.labels = &label, .label_count = 1, .uris = &uri, .uri_count = 1, .id = SLICE("a")};
	const char *xml = NULL;
	assert_int_equal(metadata_binding_read(SLICE("<mb:MetadataBinding xmlns:mb='" MB "'>" METADATA DATA
						     "</mb:MetadataBinding><x/>"),
					       keep(), &alone, NULL),
			 ERR_MALFORMED);
	assert_int_equal(print(&parts, &xml), ERR_USAGE); /* an empty URI would mean the binding itself */
	uri = SLICE("./a");
	assert_int_equal(print(&parts, &xml), ERR_MALFORMED);
	label = SLICE("<slab:other xmlns:slab='" LABEL_NS "'/>");
	assert_int_equal(print(&parts, &xml), ERR_MALFORMED);
	label = SLICE("<slab:other xmlns:slab='" LABEL_NS "'>");
	assert_int_equal(print(&parts, &xml), ERR_MALFORMED);
	label = SLICE("\xff");
	assert_int_equal(print(&parts, &xml), ERR_MALFORMED);
	label = SLICE("");
	assert_int_equal(print(&parts, &xml), ERR_MALFORMED);
}

static void memory_that_ends_is_an_error_and_nothing_is_answered(void **state)
{
	(void)state;
	const char *xml = made(BINDING_EMBEDDED, SECRET, "<r xmlns='urn:x'>&amp;</r>", "");
	enum err err = ERR_MEMORY;
	for (size_t max = 1; err != ERR_OK; max += 8) {
		AUTO_ARENA arena = {.max_bytes = max};
		struct binding binding = {.bindings = NULL};
		err = binding_read(slice_text(xml), &arena, &binding, NULL);
		assert_true(err == ERR_OK || (err == ERR_MEMORY && !binding.bindings));
	}
	struct slice label = SLICE(SECRET);
	for (enum binding_form form = BINDING_DETACHED; form <= BINDING_ENCLOSED; form++) {
		struct binding_parts parts = {
			.form = form, .labels = &label, .label_count = 1, .uris = &label, .uri_count = 1};
		parts.data = SLICE("<r/>");
		parts.id = SLICE("a");
		err = ERR_TOO_LARGE;
		for (size_t max = 0; err != ERR_OK; max += 16) {
			AUTO_BUF out = buf_make(max);
			err = binding_print(&parts, keep(), &out, NULL);
			assert_true(err == ERR_OK || err == ERR_TOO_LARGE);
		}
	}
	struct binding whole = reads(xml);
	AUTO_BUF little = buf_make(16);
	assert_int_equal(binding_labels(whole.bindings, SLICE(""), &little, NULL), ERR_TOO_LARGE);
}

static enum err label_in(const char *document, const struct label **ret_label, struct diag *diag)
{
	return label_parse_document(own_policies(), slice_text(document), keep(), ret_label, diag);
}

static const char *label_in_document(const char *document)
{
	const struct label *label = NULL;
	struct diag diag = {0};
	if (label_in(document, &label, &diag) != ERR_OK)
		fail_msg("%s: %s", document, diag.text);
	return printed(label);
}

static void a_document_has_the_label_that_is_bound_to_it_in_whatever_form(void **state)
{
	(void)state;
	static const char secret[] = "NATO|SECRET|P:Context=NATO";
	assert_string_equal(label_in_document(SECRET), secret);
	assert_string_equal(label_in_document(made(BINDING_DETACHED, SECRET, NULL, "./a.pdf")), secret);
	assert_string_equal(label_in_document(made(BINDING_ENCLOSED, SECRET, "<r/>", "")), secret);
	assert_string_equal(label_in_document(made(BINDING_EMBEDDED, SECRET, "<r>&amp;<s/></r>", "")), secret);
	assert_string_equal(label_in_document(made(BINDING_EMBEDDED, SECRET, "<r/>", "")), secret);
	/* a label in the data, beside the binding, is not the document's */
	assert_string_equal(label_in_document(made(BINDING_EMBEDDED, SECRET, "<r>" PUBLIC "</r>", "")), secret);
}

static void assert_no_label_in(const char *document, enum err err, const char *words)
{
	const struct label *label = NULL;
	struct diag diag = {0};
	enum err got = label_in(document, &label, &diag);
	if (got != err || !strstr(diag.text, words) || label)
		fail_msg("%s: %s (%s)", document, err_text(got), diag.text);
}

#define EMBEDDED(bindings) "<r xmlns='urn:x'>\n" CONTAINED(bindings) "</r>"
#define LABELLED(label, data) \
	"<mb:MetadataBinding><mb:Metadata>" label "</mb:Metadata>" data "</mb:MetadataBinding>"
#define PART "<mb:DataReference URI='#p'/>"
#define WHOLE "<mb:DataReference URI=''/>"

static void a_document_without_one_label_for_the_whole_is_refused_with_the_reason(void **state)
{
	(void)state;
	assert_no_label_in("<r><s/></r>", ERR_MALFORMED, "neither a label");
	assert_no_label_in("not XML", ERR_MALFORMED, "text outside the root element");
	assert_no_label_in("\xff", ERR_MALFORMED, "UTF-8");
	assert_no_label_in("<!DOCTYPE r>" EMBEDDED(LABELLED(SECRET, WHOLE)), ERR_MALFORMED, "DOCTYPE");
	assert_no_label_in(EMBEDDED(LABELLED(SECRET, PART)), ERR_MALFORMED, "labels a part");
	assert_no_label_in(EMBEDDED("<mb:MetadataBinding>" METADATA WHOLE "</mb:MetadataBinding>" LABELLED(SECRET, PART)),
			   ERR_MALFORMED, "labels a part");
	assert_no_label_in(EMBEDDED(LABELLED(SECRET, "<mb:DataReference URI=''><ds:Transforms "
						     "xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/></mb:DataReference>")),
			   ERR_MALFORMED, "labels a part");
	assert_no_label_in(EMBEDDED(LABELLED(SECRET, "<mb:Data><d/></mb:Data>")), ERR_MALFORMED, "labels a part");
	assert_no_label_in(EMBEDDED(LABELLED(SECRET, WHOLE) LABELLED(PUBLIC, WHOLE)), ERR_MALFORMED,
			   "more than one originator's label");
	assert_no_label_in(EMBEDDED("<mb:MetadataBinding>" METADATA WHOLE "</mb:MetadataBinding>"), ERR_MALFORMED,
			   "holds no label");
	assert_no_label_in("<r>" CONTAINED(LABELLED(SECRET, WHOLE)) CONTAINED(LABELLED(SECRET, WHOLE)) "</r>",
			   ERR_MALFORMED, "more than one BindingInformation");
	assert_no_label_in(CONTAINED("<mb:MetadataBinding><mb:Metadata>" SECRET "</mb:Metadata></mb:MetadataBinding>"),
			   ERR_MALFORMED, "needs Metadata and Data");
	assert_no_label_in(EMBEDDED(LABELLED("<alternativeConfidentialityLabel xmlns='" LABEL_NS "'/>", WHOLE)),
			   ERR_MALFORMED, "needs ConfidentialityInformation");
	struct diag diag = {0};
	const struct label *label;
	assert_int_equal(label_in(EMBEDDED(LABELLED(SECRET, PART)), &label, &diag), ERR_MALFORMED);
	assert_int_equal(diag.line, 2);
}

static void the_size_of_a_document_is_limited_and_so_is_that_of_a_label(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t limit;
	} rows[] = {{EMBEDDED(LABELLED(SECRET, WHOLE)), LIMIT_BINDING_XML}, {SECRET, LIMIT_LABEL_XML}};
	for (size_t i = 0; i < 2; i++)
		for (size_t over = 0; over < 3; over++) {
			AUTO_ARENA arena = {0};
			AUTO_BUF xml = buf_make(2 * (size_t)LIMIT_BINDING_XML);
			buf_put_text(&xml, rows[i].text);
			size_t fill = rows[i].limit - 1 + over - xml.len;
			uint8_t *space = buf_grow(&xml, fill);
			assert_non_null(space);
			memset(space, '\n', fill);
			const struct label *label;
			assert_int_equal(label_parse_document(own_policies(), buf_slice(&xml), &arena, &label, NULL),
					 over == 2 ? ERR_TOO_LARGE : ERR_OK);
		}
}

static void a_labelled_document_needs_memory_for_its_label(void **state)
{
	(void)state;
	const char *xml = made(BINDING_EMBEDDED, SECRET, "<r a='&amp;'>&amp;&amp;&amp;</r>", "");
	enum err err = ERR_MEMORY;
	for (size_t max = 1; err != ERR_OK; max += 8) {
		AUTO_ARENA arena = {.max_bytes = max};
		const struct label *label = NULL;
		err = label_parse_document(own_policies(), slice_text(xml), &arena, &label, NULL);
		assert_true(err == ERR_OK || (err == ERR_MEMORY && !label));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_detached_binding_names_its_data_and_its_label_decides),
		cmocka_unit_test(an_embedded_binding_leaves_the_document_as_it_was),
		cmocka_unit_test(an_empty_root_takes_an_embedded_binding),
		cmocka_unit_test(an_enclosed_document_comes_out_as_it_went_in),
		cmocka_unit_test(several_labels_are_bound_together),
		cmocka_unit_test(a_label_keeps_its_meaning_when_its_prefixes_are_declared_further_up),
		cmocka_unit_test(text_beside_the_one_child_is_passed_over),
		cmocka_unit_test(signatures_and_foreign_elements_stand_where_the_standard_lets_them),
		cmocka_unit_test(what_stands_inside_data_is_somebody_elses),
		cmocka_unit_test(metadata_that_are_no_labels_are_left_out_of_the_labels),
		cmocka_unit_test(a_broken_structure_is_refused),
		cmocka_unit_test(a_metadata_binding_is_read_alone),
		cmocka_unit_test(parts_that_do_not_fit_are_not_written),
		cmocka_unit_test(an_id_is_a_plain_name),
		cmocka_unit_test(a_binding_has_at_most_its_limit),
		cmocka_unit_test(long_declarations_do_not_multiply_without_bound),
		cmocka_unit_test(a_reference_with_transforms_says_so),
		cmocka_unit_test(metadata_may_be_named_instead_of_given),
		cmocka_unit_test(a_default_namespace_taken_back_stays_taken_back),
		cmocka_unit_test(a_document_that_is_cut_off_anywhere_is_refused),
		cmocka_unit_test(what_follows_a_document_is_refused),
		cmocka_unit_test(memory_that_ends_is_an_error_and_nothing_is_answered),
		cmocka_unit_test(a_document_has_the_label_that_is_bound_to_it_in_whatever_form),
		cmocka_unit_test(a_document_without_one_label_for_the_whole_is_refused_with_the_reason),
		cmocka_unit_test(the_size_of_a_document_is_limited_and_so_is_that_of_a_label),
		cmocka_unit_test(a_labelled_document_needs_memory_for_its_label),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
