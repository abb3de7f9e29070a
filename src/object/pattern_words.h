/* The words of a pattern and single comparisons. Internal to the pattern's files. */
#ifndef BICES_OBJECT_PATTERN_WORDS_H
#define BICES_OBJECT_PATTERN_WORDS_H

#include "object/pattern.h"

enum word_kind {
	WORD_END,
	WORD_NAME, /* keyword, type or property: letters, digits, "-" and "_" */
	WORD_SIGN, /* punctuation and comparison signs */
	WORD_TEXT,
	WORD_INTEGER,
	WORD_FLOAT,
	WORD_BINARY,
	WORD_HEX,
	WORD_TIME,
};

struct pattern_word {
	enum word_kind kind;
	struct slice text; /* in the arena; of literals without quotes and escapes */
	double number;
	uint32_t line, column;
};

struct pattern_words {
	struct slice rest;
	struct arena *arena;
	struct diag *diag;
	uint32_t line, column;	  /* of rest */
	struct pattern_word word; /* in hand */
	size_t regex_parts;	  /* of all regular expressions so far */
};

/* Takes the next word in hand. */
enum err pattern_next(struct pattern_words *words) MUST_USE;
/* True when the word in hand is this keyword or sign. */
bool pattern_is(const struct pattern_words *words, const char *text);
/* ERR_MALFORMED with the place of the word in hand. */
enum err pattern_refuse(struct pattern_words *words, const char *format, ...)
	__attribute__((format(printf, 2, 3))) MUST_USE;

/* Reads one comparison: path, comparator, literal. */
enum err pattern_read_test(struct pattern_words *words, struct pattern_node *test) MUST_USE;

#endif
