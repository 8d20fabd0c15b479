"""The languages of the conversation, as data: one folder for each.

Reading order: `loading` (a folder's files), `phrasebook` (phrases in a message), `spelling`
(typing errors), `language` (a language as the readers use it, and which one a client writes in).
"""

from app.services.intake.languages.language import DEFAULT, LANGUAGES, Language, spoken
from app.services.intake.languages.phrasebook import Found, Sentences

__all__ = ["DEFAULT", "LANGUAGES", "Found", "Language", "Sentences", "spoken"]
