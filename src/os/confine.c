/* Gives rights away, layer by layer. Order matters: what needs privilege comes before the user id, what forbids calls
 * comes last. Nothing here is ever taken back. */
#include "os/confine.h"

#include "os/confine_private.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

/* Sanitizers reserve terabytes of addresses. */
#if defined(__SANITIZE_ADDRESS__)
#define ADDRESSES_BOUNDED 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESSES_BOUNDED 0
#else
#define ADDRESSES_BOUNDED 1
#endif
#else
#define ADDRESSES_BOUNDED 1
#endif

enum { MEGABYTE = 1024 * 1024 };

/* The table. memory_mb bounds the address space, not what is used. */
static const struct confinement rows[ROLE_COUNT] = {
	[ROLE_FRONT] = {.files = FILES_NONE, .calls = CALLS_ACCEPT, .descriptors = 4096, .memory_mb = 1024},
	[ROLE_STORE] = {.files = FILES_OWN, .calls = CALLS_FILES, .descriptors = 256, .memory_mb = 4096},
	[ROLE_PARSE] = {.files = FILES_NONE, .calls = CALLS_FORK, .descriptors = 256, .memory_mb = 1024, .forks = true},
	[ROLE_GUARD] = {.files = FILES_NONE, .calls = CALLS_PLAIN, .descriptors = 64, .memory_mb = 1024},
	[ROLE_SEAL] = {.files = FILES_NONE, .calls = CALLS_PLAIN, .descriptors = 64, .memory_mb = 1024},
	[ROLE_LEDGER] = {.files = FILES_APPEND, .calls = CALLS_APPEND, .descriptors = 256, .memory_mb = 1024},
	[ROLE_LINK] = {.files = FILES_NONE, .calls = CALLS_CONNECT, .descriptors = 1024, .memory_mb = 1024, .network = true},
};

/* What the child of parse may use for its one document. */
static const struct confinement document_row = {
	.files = FILES_NONE, .calls = CALLS_DOCUMENT, .descriptors = 64, .memory_mb = 768, .seconds = 20};

static const struct {
	const char *name, *help;
	bool required;
} layers[LAYER_COUNT] = {
#define X(id, name, required, help) [LAYER_##id] = {name, help, required},
	LAYER_TABLE(X)
#undef X
};

const char *layer_name(enum layer layer)
{
	return layers[layer].name;
}

const char *layer_help(enum layer layer)
{
	return layers[layer].help;
}

bool layer_is_required(enum layer layer)
{
	return layers[layer].required;
}

bool layer_applies(enum layer layer, enum role role)
{
	bool network = rows[role].network;
	return !(network && (layer == LAYER_NETWORK || layer == LAYER_TCP));
}

/* ---- layers ---- each answers whether it is in force; errno tells why not */

static bool limit(int resource, rlim_t value)
{
	struct rlimit limits = {value, value};
	return setrlimit((__rlimit_resource_t)resource, &limits) == 0;
}

static bool apply_limits(const struct confinement *row, bool own_user)
{
	bool good = limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, row->descriptors);
	if (ADDRESSES_BOUNDED)
		good = good && limit(RLIMIT_AS, (rlim_t)row->memory_mb * MEGABYTE);
	if (row->seconds)
		good = good && limit(RLIMIT_CPU, row->seconds);
	/* counts all processes of the user id: a role that forks needs one of its own for that */
	return good && ((row->forks && !own_user) || limit(RLIMIT_NPROC, row->forks ? 64 : 0));
}

static bool apply_root(const struct confine_options *options)
{
	return options->directory >= 0 && fchdir(options->directory) == 0 && chroot(".") == 0;
}

static bool apply_user(const struct confine_options *options)
{
	if (options->user_id == 0) {
		errno = EPERM;
		return false;
	}
	uid_t user = options->user_id;
	return setgroups(0, NULL) == 0 && setresgid(user, user, user) == 0 && setresuid(user, user, user) == 0 &&
	       setuid(0) != 0 && setgid(0) != 0;
}

