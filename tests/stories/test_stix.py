"""STIX as foreign tools bring it: held against the standard, in both versions, and nothing by half."""
import json
import pathlib
import uuid

DATA = pathlib.Path(__file__).resolve().parents[1] / "data/stix"


def post(c, document, query="marking=PUBLIC", user="analyst"):
    path = c.folder / "body"
    path.write_text(json.dumps(document))
    status, answer = c.curl("NATO", f"/api/v1/objects?{query}", user, "-X", "POST", "-H", "Content-Type: application/json", "--data-binary", f"@{path}")
    return status, json.loads(answer)


def new_id(kind):
    return f"{kind}--{uuid.uuid4()}"


def bundle(*objects, **more):
    return {"type": "bundle", "id": new_id("bundle"), **more, "objects": list(objects)}


def core(kind, **more):
    return {"type": kind, "spec_version": "2.1", "id": new_id(kind), "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", **more}


def test_a_document_that_breaks_the_standard_is_refused_whole_with_every_fault_named(coalition):
    c = coalition
    good = core("tool", name="T")
    bad = core("indicator", pattern="[url:value = 'x'", pattern_type="stix", valid_from="soon")
    status, problem = post(c, bundle(good, bad))
    assert status == 422 and problem["finding_count"] == 2
    assert {(f["object"], f["id"], f["path"], f["rule"]) for f in problem["findings"]} == {
        (1, bad["id"], "valid_from", "timestamp"), (1, bad["id"], "pattern", "pattern")}
    assert c.get("NATO", good["id"]) is None
    path = c.folder / "bad.json"
    path.write_text(json.dumps(bundle(good, bad)))
    done = c.run("NATO", "analyst", "put", str(path), "--marking", "PUBLIC")
    assert done.returncode == 2 and "valid_from" in done.stderr and "pattern" in done.stderr and done.stdout == ""


def test_over_taxii_the_faults_stand_in_the_details_of_the_error(coalition):
    c = coalition
    taxii = c.node("NATO")["taxii"]
    root = "/taxii2/" + taxii["api_root"].rstrip("/").rsplit("/", 1)[1]
    path = c.folder / "envelope"
    path.write_text(json.dumps({"objects": [core("tool")]}))
    kind = "application/taxii+json;version=2.1"
    status, answer = c.curl("NATO", f"{root}/collections/{taxii['collection_rw']}/objects/", "taxii", "-X", "POST", "-H", f"Accept: {kind}",
                            "-H", f"Content-Type: {kind}", "--data-binary", f"@{path}")
    error = json.loads(answer)
    assert status == 422 and error["details"]["findings"][0]["path"] == "name" and error["details"]["finding_count"] == 1


def test_the_examples_of_the_standard_load_and_read_back(coalition):
    c = coalition
    for path in sorted((DATA / "oasis").glob("*.json")):
        ids = c.ok("NATO", "analyst", "put", str(path), "--marking", "NATO UNCLASSIFIED").split()
        wanted = {o["id"] for o in json.loads(path.read_text())["objects"]}
        assert set(ids) == wanted, path


def test_objects_that_share_an_id_are_refused_unless_mending_is_asked_for(coalition):
    c = coalition
    one, other = core("tool", name="one"), core("tool", name="other")
    other["id"] = one["id"]
    path = c.folder / "shared.json"
    path.write_text(json.dumps(bundle(one, other)))
    done = c.run("NATO", "analyst", "put", str(path), "--marking", "PUBLIC")
    assert done.returncode == 2 and "duplicate-id" in done.stderr
    done = c.run("NATO", "analyst", "put", str(path), "--marking", "PUBLIC", "--mend")
    ids = done.stdout.split()
    assert done.returncode == 0 and len(set(ids)) == 2 and ids[0] == one["id"] and ids[1] in done.stderr
    assert c.get("NATO", ids[1])["name"] == "other"


def test_stix_20_comes_in_and_goes_out_and_what_changes_is_said(coalition):
    c = coalition
    old = {"type": "malware", "id": new_id("malware"), "created": "2017-01-01T00:00:00.000Z", "modified": "2017-01-01T00:00:00.000Z", "name": "Old", "labels": ["worm"]}
    status, answer = post(c, bundle(old, spec_version="2.0"))
    assert status == 201 and any("is_family" in line for line in answer["converted"]), answer
    assert c.get("NATO", old["id"])["malware_types"] == ["worm"]
    done = c.run("NATO", "analyst", "get", old["id"], "--stix", "2.0")
    back = json.loads(done.stdout)
    assert done.returncode == 0 and back["spec_version"] == "2.0" and back["objects"][0]["labels"] == ["worm"]
    assert "x_extensions" in done.stderr and any(o["type"] == "marking-definition" for o in back["objects"])


