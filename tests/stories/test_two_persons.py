"""S2: two persons where the table says so: neither the same twice nor an author, checked by store, guard and seal, both in the ledger."""
import json
import subprocess

import pytest

ROW = "two-kor * * KOR two-persons NATO:SECRET,TOP SECRET\n"


def restart_with(c, node, text):
    c.stop_node(node)
    (c.path(node, "data_dir") / "release.table").write_text(text)
    c.start_node(node)
    assert c.ready(node)


@pytest.fixture(scope="module")
def two(coalition):
    """USA asks for two persons where NATO SECRET goes to Korea."""
    table = coalition.path("USA", "data_dir") / "release.table"
    before = table.read_text()
    (coalition.folder / "two.table").write_text(before + ROW)  # its decisions can be decided again
    (coalition.folder / "first.table").write_text(before)
    restart_with(coalition, "USA", before + ROW)
    yield coalition
    restart_with(coalition, "USA", before)


def report(c, w):
    return c.put(f"(PUBLIC) {w}\n\n(NATO SECRET REL TO KOR) first {w}x\n(NATO RESTRICTED REL TO KOR) second {w}y\n", "USA")


def row_of(c, user, object_id):
    return next(line for line in c.ok("USA", user, "release", "list").splitlines() if line.startswith(object_id))


def test_two_officers_release_it_and_neither_alone(two, word):
    c, w = two, word()
    plan = c.ok("USA", "analyst", "put", "-", "--dry-run", stdin="(PUBLIC) t\n\n(NATO SECRET REL TO KOR) x\n(NATO RESTRICTED REL TO KOR) y\n")
    assert plan.count("waits (2)") == 2 and "two of them must" in plan, plan
    object_id = report(c, w)
    assert c.eventually(lambda: c.count("KOR", w + "y") == 1), "what the table lets go at once goes at once"
    assert "two persons must approve" in row_of(c, "release", object_id)
    done = c.run("USA", "release", "release", "approve", object_id)
    assert done.returncode == 0 and "second release officer" in done.stderr, done.stderr
    assert "approved by release, a second person must approve" in row_of(c, "release2", object_id)
    again = c.run("USA", "release", "release", "approve", object_id)
    assert again.returncode == 3 and "another release officer" in again.stderr, again
    assert c.count("KOR", w + "x") == 0
    shown = c.ok("USA", "release2", "release", "show", object_id)
    assert "approved by release, a second person must approve" in shown, shown
    done = c.run("USA", "release2", "release", "approve", object_id)
    assert done.returncode == 0 and "it leaves now" in done.stderr, done.stderr
    assert c.eventually(lambda: c.count("KOR", w + "x") == 1)


def test_the_http_interface_says_the_same(two, word):
    c, w = two, word()
    object_id = report(c, w)
    path = f"/api/v1/releases/{object_id}"
    status, body = c.curl("USA", path, "release")
    shown = json.loads(body)
    assert status == 200 and shown["persons"] == 2 and shown["approved_by"] == []
    assert [row.get("two_persons") for row in shown["rows"]] == [None, ["KOR"], None]
    post = lambda user, tail, body: c.curl("USA", path + tail, user, "-X", "POST", "-H", "Content-Type: application/json", "-d", json.dumps(body))
    assert post("release", "/approve", {"shown": shown["shown"]})[0] == 204
    assert post("release2", "/approve", {"shown": shown["shown"]})[0] == 409, "what he was shown has one approval more now"
    listed = json.loads(c.curl("USA", "/api/v1/releases", "release2")[1])["releases"]
    item = next(item for item in listed if item["id"] == object_id)
    assert item["persons"] == 2 and item["approved_by"] == ["release"]
    shown = json.loads(c.curl("USA", path, "release2")[1])
    assert post("release2", "/approve", {"shown": shown["shown"]})[0] == 204
    assert c.eventually(lambda: c.count("KOR", w + "x") == 1)


def test_the_second_may_refuse_and_nothing_leaves(two, word):
    c, w = two, word()
    object_id = report(c, w)
    c.ok("USA", "release", "release", "approve", object_id)
    c.ok("USA", "release2", "release", "refuse", object_id, "--reason", "not now")
    assert "nothing of it waits" in c.ok("USA", "release", "release", "show", object_id)
    assert not c.eventually(lambda: c.count("KOR", w + "x") == 1, 2)


def test_an_author_is_neither_the_first_nor_the_second(two, word):
    c, w = two, word()
    clearance = (c.path("USA", "data_dir") / "secrets/analyst.clearance").read_text().split("\n")[:2]
    officer = {"name": "scribe2", "password": "correct horse", "roles": ["analyst", "release"], "clearance": clearance}
    assert c.curl("USA", "/api/v1/users", "admin", "-X", "POST", "-H", "Content-Type: application/json", "-d", json.dumps(officer))[0] == 204
    (c.folder / "scribe2").write_text("correct horse\n")
    mine = ("--password-file", "scribe2")
    object_id = c.ok("USA", "scribe2", "put", "-", *mine, stdin=f"(PUBLIC) {w}\n\n(NATO SECRET REL TO KOR) mine {w}x\n").strip()
    assert c.run("USA", "scribe2", "release", "approve", object_id, *mine).returncode == 3
    c.ok("USA", "release", "release", "approve", object_id)
    refused = c.run("USA", "scribe2", "release", "approve", object_id, *mine)
    assert refused.returncode == 3 and "own" in refused.stderr, refused
    assert c.count("KOR", w + "x") == 0


def test_one_approval_is_kept_over_a_restart(two, word):
    c, w = two, word()
    object_id = report(c, w)
    c.ok("USA", "release", "release", "approve", object_id)
    c.stop_node("USA")
    c.start_node("USA")
    assert c.ready("USA")
    assert "approved by release" in row_of(c, "release2", object_id)
    c.ok("USA", "release2", "release", "approve", object_id)
    assert c.eventually(lambda: c.count("KOR", w + "x") == 1)


def test_the_ledger_names_both_and_decides_the_same_again(two, word):
    c, w = two, word()
    object_id = report(c, w)
    for user in ("release", "release2"):
        c.ok("USA", user, "release", "approve", object_id)
    assert c.eventually(lambda: c.count("KOR", w + "x") == 1)
    lines = [line for line in c.ok("USA", "auditor", "ledger", "show", "--node", "USA").splitlines() if object_id in line]
    assert sum("approve" in line for line in lines) == 2, lines
    assert any("user:release and release2" in line for line in lines), lines
    words = [c.bices, "ledger", "replay", "--node", "USA", "--table", "first.table"]
    done = subprocess.run(words, cwd=c.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0 and "agree" in done.stdout, done.stderr


def test_a_table_that_leaves_out_a_level_keeps_guard_from_serving_and_config_check_names_the_line(two, tmp_path):
    c = two
    table = c.path("USA", "data_dir") / "release.table"
    kept = table.read_text()
    table.write_text(kept.replace("NATO:SECRET,TOP SECRET", "NATO:SECRET"))
    done = subprocess.run([c.bices, "config", "check", "run/USA"], cwd=c.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    table.write_text(kept)
    assert done.returncode != 0 and "TOP SECRET lies above" in done.stderr, done.stderr
