/* Every message between the processes of one node: its number, its shape and who may send it to whom.
 *
 * A request carries a number chosen by its sender; the answer repeats it. Whatever cannot be done is answered with
 * MSG_REFUSED. A message that the table does not allow on a channel, does not decode, or has trailing octets ends the
 * peer. Text for people in MSG_REFUSED is written for the one who asked; ERR_NOT_FOUND carries none. */
#ifndef BICES_IPC_MESSAGES_H
#define BICES_IPC_MESSAGES_H

#include "base/limits.h"
#include "base/record.h"

enum role { ROLE_MASTER, ROLE_FRONT, ROLE_STORE, ROLE_PARSE, ROLE_GUARD, ROLE_SEAL, ROLE_LEDGER, ROLE_LINK, ROLE_COUNT };
const char *role_name(enum role role); /* "master", "front", … */

enum { SESSION = 32 };

/* number, name, struct suffix, senders, receivers (bit sets of 1 << enum role) */
#define R(role) (1u << ROLE_##role)
#define R_ALL (R(FRONT) | R(STORE) | R(PARSE) | R(GUARD) | R(SEAL) | R(LEDGER) | R(LINK))
#define MESSAGE_TABLE(X) \
	/* master and everybody */ \
	X(1, GIVE, give, R(MASTER), R_ALL)             /* one named descriptor, attached */ \
	X(2, BEGIN, begin, R(MASTER), R_ALL)           /* all is given: confine yourself, then work */ \
	X(3, READY, ready, R_ALL, R(MASTER)) \
	X(4, NEIGHBOR, neighbor, R(MASTER), R_ALL)     /* a channel to another role, attached; replaces an older one */ \
	X(5, STOP, empty, R(MASTER), R_ALL) \
	X(6, REFUSED, refused, R_ALL, R_ALL | R(MASTER)) /* answer to any request */ \
	X(7, DONE, empty, R_ALL, R_ALL | R(MASTER))    /* answer without a body */ \
	X(8, ROLES, roles, R(MASTER), R_ALL)           /* which roles are up; after each change */ \
	X(9, ACCUSE, neighbor, R_ALL, R(MASTER))       /* that neighbour broke the protocol: end it */ \
	/* users: front asks, store answers */ \
	X(20, SIGN_IN, sign_in, R(FRONT), R(STORE)) \
	X(21, SESSION, session, R(STORE), R(FRONT)) \
	X(22, SIGN_OUT, ask, R(FRONT), R(STORE)) \
	X(23, PUT, put, R(FRONT), R(STORE)) \
	X(24, PUT_DONE, put_done, R(STORE), R(FRONT)) \
	X(25, PLAN_SHOWN, plan_shown, R(STORE), R(FRONT)) \
	X(26, GET, ask_object, R(FRONT), R(STORE)) \
	X(27, OBJECT, object, R(STORE), R(FRONT)) \
	X(28, SEARCH, search, R(FRONT), R(STORE)) \
	X(29, HITS, hits, R(STORE), R(FRONT)) \
	X(30, PAGE, page, R(FRONT), R(STORE))          /* TAXII: objects, manifest, versions */ \
	X(31, PAGE_DONE, page_done, R(STORE), R(FRONT)) \
	X(32, COLLECTIONS, ask, R(FRONT), R(STORE)) \
	X(33, COLLECTIONS_DONE, collections_done, R(STORE), R(FRONT)) \
	X(34, RELEASE_LIST, ask, R(FRONT), R(STORE)) \
	X(35, RELEASES, releases, R(STORE), R(FRONT)) \
	X(36, RELEASE_SHOW, ask_object, R(FRONT), R(STORE)) \
	X(37, RELEASE_SHOWN, release_shown, R(STORE), R(FRONT)) \
	X(38, RELEASE_DECIDE, release_decide, R(FRONT), R(STORE)) \
	X(39, RECALL, recall, R(FRONT), R(STORE)) \
	X(40, RECALL_STATUS, ask_object, R(FRONT), R(STORE)) \
	X(41, HOLDERS, holders, R(STORE), R(FRONT)) \
	X(42, STATUS, ask, R(FRONT), R(STORE)) \
	X(43, STATUS_DONE, status_done, R(STORE), R(FRONT)) \
	X(44, PROOF, ask_object, R(FRONT), R(STORE)) \
	X(45, TEXT, text, R_ALL, R_ALL)                /* an answer that is one text */ \
	X(46, USER_SET, user_set, R(FRONT), R(STORE)) \
	X(47, USERS, ask, R(FRONT), R(STORE)) \
	X(48, USERS_DONE, users_done, R(STORE), R(FRONT)) \
	X(49, DELETE, ask_object, R(FRONT), R(STORE))  /* TAXII: what the caller posted itself */ \
	X(50, METRICS, empty, R(FRONT), R(STORE)) \
	X(51, AUDIENCE, ask_object, R(FRONT), R(STORE)) /* PLAN_SHOWN: who has or may have which portion */ \
	X(52, WITHDRAW, withdraw, R(FRONT), R(STORE)) \
	X(53, WITHDRAW_STATUS, ask_object, R(FRONT), R(STORE)) \
	X(54, WITHDRAWALS, withdrawals, R(STORE), R(FRONT)) \
	X(55, VERSIONS, ask_object, R(FRONT), R(STORE)) /* PAGE_DONE: the versions of an object that the reader sees, without renditions */ \
	X(56, GRAPH, ask_graph, R(FRONT), R(STORE))    /* what is linked to an object, under the reader's view */ \
	X(57, GRAPH_DONE, graph, R(STORE), R(FRONT)) \
	X(112, LENS, lens, R(FRONT), R(STORE))         /* SESSION: reads as that nation would, of what was released to it */ \
	X(120, TOKEN_MAKE, token_make, R(FRONT), R(STORE)) \
	X(121, TOKEN_MADE, token_made, R(STORE), R(FRONT)) \
	X(122, TOKENS, ask, R(FRONT), R(STORE)) \
	X(123, TOKENS_DONE, tokens_done, R(STORE), R(FRONT)) \
	X(124, TOKEN_REVOKE, token_revoke, R(FRONT), R(STORE)) \
	X(125, SAVED_SEARCHES, ask, R(FRONT), R(STORE)) \
	X(126, SAVED_SEARCHES_DONE, saved_searches_done, R(STORE), R(FRONT)) \
	X(127, SAVED_SEARCH_PUT, saved_search_put, R(FRONT), R(STORE)) /* an empty query: forget it */ \
	X(110, WATCH, watch, R(FRONT), R(STORE))       /* what changed for this reader; asked at every beat of his stream */ \
	X(111, WATCHED, watched, R(STORE), R(FRONT)) \
	/* warnings and next steps, all under the reader's view */ \
	X(140, WARNINGS, ask, R(FRONT), R(STORE)) \
	X(141, WARNINGS_DONE, warnings, R(STORE), R(FRONT)) \
	X(142, WARNING_SHOW, ask_object, R(FRONT), R(STORE)) /* WARNINGS_DONE with one problem, in full */ \
	X(143, ALERTS, ask, R(FRONT), R(STORE)) \
	X(144, ALERTS_DONE, alerts, R(STORE), R(FRONT)) \
	X(145, ALERT_ACT, act, R(FRONT), R(STORE))     /* acknowledge, close */ \
	X(146, STEPS, steps_ask, R(FRONT), R(STORE))   /* decisions, tasks, outcomes, watch log, requirements */ \
	X(147, STEPS_DONE, steps, R(STORE), R(FRONT)) \
	X(148, CHAIN, ask_object, R(FRONT), R(STORE)) \
	X(149, CHAIN_DONE, chain, R(STORE), R(FRONT)) \
	X(150, INBOX, ask, R(FRONT), R(STORE)) \
	X(151, INBOX_DONE, inbox, R(STORE), R(FRONT)) \
	X(152, SNOOZE, act, R(FRONT), R(STORE))        /* until 0: take it back */ \
	X(153, HAND_OVERS, ask, R(FRONT), R(STORE)) \
	X(154, HAND_OVERS_DONE, hand_overs, R(STORE), R(FRONT)) \
	X(155, HAND_OVER, act, R(FRONT), R(STORE))     /* offer, accept, refuse, withdraw */ \
	X(156, HAND_OVER_DONE, hand_over_done, R(STORE), R(FRONT)) \
	X(58, PLACES, ask_places, R(FRONT), R(STORE))  /* what has a place in an area and a time, under the reader's view */ \
	X(59, PLACES_DONE, places, R(STORE), R(FRONT)) \
	/* publication and release: store asks, guard decides */ \
	X(60, PLAN, plan, R(STORE), R(GUARD)) \
	X(61, PLAN_DONE, plan_done, R(GUARD), R(STORE)) \
	X(62, PUBLISH, publish, R(STORE), R(GUARD)) \
	X(63, PUBLISHED, published, R(GUARD), R(STORE)) \
	X(64, RELEASE, release, R(STORE), R(GUARD)) \
	X(65, RELEASED, released, R(GUARD), R(STORE)) \
	X(66, ORDER_RECALL, order, R(STORE), R(GUARD)) /* recall, withdrawal: ORDERED */ \
	X(69, ORDERED, ordered, R(GUARD), R(STORE))    /* the nations whose control feed holds it; the others are asked for again */ \
	X(67, SEAL, seal, R(GUARD), R(SEAL))           /* token and rendition, or control entry */ \
	X(68, SEALED, sealed_done, R(SEAL), R(GUARD)) \
	/* parked frames: seal makes them, store keeps them, link carries them */ \
	X(70, PARK, park, R(SEAL), R(STORE))           /* DONE once durable */ \
	X(71, HEADS, empty, R(SEAL), R(STORE)) \
	X(72, HEADS_DONE, heads, R(STORE), R(SEAL)) \
	X(73, UNPARK, unpark, R(SEAL), R(STORE)) \
	X(74, UNPARKED, unparked, R(STORE), R(SEAL)) \
	X(75, ADMIT, admit, R(SEAL), R(STORE))         /* an opened frame; DONE once durable */ \
	X(76, ACKNOWLEDGED, positions, R(SEAL), R(STORE)) /* a peer's checkpoint, verified; no answer */ \
	X(77, RECEIPT, receipt, R(STORE), R(SEAL))     /* a recall was applied: tell its originator */ \
	X(78, PEERS, peers, R(SEAL), R(STORE))         /* who is connected; no answer */ \
	X(82, FEEDS, feeds, R(SEAL), R(GUARD))         /* what can be sealed now; when it changes; no answer */ \
	/* the wire */ \
	X(80, WIRE, wire, R(SEAL) | R(LINK), R(SEAL) | R(LINK)) /* one record for or from a peer; no answer */ \
	X(81, PEER_STATE, peer_state, R(LINK), R(SEAL)) \
	/* ledger */ \
	X(90, RECORD, record, R(STORE) | R(GUARD) | R(SEAL) | R(MASTER), R(LEDGER)) \
	X(91, RECORDED, recorded, R(LEDGER), R(STORE) | R(GUARD) | R(SEAL) | R(MASTER)) \
	X(92, REPLAY, replay, R(GUARD) | R(SEAL), R(LEDGER)) \
	X(93, REPLAYED, replayed, R(LEDGER), R(GUARD) | R(SEAL)) \
	X(94, PROVE, prove, R(STORE), R(LEDGER))       /* TEXT: a tlog proof with the record */ \
	X(95, TREE, ask_tree, R(SEAL) | R(STORE), R(LEDGER)) \
	X(96, TREE_DONE, tree, R(LEDGER), R(SEAL) | R(STORE)) \
	X(97, WITNESS, tree, R(SEAL) | R(STORE), R(LEDGER)) /* a checkpoint of our ledger that somebody holds; DONE or REFUSED: rolled back. From the store at each start, empty when it holds none: before it nothing is released */ \
	/* foreign documents */ \
	X(100, INDEX, octets, R(STORE), R(PARSE))      /* a rendition: what to index */ \
	X(101, INDEXED, indexed, R(PARSE), R(STORE)) \
	X(102, LABEL_XML, octets, R(FRONT), R(PARSE))  /* 4774 label or binding: TEXT with the compact form */ \
	X(103, COMPILE, octets, R(MASTER), R(PARSE))   /* SPIF: octets answered */ \
	X(104, OCTETS, octets, R(PARSE), R(MASTER) | R(STORE) | R(FRONT))

