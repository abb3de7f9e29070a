"""S1: replaying the decision record gives the same answers, and a changed rule, label or verdict does not pass."""
import json
import re
import shutil
import subprocess


def replay(c, *words):
    return subprocess.run([c.bices, "ledger", "replay", *map(str, words)], cwd=c.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=120)


def four_portions(w):
    return (f"(PUBLIC) Harbour report {w}t\n\n(NATO SECRET) closed {w}a\n(NATO SECRET REL TO KOR) open {w}b\n"
            f"(NATO SECRET LTU, KOR ONLY) narrow {w}c\n(PUBLIC) plain {w}d\n")


def exercised(c, word):
    """Releases by rule, by an approver, and a denial; at every node at least one."""
    w = word()
    first = c.put(four_portions(w))
    c.ok("NATO", "release", "release", "approve", first)
    for node in ("USA", "KOR", "LTU"):
        c.put(f"(PUBLIC) From {node} {w}{node.lower()}\n\n(PUBLIC) x\n", node)
        assert c.eventually(lambda: c.count("NATO", w + node.lower()) == 1), node
    assert c.eventually(lambda: c.count("KOR", w + "b") == 1)
    return first


def test_after_the_example_every_nodes_decisions_are_decided_the_same_again(coalition, word):
    c = coalition
    exercised(c, word)
    other = [word for table in c.folder.glob("*.table") for word in ("--table", table)]  # of decisions that other stories brought about
    for node in c.nodes:
        done = replay(c, "--node", node, *other)
        assert done.returncode == 0, f"{node}: {done.stderr}"
        decisions, agree = re.fullmatch(r"(\d+) decisions, (\d+) agree\n", done.stdout).groups()
        assert decisions == agree and int(agree) >= 1, done.stdout
    shown = json.loads(replay(c, "--node", "NATO", "--json").stdout)
    assert shown["decisions"] == shown["agree"] >= 4 and "fault" not in shown


def node_copy(c, tmp_path, node="NATO"):
    """What a replay needs of a node, without its keys, and usable without the node."""
    source, copy = c.path(node, "data_dir"), tmp_path / node
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("keys", "data", "pid", "control", "users", "ca*"))
    (copy / "data").mkdir()
    shutil.copy(source / "data/label-sets", copy / "data/label-sets")
    conf = (copy / "node.conf").read_text()
    for path in re.findall(r"^policy\s*=?\s*(\S+)", conf, re.M):
        kept = copy / path.rsplit("/", 1)[-1]
        shutil.copy((source / path).resolve(), kept)
        conf = conf.replace(path, kept.name)
    (copy / "node.conf").write_text(conf)
    return copy


def test_changed_rules_and_labels_are_found_offline_and_named(coalition, word, tmp_path):
    c = coalition
    exercised(c, word)
    copy = node_copy(c, tmp_path)
    at = ("--dir", copy / "ledger")
    done = replay(c, *at)
    assert done.returncode == 0, done.stderr
    for name, part in (("nato.xml", "set of policies"), ("release.table", "release-authority table"), ("roster", "roster")):
        path = copy / name
        original = path.read_bytes()
        path.write_bytes(original.replace(b"SECRET", b"SECRES") if name == "nato.xml" else original + (b"\n" if name != "roster" else b""))
        if name == "roster":
            (copy / "older").write_bytes(original)
            path.write_bytes((c.path("KOR", "data_dir") / "roster").read_bytes()[:-1])
        done = replay(c, *at)
        assert done.returncode == 1 and part in done.stderr and "not at hand" in done.stderr, done.stderr
        assert re.search(r"record \d+, release", done.stderr), done.stderr
        if name == "roster":
            done = replay(c, *at, "--roster", copy / "older")
            assert done.returncode == 0, "the version in force may be named beside the present one"
        path.write_bytes(original)
    labels = copy / "data/label-sets"
    original = labels.read_text()
    labels.write_text(original.replace("SECRET", "RESTRICTED"))
    done = replay(c, *at)
    assert done.returncode == 1 and "the labels it names are not at hand" in done.stderr, done.stderr
    labels.write_text("\n".join(line[:70] for line in original.splitlines()) + "\n" + original)
    assert replay(c, *at).returncode == 0, "torn lines count for nothing"
    labels.write_text("")
    done = replay(c, *at, "--json")
    assert done.returncode == 1 and "labels" in json.loads(done.stdout)["fault"]["text"]


def test_a_flipped_verdict_is_found(coalition, word, tmp_path):
    c = coalition
    object_id = exercised(c, word)
    copy = node_copy(c, tmp_path)
    journal = copy / "ledger/journal"
    octets = bytearray(journal.read_bytes())
    place = next(m.start() for m in re.finditer(rb"\x01\x00\x00\x01\x07\x02\x00\x00\x08", octets)
                 if object_id.encode() in octets[m.start():m.start() + 200])
    octets[place + 4] = 8  # release denied
    journal.write_bytes(octets)
    done = replay(c, "--dir", copy / "ledger")
    assert done.returncode == 1 and "signed checkpoint" in done.stderr, done.stderr


def test_the_ledger_holds_no_label(coalition, word):
    c = coalition
    exercised(c, word)
    journal = (c.path("NATO", "ledger_dir") / "journal").read_bytes()
    assert b"NATO|" not in journal and b"PUBLIC|" not in journal


def test_what_is_asked_for_wrongly_is_said(coalition, tmp_path):
    c = coalition
    assert replay(c).returncode == 2
    assert replay(c, "--node", "NATO", "operand").returncode == 2
    assert replay(c, "--dir", tmp_path).returncode == 1
    assert replay(c, "--node", "NATO", "--labels", tmp_path / "none").returncode == 1
    assert replay(c, "--node", "NATO", "--table", tmp_path / "none").returncode in (1, 2)
