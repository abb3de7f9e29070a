"""S5: indicator, warning, decision. A watch officer runs a warning problem; sightings of two nations move it; the level
alerts the watch once per cause; decision, task and outcome hang together and can be walked both ways; nothing is left
without an owner. What a reader may not see moves nothing that he sees."""
import datetime
import json
import os
import uuid

import pytest

EXTENSION = {"extension-definition--6f0c7d5e-2b1a-4c39-9a57-3c6e1d80f4b2": {"extension_type": "new-sdo"}}
WIDE = "NATO UNCLASSIFIED REL TO KOR"


def moment(back=0):
    now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=back)
    return now.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def stix(kind, **members):
    now = moment()
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid.uuid4()}", "created": now, "modified": now, **members}


def step(kind, **members):
    return stix(kind, extensions=EXTENSION, **members)


def put(c, thing, node="NATO", user="analyst", marking=WIDE, *options):
    return c.ok(node, user, "put", "-", "--marking", marking, *options, stdin=json.dumps(thing)).split()[0]


def api(c, path, node="NATO", user="watch", method="GET", body=None):
    words = ["-X", method] + (["-H", "Content-Type: application/json", "-d", json.dumps(body)] if body is not None else [])
    status, text = c.curl(node, "/api/v1/" + path, user, *words)
    return status, json.loads(text) if text.strip() else None


def read(c, path, node="NATO", user="watch"):
    status, answer = api(c, path, node, user)
    assert status == 200, (path, status, answer)
    return answer


def indicator(c, word, node="NATO", marking=WIDE):
    thing = stix("indicator", name=f"Loader {word}", pattern=f"[file:name = '{word}']", pattern_type="stix", valid_from=moment(3600))
    return put(c, thing, node, "analyst", marking)


def sighting(c, of, node, marking=WIDE, user="analyst", **members):
    return put(c, stix("sighting", sighting_of_ref=of, last_seen=moment(60), **members), node, user, marking)


def problem(word, **changes):
    """Met when two independent sources saw an indicator that says the word."""
    one = {"id": "loader", "question": "Is the loader seen outside mail?", "owner": "KOR", "source": "Samples of two nations",
           "age_limit": "24h", "weight": 5, "critical": True,
           "rule": {"match": [{"type": "sighting", "refers_to": {"type": "indicator", "text": word}}], "nations": 2, "sources": 2}}
    quiet = {"id": "gates", "question": "Do gate systems stop?", "owner": "LTU", "source": "Operators, daily", "age_limit": "24h", "weight": 3,
             "rule": {"match": [{"type": "bices-report", "text": word + "gate"}], "calm": [{"type": "bices-report", "text": word + "calm"}]}}
    return step("bices-warning-problem", **{
        "name": f"Cyber attacks on logistics ports {word}", "question": "Will traffic in logistics ports be disturbed?", "owner": "NATO watch",
        "authorities": [{"nation": "NATO", "role": "watch"}], "scenarios": ["Outage at two ports"],
        "levels": [{"name": "LOW"}, {"name": "ELEVATED", "weight": 5, "precedence": "priority"},
                   {"name": "HIGH", "weight": 8, "nations": 2, "precedence": "immediate"}],
        "indicators": [one, quiet], **changes})


def level(c, problem_id, node="NATO", user="watch"):
    return read(c, "warnings/" + problem_id, node, user)["level"]


def states(c, problem_id, node="NATO", user="watch"):
    return {i["id"]: i["state"] for i in read(c, "warnings/" + problem_id, node, user)["indicators"]}


def alerts(c, problem_id, node="NATO", user="watch"):
    return [a for a in read(c, "alerts", node, user)["alerts"] if a["problem"] == problem_id]


