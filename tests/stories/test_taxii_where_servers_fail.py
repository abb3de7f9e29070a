"""Every point where the known TAXII servers fail, as a test of its name; the client knows the specification only."""
import json
import re
import time
import uuid

import pytest
from taxii_client import MEDIA, Client


@pytest.fixture
def t(coalition):
    return Client(coalition)


def identity(name="x", modified="2026-01-01T00:00:00.000Z", object_id=None, **more):
    return {"type": "identity", "spec_version": "2.1", "id": object_id or f"identity--{uuid.uuid4()}", "created": "2026-01-01T00:00:00.000Z",
            "modified": modified, "name": name, "identity_class": "organization", **more}


def posted(t, *objects):
    answer = t.post(list(objects))
    assert answer.status == 202 and answer.json["status"] == "complete", answer
    return answer


def is_error(answer, *statuses):
    return answer.status in statuses and answer.json["title"] and answer.headers["Content-Type"].startswith("application/taxii+json")


PLACES = ["objects/", "manifest/"]


# ---- filters ----

@pytest.mark.parametrize("what", PLACES)
@pytest.mark.parametrize("text", ["yesterday", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "", "1"])
def test_malformed_added_after_is_400(t, what, text):
    assert is_error(t.get(t.collection(t.ro, what), added_after=text), 400)


@pytest.mark.parametrize("what", PLACES)
def test_nine_decimals_in_added_after_are_read(t, what):
    assert t.get(t.collection(t.ro, what), added_after="2026-01-01T00:00:00.123456789Z", limit=1).status == 200


@pytest.mark.parametrize("what", PLACES)
@pytest.mark.parametrize("text", ["0", "-1", "x", "", "1.5", "+1", "01"])
def test_limit_below_one_or_no_number_is_400(t, what, text):
    assert is_error(t.get(t.collection(t.ro, what), limit=text), 400)


def test_limit_beyond_the_largest_page_is_served(t):
    assert t.get(t.collection(t.ro, "manifest/"), limit=10**9).status == 200
    assert t.get(t.collection(t.ro, "manifest/"), limit=10**30).status == 200


@pytest.mark.parametrize("what", PLACES)
@pytest.mark.parametrize("text", ["all,last", "last,all", "first,all", "all,2026-01-01T00:00:00.000Z", "newest", "LAST", "", "last,"])
def test_version_filter_that_contradicts_itself_is_400(t, what, text):
    assert is_error(t.get(t.collection(t.ro, what), match_version=text), 400)


def test_every_filter_alone_and_combined(t, word):
    w = word()
    objects = [identity(f"{w} {i}") for i in range(4)] + [{**identity(w), "type": "malware", "id": f"malware--{uuid.uuid4()}", "is_family": False}
                                                         for _ in range(2)]
    for o in objects[4:]:
        del o["identity_class"]
    before = t.get(t.collection(t.rw, "manifest/"), limit=1000)
    posted(t, *objects)
    base = t.collection(t.rw, "objects/")
    after = {"added_after": before.last} if before.last else {}
    ids = lambda **query: [o["id"] for o in t.get(base, **{**after, **query}).json.get("objects", [])]
    mine = [o["id"] for o in objects]
    assert ids() == mine
    assert ids(match_type="malware") == mine[4:]
    assert ids(match_type="malware,identity") == mine
    assert ids(match_type="malware,", limit=1) == []  # an empty value is 400 and holds nothing
    assert ids(match_id=",".join(reversed(mine[1:3]))) == mine[1:3]
    assert ids(match_id=mine[0], match_type="malware") == []
    assert ids(match_version="2026-01-01T00:00:00Z") == mine
    assert ids(match_version="2026-01-01T00:00:00.001Z") == []
    assert ids(match_version="first") == ids(match_version="last") == ids(match_version="all") == ids(match_version="first,last") == mine
    assert ids(match_spec_version="2.1") == ids(match_spec_version="2.0,2.1") == mine
    assert ids(match_spec_version="2.0") == []
    assert ids(match_type="identity", match_version="all", match_spec_version="2.1", limit=2) == mine[:2]


# ---- content negotiation ----

