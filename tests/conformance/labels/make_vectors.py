#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the vectors and the random policies beside this file. The seed is fixed: the same files come out each time."""
import copy
import datetime
import json
import pathlib
import random
import sys

import make_labels as labels
import make_policies as policies
import oracle
import reading
import traps

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
NOW = "2027-01-15T08:00:00Z"
SINGLE, PAIRS = 36, 10


def now_of(text):
    return oracle.moment(text) if text else None


class Book:
    """The cases of one set of policies; each is answered by the oracle as it is added."""

    def __init__(self, name, *paths):
        self.name, self.paths, self.cases, self.counts = name, paths, [], {}
        self.policies = [oracle.Policy(ROOT / path) for path in paths]

    def add(self, kind, note, **given):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        for label in [given.get("label")] + given.get("labels", []):
            if label is not None:
                self.add_compact(label)
        expect = ANSWERS[kind](self.policies, given)
        self.cases.append({"id": "%s/%s/%d" % (self.name, kind, self.counts[kind]), "note": note.replace("_", " "), **given, **expect})
        return expect

    def add_compact(self, label):
        policy = next((p for p in self.policies if p.same(p.name, label["policy"])), None)
        label["compact"] = oracle.compact(policy, {**label}) if policy else None

    def write(self):
        head = {"format": "openbices-label-vectors-1", "licence": "Apache-2.0", "policies": list(self.paths)}
        lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in self.cases)
        text = json.dumps(head, ensure_ascii=False)[:-1] + ', "cases": [\n' + lines + "\n]}\n"
        (HERE / "vectors" / (self.name + ".json")).write_text(text, encoding="utf-8")
        return len(self.cases)


# ---- the oracle's answer for each kind of case ----

def find(known, label):
    return oracle.of_label(known, label)


def answer_decision(known, given):
    return {"expect": oracle.decide(known, given["label"], given["clearances"], given.get("own_staff", False))}


def answer_validity(known, given):
    try:
        broken = oracle.check(find(known, given["label"]), given["label"], given["use"] == "new", now_of(given["now"]))
    except oracle.Refused:
        return {"expect": "refused"}
    return {"expect": "invalid" if broken else "valid", "broken": broken}


def answer_marking(known, given):
    return {"expect": oracle.mark(find(known, given["label"]), given["label"], given["location"], given["language"])}


def answer_mapping(known, given):
    target = next((p for p in known if p.name == given["target"]), None)
    mapped = target and oracle.map_label(find(known, given["label"]), target, given["label"], now_of(given["now"]))
    return {"expect": oracle.compact(target, mapped) if mapped else None}


def answer_aggregation(known, given):
    whole = oracle.dominant(known, given["labels"])
    return {"expect": oracle.compact(find(known, whole), whole) if whole else None}


def answer_reading(known, given):
    try:
        label = reading.read_label(known, given["xml"])
    except oracle.Refused:
        return {"expect": None}
    return {"expect": oracle.compact(find(known, label), label)}


def answer_loading(known, given):
    """A policy of a name or OID that is there already is added only when its version is later; nothing is replaced silently."""
    there, answers = [], []
    for path in given["load"]:
        new = oracle.Policy(ROOT / path)
        version = lambda policy: int(policy.root.get("version", "1"))
        old = next((p for p in there if p.name == new.name or p.oid == new.oid), None)
        if old is None or version(new) > version(old):
            there = [p for p in there if p is not old] + [new]
        answers.append("added" if new in there else "conflict")
    return {"expect": answers}


ANSWERS = {"decision": answer_decision, "validity": answer_validity, "marking": answer_marking, "mapping": answer_mapping,
           "aggregation": answer_aggregation, "reading": answer_reading, "loading": answer_loading}


# ---- random cases ----

def some_label(rng, policy):
    return labels.valid_label(rng, policy) or labels.random_label(rng, policy)


def add_decisions(rng, book, policy, count):
    for i in range(count):
        label, note = some_label(rng, policy), "random"
        clearance = labels.random_clearance(rng, policy, label)
        clearances = [clearance] + [labels.random_clearance(rng, p) for p in book.policies if p is not policy and rng.random() < 0.3]
        if i % 3 == 2:
            label, note = labels.changed(rng, policy, label, labels.FAULTS)
        if i % 20 == 7:
            clearances, note = clearances[1:] or [labels.random_clearance(rng, p) for p in book.policies if p is not policy][:1], "no clearance of this policy"
        if i % 20 == 13:
            clearances[0] = copy.deepcopy(clearance)
            clearances[0]["classifications"] = ["NONE SUCH"]
            note = "clearance with an unknown classification"
        staff = {"own_staff": True} if i % 10 == 3 else {}
        if clearances:
            book.add("decision", note, label=label, clearances=clearances, **staff)


