/* bices doctor: what this machine offers and which layers of confinement each role of a running node has; told by the roles
 * and compared with what the kernel says about their processes. */
#include "cli/node_files.h"

#include "os/confine.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { ANSWER_MAX = 65536, PATIENCE_S = 3 };

struct role_facts {
	char state[16]; /* ready, starting, held, down; empty: not told */
	long process;
	uint32_t layers; /* as the role told */
};

struct doctor {
	char nation[LIMIT_NATION + 1], realm[LIMIT_REALM + 1];
	long master;
	bool degraded;
	struct role_facts roles[ROLE_COUNT];
	unsigned faults;
};

/* ---- the master's answer ---- */

static enum err ask_master(const char *directory, struct buf *answer)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "control"};
	const struct timeval patience = {PATIENCE_S, 0};
	char chunk[4096];
	/* from within the directory: the path of a socket is short */
	if (chdir(directory) != 0)
		return complain(ERR_USAGE, "%s: %s", directory, strerror(errno)), ERR_USAGE;
	int control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good = control >= 0 && setsockopt(control, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
		    connect(control, (struct sockaddr *)&address, sizeof(address)) == 0 && send(control, "status\n", 7, MSG_NOSIGNAL) == 7;
	for (ssize_t n; good && (n = recv(control, chunk, sizeof(chunk), 0)) > 0;)
		buf_put(answer, slice_of(chunk, (size_t)n));
	if (control >= 0)
		close(control);
	return good && answer->len > 0 ? answer->err : ERR_UNAVAILABLE;
}

static struct slice word_take(struct slice *line)
{
	ptrdiff_t space = slice_find_octet(*line, ' ');
	struct slice word = space < 0 ? *line : slice_take(*line, (size_t)space);
	*line = slice_skip(*line, word.len + 1);
	return word;
}

static long number_of(struct slice word)
{
	char text[24];
	snprintf(text, sizeof(text), "%.*s", SLICE_ARG(word));
	return strtol(text, NULL, 10);
}

static uint32_t layers_of(struct slice words)
{
	uint32_t layers = 0;
	while (words.len > 0) {
		struct slice word = word_take(&words);
		for (enum layer layer = 0; layer < LAYER_COUNT; layer++)
			if (slice_equal(word, slice_text(layer_name(layer))))
				layers |= 1u << layer;
	}
	return layers;
}

static void take_role(struct doctor *doctor, struct slice line)
{
	enum role role = role_find(word_take(&line));
	if (role == ROLE_COUNT)
		return;
	struct role_facts *facts = &doctor->roles[role];
	struct slice state = word_take(&line);
	snprintf(facts->state, sizeof(facts->state), "%.*s", SLICE_ARG(state));
	facts->process = number_of(word_take(&line));
	word_take(&line); /* restarts */
	facts->layers = layers_of(line);
}

static void take_answer(struct doctor *doctor, struct slice answer)
{
	while (answer.len > 0) {
		ptrdiff_t end = slice_find_octet(answer, '\n');
		struct slice line = end < 0 ? answer : slice_take(answer, (size_t)end);
		answer = slice_skip(answer, line.len + 1);
		struct slice key = word_take(&line);
		if (slice_equal(key, SLICE("nation")))
			snprintf(doctor->nation, sizeof(doctor->nation), "%.*s", SLICE_ARG(line));
		else if (slice_equal(key, SLICE("realm")))
			snprintf(doctor->realm, sizeof(doctor->realm), "%.*s", SLICE_ARG(line));
		else if (slice_equal(key, SLICE("process")))
			doctor->master = number_of(line);
		else if (slice_equal(key, SLICE("degraded")))
			doctor->degraded = slice_equal(line, SLICE("1"));
		else if (slice_equal(key, SLICE("role")))
			take_role(doctor, line);
	}
}

/* ---- what the kernel says ---- */

/* A number behind "NAME:" in /proc/PID/status, or -1. */
static long status_number(long process, const char *name)
{
	char path[64], line[256];
	snprintf(path, sizeof(path), "/proc/%ld/status", process);
	FILE *file = fopen(path, "re");
	long number = -1;
	size_t len = strlen(name);
	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, name, len) == 0 && line[len] == ':')
			number = strtol(line + len + 1, NULL, 10);
	if (file)
		fclose(file);
	return number;
}

static bool same_link(long a, long b, const char *name)
{
	char path[2][64];
	struct stat facts[2];
	for (int i = 0; i < 2; i++) {
		snprintf(path[i], sizeof(path[i]), "/proc/%ld/%s", i ? b : a, name);
		if (stat(path[i], &facts[i]) != 0)
			return true; /* not seen to differ */
	}
	return facts[0].st_ino == facts[1].st_ino && facts[0].st_dev == facts[1].st_dev;
}

