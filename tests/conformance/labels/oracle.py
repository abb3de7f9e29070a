# SPDX-License-Identifier: Apache-2.0
"""A slow, plain reading of the rules for labels, written from the facts and not from the engine.

It is the second opinion: engine and oracle must agree on every vector. It uses nothing but Python's own library, prefers
obvious loops to clever ones, and knows no bit sets or compiled forms. It never looks at the engine.

A label is {"policy", "classification", "categories": [{"type", "tag_set", "values": [...]}], "privacy_mark"?}; a clearance
is {"policy", "classifications": [...], "categories": [...]}. Types are RESTRICTIVE, PERMISSIVE, INFORMATIVE.
README.md describes the vectors made with it; docs/decisions/label-*.md the choices where the facts leave one.
"""
import datetime
import re
import xml.etree.ElementTree as ElementTree

TYPES = {"restrictive": "RESTRICTIVE", "permissive": "PERMISSIVE", "tagType7": "INFORMATIVE"}
LETTERS = {"RESTRICTIVE": "R", "PERMISSIVE": "P", "INFORMATIVE": "I"}
CASE_BLIND = ("NATO", "PUBLIC")
TRUE = ("true", "1")
MARKING_RULES = "{urn:openbices:spif:marking:1}"
XML_SPACE = " \t\r\n"


class Refused(Exception):
    """The label or clearance is none under its policy: an unknown name, or a form that is not allowed."""


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def children(element, name):
    return [child for child in element if local(child) == name]


def language(element):
    return element.get("{http://www.w3.org/XML/1998/namespace}lang", "")


def collapse(text):
    return " ".join(word for word in re.split("[ \t\r\n]+", text or "") if word)


def fold(text):
    """ASCII only: a look-alike of another script is another name."""
    return "".join(c.lower() if "A" <= c <= "Z" else c for c in text)


