/* Sign-in and sessions, in memory only: a restart signs everybody out. Secrets are compared in constant time and wiped.
 * Every failure looks alike: unknown user, wrong password, closed name, foreign certificate. */
#include "hold/inside.h"

#include "crypto/crypto.h"
#include "hold/users.h"
#include "hold/users_inside.h"

enum {
	SESSIONS_MAX = 4096,
	CACHE_MAX = 256,
	CACHE_MS = 60000,
	GATE_SETS = 256,
	GATE_WAYS = 4,
	FAILURES_MAX = 5,
	CLOSED_FIRST_MS = 1000,
	CLOSED_MOST_MS = 30000,
	FORGET_MS = 900000,
	MINUTE_MS = 60000,
};

struct entry {
	struct session session;
	struct arena arena;
	bool used;
	uint64_t made; /* rising */
};

enum credential { CREDENTIAL_PASSWORD = 'p', CREDENTIAL_CERTIFICATE = 'c', CREDENTIAL_TOKEN = 't' };

/* A credential that was right a moment ago, as a keyed hash. A place is given to others once its session ended, so the
 * place alone says nothing: only the session that was made there for this credential answers. */
struct cached {
	uint8_t mac[32];
	uint64_t until_ms;
	size_t entry;
	uint64_t made; /* of that session */
};

/* Failures by the hash of a name, so that names that do not exist count as well. */
struct gate {
	uint64_t name;
	uint32_t failures;
	uint64_t failed_ms, closed_until_ms;
};

struct sessions {
	uint32_t minutes;
	uint8_t key[32]; /* of this life of the process */
	struct entry *entries;
	size_t high; /* no entry at or above it is in use */
	uint64_t made;
	struct cached cache[CACHE_MAX];
	struct gate gates[GATE_SETS][GATE_WAYS];
};

struct sessions *sessions_new(uint32_t minutes)
{
	struct sessions *sessions = calloc(1, sizeof(*sessions));
	if (!sessions)
		return NULL;
	sessions->entries = calloc(SESSIONS_MAX, sizeof(*sessions->entries));
	if (!sessions->entries) {
		free(sessions);
		return NULL;
	}
	sessions->minutes = minutes;
	crypto_random(sessions->key, sizeof(sessions->key));
	return sessions;
}

static void entry_end(struct entry *entry)
{
	arena_done(&entry->arena);
	explicit_bzero(entry, sizeof(*entry));
}

void sessions_free(struct sessions *sessions)
{
	if (!sessions)
		return;
	for (size_t i = 0; i < sessions->high; i++)
		entry_end(&sessions->entries[i]);
	free(sessions->entries);
	explicit_bzero(sessions, sizeof(*sessions));
	free(sessions);
}

/* ---- finding and ending ---- */

enum err session_find(struct sessions *sessions, const uint8_t id[SESSION], uint64_t now_ms, const struct session **ret_session)
{
	const struct session *found = NULL;
	for (size_t i = 0; i < sessions->high; i++) {
		struct entry *entry = &sessions->entries[i];
		if (!entry->used)
			continue;
		if (entry->session.expires_ms <= now_ms)
			entry_end(entry);
		else if (slice_equal_secret(SLICE_ARRAY(entry->session.id), slice_of(id, SESSION)))
			found = &entry->session;
	}
	if (!found)
		return ERR_SIGN_IN;
	*ret_session = found;
	return ERR_OK;
}

static bool is_or_hangs_on(const struct session *session, const uint8_t id[SESSION])
{
	return slice_equal_secret(SLICE_ARRAY(session->id), slice_of(id, SESSION)) ||
	       (session->lens.len && slice_equal_secret(SLICE_ARRAY(session->parent), slice_of(id, SESSION)));
}

void session_end(struct sessions *sessions, const uint8_t id[SESSION])
{
	for (size_t i = 0; i < sessions->high; i++)
		if (sessions->entries[i].used && is_or_hangs_on(&sessions->entries[i].session, id))
			entry_end(&sessions->entries[i]);
}

void sessions_end_tools(struct sessions *sessions, struct slice user)
{
	for (size_t i = 0; i < sessions->high; i++)
		if (sessions->entries[i].used && sessions->entries[i].session.tool && slice_equal(sessions->entries[i].session.user, user))
			entry_end(&sessions->entries[i]);
	memset(sessions->cache, 0, sizeof(sessions->cache));
}

