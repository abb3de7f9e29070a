"""What is on its way: nothing that cannot go stands in the way of what can, and the ledger says no more than what happened."""
import json
import os
import signal
import time

PUBLIC_MAX = 4 * 1024 * 1024


def records(c, node):
    """The size of the node's ledger."""
    return json.loads(c.ok(node, "admin", "status", "--json"))["ledger_size"]


def test_an_object_too_large_to_be_released_is_refused_and_stops_nobody(coalition, word):
    c, w = coalition, word()
    line = "x" * 1000 + "\n"
    part = lambda octets: "(PUBLIC) " + line * (octets // len(line))
    text = f"(PUBLIC) Huge {w}\n\n{part(PUBLIC_MAX - 2100)}\n\n{part(PUBLIC_MAX - 2100)}\n\n(PUBLIC) "
    text += "y" * (8386900 - len(text))  # each portion may be, and so may the sum, but not with the manifest
    refused = c.run("NATO", "analyst", "put", "-", stdin=text)
    assert refused.returncode != 0 and "large" in refused.stderr, refused.stderr
    assert c.count("NATO", w) == 0
    c.put(f"(PUBLIC) After {w}a\n\n(PUBLIC) body\n")
    for node in ("USA", "KOR", "LTU"):
        assert c.eventually(lambda: c.count(node, w + "a") == 1), node


def test_the_largest_object_that_is_taken_arrives(coalition, word):
    c, w = coalition, word()
    line = "x" * 1000 + "\n"
    part = lambda octets: "(PUBLIC) " + line * (octets // len(line))
    c.put(f"(PUBLIC) Big {w}\n\n{part(PUBLIC_MAX - 8000)}\n\n{part(PUBLIC_MAX - 8000)}\n")
    assert c.eventually(lambda: c.count("KOR", w) == 1, 30)


def test_a_recall_with_seal_held_does_not_flood_the_ledger(coalition, word):
    c, w = coalition, word()
    object_id = c.put(f"(PUBLIC) Storm {w}\n\n(PUBLIC) body\n", "LTU")
    assert c.eventually(lambda: c.count("KOR", w) == 1 and c.count("NATO", w) == 1)
    c.stop_node("LTU")
    c.start_node("LTU", "--hold-role", "seal")
    assert c.eventually(lambda: c.run("LTU", "release", "recall", object_id, "--reason", "mistake").returncode == 0, 20, 0.5)
    time.sleep(1)
    before = records(c, "LTU")
    time.sleep(6)
    assert records(c, "LTU") - before < 6, "each second of waiting writes records"
    c.stop_node("LTU")
    c.start_node("LTU")
    assert c.ready("LTU")
    assert c.eventually(lambda: c.count("KOR", w) == 0 and c.count("NATO", w) == 0, 20)


def test_a_removed_portion_disappears_at_the_peer_even_after_an_outage(coalition, word):
    c, w = coalition, word()
    object_id = c.put(f"(PUBLIC) Shrinks {w}\n\n(PUBLIC) stays {w}s\n\n(PUBLIC) goes {w}g\n")
    assert c.eventually(lambda: c.count("KOR", w + "g") == 1)
    c.stop_node("KOR")
    c.put(f"(PUBLIC) Shrinks {w}\n\n(PUBLIC) stays {w}s\n", "NATO", "analyst", "--replaces", object_id)
    os.kill(c.pid("NATO", "seal"), signal.SIGKILL)
    c.start_node("KOR")
    assert c.ready("KOR")
    assert c.eventually(lambda: c.count("KOR", w + "g") == 0, 30, 0.2)
    assert c.count("KOR", w + "s") == 1


def test_a_recall_does_not_wait_for_a_document_that_is_being_read(coalition, word):
    c, w = coalition, word()
    object_id = c.put(f"(PUBLIC) Recalled {w}r\n\n(PUBLIC) body\n")
    assert c.eventually(lambda: c.count("KOR", w + "r") == 1)
    parse = c.pid("KOR", "parse")
    os.kill(parse, signal.SIGSTOP)
    try:
        c.put(f"(PUBLIC) Stuck {w}s\n\n(PUBLIC) body\n")
        time.sleep(1)
        c.ok("NATO", "release", "recall", object_id, "--reason", "mistake")
        assert c.eventually(lambda: c.count("KOR", w + "r") == 0, 8), "the recall waits behind a document"
        assert c.count("KOR", w + "s") == 0
    finally:
        os.kill(parse, signal.SIGCONT)
    assert c.eventually(lambda: c.count("KOR", w + "s") == 1, 30)


def bundle(w, count):
    number = lambda i: f"malware--{i:08x}-{os.getpid() & 0xffff:04x}-4{int(time.time()) & 0xfff:03x}-8000-{hash(w) & 0xffffffffffff:012x}"
    return json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001", "objects": [
        {"type": "malware", "spec_version": "2.1", "id": number(i), "created": "2026-01-01T00:00:00.000Z",
         "modified": "2026-01-01T00:00:00.000Z", "is_family": False, "name": f"bulk {w} {i}"} for i in range(count)]})


def test_a_routine_report_overtakes_deferred_bulk(coalition, word, tmp_path):
    c, w = coalition, word()
    path = tmp_path / "bulk.json"
    path.write_text(bundle(w, 3000))
    c.ok("NATO", "analyst", "put", str(path), "--precedence", "deferred", "--marking", "PUBLIC")
    c.put(f"(PUBLIC) Routine {w}r\n\n(PUBLIC) body\n")
    assert c.eventually(lambda: c.count("KOR", w + "r") == 1, 10)
    there = c.count("KOR", f"bulk {w}")
    assert there < 2500, f"{there} of 3000 came first"
    assert c.eventually(lambda: c.count("KOR", f"bulk {w}") == 3000, 90, 0.5)
