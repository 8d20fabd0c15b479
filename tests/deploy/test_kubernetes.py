"""deploy/kubernetes: valid for Kubernetes, consistent with the app, and hardened.

`make test-kubernetes` renders the same with kubectl.
"""

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from tests.deploy import manifests
from tests.deploy.manifests import Document, name_of, one

ROOT = Path(__file__).parents[2]
OURS = [document for document in manifests.written() if manifests.is_kubernetes_own(document)]
PODS = list(manifests.pods())


@pytest.mark.parametrize("release", manifests.RELEASES)
@pytest.mark.parametrize("document", OURS, ids=name_of)
def test_kubernetes_takes_each_document(document: Document, release: str) -> None:
    kubernetes_validate.validate(document, release, strict=True)


def test_each_file_is_part_of_a_kustomization() -> None:
    for directory in (path for path in manifests.KUBERNETES.iterdir() if path.is_dir()):
        [kustomization] = manifests.read(directory / "kustomization.yaml")
        there = {file.name for file in directory.glob("*.yaml")} - {"kustomization.yaml"}
        assert there == {name for name in kustomization["resources"] if name.endswith(".yaml")}


@pytest.mark.parametrize("pod", PODS, ids=lambda pod: str(pod["metadata"]["labels"]))
def test_each_pod_has_no_more_rights_than_it_needs(pod: Document) -> None:
    """`restricted`, by the Pod Security Standards, and a file system that cannot be written."""
    spec = pod["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in spec["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        assert "env" not in container
    for volume in spec["volumes"]:
        assert "emptyDir" not in volume or volume["emptyDir"]["sizeLimit"]
    mounted = {mount["name"] for each in spec["containers"] for mount in each["volumeMounts"]}
    assert mounted == {volume["name"] for volume in spec["volumes"]}


def test_the_app_does_not_wait_long_for_a_silent_name_server() -> None:
    spec = one("Deployment", "team-secrets")["spec"]["template"]["spec"]
    options = {option["name"]: option["value"] for option in spec["dnsConfig"]["options"]}
    assert options == {"timeout": "1", "attempts": "2"}


def test_a_pod_has_the_time_that_it_takes_to_end() -> None:
    spec = one("Deployment", "team-secrets")["spec"]["template"]["spec"]
    serving = (ROOT / "gunicorn.conf.py").read_text()
    [graceful] = re.findall(r"^graceful_timeout = (\d+)$", serving, re.MULTILINE)
    before = manifests.container()["lifecycle"]["preStop"]["sleep"]["seconds"]
    drain = int(manifests.variables()["DRAIN_SECONDS"])
    assert spec["terminationGracePeriodSeconds"] >= before + drain + int(graceful) + 10


def test_a_pod_that_ends_is_unready_before_it_stops_serving() -> None:
    probe = manifests.container()["readinessProbe"]
    noticed = probe["periodSeconds"] * probe["failureThreshold"]
    assert noticed < int(manifests.variables()["DRAIN_SECONDS"])


def _selected() -> list[tuple[str, dict[str, str]]]:
    """What selects pods, with its labels; a Service's and a policy's selectors differ in form."""
    found: list[tuple[str, dict[str, str]]] = []

    def walk(name: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in {"podSelector", "labelSelector"} or (
                    key == "selector" and "matchLabels" in inner
                ):
                    found.append((name, inner.get("matchLabels", {})))
                elif key == "selector":
                    found.append((name, inner))
                else:
                    walk(name, inner)
        elif isinstance(value, list):
            for inner in value:
                walk(name, inner)

    for document in OURS:
        walk(name_of(document), document)
    return found


@pytest.mark.parametrize(("name", "labels"), _selected())
def test_each_selector_finds_a_pod(name: str, labels: dict[str, str]) -> None:
    assert [pod for pod in PODS if labels.items() <= pod["metadata"]["labels"].items()]


def test_the_cache_is_reached_by_the_app_alone() -> None:
    [entry] = one("NetworkPolicy", "team-secrets-cache")["spec"]["ingress"]
    labels = one("Deployment", "team-secrets")["spec"]["template"]["metadata"]["labels"]
    assert entry["from"] == [{"podSelector": {"matchLabels": labels}}]


def test_the_ingress_does_not_lead_to_the_metrics() -> None:
    [rule] = one("Ingress", "team-secrets")["spec"]["rules"]
    [path] = rule["http"]["paths"]
    service = one("Service", path["backend"]["service"]["name"])
    assert [port["targetPort"] for port in service["spec"]["ports"]] == ["http"]


def test_the_service_monitor_finds_the_metrics_and_nothing_else() -> None:
    monitor = one("ServiceMonitor", "team-secrets")["spec"]
    labels = monitor["selector"]["matchLabels"].items()
    found = [
        document
        for document in OURS
        if document["kind"] == "Service"
        and labels <= document["metadata"].get("labels", {}).items()
    ]
    assert [service["metadata"]["name"] for service in found] == ["team-secrets-metrics"]
    [endpoint] = monitor["endpoints"]
    assert endpoint["port"] in {port["name"] for port in found[0]["spec"]["ports"]}


def test_the_guide_and_the_example_name_the_tokens_that_the_pods_have() -> None:
    guide = (ROOT / "docs" / "kubernetes.md").read_text()
    audience = manifests.service_token()["audience"]
    assert f"--jwt-audience {audience} --jwt-subject {manifests.subject()}" in guide


def test_an_overlays_password_gets_neither_into_an_image_nor_into_git() -> None:
    """Also one of an overlay that was copied from the example."""
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored.index("deploy/kubernetes") > ignored.index("!deploy")
    kept_back = (manifests.KUBERNETES / "example" / ".gitignore").read_text().split()
    [kustomization] = manifests.read(manifests.KUBERNETES / "example" / "kustomization.yaml")
    for generated in kustomization["secretGenerator"]:
        for file in generated["files"]:
            assert f"{file.split('/')[0]}/" in kept_back


def test_several_instances_share_a_cache() -> None:
    assert one("HorizontalPodAutoscaler", "team-secrets")["spec"]["minReplicas"] > 1
    assert "CACHE_REDIS_URL_FILE" in manifests.variables()
