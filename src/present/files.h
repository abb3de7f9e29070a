/* The workbench's files, given to front as one blob so that it needs no file system.
 *
 * The blob is packed memory (os/pack.h): a path relative to the web directory and its content, in turn. */
#ifndef BICES_PRESENT_FILES_H
#define BICES_PRESENT_FILES_H

#include "base/arena.h"

struct file {
	struct slice name, content;
	const char *type; /* media type by the name's end */
	char etag[35];	  /* quoted, of the content's digest */
};
struct files {
	struct file *files;
	size_t count;
};

/* ERR_MALFORMED: cut off, or an ending that has no media type; ERR_MEMORY. Borrows from blob. */
enum err files_open(struct slice blob, struct arena *arena, struct files *ret_files) MUST_USE;

/* The file of a request path ("/app.js"; "/" is "/index.html"), or NULL. */
const struct file *files_find(const struct files *files, struct slice path);

#endif
