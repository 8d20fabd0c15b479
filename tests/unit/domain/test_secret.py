"""The type in which secrets travel: nothing but `reveal()` gives the text."""

import copy
import json
import pickle
from dataclasses import asdict, dataclass

import pytest

from app.domain.secret import SecretString

SECRET = SecretString("the-text")


@pytest.mark.parametrize(
    "shown", [str(SECRET), repr(SECRET), f"{SECRET}", f"{SECRET:>40}", f"{SECRET!r}", f"{[SECRET]}"]
)
def test_it_prints_as_nothing(shown: str) -> None:
    assert "the-text" not in shown


def test_it_is_revealed_when_asked() -> None:
    assert SECRET.reveal() == "the-text"


def test_json_and_pickle_refuse_it() -> None:
    with pytest.raises(TypeError):
        json.dumps(SECRET)
    with pytest.raises(TypeError):
        pickle.dumps(SECRET)


def test_it_has_no_other_way_in() -> None:
    with pytest.raises(TypeError):
        vars(SECRET)
    assert not isinstance(SECRET, str)


def test_copies_are_itself() -> None:
    @dataclass
    class Holder:
        secret: SecretString

    assert copy.copy(SECRET) is SECRET
    assert copy.deepcopy([SECRET])[0] is SECRET
    assert asdict(Holder(SECRET))["secret"] is SECRET


def test_it_is_compared_by_its_text() -> None:
    assert SecretString("the-text") == SECRET
    assert SecretString("another") != SECRET
    assert SECRET != "the-text"
    assert SecretString("ä") == SecretString("ä")
    assert len({SECRET, SecretString("the-text"), SecretString("another")}) == 2
