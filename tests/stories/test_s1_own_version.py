"""S1: publish once, each nation sees its own version."""
import json
import re
import time


def four_portions(w):
    return (f"(PUBLIC) Harbour report {w}t\n\n(NATO SECRET) closed {w}a\n(NATO SECRET REL TO KOR) open {w}b\n"
            f"(NATO SECRET LTU, KOR ONLY) narrow {w}c\n(PUBLIC) plain {w}d\n")


def seen(c, node, w):
    return "".join("y" if c.count(node, w + x) == 1 else "n" for x in "abcd")


def test_each_nation_sees_exactly_its_portions_and_korea_more_after_approval(coalition, word):
    c, w = coalition, word()
    object_id = c.put(four_portions(w))
    for node, want in (("NATO", "yyyy"), ("USA", "yyny"), ("LTU", "yyyy"), ("KOR", "nnny")):
        assert c.eventually(lambda: seen(c, node, w) == want), f"{node}: {seen(c, node, w)}"
    time.sleep(1)
    assert seen(c, "KOR", w) == "nnny", "nothing more reaches Korea before the release officer approves"
    c.ok("NATO", "release", "release", "approve", object_id)
    began = time.monotonic()
    assert c.eventually(lambda: seen(c, "KOR", w) == "nyyy")
    assert time.monotonic() - began < 2.5, "approved and readable takes too long"
    for node, want in (("USA", "yyny"), ("LTU", "yyyy"), ("KOR", "nyyy")):
        assert seen(c, node, w) == want


def test_a_report_whose_title_is_denied_is_invisible_as_a_whole(coalition, word):
    c, w = coalition, word()
    object_id = c.put(f"(NATO SECRET) Closed title {w}t\n\n(NATO SECRET REL TO KOR) open {w}a\n(PUBLIC) plain {w}b\n")
    assert c.eventually(lambda: c.count("USA", w + "a") == 1)
    c.run("NATO", "release", "release", "approve", object_id)
    time.sleep(1.5)
    assert c.count("KOR", w + "a") == 0 and c.count("KOR", w + "b") == 0 and c.get("KOR", object_id) is None
    plan = c.ok("NATO", "analyst", "put", "-", "--dry-run", stdin="(NATO SECRET) T\n\n(PUBLIC) plain\n")
    assert "title" in plan, "the dry run names portions that can reach nobody because of the title"


def test_markings_stand_top_and_bottom_in_the_words_of_the_policy(coalition, word):
    c, w = coalition, word()
    text = c.ok("NATO", "analyst", "get", c.put(f"(PUBLIC) T {w}\n\n(NATO SECRET) body {w}\n(NATO SECRET REL TO KOR) more {w}\n")).strip().splitlines()
    assert text[0] == text[-1] and text[0].startswith("NATO SECRET"), text
    assert any(line.startswith("(NATO SECRET REL TO KOR)") for line in text)


def test_a_word_of_a_hidden_portion_betrays_nothing_at_the_readers_own_node(coalition, word):
    c, w = coalition, word()
    first = c.put(f"(PUBLIC) One {w}\n\n(PUBLIC) shared {w}\n")
    second = c.put(f"(PUBLIC) Two {w}\n\n(NATO SECRET) hidden {w}z\n(PUBLIC) shared {w}\n")
    third = c.put(f"(PUBLIC) Three {w}\n\n(PUBLIC) shared {w}\n")
    assert c.count("NATO", w + "z", "reader") == 0
    answer = json.loads(c.run("NATO", "reader", "search", w, "--json").stdout)
    assert [o["id"] for o in answer["objects"]] == [third, second, first]
    assert w + "z" not in json.dumps(answer)
    _, facets = c.curl("NATO", f"/api/v1/search?q={w}z&facets=true", "reader")
    assert b"hidden" not in facets and b"SECRET" not in facets and json.loads(facets)["count"] == 0


def shape(value):
    if isinstance(value, dict):
        return {k: shape(v) for k, v in value.items()}
    if isinstance(value, list):
        return [shape(v) for v in value]
    return len(value) if isinstance(value, str) else type(value).__name__


def test_hidden_portions_change_neither_shape_nor_length_and_their_edit_is_no_new_version(coalition, word):
    c, w = coalition, word()
    bodies = {n: f"(PUBLIC) Twin {w}{chr(97 + k)}\n\n" + "".join(f"(NATO SECRET) hidden {w}z x\n" for _ in range(n)) + f"(PUBLIC) same words {w}\n"
              for k, n in enumerate((0, 1, 3, 6, 20))}
    ids = {n: c.put(body) for n, body in bodies.items()}
    raw = {n: c.eventually(lambda: c.run("KOR", "analyst", "get", ids[n], "--json").stdout) for n in ids}
    assert len({len(text) for text in raw.values()}) == 1, {n: len(text) for n, text in raw.items()}
    assert len({json.dumps(shape(json.loads(text)), sort_keys=True) for text in raw.values()}) == 1
    received = c.ok("KOR", "admin", "status", "--json")
    c.ok("NATO", "analyst", "put", "-", "--replaces", ids[3], stdin=bodies[3].replace("z x", "z y"))
    time.sleep(2)
    assert c.run("KOR", "analyst", "get", ids[3], "--json").stdout == raw[3]
    count = lambda text: {p["node"]: p["received"] for p in json.loads(text)["peers"]}
    assert count(received)["NATO"] == count(c.ok("KOR", "admin", "status", "--json"))["NATO"], "a hidden edit sent something"
    c.ok("NATO", "analyst", "put", "-", "--replaces", ids[3], stdin=bodies[3].replace("same words", "other words"))
    assert c.eventually(lambda: c.run("KOR", "analyst", "get", ids[3], "--json").stdout != raw[3])


def test_denied_and_missing_are_the_same_answer_in_bytes(coalition, word):
    c, w = coalition, word()
    denied = c.put(f"(NATO SECRET) deny {w}\n\n(NATO SECRET) deny {w}\n")
    missing = denied[:-12] + "0" * 12
    normal = lambda body: re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}", b"ID", re.sub(rb'"request_id":"[^"]*"', b"", body))
    a, b = (c.curl("NATO", f"/api/v1/objects/{i}", "reader") for i in (denied, missing))
    assert a[0] == b[0] == 404 and normal(a[1]) == normal(b[1])


def test_unknown_policy_and_malformed_labels_are_refused_with_a_reason(coalition):
    for text, words in (("(ATLANTIS SECRET) t\n\n(PUBLIC) x\n", "ATLANTIS"), ("(NATO SECRET REL TO XYZ) t\n\n(PUBLIC) x\n", "XYZ"),
                        ("(NATO SECRET) t\n\nno marking\n", "marking"), ("(NATO SECRET t\n\n(PUBLIC) x\n", "line 1"), ("(NATO) t\n\n(PUBLIC) x\n", "NATO")):
        done = coalition.run("NATO", "analyst", "put", "-", stdin=text)
        assert done.returncode == 2 and done.stdout == "" and words.lower() in done.stderr.lower(), (text, done.returncode, done.stderr)
