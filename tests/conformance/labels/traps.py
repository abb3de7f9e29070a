# SPDX-License-Identifier: Apache-2.0
"""Cases written by hand: what engines are known to get wrong. Each states the right answer, and the oracle must give it too."""
from xml.sax.saxutils import escape, quoteattr

import reading

NS = reading.NAMESPACE
TRAPS, LATER, THREE, ALTERNATIVES, VOID = ("tests/conformance/labels/policies/%s.xml" % n for n in (
    "traps", "traps-later", "schema-3", "alternatives", "void"))


def xml_of(label):
    """A plain label."""
    categories = "".join("<Category Type=%s TagName=%s>%s</Category>" % (quoteattr(c["type"]), quoteattr(c["tag_set"]), "".join(
        "<GenericValue>%s</GenericValue>" % escape(v) for v in c["values"])) for c in label["categories"])
    mark = "<PrivacyMark>%s</PrivacyMark>" % escape(label["privacy_mark"]) if label.get("privacy_mark") else ""
    return ('<originatorConfidentialityLabel xmlns="%s" ReviewDateTime="2030-01-01T00:00:00Z"><ConfidentialityInformation><PolicyIdentifier>%s'
            "</PolicyIdentifier><Classification>%s</Classification>%s%s</ConfidentialityInformation><CreationDateTime>2026-01-01T00:00:00Z"
            "</CreationDateTime></originatorConfidentialityLabel>" % (NS, escape(label["policy"]), escape(label["classification"]), mark, categories))


def swap(*pairs):
    def change(text, policy):
        for old, new in pairs:
            text = text.replace(old, new, 1) if new.count(old) else text.replace(old, new)
        return text
    return change


def first_element(name):
    """The text of the first element of that name."""
    return lambda text: text[text.index("<" + name):text.index("</" + name + ">") + len(name) + 3]


def doubled(name):
    return lambda text, policy: text.replace(first_element(name)(text), first_element(name)(text) * 2, 1)


def without(name):
    return lambda text, policy: text.replace(first_element(name)(text), "", 1)


def prefixed(text, policy):
    return text.replace("</", "\0").replace("<", "<slab:").replace("\0", "</slab:").replace("xmlns=", "xmlns:slab=")


