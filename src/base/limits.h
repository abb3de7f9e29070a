/* Every limit of the system, by name. Each has a test at -1, 0 and +1. Bytes unless the name says otherwise. */
#ifndef BICES_BASE_LIMITS_H
#define BICES_BASE_LIMITS_H

enum {
	/* formats */
	LIMIT_RECORD_VALUE = 0xffffff,      /* one field of a record: its length has three octets */
	LIMIT_LABEL_TEXT = 4096,            /* canonical compact form of one label */
	LIMIT_LABEL_XML = 256 * 1024,       /* one 4774 label or clearance as XML */
	LIMIT_POLICY_XML = 8 * 1024 * 1024, /* one SPIF */
	LIMIT_BINDING_XML = 8 * 1024 * 1024, /* one 4778 binding, or the document it is embedded in */
	LIMIT_MARKING_LINE = 1024,
	LIMIT_XML_DEPTH = 64,
	LIMIT_JSON_BYTES = 64 * 1024 * 1024, /* one document at the border */
	LIMIT_JSON_DEPTH = 64,
	LIMIT_PORTION_BYTES = 4 * 1024 * 1024, /* content of one portion */
	LIMIT_ATTACHMENT_BYTES = 3000000,      /* a file within a portion: base64 of it leaves room for its name */
	LIMIT_PORTIONS = 1024,                 /* slots of the largest manifest */
	LIMIT_SLOTS_SMALL = 64,
	LIMIT_OBJECT_BYTES = 8 * 1024 * 1024, /* one rendition, encoded */
	LIMIT_OBJECT_ID = 320,                /* type of at most 250 characters, "--", UUID */
	LIMIT_BUNDLE_OBJECTS = 20000,
	LIMIT_PATTERN = 65536,             /* one STIX pattern */
	LIMIT_PATTERN_OBSERVATIONS = 1024, /* matched at once */
	LIMIT_PATTERN_HELD = 4096,         /* objects that a node reads to match a pattern against them, */
	LIMIT_PATTERN_HELD_OCTETS = 4 * 1024 * 1024, /* and their octets as STIX */
	LIMIT_PATTERN_MATCHES = 65536,     /* ways in which one part of a pattern holds */
	LIMIT_FINDINGS = 50, /* of a refused document that are told one by one */
	LIMIT_TITLE = 1024,
	LIMIT_POSITIONS = 64,      /* of one track */
	LIMIT_PLACES_BYTES = 8192, /* of one head, encoded */
	LIMIT_NATION = 32,     /* name of a participant */
	LIMIT_USER = 64,
	LIMIT_USER_SESSIONS = 64, /* open at once by one user; the oldest ends for a new one */
	LIMIT_REASON = 1024,
	LIMIT_REALM = 64,
	LIMIT_NATIONS = 64, /* participants of one coalition: a peer mask has 64 bits */
	LIMIT_PASSWORD = 1024,

	/* exploitation */
	LIMIT_GIST = 256 * 1024, /* what rules and lists ask of one object, its own rules included */
	LIMIT_TRAIT = 2048,      /* value of one property in a gist: longer ones are cut */
	LIMIT_TRAITS = 64,
	LIMIT_RULE_TEXT = 512,   /* one text of a warning problem */
	LIMIT_RULE_PATTERNS = 16,
	LIMIT_RULE_TESTS = 8,    /* of properties, in one pattern */
	LIMIT_INDICATORS = 64,   /* of one problem */
	LIMIT_LEVELS = 16,
	LIMIT_AGE_DAYS = 3660,   /* age limit of an indicator */
	LIMIT_MATCHES = 32,      /* of one indicator that are looked at, the newest */
	LIMIT_HISTORY = 256,     /* changes of one level that are told, the newest */
	LIMIT_PROBLEMS = 256,    /* of one node that are computed */

	/* exchange */
	LIMIT_TOKEN = 512,
	LIMIT_FRAME = LIMIT_OBJECT_BYTES + 65536,
	LIMIT_CONTROL_ENTRY = 65536,
	LIMIT_WINDOW_FRAMES = 64, /* unacknowledged frames per peer */

	/* between processes */
	LIMIT_MESSAGE_INLINE = 65536, /* larger bodies travel as a sealed memfd */
	LIMIT_MESSAGE = 96 * 1024 * 1024,

	/* requests */
	LIMIT_SEARCH_TEXT = 1024,
	LIMIT_SEARCH_RESULTS = 1000,
	LIMIT_SAVED_SEARCHES = 64, /* of one user */
	LIMIT_SAVED_QUERY = 2048,
	LIMIT_SEARCH_DEFAULT = 50,
	LIMIT_TAXII_PAGE = 1000,
	LIMIT_COLLECTION_READS = 4096, /* rows whose words one page of a virtual collection looks at: some ten milliseconds */
	LIMIT_MAP_FEATURES = 2000,
	LIMIT_MAP_DEFAULT = 1000,
	LIMIT_GRAPH_NODES = 300,
	LIMIT_GRAPH_DEFAULT = 60, /* nodes */
	LIMIT_GRAPH_DEPTH = 3,
	LIMIT_GRAPH_EDGES = 2000,
};

#endif
