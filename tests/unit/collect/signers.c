#include "signers.h"

#include "base/limits.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define LABEL_NS "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"

static char folder[] = "/tmp/bices-signers-XXXXXX";

struct arena *keep(void)
{
	static struct arena arena;
	return &arena;
}

int signers_run(const char *format, ...)
{
	char command[2048];
	size_t at = (size_t)snprintf(command, sizeof(command), "cd %s && { ", folder);
	va_list list;
	va_start(list, format);
	at += (size_t)vsnprintf(command + at, sizeof(command) - at, format, list);
	va_end(list);
	assert_true(at + 32 < sizeof(command));
	snprintf(command + at, sizeof(command) - at, "; } >output 2>&1");
	int status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static int must(int code)
{
	if (code)
		print_message("%.*s\n", SLICE_ARG(signers_file("output")));
	return code;
}

/* A key and its certificate from a CA. */
static int make(const char *ca, const char *name, const char *key, const char *extension)
{
	return must(signers_run("openssl req -x509 -CA %s.pem -CAkey %s.key -newkey %s -nodes -keyout %s.key -out "
				"%s.pem -subj '/O=Test/CN=%s' "
				"-days 7300 -set_serial 0x$(openssl rand -hex 8) %s",
				ca, ca, key, name, name, name, extension));
}

static int make_ca(const char *name)
{
	return must(signers_run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout %s.key "
				"-out %s.pem -subj '/CN=%s' -days 7300",
				name, name, name));
}

#define CURVE(name) "ec -pkeyopt ec_paramgen_curve:" name
#define SIGNS "-addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature"

int signers_make(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	return make_ca("ca") || make_ca("other-ca") || make("ca", "p256", CURVE("P-256"), SIGNS) ||
	       make("ca", "p384", CURVE("P-384"), SIGNS) || make("ca", "rsa", "rsa:2048", SIGNS) ||
	       make("other-ca", "foreign", CURVE("P-256"), SIGNS) || make("ca", "weak", "rsa:1024", SIGNS) ||
	       make("ca", "p521", CURVE("P-521"), SIGNS) ||
	       make("ca", "sealing", CURVE("P-256"),
		    "-addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,keyAgreement") ||
	       make("ca", "middle", CURVE("P-256"), "-addext keyUsage=critical,keyCertSign") ||
	       make("middle", "last", CURVE("P-256"), SIGNS) || make("last", "beyond", CURVE("P-256"), SIGNS) ||
	       must(signers_run("cat last.pem middle.pem >chained.pem && cp last.key chained.key && cat beyond.pem "
				"last.pem middle.pem >toolong.pem && "
				"cp beyond.key toolong.key"));
}

int signers_remove(void **state)
{
	(void)state;
	return signers_run("rm -rf -- %s", folder);
}

struct slice signers_file(const char *name)
{
	char path[256];
	static uint8_t chunk[65536];
	AUTO_BUF octets = buf_make(2 * (size_t)LIMIT_BINDING_XML);
	struct slice copy;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "rbe");
	if (!file)
		fail_msg("%s cannot be opened", path);
	for (size_t len; (len = fread(chunk, 1, sizeof(chunk), file)) > 0;)
		buf_put(&octets, slice_of(chunk, len));
	fclose(file);
	assert_ok(arena_copy(keep(), buf_slice(&octets), &copy));
	return copy;
}

void signers_write(const char *name, struct slice octets)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "wbe");
	assert_non_null(file);
	assert_int_equal(fwrite(octets.data, 1, octets.len, file), octets.len);
	assert_int_equal(fclose(file), 0);
}

struct binding_signer signer_of(const char *name)
{
	return (struct binding_signer){signers_file(arena_printf(keep(), "%s.key", name)),
				       signers_file(arena_printf(keep(), "%s.pem", name))};
}

struct binding_trust trust_in(const char *anchors)
{
	return (struct binding_trust){signers_file(anchors), SIGNERS_NOW};
}

struct slice label_saying(const char *classification)
{
	return slice_text(arena_printf(keep(),
				       "<originatorConfidentialityLabel xmlns=\"" LABEL_NS
				       "\" ReviewDateTime=\"2040-01-01T00:00:00Z\">"
				       "<ConfidentialityInformation><PolicyIdentifier>NATO</"
				       "PolicyIdentifier><Classification>%s</Classification>"
				       "</ConfidentialityInformation><CreationDateTime>2026-01-01T00:00:00Z</"
				       "CreationDateTime></originatorConfidentialityLabel>",
				       classification));
}

const char *classification_of(const struct verified_binding *verified)
{
	AUTO_BUF xml = buf_make(LIMIT_BINDING_XML);
	assert_ok(binding_labels(verified->bindings, slice_of(NULL, 0), &xml, NULL));
	const char *text = arena_text(keep(), buf_slice(&xml));
	const char *from = strstr(text, "Classification>");
	assert_non_null(from);
	from += strlen("Classification>");
	return arena_text(keep(), slice_of(from, strcspn(from, "<")));
}

struct slice binding_of(enum binding_form form, const char *classification, const char *data_or_uri)
{
	AUTO_BUF xml = buf_make(LIMIT_BINDING_XML);
	struct slice label = label_saying(classification), given = slice_text(data_or_uri), copy;
	struct diag diag = {0};
	struct binding_parts parts = {.form = form,
				      .labels = &label,
				      .label_count = 1,
				      .uris = &given,
				      .uri_count = form == BINDING_DETACHED,
				      .data = given,
				      .id = SLICE("b1")};
	if (binding_print(&parts, keep(), &xml, &diag) != ERR_OK)
		fail_msg("%s", diag.text);
	assert_ok(arena_copy(keep(), buf_slice(&xml), &copy));
	return copy;
}

struct slice signed_by(const char *signer, struct slice xml, const struct binding_resources *resources)
{
	AUTO_BUF out = buf_make(2 * (size_t)LIMIT_BINDING_XML);
	struct binding_signer by = signer_of(signer);
	struct diag diag = {0};
	struct slice copy;
	if (binding_sign(xml, &by, resources, keep(), &out, &diag) != ERR_OK)
		fail_msg("%s", diag.text);
	assert_ok(arena_copy(keep(), buf_slice(&out), &copy));
	return copy;
}