ROOT, INFORMATION = "originatorConfidentialityLabel", "<ConfidentialityInformation>"
FORMS = [  # what is done to a plain label
    ("as it is", lambda text, policy: text),
    ("prefixed", prefixed),
    ("with a declaration and comments", lambda text, policy: '<?xml version="1.0" encoding="UTF-8"?>\n<!-- a -->' + text.replace(INFORMATION, "\n\t<!-- b -->\n\t" + INFORMATION) + "\n"),
    ("policy OID", lambda text, policy: text.replace("<PolicyIdentifier>", '<PolicyIdentifier URI="urn:oid:%s">' % policy.oid)),
    ("tag set OID", lambda text, policy: tag_set_oid(text, policy)),
    ("alternative label", swap((ROOT, "alternativeConfidentialityLabel"))),
    ("metadata label", swap((ROOT, "metadataConfidentialityLabel"))),
    ("old root", swap((ROOT, "ConfidentialityLabel"))),
    ("with an originator", swap(("<CreationDateTime>", '<OriginatorID IDType="rfc822Name">a@example.org</OriginatorID><CreationDateTime>'))),
    ("with an extension", swap(("</CreationDateTime>", '</CreationDateTime><x:more xmlns:x="urn:x">any</x:more>'))),
    ("character references", swap(("<PolicyIdentifier>", "<PolicyIdentifier>&#x20;"), ("</Classification>", "&#10;</Classification>"))),
    ("erratum: root in capitals", swap((ROOT, "OriginatorConfidentialityLabel"))),
    ("erratum: alternate", swap((ROOT, "alternateConfidentialityLabel"))),
    ("erratum: CreationDataTime", swap(("CreationDateTime", "CreationDataTime"))),
    ("erratum: no CreationDateTime", without("CreationDateTime")),
    ("erratum: small attribute names", swap(("Type=", "type="), ("TagName=", "tagName="))),
    ("erratum: Permissive", swap(('Type="PERMISSIVE"', 'Type="Permissive"'))),
    ("two Classifications", doubled("Classification")),
    ("no Classification", without("Classification")),
    ("empty Classification", lambda text, policy: text.replace(first_element("Classification")(text), "<Classification> </Classification>")),
    ("two ConfidentialityInformation", doubled("ConfidentialityInformation")),
    ("no ConfidentialityInformation", without("ConfidentialityInformation")),
    ("no PolicyIdentifier", without("PolicyIdentifier")),
    ("two CreationDateTimes", doubled("CreationDateTime")),
    ("mismatched end tags", swap(("</Classification>", "</Clasification>"))),
    ("end tag missing", swap(("</ConfidentialityInformation>", ""))),
    ("cut off", lambda text, policy: text[:-9]),
    ("something behind the end", lambda text, policy: text + "<more/>"),
    ("DOCTYPE", lambda text, policy: "<!DOCTYPE %s>" % ROOT + text),
    ("entity", lambda text, policy: '<!DOCTYPE a [<!ENTITY c "SECRET">]>' + text.replace("<Classification>", "<Classification>&c;")),
    ("undeclared entity", swap(("<Classification>", "<Classification>&c;"))),
    ("wrong namespace", swap((NS, NS[:-1] + "1"))),
    ("no namespace", swap((' xmlns="%s"' % NS, ""))),
    ("unknown element", swap(("</ConfidentialityInformation>", "<Priority>1</Priority></ConfidentialityInformation>"))),
    ("unknown root", swap((ROOT, "SecurityLabel"))),
    ("Classification with a URI", swap(("<Classification>", '<Classification URI="urn:oid:1.2.3">'))),
    ("another policy's OID", swap(("<PolicyIdentifier>", '<PolicyIdentifier URI="urn:oid:1.2.3.4">'))),
    ("policy URI that is no OID", swap(("<PolicyIdentifier>", '<PolicyIdentifier URI="urn:uuid:1">'))),
    ("another tag set's OID", swap((" TagName=", ' URI="urn:oid:1.2.3.4" TagName='))),
    ("integer value", swap(("GenericValue", "IntegerValue"))),
    ("CategoryValue", swap(("GenericValue", "CategoryValue"))),
    ("Type in small letters", swap(('Type="PERMISSIVE"', 'Type="permissive"'), ('Type="RESTRICTIVE"', 'Type="restrictive"'))),
    ("no Type", swap((' Type="PERMISSIVE"', ""), (' Type="RESTRICTIVE"', ""), (' Type="INFORMATIVE"', ""))),
    ("no TagName", lambda text, policy: without_attribute(text, "TagName")),
    ("attribute twice", swap(("<Classification>", '<Classification x="1" x="2">'))),
    ("wrong order", lambda text, policy: text.replace(first_element("PolicyIdentifier")(text), "").replace("</Classification>", "</Classification>" + first_element("PolicyIdentifier")(text))),
    ("text between elements", swap((INFORMATION, INFORMATION + "text"))),
    ("element within a token", swap(("</Classification>", "<b/></Classification>"))),
    ("unknown IDType", swap(("<CreationDateTime>", '<OriginatorID IDType="name">a</OriginatorID><CreationDateTime>'))),
    ("unbound prefix", swap(("<Classification>", "<q:Classification>"), ("</Classification>", "</q:Classification>"))),
    ("look-alike letter", lambda text, policy: text.replace("A", "\u0410", 1) if "A<" in text else text.replace("E</", "\u0415</", 1)),
]


def tag_set_oid(text, policy):
    for tag_set in policy.tag_sets:
        text = text.replace(" TagName=" + quoteattr(tag_set.get("name")), ' URI="urn:oid:%s" TagName=%s' % (tag_set.get("id"), quoteattr(tag_set.get("name"))))
    return text


def without_attribute(text, name):
    while " %s=" % name in text:
        start = text.index(" %s=" % name)
        text = text[:start] + text[text.index('"', start + len(name) + 3) + 1:]
    return text


def written(rng, policy, label, i):
    """(note, XML): the i-th form of writing this label."""
    name, change = FORMS[i % len(FORMS)]
    return name, change(xml_of(label), policy)


