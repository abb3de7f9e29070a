"""An approval binds what was shown; nobody approves his own words; a certificate is no password."""
import json


def waiting(c, w, *options):
    return c.put(f"(PUBLIC) {w}\n\n(NATO SECRET REL TO KOR) first {w}x\n", "NATO", "analyst", *options)


def test_what_changed_since_it_was_shown_needs_another_look_however_often_it_is_said(coalition, word):
    c, w = coalition, word()
    object_id = waiting(c, w)
    c.ok("NATO", "release", "release", "show", object_id)
    c.ok("NATO", "analyst", "put", "-", "--replaces", object_id, stdin=f"(PUBLIC) {w}\n\n(NATO SECRET REL TO KOR) first {w}x and more {w}y\n")
    for _ in range(3):
        assert c.run("NATO", "release", "release", "approve", object_id).returncode == 1
    assert c.count("KOR", w + "y") == 0
    assert w + "y" in c.ok("NATO", "release", "release", "show", object_id)
    c.ok("NATO", "release", "release", "approve", object_id)
    assert c.eventually(lambda: c.count("KOR", w + "y") == 1)


def test_who_looked_at_nothing_is_shown_it_before_he_approves(coalition, word):
    c, w = coalition, word()
    object_id = waiting(c, w)
    status, body = c.curl("NATO", f"/api/v1/releases/{object_id}/approve", "release", "-X", "POST", "-H", "Content-Type: application/json", "-d", "{}")
    assert status == 428, body
    assert w + "x" in c.ok("NATO", "release", "release", "approve", object_id)
    assert c.eventually(lambda: c.count("KOR", w + "x") == 1)


def test_nobody_approves_his_own_words_even_when_another_wrote_last(coalition, word):
    c, w = coalition, word()
    clearance = (c.path("NATO", "data_dir") / "secrets/analyst.clearance").read_text().split("\n")[:2]
    officer = {"name": "scribe", "password": "correct horse", "roles": ["analyst", "release"], "clearance": clearance}
    assert c.curl("NATO", "/api/v1/users", "admin", "-X", "POST", "-H", "Content-Type: application/json", "-d", json.dumps(officer))[0] == 204
    (c.folder / "scribe").write_text("correct horse\n")
    mine = ("--password-file", "scribe")
    text = f"(PUBLIC) {w}\n\n(NATO SECRET REL TO KOR) mine {w}m\n(PUBLIC) a word\n"
    object_id = c.ok("NATO", "scribe", "put", "-", *mine, stdin=text).strip()
    c.ok("NATO", "analyst", "put", "-", "--replaces", object_id, stdin=text.replace("a word", "another word"))
    c.ok("NATO", "scribe", "release", "show", object_id, *mine)
    refused = c.run("NATO", "scribe", "release", "approve", object_id, *mine)
    assert refused.returncode == 3 and "own" in refused.stderr, refused
    assert c.count("KOR", w + "m") == 0


def test_a_long_korean_reason_is_recorded(coalition, word):
    c, w = coalition, word()
    object_id = waiting(c, w)
    before = c.ok("NATO", "auditor", "ledger", "show", "--node", "NATO").count("approve")
    c.ok("NATO", "release", "release", "approve", object_id, "--reason", "해킹" * 20)
    assert c.eventually(lambda: c.ok("NATO", "auditor", "ledger", "show", "--node", "NATO").count("approve") == before + 1, 5)


def test_a_verified_certificate_never_stands_for_a_password(coalition):
    c = coalition
    user = c.user("NATO", "control")
    cert = ("--cert", str(c.folder / user["cert_file"]), "--key", str(c.folder / user["key_file"]))
    assert c.curl("NATO", "/api/v1/status", None, *cert)[0] == 200
    assert c.curl("NATO", "/api/v1/status", None, "-u", "certificate:bices://NATO/user/control")[0] == 401
