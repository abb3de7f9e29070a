"""Figures of four idle and working nodes. Bounds are far from what is measured: they catch a slope, not a busy machine."""
import http.client
import json
import os
import pathlib
import ssl
import statistics
import time


def line_to(c, node):
    n = c.node(node)
    host, port = n["url"].removeprefix("https://").split(":")
    context = ssl.create_default_context(cafile=str(c.folder / n["ca_file"]))
    return http.client.HTTPSConnection(host, int(port), context=context, timeout=30)


def ask(line, token, method, path, body=None):
    headers = {"Authorization": f"Bearer {token}"}
    if body is not None:
        headers["Content-Type"] = "text/plain; charset=utf-8"
    line.request(method, path, body=body, headers=headers)
    answer = line.getresponse()
    return answer.status, answer.read()


def sign_in(c, line, node):
    body = json.dumps({"user": "analyst", "password": c.user(node, "analyst")["password"]})
    line.request("POST", "/api/v1/session", body=body, headers={"Content-Type": "application/json"})
    return json.loads(line.getresponse().read())["token"]


def pss_kb(pid):
    try:
        rows = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(row.split()[1]) for row in rows if row.startswith("Pss:"))


def node_pss_mb(c, node):
    pids = {int(p) for f in c.path(node, "pid_dir").iterdir() for p in f.read_text().split() if p.isdigit()}
    return sum(pss_kb(p) for p in pids) / 1024


def test_an_idle_node_takes_at_most_64_mb(coalition):
    sizes = {node: node_pss_mb(coalition, node) for node in coalition.nodes}
    print(f"\nPSS of an idle node, all processes: {', '.join(f'{n} {mb:.0f} MB' for n, mb in sizes.items())} (bar 64)")
    assert 0 < max(sizes.values()) <= 64


def test_published_is_readable_at_the_peer_within_a_second(coalition):
    c = coalition
    here, there = line_to(c, "NATO"), line_to(c, "KOR")
    token, token_there = sign_in(c, here, "NATO"), sign_in(c, there, "KOR")
    publish, readable = [], []
    for i in range(100):
        began = time.perf_counter()
        status, body = ask(here, token, "POST", "/api/v1/objects", f"(PUBLIC) Latency {i}\n\n(PUBLIC) body {i}\n".encode())
        assert status == 201, body
        publish.append(time.perf_counter() - began)
        object_id = json.loads(body)["ids"][0]
        while ask(there, token_there, "GET", f"/api/v1/objects/{object_id}")[0] != 200:
            assert time.perf_counter() - began < 10, "not readable after 10 s"
            time.sleep(0.001)
        readable.append(time.perf_counter() - began)
    show = lambda v: f"p50 {statistics.median(v) * 1000:.1f} ms, p99 {sorted(v)[98] * 1000:.1f} ms"
    print(f"\npublish answered: {show(publish)}; publish to readable at the peer: {show(readable)} (target p99 100 ms)")
    assert statistics.median(readable) < 1
