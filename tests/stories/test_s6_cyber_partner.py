"""S6, cyber partner in and out: Seoul pushes a STIX 2.1 bundle over TAXII, allies enrich it and return it. Four real nodes,
and a client that knows the TAXII 2.1 specification only."""
import json
import re
import uuid

import pytest
from taxii_client import Client

TLP_GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
TLP_RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
IDS = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}")
FOR_ALL = "NATO RESTRICTED REL TO KOR"


def stix(kind, **more):
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid.uuid4()}", "created": "2026-03-01T00:00:00.000Z", "modified": "2026-03-01T00:00:00.000Z", **more}


def link(kind, source, target, **more):
    return stix("relationship", relationship_type=kind, source_ref=source["id"], target_ref=target["id"], **more)


def indicator(sha256, **more):
    return stix("indicator", name=f"Dropper {sha256[:8]}", pattern=f"[file:hashes.'SHA-256' = '{sha256}']", pattern_type="stix", valid_from="2026-03-01T00:00:00Z", **more)


def digest():
    return uuid.uuid4().hex + uuid.uuid4().hex


def posted(client, *objects):
    answer = client.post(list(objects))
    assert answer.status == 202 and answer.json["status"] == "complete" and answer.json["success_count"] == len(objects), answer


def put(c, node, marking, *objects):
    return c.ok(node, "analyst", "put", "-", "--marking", marking, stdin=json.dumps({"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": list(objects)})).split()


def shown(client, object_id):
    answer = client.get(client.collection(client.ro, f"objects/{object_id}/"))
    return answer.json["objects"][0] if answer.status == 200 else None


def arrives(c, node, object_id, user="taxii"):
    client = Client(c, node, user)
    assert c.eventually(lambda: shown(client, object_id), 15), f"{object_id} does not come to {node}"
    return shown(client, object_id)


@pytest.fixture
def seoul(coalition):
    return Client(coalition, "KOR")


def test_seoul_pushes_allies_enrich_and_what_they_return_stands_beside_it(coalition, seoul):
    c = coalition
    seen = indicator(digest(), object_marking_refs=[TLP_GREEN])
    tool = stix("malware", name="Grey heron", is_family=True, object_marking_refs=[TLP_GREEN])
    posted(seoul, seen, tool, link("indicates", seen, tool, object_marking_refs=[TLP_GREEN]))
    for node in ("NATO", "USA", "LTU"):
        assert arrives(c, node, seen["id"])["pattern"] == seen["pattern"]
        arrives(c, node, tool["id"])
    actor = stix("intrusion-set", name=f"Set {tool['id'][-6:]}")
    attribution = link("attributed-to", stix("campaign", name="x"), actor)
    attribution.update(relationship_type="uses", source_ref=actor["id"], target_ref=tool["id"])
    put(c, "LTU", FOR_ALL, actor, attribution)
    assert arrives(c, "KOR", actor["id"])["name"] == actor["name"]
    back = arrives(c, "KOR", attribution["id"])
    assert (back["source_ref"], back["target_ref"]) == (actor["id"], tool["id"])
    graph = json.loads(c.curl("KOR", f"/api/v1/objects/{tool['id']}/graph?depth=1", "analyst")[1])
    by_id = {n["id"]: n for n in graph["nodes"]}
    assert by_id[tool["id"]]["originator"] == "KOR" and by_id[actor["id"]]["originator"] == "LTU"


def test_tlp_maps_by_table_and_never_widens(coalition, seoul):
    c = coalition
    green, red = indicator(digest(), object_marking_refs=[TLP_GREEN]), indicator(digest(), object_marking_refs=[TLP_RED])
    posted(seoul, green)
    there = arrives(c, "NATO", green["id"])
    assert TLP_GREEN in there["object_marking_refs"]  # the label travels as our marking and as TLP
    answer = seoul.post([red])
    if answer.status == 202:  # a level that names its recipients alone stays with its poster's nation
        posted(seoul, green)
        for node in ("NATO", "USA", "LTU"):
            assert shown(Client(c, node, "analyst"), red["id"]) is None
    else:
        assert answer.status in (400, 422) and red["id"] in answer.body.decode()
        assert shown(seoul, red["id"]) is None
    again = {**there, "modified": "2026-03-02T00:00:00.000Z"}
    returned = Client(c).post([again])  # what came from Seoul comes back from an ally: the label is kept, nothing wider is made
    assert returned.status in (202, 400, 403, 409, 422)
    kept = shown(Client(c, "KOR", "analyst"), green["id"])
    assert kept["object_marking_refs"] == shown(Client(c, "KOR"), green["id"])["object_marking_refs"] and TLP_GREEN in kept["object_marking_refs"]


