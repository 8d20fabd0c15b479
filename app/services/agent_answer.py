"""The answer of a turn: the intake's response and, after completion, the matter and its payment."""

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

_END_WORDS = 3


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The intake is complete, and its matter is being stored."""

    name: Literal["create_matter"]
    parameters: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class ToldMatter:
    """A matter in an answer: `matter_id` is None if the store did not answer, `stored` means that
    everything the client said is on record (a full record takes no more), `repeat` that the matter
    existed before."""

    matter_id: str | None
    stored: bool
    repeat: bool


@dataclass(frozen=True, slots=True)
class AgentAnswer:
    """`matter` and `payment` are None until the intake is complete; `degraded`: Vault
    or the language model was unavailable. `language` is that of `response` (a BCP 47 tag)."""

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
    """The answer with the matter and its payment. If the matter could not be stored, the intake
    stays open, so that the next turn tries again."""
    matter = filed.matter
    stored = filed.stored and not filed.dropped
    told = ToldMatter(matter.key if matter else None, stored, filed.repeat)
    degraded = answer.degraded or filed.is_degraded
    answer = replace(answer, payment=filed.payment, matter=told, degraded=degraded)
    if matter is None or not filed.stored:
        what = "not changed" if matter else "deleted" if filed.repeat else "not stored"
        words = (
            matter_words(what, turn.language, team=team.name),
            contact_words(team, turn.language),
        )
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
    """Return the intake's words; if today's rules would reject a matter on record, say that it
    exists. The bill is mentioned when the matter is filed, when the client asks, and when there is
    a link that no earlier message of ours named."""
    link, values = filed.payment.invoice_url, {"team": team.name, "reference": matter.reference}
    if _is_dropped(talk, filed):
        full = matter_words("full", turn.language, **values)
        parts = [turn.warning, full, contact_words(team, turn.language)]
    elif turn.workflow != "matter_created":
        parts = [turn.warning, matter_words("standing", turn.language, **values)]
    elif _is_news(talk, matter.reference):
        parts = [turn.response, matter_words("reference", turn.language, **values)]
    else:
        parts = [turn.response]
    if turn.tells_payment or not filed.repeat:
        parts.append(payment_words(filed.payment, turn.language))
    elif link and _is_news(talk, link):
        parts.append(matter_words("link", turn.language, link=link))
    if filed.beside:
        parts.append(matter_words("beside", turn.language, **values))
    return " ".join(filter(None, parts))


def _is_dropped(talk: Conversation, filed: Filed) -> bool:
    """Whether the latest message told something that a full record did not take. What it told is
    the end of such words."""
    said = " ".join(talk.said[-1].split())
    ends = (" ".join(text.split()[-_END_WORDS:]) for text in filed.dropped)
    return any(end in said for end in ends)


def _is_news(talk: Conversation, text: str) -> bool:
    """Whether no message of ours has said it, judged by the messages that the client sent back."""
    ours = [message.content for message in talk.messages if message.role == "assistant"]
    first = len(talk.said) == 1
    return not any(text in content for content in ours) and (bool(ours) or first)


def _completed(told: Collected, matter: Matter) -> Collected:
    """Return the conversation's facts. If today's rules no longer find them, they come from the
    record, which was filed from this conversation, so that no other client's data are revealed."""
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
    """For the latest matter of the conversation. A repeat has the same id; without `key` the id is
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
