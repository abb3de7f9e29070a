/* Renditions for tests: deterministic salts and noise, all slots under control. */
#ifndef BICES_TEST_BUILD_H
#define BICES_TEST_BUILD_H

#include "object/offer.h"

enum { BUILD_MAX = LIMIT_PORTIONS + 1 };

struct build {
	struct slice portions[BUILD_MAX]; /* encoded */
	uint8_t salts[BUILD_MAX * SALT];
	size_t count, slots;
	struct slice manifest;
	struct arena arena;
};

void build_start(struct build *build);
void build_done(struct build *build);
/* Encodes and adds. id and salt follow from the position. */
void build_add(struct build *build, uint8_t kind, const char *label, const char *content);
/* Adds what was offered. */
void build_add_offered(struct build *build, const struct offer_portion *offered);
/* Makes the manifest for this id with the slots its type has; answers the error of manifest_make. */
enum err build_manifest(struct build *build, const char *id);
/* The rendition that discloses these positions in this order. Lives in the build's arena. */
struct slice build_rendition(struct build *build, const size_t *positions, size_t count);

#endif