def test_custom_types_and_properties_pass_unchanged(coalition):
    c = coalition
    thing = core("x-port-call", ship="Hana", x_deep={"list": [1, {"big": 9007199254740993}], "text": "항만"}, created="2026-01-01T00:00:00.123456789Z",
                 modified="2026-01-01T00:00:00.123456789Z")
    status, answer = post(c, thing)
    assert status == 201, answer
    shown = c.get("NATO", thing["id"])
    assert shown["x_deep"] == thing["x_deep"] and shown["created"] == thing["created"]


GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"


def taxii_post(c, *objects):
    taxii = c.node("NATO")["taxii"]
    root = "/taxii2/" + taxii["api_root"].rstrip("/").rsplit("/", 1)[1]
    path = c.folder / "envelope"
    path.write_text(json.dumps({"objects": objects}))
    kind = "application/taxii+json;version=2.1"
    return c.curl("NATO", f"{root}/collections/{taxii['collection_rw']}/objects/", "taxii", "-X", "POST", "-H", f"Accept: {kind}", "-H", f"Content-Type: {kind}",
                  "--data-binary", f"@{path}")


def label_of(shown):
    return shown["extensions"]["extension-definition--25fd6fcf-962d-4376-8a61-6393e95b79a5"]["portions"][0]["label"]


def test_tlp_comes_in_as_a_label_and_a_label_goes_out_as_tlp(coalition):
    c = coalition
    green, none, red = core("tool", name="g", object_marking_refs=[GREEN]), core("tool", name="n"), core("tool", name="r", object_marking_refs=[RED])
    status, answer = taxii_post(c, green, none)
    assert status == 202, answer
    assert label_of(c.get("NATO", green["id"])) == "NATO|UNCLASSIFIED|P:Context=NATO"
    assert label_of(c.get("NATO", none["id"])) == "NATO|UNCLASSIFIED|P:Context=NATO", "without a marking: the channel's default"
    status, answer = taxii_post(c, red)
    assert status == 422 and b"tlp:red" in answer and c.get("NATO", red["id"]) is None
    secret = core("tool", name="s")
    assert post(c, secret, "marking=NATO%20RESTRICTED")[0] == 201
    assert AMBER in c.get("NATO", secret["id"])["object_marking_refs"]


def test_a_foreign_server_that_strips_our_extension_gives_back_nothing_wider(coalition):
    c = coalition
    for marking, expected in (("NATO%20RESTRICTED", "NATO|RESTRICTED|P:Context=NATO"), ("NATO%20SECRET%20REL%20TO%20KOR", None)):
        thing = core("tool", name="t")
        assert post(c, thing, f"marking={marking}")[0] == 201
        shown = c.get("NATO", thing["id"])
        stripped = {k: v for k, v in shown.items() if k not in ("extensions", "granular_markings")} | {"id": new_id("tool")}
        status, answer = taxii_post(c, stripped)
        assert status == 422 and b"label" in answer, "a label of ours without its definition is refused, never read as none"
        stripped["object_marking_refs"] = [r for r in shown["object_marking_refs"] if "b1ce51ab" not in r]
        status, answer = taxii_post(c, stripped)
        assert status == (202 if expected else 422), answer
        assert not expected or label_of(c.get("NATO", stripped["id"])) == expected


def indicator(value, **more):
    return core("indicator", pattern=f"[ipv4-addr:value = '{value}']", pattern_type="stix", valid_from="2026-01-01T00:00:00Z", **more)


def sightings(c, node, object_id, user="analyst"):
    done = c.run(node, user, "sightings", object_id, "--json")
    return json.loads(done.stdout) if done.stdout else None


def by_nation(answer):
    return {n["nation"]: n["count"] for n in answer["nations"]}


