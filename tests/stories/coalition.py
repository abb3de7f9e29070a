"""A coalition of four real nodes for tests: its own folder, its own ports, the same build.

The folder holds links to the checkout, so that the demo there works as everywhere while a developer's own demo goes on.
"""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINKS = ("build", "policy", "scenario", "tools", "src", "meson.build", "meson_options.txt", "tests", "web")


class Coalition:
    def __init__(self, folder, port_base=int(os.environ.get("BICES_STORY_PORT", "18443"))):
        self.folder = pathlib.Path(folder)
        self.port_base = port_base
        self.started = []
        self.bices = str(self.folder / "build" / "bices")
        for name in LINKS:
            if (ROOT / name).exists():
                (self.folder / name).symlink_to(ROOT / name)
        (self.folder / "demo").write_bytes((ROOT / "demo").read_bytes())
        (self.folder / "demo").chmod(0o755)

    def demo(self, *options):
        return subprocess.run(["./demo", "--port-base", str(self.port_base), *options], cwd=self.folder, timeout=600,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def start(self, *options):
        done = self.demo("--background", *options)
        assert done.returncode == 0, done.stdout
        self.nodes = {n["name"]: n for n in json.loads((self.folder / "run/coalition.json").read_text())["nodes"]}

    def stop(self):
        self.demo("--stop")

    # ---- the command line, as a user ----

    def run(self, node, user, *words, stdin=None, timeout=60):
        environment = dict(os.environ, BICES_NODE=node, BICES_USER=user)
        return subprocess.run([self.bices, *words], cwd=self.folder, env=environment, input=stdin, timeout=timeout,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def ok(self, node, user, *words, stdin=None):
        done = self.run(node, user, *words, stdin=stdin)
        assert done.returncode == 0, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def put(self, text, node="NATO", user="analyst", *options):
        out = self.ok(node, user, "put", "-", *options, stdin=text)
        ids = out.split()
        assert len(ids) == 1 and re.fullmatch(r"[a-z0-9-]+--[0-9a-f-]{36}", ids[0]), out
        return ids[0]

    def count(self, node, text, user="analyst"):
        done = self.run(node, user, "search", text, "--count")
        assert done.returncode in (0, 1), done.stderr
        return int(done.stdout)

    def get(self, node, object_id, user="analyst"):
        done = self.run(node, user, "get", object_id, "--json")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def eventually(self, condition, seconds=10, every=0.05):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = condition()
            if value:
                return value
            time.sleep(every)
        return condition()

    # ---- the machine room ----

    def node(self, name):
        return self.nodes[name]

    def path(self, node, key):
        return self.folder / self.nodes[node][key]

    def pid(self, node, role):
        return int((self.path(node, "pid_dir") / role).read_text().split()[0])

    def user(self, node, name):
        return next(u for u in self.nodes[node]["users"] if u["name"] == name)

    def curl(self, node, path, user=None, *options):
        """Status and body of one request, with the node's own trust anchor."""
        n = self.nodes[node]
        out = tempfile.NamedTemporaryFile(delete=False)
        words = ["curl", "-s", "--noproxy", "*", "--cacert", str(self.folder / n["ca_file"]), "-o", out.name, "-w", "%{http_code}"]
        if user:
            words += ["-u", f"{user}:{self.user(node, user)['password']}"]
        done = subprocess.run([*words, *options, n["url"] + path], stdout=subprocess.PIPE, timeout=60, text=True)
        body = pathlib.Path(out.name).read_bytes()
        os.unlink(out.name)
        return int(done.stdout or 0), body

    def stop_node(self, node):
        pid = self.pid(node, "bicesd")
        os.kill(pid, 15)
        assert self.eventually(lambda: self.is_gone(pid), 15), f"{node} does not stop"

    def is_gone(self, pid):
        for started in self.started:
            started.poll()  # what this process started must be reaped by it
        return not pathlib.Path(f"/proc/{pid}").exists()

    def start_node(self, node, *options):
        log = open(self.path(node, "data_dir") / "log", "ab")
        self.started.append(subprocess.Popen([self.bices, "run", f"run/{node}", *options], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                                             stderr=log, start_new_session=True))

    def ready(self, node, seconds=20):
        url = self.nodes[node]["admin_url"] + "/ready"
        probe = ["curl", "-sf", "--noproxy", "*", "-o", "/dev/null", url]
        return self.eventually(lambda: subprocess.run(probe, timeout=10).returncode == 0, seconds, 0.1)
