"""A configuration that somebody wrote by hand: what is sound is used, what is not is named."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from app.schemas.stored_config import read_config
from app.schemas.team_config import ConfigSchema
from app.schemas.teams import TeamSchema

KNOWN = sorted(ConfigSchema().fields)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
_names = st.sampled_from([*KNOWN, "apiKey", "more"]) | st.text(max_size=5)
SOUND = {
    "requiresPayment": True,
    "consultationFee": 75.5,
    "jurisdiction": {"type": "state", "supportedStates": ["NC"], "more": 1},
    "anything": {"deep": [1, None, "text"]},
}


def test_what_the_api_stores_comes_back_as_it_is() -> None:
    config, ignored = read_config(SOUND)
    assert (dict(config.document), ignored) == (SOUND, ())


@given(st.dictionaries(_names, _values, max_size=5))
def test_what_is_used_is_what_the_api_would_take(document: dict[str, object]) -> None:
    """Every property of the configuration can be read, and the whole could be sent again."""
    config, ignored = read_config(document)
    sound = dict(config.document)
    for name in ("requires_payment", "consultation_fee", "payment_link", "available_services"):
        getattr(config, name)
    assert (config.jurisdiction, config.blawby_enabled) is not None
    TeamSchema().load({"slug": "s", "name": "N", "config": sound})
    orjson.dumps(sound)
    assert read_config(sound) == (config, ())
    assert bool(ignored) == (sound != document)


@given(st.dictionaries(_names, _values, max_size=5))
def test_nothing_that_is_sound_gets_lost(more: dict[str, object]) -> None:
    config, _ = read_config(SOUND | {"more": more})
    assert {name: config.document[name] for name in SOUND} == SOUND
