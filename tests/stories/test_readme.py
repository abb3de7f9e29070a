"""What the README shows is what happens: each `$ command` of its console blocks is run, and its output must be the one shown.

Ids, times, digests, passwords and sizes differ from run to run; both sides are made alike before they are compared.
"""
import os
import re
import subprocess

from coalition import ROOT

ALIKE = (
    (r"[a-z0-9-]+--[0-9a-f]{8}-[0-9a-f-]{27}", "ID"), (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"), (r"[0-9a-f]{64}", "DIGEST"),
    (r"process \d+, user id \d+", "process N, user id N"), (r"\b\d+ (sent|received|waiting|records|objects)", r"N \1"), (r"Linux \S+", "Linux N"), (r"ABI \d+", "ABI N"),
    (r"master process \d+", "master process N"), (r"last receipt (none|TIME)", "last receipt TIME"), (r"size \d+", "size N"), (r"root  \S+", "root  HASH"), (r"\d+ (record|checkpoint|octet|page)", r"N \1"))


def alike(text):
    for pattern, name in ALIKE:
        text = re.sub(pattern, name, text)
    return [line.rstrip() for line in text.strip().splitlines()]


def steps():
    """(command, expected output) of every console block, in order."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            lines = part.splitlines()
            more = [line for line in lines[1:] if line.startswith(">")]
            command = "\n".join([lines[0]] + [line[2:] if line.startswith("> ") else "" for line in more])
            found.append((command, "\n".join(lines[1 + len(more):])))
    return found


def test_the_tour_of_the_readme_runs_as_it_is_written(coalition):
    c = coalition
    environment = dict(os.environ)
    named = {}
    listed = steps()
    assert len(listed) >= 10
    for command, expected in listed:
        for name, value in named.items():
            command = command.replace(name, value)
        done = subprocess.run(["bash", "-c", f"{command}\nstatus=$?\nenv -0 >.environment\nexit $status"], cwd=c.folder, env=environment, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for row in (c.folder / ".environment").read_text().split("\0"):
            if row.startswith("BICES_"):
                environment[row.split("=", 1)[0]] = row.split("=", 1)[1]
        shown = re.search(r"[a-z0-9-]+--[0-9a-f]{8}-[0-9a-f-]{27}", expected)
        got = re.search(r"[a-z0-9-]+--[0-9a-f]{8}-[0-9a-f-]{27}", done.stdout)
        if shown and got:
            named[shown.group()] = got.group()
        if "put" in command or "approve" in command or "recall" in command:
            import time
            time.sleep(1.5)
        assert alike(done.stdout) == alike(expected), f"$ {command}\n{done.stdout}"