# ---- by hand ----

def label(policy, classification, *categories, mark=None):
    """Categories as in the compact form: "P:Context=NATO,Releasable"."""
    kinds = {"R": "RESTRICTIVE", "P": "PERMISSIVE", "I": "INFORMATIVE"}
    made = {"policy": policy, "classification": classification, "categories": [
        {"type": kinds[c[0]], "tag_set": c[2:].split("=")[0], "values": [v for v in c.split("=")[1].split(",") if v]} for c in categories]}
    return {**made, "privacy_mark": mark} if mark else made


def clearance(policy, classifications, *categories):
    made = label(policy, "", *categories)
    return {"policy": policy, "classifications": classifications.split(","), "categories": made["categories"]}


ALL = "LOW,MIDDLE,HIGH,FORMER"
DECISIONS = [  # note, classification, label's categories, clearance's classifications, clearance's categories, answer
    ("two tag sets whose tags share a name: one is not enough", "LOW", ["P:Holders=ANNA", "P:Readers=ANNA"], ALL, ["P:Holders=ANNA"], "deny"),
    ("two tag sets whose tags share a name: both", "LOW", ["P:Holders=ANNA", "P:Readers=ANNA"], ALL, ["P:Holders=ANNA", "P:Readers=ANNA"], "permit"),
    ("the value of another tag set", "LOW", ["P:Holders=ANNA"], ALL, ["P:Readers=ANNA"], "deny"),
    ("empty permissive tag", "LOW", ["P:Holders="], ALL, ["P:Holders=ANNA,BERT,CARL"], "deny"),
    ("empty permissive tag and an empty clearance", "LOW", ["P:Holders="], ALL, [], "deny"),
    ("no tag imposes nothing", "LOW", [], ALL, ["P:Holders=ANNA"], "permit"),
    ("no implicit up to", "LOW", [], "HIGH", [], "deny"),
    ("listed classification", "HIGH", [], "HIGH", [], "permit"),
    ("higher than listed", "HIGH", [], "LOW,MIDDLE", [], "deny"),
    ("restrictive: subset", "HIGH", ["R:Caveats=NEVER LOW,PLAIN"], ALL, ["R:Caveats=NEVER LOW,PLAIN,ALONE"], "permit"),
    ("restrictive: one missing", "HIGH", ["R:Caveats=NEVER LOW,PLAIN"], ALL, ["R:Caveats=PLAIN"], "deny"),
    ("permissive: one of three", "LOW", ["P:Holders=ANNA,BERT,CARL"], ALL, ["P:Holders=CARL"], "permit"),
    ("permissive: none of two", "LOW", ["P:Holders=ANNA,BERT"], ALL, ["P:Holders=CARL"], "deny"),
    ("two tags of one set: each must be met", "LOW", ["P:Two Tags=NARVIK,ROME"], ALL, ["P:Two Tags=NARVIK"], "deny"),
    ("two tags of one set: both met", "LOW", ["P:Two Tags=NARVIK,ROME"], ALL, ["P:Two Tags=NARVIK,ROME"], "permit"),
    ("two tags of one set: met by the others of each", "LOW", ["P:Two Tags=BARI,NARVIK,OSLO,ROME"], ALL, ["P:Two Tags=BARI,OSLO"], "permit"),
    ("two tags of one set: only one used", "LOW", ["P:Two Tags=ROME"], ALL, ["P:Two Tags=ROME"], "permit"),
    ("one name, two types", "LOW", ["P:Two Tags=ROME", "I:Two Tags=ROME"], ALL, ["P:Two Tags=ROME"], "permit"),
    ("informative in the clearance is no permissive", "LOW", ["P:Two Tags=ROME"], ALL, ["I:Two Tags=ROME"], "deny"),
    ("informative is no part of the decision", "LOW", ["I:Two Tags=ROME"], ALL, [], "permit"),
    ("value of a tag that is not applicable", "LOW", ["P:Two Tags=NOWHERE"], ALL, [], "refused"),
    ("one name, two values: either grants", "LOW", ["P:Double=TWIN"], ALL, ["P:Double=TWIN"], "permit"),
    ("one name, two values: another does not", "LOW", ["P:Double=TWIN"], ALL, ["P:Double=SOLE"], "deny"),
    ("permissive set twice", "LOW", ["P:Holders=ANNA", "P:Holders=BERT"], ALL, ["P:Holders=ANNA"], "refused"),
    ("restrictive set twice", "HIGH", ["R:Caveats=PLAIN", "R:Caveats=NEVER LOW"], ALL, ["R:Caveats=NEVER LOW,PLAIN"], "permit"),
    ("restrictive set twice, one missing", "HIGH", ["R:Caveats=PLAIN", "R:Caveats=NEVER LOW"], ALL, ["R:Caveats=PLAIN"], "deny"),
    ("a value under the wrong type", "LOW", ["R:Holders=ANNA"], ALL, ["P:Holders=ANNA"], "refused"),
    ("small letters outside NATO and PUBLIC", "low", [], ALL, [], "refused"),
    ("white space around a token", " \n LOW\t", ["P:Holders=  ANNA "], ALL, ["P:Holders=ANNA"], "permit"),
    ("obsolete classification is still decided", "FORMER", [], ALL, [], "permit"),
    ("an invalid label is still decided", "LOW", ["R:Caveats=NEVER LOW"], ALL, ["R:Caveats=NEVER LOW"], "permit"),
    ("unknown value in the clearance", "LOW", [], ALL, ["P:Holders=NOBODY"], "refused"),
    ("unknown classification in the clearance", "LOW", [], "LOW,TOPMOST", [], "refused"),
]

