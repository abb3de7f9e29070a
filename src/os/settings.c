/* Settings by table: each row is a key, how its value is read, and where it goes. Unknown keys are errors. */
#include "os/settings.h"

#define KEY_PLACE(member) offsetof(struct settings, member)

struct place {
	struct slice key;
	uint32_t line;
	struct diag *diag;
};

/* Reads value into the member at offset. */
typedef enum err setting_read(struct slice value, const struct place *place, struct settings *settings, size_t offset);

static enum err wrong(const struct place *place, const char *expected)
{
	return diag_fail_at(place->diag, ERR_MALFORMED, place->line, 1, "%.*s: expected %s", SLICE_ARG(place->key), expected);
}

static enum err read_text(struct slice value, const struct place *place, struct settings *settings, size_t offset)
{
	(void)place;
	memcpy((uint8_t *)settings + offset, &value, sizeof(value));
	return ERR_OK;
}

/* A decimal of at most nine digits. */
static bool number_parse(struct slice text, uint32_t *ret_number)
{
	uint32_t number = 0;
	if (text.len == 0 || text.len > 9)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (uint32_t)(text.data[i] - '0');
	}
	*ret_number = number;
	return true;
}

static enum err read_number(struct slice value, const struct place *place, struct settings *settings, size_t offset)
{
	uint32_t number = 0;
	if (!number_parse(value, &number) || number == 0)
		return wrong(place, "a whole number from 1 to 999999999");
	memcpy((uint8_t *)settings + offset, &number, sizeof(number));
	return ERR_OK;
}

static enum err read_nation(struct slice value, const struct place *place, struct settings *settings, size_t offset)
{
	bool good = value.len > 0 && value.len <= LIMIT_NATION;
	for (size_t i = 0; good && i < value.len; i++)
		good = (value.data[i] >= 'A' && value.data[i] <= 'Z') || (i > 0 && value.data[i] >= '0' && value.data[i] <= '9');
	return good ? read_text(value, place, settings, offset) : wrong(place, "capital letters and digits, such as KOR");
}

static enum err read_realm(struct slice value, const struct place *place, struct settings *settings, size_t offset)
{
	bool good = value.len > 0 && value.len <= LIMIT_REALM && slice_find_octet(value, ' ') < 0;
	return good ? read_text(value, place, settings, offset) : wrong(place, "'real' or the name of an exercise, one word");
}

static enum err read_address(struct slice value, const struct place *place, struct settings *settings, size_t offset)
{
	ptrdiff_t colon = -1;
	for (size_t i = 0; i < value.len; i++)
		if (value.data[i] == ':')
			colon = (ptrdiff_t)i;
	uint32_t port = 0;
	if (colon < 1 || !number_parse(slice_skip(value, (size_t)colon + 1), &port) || port == 0 || port > 65535)
		return wrong(place, "address:port, such as 127.0.0.1:8445");
	return read_text(value, place, settings, offset);
}

static enum err read_loopback(struct slice value, const struct place *place, struct settings *settings, size_t offset)
{
	if (!slice_has_prefix(value, SLICE("127.")) && !slice_has_prefix(value, SLICE("[::1]:")))
		return wrong(place, "a loopback address and port, such as 127.0.0.1:8545");
	return read_address(value, place, settings, offset);
}

static enum err read_policy(struct slice value, const struct place *place, struct settings *settings, size_t offset)
{
	(void)offset;
	if (settings->policy_count == SETTINGS_POLICIES)
		return diag_fail_at(place->diag, ERR_TOO_LARGE, place->line, 1, "more than %d policies", SETTINGS_POLICIES);
	settings->policies[settings->policy_count++] = value;
	return ERR_OK;
}

static enum err read_hold(struct slice value, const struct place *place, struct settings *settings, size_t offset)
{
	(void)offset;
	enum role role = role_find(value);
	if (role == ROLE_COUNT || role == ROLE_MASTER)
		return wrong(place, "front, store, parse, guard, seal, ledger or link");
	settings->hold |= 1u << role;
	return ERR_OK;
}

/* Takes the text up to the next '|' (or the end) out of *rest; terminates it in place. */
static struct slice field_take(struct slice *rest)
{
	ptrdiff_t bar = slice_find_octet(*rest, '|');
	struct slice field = bar < 0 ? *rest : slice_take(*rest, (size_t)bar);
	union { const uint8_t *read; uint8_t *write; } end = {.read = field.data + field.len};
	*end.write = '\0'; /* the arena's own copy of the line */
	*rest = bar < 0 ? (struct slice){field.data + field.len, 0} : slice_of(field.data + field.len + 1, rest->len - field.len - 1);
	return field;
}

/* The value's fields, as many as there must be; false otherwise. */
static bool fields_take(struct slice value, struct slice *fields, size_t count)
{
	size_t bars = 0;
	for (size_t i = 0; i < value.len; i++)
		bars += value.data[i] == '|';
	for (size_t i = 0; bars + 1 == count && i < count; i++)
		fields[i] = field_take(&value);
	return bars + 1 == count;
}

