/* seccomp: lists of allowed system calls. A call outside its list fails with EPERM, because libraries probe; a call that
 * nothing in a role ever makes ends the process at once. Arguments are checked where a call can do both good and harm. */
#include "os/confine_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALL(name) SCMP_SYS(name)
#define LIST_END (-1000000)

/* Memory, one channel, ending: what reads one document. */
static const int calls_document[] = {
	CALL(read), CALL(write), CALL(readv), CALL(writev), CALL(recvmsg), CALL(sendmsg), CALL(close), CALL(fstat),
	CALL(newfstatat), CALL(lseek), CALL(munmap), CALL(mremap), CALL(brk), CALL(madvise), CALL(memfd_create),
	CALL(exit), CALL(exit_group), CALL(futex), CALL(rt_sigreturn), CALL(rt_sigprocmask), CALL(restart_syscall),
	CALL(getrandom), CALL(sched_yield), CALL(poll), CALL(getpid), CALL(gettid),
	CALL(sigaltstack), LIST_END};

/* Everybody else has these in addition. */
static const int calls_plain[] = {
	CALL(pread64), CALL(pwrite64), CALL(preadv), CALL(pwritev), CALL(recvfrom), CALL(sendto), CALL(shutdown), CALL(dup),
	CALL(rt_sigaction), CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait), CALL(epoll_pwait2),
	CALL(epoll_create1), CALL(timerfd_create), CALL(timerfd_settime), CALL(eventfd2), CALL(ppoll), CALL(select), CALL(pselect6),
	CALL(clock_gettime), CALL(clock_getres), CALL(clock_nanosleep), CALL(nanosleep), CALL(gettimeofday), CALL(time),
	CALL(getuid), CALL(geteuid), CALL(getgid), CALL(getegid), CALL(getppid), CALL(getsockopt), CALL(getsockname),
	CALL(getpeername), CALL(getrusage), CALL(times), CALL(sysinfo), CALL(uname), CALL(rseq), CALL(set_robust_list),
	CALL(getcwd), CALL(umask), LIST_END};

static const int calls_append[] = {
	CALL(access), CALL(faccessat), CALL(faccessat2), CALL(stat), CALL(lstat), CALL(statx),
	CALL(getdents64), CALL(statfs), CALL(fstatfs), CALL(fsync), CALL(fdatasync), CALL(sync_file_range), CALL(fadvise64),
	CALL(flock), LIST_END};

/* In addition to those. */
static const int calls_files[] = {
	CALL(open), CALL(openat), CALL(readlink), CALL(readlinkat), CALL(mkdir), CALL(mkdirat), CALL(unlink), CALL(unlinkat), CALL(rename), CALL(renameat),
	CALL(renameat2), CALL(ftruncate), CALL(fallocate), CALL(fchmod), CALL(utimensat), LIST_END};

static const int calls_accept[] = {CALL(accept), CALL(accept4), CALL(setsockopt), CALL(sendmmsg), CALL(sendfile), LIST_END};

static const int calls_connect[] = {
	CALL(accept), CALL(accept4), CALL(setsockopt), CALL(connect), CALL(sendmmsg), CALL(recvmmsg), LIST_END};

static const int calls_fork[] = {
	CALL(fork), CALL(vfork), CALL(wait4), CALL(waitid), CALL(kill), CALL(seccomp), CALL(setrlimit), CALL(socketpair),
	CALL(dup2), CALL(dup3), CALL(close_range), LIST_END};

/* Only an intruder makes these. */
static const int calls_fatal[] = {
	CALL(execve), CALL(execveat), CALL(ptrace), CALL(process_vm_readv), CALL(process_vm_writev), CALL(mount), CALL(umount2),
	CALL(pivot_root), CALL(bpf), CALL(init_module), CALL(finit_module), CALL(delete_module), CALL(kexec_load),
	CALL(kexec_file_load), CALL(perf_event_open), CALL(userfaultfd), CALL(setns), CALL(unshare), CALL(keyctl), CALL(add_key),
	CALL(request_key), CALL(open_by_handle_at), CALL(io_uring_setup), CALL(personality), CALL(reboot), CALL(swapon), LIST_END};

