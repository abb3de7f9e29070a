/* May the holder of a clearance read what a label protects? An example for libbices-label: only installed headers.
 *
 *   cc $(pkg-config --cflags bices-label) decide.c $(pkg-config --libs bices-label) -o decide
 *   ./decide POLICY.xml LABEL.xml CLEARANCE.xml */
#include <bices/label.h>

#include <stdio.h>
#include <time.h>

static struct arena arena; /* everything lives as long as the program */

static struct slice read_file(const char *path)
{
	static uint8_t octets[8 * 1024 * 1024];
	struct slice copy = {NULL, 0};
	FILE *file = fopen(path, "rb");
	size_t len = file ? fread(octets, 1, sizeof(octets), file) : 0;
	if (file)
		fclose(file);
	if (len == 0 || arena_copy(&arena, slice_of(octets, len), &copy) != ERR_OK)
		fprintf(stderr, "%s: cannot be read\n", path);
	return copy;
}

/* Compiles a policy and adds it to the set. */
static enum err add_policy(struct policy_set *set, const char *path)
{
	AUTO_BUF compiled = buf_make(8 * 1024 * 1024);
	struct finding *findings = NULL;
	const struct policy *policy;
	struct slice kept;
	enum err err = policy_compile(read_file(path), &arena, &findings, &compiled);
	for (const struct finding *f = findings; f; f = f->next)
		fprintf(stderr, "%s:%u:%u: %s\n", path, (unsigned)f->line, (unsigned)f->column, f->text);
	TRY(err);
	TRY(arena_copy(&arena, buf_slice(&compiled), &kept)); /* the policy works in place */
	TRY(policy_open(kept, &arena, &policy));
	return policy_set_add(set, policy);
}

static enum err decide(struct policy_set *set, char **paths)
{
	AUTO_BUF text = buf_make(65536);
	const struct label *label;
	const struct clearance *clearance;
	struct diag why = {0};
	uint64_t now_ms = (uint64_t)time(NULL) * 1000;
	enum err err = add_policy(set, paths[0]);
	if (err == ERR_OK)
		err = label_parse_xml(set, read_file(paths[1]), &arena, &label, &why);
	if (err == ERR_OK)
		err = clearance_parse_xml(set, read_file(paths[2]), &arena, &clearance, &why);
	if (err != ERR_OK) {
		fprintf(stderr, "%s\n", why.text[0] ? why.text : err_text(err));
		return err;
	}
	label = label_in_force(label, now_ms);
	label_mark(label, SLICE("pageTopBottom"), SLICE("en"), &text);
	printf("%.*s\n", SLICE_ARG(buf_slice(&text)));
	buf_truncate(&text, 0);
	if (label_check(label, LABEL_READ, now_ms, &text) != ERR_OK) { /* an invalid label admits nobody */
		printf("deny\n%.*s", SLICE_ARG(buf_slice(&text)));
		return ERR_INVALID;
	}
	enum verdict verdict = label_decide(label, clearance, 0, &why);
	printf(verdict == VERDICT_PERMIT ? "permit\n" : "deny\n%s\n", why.text);
	return verdict == VERDICT_PERMIT ? ERR_OK : ERR_REFUSED;
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: decide POLICY.xml LABEL.xml CLEARANCE.xml\n");
		return 2;
	}
	struct policy_set *set = policy_set_new();
	enum err err = set ? decide(set, argv + 1) : ERR_MEMORY;
	policy_set_free(set);
	arena_done(&arena);
	return err == ERR_OK ? 0 : 1;
}
