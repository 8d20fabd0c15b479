"""Somebody in front of the chat page, and everything that their browser says about it."""

from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, FrameLocator, Page, Request

from tests.browser.chromium import picture
from tests.browser.steps import STEPS
from tests.rig import TeamOnStage

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Visitor:
    """A tab. `chat` is the page itself, or the frame that shows it on a firm's page.

    `wrong` are errors of the page's scripts and of its policy, and requests to anybody else.
    """

    def __init__(self, context: BrowserContext, host: str) -> None:
        self.page: Page = context.new_page()
        self.chat: Page | FrameLocator = self.page
        self.context = context
        self.host = host
        self.wrong: list[str] = []
        self.expects_failures = False
        self.sent: list[Any] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", self._hear)
        self.page.on("request", self._see)

    def open(self, team: TeamOnStage) -> "Visitor":
        self.page.goto(f"{self.host}/chat/{team.slug}")
        return self

    def say(self, text: str) -> str:
        """Writes, sends by the keyboard, and waits for the answer."""
        before = self.answers()
        self.write(text)
        self.wait_for_answers(before + 1)
        return self.last()

    def write(self, text: str) -> None:
        self.chat.locator("form button:enabled").wait_for()
        box = self.chat.get_by_role("textbox")
        box.fill(text)
        box.press("Enter")

    def say_all(self, *steps: str) -> str:
        """A whole intake. Returns the last answer."""
        return [self.say(step) for step in steps or STEPS][-1]

    def answers(self) -> int:
        return self.chat.locator("li.theirs").count()

    def last(self) -> str:
        return self.chat.locator("li").last.inner_text()

    def wait_for_answers(self, count: int) -> None:
        self.chat.locator("li.theirs").nth(count - 1).wait_for()
        self.chat.locator("#typing").wait_for(state="hidden")
        self.chat.locator("form button[aria-disabled=false]").wait_for()

    def violations(self) -> list[str]:
        """Of WCAG 2.2 AA and good practice, as axe finds them in the page and its frames."""
        options = {"runOnly": {"type": "tag", "values": WCAG}}
        found = Axe().run(self.page, options=options).response["violations"]
        return [f"{each['id']}: {[n['target'] for n in each['nodes']]}" for each in found]

    def picture(self, name: str) -> None:
        picture(self.page, name)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not self.expects_failures:
            self.wrong.append(message.text)

    def _see(self, request: Request) -> None:
        if request.method == "POST":
            self.sent.append(request.post_data_json)
        seen = urlsplit(request.url)
        if seen.netloc != urlsplit(self.host).netloc and request.resource_type != "document":
            self.wrong.append(f"asked {request.url}")
