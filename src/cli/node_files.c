/* Files of a node's directory. Keys pass through here and are wiped. */
#include "cli/node_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CERTIFICATE_OCTETS = 65536 };

const char *node_path(struct arena *arena, const char *directory, const char *name)
{
	return name[0] == '/' ? arena_printf(arena, "%s", name) : arena_printf(arena, "%s/%s", directory, name);
}

static bool write_all(int file, struct slice bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(file, bytes.data, bytes.len);
		if (n <= 0)
			return false;
		bytes = slice_skip(bytes, (size_t)n);
	}
	return fsync(file) == 0;
}

enum err node_write(const char *path, struct slice bytes, unsigned mode)
{
	AUTO_ARENA arena = {0};
	const char *draft = arena_printf(&arena, "%s.new", path);
	if (!draft)
		return ERR_MEMORY;
	unlink(draft); /* of a call that was cut off */
	int file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	bool good = file >= 0 && fchmod(file, mode) == 0 && write_all(file, bytes);
	if (file >= 0)
		good = close(file) == 0 && good;
	if (good && rename(draft, path) == 0)
		return ERR_OK;
	complain(ERR_IO, "%s: %s", path, strerror(errno));
	unlink(draft);
	return ERR_IO;
}

enum err node_read(const char *path, size_t len, struct buf *bytes)
{
	size_t before = bytes->len;
	TRY(file_read(path, bytes));
	if (len == 0 || bytes->len - before == len)
		return ERR_OK;
	complain(ERR_MALFORMED, "%s: has %zu octets, not %zu", path, bytes->len - before, len);
	return ERR_MALFORMED;
}

enum err node_settings(const char *directory, struct arena *arena, struct settings *ret_settings)
{
	const char *path = node_path(arena, directory, "node.conf");
	if (!path)
		return ERR_MEMORY;
	AUTO_BUF text = buf_make(SETTINGS_TEXT);
	TRY(file_read(path, &text));
	struct diag diag = {0};
	enum err err = settings_parse(buf_slice(&text), arena, ret_settings, &diag);
	if (err != ERR_OK)
		complain_diag(err, path, &diag);
	return err;
}

static enum err complain_findings(const char *path, enum err err, const struct finding *finding)
{
	for (; finding; finding = finding->next)
		if (finding->level == FINDING_ERROR) {
			complain(err, "%s:%u:%u: %s", path, finding->line, finding->column, finding->text);
			return err;
		}
	complain(err, "%s: %s", path, err_text(err));
	return err;
}

enum err node_policy_compile(const char *path, struct arena *arena, struct buf *compiled)
{
	AUTO_BUF xml = buf_make(LIMIT_POLICY_XML);
	struct finding *findings = NULL;
	TRY(file_read(path, &xml));
	enum err err = policy_compile(buf_slice(&xml), arena, &findings, compiled);
	return err == ERR_OK ? ERR_OK : complain_findings(path, err, findings);
}

static enum err add_policy(const char *path, struct arena *arena, struct policy_set *set)
{
	AUTO_BUF compiled = buf_make(LIMIT_RECORD_VALUE);
	struct slice kept;
	const struct policy *policy;
	TRY(node_policy_compile(path, arena, &compiled));
	TRY(arena_copy(arena, buf_slice(&compiled), &kept));
	enum err err = policy_open(kept, arena, &policy);
	if (err == ERR_OK)
		err = policy_set_add(set, policy);
	if (err != ERR_OK)
		complain(err, "%s: %s", path, err_text(err));
	return err;
}

enum err node_policies(const char *directory, const struct slice *paths, size_t count, struct arena *arena,
		       struct policy_set **ret_set)
{
	struct policy_set *set = policy_set_new();
	enum err err = set ? ERR_OK : ERR_MEMORY;
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		const char *name = arena_text(arena, paths[i]), *path = name ? node_path(arena, directory, name) : NULL;
		err = path ? add_policy(path, arena, set) : ERR_MEMORY;
	}
	if (err == ERR_OK)
		*ret_set = set;
	else
		policy_set_free(set);
	return err;
}

enum err node_clearance(const struct policy_set *set, const char *path, struct buf *lines)
{
	AUTO_ARENA arena = {0};
	AUTO_BUF text = buf_make(LIMIT_LABEL_XML);
	const struct clearance *clearance = NULL;
	struct diag diag = {0};
	TRY(file_read(path, &text));
	struct slice trimmed = slice_trim(buf_slice(&text));
	if (trimmed.len == 0)
		return ERR_OK; /* cleared for nothing */
	enum err err = trimmed.data[0] == '<' ? clearance_parse_xml(set, trimmed, &arena, &clearance, &diag)
					      : clearance_parse_compact(set, trimmed, &arena, &clearance, &diag);
	if (err != ERR_OK) {
		complain_diag(err, path, &diag);
		return err;
	}
	clearance_print_compact(clearance, lines);
	return lines->err;
}

static enum err write_pair(struct arena *arena, const char *base, const struct buf *key, const struct buf *certificate)
{
	const char *key_path = arena_printf(arena, "%s.key", base), *certificate_path = arena_printf(arena, "%s.crt", base);
	if (!key_path || !certificate_path)
		return ERR_MEMORY;
	TRY(node_write(key_path, buf_slice(key), 0600));
	return node_write(certificate_path, buf_slice(certificate), 0644);
}

enum err node_certificate(struct arena *arena, const char *directory, const struct certificate_request *request,
			  const char *base)
{
	const char *ca_key_path = node_path(arena, directory, "keys/ca.key"), *ca_path = node_path(arena, directory, "keys/ca.pem");
	if (!ca_key_path || !ca_path)
		return ERR_MEMORY;
	struct buf ca_key = buf_make(CERTIFICATE_OCTETS), key = buf_make(CERTIFICATE_OCTETS);
	AUTO_BUF ca = buf_make(CERTIFICATE_OCTETS), certificate = buf_make(CERTIFICATE_OCTETS);
	enum err err = node_read(ca_key_path, 0, &ca_key);
	if (err == ERR_OK)
		err = node_read(ca_path, 0, &ca);
	if (err == ERR_OK) {
		err = certificate_new(buf_slice(&ca_key), buf_slice(&ca), request, &key, &certificate);
		if (err != ERR_OK)
			complain(err, "no certificate for %s: %s", request->uri, err_text(err));
	}
	if (err == ERR_OK)
		err = write_pair(arena, base, &key, &certificate);
	buf_wipe(&ca_key);
	buf_wipe(&key);
	return err;
}
