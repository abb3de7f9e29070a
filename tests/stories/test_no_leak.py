"""What a reader learns of hidden things from answers that are not the objects themselves: nothing. Each test compares two
worlds, or two moments, that differ only in what he may not see."""
import json
import re
import secrets
import time

IDS = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}")


def plain(body):
    return IDS.sub(b"ID", body)


def post(c, path, body, user, kind, *options):
    (c.folder / "leak-body").write_bytes(body if isinstance(body, bytes) else body.encode())
    return c.curl("NATO", path, user, "-X", "POST", "-H", f"Content-Type: {kind}", "--data-binary", f"@{c.folder / 'leak-body'}", *options)


def mixed(w, hidden, label="NATO SECRET"):
    return f"(PUBLIC) Mixed {w}\n\n" + "".join(f"({label}) {h}\n" for h in hidden) + f"(PUBLIC) open {w}\n"


def fields(proof):
    """The record's place and octets; the tree around it grows with every request."""
    lines = proof.decode().splitlines()
    return [line for line in lines if line.startswith(("extra ", "index "))]


def test_a_proof_tells_a_reader_of_the_version_he_sees_and_no_hidden_edit_moves_it(coalition, word):
    c, w = coalition, word()
    object_id = c.put(mixed(w, [f"closed {w}a"]))
    ask = lambda user, node="NATO": c.curl(node, f"/api/v1/objects/{object_id}/proof", user)
    status, before = ask("reader")
    assert status == 200, before
    _, audited = ask("auditor")
    c.ok("NATO", "analyst", "put", "-", "--replaces", object_id, stdin=mixed(w, [f"closed {w}b", f"more {w}"]))
    assert fields(ask("reader")[1]) == fields(before)
    assert fields(ask("auditor")[1]) != fields(audited)
    (c.folder / "proof").write_bytes(before)
    shown = c.ok("NATO", "auditor", "ledger", "verify-proof", str(c.folder / "proof"))
    assert "publish" in shown and "SECRET" not in shown and "rule" not in shown, shown
    assert c.eventually(lambda: c.get("KOR", object_id))
    status, answer = ask("analyst", "KOR")
    assert status == 403 and b"index" not in answer
    denied = c.put(f"(NATO SECRET) deny {w}\n\n(NATO SECRET) x\n")
    a, b = (c.curl("NATO", f"/api/v1/objects/{i}/proof", "reader") for i in (denied, denied[:-12] + "0" * 12))
    assert a[0] == b[0] == 404 and plain(a[1]) == plain(b[1])


def address(number, host):
    return {"type": "ipv4-addr", "spec_version": "2.1", "id": f"ipv4-addr--{number:08x}-0000-5000-8000-{secrets.token_hex(6)}", "value": host}


def test_an_id_that_something_hidden_has_answers_a_tool_as_an_unused_one(coalition):
    c = coalition
    inbox = c.node("NATO")["taxii"]["collection_rw"]
    used, unused = address(1, "192.0.2.1"), address(1, "192.0.2.1")
    status, answer = post(c, "/api/v1/objects?marking=NATO%20SECRET", json.dumps(used), "analyst", "application/json")
    assert status == 201, answer
    for query in ("&dry_run=true", ""):
        a, b = (post(c, f"/api/v1/objects?collection={inbox}{query}", json.dumps(x), "taxii", "application/json") for x in (used, unused))
        assert a[0] == b[0] == (200 if query else 201) and plain(a[1]) == plain(b[1]), (a, b)
    a, b = (c.curl("NATO", f"/api/v1/objects/{x['id']}?view=page", "taxii") for x in (used, unused))
    assert a[0] == b[0] == 200
    assert json.loads(a[1])["marking"] == json.loads(b[1])["marking"] == "NATO UNCLASSIFIED"
    assert c.ok("NATO", "analyst", "get", used["id"]).startswith("NATO SECRET")