def everything(client, known):
    """What a reader may ask, as status, headers that date, and octets: lists, manifests, versions, counts, graph."""
    answers = []
    for what, query in (("objects/", {}), ("manifest/", {}), ("manifest/", {"match_version": "all"}), ("objects/", {"match_id": known}), (f"objects/{known}/versions/", {})):
        more, turns = {}, 0
        while turns < 40:
            answer = client.get(client.collection(client.ro, what), limit=500, **query, **more)
            body = answer.json
            answers.append((answer.status, answer.first, answer.last, len(body.get("objects", [])), json.dumps({k: v for k, v in body.items() if k != "next"}, sort_keys=True)))
            if not body.get("more"):
                break
            more, turns = {"next": body["next"]}, turns + 1
    return answers


def test_hash_is_open_to_all_while_its_attribution_stays_closed_in_one_graph(coalition):
    c = coalition
    sha256 = digest()
    seen, actor = indicator(sha256), stix("threat-actor", name=f"Actor {sha256[:6]}")
    put(c, "NATO", "PUBLIC", seen)
    readers = [("NATO", "reader"), ("KOR", "analyst"), ("KOR", "taxii"), ("NATO", "analyst")]
    for node, user in readers:
        arrives(c, node, seen["id"], user)
    marker = put(c, "NATO", "NATO SECRET", stix("note", content="settled", object_refs=[seen["id"]]))  # all before it has arrived
    arrives(c, "USA", marker[0], "analyst")

    def look(node, user):
        api = [c.curl(node, path, user) for path in (f"/api/v1/objects/{seen['id']}/graph?depth=2", f"/api/v1/objects/{seen['id']}/related", f"/api/v1/objects/{seen['id']}/sightings",
                                                     f"/api/v1/search?q={actor['name'].split()[1]}&count=true", f"/api/v1/search?q={sha256}&count=true&facets=true")]
        return everything(Client(c, node, user), seen["id"]), [(s, re.sub(rb'"request_id":"[^"]*"', b"", b)) for s, b in api]

    before = {reader: look(*reader) for reader in readers}
    attribution = link("indicates", seen, actor)
    put(c, "NATO", "NATO SECRET", actor, attribution)
    arrives(c, "USA", attribution["id"], "analyst")
    for reader in readers[:3]:
        assert look(*reader) == before[reader], reader
    assert look(*readers[3]) != before[readers[3]]
    nodes = {n["id"] for n in json.loads(c.curl("NATO", f"/api/v1/objects/{seen['id']}/graph?depth=2", "analyst")[1])["nodes"]}
    assert {seen["id"], actor["id"]} <= nodes
    for node, user in readers[:3]:
        for hidden in (actor["id"], attribution["id"]):
            missing = hidden[:-12] + "0" * 12
            client = Client(c, node, user)
            a, b = (client.get(client.collection(client.ro, f"objects/{i}/")) for i in (hidden, missing))
            assert a.status == b.status == 404 and IDS.sub(b"ID", a.body) == IDS.sub(b"ID", b.body)


def test_sightings_flow_back_to_who_published_the_indicator(coalition, seoul):
    c = coalition
    seen = indicator(digest(), object_marking_refs=[TLP_GREEN])
    posted(seoul, seen)
    for node, count in (("NATO", 3), ("LTU", 4)):
        arrives(c, node, seen["id"], "analyst")
        c.ok(node, "analyst", "sighting", seen["id"], "--count", str(count), "--marking", FOR_ALL)
    told = lambda: {line.split("\t")[0]: line.split("\t")[1] for line in c.run("KOR", "analyst", "sightings", seen["id"]).stdout.splitlines() if "\t" in line}
    assert c.eventually(lambda: set(told()) == {"NATO", "LTU"}, 15), told()
    assert told() == {"NATO": "3", "LTU": "4"}