/* Whether /proc confirms the layer; layers that leave no trace there count as the role told. */
static bool seen(const struct doctor *doctor, enum role role, enum layer layer)
{
	long process = doctor->roles[role].process;
	switch (layer) {
	case LAYER_CALLS:
		return status_number(process, "Seccomp") == 2;
	case LAYER_PRIVILEGES:
		return status_number(process, "NoNewPrivs") == 1;
	case LAYER_USER:
		return status_number(process, "Uid") > 0;
	case LAYER_NETWORK:
		return !same_link(process, doctor->master, "ns/net");
	case LAYER_ROOT:
		return !same_link(process, doctor->master, "root");
	default:
		return true;
	}
}

/* ---- the report ---- */

static void print_machine(void)
{
	struct utsname system = {0};
	int abi = landlock_abi();
	uname(&system);
	printf("kernel      %s %s\n", system.sysname, system.release);
	printf("Landlock    ABI %d: files %s (required: ABI 1), TCP rules %s (ABI 4), scopes %s (ABI 6)\n", abi, abi >= 1 ? "yes" : "NO",
	       abi >= 4 ? "yes" : "no", abi >= 6 ? "yes" : "no");
	printf("started as  %s\n", geteuid() == 0 ? "root: processes can be confined" : "a user without root: only --degraded works");
}

/* Appends the names of roles for which the layer is in force, or missing. */
static unsigned list_roles(const struct doctor *doctor, enum layer layer, bool in_force, struct buf *names)
{
	unsigned listed = 0;
	for (enum role role = ROLE_FRONT; role < ROLE_COUNT; role++) {
		const struct role_facts *facts = &doctor->roles[role];
		if (strcmp(facts->state, "ready") != 0 || !layer_applies(layer, role))
			continue;
		bool has = facts->layers & 1u << layer && seen(doctor, role, layer);
		if (has != in_force)
			continue;
		buf_printf(names, " %s", role_name(role));
		listed++;
	}
	return listed;
}

static void print_layer(struct doctor *doctor, enum layer layer)
{
	AUTO_BUF has = buf_make(256), lacks = buf_make(256);
	unsigned missing = list_roles(doctor, layer, false, &lacks);
	list_roles(doctor, layer, true, &has);
	const char *verdict = missing == 0 ? "ok" : layer_is_required(layer) ? "MISSING" : "absent";
	printf("%-11s %-8s %-8s %s; in force for:%.*s", layer_name(layer), layer_is_required(layer) ? "required" : "optional", verdict,
	       layer_help(layer), SLICE_ARG(buf_slice(&has)));
	if (missing)
		printf("%s; missing for:%.*s", has.len ? "" : " nobody", SLICE_ARG(buf_slice(&lacks)));
	putchar('\n');
	doctor->faults += missing && layer_is_required(layer);
}

static void print_roles(struct doctor *doctor)
{
	for (enum role role = ROLE_FRONT; role < ROLE_COUNT; role++) {
		const struct role_facts *facts = &doctor->roles[role];
		if (facts->process > 0)
			printf("%-11s %-8s process %ld, user id %ld\n", role_name(role), facts->state, facts->process,
			       status_number(facts->process, "Uid"));
		else
			printf("%-11s %s\n", role_name(role), strcmp(facts->state, "held") == 0 ? "held     down on purpose" : facts->state);
		doctor->faults += strcmp(facts->state, "ready") != 0 && strcmp(facts->state, "held") != 0;
	}
}

static int report(struct doctor *doctor)
{
	printf("node        %s, realm %s, master process %ld%s\n\n", doctor->nation, doctor->realm, doctor->master,
	       doctor->degraded ? ", DEGRADED: it was started to run without full confinement" : "");
	print_roles(doctor);
	putchar('\n');
	for (enum layer layer = 0; layer < LAYER_COUNT; layer++)
		print_layer(doctor, layer);
	if (doctor->faults == 0)
		puts("\nEvery role that should run is ready and has every required layer.");
	else
		printf("\n%u fault%s: see the lines above; DIR/log tells why.\n", doctor->faults, doctor->faults == 1 ? "" : "s");
	return doctor->faults ? 1 : 0;
}

int node_doctor(int argc, char **argv)
{
	struct doctor doctor = {0};
	const struct option_spec specs[] = {{0}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return err_exit_code(ERR_USAGE);
	if (argc > 1)
		return complain(ERR_USAGE, "doctor takes one DIR");
	print_machine();
	if (argc == 0) {
		puts("\n'bices doctor DIR' also looks at the node of DIR.");
		return landlock_abi() >= 1 ? 0 : 1;
	}
	AUTO_BUF answer = buf_make(ANSWER_MAX);
	enum err err = ask_master(argv[0], &answer);
	if (err != ERR_OK)
		return err == ERR_UNAVAILABLE ? complain(err, "the node of %s does not run; 'bices run %s' starts it", argv[0], argv[0])
					      : err_exit_code(err);
	take_answer(&doctor, buf_slice(&answer));
	return report(&doctor);
}
