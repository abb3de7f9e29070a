# SPDX-License-Identifier: Apache-2.0
"""The oracle's reader of ADatP-4774 labels: XML in, the label of oracle.py out, or Refused. Strict but for the known errata."""
import re
import xml.etree.ElementTree as ElementTree

import oracle
from oracle import Refused, collapse, local

NAMESPACE = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
ROOTS = ("originatorConfidentialityLabel", "alternativeConfidentialityLabel", "metadataConfidentialityLabel", "ConfidentialityLabel",
         "alternateConfidentialityLabel", "OriginatorConfidentialityLabel")
ID_TYPES = ("rfc822Name", "dNSName", "directoryName", "uniformResourceIdentifier", "iPAddress", "x400Address", "userPrincipalName", "jID")


def read_label(policies, text):
    """The label of one XML document. An erratum is read as what it was meant to be, and never written."""
    if "<!DOCTYPE" in text:
        raise Refused("DOCTYPE")
    try:
        root = ElementTree.fromstring(text.encode())
    except ElementTree.ParseError as error:
        raise Refused("not well formed") from error
    if root.tag not in ["{%s}%s" % (NAMESPACE, name) for name in ROOTS]:
        raise Refused("not a label")
    elements = in_order(root, ["ConfidentialityInformation", "OriginatorID", "CreationDateTime|CreationDataTime", "SuccessionHandling"])
    if "ConfidentialityInformation" not in elements:
        raise Refused("no ConfidentialityInformation")
    if "OriginatorID" in elements and elements["OriginatorID"][0].get("IDType") not in ID_TYPES:
        raise Refused("IDType")
    label = read_information(policies, elements["ConfidentialityInformation"][0])
    oracle.Label(oracle.of_label(policies, label), label)
    return label


def in_order(parent, names, many=()):
    """{name: [elements]}: each at most once unless `many`, in this order; other namespaces only behind them."""
    found, place = {}, 0
    for child in parent:
        if not child.tag.startswith("{%s}" % NAMESPACE):
            if not child.tag.startswith("{"):
                raise Refused("element without a namespace")
            place = len(names)
            continue
        at = next((i for i, n in enumerate(names) if local(child) in n.split("|")), None)
        name = names[at].split("|")[0] if at is not None else None
        if name is None or at < place or (name in found and name not in many):
            raise Refused("element " + local(child))
        place = at
        found.setdefault(name, []).append(child)
    if any((text or "").strip(oracle.XML_SPACE) for text in [parent.text] + [child.tail for child in parent]):
        raise Refused("text between elements")
    return found


def token(element):
    if len(element) or not collapse(element.text):
        raise Refused("not a token")
    return collapse(element.text)


def read_information(policies, information):
    elements = in_order(information, ["PolicyIdentifier", "Classification", "PrivacyMark|PrimaryMark", "Category"], many=("Category",))
    if "PolicyIdentifier" not in elements or "Classification" not in elements:
        raise Refused("policy or classification missing")
    identifier, classification = elements["PolicyIdentifier"][0], elements["Classification"][0]
    label = {"policy": token(identifier), "classification": token(classification), "categories": []}
    policy = oracle.of_label(policies, label)
    same_oid(identifier, policy.oid)
    if classification.get("URI") is not None:
        raise Refused("Classification has a URI")
    if "PrivacyMark" in elements:
        label["privacy_mark"] = token(elements["PrivacyMark"][0])
    label["categories"] = [read_category(policy, category) for category in elements.get("Category", [])]
    return label


def same_oid(element, oid):
    if element.get("URI") is not None and element.get("URI") != "urn:oid:" + oid:
        raise Refused("URI names another")


def read_category(policy, category):
    kind, name = category.get("Type", category.get("type")), category.get("TagName", category.get("tagName"))
    kind = "PERMISSIVE" if kind == "Permissive" else kind
    if kind not in oracle.LETTERS or not collapse(name):
        raise Refused("Type or TagName")
    tag_set = policy.tag_set(name)
    if tag_set is None:
        raise Refused("tag set")
    same_oid(category, tag_set.get("id"))
    values = in_order(category, ["GenericValue"], many=("GenericValue",)).get("GenericValue", [])
    return {"type": kind, "tag_set": collapse(name), "values": [token(value) for value in values]}


# ---- what the engine writes: every clause of the schema, nothing tolerated ----

DATE_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"


def complaints(policies, text):
    """What is wrong with a label as written: an empty list if it is as the schema and the prose want it."""
    root, wrong = ElementTree.fromstring(text.encode()), []
    tags = [child.tag for child in root]
    if root.tag != "{%s}originatorConfidentialityLabel" % NAMESPACE:
        wrong.append("root")
    if tags != ["{%s}%s" % (NAMESPACE, n) for n in ("ConfidentialityInformation", "CreationDateTime")]:
        wrong.append("elements")
    if not re.fullmatch(DATE_TIME, root.get("ReviewDateTime", "")) or not re.fullmatch(DATE_TIME, root[-1].text or ""):
        wrong.append("dates")
    for element in root[0]:
        uri = element.get("URI")
        if local(element) in ("PolicyIdentifier", "Category") and not re.fullmatch(r"urn:oid:[0-9.]+", uri or ""):
            wrong.append("no OID at " + local(element))
        if set(element.attrib) - {"URI", "Type", "TagName"} or (local(element) == "Classification" and uri is not None):
            wrong.append("attributes of " + local(element))
    try:
        read_label(policies, text)
    except Refused as refused:
        wrong.append(str(refused))
    return wrong
