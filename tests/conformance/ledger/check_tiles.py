#!/usr/bin/env python3
"""Reads a ledger as other programs would: exports it as C2SP tlog-tiles and checks entries, tiles, root and signature with
code that shares nothing with ours. Usage: check_tiles.py BICES LEDGER_DIR"""
import base64
import hashlib
import pathlib
import subprocess
import sys
import tempfile

# the fixed head of a SubjectPublicKeyInfo for Ed25519 (RFC 8410)
SPKI_ED25519 = bytes.fromhex("302a300506032b6570032100")


def tree_root(hashes):
    """RFC 6962 2.1"""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + tree_root(hashes[:k]) + tree_root(hashes[k:])).digest()


def tile_path(kind, number, width):
    parts = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        parts.insert(0, f"x{number % 1000:03}")
    return f"tile/{kind}/" + "/".join(parts) + (f".p/{width}" if width < 256 else "")


def read_tiles(root, kind, count):
    for number in range((count + 255) // 256):
        width = min(256, count - number * 256)
        yield width, (root / tile_path(kind, number, width)).read_bytes()


def read_entries(root, size):
    entries = []
    for width, data in read_tiles(root, "entries", size):
        at = 0
        for _ in range(width):
            length = int.from_bytes(data[at:at + 2], "big")
            entries.append(data[at + 2:at + 2 + length])
            at += 2 + length
        assert at == len(data), "octets behind the last entry of a bundle"
    return entries


def check_levels(root, leaves):
    level, hashes, seen = 0, leaves, {"checkpoint"}
    seen |= {tile_path("entries", n, min(256, len(leaves) - n * 256)) for n in range((len(leaves) + 255) // 256)}
    while hashes:
        for number, (width, data) in enumerate(read_tiles(root, level, len(hashes))):
            assert data == b"".join(hashes[number * 256:number * 256 + width]), f"tile {level}/{number}"
            seen.add(tile_path(level, number, width))
        hashes = [tree_root(hashes[i:i + 256]) for i in range(0, len(hashes) - 255, 256)]
        level += 1
    found = {str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()}
    assert found == seen, f"files: {found ^ seen}"


def check_signature(note, key, folder):
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    name, encoded = lines.splitlines()[0].removeprefix("\u2014 ").split(" ")
    octets = base64.b64decode(encoded, validate=True)
    assert octets[:4] == hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4], "key id"
    for file, data in (("key", SPKI_ED25519 + key), ("text", text.encode()), ("signature", octets[4:])):
        (folder / file).write_bytes(data)
    subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", folder / "key", "-rawin",
                    "-in", folder / "text", "-sigfile", folder / "signature"], check=True, stdout=subprocess.DEVNULL)
    return text.splitlines()


def main(bices, directory):
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        out = scratch / "tiles"
        subprocess.run([bices, "ledger", "tiles", "--dir", directory, "--out", out], check=True)
        key = (pathlib.Path(directory) / "journal").read_bytes()[16:48]
        origin, size, root = check_signature((out / "checkpoint").read_text(), key, scratch)
        entries = read_entries(out, int(size))
        leaves = [hashlib.sha256(b"\x00" + entry).digest() for entry in entries]
        check_levels(out, leaves)
        assert base64.b64encode(tree_root(leaves)).decode() == root, "root"
        print(f"{origin}: {size} entries, tiles, root and signature agree")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
