"""What a client says after the end, over HTTP: no invoice without a request (docs/faults.md)."""

from tests.http.test_one_matter import Chat, configured, firm, invoices, matter
from tests.rig import COMPLETE, Sandbox, TeamOnStage

__all__ = ["firm"]


def test_remarks_are_recorded_and_not_billed(firm: TeamOnStage, sandbox: Sandbox) -> None:
    configured(firm, availableServices=["Family Law", "Employment Law", "Tenant Rights Law"])
    chat = Chat(firm)
    first = chat.says(COMPLETE)
    for remark in ("I was not fired", "My friend was evicted in 2010", "He also hides money"):
        later = chat.says(remark)
        assert later["matter"]["matterId"] == first["matter"]["matterId"]
        assert later["payment"] == first["payment"]
    assert len(invoices(firm, sandbox)) == 1
    words = " ".join(one["text"] for one in matter(firm, first)["words"])
    for told in ("not fired", "evicted in 2010", "hides money"):
        assert told in words


def test_a_mentioned_problem_is_billed_after_a_yes_and_its_details_stay_with_it(
    firm: TeamOnStage, sandbox: Sandbox
) -> None:
    chat = Chat(firm)
    first = chat.says(COMPLETE)
    asked = chat.says("I was fired from my job")
    assert asked["payment"] == first["payment"]
    assert "$75" in asked["response"]
    second = chat.says("yes, please")
    assert second["payment"]["paymentId"] != first["payment"]["paymentId"]
    later = chat.says("My boss never paid my overtime")
    assert len(invoices(firm, sandbox)) == 2
    assert later["matter"]["matterId"] == second["matter"]["matterId"]
    words = [one["text"] for one in matter(firm, second)["words"]]
    assert "overtime" in " ".join(words)
    assert "overtime" not in " ".join(one["text"] for one in matter(firm, first)["words"])
