"""The ledger proves, notices every changed byte, and a node that was set back releases nothing."""
import random
import shutil
import subprocess


def verify(c, folder):
    return subprocess.run([c.bices, "ledger", "verify", "--dir", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE).returncode


def test_every_nodes_ledger_verifies_while_in_use_and_every_changed_byte_is_noticed(coalition, tmp_path):
    c = coalition
    for node in c.nodes:
        assert verify(c, c.path(node, "ledger_dir")) == 0, node
    copy = tmp_path / "ledger"
    shutil.copytree(c.path("KOR", "ledger_dir"), copy)
    assert verify(c, copy) == 0
    chosen = random.Random(7)
    for path in (p for p in copy.rglob("*") if p.is_file() and p.stat().st_size):
        original = path.read_bytes()
        for at in {0, len(original) - 1, *(chosen.randrange(len(original)) for _ in range(12))}:
            changed = bytearray(original)
            changed[at] ^= 1 << chosen.randrange(8)
            path.write_bytes(changed)
            assert verify(c, copy) == 1, f"{path.name} octet {at}"
        for cut in (1, 4096, len(original) // 2, len(original)):
            path.write_bytes(original[:-cut])
            assert verify(c, copy) == 1, f"{path.name} cut by {cut}"
        path.write_bytes(original + b"\0")
        assert verify(c, copy) == 1, f"{path.name} lengthened"
        path.write_bytes(original)
    (copy / "foreign").write_text("x")
    assert verify(c, copy) == 1, "a file that does not belong there"


def test_a_proof_verifies_offline_and_a_changed_one_does_not(coalition, word, tmp_path):
    c, w = coalition, word()
    object_id = c.put(f"(PUBLIC) {w}\n\n(PUBLIC) x\n")
    assert c.eventually(lambda: c.count("USA", w) == 1)
    proof = tmp_path / "proof"
    proof.write_text(c.ok("NATO", "auditor", "ledger", "proof", object_id))
    check = lambda: subprocess.run([c.bices, "ledger", "verify-proof", str(proof)], cwd=c.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE).returncode
    assert check() == 0
    text = proof.read_text()
    for old in (text[len(text) // 2], text[-20]):
        at = text.rindex(old)
        proof.write_text(text[:at] + ("A" if old != "A" else "B") + text[at + 1:])
        assert check() in (1, 2)
    proof.write_text(text)
    assert check() == 0


def test_a_node_whose_ledger_was_rolled_back_refuses_to_release(coalition, word, tmp_path):
    c, w = coalition, word()
    c.stop_node("LTU")
    old = tmp_path / "old"
    shutil.copytree(c.path("LTU", "ledger_dir"), old)
    c.start_node("LTU")
    assert c.ready("LTU")
    object_id = c.put(f"(PUBLIC) {w}\n\n(PUBLIC) x\n", "LTU")
    assert c.eventually(lambda: c.count("NATO", w) == 1)
    c.stop_node("LTU")
    current = tmp_path / "current"
    shutil.copytree(c.path("LTU", "ledger_dir"), current)
    try:
        restore(c, old)
        c.start_node("LTU")
        c.ready("LTU", 5)
        v = word()
        c.run("LTU", "analyst", "put", "-", stdin=f"(PUBLIC) {v}\n\n(PUBLIC) x\n")
        assert not c.eventually(lambda: c.count("NATO", v) == 1, 4), f"released by a ledger that was set back ({object_id})"
    finally:
        c.stop_node("LTU")
        restore(c, current)
        c.start_node("LTU")
        assert c.ready("LTU")
    v = word()
    assert c.eventually(lambda: c.run("LTU", "analyst", "put", "-", stdin=f"(PUBLIC) {v}\n\n(PUBLIC) x\n").returncode == 0, 15, 0.5)
    assert c.eventually(lambda: c.count("NATO", v) == 1)


def test_a_ledger_set_back_alone_releases_nothing_even_with_no_peer_there(coalition, word, tmp_path):
    c, w = coalition, word()
    others = [n for n in c.nodes if n != "LTU"]
    c.stop_node("LTU")
    old = tmp_path / "old"
    shutil.copytree(c.path("LTU", "ledger_dir"), old)
    c.start_node("LTU")
    assert c.ready("LTU")
    c.put(f"(PUBLIC) {w}\n\n(PUBLIC) x\n", "LTU")
    assert c.eventually(lambda: c.count("NATO", w) == 1)
    c.stop_node("LTU")
    current = tmp_path / "current"
    shutil.copytree(c.path("LTU", "ledger_dir"), current)
    for node in others:
        c.stop_node(node)
    try:
        restore(c, old)
        c.start_node("LTU")
        c.ready("LTU", 5)
        assert c.eventually(lambda: "nothing is released" in (c.path("LTU", "data_dir") / "log").read_text(errors="replace"))
        assert verify(c, c.path("LTU", "ledger_dir")) == 0, "only its age is wrong, so the ledger alone looks sound"
        v = word()
        done = c.run("LTU", "analyst", "put", "-", stdin=f"(PUBLIC) {v}\n\n(PUBLIC) x\n")
        assert done.returncode != 0 and c.count("LTU", v) == 0, "published on the word of a ledger that was set back"
    finally:
        c.stop_node("LTU")
        restore(c, current)
        for node in (*others, "LTU"):
            c.start_node(node)
        for node in c.nodes:
            assert c.ready(node), node
    v = word()
    assert c.eventually(lambda: c.run("LTU", "analyst", "put", "-", stdin=f"(PUBLIC) {v}\n\n(PUBLIC) x\n").returncode == 0, 15, 0.5)
    assert c.eventually(lambda: c.count("NATO", v) == 1, 20)


def restore(c, source):
    """The files of source in place of the ledger's, owners and modes as they were."""
    subprocess.run(["cp", "-a", "-T", "--remove-destination", str(source), str(c.path("LTU", "ledger_dir"))], check=True)
    subprocess.run(["chown", "-R", "--reference", str(c.path("LTU", "ledger_dir")), str(c.path("LTU", "ledger_dir"))], check=True)
