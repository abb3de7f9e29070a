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


# ---- from warning to outcome ----

def decide(c, problem_id, alert, basis, marking=WIDE):
    return c.ok("NATO", "watch", "decision", "create", "--title", "Manual gate lists", "--option", "Wait", "--option", "Manual gate lists for 48 hours",
                "--choice", "Manual gate lists for 48 hours", "--reason", "two sources, independent", "--authority", "Director", "--problem", problem_id,
                "--alert", alert, *[word for each in basis for word in ("--basis", each)], "--marking", marking).strip()


def test_a_warning_leads_to_a_decision_a_task_and_an_outcome_and_the_chain_walks_both_ways(coalition, word):
    c, w = coalition, word()
    requirement = c.ok("NATO", "analyst", "requirement", "create", "--title", f"Traffic {w}", "--question", "Will traffic be disturbed?",
                       "--due", "2030-01-01T00:00:00Z", "--marking", WIDE).strip()
    seen = indicator(c, w)
    assert c.eventually(lambda: c.get("KOR", seen) and c.get("USA", seen))
    problem_id = put(c, {**problem(w), "requirement_ref": requirement})
    sightings = [sighting(c, seen, node) for node in ("KOR", "USA")]
    alert = c.eventually(lambda: alerts(c, problem_id))[0]["id"]
    c.ok("NATO", "watch", "warning", "ack", alert)
    decision = decide(c, problem_id, alert, sightings)
    assert alerts(c, problem_id)[0]["state"] == "decided" and alerts(c, problem_id)[0]["decisions"] == [decision]
    task = c.ok("NATO", "watch", "task", "create", "--title", "Inform operators", "--owner", "NATO/watch", "--due", "2030-01-02T00:00:00Z",
                "--decision", decision, "--marking", WIDE).strip()
    assert [t["state"] for t in read(c, "tasks?about=" + decision)["items"]] == ["open"]
    outcome = c.ok("NATO", "watch", "task", "done", task, "--result", "All operators informed", "--marking", WIDE).strip()
    done = read(c, "tasks?about=" + decision)["items"][0]
    assert (done["state"], done["outcomes"], done["owner"], done["due"]) == ("done", [outcome], "watch", "2030-01-02T00:00:00Z")
    chains = [read(c, "chain/" + each) for each in (requirement, sightings[0], problem_id, decision, task, outcome)]
    for chain in chains:
        stages = {link["id"]: link["stage"] for link in chain["links"]}
        assert stages == {requirement: "requirement", sightings[0]: "evidence", sightings[1]: "evidence", problem_id: "warning",
                          decision: "decision", task: "task", outcome: "outcome"}, chain["id"]
        arrows = {(a["from"], a["relation"], a["to"]) for a in chain["arrows"]}
        assert {(problem_id, "led to", decision), (decision, "gave", task), (task, "ends in", outcome), (sightings[0], "raised", problem_id),
                (requirement, "asked for", sightings[0])} <= arrows
    links = {link["id"]: link for link in chains[0]["links"]}
    assert links[problem_id]["level"] == "ELEVATED" and all(link["label"]["mark"] and len(link["ledger"]) == 64 for link in links.values())
    assert "outcome" in c.ok("NATO", "watch", "chain", outcome)
    assert len(c.ok("NATO", "watch", "decision", "show", decision)) > 0


def test_the_chain_of_a_reader_has_no_link_and_no_gap_for_what_he_may_not_see(coalition, elevated):
    c, problem_id = coalition, elevated["problem"]
    assert c.eventually(lambda: c.get("KOR", problem_id))
    before = read(c, "chain/" + problem_id, "KOR")
    decision = decide(c, problem_id, "none", elevated["sightings"], "NATO SECRET")
    task = c.ok("NATO", "watch", "task", "create", "--title", "Cells inform operators", "--owner", "KOR/analyst", "--due", "2030-01-02T00:00:00Z",
                "--decision", decision, "--marking", WIDE).strip()
    assert c.eventually(lambda: c.get("KOR", task))
    assert read(c, "chain/" + problem_id, "KOR") == before
    assert [link["id"] for link in read(c, "chain/" + task, "KOR")["links"]] == [task]
    assert decision in [link["id"] for link in read(c, "chain/" + task)["links"]]
    status, body = api(c, "chain/" + decision, "KOR")
    assert status == 404 and api(c, "chain/bices-decision--" + str(uuid.uuid4()), "KOR")[0] == 404 and "detail" not in body
    assert [t["id"] for t in read(c, "tasks", "KOR", "analyst")["items"]].count(task) == 1


