"""Connections that are slow, cut and gone, as a visitor lives through them."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Route, expect

from tests.browser.conftest import NewVisitor
from tests.browser.gate import Gate
from tests.browser.steps import STEPS
from tests.rig import Sandbox, TeamOnStage

Invoices = Callable[[TeamOnStage], list[dict[str, Any]]]


def test_what_is_typed_before_the_script_is_here_stays(
    visit: NewVisitor, firm_team: TeamOnStage
) -> None:
    """On a slow line: sent as a form, the message would be lost with the page."""
    jane = visit()
    held: list[Route] = []

    def hold(script: Route) -> None:
        held.append(script)

    jane.context.route("**/chat.js", hold)
    with jane.page.expect_request("**/chat.js"):
        jane.page.goto(f"{jane.host}/chat/{firm_team.slug}", wait_until="commit")
    box, send = jane.page.get_by_role("textbox"), jane.page.get_by_role("button", name="Send")
    box.fill("Jane Doe")
    expect(send).to_be_disabled()
    [script] = held
    script.continue_()
    send.click()
    jane.wait_for_answers(2)
    assert jane.sent[0]["messages"][-1]["content"] == "Jane Doe"


def test_waiting_is_shown(visit: NewVisitor, firm_team: TeamOnStage, gate: Gate) -> None:
    jane = visit(gate.url).open(firm_team)
    gate.arm(b"event: connected")
    jane.write("Jane Doe")
    assert gate.held.wait(20)
    expect(jane.page.locator("#typing")).to_be_visible()
    expect(jane.page.get_by_role("status")).to_have_text("Waiting for the answer.")
    gate.open()
    jane.wait_for_answers(2)


def test_the_words_so_far_are_seen_before_the_rest(
    visit: NewVisitor, firm_team: TeamOnStage, gate: Gate
) -> None:
    jane = visit(gate.url).open(firm_team)
    gate.arm(b'Jane! Now "}\n\n')
    jane.write("Jane Doe")
    assert gate.held.wait(20)
    streamed = jane.page.locator("li.theirs").last
    expect(streamed).to_contain_text("Thank you Jane!")
    so_far = streamed.inner_text()
    jane.picture("chat-streaming")
    gate.open()
    jane.wait_for_answers(2)
    assert jane.last().startswith(so_far.strip())
    assert len(jane.last()) > len(so_far.strip())


def test_a_cut_in_the_middle_of_an_answer_heals_by_itself(
    visit: NewVisitor, firm_team: TeamOnStage, gate: Gate, invoices: Invoices
) -> None:
    """The last answer, with its invoice: asked for again, it is the same one."""
    jane = visit(gate.url).open(firm_team)
    jane.say_all(*STEPS[:-1])
    before = jane.answers()
    gate.arm(b"event: tool_result")
    jane.expects_failures = True
    jane.write(STEPS[-1])
    assert gate.held.wait(20)
    gate.cut()
    jane.wait_for_answers(before + 1)
    assert jane.answers() == before + 1
    [invoice] = invoices(firm_team)
    expect(jane.page.locator("#pay")).to_have_attribute("href", invoice["payment_link"])
    cut, repeated = jane.sent[-2:]
    assert cut == repeated


def test_a_cut_while_the_invoice_is_made_makes_no_second(
    visit: NewVisitor, firm_team: TeamOnStage, gate: Gate, invoices: Invoices, sandbox: Sandbox
) -> None:
    jane = visit(gate.url).open(firm_team)
    jane.say_all(*STEPS[:-1])
    before = jane.answers()
    slow = {"call": "invoice", "kind": "slow", "seconds": 2}
    sandbox.admin("POST", "faults", json=slow)
    gate.arm(b"event: tool_call")
    jane.expects_failures = True
    jane.write(STEPS[-1])
    assert gate.held.wait(20)
    gate.cut()
    jane.wait_for_answers(before + 1)
    assert len(invoices(firm_team)) == 1


def test_a_message_typed_after_a_lost_answer_bills_nobody_twice(
    visit: NewVisitor, firm_team: TeamOnStage, gate: Gate, invoices: Invoices
) -> None:
    """The address had a slip. It had arrived all the same, and with it the intake was complete."""
    jane = visit(gate.url).open(firm_team)
    *others, email, matter = STEPS
    jane.say_all(*others, matter)
    before = jane.answers()
    jane.expects_failures = True
    gate.arm(b"event: tool_result")
    jane.write(email.replace("jane", "jnae"))
    assert gate.held.wait(20)
    gate.down()
    expect(jane.page.get_by_role("alert")).to_be_visible(timeout=20_000)
    gate.up()
    jane.write(email)
    jane.wait_for_answers(before + 1)
    assert len(invoices(firm_team)) == 1


def test_who_stays_offline_may_try_again(
    visit: NewVisitor, firm_team: TeamOnStage, gate: Gate
) -> None:
    jane = visit(gate.url, bypass_csp=True).open(firm_team)
    jane.expects_failures = True
    gate.down()
    jane.write("Jane Doe")
    alert = jane.page.get_by_role("alert")
    expect(alert).to_contain_text("connection was lost", timeout=20_000)
    assert jane.violations() == []
    jane.picture("chat-lost")
    gate.up()
    jane.page.get_by_role("button", name="Try again").click()
    jane.wait_for_answers(2)
    expect(alert).to_be_hidden()
    assert "Jane" in jane.last()
    assert {request["sessionId"] for request in jane.sent} == {jane.sent[0]["sessionId"]}


def test_who_comes_back_online_is_answered(
    visit: NewVisitor, firm_team: TeamOnStage, gate: Gate
) -> None:
    jane = visit(gate.url).open(firm_team)
    jane.expects_failures = True
    jane.context.set_offline(True)
    jane.write("Jane Doe")
    expect(jane.page.get_by_role("alert")).to_be_visible(timeout=20_000)
    jane.context.set_offline(False)
    jane.wait_for_answers(2)


def test_a_reload_before_the_answer_asks_for_it_again(
    visit: NewVisitor, firm_team: TeamOnStage, gate: Gate
) -> None:
    jane = visit(gate.url).open(firm_team)
    jane.expects_failures = True
    gate.arm(b"event: connected")
    jane.write("Jane Doe")
    assert gate.held.wait(20)
    jane.page.reload()
    gate.open()
    jane.wait_for_answers(2)
    assert jane.page.locator("li.mine").count() == 1
    assert "Jane" in jane.last()


def test_a_second_thought_is_added_to_a_message_that_may_have_arrived(
    visit: NewVisitor, firm_team: TeamOnStage, gate: Gate
) -> None:
    jane = visit(gate.url).open(firm_team)
    jane.expects_failures = True
    gate.down()
    jane.write("I am Jan")
    expect(jane.page.get_by_role("alert")).to_be_visible(timeout=20_000)
    gate.up()
    jane.say("I am Jane Doe")
    assert jane.page.locator("li.mine").all_inner_texts() == ["I am Jan", "I am Jane Doe"]


def test_a_second_thought_replaces_a_message_that_was_refused(
    visit: NewVisitor, firm_team: TeamOnStage
) -> None:
    jane = visit().open(firm_team)
    jane.expects_failures = True
    jane.page.locator("textarea").evaluate("box => box.removeAttribute('maxlength')")
    jane.write("too long " * 2_000)
    expect(jane.page.get_by_role("alert")).to_be_visible(timeout=20_000)
    jane.say("I am Jane Doe")
    assert jane.page.locator("li.mine").all_inner_texts() == ["I am Jane Doe"]
