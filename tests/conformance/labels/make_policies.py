# SPDX-License-Identifier: Apache-2.0
"""Small random policies (XML-SPIF) in which every rule of a SPIF occurs somewhere. The same seed gives the same files."""
from xml.sax.saxutils import quoteattr

CLASSES = ["OPEN", "LIMITED", "GUARDED", "CLOSED", "SEALED", "DEEP VAULT"]
SETS = ["Access", "Area", "Community", "Notes", "Project"]
NAMES = ["ASH", "BIRCH", "CEDAR", "DEODAR", "ELM", "FIR", "GUM TREE", "HAZEL", "IVY", "Larch", "oak", "R, S|T=50%"]
COLORS = ["#00AA00", "#0000CC", "#CC0000", "#FFAA00", "#777777", "#123456"]
KINDS = [("restrictive", None, "RESTRICTIVE"), ("permissive", None, "PERMISSIVE"), ("enumerated", "restrictive", "RESTRICTIVE"),
         ("enumerated", "permissive", "PERMISSIVE"), ("tagType7", None, "INFORMATIVE"), ("notApplicable", None, None)]
DATES = ["2026-01-01T00:00:00Z", "20270601120000Z", "2028-01-01T02:00:00+02:00", "20261124221613Z"]
FRENCH = {"xml:lang": "fr"}


def element(name, attributes=None, inner=()):
    head = name + "".join(" %s=%s" % (k, quoteattr(str(v))) for k, v in (attributes or {}).items() if v is not None)
    inner = [inner] if isinstance(inner, str) else list(inner)
    return "<%s>%s</%s>" % (head, "".join(inner), name) if inner else "<%s/>" % head


class Value:
    def __init__(self, name, lacv):
        self.name, self.lacv = name, lacv


class Tag:
    def __init__(self, tag_type, enum_type, kind, values):
        self.tag_type, self.enum_type, self.kind, self.values = tag_type, enum_type, kind, values

    def reference(self):
        return {"tagType": self.tag_type, "enumType": self.enum_type}


class Sketch:
    """The bones of a policy: what rules can refer to."""

    def __init__(self, rng, number):
        self.name, self.oid = "SAMPLE-%02d" % number, "1.3.6.1.4.1.31778.900.%d" % number
        self.classes = [Value(n, i + 1) for i, n in enumerate(sorted(rng.sample(CLASSES, rng.randint(2, 5)), key=CLASSES.index))]
        self.sets = [(name, "%s.%d" % (self.oid, i + 1), tags(rng)) for i, name in enumerate(rng.sample(SETS, rng.randint(1, 4)))]

    def group(self, rng, whole, avoid=None):
        """A reference to a value, or to a whole set and type, of a tag set that is not `avoid`."""
        choices = [(s, t) for s in self.sets for t in s[2] if t.kind and t.values and s[1] != avoid]
        if not choices:
            return None
        tag_set, tag = rng.choice(choices)
        lacv = None if rng.random() < whole else rng.choice(tag.values).lacv
        return {"tagSetRef": rng.choice(tag_set[:2]), **tag.reference(), "lacv": lacv}


def tags(rng):
    made, lacv, taken = [], rng.choice([0, 1, 10, 100]), set()
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        tag_type, enum_type, kind = rng.choice(KINDS)
        names = [n for n in rng.sample(NAMES, rng.randint(1, 6)) if (kind, n) not in taken]
        taken |= {(kind, n) for n in names}
        values = []
        for name in names:
            lacv += rng.choice([1, 1, 2, 900])
            values.append(Value(name, lacv))
        if values and kind and rng.random() < 0.15:
            values.append(Value(rng.choice(values).name, lacv + 1))  # one name, two values
            lacv += 1
        made.append(Tag(tag_type, enum_type, kind, values))
    return [t for t in made if t.values] or tags(rng)


def required(rng, sketch, avoid=None, whole=0.15):
    groups = [g for g in (sketch.group(rng, whole, avoid) for _ in range(rng.randint(1, 3))) if g]
    return element("requiredCategory", {"operation": rng.choice(["onlyOne", "oneOrMore", "all"])},
                   [element("categoryGroup", g) for g in groups]) if groups else ""


def phrases(rng, word, portion=None):
    made = []
    if rng.random() < 0.4:
        made.append(element("markingData", {"phrase": word.title()}, element("code", None, "pageTopBottom")))
    if rng.random() < 0.15:
        made.append(element("markingData", {"phrase": "THE " + word, "xml:lang": "en"}, element("code", None, "pageTopBottom")))
    if rng.random() < 0.4:
        made.append(element("markingData", {"phrase": "LE " + word, **FRENCH}, element("code", None, "pageTopBottom")))
    if rng.random() < 0.2:
        made.append(element("markingData", {"phrase": "to: " + word}, element("code", None, "subject") + element("code", None, "waterMark")))
    if portion and rng.random() < 0.5:
        made.append(element("markingData", {"phrase": portion}, element("code", None, "portionMarking")))
    return "".join(made)