/* The master starts roles, which execute, unshare and change user; it never does these, nor do they. */
static const int calls_master_fatal[] = {
	CALL(ptrace), CALL(process_vm_readv), CALL(process_vm_writev), CALL(mount), CALL(umount2), CALL(pivot_root), CALL(bpf),
	CALL(init_module), CALL(finit_module), CALL(delete_module), CALL(kexec_load), CALL(kexec_file_load),
	CALL(perf_event_open), CALL(userfaultfd), CALL(setns), CALL(keyctl), CALL(add_key), CALL(request_key),
	CALL(open_by_handle_at), CALL(io_uring_setup), CALL(reboot), CALL(swapon), CALL(swapoff), CALL(iopl), CALL(ioperm),
	CALL(settimeofday), CALL(clock_settime), CALL(mknod), CALL(mknodat), CALL(symlink), CALL(symlinkat), LIST_END};

static bool add_list(scmp_filter_ctx filter, uint32_t action, const int *calls)
{
	for (; *calls != LIST_END; calls++)
		/* a number this architecture does not have cannot be called either */
		if (*calls >= 0 && seccomp_rule_add(filter, action, *calls, 0) != 0)
			return false;
	return true;
}

/* Calls that depend on an argument. */
static bool add_plain_conditions(scmp_filter_ctx filter)
{
	bool good = true;
	/* memory is never executable */
	good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
	good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
	/* abort() of the process itself */
	good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())) == 0;
	/* limits are read, not set */
	good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0)) == 0;
	good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, FIONREAD)) == 0;
	good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, FIONBIO)) == 0;
	return good && seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(fcntl), 0) == 0;
}

/* Files are opened whole, and room is only ever added. */
static bool add_append_conditions(scmp_filter_ctx filter)
{
	bool good = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(open), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, O_TRUNC, 0)) == 0;
	good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(openat), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, O_TRUNC, 0)) == 0;
	good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(fallocate), 1, SCMP_A1(SCMP_CMP_EQ, 0)) == 0;
	return good && seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(fallocate), 1, SCMP_A1(SCMP_CMP_EQ, FALLOC_FL_KEEP_SIZE)) == 0;
}

static bool add_connect_conditions(scmp_filter_ctx filter)
{
	static const unsigned families[] = {AF_INET, AF_INET6};
	bool good = true;
	for (size_t i = 0; i < 2; i++)
		good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(socket), 2, SCMP_A0(SCMP_CMP_EQ, families[i]),
					 SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM)) == 0;
	return good;
}

/* Children that share nothing with their parent: fork as the C library makes it. */
static bool add_fork_conditions(scmp_filter_ctx filter)
{
	const scmp_datum_t shared = CLONE_VM | CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;
	bool good = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, shared, 0)) == 0;
	good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0)) == 0;
	return good && seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NO_NEW_PRIVS)) == 0;
}

static bool add_document(scmp_filter_ctx filter)
{
	bool good = add_list(filter, SCMP_ACT_ALLOW, calls_document);
	good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
	good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
	return good && seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(fcntl), 0) == 0;
}

static bool add_rules(scmp_filter_ctx filter, enum calls_right right)
{
	if (right == CALLS_MASTER)
		return add_list(filter, SCMP_ACT_KILL_PROCESS, calls_master_fatal);
	if (!add_list(filter, SCMP_ACT_KILL_PROCESS, calls_fatal))
		return false;
	if (right == CALLS_DOCUMENT)
		return add_document(filter);
	bool good = add_list(filter, SCMP_ACT_ALLOW, calls_document) && add_list(filter, SCMP_ACT_ALLOW, calls_plain) &&
		    add_plain_conditions(filter);
	switch (right) {
	case CALLS_FILES:
		return good && add_list(filter, SCMP_ACT_ALLOW, calls_append) && add_list(filter, SCMP_ACT_ALLOW, calls_files);
	case CALLS_APPEND:
		return good && add_list(filter, SCMP_ACT_ALLOW, calls_append) && add_append_conditions(filter);
	case CALLS_ACCEPT:
		return good && add_list(filter, SCMP_ACT_ALLOW, calls_accept);
	case CALLS_CONNECT:
		return good && add_list(filter, SCMP_ACT_ALLOW, calls_connect) && add_connect_conditions(filter);
	case CALLS_FORK:
		return good && add_list(filter, SCMP_ACT_ALLOW, calls_fork) && add_fork_conditions(filter);
	default:
		return good;
	}
}

bool calls_restrict(enum calls_right right)
{
	scmp_filter_ctx filter = seccomp_init(right == CALLS_MASTER ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
	if (!filter)
		return false;
	bool good = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 && add_rules(filter, right);
	int failed = good ? -seccomp_load(filter) : EINVAL;
	seccomp_release(filter);
	errno = failed;
	return failed == 0;
}
