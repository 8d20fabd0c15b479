"""One Vault node, its audit log, and the disks."""

from tests.alerts.faults import vault_sealed
from tests.alerts.scene import Scene
from tests.faults.test_vault_disk import audit_disk_full


def test_vault_is_sealed(scene: Scene) -> None:
    """Teams in memory are served meanwhile, and the secrets API burns its budget."""
    scene.until_answered()
    with vault_sealed(scene):
        scene.prometheus.wait_for("VaultAway", lambda: scene.ask("Hello"))
        scene.prometheus.wait_for("ServedFromMemory", lambda: scene.ask("Hello"))
        scene.prometheus.wait_for(
            "ObjectiveBurnsFast", lambda: _look(scene), objective="secrets API answered"
        )
        assert "VaultAway" in scene.alertmanager.alerts()
    scene.prometheus.wait_until_over("VaultAway")
    scene.until_answered()


def _look(scene: Scene) -> None:
    scene.operator("GET", f"team-secrets/{scene.team_id}")


def test_the_disk_of_the_audit_log_is_full(scene: Scene) -> None:
    """Vault refuses the scrape, too, because it cannot write that down. When there is room again,
    it shows what it could not write."""
    with audit_disk_full(scene.vault):
        scene.prometheus.wait_for("VaultAway", lambda: scene.ask("Hello"))
    scene.prometheus.wait_for("VaultAuditFails")
    scene.until_answered()
    scene.prometheus.wait_until_over("VaultAway")
    scene.prometheus.wait_until_over("VaultAuditFails")


def test_a_disk_fills(scene: Scene) -> None:
    scene.disk.fill([scene.disks.pid])
    try:
        alert = scene.prometheus.wait_for("DiskFills")
        assert alert["labels"]["mountpoint"].endswith("/disk")
    finally:
        scene.disk.empty([scene.disks.pid])
    scene.prometheus.wait_until_over("DiskFills")
