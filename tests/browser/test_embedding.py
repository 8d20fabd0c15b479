"""The chat on a firm's page: another origin, a policy of its own, one line of script."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.firm import Firm
from tests.browser.visitor import Visitor
from tests.faults.gunicorn import Gunicorn
from tests.rig import CONFIG, Stage, TeamOnStage

GUIDE = Path(__file__).parents[2] / "docs" / "integrate.md"


def at(firm: Firm, visitor: Visitor) -> Visitor:
    """On the firm's page, whose chat is in a frame."""
    visitor.page.goto(f"{firm.origin}/")
    visitor.chat = visitor.page.frame_locator("iframe")
    return visitor


@pytest.mark.parametrize("size", [(1000, 800), (360, 640)])
def test_an_intake_on_a_firms_page(
    visit: NewVisitor, app: Gunicorn, firm_team: TeamOnStage, size: tuple[int, int]
) -> None:
    width, height = size
    with Firm(app.url, firm_team.slug) as firm:
        jane = at(firm, visit(viewport={"width": width, "height": height}))
        button = jane.page.get_by_role("button", name="Chat with us")
        expect(button).to_have_attribute("aria-expanded", "false")
        button.click()
        jane.say_all()
        expect(jane.chat.get_by_role("link", name="Pay $75.00")).to_be_visible()
        jane.picture("embed" if width > height else "embed-phone")
        close = jane.page.get_by_role("button", name="Close the chat")
        expect(close).to_be_visible()
        paying = "<!doctype html><title>Payment</title>"
        jane.context.route("**/pay", lambda route: route.fulfill(body=paying))
        with jane.context.expect_page() as opened:
            jane.chat.get_by_role("link", name="Pay $75.00").click()
        # It is no part of the sandbox: payment pages need more than the chat does.
        expect(opened.value).to_have_title("Payment")
        assert opened.value.evaluate("window.origin") != "null"


def test_escape_closes_it_and_the_focus_returns(
    visit: NewVisitor, app: Gunicorn, firm_team: TeamOnStage
) -> None:
    with Firm(app.url, firm_team.slug) as firm:
        jane = at(firm, visit())
        button = jane.page.get_by_role("button", name="Chat with us")
        button.focus()
        jane.page.keyboard.press("Enter")
        expect(jane.chat.get_by_role("textbox")).to_be_focused()
        jane.say("Jane Doe")
        jane.page.keyboard.press("Escape")
        expect(jane.page.locator("iframe")).to_be_hidden()
        expect(button).to_be_focused()
        jane.page.keyboard.press("Enter")
        assert "Jane" in jane.last()
        jane.page.get_by_role("button", name="Close the chat").click()
        expect(jane.page.locator("iframe")).to_be_hidden()


def test_axe_finds_nothing_on_the_firms_page_and_in_its_frame(
    visit: NewVisitor, app: Gunicorn, firm_team: TeamOnStage
) -> None:
    with Firm(app.url, firm_team.slug) as firm:
        jane = at(firm, visit(bypass_csp=True))
        assert jane.violations() == []
        jane.page.get_by_role("button", name="Chat with us").click()
        jane.say("Jane Doe")
        assert jane.violations() == []


def test_the_frame_can_do_nothing_to_the_firms_page(
    visit: NewVisitor, app: Gunicorn, firm_team: TeamOnStage
) -> None:
    with Firm(app.url, firm_team.slug) as firm:
        jane = at(firm, visit())
        jane.page.get_by_role("button", name="Chat with us").click()
        jane.chat.get_by_role("textbox").wait_for()
        inner = jane.page.frames[1]
        jane.expects_failures = True
        for attempt in ("parent.document.title", "top.location = 'about:blank'"):
            assert inner.evaluate(
                f"(() => {{ try {{ {attempt}; }} catch (e) {{ return e.name }} }})()"
            )
        assert jane.page.url == f"{firm.origin}/"


def test_a_team_that_names_its_origins_is_shown_there_and_nowhere_else(
    visit: NewVisitor, app: Gunicorn, stage: Stage
) -> None:
    team = stage.team()
    with Firm(app.url, team.slug) as firm, Firm(app.url, team.slug) as thief:
        config = CONFIG | {"allowedOrigins": [firm.origin]}
        stage.operator.patch(team.path, json={"config": config})
        jane = at(firm, visit())
        jane.page.get_by_role("button", name="Chat with us").click()
        jane.say("Jane Doe")
        victim = at(thief, visit())
        victim.expects_failures = True
        victim.page.get_by_role("button", name="Chat with us").click()
        victim.page.wait_for_function("performance.getEntriesByType('resource').length > 0")
        victim.page.wait_for_timeout(500)
        assert victim.page.frames[1].url.startswith("chrome-error:")
        alone = visit().open(team)
        alone.say("Jane Doe")


CALL = """async ([url, team]) => {
    const response = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
            teamId: team, messages: [{ role: "user", content: "Hello" }], sessionId: "s-1",
        }),
    });
    return [response.status, response.headers.get("X-Request-ID"), await response.text()];
}"""


@pytest.mark.parametrize("path", ["/api/agent", "/api/agent/stream"])
def test_a_page_of_the_firms_own_may_call_the_agent(
    visit: NewVisitor, app: Gunicorn, stage: Stage, path: str
) -> None:
    """And reads the answer; another's page reads why it may not."""
    team = stage.team()
    with Firm(app.url, team.slug) as firm, Firm(app.url, team.slug) as other:
        config = CONFIG | {"allowedOrigins": [firm.origin]}
        stage.operator.patch(team.path, json={"config": config})
        for origin, expected in ((firm.origin, 200), (other.origin, 403)):
            page = visit()
            page.expects_failures = expected != 200
            page.page.goto(f"{origin}/")
            status, request_id, body = page.page.evaluate(CALL, [f"{app.url}{path}", team.slug])
            assert (status, bool(request_id)) == (expected, True)
            assert ("origin_not_allowed" in body) is (expected == 403)


def test_the_documents_client_works(visit: NewVisitor, app: Gunicorn, team: TeamOnStage) -> None:
    """The function in docs/integrate.md, on a page of another origin."""
    [client] = re.findall(r"^```js\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    call = f"""async ([api, team]) => {{
        {client}
        const shown = [];
        const messages = [{{ role: "user", content: "I am Jane Doe" }}];
        const request = {{ teamId: team, sessionId: "s-1", messages }};
        const answer = await ask(api, request, (piece) => shown.push(piece));
        return [shown, answer.response];
    }}"""
    with Firm(app.url, team.slug) as firm:
        visitor = visit()
        visitor.page.goto(f"{firm.origin}/")
        shown, response = visitor.page.evaluate(call, [f"{app.url}/api", team.slug])
    assert len(shown) > 1
    assert "".join(shown) == response


def test_a_wrong_team_is_a_page_that_says_so(visit: NewVisitor, app: Gunicorn) -> None:
    with Firm(app.url, "no-such-firm") as firm:
        jane = at(firm, visit(bypass_csp=True))
        jane.expects_failures = True
        jane.page.get_by_role("button", name="Chat with us").click()
        expect(jane.chat.get_by_role("heading")).to_have_text("This chat is not here")
        assert jane.violations() == []
