/* Pulling from a foreign TAXII server: each page goes through the node's own TAXII door, as the user who runs this, and is
 * checked, labelled and refused there like anybody's. Must never count a page that the node did not store. */
#include "cli/client.h"

#include "cli/foreign.h"
#include "object/taxii_page.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

enum { PAGE_OBJECTS = 500 };

struct pulling {
	struct client *client;
	struct foreign *foreign;
	const char *state_file, *post_path;
	struct pull_state state;
	struct pull_budget budget;
	struct pull_taken taken;
	struct timespec began;
	bool begun_anew; /* the server's cursor was refused once */
};

/* ---- the state's file ---- */

static enum err state_load(struct pulling *pulling)
{
	AUTO_BUF text = buf_make(8192);
	if (access(pulling->state_file, F_OK) != 0 && errno == ENOENT)
		return ERR_OK;
	TRY(file_read(pulling->state_file, &text));
	if (pull_state_parse(buf_slice(&text), &pulling->state) == ERR_OK)
		return ERR_OK;
	complain(ERR_MALFORMED, "%s: not the state of a pull; remove it to begin anew", pulling->state_file);
	return ERR_MALFORMED;
}

/* Whole or not at all: a new file takes the old one's place once it is on the disk. */
static enum err state_save(const struct pulling *pulling)
{
	AUTO_BUF text = buf_make(8192), name = buf_make(4096);
	pull_state_print(&pulling->state, &text);
	buf_printf(&name, "%s.new", pulling->state_file);
	buf_put_octet(&name, '\0');
	TRY(text.err);
	TRY(name.err);
	const char *path = (const char *)name.data;
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good = file >= 0 && write(file, text.data, text.len) == (ssize_t)text.len && fsync(file) == 0;
	if (file >= 0)
		good &= close(file) == 0;
	if (good && rename(path, pulling->state_file) == 0)
		return ERR_OK;
	complain(ERR_IO, "%s: %s", pulling->state_file, strerror(errno));
	return ERR_IO;
}

/* ---- the node's door ---- */

/* The path of the API root, from the node's own discovery. */
static enum err door_find(struct pulling *pulling, const char *collection, struct arena *arena)
{
	AUTO_ANSWER answer = {0};
	AUTO_BUF path = buf_make(4096);
	const struct client_request ask = {.method = "GET", .path = "/taxii2/"};
	TRY(client_send(pulling->client, &ask, &answer));
	const char *root = json_string_value(json_object_get(answer.json, "default"));
	root = root ? strstr(root, "/taxii2/") : NULL;
	buf_printf(&path, "%scollections/", root ? root : "");
	client_put_encoded(&path, collection);
	buf_put_text(&path, "/objects/");
	TRY(path.err);
	if (!root) {
		complain(ERR_INTERNAL, "the node does not say where its TAXII root is");
		return ERR_INTERNAL;
	}
	pulling->post_path = arena_text(arena, buf_slice(&path));
	return pulling->post_path ? ERR_OK : ERR_MEMORY;
}

static enum err page_store(struct pulling *pulling, struct slice body)
{
	AUTO_ANSWER answer = {0};
	const struct client_request post = {
		.method = "POST", .path = pulling->post_path, .content_type = "application/taxii+json;version=2.1", .body = body};
	return client_send(pulling->client, &post, &answer);
}

/* ---- pages ---- */

static uint64_t seconds_since(const struct timespec *began)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)(now.tv_sec - began->tv_sec);
}

/* The server does not know its own cursor any more: the series begins anew, and what is held is not taken twice. */
static enum err begin_anew(struct pulling *pulling, enum pull_step *ret_step)
{
	if (!pulling->state.next[0] || pulling->begun_anew) {
		complain(ERR_NOT_FOUND, "the server has no such collection, or refuses the question: check the address of the collection");
		return ERR_NOT_FOUND;
	}
	pulling->begun_anew = true;
	pulling->state.next[0] = '\0';
	pulling->state.last[0] = '\0';
	*ret_step = PULL_MORE;
	return ERR_OK;
}

static enum err page_take(struct pulling *pulling, const struct foreign_answer *answer, const struct taxii_page *page, enum pull_step *ret_step)
{
	struct diag diag = {0};
	const struct pull_page said = {page->objects, page->more, page->next, slice_text(answer->last_added)};
	enum err err = pull_check(&pulling->state, &said, &diag);
	if (err != ERR_OK) {
		complain_diag(err, NULL, &diag);
		return err;
	}
	if (page->objects > 0)
		TRY(page_store(pulling, buf_slice(&answer->body)));
	pulling->taken.pages++;
	pulling->taken.objects += page->objects;
	pulling->taken.octets += answer->body.len;
	pulling->taken.seconds = seconds_since(&pulling->began);
	*ret_step = pull_advance(&pulling->state, &said, &pulling->budget, &pulling->taken);
	return state_save(pulling);
}

