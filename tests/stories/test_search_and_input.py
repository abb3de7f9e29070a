"""Search in every script; input that must be refused whole, with place and next step, and the node alive."""
import json
import subprocess


def test_korean_is_found_inside_words_and_with_a_second_word(coalition, word):
    c, w = coalition, word()
    object_id = c.put(f"(PUBLIC) {w}\n\n(PUBLIC) 항만 물류망 해킹을 확인했다 {w}1\n(PUBLIC) 사이버해킹조직의 활동 {w}2\n", "KOR")
    for text in (f"해킹 {w}1", f"해킹 {w}2", f"해킹조직 {w}2", f"물류 {w}1", f"해 {w}1"):
        assert c.count("KOR", text) == 1, text
    assert c.count("KOR", f"{w}1 {w}2") == 0, "words are ANDed within one portion"
    assert object_id in c.ok("KOR", "analyst", "search", "해킹", "--limit", "1000")


def test_query_text_is_never_query_syntax(coalition, word):
    c, w = coalition, word()
    c.put(f"(PUBLIC) {w}\n\n(PUBLIC) plain {w}\n")
    for text in (f'{w} OR zzz', f'NEAR({w} plain)', f'"{w}', f"{w}*", f"portion:{w}", f"-{w}", f"{w} AND plain", "(", "^", "'; DROP TABLE objects; --", "\u0000x"[1:]):
        done = c.run("NATO", "analyst", "search", text, "--count")
        assert done.returncode in (0, 1) and done.stdout.strip().isdigit(), (text, done)
    assert c.count("NATO", f"{w} OR zzz") == 0


def post(c, body, *options, kind="application/json", user="analyst"):
    path = c.folder / "body"
    path.write_bytes(body)
    return c.curl("NATO", "/api/v1/objects?marking=PUBLIC", user, "-X", "POST", "-H", f"Content-Type: {kind}", "--data-binary", f"@{path}", *options)


IDENTITY = {"type": "identity", "spec_version": "2.1", "id": "identity--11111111-2222-4333-8444-555555555555", "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", "name": "X", "identity_class": "organization"}


def test_malformed_input_is_refused_with_a_place_and_nothing_is_stored(coalition):
    c = coalition
    good = json.dumps(IDENTITY)
    cases = {
        "truncated": good[:-5].encode(), "duplicate key": good.replace('"name": "X"', '"name": "X", "name": "Y"').encode(),
        "100,000 deep": b"[" * 100000 + b"]" * 100000, "invalid UTF-8": good.replace('"X"', '"\xff"').encode("latin-1"), "empty": b"", "not an object": b"17",
        "trailing": (good + "x").encode(), "bad id": good.replace("identity--1111", "identity--zzzz").encode(),
        "type and id differ": good.replace('"type": "identity"', '"type": "malware"').encode(), "NaN": good.replace('"X"', "NaN").encode()}
    for name, body in cases.items():
        status, answer = post(c, body)
        problem = json.loads(answer)
        assert status in (400, 413, 422), (name, status, answer)
        assert problem.get("detail") or problem.get("line"), (name, problem)
    assert c.get("NATO", IDENTITY["id"]) is None
    assert c.ready("NATO")


def test_a_bundle_with_one_bad_object_is_refused_whole(coalition):
    c = coalition
    good = dict(IDENTITY, id="identity--aaaaaaaa-2222-4333-8444-555555555555")
    bad = dict(IDENTITY, id="identity--bbbbbbbb-2222-4333-8444-555555555555", created="yesterday")
    bundle = {"type": "bundle", "id": "bundle--cccccccc-2222-4333-8444-555555555555", "objects": [good, bad]}
    status, answer = post(c, json.dumps(bundle).encode())
    assert status in (400, 422) and b"bbbbbbbb" in answer, answer
    assert c.get("NATO", good["id"]) is None
    bundle["objects"] = [good]
    status, answer = post(c, json.dumps(bundle).encode())
    assert status == 201 and json.loads(answer)["ids"] == [good["id"]]
    assert c.get("NATO", good["id"])["name"] == "X"


