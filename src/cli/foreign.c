/* HTTPS to a foreign server by libcurl. Must never follow where the server points to, nor take more than was allowed. */
#include "cli/foreign.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <unistd.h>

enum { HEADER_BYTES = 64 * 1024, SLOW_OCTETS = 64, SLOW_S = 20, CONNECT_S = 15 };

struct foreign {
	const struct foreign_options *options;
	CURL *curl;
	struct arena arena;
	struct buf secret, url; /* the secret is terminated */
	struct pull_address addresses[FOREIGN_ADDRESSES];
	size_t address_count;
	struct curl_slist *resolve, *headers;
};

/* What comes in while one question is answered. */
struct coming {
	struct foreign *foreign;
	struct foreign_answer *answer;
	size_t header_octets;
	bool taxii, encoded, closed; /* closed: an address was not allowed */
};

/* ---- opening ---- */

static enum err address_parse(const char *text, struct pull_address *ret_address)
{
	struct pull_address address = {0};
	if (inet_pton(AF_INET, text, address.octets) == 1)
		address.len = 4;
	else if (inet_pton(AF_INET6, text, address.octets) == 1)
		address.len = 16;
	else
		return complain(ERR_USAGE, "--address %s: give a numeric address", text), ERR_USAGE;
	*ret_address = address;
	return ERR_OK;
}

static enum err secret_read(struct foreign *foreign)
{
	const struct foreign_options *options = foreign->options;
	const char *file = options->token_file ? options->token_file : options->password_file;
	foreign->secret = buf_make(4096);
	if (options->token_file && options->password_file)
		return complain(ERR_USAGE, "give --server-token-file or --server-password-file, not both"), ERR_USAGE;
	if (!options->password_file != !options->user)
		return complain(ERR_USAGE, "--server-user and --server-password-file go together"), ERR_USAGE;
	if (file)
		TRY(file_read(file, &foreign->secret));
	struct slice text = slice_trim(buf_slice(&foreign->secret));
	if (file && (!text.len || text.data != foreign->secret.data || slice_find_octet(text, '\n') >= 0 || slice_find_octet(text, '\0') >= 0))
		return complain(ERR_USAGE, "%s: one line is expected, the secret", file), ERR_USAGE;
	buf_truncate(&foreign->secret, text.len);
	buf_put_octet(&foreign->secret, '\0');
	return foreign->secret.err;
}

/* With a list, the name is not looked up at all: the connection goes to the listed addresses. */
static enum err name_pin(struct foreign *foreign, const char *host, const char *port)
{
	AUTO_BUF line = buf_make(8192);
	buf_printf(&line, "%s:%s:", host, port);
	for (size_t i = 0; i < foreign->address_count; i++)
		buf_printf(&line, "%s%s", i ? "," : "", foreign->options->addresses.items[i]);
	buf_put_octet(&line, '\0');
	if (line.err == ERR_OK)
		foreign->resolve = curl_slist_append(NULL, (const char *)line.data);
	return foreign->resolve ? ERR_OK : ERR_MEMORY;
}

static enum err url_read(struct foreign *foreign)
{
	char *host = NULL, *port = NULL, *user = NULL, *query = NULL;
	const char *text = foreign->options->url;
	size_t len = strlen(text);
	CURLU *url = curl_url();
	bool good = url && len > 8 && strncmp(text, "https://", 8) == 0 && text[len - 1] == '/' &&
		    curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK && curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
		    curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
		    curl_url_get(url, CURLUPART_USER, &user, 0) != CURLUE_OK && curl_url_get(url, CURLUPART_QUERY, &query, 0) != CURLUE_OK;
	enum err err = ERR_OK;
	if (!good)
		err = (complain(ERR_USAGE, "%s: give the collection as https://HOST/ROOT/collections/ID/, without user and query", text), ERR_USAGE);
	else if (foreign->address_count > 0)
		err = name_pin(foreign, host, port);
	curl_free(host), curl_free(port), curl_free(user), curl_free(query);
	curl_url_cleanup(url);
	return err;
}