enum message_type {
#define X(number, name, shape, from, to) MSG_##name = number,
	MESSAGE_TABLE(X)
#undef X
};

/* The shape of a message, or NULL when the table does not allow it from this role to that role. */
const struct schema *message_schema(enum message_type type, enum role from, enum role to);
const char *message_name(uint16_t type); /* "?" for an unknown number */

/* ---- shapes ---- every slice borrows from the message */

struct msg_empty { uint8_t nothing; };

/* Which descriptors a role is given, and under which names, is the table in proc/master/gifts.c. */
struct msg_give { struct slice name; };
struct msg_begin {
	struct slice nation, realm;
	uint8_t degraded;
	uint32_t user_id; /* to drop to; 0 in degraded mode */
};
struct msg_ready { struct slice layers; /* names of the layers in force, separated by one space */ };
struct msg_neighbor { uint8_t role; };
struct msg_roles { uint32_t up, held; }; /* bit sets of 1 << enum role */
struct msg_refused {
	uint8_t err;       /* enum err, never ERR_OK */
	struct slice text; /* for people; what and what to do */
	uint32_t line;     /* of the input, or 0 */
};
struct msg_text { struct slice text; };
struct msg_octets { struct slice octets; };

struct msg_sign_in {
	struct slice user, password; /* both empty with a certificate */
	struct slice certificate_uri; /* "bices://KOR/user/analyst", verified by front */
	uint8_t transient; /* 1: credentials with each request (Basic): answer from the cache, no ledger flood */
	struct slice token; /* TOKEN_SECRET octets of a tool's token, or empty; then all above but transient are */
};
struct msg_session {
	uint8_t session[SESSION];
	struct slice user, roles; /* roles: names separated by one space */
	struct slice clearance;   /* compact lines: what the page shows of it */
	uint64_t expires;         /* ms */
};
struct msg_ask { uint8_t session[SESSION]; };
struct msg_lens { uint8_t session[SESSION]; struct slice nation; };
struct msg_ask_object {
	uint8_t session[SESSION];
	struct slice id;
	struct slice version; /* "modified" of one version, or empty: as seen now */
	struct slice collection; /* TAXII, or empty */
};

