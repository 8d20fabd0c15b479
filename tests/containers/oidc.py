"""A company's login for the guide: Vault's own OIDC provider stands in for it."""

import json

from tests.containers.conftest import Site

_REDIRECT = "https://localhost:8200/ui/vault/auth/oidc/oidc/callback"
_PROVIDER = "https://vault:8200/v1/identity/oidc/provider/default"


def offer(site: Site) -> None:
    """Registers Vault at the provider, and gives the guide's shell what a person would be given."""
    installation = site.installation
    installation.keep_keys(site.keys)
    token = installation.execute("init", "python", "-m", "deploy", "root-token").strip()

    def vault(*arguments: str) -> str:
        return installation.compose(
            "exec", "-T", "-e", f"VAULT_TOKEN={token}", "vault", "vault", *arguments
        )

    client = "identity/oidc/client/vault"
    vault("write", client, f"redirect_uris={_REDIRECT}", "assignments=allow_all")
    made = json.loads(vault("read", "-format=json", client))["data"]
    vault("token", "revoke", "-self")
    site.shell.run(
        f"OIDC_URL={_PROVIDER}\n"
        f"OIDC_CLIENT_ID={made['client_id']}\n"
        f"OIDC_CLIENT_SECRET={made['client_secret']}\n"
        "cp ca.crt oidc-ca.pem\n"
    )


def log_in(site: Site, token: str) -> list[str]:
    """The policies of a login through the provider, where `token`'s owner is signed in."""
    http, base = site.installation.session(), "https://localhost:8200/v1"
    asked = http.post(
        f"{base}/auth/oidc/oidc/auth_url",
        json={"role": "operator", "redirect_uri": _REDIRECT, "client_nonce": "nonce"},
        timeout=10,
    ).json()["data"]["auth_url"]
    query = asked.partition("?")[2]
    code = http.get(
        f"{base}/identity/oidc/provider/default/authorize?{query}",
        headers={"X-Vault-Token": token},
        timeout=10,
    ).json()
    answer = http.get(
        f"{base}/auth/oidc/oidc/callback",
        params={"code": code["code"], "state": code["state"], "client_nonce": "nonce"},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["auth"]["token_policies"])