static enum err prepare(struct foreign *foreign)
{
	const struct foreign_options *options = foreign->options;
	for (size_t i = 0; i < options->addresses.count; i++)
		TRY(address_parse(options->addresses.items[i], &foreign->addresses[foreign->address_count++]));
	TRY(secret_read(foreign));
	TRY(url_read(foreign));
	foreign->url = buf_make(16384);
	foreign->curl = curl_easy_init();
	foreign->headers = curl_slist_append(NULL, "Accept: application/taxii+json;version=2.1");
	if (options->token_file) {
		char *line = arena_printf(&foreign->arena, "Authorization: Bearer %s", (const char *)foreign->secret.data);
		if (!line)
			return ERR_MEMORY;
		foreign->headers = curl_slist_append(foreign->headers, line);
		explicit_bzero(line, strlen(line));
	}
	return foreign->curl && foreign->headers ? ERR_OK : ERR_MEMORY;
}

enum err foreign_open(const struct foreign_options *options, struct foreign **ret_foreign)
{
	struct foreign *foreign = calloc(1, sizeof(*foreign));
	if (!foreign)
		return ERR_MEMORY;
	foreign->options = options;
	enum err err = prepare(foreign);
	if (err != ERR_OK)
		foreign_closep(&foreign);
	else
		*ret_foreign = foreign;
	return err;
}

void foreign_closep(struct foreign **foreign)
{
	struct foreign *f = *foreign;
	if (!f)
		return;
	if (f->curl)
		curl_easy_cleanup(f->curl);
	curl_slist_free_all(f->resolve);
	curl_slist_free_all(f->headers);
	buf_wipe(&f->secret);
	buf_done(&f->url);
	arena_done(&f->arena);
	free(f);
	*foreign = NULL;
}

/* ---- one question ---- */

/* The last look before a connection: at the very address it would go to, however the name was resolved. */
static curl_socket_t socket_open(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct coming *coming = context;
	struct pull_address address = {0};
	(void)purpose;
	if (to->family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, &to->addr, sizeof(in));
		memcpy(address.octets, &in.sin_addr, address.len = 4);
	} else if (to->family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, &to->addr, sizeof(in6) < to->addrlen ? sizeof(in6) : to->addrlen);
		memcpy(address.octets, &in6.sin6_addr, address.len = 16);
	}
	if (!pull_may_connect(&address, coming->foreign->addresses, coming->foreign->address_count)) {
		coming->closed = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t body_take(char *data, size_t size, size_t count, void *context)
{
	struct coming *coming = context;
	if (!coming->taxii || coming->encoded)
		return 0; /* nobody wants it: the head says why */
	buf_put(&coming->answer->body, slice_of(data, size * count));
	return coming->answer->body.err == ERR_OK ? size * count : 0;
}

/* The value of a header line of this name, or an empty slice. */
static struct slice header_value(struct slice line, const char *name)
{
	struct slice found, rest = slice_split(line, ':', &found);
	bool same = found.len == strlen(name) && strncasecmp((const char *)found.data, name, found.len) == 0;
	return same ? slice_trim(rest) : (struct slice){0};
}

static bool is_taxii(struct slice type)
{
	struct slice media, parameter, rest = slice_split(type, ';', &media);
	media = slice_trim(media);
	bool good = media.len == 22 && strncasecmp((const char *)media.data, "application/taxii+json", 22) == 0;
	while (rest.len > 0) {
		rest = slice_split(rest, ';', &parameter);
		parameter = slice_trim(parameter);
		if (parameter.len > 8 && strncasecmp((const char *)parameter.data, "version=", 8) == 0)
			good &= slice_equal(slice_skip(parameter, 8), SLICE("2.1")) || slice_equal(slice_skip(parameter, 8), SLICE("\"2.1\""));
	}
	return good;
}

static size_t header_take(char *data, size_t size, size_t count, void *context)
{
	struct coming *coming = context;
	struct slice line = slice_of(data, size * count), value;
	coming->header_octets += line.len;
	if (coming->header_octets > HEADER_BYTES)
		return 0;
	value = header_value(line, "Content-Type");
	if (value.len > 0)
		coming->taxii = is_taxii(value);
	value = header_value(line, "Content-Encoding");
	if (value.len > 0 && !slice_equal(value, SLICE("identity")))
		coming->encoded = true;
	value = header_value(line, "X-TAXII-Date-Added-Last");
	if (value.len > 0 && value.len <= LIMIT_USER)
		snprintf(coming->answer->last_added, sizeof(coming->answer->last_added), "%.*s", SLICE_ARG(value));
	return line.len;
}

static void set(struct foreign *foreign, struct coming *coming, uint64_t seconds)
{
	CURL *curl = foreign->curl;
	const struct foreign_options *options = foreign->options;
	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_URL, (const char *)foreign->url.data);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)(seconds < FOREIGN_ANSWER_S ? seconds : FOREIGN_ANSWER_S));
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_OCTETS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)SLOW_S);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, foreign->headers);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, socket_open);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, coming);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, body_take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, coming);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, header_take);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, coming);
	if (foreign->resolve)
		curl_easy_setopt(curl, CURLOPT_RESOLVE, foreign->resolve);
	if (options->ca)
		curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca);
	if (options->user) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		curl_easy_setopt(curl, CURLOPT_USERNAME, options->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, (const char *)foreign->secret.data);
	}
}

