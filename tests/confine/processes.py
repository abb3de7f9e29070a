"""The master and parse as real processes: start, restart, orderly end, and what a node says when it cannot start.

usage: processes.py BUILD [unittest arguments]; needs root for the parts that confine, else it is skipped (exit 77)."""
import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "build"
ROLES = ["front", "store", "parse", "guard", "seal", "ledger", "link"]
GIVE, BEGIN, READY, NEIGHBOR, REFUSED, LABEL_XML, COMPILE, OCTETS = 1, 2, 3, 4, 6, 102, 103, 104
MASTER, FRONT, PARSE = 0, 1, 3
SKIPPED = 77


def wait_for(condition, seconds=10):
    """The condition's value as soon as it is true, or at the end."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return value


def bices(*arguments):
    return subprocess.run([BUILD / "bices", *map(str, arguments)], capture_output=True, text=True, timeout=60)


class Node:
    """A node's directory in a folder that is removed afterwards."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bices-processes-"))
        self.directory = self.folder / "KOR"
        self.port = random.randrange(20000, 30000)
        self.process = None
        (self.folder / "clearance").write_text("PUBLIC|UNMARKED\n")
        (self.folder / "password").write_text("a password\n")
        made = bices("init", self.directory, "--nation", "KOR", "--clearance", self.folder / "clearance", "--listen-base", self.port,
                     "--user-id-base", 61800, "--policy", ROOT / "policy" / "public.xml")
        assert made.returncode == 0, made.stderr
        (self.directory / "release.table").write_text("all * * * PUBLIC:UNMARKED\n")
        made = bices("roster", "make", "--out", self.directory / "roster", self.directory)
        assert made.returncode == 0, made.stderr

    def start(self, *options):
        self.output = open(self.folder / "output", "w+")
        self.process = subprocess.Popen([BUILD / "bices", "run", self.directory, *options], stdout=self.output, stderr=self.output)

    def is_ready(self):
        return (self.directory / "pid" / "ready").exists()

    def role(self, name):
        try:
            return int((self.directory / "pid" / name).read_text())
        except (FileNotFoundError, ValueError):
            return None

    def said(self):
        return (self.folder / "output").read_text()

    def log(self):
        return (self.directory / "log").read_text()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        return self.process.returncode if self.process else None

    def remove(self):
        self.stop()
        if self.process:
            self.output.close()
        shutil.rmtree(self.folder)