/* A portion as offered: ids and times are given by the store. */
struct offered_portion {
	uint8_t kind;        /* enum portion_kind */
	struct slice label;  /* compact */
	struct slice content;
	struct slice index_text; /* what search finds of it; may be empty */
	struct slice target;     /* reference: target object id */
	uint8_t mandatory;       /* reference */
	struct slice places;     /* head: encoded, as in object/place.h */
	uint8_t blob_sha256[32];
	uint32_t line;           /* of the input, for messages */
	struct slice gist;       /* exploit/problem.h, encoded; may be empty */
};
struct offered_object {
	struct slice id;   /* empty: the store draws one of the type */
	struct slice type;
	struct slice title;
	uint64_t created, modified; /* ms; 0: now */
	struct record_list portions; /* struct offered_portion, head first, reading order */
	struct slice version; /* `modified` as written, where it has not three decimals */
};
struct msg_put {
	uint8_t session[SESSION];
	uint8_t precedence; /* enum lane */
	uint8_t dry_run;
	struct slice replaces;   /* object id or empty */
	struct slice collection; /* channel, or empty */
	struct record_list objects; /* struct offered_object */
};
struct id_item { struct slice id; };
struct msg_put_done { struct record_list ids; uint64_t waiting; /* how many objects wait for a release officer */ };

