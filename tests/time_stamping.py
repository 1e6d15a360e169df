"""A time-stamp authority (RFC 3161) on this machine: Debian's openssl makes the stamps, a small server gives them."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

_SETTINGS = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Test Time Stamps
O = Test Time Stamps
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[stamps]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
authorityKeyIdentifier = keyid
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = stamps.pem
certs = root.pem
signer_key = stamps.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.13762.3
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


def _run(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_authority(folder: Path) -> None:
    """Make a root and a certificate that may stamp."""
    (folder / "tsa.cnf").write_text(_SETTINGS, "utf-8")
    (folder / "serial").write_text("01\n", "utf-8")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "tsa.cnf")
    _run(folder, "req", "-x509", *key, "-extensions", "root", "-keyout", "root.key", "-out", "root.pem", "-days", "30")
    _run(folder, "req", "-new", *key, "-keyout", "stamps.key", "-out", "stamps.csr")
    signed_by = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-extfile", "tsa.cnf")
    _run(
        folder, "x509", "-req", "-in", "stamps.csr", *signed_by, "-extensions", "stamps", "-out", "stamps.pem",
        "-days", "20",
    )  # fmt: skip


@contextmanager
def serve_time_stamps(folder: Path) -> Iterator[str]:
    """Serve an authority of this folder's own; gives its address."""
    make_authority(folder)
    one_at_a_time = Lock()  # the file with the serial number

    class Authority(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            with one_at_a_time:
                (folder / "query.tsq").write_bytes(query)
                _run(folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr")
                reply = (folder / "reply.tsr").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Authority)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/stamp"
    finally:
        server.shutdown()
        server.server_close()
