/* bicesd: the master of one node. Reads the settings, opens what its roles need, starts them, and starts them again when
 * they end. It never reads network data or objects, and keeps only the rights that starting roles takes. */
#include "proc/master/node.h"

#include "os/confine.h"
#include "os/log.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char usage[] =
	"usage: bicesd DIR [--hold-role ROLE]… [--degraded]\n"
	"Runs the node of DIR (made by 'bices init') in the foreground; SIGTERM or Ctrl-C ends it.\n";

void node_say(const struct node *node, const char *format, ...)
{
	char text[1024];
	va_list list;
	va_start(list, format);
	if (vsnprintf(text, sizeof(text), format, list) < 0)
		text[0] = '\0';
	va_end(list);
	dprintf(node->terminal, "bicesd: %s\n", text);
	if (node->log >= 0)
		log_line(LOG_NOTICE, "%s", text);
}

/* ---- arguments ---- */

struct arguments {
	const char *directory;
	uint32_t held;
	bool degraded;
};

static enum err arguments_parse(int argc, char **argv, struct arguments *ret_arguments, struct diag *diag)
{
	struct arguments arguments = {0};
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--degraded") == 0) {
			arguments.degraded = true;
		} else if (strcmp(argv[i], "--hold-role") == 0 && i + 1 < argc) {
			enum role role = role_find(slice_text(argv[++i]));
			if (role == ROLE_COUNT || role == ROLE_MASTER)
				return diag_fail(diag, ERR_USAGE, "no role '%s': front, store, parse, guard, seal, ledger or link", argv[i]);
			arguments.held |= 1u << role;
		} else if (argv[i][0] == '-' || arguments.directory) {
			return diag_fail(diag, ERR_USAGE, "unexpected '%s'", argv[i]);
		} else {
			arguments.directory = argv[i];
		}
	}
	if (!arguments.directory)
		return diag_fail(diag, ERR_USAGE, "the node's directory is missing");
	*ret_arguments = arguments;
	return ERR_OK;
}

/* ---- start ---- */

static enum err find_programs(struct node *node, struct diag *diag)
{
	ssize_t len = readlink("/proc/self/exe", node->programs, sizeof(node->programs) - 1);
	if (len <= 0)
		return diag_fail(diag, ERR_IO, "/proc/self/exe: %s", strerror(errno));
	node->programs[len] = '\0';
	*strrchr(node->programs, '/') = '\0';
	return ERR_OK;
}