VALIDITY = [  # note, use, classification, categories, broken rules
    ("requiredClass met", "new", "HIGH", ["R:Caveats=HIGH ONLY"], []),
    ("requiredClass not met", "new", "LOW", ["R:Caveats=HIGH ONLY"], ["requiredClass"]),
    ("excludedClass", "new", "LOW", ["R:Caveats=NEVER LOW"], ["excludedClass"]),
    ("excludedClass of another class", "new", "HIGH", ["R:Caveats=NEVER LOW"], []),
    ("obsolete value in a new label", "new", "HIGH", ["R:Caveats=FORMER"], ["obsolete"]),
    ("obsolete value in an old label", "read", "HIGH", ["R:Caveats=FORMER"], []),
    ("obsolete classification in a new label", "new", "FORMER", [], ["obsolete"]),
    ("obsolete classification in an old label", "read", "FORMER", [], []),
    ("class requires: nothing there", "new", "MIDDLE", [], ["requiredCategory"]),
    ("class requires: any value of the set", "new", "MIDDLE", ["P:Holders=BERT"], []),
    ("class requires: the value of the other group", "new", "MIDDLE", ["R:Caveats=PLAIN"], []),
    ("class requires: another value does not do", "new", "MIDDLE", ["R:Caveats=NEVER LOW"], ["requiredCategory"]),
    ("class requires: an empty permissive tag does not do", "new", "MIDDLE", ["P:Holders="], ["requiredCategory"]),
    ("excluded tag set: alone", "new", "LOW", ["R:Caveats=ALONE"], []),
    ("excluded tag set: with another", "new", "LOW", ["R:Caveats=ALONE,PLAIN"], ["excludedCategory"]),
    ("excluded value", "new", "LOW", ["R:Caveats=WITHOUT ANNA", "P:Holders=ANNA"], ["excludedCategory"]),
    ("excluded value is absent", "new", "LOW", ["R:Caveats=WITHOUT ANNA", "P:Holders=BERT"], []),
    ("onlyOne: none", "new", "LOW", ["R:Caveats=ONE HOLDER"], ["requiredCategory"]),
    ("onlyOne: one", "new", "LOW", ["R:Caveats=ONE HOLDER", "P:Holders=ANNA"], []),
    ("onlyOne: one and a stranger", "new", "LOW", ["R:Caveats=ONE HOLDER", "P:Holders=ANNA,CARL"], []),
    ("onlyOne: two", "new", "LOW", ["R:Caveats=ONE HOLDER", "P:Holders=ANNA,BERT"], ["requiredCategory"]),
    ("all: one of two", "new", "LOW", ["R:Caveats=BOTH HOLDERS", "P:Holders=ANNA"], ["requiredCategory"]),
    ("all: two of two", "new", "LOW", ["R:Caveats=BOTH HOLDERS", "P:Holders=ANNA,BERT"], []),
    ("two requirements: one met", "new", "LOW", ["R:Caveats=HOLDER AND READER", "P:Holders=CARL"], ["requiredCategory"]),
    ("two requirements: the other met", "new", "LOW", ["R:Caveats=HOLDER AND READER", "P:Readers=DORA"], ["requiredCategory"]),
    ("two requirements: both met", "new", "LOW", ["R:Caveats=HOLDER AND READER", "P:Holders=CARL", "P:Readers=DORA"], []),
    ("singleSelection", "new", "LOW", ["R:Limits=S1,S2"], ["singleSelection"]),
    ("singleSelection met", "new", "LOW", ["R:Limits=S2"], []),
    ("maxSelection: at the limit", "new", "LOW", ["P:Limits=M1,M3"], []),
    ("maxSelection: above", "new", "LOW", ["P:Limits=M1,M2,M3"], ["maxSelection"]),
    ("alternatives: the first allows", "new", "LOW", ["P:Double=TWIN"], []),
    ("alternatives: the second allows", "new", "HIGH", ["P:Double=TWIN"], []),
    ("unknown value", "read", "LOW", ["P:Holders=NOBODY"], None),
    ("unknown tag set", "read", "LOW", ["P:Owners=ANNA"], None),
    ("unknown classification", "read", "TOPMOST", [], None),
    ("lacv in place of the name", "read", "LOW", ["P:Holders=1"], None),
]