def words(rng, word, flag, portion=None):
    """Phrases, or in their place the code that hides the name."""
    if rng.random() < 0.1:
        return element("markingData", None, element("code", None, flag))
    care = element("markingData", {"phrase": word + " CARE"}, element("code", None, "replacePolicy")) if rng.random() < 0.1 else ""
    return phrases(rng, word, portion) + care


def qualifiers(rng):
    rows = [("prefix", "FOR ", None), ("prefix", "POUR ", "fr"), ("suffix", " ONLY", None), ("suffix", " SEULS", "fr"), ("separator", ", ", None),
            ("separator", "+", "fr")]
    rows = [r for r in rows if rng.random() < 0.4]
    code = rng.choice(["pageTop", "pageTopBottom"])
    return element("markingQualifier", {"markingCode": code}, [element("qualifier", {"markingQualifier": text, "qualifierCode": kind, "xml:lang": lang})
                                                              for kind, text, lang in rows]) if rows else ""


def value_xml(rng, sketch, tag_set, value, links):
    attributes = {"name": value.name, "lacv": value.lacv if rng.random() < 0.8 else "%05d" % value.lacv}
    inner = list(links(tag_set, value)) + [words(rng, value.name, rng.choice(["noNameDisplay", "noMarkingDisplay"]))]
    if rng.random() < 0.1:
        attributes["requiredClass"] = rng.choice(sketch.classes).name
    if rng.random() < 0.1:
        attributes["obsolete"] = "true"
    if rng.random() < 0.08:
        attributes[rng.choice(["notBefore", "notAfter"])] = rng.choice(DATES)
    if rng.random() < 0.25:
        inner += [element("excludedClass", None, c.name) for c in rng.sample(sketch.classes, rng.randint(1, len(sketch.classes) - 1))]
    if rng.random() < 0.15:
        inner += [required(rng, sketch, avoid=tag_set[1] if rng.random() < 0.5 else None)]
    if rng.random() < 0.1:
        group = sketch.group(rng, 0.15, tag_set[1])
        inner += [element("excludedCategory", group)] if group else []
    return element("tagCategory", attributes, inner)


def tag_xml(rng, sketch, tag_set, tag, links):
    attributes = {"name": rng.choice([tag_set[0], "Shared"]), **tag.reference()}
    if rng.random() < 0.12:
        attributes["singleSelection"] = rng.choice(["true", "false"])
    if rng.random() < 0.2:
        attributes["maxSelection"] = rng.randint(1, 3)
    if rng.random() < 0.1:
        attributes["minSelection"] = rng.randint(0, 1 if attributes.get("singleSelection") == "true" else min(2, attributes.get("maxSelection", 2)))
    values = [value_xml(rng, sketch, tag_set, value, links) for value in tag.values]
    return element("securityCategoryTag", attributes, values + [qualifiers(rng)])


def class_xml(rng, sketch, i, links):
    value = sketch.classes[i]
    inner = list(links(None, value)) + [words(rng, value.name, "suppressClassName", portion=value.name[0] + str(i))]
    if rng.random() < 0.2:
        inner.append(required(rng, sketch))
    return element("securityClassification", {"name": value.name, "lacv": value.lacv, "hierarchy": 10 * i + 5, "color": COLORS[i],
                                              "obsolete": "true" if rng.random() < 0.08 else None}, inner)


def policy_xml(rng, sketch, links=lambda tag_set, value: (), set_links=lambda tag_set: "", end=""):
    """The SPIF. links and set_links give the equivalences of a value (or classification) and of a tag set."""
    parts = [element("securityPolicyId", {"name": sketch.name, "id": sketch.oid}),
             element("securityClassifications", None, [class_xml(rng, sketch, i, links) for i in range(len(sketch.classes))]),
             element("securityCategoryTagSets", None, [element("securityCategoryTagSet", {"name": s[0], "id": s[1]}, [
                 tag_xml(rng, sketch, s, tag, links) for tag in s[2]] + [set_links(s)]) for s in sketch.sets])]
    if rng.random() < 0.3:
        parts.append(element("privacyMarks", None, [element("privacyMark", {"name": "IN CONFIDENCE"}),
                                                    element("privacyMark", {"name": "OLD MARK", "obsolete": "true"})]))
    head = {"xmlns": "http://www.xmlspif.org/spif", "schemaVersion": "2.1", "version": 1, "creationDate": "20261124000000Z",
            "originatorDN": "CN=OpenBICES", "keyIdentifier": "00", "privilegeId": "1.3.26.0.4774.5.24.1", "rbacId": "1.3.26.0.4774.5.24.1",
            "notAfter": "2029-06-01T00:00:00Z" if rng.random() < 0.15 else None}
    text = element("SPIF", head, parts + [end])
    for name in ("securityClassifications", "securityClassification ", "securityCategoryTagSet", "securityCategoryTag ", "tagCategory ",
                 "privacyMarks", "equivalentPolicies", "markingQualifier "):
        text = text.replace("<" + name, "\n<" + name)
    return '<?xml version="1.0" encoding="UTF-8"?>\n<!-- Random, for tests; made by make_vectors.py. -->\n' + text + "\n"