def moment(text):
    """GeneralizedTime or RFC 3339 to a datetime; None when absent."""
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})-?(\d\d)-?(\d\d)(?:T?(\d\d):?(\d\d):?(\d\d)(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?", text.strip())
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    zone = datetime.timezone.utc
    if found.group(8) and found.group(8) != "Z":
        sign, digits = found.group(8)[0], found.group(8)[1:].replace(":", "")
        zone = datetime.timezone((-1 if sign == "-" else 1) * datetime.timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))
    return datetime.datetime(year, month, day, hour, minute, second, int(float(found.group(7) or 0) * 1000000), zone)


def type_of(element):
    """Of a tag, or of a reference to one. None: notApplicable, which is no part of any label."""
    kind = element.get("tagType")
    return TYPES.get(element.get("enumType") if kind == "enumerated" else kind)


# ---- policies ----

class Policy:
    def __init__(self, path):
        root = ElementTree.parse(path).getroot()
        identity = children(root, "securityPolicyId")[0]
        self.root, self.name, self.oid = root, collapse(identity.get("name")), identity.get("id")
        self.case_blind = self.name in CASE_BLIND
        self.not_before, self.not_after = moment(root.get("notBefore")), moment(root.get("notAfter"))
        self.classifications = children(children(root, "securityClassifications")[0], "securityClassification")
        self.tag_sets = self.below("securityCategoryTagSets", "securityCategoryTagSet")
        self.privacy_marks = self.below("privacyMarks", "privacyMark")
        self.equivalents = self.below("equivalentPolicies", "equivalentPolicy")
        self.rules = [rule for e in children(root, "extensions") for r in e if r.tag == MARKING_RULES + "markingRules" for rule in r]
        self.entries = {}
        for tag_set in self.tag_sets:
            for tag in children(tag_set, "securityCategoryTag"):
                for category in children(tag, "tagCategory") if type_of(tag) else []:
                    key = (tag_set, type_of(tag), self.key(category.get("name")))
                    self.entries.setdefault(key, []).append((tag, category))

    def below(self, parent, name):
        return [element for holder in children(self.root, parent) for element in children(holder, name)]

    def key(self, name):
        return fold(collapse(name)) if self.case_blind else collapse(name)

    def same(self, a, b):
        return self.key(a) == self.key(b)

    def named(self, elements, name):
        return next((e for e in elements if self.same(e.get("name"), name)), None)

    def classification(self, name):
        return self.named(self.classifications, name)

    def tag_set(self, name):
        return self.named(self.tag_sets, name)

    def referenced(self, reference):
        """References resolve by OID, then by name."""
        for key in ("id", "name"):
            for tag_set in self.tag_sets:
                if tag_set.get(key) == reference:
                    return tag_set
        return None

    def values(self, tag_set, kind, name):
        """Every (tag, category) of this set and type that the name means; one name may stand twice."""
        return self.entries.get((tag_set, kind, self.key(name)), [])

    def meant(self, reference, key="tagSetRef"):
        """Every (tag set, type, name) that a reference means: those of its lacv, or all of the set and type."""
        tag_set, kind, lacv = self.referenced(reference.get(key)), type_of(reference), reference.get("lacv")
        return {(tag_set, kind, name) for (s, k, name), entries in self.entries.items() if s is tag_set and k == kind
                for _, e in entries if lacv is None or int(e.get("lacv")) == int(lacv)}


class Label:
    """A label or the categories of a clearance, every name found in its policy. Raises Refused."""

    def __init__(self, policy, holder, is_label=True):
        self.policy, self.categories, self.held = policy, [], set()
        seen = []
        if not policy.same(holder["policy"], policy.name):
            raise Refused("policy")
        if is_label:
            self.classification = policy.classification(holder["classification"])
            if self.classification is None:
                raise Refused("classification")
            mark = holder.get("privacy_mark")
            self.privacy_mark = collapse(mark)  # no part of the decision: an unknown one makes the label invalid, not unreadable
        for category in holder["categories"]:
            tag_set, kind = policy.tag_set(category["tag_set"]), category["type"]
            if kind not in LETTERS or tag_set is None or not any(type_of(t) == kind for t in children(tag_set, "securityCategoryTag")):
                raise Refused("tag set")
            if is_label and kind == "PERMISSIVE" and (tag_set, kind) in seen:
                raise Refused("permissive tag set twice")
            seen.append((tag_set, kind))
            for value in category["values"]:
                if not policy.values(tag_set, kind, value):
                    raise Refused("value")
            names = {policy.key(value) for value in category["values"]}
            self.categories.append((tag_set, kind, names))
            self.held |= {(tag_set, kind, name) for name in names}


def compact(policy, label):
    """The canonical compact form (src/label/compact.h), or None if the label is none."""
    try:
        read = Label(policy, label)
    except Refused:
        return None
    escape = lambda text: re.sub(r"[|=,%\x00-\x1f]", lambda m: "%%%02X" % ord(m.group()), text)
    order = lambda text: text.encode()
    tags = {}
    for tag_set, kind, names in read.categories:
        spelled = {collapse(policy.values(tag_set, kind, name)[0][1].get("name")) for name in names}
        if spelled or kind == "PERMISSIVE":
            tags.setdefault(("RPI".index(LETTERS[kind]), order(collapse(tag_set.get("name")))), set()).update(spelled)
    parts = [escape(policy.name), escape(collapse(read.classification.get("name")))]
    for (kind, name), spelled in sorted(tags.items()):
        parts.append("%s:%s=%s" % ("RPI"[kind], escape(name.decode()), ",".join(escape(v) for v in sorted(spelled, key=order))))
    if read.privacy_mark:
        known = policy.named(policy.privacy_marks, read.privacy_mark)
        parts.append("M:" + escape(read.privacy_mark if known is None else collapse(known.get("name"))))
    return "|".join(parts)


# ---- decision ----

def decide(policies, label, clearances, own_staff=False):
    """"permit", "deny", "not comparable", or "refused" when a name is unknown. Only "permit" lets anybody in."""
    try:
        policy = of_label(policies, label)
        read = Label(policy, label)
        mine = None
        for clearance in clearances:
            under = of_label(policies, clearance)
            held = Label(under, clearance, is_label=False).held
            if not clearance["classifications"] or any(under.classification(c) is None for c in clearance["classifications"]):
                raise Refused("classification of the clearance")
            if under is policy:
                mine = (clearance, held)
    except Refused:
        return "refused"
    if mine is None:
        return "not comparable"
    clearance, held = mine
    if not any(policy.classification(c) is read.classification for c in clearance["classifications"]):
        return "deny"
    return "permit" if all(allowed(policy, category, held, own_staff) for category in read.categories) else "deny"


def of_label(policies, holder):
    for policy in policies:
        if policy.same(holder["policy"], policy.name):
            return policy
    raise Refused("policy")


def allowed(policy, category, held, own_staff):
    tag_set, kind, names = category
    if kind == "RESTRICTIVE":
        return all((tag_set, kind, name) in held for name in names)
    if kind == "INFORMATIVE" or own_staff:
        return True
    if not names:
        return False
    # each permissive tag of the set that the label uses must be met by a value of that very tag
    tags = {tag for name in names for tag, _ in policy.values(tag_set, kind, name)}
    return all(any((tag_set, kind, name) in held for name in names
                   if any(t is tag for t, _ in policy.values(tag_set, kind, name))) for tag in tags)


# ---- validity ----

def check(policy, label, new, now):
    """Names of the broken rules, sorted; empty when valid. now: a datetime, or None to leave dates aside. Raises Refused."""
    read = Label(policy, label)
    broken = outside_dates(policy.not_before, policy.not_after, now)
    broken |= obsolete(read.classification, new) | required_rules(policy, read.classification, read)
    if read.privacy_mark:
        known = policy.named(policy.privacy_marks, read.privacy_mark)
        broken |= {"privacyMark"} if known is None else obsolete(known, new)
    for tag_set, kind, name in read.held:
        # entries of one name are alternatives: one that allows the label is enough
        found = [value_rules(policy, read, (tag_set, kind, name), e, new, now) for _, e in policy.values(tag_set, kind, name)]
        broken |= min(found, key=len)
    broken |= selection_rules(policy, read)
    context = policy.tag_set("Context")
    if policy.name == "NATO" and context is not None and not any(s is context and k == "PERMISSIVE" for s, k, _ in read.held):
        broken.add("context")
    return sorted(broken)


def outside_dates(before, after, now):
    return {"date"} if now and ((before and now < before) or (after and now > after)) else set()


def obsolete(element, new):
    return {"obsolete"} if new and element.get("obsolete") in TRUE else set()


def value_rules(policy, read, value, element, new, now):
    broken = obsolete(element, new) | outside_dates(moment(element.get("notBefore")), moment(element.get("notAfter")), now)
    name = read.classification.get("name")
    if any(policy.same(x.text, name) for x in children(element, "excludedClass")):
        broken.add("excludedClass")
    if element.get("requiredClass") and not policy.same(element.get("requiredClass"), name):
        broken.add("requiredClass")
    # "any value of that tag set" cannot mean the value itself
    if any(policy.meant(rule) & (read.held - {value}) for rule in children(element, "excludedCategory")):
        broken.add("excludedCategory")
    return broken | required_rules(policy, element, read)


def required_rules(policy, element, read):
    return set() if all(required(policy, rule, read) for rule in children(element, "requiredCategory")) else {"requiredCategory"}


def required(policy, rule, read):
    matches = [bool(policy.meant(group) & read.held) for group in children(rule, "categoryGroup")]
    return {"onlyOne": sum(matches) == 1, "oneOrMore": sum(matches) >= 1, "all": all(matches)}[rule.get("operation")]


def selection_rules(policy, read):
    """singleSelection, maxSelection and minSelection hold per tag; minSelection also when the tag is absent."""
    broken = set()
    for tag_set in policy.tag_sets:
        for tag in children(tag_set, "securityCategoryTag"):
            chosen = sum(1 for s, k, name in read.held if s is tag_set and k == type_of(tag)
                         and any(t is tag for t, _ in policy.values(s, k, name)))
            if tag.get("singleSelection") in TRUE and chosen > 1:
                broken.add("singleSelection")
            if tag.get("maxSelection") and chosen > int(tag.get("maxSelection")):
                broken.add("maxSelection")
            if type_of(tag) and tag.get("minSelection") and chosen < int(tag.get("minSelection")):
                broken.add("minSelection")
    return broken


# ---- marking ----

PAGE = ("pageTop", "pageBottom")


def codes(data):
    return [collapse(code.text) for code in children(data, "code")]


def fits(written, location):
    """Does something coded `written` show at this location? pageTopBottom is both ends of the page."""
    return location in written or ("pageTopBottom" in written and location in PAGE) or (
        location == "pageTopBottom" and any(c in written for c in PAGE))


def languages(asked):
    """fr-CA, then fr, then what has no language. Where none is asked for: what has none, then English."""
    parts = asked.lower().split("-") if asked else []
    return ["-".join(parts[:n]) for n in range(len(parts), 0, -1)] + [""] + ([] if parts else ["en"])


def best(elements, asked):
    for wanted in languages(asked):
        for element in elements:
            if language(element).lower() == wanted:
                return element
    return None


def phrase(element, location, asked):
    """The phrase at this location, or None. What is coded for the page serves every place but portion marks; the language
    counts more than the place."""
    for wanted in languages(asked):
        for place in [location] + (["pageTopBottom"] if location != "portionMarking" else []):
            for data in children(element, "markingData"):
                if data.get("phrase") is not None and language(data).lower() == wanted and fits(codes(data), place):
                    return collapse(data.get("phrase"))
    return None


def flagged(element, *flags):
    return any(flag in codes(d) for d in children(element, "markingData") for flag in flags)


def replacement(element, asked):
    found = best([d for d in children(element, "markingData") if d.get("phrase") and "replacePolicy" in codes(d)], asked)
    return found.get("phrase") if found is not None else None


def qualifier(element, kind, location, asked, otherwise=""):
    """What is coded for the location itself; else what is coded for the top of a page, which serves every place."""
    for wanted in languages(asked):
        for place in (location, "pageTop"):
            for holder in children(element, "markingQualifier"):
                for data in children(holder, "qualifier") if fits([holder.get("markingCode", "pageTop")], place) else []:
                    if data.get("qualifierCode") == kind and language(data).lower() == wanted:
                        return data.get("markingQualifier")
    return otherwise


def shown_values(policy, read):
    """[(tag set, tag, [categories in policy order])]: for each name the first entry that goes with the classification."""
    shown = []
    for tag_set in policy.tag_sets:
        for tag in children(tag_set, "securityCategoryTag"):
            chosen = []
            for s, kind, name in read.held:
                entries = [e for t, e in policy.values(s, kind, name) if t is tag] if s is tag_set else []
                good = [e for e in entries if goes_with(policy, e, read.classification)]
                chosen += (good or entries)[:1]
            shown.append((tag_set, tag, [c for c in children(tag, "tagCategory") if any(c is e for e in chosen)]))
    return shown


def goes_with(policy, element, classification):
    name = classification.get("name")
    return not any(policy.same(x.text, name) for x in children(element, "excludedClass")) and (
        not element.get("requiredClass") or policy.same(element.get("requiredClass"), name))


def wordless(element):
    """Every phrase is empty: the value shows nothing, wherever."""
    phrases = [d.get("phrase") for d in children(element, "markingData") if d.get("phrase") is not None]
    return bool(phrases) and not any(phrases)


def unsaid(policy, tag_set, tag, values):
    """(values that the line says, words that take an implied value back)."""
    kind = type_of(tag)
    key = lambda e: (tag_set, kind, policy.key(e.get("name")))
    said = [e for e in values if not flagged(e, "noNameDisplay") and not wordless(e)]
    for rule in policy.rules:
        meant = policy.meant(rule)
        if rule.tag == MARKING_RULES + "default" and len(said) == 1 and key(said[0]) in meant:
            return [], ""
        if rule.tag == MARKING_RULES + "implied" and meant and next(iter(meant))[:2] == (tag_set, kind):
            when = set().union(*[policy.meant(w) for w in rule])
            if any(key(e) in when for e in said):
                left = [e for e in said if key(e) not in meant]
                return left, rule.get("unless", "") if len(left) == len(said) else ""
    return said, ""


def first(text, otherwise):
    return otherwise if text is None else text


def mark(policy, label, location="", asked=""):
    read = Label(policy, label)
    location = location or "pageBottom"
    tags = shown_values(policy, read)
    portion = phrase(read.classification, location, asked) if location == "portionMarking" else None
    holders = [policy.root, read.classification] + [e for _, _, values in tags for e in values]
    used = None if portion else next(((h, replacement(h, asked)) for h in holders if replacement(h, asked)), None)
    separator = qualifier(policy.root, "separator", location, asked, " ")
    if portion:
        pieces = [portion]
    else:
        pieces = [used[1] if used else phrase(policy.root, location, asked) or policy.name]
        if not flagged(read.classification, "suppressClassName", "noMarkingDisplay") and not flagged(policy.root, "suppressClassName"):
            pieces.append(first(phrase(read.classification, location, asked), collapse(read.classification.get("name"))))
    for tag_set, tag, values in tags:
        said, unless = unsaid(policy, tag_set, tag, [e for e in values if not (used and e is used[0])])
        words = [first(phrase(e, location, asked), collapse(e.get("name"))) for e in said if not flagged(e, "noMarkingDisplay")]
        words = [word for word in words if word]
        if words:
            text = joined(words, qualifier(tag, "separator", location, asked, "/"), qualifier(tag, "finalSeparator", location, asked, None))
            pieces.append(set_off(set_off(qualifier(tag, "prefix", location, asked), text), qualifier(tag, "suffix", location, asked)).strip())
        if unless:
            pieces.append(unless)
    return qualifier(policy.root, "prefix", location, asked) + separator.join(pieces) + qualifier(policy.root, "suffix", location, asked)


def set_off(left, right):
    """A prefix or suffix that is a word does not grow together with its neighbour."""
    return left + (" " if left and right and left[-1].isalnum() and right[0].isalnum() else "") + right


def joined(words, separator, final):
    if final is None or len(words) < 2:
        return separator.join(words)
    return separator.join(words[:-1]) + final + words[-1]


# ---- mapping (docs/decisions/label-mapping.md) ----

def rows(holder, name, other, directions):
    """The equivalences below an element that speak about another policy."""
    return [e for e in children(holder, name) if e.get("policyRef") in (other.name, other.oid) and e.get("applied", "both") in directions]


def speaks(policy, other, directions):
    return any(rows(c, "equivalentClassification", other, directions) for c in policy.classifications)


class Sending:
    """The label's own policy says what its labels become."""
    directions = ("encrypt", "both")

    def __init__(self, source, target):
        self.source, self.target = source, target

    def classes(self, read):
        found = rows(read.classification, "equivalentClassification", self.target, self.directions)
        return [(c, row) for row in found for c in self.target.classifications if int(c.get("lacv")) == int(row.get("lacv"))]

    def equivalents(self, value):
        """(values of the target, is there any row at all), or None when a row names what is not there."""
        tag_set, kind, name = value
        found = [r for _, e in self.source.values(*value) for r in rows(e, "equivalentSecCategoryTag", self.target, self.directions)]
        meant = [self.target.meant(r, "tagSetId") for r in found if r.get("action") != "discard"]
        if not all(meant):
            return None
        return (set().union(*meant), True) if found else same_name(self.source, self.target, [
            self.target.referenced(r.get("id") or r.get("name")) for r in rows(tag_set, "equivalentSecurityCategoryTagSet", self.target, self.directions)], value)

    def additions(self, row):
        holders = [row] + [e for e in self.source.equivalents if e.get("name") == self.target.name or e.get("id") == self.target.oid]
        return [rule for holder in holders for rule in children(holder, "requiredCategory")]

    def holds(self, row, read):
        return True


class Reading:
    """The reader's policy says what it takes foreign labels for."""
    directions = ("decrypt", "both")

    def __init__(self, source, target):
        self.source, self.target = source, target

    def classes(self, read):
        return [(c, row) for c in self.target.classifications for row in rows(c, "equivalentClassification", self.source, self.directions)
                if int(row.get("lacv")) == int(read.classification.get("lacv"))]

    def equivalents(self, value):
        found = [(key, r) for key, entries in self.target.entries.items() for _, e in entries
                 for r in rows(e, "equivalentSecCategoryTag", self.source, self.directions) if value in self.source.meant(r, "tagSetId")]
        if found:
            return {key for key, r in found if r.get("action") != "discard"}, True
        sets = [s for s in self.target.tag_sets for r in rows(s, "equivalentSecurityCategoryTagSet", self.source, self.directions)
                if self.source.referenced(r.get("id") or r.get("name")) is value[0]]
        return same_name(self.source, self.target, sets, value)

    def additions(self, row):
        return []

    def holds(self, row, read):
        return all(required(self.source, rule, read) for rule in children(row, "requiredCategory"))


def same_name(source, target, tag_sets, value):
    kind, name = value[1], source.values(*value)[0][1].get("name")
    found = {(s, kind, target.key(name)) for s in tag_sets if s is not None and target.values(s, kind, name)}
    return (found, True) if found else (set(), False)


def map_label(source, target, label, now=None):
    """The label under the target policy, or None: no mapping. Raises Refused for what is no label."""
    read = Label(source, label)
    if check(source, label, False, now):
        return None
    way = Sending(source, target)
    if not speaks(source, target, Sending.directions):
        way = Reading(source, target)
    classes = [(c, row) for c, row in way.classes(read) if way.holds(row, read)]
    if not classes or any(c is not classes[0][0] for c, _ in classes):
        return None
    limits, chosen = [], set()
    for tag_set, kind, names in read.categories:
        equivalents = [way.equivalents((tag_set, kind, name)) for name in names]
        if any(e is None or not e[1] for e in equivalents):
            return None
        values = [e[0] for e in equivalents]
        chosen |= set().union(*values)
        limits += values if kind == "RESTRICTIVE" else permissive_tags(source, tag_set, names, way) if kind == "PERMISSIVE" else []
    for _, row in classes[:1]:
        for rule in way.additions(row):
            if not add_required(target, rule, chosen):
                return None
    if not all(stands_in(target, limit, chosen) for limit in limits):
        return None
    grouped = {}
    for tag_set, kind, name in chosen:
        spelled = collapse(target.values(tag_set, kind, name)[0][1].get("name"))
        grouped.setdefault((kind, collapse(tag_set.get("name"))), []).append(spelled)
    result = {"policy": target.name, "classification": collapse(classes[0][0].get("name")),
              "categories": [{"type": k, "tag_set": n, "values": sorted(v)} for (k, n), v in sorted(grouped.items())]}
    return None if check(target, result, NEW_WHEN_MAPPED, now) else result


NEW_WHEN_MAPPED = False  # obsolete values of the target: a mapped label is as old as what it stands for


def permissive_tags(source, tag_set, names, way):
    """What each permissive tag of the set becomes; a Category without a value becomes nothing, and nothing stands in for it."""
    tags = {tag for name in names for tag, _ in source.values(tag_set, "PERMISSIVE", name)}
    return [set().union(*[way.equivalents((tag_set, "PERMISSIVE", name))[0] for name in names
                          if any(t is tag for t, _ in source.values(tag_set, "PERMISSIVE", name))]) for tag in tags] or [set()]


def add_required(target, rule, chosen):
    """Adds what an equivalence requires; a choice must be made already."""
    groups = [target.meant(group) for group in children(rule, "categoryGroup")]
    if rule.get("operation") == "all" or len(groups) == 1:
        for group in groups:
            chosen |= group
        return all(groups)
    there = sum(1 for group in groups if group & chosen)
    return there == 1 if rule.get("operation") == "onlyOne" else there >= 1


def stands_in(target, equivalents, chosen):
    """Whoever reads the result holds what stood for the limit."""
    if any(kind == "RESTRICTIVE" for _, kind, _ in equivalents):
        return True
    for tag in {tag for value in equivalents if value[1] == "PERMISSIVE" for tag, _ in target.values(*value)}:
        held = {value for value in chosen if any(t is tag for t, _ in target.values(*value))}
        if held and held <= equivalents:
            return True
    return False


# ---- aggregation (docs/decisions/label-aggregates.md) ----

def dominant(policies, labels):
    """The one label of an aggregate, or None: people must decide."""
    kept = [label for label in labels if not neutral(policies, label)]
    if not kept:
        return labels[0]
    policy = of_label(policies, kept[0])
    if len(kept) == 1:
        return kept[0]
    kept = [same_policy(policies, policy, label) for label in kept]
    if any(label is None for label in kept):
        return None
    reads = [Label(policy, label) for label in kept]
    marks = {policy.key(r.privacy_mark): r.privacy_mark for r in reads if r.privacy_mark}
    if len(marks) > 1:
        return None
    top = max((r.classification for r in reads), key=lambda c: int(c.get("hierarchy")))
    merged = {}
    for tag_set in policy.tag_sets:
        for kind in LETTERS:
            given = [names for read in reads for s, k, names in read.categories if s is tag_set and k == kind]
            if given:
                names = common(policy, tag_set, given) if kind == "PERMISSIVE" else set().union(*given)
                if names is None:
                    return None
                merged[tag_set, kind] = names
    label = settle(policy, top, merged)
    if label is not None and marks:
        label["privacy_mark"] = next(iter(marks.values()))
    return None if label is None or check(policy, label, False, None) else label


def common(policy, tag_set, given):
    """What permissive Categories of one set have in common, tag by tag; None when in some tag it is nobody."""
    found = set()
    if not all(given):
        return set()  # a Category without a value admits nobody
    for tag in children(tag_set, "securityCategoryTag"):
        parts = [{n for n in names if any(t is tag for t, _ in policy.values(tag_set, "PERMISSIVE", n))} for names in given]
        parts = [p for p in parts if p]
        if parts and not set.intersection(*parts):
            return None
        found |= set.intersection(*parts) if parts else set()
    return found


def neutral(policies, label):
    return compact(of_label(policies, label), label) == "PUBLIC|UNMARKED"


def same_policy(policies, policy, label):
    own = of_label(policies, label)
    return label if own is policy else map_label(own, policy, label)


def settle(policy, top, merged):
    """Drops tags that the classification knows not at all, and permissive values that may not stand in the result: that narrows."""
    for (tag_set, kind), names in list(merged.items()):
        for tag in {t for n in names for t, _ in policy.values(tag_set, kind, n)} if kind == "PERMISSIVE" else ():
            if not any(goes_with(policy, e, top) for e in children(tag, "tagCategory")):
                names -= {n for n in names if all(t is tag for t, _ in policy.values(tag_set, kind, n))}
                if not names:
                    del merged[tag_set, kind]
    used, result = tags_used(policy, merged), None
    while result != build(policy, top, merged):
        result = build(policy, top, merged)
        read = Label(policy, result)
        for (tag_set, kind), names in merged.items():
            if kind == "PERMISSIVE":
                names -= {n for n in names if all(value_rules(policy, read, (tag_set, kind, n), e, False, None) for _, e in policy.values(tag_set, kind, n))}
    empty = any(kind == "PERMISSIVE" and not names for (_, kind), names in merged.items())
    return None if empty or tags_used(policy, merged) != used else result


def tags_used(policy, merged):
    return {t for (s, kind), names in merged.items() if kind == "PERMISSIVE" for n in names for t, _ in policy.values(s, kind, n)}


def build(policy, top, merged):
    return {"policy": policy.name, "classification": collapse(top.get("name")), "categories": [
        {"type": kind, "tag_set": collapse(tag_set.get("name")),
         "values": sorted(collapse(policy.values(tag_set, kind, n)[0][1].get("name")) for n in names)}
        for (tag_set, kind), names in sorted(merged.items(), key=lambda item: (item[0][1], item[0][0].get("name")))]}