# ---- inbox ----

def inbox(c, user="watch", node="NATO", query=""):
    return {item["key"]: item for item in read(c, "inbox" + query, node, user)["items"]}


def test_the_inbox_holds_what_waits_for_a_person_by_precedence_and_can_be_put_off(coalition, word):
    c, w = coalition, word()
    urgent = problem(w)
    urgent["levels"] = [{"name": "LOW"}, {"name": "HIGH", "met": 1, "precedence": "flash"}]
    urgent["indicators"] = urgent["indicators"][1:]
    problem_id = put(c, urgent)
    c.put(f"({WIDE}) gates stopped\n\n({WIDE}) {w}gate\n", "LTU")
    alert = "alert:" + c.eventually(lambda: alerts(c, problem_id))[0]["id"]
    items = read(c, "inbox")["items"]
    assert items[0]["key"] == alert and items[0]["precedence"] == "flash"
    later = moment(-3600)
    assert api(c, "inbox/snooze", method="POST", body={"key": alert, "until": later})[0] == 409
    task = c.ok("NATO", "watch", "task", "create", "--title", f"Ask {w}", "--owner", "NATO/watch", "--due", "2030-01-02T00:00:00Z", "--marking", WIDE).strip()
    assert inbox(c)["task:" + task]["due"] == "2030-01-02T00:00:00Z" and "task:" + task not in inbox(c, "analyst")
    c.ok("NATO", "watch", "inbox", "snooze", "task:" + task, "--until", later)
    assert "task:" + task not in inbox(c) and inbox(c, query="?snoozed=true")["task:" + task]["snoozed"]
    c.ok("NATO", "watch", "inbox", "undo", "task:" + task)
    assert "task:" + task in inbox(c)
    assert api(c, "inbox/snooze", method="POST", body={"key": "task:bices-task--" + str(uuid.uuid4()), "until": later})[0] == 404
    assert api(c, "inbox/snooze", method="POST", body={"key": "task:" + task, "until": moment(60)})[0] == 422
    c.ok("NATO", "watch", "inbox", "ack", alert)
    assert inbox(c)[alert]["state"] == "acknowledged"
    c.ok("NATO", "watch", "warning", "close", alert.split(":")[1], "--reason", "a drill of the operator")
    assert alert not in inbox(c)


def test_releases_and_recalls_wait_in_the_inbox_of_a_release_officer(coalition, word):
    c, w = coalition, word()
    waiting = c.put(f"(PUBLIC) {w}\n\n(NATO SECRET REL TO KOR) first\n")
    assert inbox(c, "release")["release:" + waiting]["state"] == "waiting"
    assert "release:" + waiting not in inbox(c, "watch")
    c.ok("NATO", "release", "release", "show", waiting)
    c.ok("NATO", "release", "release", "approve", waiting)
    assert "release:" + waiting not in inbox(c, "release")


# ---- hand-over ----

@pytest.fixture
def successor(coalition):
    """A second watch officer of the same clearance, and one who may see less."""
    c = coalition
    clearance = next(u["clearance"] for u in read(c, "users", user="admin")["users"] if u["name"] == "watch")
    for name, lines in (("watch2", clearance), ("watch3", ["PUBLIC|UNMARKED"])):
        user = {"name": name, "password": "correct horse", "roles": ["watch"], "clearance": lines}
        assert api(c, "users", user="admin", method="POST", body=user)[0] == 204
        if not any(u["name"] == name for u in c.nodes["NATO"]["users"]):
            c.nodes["NATO"]["users"].append({"name": name, "password": "correct horse"})
    return "watch2"


