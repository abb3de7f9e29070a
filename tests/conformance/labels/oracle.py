"""A slow, plain reading of the rules for labels, written from the facts and not from the engine.

It serves as the second opinion: engine and oracle must agree on every vector. It uses nothing but Python's own library,
prefers obvious loops to clever ones, and knows no marking shortcuts, bit sets or compiled forms.

A label is {"policy", "classification", "categories": [{"type", "tag_set", "values": [...]}], "privacy_mark"?}; a clearance is
{"policy", "classifications": [...], "categories": [...]}. Types are RESTRICTIVE, PERMISSIVE, INFORMATIVE.
"""
import datetime
import re
import xml.etree.ElementTree as ElementTree

TYPES = {"restrictive": "RESTRICTIVE", "permissive": "PERMISSIVE", "tagType7": "INFORMATIVE", "notApplicable": None}
CASE_BLIND = ("NATO", "PUBLIC")


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def children(element, name):
    return [child for child in element if local(child) == name]


def lang_of(element):
    return element.get("{http://www.w3.org/XML/1998/namespace}lang", "")


def collapse(text):
    return " ".join((text or "").split())


def moment(text):
    """GeneralizedTime or RFC 3339 to a datetime; None when absent or unreadable."""
    digits = re.sub(r"[^0-9]", "", (text or "").split(".")[0].split("+")[0])
    if len(digits) < 8:
        return None
    digits = (digits + "000000")[:14]
    return datetime.datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=datetime.timezone.utc)


def type_of(tag):
    kind = tag.get("tagType")
    return TYPES.get(tag.get("enumType") if kind == "enumerated" else kind)


class Policy:
    def __init__(self, path):
        root = ElementTree.parse(path).getroot()
        self.root = root
        identity = children(root, "securityPolicyId")[0]
        self.name, self.oid = identity.get("name"), identity.get("id")
        self.case_blind = self.name in CASE_BLIND
        self.not_before, self.not_after = moment(root.get("notBefore")), moment(root.get("notAfter"))
        self.classifications = children(children(root, "securityClassifications")[0], "securityClassification")
        sets = children(root, "securityCategoryTagSets")
        self.tag_sets = children(sets[0], "securityCategoryTagSet") if sets else []
        marks = children(root, "privacyMarks")
        self.privacy_marks = children(marks[0], "privacyMark") if marks else []
        equivalents = children(root, "equivalentPolicies")
        self.equivalents = children(equivalents[0], "equivalentPolicy") if equivalents else []

    def same(self, a, b):
        a, b = collapse(a), collapse(b)
        return a.lower() == b.lower() if self.case_blind else a == b

    def classification(self, name):
        return next((c for c in self.classifications if self.same(c.get("name"), name)), None)

    def tag_set(self, name):
        return next((s for s in self.tag_sets if self.same(s.get("name"), name)), None)

    def referenced(self, reference):
        """References go by OID or by name."""
        return next((s for s in self.tag_sets if reference in (s.get("id"), s.get("name"))), None)

    def values(self, tag_set, kind, name):
        """Every (tag, category) of this set and type that the name means; one name may stand twice."""
        return [(tag, category) for tag in children(tag_set, "securityCategoryTag") if type_of(tag) == kind
                for category in children(tag, "tagCategory") if self.same(category.get("name"), name)]


# ---- which values a label holds, as pairs of (tag element, category element) ----

def resolve(policy, holder):
    """(pairs, unknown names). pairs: [(set, kind, tag, [categories of that name])] in the order given."""
    found, unknown = [], []
    for category in holder["categories"]:
        tag_set = policy.tag_set(category["tag_set"])
        if tag_set is None or category["type"] not in TYPES.values() or category["type"] is None:
            unknown.append(category["tag_set"])
            continue
        if not any(type_of(tag) == category["type"] for tag in children(tag_set, "securityCategoryTag")):
            unknown.append(category["tag_set"])
            continue
        for value in category["values"]:
            values = policy.values(tag_set, category["type"], value)
            if not values:
                unknown.append(value)
            for tag, element in values:
                found.append((tag_set, category["type"], tag, element, collapse(value)))
    return found, unknown


# ---- decision (rules of the access control decision) ----

