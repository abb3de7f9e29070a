/* The shapes of all messages and who may send them, as tables. */
#include "ipc/messages.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { MANY = 100000, TEXT_MAX = 65536, OCTETS_MAX = LIMIT_RECORD_VALUE, PLAIN_TEXT = 4 * 1024 * 1024 };

/* Short forms for the tables below; T is the struct at hand. */
#define U(tag, member) RECORD_UINT_OPT(tag, struct T, member)
#define F(tag, member) RECORD_FIXED_OPT(tag, struct T, member)
#define B(tag, member, max) RECORD_BYTES_OPT(tag, struct T, member, max)
#define X(tag, member, max) RECORD_TEXT_OPT(tag, struct T, member, max)
#define L(tag, member, of) RECORD_LIST(tag, struct T, member, MANY, &of##_schema)
#define SHAPE(name) static const struct schema name##_schema = RECORD_SCHEMA(#name, struct T, name##_fields)

/* ---- items of lists ---- */

#define T id_item
static const struct field id_item_fields[] = {X(1, id, LIMIT_OBJECT_ID)};
SHAPE(id_item);
#undef T
#define T watch_mark
static const struct field watch_mark_fields[] = {U(1, rows), U(2, shown), U(3, waiting), U(4, recalls), U(5, writes), U(6, node)};
SHAPE(watch_mark);
#undef T
#define T nation_item
static const struct field nation_item_fields[] = {X(1, name, LIMIT_NATION)};
SHAPE(nation_item);
#undef T
#define T label_item
static const struct field label_item_fields[] = {X(1, label, LIMIT_LABEL_TEXT)};
SHAPE(label_item);
#undef T
#define T portion_item
static const struct field portion_item_fields[] = {B(1, portion, LIMIT_OBJECT_BYTES)};
SHAPE(portion_item);
#undef T
#define T frame_item
static const struct field frame_item_fields[] = {B(1, frame, OCTETS_MAX)};
SHAPE(frame_item);
#undef T
#define T record_item
static const struct field record_item_fields[] = {B(1, record, TEXT_MAX)};
SHAPE(record_item);
#undef T
#define T offered_portion
static const struct field offered_portion_fields[] = {
	U(1, kind), X(2, label, LIMIT_LABEL_TEXT), B(3, content, LIMIT_PORTION_BYTES), X(4, index_text, LIMIT_PORTION_BYTES),
	X(5, target, LIMIT_OBJECT_ID), U(6, mandatory), F(7, blob_sha256), U(8, line), B(9, gist, LIMIT_GIST),
	B(10, places, LIMIT_PLACES_BYTES)};
SHAPE(offered_portion);
#undef T
#define T offered_object
static const struct field offered_object_fields[] = {
	X(1, id, LIMIT_OBJECT_ID), X(2, type, LIMIT_OBJECT_ID), X(3, title, LIMIT_TITLE), U(4, created), U(5, modified),
	L(6, portions, offered_portion), X(7, version, LIMIT_USER)};
SHAPE(offered_object);
#undef T
#define T plan_row
static const struct field plan_row_fields[] = {
	X(1, id, LIMIT_OBJECT_ID), U(2, kind), X(3, label, LIMIT_LABEL_TEXT), X(4, marking, LIMIT_LABEL_TEXT),
	X(5, excerpt, LIMIT_TITLE), B(6, answers, LIMIT_NATIONS), U(7, number)};
SHAPE(plan_row);
#undef T
#define T hit
static const struct field hit_fields[] = {
	X(1, id, LIMIT_OBJECT_ID), X(2, type, LIMIT_OBJECT_ID), X(3, title, LIMIT_TITLE), X(4, label, TEXT_MAX),
	X(5, originator, LIMIT_NATION), X(6, snippet, TEXT_MAX), U(7, admitted), U(8, modified),
	X(9, snippet_label, LIMIT_LABEL_TEXT)};
SHAPE(hit);
#undef T
#define T facet
static const struct field facet_fields[] = {X(1, name, LIMIT_TITLE), X(2, value, LIMIT_LABEL_TEXT), U(3, count)};
SHAPE(facet);
#undef T
#define T graph_node
static const struct field graph_node_fields[] = {
	X(1, id, LIMIT_OBJECT_ID), X(2, type, LIMIT_OBJECT_ID), X(3, title, LIMIT_TITLE), X(4, label, LIMIT_LABEL_TEXT),
	X(5, originator, LIMIT_NATION), U(6, depth), U(7, linked)};
