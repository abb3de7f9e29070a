#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random labels and clearances, decided by the oracle and by the engine: random_pairs.py PROGRAM COUNT [SEED].

The program (pairs.c) reads the pairs from a pipe as the oracle decides them. Labels and clearances are kept in pools that are
renewed as the count grows, so that a million pairs take minutes; every pair is decided by the oracle afresh.
Every new label is also written by the engine as XML and read by the oracle's own strict reader.
"""
import pathlib
import random
import re
import subprocess
import sys

import make_labels as labels
import oracle
import reading

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
FILES = ["policy/nato.xml", "tests/data/spif/nato-v88.xml", "tests/data/spif/acme.xml", "tests/conformance/labels/policies/traps.xml"]
POOL = 40


def clearance_text(policy, clearance):
    """The compact lines of a clearance; its names are the policy's own."""
    escape = lambda text: re.sub(r"[|=,%\x00-\x1f]", lambda m: "%%%02X" % ord(m.group()), text)
    tags = {}
    for c in clearance["categories"]:
        tags.setdefault((-"IPR".index(c["type"][0]), c["tag_set"].encode()), set()).update(c["values"])
    parts = [escape(clearance["policy"]), ",".join(escape(c) for c in clearance["classifications"])]
    for (kind, name), values in sorted(tags.items()):
        parts.append("%s:%s=%s" % ("IPR"[-kind], escape(name.decode()), ",".join(escape(v) for v in sorted(values, key=str.encode))))
    return "|".join(parts)


def random_pool(rng, policy):
    """[(label, compact)], [(clearance, text)]: some sound labels, some that only parse; clearances near some label."""
    some = [labels.valid_label(rng, policy, tries=3) if rng.random() < 0.3 else labels.random_label(rng, policy, rng.randint(1, 4)) for _ in range(POOL)]
    some = [l or labels.random_label(rng, policy) for l in some]
    some = [labels.changed(rng, policy, l, [labels.empty_permissive, labels.more, labels.fewer, labels.other_class])[0] if rng.random() < 0.4 else l for l in some]
    held = [labels.random_clearance(rng, policy, rng.choice(some) if rng.random() < 0.9 else None) for _ in range(POOL)]
    return [(l, oracle.compact(policy, l)) for l in some], [(c, clearance_text(policy, c)) for c in held]


def batch(rng, policy, count, send):
    """Sends `count` pairs; every label is also to be written as XML. Answers (labels written, pairs that were permitted)."""
    written, permitted, done = 0, 0, 0
    while done < count:
        some, held = random_pool(rng, policy)
        for _, text in some:
            send("write\t" + text)
        written += len(some)
        for _ in range(min(count - done, POOL * POOL // 2)):
            (label, text), (clearance, lines) = rng.choice(some), rng.choice(held)
            answer = oracle.decide([policy], label, [clearance])
            permitted += answer == "permit"
            send("pair\t%s\t%s\t%s" % (text, lines, answer))
            done += 1
    return written, permitted


def main():
    program, count = sys.argv[1], int(sys.argv[2])
    seed = sys.argv[3] if len(sys.argv) > 3 else "2026"
    files = FILES + sorted(str(p.relative_to(ROOT)) for p in (HERE / "policies").glob("sample-*.xml"))
    wrong, permitted, text = 0, 0, ""
    for i, path in enumerate(files):
        rng, policy = random.Random("%s %s" % (seed, path)), oracle.Policy(ROOT / path)
        lines = ["policy\t" + path]
        share = count // len(files) + (i < count % len(files))
        done = batch(rng, policy, share, lines.append)
        permitted += done[1]
        ran = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, text=True, check=False)
        sys.stderr.write(ran.stderr)
        answers = ran.stdout.splitlines()
        for xml in answers[:done[0]]:
            faults = reading.complaints([policy], xml)
            wrong += bool(faults)
            if faults:
                print("%s: written %s: %s" % (path, ", ".join(faults), xml))
        if ran.returncode or len(answers) != done[0] + 1:
            wrong += 1
            print("%s: exit %d, %s" % (path, ran.returncode, answers[-1:] or "no answer"))
    print("%d pairs, %d permitted, %d policies, %d faults" % (count, permitted, len(files), wrong))
    sys.exit(1 if wrong or not permitted else 0)


if __name__ == "__main__":
    main()
