/* The OpenAPI document, made from the route table, so that it cannot say anything else. spec: OpenAPI 3.1.0 */
#include "present/route.h"
#include "present/write.h"

static bool comes_before(const struct route *a, const struct route *route)
{
	for (; a < route; a++)
		if (strcmp(a->path, route->path) == 0)
			return true;
	return false;
}

static void print_parameter(struct buf *json, struct slice name, bool in_path)
{
	write_open(json, '{');
	write_member(json, "name", name);
	write_member(json, "in", in_path ? SLICE("path") : SLICE("query"));
	write_member_bool(json, "required", in_path);
	write_member_open(json, "schema", '{');
	write_member(json, "type", SLICE("string"));
	write_close(json, '}');
	write_close(json, '}');
}

static void print_parameters(struct buf *json, const struct route *route)
{
	struct slice path = slice_text(route->path), query = slice_text(route->query), part;
	write_member_open(json, "parameters", '[');
	while (path.len > 0) {
		path = slice_split(path, '/', &part);
		if (part.len > 2 && part.data[0] == '{')
			print_parameter(json, slice_of(part.data + 1, part.len - 2), true);
	}
	while (query.len > 0) {
		query = slice_split(query, ' ', &part);
		print_parameter(json, part, false);
	}
	write_close(json, ']');
}

static void print_content(struct buf *json, const char *types)
{
	struct slice rest = slice_text(types), type;
	AUTO_ARENA arena = {0};
	write_member_open(json, "content", '{');
	while (rest.len > 0) {
		rest = slice_split(rest, ' ', &type);
		const char *key = arena_text(&arena, type);
		if (!key)
			continue;
		bool is_json = slice_has_suffix(type, SLICE("json")) || slice_find_octet(type, '+') >= 0;
		write_member_open(json, key, '{');
		write_member_open(json, "schema", '{');
		write_member(json, "type", is_json ? SLICE("object") : SLICE("string"));
		write_close(json, '}');
		write_close(json, '}');
	}
	write_close(json, '}');
}

static void print_responses(struct buf *json, const struct route *route)
{
	AUTO_ARENA arena = {0};
	const char *status = arena_printf(&arena, "%u", route->status);
	if (!status)
		return;
	write_member_open(json, "responses", '{');
	write_member_open(json, status, '{');
	write_member(json, "description", SLICE("done"));
	if (route->produces[0])
		print_content(json, route->produces);
	write_close(json, '}');
	write_member_open(json, "default", '{');
	write_member(json, "description", SLICE("a problem; denied and missing are the same 404"));
	print_content(json, route->dialect == DIALECT_TAXII ? route->produces : "application/problem+json");
	write_close(json, '}');
	write_close(json, '}');
}

static void print_security(struct buf *json, const struct route *route)
{
	static const char *const ways[] = {"bearer", "basic", "certificate"};
	write_member_open(json, "security", '[');
	for (size_t i = 0; i < sizeof ways / sizeof ways[0] && !route->open; i++) {
		write_open(json, '{');
		write_member_open(json, ways[i], '[');
		write_close(json, ']');
		write_close(json, '}');
	}
	write_close(json, ']');
}

static void print_operation(struct buf *json, const struct route *route)
{
	static const char *const verbs[METHOD_COUNT] = {"get", "post", "delete"};
	write_member_open(json, verbs[route->method], '{');
	write_member(json, "summary", slice_text(route->summary));
	write_member(json, "x-roles", slice_text(route->roles));
	print_security(json, route);
	print_parameters(json, route);
	if (route->body != BODY_NONE) {
		write_member_open(json, "requestBody", '{');
		print_content(json, route->consumes);
		write_close(json, '}');
	}
	print_responses(json, route);
	write_close(json, '}');
}

static void print_paths(struct buf *json)
{
	write_member_open(json, "paths", '{');
	for (const struct route *route = routes; route->path; route++) {
		if (comes_before(routes, route))
			continue;
		write_member_open(json, route->path, '{');
		for (const struct route *same = route; same->path; same++)
			if (strcmp(same->path, route->path) == 0)
				print_operation(json, same);
		write_close(json, '}');
	}
	write_close(json, '}');
}

static void print_schemes(struct buf *json)
{
	write_member_open(json, "components", '{');
	write_member_open(json, "securitySchemes", '{');
	write_key(json, "bearer");
	write_raw(json, SLICE("{\"type\":\"http\",\"scheme\":\"bearer\"}"));
	write_key(json, "basic");
	write_raw(json, SLICE("{\"type\":\"http\",\"scheme\":\"basic\"}"));
	write_key(json, "certificate");
	write_raw(json, SLICE("{\"type\":\"mutualTLS\"}"));
	write_close(json, '}');
	write_close(json, '}');
}

void openapi_print(struct buf *json)
{
	write_open(json, '{');
	write_member(json, "openapi", SLICE("3.1.0"));
	write_member_open(json, "info", '{');
	write_member(json, "title", SLICE("OpenBICES node"));
	write_member(json, "version", SLICE("1"));
	write_close(json, '}');
	print_paths(json);
	print_schemes(json);
	write_close(json, '}');
}
