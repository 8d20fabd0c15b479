"""The probes: whether the process serves, and whether its dependencies work."""

from collections.abc import Callable

from app.errors import Ending, NotReady, NotReadyForVault
from app.schemas.operations import HealthSchema, ReadinessSchema, TrafficSchema
from app.services.readiness import Readiness, Report
from app.version import VERSION
from app.web.described_failures import fails
from app.web.envelope import Blueprint


def blueprint(readiness: Readiness, is_ending: Callable[[], bool]) -> Blueprint:
    blp = Blueprint("operations", __name__, description="Probes")

    @blp.get("/healthz")
    @blp.response(200, HealthSchema)
    def healthz() -> dict[str, str]:
        """200 while the process serves, independent of other systems."""
        return {"status": "ok", "version": VERSION}

    @blp.get("/readyz")
    @blp.response(200, ReadinessSchema)
    @fails(NotReady, NotReadyForVault)
    def readyz() -> Report:
        """200, or 503 with what is unavailable (in the details).

        A worker checks vault and cache at most once a second. `blawby` is `unknown` before the
        first call; it never causes 503.
        """
        report = readiness.check()
        if report.ready:
            return report
        refusal = NotReady if report.vault == "ok" else NotReadyForVault
        raise refusal({name: ["unavailable"] for name in report.failing})

    @blp.get("/readyz/traffic")
    @blp.response(200, TrafficSchema)
    @fails(Ending)
    def traffic() -> dict[str, str]:
        """For load balancers: 200 while this instance answers warm traffic, even without Vault.

        503 as soon as it receives TERM. It still serves for a while, so that a balancer can send
        new requests elsewhere.
        """
        if is_ending():
            raise Ending
        return {"status": "ok"}

    return blp
