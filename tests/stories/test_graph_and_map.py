"""Links around an object and places on a map: each reader gets those of his own version of the world, and nothing hidden
moves a byte of them."""
import json
import time
import uuid

T = "2026-03-01T00:00:00.000Z"


def new(kind, **properties):
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid.uuid4()}", "created": T, "modified": T, **properties}


def joined(source, target, kind="uses"):
    return new("relationship", relationship_type=kind, source_ref=source["id"], target_ref=target["id"])


def put(c, objects, marking, node="NATO", user="analyst"):
    bundle = {"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": objects}
    return c.ok(node, user, "put", "-", "--marking", marking, stdin=json.dumps(bundle)).split()


def graph(c, node, user, thing, query="?depth=2&limit=300"):
    status, body = c.curl(node, f"/api/v1/objects/{thing['id']}/graph{query}", user)
    assert status == 200, body
    return body


def world(c, w):
    """Public things with links, which every nation gets."""
    malware, tool, actor = new("malware", name=f"malware {w}", is_family=True), new("tool", name=f"tool {w}"), new("threat-actor", name=f"actor {w}")
    note = new("note", content=f"note {w}", object_refs=[malware["id"]])
    put(c, [malware, tool, actor, note, joined(malware, tool), joined(actor, malware)], "PUBLIC")
    return malware, tool, actor


def test_a_graph_holds_what_the_reader_sees_with_its_lines_and_counts(coalition, word):
    c = coalition
    malware, tool, actor = world(c, word())
    secret = new("indicator", name="closed", pattern="[ipv4-addr:value = '192.0.2.7']", pattern_type="stix", valid_from=T)
    put(c, [secret, joined(secret, malware, "indicates")], "NATO SECRET")
    seen = json.loads(graph(c, "NATO", "analyst", malware, ""))
    assert {n["type"] for n in seen["nodes"]} == {"malware", "tool", "threat-actor", "note", "indicator"}
    assert {(e["from"].split("--")[0], e["kind"], e["to"].split("--")[0]) for e in seen["edges"]} == {
        ("malware", "uses", "tool"), ("threat-actor", "uses", "malware"), ("note", "object_refs", "malware"), ("indicator", "indicates", "malware")}
    assert seen["nodes"][0]["linked"] == 4 and seen["marking"] == "NATO SECRET"
    open_ = json.loads(graph(c, "NATO", "reader", malware, ""))
    assert open_["nodes"][0]["linked"] == 3 and "indicator" not in json.dumps(open_) and "SECRET" not in json.dumps(open_)
    status, body = c.curl("NATO", f"/api/v1/objects/{secret['id']}/graph", "reader")
    other, missing = c.curl("NATO", f"/api/v1/objects/{secret['id'][:-12]}{'0' * 12}/graph", "reader")
    strip = lambda b: {k: v for k, v in json.loads(b).items() if k != "request_id"}
    assert status == other == 404 and strip(body) == strip(missing)


def test_hidden_neighbours_change_no_byte_of_a_graph_for_four_readers(coalition, word):
    c, w = coalition, word()
    malware, tool, actor = world(c, w)
    readers = [("NATO", "reader"), ("USA", "reader"), ("KOR", "analyst"), ("LTU", "reader")]
    for node, _ in readers:
        assert c.eventually(lambda: c.count(node, f"actor {w}", "analyst") and c.count(node, f"note {w}", "analyst"), 20)
        assert c.eventually(lambda: len(json.loads(graph(c, node, "analyst", malware))["edges"]) == 3, 20)
    queries = ["?depth=2&limit=300", "?limit=2", "?depth=0", "?type=indicator"]
    ask = lambda: [graph(c, node, user, thing, q) for node, user in readers for thing in (malware, tool, actor) for q in queries]
    before = ask()
    hidden = [new("indicator", name=f"closed {w}", pattern="[ipv4-addr:value = '192.0.2.8']", pattern_type="stix", valid_from=T),
              new("note", content="closed", object_refs=[tool["id"], actor["id"]])]
    put(c, [*hidden, joined(hidden[0], malware, "indicates"), joined(malware, actor, "attributed-to"), joined(tool, hidden[0])], "NATO SECRET")
    for node in ("USA", "LTU"):
        assert c.eventually(lambda: c.count(node, f"closed {w}", "analyst"), 20)
    time.sleep(0.3)
    assert ask() == before
    assert len(json.loads(graph(c, "USA", "analyst", malware))["edges"]) > 3


