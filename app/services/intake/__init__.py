"""The intake: what a conversation has told so far, and what to say next.

Reading order: `languages` (words and sentences, as data), `listening` (one message: contact details
and names), `places`, `matters` and `notes` (what it is about, in the client's words), `safety`
(danger), `facts` (the state), `hearing` and `narrative` (what is believed), `questions`, `excerpt`,
`conversation` (the replay), `answering` (what we say), `recent`, `engine`. docs/conversation.md
explains how a turn is decided.
"""

from app.services.intake.engine import RulesEngine

__all__ = ["RulesEngine"]