@pytest.fixture(scope="module")
def elevated(coalition):
    """A problem that two nations' sightings have raised, made once for the tests that only read it."""
    c, w = coalition, "w" + uuid.uuid4().hex[:12]
    seen = indicator(c, w)
    for node in ("KOR", "USA"):
        assert c.eventually(lambda: c.get(node, seen))
    problem_id = put(c, problem(w))
    first = sighting(c, seen, "KOR")
    second = sighting(c, seen, "USA")
    assert c.eventually(lambda: level(c, problem_id) == "ELEVATED")
    return {"word": w, "indicator": seen, "problem": problem_id, "sightings": [first, second]}


def test_sightings_of_two_nations_move_an_indicator_and_one_does_not(coalition, word):
    c, w = coalition, word()
    seen = indicator(c, w)
    assert c.eventually(lambda: c.get("KOR", seen) and c.get("USA", seen))
    problem_id = put(c, problem(w))
    assert states(c, problem_id) == {"loader": "unknown", "gates": "unknown"}
    first = sighting(c, seen, "KOR")
    assert c.eventually(lambda: c.get("NATO", first))
    assert states(c, problem_id)["loader"] == "not met"
    assert level(c, problem_id) == "LOW"
    sighting(c, seen, "USA")
    assert c.eventually(lambda: level(c, problem_id) == "ELEVATED")
    board = read(c, "warnings/" + problem_id)
    assert states(c, problem_id) == {"loader": "met", "gates": "unknown"}
    assert (board["was"], board["at_most"], board["weight"], board["nations"], board["sources"]) == ("LOW", "HIGH", 5, 2, 2)
    loader = board["indicators"][0]
    assert {e["originator"] for e in loader["evidence"]} == {"KOR", "USA"} and loader["owner"] == "KOR" and loader["age_ms"] < loader["age_limit_ms"]
    assert [h["level"] for h in board["history"]][-1] == "ELEVATED"


def test_one_source_told_by_two_nations_is_not_two(coalition, word):
    c, w = coalition, word()
    seen = indicator(c, w)
    assert c.eventually(lambda: c.get("KOR", seen) and c.get("USA", seen))
    problem_id = put(c, problem(w))
    told = [{"source_name": "Harbour Cert", "external_id": w}]
    for node in ("KOR", "USA"):
        sighting_id = sighting(c, seen, node, external_references=told)
        assert c.eventually(lambda: c.get("NATO", sighting_id))
    loader = read(c, "warnings/" + problem_id)["indicators"][0]
    assert (loader["nations"], loader["sources"], loader["state"]) == (2, 1, "not met")
    sighting(c, seen, "USA", external_references=[{"source_name": "Another Cert", "external_id": w}])
    assert c.eventually(lambda: level(c, problem_id) == "ELEVATED")


def test_silence_is_unknown_and_only_a_calm_report_is_not_met(coalition, word):
    c, w = coalition, word()
    problem_id = put(c, problem(w))
    assert states(c, problem_id)["gates"] == "unknown"
    c.put(f"({WIDE}) gates are open {w}calm\n\n({WIDE}) nothing stopped\n", "LTU")
    assert c.eventually(lambda: states(c, problem_id)["gates"] == "not met")


def test_a_sighting_that_counts_nothing_is_calm(coalition, word):
    c, w = coalition, word()
    seen = indicator(c, w)
    assert c.eventually(lambda: c.get("KOR", seen))
    problem_id = put(c, problem(w))
    sighting(c, seen, "KOR", count=0)
    assert c.eventually(lambda: states(c, problem_id)["loader"] == "not met")
    assert read(c, "warnings/" + problem_id)["indicators"][0]["evidence"][0]["calm"] is True