/* A label stands with ';' where its own form has '|'. */
static void label_restore(struct slice label)
{
	union { const uint8_t *read; uint8_t *write; } octets = {.read = label.data};
	for (size_t i = 0; i < label.len; i++)
		if (octets.write[i] == ';')
			octets.write[i] = '|';
}

static struct setting_collection *collection_named(struct settings *settings, struct slice name)
{
	for (size_t i = 0; i < settings->collection_count; i++)
		if (slice_equal(settings->collections[i].id, name) || (name.len && slice_equal(settings->collections[i].alias, name)))
			return &settings->collections[i];
	return NULL;
}

static enum err collection_add(const struct setting_collection *collection, const struct place *place, struct settings *settings)
{
	if (settings->collection_count == SETTINGS_COLLECTIONS)
		return diag_fail_at(place->diag, ERR_TOO_LARGE, place->line, 1, "more than %d collections", SETTINGS_COLLECTIONS);
	if (collection_named(settings, collection->id) || collection_named(settings, collection->alias))
		return diag_fail_at(place->diag, ERR_MALFORMED, place->line, 1, "%.*s: a collection of this id or alias stands above",
				    SLICE_ARG(place->key));
	settings->collections[settings->collection_count++] = *collection;
	return ERR_OK;
}

static enum err read_collection(struct slice value, const struct place *place, struct settings *settings, size_t offset)
{
	struct slice fields[6];
	(void)offset;
	if (!fields_take(value, fields, 6) || fields[0].len != 36 ||
	    (!slice_equal(fields[3], SLICE("rw")) && !slice_equal(fields[3], SLICE("ro"))))
		return wrong(place, "UUID|alias|title|rw or ro|default label or empty|description");
	label_restore(fields[4]);
	struct setting_collection collection = {.id = fields[0], .alias = fields[1], .title = fields[2], .description = fields[5],
						.writable = slice_equal(fields[3], SLICE("rw")), .default_label = fields[4]};
	return collection_add(&collection, place, settings);
}

/* "type=indicator,malware&q=port hacking" */
static bool question_take(struct slice question, struct setting_collection *collection)
{
	static const struct { const char *name; size_t offset; } parts[] = {
		{"type", offsetof(struct setting_collection, types)}, {"originator", offsetof(struct setting_collection, originators)},
		{"community", offsetof(struct setting_collection, community)}, {"q", offsetof(struct setting_collection, words)}};
	enum { PARTS = sizeof(parts) / sizeof(parts[0]) };
	bool any = question.len > 0;
	while (question.len) {
		struct slice pair, name, kept;
		size_t i = 0;
		question = slice_split(question, '&', &pair);
		pair = slice_split(pair, '=', &name);
		while (i < PARTS && !slice_equal(name, slice_text(parts[i].name)))
			i++;
		if (i == PARTS || !pair.len || pair.len > LIMIT_SEARCH_TEXT)
			return false;
		memcpy(&kept, (uint8_t *)collection + parts[i].offset, sizeof(kept));
		if (kept.len)
			return false;
		memcpy((uint8_t *)collection + parts[i].offset, &pair, sizeof(pair));
	}
	return any;
}

static enum err read_virtual_collection(struct slice value, const struct place *place, struct settings *settings, size_t offset)
{
	struct slice fields[5];
	(void)offset;
	bool good = fields_take(value, fields, 5) && fields[0].len == 36;
	struct setting_collection collection = {0};
	if (good)
		collection = (struct setting_collection){.id = fields[0], .alias = fields[1], .title = fields[2], .description = fields[4]};
	if (!good || !question_take(fields[3], &collection))
		return wrong(place, "UUID|alias|title|question|description, the question such as type=indicator,malware&originator=KOR&community=EU&q=words");
	return collection_add(&collection, place, settings);
}

static enum err read_collection_for(struct slice value, const struct place *place, struct settings *settings, size_t offset)
{
	struct slice fields[3];
	(void)offset;
	if (!fields_take(value, fields, 3) || !(fields[1].len + fields[2].len))
		return wrong(place, "UUID or alias|roles or empty|label or empty");
	struct setting_collection *collection = collection_named(settings, fields[0]);
	if (!collection || collection->roles.len || collection->audience.len)
		return wrong(place, "a collection that stands above, once");
	label_restore(fields[2]);
	collection->roles = fields[1];
	collection->audience = fields[2];
	return ERR_OK;
}

