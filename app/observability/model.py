"""What is counted of the language model. Nothing of what was said."""

from itertools import product

from prometheus_client import Counter, Gauge

from app.observability.upstreams import Calls

KINDS = ("name", "location", "phone", "email", "matterType", "question", "words")
OUTCOMES = (
    *("ok", "nonsense", "refused", "too_long", "unreadable"),
    *("timeout", "unavailable", "rate_limited", "rejected"),
    *("held_back", "over_budget"),
)

calls = Calls("llm", ("propose",), OUTCOMES)
tokens = Counter(
    "team_secrets_llm_tokens", "Tokens as the model's server counted them.", ["direction"]
)
proposals = Counter(
    "team_secrets_llm_proposals",
    "What the model proposed, by kind, and whether it passed our checks.",
    ["kind", "outcome"],
)
places_in_use = Gauge(
    "team_secrets_llm_places_in_use",
    "Calls of the model in progress.",
    multiprocess_mode="livesum",
)
places_allowed = Gauge(
    "team_secrets_llm_places_allowed",
    "Calls of the model that may be in progress, over all workers.",
    multiprocess_mode="livesum",
)
for _direction in ("prompt", "answer"):
    tokens.labels(_direction)
for _kind, _outcome in product(KINDS, ("kept", "dropped")):
    proposals.labels(_kind, _outcome)


def count_tokens(prompt: int, answer: int) -> None:
    tokens.labels("prompt").inc(prompt)
    tokens.labels("answer").inc(answer)


def count_proposal(kind: str, kept: bool) -> None:
    proposals.labels(kind, "kept" if kept else "dropped").inc()
