"""`bices taxii pull` against a foreign server that is honest, cut, or hostile: what is stored, and what is said."""
import http.server
import json
import ssl
import subprocess
import threading
import uuid

import pytest

DAY = "2026-01-01T00:00:00.00000%dZ"


def identity(name):
    return {"type": "identity", "spec_version": "2.1", "id": f"identity--{uuid.uuid4()}", "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", "name": name, "identity_class": "organization"}


class Foreign:
    """Answers by a function of the query: (status, headers, body)."""

    def __init__(self, folder):
        self.answer, self.asked = None, []
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                        "/CN=feed.example", "-addext", "subjectAltName=DNS:feed.example", "-keyout", folder / "key", "-out", folder / "ca"],
                       check=True, capture_output=True)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                status, headers, body = outer.answer(self.path)
                self.send_response(status)
                for name, value in {"Content-Type": "application/taxii+json;version=2.1", "Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "ca", folder / "key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://feed.example:{self.server.server_port}/root/collections/x/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def page(objects, number, more=False, following=None):
    body = {"objects": objects, "more": more} if objects else {}
    if following:
        body["next"] = following
    return 200, {"X-TAXII-Date-Added-Last": DAY % number}, json.dumps(body).encode()


@pytest.fixture
def foreign(tmp_path):
    server = Foreign(tmp_path)
    yield server
    server.server.shutdown()


def pull(c, foreign, folder, *options, address=("--address", "127.0.0.1")):
    return c.run("NATO", "taxii", "taxii", "pull", foreign.url, "--to", c.node("NATO")["taxii"]["collection_rw"], "--state", folder / "state",
                 "--server-ca", folder / "ca", *address, *options)


def test_a_pull_goes_on_where_it_stopped_and_takes_nothing_twice(coalition, foreign, tmp_path, word):
    c, names = coalition, [word(), word()]
    first, second = identity(names[0]), identity(names[1])

    def answer(path):
        if "added_after" in path:
            return page([], 2)
        return page([second], 2) if "next=c1" in path else page([first], 1, True, "c1")

    foreign.answer = answer
    done = pull(c, foreign, tmp_path, "--pages", "1")
    assert done.returncode == 0 and "there is more" in done.stdout, done.stderr
    done = pull(c, foreign, tmp_path)
    assert done.returncode == 0 and "1 objects in 1 pages" in done.stdout and "complete" in done.stdout, done.stderr
    assert c.count("NATO", names[0]) == 1 and c.count("NATO", names[1]) == 1
    done = pull(c, foreign, tmp_path)
    assert done.returncode == 0 and done.stdout.startswith("0 objects") and "added_after" in foreign.asked[-1], done.stderr


def test_a_hostile_server_is_told_apart_and_nothing_is_stored(coalition, foreign, tmp_path, word):
    name = word()
    thing = identity(name)
    good = page([thing], 1)
    rows = [
        ((302, {"Location": "https://127.0.0.1/"}, b""), "never followed"),
        ((200, {"Content-Type": "text/html"}, good[2]), "not application/taxii+json"),
        ((200, {**good[1], "Content-Encoding": "gzip"}, good[2]), "compressed"),
        ((200, good[1], b'{"objects":' + b"[" * 100000), "page"),
        ((200, good[1], b" " * 2000000), "larger"),
        ((200, {}, good[2]), "Date-Added"),
        (page([], 1)[:2] + (b'{"more":true}',), "gives nothing"),
        (page([{**thing, "created": "yesterday"}], 1), ""),
        ((500, {}, b""), "status 500"),
        ((401, {}, b""), "credentials"),
    ]
    for answer, text in rows:
        foreign.answer = lambda path, answer=answer: answer
        done = pull(coalition, foreign, tmp_path, "--megabytes", "1")
        assert done.returncode in (1, 2, 3) and text in done.stderr, (text, done.stderr)
    foreign.answer = lambda path: good
    asked = len(foreign.asked)
    done = pull(coalition, foreign, tmp_path, address=("--address", "127.0.0.2"))
    assert done.returncode == 3 and len(foreign.asked) == asked, done.stderr
    assert coalition.count("NATO", name) == 0 and not (tmp_path / "state").exists()
