"""The address guard where every address answers: a network of our own with public, private and link-local servers.

In a network namespace the loopback device holds a public address (8.8.4.4, nobody's but ours there), private ones and
the cloud's metadata address, each with a server that notes who asks. No host is allowed by name, so nothing but the
guard keeps a fetch from reaching them; only the public server may ever be asked.
"""

import json
import os
import subprocess
import sys

import pytest

INSIDE = r'''
import http.server, json, socket, subprocess, sys, threading

PUBLIC, LOOPS, SIX = "8.8.4.4", ["127.0.0.1", "::1"], "fd00::1"
FORBIDDEN = [*LOOPS, "10.0.0.1", "169.254.169.254", "192.168.7.7", "100.64.0.1", SIX]
subprocess.run("ip link set lo up".split(), check=True)
for address in [PUBLIC, *FORBIDDEN[2:]]:
    subprocess.run(f"ip addr add {address}/{128 if ':' in address else 32} dev lo".split(), check=True)
HOSTS = {"public.example": [PUBLIC], "private.example": ["10.0.0.1"], "both.example": [PUBLIC, "10.0.0.1"],
         "meta.example": ["169.254.169.254"], "six.example": ["fd00::1"], "mapped.example": ["::ffff:10.0.0.1"],
         "nat64.example": ["64:ff9b::a00:1"], "carrier.example": ["100.64.0.1"]}
turns = [[PUBLIC], ["10.0.0.1"], ["10.0.0.1"]]
real = socket.getaddrinfo

def resolve(host, port, *args, **kwargs):
    """A resolver of ours, as there is none here; "rebind.example" answers otherwise each time."""
    found = turns.pop(0) if host == "rebind.example" else HOSTS.get(host)
    if found is None:
        return real(host, port, *args, **kwargs)
    six = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (a, port, 0, 0)) for a in found if ":" in a]
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in found if ":" not in a] + six

socket.getaddrinfo = resolve
asked = []

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.server.name)
        to = self.path.partition("?to=")[2]
        self.send_response(302 if to else 200)
        if to:
            self.send_header("Location", to)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<p>words</p>")
    def log_message(self, *_):
        pass

class Server(http.server.ThreadingHTTPServer):
    def server_bind(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)

class SixServer(Server):
    address_family = socket.AF_INET6

for address in [PUBLIC, *FORBIDDEN]:
    server = (SixServer if ":" in address else Server)((address, 80), Handler)
    server.name = address
    threading.Thread(target=server.serve_forever, daemon=True).start()

from vivavoce.errors import InputError, RemoteError
from vivavoce.ingest import FetchLimits, fetch_capture

def ask(url):
    try:
        return fetch_capture(url, limits=FetchLimits(deadline_s=20.0)).body.decode()
    except (InputError, RemoteError) as error:
        return str(error)

# Every forbidden server does answer here: a plain connection reaches it.
for address in FORBIDDEN:
    socket.create_connection((address, 80), timeout=20).close()
print(json.dumps({"answers": {url: ask(url) for url in sys.argv[1:]}, "asked": sorted(set(asked))}))
'''

ATTACKS = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://127.1/",
    "http://0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://10.0.0.1/",
    "http://192.168.7.7/",
    "http://169.254.169.254/latest/meta-data/",
    "http://private.example/",
    "http://both.example/",
    "http://meta.example/",
    "http://six.example/",
    "http://mapped.example/",
    "http://nat64.example/",
    "http://carrier.example/",
    "http://public.example/?to=http://10.0.0.1/",
    "http://public.example/?to=http://169.254.169.254/",
    "http://public.example/?to=//127.0.0.1/",
    "http://public.example/?to=http://[::1]/",
    "http://public.example/?to=http://private.example/",
    "http://public.example/?to=http://rebind.example/?to=http://rebind.example/",
]


def can_part_networks() -> bool:
    """Whether this machine lets us have a network of our own."""
    try:
        done = subprocess.run(
            ["unshare", "-rn", "ip", "link", "set", "lo", "up"], capture_output=True, check=False, timeout=30
        )
    except OSError:
        return False
    return done.returncode == 0


@pytest.fixture(scope="module")
def seen() -> dict[str, dict[str, str] | list[str]]:
    """What each attack got, and which servers were asked."""
    if not can_part_networks():
        pytest.skip("this machine gives no network namespaces (unshare -rn, ip)")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        ["unshare", "-rn", sys.executable, "-c", INSIDE, "http://public.example/", *ATTACKS],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    answers: dict[str, dict[str, str] | list[str]] = json.loads(done.stdout)
    return answers


def test_no_attack_reaches_another_address_than_the_public_one(seen: dict[str, dict[str, str] | list[str]]) -> None:
    assert seen["asked"] == ["8.8.4.4"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_guard_s_own_rule_fired(seen: dict[str, dict[str, str] | list[str]], attack: str) -> None:
    assert isinstance(seen["answers"], dict)
    assert "rule: private-address" in seen["answers"][attack]


def test_a_public_server_is_reached(seen: dict[str, dict[str, str] | list[str]]) -> None:
    assert isinstance(seen["answers"], dict)
    assert seen["answers"]["http://public.example/"] == "<p>words</p>"
