/* STIX documents on the command line. */
#ifndef BICES_CLI_STIX_H
#define BICES_CLI_STIX_H

#include "base/buf.h"

/* Mends a JSON document (object/stix_mend.h), in place of text, and says on stderr what it changed. file: for messages. */
enum err stix_mend_text(const char *file, struct buf *text) MUST_USE;

#endif
