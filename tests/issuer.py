"""An issuer of JWTs with a key of its own, as a Kubernetes cluster is one."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm

AUDIENCE = "vault"
SUBJECT = "system:serviceaccount:team-secrets:team-secrets"


class Issuer:
    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public_key(self) -> str:
        form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return self._key.public_key().public_bytes(*form).decode().strip()

    def token(self, *, lives: float = 600.0, **changes: Any) -> str:
        """One of the service's, with other claims where `changes` says so."""
        now = int(time.time())
        claims = {"aud": [AUDIENCE], "sub": SUBJECT, "iat": now, "nbf": now, "exp": now + lives}
        headers = {"kid": "one"}
        return jwt.encode(claims | changes, self._key, algorithm="ES256", headers=headers)

    @contextmanager
    def published(self) -> Iterator[str]:
        """The URL of a JWKS document with the public key."""
        key = ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        document = json.dumps({"keys": [key | {"kid": "one", "alg": "ES256", "use": "sig"}]})

        class Jwks(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(document.encode())

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Jwks) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/keys"
            server.shutdown()

    def replace(self, file: Path, text: str) -> None:
        """As a kubelet and a Vault Agent do it: a new file takes the old one's name."""
        successor = file.with_suffix(".next")
        successor.write_text(text)
        successor.replace(file)
