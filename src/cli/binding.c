/* ADatP-4778 bindings on the command line: made, shown and verified from files, no node. Labels are printed in the
 * words of the document; whether their policy knows them is what `label check` says. */
#include "cli/command.h"

#include "base/limits.h"
#include "base/moment.h"
#include "cli/show.h"
#include "collect/binding_signature.h"
#include "label/xml.h"

#include <errno.h>

enum {
	YES = 0,
	NO = 1,
	WRONG = 2,
	DATA_MAX = 64 * 1024 * 1024,
	PEM_MAX = 1024 * 1024
};

/* A whole file in the arena. Complains. */
static enum err take_file(struct arena *arena, const char *path, size_t max, struct slice *ret_octets)
{
	AUTO_BUF octets = buf_make(max);
	TRY(file_read(path, &octets));
	return arena_copy(arena, buf_slice(&octets), ret_octets);
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* "./NAME" as a URI reference, in the arena. spec: RFC 3986 2.1 */
static enum err uri_of_file(struct arena *arena, const char *path, struct slice *ret_uri)
{
	AUTO_BUF uri = buf_make(PEM_MAX);
	buf_put_text(&uri, "./");
	for (const char *at = base_of(path); *at; at++) {
		uint8_t c = (uint8_t)*at, letter = c | 0x20;
		if ((letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || strchr("-._~", c))
			buf_put_octet(&uri, c);
		else
			buf_printf(&uri, "%%%02X", c);
	}
	TRY(uri.err);
	return arena_copy(arena, buf_slice(&uri), ret_uri);
}

static int write_out(const char *path, const struct buf *octets)
{
	FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wbe");
	if (!file)
		return complain(ERR_IO, "%s: %s", path, strerror(errno));
	bool written = fwrite(octets->data, 1, octets->len, file) == octets->len && fflush(file) == 0;
	if (file != stdout && fclose(file) != 0)
		written = false;
	return written ? YES : complain(ERR_IO, "%s: cannot be written", path);
}

/* ---- make ---- */

struct making {
	struct option_list labels;
	const char *data, *out, *key, *certificate;
	bool embed, enclose;
};

static int check_making(const struct making *m, int argc)
{
	if (!m->labels.count || !m->data || !m->out || argc)
		return complain(ERR_USAGE, "binding make: --label FILE, --data FILE and --out FILE are needed");
	if (m->embed && m->enclose)
		return complain(ERR_USAGE, "binding make: --embed or --enclose, not both");
	if (!m->key != !m->certificate)
		return complain(ERR_USAGE, "binding make: --sign-key and --sign-cert go together");
	return YES;
}

/* Signs what is in *xml, if that is asked for. */
static int sign(const struct making *m, const struct binding_resource *data, struct arena *arena, struct buf *xml)
{
	if (!m->key)
		return YES;
	AUTO_BUF signed_xml = buf_make(2 * (size_t)LIMIT_BINDING_XML);
	struct binding_resources resources = {data, 1};
	struct binding_signer signer;
	struct diag diag = {0};
	if (take_file(arena, m->key, PEM_MAX, &signer.key_pem) != ERR_OK ||
	    take_file(arena, m->certificate, PEM_MAX, &signer.certificate_pem) != ERR_OK)
		return WRONG;
	enum err err = binding_sign(buf_slice(xml), &signer, &resources, arena, &signed_xml, &diag);
	if (err != ERR_OK)
		return complain_diag(err, NULL, &diag);
	buf_truncate(xml, 0);
	buf_put(xml, buf_slice(&signed_xml));
	return xml->err == ERR_OK ? YES : complain(xml->err, "%s", err_text(xml->err));
}

static int make(const struct making *m, struct arena *arena)
{
	struct slice labels[sizeof(m->labels.items) / sizeof(m->labels.items[0])];
	struct binding_resource data;
	struct diag diag = {0};
	AUTO_BUF xml = buf_make(2 * (size_t)LIMIT_BINDING_XML);
	for (size_t i = 0; i < m->labels.count; i++)
		if (take_file(arena, m->labels.items[i], LIMIT_LABEL_XML, &labels[i]) != ERR_OK)
			return WRONG;
	if (take_file(arena, m->data, DATA_MAX, &data.octets) != ERR_OK ||
	    uri_of_file(arena, m->data, &data.uri) != ERR_OK)
		return WRONG;
	struct binding_parts parts = {.form = m->embed     ? BINDING_EMBEDDED
					      : m->enclose ? BINDING_ENCLOSED
							   : BINDING_DETACHED,
				      .labels = labels,
				      .label_count = m->labels.count,
				      .uris = &data.uri,
				      .uri_count = 1,
				      .data = data.octets,
				      .id = SLICE("binding-1")};
	enum err err = binding_print(&parts, arena, &xml, &diag);
	if (err != ERR_OK)
		return complain_diag(err, NULL, &diag);
	int code = sign(m, &data, arena, &xml);
	return code ? code : write_out(m->out, &xml);
}

static int binding_make_command(int argc, char **argv)
{
	AUTO_ARENA arena = {0};
	struct making m = {.data = NULL};
	const struct option_spec specs[] = {{"--label", .list = &m.labels},  {"--data", .value = &m.data},
					    {"--embed", .flag = &m.embed},   {"--enclose", .flag = &m.enclose},
					    {"--sign-key", .value = &m.key}, {"--sign-cert", .value = &m.certificate},
					    {"--out", .value = &m.out},      {.name = NULL}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return WRONG;
	int code = check_making(&m, argc);
	return code ? code : make(&m, &arena);
}

/* ---- show ---- */

static void show_slice(struct arena *arena, struct slice text)
{
	const char *copy = arena_text(arena, text);
	show_text(copy ? copy : "", 0);
}

/* The words of a label document: policy, classification and what follows, as they stand there. */
static enum err show_label(struct arena *arena, struct slice document)
{
	struct xml x;
	const char *before = ": ";
	TRY(xml_open(&x, document, arena, NULL));
	TRY(xml_next(&x));
	struct slice uri = x.uri;
	fputs("  ", stdout);
	show_slice(arena, x.name);
	while (x.event != XML_DONE) {
		TRY(xml_next(&x));
		if (x.event != XML_START)
			continue;
		bool is_name = xml_is(&x, uri, "PolicyIdentifier") || xml_is(&x, uri, "Classification") ||
			       xml_is(&x, uri, "PrivacyMark");
		const struct xml_attribute *tag = xml_is(&x, uri, "Category") ? xml_attribute(&x, "TagName") : NULL;
		if (!is_name && !tag && !xml_is(&x, uri, "GenericValue"))
			continue;
		struct slice text = slice_of(NULL, 0);
		if (tag)
			text = tag->value;
		else
			TRY(xml_text(&x, &text));
		fputs(tag ? "; " : before, stdout);
		show_slice(arena, slice_trim(text));
		before = tag ? ": " : " ";
	}
	putchar('\n');
	return ERR_OK;
}

static void show_item(struct arena *arena, const struct binding_item *item)
{
	if (item->is_label && show_label(arena, item->content) == ERR_OK)
		return;
	printf("  %s ", item->is_data ? "data" : "metadata");
	if (item->is_reference && item->uri.len)
		show_slice(arena, item->uri);
	else
		fputs(item->is_reference ? "the whole document" : "enclosed", stdout);
	if (item->is_transformed)
		fputs(", transformed", stdout);
	putchar('\n');
}

static void show_bindings(struct arena *arena, const struct metadata_binding *bindings)
{
	for (const struct metadata_binding *b = bindings; b; b = b->next) {
		fputs("binding ", stdout);
		show_slice(arena, b->id);
		putchar('\n');
		for (const struct binding_item *i = b->items; i; i = i->next)
			show_item(arena, i);
	}
}

/* Reads a binding; complains. */
static int open_binding(struct arena *arena, const char *path, struct slice *ret_xml, struct binding *ret_binding)
{
	struct diag diag = {0};
	if (take_file(arena, path, LIMIT_BINDING_XML + 1, ret_xml) != ERR_OK)
		return WRONG;
	enum err err = binding_read(*ret_xml, arena, ret_binding, &diag);
	if (err == ERR_OK)
		return YES;
	complain_diag(err, path, &diag);
	return WRONG;
}

static int binding_show_command(int argc, char **argv)
{
	AUTO_ARENA arena = {0};
	struct slice xml;
	struct binding binding;
	const struct option_spec specs[] = {{.name = NULL}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return WRONG;
	if (argc != 1)
		return complain(ERR_USAGE, "binding show: exactly one FILE is needed");
	int code = open_binding(&arena, argv[0], &xml, &binding);
	if (code)
		return code;
	show_bindings(&arena, binding.bindings);
	printf("%s\n", binding.signatures ? "signed, not verified" : "not signed");
	return YES;
}

/* ---- verify ---- */

struct verification {
	struct option_list data, anchors;
	const char *now;
	struct arena arena;
};

static void verification_done(struct verification *v)
{
	arena_done(&v->arena);
}

static bool is_resource(const struct binding_item *item)
{
	return item->is_data && item->is_reference && item->uri.len && item->uri.data[0] != '#';
}

/* What a file is in the binding: the data of its name, or the only ones there are. */
static enum err uri_in(const struct binding *binding, struct slice own_uri, bool is_only_file, struct slice *ret_uri)
{
	struct slice other = slice_of(NULL, 0), name = slice_skip(own_uri, 1);
	size_t count = 0;
	for (const struct metadata_binding *b = binding->bindings; b; b = b->next)
		for (const struct binding_item *i = b->items; i; i = i->next) {
			if (!is_resource(i) || slice_equal(i->uri, other))
				continue;
			other = i->uri;
			count++;
			if (!slice_has_suffix(i->uri, name) && !slice_equal(i->uri, slice_skip(name, 1)))
				continue;
			*ret_uri = i->uri;
			return ERR_OK;
		}
	if (count != 1 || !is_only_file)
		return ERR_NOT_FOUND;
	*ret_uri = other;
	return ERR_OK;
}

static int take_data(struct verification *v, const struct binding *binding, struct binding_resource *resources)
{
	for (size_t i = 0; i < v->data.count; i++) {
		struct slice own_uri;
		if (uri_of_file(&v->arena, v->data.items[i], &own_uri) != ERR_OK ||
		    uri_in(binding, own_uri, v->data.count == 1, &resources[i].uri) != ERR_OK)
			return complain(ERR_USAGE, "the binding does not name %s", v->data.items[i]);
		if (take_file(&v->arena, v->data.items[i], DATA_MAX, &resources[i].octets) != ERR_OK)
			return WRONG;
	}
	return YES;
}

static int take_trust(struct verification *v, struct binding_trust *trust)
{
	AUTO_BUF anchors = buf_make(PEM_MAX);
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	trust->now_ms = (uint64_t)now.tv_sec * 1000;
	if (v->now && moment_parse(slice_text(v->now), &trust->now_ms) != ERR_OK)
		return complain(ERR_USAGE, "--now '%s' is not a moment such as 2026-11-24T12:00:00Z", v->now);
	for (size_t i = 0; i < v->anchors.count; i++)
		if (file_read(v->anchors.items[i], &anchors) != ERR_OK)
			return WRONG;
	return arena_copy(&v->arena, buf_slice(&anchors), &trust->anchors_pem) == ERR_OK
		       ? YES
		       : complain(ERR_MEMORY, "%s", err_text(ERR_MEMORY));
}

static int verify(struct verification *v, const char *path)
{
	struct slice xml;
	struct binding claimed;
	struct binding_trust trust;
	struct binding_resource resources[sizeof(v->data.items) / sizeof(v->data.items[0])];
	struct verified_binding verified;
	struct diag diag = {0};
	int code = open_binding(&v->arena, path, &xml, &claimed);
	if (!code)
		code = take_data(v, &claimed, resources);
	if (!code)
		code = take_trust(v, &trust);
	if (code)
		return code;
	enum err err = binding_verify(xml, &trust, &(struct binding_resources){resources, v->data.count}, &v->arena,
				      &verified, &diag);
	if (err == ERR_MALFORMED || err == ERR_TOO_LARGE || err == ERR_MEMORY || err == ERR_INTERNAL)
		return complain_diag(err, path, &diag);
	fputs(err == ERR_OK ? "verified: signed by " : "refused: ", stdout);
	show_slice(&v->arena, err == ERR_OK ? verified.signer : slice_text(diag.text));
	putchar('\n');
	if (err != ERR_OK)
		return NO;
	show_bindings(&v->arena, verified.bindings);
	return YES;
}

static int binding_verify_command(int argc, char **argv)
{
	__attribute__((cleanup(verification_done))) struct verification v = {.now = NULL};
	const struct option_spec specs[] = {{"--data", .list = &v.data},
					    {"--anchor", .list = &v.anchors},
					    {"--now", .value = &v.now},
					    {.name = NULL}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return WRONG;
	if (argc != 1 || !v.anchors.count)
		return complain(ERR_USAGE, "binding verify: one FILE and --anchor CA.pem are needed");
	return verify(&v, argv[0]);
}

const struct command binding_commands[] = {
	{"binding", "make",
	 "--label LABEL… --data FILE [--embed|--enclose] [--sign-key KEY --sign-cert CERTIFICATE] --out FILE",
	 "binds labels to a file: beside it (NAME.EXT.bdo), inside it, or around it", binding_make_command},
	{"binding", "verify", "FILE [--data FILE…] --anchor CERTIFICATE… [--now T]",
	 "does a signature by a known signer cover label and data?", binding_verify_command},
	{"binding", "show", "FILE", "which labels are bound to what, unverified", binding_show_command},
	{.group = NULL},
};