void sessions_end_user(struct sessions *sessions, struct slice user)
{
	for (size_t i = 0; i < sessions->high; i++)
		if (sessions->entries[i].used && slice_equal(sessions->entries[i].session.user, user))
			entry_end(&sessions->entries[i]);
	memset(sessions->cache, 0, sizeof(sessions->cache));
}

/* ---- the gate: what slows down guessing ----
 * After five failures a name is closed for a second, then for two, four and so on, never longer than half a minute: who
 * knows a name can hold its owner up, not lock him out. A closed name answers before anything is computed, whether it
 * exists or not and whatever the password. Certificates do not pass here. */

static struct gate *gate_find(struct sessions *sessions, struct slice user)
{
	uint8_t mac[32];
	uint64_t name;
	crypto_hmac_sha256(SLICE_ARRAY(sessions->key), user, mac);
	memcpy(&name, mac, sizeof(name));
	struct gate *set = sessions->gates[name % GATE_SETS], *oldest = &set[0];
	for (size_t i = 0; i < GATE_WAYS; i++) {
		if (set[i].name == name)
			return &set[i];
		if (set[i].failed_ms < oldest->failed_ms)
			oldest = &set[i];
	}
	*oldest = (struct gate){.name = name};
	return oldest;
}

/* A clock that was set back must not close a name for longer. */
static bool gate_is_closed(const struct gate *gate, uint64_t now_ms)
{
	return gate->closed_until_ms > now_ms && gate->closed_until_ms - now_ms <= CLOSED_MOST_MS;
}

static void gate_note(struct gate *gate, bool good, uint64_t now_ms)
{
	if (good || now_ms > gate->failed_ms + FORGET_MS)
		gate->failures = 0;
	if (good)
		return;
	gate->failed_ms = now_ms;
	if (++gate->failures < FAILURES_MAX)
		return;
	uint32_t doublings = gate->failures - FAILURES_MAX;
	uint64_t wait = doublings < 5 ? (uint64_t)CLOSED_FIRST_MS << doublings : CLOSED_MOST_MS;
	gate->closed_until_ms = now_ms + wait;
}

/* ---- making ---- */

static struct entry *entry_free(struct sessions *sessions, uint64_t now_ms)
{
	struct entry *oldest = &sessions->entries[0];
	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		struct entry *entry = &sessions->entries[i];
		if (!entry->used || entry->session.expires_ms <= now_ms) {
			entry_end(entry);
			sessions->high = i >= sessions->high ? i + 1 : sessions->high;
			return entry;
		}
		if (entry->session.expires_ms < oldest->session.expires_ms)
			oldest = entry;
	}
	entry_end(oldest);
	return oldest;
}

/* No user takes the places of the others: beyond his limit his oldest session ends, with what hangs on it. Lenses are
 * counted apart, so that looking through one never ends the session that it belongs to. */
static void user_limit(struct sessions *sessions, struct slice user, bool lens, uint64_t now_ms)
{
	const struct entry *oldest = NULL;
	size_t count = 0;
	for (size_t i = 0; i < sessions->high; i++) {
		const struct entry *entry = &sessions->entries[i];
		if (!entry->used || entry->session.expires_ms <= now_ms || (entry->session.lens.len > 0) != lens ||
		    !slice_equal(entry->session.user, user))
			continue;
		count++;
		if (!oldest || entry->made < oldest->made)
			oldest = entry;
	}
	if (count < LIMIT_USER_SESSIONS)
		return;
	uint8_t id[SESSION];
	memcpy(id, oldest->session.id, SESSION);
	session_end(sessions, id);
}

