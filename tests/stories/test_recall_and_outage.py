"""Recall reaches every holder; parts and nodes that are away change nothing but the time."""
import json
import os
import signal
import time


def holders(c, object_id):
    return {h["node"]: h["state"] for h in json.loads(c.ok("NATO", "release", "recall", "status", object_id, "--json"))["holders"]}


def files_with(c, node, text):
    needle, found = text.encode(), []
    for path in c.path(node, "data_dir").rglob("*"):
        if path.is_file() and needle in path.read_bytes():
            found.append(str(path))
    return found


def test_a_recall_leaves_no_word_at_any_holder_and_names_who_is_absent(coalition, word):
    c, w = coalition, word()
    object_id = c.put(f"(PUBLIC) Recall {w}t\n\n(PUBLIC) body {w}b\n")
    for node in ("USA", "KOR", "LTU"):
        assert c.eventually(lambda: c.count(node, w + "t") == 1), node
    c.stop_node("LTU")
    c.ok("NATO", "release", "recall", object_id, "--reason", "went too wide")
    want = {"USA": "receipted", "KOR": "receipted", "LTU": "outstanding"}
    assert c.eventually(lambda: holders(c, object_id) == want, 5), holders(c, object_id)
    for node in ("USA", "KOR"):
        assert c.count(node, w + "t") == 0 and c.get(node, object_id) is None
        assert c.eventually(lambda: not files_with(c, node, w + "b"), 5), files_with(c, node, w + "b")
    assert c.count("NATO", w + "t") == 0 and not files_with(c, "NATO", w + "b")
    c.start_node("LTU")
    assert c.ready("LTU")
    assert c.eventually(lambda: holders(c, object_id)["LTU"] == "receipted", 20)
    assert c.count("LTU", w + "t") == 0 and c.eventually(lambda: not files_with(c, "LTU", w + "b"), 5)


def test_a_recalled_object_that_was_never_delivered_is_never_shown(coalition, word):
    c, w = coalition, word()
    c.stop_node("KOR")
    object_id = c.put(f"(PUBLIC) Late {w}t\n\n(PUBLIC) body {w}b\n")
    c.ok("NATO", "release", "recall", object_id, "--reason", "mistake")
    marker = c.put(f"(PUBLIC) Marker {w}m\n\n(PUBLIC) body\n")
    c.start_node("KOR")
    assert c.ready("KOR")
    assert c.eventually(lambda: c.count("KOR", w + "m") == 1, 20), marker
    assert c.count("KOR", w + "t") == 0 and c.get("KOR", object_id) is None


def test_with_guard_seal_or_ledger_stopped_nothing_leaves_and_afterwards_all_catches_up(coalition, word):
    c = coalition
    for role in ("guard", "seal", "ledger"):
        w, pid = word(), c.pid("NATO", role)
        os.kill(pid, signal.SIGSTOP)
        try:
            c.run("NATO", "analyst", "put", "-", stdin=f"(PUBLIC) Down {w}\n\n(PUBLIC) body {w}\n")
            assert not c.eventually(lambda: c.count("KOR", w) == 1, 3), f"{role} is stopped and something left"
            assert c.run("NATO", "analyst", "search", w, "--count").returncode in (0, 1), "reading goes on"
        finally:
            os.kill(pid, signal.SIGCONT)
        v = word()
        assert c.eventually(lambda: c.run("NATO", "analyst", "put", "-", stdin=f"(PUBLIC) Up {v}\n\n(PUBLIC) body {v}\n").returncode == 0, 20, 1)
        assert c.eventually(lambda: c.count("KOR", v) == 1, 30), f"{role} is back and nothing travels"


def test_a_role_held_down_lets_nothing_leave_and_the_feed_catches_up(coalition, word):
    c = coalition
    for role in ("guard", "seal", "ledger"):
        c.stop_node("LTU")
        c.start_node("LTU", "--hold-role", role)
        w = word()
        if c.ready("LTU", 8):
            c.run("LTU", "analyst", "put", "-", stdin=f"(PUBLIC) Held {w}\n\n(PUBLIC) body\n")
        time.sleep(1)
        assert c.count("NATO", w) == 0
        c.stop_node("LTU")
        c.start_node("LTU")
        assert c.ready("LTU")
        v = word()
        assert c.eventually(lambda: c.run("LTU", "analyst", "put", "-", stdin=f"(PUBLIC) Again {v}\n\n(PUBLIC) body\n").returncode == 0, 20, 0.5)
        assert c.eventually(lambda: c.count("NATO", v) == 1, 20), role


def test_a_node_killed_during_exchange_loses_nothing_and_doubles_nothing(coalition, word):
    c, w = coalition, word()
    for i in range(40):
        c.put(f"(PUBLIC) Stream {w} {i}\n\n(PUBLIC) number {w}n{i}\n")
        if i == 12:
            os.kill(c.pid("USA", "store"), signal.SIGKILL)
        if i == 20:
            os.kill(c.pid("USA", "seal"), signal.SIGKILL)
        if i == 28:
            os.kill(c.pid("NATO", "seal"), signal.SIGKILL)
        if i == 34:
            os.kill(c.pid("NATO", "link"), signal.SIGKILL)
    assert c.eventually(lambda: c.count("USA", f"Stream {w}") == 40, 60, 0.5), c.count("USA", f"Stream {w}")
    hits = json.loads(c.ok("USA", "analyst", "search", f"Stream {w}", "--limit", "1000", "--json"))["objects"]
    assert len({h["id"] for h in hits}) == len(hits) == 40


def test_a_role_that_is_killed_comes_back(coalition):
    c = coalition
    for role in ("front", "store", "guard", "seal", "ledger", "link", "parse"):
        old = c.pid("KOR", role)
        os.kill(old, signal.SIGKILL)
        assert c.eventually(lambda: role_pid(c, role) not in (None, old), 20), role
    assert c.ready("KOR")


def role_pid(c, role):
    try:
        return c.pid("KOR", role)
    except (OSError, IndexError, ValueError):
        return None
