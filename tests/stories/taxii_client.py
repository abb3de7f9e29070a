"""A TAXII 2.1 client written from the specification alone (no packaged one is in Debian): one connection, one user."""
import base64
import http.client
import json
import ssl
import urllib.parse

MEDIA = "application/taxii+json;version=2.1"


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def first(self):
        return self.headers["X-TAXII-Date-Added-First"]

    @property
    def last(self):
        return self.headers["X-TAXII-Date-Added-Last"]

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Client:
    def __init__(self, c, node="NATO", user="taxii", headers=None):
        n = c.node(node)
        self.host, self.port = n["url"].removeprefix("https://").split(":")
        self.context = ssl.create_default_context(cafile=str(c.folder / n["ca_file"]))
        self.root = "/taxii2/" + n["taxii"]["api_root"].rstrip("/").rsplit("/", 1)[1] + "/"
        self.rw, self.ro = n["taxii"]["collection_rw"], n["taxii"]["collection_ro"]
        self.headers = headers if headers is not None else {}
        if user:
            secret = f"{user}:{c.user(node, user)['password']}"
            self.headers["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
        self.line = None

    def ask(self, method, path, body=None, headers=None, **more):
        sent = {"Accept": MEDIA, **self.headers, **(headers or {})}
        sent = {name: value for name, value in sent.items() if value is not None}
        for attempt in range(2):
            try:
                if self.line is None:
                    self.line = http.client.HTTPSConnection(self.host, int(self.port), context=self.context, timeout=60)
                self.line.request(method, path, body=body, headers=sent, **more)
                return Answer(self.line.getresponse())
            except (http.client.RemoteDisconnected, ConnectionError, BrokenPipeError):
                self.line = None
                if attempt:
                    raise

    def get(self, path="", headers=None, **query):
        text = urllib.parse.urlencode({name.replace("match_", "match[") + ("]" if name.startswith("match_") else ""): value
                                       for name, value in query.items()}, safe=":,")
        return self.ask("GET", path + ("?" + text if text else ""), headers=headers)

    def collection(self, name, what=""):
        return f"{self.root}collections/{name}/{what}"

    def post(self, objects, name=None, headers=None):
        body = json.dumps(objects if isinstance(objects, dict) else {"objects": objects})
        return self.ask("POST", self.collection(name or self.rw, "objects/"), body, {"Content-Type": MEDIA, **(headers or {})})

    def delete(self, object_id, name=None, **query):
        path = self.collection(name or self.rw, f"objects/{object_id}/")
        return self.ask("DELETE", path + ("?" + urllib.parse.urlencode({f"match[{k}]": v for k, v in query.items()}) if query else ""))
