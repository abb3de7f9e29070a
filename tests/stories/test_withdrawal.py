"""Portions are taken back from one nation: there their words go from every file, elsewhere nothing changes."""
import json

from test_recall_and_outage import files_with
from test_s1_own_version import four_portions, seen


def confirmed(c, object_id, node="KOR"):
    rows = json.loads(c.ok("NATO", "release", "release", "withdraw", "status", object_id, "--json"))["holders"]
    return {(r["node"], r.get("portion")): r["state"] for r in rows if r["node"] == node}


def published(c, w):
    """Korea reads 2, 3, 4, after an approval."""
    object_id = c.put(four_portions(w))
    assert c.eventually(lambda: seen(c, "KOR", w) == "nnny")
    c.ok("NATO", "release", "release", "approve", object_id)
    assert c.eventually(lambda: seen(c, "KOR", w) == "nyyy")
    assert c.eventually(lambda: seen(c, "LTU", w) == "yyyy")
    return object_id


def withdraw(c, object_id, nation, *portions, user="release"):
    return c.run("NATO", user, "release", "withdraw", object_id, "--from", nation, *portions, "--reason", "wrong addressee")


def line_of(c, object_id, number):
    shown = c.ok("NATO", "release", "release", "show", object_id)
    head = next(line for line in shown.splitlines() if line.endswith("portion")).split()
    row = next(line for line in shown.splitlines() if f" {number} (" in line)
    return dict(zip(head, row.split("(")[0].replace("has it", "has_it").split()))


def test_a_portion_withdrawn_from_one_nation_leaves_it_alone_and_nothing_brings_it_back(coalition, word):
    c, w = coalition, word()
    object_id = published(c, w)
    assert line_of(c, object_id, 3)["KOR"] == "has_it"
    done = withdraw(c, object_id, "KOR", "--portions", "3")
    assert done.returncode == 0, done.stderr
    assert c.eventually(lambda: seen(c, "KOR", w) == "nyny"), seen(c, "KOR", w)
    assert c.count("KOR", w + "c") == 0 and w + "c" not in json.dumps(c.get("KOR", object_id))
    assert c.eventually(lambda: confirmed(c, object_id) == {("KOR", 3): "receipted"}, 5), confirmed(c, object_id)
    assert c.eventually(lambda: not files_with(c, "KOR", w + "c"), 5), files_with(c, "KOR", w + "c")
    assert line_of(c, object_id, 3)["KOR"] == "withdrawn" and line_of(c, object_id, 3)["LTU"] == "has_it"
    for node, want in (("NATO", "yyyy"), ("LTU", "yyyy"), ("USA", "yyny")):
        assert seen(c, node, w) == want, node
    c.ok("NATO", "analyst", "put", "-", "--replaces", object_id, stdin=four_portions(w).replace("plain", "plainer"))
    assert c.eventually(lambda: c.count("KOR", "plainer " + w + "d") == 1)
    assert seen(c, "KOR", w) == "nyny"
    for node in ("NATO", "KOR", "LTU", "USA"):
        c.ok(node, "auditor", "ledger", "verify", "--node", node)
    assert "withdrawal" in c.ok("NATO", "auditor", "ledger", "show", "--node", "NATO")


def test_the_absent_nation_is_named_and_never_shows_on_return_what_was_withdrawn_meanwhile(coalition, word):
    c, w = coalition, word()
    c.stop_node("KOR")
    try:
        object_id = c.put(f"(PUBLIC) Late {w}t\n\n(PUBLIC) one {w}a\n(PUBLIC) two {w}b\n")
        c.ok("NATO", "release", "release", "show", object_id)
        assert c.eventually(lambda: line_of(c, object_id, 2)["KOR"] == "has_it")  # sealed for it: it may hold it any moment
        assert withdraw(c, object_id, "KOR", "--portions", "2").returncode == 0
        assert confirmed(c, object_id) == {("KOR", 2): "outstanding"}
    finally:
        c.start_node("KOR")
    assert c.ready("KOR")
    assert c.eventually(lambda: c.count("KOR", w + "a") == 1, 20)
    assert c.eventually(lambda: confirmed(c, object_id) == {("KOR", 2): "receipted"}, 10)
    assert c.count("KOR", w + "b") == 0 and c.eventually(lambda: not files_with(c, "KOR", w + "b"), 5)


