/* Proofs as files. Must never call a proof good by what stands in its unsigned part. */
#include "ledger/proof.h"

#include "base/moment.h"

#define FIRST_LINE "c2sp.org/tlog-proof@v1"

enum { EXTRA_MAX = 4096 };

#define T struct proof_extra
static const struct field extra_fields[] = {
	RECORD_FIXED(1, T, public_key), RECORD_FIXED(2, T, salt), RECORD_BYTES(3, T, record, LEDGER_RECORD_MAX)};
#undef T
const struct schema proof_extra_schema = RECORD_SCHEMA("proof_extra", struct proof_extra, extra_fields);

/* ---- making ---- */

struct extra_maker {
	uint8_t public_key[32];
	struct buf extra;
};

static bool take_entry(void *context, uint64_t index, const struct ledger_entry *entry)
{
	struct extra_maker *maker = context;
	struct proof_extra extra = {.record = entry->record};
	(void)index;
	memcpy(extra.public_key, maker->public_key, 32);
	memcpy(extra.salt, entry->salted.data, LEDGER_SALT);
	record_encode(&proof_extra_schema, &extra, &maker->extra);
	return false;
}

static enum err put_path(struct ledger_log *log, uint64_t index, struct buf *text)
{
	AUTO_BUF path = buf_make((size_t)MERKLE_PROOF_MAX * MERKLE_HASH);
	TRY(ledger_log_inclusion(log, index, ledger_log_size(log), &path));
	for (size_t at = 0; at < path.len; at += MERKLE_HASH) {
		buf_put_base64(text, slice_of(path.data + at, MERKLE_HASH));
		buf_put_octet(text, '\n');
	}
	return text->err;
}

enum err proof_print(struct ledger_log *log, uint64_t index, struct buf *text)
{
	struct extra_maker maker = {.extra = buf_make(EXTRA_MAX)};
	if (index >= ledger_log_size(log))
		return ERR_INVALID;
	ledger_log_public_key(log, maker.public_key);
	enum err err = ledger_log_visit(log, index, take_entry, &maker);
	if (err == ERR_OK)
		err = maker.extra.len ? maker.extra.err : ERR_IO;
	if (err == ERR_OK) {
		buf_put_text(text, FIRST_LINE "\nextra ");
		buf_put_base64(text, buf_slice(&maker.extra));
		buf_printf(text, "\nindex %llu\n", (unsigned long long)index);
		err = put_path(log, index, text);
	}
	buf_done(&maker.extra);
	TRY(err);
	buf_put_octet(text, '\n');
	return ledger_log_checkpoint(log, text);
}

/* ---- verifying ---- */

/* Takes "name value" off the front of the text. */
static enum err take_line(struct slice *text, struct slice prefix, struct slice *ret_value)
{
	struct slice line;
	if (slice_find_octet(*text, '\n') < 0)
		return ERR_MALFORMED;
	*text = slice_split(*text, '\n', &line);
	if (!slice_has_prefix(line, prefix))
		return ERR_MALFORMED;
	*ret_value = slice_skip(line, prefix.len);
	return ERR_OK;
}

static enum err decode_into(struct slice encoded, size_t max, struct arena *arena, struct slice *ret_bytes)
{
	AUTO_BUF bytes = buf_make(max);
	TRY(base64_decode(encoded, &bytes));
	return arena_copy(arena, buf_slice(&bytes), ret_bytes);
}

/* Hashes, a line each, up to the empty line. */
static enum err take_path(struct slice *text, struct arena *arena, struct slice *ret_path)
{
	AUTO_BUF path = buf_make((size_t)MERKLE_PROOF_MAX * MERKLE_HASH);
	for (;;) {
		struct slice line;
		TRY(take_line(text, SLICE(""), &line));
		if (line.len == 0)
			return arena_copy(arena, buf_slice(&path), ret_path);
		size_t before = path.len;
		TRY(base64_decode(line, &path));
		if (path.len != before + MERKLE_HASH)
			return ERR_MALFORMED;
	}
}

static enum err parse(struct slice text, struct arena *arena, struct ledger_proof *ret_proof)
{
	struct slice value, extra;
	TRY(take_line(&text, SLICE(FIRST_LINE), &value));
	if (value.len != 0)
		return ERR_MALFORMED;
	TRY(take_line(&text, SLICE("extra "), &value));
	TRY(decode_into(value, EXTRA_MAX, arena, &extra));
	TRY(record_decode(&proof_extra_schema, extra, arena, &ret_proof->extra));
	TRY(ledger_record_decode(ret_proof->extra.record, arena, &ret_proof->record));
	TRY(take_line(&text, SLICE("index "), &value));
	TRY(slice_parse_u64(value, &ret_proof->index));
	TRY(take_path(&text, arena, &ret_proof->path));
	ret_proof->checkpoint = text;
	return ERR_OK;
}

