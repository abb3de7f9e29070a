/* Options, files and complaints, the same for every command. */
#include "cli/command.h"

#include <errno.h>
#include <stdarg.h>

static const struct option_spec *find(const struct option_spec *specs, const char *name, size_t len)
{
	for (; specs->name; specs++)
		if (strlen(specs->name) == len && memcmp(specs->name, name, len) == 0)
			return specs;
	return NULL;
}

static enum err store_value(const struct option_spec *spec, const char *value)
{
	if (!spec->list) {
		*spec->value = value;
		return ERR_OK;
	}
	if (spec->list->count == sizeof(spec->list->items) / sizeof(spec->list->items[0])) {
		fprintf(stderr, "bices: %s is given too often\n", spec->name);
		return ERR_USAGE;
	}
	spec->list->items[spec->list->count++] = value;
	return ERR_OK;
}

/* Handles the option at argv[i]; *ret_used tells how many words it took. */
static enum err take_one(const struct option_spec *specs, int argc, char **argv, int i, int *ret_used)
{
	const char *equals = strchr(argv[i], '=');
	size_t len = equals ? (size_t)(equals - argv[i]) : strlen(argv[i]);
	const struct option_spec *spec = find(specs, argv[i], len);
	if (!spec) {
		fprintf(stderr, "bices: unknown option %.*s; 'bices help' lists the commands and their options\n", (int)len, argv[i]);
		return ERR_USAGE;
	}
	*ret_used = 1;
	if (spec->flag) {
		if (equals) {
			fprintf(stderr, "bices: %s takes no value\n", spec->name);
			return ERR_USAGE;
		}
		*spec->flag = true;
		return ERR_OK;
	}
	if (equals)
		return store_value(spec, equals + 1);
	if (i + 1 >= argc) {
		fprintf(stderr, "bices: %s needs a value\n", spec->name);
		return ERR_USAGE;
	}
	*ret_used = 2;
	return store_value(spec, argv[i + 1]);
}

enum err options_take(const struct option_spec *specs, int *argc, char **argv)
{
	int kept = 0;
	bool options = true;
	for (int i = 0; i < *argc;) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
			i++;
		} else if (options && argv[i][0] == '-' && argv[i][1] == '-') {
			int used = 0;
			TRY(take_one(specs, *argc, argv, i, &used));
			i += used;
		} else {
			argv[kept++] = argv[i++];
		}
	}
	*argc = kept;
	return ERR_OK;
}

enum err file_read(const char *path, struct buf *ret_bytes)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	if (!file) {
		fprintf(stderr, "bices: %s: %s\n", path, strerror(errno));
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	}
	uint8_t chunk[16384];
	size_t n;
	while (ret_bytes->err == ERR_OK && (n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_put(ret_bytes, slice_of(chunk, n));
	bool failed = ferror(file) != 0;
	if (file != stdin)
		fclose(file);
	if (ret_bytes->err == ERR_TOO_LARGE)
		fprintf(stderr, "bices: %s: larger than %zu octets\n", path, ret_bytes->max);
	else if (failed)
		fprintf(stderr, "bices: %s: cannot be read\n", path);
	return ret_bytes->err != ERR_OK ? ret_bytes->err : failed ? ERR_IO : ERR_OK;
}

int complain(enum err err, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	fputs("bices: ", stderr);
	vfprintf(stderr, format, list);
	fputc('\n', stderr);
	va_end(list);
	return err_exit_code(err);
}

int complain_diag(enum err err, const char *where, const struct diag *diag)
{
	const char *text = diag->text[0] ? diag->text : err_text(err);
	if (!where)
		return complain(err, "%s", text);
	if (diag->line && diag->column)
		return complain(err, "%s:%u:%u: %s", where, diag->line, diag->column, text);
	if (diag->line)
		return complain(err, "%s:%u: %s", where, diag->line, text);
	return complain(err, "%s: %s", where, text);
}