def test_a_level_change_alerts_the_watch_once_per_cause_and_a_person_acknowledges_it(coalition, elevated):
    c, problem_id = coalition, elevated["problem"]
    assert c.eventually(lambda: len(alerts(c, problem_id)) == 1)
    alert = alerts(c, problem_id)[0]
    assert (alert["from"], alert["to"], alert["precedence"], alert["rising"], alert["state"]) == ("LOW", "ELEVATED", "priority", True, "open")
    assert alert["causes"][0]["indicator"] == "loader" and alert["causes"][0]["evidence"] in elevated["sightings"]
    again = sighting(c, elevated["indicator"], "USA")
    assert c.eventually(lambda: c.get("NATO", again))
    assert len(alerts(c, problem_id)) == 1
    assert api(c, f"alerts/{alert['id']}/acknowledge", user="analyst", method="POST", body={})[0] == 403
    assert api(c, f"alerts/{alert['id']}/acknowledge", method="POST", body={})[0] == 204
    acknowledged = alerts(c, problem_id)[0]
    assert acknowledged["state"] == "acknowledged" and acknowledged["by"] == "watch"
    shown = c.ok("NATO", "auditor", "ledger", "show", "--node", "NATO")
    assert alert["id"] in shown and "acknowledge" in shown


def test_alerts_survive_a_restart_and_are_not_raised_again(coalition, elevated):
    c, problem_id = coalition, elevated["problem"]
    before = c.eventually(lambda: alerts(c, problem_id))
    os.kill(c.pid("NATO", "store"), 9)
    assert c.eventually(lambda: api(c, "warnings/" + problem_id)[0] == 200, 40)
    assert c.eventually(lambda: level(c, problem_id) == "ELEVATED")
    after = alerts(c, problem_id)
    assert [a["id"] for a in after] == [a["id"] for a in before]


def test_what_a_reader_may_not_see_moves_nothing_that_he_sees(coalition, word):
    c, w = coalition, word()
    seen = indicator(c, w)
    assert c.eventually(lambda: c.get("KOR", seen) and c.get("USA", seen))
    problem_id = put(c, problem(w))
    assert c.eventually(lambda: c.get("KOR", problem_id))
    before = read(c, "warnings/" + problem_id, "KOR")
    hidden = sighting(c, seen, "USA", "NATO SECRET")
    assert c.eventually(lambda: c.get("NATO", hidden))
    sighting(c, seen, "LTU", "NATO SECRET")
    assert c.eventually(lambda: level(c, problem_id) == "ELEVATED")
    assert level(c, problem_id, user="reader") == "LOW"
    assert read(c, "warnings/" + problem_id, "KOR") == before
    assert not alerts(c, problem_id, "KOR")


def test_a_recall_takes_its_evidence_back_at_once(coalition, word):
    c, w = coalition, word()
    seen = indicator(c, w)
    assert c.eventually(lambda: c.get("KOR", seen) and c.get("USA", seen))
    problem_id = put(c, problem(w))
    first = sighting(c, seen, "KOR")
    sighting(c, seen, "USA")
    assert c.eventually(lambda: len(alerts(c, problem_id)) == 1)
    c.ok("KOR", "release", "recall", first, "--reason", "seen in a test bed")
    assert c.eventually(lambda: c.get("NATO", first) is None)
    assert level(c, problem_id) == "LOW"
    fell = c.eventually(lambda: [a for a in alerts(c, problem_id) if not a["rising"]])
    assert (fell[0]["from"], fell[0]["to"], fell[0]["precedence"]) == ("ELEVATED", "LOW", "routine")
    assert first not in json.dumps(read(c, "alerts")) + json.dumps(read(c, "warnings/" + problem_id))


def test_a_problem_that_is_not_in_its_form_is_refused_with_its_place(coalition, word):
    c, w = coalition, word()
    broken = problem(w)
    broken["indicators"][1]["rule"]["matches"] = []
    done = c.run("NATO", "analyst", "put", "-", "--marking", WIDE, stdin=json.dumps(broken))
    assert done.returncode == 2 and "indicators[1].rule" in done.stderr and "matches" in done.stderr, done.stderr
    low = problem(w, levels=[{"name": "LOW"}, {"name": "HIGH", "weight": 99}])
    done = c.run("NATO", "analyst", "put", "-", "--marking", WIDE, stdin=json.dumps(low))
    assert done.returncode == 2 and "never be reached" in done.stderr, done.stderr
    assert c.run("NATO", "watch", "put", "-", "--marking", WIDE, stdin=json.dumps(problem(w))).returncode == 3
