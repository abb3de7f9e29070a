/* Error codes of the whole system.
 *
 * A fallible function returns enum err and its result must be used; outputs come last, are named ret_x and stay
 * untouched on failure. A denial is a verdict, never an error; an error is never mapped to a permit. */
#ifndef BICES_BASE_ERR_H
#define BICES_BASE_ERR_H

/* name, text for people, exit code of the command line (contract 9.2) */
#define ERR_TABLE(X) \
	X(ERR_OK, "done", 0) \
	X(ERR_MALFORMED, "the input is malformed", 2) \
	X(ERR_TOO_LARGE, "the input exceeds a limit", 2) \
	X(ERR_UNSUPPORTED, "not supported", 2) \
	X(ERR_USAGE, "the call is wrong", 2) \
	X(ERR_UNKNOWN, "unknown policy, classification or value", 1) \
	X(ERR_INVALID, "well formed, but not valid", 1) \
	X(ERR_AMBIGUOUS, "more than one meaning", 1) \
	X(ERR_NOT_FOUND, "no such object", 1) \
	X(ERR_CONFLICT, "it changed meanwhile", 1) \
	X(ERR_UNSEEN, "look at it first", 3) \
	X(ERR_REFUSED, "refused", 3) \
	X(ERR_SIGN_IN, "sign-in failed", 3) \
	X(ERR_UNAVAILABLE, "a part of the node does not answer", 3) \
	X(ERR_FULL, "no space left", 3) \
	X(ERR_IO, "input or output failed", 3) \
	X(ERR_MEMORY, "out of memory", 3) \
	X(ERR_CRYPTO, "a signature or seal does not verify", 3) \
	X(ERR_INTERNAL, "an internal fault", 3)

enum err {
#define X(name, text, code) name,
	ERR_TABLE(X)
#undef X
	ERR_COUNT
};

#define MUST_USE __attribute__((warn_unused_result))

/* The only macro that hides a return: passes an error on to the caller. */
#define TRY(call) \
	do { \
		enum err try_err_ = (call); \
		if (try_err_ != ERR_OK) \
			return try_err_; \
	} while (0)

/* One sentence for people, static storage. Any value outside the table reads as ERR_INTERNAL. */
const char *err_text(enum err err);

/* Exit code of the command line for this error: 0, 1, 2 or 3. */
int err_exit_code(enum err err);

/* The verdict of every decision. Zero always means deny. */
enum verdict { VERDICT_DENY = 0, VERDICT_PERMIT = 1 };

#endif
