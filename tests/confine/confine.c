/* Each role tries what it must not do. For every row of the confinement table and every attempt, a process of its own is
 * confined and tries once; what happened is held against the table below. Needs root, because a role starts as root. */
#include "base/slice.h"
#include "os/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { USER_BASE = 61900, SKIPPED = 77, ROW_DOCUMENT = ROLE_COUNT };

/* What a confined process inherits, as a role does. */
static int listener = -1, unconnected = -1, pipe_end = -1;
static struct sockaddr_in listener_address;

/* An attempt answers 0 when it worked and the error number when not. */
static int outcome(bool worked)
{
	return worked ? 0 : errno ? errno : EINVAL;
}

static int read_a_system_file(void) { return outcome(open("/etc/passwd", O_RDONLY) >= 0); }
static int read_above_its_directory(void) { return outcome(open("../../../../etc/passwd", O_RDONLY) >= 0); }
static int read_process_memory(void) { return outcome(open("/proc/self/mem", O_RDWR) >= 0); }
static int make_a_file(void) { return outcome(open("made", O_CREAT | O_WRONLY, 0600) >= 0); }
static int remove_a_file(void) { return outcome(unlink("given") == 0); }
static int cut_a_file(void)
{
	int file = open("given", O_RDWR);
	return outcome(file >= 0 && ftruncate(file, 0) == 0);
}

static int cut_a_file_when_opening(void) { return outcome(open("given", O_RDWR | O_TRUNC) >= 0); }
static int make_room_in_a_file(void)
{
	int file = open("given", O_RDWR);
	return outcome(file >= 0 && fallocate(file, FALLOC_FL_KEEP_SIZE, 0, 8192) == 0 && fallocate(file, 0, 0, 8192) == 0);
}

static int punch_a_hole(void)
{
	int file = open("given", O_RDWR);
	return outcome(file >= 0 && fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096) == 0);
}

static int rename_a_file(void) { return outcome(rename("given", "made") == 0); }
static int make_a_directory(void) { return outcome(mkdir("made", 0700) == 0); }
static int make_a_link(void) { return outcome(symlink("/etc", "way-out") == 0); }
static int make_a_device(void) { return outcome(mknod("memory", S_IFCHR | 0600, makedev(1, 1)) == 0); }
static int change_root(void) { return outcome(chroot("..") == 0); }
static int open_a_tcp_socket(void) { return outcome(socket(AF_INET, SOCK_STREAM, 0) >= 0); }
static int open_a_udp_socket(void) { return outcome(socket(AF_INET, SOCK_DGRAM, 0) >= 0); }
static int open_a_unix_socket(void) { return outcome(socket(AF_UNIX, SOCK_STREAM, 0) >= 0); }
static int open_a_raw_socket(void) { return outcome(socket(AF_PACKET, SOCK_RAW, 0) >= 0); }

static int connect_an_inherited_socket(void)
{
	return outcome(connect(unconnected, (struct sockaddr *)&listener_address, sizeof(listener_address)) == 0);
}

static int accept_on_an_inherited_socket(void)
{
	errno = 0;
	return outcome(accept4(listener, NULL, NULL, SOCK_NONBLOCK) >= 0 || errno == EAGAIN);
}

static int fork_a_process(void)
{
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	return outcome(child > 0);
}

static int start_a_thread(void)
{
	static uint8_t stack[16384];
	return outcome(syscall(SYS_clone, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, stack + sizeof(stack), NULL,
			       NULL, 0) > 0);
}

static int execute_a_program(void)
{
	char name[] = "true", *arguments[] = {name, NULL};
	return outcome(execve("/bin/true", arguments, NULL) == 0);
}

static int trace_its_parent(void) { return outcome(ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0); }
static int signal_its_parent(void) { return outcome(kill(getppid(), 0) == 0); }
static int signal_the_first_process(void) { return outcome(kill(1, 0) == 0); }

static int read_its_parents_memory(void)
{
	uint8_t octets[8];
	struct iovec here = {octets, sizeof(octets)}, there = {octets, sizeof(octets)};
	return outcome(process_vm_readv(getppid(), &here, 1, &there, 1, 0) > 0);
}

