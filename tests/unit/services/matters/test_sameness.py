"""Whether a matter on record is the one at hand."""

from dataclasses import replace

import pytest

from app.domain.intake import Client
from app.domain.matter import Bill, BillState, Matter
from app.services.intake.languages import LANGUAGES
from app.services.intake.languages.loading import folder
from app.services.intake.languages.notation import expanded
from app.services.matters.drafts import drafts
from app.services.matters.sameness import EVERYDAY, Draft, content, same_conversation, sent_again
from tests.fakes.clock import FakeClock
from tests.fakes.told import JANE, Told

NOW = FakeClock().now()


def draft_of(told: Told) -> Draft:
    return drafts(told.turn, told.talk, NOW)[-1]


def on_record(told: Told) -> Matter:
    draft = draft_of(told)
    return Matter(
        key="0" * 32,
        version=1,
        created_at=NOW,
        origin=draft.origin,
        clients=draft.clients,
        words=(draft.words,),
        bill=Bill(BillState.NONE),
    )


def described(text: str, **changes: str) -> Told:
    collected = replace(JANE, description=text, **changes)
    return Told(said=("Hello", text), collected=collected)


MATTER = on_record(described("I want to adopt my step-son"))


@pytest.mark.parametrize(
    "again",
    [
        "I want to adopt my step-son",
        "adoption of my stepson, my wife's son",
        "We would like to adopt",
    ],
)
def test_the_same_matter_in_other_words(again: str) -> None:
    assert sent_again(MATTER, draft_of(described(again)))


@pytest.mark.parametrize(
    "other",
    [
        "I need a divorce and a restraining order",
        "I was fired from my job",
        "Me despidieron de mi trabajo",
        "Mi casero no me devuelve el depósito",
        "I need a will",
        "I need help",
        "?",
        "",
    ],
)
def test_another_matter_of_the_same_client(other: str) -> None:
    assert not sent_again(MATTER, draft_of(described(other)))


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("My husband will not pay the alimony", "I also need a will"),
        ("I need a will", "My landlord will evict me"),
        ("I got hurt at work", "I need help with my 501c3"),
        ("", "I need a divorce"),
        ("", ""),
    ],
)
def test_matters_that_share_no_word_about_the_matter(first: str, other: str) -> None:
    assert not sent_again(on_record(described(first)), draft_of(described(other)))


@pytest.mark.parametrize("text", ["I need help", "I need a will", "my ex", "HR", "I need a lawyer"])
def test_the_same_few_words_are_the_same_matter(text: str) -> None:
    assert sent_again(on_record(described(text)), draft_of(described(text)))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_way_to_name_a_matter_has_a_word_that_distinguishes_it(code: str) -> None:
    """Each phrase of the vocabulary, said with its least telling words."""
    written = folder(code)
    silent = []
    for label, phrases in written.phrases.items():
        for phrase in phrases if label.startswith("matter.") else ():
            for way in expanded(phrase, written.lists):
                slots = [sorted(slot) for slot in way if isinstance(slot, frozenset)]
                said = " ".join(min(slot, key=telling) for slot in slots)
                if not telling(said):
                    silent.append(f"{label}: {said}")
    assert silent == []


def telling(text: str) -> bool:
    """Whether a word of it distinguishes a matter."""
    everyday = content(" ".join(EVERYDAY))
    return "need" not in content(f"need {text}") or bool(content(text) - everyday)


def test_the_service_is_not_compared() -> None:
    renamed = described("I want to adopt my step-son", matter_type="Adoption & Family")
    assert sent_again(MATTER, draft_of(renamed))


@pytest.mark.parametrize(
    ("details", "same"),
    [
        ({"name": "Jane Q. Doe"}, True),
        ({"name": "Jane Poe"}, True),
        ({"name": "J. Doe"}, True),
        ({"name": "Jané Doe"}, True),
        ({"name": "Doe, Jane"}, True),
        ({"name": "jane  DOE", "phone": "+17045550000"}, True),
        ({"name": "John Roe", "phone": "+17045550000"}, False),
        ({"name": "Bob Doe"}, False),
        ({"name": "Janet Doe"}, False),
        ({"name": "Bob Doe", "phone": "+17045550000"}, False),
        ({"name": ""}, False),
        ({"email": "JANE@example.com"}, True),
        ({"email": "john@example.com"}, False),
    ],
)
def test_the_same_client(details: dict[str, str], same: bool) -> None:
    assert sent_again(MATTER, draft_of(described("adopt my step-son", **details))) == same


