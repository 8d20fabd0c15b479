"""deploy/kubernetes as plain documents, without kustomize."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

KUBERNETES = Path(__file__).parents[2] / "deploy" / "kubernetes"
# Clusters from this release on take the manifests: `sleep` as a preStop is of 1.30.
RELEASES = ("1.30.0", "1.32.0", "1.37.0")
# Defined by the Prometheus operator, not by Kubernetes.
_FOREIGN = {"ServiceMonitor"}

Document = dict[str, Any]


def read(file: Path) -> list[Document]:
    return [document for document in yaml.safe_load_all(file.read_text()) if document]


def written() -> list[Document]:
    """All documents of the base, the component and the overlay, but kustomize's own."""
    files = sorted(KUBERNETES.glob("*/*.yaml"))
    return [
        document for file in files if file.name != "kustomization.yaml" for document in read(file)
    ]


def is_kubernetes_own(document: Document) -> bool:
    return document["kind"] not in _FOREIGN


def name_of(document: Document) -> str:
    return f"{document['kind']}/{document['metadata']['name']}"


def one(kind: str, name: str) -> Document:
    [found] = [document for document in written() if name_of(document) == f"{kind}/{name}"]
    return found


def pods() -> Iterator[Document]:
    """The pod templates."""
    for document in written():
        if document["kind"] == "Deployment":
            yield document["spec"]["template"]


def container() -> Document:
    """The app's."""
    [app] = one("Deployment", "team-secrets")["spec"]["template"]["spec"]["containers"]
    return dict(app)


def variables() -> dict[str, str]:
    """The app's environment, of the base and the overlay."""
    literals = [
        line
        for directory in ("base", "example")
        for generated in read(KUBERNETES / directory / "kustomization.yaml")[0][
            "configMapGenerator"
        ]
        for line in generated.get("literals", ())
    ]
    return dict(line.split("=", 1) for line in literals)


def service_token() -> Document:
    """The projected token that the app logs in with."""
    volumes = one("Deployment", "team-secrets")["spec"]["template"]["spec"]["volumes"]
    [login] = [volume for volume in volumes if volume["name"] == "vault-login"]
    [source] = login["projected"]["sources"]
    return dict(source["serviceAccountToken"])


def subject() -> str:
    """The `sub` of that token, as Kubernetes writes it."""
    namespace = read(KUBERNETES / "base" / "kustomization.yaml")[0]["namespace"]
    account = one("Deployment", "team-secrets")["spec"]["template"]["spec"]["serviceAccountName"]
    return f"system:serviceaccount:{namespace}:{account}"
