"""Virtual collections: fixed questions under the reader's view. What he may not see neither fills nor orders them, and a
collection that is not for him is one that does not exist."""
import json
import re
import uuid

import pytest
from taxii_client import MEDIA, Client

IDS = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}")


@pytest.fixture
def t(coalition):
    return Client(coalition)


def stix(kind, **more):
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid.uuid4()}", "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", **more}


def indicator(name):
    return stix("indicator", name=name, pattern="[ipv4-addr:value = '192.0.2.77']", pattern_type="stix", valid_from="2026-01-01T00:00:00Z")


def ids(client, collection, what="objects/", **query):
    found, more = [], {}
    while True:
        answer = client.get(client.collection(collection, what), **{**query, **more})
        assert answer.status == 200, answer
        found += [o["id"] for o in answer.json.get("objects", [])]
        if not answer.json.get("more"):
            return found
        more = {"next": answer.json["next"]}


def post(t, *objects):
    answer = t.post(list(objects))
    assert answer.status == 202, answer


def test_collection_of_types_and_a_saved_search_are_read_like_every_other(t, word):
    w = word()
    mine = [indicator(f"{w} port"), stix("identity", name=f"{w} port", identity_class="group"), indicator(f"{w} quay")]
    post(t, *mine)
    listed = {x["alias"]: x for x in t.get(t.root + "collections/").json["collections"]}
    assert listed["indicators"]["can_read"] is True and listed["indicators"]["can_write"] is False
    of_mine = lambda found: [i for i in found if i in {o["id"] for o in mine}]
    for what in ("objects/", "manifest/"):
        assert of_mine(ids(t, "indicators", what, limit=2)) == [mine[0]["id"], mine[2]["id"]]
        assert of_mine(ids(t, "ports", what)) == [mine[0]["id"], mine[1]["id"]]
    assert ids(t, listed["ports"]["id"], match_id=mine[2]["id"]) == []
    assert ids(t, "ports", match_type="identity", match_id=",".join(o["id"] for o in mine)) == [mine[1]["id"]]
    assert t.get(t.collection("ports", f"objects/{mine[0]['id']}/")).status == 200
    assert t.get(t.collection("ports", f"objects/{mine[0]['id']}/versions/")).json["versions"] == [mine[0]["modified"]]
    assert t.get(t.collection("ports", f"objects/{mine[2]['id']}/")).status == 404
    assert t.post([indicator("x")], "ports").status == 403
    assert t.delete(mine[0]["id"], "ports").status == 403


def test_collection_of_a_community_is_the_same_at_both_ends_of_a_release(coalition, word):
    c, w = coalition, word()
    for_korea = c.put(f"(NATO RESTRICTED REL TO KOR) For Korea {w}\n\n(NATO RESTRICTED REL TO KOR) body\n")
    among_us = c.put(f"(NATO RESTRICTED) Among us {w}\n\n(NATO RESTRICTED) body\n")
    nato, korea = Client(c), Client(c, "KOR")
    found = ids(nato, "korea", match_type="bices-report")
    assert for_korea in found and among_us not in found
    assert among_us in ids(nato, "members")
    assert c.eventually(lambda: for_korea in ids(korea, "korea", match_type="bices-report"))


def everything(client, collection, object_id):
    """All that may be asked of a collection: status, headers, octets, without the number of the request."""
    answers = [client.get(client.collection(collection, what)) for what in ("", "objects/", "manifest/", f"objects/{object_id}/", f"objects/{object_id}/versions/")]
    answers += [client.get(client.collection(collection, "objects/"), added_after="2020-01-01T00:00:00Z", limit=1), client.delete(object_id, collection),
                client.ask("POST", client.collection(collection, "objects/"), json.dumps({"objects": [indicator("x")]}), {"Content-Type": MEDIA})]
    return [(a.status, sorted((k, v) for k, v in a.headers.items() if k not in ("Date", "X-Request-Id")), IDS.sub(b"ID", a.body).replace(collection.encode(), b"NAME")) for a in answers]


def test_collection_that_is_not_for_him_answers_as_one_that_is_not_there(coalition):
    c = coalition
    object_id = c.put("(PUBLIC) Seen by all\n\n(PUBLIC) body\n")
    analyst, tool, korea = Client(c, user="analyst"), Client(c), Client(c, "KOR", "analyst")
    for client, hidden, shown in ((tool, "staff", analyst), (korea, "members", analyst)):
        by_alias = {x["alias"]: x["id"] for x in shown.get(shown.root + "collections/").json["collections"]}
        listed = client.get(client.root + "collections/")
        assert hidden in by_alias and f'"{hidden}"'.encode() not in listed.body and by_alias[hidden].encode() not in listed.body
        for name in (hidden, by_alias[hidden]):
            missing = "x" * len(name) if len(name) < 36 else str(uuid.uuid4())
            assert everything(client, name, object_id) == everything(client, missing, object_id)
            assert everything(client, name, object_id)[0][0] == 404


def test_tool_gets_no_token_for_a_collection_that_is_not_for_its_user(coalition):
    c = coalition
    refused = [c.run("NATO", "taxii", "token", "create", "sensor", "--collections", name) for name in ("staff", "stuff")]
    assert [r.returncode for r in refused] == [1, 1] or [r.returncode for r in refused] == [2, 2]
    assert refused[0].stderr.replace("staff", "NAME") == refused[1].stderr.replace("stuff", "NAME")
    assert c.run("NATO", "analyst", "token", "create", "sensor", "--collections", "staff").returncode == 0
    words = "(PUBLIC) x\n\n(PUBLIC) y\n"
    hidden, missing = (c.run("NATO", "taxii", "put", "-", "--collection", name, stdin=words) for name in ("staff", "stuff"))
    assert hidden.returncode == missing.returncode != 0 and hidden.stderr.replace("staff", "NAME") == missing.stderr.replace("stuff", "NAME")


def test_hidden_objects_edits_and_recalls_change_nothing_of_a_virtual_collection(coalition, word):
    c, w = coalition, word()
    tool = Client(c)
    shown = c.put(f"(PUBLIC) port {w}\n\n(PUBLIC) body\n(NATO SECRET) kept back {w}\n")
    names = ("indicators", "ports", "korea", "members")

    def seen():
        answers = []
        for name in names:
            for what in ("objects/", "manifest/", f"objects/{shown}/versions/"):
                for query in ({}, {"limit": 1}, {"match_version": "all"}):
                    if "versions" in what and "match_version" in query:
                        continue
                    answer = tool.get(tool.collection(name, what), **query)
                    body = IDS.sub(b"ID", answer.body) if answer.status != 200 else re.sub(rb'"next":"[^"]*"', b"", answer.body)
                    answers.append((answer.status, answer.first, answer.last, body))
        return answers

    before = seen()
    closed = c.put(f"(NATO SECRET) port closed {w}\n\n(NATO SECRET) port\n")
    mixed = stix("indicator", name=f"port {w}", pattern="[ipv4-addr:value = '192.0.2.78']", pattern_type="stix", valid_from="2026-01-01T00:00:00Z")
    c.ok("NATO", "analyst", "put", "-", "--marking", "NATO SECRET REL TO KOR", stdin=json.dumps(mixed))
    c.ok("NATO", "analyst", "put", "-", "--replaces", shown, stdin=f"(PUBLIC) port {w}\n\n(PUBLIC) body\n(NATO SECRET) kept back port {w}\n")
    assert seen() == before
    c.ok("NATO", "release", "recall", closed, "--reason", "test")
    assert seen() == before
