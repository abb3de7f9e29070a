/* The master of the fake node: fake_node FRONT ROOT DIR [USER-ID] makes keys and certificates in DIR, starts FRONT
 * with the policies of ROOT/policy and the page of ROOT/web (its index.html alone), writes "USERS-PORT ADMIN-PORT" and serves until
 * standard input ends. With a user id front is confined, which takes root; without, it runs degraded. */
#include "fake_node.h"

#include "crypto/crypto.h"
#include "os/pack.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "fake_node: line %d: %s\n", __LINE__, #condition); \
			exit(2); \
		} \
	} while (0)

static struct fake fake;

static void read_file(const char *directory, const char *name, struct buf *bytes)
{
	char path[4096];
	uint8_t chunk[65536];
	size_t n;
	snprintf(path, sizeof path, "%s/%s", directory, name);
	FILE *file = fopen(path, "rb");
	CHECK(file);
	while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
		buf_put(bytes, slice_of(chunk, n));
	fclose(file);
}

static void write_file(const char *directory, const char *name, struct slice bytes)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	FILE *file = fopen(path, "wb");
	CHECK(file && fwrite(bytes.data, 1, bytes.len, file) == bytes.len && fclose(file) == 0);
}

/* Every file of a directory whose name has this ending ("" for all). */
static void each_file(const char *directory, const char *ending,
		      void (*take)(const char *directory, const char *name, struct buf *out), struct buf *out)
{
	DIR *list = opendir(directory);
	CHECK(list);
	for (struct dirent *entry; (entry = readdir(list));)
		if (entry->d_name[0] != '.' && slice_has_suffix(slice_text(entry->d_name), slice_text(ending)))
			take(directory, entry->d_name, out);
	closedir(list);
}

static void take_policy(const char *directory, const char *name, struct buf *out)
{
	AUTO_BUF xml = buf_make(LIMIT_POLICY_XML), compiled = buf_make(LIMIT_POLICY_XML);
	struct slice kept;
	struct finding *findings = NULL;
	const struct policy *policy;
	read_file(directory, name, &xml);
	CHECK(policy_compile(buf_slice(&xml), &fake.arena, &findings, &compiled) == ERR_OK);
	CHECK(arena_copy(&fake.arena, buf_slice(&compiled), &kept) == ERR_OK);
	CHECK(policy_open(kept, &fake.arena, &policy) == ERR_OK);
	CHECK(policy_set_add(fake.policies, policy) == ERR_OK);
	pack_put(out, buf_slice(&compiled));
}

static void take_page(const char *directory, const char *name, struct buf *out)
{
	AUTO_BUF bytes = buf_make(LIMIT_POLICY_XML);
	read_file(directory, name, &bytes);
	pack_put(out, slice_text(name));
	pack_put(out, buf_slice(&bytes));
}

/* ---- certificates ---- */

static void give(const char *name, struct slice bytes)
{
	int descriptor = -1;
	struct msg_give given = {slice_text(name)};
	CHECK(sealed_memory_new(name, bytes, &descriptor) == ERR_OK);
	CHECK(channel_send(fake.master, MSG_GIVE, 0, &given, descriptor) == ERR_OK);
	close(descriptor);
}

static void make_pair(const char *directory, const char *name, struct slice ca_key, struct slice ca,
		      const struct certificate_request *request, bool given)
{
	AUTO_BUF key = buf_make(65536), certificate = buf_make(65536);
	char file[64];
	CHECK(certificate_new(ca_key, ca, request, &key, &certificate) == ERR_OK);
	snprintf(file, sizeof file, "%s.key", name);
	write_file(directory, file, buf_slice(&key));
	snprintf(file, sizeof file, "%s.crt", name);
	write_file(directory, file, buf_slice(&certificate));
	if (!given)
		return;
	give("certificate", buf_slice(&certificate));
	give("certificate-key", buf_slice(&key));
}

static void make_certificates(const char *directory)
{
	AUTO_BUF key = buf_make(65536), ca = buf_make(65536), foreign_key = buf_make(65536), foreign = buf_make(65536);
	CHECK(certificate_new_ca("KOR", 1, &key, &ca) == ERR_OK);
	CHECK(certificate_new_ca("USA", 1, &foreign_key, &foreign) == ERR_OK);
	const struct certificate_request node = {
		.common_name = "node", .uri = "bices://KOR", .ip = "127.0.0.1", .server = true, .days = 1};
	const struct certificate_request user = {
		.common_name = "analyst", .uri = "bices://KOR/user/analyst", .client = true, .days = 1};
	const struct certificate_request other = {
		.common_name = "analyst", .uri = "bices://USA/user/analyst", .client = true, .days = 1};
	make_pair(directory, "node", buf_slice(&key), buf_slice(&ca), &node, true);
	make_pair(directory, "analyst", buf_slice(&key), buf_slice(&ca), &user, false);
	make_pair(directory, "wrong-nation", buf_slice(&key), buf_slice(&ca), &other, false);
	make_pair(directory, "foreign", buf_slice(&foreign_key), buf_slice(&foreign), &user, false);
	write_file(directory, "ca.pem", buf_slice(&ca));
	give("ca", buf_slice(&ca));
}

