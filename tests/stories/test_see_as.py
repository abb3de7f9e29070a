"""See as: a release officer reads as another nation would, and what he sees is what that nation has."""
import json
import subprocess
import uuid


def ask(c, node, path, token=None, body=None, method="GET"):
    command = ["curl", "-s", "-w", "\n%{http_code}", "--noproxy", "*", "--cacert", str(c.folder / c.node(node)["ca_file"]), "-X", method]
    if token:
        command += ["-H", f"Authorization: Bearer {token}"]
    if body is not None:
        command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    text, _, status = subprocess.run(command + [c.node(node)["url"] + path], stdout=subprocess.PIPE, text=True, check=True).stdout.rpartition("\n")
    return int(status), (json.loads(text) if text else None)


def sign_in(c, node, user):
    password = next(u["password"] for u in c.node(node)["users"] if u["name"] == user)
    return ask(c, node, "/api/v1/session", None, {"user": user, "password": password}, "POST")[1]["token"]


def lens(c, token, nation="KOR"):
    return ask(c, "NATO", "/api/v1/lenses", token, {"nation": nation}, "POST")


def portions(stix):
    return [extension["portions"] for extension in stix["extensions"].values() if "portions" in extension][0]


def test_what_is_seen_as_korea_is_what_seoul_has(coalition, word):
    c, w = coalition, word()
    officer = sign_in(c, "NATO", "release")
    _, opened = lens(c, officer)
    assert opened["as"] == "KOR" and any("KOR" in line for line in opened["clearance"])
    eye = opened["token"]
    closed = c.put(f"(NATO SECRET) Closed {w}\n\n(NATO SECRET) nothing for Seoul\n")
    object_id = c.put(f"(PUBLIC) Mixed {w}\n\n(NATO SECRET) hidden {w}\n(NATO SECRET REL TO KOR) waits {w}\n(PUBLIC) open {w}\n")
    assert c.eventually(lambda: c.get("KOR", object_id))
    for released in (False, True):
        if released:
            c.ok("NATO", "release", "release", "approve", object_id)
            assert c.eventually(lambda: len(portions(c.get("KOR", object_id))) == 3)
        seoul = c.get("KOR", object_id)
        status, seen = ask(c, "NATO", f"/api/v1/objects/{object_id}", eye)
        assert status == 200 and portions(seen) == portions(seoul)
        assert seen["name"] == seoul["name"] and set(seen) == set(seoul)
    assert ask(c, "NATO", f"/api/v1/search?q=hidden+{w}&count=true", eye)[1] == {"count": 0}
    assert ask(c, "NATO", f"/api/v1/search?q={w}&count=true", eye)[1] == {"count": 1}
    denied, missing = (ask(c, "NATO", f"/api/v1/objects/{i}", eye) for i in (closed, closed[:-12] + "0" * 12))
    for answer in (denied[1], missing[1]):
        answer.pop("request_id")
    assert denied == missing and denied[0] == 404


def test_a_lens_reads_and_does_nothing_else(coalition, word):
    c, w = coalition, word()
    object_id = c.put(f"(PUBLIC) Open {w}\n\n(PUBLIC) x\n")
    eye = lens(c, sign_in(c, "NATO", "release"))[1]["token"]
    reason = {"reason": "test"}
    assert ask(c, "NATO", "/api/v1/releases", eye)[0] == 403
    assert ask(c, "NATO", f"/api/v1/objects/{object_id}/recall", eye, reason, "POST")[0] == 403
    assert ask(c, "NATO", "/api/v1/users", eye)[0] == 403
    assert lens(c, eye)[0] == 403
    later = {"key": "task:x", "until": "2030-01-02T00:00:00Z"}
    assert ask(c, "NATO", "/api/v1/inbox/snooze", eye, later, "POST")[0] == 403
    report = {"type": "bices-report", "spec_version": "2.1", "id": f"bices-report--{uuid.uuid4()}", "name": w}
    assert ask(c, "NATO", "/api/v1/objects?marking=PUBLIC", eye, report, "POST")[0] == 403
    assert c.get("NATO", object_id)


def test_only_release_officers_look_through_it_and_only_at_other_nations(coalition):
    c = coalition
    for user in ("analyst", "reader", "watch", "admin", "auditor"):
        assert lens(c, sign_in(c, "NATO", user))[0] == 403, user
    officer = sign_in(c, "NATO", "release")
    for nation in ("NATO", "XXX", ""):
        assert lens(c, officer, nation)[0] in (400, 422), nation


def test_a_lens_ends_with_the_session_it_was_opened_from(coalition):
    c = coalition
    officer = sign_in(c, "NATO", "release")
    eye = lens(c, officer)[1]["token"]
    assert ask(c, "NATO", "/api/v1/status", eye)[0] == 200
    assert ask(c, "NATO", "/api/v1/session", officer, method="DELETE")[0] == 204
    assert ask(c, "NATO", "/api/v1/status", eye)[0] == 401
