"""A notice: sent at least once, recorded, and never with the client's data in a log."""

import json
import logging
from base64 import b64encode
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from app.domain.ids import TeamId
from app.domain.matter import Matter
from app.domain.notice import Channel
from app.domain.secret import SecretString
from app.domain.team import ResolvedTeam, TeamConfig
from app.domain.worklist import Kind, Turn, WorkItem
from app.errors import TeamNotFound, VaultUnavailable
from app.services.notices.delivery import Deliveries
from app.services.notices.schedule import next_try
from app.services.notices.sending import EmailNotice, WebhookNotice
from tests.fakes.notices import FakeMailer, FakeWebhooks, FakeWebhookSecrets
from tests.fakes.resolution import resolved_team
from tests.fakes.told import JANE, Told
from tests.unit.services.payments.test_invoicing import TEAM, World

URL = "https://firm.example/hook?token=in-the-url"
SECRET = "whsec_" + b64encode(b"0123456789abcdef01234567").decode()
PRIVATE = ("Jane", "jane@", "9198296000", "Raleigh", "husband", "in-the-url", "owner@", "whsec_")


def team(**config: Any) -> ResolvedTeam:
    base = resolved_team()
    document = {**base.team.config.document, "notify": {"webhook": URL}, **config}
    return replace(base, team=replace(base.team, config=TeamConfig(document)))


class Teams:
    def __init__(self, resolved: ResolvedTeam | Exception) -> None:
        self.resolved = resolved

    def resolve(self, reference: TeamId, /) -> ResolvedTeam:
        if isinstance(self.resolved, Exception):
            raise self.resolved
        return self.resolved


class Office:
    """A world whose new matters are told to a firm."""

    def __init__(self, resolved: ResolvedTeam | None = None, secret: str | None = SECRET) -> None:
        self.world = World()
        self.teams = Teams(resolved or team())
        self.webhooks, self.mailer = FakeWebhooks(), FakeMailer()
        self.secrets = FakeWebhookSecrets(SecretString(secret) if secret else None)
        self.outcomes: list[tuple[Channel, str]] = []
        ways = {
            Channel.WEBHOOK: WebhookNotice(self.secrets, self.webhooks, self.world.clock.now),
            Channel.EMAIL: EmailNotice(self.mailer),
        }
        self.deliveries = Deliveries(
            self.teams,
            self.world.stores,
            self.world.worklist,
            ways,
            self.world.clock,
            lambda channel, outcome: self.outcomes.append((channel, outcome)),
        )

    def file(self, told: Told = Told()) -> Matter:  # noqa: B008
        assert isinstance(self.teams.resolved, ResolvedTeam)
        filed = self.world.file(self.teams.resolved, told)
        assert filed
        assert filed.matter
        return self.on_record()

    def on_record(self) -> Matter:
        (matter,) = self.world.matters
        return matter

    def deliver(self, kind: Kind = Kind.WEBHOOK) -> None:
        """Everything of a kind on the worklist."""
        for item, _ in list(self.world.worklist.items[kind].values()):
            self.deliveries.deliver(kind, item)

    def listed(self, kind: Kind) -> list[WorkItem]:
        return [item for item, _ in self.world.worklist.items[kind].values()]


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_new_matter_is_tried_at_once_and_stays_listed_until_it_is_told(office: Office) -> None:
    matter = office.file()
    (item,) = office.listed(Kind.WEBHOOK)
    assert office.world.delivered == [(Kind.WEBHOOK, item)]
    assert (item.at, item.key) == (matter.created_at, matter.key)


def test_a_matter_is_told_whole_signed_and_once(office: Office) -> None:
    matter = office.file()
    office.deliver()
    ((url, body, _),) = office.webhooks.posts
    assert url == URL
    told = json.loads(body)
    assert told["type"] == "matter.created"
    data = told["data"]
    assert (data["teamId"], data["matterId"]) == (TEAM.team.team_id, matter.key)
    assert data["client"]["email"] == "jane@example.com"
    assert data["words"][0]["text"] == JANE.description
    assert data["payment"]["method"] == "blawby_api"
    assert office.on_record().delivered == 1
    assert office.listed(Kind.WEBHOOK) == []
    assert office.outcomes == [(Channel.WEBHOOK, "delivered")]
    office.deliver()
    assert len(office.webhooks.posts) == 1


