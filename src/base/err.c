/* Texts and exit codes of errors, from one table. */
#include "base/err.h"

static const struct {
	const char *text;
	int exit_code;
} table[ERR_COUNT] = {
#define X(name, text, code) [name] = {text, code},
	ERR_TABLE(X)
#undef X
};

const char *err_text(enum err err)
{
	return (unsigned)err < ERR_COUNT ? table[err].text : table[ERR_INTERNAL].text;
}

int err_exit_code(enum err err)
{
	return (unsigned)err < ERR_COUNT ? table[err].exit_code : table[ERR_INTERNAL].exit_code;
}
