/* Admission of what other nations release to us. The union of all renditions of a version is kept; a portion version is
 * valid over manifests [first, until) here as at its originator, so a reader's standing is found the same way.
 * Nothing is admitted that its originator did not sign, and nothing that was recalled. */
#include "hold/inside.h"

#include "crypto/crypto.h"

enum err hold_received_check(struct hold *hold, struct slice rendition, const uint8_t originator_key[32], struct arena *arena,
			     struct rendition_view *ret_view, struct diag *diag)
{
	struct rendition_view view;
	enum err err = rendition_open(rendition, arena, &view);
	if (err != ERR_OK)
		return diag_fail(diag, err, "the rendition does not open");
	if (!slice_equal(view.manifest.realm, hold->settings.realm))
		return diag_fail(diag, ERR_INVALID, "it belongs to another realm");
	if (slice_equal(view.manifest.originator, hold->settings.nation))
		return diag_fail(diag, ERR_INVALID, "it claims to come from here");
	if (!signature_verify(originator_key, MANIFEST_DOMAIN, view.rendition.manifest, view.rendition.signature))
		return diag_fail(diag, ERR_CRYPTO, "the manifest is not signed by its originator");
	*ret_view = view;
	return ERR_OK;
}

struct admission {
	struct hold *hold;
	const struct rendition_view *view;
	const struct msg_indexed *indexed;
	struct arena arena;
	uint32_t object, name;
	uint16_t originator;
	uint64_t issued, newest, next; /* newest held before; next: the one held after this, or 0 */
	uint64_t released_ms, added;
	struct stored_portion *stored;
	size_t stored_count;
	uint64_t *rows; /* per disclosed portion; NO_ROW: withdrawn */
	bool changed;
};

/* ---- object ---- */

static enum err object_new(struct admission *a)
{
	struct hold *hold = a->hold;
	struct slice type;
	uint16_t term = 0;
	TRY(object_id_type(a->view->manifest.object_id, &type));
	TRY(term_intern(hold, type, &term));
	a->object = (uint32_t)hold->catalog.object_count;
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_OBJECT_ADD);
	bind_u64(put, 1, a->object);
	bind_u64(put, 2, a->originator);
	bind_u64(put, 3, a->name);
	bind_u64(put, 4, term);
	bind_u64(put, 5, a->indexed->created);
	bind_u64(put, 8, 0);
	TRY(statement_run(hold, put));
	struct catalog_object entry = {.name = a->name, .type = term, .originator = a->originator};
	return catalog_add_object(hold, a->object, &entry);
}

/* ---- portions ---- */

static const struct stored_portion *find_same(struct admission *a, const struct portion *portion, struct slice bytes)
{
	for (size_t i = 0; i < a->stored_count; i++) {
		const struct stored_portion *stored = &a->stored[i];
		struct slice held;
		if (memcmp(stored->id, portion->id, PORTION_ID) != 0 || stored->changed != portion->changed)
			continue;
		if (stored->until && a->issued >= stored->until)
			continue; /* it ended before this version */
		if (body_get(a->hold, stored->row, &a->arena, &held, NULL) == ERR_OK && slice_equal(held, bytes))
			return stored;
	}
	return NULL;
}

static bool is_known_portion(const struct admission *a, const struct portion *portion)
{
	for (size_t i = 0; i < a->stored_count; i++)
		if (memcmp(a->stored[i].id, portion->id, PORTION_ID) == 0)
			return true;
	return false;
}

static enum err portion_new(struct admission *a, size_t i, struct slice bytes)
{
	const struct portion *portion = &a->view->portions[i];
	const struct indexed_portion *indexed = i < a->indexed->portions.count
		? &((const struct indexed_portion *)a->indexed->portions.items)[i] : NULL;
	/* released to us later than it was written: that is when it came to be, for us */
	bool later = a->newest && portion->changed <= a->newest && !is_known_portion(a, portion);
	struct new_row row = {
		.object = a->object, .originator = a->originator, .portion = portion, .bytes = bytes,
		.index_text = indexed ? indexed->text : (struct slice){0}, .first = a->issued, .until = a->next,
		.released = later ? a->released_ms : 0, .added = a->added,
		.gist = indexed ? indexed->gist : (struct slice){0},
		.title = portion->kind == PORTION_HEAD ? a->indexed->title : (struct slice){0},
		.version = portion->kind == PORTION_HEAD ? a->indexed->version : (struct slice){0},
		.places = indexed && portion->kind == PORTION_HEAD ? indexed->places : (struct slice){0},
	};
	if (portion->kind == PORTION_REFERENCE && indexed && indexed->target.len) {
		TRY(name_intern(a->hold, indexed->target, &row.target));
		row.mandatory = indexed->mandatory != 0;
	}
	a->changed = true;
	return row_add(a->hold, &row, &a->rows[i]);
}

