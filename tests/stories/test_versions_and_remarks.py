"""The versions of an object and the remarks on it, as each reader sees them."""
import json
import time
import urllib.parse
import uuid


def versions(c, node, object_id, user="analyst"):
    status, body = c.curl(node, f"/api/v1/objects/{object_id}/versions", user)
    return (status, json.loads(body)["versions"]) if status == 200 else (status, body)


def at(c, node, object_id, version, user="analyst"):
    status, body = c.curl(node, f"/api/v1/objects/{object_id}?view=page&version={urllib.parse.quote(version)}", user)
    return [portion.get("text") for portion in json.loads(body)["portions"]] if status == 200 else status


def test_a_reader_lists_the_versions_that_he_sees_and_reads_each_as_it_stood(coalition, word):
    c, w = coalition, word()
    text = f"(PUBLIC) Versions {w}\n\n(PUBLIC) open {w}a\n(NATO SECRET) closed {w}b\n"
    object_id = c.put(text)
    assert c.eventually(lambda: c.count("KOR", w + "a") == 1)
    time.sleep(0.01)
    c.put(text.replace(f"{w}b", f"{w}bb"), "NATO", "analyst", "--replaces", object_id)
    assert c.eventually(lambda: c.count("USA", w + "bb") == 1)
    time.sleep(0.01)
    c.put(text.replace(f"{w}b", f"{w}bb").replace(f"{w}a", f"{w}aa"), "NATO", "analyst", "--replaces", object_id)
    assert c.eventually(lambda: c.count("KOR", w + "aa") == 1 and c.count("USA", w + "aa") == 1)
    for node, user, count in (("NATO", "analyst", 3), ("NATO", "reader", 2), ("KOR", "analyst", 2)):
        status, seen = versions(c, node, object_id, user)
        assert status == 200 and len(seen) == count, f"{node} {user}: {seen}"
        assert [v["modified"] for v in seen] == sorted((v["modified"] for v in seen), reverse=True)
        newest, first = at(c, node, object_id, seen[0]["version"], user), at(c, node, object_id, seen[-1]["version"], user)
        assert any(w + "aa" in text for text in newest) and not any(w + "aa" in text for text in first)
        assert any("closed" in text for text in newest) == (user == "analyst" and node == "NATO")
        assert at(c, node, object_id, "first", user) == first and at(c, node, object_id, "last", user) == newest


def test_versions_of_what_is_hidden_missing_or_never_stood_are_the_same_404(coalition, word):
    c, w = coalition, word()
    hidden, shown = c.put(f"(NATO SECRET) Hidden {w}\n\n(NATO SECRET) body\n"), c.put(f"(PUBLIC) Shown {w}\n\n(PUBLIC) body\n")
    missing = f"bices-report--{uuid.uuid4()}"
    answers = [versions(c, "NATO", one, "reader") for one in (hidden, missing)]
    assert [status for status, _ in answers] == [404, 404]
    told = [{k: v for k, v in json.loads(body).items() if k != "request_id"} for _, body in answers]
    assert told[0] == told[1]
    for version in ("2020-01-01T00:00:00.000Z", "nonsense"):
        assert at(c, "NATO", shown, version) == 404


def remark(c, node, on, text, marking):
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    note = {"type": "note", "spec_version": "2.1", "id": f"note--{uuid.uuid4()}", "created": now, "modified": now, "content": text, "object_refs": [on]}
    status, body = c.curl(node, "/api/v1/objects?marking=" + urllib.parse.quote(marking), "analyst", "-H", "Content-Type: application/json", "-d", json.dumps(note))
    assert status == 201, body
    return note["id"]


def notes(c, node, on, user="analyst"):
    _, body = c.curl(node, f"/api/v1/objects/{on}/graph?type=note&depth=1", user)
    return json.loads(body)


def test_remarks_are_released_like_objects_and_a_hidden_one_changes_no_byte(coalition, word):
    c, w = coalition, word()
    object_id = c.put(f"(PUBLIC) Discussed {w}\n\n(PUBLIC) body {w}\n")
    assert c.eventually(lambda: c.count("KOR", w) == 1)
    before = notes(c, "NATO", object_id, "reader"), notes(c, "KOR", object_id)
    remark(c, "NATO", object_id, f"closed {w}", "NATO SECRET")
    assert c.eventually(lambda: len(notes(c, "USA", object_id)["nodes"]) == 2)
    assert (notes(c, "NATO", object_id, "reader"), notes(c, "KOR", object_id)) == before
    answer = remark(c, "KOR", object_id, f"열린 의견 {w}", "PUBLIC")
    assert c.eventually(lambda: answer in [n["id"] for n in notes(c, "NATO", object_id)["nodes"]])
    assert [n["id"] for n in notes(c, "NATO", object_id, "reader")["nodes"]] == [object_id, answer]