static enum err refuse(const struct foreign *foreign, enum err err, const char *why)
{
	complain(err, "%s: %s", foreign->options->url, why);
	return err;
}

/* Why the transfer or its status is no page; ERR_OK: it is one, or the question was refused. */
static enum err judge(const struct foreign *foreign, const struct coming *coming, CURLcode code)
{
	long status = coming->answer->status;
	if (coming->closed)
		return refuse(foreign, ERR_REFUSED, "its address is not allowed: list it with --address if it is meant to be spoken to");
	if (coming->header_octets > HEADER_BYTES || coming->answer->body.err == ERR_TOO_LARGE)
		return refuse(foreign, ERR_TOO_LARGE, "its answer is larger than allowed: ask for less, or raise --megabytes");
	if (status >= 300 && status < 400)
		return refuse(foreign, ERR_REFUSED, "it points to another place, and that is never followed: give the place itself");
	if (status == 401 || status == 403)
		return refuse(foreign, ERR_REFUSED, "it refuses our credentials for this collection");
	if (status == 400 || status == 404)
		return ERR_OK;
	if (code != CURLE_OK && (status != 200 || (coming->taxii && !coming->encoded)))
		return refuse(foreign, ERR_UNAVAILABLE, curl_easy_strerror(code));
	if (status != 200) {
		complain(ERR_UNAVAILABLE, "%s: it answers with status %ld; try again later", foreign->options->url, status);
		return ERR_UNAVAILABLE;
	}
	if (coming->encoded)
		return refuse(foreign, ERR_UNSUPPORTED, "its answer is compressed, which was not asked for");
	return coming->taxii ? ERR_OK : refuse(foreign, ERR_UNSUPPORTED, "its answer is not application/taxii+json;version=2.1");
}

enum err foreign_get(struct foreign *foreign, struct slice query, size_t max, uint64_t seconds, struct foreign_answer *ret_answer)
{
	struct foreign_answer answer = {.body = buf_make(max)};
	struct coming coming = {.foreign = foreign, .answer = &answer};
	buf_truncate(&foreign->url, 0);
	buf_printf(&foreign->url, "%sobjects/%.*s", foreign->options->url, SLICE_ARG(query));
	buf_put_octet(&foreign->url, '\0');
	TRY(foreign->url.err);
	set(foreign, &coming, seconds);
	CURLcode code = curl_easy_perform(foreign->curl);
	curl_easy_getinfo(foreign->curl, CURLINFO_RESPONSE_CODE, &answer.status);
	enum err err = judge(foreign, &coming, code);
	if (err != ERR_OK || answer.status != 200)
		buf_truncate(&answer.body, 0);
	if (err != ERR_OK)
		foreign_answer_done(&answer);
	else
		*ret_answer = answer;
	return err;
}

void foreign_answer_done(struct foreign_answer *answer)
{
	buf_done(&answer->body);
}