SHAPE(graph_node);
#undef T
#define T graph_kind
static const struct field graph_kind_fields[] = {U(1, node), X(2, type, LIMIT_OBJECT_ID), U(3, count)};
SHAPE(graph_kind);
#undef T
#define T graph_edge
static const struct field graph_edge_fields[] = {
	U(1, from), U(2, to), X(3, id, LIMIT_OBJECT_ID), X(4, title, LIMIT_TITLE), B(5, reference, TEXT_MAX),
	X(6, label, LIMIT_LABEL_TEXT)};
SHAPE(graph_edge);
#undef T
#define T position
static const struct field position_fields[] = {U(1, latitude), U(2, longitude), U(3, since), U(4, until)};
SHAPE(position);
#undef T
#define T placed_object
static const struct field placed_object_fields[] = {
	X(1, id, LIMIT_OBJECT_ID), X(2, type, LIMIT_OBJECT_ID), X(3, title, LIMIT_TITLE), X(4, label, LIMIT_LABEL_TEXT),
	X(5, originator, LIMIT_NATION), X(6, symbol, LIMIT_USER), L(7, positions, position)};
SHAPE(placed_object);
#undef T
#define T page_item
static const struct field page_item_fields[] = {
	X(1, id, LIMIT_OBJECT_ID), U(2, added), U(3, modified), B(4, rendition, LIMIT_OBJECT_BYTES),
	X(5, version, LIMIT_USER)};
SHAPE(page_item);
#undef T
#define T collection
static const struct field collection_fields[] = {
	X(1, id, LIMIT_USER), X(2, title, LIMIT_TITLE), X(3, description, LIMIT_TITLE), X(4, alias, LIMIT_USER),
	U(5, can_read), U(6, can_write), X(7, default_label, LIMIT_LABEL_TEXT)};
SHAPE(collection);
#undef T
#define T release_item
static const struct field release_item_fields[] = {
	X(1, id, LIMIT_OBJECT_ID), X(2, title, LIMIT_TITLE), X(3, marking, LIMIT_LABEL_TEXT), X(4, author, LIMIT_USER),
	X(5, nations, TEXT_MAX), U(6, since), U(7, portions), U(8, persons), X(9, approver, LIMIT_USER)};
SHAPE(release_item);
#undef T
#define T holder
static const struct field holder_fields[] = {X(1, nation, LIMIT_NATION), U(2, state), U(3, at), U(4, copies)};
SHAPE(holder);
#undef T
#define T withdrawal
static const struct field withdrawal_fields[] = {
	X(1, nation, LIMIT_NATION), U(2, number), U(3, kind), U(4, state), U(5, ordered), U(6, at), X(7, label, LIMIT_LABEL_TEXT)};
SHAPE(withdrawal);
#undef T
#define T peer_status
static const struct field peer_status_fields[] = {
	X(1, nation, LIMIT_NATION), U(2, connected), U(3, backlog), U(4, sent), U(5, received), U(6, last_receipt)};
SHAPE(peer_status);
#undef T
#define T role_status
static const struct field role_status_fields[] = {X(1, role, LIMIT_NATION), U(2, up)};
SHAPE(role_status);
#undef T
#define T saved_search
static const struct field saved_search_fields[] = {X(1, name, LIMIT_USER), X(2, query, LIMIT_SAVED_QUERY), U(3, opened)};
SHAPE(saved_search);
#undef T
#define T token_item
static const struct field token_item_fields[] = {
	U(1, id), X(2, user, LIMIT_USER), X(3, name, LIMIT_USER), X(4, scope, TEXT_MAX), U(5, writes), U(6, created), U(7, expires)};
SHAPE(token_item);
#undef T
#define T user_item
static const struct field user_item_fields[] = {X(1, user, LIMIT_USER), X(2, roles, LIMIT_TITLE), X(3, clearance, TEXT_MAX)};
SHAPE(user_item);
#undef T
#define T head
static const struct field head_fields[] = {
	X(1, peer, LIMIT_NATION), U(2, feed), U(3, lane), U(4, seq), F(5, digest), U(6, acknowledged)};