def add_validity(rng, book, policy, count):
    for i in range(count):
        use = rng.choice(["new", "read"])
        label, note = some_label(rng, policy), "random"
        if i % 3:
            label, note = labels.changed(rng, policy, label, labels.CHANGES)
        if i % 8 == 5:
            label, note = labels.changed(rng, policy, label, labels.FAULTS)
        book.add("validity", note, label=label, use=use, now=rng.choice([NOW, NOW, None, "2025-06-01T00:00:00Z", "2030-01-01T00:00:00Z"]))
    add_edges_of_dates(book, policy)


def add_edges_of_dates(book, policy):
    """A second before, at and a second after each date of the policy, with a label that meets the date."""
    dated = [(policy.root, {})] + [(e, {"type": kind, "tag_set": s.get("name"), "values": [e.get("name")]})
                                  for (s, kind, _), entries in policy.entries.items() for _, e in entries]
    for element, category in dated:
        for edge in ("notBefore", "notAfter"):
            if not element.get(edge):
                continue
            for seconds in (-1, 0, 1):
                now = oracle.moment(element.get(edge)) + datetime.timedelta(seconds=seconds)
                label = {"policy": policy.name, "classification": policy.classifications[0].get("name"), "categories": [category] if category else []}
                now = now.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
                book.add("validity", "%s %+d s" % (edge, seconds), label=label, use="read", now=now)


LOCATIONS = ["", "pageTop", "pageBottom", "pageTopBottom", "documentStart", "documentEnd", "firstLineOfText", "lastLineOfText", "subject", "xHeader",
             "portionMarking", "inputTitle", "waterMark"]


def add_markings(rng, book, policy, count, languages=("", "", "fr", "fr-CA", "en", "ko")):
    for _ in range(count):
        label = labels.valid_label(rng, policy)
        if label:
            label.pop("privacy_mark", None)
            location = rng.choice(LOCATIONS + ["", "pageTopBottom", "portionMarking", "portionMarking"])
            book.add("marking", location or "no location", label=label, location=location, language=rng.choice(languages))


def add_aggregations(rng, book, policy, count):
    for i in range(count):
        parts = [some_label(rng, policy) for _ in range(rng.choice([1, 2, 2, 3, 4]))]
        if i % 3 == 0 and len(parts) > 1:
            parts[1] = labels.changed(rng, policy, parts[0], labels.CHANGES)[0]
        others = [p for p in book.policies if p is not policy]
        if others and i % 4 == 1:
            parts.insert(rng.randint(0, len(parts)), {"policy": others[-1].name, "classification": others[-1].classifications[0].get("name"), "categories": []})
        parts = [p for p in parts if not invalid(book, p)]
        if parts:
            book.add("aggregation", "random", labels=copy.deepcopy(parts))


def invalid(book, label):
    return oracle.check(find(book.policies, label), label, False, None)


def add_readings(rng, book, policy, count):
    for i in range(count):
        label = some_label(rng, policy)
        note, text = traps.written(rng, policy, label, i)
        book.add("reading", note, xml=text)


def add_mappings(rng, book, source, target, count):
    for i in range(count):
        label = labels.valid_label(rng, source) or labels.random_label(rng, source)
        if invalid(book, label):
            continue
        if i % 4 == 3:
            label = labels.empty_permissive(rng, source, copy.deepcopy(label)) or label
        given = {"label": label, "target": rng.choice([target.name] * 12 + ["NOWHERE"]), "now": rng.choice([NOW, NOW, None])}
        book.add("mapping", "random", **copy.deepcopy(given))


# ---- policies with equivalences ----

