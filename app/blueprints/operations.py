"""Whether it serves, and whether what it needs is well."""

from dataclasses import asdict

from app.errors import NotReady
from app.schemas.operations import HealthSchema, ReadinessSchema
from app.services.readiness import Readiness, Report
from app.web.envelope import Blueprint
from app.web.failures import fails


def blueprint(readiness: Readiness) -> Blueprint:
    blp = Blueprint("operations", __name__, description="Probes")

    @blp.get("/healthz")
    @blp.response(200, HealthSchema)
    def healthz() -> dict[str, str]:
        """200 while the process serves; nothing else is asked."""
        return {"status": "ok"}

    @blp.get("/readyz")
    @blp.response(200, ReadinessSchema)
    @fails(NotReady)
    def readyz() -> Report:
        """200, or 503 with which of vault and cache is not well (in the details)."""
        report = readiness.check()
        if not report.ready:
            raise NotReady({name: [state] for name, state in asdict(report).items()})
        return report

    return blp