SHAPE(head);
#undef T
#define T record_proof
static const struct field record_proof_fields[] = {U(1, index), F(2, leaf), B(3, proof, 64 * 32), F(4, salt)};
SHAPE(record_proof);
#undef T
#define T replay_item
static const struct field replay_item_fields[] = {U(1, index), B(2, record, TEXT_MAX)};
SHAPE(replay_item);
#undef T
#define T indexed_portion
static const struct field indexed_portion_fields[] = {
	X(1, text, LIMIT_PORTION_BYTES), X(2, target, LIMIT_OBJECT_ID), U(3, mandatory), B(4, gist, LIMIT_GIST),
	B(5, places, LIMIT_PLACES_BYTES)};
SHAPE(indexed_portion);
#undef T

/* warnings and next steps */
#define T evidence_item
static const struct field evidence_item_fields[] = {
	U(1, indicator), X(2, id, LIMIT_OBJECT_ID), X(3, title, LIMIT_TITLE), X(4, label, LIMIT_LABEL_TEXT),
	X(5, originator, LIMIT_NATION), U(6, seen),
	U(7, admitted), U(8, calm)};
SHAPE(evidence_item);
#undef T
#define T indicator_item
static const struct field indicator_item_fields[] = {
	X(1, id, LIMIT_USER), X(2, question, LIMIT_RULE_TEXT), X(3, owner, LIMIT_RULE_TEXT),
	X(4, source, LIMIT_RULE_TEXT), X(5, scenario, LIMIT_RULE_TEXT), X(6, rule, TEXT_MAX),
	U(7, age_limit), U(8, within), U(9, last), U(10, weight), U(11, seen), U(12, of), U(13, nations),
	U(14, sources),
	U(15, nations_needed), U(16, sources_needed), U(17, critical), U(18, state)};
SHAPE(indicator_item);
#undef T
#define T level_item
static const struct field level_item_fields[] = {X(1, name, LIMIT_RULE_TEXT), X(2, when, TEXT_MAX), U(3, holds)};
SHAPE(level_item);
#undef T
#define T change_item
static const struct field change_item_fields[] = {
	U(1, at), X(2, level, LIMIT_RULE_TEXT), X(3, cause, LIMIT_USER), U(4, known)};
SHAPE(change_item);
#undef T
#define T authority_item
static const struct field authority_item_fields[] = {X(1, nation, LIMIT_RULE_TEXT), X(2, role, LIMIT_RULE_TEXT)};
SHAPE(authority_item);
#undef T
#define T cause_item
static const struct field cause_item_fields[] = {
	X(1, indicator, LIMIT_USER), X(2, question, LIMIT_RULE_TEXT), X(3, evidence, LIMIT_OBJECT_ID), U(4, state)};
SHAPE(cause_item);
#undef T
#define T alert_item
static const struct field alert_item_fields[] = {
	X(1, id, LIMIT_USER), X(2, problem, LIMIT_OBJECT_ID), X(3, title, LIMIT_TITLE),
	X(4, label, LIMIT_LABEL_TEXT), X(5, was, LIMIT_RULE_TEXT), X(6, level, LIMIT_RULE_TEXT),
	X(7, by, LIMIT_USER),
	X(8, reason, LIMIT_REASON), U(9, rising), U(10, precedence), U(11, state), U(12, at), U(13, acknowledged),
	U(14, closed),
	L(15, causes, cause_item), L(16, decisions, id_item)};
SHAPE(alert_item);
#undef T
#define T warning_item
static const struct field warning_item_fields[] = {
	X(1, id, LIMIT_OBJECT_ID), X(2, title, LIMIT_TITLE), X(3, label, LIMIT_LABEL_TEXT),
	X(4, question, LIMIT_TRAIT), X(5, owner, LIMIT_RULE_TEXT), X(6, originator, LIMIT_NATION),
	X(7, level, LIMIT_RULE_TEXT), X(8, at_most, LIMIT_RULE_TEXT), X(9, was, LIMIT_RULE_TEXT), U(10, since),
	U(11, met), U(12, not_met), U(13, unknown), U(14, weight),
	U(15, nations), U(16, sources), U(17, alerts), U(18, complete), U(19, rank), L(20, levels, level_item)};
SHAPE(warning_item);
#undef T
#define T trait_item
static const struct field trait_item_fields[] = {X(1, name, LIMIT_USER), X(2, value, LIMIT_TRAIT)};
SHAPE(trait_item);
#undef T
#define T step_item
static const struct field step_item_fields[] = {
	X(1, id, LIMIT_OBJECT_ID), X(2, type, LIMIT_OBJECT_ID), X(3, title, LIMIT_TITLE),
	X(4, label, LIMIT_LABEL_TEXT), X(5, originator, LIMIT_NATION), X(6, state, LIMIT_USER),
	X(7, holder, LIMIT_USER), U(8, created), U(9, modified), L(10, traits, trait_item), L(11, refs, id_item),
	L(12, outcomes, id_item)};
