"""The house itself: confinement as it runs, doctor, status, exit codes, the two commands."""
import os
import pathlib
import re


ROLES = ("front", "store", "parse", "guard", "seal", "ledger", "link")


def status_of(pid):
    rows = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return {row.split(":")[0]: row.split(":", 1)[1].split() for row in rows}


def test_every_role_is_its_own_executable_confined_and_not_root(coalition):
    c, users = coalition, set()
    for role in ROLES:
        pid = c.pid("NATO", role)
        assert os.path.basename(os.readlink(f"/proc/{pid}/exe")) == f"bices-{role}"
        facts = status_of(pid)
        assert facts["Seccomp"] == ["2"] and facts["NoNewPrivs"] == ["1"], role
        assert set(facts["Uid"]) != {"0"} and facts["CapEff"] == ["0000000000000000"], role
        users.add(facts["Uid"][0])
        same_net = os.readlink(f"/proc/{pid}/ns/net") == os.readlink("/proc/self/ns/net")
        assert same_net == (role == "link"), f"{role}: network namespace"
    assert len(users) == len(ROLES)


def test_nations_do_not_share_user_ids(coalition):
    c = coalition
    ids = [status_of(c.pid(node, role))["Uid"][0] for node in c.nodes for role in ROLES]
    assert len(set(ids)) == len(ids)


def test_doctor_prints_a_line_for_every_layer_and_role(coalition):
    c = coalition
    out = c.ok("NATO", "admin", "doctor", "run/NATO")
    for word in ("seccomp", "network", "user id", "Landlock", *ROLES):
        assert word.lower() in out.lower(), f"{word} is missing in\n{out}"


def test_status_names_every_peer(coalition):
    c = coalition
    assert c.eventually(lambda: "NOT CONNECTED" not in c.ok("NATO", "analyst", "status"), 15)
    out = c.ok("NATO", "analyst", "status")
    for node in ("USA", "KOR", "LTU"):
        assert re.search(rf"{node}\s+connected", out), out


def test_exit_codes_are_as_the_contract_says(coalition):
    c = coalition
    missing = "bices-report--00000000-0000-4000-8000-000000000000"
    for words, code in ((("get", missing), 1), (("search", "zzzzqqqq", "--count"), 1), (("get",), 2), (("search", "--limit", "0", "x"), 2), (("nonsense",), 2),
                        (("rfi", "list"), 3), (("release", "show", missing), 1), (("recall", missing, "--reason", "x"), 1)):
        done = c.run("NATO", "release", *words)
        assert done.returncode == code, (words, done.returncode, done.stderr)
        assert code == 1 and words[0] == "search" or done.stderr, words
    assert c.run("NATO", "analyst", "get", missing).stderr == "bices: no such object\n"


def test_admin_listener_speaks_prometheus(coalition):
    import urllib.request
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    url = coalition.node("NATO")["admin_url"]
    assert opener.open(url + "/live", timeout=5).status == 200
    assert opener.open(url + "/ready", timeout=5).status == 200
    text = opener.open(url + "/metrics", timeout=5).read().decode()
    assert re.search(r"^# TYPE bices_\w+ (gauge|counter)$", text, re.M) and re.search(r"^bices_\w+(\{.*\})? \d", text, re.M)


def test_a_second_start_is_quick_and_keeps_everything(coalition, word):
    import time
    c, w = coalition, word()
    object_id = c.put(f"(PUBLIC) Kept {w}\n\n(PUBLIC) body {w}\n")
    assert c.eventually(lambda: c.count("KOR", w) == 1)
    c.stop()
    began = time.monotonic()
    c.start("--empty")
    assert time.monotonic() - began < 10
    assert c.get("NATO", object_id) and c.get("KOR", object_id)
