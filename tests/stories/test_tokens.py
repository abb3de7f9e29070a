"""Tokens of tools: narrower than their maker, TAXII only, gone at once when revoked, never readable again."""
import json
import subprocess
import uuid

from taxii_client import Client


def identity():
    return {"type": "identity", "spec_version": "2.1", "id": f"identity--{uuid.uuid4()}", "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", "name": "by a tool", "identity_class": "organization"}


def make(c, *options, user="taxii"):
    return json.loads(c.ok("NATO", user, "token", "create", "sensor", "--json", *options))


def tool(c, made):
    return Client(c, user=None, headers={"Authorization": f"Bearer {made['token']}"})


def test_a_token_reads_and_writes_within_its_collections_only(coalition):
    c, n = coalition, coalition.node("NATO")["taxii"]
    reading = tool(c, make(c, "--collections", n["collection_rw"]))
    listed = reading.get(reading.root + "collections/").json["collections"]
    assert [(x["id"], x["can_read"], x["can_write"]) for x in listed] == [(n["collection_rw"], True, False)]
    assert reading.get(reading.collection(reading.rw, "objects/"), limit=1).status == 200
    assert reading.get(reading.collection(reading.ro, "objects/")).status == 404
    assert reading.post([identity()]).status == 403
    writing, posted = tool(c, make(c, "--access", "write", "--days", "1")), identity()
    assert writing.post([posted]).status == 202
    assert reading.get(reading.collection(reading.rw, f"objects/{posted['id']}/")).status == 200
    assert reading.delete(posted["id"]).status == 403
    assert writing.delete(posted["id"]).status == 200


def test_a_token_serves_nothing_but_taxii(coalition):
    t = tool(coalition, make(coalition, user="analyst"))
    for path in ("/api/v1/status", "/api/v1/search?q=x", "/api/v1/tokens", f"/api/v1/objects/identity--{uuid.uuid4()}"):
        assert t.get(path, headers={"Accept": None}).status == 403, path
    body = json.dumps({"name": "another"})
    assert t.ask("POST", "/api/v1/tokens", body, {"Content-Type": "application/json", "Accept": None}).status == 403
    assert t.ask("POST", "/api/v1/objects", b"(PUBLIC) T\n\n(PUBLIC) x\n", {"Content-Type": "text/plain; charset=utf-8", "Accept": None}).status == 403


def test_a_revoked_token_ends_at_once_and_another_users_is_not_there(coalition):
    c = coalition
    made = make(c)
    t = tool(c, made)
    assert t.get("/taxii2/").status == 200
    assert c.run("NATO", "analyst", "token", "revoke", str(made["id"])).returncode == 1
    assert t.get(t.root + "collections/").status == 200
    assert str(made["id"]) in [line.split("\t")[0] for line in c.ok("NATO", "admin", "token", "list").splitlines()]
    assert made["token"] not in c.ok("NATO", "taxii", "token", "list", "--json")
    c.ok("NATO", "taxii", "token", "revoke", str(made["id"]))
    answer = t.get("/taxii2/")
    assert answer.status == 401 and "WWW-Authenticate" in answer.headers
    assert c.run("NATO", "taxii", "token", "revoke", str(made["id"])).returncode == 1


def test_a_token_is_stored_as_its_digest_only(coalition):
    c = coalition
    secret = bytes.fromhex(make(c)["token"].removeprefix("bices_"))
    for file in (c.path("NATO", "data_dir")).rglob("store.db*"):
        bytes_ = file.read_bytes()
        assert secret not in bytes_ and secret.hex().encode() not in bytes_
    found = subprocess.run([c.bices, "ledger", "verify", "--dir", str(c.path("NATO", "ledger_dir"))], cwd=c.folder, capture_output=True)
    assert found.returncode == 0


def test_tokens_that_cannot_be_are_refused_with_what_to_do(coalition):
    for options, word in ((("--days", "0"), "days"), (("--days", "731"), "730"), (("--access", "all"), "read"), (("--collections", "nowhere"), "no such collection")):
        done = coalition.run("NATO", "taxii", "token", "create", "x", *options)
        assert done.returncode in (1, 2) and word in done.stderr, done.stderr
    assert coalition.run("NATO", "auditor", "token", "create", "x").returncode == 3
