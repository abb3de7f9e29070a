#!/usr/bin/env python3
"""bices binding, as a user meets it: binding.py BICES SOURCE_ROOT. Keys are made here; xmlsec1 is the second opinion."""
import pathlib
import subprocess
import sys
import tempfile

BICES, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
LABEL = ('<originatorConfidentialityLabel xmlns="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0" ReviewDateTime="2040-01-01T00:00:00Z">'
         "<ConfidentialityInformation><PolicyIdentifier>NATO</PolicyIdentifier><Classification>SECRET</Classification>"
         '<Category TagName="Context" Type="PERMISSIVE"><GenericValue>NATO</GenericValue></Category></ConfidentialityInformation>'
         "<CreationDateTime>2026-01-01T00:00:00Z</CreationDateTime></originatorConfidentialityLabel>")
CLEARANCE = ('<ConfidentialityClearance xmlns="urn:nato:stanag:4774:confidentialityclearance:1:0" '
             'xmlns:s="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"><s:PolicyIdentifier>NATO</s:PolicyIdentifier>'
             "<ClassificationList><s:Classification>{}</s:Classification></ClassificationList>"
             '<s:Category TagName="Context" Type="PERMISSIVE"><s:GenericValue>NATO</s:GenericValue></s:Category></ConfidentialityClearance>')
passed = 0


def run(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def expect(folder, code, words, *arguments):
    """bices with these arguments must exit with this code and say these words."""
    global passed
    got, out, complaint = run(folder, BICES, *arguments)
    if got != code or words not in out + complaint:
        sys.exit(f"bices {' '.join(map(str, arguments))}: exit {got}, not {code}, or without '{words}':\n{out}{complaint}")
    passed += 1
    return out


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=True)


def make_keys(folder):
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes", "-days", "3650"]
    for ca in ("ca", "other"):
        openssl(folder, "req", "-x509", *curve, "-keyout", f"{ca}.key", "-out", f"{ca}.pem", "-subj", f"/CN={ca}")
    openssl(folder, "req", "-x509", "-CA", "ca.pem", "-CAkey", "ca.key", *curve, "-keyout", "me.key", "-out", "me.pem", "-subj", "/CN=me")


def check_form(folder, name, data, *options):
    policies = ("--policy", ROOT / "policy/nato.xml")
    make = ("binding", "make", "--label", "label.xml", "--data", data, *options, "--out", name)
    given = () if options else ("--data", data)
    expect(folder, 0, "", *make)
    expect(folder, 0, "originatorConfidentialityLabel: NATO SECRET; Context: NATO", "binding", "show", name)
    expect(folder, 0, "not signed", "binding", "show", name)
    expect(folder, 1, "not signed", "binding", "verify", name, *given, "--anchor", "ca.pem")
    expect(folder, 0, "", *make, "--sign-key", "me.key", "--sign-cert", "me.pem")
    out = expect(folder, 0, "verified: signed by CN=me", "binding", "verify", name, *given, "--anchor", "ca.pem")
    assert "NATO SECRET; Context: NATO" in out
    expect(folder, 1, "no chain to an anchor", "binding", "verify", name, *given, "--anchor", "other.pem")
    expect(folder, 1, "no chain to an anchor", "binding", "verify", name, *given, "--anchor", "ca.pem", "--now", "2090-01-01T00:00:00Z")
    xmlsec = ("xmlsec1", "--verify", "--trusted-pem", "ca.pem", "--id-attr:Id", "urn:nato:stanag:4778:bindinginformation:1:0:MetadataBinding")
    code, _, complaint = run(folder, *xmlsec, name)
    assert code == 0, complaint
    for clearance, code, verdict in (("secret.xml", 0, "permit"), ("restricted.xml", 1, "deny")):
        expect(folder, code, verdict, "label", "decide", *policies, "--label", name, "--clearance", clearance)
    text = (folder / name).read_text()
    (folder / "forged").write_text(text.replace(">SECRET<", ">RESTRICTED<"))
    expect(folder, 1, "is not what was signed", "binding", "verify", "forged", *given, "--anchor", "ca.pem")


def check_wrong_calls(folder):
    expect(folder, 2, "are needed", "binding", "make", "--label", "label.xml")
    expect(folder, 2, "not both", "binding", "make", "--label", "label.xml", "--data", "a.xml", "--out", "x", "--embed", "--enclose")
    expect(folder, 2, "go together", "binding", "make", "--label", "label.xml", "--data", "a.xml", "--out", "x", "--sign-key", "me.key")
    expect(folder, 2, "", "binding", "make", "--label", "label.xml", "--data", "report.txt", "--out", "x", "--embed")
    expect(folder, 2, "not a label", "binding", "make", "--label", "a.xml", "--data", "a.xml", "--out", "x")
    expect(folder, 2, "needed", "binding", "verify", "report.txt.bdo")
    expect(folder, 1, "are not given", "binding", "verify", "report.txt.bdo", "--anchor", "ca.pem")
    expect(folder, 2, "report.txt", "binding", "show", "report.txt")
    (folder / "other.txt").write_text("other words")
    expect(folder, 1, "is not what was signed", "binding", "verify", "report.txt.bdo", "--data", "other.txt", "--anchor", "ca.pem")
    assert not (folder / "x").exists()


def check_documents_without_a_label(folder):
    """What label decide says of a document that binds no label to itself as a whole."""
    decide = ("label", "decide", "--policy", ROOT / "policy/nato.xml", "--clearance", "secret.xml", "--label")
    expect(folder, 2, "neither a label", *decide, "a.xml")
    expect(folder, 2, "", *decide, "report.txt")
    embedded = (folder / "embedded.xml").read_text()
    for name, old, new, words in (("part.xml", 'URI=""', 'URI="#p"', "labels a part"),
                                  ("doctype.xml", "<report", "<!DOCTYPE report><report", "DOCTYPE is refused"),
                                  ("unknown.xml", ">NATO</PolicyIdentifier>", ">MARS</PolicyIdentifier>", "'MARS' is unknown")):
        (folder / name).write_text(embedded.replace(old, new))
        out = expect(folder, 1 if name == "unknown.xml" else 2, words, *decide, name)
        assert "permit" not in out
    (folder / "twice.xml").write_text("<two>" + (folder / "enclosed.xml").read_text().rstrip() * 2 + "</two>")
    expect(folder, 2, "more than one BindingInformation", *decide, "twice.xml")


def main():
    with tempfile.TemporaryDirectory(prefix="bices-binding-") as name:
        folder = pathlib.Path(name)
        make_keys(folder)
        (folder / "label.xml").write_text(LABEL)
        (folder / "secret.xml").write_text(CLEARANCE.format("SECRET"))
        (folder / "restricted.xml").write_text(CLEARANCE.format("RESTRICTED"))
        (folder / "report.txt").write_text("words")
        (folder / "a.xml").write_text('<?xml version="1.0"?><report xmlns="urn:x"><p>words &amp; more</p></report>')
        check_form(folder, "report.txt.bdo", "report.txt")
        (folder / "my report.txt").write_text("words")
        check_form(folder, "my report.txt.bdo", "my report.txt")
        assert 'URI="./my%20report.txt"' in (folder / "my report.txt.bdo").read_text()
        check_form(folder, "embedded.xml", "a.xml", "--embed")
        check_form(folder, "enclosed.xml", "a.xml", "--enclose")
        check_wrong_calls(folder)
        check_documents_without_a_label(folder)
    print(f"{passed} calls as expected")


main()
