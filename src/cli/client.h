/* One request to a node's HTTPS interface, as any client makes it: TLS with the node's own trust anchor, and a user's
 * password or certificate. There is no switch that turns verification off. */
#ifndef BICES_CLI_CLIENT_H
#define BICES_CLI_CLIENT_H

#include "cli/command.h"

#include <jansson.h>

/* What every node command takes. */
struct client_options {
	const char *node, *user, *password_file, *ca, *cert, *key;
	bool json;
};

/* Rows for a command's option table: CLIENT_OPTION_SPECS(options), … , {0} */
#define CLIENT_OPTION_SPECS(o) \
	{"--node", &(o).node, NULL, NULL}, {"--user", &(o).user, NULL, NULL}, {"--password-file", &(o).password_file, NULL, NULL}, \
		{"--ca", &(o).ca, NULL, NULL}, {"--cert", &(o).cert, NULL, NULL}, {"--key", &(o).key, NULL, NULL}, \
		{"--json", NULL, &(o).json, NULL}

struct client;
#define AUTO_CLIENT __attribute__((cleanup(client_closep))) struct client

/* Finds address, trust anchor and credentials: options first, then BICES_NODE, BICES_USER, BICES_CA,
 * BICES_PASSWORD_FILE, then run/coalition.json for a node's NAME. Complains on stderr. */
enum err client_open(const struct client_options *options, struct client **ret_client) MUST_USE;
void client_closep(struct client **client);

struct client_request {
	const char *method, *path; /* path with its query, already encoded */
	const char *content_type;  /* of body; NULL without one */
	struct slice body;
	enum err quiet;            /* this refusal is answered without a complaint; ERR_OK: none */
};
struct client_answer {
	long status;
	struct buf body;
	json_t *json; /* parsed body, or NULL when it is not JSON */
};
#define AUTO_ANSWER __attribute__((cleanup(client_answer_done))) struct client_answer
void client_answer_done(struct client_answer *answer);

/* Sends and waits. ERR_OK for a status of 200 to 299. Otherwise complains with the problem's text and answers what the
 * status means: 404 ERR_NOT_FOUND, 409 ERR_CONFLICT, 428 ERR_UNSEEN, 400 and 422 ERR_MALFORMED, 413 ERR_TOO_LARGE,
 * 415 ERR_UNSUPPORTED, 401 ERR_SIGN_IN, 507 ERR_FULL, 503 and 504 ERR_UNAVAILABLE, others ERR_REFUSED; a node that does not
 * answer is ERR_UNAVAILABLE. */
enum err client_send(struct client *client, const struct client_request *request, struct client_answer *ret_answer) MUST_USE;

/* Opens, sends one request with a JSON body (NULL: none), and closes. Errors as in the two. */
enum err client_ask(const struct client_options *options, const char *method, const char *path, const json_t *body,
		    struct client_answer *ret_answer) MUST_USE;

/* "/api/v1/", head, "/", id percent-encoded, tail; lives in the arena. */
enum err client_id_path(struct arena *arena, const char *head, const char *id, const char *tail, const char **ret_path) MUST_USE;

/* Reads an answer that goes on, line by line (without its end), until it ends or take answers false. token: of a session.
 * ERR_OK when take ended it; otherwise as client_send. */
enum err client_stream(struct client *client, const char *path, const char *token, bool (*take)(void *context, struct slice line),
		       void *context) MUST_USE;

/* A whole command that asks and shows: takes the common options out of argv, asks GET /api/v1/PATH, with an operand
 * /api/v1/PATH/ID, then tail. complaint is told when there are not so many operands (0 or 1); NULL: more are passed over.
 * Answers the exit code, the JSON being printed with --json; or -1: go on and show the answer. */
int client_fetch(int *argc, char **argv, int operands, const char *complaint, const char *path, const char *tail,
		 struct client_answer *answer);

/* A whole command that removes the one thing its operand names: DELETE /api/v1/PATH/ID. Answers the exit code. */
int client_remove(int argc, char **argv, const char *complaint, const char *path);

/* Appends text percent-encoded for use inside a query or path segment. */
void client_put_encoded(struct buf *path, const char *text);

/* Prints the answer's JSON (indented) on stdout. */
void client_print_json(const struct client_answer *answer);

#endif
