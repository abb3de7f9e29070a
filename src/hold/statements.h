/* Every SQL statement of the store, as a table of constants. They are prepared once (db.c); values enter only where ?N
 * stands, by binding. Private to hold. */
#ifndef BICES_HOLD_STATEMENTS_H
#define BICES_HOLD_STATEMENTS_H

/* name, SQL. ?N are the only places where values enter. Statements of the ingest path write one row each: one that may
 * write several opens a savepoint, and FTS5 then writes out what it gathers, at twice the cost of a bundle. */
#define STATEMENT_TABLE(X) \
	X(BEGIN, "BEGIN IMMEDIATE") \
	X(COMMIT, "COMMIT") \
	X(ROLLBACK, "ROLLBACK") \
	X(LABEL_ADD, "INSERT INTO label(id,text) VALUES(?1,?2)") \
	X(TERM_ADD, "INSERT INTO term(id,text) VALUES(?1,?2)") \
	X(NATION_ADD, "INSERT INTO nation(id,name) VALUES(?1,?2)") \
	X(NAME_FIND, "SELECT id FROM name WHERE text=?1") \
	X(NAME_TEXT, "SELECT text FROM name WHERE id=?1") \
	X(NAME_ADD, "INSERT INTO name(id,text) VALUES(?1,?2)") \
	X(OBJECT_ADD, "INSERT INTO object(id,originator,name,type,created,author,roles,precedence,collection,writers) " \
		"VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?6)") \
	X(OBJECT_GET, "SELECT created,author,roles,precedence,holders,writers FROM object WHERE id=?1") \
	X(OBJECT_WRITER, "UPDATE object SET author=?2,roles=?3,precedence=?4," \
		"writers=CASE WHEN instr(' '||writers||' ',' '||?2||' ') THEN writers ELSE writers||' '||?2 END WHERE id=?1") \
	X(OBJECT_DELETE, "DELETE FROM object WHERE id=?1") \
	X(HOLDERS_ADD, "UPDATE object SET holders=holders|?2 WHERE id=?1") \
	X(MANIFEST_ADD, "INSERT INTO manifest(object,issued,bytes,signature,rows,salts) VALUES(?1,?2,?3,?4,?5,?6)") \
	X(MANIFEST_GET, "SELECT bytes,signature,rows,salts FROM manifest WHERE object=?1 AND issued=?2") \
	X(MANIFEST_SET, "UPDATE manifest SET rows=?3,salts=?4 WHERE object=?1 AND issued=?2") \
	X(MANIFEST_NEWEST, "SELECT max(issued) FROM manifest WHERE object=?1") \
	X(MANIFEST_NEXT, "SELECT min(issued) FROM manifest WHERE object=?1 AND issued>?2") \
	X(MANIFEST_DELETE, "DELETE FROM manifest WHERE object=?1") \
	X(PORTION_ADD, "INSERT INTO portion(row,object,portion_id,kind,label,changed,first,until,released,added,target," \
		"mandatory,states) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)") \
	X(PORTION_GET, "SELECT portion_id,kind,label,changed,first,until,released,added,target,mandatory,states " \
		"FROM portion WHERE row=?1") \
	X(PORTIONS_OF, "SELECT row,portion_id,kind,label,changed,first,until,released,added,target,mandatory,states " \
		"FROM portion WHERE object=?1 AND kind<>0 ORDER BY row") \
	X(MARK_ADD, "INSERT INTO portion(row,object,portion_id,kind,label,changed,first,until,released,added,target) " \
		"VALUES(?1,?2,x'',0,?3,0,?4,0,0,?5,?6)") \
	X(MARKS_OF, "SELECT row,first FROM portion WHERE object=?1 AND kind=0 ORDER BY row") \
	X(MARKS_DELETE, "DELETE FROM portion WHERE object=?1 AND kind=0") \
	X(PORTION_CLOSE, "UPDATE portion SET until=?2 WHERE row=?1") \
	X(PORTION_FIRST, "UPDATE portion SET first=?2 WHERE row=?1") \
	X(PORTION_STATES, "UPDATE portion SET states=?2 WHERE row=?1") \
	X(PORTION_DELETE, "DELETE FROM portion WHERE row=?1") \
	X(PORTION_AFTER, "SELECT row FROM portion WHERE row>=?1 ORDER BY row LIMIT 1") \
	X(PORTION_ADDED, "SELECT added FROM portion WHERE row=?1") \
	X(BODY_ADD, "INSERT INTO body(row,bytes,index_text,title,version,gist) VALUES(?1,?2,?3,?4,?5,?6)") \
	X(BODY_GET, "SELECT bytes,index_text,title,version FROM body WHERE row=?1") \
	X(BODY_WORDS, "SELECT index_text FROM body WHERE row=?1") \
	X(GIST_GET, "SELECT gist FROM body WHERE row=?1") \
	X(BODY_DELETE, "DELETE FROM body WHERE row=?1") \
	X(PLACE_ADD, "INSERT INTO place(row,number,latitude,longitude,since,until,symbol) VALUES(?1,?2,?3,?4,?5,?6,?7)") \
	X(PLACES_DELETE, "DELETE FROM place WHERE row=?1") \
	X(PLACES_FIND, "SELECT row,latitude,longitude,since,until,symbol FROM place WHERE latitude BETWEEN ?1 AND ?2 " \
		"AND (longitude BETWEEN ?3 AND ?4 OR longitude BETWEEN ?5 AND ?6) AND since<=?8 AND (until=0 OR until>=?7) " \
		"AND visible(row) ORDER BY row DESC,number") \
	X(WORDS_ADD, "INSERT INTO words(rowid,index_text) VALUES(?1,?2)") \
	X(WORDS_DELETE, "INSERT INTO words(words,rowid,index_text) VALUES('delete',?1,?2)") \
	X(WORDS_OPTIMIZE, "INSERT INTO words(words) VALUES('optimize')") \
	X(WORDS_FIND, "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid>=?2 AND visible(rowid) ORDER BY rowid DESC") \
	X(WORDS_TALLY, "SELECT tally(words) FROM words WHERE words MATCH ?1 LIMIT 1") \
	X(WORDS_COUNT, "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid>=?2 AND visible(rowid)") \
	X(DUTY_PUT, "INSERT INTO duty(object,precedence,send) VALUES(?1,(SELECT precedence FROM object WHERE id=?1),?2) " \
		"ON CONFLICT(object) DO UPDATE SET send=send|excluded.send") \
	X(DUTY_CLEAR, "UPDATE duty SET send=send&~?2 WHERE object=?1") \
	X(DUTY_END, "DELETE FROM duty WHERE object=?1 AND send=0") \
	X(DUTY_DELETE, "DELETE FROM duty WHERE object=?1") \
	X(DUTY_NEXT, "SELECT object,precedence,send FROM duty WHERE send&?2 AND precedence BETWEEN ?3 AND ?4 ORDER BY precedence,object LIMIT ?1") \
	X(DUTY_COUNT, "SELECT count(*) FROM duty WHERE send&?1") \
	X(PACE_GET, "SELECT tries,at FROM pace WHERE object=?1 AND nation=?2") \
	X(PACE_PUT, "INSERT INTO pace(object,nation,tries,at,again) VALUES(?1,?2,?3,?4,?5) " \
		"ON CONFLICT(object,nation) DO UPDATE SET tries=excluded.tries,at=excluded.at,again=excluded.again") \
	X(PACE_DUE, "SELECT object,nation,tries,at FROM pace WHERE again>0 AND again<=?1 ORDER BY again LIMIT ?2") \
	X(PACE_COUNT, "SELECT count(*) FROM pace WHERE again>0 AND nation=?1") \
	X(PACE_RESET, "UPDATE pace SET tries=0 WHERE object=?1") \
	X(PACE_END, "UPDATE pace SET again=0 WHERE object=?1 AND nation=?2") \
	X(PACE_DELETE, "DELETE FROM pace WHERE object=?1") \
	X(WAITING_PUT, "INSERT INTO waiting(object,since) VALUES(?1,?2) ON CONFLICT(object) DO NOTHING") \
	X(WAITING_GET, "SELECT since FROM waiting WHERE object=?1") \
	X(WAITING_DELETE, "DELETE FROM waiting WHERE object=?1") \
	X(WAITING_ALL, "SELECT object,since FROM waiting ORDER BY since,object") \
	X(APPROVAL_PUT, "INSERT INTO approval(row,approver,at) VALUES(?1,?2,?3) " \
		"ON CONFLICT(row) DO UPDATE SET approver=excluded.approver,at=excluded.at,approver2=NULL") \
	X(APPROVAL_GET, "SELECT approver,at,approver2 FROM approval WHERE row=?1") \
	X(APPROVAL_SECOND, "UPDATE approval SET approver2=?2,at=?3 WHERE row=?1") \
	X(APPROVAL_DELETE, "DELETE FROM approval WHERE row=?1") \
	X(REFUSAL_PUT, "INSERT OR REPLACE INTO refusal(object,nation,reason,at) VALUES(?1,?2,?3,?4)") \
	X(REFUSALS_OF, "SELECT nation,reason,at FROM refusal WHERE object=?1 ORDER BY nation") \
	X(REFUSAL_DELETE, "DELETE FROM refusal WHERE object=?1") \
	X(REFERRERS, "SELECT DISTINCT object FROM portion WHERE target=?1 AND until=0 AND kind<>0") \
	X(TOMBSTONE_PUT, "INSERT INTO tombstone(originator,name,at,reason,label) VALUES(?1,?2,?3,?4,?5) " \
		"ON CONFLICT(originator,name) DO UPDATE SET label=CASE label WHEN excluded.label THEN label ELSE 0 END") \
	X(TOMBSTONE_GET, "SELECT at,label FROM tombstone WHERE originator=?1 AND name=?2") \
	X(HOLDER_PUT, "INSERT INTO holder(name,nation,ordered,at,copies) VALUES(?1,?2,?3,0,0) " \
		"ON CONFLICT(name,nation) DO NOTHING") \
	X(HOLDER_RECEIPT, "UPDATE holder SET at=?3,copies=?4 WHERE name=?1 AND nation=?2 AND at=0") \
	X(ROWS_STATES, "SELECT row,states FROM portion WHERE states IS NOT NULL") \
	X(HOLDERS_ALL, "SELECT name,nation,at FROM holder ORDER BY name,nation") \
	X(HOLDERS_OF, "SELECT nation,ordered,at,copies FROM holder WHERE name=?1 ORDER BY nation") \
	X(PARKED_ADD, "INSERT INTO parked(peer,feed,lane,seq,object_id,digest,frame) VALUES(?1,?2,?3,?4,?5,?6,?7)") \
	X(PARKED_FROM, "SELECT seq,frame FROM parked WHERE peer=?1 AND feed=?2 AND lane=?3 AND seq>=?4 ORDER BY seq LIMIT ?5") \
	X(PARKED_EMPTY, "UPDATE parked SET frame=x'' WHERE peer=?1 AND feed=?2 AND lane=?3 AND seq<=?4 AND seq>?5") \
	X(PARKED_DROP, "DELETE FROM parked WHERE peer=?1 AND feed=?2 AND lane=?3 AND seq<=?4") \
	X(PARKED_OBJECT, "SELECT object_id FROM parked WHERE peer=?1 AND feed=?2 AND lane=?3 AND seq=?4") \
	X(RECEIPT_PUT, "INSERT OR REPLACE INTO receipt(peer,object_id,portion_ids,copies) VALUES(?1,?2,?3,?4)") \
	X(RECEIPT_DELETE, "DELETE FROM receipt WHERE peer=?1 AND object_id=?2 AND portion_ids=?3") \
	X(RECEIPTS_ALL, "SELECT peer,object_id,portion_ids,copies FROM receipt LIMIT 64") \
	X(ORDER_PUT, "INSERT INTO recall_order(name,portion_ids,user,reason,nations) VALUES(?1,?2,?3,?4,?5) " \
		"ON CONFLICT(name,portion_ids) DO UPDATE SET nations=nations|excluded.nations,tries=0,again=0") \
	X(ORDER_GET, "SELECT nations,tries FROM recall_order WHERE id=?1") \
	X(ORDER_LATER, "UPDATE recall_order SET nations=?2,tries=?3,again=?4 WHERE id=?1") \
	X(ORDER_DELETE, "DELETE FROM recall_order WHERE id=?1") \
	X(ORDERS_ALL, "SELECT name,user,reason,nations,id,portion_ids FROM recall_order WHERE again<=?1 ORDER BY again,id LIMIT 64") \
	X(WITHDRAWN_PUT, "INSERT INTO withdrawn(originator,name,portion_id,at,label) VALUES(?1,?2,?3,?4,?5) " \
		"ON CONFLICT(originator,name,portion_id) DO NOTHING") \
	X(WITHDRAWN_HAS, "SELECT 1 FROM withdrawn WHERE originator=?1 AND name=?2 AND portion_id=?3") \
	X(WITHDRAWN_OF, "SELECT label,at FROM withdrawn WHERE originator=?1 AND name=?2") \
	X(WITHDRAWAL_PUT, "INSERT INTO withdrawal(name,nation,portion_id,kind,label,ordered,at) VALUES(?1,?2,?3,?4,?5,?6,0) " \
		"ON CONFLICT(name,nation,portion_id) DO NOTHING") \
	X(WITHDRAWAL_RECEIPT, "UPDATE withdrawal SET at=?4 WHERE name=?1 AND nation=?2 AND portion_id=?3 AND at=0") \
	X(WITHDRAWALS_OF, "SELECT nation,portion_id,kind,label,ordered,at FROM withdrawal WHERE name=?1 ORDER BY nation,ordered") \
	X(HEAD_GET, "SELECT seq,digest,acknowledged FROM head WHERE sent=?1 AND peer=?2 AND feed=?3 AND lane=?4") \
	X(HEAD_PUT, "INSERT INTO head(sent,peer,feed,lane,seq,digest,acknowledged) VALUES(?1,?2,?3,?4,?5,?6,0) " \
		"ON CONFLICT(sent,peer,feed,lane) DO UPDATE SET seq=excluded.seq,digest=excluded.digest") \
	X(HEAD_ACKNOWLEDGE, "UPDATE head SET acknowledged=?4 WHERE sent=1 AND peer=?1 AND feed=?2 AND lane=?3 AND acknowledged<?4") \
	X(HEADS_ALL, "SELECT peer,feed,lane,seq,digest,acknowledged FROM head WHERE sent=?1 ORDER BY peer,feed,lane") \
	X(HEAD_SUM, "SELECT coalesce(sum(seq),0),coalesce(sum(acknowledged),0) FROM head WHERE sent=?1 AND peer=?2") \
	X(STANDING_GET, "SELECT level,alert FROM standing WHERE object=?1 AND clearance=?2") \
	X(STANDING_PUT, "INSERT INTO standing(object,clearance,level,alert) VALUES(?1,?2,?3,?4) " \
		"ON CONFLICT(object,clearance) DO UPDATE SET level=excluded.level,alert=excluded.alert") \
	X(STANDING_DELETE, "DELETE FROM standing WHERE object=?1") \
	X(ALERT_ADD, "INSERT OR IGNORE INTO alert(id,object,clearance,key,at,was,level,rising,precedence,causes) " \
		"VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)") \
	X(ALERT_GET, "SELECT id,object,at,was,level,rising,precedence,causes,by,acknowledged,closed,reason FROM alert WHERE id=?1 AND clearance=?2") \
	X(ALERTS_OF, "SELECT id,object,at,was,level,rising,precedence,causes,by,acknowledged,closed,reason FROM alert " \
		"WHERE clearance=?1 ORDER BY closed>0,precedence,at DESC,id") \
	X(ALERT_ACKNOWLEDGE, "UPDATE alert SET by=?2,acknowledged=?3 WHERE id=?1 AND by IS NULL") \
	X(ALERT_CLOSE, "UPDATE alert SET closed=?2,reason=?3 WHERE id=?1") \
	X(ALERTS_DELETE, "DELETE FROM alert WHERE object=?1") \
	X(CHARGE_PUT, "INSERT INTO charge(key,user) VALUES(?1,?2) ON CONFLICT(key) DO UPDATE SET user=excluded.user") \
	X(CHARGE_GET, "SELECT user FROM charge WHERE key=?1") \
	X(SAVED_PUT, "INSERT INTO saved_search(user,name,query,opened) VALUES(?1,?2,?3,?4) ON CONFLICT(user,name) DO UPDATE SET query=excluded.query, opened=excluded.opened") \
	X(SAVED_LIST, "SELECT name,query,opened FROM saved_search WHERE user=?1 ORDER BY name") \
	X(SAVED_COUNT, "SELECT count(*) FROM saved_search WHERE user=?1 AND name<>?2") \
	X(SAVED_DELETE, "DELETE FROM saved_search WHERE user=?1 AND name=?2") \
	X(SAVED_CLEAR, "DELETE FROM saved_search WHERE user=?1") \
	X(SNOOZE_PUT, "INSERT INTO snooze(user,key,until) VALUES(?1,?2,?3) ON CONFLICT(user,key) DO UPDATE SET until=excluded.until") \
	X(SNOOZE_GET, "SELECT until FROM snooze WHERE user=?1 AND key=?2") \
	X(SNOOZE_DELETE, "DELETE FROM snooze WHERE user=?1 AND key=?2") \
	X(SNOOZES_PAST, "DELETE FROM snooze WHERE user=?1 AND until<=?2") \
	X(SNOOZES_COUNT, "SELECT count(*) FROM snooze WHERE user=?1") \
	X(HAND_OVER_ADD, "INSERT INTO hand_over(id,giver,taker,entry,state,at,ended,keys) VALUES(?1,?2,?3,?4,0,?5,0,?6)") \
	X(HAND_OVER_GET, "SELECT id,giver,taker,entry,state,at,ended,keys FROM hand_over WHERE id=?1") \
	X(HAND_OVER_END, "UPDATE hand_over SET state=?2,ended=?3 WHERE id=?1") \
	X(HAND_OVERS, "SELECT id,giver,taker,entry,state,at,ended,keys FROM hand_over ORDER BY at DESC,id LIMIT 100") \
	X(RECALLS_OPEN, "SELECT t.name,t.at,t.label,count(*) FROM tombstone t JOIN holder h ON h.name=t.name WHERE t.originator=?1 AND h.at=0 " \
		"GROUP BY t.name ORDER BY t.at DESC") \
	X(USER_GET, "SELECT hash,roles,clearance FROM user WHERE name=?1") \
	X(USER_PUT, "INSERT INTO user(name,hash,roles,clearance) VALUES(?1,?2,?3,?4) ON CONFLICT(name) DO UPDATE " \
		"SET hash=excluded.hash,roles=excluded.roles,clearance=excluded.clearance") \
	X(USER_DELETE, "DELETE FROM user WHERE name=?1") \
	X(USER_COUNT, "SELECT count(*) FROM user") \
	X(USERS_ALL, "SELECT name,roles,clearance FROM user ORDER BY name") \
	X(TOKEN_ADD, "INSERT INTO token(digest,user,name,scope,writes,created,expires) VALUES(?1,?2,?3,?4,?5,?6,?7)") \
	X(TOKEN_FIND, "SELECT user,scope,writes,expires FROM token WHERE digest=?1 AND expires>?2") \
	X(TOKEN_COUNT, "SELECT count(*) FROM token WHERE user=?1") \
	X(TOKENS_ALL, "SELECT id,user,name,scope,writes,created,expires FROM token WHERE ?1='' OR user=?1 ORDER BY id LIMIT 4096") \
	X(TOKEN_USER, "SELECT user FROM token WHERE id=?1") \
	X(TOKEN_DELETE, "DELETE FROM token WHERE id=?1") \
	X(TOKENS_DELETE, "DELETE FROM token WHERE user=?1") \
	X(RECORD_ADD, "INSERT INTO record(bytes) VALUES(?1)") \
	X(RECORDS_FIRST, "SELECT id,bytes FROM record ORDER BY id LIMIT ?1") \
	X(RECORDS_DELETE, "DELETE FROM record WHERE id<=?1") \
	X(FACT_GET, "SELECT value FROM fact WHERE key=?1") \
	X(FACT_PUT, "INSERT INTO fact(key,value) VALUES(?1,?2)") \
	X(FACT_SET, "INSERT INTO fact(key,value) VALUES(?1,?2) ON CONFLICT(key) DO UPDATE SET value=excluded.value")

enum statement {
#define X(name, sql) STATEMENT_##name,
	STATEMENT_TABLE(X)
#undef X
	STATEMENT_COUNT
};

#endif