def test_all_is_taken_from_one_nation_and_a_recall_takes_it_from_everybody(coalition, word):
    c, w = coalition, word()
    object_id = published(c, w)
    done = withdraw(c, object_id, "KOR", "--all")
    assert done.returncode == 0, done.stderr
    assert c.eventually(lambda: c.get("KOR", object_id) is None)
    assert c.eventually(lambda: set(confirmed(c, object_id).values()) == {"receipted"}, 5), confirmed(c, object_id)
    for x in "tabcd":
        assert c.eventually(lambda: not files_with(c, "KOR", w + x), 5), x
    assert seen(c, "LTU", w) == "yyyy" and seen(c, "USA", w) == "yyny"
    title = withdraw(c, object_id, "LTU", "--portions", "title")
    assert title.returncode == 2 and "recall" in title.stderr, title.stderr


def test_who_may_not_withdraw_and_what_cannot_be_withdrawn_is_refused_clearly(coalition, word):
    c, w = coalition, word()
    object_id = c.put(four_portions(w))
    assert c.eventually(lambda: seen(c, "KOR", w) == "nnny" and seen(c, "LTU", w) == "yyyy")
    for user in ("analyst", "reader", "watch", "taxii", "admin", "auditor"):
        assert withdraw(c, object_id, "KOR", "--portions", "4", user=user).returncode == 3, user
    for portions, nation, code, words in ((("--portions", "1"), "KOR", 1, "KOR does not have portion 1"), (("--portions", "3"), "KOR", 1, "refuse"),
                                          (("--portions", "9"), "KOR", 2, "1 to 4"), (("--portions", "4"), "XYZ", 2, "XYZ"),
                                          (("--portions", "4"), "NATO", 2, "this nation"), ((), "KOR", 2, "--all"), (("--portions", "4", "--all"), "KOR", 2, "--all")):
        done = withdraw(c, object_id, nation, *portions)
        assert done.returncode == code and words in done.stderr, (portions, nation, done.returncode, done.stderr)
    assert c.run("NATO", "release", "release", "withdraw", object_id, "--from", "KOR", "--portions", "4").returncode == 2, "no reason"
    assert c.run("KOR", "release", "release", "withdraw", object_id, "--from", "all", "--all", "--reason", "x").returncode == 3, "not its originator"
    denied = c.put(f"(NATO SECRET) deny {w}\n\n(NATO SECRET) x\n")
    for node in ("KOR", "NATO"):
        done = c.run(node, "release", "release", "withdraw", denied[:-12] + "0" * 12, "--from", "LTU", "--all", "--reason", "x")
        assert done.returncode == 1 and "no such object" in done.stderr
    assert seen(c, "KOR", w) == "nnny" and c.run("NATO", "release", "release", "withdraw", "status", object_id).returncode == 1


def test_only_who_writes_or_releases_learns_what_waits_was_sent_or_was_taken_back(coalition, word):
    c, w = coalition, word()
    object_id = c.put(f"(PUBLIC) Audience {w}\n\n(NATO RESTRICTED REL TO KOR) one {w}a\n(PUBLIC) two {w}b\n")
    waits = c.put(f"(PUBLIC) Audience {w}\n\n(NATO SECRET REL TO KOR) waits {w}c\n")
    assert c.eventually(lambda: c.count("KOR", w + "b") == 1)
    assert withdraw(c, object_id, "KOR", "--portions", "2").returncode == 0
    ask = lambda user, of: [r["answers"]["KOR"] for r in json.loads(c.curl("NATO", f"/api/v1/objects/{of}/audience", user)[1])["rows"]]
    for user in ("analyst", "release"):
        assert ask(user, object_id) == ["sent", "sent", "withdrawn"] and ask(user, waits) == ["sent", "waits"], user
    for user in ("watch", "control"):
        assert ask(user, object_id) == ["at once"] * 3 and ask(user, waits) == ["at once"] * 2, user