/* One master per directory: its process file stays locked while it lives. */
static enum err lock_directory(struct node *node, struct diag *diag)
{
	if (mkdir("pid", 0755) != 0 && errno != EEXIST)
		return diag_fail(diag, ERR_IO, "pid: %s", strerror(errno));
	int file = open("pid/bicesd", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (file < 0)
		return diag_fail(diag, ERR_IO, "pid/bicesd: %s", strerror(errno));
	if (flock(file, LOCK_EX | LOCK_NB) != 0)
		return diag_fail(diag, ERR_REFUSED, "this node runs already; pid/bicesd holds its process id");
	if (ftruncate(file, 0) != 0 || dprintf(file, "%ld\n", (long)getpid()) < 0)
		return diag_fail(diag, ERR_IO, "pid/bicesd: %s", strerror(errno));
	node->owned = true;
	unlink("pid/ready");
	return ERR_OK;
}

static enum err read_settings(struct node *node, struct diag *diag)
{
	uint8_t chunk[4096];
	AUTO_BUF text = buf_make(SETTINGS_TEXT);
	int file = open("node.conf", O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return diag_fail(diag, ERR_USAGE, "node.conf: %s; 'bices init DIR --nation XXX' makes a node", strerror(errno));
	for (ssize_t n; (n = read(file, chunk, sizeof(chunk))) > 0;)
		buf_put(&text, slice_of(chunk, (size_t)n));
	close(file);
	TRY(arena_copy(&node->arena, buf_slice(&text), &node->settings_text));
	enum err err = settings_parse(node->settings_text, &node->arena, &node->settings, diag);
	if (err != ERR_OK && diag && diag->line) {
		struct diag at = *diag;
		snprintf(diag->text, sizeof(diag->text), "node.conf:%u: %.480s", at.line, at.text);
	}
	return err;
}

static enum err open_log(struct node *node, struct diag *diag)
{
	node->log = open("log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
	node->terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
	node->nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (node->log < 0 || node->terminal < 0 || node->nothing < 0 || dup2(node->log, STDERR_FILENO) < 0)
		return diag_fail(diag, ERR_IO, "log: %s", strerror(errno));
	return ERR_OK;
}

/* What a node without root lacks is named before its roles fail one by one. */
static enum err check_rights(const struct node *node, struct diag *diag)
{
	if (node->degraded) {
		node_say(node, "runs DEGRADED: layers of confinement may be missing; 'bices doctor' names them");
		return ERR_OK;
	}
	if (geteuid() != 0)
		return diag_fail(diag, ERR_UNAVAILABLE, "confinement needs a start as root (or by systemd); --degraded runs without, and "
				 "says so everywhere");
	if (landlock_abi() < 1)
		return diag_fail(diag, ERR_UNAVAILABLE, "this kernel offers no Landlock; --degraded runs without, and says so everywhere");
	return ERR_OK;
}

static enum err prepare(struct node *node, const struct arguments *arguments, struct diag *diag)
{
	TRY(find_programs(node, diag));
	if (chdir(arguments->directory) != 0)
		return diag_fail(diag, ERR_USAGE, "%s: %s; 'bices init DIR --nation XXX' makes a node", arguments->directory,
				 strerror(errno));
	TRY(read_settings(node, diag));
	node->held = arguments->held | node->settings.hold;
	node->degraded = arguments->degraded;
	TRY(lock_directory(node, diag));
	TRY(open_log(node, diag));
	TRY(check_rights(node, diag));
	TRY(gifts_open(node, diag));
	TRY(control_open(node, diag));
	enum err err = confine_master(diag);
	if (err != ERR_OK && !node->degraded)
		return err;
	return policies_compile(node, diag);
}

static enum err start_all(struct node *node, struct diag *diag)
{
	for (enum role role = ROLE_FRONT; role < ROLE_COUNT; role++) {
		struct part *part = &node->parts[role];
		if (node->held & 1u << role)
			continue;
		enum err err = part_start(part);
		if (err == ERR_OK)
			err = part_watch(part);
		if (err != ERR_OK)
			return diag_fail(diag, err, "the role %s cannot be started: %s", role_name(role), strerror(errno));
	}
	return ERR_OK;
}

/* ---- the loop ---- */

static void on_child(evutil_socket_t signal_number, short what, void *context)
{
	(void)signal_number, (void)what;
	parts_reap(context);
}

static void on_end(evutil_socket_t signal_number, short what, void *context)
{
	(void)signal_number, (void)what;
	struct node *node = context;
	event_base_loopbreak(node->events);
}

static enum err watch_signals(struct node *node)
{
	static const struct {
		int number;
		event_callback_fn react;
	} signals[] = {{SIGCHLD, on_child}, {SIGTERM, on_end}, {SIGINT, on_end}};
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct event *event = evsignal_new(node->events, signals[i].number, signals[i].react, node);
		if (!event || event_add(event, NULL) != 0)
			return ERR_MEMORY;
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	return ERR_OK;
}

static enum err node_run(struct node *node, const struct arguments *arguments, struct diag *diag)
{
	node->events = event_base_new();
	if (!node->events)
		return ERR_MEMORY;
	TRY(prepare(node, arguments, diag));
	enum err err = watch_signals(node);
	if (err == ERR_OK)
		err = start_all(node, diag);
	if (err == ERR_OK) {
		parts_reap(node);
		event_base_dispatch(node->events);
		node_say(node, "stops");
	}
	return err;
}

int main(int argc, char **argv)
{
	static struct node node = {.log = -1, .terminal = STDERR_FILENO};
	struct diag diag = {0};
	struct arguments arguments = {0};
	log_start("bicesd");
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC); /* what was left open by whoever started us is not for the roles */
	if (arguments_parse(argc, argv, &arguments, &diag) != ERR_OK) {
		fprintf(stderr, "bicesd: %s\n%s", diag.text, usage);
		return err_exit_code(ERR_USAGE);
	}
	for (enum role role = ROLE_MASTER; role < ROLE_COUNT; role++)
		node.parts[role] = (struct part){.node = &node, .role = role};
	enum err err = node_run(&node, &arguments, &diag);
	if (err != ERR_OK)
		node_say(&node, "%s", diag.text[0] ? diag.text : err_text(err));
	if (node.owned) {
		parts_stop(&node);
		unlink("control");
		unlink("pid/bicesd");
	}
	return err_exit_code(err);
}