static int map_executable_memory(void)
{
	return outcome(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

static int make_memory_executable(void)
{
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return memory == MAP_FAILED ? EINVAL : outcome(mprotect(memory, 4096, PROT_READ | PROT_EXEC) == 0);
}

static int become_root(void) { return outcome(setuid(0) == 0); }
static int take_another_user(void) { return outcome(setresuid(USER_BASE, USER_BASE, USER_BASE) == 0); }
static int mount_a_file_system(void) { return outcome(mount("none", "/", "tmpfs", 0, NULL) == 0); }
static int leave_its_namespaces(void) { return outcome(unshare(CLONE_NEWUSER) == 0); }
static int load_a_program_into_the_kernel(void) { return outcome(syscall(SYS_bpf, 0, NULL, 0) >= 0); }
static int become_readable(void) { return outcome(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0); }

static int raise_its_limits(void)
{
	struct rlimit limits = {1 << 20, 1 << 20};
	return outcome(setrlimit(RLIMIT_NOFILE, &limits) == 0);
}

static int type_into_the_terminal(void)
{
	char c = 'x';
	return outcome(ioctl(0, TIOCSTI, &c) == 0);
}

static int write_to_an_inherited_pipe(void) { return outcome(write(pipe_end, "x", 1) == 1); }
static int make_sealed_memory(void) { return outcome(memfd_create("x", MFD_ALLOW_SEALING) >= 0); }

static int read_the_clock(void)
{
	struct timespec now;
	return outcome(syscall(SYS_clock_gettime, CLOCK_REALTIME, &now) == 0);
}

#define A(role) (1u << ROLE_##role)
#define DOCUMENT (1u << ROW_DOCUMENT)
#define ALL (A(FRONT) | A(STORE) | A(PARSE) | A(GUARD) | A(SEAL) | A(LEDGER) | A(LINK))

/* Who may; who is ended for it. Everybody else gets an error. */
static const struct attempt {
	const char *name;
	int (*run)(void);
	unsigned allowed, fatal;
} attempts[] = {
#define ATTEMPT(name, allowed, fatal) {#name, name, allowed, fatal}
	ATTEMPT(write_to_an_inherited_pipe, ALL | DOCUMENT, 0),
	ATTEMPT(make_sealed_memory, ALL | DOCUMENT, 0),
	ATTEMPT(read_the_clock, ALL, 0),
	ATTEMPT(make_a_file, A(STORE) | A(LEDGER), 0),
	ATTEMPT(remove_a_file, A(STORE), 0),
	ATTEMPT(cut_a_file, A(STORE), 0),
	ATTEMPT(cut_a_file_when_opening, A(STORE), 0),
	ATTEMPT(punch_a_hole, A(STORE), 0),
	ATTEMPT(rename_a_file, A(STORE), 0),
	ATTEMPT(make_room_in_a_file, A(STORE) | A(LEDGER), 0),
	ATTEMPT(make_a_directory, 0, 0),
	ATTEMPT(open_a_tcp_socket, A(LINK), 0),
	ATTEMPT(connect_an_inherited_socket, A(LINK), 0),
	ATTEMPT(accept_on_an_inherited_socket, A(FRONT) | A(LINK), 0),
	ATTEMPT(fork_a_process, A(PARSE), 0),
	ATTEMPT(read_a_system_file, 0, 0),
	ATTEMPT(read_above_its_directory, 0, 0),
	ATTEMPT(read_process_memory, 0, 0),
	ATTEMPT(make_a_link, 0, 0),
	ATTEMPT(make_a_device, 0, 0),
	ATTEMPT(change_root, 0, 0),
	ATTEMPT(open_a_udp_socket, 0, 0),
	ATTEMPT(open_a_unix_socket, 0, 0),
	ATTEMPT(open_a_raw_socket, 0, 0),
	ATTEMPT(start_a_thread, 0, 0),
	ATTEMPT(signal_its_parent, 0, 0),
	ATTEMPT(signal_the_first_process, 0, 0),
	ATTEMPT(map_executable_memory, 0, 0),
	ATTEMPT(make_memory_executable, 0, 0),
	ATTEMPT(become_root, 0, 0),
	ATTEMPT(take_another_user, 0, 0),
	ATTEMPT(become_readable, 0, 0),
	ATTEMPT(raise_its_limits, 0, 0),
	ATTEMPT(type_into_the_terminal, 0, 0),
	ATTEMPT(execute_a_program, 0, ALL | DOCUMENT),
	ATTEMPT(trace_its_parent, 0, ALL | DOCUMENT),
	ATTEMPT(read_its_parents_memory, 0, ALL | DOCUMENT),
	ATTEMPT(mount_a_file_system, 0, ALL | DOCUMENT),
	ATTEMPT(leave_its_namespaces, 0, ALL | DOCUMENT),
	ATTEMPT(load_a_program_into_the_kernel, 0, ALL | DOCUMENT),
};

static const char *row_name(unsigned row)
{
	return row == ROW_DOCUMENT ? "document" : role_name((enum role)row);
}

/* Its directory holds one file that belongs to its user, as a role's data directory does. */
static int make_directory(uid_t user)
{
	char name[] = "/tmp/bices-confine-XXXXXX";
	if (!mkdtemp(name) || chown(name, user, user) != 0)
		return -1;
	int directory = open(name, O_RDONLY | O_DIRECTORY);
	int file = openat(directory, "given", O_CREAT | O_WRONLY, 0600);
	if (file < 0 || fchown(file, user, user) != 0 || close(file) != 0)
		return -1;
	return directory;
}

static void remove_directory(int directory)
{
	char link[64], name[256];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", directory);
	ssize_t len = readlink(link, name, sizeof(name) - 1);
	unlinkat(directory, "given", 0);
	unlinkat(directory, "made", 0);
	if (len > 0) {
		name[len] = '\0';
		rmdir(name);
	}
	close(directory);
}

static _Noreturn void try_confined(unsigned row, const struct attempt *attempt, int directory)
{
	enum role role = row == ROW_DOCUMENT ? ROLE_PARSE : (enum role)row;
	struct confine_options options = {.directory = directory, .user_id = USER_BASE + row};
	struct diag diag = {0};
	uint32_t layers = 0;
	if (confine(role, &options, &layers, &diag) != ERR_OK || (row == ROW_DOCUMENT && confine_document(&diag) != ERR_OK)) {
		fprintf(stderr, "%s: %s\n", row_name(row), diag.text);
		_exit(255);
	}
	_exit(attempt->run() & 127);
}

static const char *expected_of(unsigned row, const struct attempt *attempt)
{
	return attempt->allowed & 1u << row ? "works" : attempt->fatal & 1u << row ? "ends it" : "is refused";
}

static const char *try_one(unsigned row, const struct attempt *attempt)
{
	int directory = make_directory(USER_BASE + row), status = 0;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		try_confined(row, attempt, directory);
	bool waited = child > 0 && waitpid(child, &status, 0) == child;
	remove_directory(directory);
	if (!waited || (WIFEXITED(status) && WEXITSTATUS(status) == 255))
		return "cannot be tried";
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? "ends it" : "crashes";
	return WEXITSTATUS(status) == 0 ? "works" : "is refused";
}

static bool open_inherited(void)
{
	int ends[2];
	socklen_t len = sizeof(listener_address);
	listener_address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	unconnected = socket(AF_INET, SOCK_STREAM, 0);
	bool good = listener >= 0 && unconnected >= 0 && pipe2(ends, O_NONBLOCK) == 0 &&
		    bind(listener, (struct sockaddr *)&listener_address, len) == 0 && listen(listener, 16) == 0 &&
		    getsockname(listener, (struct sockaddr *)&listener_address, &len) == 0;
	pipe_end = good ? ends[1] : -1;
	return good;
}

/* Every required layer of every row is in force. */
static unsigned check_layers(void)
{
	unsigned wrong = 0;
	for (enum role role = ROLE_FRONT; role < ROLE_COUNT; role++) {
		int directory = make_directory(USER_BASE + role), status = 0;
		pid_t child = fork();
		if (child == 0) {
			struct confine_options options = {.directory = directory, .user_id = USER_BASE + role};
			uint32_t layers = 0;
			bool good = confine(role, &options, &layers, NULL) == ERR_OK;
			for (enum layer layer = 0; layer < LAYER_COUNT; layer++)
				if (layer_applies(layer, role) && layer_is_required(layer) && !(layers & 1u << layer))
					good = false;
			_exit(good ? 0 : 1);
		}
		bool good = child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
		remove_directory(directory);
		if (!good)
			printf("FAILED %s does not get every required layer\n", role_name(role));
		wrong += !good;
	}
	return wrong;
}

int main(void)
{
	if (geteuid() != 0) {
		puts("skipped: roles are confined by root; run this test as root");
		return SKIPPED;
	}
	if (!open_inherited()) {
		perror("the test's own sockets");
		return 1;
	}
	unsigned tried = 0, wrong = check_layers();
	for (unsigned row = ROLE_FRONT; row <= ROW_DOCUMENT; row++)
		for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
			const char *expected = expected_of(row, &attempts[i]), *got = try_one(row, &attempts[i]);
			bool good = strcmp(expected, got) == 0;
			if (!good)
				printf("FAILED %s tries to %s: expected that it %s, but it %s\n", row_name(row), attempts[i].name, expected, got);
			tried++;
			wrong += !good;
		}
	printf("%u attempts in %u rows, %u wrong\n", tried, (unsigned)ROW_DOCUMENT, wrong);
	return wrong != 0;
}
