"""The languages of the conversation, as data: one folder for each.

Reading order: `loading` (a folder's files), `notation`, `phrase_tree` and `phrasebook` (phrases in
a message), `spelling` (typing errors), `language` (a language for the readers, and detection of the
client's language).
"""

from app.services.intake.languages.language import DEFAULT, LANGUAGES, Language, spoken
from app.services.intake.languages.phrasebook import Found, Sentences

__all__ = ["DEFAULT", "LANGUAGES", "Found", "Language", "Sentences", "spoken"]