SHAPE(step_item);
#undef T
#define T link_item
static const struct field link_item_fields[] = {
	X(1, id, LIMIT_OBJECT_ID), X(2, type, LIMIT_OBJECT_ID), X(3, title, LIMIT_TITLE),
	X(4, label, LIMIT_LABEL_TEXT), X(5, originator, LIMIT_NATION), X(6, level, LIMIT_RULE_TEXT),
	X(7, state, LIMIT_USER), X(8, owner, LIMIT_TITLE), X(9, due, LIMIT_USER), U(10, at), U(11, stage),
	U(12, own), F(13, digest)};
SHAPE(link_item);
#undef T
#define T arrow_item
static const struct field arrow_item_fields[] = {U(1, from), U(2, to), U(3, relation)};
SHAPE(arrow_item);
#undef T
#define T inbox_item
static const struct field inbox_item_fields[] = {
	X(1, key, LIMIT_OBJECT_ID), X(2, kind, LIMIT_USER), X(3, id, LIMIT_OBJECT_ID), X(4, title, LIMIT_TITLE),
	X(5, label, LIMIT_LABEL_TEXT), X(6, due, LIMIT_USER), X(7, state, LIMIT_USER),
	X(8, text, LIMIT_TITLE), U(9, precedence), U(10, at), U(11, snoozed)};
SHAPE(inbox_item);
#undef T
#define T charge_item
static const struct field charge_item_fields[] = {
	X(1, key, LIMIT_OBJECT_ID), X(2, kind, LIMIT_USER), X(3, id, LIMIT_OBJECT_ID), X(4, title, LIMIT_TITLE),
	X(5, label, LIMIT_LABEL_TEXT), X(6, holder, LIMIT_USER), X(7, why, LIMIT_TITLE)};
SHAPE(charge_item);
#undef T
#define T hand_over_item
static const struct field hand_over_item_fields[] = {
	X(1, id, LIMIT_USER), X(2, from, LIMIT_USER), X(3, to, LIMIT_USER), X(4, entry, LIMIT_OBJECT_ID),
	U(5, state), U(6, at), U(7, ended), L(8, items, charge_item)};
SHAPE(hand_over_item);
#undef T

/* ---- messages ---- */

#define T msg_empty
static const struct field empty_fields[] = {U(1, nothing)};
SHAPE(empty);
#undef T
#define T msg_give
static const struct field give_fields[] = {X(1, name, LIMIT_USER)};
SHAPE(give);
#undef T
#define T msg_begin
static const struct field begin_fields[] = {X(1, nation, LIMIT_NATION), X(2, realm, LIMIT_REALM), U(3, degraded), U(4, user_id)};
SHAPE(begin);
#undef T
#define T msg_ready
static const struct field ready_fields[] = {X(1, layers, LIMIT_TITLE)};
SHAPE(ready);
#undef T
#define T msg_neighbor
static const struct field neighbor_fields[] = {U(1, role)};
SHAPE(neighbor);
#undef T
#define T msg_roles
static const struct field roles_fields[] = {U(1, up), U(2, held)};
SHAPE(roles);
#undef T
#define T msg_refused
static const struct field refused_fields[] = {U(1, err), X(2, text, TEXT_MAX), U(3, line)};
SHAPE(refused);
#undef T
#define T msg_text
static const struct field text_fields[] = {X(1, text, PLAIN_TEXT)};
SHAPE(text);
#undef T
#define T msg_octets
static const struct field octets_fields[] = {B(1, octets, OCTETS_MAX)};
SHAPE(octets);
#undef T
#define T msg_sign_in
static const struct field sign_in_fields[] = {
	X(1, user, LIMIT_USER), B(2, password, LIMIT_PASSWORD), X(3, certificate_uri, LIMIT_TITLE), U(4, transient),
	B(5, token, TOKEN_SECRET)};
SHAPE(sign_in);
#undef T
#define T msg_token_make
static const struct field token_make_fields[] = {
	F(1, session), X(2, name, LIMIT_USER), X(3, scope, TEXT_MAX), U(4, writes), U(5, days)};