static bool apply_one(enum layer layer, const struct confinement *row, const struct confine_options *options)
{
	switch (layer) {
	case LAYER_LIMITS:
		return apply_limits(row, options->user_id != 0);
	case LAYER_NETWORK:
		return unshare(CLONE_NEWNET) == 0;
	case LAYER_NAMESPACES:
		return unshare(CLONE_NEWIPC | CLONE_NEWUTS) == 0;
	case LAYER_ROOT:
		return apply_root(options);
	case LAYER_USER:
		return apply_user(options);
	case LAYER_PRIVILEGES:
		return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	case LAYER_MEMORY:
		return prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0;
	case LAYER_HIDDEN:
		return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
	case LAYER_CALLS:
		return calls_restrict(row->calls);
	default:
		return false; /* Landlock: all three by one ruleset, see below */
	}
}

static const char *remedy(enum layer layer)
{
	switch (layer) {
	case LAYER_FILES:
		return "the kernel needs Landlock (CONFIG_SECURITY_LANDLOCK, 'landlock' in lsm=)";
	case LAYER_CALLS:
		return "the kernel needs seccomp filters (CONFIG_SECCOMP_FILTER)";
	default:
		return "start bicesd as root, and outside containers that forbid it";
	}
}

static enum err missing(enum layer layer, int error, const struct confine_options *options, struct diag *diag)
{
	if (options->degraded || !layer_is_required(layer))
		return ERR_OK;
	return diag_fail(diag, ERR_UNAVAILABLE, "the layer '%s' (%s) is missing: %s; %s, or run with --degraded",
			 layer_name(layer), layer_help(layer), strerror(error), remedy(layer));
}

enum err confine(enum role role, const struct confine_options *options, uint32_t *ret_layers, struct diag *diag)
{
	const struct confinement *row = &rows[role];
	uint32_t in_force = 0;
	if (options->degraded && options->directory >= 0 && fchdir(options->directory) != 0)
		return diag_fail(diag, ERR_IO, "the role's directory cannot be entered: %s", strerror(errno));
	for (enum layer layer = 0; layer < LAYER_COUNT; layer++) {
		if (!layer_applies(layer, role) || layer == LAYER_TCP || layer == LAYER_SCOPES)
			continue;
		if (layer == LAYER_FILES)
			in_force |= landlock_restrict(row);
		else if (apply_one(layer, row, options))
			in_force |= 1u << layer;
		if (!(in_force & 1u << layer))
			TRY(missing(layer, errno, options, diag));
	}
	*ret_layers = in_force;
	return ERR_OK;
}

enum err confine_document(struct diag *diag)
{
	if (!apply_limits(&document_row, false) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !calls_restrict(CALLS_DOCUMENT))
		return diag_fail(diag, ERR_UNAVAILABLE, "a document cannot be confined: %s", strerror(errno));
	return ERR_OK;
}

/* Every capability the master does not need to start, move and end its roles leaves the bounding set and all others. */
static bool drop_capabilities(void)
{
	const uint64_t kept = 1ULL << CAP_SETUID | 1ULL << CAP_SETGID | 1ULL << CAP_SYS_CHROOT | 1ULL << CAP_SYS_ADMIN |
			      1ULL << CAP_KILL | 1ULL << CAP_DAC_OVERRIDE;
	for (int capability = 0; capability <= 63; capability++)
		if (!(kept >> capability & 1) && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL)
			return false;
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[2] = {0};
	sets[0].effective = sets[0].permitted = (uint32_t)kept;
	return syscall(SYS_capset, &header, sets) == 0;
}

enum err confine_master(struct diag *diag)
{
	bool root = geteuid() == 0;
	if ((root && !drop_capabilities()) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !calls_restrict(CALLS_MASTER))
		return diag_fail(diag, ERR_UNAVAILABLE, "the master cannot give its rights away: %s", strerror(errno));
	return ERR_OK;
}