static enum err page_pull(struct pulling *pulling, enum pull_step *ret_step)
{
	struct foreign_answer answer = {0};
	struct taxii_page page = {0};
	struct diag diag = {0};
	AUTO_BUF query = buf_make(8192);
	uint64_t left = pulling->budget.octets - pulling->taken.octets, used = seconds_since(&pulling->began);
	uint64_t objects = pulling->budget.objects - pulling->taken.objects;
	pull_query(&pulling->state, (unsigned)(objects < PAGE_OBJECTS ? objects : PAGE_OBJECTS), &query);
	TRY(query.err);
	TRY(foreign_get(pulling->foreign, buf_slice(&query), left < FOREIGN_PAGE_BYTES ? left : FOREIGN_PAGE_BYTES,
			used < pulling->budget.seconds ? pulling->budget.seconds - used : 1, &answer));
	enum err err;
	if (answer.status != 200) {
		err = begin_anew(pulling, ret_step);
	} else {
		err = taxii_page_read(buf_slice(&answer.body), FOREIGN_PAGE_BYTES, &page, &diag);
		if (err != ERR_OK)
			complain_diag(err, "the server's page", &diag);
		else
			err = page_take(pulling, &answer, &page, ret_step);
	}
	taxii_page_done(&page);
	foreign_answer_done(&answer);
	return err;
}

static int pull(struct pulling *pulling)
{
	enum pull_step step = PULL_MORE;
	enum err err = ERR_OK;
	clock_gettime(CLOCK_MONOTONIC, &pulling->began);
	while (err == ERR_OK && step == PULL_MORE)
		err = page_pull(pulling, &step);
	printf("%llu objects in %llu pages, %llu octets; %s\n", (unsigned long long)pulling->taken.objects,
	       (unsigned long long)pulling->taken.pages, (unsigned long long)pulling->taken.octets,
	       err != ERR_OK ? "stopped" : step == PULL_DONE ? "complete" : "there is more: run it again");
	return err_exit_code(err);
}

/* ---- the command ---- */

static enum err number_take(const char *text, const char *name, uint64_t scale, uint64_t *number)
{
	uint64_t value = 0;
	if (!text)
		return ERR_OK;
	if (slice_parse_u64(slice_text(text), &value) != ERR_OK || value < 1 || value > 1000000) {
		complain(ERR_USAGE, "%s needs a whole number from 1 to 1000000", name);
		return ERR_USAGE;
	}
	*number = value * scale;
	return ERR_OK;
}

static int taxii_pull(int argc, char **argv)
{
	struct client_options common = {0};
	struct foreign_options server = {0};
	const char *to = NULL, *state = NULL, *pages = NULL, *objects = NULL, *megabytes = NULL, *seconds = NULL;
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common),
					    {"--to", &to, NULL, NULL},
					    {"--state", &state, NULL, NULL},
					    {"--server-ca", &server.ca, NULL, NULL},
					    {"--server-user", &server.user, NULL, NULL},
					    {"--server-password-file", &server.password_file, NULL, NULL},
					    {"--server-token-file", &server.token_file, NULL, NULL},
					    {"--address", NULL, NULL, &server.addresses},
					    {"--pages", &pages, NULL, NULL},
					    {"--objects", &objects, NULL, NULL},
					    {"--megabytes", &megabytes, NULL, NULL},
					    {"--seconds", &seconds, NULL, NULL},
					    {0}};
	const uint64_t megabyte = 1000000;
	struct pulling pulling = {.budget = {1000, 100000, 256 * megabyte, 600}};
	AUTO_CLIENT *client = NULL;
	AUTO_FOREIGN *foreign = NULL;
	AUTO_ARENA arena = {0};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && (argc != 1 || !to || !state))
		return complain(ERR_USAGE, "taxii pull needs URL, --to COLLECTION and --state FILE; see 'bices help taxii'");
	if (err == ERR_OK)
		err = number_take(pages, "--pages", 1, &pulling.budget.pages);
	if (err == ERR_OK)
		err = number_take(objects, "--objects", 1, &pulling.budget.objects);
	if (err == ERR_OK)
		err = number_take(megabytes, "--megabytes", megabyte, &pulling.budget.octets);
	if (err == ERR_OK)
		err = number_take(seconds, "--seconds", 1, &pulling.budget.seconds);
	if (err != ERR_OK)
		return err_exit_code(err);
	server.url = argv[0];
	pulling.state_file = state;
	err = foreign_open(&server, &foreign);
	if (err == ERR_OK)
		err = client_open(&common, &client);
	pulling.foreign = foreign;
	pulling.client = client;
	if (err == ERR_OK)
		err = state_load(&pulling);
	if (err == ERR_OK)
		err = door_find(&pulling, to, &arena);
	return err != ERR_OK ? err_exit_code(err) : pull(&pulling);
}

const struct command taxii_commands[] = {
	{"taxii", "pull",
	 "URL --to COLLECTION --state FILE [--server-ca FILE] [--server-user NAME --server-password-file FILE | --server-token-file FILE] "
	 "[--address A]… [--pages N] [--objects N] [--megabytes N] [--seconds N]",
	 "takes what is new in a collection of a foreign TAXII 2.1 server (https://HOST/ROOT/collections/ID/) into a collection of the node, as the user who runs it. FILE remembers how far it came; a run that was cut goes on there. It speaks to the listed addresses only (the name is then not looked up), without a list to public ones only; it follows no redirection. Bounds of one run: 1000 pages, 100000 objects, 256 MB, 600 seconds. A page that the node refuses stops it, and nothing of the page is stored",
	 taxii_pull},
	{0}};
