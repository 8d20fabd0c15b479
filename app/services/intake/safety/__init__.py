"""Danger has priority: its detection (`danger`), the points of words for texts that no phrase knows
(`points`), and the numbers to call (`numbers`)."""

from app.services.intake.safety.danger import PERHAPS, Danger, danger_in
from app.services.intake.safety.numbers import emergency_number

__all__ = ["PERHAPS", "Danger", "danger_in", "emergency_number"]
