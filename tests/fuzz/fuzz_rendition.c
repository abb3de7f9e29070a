/* Any octets as a rendition: what opens has its head first, its portions' digests in the manifest, and one encoding. */
#include "object/portion.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA arena = {.max_bytes = 1 << 26};
	struct rendition_view view;
	if (rendition_open(slice_of(data, size), &arena, &view) != ERR_OK)
		return 0;
	if (view.head != view.portions || view.head->kind != PORTION_HEAD ||
	    view.count > view.manifest.digests.len / DIGEST)
		abort();
	for (size_t i = 0; i < view.count; i++) {
		const struct disclosed *disclosed = (const struct disclosed *)view.rendition.disclosed.items + i;
		uint8_t digest[DIGEST];
		bool found = false;
		portion_digest(disclosed->salt, view.manifest.object_id, view.manifest.issued, disclosed->portion, digest);
		for (size_t at = 0; at < view.manifest.digests.len; at += DIGEST)
			found = found || memcmp(view.manifest.digests.data + at, digest, DIGEST) == 0;
		if (!found || view.portions[i].label.len == 0)
			abort();
	}
	AUTO_BUF again = buf_make(1 << 26);
	record_encode(&rendition_schema, &view.rendition, &again);
	if (again.err != ERR_OK || !slice_equal(buf_slice(&again), slice_of(data, size)))
		abort();
	return 0;
}
