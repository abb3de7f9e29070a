"""One bad client must not keep the others out."""
import http.client
import json
import socket
import ssl
import threading
import time


def test_a_flood_of_wrong_passwords_does_not_slow_who_is_signed_in(coalition):
    c = coalition
    node = c.node("NATO")
    context = ssl.create_default_context(cafile=str(c.folder / node["ca_file"]))
    host, port = node["url"].removeprefix("https://").split(":")
    token = json.loads(c.curl("NATO", "/api/v1/session", "analyst", "-X", "POST")[1])["token"]
    stop = threading.Event()

    def guess(number):
        while not stop.is_set():
            line = http.client.HTTPSConnection(host, int(port), context=context, timeout=30)
            try:
                line.request("GET", "/api/v1/status", headers={"Authorization": "Basic " + __import__("base64").b64encode(f"nobody{number}:x".encode()).decode()})
                line.getresponse().read()
            except OSError:
                pass
            line.close()

    threads = [threading.Thread(target=guess, args=(i,), daemon=True) for i in range(24)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    mine, slowest = http.client.HTTPSConnection(host, int(port), context=context, timeout=30), 0
    try:
        for _ in range(30):
            began = time.monotonic()
            mine.request("GET", "/api/v1/search?q=x&count=true", headers={"Authorization": f"Bearer {token}"})
            answer = mine.getresponse()
            answer.read()
            assert answer.status == 200
            slowest = max(slowest, time.monotonic() - began)
    finally:
        stop.set()
        for thread in threads:
            thread.join(40)
    assert slowest < 1.0, f"{slowest:.2f} s for somebody who is signed in"


def test_half_open_connections_do_not_keep_users_out(coalition):
    c = coalition
    host, port = c.node("USA")["url"].removeprefix("https://").split(":")
    held = []
    try:
        for address in ("127.0.0.2", "127.0.0.3", "127.0.0.4"):
            for _ in range(350):
                line = socket.socket()
                line.bind((address, 0))
                line.settimeout(5)
                line.connect((host, int(port)))
                held.append(line)
        began = time.monotonic()
        assert c.eventually(lambda: c.run("USA", "analyst", "status").returncode == 0, 20, 0.5)
        assert time.monotonic() - began < 15
    finally:
        for line in held:
            line.close()
