/* The workbench's files, see files.h. Must never serve a name that is not in the blob. */
#include "present/files.h"

#include "crypto/crypto.h"
#include "os/pack.h"

static const struct {
	const char *ending, *type;
} types[] = {
	{".html", "text/html;charset=utf-8"},
	{".css", "text/css;charset=utf-8"},
	{".js", "text/javascript;charset=utf-8"},
	{".json", "application/json"},
	{".svg", "image/svg+xml"},
	{".png", "image/png"},
	{".ico", "image/x-icon"},
	{".woff2", "font/woff2"},
	{".webmanifest", "application/manifest+json"},
	{".txt", "text/plain;charset=utf-8"},
	{".map", "application/json"},
};

static const char *type_of(struct slice name)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (slice_has_suffix(name, slice_text(types[i].ending)))
			return types[i].type;
	return NULL;
}

static void make_etag(struct slice content, char ret_etag[35])
{
	uint8_t digest[32];
	crypto_sha256(content, digest);
	ret_etag[0] = ret_etag[33] = '"';
	ret_etag[34] = '\0';
	for (int i = 0; i < 16; i++) {
		ret_etag[1 + 2 * i] = "0123456789abcdef"[digest[i] >> 4];
		ret_etag[2 + 2 * i] = "0123456789abcdef"[digest[i] & 15];
	}
}

static enum err count_files(struct slice blob, size_t *ret_count)
{
	struct slice name, content;
	size_t count = 0;
	enum err err;
	while ((err = pack_next(&blob, &name)) == ERR_OK) {
		if (pack_next(&blob, &content) != ERR_OK || name.len == 0)
			return ERR_MALFORMED;
		count++;
	}
	*ret_count = count;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err files_open(struct slice blob, struct arena *arena, struct files *ret_files)
{
	size_t count = 0;
	TRY(count_files(blob, &count));
	struct files files = {ARENA_ARRAY(arena, count + 1, struct file), 0};
	if (!files.files)
		return ERR_MEMORY;
	while (files.count < count) {
		struct file *file = &files.files[files.count++];
		TRY(pack_next(&blob, &file->name));
		TRY(pack_next(&blob, &file->content));
		file->type = type_of(file->name);
		if (!file->type)
			return ERR_MALFORMED;
		make_etag(file->content, file->etag);
	}
	*ret_files = files;
	return ERR_OK;
}

const struct file *files_find(const struct files *files, struct slice path)
{
	struct slice name = slice_equal(path, SLICE("/")) ? SLICE("index.html") : slice_skip(path, 1);
	for (size_t i = 0; i < files->count; i++)
		if (slice_equal(files->files[i].name, name))
			return &files->files[i];
	return NULL;
}