SHAPE(token_make);
#undef T
#define T msg_token_made
static const struct field token_made_fields[] = {U(1, id), F(2, secret), U(3, expires)};
SHAPE(token_made);
#undef T
#define T msg_tokens_done
static const struct field tokens_done_fields[] = {L(1, tokens, token_item)};
SHAPE(tokens_done);
#undef T
#define T msg_saved_searches_done
static const struct field saved_searches_done_fields[] = {L(1, searches, saved_search)};
SHAPE(saved_searches_done);
#undef T
#define T msg_saved_search_put
static const struct field saved_search_put_fields[] = {F(1, session), X(2, name, LIMIT_USER), X(3, query, LIMIT_SAVED_QUERY)};
SHAPE(saved_search_put);
#undef T
#define T msg_token_revoke
static const struct field token_revoke_fields[] = {F(1, session), U(2, id)};
SHAPE(token_revoke);
#undef T
#define T msg_session
static const struct field session_fields[] = {
	F(1, session), X(2, user, LIMIT_USER), X(3, roles, LIMIT_TITLE), X(4, clearance, TEXT_MAX), U(5, expires)};
SHAPE(session);
#undef T
#define T msg_ask
static const struct field ask_fields[] = {F(1, session)};
SHAPE(ask);
#undef T
#define T msg_ask_object
static const struct field ask_object_fields[] = {
	F(1, session), X(2, id, LIMIT_OBJECT_ID), X(3, version, LIMIT_USER), X(4, collection, LIMIT_USER)};
SHAPE(ask_object);
#undef T
#define T msg_put
static const struct field put_fields[] = {
	F(1, session), U(2, precedence), U(3, dry_run), X(4, replaces, LIMIT_OBJECT_ID), X(5, collection, LIMIT_USER),
	L(6, objects, offered_object)};
SHAPE(put);
#undef T
#define T msg_put_done
static const struct field put_done_fields[] = {L(1, ids, id_item), U(2, waiting)};
SHAPE(put_done);
#undef T
#define T msg_plan_shown
static const struct field plan_shown_fields[] = {L(1, nations, nation_item), L(2, rows, plan_row)};
SHAPE(plan_shown);
#undef T
#define T msg_object
static const struct field object_fields[] = {
	B(1, rendition, LIMIT_OBJECT_BYTES), U(2, admitted), U(3, modified), X(4, originator, LIMIT_NATION), U(5, own)};
SHAPE(object);
#undef T
#define T msg_search
static const struct field search_fields[] = {
	F(1, session), X(2, text, LIMIT_SEARCH_TEXT), X(3, type, LIMIT_OBJECT_ID), B(4, cursor, LIMIT_TITLE), U(5, since),
	U(6, limit), U(7, count_only), U(8, facets), X(9, originator, LIMIT_NATION), B(10, label, LIMIT_LABEL_TEXT)};
SHAPE(search);
#undef T
#define T msg_hits
static const struct field hits_fields[] = {U(1, count), L(2, hits, hit), L(3, facets, facet), B(4, next, LIMIT_TITLE)};
SHAPE(hits);
#undef T
#define T msg_ask_graph
static const struct field ask_graph_fields[] = {
	F(1, session), X(2, id, LIMIT_OBJECT_ID), X(3, type, LIMIT_OBJECT_ID), U(4, depth), U(5, limit), L(6, also, id_item)};
SHAPE(ask_graph);
#undef T
#define T msg_graph
static const struct field graph_fields[] = {
	L(1, nodes, graph_node), L(2, kinds, graph_kind), L(3, edges, graph_edge), U(4, more)};
SHAPE(graph);
#undef T
#define T msg_ask_places
static const struct field ask_places_fields[] = {
	F(1, session), U(2, south), U(3, west), U(4, north), U(5, east), U(6, since), U(7, until), U(8, limit)};
SHAPE(ask_places);
#undef T
#define T msg_places
static const struct field places_fields[] = {L(1, objects, placed_object), U(2, more)};
SHAPE(places);
#undef T
#define T msg_page
static const struct field page_fields[] = {
	F(1, session), X(2, collection, LIMIT_USER), X(3, added_after_text, LIMIT_USER), X(4, next, LIMIT_TITLE),
	U(5, added_after), U(6, limit), X(7, match_id, TEXT_MAX), X(8, match_type, TEXT_MAX), X(9, match_version, TEXT_MAX),
	X(10, match_spec_version, LIMIT_TITLE), U(11, manifest_only)};
