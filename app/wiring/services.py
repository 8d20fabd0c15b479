"""What the blueprints and the command line call."""

from dataclasses import dataclass

from app.adapters import deadline
from app.adapters.threads import Threads
from app.cli import OperatorServices
from app.observability import metrics
from app.services.admission import Admission
from app.services.agent import Agent
from app.services.attention import Attention
from app.services.notices.secrets import WebhookSecretKeeping
from app.services.public_profile import PublicProfiles
from app.services.rate_limits import RateLimit
from app.services.readiness import Readiness
from app.services.rotation import Rotation
from app.services.secret_views import SecretViews
from app.services.sessions import Sessions
from app.services.streams import Streams
from app.services.team_secrets import TeamSecrets
from app.services.teams import Teams
from app.services.visits import Visits
from app.settings import Settings
from app.version import VERSION
from app.wiring.engine import intake_engine
from app.wiring.matters import Kept
from app.wiring.outside import Outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Services(OperatorServices):
    """What the commands call, and what the blueprints call besides."""

    admission: Admission
    streams: Streams
    sessions: Sessions
    webhook_secrets: WebhookSecretKeeping
    readiness: Readiness


def all_services(settings: Settings, outside: Outside, kept: Kept) -> Services:
    registries, resolution, counter = outside.registries, outside.resolution, outside.counter
    admission = Admission(counter, settings.address_rate_limit, outside.logins)
    visits = Visits(resolution, RateLimit(counter, settings.agent_rate_limit), admission)
    engine = intake_engine(settings, counter)
    metrics.tell_build(VERSION, engine.name)
    agent = Agent(
        visits, engine, kept.filing, deadline, settings.agent_deadline, metrics.count_turn
    )
    most = settings.stream_concurrency
    views = SecretViews(outside.stores, registries, outside.source)
    return Services(
        teams=Teams(registries, outside.stores, resolution),
        secrets=TeamSecrets(
            outside.stores,
            registries,
            outside.source,
            outside.gateways,
            resolution,
            kept.refused,
        ),
        views=views,
        rotation=Rotation(registries, views),
        matters=kept.matters,
        invoices=kept.invoices,
        attention=Attention(kept.invoices, views, kept.worklist),
        agent=agent,
        profiles=PublicProfiles(visits),
        admission=admission,
        streams=Streams(agent, Threads("streams", most), most, metrics.count_streams),
        sessions=Sessions(outside.logins, RateLimit(counter, settings.login_rate_limit), admission),
        webhook_secrets=WebhookSecretKeeping(kept.webhook_secrets, registries),
        readiness=Readiness(
            outside.source.probe, outside.generations.probe, outside.gateways.state
        ),
    )
