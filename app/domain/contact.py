"""A client's e-mail address or phone, written in one way only."""

import unicodedata

import idna


def normal_contact(text: str) -> str:
    """Ignores case, and how a letter or a domain is encoded. Letters that merely look alike stay
    different: `strasse@` and `straße@` are two mailboxes."""
    text = unicodedata.normalize("NFC", text).strip().lower()
    local, at, domain = text.rpartition("@")
    if not at or domain.isascii():
        return text
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return text
