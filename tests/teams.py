"""The two sample teams, as the services see them."""

from app.domain.ids import Slug, TeamId
from app.domain.team import Team, TeamConfig

NORTH_CAROLINA = Team(
    TeamId.parse("01jq70jnstyfzevc6423czh50e"),
    Slug.parse("north-carolina-legal-services"),
    "North Carolina Legal Services",
    TeamConfig(
        {
            "requiresPayment": True,
            "consultationFee": 75,
            "paymentLink": "https://app.blawby.com/northcarolinalegalservices/pay?amount=7500",
            "availableServices": [
                "Family Law",
                "Small Business and Nonprofits",
                "Employment Law",
                "Tenant Rights Law",
                "Probate and Estate Planning",
                "Special Education and IEP Advocacy",
                "General Consultation",
            ],
            "jurisdiction": {
                "type": "state",
                "supportedStates": ["NC"],
                "supportedCountries": ["US"],
                "primaryState": "NC",
            },
            "blawbyApi": {"enabled": True, "teamUlid": "01jq70jnstyfzevc6423czh50e"},
        }
    ),
)
NATIONWIDE = Team(
    TeamId.parse("01K0TNGNKTM4Q0AG0XF0A8ST0Q"),
    Slug.parse("blawby-ai"),
    "Blawby AI",
    TeamConfig(
        {
            "requiresPayment": False,
            "consultationFee": 0,
            "jurisdiction": {
                "type": "national",
                "supportedStates": ["all"],
                "supportedCountries": ["US"],
            },
            "blawbyApi": {"enabled": False},
        }
    ),
)