SHAPE(page);
#undef T
#define T msg_page_done
static const struct field page_done_fields[] = {U(1, more), X(2, next, LIMIT_TITLE), L(3, items, page_item)};
SHAPE(page_done);
#undef T
#define T msg_collections_done
static const struct field collections_done_fields[] = {L(1, collections, collection), X(2, user, LIMIT_USER)};
SHAPE(collections_done);
#undef T
#define T msg_releases
static const struct field releases_fields[] = {L(1, items, release_item)};
SHAPE(releases);
#undef T
#define T msg_release_shown
static const struct field release_shown_fields[] = {
	X(1, id, LIMIT_OBJECT_ID), X(2, title, LIMIT_TITLE), X(3, author, LIMIT_USER), U(4, since), L(5, nations, nation_item),
	L(6, rows, plan_row), X(7, precedents, TEXT_MAX), F(8, digest), U(9, persons), X(10, approver, LIMIT_USER)};
SHAPE(release_shown);
#undef T
#define T msg_release_decide
static const struct field release_decide_fields[] = {
	F(1, session), X(2, id, LIMIT_OBJECT_ID), U(3, approve), X(4, reason, LIMIT_REASON), F(5, digest)};
SHAPE(release_decide);
#undef T
#define T msg_recall
static const struct field recall_fields[] = {F(1, session), X(2, id, LIMIT_OBJECT_ID), X(3, reason, LIMIT_REASON)};
SHAPE(recall);
#undef T
#define T msg_holders
static const struct field holders_fields[] = {X(1, id, LIMIT_OBJECT_ID), U(2, ordered), L(3, holders, holder)};
SHAPE(holders);
#undef T
#define T msg_withdraw
static const struct field withdraw_fields[] = {
	F(1, session), X(2, id, LIMIT_OBJECT_ID), X(3, portions, TEXT_MAX), X(4, nations, TEXT_MAX), X(5, reason, LIMIT_REASON),
	F(6, digest)};
SHAPE(withdraw);
#undef T
#define T msg_withdrawals
static const struct field withdrawals_fields[] = {X(1, id, LIMIT_OBJECT_ID), L(2, items, withdrawal)};
SHAPE(withdrawals);
#undef T
#define T msg_status_done
static const struct field status_done_fields[] = {
	X(1, nation, LIMIT_NATION), X(2, realm, LIMIT_REALM), U(3, objects_visible), U(4, waiting), L(5, peers, peer_status),
	L(6, roles, role_status), U(7, ledger_size), U(8, degraded), X(9, notice, LIMIT_TITLE),
	U(10, numbers)};
SHAPE(status_done);
#undef T
#define T msg_lens
static const struct field lens_fields[] = {F(1, session), X(2, nation, LIMIT_NATION)};
SHAPE(lens);
#undef T
#define T msg_watch
static const struct field watch_fields[] = {F(1, session), L(2, marks, watch_mark)};
SHAPE(watch);
#undef T
#define T msg_watched
static const struct field watched_fields[] = {
	L(1, marks, watch_mark), L(2, ids, id_item), U(3, more), U(4, gone), U(5, releases), U(6, recalls), U(7, node)};
SHAPE(watched);
#undef T
#define T msg_user_set
static const struct field user_set_fields[] = {
	F(1, session), X(2, user, LIMIT_USER), B(3, password, LIMIT_PASSWORD), X(4, roles, LIMIT_TITLE),
	X(5, clearance, TEXT_MAX), U(6, remove)};
SHAPE(user_set);
#undef T
#define T msg_users_done
static const struct field users_done_fields[] = {L(1, users, user_item)};
SHAPE(users_done);
#undef T
#define T msg_warnings
static const struct field warnings_fields[] = {
	L(1, items, warning_item), L(2, authorities, authority_item), L(3, scenarios, level_item),
	L(4, indicators, indicator_item),
	L(5, evidence, evidence_item), L(6, history, change_item), L(7, alerts, alert_item)};
SHAPE(warnings);
#undef T
#define T msg_alerts
static const struct field alerts_fields[] = {L(1, items, alert_item)};
SHAPE(alerts);
#undef T
#define T msg_act
static const struct field act_fields[] = {
	F(1, session), U(2, act), X(3, id, LIMIT_OBJECT_ID), X(4, text, LIMIT_REASON), X(5, to, LIMIT_USER),
	U(6, until)};
