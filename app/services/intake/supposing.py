"""The state of a town that the client told without one: supposed, confirmed, or another."""

from dataclasses import replace

from app.services.intake.corrections import speaks_of_others
from app.services.intake.facts import Facts
from app.services.intake.listening.agreement import agreement
from app.services.intake.listening.clauses import begins_clause, ends_clause
from app.services.intake.listening.utterance import Utterance
from app.services.intake.notes import told
from app.services.intake.places.place import HeardPlace, Place
from app.services.intake.places.reading import places
from app.services.intake.places.towns import is_town
from app.services.intake.whereabouts import believe_place

_MERE_DENIAL = 6
"""Words of a message that says nothing else."""


def confirm_supposed(facts: Facts, said: Utterance, supposed: Place | None) -> None:
    """Store the town in the state that we asked about, if the client says yes or goes on with
    something else."""
    kept = facts.supposed is supposed and facts.place is None
    if supposed is None or not kept or not facts.asks("location"):
        return
    answer = agreement(said)
    if answer == "no":
        facts.supposed = None
    elif answer == "yes" or facts.news or told(said):
        facts.place, facts.city = supposed, None
        facts.supposed = None if answer == "yes" else supposed
        facts.learned("location", before=None)


def hear_state_instead(facts: Facts, said: Utterance) -> bool:
    """ "No, Delaware", "Wilmington, Delaware", where we did not ask whether the town is in ours."""
    known, soon = facts.place, "location" in facts.latest
    if known is None or not facts.assumes or speaks_of_others(said):
        return False
    city = str(known.city)
    for one in places(said, "location"):
        other = one.place.label and (one.place.state or one.place.country) != known.state
        again = str(one.place.city).lower().endswith(city.lower()) and not one.passing
        if other and (again or _is_region_alone(said, one, soon)):
            said.take(one.start, one.end)
            believe_place(facts, replace(one.place, city=city))
            return True
        if other and soon and _is_full(said, one):
            said.take(one.start, one.end)
            believe_place(facts, one.place)
            return True
    return False


def _is_region_alone(said: Utterance, one: HeardPlace, soon: bool) -> bool:
    """Nothing goes on behind it as in "Georgia Power"; "actually Maryland" has no town. Later than
    in the next message it is all that is said: "in Florida"."""
    lists = said.language.lists
    mere = lists["filler"] | lists["denying"] | lists["lately"] | lists["correcting"]
    first, number = said.word_at(one.start), said.word_at(one.end)
    if soon and not (one.passing and said.words[0] not in lists["denies"]):
        goes_on = said.words[number : number + 2]
        alone = ends_clause(said, one.end) or mere.issuperset(goes_on) or goes_on[0].isdecimal()
    else:
        mere |= lists["courtesy"] | lists["place_lead"]
        rest = [at for at in range(len(said.words)) if not first <= at < number]
        alone = all(said.words[at] in mere or said.is_taken(said.starts[at]) for at in rest)
    return alone and not is_town(one.place.city or "")


def _is_full(said: Utterance, one: HeardPlace) -> bool:
    """ "Charlotte area, Lancaster SC": another town with its state is all of a clause."""
    whole = begins_clause(said, one.start) and ends_clause(said, one.end)
    return whole and is_town(one.place.city or "")


def deny_supposed(facts: Facts, said: Utterance) -> None:
    """ "No", "a different state", right after we said the state: then we ask for it."""
    if facts.place is None or not facts.assumes or "location" not in facts.latest:
        return
    no = agreement(said) == "no" and len(said.words) <= _MERE_DENIAL and not facts.news
    other = said.has("said.other_state") and len(said.words) <= _MERE_DENIAL
    if other or no:
        facts.city, facts.place, facts.supposed = facts.place.city, None, None
        facts.trouble["location"] = "state"
