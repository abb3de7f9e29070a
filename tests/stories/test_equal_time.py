"""Denied and missing take the same time: their medians are within 5 %.

Both are asked for in turn on one connection, each as often first, until the ratio of their medians is known to 1 % (a
standard error, from what parts of the sample say by themselves): on a quiet machine less than a second. A machine that is so busy that
it stays unknown is given a quarter of a minute; then twice the error is added to what is allowed, and nothing else."""
import http.client
import json
import secrets
import ssl
import statistics
import time

ALLOWED, KNOWN, TURNS, PARTS, SECONDS = 0.05, 0.01, 300, 10, 15


class Line:
    def __init__(self, c, node, user):
        self.session = json.loads(c.curl(node, "/api/v1/session", user, "-X", "POST")[1])["token"]
        host, port = c.node(node)["url"].removeprefix("https://").split(":")
        context = ssl.create_default_context(cafile=str(c.folder / c.node(node)["ca_file"]))
        self.http = http.client.HTTPSConnection(host, int(port), context=context, timeout=20)

    def seconds(self, path, status):
        began = time.perf_counter()
        self.http.request("GET", path, headers={"Authorization": f"Bearer {self.session}"})
        answer = self.http.getresponse()
        answer.read()
        took = time.perf_counter() - began
        assert answer.status == status, (path, answer.status)
        return took


def known(one, two):
    """The ratio of the medians, and its standard error."""
    parts = [statistics.median(one[k::PARTS]) / statistics.median(two[k::PARTS]) for k in range(PARTS)]
    return statistics.median(one) / statistics.median(two), statistics.stdev(parts) / PARTS ** 0.5


def compare(line, one, two):
    """Of two (path, status)."""
    times = {one: [], two: []}
    end = time.monotonic() + SECONDS
    while True:
        for turn in range(TURNS):
            for asked in (one, two) if turn % 2 else (two, one):
                times[asked].append(line.seconds(*asked))
        ratio, error = known(times[one], times[two])
        if error <= KNOWN or time.monotonic() > end:
            return ratio, error


def test_denied_and_missing_objects_take_the_same_time_within_five_percent(coalition, word):
    c, w = coalition, word()
    denied = c.put(f"(NATO SECRET) deny {w}\n\n(NATO SECRET) deny {w}\n")
    shown = c.put(f"(PUBLIC) shown {w}\n\n(PUBLIC) shown {w}\n")
    missing = denied[:-12] + secrets.token_hex(6)
    line = Line(c, "NATO", "reader")
    for path in ("/api/v1/objects/{}", "/api/v1/objects/{}?view=page", "/api/v1/objects/{}/audience", "/api/v1/objects/{}/proof"):
        ratio, error = compare(line, (path.format(denied), 404), (path.format(missing), 404))
        assert abs(ratio - 1) <= ALLOWED + (2 * error if error > KNOWN else 0), f"{path}: median of denied over missing is {ratio:.3f} ± {error:.3f}"
    path = "/api/v1/objects/{}"
    ratio, error = compare(line, (path.format(shown), 200), (path.format(missing), 404))
    assert ratio > 1 + ALLOWED, f"a difference that is there must be seen, and is {ratio:.3f} ± {error:.3f}"