/* Origin and key come from the proof itself here: the signature binds them to the root. */
static enum err check_tree(struct ledger_proof *proof, struct diag *diag)
{
	struct note note;
	uint8_t leaf[MERKLE_HASH], salted[LEDGER_SALT + LEDGER_RECORD_MAX];
	if (note_parse(proof->checkpoint, &note) != ERR_OK || tree_head_parse(note.text, &proof->tree) != ERR_OK)
		return diag_fail(diag, ERR_MALFORMED, "the checkpoint at the end is malformed");
	if (note_verify(&note, proof->tree.origin, proof->extra.public_key) != ERR_OK)
		return diag_fail(diag, ERR_INVALID, "the checkpoint is not signed by the ledger's key");
	memcpy(salted, proof->extra.salt, LEDGER_SALT);
	memcpy(salted + LEDGER_SALT, proof->extra.record.data, proof->extra.record.len);
	merkle_leaf(slice_of(salted, LEDGER_SALT + proof->extra.record.len), leaf);
	if (!merkle_inclusion_verify(proof->index, proof->tree.size, leaf, proof->path, proof->tree.root))
		return diag_fail(diag, ERR_INVALID, "the record does not stand at index %llu of the signed tree",
				 (unsigned long long)proof->index);
	return ERR_OK;
}

enum err proof_verify(struct slice text, const uint8_t pinned[32], struct arena *arena, struct diag *diag,
		      struct ledger_proof *ret_proof)
{
	struct ledger_proof proof = {.index = 0};
	if (text.len > PROOF_TEXT_MAX)
		return diag_fail(diag, ERR_TOO_LARGE, "larger than %d octets", PROOF_TEXT_MAX);
	enum err err = parse(text, arena, &proof);
	if (err != ERR_OK)
		return diag_fail(diag, err == ERR_MEMORY ? err : ERR_MALFORMED, "this is not a proof made by 'bices ledger proof'");
	if (pinned && memcmp(pinned, proof.extra.public_key, 32) != 0)
		return diag_fail(diag, ERR_INVALID, "the proof is by another ledger key than the one it should be");
	TRY(check_tree(&proof, diag));
	*ret_proof = proof;
	return ERR_OK;
}

/* ---- finding ---- */

struct finder {
	struct slice subject;
	struct slice digest; /* of a publication, or empty: any record */
	uint64_t decision, other;
	bool has_decision, has_other;
};

static bool is_decision(uint8_t kind)
{
	static const uint8_t kinds[] = {LEDGER_PUBLISH, LEDGER_RELEASE, LEDGER_RELEASE_DENIED, LEDGER_APPROVE, LEDGER_REFUSE,
		LEDGER_RECEIVE, LEDGER_RECALL, LEDGER_RECALL_APPLIED, LEDGER_RECEIPT, LEDGER_DELETE, LEDGER_WITHDRAWAL};
	return memchr(kinds, kind, sizeof(kinds)) != NULL;
}

static bool look_at(void *context, uint64_t index, const struct ledger_entry *entry)
{
	struct finder *finder = context;
	AUTO_ARENA arena = {.max_bytes = 65536};
	struct ledger_record record;
	if (!memmem(entry->record.data, entry->record.len, finder->subject.data, finder->subject.len) ||
	    ledger_record_decode(entry->record, &arena, &record) != ERR_OK || !slice_equal(record.subject, finder->subject))
		return true;
	if (finder->digest.len && (record.kind != LEDGER_PUBLISH || !slice_equal(SLICE_ARRAY(record.digest), finder->digest)))
		return true;
	if (is_decision(record.kind)) {
		finder->decision = index;
		finder->has_decision = true;
	} else {
		finder->other = index;
		finder->has_other = true;
	}
	return true;
}

enum err ledger_find(struct ledger_log *log, struct slice subject, uint64_t *ret_index)
{
	struct finder finder = {.subject = subject};
	if (subject.len > 1 && subject.data[0] == '#') {
		uint64_t index;
		if (slice_parse_u64(slice_skip(subject, 1), &index) != ERR_OK || index >= ledger_log_size(log))
			return ERR_NOT_FOUND;
		*ret_index = index;
		return ERR_OK;
	}
	if (subject.len == 0)
		return ERR_NOT_FOUND;
	TRY(ledger_log_visit(log, 0, look_at, &finder));
	if (!finder.has_decision && !finder.has_other)
		return ERR_NOT_FOUND;
	*ret_index = finder.has_decision ? finder.decision : finder.other;
	return ERR_OK;
}

enum err ledger_find_publication(struct ledger_log *log, struct slice subject, struct slice digest, uint64_t *ret_index)
{
	struct finder finder = {.subject = subject, .digest = digest};
	if (subject.len == 0 || digest.len == 0)
		return ERR_NOT_FOUND;
	TRY(ledger_log_visit(log, 0, look_at, &finder));
	*ret_index = finder.decision;
	return finder.has_decision ? ERR_OK : ERR_NOT_FOUND;
}

/* ---- for people ---- */

static void put_escaped(struct buf *line, struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < 0x20 || text.data[i] == 0x7f)
			buf_printf(line, "\\x%02x", text.data[i]);
		else
			buf_put_octet(line, text.data[i]);
}

static void put_field(struct buf *line, struct slice text)
{
	buf_put_octet(line, '\t');
	put_escaped(line, text.len ? text : SLICE("-"));
}

void ledger_record_print(uint64_t index, const struct ledger_record *record, struct buf *line)
{
	char at[MOMENT_TEXT + 1];
	const char *kind = ledger_kind_name(record->kind);
	moment_print(record->at, at);
	buf_printf(line, "%llu\t%s\t%s", (unsigned long long)index, at, kind ? kind : "?");
	put_field(line, record->actor);
	put_field(line, record->subject);
	put_field(line, record->recipient);
	put_field(line, record->basis);
	if (record->kind == LEDGER_RELEASE && record->approver2.len && slice_has_prefix(record->basis, SLICE("user:"))) {
		buf_put_text(line, " and ");
		put_escaped(line, record->approver2);
	}
	buf_put_octet(line, '\n');
}