DATES = [("2019-12-31T23:59:59Z", "PLAIN", "date"), ("2020-01-01T00:00:00Z", "PLAIN", ""), ("2020-01-01T00:00:01Z", "PLAIN", ""),
         ("2039-12-31T23:59:58Z", "PLAIN", ""), ("2039-12-31T23:59:59Z", "PLAIN", ""), ("2040-01-01T00:00:00Z", "PLAIN", "date"),
         ("2025-12-31T23:59:59Z", "SEASON", "date"), ("2026-01-01T00:00:00Z", "SEASON", ""), ("2026-01-01T00:00:01Z", "SEASON", ""),
         ("2027-12-31T23:59:58Z", "SEASON", ""), ("2027-12-31T23:59:59Z", "SEASON", ""), ("2028-01-01T00:00:00Z", "SEASON", "date"), (None, "SEASON", "")]

NATO = [  # note, label, clearance, answer
    ("small letters under NATO", label("nato", "secret", "P:context=nato"), clearance("NATO", "SECRET", "P:Context=NATO"), "permit"),
    ("small letters in the clearance", label("NATO", "SECRET", "P:Context=NATO"), clearance("Nato", "Secret", "P:Context=Nato"), "permit"),
    ("members read what is released to them", label("NATO", "SECRET", "P:Context=NATO,Releasable", "P:Releasable To=KOR,NATO"),
     clearance("NATO", "UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET", "P:Context=NATO", "P:Releasable To=NATO,LTU", "P:Only=NATO,LTU"), "permit"),
    ("a partner reads what is released to it", label("NATO", "SECRET", "P:Context=NATO,Releasable", "P:Releasable To=KOR,NATO"),
     clearance("NATO", "SECRET", "P:Context=Releasable", "P:Releasable To=KOR", "P:Only=KOR"), "permit"),
    ("a partner reads nothing without release", label("NATO", "SECRET", "P:Context=NATO"),
     clearance("NATO", "SECRET", "P:Context=Releasable", "P:Releasable To=KOR", "P:Only=KOR"), "deny"),
    ("ONLY keeps other members out", label("NATO", "SECRET", "P:Context=NATO,Releasable", "P:Only=KOR,LTU"),
     clearance("NATO", "SECRET", "P:Context=NATO", "P:Releasable To=NATO,USA", "P:Only=NATO,USA"), "deny"),
    ("ONLY lets its own in", label("NATO", "SECRET", "P:Context=NATO,Releasable", "P:Only=KOR,LTU"),
     clearance("NATO", "SECRET", "P:Context=NATO", "P:Releasable To=NATO,LTU", "P:Only=NATO,LTU"), "permit"),
    ("a label of another policy", label("PUBLIC", "UNMARKED"), clearance("NATO", "SECRET", "P:Context=NATO"), "not comparable"),
    ("a policy that nobody knows", label("XATO", "SECRET"), clearance("NATO", "SECRET", "P:Context=NATO"), "refused"),
    ("a look-alike letter", label("NATO", "SECRET", "P:Context=NATO,Releasable", "P:Releasable To=K\u041eR"),
     clearance("NATO", "SECRET", "P:Context=Releasable", "P:Releasable To=KOR"), "refused"),
]