def linked(rng, number):
    """(source sketch, target sketch, links, set links, end): equivalences from the one to the other."""
    target, source = policies.Sketch(rng, number + 1), policies.Sketch(rng, number)
    shared = rng.random() < 0.4
    if shared:  # the whole tag set is the same under both
        source.sets[0] = (target.sets[0][0], source.sets[0][1], target.sets[0][2])
        source.sets[1:] = [other for other in source.sets[1:] if other[0] != source.sets[0][0]]

    def links(tag_set, value):
        applied = lambda: rng.choice(["encrypt", "decrypt", "both", "both", "both", None])
        if tag_set is None:
            at = rng.choice(target.classes)
            if rng.random() < 0.9:
                yield policies.element("equivalentClassification", {"policyRef": target.name, "lacv": at.lacv, "applied": applied()},
                                       policies.required(rng, target, whole=0) if rng.random() < 0.1 else "")
            return
        if shared and tag_set is source.sets[0]:
            return
        for _ in range(rng.choice([0, 1, 1, 1, 1, 2])):
            to_set = rng.choice(target.sets)
            to_tag = rng.choice([t for t in to_set[2] if t.kind] or [None])
            if to_tag is None:
                continue
            discard = rng.random() < 0.15
            yield policies.element("equivalentSecCategoryTag", {"policyRef": target.name, "tagSetId": to_set[1], **to_tag.reference(), "applied": applied(),
                                                                "lacv": rng.choice(to_tag.values).lacv, "action": "discard" if discard else None})

    def set_links(tag_set):
        same = shared and tag_set is source.sets[0]
        return policies.element("equivalentSecurityCategoryTagSet", {"policyRef": target.name, "name": target.sets[0][0], "id": target.sets[0][1]}) if same else ""

    end = policies.element("equivalentPolicies", None, policies.element("equivalentPolicy", {"name": target.name, "id": target.oid},
                                                                       policies.required(rng, target, whole=0) if rng.random() < 0.1 else ""))
    return source, target, links, set_links, end


def write_policies():
    """Paths of the random policies: single ones, and pairs (source, target)."""
    paths, pairs = [], []
    put = lambda sketch, text: ((HERE / "policies" / (sketch.name.lower() + ".xml")).write_text(text, encoding="utf-8"),
                                "tests/conformance/labels/policies/%s.xml" % sketch.name.lower())[1]
    for number in range(SINGLE):
        rng = random.Random("policy %d" % number)
        sketch = policies.Sketch(rng, number)
        paths.append(put(sketch, policies.policy_xml(rng, sketch)))
    for number in range(SINGLE, SINGLE + 2 * PAIRS, 2):
        rng = random.Random("pair %d" % number)
        source, target, links, set_links, end = linked(rng, number)
        pairs.append((put(source, policies.policy_xml(rng, source, links, set_links, end)), put(target, policies.policy_xml(rng, target))))
    return paths, pairs


# ---- the books ----

AMOUNTS = {  # decisions, validity, markings, aggregations, readings for the first policy of the book
    "nato": (260, 200, 150, 70, 120), "nato-v88": (200, 90, 70, 40, 30), "acme": (160, 120, 60, 60, 60), "public": (20, 20, 20, 10, 20),
    "public-v1": (40, 40, 30, 20, 20)}


def fill(book, amounts):
    rng, policy = random.Random(book.name), book.policies[0]
    for add, count in zip((add_decisions, add_validity, add_markings, add_aggregations, add_readings), amounts):
        add(rng, book, policy, count)


def nations(public):
    """Each of the project's other policies beside NATO's: labels of its own, and mappings there and back."""
    made = []
    for name in ("usa", "kor", "ltu", "exercise", "bilateral"):
        book = Book(name, "policy/%s.xml" % name, "policy/nato.xml", public)
        fill(book, (30, 30, 30, 12, 10))
        for source, target in ((0, 1), (1, 0)):
            add_mappings(random.Random("%s %d" % (name, source)), book, book.policies[source], book.policies[target], 30)
        made.append(book)
    return made


def main():
    for folder in ("vectors", "policies"):
        (HERE / folder).mkdir(exist_ok=True)
    for old in list((HERE / "vectors").glob("*.json")) + list((HERE / "policies").glob("sample-*.xml")):
        old.unlink()
    single, pairs = write_policies()
    public, mock = "policy/public.xml", "tests/conformance/labels/policies/mock.xml"
    books = [Book("nato", "policy/nato.xml", public), Book("nato-v88", "tests/data/spif/nato-v88.xml", public),
             Book("acme", "tests/data/spif/acme.xml", mock, public), Book("public", public, "policy/nato.xml"),
             Book("public-v1", "tests/data/spif/public-v1.xml")]
    for book in books:
        fill(book, AMOUNTS[book.name])
    for source, target in ((0, 1), (1, 0)):
        add_mappings(random.Random("acme and mock %d" % source), books[2], books[2].policies[source], books[2].policies[target], 40)
    books += nations(public)
    for path in single:
        book = Book(pathlib.Path(path).stem, path)
        fill(book, (14, 18, 9, 5, 3))
        books.append(book)
    for source, target in pairs:
        book = Book(pathlib.Path(source).stem, source, target)
        add_mappings(random.Random(book.name), book, *book.policies, 24)
        add_mappings(random.Random(book.name + " back"), book, *book.policies[::-1], 16)
        fill(book, (4, 4, 2, 2, 0))
        books.append(book)
    books += traps.books(Book)
    total = sum(book.write() for book in books)
    print("%d cases in %d files" % (total, len(books)), file=sys.stderr)


if __name__ == "__main__":
    main()