/* Who would see what: one row per portion; answers is one octet per nation in the order of nations. */
enum plan_answer { PLAN_NEVER = 0, PLAN_AT_ONCE = 1, PLAN_WAITS = 2, PLAN_HEAD_DENIED = 3, /* permitted, but the head is not */
	PLAN_SENT = 4, PLAN_REFUSED = 5, /* it went; a release officer or guard said no */
	PLAN_WITHDRAWN = 6, /* taken back, for good */
	PLAN_WAITS_TWO = 7 /* waits, for two release officers */ };
struct plan_row { struct slice id; uint8_t kind; struct slice label, marking, excerpt; struct slice answers;
	uint32_t number; /* of the portion, as release officers name it: from 1, in reading order; 0: the head, or no number */ };
struct nation_item { struct slice name; };
struct msg_plan_shown { struct record_list nations; struct record_list rows; };

struct msg_object {
	struct slice rendition; /* encoded */
	uint64_t admitted, modified; /* ms */
	struct slice originator;
	uint8_t own; /* 1: this node is the originator */
};

struct msg_search {
	uint8_t session[SESSION];
	struct slice text, type, cursor; /* all may be empty */
	uint64_t since; /* ms of admission; 0: all */
	uint32_t limit; /* 1 to LIMIT_SEARCH_RESULTS */
	uint8_t count_only;
	uint8_t facets; /* 1: fill them */
	struct slice originator, label; /* of the head, compact; both may be empty */
};
struct hit { struct slice id, type, title, label /* of the head */, originator, snippet; uint64_t admitted, modified;
	struct slice snippet_label; /* of the portion that the snippet is from; a snippet without one is not shown */ };
