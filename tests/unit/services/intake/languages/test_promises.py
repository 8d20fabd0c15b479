"""No sentence promises what only the firm, a court or a contract can promise.

That is secrecy, an outcome, a time, a price, a lawyer.
"""

import re

import pytest

from app.domain.intake import Message
from app.services.intake import RulesEngine
from app.services.intake.languages import LANGUAGES, Language
from tests.conversations.teams import TEAMS, with_fields

_PROMISES = {
    "en": {
        "secrecy": r"confidential|private|privileged|secret|secure|anonym|encrypt|not shared"
        r"|(only|nobody|no one|no-one)( else)? (at \S+ )?(reads?|sees?|gets?)|nothing else"
        r"|only (used|write)|\balone\b",
        "outcome": r"\b(win|won|guarantee\w*|promise\w*|certainly help|strong case|good case"
        r"|be fine|don't worry|no need to worry|entitled|you will (get|receive) money)\b",
        "time": r"\b(soon|shortly|immediately|right away|at once|today|tomorrow|instantly|promptly"
        r"|as soon as|(one|two|\d+) (business )?(hour|day|minute|week)s?|at any time)\b",
        "price": r"\b(free|no charge|no cost|costs nothing|nothing to pay|nothing has to be paid"
        r"|before anything is charged|don't (owe|need to pay)|refunded|money back)\b|[$]\d",
        "client": r"\b(your (lawyer|attorney)s?|we represent|represents you)\b",
    },
    "es": {
        "secrecy": r"confidencial|privad|secret|segur[oa] y|anónim|cifrad|no se comparte|nadie más"
        r"|solo (lo|la) (lee|ve|recibe)|nada más|solo se usa|solo le escribimos",
        "outcome": r"\b(ganar\w*|garantiz\w*|promet\w*|buen caso|caso fuerte|todo saldrá bien"
        r"|no se preocupe|tiene derecho)\b",
        "time": r"\b(pronto|enseguida|inmediat\w*|de inmediato|hoy|mañana|en cuanto|cuanto antes"
        r"|\d+ (horas?|días?)|en cualquier momento)\b",
        "price": r"\b(gratis|gratuit\w*|sin costo|no tiene costo|nada que pagar|no tiene que pagar"
        r"|antes de cobrar\w*|reembolsad\w*)\b|[$]\d",
        "client": r"\b(sus? abogad[oa]s?|le representa\w*)\b",
    },
}
_TRUE = {
    "en": [
        # It says that the team's people read it, and that they are no attorneys of the client yet.
        r"doesn't make them your attorneys yet",
        r"can't promise that it (is confidential|stays private)",
        # What the team itself promises, and what its configuration says of the fee.
        r"(about confidentiality: )?\{confidentiality\}",
        r"the consultation (isn't|is) free",
        r"no charge for a consultation",
        r"don't have to pay a consultation fee",
        r"find the right help soon",
    ],
    "es": [
        r"todavía no los convierte en sus abogados",
        r"(sobre la confidencialidad: )?\{confidentiality\}",
        r"la consulta (no )?es gratis",
        r"no puedo prometer que sea confidencial",
        r"no puedo prometer que quede en privado",
        r"la consulta no tiene costo",
        r"encuentre pronto la ayuda",
        r"no tiene que hacer nada más",
    ],
}
_CALLS_FOR_HELP = "danger"
"""Its sentences name hotlines and urge; they promise nothing of the firm's."""


def promised(text: str, code: str) -> list[str]:
    text = text.lower()
    for true in _TRUE[code]:
        text = re.sub(true, "", text)
    return [kind for kind, words in _PROMISES[code].items() if re.search(words, text)]


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.code)
def test_no_sentence_promises(language: Language) -> None:
    kept = {
        f"{name}: {way}": kinds
        for name, ways in language.sentences.items()
        if name.partition(".")[0] != _CALLS_FOR_HELP
        for way in ways
        if (kinds := promised(way, language.code))
    }
    assert kept == {}


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_words_of_promises_are_known_in_each_language(code: str) -> None:
    examples = {
        "en": [
            "Yes, what you write here is confidential.",
            "You will win this.",
            "Somebody will call you soon.",
            "There is no charge.",
            "We are your attorneys now.",
        ],
        "es": [
            "Sí, lo que escribe aquí es confidencial.",
            "Va a ganar este caso.",
            "Alguien le contactará pronto.",
            "Es gratis.",
            "Somos sus abogados.",
        ],
    }
    found = [promised(example, code) for example in examples[code]]
    assert found == [["secrecy"], ["outcome"], ["time"], ["price"], ["client"]]


QUESTIONS = ["is this confidential?", "are my answers private?", "¿es confidencial esto?"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_privacy_is_promised_in_the_teams_own_words_alone(question: str) -> None:
    ours = RulesEngine().turn([Message("user", question)], TEAMS["nc"])
    assert ours.answers == ("private",)
    assert promised(ours.response, ours.language) == []
    own = "Our staff has signed a duty of confidentiality."
    team = with_fields(TEAMS["nc"], confidentiality=own)
    assert own in RulesEngine().turn([Message("user", question)], team).response
