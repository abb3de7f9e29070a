/* What each person published, in one piece at a time: kept in memory, the latest of the node, told to him alone. Holds
 * numbers and one id of each, never content. */
#ifndef BICES_PRESENT_IMPORTS_H
#define BICES_PRESENT_IMPORTS_H

#include "present/request.h"

enum { IMPORTS = 512, IMPORTS_TOLD = 50 };
enum import_way { IMPORT_API, IMPORT_TAXII };

struct imports {
	struct import {
		uint64_t at_ms, count;
		enum import_way way;
		char user[LIMIT_USER + 1], first[LIMIT_OBJECT_ID + 1];
	} items[IMPORTS];
	uint64_t next;
};

/* Notes what the request's user published; the oldest note makes room. Nothing without a user or a place to note. */
void imports_note(const struct request *request, enum import_way way, uint64_t count, struct slice first);

#endif