def test_hidden_portions_that_wait_are_not_counted_for_who_replaces_the_rest(coalition, word):
    c = coalition
    inbox = c.node("NATO")["taxii"]["collection_rw"]
    answers = []
    for hides in (True, False):
        w = word()
        status, answer = post(c, f"/api/v1/objects?collection={inbox}", f"(PUBLIC) Tool {w}\n\n(PUBLIC) one {w}\n", "taxii", "text/plain")
        assert status == 201, answer
        object_id = json.loads(answer)["ids"][0]
        if hides:
            c.ok("NATO", "analyst", "put", "-", "--replaces", object_id,
                 stdin=f"(PUBLIC) Tool {w}\n\n(PUBLIC) one {w}\n(NATO SECRET REL TO KOR) waits {w}\n")
        for query in ("&dry_run=true", ""):
            body = f"(PUBLIC) Tool {w}\n\n(PUBLIC) two {w}\n"
            status, answer = post(c, f"/api/v1/objects?collection={inbox}&replaces={object_id}{query}", body, "taxii", "text/plain")
            answers.append((status, plain(answer).replace(w.encode(), b"W")))
    assert answers[:2] == answers[2:] and [s for s, _ in answers[:2]] == [200, 201], answers


def test_no_number_of_the_status_moves_for_a_reader_when_something_hidden_moves(coalition, word):
    c, w = coalition, word()
    status = lambda node, user: json.loads(c.ok(node, user, "status", "--json"))
    assert c.eventually(lambda: all(p["connected"] for p in status("KOR", "reader")["peers"] + status("NATO", "reader")["peers"]), 15)
    before = {(n, u): status(n, u) for n in ("NATO", "USA") for u in ("reader", "taxii", "analyst")}
    numbers = status("USA", "admin")
    object_id = c.put(f"(NATO SECRET) hidden {w}\n\n(NATO SECRET) x {w}\n")
    assert c.eventually(lambda: c.get("USA", object_id))
    c.ok("NATO", "analyst", "put", "-", "--replaces", object_id, stdin=f"(NATO SECRET) hidden {w}\n\n(NATO SECRET) y {w}\n")
    assert c.eventually(lambda: status("USA", "admin")["peers"] != numbers["peers"])
    time.sleep(1)
    for (node, user), was in before.items():
        now = status(node, user)
        if user != "analyst":
            assert now == was, (node, user)
        assert "ledger_size" not in now and all(set(p) == {"node", "connected"} for p in now["peers"]), (node, user)
    shown = c.ok("NATO", "reader", "status")
    assert re.search(r"KOR\s+connected\n", shown) and "ledger" not in shown.split("Parts of the node")[0], shown
    assert re.search(r"KOR\s+connected: \d+ sent", c.ok("NATO", "release", "status"))


def test_a_recall_of_something_hidden_is_not_shown_to_a_watchkeeper_who_could_not_see_it(coalition, word):
    c, w = coalition, word()
    password = secrets.token_hex(12)
    user = {"name": "watch-low", "password": password, "roles": ["watch"], "clearance": ["PUBLIC|UNMARKED"]}
    status, answer = post(c, "/api/v1/users", json.dumps(user), "admin", "application/json")
    assert status == 204, answer
    recalled = c.put(f"(NATO SECRET) wrong {w}\n\n(NATO SECRET) x {w}\n")
    shown = c.put(f"(PUBLIC) wrong {w}\n\n(PUBLIC) x {w}\n")
    for object_id in (recalled, shown):
        c.ok("NATO", "release", "recall", object_id, "--reason", "wrong")
    ask = lambda object_id: c.curl("NATO", f"/api/v1/objects/{object_id}/recall", None, "-u", f"watch-low:{password}")
    a, b = ask(recalled), ask(recalled[:-12] + "0" * 12)
    assert a[0] == b[0] == 404 and plain(a[1]) == plain(b[1])
    assert ask(shown)[0] == 200
    assert c.curl("NATO", f"/api/v1/objects/{recalled}/recall", "watch")[0] == 200
    assert c.curl("NATO", f"/api/v1/objects/{recalled}/recall", "auditor")[0] == 200
