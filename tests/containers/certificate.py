"""An operator's own certificate, as a public authority would give it."""

from pathlib import Path

from deploy.authority import Authority
from deploy.pair import certificate_pem, key_pem


def own_certificate(directory: Path) -> None:
    """Writes `fullchain.pem`, `privkey.pem`, and `own-ca.pem` to verify them with."""
    kept = directory / "another-authority"
    kept.mkdir()
    authority = Authority.kept_in(kept)
    pair = authority.issue(["localhost"])
    (directory / "fullchain.pem").write_bytes(certificate_pem(pair.chain[0]))
    (directory / "privkey.pem").write_bytes(key_pem(pair.key))
    (directory / "own-ca.pem").write_bytes(authority.pem)
