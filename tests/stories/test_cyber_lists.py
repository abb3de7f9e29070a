"""Indicators, sightings and the matrix of techniques: each reader gets what he sees, and nothing hidden moves a byte of them."""
import json
import time
import uuid

T = "2026-03-01T00:00:00.000Z"


def new(kind, **properties):
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid.uuid4()}", "created": T, "modified": T, **properties}


def put(c, objects, marking):
    bundle = {"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": objects}
    return c.ok("NATO", "analyst", "put", "-", "--marking", marking, stdin=json.dumps(bundle)).split()


def test_hidden_objects_change_no_byte_of_lists_and_matrix(coalition, word):
    c, w = coalition, word()
    phase = {"kill_chain_name": "mitre-ics-attack", "phase_name": f"phase-{w}"}
    technique = new("attack-pattern", name=f"technique {w}", kill_chain_phases=[phase])
    seen = new("indicator", name=f"open {w}", pattern=f"[domain-name:value = '{w}.example']", pattern_type="stix", valid_from=T)
    joined = lambda source: new("relationship", relationship_type="indicates", source_ref=source["id"], target_ref=technique["id"])
    put(c, [technique, seen, joined(seen), new("sighting", sighting_of_ref=seen["id"], count=3)], "PUBLIC")
    ask = lambda user: [c.curl("NATO", f"/api/v1/{path}", user)[1] for path in ("attack", f"indicators?q={w}", "sightings")]
    before = ask("reader")
    cell = next(t for t in json.loads(before[0])["techniques"] if t["id"] == technique["id"])
    assert cell["linked"] == [{"type": "indicator", "count": 1}] and cell["phases"] == [{"chain": "mitre-ics-attack", "phase": f"phase-{w}"}]
    assert json.loads(before[1])["indicators"][0]["values"] == [{"kind": "infrastructure", "value": f"{w}.example"}]
    assert next(s for s in json.loads(before[2])["sightings"] if s["of"]["id"] == seen["id"])["times"] == 3
    closed = new("indicator", name=f"closed {w}", pattern=f"[domain-name:value = '{w}.example']", pattern_type="stix", valid_from=T)
    other = new("attack-pattern", name=f"closed technique {w}", kill_chain_phases=[phase])
    put(c, [closed, other, joined(closed), new("sighting", sighting_of_ref=seen["id"], count=9), joined(seen)], "NATO SECRET")
    time.sleep(0.3)
    assert ask("reader") == before
    mine = ask("analyst")
    assert next(t for t in json.loads(mine[0])["techniques"] if t["id"] == technique["id"])["linked"] == [{"type": "indicator", "count": 2}]
    assert json.loads(mine[1])["count"] == 2