def test_a_watch_hands_over_and_nothing_is_left_without_an_owner(coalition, word, successor):
    c, w = coalition, word()
    task = c.ok("NATO", "watch", "task", "create", "--title", f"Ask {w}", "--owner", "NATO/watch", "--due", "2030-01-02T00:00:00Z", "--marking", WIDE).strip()
    key = "task:" + task
    status, refused = api(c, "handovers", method="POST", body={})
    assert status == 409 and key in [item["key"] for item in refused["left"]]
    status, refused = api(c, "handovers", method="POST", body={"to": "watch3"})
    left = {item["key"]: item["why"] for item in refused["left"]}
    assert status == 409 and "may not see" in left[key], refused
    done = c.run("NATO", "watch", "handover", "to", "analyst")
    assert done.returncode == 1 and key in done.stderr, done
    entry = c.ok("NATO", "watch", "watchlog", "add", f"Quiet night {w}", "--marking", WIDE).strip()
    assert [e["text"] for e in read(c, "watchlog")["items"]][0] == f"Quiet night {w}"
    offer = c.ok("NATO", "watch", "handover", "to", successor, "--entry", entry).strip()
    assert api(c, "handovers", method="POST", body={"to": successor})[0] == 409
    assert inbox(c, successor)["hand-over:" + offer]["title"] == "watch" and key in inbox(c)
    assert api(c, f"handovers/{offer}/accept", method="POST", body={})[0] == 403
    assert api(c, f"handovers/{offer}/accept", user=successor, method="POST", body={})[0] == 204
    assert key in inbox(c, successor) and key not in inbox(c)
    assert [t["holder"] for t in read(c, "tasks")["items"] if t["id"] == task] == [successor]
    assert api(c, f"handovers/{offer}/accept", user=successor, method="POST", body={})[0] == 409
    past = next(h for h in read(c, "handovers")["handovers"] if h["id"] == offer)
    assert (past["state"], past["from"], past["to"], past["entry"]) == ("accepted", "watch", successor, entry)
    assert c.ok("NATO", "auditor", "ledger", "show", "--node", "NATO").count("hand-over") >= 2


def test_a_second_problem_of_another_kind_works_without_a_line_of_code(coalition, word):
    c, w = coalition, word()
    campaign = step("bices-warning-problem", name=f"Ransom notes {w}", question="Is a campaign of extortion beginning?", owner="KOR cyber cell",
                    authorities=[{"nation": "KOR", "role": "watch"}],
                    levels=[{"name": "QUIET"}, {"name": "STIR", "met": 1}, {"name": "STORM", "indicators": ["notes", "wallet"], "sources": 2, "precedence": "flash"}],
                    indicators=[{"id": "notes", "question": "Do notes appear?", "owner": "KOR", "source": "Reports", "age_limit": "7d",
                                 "rule": {"match": [{"type": "bices-report", "text": w + "note", "originator": "LTU"}], "count": 2, "within": "48h"}},
                                {"id": "wallet", "question": "Is the wallet named?", "owner": "USA", "source": "Indicators", "age_limit": "30d", "weight": 2,
                                 "rule": {"match": [{"type": "indicator", "properties": [{"name": "pattern", "contains": w}]}]}}])
    problem_id = put(c, campaign, "KOR")
    assert level(c, problem_id, "KOR") == "QUIET"
    for _ in range(2):
        c.put(f"({WIDE}) note {w}note\n\n({WIDE}) pay\n", "LTU")
    assert c.eventually(lambda: level(c, problem_id, "KOR") == "STIR")
    assert c.eventually(lambda: c.get("USA", problem_id) and c.get("LTU", problem_id))
    indicator(c, w, "USA")
    assert c.eventually(lambda: level(c, problem_id, "KOR") == "STORM")
    assert c.eventually(lambda: [a["to"] for a in alerts(c, problem_id, "KOR")] and alerts(c, problem_id, "KOR")[0]["precedence"] == "flash")
    assert c.eventually(lambda: level(c, problem_id, "LTU", "analyst") == "STORM")


def test_the_demo_loads_a_warning_problem_that_sightings_of_two_nations_have_raised(coalition):
    """The scenario's own files, as ./demo puts them, on the empty coalition."""
    c = coalition
    folder = c.folder / "scenario/warning"

    def load(node, name):
        text = (folder / name).read_text()
        for hours in ("1h", "2h", "3h"):
            text = text.replace(f"@NOW-{hours}@", moment(int(hours[0]) * 3600))
        return c.ok(node, "analyst", "put", "-", "--marking", "NATO RESTRICTED REL TO KOR", stdin=text.replace("@NOW+30d@", "2030-01-01T00:00:00Z")).split()
    ids = load("NATO", "1-NATO.json")
    problem_id = next(i for i in ids if i.startswith("bices-warning-problem"))
    assert level(c, problem_id) == "LOW"
    assert c.eventually(lambda: all(c.get(node, i) for node in ("KOR", "USA") for i in ids))
    for node in ("KOR", "USA"):
        load(node, f"2-{node}.json")
    load("LTU", "2-LTU.txt")
    assert c.eventually(lambda: level(c, problem_id) == "ELEVATED")
    assert c.eventually(lambda: states(c, problem_id) == {"port-mail": "not met", "loader": "met", "update-host": "unknown", "gates": "not met",
                                                          "ransom-note": "unknown"})
    assert read(c, "warnings/" + problem_id)["at_most"] == "HIGH"
