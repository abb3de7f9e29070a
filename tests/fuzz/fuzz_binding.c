/* Any octets as a 4778 binding: refused with a reason, or what it holds reads alone and the label it gives prints and reads
 * back; and whatever it says of its signature is refused without a trusted anchor. */
#include "collect/binding_signature.h"
#include "label/xml.h"
#include "label_policies.h"

/* Each child that was cut out must be a document of its own. */
static void check_content(struct slice content, struct arena *arena)
{
	struct xml x;
	if (xml_open(&x, content, arena, NULL) != ERR_OK)
		abort();
	do
		if (xml_next(&x) != ERR_OK)
			abort();
	while (x.event != XML_DONE);
}

static void check_binding(const struct binding *binding, struct arena *arena)
{
	AUTO_BUF labels = buf_make(2 * (size_t)LIMIT_BINDING_XML);
	size_t with_content = 0;
	for (const struct metadata_binding *b = binding->bindings; b; b = b->next)
		for (const struct binding_item *i = b->items; i && with_content < 64; i = i->next)
			if (!i->is_reference) {
				check_content(i->content, arena);
				with_content++;
			}
	struct binding again;
	if (binding_labels(binding->bindings, slice_of(NULL, 0), &labels, NULL) == ERR_OK &&
	    binding_read(buf_slice(&labels), arena, &again, NULL) != ERR_OK)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA arena = {.max_bytes = 256 * 1024 * 1024};
	struct diag diag = {0}, why = {0}, of_label = {0};
	const struct label *label;
	struct binding binding;
	struct verified_binding verified;
	struct binding_resource resource = {SLICE("./report.txt"), SLICE("words")};
	struct binding_resources resources = {&resource, 1};
	struct binding_trust nobody = {.now_ms = 1793520000000};
	struct slice xml = slice_of(data, size);
	if (binding_read(xml, &arena, &binding, &diag) == ERR_OK)
		check_binding(&binding, &arena);
	else if (!diag.text[0])
		abort();
	if (label_parse_document(fuzz_policies(), xml, &arena, &label, &of_label) == ERR_OK)
		fuzz_label(label, &arena);
	else if (!of_label.text[0])
		abort();
	if (binding_verify(xml, &nobody, &resources, &arena, &verified, &why) == ERR_OK)
		abort();
	return 0;
}