class MasterTest(unittest.TestCase):
    def setUp(self):
        self.node = Node()
        self.addCleanup(self.node.remove)

    def test_a_node_starts_every_role_confined_and_under_a_user_of_its_own(self):
        self.node.start()
        self.assertTrue(wait_for(self.node.is_ready), self.node.said() + self.node.log())
        users = set()
        for name in ROLES:
            process = self.node.role(name)
            status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines() if ":\t" in line)
            self.assertEqual(os.path.basename(os.readlink(f"/proc/{process}/exe")), f"bices-{name}")
            self.assertEqual(status["Seccomp"], "2", name)
            self.assertEqual(status["NoNewPrivs"], "1", name)
            self.assertEqual(int(status["CapEff"], 16), 0, name)
            users.add(status["Uid"].split()[0])
            own_network = os.readlink(f"/proc/{process}/ns/net") != os.readlink("/proc/self/ns/net")
            self.assertEqual(own_network, name != "link", name)
        self.assertEqual(len(users), len(ROLES))
        self.assertNotIn("0", users)
        self.assertEqual(int((self.node.directory / "pid" / "bicesd").read_text()), self.node.process.pid)

    def test_no_role_inherits_a_descriptor_of_whoever_started_the_node(self):
        with open("/etc/passwd") as secret:
            os.set_inheritable(secret.fileno(), True)
            self.node.output = open(self.node.folder / "output", "w+")
            self.node.process = subprocess.Popen([BUILD / "bices", "run", self.node.directory], pass_fds=[secret.fileno()],
                                                 stdout=self.node.output, stderr=self.node.output)
            self.assertTrue(wait_for(self.node.is_ready), self.node.said())
        for name in ROLES:
            folder = pathlib.Path(f"/proc/{self.node.role(name)}/fd")
            self.assertNotIn("/etc/passwd", [os.readlink(entry) for entry in folder.iterdir()], name)

    def test_guard_seal_store_and_ledger_hold_no_socket_but_their_channels(self):
        self.node.start()
        self.assertTrue(wait_for(self.node.is_ready), self.node.said())
        internet = set()
        for table in ("tcp", "tcp6", "udp", "udp6"):
            rows = pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]
            internet.update(f"socket:[{row.split()[9]}]" for row in rows)
        for name in ("guard", "seal", "store", "ledger", "parse"):
            folder = pathlib.Path(f"/proc/{self.node.role(name)}/fd")
            self.assertFalse(internet & {os.readlink(entry) for entry in folder.iterdir()}, name)

    def test_a_role_that_dies_is_started_again_with_growing_delay(self):
        self.node.start(*[word for name in ROLES if name != "guard" for word in ("--hold-role", name)])
        self.assertTrue(wait_for(self.node.is_ready), self.node.said())
        delays = []
        for _ in range(2):
            before = wait_for(lambda: self.node.role("guard"))
            os.kill(before, signal.SIGKILL)
            killed = time.monotonic()
            self.assertTrue(wait_for(lambda: self.node.role("guard") not in (None, before)), self.node.log())
            delays.append(time.monotonic() - killed)
            self.assertTrue(wait_for(self.node.is_ready))
        self.assertTrue(0.9 < delays[0] < 1.8, delays)
        self.assertTrue(1.9 < delays[1] < 2.8, delays)
        self.assertIn("ended by signal 9", self.node.log())

    def test_a_held_role_stays_down_and_the_rest_is_ready(self):
        self.node.start("--hold-role", "seal")
        self.assertTrue(wait_for(self.node.is_ready), self.node.said())
        self.assertIsNone(self.node.role("seal"))
        doctor = bices("doctor", self.node.directory)
        self.assertEqual(doctor.returncode, 0, doctor.stdout)
        self.assertIn("down on purpose", doctor.stdout)

    def test_an_orderly_end_leaves_no_process_and_no_file_of_one(self):
        self.node.start()
        self.assertTrue(wait_for(self.node.is_ready), self.node.said())
        processes = [self.node.role(name) for name in ROLES]
        began = time.monotonic()
        self.assertEqual(self.node.stop(), 0)
        self.assertLess(time.monotonic() - began, 4)
        self.assertEqual([p for p in processes if os.path.exists(f"/proc/{p}")], [])
        self.assertEqual(list((self.node.directory / "pid").iterdir()), [])

    def test_roles_end_when_their_master_is_killed(self):
        self.node.start()
        self.assertTrue(wait_for(self.node.is_ready), self.node.said())
        processes = [self.node.role(name) for name in ROLES]
        self.node.process.kill()
        self.node.process.wait()
        gone = lambda: all(not os.path.exists(f"/proc/{p}") or "\nState:\tZ" in pathlib.Path(f"/proc/{p}/status").read_text() for p in processes)
        self.assertTrue(wait_for(gone))

    def test_a_used_port_is_named_with_its_address_and_the_way_out(self):
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", self.node.port + 100))
            taken.listen()
            self.node.start()
            self.assertEqual(self.node.process.wait(20), 3)
        self.assertIn(f"listen-admin: the address 127.0.0.1:{self.node.port + 100} is in use", self.node.said())
        self.assertIn("node.conf", self.node.said())

    def test_a_second_master_is_refused_and_the_first_runs_on(self):
        self.node.start()
        self.assertTrue(wait_for(self.node.is_ready), self.node.said())
        second = bices("run", self.node.directory)
        self.assertEqual(second.returncode, 3)
        self.assertIn("runs already", second.stderr)
        self.assertTrue(self.node.is_ready())

    def test_a_wrong_setting_and_a_broken_policy_are_named_with_their_line(self):
        settings = self.node.directory / "node.conf"
        good = settings.read_text()
        settings.write_text(good + "colour red\n")
        self.node.start()
        self.assertEqual(self.node.process.wait(20), 2)
        self.assertIn(f"node.conf:{len(good.splitlines()) + 1}: unknown setting 'colour'", self.node.said())
        self.node.output.close()
        (self.node.folder / "broken.xml").write_text("<SPIF\n<")
        settings.write_text(good.replace(str(ROOT / "policy" / "public.xml"), "../broken.xml"))
        self.node.start()
        self.assertEqual(self.node.process.wait(20), 2)
        self.assertIn("policy ../broken.xml:2: ", self.node.said())

    def test_config_check_names_every_problem(self):
        self.assertEqual(bices("config", "check", self.node.directory).returncode, 0)
        (self.node.directory / "keys" / "feed.seed").write_bytes(b"short")
        (self.node.directory / "keys" / "link.key").unlink()
        (self.node.directory / "release.table").write_text("nonsense\n")
        checked = bices("config", "check", self.node.directory)
        self.assertEqual(checked.returncode, 1)
        for part in ("feed.seed: has 5 octets, not 32", "link.key", "release.table:1"):
            self.assertIn(part, checked.stderr)

    def test_init_refuses_to_overwrite_a_node_and_user_add_a_user(self):
        again = bices("init", self.node.directory, "--nation", "KOR", "--clearance", self.node.folder / "clearance", "--listen-base", 9000,
                      "--policy", ROOT / "policy" / "public.xml")
        self.assertEqual(again.returncode, 3)
        add = ("user", "add", self.node.directory, "analyst", "--roles", "analyst,release", "--password-file", self.node.folder / "password")
        self.assertEqual(bices(*add).returncode, 0)
        self.assertEqual(bices(*add).returncode, 1)
        line = (self.node.directory / "users").read_text().rstrip("\n").split("\t")
        self.assertEqual(line[0], "analyst")
        self.assertTrue(line[1].startswith("$argon2id$v=19$m=19456,t=2,p=1$"))
        self.assertEqual(line[2:], ["analyst release", ""])
        self.assertEqual((self.node.directory / "secrets" / "analyst.key").stat().st_mode & 0o777, 0o600)


