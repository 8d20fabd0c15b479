"""How much of a conversation is read: all of it, up to a limit."""

from typing import Final

FREELY: Final = 16_000
"""Characters of the client's words that are read as they are."""
_EACH = 120
"""Characters of each message after that. An answer to a question is shorter."""
_TAIL = 40


def excerpt(content: str, read: int) -> str:
    """The message, or only its beginning and end if `read` characters were read before it.

    About 28,000 characters are read in total. What is read of a message depends only on those
    before it, so that each later turn reads it in the same way.
    """
    left = max(_EACH, FREELY - read)
    if len(content) <= left:
        return content
    return f"{content[: left - _TAIL]}\n{content[-_TAIL:]}"
