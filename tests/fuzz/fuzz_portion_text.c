/* Any octets as text with portions: what splits has a title, no empty part, and no marking left inside a part. */
#include "object/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Without backslashes nothing was escaped: then no line of a part may begin with a parenthesis but the first, whose
 * marking was in front of it. */
static void check_lines(struct slice text)
{
	struct slice line, rest = slice_split(text, '\n', &line);
	while (rest.len) {
		rest = slice_split(rest, '\n', &line);
		if (slice_has_prefix(slice_trim(line), SLICE("(")))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA arena = {.max_bytes = 1 << 28};
	struct text_parts parts;
	struct diag diag = {0};
	struct slice text = slice_of(data, size);
	if (text_split(text, &arena, &parts, &diag) != ERR_OK) {
		if (diag.text[0] == 0 && arena.used_bytes < 1 << 20)
			abort(); /* a refusal says why */
		return 0;
	}
	uint32_t line = 0;
	for (size_t i = 0; i < parts.count; i++) {
		if (parts.items[i].text.len == 0 || parts.items[i].line <= line || !utf8_is_text(parts.items[i].text))
			abort();
		line = parts.items[i].line;
		if (slice_find_octet(text, '\\') < 0)
			check_lines(parts.items[i].text);
	}
	return 0;
}