def test_an_object_without_a_label_is_refused(coalition):
    c = coalition
    path = c.folder / "body"
    path.write_bytes(json.dumps(dict(IDENTITY, id="identity--dddddddd-2222-4333-8444-555555555555")).encode())
    status, answer = c.curl("NATO", "/api/v1/objects", "analyst", "-X", "POST", "-H", "Content-Type: application/json", "--data-binary", f"@{path}")
    assert status == 422 and b"label" in answer


def test_what_is_too_large_or_of_a_wrong_kind_is_refused(coalition):
    c = coalition
    assert post(c, b"x", kind="application/xml")[0] == 415
    status, _ = post(c, b"(PUBLIC) t\n\n(PUBLIC) " + b"x" * (4 * 1024 * 1024 + 1), kind="text/plain")
    assert status == 413
    assert c.ready("NATO")


def test_wrong_passwords_unknown_users_and_roles_without_the_right_are_refused(coalition, word):
    c, w = coalition, word()
    done = c.run("NATO", "analyst", "search", "x", "--password-file", "/dev/null")
    assert done.returncode == 3
    wrong = c.curl("NATO", "/api/v1/status", None, "-u", "analyst:wrong")
    unknown = c.curl("NATO", "/api/v1/status", None, "-u", "nobody-here:wrong")
    assert wrong[0] == unknown[0] == 401
    for user in ("reader", "auditor", "admin", "watch"):
        assert c.run("NATO", user, "put", "-", stdin=f"(PUBLIC) {w}\n\n(PUBLIC) x\n").returncode != 0, user
    object_id = c.put(f"(PUBLIC) {w}\n\n(PUBLIC) x\n")
    for user in ("auditor", "admin"):
        assert c.get("NATO", object_id, user) is None, user
    assert c.run("NATO", "reader", "recall", object_id, "--reason", "x").returncode != 0
    assert c.get("NATO", object_id) is not None


def test_nobody_approves_his_own(coalition, word):
    c, w = coalition, word()
    both = {"name": "both", "password": "correct horse", "roles": ["analyst", "release"], "clearance": (c.path("NATO", "data_dir") / "secrets/analyst.clearance").read_text().split("\n")[:2]}
    assert c.curl("NATO", "/api/v1/users", "admin", "-X", "POST", "-H", "Content-Type: application/json", "-d", json.dumps(both))[0] == 204
    (c.folder / "password").write_text("correct horse\n")
    mine = ("--password-file", "password")
    object_id = c.ok("NATO", "both", "put", "-", *mine, stdin=f"(PUBLIC) {w}\n\n(NATO SECRET REL TO KOR) own {w}o\n").strip()
    refused = c.run("NATO", "both", "release", "approve", object_id, *mine)
    assert refused.returncode == 3 and "own" in refused.stderr, refused
    assert c.count("KOR", w + "o") == 0
    c.ok("NATO", "release", "release", "approve", object_id)
    assert c.eventually(lambda: c.count("KOR", w + "o") == 1)


def test_a_certificate_of_the_wrong_nation_is_refused(coalition):
    c = coalition
    user = c.user("KOR", "analyst")
    cert, key = c.folder / user["cert_file"], c.folder / user["key_file"]
    status, _ = c.curl("NATO", "/api/v1/status", None, "--cert", str(cert), "--key", str(key))
    assert status == 401
    status, _ = c.curl("KOR", "/api/v1/status", None, "--cert", str(cert), "--key", str(key))
    assert status == 200


def test_a_used_port_is_named(coalition):
    done = subprocess.run(["./demo", "--background", "--port-base", str(coalition.port_base + 100)], cwd=second_folder(coalition),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    assert done.returncode == 1 and str(coalition.port_base + 100) in done.stdout and "--port-base" in done.stdout


def second_folder(coalition):
    from coalition import Coalition
    folder = coalition.folder / "second"
    folder.mkdir(exist_ok=True)
    if not (folder / "demo").exists():
        Coalition(folder)
    return folder
