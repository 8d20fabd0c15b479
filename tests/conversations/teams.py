"""The teams that the conversations are held with."""

from app.domain.team import Team, TeamConfig
from tests.teams import NATIONWIDE, NORTH_CAROLINA


def with_fields(team: Team, **fields: object) -> Team:
    document = {**team.config.document, **fields}
    return Team(team.team_id, team.slug, team.name, TeamConfig(document))


_SERVICES = [
    "Business Law",
    "Contract Review",
    "Intellectual Property",
    "Employment Law",
    "Personal Injury",
    "Family Law",
    "Criminal Law",
    "Civil Law",
    "General Consultation",
]
TEAMS = {
    "nc": NORTH_CAROLINA,
    "rich": with_fields(
        NORTH_CAROLINA,
        hours="Monday to Friday, 9 am to 5 pm",
        address="120 Fayetteville St, Raleigh, NC 27601",
        phone="919-555-0100",
        email="help@nclegal.example",
        website="https://nclegal.example",
        languages=["English", "Spanish"],
        paymentPlans="Fees above $500 can be paid in monthly installments.",
        feeCovers="a 30-minute call with an attorney",
        responseTime="within one business day",
        faq=[
            {
                "question": "Do you have parking?",
                "answer": "Yes, you can park in the garage next door.",
            },
            {
                "question": "Can we meet by video?",
                "answer": "Yes, meetings can be held on Zoom.",
            },
        ],
    ),
    "national": with_fields(NATIONWIDE, availableServices=_SERVICES),
    "open": with_fields(NATIONWIDE, jurisdiction={}),
    "narrow": with_fields(NORTH_CAROLINA, availableServices=["Family Law", "Tax Law"]),
}
