#include "build.h"

#include "../../support/test.h"

void build_start(struct build *build)
{
	memset(build, 0, sizeof(*build));
}

void build_done(struct build *build)
{
	arena_done(&build->arena);
}

static void add(struct build *build, struct portion *portion)
{
	portion->changed = 1790000000000 + build->count;
	portion->id[0] = 0xa0;
	portion->id[14] = (uint8_t)(build->count >> 8);
	portion->id[15] = (uint8_t)build->count;
	AUTO_BUF bytes = buf_make(LIMIT_OBJECT_BYTES);
	record_encode(&portion_schema, portion, &bytes);
	assert_ok(bytes.err);
	assert_ok(arena_copy(&build->arena, buf_slice(&bytes), &build->portions[build->count]));
	memset(build->salts + build->count * SALT, (int)(build->count & 0xff) ^ 0x5a, SALT);
	build->salts[build->count * SALT] = (uint8_t)(build->count >> 8);
	build->count++;
}

void build_add(struct build *build, uint8_t kind, const char *label, const char *content)
{
	struct portion portion = {.kind = kind, .label = slice_text(label), .content = slice_text(content)};
	if (kind == PORTION_ATTACHMENT)
		memset(portion.blob_sha256, 0xb1, sizeof(portion.blob_sha256));
	add(build, &portion);
}

void build_add_offered(struct build *build, const struct offer_portion *offered)
{
	struct portion portion = {.kind = offered->kind, .label = offered->label, .content = offered->content};
	memcpy(portion.blob_sha256, offered->blob_sha256, sizeof(portion.blob_sha256));
	add(build, &portion);
}

enum err build_manifest(struct build *build, const char *id)
{
	struct manifest head = {
		.originator = SLICE("NATO"), .realm = SLICE("real"), .object_id = slice_text(id), .issued = 1790000005000};
	struct slice type;
	TRY(object_id_type(head.object_id, &type));
	TRY(manifest_slots(type, build->count, &build->slots));
	uint8_t *noise = arena_alloc(&build->arena, build->slots, 64);
	assert_non_null(noise);
	for (size_t slot = 0; slot < build->slots; slot++) {
		noise[slot * 64] = (uint8_t)(slot >> 8);
		noise[slot * 64 + 1] = (uint8_t)slot;
	}
	AUTO_BUF manifest = buf_make(LIMIT_OBJECT_BYTES);
	TRY(manifest_make(&head, build->portions, build->salts, build->count, noise, build->slots, &manifest));
	return arena_copy(&build->arena, buf_slice(&manifest), &build->manifest);
}

struct slice build_rendition(struct build *build, const size_t *positions, size_t count)
{
	struct disclosed *disclosed = ARENA_ARRAY(&build->arena, count, struct disclosed);
	struct rendition rendition = {.manifest = build->manifest, .disclosed = {disclosed, count}};
	memset(rendition.signature, 0x51, sizeof(rendition.signature));
	for (size_t i = 0; i < count; i++) {
		memcpy(disclosed[i].salt, build->salts + positions[i] * SALT, SALT);
		disclosed[i].portion = build->portions[positions[i]];
	}
	AUTO_BUF bytes = buf_make(2 * LIMIT_OBJECT_BYTES);
	record_encode(&rendition_schema, &rendition, &bytes);
	assert_ok(bytes.err);
	struct slice copy;
	assert_ok(arena_copy(&build->arena, buf_slice(&bytes), &copy));
	return copy;
}