def decide(policy, label, clearance):
    """"permit", "deny" or "not comparable"."""
    if label["policy"] != policy.name or clearance["policy"] != policy.name:
        return "not comparable"
    if policy.classification(label["classification"]) is None:
        return "deny"
    pairs, unknown = resolve(policy, label)
    held_pairs, held_unknown = resolve(policy, clearance)
    if unknown or held_unknown or any(policy.classification(c) is None for c in clearance["classifications"]):
        return "deny"
    if not any(policy.same(c, label["classification"]) for c in clearance["classifications"]):
        return "deny"
    for category in label["categories"]:
        if not allowed(policy, category, pairs, held_pairs):
            return "deny"
    return "permit"


def allowed(policy, category, pairs, held_pairs):
    kind, tag_set = category["type"], policy.tag_set(category["tag_set"])
    held = lambda tag, name: any(t is tag and policy.same(e.get("name"), name) for s, k, t, e, n in held_pairs if k == kind and s is tag_set)
    if kind == "INFORMATIVE":
        return True
    if kind == "PERMISSIVE" and not category["values"]:
        return False
    if kind == "RESTRICTIVE":
        return all(any(held(tag, value) for tag, _ in policy.values(tag_set, kind, value)) for value in category["values"])
    tags = {id(tag): tag for value in category["values"] for tag, _ in policy.values(tag_set, kind, value)}
    return all(any(held(tag, value) for value in category["values"] if any(t is tag for t, _ in policy.values(tag_set, kind, value)))
               for tag in tags.values())


# ---- validity ----

def check(policy, label, new, now):
    """Names of the broken rules, sorted; empty when valid. now: datetime, or None to leave dates aside."""
    broken = set()
    if label["policy"] != policy.name:
        return ["unknown policy"]
    classification = policy.classification(label["classification"])
    if classification is None:
        return ["unknown classification"]
    pairs, unknown = resolve(policy, label)
    if unknown:
        return ["unknown value"]
    if now and ((policy.not_before and now < policy.not_before) or (policy.not_after and now > policy.not_after)):
        broken.add("date")
    if new and classification.get("obsolete") in ("true", "1"):
        broken.add("obsolete")
    for tag_set, kind, tag, element, _ in pairs:
        broken |= value_rules(policy, label, classification, element, pairs, new, now)
    for rule in children(classification, "requiredCategory"):
        if not required(policy, rule, pairs):
            broken.add("requiredCategory")
    broken |= selection_rules(policy, label)
    return sorted(broken)


def value_rules(policy, label, classification, element, pairs, new, now):
    broken, name = set(), classification.get("name")
    same_class = lambda text: policy.same(text, name)
    if any(same_class(x.text) for x in children(element, "excludedClass")):
        broken.add("excludedClass")
    if element.get("requiredClass") and not same_class(element.get("requiredClass")):
        broken.add("requiredClass")
    broken |= {"requiredCategory" for rule in children(element, "requiredCategory") if not required(policy, rule, pairs)}
    broken |= {"excludedCategory" for rule in children(element, "excludedCategory") if group_matches(policy, rule, pairs)}
    if new and element.get("obsolete") in ("true", "1"):
        broken.add("obsolete")
    before, after = moment(element.get("notBefore")), moment(element.get("notAfter"))
    if now and ((before and now < before) or (after and now > after)):
        broken.add("date")
    return broken


def group_matches(policy, group, pairs):
    tag_set = policy.referenced(group.get("tagSetRef"))
    kind = TYPES.get(group.get("enumType") if group.get("tagType") == "enumerated" else group.get("tagType"))
    lacv = group.get("lacv")
    return any(s is tag_set and k == kind and (lacv is None or int(e.get("lacv")) == int(lacv)) for s, k, t, e, n in pairs)


def required(policy, rule, pairs):
    matches = [group_matches(policy, group, pairs) for group in children(rule, "categoryGroup")]
    return {"onlyOne": sum(matches) == 1, "oneOrMore": sum(matches) >= 1, "all": all(matches)}[rule.get("operation")]


