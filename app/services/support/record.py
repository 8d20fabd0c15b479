"""A matter's record in Vault as happenings, with the caller's own rights."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.ids import TeamId
from app.domain.matter import MatterLabel, MatterVersion
from app.domain.payment import dollars
from app.domain.secret import SecretString
from app.errors import Forbidden, NotFound
from app.services.matters.reading import Matters
from app.services.support.story import Happening


@dataclass(frozen=True, slots=True)
class Record:
    label: MatterLabel
    versions: Sequence[MatterVersion]


def read_record(matters: Matters, caller: SecretString, team_id: TeamId, key: str) -> Record:
    """Without the client's data. Raises `NotFound`, `MatterUnusable`, `Forbidden`."""
    label = matters.label(caller, team_id, key)
    if label is None:
        raise NotFound
    try:
        versions = matters.versions(caller, team_id, key)
    except Forbidden:  # members see the matter and not what Vault keeps about it
        versions = ()
    return Record(label, versions)


def from_record(team_id: TeamId, record: Record) -> list[Happening]:
    """Each write of the document, and the moments that its label tells of."""
    label = record.label
    bill = {
        "state": label.state.value,
        "method": label.method.value,
        "reason": label.reason.value if label.reason else None,
        "amount": dollars(label.amount),
        "invoice_id": label.invoice_id,
    }
    told = {"team_id": team_id, "matter": label.key}
    about = {"kind": label.matter_type, "urgency": label.urgency, "version": label.version}
    moments = (
        (label.created_at, "filed", told | about | bill),
        (label.started_at, "last attempt at an invoice", told),
        (label.opened_at, "opened by the team", told),
    )
    written = [
        Happening(
            each.written_at,
            "record",
            "written" if each.lives else "written, and gone since",
            told | {"version": each.version},
        )
        for each in record.versions
    ]
    return written + [
        Happening(at, "record", what, {name: v for name, v in details.items() if v is not None})
        for at, what, details in moments
        if at
    ]