SHAPE(act);
#undef T
#define T msg_steps_ask
static const struct field steps_ask_fields[] = {
	F(1, session), X(2, type, LIMIT_OBJECT_ID), X(3, about, LIMIT_OBJECT_ID), X(4, state, LIMIT_USER)};
SHAPE(steps_ask);
#undef T
#define T msg_steps
static const struct field steps_fields[] = {L(1, items, step_item)};
SHAPE(steps);
#undef T
#define T msg_chain
static const struct field chain_fields[] = {L(1, links, link_item), L(2, arrows, arrow_item)};
SHAPE(chain);
#undef T
#define T msg_inbox
static const struct field inbox_fields[] = {L(1, items, inbox_item)};
SHAPE(inbox);
#undef T
#define T msg_hand_overs
static const struct field hand_overs_fields[] = {
	L(1, watch, id_item), L(2, mine, charge_item), L(3, items, hand_over_item)};
SHAPE(hand_overs);
#undef T
#define T msg_hand_over_done
static const struct field hand_over_done_fields[] = {
	X(1, id, LIMIT_USER), X(2, text, LIMIT_TITLE), U(3, refused), L(4, items, charge_item)};
SHAPE(hand_over_done);
#undef T
#define T msg_plan
static const struct field plan_fields[] = {
	X(1, author, LIMIT_USER), X(2, roles, LIMIT_TITLE), X(3, type, LIMIT_OBJECT_ID), L(4, labels, label_item)};
SHAPE(plan);
#undef T
#define T msg_plan_done
static const struct field plan_done_fields[] = {L(1, nations, nation_item), B(2, answers, OCTETS_MAX)};
SHAPE(plan_done);
#undef T
#define T msg_publish
static const struct field publish_fields[] = {
	X(1, author, LIMIT_USER), X(2, object_id, LIMIT_OBJECT_ID), X(3, realm, LIMIT_REALM), U(4, after),
	L(5, portions, portion_item)};
SHAPE(publish);
#undef T
#define T msg_published
static const struct field published_fields[] = {
	B(1, manifest, TEXT_MAX), F(2, signature), B(3, salts, LIMIT_PORTIONS * 32), U(4, issued),
	U(5, ledger_size), B(6, checkpoint, TEXT_MAX)};
SHAPE(published);
#undef T
#define T msg_release
static const struct field release_fields[] = {
	X(1, recipient, LIMIT_NATION), X(2, author, LIMIT_USER), X(3, roles, LIMIT_TITLE), X(4, approver, LIMIT_USER),
	X(5, approver2, LIMIT_USER), U(6, precedence), B(7, rendition, LIMIT_OBJECT_BYTES), X(8, writers, TEXT_MAX)};
SHAPE(release);
#undef T
#define T msg_released
static const struct field released_fields[] = {U(1, ledger_index), F(2, object_digest), U(3, ledger_size), B(4, checkpoint, TEXT_MAX)};
SHAPE(released);
#undef T
#define T msg_order
static const struct field order_fields[] = {
	U(1, kind), X(2, user, LIMIT_USER), X(3, object_id, LIMIT_OBJECT_ID), B(4, portion_ids, LIMIT_PORTIONS * 16),
	X(5, reason, LIMIT_REASON), L(6, nations, nation_item)};
SHAPE(order);
#undef T
#define T msg_ordered
static const struct field ordered_fields[] = {L(1, nations, nation_item)};
SHAPE(ordered);
#undef T
#define T msg_feeds
static const struct field feeds_fields[] = {U(1, serving), U(2, releasing), L(3, frozen, nation_item)};
SHAPE(feeds);
#undef T
#define T msg_seal
static const struct field seal_fields[] = {
	X(1, recipient, LIMIT_NATION), U(2, feed), U(3, lane), B(4, token, LIMIT_TOKEN), B(5, body, LIMIT_OBJECT_BYTES),
	B(6, proof, 64 * 32), B(7, checkpoint, TEXT_MAX), U(8, ledger_index), B(9, record, TEXT_MAX), F(10, salt)};
SHAPE(seal);
#undef T
#define T msg_sealed_done
static const struct field sealed_done_fields[] = {U(1, seq)};
SHAPE(sealed_done);
#undef T
#define T msg_park
static const struct field park_fields[] = {
	X(1, peer, LIMIT_NATION), U(2, feed), U(3, lane), U(4, seq), X(5, object_id, LIMIT_OBJECT_ID), F(6, object_digest),
	B(7, frame, LIMIT_FRAME)};
