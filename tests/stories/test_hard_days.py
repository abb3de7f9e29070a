"""A full disk and a start without root: clear words, nothing lost, the node alive."""
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest


@pytest.fixture
def small_disk(coalition):
    """LTU's data on a file system of its own, 24 MB large."""
    c = coalition
    data, kept = c.path("LTU", "data_dir") / "data", c.folder / "kept"
    c.stop_node("LTU")
    shutil.move(data, kept)
    data.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(data)], check=True)
    subprocess.run(["cp", "-a", f"{kept}/.", str(data)], check=True)
    subprocess.run(["chown", "--reference", str(kept), str(data)], check=True)
    c.start_node("LTU")
    assert c.ready("LTU")
    yield data
    c.stop_node("LTU")
    shutil.rmtree(kept)
    subprocess.run(["cp", "-a", str(data), str(kept)], check=True)
    subprocess.run(["umount", str(data)], check=True)
    data.rmdir()
    shutil.move(kept, data)
    c.start_node("LTU")
    assert c.ready("LTU")


def test_a_full_disk_refuses_and_loses_nothing(coalition, small_disk, word):
    c, w = coalition, word()
    object_id = c.put(f"(PUBLIC) Before {w}\n\n(PUBLIC) body {w}b\n", "LTU")
    filler = small_disk / "filler"
    with open(filler, "wb", buffering=0) as file:
        for size in (65536, 4096, 512):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                pass
    refused = c.run("LTU", "analyst", "put", "-", stdin=f"(PUBLIC) Full {w}f\n\n(PUBLIC) " + "long text " * 20000 + "\n")
    assert refused.returncode == 3 and "space" in refused.stderr, refused
    assert c.count("LTU", w + "f") == 0 and c.get("LTU", object_id), "reading goes on"
    from_nato = c.put(f"(PUBLIC) Meanwhile {w}m\n\n(PUBLIC) " + "long text " * 20000 + "\n")
    filler.unlink()
    c.put(f"(PUBLIC) After {w}a\n\n(PUBLIC) body\n", "LTU")
    assert c.eventually(lambda: c.count("LTU", w + "m") == 1, 40, 0.5), f"{from_nato} did not arrive once there was space"
    assert c.eventually(lambda: c.count("NATO", w + "a") == 1, 20)


def test_without_root_the_nodes_run_degraded_and_say_so(coalition):
    from coalition import Coalition
    made = tempfile.TemporaryDirectory(prefix="bices-plain-")  # where another user reaches it: not below pytest's own folder
    folder = pathlib.Path(made.name)
    folder.chmod(0o755)  # nobody else's folder is touched
    port = coalition.port_base + 400
    world = Coalition(folder, port)
    os.chown(folder, 65534, 65534)
    os.chown(folder / "demo", 65534, 65534)
    user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    if subprocess.run([*user, "test", "-x", world.bices]).returncode != 0:
        pytest.skip("another user cannot reach this checkout")
    run = lambda *options: subprocess.run([*user, "env", f"HOME={folder}", "./demo", "--port-base", str(port), *options], cwd=folder, timeout=120,
                                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    refused = run("--background", "--empty")
    assert refused.returncode == 1 and "--degraded" in refused.stdout
    done = run("--background", "--empty", "--degraded")
    try:
        assert done.returncode == 0 and "DEGRADED" in done.stdout, done.stdout
        import json
        world.nodes = {n["name"]: n for n in json.loads((folder / "run/coalition.json").read_text())["nodes"]}
        assert "DEGRADED" in world.ok("NATO", "analyst", "status")
        assert "degraded" in world.run("NATO", "admin", "doctor", "run/NATO").stdout.lower()
        object_id = world.put("(PUBLIC) Degraded\n\n(PUBLIC) body\n")
        assert world.eventually(lambda: world.get("KOR", object_id))
    finally:
        run("--stop")