struct facet { struct slice name, value; uint64_t count; };
struct msg_hits { uint64_t count; struct record_list hits; struct record_list facets; struct slice next; };

/* Links around an object. Nodes are objects; a relationship object is a line between the two that it joins, and is a node
 * only where it was asked for itself. */
struct msg_ask_graph {
	uint8_t session[SESSION];
	struct slice id;         /* the centre */
	struct slice type;       /* only neighbours of this type; empty: all */
	uint8_t depth;           /* 0 to LIMIT_GRAPH_DEPTH: steps from the centre; 0: no new neighbours */
	uint32_t limit;          /* nodes in all, 1 to LIMIT_GRAPH_NODES */
	struct record_list also; /* struct id_item: nodes to keep in the picture; one that is not visible is passed over */
};
struct graph_node { struct slice id, type, title, label /* of the head */, originator; uint8_t depth;
	uint64_t linked; /* how many visible objects are linked to it, drawn or not */ };
struct graph_kind { uint32_t node; struct slice type; uint64_t count; }; /* the same, by type; node: place in nodes */
struct graph_edge {
	uint32_t from, to;       /* places in nodes */
	struct slice id, title;  /* of the relationship object; empty: an embedded reference */
	struct slice reference;  /* content of a reference portion: the one embedded, or the relationship's first */
	struct slice label;      /* of the portion it lies in */
};
struct msg_graph { struct record_list nodes, kinds, edges; uint8_t more; /* edges beyond LIMIT_GRAPH_EDGES are left out */ };

/* Places on a map. Angles as in object/place.h; west above east: the area crosses the 180th meridian. */
struct msg_ask_places {
	uint8_t session[SESSION];
	uint32_t south, west, north, east;
	uint64_t since, until; /* ms; a place counts that holds at any moment of it; until 0: no end */
	uint32_t limit;        /* objects, 1 to LIMIT_MAP_FEATURES */
};
struct position { uint32_t latitude, longitude; uint64_t since, until; };
struct placed_object { struct slice id, type, title, label /* of the head */, originator, symbol;
	struct record_list positions; /* struct position, ascending by since */ };
struct msg_places { struct record_list objects; /* newest first */ uint8_t more; };

/* TAXII 2.1 pages. Lists of a match filter are separated by commas, as in the query. Without a collection: of all that the
 * reader sees, for persons only. */
struct msg_page {
	uint8_t session[SESSION];
	struct slice collection, added_after_text, next;
	uint64_t added_after; /* microseconds, exclusive; 0: all */
	uint32_t limit;
	struct slice match_id, match_type, match_version, match_spec_version;
	uint8_t manifest_only;
};
struct page_item { struct slice id; uint64_t added /* microseconds */, modified; struct slice rendition; /* empty for a manifest */
	struct slice version; /* as written, or empty: modified with three decimals */ };
struct msg_page_done { uint8_t more; struct slice next; struct record_list items; };
struct collection { struct slice id, title, description, alias; uint8_t can_read, can_write; struct slice default_label; };
struct msg_collections_done { struct record_list collections; struct slice user; /* who asks */ };

struct release_item { struct slice id, title, marking, author, nations; uint64_t since; uint32_t portions;
	uint8_t persons;       /* how many must approve: 1 or 2 */
	struct slice approver; /* who did so already, of two; or empty */ };
