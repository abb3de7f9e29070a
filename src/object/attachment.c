/* Attachments, see attachment.h. Must never take a name that is a path, nor octets that are not those of their digest. */
#include "object/attachment.h"

#include "base/limits.h"
#include "crypto/crypto.h"

static bool is_hazard(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || code == '/' || code == '\\';
}

bool attachment_name_is_safe(struct slice name)
{
	if (name.len == 0 || name.len > ATTACHMENT_NAME || slice_trim(name).len != name.len || slice_equal(name, SLICE(".")) ||
	    slice_equal(name, SLICE("..")))
		return false;
	while (name.len) {
		uint32_t code = 0;
		size_t len = utf8_next(name, &code);
		if (len == 0 || is_hazard(code))
			return false;
		name = slice_skip(name, len);
	}
	return true;
}

static bool is_type_name(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!plain && (i == 0 || !memchr("!#$&-^_.+", c, 9)))
			return false;
	}
	return name.len > 0;
}

bool attachment_type_is_safe(struct slice type)
{
	struct slice first, rest = slice_split(type, '/', &first);
	return type.len <= ATTACHMENT_TYPE && is_type_name(first) && is_type_name(rest);
}

static enum err octets_read(const json_t *attachment, struct buf *octets)
{
	const json_t *data = json_object_get(attachment, "data");
	if (!data)
		return ERR_NOT_FOUND;
	if (!json_is_string(data) || base64_decode(json_slice(data), octets) != ERR_OK)
		return octets->err == ERR_TOO_LARGE ? octets->err : ERR_MALFORMED;
	return octets->err;
}

static enum err check_form(const json_t *attachment, struct diag *diag)
{
	const json_t *size = json_object_get(attachment, "size");
	size_t members = json_object_get(attachment, "data") ? 4 : 3;
	if (!json_is_integer(size) || json_integer_value(size) < 0 || json_object_size(attachment) != members)
		return diag_fail(diag, ERR_MALFORMED, "\"attachment\" needs name, media_type and size, and may have data");
	if (!attachment_name_is_safe(json_slice(json_object_get(attachment, "name"))))
		return diag_fail(diag, ERR_MALFORMED, "an attachment's name must be a file name of 1 to %d octets, without / or \\ and invisible characters",
				 ATTACHMENT_NAME);
	if (!attachment_type_is_safe(json_slice(json_object_get(attachment, "media_type"))))
		return diag_fail(diag, ERR_MALFORMED, "an attachment's media_type must be like application/pdf, in lower case and without parameters");
	return ERR_OK;
}

enum err attachment_check(const json_t *attachment, uint8_t sha256[32], struct diag *diag)
{
	uint8_t own[32];
	AUTO_BUF octets = buf_make(LIMIT_ATTACHMENT_BYTES);
	TRY(check_form(attachment, diag));
	enum err err = octets_read(attachment, &octets);
	if (err == ERR_NOT_FOUND)
		return slice_is_zero(slice_of(sha256, 32)) ? diag_fail(diag, ERR_MALFORMED, "an attachment without data needs \"sha256\" of 64 lower-case hexadecimal digits") : ERR_OK;
	if (err == ERR_TOO_LARGE)
		return diag_fail(diag, err, "an attachment of more than %d octets", LIMIT_ATTACHMENT_BYTES);
	if (err != ERR_OK)
		return diag_fail(diag, err, "an attachment's data must be base64");
	if ((uint64_t)json_integer_value(json_object_get(attachment, "size")) != octets.len)
		return diag_fail(diag, ERR_MALFORMED, "an attachment's size is not that of its data (%zu octets)", octets.len);
	crypto_sha256(buf_slice(&octets), own);
	if (!slice_is_zero(slice_of(sha256, 32)) && memcmp(own, sha256, sizeof(own)) != 0)
		return diag_fail(diag, ERR_MALFORMED, "an attachment's \"sha256\" is not that of its data");
	memcpy(sha256, own, sizeof(own));
	return ERR_OK;
}

enum err attachment_octets(const json_t *attachment, const uint8_t sha256[32], struct buf *octets)
{
	uint8_t own[32];
	TRY(octets_read(attachment, octets));
	crypto_sha256(buf_slice(octets), own);
	return memcmp(own, sha256, sizeof(own)) == 0 ? ERR_OK : ERR_CRYPTO;
}
