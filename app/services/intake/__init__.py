"""The intake: what a conversation has told so far, and what to ask next."""

from app.services.intake.engine import RulesEngine

__all__ = ["RulesEngine"]