static const struct setting {
	struct setting_info info;
	setting_read *read;
	size_t offset;
} table[] = {
	{{"nation", "NAME", "the participant this node belongs to, as in the roster: NATO, USA, KOR", true, false}, read_nation, KEY_PLACE(nation)},
	{{"realm", "NAME", "real, or the name of an exercise; nothing joins across realms", true, false}, read_realm, KEY_PLACE(realm)},
	{{"listen-users", "ADDRESS:PORT", "where users and their tools are served, TLS 1.3", true, false}, read_address, KEY_PLACE(listen_users)},
	{{"listen-admin", "ADDRESS:PORT", "/live, /ready and /metrics in the clear; loopback only", true, false}, read_loopback, KEY_PLACE(listen_admin)},
	{{"listen-peers", "ADDRESS:PORT", "where other nations' nodes connect, mutual TLS 1.3", true, false}, read_address, KEY_PLACE(listen_peers)},
	{{"user-id-base", "NUMBER", "each role runs under this user id plus its own number", true, false}, read_number, KEY_PLACE(user_id_base)},
	{{"policy", "FILE", "a security policy (XML-SPIF)", true, true}, read_policy, 0},
	{{"release-table", "FILE", "the release authority: who may send what to whom at once", true, false}, read_text, KEY_PLACE(release_table)},
	{{"marking-map", "FILE", "what TLP, PAP and statement markings of others mean here, and what our labels travel as", false, false}, read_text,
	 KEY_PLACE(marking_map)},
	{{"roster", "FILE", "the participants with their keys, signed", true, false}, read_text, KEY_PLACE(roster)},
	{{"users", "FILE", "users to be taken over at the first start", true, false}, read_text, KEY_PLACE(users)},
	{{"web", "DIRECTORY", "files of the page; without it none is served", false, false}, read_text, KEY_PLACE(web)},
	{{"collection", "UUID|ALIAS|TITLE|rw or ro|LABEL|DESCRIPTION",
	  "a TAXII collection; LABEL is the default for what is written without one, ';' standing for '|', or empty", false, true},
	 read_collection, 0},
	{{"virtual-collection", "UUID|ALIAS|TITLE|QUESTION|DESCRIPTION",
	  "a TAXII collection for reading: of all that the reader may see, what answers a fixed question: type=, originator= (lists), community= (a value that the label names in a permissive category), q= (words, as in a search), joined by '&'", false, true},
	 read_virtual_collection, 0},
	{{"collection-for", "UUID or ALIAS|ROLES|LABEL",
	  "for others the collection above does not exist: those who have one of the roles (separated by spaces; empty: any) and whose clearance admits the label (';' standing for '|'; empty: any), whoever wrote it", false, true},
	 read_collection_for, 0},
	{{"session-minutes", "NUMBER", "how long a sign-in lasts; 480 unless set", false, false}, read_number, KEY_PLACE(session_minutes)},
	{{"hold", "ROLE", "keeps a role down", false, true}, read_hold, 0},
};
enum { SETTING_COUNT = sizeof(table) / sizeof(table[0]) };

const struct setting_info *settings_info(size_t i)
{
	return i < SETTING_COUNT ? &table[i].info : NULL;
}

static size_t setting_find(struct slice key)
{
	size_t i = 0;
	while (i < SETTING_COUNT && !slice_equal(key, slice_text(table[i].info.key)))
		i++;
	return i;
}

static enum err line_parse(struct slice line, struct arena *arena, const struct place *at, struct settings *settings,
			   bool seen[SETTING_COUNT])
{
	line = slice_trim(line);
	if (line.len == 0 || line.data[0] == '#')
		return ERR_OK;
	ptrdiff_t space = slice_find_octet(line, ' ');
	struct slice key = space < 0 ? line : slice_take(line, (size_t)space);
	struct place place = {key, at->line, at->diag};
	size_t i = setting_find(key);
	if (i == SETTING_COUNT)
		return diag_fail_at(place.diag, ERR_MALFORMED, place.line, 1, "unknown setting '%.*s'", SLICE_ARG(key));
	if (seen[i] && !table[i].info.repeats)
		return diag_fail_at(place.diag, ERR_MALFORMED, place.line, 1, "'%s' stands here a second time", table[i].info.key);
	struct slice value = slice_trim(slice_skip(line, key.len));
	if (value.len == 0)
		return wrong(&place, "a value behind the key");
	char *copy = arena_text(arena, value);
	if (!copy)
		return ERR_MEMORY;
	seen[i] = true;
	return table[i].read(slice_text(copy), &place, settings, table[i].offset);
}

enum err settings_parse(struct slice text, struct arena *arena, struct settings *ret_settings, struct diag *diag)
{
	struct settings settings = {.session_minutes = 480};
	bool seen[SETTING_COUNT] = {0};
	struct place place = {.diag = diag};
	if (text.len > SETTINGS_TEXT)
		return diag_fail(diag, ERR_TOO_LARGE, "settings larger than %d octets", SETTINGS_TEXT);
	while (text.len > 0) {
		ptrdiff_t end = slice_find_octet(text, '\n');
		struct slice line = end < 0 ? text : slice_take(text, (size_t)end);
		place.line++;
		TRY(line_parse(line, arena, &place, &settings, seen));
		text = slice_skip(text, line.len + 1);
	}
	for (size_t i = 0; i < SETTING_COUNT; i++)
		if (table[i].info.required && !seen[i])
			return diag_fail(diag, ERR_MALFORMED, "the setting '%s' is missing", table[i].info.key);
	*ret_settings = settings;
	return ERR_OK;
}

enum role role_find(struct slice name)
{
	for (enum role role = ROLE_MASTER; role < ROLE_COUNT; role++)
		if (slice_equal(name, slice_text(role_name(role))))
			return role;
	return ROLE_COUNT;
}