static enum err portion_take(struct admission *a, size_t i)
{
	const struct portion *portion = &a->view->portions[i];
	struct slice bytes = ((const struct disclosed *)a->view->rendition.disclosed.items)[i].portion;
	bool withdrawn = false;
	TRY(withdrawn_has(a->hold, a->originator, a->name, portion->id, &withdrawn));
	if (withdrawn)
		return ERR_OK;
	const struct stored_portion *same = find_same(a, portion, bytes);
	if (!same)
		return portion_new(a, i, bytes);
	a->rows[i] = same->row;
	if (a->issued >= same->first)
		return ERR_OK;
	AUTO_STATEMENT *put = statement_take(a->hold, STATEMENT_PORTION_FIRST);
	bind_u64(put, 1, same->row);
	bind_u64(put, 2, a->issued);
	return statement_run(a->hold, put);
}

static bool is_disclosed(const struct admission *a, uint64_t row)
{
	for (size_t i = 0; i < a->view->count; i++)
		if (a->rows[i] == row)
			return true;
	return false;
}

static bool is_followed(const struct admission *a, const uint8_t id[PORTION_ID])
{
	for (size_t i = 0; i < a->view->count; i++)
		if (memcmp(a->view->portions[i].id, id, PORTION_ID) == 0)
			return true;
	return false;
}

/* A newer version ends what it does not disclose. */
static enum err close_others(struct admission *a, uint64_t now_ms)
{
	if (a->issued <= a->newest)
		return ERR_OK;
	for (size_t i = 0; i < a->stored_count; i++)
		if (!a->stored[i].until && !is_disclosed(a, a->stored[i].row)) {
			TRY(row_close(a->hold, a->stored[i].row, a->issued));
			if (!is_followed(a, a->stored[i].id))
				TRY(mark_add(a->hold, a->object, a->stored[i].label, a->stored[i].target, a->issued, now_ms));
			a->changed = true;
		}
	return ERR_OK;
}

/* ---- manifest: the union of what was disclosed of it ---- */

struct merged {
	struct stored_manifest manifest;
	uint8_t *salts;
};

static void merged_put(struct merged *m, uint64_t row, const uint8_t *salt)
{
	m->manifest.rows[m->manifest.count] = row;
	memcpy(m->salts + m->manifest.count++ * SALT, salt, SALT);
}

/* Rows of the older union go behind the row that they followed there. */
static void merged_put_older(struct admission *a, struct merged *m, const struct stored_manifest *older, size_t from)
{
	for (size_t k = from; k < older->count && !is_disclosed(a, older->rows[k]); k++)
		merged_put(m, older->rows[k], older->salts.data + k * SALT);
}

static void merge(struct admission *a, const struct stored_manifest *older, struct merged *m)
{
	const struct disclosed *disclosed = a->view->rendition.disclosed.items;
	merged_put_older(a, m, older, 0);
	for (size_t i = 0; i < a->view->count; i++) {
		if (a->rows[i] == NO_ROW)
			continue;
		merged_put(m, a->rows[i], disclosed[i].salt);
		for (size_t k = 0; k < older->count; k++)
			if (older->rows[k] == a->rows[i])
				merged_put_older(a, m, older, k + 1);
	}
}

