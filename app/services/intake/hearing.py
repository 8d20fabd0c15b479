"""Which email address and phone number in a message are accepted as the client's."""

from collections.abc import Sequence

from app.services.intake.claims import Claims
from app.services.intake.facts import Contact, Facts, Unsure
from app.services.intake.listening.agreement import agreement
from app.services.intake.listening.contact import Heard
from app.services.intake.listening.emails import likely_meant
from app.services.intake.listening.utterance import Utterance
from app.services.intake.notes import joined

_MERE_PROVIDER = 5
"""Words of a message that says nothing else than the provider of an address."""


def hear_contact(facts: Facts, said: Utterance, kind: Contact, heard: Sequence[Heard]) -> None:
    """Accept a value that answers our question or that the client calls their own. If the client
    speaks of other people and neither is true, the value waits until the client confirms it."""
    asked = facts.asks(kind)
    if not heard and not asked and kind not in facts.unsure:
        return
    confirmed = _confirmed(facts, said, kind, heard)
    claims = Claims.of(facts, said, kind, heard)
    trusted = claims.trusted(asked=asked, settled=facts.settled)
    for one in claims.heard:
        if one in trusted or (one.value is None and asked):
            one.take_from(said)
    if trusted:
        believe(facts, kind, trusted[-1 if claims.corrects or claims.known else 0])
    elif claims.known and not confirmed:
        _doubt_known(facts, claims)
    elif not (confirmed or facts.settled):
        _doubt(facts, claims)


def _doubt_known(facts: Facts, claims: Claims) -> None:
    """Another value alone, without a word: the agent asks whether to use it instead. A question
    that the client passes over is asked only once, and the value goes to the description."""
    passed_over = facts.unsure.pop(claims.kind, None)
    if passed_over and facts.settled:
        facts.told = joined(facts.told, passed_over.value)
    other = claims.alone
    if other and other.value not in (claims.known, *facts.disowned):
        facts.unsure[claims.kind] = Unsure(str(other.value), instead=True)
        other.take_from(claims.said)


def _doubt(facts: Facts, claims: Claims) -> None:
    """Keep a value that may be another person's until the client confirms it; remember an invalid
    one."""
    waiting = claims.untold or claims.offered
    if not waiting and facts.asks(claims.kind):
        waiting = claims.lent
    invalid = {one.whose for one in claims.heard if one.value is None}
    if waiting:
        lent = waiting[0].whose == "others"
        facts.unsure[claims.kind] = Unsure(str(waiting[0].value), lent=lent)
    elif facts.asks(claims.kind):
        mistyped = not invalid.isdisjoint({"own", "untold"})
        has_none = claims.said.has(f"said.no_{claims.kind}")
        facts.trouble[claims.kind] = "invalid" if mistyped else "none" if has_none else "absent"
    elif "own" in invalid:
        facts.trouble[claims.kind] = "invalid"


def believe(facts: Facts, kind: Contact, one: Heard) -> None:
    """Store a value; one with a probable typing error only if the client writes it again."""
    value = str(one.value)
    guess = likely_meant(value) if kind == "email" else None
    doubted = facts.unsure.get("email")
    if guess and not (doubted and doubted.value == value):
        facts.unsure["email"] = Unsure(value, guess)
        facts.trouble.pop("email", None)
        return
    if getattr(facts, kind) == value:
        facts.unsure.pop(kind, None)
    else:
        facts.store(kind, value)


def _confirmed(facts: Facts, said: Utterance, kind: Contact, heard: Sequence[Heard]) -> bool:
    """Apply the answer to "is that your own?": yes accepts the value, no drops it. The part that we
    guessed ("*gmail.com") is a yes."""
    doubted = facts.unsure.get(kind)
    if doubted is None or any(one.value for one in heard):
        return False
    answer = agreement(said) if facts.confirming == kind else None
    meant = doubted.guess is not None and _names_provider(doubted.guess, said)
    if answer == "no" and not meant:
        del facts.unsure[kind]
        facts.disowned |= {doubted.value}
        facts.added = "kept" if facts.settled else None
    elif answer == "yes" or meant:
        facts.store(kind, doubted.guess or doubted.value)
        if meant and len(said.words) <= _MERE_PROVIDER:
            said.take(0, len(said.text))
    else:
        return False
    return True


def _names_provider(address: str, said: Utterance) -> bool:
    """ "*gmail.com", "oops, gmail", ".com not .con"."""
    domain = address.rpartition("@")[2]
    ending = said.low.strip(" *\"'").startswith(f".{domain.rpartition('.')[2]}")
    return ending or domain in said.low or domain.partition(".")[0] in said.words