@pytest.mark.parametrize("accept", [MEDIA, "application/taxii+json; version=2.1", 'application/taxii+json;version="2.1"', "Application/TAXII+JSON;Version=2.1",
                                    "application/taxii+json", "*/*", "application/*", "application/taxii+json;version=2.1;q=0.5",
                                    "text/html;q=0.9, application/taxii+json;version=2.1;q=0.1", "application/taxii+json;version=2.0, application/taxii+json;version=2.1",
                                    "application/taxii+json;version=2.0, */*;q=0.1", "application/taxii+json;version=2.0, application/taxii+json;q=0.2",
                                    "application/taxii+json;version=2.1;charset=utf-8", "garbage, application/taxii+json;version=2.1", "", None])
def test_accept_with_weights_other_case_quotes_spaces_or_no_version_is_served(t, accept):
    answer = t.get("/taxii2/", headers={"Accept": accept})
    assert answer.status == 200 and answer.headers["Content-Type"].replace(" ", "") == MEDIA


@pytest.mark.parametrize("accept", ["text/csv", "application/taxii+json;version=2.0", 'application/taxii+json; version="2.0"', "application/taxii+json;version=2", "application/taxii+json;version=2.10",
                                    "application/vnd.oasis.taxii+json;version=2.0", "application/taxii+json;version=2.1;q=0", "application/taxii+json;version=2.1;q=0, */*",
                                    "application/json", "application/stix+json;version=2.1"])
def test_accept_that_excludes_taxii_is_406(t, accept):
    for path in ("/taxii2/", t.root, t.root + "collections/", t.collection(t.ro, "objects/"), t.collection(t.ro, "manifest/"), t.collection(t.ro, f"objects/identity--{uuid.uuid4()}/")):
        assert is_error(t.get(path, headers={"Accept": accept}), 406), path


def test_refused_accept_stores_nothing_and_an_answer_names_its_version(t):
    mine = identity()
    assert is_error(t.post([mine], headers={"Accept": "application/taxii+json;version=2.0"}), 406)
    assert is_error(t.get(t.collection(t.rw, f"objects/{mine['id']}/")), 404)
    assert is_error(t.ask("DELETE", t.collection(t.rw, f"objects/{mine['id']}/"), headers={"Accept": "text/csv"}), 406)
    for path in ("/taxii2/", t.root, t.root + "collections/", t.collection(t.ro), t.collection(t.ro, "objects/?limit=1"), t.collection(t.ro, "manifest/?limit=1")):
        assert t.get(path).headers["Content-Type"].replace(" ", "") == MEDIA, path


@pytest.mark.parametrize("content_type", [MEDIA, "application/taxii+json; version=2.1", 'application/taxii+json;version="2.1"', "APPLICATION/taxii+JSON;version=2.1"])
def test_content_type_in_every_spelling_is_read(t, content_type):
    assert t.post([identity()], headers={"Content-Type": content_type}).status == 202


@pytest.mark.parametrize("content_type", ["application/json", "application/taxii+json;version=2.0", "text/plain", "application/stix+json;version=2.1", None])
def test_content_type_of_something_else_is_415(t, content_type):
    assert is_error(t.post([identity()], headers={"Content-Type": content_type}), 415)


# ---- signing in ----

def test_401_says_how_to_sign_in(coalition):
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer " + "0" * 64}, {"Authorization": "Basic !"}):
        stranger = Client(coalition, user=None, headers=headers)
        for path in ("/taxii2/", stranger.root, stranger.root + "collections/", stranger.collection(stranger.ro, "objects/")):
            answer = stranger.get(path)
            assert is_error(answer, 401) and "Basic" in answer.headers["WWW-Authenticate"], (path, answer)


def test_a_collection_that_a_user_can_neither_read_nor_write_is_not_listed_and_not_found(coalition):
    nobody = Client(coalition, user="auditor")  # without clearance
    assert nobody.get(nobody.root + "collections/").json == {}
    for what in ("", "objects/", "manifest/", f"objects/identity--{uuid.uuid4()}/", f"objects/identity--{uuid.uuid4()}/versions/"):
        assert is_error(nobody.get(nobody.collection(nobody.ro, what)), 404)
    assert is_error(nobody.delete(f"identity--{uuid.uuid4()}"), 404)
    assert is_error(nobody.post([identity()]), 404)