PLACES = "extension-definition--3b7d9a52-6c1e-4f80-9d24-e8a1c5f0b637"


def placed(w, latitude, longitude, **more):
    return new("location", name=f"port {w}", latitude=latitude, longitude=longitude, **more)


def track(w, *positions):
    at = [{"latitude": a, "longitude": b, "at": t} for a, b, t in positions]
    return new("bices-track", name=f"ship {w}", sidc="10043000001401010000", positions=at, extensions={PLACES: {"extension_type": "new-sdo"}})


def shown(c, node, user, query=""):
    status, body = c.curl(node, f"/api/v1/map{query}", user)
    assert status == 200, body
    return body


def titles(body):
    return {f["properties"]["title"] for f in json.loads(body)["features"]}


def test_a_map_shows_what_is_in_the_area_at_the_time_with_its_marking(coalition, word):
    c, w = coalition, word()
    put(c, [placed(w, 10.5, 170.25), track(w, (11, 171, "2026-03-01T00:00:00Z"), (12, -179, "2026-03-02T00:00:00Z"))], "NATO RESTRICTED")
    everywhere = json.loads(shown(c, "NATO", "analyst", "?bbox=170,10,-178,13"))
    assert {f["properties"]["title"] for f in everywhere["features"]} == {f"port {w}", f"ship {w}"}
    assert everywhere["marking"] == "NATO RESTRICTED" and everywhere["features"][1]["geometry"] == {"type": "Point", "coordinates": [170.25, 10.5]}
    assert titles(shown(c, "NATO", "analyst", "?bbox=170,10,180,13&to=2026-02-28T00:00:00Z")) == {f"port {w}"}
    assert titles(shown(c, "NATO", "analyst", "?bbox=-180,10,-178,13")) == {f"ship {w}"}
    assert titles(shown(c, "NATO", "analyst", "?bbox=-180,10,-178,13&to=2026-03-01T12:00:00Z")) == set()
    assert not titles(shown(c, "NATO", "reader", "?bbox=170,10,-178,13"))
    done = c.run("NATO", "analyst", "put", "-", "--marking", "PUBLIC", stdin=json.dumps(track(w, (91, 0, "2026-03-01T00:00:00Z"))))
    assert done.returncode == 2 and "latitude is no number from -90 to 90" in done.stderr


def test_hidden_places_change_no_byte_of_a_map_for_four_readers_and_a_recalled_one_goes(coalition, word):
    c, w = coalition, word()
    port, = put(c, [placed(w, 20, 160), track(w, (20.5, 160.5, "2026-03-01T00:00:00Z"))], "PUBLIC")[:1]
    readers = [("NATO", "reader"), ("USA", "reader"), ("KOR", "analyst"), ("LTU", "reader")]
    for node, user in readers:
        assert c.eventually(lambda: titles(shown(c, node, user, "?bbox=159,19,161,21")) == {f"port {w}", f"ship {w}"}, 20)
    ask = lambda: [shown(c, node, user, q) for node, user in readers for q in ("?bbox=159,19,161,21", "?bbox=159,19,161,21&limit=1", "")]
    before = ask()
    put(c, [placed(f"closed {w}", 20, 160), track(f"closed {w}", (20.5, 160.5, "2026-03-01T00:00:00Z"))], "NATO SECRET")
    for node in ("USA", "LTU"):
        assert c.eventually(lambda: f"port closed {w}" in titles(shown(c, node, "analyst", "?bbox=159,19,161,21")), 20)
    time.sleep(0.3)
    assert ask() == before
    c.ok("NATO", "release", "recall", port, "--reason", "test")
    for node, user in readers:
        assert c.eventually(lambda: titles(shown(c, node, user, "?bbox=159,19,161,21")) == {f"ship {w}"}, 20)
