/* Mending what an importer may mend in foreign STIX, because what was meant is plain:
 *
 * - an object that stands twice with the same content is kept once;
 * - objects that share one id and one version but not their content get ids of their own, all but the first, derived
 * from the content: the same document gives the same ids everywhere;
 * - a version that was modified before it was created was modified when it was created.
 *
 * Nobody else does this: what is put in strictly is refused. References to a shared id keep pointing at the first. */
#ifndef BICES_OBJECT_STIX_MEND_H
#define BICES_OBJECT_STIX_MEND_H

#include "base/arena.h"
#include "base/diag.h"
#include "object/json.h"

/* Changes the objects of a bundle or envelope in place (another document stays as it is) and appends one line to said
 * for each change. ERR_MEMORY, ERR_TOO_LARGE (more lines than said holds). */
enum err stix_mend(json_t *document, struct buf *said) MUST_USE;

#endif