static enum err session_make(struct sessions *sessions, struct slice user, const struct user_row *row, bool certificate,
			     uint64_t now_ms, struct entry **ret_entry)
{
	user_limit(sessions, user, false, now_ms);
	struct entry *entry = entry_free(sessions, now_ms);
	struct session *session = &entry->session;
	entry->made = ++sessions->made;
	TRY(arena_copy(&entry->arena, user, &session->user));
	TRY(arena_copy(&entry->arena, row->roles, &session->roles));
	TRY(arena_copy(&entry->arena, row->clearance, &session->clearance));
	session->may = user_roles_parse(session->roles);
	if (session->may & (USER_ADMIN | USER_AUDITOR)) /* whatever the table says: they see no object */
		session->clearance = (struct slice){0};
	session->certificate = certificate;
	session->expires_ms = now_ms + (uint64_t)sessions->minutes * MINUTE_MS;
	crypto_random(session->id, sizeof(session->id));
	entry->used = true;
	*ret_entry = entry;
	return ERR_OK;
}

enum err session_lens(struct sessions *sessions, const struct session *from, struct slice nation, struct slice clearance, uint64_t now_ms,
		      const struct session **ret_session)
{
	AUTO_ARENA kept = {0}; /* making room may end the one it is opened from */
	struct session parent = *from;
	TRY(arena_copy(&kept, from->user, &parent.user));
	TRY(arena_copy(&kept, from->clearance, &parent.clearance));
	user_limit(sessions, parent.user, true, now_ms);
	struct entry *entry = entry_free(sessions, now_ms);
	struct session *session = &entry->session;
	entry->made = ++sessions->made;
	TRY(arena_copy(&entry->arena, parent.user, &session->user));
	TRY(arena_copy(&entry->arena, clearance, &session->clearance));
	TRY(arena_copy(&entry->arena, nation, &session->lens));
	TRY(arena_copy(&entry->arena, parent.clearance, &session->beneath));
	memcpy(session->parent, parent.id, SESSION);
	session->expires_ms = parent.expires_ms;
	crypto_random(session->id, sizeof(session->id));
	entry->used = true;
	*ret_session = session;
	return ERR_OK;
}

/* ---- cache of transient sign-ins ---- */

/* kind keeps the ways of signing in apart: a verified certificate must never stand for a password of the same octets. */
static void cache_mac(const struct sessions *sessions, enum credential kind, struct slice user, struct slice secret, uint8_t ret_mac[32])
{
	AUTO_BUF bytes = buf_make(LIMIT_USER + LIMIT_TITLE + LIMIT_PASSWORD + 2);
	buf_put_octet(&bytes, (uint8_t)kind);
	buf_put(&bytes, user);
	buf_put_octet(&bytes, 0);
	buf_put(&bytes, secret);
	crypto_hmac_sha256(SLICE_ARRAY(sessions->key), buf_slice(&bytes), ret_mac);
	buf_wipe(&bytes);
}

static struct entry *cache_find(struct sessions *sessions, const uint8_t mac[32], uint64_t now_ms)
{
	struct cached *cached = &sessions->cache[mac[0]];
	if (cached->until_ms <= now_ms || !slice_equal_secret(SLICE_ARRAY(cached->mac), slice_of(mac, 32)))
		return NULL;
	struct entry *entry = &sessions->entries[cached->entry];
	return entry->used && entry->made == cached->made && entry->session.expires_ms > now_ms ? entry : NULL;
}

static void cache_put(struct sessions *sessions, const uint8_t mac[32], const struct entry *entry, uint64_t now_ms)
{
	struct cached *cached = &sessions->cache[mac[0]];
	memcpy(cached->mac, mac, sizeof(cached->mac));
	cached->until_ms = now_ms + CACHE_MS;
	cached->entry = (size_t)(entry - sessions->entries);
	cached->made = entry->made;
}

/* ---- signing in ---- */

static enum err by_password(struct hold *hold, struct sessions *sessions, const struct msg_sign_in *ask, uint64_t now_ms,
			    struct entry **ret_entry)
{
	AUTO_ARENA scratch = {0};
	struct user_row row = {0};
	struct gate *gate = gate_find(sessions, ask->user);
	enum err err = user_get(hold, ask->user, &scratch, &row);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	const char *hash = arena_text(&scratch, row.hash);
	if (!hash)
		return ERR_MEMORY;
	bool good = password_matches(hash, ask->password);
	gate_note(gate, good, now_ms);
	return good ? session_make(sessions, ask->user, &row, false, now_ms, ret_entry) : ERR_SIGN_IN;
}