def test_a_sighting_takes_one_line_and_nations_are_counted_as_each_reader_sees_them(coalition, word):
    c = coalition
    value = f"203.0.113.{uuid.uuid4().int % 200 + 1}"
    seen = indicator(value, name=word(), confidence=80)
    assert post(c, seen)[0] == 201
    assert c.eventually(lambda: c.get("USA", seen["id"]) and c.get("KOR", seen["id"]), 15)
    ids = c.ok("USA", "analyst", "sighting", value, "--count", "3").split()
    assert len(ids) == 1 and ids[0].startswith("sighting--")
    c.ok("KOR", "analyst", "sighting", seen["id"], "--first", "2026-03-01T00:00:00Z", "--last", "2026-03-02T00:00:00Z")
    c.ok("USA", "analyst", "sighting", seen["id"], "--count", "40", "--marking", "NATO SECRET")
    c.ok("NATO", "analyst", "sighting", seen["id"], "--count", "5")
    c.ok("NATO", "analyst", "sighting", seen["id"], "--count", "60", "--marking", "NATO SECRET")
    assert c.eventually(lambda: by_nation(sightings(c, "NATO", seen["id"])) == {"USA": 43, "KOR": 1, "NATO": 65}, 15), sightings(c, "NATO", seen["id"])
    assert c.eventually(lambda: by_nation(sightings(c, "KOR", seen["id"])) == {"NATO": 5, "KOR": 1}, 15), "a hidden sighting is counted nowhere"
    assert by_nation(sightings(c, "NATO", seen["id"], "reader")) == {"USA": 3, "KOR": 1, "NATO": 5}
    decay = sightings(c, "NATO", seen["id"])["decay"]
    assert decay["base"] == 80 and decay["lifetime_days"] == 30 and 79 <= decay["score"] <= 80 and "lifetime" in decay["formula"]


def test_a_value_that_only_hidden_indicators_name_is_a_value_that_nobody_names(coalition, word):
    c = coalition
    value = f"198.51.100.{uuid.uuid4().int % 200 + 1}"
    assert post(c, indicator(value, name=word()), "marking=NATO%20SECRET")[0] == 201
    hidden = c.run("NATO", "taxii", "sighting", value)
    missing = c.run("NATO", "taxii", "sighting", "no-such-value")
    assert hidden.returncode == missing.returncode == 1 and hidden.stderr.replace(value, "no-such-value") == missing.stderr
    assert c.run("NATO", "analyst", "sighting", value[:-1] + "x").returncode == 1


def test_a_value_without_an_indicator_is_a_sighting_of_its_observable(coalition):
    c = coalition
    value = f"203.0.113.{uuid.uuid4().int % 40 + 210}"
    address = {"type": "ipv4-addr", "id": f"ipv4-addr--{uuid.uuid5(uuid.NAMESPACE_URL, value)}", "value": value}
    assert post(c, address)[0] == 201
    c.ok("NATO", "analyst", "sighting", value, "--count", "7")
    assert by_nation(sightings(c, "NATO", address["id"])) == {"NATO": 7}


def test_a_sighting_that_says_nothing_usable_is_refused(coalition):
    c = coalition
    for words in (("--count", "many"), ("--first", "soon"), ("--first", "2026-03-02T00:00:00Z", "--last", "2026-03-01T00:00:00Z")):
        thing = core("tool", name="t")
        assert post(c, thing)[0] == 201
        assert c.run("NATO", "analyst", "sighting", thing["id"], *words).returncode == 2, words


def related(c, object_id, user):
    status, answer = c.curl("NATO", f"/api/v1/objects/{object_id}/related", user)
    return status, answer


def test_what_names_the_same_value_is_related_and_a_hidden_one_changes_no_byte(coalition, word):
    c = coalition
    value, digest = f"192.0.2.{uuid.uuid4().int % 200 + 1}", uuid.uuid4().hex
    one = indicator(value, name=word())
    other = core("indicator", name=word(), pattern=f"[file:hashes.MD5 = '{digest.upper()}' OR ipv4-addr:value = '{value}']", pattern_type="stix", valid_from="2026-01-01T00:00:00Z")
    near = indicator(value + "0" if len(value) < 13 else value[:-1], name=word())
    file = {"type": "file", "id": f"file--{uuid.uuid5(uuid.NAMESPACE_URL, digest)}", "hashes": {"MD5": digest}}
    assert post(c, bundle(one, other, near, file))[0] == 201
    before = related(c, one["id"], "reader")
    found = json.loads(before[1])["related"]
    assert [(r["id"], r["shared"]) for r in found] == [(other["id"], [{"kind": "infrastructure", "value": value}])], found
    assert {r["id"] for r in json.loads(related(c, file["id"], "reader")[1])["related"]} == {other["id"]}
    secret = indicator(value, name=word())
    assert post(c, secret, "marking=NATO%20SECRET")[0] == 201
    assert related(c, one["id"], "reader") == before
    assert secret["id"] in {r["id"] for r in json.loads(related(c, one["id"], "analyst")[1])["related"]}
    assert related(c, secret["id"], "reader")[0] == 404