static enum err manifest_take(struct admission *a)
{
	struct stored_manifest older = {0};
	enum err err = manifest_get(a->hold, a->object, a->issued, &a->arena, &older);
	bool held = err == ERR_OK;
	if (!held && err != ERR_NOT_FOUND)
		return err;
	if (held && !slice_equal(older.bytes, a->view->rendition.manifest))
		return ERR_INVALID; /* two signed manifests of one name: equivocation */
	struct merged m = {.manifest = {.bytes = a->view->rendition.manifest,
					.signature = SLICE_ARRAY(a->view->rendition.signature)}};
	m.manifest.rows = ARENA_ARRAY(&a->arena, older.count + a->view->count + 1, uint64_t);
	m.salts = arena_alloc(&a->arena, older.count + a->view->count + 1, SALT);
	if (!m.manifest.rows || !m.salts)
		return ERR_MEMORY;
	merge(a, &older, &m);
	m.manifest.salts = slice_of(m.salts, m.manifest.count * SALT);
	if (!held)
		return manifest_add(a->hold, a->object, a->issued, &m.manifest);
	return manifest_set(a->hold, a->object, a->issued, &m.manifest);
}

static enum err next_find(struct admission *a)
{
	if (a->issued >= a->newest)
		return ERR_OK;
	AUTO_STATEMENT *ask = statement_take(a->hold, STATEMENT_MANIFEST_NEXT);
	bind_u64(ask, 1, a->object);
	bind_u64(ask, 2, a->issued);
	TRY(statement_row(a->hold, ask));
	a->next = column_u64(ask, 0);
	return ERR_OK;
}

static enum err admit(struct admission *a, uint64_t now_ms)
{
	struct hold *hold = a->hold;
	a->object = object_find(hold, a->name, a->originator);
	if (a->object) {
		TRY(manifest_newest(hold, a->object, &a->newest));
		TRY(portions_of(hold, a->object, &a->arena, &a->stored, &a->stored_count));
	} else {
		TRY(object_new(a));
	}
	uint32_t head_label = head_label_of(hold, a->object);
	a->added = admission_moment(hold, now_ms);
	a->rows = ARENA_ARRAY(&a->arena, a->view->count + 1, uint64_t);
	if (!a->rows)
		return ERR_MEMORY;
	TRY(next_find(a));
	for (size_t i = 0; i < a->view->count; i++)
		TRY(portion_take(a, i));
	TRY(close_others(a, now_ms));
	TRY(manifest_take(a));
	if (head_label_of(hold, a->object) != head_label)
		TRY(marks_of_arrival(hold, a->object, now_ms));
	return release_plan_referrers(hold, a->object, now_ms); /* what waited for its target here may go there now */
}

static bool is_mandatory(const struct admission *a, size_t i)
{
	const struct indexed_portion *indexed = a->indexed->portions.items;
	return a->view->portions[i].kind == PORTION_REFERENCE && i < a->indexed->portions.count && indexed[i].mandatory;
}

/* A withdrawn head takes the whole with it: nothing would show, so nothing is kept. So does a withdrawn reference that
 * it cannot stand without: whom that hid it from would see it. */
static enum err is_withheld(struct admission *a, bool *ret_withheld)
{
	*ret_withheld = false;
	for (size_t i = 0; i < a->view->count && !*ret_withheld; i++)
		if (a->view->portions[i].kind == PORTION_HEAD || is_mandatory(a, i))
			TRY(withdrawn_has(a->hold, a->originator, a->name, a->view->portions[i].id, ret_withheld));
	return ERR_OK;
}

enum err hold_admit(struct hold *hold, const struct rendition_view *view, const struct msg_indexed *indexed,
		    uint64_t released_ms, uint64_t now_ms, bool *ret_new)
{
	struct admission a = {.hold = hold, .view = view, .indexed = indexed, .issued = view->manifest.issued,
			      .released_ms = released_ms};
	bool recalled = false, withheld = false;
	TRY(term_intern(hold, view->manifest.originator, &a.originator));
	TRY(name_intern(hold, view->manifest.object_id, &a.name));
	TRY(tombstone_has(hold, a.originator, a.name, &recalled));
	TRY(is_withheld(&a, &withheld));
	enum err err = recalled || withheld ? ERR_OK : admit(&a, now_ms);
	arena_done(&a.arena);
	if (err == ERR_OK)
		*ret_new = a.changed;
	return err;
}