ACME = [  # the aggregates of the policy's own guide: labels, answer
    (["PUBLIC"], ["INTERNAL"], "ACME|INTERNAL"),
    (["CONFIDENTIAL", "P:Releasable To=MOCK,PHONY"], ["CONFIDENTIAL", "P:Releasable To=MOCK"], "ACME|CONFIDENTIAL|P:Releasable To=MOCK"),
    (["CONFIDENTIAL", "P:Releasable To=MOCK,PHONY"], ["INTERNAL"], "ACME|INTERNAL"),
    (["INTERNAL", "R:Sensitive=RED"], ["INTERNAL", "R:Sensitive=BLUE"], "ACME|INTERNAL|R:Sensitive=BLUE,RED"),
    (["INTERNAL"], ["INTERNAL", "I:Administrative=STAFF"], "ACME|INTERNAL|I:Administrative=STAFF"),
    (["CONFIDENTIAL", "P:Releasable To=MOCK"], ["CONFIDENTIAL", "P:Releasable To=PHONY"], None),
]

SETTLED = [  # note, one part, another, their aggregate
    ("an alternative that is allowed keeps its value", ["LOW", "P:Access=HAZEL"], ["LOW", "P:Access=HAZEL", "P:Share=TWIN"],
     "ALTERNATIVES|LOW|P:Access=HAZEL|P:Share=TWIN"),
    ("a tag goes only where the classification knows none of its values", ["LOW", "P:Group=ONE"], ["HIGH"], None),
    ("a value that the classification knows not leaves the others", ["LOW", "P:Group=ONE,TWO"], ["HIGH"], "ALTERNATIVES|HIGH|P:Group=TWO"),
]

LOADING = [  # note, files in this order, answers
    ("every public file loads", ["tests/data/spif/acme.xml", "tests/data/spif/nato-v88.xml", "tests/data/spif/public-v1.xml"], ["added"] * 3),
    ("the project's own and a 3.0 file load", ["policy/nato.xml", "policy/public.xml", THREE, TRAPS], ["added"] * 4),
    ("the same policy twice", [TRAPS, TRAPS], ["added", "conflict"]),
    ("a later version takes the place", [TRAPS, LATER], ["added", "added"]),
    ("an earlier version does not", [LATER, TRAPS], ["added", "conflict"]),
    ("88 is later than 1", ["policy/nato.xml", "tests/data/spif/nato-v88.xml", "policy/nato.xml"], ["added", "added", "conflict"]),
]


def must(got, want, note):
    if got != want:
        raise SystemExit("the oracle disagrees with the facts: %s: %r, not %r" % (note, got, want))


def by_hand(book):
    for note, classification, categories, classes, held, want in DECISIONS:
        got = book.add("decision", note, label=label("TRAPS", classification, *categories), clearances=[clearance("TRAPS", classes, *held)])
        must(got["expect"], want, note)
    for note, use, classification, categories, broken in VALIDITY:
        got = book.add("validity", note, label=label("TRAPS", classification, *categories), use=use, now="2026-06-01T00:00:00Z")
        must(got.get("broken"), broken, note)
    for now, value, want in DATES:
        got = book.add("validity", "dates", label=label("TRAPS", "HIGH", "R:Caveats=" + value), use="read", now=now)
        must("".join(got["broken"]), want, now)
    for use, mark, broken in (("new", "IN CONFIDENCE", []), ("new", "FORMER MARK", ["obsolete"]), ("read", "FORMER MARK", []), ("read", "MINE", ["privacyMark"])):
        must(book.add("validity", "privacy mark", label=label("TRAPS", "LOW", mark=mark), use=use, now=None).get("broken"), broken, mark)
    for classification, want in (("LOW", "TRAPS LOW WITH twin below"), ("HIGH", "TRAPS HIGH WITH twin on high")):
        got = book.add("marking", "one name, two phrases", label=label("TRAPS", classification, "P:Double=TWIN"), location="", language="")
        must(got["expect"], want, classification)


