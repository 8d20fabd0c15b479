"""The probes: whether the process serves, and whether the parts that it needs are well."""

from dataclasses import asdict
from http import HTTPStatus

from app.errors import NotReady
from app.schemas.operations import HealthSchema, ReadinessSchema
from app.services.readiness import Readiness, Report
from app.version import VERSION
from app.web.envelope import Blueprint


def blueprint(readiness: Readiness) -> Blueprint:
    blp = Blueprint("operations", __name__, description="Probes")

    @blp.get("/healthz")
    @blp.response(200, HealthSchema)
    def healthz() -> dict[str, str]:
        """200 while the process serves. No other part is asked."""
        return {"status": "ok", "version": VERSION}

    @blp.get("/readyz")
    @blp.response(200, ReadinessSchema)
    @blp.alt_response(503, response=HTTPStatus.SERVICE_UNAVAILABLE.name)
    def readyz() -> Report:
        """200, or 503 with which of `vault` and `cache` is not well (in `details`).

        A worker looks at them once a second at most, whoever asks. `blawby` is `unknown` until
        it was called; it never makes the service unready."""
        report = readiness.check()
        if not report.ready:
            raise NotReady({name: [state] for name, state in asdict(report).items()})
        return report

    return blp
