/* The shapes of portions, manifests and renditions, the form of object ids and the slots of a type.
 * Must never look into a portion's content: whatever reads JSON stays out of this library, which seal links too. */
#include "object/portion.h"

#include "crypto/crypto.h"

enum {
	UUID_TEXT = 36,
	TYPE_MIN = 3,
	TYPE_MAX = 250,
	HANDLING_MAX = 1024,
	LANGUAGE_MAX = 64,
	RETENTION_MAX = 256,
	CHANGE_MAX = 4096,
	MANIFEST_MAX = LIMIT_PORTIONS * DIGEST + LIMIT_OBJECT_ID + LIMIT_NATION + LIMIT_REALM + 64,
	PORTION_MAX = LIMIT_PORTION_BYTES + LIMIT_LABEL_TEXT + 2 * CHANGE_MAX,
};

static const struct field portion_fields[] = {
	RECORD_UINT(1, struct portion, kind),
	RECORD_FIXED(2, struct portion, id),
	RECORD_TEXT(3, struct portion, label, LIMIT_LABEL_TEXT),
	RECORD_UINT(4, struct portion, changed),
	RECORD_TEXT(5, struct portion, content, LIMIT_PORTION_BYTES),
	RECORD_FIXED_OPT(6, struct portion, blob_sha256),
	RECORD_TEXT_OPT(16, struct portion, classification_change, CHANGE_MAX),
	RECORD_TEXT_OPT(17, struct portion, retention, RETENTION_MAX),
	RECORD_UINT_OPT(18, struct portion, legal_hold),
	RECORD_TEXT_OPT(19, struct portion, handling, HANDLING_MAX),
	RECORD_TEXT_OPT(20, struct portion, language, LANGUAGE_MAX),
	RECORD_FIXED_OPT(21, struct portion, translation_of),
	RECORD_UINT_OPT(22, struct portion, access_expires),
	RECORD_UINT_OPT(23, struct portion, created),
};
const struct schema portion_schema = RECORD_SCHEMA("portion", struct portion, portion_fields);

static const struct field manifest_fields[] = {
	RECORD_UINT(1, struct manifest, format),
	RECORD_TEXT(2, struct manifest, originator, LIMIT_NATION),
	RECORD_TEXT(3, struct manifest, realm, LIMIT_REALM),
	RECORD_TEXT(4, struct manifest, object_id, LIMIT_OBJECT_ID),
	RECORD_UINT(5, struct manifest, issued),
	RECORD_BYTES(6, struct manifest, digests, LIMIT_PORTIONS * DIGEST),
};
const struct schema manifest_schema = RECORD_SCHEMA("manifest", struct manifest, manifest_fields);

static const struct field disclosed_fields[] = {
	RECORD_FIXED(1, struct disclosed, salt),
	RECORD_BYTES(2, struct disclosed, portion, PORTION_MAX),
};
const struct schema disclosed_schema = RECORD_SCHEMA("disclosed", struct disclosed, disclosed_fields);

static const struct field rendition_fields[] = {
	RECORD_BYTES(1, struct rendition, manifest, MANIFEST_MAX),
	RECORD_FIXED(2, struct rendition, signature),
	RECORD_LIST(3, struct rendition, disclosed, LIMIT_PORTIONS, &disclosed_schema),
};
const struct schema rendition_schema = RECORD_SCHEMA("rendition", struct rendition, rendition_fields);

enum err portion_check(const struct portion *portion)
{
	if (portion->kind < PORTION_HEAD || portion->kind > PORTION_REFERENCE || portion->label.len == 0)
		return ERR_MALFORMED;
	bool has_blob = !slice_is_zero(SLICE_ARRAY(portion->blob_sha256));
	if (has_blob != (portion->kind == PORTION_ATTACHMENT))
		return ERR_MALFORMED;
	if (portion->created && portion->kind != PORTION_HEAD)
		return ERR_MALFORMED;
	return ERR_OK;
}

/* Observables of the standard without any property that refers to another object. Everything else, types unknown to us
 * included, may refer to its creator or to others and so hides their number among 64 slots.
 * spec: STIX 2.1 6 */
static const char *const ONE_SLOT[] = {
	"artifact", "autonomous-system", "mac-addr", "mutex", "software", "url", "user-account", "x509-certificate",
};

static bool has_one_slot(struct slice type)
{
	for (size_t i = 0; i < sizeof(ONE_SLOT) / sizeof(ONE_SLOT[0]); i++)
		if (slice_equal(type, slice_text(ONE_SLOT[i])))
			return true;
	return false;
}

enum err manifest_slots(struct slice type, size_t portions, size_t *ret_slots)
{
	bool one = has_one_slot(type);
	if (portions == 0 || (one && portions > 1))
		return ERR_INVALID;
	if (portions > LIMIT_PORTIONS)
		return ERR_TOO_LARGE;
	if (one)
		*ret_slots = 1;
	else
		*ret_slots = portions <= LIMIT_SLOTS_SMALL ? LIMIT_SLOTS_SMALL : LIMIT_PORTIONS;
	return ERR_OK;
}

static bool is_type_octet(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static bool is_uuid(struct slice s)
{
	if (s.len != UUID_TEXT)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.data[i];
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
		if (dash ? c != '-' : !digit)
			return false;
	}
	return true;
}

/* spec: STIX 2.1 2.9 identifier; any UUID version is read, as the field writes them all */
enum err object_id_type(struct slice object_id, struct slice *ret_type)
{
	if (object_id.len < TYPE_MIN + 2 + UUID_TEXT || object_id.len > TYPE_MAX + 2 + UUID_TEXT)
		return ERR_MALFORMED;
	struct slice type = slice_take(object_id, object_id.len - UUID_TEXT - 2);
	struct slice rest = slice_skip(object_id, type.len);
	if (rest.data[0] != '-' || rest.data[1] != '-' || !is_uuid(slice_skip(rest, 2)))
		return ERR_MALFORMED;
	for (size_t i = 0; i < type.len; i++)
		if (!is_type_octet(type.data[i]))
			return ERR_MALFORMED;
	if (type.data[0] == '-' || type.data[type.len - 1] == '-')
		return ERR_MALFORMED;
	*ret_type = type;
	return ERR_OK;
}

static const uint8_t PORTION_DOMAIN[] = "bices/portion/1";

void portion_digest(const uint8_t salt[SALT], struct slice object_id, uint64_t issued, struct slice portion,
		    uint8_t ret_digest[DIGEST])
{
	uint8_t when[8];
	for (size_t i = 0; i < sizeof(when); i++)
		when[i] = (uint8_t)(issued >> 8 * (sizeof(when) - 1 - i));
	const struct slice parts[] = {
		SLICE_ARRAY(PORTION_DOMAIN), slice_of(salt, SALT), object_id, SLICE_ARRAY(when), portion,
	};
	crypto_sha256_parts(parts, sizeof(parts) / sizeof(parts[0]), ret_digest);
}
