"""Any file is an attachment: marked, released, and given back octet for octet."""
import json
import os
import random

LIMIT = 3_000_000


def octets(count, seed=7):
    return random.Random(seed).randbytes(count)


def file_of(c, name, content):
    path = c.folder / name
    path.write_bytes(content)
    return str(path)


def put(c, path, *options, marking="NATO RESTRICTED REL TO KOR"):
    done = c.run("NATO", "analyst", "put", path, *(("--marking", marking) if marking else ()), *options)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def take(c, node, object_id, number="1", user="analyst"):
    out = c.folder / "taken"
    out.unlink(missing_ok=True)
    done = c.run(node, user, "get", object_id, "--attachment", number, "--out", str(out))
    return done, out.read_bytes() if out.exists() else None


def test_a_binary_file_comes_back_octet_for_octet_here_and_at_the_nation_it_is_for(coalition, word):
    c, w = coalition, word()
    content = b"\x89PNG\r\n\x1a\n\0" + octets(200_000)
    object_id = put(c, file_of(c, f"{w}.png", content))
    for node in ("NATO", "KOR", "LTU"):
        assert c.eventually(lambda: c.get(node, object_id)), node
        done, taken = take(c, node, object_id)
        assert done.returncode == 0 and taken == content, (node, done.stderr)
    assert os.stat(c.folder / "taken").st_mode & 0o777 == 0o600
    shown = c.ok("KOR", "analyst", "get", object_id)
    assert f"(NATO RESTRICTED REL TO KOR) attachment 1: {w}.png, image/png, {len(content)} octets" in shown, shown
    assert c.count("KOR", w) == 1
    done, taken = take(c, "NATO", object_id, user="reader")
    assert done.returncode == 1 and taken is None and "no such object" in done.stderr


def test_a_file_without_marking_is_refused_and_nothing_stored(coalition, word):
    c, w = coalition, word()
    path = file_of(c, f"{w}.bin", b"\0" + octets(100))
    done = c.run("NATO", "analyst", "put", path)
    assert done.returncode == 2 and "--marking" in done.stderr and not done.stdout
    body = {"type": "bices-report", "spec_version": "2.1", "id": "bices-report--6b5e5c0e-6a0b-4c55-9d2f-0d6f3a1c9e10", "name": w,
            "extensions": {"extension-definition--25fd6fcf-962d-4376-8a61-6393e95b79a5": {"extension_type": "property-extension", "portions": [
                {"kind": "attachment", "attachment": {"name": "a", "media_type": "x/y", "size": 3, "data": "enp6"}}]}}}
    (c.folder / "body").write_text(json.dumps(body))
    assert c.run("NATO", "analyst", "put", str(c.folder / "body")).returncode == 2
    assert c.count("NATO", w) == 0
    done = c.run("NATO", "analyst", "put", path, "--marking", "NATO SECRET REL TO KOR", "--dry-run")
    assert done.returncode == 0 and "waits" in done.stdout and c.count("NATO", w) == 0


def test_the_limit_of_a_file_is_exact(coalition, word):
    c, w = coalition, word()
    for count, code in ((LIMIT - 1, 0), (LIMIT, 0), (LIMIT + 1, 2)):
        content = b"\0" + octets(count - 1)
        done = c.run("NATO", "analyst", "put", file_of(c, f"{w}.bin", content), "--marking", "NATO SECRET")
        assert done.returncode == code, (count, done.stderr)
        if code == 0:
            assert take(c, "NATO", done.stdout.strip())[1] == content
            assert c.eventually(lambda: c.get("LTU", done.stdout.strip()))
            assert take(c, "LTU", done.stdout.strip())[1] == content
        else:
            assert str(LIMIT) in done.stderr


def test_text_is_an_attachment_when_it_is_said_so_and_names_are_safe(coalition, word):
    c, w = coalition, word()
    content = f"a,b\n{w},2\n".encode()
    object_id = put(c, file_of(c, f"{w}-표.csv", content), "--attachment", marking="PUBLIC")
    assert take(c, "NATO", object_id)[1] == content
    assert f"{w}-표.csv, text/csv" in c.ok("NATO", "analyst", "get", object_id)
    done = c.run("NATO", "analyst", "put", file_of(c, "evil\u202efdp.exe", b"\0x"), "--marking", "PUBLIC")
    assert done.returncode == 2 and "rename" in done.stderr
    assert take(c, "NATO", object_id, "2")[0].returncode == 1
    assert take(c, "NATO", object_id, "0")[0].returncode == 2
    assert c.run("NATO", "analyst", "get", object_id, "--attachment", "1").returncode == 2
    out = c.run("NATO", "analyst", "get", object_id, "--attachment", "1", "--out", "-")
    assert out.returncode == 0 and out.stdout.encode() == content
    broken = c.run("NATO", "analyst", "put", file_of(c, f"{w}.txt", b"(PUBLIC) t\n\n(PUBLIC) \xff\n"), "--marking", "PUBLIC")
    assert broken.returncode == 2, "what is meant as text with portions is never taken as a file"