def test_reading_a_collection_without_the_right_to_write_is_told_so(coalition):
    reader = Client(coalition, user="reader")
    assert is_error(reader.post([identity()]), 403)
    assert is_error(reader.delete(f"identity--{uuid.uuid4()}"), 403)


# ---- bodies ----

@pytest.mark.parametrize("body", [{"objects": {}}, {"objects": []}, {}, {"objects": "x"}, {"objects": [1]}, {"objects": None}])
def test_envelope_without_objects_is_refused(t, body):
    assert is_error(t.post(body), 400, 422)


def test_object_without_type_is_a_failure_and_nothing_is_stored(t):
    good = identity("before the bad one")
    bad = identity()
    del bad["type"]
    answer = t.post([good, bad])
    assert is_error(answer, 400, 422) and "type" in answer.json["description"]
    assert t.get(t.collection(t.rw, f"objects/{good['id']}/")).status == 404


def test_refused_post_leaves_nothing_of_what_stood_before_the_bad_object(t):
    objects = [identity(str(i)) for i in range(5)]
    for bad in ({**identity(), "id": "identity--1"}, {**identity(), "created": "yesterday"}, {**identity(), "spec_version": "1.0"}):
        assert is_error(t.post(objects + [bad]), 400, 422)
        assert all(t.get(t.collection(t.rw, f"objects/{o['id']}/")).status == 404 for o in objects)


def test_chunked_post_is_taken(t):
    body = json.dumps({"objects": [identity("chunked")]}).encode()
    answer = t.ask("POST", t.collection(t.rw, "objects/"), (body[i:i + 7] for i in range(0, len(body), 7)), {"Content-Type": MEDIA}, encode_chunked=True)
    assert answer.status == 202 and answer.json["success_count"] == 1


def test_json_nested_100000_deep_is_refused_and_the_node_lives(t):
    for body in ("[" * 100000 + "]" * 100000, '{"objects":[' + '{"a":' * 100000 + "1" + "}" * 100000 + "]}"):
        answer = t.ask("POST", t.collection(t.rw, "objects/"), body, {"Content-Type": MEDIA})
        assert 400 <= answer.status < 500 and answer.json["title"], answer
    assert t.get("/taxii2/").status == 200


@pytest.mark.parametrize("body", [b"", b"{", b'{"objects":[{"a":1,"a":2}]}', b'{"objects":["\xff"]}', b"\xef\xbb\xbf{}", b'{"objects":[NaN]}'])
def test_broken_json_is_400_with_a_title(t, body):
    assert is_error(t.ask("POST", t.collection(t.rw, "objects/"), body, {"Content-Type": MEDIA}), 400, 415, 422)


def test_large_integers_unicode_and_custom_properties_come_back_in_value(t):
    sent = identity("í•´í‚¹ \U0001f600 é", x_big=9007199254740993, x_deep={"a": [1, -2, None, True, {"b": "\u0001 \" \\ \u2028"}]}, x_zero=0, x_float=0.1)
    posted(t, sent)
    got = t.get(t.collection(t.rw, f"objects/{sent['id']}/")).json["objects"][0]
    for name in ("name", "x_big", "x_deep", "x_zero", "x_float"):
        assert got[name] == sent[name], name


# ---- versions ----

@pytest.mark.parametrize("decimals", [".123", ".1234", ".123456", ".000001", ".123456789"])
def test_timestamps_come_back_as_they_were_written(t, decimals):
    sent = identity(modified=f"2026-02-03T04:05:06{decimals}Z", created=f"2026-02-03T04:05:06{decimals}Z")
    posted(t, sent)
    base = t.collection(t.rw, f"objects/{sent['id']}/")
    got = t.get(base).json["objects"][0]
    assert (got["modified"], got["created"]) == (sent["modified"], sent["created"])
    assert t.get(base + "versions/").json["versions"] == [sent["modified"]]
    assert t.get(t.collection(t.rw, "manifest/"), match_id=sent["id"]).json["objects"][0]["version"] == sent["modified"]
    assert t.get(base, match_version=sent["modified"]).json["objects"][0]["modified"] == sent["modified"]