def test_bad_bundle_is_refused_whole_with_the_object_and_the_rule(seoul):
    good, bad = indicator(digest()), indicator(digest())
    bad["pattern"] = "[file:hashes.'SHA-256' = "
    answer = seoul.post([good, bad])
    assert answer.status in (400, 422) and answer.json["title"], answer
    assert bad["id"] in answer.body.decode() and "pattern" in answer.body.decode()
    assert shown(seoul, good["id"]) is None and shown(seoul, bad["id"]) is None


def test_duplicates_merge_while_originators_and_labels_stay(coalition, seoul):
    c = coalition
    value = f"203.0.113.{uuid.uuid4().int % 250}"
    namespace = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
    address = {"type": "ipv4-addr", "spec_version": "2.1", "id": f"ipv4-addr--{uuid.uuid5(namespace, json.dumps({'value': value}, separators=(',', ':')))}", "value": value}
    posted(seoul, {**address, "object_marking_refs": [TLP_GREEN]})
    posted(seoul, {**address, "object_marking_refs": [TLP_GREEN]})  # again: nothing new
    assert len(seoul.get(seoul.collection(seoul.rw, f"objects/{address['id']}/"), match_version="all").json["objects"]) == 1
    arrives(c, "NATO", address["id"], "analyst")
    put(c, "LTU", FOR_ALL, address)
    labels = lambda: {(o["originator"], o["marking"]["text"] if isinstance(o["marking"], dict) else o["marking"]) for o in
                      json.loads(c.curl("NATO", f"/api/v1/search?q={value}&type=ipv4-addr", "analyst")[1])["objects"]}
    assert c.eventually(lambda: {o for o, _ in labels()} == {"KOR", "LTU"}, 15), labels()
    assert len({marking for _, marking in labels()}) == 2  # each with the label that its own nation gave
    assert c.count("NATO", value) == 2


def test_pattern_of_an_ally_is_matched_against_what_one_holds_and_may_see(coalition):
    c, mark = coalition, uuid.uuid4().hex[:8]
    host = {"type": "domain-name", "spec_version": "2.1", "id": f"domain-name--{uuid.uuid4()}", "value": f"{mark}.example"}
    closed = {"type": "domain-name", "spec_version": "2.1", "id": f"domain-name--{uuid.uuid4()}", "value": f"closed-{mark}.example"}
    put(c, "NATO", "PUBLIC", host)
    put(c, "NATO", "NATO SECRET", closed)
    find = lambda user, value: c.run("NATO", user, "pattern", "match", f"[domain-name:value = '{value}']")
    assert find("reader", host["value"]).stdout.split() == [host["id"]] == find("analyst", host["value"]).stdout.split()
    assert find("analyst", closed["value"]).stdout.split() == [closed["id"]]
    hidden, missing = find("reader", closed["value"]), find("reader", f"absent-{mark}.example")
    assert (hidden.returncode, hidden.stdout, hidden.stderr) == (missing.returncode, missing.stdout, missing.stderr) and hidden.returncode == 1
    assert c.run("NATO", "analyst", "pattern", "match", f"[domain-name:value LIKE '%{mark}.example']").stdout.split() in ([host["id"], closed["id"]], [closed["id"], host["id"]])
    assert c.run("NATO", "analyst", "pattern", "match", f"[domain-name:value = '{host['value']}']", "--since", "2999-01-01T00:00:00Z").returncode == 1
    for body in ({"pattern": "[x"}, {"pattern": "[a:b = 1]", "since": "yesterday"}, {}, {"pattern": "[a:b = 1]", "more": "x"}):
        status, answer = c.curl("NATO", "/api/v1/patterns/match", "analyst", "-X", "POST", "-H", "Content-Type: application/json", "--data-binary", json.dumps(body))
        assert status == 400, answer
