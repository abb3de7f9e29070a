/* Colour names of the W3C as policies use them. Display only: no decision may ever depend on a colour. */
#include "label/spif.h"

static bool is_hexadecimal(struct slice name)
{
	if (name.len != 7 || name.data[0] != '#')
		return false;
	for (size_t i = 1; i < 7; i++)
		if (slice_find_octet(SLICE("0123456789abcdefABCDEF"), name.data[i]) < 0)
			return false;
	return true;
}

struct slice color_value(struct slice name)
{
	static const struct {
		const char *name, *value;
	} colors[] = {
		{"aqua", "#00FFFF"},    {"black", "#000000"},   {"blue", "#0000FF"},    {"cyan", "#00FFFF"},
		{"fuchsia", "#FF00FF"}, {"fuschia", "#FF00FF"}, {"gray", "#808080"},    {"green", "#008000"},
		{"grey", "#808080"},    {"lime", "#00FF00"},    {"magenta", "#FF00FF"}, {"maroon", "#800000"},
		{"navy", "#000080"},    {"olive", "#808000"},   {"orange", "#FFA500"},  {"purple", "#800080"},
		{"red", "#FF0000"},     {"silver", "#C0C0C0"},  {"teal", "#008080"},    {"white", "#FFFFFF"},
		{"yellow", "#FFFF00"},
	};
	if (is_hexadecimal(name))
		return name;
	for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++)
		if (name.len == strlen(colors[i].name) &&
		    strncasecmp((const char *)name.data, colors[i].name, name.len) == 0)
			return slice_text(colors[i].value);
	return slice_of(NULL, 0);
}