/* "bices://NATION/user/NAME" of this nation only. */
static enum err by_certificate(struct hold *hold, struct sessions *sessions, struct slice uri, uint64_t now_ms,
			       struct entry **ret_entry)
{
	AUTO_ARENA scratch = {0};
	struct user_row row = {0};
	struct slice nation, user = {0};
	if (!slice_has_prefix(uri, SLICE("bices://")))
		return ERR_SIGN_IN;
	struct slice rest = slice_split(slice_skip(uri, 8), '/', &nation);
	if (slice_has_prefix(rest, SLICE("user/")))
		user = slice_skip(rest, 5);
	if (!user.len || !slice_equal(nation, hold->settings.nation))
		return ERR_SIGN_IN;
	enum err err = user_get(hold, user, &scratch, &row);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_SIGN_IN : err;
	return session_make(sessions, user, &row, true, now_ms, ret_entry);
}

/* A tool: as its user is now, less the rights that no tool has. */
static enum err by_token(struct hold *hold, struct sessions *sessions, struct slice secret, uint64_t now_ms, struct entry **ret_entry)
{
	AUTO_ARENA scratch = {0};
	struct token_row token;
	struct user_row row = {0};
	enum err err = token_find(hold, secret, now_ms, &scratch, &token);
	if (err == ERR_OK)
		err = user_get(hold, token.user, &scratch, &row);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_SIGN_IN : err;
	struct entry *entry = NULL;
	TRY(session_make(sessions, token.user, &row, false, now_ms, &entry));
	entry->session.tool = true;
	entry->session.expires_ms = token.expires;
	entry->session.writes = token.writes;
	entry->session.may &= USER_TAXII | USER_ANALYST | USER_READER;
	enum err kept = arena_copy(&entry->arena, token.scope, &entry->session.scope);
	if (kept != ERR_OK)
		entry_end(entry);
	TRY(kept);
	*ret_entry = entry;
	return ERR_OK;
}

static void credential_mac(const struct sessions *sessions, const struct msg_sign_in *ask, uint8_t ret_mac[32])
{
	if (ask->token.len != 0)
		cache_mac(sessions, CREDENTIAL_TOKEN, (struct slice){0}, ask->token, ret_mac);
	else if (ask->certificate_uri.len != 0)
		cache_mac(sessions, CREDENTIAL_CERTIFICATE, ask->certificate_uri, (struct slice){0}, ret_mac);
	else
		cache_mac(sessions, CREDENTIAL_PASSWORD, ask->user, ask->password, ret_mac);
}

bool sign_in_is_quick(struct sessions *sessions, const struct msg_sign_in *ask, uint64_t now_ms)
{
	uint8_t mac[32];
	if (ask->token.len != 0 || ask->certificate_uri.len != 0 || gate_is_closed(gate_find(sessions, ask->user), now_ms))
		return true;
	credential_mac(sessions, ask, mac);
	return ask->transient && cache_find(sessions, mac, now_ms);
}

enum err sign_in(struct hold *hold, struct sessions *sessions, const struct msg_sign_in *ask, uint64_t now_ms,
		 const struct session **ret_session, bool *ret_fresh)
{
	uint8_t mac[32];
	bool certificate = ask->certificate_uri.len != 0, token = ask->token.len != 0;
	credential_mac(sessions, ask, mac);
	if (!certificate && !token && gate_is_closed(gate_find(sessions, ask->user), now_ms))
		return ERR_SIGN_IN; /* before the cache as well, or it could be guessed against without delay */
	struct entry *entry = ask->transient ? cache_find(sessions, mac, now_ms) : NULL;
	*ret_fresh = !entry;
	if (!entry && token)
		TRY(by_token(hold, sessions, ask->token, now_ms, &entry));
	else if (!entry && certificate)
		TRY(by_certificate(hold, sessions, ask->certificate_uri, now_ms, &entry));
	else if (!entry)
		TRY(by_password(hold, sessions, ask, now_ms, &entry));
	if (ask->transient && *ret_fresh) {
		uint64_t until_ms = now_ms + 2 * (uint64_t)CACHE_MS; /* outlives its place in the cache, not more */
		if (!token || entry->session.expires_ms > until_ms)
			entry->session.expires_ms = until_ms;
		cache_put(sessions, mac, entry, now_ms);
	}
	*ret_session = &entry->session;
	return ERR_OK;
}
