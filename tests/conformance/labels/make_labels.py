# SPDX-License-Identifier: Apache-2.0
"""Random labels and clearances for a policy: mostly sound, and with every kind of fault on demand."""
import copy

import oracle
from oracle import children, collapse, type_of


def spelled(policy, tag_set, tag):
    """The names of a tag's values, in the spelling that the engine prints."""
    kind = type_of(tag)
    return sorted({collapse(policy.values(tag_set, kind, e.get("name"))[0][1].get("name")) for e in children(tag, "tagCategory")})


def usable(policy):
    """[(tag set, type, [names])] of everything a label can hold."""
    found = {}
    for tag_set in policy.tag_sets:
        for tag in children(tag_set, "securityCategoryTag"):
            if type_of(tag):
                found.setdefault((tag_set, type_of(tag)), []).extend(spelled(policy, tag_set, tag))
    return [(s, k, sorted(set(names))) for (s, k), names in found.items()]


def category(tag_set, kind, values):
    return {"type": kind, "tag_set": collapse(tag_set.get("name")), "values": sorted(values)}


def random_label(rng, policy, most=3):
    kinds = [c for c in usable(policy) if rng.random() < 0.6]
    label = {"policy": policy.name, "classification": collapse(rng.choice(policy.classifications).get("name")),
             "categories": [category(s, k, rng.sample(names, min(len(names), rng.randint(1, most)))) for s, k, names in kinds]}
    if policy.privacy_marks and rng.random() < 0.3:
        label["privacy_mark"] = rng.choice(policy.privacy_marks).get("name")
    return label


def valid_label(rng, policy, new=False, tries=400):
    """A label that is valid when dates are left aside; a bare one of the lowest classification may be all that is found."""
    for i in range(tries):
        label = natural(rng, policy) if policy.name == "NATO" else random_label(rng, policy, 1 + i % 4)
        if not oracle.check(policy, label, new, None):
            return label
    return None


def natural(rng, policy):
    """A label as the NATO policies want it: few random ones would be valid."""
    names = {collapse(s.get("name")): (s, k, names) for s, k, names in usable(policy)}
    label = {"policy": policy.name, "classification": collapse(rng.choice(policy.classifications).get("name")), "categories": []}
    contexts = [n for n in names["Context"][2] if n != "Releasable"]
    context = ["NATO"] if rng.random() < 0.6 else [rng.choice(contexts)]
    for name, chance in (("Releasable To", 0.4), ("Only", 0.25), ("Administrative", 0.2), ("Limited", 0.2),
                         ("Additional Sensitivity", 0.25), ("Special Category Designators", 0.3)):
        if name in names and rng.random() < chance:
            tag_set, kind, values = names[name]
            label["categories"].append(category(tag_set, kind, rng.sample(values, min(len(values), rng.randint(1, 3)))))
    if "Releasable" in names["Context"][2] and rng.random() < 0.45:
        context.append("Releasable")
    label["categories"].append(category(names["Context"][0], "PERMISSIVE", context))
    return label


def random_clearance(rng, policy, label=None):
    """A clearance; with a label, one that lets it in about every second time."""
    classes = [collapse(c.get("name")) for c in policy.classifications]
    holds = {(s, k): set(rng.sample(names, rng.randint(0, min(len(names), 4)))) for s, k, names in usable(policy)
             if k != "INFORMATIVE" and rng.random() < 0.7}
    chosen = set(rng.sample(classes, rng.randint(1, len(classes))))
    if label:
        chosen |= {label["classification"]} if rng.random() < 0.9 else set()
        for c in label["categories"]:
            if c["type"] != "INFORMATIVE" and c["values"]:
                key = (policy.tag_set(c["tag_set"]), c["type"])
                some = [v for v in c["values"] if rng.random() < (0.93 if c["type"] == "RESTRICTIVE" else 0.6)]
                holds.setdefault(key, set()).update(some)
    return {"policy": policy.name, "classifications": sorted(chosen),
            "categories": [category(s, k, values) for (s, k), values in holds.items() if values]}


# ---- one fault or one harmless change at a time; each answers None where it does not apply ----

def pick(rng, label, *kinds):
    found = [c for c in label["categories"] if not kinds or c["type"] in kinds]
    return rng.choice(found) if found else None


def unknown_class(rng, policy, label):
    label["classification"] = rng.choice(["TOPMOST", label["classification"] + "X", "1", label["classification"][:-1]])
    return label


def unknown_value(rng, policy, label):
    c = pick(rng, label)
    if c:
        c["values"] = c["values"] + [rng.choice(["NOWHERE", "1", "K\u039fR", "\u041a\u041eR"])]
    return label if c else None


def unknown_set(rng, policy, label):
    label["categories"].append({"type": rng.choice(list(oracle.LETTERS)), "tag_set": "Nowhere", "values": ["A"]})
    return label


def other_type(rng, policy, label):
    c = pick(rng, label)
    if c:
        c["type"] = rng.choice([k for k in oracle.LETTERS if k != c["type"]])
    return label if c else None


def permissive_twice(rng, policy, label):
    c = pick(rng, label, "PERMISSIVE")
    if c:
        label["categories"].append(copy.deepcopy(c))
    return label if c else None


def split_in_two(rng, policy, label):
    c = pick(rng, label, "RESTRICTIVE", "INFORMATIVE")
    if not c or len(c["values"]) < 2:
        return None
    rest, c["values"] = c["values"][1:], c["values"][:1]
    label["categories"].append({**c, "values": rest})
    return label


def empty_permissive(rng, policy, label):
    c = pick(rng, label, "PERMISSIVE")
    if c:
        c["values"] = []
    return label if c else None


def other_case(rng, policy, label):
    label["classification"] = label["classification"].swapcase()
    for c in label["categories"]:
        c["values"] = [v.swapcase() if rng.random() < 0.5 else v for v in c["values"]]
    return label


def spaces(rng, policy, label):
    label["classification"] = "\n\t " + label["classification"].replace(" ", "  ") + " "
    for c in label["categories"]:
        c["values"] = [" " + v + "\n" for v in c["values"]]
    return label


def shuffled(rng, policy, label):
    rng.shuffle(label["categories"])
    for c in label["categories"]:
        c["values"] = c["values"][::-1]
    return label


def fewer(rng, policy, label):
    c = pick(rng, label)
    if c:
        label["categories"].remove(c)
    return label if c else None


def more(rng, policy, label):
    tag_set, kind, names = rng.choice(usable(policy) or [(None, None, None)])
    if tag_set is None:
        return None
    name = collapse(tag_set.get("name"))
    c = next((c for c in label["categories"] if (c["type"], c["tag_set"]) == (kind, name)), None)
    if c is None:
        c = {"type": kind, "tag_set": name, "values": []}
        label["categories"].append(c)
    c["values"] = sorted(set(c["values"]) | {rng.choice(names)})
    return label


def other_class(rng, policy, label):
    label["classification"] = collapse(rng.choice(policy.classifications).get("name"))
    return label


def unknown_mark(rng, policy, label):
    label["privacy_mark"] = "NO SUCH MARK"
    return label


FAULTS = [unknown_class, unknown_value, unknown_set, other_type, permissive_twice, split_in_two, empty_permissive, other_case, spaces, shuffled, unknown_mark]
CHANGES = [fewer, more, more, other_class, other_class]


def changed(rng, policy, label, changes):
    """A copy with one of these changes, and the change's name."""
    for _ in range(20):
        change = rng.choice(changes)
        made = change(rng, policy, copy.deepcopy(label))
        if made:
            return made, change.__name__
    return label, "unchanged"