struct msg_releases { struct record_list items; };
struct msg_release_shown { struct slice id, title, author; uint64_t since; struct record_list nations; struct record_list rows;
	struct slice precedents; /* text, one a line */
	uint8_t digest[32]; /* of what was shown: a decision names it */
	uint8_t persons; struct slice approver; /* as in the list */ };
struct msg_release_decide { uint8_t session[SESSION]; struct slice id; uint8_t approve; struct slice reason;
	uint8_t digest[32]; /* as shown; zero: what this officer was shown last. ERR_UNSEEN when he was shown nothing */ };
struct msg_recall { uint8_t session[SESSION]; struct slice id; struct slice reason; };
/* portions: numbers as shown, nations: names, each separated by one space; or "all". */
struct msg_withdraw { uint8_t session[SESSION]; struct slice id, portions, nations, reason;
	uint8_t digest[32]; /* as in RELEASE_DECIDE; needed for numbers only */ };
enum holder_state { HOLDER_OUTSTANDING = 0, HOLDER_RECEIPTED = 1 };
struct holder { struct slice nation; uint8_t state; uint64_t at; uint64_t copies; };
struct msg_holders { struct slice id; uint64_t ordered; struct record_list holders; };
/* One portion taken back from one nation. number: in the version the reader sees; 0: the head, or not in it any more. */
struct withdrawal { struct slice nation; uint32_t number; uint8_t kind, state; /* enum holder_state */ uint64_t ordered, at;
	struct slice label; };
struct msg_withdrawals { struct slice id; struct record_list items; };

struct peer_status { struct slice nation; uint8_t connected; uint64_t backlog, sent, received, last_receipt; };
struct role_status { struct slice role; uint8_t up; };
struct msg_status_done { struct slice nation, realm; uint64_t objects_visible, waiting; struct record_list peers, roles;
	uint64_t ledger_size; uint8_t degraded; struct slice notice;
	uint8_t numbers; /* 1: the ledger's size and the peers' counts and times are filled: only for those whose duty is the node */ };

/* How far a stream was told; all zero: it begins. Never leaves the node: it tells of what is hidden. */
struct watch_mark { uint64_t rows, shown, waiting, recalls, writes, node; };
struct msg_watch { uint8_t session[SESSION]; struct record_list marks; /* one struct watch_mark, or none: it begins */ };
struct msg_watched { struct record_list marks; /* one */
	struct record_list ids; /* struct id_item: objects with something new */
	uint8_t more, gone, releases, recalls, node; /* 1: there are others; something is not there any more; these changed */ };

struct msg_user_set { uint8_t session[SESSION]; struct slice user, password, roles, clearance; uint8_t remove; };
/* Tokens of tools: each acts as the user who made it, within collections, over TAXII only. */
enum { TOKEN_SECRET = 32 };
struct msg_token_make { uint8_t session[SESSION]; struct slice name; struct slice scope; /* ids or aliases of collections,
	separated by one space; empty: all */ uint8_t writes; uint32_t days; };
struct msg_token_made { uint64_t id; uint8_t secret[32]; uint64_t expires; };
struct token_item { uint64_t id; struct slice user, name, scope; uint8_t writes; uint64_t created, expires; };
struct msg_tokens_done { struct record_list tokens; };
struct msg_token_revoke { uint8_t session[SESSION]; uint64_t id; };

struct saved_search { struct slice name, query; uint64_t opened; };
struct msg_saved_searches_done { struct record_list searches; };
struct msg_saved_search_put { uint8_t session[SESSION]; struct slice name, query; };

struct user_item { struct slice user, roles, clearance; };
struct msg_users_done { struct record_list users; };

