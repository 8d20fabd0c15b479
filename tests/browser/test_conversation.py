"""A whole intake in a real browser: by keyboard, on a phone, in the dark, in two tabs."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import INTRO, NewVisitor
from tests.browser.steps import STEPS
from tests.browser.visitor import Visitor
from tests.rig import CONFIG, Stage, TeamOnStage

Invoices = Callable[[TeamOnStage], list[dict[str, Any]]]


def test_a_stranger_finishes_an_intake(
    visit: NewVisitor, firm_team: TeamOnStage, invoices: Invoices
) -> None:
    jane = visit().open(firm_team)
    expect(jane.page.get_by_role("heading")).to_have_text("Doe & Partners")
    assert jane.last() == INTRO
    answer = jane.say_all()
    [invoice] = invoices(firm_team)
    link = jane.page.get_by_role("link", name="Pay $75.00")
    expect(link).to_have_attribute("href", invoice["payment_link"])
    assert invoice["payment_link"] in answer
    jane.picture("chat-paid")


def test_what_is_sent_is_the_whole_conversation_of_one_session(
    visit: NewVisitor, firm_team: TeamOnStage
) -> None:
    jane = visit().open(firm_team)
    jane.say("Hello")
    jane.say("Jane Doe")
    first, second = jane.sent
    assert first["messages"] == [
        {"role": "assistant", "content": INTRO},
        {"role": "user", "content": "Hello"},
    ]
    assert second["messages"][:2] == first["messages"]
    assert second["sessionId"] == first["sessionId"]
    assert len(first["sessionId"]) == 32


def test_the_payment_opens_in_a_tab_of_its_own(
    visit: NewVisitor, firm_team: TeamOnStage, invoices: Invoices
) -> None:
    jane = visit().open(firm_team)
    jane.say_all()
    [invoice] = invoices(firm_team)
    jane.expects_failures = True
    asked: list[str] = []
    jane.context.on("request", lambda request: asked.append(request.url))
    with jane.context.expect_page():
        jane.page.get_by_role("link", name="Pay $75.00").click()
    jane.page.wait_for_timeout(200)
    assert invoice["payment_link"] in asked
    assert jane.page.url.endswith(f"/chat/{firm_team.slug}")


def test_the_keyboard_is_enough(
    visit: NewVisitor, firm_team: TeamOnStage, invoices: Invoices
) -> None:
    """From the address bar to the payment, with Tab, Enter and Escape alone."""
    jane = visit().open(firm_team)
    keys = jane.page.keyboard

    def focused() -> str:
        name: str = jane.page.evaluate(
            "document.activeElement.id || document.activeElement.tagName"
        )
        return name

    def tab_to(wanted: str) -> None:
        for _ in range(8):
            if focused() == wanted:
                return
            keys.press("Tab")
        raise AssertionError(f"Tab does not reach {wanted}")

    tab_to("words")
    for step in STEPS:
        before = jane.answers()
        keys.type(step)
        keys.press("Shift+Enter")
        keys.press("Backspace")
        keys.press("Enter")
        jane.wait_for_answers(before + 1)
        assert focused() == "words"
    assert len(invoices(firm_team)) == 1
    keys.press("Shift+Tab")
    assert focused() == "pay"
    tab_to("SUMMARY")
    keys.press("Enter")
    expect(jane.page.get_by_text("no cookie")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 800])
def test_nothing_keeps_anybody_out(
    visit: NewVisitor, firm_team: TeamOnStage, scheme: str, width: int
) -> None:
    """axe finds no violation at any point of a conversation; a phone needs no sideways scroll."""
    phone = {"has_touch": True, "is_mobile": True} if width < 400 else {}
    size = {"width": width, "height": 640}
    jane = visit(color_scheme=scheme, viewport=size, bypass_csp=True, **phone).open(firm_team)
    assert jane.violations() == []
    jane.say_all()
    assert jane.violations() == []
    jane.page.get_by_text("Privacy").click()
    assert jane.violations() == []
    if (scheme, width) == ("dark", 320):
        jane.picture("chat-dark-phone")
    jane.page.get_by_role("button", name="New chat").click()
    assert jane.violations() == []
    wide: int = jane.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    for button in [*jane.page.get_by_role("button").all(), jane.page.locator("#pay")]:
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44


def test_a_screen_reader_is_told_each_answer_once(
    visit: NewVisitor, firm_team: TeamOnStage
) -> None:
    """The messages are no live region: a reader would say every piece of a streamed answer."""
    jane = visit().open(firm_team)
    live = jane.page.get_by_role("status")
    answer = jane.say("Hello")
    expect(live).to_have_text(answer)
    assert jane.page.locator("ol[aria-live], main[aria-live]").count() == 0


def test_two_tabs_are_two_conversations(visit: NewVisitor, firm_team: TeamOnStage) -> None:
    jane = visit().open(firm_team)
    jane.say("I am Jane Doe")
    other = Visitor(jane.context, jane.host).open(firm_team)
    assert other.answers() == 1
    other.say("I am John Roe")
    assert "Jane" in jane.say("Charlotte, NC")
    assert "John" in other.say("Charlotte, NC")
    assert jane.sent[-1]["sessionId"] != other.sent[-1]["sessionId"]
    assert other.wrong == []


def test_a_reload_keeps_the_conversation_and_a_new_tab_does_not(
    visit: NewVisitor, firm_team: TeamOnStage
) -> None:
    jane = visit().open(firm_team)
    answer = jane.say_all()
    jane.page.reload()
    assert jane.last() == answer
    expect(jane.page.locator("#pay")).to_be_visible()
    assert jane.page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    other = Visitor(jane.context, jane.host).open(firm_team)
    assert other.answers() == 1


def test_a_conversation_is_erased_by_a_second_press(
    visit: NewVisitor, firm_team: TeamOnStage
) -> None:
    jane = visit().open(firm_team)
    expect(jane.page.locator("#restart")).to_be_hidden()
    jane.say("I am Jane Doe")
    restart = jane.page.locator("#restart")
    restart.click()
    expect(restart).to_have_text("Erase this conversation?")
    jane.page.locator("#words").focus()
    expect(restart).to_have_text("New chat")
    assert jane.answers() == 2
    restart.click()
    restart.click()
    assert jane.last() == INTRO
    kept: str = jane.page.evaluate("JSON.stringify(sessionStorage)")
    assert "Jane" not in kept
    before = jane.sent[-1]["sessionId"]
    jane.say("Hello")
    assert jane.sent[-1]["sessionId"] != before


HOSTILE = (
    "<img src=x onerror=alert(1)><script>alert(2)</script> {{ 7*7 }} &amp; javascript:alert(3)"
)


def test_no_text_is_ever_markup(visit: NewVisitor, stage: Stage) -> None:
    """A team's name and introduction, a client's words, and what is kept in the tab."""
    config = CONFIG | {"introMessage": HOSTILE}
    team = stage.team(config, name=HOSTILE).with_key()
    jane = visit().open(team)
    jane.say(HOSTILE)
    for place in ("h1", "#talk"):
        assert jane.page.locator(f"{place} img, {place} script").count() == 0
    assert jane.page.locator("li.mine").inner_text() == HOSTILE.replace("\n", " ")
    assert jane.page.get_by_role("heading").inner_text() == HOSTILE
    jane.page.reload()
    assert jane.page.locator("#talk img, #talk script").count() == 0


def test_the_page_speaks_the_visitors_language(visit: NewVisitor, firm_team: TeamOnStage) -> None:
    juana = visit(locale="es-MX").open(firm_team)
    expect(juana.page.locator("html")).to_have_attribute("lang", "es")
    expect(juana.page.get_by_role("textbox", name="Su mensaje")).to_be_visible()


def test_a_long_conversation_asks_for_a_new_one(visit: NewVisitor, firm_team: TeamOnStage) -> None:
    jane = visit().open(firm_team)
    jane.page.evaluate(
        """([slug, count]) => {
            const messages = Array.from({ length: count }, (_, n) => (
                { role: n % 2 ? "user" : "assistant", content: `Message ${n}` }));
            const told = { sessionId: "s-1", messages: [...messages, messages[0]], bill: null };
            sessionStorage.setItem(`chat:${slug}`, JSON.stringify(told));
        }""",
        [firm_team.team_id, 99],
    )
    jane.page.reload()
    jane.write("One more")
    expect(jane.page.get_by_role("alert")).to_contain_text("too long")
    assert jane.sent == []