def field(tag, value):
    return bytes([tag]) + len(value).to_bytes(3, "big") + value


def packet(kind, request, body, flags=0):
    return struct.pack(">IHHQ", len(body), kind, flags, request) + body


class ParseTest(unittest.TestCase):
    """Speaks to one bices-parse as its master and its front."""

    def setUp(self):
        self.master, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.front, neighbor = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        place = lambda: os.dup2(end.fileno(), 3)
        self.parse = subprocess.Popen([BUILD / "bices-parse"], preexec_fn=place, pass_fds=[3] if end.fileno() == 3 else [], close_fds=False,
                                      stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end.close()
        socket.send_fds(self.master, [packet(NEIGHBOR, 0, field(1, bytes([FRONT])), 2)], [neighbor.fileno()])
        neighbor.close()
        self.master.send(packet(BEGIN, 0, field(1, b"KOR") + field(2, b"real") + field(3, b"\1")))
        for end in (self.master, self.front):
            end.settimeout(40)
        self.assertEqual(self.receive()[0], READY)

    def tearDown(self):
        self.master.close()
        self.assertEqual(self.parse.wait(10), 0)
        self.front.close()

    def receive(self, end=None):
        octets, descriptors, _, _ = socket.recv_fds(end or self.master, 70000, 2)
        for descriptor in descriptors:
            os.close(descriptor)
        _, kind, _, request = struct.unpack(">IHHQ", octets[:16])
        return kind, request, octets[16:]

    def compile(self, request, xml):
        self.master.send(packet(COMPILE, request, field(1, xml)))

    def children(self):
        return pathlib.Path(f"/proc/{self.parse.pid}/task/{self.parse.pid}/children").read_text().split()

    def test_a_policy_is_compiled_and_its_reader_is_gone_afterwards(self):
        self.compile(7, (ROOT / "policy" / "public.xml").read_bytes())
        kind, request, body = self.receive()
        self.assertEqual((kind, request), (OCTETS, 7))
        self.assertGreater(len(body), 16)
        self.assertTrue(wait_for(lambda: not self.children()))

    def test_a_broken_document_is_refused_and_the_next_one_is_read(self):
        self.compile(1, b"<!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>")
        self.assertEqual(self.receive()[:2], (REFUSED, 1))
        self.front.send(packet(LABEL_XML, 2, field(1, b"<label/>")))
        self.assertEqual(self.receive(self.front)[:2], (REFUSED, 2))
        self.compile(3, (ROOT / "policy" / "public.xml").read_bytes())
        self.assertEqual(self.receive()[:2], (OCTETS, 3))

    def test_many_documents_at_once_are_all_answered_by_few_processes(self):
        xml, most = (ROOT / "policy" / "public.xml").read_bytes(), 0
        for request in range(1, 41):
            self.compile(request, xml)
        answered = set()
        for _ in range(40):
            most = max(most, len(self.children()))
            kind, request, _ = self.receive()
            self.assertEqual(kind, OCTETS)
            answered.add(request)
        self.assertEqual(answered, set(range(1, 41)))
        self.assertLessEqual(most, 4)

    def test_a_reader_that_dies_is_a_document_that_cannot_be_read(self):
        os.kill(self.parse.pid, signal.SIGSTOP)
        huge = b"<SPIF>" + b"<a>" * 20000
        self.compile(9, huge)
        os.kill(self.parse.pid, signal.SIGCONT)
        killed = False
        for _ in range(2000):
            for child in self.children():
                try:
                    os.kill(int(child), signal.SIGKILL)
                    killed = True
                except ProcessLookupError:
                    pass
            if killed:
                break
        kind, request, _ = self.receive()
        self.assertEqual((kind, request), (REFUSED, 9))
        self.compile(10, (ROOT / "policy" / "public.xml").read_bytes())
        self.assertEqual(self.receive()[:2], (OCTETS, 10))


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("skipped: nodes are confined by root; run this test as root")
        sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
