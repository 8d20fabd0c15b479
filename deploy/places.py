"""The directories that the containers share: each is a volume, in every container at this path."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """`root` is `/installation` in a container."""

    root: Path = Path("/installation")

    @property
    def authority(self) -> Path:
        """The private key of the certificate authority. Only `setup` mounts it."""
        return self.root / "authority"

    @property
    def authority_certificate(self) -> Path:
        """What every client verifies Vault and Valkey with."""
        return self.root / "trust" / "ca.crt"

    @property
    def vault_tls(self) -> Path:
        return self.root / "vault-tls"

    @property
    def cache(self) -> Path:
        """Valkey's certificate and password."""
        return self.root / "cache"

    @property
    def cache_url(self) -> Path:
        """Valkey's address with the password in it, for the app."""
        return self.root / "cache-login" / "url"

    @property
    def proxy_tls(self) -> Path:
        return self.root / "proxy-tls"

    @property
    def seal_key(self) -> Path:
        """OpenBao's static seal, where it is used."""
        return self.root / "seal" / "key"

    @property
    def keys(self) -> Path:
        """What `init` keeps: unseal keys, its own login, the operator's password."""
        return self.root / "keys"

    @property
    def credentials(self) -> Path:
        """The service's login: `role-id` and `secret-id`."""
        return self.root / "credentials"

    @property
    def watcher(self) -> Path:
        """Prometheus' token for Vault's metrics, apart from what else `init` makes."""
        return self.root / "watcher"