def test_the_signature_is_the_specifications() -> None:
    office = Office()
    office.world.clock.seconds = (datetime.now(UTC) - office.world.clock.now()).total_seconds()
    matter = office.file()
    office.deliver()
    ((_, body, headers),) = office.webhooks.posts
    assert Webhook(SECRET).verify(body, headers)["data"]["matterId"] == matter.key
    assert headers["webhook-id"] == f"msg_{matter.key}_1"


def test_what_the_team_has_taken_need_not_be_opened(office: Office) -> None:
    office.file()
    office.deliver()
    assert office.listed(Kind.MATTER) == []
    assert len(office.listed(Kind.KEPT)) == 1


def test_a_failure_stays_listed_and_is_sent_again_under_the_same_id(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.file()
    office.webhooks.failing = "status 500"
    with caplog.at_level(logging.DEBUG):
        office.deliver()
        office.webhooks.failing = None
        office.deliver()
    assert office.outcomes == [(Channel.WEBHOOK, "failed"), (Channel.WEBHOOK, "delivered")]
    assert [headers["webhook-id"] for _, _, headers in office.webhooks.posts] == [
        f"msg_{office.on_record().key}_1"
    ]
    written = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "status 500" in written
    assert not [text for text in PRIVATE if text in written]


def test_nothing_is_sent_unsigned() -> None:
    office = Office(secret=None)
    office.file()
    office.deliver()
    assert office.webhooks.posts == []
    assert len(office.listed(Kind.WEBHOOK)) == 1
    office.secrets.secret = SecretString(SECRET)
    office.deliver()
    assert len(office.webhooks.posts) == 1


def test_a_correction_is_told_as_a_change(office: Office) -> None:
    office.file()
    office.deliver()
    office.file(Told().corrected(email="right@example.com"))
    office.deliver()
    (_, first, _), (_, second, headers) = office.webhooks.posts
    assert json.loads(first)["type"] == "matter.created"
    changed = json.loads(second)
    assert changed["type"] == "matter.updated"
    assert changed["data"]["client"]["email"] == "right@example.com"
    assert changed["data"]["formerDetails"][0]["email"] == "jane@example.com"
    assert headers["webhook-id"].endswith("_2")
    assert office.on_record().delivered == 2


def test_a_correction_while_a_notice_is_under_way_is_told_too(office: Office) -> None:
    office.file()
    items = office.listed(Kind.WEBHOOK)
    post = office.webhooks.post

    def is_corrected_meanwhile(*arguments: Any) -> None:
        post(*arguments)
        office.webhooks.post = post
        office.file(Told().corrected(email="right@example.com"))

    office.webhooks.post = is_corrected_meanwhile
    office.deliveries.deliver(Kind.WEBHOOK, items[0])
    assert office.on_record().delivered == 1
    office.deliver()
    assert office.on_record().delivered == 2
    assert len(office.webhooks.posts) == 2


@pytest.mark.parametrize("email", [None, True])
def test_the_owner_is_told_by_e_mail(email: bool | None) -> None:
    notify = {} if email is None else {"email": email}
    office = Office(team(ownerEmail="owner@firm.example", notify=notify))
    office.file()
    assert office.listed(Kind.WEBHOOK) == []
    office.deliver(Kind.EMAIL)
    (letter,) = office.mailer.letters
    assert letter.to == "owner@firm.example"
    assert "\n" not in letter.subject
    for told in ("Jane Doe", "jane@example.com", "+19198296000", "My husband has moved out."):
        assert told in letter.text
    assert (office.on_record().mailed, office.on_record().delivered) == (1, 0)
    assert len(office.listed(Kind.MATTER)) == 1, "a sent e-mail is not a read one"


@pytest.mark.parametrize(
    "config",
    [{}, {"ownerEmail": None}, {"ownerEmail": "o@firm.example", "notify": {"email": False}}],
)
def test_a_team_that_names_no_way_is_not_told(config: dict[str, Any]) -> None:
    office = Office(team(**({"notify": None} | config)))
    office.file()
    assert office.listed(Kind.WEBHOOK) + office.listed(Kind.EMAIL) == []
    assert office.world.delivered == []


def test_one_ways_failure_does_not_repeat_the_other() -> None:
    office = Office(team(ownerEmail="owner@firm.example"))
    office.file()
    office.mailer.failing = "mail server failed"
    for kind in (Kind.WEBHOOK, Kind.EMAIL, Kind.WEBHOOK, Kind.EMAIL):
        office.deliver(kind)
    assert len(office.webhooks.posts) == 1
    assert len(office.listed(Kind.EMAIL)) == 1


@pytest.mark.parametrize("gone", ["team", "matter", "garbled", "webhook"])
def test_what_is_gone_is_taken_off(office: Office, gone: str) -> None:
    matter = office.file()
    if gone == "team":
        office.teams.resolved = TeamNotFound()
    elif gone == "matter":
        office.world.stores.matters.clear()
    elif gone == "garbled":
        office.world.stores.garbled.add(matter.key)
    else:
        office.teams.resolved = team(notify={"webhook": None})
    office.deliver()
    assert office.webhooks.posts == []
    assert office.listed(Kind.WEBHOOK) == []


@pytest.mark.parametrize("step", ["read", "write"])
def test_with_vault_away_it_stays_listed(office: Office, step: str) -> None:
    office.file()
    office.world.script.add(step, "away")
    with pytest.raises(VaultUnavailable):
        office.deliver()
    assert len(office.listed(Kind.WEBHOOK)) == 1
    office.deliver()
    assert office.on_record().delivered == 1


def test_pauses_grow_to_six_hours(office: Office) -> None:
    now = office.world.clock.now()
    pauses = [(next_try(now, tries) - now).total_seconds() / 60 for tries in range(20)]
    assert 1 <= pauses[0] <= 1.1
    assert 8 <= pauses[3] <= 8.8
    assert all(360 <= pause <= 396 for pause in pauses[9:])


def test_of_two_who_take_it_one_sends(office: Office) -> None:
    """The request that filed it, and a round of another worker at the same moment."""
    office.file()
    (item,) = office.listed(Kind.WEBHOOK)
    turn = office.world.worklist.turn(Kind.WEBHOOK, item)
    assert turn
    assert turn.tries == 1
    assert turn.due > office.world.clock.now()
    fresh = Turn(1, 0, item.at)
    assert not office.world.worklist.take(Kind.WEBHOOK, item, fresh, turn.due)


def test_a_way_that_the_team_does_not_use_sends_nothing(office: Office) -> None:
    matter = office.file()
    way = WebhookNotice(office.secrets, office.webhooks, office.world.clock.now)
    assert not way.send(team(notify={}), matter)
    assert office.webhooks.posts == []
    assert way.send(team(), matter)
    assert len(office.webhooks.posts) == 1


@pytest.mark.parametrize("conflicts", range(6))
def test_a_notice_that_others_overtake_four_times_stays_on_the_list(
    office: Office, conflicts: int
) -> None:
    office.file()
    (item,) = office.listed(Kind.WEBHOOK)
    another_write = partial(office.world.overwrite, lambda bill: bill)
    office.world.script.add("write", *[another_write] * conflicts)
    recorded = conflicts < 4
    with nullcontext() if recorded else pytest.raises(VaultUnavailable):
        office.deliveries.deliver(Kind.WEBHOOK, item)
    assert office.on_record().delivered == recorded
    assert office.listed(Kind.WEBHOOK) == ([] if recorded else [item])
