/* Landlock by system call: files (ABI 1 and on), TCP (ABI 4), scopes (ABI 6). Handles every right the kernel knows, so that what
 * is not granted is denied. */
#include "os/confine_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights that headers older than the kernel may not name. */
enum {
	FS_REFER = 1 << 13,
	FS_TRUNCATE = 1 << 14,
	FS_IOCTL_DEV = 1 << 15,
	NET_BIND = 1 << 0,
	NET_CONNECT = 1 << 1,
	SCOPE_ABSTRACT_SOCKET = 1 << 0,
	SCOPE_SIGNAL = 1 << 1,
};
enum { FS_ABI_1 = (1 << 13) - 1 };

/* As of ABI 6; the kernel takes shorter forms too. */
struct ruleset {
	uint64_t files, tcp, scopes;
};

int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	return abi < 0 ? 0 : (int)abi;
}

static uint64_t files_known(int abi)
{
	return FS_ABI_1 | (abi >= 2 ? FS_REFER : 0) | (abi >= 3 ? FS_TRUNCATE : 0) | (abi >= 5 ? FS_IOCTL_DEV : 0);
}

static uint64_t files_granted(enum files_right right)
{
	const uint64_t append = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE |
				LANDLOCK_ACCESS_FS_MAKE_REG;
	switch (right) {
	case FILES_OWN:
		return append | LANDLOCK_ACCESS_FS_REMOVE_FILE | FS_TRUNCATE;
	case FILES_APPEND:
		return append;
	default:
		return 0;
	}
}

static bool grant_directory(int ruleset, uint64_t access)
{
	int directory = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return false;
	struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = directory};
	bool good = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
	close(directory);
	return good;
}

uint32_t landlock_restrict(const struct confinement *row)
{
	int abi = landlock_abi();
	if (abi < 1)
		return 0;
	struct ruleset handled = {
		.files = files_known(abi),
		.tcp = abi >= 4 && !row->network ? NET_BIND | NET_CONNECT : 0,
		.scopes = abi >= 6 ? SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL : 0,
	};
	size_t size = abi >= 6 ? sizeof(handled) : abi >= 4 ? offsetof(struct ruleset, scopes) : offsetof(struct ruleset, tcp);
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, size, 0);
	if (ruleset < 0)
		return 0;
	uint64_t granted = files_granted(row->files) & handled.files;
	bool good = (!granted || grant_directory(ruleset, granted)) && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	int error = errno;
	close(ruleset);
	errno = error;
	if (!good)
		return 0;
	return 1u << LAYER_FILES | (handled.tcp ? 1u << LAYER_TCP : 0) | (handled.scopes ? 1u << LAYER_SCOPES : 0);
}