def test_a_client_is_known_by_former_details_too() -> None:
    corrected = replace(MATTER, clients=(*MATTER.clients, Client("J", "j@new.example", "+1")))
    assert sent_again(corrected, draft_of(described("adopt my step-son")))


def test_a_conversation_is_known_by_its_beginning() -> None:
    told = Told()
    matter = on_record(told)
    assert same_conversation(matter, told.talk, 0)
    assert same_conversation(matter, told.then("Thanks!", "Bye").talk, 0)
    assert not same_conversation(matter, told.talk, 1)
    assert not same_conversation(matter, Told(said=("Hello", "Something else")).talk, 0)
    assert not same_conversation(matter, Told(said=("Hello",)).talk, 0)


RETOLD = [
    ("My husband moved out and I want a divorce", "We are splitting up and end the marriage"),
    ("I was fired after I reported safety violations", "My boss let me go for whistleblowing"),
    ("My landlord will not return my deposit", "The owner keeps money I paid when I moved in"),
    ("I was rear ended at a red light", "Another driver crashed into my car, I have whiplash"),
    ("I want custody of my two kids", "The father will not let me see the children"),
    ("They have not paid me for three weeks", "My wages are missing for most of last month"),
    ("My ex does not pay child support", "The kids' dad owes me months of maintenance"),
    ("I got an eviction notice", "We have to leave our home by the 15th, the owner says"),
    ("I slipped on a wet floor in the store", "I fell at the supermarket, there was no sign"),
    ("My employer harasses me because I am pregnant", "They treat me badly since the baby news"),
    ("The dog of my neighbor bit my son", "My boy was attacked by an animal next door"),
    ("I need a restraining order against my ex", "My former partner threatens me"),
    ("I was denied overtime", "I work 60 hours and only get paid for 40"),
    ("We need a separation agreement", "My husband and I agreed to live apart, put it in writing"),
]
SECOND = [
    ("I want to adopt my step-son", "I need a divorce and a restraining order"),
    ("I was fired without notice", "My former employer before that never paid my overtime"),
    ("My landlord will not return my deposit", "I got an eviction notice for the new apartment"),
    ("I was rear ended at a red light", "I slipped on a wet floor in the store"),
    ("My ex does not pay child support", "I want to change my name after the marriage"),
    ("I need a prenup before the wedding", "My sister asks me to be the guardian of her child"),
    ("My boss harasses me", "They owe me three weeks of wages from my second job"),
    ("The ceiling leaks and the landlord does nothing", "My landlord raised the rent by a lot"),
    ("The dog of my neighbor bit my son", "A truck hit my parked car and my leg"),
    ("I want custody of my two kids", "I want grandparents' visitation with my grandson"),
    ("My husband wants a divorce", "My first husband stopped paying child support"),
    ("My employer denied my medical leave", "I was passed over for promotion because of age"),
    ("My landlord entered without notice", "My landlord keeps my deposit"),
    ("I want to divorce my husband", "My daughter's custody order must be changed"),
]


def test_words_do_not_tell_a_matter_told_again_from_a_second_one() -> None:
    """The evidence for docs/decisions/0010: whatever share of words made a retelling the same
    matter, more second matters of that area would be taken for the first one."""

    def shared(pairs: list[tuple[str, str]]) -> list[float]:
        words = [(content(one), content(other)) for one, other in pairs]
        return [len(one & other) / min(len(one), len(other)) for one, other in words]

    again, second = shared(RETOLD), shared(SECOND)
    for enough in (0.1, 0.2, 0.3, 0.4, 0.5):
        assert sum(v >= enough for v in again) <= sum(v >= enough for v in second)
    assert sum(again) < sum(second)
