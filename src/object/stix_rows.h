/* Short forms for the rows of the STIX tables. Internal to the files that hold tables. */
#ifndef BICES_OBJECT_STIX_ROWS_H
#define BICES_OBJECT_STIX_ROWS_H

#include "object/stix_schema.h"

#define R STIX_REQUIRED
#define L STIX_LIST

#define ANY(n, f)                                                                                                      \
	{                                                                                                              \
		.name = n, .kind = KIND_ANY, .flags = f                                                                \
	}
#define TEXT(n, f)                                                                                                     \
	{                                                                                                              \
		.name = n, .kind = KIND_TEXT, .flags = f                                                               \
	}
#define BOOLEAN(n, f)                                                                                                  \
	{                                                                                                              \
		.name = n, .kind = KIND_BOOLEAN, .flags = f                                                            \
	}
#define INTEGER(n, f)                                                                                                  \
	{                                                                                                              \
		.name = n, .kind = KIND_INTEGER, .flags = f                                                            \
	}
#define COUNT(n, f)                                                                                                    \
	{                                                                                                              \
		.name = n, .kind = KIND_INTEGER, .flags = f, .min = 0, .max = INT64_MAX                                \
	}
#define RANGE(n, f, from, to)                                                                                          \
	{                                                                                                              \
		.name = n, .kind = KIND_INTEGER, .flags = f, .min = from, .max = to                                    \
	}
#define NUMBER(n, f)                                                                                                   \
	{                                                                                                              \
		.name = n, .kind = KIND_NUMBER, .flags = f                                                             \
	}
#define NUMBERS(n, f, from, to)                                                                                        \
	{                                                                                                              \
		.name = n, .kind = KIND_NUMBER, .flags = f, .min = from, .max = to                                     \
	}
#define TIME(n, f)                                                                                                     \
	{                                                                                                              \
		.name = n, .kind = KIND_TIME, .flags = f                                                               \
	}
#define MILLI_TIME(n, f)                                                                                               \
	{                                                                                                              \
		.name = n, .kind = KIND_MILLI_TIME, .flags = f                                                         \
	}
#define REF(n, f, types)                                                                                               \
	{                                                                                                              \
		.name = n, .kind = KIND_REFERENCE, .flags = f, .words = types                                          \
	}
#define ENUM(n, f, list)                                                                                               \
	{                                                                                                              \
		.name = n, .kind = KIND_ENUM, .flags = f, .words = list                                                \
	}
#define VOCABULARY(n, f, list)                                                                                         \
	{                                                                                                              \
		.name = n, .kind = KIND_VOCABULARY, .flags = f, .words = list                                          \
	}
#define FORM(n, f, function, what)                                                                                     \
	{                                                                                                              \
		.name = n, .kind = KIND_FORM, .flags = f, .form = function, .expected = what                           \
	}
#define HASHES(n, f)                                                                                                   \
	{                                                                                                              \
		.name = n, .kind = KIND_HASHES, .flags = f                                                             \
	}
#define HEX(n, f)                                                                                                      \
	{                                                                                                              \
		.name = n, .kind = KIND_HEX, .flags = f                                                                \
	}
#define BINARY(n, f)                                                                                                   \
	{                                                                                                              \
		.name = n, .kind = KIND_BINARY, .flags = f                                                             \
	}
#define DICTIONARY(n, f)                                                                                               \
	{                                                                                                              \
		.name = n, .kind = KIND_DICTIONARY, .flags = f                                                         \
	}
#define DICTIONARY_OF(n, f, of)                                                                                        \
	{                                                                                                              \
		.name = n, .kind = KIND_DICTIONARY, .flags = f, .min = of                                              \
	}
#define SHAPE(n, f, of)                                                                                                \
	{                                                                                                              \
		.name = n, .kind = KIND_SHAPE, .flags = f, .shape = of                                                 \
	}
#define SPECIAL(n, f, of)                                                                                              \
	{                                                                                                              \
		.name = n, .kind = of, .flags = f                                                                      \
	}
#define END                                                                                                            \
	{                                                                                                              \
		.name = NULL                                                                                           \
	}

#define ANY_OF(list)                                                                                                   \
	{                                                                                                              \
		.kind = RULE_ANY_OF, .names = list                                                                     \
	}
#define ONE_OF(list)                                                                                                   \
	{                                                                                                              \
		.kind = RULE_ONE_OF, .names = list                                                                     \
	}
#define NEEDS(list)                                                                                                    \
	{                                                                                                              \
		.kind = RULE_NEEDS, .names = list                                                                      \
	}
#define EXCLUDES(list)                                                                                                 \
	{                                                                                                              \
		.kind = RULE_EXCLUDES, .names = list                                                                   \
	}
#define ORDER(list)                                                                                                    \
	{                                                                                                              \
		.kind = RULE_ORDER, .names = list                                                                      \
	}
#define LATER(list)                                                                                                    \
	{                                                                                                              \
		.kind = RULE_LATER, .names = list                                                                      \
	}
#define SOMETHING                                                                                                      \
	{                                                                                                              \
		.kind = RULE_SOMETHING                                                                                 \
	}
#define CHECK(function)                                                                                                \
	{                                                                                                              \
		.kind = RULE_CHECK, .check = function                                                                  \
	}

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* A shape from its tables NAME_properties and NAME_rules. */
#define SHAPE_OF(title, table, beside, rules_table)                                                                    \
	{                                                                                                              \
		.name = title, .properties = table, .common = beside, .rules = rules_table,                            \
		.rules_count = COUNT_OF(rules_table)                                                                   \
	}
#define SHAPE_PLAIN(title, table, beside)                                                                              \
	{                                                                                                              \
		.name = title, .properties = table, .common = beside                                                   \
	}

#endif