/* ---- front ---- */

static unsigned give_listener(const char *name)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	struct msg_give given = {slice_text(name)};
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(listener >= 0 && bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, 128) == 0);
	CHECK(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
	CHECK(channel_send(fake.master, MSG_GIVE, 0, &given, listener) == ERR_OK);
	close(listener);
	return ntohs(address.sin_port);
}

static struct channel *give_neighbor(enum role role)
{
	int ends[2];
	struct channel *channel;
	struct msg_neighbor neighbor = {(uint8_t)role};
	CHECK(channel_pair(ends) == ERR_OK);
	CHECK(channel_send(fake.master, MSG_NEIGHBOR, 0, &neighbor, ends[1]) == ERR_OK);
	close(ends[1]);
	CHECK(channel_new(ends[0], role, ROLE_FRONT, &channel) == ERR_OK);
	return channel;
}

static pid_t start_front(const char *program)
{
	int ends[2];
	CHECK(channel_pair(ends) == ERR_OK);
	pid_t process = fork();
	CHECK(process >= 0);
	if (process == 0) {
		CHECK(dup2(ends[1], 3) == 3 && fcntl(3, F_SETFD, 0) == 0);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	CHECK(channel_new(ends[0], ROLE_MASTER, ROLE_FRONT, &fake.master) == ERR_OK);
	return process;
}

/* The directory that becomes front's root. */
static void give_empty(const char *directory)
{
	char path[4096];
	struct msg_give given = {SLICE("empty")};
	snprintf(path, sizeof path, "%s/empty", directory);
	CHECK(mkdir(path, 0755) == 0);
	int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(descriptor >= 0 && channel_send(fake.master, MSG_GIVE, 0, &given, descriptor) == ERR_OK);
	close(descriptor);
}

static void give_all(const char *root, const char *directory)
{
	char path[4096];
	AUTO_BUF policies = buf_make(LIMIT_MESSAGE), files = buf_make(LIMIT_MESSAGE);
	snprintf(path, sizeof path, "%s/policy", root);
	each_file(path, ".xml", take_policy, &policies);
	snprintf(path, sizeof path, "%s/web", root);
	each_file(path, "index.html", take_page, &files);
	give("policies", buf_slice(&policies));
	give("files", buf_slice(&files));
	give("settings", SLICE("nation KOR\n"));
	make_certificates(directory);
	give_empty(directory);
}

static bool drain(struct channel *channel, void (*handle)(struct fake *fake, const struct channel_message *message))
{
	for (;;) {
		AUTO_ARENA arena = {0};
		struct channel_message message;
		enum err err = channel_receive(channel, &arena, &message);
		if (err == ERR_NOT_FOUND)
			return true;
		if (err != ERR_OK)
			return false;
		if (handle)
			handle(&fake, &message);
		channel_message_done(&message);
	}
}

static void flush(struct channel *channel)
{
	if (channel_has_output(channel))
		CHECK(channel_flush(channel) == ERR_OK);
}

/* "mute" and "speak" on standard input switch the store off and on. */
static bool take_command(void)
{
	char line[64];
	if (!fgets(line, sizeof line, stdin))
		return false;
	fake.mute = strcmp(line, "mute\n") == 0;
	printf("done\n");
	fflush(stdout);
	return true;
}

static void serve(void)
{
	bool open = true;
	setvbuf(stdin, NULL, _IONBF, 0);
	while (open) {
		struct pollfd watched[] = {{channel_descriptor(fake.master), POLLIN, 0},
					   {channel_descriptor(fake.store), POLLIN, 0},
					   {channel_descriptor(fake.parse), POLLIN, 0},
					   {STDIN_FILENO, POLLIN, 0}};
		CHECK(poll(watched, 4, 50) >= 0);
		open = drain(fake.master, NULL) && drain(fake.store, fake_store_handle) &&
		       drain(fake.parse, fake_parse_handle);
		flush(fake.store);
		flush(fake.parse);
		if (open && watched[3].revents)
			open = take_command();
	}
}

int main(int argc, char **argv)
{
	CHECK(argc == 4 || argc == 5);
	signal(SIGPIPE, SIG_IGN);
	fake.policies = policy_set_new();
	pid_t front = start_front(argv[1]);
	struct msg_begin begin = {.nation = SLICE("KOR"), .realm = SLICE("real"), .degraded = argc == 4};
	if (argc == 5)
		begin.user_id = (uint32_t)strtoul(argv[4], NULL, 10);
	give_all(argv[2], argv[3]);
	unsigned users = give_listener("listen-users"), admin = give_listener("listen-admin");
	fake.store = give_neighbor(ROLE_STORE);
	fake.parse = give_neighbor(ROLE_PARSE);
	CHECK(channel_send(fake.master, MSG_BEGIN, 0, &begin, -1) == ERR_OK);
	flush(fake.master);
	printf("%u %u\n", users, admin);
	fflush(stdout);
	serve();
	int status = 0;
	channel_free(fake.master);
	channel_free(fake.store);
	channel_free(fake.parse);
	policy_set_free(fake.policies);
	arena_done(&fake.arena);
	CHECK(waitpid(front, &status, 0) == front);
	return WIFEXITED(status) ? 0 : 1;
}
