#!/usr/bin/env python3
"""What the library emits passes the schemas, and what is broken on purpose does not: check.py EMIT SOURCE_ROOT."""
import itertools
import pathlib
import random
import subprocess
import sys
import tempfile

EMIT, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
SCHEMAS = ROOT / "tests/conformance/schemas"
CLASSES = ["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET"]
NATIONS = ["GBR", "KOR", "LTU", "USA"]
# What must not pass: schema, text in a good document, what takes its place.
BROKEN = [
    ("label", "<CreationDateTime>", "<CreationDataTime>"), ("label", " Type=\"PERMISSIVE\"", " Type=\"Permissive\""),
    ("label", " TagName=", " tagName="), ("label", "urn:oid:", "oid:"), ("label", " ReviewDateTime=", " Review="),
    ("label", "<Classification>", "<Classification URI=\"urn:oid:1.2\">"), ("label", "confidentialitymetadatalabel:1:0", "other"),
    ("label", "<Classification>", "<PrivacyMark/><Classification>"), ("label", "originatorConfidentialityLabel", "Originator"),
    ("clearance", "<ClassificationList>", "<ClassificationList/><ClassificationList>"), ("clearance", "<slab:Classification>", "<Classification>"),
    ("clearance", "slab:PolicyIdentifier", "slab:Policy"),
    ("binding-detached", "<mb:DataReference URI=", "<mb:DataReference uri="), ("binding-detached", "mb:Metadata>", "mb:MetaData>"),
    ("binding-enclosed", "</mb:Data>", "<x/></mb:Data>"), ("binding-embedded", "<mb:MetadataBindingContainer>", "<mb:MetadataBindingContainer><x/>"),
    ("binding-detached-signed", "<ds:KeyInfo>", "<ds:KeyName/><ds:KeyInfo>"), ("binding-detached-signed", "URI=\"#binding-1\"", ""),
]


def compact_lines():
    """Labels and clearances of our policies in many shapes, from a fixed seed."""
    dice = random.Random(4774)
    for name in CLASSES:
        yield f"L NATO|{name}|P:Context=NATO"
        for count in (1, 2, 3):
            for nations in itertools.combinations(NATIONS, count):
                values = ",".join(nations)
                yield f"L NATO|{name}|P:Context=NATO,Releasable|P:Only={values}"
                yield f"L NATO|{name}|P:Context=NATO,Releasable|P:Releasable To={','.join(sorted((*nations, 'NATO')))}"
    yield "L PUBLIC|UNMARKED"
    yield "L NATO|SECRET|P:Only="
    yield "C PUBLIC|UNMARKED"
    for _ in range(40):
        classes = ",".join(name for name in CLASSES if dice.random() < 0.6) or "SECRET"
        nations = ",".join(sorted(dice.sample(NATIONS, dice.randint(1, 4))))
        yield f"C NATO|{classes}|P:Context=NATO|P:Only={nations}|P:Releasable To={nations}"


def openssl(folder, name, *key):
    subprocess.run(["openssl", "req", "-x509", *key, "-nodes", "-days", "30", "-subj", "/CN=signer", "-keyout", folder / f"{name}.key",
                    "-out", folder / f"{name}.pem"], capture_output=True, check=True)


def valid(schema, files):
    done = subprocess.run(["xmllint", "--nonet", "--noout", "--relaxng", SCHEMAS / f"{schema}.rng", *files], capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stderr


def check_broken(folder, documents):
    for kind, good, bad in BROKEN:
        text = next(text for text in (path.read_text() for path in documents if path.name.rsplit("-", 1)[0] == kind) if good in text)
        broken = folder / "broken"
        broken.write_text(text.replace(good, bad))
        assert not valid(kind.split("-")[0], [broken])[0], f"{kind} passes with {bad} in place of {good}"


def main():
    with tempfile.TemporaryDirectory(prefix="bices-schemas-") as name:
        folder = pathlib.Path(name)
        openssl(folder, "signer", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384")
        (folder / "data").write_text('<?xml version="1.0"?><report xmlns="urn:x" a="1"><p>words &amp; more</p> and text</report>')
        lines = list(compact_lines())
        subprocess.run([EMIT, folder, folder / "signer.key", folder / "signer.pem", folder / "data", ROOT / "policy/nato.xml", ROOT / "policy/public.xml"],
                       input="\n".join(lines) + "\n", text=True, check=True)
        documents = sorted(folder.glob("*.xml"))
        for schema in ("label", "clearance", "binding"):
            files = [path for path in documents if path.name.startswith(schema)]
            passes, complaint = valid(schema, files)
            assert files and passes, "\n".join(line for line in complaint.splitlines() if not line.endswith(" validates"))[:4000]
        check_broken(folder, documents)
        assert len(documents) >= len(lines)
        print(f"{len(documents)} documents pass, {len(BROKEN)} broken ones do not")


main()
