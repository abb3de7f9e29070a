"""Saved searches belong to their user alone."""
import json
import urllib.parse


def saved(c, user, node="NATO"):
    status, body = c.curl(node, "/api/v1/searches", user)
    return {one["name"]: one["query"] for one in json.loads(body)["searches"]} if status == 200 else status


def save(c, user, name, query, node="NATO"):
    return c.curl(node, "/api/v1/searches", user, "-H", "Content-Type: application/json", "-d", json.dumps({"name": name, "query": query}))[0]


def forget(c, user, name):
    return c.curl("NATO", "/api/v1/searches/" + urllib.parse.quote(name, safe=""), user, "-X", "DELETE")[0]


def test_a_search_is_saved_changed_and_removed_and_nobody_else_lists_it(coalition, word):
    c, name = coalition, f"항만/해킹 {word()}"
    assert save(c, "analyst", name, "q=crane") == 204 and saved(c, "analyst")[name] == "q=crane"
    assert save(c, "analyst", name, "q=gate&type=report") == 204 and saved(c, "analyst")[name] == "q=gate&type=report"
    assert name not in saved(c, "release") and forget(c, "release", name) == 404
    assert forget(c, "analyst", name) == 204 and name not in saved(c, "analyst") and forget(c, "analyst", name) == 404


def test_the_limits_of_saved_searches_are_exact(coalition):
    c = coalition
    for extra, status in ((-1, 204), (0, 204), (1, 413)):
        assert save(c, "watch", "n" * (64 + extra), "q=") == status
        assert save(c, "watch", "query", "q=" + "x" * (2046 + extra)) == status
    for body in ({"name": "", "query": "q="}, {"name": "n", "query": ""}, {"name": "n"}, [], {"name": 1, "query": "q="}):
        assert c.curl("NATO", "/api/v1/searches", "watch", "-H", "Content-Type: application/json", "-d", json.dumps(body))[0] == 400
    have = len(saved(c, "watch"))
    assert [save(c, "watch", f"one {i}", "q=") for i in range(have, 64)] == [204] * (64 - have)
    assert save(c, "watch", "one too many", "q=") == 409 and len(saved(c, "watch")) == 64
    assert save(c, "watch", "one 63", "q=changed") == 204
    for name in saved(c, "watch"):
        assert forget(c, "watch", name) == 204