def three_versions(t):
    object_id = f"identity--{uuid.uuid4()}"
    for day, name in (("01", "one"), ("02", "two"), ("03", "three")):
        posted(t, identity(name, f"2026-01-{day}T00:00:00.000Z", object_id))
    return object_id


def test_all_stored_versions_are_kept_and_filtered(t):
    object_id = three_versions(t)
    base = t.collection(t.rw, f"objects/{object_id}/")
    names = lambda **query: [o["name"] for o in t.get(base, **query).json.get("objects", [])]
    assert t.get(base + "versions/").json["versions"] == [f"2026-01-0{i}T00:00:00.000Z" for i in (1, 2, 3)]
    assert names() == names(match_version="last") == ["three"]
    assert names(match_version="first") == ["one"]
    assert names(match_version="all") == ["one", "two", "three"]
    assert names(match_version="first,last") == ["one", "three"]
    assert names(match_version="2026-01-02T00:00:00Z") == ["two"]
    assert names(match_version="2026-01-02T00:00:00Z,last") == ["two", "three"]
    manifest = t.get(t.collection(t.rw, "manifest/"), match_id=object_id, match_version="all")
    assert [o["version"] for o in manifest.json["objects"]] == [f"2026-01-0{i}T00:00:00.000Z" for i in (1, 2, 3)]
    dates = [o["date_added"] for o in manifest.json["objects"]]
    assert dates == sorted(set(dates)) and (manifest.first, manifest.last) == (dates[0], dates[2])


def test_versions_are_paged_with_dates_on_every_page(t):
    object_id = three_versions(t)
    base, seen, more = t.collection(t.rw, f"objects/{object_id}/versions/"), [], {}
    for page in range(3):
        answer = t.get(base, limit=1, **more)
        assert answer.status == 200 and answer.first and answer.first == answer.last
        seen += answer.json["versions"]
        assert answer.json["more"] is (page < 2)
        more = {"next": answer.json["next"]} if answer.json["more"] else {}
    assert seen == [f"2026-01-0{i}T00:00:00.000Z" for i in (1, 2, 3)]


def test_version_that_differs_in_its_time_alone_is_a_version(t):
    object_id = f"identity--{uuid.uuid4()}"
    for modified in ("2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"):
        posted(t, identity("same", modified, object_id))
    assert len(t.get(t.collection(t.rw, f"objects/{object_id}/versions/")).json["versions"]) == 2


# ---- pages ----

def test_every_page_of_manifest_and_objects_has_next_and_dates(t, word):
    mine = [identity(word()) for _ in range(7)]
    posted(t, *mine)
    for what in PLACES:
        query, found = {"match_id": ",".join(o["id"] for o in mine), "limit": 3}, []
        for count, more in ((3, True), (3, True), (1, False)):
            answer = t.get(t.collection(t.rw, what), **query)
            page = answer.json
            assert len(page["objects"]) == count and page["more"] is more and ("next" in page) is more
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", answer.first) and answer.first <= answer.last
            found += [o["id"] for o in page["objects"]]
            query["next"] = page.get("next", "")
        assert found == [o["id"] for o in mine]


def test_client_that_pages_by_added_after_alone_loses_no_object_of_a_bundle(t):
    before = t.get(t.collection(t.rw, "manifest/"), limit=1000)
    mine, found = [identity(str(i)) for i in range(25)], []
    posted(t, *mine)
    after = before.last
    while len(found) <= 25:
        answer = t.get(t.collection(t.rw, "objects/"), limit=4, **({"added_after": after} if after else {}))
        if "objects" not in answer.json:
            break
        found += [o["id"] for o in answer.json["objects"]]
        after = answer.last
    assert found == [o["id"] for o in mine]


def test_empty_lists_are_left_out(t):
    for what in PLACES:
        answer = t.get(t.collection(t.ro, what), added_after="2999-01-01T00:00:00Z")
        assert answer.status == 200 and "objects" not in answer.json and answer.json.get("more") in (None, False) and answer.first is None