SHAPE(park);
#undef T
#define T msg_heads
static const struct field heads_fields[] = {L(1, sent, head), L(2, received, head)};
SHAPE(heads);
#undef T
#define T msg_unpark
static const struct field unpark_fields[] = {X(1, peer, LIMIT_NATION), U(2, feed), U(3, lane), U(4, from_seq), U(5, count)};
SHAPE(unpark);
#undef T
#define T msg_unparked
static const struct field unparked_fields[] = {X(1, peer, LIMIT_NATION), U(2, feed), U(3, lane), L(4, frames, frame_item)};
SHAPE(unparked);
#undef T
#define T msg_admit
static const struct field admit_fields[] = {
	X(1, peer, LIMIT_NATION), U(2, feed), U(3, lane), U(4, seq), F(5, digest), B(6, body, LIMIT_OBJECT_BYTES),
	B(7, token, LIMIT_TOKEN), U(8, sent)};
SHAPE(admit);
#undef T
#define T msg_positions
static const struct field positions_fields[] = {X(1, peer, LIMIT_NATION), L(2, heads, head), U(3, at)};
SHAPE(positions);
#undef T
#define T msg_receipt
static const struct field receipt_fields[] = {
	X(1, peer, LIMIT_NATION), X(2, object_id, LIMIT_OBJECT_ID), U(3, copies), B(4, portion_ids, LIMIT_CONTROL_ENTRY)};
SHAPE(receipt);
#undef T
#define T msg_peers
static const struct field peers_fields[] = {L(1, peers, peer_status)};
SHAPE(peers);
#undef T
#define T msg_wire
static const struct field wire_fields[] = {X(1, peer, LIMIT_NATION), U(2, inbound), B(3, octets, OCTETS_MAX)};
SHAPE(wire);
#undef T
#define T msg_peer_state
static const struct field peer_state_fields[] = {X(1, peer, LIMIT_NATION), U(2, inbound), U(3, connected)};
SHAPE(peer_state);
#undef T
#define T msg_record
static const struct field record_fields[] = {L(1, records, record_item)};
SHAPE(record);
#undef T
#define T msg_recorded
static const struct field recorded_fields[] = {U(1, size), B(2, checkpoint, TEXT_MAX), L(3, proofs, record_proof)};
SHAPE(recorded);
#undef T
#define T msg_replay
static const struct field replay_fields[] = {U(1, from_index), B(2, kinds, 256)};
SHAPE(replay);
#undef T
#define T msg_replayed
static const struct field replayed_fields[] = {U(1, next_index), U(2, size), L(3, items, replay_item)};
SHAPE(replayed);
#undef T
#define T msg_prove
static const struct field prove_fields[] = {X(1, subject, LIMIT_OBJECT_ID), B(2, digest, 32)};
SHAPE(prove);
#undef T
#define T msg_ask_tree
static const struct field ask_tree_fields[] = {U(1, from_size)};
SHAPE(ask_tree);
#undef T
#define T msg_tree
static const struct field tree_fields[] = {U(1, size), B(2, checkpoint, TEXT_MAX), B(3, proof, 64 * 32)};
SHAPE(tree);
#undef T
#define T msg_indexed
static const struct field indexed_fields[] = {
	X(1, type, LIMIT_OBJECT_ID), X(2, title, LIMIT_TITLE), U(3, created), L(4, portions, indexed_portion),
	X(5, version, LIMIT_USER)};
SHAPE(indexed);
#undef T

#undef U
#undef F
#undef B
#undef X
#undef L

static const struct {
	uint16_t number;
	const char *name;
	const struct schema *schema;
	unsigned from, to;
} table[] = {
#define X(number, name, shape, from, to) {number, #name, &shape##_schema, from, to},
	MESSAGE_TABLE(X)
#undef X
};

const struct schema *message_schema(enum message_type type, enum role from, enum role to)
{
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (table[i].number == type)
			return table[i].from & 1u << from && table[i].to & 1u << to ? table[i].schema : NULL;
	return NULL;
}

const char *message_name(uint16_t type)
{
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (table[i].number == type)
			return table[i].name;
	return "?";
}

const char *role_name(enum role role)
{
	static const char *const names[ROLE_COUNT] = {"master", "front", "store", "parse", "guard", "seal", "ledger", "link"};
	return (unsigned)role < ROLE_COUNT ? names[role] : "?";
}
