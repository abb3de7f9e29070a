#!/usr/bin/env python3
"""Installs libbices-label into an empty folder and uses only that: installed.py BUILD SOURCE_ROOT."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BUILD, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
STRICT = ["-std=c17", "-Wall", "-Wextra", "-Werror"]
LABEL = ('<originatorConfidentialityLabel xmlns="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0" ReviewDateTime="2040-01-01T00:00:00Z">'
         "<ConfidentialityInformation><PolicyIdentifier>NATO</PolicyIdentifier><Classification>{}</Classification>"
         '<Category TagName="Context" Type="PERMISSIVE"><GenericValue>NATO</GenericValue></Category></ConfidentialityInformation>'
         "<CreationDateTime>2026-01-01T00:00:00Z</CreationDateTime></originatorConfidentialityLabel>")
CLEARANCE = ('<ConfidentialityClearance xmlns="urn:nato:stanag:4774:confidentialityclearance:1:0" '
             'xmlns:s="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"><s:PolicyIdentifier>NATO</s:PolicyIdentifier>'
             "<ClassificationList><s:Classification>SECRET</s:Classification></ClassificationList>"
             '<s:Category TagName="Context" Type="PERMISSIVE"><s:GenericValue>NATO</s:GenericValue></s:Category></ConfidentialityClearance>')


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    return done.returncode, done.stdout, done.stderr


def must(*command, **options):
    code, out, complaint = run(*command, **options)
    if code:
        sys.exit(f"{' '.join(map(str, command))}: exit {code}\n{out}{complaint}")
    return out


def one(folder, pattern):
    found = list(folder.rglob(pattern))
    assert len(found) == 1, f"{pattern}: {found}"
    return found[0]


def declared(header):
    """Every word of a header that a parenthesis follows, outside of comments."""
    return set(re.findall(r"\b(\w+)\s*\(", re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)))


def check_symbols(root):
    """What the library exports is declared in its headers, and it asks nothing of anybody but the C library."""
    library = one(root, "libbices-label.so.*.*.*")
    assert "libbices-label.so.0" in must("readelf", "-dW", library)
    needed = set(re.findall(r"NEEDED.*\[(.*?)\]", must("readelf", "-dW", library)))
    assert needed <= {"libc.so.6"}, needed
    symbols = [line.split() for line in must("nm", "-D", "--defined-only", library).splitlines()]
    exported = {words[-1].split("@")[0] for words in symbols if words[1] == "T"}
    others = {words[-1] for words in symbols if words[1] not in "TA"}
    assert exported and not others, others
    words = set().union(*(declared(header) for header in root.rglob("bices/*.h")))
    assert exported <= words, exported - words
    assert {"label_decide", "policy_compile", "binding_read", "arena_done"} <= exported
    assert not {name for name in exported if name.startswith(("xml_", "record_", "category_"))}
    return len(exported)


def flags(root, which):
    pkgconfig = one(root, "bices-label.pc")
    environment = dict(os.environ, PKG_CONFIG_LIBDIR=str(pkgconfig.parent), PKG_CONFIG_SYSROOT_DIR=str(root))
    environment.pop("PKG_CONFIG_PATH", None)
    version = must("pkg-config", "--modversion", "bices-label", env=environment).strip()
    assert one(root, "libbices-label.so.*.*.*").name.endswith(f".so.{version}")
    return must("pkg-config", which, "bices-label", env=environment).split()


def compile_alone(folder, root, name, text):
    """Each header alone and first, under another project's warnings."""
    (folder / name).write_text(text)
    must("cc", *STRICT, *flags(root, "--cflags"), "-c", name, "-o", "alone.o", cwd=folder)


def check_example(folder, root):
    shutil.copy(ROOT / "docs/examples/decide.c", folder)
    must("cc", *STRICT, *flags(root, "--cflags"), "decide.c", *flags(root, "--libs"), "-o", "decide", cwd=folder)
    environment = dict(os.environ, LD_LIBRARY_PATH=str(one(root, "libbices-label.so.*.*.*").parent))
    (folder / "clearance.xml").write_text(CLEARANCE)
    for classification, code, words in (("SECRET", 0, "NATO SECRET\npermit\n"), ("RESTRICTED", 1, "deny\n"), ("UNKNOWN", 1, "UNKNOWN")):
        (folder / "label.xml").write_text(LABEL.format(classification))
        got, out, complaint = run("./decide", ROOT / "policy/nato.xml", "label.xml", "clearance.xml", cwd=folder, env=environment)
        assert got == code and words in out + complaint, f"{classification}: exit {got}: {out}{complaint}"


def main():
    with tempfile.TemporaryDirectory(prefix="bices-library-") as name:
        folder, root = pathlib.Path(name), pathlib.Path(name) / "root"
        must("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", root, "--tags", "bices-label,devel,man")
        exported = check_symbols(root)
        compile_alone(folder, root, "alone.c", "#include <bices/label.h>\nint main(void) { return policy_set_new() == NULL; }\n")
        compile_alone(folder, root, "binding.c", "#include <bices/binding.h>\nint main(void) { return binding_is_id(SLICE(\"a\")); }\n")
        compile_alone(folder, root, "free.c", "#include <bices/label.h>\n#include <string.h>\nint main(void) { char a[2]; strcpy(a, \"b\"); return a[0]; }\n")
        check_example(folder, root)
        assert "libbices-label" in one(root, "libbices-label.3*").read_text()
    print(f"{exported} functions exported, example runs")


main()