def test_cursor_used_with_another_filter_is_400(t):
    posted(t, identity(), identity())
    cursor = t.get(t.collection(t.rw, "objects/"), limit=1).json["next"]
    assert t.get(t.collection(t.rw, "objects/"), limit=1, next=cursor).status == 200
    for other in ({"match_type": "identity"}, {"added_after": "2020-01-01T00:00:00Z"}, {"match_version": "all"}, {"match_id": f"identity--{uuid.uuid4()}"}):
        assert is_error(t.get(t.collection(t.rw, "objects/"), limit=1, next=cursor, **other), 400)
    assert is_error(t.get(t.collection(t.ro, "objects/"), limit=1, next=cursor), 400)
    for forged in ("1", "x" * 32, cursor[:-1] + ("0" if cursor[-1] != "0" else "1")):
        assert is_error(t.get(t.collection(t.rw, "objects/"), next=forged), 400)


# ---- what is not there ----

def test_404_has_a_body_with_a_title(t):
    for path in (t.root + "x/", "/taxii2/nowhere/", t.root + "collections/x/", t.collection(t.ro, f"objects/identity--{uuid.uuid4()}/"),
                 t.collection(t.ro, "objects/nonsense/"), t.collection(t.ro, f"objects/identity--{uuid.uuid4()}/versions/"), t.root + f"status/{uuid.uuid4()}/"):
        assert is_error(t.get(path), 404), path


def test_delete_of_an_unknown_object_is_404(t):
    assert is_error(t.delete(f"identity--{uuid.uuid4()}"), 404)


def test_delete_without_version_removes_every_version(t):
    object_id = three_versions(t)
    assert t.delete(object_id).status == 200
    assert t.get(t.collection(t.rw, f"objects/{object_id}/"), match_version="all").status == 404
    assert is_error(t.delete(object_id), 404)


def test_delete_by_version_takes_only_what_it_names(t):
    object_id = three_versions(t)
    assert is_error(t.delete(object_id, version="2020-01-01T00:00:00Z"), 404)
    assert is_error(t.delete(object_id, version="all,last"), 400)
    assert is_error(t.delete(object_id, version="x"), 400)
    assert is_error(t.delete(object_id, spec_version="2.0"), 404)
    assert is_error(t.delete(object_id, version="last"), 403)  # not one version of what went to other nations
    assert len(t.get(t.collection(t.rw, f"objects/{object_id}/versions/")).json["versions"]) == 3
    assert t.delete(object_id, version="all").status == 200
    single = identity()
    posted(t, single)
    assert t.delete(single["id"], version="last").status == 200
    assert t.get(t.collection(t.rw, f"objects/{single['id']}/")).status == 404


# ---- status ----

def test_status_of_a_post_names_every_object_and_belongs_to_its_poster(t, coalition):
    mine = [identity(), identity()]
    status = posted(t, *mine).json
    assert t.get(t.root + f"status/{status['id']}/").json == status
    assert status["total_count"] == status["success_count"] == 2 and status["failure_count"] == status["pending_count"] == 0
    assert [(s["id"], s["version"]) for s in status["successes"]] == [(o["id"], o["modified"]) for o in mine]
    assert "failures" not in status and "pendings" not in status
    assert is_error(Client(coalition, user="analyst").get(t.root + f"status/{status['id']}/"), 404)


# ---- who polls ----

def test_poller_that_asks_between_an_object_and_its_reference_misses_nothing(t, coalition):
    """The reference shows once its target is there: the object moves behind whoever asked before."""
    target = identity("target")
    first = identity("refers", created_by_ref=target["id"])
    posted(t, first)
    before = t.get(t.collection(t.rw, "manifest/"), limit=1000)
    while before.json["more"]:
        before = t.get(t.collection(t.rw, "manifest/"), limit=1000, added_after=before.last)
    assert "created_by_ref" not in t.get(t.collection(t.rw, f"objects/{first['id']}/")).json["objects"][0]
    posted(t, target)
    page = t.get(t.collection(t.rw, "objects/"), added_after=before.last).json["objects"]
    assert sorted(o["id"] for o in page) == sorted([target["id"], first["id"]])
    assert next(o for o in page if o["id"] == first["id"])["created_by_ref"] == target["id"]


def test_time_of_a_page_is_not_ahead_of_the_clock(t):
    posted(t, identity())
    last = t.get(t.collection(t.rw, "manifest/"), added_after=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 600)), limit=1000).last
    assert last <= time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
