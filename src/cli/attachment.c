/* Files as attachments, see attachment.h. Must never write to a name that came from another: the caller names the file.
 */
#include "cli/attachment.h"

#include "base/limits.h"
#include "crypto/crypto.h"
#include "object/attachment.h"
#include "object/stix.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* ---- in ---- */

bool attachment_is_binary(struct slice bytes)
{
	struct slice start = slice_trim(bytes);
	if (start.len && memchr("{[(", start.data[0], 3))
		return false; /* meant as JSON or as text with markings; what is wrong with it the node says */
	uint32_t code = 0;
	while (bytes.len) {
		size_t len = utf8_next(bytes, &code);
		if (len == 0 || code == 0)
			return true;
		bytes = slice_skip(bytes, len);
	}
	return false;
}

static const char *type_of(const char *name)
{
	static const char *const types[][2] = {{".pdf", "application/pdf"}, {".png", "image/png"},
		{".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"}, {".gif", "image/gif"}, {".tif", "image/tiff"},
		{".tiff", "image/tiff"}, {".webp", "image/webp"}, {".txt", "text/plain"}, {".csv", "text/csv"},
		{".html", "text/html"}, {".xml", "application/xml"}, {".json", "application/json"},
		{".zip", "application/zip"}, {".gz", "application/gzip"}, {".eml", "message/rfc822"},
		{".mp3", "audio/mpeg"}, {".mp4", "video/mp4"}, {".pcap", "application/vnd.tcpdump.pcap"},
		{".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
		{".odt", "application/vnd.oasis.opendocument.text"},
		{".ods", "application/vnd.oasis.opendocument.spreadsheet"}};
	const char *end = strrchr(name, '.');
	for (size_t i = 0; end && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcasecmp(end, types[i][0]) == 0)
			return types[i][1];
	return "application/octet-stream";
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return strcmp(path, "-") == 0 ? "attachment" : slash ? slash + 1 : path;
}

static void put_id(struct buf *json)
{
	uint8_t r[16];
	crypto_random(r, sizeof(r));
	r[6] = (uint8_t)((r[6] & 0x0f) | 0x40);
	r[8] = (uint8_t)((r[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(r); i++)
		buf_printf(json, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", r[i]);
}

enum err attachment_wrap(const char *path, struct slice bytes, struct buf *json)
{
	const char *name = name_of(path);
	if (bytes.len > LIMIT_ATTACHMENT_BYTES)
		return complain(ERR_TOO_LARGE, "%s: an attachment may have %d octets; this file has %zu", path,
			       LIMIT_ATTACHMENT_BYTES, bytes.len),
		       ERR_TOO_LARGE;
	if (!attachment_name_is_safe(slice_text(name)))
		return complain(ERR_USAGE,
			       "%s: the file's name cannot travel: at most %d octets of UTF-8, no invisible "
			       "characters, no space at an end; rename it",
			       path, ATTACHMENT_NAME),
		       ERR_USAGE;
	buf_put_text(
		json, "{\"type\":\"" STIX_REPORT_TYPE "\",\"spec_version\":\"2.1\",\"id\":\"" STIX_REPORT_TYPE "--");
	put_id(json);
	buf_put_text(json, "\",\"name\":");
	json_put_string(json, slice_text(name));
	buf_put_text(json, ",\"extensions\":{\"" STIX_REPORT "\":{\"extension_type\":\"new-sdo\"},\"" STIX_PORTIONS
			   "\":{\"extension_type\":\"property-extension\",\"portions\":[{\"kind\":\"attachment\","
			   "\"attachment\":{\"name\":");
	json_put_string(json, slice_text(name));
	buf_printf(json, ",\"media_type\":\"%s\",\"size\":%zu,\"data\":\"", type_of(name), bytes.len);
	buf_put_base64(json, bytes);
	buf_put_text(json, "\"}}]}}}");
	return json->err;
}

/* ---- out ---- */

static const json_t *item_find(const json_t *object, uint64_t number)
{
	const json_t *extension = json_object_get(json_object_get(object, "extensions"), STIX_PORTIONS);
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(extension, "portions"), i,
		item) if (slice_equal(json_slice(json_object_get(item, "kind")), SLICE("attachment")) &&
			  --number == 0) return item;
	return NULL;
}

static enum err write_all(int fd, struct slice bytes)
{
	while (bytes.len) {
		ssize_t done = write(fd, bytes.data, bytes.len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return ERR_IO;
		bytes = slice_skip(bytes, (size_t)done);
	}
	return ERR_OK;
}

/* Only for its reader; a file that is there keeps its own mode. */
static enum err file_write(const char *out, struct slice bytes)
{
	int fd = strcmp(out, "-") == 0 ? STDOUT_FILENO : open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	enum err err = fd < 0 ? ERR_IO : write_all(fd, bytes);
	if (fd >= 0 && fd != STDOUT_FILENO && close(fd) != 0)
		err = ERR_IO;
	return err == ERR_OK ? ERR_OK : (complain(err, "%s: %s", out, strerror(errno)), err);
}

enum err attachment_save(const json_t *object, const char *number, const char *out)
{
	uint64_t which = 0;
	AUTO_BUF octets = buf_make(LIMIT_ATTACHMENT_BYTES), hash = buf_make(DIGEST);
	if (slice_parse_u64(slice_text(number), &which) != ERR_OK || which == 0)
		return complain(ERR_USAGE, "--attachment takes the number that 'bices get' prints, from 1"), ERR_USAGE;
	const json_t *item = item_find(object, which);
	if (!item)
		return complain(ERR_NOT_FOUND, "there is no attachment %s in what you see of it", number),
		       ERR_NOT_FOUND;
	if (hex_decode(json_slice(json_object_get(item, "sha256")), &hash) != ERR_OK || hash.len != DIGEST)
		return complain(ERR_CRYPTO, "attachment %s has no digest", number), ERR_CRYPTO;
	enum err err = attachment_octets(json_object_get(item, "attachment"), hash.data, &octets);
	if (err == ERR_NOT_FOUND)
		return complain(err, "attachment %s was not sent with its octets, only with their digest", number), err;
	if (err != ERR_OK)
		return complain(ERR_CRYPTO, "attachment %s is not what its digest says: nothing was written", number),
		       ERR_CRYPTO;
	return file_write(out, buf_slice(&octets));
}
