"""The answer of a turn: what the intake says and, once there is a matter, what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from app.domain.ids import TeamId
from app.domain.intake import Collected, Conversation, IntakeTurn
from app.domain.matter import Matter
from app.domain.payment import Payment
from app.domain.team import Team
from app.services.matters.filing import Filed
from app.services.matters.words import contact_words, matter_words
from app.services.payments.words import payment_words


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The intake is complete, and its matter is put on record."""

    name: Literal["create_matter"]
    parameters: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class ToldMatter:
    """A matter as the answer names it: `matter_id` is None where nobody could look, `stored`
    whether all that the client has told is on record, `repeat` whether it was before."""

    matter_id: str | None
    stored: bool
    repeat: bool


@dataclass(frozen=True, slots=True)
class AgentAnswer:
    """`matter` and `payment` are None until the intake is finished; `degraded`: Vault was away.
    `language` is that of `response` (a BCP 47 tag)."""

    response: str
    workflow: Literal["intake", "matter_created", "out_of_scope"]
    collected: Collected
    missing: tuple[str, ...]
    tool_calls: tuple[ToolCall, ...]
    payment: Payment | None
    matter: ToldMatter | None
    team_id: TeamId
    session_id: str
    engine: Literal["rules", "llm"]
    degraded: bool
    language: str


def with_matter(
    answer: AgentAnswer, team: Team, talk: Conversation, turn: IntakeTurn, filed: Filed
) -> AgentAnswer:
    """The answer with the matter and its payment in it. Where the matter could not be put on
    record, the intake stays open, so that the next turn tries again."""
    matter = filed.matter
    told = ToldMatter(matter.key if matter else None, filed.stored, filed.repeat)
    answer = replace(answer, payment=filed.payment, matter=told)
    if matter is None or not filed.stored:
        what = "not changed" if matter else "not stored"
        words = matter_words(what, turn.language), contact_words(team, turn.language)
        response = " ".join(filter(None, (turn.warning, *words)))
        return replace(answer, workflow="intake", response=response)
    collected = _completed(turn.collected, matter)
    return replace(
        answer,
        workflow="matter_created",
        collected=collected,
        missing=(),
        tool_calls=(create_matter(collected, turn, matter.key),),
        response=_response(team, talk, turn, filed, matter),
    )


def _response(
    team: Team, talk: Conversation, turn: IntakeTurn, filed: Filed, matter: Matter
) -> str:
    """The intake's words; where today's rules would refuse a matter that is on record, that it is.
    The bill is told once: when the matter is filed, when the client asks, and when there is a link
    that no message of ours has named."""
    link, values = filed.payment.invoice_url, {"team": team.name, "reference": matter.reference}
    if turn.workflow != "matter_created":
        parts = [turn.warning, matter_words("standing", turn.language, **values)]
    elif _is_news(talk, matter.reference):
        parts = [turn.response, matter_words("reference", turn.language, **values)]
    else:
        parts = [turn.response]
    if turn.tells_payment or not filed.repeat:
        parts.append(payment_words(filed.payment, turn.language))
    elif link and _is_news(talk, link):
        parts.append(matter_words("link", turn.language, link=link))
    return " ".join(filter(None, parts))


def _is_news(talk: Conversation, text: str) -> bool:
    """Whether no message of ours has said it, as far as the client sends them back."""
    ours = [message.content for message in talk.messages if message.role == "assistant"]
    first = len(talk.said) == 1
    return not any(text in content for content in ours) and (bool(ours) or first)


def _completed(told: Collected, matter: Matter) -> Collected:
    """What this conversation tells. Where today's rules do not hear it any more, it comes from the
    record, which was filed from this very conversation then: nothing is told to anybody else."""
    client = matter.client
    return Collected(
        name=told.name or client.name,
        location=told.location or client.location,
        phone=told.phone or client.phone,
        email=told.email or client.email,
        matter_type=told.matter_type or matter.matter_type,
        description=told.description or matter.words[0].text,
        urgency=told.urgency or matter.urgency,
    )


def create_matter(collected: Collected, turn: IntakeTurn, key: str | None = None) -> ToolCall:
    """For the latest matter of the conversation. A repeat has the same id; without `key`, it is
    not known yet."""
    latest = turn.further[-1] if turn.further else None
    return ToolCall(
        "create_matter",
        ({"matter_id": key} if key else {})
        | {
            "name": collected.name,
            "email": collected.email,
            "phone": collected.phone,
            "location": collected.location,
            "matter_type": latest.matter_type if latest else collected.matter_type,
            "description": latest.description if latest else collected.description,
            "urgency": collected.urgency,
        },
    )