def by_settlement(book):
    """Where the engine once differed from the oracle."""
    for category in ("R:Caveats=", "I:Two Tags="):
        got = book.add("decision", "an empty tag that is not permissive means nothing and has no form of its own",
                       label=label("TRAPS", "LOW", category), clearances=[clearance("TRAPS", ALL)])
        must(got["expect"], "permit", category)
        got = book.add("reading", "an empty tag that is not permissive leaves no trace", xml=xml_of(label("TRAPS", "LOW", category)))
        must(got["expect"], "TRAPS|LOW", category)
    got = book.add("reading", "an empty permissive tag stays", xml=xml_of(label("TRAPS", "LOW", "P:Holders=")))
    must(got["expect"], "TRAPS|LOW|P:Holders=", "empty permissive")
    got = book.add("validity", "minSelection of a tag that is not applicable binds nobody", label=label("VOID", "LOW"), use="read", now=None)
    must(got["expect"], "valid", "not applicable")
    for note, one, two, want in SETTLED:
        got = book.add("aggregation", note, labels=[label("ALTERNATIVES", *one), label("ALTERNATIVES", *two)])
        must(got["expect"], want, note)


def books(book_class):
    traps = book_class("traps", TRAPS)
    by_hand(traps)
    nato = book_class("traps-nato", "policy/nato.xml", "policy/public.xml")
    for note, held, cleared, want in NATO:
        must(nato.add("decision", note, label=held, clearances=[cleared])["expect"], want, note)
    for line, held in (("NATO SECRET", label("NATO", "SECRET", "P:Context=NATO")), ("COSMIC TOP SECRET", label("NATO", "TOP SECRET", "P:Context=NATO")),
                       ("NATO/EAPC CONFIDENTIAL", label("NATO", "CONFIDENTIAL", "P:Context=EAPC")), ("PUBLIC", label("PUBLIC", "UNMARKED")),
                       ("NATO SECRET REL TO KOR", label("NATO", "SECRET", "P:Context=NATO,Releasable", "P:Releasable To=KOR,NATO")),
                       ("NATO SECRET LTU, KOR ONLY", label("NATO", "SECRET", "P:Context=NATO,Releasable", "P:Only=KOR,LTU"))):
        must(nato.add("marking", "printed form", label=held, location="", language="")["expect"], line, line)
    acme = book_class("traps-acme", "tests/data/spif/acme.xml", "tests/conformance/labels/policies/mock.xml", "policy/public.xml")
    for one, two, want in ACME:
        got = acme.add("aggregation", "the guide's example", labels=[label("ACME", *one), label("ACME", *two)])
        must(got["expect"], want, str((one, two)))
    must(acme.add("aggregation", "foreign and not mappable", labels=[label("ACME", "PUBLIC"), label("MOCK", "OPEN")])["expect"], None, "foreign")
    for released, want in (("MOCK", "US"), ("PHONY", "PHONY"), ("MOCK,PHONY", "PHONY,US")):
        got = acme.add("mapping", "released to " + released, label=label("ACME", "CONFIDENTIAL", "P:Releasable To=" + released), target="MOCK", now=None)
        must(got["expect"], "MOCK|PRIVATE|P:Partners=" + want, released)
    three = book_class("schema-3", THREE)
    for values in ("ALFA", "ALFA,BRAVO", "ALFA,BRAVO,CHARLIE"):
        three.add("marking", "final separator", label=label("THREE", "HIGH", "P:Share=" + values), location="pageTop", language="")
    settled = book_class("settled", TRAPS, ALTERNATIVES, VOID)
    by_settlement(settled)
    loading = book_class("loading")
    for note, files, want in LOADING:
        must(loading.add("loading", note, load=files)["expect"], want, note)
    return [traps, nato, acme, three, settled, loading]
