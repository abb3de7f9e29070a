/* Walks the outer form of a sealed message: fixed octets where the form is fixed, lengths elsewhere.
 * Must never accept a length beyond what is there. */
#include "crypto/form.h"

enum { DER_SEQUENCE = 0x30, DER_SET = 0x31, DER_OCTETS = 0x04, DER_CONTEXT_0 = 0x80, DER_CONTEXT_0_IN = 0xa0, DER_CONTEXT_1_IN = 0xa1,
       NONCE = 12, TAG = 16, POINT = 64 };

#define AUTH_ENVELOPED "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"
#define VERSION_0 "\x02\x01\x00"
#define VERSION_3 "\x02\x01\x03"
/* originatorKey: id-ecPublicKey, then the head of an uncompressed point */
#define ORIGINATOR "\xa1\x4f\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x03\x42\x00\x04"
/* dhSinglePass-stdDH-sha256kdf-scheme with id-aes256-wrap */
#define KEY_AGREEMENT "\x30\x15\x06\x06\x2b\x81\x04\x01\x0b\x01\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2d"
/* content type data, then aes256-GCM and the head of its nonce */
#define CONTENT "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\x30\x1e\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2e\x30\x11\x04\x0c"
#define TAG_LENGTH "\x02\x01\x10"

/* Reads a definite length of at most four octets. */
static bool take_length(struct slice *der, size_t *ret_len)
{
	if (der->len == 0)
		return false;
	uint8_t first = der->data[0];
	*der = slice_skip(*der, 1);
	if (first < 0x80) {
		*ret_len = first;
		return true;
	}
	size_t count = first & 0x7fu, len = 0;
	if (count == 0 || count > 4 || count > der->len)
		return false;
	for (size_t i = 0; i < count; i++)
		len = len << 8 | der->data[i];
	*der = slice_skip(*der, count);
	*ret_len = len;
	return true;
}

/* Takes one element with this tag off the front of *der. */
static bool take(struct slice *der, uint8_t tag, struct slice *ret_inside)
{
	size_t len;
	if (der->len == 0 || der->data[0] != tag)
		return false;
	*der = slice_skip(*der, 1);
	if (!take_length(der, &len) || len > der->len)
		return false;
	*ret_inside = slice_take(*der, len);
	*der = slice_skip(*der, len);
	return true;
}

/* Takes one element with this tag that is all of *der, and goes into it. */
static bool enter(struct slice *der, uint8_t tag)
{
	struct slice inside;
	if (!take(der, tag, &inside) || der->len != 0)
		return false;
	*der = inside;
	return true;
}

static bool expect(struct slice *der, struct slice fixed)
{
	if (!slice_has_prefix(*der, fixed))
		return false;
	*der = slice_skip(*der, fixed.len);
	return true;
}

static bool recipient_has_form(struct slice recipients)
{
	struct slice originator, keys;
	return enter(&recipients, DER_CONTEXT_1_IN) && expect(&recipients, SLICE(VERSION_3)) &&
	       take(&recipients, DER_CONTEXT_0_IN, &originator) && expect(&originator, SLICE(ORIGINATOR)) &&
	       originator.len == POINT && expect(&recipients, SLICE(KEY_AGREEMENT)) &&
	       take(&recipients, DER_SEQUENCE, &keys) && recipients.len == 0;
}

static bool content_has_form(struct slice content)
{
	struct slice encrypted;
	if (!expect(&content, SLICE(CONTENT)) || content.len < NONCE)
		return false;
	content = slice_skip(content, NONCE);
	return expect(&content, SLICE(TAG_LENGTH)) && take(&content, DER_CONTEXT_0, &encrypted) && content.len == 0;
}

bool sealed_has_form(struct slice sealed)
{
	struct slice recipients, content, tag, der = sealed;
	return enter(&der, DER_SEQUENCE) && expect(&der, SLICE(AUTH_ENVELOPED)) && enter(&der, DER_CONTEXT_0_IN) &&
	       enter(&der, DER_SEQUENCE) && expect(&der, SLICE(VERSION_0)) && take(&der, DER_SET, &recipients) &&
	       recipient_has_form(recipients) && take(&der, DER_SEQUENCE, &content) && content_has_form(content) &&
	       take(&der, DER_OCTETS, &tag) && tag.len == TAG && der.len == 0;
}
