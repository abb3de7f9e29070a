/* Writes documents through the library for the schema test: emit FOLDER KEY CERTIFICATE DATA.xml POLICY.xml… reads a
 * line "L compact label" or "C compact clearance" each from standard input and writes FOLDER/label-N.xml,
 * clearance-N.xml and binding-N-FORM.xml (three forms, each unsigned and signed). */
#include "base/limits.h"
#include "collect/binding_signature.h"
#include "label/label.h"

static struct arena arena;
static const char *folder;

static void need(enum err err, const struct diag *diag, const char *what)
{
	if (err == ERR_OK)
		return;
	fprintf(stderr, "%s: %s (%s)\n", what, diag ? diag->text : "", err_text(err));
	exit(1);
}

static struct slice file_of(const char *path)
{
	static uint8_t bytes[4 << 20];
	struct slice copy;
	FILE *file = fopen(path, "rbe");
	size_t len = file ? fread(bytes, 1, sizeof(bytes), file) : 0;
	need(file && len ? ERR_OK : ERR_IO, NULL, path);
	fclose(file);
	need(arena_copy(&arena, slice_of(bytes, len), &copy), NULL, path);
	return copy;
}

static void write_file(const char *name, size_t number, const struct buf *xml)
{
	char path[4096];
	need(xml->err, NULL, name);
	snprintf(path, sizeof(path), "%s/%s-%zu.xml", folder, name, number);
	FILE *file = fopen(path, "wbe");
	bool written = file && fwrite(xml->data, 1, xml->len, file) == xml->len && fclose(file) == 0;
	need(written ? ERR_OK : ERR_IO, NULL, path);
}

static void add_policy(struct policy_set *set, const char *path)
{
	AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
	struct finding *findings;
	struct slice kept;
	const struct policy *policy;
	need(policy_compile(file_of(path), &arena, &findings, &compiled), NULL, path);
	need(arena_copy(&arena, buf_slice(&compiled), &kept), NULL, path);
	need(policy_open(kept, &arena, &policy), NULL, path);
	need(policy_set_add(set, policy), NULL, path);
}

static void emit_binding(struct binding_parts *parts, const struct binding_signer *signer, size_t number)
{
	static const char *const names[][2] = {{"binding-detached", "binding-detached-signed"},
					       {"binding-embedded", "binding-embedded-signed"},
					       {"binding-enclosed", "binding-enclosed-signed"}};
	AUTO_BUF xml = buf_make(LIMIT_BINDING_XML), signed_xml = buf_make(LIMIT_BINDING_XML);
	struct diag diag = {0};
	struct binding_resource resource = {parts->uris[0], SLICE("octets")};
	need(binding_print(parts, &arena, &xml, &diag), &diag, names[parts->form][0]);
	write_file(names[parts->form][0], number, &xml);
	need(binding_sign(buf_slice(&xml), signer, &(struct binding_resources){&resource, 1}, &arena, &signed_xml,
			  &diag),
	     &diag, "sign");
	write_file(names[parts->form][1], number, &signed_xml);
}

static void emit_label(const struct policy_set *set, struct slice text, size_t number,
		       const struct binding_signer *signer, struct slice data)
{
	AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
	struct diag diag = {0};
	const struct label *label;
	const uint64_t created_ms = 1793520000000;
	need(label_parse_compact(set, text, &arena, &label, &diag), &diag, "label");
	need(label_print_xml(label, created_ms, created_ms + 1000, &xml), NULL, "label");
	write_file("label", number, &xml);
	struct slice label_xml = buf_slice(&xml), uri = SLICE("./report of today.pdf");
	for (enum binding_form form = BINDING_DETACHED; form <= BINDING_ENCLOSED; form++) {
		struct binding_parts parts = {.form = form,
					      .labels = &label_xml,
					      .label_count = 1,
					      .uris = &uri,
					      .uri_count = 1,
					      .data = data,
					      .content_type = number % 2 ? SLICE("application/xml") : slice_of(NULL, 0),
					      .id = SLICE("binding-1")};
		emit_binding(&parts, signer, number);
	}
}

static void emit_clearance(const struct policy_set *set, struct slice text, size_t number)
{
	AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
	struct diag diag = {0};
	const struct clearance *clearance;
	struct slice policy;
	need(clearance_parse_compact(set, text, &arena, &clearance, &diag), &diag, "clearance");
	slice_split(text, '|', &policy);
	need(clearance_print_xml(clearance, policy, &xml), NULL, "clearance");
	write_file("clearance", number, &xml);
}

int main(int argc, char **argv)
{
	struct policy_set *set = policy_set_new();
	char line[8192];
	if (!set || argc < 6)
		return 2;
	folder = argv[1];
	const struct binding_signer signer = {file_of(argv[2]), file_of(argv[3])};
	struct slice data = file_of(argv[4]);
	for (int i = 5; i < argc; i++)
		add_policy(set, argv[i]);
	for (size_t number = 0; fgets(line, sizeof(line), stdin); number++) {
		struct slice text = slice_skip(slice_text(line), 2);
		text = slice_take(text, text.len ? text.len - 1 : 0); /* the line end */
		if (line[0] == 'L')
			emit_label(set, text, number, &signer, data);
		else
			emit_clearance(set, text, number);
	}
	policy_set_free(set);
	return 0;
}
