#!/usr/bin/env python3
"""A client of a real bices-front, in front of a fake store: smoke.py FAKE_NODE FRONT ROOT [TEST...]. As root, and
without DEGRADED in the environment, front is confined as in a node."""
import base64, http.client, json, os, re, socket, ssl, subprocess, sys, tempfile, time, unittest

FAKE, FRONT, ROOT = sys.argv[1:4]
TAXII = "application/taxii+json;version=2.1"
BASIC = "Basic " + base64.b64encode(b"analyst:secret:1").decode()
MALWARE = {"type": "malware", "spec_version": "2.1", "is_family": False, "name": "Net\u00e9", "created": "2026-01-01T00:00:00.000Z",
           "modified": "2026-01-01T00:00:00.000Z"}


def malware(n, **more):
    return {**MALWARE, "id": f"malware--00000000-0000-4000-9000-{n:012d}", **more}


class Node:
    def __init__(self):
        self.dir = tempfile.TemporaryDirectory()
        confined = ["61999"] if os.geteuid() == 0 and "DEGRADED" not in os.environ else []
        self.process = subprocess.Popen([FAKE, FRONT, ROOT, self.dir.name, *confined], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.users, self.admin = map(int, self.process.stdout.readline().split())
        self.wait()

    def wait(self):
        for _ in range(100):
            try:
                if self.ask_admin("/ready")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise SystemExit("front does not get ready")

    def command(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def tls(self, cert=None):
        context = ssl.create_default_context(cafile=f"{self.dir.name}/ca.pem")
        if cert:
            context.load_cert_chain(f"{self.dir.name}/{cert}.crt", f"{self.dir.name}/{cert}.key")
        return context

    def ask(self, method, path, body=None, cert=None, auth=BASIC, **headers):
        connection = http.client.HTTPSConnection("127.0.0.1", self.users, context=self.tls(cert), timeout=20)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if auth:
            headers["Authorization"] = auth
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer, data

    def ask_admin(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin, timeout=5)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def stop(self):
        self.process.stdin.close()
        code = self.process.wait(20)
        self.dir.cleanup()
        return code


class Front(unittest.TestCase):
    def check(self, method, path, status, body=None, **more):
        answer, data = NODE.ask(method, path, body, **more)
        self.assertEqual(answer.status, status, data[:400])
        return answer, (json.loads(data) if data and "json" in (answer.getheader("Content-Type") or "") else data)

    def put(self, text, status=201, query="", **more):
        return self.check("POST", "/api/v1/objects" + query, status, text.encode(), Content_Type="text/plain; charset=utf-8", **more)[1]

    # ---- TLS and signing in
    def test_only_tls_1_3_is_spoken(self):
        context = NODE.tls()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            with socket.create_connection(("127.0.0.1", NODE.users), timeout=5) as plain:
                context.wrap_socket(plain, server_hostname="127.0.0.1")

    def test_a_token_is_got_used_and_given_back(self):
        _, session = self.check("POST", "/api/v1/session", 200, {"user": "analyst", "password": "secret:1"}, auth=None, Content_Type="application/json")
        self.assertEqual(len(session["token"]), 64)
        bearer = "Bearer " + session["token"]
        self.check("GET", "/api/v1/status", 200, auth=bearer)
        self.check("DELETE", "/api/v1/session", 204, auth=bearer)

    def test_wrong_credentials_are_401(self):
        for auth in ("Basic " + base64.b64encode(b"analyst:wrong").decode(), "Bearer " + "00" * 32, "Bearer x", "Nothing"):
            answer, problem = self.check("GET", "/api/v1/status", 401, auth=auth)
            self.assertTrue(answer.getheader("WWW-Authenticate"))
            self.assertEqual(problem["status"], 401)

    def test_a_certificate_signs_in(self):
        self.check("GET", "/api/v1/status", 200, auth=None, cert="analyst")

    def test_a_certificate_that_does_not_verify_is_401_whatever_else_is_sent(self):
        for cert in ("foreign", "wrong-nation", "node"):
            self.check("GET", "/api/v1/status", 401, cert=cert)

    # ---- headers and pages
    def test_the_page_has_its_policy(self):
        answer, data = NODE.ask("GET", "/", auth=None)
        self.assertEqual(answer.status, 200)
        self.assertIn(b"<!doctype html>", data.lower())
        self.assertIn("default-src 'none'", answer.getheader("Content-Security-Policy"))
        self.assertEqual(answer.getheader("X-Content-Type-Options"), "nosniff")
        again, _ = NODE.ask("GET", "/", auth=None, If_None_Match=answer.getheader("ETag"))
        self.assertEqual(again.status, 304)
        self.assertEqual(NODE.ask("GET", "/..%2fetc/passwd", auth=None)[0].status, 404)

    def test_the_page_has_no_inline_code(self):
        page = NODE.ask("GET", "/", auth=None)[1].decode()
        self.assertNotRegex(page, r"<style|style=|<script(?![^>]* src=)|\son[a-z]+=")

    def test_openapi_is_open_to_all(self):
        _, document = self.check("GET", "/api/v1/openapi.json", 200, auth=None)
        self.assertIn("/api/v1/search", document["paths"])

    def test_a_stream_begins_tells_and_ends_with_the_session(self):
        answer, data = NODE.ask("GET", "/api/v1/events")
        self.assertEqual((answer.status, answer.getheader("Content-Type"), answer.getheader("Cache-Control")), (200, "text/event-stream", "no-store"))
        change = {"objects": ["report--00000000-0000-4000-8000-000000000001"], "more": False, "gone": False, "releases": False, "recalls": False, "node": False}
        told = data.decode().split("\n\n")
        self.assertEqual(told[0], "retry: 2000\nevent: begin\ndata: {}")
        self.assertEqual(json.loads(told[1].removeprefix("event: change\ndata: ")), change)
        self.assertEqual(told[2:], [""])

    def test_a_reader_who_leaves_his_stream_harms_nobody(self):
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", NODE.users), timeout=5) as plain:
                with NODE.tls().wrap_socket(plain, server_hostname="127.0.0.1") as tls:
                    tls.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: {BASIC}\r\n\r\n".encode())
                    self.assertIn(b"200", tls.recv(4096))
        time.sleep(3)
        self.check("GET", "/api/v1/status", 200)

    def test_head_has_no_body(self):
        answer, data = NODE.ask("HEAD", "/api/v1/status")
        self.assertEqual((answer.status, data), (200, b""))

    # ---- objects
    def test_text_is_put_read_and_found(self):
        id = self.put("(PUBLIC) Title zebra\n\n(PUBLIC) body \ud56d\ub9cc\n")["ids"][0]
        answer, stix = self.check("GET", "/api/v1/objects/" + id, 200)
        self.assertEqual(answer.getheader("Content-Type"), "application/stix+json;version=2.1")
        self.assertEqual(stix["id"], id)
        _, page = self.check("GET", f"/api/v1/objects/{id}?view=page", 200)
        self.assertEqual([p["kind"] for p in page["portions"]], ["head", "text"])
        self.assertEqual(page["portions"][1]["text"], "body \ud56d\ub9cc")
        self.assertTrue(page["marking"])
        self.assertEqual(self.check("GET", "/api/v1/search?q=zebra&count=true", 200)[1], {"count": 1})
        _, found = self.check("GET", "/api/v1/search?q=zebra", 200)
        self.assertEqual(found["objects"][0]["marking"], "PUBLIC")
        self.assertEqual(found["objects"][0]["snippet"]["marking"], "NATO SECRET")
        self.assertEqual(found["marking"], "NATO SECRET")

    def test_a_dry_run_stores_nothing(self):
        plan = self.put("(PUBLIC) Dry okapi\n\n(PUBLIC) run\n", 200, "?dry_run=true")
        self.assertEqual(plan["nations"], ["KOR", "USA"])
        self.assertEqual(plan["rows"][0]["answers"], {"KOR": "at once", "USA": "waits"})
        self.assertEqual(self.check("GET", "/api/v1/search?q=okapi", 200)[1]["count"], 0)

    def test_stix_takes_the_marking_of_the_request(self):
        kind = {"Content_Type": "application/json"}
        self.check("POST", "/api/v1/objects", 422, malware(1), **kind)
        _, done = self.check("POST", "/api/v1/objects?marking=PUBLIC", 201, malware(1), **kind)
        _, stix = self.check("GET", "/api/v1/objects/" + done["ids"][0], 200)
        self.assertEqual(stix["name"], MALWARE["name"])

    def test_a_bundle_with_one_bad_object_is_refused_whole(self):
        bundle = {"type": "bundle", "id": "bundle--00000000-0000-4000-9000-000000000000", "objects": [malware(2, name="quagga"), {"type": "malware"}]}
        answer, data = NODE.ask("POST", "/api/v1/objects?marking=PUBLIC", bundle, Content_Type="application/json")
        self.assertIn(answer.status, (400, 422))
        self.assertIn("objects[1]", json.loads(data)["detail"])
        self.assertEqual(self.check("GET", "/api/v1/search?q=quagga", 200)[1]["count"], 0)

    def test_denied_and_missing_ids_give_the_same_octets(self):
        bodies = set()
        for n in (1, 2):
            _, data = NODE.ask("GET", f"/api/v1/objects/report--00000000-0000-4000-8000-9999999999{n:02d}")
            problem = json.loads(data)
            self.assertEqual(problem["status"], 404)
            bodies.add(data.replace(problem["request_id"].encode(), b"X"))
        self.assertEqual(len(bodies), 1)

    def test_bad_bodies_are_named_with_their_place(self):
        kind = {"Content_Type": "application/json"}
        path = "/api/v1/objects?marking=PUBLIC"
        for body, statuses in ((b"{\"a\":1,\"a\":2}", (400,)), (b"{\"a\":\"\xff\"}", (400,)), (b"[" * 100000 + b"]" * 100000, (400, 413)),
                               (b"{", (400,)), (b"", (400,)), (b"[1]", (400, 422)), (b"null", (400,))):
            answer, data = NODE.ask("POST", path, body, **kind)
            self.assertIn(answer.status, statuses, data)
            self.assertTrue(json.loads(data)["detail"])
        self.check("GET", "/api/v1/status", 200)

    def test_a_wrong_media_type_is_415(self):
        self.check("POST", "/api/v1/objects", 415, b"<x/>", Content_Type="text/xml")
        self.check("POST", "/api/v1/objects", 415, b"{}")

    def test_a_body_that_is_too_large_is_413_in_either_framing(self):
        size = 64 * 1024 * 1024 + 1
        self.check("POST", "/api/v1/session", 413, b"x" * 70000, Content_Type="application/json", auth=None)
        answer, _ = NODE.ask("POST", "/api/v1/objects", b" " * size, Content_Type="application/json")
        self.assertEqual(answer.status, 413)
        answer, _ = NODE.ask("POST", "/api/v1/objects", (b" " * 65536 for _ in range(1025)), Content_Type="application/json")
        self.assertEqual(answer.status, 413)

    def test_a_body_behind_a_get_is_not_taken_for_a_request(self):
        with NODE.tls().wrap_socket(socket.create_connection(("127.0.0.1", NODE.users), timeout=5), server_hostname="127.0.0.1") as tls:
            inner = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
            head = f"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: {len(inner)}\r\n\r\n".encode()
            tls.sendall(head + inner + b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            data = b""
            while True:
                piece = tls.recv(65536)
                if not piece:
                    break
                data += piece
        self.assertNotIn(b"openapi\":", data)
        self.assertLessEqual(data.count(b"HTTP/1.1 "), 2)

    def test_a_body_whose_length_is_said_twice_is_refused_and_ends_the_connection(self):
        inner = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
        length = f"Content-Length: {len(inner)}\r\n"
        chunked = "Transfer-Encoding: chunked\r\n"
        for framing in (length * 2, length + f"content-length: {len(inner) + 1}\r\n", length + chunked, chunked + length, "Content-Length: 0\r\n" + length,
                        chunked * 2):
            for line in ("POST /api/v1/session", "GET /", "POST /api/v1/objects", "GET /nothing"):
                with NODE.tls().wrap_socket(socket.create_connection(("127.0.0.1", NODE.users), timeout=5), server_hostname="127.0.0.1") as tls:
                    tls.sendall(f"{line} HTTP/1.1\r\nHost: x\r\nAuthorization: {BASIC}\r\nContent-Type: application/json\r\n{framing}\r\n".encode() + inner)
                    data = b""
                    while piece := tls.recv(65536):
                        data += piece
                self.assertTrue(data.startswith(b"HTTP/1.1 400 "), (framing, line, data[:200]))
                self.assertEqual(data.count(b"HTTP/1.1 "), 1)
        self.check("GET", "/api/v1/status", 200)

    def test_other_origins_may_not_change_anything(self):
        self.check("DELETE", "/api/v1/session", 403, Origin="https://elsewhere")

    # ---- TAXII
    BASE = "/taxii2/kor/collections/11111111-1111-4111-8111-111111111111/"

    def post(self, objects, status=202, **more):
        return self.check("POST", self.BASE + "objects/", status, {"objects": objects}, Content_Type=TAXII, Accept=TAXII, **more)

    def test_discovery_leads_to_the_collections(self):
        answer, found = self.check("GET", "/taxii2/", 200, Accept=TAXII)
        self.assertEqual(answer.getheader("Content-Type"), TAXII)
        root = found["default"]
        self.assertEqual(root, f"https://127.0.0.1:{NODE.users}/taxii2/kor/")
        self.assertEqual(self.check("GET", "/taxii2/kor/", 200)[1]["versions"], [TAXII])
        collections = self.check("GET", "/taxii2/kor/collections/", 200)[1]["collections"]
        self.assertEqual([c["can_write"] for c in collections], [True, False])

    def test_what_is_posted_is_paged_without_loss_or_repetition(self):
        ids = [malware(n)["id"] for n in range(100, 125)]
        _, status = self.post([malware(n) for n in range(100, 125)])
        self.assertEqual((status["status"], status["total_count"], status["success_count"], len(status["successes"])), ("complete", 25, 25, 25))
        self.assertEqual(self.check("GET", f"/taxii2/kor/status/{status['id']}/", 200)[1], status)
        seen, query = [], "?limit=7&match[type]=malware"
        while True:
            answer, page = self.check("GET", self.BASE + "objects/" + query, 200, Accept=TAXII)
            self.assertLessEqual(len(page["objects"]), 7)
            self.assertTrue(answer.getheader("X-TAXII-Date-Added-First") <= answer.getheader("X-TAXII-Date-Added-Last"))
            seen += [o["id"] for o in page["objects"]]
            if not page["more"]:
                break
            query = "?limit=7&match[type]=malware&next=" + page["next"]
        self.assertEqual([id for id in seen if id in ids], ids)
        self.assertEqual(len(seen), len(set(seen)))

    def test_labels_of_a_page_stand_beside_its_objects(self):
        self.post([malware(200)])
        _, page = self.check("GET", self.BASE + f"objects/{malware(200)['id']}/", 200)
        self.assertEqual(len(page["objects"]), 1)
        refs = page["objects"][0]["object_marking_refs"]
        self.assertIn(page["x_bices_marking_definitions"][0]["id"], refs)

    def test_a_post_with_one_bad_object_stores_nothing(self):
        answer, data = NODE.ask("POST", self.BASE + "objects/", {"objects": [malware(300), {"id": "x"}]}, Content_Type=TAXII)
        self.assertIn(answer.status, (400, 422), data)
        self.assertTrue(json.loads(data)["title"])
        self.check("GET", self.BASE + f"objects/{malware(300)['id']}/", 404)

    def test_a_chunked_post_is_taken(self):
        body = json.dumps({"objects": [malware(400)]}).encode()
        answer, data = NODE.ask("POST", self.BASE + "objects/", (body[i:i + 50] for i in range(0, len(body), 50)), Content_Type=TAXII)
        self.assertEqual(answer.status, 202, data)

    def test_what_was_posted_can_be_deleted(self):
        self.post([malware(500)])
        self.check("DELETE", self.BASE + f"objects/{malware(500)['id']}/", 200)
        self.check("GET", self.BASE + f"objects/{malware(500)['id']}/", 404)
        self.check("DELETE", self.BASE + f"objects/{malware(500)['id']}/", 404)

    def test_taxii_errors_have_a_title(self):
        for path, accept, status in ((self.BASE + "objects/?limit=0", TAXII, 400), (self.BASE + "objects/?added_after=x", TAXII, 400),
                                     ("/taxii2/kor/collections/nothing/objects/", TAXII, 404), ("/taxii2/", "text/html", 406)):
            _, error = self.check("GET", path, status, Accept=accept)
            self.assertTrue(error["title"])
            self.assertEqual(error["http_status"], str(status))
        answer, error = self.check("GET", "/taxii2/", 401, auth=None)
        self.assertIn("Basic", answer.getheader("WWW-Authenticate"))
        self.check("POST", self.BASE + "objects/", 415, b"{}", Content_Type="application/json")
        self.check("POST", "/taxii2/kor/collections/22222222-2222-4222-8222-222222222222/objects/", 403, {"objects": [malware(9)]}, Content_Type=TAXII)

    # ---- the node's state
    def test_admin_tells_life_readiness_and_metrics(self):
        self.assertEqual(NODE.ask_admin("/live")[0], 200)
        status, text = NODE.ask_admin("/metrics")
        self.assertEqual(status, 200)
        self.assertIn("bices_front_requests_total ", text)
        self.assertIn("bices_objects 1", text)
        self.assertEqual(NODE.ask_admin("/other")[0], 404)
        NODE.command("mute")
        try:
            self.assertEqual(NODE.ask_admin("/ready")[0], 503)
            self.assertEqual(NODE.ask_admin("/live")[0], 200)
        finally:
            NODE.command("speak")
        self.assertEqual(NODE.ask_admin("/ready")[0], 200)


if __name__ == "__main__":
    NODE = Node()
    result = unittest.main(argv=sys.argv[:1] + sys.argv[4:], exit=False, verbosity=1).result
    code = NODE.stop()
    sys.exit(0 if result.wasSuccessful() and code == 0 else 1)
