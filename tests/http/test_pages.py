"""The chat page as it is served: its policy, its size, who may frame it, and pages for failures."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from limits import parse
from werkzeug.test import TestResponse

from tests.http.answers import refusal_of
from tests.http.test_error_shape import assert_headers
from tests.rig import CONFIG, Caller, NewStage, Stage, TeamOnStage

MOST_BYTES = 40_000
FIRM = "https://firm.example"
FILES = Path(__file__).parents[2] / "app" / "pages"


class Markup(HTMLParser):
    """What a policy is about: addresses that are loaded, and code that stands in the page."""

    def __init__(self, answer: TestResponse) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self._open = ""
        self.text = ""
        self.feed(answer.get_data(as_text=True))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag
        for name, value in attrs:
            if name == "src" or (name == "href" and tag == "link"):
                self.loaded.append(value or "")
            if name.startswith("on") or name == "style":
                self.inline.append(f"{tag} {name}")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open in {"script", "style"} and data.strip():
            self.inline.append(data)


def page_of(answer: TestResponse, status: int = 200) -> Markup:
    assert answer.status_code == status
    assert answer.content_type == "text/html; charset=utf-8"
    return Markup(answer)


def policy_of(answer: TestResponse) -> dict[str, str]:
    [policy] = answer.headers.getlist("Content-Security-Policy")
    directives = [part.strip().partition(" ") for part in policy.split(";")]
    return {name: value for name, _, value in directives}


def chat(team: TeamOnStage, reference: str = "") -> TestResponse:
    return team.stage.nobody.get(f"/chat/{reference or team.slug}")


def test_a_team_has_a_page_under_its_slug_and_its_id(team: TeamOnStage) -> None:
    pages = {chat(team, name).get_data() for name in ("", team.team_id, team.team_id.upper())}
    assert len(pages) == 1
    page = page_of(chat(team))
    assert "A Team" in page.text
    assert "I'm here to help you on behalf of A Team. May I have your full name" in page.text


def test_the_introduction_is_the_teams_own(stage: Stage) -> None:
    team = stage.team(CONFIG | {"introMessage": "Good day! Who are you?"})
    assert "Good day! Who are you?" in page_of(chat(team)).text


def test_a_teams_texts_are_no_markup(stage: Stage) -> None:
    hostile = "</h1><script>alert(1)</script>\"'{{ 7*7 }}"
    team = stage.team(CONFIG | {"introMessage": hostile}, name=hostile)
    page = page_of(chat(team))
    assert page.inline == []
    assert page.text.count(hostile) == 4, "title, heading, introduction, and without JavaScript"


def test_the_policy_is_strict(team: TeamOnStage) -> None:
    answer = chat(team)
    assert policy_of(answer) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
        "frame-ancestors": "*",
    }
    page = page_of(answer)
    assert page.inline == []
    assert all(re.match(r"/chat/assets/[0-9a-f]{16}/[a-z]+\.[a-z]+$", src) for src in page.loaded)
    for name, value in {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }.items():
        assert answer.headers.getlist(name) == [value]
    assert "Set-Cookie" not in answer.headers


def test_all_of_it_is_under_forty_kilobytes(team: TeamOnStage) -> None:
    """The page, what it loads, and the script that embeds it."""
    answer = chat(team)
    loaded = [team.stage.nobody.get(source) for source in page_of(answer).loaded]
    assert len(loaded) == 5
    embed = team.stage.nobody.get("/embed.js")
    assert sum(len(each.get_data()) for each in (answer, embed, *loaded)) < MOST_BYTES


def test_only_the_named_origins_may_frame_it(stage: Stage) -> None:
    for origins, ancestors in (
        ([FIRM, "http://localhost:3000"], f"{FIRM} http://localhost:3000"),
        ([], "'none'"),
        (None, "*"),
    ):
        answer = chat(stage.team(CONFIG | {"allowedOrigins": origins}))
        assert policy_of(answer)["frame-ancestors"] == ancestors
        assert "X-Frame-Options" not in answer.headers


def test_nothing_else_may_be_framed(stage: Stage) -> None:
    """All routes but the page, with whatever they answer."""
    adapter = stage.app.url_map.bind("")
    for rule in stage.app.url_map.iter_rules():
        if rule.endpoint == "pages.chat":
            continue
        path = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "x" * 32))
        for method in ("GET", "POST", "OPTIONS"):
            answer = stage.nobody.request(method, path)
            assert policy_of(answer)["frame-ancestors"] == "'none'", rule
            assert answer.headers.getlist("X-Frame-Options") == ["DENY"], rule


@pytest.mark.parametrize("reference", ["no-such-team", "No_Team", "%2e%2e", "x" * 64, "é", "a%0Ab"])
def test_an_unknown_team_is_a_friendly_page(nobody: Caller, reference: str) -> None:
    answer = nobody.get(f"/chat/{reference}")
    page = page_of(answer, 404)
    assert "This chat is not here" in page.text
    assert page.inline == []
    assert reference not in page.text
    assert policy_of(answer)["frame-ancestors"] == "*", "a firm's frame shows it too"


def test_no_vault_is_a_page_that_says_when_to_come_again(team: TeamOnStage, away: Stage) -> None:
    answer = away.nobody.get(f"/chat/{team.slug}")
    assert "not available" in page_of(answer, 503).text
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/chat", "/chat/", "/chat/a/b", "/embed.js/", "/chat/a/b/c"])
def test_paths_beside_it_are_not_there(nobody: Caller, path: str) -> None:
    answer = nobody.get(path)
    refusal_of(answer, 404, "not_found")
    assert_headers(answer)


def test_another_method_is_refused(team: TeamOnStage) -> None:
    answer = team.stage.nobody.post(f"/chat/{team.slug}")
    refusal_of(answer, 405, "method_not_allowed")
    assert_headers(answer)
    assert team.stage.nobody.request("HEAD", f"/chat/{team.slug}").status_code == 200


def test_files_are_kept_for_good_under_the_address_of_their_content(team: TeamOnStage) -> None:
    nobody = team.stage.nobody
    for source in page_of(chat(team)).loaded:
        answer = nobody.get(source)
        assert answer.status_code == 200
        assert answer.headers.getlist("Cache-Control") == ["public, max-age=31536000, immutable"]
        assert answer.content_type.startswith(("text/javascript", "text/css", "image/svg+xml"))


def test_another_version_of_a_file_is_not_kept(team: TeamOnStage) -> None:
    """In an update, the instance that is asked may be older or newer than the page."""
    answer = team.stage.nobody.get("/chat/assets/0000000000000000/chat.js")
    assert answer.status_code == 200
    assert answer.headers.getlist("Cache-Control") == ["no-store"]


@pytest.mark.parametrize("name", ["nothing.js", "chat.html", "notice.html", "..%2Fpages.py", ".."])
def test_only_its_own_files_are_served(nobody: Caller, name: str) -> None:
    assert nobody.get(f"/chat/assets/0/{name}").status_code == 404


def test_the_embed_is_asked_for_again_after_a_while(nobody: Caller) -> None:
    answer = nobody.get("/embed.js")
    assert answer.headers.getlist("Cache-Control") == ["public, max-age=300"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = nobody.get("/embed.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


@pytest.mark.parametrize("path", ["/embed.js", "/chat/assets/0/chat.js"])
def test_a_file_over_the_limit_is_refused_as_the_api_does(new_stage: NewStage, path: str) -> None:
    """A script's place is no place for a page; the chat itself still is one for people."""
    nobody = new_stage(address_rate_limit=parse("1/hour")).nobody
    assert nobody.get(path).status_code == 200
    answer = nobody.get(path)
    refusal_of(answer, 429, "rate_limited")
    assert answer.content_type == "application/json"
    assert int(answer.headers["Retry-After"]) > 0
    assert "not available" in page_of(nobody.get("/chat/any"), 429).text


def test_each_text_of_the_page_is_there_in_each_language() -> None:
    """And what the page says before its scripts run is the English text."""
    script = (FILES / "texts.js").read_text()
    english, spanish = (
        dict(re.findall(r'^    (\w+):\s+"(.*)",$', part, re.MULTILINE))
        for part in script.split("  es: {")
    )
    assert english.keys() == spanish.keys()
    assert all(english[name] != spanish[name] for name in english)
    markup = (FILES / "chat.html").read_text()
    shown = re.findall(r'data-text="(\w+)"[^>]*>([^<]+)<', markup)
    shown += [
        (name, label)
        for label, name in re.findall(r'aria-label="(\w+)" data-label="(\w+)"', markup)
    ]
    assert len(shown) > 8
    assert [(name, english[name]) for name, _ in shown] == shown
    used = set(re.findall(r'text\("(\w+)"\)', (FILES / "chat.js").read_text()))
    assert used <= english.keys()
