#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Finds every test that SEEN.md names, and runs what it says of files: seen.py BICES SOURCE_ROOT."""
import json
import pathlib
import re
import subprocess
import sys

LEAST_VECTORS = 2000  # at least 2,000 cases are published
OURS = ["nato", "public", "usa", "kor", "ltu", "exercise", "bilateral"]
FOUND = ["tests/data/spif/acme.xml", "tests/data/spif/nato-v88.xml", "tests/data/spif/public-v1.xml"]


def is_there(text, path, name):
    """A test of a C program must also be in the list that is run."""
    return "cmocka_unit_test(%s)" % name in text if path.endswith(".c") else name in text


def missing_tests(root):
    """Complaints about the lines of SEEN.md."""
    texts, complaints = {}, []
    rows = [line for line in (root / "tests/conformance/labels/SEEN.md").read_text().splitlines() if line.startswith("| ")]
    rows = [line for line in rows if not line.startswith(("| ---", "| case |", "| input |", "| what |"))]
    for row in rows:
        named = re.findall(r"`([^`]+?): ([^`]+)`", row)
        if not named:
            complaints.append("no test is named: " + row)
        for path, name in named:
            if path not in texts:
                texts[path] = (root / path).read_text() if (root / path).is_file() else ""
            if not is_there(texts[path], path, name):
                complaints.append("%s has no '%s'" % (path, name))
    if len(rows) < 40:
        complaints.append("only %d lines in SEEN.md" % len(rows))
    return complaints


def policy_check(bices, root):
    """policy check loads what is found in the wild, and has nothing to say of ours."""
    complaints = []
    for path in FOUND + ["policy/%s.xml" % name for name in OURS]:
        done = subprocess.run([bices, "policy", "check", root / path], capture_output=True, text=True, check=False)
        if done.returncode or ": usable: policy " not in done.stdout or "error" in done.stdout:
            complaints.append("policy check %s: %s" % (path, done.stdout + done.stderr))
        if path.startswith("policy/") and "warning" in done.stdout:
            complaints.append("a finding in a policy of ours: " + done.stdout)
    return complaints


def count_vectors(root):
    count = sum(len(json.loads(path.read_text())["cases"]) for path in (root / "tests/conformance/labels/vectors").glob("*.json"))
    return [] if count >= LEAST_VECTORS else ["only %d vectors" % count]


def main():
    bices, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    complaints = missing_tests(root) + policy_check(bices, root) + count_vectors(root)
    if complaints:
        sys.exit("\n".join(complaints))
    print("every test of SEEN.md is there")


main()