def selection_rules(policy, label):
    """singleSelection, maxSelection and minSelection hold per tag that the label uses."""
    broken = set()
    for tag_set in policy.tag_sets:
        for tag in children(tag_set, "securityCategoryTag"):
            chosen = {collapse(v).lower() if policy.case_blind else collapse(v) for c in label["categories"]
                      if policy.tag_set(c["tag_set"]) is tag_set and c["type"] == type_of(tag) for v in c["values"]
                      if any(t is tag for t, _ in policy.values(tag_set, c["type"], v))}
            present = any(policy.tag_set(c["tag_set"]) is tag_set and c["type"] == type_of(tag) for c in label["categories"])
            if tag.get("singleSelection") in ("true", "1") and len(chosen) > 1:
                broken.add("singleSelection")
            if tag.get("maxSelection") and len(chosen) > int(tag.get("maxSelection")):
                broken.add("maxSelection")
            if present and tag.get("minSelection") and len(chosen) < int(tag.get("minSelection")):
                broken.add("minSelection")
    return broken


# ---- aggregation (the project's decision: a missing permissive tag counts as "all") ----

def neutral(label):
    return label["policy"] == "PUBLIC" and label["classification"].upper() == "UNMARKED" and not any(c["type"] != "INFORMATIVE" for c in label["categories"])


def dominant(policy, labels, now=None):
    """The one label of an aggregate, or None: people must decide."""
    kept = [label for label in labels if not neutral(label)] or labels[:1]
    if any(label["policy"] != kept[0]["policy"] for label in kept) or kept[0]["policy"] != policy.name:
        return None
    top = max(kept, key=lambda label: int(policy.classification(label["classification"]).get("hierarchy")))
    gathered = {}
    for label in kept:
        for c in label["categories"]:
            gathered.setdefault((c["type"], policy.tag_set(c["tag_set"]).get("name")), []).append(set(c["values"]))
    categories = []
    for (kind, name), sets in sorted(gathered.items(), key=lambda item: item[0]):
        values = set.intersection(*sets) if kind == "PERMISSIVE" else set.union(*sets)
        if kind == "PERMISSIVE" and not values:
            return None
        categories.append({"type": kind, "tag_set": name, "values": sorted(values)})
    result = {"policy": policy.name, "classification": policy.classification(top["classification"]).get("name"), "categories": categories}
    return None if check(policy, result, False, now) else result


# ---- mapping, in the originator's direction (encrypt) or the reader's (decrypt) ----

def applies(element, direction):
    return element.get("applied", "both") in ("both", direction)


def map_label(source, target, label, direction, now=None):
    """The label under the target policy, or None: no mapping."""
    classification = source.classification(label["classification"])
    steps = [e for e in children(classification, "equivalentClassification") if e.get("policyRef") in (target.name, target.oid) and applies(e, direction)]
    if not steps:
        return None
    found = [c for c in target.classifications if int(c.get("lacv")) == int(steps[0].get("lacv"))]
    if not found:
        return None
    chosen = set()
    add_required(target, steps[0], chosen)
    for tag_set, kind, tag, element, _ in resolve(source, label)[0]:
        rows = [e for e in children(element, "equivalentSecCategoryTag") if e.get("policyRef") in (target.name, target.oid) and applies(e, direction)]
        if not rows:
            return None
        for row in rows:
            if row.get("action") != "discard" and not add_value(target, row, chosen):
                return None
    for row in source.equivalents:
        if row.get("name") == target.name:
            add_required(target, row, chosen)
    grouped = {}
    for kind, name, value in chosen:
        grouped.setdefault((kind, name), []).append(value)
    result = {"policy": target.name, "classification": found[0].get("name"),
              "categories": [{"type": k, "tag_set": n, "values": sorted(v)} for (k, n), v in sorted(grouped.items())]}
    return None if check(target, result, False, now) else result


def add_required(policy, holder, chosen):
    for rule in children(holder, "requiredCategory"):
        for group in children(rule, "categoryGroup"):
            if group.get("lacv"):
                add_value(policy, group, chosen, "tagSetRef")


def add_value(policy, row, chosen, reference="tagSetId"):
    tag_set = policy.referenced(row.get(reference))
    kind = TYPES.get(row.get("enumType") if row.get("tagType") == "enumerated" else row.get("tagType"))
    if tag_set is None:
        return False
    for tag in children(tag_set, "securityCategoryTag"):
        for category in children(tag, "tagCategory"):
            if type_of(tag) == kind and int(category.get("lacv")) == int(row.get("lacv")):
                chosen.add((kind, tag_set.get("name"), category.get("name")))
                return True
    return False
