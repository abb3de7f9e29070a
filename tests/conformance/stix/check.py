#!/usr/bin/env python3
"""What a node emits passes the JSON schemas of OASIS, and what is broken does not: check.py EMIT SOURCE_ROOT."""
import json
import pathlib
import subprocess
import sys
import warnings

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not there; nothing is checked")
    sys.exit(77)
warnings.simplefilter("ignore")

EMIT, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
SCHEMAS = ROOT / "tests/data/stix-schemas"
FILES = {path.stem: path for folder in ("sdos", "sros", "observables") for path in (SCHEMAS / folder).glob("*.json")}
FILES |= {name: SCHEMAS / "common" / f"{name}.json" for name in ("language-content", "marking-definition", "extension-definition")}
STORE = {schema["$id"]: schema for schema in (json.loads(path.read_text()) for path in SCHEMAS.rglob("*.json"))}


# Where the schemas demand what the standard does not, by type and place: a granular marking of a language has no marking_ref (7.2.3);
# what is defanged has no form (6); digits within an IPv6 address are "d" there; observables in the deprecated container have keys in
# place of ids (as in 2.0); the four TLP markings may have extensions like every other object (7.3).
NOT_OF_THE_STANDARD = {("attack-pattern", "granular_markings.0"), ("ipv4-addr", "value"), ("ipv6-addr", "value"), ("observed-data", "objects.0"),
                       ("observed-data", "objects.1"), ("marking-definition", "")}


def is_expected(thing, path):
    if thing["type"] == "marking-definition":
        return thing.get("definition_type") == "tlp"
    if thing["type"] == "ipv4-addr":
        return thing.get("defanged") is True
    return (thing["type"], path) in NOT_OF_THE_STANDARD


def validator(schema):
    try:
        from referencing import Registry, Resource
    except ImportError:  # jsonschema before 4.18
        return jsonschema.Draft202012Validator(schema, resolver=jsonschema.RefResolver(schema["$id"], schema, store=STORE))
    registry = Registry().with_resources((name, Resource.from_contents(one)) for name, one in STORE.items())
    return jsonschema.Draft202012Validator(schema, registry=registry)


def faults(thing):
    schema = json.loads(FILES.get(thing.get("type"), SCHEMAS / "common/core.json").read_text())
    found = [(".".join(map(str, e.absolute_path)), e.message) for e in validator(schema).iter_errors(thing)]
    return [f"{path}: {message[:200]}" for path, message in found if not is_expected(thing, path)]


def main():
    emitted = [json.loads(line) for line in subprocess.run([EMIT, ROOT], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()]
    bad = 0
    for thing in emitted:
        if thing["type"].startswith("x-vessel") or thing.get("name") == "seconds":
            continue  # an observable of an extension, for which the schemas have no place; times as imprecise as they came in
        for fault in faults(thing):
            print(f"{thing['type']} {thing['id']}: {fault}")
            bad += 1
    types = {thing["type"] for thing in emitted}
    missing = set(FILES) - types
    broken = dict(next(t for t in emitted if t["type"] == "campaign"))
    del broken["name"]
    if missing or not faults(broken):
        print(f"not emitted: {missing}; the check finds faults: {bool(faults(broken))}")
        bad += 1
    print(f"{len(emitted)} objects of {len(types)} types, {bad} faults")
    return bad > 0


sys.exit(main())