/* Warnings and next steps. Levels and states are names. */
struct evidence_item { uint16_t indicator; struct slice id, title, label, originator; uint64_t seen, admitted; uint8_t calm; };
struct indicator_item {
	struct slice id, question, owner, source, scenario, rule;
	uint64_t age_limit, within, last;
	uint32_t weight, seen, of, nations, sources, nations_needed, sources_needed;
	uint8_t critical, state; /* state: enum indicator_state */
};
struct level_item { struct slice name, when; uint8_t holds; };
struct change_item { uint64_t at; struct slice level, cause; uint32_t known; };
struct authority_item { struct slice nation, role; };
struct cause_item { struct slice indicator, question, evidence; uint8_t state; };
enum alert_state { ALERT_OPEN = 0, ALERT_ACKNOWLEDGED = 1, ALERT_DECIDED = 2, ALERT_CLOSED = 3 };
struct alert_item {
	struct slice id, problem, title, label, was, level, by, reason;
	uint8_t rising, precedence, state;
	uint64_t at, acknowledged, closed;
	struct record_list causes, decisions; /* struct cause_item, struct id_item */
};
struct warning_item {
	struct slice id, title, label, question, owner, originator, level, at_most, was;
	uint64_t since;
	uint32_t met, not_met, unknown, weight, nations, sources, alerts;
	uint8_t complete, rank;    /* 0: not everything held was weighed yet; place of the level */
	struct record_list levels; /* struct level_item, from the lowest */
};
struct msg_warnings {
	struct record_list items; /* struct warning_item */
	/* of one problem in full; scenarios: struct level_item */
	struct record_list authorities, scenarios, indicators, evidence, history, alerts;
};
struct msg_alerts { struct record_list items; };
enum act { ACT_ACKNOWLEDGE = 1, ACT_CLOSE = 2, ACT_OFFER = 3, ACT_ACCEPT = 4, ACT_REFUSE = 5, ACT_WITHDRAW = 6, ACT_SNOOZE = 7 };
struct msg_act { uint8_t session[SESSION]; uint8_t act; struct slice id, text, to; uint64_t until; };
struct trait_item { struct slice name, value; };
struct step_item {
	struct slice id, type, title, label, originator, state, holder;
	uint64_t created, modified;
	struct record_list traits, refs, outcomes; /* struct trait_item, struct id_item, struct id_item */
};
struct msg_steps_ask { uint8_t session[SESSION]; struct slice type, about, state; };
struct msg_steps { struct record_list items; };
enum stage { STAGE_REQUIREMENT = 0, STAGE_EVIDENCE = 1, STAGE_WARNING = 2, STAGE_DECISION = 3, STAGE_TASK = 4, STAGE_OUTCOME = 5 };
struct link_item {
	struct slice id, type, title, label, originator, level, state, owner, due;
	uint64_t at;
	uint8_t stage, own, digest[32]; /* digest: of the manifest seen */
};
struct arrow_item { uint32_t from, to; /* places */ uint8_t relation; /* enum stage of from, or 6: basis */ };
struct msg_chain { struct record_list links, arrows; };
struct inbox_item { struct slice key, kind, id, title, label, due, state, text; uint8_t precedence; uint64_t at, snoozed; };
struct msg_inbox { struct record_list items; };
struct charge_item { struct slice key, kind, id, title, label, holder, why; };
enum hand_over_state { HAND_OVER_OFFERED = 0, HAND_OVER_ACCEPTED = 1, HAND_OVER_REFUSED = 2, HAND_OVER_WITHDRAWN = 3 };
struct hand_over_item {
	struct slice id, from, to, entry;
	uint8_t state;
	uint64_t at, ended;
	struct record_list items; /* struct charge_item */
};
struct msg_hand_overs { struct record_list watch, mine, items; /* struct id_item: users; struct charge_item; struct hand_over_item */ };
struct msg_hand_over_done { struct slice id, text; uint8_t refused; struct record_list items; /* what goes, or what would be left */ };

/* store → guard */
struct label_item { struct slice label; };
struct msg_plan { struct slice author, roles, type; struct record_list labels; /* struct label_item, head first */ };
struct msg_plan_done { struct record_list nations; struct slice answers; /* labels × nations, row by row: enum plan_answer */ };
struct msg_publish {
	struct slice author, object_id, realm;
	uint64_t after; /* issued must be later than this */
	struct record_list portions; /* struct portion_item, encoded portions with changed == 0 meaning "now" already filled by the store */
};
struct portion_item { struct slice portion; };
struct msg_published { struct slice manifest; uint8_t signature[64]; struct slice salts; /* 32 octets a portion */ uint64_t issued;
	uint64_t ledger_size; struct slice checkpoint; /* of the ledger that holds its record: to be kept with it */ };
