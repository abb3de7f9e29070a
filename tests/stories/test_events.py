"""The stream of events and `bices watch`: what a reader may see arrives by itself; what he may not see sends nothing."""
import json
import queue
import subprocess
import threading
import time


class Stream:
    """One reader's stream, line by line, with the moment of each."""

    def __init__(self, c, node, user):
        self.lines = queue.Queue()
        url, ca = c.node(node)["url"], c.folder / c.node(node)["ca_file"]
        password = next(u["password"] for u in c.node(node)["users"] if u["name"] == user)
        body = subprocess.run(["curl", "-s", "--noproxy", "*", "--cacert", str(ca), "-X", "POST", "-H", "Content-Type: application/json", "-d",
                               json.dumps({"user": user, "password": password}), f"{url}/api/v1/session"], stdout=subprocess.PIPE, text=True).stdout
        self.token = json.loads(body)["token"]
        self.process = subprocess.Popen(["curl", "-sN", "--noproxy", "*", "--cacert", str(ca), "-H", f"Authorization: Bearer {self.token}", f"{url}/api/v1/events"],
                                        stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.read, daemon=True).start()
        assert self.next(10).startswith("retry:")

    def read(self):
        for line in self.process.stdout:
            if line.strip():
                self.lines.put(line.strip())
        self.lines.put("end")

    def next(self, seconds):
        try:
            return self.lines.get(timeout=seconds)
        except queue.Empty:
            return None

    def until(self, condition, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            line = self.next(max(0.01, end - time.monotonic()))
            if line and line.startswith("data: {\"") and condition(json.loads(line[6:])):
                return True
        return False

    def rest(self, seconds):
        """Everything that came within that time but signs of life."""
        time.sleep(seconds)
        lines = []
        while not self.lines.empty():
            lines.append(self.lines.get())
        return [line for line in lines if line not in (":", "event: begin", "data: {}")]

    def close(self):
        self.process.kill()
        self.process.wait()


def test_a_report_reaches_the_reader_by_itself_and_a_hidden_one_sends_nothing(coalition, word):
    c, w = coalition, word()
    reader, analyst = Stream(c, "NATO", "reader"), Stream(c, "NATO", "analyst")
    try:
        reader.rest(3), analyst.rest(0)
        hidden = c.put(f"(NATO SECRET) Hidden {w}\n\n(NATO SECRET) closed\n")
        assert analyst.until(lambda change: hidden in change["objects"])
        assert reader.rest(4) == []
        seen = c.put(f"(PUBLIC) Open {w}\n\n(PUBLIC) open\n")
        assert reader.until(lambda change: seen in change["objects"])
        c.ok("NATO", "release", "recall", hidden, "--reason", "test")
        assert analyst.until(lambda change: change["gone"] and change["recalls"])
        assert reader.rest(4) == []
    finally:
        reader.close(), analyst.close()


def test_what_is_released_to_korea_arrives_in_seouls_stream(coalition, word):
    c, w = coalition, word()
    seoul = Stream(c, "KOR", "analyst")
    try:
        closed = c.put(f"(NATO SECRET) Not for Seoul {w}\n\n(NATO SECRET) x\n")
        object_id = c.put(f"(PUBLIC) For Seoul {w}\n\n(PUBLIC) x\n")
        assert seoul.until(lambda change: object_id in change["objects"])
        assert not any(closed in line for line in seoul.rest(2))
    finally:
        seoul.close()


def test_an_officer_hears_that_something_waits(coalition, word):
    c, w = coalition, word()
    officer, reader = Stream(c, "NATO", "release"), Stream(c, "NATO", "reader")
    try:
        reader.rest(3)
        c.put(f"(NATO SECRET REL TO KOR) Waits {w}\n\n(NATO SECRET REL TO KOR) x\n")
        assert officer.until(lambda change: change["releases"])
        assert reader.rest(4) == []
    finally:
        officer.close(), reader.close()


def test_the_stream_ends_with_the_session(coalition):
    c = coalition
    stream = Stream(c, "NATO", "reader")
    url, ca = c.node("NATO")["url"], c.folder / c.node("NATO")["ca_file"]
    subprocess.run(["curl", "-s", "--noproxy", "*", "--cacert", str(ca), "-X", "DELETE", "-H", f"Authorization: Bearer {stream.token}", f"{url}/api/v1/session"], check=True)
    assert c.eventually(lambda: stream.process.poll() is not None, 10), "the stream goes on"
    stream.close()


def test_watch_prints_what_arrives(coalition, word):
    c, w = coalition, word()
    import os
    process = subprocess.Popen([c.bices, "watch", "--limit", "1"], cwd=c.folder, env=dict(os.environ, BICES_NODE="NATO", BICES_USER="reader"),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(3)
    c.put(f"(NATO SECRET) Hidden {w}\n\n(NATO SECRET) closed\n")
    object_id = c.put(f"(PUBLIC) Watched {w}\n\n(PUBLIC) open\n")
    out, complaint = process.communicate(timeout=20)
    assert process.returncode == 0, complaint
    assert out == f"{object_id}\tPUBLIC\tWatched {w}\n"
