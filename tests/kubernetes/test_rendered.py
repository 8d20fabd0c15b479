"""What `kubectl kustomize` makes of the example overlay."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from tests.deploy import manifests
from tests.deploy.manifests import Document, name_of


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, with the files that its owner adds."""
    copy = tmp_path_factory.mktemp("kubernetes") / "kubernetes"
    shutil.copytree(manifests.KUBERNETES, copy)
    example = copy / "example"
    subprocess.run([example / "make-cache-secret.sh"], check=True)
    (example / "vault-ca.crt").write_text("-----BEGIN CERTIFICATE-----\n")
    return example


@pytest.fixture(scope="module")
def rendered(overlay: Path) -> list[Document]:
    command = ["kubectl", "kustomize", str(overlay)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [document for document in yaml.safe_load_all(text) if document]


def test_the_guides_blocks_make_an_overlay_that_renders(tmp_path: Path) -> None:
    """Each block of docs/kubernetes.md that needs no cluster, in order."""
    shutil.copytree(manifests.KUBERNETES, tmp_path / "deploy" / "kubernetes")
    authority = tmp_path / "authority.crt"
    authority.write_text("-----BEGIN CERTIFICATE-----\n")
    guide = (manifests.KUBERNETES.parents[1] / "docs" / "kubernetes.md").read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    environ = os.environ | {"VAULT_CA": str(authority)}
    command = ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)]
    subprocess.run(command, check=True, cwd=tmp_path, env=environ)
    assert "kind: Deployment" in (tmp_path / "rendered.yaml").read_text()


def test_kubernetes_takes_it(rendered: list[Document]) -> None:
    ours = [document for document in rendered if manifests.is_kubernetes_own(document)]
    for release in manifests.RELEASES:
        for document in ours:
            kubernetes_validate.validate(document, release, strict=True)


def test_nothing_is_left_out(rendered: list[Document]) -> None:
    names = {name_of(document) for document in rendered}
    assert {name_of(document) for document in manifests.written()} <= names


def test_all_is_in_one_namespace(rendered: list[Document]) -> None:
    for document in rendered:
        if document["kind"] != "Namespace":
            assert document["metadata"]["namespace"] == "team-secrets", name_of(document)


def test_what_a_pod_refers_to_is_there(rendered: list[Document]) -> None:
    names = {name_of(document) for document in rendered}
    for pod in (d["spec"]["template"]["spec"] for d in rendered if d["kind"] == "Deployment"):
        wanted = {
            f"ConfigMap/{source['configMapRef']['name']}"
            for container in pod["containers"]
            for source in container.get("envFrom", ())
        }
        for volume in pod["volumes"]:
            if "configMap" in volume:
                wanted.add(f"ConfigMap/{volume['configMap']['name']}")
            if "secret" in volume:
                wanted.add(f"Secret/{volume['secret']['secretName']}")
        assert wanted <= names


def test_the_image_is_the_overlays(rendered: list[Document]) -> None:
    [app] = [d for d in rendered if name_of(d) == "Deployment/team-secrets"]
    [container] = app["spec"]["template"]["spec"]["containers"]
    assert container["image"].startswith("registry.example.com/team-secrets:")


def test_the_password_is_new_each_time_and_private(overlay: Path) -> None:
    first = (overlay / "secrets" / "url").read_text()
    subprocess.run([overlay / "make-cache-secret.sh"], check=True)
    second = overlay / "secrets" / "url"
    assert second.read_text() != first
    assert second.stat().st_mode & 0o077 == 0
    password = second.read_text().split(":")[2].split("@")[0]
    assert (overlay / "secrets" / "password.conf").read_text() == f"requirepass {password}\n"
