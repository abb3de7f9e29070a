"""TAXII 2.1 as a client written from the specification sees it."""
import json

ACCEPT = ("-H", "Accept: application/taxii+json;version=2.1")


def taxii(c, path, *options, user="taxii", node="NATO"):
    status, body = c.curl(node, path, user, *ACCEPT, *options)
    return status, json.loads(body) if body else None


def api_root(c, node="NATO"):
    return "/taxii2/" + c.node(node)["taxii"]["api_root"].rstrip("/").rsplit("/", 1)[1] + "/"


def test_discovery_api_root_and_collections(coalition):
    c = coalition
    status, discovery = taxii(c, "/taxii2/")
    assert status == 200 and discovery["title"] and discovery["api_roots"]
    status, root = taxii(c, api_root(c))
    assert status == 200 and "application/taxii+json;version=2.1" in root["versions"] and root["max_content_length"] > 0
    status, answer = taxii(c, api_root(c) + "collections/")
    ids = {x["id"]: x for x in answer["collections"]}
    assert ids[c.node("NATO")["taxii"]["collection_rw"]]["can_write"] is True
    assert ids[c.node("NATO")["taxii"]["collection_ro"]]["can_write"] is False


def test_pages_are_total_in_order_and_complete(coalition, word):
    c, w = coalition, word()
    put = [c.put(f"(PUBLIC) Page {w} {i}\n\n(PUBLIC) body\n") for i in range(7)]
    base = api_root(c) + f"collections/{c.node('NATO')['taxii']['collection_ro']}/objects/"
    found, path, pages = [], base + "?match[type]=bices-report&limit=3", 0
    while path:
        status, page = taxii(c, path.replace("[", "%5B").replace("]", "%5D"))
        assert status == 200
        found += [o["id"] for o in page.get("objects", []) if o["type"] == "bices-report"]
        path = base + f"?match[type]=bices-report&limit=3&next={page['next']}" if page.get("more") else None
        pages += 1
        assert pages < 1000
    assert [i for i in found if i in put] == put and len(found) == len(set(found))


def test_a_word_of_a_secret_portion_is_in_no_page_of_a_restricted_tool(coalition, word):
    c, w = coalition, word()
    object_id = c.put(f"(PUBLIC) Mixed {w}\n\n(NATO SECRET) hidden {w}z\n(PUBLIC) open {w}o\n")
    path = api_root(c) + f"collections/{c.node('NATO')['taxii']['collection_ro']}/objects/{object_id}/"
    status, page = taxii(c, path)
    text = json.dumps(page)
    assert status == 200 and w + "o" in text and w + "z" not in text


def test_limits_and_filters_that_are_wrong_are_400_and_unknown_collections_404(coalition):
    c = coalition
    base = api_root(c) + f"collections/{c.node('NATO')['taxii']['collection_ro']}/"
    for query in ("added_after=yesterday", "limit=0", "limit=-1", "limit=x"):
        for what in ("objects", "manifest"):
            status, answer = taxii(c, f"{base}{what}/?{query}")
            assert status == 400 and answer["title"], (what, query, status)
    assert taxii(c, f"{base}objects/?added_after=2026-01-01T00:00:00.123456789Z")[0] == 200
    assert taxii(c, api_root(c) + "collections/00000000-0000-4000-8000-000000000000/objects/")[0] == 404
    assert c.curl("NATO", base + "objects/", "taxii", "-H", "Accept: text/csv")[0] == 406
    for accept in ("application/taxii+json; version=2.1", 'APPLICATION/TAXII+JSON;version="2.1"', "application/taxii+json", "*/*", "text/html;q=0.5, application/taxii+json;version=2.1;q=0.9"):
        assert c.curl("NATO", base + "objects/?limit=1", "taxii", "-H", f"Accept: {accept}")[0] == 200, accept


def test_a_bundle_posted_comes_back_with_the_channels_label(coalition):
    c = coalition
    identity = {"type": "identity", "spec_version": "2.1", "id": "identity--99999999-2222-4333-8444-555555555555", "created": "2026-01-01T00:00:00.000Z",
                "modified": "2026-01-01T00:00:00.000Z", "name": "Posted", "identity_class": "organization"}
    (c.folder / "envelope").write_text(json.dumps({"objects": [identity]}))
    base = api_root(c) + f"collections/{c.node('NATO')['taxii']['collection_rw']}/"
    status, answer = taxii(c, base + "objects/", "-X", "POST", "-H", "Content-Type: application/taxii+json;version=2.1", "--data-binary", f"@{c.folder / 'envelope'}")
    assert status == 202 and answer["status"] == "complete" and answer["success_count"] == 1, answer
    status, page = taxii(c, base + f"objects/{identity['id']}/")
    assert status == 200 and any(o.get("name") == "Posted" for o in page["objects"])
    shown = c.ok("NATO", "analyst", "get", identity["id"])
    assert shown.startswith("NATO UNCLASSIFIED")
