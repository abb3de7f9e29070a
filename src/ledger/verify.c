/* Verification of a ledger by whoever has its directory. Must never pass over an octet: what is not a group that leads to
 * a signed tree is zero. */
#include "ledger/journal.h"
#include "ledger/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A page may be caught while it is written; it is then right a moment later. */
enum { ATTEMPTS = 5, SIZE_ATTEMPTS = 50, ATTEMPT_US = 20000 };

static enum err check_names(int directory, struct diag *diag)
{
	int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = copy >= 0 ? fdopendir(copy) : NULL;
	if (!names) {
		if (copy >= 0)
			close(copy);
		return diag_fail(diag, ERR_IO, "the directory cannot be read (error %d)", errno);
	}
	enum err err = ERR_OK;
	for (struct dirent *entry; err == ERR_OK && (entry = readdir(names));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && strcmp(entry->d_name, LEDGER_FILE) != 0)
			err = diag_fail(diag, ERR_INVALID, "'%.100s' does not belong into a ledger's directory", entry->d_name);
	closedir(names);
	return err;
}

static enum err open_file(int directory, struct diag *diag, int *ret_file)
{
	struct stat status;
	int file = openat(directory, LEDGER_FILE, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (file < 0 && (errno == ENOENT || errno == ELOOP))
		return diag_fail(diag, ERR_INVALID, "the directory holds no ledger ('%s')", LEDGER_FILE);
	if (file < 0)
		return diag_fail(diag, ERR_IO, "'%s' cannot be opened (error %d)", LEDGER_FILE, errno);
	if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
		close(file);
		return diag_fail(diag, ERR_INVALID, "'%s' is not a regular file", LEDGER_FILE);
	}
	*ret_file = file;
	return ERR_OK;
}

/* How far verification has come. Plain value. */
struct progress {
	uint64_t page_at; /* all pages before it are done */
	uint64_t groups, last_ms;
	struct merkle_frontier tree;
};

struct verifier {
	int file;
	struct slice origin;
	uint8_t public_key[32];
	char *why; /* WHY octets: the fault of the last attempt */
};
enum { WHY = 512 };

static enum err fault(const struct verifier *verifier, uint64_t at, const char *text)
{
	snprintf(verifier->why, WHY, "octet %llu: %s", (unsigned long long)at, text);
	return ERR_INVALID;
}

static enum err check_group(const struct verifier *verifier, const struct group *group, uint64_t at, struct progress *progress)
{
	for (size_t i = 0; i < group->count; i++) {
		AUTO_ARENA arena = {.max_bytes = 65536};
		struct ledger_record record;
		if (ledger_record_decode(group->entries[i].record, &arena, &record) != ERR_OK)
			return fault(verifier, at, "a record is malformed");
		progress->last_ms = record.at;
	}
	tree_add_group(&progress->tree, group);
	if (!tree_is_signed(verifier->origin, &progress->tree, verifier->public_key, group->signature))
		return fault(verifier, at, "the records do not fit the signed checkpoint: a record or the signature was changed, or the "
					   "last group was torn by a crash (the node's next start repairs that)");
	progress->groups++;
	return ERR_OK;
}

/* Checks one page that is not the file's padding. */
static enum err check_page(const struct verifier *verifier, struct progress *progress)
{
	uint8_t page[PAGE];
	struct group group;
	size_t at = 0;
	TRY(page_read(verifier->file, progress->page_at, page));
	for (;;) {
		enum err err = group_decode(slice_of(page + at, PAGE - at), &group);
		if (err == ERR_NOT_FOUND)
			break;
		if (err != ERR_OK)
			return fault(verifier, progress->page_at + at, "neither a group of records nor zero");
		TRY(check_group(verifier, &group, progress->page_at + at, progress));
		at += group.len;
	}
	if (at == 0)
		return fault(verifier, progress->page_at, "an empty page before others, or padding that is not zero");
	progress->page_at += PAGE;
	return ERR_OK;
}

static enum err check_page_patiently(const struct verifier *verifier, struct progress *progress)
{
	enum err err = ERR_OK;
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		struct progress trial = *progress;
		if (attempt)
			usleep(ATTEMPT_US);
		err = check_page(verifier, &trial);
		if (err == ERR_OK) {
			*progress = trial;
			return ERR_OK;
		}
	}
	return err;
}

/* Cut off or lengthened, the file is not a whole number of steps; while it grows it may be so for a moment. */
static enum err check_size(const struct verifier *verifier)
{
	uint64_t size = 0;
	for (int attempt = 0; attempt < SIZE_ATTEMPTS; attempt++) {
		if (attempt)
			usleep(ATTEMPT_US);
		TRY(file_size(verifier->file, &size));
		if (size && size % STEP == 0)
			return ERR_OK;
	}
	return fault(verifier, size, "the file does not end with a whole step: something was cut off or put behind it");
}

/* All that the file held when we began: what is appended meanwhile comes behind it, in later pages or in the last. */
static enum err check_file(const struct verifier *verifier, struct diag *diag, struct progress *ret_end)
{
	struct progress progress = {.page_at = PAGE};
	uint64_t used = 0;
	enum err err = check_size(verifier);
	if (err == ERR_OK)
		err = file_zero_from(verifier->file, PAGE, &used);
	while (err == ERR_OK && progress.page_at < used)
		err = check_page_patiently(verifier, &progress);
	if (err == ERR_INVALID)
		return diag_fail(diag, err, "%s: %s", LEDGER_FILE, verifier->why);
	if (err != ERR_OK)
		return diag_fail(diag, err, "'%s' cannot be read", LEDGER_FILE);
	*ret_end = progress;
	return ERR_OK;
}

static enum err check_head(int file, const uint8_t key[32], struct diag *diag, uint8_t page[PAGE], struct ledger_head *ret_head)
{
	if (page_read(file, 0, page) != ERR_OK)
		return diag_fail(diag, ERR_IO, "'%s' cannot be read", LEDGER_FILE);
	if (head_decode(page, ret_head) != ERR_OK)
		return diag_fail(diag, ERR_INVALID, "%s: the head page is damaged", LEDGER_FILE);
	if (key && memcmp(key, ret_head->public_key, 32) != 0)
		return diag_fail(diag, ERR_CRYPTO, "the ledger is signed by another key than the one it should be");
	return ERR_OK;
}

static enum err verify_file(int file, const uint8_t key[32], struct diag *diag, struct ledger_report *ret_report)
{
	uint8_t page[PAGE];
	char why[WHY] = "";
	struct ledger_head head;
	struct progress end;
	TRY(check_head(file, key, diag, page, &head));
	struct verifier verifier = {.file = file, .origin = head.origin, .why = why};
	memcpy(verifier.public_key, head.public_key, 32);
	TRY(check_file(&verifier, diag, &end));
	*ret_report = (struct ledger_report){
		.size = end.tree.size, .groups = end.groups, .created = head.created, .last = end.last_ms};
	merkle_frontier_root(&end.tree, ret_report->root);
	memcpy(ret_report->public_key, head.public_key, 32);
	memcpy(ret_report->origin, head.origin.data, head.origin.len);
	return ERR_OK;
}

enum err ledger_verify(int directory, const uint8_t key[32], struct diag *diag, struct ledger_report *ret_report)
{
	int file = -1;
	TRY(check_names(directory, diag));
	TRY(open_file(directory, diag, &file));
	enum err err = verify_file(file, key, diag, ret_report);
	close(file);
	return err;
}