struct msg_release {
	struct slice recipient, author, roles, approver, approver2;
	struct slice writers; /* everybody who ever wrote of it, separated by one space: none of them may approve */
	uint8_t precedence;
	struct slice rendition;
};
struct msg_released { uint64_t ledger_index; uint8_t object_digest[32]; uint64_t ledger_size; struct slice checkpoint; /* as above */ };
struct msg_order { uint8_t kind; /* enum control_kind */ struct slice user, object_id, portion_ids, reason;
	struct record_list nations; /* struct nation_item: who ever got a token for it */ };
struct msg_ordered { struct record_list nations; /* struct nation_item */ };
struct msg_feeds { uint8_t serving, releasing; /* anything at all; data */ struct record_list frozen; /* struct nation_item: nothing goes there */ };
struct msg_seal {
	struct slice recipient;
	uint8_t feed, lane;
	struct slice token;      /* data */
	struct slice body;       /* rendition or control entry */
	struct slice proof;      /* inclusion proof: 32 octets a hash */
	struct slice checkpoint; /* signed note of the ledger */
	uint64_t ledger_index;
	struct slice record;     /* as the ledger holds it: seal reads it and makes the leaf itself */
	uint8_t salt[32];        /* of its leaf */
};
struct msg_sealed_done { uint64_t seq; };

/* seal ↔ store */
struct msg_park { struct slice peer; uint8_t feed, lane; uint64_t seq; struct slice object_id; uint8_t object_digest[32]; struct slice frame; };
struct head { struct slice peer; uint8_t feed, lane; uint64_t seq; uint8_t digest[32]; uint64_t acknowledged; };
struct msg_heads { struct record_list sent; struct record_list received; /* struct head */ };
struct msg_unpark { struct slice peer; uint8_t feed, lane; uint64_t from_seq; uint32_t count; };
struct frame_item { struct slice frame; };
struct msg_unparked { struct slice peer; uint8_t feed, lane; struct record_list frames; };
struct msg_admit { struct slice peer; uint8_t feed, lane; uint64_t seq; uint8_t digest[32]; struct slice body; struct slice token; uint64_t sent; };
struct msg_positions { struct slice peer; struct record_list heads; uint64_t at; };
struct msg_receipt { struct slice peer, object_id; uint64_t copies; struct slice portion_ids; /* withdrawn; empty: a recall */ };
struct msg_peers { struct record_list peers; /* struct peer_status, only nation and connected */ };

/* seal ↔ link */
struct msg_wire { struct slice peer; uint8_t inbound; /* 1: on the connection the peer opened to us */ struct slice octets; };
struct msg_peer_state { struct slice peer; uint8_t inbound, connected; };

/* ledger */
struct record_item { struct slice record; /* encoded struct ledger_record */ };
struct msg_record { struct record_list records; };
struct record_proof { uint64_t index; uint8_t leaf[32], salt[32]; /* of the leaf: SHA-256(0x00 || salt || record) */ struct slice proof; };
struct msg_recorded { uint64_t size; struct slice checkpoint; struct record_list proofs; };
struct msg_replay { uint64_t from_index; struct slice kinds; /* octets: enum ledger_kind */ };
struct replay_item { uint64_t index; struct slice record; };
struct msg_replayed { uint64_t next_index; uint64_t size; struct record_list items; /* no items: the end */ };
struct msg_prove { struct slice subject; struct slice digest; /* of a manifest: the record that published it; empty: the newest decision */ };
struct msg_ask_tree { uint64_t from_size; /* prove consistency from here; 0: no proof. ERR_INVALID beyond the tree */ };
struct msg_tree { uint64_t size; struct slice checkpoint; struct slice proof; /* answer only: 32 octets a hash */ };

/* parse */
struct indexed_portion { struct slice text; struct slice target; uint8_t mandatory; struct slice gist; struct slice places; /* as offered_portion */ };
struct msg_indexed { struct slice type, title; uint64_t created; struct record_list portions; /* in the rendition's order */
	struct slice version; /* `modified` as written in the head, or empty */ };

/* The body of a message, checked by the compiler: message_body_MSG_WIRE() takes a struct msg_wire and nothing else. */
#define X(number, name, shape, from, to) \
	static inline const void *message_body_MSG_##name(const struct msg_##shape *body) \
	{ \
		return body; \
	}
MESSAGE_TABLE(X)
#undef X

#endif
